//! Keyspace notifications: changes as messages, for those who asked for them with `notify-keyspace-events`.
//!
//! ```text
//!   SET k v in database 0   ─►  __keyspace@0__:k     set
//!                               __keyevent@0__:set   k
//! ```

use alloc::format;

use crate::config::events;
use crate::engine::Server;
use crate::keyspace::Change;
use crate::pubsub::Topic;

/// Tells of a change, if its class is wanted.
pub(super) fn notify(server: &mut Server, change: &Change) {
    let wanted = server.config.notify_keyspace_events;
    if wanted & change.event.class.bit() == 0 {
        return;
    }
    let Change { db, key, event, .. } = change;
    if wanted & events::KEYSPACE != 0 {
        let mut channel = format!("__keyspace@{db}__:").into_bytes();
        channel.extend_from_slice(key);
        server.publish(Topic::Channel, &channel, event.name.as_bytes());
    }
    if wanted & events::KEYEVENT != 0 {
        let channel = format!("__keyevent@{db}__:{}", event.name);
        server.publish(Topic::Channel, channel.as_bytes(), key);
    }
}
