//! What a call of SORT asks for.

use alloc::vec::Vec;
use core::ops::Range;

use super::pattern::Pattern;
use crate::argv::Args;
use crate::error::Error;

/// The options of one call.
#[derive(Default)]
pub(super) struct Options<'a> {
    /// What elements are weighed by, if not by themselves.
    pub(super) by: Option<Pattern<'a>>,
    /// BY a name that is no pattern: nothing is weighed.
    pub(super) unsorted: bool,
    /// What is looked up in the place of each element.
    pub(super) gets: Vec<Pattern<'a>>,
    /// LIMIT's offset and count.
    limit: Option<(i64, i64)>,
    pub(super) descending: bool,
    /// Weights are texts.
    pub(super) alpha: bool,
    /// The key that takes the result.
    pub(super) store: Option<&'a [u8]>,
}

impl<'a> Options<'a> {
    /// Reads the words behind the key.
    pub(super) fn read(args: Args<'a>, may_store: bool) -> Result<Self, Error> {
        let mut options = Self::default();
        let mut index = 2;
        while index < args.len() {
            let follow = args.len() - index - 1;
            if args.is(index, "ASC") {
                options.descending = false;
            } else if args.is(index, "DESC") {
                options.descending = true;
            } else if args.is(index, "ALPHA") {
                options.alpha = true;
            } else if args.is(index, "LIMIT") && follow >= 2 {
                options.limit = Some((args.int(index + 1)?, args.int(index + 2)?));
                index += 2;
            } else if args.is(index, "STORE") && follow >= 1 && may_store {
                index += 1;
                options.store = args.get(index);
            } else if args.is(index, "BY") && follow >= 1 {
                index += 1;
                let by = Pattern::new(args.at(index));
                options.unsorted |= !by.has_star();
                options.by = Some(by);
            } else if args.is(index, "GET") && follow >= 1 {
                index += 1;
                options.gets.push(Pattern::new(args.at(index)));
            } else {
                return Err(Error::Syntax);
            }
            index += 1;
        }
        Ok(options)
    }

    /// From now on the elements themselves are what is sorted, as texts.
    pub(super) fn sort_as_texts(&mut self) {
        (self.unsorted, self.alpha, self.by) = (false, true, None);
    }

    /// The places of the elements that are needed, of so many: all, unless their order stays.
    pub(super) fn part_to_collect(&self, len: usize) -> Range<usize> {
        if self.unsorted { self.part(len) } else { 0..len }
    }

    /// The places that LIMIT wants, of so many.
    pub(super) fn part(&self, len: usize) -> Range<usize> {
        let Some((offset, count)) = self.limit else { return 0..len };
        let start = usize::try_from(offset.max(0)).unwrap_or(len).min(len);
        // A negative count means all that follow.
        let count = usize::try_from(count).unwrap_or(len).min(len);
        start..(start + count).min(len)
    }
}

/// Where the key after STORE stands, for those who only want to know that: the last one, if there are several.
pub(super) fn destination(args: Args<'_>) -> Option<usize> {
    let mut found = None;
    let mut index = 2;
    while index < args.len() {
        if args.is(index, "STORE") && index + 1 < args.len() {
            found = Some(index + 1);
            index += 1;
        } else if args.is(index, "LIMIT") {
            index += 2;
        } else if args.is(index, "BY") || args.is(index, "GET") {
            index += 1;
        }
        index += 1;
    }
    found
}
