//! Who a connection is: its number, its name, its library.

use crate::command::flag::{Flags, LOADING, NOSCRIPT, STALE};
use crate::command::{Arg, Command, Group};
use crate::error::Error;
use crate::execute::Call;
use crate::reply::Outcome;
use crate::session::Session;

const FLAGS: Flags = NOSCRIPT | LOADING | STALE;

pub(super) static ID: Command = Command::new("client|id", Group::Connection, "5.0.0", 2, id)
    .summary("Tells the number of this connection.")
    .complexity("O(1)")
    .flags(FLAGS);

fn id(call: &mut Call<'_>) -> Outcome {
    Ok(call.reply.int(call.session.id as i64))
}

pub(super) static GETNAME: Command = Command::new("client|getname", Group::Connection, "2.6.9", 2, getname)
    .summary("Tells what this connection calls itself.")
    .complexity("O(1)")
    .flags(FLAGS);

fn getname(call: &mut Call<'_>) -> Outcome {
    let name = &call.session.name;
    Ok(if name.is_empty() { call.reply.null() } else { call.reply.bulk(name) })
}

pub(super) static SETNAME: Command = Command::new("client|setname", Group::Connection, "2.6.9", 3, setname)
    .summary("Gives this connection a name.")
    .complexity("O(1)")
    .flags(FLAGS)
    .args(&[Arg::string("connection-name")]);

fn setname(call: &mut Call<'_>) -> Outcome {
    set_name(call.session, call.args.at(2))?;
    Ok(call.reply.ok())
}

/// Gives a connection a name; the empty one takes it away.
pub(in crate::commands) fn set_name(session: &mut Session, name: &[u8]) -> Result<(), Error> {
    if !is_printable(name) {
        let text = "ERR Client names cannot contain spaces, newlines or special characters.";
        return Err(Error::Text(text));
    }
    session.name = name.to_vec();
    Ok(())
}

/// Whether a line of CLIENT LIST can hold it.
fn is_printable(text: &[u8]) -> bool {
    text.iter().all(u8::is_ascii_graphic)
}

pub(super) static SETINFO: Command = Command::new("client|setinfo", Group::Connection, "7.2.0", 4, setinfo)
    .summary("Tells which library is speaking, or which version of it.")
    .complexity("O(1)")
    .flags(FLAGS)
    .tips(&["request_policy:all_nodes", "response_policy:all_succeeded"])
    .args(&[Arg::one_of(
        "attr",
        &[Arg::string("libname").after("LIB-NAME"), Arg::string("libver").after("LIB-VER")],
    )]);

fn setinfo(call: &mut Call<'_>) -> Outcome {
    let (attribute, value) = (call.args.at(2), call.args.at(3));
    let place = if call.args.is(2, "LIB-NAME") {
        &mut call.session.lib_name
    } else if call.args.is(2, "LIB-VER") {
        &mut call.session.lib_ver
    } else {
        let attribute = alloc::string::String::from_utf8_lossy(attribute);
        return Err(Error::err(format_args!("Unrecognized option '{attribute}'")));
    };
    if !is_printable(value) {
        let attribute = alloc::string::String::from_utf8_lossy(attribute);
        return Err(Error::err(format_args!(
            "{attribute} cannot contain spaces, newlines or special characters."
        )));
    }
    *place = value.to_vec();
    Ok(call.reply.ok())
}
