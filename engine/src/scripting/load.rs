//! Loading a library: its first line names it (`#!lua name=mylib`), the rest is run once, to register functions.
//!
//! While that runs there is little else to be had: `redis.register_function`, `redis.log` and what Lua's grammar gives. It
//! gets a portion of fuel, and no more.

use alloc::string::String;
use alloc::vec::Vec;

use redstart_lua::{Progress, Raise, Table, Value};

use super::ask;
use super::environment::{Environment, Question};
use super::library::{Function, Library, Shelf};
use super::{Machine, NO_ROOM, Rules};
use crate::engine::Server;
use crate::error::Error;
use crate::split_args::split_args;

/// Instructions that loading may take: some tenths of a second.
const FUEL: i64 = 20_000_000;

/// What a question counts for, in instructions.
const QUESTION: i64 = 100;

const BAD_NAME: &str = "Library names can only contain letters, numbers, or underscores(_) and must be at least one character long";

impl Server {
    /// Loads a library into a set; gives its name.
    pub(super) fn load_onto(
        &mut self,
        shelf: &mut Shelf,
        source: &[u8],
        replaces: bool,
    ) -> Result<String, Error> {
        let (name, body) = read_head(source)?;
        if !replaces && shelf.has(&name) {
            return Err(Error::err(format_args!("Library '{name}' already exists")));
        }
        let functions = self.register_functions(body)?;
        let library = Library { name: name.clone(), source: source.into(), functions };
        let error = if library.functions.is_empty() {
            Some(Error::Text("ERR No functions registered"))
        } else {
            let collision = shelf.collision(&library);
            collision.map(|function| Error::err(format_args!("Function {function} already exists")))
        };
        let gone = if error.is_some() { Some(library) } else { shelf.insert(library) };
        self.scripts.libraries.let_go(gone);
        error.map_or(Ok(name), Err)
    }

    /// Runs a library's Lua; gives the functions that it registers.
    fn register_functions(&mut self, body: &[u8]) -> Result<Vec<Function>, Error> {
        let memory = self.config.script_memory_limit;
        self.scripts.libraries.prepare(memory)?;
        let libraries = &mut self.scripts.libraries;
        let (Some(mut machine), Some(environment)) = (libraries.machine.take(), libraries.environment) else {
            return Err(NO_ROOM);
        };
        let mut functions = Vec::new();
        let ended = run(self, &mut machine, environment, body, &mut functions);
        machine.vm.abort();
        let ready = environment.while_running(&mut machine).map_err(|_| NO_ROOM);
        let ended = ended.and(ready);
        if ended.is_err() {
            functions.drain(..).for_each(|function| machine.vm.unpin(function.callback));
        }
        self.scripts.libraries.machine = Some(machine);
        ended.map(|()| functions)
    }
}

/// The library's name, and the Lua in it: lines keep their numbers.
fn read_head(source: &[u8]) -> Result<(String, &[u8]), Error> {
    if !source.starts_with(b"#!") {
        return Err(Error::Text("ERR Missing library metadata"));
    }
    const INVALID: Error = Error::Text("ERR Invalid library metadata");
    let end = source.iter().position(|&byte| byte == b'\n').ok_or(INVALID)?;
    let (line, body) = source.split_at(end);
    let mut words = split_args(line).ok_or(INVALID)?.into_iter();
    let engine = words.next().unwrap_or_default().split_off(2);
    let mut name = None;
    for word in words {
        match word.split_at_checked(5) {
            Some((key, value)) if key.eq_ignore_ascii_case(b"name=") => {
                if name.replace(value.to_vec()).is_some() {
                    let text = "ERR Invalid metadata value, name argument was given multiple times";
                    return Err(Error::Text(text));
                }
            }
            _ => return Err(Error::quoting("Invalid metadata value given: ", &word, "")),
        }
    }
    let name = name.ok_or(Error::Text("ERR Library name was not given"))?;
    let name = identifier(&name).ok_or_else(|| Error::err(format_args!("{BAD_NAME}")))?;
    if !engine.eq_ignore_ascii_case(b"lua") {
        return Err(Error::quoting("Engine '", &engine, "' not found"));
    }
    Ok((name, body))
}

/// A name, if a library or a function may be called so.
fn identifier(name: &[u8]) -> Option<String> {
    let is_fine = !name.is_empty() && name.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_');
    is_fine.then(|| String::from_utf8_lossy(name).into_owned())
}

