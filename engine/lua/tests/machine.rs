//! What an embedder sees of a machine: fuel, questions, limits, and the end of scripts that would not end.

use redstart_lua::{Progress, Raise, Setup, Step, Value, Vm};

const MEGABYTE: usize = 1 << 20;

fn machine(memory: usize) -> Vm {
    let mut vm = Vm::new(Setup { memory, seed: 0 }).expect("room for a machine");
    vm.open_libraries().expect("room for the libraries");
    vm
}

fn start(vm: &mut Vm, source: &str) {
    let chunk = vm.load(source.as_bytes(), b"@script").expect("a script that compiles");
    vm.start(chunk, &[]).expect("room to start");
}

/// Runs a script to its end, and shows its results or its error.
fn run(vm: &mut Vm, source: &str) -> String {
    start(vm, source);
    while vm.resume(10_000) == Progress::Yielded {}
    outcome(vm)
}

fn outcome(vm: &Vm) -> String {
    let shown = |value: &Value| String::from_utf8_lossy(&vm.heap().display(*value)).into_owned();
    if vm.failure().is_nil() {
        vm.results().iter().map(shown).collect::<Vec<_>>().join(" ")
    } else {
        format!("error: {}", shown(&vm.failure()))
    }
}

#[test]
fn a_script_stops_when_its_fuel_is_used_up_and_goes_on_where_it_was() {
    let source = "local sum = 0 for i = 1, 1000 do sum = sum + i end return sum";
    let mut vm = machine(MEGABYTE);
    start(&mut vm, source);
    let mut pieces = 0;
    while vm.resume(100) == Progress::Yielded {
        pieces += 1;
    }
    assert_eq!(outcome(&vm), "500500");
    assert_eq!(pieces, 20, "two instructions for each round, and a few more");
}

#[test]
fn it_makes_no_difference_how_small_the_pieces_are() {
    let source = "
        local t = {}
        for i = 1, 50 do t[i] = (i * 37) % 50 end
        table.sort(t, function(a, b) return a > b end)
        local s = table.concat(t, ','):gsub('%d+', function(n) return n % 3 == 0 and '<' .. n .. '>' end)
        local co = coroutine.wrap(function() for i = 1, 3 do coroutine.yield(i) end end)
        return s, co() + co(), pcall(error, {}) and 1 or 2, select(2, pcall(string.rep))";
    let mut vm = machine(MEGABYTE);
    let whole = run(&mut vm, source);
    start(&mut vm, source);
    while vm.resume(1) == Progress::Yielded {}
    assert_eq!(outcome(&vm), whole);
    assert!(whole.starts_with("49,<48>,47"), "{whole}");
}

#[test]
fn a_question_is_answered_by_the_embedder() {
    let mut vm = machine(MEGABYTE);
    let ask = vm.host(5).expect("room");
    let globals = vm.globals();
    vm.heap_mut().set_name(globals, b"ask", ask).expect("room");
    start(&mut vm, "return 'got', ask('GET', 1)");
    assert_eq!(vm.resume(1000), Progress::NeedsHost(5));
    assert_eq!(vm.resume(1000), Progress::NeedsHost(5), "until there is an answer");
    let arguments = vm.host_arguments().to_vec();
    assert!(matches!(arguments[..], [Value::String(_), Value::Number(1.0)]));
    let answer = vm.heap_mut().string(b"apples").expect("room");
    vm.answer(&[answer, Value::Bool(true)]).expect("room");
    assert_eq!(vm.resume(1000), Progress::Done);
    assert_eq!(outcome(&vm), "got apples true");
}

