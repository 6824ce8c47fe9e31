//! The letters of `notify-keyspace-events`, as bits.

use alloc::vec::Vec;

/// `K`: publish on `__keyspace@<db>__`.
pub const KEYSPACE: u32 = 1;
/// `E`: publish on `__keyevent@<db>__`.
pub const KEYEVENT: u32 = 1 << 1;
/// `g`: commands of no one type: DEL, EXPIRE, RENAME.
pub const GENERIC: u32 = 1 << 2;
/// `$`: strings.
pub const STRING: u32 = 1 << 3;
/// `l`: lists.
pub const LIST: u32 = 1 << 4;
/// `s`: sets.
pub const SET: u32 = 1 << 5;
/// `h`: hashes.
pub const HASH: u32 = 1 << 6;
/// `z`: sorted sets.
pub const ZSET: u32 = 1 << 7;
/// `x`: a key expired.
pub const EXPIRED: u32 = 1 << 8;
/// `e`: a key was evicted.
pub const EVICTED: u32 = 1 << 9;
/// `t`: streams.
pub const STREAM: u32 = 1 << 10;
/// `m`: a key was looked up in vain. Not part of `A`.
pub const KEY_MISS: u32 = 1 << 11;
/// `d`: module types.
pub const MODULE: u32 = 1 << 13;
/// `n`: a key came to be. Not part of `A`.
pub const NEW: u32 = 1 << 14;
/// `A`: all of the classes above but `m` and `n`.
pub const ALL: u32 = GENERIC | STRING | LIST | SET | HASH | ZSET | EXPIRED | EVICTED | STREAM | MODULE;

/// The bits for a text of letters; `None` if one of them is no class.
pub fn parse(letters: &[u8]) -> Option<u32> {
    letters.iter().try_fold(0, |bits, letter| {
        if *letter == b'A' {
            return Some(bits | ALL);
        }
        let (_, bit) = CLASSES.iter().chain(CHANNELS).find(|(known, _)| known == letter)?;
        Some(bits | bit)
    })
}

/// The letters of `bits`, as CONFIG GET shows them: what `A` covers is `A`.
pub fn render(bits: u32) -> Vec<u8> {
    let chosen = |classes: &'static [(u8, u32)]| {
        classes.iter().filter(move |(_, bit)| bits & bit != 0).map(|(letter, _)| *letter)
    };
    // Redis shows `n` among the classes, so that `A` swallows it.
    let classes: Vec<u8> = if bits & ALL == ALL { Vec::from(*b"A") } else { chosen(CLASSES).collect() };
    classes.into_iter().chain(chosen(CHANNELS)).collect()
}

const CLASSES: &[(u8, u32)] = &[
    (b'g', GENERIC),
    (b'$', STRING),
    (b'l', LIST),
    (b's', SET),
    (b'h', HASH),
    (b'z', ZSET),
    (b'x', EXPIRED),
    (b'e', EVICTED),
    (b't', STREAM),
    (b'd', MODULE),
    (b'n', NEW),
];

const CHANNELS: &[(u8, u32)] = &[(b'K', KEYSPACE), (b'E', KEYEVENT), (b'm', KEY_MISS)];

#[cfg(test)]
mod tests {
    use super::{ALL, KEY_MISS, KEYEVENT, KEYSPACE, parse, render};

    #[test]
    fn letters_become_bits_and_back() {
        assert_eq!(parse(b"KEA"), Some(ALL | KEYSPACE | KEYEVENT));
        assert_eq!(parse(b"Q"), None);
        for (set, shown) in
            [("KEA", "AKE"), ("g$lshzxetKEd", "AKE"), ("KEAnm", "AKEm"), ("n", "n"), ("Kx", "xK")]
        {
            assert_eq!(parse(set.as_bytes()).map(render).as_deref(), Some(shown.as_bytes()), "{set}");
        }
        assert_eq!(parse(b"m"), Some(KEY_MISS));
    }
}
