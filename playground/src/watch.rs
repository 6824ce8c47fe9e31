//! What a page watches as it happens. The store is looked at without a trace, and only while somebody watches.

use redstart_engine::machine::Now;
use redstart_engine::resp::read::{Value, read};

use crate::keys::label;
use crate::store::Store;
use crate::view::{SlowCallView, SlowLogView, StatsView, Tell, Watched};

/// A panel that is open.
#[derive(Debug)]
pub enum Watch {
    /// The slow log, as the page was told.
    SlowLog(Option<SlowLogView>),
    /// What goes on.
    Stats(Stats),
}

/// What was counted, to tell what came since.
#[derive(Debug, Default)]
pub struct Stats {
    /// When, on the page's monotonic clock; `None` before the first time.
    at_us: Option<u64>,
    commands: f64,
    hits: f64,
    misses: f64,
    expired: f64,
    evicted: f64,
    input: f64,
    output: f64,
}

/// From one look at what goes on to the next, in microseconds.
const PERIOD_US: u64 = 1_000_000;

/// The calls of the slow log that are shown.
const CALLS_MAX: &[u8] = b"100";

impl Watch {
    /// A panel that is opened.
    #[must_use]
    pub fn open(watched: Watched) -> Self {
        match watched {
            Watched::SlowLog => Self::SlowLog(None),
            Watched::Stats => Self::Stats(Stats::default()),
        }
    }

    /// What there is to tell now. How often that is, is a matter of the page's time, however fast the store's goes.
    pub fn look(&mut self, store: &mut Store, now: Now, page_now: Now) -> Option<Tell> {
        match self {
            Self::SlowLog(told) => {
                let view = slow_log(store, now)?;
                let is_new = told.as_ref() != Some(&view);
                *told = Some(view.clone());
                is_new.then_some(Tell::SlowLog { view })
            }
            Self::Stats(before) if before.is_due(page_now) => {
                let reply = look(store, now, &[b"INFO", b"clients", b"memory", b"stats"])?;
                Some(Tell::Stats { view: before.since(&String::from_utf8_lossy(&bytes(&reply)), page_now)? })
            }
            Self::Stats(_) => None,
        }
    }

    /// How long until it is to be looked at again at the latest, in milliseconds of the page's time.
    #[must_use]
    pub fn wait_ms(&self, now: Now) -> f64 {
        match self {
            Self::SlowLog(_) => f64::INFINITY,
            Self::Stats(stats) => {
                let due = stats.at_us.map_or(0, |at| at + PERIOD_US);
                due.saturating_sub(now.mono_us) as f64 / 1000.0
            }
        }
    }
}

impl Stats {
    fn is_due(&self, now: Now) -> bool {
        self.at_us.is_none_or(|at| now.mono_us >= at + PERIOD_US)
    }

    /// What came since the last time; `None` the first time.
    fn since(&mut self, info: &str, now: Now) -> Option<StatsView> {
        let field = |name: &str| -> f64 {
            let value = info.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
            value.and_then(|value| value.trim().parse().ok()).unwrap_or(0.0)
        };
        let before = std::mem::replace(
            self,
            Self {
                at_us: Some(now.mono_us),
                commands: field("total_commands_processed"),
                hits: field("keyspace_hits"),
                misses: field("keyspace_misses"),
                expired: field("expired_keys"),
                evicted: field("evicted_keys"),
                input: field("total_net_input_bytes"),
                output: field("total_net_output_bytes"),
            },
        );
        let seconds = now.mono_us.saturating_sub(before.at_us?).max(1) as f64 / 1e6;
        // CONFIG RESETSTAT sets counters back.
        let grown = |now: f64, before: f64| if now < before { now } else { now - before };
        Some(StatsView {
            at: now.unix_ms() as f64,
            commands: (grown(self.commands, before.commands) / seconds).round(),
            memory: field("used_memory"),
            peak: field("used_memory_peak"),
            // INFO counts whoever asks for it, and a look is no client.
            clients: field("connected_clients") - 1.0,
            hits: grown(self.hits, before.hits),
            misses: grown(self.misses, before.misses),
            expired: grown(self.expired, before.expired),
            evicted: grown(self.evicted, before.evicted),
            input: (grown(self.input, before.input) / seconds).round(),
            output: (grown(self.output, before.output) / seconds).round(),
        })
    }
}

/// The slow log; nothing while nobody may look.
fn slow_log(store: &mut Store, now: Now) -> Option<SlowLogView> {
    let threshold = look(store, now, &[b"CONFIG", b"GET", b"slowlog-log-slower-than"])?;
    let threshold = items(threshold).get(1).map(bytes).unwrap_or_default();
    let calls = items(look(store, now, &[b"SLOWLOG", b"GET", CALLS_MAX])?);
    Some(SlowLogView {
        threshold: String::from_utf8_lossy(&threshold).parse().unwrap_or(-1.0),
        calls: calls.into_iter().filter_map(|call| slow_call(items(call))).collect(),
    })
}

/// A call as SLOWLOG GET tells of it: id, time in seconds, microseconds, words, address, name.
fn slow_call(call: Vec<Value>) -> Option<SlowCallView> {
    let number =
        |value: Option<&Value>| if let Some(Value::Int(number)) = value { *number as f64 } else { 0.0 };
    let words: Vec<String> = items(call.get(3)?.clone()).iter().map(|word| label(&bytes(word))).collect();
    let text = |value: &Value| String::from_utf8_lossy(&bytes(value)).into_owned();
    let (address, name) = (text(call.get(4)?), text(call.get(5)?));
    Some(SlowCallView {
        id: number(call.first()),
        at: number(call.get(1)) * 1000.0,
        micros: number(call.get(2)),
        command: words.join(" "),
        client: if name.is_empty() { address } else { format!("{address} {name}") },
    })
}

fn look(store: &mut Store, now: Now, argv: &[&[u8]]) -> Option<Value> {
    let reply = store.look(now, argv)?;
    read(&reply).ok().flatten().map(|(value, _)| value)
}

fn items(value: Value) -> Vec<Value> {
    if let Value::Array(items) = value { items } else { Vec::new() }
}

fn bytes(value: &Value) -> Vec<u8> {
    match value {
        Value::Bulk(bytes) | Value::Simple(bytes) | Value::Verbatim(_, bytes) => bytes.clone(),
        _ => Vec::new(),
    }
}
