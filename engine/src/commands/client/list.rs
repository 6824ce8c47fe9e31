//! Connections, one a line.

use alloc::string::String;
use alloc::vec::Vec;

use redstart_structures::sort_by_key;

use crate::command::flag::{ADMIN, LOADING, NOSCRIPT, STALE};
use crate::command::{Arg, Command, Group};
use crate::error::Error;
use crate::execute::Call;
use crate::number;
use crate::reply::Outcome;
use crate::session::{ClientKind, Ending, Session};

pub(super) static INFO: Command = Command::new("client|info", Group::Connection, "6.2.0", 2, info)
    .summary("Describes this connection, in one line.")
    .complexity("O(1)")
    .flags(NOSCRIPT | LOADING | STALE)
    .tips(&["nondeterministic_output"]);

fn info(call: &mut Call<'_>) -> Outcome {
    let mut line = describe(call, call.session);
    line.push('\n');
    Ok(call.reply.verbatim(&line))
}

pub(super) static LIST: Command = Command::new("client|list", Group::Connection, "2.4.0", -2, list)
    .summary("Describes connections, one a line.")
    .complexity("O(N) for N connections")
    .history(&[
        ("2.8.12", "Shows `id`."),
        ("5.0.0", "Can be asked for one `TYPE` only."),
        ("6.0.0", "Shows `user`."),
        ("6.2.0", "Shows `argv-mem`, `tot-mem`, `laddr` and `redir`; can be asked for some `ID`s only."),
        ("7.0.0", "Shows `resp`, `multi-mem`, `rbs` and `rbp`."),
        ("7.0.3", "Shows `ssub`."),
    ])
    .flags(ADMIN | NOSCRIPT | LOADING | STALE)
    .tips(&["nondeterministic_output"])
    .args(&[
        Arg::one_of(
            "normal_master_replica_pubsub",
            &[
                Arg::word("normal", "NORMAL"),
                Arg::word("master", "MASTER"),
                Arg::word("replica", "REPLICA"),
                Arg::word("pubsub", "PUBSUB"),
            ],
        )
        .after("TYPE")
        .optional()
        .since("5.0.0"),
        Arg::block("id", &[Arg::integer("client-id").multiple()]).after("ID").optional().since("6.2.0"),
    ]);

fn list(call: &mut Call<'_>) -> Outcome {
    let args = call.args;
    let mut lines = String::new();
    if args.len() == 4 && args.is(2, "TYPE") {
        let kind = ClientKind::parse(args.at(3))?;
        all(call)
            .into_iter()
            .filter(|session| session.kind() == kind)
            .for_each(|it| add(call, it, &mut lines));
    } else if args.len() > 3 && args.is(2, "ID") {
        let everybody = all(call);
        for word in args.from(3).iter() {
            let id = number::parse_int(word).ok_or(Error::Text("ERR Invalid client ID"))?;
            let found = everybody.iter().find(|session| session.id as i64 == id);
            found.into_iter().for_each(|it| add(call, it, &mut lines));
        }
    } else if args.len() == 2 {
        all(call).into_iter().for_each(|it| add(call, it, &mut lines));
    } else {
        return Err(Error::Syntax);
    }
    Ok(call.reply.verbatim(&lines))
}

/// Every connection in the order in which they came, those aside that are about to be cut.
fn all<'a>(call: &'a Call<'_>) -> Vec<&'a Session> {
    let others = call.server.sessions.iter().filter(|session| session.ending != Ending::Now);
    let mut all: Vec<&Session> = others.chain([&*call.session]).collect();
    sort_by_key(&mut all, |session| session.id);
    all
}

fn add(call: &Call<'_>, session: &Session, lines: &mut String) {
    lines.push_str(&describe(call, session));
    lines.push('\n');
}

fn describe(call: &Call<'_>, session: &Session) -> String {
    // Only the one that asks is in the middle of a command.
    let asks = session.id == call.session.id;
    let argv_bytes = if asks { call.args.iter().map(<[u8]>::len).sum() } else { 0 };
    let watch_is_broken = call.server.watches.is_broken(session.conn);
    session.describe(call.server.now.mono_us, argv_bytes, watch_is_broken)
}
