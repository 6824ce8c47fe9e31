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
use crate::keyspace::change::Class;
use crate::pubsub::Topic;

/// Tells of a change, if its class is wanted.
pub(super) fn notify(server: &mut Server, change: &Change) {
    let wanted = server.config.notify_keyspace_events;
    if wanted & letter(change.event.class) == 0 {
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

/// The letter that selects a class.
const fn letter(class: Class) -> u32 {
    match class {
        Class::Generic => events::GENERIC,
        Class::String => events::STRING,
        Class::List => events::LIST,
        Class::Set => events::SET,
        Class::SortedSet => events::ZSET,
        Class::Hash => events::HASH,
        Class::Stream | Class::AboutStream => events::STREAM,
        Class::Expired => events::EXPIRED,
        Class::Evicted => events::EVICTED,
        Class::New => events::NEW,
        Class::KeyMiss => events::KEY_MISS,
        Class::Pending | Class::Database | Class::Form => 0,
    }
}
