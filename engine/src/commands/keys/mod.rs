//! Keys of any type: whether they are there, how long, under which name.
//!
//! | file       | commands                                                                |
//! |------------|-------------------------------------------------------------------------|
//! | `presence` | EXISTS, TYPE, TOUCH, DEL, UNLINK                                        |
//! | `expire`   | EXPIRE, PEXPIRE, EXPIREAT, PEXPIREAT, PERSIST                           |
//! | `ttl`      | TTL, PTTL, EXPIRETIME, PEXPIRETIME                                      |
//! | `transfer` | RENAME, RENAMENX, MOVE, COPY                                            |
//! | `scan`     | SCAN, KEYS, RANDOMKEY                                                   |
//! | `dump`     | DUMP, RESTORE, RESTORE-ASKING                                           |
//! | `sort`     | SORT, SORT_RO                                                           |
//! | `object`   | OBJECT                                                                  |
//! | `memory`   | MEMORY                                                                  |
//! | `wait`     | WAIT, WAITAOF                                                           |

mod dump;
mod expire;
mod memory;
mod object;
mod presence;
mod scan;
mod sort;
mod transfer;
mod ttl;
mod wait;

pub(super) use self::expire::{Condition, propagate_expiry};
pub(super) use self::scan::{Wanted, parse_cursor, say_part};

use crate::command::Command;

pub(super) static COMMANDS: &[&Command] = &[
    &presence::EXISTS,
    &presence::TYPE,
    &presence::TOUCH,
    &presence::DEL,
    &presence::UNLINK,
    &expire::EXPIRE,
    &expire::PEXPIRE,
    &expire::EXPIREAT,
    &expire::PEXPIREAT,
    &expire::PERSIST,
    &ttl::TTL,
    &ttl::PTTL,
    &ttl::EXPIRETIME,
    &ttl::PEXPIRETIME,
    &transfer::RENAME,
    &transfer::RENAMENX,
    &transfer::MOVE,
    &transfer::COPY,
    &scan::SCAN,
    &scan::KEYS,
    &scan::RANDOMKEY,
    &dump::DUMP,
    &dump::RESTORE,
    &dump::RESTORE_ASKING,
    &sort::SORT,
    &sort::SORT_RO,
    &object::OBJECT,
    &memory::MEMORY,
    &wait::WAIT,
    &wait::WAITAOF,
];
