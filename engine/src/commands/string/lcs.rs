//! What two values have in common: the longest common subsequence.
//!
//! The textbook way is a table of numbers: `L(i, j)` is the length for the first `i` bytes of `a` and the first `j`
//! bytes of `b`, and it is at most one more than its left neighbour. So a row is kept as one bit per column, clear
//! where the length grows. A row follows from the one above it with a few operations on 64 columns at a time
//! (Hyyrö, "Bit-parallel LCS-length computation revisited", 2004), and the bits are enough to walk back:
//!
//! ```text
//!           b → x a b
//!      a        1 1 1           at a cell whose bytes match, take the byte and go up and left;
//!      ↓   a    1 0 1           where they don't, go up if the length grows into the cell (0),
//!          b    1 0 0           since it must come from above, and left otherwise
//! ```
//!
//! That is a thirty-second of the memory of the table of numbers. What a call may ask for is still measured by that
//! table, as clients know it.

use alloc::collections::TryReserveError;
use alloc::vec;
use alloc::vec::Vec;

use crate::command::flag::READONLY;
use crate::command::key::{ACCESS, RO};
use crate::command::{Arg, Command, Group, KeySpec};
use crate::error::Error;
use crate::execute::Call;
use crate::reply::Outcome;
use crate::types::{Kind, Str, StrView};

pub(super) static LCS: Command = Command::new("lcs", Group::String, "7.0.0", -3, lcs)
    .summary("Finds the longest sequence of bytes that two strings have in common, gaps allowed.")
    .complexity("O(N*M) for strings of N and M bytes.")
    .flags(READONLY)
    .keys(&[KeySpec::range(1, 1, 1, RO | ACCESS)])
    .args(&[
        Arg::key("key1", 0),
        Arg::key("key2", 0),
        Arg::word("len", "LEN").optional(),
        Arg::word("idx", "IDX").optional(),
        Arg::integer("len").after("MINMATCHLEN").optional(),
        Arg::word("withmatchlen", "WITHMATCHLEN").optional(),
    ]);

/// The bytes that one number of the table would take.
const NUMBER_BYTES: u128 = 4;

fn lcs(call: &mut Call<'_>) -> Outcome {
    let (a_len, b_len) = (read_len(call, 1), read_len(call, 2));
    let (a_len, b_len) = (a_len?, b_len?);
    let options = Options::read(call)?;
    if a_len.max(b_len) as u64 >= u64::from(u32::MAX) - 1 {
        return Err(Error::Text("ERR String too long for LCS"));
    }
    let table_bytes = (a_len as u128 + 1) * (b_len as u128 + 1) * NUMBER_BYTES;
    if table_bytes > u128::from(call.server.config.proto_max_bulk_len) {
        return Err(Error::Text(
            "ERR Insufficient memory, transient memory for LCS exceeds proto-max-bulk-len",
        ));
    }
    // Nothing has nothing in common with anything, however long.
    let (a, b) = if a_len == 0 || b_len == 0 { Default::default() } else { (copy(call, 1), copy(call, 2)) };
    let grid = Grid::new(&a, &b, options.needs_matches())
        .map_err(|_| Error::Text("ERR Insufficient memory, failed allocating transient memory for LCS"))?;
    if options.idx {
        return Ok(reply_ranges(call, &grid, &options));
    }
    if options.len {
        return Ok(call.reply.len(grid.len));
    }
    let mut common: Vec<u8> = grid.matches().filter_map(|(i, _)| a.get(i).copied()).collect();
    common.reverse();
    Ok(call.reply.bulk(&common))
}

struct Options {
    len: bool,
    idx: bool,
    match_len_min: i64,
    with_match_len: bool,
}

