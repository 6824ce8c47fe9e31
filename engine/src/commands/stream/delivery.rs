//! Deliveries as they are propagated: in words that leave nothing to the time or to what is there.

use redstart_structures::Blob;

use crate::execute::Call;
use crate::types::{Group, Id, Kind, Stream};

/// That a consumer has an entry, as it is propagated.
pub(super) struct Delivery {
    pub(super) id: Id,
    pub(super) consumer: Blob,
    pub(super) delivered_ms: i64,
    pub(super) deliveries: i64,
    /// How far the group had read by then.
    pub(super) last_id: Id,
}

impl Delivery {
    /// Of an entry that is pending in a group.
    pub(super) fn of(group: &Group, id: Id) -> Option<Self> {
        group.pending(id).map(|pending| Self {
            id,
            consumer: Blob::from(group.name_of(pending)),
            delivered_ms: pending.delivered_ms,
            deliveries: pending.deliveries,
            last_id: group.last_id,
        })
    }
}

/// Has it propagated who has which entries.
pub(super) fn propagate_deliveries(call: &mut Call<'_>, key: &[u8], group: &[u8], deliveries: &[Delivery]) {
    for Delivery { id, consumer, delivered_ms, deliveries, last_id } in deliveries {
        let claim = call.propagates("XCLAIM").word(key).word(group).word(consumer).int(0).id(*id);
        let claim = claim.word("TIME").int(*delivered_ms).word("RETRYCOUNT").int(*deliveries);
        claim.word("FORCE").word("JUSTID").word("LASTID").id(*last_id);
    }
}

/// Has it propagated how far a group has read.
pub(super) fn propagate_position(call: &mut Call<'_>, key: &[u8], name: &[u8]) {
    let stream = call.db.peek(key).and_then(|entry| Stream::of(entry.value));
    let Some(group) = stream.and_then(|stream| stream.group(name)) else { return };
    let (last_id, read) = (group.last_id, group.entries_read.unwrap_or(-1));
    let command = call.propagates("XGROUP").word("SETID").word(key).word(name).id(last_id);
    command.word("ENTRIESREAD").int(read);
}
