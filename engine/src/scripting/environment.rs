//! What a script finds: Lua's libraries without those that reach outside, and the table `redis`.
//!
//! What needs nothing but its arguments is done here. What needs the store is asked of it ([`Question`]).

use alloc::vec::Vec;

use redstart_lua::{Call, Heap, Native, Outcome, Raise, Setup, Table, Value, Vm};

use super::{Machine, sha1hex};

/// What a script asks of the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Question {
    Call = 1,
    Pcall,
    Log,
    SetResp,
    SetRepl,
    AclCheck,
    Register,
    Breakpoint,
    Debug,
    /// Not the script: an error was raised, and it is to be noted where.
    Raised,
}

impl Question {
    pub(super) const fn of(id: u32) -> Option<Self> {
        const ALL: [Question; 10] = [
            Question::Call,
            Question::Pcall,
            Question::Log,
            Question::SetResp,
            Question::SetRepl,
            Question::AclCheck,
            Question::Register,
            Question::Breakpoint,
            Question::Debug,
            Question::Raised,
        ];
        let mut at = 0;
        while at < ALL.len() {
            if ALL[at] as u32 == id {
                return Some(ALL[at]);
            }
            at += 1;
        }
        None
    }
}

const QUESTIONS: &[(&str, Question)] = &[
    ("call", Question::Call),
    ("pcall", Question::Pcall),
    ("log", Question::Log),
    ("setresp", Question::SetResp),
    ("set_repl", Question::SetRepl),
    ("acl_check_cmd", Question::AclCheck),
];

const FUNCTIONS: &[(&str, Native)] =
    &[("sha1hex", sha1), ("error_reply", error_reply), ("status_reply", status_reply)];

/// What functions don't have.
const FUNCTIONS_OF_SCRIPTS: &[(&str, Native)] = &[("replicate_commands", replicate_commands)];

/// The same, of what is asked.
const QUESTIONS_OF_SCRIPTS: &[(&str, Question)] =
    &[("breakpoint", Question::Breakpoint), ("debug", Question::Debug)];

const NUMBERS: &[(&str, u32)] = &[
    ("LOG_DEBUG", 0),
    ("LOG_VERBOSE", 1),
    ("LOG_NOTICE", 2),
    ("LOG_WARNING", 3),
    ("REPL_NONE", 0),
    ("REPL_AOF", 1),
    ("REPL_SLAVE", 2),
    ("REPL_REPLICA", 2),
    ("REPL_ALL", 3),
    ("REDIS_VERSION_NUM", 0x0007_000f),
];

/// What Lua has and scripts don't: these reach outside, or could take protection off.
const ABSENT: &[&[u8]] = &[b"print", b"dofile", b"loadfile", b"getfenv", b"setfenv", b"newproxy"];

/// What the C library's generator starts with when nobody seeds it: chance goes on from script to script.
const USUAL_SEED: u32 = 0x1234_abcd;

/// Redis's `pcall`: of an error that is a table, it gives the text.
const PRELUDE: &[u8] = b"
local protect, kind = pcall, type
local function settle(fine, problem, ...)
  if not fine and kind(problem) == 'table' then
    local text = problem.err
    if kind(text) == 'string' or kind(text) == 'number' then return false, text end
    return false, problem, text
  end
  return fine, problem, ...
end
function pcall(...) return settle(protect(...)) end
";

/// Calls a function with its keys and arguments: `xpcall` alone has none for it.
const TRAMPOLINE: &[u8] = b"
local protect = xpcall
return function(callee, handler, keys, arguments)
  return protect(function() return callee(keys, arguments) end, handler)
end
";

/// The global variables of libraries: a table that has nothing of its own. Where it looks instead decides what can be
/// used: little while a library is loaded, all that scripts have, nearly, while its functions run.
#[derive(Clone, Copy, Debug)]
pub(super) struct Environment {
    /// It, and its metatable.
    pub(super) table: Table,
    metatable: Table,
    loading: Table,
}

impl Environment {
    /// From now on a library is loaded.
    pub(super) fn while_loading(self, machine: &mut Machine) -> Result<(), Raise> {
        machine.vm.heap_mut().set_name(self.metatable, b"__index", Value::Table(self.loading))
    }