impl Options {
    fn read(call: &Call<'_>) -> Result<Self, Error> {
        let args = call.args;
        let mut options = Self { len: false, idx: false, match_len_min: 0, with_match_len: false };
        let mut index = 3;
        while index < args.len() {
            if args.is(index, "IDX") {
                options.idx = true;
            } else if args.is(index, "LEN") {
                options.len = true;
            } else if args.is(index, "WITHMATCHLEN") {
                options.with_match_len = true;
            } else if args.is(index, "MINMATCHLEN") && index + 1 < args.len() {
                index += 1;
                options.match_len_min = args.int(index)?;
            } else {
                return Err(Error::Syntax);
            }
            index += 1;
        }
        if options.idx && options.len {
            let text = "ERR If you want both the length and indexes, please just use IDX.";
            return Err(Error::Text(text));
        }
        Ok(options)
    }

    const fn needs_matches(&self) -> bool {
        self.idx || !self.len
    }
}

/// The length of the string that an argument names.
fn read_len(call: &mut Call<'_>, index: usize) -> Result<usize, Error> {
    match call.db.read::<Str>(call.args.at(index)) {
        Ok(value) => Ok(value.map_or(0, StrView::len)),
        Err(_) => Err(Error::Text("ERR The specified keys must contain string values")),
    }
}

/// A copy of the string that an argument names: two values can't be borrowed at once.
fn copy(call: &mut Call<'_>, index: usize) -> Vec<u8> {
    let entry = call.db.peek(call.args.at(index));
    entry.and_then(|entry| Str::of(entry.value)).map_or_else(Vec::new, |value| value.bytes().to_vec())
}

/// Answers with the stretches of matching bytes, the last one first, and the length of all.
fn reply_ranges(call: &mut Call<'_>, grid: &Grid<'_>, options: &Options) -> crate::reply::Replied {
    let reply = &mut call.reply;
    let replied = reply.map(2);
    reply.bulk(b"matches");
    let mark = reply.mark();
    let mut count = 0;
    let mut matches = grid.matches().peekable();
    while let Some((a_end, b_end)) = matches.next() {
        let mut len = 1;
        while matches.next_if(|&(i, j)| i + len == a_end && j + len == b_end).is_some() {
            len += 1;
        }
        if (len as i64) < options.match_len_min {
            continue;
        }
        reply.array(if options.with_match_len { 3 } else { 2 });
        for end in [a_end, b_end] {
            reply.array(2);
            reply.len(end + 1 - len);
            reply.len(end);
        }
        if options.with_match_len {
            reply.len(len);
        }
        count += 1;
    }
    reply.array_since(mark, count);
    reply.bulk(b"len");
    reply.len(grid.len);
    replied
}

/// The bits of the rows, if they are wanted, and the length in the last cell.
struct Grid<'a> {
    a: &'a [u8],
    b: &'a [u8],
    rows: Vec<u8>,
    len: usize,
}

impl<'a> Grid<'a> {
    fn new(a: &'a [u8], b: &'a [u8], keep_rows: bool) -> Result<Self, TryReserveError> {
        let mut grid = Self { a, b, rows: Vec::new(), len: 0 };
        let row_bytes = grid.row_bytes();
        if keep_rows {
            // A row is written in whole words, and then cut to its bytes.
            grid.rows
                .try_reserve_exact(a.len().saturating_mul(row_bytes).saturating_add(size_of::<u64>()))?;
        }
        let places = Places::new(a, b)?;
        let mut row = vec![u64::MAX; b.len().div_ceil(64)];
        for &byte in a {
            next_row(&mut row, places.of(byte));
            if keep_rows {
                let end = grid.rows.len() + row_bytes;
                row.iter().for_each(|word| grid.rows.extend_from_slice(&word.to_le_bytes()));
                grid.rows.truncate(end);
            }
        }
        grid.len = row.iter().map(|word| word.count_zeros() as usize).sum();
        Ok(grid)
    }

    const fn row_bytes(&self) -> usize {
        self.b.len().div_ceil(8)
    }

