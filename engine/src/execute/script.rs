//! Scripts as a part of execution: their commands run within theirs, and a script that takes long is one unit with all
//! that it has done, however many turns it needs.
//!
//! While a script is put aside its caller is parked, and waits for the answer. Other clients are held, as in a pause, until
//! the script takes longer than `busy-reply-threshold`; then they are told so, and may run what is allowed meanwhile.

use alloc::string::String;
use alloc::vec::Vec;
use core::mem;

use super::batch::finish;
use super::call::{Call, keep_or_drop_reply, open};
use super::serve::serve_ready;
use super::settle::{settle, tell};
use crate::argv::{Args, Argv};
use crate::command::{Command, Flags, flag};
use crate::engine::{Engine, Server};
use crate::error::Error;
use crate::keyspace::{Db, UsageClock};
use crate::machine::LogLevel;
use crate::reply::{Protocol, Replied, Reply};
use crate::scripting::{self, Kind, Rules, Running};
use crate::session::Session;

/// The bits of the append-only file and of replicas.
const EVERYBODY: u8 = 3;
const FILE: u8 = 1;

impl Call<'_> {
    /// Runs a command for a script, in its database, its protocol and its time.
    pub(crate) fn run_for_script(
        &mut self,
        running: &mut Running,
        command: &'static Command,
        args: Args<'_>,
        reply: &mut Vec<u8>,
    ) {
        self.server.stats.commands += 1;
        let mine = (self.session.db, self.session.protocol);
        (self.session.db, self.session.protocol) = (running.db, running.protocol);
        let db = open(self.db.keyspace(), self.server, self.session, command, running.began);
        let reply = Reply::new(reply, running.protocol);
        let inner = Call::new(command, args, db, reply, self.session, self.server);
        let mut inner = Call { is_of_script: true, ..inner };
        let mark = inner.server.feed.mark();
        inner.invoke();
        if running.propagates_to & FILE == 0 {
            inner.server.feed.cut(mark);
        }
        running.db = self.session.db;
        (self.session.db, self.session.protocol) = mine;
        let keyspace = self.db.keyspace();
        tell(self.server, keyspace.changes(), keyspace.hasher());
        // Which keys it read may be its own affair: the client is told of those that it named.
        if command.has(flag::READONLY) {
            self.remember_read();
        }
    }

    /// A script that is about to run for this call.
    ///
    /// # Errors
    /// When it may write, and its caller may not.
    pub(crate) fn new_script(&self, kind: Kind, name: String, mut rules: Rules) -> Result<Running, Error> {
        if self.command.has(flag::READONLY) {
            if !rules.is_plain && !rules.no_writes {
                return Err(Error::Text("ERR Can not execute a script with write flag using *_ro command."));
            }
            rules.no_writes = true;
        }
        if !rules.is_plain && !rules.no_writes && self.server.lacks_replicas() {
            return Err(Error::NoReplicas);
        }
        Ok(Running {
            kind,
            name,
            rules,
            began_us: self.server.meter.last_us(),
            client: self.session.client(),
            command: self.command,
            argv: self.args.to_owned(),
            began: self.server.now,
            db: self.session.db,
            protocol: Protocol::Resp2,
            propagates_to: EVERYBODY,
            lacks_memory: self.server.room.is_full,
            has_written: false,
            is_killed: false,
            is_late: false,
            debugger: None,
            partial: Vec::new(),
            rest: Vec::new(),
            orphan: None,
        })
    }

    /// The script was put aside: its caller waits for the answer. In a transaction it is EXEC that does.
    pub(crate) fn wait_for_script(&mut self) -> Replied {
        if self.may_wait { self.wait_for_answer() } else { self.reply.later() }
    }

    /// A script was put aside in the middle of this transaction, whose reply began at a mark: it waits with it.
    pub(crate) fn wait_with_script(&mut self, mark: usize) -> Replied {
        if let Some(running) = &mut self.server.scripts.running {
            running.partial = self.reply.since(mark).to_vec();
            self.reply.cut(mark);
        }
        self.wait_for_answer()
    }

    /// Runs the commands of a transaction one after the other. Where a script is put aside, the rest waits with it.
    pub(crate) fn run_all(&mut self, queue: Vec<(&'static Command, Argv)>) {
        let mut queue = queue.into_iter();
        while let Some((command, argv)) = queue.next() {
            self.run_within(command, argv.args());
            if let Some(running) = &mut self.server.scripts.running {
                running.rest = queue.collect();
                return;
            }
        }
    }
}

impl Server {
    /// The flags of a call: those of its command, but for a script that says itself whether it writes.
    pub(super) fn flags_of(&self, command: &Command, args: Args<'_>) -> Flags {
        let rules = match command.name {
            "eval" | "eval_ro" => Rules::of_script(args.at(1)).ok().map(|(rules, _)| rules),
            "evalsha" | "evalsha_ro" => {
                let name = String::from_utf8_lossy(args.at(1)).to_ascii_lowercase();
                self.scripts.known(&name).map(|(_, rules)| rules)
            }
            "fcall" | "fcall_ro" => self.scripts.libraries.function(args.at(1)).map(|it| it.rules),
            _ => None,
        };
        match rules.filter(|rules| !rules.is_plain) {
            Some(rules) => command.flags & !flag::MAY_REPLICATE | rules.flags(),
            None => command.flags,
        }
    }

