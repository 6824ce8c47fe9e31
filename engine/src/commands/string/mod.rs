//! Strings and counters.
//!
//! | file    | what it holds                                          |
//! |---------|--------------------------------------------------------|
//! | `get`   | reading whole values, and what a read may do besides   |
//! | `set`   | writing whole values                                   |
//! | `range` | parts of a value: read, overwritten, added, measured   |
//! | `count` | numbers                                                |
//! | `lcs`   | what two values have in common                         |

mod get;
mod set;

mod range;

mod count;

mod lcs;

use crate::command::Command;

pub(super) static COMMANDS: &[&Command] = &[
    &range::APPEND,
    &count::DECR,
    &count::DECRBY,
    &get::GET,
    &get::GETDEL,
    &get::GETEX,
    &range::GETRANGE,
    &set::GETSET,
    &count::INCR,
    &count::INCRBY,
    &count::INCRBYFLOAT,
    &lcs::LCS,
    &get::MGET,
    &set::MSET,
    &set::MSETNX,
    &set::PSETEX,
    &set::SET,
    &set::SETEX,
    &set::SETNX,
    &range::SETRANGE,
    &range::STRLEN,
    &range::SUBSTR,
];
