//! When an entry was last used, or how often: what eviction goes by.
//!
//! One number tells either, as `maxmemory-policy` wants it:
//!
//! ```text
//!        31              24 23                                8 7                0
//!   LRU │ hundredths of a second at the last use, on the monotonic clock          │
//!   LFU │ 0               │ minutes when the counter was right │ counter          │
//! ```
//!
//! The counter is a logarithm: at a value of `c` above the one that new keys start with, one use in `c` times
//! `lfu-log-factor`, picked by chance, makes it greater by one. Each `lfu-decay-time` minutes without a use make it less
//! by one.
//!
//! Under another policy an old number is read as if it were of the new kind: such keys are judged wrongly until they are
//! used or the counter has decayed, as CONFIG SET has to leave every key alone.

use crate::config::Hot;
use crate::machine::Now;
use crate::random::Random;

/// What is known of an entry's uses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage(u32);

/// The time by which uses are dated, in hundredths of a second: it turns over after 497 days.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UsageClock(u32);

/// How uses are noted, as the policy in force wants it.
#[derive(Debug)]
pub struct Uses {
    counting: Option<Counting>,
    /// Chance for the counter and for eviction.
    pub(super) random: Random,
}

/// How counters grow and decay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Counting {
    log_factor: u64,
    decay_mins: u64,
}

/// Where counters start: below it, a key is one that nobody wants.
const COUNTER_START: u8 = 5;

/// What an LFU number may be, and so how far back the clock of a fresh server may seem to be behind a last use.
const LFU_MAX: u32 = 0xff_ffff;

impl UsageClock {
    /// At a time of the front's.
    #[inline]
    #[must_use]
    pub const fn at(now: Now) -> Self {
        Self((now.mono_us / 10_000) as u32)
    }

    const fn minutes(self) -> u16 {
        (self.0 / 6000) as u16
    }
}

impl Usage {
    /// The number as it is.
    #[must_use]
    pub const fn raw(self) -> u32 {
        self.0
    }

    /// The usage that was this number.
    pub(super) const fn from_raw(number: u32) -> Self {
        Self(number)
    }

    /// For how many seconds it has not been used, if the number is a time.
    #[must_use]
    pub const fn idle_secs(self, clock: UsageClock) -> u32 {
        self.idle(clock) / 100
    }

    const fn idle(self, clock: UsageClock) -> u32 {
        let idle = clock.0.wrapping_sub(self.0);
        // From the future: it was a counter.
        if idle >= u32::MAX - LFU_MAX { 0 } else { idle }
    }

    const fn counted(clock: UsageClock, counter: u8) -> Self {
        Self((clock.minutes() as u32) << 8 | counter as u32)
    }

    fn counter(self, clock: UsageClock, rule: Counting) -> u8 {
        let passed = clock.minutes().wrapping_sub((self.0 >> 8) as u16);
        let decayed = u64::from(passed).checked_div(rule.decay_mins).unwrap_or(0);
        (self.0 as u8).saturating_sub(u8::try_from(decayed).unwrap_or(u8::MAX))
    }
}

impl Uses {
    /// Dates are kept, until [`Uses::obey`] says otherwise.
    pub(crate) const fn new(random: Random) -> Self {
        Self { counting: None, random }
    }

    /// Notes uses as these directives say.
    pub(crate) fn obey(&mut self, config: &Hot) {
        let rule = Counting { log_factor: config.lfu_log_factor, decay_mins: config.lfu_decay_time };
        self.counting = config.maxmemory_policy.is_lfu().then_some(rule);
    }

    /// Whether uses are counted, and not dated.
    #[must_use]
    pub const fn counts(&self) -> bool {
        self.counting.is_some()
    }

    /// The usage of a key that comes to be.
    #[inline]
    #[must_use]
    pub const fn first(&self, clock: UsageClock) -> Usage {
        if self.counts() { Usage::counted(clock, COUNTER_START) } else { Usage(clock.0) }
    }

    /// Notes a use.
    #[inline]
    pub fn note(&mut self, usage: &mut Usage, clock: UsageClock) {
        match self.counting {
            None => *usage = Usage(clock.0),
            Some(rule) => self.count(usage, clock, rule),
        }
    }

    /// Notes that a value was replaced: it is as old as its last use, and used as often as the one before it.
    #[inline]
    pub fn renew(&mut self, usage: &mut Usage, clock: UsageClock, is_use: bool) {
        if is_use || !self.counts() {
            self.note(usage, clock);
        }
    }

