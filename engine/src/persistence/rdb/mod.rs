//! The RDB format: values as bytes that redis-server and its kin read and write.
//!
//! ```text
//!   DUMP's payload   ┌──────┬───────────────┬─────────┬───────┐
//!                    │ code │ value         │ version │ CRC64 │
//!                    └──────┴───────────────┴─────────┴───────┘
//!                     1 byte  what the code   2 bytes  8 bytes
//!                             says
//! ```
//!
//! | code                     | value                                             | written by    |
//! |--------------------------|---------------------------------------------------|---------------|
//! | [`STRING`](code::STRING) | a string                                          | all           |
//! | `LIST` …                 | a count, then as many strings or pairs of strings | all           |
//! | `LIST_ZIPLIST` …         | one string, which is the collection, packed       | up to 6.2     |
//! | `HASH_LISTPACK` …        | the same, packed in a newer way                   | 7.0 and later |
//!
//! | file                                        | what it knows                                                  |
//! |---------------------------------------------|----------------------------------------------------------------|
//! | `read`, `write`, `lzf`                      | lengths, strings and numbers, which everything is made of      |
//! | `listpack`, `ziplist`, `zipmap`, `intset`   | the packed collections: how they lie in other servers' memory  |
//! | `list`, `set`, `sorted_set`, `hash`, `stream` | the codes of a type, both ways                                |
//! | `dump`                                      | the payload as a whole                                         |
//! | `file`                                      | a file: values with their keys, database by database           |
//! | `load`                                      | the same, read in pieces                                       |
//! | `parts`, `growing`                          | a large value, written and read bit by bit                     |
//!
//! What is read may come from anybody. Every length is held against the bytes that are there before memory is asked
//! for, every packed collection is walked through to its end, and whatever doesn't add up is [`Malformed`]: there is no
//! half-read value. What is written is what redis-server 7.0 reads, except for hashes whose fields have deadlines, which
//! it doesn't know.

pub mod dump;
pub mod file;
mod growing;
mod hash;
mod intset;
mod list;
mod listpack;
pub mod load;
mod lzf;
mod parts;
mod read;
mod set;
mod sorted_set;
mod stream;
mod write;
mod ziplist;
mod zipmap;

use self::growing::Growing;
pub use self::parts::Parts;
pub use self::read::{Chunk, Reader};
pub use self::write::Writer;

use crate::config::Config;
use crate::hasher::Hasher;
use crate::types::{HashRules, Held, NodeLimit, SetRules, SortedSetRules, Str, Value};

/// The version of the format that is written.
pub const VERSION: u16 = 10;

/// The version that brought deadlines of fields, and the last one that is read.
pub const VERSION_WITH_FIELD_DEADLINES: u16 = 12;

/// What kind of value follows.
pub mod code {
    /// A string.
    pub const STRING: u8 = 0;
    /// A list: a count and its elements.
    pub const LIST: u8 = 1;
    /// A set: a count and its members.
    pub const SET: u8 = 2;
    /// A sorted set: a count, members and scores as texts in turn.
    pub const SORTED_SET: u8 = 3;
    /// A hash: a count, fields and values in turn.
    pub const HASH: u8 = 4;
    /// A sorted set: a count, members and scores as floats in turn.
    pub const SORTED_SET_2: u8 = 5;
    /// A hash as a zipmap.
    pub const HASH_ZIPMAP: u8 = 9;
    /// A list as a ziplist.
    pub const LIST_ZIPLIST: u8 = 10;
    /// A set of numbers.
    pub const SET_INTSET: u8 = 11;
    /// A sorted set as a ziplist.
    pub const SORTED_SET_ZIPLIST: u8 = 12;
    /// A hash as a ziplist.
    pub const HASH_ZIPLIST: u8 = 13;
    /// A list as a count of ziplists.
    pub const LIST_QUICKLIST: u8 = 14;
    /// A stream: its nodes, its last id, its groups.
    pub const STREAM: u8 = 15;
    /// A hash as a listpack.
    pub const HASH_LISTPACK: u8 = 16;
    /// A sorted set as a listpack.
    pub const SORTED_SET_LISTPACK: u8 = 17;
    /// A list as a count of listpacks or of single elements.
    pub const LIST_QUICKLIST_2: u8 = 18;
    /// A stream that knows what was added to it and deleted from it.
    pub const STREAM_2: u8 = 19;
    /// A set as a listpack.
    pub const SET_LISTPACK: u8 = 20;
    /// A stream whose consumers know when they were last given something.
    pub const STREAM_3: u8 = 21;
    /// A hash whose fields have deadlines, as release candidates of 7.4 wrote it.
    pub const HASH_DEADLINES_EARLY: u8 = 22;
    /// The same as a listpack.
    pub const HASH_LISTPACK_DEADLINES_EARLY: u8 = 23;
    /// A hash whose fields have deadlines.
    pub const HASH_DEADLINES: u8 = 24;
    /// The same as a listpack.
    pub const HASH_LISTPACK_DEADLINES: u8 = 25;

