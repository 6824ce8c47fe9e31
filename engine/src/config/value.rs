//! What a directive holds, and how it is read from words and shown again.
//!
//! [`Kind::parse`] turns words into a [`Value`] or a reason why not;
//! [`Kind::render`] shows a value the way CONFIG GET answers it, which parses
//! back to the same value. The reasons are those of Redis 7.0.15, since
//! clients and test suites match them.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::ToString;
use alloc::vec::Vec;

use redstart_structures::float::Scan;

use super::directive::{Form, Kind, Words};
use super::events;
use super::number::{parse_integer, parse_loose, parse_memory, parse_octal, parse_percent};

/// The value of one directive.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// `yes` or `no`.
    Flag(bool),
    /// A whole number.
    Number(i64),
    /// Bytes.
    Memory(u64),
    /// A share of `maxmemory`, in hundredths.
    Percent(u64),
    /// Any bytes.
    Text(Vec<u8>),
    /// What a word stands for, or several words as bits.
    Word(u32),
    /// `save`.
    Save(Vec<SavePoint>),
    /// `client-output-buffer-limit`: normal, replica, pubsub.
    OutputLimits([OutputLimit; 3]),
    /// `oom-score-adj-values`: primary, replica, child.
    OomScores([i64; 3]),
    /// `notify-keyspace-events`.
    Events(u32),
    /// `bind`.
    Addresses(Vec<Vec<u8>>),
    /// `replicaof`.
    Primary(Option<(Vec<u8>, u16)>),
    /// `latency-tracking-info-percentiles`.
    Percentiles(Vec<f64>),
}

/// Save after so many seconds, if there were so many changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SavePoint {
    /// How long since the last save.
    pub seconds: i64,
    /// How many changes since the last save.
    pub changes: i64,
}

/// How much output may wait for a client. Zero is no limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OutputLimit {
    /// Beyond this the client is closed at once.
    pub hard: u64,
    /// Beyond this it is closed after `soft_seconds`.
    pub soft: u64,
    /// How long the soft limit may be exceeded.
    pub soft_seconds: u64,
}

impl OutputLimit {
    pub(super) const NONE: Self = Self { hard: 0, soft: 0, soft_seconds: 0 };
}

/// Why a value is refused.
pub type Reason = Cow<'static, str>;

impl Kind {
    /// The value at first.
    pub(super) fn default_value(&self) -> Value {
        match self {
            Self::Flag { default } => Value::Flag(*default),
            Self::Number { default, .. } | Self::Octal { default, .. } => Value::Number(*default),
            Self::Memory { default, .. } => Value::Memory(*default),
            Self::Text { default } => Value::Text(default.as_bytes().to_vec()),
            Self::Word { words, default } | Self::WordSet { words, default } => {
                Value::Word(number_of(words, default.as_bytes()).unwrap_or(0))
            }
            Self::Special { form, default } => {
                let words: Vec<&[u8]> = split_spaces(default.as_bytes());
                form.parse(&words, &form.empty()).unwrap_or_else(|_| form.empty())
            }
        }
    }

    /// Reads a value. `current` is what stays where the words say nothing:
    /// `client-output-buffer-limit` may name one class only.
    pub(super) fn parse(&self, words: &[&[u8]], current: &Value) -> Result<Value, Reason> {
        let first = words.first().copied().unwrap_or_default();
        match self {
            Self::Flag { .. } => parse_flag(first),
            Self::Number { min, max, clamp, .. } => parse_number(first, *min, *max, *clamp),
            Self::Octal { max, .. } => {
                let mode = parse_octal(first).ok_or("argument couldn't be parsed as an octal number")?;
                if !(0..=*max).contains(&mode) {
                    return Err(format!("argument must be between 0 and {max:o} inclusive").into());
                }
                Ok(Value::Number(mode))
            }
            Self::Memory { min, max, percent, floor, .. } => {
                match parse_bytes(first, *min, *max, *percent)? {
                    Value::Memory(bytes) => Ok(Value::Memory(bytes.max(*floor))),
                    share => Ok(share),
                }
            }
            Self::Text { .. } => Ok(Value::Text(first.to_vec())),
            Self::Word { words: known, .. } => {
                number_of(known, first).map(Value::Word).ok_or_else(|| one_of(known))
            }
            Self::WordSet { words: known, .. } => parse_word_set(words, known),
            Self::Special { form, .. } => form.parse(words, current),
        }
    }

