//! The alphabets: few keys, few members, and numbers at their edges, so that calls meet the same data again and again.

use crate::dice::Dice;
use redstart_engine::command::{Arg, ArgKind, Group};

/// Encoding thresholds, with the values that rounds set them to; the first is the default.
pub(super) const THRESHOLDS: &[(&str, &[&str])] = &[
    ("list-max-listpack-size", &["-2", "-1", "1", "2", "4", "16", "128"]),
    ("set-max-intset-entries", &["512", "0", "1", "4", "16"]),
    ("hash-max-listpack-entries", &["512", "0", "1", "4", "16"]),
    ("hash-max-listpack-value", &["64", "0", "4", "16"]),
    ("zset-max-listpack-entries", &["128", "0", "1", "4", "16"]),
    ("zset-max-listpack-value", &["64", "0", "4", "16"]),
    ("stream-node-max-entries", &["100", "1", "3"]),
    ("stream-node-max-bytes", &["4096", "64"]),
    ("hll-sparse-max-bytes", &["3000", "0", "20", "100"]),
];

/// Where the data of a round lies: the keys of one group, told from those of another by their first letters.
const KEYS_OF_A_GROUP: usize = 3;

/// What is in the place of members, fields, elements and values.
const MEMBERS: &[&[u8]] = &[
    b"a",
    b"b",
    b"c",
    b"",
    b"1",
    b"2",
    b"-5",
    b"007",
    b"1.5",
    b"foobar",
    b"FOOBAR",
    b"|\x00\xff\r\n",
    b"a b",
    b"\xff\xfe",
    b"\xc3\xa9",
];

const LONG: &[usize] = &[43, 44, 45, 63, 64, 65, 70, 200, 1000];

const EDGES: &[&str] = &[
    "9223372036854775807",
    "-9223372036854775808",
    "9223372036854775806",
    "-9223372036854775807",
    "9223372036854775808",
    "-9223372036854775809",
    "18446744073709551615",
    "18446744073709551616",
    "2147483647",
    "-2147483648",
    "2147483648",
    "4294967295",
    "4294967296",
    "-4294967297",
    "abc",
    "",
    "1.5",
    " 1",
    "1 ",
    "+1",
    "01",
    "-0",
    "1e3",
    "0x10",
    "--1",
];

const DOUBLES: &[&str] = &[
    "0",
    "1",
    "-1",
    "1.5",
    "0.1",
    "-0.1",
    "3",
    "10",
    "2.5",
    "0.30000000000000004",
    "3.1415926535897931",
    "-0",
    "123456789012345680",
    "1e17",
    "1e21",
    "5e-324",
    "1e-7",
    "1e308",
    "-1e308",
    "1.7976931348623157e308",
    "1e309",
    "inf",
    "+inf",
    "-inf",
    "infinity",
    "nan",
    "-nan",
    "abc",
    "",
    " 1",
    "1 ",
    "0x1p3",
    "1e",
    ".5",
    "5.",
    "1e400",
    "9007199254740993",
    "17179869184.25",
    "180",
    "-180",
    "85.06",
    "-122.27652",
];

const PATTERNS: &[&str] = &[
    "*", "a*", "?", "*1", "[a-c]", "[^a]*", "s*", "l*", "\\*", "", "f?o*", "[", "*:2", "*:[12]", "**a", "a\\",
];

const RANGES: &[&str] = &[
    "0", "1", "-1", "2", "3", "10", "(1", "(2.5", "-inf", "+inf", "(inf", "1.5", "[a", "(a", "[b", "(c", "-",
    "+", "[", "(", "[foobar", "a", "", "nan", "[2", "(1.5",
];

const IDS: &[&str] = &[
    "0",
    "1",
    "0-1",
    "1-1",
    "1-2",
    "2-1",
    "5-*",
    "(1-1",
    "-",
    "+",
    "$",
    ">",
    "3",
    "0-0",
    "7-7",
    "abc",
    "1-",
    "(-",
    "18446744073709551615-18446744073709551615",
];

const BIT_TYPES: &[&str] = &["u8", "i8", "u1", "i5", "u63", "i64", "u64", "i65", "u0", "x8", "i16", "", "8"];

const TYPE_NAMES: &[&str] = &["string", "list", "set", "zset", "hash", "stream", "STRING", "nothing"];

/// Whole options that no grammar tells of, and words that belong elsewhere.
const STRAY: &[&str] = &["NX", "COUNT", "LIMIT", "STORE", "GET", "EX", "MATCH", "bogus", "0", "-1", "*", ""];

/// What a round picks its words from.
#[derive(Debug)]
pub(super) struct Words {
    pub(super) dice: Dice,
    /// The groups that have keys in this round.
    pub(super) homes: Vec<Group>,
    /// Whether values grow long and collections big.
    pub(super) big: bool,
}

impl Words {
    /// A word for one argument of a command of this group.
    pub(super) fn word(&mut self, arg: &Arg, group: Group) -> Vec<u8> {
        if self.dice.chance(3) {
            return self.astray();
        }
        match arg.kind {
            ArgKind::Key => self.key(group),
            ArgKind::Integer => self.integer_named(arg.name),
            ArgKind::Double => self.double(),
            ArgKind::Pattern => text(self.dice.pick(PATTERNS)),
            ArgKind::UnixTime => self.moment(arg.name),
            _ => self.string_named(arg.name, group),
        }
    }

