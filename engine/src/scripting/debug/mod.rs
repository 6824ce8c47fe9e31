//! The debugger of scripts, as `redis-cli --ldb` speaks to it.
//!
//! After SCRIPT DEBUG YES or SYNC the next EVAL of a client opens a session. From then on the connection is the debugger's:
//! words in, lines out, until the script ends and the connection with it.
//!
//! ```text
//!   EVAL … ─►                                             the script stands at its first line
//!            ◄─ [* Stopped at 1, stop reason = step over]   each answer is an array of statuses
//!               [-> 1   local n = redis.call(…)         ]
//!   step   ─►
//!            ◄─ [<redis> incr n] [<reply> 1] [* Stopped at 2 …] [-> 2   return n]
//!   print  ─►
//!            ◄─ [<value> n = 1]
//!   step   ─►
//!            ◄─ [<endsession>]  :1                          and the script's own reply
//! ```
//!
//! A session is a script that was put aside: while it waits for a command, others are held, as by any script that runs.
//! That is SYNC, and what the script writes stays. With YES the script runs so in a copy of the store, which is dropped
//! with the session (`execute::debug`): others are served meanwhile, and nothing of it stays.

mod obey;
mod show;
mod wire;

use alloc::boxed::Box;
use alloc::vec::Vec;

use redstart_lua::{Progress, Step, Value};

use self::obey::Then;
use super::environment::Question;
use super::run::{COMMAND, SLICE, ended_early, finish};
use super::{Machine, Running, ask};
use crate::error::Error;
use crate::execute::Call;
use crate::reply::{Protocol, Replied};
use crate::resp::read;
use crate::session::Ending;

/// The name of the chunk that a script is: other code is never stopped in.
const SCRIPT: &[u8] = b"@user_script";

/// How long what is shown may be, unless somebody wants it otherwise.
const SHOWN_MAX: usize = 256;

/// Calls that are remembered for whoever looks on.
const ASKED_MAX: usize = 100;

/// How long a script may run on when no `busy-reply-threshold` says it.
const PATIENCE_MS: u64 = 5_000;

/// How the next EVAL of a client is debugged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// In a copy of the store: SCRIPT DEBUG YES.
    Copied,
    /// In the store itself: SCRIPT DEBUG SYNC.
    Direct,
}

/// What a script in the debugger looks like from outside.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Watched {
    /// The lines of the script.
    pub source: Vec<Vec<u8>>,
    /// The line that comes next, from 1.
    pub line: usize,
    /// Lines that it stops at.
    pub breakpoints: Vec<usize>,
    /// The local variables of the innermost function, and what they hold.
    pub locals: Vec<(Vec<u8>, Vec<u8>)>,
    /// What it has asked of the store so far, the last of it.
    pub asked: Vec<Asked>,
}

/// A call of `redis.call` or `redis.pcall`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// The line that it was called in.
    pub line: usize,
    /// The command.
    pub words: Vec<u8>,
    /// Its reply as it is shown.
    pub reply: Vec<u8>,
}

/// A session.
#[derive(Debug)]
pub(crate) struct Debugger {
    watched: Watched,
    /// It stands at a line, and waits for a command.
    stands: bool,
    /// It is to stop at the next line; and what it asks of the store is shown.
    steps: bool,
    /// `redis.breakpoint` was called: it is to stop at the next line.
    breaks: bool,
    /// When it was let go last.
    let_go_us: u64,
    /// Lines for the client.
    log: Vec<Vec<u8>>,
    /// How long one may be; 0 for any length.
    shown_max: usize,
    /// Whether the client knows that lines are cut.
    is_warned: bool,
}

impl Debugger {
    /// A session for a script of this text, which will stop at its first line.
    pub(crate) fn new(text: &[u8], now_us: u64) -> Self {
        let end = text.iter().rposition(|byte| !matches!(byte, b'\n' | b'\r')).map_or(0, |last| last + 1);
        let text = text.get(..end).unwrap_or_default();
        let lines = text.split(|&byte| byte == b'\n').filter(|_| !text.is_empty());
        let source = lines.map(<[u8]>::to_vec).collect();
        Self {
            watched: Watched { source, ..Watched::default() },
            stands: false,
            steps: true,
            breaks: false,
            let_go_us: now_us,
            log: Vec::new(),
            shown_max: SHOWN_MAX,
            is_warned: false,
        }
    }

