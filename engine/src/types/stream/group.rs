//! A group of consumers: how far it has read, and who has what that is not acknowledged.
//!
//! Every entry that was delivered and not acknowledged is *pending*, once for the group and once for the one consumer that
//! has it. Consumers are known by a small number besides their name, so that a pending entry needn't hold the name.

use alloc::vec::Vec;

use redstart_structures::{Blob, Ordered, OrderedSet};

use super::{Extent, Id};

/// A consumer group.
#[derive(Clone, Debug)]
pub struct Group {
    /// The last entry that it was given.
    pub last_id: Id,
    /// How many entries of those ever added come up to it, if that is known.
    pub entries_read: Option<i64>,
    pending: Ordered<Id, Pending>,
    names: Ordered<Blob, ConsumerId>,
    consumers: Vec<Option<Consumer>>,
    /// The places of consumers that are gone.
    free: Vec<ConsumerId>,
}

/// What a group knows a consumer by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConsumerId(u32);

/// One of a group.
#[derive(Clone, Debug)]
pub struct Consumer {
    /// What it calls itself.
    pub name: Blob,
    /// When it was last heard of, in Unix milliseconds.
    pub seen_ms: i64,
    pending: OrderedSet<Id>,
}

/// An entry that was delivered.
#[derive(Clone, Copy, Debug)]
pub struct Pending {
    /// Who has it.
    pub consumer: ConsumerId,
    /// When it was last delivered, in Unix milliseconds.
    pub delivered_ms: i64,
    /// How often.
    pub deliveries: i64,
}

impl Consumer {
    /// The ids that it has, from one on.
    pub fn pending(&self, from: Id) -> impl Iterator<Item = Id> {
        self.pending.range(from..).copied()
    }

    /// How many they are.
    #[must_use]
    pub fn pending_len(&self) -> usize {
        self.pending.len()
    }
}

impl Group {
    /// A group that has read up to an id.
    #[must_use]
    pub const fn new(last_id: Id, entries_read: Option<i64>) -> Self {
        Self {
            last_id,
            entries_read,
            pending: Ordered::new(),
            names: Ordered::new(),
            consumers: Vec::new(),
            free: Vec::new(),
        }
    }

    /// Frees some of what is pending; false once it is little.
    pub(super) fn free_some(&mut self) -> bool {
        if (0..FREED_AT_ONCE).all(|_| self.pending.pop_first().is_some()) {
            return true;
        }
        let Some(last) = self.consumers.last_mut() else { return false };
        let pending = last.as_mut().map(|consumer| &mut consumer.pending);
        if pending.is_none_or(|pending| !(0..FREED_AT_ONCE).all(|_| pending.pop_first().is_some())) {
            self.consumers.pop();
        }
        true
    }

    /// The consumer of a name.
    #[must_use]
    pub fn find(&self, name: &[u8]) -> Option<ConsumerId> {
        self.names.get(name).copied()
    }

    /// The consumer of a number.
    #[must_use]
    pub fn consumer(&self, id: ConsumerId) -> Option<&Consumer> {
        self.consumers.get(id.0 as usize)?.as_ref()
    }

    fn consumer_mut(&mut self, id: ConsumerId) -> Option<&mut Consumer> {
        self.consumers.get_mut(id.0 as usize)?.as_mut()
    }

    /// The name of the consumer that has an entry.
    #[must_use]
    pub fn name_of(&self, pending: &Pending) -> &[u8] {
        self.consumer(pending.consumer).map_or(&[], |consumer| &consumer.name)
    }

    /// Its consumers in the order of their names.
    pub fn consumers(&self) -> impl Iterator<Item = &Consumer> {
        self.names.values().filter_map(|&id| self.consumer(id))
    }

    /// Those from a name on.
    pub fn consumers_from(&self, name: &Blob) -> impl Iterator<Item = &Consumer> {
        self.names.range(name..).filter_map(|(_, &id)| self.consumer(id))
    }

    /// How many they are.
    #[must_use]
    pub fn consumers_len(&self) -> usize {
        self.names.len()
    }

    /// The consumer of a name, who was heard of just now; tells whether it is a new one.
    pub fn hear_of(&mut self, name: &[u8], now_ms: i64) -> (ConsumerId, bool) {
        if let Some(id) = self.find(name) {
            if let Some(consumer) = self.consumer_mut(id) {
                consumer.seen_ms = now_ms;
            }
            return (id, false);
        }
        let consumer = Consumer { name: Blob::from(name), seen_ms: now_ms, pending: OrderedSet::new() };
        let id = self.free.pop().unwrap_or(ConsumerId(self.consumers.len() as u32));
        match self.consumers.get_mut(id.0 as usize) {
            Some(place) => *place = Some(consumer),
            None => self.consumers.push(Some(consumer)),
        }
        self.names.insert(Blob::from(name), id);
        (id, true)
    }

    /// Removes a consumer and forgets what it has; tells how many entries that were, if there is such a consumer.
    pub fn remove(&mut self, name: &[u8]) -> Option<usize> {
        let id = self.names.remove(name)?;
        let consumer = self.consumers.get_mut(id.0 as usize)?.take()?;
        self.free.push(id);
        for id in consumer.pending.iter() {
            self.pending.remove(id);
        }
        Some(consumer.pending.len())
    }

