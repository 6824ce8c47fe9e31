//! What every disk must do, as a list of ops and their answers. A disk of a new kind is held against it before anything is
//! entrusted to it: one that answers at once by [`check`], any other by whoever performs its ops.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use redstart_engine::persistence::store::{Storage, StoreError, StoreOp, StoreResult, Stored};

/// An op, and what the disk is to answer.
#[derive(Clone, Debug)]
pub struct Step {
    /// What it is about, for whoever breaks it.
    pub rule: &'static str,
    /// The op.
    pub op: StoreOp,
    /// The answer; `None` for an error in words of the disk's own.
    pub answer: Option<StoreResult>,
}

impl Step {
    /// Holds an answer against the one that is right.
    ///
    /// # Panics
    ///
    /// When it is another one.
    pub fn judge(&self, given: &StoreResult) {
        let is_right = match &self.answer {
            Some(answer) => answer == given,
            None => matches!(given, Err(StoreError::Failed(_))),
        };
        assert!(
            is_right,
            "{}\n{}\nwas to give {:.200?}\ngave {given:.200?}",
            self.rule,
            self.name(),
            self.answer
        );
    }

    /// The op without the bytes that it has, which may be many.
    fn name(&self) -> String {
        match &self.op {
            StoreOp::Append { name, offset, bytes } => {
                format!("append {} bytes to {name} at {offset}", bytes.len())
            }
            op => format!("{op:?}"),
        }
    }
}

/// Holds an empty disk against the rules.
///
/// # Panics
///
/// When the disk does something else than the rules say.
pub fn check(disk: &mut impl Storage) {
    for step in steps() {
        step.judge(&disk.perform(&step.op));
    }
}

/// All rules, for a disk that is empty before and after.
#[must_use]
pub fn steps() -> Vec<Step> {
    let mut script = Script::default();
    objects_end_with_what_was_appended_last(&mut script);
    pieces_are_what_is_there(&mut script);
    objects_grow_and_shrink(&mut script);
    what_is_not_there_is_missing(&mut script);
    a_rename_replaces(&mut script);
    folders_list_their_own(&mut script);
    script.rule = "everything was removed";
    script.lists("", &[]);
    script.steps
}

fn objects_end_with_what_was_appended_last(script: &mut Script) {
    script.rule = "an object ends with what was appended last";
    for (offset, bytes, all) in [
        (0, &b"hello"[..], &b"hello"[..]),
        (5, b" world", b"hello world"),
        (11, b"", b"hello world"),
        // The same once more changes nothing.
        (5, b" world", b"hello world"),
        (6, b"you", b"hello you"),
        (3, b"", b"hel"),
        (0, b"", b""),
        (0, b"\0\xff\r\n", b"\0\xff\r\n"),
    ] {
        script.append("a", offset, bytes);
        script.holds("a", all);
        script.does(StoreOp::Sync { name: "a".to_owned() });
    }
    let past_the_end = StoreOp::Append { name: "a".to_owned(), offset: 5, bytes: b"past the end".to_vec() };
    script.add(past_the_end, None);
    script.holds("a", b"\0\xff\r\n");
    script.rule = "appends may go to several objects in turn";
    for round in 0..10 {
        for name in ["a", "b"] {
            script.append(name, round, &[b'0' + round as u8]);
        }
    }
    script.holds("a", b"0123456789");
    script.holds("b", b"0123456789");
    script.removes(&["a", "b"]);
}

/// Bytes that show where they are from.
fn pattern(len: u32) -> Vec<u8> {
    (0..len).map(|number| (number % 251) as u8).collect()
}

fn pieces_are_what_is_there(script: &mut Script) {
    script.rule = "a piece has what is there, and no more";
    let big = pattern(300_000);
    script.append("big", 0, &big);
    for (offset, len) in [
        (0, 10),
        (65_530, 12),
        (100_000, 65_536),
        (65_536, 131_072),
        (299_990, 100),
        (300_000, 1),
        (400_000, 1),
        (0, 0),
        (0, usize::MAX >> 1),
    ] {
        let piece = big.iter().skip(offset).take(len).copied().collect();
        script.reads("big", offset as u64, len, piece, 300_000);
    }
    script.removes(&["big"]);
}

