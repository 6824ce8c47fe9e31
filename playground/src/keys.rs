//! The key browser: what is stored, as rows.

use std::collections::HashSet;

use redstart_engine::glob;
use redstart_engine::keyspace::{Database, Entry, Keyspace};
use redstart_engine::number::format_float;
use redstart_engine::resp::read::Value as Reply;
use redstart_engine::split_args::quote;
use redstart_engine::types::{HashView, Held, Id, List, Member, Set, SortedSet, Stream, text};

use crate::print::print;
use crate::view::{Bytes, DatabaseView, KeyRow, KeysView, ValueView};

/// Entries that one view looks at: a view is made after every change, so it must not take long.
const LOOK_MAX: usize = 20_000;

/// The bytes of a value that are shown.
const SHOWN_MAX: usize = 4096;

/// The elements of a value that are shown.
const ELEMENTS_MAX: usize = 200;

/// What the browser shows.
#[derive(Clone, Debug)]
pub struct Browse {
    /// The database.
    pub db: usize,
    /// A glob; empty is all.
    pub pattern: String,
    /// The most rows.
    pub limit: usize,
}

/// Keys that changed since the last view, by database.
pub type Changed = HashSet<(usize, Vec<u8>)>;

/// The rows for what is browsed, in the order of their names.
#[must_use]
pub fn view(keyspace: &Keyspace, now_ms: i64, browse: &Browse, changed: &Changed) -> KeysView {
    let mut view = KeysView { db: browse.db, databases: databases(keyspace), ..KeysView::default() };
    let Some(database) = keyspace.databases().get(browse.db) else { return view };
    let pattern = if browse.pattern.is_empty() { "*" } else { &browse.pattern };
    let all = pattern == "*";
    let mut found: Vec<Entry<'_>> = live(database, now_ms)
        .take(LOOK_MAX)
        .filter(|entry| all || glob::matches(pattern.as_bytes(), entry.key, false))
        .collect();
    found.sort_unstable_by(|one, other| one.key.cmp(other.key));
    view.total = if all && database.len() > LOOK_MAX { database.len() } else { found.len() };
    view.rows = found
        .into_iter()
        .take(browse.limit)
        .map(|entry| row(entry, changed.contains(&(browse.db, entry.key.to_vec()))))
        .collect();
    view.more = view.total.saturating_sub(view.rows.len());
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

/// What a key holds, if it is there.
#[must_use]
pub fn value(
    keyspace: &Keyspace,
    now_ms: i64,
    db: usize,
    key: &[u8],
    changed: &Changed,
) -> Option<ValueView> {
    let entry = keyspace.find(db, key, now_ms)?;
    let (shown, cut) = match entry.value {
        Held::Str(string) => show_string(&string.bytes()),
        Held::List(list) => show_list(list),
        Held::Set(set) => show_set(set),
        Held::SortedSet(set) => show_sorted_set(set),
        Held::Hash(hash) => show_hash(hash, now_ms),
        Held::Stream(stream) => show_stream(stream),
    };
    let lines = print(&shown, &[]);
    Some(ValueView { row: row(entry, changed.contains(&(db, key.to_vec()))), lines, cut })
}

/// The bytes of a value itself, apart from how it is kept.
fn size(value: Held<'_>) -> usize {
    match value {
        Held::Str(string) => string.len(),
        Held::List(list) => list.rightwards(0).map(|item| text(item).len()).sum(),
        Held::Set(set) => set.iter().map(|member| member.with_bytes(<[u8]>::len)).sum(),
        Held::SortedSet(set) => set.iter().map(|(member, _)| text(member).len() + size_of::<f64>()).sum(),
        Held::Hash(hash) => hash.iter().map(|(field, value)| text(field).len() + text(value).len()).sum(),
        Held::Stream(stream) => {
            let fields = stream.entries().forwards(0, u128::MAX).flat_map(|entry| entry.fields());
            fields.map(|(name, value)| text(name).len() + text(value).len()).sum()
        }
    }
}

/// The beginning of a list, and whether there is more.
fn show_list(list: &List) -> (Reply, bool) {
    let (mut left, mut elements) = (SHOWN_MAX, Vec::new());
    for element in list.rightwards(0).map(text).take(ELEMENTS_MAX) {
        let shown = element.get(..left).unwrap_or(&element);
        elements.push(Reply::Bulk(shown.to_vec()));
        left -= shown.len();
        if shown.len() < element.len() {
            return (Reply::Array(elements), true);
        }
    }
    let cut = elements.len() < list.len();
    (Reply::Array(elements), cut)
}

/// The beginning of a string, and whether there is more.
fn show_string(bytes: &[u8]) -> (Reply, bool) {
    let shown = bytes.get(..SHOWN_MAX).unwrap_or(bytes);
    (Reply::Bulk(shown.to_vec()), shown.len() < bytes.len())
}

/// Some members of a set in an order that stays, and whether there are more.
fn show_set(set: &Set) -> (Reply, bool) {
    let mut room = SHOWN_MAX;
    let fits = |member: &Member<'_>| {
        let before = room;
        room = room.saturating_sub(member.with_bytes(<[u8]>::len) + 1);
        before > 0
    };
    let mut members: Vec<Member<'_>> = set.iter().take_while(fits).collect();
    members.sort_unstable();
    let shown = members.iter().map(|member| member.with_bytes(|bytes| show_string(bytes).0)).collect();
    (Reply::Set(shown), members.len() < set.len())
}