fn run(
    server: &mut Server,
    machine: &mut Machine,
    environment: Environment,
    body: &[u8],
    functions: &mut Vec<Function>,
) -> Result<(), Error> {
    let failed = |text: &[u8]| {
        Error::Quoting([b"ERR Error registering functions: ".as_slice(), text.trim_ascii_end()].concat())
    };
    let chunk = machine.vm.load_in(body, b"@user_function", environment.table).map_err(|raise| {
        Error::Quoting([b"ERR Error compiling function: ".as_slice(), &machine.text_of(raise)].concat())
    })?;
    let ready = environment.while_loading(machine).and_then(|()| machine.start(chunk, &[]));
    ready.map_err(|raise| failed(&machine.text_of(raise)))?;
    let mut fuel = FUEL;
    loop {
        match machine.vm.resume(fuel.max(0).unsigned_abs()) {
            Progress::Yielded => return Err(failed(b"ERR FUNCTION LOAD timeout")),
            Progress::NeedsHost(id) => {
                let answered = match Question::of(id) {
                    Some(Question::Register) => register(machine, functions),
                    Some(Question::Log) => ask::log(server, machine),
                    Some(Question::Raised) => ask::note_place(machine),
                    _ => ask::refuse(machine, "This can't be asked while a library is loaded"),
                };
                ask::give(machine, answered);
            }
            Progress::Done => break,
            Progress::Failed => return Err(failed(super::NO_MEMORY)),
        }
        fuel = machine.vm.fuel() - QUESTION;
    }
    let results = machine.vm.results();
    if matches!(results.first(), Some(Value::Bool(true))) {
        return Ok(());
    }
    let error = results.get(1).copied().unwrap_or_default();
    let text = machine.text_in(error, b"err").unwrap_or_else(|| machine.vm.heap().display(error));
    Err(failed(&text))
}

/// `redis.register_function(name, callback)`, `redis.register_function{function_name = …, callback = …, …}`
fn register(machine: &mut Machine, functions: &mut Vec<Function>) -> Result<Value, Raise> {
    match describe(machine).and_then(|described| described.check(functions)) {
        Ok((name, callback, described)) => {
            let callback = machine.vm.pin(callback);
            let Described { description, rules, .. } = described;
            functions.push(Function { name, description, callback, rules });
            Ok(Value::Nil)
        }
        Err(text) => ask::refuse(machine, text),
    }
}

/// What a script says of a function.
#[derive(Default)]
struct Described {
    name: Option<Vec<u8>>,
    callback: Option<Value>,
    description: Option<Vec<u8>>,
    rules: Rules,
}

impl Described {
    /// Whether that is enough, and right.
    fn check(self, known: &[Function]) -> Result<(String, Value, Self), &'static str> {
        let name = self.name.as_ref().ok_or("redis.register_function must get a function name argument")?;
        let callback = self.callback.ok_or("redis.register_function must get a callback argument")?;
        let name = identifier(name).ok_or(BAD_NAME)?;
        if known.iter().any(|function| function.name == name) {
            return Err("Function already exists in the library");
        }
        Ok((name, callback, self))
    }
}

fn describe(machine: &mut Machine) -> Result<Described, &'static str> {
    match *machine.vm.host_arguments() {
        [Value::Table(table)] => describe_by_names(machine, table),
        [_] => Err(
            "calling redis.register_function with a single argument is only applicable to Lua table (representing \
             named arguments).",
        ),
        [name, callback] => {
            let name =
                text(machine, name).ok_or("first argument to redis.register_function must be a string")?;
            if !matches!(callback, Value::Function(_)) {
                return Err("second argument to redis.register_function must be a function");
            }
            Ok(Described { name: Some(name), callback: Some(callback), ..Described::default() })
        }
        _ => Err("wrong number of arguments to redis.register_function"),
    }
}

fn describe_by_names(machine: &mut Machine, table: Table) -> Result<Described, &'static str> {
    let mut described = Described::default();
    let mut last = Value::Nil;
    while let Ok(Some((key, value))) = machine.vm.heap_mut().next(table, last) {
        last = key;
        let key = text(machine, key)
            .ok_or("named argument key given to redis.register_function is not a string")?;
        match key.to_ascii_lowercase().as_slice() {
            b"function_name" => {
                const WRONG: &str =
                    "function_name argument given to redis.register_function must be a string";
                described.name = Some(text(machine, value).ok_or(WRONG)?);
            }
            b"description" => {
                const WRONG: &str = "description argument given to redis.register_function must be a string";
                described.description = Some(text(machine, value).ok_or(WRONG)?);
            }
            b"callback" if matches!(value, Value::Function(_)) => described.callback = Some(value),
            b"callback" => {
                return Err("callback argument given to redis.register_function must be a function");
            }
            b"flags" => {
                let Value::Table(flags) = value else {
                    return Err(
                        "flags argument to redis.register_function must be a table representing function flags",
                    );
                };
                add_flags(machine, flags, &mut described.rules)?;
            }
            _ => return Err("unknown argument given to redis.register_function"),
        }
    }
    Ok(described)
}

fn add_flags(machine: &Machine, flags: Table, rules: &mut Rules) -> Result<(), &'static str> {
    let flags = (1..).map(|at| machine.vm.heap().get_index(flags, at)).take_while(|flag| !flag.is_nil());
    for flag in flags {
        let known = text(machine, flag).is_some_and(|flag| rules.add(&flag));
        if !known {
            return Err("unknown flag given");
        }
    }
    Ok(())
}

/// What counts as a string: that is, a number, too.
fn text(machine: &Machine, value: Value) -> Option<Vec<u8>> {
    matches!(value, Value::String(_) | Value::Number(_)).then(|| machine.vm.heap().display(value))
}
