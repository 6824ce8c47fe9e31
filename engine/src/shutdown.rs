//! How the server ends: SHUTDOWN or a signal, a last snapshot where it is wanted, and nobody served meanwhile.

use alloc::string::String;

use crate::engine::Server;
use crate::error::Error;
use crate::keyspace::Keyspace;
use crate::machine::{LogLevel, Output, Signal};
use crate::persistence::aof;
use crate::persistence::snapshot::{self, Purpose};
use crate::tracking::Client;

/// How it is to end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct How {
    /// Whether to save; where nobody says, it is saved if there are save points.
    pub(crate) saves: Option<bool>,
    /// Whether it ends even if that fails.
    pub(crate) is_forced: bool,
}

/// An end that waits for its last snapshot.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shutdown {
    is_forced: bool,
    /// Who wants it, if it is a client.
    client: Option<Client>,
}

/// Ends the server, after a last snapshot if that is wanted.
pub(crate) fn begin(keyspace: &mut Keyspace, server: &mut Server, how: How, client: Option<Client>) {
    server.log(LogLevel::Warning, String::from("User requested shutdown..."));
    if let Some(purpose) = server.saves.purpose() {
        server.log(LogLevel::Warning, String::from("A snapshot is under way. It is given up."));
        snapshot::give_up(keyspace, server);
        if let Purpose::Foreground(client) | Purpose::Flush(client) | Purpose::Reload(client, _) = purpose {
            server.refuse(client, &Error::Text("ERR"));
        }
    }
    let is_wanted = how.saves.unwrap_or_else(|| !server.config.values().save_points().is_empty());
    // What is only half there must not take the place of what is on disk.
    if !is_wanted || server.loading.is_some() {
        return aof::close_and_exit(server);
    }
    server.log(LogLevel::Notice, String::from("Saving the final RDB snapshot before exiting."));
    server.shutdown = Some(Shutdown { is_forced: how.is_forced, client });
    // What would be written from now on would be lost.
    server.pause_all();
    snapshot::begin(keyspace, server, Purpose::Shutdown);
}

/// A signal asks the server to end.
pub(crate) fn signalled(keyspace: &mut Keyspace, server: &mut Server, signal: Signal) {
    if server.shutdown.is_some() {
        // The last snapshot is on its way. Who can't wait says so at the keyboard.
        if signal == Signal::Interrupt {
            server.log(LogLevel::Warning, String::from("You insist... exiting now."));
            server.out.push(Output::Exit { failed: true });
        }
        return;
    }
    let (text, directive) = match signal {
        Signal::Interrupt => ("Received SIGINT scheduling shutdown...", "shutdown-on-sigint"),
        Signal::Terminate => ("Received SIGTERM scheduling shutdown...", "shutdown-on-sigterm"),
    };
    server.log(LogLevel::Warning, String::from(text));
    let words = server.config.values().word(directive);
    let says = |wanted: &str| words.split(|&byte| byte == b' ').any(|word| word == wanted.as_bytes());
    let saves = if says("nosave") { Some(false) } else { says("save").then_some(true) };
    begin(keyspace, server, How { saves, is_forced: says("force") }, None);
}

impl Server {
    /// The last snapshot is done or failed.
    pub(crate) fn final_save_ended(&mut self, is_saved: bool) {
        let Some(Shutdown { is_forced, client }) = self.shutdown.take() else { return };
        if is_saved || is_forced {
            if !is_saved {
                self.log(
                    LogLevel::Warning,
                    String::from("Error trying to save the DB. It was to end all the same."),
                );
            }
            return aof::close_and_exit(self);
        }
        self.log(LogLevel::Warning, String::from("Error trying to save the DB, can't exit."));
        let text = "Errors trying to shut down the server. Check the logs for more information.";
        self.log(LogLevel::Warning, String::from(text));
        if let Some(client) = client {
            self.refuse(client, &Error::Text("ERR Errors trying to SHUTDOWN. Check logs."));
        }
        self.end_pause();
    }

    /// Ends it now.
    pub(crate) fn exit(&mut self) {
        // Where the process outlives it, it is not the end of what is written.
        self.aof.end_is_reached();
        self.log(LogLevel::Warning, String::from("Redis is now ready to exit, bye bye..."));
        self.out.push(Output::Exit { failed: false });
    }
}
