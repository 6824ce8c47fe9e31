//! Tables. A script sees how they are built: `#` of a table with holes and the order of `pairs` follow from it, so both
//! parts and their growth are those of PUC's tables.
//!
//! ```text
//!   array   [ t[1] | t[2] | t[3] | t[4] ]            more than half of it in use when it was last sized
//!   nodes   [ · | k v ─┐ | · | k v ◀┘ | k v | · ]     a power of two; each key at its *main position* if it can be
//!                                        ▲
//!                                     last_free          everything from here on has been handed out
//! ```
//!
//! A key whose main position is taken goes to the last free node and is chained to the one in its place; but if that
//! one is itself away from its own main position, it is the one that has to move. When no node is free, the keys are
//! counted, and both parts get the sizes that fit them. Entries set to `nil` stay as nodes until then, so that `next`
//! finds its way on.

use alloc::vec::Vec;
use core::mem;

use super::strings::Strings;
use crate::value::{Str, Value};

/// The end of a chain.
const NONE: u32 = u32::MAX;
/// The key of an entry of a weak table whose key was collected.
const TOMB: Value = Value::Light(u32::MAX);
/// The array part has at most 2 to this many slots.
const ARRAY_BITS: usize = 26;

pub(crate) const TABLE_WEIGHT: usize = 64;
const SLOT_WEIGHT: usize = 16;
const NODE_WEIGHT: usize = 40;

#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Node {
    pub(crate) key: Value,
    pub(crate) value: Value,
    next: u32,
}

#[derive(Debug, Default)]
pub(crate) struct TableObject {
    pub(crate) array: Vec<Value>,
    pub(crate) nodes: Vec<Node>,
    last_free: u32,
    /// The metatable's id, plus one; 0 without.
    pub(crate) metatable: u32,
    /// As a metatable: bit for bit the events that it is known to have no handler for.
    pub(crate) absent: u8,
    pub(crate) readonly: bool,
}

/// The sizes that both parts of a table are to get.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sizes {
    pub(crate) array: usize,
    pub(crate) nodes: usize,
}

/// Why `next` could not go on: the key is not in the table.
pub(crate) struct NoSuchKey;

/// The whole number that a key is, if it is one that could be an index.
#[inline]
pub(crate) fn whole(number: f64) -> Option<i32> {
    // Adding 1.5 * 2^52 leaves the whole number in the low bits.
    let low = (number + 6_755_399_441_055_744.0).to_bits() as i32;
    (f64::from(low) == number).then_some(low)
}

impl TableObject {
    #[inline]
    pub(crate) fn get_short(&self, key: Str) -> Value {
        if self.nodes.is_empty() {
            return Value::Nil;
        }
        let mut at = key.hash as usize & (self.nodes.len() - 1);
        while let Some(node) = self.nodes.get(at) {
            if matches!(node.key, Value::String(string) if string.id == key.id) {
                return node.value;
            }
            at = node.next as usize;
        }
        Value::Nil
    }

    /// The place of a short string's value, if the string is a key.
    #[inline]
    pub(crate) fn slot_short(&mut self, key: Str) -> Option<&mut Value> {
        if self.nodes.is_empty() {
            return None;
        }
        let mut at = key.hash as usize & (self.nodes.len() - 1);
        while let Some(node) = self.nodes.get(at) {
            if matches!(node.key, Value::String(string) if string.id == key.id) {
                return Some(&mut self.nodes[at].value);
            }
            at = node.next as usize;
        }
        None
    }

    #[inline]
    pub(crate) fn get_index(&self, index: i32) -> Value {
        match self.array.get((index as u32).wrapping_sub(1) as usize) {
            Some(value) => *value,
            None => self.get_number(f64::from(index)),
        }
    }

    fn get_number(&self, key: f64) -> Value {
        let same = |other: &Value| matches!(other, Value::Number(number) if *number == key);
        self.node_at(self.number_position(key), same).map_or(Value::Nil, |at| self.nodes[at].value)
    }

