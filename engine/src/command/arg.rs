//! The grammar of a command's arguments: what COMMAND DOCS tells, what the console completes.

/// One argument, or a group of them.
#[derive(Debug, Clone, Copy)]
pub struct Arg {
    /// What people call it.
    pub name: &'static str,
    /// What may stand there.
    pub kind: ArgKind,
    /// The literal word before it (or instead of it, for [`ArgKind::Token`]).
    pub token: Option<&'static str>,
    /// For a key: which of the command's key specs finds it.
    pub key_spec: Option<u8>,
    /// May be left out.
    pub optional: bool,
    /// May be repeated.
    pub multiple: bool,
    /// Its token is repeated with it.
    pub multiple_token: bool,
    /// The version that brought it, if later than the command.
    pub since: Option<&'static str>,
    /// The version that put it out of favour.
    pub deprecated_since: Option<&'static str>,
    /// The members of a block or of a choice.
    pub args: &'static [Self],
}

/// What may stand in an argument's place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ArgKind {
    /// Any bytes.
    String,
    /// A signed 64-bit number.
    Integer,
    /// A floating-point number.
    Double,
    /// The name of a key.
    Key,
    /// A glob pattern.
    Pattern,
    /// A point in Unix time.
    UnixTime,
    /// A literal word.
    Token,
    /// One of the members.
    OneOf,
    /// All of the members, in order.
    Block,
}

impl ArgKind {
    /// The name in COMMAND DOCS.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Integer => "integer",
            Self::Double => "double",
            Self::Key => "key",
            Self::Pattern => "pattern",
            Self::UnixTime => "unix-time",
            Self::Token => "pure-token",
            Self::OneOf => "oneof",
            Self::Block => "block",
        }
    }
}

impl Arg {
    const fn new(name: &'static str, kind: ArgKind) -> Self {
        Self {
            name,
            kind,
            token: None,
            key_spec: None,
            optional: false,
            multiple: false,
            multiple_token: false,
            since: None,
            deprecated_since: None,
            args: &[],
        }
    }

    /// Any bytes.
    #[must_use]
    pub const fn string(name: &'static str) -> Self {
        Self::new(name, ArgKind::String)
    }

    /// A signed 64-bit number.
    #[must_use]
    pub const fn integer(name: &'static str) -> Self {
        Self::new(name, ArgKind::Integer)
    }

    /// A floating-point number.
    #[must_use]
    pub const fn double(name: &'static str) -> Self {
        Self::new(name, ArgKind::Double)
    }

    /// The name of a key, found by the command's key spec of that index.
    #[must_use]
    pub const fn key(name: &'static str, key_spec: u8) -> Self {
        Self { key_spec: Some(key_spec), ..Self::new(name, ArgKind::Key) }
    }

    /// A glob pattern.
    #[must_use]
    pub const fn pattern(name: &'static str) -> Self {
        Self::new(name, ArgKind::Pattern)
    }

    /// A point in Unix time.
    #[must_use]
    pub const fn unix_time(name: &'static str) -> Self {
        Self::new(name, ArgKind::UnixTime)
    }

    /// A literal word that stands alone.
    #[must_use]
    pub const fn word(name: &'static str, token: &'static str) -> Self {
        Self { token: Some(token), ..Self::new(name, ArgKind::Token) }
    }

    /// One of `args`.
    #[must_use]
    pub const fn one_of(name: &'static str, args: &'static [Self]) -> Self {
        Self { args, ..Self::new(name, ArgKind::OneOf) }
    }

    /// All of `args`, in order.
    #[must_use]
    pub const fn block(name: &'static str, args: &'static [Self]) -> Self {
        Self { args, ..Self::new(name, ArgKind::Block) }
    }

    /// Puts a literal word before it.
    #[must_use]
    pub const fn after(self, token: &'static str) -> Self {
        Self { token: Some(token), ..self }
    }

    /// It may be left out.
    #[must_use]
    pub const fn optional(self) -> Self {
        Self { optional: true, ..self }
    }

    /// It may be repeated.
    #[must_use]
    pub const fn multiple(self) -> Self {
        Self { multiple: true, ..self }
    }

    /// It may be repeated, its token each time.
    #[must_use]
    pub const fn multiple_token(self) -> Self {
        Self { multiple: true, multiple_token: true, ..self }
    }

    /// It came with this version.
    #[must_use]
    pub const fn since(self, version: &'static str) -> Self {
        Self { since: Some(version), ..self }
    }

    /// It is out of favour since this version.
    #[must_use]
    pub const fn deprecated(self, version: &'static str) -> Self {
        Self { deprecated_since: Some(version), ..self }
    }
}