    /// What there is to see, while the script stands still.
    pub(crate) fn watched(&self) -> Option<&Watched> {
        self.stands.then_some(&self.watched)
    }

    /// Whether nothing happens before its client says something.
    pub(crate) const fn stands(&self) -> bool {
        self.stands
    }

    /// Whether a line is one to stop at.
    fn breaks_at(&self, line: usize) -> bool {
        self.watched.breakpoints.contains(&line)
    }

    fn say(&mut self, line: impl Into<Vec<u8>>) {
        self.log.push(line.into());
    }

    /// Says what may be long: it is cut, and the first time it is said how to see all of it.
    fn say_cut(&mut self, mut line: Vec<u8>) {
        let is_cut = self.cut(&mut line);
        self.say(line);
        if is_cut && !core::mem::replace(&mut self.is_warned, true) {
            self.say("<hint> The above reply was trimmed. Use 'maxlen 0' to disable trimming.");
        }
    }

    fn cut(&self, line: &mut Vec<u8>) -> bool {
        let is_long = self.shown_max != 0 && line.len() > self.shown_max;
        if is_long {
            line.truncate(self.shown_max);
            line.extend(b" ...");
        }
        is_long
    }

    /// The script asks this of the store.
    pub(super) fn note_call<'a>(&mut self, words: impl ExactSizeIterator<Item = &'a [u8]>) {
        let mut shown = show::words(words);
        if self.steps {
            self.say([b"<redis>".as_slice(), &shown].concat());
        }
        self.cut(&mut shown);
        if self.watched.asked.len() == ASKED_MAX {
            self.watched.asked.remove(0);
        }
        let words = shown.trim_ascii_start().to_vec();
        self.watched.asked.push(Asked { line: self.watched.line, words, reply: Vec::new() });
    }

    /// It was answered so.
    pub(super) fn note_reply(&mut self, reply: &read::Value, protocol: Protocol) {
        let mut shown = show::reply(reply, protocol);
        if self.steps {
            if let read::Value::Error(text) = reply {
                self.say([b"<error> -".as_slice(), text].concat());
            }
            self.say_cut([b"<reply> ".as_slice(), &shown].concat());
        }
        self.cut(&mut shown);
        if let Some(asked) = self.watched.asked.last_mut() {
            asked.reply = shown;
        }
    }

    /// It was refused.
    pub(super) fn note_refusal(&mut self, text: &[u8]) {
        if self.steps {
            self.say([b"<error> ".as_slice(), text].concat());
        }
        if let Some(asked) = self.watched.asked.last_mut()
            && asked.reply.is_empty()
        {
            asked.reply = [b"(error) ".as_slice(), text].concat();
        }
    }

    /// `redis.breakpoint()`
    pub(super) const fn note_breakpoint(&mut self) {
        self.breaks = true;
    }

    /// `redis.debug(value, …)`
    pub(super) fn note_values(&mut self, machine: &mut Machine) {
        let values: Vec<Value> = machine.vm.host_arguments().to_vec();
        let shown: Vec<Vec<u8>> =
            values.iter().map(|value| show::value(machine.vm.heap_mut(), *value)).collect();
        let head = alloc::format!("<debug> line {}: ", self.watched.line);
        self.say([head.into_bytes(), shown.join(b", ".as_slice())].concat());
    }

    /// Sends the lines that were said.
    fn send(&mut self, call: &mut Call<'_>) {
        if self.log.is_empty() {
            return;
        }
        call.reply.array(self.log.len());
        for line in self.log.drain(..) {
            let line: Vec<u8> =
                line.iter().map(|&byte| if matches!(byte, b'\r' | b'\n') { b' ' } else { byte }).collect();
            call.reply.status(line);
        }
    }

    fn let_go(&mut self, steps: bool, now_us: u64) {
        (self.stands, self.steps, self.let_go_us) = (false, steps, now_us);
    }
}