    /// What a value of a code is, for the log: its type, and how it is packed.
    #[must_use]
    pub const fn describe(code: u8) -> &'static str {
        match code {
            STRING => "String",
            LIST => "List",
            SET => "Set",
            SORTED_SET | SORTED_SET_2 => "Zset",
            HASH | HASH_DEADLINES | HASH_DEADLINES_EARLY => "Hash",
            HASH_ZIPMAP => "Zipmap",
            LIST_ZIPLIST => "List ziplist",
            SET_INTSET => "Intset",
            SORTED_SET_ZIPLIST => "Zset ziplist",
            HASH_ZIPLIST => "Hash ziplist",
            LIST_QUICKLIST => "Quicklist ziplist",
            STREAM | STREAM_2 | STREAM_3 => "Stream listpack",
            HASH_LISTPACK | HASH_LISTPACK_DEADLINES | HASH_LISTPACK_DEADLINES_EARLY => "Hash listpack",
            SORTED_SET_LISTPACK => "Zset listpack",
            LIST_QUICKLIST_2 => "Quicklist listpack",
            SET_LISTPACK => "Set listpack",
            6 | 7 => "Module",
            _ => "Unknown type",
        }
    }
}

/// Bytes that are no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Malformed;

/// How values that are read choose their encodings.
#[derive(Clone, Copy, Debug)]
pub struct Rules {
    list: NodeLimit,
    set: SetRules,
    sorted_set: SortedSetRules,
    hash: HashRules,
}

impl Rules {
    /// What the configuration says.
    #[must_use]
    pub fn new(config: &Config, hasher: Hasher) -> Self {
        Self {
            list: NodeLimit::new(config.list_max_listpack_size),
            set: SetRules { ints_max: config.set_max_intset_entries, hasher },
            sorted_set: SortedSetRules {
                packed_max: config.zset_max_listpack_entries,
                packed_bytes_max: config.zset_max_listpack_value,
                hasher,
            },
            hash: HashRules {
                entries_max: config.hash_max_listpack_entries,
                value_max: config.hash_max_listpack_value,
                hasher,
            },
        }
    }
}

/// Writes a value: its code, then what that code says.
pub fn write_value(value: Held<'_>, writer: &mut Writer<'_>) {
    match value {
        Held::Str(string) => {
            writer.code(code::STRING);
            writer.string(&string.bytes());
        }
        Held::List(list) => list::write(list, writer),
        Held::Set(set) => set::write(set, writer),
        Held::SortedSet(set) => sorted_set::write(set, writer),
        Held::Hash(hash) => hash::write(hash, writer),
        Held::Stream(stream) => stream::write(stream, writer),
    }
}

/// The first version of the format that can tell this value.
#[must_use]
pub fn version_of(value: Held<'_>) -> u16 {
    if value.next_deadline().is_some() { VERSION_WITH_FIELD_DEADLINES } else { VERSION }
}

/// Reads a value of this code. A collection has at least one element.
pub fn read_value(code: u8, reader: &mut Reader<'_>, rules: &Rules) -> Result<Value, Malformed> {
    read_any(code, reader, rules)?.ok_or(Malformed)
}

/// Reads a value of this code; `None` if it is a collection without elements, as there is no key for such a one.
fn read_any(code: u8, reader: &mut Reader<'_>, rules: &Rules) -> Result<Option<Value>, Malformed> {
    read_even_empty(code, reader, rules).map(unless_empty)
}

fn unless_empty(value: Value) -> Option<Value> {
    let is_empty = match &value {
        Value::Str(_) | Value::Stream(_) => false,
        Value::List(list) => list.is_empty(),
        Value::Set(set) => set.is_empty(),
        Value::SortedSet(set) => set.is_empty(),
        Value::Hash(hash) => hash.is_empty(),
    };
    Some(value).filter(|_| !is_empty)
}

fn read_even_empty(code: u8, reader: &mut Reader<'_>, rules: &Rules) -> Result<Value, Malformed> {
    match code {
        code::STRING => Ok(Value::Str(Str::new(&reader.string()?))),
        code::LIST_ZIPLIST => list::read(reader, rules.list),
        code::SET_INTSET | code::SET_LISTPACK => set::read(code, reader, &rules.set),
        code::SORTED_SET_ZIPLIST | code::SORTED_SET_LISTPACK => {
            sorted_set::read(code, reader, &rules.sorted_set)
        }
        code::HASH_ZIPMAP
        | code::HASH_ZIPLIST
        | code::HASH_LISTPACK
        | code::HASH_LISTPACK_DEADLINES_EARLY
        | code::HASH_LISTPACK_DEADLINES => hash::read(code, reader, &rules.hash),
        code => {
            let mut growing = Growing::begin(code, reader, rules)?.ok_or(Malformed)?;
            growing.go_on(reader, rules)?;
            Ok(growing.finish(rules))
        }
    }
}
