//! The key browser: what it is asked to show, and what it shows.

use super::Bytes;

/// What the list of keys shows.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(default)]
pub struct Browse {
    /// The database.
    pub db: usize,
    /// A glob; empty is all.
    pub pattern: String,
    /// As TYPE says; empty is any.
    #[serde(rename = "type")]
    pub type_name: String,
    /// What the rows are sorted by.
    pub sort: Sort,
    /// The other way around.
    pub reverse: bool,
    /// Whether keys stand in branches, by the parts of their names.
    pub tree: bool,
    /// Branches that are to be open, and closed. Others are open if the database is small.
    pub open: Vec<Bytes>,
    /// As above.
    pub closed: Vec<Bytes>,
    /// The most rows.
    pub limit: usize,
}

/// What rows are sorted by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Sort {
    /// Names, in the order of their bytes.
    #[default]
    Name,
    /// The most elements first; of branches, the most keys.
    Size,
    /// The most memory first.
    Memory,
    /// What expires soonest first.
    Ttl,
}

/// The list of keys.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize)]
pub struct KeysView {
    /// The database it shows.
    pub db: usize,
    /// Databases that have keys, and the first.
    pub databases: Vec<DatabaseView>,
    /// Of the keys that match the pattern, how many are of each type.
    pub types: Vec<TypeView>,
    /// Keys that match the pattern and the type.
    pub total: usize,
    /// Their memory in bytes.
    pub memory: usize,
    /// The first rows.
    pub rows: Vec<Row>,
    /// How many more there are.
    pub more: usize,
}

/// A database and how many keys it has.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct DatabaseView {
    /// Its number.
    pub db: usize,
    /// Its keys.
    pub keys: usize,
}

/// A type and how many keys are of it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct TypeView {
    /// As TYPE says.
    #[serde(rename = "type")]
    pub type_name: &'static str,
    /// How many.
    pub keys: usize,
}

/// A row of the list: where it stands, and what it is.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Row {
    /// Its name within its branch.
    pub name: String,
    /// How deep it stands, from 1.
    pub level: usize,
    /// Which of its branch it is, from 1.
    pub place: usize,
    /// How many its branch has.
    pub of: usize,
    /// A branch or a key.
    pub item: Item,
}

/// What a row is.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Item {
    /// Keys whose names begin alike.
    Branch(Branch),
    /// A key.
    Key(KeyRow),
}

/// Keys whose names begin alike.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Branch {
    /// What they begin with, the colon included.
    pub prefix: Bytes,
    /// The same for people.
    pub label: String,
    /// Whether they are shown.
    pub open: bool,
    /// How many there are.
    pub keys: usize,
    /// Their memory in bytes.
    pub memory: usize,
    /// One of them changed since the last view.
    pub changed: bool,
}

/// One key.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct KeyRow {
    /// Its name.
    pub key: Bytes,
    /// Its name for people.
    pub label: String,
    /// As TYPE says.
    #[serde(rename = "type")]
    pub type_name: &'static str,
    /// As OBJECT ENCODING says.
    pub encoding: &'static str,
    /// In Unix milliseconds.
    pub expires_at: Option<f64>,
    /// Bytes of a string, elements of a collection.
    pub size: usize,
    /// Bytes of memory.
    pub memory: usize,
    /// It changed since the last view.
    pub changed: bool,
}

/// What a key holds.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct ValueView {
    /// The key.
    pub row: KeyRow,
    /// Seconds since it was last used.
    pub idle: u32,
    /// How often it is used, on the counter's scale, where uses are counted instead.
    pub frequency: Option<u8>,
    /// Its value.
    pub content: Content,
}

/// A value, or a part of it.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Content {
    /// A string.
    Text {
        /// Its bytes.
        value: Bytes,
        /// There are more.
        cut: bool,
    },
    /// A page of a collection.
    Elements {
        /// How many come before it.
        from: usize,
        /// How many there are.
        total: usize,
        /// Those of the page.
        rows: Vec<Element>,
        /// The groups that read a stream.
        groups: Vec<ConsumerGroup>,
    },
}

/// An element of a collection.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Element {
    /// What commands know it by: an index, a field, a member, an id.
    pub name: Bytes,
    /// What belongs to it: an item, a value, nothing, a score; of an entry, fields and values in turn.
    pub words: Vec<Bytes>,
    /// When it expires, in Unix milliseconds.
    pub expires_at: Option<f64>,
    /// Only the beginning of it is here.
    pub cut: bool,
}

/// A group that reads a stream.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ConsumerGroup {
    /// Its name for people.
    pub label: String,
    /// How many read for it.
    pub consumers: usize,
    /// Entries that are delivered and not acknowledged.
    pub pending: usize,
    /// The last entry that it was given.
    pub last_id: String,
    /// How many entries it has still to be given, if that is known.
    pub lag: Option<i64>,
}
