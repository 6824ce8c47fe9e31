//! Makes a script that shows a difference small: units are left out, then words, as long as the difference stays.
//!
//! Every try plays from an empty store, so what is left shows the difference by itself.

use super::play::{Difference, Look, Pace, play};
use super::sides::Sides;
use super::{Script, Unit};
use crate::runner::Trouble;

/// The smallest script found that differs in the same way, and its difference.
pub(super) fn shrink(
    sides: &mut Sides,
    script: &Script,
    difference: Difference,
) -> Result<(Script, Difference), Trouble> {
    let mut units = script.units.clone();
    units.truncate(difference.at + 1);
    let mut search = Search { sides, resp3: script.resp3, about: difference.about(), units, difference };
    search.leave_out_units()?;
    search.leave_out_words()?;
    search.leave_out_units()?;
    if search.resp3 {
        search.resp3 = false;
        let units = search.units.clone();
        search.resp3 = !search.keeps(units)?;
    }
    Ok((Script { resp3: search.resp3, units: search.units }, search.difference))
}

struct Search<'s> {
    sides: &'s mut Sides,
    resp3: bool,
    about: String,
    /// The smallest that shows it so far.
    units: Vec<Unit>,
    difference: Difference,
}

impl Search<'_> {
    /// Takes these units if they show the difference.
    fn keeps(&mut self, units: Vec<Unit>) -> Result<bool, Trouble> {
        let look = if self.difference.database.is_some() { Look::AtTheEnd } else { Look::Never };
        let script = Script { resp3: self.resp3, units };
        let pace = Pace { units: script.units.len().max(1), look };
        let Some(found) = play(self.sides, &script, pace)? else { return Ok(false) };
        if found.about() != self.about {
            return Ok(false);
        }
        self.units = script.units;
        // A panic is blamed on the first call of its batch.
        if found.ours.reply.is_ok() {
            self.units.truncate(found.at + 1);
        }
        self.difference = found;
        Ok(true)
    }

    /// Delta debugging: large pieces first, then smaller ones, down to single units.
    fn leave_out_units(&mut self) -> Result<(), Trouble> {
        let mut size = self.units.len().div_ceil(2);
        while size > 0 {
            let mut end = self.units.len();
            while end > 0 {
                let start = end.saturating_sub(size);
                let rest = [&self.units[..start], &self.units[end.min(self.units.len())..]].concat();
                self.keeps(rest)?;
                end = start.min(self.units.len());
            }
            size /= 2;
        }
        Ok(())
    }

    /// Words of long calls, half of them, a quarter of them, down to one at a time.
    fn leave_out_words(&mut self) -> Result<(), Trouble> {
        for at in (0..self.units.len()).rev() {
            for within in 0..self.units.get(at).map_or(0, Vec::len) {
                self.leave_out_words_of(at, within)?;
            }
        }
        Ok(())
    }

    fn leave_out_words_of(&mut self, at: usize, within: usize) -> Result<(), Trouble> {
        let words =
            |search: &Self| search.units.get(at).and_then(|unit| unit.get(within)).map_or(0, Vec::len);
        let mut size = words(self).div_ceil(2);
        while size > 0 {
            let mut end = words(self);
            while end > 1 {
                let start = end.saturating_sub(size).max(1);
                let mut units = self.units.clone();
                units[at][within].drain(start..end.min(words(self)));
                self.keeps(units)?;
                end = start.min(words(self));
            }
            size /= 2;
        }
        Ok(())
    }
}
