//! A disk that is memory: for engines that live in a program or a test, and forget when it ends.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

use redstart_structures::Ordered;

use super::{Storage, StoreError};

/// Objects by their names.
#[derive(Clone, Debug, Default)]
pub struct Memory {
    objects: Ordered<String, Vec<u8>>,
}

impl Memory {
    /// All bytes of an object.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&[u8]> {
        self.objects.get(name).map(Vec::as_slice)
    }

    /// Puts an object there, whatever was.
    pub fn put(&mut self, name: &str, bytes: Vec<u8>) {
        self.objects.insert(name.to_owned(), bytes);
    }
}

impl Storage for Memory {
    fn read(&mut self, name: &str, offset: u64, len: usize) -> Result<(Vec<u8>, u64), StoreError> {
        let object = self.get(name).ok_or(StoreError::Missing)?;
        let start = usize::try_from(offset).unwrap_or(usize::MAX).min(object.len());
        let end = start.saturating_add(len).min(object.len());
        Ok((object.get(start..end).unwrap_or_default().to_vec(), object.len() as u64))
    }

    fn append(&mut self, name: &str, offset: u64, bytes: &[u8]) -> Result<(), StoreError> {
        let len = self.objects.get(name).map_or(0, Vec::len);
        let offset = usize::try_from(offset).ok().filter(|&offset| offset <= len);
        let offset = offset.ok_or_else(|| StoreError::Failed("Invalid argument".to_owned()))?;
        let object = self.objects.get_or_default(name.to_owned());
        object.truncate(offset);
        object
            .try_reserve(bytes.len())
            .map_err(|_| StoreError::Failed("No space left on device".to_owned()))?;
        object.extend_from_slice(bytes);
        Ok(())
    }

    fn sync(&mut self, name: &str) -> Result<(), StoreError> {
        self.get(name).map(drop).ok_or(StoreError::Missing)
    }

    fn rename(&mut self, from: &str, to: &str) -> Result<(), StoreError> {
        let object = self.objects.remove(from).ok_or(StoreError::Missing)?;
        self.objects.insert(to.to_owned(), object);
        Ok(())
    }

    fn remove(&mut self, name: &str) -> Result<(), StoreError> {
        self.objects.remove(name);
        Ok(())
    }

    fn list(&mut self, folder: &str) -> Result<Vec<String>, StoreError> {
        let is_in = |name: &&String| name.rsplit_once('/').map_or("", |(folder, _)| folder) == folder;
        Ok(self.objects.keys().filter(is_in).cloned().collect())
    }
}