    /// Shows a value as CONFIG GET does.
    pub(super) fn render(&self, value: &Value) -> Vec<u8> {
        match (self, value) {
            (_, Value::Flag(on)) => Vec::from(if *on { "yes" } else { "no" }),
            (Self::Octal { .. }, Value::Number(mode)) => format!("{mode:o}").into_bytes(),
            (_, Value::Number(number)) => number.to_string().into_bytes(),
            (_, Value::Memory(bytes)) => bytes.to_string().into_bytes(),
            (_, Value::Percent(percent)) => format!("{percent}%").into_bytes(),
            (_, Value::Text(text)) => text.clone(),
            (Self::WordSet { words, .. } | Self::Word { words, .. }, Value::Word(bits)) => {
                render_words(words, *bits).into_bytes()
            }
            (_, Value::Word(_)) => Vec::new(),
            (_, Value::Save(points)) => join(points, |point| format!("{} {}", point.seconds, point.changes)),
            (_, Value::OutputLimits(limits)) => render_output_limits(limits),
            (_, Value::OomScores(scores)) => join(scores, ToString::to_string),
            (_, Value::Events(bits)) => events::render(*bits),
            (_, Value::Addresses(addresses)) => addresses.join(&b' '),
            (_, Value::Primary(None)) => Vec::new(),
            (_, Value::Primary(Some((host, port)))) => {
                let mut text = host.clone();
                text.extend(format!(" {port}").bytes());
                text
            }
            (_, Value::Percentiles(list)) => join(list, |percentile| render_percentile(*percentile)),
        }
    }
}

impl Form {
    fn empty(self) -> Value {
        match self {
            Self::Save => Value::Save(Vec::new()),
            Self::OutputLimits => Value::OutputLimits([OutputLimit::NONE; 3]),
            Self::OomScores => Value::OomScores([0; 3]),
            Self::Events => Value::Events(0),
            Self::Addresses => Value::Addresses(Vec::new()),
            Self::Primary => Value::Primary(None),
            Self::Percentiles => Value::Percentiles(Vec::new()),
        }
    }

    fn parse(self, words: &[&[u8]], current: &Value) -> Result<Value, Reason> {
        // One empty word is no word: `save ""`.
        let listed = if matches!(words, [word] if word.is_empty()) { &[] } else { words };
        match self {
            Self::Save => parse_save(listed),
            Self::OutputLimits => parse_output_limits(words, current),
            Self::OomScores => parse_oom_scores(words),
            Self::Events => {
                let letters = words.first().copied().unwrap_or_default();
                let bits = events::parse(letters);
                bits.map(Value::Events)
                    .ok_or_else(|| "Invalid event class character. Use 'Ag$lshzxeKEtmdn'.".into())
            }
            Self::Addresses if words.len() > 16 => Err("Too many bind addresses specified.".into()),
            Self::Addresses => Ok(Value::Addresses(listed.iter().map(|word| word.to_vec()).collect())),
            Self::Primary => parse_primary(words),
            Self::Percentiles => listed
                .iter()
                .map(|word| parse_percentile(word))
                .collect::<Result<_, _>>()
                .map(Value::Percentiles),
        }
    }
}

/// Parts at every single space, as CONFIG SET does: two make an empty word.
pub(super) fn split_spaces(text: &[u8]) -> Vec<&[u8]> {
    if text.is_empty() {
        return Vec::new();
    }
    text.split(|&byte| byte == b' ').collect()
}

fn parse_flag(word: &[u8]) -> Result<Value, Reason> {
    if word.eq_ignore_ascii_case(b"yes") {
        Ok(Value::Flag(true))
    } else if word.eq_ignore_ascii_case(b"no") {
        Ok(Value::Flag(false))
    } else {
        Err("argument must be 'yes' or 'no'".into())
    }
}

fn parse_number(word: &[u8], min: i64, max: i64, clamp: Option<(i64, i64)>) -> Result<Value, Reason> {
    let number = parse_integer(word).ok_or("argument couldn't be parsed into an integer")?;
    if !(min..=max).contains(&number) {
        return Err(format!("argument must be between {min} and {max} inclusive").into());
    }
    Ok(Value::Number(clamp.map_or(number, |(least, most)| number.max(least).min(most))))
}

fn parse_bytes(word: &[u8], min: u64, max: u64, percent: bool) -> Result<Value, Reason> {
    if let Some(bytes) = parse_memory(word) {
        if !(min..=max).contains(&bytes) {
            return Err(format!("argument must be between {min} and {max} inclusive").into());
        }
        return Ok(Value::Memory(bytes));
    }
    if !percent {
        return Err("argument must be a memory value".into());
    }
    match parse_percent(word) {
        Some(0) => Ok(Value::Memory(0)),
        Some(share @ ..=100) => Ok(Value::Percent(share)),
        Some(_) => Err("percentage argument must be less or equal to 100".into()),
        None => Err("argument must be a memory or percent value".into()),
    }
}

fn parse_word_set(words: &[&[u8]], known: Words) -> Result<Value, Reason> {
    if words.is_empty() {
        return Err(one_of(known));
    }
    let bits = words.iter().try_fold(0, |bits, word| Some(bits | number_of(known, word)?));
    bits.map(Value::Word).ok_or_else(|| one_of(known))
}

