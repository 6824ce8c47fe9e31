//! ACL categories: nearly all follow from what a command's declaration says anyway.

use super::flag::{ADMIN, BLOCKING, FAST, PUBSUB, READONLY, WRITE};
use super::{Command, Group};

/// Every category, in the order of COMMAND INFO and ACL CAT.
pub const CATEGORIES: &[&str] = &[
    "keyspace",
    "read",
    "write",
    "set",
    "sortedset",
    "list",
    "hash",
    "string",
    "bitmap",
    "hyperloglog",
    "geo",
    "stream",
    "pubsub",
    "admin",
    "fast",
    "slow",
    "blocking",
    "dangerous",
    "connection",
    "transaction",
    "scripting",
];

impl Command {
    /// Whether it is in a category: because it says so, or because its flags or its family do.
    #[must_use]
    pub fn is_in(&self, category: &str) -> bool {
        if self.categories.contains(&category) {
            return true;
        }
        if self.categories.iter().any(|said| said.strip_prefix('-') == Some(category)) {
            return false;
        }
        match category {
            "write" => self.has(WRITE),
            // What a script reads is up to the script.
            "read" => self.has(READONLY) && self.group != Group::Scripting,
            "admin" | "dangerous" => self.has(ADMIN),
            "pubsub" => self.has(PUBSUB),
            "blocking" => self.has(BLOCKING),
            "fast" => self.has(FAST),
            "slow" => !self.has(FAST),
            family => self.subcommands.is_empty() && self.group.category() == Some(family),
        }
    }

    /// Its categories, in the order of [`CATEGORIES`].
    pub fn acl_categories(&self) -> impl Iterator<Item = &'static str> + Clone {
        CATEGORIES.iter().copied().filter(|category| self.is_in(category))
    }
}
