//! How large things are in a data file, where a node is a list of elements with a head and a tail each.
//!
//! ```text
//! header   live count   removed count   names: count, each, 0   entries: flags, ms, seq, [count,] fields, length   end
//! 6        1-10         1-10            …                       …                                                  1
//! ```

use crate::Item;

/// The two counters of entries.
pub(super) const fn counters(live: u32, removed: u32) -> usize {
    int(live as i64) + int(removed as i64)
}

/// The names, and what frames a node.
pub(super) fn names<'f>(names: impl ExactSizeIterator<Item = Item<'f>>) -> usize {
    const FRAME: usize = 6 + 1;
    FRAME + int(names.len() as i64) + names.map(element).sum::<usize>() + int(0)
}

/// An entry, whose names are written only if they aren't the node's.
pub(super) fn entry<'f>(
    ms: i64,
    seq: i64,
    shared: bool,
    fields: impl ExactSizeIterator<Item = (Item<'f>, Item<'f>)>,
) -> usize {
    const FLAGS: usize = int(1);
    let len = fields.len() as i64;
    let (count, elements) = if shared { (0, len + 3) } else { (int(len), 2 * len + 4) };
    let size = |(name, value)| if shared { element(value) } else { element(name) + element(value) };
    FLAGS + int(ms) + int(seq) + count + fields.map(size).sum::<usize>() + int(elements)
}

/// The bytes of an element as it is given and taken.
pub(super) const fn text_len(item: Item<'_>) -> usize {
    match item {
        Item::Bytes(bytes) => bytes.len(),
        Item::Int(value) => {
            let digits = if value == 0 { 1 } else { value.unsigned_abs().ilog10() + 1 };
            digits as usize + (value < 0) as usize
        }
    }
}

const fn element(item: Item<'_>) -> usize {
    match item {
        Item::Int(value) => int(value),
        Item::Bytes(bytes) => match bytes.len() {
            len @ 0..64 => tailed(1 + len),
            len @ 64..4096 => tailed(2 + len),
            len => tailed(5 + len),
        },
    }
}

const fn int(value: i64) -> usize {
    tailed(match value {
        0..=127 => 1,
        -4096..=4095 => 2,
        -0x8000..=0x7fff => 3,
        -0x80_0000..=0x7f_ffff => 4,
        -0x8000_0000..=0x7fff_ffff => 5,
        _ => 9,
    })
}

/// With the tail, which tells the size of the rest.
const fn tailed(size: usize) -> usize {
    size + match size {
        0..=127 => 1,
        128..16_383 => 2,
        16_383..2_097_151 => 3,
        2_097_151..268_435_455 => 4,
        _ => 5,
    }
}
