//! What a client of the crowd can do, and how moves are made up.

use crate::dice::Dice;

/// The clients.
pub(super) const CLIENTS: [char; 6] = ['a', 'b', 'c', 'd', 'e', 'f'];

/// One thing that happens.
#[derive(Clone, Debug)]
pub(super) enum Move {
    /// A client calls something. It can't while it waits: then nothing happens.
    Call(char, Call),
    /// A client's connection ends, and the client comes back with a new one.
    Leave(char),
    /// Milliseconds pass.
    Advance(u64),
    /// A client ends another one's wait, with an error or as if the time were up.
    Unblock { client: char, whom: char, error: bool },
}

/// An end of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    Left,
    Right,
}

/// A command. Keys are lists, sorted sets, streams and strings as it comes, so types change while others wait.
#[derive(Clone, Debug)]
pub(super) enum Call {
    Push(End, Key, Vec<u32>),
    Pop(End, Key),
    WaitPop(End, Vec<Key>, Timeout),
    WaitMove(Key, End, Key, End, Timeout),
    WaitPopMany(End, Vec<Key>, usize, Timeout),
    Rename(Key, Key),
    AddScored(Key, u32),
    WaitPopMin(Vec<Key>, Timeout),
    AddEntry(Key, u32),
    WaitEntries(Vec<Key>, Timeout),
    Set(Key),
    Delete(Key),
    FlushAll,
    Watch(Key),
    Unwatch,
    Multi,
    Exec,
    Discard,
    Subscribe(Channel),
    Unsubscribe(Channel),
    Publish(Channel, u32),
}

/// `k0`, `k1`, …
pub(super) type Key = u8;

/// `c0`, `c1`, …
pub(super) type Channel = u8;

/// In milliseconds; 0 is for ever.
pub(super) type Timeout = u64;

const KEYS: usize = 4;
const CHANNELS: usize = 2;

impl End {
    const fn word(self) -> &'static str {
        match self {
            Self::Left => "LEFT",
            Self::Right => "RIGHT",
        }
    }

    const fn letter(self) -> char {
        match self {
            Self::Left => 'L',
            Self::Right => 'R',
        }
    }
}

pub(super) fn key(key: Key) -> String {
    format!("k{key}")
}

pub(super) fn channel(channel: Channel) -> String {
    format!("c{channel}")
}

impl Call {
    /// The call as a client sends it.
    pub(super) fn words(&self) -> Vec<Vec<u8>> {
        self.text().split(' ').map(|word| word.as_bytes().to_vec()).collect()
    }

    /// The call as a person types it.
    pub(super) fn text(&self) -> String {
        match self {
            Self::Push(end, to, values) => {
                let values: Vec<String> = values.iter().map(u32::to_string).collect();
                format!("{}PUSH {} {}", end.letter(), key(*to), values.join(" "))
            }
            Self::Pop(end, from) => format!("{}POP {}", end.letter(), key(*from)),
            Self::WaitPop(end, keys, timeout) => {
                format!("B{}POP {} {}", end.letter(), all(keys), seconds(*timeout))
            }
            Self::WaitMove(from, from_end, to, to_end, timeout) => format!(
                "BLMOVE {} {} {} {} {}",
                key(*from),
                key(*to),
                from_end.word(),
                to_end.word(),
                seconds(*timeout)
            ),
            Self::WaitPopMany(end, keys, count, timeout) => format!(
                "BLMPOP {} {} {} {} COUNT {count}",
                seconds(*timeout),
                keys.len(),
                all(keys),
                end.word()
            ),
            Self::Rename(from, to) => format!("RENAME {} {}", key(*from), key(*to)),
            Self::AddScored(to, member) => format!("ZADD {} {member} {member}", key(*to)),
            Self::WaitPopMin(keys, timeout) => format!("BZPOPMIN {} {}", all(keys), seconds(*timeout)),
            Self::AddEntry(to, id) => format!("XADD {} {id}-0 n {id}", key(*to)),
            Self::WaitEntries(keys, timeout) => {
                format!("XREAD BLOCK {timeout} STREAMS {}{}", all(keys), " $".repeat(keys.len()))
            }
            Self::Set(to) => format!("SET {} string", key(*to)),
            Self::Delete(from) => format!("DEL {}", key(*from)),
            Self::FlushAll => "FLUSHALL".to_owned(),
            Self::Watch(what) => format!("WATCH {}", key(*what)),
            Self::Unwatch => "UNWATCH".to_owned(),
            Self::Multi => "MULTI".to_owned(),
            Self::Exec => "EXEC".to_owned(),
            Self::Discard => "DISCARD".to_owned(),
            Self::Subscribe(to) => format!("SUBSCRIBE {}", channel(*to)),
            Self::Unsubscribe(from) => format!("UNSUBSCRIBE {}", channel(*from)),
            Self::Publish(to, message) => format!("PUBLISH {} {message}", channel(*to)),
        }
    }
}

