//! The functions that are globals themselves.

use alloc::boxed::Box;
use alloc::vec::Vec;

use crate::native::{Call, Flow, Native, Next, Outcome, Task};
use crate::text::number::{self, until_zero};
use crate::value::{Raise, Value};
use crate::vm::{Event, Vm};

pub(super) const LIBRARY: &[(&str, Native)] = &[
    ("assert", assert),
    ("collectgarbage", collect_garbage),
    ("error", error),
    ("gcinfo", gc_info),
    ("getfenv", get_environment),
    ("getmetatable", get_metatable),
    ("load", load),
    ("loadstring", load_string),
    ("next", next),
    ("pcall", protected_call),
    ("rawequal", raw_equal),
    ("rawget", raw_get),
    ("rawset", raw_set),
    ("select", select),
    ("setfenv", set_environment),
    ("setmetatable", set_metatable),
    ("tonumber", to_number),
    ("tostring", to_string),
    ("type", type_name),
    ("unpack", unpack),
    ("xpcall", protected_call_with),
];

/// `pairs` and `ipairs` keep the function that goes on.
pub(super) fn open_iterators(vm: &mut Vm) -> Result<(), Raise> {
    let globals = vm.globals;
    let next = vm.heap.get_name(globals, b"next");
    let pairs = vm.native_with("pairs", pairs, &[next])?;
    vm.heap.set_name(globals, b"pairs", pairs)?;
    let step = vm.native("ipairs", next_index)?;
    let ipairs = vm.native_with("ipairs", ipairs, &[step])?;
    vm.heap.set_name(globals, b"ipairs", ipairs)
}

fn assert(call: &mut Call<'_>) -> Outcome {
    if !call.any(1)?.is_true() {
        let text = match call.optional_text(2)? {
            Some(text) => until_zero(call.bytes(text)).to_vec(),
            None => b"assertion failed!".to_vec(),
        };
        return Err(call.error(text));
    }
    // The arguments are the results.
    let count = call.count();
    call.give_pushed(count)
}

fn error(call: &mut Call<'_>) -> Outcome {
    let level = i64::from(call.optional_integer(2, 1)? as i32);
    let value = call.arg(1);
    Err(match value {
        Value::String(_) | Value::Number(_) if level > 0 => {
            let text = call.display(value);
            call.vm.error_at(level as usize, &text)
        }
        _ => Raise::value(value),
    })
}

fn protected_call(call: &mut Call<'_>) -> Outcome {
    call.any(1)?;
    Ok(Flow(Next::Protect))
}

fn protected_call_with(call: &mut Call<'_>) -> Outcome {
    call.any(2)?;
    Ok(Flow(Next::ProtectWith))
}

fn type_name(call: &mut Call<'_>) -> Outcome {
    let name = call.any(1)?.type_name();
    let name = call.string(name.as_bytes())?;
    call.give(name)
}

fn to_string(call: &mut Call<'_>) -> Outcome {
    let value = call.any(1)?;
    let handler = call.vm.handler_of(value, Event::ToString);
    if !handler.is_nil() {
        return call.become_task(Box::new(ToString { asked: false }));
    }
    let text = match value {
        Value::String(_) => value,
        Value::Number(value) => Value::String(call.heap_mut().number_text(value)?),
        _ => {
            let text = call.display(value);
            call.string(&text)?
        }
    };
    call.give(text)
}

/// `tostring` of what has a handler for it.
struct ToString {
    asked: bool,
}

impl Task for ToString {
    fn step(&mut self, call: &mut Call<'_>) -> Outcome {
        if self.asked {
            return call.give(call.result(1));
        }
        self.asked = true;
        let value = call.arg(1);
        let handler = call.vm.handler_of(value, Event::ToString);
        call.invoke(handler, &[value])
    }
}

fn to_number(call: &mut Call<'_>) -> Outcome {
    let base = i64::from(call.optional_integer(2, 10)? as i32);
    if base == 10 {
        let value = call.any(1)?;
        let number = call.to_number(value);
        return call.give(number.map_or(Value::Nil, Value::Number));
    }
    let text = call.text(1)?;
    if !(2..=36).contains(&base) {
        return Err(call.bad_argument(2, "base out of range"));
    }
    let number = number::from_text_in_base(call.bytes(text), base as u32);
    call.give(number.map_or(Value::Nil, Value::Number))
}

