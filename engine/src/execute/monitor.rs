//! MONITOR: every command, as it was called, for those who look on.

use alloc::format;
use alloc::vec::Vec;

use super::call::Call;
use crate::command::flag;
use crate::machine::{ConnId, Transport};
use crate::split_args::quote;

impl Call<'_> {
    /// Tells those who look on that this command was called. Administrators' commands are not shown.
    pub(super) fn show_to_monitors(&mut self) {
        let is_hidden = self.command.has(flag::ADMIN) || self.command.has(flag::SKIP_MONITOR);
        if !is_hidden && self.woken_by.is_none() {
            self.show();
        }
    }

    /// Tells those who look on that this command is called, before it does anything that they see.
    pub(crate) fn show_first(&mut self) {
        if !self.server.monitors.is_empty() {
            self.show();
        }
    }

    fn show(&mut self) {
        let now = self.server.now;
        let who = match self.session.peer.transport {
            _ if self.is_of_script => alloc::string::String::from("lua"),
            Transport::Unix => format!("unix:{}", self.session.peer.local.trim_end_matches(":0")),
            Transport::Tcp { .. } | Transport::InProcess => self.session.peer.remote.clone(),
        };
        let mut line = format!(
            "+{}.{:06} [{} {who}]",
            now.unix_us / 1_000_000,
            now.unix_us % 1_000_000,
            self.session.db
        )
        .into_bytes();
        for place in 0..self.args.len() {
            line.push(b' ');
            line.extend(quote(self.shown(place)));
        }
        line.extend(b"\r\n");
        let monitors: Vec<ConnId> = self.server.monitors.iter().copied().collect();
        for conn in monitors {
            self.server.push_bytes(conn, &line);
        }
    }
}
