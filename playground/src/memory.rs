//! Where the memory is: the biggest keys, and what keys of one type or one prefix take together.

use std::collections::HashMap;
use std::hash::Hash;

use redstart_engine::keyspace::{Entry, Keyspace};

use crate::keys::{first, label, live, row};
use crate::view::{MemoryView, Share};

/// How many prefixes and keys are told of.
const MOST: usize = 20;

/// Looks at every key of a database.
#[must_use]
pub fn view(keyspace: &Keyspace, now_ms: i64, db: usize) -> MemoryView {
    let mut view = MemoryView { db, ..MemoryView::default() };
    let Some(database) = keyspace.databases().get(db) else { return view };
    let (mut types, mut prefixes) = (HashMap::new(), HashMap::new());
    let mut biggest: Vec<(usize, Entry<'_>)> = Vec::new();
    for entry in live(database, now_ms) {
        let memory = entry.memory_bytes();
        view.all.add(memory);
        if entry.expires_ms().is_some() {
            view.expiring.add(memory);
        }
        add(&mut types, entry.value.type_name(), memory);
        let colon = entry.key.iter().position(|&byte| byte == b':');
        add(&mut prefixes, colon.and_then(|colon| entry.key.get(..=colon)), memory);
        biggest.push((memory, entry));
        if biggest.len() > 50 * MOST {
            keep_biggest(&mut biggest);
        }
    }
    keep_biggest(&mut biggest);
    view.types = most(types, String::from);
    view.prefixes = most(prefixes, |prefix| prefix.map_or_else(|| String::from("no prefix"), label));
    view.biggest = biggest.into_iter().map(|(_, entry)| row(entry, false)).collect();
    view
}

impl Share {
    const fn add(&mut self, memory: usize) {
        self.keys += 1;
        self.memory += memory;
    }
}

fn add<K: Hash + Eq>(shares: &mut HashMap<K, Share>, what: K, memory: usize) {
    shares.entry(what).or_default().add(memory);
}

/// Those that take the most.
fn most<K>(shares: HashMap<K, Share>, label: impl Fn(K) -> String) -> Vec<Share> {
    let mut all: Vec<Share> =
        shares.into_iter().map(|(what, share)| Share { label: label(what), ..share }).collect();
    first(&mut all, MOST, |one, other| {
        other.memory.cmp(&one.memory).then_with(|| one.label.cmp(&other.label))
    });
    all
}

fn keep_biggest(all: &mut Vec<(usize, Entry<'_>)>) {
    first(all, MOST, |(one, entry), (other, than)| other.cmp(one).then_with(|| entry.key.cmp(than.key)));
}