#[test]
fn a_question_can_be_answered_by_an_error_which_the_script_can_catch() {
    let mut vm = machine(MEGABYTE);
    let ask = vm.host(1).expect("room");
    let globals = vm.globals();
    vm.heap_mut().set_name(globals, b"ask", ask).expect("room");
    start(&mut vm, "local ok, e = pcall(ask)\nif ok then return end\nlocal x = e .. '!'\nask()");
    assert_eq!(vm.resume(1000), Progress::NeedsHost(1));
    let error = vm.heap_mut().string(b"refused").expect("room");
    vm.raise(error);
    assert_eq!(vm.resume(1000), Progress::NeedsHost(1));
    vm.fail_host(b"refused again");
    assert_eq!(vm.resume(1000), Progress::Failed);
    assert_eq!(outcome(&vm), "error: script:4: refused again");
}

#[test]
fn a_question_may_come_from_anywhere() {
    let mut vm = machine(MEGABYTE);
    let ask = vm.host(1).expect("room");
    let globals = vm.globals();
    vm.heap_mut().set_name(globals, b"ask", ask).expect("room");
    let source = "
        local t = setmetatable({}, {__index = function(t, k) return ask(k) end, __add = ask, __lt = ask})
        local s = ('a-b'):gsub('%a', ask)
        local co = coroutine.wrap(function() return ask(5) end)
        local sorted = {3, 1, 2}
        table.sort(sorted, function(a, b) return ask(a, b) == 'yes' and a < b end)
        for k in ask do if k then return t.x, t + 1, t < t, s, co(), #sorted, pcall(ask), k end end";
    start(&mut vm, source);
    let mut questions = 0;
    loop {
        match vm.resume(50) {
            Progress::NeedsHost(_) => {
                questions += 1;
                let answer = vm.heap_mut().string(b"yes").expect("room");
                vm.answer(&[answer]).expect("room");
            }
            Progress::Yielded => {}
            _ => break,
        }
    }
    assert_eq!(outcome(&vm), "yes yes true yes-yes yes 3 true yes");
    assert_eq!(questions, 10);
}

#[test]
fn nothing_in_a_script_can_keep_it_from_being_ended() {
    let endless = [
        "while true do end",
        "while true do pcall(function() while true do end end) end",
        "while true do pcall(error) end",
        "local function f() return f() end f()",
        "local function f() pcall(f) end while true do f() end",
        "coroutine.wrap(function() while true do end end)()",
        "local co = coroutine.wrap(function() while true do coroutine.yield() end end) while true do co() end",
        "string.gsub('x', '.', function() while true do end end)",
        "string.gsub(('x'):rep(100), '.', function() string.gsub('y', '.', function() while true do end end) end)",
        "string.find(('a'):rep(30), ('a?'):rep(30) .. ('a'):rep(30) .. 'b')",
        "string.match(('a'):rep(100000), '.-.-.-.-b')",
        "local t = {} for i = 1, 100 do t[i] = i end while true do table.sort(t, function(a, b) return a > b end) end",
        "table.sort({3, 2, 1}, function() while true do end end)",
        "table.foreach({1}, function() while true do end end)",
        "local t = setmetatable({}, {__index = function() while true do end end}) return t.x",
        "local t = setmetatable({}, {__concat = function() while true do end end}) return t .. 1",
        "for i = 1, math.huge do end",
        "for k in function() return 1 end do end",
        "xpcall(error, function() while true do end end)",
        "load(function() while true do end end)",
        "tostring(setmetatable({}, {__tostring = function() while true do end end}))",
        "table.insert({}, -2147483648, 1)",
        "local t = {} for i = 1, 10000 do t[i] = i end while true do table.insert(t, 1, table.remove(t)) end",
        "local a, b = ('x'):rep(100000), ('x'):rep(99999) .. 'x' while true do local c = a == b end",
        "while true do collectgarbage() end",
        "while true do string.rep('x', 1000000) end",
        "while true do local t = {} for i = 1, 1000 do t[i] = {} end end",
    ];
    let mut vm = machine(64 * MEGABYTE);
    for source in endless {
        start(&mut vm, source);
        for _ in 0..5 {
            assert_eq!(vm.resume(5_000), Progress::Yielded, "{source}");
        }
        vm.abort();
        assert_eq!(run(&mut vm, "return 'as new'"), "as new", "{source}");
    }
}

