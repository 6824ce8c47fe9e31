//! Clients that watch keys: WATCH makes the next EXEC run only if none of them changed.
//!
//! ```text
//!   keys      (db 0, "stock")  ─► client 3, client 5
//!   watchers  client 3         ─► what it watches, and whether any of it changed
//! ```
//!
//! A key whose time had come when WATCH was called counts as not there, so its removal is no change. One whose time
//! comes later is changed by that, whether or not anybody has noticed when EXEC is called.

use alloc::vec::Vec;

use redstart_structures::{Blob, Ordered};

use crate::keyspace::change::{self, Class};
use crate::keyspace::{Change, Keyspace};
use crate::machine::ConnId;

/// Everybody who watches keys.
#[derive(Debug, Default)]
pub struct Watches {
    keys: Ordered<(usize, Blob), Vec<ConnId>>,
    watchers: Ordered<ConnId, Watcher>,
}

#[derive(Debug, Default)]
struct Watcher {
    watched: Vec<Watched>,
    is_broken: bool,
}

#[derive(Debug)]
struct Watched {
    place: (usize, Blob),
    /// Whether the key was there.
    is_there: bool,
}

impl Watches {
    /// Whether nobody watches anything.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.watchers.is_empty()
    }

    /// A client watches a key from now on; tells how many bytes it takes to know that.
    pub fn watch(&mut self, conn: ConnId, db: usize, key: &[u8], keyspace: &Keyspace, now_ms: i64) -> usize {
        let place = (db, Blob::from(key));
        let watchers = self.keys.get_or_default(place.clone());
        if watchers.contains(&conn) {
            return 0;
        }
        watchers.push(conn);
        let is_there = keyspace.find(db, key, now_ms).is_some();
        // The name is kept twice: for who watches it, and for what is watched by the client.
        let bytes = 2 * (size_of::<Watched>() + place.1.heap_bytes());
        self.watchers.get_or_default(conn).watched.push(Watched { place, is_there });
        bytes
    }

    /// A client watches nothing any more.
    pub fn unwatch(&mut self, conn: ConnId) {
        for Watched { place, .. } in self.watchers.remove(&conn).unwrap_or_default().watched {
            if let Some(watchers) = self.keys.get_mut(&place) {
                watchers.retain(|&watcher| watcher != conn);
                if watchers.is_empty() {
                    self.keys.remove(&place);
                }
            }
        }
    }

    /// Whether something that a client watches is known to have changed.
    #[must_use]
    pub fn is_broken(&self, conn: ConnId) -> bool {
        self.watchers.get(&conn).is_some_and(|watcher| watcher.is_broken)
    }

    /// Whether something that a client watches changed, or would if anybody looked: the time of a key has come.
    #[must_use]
    pub fn has_changed(&self, conn: ConnId, keyspace: &Keyspace, now_ms: i64) -> bool {
        self.watchers.get(&conn).is_some_and(|watcher| {
            let gone = |Watched { place: (db, key), is_there }: &Watched| {
                *is_there && keyspace.find(*db, key, now_ms).is_none()
            };
            watcher.is_broken || watcher.watched.iter().any(gone)
        })
    }

    /// Takes note of a change.
    pub(super) fn see(&mut self, change: &Change, keyspace: &Keyspace, now_ms: i64) {
        if change.event.class == Class::Database {
            for watcher in self.watchers.values_mut() {
                watcher.is_broken |= watcher.watched.iter().any(|watched| {
                    let (db, key) = &watched.place;
                    *db == change.db && (watched.is_there || keyspace.find(*db, key, now_ms).is_some())
                });
            }
        } else if change.event.class.is_change() {
            let place = (change.db, change.key.clone());
            for conn in self.keys.get(&place).into_iter().flatten() {
                if let Some(watcher) = self.watchers.get_mut(conn) {
                    watcher.see_key(&place, change.event == change::EXPIRED);
                }
            }
        }
    }
}

impl Watcher {
    fn see_key(&mut self, place: &(usize, Blob), expired: bool) {
        let was_there = || self.watched.iter().any(|watched| watched.place == *place && watched.is_there);
        self.is_broken |= !expired || was_there();
    }
}
