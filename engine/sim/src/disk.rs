//! A disk that fails in every way in which disks do, over any other disk.
//!
//! ```text
//!   dump.rdb  ████████████████▒▒▒▒▒▒▒▒
//!             synced          │      │
//!                             the power fails: any part of this is gone
//! ```
//!
//! An append may stop halfway, a sync or a read may fail, and there may be no room. What was synced stays, as what was
//! renamed does by the time of the answer: that is all that a real disk promises.

use alloc::borrow::ToOwned;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use redstart_engine::persistence::store::{Storage, StoreError, StoreOp};
use redstart_engine::random::Random;

/// How often what fails: one in so many times, 0 for never.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Faults {
    /// An append writes a part of its bytes, and fails.
    pub torn_append: u64,
    /// A sync fails.
    pub failed_sync: u64,
    /// A read fails.
    pub failed_read: u64,
    /// The bytes that there is room for in all; 0 for any number.
    pub capacity: u64,
    /// A sync takes up to so many microseconds.
    pub sync_us: u64,
}

/// An object as the disk knows it.
#[derive(Clone, Copy, Debug, Default)]
struct Object {
    len: u64,
    /// How much of it is sure to survive.
    synced: u64,
}

/// A disk that fails.
#[derive(Debug)]
pub struct Faulty<S> {
    inner: S,
    faults: Faults,
    random: Random,
    objects: BTreeMap<String, Object>,
}

fn failed(text: &str) -> StoreError {
    StoreError::Failed(text.to_owned())
}

impl<S: Storage> Faulty<S> {
    /// A disk over an empty one. The seed decides what fails when.
    pub const fn new(inner: S, faults: Faults, seed: u64) -> Self {
        Self { inner, faults, random: Random::new(seed), objects: BTreeMap::new() }
    }

    /// Fails in other ways from now on.
    pub const fn set_faults(&mut self, faults: Faults) {
        self.faults = faults;
    }

    /// How long an op takes, in microseconds.
    pub const fn latency_us(&mut self, op: &StoreOp) -> u64 {
        match op {
            StoreOp::Sync { .. } | StoreOp::Rename { .. } => self.random.below(self.faults.sync_us + 1),
            _ => 0,
        }
    }

    /// All objects: their names, their bytes, and how many of these are sure to survive.
    pub fn objects(&self) -> impl Iterator<Item = (&str, u64, u64)> {
        self.objects.iter().map(|(name, object)| (name.as_str(), object.len, object.synced))
    }

    /// The power fails: of what was not synced, any part is gone.
    pub fn crash(&mut self) -> Result<(), StoreError> {
        for (name, object) in &mut self.objects {
            let unsure = object.len - object.synced;
            if unsure > 0 {
                object.len = object.synced + self.random.below(unsure + 1);
                self.inner.append(name, object.len, &[])?;
            }
            object.synced = object.len;
        }
        Ok(())
    }

    const fn happens(&mut self, one_in: u64) -> bool {
        one_in > 0 && self.random.below(one_in) == 0
    }

    /// How many bytes an object may have, given the others.
    fn room_for(&self, name: &str) -> u64 {
        if self.faults.capacity == 0 {
            return u64::MAX;
        }
        let others = self.objects.iter().filter(|(other, _)| *other != name);
        self.faults.capacity.saturating_sub(others.map(|(_, object)| object.len).sum())
    }
}

impl<S: Storage> Storage for Faulty<S> {
    fn read(&mut self, name: &str, offset: u64, len: usize) -> Result<(Vec<u8>, u64), StoreError> {
        if self.happens(self.faults.failed_read) {
            return Err(failed("Input/output error"));
        }
        self.inner.read(name, offset, len)
    }

    fn append(&mut self, name: &str, offset: u64, bytes: &[u8]) -> Result<(), StoreError> {
        let room = self.room_for(name).saturating_sub(offset);
        let fits = usize::try_from(room).unwrap_or(usize::MAX).min(bytes.len());
        let torn = self.happens(self.faults.torn_append);
        let written = if torn { self.random.below(fits as u64 + 1) as usize } else { fits };
        self.inner.append(name, offset, bytes.get(..written).unwrap_or_default())?;
        let object = self.objects.entry(name.to_owned()).or_default();
        // What was cut away is gone for good, or comes back: nobody knows before the next sync.
        object.synced = object.synced.min(offset);
        object.len = offset + written as u64;
        match written == bytes.len() {
            true => Ok(()),
            false if torn => Err(failed("Input/output error")),
            false => Err(failed("No space left on device")),
        }
    }

    fn sync(&mut self, name: &str) -> Result<(), StoreError> {
        if self.happens(self.faults.failed_sync) {
            return Err(failed("Input/output error"));
        }
        self.inner.sync(name)?;
        if let Some(object) = self.objects.get_mut(name) {
            object.synced = object.len;
        }
        Ok(())
    }

    fn rename(&mut self, from: &str, to: &str) -> Result<(), StoreError> {
        self.inner.rename(from, to)?;
        if let Some(object) = self.objects.remove(from) {
            self.objects.insert(to.to_owned(), object);
        }
        Ok(())
    }

    fn remove(&mut self, name: &str) -> Result<(), StoreError> {
        self.objects.remove(name);
        self.inner.remove(name)
    }

    fn list(&mut self, folder: &str) -> Result<Vec<String>, StoreError> {
        self.inner.list(folder)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;
    use redstart_engine::persistence::store::Memory;

    #[test]
    fn what_was_synced_survives() {
        for seed in 0..100 {
            let mut disk = Faulty::new(Memory::default(), Faults::default(), seed);
            disk.append("a", 0, b"sure").unwrap();
            disk.sync("a").unwrap();
            disk.append("a", 4, b"unsure").unwrap();
            disk.crash().unwrap();
            let (bytes, len) = disk.read("a", 0, 100).unwrap();
            assert!(b"sureunsure".starts_with(bytes.as_slice()) && bytes.len() >= 4, "{bytes:?}");
            assert_eq!(len, bytes.len() as u64);
        }
    }

    #[test]
    fn a_full_disk_takes_what_fits() {
        let mut disk = Faulty::new(Memory::default(), Faults { capacity: 6, ..Faults::default() }, 1);
        disk.append("a", 0, b"four").unwrap();
        assert_eq!(disk.append("b", 0, b"four"), Err(failed("No space left on device")));
        assert_eq!(disk.read("b", 0, 9).unwrap(), (vec![b'f', b'o'], 2));
        disk.remove("a").unwrap();
        disk.append("b", 0, b"four").unwrap();
    }

    #[test]
    fn everything_fails_sooner_or_later() {
        let faults = Faults { torn_append: 3, failed_sync: 3, failed_read: 3, ..Faults::default() };
        let mut disk = Faulty::new(Memory::default(), faults, 5);
        let mut failures = [0; 3];
        for _ in 0..100 {
            failures[0] += usize::from(disk.append("a", 0, b"bytes").is_err());
            failures[1] += usize::from(disk.sync("a").is_err());
            failures[2] += usize::from(disk.read("a", 0, 5).is_err());
        }
        assert!(failures.iter().all(|count| (15..60).contains(count)), "{failures:?}");
    }
}
