//! How a sorted set finds a place in its order: a skip list beside a listpack.
//!
//! ```text
//!   level 3  ├────────────────────────────► 610 ─────────►│
//!   level 2  ├────────► 140 ───────────────► 610 ─────────►│
//!   level 1  ├► 25 ───► 140 ─► 300 ─► 480 ─► 610 ─► 900 ──►│
//! ```
//!
//! Members, scores, answers and the encoding are the engine's. The skip list over them is drawn here, the way Redis builds
//! one: each member has one level, and with a chance of one in four another, again and again. (This engine keeps a big
//! sorted set in a tree that counts instead, with the same answers and the same complexity.)

use std::collections::BTreeMap;

use redstart_engine::random::Random;
use redstart_engine::resp::read::Value;

use super::{Lab, Server};

const KEY: &[u8] = b"board";
/// As many as a picture has room for.
const MEMBERS_MAX: usize = 240;
const SCORES: u64 = 1000;
/// The highest level of a picture; in Redis it is 32.
const LEVELS_MAX: usize = 8;
const NAMES: [&str; 12] =
    ["ada", "bob", "cleo", "dan", "eve", "finn", "gus", "hana", "ida", "jan", "kim", "lea"];

/// The experiment.
#[derive(Debug)]
pub struct SortedSet {
    server: Server,
    seed: u64,
    random: Random,
    added: usize,
    /// How many levels each member was given.
    levels: BTreeMap<String, usize>,
    search: Search,
}

/// What is looked for.
#[derive(Clone, Copy, Debug, serde::Deserialize)]
#[serde(tag = "by", rename_all = "kebab-case")]
pub enum Search {
    /// The first member with at least this score: ZRANGEBYSCORE.
    Score {
        /// Which one.
        score: u32,
    },
    /// The member at a position: ZRANGE.
    Rank {
        /// Which one, from 0.
        rank: usize,
    },
    /// The position of a member: ZRANK.
    Member {
        /// Which one: at this position.
        rank: usize,
    },
}

/// What is asked of it.
#[derive(Clone, Copy, Debug, serde::Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Ask {
    /// ZADD, with scores by chance.
    Add {
        /// How many.
        count: usize,
    },
    /// ZADD of a name of 65 bytes.
    AddLong,
    /// Something is looked for.
    Search {
        /// What.
        search: Search,
    },
    /// It begins again, with other scores.
    Restart,
}

/// A member.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Member {
    /// Its name.
    pub name: String,
    /// Its score.
    pub score: f64,
    /// On how many levels it is linked.
    pub levels: usize,
}

/// A look at the next member on a level.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Look {
    /// The level, from 0.
    pub level: usize,
    /// From where: a position, or `None` for the head.
    pub from: Option<usize>,
    /// The position of who is looked at; `None` where the level ends.
    pub next: Option<usize>,
    /// Whether it is not too far, so that one goes there; else one goes down a level.
    pub goes: bool,
}

/// What there is to see.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
#[serde(rename_all = "camelCase")]
pub struct View {
    /// All members in order.
    pub members: Vec<Member>,
    /// OBJECT ENCODING; empty without a key.
    pub encoding: String,
    /// MEMORY USAGE.
    pub bytes: i64,
    /// The command that looks for it, and what the engine answers.
    pub command: String,
    /// See there.
    pub answer: String,
    /// The position that is found.
    pub found: Option<usize>,
    /// The way through the skip list.
    pub looks: Vec<Look>,
    /// How many members a listpack is walked through to it.
    pub walked: usize,
}

impl SortedSet {
    /// A board with a few players.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let mut lab = Self {
            server: Server::new(seed, &[]),
            seed,
            random: Random::new(seed),
            added: 0,
            levels: BTreeMap::new(),
            search: Search::Score { score: 500 },
        };
        lab.add(20);
        lab
    }

    fn add(&mut self, count: usize) {
        for _ in 0..count.min(MEMBERS_MAX.saturating_sub(self.levels.len())) {
            let round = self.added / NAMES.len();
            let name = NAMES[self.added % NAMES.len()];
            let name = if round == 0 { name.to_owned() } else { format!("{name}{}", round + 1) };
            self.put(name);
        }
    }

    fn put(&mut self, name: String) {
        self.added += 1;
        let score = self.random.below(SCORES).to_string();
        self.server.call(&[b"ZADD", KEY, score.as_bytes(), name.as_bytes()]);
        let mut levels = 1;
        while levels < LEVELS_MAX && self.random.below(4) == 0 {
            levels += 1;
        }
        self.levels.insert(name, levels);
    }

    fn members(&mut self) -> Vec<Member> {
        let Value::Array(words) = self.server.call(&[b"ZRANGE", KEY, b"0", b"-1", b"WITHSCORES"]) else {
            return Vec::new();
        };
        let member = |pair: &[Value]| {
            let [name, score] = pair else { return None };
            let (name, score) = (text(name), text(score).parse().ok()?);
            let levels = self.levels.get(&name).copied().unwrap_or(1);
            Some(Member { name, score, levels })
        };
        words.chunks(2).filter_map(member).collect()
    }

    /// Asks the engine; gives the command, and what it answers.
    fn ask_engine(&mut self, members: &[Member]) -> (String, String) {
        let command = match self.search {
            Search::Score { score } => format!("ZRANGEBYSCORE board {score} +inf LIMIT 0 1"),
            Search::Rank { rank } => format!("ZRANGE board {rank} {rank}"),
            Search::Member { rank } => {
                let name = members.get(rank).map_or("nobody", |member| member.name.as_str());
                format!("ZRANK board {name}")
            }
        };
        let argv: Vec<&[u8]> = command.split(' ').map(str::as_bytes).collect();
        let answer = match self.server.call(&argv) {
            Value::Array(all) => all.first().map_or_else(|| "(empty array)".to_owned(), text),
            Value::Null => "(nil)".to_owned(),
            value => text(&value),
        };
        (command, answer)
    }
}

