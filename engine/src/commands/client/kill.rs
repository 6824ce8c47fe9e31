//! Ending connections.

use alloc::string::String;
use alloc::vec::Vec;

use crate::argv::Args;
use crate::command::flag::{ADMIN, LOADING, NOSCRIPT, STALE};
use crate::command::{Arg, Command, Group};
use crate::error::Error;
use crate::execute::Call;
use crate::machine::{ConnId, Output};
use crate::reply::Outcome;
use crate::session::{ClientKind, Ending, Session};

pub(super) static KILL: Command = Command::new("client|kill", Group::Connection, "2.4.0", -3, kill)
    .summary("Ends connections.")
    .complexity("O(N) for N connections")
    .history(&[
        ("2.8.12", "Takes options."),
        ("2.8.12", "`ID`"),
        ("3.2.0", "`TYPE` may be `master`."),
        ("5.0.0", "`TYPE` may be `replica`, which is another word for `slave`."),
        ("6.2.0", "`LADDR`"),
        ("7.4.0", "`MAXAGE`"),
    ])
    .flags(ADMIN | NOSCRIPT | LOADING | STALE)
    .args(&[Arg::one_of(
        "filter",
        &[Arg::string("ip:port").deprecated("2.8.12"), Arg::one_of("new-format", OPTIONS).multiple()],
    )]);

const OPTIONS: &[Arg] = &[
    Arg::integer("client-id").after("ID").optional().since("2.8.12"),
    Arg::one_of(
        "normal_master_slave_pubsub",
        &[
            Arg::word("normal", "NORMAL"),
            Arg::word("master", "MASTER").since("3.2.0"),
            Arg::word("slave", "SLAVE"),
            Arg::word("replica", "REPLICA").since("5.0.0"),
            Arg::word("pubsub", "PUBSUB"),
        ],
    )
    .after("TYPE")
    .optional()
    .since("2.8.12"),
    Arg::string("username").after("USER").optional(),
    Arg::string("ip:port").after("ADDR").optional(),
    Arg::string("ip:port").after("LADDR").optional().since("6.2.0"),
    Arg::string("yes/no").after("SKIPME").optional(),
    Arg::integer("maxage").after("MAXAGE").optional().since("7.4.0"),
];

fn kill(call: &mut Call<'_>) -> Outcome {
    let by_address = call.args.len() == 3;
    let filter = if by_address {
        Filter { address: Some(call.args.at(2)), skip_me: false, ..Filter::new() }
    } else {
        Filter::parse(call.args.from(2))?
    };
    let now_us = call.server.now.mono_us;
    let mut killed = cut_others(call, &filter);
    if !filter.skip_me && filter.is_true_of(call.session, now_us) {
        // It still gets its answer.
        call.session.ending = Ending::AfterReplies;
        killed += 1;
    }
    match (by_address, killed) {
        (false, _) => Ok(call.reply.len(killed)),
        (true, 0) => Err(Error::NoSuchClient),
        (true, _) => Ok(call.reply.ok()),
    }
}

/// Cuts the connections that the filter is true of, its own aside; tells how many. Whoever is cut waits for nothing and
/// listens to nothing from here on, even before the front has closed the connection.
fn cut_others(call: &mut Call<'_>, filter: &Filter<'_>) -> usize {
    let server = &mut *call.server;
    let now_us = server.now.mono_us;
    let meant = server.sessions.iter().filter(|session| filter.is_true_of(session, now_us));
    let cut: Vec<ConnId> = meant.map(|session| session.conn).collect();
    for &conn in &cut {
        server.forget(conn);
        server.out.push(Output::Abort(conn));
    }
    cut.len()
}

/// Which connections are meant: those that everything given is true of.
struct Filter<'a> {
    id: Option<i64>,
    kind: Option<ClientKind>,
    user: Option<&'a [u8]>,
    address: Option<&'a [u8]>,
    local_address: Option<&'a [u8]>,
    age_min_secs: Option<i64>,
    skip_me: bool,
}

impl<'a> Filter<'a> {
    const fn new() -> Self {
        Self {
            id: None,
            kind: None,
            user: None,
            address: None,
            local_address: None,
            age_min_secs: None,
            skip_me: true,
        }
    }

    fn parse(args: Args<'a>) -> Result<Self, Error> {
        let mut filter = Self::new();
        for index in (0..args.len()).step_by(2) {
            let value = args.get(index + 1).ok_or(Error::Syntax)?;
            let positive = |text| args.int(index + 1).ok().filter(|&id| id > 0).ok_or(Error::Text(text));
            if args.is(index, "ID") {
                filter.id = Some(positive("ERR client-id should be greater than 0")?);
            } else if args.is(index, "MAXAGE") {
                let age = args.int(index + 1);
                age.map_err(|_| Error::Text("ERR maxage is not an integer or out of range"))?;
                filter.age_min_secs = Some(positive("ERR maxage should be greater than 0")?);
            } else if args.is(index, "TYPE") {
                filter.kind = Some(ClientKind::parse(value)?);
            } else if args.is(index, "USER") {
                filter.user = Some(known_user(value)?);
            } else if args.is(index, "ADDR") {
                filter.address = Some(value);
            } else if args.is(index, "LADDR") {
                filter.local_address = Some(value);
            } else if args.is(index, "SKIPME") && (args.is(index + 1, "YES") || args.is(index + 1, "NO")) {
                filter.skip_me = args.is(index + 1, "YES");
            } else {
                return Err(Error::Syntax);
            }
        }
        Ok(filter)
    }

    fn is_true_of(&self, session: &Session, now_us: u64) -> bool {
        let age_secs = now_us.saturating_sub(session.created_us) / 1_000_000;
        self.id.is_none_or(|id| session.id as i64 == id)
            && self.kind.is_none_or(|kind| session.kind() == kind)
            && self.user.is_none_or(|user| session.user.as_bytes() == user)
            && self.address.is_none_or(|address| session.peer.remote.as_bytes() == address)
            && self.local_address.is_none_or(|address| session.peer.local.as_bytes() == address)
            && self.age_min_secs.is_none_or(|age| age_secs as i64 >= age)
    }
}

fn known_user(name: &[u8]) -> Result<&[u8], Error> {
    if name == b"default" {
        return Ok(name);
    }
    Err(Error::err(format_args!("No such user '{}'", String::from_utf8_lossy(name))))
}
