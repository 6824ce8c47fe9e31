//! What a round trip costs: the same work, sent in other portions over a network whose time is virtual.
//!
//! ```text
//!   client ──╲ sent                      ╱── received
//!             ╲                         ╱
//!   server     ╲── arrived ▓▓▓ answered╱
//!                          work
//! ```
//!
//! The requests are real, and so are their replies: both are counted in bytes as the engine reads and writes them. What the
//! network and the server need for them is counted with the constants below.

use super::{Lab, Server};
use crate::console::encode;

/// What a network of a gigabit a second carries in a millisecond.
const BYTES_PER_MS: f64 = 125_000.0;
/// What the server needs for each string that it sets.
const SET_MS: f64 = 0.001;
/// What the server needs to be given a message and to give one back, however long.
const MESSAGE_MS: f64 = 0.01;

const COMMANDS_MAX: u32 = 10_000;
/// There are no more journeys than a picture can have.
const DRAWN_MAX: usize = 150;
/// How many round trips of the slowest way are seen.
const TRIPS_SEEN: f64 = 6.5;

const SCRIPT: &[u8] = b"for i = 1, #KEYS do redis.call('SET', KEYS[i], ARGV[i]) end return #KEYS";

/// The experiment.
#[derive(Debug)]
pub struct Pipelining {
    server: Server,
    rtt_ms: f64,
    commands: u32,
    way: Way,
    /// What was sent and answered, for each way.
    talks: Vec<Talk>,
}

/// How the work is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Way {
    /// A command, its answer, the next command.
    Single,
    /// Ten commands at a time.
    Ten,
    /// A hundred commands at a time.
    Hundred,
    /// All commands, then all answers.
    All,
    /// All commands between MULTI and EXEC.
    Transaction,
    /// One MSET.
    Mset,
    /// One EVAL.
    Script,
}

impl Way {
    /// From the slowest to the quickest.
    const ALL: [Self; 7] =
        [Self::Single, Self::Ten, Self::Hundred, Self::All, Self::Transaction, Self::Script, Self::Mset];
}

/// What is asked of it.
#[derive(Clone, Copy, Debug, serde::Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Ask {
    /// The network needs this long there and back.
    #[serde(rename_all = "camelCase")]
    Network {
        /// In milliseconds.
        rtt_ms: f64,
    },
    /// There is so much to set.
    Commands {
        /// How many strings.
        commands: u32,
    },
    /// This way is looked at.
    Way {
        /// Which one.
        way: Way,
    },
}

/// What one way sent.
#[derive(Debug)]
struct Talk {
    way: Way,
    messages: Vec<Message>,
    /// Strings that there were when all was said.
    keys: i64,
}

/// A message and its answer.
#[derive(Clone, Copy, Debug)]
struct Message {
    sets: usize,
    request_bytes: usize,
    reply_bytes: usize,
}

/// A message on its way, in milliseconds since the first one was sent.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Journey {
    /// When its first byte leaves the client.
    pub sent_ms: f64,
    /// How long it takes to be written to the network.
    pub upload_ms: f64,
    /// When its last byte is at the server, which begins to work.
    pub arrived_ms: f64,
    /// When the first byte of the answer leaves the server.
    pub answered_ms: f64,
    /// How long the answer takes to be written to the network.
    pub download_ms: f64,
    /// When its last byte is at the client.
    pub received_ms: f64,
    /// Strings that it sets.
    pub sets: usize,
}

/// What a way costs in all.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Total {
    /// Which way.
    pub way: Way,
    /// From the first byte sent to the last one received.
    pub time_ms: f64,
    /// How often the client waited.
    pub round_trips: usize,
    /// What the client sent.
    pub request_bytes: usize,
    /// What the server answered.
    pub reply_bytes: usize,
    /// How long the server worked.
    pub server_ms: f64,
    /// Strings that there are now.
    pub keys: i64,
}

/// What there is to see.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct View {
    /// The network's time there and back.
    pub rtt_ms: f64,
    /// How many strings are set.
    pub commands: u32,
    /// The way that is looked at.
    pub way: Way,
    /// Its journeys, as far as there is room in the picture.
    pub journeys: Vec<Journey>,
    /// What time the picture shows.
    pub window_ms: f64,
    /// All ways.
    pub totals: Vec<Total>,
}