    #[cold]
    fn count(&mut self, usage: &mut Usage, clock: UsageClock, rule: Counting) {
        let counter = usage.counter(clock, rule);
        let above = u64::from(counter.saturating_sub(COUNTER_START));
        let one_in = above.saturating_mul(rule.log_factor).saturating_add(1);
        let grown = u8::from(counter < u8::MAX && self.random.below(one_in) == 0);
        *usage = Usage::counted(clock, counter + grown);
    }

    /// How often a key is used, on the counter's scale; `None` if uses are dated.
    #[must_use]
    pub fn frequency(&self, usage: Usage, clock: UsageClock) -> Option<u8> {
        self.counting.map(|rule| usage.counter(clock, rule))
    }

    /// The usage of a key that has not been used for so many seconds; `None` if uses are counted.
    #[must_use]
    pub fn idle_for(&self, secs: u64, clock: UsageClock) -> Option<Usage> {
        let most = u32::MAX - LFU_MAX - 1;
        let idle = u32::try_from(secs.saturating_mul(100)).unwrap_or(most).min(most);
        (!self.counts()).then_some(Usage(clock.0.wrapping_sub(idle)))
    }

    /// The usage of a key that is used this often; `None` if uses are dated.
    #[must_use]
    pub fn used_often(&self, frequency: u8, clock: UsageClock) -> Option<Usage> {
        self.counts().then_some(Usage::counted(clock, frequency))
    }

    /// How little a key would be missed.
    pub(super) fn idleness(&self, usage: Usage, clock: UsageClock) -> u32 {
        match self.frequency(usage, clock) {
            Some(frequency) => u32::from(u8::MAX - frequency),
            None => usage.idle(clock),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn at_secs(secs: u64) -> UsageClock {
        UsageClock::at(Now { unix_us: 0, mono_us: secs * 1_000_000 })
    }

    const fn counting(log_factor: u64, decay_mins: u64) -> Uses {
        Uses { counting: Some(Counting { log_factor, decay_mins }), random: Random::new(3) }
    }

    #[test]
    fn dates_count_seconds_without_a_use() {
        let mut uses = Uses::new(Random::new(1));
        let mut usage = uses.first(at_secs(10));
        assert_eq!(usage.idle_secs(at_secs(13)), 3);
        uses.note(&mut usage, at_secs(15));
        assert_eq!(usage.idle_secs(at_secs(15)), 0);
        assert_eq!(uses.frequency(usage, at_secs(15)), None);
        // A key may be older than the server.
        for secs in [0, 1, 1000, 40_000_000] {
            let usage = uses.idle_for(secs, at_secs(5)).unwrap();
            assert_eq!(u64::from(usage.idle_secs(at_secs(7))), secs + 2);
        }
        assert!(uses.idle_for(u64::MAX, at_secs(5)).unwrap().idle_secs(at_secs(5)) > 42_000_000);
        assert_eq!(uses.used_often(9, at_secs(5)), None);
    }

    #[test]
    fn a_counter_seems_just_used_to_a_fresh_server_that_dates() {
        let usage = counting(10, 1).used_often(200, at_secs(100)).unwrap();
        assert_eq!(usage.idle_secs(at_secs(3)), 0);
    }

    #[test]
    fn counters_grow_like_logarithms() {
        // At c above its start a counter has seen about c * c * factor / 2 uses.
        for (factor, uses, least, most) in [
            (0, 1000, 255, 255),
            (1, 1000, 44, 54),
            (10, 1000, 14, 24),
            (100, 1000, 8, 12),
            (10, 100_000, 125, 168),
        ] {
            let (mut rule, clock) = (counting(factor, 1), at_secs(0));
            let mut usage = rule.first(clock);
            assert_eq!(rule.frequency(usage, clock), Some(5));
            for _ in 0..uses {
                rule.note(&mut usage, clock);
            }
            let counter = rule.frequency(usage, clock).unwrap();
            assert!((least..=most).contains(&counter), "factor {factor}, {uses} uses: {counter}");
        }
    }

    #[test]
    fn counters_decay_with_time() {
        let rule = counting(10, 2);
        let usage = rule.used_often(7, at_secs(0)).unwrap();
        for (secs, counter) in [(0, 7), (119, 7), (120, 6), (700, 2), (100_000, 0)] {
            assert_eq!(rule.frequency(usage, at_secs(secs)), Some(counter), "{secs}");
        }
        assert_eq!(counting(10, 0).frequency(usage, at_secs(100_000)), Some(7));
        // A use dates the counter anew.
        let (mut rule, mut usage) = (counting(0, 2), usage);
        rule.note(&mut usage, at_secs(240));
        assert_eq!(rule.frequency(usage, at_secs(240)), Some(6));
        assert_eq!(rule.frequency(usage, at_secs(360)), Some(5));
    }
}