impl Lab for SortedSet {
    type Ask = Ask;
    type View = View;

    fn ask(&mut self, ask: Ask) {
        match ask {
            Ask::Add { count } => self.add(count),
            Ask::AddLong => {
                let name = format!("{:x<65}", format!("long{}", self.added));
                if self.levels.len() < MEMBERS_MAX {
                    self.put(name);
                }
            }
            Ask::Search { search } => self.search = search,
            Ask::Restart => *self = Self { search: self.search, ..Self::new(self.seed.wrapping_add(1)) },
        }
    }

    fn view(&mut self) -> View {
        let members = self.members();
        let (command, answer) = self.ask_engine(&members);
        let encoding = text(&self.server.call(&[b"OBJECT", b"ENCODING", KEY]));
        let bytes = self.server.count(&[b"MEMORY", b"USAGE", KEY]);
        let (looks, place) = walk(&members, self.search);
        let found = (place < members.len()).then_some(place);
        let walked = members.len().min(place + 1);
        View { members, encoding, bytes, command, answer, found, looks, walked }
    }
}

/// The way through the skip list, and the position that it leads to.
fn walk(members: &[Member], search: Search) -> (Vec<Look>, usize) {
    // Whether a member is before the one that is looked for.
    let is_before = |position: usize| match search {
        Search::Score { score } => members[position].score < f64::from(score),
        Search::Rank { rank } => position < rank,
        Search::Member { rank } => members.get(rank).is_some_and(|target| {
            let member = &members[position];
            (member.score, &member.name) < (target.score, &target.name)
        }),
    };
    let highest = members.iter().map(|member| member.levels).max().unwrap_or(0);
    let mut looks = Vec::new();
    let mut from = None;
    for level in (0..highest).rev() {
        loop {
            let start = from.map_or(0, |position| position + 1);
            let next = (start..members.len()).find(|&position| members[position].levels > level);
            let goes = next.is_some_and(is_before);
            looks.push(Look { level, from, next, goes });
            if !goes {
                break;
            }
            from = next;
        }
    }
    (looks, from.map_or(0, |position| position + 1))
}

fn text(value: &Value) -> String {
    match value {
        Value::Bulk(bytes) | Value::Simple(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        Value::Int(number) => number.to_string(),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn searched(lab: &mut SortedSet, search: Search) -> View {
        lab.ask(Ask::Search { search });
        lab.view()
    }

    #[test]
    fn the_way_leads_to_what_the_engine_answers() {
        let mut lab = SortedSet::new(3);
        lab.ask(Ask::Add { count: 180 });
        for score in (0..=1000).step_by(37) {
            let view = searched(&mut lab, Search::Score { score });
            let found = view.found.map_or("(empty array)", |position| &view.members[position].name);
            assert_eq!(found, view.answer, "{}", view.command);
        }
        for rank in (0..200).step_by(13) {
            let view = searched(&mut lab, Search::Rank { rank });
            assert_eq!(view.found.map(|position| &view.members[position].name), Some(&view.answer));
            let view = searched(&mut lab, Search::Member { rank });
            assert_eq!(view.found.map(|position| position.to_string()), Some(view.answer));
        }
    }

    #[test]
    fn a_skip_list_looks_at_few_and_a_listpack_at_all_before() {
        let mut lab = SortedSet::new(3);
        lab.ask(Ask::Add { count: 180 });
        let (mut looks, mut walked) = (0, 0);
        for rank in 0..200 {
            let view = searched(&mut lab, Search::Rank { rank });
            looks += view.looks.len();
            walked += view.walked;
        }
        assert_eq!(walked, 200 * 201 / 2);
        assert!(looks < 200 * 20, "{looks}");
    }

    #[test]
    fn a_hundred_and_twenty_nine_members_or_a_long_name_make_it_a_skip_list() {
        let mut lab = SortedSet::new(3);
        lab.ask(Ask::Add { count: 108 });
        let packed = lab.view();
        assert_eq!((packed.members.len(), packed.encoding.as_str()), (128, "listpack"));
        lab.ask(Ask::Add { count: 1 });
        let big = lab.view();
        assert_eq!(big.encoding, "skiplist");
        assert!(big.bytes > packed.bytes);
        lab.ask(Ask::Restart);
        assert_eq!(lab.view().encoding, "listpack");
        lab.ask(Ask::AddLong);
        let long = lab.view();
        assert_eq!((long.members.len(), long.encoding.as_str()), (21, "skiplist"));
    }

    #[test]
    fn about_a_quarter_of_the_members_is_on_the_second_level() {
        let mut lab = SortedSet::new(3);
        lab.ask(Ask::Add { count: 1000 });
        let view = lab.view();
        assert_eq!(view.members.len(), MEMBERS_MAX);
        let second = view.members.iter().filter(|member| member.levels > 1).count();
        assert!((40..80).contains(&second), "{second}");
    }
}
