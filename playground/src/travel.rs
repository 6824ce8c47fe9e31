//! Ways through time: back and forth on the timeline, faster or further with the clock, and through a session of another
//! day once more.
//!
//! Keys are brought back by commands, in one transaction on a connection of its own. So whatever follows from commands
//! follows, the append-only file above all, and nobody ever sees a part of it.

use redstart_engine::keyspace::past::Image;
use redstart_engine::machine::Now;
use redstart_engine::resp::read::{Value, read};

use crate::did::Happened;
use crate::playground::{Playground, Shared};
use crate::session::Act;
use crate::terminal::HAND;
use crate::timeline::{Deed, Keys, Name, Step};
use crate::view::{MomentView, Tell, TimelineView};

/// How fast time may go.
const PACES: [u32; 4] = [0, 1, 10, 100];

/// The most letters of a label.
const LABEL_MAX: usize = 80;

impl Playground {
    /// Goes to the moment before a step, or to the end of the timeline.
    pub(crate) fn travel(&mut self, now: Now, place: usize, to: Option<u32>, terminal: Option<u32>) {
        self.follow(now);
        let timeline = &self.shared.timeline;
        let from = timeline.at();
        let target = to.map_or_else(|| Some(timeline.steps().len()), |id| timeline.place(id));
        let said = match target {
            None => String::from("That is too long ago: only the last steps can be undone."),
            Some(target) => match self.shared.go(now, target) {
                Ok(()) => arrived(&self.shared, from, target),
                Err(error) => format!("The store can't be brought there now: {error}"),
            },
        };
        if let (Some(page), Some(terminal)) = (self.pages.get_mut(place), terminal) {
            page.remark(&self.shared, terminal, said);
        }
    }

    /// Lets the store's time go faster, or stops it. From a moment of the past it goes on.
    pub(crate) fn set_pace(&mut self, now: Now, pace: u32) {
        if PACES.contains(&pace) {
            self.follow(now);
            self.shared.timeline.drop_undone();
            self.shared.clock.hold(false);
            self.shared.clock.set_pace(pace);
            self.shared.notes_unsaved = true;
        }
    }

    /// Puts the store's time forward.
    pub(crate) fn advance(&mut self, now: Now, ms: f64) {
        if ms.is_finite() && ms > 0.0 {
            self.follow(now);
            let shared = &mut self.shared;
            let later = shared.clock.advance(ms);
            shared.store.tick(later);
            let happened = Happened::to(&mut shared.store);
            shared.record(Deed::Advance { ms }, now, later, happened);
            shared.notes_unsaved = true;
        }
    }

    /// Begins to replay the session that was offered: in an empty store, or in an empty database of it.
    pub(crate) fn begin_replay(&mut self, now: Now, place: usize, fresh: bool) {
        let Self { shared, pages, .. } = self;
        let Some(page) = pages.get_mut(place) else { return };
        let offer = crate::session::offer(&page.replay.0, shared.store.engine().keyspace());
        let db = if fresh { offer.fresh } else { (offer.keys == 0).then_some(0) };
        match db {
            Some(db) => page.renew_in(shared, now, db, offer.buttons),
            // What was empty is not any more.
            None => page.replay.0.clear(),
        }
        page.replay.1 = 0;
        page.tell(Tell::Played { done: 0, total: page.replay.0.len() });
    }

    /// Does the next line of it.
    pub(crate) fn play(&mut self, now: Now, place: usize) {
        let Some(page) = self.pages.get_mut(place) else { return };
        let (acts, done) = (&page.replay.0, page.replay.1);
        let Some(act) = acts.get(done).cloned() else { return };
        let total = acts.len();
        page.replay.1 += 1;
        match act {
            Act::Advance { ms } => self.advance(now, ms),
            Act::Line { terminal, text } => {
                page.line(&mut self.shared, now, terminal, &text, false);
                self.follow(now);
                if let Some(page) = self.pages.get_mut(place) {
                    if terminal == HAND {
                        page.remark_of_hand(&self.shared, &text);
                    }
                    page.prompt(&self.shared, terminal);
                }
            }
        }
        if let Some(page) = self.pages.get_mut(place) {
            page.tell(Tell::Played { done: done + 1, total });
        }
    }

    /// What was done, and where the store stands.
    pub(crate) fn timeline(&self) -> Tell {
        let timeline = &self.shared.timeline;
        let moment = |step: &Step| MomentView { id: step.id, label: label(step), changes: step.changes() };
        let steps = timeline.steps().map(moment).collect();
        Tell::Timeline { view: TimelineView { steps, at: timeline.at(), next: timeline.next() } }
    }

