//! The commands that rebuild a stream.
//!
//! ```text
//! XADD key id name value [name value …]       each entry; without entries, one that is trimmed at once
//! XSETID key id ENTRIESADDED n MAXDELETEDID id
//! XGROUP CREATE key group id ENTRIESREAD n    each group,
//! XGROUP CREATECONSUMER key group consumer    each of its consumers,
//! XCLAIM key group consumer 0 id …            and each entry that a consumer has: of those that were deleted from the
//!                                             stream nothing is kept
//! ```

use alloc::format;
use alloc::string::ToString;
use alloc::vec::Vec;

use redstart_structures::Blob;

use super::command;
use crate::types::{Group, Id, Stream, Text, text};

/// Commands that are written in one go.
const COMMANDS: usize = 64;

/// Where the writing of a stream goes on. A name stands for itself and all greater ones.
#[derive(Debug)]
pub(super) enum Place {
    /// The entries from this id on.
    Entries(u128),
    /// What is known of all entries together.
    Summary,
    /// The groups from this name on.
    Groups(Blob),
    /// The consumers of a group, from this name on.
    Consumers(Blob, Blob),
    /// What is pending in a group, from this id on.
    Pending(Blob, Id),
}

/// The least name that is greater.
fn after(name: &[u8]) -> Blob {
    Blob::from([name, b"\0"].concat())
}

/// Some of what is in a place; gives the next one, if there is one.
pub(super) fn write_some(stream: &Stream, key: &[u8], place: Place, out: &mut Vec<u8>) -> Option<Place> {
    Some(match place {
        Place::Entries(from) => write_entries(stream, key, from, out).map_or(Place::Summary, Place::Entries),
        Place::Summary => {
            write_summary(stream, key, out);
            Place::Groups(Blob::new())
        }
        Place::Groups(from) => {
            let (name, group) = stream.group_from(&from)?;
            let (last, read) = (group.last_id.to_string(), format!("{}", group.entries_read.unwrap_or(-1)));
            let (last, read) = (last.as_bytes(), read.as_bytes());
            command(&[b"XGROUP", b"CREATE", key, name, last, b"ENTRIESREAD", read], out);
            Place::Consumers(name.clone(), Blob::new())
        }
        Place::Consumers(name, from) => {
            let mut last = None;
            for consumer in stream.group(&name)?.consumers_from(&from).take(COMMANDS) {
                command(&[b"XGROUP", b"CREATECONSUMER", key, &name, &consumer.name], out);
                last = Some(&consumer.name);
            }
            match last {
                Some(last) => Place::Consumers(name, after(last)),
                None => Place::Pending(name, Id::MIN),
            }
        }
        Place::Pending(name, from) => match write_pending(stream, key, &name, from, out) {
            Some(from) => Place::Pending(name, from),
            None => Place::Groups(after(&name)),
        },
    })
}

/// Some entries from an id on; gives the id from which on there may be more.
fn write_entries(stream: &Stream, key: &[u8], from: u128, out: &mut Vec<u8>) -> Option<u128> {
    let mut last = None;
    for entry in stream.entries().forwards(from, u128::MAX).take(COMMANDS) {
        let id = Id(entry.id()).to_string();
        let fields: Vec<Text<'_>> =
            entry.fields().flat_map(|(name, value)| [text(name), text(value)]).collect();
        let words = [b"XADD", key, id.as_bytes()].into_iter().chain(fields.iter().map(|word| &**word));
        command(&words.collect::<Vec<_>>(), out);
        last = Some(entry.id());
    }
    last?.checked_add(1)
}

fn write_summary(stream: &Stream, key: &[u8], out: &mut Vec<u8>) {
    if stream.is_empty() {
        command(&[b"XADD", key, b"MAXLEN", b"0", b"0-1", b"x", b"y"], out);
    }
    // The id that was last deleted may be greater than the last one, but can't be set to be.
    let (reached, last) = (stream.last_id.max(stream.max_deleted_id).to_string(), stream.last_id.to_string());
    let (added, deleted) = (format!("{}", stream.entries_added), stream.max_deleted_id.to_string());
    let (added, deleted) = (added.as_bytes(), deleted.as_bytes());
    command(&[b"XSETID", key, reached.as_bytes(), b"ENTRIESADDED", added, b"MAXDELETEDID", deleted], out);
    if reached != last {
        command(&[b"XSETID", key, last.as_bytes()], out);
    }
}

/// Some of what is pending in a group, from an id on; gives the id from which on there may be more.
fn write_pending(stream: &Stream, key: &[u8], name: &[u8], from: Id, out: &mut Vec<u8>) -> Option<Id> {
    let (group, mut last): (&Group, _) = (stream.group(name)?, None);
    for (id, pending) in group.all_pending(from).take(COMMANDS) {
        last = Some(id);
        if stream.entries().get(id.0).is_none() {
            continue;
        }
        let (id, time) = (id.to_string(), format!("{}", pending.delivered_ms));
        let (id, time, deliveries) = (id.as_bytes(), time.as_bytes(), format!("{}", pending.deliveries));
        let claim = [b"XCLAIM", key, name, group.name_of(pending), b"0", id, b"TIME", time, b"RETRYCOUNT"];
        command(&[&claim[..], &[deliveries.as_bytes(), b"JUSTID", b"FORCE"]].concat(), out);
    }
    last?.next()
}
