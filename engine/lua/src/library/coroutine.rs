//! `coroutine`.

use crate::native::{Call, Flow, Native, Next, Outcome};
use crate::value::{Raise, Thread, Value};
use crate::vm::Status;

pub(super) const LIBRARY: &[(&str, Native)] = &[
    ("create", create),
    ("resume", resume),
    ("running", running),
    ("status", status),
    ("wrap", wrap),
    ("yield", yield_values),
];

fn new_thread(call: &mut Call<'_>) -> Result<Thread, Raise> {
    let function = call.arg(1);
    if !call.vm.is_lua_function(function) {
        return Err(call.bad_argument(1, "Lua function expected"));
    }
    call.vm.new_thread(function)
}

fn create(call: &mut Call<'_>) -> Outcome {
    let thread = new_thread(call)?;
    call.give(Value::Thread(thread))
}

fn wrap(call: &mut Call<'_>) -> Outcome {
    let thread = new_thread(call)?;
    let function = call.native("wrap", resume_wrapped, &[Value::Thread(thread)])?;
    call.give(function)
}

/// Why a coroutine can't be resumed, if it can't.
fn obstacle(call: &Call<'_>, thread: Thread) -> Option<&'static str> {
    match call.vm.status_of(thread) {
        Status::Suspended => None,
        Status::Running => Some("cannot resume running coroutine"),
        Status::Normal => Some("cannot resume normal coroutine"),
        Status::Dead => Some("cannot resume dead coroutine"),
    }
}

fn resume(call: &mut Call<'_>) -> Outcome {
    let Value::Thread(thread) = call.arg(1) else {
        return Err(call.bad_argument(1, "coroutine expected"));
    };
    if let Some(text) = obstacle(call, thread) {
        let text = call.string(text.as_bytes())?;
        return call.give_all(&[Value::Bool(false), text]);
    }
    Ok(Flow(Next::Resume { thread, from: 2, wrap: false }))
}

fn resume_wrapped(call: &mut Call<'_>) -> Outcome {
    let Value::Thread(thread) = call.captured(0) else { return call.give_nothing() };
    if let Some(text) = obstacle(call, thread) {
        return Err(call.error(text));
    }
    Ok(Flow(Next::Resume { thread, from: 1, wrap: true }))
}

fn yield_values(_: &mut Call<'_>) -> Outcome {
    Ok(Flow(Next::Yield))
}

fn running(call: &mut Call<'_>) -> Outcome {
    match call.vm.coroutine() {
        Some(thread) => call.give(Value::Thread(thread)),
        None => call.give(Value::Nil),
    }
}

fn status(call: &mut Call<'_>) -> Outcome {
    let Value::Thread(thread) = call.arg(1) else {
        return Err(call.bad_argument(1, "coroutine expected"));
    };
    let text = match call.vm.status_of(thread) {
        Status::Suspended => "suspended",
        Status::Running => "running",
        Status::Normal => "normal",
        Status::Dead => "dead",
    };
    let text = call.string(text.as_bytes())?;
    call.give(text)
}