    #[inline]
    pub(crate) fn get(&self, strings: &Strings, key: Value) -> Value {
        match key {
            Value::String(string) if !string.is_long() => self.get_short(string),
            Value::Number(number) => match whole(number) {
                Some(index) => self.get_index(index),
                None => self.get_number(number),
            },
            Value::Nil => Value::Nil,
            _ => self.find_node(strings, key).map_or(Value::Nil, |at| self.nodes[at].value),
        }
    }

    /// Looks a long string up by its bytes.
    pub(crate) fn get_long(&self, strings: &Strings, key: &[u8]) -> Value {
        let same = |node: &&Node| matches!(node.key, Value::String(string) if strings.bytes(string) == key);
        self.nodes.iter().find(same).map_or(Value::Nil, |node| node.value)
    }

    /// The place of a key's value, if the key is there: even one whose value is `nil` now.
    pub(crate) fn slot(&mut self, strings: &Strings, key: Value) -> Option<&mut Value> {
        if let Value::Number(number) = key
            && let Some(index) = whole(number)
        {
            let at = (index as u32).wrapping_sub(1) as usize;
            if at < self.array.len() {
                return Some(&mut self.array[at]);
            }
        }
        let at = self.find_node(strings, key)?;
        Some(&mut self.nodes[at].value)
    }

    fn find_node(&self, strings: &Strings, key: Value) -> Option<usize> {
        // The key of a free node is `nil`.
        if self.nodes.is_empty() || key.is_nil() {
            return None;
        }
        let same = |other: &Value| match (*other, key) {
            (Value::String(a), Value::String(b)) => strings.equal(a, b),
            (a, b) => a.is_same(b),
        };
        self.node_at(self.main_position(strings, key), same)
    }

    #[inline]
    fn node_at(&self, mut at: usize, same: impl Fn(&Value) -> bool) -> Option<usize> {
        while let Some(node) = self.nodes.get(at) {
            if same(&node.key) {
                return Some(at);
            }
            at = node.next as usize;
        }
        None
    }

    /// Of a table that has nodes.
    fn main_position(&self, strings: &Strings, key: Value) -> usize {
        let mask = self.nodes.len() - 1;
        match key {
            Value::Number(number) => self.number_position(number),
            Value::String(string) => strings.hash(string) as usize & mask,
            Value::Bool(value) => usize::from(value) & mask,
            Value::Nil => 0,
            Value::Light(id) => id as usize % (mask | 1),
            Value::Table(table) => table.0 as usize % (mask | 1),
            Value::Function(function) => function.0 as usize % (mask | 1),
            Value::Thread(thread) => thread.0 as usize % (mask | 1),
        }
    }

    #[inline]
    fn number_position(&self, number: f64) -> usize {
        // Both zeros are one key.
        if number == 0.0 || self.nodes.is_empty() {
            return 0;
        }
        let bits = number.to_bits();
        let sum = (bits as u32).wrapping_add((bits >> 32) as u32);
        sum as usize % ((self.nodes.len() - 1) | 1)
    }

    /// Puts a new key in, whose place [`slot`](Self::slot) did not find: its place, or the sizes that the table must be
    /// given before that.
    pub(crate) fn insert(&mut self, strings: &Strings, key: Value) -> Result<&mut Value, Sizes> {
        if self.nodes.is_empty() {
            return Err(self.fitting(key));
        }
        let mut main = self.main_position(strings, key);
        if !self.nodes[main].value.is_nil() {
            let Some(free) = self.free_node() else { return Err(self.fitting(key)) };
            let theirs = self.main_position(strings, self.nodes[main].key);
            if theirs == main {
                self.nodes[free].next = self.nodes[main].next;
                self.nodes[main].next = free as u32;
                main = free;
            } else {
                let mut before = theirs;
                while self.nodes[before].next as usize != main {
                    before = self.nodes[before].next as usize;
                }
                self.nodes[before].next = free as u32;
                self.nodes[free] = self.nodes[main];
                self.nodes[main].next = NONE;
                self.nodes[main].value = Value::Nil;
            }
        }
        self.nodes[main].key = key;
        Ok(&mut self.nodes[main].value)
    }

    fn free_node(&mut self) -> Option<usize> {
        while self.last_free > 0 {
            self.last_free -= 1;
            if self.nodes[self.last_free as usize].key.is_nil() {
                return Some(self.last_free as usize);
            }
        }
        None
    }

