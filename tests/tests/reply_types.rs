//! What the npm package says that a command answers is what it does answer: the calls of all transcripts, and made-up
//! ones, are put to the engine in RESP3, and each reply is held against its type in `wasm/src/typescript/replies.txt`.

#![cfg(not(target_arch = "wasm32"))]

use redstart_tests::diff::{self, Call};
use redstart_tests::resp::{self, Reply};
use redstart_tests::runner::{Received, Runner, Trouble};
use redstart_tests::runners::InProcess;
use redstart_tests::suite;
use redstart_tests::transcript::{Action, Transcript};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

const REPLIES: &str = include_str!("../../wasm/src/typescript/replies.txt");

/// Rounds of made-up calls.
const ROUNDS: u64 = 20;

/// There is no file to rewrite here, and no answer to the end.
const UNANSWERED: [&str; 2] = ["config|rewrite", "shutdown"];

#[test]
fn replies_are_of_their_types() -> Result<(), Trouble> {
    let mut judge = Judge::new()?;
    judge.play_calls(judge.bare_calls())?;
    for transcript in suite::load()? {
        judge.play(&transcript)?;
    }
    for seed in 0..ROUNDS {
        judge.play_calls(diff::calls(seed)?)?;
    }
    let text = judge.wrong.into_values().collect::<Vec<_>>().join("\n");
    assert!(text.is_empty(), "{text}");
    let unseen: Vec<&str> = judge.types.into_keys().filter(|name| !judge.seen.contains(name)).collect();
    assert_eq!(unseen, UNANSWERED, "which commands no call had an answer of");
    Ok(())
}

/// What a type leaves out, because saying it would be in everybody's way.
fn is_left_out(name: &str, reply: &Reply) -> bool {
    match name {
        // Nearly 300,000 years ahead it is a bigint.
        "ttl" | "pttl" | "expiretime" | "pexpiretime" => matches!(reply, Reply::Integer(_)),
        // Whoever asks for no entries by COUNT 0 gets nothing instead of an empty list.
        "xrange" | "xrevrange" => *reply == Reply::Nil,
        _ => false,
    }
}

struct Judge {
    types: BTreeMap<&'static str, Type>,
    seen: BTreeSet<&'static str>,
    /// The first wrong reply of each command.
    wrong: BTreeMap<&'static str, String>,
    /// What each client asked and was not answered yet.
    asked: BTreeMap<char, VecDeque<Call>>,
}

impl Judge {
    fn new() -> Result<Self, Trouble> {
        let mut types = BTreeMap::new();
        for line in REPLIES.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
            let (names, text) = line.split_once(" -> ").ok_or_else(|| Trouble(line.to_owned()))?;
            let parsed = Type::parse(text)?;
            types.extend(names.split(' ').map(|name| (name, parsed.clone())));
        }
        Ok(Self { types, seen: BTreeSet::new(), wrong: BTreeMap::new(), asked: BTreeMap::new() })
    }

    /// Each command without any arguments, which is all that some take.
    fn bare_calls(&self) -> Vec<Call> {
        let names = self.types.keys().filter(|name| !UNANSWERED.contains(name));
        names.map(|name| name.split('|').map(|word| word.as_bytes().to_vec()).collect()).collect()
    }

    fn play(&mut self, transcript: &Transcript) -> Result<(), Trouble> {
        let mut store = InProcess::start(transcript)?;
        for case in &transcript.cases {
            store.close_all();
            self.asked.clear();
            for step in &case.steps {
                match &step.action {
                    Action::Command { client, argv } => self.ask(&mut store, *client, argv.clone())?,
                    Action::Advance { ms } => store.advance(*ms)?,
                    Action::Config { name, value } => store.configure(name, value)?,
                    Action::Raw { .. } => {}
                }
                for client in self.asked.keys().copied().collect::<Vec<_>>() {
                    self.hear(&mut store, client)?;
                }
            }
        }
        Ok(())
    }

    fn play_calls(&mut self, calls: Vec<Call>) -> Result<(), Trouble> {
        let mut store = InProcess::start(&Transcript::default())?;
        self.asked.clear();
        for call in calls {
            self.ask(&mut store, 'a', call)?;
            self.hear(&mut store, 'a')?;
        }
        Ok(())
    }

    /// Sends what has a type: the rest changes what the connection is.
    fn ask(&mut self, store: &mut InProcess, client: char, argv: Call) -> Result<(), Trouble> {
        if name_of(&argv).is_none_or(|name| !self.types.contains_key(name)) {
            return Ok(());
        }
        if !self.asked.contains_key(&client) {
            store.open(client)?;
            self.send(store, client, vec![b"HELLO".to_vec(), b"3".to_vec()])?;
        }
        self.send(store, client, argv)
    }

    fn send(&mut self, store: &mut InProcess, client: char, argv: Call) -> Result<(), Trouble> {
        store.send(client, &resp::request(&argv))?;
        self.asked.entry(client).or_default().push_back(argv);
        Ok(())
    }

    fn hear(&mut self, store: &mut InProcess, client: char) -> Result<(), Trouble> {
        let mut bytes = match store.receive(client, true)? {
            Received::Bytes(bytes) => bytes,
            Received::Nothing => return Ok(()),
            Received::Closed => {
                self.asked.remove(&client);
                return Ok(());
            }
        };
        while let Some((reply, length)) = resp::read(&bytes).map_err(|malformed| Trouble(malformed.0))? {
            bytes.drain(..length);
            if matches!(reply, Reply::Push(_)) {
                continue;
            }
            let argv = self.asked.entry(client).or_default().pop_front();
            let argv = argv.ok_or_else(|| Trouble(format!("nobody asked for {reply:?}")))?;
            if argv[0] == b"HELLO" && matches!(reply, Reply::Error(_)) {
                // It would go on in RESP2.
                self.asked.remove(&client);
                break;
            }
            self.judge(&argv, &reply);
        }
        Ok(())
    }

    fn judge(&mut self, argv: &Call, reply: &Reply) {
        let Some((name, declared)) = name_of(argv).and_then(|name| self.types.get_key_value(name)) else {
            return;
        };
        if matches!(reply, Reply::Error(_)) {
            return;
        }
        self.seen.insert(name);
        if !declared.has(reply) && !is_left_out(name, reply) {
            let words: Vec<_> = argv.iter().map(|word| String::from_utf8_lossy(word)).collect();
            let text = format!("{:.200} is not {declared:?}: {reply:.300?}", words.join(" "));
            self.wrong.entry(name).or_insert(text);
        }
    }
}