/// A disk may keep an object in parts: their ends are where it goes wrong.
fn objects_grow_and_shrink(script: &mut Script) {
    script.rule = "an object may grow and shrink by any number of bytes";
    let all = pattern(1_100_000);
    let mut len = 0;
    for to in [1, 61_439, 61_440, 61_441, 65_536, 65_537, 122_880, 131_073, 500_000, 1_048_577, 1_100_000] {
        script.append("grows", len as u64, all.get(len..to).unwrap_or_default());
        script.reads("grows", 0, usize::MAX >> 1, all.iter().take(to).copied().collect(), to as u64);
        len = to;
    }
    for to in [1_048_577, 1_048_576, 131_072, 122_881, 122_880, 65_537, 65_536, 61_440, 61_439, 1, 0] {
        script.append("grows", to as u64, b"");
        script.reads("grows", 0, usize::MAX >> 1, all.iter().take(to).copied().collect(), to as u64);
    }
    script.append("grows", 0, &all);
    script.append("grows", 70_000, b"new end");
    let end = all.iter().take(70_000).skip(69_990).chain(b"new end").copied().collect();
    script.reads("grows", 69_990, 100, end, 70_007);
    script.removes(&["grows"]);
}

fn what_is_not_there_is_missing(script: &mut Script) {
    script.rule = "what is not there is missing";
    let none = || "none".to_owned();
    script.add(StoreOp::Read { name: none(), offset: 0, len: 1 }, Some(Err(StoreError::Missing)));
    script.add(StoreOp::Sync { name: none() }, Some(Err(StoreError::Missing)));
    script.add(StoreOp::Rename { from: none(), to: "other".to_owned() }, Some(Err(StoreError::Missing)));
    script.add(StoreOp::Append { name: none(), offset: 1, bytes: b"x".to_vec() }, None);
    script.removes(&["none"]);
    script.lists("no folder", &[]);
}

fn a_rename_replaces(script: &mut Script) {
    script.rule = "a rename puts an object in the place of another";
    script.append("new", 0, b"new");
    script.renames("new", "name");
    script.append("newer", 0, b"newer");
    script.renames("newer", "name");
    script.holds("name", b"newer");
    script.add(StoreOp::Read { name: "new".to_owned(), offset: 0, len: 1 }, Some(Err(StoreError::Missing)));
    script.rule = "appends follow the name and not the object that had it";
    script.append("newer", 0, b"another");
    script.holds("name", b"newer");
    script.holds("newer", b"another");
    script.removes(&["name", "newer"]);
}

fn folders_list_their_own(script: &mut Script) {
    script.rule = "a folder lists its own";
    for name in ["top", "folder/b", "folder/a"] {
        script.append(name, 0, b"x");
        script.does(StoreOp::Sync { name: name.to_owned() });
    }
    script.lists("folder", &["folder/a", "folder/b"]);
    script.lists("", &["top"]);
    script.renames("top", "folder/c");
    script.lists("folder", &["folder/a", "folder/b", "folder/c"]);
    script.lists("", &[]);
    script.removes(&["folder/a", "folder/b", "folder/c"]);
    script.lists("folder", &[]);
}

/// The list as it is written down.
#[derive(Default)]
struct Script {
    rule: &'static str,
    steps: Vec<Step>,
}

impl Script {
    fn add(&mut self, op: StoreOp, answer: Option<StoreResult>) {
        self.steps.push(Step { rule: self.rule, op, answer });
    }

    fn does(&mut self, op: StoreOp) {
        self.add(op, Some(Ok(Stored::Done)));
    }

    fn append(&mut self, name: &str, offset: u64, bytes: &[u8]) {
        self.does(StoreOp::Append { name: name.to_owned(), offset, bytes: bytes.to_vec() });
    }

    fn renames(&mut self, from: &str, to: &str) {
        self.does(StoreOp::Rename { from: from.to_owned(), to: to.to_owned() });
    }

    fn removes(&mut self, names: &[&str]) {
        for &name in names {
            self.does(StoreOp::Remove { name: name.to_owned() });
        }
    }

    fn reads(&mut self, name: &str, offset: u64, len: usize, bytes: Vec<u8>, object_len: u64) {
        let op = StoreOp::Read { name: name.to_owned(), offset, len };
        self.add(op, Some(Ok(Stored::Piece { bytes, object_len })));
    }

    fn holds(&mut self, name: &str, all: &[u8]) {
        self.reads(name, 0, usize::MAX >> 1, all.to_vec(), all.len() as u64);
    }

    fn lists(&mut self, folder: &str, names: &[&str]) {
        let names = names.iter().map(|&name| name.to_owned()).collect();
        self.add(StoreOp::List { folder: folder.to_owned() }, Some(Ok(Stored::Names(names))));
    }
}
