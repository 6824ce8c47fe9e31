//! A hash: fields and their values, and for fields that don't stay, when they go.
//!
//! | kept as  | when                                                          | OBJECT ENCODING |
//! |----------|---------------------------------------------------------------|-----------------|
//! | `Packed` | at most `hash-max-listpack-entries` fields, and no field or    | `listpack`      |
//! |          | value longer than `hash-max-listpack-value`                    |                 |
//! | `Packed` | the same, and some field had a deadline once                   | `listpackex`    |
//! | `Table`  | anything else, and whatever was so once                        | `hashtable`     |
//!
//! A packed hash that is small and never had a deadline lies with its key (see [`Entry`](crate::keyspace::Entry)), and is looked at
//! as a [`HashView`].
//!
//! A field whose time has come is nobody's business: the keyspace takes it out ([`Hash::expire_due`]) before a command
//! sees the hash. Only who looks at entries without the door meets such fields, and passes over them.

mod packed;
mod pairs;
mod table;

use alloc::boxed::Box;
use core::fmt;

use redstart_structures::{Item, ListpackView, allocated, stepwise};

pub use self::pairs::Pairs;

use self::packed::{Packed, PackedView, Row};
use self::table::Table;
use super::{Held, Kind, Value, text};
use crate::hasher::Hasher;

/// A hash value.
#[derive(Clone)]
pub struct Hash(Fields);

#[derive(Clone)]
enum Fields {
    Packed(Packed),
    Table(Box<Table>),
}

/// What a hash must be told to choose its encoding.
#[derive(Clone, Copy, Debug)]
pub struct HashRules {
    /// The most fields that are packed.
    pub entries_max: u64,
    /// The longest field or value that is packed.
    pub value_max: u64,
    /// How fields of tables are hashed.
    pub hasher: Hasher,
}

impl Hash {
    /// An empty one.
    #[must_use]
    pub const fn new() -> Self {
        Self(Fields::Packed(Packed::new()))
    }

    /// Itself, to be looked at.
    #[inline]
    #[must_use]
    pub const fn view(&self) -> HashView<'_> {
        HashView::Own(self)
    }

    /// How many fields.
    #[must_use]
    pub fn len(&self) -> usize {
        self.view().len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The value of a field.
    #[inline]
    #[must_use]
    pub fn get(&self, field: &[u8]) -> Option<Item<'_>> {
        self.view().get(field)
    }

    /// Whether a field is there.
    #[must_use]
    pub fn contains(&self, field: &[u8]) -> bool {
        self.get(field).is_some()
    }

    /// Gives a field a value, to stay; tells whether the field is new.
    #[inline]
    pub fn set(&mut self, field: &[u8], value: &[u8], rules: &HashRules) -> bool {
        let is_new = self.update(field, value, rules);
        if !is_new && self.next_deadline().is_some() {
            self.set_deadline(field, None);
        }
        is_new
    }

    /// Gives a field a value, and lets it live as long as before; tells whether the field is new.
    pub fn update(&mut self, field: &[u8], value: &[u8], rules: &HashRules) -> bool {
        let longest = field.len().max(value.len()) as u64;
        if longest > rules.value_max {
            self.make_table(rules.hasher);
        }
        match &mut self.0 {
            Fields::Packed(packed) => {
                let is_new = packed.put(field, value);
                if packed.view().len() as u64 > rules.entries_max {
                    self.make_table(rules.hasher);
                }
                is_new
            }
            Fields::Table(table) => table.put(field, value),
        }
    }

    /// Takes a field out; tells whether it was there.
    pub fn remove(&mut self, field: &[u8]) -> bool {
        match &mut self.0 {
            Fields::Packed(packed) => packed.remove(field),
            Fields::Table(table) => table.remove(field),
        }
    }

    /// When a field expires, in Unix milliseconds; `None` if it doesn't or is not there.
    #[must_use]
    pub fn deadline(&self, field: &[u8]) -> Option<i64> {
        self.view().deadline(field)
    }

    /// When the next field expires.
    #[inline]
    #[must_use]
    pub fn next_deadline(&self) -> Option<i64> {
        self.view().next_deadline()
    }

    /// Says when a field that is there expires, or that it stays.
    pub fn set_deadline(&mut self, field: &[u8], deadline_ms: Option<i64>) {
        match &mut self.0 {
            Fields::Packed(packed) => packed.set_deadline(field, deadline_ms),
            Fields::Table(table) => table.set_deadline(field, deadline_ms),
        }
    }

    pub(super) const fn is_far(&self) -> bool {
        matches!(&self.0, Fields::Table(table) if table.is_far())
    }

    pub(super) fn warm(&self, hashes: &[u64]) {
        if let Fields::Table(table) = &self.0 {
            table.warm(hashes);
        }
    }

    /// Takes out up to `budget` fields whose time has come, naming each; tells how many it did.
    pub fn expire_due(&mut self, now_ms: i64, budget: usize, gone: impl FnMut(&[u8])) -> usize {
        match &mut self.0 {
            Fields::Packed(packed) => packed.expire_due(now_ms, budget, gone),
            Fields::Table(table) => table.expire_due(now_ms, budget, gone),
        }
    }

    /// Frees some fields; see [`Value::free_some`].
    pub(super) fn free_some(&mut self) -> bool {
        if let Fields::Table(table) = &mut self.0 { table.free_some() } else { false }
    }

    /// The bytes it takes outside of itself.
    #[must_use]
    pub fn heap_bytes(&self) -> usize {
        match &self.0 {
            Fields::Packed(packed) => packed.heap_bytes(),
            Fields::Table(table) => table.heap_bytes(),
        }
    }

    #[cold]
    fn make_table(&mut self, hasher: Hasher) {
        if let Fields::Packed(packed) = &self.0 {
            let mut table = Table::new(hasher);
            packed.view().rows().for_each(|row| table.push(row));
            self.0 = Fields::Table(Box::new(table));
        }
    }
}

