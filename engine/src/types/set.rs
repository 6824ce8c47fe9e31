//! A set: members without order, each there once.
//!
//! | kept as | when                                                             | OBJECT ENCODING |
//! |---------|------------------------------------------------------------------|-----------------|
//! | `Ints`  | all members are numbers, at most `set-max-intset-entries` of them | `intset`        |
//! | `Table` | anything else, and whatever was so once                          | `hashtable`     |
//!
//! A table's members are [`Records`] without a value: they cost no allocation each. They are hashed under the keyspace's
//! secret, so that nobody can choose members that collide.

use alloc::boxed::Box;
use core::fmt;

use redstart_structures::{Blob, IntSet, Record, Records, allocated, stepwise};

use crate::hasher::Hasher;
use crate::number;

/// Sets of numbers are no longer than this, whatever the configuration says.
const INTS_MAX: u64 = 1 << 30;

/// A set value.
#[derive(Clone)]
pub enum Set {
    /// Few numbers.
    Ints(IntSet),
    /// Anything.
    Table(Box<Table>),
}

/// The members of a set that are more or other than a few numbers.
pub struct Table {
    members: Records,
    hasher: Hasher,
}

/// One member: a number if its text is one and it lies among numbers, else bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Member<'a> {
    /// The text of this number.
    Int(i64),
    /// These bytes.
    Bytes(&'a [u8]),
}

/// What a set must be told to choose its encoding.
#[derive(Clone, Copy, Debug)]
pub struct SetRules {
    /// The most numbers that are kept as such.
    pub ints_max: u64,
    /// How members of tables are hashed.
    pub hasher: Hasher,
}

impl Set {
    /// An empty one.
    #[must_use]
    pub const fn new() -> Self {
        Self::Ints(IntSet::new())
    }

    /// How many members.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Ints(ints) => ints.len(),
            Self::Table(table) => table.members.len(),
        }
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether this is a member.
    #[must_use]
    pub fn contains(&self, member: Member<'_>) -> bool {
        match self {
            Self::Ints(ints) => member.as_int().is_some_and(|value| ints.contains(value)),
            Self::Table(table) => member.with_bytes(|bytes| table.contains(bytes)),
        }
    }

    /// Adds a member; tells whether it is new.
    pub fn insert(&mut self, member: Member<'_>, rules: &SetRules) -> bool {
        if let Self::Ints(ints) = self {
            if let Some(value) = member.as_int() {
                let is_new = ints.insert(value);
                if is_new && ints.len() as u64 > rules.ints_max.min(INTS_MAX) {
                    self.make_table(rules.hasher);
                }
                return is_new;
            }
            self.make_table(rules.hasher);
        }
        match self {
            Self::Ints(_) => false,
            Self::Table(table) => member.with_bytes(|bytes| table.insert(bytes)),
        }
    }

    /// Takes a member out; tells whether it was there.
    pub fn remove(&mut self, member: Member<'_>) -> bool {
        match self {
            Self::Ints(ints) => member.as_int().is_some_and(|value| ints.remove(value)),
            Self::Table(table) => member.with_bytes(|bytes| table.remove(bytes)),
        }
    }

    pub(super) const fn is_far(&self) -> bool {
        matches!(self, Self::Table(table) if table.members.is_far())
    }

    pub(super) fn warm(&self, hashes: &[u64]) {
        if let Self::Table(table) = self {
            table.members.warm(hashes);
        }
    }

    /// Takes all members out.
    pub fn clear(&mut self) {
        *self = Self::new();
    }

    /// Frees some members; see [`Value::free_some`](super::Value::free_some).
    pub(super) fn free_some(&mut self) -> bool {
        if let Self::Table(table) = self { table.members.free_some() } else { false }
    }

    /// The members: numbers in ascending order, others in none.
    pub fn iter(&self) -> impl Iterator<Item = Member<'_>> {
        let (ints, table) = match self {
            Self::Ints(ints) => (Some(ints), None),
            Self::Table(table) => (None, Some(table)),
        };
        let ints = ints.into_iter().flat_map(|ints| ints.iter().map(Member::Int));
        let members = table.into_iter().flat_map(|table| table.members.iter());
        stepwise(ints.chain(members.map(|record| Member::Bytes(record.key))))
    }

    /// A member picked by a random number, each about as likely as another.
    #[must_use]
    pub fn sample(&self, random: u64) -> Option<Member<'_>> {
        match self {
            Self::Ints(ints) => sample_ints(ints, random).map(Member::Int),
            Self::Table(table) => table.members.sample(random).map(|record| Member::Bytes(record.key)),
        }
    }

    /// Takes out the member that [`Self::sample`] picks, after `see` has seen it.
    pub fn pop<R>(&mut self, random: u64, see: impl FnOnce(Member<'_>) -> R) -> Option<R> {
        match self {
            Self::Ints(ints) => {
                let value = sample_ints(ints, random)?;
                ints.remove(value);
                Some(see(Member::Int(value)))
            }
            Self::Table(table) => {
                let Table { members, hasher } = &mut **table;
                let hash = |member: &[u8]| hasher.hash(member);
                members.take_sample(random, hash, |record| see(Member::Bytes(record.key)))
            }
        }
    }

    /// Visits a part of the members; gives the cursor of the next part, 0 at the end. Numbers are all one part.
    pub fn scan(&self, cursor: u64, mut visit: impl FnMut(Member<'_>)) -> u64 {
        match self {
            Self::Ints(ints) => {
                ints.iter().for_each(|value| visit(Member::Int(value)));
                0
            }
            Self::Table(table) => {
                let hash = |member: &[u8]| table.hasher.hash(member);
                table.members.scan(cursor, hash, |record| visit(Member::Bytes(record.key)))
            }
        }
    }

    /// The name that OBJECT ENCODING gives.
    #[must_use]
    pub const fn encoding(&self) -> &'static str {
        match self {
            Self::Ints(_) => "intset",
            Self::Table(_) => "hashtable",
        }
    }

    /// The bytes it takes outside of itself.
    #[must_use]
    pub const fn heap_bytes(&self) -> usize {
        match self {
            Self::Ints(ints) => ints.heap_bytes(),
            Self::Table(table) => allocated(size_of::<Table>()) + table.members.memory_bytes(),
        }
    }

    fn make_table(&mut self, hasher: Hasher) {
        let mut table = Table { members: Records::new(), hasher };
        for member in self.iter() {
            member.with_bytes(|bytes| table.insert(bytes));
        }
        *self = Self::Table(Box::new(table));
    }
}

