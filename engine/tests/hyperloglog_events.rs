//! What listeners hear of HyperLogLog commands, and in which order.

#[path = "support/events.rs"]
mod events;

use events::check;

#[test]
fn elements_are_seen() {
    check(&[
        ("PFADD k", "new k, pfadd k"),
        ("PFADD k", ""),
        ("PFADD k a b", "pfadd k"),
        ("PFADD k a b", ""),
        ("PFCOUNT x", "keymiss x"),
        ("PFCOUNT k x", "keymiss x"),
    ]);
}

#[test]
fn merging_is_adding() {
    check(&[
        ("PFADD a 1", "new a, pfadd a"),
        ("PFMERGE d a x", "keymiss d, keymiss x, new d, pfadd d"),
        ("PFMERGE d a", "pfadd d"),
    ]);
}

#[test]
fn another_form_is_a_change_without_a_word_to_listeners() {
    check(&[
        ("PFADD k a", "new k, pfadd k"),
        ("PFCOUNT k", "hyperloglog k"),
        ("PFCOUNT k", ""),
        ("PFDEBUG TODENSE k", "hyperloglog k"),
        ("PFDEBUG TODENSE k", ""),
    ]);
}
