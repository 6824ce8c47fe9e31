//! Scripts: calls made from the grammar in the command table, most of them well-formed.

use super::rules::{self, Rule, command_of};
use super::words::{THRESHOLDS, Words, home, is_too_soon};
use super::{Call, Script, Unit};
use crate::dice::Dice;
use crate::runner::Trouble;
use crate::transcript::Version;
use redstart_engine::command::flag::BLOCKING;
use redstart_engine::command::key::NOT_KEY;
use redstart_engine::command::{Arg, ArgKind, Command, Group};
use redstart_engine::commands;

/// Makes scripts.
pub(super) struct Generator {
    /// What the oracle knows too: later commands and options are not called.
    oracle: Version,
    commands: Vec<&'static Command>,
    /// The groups that have keys of their own.
    homes: Vec<Group>,
    chosen: Vec<Group>,
}

/// So many units make a round.
const UNITS: usize = 250;

/// Numbers of elements to pick at random, and to be sent, no further from zero than this.
const PICKED_MAX: i64 = 1000;

impl Generator {
    pub(super) fn new(oracle: Version, families: &[String]) -> Result<Self, Trouble> {
        let all = commands::all().copied();
        let all = all.flat_map(|command| std::iter::once(command).chain(command.subcommands.iter().copied()));
        let commands: Vec<&Command> = all
            .filter(|command| command.subcommands.is_empty() && rules::of_command(command) != Rule::LeftOut)
            .filter(|command| known(command.since, oracle))
            .collect();
        let mut homes = Vec::new();
        // Channels are routed like keys, but are none.
        let keyed = |command: &&&Command| command.keys.iter().any(|spec| spec.access & NOT_KEY == 0);
        for command in commands.iter().filter(keyed) {
            let own = home(command.group);
            if !matches!(own, Group::Generic | Group::Transactions | Group::Server) && !homes.contains(&own) {
                homes.push(own);
            }
        }
        let mut chosen = Vec::new();
        for family in families {
            let found = commands.iter().find(|command| command.group.name() == family.as_str());
            chosen
                .push(found.ok_or_else(|| Trouble(format!("there is no family `{family}` to call")))?.group);
        }
        Ok(Self { oracle, commands, homes, chosen })
    }

    /// The script of a seed.
    pub(super) fn script(&self, seed: u64) -> Script {
        let mut dice = Dice::new(seed);
        let resp3 = dice.chance(50);
        let mut homes: Vec<Group> = self.chosen.iter().map(|&group| home(group)).collect();
        homes.retain(|group| self.homes.contains(group));
        while homes.len() < 2 {
            homes.push(dice.pick(&self.homes));
        }
        let big = dice.chance(25);
        let mut round = Round { generator: self, words: Words { dice, homes, big } };
        let mut units: Vec<Unit> = (0..3).map(|_| round.threshold()).collect();
        units.extend((0..UNITS).map(|_| round.unit()));
        Script { resp3, units }
    }
}

fn known(since: &str, oracle: Version) -> bool {
    Version::parse(since).is_none_or(|since| since <= oracle)
}

struct Round<'a> {
    generator: &'a Generator,
    words: Words,
}