/// A hash as it is read, wherever it lies.
#[derive(Clone, Copy)]
pub enum HashView<'a> {
    /// A value of its own.
    Own(&'a Hash),
    /// The bytes of [`Pairs`].
    Pairs(&'a [u8]),
}

/// The same, by how it is kept.
enum FieldsView<'a> {
    Packed(PackedView<'a>),
    Table(&'a Table),
}

impl<'a> HashView<'a> {
    #[inline]
    fn fields(self) -> FieldsView<'a> {
        match self {
            Self::Own(Hash(Fields::Packed(packed))) => FieldsView::Packed(packed.view()),
            Self::Own(Hash(Fields::Table(table))) => FieldsView::Table(table),
            Self::Pairs(bytes) => FieldsView::Packed(PackedView::of_pairs(Pairs::view(bytes))),
        }
    }

    /// The fields and their values in turn, if they are packed and none had ever a deadline.
    fn pairs(self) -> Option<ListpackView<'a>> {
        if let FieldsView::Packed(packed) = self.fields() { packed.pairs() } else { None }
    }

    /// A hash of the same fields.
    #[must_use]
    pub fn to_hash(self) -> Hash {
        match self {
            Self::Own(hash) => hash.clone(),
            Self::Pairs(bytes) => Hash(Fields::Packed(PackedView::of_pairs(Pairs::view(bytes)).to_packed())),
        }
    }

    /// How many fields.
    #[must_use]
    pub fn len(self) -> usize {
        match self.fields() {
            FieldsView::Packed(packed) => packed.len(),
            FieldsView::Table(table) => table.len(),
        }
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// The value of a field.
    #[inline]
    #[must_use]
    pub fn get(self, field: &[u8]) -> Option<Item<'a>> {
        match self.fields() {
            FieldsView::Packed(packed) => packed.get(field),
            FieldsView::Table(table) => table.get(field),
        }
    }

    /// Whether a field is there.
    #[must_use]
    pub fn contains(self, field: &[u8]) -> bool {
        self.get(field).is_some()
    }

    /// When a field expires, in Unix milliseconds; `None` if it doesn't or is not there.
    #[must_use]
    pub fn deadline(self, field: &[u8]) -> Option<i64> {
        match self.fields() {
            FieldsView::Packed(packed) => packed.deadline(field),
            FieldsView::Table(table) => table.deadline(field),
        }
    }

    /// When the next field expires.
    #[inline]
    #[must_use]
    pub fn next_deadline(self) -> Option<i64> {
        match self.fields() {
            FieldsView::Packed(packed) => packed.next_deadline(),
            FieldsView::Table(table) => table.next_deadline(),
        }
    }

    /// Whether the time of all its fields has come, so that it is there no more.
    #[must_use]
    pub fn is_due(self, now_ms: i64) -> bool {
        if self.next_deadline().is_none_or(|when| when > now_ms) {
            return false;
        }
        match self.fields() {
            FieldsView::Packed(packed) => packed.rows().all(|row| is_due(row, now_ms)),
            FieldsView::Table(table) => table.is_due(now_ms),
        }
    }

    /// The fields with their values, in no order.
    pub fn iter(self) -> impl Iterator<Item = (Item<'a>, Item<'a>)> {
        self.rows().map(|row| (row.field, row.value))
    }

    /// The fields whose time has not come, with their values and when they expire, if they do.
    pub fn live(self, now_ms: i64) -> impl Iterator<Item = (Item<'a>, Item<'a>, Option<i64>)> {
        let live = self.rows().filter(move |&row| !is_due(row, now_ms));
        live.map(|row| (row.field, row.value, row.deadline_ms))
    }

    fn rows(self) -> impl Iterator<Item = Row<'a>> {
        let (packed, table) = match self.fields() {
            FieldsView::Packed(packed) => (Some(packed), None),
            FieldsView::Table(table) => (None, Some(table)),
        };
        stepwise(
            packed
                .into_iter()
                .flat_map(PackedView::rows)
                .chain(table.into_iter().flat_map(|table| table.rows())),
        )
    }

    /// A field and its value, picked by a random number, each about as likely as another.
    #[must_use]
    pub fn sample(self, random: u64) -> Option<(Item<'a>, Item<'a>)> {
        let row = match self.fields() {
            FieldsView::Packed(packed) => {
                let index = (u128::from(random) * packed.len() as u128) >> 64;
                packed.row(index as usize)
            }
            FieldsView::Table(table) => table.sample(random),
        };
        row.map(|row| (row.field, row.value))
    }

    /// Visits a part of the fields; gives the cursor of the next part, 0 at the end. Packed fields are all one part.
    pub fn scan(self, cursor: u64, mut visit: impl FnMut(Item<'_>, Item<'_>)) -> u64 {
        match self.fields() {
            FieldsView::Packed(packed) => {
                packed.rows().for_each(|row| visit(row.field, row.value));
                0
            }
            FieldsView::Table(table) => table.scan(cursor, |row| visit(row.field, row.value)),
        }
    }

    /// Whether its fields are packed.
    #[must_use]
    pub fn is_packed(self) -> bool {
        matches!(self.fields(), FieldsView::Packed(_))
    }

    /// The name that OBJECT ENCODING gives.
    #[must_use]
    pub fn encoding(self) -> &'static str {
        match self.fields() {
            FieldsView::Packed(packed) if packed.has_deadlines() => "listpackex",
            FieldsView::Packed(_) => "listpack",
            FieldsView::Table(_) => "hashtable",
        }
    }

    /// The bytes it takes outside of itself as a value.
    #[must_use]
    pub fn heap_bytes(self) -> usize {
        match self {
            Self::Own(hash) => allocated(size_of::<Hash>()) + hash.heap_bytes(),
            Self::Pairs(bytes) => bytes.len(),
        }
    }
}

impl fmt::Debug for HashView<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter().map(|(field, value)| (text(field), text(value)))).finish()
    }
}

fn is_due(row: Row<'_>, now_ms: i64) -> bool {
    row.deadline_ms.is_some_and(|when| when <= now_ms)
}

impl Default for Hash {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.view().fmt(f)
    }
}

impl Kind for Hash {
    type Ref<'a> = HashView<'a>;

    #[inline]
    fn of(value: Held<'_>) -> Option<Self::Ref<'_>> {
        if let Held::Hash(hash) = value { Some(hash) } else { None }
    }

    #[inline]
    fn of_mut(value: &mut Value) -> Option<&mut Self> {
        if let Value::Hash(hash) = value { Some(hash) } else { None }
    }

    fn into_value(self) -> Value {
        Value::Hash(Box::new(self))
    }

    fn is_empty(&self) -> bool {
        Self::is_empty(self)
    }

    fn next_deadline(&self) -> Option<i64> {
        Self::next_deadline(self)
    }
}

#[cfg(test)]
mod tests;