/// Says that a session is over; its connection will be, too.
pub(crate) fn end(call: &mut Call<'_>, running: &mut Running) {
    if let Some(debugger) = &mut running.debugger {
        debugger.say("<endsession>");
        debugger.stands = false;
        debugger.send(call);
        call.session.ending = Ending::AfterReplies;
    }
}

/// A session ends before its script has begun: why, is its reply.
pub(crate) fn refuse(call: &mut Call<'_>, error: &Error) -> Replied {
    call.reply.array(1);
    call.reply.status("<endsession>");
    call.session.ending = Ending::AfterReplies;
    call.has_failed = true;
    call.server.count_error(error);
    call.reply.error(error)
}

/// Does what the client says, and what the script does then, for a slice; tells whether it ended, and how.
pub(super) fn slice(
    call: &mut Call<'_>,
    running: &mut Running,
    machine: &mut Machine,
) -> Option<Result<Replied, Error>> {
    let mut fuel = SLICE;
    loop {
        if running.debugger.as_ref().is_some_and(|debugger| debugger.stands) {
            let then = match wire::take(&mut call.session.query) {
                Ok(None) => return None,
                Ok(Some(words)) => obey::obey(call, running, machine, &words),
                Err(wire::NoCommand) => Then::End("protocol error"),
            };
            if let Then::End(why) = then {
                let error = ended_early(machine, running, why);
                end(call, running);
                return Some(Err(error));
            }
            continue;
        }
        if fuel <= 0 {
            return None;
        }
        let progress = match machine.vm.step_line(fuel.unsigned_abs()) {
            Step::Line => {
                fuel = machine.vm.fuel();
                reach_line(call, running, machine);
                continue;
            }
            Step::Other(progress) => progress,
        };
        match progress {
            Progress::Yielded => return None,
            Progress::NeedsHost(id) => match Question::of(id) {
                Some(question) => ask::answer(call, running, machine, question),
                None => machine.vm.fail_host(b"nobody answers this"),
            },
            Progress::Done => {
                end(call, running);
                return Some(finish(call, running, machine));
            }
            Progress::Failed => {
                end(call, running);
                return Some(Err(Error::Text("ERR not enough memory")));
            }
        }
        fuel = machine.vm.fuel() - COMMAND;
    }
}

/// A line begins: stops there, if it is one to stop at.
fn reach_line(call: &mut Call<'_>, running: &mut Running, machine: &mut Machine) {
    let Some(debugger) = running.debugger.as_deref_mut() else { return };
    if machine.vm.current_chunk() != SCRIPT {
        return;
    }
    debugger.watched.line = machine.vm.current_line() as usize;
    let patience_ms = match call.server.config.busy_reply_threshold_ms {
        0 => PATIENCE_MS,
        threshold_ms => threshold_ms,
    };
    let ran_us = call.server.now.mono_us.saturating_sub(debugger.let_go_us);
    let reason = if debugger.breaks {
        "redis.breakpoint() called"
    } else if debugger.breaks_at(debugger.watched.line) {
        "break point"
    } else if debugger.steps {
        "step over"
    } else if ran_us >= patience_ms.saturating_mul(1000) {
        "timeout reached, infinite loop?"
    } else {
        return;
    };
    (debugger.stands, debugger.steps, debugger.breaks) = (true, false, false);
    let line = debugger.watched.line;
    debugger.say(alloc::format!("* Stopped at {line}, stop reason = {reason}"));
    debugger.say(show::source_line(&debugger.watched, line as i64));
    look(debugger, machine);
    debugger.send(call);
}

/// Takes note of the local variables.
fn look(debugger: &mut Debugger, machine: &mut Machine) {
    let locals = machine.vm.levels().into_iter().next().map(|level| level.locals).unwrap_or_default();
    let shown = locals.into_iter().filter(|(name, _)| !name.starts_with(b"(")).map(|(name, value)| {
        let mut text = show::value(machine.vm.heap_mut(), value);
        debugger.cut(&mut text);
        (name, text)
    });
    let shown = shown.collect();
    debugger.watched.locals = shown;
}

impl Running {
    /// The session that it is debugged in, if it is.
    pub(super) fn debugger(&mut self) -> Option<&mut Debugger> {
        self.debugger.as_mut().map(Box::as_mut)
    }
}
