//! Commands about the client's own connection: who it is, how it speaks, when it ends.

use crate::command::flag::{ALLOW_BUSY, FAST, Flags, LISTENS, LOADING, NO_AUTH, NOSCRIPT, STALE, UNQUEUED};
use crate::command::{Arg, Command, Group};
use crate::commands::client::set_name;
use crate::error::Error;
use crate::execute::Call;
use crate::observe::REDIS_VERSION;
use crate::reply::{Outcome, Protocol, Replied};
use crate::session::Ending;

pub(super) static COMMANDS: &[&Command] = &[&AUTH, &ECHO, &HELLO, &PING, &QUIT, &RESET, &SELECT];

/// Those who have not said yet who they are may run it.
const OPEN: Flags = NOSCRIPT | LOADING | STALE | FAST | NO_AUTH | ALLOW_BUSY;

static AUTH: Command = Command::new("auth", Group::Connection, "1.0.0", -2, auth)
    .summary("Tells the server who the client is.")
    .complexity("O(N) for N passwords of the user")
    .history(&[("6.0.0", "Takes the name of a user before the password.")])
    .flags(OPEN)
    .args(&[Arg::string("username").optional().since("6.0.0"), Arg::string("password")]);

fn auth(call: &mut Call<'_>) -> Outcome {
    let args = call.args;
    match args.len() {
        2 if call.server.config.requirepass.is_empty() => return Err(Error::NoPasswordSet),
        2 => authenticate(call, b"default", args.at(1))?,
        3 => authenticate(call, args.at(1), args.at(2))?,
        _ => return Err(Error::Syntax),
    }
    Ok(call.reply.ok())
}

/// Lets the client in if the password is right.
fn authenticate(call: &mut Call<'_>, user: &[u8], password: &[u8]) -> Result<(), Error> {
    let expected = &call.server.config.requirepass;
    let right = expected.is_empty() || is_same_secret(expected, password);
    if user != b"default" || !right {
        return Err(Error::WrongPass);
    }
    call.session.authenticated = true;
    call.session.user = "default";
    Ok(())
}

/// Compares in a time that does not tell where the two differ.
fn is_same_secret(one: &[u8], other: &[u8]) -> bool {
    let differing = one.iter().zip(other).fold(0, |bits, (one, other)| bits | (one ^ other));
    one.len() == other.len() && differing == 0
}

static ECHO: Command = Command::new("echo", Group::Connection, "1.0.0", 2, echo)
    .summary("Gives its argument back.")
    .complexity("O(1)")
    .flags(FAST | LOADING | STALE)
    .args(&[Arg::string("message")]);

fn echo(call: &mut Call<'_>) -> Outcome {
    Ok(call.reply.bulk(call.args.at(1)))
}

static HELLO: Command = Command::new("hello", Group::Connection, "6.0.0", -1, hello)
    .summary("Begins a conversation: chooses the protocol, and tells what the server is.")
    .complexity("O(1)")
    .history(&[("6.2.0", "The version of the protocol may be left out, to ask without changing anything.")])
    .flags(OPEN)
    .args(&[Arg::block(
        "arguments",
        &[
            Arg::integer("protover"),
            Arg::block("username_password", &[Arg::string("username"), Arg::string("password")])
                .after("AUTH")
                .optional(),
            Arg::string("clientname").after("SETNAME").optional(),
        ],
    )
    .optional()]);

const HELLO_NOAUTH: Error = Error::Text(
    "NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO AUTH <user> <pass> option \
     can be used to authenticate the client and select the RESP protocol version at the same time",
);

fn hello(call: &mut Call<'_>) -> Outcome {
    let protocol = match call.args.len() {
        1 => call.session.protocol,
        _ => match call.args.int(1) {
            Ok(2) => Protocol::Resp2,
            Ok(3) => Protocol::Resp3,
            Ok(_) => return Err(Error::NoProto),
            Err(_) => return Err(Error::Text("ERR Protocol version is not an integer or out of range")),
        },
    };
    hello_options(call)?;
    if call.server.wants_password(call.session) {
        return Err(HELLO_NOAUTH);
    }
    call.session.protocol = protocol;
    call.reply.set_protocol(protocol);
    Ok(introduce(call))
}

