//! What a command did, as far as it can be told: from its declaration, the list of changes, what keys were before, and the
//! feed of what is propagated. Nothing of it is read from the reply.

use redstart_engine::argv::Argv;
use redstart_engine::command::{Command, flag, key};
use redstart_engine::config::events;
use redstart_engine::keyspace::change::Class;
use redstart_engine::keyspace::past::{Image, Images};
use redstart_engine::keyspace::{Change, Database, Entry, Keyspace};
use redstart_engine::machine::ConnId;
use redstart_engine::resp::read::{Value, read};

use crate::keys::label;
use crate::store::Store;
use crate::table;
use crate::timeline::{Keys, Name};
use crate::view::{Bytes, CountView, DidView, EventView, FormView, KeyDidView};

/// The most keys, commands and events that are told.
const TOLD_MAX: usize = 20;

/// The most bytes of a word that are told.
const WORD_MAX: usize = 200;

/// What followed from what was done to the store.
#[derive(Debug)]
pub struct Happened {
    /// The list of changes.
    pub changes: Vec<Change>,
    /// The keys that changed, as they were; `None` if that is more than can be kept.
    pub before: Option<Keys>,
    /// The commands that were propagated, as they are on the wire.
    pub propagated: Vec<u8>,
}

impl Happened {
    /// Takes it from the store.
    pub fn to(store: &mut Store) -> Self {
        let engine = store.engine_mut();
        let (changes, past, propagated) =
            (engine.take_changes(), engine.take_past(), engine.take_propagated());
        let before = past.map(|past| before(&changes, past, engine.keyspace()));
        Self { changes, before, propagated }
    }
}

/// The keys that changed, as they were.
fn before(changes: &[Change], past: Images, keyspace: &Keyspace) -> Keys {
    let mut keys = Keys::new();
    for change in changes {
        match change.event.class {
            Class::New | Class::KeyMiss => {}
            // All of a database is another one's now, or gone.
            Class::Database => {
                let there = keyspace.databases().get(change.db).into_iter().flat_map(Database::iter);
                let gone = past.keys().filter(|(db, _)| *db == change.db).map(|(_, key)| key.to_vec());
                let names = there.map(|entry| entry.key.to_vec()).chain(gone);
                keys.extend(names.map(|key| ((change.db, key), None)));
            }
            _ => drop(keys.insert((change.db, change.key.to_vec()), None)),
        }
    }
    for ((db, key), image) in past {
        if let Some(other) = keys.get_mut(&(db, key.to_vec())) {
            *other = image;
        }
    }
    keys
}

/// What is known of a command before it runs.
#[derive(Debug, Default)]
pub struct Asked {
    command: Option<&'static Command>,
    /// Whether it is to run with EXEC.
    is_queued: bool,
    /// The keys that it names.
    named: Vec<Name>,
    counts: Vec<CountView>,
    used_memory: usize,
}

impl Asked {
    /// Of a command that a client is about to send.
    #[must_use]
    pub fn of(store: &Store, conn: Option<ConnId>, db: usize, argv: &[Vec<u8>], now_ms: i64) -> Self {
        let Some((command, _)) = table::find(argv) else { return Self::default() };
        let session = conn.and_then(|conn| store.engine().sessions().get(conn));
        let transaction = session.and_then(|session| session.transaction.as_deref());
        let is_queued = transaction.is_some() && !command.has(flag::UNQUEUED);
        let calls: Vec<(&Command, Argv)> = match transaction {
            Some(_) if is_queued => Vec::new(),
            Some(transaction) if command.name == "exec" => {
                transaction.queue.iter().map(|(command, argv)| (*command, argv.args().to_owned())).collect()
            }
            _ => vec![(command, argv.iter().collect())],
        };
        let mut named: Vec<Name> = Vec::new();
        for (command, argv) in &calls {
            for key in keys_of(command, argv) {
                if !named.iter().any(|(_, known)| *known == key) {
                    named.push((db, key));
                }
            }
        }
        let keyspace = store.engine().keyspace();
        let counts = counts(command, db, &named, keyspace, now_ms);
        let used_memory = store.engine().used_memory();
        Self { command: Some(command), is_queued, named, counts, used_memory }
    }

    /// What it did.
    #[must_use]
    pub fn did(
        self,
        store: &Store,
        conn: Option<ConnId>,
        happened: &Happened,
        now_ms: i64,
    ) -> Option<DidView> {
        let Self { command, is_queued, named, counts, used_memory } = self;
        let command = command?;
        let keyspace = store.engine().keyspace();
        let before = happened.before.as_ref();
        let mut keys: Vec<KeyDidView> = Vec::new();
        for name in &named {
            let was = before.and_then(|before| before.get(name));
            keys.push(key_did(name, was, keyspace, now_ms));
        }
        for (name, was) in before.into_iter().flatten().filter(|(name, _)| !named.contains(name)) {
            keys.push(key_did(name, Some(was), keyspace, now_ms));
        }
        let propagated = propagated(&happened.propagated);
        let session = conn.and_then(|conn| store.engine().sessions().get(conn));
        let waits = session.is_some_and(|session| session.parked.is_some());
        let note = match () {
            () if is_queued => "Queued: it runs with EXEC.",
            () if waits => "It waits, and nothing is propagated until it is served.",
            () if before.is_none() => "It changed so much that it can't be told, or undone.",
            () if !propagated.is_empty() => "",
            () if command.has(flag::READONLY) => "It only reads: nothing is propagated.",
            () if command.has(flag::WRITE) => "It changed nothing: nothing is propagated.",
            () => "It is not about keys: nothing is propagated.",
        };
        Some(DidView {
            command: table::full_name(command),
            complexity: command.complexity,
            counts,
            more: keys.len().saturating_sub(TOLD_MAX),
            keys: keys.into_iter().take(TOLD_MAX).collect(),
            propagated,
            note,
            events: happened.changes.iter().filter_map(event).take(TOLD_MAX).collect(),
            at: now_ms as f64,
            memory: (used_memory, store.engine().used_memory()),
        })
    }
}

