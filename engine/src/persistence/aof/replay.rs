//! The commands of a file, done again as they come, piece by piece.

use alloc::boxed::Box;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::mem;

use crate::argv::{Args, Span};
use crate::engine::Engine;
use crate::execute::{self, Request, resolve};
use crate::machine::{ConnId, Now, Peer};
use crate::resp::decode::{Decoded, Decoder, Limits};
use crate::session::Session;

/// No remark is longer.
const REMARK_MAX: usize = 1024;

/// Commands, piece by piece.
#[derive(Debug)]
pub(super) struct Reader {
    buffer: Vec<u8>,
    /// The offset in the file of the buffer's beginning.
    offset: u64,
    /// Up to where the file is fine: never inside a transaction.
    fine: u64,
    decoder: Decoder,
    spans: Vec<Span>,
    session: Session,
}

/// What is wrong with a file.
pub(super) enum Damage {
    Format,
    Unknown(Vec<u8>),
}

impl Reader {
    /// Nothing of a file yet.
    pub(super) fn new(now: Now) -> Self {
        Self {
            buffer: Vec::new(),
            offset: 0,
            fine: 0,
            decoder: Decoder::default(),
            spans: Vec::new(),
            session: session(now, 0),
        }
    }

    /// The commands begin here, behind a base.
    pub(super) const fn begin_at(&mut self, position: u64) {
        (self.offset, self.fine) = (position, position);
    }

    /// The next bytes.
    pub(super) fn take_in(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    /// Up to where the file is fine.
    pub(super) const fn fine(&self) -> u64 {
        self.fine
    }

    /// Whether an EXEC is still to come.
    pub(super) const fn is_in_transaction(&self) -> bool {
        self.session.transaction.is_some()
    }

    /// Does all whole commands that are there, up to one whose script is put aside.
    pub(super) fn run(&mut self, engine: &mut Engine, done: &mut u64) -> Result<(), Damage> {
        let limits = Limits { word_max: u64::MAX, authenticated: true };
        let mut at = 0;
        loop {
            let rest = self.buffer.get(at..).unwrap_or_default();
            let used = match rest.first() {
                None => break,
                Some(b'#') => match rest.iter().position(|&byte| byte == b'\n') {
                    Some(end) => end + 1,
                    None if rest.len() > REMARK_MAX => return Err(Damage::Format),
                    None => break,
                },
                Some(b'*') => {
                    match self.decoder.decode(rest, &mut self.spans, limits).map_err(|_| Damage::Format)? {
                        Decoded::Words(len) => {
                            run(engine, &mut self.session, Args::new(rest, &self.spans))?;
                            self.spans.clear();
                            *done += 1;
                            len
                        }
                        Decoded::Incomplete => break,
                        Decoded::Inline(..) | Decoded::Nothing(_) => return Err(Damage::Format),
                    }
                }
                Some(_) => return Err(Damage::Format),
            };
            at += used;
            if self.session.transaction.is_none() {
                self.fine = self.offset + at as u64;
            }
            if let Some(running) = &mut engine.server.scripts.running {
                // It goes on by itself, with the client that has called it.
                let next = session(engine.server.now, self.session.db);
                running.orphan = Some(Box::new(mem::replace(&mut self.session, next)));
                break;
            }
        }
        self.buffer.drain(..at);
        self.offset += at as u64;
        Ok(())
    }
}

fn run(engine: &mut Engine, session: &mut Session, args: Args<'_>) -> Result<(), Damage> {
    if engine.server.commands.find(args.at(0)).is_none() {
        return Err(Damage::Unknown(args.at(0).to_vec()));
    }
    // A command that can't be done changes nothing, as it didn't when it was written.
    if resolve(&engine.server, Request::new(args)).is_ok() {
        execute::run(engine, session, Request::new(args));
        session.outbox.tail().clear();
    }
    Ok(())
}

impl Damage {
    /// What is said of it.
    pub(super) fn text(&self, name: &str) -> String {
        match self {
            Self::Format => format!(
                "Bad file format reading the append only file {name}: make a backup of your AOF file, then use \
                 redstart-server --check-aof <filename.manifest> --fix"
            ),
            Self::Unknown(command) => format!(
                "Unknown command '{}' reading the append only file {name}",
                String::from_utf8_lossy(command)
            ),
        }
    }
}

/// The client for which commands are done again.
fn session(now: Now, db: usize) -> Session {
    let mut session = Session::new(0, ConnId(u32::MAX), Peer::in_process(0), now);
    (session.authenticated, session.is_obeyed, session.db) = (true, true, db);
    session
}
