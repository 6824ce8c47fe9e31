//! INFO: what the store tells of itself, section by section, under the names of Redis 7.0.15.
//!
//! A field is there once what it tells of is there. Memory is our own count of what is stored and of what clients
//! need, the same on every machine; `used_memory_rss` is the operating system's.

mod sections;

use alloc::string::String;
use core::fmt::{Display, Write};

use crate::engine::Server;
use crate::keyspace::Keyspace;
use crate::session::Session;

/// What there is to tell of.
#[derive(Debug)]
pub struct View<'a> {
    /// Configuration, counters, the other clients.
    pub server: &'a Server,
    /// What is stored.
    pub keyspace: &'a Keyspace,
    /// The client that asks.
    pub session: &'a Session,
}

impl View<'_> {
    /// The bytes of everything stored and of everything that clients need.
    #[must_use]
    pub fn used_memory(&self) -> usize {
        super::used_memory(self.server, self.keyspace) + self.session.counted_bytes
    }
}

/// The text of the sections asked for, in their own order; of the usual ones if none is.
#[must_use]
pub fn report(view: &View<'_>, asked: &[&[u8]]) -> String {
    let asks = |word: &str| asked.iter().any(|asked| asked.eq_ignore_ascii_case(word.as_bytes()));
    let all = asks("all") || asks("everything");
    let usual = asked.is_empty() || asks("default");
    let mut text = Text(String::new());
    for section in sections::ALL {
        if all || usual && section.usual || asks(section.name) {
            text.title(section.title);
            (section.write)(view, &mut text);
        }
    }
    text.0
}

/// A section.
struct Section {
    /// What it is asked for by.
    name: &'static str,
    title: &'static str,
    /// Whether it is among those that are told to who asks for none in particular.
    usual: bool,
    write: fn(&View<'_>, &mut Text),
}

/// The text so far.
struct Text(String);

impl Text {
    fn title(&mut self, title: &str) {
        let gap = if self.0.is_empty() { "" } else { "\r\n" };
        let _ = write!(self.0, "{gap}# {title}\r\n");
    }

    fn field(&mut self, name: impl Display, value: impl Display) {
        let _ = write!(self.0, "{name}:{value}\r\n");
    }

    /// A field in bytes, and another for people.
    fn memory(&mut self, name: &str, bytes: u64) {
        self.field(name, bytes);
        self.field(format_args!("{name}_human"), human(bytes));
    }
}

/// Bytes with a unit.
fn human(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["K", "M", "G", "T", "P"];
    if bytes < 1024 {
        return alloc::format!("{bytes}B");
    }
    let mut value = bytes as f64 / 1024.0;
    let mut units = UNITS.iter();
    let mut unit = units.next();
    while value >= 1024.0
        && let Some(next) = units.next()
    {
        value /= 1024.0;
        unit = Some(next);
    }
    alloc::format!("{value:.2}{}", unit.unwrap_or(&""))
}

#[cfg(test)]
mod tests {
    use super::human;

    #[test]
    fn bytes_for_people() {
        for (bytes, text) in
            [(0, "0B"), (1023, "1023B"), (1024, "1.00K"), (916_456, "894.98K"), (25_276_510_208, "23.54G")]
        {
            assert_eq!(human(bytes), text);
        }
    }
}