    /// The sizes for what the table holds and one key more.
    fn fitting(&self, key: Value) -> Sizes {
        // How many of the keys are whole numbers in (2^(i-1), 2^i].
        let mut counts = [0_usize; ARRAY_BITS + 1];
        let mut total = 1;
        for (at, value) in self.array.iter().enumerate() {
            if !value.is_nil() {
                counts[bits_for(at + 1)] += 1;
                total += 1;
            }
        }
        for node in &self.nodes {
            if !node.value.is_nil() {
                count_key(node.key, &mut counts);
                total += 1;
            }
        }
        count_key(key, &mut counts);
        let (array, inside) = array_size(&counts);
        Sizes { array, nodes: total - inside }
    }

    /// What growing to these sizes adds to the table's weight at most.
    pub(crate) fn growth(&self, sizes: Sizes) -> usize {
        let nodes = if sizes.nodes == 0 { 0 } else { sizes.nodes.next_power_of_two() };
        sizes.array.saturating_sub(self.array.len()) * SLOT_WEIGHT + nodes * NODE_WEIGHT
    }

    pub(crate) const fn weight(&self) -> usize {
        TABLE_WEIGHT + self.array.len() * SLOT_WEIGHT + self.nodes.len() * NODE_WEIGHT
    }

    /// Gives both parts their sizes and every entry its new place.
    pub(crate) fn resize(&mut self, strings: &Strings, sizes: Sizes) {
        let nodes = if sizes.nodes == 0 { 0 } else { sizes.nodes.next_power_of_two() };
        let mut fresh = Vec::new();
        fresh.resize(nodes, Node { next: NONE, ..Node::default() });
        let old = mem::replace(&mut self.nodes, fresh);
        self.last_free = nodes as u32;
        let outside = if sizes.array < self.array.len() { self.array.split_off(sizes.array) } else { Vec::new() };
        self.array.reserve_exact(sizes.array - self.array.len());
        self.array.resize(sizes.array, Value::Nil);
        self.array.shrink_to_fit();
        for (at, value) in outside.into_iter().enumerate() {
            if !value.is_nil() {
                self.put(strings, Value::Number((sizes.array + at + 1) as f64), value);
            }
        }
        for node in old.into_iter().rev() {
            if !node.value.is_nil() {
                self.put(strings, node.key, node.value);
            }
        }
    }

    /// Puts an entry into a table that was just sized to have room for it.
    fn put(&mut self, strings: &Strings, key: Value, value: Value) {
        if let Some(slot) = self.slot(strings, key) {
            *slot = value;
        } else if let Ok(slot) = self.insert(strings, key) {
            *slot = value;
        }
    }

    /// An index whose value is not `nil` and whose successor's is, or 0.
    pub(crate) fn border(&self) -> usize {
        let len = self.array.len();
        if len > 0 && self.array[len - 1].is_nil() {
            return halve(0, len, |at| self.array[at - 1].is_nil());
        }
        if self.nodes.is_empty() {
            return len;
        }
        let absent = |at: usize| self.get_number(at as f64).is_nil();
        let (mut low, mut high) = (len, len + 1);
        while !absent(high) {
            low = high;
            if high > i32::MAX as usize / 2 {
                // Somebody built a table to get here; then the first border will do.
                return (1..).find(|at| self.get_index(*at).is_nil()).map_or(0, |at| at as usize - 1);
            }
            high *= 2;
        }
        halve(low, high, absent)
    }

    /// The entry after that of `key`, in the order of `pairs`; the first after `nil`.
    pub(crate) fn next(&self, strings: &Strings, key: Value) -> Result<Option<(Value, Value)>, NoSuchKey> {
        let start = match key {
            Value::Nil => 0,
            Value::Number(number)
                if whole(number).is_some_and(|index| index > 0 && index as usize <= self.array.len()) =>
            {
                number as usize
            }
            _ => self.array.len() + self.find_node(strings, key).ok_or(NoSuchKey)? + 1,
        };
        Ok(self.entry_from(start))
    }

