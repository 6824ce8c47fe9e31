//! The lessons that are still to come: what each will be about.

use super::Part::Say;
use super::{Lesson, Part, Step};
use crate::view::Level::{self, Advanced, Beginner, Intermediate};

const fn outline(
    title: &'static str,
    level: Level,
    hours: u32,
    intro: &'static [Part],
    steps: &'static [Step],
) -> Lesson {
    Lesson { title, level, hours, intro, steps, ready: false, keys: &[] }
}

const fn step(title: &'static str) -> Step {
    Step::planned(title)
}

pub(super) static COLLECTIONS: Lesson = outline(
    "Hashes, lists, sets, sorted sets",
    Beginner,
    6,
    &[Say(
        "Four ways to keep many values under one key: fields of a record, a queue, a bag without duplicates, \
           and a ranking that is always in order.",
    )],
    &[
        step("A record in a hash"),
        step("A queue in a list"),
        step("Members of a set"),
        step("What two sets share"),
        step("A leaderboard in a sorted set"),
        step("Small collections are packed"),
    ],
);

pub(super) static BITMAPS: Lesson = outline(
    "Bitmaps, HyperLogLog, geospatial",
    Intermediate,
    4,
    &[Say(
        "Three ways to say much in few bytes: one bit per user and day, a count of millions in 12 kilobytes, and \
           places on a map by distance.",
    )],
    &[step("A bit per day"), step("Counting with bits"), step("How many, roughly"), step("What is nearby")],
);

pub(super) static EXPIRY: Lesson = outline(
    "Expiry, TTL, eviction policies",
    Beginner,
    4,
    &[Say(
        "Memory ends before data does. A key can carry the time of its own end, and a full store can choose what \
           to forget.",
    )],
    &[
        step("A time to live"),
        step("Who removes it, and when"),
        step("What a write does to it"),
        step("A limit on memory"),
        step("Which keys go first"),
    ],
);

pub(super) static PUBSUB: Lesson = outline(
    "Pub/Sub",
    Intermediate,
    4,
    &[Say(
        "A message goes to everybody who listens at that moment, and is kept for nobody. Several terminals show \
           what that means.",
    )],
    &[step("Listen to a channel"), step("Speak on it"), step("Patterns"), step("Events of keys")],
);

pub(super) static STREAMS: Lesson = outline(
    "Streams",
    Intermediate,
    6,
    &[Say(
        "A stream is a log that stays: readers come back to where they were, and groups of readers share the \
           work.",
    )],
    &[
        step("Write to a log"),
        step("Read a part of it"),
        step("Wait for more"),
        step("A group of readers"),
        step("What was taken and not finished"),
        step("Keep it short"),
    ],
);

pub(super) static CACHING: Lesson = outline(
    "Caching patterns",
    Intermediate,
    6,
    &[Say(
        "A cache is a promise to forget. When to fill it, when to drop from it, and what happens when everybody \
           misses at once.",
    )],
    &[
        step("Look aside"),
        step("Write through"),
        step("Drop what changed"),
        step("Many misses at once"),
        step("Tell clients what changed"),
    ],
);

pub(super) static LUA: Lesson = outline(
    "Lua scripts and atomic operations",
    Intermediate,
    5,
    &[Say(
        "A script runs inside the store, and nothing runs between its lines: a whole decision in one round \
           trip.",
    )],
    &[
        step("A first script"),
        step("Keys and arguments"),
        step("Read, decide, write"),
        step("Scripts by name"),
        step("When one runs too long"),
    ],
);

pub(super) static TRANSACTIONS: Lesson = outline(
    "Transactions, optimistic locking",
    Intermediate,
    4,
    &[Say(
        "Commands that run together or not at all, and a watch on keys that tells whether somebody else was \
           faster.",
    )],
    &[step("Queue and run"), step("What errors do"), step("Watch a key"), step("Try again")],
);

pub(super) static PIPELINING: Lesson = outline(
    "Pipelining and batch commands",
    Intermediate,
    3,
    &[Say("Waiting costs more than working. Send many commands before the first answer, and see what that \
           saves.")],
    &[step("Count the round trips"), step("Many keys, one command"), step("Send ahead")],
);

pub(super) static PERSISTENCE: Lesson = outline(
    "Persistence — RDB and AOF",
    Intermediate,
    5,
    &[Say(
        "Memory forgets when the power goes. A picture now and then, a diary of every write, or both: what each \
           costs and what each loses.",
    )],
    &[
        step("A picture of the data"),
        step("A diary of writes"),
        step("When is it on disk?"),
        step("Pull the plug"),
        step("Make the diary shorter"),
    ],
);

pub(super) static REPLICATION: Lesson = outline(
    "Replication — primary and replicas, Sentinel",
    Intermediate,
    5,
    &[Say(
        "Copies on other machines follow the first. When it fails, somebody has to notice, agree and promote \
           another.",
    )],
    &[
        step("Follow a primary"),
        step("Cut the link"),
        step("How far behind?"),
        step("Sentinels watch"),
        step("The primary fails"),
    ],
);

pub(super) static CLUSTER: Lesson = outline(
    "Cluster — horizontal sharding",
    Advanced,
    6,
    &[Say(
        "Data that is too large for one machine is parted into 16384 slots. Who owns which, how a client finds \
           out, and how slots move while everybody works.",
    )],
    &[
        step("Which slot is a key in?"),
        step("Follow a redirection"),
        step("Keys that belong together"),
        step("Move a slot"),
        step("A shard fails"),
    ],
);

pub(super) static SECURITY: Lesson = outline(
    "Security and access control",
    Intermediate,
    4,
    &[Say("Who may connect, who may run what, and on which keys: users, passwords and rules.")],
    &[step("A password"), step("A user of its own"), step("Only some keys"), step("Who was refused?")],
);

pub(super) static OPERATIONS: Lesson = outline(
    "Monitoring, profiling, production operations",
    Advanced,
    5,
    &[Say(
        "A store that many depend on has to be seen into: what it does now, what was slow, what takes the memory, \
           and how to change it without a pause.",
    )],
    &[
        step("What INFO tells"),
        step("What was slow"),
        step("What takes the memory"),
        step("Watch it work"),
        step("Change it while it runs"),
    ],
);