/// Carries out the options one by one: those before a bad one have taken effect.
fn hello_options(call: &mut Call<'_>) -> Result<(), Error> {
    let args = call.args;
    let mut index = 2;
    while let Some(option) = args.get(index) {
        let more = args.len() - index - 1;
        if args.is(index, "AUTH") && more >= 2 {
            authenticate(call, args.at(index + 1), args.at(index + 2))?;
            index += 3;
        } else if args.is(index, "SETNAME") && more >= 1 {
            set_name(call.session, args.at(index + 1))?;
            index += 2;
        } else {
            return Err(Error::quoting("Syntax error in HELLO option '", option, "'"));
        }
    }
    Ok(())
}

fn introduce(call: &mut Call<'_>) -> Replied {
    let reply = &mut call.reply;
    reply.map(7);
    for (name, value) in [("server", "redis"), ("version", REDIS_VERSION)] {
        reply.bulk(name.as_bytes());
        reply.bulk(value.as_bytes());
    }
    reply.bulk(b"proto");
    reply.int(if call.session.protocol == Protocol::Resp3 { 3 } else { 2 });
    reply.bulk(b"id");
    reply.int(call.session.id as i64);
    for (name, value) in [("mode", "standalone"), ("role", "master")] {
        reply.bulk(name.as_bytes());
        reply.bulk(value.as_bytes());
    }
    reply.bulk(b"modules");
    reply.array(0)
}

static PING: Command = Command::new("ping", Group::Connection, "1.0.0", -1, ping)
    .summary("Answers, to show that the connection is alive.")
    .complexity("O(1)")
    .flags(FAST | LISTENS)
    .tips(&["request_policy:all_shards", "response_policy:all_succeeded"])
    .args(&[Arg::string("message").optional()]);

fn ping(call: &mut Call<'_>) -> Outcome {
    if call.args.len() <= 2 && call.session.only_listens() {
        // Among messages an answer looks like one.
        call.reply.array(2);
        call.reply.bulk(b"pong");
        return Ok(call.reply.bulk(call.args.at(1)));
    }
    match call.args.len() {
        1 => Ok(call.reply.status("PONG")),
        2 => Ok(call.reply.bulk(call.args.at(1))),
        _ => Err(Error::Arity("ping")),
    }
}

static QUIT: Command = Command::new("quit", Group::Connection, "1.0.0", -1, quit)
    .summary("Ends the connection once its replies are gone.")
    .complexity("O(1)")
    .flags(OPEN | UNQUEUED | LISTENS);

fn quit(call: &mut Call<'_>) -> Outcome {
    call.session.ending = Ending::AfterReplies;
    Ok(call.reply.ok())
}

static RESET: Command = Command::new("reset", Group::Connection, "6.2.0", 1, reset)
    .summary("Makes the connection as if it were new.")
    .complexity("O(1)")
    .flags(OPEN | UNQUEUED | LISTENS);

fn reset(call: &mut Call<'_>) -> Outcome {
    if let Some(tracking) = call.session.tracking.take() {
        call.server.tracking.leave(call.session.client(), &tracking);
    }
    call.session.reset();
    call.server.watches.unwatch(call.session.conn);
    call.server.monitors.remove(&call.session.conn);
    call.server.pubsub.forget(call.session.conn, &mut call.session.subscriptions);
    call.session.authenticated = call.server.config.requirepass.is_empty();
    call.reply.set_protocol(Protocol::Resp2);
    Ok(call.reply.status("RESET"))
}

static SELECT: Command = Command::new("select", Group::Connection, "1.0.0", 2, select)
    .summary("Chooses the database that the client's commands are about.")
    .complexity("O(1)")
    .flags(LOADING | STALE | FAST)
    .args(&[Arg::integer("index")]);

fn select(call: &mut Call<'_>) -> Outcome {
    let index = call.args.int(1)?;
    if i32::try_from(index).is_err() {
        let text = "ERR value is out of range, value must between -2147483648 and 2147483647";
        return Err(Error::Text(text));
    }
    let index = usize::try_from(index).map_err(|_| Error::DbIndex)?;
    call.db.select(index)?;
    call.session.db = index;
    Ok(call.reply.ok())
}
