//! The list of keys: which there are, in branches or not.
//!
//! A view is made anew of all keys. A key is counted in every branch that it stands in, down to the first that is closed:
//! what is below costs nothing, and of an open one only as many rows are made as are shown.

use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap, HashSet};

use redstart_engine::glob;
use redstart_engine::keyspace::{Database, Entry, Keyspace};
use redstart_engine::split_args::quote;
use redstart_engine::types::Held;

use crate::view::{Branch, Browse, Bytes, DatabaseView, Item, KeyRow, KeysView, Row, Sort, TypeView};

/// In a database with more keys than this, branches are closed until they are opened.
const SMALL_MAX: usize = 60;

/// How deep branches stand in branches.
const LEVELS_MAX: usize = 16;

/// Entries that are looked at for completion: it must not take long.
const LOOK_MAX: usize = 20_000;

/// Keys that changed since the last view, by database.
pub type Changed = HashSet<(usize, Vec<u8>)>;

/// The rows for what is browsed.
#[must_use]
pub fn view(keyspace: &Keyspace, now_ms: i64, browse: &Browse, changed: &Changed) -> KeysView {
    let mut view = KeysView { db: browse.db, databases: databases(keyspace), ..KeysView::default() };
    let Some(database) = keyspace.databases().get(browse.db) else { return view };
    let all = browse.pattern.is_empty() || browse.pattern == "*";
    let matches = |key: &[u8]| all || glob::matches(browse.pattern.as_bytes(), key, false);
    let mut types = BTreeMap::new();
    let mut tree = Tree::new(browse, database.len() <= SMALL_MAX, changed);
    for entry in live(database, now_ms).filter(|entry| matches(entry.key)) {
        let type_name = entry.value.type_name();
        *types.entry(type_name).or_insert(0) += 1;
        if browse.type_name.is_empty() || browse.type_name == type_name {
            view.total += 1;
            view.memory += tree.add(entry);
        }
    }
    view.types = types.into_iter().map(|(type_name, keys)| TypeView { type_name, keys }).collect();
    let mut shown = 0;
    tree.show(b"", 1, &mut view.rows, &mut shown);
    view.more = shown - view.rows.len();
    view
}

/// The names of keys that begin with a text and need no quotes.
#[must_use]
pub fn beginning_with(keyspace: &Keyspace, now_ms: i64, db: usize, start: &str, limit: usize) -> Vec<String> {
    let Some(database) = keyspace.databases().get(db) else { return Vec::new() };
    let mut names: Vec<String> = live(database, now_ms)
        .take(LOOK_MAX)
        .filter(|entry| entry.key.starts_with(start.as_bytes()))
        .map(|entry| label(entry.key))
        .filter(|label| label.starts_with(start))
        .collect();
    names.sort_unstable();
    names.truncate(limit);
    names
}

/// The keys of a database whose time has not come.
pub fn live(database: &Database, now_ms: i64) -> impl Iterator<Item = Entry<'_>> {
    database.iter().filter(move |entry| !entry.is_due(now_ms))
}

/// A key as it is listed.
#[must_use]
pub fn row(entry: Entry<'_>, changed: bool) -> KeyRow {
    KeyRow {
        key: Bytes(entry.key.to_vec()),
        label: label(entry.key),
        type_name: entry.value.type_name(),
        encoding: entry.value.encoding(),
        expires_at: entry.expires_ms().map(|when| when as f64),
        size: size(entry.value),
        memory: entry.memory_bytes(),
        changed,
    }
}

/// A name for people: as it is if a console takes it so, in quotes otherwise.
#[must_use]
pub fn label(name: &[u8]) -> String {
    let quoted = String::from_utf8_lossy(&quote(name)).into_owned();
    let inner = quoted.get(1..quoted.len() - 1).unwrap_or_default();
    let is_plain = inner.len() == name.len() && !inner.is_empty() && !inner.contains([' ', '\'']);
    if is_plain { String::from(inner) } else { quoted }
}

/// Bytes of a string, elements of a collection.
fn size(value: Held<'_>) -> usize {
    if let Held::Str(string) = value { string.len() } else { value.elements() }
}

fn databases(keyspace: &Keyspace) -> Vec<DatabaseView> {
    let all = keyspace.databases().iter().enumerate();
    all.filter(|&(db, database)| db == 0 || !database.is_empty())
        .map(|(db, database)| DatabaseView { db, keys: database.len() })
        .collect()
}

/// Branches that are seen, by their prefixes; the one of all keys is "".
struct Tree<'a> {
    browse: &'a Browse,
    /// What becomes of a branch that nobody opened or closed.
    opens: bool,
    /// The branches that are an exception to that.
    others: HashSet<&'a [u8]>,
    changed: HashSet<&'a [u8]>,
    folders: HashMap<&'a [u8], Folder<'a>>,
}

/// A branch, and what stands in it if it is open.
#[derive(Default)]
struct Folder<'a> {
    keys: usize,
    memory: usize,
    changed: bool,
    branches: Vec<&'a [u8]>,
    leaves: Vec<Entry<'a>>,
}

