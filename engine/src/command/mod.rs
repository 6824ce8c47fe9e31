//! What a command *is*: one literal that declares it.
//!
//! A command is declared once, beside its handler:
//!
//! ```text
//! pub static GET: Command = Command::new("get", Group::String, "1.0.0", 2, get)
//!     .summary("Returns the string that a key holds.")
//!     .complexity("O(1)")
//!     .flags(READONLY | FAST)
//!     .keys(&[KeySpec::at(1, RO | ACCESS)])
//!     .args(&[Arg::key("key", 0)]);
//! ```
//!
//! Everything else reads that literal: dispatch and arity, the gates in `execute::admit`, ACL categories, COMMAND
//! INFO, DOCS and GETKEYS, hints and help in the console. What *happens* to a command is in `execute`.

pub mod arg;
pub mod category;
pub mod flag;
pub mod key;
mod legacy;
mod lookup;

pub use self::arg::{Arg, ArgKind};
pub use self::flag::Flags;
pub use self::key::KeySpec;
pub use self::legacy::KeyRange;
pub use self::lookup::Lookup;

use crate::execute::Call;
use crate::reply::Outcome;

/// The function that carries a command out.
pub type Handler = fn(&mut Call<'_>) -> Outcome;

/// The declaration of a command or of a subcommand.
#[derive(Debug)]
pub struct Command {
    /// In lower case; a subcommand's is `container|sub`.
    pub name: &'static str,
    /// The family it belongs to.
    pub group: Group,
    /// The version of Redis that brought it.
    pub since: &'static str,
    /// How many words a call has, itself included; negative: at least that many.
    pub arity: i32,
    /// One sentence for people.
    pub summary: &'static str,
    /// What a call costs.
    pub complexity: &'static str,
    /// `(version, what changed)`.
    pub history: &'static [(&'static str, &'static str)],
    /// Since when it is out of favour, and what to use instead.
    pub deprecated: Option<(&'static str, &'static str)>,
    /// What it may do and when it may run.
    pub flags: Flags,
    /// ACL categories beyond those that follow from the flags and the group, without the `@`; a leading `-` takes one
    /// of those away. Containers are in no family's category.
    pub categories: &'static [&'static str],
    /// Hints for clients and proxies.
    pub tips: &'static [&'static str],
    /// Where its keys are.
    pub keys: &'static [KeySpec],
    /// The grammar of its arguments.
    pub args: &'static [Arg],
    /// The word that it looks up in the value of its key, a member or a field; counted from the end if negative, 0 for none.
    pub looks_up: i8,
    /// Its subcommands, if it is a container.
    pub subcommands: &'static [&'static Self],
    /// What carries it out.
    pub handler: Handler,
}

impl Command {
    /// A command with nothing said but the necessary.
    #[must_use]
    pub const fn new(
        name: &'static str,
        group: Group,
        since: &'static str,
        arity: i32,
        handler: Handler,
    ) -> Self {
        Self {
            name,
            group,
            since,
            arity,
            summary: "",
            complexity: "",
            history: &[],
            deprecated: None,
            flags: 0,
            categories: &[],
            tips: &[],
            keys: &[],
            args: &[],
            looks_up: 0,
            subcommands: &[],
            handler,
        }
    }

