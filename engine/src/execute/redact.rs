//! Words that nobody is shown who looks on: passwords, and the rules of users.

use super::call::Call;
use crate::config;

impl Call<'_> {
    /// Whether MONITOR and SLOWLOG keep a word to themselves.
    pub(super) fn is_secret(&self, place: usize) -> bool {
        let args = self.args;
        let follows = |option, count| (1..=count).any(|back| place > back && args.is(place - back, option));
        match self.command.name {
            "auth" => place > 0,
            "hello" => follows("AUTH", 2),
            "acl|setuser" => place > 1,
            "config|set" => place > 2 && place % 2 == 1 && config::is_sensitive(args.at(place - 1)),
            "migrate" => place > 6 && (follows("AUTH", 1) || follows("AUTH2", 2)),
            _ => false,
        }
    }

    /// What is shown of a word.
    pub(super) fn shown(&self, place: usize) -> &[u8] {
        if self.is_secret(place) { b"(redacted)" } else { self.args.at(place) }
    }
}