impl<'a> Tree<'a> {
    fn new(browse: &'a Browse, opens: bool, changed: &'a Changed) -> Self {
        let others = if opens { &browse.closed } else { &browse.open };
        Self {
            browse,
            opens,
            others: others.iter().map(|Bytes(prefix)| prefix.as_slice()).collect(),
            changed: changed
                .iter()
                .filter(|(db, _)| *db == browse.db)
                .map(|(_, key)| key.as_slice())
                .collect(),
            folders: HashMap::new(),
        }
    }

    fn is_open(&self, prefix: &[u8]) -> bool {
        self.opens != self.others.contains(prefix)
    }

    /// Counts a key where it is seen; gives its memory.
    fn add(&mut self, entry: Entry<'a>) -> usize {
        let (key, memory) = (entry.key, entry.memory_bytes());
        let changed = self.changed.contains(key);
        let levels = if self.browse.tree { LEVELS_MAX } else { 0 };
        let colons = key.iter().enumerate().filter(|&(_, &byte)| byte == b':').take(levels);
        let mut outer: &[u8] = b"";
        for (colon, _) in colons {
            let prefix = key.get(..=colon).unwrap_or_default();
            let folder = self.folders.entry(prefix).or_default();
            let is_new = folder.keys == 0;
            folder.keys += 1;
            folder.memory += memory;
            folder.changed |= changed;
            if is_new {
                self.folders.entry(outer).or_default().branches.push(prefix);
            }
            if !self.is_open(prefix) {
                return memory;
            }
            outer = prefix;
        }
        self.folders.entry(outer).or_default().leaves.push(entry);
        memory
    }

    /// Makes the rows of a branch, as long as there is room; counts all.
    fn show(&mut self, outer: &[u8], level: usize, rows: &mut Vec<Row>, shown: &mut usize) {
        let Some(mut folder) = self.folders.remove(outer) else { return };
        let of = folder.branches.len() + folder.leaves.len();
        folder.branches.sort_unstable_by(|one, other| self.compare_branches(one, other));
        for (index, prefix) in folder.branches.into_iter().enumerate() {
            *shown += 1;
            if rows.len() < self.browse.limit
                && let Some(branch) = self.branch(prefix)
            {
                let name = label(prefix.get(outer.len()..).unwrap_or_default());
                rows.push(Row { name, level, place: index + 1, of, item: Item::Branch(branch) });
            }
            if self.is_open(prefix) {
                self.show(prefix, level + 1, rows, shown);
            }
        }
        *shown += folder.leaves.len();
        let before = of - folder.leaves.len();
        let room = self.browse.limit.saturating_sub(rows.len());
        first(&mut folder.leaves, room, |one, other| self.compare(one, other));
        rows.extend(folder.leaves.into_iter().enumerate().map(|(index, entry)| Row {
            name: label(entry.key.get(outer.len()..).unwrap_or_default()),
            level,
            place: before + index + 1,
            of,
            item: Item::Key(row(entry, self.changed.contains(entry.key))),
        }));
    }

    fn branch(&self, prefix: &[u8]) -> Option<Branch> {
        let folder = self.folders.get(prefix)?;
        Some(Branch {
            prefix: Bytes(prefix.to_vec()),
            label: label(prefix),
            open: self.is_open(prefix),
            keys: folder.keys,
            memory: folder.memory,
            changed: folder.changed,
        })
    }

    fn compare(&self, one: &Entry<'_>, other: &Entry<'_>) -> Ordering {
        let ttl = |entry: &Entry<'_>| entry.expires_ms().unwrap_or(i64::MAX);
        let order = match self.browse.sort {
            Sort::Name => Ordering::Equal,
            Sort::Size => size(other.value).cmp(&size(one.value)),
            Sort::Memory => other.memory_bytes().cmp(&one.memory_bytes()),
            Sort::Ttl => ttl(one).cmp(&ttl(other)),
        };
        self.directed(order.then_with(|| one.key.cmp(other.key)))
    }

    fn compare_branches(&self, one: &[u8], other: &[u8]) -> Ordering {
        let most = |measure: fn(&Folder<'_>) -> usize| {
            let of = |prefix: &[u8]| self.folders.get(prefix).map(measure);
            of(other).cmp(&of(one))
        };
        let order = match self.browse.sort {
            Sort::Name | Sort::Ttl => Ordering::Equal,
            Sort::Size => most(|folder| folder.keys),
            Sort::Memory => most(|folder| folder.memory),
        };
        self.directed(order.then_with(|| one.cmp(other)))
    }

    const fn directed(&self, order: Ordering) -> Ordering {
        if self.browse.reverse { order.reverse() } else { order }
    }
}

/// Leaves the first so many in order, without sorting the others.
pub fn first<T>(all: &mut Vec<T>, most: usize, mut compare: impl FnMut(&T, &T) -> Ordering) {
    if most < all.len() {
        all.select_nth_unstable_by(most, &mut compare);
        all.truncate(most);
    }
    all.sort_unstable_by(compare);
}
