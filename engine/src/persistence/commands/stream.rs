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

use super::command;
use crate::types::{Group, Id, Stream, Text, text};

/// Writes them.
pub(super) fn write_stream(stream: &Stream, key: &[u8], out: &mut Vec<u8>) {
    for entry in stream.entries().forwards(0, u128::MAX) {
        let id = Id(entry.id()).to_string();
        let fields: Vec<Text<'_>> =
            entry.fields().flat_map(|(name, value)| [text(name), text(value)]).collect();
        let words = [b"XADD", key, id.as_bytes()].into_iter().chain(fields.iter().map(|word| &**word));
        command(&words.collect::<Vec<_>>(), out);
    }
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
    for (name, group) in stream.groups() {
        write_group(stream, key, name, group, out);
    }
}

fn write_group(stream: &Stream, key: &[u8], name: &[u8], group: &Group, out: &mut Vec<u8>) {
    let (last, read) = (group.last_id.to_string(), format!("{}", group.entries_read.unwrap_or(-1)));
    let (last, read) = (last.as_bytes(), read.as_bytes());
    command(&[b"XGROUP", b"CREATE", key, name, last, b"ENTRIESREAD", read], out);
    for consumer in group.consumers() {
        command(&[b"XGROUP", b"CREATECONSUMER", key, name, &consumer.name], out);
    }
    let live = group.all_pending(Id::MIN).filter(|(id, _)| stream.entries().get(id.0).is_some());
    for (id, pending) in live {
        let (id, time) = (id.to_string(), format!("{}", pending.delivered_ms));
        let (id, time, deliveries) = (id.as_bytes(), time.as_bytes(), format!("{}", pending.deliveries));
        let claim = [b"XCLAIM", key, name, group.name_of(pending), b"0", id, b"TIME", time, b"RETRYCOUNT"];
        command(&[&claim[..], &[deliveries.as_bytes(), b"JUSTID", b"FORCE"]].concat(), out);
    }
}
