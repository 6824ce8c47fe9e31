//! Keys and fields whose time passes: what commands do to it, and who removes what is over.
//!
//! The clock stands until the page moves it. What the store has expired meanwhile was removed by the clock; what it has
//! expired during a command was removed because the command met it.

use std::collections::VecDeque;

use redstart_engine::resp::read::Value;
use redstart_engine::split_args::split_args;
use redstart_engine::types::Held;

use super::{Lab, Server};
use crate::print::print;
use crate::view::Line;

/// Commands whose replies are remembered.
const LOG: usize = 5;
/// Moments that are remembered, and how far apart they are at least.
const MOMENTS: usize = 300;
const MOMENT_MS: f64 = 1000.0;
/// Keys of a crowd, and how long they live.
const CROWD: usize = 1000;
const CROWD_MS: &[u8] = b"20000";
/// The most that passes at once: a day.
const PASS_MAX_MS: f64 = 86_400_000.0;

/// A key or a field that is shown.
#[derive(Clone, Copy, Debug)]
struct Shown {
    key: &'static str,
    field: Option<&'static str>,
    /// What makes it.
    made_by: &'static [&'static str],
}

const SHOWN: [Shown; 9] = [
    Shown { key: "code:ada", field: None, made_by: &["SET code:ada 918273 PX 15000"] },
    Shown { key: "session:bob", field: None, made_by: &["SET session:bob cart=3 EX 60"] },
    Shown { key: "page:home", field: None, made_by: &["SET page:home Hello EX 600"] },
    Shown { key: "lease:db", field: None, made_by: &["SET lease:db worker-1 EX 7200"] },
    Shown { key: "draft", field: None, made_by: &["SET draft Dear"] },
    Shown { key: "cart:cleo", field: None, made_by: &["HSET cart:cleo apples 2", "EXPIRE cart:cleo 1800"] },
    Shown { key: "user:eve", field: Some("name"), made_by: &["HSET user:eve name Eve"] },
    Shown {
        key: "user:eve",
        field: Some("otp"),
        made_by: &["HSET user:eve otp 4711", "HEXPIRE user:eve 30 FIELDS 1 otp"],
    },
    Shown {
        key: "user:eve",
        field: Some("token"),
        made_by: &["HSET user:eve token a51", "HPEXPIRE user:eve 300000 FIELDS 1 token"],
    },
];

const STRING: [&str; 14] = [
    "TTL {}",
    "EXPIRE {} 60",
    "EXPIRE {} 60 NX",
    "EXPIRE {} 60 XX",
    "EXPIRE {} 60 GT",
    "EXPIRE {} 60 LT",
    "PEXPIRE {} 1500",
    "PERSIST {}",
    "GET {}",
    "GETEX {} EX 60",
    "SET {} new",
    "SET {} new KEEPTTL",
    "SET {} new PX 5000",
    "APPEND {} !",
];
const HASH: [&str; 10] = [
    "TTL {}",
    "EXPIRE {} 60",
    "EXPIRE {} 60 NX",
    "EXPIRE {} 60 XX",
    "EXPIRE {} 60 GT",
    "EXPIRE {} 60 LT",
    "PERSIST {}",
    "HSET {} pears 1",
    "HINCRBY {} apples 1",
    "HGETALL {}",
];
const FIELD: [&str; 10] = [
    "HTTL {} FIELDS 1 []",
    "HEXPIRE {} 60 FIELDS 1 []",
    "HEXPIRE {} 60 NX FIELDS 1 []",
    "HEXPIRE {} 60 XX FIELDS 1 []",
    "HEXPIRE {} 60 GT FIELDS 1 []",
    "HEXPIRE {} 60 LT FIELDS 1 []",
    "HPERSIST {} FIELDS 1 []",
    "HGET {} []",
    "HSET {} [] new",
    "EXPIRE {} 45",
];

impl Shown {
    /// What can be tried on it.
    fn commands(self) -> Vec<String> {
        let templates: &[&str] = match (self.field, self.key) {
            (Some(_), _) => &FIELD,
            (None, "cart:cleo") => &HASH,
            (None, _) => &STRING,
        };
        let fill = |template: &&str| template.replace("{}", self.key).replace("[]", self.field.unwrap_or(""));
        templates.iter().map(fill).chain(self.made_by.iter().map(ToString::to_string)).collect()
    }
}

