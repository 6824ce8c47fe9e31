//! The playground: what pages ask goes in, what they are to show comes out.
//!
//! It owns a store, its pages, the progress and the history, and no clock: every call brings the time, and
//! [`Playground::wait_ms`] tells when the next one is due at the latest. It has no disk either: after every call its owner
//! takes the [ops](Playground::take_store_ops) for it, and says what came of each.
//!
//! Before anything else it loads the data of the last visit: pages may ask when they are told that it is
//! [ready](Tell::Ready). After everything that may have changed the store, `follow` looks what follows: ended connections,
//! messages, the key browser, the lessons.

use redstart_engine::keyspace::change::Class;
use redstart_engine::keyspace::{Change, Database, Keyspace};
use redstart_engine::machine::{Now, Why};
use redstart_engine::observe::Look;
use redstart_engine::persistence::aof;
use redstart_engine::persistence::store::{StoreOp, StoreResult, Ticket};

use crate::clock::Clock;
use crate::console::encode;
use crate::course::Progress;
use crate::did::Happened;
use crate::find::find;
use crate::history::History;
use crate::labs;
use crate::manual;
use crate::memory;
use crate::page::Page;
use crate::settings::{Setting, Settings};
use crate::store::{self, Store};
use crate::table;
use crate::terminal::is_typed_into;
use crate::timeline::{BYTES_MAX, Deed, Name, Timeline};
use crate::value::Inspected;
use crate::view::{Ask, Bytes, Kept, Tell};

/// What is kept besides the data.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct Notes {
    /// Lines that were typed.
    pub history: Vec<String>,
    /// Steps done of each lesson.
    pub done: Vec<usize>,
    /// Answers to each lesson's quiz.
    pub quiz: Vec<Vec<Option<usize>>>,
    /// Settings as they were before lessons that may have changed them.
    pub settings: Vec<Setting>,
    /// By how many milliseconds the store's clock is ahead.
    pub ahead_ms: f64,
}

/// What all pages have in common.
#[derive(Debug)]
pub struct Shared {
    /// The store.
    pub store: Store,
    /// Steps done in all lessons.
    pub progress: Progress,
    /// Settings to be put back.
    pub settings: Settings,
    /// What was done in this session.
    pub timeline: Timeline,
    /// The store's.
    pub clock: Clock,
    /// Keys that changed since pages were told, if anything did.
    changed: Option<Vec<Name>>,
    /// The clock that says how long commands took. Nothing else depends on it.
    pub meter: Look,
    history: History,
    /// Progress, history, settings or the clock changed since they were last written.
    pub(crate) notes_unsaved: bool,
}

/// Everything behind the pages.
#[derive(Debug)]
pub struct Playground {
    pub(crate) shared: Shared,
    pub(crate) pages: Vec<Page>,
    /// How much of the data is loaded, as pages were told; `None` once it is.
    loading: Option<u32>,
    /// How far the append-only file is, as pages were told.
    kept: aof::Progress,
    /// The page that replaced all data, until that is in the append-only file, and how many keys there are.
    imported: Option<(u32, usize)>,
}

/// What pages are to be told, each with its number.
pub type Tells = Vec<(u32, Tell)>;

/// How long the engine may be left alone, in milliseconds, when nothing is due.
const ROUND_MS: f64 = 1000.0;

impl Shared {
    /// Whether a command does nothing but read.
    #[must_use]
    pub fn only_reads(&self, argv: &[Vec<u8>]) -> bool {
        self.store.engine().only_reads(&argv.iter().map(Vec::as_slice).collect::<Vec<_>>())
    }

    /// Runs commands on a connection of their own; gives what is answered.
    pub(crate) fn say(&mut self, now: Now, requests: &[Vec<Vec<u8>>]) -> Vec<u8> {
        let conn = self.store.connect(now);
        let password = self.store.engine().config().values().text("requirepass").to_vec();
        if !password.is_empty() {
            self.store.ask(now, conn, &encode(&[b"AUTH".to_vec(), password]));
        }
        for request in requests {
            self.store.send(now, conn, &encode(request));
        }
        let session = self.store.engine().sessions().get(conn);
        let answer = session.map_or_else(Vec::new, |session| session.outbox.all().to_vec());
        self.store.disconnect(now, conn);
        answer
    }

