//! A page for tests: it asks, and keeps what it is told.

use redstart_engine::machine::Now;
use redstart_playground::Playground;
use redstart_playground::playground::Notes;
use redstart_playground::view::{Ask, Entry, Tell};

/// A playground with a clock that stands still until a test moves it.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) playground: Playground,
    pub(crate) now: Now,
}

impl Page {
    /// An empty playground with terminal a.
    pub(crate) fn new() -> Self {
        let now = Now { unix_us: 1_700_000_000_000_000, mono_us: 1_000_000 };
        let mut page = Self { playground: Playground::new(7, now, || 0.0), now };
        let (tells, loaded) = page.playground.restore(now, None, Notes::default());
        assert!(loaded.is_ok() && matches!(tells[..], [Tell::Ready { .. }]));
        page.ask(Ask::Open { terminal: 0 });
        page
    }

    pub(crate) fn ask(&mut self, ask: Ask) -> Vec<Tell> {
        self.playground.ask(self.now, ask)
    }

    /// Types a line; gives all that was told.
    pub(crate) fn submit(&mut self, terminal: u32, text: &str) -> Vec<Tell> {
        self.ask(Ask::Submit { terminal, text: text.into() })
    }

    /// Types a line; gives what is printed.
    pub(crate) fn type_in(&mut self, terminal: u32, text: &str) -> String {
        entries(&self.submit(terminal, text)).iter().map(printed).collect::<Vec<_>>().join("\n")
    }

    /// Lets time pass.
    pub(crate) fn advance_ms(&mut self, ms: u64) -> Vec<Tell> {
        self.now.unix_us += ms * 1000;
        self.now.mono_us += ms * 1000;
        self.playground.tick(self.now)
    }
}

pub(crate) fn entries(tells: &[Tell]) -> Vec<Entry> {
    let entry = |tell: &Tell| if let Tell::Entry { entry, .. } = tell { Some(entry.clone()) } else { None };
    tells.iter().filter_map(entry).collect()
}

pub(crate) fn printed(entry: &Entry) -> String {
    entry.lines.iter().map(|line| line.text.as_str()).collect::<Vec<_>>().join("\n")
}
