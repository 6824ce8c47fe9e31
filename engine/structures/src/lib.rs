//! Containers that know bytes and nothing of Redis.
//!
//! [`Dict`] is the hash table under every keyspace, set and hash: it grows and shrinks piecewise, and a scan of it
//! survives both. [`Blob`] is an owned byte string that keeps short contents inline. [`Listpack`] packs a short list into
//! one allocation. [`Cells`] are many small byte strings without an allocation each, and [`Records`] find them by their
//! keys. [`IntSet`] is a small sorted set of numbers. [`Ranking`] keeps members in the order of their scores,
//! [`Agenda`] moments in theirs; [`Ordered`] is for whatever else has an order.
//! [`bits`] are what plain bytes are made of, and [`short`] is for few of them; [`float`] reads numbers from them.
//! [`allocated`] counts the memory of any of them.
#![no_std]
extern crate alloc;
#[cfg(test)]
extern crate std;

mod agenda;
pub mod bits;
mod blob;
mod cells;
mod dict;
pub mod float;
mod intset;
mod journal;
mod listpack;
mod memory;
mod ordered;
mod ranking;
mod records;
mod row;
pub mod short;
mod sorting;
mod stepwise;

pub use agenda::Agenda;
pub use blob::Blob;
pub use cells::{Cell, Cells};
pub use dict::{Dict, IntoIter, Iter as DictIter, Stats};
pub use intset::IntSet;
pub use journal::{Entry, Fields, Journal, Keep, NodeMost, NodeView};
pub use listpack::{Item, Iter as ListpackIter, Listpack, ListpackView};
pub use memory::allocated;
pub use ordered::{Iter as OrderedIter, Ordered, OrderedSet};
pub use ranking::{Handle, Iter as RankingIter, Ranking};
pub use records::{Record, Records};
pub use row::Row;
pub use sorting::{Weighed, sort_by, sort_by_key, sort_by_weight, sort_part};
pub use stepwise::{Stepwise, stepwise};