fn sample_ints(ints: &IntSet, random: u64) -> Option<i64> {
    let index = (u128::from(random) * ints.len() as u128) >> 64;
    ints.get(index as usize)
}

impl Default for Set {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Set {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

impl Table {
    fn contains(&self, bytes: &[u8]) -> bool {
        self.members.find(self.hasher.hash(bytes), bytes).is_some()
    }

    fn insert(&mut self, bytes: &[u8]) -> bool {
        let (hash, hasher) = (self.hasher.hash(bytes), self.hasher);
        let is_new = self.members.find(hash, bytes).is_none();
        if is_new {
            self.members.insert(hash, bytes, [b"", b""], |member| hasher.hash(member));
        }
        is_new
    }

    fn remove(&mut self, bytes: &[u8]) -> bool {
        let hasher = self.hasher;
        let is_it = |record: Record<'_>| record.key == bytes;
        self.members.remove(hasher.hash(bytes), is_it, |member| hasher.hash(member), |_| ()).is_some()
    }
}

impl Clone for Table {
    fn clone(&self) -> Self {
        let mut copy = Self { members: Records::new(), hasher: self.hasher };
        for record in self.members.iter() {
            copy.insert(record.key);
        }
        copy
    }
}

impl fmt::Debug for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.members.iter().map(|record| Member::Bytes(record.key))).finish()
    }
}

impl Member<'_> {
    /// Its bytes, which are digits if it is a number.
    pub fn with_bytes<R>(self, use_them: impl FnOnce(&[u8]) -> R) -> R {
        match self {
            Self::Int(value) => use_them(itoa::Buffer::new().format(value).as_bytes()),
            Self::Bytes(bytes) => use_them(bytes),
        }
    }

    /// An owned copy of its bytes.
    #[must_use]
    pub fn to_blob(self) -> Blob {
        self.with_bytes(|bytes| Blob::from(bytes))
    }

    /// The number that it is the text of.
    #[must_use]
    pub fn as_int(self) -> Option<i64> {
        match self {
            Self::Int(value) => Some(value),
            Self::Bytes(bytes) => number::parse_int(bytes),
        }
    }
}

impl fmt::Debug for Member<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.with_bytes(|bytes| write!(f, "\"{}\"", bytes.escape_ascii()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::collections::BTreeSet;
    use alloc::format;
    use alloc::string::String;

    const RULES: SetRules = SetRules { ints_max: 4, hasher: Hasher::new((1, 2)) };

    fn bytes(text: &str) -> Member<'_> {
        Member::Bytes(text.as_bytes())
    }

    #[test]
    fn numbers_are_numbers_until_they_are_many_or_not_alone() {
        let mut set = Set::new();
        for text in ["3", "-1", "9223372036854775807", "3", "0"] {
            set.insert(bytes(text), &RULES);
        }
        assert_eq!((set.encoding(), set.len()), ("intset", 4));
        assert!(set.insert(bytes("4"), &RULES));
        assert_eq!((set.encoding(), set.len()), ("hashtable", 5));
        for text in ["03", "-0", "+1", " 1", "9223372036854775808", "", "x"] {
            let mut set = Set::new();
            set.insert(bytes("1"), &RULES);
            assert!(!set.contains(bytes(text)));
            assert!(set.insert(bytes(text), &RULES));
            assert_eq!((set.encoding(), set.len()), ("hashtable", 2), "{text}");
            assert!(set.contains(Member::Int(1)) && set.contains(bytes("1")) && set.contains(bytes(text)));
        }
    }

    #[test]
    fn memory_is_that_of_what_is_there() {
        let mut set = Set::new();
        let long = "a member as long as this one has a cell of its own size";
        set.insert(bytes("x"), &RULES);
        set.insert(bytes(long), &RULES);
        set.remove(bytes(long));
        let before = set.heap_bytes();
        set.insert(bytes(long), &RULES);
        assert!((before + long.len()..before + 5 * long.len()).contains(&set.heap_bytes()));
        assert_eq!(set.clone().heap_bytes(), set.heap_bytes());
        set.remove(bytes(long));
        assert_eq!(set.heap_bytes(), before);
    }

    #[test]
    fn a_scan_sees_whatever_stays() {
        let mut set = Set::new();
        for number in 0..1000 {
            set.insert(bytes(&format!("stays{number}")), &RULES);
        }
        let mut seen: BTreeSet<String> = BTreeSet::new();
        let (mut cursor, mut round) = (0, 0);
        loop {
            cursor = set.scan(cursor, |member| {
                seen.insert(format!("{member:?}"));
            });
            // As many come as go, so that the end is not further off with every step.
            set.insert(bytes(&format!("comes{round}")), &RULES);
            if round >= 20 {
                set.remove(bytes(&format!("comes{}", round - 20)));
            }
            round += 1;
            if cursor == 0 {
                break;
            }
        }
        assert_eq!(seen.iter().filter(|name| name.contains("stays")).count(), 1000);
    }
}