fn name_of(argv: &Call) -> Option<&'static str> {
    diff::command_of(argv).map(|command| command.name)
}

/// A type of TypeScript, as far as replies need it.
#[derive(Clone, Debug)]
enum Type {
    Unknown,
    /// A string as it is read: text or bytes.
    Read,
    /// A text, whatever strings are read as: a status.
    Text,
    Literal(String),
    Number,
    Integer,
    Null,
    Array(Box<Self>),
    Tuple(Vec<Self>),
    Set(Box<Self>),
    Map(Box<(Self, Self)>),
    Union(Vec<Self>),
}

impl Type {
    fn parse(text: &str) -> Result<Self, Trouble> {
        let mut rest = text;
        let parsed = Self::union(&mut rest).filter(|_| rest.is_empty());
        parsed.ok_or_else(|| Trouble(format!("the type {text} can't be read at `{rest}`")))
    }

    fn union(rest: &mut &str) -> Option<Self> {
        let mut members = vec![Self::postfix(rest)?];
        while eat(rest, " | ") {
            members.push(Self::postfix(rest)?);
        }
        Some(if members.len() == 1 { members.remove(0) } else { Self::Union(members) })
    }

    fn postfix(rest: &mut &str) -> Option<Self> {
        let mut parsed = Self::single(rest)?;
        while eat(rest, "[]") {
            parsed = Self::Array(Box::new(parsed));
        }
        Some(parsed)
    }

    fn single(rest: &mut &str) -> Option<Self> {
        if eat(rest, "(") {
            let inner = Self::union(rest)?;
            return eat(rest, ")").then_some(inner);
        }
        if eat(rest, "[") {
            let items = if rest.starts_with(']') { Vec::new() } else { Self::list(rest)? };
            return eat(rest, "]").then_some(Self::Tuple(items));
        }
        if eat(rest, "'") {
            let (literal, after) = rest.split_once('\'')?;
            *rest = after;
            return Some(Self::Literal(literal.to_owned()));
        }
        let end = rest.find(|letter: char| !letter.is_ascii_alphabetic()).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        *rest = after;
        Some(match word {
            "unknown" => Self::Unknown,
            "S" => Self::Read,
            "string" => Self::Text,
            "number" => Self::Number,
            "Integer" => Self::Integer,
            "null" => Self::Null,
            "Set" | "Map" => {
                let mut inner = eat(rest, "<").then(|| Self::list(rest)).flatten()?.into_iter();
                let (one, other) = (inner.next()?, inner.next());
                if !eat(rest, ">") {
                    return None;
                }
                other.map_or_else(
                    || Self::Set(Box::new(one.clone())),
                    |other| Self::Map(Box::new((one.clone(), other))),
                )
            }
            _ => return None,
        })
    }

    fn list(rest: &mut &str) -> Option<Vec<Self>> {
        let mut items = vec![Self::union(rest)?];
        while eat(rest, ", ") {
            items.push(Self::union(rest)?);
        }
        Some(items)
    }

    fn has(&self, reply: &Reply) -> bool {
        match (self, reply) {
            (Self::Unknown, _) | (Self::Read, Reply::Bulk(_)) | (Self::Null, Reply::Nil) => true,
            (Self::Text, Reply::Status(_) | Reply::Verbatim(_)) => true,
            (Self::Number, Reply::Double(_)) | (Self::Integer, Reply::Integer(_)) => true,
            // What a number doesn't hold becomes a bigint.
            (Self::Number, Reply::Integer(number)) => number.unsigned_abs() < 1 << 53,
            (Self::Literal(literal), Reply::Status(status)) => literal.as_bytes() == status,
            (Self::Array(item), Reply::Array(items)) | (Self::Set(item), Reply::Set(items)) => {
                items.iter().all(|reply| item.has(reply))
            }
            (Self::Tuple(types), Reply::Array(items)) => {
                types.len() == items.len() && types.iter().zip(items).all(|(each, reply)| each.has(reply))
            }
            (Self::Map(types), Reply::Map(pairs)) => {
                pairs.iter().all(|(key, value)| types.0.has(key) && types.1.has(value))
            }
            (Self::Union(members), reply) => members.iter().any(|member| member.has(reply)),
            _ => false,
        }
    }
}

fn eat(rest: &mut &str, start: &str) -> bool {
    let after = rest.strip_prefix(start);
    *rest = after.unwrap_or(rest);
    after.is_some()
}