/// What is asked of the lab.
#[derive(Clone, Debug, serde::Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Ask {
    /// Time passes.
    Pass {
        /// How much.
        ms: f64,
    },
    /// A command is run.
    Run {
        /// As it is typed.
        command: String,
    },
    /// Whether the clock removes keys (DEBUG SET-ACTIVE-EXPIRE).
    Active {
        /// It does.
        on: bool,
    },
    /// A thousand keys more, for twenty seconds.
    Crowd,
    /// Each of them is read.
    ReadCrowd,
    /// It begins again.
    Restart,
}

/// Whether something is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Commands see it.
    Live,
    /// No command sees it, but it is still in memory.
    Over,
    /// It is not in memory.
    Gone,
}

/// A key or a field.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Row {
    /// The key's name.
    pub key: &'static str,
    /// The field's, if it is one.
    pub field: Option<&'static str>,
    /// Whether it is there.
    pub state: State,
    /// What is left of its time, if it ends.
    pub left_ms: Option<f64>,
    /// The most that was left since it got its time.
    pub full_ms: f64,
    /// What can be tried on it.
    pub commands: Vec<String>,
}

/// A command and its reply.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Entry {
    /// Counts commands.
    pub number: u64,
    /// As it was typed.
    pub command: String,
    /// As redis-cli prints it.
    pub lines: Vec<Line>,
}

/// How many keys there were at some time.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub struct Moment {
    /// In seconds since the beginning.
    pub at: f64,
    /// Keys in memory.
    pub stored: usize,
    /// Keys that commands see.
    pub seen: usize,
}

/// What there is to see.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct View {
    /// Milliseconds since the beginning.
    pub now: f64,
    /// Keys and fields.
    pub rows: Vec<Row>,
    /// The last commands, the newest first.
    pub log: Vec<Entry>,
    /// How many keys there were.
    pub moments: Vec<Moment>,
    /// Whether the clock removes keys.
    pub active: bool,
    /// Keys in memory.
    pub stored: usize,
    /// Keys in memory whose time is over.
    pub over: usize,
    /// INFO's `expired_keys`: removed by the clock.
    pub by_clock: u64,
    /// Removed because a command met them.
    pub by_command: u64,
    /// `used_memory`.
    pub used: u64,
}

/// The experiment.
#[derive(Debug)]
pub struct Time {
    seed: u64,
    server: Server,
    active: bool,
    full_ms: [f64; SHOWN.len()],
    log: VecDeque<Entry>,
    commands: u64,
    moments: VecDeque<Moment>,
    by_clock: u64,
    by_command: u64,
}

impl Time {
    /// A clock that stands, and keys that have just been made.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let mut server = Server::new(seed, &[("enable-debug-command", "yes")]);
        for command in SHOWN.iter().flat_map(|shown| shown.made_by) {
            run(&mut server, command);
        }
        let mut time = Self {
            seed,
            server,
            active: true,
            full_ms: [0.0; SHOWN.len()],
            log: VecDeque::new(),
            commands: 0,
            moments: VecDeque::new(),
            by_clock: 0,
            by_command: 0,
        };
        time.note_moment();
        time
    }

    fn pass(&mut self, ms: f64) {
        let before = self.expired();
        self.server.advance(ms.clamp(0.0, PASS_MAX_MS));
        self.by_clock += self.expired() - before;
        if self.moments.back().is_none_or(|last| last.at * 1000.0 + MOMENT_MS <= self.server.passed_ms()) {
            self.note_moment();
        }
    }

    /// Does what a person does: what expires meanwhile was met by a command.
    fn act<R>(&mut self, act: impl FnOnce(&mut Server) -> R) -> R {
        let before = self.expired();
        let result = act(&mut self.server);
        self.by_command += self.expired() - before;
        self.note_moment();
        result
    }

    fn run(&mut self, command: String) {
        let (argv, reply) = self.act(|server| run(server, &command));
        self.commands += 1;
        self.log.push_front(Entry { number: self.commands, command, lines: print(&reply, &argv) });
        self.log.truncate(LOG);
    }

    fn expired(&mut self) -> u64 {
        self.server.info("stats", "expired_keys")
    }

    fn note_moment(&mut self) {
        let (stored, over) = self.server.keys();
        if self.moments.len() == MOMENTS {
            self.moments.pop_front();
        }
        self.moments.push_back(Moment { at: self.server.passed_ms() / 1000.0, stored, seen: stored - over });
    }

    fn row(&mut self, place: usize, shown: Shown) -> Row {
        let (state, left_ms) = match self.server.end(shown) {
            None => (State::Gone, None),
            Some(None) => (State::Live, None),
            Some(Some(when_ms)) => match when_ms - self.server.unix_ms() {
                left_ms if left_ms > 0 => (State::Live, Some(left_ms as f64)),
                _ => (State::Over, Some(0.0)),
            },
        };
        let mut full_ms = 0.0;
        if let Some(full) = self.full_ms.get_mut(place) {
            *full = left_ms.map_or(0.0, |left| left.max(*full));
            full_ms = *full;
        }
        Row { key: shown.key, field: shown.field, state, left_ms, full_ms, commands: shown.commands() }
    }
}

