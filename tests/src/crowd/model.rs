//! What follows from what the crowd does: the rules of waiting, transactions and messages, in a few lines each.

use super::moves::{CLIENTS, Call, Channel, End, Key, channel, key};
use crate::resp::Reply;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// A store, as far as the crowd uses one.
#[derive(Debug, Default)]
pub(super) struct Model {
    keys: BTreeMap<Key, Value>,
    clients: BTreeMap<char, Client>,
    /// Those who wait, the longest waiting first.
    waiting: Vec<Waiting>,
    /// Keys that came to be while somebody waited for them, in that order.
    ready: VecDeque<Key>,
    now_ms: u64,
    /// What each client sees from now on.
    pub(super) seen: BTreeMap<char, VecDeque<Reply>>,
}

#[derive(Debug)]
enum Value {
    List(VecDeque<u32>),
    /// Scores are the members themselves.
    Sorted(BTreeSet<u32>),
    /// Ids are the values themselves.
    Stream(Vec<u32>),
    Text,
}

#[derive(Debug, Default)]
struct Client {
    /// The commands since MULTI.
    queue: Option<Vec<Call>>,
    watched: BTreeSet<Key>,
    /// Whether one of the watched keys changed.
    is_late: bool,
    channels: BTreeSet<Channel>,
}

#[derive(Debug)]
struct Waiting {
    client: char,
    call: Call,
    deadline_ms: Option<u64>,
    /// The last entries of the streams that it waits for, when it began.
    last: BTreeMap<Key, u32>,
}

const WRONG_TYPE: &str = "WRONGTYPE Operation against a key holding the wrong kind of value";
const NOT_LATER: &str = "ERR The ID specified in XADD is equal or smaller than the target stream top item";

impl Model {
    fn waits(&self, client: char) -> bool {
        self.waiting.iter().any(|waiting| waiting.client == client)
    }

    /// Whether a client waits or is in a transaction.
    pub(super) fn is_busy(&self, client: char) -> bool {
        self.waits(client) || self.clients.get(&client).is_some_and(|state| state.queue.is_some())
    }

    /// A client calls something that it can call now.
    pub(super) fn call(&mut self, client: char, call: &Call) {
        let state = self.clients.entry(client).or_default();
        match (&mut state.queue, call) {
            (Some(_), Call::Exec) => self.exec(client),
            (Some(_), Call::Discard) => {
                *state = Client { channels: std::mem::take(&mut state.channels), ..Client::default() };
                self.tell(client, ok());
            }
            (Some(queue), _) => {
                queue.push(call.clone());
                self.tell(client, status("QUEUED"));
            }
            (None, _) => match self.run(client, call) {
                Some(reply) => self.tell(client, reply),
                None => self.wait(client, call),
            },
        }
        self.serve();
    }

    /// Whether a client may call this now: what is an error whatever happens around it is the transcripts' matter.
    pub(super) fn may(&self, client: char, call: &Call) -> bool {
        let state = self.clients.get(&client);
        let is_queuing = state.is_some_and(|state| state.queue.is_some());
        let listens = state.is_some_and(|state| !state.channels.is_empty());
        !self.waits(client)
            && match call {
                Call::Exec | Call::Discard => is_queuing,
                Call::Multi | Call::Watch(_) | Call::Subscribe(_) | Call::Unsubscribe(_) => !is_queuing,
                // A message to oneself would stand in the middle of EXEC's reply.
                Call::Publish(..) => !(is_queuing && listens),
                _ => true,
            }
    }

    /// A client's connection ends.
    pub(super) fn leave(&mut self, client: char) {
        self.waiting.retain(|waiting| waiting.client != client);
        self.clients.remove(&client);
        self.seen.remove(&client);
    }

    pub(super) fn advance(&mut self, ms: u64) {
        self.now_ms += ms;
        let now_ms = self.now_ms;
        let is_over = |waiting: &mut Waiting| waiting.deadline_ms.is_some_and(|deadline| deadline <= now_ms);
        let over: Vec<Waiting> = self.waiting.extract_if(.., is_over).collect();
        over.iter().for_each(|waiting| self.tell(waiting.client, Reply::Nil));
    }

    pub(super) fn unblock(&mut self, client: char, whom: char, error: bool) {
        let found = self.waiting.iter().position(|waiting| waiting.client == whom);
        if let Some(at) = found {
            self.waiting.remove(at);
            let text = "UNBLOCKED client unblocked via CLIENT UNBLOCK";
            self.tell(whom, if error { Reply::Error(text.into()) } else { Reply::Nil });
        }
        self.tell(client, Reply::Integer(found.is_some().into()));
    }