impl Pipelining {
    /// A hundred commands to a server in the same region.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let mut lab = Self {
            server: Server::new(seed, &[]),
            rtt_ms: 1.0,
            commands: 100,
            way: Way::Single,
            talks: Vec::new(),
        };
        lab.talk();
        lab
    }

    /// Sends the work each way.
    fn talk(&mut self) {
        self.talks.clear();
        for way in Way::ALL {
            self.server.call(&[b"FLUSHALL"]);
            let messages = requests(way, self.commands)
                .into_iter()
                .map(|(sets, request)| {
                    let reply = self.server.send(&request);
                    Message { sets, request_bytes: request.len(), reply_bytes: reply.len() }
                })
                .collect();
            let keys = self.server.count(&[b"DBSIZE"]);
            self.talks.push(Talk { way, messages, keys });
        }
    }
}

impl Lab for Pipelining {
    type Ask = Ask;
    type View = View;

    fn ask(&mut self, ask: Ask) {
        match ask {
            Ask::Network { rtt_ms } => self.rtt_ms = rtt_ms.clamp(0.1, 200.0),
            Ask::Commands { commands } => {
                self.commands = commands.clamp(1, COMMANDS_MAX);
                self.talk();
            }
            Ask::Way { way } => self.way = way,
        }
    }

    fn view(&mut self) -> View {
        let totals: Vec<Total> = self.talks.iter().map(|talk| total(talk, self.rtt_ms)).collect();
        let quickest = totals.iter().map(|total| total.time_ms).fold(f64::INFINITY, f64::min);
        let window_ms = (TRIPS_SEEN * self.rtt_ms).max(quickest * 1.1);
        let chosen = self.talks.iter().find(|talk| talk.way == self.way);
        let mut journeys = chosen.map_or_else(Vec::new, |talk| journeys(&talk.messages, self.rtt_ms));
        journeys.retain(|journey| journey.sent_ms < window_ms);
        journeys.truncate(DRAWN_MAX);
        View { rtt_ms: self.rtt_ms, commands: self.commands, way: self.way, journeys, window_ms, totals }
    }
}

/// The messages of a way, each with the number of strings that it sets.
fn requests(way: Way, commands: u32) -> Vec<(usize, Vec<u8>)> {
    let keys: Vec<Vec<u8>> = (0..commands).map(|number| format!("reading:{number}").into_bytes()).collect();
    let values: Vec<Vec<u8>> =
        (0..commands).map(|number| (number % 90 + 10).to_string().into_bytes()).collect();
    let pairs: Vec<(&[u8], &[u8])> =
        keys.iter().zip(&values).map(|(key, value)| (key.as_slice(), value.as_slice())).collect();
    let sets = |pairs: &[(&[u8], &[u8])]| -> Vec<u8> {
        pairs.iter().flat_map(|(key, value)| encode::<&[u8]>(&[b"SET", key, value])).collect()
    };
    let in_batches = |batch: usize| pairs.chunks(batch).map(|pairs| (pairs.len(), sets(pairs))).collect();
    let all = |bytes: Vec<u8>| vec![(pairs.len(), bytes)];
    match way {
        Way::Single => in_batches(1),
        Way::Ten => in_batches(10),
        Way::Hundred => in_batches(100),
        Way::All => all(sets(&pairs)),
        Way::Transaction => all([encode(&[b"MULTI"]), sets(&pairs), encode(&[b"EXEC"])].concat()),
        Way::Mset => {
            let mut argv: Vec<&[u8]> = vec![b"MSET"];
            argv.extend(pairs.iter().flat_map(|&(key, value)| [key, value]));
            all(encode(&argv))
        }
        Way::Script => {
            let count = commands.to_string();
            let mut argv: Vec<&[u8]> = vec![b"EVAL", SCRIPT, count.as_bytes()];
            argv.extend(pairs.iter().map(|&(key, _)| key));
            argv.extend(pairs.iter().map(|&(_, value)| value));
            all(encode(&argv))
        }
    }
}