    /// The first entry at or after a position: those of the array come before the nodes.
    fn entry_from(&self, start: usize) -> Option<(Value, Value)> {
        for at in start..self.array.len() {
            if !self.array[at].is_nil() {
                return Some((Value::Number((at + 1) as f64), self.array[at]));
            }
        }
        let nodes = self.nodes.get(start.saturating_sub(self.array.len())..)?;
        nodes.iter().find(|node| !node.value.is_nil()).map(|node| (node.key, node.value))
    }

    /// Of a weak table: takes out what `is_dead` says of its weak keys or values.
    pub(crate) fn forget(&mut self, keys: bool, values: bool, is_dead: impl Fn(Value) -> bool) {
        if values {
            for value in self.array.iter_mut().filter(|value| is_dead(**value)) {
                *value = Value::Nil;
            }
        }
        for node in &mut self.nodes {
            let dead_key = keys && is_dead(node.key);
            if dead_key || values && is_dead(node.value) {
                node.value = Value::Nil;
            }
            if dead_key {
                node.key = TOMB;
            }
        }
    }
}

/// The least `i` with `number <= 2^i`.
const fn bits_for(number: usize) -> usize {
    (usize::BITS - (number - 1).leading_zeros()) as usize
}

fn count_key(key: Value, counts: &mut [usize; ARRAY_BITS + 1]) {
    if let Value::Number(number) = key
        && let Some(index) = whole(number)
        && index > 0
        && bits_for(index as usize) <= ARRAY_BITS
    {
        counts[bits_for(index as usize)] += 1;
    }
}

/// The greatest power of two such that more than half of the indices up to it are in use, and how many those are.
fn array_size(counts: &[usize; ARRAY_BITS + 1]) -> (usize, usize) {
    let all: usize = counts.iter().sum();
    let (mut size, mut inside, mut sum) = (0, 0, 0);
    for (bits, count) in counts.iter().enumerate() {
        let power = 1_usize << bits;
        if power / 2 >= all {
            break;
        }
        sum += count;
        if *count > 0 && sum > power / 2 {
            (size, inside) = (power, sum);
        }
    }
    (size, inside)
}

/// Narrows two indices down to a border between them: `low` has a value, `high` has none.
fn halve(mut low: usize, mut high: usize, absent: impl Fn(usize) -> bool) -> usize {
    while high - low > 1 {
        let middle = low.midpoint(high);
        if absent(middle) {
            high = middle;
        } else {
            low = middle;
        }
    }
    low
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table_of(entries: &[(f64, bool)]) -> TableObject {
        let strings = Strings::new();
        let mut table = TableObject::default();
        for (key, set) in entries {
            let value = if *set { Value::Bool(true) } else { Value::Nil };
            let key = Value::Number(*key);
            if let Some(slot) = table.slot(&strings, key) {
                *slot = value;
            } else {
                if let Err(sizes) = table.insert(&strings, key) {
                    table.resize(&strings, sizes);
                }
                table.put(&strings, key, value);
            }
        }
        table
    }

    #[test]
    fn whole_numbers_that_are_dense_move_to_the_array() {
        let table = table_of(&[(1.0, true), (2.0, true), (3.0, true), (4.0, true), (5.0, true)]);
        assert_eq!((table.array.len(), table.nodes.len()), (8, 0));
        let table = table_of(&[(1.0, true), (1000.0, true), (0.5, true)]);
        assert_eq!((table.array.len(), table.nodes.len()), (1, 2));
    }

    #[test]
    fn a_border_is_searched_by_halves() {
        let mut table = table_of(&[(1.0, true), (2.0, true), (3.0, true), (4.0, true)]);
        assert_eq!(table.border(), 4);
        table.array[3] = Value::Nil;
        assert_eq!(table.border(), 3);
        table.array[1] = Value::Nil;
        assert_eq!(table.border(), 3);
    }

    #[test]
    fn only_whole_numbers_of_32_bits_are_indices() {
        assert_eq!(whole(3.0), Some(3));
        assert_eq!(whole(-3.0), Some(-3));
        assert_eq!(whole(3.5), None);
        assert_eq!(whole(4_294_967_297.0), None);
        assert_eq!(whole(f64::NAN), None);
    }
}
