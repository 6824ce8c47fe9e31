//! Client-side caching: TRACKING, CACHING, GETREDIR, TRACKINGINFO.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::mem;

use redstart_structures::{Blob, sort_by_key};

use crate::command::flag::{Flags, LOADING, NOSCRIPT, STALE};
use crate::command::{Arg, Command, Group};
use crate::error::Error;
use crate::execute::Call;
use crate::keyspace::Reader;
use crate::reply::Outcome;
use crate::tracking::{Client, Mode, Tracking};

const FLAGS: Flags = NOSCRIPT | LOADING | STALE;

pub(super) static TRACKING: Command =
    Command::new("client|tracking", Group::Connection, "6.0.0", -3, tracking)
        .summary("Tells this connection, or another, when keys that it has read change.")
        .complexity("O(1); options may add to that")
        .flags(FLAGS)
        .args(&[
            Arg::one_of("status", &[Arg::word("on", "ON"), Arg::word("off", "OFF")]),
            Arg::integer("client-id").after("REDIRECT").optional(),
            Arg::string("prefix").after("PREFIX").optional().multiple_token(),
            Arg::word("bcast", "BCAST").optional(),
            Arg::word("optin", "OPTIN").optional(),
            Arg::word("optout", "OPTOUT").optional(),
            Arg::word("noloop", "NOLOOP").optional(),
        ]);

fn tracking(call: &mut Call<'_>) -> Outcome {
    let mut options = Options::read(call)?;
    if call.args.is(2, "OFF") {
        turn_off(call);
        return Ok(call.reply.ok());
    }
    if !call.args.is(2, "ON") {
        return Err(Error::Syntax);
    }
    let before = call.session.tracking.as_deref();
    let (mode, new) = options.judge(before)?;
    call.server.tracking.enter(call.session.client(), &new);
    call.db.keyspace().listen(Reader::Tracking, true);
    let Options { noloop, redirect, .. } = options;
    let Tracking { mut prefixes, mut prefix_bytes, .. } =
        call.session.tracking.take().map(|it| *it).unwrap_or_default();
    prefix_bytes += new.iter().map(|prefix| size_of::<Blob>() + prefix.heap_bytes()).sum::<usize>();
    prefixes.extend(new);
    let tracking = Tracking { mode, noloop, redirect, prefixes, prefix_bytes, ..Tracking::default() };
    call.session.tracking = Some(Box::new(tracking));
    Ok(call.reply.ok())
}

fn turn_off(call: &mut Call<'_>) {
    if let Some(before) = call.session.tracking.take() {
        call.server.tracking.leave(call.session.client(), &before);
    }
}

/// The words after ON or OFF.
struct Options {
    redirect: Option<Client>,
    prefixes: Vec<Blob>,
    broadcast: bool,
    opt_in: bool,
    opt_out: bool,
    noloop: bool,
}

impl Options {
    fn read(call: &Call<'_>) -> Result<Self, Error> {
        let mut options = Self {
            redirect: None,
            prefixes: Vec::new(),
            broadcast: false,
            opt_in: false,
            opt_out: false,
            noloop: false,
        };
        let args = call.args;
        let mut place = 3;
        while place < args.len() {
            let has_more = place + 1 < args.len();
            if args.is(place, "REDIRECT") && has_more {
                place += 1;
                if options.redirect.is_some() {
                    return Err(Error::Text("ERR A client can only redirect to a single other client"));
                }
                options.redirect = Some(redirect(call, args.int(place)?)?);
            } else if args.is(place, "PREFIX") && has_more {
                place += 1;
                options.prefixes.push(Blob::from(args.at(place)));
            } else if args.is(place, "BCAST") {
                options.broadcast = true;
            } else if args.is(place, "OPTIN") {
                options.opt_in = true;
            } else if args.is(place, "OPTOUT") {
                options.opt_out = true;
            } else if args.is(place, "NOLOOP") {
                options.noloop = true;
            } else {
                return Err(Error::Syntax);
            }
            place += 1;
        }
        Ok(options)
    }

    /// What they come to after what was said before: the mode, and the prefixes that are new.
    fn judge(&mut self, before: Option<&Tracking>) -> Result<(Mode, Vec<Blob>), Error> {
        if !self.broadcast && !self.prefixes.is_empty() {
            return Err(Error::Text("ERR PREFIX option requires BCAST mode to be enabled"));
        }
        let old = before.map(|before| before.mode);
        if old.is_some_and(|old| (old == Mode::Broadcast) != self.broadcast) {
            return Err(Error::Text(
                "ERR You can't switch BCAST mode on/off before disabling tracking for this client, and then \
                 re-enabling it with a different mode.",
            ));
        }
        if self.broadcast && (self.opt_in || self.opt_out) {
            return Err(Error::Text("ERR OPTIN and OPTOUT are not compatible with BCAST"));
        }
        if self.opt_in && self.opt_out {
            return Err(Error::Text("ERR You can't specify both OPTIN mode and OPTOUT mode"));
        }
        if self.opt_in && old == Some(Mode::OptOut) || self.opt_out && old == Some(Mode::OptIn) {
            return Err(Error::Text(
                "ERR You can't switch OPTIN/OPTOUT mode before disabling tracking for this client, and then \
                 re-enabling it with a different mode.",
            ));
        }
        let mode = match (self.broadcast, self.opt_in, self.opt_out) {
            (true, ..) => Mode::Broadcast,
            (_, true, _) => Mode::OptIn,
            (_, _, true) => Mode::OptOut,
            _ => Mode::All,
        };
        Ok((mode, self.new_prefixes(before)?))
    }

