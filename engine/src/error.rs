//! Every error that a command can answer with, each with the exact text that goes on the wire.
//!
//! An error is a value for the client, never a failure of the engine. The first word is its code; clients match on
//! it, and errorstats counts by it.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

/// What a command answers when it can't do what was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// The key holds another type.
    WrongType,
    /// The arguments make no sense together.
    Syntax,
    /// Not a signed 64-bit number.
    NotInteger,
    /// Not a floating-point number.
    NotFloat,
    /// A number outside of what is allowed here.
    OutOfRange,
    /// A number that has to be positive.
    NotPositive,
    /// The key does not exist.
    NoSuchKey,
    /// An index outside of the value.
    IndexOutOfRange,
    /// An offset below zero.
    OffsetOutOfRange,
    /// The result would be longer than proto-max-bulk-len.
    StringTooLong,
    /// A counter past 64 bits.
    Overflow,
    /// The smallest number can't be negated.
    DecrementOverflow,
    /// A float counter that would not be a number.
    NanOrInfinity,
    /// An expiry that is not in the future of representable time; names the command.
    InvalidExpire(&'static str),
    /// No such database.
    DbIndex,
    /// SELECT with something that is no number.
    InvalidDbIndex,
    /// SCAN with something that is no cursor.
    InvalidCursor,
    /// Too few or too many words; names the command.
    Arity(&'static str),
    /// Two names for one key.
    SameObject,
    /// The target key exists.
    BusyKey,
    /// No password given yet.
    NoAuth,
    /// Wrong name or password.
    WrongPass,
    /// AUTH though no password is set.
    NoPasswordSet,
    /// HELLO with a version we don't speak.
    NoProto,
    /// No client of that name.
    NoSuchClient,
    /// DEBUG, which the configuration does not allow.
    DebugForbidden,
    /// The server is loading its data.
    Loading,
    /// Snapshots can't be saved, and what they would save must not change then.
    CantSave,
    /// There are fewer replicas than it takes to write.
    NoReplicas,
    /// Over maxmemory.
    OutOfMemory,
    /// Any other text, its code included.
    Text(&'static str),
    /// A text made for the case, its code included.
    Message(String),
    /// The same, where it quotes what a client sent: that need not be text.
    Quoting(Vec<u8>),
}

impl Error {
    /// An error of the code `ERR` with a text made for the case.
    #[must_use]
    pub fn err(text: fmt::Arguments<'_>) -> Self {
        Self::Message(alloc::format!("ERR {text}"))
    }

    /// An error of the code `ERR` that quotes a word between two texts: up to its first zero byte, as a server written
    /// in C sees it.
    #[must_use]
    pub fn quoting(before: &str, word: &[u8], after: &str) -> Self {
        Self::quoting_all(&[b"ERR ", before.as_bytes(), word, after.as_bytes()])
    }

    /// A subcommand of a container was given too many words, or some that it doesn't know.
    #[must_use]
    pub fn subcommand(word: &[u8], container: &str) -> Self {
        let before: &[u8] = b"ERR unknown subcommand or wrong number of arguments for '";
        Self::quoting_all(&[before, word, b"'. Try ", container.as_bytes(), b" HELP."])
    }

    /// An error made of several parts, its code among them: each up to its first zero byte.
    #[must_use]
    pub fn quoting_all(parts: &[&[u8]]) -> Self {
        let mut text: Vec<u8> = parts.iter().flat_map(|part| until_zero(part)).copied().collect();
        while text.pop_if(|byte| matches!(byte, b'\r' | b'\n')).is_some() {}
        Self::Quoting(text)
    }

    /// The line on the wire, without the leading `-`, for the errors whose text is fixed.
    const fn fixed(&self) -> &'static str {
        match self {
            Self::WrongType => "WRONGTYPE Operation against a key holding the wrong kind of value",
            Self::Syntax => "ERR syntax error",
            Self::NotInteger => "ERR value is not an integer or out of range",
            Self::NotFloat => "ERR value is not a valid float",
            Self::OutOfRange => "ERR value is out of range",
            Self::NotPositive => "ERR value is out of range, must be positive",
            Self::NoSuchKey => "ERR no such key",
            Self::IndexOutOfRange => "ERR index out of range",
            Self::OffsetOutOfRange => "ERR offset is out of range",
            Self::StringTooLong => "ERR string exceeds maximum allowed size (proto-max-bulk-len)",
            Self::Overflow => "ERR increment or decrement would overflow",
            Self::DecrementOverflow => "ERR decrement would overflow",
            Self::NanOrInfinity => "ERR increment would produce NaN or Infinity",
            Self::DbIndex => "ERR DB index is out of range",
            Self::InvalidDbIndex => "ERR invalid DB index",
            Self::InvalidCursor => "ERR invalid cursor",
            Self::SameObject => "ERR source and destination objects are the same",
            Self::BusyKey => "BUSYKEY Target key name already exists.",
            Self::NoAuth => "NOAUTH Authentication required.",
            Self::WrongPass => "WRONGPASS invalid username-password pair or user is disabled.",
            Self::NoPasswordSet => {
                "ERR AUTH <password> called without any password configured for the default user. \
                 Are you sure your configuration is correct?"
            }
            Self::NoProto => "NOPROTO unsupported protocol version",
            Self::NoSuchClient => "ERR No such client",
            Self::DebugForbidden => {
                "ERR DEBUG command not allowed. If the enable-debug-command option is set to \"local\", you can run it \
                 from a local connection, otherwise you need to set this option in the configuration file, and then \
                 restart the server."
            }
            Self::CantSave => {
                "MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to disk. \
                 Commands that may modify the data set are disabled, because this instance is configured to report \
                 errors during writes if RDB snapshotting fails (stop-writes-on-bgsave-error option). Please check the \
                 Redis logs for details about the RDB error."
            }
            Self::NoReplicas => "NOREPLICAS Not enough good replicas to write.",
            Self::Loading => "LOADING Redis is loading the dataset in memory",
            Self::OutOfMemory => "OOM command not allowed when used memory > 'maxmemory'.",
            Self::Text(text) => text,
            Self::InvalidExpire(_) | Self::Arity(_) | Self::Message(_) | Self::Quoting(_) => "",
        }
    }

    /// Its first word.
    #[must_use]
    pub fn code(&self) -> String {
        let text = alloc::format!("{self}");
        text.split(' ').next().map_or_else(String::new, String::from)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InvalidExpire(command) => write!(f, "ERR invalid expire time in '{command}' command"),
            Self::Arity(command) => write!(f, "ERR wrong number of arguments for '{command}' command"),
            Self::Message(text) => f.write_str(text),
            Self::Quoting(text) => f.write_str(&String::from_utf8_lossy(text)),
            fixed => f.write_str(fixed.fixed()),
        }
    }
}

impl core::error::Error for Error {}

/// What stands before the first zero byte.
#[must_use]
pub fn until_zero(word: &[u8]) -> &[u8] {
    word.split(|&byte| byte == 0).next().unwrap_or_default()
}
