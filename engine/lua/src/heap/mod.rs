//! Everything that values point to, and the count of its bytes. What an object weighs is agreed on, not measured, so
//! that a script meets its limit at the same point on every machine.

mod arena;
mod objects;
mod strings;
mod table;

use alloc::boxed::Box;

pub(crate) use arena::Arena;
pub(crate) use objects::{Closure, FunctionObject, NativeFunction, UPVALUE_WEIGHT, UpvalueObject};
pub(crate) use strings::Strings;
pub(crate) use table::{Sizes, TableObject, whole};

use crate::value::{Function, Raise, Str, Table, Value};
use crate::vm::ThreadObject;
use table::TABLE_WEIGHT;

/// The objects of a machine; see the module.
#[derive(Debug)]
pub struct Heap {
    pub(crate) strings: Strings,
    pub(crate) tables: Arena<TableObject>,
    pub(crate) functions: Arena<FunctionObject>,
    pub(crate) upvalues: Arena<UpvalueObject>,
    pub(crate) threads: Arena<ThreadObject>,
    used: usize,
    limit: usize,
    /// When this much is used, it is time to collect.
    pub(crate) threshold: usize,
}

impl Heap {
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            strings: Strings::new(),
            tables: Arena::new(),
            functions: Arena::new(),
            upvalues: Arena::new(),
            threads: Arena::new(),
            used: 0,
            limit,
            threshold: 32 * 1024,
        }
    }

    /// How many bytes are in use.
    pub const fn used(&self) -> usize {
        self.used
    }

    /// How many may be.
    pub const fn limit(&self) -> usize {
        self.limit
    }

    /// Fails if that many bytes more would pass the limit.
    #[inline]
    pub const fn room(&self, bytes: usize) -> Result<(), Raise> {
        match self.used.checked_add(bytes) {
            Some(sum) if sum <= self.limit => Ok(()),
            _ => Err(Raise::Memory),
        }
    }

    #[inline]
    pub(crate) fn charge(&mut self, bytes: usize) -> Result<(), Raise> {
        self.room(bytes)?;
        self.used += bytes;
        Ok(())
    }

    pub(crate) fn refund(&mut self, bytes: usize) {
        self.used = self.used.saturating_sub(bytes);
    }

    /// The bytes of a string.
    #[inline]
    pub fn bytes(&self, string: Str) -> &[u8] {
        self.strings.bytes(string)
    }

    /// A string as a value.
    pub fn string(&mut self, bytes: &[u8]) -> Result<Value, Raise> {
        self.text(bytes).map(Value::String)
    }

    /// A string of these bytes.
    pub fn text(&mut self, bytes: &[u8]) -> Result<Str, Raise> {
        match self.strings.find(bytes) {
            Some(Ok(string)) => Ok(string),
            Some(Err(hash)) => {
                self.charge(strings::weight(bytes.len()))?;
                Ok(self.strings.add_short(bytes.into(), hash))
            }
            None => {
                self.charge(strings::weight(bytes.len()))?;
                Ok(self.strings.add_long(bytes.into()))
            }
        }
    }

    /// A string of bytes that are given away: a long one is not copied.
    pub fn text_from(&mut self, bytes: Box<[u8]>) -> Result<Str, Raise> {
        if let Some(found) = self.strings.find(&bytes) {
            return match found {
                Ok(string) => Ok(string),
                Err(_) => self.text(&bytes),
            };
        }
        self.charge(strings::weight(bytes.len()))?;
        Ok(self.strings.add_long(bytes))
    }

    /// A new table with room for that many elements in sequence and that many other entries.
    pub fn table(&mut self, array: usize, entries: usize) -> Result<Table, Raise> {
        let mut table = TableObject::default();
        let sizes = Sizes { array, nodes: entries };
        let slots = array.checked_add(entries.saturating_mul(6)).and_then(|slots| slots.checked_mul(16));
        self.room(slots.ok_or(Raise::Memory)?)?;
        self.charge(TABLE_WEIGHT + table.growth(sizes))?;
        if array > 0 || entries > 0 {
            table.resize(&self.strings, sizes);
        }
        Ok(Table(self.tables.insert(table)))
    }

    /// What a table has under a key, whatever its metatable says.
    #[inline]
    pub fn get(&self, table: Table, key: Value) -> Value {
        self.tables[table.0].get(&self.strings, key)
    }

    /// What a table has under a whole number.
    #[inline]
    pub fn get_index(&self, table: Table, index: usize) -> Value {
        match i32::try_from(index) {
            Ok(index) => self.tables[table.0].get_index(index),
            Err(_) => self.get(table, Value::Number(index as f64)),
        }
    }

    /// What a table has under a string.
    pub fn get_name(&self, table: Table, name: &[u8]) -> Value {
        match self.strings.find(name) {
            Some(Ok(string)) => self.tables[table.0].get_short(string),
            Some(Err(_)) => Value::Nil,
            None => self.tables[table.0].get_long(&self.strings, name),
        }
    }

    /// Sets an entry, whatever the metatable says, and even if the table is read-only. A key that is `nil` or no number
    /// is an error.
    #[inline]
    pub fn set(&mut self, table: Table, key: Value, value: Value) -> Result<(), Raise> {
        *self.place(table, key)? = value;
        Ok(())
    }

    /// Sets an element of a sequence.
    #[inline]
    pub fn set_index(&mut self, table: Table, index: usize, value: Value) -> Result<(), Raise> {
        self.set(table, Value::Number(index as f64), value)
    }

    /// Sets the entry of a string.
    pub fn set_name(&mut self, table: Table, name: &[u8], value: Value) -> Result<(), Raise> {
        let key = self.string(name)?;
        self.set(table, key, value)
    }

    /// The place of a key's value: made, if there is none, even for a value that will be `nil`.
    pub(crate) fn place(&mut self, table: Table, key: Value) -> Result<&mut Value, Raise> {
        let strings = &self.strings;
        self.tables[table.0].absent = 0;
        if self.tables[table.0].slot(strings, key).is_none() {
            match key {
                Value::Nil => return Err(self.plain_error(b"table index is nil")),
                Value::Number(number) if number.is_nan() => {
                    return Err(self.plain_error(b"table index is NaN"));
                }
                _ => {}
            }
            if let Err(sizes) = self.tables[table.0].insert(&self.strings, key) {
                self.resize(table, sizes)?;
                // The key may belong to the array part now.
                if self.tables[table.0].slot(&self.strings, key).is_none() {
                    let _ = self.tables[table.0].insert(&self.strings, key);
                }
            }
        }
        self.tables[table.0].slot(&self.strings, key).ok_or(Raise::Memory)
    }

    pub(crate) fn resize(&mut self, table: Table, sizes: Sizes) -> Result<(), Raise> {
        let object = &mut self.tables[table.0];
        let before = object.weight();
        if self.used.saturating_add(object.growth(sizes)) > self.limit {
            return Err(Raise::Memory);
        }
        object.resize(&self.strings, sizes);
        self.used = self.used - before + object.weight();
        Ok(())
    }

    /// Makes room in a table's array part for that many elements.
    pub(crate) fn reserve_array(&mut self, table: Table, array: usize) -> Result<(), Raise> {
        let object = &self.tables[table.0];
        if array <= object.array.len() {
            return Ok(());
        }
        let nodes = object.nodes.len();
        self.room(array.saturating_mul(16))?;
        self.resize(table, Sizes { array, nodes })
    }

    /// The entry after that of `key` in the order of `pairs`; the first after `nil`.
    pub fn next(&mut self, table: Table, key: Value) -> Result<Option<(Value, Value)>, Raise> {
        match self.tables[table.0].next(&self.strings, key) {
            Ok(entry) => Ok(entry),
            Err(_) => Err(self.plain_error(b"invalid key to 'next'")),
        }
    }

    /// The length as `#` gives it.
    #[inline]
    pub fn border(&self, table: Table) -> usize {
        self.tables[table.0].border()
    }

    /// A table's metatable.
    #[inline]
    pub fn metatable(&self, table: Table) -> Option<Table> {
        self.tables[table.0].metatable.checked_sub(1).map(Table)
    }

    /// Gives a table a metatable, or takes it.
    pub fn set_metatable(&mut self, table: Table, metatable: Option<Table>) {
        self.tables[table.0].metatable = metatable.map_or(0, |metatable| metatable.0 + 1);
    }

    /// Whether scripts may not change the table.
    #[inline]
    pub fn is_readonly(&self, table: Table) -> bool {
        self.tables[table.0].readonly
    }

    /// Says whether scripts may change the table.
    pub fn set_readonly(&mut self, table: Table, readonly: bool) {
        self.tables[table.0].readonly = readonly;
    }

    /// Whether two values are equal without asking a metatable.
    #[inline]
    pub fn equals(&self, a: Value, b: Value) -> bool {
        match (a, b) {
            (Value::String(a), Value::String(b)) => self.strings.equal(a, b),
            _ => a.is_same(b),
        }
    }

    pub(crate) fn function(&mut self, function: FunctionObject) -> Result<Function, Raise> {
        self.charge(function.weight())?;
        Ok(Function(self.functions.insert(function)))
    }

    /// An error with this text, without a position.
    pub fn plain_error(&mut self, text: &[u8]) -> Raise {
        match self.string(text) {
            Ok(text) => Raise::Error(text),
            Err(raise) => raise,
        }
    }
}
