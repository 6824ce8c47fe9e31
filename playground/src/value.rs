//! What a key holds, a page at a time.

use redstart_engine::keyspace::{Keyspace, UsageClock};
use redstart_engine::machine::Now;
use redstart_engine::number::format_float;
use redstart_engine::types::{Group, HashView, Held, Id, List, Member, Set, SortedSet, Stream, Text, text};

use crate::keys::{label, row};
use crate::view::{Bytes, ConsumerGroup, Content, Element, ValueView};

/// The elements of a page.
const PAGE: usize = 100;

/// The bytes of a string that are shown.
const STRING_MAX: usize = 64 * 1024;

/// The bytes of a field, a member, a value or an item that are shown.
const WORD_MAX: usize = 4096;

/// The fields and values of an entry that are shown.
const WORDS_MAX: usize = 128;

/// The elements of a set or a hash with more than these come as they lie.
const SORTED_MAX: usize = 10_000;

/// Which part of which key is looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inspected {
    /// The database.
    pub db: usize,
    /// The key.
    pub key: Vec<u8>,
    /// How many elements come before the page.
    pub from: usize,
}

/// What a key holds, if it is there.
#[must_use]
pub fn value(keyspace: &Keyspace, now: Now, inspected: &Inspected) -> Option<ValueView> {
    let now_ms = now.unix_ms();
    let entry = keyspace.find(inspected.db, &inspected.key, now_ms)?;
    let clock = UsageClock::at(now);
    let from = inspected.from;
    let content = match entry.value {
        Held::Str(string) => {
            let (value, cut) = beginning(&string.bytes(), STRING_MAX);
            Content::Text { value, cut }
        }
        Held::List(list) => list_page(list, from),
        Held::Set(set) => set_page(set, from),
        Held::SortedSet(set) => sorted_set_page(set, from),
        Held::Hash(hash) => hash_page(hash, from, now_ms),
        Held::Stream(stream) => stream_page(stream, from),
    };
    Some(ValueView {
        row: row(entry, false),
        idle: entry.usage.idle_secs(clock),
        frequency: keyspace.uses().frequency(entry.usage, clock),
        content,
    })
}

/// The items, known by their indexes.
fn list_page(list: &List, from: usize) -> Content {
    page(list.len(), from, |from| {
        let items = list.rightwards(from).take(PAGE).enumerate();
        items.map(|(index, item)| element((from + index).to_string().as_bytes(), &[&text(item)])).collect()
    })
}

/// The members, in an order that stays.
fn set_page(set: &Set, from: usize) -> Content {
    let show = |member: Member<'_>| member.with_bytes(|bytes| element(bytes, &[]));
    if set.len() > SORTED_MAX {
        return page(set.len(), from, |from| set.iter().skip(from).take(PAGE).map(show).collect());
    }
    let mut all: Vec<Member<'_>> = set.iter().collect();
    all.sort_unstable();
    page(all.len(), from, |from| all.into_iter().skip(from).take(PAGE).map(show).collect())
}

/// The members with their scores, the lowest first.
fn sorted_set_page(set: &SortedSet, from: usize) -> Content {
    page(set.len(), from, |from| {
        let members = set.range(from..from.saturating_add(PAGE).min(set.len()));
        members.map(|(member, score)| element(&text(member), &[format_float(score).as_bytes()])).collect()
    })
}

/// The fields with their values, in an order that stays.
fn hash_page(hash: HashView<'_>, from: usize, now_ms: i64) -> Content {
    let live = || hash.live(now_ms).map(|(field, value, deadline)| (text(field), text(value), deadline));
    let show = |(field, value, deadline): (Text<'_>, Text<'_>, Option<i64>)| Element {
        expires_at: deadline.map(|when| when as f64),
        ..element(&field, &[&value])
    };
    if hash.len() > SORTED_MAX {
        return page(hash.len(), from, |from| live().skip(from).take(PAGE).map(show).collect());
    }
    let mut all: Vec<_> = live().collect();
    all.sort_unstable_by(|(one, ..), (other, ..)| <[u8]>::cmp(one, other));
    page(all.len(), from, |from| all.into_iter().skip(from).take(PAGE).map(show).collect())
}

/// The entries, the latest first, and the groups that read them.
fn stream_page(stream: &Stream, from: usize) -> Content {
    let mut content = page(stream.len(), from, |from| {
        let entries = stream.entries().backwards(0, u128::MAX).skip(from).take(PAGE);
        let shown = entries.map(|entry| {
            let words: Vec<_> = entry.fields().flat_map(|(name, value)| [text(name), text(value)]).collect();
            let words: Vec<&[u8]> = words.iter().map(|word| &**word).collect();
            element(Id(entry.id()).to_string().as_bytes(), &words)
        });
        shown.collect()
    });
    if let Content::Elements { groups, .. } = &mut content {
        let extent = stream.extent();
        let show = |name: &[u8], group: &Group| ConsumerGroup {
            label: label(name),
            consumers: group.consumers_len(),
            pending: group.pending_len(),
            last_id: group.last_id.to_string(),
            lag: extent.lag(group),
        };
        *groups = stream.groups().map(|(name, group)| show(name, group)).collect();
    }
    content
}

/// The page that begins there, or the last one.
fn page(total: usize, from: usize, rows: impl FnOnce(usize) -> Vec<Element>) -> Content {
    let last = total.saturating_sub(1) / PAGE * PAGE;
    let from = (from / PAGE * PAGE).min(last);
    Content::Elements { from, total, rows: rows(from), groups: Vec::new() }
}

fn element(name: &[u8], words: &[&[u8]]) -> Element {
    let (name, mut cut) = beginning(name, WORD_MAX);
    cut |= words.len() > WORDS_MAX;
    let words = words.iter().take(WORDS_MAX).map(|word| {
        let (word, is_cut) = beginning(word, WORD_MAX);
        cut |= is_cut;
        word
    });
    let words = words.collect();
    Element { name, words, expires_at: None, cut }
}

/// The first bytes, and whether there are more.
fn beginning(bytes: &[u8], most: usize) -> (Bytes, bool) {
    let shown = bytes.get(..most).unwrap_or(bytes);
    (Bytes(shown.to_vec()), shown.len() < bytes.len())
}
