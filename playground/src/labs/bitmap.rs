//! A year of days as bits: one bitmap for each of two people, and what BITOP makes of them.

use redstart_engine::random::Random;
use redstart_engine::resp::read::Value;

use super::{Lab, Server};

/// Days of a common year.
const DAYS: usize = 365;
/// The furthest bit that can be set here: that takes 16 MB.
const FAR_MAX: u64 = (1 << 27) - 1;
const OUTCOME: &[u8] = b"days:outcome";
const FAR: &[u8] = b"days:far";

/// The experiment.
#[derive(Debug)]
pub struct Bitmap {
    server: Server,
    op: Op,
    /// Days that are counted, both included.
    range: (usize, usize),
    far: u64,
}

/// Whose days.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Who {
    /// The one.
    Ada,
    /// The other.
    Bob,
}

impl Who {
    const fn key(self) -> &'static [u8] {
        match self {
            Self::Ada => b"days:ada",
            Self::Bob => b"days:bob",
        }
    }
}

/// What BITOP does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Op {
    /// Days of both.
    And,
    /// Days of either.
    Or,
    /// Days of one alone.
    Xor,
    /// Days that are not Ada's.
    Not,
}

impl Op {
    const fn name(self) -> &'static str {
        match self {
            Self::And => "AND",
            Self::Or => "OR",
            Self::Xor => "XOR",
            Self::Not => "NOT",
        }
    }
}

/// What is asked of it.
#[derive(Clone, Copy, Debug, serde::Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Ask {
    /// SETBIT of the other value.
    Flip {
        /// Whose day.
        who: Who,
        /// Which one, from 0.
        day: usize,
    },
    /// BITOP.
    Op {
        /// Which one.
        op: Op,
    },
    /// BITCOUNT of these days.
    Range {
        /// The first.
        from: usize,
        /// The last.
        to: usize,
    },
    /// A single bit far away is set, in a key of its own.
    Far {
        /// Where.
        bit: u64,
    },
}

/// A key.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Row {
    /// Its name.
    pub key: String,
    /// Its bits, as far as the year goes.
    pub bits: Vec<bool>,
    /// BITCOUNT of all.
    pub count: i64,
    /// BITCOUNT of the chosen days.
    pub in_range: i64,
    /// BITPOS of the first 1.
    pub first: i64,
    /// STRLEN.
    pub len: i64,
    /// MEMORY USAGE.
    pub memory: i64,
}

/// What there is to see.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct View {
    /// Both people, then the outcome.
    pub rows: Vec<Row>,
    /// What made the outcome.
    pub op: Op,
    /// The command that made it.
    pub command: String,
    /// The chosen days.
    pub from: usize,
    /// See there.
    pub to: usize,
    /// The far bit.
    pub far: u64,
    /// STRLEN and MEMORY USAGE of its key.
    pub far_len: i64,
    /// See there.
    pub far_memory: i64,
    /// MEMORY USAGE of a set with that one number.
    pub set_memory: i64,
}