impl Lab for Time {
    type Ask = Ask;
    type View = View;

    fn ask(&mut self, ask: Ask) {
        match ask {
            Ask::Pass { ms } => self.pass(ms),
            Ask::Run { command } => self.run(command),
            Ask::Active { on } => {
                let on_off: &[u8] = if on { b"1" } else { b"0" };
                self.server.call(&[b"DEBUG", b"SET-ACTIVE-EXPIRE", on_off]);
                self.active = on;
            }
            Ask::Crowd => self.act(|server| {
                for number in 0..CROWD {
                    server.call(&[b"SET", crowd(number).as_bytes(), b"here", b"PX", CROWD_MS]);
                }
            }),
            Ask::ReadCrowd => self.act(|server| {
                for number in 0..CROWD {
                    server.call(&[b"GET", crowd(number).as_bytes()]);
                }
            }),
            Ask::Restart => *self = Self::new(self.seed),
        }
    }

    fn view(&mut self) -> View {
        let (stored, over) = self.server.keys();
        View {
            now: self.server.passed_ms(),
            rows: SHOWN.iter().enumerate().map(|(place, &shown)| self.row(place, shown)).collect(),
            log: self.log.iter().cloned().collect(),
            moments: self.moments.iter().copied().collect(),
            active: self.active,
            stored,
            over,
            by_clock: self.by_clock,
            by_command: self.by_command,
            used: self.server.info("memory", "used_memory"),
        }
    }
}

/// What lies in memory, whether commands see it or not.
impl Server {
    /// How many keys, and how many of them are over.
    fn keys(&self) -> (usize, usize) {
        let now_ms = self.unix_ms();
        let database = self.engine().keyspace().databases().first();
        let keys = database.into_iter().flat_map(|database| database.iter());
        keys.fold((0, 0), |(stored, over), entry| (stored + 1, over + usize::from(entry.is_due(now_ms))))
    }

    /// When a key or a field ends, if it does, in Unix milliseconds; nothing if it is not in memory. A field ends with
    /// its key at the latest.
    fn end(&self, shown: Shown) -> Option<Option<i64>> {
        let entry = self.engine().keyspace().find(0, shown.key.as_bytes(), i64::MIN)?;
        let Some(field) = shown.field else { return Some(entry.expires_ms()) };
        let Held::Hash(hash) = entry.value else { return None };
        let is_there = hash.contains(field.as_bytes());
        let ends = [entry.expires_ms(), hash.deadline(field.as_bytes())];
        is_there.then(|| ends.into_iter().flatten().min())
    }
}

fn crowd(number: usize) -> String {
    format!("crowd:{number}")
}