#[test]
fn memory_has_an_end_which_a_script_can_catch() {
    let greedy = [
        "local s = 'x' while true do s = s .. s end",
        "local t = {} while true do t[#t + 1] = ('x'):rep(100000) .. #t end",
        "local t = {} while true do t = {t} end",
        "local t = {} for i = 1, 1e9 do t[i] = i end",
        "local t = {} for i = 1, 1e9 do t['k' .. i] = true end",
        "return string.rep('x', 1e9)",
        "return ('x'):rep(1e6):rep(1e6)",
        "local t = {} for i = 1, 1e9 do t[i] = function() return t end end",
        "local t = {} for i = 1, 1e9 do t[i] = coroutine.create(function() end) end",
        "return (('x'):rep(1000):gsub('.', ('y'):rep(1e6)))",
        "local t = {} for i = 1, 1000 do t[i] = ('x'):rep(10000) end return table.concat(t, ('-'):rep(100000))",
        "return table.concat({}, 'x', 1, 2^31 - 1)",
        "local function f(...) return f(1, ...) end return f()",
    ];
    for source in greedy {
        let mut vm = machine(2 * MEGABYTE);
        let before = vm.memory_used();
        let caught = run(&mut vm, &format!("return select(2, pcall(function() {source} end))"));
        let expected = [
            "not enough memory",
            "script:1: invalid value (nil) at index 1 in table for 'concat'",
            "script:1: stack overflow",
        ];
        assert!(expected.contains(&caught.as_str()), "{source}: {caught}");
        vm.abort();
        vm.collect();
        assert!(vm.memory_used() < before + 64 * 1024, "{source}: {} of {before}", vm.memory_used());
        assert_eq!(run(&mut vm, "return 'as new'"), "as new", "{source}");
    }
}

#[test]
fn garbage_is_no_reason_to_be_out_of_memory() {
    let mut vm = machine(4 * MEGABYTE);
    let wasteful = [
        "local s for i = 1, 50 do s = ('x'):rep(1500000) end return #s",
        "local s = 0 for i = 1, 200 do s = s + #(('x'):rep(500000) .. i) end return s",
        "local t for i = 1, 100 do t = {} for j = 1, 20000 do t[j] = j end end return #t",
        "local f for i = 1, 100000 do f = function() return i end end return f()",
        "local n = 0 for i = 1, 20000 do n = n + #{coroutine.wrap(function() coroutine.yield(i) end)()} end return n",
    ];
    let outcomes = wasteful.map(|source| run(&mut vm, source));
    assert_eq!(outcomes, ["1500000", "100000492", "20000", "100000", "20000"]);
}

#[test]
fn what_short_scripts_leave_behind_does_not_pile_up() {
    let mut vm = machine(16 * MEGABYTE);
    let before = vm.memory_used();
    for turn in 0..2_000 {
        start(&mut vm, "return ('x'):rep(1000)");
        assert_eq!(vm.resume(1_000), Progress::Done, "{turn}");
    }
    assert!(vm.memory_used() < before + 128 * 1024, "{} of {before}", vm.memory_used());
}

#[test]
fn every_byte_that_was_taken_is_given_back() {
    let mut vm = machine(64 * MEGABYTE);
    let source = "
        local t = setmetatable({}, {__mode = 'k'})
        for i = 1, 2000 do
            local key = {i, tostring(i), function() return i end}
            t[key] = ('text'):rep(i % 50)
            local co = coroutine.wrap(function(...) coroutine.yield(...) return i end)
            co(i)
        end
        pcall(function() local function f() return 1 + f() end f() end)
        loadstring('return ' .. ('1 + '):rep(500) .. '1')()
        return 'done'";
    assert_eq!(run(&mut vm, source), "done");
    vm.abort();
    vm.collect();
    let before = vm.memory_used();
    assert_eq!(run(&mut vm, source), "done");
    vm.abort();
    vm.collect();
    assert_eq!(vm.memory_used(), before);
}