    /// The places of the common bytes in both strings, from the last to the first.
    fn matches(&self) -> impl Iterator<Item = (usize, usize)> {
        let (mut i, mut j) = (self.a.len(), self.b.len());
        core::iter::from_fn(move || {
            while i > 0 && j > 0 {
                if self.a.get(i - 1) == self.b.get(j - 1) {
                    (i, j) = (i - 1, j - 1);
                    return Some((i, j));
                }
                if self.grows_into(i - 1, j - 1) { i -= 1 } else { j -= 1 }
            }
            None
        })
    }

    /// Whether the length in this cell is more than in its left neighbour.
    fn grows_into(&self, row: usize, column: usize) -> bool {
        let byte = self.rows.get(row * self.row_bytes() + column / 8);
        byte.is_some_and(|byte| byte & (1 << (column % 8)) == 0)
    }
}

/// Goes down one row: `places` has a bit for each column whose byte is that of the new row.
fn next_row(row: &mut [u64], places: &[u64]) {
    let mut carry = false;
    for (word, places) in row.iter_mut().zip(places) {
        let (sum, first) = word.overflowing_add(*word & places);
        let (sum, second) = sum.overflowing_add(u64::from(carry));
        carry = first || second;
        *word = sum | (*word & !places);
    }
}

/// Where the bytes of `a` occur in `b`: for each different byte a row of bits.
struct Places {
    bits: Vec<u64>,
    words: usize,
    /// Which of the rows belongs to a byte.
    rows: [Option<u8>; 256],
}

impl Places {
    fn new(a: &[u8], b: &[u8]) -> Result<Self, TryReserveError> {
        let mut rows = [None; 256];
        let mut count = 0_usize;
        for &byte in a {
            if let Some(row @ None) = rows.get_mut(usize::from(byte)) {
                *row = Some(count as u8);
                count += 1;
            }
        }
        let words = b.len().div_ceil(64);
        let mut bits = Vec::new();
        bits.try_reserve_exact(count * words)?;
        bits.resize(count * words, 0);
        for (column, &byte) in b.iter().enumerate() {
            let Some(&Some(row)) = rows.get(usize::from(byte)) else { continue };
            if let Some(word) = bits.get_mut(usize::from(row) * words + column / 64) {
                *word |= 1 << (column % 64);
            }
        }
        Ok(Self { bits, words, rows })
    }

    fn of(&self, byte: u8) -> &[u64] {
        let Some(&Some(row)) = self.rows.get(usize::from(byte)) else { return &[] };
        let start = usize::from(row) * self.words;
        self.bits.get(start..start + self.words).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;

    /// The walk back through the table of numbers.
    fn by_numbers(a: &[u8], b: &[u8]) -> Vec<(usize, usize)> {
        let mut table = vec![vec![0; b.len() + 1]; a.len() + 1];
        for i in 1..=a.len() {
            for j in 1..=b.len() {
                table[i][j] = if a[i - 1] == b[j - 1] {
                    table[i - 1][j - 1] + 1
                } else {
                    table[i - 1][j].max(table[i][j - 1])
                };
            }
        }
        let (mut i, mut j) = (a.len(), b.len());
        let mut matches = Vec::new();
        while i > 0 && j > 0 {
            if a[i - 1] == b[j - 1] {
                (i, j) = (i - 1, j - 1);
                matches.push((i, j));
            } else if table[i - 1][j] > table[i][j - 1] {
                i -= 1;
            } else {
                j -= 1;
            }
        }
        matches
    }

    #[test]
    fn bits_tell_what_numbers_tell() {
        let mut random = Random::new(1);
        for _ in 0..400 {
            let mut word = |letters: u64| -> Vec<u8> {
                let len = random.next() % 200;
                (0..len).map(|_| b'a' + (random.next() % letters) as u8).collect()
            };
            let (a, b) = (word(4), word(3));
            let expected = by_numbers(&a, &b);
            let grid = Grid::new(&a, &b, true).unwrap();
            assert_eq!(grid.matches().collect::<Vec<_>>(), expected, "{a:?} {b:?}");
            assert_eq!(grid.len, expected.len());
            assert_eq!(Grid::new(&a, &b, false).unwrap().len, expected.len());
        }
    }
}
