//! A page for tests: it asks, and keeps what it is told. Its disk is memory.

use redstart_engine::machine::Now;
use redstart_engine::persistence::store::{Memory, Storage, StoreError};
use redstart_playground::Playground;
use redstart_playground::playground::Notes;
use redstart_playground::view::{Ask, Browse, Entry, Tell};

/// A playground with a clock that stands still until a test moves it.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) playground: Playground,
    pub(crate) now: Now,
    pub(crate) disk: Memory,
    /// Why the disk takes nothing more, if it doesn't.
    pub(crate) full: Option<StoreError>,
}

pub(crate) const NOW: Now = Now { unix_us: 1_700_000_000_000_000, mono_us: 1_000_000 };

impl Page {
    /// An empty playground with terminal a.
    pub(crate) fn new() -> Self {
        let (mut page, tells) = Self::with(Memory::default(), Notes::default());
        assert!(matches!(tells.first(), Some(Tell::Loading { percent: 0 })), "{tells:?}");
        assert!(tells.iter().any(|tell| matches!(tell, Tell::Ready { .. })), "{tells:?}");
        page.ask(Ask::Open { terminal: 0 });
        page
    }

    /// A playground with what is on a disk, and what its first page was told.
    pub(crate) fn with(disk: Memory, notes: Notes) -> (Self, Vec<Tell>) {
        let playground = Playground::new(7, NOW, || 0, notes, true);
        let mut page = Self { playground, now: NOW, disk, full: None };
        let mut tells = page.playground.enter(NOW, 0);
        tells.extend(page.settle());
        (page, only(0, tells))
    }

    /// Has the disk do what it is to do; gives what that leads to.
    pub(crate) fn settle(&mut self) -> Vec<(u32, Tell)> {
        let mut tells = Vec::new();
        while let ops = self.playground.take_store_ops()
            && !ops.is_empty()
        {
            for (ticket, op) in ops {
                let result = self.full.clone().map_or_else(|| self.disk.perform(&op), Err);
                self.playground.stored(self.now, ticket, result);
            }
            tells.extend(self.playground.settle(self.now));
        }
        tells
    }

    pub(crate) fn ask(&mut self, ask: Ask) -> Vec<Tell> {
        only(0, self.ask_on(0, ask))
    }

    /// Asks for another page; gives what all are told.
    pub(crate) fn ask_on(&mut self, page: u32, ask: Ask) -> Vec<(u32, Tell)> {
        let mut tells = self.playground.ask(self.now, page, ask);
        tells.extend(self.settle());
        tells
    }

    /// Types a line; gives all that was told.
    pub(crate) fn submit(&mut self, terminal: u32, text: &str) -> Vec<Tell> {
        self.ask(Ask::Submit { terminal, text: text.into(), again: false })
    }

    /// Types a line; gives what is printed.
    pub(crate) fn type_in(&mut self, terminal: u32, text: &str) -> String {
        entries(&self.submit(terminal, text)).iter().map(printed).collect::<Vec<_>>().join("\n")
    }

    /// Lets time pass.
    pub(crate) fn advance_ms(&mut self, ms: u64) -> Vec<Tell> {
        self.now.unix_us += ms * 1000;
        self.now.mono_us += ms * 1000;
        let mut tells = self.playground.tick(self.now);
        tells.extend(self.settle());
        only(0, tells)
    }
}

/// Asks for the keys that match, without branches.
pub(crate) fn browse(pattern: &str) -> Ask {
    Ask::Browse(Browse { pattern: pattern.into(), limit: 100, ..Browse::default() })
}

/// Asks for a lesson, with its file; without a text if there is none.
pub(crate) fn lesson(number: u32) -> Ask {
    let path = |file| format!("{}/lessons/{file}", env!("CARGO_MANIFEST_DIR"));
    let file = redstart_playground::lessons::get(number).map(|brief| path(brief.file));
    let text =
        file.map_or_else(String::new, |file| std::fs::read_to_string(file).expect("the lesson has a file"));
    Ask::Lesson { number, text, terminal: Some(0) }
}

/// What one page is told, but for how its data is kept, its timeline and its clock.
pub(crate) fn only(page: u32, tells: Vec<(u32, Tell)>) -> Vec<Tell> {
    let its = tells.into_iter().filter(|(number, _)| *number == page).map(|(_, tell)| tell);
    its.filter(|tell| {
        !matches!(tell, Tell::Saved { error: None, .. } | Tell::Timeline { .. } | Tell::Clock { .. })
    })
    .collect()
}

pub(crate) fn entries(tells: &[Tell]) -> Vec<Entry> {
    let entry = |tell: &Tell| if let Tell::Entry { entry, .. } = tell { Some(entry.clone()) } else { None };
    tells.iter().filter_map(entry).collect()
}

/// Those of one terminal.
pub(crate) fn entries_of(terminal: u32, tells: &[Tell]) -> Vec<Entry> {
    let entry = |tell: &Tell| match tell {
        Tell::Entry { terminal: its, entry } if *its == terminal => Some(entry.clone()),
        _ => None,
    };
    tells.iter().filter_map(entry).collect()
}

pub(crate) fn printed(entry: &Entry) -> String {
    entry.lines.iter().map(|line| line.text.as_str()).collect::<Vec<_>>().join("\n")
}