/// The keys that a call names.
fn keys_of(command: &Command, argv: &Argv) -> Vec<Vec<u8>> {
    let args = argv.args();
    let specs =
        command.keys.iter().filter(|spec| spec.access & key::NOT_KEY == 0 && command.accepts(args.len()));
    specs.flat_map(|spec| spec.positions(args)).map(|place| args.at(place).to_vec()).collect()
}

/// What is known of the numbers in a command's complexity.
fn counts(command: &Command, db: usize, named: &[Name], keyspace: &Keyspace, now_ms: i64) -> Vec<CountView> {
    let says = |words: &[&str]| words.iter().any(|word| command.complexity.contains(word));
    let mut counts = Vec::new();
    if says(&["keys in the database"]) {
        let count = keyspace.databases().get(db).map_or(0, Database::len);
        counts.push(CountView { what: format!("keys in database {db}"), count });
    } else if says(&["keys in all databases"]) {
        let count = keyspace.databases().iter().map(Database::len).sum();
        counts.push(CountView { what: String::from("keys in all databases"), count });
    } else if says(&["keys", "each key"]) {
        counts.push(CountView { what: String::from("keys of the call"), count: named.len() });
    }
    if says(&["element", "member", "field", "entries", "sorted set"]) {
        for (db, key) in named.iter().take(TOLD_MAX) {
            if let Some(entry) = keyspace.find(*db, key, now_ms) {
                let what = format!("elements of {} before", label(key));
                counts.push(CountView { what, count: entry.value.elements() });
            }
        }
    }
    counts
}

/// What was done with a key: `was` is what it was, if it changed.
fn key_did(name: &Name, was: Option<&Option<Image>>, keyspace: &Keyspace, now_ms: i64) -> KeyDidView {
    let (db, key) = name;
    let is = keyspace.find(*db, key, now_ms).map(form);
    let (done, was) = match was {
        None if is.is_some() => ("read", is),
        None => ("not there", None),
        Some(was) => {
            let done = match (was, is) {
                (None, None) => "came and went",
                (None, Some(_)) => "created",
                (Some(_), None) => "removed",
                (Some(_), Some(_)) => "written",
            };
            (done, was.as_ref().map(form_of))
        }
    };
    KeyDidView { db: *db, key: Bytes(key.clone()), label: label(key), done, was, is }
}

fn form(entry: Entry<'_>) -> FormView {
    FormView {
        type_name: entry.value.type_name(),
        encoding: entry.value.encoding(),
        elements: entry.value.elements(),
        memory: entry.memory_bytes(),
        expires_at: entry.expires_ms().map(|when| when as f64),
    }
}

fn form_of(image: &Image) -> FormView {
    FormView {
        type_name: image.type_name,
        encoding: image.encoding,
        elements: image.elements,
        memory: image.memory_bytes,
        expires_at: image.expires_ms.map(|when| when as f64),
    }
}

/// The commands of a feed, as one would type them, without those that choose the database.
fn propagated(mut bytes: &[u8]) -> Vec<String> {
    let (mut told, mut more) = (Vec::new(), 0);
    while let Ok(Some((Value::Array(words), used))) = read(bytes) {
        bytes = bytes.get(used..).unwrap_or_default();
        let words: Vec<&[u8]> =
            words.iter().map(|word| if let Value::Bulk(word) = word { word } else { &[][..] }).collect();
        if words.first().is_some_and(|name| *name == b"SELECT") {
            continue;
        }
        if told.len() < TOLD_MAX {
            told.push(words.iter().map(|word| short(word)).collect::<Vec<_>>().join(" "));
        } else {
            more += 1;
        }
    }
    if more > 0 {
        told.push(format!("… and {more} more"));
    }
    told
}

/// A word for people, cut if it is long.
fn short(word: &[u8]) -> String {
    match word.get(..WORD_MAX) {
        Some(beginning) if word.len() > WORD_MAX => format!("{}… ({} bytes)", label(beginning), word.len()),
        _ => label(word),
    }
}

fn event(change: &Change) -> Option<EventView> {
    let class = events::render(change.event.class.bit()).first().copied()?;
    let (name, label) = (change.event.name, label(&change.key));
    Some(EventView { name, class: char::from(class), db: change.db, label })
}
