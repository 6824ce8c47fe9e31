//! What every disk must do. A disk of a new kind is held against this before anything is entrusted to it.

use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use redstart_engine::persistence::store::{Storage, StoreError, StoreOp, Stored};

/// Holds an empty disk against the rules; panics where it breaks one.
///
/// # Panics
///
/// When the disk does something else than the rules say.
pub fn check(disk: &mut impl Storage) {
    objects_end_with_what_was_appended_last(disk);
    pieces_are_what_is_there(disk);
    what_is_not_there_is_missing(disk);
    a_rename_replaces(disk);
    folders_list_their_own(disk);
    ops_are_verbs(disk);
    assert_eq!(disk.list(""), Ok(Vec::new()), "everything was removed");
}

fn whole(disk: &mut impl Storage, name: &str) -> Vec<u8> {
    disk.read(name, 0, usize::MAX).map(|(bytes, _)| bytes).unwrap_or_default()
}

fn objects_end_with_what_was_appended_last(disk: &mut impl Storage) {
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
        assert_eq!(disk.append("a", offset, bytes), Ok(()));
        assert_eq!(whole(disk, "a"), all, "{bytes:?} at {offset}");
        assert_eq!(disk.sync("a"), Ok(()));
    }
    assert!(disk.append("a", 5, b"past the end").is_err());
    assert_eq!(whole(disk, "a"), b"\0\xff\r\n");
    // Appends to several objects in turn.
    for round in 0..10 {
        for name in ["a", "b"] {
            assert_eq!(disk.append(name, round, &[b'0' + round as u8]), Ok(()));
        }
    }
    assert_eq!((whole(disk, "a"), whole(disk, "b")), (b"0123456789".to_vec(), b"0123456789".to_vec()));
    assert_eq!((disk.remove("a"), disk.remove("b")), (Ok(()), Ok(())));
}

fn pieces_are_what_is_there(disk: &mut impl Storage) {
    let big: Vec<u8> = (0..300_000_u32).map(|number| (number % 251) as u8).collect();
    assert_eq!(disk.append("big", 0, &big), Ok(()));
    for (offset, len) in [(0, 10), (100_000, 65_536), (299_990, 100), (300_000, 1), (400_000, 1), (0, 0)] {
        let piece: Vec<u8> = big.iter().skip(offset).take(len).copied().collect();
        assert_eq!(disk.read("big", offset as u64, len), Ok((piece, 300_000)), "{len} from {offset} on");
    }
    assert_eq!(disk.remove("big"), Ok(()));
}

fn what_is_not_there_is_missing(disk: &mut impl Storage) {
    assert_eq!(disk.read("none", 0, 1), Err(StoreError::Missing));
    assert_eq!(disk.sync("none"), Err(StoreError::Missing));
    assert_eq!(disk.rename("none", "other"), Err(StoreError::Missing));
    assert_eq!(disk.remove("none"), Ok(()));
    assert_eq!(disk.list("no folder"), Ok(Vec::new()));
}

fn a_rename_replaces(disk: &mut impl Storage) {
    assert_eq!(disk.append("new", 0, b"new"), Ok(()));
    assert_eq!(disk.rename("new", "name"), Ok(()));
    assert_eq!(disk.append("newer", 0, b"newer"), Ok(()));
    assert_eq!(disk.rename("newer", "name"), Ok(()));
    assert_eq!(whole(disk, "name"), b"newer");
    assert_eq!(disk.read("new", 0, 1), Err(StoreError::Missing));
    // Appends follow the name and not the object that had it.
    assert_eq!(disk.append("newer", 0, b"another"), Ok(()));
    assert_eq!((whole(disk, "name"), whole(disk, "newer")), (b"newer".to_vec(), b"another".to_vec()));
    assert_eq!((disk.remove("name"), disk.remove("newer")), (Ok(()), Ok(())));
}

fn folders_list_their_own(disk: &mut impl Storage) {
    for name in ["top", "folder/b", "folder/a"] {
        assert_eq!(disk.append(name, 0, b"x"), Ok(()));
        assert_eq!(disk.sync(name), Ok(()));
    }
    assert_eq!(disk.list("folder"), Ok(vec![String::from("folder/a"), String::from("folder/b")]));
    assert_eq!(disk.list(""), Ok(vec![String::from("top")]));
    assert_eq!(disk.rename("top", "folder/c"), Ok(()));
    assert_eq!(disk.list("folder").map(|names| names.len()), Ok(3));
    for name in ["a", "b", "c"] {
        assert_eq!(disk.remove(&format!("folder/{name}")), Ok(()));
    }
}

fn ops_are_verbs(disk: &mut impl Storage) {
    let name = || String::from("op");
    for (op, answer) in [
        (StoreOp::Append { name: name(), offset: 0, bytes: vec![1, 2, 3] }, Ok(Stored::Done)),
        (StoreOp::Sync { name: name() }, Ok(Stored::Done)),
        (StoreOp::List { folder: String::new() }, Ok(Stored::Names(vec![name()]))),
        (
            StoreOp::Read { name: name(), offset: 1, len: 5 },
            Ok(Stored::Piece { bytes: vec![2, 3], object_len: 3 }),
        ),
        (StoreOp::Rename { from: name(), to: String::from("po") }, Ok(Stored::Done)),
        (StoreOp::Remove { name: name() }, Ok(Stored::Done)),
        (StoreOp::Sync { name: name() }, Err(StoreError::Missing)),
        (StoreOp::Remove { name: String::from("po") }, Ok(Stored::Done)),
    ] {
        assert_eq!(disk.perform(&op), answer, "{op:?}");
    }
}