    fn tell(&mut self, client: char, reply: Reply) {
        self.seen.entry(client).or_default().push_back(reply);
    }

    fn exec(&mut self, client: char) {
        let state = self.clients.entry(client).or_default();
        let channels = std::mem::take(&mut state.channels);
        let Client { queue, is_late, .. } =
            std::mem::replace(state, Client { channels, ..Client::default() });
        if is_late {
            return self.tell(client, Reply::Nil);
        }
        // Nothing waits in a transaction.
        let mut run = |call: &Call| self.run(client, call).unwrap_or(Reply::Nil);
        let replies = queue.unwrap_or_default().iter().map(&mut run).collect();
        self.tell(client, Reply::Array(replies));
    }

    /// What a call answers, unless it has to wait.
    fn run(&mut self, client: char, call: &Call) -> Option<Reply> {
        Some(match call {
            Call::Push(end, to, values) => self.push(*to, *end, values),
            Call::Pop(end, from) => match self.pop(*from, *end, 1) {
                Ok(values) => values.first().map_or(Reply::Nil, number),
                Err(wrong) => wrong,
            },
            Call::Rename(from, to) => self.rename(*from, *to),
            Call::AddScored(to, member) => self.add_scored(*to, *member),
            Call::AddEntry(to, id) => self.add_entry(*to, *id),
            Call::Set(to) => {
                self.keys.insert(*to, Value::Text);
                self.changed(*to);
                ok()
            }
            Call::Delete(from) => Reply::Integer(self.delete(*from).into()),
            Call::FlushAll => {
                while let Some((gone, _)) = self.keys.pop_first() {
                    self.changed(gone);
                }
                ok()
            }
            Call::Watch(what) => {
                self.clients.entry(client).or_default().watched.insert(*what);
                ok()
            }
            Call::Unwatch => {
                let state = self.clients.entry(client).or_default();
                state.watched.clear();
                state.is_late = false;
                ok()
            }
            Call::Multi => {
                self.clients.entry(client).or_default().queue = Some(Vec::new());
                ok()
            }
            Call::Exec | Call::Discard => unreachable!("a crowd calls them in transactions only"),
            Call::Subscribe(to) => {
                let channels = &mut self.clients.entry(client).or_default().channels;
                channels.insert(*to);
                push(&["subscribe", &channel(*to)], Some(channels.len()))
            }
            Call::Unsubscribe(from) => {
                let channels = &mut self.clients.entry(client).or_default().channels;
                channels.remove(from);
                push(&["unsubscribe", &channel(*from)], Some(channels.len()))
            }
            Call::Publish(to, message) => self.publish(*to, *message),
            Call::WaitPop(_, keys, _)
            | Call::WaitPopMany(_, keys, _, _)
            | Call::WaitPopMin(keys, _)
            | Call::WaitEntries(keys, _) => {
                return keys.iter().find_map(|&from| self.take(call, from, &BTreeMap::new(), true));
            }
            Call::WaitMove(from, ..) => return self.take(call, *from, &BTreeMap::new(), true),
        })
    }

    fn wait(&mut self, client: char, call: &Call) {
        let keys = waited_for(call);
        let last = keys.iter().map(|&stream| (stream, self.last_entry(stream))).collect();
        let timeout_ms = match call {
            Call::WaitPop(.., ms) | Call::WaitMove(.., ms) | Call::WaitPopMany(.., ms) => *ms,
            Call::WaitPopMin(_, ms) | Call::WaitEntries(_, ms) => *ms,
            _ => unreachable!("{call:?} doesn't wait"),
        };
        let deadline_ms = (timeout_ms > 0).then(|| self.now_ms + timeout_ms);
        self.waiting.push(Waiting { client, call: call.clone(), deadline_ms, last });
    }

    /// Serves those who wait, key by key in the order in which they became ready.
    fn serve(&mut self) {
        while !self.ready.is_empty() {
            for ready in std::mem::take(&mut self.ready) {
                self.serve_key(ready);
            }
        }
        self.assert_nobody_is_forgotten();
    }

    /// Those who wait for one key, the longest waiting first, until there is nothing left.
    fn serve_key(&mut self, ready: Key) {
        let mut at = 0;
        while at < self.waiting.len() {
            let Waiting { client, call, last, .. } = &self.waiting[at];
            let (client, call, last) = (*client, call.clone(), last.clone());
            let served = waited_for(&call).contains(&ready).then(|| self.take(&call, ready, &last, false));
            match served.flatten() {
                Some(reply) => {
                    self.waiting.remove(at);
                    self.tell(client, reply);
                }
                None => at += 1,
            }
        }
    }