    /// From now on functions run.
    pub(super) fn while_running(self, machine: &mut Machine) -> Result<(), Raise> {
        let globals = machine.vm.globals();
        machine.vm.heap_mut().set_name(self.metatable, b"__index", Value::Table(globals))
    }
}

impl Machine {
    /// A machine for scripts that may use so many bytes.
    pub(super) fn new(memory: usize) -> Result<Self, Raise> {
        let mut machine = Self::open(memory)?;
        let redis = machine.vm.library("redis", FUNCTIONS_OF_SCRIPTS)?;
        offer(&mut machine.vm, redis, QUESTIONS_OF_SCRIPTS)?;
        protect_all(&mut machine.vm)?;
        Ok(machine)
    }

    /// A machine for functions, and what they find in it.
    pub(super) fn for_functions(memory: usize) -> Result<(Self, Environment), Raise> {
        let mut machine = Self::open(memory)?;
        let vm = &mut machine.vm;
        let trampoline = vm.load(TRAMPOLINE, b"@prelude")?;
        vm.start(trampoline, &[])?;
        vm.resume(1000);
        let protect = vm.results().first().copied().unwrap_or_default();
        machine.protect = vm.pin(protect);
        protect_all(vm)?;
        let environment = open_environment(vm)?;
        Ok((machine, environment))
    }

    fn open(memory: usize) -> Result<Self, Raise> {
        let mut vm = Vm::new(Setup { memory, seed: USUAL_SEED })?;
        vm.open_libraries()?;
        let globals = vm.globals();
        let protect = vm.heap().get_name(globals, b"xpcall");
        let protect = vm.pin(protect);
        for name in ABSENT {
            vm.heap_mut().set_name(globals, name, Value::Nil)?;
        }
        let prelude = vm.load(PRELUDE, b"@prelude")?;
        vm.start(prelude, &[])?;
        vm.resume(1000);
        open_redis(&mut vm)?;
        let handler = vm.host(Question::Raised as u32)?;
        let handler = vm.pin(handler);
        Ok(Self { vm, protect, handler })
    }

    /// Keys or arguments, as a table.
    pub(super) fn words<'a>(
        &mut self,
        words: impl ExactSizeIterator<Item = &'a [u8]>,
    ) -> Result<Value, Raise> {
        let heap = self.vm.heap_mut();
        let table = heap.table(words.len(), 0)?;
        for (at, word) in words.enumerate() {
            let word = heap.string(word)?;
            heap.set_index(table, at + 1, word)?;
        }
        Ok(Value::Table(table))
    }
}

fn open_redis(vm: &mut Vm) -> Result<(), Raise> {
    let redis = vm.library("redis", FUNCTIONS)?;
    offer(vm, redis, QUESTIONS)?;
    for (name, number) in NUMBERS {
        vm.heap_mut().set_name(redis, name.as_bytes(), Value::Number(f64::from(*number)))?;
    }
    name_version(vm, redis)
}

/// Functions that ask.
fn offer(vm: &mut Vm, table: Table, questions: &[(&str, Question)]) -> Result<(), Raise> {
    for (name, question) in questions {
        let ask = vm.host(*question as u32)?;
        vm.heap_mut().set_name(table, name.as_bytes(), ask)?;
    }
    Ok(())
}

fn name_version(vm: &mut Vm, redis: Table) -> Result<(), Raise> {
    let version = vm.heap_mut().string(b"7.0.15")?;
    vm.heap_mut().set_name(redis, b"REDIS_VERSION", version)
}