fn select(call: &mut Call<'_>) -> Outcome {
    let count = call.count();
    if let Value::String(text) = call.arg(1)
        && call.bytes(text).first() == Some(&b'#')
    {
        return call.give(Value::Number((count - 1) as f64));
    }
    let mut from = i64::from(call.integer(1)? as i32);
    if from < 0 {
        from += count as i64;
    } else if from > count as i64 {
        from = count as i64;
    }
    if from < 1 {
        return Err(call.bad_argument(1, "index out of range"));
    }
    call.give_pushed(count - from as usize)
}

fn unpack(call: &mut Call<'_>) -> Outcome {
    let table = call.table(1)?;
    let from = i64::from(call.optional_integer(2, 1)? as i32);
    let border = call.heap().border(table);
    let to = i64::from(call.optional_integer(3, border as i64)? as i32);
    if from > to {
        return call.give_nothing();
    }
    let count = (to - from + 1) as usize;
    if !call.vm.may_push(count) {
        return Err(call.error("too many results to unpack"));
    }
    call.spend(count as u64 / 8);
    for index in from..=to {
        let value = call.heap().get(table, Value::Number(index as f64));
        call.push(value)?;
    }
    call.give_pushed(count)
}

// --- tables ---

fn raw_equal(call: &mut Call<'_>) -> Outcome {
    let (left, right) = (call.any(1)?, call.any(2)?);
    call.vm.pay_for_key(left);
    let equal = call.heap().equals(left, right);
    call.give(Value::Bool(equal))
}

fn raw_get(call: &mut Call<'_>) -> Outcome {
    let table = call.table(1)?;
    let key = call.any(2)?;
    call.vm.pay_for_key(key);
    let value = call.heap().get(table, key);
    call.give(value)
}

fn raw_set(call: &mut Call<'_>) -> Outcome {
    let table = call.table(1)?;
    let (key, value) = (call.any(2)?, call.any(3)?);
    call.vm.pay_for_key(key);
    call.set(table, key, value)?;
    call.give(Value::Table(table))
}

fn get_metatable(call: &mut Call<'_>) -> Outcome {
    let value = call.any(1)?;
    let Some(metatable) = call.vm.metatable_of(value) else { return call.give(Value::Nil) };
    let shown = call.vm.handler_in(metatable, Event::Metatable);
    call.give(if shown.is_nil() { Value::Table(metatable) } else { shown })
}

fn set_metatable(call: &mut Call<'_>) -> Outcome {
    let table = call.table(1)?;
    let metatable = match call.arg(2) {
        Value::Table(metatable) => Some(metatable),
        Value::Nil if call.count() >= 2 => None,
        _ => return Err(call.bad_argument(2, "nil or table expected")),
    };
    if !call.vm.handler_of(Value::Table(table), Event::Metatable).is_nil() {
        return Err(call.error("cannot change a protected metatable"));
    }
    call.writable(table)?;
    call.heap_mut().set_metatable(table, metatable);
    call.give(Value::Table(table))
}

pub(crate) fn next(call: &mut Call<'_>) -> Outcome {
    let table = call.table(1)?;
    let key = call.arg(2);
    call.vm.pay_for_key(key);
    match call.heap_mut().next(table, key)? {
        Some((key, value)) => call.give_all(&[key, value]),
        None => call.give(Value::Nil),
    }
}

fn pairs(call: &mut Call<'_>) -> Outcome {
    let table = call.table(1)?;
    let next = call.captured(0);
    call.give_all(&[next, Value::Table(table), Value::Nil])
}

fn ipairs(call: &mut Call<'_>) -> Outcome {
    let table = call.table(1)?;
    let step = call.captured(0);
    call.give_all(&[step, Value::Table(table), Value::Number(0.0)])
}

fn next_index(call: &mut Call<'_>) -> Outcome {
    let index = (call.integer(2)? as i32).wrapping_add(1);
    let table = call.table(1)?;
    let value = call.heap().get(table, Value::Number(index.into()));
    if value.is_nil() {
        return call.give_nothing();
    }
    call.give_all(&[Value::Number(index.into()), value])
}

// --- environments ---

/// The function that an argument names: itself, or the one that runs so many calls out.
fn named_function(call: &mut Call<'_>, optional: bool) -> Result<Option<Value>, Raise> {
    if let function @ Value::Function(_) = call.arg(1) {
        return Ok(Some(function));
    }
    let level = if optional { call.optional_integer(1, 1)? } else { call.integer(1)? };
    if level < 0 {
        return Err(call.bad_argument(1, "level must be non-negative"));
    }
    if level == 0 {
        return Ok(None);
    }
    match call.vm.frame_at(level as usize) {
        Some(at) => Ok(Some(Value::Function(call.vm.thread.frames[at].function))),
        None if call.vm.level_exists(level as usize) => {
            Err(call.error(alloc::format!("no function environment for tail call at level {level}")))
        }
        None => Err(call.bad_argument(1, "invalid level")),
    }
}