/// The lowest members of a sorted set with their scores, and whether there are more.
fn show_sorted_set(set: &SortedSet) -> (Reply, bool) {
    let (mut room, mut rows) = (SHOWN_MAX, Vec::new());
    for (member, score) in set.iter().take(ELEMENTS_MAX) {
        let member = text(member);
        let shown = member.get(..room).unwrap_or(&member);
        rows.push((Reply::Bulk(shown.to_vec()), Reply::Double(score, format_float(score).into_bytes())));
        room -= shown.len();
        if shown.len() < member.len() {
            return (Reply::Map(rows), true);
        }
    }
    let cut = rows.len() < set.len();
    (Reply::Map(rows), cut)
}

/// Some fields of a hash and their values, in an order that stays, and whether there are more.
fn show_hash(hash: HashView<'_>, now_ms: i64) -> (Reply, bool) {
    let mut room = SHOWN_MAX;
    let live = hash.live(now_ms).map(|(field, value, _)| (text(field), text(value)));
    let mut pairs: Vec<_> = live
        .take_while(|(field, value)| {
            let before = room;
            room = room.saturating_sub(field.len() + value.len() + 1);
            before > 0
        })
        .map(|(field, value)| (field.to_vec(), show_string(&value)))
        .collect();
    pairs.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
    let cut = pairs.len() < hash.len() || pairs.iter().any(|(_, (_, cut))| *cut);
    let shown = pairs.into_iter().map(|(field, (value, _))| (show_string(&field).0, value)).collect();
    (Reply::Map(shown), cut)
}

/// The first entries of a stream as XRANGE shows them, and whether there is more.
fn show_stream(stream: &Stream) -> (Reply, bool) {
    let (mut room, mut shown) = (SHOWN_MAX, Vec::new());
    for entry in stream.entries().forwards(0, u128::MAX).take(ELEMENTS_MAX) {
        if room == 0 {
            break;
        }
        let mut fields = Vec::new();
        for word in entry.fields().flat_map(|(name, value)| [text(name), text(value)]) {
            let part = word.get(..room).unwrap_or(&word);
            room -= part.len();
            fields.push(Reply::Bulk(part.to_vec()));
        }
        let id = Reply::Bulk(Id(entry.id()).to_string().into_bytes());
        shown.push(Reply::Array(vec![id, Reply::Array(fields)]));
    }
    let cut = room == 0 || shown.len() < stream.len();
    (Reply::Array(shown), cut)
}

fn live(database: &Database, now_ms: i64) -> impl Iterator<Item = Entry<'_>> {
    database.iter().filter(move |entry| !entry.is_due(now_ms))
}

fn databases(keyspace: &Keyspace) -> Vec<DatabaseView> {
    let all = keyspace.databases().iter().enumerate();
    all.filter(|&(db, database)| db == 0 || !database.is_empty())
        .map(|(db, database)| DatabaseView { db, keys: database.len() })
        .collect()
}

fn row(entry: Entry<'_>, changed: bool) -> KeyRow {
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

/// A key for people: as it is if a console takes it so, in quotes otherwise.
#[must_use]
pub fn label(key: &[u8]) -> String {
    let quoted = String::from_utf8_lossy(&quote(key)).into_owned();
    let inner = quoted.get(1..quoted.len() - 1).unwrap_or_default();
    let is_plain = inner.len() == key.len() && !inner.is_empty() && !inner.contains([' ', '\'']);
    if is_plain { String::from(inner) } else { quoted }
}
