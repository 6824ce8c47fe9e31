//! What a directive is: its names, what it may hold, and who may change it.
//!
//! A row of the [table](super::TABLE) is written with the `const fn`s here:
//! one that names the kind (`flag`, `number`, `memory`, `text`, `word`, …) and
//! then what is particular to it:
//!
//! ```text
//! memory("repl-backlog-size", 1, LONG, MB)          kind, bounds, default
//!     .alias("old-name")                            the name it had before
//!     .immutable()                                  only at the start
//! ```

use super::value::Value;

/// One directive, as declared in the table.
#[derive(Debug)]
pub struct Directive {
    /// The name in replies and in files.
    pub name: &'static str,
    /// The older name Redis shows beside it: `slave-…`, `…-ziplist-…`.
    pub alias: Option<&'static str>,
    /// A name understood but never listed: what Valkey calls it.
    pub unlisted_alias: Option<&'static str>,
    /// What it may hold, and what it holds at first.
    pub kind: Kind,
    /// Whether CONFIG SET may change it.
    pub mutable: bool,
    /// CONFIG SET needs `enable-protected-configs`.
    pub protected: bool,
    /// CONFIG SET is refused while the dataset loads.
    pub denied_while_loading: bool,
    /// CONFIG GET shows it to its exact name only, never to a pattern.
    pub hidden: bool,
    /// Its value stays out of SLOWLOG and MONITOR.
    pub sensitive: bool,
    /// Setting it to the value it has counts as a change: a file may differ.
    pub volatile: bool,
    /// Whether the feature behind it exists; if not, using it warns.
    pub built: bool,
    /// Only the front can carry a change out, and may fail to.
    pub is_fronts: bool,
    /// What a well-formed value must satisfy besides.
    pub check: Option<Check>,
}

/// A rule of one directive: the reason why a value is refused.
pub type Check = fn(&Value) -> Result<(), &'static str>;

/// The form of a directive's value.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    /// `yes` or `no`.
    Flag {
        /// The value at first.
        default: bool,
    },
    /// A whole number.
    Number {
        /// The least value allowed.
        min: i64,
        /// The greatest value allowed.
        max: i64,
        /// The value at first.
        default: i64,
        /// A narrower range that values are moved into instead of refused.
        clamp: Option<(i64, i64)>,
    },
    /// A number in base 8: the mode of a file.
    Octal {
        /// The greatest value allowed.
        max: i64,
        /// The value at first.
        default: i64,
    },
    /// Bytes, with units: `100mb`.
    Memory {
        /// The least value allowed.
        min: u64,
        /// The greatest value allowed.
        max: u64,
        /// The value at first.
        default: u64,
        /// Whether `10%` is understood too.
        percent: bool,
        /// What smaller values are raised to instead of refused.
        floor: u64,
    },
    /// Any bytes.
    Text {
        /// The value at first.
        default: &'static str,
    },
    /// One word of a list.
    Word {
        /// The words and the number each stands for.
        words: Words,
        /// The value at first.
        default: &'static str,
    },
    /// Any words of a list at once, their numbers being bits.
    WordSet {
        /// The words and the bits each stands for.
        words: Words,
        /// The value at first.
        default: &'static str,
    },
    /// A form of its own.
    Special {
        /// Which one.
        form: Form,
        /// The value at first, as text.
        default: &'static str,
    },
}

/// Words and what they stand for. Of two with one number, the first is shown.
pub type Words = &'static [(&'static str, u32)];

/// The forms that belong to a single directive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// `save`: seconds and changes, in pairs.
    Save,
    /// `client-output-buffer-limit`: class, hard, soft, seconds, in fours.
    OutputLimits,
    /// `oom-score-adj-values`: three numbers.
    OomScores,
    /// `notify-keyspace-events`: letters.
    Events,
    /// `bind`: addresses.
    Addresses,
    /// `replicaof`: host and port, or `no one`.
    Primary,
    /// `latency-tracking-info-percentiles`: numbers from 0 to 100.
    Percentiles,
}