    /// Puts what was done on the timeline; gives the number of the step, and how many undone ones it drops.
    pub fn record(&mut self, deed: Deed, began: Now, now: Now, happened: Happened) -> (Option<u32>, usize) {
        self.note(&happened.changes);
        let Some(keys) = happened.before else {
            self.cut();
            return (None, 0);
        };
        if deed == Deed::Meanwhile && keys.is_empty() {
            return (None, 0);
        }
        let added = self.timeline.add(deed, (began.unix_us, now.unix_us), keys);
        self.clock.hold(self.timeline.is_past());
        added.map_or((None, 0), |(id, dropped)| (Some(id), dropped))
    }

    /// There is no way back beyond what has just happened.
    pub(crate) fn cut(&mut self) {
        self.timeline.cut();
        self.clock.hold(false);
    }

    /// Pages are to show what changed.
    pub(crate) fn note(&mut self, changes: &[Change]) {
        if !changes.is_empty() {
            let of_keys = changes.iter().filter(|change| change.event.class != Class::Database);
            let keys = of_keys.map(|change| (change.db, change.key.to_vec()));
            self.changed.get_or_insert_default().extend(keys);
        }
    }

    /// Records what happened by itself. Keys expire a little late: they were still there when the one before them was gone.
    pub(crate) fn record_meanwhile(&mut self, now: Now) {
        let happened = Happened::to(&mut self.store);
        let last_us = self.timeline.last_us();
        let images = happened.before.iter().flatten().filter_map(|(_, image)| image.as_ref());
        let due = images.filter_map(|image| image.expires_ms).min();
        let due_us =
            due.and_then(|when| u64::try_from(when - 1).ok()).map_or(u64::MAX, |ms| ms.saturating_mul(1000));
        let began = Now { unix_us: due_us.clamp(last_us.min(now.unix_us), now.unix_us), ..now };
        self.record(Deed::Meanwhile, began, now, happened);
    }

    /// Removes the keys that match a pattern from every database.
    pub(crate) fn remove_keys(&mut self, now: Now, patterns: &[String]) {
        let mut requests = Vec::new();
        for (db, database) in self.store.engine().keyspace().databases().iter().enumerate() {
            let mut del = vec![b"DEL".to_vec()];
            let is_meant = |key: &[u8]| {
                patterns.iter().any(|pattern| redstart_engine::glob::matches(pattern.as_bytes(), key, false))
            };
            del.extend(database.iter().filter(|entry| is_meant(entry.key)).map(|entry| entry.key.to_vec()));
            if del.len() > 1 {
                requests.push(vec![b"SELECT".to_vec(), db.to_string().into_bytes()]);
                requests.push(del);
            }
        }
        self.say(now, &requests);
    }
}

impl Playground {
    /// One that begins to load the data of the last visit, if it is kept; `seed` decides every random choice of its store.
    #[must_use]
    pub fn new(seed: u64, now: Now, meter: Look, notes: Notes, is_kept: bool) -> Self {
        let mut clock = Clock::new(now, notes.ahead_ms);
        let now = clock.at(now);
        let mut store = store::open(seed, now, meter, is_kept);
        store.start(now);
        let shared = Shared {
            store,
            progress: Progress::of(Kept { done: notes.done, quiz: notes.quiz }),
            settings: Settings::of(notes.settings),
            meter,
            timeline: Timeline::default(),
            clock,
            changed: None,
            history: History::of(notes.history),
            notes_unsaved: false,
        };
        let kept = aof::Progress::default();
        Self { shared, pages: Vec::new(), loading: Some(0), kept, imported: None }
    }

    /// What is stored.
    #[must_use]
    pub const fn keyspace(&self) -> &Keyspace {
        self.shared.store.engine().keyspace()
    }

    /// A page comes in. Its number is its owner's to choose.
    pub fn enter(&mut self, now: Now, page: u32) -> Tells {
        self.leave(now, page);
        let now = self.shared.clock.at(now);
        let mut new = Page::new(page);
        match self.loading {
            Some(percent) => new.tell(Tell::Loading { percent }),
            None => {
                new.tell(self.ready());
                new.tell(self.saved(now));
                new.tell(Tell::Clock { view: self.shared.clock.view() });
                new.tell(self.timeline());
            }
        }
        self.pages.push(new);
        self.take_tells()
    }

    /// A page is gone.
    pub fn leave(&mut self, now: Now, page: u32) {
        let now = self.shared.clock.at(now);
        if let Some(place) = self.pages.iter().position(|known| known.number == page) {
            self.pages.remove(place).leave(&mut self.shared, now);
        }
    }

    /// What the disk is to do, in order.
    pub fn take_store_ops(&mut self) -> Vec<(Ticket, StoreOp)> {
        self.shared.store.storage_mut().take()
    }

