//! Worlds for engines: what happens to them comes from a seed, so whatever happens can happen again.
//!
//! | file         | what it holds                                                  |
//! |--------------|----------------------------------------------------------------|
//! | `disk`       | a disk that fails in every way in which disks do               |
//! | `conformance`| what every disk must do, checked over any of them              |
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

pub mod conformance;
pub mod disk;

pub use self::disk::{Faults, Faulty};
