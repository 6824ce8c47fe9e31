//! The values themselves, one for each row of the table, read by name.
//!
//! Reading by name looks through the table: fine for what is asked once a
//! start or once a command of an operator, too slow for each command served.
//! Those fields are in [`Hot`](super::Hot). A name that is not in the table is
//! a mistake in our code: debug builds say so.

use alloc::vec::Vec;

use super::value::{Reason, SavePoint, Value};
use super::{TABLE, find};

/// The value of every directive, in the order of [`TABLE`].
#[derive(Debug, Clone)]
pub struct Values(Vec<Value>);

impl Values {
    pub(super) fn new() -> Self {
        Self(TABLE.iter().map(|directive| directive.kind.default_value()).collect())
    }

    /// A directive that is `yes` or `no`.
    pub fn flag(&self, name: &str) -> bool {
        matches!(self.value(name), Value::Flag(true))
    }

    /// A directive that is a whole number.
    pub fn number(&self, name: &str) -> i64 {
        match self.value(name) {
            Value::Number(number) => *number,
            _ => 0,
        }
    }

    /// A directive that is an amount of memory.
    pub fn memory(&self, name: &str) -> u64 {
        match self.value(name) {
            Value::Memory(bytes) => *bytes,
            _ => 0,
        }
    }

    /// A directive that is any text.
    pub fn text(&self, name: &str) -> &[u8] {
        match self.value(name) {
            Value::Text(text) => text,
            _ => &[],
        }
    }

    /// A directive that is one word of a list, or several, as it is shown.
    pub fn word(&self, name: &str) -> Vec<u8> {
        find(name.as_bytes()).map(|(row, _)| self.render(row)).unwrap_or_default()
    }

    /// `save`.
    pub fn save_points(&self) -> &[SavePoint] {
        match self.value("save") {
            Value::Save(points) => points,
            _ => &[],
        }
    }

    /// `bind`.
    pub fn bind(&self) -> &[Vec<u8>] {
        match self.value("bind") {
            Value::Addresses(addresses) => addresses,
            _ => &[],
        }
    }

    /// `replicaof`: the host and port of the primary.
    pub fn primary(&self) -> Option<(&[u8], u16)> {
        match self.value("replicaof") {
            Value::Primary(Some((host, port))) => Some((host, *port)),
            _ => None,
        }
    }

    /// `latency-tracking-info-percentiles`.
    pub fn latency_percentiles(&self) -> &[f64] {
        match self.value("latency-tracking-info-percentiles") {
            Value::Percentiles(percentiles) => percentiles,
            _ => &[],
        }
    }

    /// The value of the directive `name`, which must be in the table.
    pub fn value(&self, name: &str) -> &Value {
        let row = TABLE.iter().position(|directive| directive.name == name);
        debug_assert!(row.is_some(), "no directive {name}");
        row.and_then(|row| self.0.get(row)).unwrap_or(&Value::Flag(false))
    }

    pub(super) fn number_of_word(&self, name: &str) -> u32 {
        match self.value(name) {
            Value::Word(number) => *number,
            _ => 0,
        }
    }

    /// Reads words into a row.
    pub(super) fn assign(&mut self, row: usize, words: &[&[u8]]) -> Result<(), Reason> {
        let (Some(directive), Some(current)) = (TABLE.get(row), self.0.get_mut(row)) else {
            return Ok(());
        };
        let value = directive.kind.parse(words, current)?;
        if let Some(check) = directive.check {
            check(&value)?;
        }
        *current = value;
        Ok(())
    }

    pub(super) fn get(&self, row: usize) -> Option<&Value> {
        self.0.get(row)
    }

    pub(super) fn get_mut(&mut self, row: usize) -> Option<&mut Value> {
        self.0.get_mut(row)
    }

    pub(super) fn render(&self, row: usize) -> Vec<u8> {
        match (TABLE.get(row), self.0.get(row)) {
            (Some(directive), Some(value)) => directive.kind.render(value),
            _ => Vec::new(),
        }
    }
}
