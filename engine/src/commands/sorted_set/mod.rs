//! Sorted sets.
//!
//! | file       | commands                                                                  |
//! |------------|---------------------------------------------------------------------------|
//! | `add`      | ZADD, ZINCRBY                                                             |
//! | `member`   | ZCARD, ZSCORE, ZMSCORE, ZRANK, ZREVRANK, ZSCAN                            |
//! | `bounds`   | what a range is, and ZCOUNT, ZLEXCOUNT, which count one                   |
//! | `range`    | ZRANGE, its older kin, ZRANGESTORE                                        |
//! | `remove`   | ZREM, ZREMRANGEBYRANK, ZREMRANGEBYSCORE, ZREMRANGEBYLEX                   |
//! | `pop`      | ZPOPMIN, ZPOPMAX, ZMPOP                                                   |
//! | `blocking` | BZPOPMIN, BZPOPMAX, BZMPOP                                                |
//! | `random`   | ZRANDMEMBER                                                               |
//! | `algebra`  | ZINTER, ZUNION, ZDIFF, their STORE forms, ZINTERCARD                      |

mod add;
mod algebra;
mod blocking;
mod bounds;
mod member;
mod pop;
mod random;
mod range;
mod remove;

use redstart_structures::Item;

pub(super) use self::add::{Options, checked, put};

use crate::command::Command;
use crate::execute::Call;
use crate::reply::{Protocol, Replied, Reply};
use crate::types::{SortedSetRules, text};

pub(super) static COMMANDS: &[&Command] = &[
    &add::ZADD,
    &add::ZINCRBY,
    &algebra::ZDIFF,
    &algebra::ZDIFFSTORE,
    &algebra::ZINTER,
    &algebra::ZINTERCARD,
    &algebra::ZINTERSTORE,
    &algebra::ZUNION,
    &algebra::ZUNIONSTORE,
    &blocking::BZMPOP,
    &blocking::BZPOPMAX,
    &blocking::BZPOPMIN,
    &bounds::ZCOUNT,
    &bounds::ZLEXCOUNT,
    &member::ZCARD,
    &member::ZMSCORE,
    &member::ZRANK,
    &member::ZREVRANK,
    &member::ZSCAN,
    &member::ZSCORE,
    &pop::ZMPOP,
    &pop::ZPOPMAX,
    &pop::ZPOPMIN,
    &random::ZRANDMEMBER,
    &range::ZRANGE,
    &range::ZRANGEBYLEX,
    &range::ZRANGEBYSCORE,
    &range::ZRANGESTORE,
    &range::ZREVRANGE,
    &range::ZREVRANGEBYLEX,
    &range::ZREVRANGEBYSCORE,
    &remove::ZREM,
    &remove::ZREMRANGEBYLEX,
    &remove::ZREMRANGEBYRANK,
    &remove::ZREMRANGEBYSCORE,
];

/// How sorted sets choose their encoding now.
pub(super) fn rules(call: &Call<'_>) -> SortedSetRules {
    let config = &call.server.config;
    SortedSetRules {
        packed_max: config.zset_max_listpack_entries,
        packed_bytes_max: config.zset_max_listpack_value,
        hasher: call.db.hasher(),
    }
}

/// What a reply tells of elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// The members.
    Members,
    /// Members and scores in turn.
    Flat,
    /// Pairs of a member and a score.
    Pairs,
}

impl Form {
    /// Members, or with their scores: as pairs in RESP3, in turn in RESP2.
    fn new(with_scores: bool, protocol: Protocol) -> Self {
        match protocol {
            _ if !with_scores => Self::Members,
            Protocol::Resp2 => Self::Flat,
            Protocol::Resp3 => Self::Pairs,
        }
    }

    /// Begins an array of so many elements.
    fn begin(self, reply: &mut Reply<'_>, len: usize) -> Replied {
        reply.array(if self == Self::Flat { len.saturating_mul(2) } else { len })
    }

    /// Writes one element of it.
    #[inline]
    fn say(self, reply: &mut Reply<'_>, (member, score): (Item<'_>, f64)) -> Replied {
        if self == Self::Pairs {
            reply.array(2);
        }
        let replied = reply.bulk(&text(member));
        if self == Self::Members { replied } else { reply.double(score) }
    }

    /// Writes an array of elements.
    fn say_all<'s>(
        self,
        reply: &mut Reply<'_>,
        elements: impl ExactSizeIterator<Item = (Item<'s>, f64)>,
    ) -> Replied {
        let mut replied = self.begin(reply, elements.len());
        for element in elements {
            replied = self.say(reply, element);
        }
        replied
    }
}
