//! Arguments that several commands share: when a key is to expire, how long to wait, from which keys to take.

use crate::argv::Args;
use crate::error::Error;
use crate::keyspace::Expiry;
use crate::long_double::LongDouble;
use crate::number;

const NEGATIVE: Error = Error::Text("ERR timeout is negative");

/// Until when a command that was given this timeout waits, on the monotonic clock in microseconds: seconds with a
/// fraction, counted in whole milliseconds; 0 is for ever.
pub(super) fn until(timeout: &[u8], now_us: u64) -> Result<Option<u64>, Error> {
    let Some(seconds) = number::parse_float(timeout) else {
        // What only a wider float can hold is past all milliseconds, too.
        return Err(match LongDouble::parse(timeout) {
            Some(_) => NEGATIVE,
            None => Error::Text("ERR timeout is not a float or out of range"),
        });
    };
    let ms = libm::ceil(seconds * 1000.0);
    // Milliseconds past 63 bits wrap around there, and so are negative.
    if ms < 0.0 || ms >= i64::MAX as f64 {
        return Err(NEGATIVE);
    }
    Ok((ms > 0.0).then(|| now_us.saturating_add((ms as u64).saturating_mul(1000))))
}

/// The same for a timeout in whole milliseconds.
pub(super) fn until_ms(timeout: &[u8], now_us: u64) -> Result<Option<u64>, Error> {
    const NO_NUMBER: Error = Error::Text("ERR timeout is not an integer or out of range");
    let ms = u64::try_from(number::parse_int(timeout).ok_or(NO_NUMBER)?).map_err(|_| NEGATIVE)?;
    Ok((ms > 0).then(|| now_us.saturating_add(ms.saturating_mul(1000))))
}

/// What LMPOP, ZMPOP and those of their kin that wait are asked for.
pub(super) struct Several<'a, End> {
    pub(super) keys: Args<'a>,
    pub(super) end: End,
    pub(super) count: usize,
}

impl<'a, End> Several<'a, End> {
    /// Reads `numkeys key [key …] END [COUNT count]` from a place on; `end` reads the one word.
    pub(super) fn read(
        args: Args<'a>,
        from: usize,
        end: impl Fn(Args<'a>, usize) -> Result<End, Error>,
    ) -> Result<Self, Error> {
        let positive = |place, text| {
            let number = args.int(place).ok().filter(|&number| number > 0);
            number.and_then(|number| usize::try_from(number).ok()).ok_or(Error::Text(text))
        };
        let numkeys = positive(from, "ERR numkeys should be greater than 0")?;
        let first = from + 1;
        let place = numkeys.checked_add(first).filter(|&place| place < args.len()).ok_or(Error::Syntax)?;
        let end = end(args, place)?;
        let count = match args.len() - place {
            1 => 1,
            // A second COUNT comes after the first one's number.
            3.. if args.is(place + 1, "COUNT") => {
                let count = positive(place + 2, "ERR count should be greater than 0")?;
                if args.len() > place + 3 {
                    return Err(Error::Syntax);
                }
                count
            }
            _ => return Err(Error::Syntax),
        };
        Ok(Self { keys: args.until(place).from(first), end, count })
    }
}

/// Declarations of the commands that take from the first of several keys that is there, and wait if none is.
pub(super) mod pop_or_wait {
    use crate::command::key::{ACCESS, DELETE, RW};
    use crate::command::{Arg, KeySpec};

    pub(in crate::commands) const HISTORY: &[(&str, &str)] = &[("6.0.0", "`timeout` may have a fraction.")];

    pub(in crate::commands) const KEYS: &[KeySpec] = &[KeySpec::range(1, -2, 1, RW | ACCESS | DELETE)];

    pub(in crate::commands) const ARGS: &[Arg] = &[Arg::key("key", 0).multiple(), Arg::double("timeout")];
}

/// What a call says about a key's time to live, with the words after [`Life::Until`] not yet looked at: a wrong
/// option is reported before a wrong number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Life<'a> {
    /// Nothing.
    Unsaid,
    /// `KEEPTTL`
    Keep,
    /// `PERSIST`
    Persist,
    /// `EX`, `PX`, `EXAT` or `PXAT` with this number.
    Until(Form, &'a [u8]),
}

/// How an expiry is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// `EX`: seconds from now.
    Seconds,
    /// `PX`: milliseconds from now.
    Millis,
    /// `EXAT`: seconds since the Unix epoch.
    UnixSeconds,
    /// `PXAT`: milliseconds since the Unix epoch.
    UnixMillis,
}

impl<'a> Life<'a> {
    /// Reads `EX`, `PX`, `EXAT` or `PXAT` and its number at a place. Tells how many words that were: none when
    /// something else stands there.
    ///
    /// Said twice, the later one counts, but two different ways to say it don't go together.
    pub(super) fn read_until(&mut self, args: Args<'a>, index: usize) -> Result<usize, Error> {
        let Some(form) = args.get(index).and_then(Form::named) else { return Ok(0) };
        let number = args.get(index + 1).ok_or(Error::Syntax)?;
        self.become_one(Self::Until(form, number))?;
        Ok(2)
    }

    /// Takes a statement in, if it goes together with what was said before.
    pub(super) fn become_one(&mut self, said: Self) -> Result<(), Error> {
        let agrees = match (*self, said) {
            (Self::Unsaid, _) | (Self::Keep, Self::Keep) | (Self::Persist, Self::Persist) => true,
            (Self::Until(before, _), Self::Until(now, _)) => before == now,
            _ => false,
        };
        if !agrees {
            return Err(Error::Syntax);
        }
        *self = said;
        Ok(())
    }

    /// What that means for a key that is written: without a word about it, its time to live ends.
    pub(super) fn expiry(self, now_ms: i64, command: &'static str) -> Result<Expiry, Error> {
        match self {
            Self::Unsaid | Self::Persist => Ok(Expiry::Never),
            Self::Keep => Ok(Expiry::Keep),
            Self::Until(form, number) => form.expiry(number, now_ms, command),
        }
    }
}

impl Form {
    /// The form of that name.
    fn named(word: &[u8]) -> Option<Self> {
        const NAMES: [(&[u8], Form); 4] = [
            (b"EX", Form::Seconds),
            (b"PX", Form::Millis),
            (b"EXAT", Form::UnixSeconds),
            (b"PXAT", Form::UnixMillis),
        ];
        let (_, form) = NAMES.into_iter().find(|(name, _)| name.eq_ignore_ascii_case(word))?;
        Some(form)
    }

    /// The time that `number` means; it must be positive and within what 64 bits of milliseconds can tell. Errors
    /// name the command.
    pub(super) fn expiry(self, number: &[u8], now_ms: i64, command: &'static str) -> Result<Expiry, Error> {
        let number = number::parse_int(number).ok_or(Error::NotInteger)?;
        let in_seconds = matches!(self, Self::Seconds | Self::UnixSeconds);
        let from_now = matches!(self, Self::Seconds | Self::Millis);
        let when_ms = Some(number)
            .filter(|&number| number > 0)
            .and_then(|number| number.checked_mul(if in_seconds { 1000 } else { 1 }))
            .and_then(|ms| ms.checked_add(if from_now { now_ms } else { 0 }))
            .ok_or(Error::InvalidExpire(command))?;
        Ok(Expiry::At(when_ms))
    }
}