/// Runs what was typed; gives its words and the reply.
fn run(server: &mut Server, command: &str) -> (Vec<Vec<u8>>, Value) {
    let argv = split_args(command.as_bytes()).unwrap_or_default();
    let words: Vec<&[u8]> = argv.iter().map(Vec::as_slice).collect();
    let reply = server.call(&words);
    (argv, reply)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(view: &View, key: &str) -> Row {
        view.rows.iter().find(|row| row.key == key && row.field.is_none()).cloned().expect("it is shown")
    }

    fn field(view: &View, name: &str) -> Row {
        view.rows.iter().find(|row| row.field == Some(name)).cloned().expect("it is shown")
    }

    fn after(lab: &mut Time, command: &str) -> (String, View) {
        lab.ask(Ask::Run { command: String::from(command) });
        let view = lab.view();
        let reply = view.log.first().map(|entry| entry.lines.iter().map(|line| &*line.text).collect());
        (reply.unwrap_or_default(), view)
    }

    #[test]
    fn time_is_lost_with_a_new_value_unless_it_is_kept() {
        let mut lab = Time::new(7);
        let (reply, view) = after(&mut lab, "SET session:bob new KEEPTTL");
        assert_eq!((&*reply, row(&view, "session:bob").left_ms), ("OK", Some(60_000.0)));
        let (_, view) = after(&mut lab, "SET session:bob new");
        assert_eq!(row(&view, "session:bob").left_ms, None);
        assert_eq!(row(&view, "session:bob").state, State::Live);
    }

    #[test]
    fn conditions_are_met_or_not() {
        let mut lab = Time::new(7);
        for (command, reply, left_ms) in [
            ("EXPIRE page:home 60 NX", "(integer) 0", Some(600_000.0)),
            ("EXPIRE page:home 60 GT", "(integer) 0", Some(600_000.0)),
            ("EXPIRE page:home 60 LT", "(integer) 1", Some(60_000.0)),
            ("PERSIST page:home", "(integer) 1", None),
            ("EXPIRE page:home 60 XX", "(integer) 0", None),
            ("GETEX page:home EX 60", "\"Hello\"", Some(60_000.0)),
        ] {
            let (printed, view) = after(&mut lab, command);
            assert_eq!((&*printed, row(&view, "page:home").left_ms), (reply, left_ms), "{command}");
        }
        assert_eq!(lab.view().log.len(), LOG);
    }

    #[test]
    fn bars_fall_and_a_field_ends_while_its_hash_stays() {
        let mut lab = Time::new(7);
        lab.ask(Ask::Pass { ms: 20_000.0 });
        let view = lab.view();
        let bob = row(&view, "session:bob");
        assert_eq!((bob.left_ms, bob.full_ms), (Some(40_000.0), 40_000.0));
        assert_eq!((row(&view, "code:ada").state, view.by_clock), (State::Gone, 1));
        lab.ask(Ask::Pass { ms: 20_000.0 });
        let view = lab.view();
        assert_eq!(row(&view, "session:bob").full_ms, 40_000.0);
        assert_eq!((field(&view, "otp").state, field(&view, "name").state), (State::Gone, State::Live));
        assert_eq!(field(&view, "token").left_ms, Some(260_000.0));
    }

    #[test]
    fn without_the_clock_what_is_over_stays_until_a_command_meets_it() {
        let mut lab = Time::new(7);
        lab.ask(Ask::Active { on: false });
        lab.ask(Ask::Crowd);
        lab.ask(Ask::Pass { ms: 45_000.0 });
        let view = lab.view();
        assert_eq!((view.stored, view.over, view.by_clock), (1007, 1001, 0));
        assert_eq!((row(&view, "code:ada").state, field(&view, "otp").state), (State::Over, State::Over));
        let (reply, view) = after(&mut lab, "GET code:ada");
        assert_eq!((&*reply, view.by_command, row(&view, "code:ada").state), ("(nil)", 1, State::Gone));
        lab.ask(Ask::ReadCrowd);
        assert_eq!(lab.view().by_command, 1001);
        lab.ask(Ask::Crowd);
        lab.ask(Ask::Pass { ms: 60_000.0 });
        lab.ask(Ask::Active { on: true });
        lab.ask(Ask::Pass { ms: 1000.0 });
        let view = lab.view();
        assert_eq!((view.over, view.by_clock), (0, 1001));
    }

    #[test]
    fn every_button_is_a_command_that_the_store_knows() {
        for command in SHOWN.iter().flat_map(|shown| shown.commands()) {
            let (reply, _) = after(&mut Time::new(7), &command);
            assert!(!reply.starts_with("(error)"), "{command}: {reply}");
        }
    }

    #[test]
    fn an_hour_at_once_is_an_hour() {
        let mut lab = Time::new(7);
        lab.ask(Ask::Pass { ms: 3_600_000.0 });
        let view = lab.view();
        assert_eq!((view.now, row(&view, "lease:db").left_ms), (3_600_000.0, Some(3_600_000.0)));
        assert_eq!((view.stored, view.by_clock), (3, 4));
    }
}