fn number_of(known: Words, word: &[u8]) -> Option<u32> {
    known.iter().find(|(name, _)| name.as_bytes().eq_ignore_ascii_case(word)).map(|(_, number)| *number)
}

fn one_of(known: Words) -> Reason {
    let names: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
    format!("argument(s) must be one of the following: {}", names.join(", ")).into()
}

fn render_words(known: Words, bits: u32) -> alloc::string::String {
    if let Some((name, _)) = known.iter().find(|(_, number)| *number == bits) {
        return (*name).into();
    }
    let names: Vec<&str> =
        known.iter().filter(|(_, bit)| *bit != 0 && bits & bit == *bit).map(|(name, _)| *name).collect();
    names.join(" ")
}

fn parse_save(words: &[&[u8]]) -> Result<Value, Reason> {
    let point = |pair: &[&[u8]]| {
        let [seconds, changes] = pair else { return None };
        let point = SavePoint { seconds: parse_loose(seconds)?, changes: parse_loose(changes)? };
        (point.seconds >= 1 && point.changes >= 0).then_some(point)
    };
    let points: Option<Vec<SavePoint>> = words.chunks(2).map(point).collect();
    points.map(Value::Save).ok_or_else(|| "Invalid save parameters".into())
}

fn parse_output_limits(words: &[&[u8]], current: &Value) -> Result<Value, Reason> {
    let Value::OutputLimits(mut limits) = current.clone() else {
        return Err("Invalid client class specified in buffer limit configuration.".into());
    };
    if !words.len().is_multiple_of(4) {
        return Err("Wrong number of arguments in buffer limit configuration.".into());
    }
    for group in words.chunks_exact(4) {
        let [class, hard, soft, seconds] = group else { continue };
        let class = OUTPUT_CLASSES.iter().find(|(name, _)| name.as_bytes().eq_ignore_ascii_case(class));
        let limit = class.and_then(|(_, index)| limits.get_mut(*index));
        let limit = limit.ok_or("Invalid client class specified in buffer limit configuration.")?;
        let soft_seconds = parse_loose(seconds).and_then(|seconds| u64::try_from(seconds).ok());
        let (Some(hard), Some(soft), Some(soft_seconds)) =
            (parse_memory(hard), parse_memory(soft), soft_seconds)
        else {
            return Err("Error in hard, soft or soft_seconds setting in buffer limit configuration.".into());
        };
        *limit = OutputLimit { hard, soft, soft_seconds };
    }
    Ok(Value::OutputLimits(limits))
}

fn render_output_limits(limits: &[OutputLimit; 3]) -> Vec<u8> {
    let named: Vec<_> = ["normal", "slave", "pubsub"].into_iter().zip(limits).collect();
    join(&named, |(class, limit)| format!("{class} {} {} {}", limit.hard, limit.soft, limit.soft_seconds))
}

fn parse_oom_scores(words: &[&[u8]]) -> Result<Value, Reason> {
    let [primary, replica, child] = words else {
        return Err("wrong number of arguments".into());
    };
    let score = |word: &[u8]| {
        let score = parse_loose(word).filter(|score| (-2000..=2000).contains(score));
        score.ok_or("Invalid oom-score-adj-values, elements must be between -2000 and 2000.")
    };
    Ok(Value::OomScores([score(primary)?, score(replica)?, score(child)?]))
}

fn parse_primary(words: &[&[u8]]) -> Result<Value, Reason> {
    let [host, port] = words else {
        return Err("wrong number of arguments".into());
    };
    if host.eq_ignore_ascii_case(b"no") && port.eq_ignore_ascii_case(b"one") {
        return Ok(Value::Primary(None));
    }
    let port = parse_loose(port).and_then(|port| u16::try_from(port).ok()).ok_or("Invalid master port")?;
    Ok(Value::Primary(Some((host.to_vec(), port))))
}

fn parse_percentile(word: &[u8]) -> Result<f64, Reason> {
    match Scan::new(word).map(|scan| scan.double()) {
        Some(percentile) if (0.0..=100.0).contains(&percentile) => Ok(percentile),
        Some(_) => Err("latency-tracking-info-percentiles parameters should sit between [0.0,100.0]".into()),
        _ => Err("Invalid latency-tracking-info-percentiles parameters".into()),
    }
}

fn render_percentile(percentile: f64) -> alloc::string::String {
    format!("{percentile:.6}").trim_end_matches('0').trim_end_matches('.').into()
}

fn join<T>(items: &[T], show: impl Fn(&T) -> alloc::string::String) -> Vec<u8> {
    let texts: Vec<_> = items.iter().map(show).collect();
    texts.join(" ").into_bytes()
}

const OUTPUT_CLASSES: &[(&str, usize)] = &[("normal", 0), ("slave", 1), ("replica", 1), ("pubsub", 2)];