impl Round<'_> {
    fn unit(&mut self) -> Unit {
        if self.words.dice.chance(1) {
            return self.threshold();
        }
        if self.words.dice.chance(2) {
            return self.transaction();
        }
        let calls = self.calls();
        // Inside a transaction nothing waits.
        if calls.iter().any(|call| command_of(call).is_some_and(waits)) { wrapped(calls) } else { calls }
    }

    fn threshold(&mut self) -> Unit {
        let (name, values) = self.words.dice.pick(THRESHOLDS);
        let value = self.words.dice.pick(values);
        vec![["CONFIG", "SET", name, value].map(|word| word.as_bytes().to_vec()).to_vec()]
    }

    fn transaction(&mut self) -> Unit {
        let count = 1 + self.words.dice.below(6);
        let mut calls = Unit::new();
        for _ in 0..count {
            let inner = self.calls();
            // What would end it leaves the rest of it outside.
            if !inner.iter().any(|call| command_of(call).is_some_and(ends_transactions)) {
                calls.extend(inner);
            }
        }
        wrapped(calls)
    }

    /// A call, and what has to follow it.
    fn calls(&mut self) -> Unit {
        loop {
            let command = self.command();
            let mut call = self.call(command);
            if self.words.dice.chance(7) {
                self.mutate(&mut call);
            }
            if !is_fair(&call) {
                continue;
            }
            let parted = rules::parted_keys(&call);
            let mut calls = prelude(&call);
            let after = epilogue(&call);
            calls.push(call);
            calls.extend(after);
            if !parted.is_empty() {
                calls.push(std::iter::once(b"DEL".to_vec()).chain(parted).collect());
            }
            return calls;
        }
    }

    fn command(&mut self) -> &'static Command {
        loop {
            let command = self.words.dice.pick(&self.generator.commands);
            let chosen = &self.generator.chosen;
            let often = match command.name {
                "multi" => 0,
                // What empties everything must not be all there is.
                "flushall" | "flushdb" => 4,
                _ if chosen.contains(&command.group) => 100,
                _ => match command.group {
                    Group::Generic => 35,
                    Group::Connection => 12,
                    Group::Server | Group::Transactions => 10,
                    group if !chosen.is_empty() => {
                        if self.words.homes.contains(&home(group)) {
                            20
                        } else {
                            4
                        }
                    }
                    group if self.words.homes.contains(&home(group)) => 100,
                    _ => 6,
                },
            };
            if self.words.dice.chance(often) {
                return command;
            }
        }
    }

    /// A well-formed call.
    fn call(&mut self, command: &Command) -> Call {
        let mut call: Call = command.name.split('|').map(|word| self.cased(word)).collect();
        let mut grammar = Grammar { round: self, group: command.group, count: None };
        let mut pieces: Vec<(bool, Call)> = Vec::new();
        for arg in command.args {
            let mut piece = Vec::new();
            grammar.arg(arg, &mut piece);
            pieces.push((arg.optional, piece));
        }
        let options: Vec<usize> = (0..pieces.len()).filter(|&at| pieces[at].0).collect();
        if options.len() > 1 && self.words.dice.chance(30) {
            let (one, other) = (self.words.dice.pick(&options), self.words.dice.pick(&options));
            pieces.swap(one, other);
        }
        call.extend(pieces.into_iter().flat_map(|(_, piece)| piece));
        call
    }

    fn cased(&mut self, word: &str) -> Vec<u8> {
        match self.words.dice.below(10) {
            0 => word.to_ascii_lowercase().into_bytes(),
            1 => word
                .bytes()
                .enumerate()
                .map(|(at, b)| if at % 2 == 0 { b.to_ascii_uppercase() } else { b })
                .collect(),
            _ => word.to_ascii_uppercase().into_bytes(),
        }
    }

    fn mutate(&mut self, call: &mut Call) {
        let at = self.words.dice.below(call.len());
        let other = self.words.dice.below(call.len());
        match self.words.dice.below(8) {
            0 => drop(call.remove(at)),
            1 => call.truncate(at),
            2 => call.insert(at, call[other].clone()),
            3 => call.swap(at, other),
            4 => call.push(self.words.astray()),
            5 => {
                let key = self.words.key(Group::Generic);
                call.push(key);
            }
            6 => call[at].push(b'x'),
            _ => call[at] = self.words.astray(),
        }
        if call.is_empty() {
            call.push(b"GET".to_vec());
        }
    }
}

/// Makes one call's arguments.
struct Grammar<'r, 'a> {
    round: &'r mut Round<'a>,
    group: Group,
    /// How many keys the call said it has.
    count: Option<usize>,
}

impl Grammar<'_, '_> {
    fn arg(&mut self, arg: &Arg, out: &mut Call) {
        let too_new = arg.since.is_some_and(|since| !known(since, self.round.generator.oracle));
        if too_new || (arg.optional && self.round.words.dice.chance(60)) {
            return;
        }
        let times = if arg.multiple { self.times(arg) } else { 1 };
        for time in 0..times {
            if let Some(token) = arg.token
                && (time == 0 || arg.multiple_token)
            {
                out.push(self.round.cased(token));
            }
            self.value(arg, out);
        }
    }

    fn value(&mut self, arg: &Arg, out: &mut Call) {
        match arg.kind {
            ArgKind::Token => {}
            ArgKind::Block => arg.args.iter().for_each(|member| self.arg(member, out)),
            ArgKind::OneOf => {
                let member = self.round.words.dice.pick(arg.args);
                self.arg(&Arg { optional: false, ..member }, out);
            }
            ArgKind::Integer if arg.name == "numkeys" => {
                let count = 1 + self.round.words.dice.below(3);
                self.count = Some(count);
                let off = self.round.words.dice.chance(4);
                out.push(if off { self.round.words.astray() } else { count.to_string().into_bytes() });
            }
            _ => out.push(self.round.words.word(arg, self.group)),
        }
    }

    fn times(&mut self, arg: &Arg) -> usize {
        let dice = &mut self.round.words.dice;
        match self.count {
            Some(count) if arg.kind == ArgKind::Key || dice.chance(90) => count,
            _ if self.round.words.big && dice.chance(10) => 10 + dice.below(150),
            _ => {
                let mut times = 1;
                while times < 6 && dice.chance(45) {
                    times += 1;
                }
                times
            }
        }
    }
}

fn wrapped(calls: Unit) -> Unit {
    let (multi, exec) = (vec![b"MULTI".to_vec()], vec![b"EXEC".to_vec()]);
    std::iter::once(multi).chain(calls).chain(std::iter::once(exec)).collect()
}