#[test]
fn a_pinned_value_outlives_the_script_that_made_it() {
    let mut vm = machine(MEGABYTE);
    start(&mut vm, "local n = 0 return function() n = n + 1 return n end");
    assert_eq!(vm.resume(1000), Progress::Done);
    let counter = vm.results()[0];
    let pin = vm.pin(counter);
    run(&mut vm, "for i = 1, 1000 do local t = {{}} end collectgarbage()");
    for expected in ["1", "2", "3"] {
        let counter = vm.pinned(pin);
        vm.start(counter, &[]).expect("room to start");
        assert_eq!(vm.resume(1000), Progress::Done);
        assert_eq!(outcome(&vm), expected);
    }
    vm.unpin(pin);
    assert!(vm.pinned(pin).is_nil());
}

#[test]
fn a_read_only_table_is_only_read() {
    let mut vm = machine(MEGABYTE);
    let table = vm.library("fixed", &[]).expect("room");
    vm.heap_mut().set_name(table, b"x", Value::Number(1.0)).expect("room");
    vm.heap_mut().set_readonly(table, true);
    for write in [
        "fixed.x = 2",
        "fixed.y = 2",
        "rawset(fixed, 'x', 2)",
        "table.insert(fixed, 1)",
        "setmetatable(fixed, {})",
    ] {
        let caught = run(&mut vm, &format!("return fixed.x, select(2, pcall(function() {write} end))"));
        assert!(caught.ends_with("Attempt to modify a readonly table"), "{write}: {caught}");
        assert!(caught.starts_with("1 "), "{write}: {caught}");
    }
    vm.heap_mut().set_name(table, b"x", Value::Number(3.0)).expect("the embedder may");
    assert_eq!(run(&mut vm, "return fixed.x, #fixed, next(fixed)"), "3 0 x 3");
}

#[test]
fn only_source_is_loaded() {
    let mut vm = machine(MEGABYTE);
    let Err(Raise::Error(error)) = vm.load(b"\x1bLua\x51\x00", b"@script") else { panic!("it compiled") };
    let text = vm.heap().display(error);
    assert_eq!(String::from_utf8_lossy(&text), "script:1: unexpected symbol near 'char(27)'");
}

#[test]
fn a_script_can_be_watched_line_by_line() {
    let mut vm = machine(MEGABYTE);
    start(
        &mut vm,
        "local a = 1\nlocal function double(n)\n  local m = n * 2\n  return m\nend\nlocal r = double(a)\nreturn r",
    );
    let mut lines = Vec::new();
    while vm.step_line(1000) == Step::Line {
        lines.push(vm.current_line());
        if vm.current_line() == 4 {
            let levels = vm.levels();
            let names: Vec<_> =
                levels[0].locals.iter().map(|(name, _)| String::from_utf8_lossy(name)).collect();
            assert_eq!(names, ["n", "m"]);
            assert!(matches!(levels[0].locals[1].1, Value::Number(2.0)));
            assert_eq!((levels[0].source.as_slice(), levels[0].line), (&b"script"[..], 4));
            assert_eq!(levels[1].line, 6);
        }
    }
    assert_eq!(outcome(&vm), "2");
    assert_eq!(lines, [1, 5, 6, 3, 4, 7], "a function is made where it ends");
}

#[test]
fn memory_that_ends_in_a_handler_is_said_to_end() {
    let mut vm = machine(MEGABYTE);
    let source = "return xpcall(error, function() return ('x'):rep(1e10) end)";
    assert_eq!(run(&mut vm, source), "false not enough memory");
    let source = "return xpcall(error, function() error('again') end)";
    assert_eq!(run(&mut vm, source), "false error in error handling");
}

/// The lines that a script stops at.
fn lines_of(source: &str) -> Vec<u32> {
    let mut vm = machine(MEGABYTE);
    start(&mut vm, source);
    let mut lines = Vec::new();
    while vm.step_line(1000) == Step::Line {
        lines.push(vm.current_line());
    }
    lines
}