impl Bitmap {
    /// Two people with habits of their own.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let mut lab = Self { server: Server::new(seed, &[]), op: Op::And, range: (0, DAYS - 1), far: 0 };
        let mut random = Random::new(seed);
        for day in 0..DAYS {
            // Ada walks on most days, but rests on Sundays; Bob walks at weekends and in summer.
            let is_weekend = day % 7 > 4;
            if day % 7 != 6 && random.below(10) < 7 {
                lab.set(Who::Ada, day, true);
            }
            if (is_weekend || (151..243).contains(&day)) && random.below(10) < 7 {
                lab.set(Who::Bob, day, true);
            }
        }
        lab.put_far(1000);
        lab
    }

    fn set(&mut self, who: Who, day: usize, on: bool) {
        let bit: &[u8] = if on { b"1" } else { b"0" };
        self.server.call(&[b"SETBIT", who.key(), day.to_string().as_bytes(), bit]);
    }

    fn flip(&mut self, who: Who, day: usize) {
        let is_on = self.server.count(&[b"GETBIT", who.key(), day.to_string().as_bytes()]) == 1;
        self.set(who, day, !is_on);
    }

    fn put_far(&mut self, bit: u64) {
        self.far = bit.min(FAR_MAX);
        let bit = self.far.to_string();
        self.server.call(&[b"DEL", FAR, b"days:set"]);
        self.server.call(&[b"SETBIT", FAR, bit.as_bytes(), b"1"]);
        self.server.call(&[b"SADD", b"days:set", bit.as_bytes()]);
    }

    /// Does the BITOP; gives the command.
    fn combine(&mut self) -> String {
        let (ada, bob) = (Who::Ada.key(), Who::Bob.key());
        let mut argv = vec![b"BITOP", self.op.name().as_bytes(), OUTCOME, ada];
        if self.op != Op::Not {
            argv.push(bob);
        }
        self.server.call(&argv);
        argv.iter().map(|word| String::from_utf8_lossy(word)).collect::<Vec<_>>().join(" ")
    }

    fn row(&mut self, key: &[u8]) -> Row {
        let bytes = match self.server.call(&[b"GET", key]) {
            Value::Bulk(bytes) => bytes,
            _ => Vec::new(),
        };
        // The highest bit of a byte is the first one.
        let bit = |day: usize| bytes.get(day / 8).is_some_and(|byte| byte >> (7 - day % 8) & 1 == 1);
        let (from, to) = (self.range.0.to_string(), self.range.1.to_string());
        Row {
            key: String::from_utf8_lossy(key).into_owned(),
            bits: (0..DAYS).map(bit).collect(),
            count: self.server.count(&[b"BITCOUNT", key]),
            in_range: self.server.count(&[b"BITCOUNT", key, from.as_bytes(), to.as_bytes(), b"BIT"]),
            first: self.server.count(&[b"BITPOS", key, b"1"]),
            len: self.server.count(&[b"STRLEN", key]),
            memory: self.server.count(&[b"MEMORY", b"USAGE", key]),
        }
    }
}

impl Lab for Bitmap {
    type Ask = Ask;
    type View = View;

    fn ask(&mut self, ask: Ask) {
        match ask {
            Ask::Flip { who, day } => self.flip(who, day.min(DAYS - 1)),
            Ask::Op { op } => self.op = op,
            Ask::Range { from, to } => self.range = (from.min(DAYS - 1), to.min(DAYS - 1)),
            Ask::Far { bit } => self.put_far(bit),
        }
    }

    fn view(&mut self) -> View {
        let command = self.combine();
        View {
            rows: [Who::Ada.key(), Who::Bob.key(), OUTCOME].map(|key| self.row(key)).into(),
            op: self.op,
            command,
            from: self.range.0,
            to: self.range.1,
            far: self.far,
            far_len: self.server.count(&[b"STRLEN", FAR]),
            far_memory: self.server.count(&[b"MEMORY", b"USAGE", FAR]),
            set_memory: self.server.count(&[b"MEMORY", b"USAGE", b"days:set"]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_bitop_makes_is_counted_by_hand() {
        let mut lab = Bitmap::new(1);
        for (op, of) in [
            (Op::And, (|ada, bob| ada && bob) as fn(bool, bool) -> bool),
            (Op::Or, |ada, bob| ada || bob),
            (Op::Xor, |ada, bob| ada != bob),
            (Op::Not, |ada, _| !ada),
        ] {
            lab.ask(Ask::Op { op });
            let View { rows, .. } = lab.view();
            let expected: Vec<bool> =
                rows[0].bits.iter().zip(&rows[1].bits).map(|(&ada, &bob)| of(ada, bob)).collect();
            // NOT turns whole bytes, and the last day may be in one that goes on.
            assert_eq!(rows[2].bits, expected, "{op:?}");
            assert!(rows[0].count > 150 && rows[1].count > 80, "{rows:?}");
        }
    }

    #[test]
    fn a_day_is_turned_and_counted_in_its_range() {
        let mut lab = Bitmap::new(1);
        lab.ask(Ask::Range { from: 100, to: 100 });
        let before = lab.view().rows[0].in_range;
        lab.ask(Ask::Flip { who: Who::Ada, day: 100 });
        let View { rows, .. } = lab.view();
        assert_eq!((rows[0].in_range, rows[0].bits[100]), (1 - before, before == 0));
        assert_eq!(rows[0].len, 46);
    }

    #[test]
    fn a_far_bit_takes_all_the_room_before_it() {
        let mut lab = Bitmap::new(1);
        lab.ask(Ask::Far { bit: 4_000_007 });
        let far = lab.view();
        assert_eq!(far.far_len, 500_001);
        assert!(far.far_memory > 500_000 && far.set_memory < 100, "{far:?}");
        lab.ask(Ask::Far { bit: 7 });
        assert_eq!(lab.view().far_len, 1);
    }
}