    fn assert_nobody_is_forgotten(&self) {
        for at in 0..self.waiting.len() {
            let Waiting { call, last, client, .. } = &self.waiting[at];
            for &from in waited_for(call) {
                let is_there = match (call, self.keys.get(&from)) {
                    (Call::WaitEntries(..), Some(Value::Stream(entries))) => entries.last() > last.get(&from),
                    (Call::WaitPopMin(..), Some(Value::Sorted(_))) => true,
                    (
                        Call::WaitPop(..) | Call::WaitMove(..) | Call::WaitPopMany(..),
                        Some(Value::List(_)),
                    ) => true,
                    _ => false,
                };
                assert!(!is_there, "the model forgot {client}, who waits with {call:?}");
            }
        }
    }

    /// What a waiting call takes from a key, if there is something for it. A key of another type is an error to those
    /// who call now, and nothing to those who wait already.
    fn take(&mut self, call: &Call, from: Key, last: &BTreeMap<Key, u32>, is_new: bool) -> Option<Reply> {
        let refused = || is_new.then(|| Reply::Error(WRONG_TYPE.into()));
        match call {
            Call::WaitPop(end, ..) => match self.pop(from, *end, 1) {
                Ok(values) => values.first().map(|value| Reply::Array(vec![name(from), number(value)])),
                Err(_) => refused(),
            },
            Call::WaitPopMany(end, _, count, _) => match self.pop(from, *end, *count) {
                Ok(values) if values.is_empty() => None,
                Ok(values) => {
                    let values = values.iter().map(number).collect();
                    Some(Reply::Array(vec![name(from), Reply::Array(values)]))
                }
                Err(_) => refused(),
            },
            Call::WaitMove(_, from_end, to, to_end, _) => {
                self.take_over(from, *from_end, *to, *to_end, is_new)
            }
            Call::WaitPopMin(..) => match self.keys.get_mut(&from) {
                Some(Value::Sorted(members)) => {
                    let lowest = members.pop_first()?;
                    self.settle(from);
                    let score = Reply::Double(lowest.to_string().into());
                    Some(Reply::Array(vec![name(from), number(&lowest), score]))
                }
                Some(_) => refused(),
                None => None,
            },
            Call::WaitEntries(..) => match self.keys.get(&from) {
                Some(Value::Stream(entries)) => {
                    // Who calls now waits for what comes after the last entry of now.
                    let &last = last.get(&from).filter(|_| !is_new)?;
                    let newer: Vec<Reply> =
                        entries.iter().filter(|&&id| id > last).map(|&id| entry(id)).collect();
                    (!newer.is_empty()).then(|| Reply::Map(vec![(name(from), Reply::Array(newer))]))
                }
                Some(_) => refused(),
                None => None,
            },
            _ => None,
        }
    }

    fn take_over(&mut self, from: Key, from_end: End, to: Key, to_end: End, is_new: bool) -> Option<Reply> {
        match self.keys.get(&from) {
            Some(Value::List(_)) => {}
            Some(_) => return is_new.then(|| Reply::Error(WRONG_TYPE.into())),
            None => return None,
        }
        if matches!(self.keys.get(&to), Some(value) if !matches!(value, Value::List(_))) {
            return Some(Reply::Error(WRONG_TYPE.into()));
        }
        let value = *self.pop(from, from_end, 1).ok()?.first()?;
        self.push(to, to_end, &[value]);
        Some(number(&value))
    }

    fn push(&mut self, to: Key, end: End, values: &[u32]) -> Reply {
        let is_new = !self.keys.contains_key(&to);
        let Value::List(list) = self.keys.entry(to).or_insert_with(|| Value::List(VecDeque::new())) else {
            return Reply::Error(WRONG_TYPE.into());
        };
        for &value in values {
            match end {
                End::Left => list.push_front(value),
                End::Right => list.push_back(value),
            }
        }
        let length = list.len();
        self.appeared(to, is_new);
        Reply::Integer(length as i64)
    }

    /// Up to `count` values from a list's end; none when it isn't there.
    fn pop(&mut self, from: Key, end: End, count: usize) -> Result<Vec<u32>, Reply> {
        let values = match self.keys.get_mut(&from) {
            None => return Ok(Vec::new()),
            Some(Value::List(list)) => {
                let mut one = || match end {
                    End::Left => list.pop_front(),
                    End::Right => list.pop_back(),
                };
                (0..count).map_while(|_| one()).collect()
            }
            Some(_) => return Err(Reply::Error(WRONG_TYPE.into())),
        };
        self.settle(from);
        Ok(values)
    }