    /// A key, most often one that is meant for the group's type.
    pub(super) fn key(&mut self, group: Group) -> Vec<u8> {
        let own = home(group);
        let home =
            if self.homes.contains(&own) && self.dice.chance(88) { own } else { self.dice.pick(&self.homes) };
        let number = 1 + self.dice.below(KEYS_OF_A_GROUP);
        format!("{}:{number}", home.name()).into_bytes()
    }

    /// A word that no grammar asks for here.
    pub(super) fn astray(&mut self) -> Vec<u8> {
        match self.dice.below(5) {
            0 => text(self.dice.pick(EDGES)),
            1 => text(self.dice.pick(DOUBLES)),
            2 => text(self.dice.pick(RANGES)),
            3 => self.member(),
            _ => text(self.dice.pick(STRAY)),
        }
    }

    fn string_named(&mut self, name: &str, group: Group) -> Vec<u8> {
        match name {
            "min" | "max" | "start" | "stop" | "end" if group == Group::SortedSet => {
                text(self.dice.pick(RANGES))
            }
            "encoding" if group == Group::Bitmap => text(self.dice.pick(BIT_TYPES)),
            "type" => text(self.dice.pick(TYPE_NAMES)),
            _ if group == Group::Stream && (name.contains("id") || matches!(name, "start" | "end")) => {
                text(self.dice.pick(IDS))
            }
            "value" if self.dice.chance(25) => self.integer(),
            "value" if self.dice.chance(15) => self.double(),
            _ => self.member(),
        }
    }

    fn member(&mut self) -> Vec<u8> {
        match self.dice.below(if self.big { 40 } else { 100 }) {
            0..4 => format!("{}", self.dice.below(300)).into_bytes(),
            4..7 => format!("m:{}", self.dice.below(300)).into_bytes(),
            7..10 => vec![b'x'; self.dice.pick(LONG)],
            10 if self.big && self.dice.chance(20) => vec![b'y'; 5000],
            11 => text(self.dice.pick(EDGES)),
            _ => self.dice.pick(MEMBERS).to_vec(),
        }
    }

    fn integer_named(&mut self, name: &str) -> Vec<u8> {
        match name {
            "index" | "index1" | "index2" | "destination-db" | "db" if self.dice.chance(70) => {
                text(self.dice.pick(&["0", "0", "0", "1", "1", "2", "3", "4", "-1"]))
            }
            "cursor" if self.dice.chance(85) => text("0"),
            _ if name.contains("milliseconds") || name == "ttl" => self.span(1000),
            _ if name.contains("seconds") => self.span(1),
            _ => self.integer(),
        }
    }

    fn integer(&mut self) -> Vec<u8> {
        match self.dice.below(20) {
            0..14 => format!("{}", self.dice.below(16) as i64 - 5).into_bytes(),
            14..17 => {
                text(self.dice.pick(&["12", "63", "64", "65", "100", "128", "300", "-100", "-16", "1000"]))
            }
            _ => text(self.dice.pick(EDGES)),
        }
    }

    fn double(&mut self) -> Vec<u8> {
        match self.dice.below(10) {
            0..4 => format!("{}", self.dice.below(10)).into_bytes(),
            4 => format!("{}", self.dice.below(1000) as f64 / 8.0 - 60.0).into_bytes(),
            _ => text(self.dice.pick(DOUBLES)),
        }
    }

    /// A time to live: over at once, or so long and so random that no clock decides which of two is longer.
    fn span(&mut self, unit: usize) -> Vec<u8> {
        if self.dice.chance(75) {
            return format!("{}", (100_000 + self.dice.below(1_000_000_000)) * unit).into_bytes();
        }
        let edges =
            ["0", "-1", "-100", "9223372036854775807", "9223372036854776", "-9223372036854775808", "abc", ""];
        text(self.dice.pick(&edges))
    }

    /// A moment long ago or far ahead.
    fn moment(&mut self, name: &str) -> Vec<u8> {
        let unit = if name.contains("milli") { 1000 } else { 1 };
        match self.dice.below(10) {
            0..2 => text(self.dice.pick(&["0", "1", "-1", "1000000000", "-5"])),
            2 => text(self.dice.pick(EDGES)),
            3..6 => format!("{}", 4_102_444_800_u64 * unit).into_bytes(),
            _ => format!("{}", (4_102_444_800 + self.dice.below(1000) as u64) * unit).into_bytes(),
        }
    }
}

/// The group whose keys a group's commands work on.
pub(super) const fn home(group: Group) -> Group {
    match group {
        Group::Bitmap => Group::String,
        Group::Geo => Group::SortedSet,
        other => other,
    }
}

fn text(word: &str) -> Vec<u8> {
    word.as_bytes().to_vec()
}

/// Whether a number may stand for a time to live: [`Words::span`] makes none of these, other places' numbers are these.
pub(super) fn is_too_soon(number: i64, unit: i64) -> bool {
    (1..100_000 * unit).contains(&number) || EDGES[8..13].iter().any(|edge| edge.parse() == Ok(number))
}