/// When what happens, if each message waits for the answer to the one before.
fn journeys(messages: &[Message], rtt_ms: f64) -> Vec<Journey> {
    let mut sent_ms = 0.0;
    let mut journeys = Vec::with_capacity(messages.len());
    for message in messages {
        let upload_ms = message.request_bytes as f64 / BYTES_PER_MS;
        let download_ms = message.reply_bytes as f64 / BYTES_PER_MS;
        let arrived_ms = sent_ms + upload_ms + rtt_ms / 2.0;
        let answered_ms = arrived_ms + work_ms(message);
        let received_ms = answered_ms + rtt_ms / 2.0 + download_ms;
        journeys.push(Journey {
            sent_ms,
            upload_ms,
            arrived_ms,
            answered_ms,
            download_ms,
            received_ms,
            sets: message.sets,
        });
        sent_ms = received_ms;
    }
    journeys
}

fn work_ms(message: &Message) -> f64 {
    MESSAGE_MS + message.sets as f64 * SET_MS
}

fn total(talk: &Talk, rtt_ms: f64) -> Total {
    let messages = &talk.messages;
    Total {
        way: talk.way,
        time_ms: journeys(messages, rtt_ms).last().map_or(0.0, |journey| journey.received_ms),
        round_trips: messages.len(),
        request_bytes: messages.iter().map(|message| message.request_bytes).sum(),
        reply_bytes: messages.iter().map(|message| message.reply_bytes).sum(),
        server_ms: messages.iter().map(work_ms).sum(),
        keys: talk.keys,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn total_of(view: &View, way: Way) -> Total {
        *view.totals.iter().find(|total| total.way == way).expect("each way has a total")
    }

    #[test]
    fn a_thousand_commands_over_fifty_milliseconds_take_nearly_a_minute_or_nearly_no_time() {
        let mut lab = Pipelining::new(1);
        lab.ask(Ask::Network { rtt_ms: 50.0 });
        lab.ask(Ask::Commands { commands: 1000 });
        let view = lab.view();
        let single = total_of(&view, Way::Single);
        assert_eq!((single.round_trips, single.keys), (1000, 1000));
        assert!((50_000.0..50_100.0).contains(&single.time_ms), "{single:?}");
        let batches = total_of(&view, Way::Hundred);
        assert_eq!((batches.round_trips, batches.keys), (10, 1000));
        assert!((500.0..503.0).contains(&batches.time_ms), "{batches:?}");
        let all = total_of(&view, Way::All);
        assert!((50.0..53.0).contains(&all.time_ms), "{all:?}");
        // The same bytes travel; only the waiting is gone.
        assert_eq!((all.request_bytes, all.reply_bytes), (single.request_bytes, single.reply_bytes));
    }

    #[test]
    fn every_way_sets_every_string_and_one_command_is_the_shortest() {
        let mut lab = Pipelining::new(1);
        for commands in [1, 250, 1000, 10_000] {
            lab.ask(Ask::Commands { commands });
            let keys: Vec<i64> = lab.view().totals.iter().map(|total| total.keys).collect();
            assert_eq!(keys, [i64::from(commands); 7]);
        }
        lab.ask(Ask::Commands { commands: 250 });
        let view = lab.view();
        let mset = total_of(&view, Way::Mset);
        assert!(view.totals.iter().all(|total| mset.request_bytes <= total.request_bytes));
        assert_eq!(mset.reply_bytes, b"+OK\r\n".len());
        assert_eq!(total_of(&view, Way::Script).reply_bytes, b":250\r\n".len());
        // MULTI says OK, each command QUEUED, and EXEC all answers.
        let transaction = total_of(&view, Way::Transaction);
        assert_eq!(transaction.reply_bytes, 5 + 250 * b"+QUEUED\r\n".len() + b"*250\r\n".len() + 250 * 5);
    }

    #[test]
    fn the_picture_shows_the_first_round_trips() {
        let mut lab = Pipelining::new(1);
        lab.ask(Ask::Network { rtt_ms: 10.0 });
        let single = lab.view();
        assert_eq!((single.window_ms, single.journeys.len()), (65.0, 7));
        let [first, second, ..] = single.journeys[..] else { panic!("there are several") };
        assert!(first.arrived_ms > 5.0 && first.answered_ms > first.arrived_ms);
        assert_eq!(second.sent_ms, first.received_ms);
        lab.ask(Ask::Way { way: Way::All });
        assert_eq!(lab.view().journeys.len(), 1);
    }
}