    /// What came of an op; what follows is told by [`Playground::settle`].
    pub fn stored(&mut self, now: Now, ticket: Ticket, result: StoreResult) {
        let now = self.shared.clock.at(now);
        self.shared.store.stored(now, ticket, result);
    }

    /// Sees to what follows from what the disk did.
    pub fn settle(&mut self, now: Now) -> Tells {
        let now = self.shared.clock.at(now);
        if self.loading.is_some() && !self.shared.store.has_failed() {
            self.go_on_loading(now);
        }
        self.tell_what_follows(now)
    }

    /// Whether the store ended because it can't go on, such as without its data: why. It is of no more use then.
    pub fn failure(&mut self) -> Option<String> {
        self.shared.store.has_failed().then(|| self.shared.store.take_warnings().join(" "))
    }

    /// Whether there are notes to be written.
    #[must_use]
    pub const fn notes_unsaved(&self) -> bool {
        self.shared.notes_unsaved
    }

    /// The notes for the next visit; from now on they count as written.
    pub fn notes(&mut self) -> Notes {
        self.shared.notes_unsaved = false;
        let Kept { done, quiz } = self.shared.progress.kept().clone();
        let ahead_ms = self.shared.clock.ahead_ms().max(0.0);
        let (history, settings) =
            (self.shared.history.lines().to_vec(), self.shared.settings.kept().to_vec());
        Notes { history, done, quiz, settings, ahead_ms }
    }

    /// Writing the notes failed: it must be tried again.
    pub const fn write_failed(&mut self) {
        self.shared.notes_unsaved = true;
    }

    /// Does what a page asks.
    pub fn ask(&mut self, now: Now, page: u32, ask: Ask) -> Tells {
        let now = self.shared.clock.at(now);
        let Some(place) = self.pages.iter().position(|known| known.number == page) else { return Vec::new() };
        match ask {
            Ask::Submit { terminal, text, again } => self.submit(now, place, terminal, &text, again),
            Ask::Lesson { number, text, terminal } => self.open_lesson(now, place, (number, &text), terminal),
            Ask::RestartLesson { terminal } => self.restart_lesson(now, place, terminal),
            Ask::Example => self.begin_example(now),
            Ask::Erase => self.erase(now),
            Ask::Import { file: Bytes(file) } => self.import(now, place, &file),
            Ask::Answer { question, option } => self.answer(place, question, option),
            Ask::LoadProgress { progress } => self.load_progress(progress),
            Ask::Travel { to, terminal } => self.travel(now, place, to, terminal),
            Ask::Pace { pace } => self.set_pace(now, pace),
            Ask::Advance { ms } => self.advance(now, ms),
            Ask::Replay { fresh } => self.begin_replay(now, place, fresh),
            Ask::Play => self.play(now, place),
            ask => {
                let Self { shared, pages, .. } = self;
                if let Some(page) = pages.get_mut(place) {
                    ask_page(shared, page, now, ask);
                }
            }
        }
        let now = self.shared.clock.now();
        self.tell_what_follows(now)
    }

    /// Time passed.
    pub fn tick(&mut self, now: Now) -> Tells {
        let now = self.shared.clock.at(now);
        self.shared.notes_unsaved |= self.shared.clock.pace() > 1;
        self.shared.store.tick(now);
        self.tell_what_follows(now)
    }

    /// How long until the next [`Playground::tick`] at the latest, in milliseconds.
    #[must_use]
    pub fn wait_ms(&self, now: Now) -> f64 {
        let pages = self.pages.iter().map(|page| page.wait_ms(now)).fold(ROUND_MS, f64::min);
        let mut clock = self.shared.clock;
        let now = clock.at(now);
        let deadline = self.shared.store.engine().deadline();
        let wait = deadline.mono_us.saturating_sub(now.mono_us) as f64 / 1000.0;
        // The regular round has nothing to do but to make durable what is written.
        let is_idle = deadline.why == Why::Round && !self.is_disk_awaited();
        let expiry = self.shared.store.engine().keyspace().earliest_ms();
        let expiry = expiry.map_or(f64::INFINITY, |when| when as f64 - now.unix_us as f64 / 1000.0);
        let wait = if is_idle { expiry.max(0.0) } else { wait };
        // However fast the store's time goes, and even if it stands still, what is due is due.
        let wait = if wait > 0.0 { wait / f64::from(clock.pace()) } else { 0.0 };
        wait.min(pages)
    }