fn get_environment(call: &mut Call<'_>) -> Outcome {
    let function = named_function(call, true)?;
    let environment = match function {
        Some(Value::Function(function)) if !call.vm.native_at(function) => {
            call.vm.heap.functions[function.0].environment()
        }
        _ => call.vm.globals,
    };
    call.give(Value::Table(environment))
}

fn set_environment(call: &mut Call<'_>) -> Outcome {
    let environment = call.table(2)?;
    match named_function(call, false)? {
        Some(function) => {
            if !call.vm.set_environment(function, environment) {
                return Err(call.error("'setfenv' cannot change environment of given object"));
            }
            call.give(function)
        }
        None => call.give_nothing(),
    }
}

// --- chunks ---

fn loaded(call: &mut Call<'_>, source: &[u8], name: &[u8]) -> Outcome {
    call.spend(source.len() as u64 / 4);
    match call.vm.load(source, name) {
        Ok(function) => call.give(function),
        Err(Raise::Error(text)) => call.give_all(&[Value::Nil, text]),
        Err(other) => Err(other),
    }
}

fn load_string(call: &mut Call<'_>) -> Outcome {
    let source = call.text(1)?;
    let name = call.optional_text(2)?.unwrap_or(source);
    let (source, name) = (call.bytes(source).to_vec(), call.bytes(name).to_vec());
    loaded(call, &source, &name)
}

fn load(call: &mut Call<'_>) -> Outcome {
    call.function(1)?;
    let name = match call.optional_text(2)? {
        Some(name) => call.bytes(name).to_vec(),
        None => b"=(load)".to_vec(),
    };
    // An error of the function is no error of `load`.
    let protect = call.native("pcall", protected_call, &[])?;
    call.set_arg(PROTECT, protect);
    call.become_task(Box::new(Load { source: Vec::new(), name, asked: false }))
}

/// The argument that holds what calls the function.
const PROTECT: usize = 3;

/// `load`: it asks its function for pieces until there are no more.
struct Load {
    source: Vec<u8>,
    name: Vec<u8>,
    asked: bool,
}

impl Task for Load {
    fn step(&mut self, call: &mut Call<'_>) -> Outcome {
        if self.asked {
            let piece = match (call.result(1), call.result(2)) {
                (Value::Bool(false), error) => return call.give_all(&[Value::Nil, error]),
                (_, Value::Nil) => Vec::new(),
                (_, value @ (Value::String(_) | Value::Number(_))) => call.display(value),
                _ => {
                    return match call.error("reader function must return a string") {
                        Raise::Error(text) => call.give_all(&[Value::Nil, text]),
                        other => Err(other),
                    };
                }
            };
            if piece.is_empty() {
                let source = core::mem::take(&mut self.source);
                return loaded(call, &source, &self.name);
            }
            call.heap().room(piece.len())?;
            self.source.extend_from_slice(&piece);
        }
        self.asked = true;
        call.invoke(call.arg(PROTECT), &[call.arg(1)])
    }

    fn weight(&self) -> usize {
        self.source.capacity() + self.name.len()
    }
}

// --- the collector ---

fn collect_garbage(call: &mut Call<'_>) -> Outcome {
    let option = match call.optional_text(1)? {
        Some(option) => call.bytes(option).to_vec(),
        None => b"collect".to_vec(),
    };
    let number = match option.as_slice() {
        b"collect" => {
            call.vm.collect();
            0.0
        }
        b"count" => call.vm.memory_used() as f64 / 1024.0,
        b"step" => {
            call.vm.collect();
            return call.give(Value::Bool(true));
        }
        // Whether to stop and how fast to go is the machine's affair.
        b"stop" | b"restart" => 0.0,
        b"setpause" | b"setstepmul" => 200.0,
        _ => {
            let mut text = b"invalid option '".to_vec();
            text.extend_from_slice(until_zero(&option));
            text.push(b'\'');
            return Err(call.bad_argument(1, text));
        }
    };
    call.give(Value::Number(number))
}

fn gc_info(call: &mut Call<'_>) -> Outcome {
    let kilobytes = call.vm.memory_used() / 1024;
    call.give(Value::Number(kilobytes as f64))
}
