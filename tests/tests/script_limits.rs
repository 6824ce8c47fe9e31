//! Scripts that mean no good end at their bound, on any machine and in a browser alike: what bounds them is counted, never
//! timed.

use redstart_lua::{Progress, Setup, Vm};

#[cfg(target_arch = "wasm32")]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);

/// What a script may have, in bytes,
const MEMORY: usize = 8 << 20;
/// and in instructions.
const FUEL: u64 = 5_000_000;
/// No single step takes more than this beyond it: some milliseconds.
const DEBT_MAX: i64 = 4_000_000;

/// Each with what it ends with; nothing where only its fuel ends it.
const SCRIPTS: [(&str, Option<&str>); 12] = [
    ("while true do end", None),
    ("while true do pcall(function() while true do end end) end", None),
    ("local t = {} while true do t[#t + 1] = ('x'):rep(1048576) .. #t end", Some("not enough memory")),
    ("local s = 'x' while true do s = s .. s end", Some("not enough memory")),
    ("while true do pcall(function() local t = {} while true do t = {t} end end) end", None),
    ("return string.find(('a'):rep(28), ('a?'):rep(28) .. ('a'):rep(28) .. 'b')", None),
    ("coroutine.wrap(function() while true do end end)()", None),
    ("return string.gsub('x', '.', function() while true do end end)", None),
    ("return string.rep('x', 1e9)", Some("not enough memory")),
    (
        "local t = {} setmetatable(t, {__index = function(_, k) return t[k + 1] end}) return t[1]",
        Some("stack overflow"),
    ),
    ("local function f() return 1 + f() end return f()", Some("stack overflow")),
    ("table.sort({3, 2, 1}, function() while true do end end)", None),
];

#[cfg_attr(target_arch = "wasm32", wasm_bindgen_test::wasm_bindgen_test)]
#[cfg_attr(not(target_arch = "wasm32"), test)]
fn every_script_ends_at_its_bound() {
    for (source, end) in SCRIPTS {
        let mut vm = Vm::new(Setup { memory: MEMORY, seed: 0 }).expect("room for a machine");
        vm.open_libraries().expect("room for the libraries");
        let script = vm.load(source.as_bytes(), b"@script").expect("a script");
        vm.start(script, &[]).expect("room for a script");
        let progress = vm.resume(FUEL);
        assert!(vm.fuel() > -DEBT_MAX, "{source} spent {} more than it had", -vm.fuel());
        assert!(vm.memory_used() <= MEMORY, "{source} has {} bytes", vm.memory_used());
        match end {
            None => assert_eq!(progress, Progress::Yielded, "{source}"),
            Some(end) => {
                assert_eq!(progress, Progress::Failed, "{source}");
                let error = String::from_utf8(vm.heap().display(vm.failure())).expect("a text");
                assert!(error.contains(end), "{source}: {error}");
            }
        }
        // Whoever owns the machine ends it, and it is as good as new.
        vm.abort();
        let again = vm.load(b"return 1", b"@script").expect("room for another script");
        vm.start(again, &[]).expect("room for another script");
        assert_eq!(vm.resume(100), Progress::Done, "{source}");
    }
}
