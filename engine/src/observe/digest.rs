//! Digests of values and of everything stored, equal to those of other servers that hold the same: DEBUG DIGEST.
//!
//! Two ways to take bytes into a digest of 20 bytes:
//!
//! ```text
//! add (order doesn't matter)   digest ^= SHA1(bytes)
//! mix (order matters)          digest ^= SHA1(bytes), then digest = SHA1(digest)
//! ```
//!
//! A list mixes its elements, a stream the id, the names and the values of each entry; a set adds its members, hashes and
//! sorted sets add a digest of each pair. The keyspace adds its keys, each a digest of its name and its value.

use alloc::format;
use alloc::string::String;
use core::fmt::Write;

use sha1::{Digest as _, Sha1};

use crate::keyspace::{Entry, Keyspace};
use crate::number;
use crate::types::{Held, Id, Stream, text};

/// What identifies contents.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Digest([u8; 20]);

impl Digest {
    /// The digest of a value, and of whether it expires; not of its key.
    #[must_use]
    pub fn of_value(entry: Entry<'_>) -> Self {
        let mut digest = Self::default();
        digest.mix_value(entry);
        digest
    }

    /// The digest of every key of every database.
    #[must_use]
    pub fn of_keyspace(keyspace: &Keyspace) -> Self {
        let mut digest = Self::default();
        for (number, database) in keyspace.databases().iter().enumerate().filter(|(_, it)| !it.is_empty()) {
            digest.mix(&(number as u32).to_be_bytes());
            for entry in database.iter() {
                let mut key = Self::default();
                key.mix(entry.key);
                key.mix_value(entry);
                digest.add(&key.0);
            }
        }
        digest
    }

    fn mix_value(&mut self, entry: Entry<'_>) {
        self.mix(&type_number(entry.value).to_be_bytes());
        match entry.value {
            Held::Str(string) => self.mix(&string.bytes()),
            Held::List(list) => list.rightwards(0).for_each(|item| self.mix(&text(item))),
            Held::Set(set) => set.iter().for_each(|member| member.with_bytes(|bytes| self.add(bytes))),
            Held::SortedSet(set) => {
                for (member, score) in set.iter() {
                    let mut pair = Self::default();
                    pair.mix(&text(member));
                    pair.mix(number::format_float(score).as_bytes());
                    self.add(&pair.0);
                }
            }
            Held::Hash(hash) => {
                for (field, value) in hash.iter() {
                    let mut pair = Self::default();
                    pair.mix(&text(field));
                    pair.mix(&text(value));
                    self.add(&pair.0);
                }
                if hash.next_deadline().is_some() {
                    self.add(b"!!hexpire!!");
                }
            }
            Held::Stream(stream) => self.mix_stream(stream),
        }
        if entry.expires_ms().is_some() {
            self.add(b"!!expire!!");
        }
    }

    fn mix_stream(&mut self, stream: &Stream) {
        for entry in stream.entries().forwards(0, u128::MAX) {
            let id = Id(entry.id());
            self.mix(format!("{}.{}", id.ms(), id.seq()).as_bytes());
            for (name, value) in entry.fields() {
                self.mix(&text(name));
                self.mix(&text(value));
            }
        }
    }

    fn add(&mut self, bytes: &[u8]) {
        let hash: [u8; 20] = Sha1::digest(bytes).into();
        self.0.iter_mut().zip(hash).for_each(|(mine, theirs)| *mine ^= theirs);
    }

    fn mix(&mut self, bytes: &[u8]) {
        self.add(bytes);
        self.0 = Sha1::digest(self.0).into();
    }

    /// Forty hexadecimal digits.
    #[must_use]
    pub fn to_text(self) -> String {
        self.0.iter().fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
    }
}

/// How data files number the types.
const fn type_number(value: Held<'_>) -> u32 {
    match value {
        Held::Str(_) => 0,
        Held::List(_) => 1,
        Held::Set(_) => 2,
        Held::SortedSet(_) => 3,
        Held::Hash(_) => 4,
        Held::Stream(_) => 6,
    }
}
