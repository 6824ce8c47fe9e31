//! Labs: experiments with controls, each on an engine of its own whose clock stands until the experiment moves it.
//!
//! ```text
//!   page ─ the lab's own Ask ─► Lab ─► View: numbers to draw
//!                                └── Server: an engine, a disk in memory, a virtual clock
//! ```
//!
//! What takes long is done in portions: the page asks for the next one with every frame, and draws how far it is. The same
//! seed and the same asks give the same view, so experiments are tested as plain Rust. A lab is a file here, a line in
//! [`ALL`] and one in `bindings.rs`, and a component in `www/src/labs`. A lesson shows it with a fence: ` ```lab ` and
//! the lab's name.

mod chance;
mod server;

pub mod bitmap;
pub mod caching;
pub mod eviction;
pub mod geo;
pub mod hyperloglog;
pub mod persistence;
pub mod pipelining;
pub mod sorted_set;
pub mod time;

pub use self::bitmap::Bitmap;
pub use self::caching::Caching;
pub use self::eviction::Eviction;
pub use self::geo::Geo;
pub use self::hyperloglog::HyperLogLog;
pub use self::persistence::Persistence;
pub use self::pipelining::Pipelining;
pub use self::server::Server;
pub use self::sorted_set::SortedSet;
pub use self::time::Time;

/// An experiment.
pub trait Lab {
    /// What its controls ask.
    type Ask: serde::de::DeserializeOwned;
    /// What is to be drawn.
    type View: serde::Serialize;

    /// Does what a control asks.
    fn ask(&mut self, ask: Self::Ask);

    /// What there is to see.
    fn view(&mut self) -> Self::View;
}

/// What a lab is about, for those who have not opened it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct About {
    /// Its name in links and in lessons' files.
    pub name: &'static str,
    /// What it is called.
    pub title: &'static str,
    /// What there is to see, in a sentence.
    pub summary: &'static str,
}

/// All labs, in the order of the lessons.
pub static ALL: [About; 9] = [
    About {
        name: "sorted-set",
        title: "The fast lanes of a skip list",
        summary: "Fill a sorted set, look for a score or a rank, and follow the way step by step.",
    },
    About {
        name: "bitmap",
        title: "A year in 46 bytes",
        summary: "Click the days of two people, and put their calendars together with BITOP.",
    },
    About {
        name: "hyperloglog",
        title: "Counting without remembering",
        summary: "Add up to a million visitors and see how far the estimate is from the truth.",
    },
    About {
        name: "geo",
        title: "What is near on the map",
        summary: "Put places on a map, search around a point, and see the cells that are looked into.",
    },
    About {
        name: "time",
        title: "When time is over",
        summary: "Let time pass over keys and fields, and see what commands do to it.",
    },
    About {
        name: "eviction",
        title: "Who has to go",
        summary: "Fill a store beyond its memory and compare what each policy keeps.",
    },
    About {
        name: "caching",
        title: "A cache before a slow database",
        summary: "Choose how reads and writes go, and watch hit rate, load and waiting.",
    },
    About {
        name: "pipelining",
        title: "The price of a round trip",
        summary: "Send the same commands one by one, in batches and all at once, over a network as slow as you like.",
    },
    About {
        name: "persistence",
        title: "Pull the plug",
        summary: "Write, cut the power, see what is left key by key, and read the files byte by byte.",
    },
];

/// The lab of a name.
#[must_use]
pub fn find(name: &str) -> Option<&'static About> {
    ALL.iter().find(|about| about.name == name)
}