    /// Whether the append-only file has something to do when time has passed.
    fn is_disk_awaited(&self) -> bool {
        let kept = self.shared.store.engine().aof_progress();
        kept.is_on && (kept.synced < kept.written || kept.error.is_some())
    }

    fn submit(&mut self, now: Now, place: usize, terminal: u32, text: &str, again: bool) {
        for line in text.lines().filter(|line| !line.trim().is_empty()) {
            let Self { shared, pages, .. } = self;
            let Some(page) = pages.get_mut(place) else { return };
            shared.notes_unsaved |= is_typed_into(terminal) && shared.history.add(line);
            page.line(shared, now, terminal, line, again);
            self.follow(now);
        }
        if let Some(page) = self.pages.get_mut(place) {
            page.prompt(&self.shared, terminal);
        }
    }

    /// Removes what examples have made, so that one begins where it did before.
    fn begin_example(&mut self, now: Now) {
        let shared = &mut self.shared;
        shared.record_meanwhile(now);
        shared.remove_keys(now, &[manual::KEYS.into()]);
        let happened = Happened::to(&mut shared.store);
        if happened.before.as_ref().is_none_or(|keys| !keys.is_empty()) {
            shared.record(Deed::Other("an example was begun again"), now, now, happened);
        }
    }

    fn answer(&mut self, place: usize, question: usize, option: usize) {
        let Self { shared, pages, .. } = self;
        let Some(page) = pages.get_mut(place) else { return };
        if page.course.answer(&mut shared.progress, question, option) {
            shared.notes_unsaved = true;
            self.tell_lessons();
        }
    }

    fn load_progress(&mut self, progress: Kept) {
        self.shared.progress = Progress::of(progress);
        self.shared.notes_unsaved = true;
        self.tell_lessons();
    }

    /// Nothing that was stored stays behind, in the append-only file neither.
    fn erase(&mut self, now: Now) {
        self.shared.say(now, &[vec![b"FLUSHALL".to_vec()], vec![b"BGREWRITEAOF".to_vec()]]);
        let happened = Happened::to(&mut self.shared.store);
        self.shared.note(&happened.changes);
        self.shared.cut();
        self.shared.clock.reset();
        self.shared.history = History::default();
        self.shared.progress = Progress::default();
        self.shared.notes_unsaved = true;
        self.tell_lessons();
    }

    fn import(&mut self, now: Now, place: usize, file: &[u8]) {
        let Some(page) = self.pages.get_mut(place) else { return };
        match self.shared.store.replace_with_rdb(now, file) {
            Ok(keys) => {
                Happened::to(&mut self.shared.store);
                self.shared.cut();
                self.imported = Some((page.number, keys));
                self.pages.iter_mut().for_each(|page| page.note(&[]));
            }
            Err(error) => page.tell(Tell::Imported { keys: 0, error: Some(error) }),
        }
    }

    /// Tells that all data was replaced, once it is kept.
    fn tell_imported(&mut self) {
        let store = &self.shared.store;
        if store.engine().loading().is_none()
            && !store.has_failed()
            && let Some((number, keys)) = self.imported.take()
            && let Some(page) = self.pages.iter_mut().find(|page| page.number == number)
        {
            page.tell(Tell::Imported { keys, error: None });
        }
    }

    pub(crate) fn tell_lessons(&mut self) {
        self.pages.iter_mut().for_each(|page| page.tell_lesson(&self.shared));
    }

    /// Tells how far loading is, and when it is done.
    fn go_on_loading(&mut self, now: Now) {
        let percent = self.shared.store.engine().loading().map(|percent| percent as u32);
        if percent == self.loading {
            return;
        }
        self.loading = percent;
        self.kept = self.shared.store.engine().aof_progress();
        if percent.is_none() {
            self.shared.store.engine_mut().follow(true);
            self.shared.store.engine_mut().keep_past(BYTES_MAX);
        }
        let tells = match percent {
            Some(percent) => vec![Tell::Loading { percent }],
            None => {
                let view = self.shared.clock.view();
                vec![self.ready(), self.saved(now), Tell::Clock { view }]
            }
        };
        for page in &mut self.pages {
            tells.iter().for_each(|tell| page.tell(tell.clone()));
        }
    }

    fn ready(&self) -> Tell {
        Tell::Ready {
            version: env!("CARGO_PKG_VERSION"),
            commands: table::count(),
            restored_keys: self.shared.store.engine().keyspace().databases().iter().map(Database::len).sum(),
            lessons: self.shared.progress.cards(),
            labs: &labs::ALL,
            history: self.shared.history.lines().to_vec(),
        }
    }