    /// Whether a command may run while a script does: at first its client is held until the script is done; if that
    /// takes long, it is told so.
    #[cold]
    pub(super) fn admit_beside_script(
        &mut self,
        session: &mut Session,
        command: &Command,
        args: Args<'_>,
    ) -> Result<(), Error> {
        if self.wants_password(session) && !command.has(flag::NO_AUTH) {
            return Err(Error::NoAuth);
        }
        if self.is_loading() && !command.has(flag::LOADING) {
            return Err(Error::Loading);
        }
        if self.scripts.running.as_ref().is_some_and(|running| !running.is_late) {
            session.is_held = true;
            self.held.push(session.conn);
            return Ok(());
        }
        // A server that ends now can't save what the script is in the middle of.
        let saves = command.name == "shutdown" && !args.is(1, "NOSAVE");
        if command.has(flag::ALLOW_BUSY) && !saves { Ok(()) } else { Err(self.busy()) }
    }

    /// What others are told while a script runs.
    pub(crate) fn busy(&self) -> Error {
        let killer = self.scripts.running.as_ref().map_or("SCRIPT KILL", |running| running.kind.killer());
        Error::Message(alloc::format!(
            "BUSY Redis is busy running a script. You can only call {killer} or SHUTDOWN NOSAVE."
        ))
    }
}

/// Gives the script that was put aside another slice.
pub(crate) fn go_on(engine: &mut Engine) {
    let Some(mut running) = engine.server.scripts.running.take() else { return };
    let is_orphan = running.orphan.is_some();
    if is_orphan {
        // Nobody is there to say where it is to stop: it runs on as any script.
        running.debugger = None;
    }
    note_lateness(&mut engine.server, &mut running);
    let caller = running.orphan.take().or_else(|| engine.server.sessions.remove(running.client.conn));
    let Some(mut session) = caller else { return };
    let parked = session.parked.take();
    engine.server.leave(&session);
    let mark = session.outbox.tail().len();
    session.outbox.tail().append(&mut running.partial);
    let is_done = slice(engine, &mut session, &mut running);
    if is_done {
        keep_or_drop_reply(&mut session, mark);
        settle(engine);
    } else {
        // What there is of the reply waits for the rest of it. In a transaction it may be the next script that does.
        let mut next = engine.server.scripts.running.take().unwrap_or(running);
        if next.debugger.is_none() {
            next.partial = session.outbox.tail().split_off(mark);
        }
        engine.server.scripts.running = Some(next);
    }
    engine.server.come_back(&mut session);
    match (is_done, &mut engine.server.scripts.running) {
        (false, Some(running)) if is_orphan => running.orphan = Some(session),
        (false, _) => {
            session.parked = parked;
            finish(&mut engine.server, session);
        }
        (true, _) => {
            if let Some(parked) = parked {
                engine.server.waiting.leave(&parked);
            }
            if !is_orphan {
                engine.server.released.push_back(session.conn);
                finish(&mut engine.server, session);
            }
            engine.server.release_held();
            serve_ready(engine);
        }
    }
}

/// Tells whether the script, and what comes after it in its transaction, is done.
fn slice(engine: &mut Engine, session: &mut Session, running: &mut Running) -> bool {
    let Engine { keyspace, server } = engine;
    let mut outbox = mem::take(&mut session.outbox);
    let (now, argv) = (running.began, mem::take(&mut running.argv));
    let db = Db::new(keyspace, session.db, now.unix_ms(), UsageClock::at(now), true);
    let reply = Reply::new(outbox.tail(), session.protocol);
    let call = Call::new(running.command, argv.args(), db, reply, session, server);
    let mut call = Call { says_what: true, ..call };
    let is_done = call.go_on_with_script(running);
    session.outbox = outbox;
    running.argv = argv;
    is_done
}

impl Call<'_> {
    /// Gives the script another slice, and if it is done the rest of its transaction its turn; tells whether all is done.
    fn go_on_with_script(&mut self, running: &mut Running) -> bool {
        match scripting::go_on(self, running) {
            Ok(None) => return false,
            Ok(Some(_)) => {}
            Err(error) => {
                self.reply.error(&error);
                self.server.count_error(&error);
                self.has_failed = true;
            }
        }
        let has_failed = self.has_failed;
        self.take_note(running.began_us, has_failed);
        self.run_all(mem::take(&mut running.rest));
        !self.server.scripts.is_running()
    }
}

/// From some time on others are told that the store is busy.
fn note_lateness(server: &mut Server, running: &mut Running) {
    let ran_us = server.now.mono_us.saturating_sub(running.began.mono_us);
    let limit_us = server.config.busy_reply_threshold_ms.saturating_mul(1000);
    if running.is_late || limit_us == 0 || ran_us < limit_us || running.debugger.is_some() {
        return;
    }
    running.is_late = true;
    let text = alloc::format!(
        "Slow script detected: still in execution after {} milliseconds. You can try killing the script using the {} \
         command. Script name is: {}.",
        ran_us / 1000,
        running.kind.killer(),
        running.name
    );
    server.log(LogLevel::Warning, text);
    server.release_held();
}
