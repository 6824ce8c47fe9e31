//! What a new connection hears before it said anything: nothing, or why it may not stay.

use crate::engine::Server;
use crate::error::Error;
use crate::machine::{ConnId, Output, Transport};
use crate::reply::{Protocol, Reply};
use crate::session::{Ending, Session};

const PROTECTED: &str = "DENIED Redis is running in protected mode because protected mode is enabled and no password \
    is set for the default user. In this mode connections are only accepted from the loopback interface. If you want \
    to connect from external computers to Redis you may adopt one of the following solutions: \
    1) Just disable protected mode sending the command 'CONFIG SET protected-mode no' from the loopback interface by \
    connecting to Redis from the same host the server is running, however MAKE SURE Redis is not publicly accessible \
    from internet if you do so. Use CONFIG REWRITE to make this change permanent. \
    2) Alternatively you can just disable the protected mode by editing the Redis configuration file, and setting the \
    protected mode option to 'no', and then restarting the server. \
    3) If you started the server manually just for testing, restart it with the '--protected-mode no' option. \
    4) Setup a an authentication password for the default user. NOTE: You only need to do one of the above things in \
    order for the server to start accepting connections from the outside.";

impl Server {
    /// Whether a client must say who it is before it may do anything else.
    #[inline]
    #[must_use]
    pub fn wants_password(&self, session: &Session) -> bool {
        !session.authenticated && !self.config.requirepass.is_empty()
    }

    /// Lets a new connection stay, or tells it why not and ends it.
    pub(crate) fn greet(&mut self, conn: ConnId) {
        let password = !self.config.requirepass.is_empty();
        let full = self.sessions.len() as u64 > self.config.maxclients;
        let protected = self.config.protected_mode && !password;
        let Some(session) = self.sessions.get_mut(conn) else { return };
        session.authenticated = !password;
        let outside = matches!(session.peer.transport, Transport::Tcp { loopback: false });
        let error = if full {
            Error::Text("ERR max number of clients reached")
        } else if protected && outside {
            Error::Text(PROTECTED)
        } else {
            return;
        };
        self.stats.rejected += 1;
        Reply::new(session.outbox.tail(), Protocol::Resp2).error(&error);
        session.outbox.hold(None);
        session.outbox.announce();
        session.ending = Ending::AfterReplies;
        self.out.push(Output::Send(conn));
        self.out.push(Output::Close(conn));
    }
}