    fn saved(&self, now: Now) -> Tell {
        let kept = &self.kept;
        let off = || String::from("appendonly is off: what changes now is gone when the last tab is closed.");
        let error = if kept.is_on { kept.error.clone() } else { Some(off()) };
        Tell::Saved {
            at: now.unix_ms() as f64,
            bytes: kept.size as f64,
            durable: kept.synced >= kept.written,
            error,
        }
    }

    fn tell_what_follows(&mut self, now: Now) -> Tells {
        self.follow(now);
        self.tell_imported();
        self.tell_time();
        self.pages.iter_mut().for_each(|page| page.tell_keys(&self.shared, now));
        self.pages.iter_mut().for_each(|page| page.tell_watched(&mut self.shared, now));
        let kept = self.shared.store.engine().aof_progress();
        if self.loading.is_none() && kept != self.kept {
            self.kept = kept;
            let tell = self.saved(now);
            self.pages.iter_mut().for_each(|page| page.tell(tell.clone()));
        }
        self.take_tells()
    }

    fn take_tells(&mut self) -> Tells {
        let tells = |page: &mut Page| {
            let number = page.number;
            page.take_tells().into_iter().map(move |tell| (number, tell))
        };
        self.pages.iter_mut().flat_map(tells).collect()
    }

    /// Sees to what follows from what just happened.
    pub(crate) fn follow(&mut self, now: Now) {
        let Self { shared, pages, .. } = self;
        pages.iter_mut().for_each(|page| page.hear(shared, now));
        for conn in shared.store.take_ended() {
            if !pages.iter_mut().any(|page| page.end(shared, now, conn)) {
                shared.store.disconnect(now, conn);
            }
        }
        pages.iter_mut().for_each(|page| page.tell_scripts(shared));
        shared.record_meanwhile(now);
        if let Some(keys) = shared.changed.take() {
            pages.iter_mut().for_each(|page| page.note(&keys));
        }
        // Every page's lesson is looked at.
        if pages.iter_mut().fold(false, |any, page| page.check(shared, now) | any) {
            shared.notes_unsaved = true;
            self.tell_lessons();
        }
    }
}

/// What concerns one page alone.
fn ask_page(shared: &mut Shared, page: &mut Page, now: Now, ask: Ask) {
    match ask {
        Ask::Open { terminal } => page.open(shared, now, terminal),
        Ask::Close { terminal } => page.close(shared, now, terminal),
        Ask::Edit { terminal, text, cursor } => {
            let assist = page.assist(shared, now, terminal, &text, cursor);
            page.tell(Tell::Assist { terminal, text, assist });
        }
        Ask::Resp3 { terminal, on } => page.speak(shared, now, terminal, on),
        Ask::Browse(browse) => page.browse(browse),
        Ask::Inspect { db, key, from } => {
            page.inspect(shared, now, key.map(|Bytes(key)| Inspected { db, key, from }));
        }
        Ask::Memory { db } => {
            let view = memory::view(shared.store.engine().keyspace(), now.unix_ms(), db);
            page.tell(Tell::Memory { view });
        }
        Ask::Watch { what } => page.watch(what),
        Ask::SaveProgress => page.tell(Tell::Progress { progress: shared.progress.kept().clone() }),
        Ask::Find { text } => page.tell(Tell::Found { commands: find(&text), text }),
        Ask::Manual { name, text } => {
            let view = manual::command(&name).map(|command| manual::view(command, text.as_deref()));
            let (view, problem) = view.map_or((None, None), |(view, problem)| (Some(view), problem));
            page.tell(Tell::Manual { name, view, problem });
        }
        Ask::Commands => page.tell(Tell::Commands { groups: manual::groups() }),
        Ask::Hint => {
            page.course.hint(&shared.progress);
            page.tell_lesson(shared);
        }
        Ask::Session => page.tell_session(shared),
        Ask::Offer { text } => page.offer(shared, &text),
        Ask::Export => page.tell(Tell::Exported { file: Bytes(shared.store.engine().to_rdb(now)) }),
        Ask::Submit { .. }
        | Ask::Lesson { .. }
        | Ask::RestartLesson { .. }
        | Ask::Example
        | Ask::Answer { .. }
        | Ask::LoadProgress { .. }
        | Ask::Erase
        | Ask::Import { .. }
        | Ask::Travel { .. }
        | Ask::Pace { .. }
        | Ask::Advance { .. }
        | Ask::Replay { .. }
        | Ask::Play => {}
    }
}