impl Kind {
    /// Whether the value is several words: in a file each may be an argument.
    pub(super) fn takes_several(&self) -> bool {
        match self {
            Self::WordSet { .. } => true,
            Self::Special { form, .. } => *form != Form::Events,
            _ => false,
        }
    }
}

impl Directive {
    /// The names CONFIG GET lists, the current one first.
    pub fn listed_names(&self) -> impl Iterator<Item = &'static str> {
        core::iter::once(self.name).chain(self.alias)
    }

    /// The spelling of the table for `name`, if it is one of ours.
    pub(super) fn spelling(&self, name: &[u8]) -> Option<&'static str> {
        self.listed_names()
            .chain(self.unlisted_alias)
            .find(|known| known.as_bytes().eq_ignore_ascii_case(name))
    }

    pub(super) const fn alias(mut self, name: &'static str) -> Self {
        self.alias = Some(name);
        self
    }

    pub(super) const fn unlisted_alias(mut self, name: &'static str) -> Self {
        self.unlisted_alias = Some(name);
        self
    }

    pub(super) const fn immutable(mut self) -> Self {
        self.mutable = false;
        self
    }

    pub(super) const fn protected(mut self) -> Self {
        self.protected = true;
        self
    }

    pub(super) const fn denied_while_loading(mut self) -> Self {
        self.denied_while_loading = true;
        self
    }

    pub(super) const fn hidden(mut self) -> Self {
        self.hidden = true;
        self
    }

    pub(super) const fn sensitive(mut self) -> Self {
        self.sensitive = true;
        self
    }

    pub(super) const fn volatile(mut self) -> Self {
        self.volatile = true;
        self
    }

    pub(super) const fn unbuilt(mut self) -> Self {
        self.built = false;
        self
    }

    pub(super) const fn fronts(mut self) -> Self {
        self.is_fronts = true;
        self
    }

    pub(super) const fn check(mut self, check: Check) -> Self {
        self.check = Some(check);
        self
    }
}

pub(super) const fn flag(name: &'static str, default: bool) -> Directive {
    directive(name, Kind::Flag { default })
}

pub(super) const fn number(name: &'static str, min: i64, max: i64, default: i64) -> Directive {
    directive(name, Kind::Number { min, max, default, clamp: None })
}

pub(super) const fn clamped(name: &'static str, min: i64, max: i64, default: i64) -> Directive {
    directive(name, Kind::Number { min: 0, max: i32::MAX as i64, default, clamp: Some((min, max)) })
}

pub(super) const fn octal(name: &'static str, max: i64, default: i64) -> Directive {
    directive(name, Kind::Octal { max, default })
}

pub(super) const fn memory(name: &'static str, min: u64, max: u64, default: u64) -> Directive {
    directive(name, Kind::Memory { min, max, default, percent: false, floor: 0 })
}

pub(super) const fn raised_memory(name: &'static str, floor: u64, max: u64, default: u64) -> Directive {
    directive(name, Kind::Memory { min: 1, max, default, percent: false, floor })
}

pub(super) const fn memory_or_percent(name: &'static str, max: u64, default: u64) -> Directive {
    directive(name, Kind::Memory { min: 0, max, default, percent: true, floor: 0 })
}

pub(super) const fn text(name: &'static str, default: &'static str) -> Directive {
    directive(name, Kind::Text { default })
}

pub(super) const fn word(name: &'static str, words: Words, default: &'static str) -> Directive {
    directive(name, Kind::Word { words, default })
}

pub(super) const fn word_set(name: &'static str, words: Words, default: &'static str) -> Directive {
    directive(name, Kind::WordSet { words, default })
}

pub(super) const fn special(name: &'static str, form: Form, default: &'static str) -> Directive {
    directive(name, Kind::Special { form, default })
}

const fn directive(name: &'static str, kind: Kind) -> Directive {
    Directive {
        name,
        alias: None,
        unlisted_alias: None,
        kind,
        mutable: true,
        protected: false,
        denied_while_loading: false,
        hidden: false,
        sensitive: false,
        volatile: false,
        built: true,
        is_fronts: false,
        check: None,
    }
}
