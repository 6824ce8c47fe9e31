//! What each command answers in RESP3, as a TypeScript type.

use std::collections::BTreeMap;

/// The types that are not used yet.
pub(crate) struct Replies(BTreeMap<&'static str, &'static str>);

impl Replies {
    /// Reads `type: command command …` by the line; `#` begins a remark.
    pub(crate) fn parse(text: &'static str) -> Result<Self, String> {
        let mut replies = BTreeMap::new();
        for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let (names, reply) = line.split_once(" -> ").ok_or_else(|| format!("`{line}` has no ` -> `"))?;
            for name in names.split(' ') {
                if replies.insert(name, reply).is_some() {
                    return Err(format!("{name} is there twice"));
                }
            }
        }
        Ok(Self(replies))
    }

    /// The type of a command's reply.
    pub(crate) fn take(&mut self, name: &str) -> Result<&'static str, String> {
        self.0.remove(name).ok_or_else(|| format!("replies.txt doesn't say what {name} answers"))
    }

    /// Fails if a type is of no command.
    pub(crate) fn all_used(&self) -> Result<(), String> {
        match self.0.keys().next() {
            None => Ok(()),
            Some(name) => Err(format!("replies.txt names {name}, which is no command with a method")),
        }
    }
}