    fn rename(&mut self, from: Key, to: Key) -> Reply {
        let Some(value) = self.keys.get(&from) else { return Reply::Error("ERR no such key".into()) };
        let can_be_waited_for = !matches!(value, Value::Text);
        if from != to {
            let value = self.keys.remove(&from);
            self.keys.extend(value.map(|value| (to, value)));
            self.changed(from);
            self.appeared(to, can_be_waited_for);
        }
        ok()
    }

    fn add_scored(&mut self, to: Key, member: u32) -> Reply {
        let is_new = !self.keys.contains_key(&to);
        let Value::Sorted(members) = self.keys.entry(to).or_insert_with(|| Value::Sorted(BTreeSet::new()))
        else {
            return Reply::Error(WRONG_TYPE.into());
        };
        members.insert(member);
        self.appeared(to, is_new);
        Reply::Integer(1)
    }

    fn add_entry(&mut self, to: Key, id: u32) -> Reply {
        let Value::Stream(entries) = self.keys.entry(to).or_insert_with(|| Value::Stream(Vec::new())) else {
            return Reply::Error(WRONG_TYPE.into());
        };
        if entries.last() >= Some(&id) {
            return Reply::Error(NOT_LATER.into());
        }
        entries.push(id);
        self.appeared(to, true);
        Reply::Bulk(format!("{id}-0").into())
    }

    fn delete(&mut self, from: Key) -> bool {
        let was_there = self.keys.remove(&from).is_some();
        if was_there {
            self.changed(from);
        }
        was_there
    }

    fn publish(&mut self, to: Channel, message: u32) -> Reply {
        let listens =
            |client: &char| self.clients.get(client).is_some_and(|state| state.channels.contains(&to));
        let listeners: Vec<char> = CLIENTS.into_iter().filter(listens).collect();
        for &listener in &listeners {
            self.tell(listener, push(&["message", &channel(to), &message.to_string()], None));
        }
        Reply::Integer(listeners.len() as i64)
    }

    /// A key was added to; `is_new` when that may be what somebody waits for.
    fn appeared(&mut self, what: Key, is_new: bool) {
        if is_new
            && !self.ready.contains(&what)
            && self.waiting.iter().any(|waiting| waited_for(&waiting.call).contains(&what))
        {
            self.ready.push_back(what);
        }
        self.changed(what);
    }

    /// A key was taken from: nothing empty is kept.
    fn settle(&mut self, what: Key) {
        let is_empty = match self.keys.get(&what) {
            Some(Value::List(list)) => list.is_empty(),
            Some(Value::Sorted(members)) => members.is_empty(),
            _ => false,
        };
        if is_empty {
            self.keys.remove(&what);
        }
        self.changed(what);
    }

    fn changed(&mut self, what: Key) {
        for client in self.clients.values_mut().filter(|client| client.watched.contains(&what)) {
            client.is_late = true;
        }
    }

    fn last_entry(&self, stream: Key) -> u32 {
        match self.keys.get(&stream) {
            Some(Value::Stream(entries)) => entries.last().copied().unwrap_or(0),
            _ => 0,
        }
    }
}

fn waited_for(call: &Call) -> &[Key] {
    match call {
        Call::WaitPop(_, keys, _)
        | Call::WaitPopMany(_, keys, _, _)
        | Call::WaitPopMin(keys, _)
        | Call::WaitEntries(keys, _) => keys,
        Call::WaitMove(from, ..) => std::slice::from_ref(from),
        _ => &[],
    }
}

fn status(text: &str) -> Reply {
    Reply::Status(text.into())
}

fn ok() -> Reply {
    status("OK")
}

fn name(of: Key) -> Reply {
    Reply::Bulk(key(of).into())
}

fn number(value: &u32) -> Reply {
    Reply::Bulk(value.to_string().into())
}

fn entry(id: u32) -> Reply {
    let pair = [Reply::Bulk("n".into()), number(&id)];
    Reply::Array(vec![Reply::Bulk(format!("{id}-0").into()), Reply::Array(pair.into())])
}

fn push(words: &[&str], count: Option<usize>) -> Reply {
    let words = words.iter().map(|word| Reply::Bulk((*word).into()));
    Reply::Push(words.chain(count.map(|count| Reply::Integer(count as i64))).collect())
}
