//! The store's clock: the page's, which can be stopped, sped up and put forward.
//!
//! ```text
//!   page    ──┬──────┬──────┬──────┬──────►
//!   store   ──┴─┐    ×10  ┌─┴ +1 h ┴─ …       it stands still while the store is one of the past
//! ```
//!
//! By itself the store's time only goes forward. It goes back only together with everything stored, when the
//! [timeline](crate::timeline) brings a moment back; then the monotonic clock goes on.

use redstart_engine::machine::Now;

use crate::view::ClockView;

/// The most that time is put forward, in all: a hundred years.
const AHEAD_MAX_US: i64 = 100 * 365 * 24 * 3600 * 1_000_000;

/// What the page's time is for the store.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    page: Now,
    store: Now,
    /// What is to be added to the page's two clocks, in microseconds.
    ahead_us: i64,
    mono_ahead_us: i64,
    /// How fast it goes.
    pace: u32,
    /// Whether it stands still, however fast it would go.
    is_held: bool,
    /// Pages don't know yet how it goes.
    is_news: bool,
}

impl Clock {
    /// The page's, or one that is ahead of it.
    #[must_use]
    pub fn new(page: Now, ahead_ms: f64) -> Self {
        let ahead_us = ((ahead_ms * 1000.0) as i64).clamp(0, AHEAD_MAX_US);
        let store = shifted(page, ahead_us, 0);
        Self { page, store, ahead_us, mono_ahead_us: 0, pace: 1, is_held: false, is_news: false }
    }

    /// The store's time at the page's.
    pub fn at(&mut self, page: Now) -> Now {
        let passed_us = signed(page.mono_us.saturating_sub(self.page.mono_us));
        self.page = page;
        if self.pace() == 0 {
            self.set(self.store);
        } else {
            let more_us = passed_us.saturating_mul(i64::from(self.pace()) - 1);
            self.ahead_us = self.ahead_us.saturating_add(more_us).min(AHEAD_MAX_US);
            self.mono_ahead_us = self.mono_ahead_us.saturating_add(more_us);
            self.store = shifted(page, self.ahead_us, self.mono_ahead_us);
        }
        self.store
    }

    /// The store's time when it was last asked for.
    #[must_use]
    pub const fn now(&self) -> Now {
        self.store
    }

    /// The page's time then.
    #[must_use]
    pub const fn page(&self) -> Now {
        self.page
    }

    /// The page's time again, wherever it was.
    pub fn reset(&mut self) {
        (self.pace, self.is_held, self.is_news) = (1, false, true);
        self.set(Now { unix_us: self.page.unix_us, ..self.store });
    }

    /// Tells whether somebody changed how it goes since this was last asked.
    pub const fn take_news(&mut self) -> bool {
        std::mem::replace(&mut self.is_news, false)
    }

    /// How fast it goes: 0 if it stands still.
    #[must_use]
    pub const fn pace(&self) -> u32 {
        if self.is_held { 0 } else { self.pace }
    }

    /// Goes so fast from now on.
    pub const fn set_pace(&mut self, pace: u32) {
        self.pace = pace;
        self.is_news = true;
    }

    /// Stands still, or no more.
    pub const fn hold(&mut self, is_held: bool) {
        self.is_news |= self.is_held != is_held;
        self.is_held = is_held;
    }

    /// Puts it forward.
    pub fn advance(&mut self, ms: f64) -> Now {
        let us = ((ms * 1000.0) as i64).clamp(0, AHEAD_MAX_US.saturating_sub(self.ahead_us).max(0));
        self.set(shifted(self.store, us, us));
        self.is_news = true;
        self.store
    }

    /// Brings a moment back.
    pub fn bring_back(&mut self, unix_us: u64) -> Now {
        self.set(Now { unix_us, ..self.store });
        self.is_news = true;
        self.store
    }

    /// By how much it is ahead of the page's, in milliseconds; behind, if that is negative.
    #[must_use]
    pub fn ahead_ms(&self) -> f64 {
        self.ahead_us as f64 / 1000.0
    }

    /// As the page shows it.
    #[must_use]
    pub fn view(&self) -> ClockView {
        ClockView { at: self.store.unix_us as f64 / 1000.0, ahead: self.ahead_ms(), pace: self.pace() }
    }

    fn set(&mut self, store: Now) {
        self.store = store;
        self.ahead_us = signed(store.unix_us).saturating_sub(signed(self.page.unix_us));
        self.mono_ahead_us = signed(store.mono_us).saturating_sub(signed(self.page.mono_us));
    }
}

fn shifted(now: Now, unix_us: i64, mono_us: i64) -> Now {
    Now {
        unix_us: now.unix_us.saturating_add_signed(unix_us),
        mono_us: now.mono_us.saturating_add_signed(mono_us),
    }
}

fn signed(us: u64) -> i64 {
    i64::try_from(us).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Now = Now { unix_us: 1_700_000_000_000_000, mono_us: 5_000_000 };

    fn after_ms(ms: u64) -> Now {
        Now { unix_us: START.unix_us + ms * 1000, mono_us: START.mono_us + ms * 1000 }
    }

    /// What has passed since the start, by either clock, in milliseconds.
    fn passed_ms(now: Now) -> (u64, u64) {
        ((now.unix_us - START.unix_us) / 1000, (now.mono_us - START.mono_us) / 1000)
    }

    #[test]
    fn it_is_stopped_sped_up_and_put_forward() {
        let mut clock = Clock::new(START, 0.0);
        assert_eq!(passed_ms(clock.at(after_ms(100))), (100, 100));
        clock.set_pace(0);
        assert_eq!(passed_ms(clock.at(after_ms(1000))), (100, 100));
        clock.set_pace(10);
        assert_eq!(passed_ms(clock.at(after_ms(1100))), (1100, 1100));
        clock.set_pace(1);
        assert_eq!(passed_ms(clock.advance(3_600_000.0)), (3_601_100, 3_601_100));
        assert_eq!(passed_ms(clock.at(after_ms(1200))), (3_601_200, 3_601_200));
        assert_eq!(clock.ahead_ms(), 3_600_000.0);
    }

    #[test]
    fn it_goes_back_only_to_a_moment_and_stands_there() {
        let mut clock = Clock::new(START, 0.0);
        clock.at(after_ms(5000));
        clock.hold(true);
        assert_eq!(passed_ms(clock.bring_back(after_ms(2000).unix_us)), (2000, 5000));
        assert_eq!(passed_ms(clock.at(after_ms(9000))), (2000, 5000));
        clock.hold(false);
        assert_eq!(passed_ms(clock.at(after_ms(9500))), (2500, 5500));
        assert_eq!(clock.ahead_ms(), -7000.0);
    }

    #[test]
    fn it_never_gets_anywhere_near_the_end_of_time() {
        let mut clock = Clock::new(START, f64::NAN);
        for ms in [f64::NAN, f64::INFINITY, -5.0, 1e300, 1e18] {
            clock.advance(ms);
            assert!(clock.ahead_us <= AHEAD_MAX_US && clock.ahead_us >= 0, "{ms}");
        }
        clock.set_pace(100);
        clock.at(after_ms(10_000));
        assert!(clock.ahead_us <= AHEAD_MAX_US);
    }
}