/// What a library finds while it is loaded, and the way to that.
fn open_environment(vm: &mut Vm) -> Result<Environment, Raise> {
    let missing = vm.native("index", missing)?;
    let strict = vm.heap_mut().table(0, 1)?;
    vm.heap_mut().set_name(strict, b"__index", missing)?;
    let redis = vm.heap_mut().table(0, 8)?;
    offer(vm, redis, &[("log", Question::Log), ("register_function", Question::Register)])?;
    for (name, number) in NUMBERS.iter().filter(|(name, _)| !name.starts_with("REPL")) {
        vm.heap_mut().set_name(redis, name.as_bytes(), Value::Number(f64::from(*number)))?;
    }
    name_version(vm, redis)?;
    let heap = vm.heap_mut();
    let loading = heap.table(0, 1)?;
    heap.set_name(loading, b"redis", Value::Table(redis))?;
    let (table, metatable) = (heap.table(0, 0)?, heap.table(0, 1)?);
    for (table, metatable) in [(redis, strict), (loading, strict), (table, metatable)] {
        heap.set_metatable(table, Some(metatable));
        heap.set_readonly(table, true);
    }
    vm.pin(Value::Table(loading));
    vm.pin(Value::Table(table));
    Ok(Environment { table, metatable, loading })
}

/// Makes the globals and everything in them read-only, and a global that isn't there an error.
fn protect_all(vm: &mut Vm) -> Result<(), Raise> {
    let missing = vm.native("index", missing)?;
    let globals = vm.globals();
    let heap = vm.heap_mut();
    let metatable = heap.table(0, 1)?;
    heap.set_name(metatable, b"__index", missing)?;
    heap.set_readonly(metatable, true);
    heap.set_metatable(globals, Some(metatable));
    let mut key = Value::Nil;
    while let Some((next, value)) = heap.next(globals, key)? {
        if let Value::Table(table) = value {
            heap.set_readonly(table, true);
        }
        key = next;
    }
    heap.set_readonly(globals, true);
    if let Some(strings) = vm.string_metatable() {
        vm.heap_mut().set_readonly(strings, true);
    }
    Ok(())
}

fn missing(call: &mut Call<'_>) -> Outcome {
    let name = call.display(call.arg(2));
    let text = [b"Script attempted to access nonexistent global variable '".as_slice(), &name, b"'"].concat();
    Err(call.error(text))
}

fn sha1(call: &mut Call<'_>) -> Outcome {
    if call.count() != 1 {
        let text = call.string(b"wrong number of arguments")?;
        return Err(Raise::value(text));
    }
    let text = match call.arg(1) {
        text @ (Value::String(_) | Value::Number(_)) => call.display(text),
        _ => Vec::new(),
    };
    call.spend(text.len() as u64 / 16);
    let digest = call.string(sha1hex(&text).as_bytes())?;
    call.give(digest)
}

fn error_reply(call: &mut Call<'_>) -> Outcome {
    match (call.count(), call.arg(1)) {
        (1, Value::String(text)) => {
            let text = call.bytes(text).to_vec();
            let line = if text.starts_with(b"-") { text } else { [b"-", text.as_slice()].concat() };
            give_error(call, &line)
        }
        _ => give_error(call, b"wrong number or type of arguments"),
    }
}

fn give_error(call: &mut Call<'_>, line: &[u8]) -> Outcome {
    let table = error_table(call.heap_mut(), line)?;
    call.give(table)
}

fn status_reply(call: &mut Call<'_>) -> Outcome {
    match (call.count(), call.arg(1)) {
        (1, text @ Value::String(_)) => {
            let table = call.heap_mut().table(0, 1)?;
            call.heap_mut().set_name(table, b"ok", text)?;
            call.give(Value::Table(table))
        }
        _ => give_error(call, b"wrong number or type of arguments"),
    }
}

/// Scripts have always been propagated by what they do here.
fn replicate_commands(call: &mut Call<'_>) -> Outcome {
    call.give(Value::Bool(true))
}

/// An error as scripts have it: a table whose `err` is a code and a text. A line that begins with `-` has a code of its
/// own, if there is more than one word.
pub(super) fn error_table(heap: &mut Heap, line: &[u8]) -> Result<Value, Raise> {
    let line = line.trim_ascii_end();
    let text: Vec<u8> = match line.strip_prefix(b"-") {
        Some(rest) if rest.contains(&b' ') => rest.to_vec(),
        Some(rest) => [b"ERR ", rest].concat(),
        None => [b"ERR ", line].concat(),
    };
    let text = heap.string(&text)?;
    let table = heap.table(0, 3)?;
    heap.set_name(table, b"err", text)?;
    Ok(Value::Table(table))
}