/// Whether a call may have to wait, outside of a transaction.
fn waits(command: &'static Command) -> bool {
    command.has(BLOCKING) || command.name == "wait"
}

fn ends_transactions(command: &'static Command) -> bool {
    command.group == Group::Transactions || command.name == "reset"
}

/// Whether both sides can be expected to answer a call alike, and soon.
fn is_fair(call: &Call) -> bool {
    let Some(command) = command_of(call) else { return is_no_command_anywhere(&call[0]) };
    let picks = command.name.ends_with("randmember") || command.name == "hrandfield";
    let numbers = || call.iter().filter_map(|word| number(word));
    // WITHSCORE came with 7.2: before, a fourth word is one too many.
    if matches!(command.name, "zrank" | "zrevrank") && call.len() > 3 {
        return false;
    }
    // The key specs see one target of either kind, and so only that is written; there the last of several is.
    let said = |word: &str| call.iter().filter(|said| said.eq_ignore_ascii_case(word.as_bytes())).count();
    if command.name.starts_with("georadius") && (said("STORE") > 1 || said("STOREDIST") > 1) {
        return false;
    }
    // Registers that are cut off in the middle end there with the byte that happens to lie behind the string.
    let writes_bits = matches!(command.name, "bitfield" | "setbit" | "setrange");
    if writes_bits && call.iter().any(|word| word.starts_with(b"hyperloglog:")) {
        return false;
    }
    // XREAD's `+` came with 7.4.
    if command.name == "xread" && has(call, "+") {
        return false;
    }
    // Texts that are looked up and are the same leave their elements in any order.
    if command.name.starts_with("sort") && has(call, "BY") && has(call, "ALPHA") {
        return false;
    }
    rules::of_command(command) != Rule::LeftOut
        && !(picks && numbers().any(|number| number < -PICKED_MAX))
        && !expires_soon(command, call)
}

/// What has to come before a call, so that the answer is not left to the side.
fn prelude(call: &Call) -> Unit {
    let owned = |words: &[&[u8]]| words.iter().map(|word| word.to_vec()).collect::<Call>();
    let Some(command) = command_of(call) else { return Unit::new() };
    let key = call.get(if command.name == "zrangestore" { 2 } else { 1 }).map_or(&[][..], Vec::as_slice);
    if command.name.starts_with("sort") {
        // A set has an order of the side's own, which BY may leave as it is: so it becomes a sorted set.
        let ranked = owned(&[b"ZUNIONSTORE", key, b"1", key]);
        // SORT calls a number wrong if the last one that any command read was: a good one comes in between.
        let good = owned(&[b"ZUNION", b"1", b"a key that is never there", b"WEIGHTS", b"1"]);
        return if has(call, "BY") { vec![ranked, good] } else { vec![good] };
    }
    // A range by bytes only means something where all scores are equal.
    if command.group == Group::SortedSet && (command.name.contains("lex") || has(call, "BYLEX")) {
        return vec![owned(&[b"ZUNIONSTORE", key, b"1", key, b"WEIGHTS", b"0"])];
    }
    Unit::new()
}

/// What has to come after a call, so that both sides keep the same in the same way.
fn epilogue(call: &Call) -> Option<Call> {
    let command = command_of(call)?;
    let key = call.get(1).filter(|_| command.name.starts_with("sort"))?;
    // There SORT, although it only reads, makes a skiplist of a packed sorted set; storing packs it again.
    let words: [&[u8]; 4] = [b"ZUNIONSTORE", key, b"1", key];
    Some(words.map(<[u8]>::to_vec).to_vec())
}

fn has(call: &Call, word: &str) -> bool {
    call.iter().any(|said| said.eq_ignore_ascii_case(word.as_bytes()))
}

/// Options like SYNC are commands of the oracle's when they come first.
fn is_no_command_anywhere(word: &[u8]) -> bool {
    !word.iter().all(u8::is_ascii_alphabetic) || word.ends_with(b"x")
}

/// Whether a key may expire while the round goes on, on one side a little before the other.
fn expires_soon(command: &Command, call: &Call) -> bool {
    let soon =
        |at: usize, unit| call.get(at).and_then(|word| number(word)).is_some_and(|n| is_too_soon(n, unit));
    let fixed = match command.name {
        "expire" | "setex" => soon(2, 1),
        "pexpire" | "psetex" | "restore" => soon(2, 1000),
        _ => false,
    };
    let after = |word: &str, unit| {
        let places = call.iter().enumerate().filter(|(_, w)| w.eq_ignore_ascii_case(word.as_bytes()));
        places.into_iter().any(|(at, _)| soon(at + 1, unit))
    };
    fixed || after("EX", 1) || after("PX", 1000)
}

fn number(word: &[u8]) -> Option<i64> {
    std::str::from_utf8(word).ok()?.parse().ok()
}
