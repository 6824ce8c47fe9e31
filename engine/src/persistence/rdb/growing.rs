//! A collection that is read bit by bit, as its bytes come.
//!
//! ```text
//!   begin    code key count              nothing is there yet; memory is asked for only as elements come
//!   go on    element element ele         as many as are whole …
//!   go on                    element …   … until all are there
//!   finish                               it is as if it had always been so
//! ```
//!
//! What is one string is read in one go.

use alloc::boxed::Box;

use super::{Malformed, Reader, Rules, code, hash, list, set, sorted_set, stream};
use crate::types::{Hash, Kind, List, Set, SortedSet, Value};

/// A collection of which more is to come.
#[derive(Debug)]
pub(super) struct Growing {
    code: u8,
    so_far: SoFar,
    /// How many elements, or nodes of them, are still to come.
    left: u64,
}

#[derive(Debug)]
enum SoFar {
    List(List),
    Set(Set),
    SortedSet(SortedSet),
    /// And when the first of its fields expires, if the code says that.
    Hash(Hash, i64),
    Stream(Box<stream::Reading>),
}

impl Growing {
    /// Reads what stands in front of the elements; `None` if the code is of no value that has any.
    pub(super) fn begin(code: u8, reader: &mut Reader<'_>, rules: &Rules) -> Result<Option<Self>, Malformed> {
        let so_far = match code {
            code::LIST | code::LIST_QUICKLIST | code::LIST_QUICKLIST_2 => SoFar::List(List::new(rules.list)),
            code::SET => SoFar::Set(Set::new()),
            code::SORTED_SET | code::SORTED_SET_2 => {
                SoFar::SortedSet(SortedSet::large(rules.sorted_set.hasher))
            }
            code::HASH | code::HASH_DEADLINES | code::HASH_DEADLINES_EARLY => {
                SoFar::Hash(Hash::new(), hash::read_first(code, reader)?)
            }
            code::STREAM | code::STREAM_2 | code::STREAM_3 => {
                SoFar::Stream(Box::new(stream::Reading::begin(code, reader)?))
            }
            _ => return Ok(None),
        };
        let left = if matches!(so_far, SoFar::Stream(_)) { 1 } else { reader.length()? };
        Ok(Some(Self { code, so_far, left }))
    }

    /// Reads all elements that are there. If that was not all, the reader is starved, at the first that is not whole.
    pub(super) fn go_on(&mut self, reader: &mut Reader<'_>, rules: &Rules) -> Result<(), Malformed> {
        while self.left > 0 {
            let before = *reader;
            if let Err(malformed) = self.read_one(reader, rules) {
                reader.go_back(before);
                return Err(malformed);
            }
        }
        Ok(())
    }

    fn read_one(&mut self, reader: &mut Reader<'_>, rules: &Rules) -> Result<(), Malformed> {
        let code = self.code;
        match &mut self.so_far {
            SoFar::List(list) => list::read_node(list, code, reader)?,
            SoFar::Set(set) => set::read_member(set, reader, &rules.set)?,
            SoFar::SortedSet(set) => sorted_set::read_element(set, code, reader, &rules.sorted_set)?,
            SoFar::Hash(hash, first) => hash::read_field(hash, code, *first, reader, &rules.hash)?,
            SoFar::Stream(stream) => {
                self.left = stream.read_some(reader)?.into();
                return Ok(());
            }
        }
        self.left -= 1;
        Ok(())
    }

    /// The value, once all of it is read.
    pub(super) fn finish(self, rules: &Rules) -> Value {
        match self.so_far {
            SoFar::List(list) => list.into_value(),
            SoFar::Set(set) => Value::Set(set),
            SoFar::SortedSet(mut set) => {
                set.pack(&rules.sorted_set);
                set.into_value()
            }
            SoFar::Hash(hash, _) => hash.into_value(),
            SoFar::Stream(stream) => stream.finish().into_value(),
        }
    }
}
