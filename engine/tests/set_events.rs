//! What listeners hear of set commands, and in which order.

#[path = "support/events.rs"]
mod events;

use events::check;

#[test]
fn members_come_and_go() {
    check(&[
        ("SADD s a b", "new s, sadd s"),
        ("SADD s a", ""),
        ("SREM s x", ""),
        ("SREM s a", "srem s"),
        ("SMOVE s t b", "srem s, del s, new t, sadd t"),
        ("SMOVE t t b", ""),
        ("SPOP t 0", ""),
        ("SPOP t", "spop t, del t"),
        ("SADD u a b", "new u, sadd u"),
        ("SPOP u 9", "spop u, del u"),
        ("SPOP u 9", ""),
    ]);
}

#[test]
fn results_are_stored() {
    check(&[
        ("SADD a 1 2", "new a, sadd a"),
        ("SUNIONSTORE d a b", "keymiss b, new d, sunionstore d"),
        ("SINTERSTORE d a d", "sinterstore d"),
        ("SDIFFSTORE d a a", "del d"),
        ("SINTERSTORE d a b", "keymiss b"),
    ]);
}
