//! What listeners hear of string commands, and in which order.

#[path = "support/events.rs"]
mod events;

use events::check;

#[test]
fn writing() {
    check(&[
        ("SET k v", "new k, set k"),
        ("SET k v EX 10", "set k, expire k"),
        ("SET k v KEEPTTL", "set k"),
        ("SET k v NX", ""),
        ("SET k v GET", "set k"),
        ("SETEX k 10 v", "set k, expire k"),
        ("PSETEX k 10 v", "set k, expire k"),
        ("SETNX k v", ""),
        ("GETSET k v", "set k"),
        ("MSET a 1 k 2", "new a, set a, set k"),
        ("MSETNX b 1 k 2", ""),
        ("MSETNX b 1 b 2", "new b, set b, set b"),
        ("SET k v PXAT 1", "set k, expire k"),
        ("SETNX k v", "expired k, new k, set k"),
    ]);
}

#[test]
fn reading() {
    check(&[
        ("GET k", "keymiss k"),
        ("MGET k l", "keymiss k, keymiss l"),
        ("SET k v", "new k, set k"),
        ("GET k", ""),
        ("GETEX k", ""),
        ("GETEX k PERSIST", ""),
        ("GETEX k EX 10", "expire k"),
        ("GETEX k PERSIST", "persist k"),
        ("GETEX k EXAT 1", "del k"),
        ("GETEX k EXAT 1", "keymiss k"),
        ("SET k v", "new k, set k"),
        ("GETDEL k", "del k"),
        ("GETDEL k", "keymiss k"),
    ]);
}

#[test]
fn editing() {
    check(&[
        ("APPEND k v", "new k, append k"),
        ("APPEND k v", "append k"),
        ("SETRANGE k 1 x", "setrange k"),
        ("SETRANGE k -1 x", ""),
        ("SETRANGE l 1 x", "new l, setrange l"),
        ("INCR k", ""),
        ("INCR n", "new n, incrby n"),
        ("DECR n", "incrby n"),
        ("DECRBY n 5", "incrby n"),
        ("INCRBYFLOAT n 5", "incrbyfloat n"),
        ("INCRBYFLOAT m 5", "new m, incrbyfloat m"),
        ("INCRBYFLOAT m inf", ""),
    ]);
}
