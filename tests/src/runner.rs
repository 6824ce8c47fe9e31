//! Where a transcript runs: anything that takes a client's bytes and gives bytes back.

use crate::transcript::Transcript;

/// One store that nobody else uses, made for one file.
pub trait Runner {
    /// Connects a client.
    ///
    /// # Errors
    /// When there is no store to connect to.
    fn open(&mut self, client: char) -> Result<(), Trouble>;

    /// Disconnects a client.
    ///
    /// # Errors
    /// When it is not connected.
    fn close(&mut self, client: char) -> Result<(), Trouble>;

    /// Disconnects every client of the last case.
    fn close_all(&mut self);

    /// Hands over bytes of a client.
    ///
    /// # Errors
    /// When they can't be delivered for a reason other than that the connection is closed.
    fn send(&mut self, client: char, bytes: &[u8]) -> Result<(), Trouble>;

    /// Bytes for a client. With `patient` it waits for some to come, up to the runner's limit.
    ///
    /// # Errors
    /// When the connection fails in a way that a client would report.
    fn receive(&mut self, client: char, patient: bool) -> Result<Received, Trouble>;

    /// Returns once everything sent so far has been carried out, as far as that can be without waiting for time.
    ///
    /// # Errors
    /// When the store is gone.
    fn settle(&mut self) -> Result<(), Trouble>;

    /// Lets time pass.
    ///
    /// # Errors
    /// When the store is gone.
    fn advance(&mut self, ms: u64) -> Result<(), Trouble>;

    /// The longest `advance` that this runner has the patience for: its time may be real.
    fn advance_limit_ms(&self) -> Option<u64>;

    /// Changes the configuration without any client of the case noticing.
    ///
    /// # Errors
    /// When the store refuses.
    fn configure(&mut self, name: &str, value: &str) -> Result<(), Trouble>;

    /// Whether a status line is about the runner's own doings, and so none of the case's business.
    fn hides(&self, line: &[u8]) -> bool {
        let _ = line;
        false
    }
}

/// What came for a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Received {
    /// These bytes.
    Bytes(Vec<u8>),
    /// Nothing, within the runner's patience.
    Nothing,
    /// The connection is closed.
    Closed,
}

/// Why a case can't go on: for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble(pub String);

impl<E: std::error::Error> From<E> for Trouble {
    fn from(error: E) -> Self {
        Self(error.to_string())
    }
}

/// Makes a runner for each file.
pub type Start<'a> = dyn Fn(&Transcript) -> Result<Box<dyn Runner>, Trouble> + Sync + 'a;