    /// Tells of the timeline and of the clock, if they are not as pages know them.
    pub(crate) fn tell_time(&mut self) {
        if self.shared.clock.take_news() {
            let view = self.shared.clock.view();
            self.pages.iter_mut().for_each(|page| page.tell(Tell::Clock { view }));
        }
        if self.shared.timeline.take_news() {
            let tell = self.timeline();
            self.pages.iter_mut().for_each(|page| page.tell(tell.clone()));
        }
    }
}

impl Shared {
    /// Brings the store to a place on the timeline, or leaves all as it is.
    fn go(&mut self, now: Now, to: usize) -> Result<(), String> {
        let Self { timeline, store, .. } = self;
        let from = timeline.at();
        let keyspace = store.engine().keyspace();
        // Also what is due: nothing else would have it removed.
        let live = |(db, key): &Name| keyspace.find(*db, key, i64::MIN + 1).map(Image::of);
        let (keys, moment_us) = timeline.go(to, Some(now.unix_us), Keys::new(), live);
        let news = keys.iter().filter(|(name, image)| live(name) != **image);
        let requests = requests(news);
        let then = self.clock.bring_back(moment_us);
        let answer = if requests.is_empty() { Ok(()) } else { answered(&self.say(then, &requests)) };
        if answer.is_err() {
            self.timeline.go(from, None, keys, |_| None);
            self.clock.bring_back(now.unix_us);
        }
        self.clock.hold(self.timeline.is_past());
        let happened = Happened::to(&mut self.store);
        self.note(&happened.changes);
        answer
    }
}

/// The commands that make keys what they are to be: all or none.
fn requests<'a>(keys: impl Iterator<Item = (&'a Name, &'a Option<Image>)>) -> Vec<Vec<Vec<u8>>> {
    let words = |words: &[&[u8]]| words.iter().map(|word| word.to_vec()).collect::<Vec<_>>();
    let (mut requests, mut at) = (vec![words(&[b"MULTI"])], None);
    for ((db, key), image) in keys {
        if at.replace(*db) != Some(*db) {
            requests.push(words(&[b"SELECT", db.to_string().as_bytes()]));
        }
        requests.push(match image {
            None => words(&[b"DEL", key]),
            Some(image) => {
                let until = image.expires_ms.unwrap_or(0).to_string();
                words(&[b"RESTORE", key, until.as_bytes(), &image.payload, b"REPLACE", b"ABSTTL"])
            }
        });
    }
    requests.push(words(&[b"EXEC"]));
    if at.is_some() { requests } else { Vec::new() }
}

/// Whether a transaction was carried out.
fn answered(mut bytes: &[u8]) -> Result<(), String> {
    let mut last = None;
    while let Ok(Some((value, used))) = read(bytes) {
        bytes = bytes.get(used..).unwrap_or_default();
        last = match (last, value) {
            // The first error says why; EXEC only that there was one.
            (Some(Value::Error(error)), _) | (_, Value::Error(error)) => Some(Value::Error(error)),
            (_, value) => Some(value),
        };
    }
    match last {
        Some(Value::Array(replies)) => {
            match replies.into_iter().find(|reply| matches!(reply, Value::Error(_))) {
                Some(Value::Error(error)) => Err(String::from_utf8_lossy(&error).into_owned()),
                _ => Ok(()),
            }
        }
        Some(Value::Error(error)) => Err(String::from_utf8_lossy(&error).into_owned()),
        _ => Err(String::from("it does not answer.")),
    }
}

/// What is said when the store is there.
fn arrived(shared: &Shared, from: usize, to: usize) -> String {
    let timeline = &shared.timeline;
    match timeline.steps().nth(to).map(label) {
        Some(label) if to < from => format!("Undone to before: {label}"),
        // A slider was drawn there, and is let go.
        Some(label) if to == from => format!("The store is as it was before: {label}"),
        Some(label) => format!("Redone to before: {label}"),
        None => String::from("Redone: the store is where it was."),
    }
}

/// A span of time in its greatest unit that divides it.
fn span(ms: f64) -> String {
    let units = [("d", 86_400_000.0), ("h", 3_600_000.0), ("min", 60_000.0), ("s", 1000.0)];
    let whole = units.into_iter().find(|(_, size)| ms >= *size && ms % size == 0.0);
    whole.map_or_else(|| format!("{} ms", ms.round()), |(unit, size)| format!("{} {unit}", ms / size))
}

/// A step in a few words.
fn label(step: &Step) -> String {
    match &step.deed {
        Deed::Line { text, .. } => match text.char_indices().nth(LABEL_MAX) {
            Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
            None => text.clone(),
        },
        Deed::Advance { ms } => format!("+{}", span(*ms)),
        Deed::Meanwhile => String::from("time passed"),
        Deed::Other(what) => String::from(*what),
    }
}