#[test]
fn a_line_begins_with_each_round_of_a_loop_and_with_each_call() {
    assert_eq!(lines_of("local n = 0\nfor i = 1, 3 do n = n + i end\nreturn n"), [1, 2, 2, 2, 2, 3]);
    assert_eq!(lines_of("local z = 0\nwhile z < 2 do z = z + 1 end\nreturn z"), [1, 2, 2, 2, 3]);
    let sorts = "local t = {2, 1}\ntable.sort(t, function(a, b)\n  return a < b\nend)\nreturn t";
    assert_eq!(lines_of(sorts), [1, 2, 4, 2, 3, 5]);
    let yields = "local co = coroutine.wrap(function()\n  coroutine.yield(1)\n  return 2\nend)\nco()\nco()";
    assert_eq!(lines_of(yields), [1, 4, 1, 5, 2, 6, 3]);
    let catches = "local ok = pcall(function()\n  error('x')\nend)\nreturn ok";
    assert_eq!(lines_of(catches), [1, 3, 1, 2, 4]);
}

#[test]
fn a_question_is_answered_between_two_lines() {
    let mut vm = machine(MEGABYTE);
    let ask = vm.host(7).expect("room");
    let globals = vm.globals();
    vm.heap_mut().set_name(globals, b"ask", ask).expect("room");
    start(&mut vm, "local a = 1\nlocal b = ask()\nreturn b");
    let mut seen = Vec::new();
    loop {
        match vm.step_line(1000) {
            Step::Line => seen.push(vm.current_line()),
            Step::Other(Progress::NeedsHost(id)) => {
                seen.push(id);
                vm.answer(&[Value::Number(5.0)]).expect("room");
            }
            Step::Other(_) => break,
        }
    }
    assert_eq!(seen, [1, 2, 7, 3]);
    assert_eq!(outcome(&vm), "5");
}

#[test]
fn something_else_runs_beside_a_script_that_stands_still() {
    let mut vm = machine(MEGABYTE);
    start(
        &mut vm,
        "local t, s = {'kept'}, 0\nlocal co = coroutine.wrap(function()\n  s = s + 1\n  coroutine.yield(s)\nend)\nco()\n\
         return t[1], s",
    );
    let beside = |vm: &mut Vm, source: &str| {
        let function = vm.load(source.as_bytes(), b"@beside").expect("it compiles");
        vm.aside(function).expect("room");
        // Not all of them end: what is left of one is gone when the script goes on.
        for _ in 0..50 {
            if vm.resume(1000) != Progress::Yielded {
                break;
            }
        }
        vm.collect();
        let shown = outcome(vm);
        vm.back();
        shown
    };
    let mut lines = Vec::new();
    while vm.step_line(1000) == Step::Line {
        lines.push(vm.current_line());
        assert_eq!(beside(&mut vm, "return 1 + 1"), "2");
        assert_eq!(
            beside(&mut vm, "local x = nil + 1"),
            "error: beside:1: attempt to perform arithmetic on a nil value"
        );
        assert_eq!(beside(&mut vm, "coroutine.wrap(function() while true do end end)()"), "");
    }
    assert_eq!(lines, [1, 2, 5, 2, 6, 3, 4, 7]);
    assert_eq!(outcome(&vm), "kept 1");
}

#[test]
fn the_same_script_takes_the_same_fuel_everywhere() {
    let source = "
        local t = {}
        for i = 1, 300 do t[i] = tostring(i):rep(i % 7) end
        return #table.concat(t):gsub('1', 'one')";
    let pieces = || {
        let mut vm = machine(MEGABYTE);
        start(&mut vm, source);
        let mut pieces = 0;
        while vm.resume(10) == Progress::Yielded {
            pieces += 1;
        }
        (pieces, vm.memory_used(), outcome(&vm))
    };
    assert_eq!(pieces(), pieces());
}