    /// A container: it does nothing itself, its second word names one of `subcommands`.
    #[must_use]
    pub const fn container(
        name: &'static str,
        group: Group,
        since: &'static str,
        arity: i32,
        subcommands: &'static [&'static Self],
    ) -> Self {
        Self { subcommands, ..Self::new(name, group, since, arity, unreachable_container) }
    }

    /// Sets the one sentence for people.
    #[must_use]
    pub const fn summary(self, summary: &'static str) -> Self {
        Self { summary, ..self }
    }

    /// Sets what a call costs.
    #[must_use]
    pub const fn complexity(self, complexity: &'static str) -> Self {
        Self { complexity, ..self }
    }

    /// Sets what changed in which version.
    #[must_use]
    pub const fn history(self, history: &'static [(&'static str, &'static str)]) -> Self {
        Self { history, ..self }
    }

    /// Marks it as out of favour since a version, in favour of something else.
    #[must_use]
    pub const fn deprecated(self, since: &'static str, replaced_by: &'static str) -> Self {
        Self { deprecated: Some((since, replaced_by)), ..self }
    }

    /// Sets the flags.
    #[must_use]
    pub const fn flags(self, flags: Flags) -> Self {
        Self { flags, ..self }
    }

    /// Adds ACL categories that do not follow from flags and group, or takes away (`-name`) ones that do.
    #[must_use]
    pub const fn categories(self, categories: &'static [&'static str]) -> Self {
        Self { categories, ..self }
    }

    /// Sets the tips.
    #[must_use]
    pub const fn tips(self, tips: &'static [&'static str]) -> Self {
        Self { tips, ..self }
    }

    /// Sets where the keys are.
    #[must_use]
    pub const fn keys(self, keys: &'static [KeySpec]) -> Self {
        Self { keys, ..self }
    }

    /// Sets the grammar of the arguments.
    #[must_use]
    pub const fn args(self, args: &'static [Arg]) -> Self {
        Self { args, ..self }
    }

    /// Sets which word it looks up in the value of the one key that comes first.
    #[must_use]
    pub const fn looks_up(self, place: i8) -> Self {
        Self { looks_up: place, ..self }
    }

    /// Whether all of `flags` are set.
    #[must_use]
    pub const fn has(&self, flags: Flags) -> bool {
        self.flags & flags == flags
    }

    /// Whether a call of `argc` words is long enough, and not too long.
    #[must_use]
    pub const fn accepts(&self, argc: usize) -> bool {
        if self.arity >= 0 { argc == self.arity as usize } else { argc >= -self.arity as usize }
    }

    /// The subcommand that `word` names, in any case.
    #[must_use]
    pub fn subcommand(&self, word: &[u8]) -> Option<&'static Self> {
        self.subcommands.iter().copied().find(|sub| sub.own_name().as_bytes().eq_ignore_ascii_case(word))
    }

    /// The last word of its name: `list` for `client|list`.
    #[must_use]
    pub fn own_name(&self) -> &'static str {
        self.name.rsplit('|').next().unwrap_or(self.name)
    }
}

/// `admit` turns a call of a container into a call of one of its subcommands or into an error.
fn unreachable_container(_: &mut Call<'_>) -> Outcome {
    Err(crate::error::Error::Syntax)
}

/// The families, as COMMAND DOCS and the help of redis-cli group them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// Strings and counters.
    String,
    /// Bits of strings.
    Bitmap,
    /// Lists.
    List,
    /// Sets.
    Set,
    /// Sorted sets.
    SortedSet,
    /// Hashes.
    Hash,
    /// Streams.
    Stream,
    /// Geospatial indices.
    Geo,
    /// Cardinality estimates.
    HyperLogLog,
    /// Keys of any type.
    Generic,
    /// Channels.
    PubSub,
    /// MULTI and what belongs to it.
    Transactions,
    /// Lua.
    Scripting,
    /// The client's own connection.
    Connection,
    /// The server itself.
    Server,
    /// Cluster.
    Cluster,
    /// Sentinel.
    Sentinel,
}

impl Group {
    /// The name in COMMAND DOCS.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Bitmap => "bitmap",
            Self::List => "list",
            Self::Set => "set",
            Self::SortedSet => "sorted-set",
            Self::Hash => "hash",
            Self::Stream => "stream",
            Self::Geo => "geo",
            Self::HyperLogLog => "hyperloglog",
            Self::Generic => "generic",
            Self::PubSub => "pubsub",
            Self::Transactions => "transactions",
            Self::Scripting => "scripting",
            Self::Connection => "connection",
            Self::Server => "server",
            Self::Cluster => "cluster",
            Self::Sentinel => "sentinel",
        }
    }

    /// The ACL category that every command of the family is in, if there is one.
    #[must_use]
    pub const fn category(self) -> Option<&'static str> {
        match self {
            Self::String => Some("string"),
            Self::Bitmap => Some("bitmap"),
            Self::List => Some("list"),
            Self::Set => Some("set"),
            Self::SortedSet => Some("sortedset"),
            Self::Hash => Some("hash"),
            Self::Stream => Some("stream"),
            Self::Geo => Some("geo"),
            Self::HyperLogLog => Some("hyperloglog"),
            Self::Generic => Some("keyspace"),
            Self::Transactions => Some("transaction"),
            Self::Scripting => Some("scripting"),
            Self::Connection => Some("connection"),
            Self::PubSub | Self::Server | Self::Cluster | Self::Sentinel => None,
        }
    }
}
