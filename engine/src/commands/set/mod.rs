//! Sets.
//!
//! | file      | commands                                                              |
//! |-----------|-----------------------------------------------------------------------|
//! | `member`  | SADD, SREM, SISMEMBER, SMISMEMBER, SCARD, SMEMBERS, SMOVE, SSCAN      |
//! | `random`  | SPOP, SRANDMEMBER                                                     |
//! | `algebra` | SINTER, SUNION, SDIFF, their STORE forms, SINTERCARD                  |

mod algebra;
mod member;
mod random;

use crate::command::Command;
use crate::execute::Call;
use crate::reply::{Replied, Reply};
use crate::types::{Member, SetRules};

pub(super) static COMMANDS: &[&Command] = &[
    &member::SADD,
    &member::SREM,
    &member::SISMEMBER,
    &member::SMISMEMBER,
    &member::SCARD,
    &member::SMEMBERS,
    &member::SMOVE,
    &member::SSCAN,
    &random::SPOP,
    &random::SRANDMEMBER,
    &algebra::SINTER,
    &algebra::SINTERSTORE,
    &algebra::SINTERCARD,
    &algebra::SUNION,
    &algebra::SUNIONSTORE,
    &algebra::SDIFF,
    &algebra::SDIFFSTORE,
];

/// How sets choose their encoding now.
fn rules(call: &Call<'_>) -> SetRules {
    SetRules { ints_max: call.server.config.set_max_intset_entries, hasher: call.db.hasher() }
}

/// A member as a string.
fn say(reply: &mut Reply<'_>, member: Member<'_>) -> Replied {
    member.with_bytes(|bytes| reply.bulk(bytes))
}
