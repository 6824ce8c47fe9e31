//! How a search is carried out: the scores of a few cells, and of what has them the members that are inside.

use alloc::vec::Vec;

use redstart_structures::{Item, Weighed, sort_part};

use super::query::{Form, Order, Query};
use super::{say_distance, say_point};
use crate::commands::sorted_set::rules;
use crate::execute::Call;
use crate::geo::{Area, Point};
use crate::keyspace::{Expiry, change};
use crate::reply::{Outcome, Replied, Reply};
use crate::types::{Kind, SortedSet, SortedSetRules, text};

/// A member that is inside.
#[derive(Clone, Copy)]
struct Found<'s> {
    member: Item<'s>,
    score: f64,
    point: Point,
    distance_m: f64,
}

/// Carries out a search and replies with the members, or stores them and replies with their number.
pub(super) fn search(call: &mut Call<'_>, form: Form) -> Outcome {
    let rules = rules(call);
    let set = call.db.read::<SortedSet>(call.args.at(form.source()))?;
    let query = Query::read(form, call.args, set)?;
    let found = match (set, query.area()) {
        (Some(set), Some(area)) => query.find(set, &area),
        _ => Vec::new(),
    };
    let Some(target) = query.target else { return Ok(query.answer(&mut call.reply, &found)) };
    let result = query.result(&found, &rules);
    let len = result.len();
    if len == 0 {
        call.db.discard(target, change::DEL);
    } else {
        let event = match form {
            Form::Search | Form::SearchStore => change::GEOSEARCHSTORE,
            Form::Radius { .. } | Form::RadiusByMember { .. } => change::GEORADIUSSTORE,
        };
        call.db.put_counted(target, result.into_value(), Expiry::Never, event, len);
    }
    Ok(call.reply.len(len))
}

impl Query<'_> {
    /// The members inside that are asked for, in the order asked for.
    fn find<'s>(&self, set: &'s SortedSet, area: &Area) -> Vec<Found<'s>> {
        let enough = if self.any { self.count.unwrap_or(usize::MAX) } else { usize::MAX };
        let mut found = Vec::new();
        for scores in area.scores() {
            let first = set.rank_by_score(|score| score < scores.start);
            let end = set.rank_by_score(|score| score < scores.end);
            for (member, score) in set.range(first..end) {
                let point = Point::from_score(score);
                let Some(distance_m) = area.distance_m(point) else { continue };
                found.push(Found { member, score, point, distance_m });
                if found.len() >= enough {
                    self.sort(&mut found);
                    return found;
                }
            }
        }
        self.sort(&mut found);
        found
    }

    /// Sorts, and keeps as many as are asked for. Of two that are equally far, the one found first comes first.
    fn sort(&self, found: &mut Vec<Found<'_>>) {
        let Some(order) = self.order else { return };
        let mut nearest: Vec<Weighed> = found.iter().map(|one| one.distance_m).zip(0..).collect();
        let wanted = 0..self.count.unwrap_or(usize::MAX).min(found.len());
        sort_part(&mut nearest, wanted, order != Order::NearestFirst, &|one, other| one.cmp(&other));
        *found = nearest.into_iter().filter_map(|(_, place)| found.get(place).copied()).collect();
    }

    fn answer(&self, reply: &mut Reply<'_>, found: &[Found<'_>]) -> Replied {
        let told =
            [self.with_distance, self.with_hash, self.with_point].into_iter().filter(|&with| with).count();
        let mut replied = reply.array(found.len());
        for one in found {
            if told > 0 {
                reply.array(1 + told);
            }
            replied = reply.bulk(&text(one.member));
            if self.with_distance {
                replied = say_distance(reply, one.distance_m / self.unit_m);
            }
            if self.with_hash {
                replied = reply.int(one.score as i64);
            }
            if self.with_point {
                replied = say_point(reply, one.point);
            }
        }
        replied
    }

    fn result(&self, found: &[Found<'_>], rules: &SortedSetRules) -> SortedSet {
        let mut result = SortedSet::large(rules.hasher);
        for one in found {
            let score = if self.stores_distances { one.distance_m / self.unit_m } else { one.score };
            result.insert(&text(one.member), score, rules);
        }
        result.pack(rules);
        result
    }
}