    /// Its prefixes: none of them, nor of those of before, may begin with another.
    fn new_prefixes(&mut self, before: Option<&Tracking>) -> Result<Vec<Blob>, Error> {
        let old = before.map(|before| before.prefixes.as_slice()).unwrap_or_default();
        let mut new = mem::take(&mut self.prefixes);
        let overlap = |one: &Blob, other: &Blob| one.starts_with(other) || other.starts_with(one);
        let refuse = |one: &[u8], what: &str, other: &[u8]| {
            let (one, other) = (String::from_utf8_lossy(one), String::from_utf8_lossy(other));
            Err(Error::err(format_args!(
                "Prefix '{one}' overlaps with {what} prefix '{other}'. Prefixes for a single client must not overlap."
            )))
        };
        for (place, prefix) in new.iter().enumerate() {
            if let Some(other) = old.iter().find(|other| overlap(prefix, other)) {
                return refuse(prefix, "an existing", other);
            }
            let later = new.get(place + 1..).unwrap_or_default();
            if let Some(other) = later.iter().find(|other| overlap(prefix, other)) {
                return refuse(prefix, "another provided", other);
            }
        }
        // Without a prefix, all keys are meant, even if there are prefixes already.
        if self.broadcast && new.is_empty() && !old.iter().any(|prefix| prefix.is_empty()) {
            new.push(Blob::new());
        }
        Ok(new)
    }
}

/// The client of that number.
fn redirect(call: &Call<'_>, id: i64) -> Result<Client, Error> {
    let mut others = call.server.sessions.iter().chain([&*call.session]);
    let other = others.find(|session| session.id as i64 == id);
    match other {
        Some(session) => Ok(session.client()),
        None => Err(Error::Text("ERR The client ID you want redirect to does not exist")),
    }
}

pub(super) static CACHING: Command = Command::new("client|caching", Group::Connection, "6.0.0", 3, caching)
    .summary("Makes the next command an exception from which reads are remembered.")
    .complexity("O(1)")
    .flags(FLAGS)
    .args(&[Arg::one_of("mode", &[Arg::word("yes", "YES"), Arg::word("no", "NO")])]);

fn caching(call: &mut Call<'_>) -> Outcome {
    let Some(tracking) = call.session.tracking.as_deref_mut() else {
        return Err(Error::Text(
            "ERR CLIENT CACHING can be called only when the client is in tracking mode with OPTIN or OPTOUT mode \
             enabled",
        ));
    };
    let (is_yes, is_no) = (call.args.is(2, "YES"), call.args.is(2, "NO"));
    if is_yes && tracking.mode != Mode::OptIn {
        return Err(Error::Text(
            "ERR CLIENT CACHING YES is only valid when tracking is enabled in OPTIN mode.",
        ));
    }
    if is_no && tracking.mode != Mode::OptOut {
        return Err(Error::Text(
            "ERR CLIENT CACHING NO is only valid when tracking is enabled in OPTOUT mode.",
        ));
    }
    if !is_yes && !is_no {
        return Err(Error::Syntax);
    }
    tracking.caching = true;
    Ok(call.reply.ok())
}

pub(super) static GETREDIR: Command =
    Command::new("client|getredir", Group::Connection, "6.0.0", 2, getredir)
        .summary("Tells which client is told of changes in this one's place.")
        .complexity("O(1)")
        .flags(FLAGS);

fn getredir(call: &mut Call<'_>) -> Outcome {
    Ok(call.reply.int(call.session.redirect_id()))
}

pub(super) static TRACKINGINFO: Command =
    Command::new("client|trackinginfo", Group::Connection, "6.2.0", 2, trackinginfo)
        .summary("Tells how this connection is told of changes.")
        .complexity("O(1)")
        .flags(FLAGS);

fn trackinginfo(call: &mut Call<'_>) -> Outcome {
    let tracking = call.session.tracking.as_deref();
    let mut flags = Vec::new();
    if let Some(tracking) = tracking {
        flags.push("on");
        let word = match (tracking.mode, tracking.caching) {
            (Mode::Broadcast, _) => Some(("bcast", None)),
            (Mode::OptIn, caching) => Some(("optin", caching.then_some("caching-yes"))),
            (Mode::OptOut, caching) => Some(("optout", caching.then_some("caching-no"))),
            (Mode::All, _) => None,
        };
        if let Some((mode, caching)) = word {
            flags.push(mode);
            flags.extend(caching);
        }
        flags.extend(tracking.noloop.then_some("noloop"));
        flags.extend(tracking.is_broken.then_some("broken_redirect"));
    } else {
        flags.push("off");
    }
    let reply = &mut call.reply;
    reply.map(3);
    reply.bulk(b"flags");
    reply.set(flags.len());
    for flag in flags {
        reply.bulk(flag.as_bytes());
    }
    reply.bulk(b"redirect");
    reply.int(call.session.redirect_id());
    reply.bulk(b"prefixes");
    let mut prefixes: Vec<&Blob> = tracking.iter().flat_map(|tracking| &tracking.prefixes).collect();
    sort_by_key(&mut prefixes, |&prefix| prefix);
    Ok(reply.bulks(&prefixes))
}
