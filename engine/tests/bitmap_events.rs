//! What listeners hear of bitmap commands, and in which order.

#[path = "support/events.rs"]
mod events;

use events::check;

#[test]
fn bits_are_set() {
    check(&[
        ("SETBIT k 7 0", "new k, setbit k"),
        ("SETBIT k 7 0", ""),
        ("SETBIT k 7 1", "setbit k"),
        ("SETBIT k 8 0", "setbit k"),
        ("GETBIT k 0", ""),
        ("GETBIT x 0", "keymiss x"),
        ("BITCOUNT x", "keymiss x"),
        ("BITPOS x 1", "keymiss x"),
    ]);
}

#[test]
fn results_are_stored() {
    check(&[
        ("SET a x", "new a, set a"),
        ("BITOP OR d a b", "keymiss b, new d, set d"),
        ("BITOP OR d a", "set d"),
        ("BITOP OR d b", "keymiss b, del d"),
        ("BITOP OR d b", "keymiss b"),
    ]);
}

#[test]
fn fields_are_written() {
    check(&[
        ("BITFIELD k GET u8 0", "keymiss k"),
        ("BITFIELD k OVERFLOW FAIL SET u8 0 256", "new k"),
        ("BITFIELD k SET u8 0 0", ""),
        ("BITFIELD k SET u8 0 1 SET u8 0 2", "setbit k"),
        ("BITFIELD k SET u8 0 2", ""),
        ("BITFIELD k SET u8 8 0", "setbit k"),
        ("BITFIELD_RO k GET u8 0", ""),
    ]);
}
