//! Settings that lessons change: they are put back when a lesson is left, or begun again.
//!
//! ```text
//!   lesson 5 is opened      CONFIG SET maxmemory 1      another lesson is opened
//!   maxmemory was 0         maxmemory is 1              CONFIG SET maxmemory 0, and the terminal says so
//! ```
//!
//! A lesson's file names them. What they were is in the notes, so that it is known after a reload, too. Settings are the
//! server's, and pages share it: what the lesson on another page names stays until that is left.

use redstart_engine::config::Config;
use redstart_engine::machine::Now;
use redstart_engine::split_args::{quote, split_args};

use crate::did::Happened;
use crate::playground::{Playground, Shared};
use crate::timeline::Deed;

/// A setting as it was before a lesson.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Setting {
    /// The lesson that names it; of several, the one that was opened last.
    pub lesson: u32,
    /// Its name.
    pub name: String,
    /// Its value, as CONFIG GET tells it.
    pub value: String,
}

/// All that are to be put back some time.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    before: Vec<Setting>,
}

impl Settings {
    /// Those of the last visit.
    #[must_use]
    pub const fn of(before: Vec<Setting>) -> Self {
        Self { before }
    }

    /// What is to be kept.
    #[must_use]
    pub fn kept(&self) -> &[Setting] {
        &self.before
    }

    /// Remembers what a lesson may change. What is remembered already stays: what it is now, a lesson has made of it.
    fn remember(&mut self, lesson: u32, names: &[String], config: &Config) {
        for name in names {
            match self.before.iter_mut().find(|setting| setting.name == *name) {
                Some(setting) => setting.lesson = lesson,
                None => self.before.extend(value(config, name).map(|value| Setting {
                    lesson,
                    name: name.clone(),
                    value,
                })),
            }
        }
    }

    /// The command that puts back those that are meant; `None` if they are as they were.
    fn command(&self, config: &Config, is_meant: impl Fn(&Setting) -> bool) -> Option<Vec<Vec<u8>>> {
        let differs = |setting: &&Setting| value(config, &setting.name).as_ref() != Some(&setting.value);
        let mut command = vec![b"CONFIG".to_vec(), b"SET".to_vec()];
        for Setting { name, value, .. } in self.before.iter().filter(|it| is_meant(it)).filter(differs) {
            command.extend([name.clone().into_bytes(), value.clone().into_bytes()]);
        }
        (command.len() > 2).then_some(command)
    }
}

/// The value of a setting.
fn value(config: &Config, name: &str) -> Option<String> {
    let (_, value) = config.get(&[name]).pop()?;
    Some(String::from_utf8_lossy(&value).into_owned())
}

impl Shared {
    /// Puts back the settings that are meant; gives what is to be said of it, and whether it was done.
    fn put_back(&mut self, now: Now, is_meant: impl Fn(&Setting) -> bool) -> (Option<String>, bool) {
        let Some(command) = self.settings.command(self.store.engine().config(), is_meant) else {
            return (None, true);
        };
        let line = command.iter().map(|word| shown(word)).collect::<Vec<_>>().join(" ");
        let answer = self.say(now, &[command]);
        match answer.strip_prefix(b"-") {
            None => (Some(format!("As before the lesson again: {line}")), true),
            Some(error) => {
                let error = String::from_utf8_lossy(error);
                (Some(format!("Not as before the lesson: {line} was refused: {}", error.trim_end())), false)
            }
        }
    }
}

impl Playground {
    /// Opens a lesson on a page, or leaves lessons: what the one before changed is put back.
    pub(crate) fn open_lesson(
        &mut self,
        now: Now,
        place: usize,
        (number, text): (u32, &str),
        terminal: Option<u32>,
    ) {
        let Self { shared, pages, .. } = self;
        let elsewhere = pages.iter().enumerate().filter(|(other, _)| *other != place);
        let elsewhere: Vec<&String> = elsewhere
            .filter_map(|(_, page)| page.course.lesson())
            .flat_map(|lesson| &lesson.settings)
            .collect();
        let is_left = |setting: &Setting| setting.lesson != number && !elsewhere.contains(&&setting.name);
        let (said, is_done) = shared.put_back(now, is_left);
        let before = shared.settings.kept().to_vec();
        if is_done {
            shared.settings.before.retain(|setting| !is_left(setting));
        }
        let Some(page) = pages.get_mut(place) else { return };
        page.course.open(number, text, &shared.progress, &shared.store);
        if let Some(lesson) = page.course.lesson() {
            shared.settings.remember(number, &lesson.settings, shared.store.engine().config());
        }
        shared.notes_unsaved |= shared.settings.kept() != before;
        page.tell_lesson(shared);
        if let (Some(said), Some(terminal)) = (said, terminal) {
            page.remark(shared, terminal, said);
        }
    }

    /// Removes the open lesson's keys and undoes what else it changed, gives every terminal of the page a new connection, and
    /// begins at the first step.
    pub(crate) fn restart_lesson(&mut self, now: Now, place: usize, terminal: Option<u32>) {
        let Self { shared, pages, .. } = self;
        let Some(page) = pages.get_mut(place) else { return };
        let Some(lesson) = page.course.lesson() else { return };
        shared.record_meanwhile(now);
        shared.remove_keys(now, &lesson.keys);
        let (said, _) = shared.put_back(now, |setting| lesson.settings.contains(&setting.name));
        let again: Vec<_> = lesson.again.iter().filter_map(|line| split_args(line.as_bytes())).collect();
        shared.say(now, &again);
        let happened = Happened::to(&mut shared.store);
        shared.record(Deed::Other("the lesson was begun again"), now, now, happened);
        page.renew(shared, now);
        page.course.restart(&mut shared.progress, &shared.store);
        shared.notes_unsaved = true;
        if let (Some(said), Some(terminal)) = (said, terminal) {
            page.remark(shared, terminal, said);
        }
        self.tell_lessons();
    }
}

/// A word as one types it.
fn shown(word: &[u8]) -> String {
    let is_plain =
        !word.is_empty() && word.iter().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(byte));
    let word = if is_plain { word.to_vec() } else { quote(word) };
    String::from_utf8_lossy(&word).into_owned()
}