fn all(keys: &[Key]) -> String {
    keys.iter().map(|&name| key(name)).collect::<Vec<_>>().join(" ")
}

fn seconds(ms: Timeout) -> String {
    format!("{}.{:03}", ms / 1000, ms % 1000)
}

/// Makes moves up. On a real clock nothing may depend on when time passes, so there every wait is for ever.
pub(super) fn make(seed: u64, count: usize, is_virtual: bool) -> Vec<Move> {
    let mut maker = Maker { dice: Dice::new(seed), is_virtual, next: 0 };
    (0..count).map(|_| maker.step()).collect()
}

struct Maker {
    dice: Dice,
    is_virtual: bool,
    /// Every value, member, entry and message is another one: none can be taken for another.
    next: u32,
}

impl Maker {
    fn step(&mut self) -> Move {
        let client = self.client();
        match self.dice.below(100) {
            0..=2 => Move::Leave(client),
            3..=6 => Move::Unblock { client, whom: self.client(), error: self.dice.chance(50) },
            7..=14 if self.is_virtual => Move::Advance(self.dice.below(12) as u64 * 10 + 5),
            _ => Move::Call(client, self.call()),
        }
    }

    fn call(&mut self) -> Call {
        match self.dice.below(100) {
            0..=15 => {
                let count = 1 + self.dice.below(3);
                Call::Push(self.end(), self.key(), (0..count).map(|_| self.fresh()).collect())
            }
            16..=18 => Call::Pop(self.end(), self.key()),
            19..=32 => Call::WaitPop(self.end(), self.keys(), self.timeout()),
            33..=42 => Call::WaitMove(self.key(), self.end(), self.key(), self.end(), self.timeout()),
            43..=46 => {
                let count = 1 + self.dice.below(3);
                Call::WaitPopMany(self.end(), self.keys(), count, self.timeout())
            }
            47..=49 => Call::Rename(self.key(), self.key()),
            50..=54 => Call::AddScored(self.key(), self.fresh()),
            55..=60 => Call::WaitPopMin(self.keys(), self.timeout()),
            61..=64 => Call::AddEntry(self.key(), self.fresh()),
            65..=69 => Call::WaitEntries(self.keys(), self.timeout()),
            70..=71 => Call::Set(self.key()),
            72..=75 => Call::Delete(self.key()),
            76 => Call::FlushAll,
            77..=79 => Call::Watch(self.key()),
            80 => Call::Unwatch,
            81..=85 => Call::Multi,
            86..=91 => Call::Exec,
            92 => Call::Discard,
            93..=94 => Call::Subscribe(self.channel()),
            95 => Call::Unsubscribe(self.channel()),
            _ => Call::Publish(self.channel(), self.fresh()),
        }
    }

    const fn fresh(&mut self) -> u32 {
        self.next += 1;
        self.next
    }

    const fn client(&mut self) -> char {
        self.dice.pick(&CLIENTS)
    }

    const fn end(&mut self) -> End {
        if self.dice.chance(50) { End::Left } else { End::Right }
    }

    const fn key(&mut self) -> Key {
        self.dice.below(KEYS) as Key
    }

    /// One to three, the same one more than once at times.
    fn keys(&mut self) -> Vec<Key> {
        let count = 1 + self.dice.below(3);
        (0..count).map(|_| self.key()).collect()
    }

    const fn channel(&mut self) -> Channel {
        self.dice.below(CHANNELS) as Channel
    }

    const fn timeout(&mut self) -> Timeout {
        if self.is_virtual && self.dice.chance(50) { (1 + self.dice.below(20) as u64) * 10 } else { 0 }
    }
}