    /// What is known of an entry that was delivered.
    #[must_use]
    pub fn pending(&self, id: Id) -> Option<&Pending> {
        self.pending.get(&id)
    }

    /// All of them from an id on.
    pub fn all_pending(&self, from: Id) -> impl DoubleEndedIterator<Item = (Id, &Pending)> {
        self.pending.range(from..).map(|(&id, pending)| (id, pending))
    }

    /// How many they are.
    #[must_use]
    pub fn pending_len(&self) -> usize {
        self.pending.len()
    }

    /// Takes note that a consumer has an entry now.
    pub fn assign(&mut self, id: Id, pending: Pending) {
        let before = self.pending.insert(id, pending).map(|before| before.consumer);
        if before == Some(pending.consumer) {
            return;
        }
        if let Some(before) = before.and_then(|before| self.consumer_mut(before)) {
            before.pending.remove(&id);
        }
        if let Some(consumer) = self.consumer_mut(pending.consumer) {
            consumer.pending.insert(id);
        }
    }

    /// Takes note that an entry goes to a consumer for the first time.
    pub fn deliver(&mut self, id: Id, consumer: ConsumerId, now_ms: i64) {
        self.assign(id, Pending { consumer, delivered_ms: now_ms, deliveries: 1 });
    }

    /// Takes note that an entry goes once more to the consumer that has it.
    pub fn deliver_again(&mut self, id: Id, now_ms: i64) {
        if let Some(pending) = self.pending.get_mut(&id) {
            pending.delivered_ms = now_ms;
            pending.deliveries = pending.deliveries.wrapping_add(1);
        }
    }

    /// Forgets that an entry is pending; tells whether it was.
    pub fn acknowledge(&mut self, id: Id) -> bool {
        let Some(pending) = self.pending.remove(&id) else { return false };
        if let Some(consumer) = self.consumer_mut(pending.consumer) {
            consumer.pending.remove(&id);
        }
        true
    }

    /// Takes note that it was given an entry of a stream.
    pub(super) const fn advance(&mut self, id: Id, stream: Extent) {
        if id.0 <= self.last_id.0 {
            return;
        }
        if let Some(read) = self.entries_read
            && !stream.has_gaps_from(id)
        {
            self.entries_read = Some(read.wrapping_add(1));
        } else if stream.added != 0 {
            self.entries_read = stream.added_up_to(id);
        }
        self.last_id = id;
    }

    /// The bytes it takes outside of itself, about: an entry that is pending is so for its consumer as well.
    pub(super) fn heap_bytes(&self) -> usize {
        const OF_CONSUMER: usize = size_of::<Id>() * 9 / 8;
        self.pending.heap_bytes()
            + self.pending.len() * OF_CONSUMER
            + self.names.heap_bytes()
            + self.consumers.capacity() * size_of::<Option<Consumer>>()
    }
}

/// Pending entries that are freed in one go.
const FREED_AT_ONCE: usize = 256;

#[cfg(test)]
mod tests {
    use alloc::collections::BTreeMap;

    use super::*;
    use crate::random::Random;

    #[test]
    fn every_pending_entry_has_one_owner() {
        let mut random = Random::new(3);
        let mut group = Group::new(Id::MIN, None);
        let mut model: BTreeMap<Id, (u8, i64)> = BTreeMap::new();
        for now_ms in 0..4000 {
            let mut below = |end: u64| random.next() % end;
            let (id, name) = (Id::new(0, below(40)), b'a' + below(5) as u8);
            match below(8) {
                0..3 => {
                    let (consumer, _) = group.hear_of(&[name], now_ms);
                    group.deliver(id, consumer, now_ms);
                    model.insert(id, (name, 1));
                }
                3 => {
                    group.deliver_again(id, now_ms);
                    model.entry(id).and_modify(|(_, deliveries)| *deliveries += 1);
                }
                4..6 => assert_eq!(group.acknowledge(id), model.remove(&id).is_some()),
                6 if below(4) == 0 => {
                    let before = model.len();
                    model.retain(|_, (owner, _)| *owner != name);
                    assert_eq!(group.remove(&[name]).unwrap_or(0), before - model.len());
                }
                _ => {
                    let known = group.find(&[name]);
                    let (consumer, is_new) = group.hear_of(&[name], now_ms);
                    assert_eq!((known.unwrap_or(consumer), known.is_none()), (consumer, is_new));
                }
            }
            let all = group.all_pending(Id::MIN);
            let found = all.map(|(id, pending)| (id, (group.name_of(pending)[0], pending.deliveries)));
            assert!(found.eq(model.iter().map(|(&id, &owned)| (id, owned))));
            for consumer in group.consumers() {
                let owned = model.iter().filter(|(_, (owner, _))| consumer.name[..] == [*owner]);
                assert!(consumer.pending(Id::MIN).eq(owned.map(|(&id, _)| id)));
            }
            assert_eq!(group.consumers().map(Consumer::pending_len).sum::<usize>(), group.pending_len());
        }
    }
}
