//! What a client of the debugger sends: arrays of strings, as everywhere, but short ones; inline words are none.

use alloc::vec::Vec;

/// Words of a command, and bytes of a word.
const MAX: usize = 1024;

/// These bytes can't become a command.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct NoCommand;

/// A command's words.
type Words = Vec<Vec<u8>>;

/// Takes the first command out of the bytes that came; nothing while it is not all there.
pub(super) fn take(bytes: &mut Vec<u8>) -> Result<Option<Words>, NoCommand> {
    let Some((words, used)) = read(bytes)? else { return Ok(None) };
    bytes.drain(..used);
    Ok(Some(words))
}

fn read(bytes: &[u8]) -> Result<Option<(Words, usize)>, NoCommand> {
    let Some((count, mut at)) = number(b'*', bytes)? else { return Ok(None) };
    let mut words = Vec::new();
    for _ in 0..count {
        let rest = bytes.get(at..).unwrap_or_default();
        let Some((len, head)) = number(b'$', rest)? else { return Ok(None) };
        if rest.len() < head + len + 2 {
            return Ok(None);
        }
        words.push(rest.get(head..head + len).unwrap_or_default().to_vec());
        at += head + len + 2;
    }
    Ok(Some((words, at)))
}

/// A line with a kind and a number; the number, and the bytes of the line.
fn number(kind: u8, bytes: &[u8]) -> Result<Option<(usize, usize)>, NoCommand> {
    let Some(&first) = bytes.first() else { return Ok(None) };
    if first != kind {
        return Err(NoCommand);
    }
    let Some(end) = bytes.windows(2).position(|two| two == b"\r\n") else {
        return if bytes.len() > MAX { Err(NoCommand) } else { Ok(None) };
    };
    let digits = core::str::from_utf8(bytes.get(1..end).unwrap_or_default()).ok();
    let number = digits.and_then(|digits| digits.parse().ok()).filter(|number| (1..=MAX).contains(number));
    number.map(|number| Some((number, end + 2))).ok_or(NoCommand)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_taken_one_by_one_when_they_are_there() {
        let mut bytes = b"*2\r\n$1\r\np\r\n$4\r\nname\r\n*1\r\n$1".to_vec();
        assert_eq!(take(&mut bytes), Ok(Some(alloc::vec![b"p".to_vec(), b"name".to_vec()])));
        assert_eq!(take(&mut bytes), Ok(None));
        bytes.extend(b"\r\ns\r\n");
        assert_eq!(take(&mut bytes), Ok(Some(alloc::vec![b"s".to_vec()])));
        assert!(bytes.is_empty());
    }

    #[test]
    fn anything_else_is_no_command() {
        for bytes in
            ["s\r\n", "\r\n", "*0\r\n", "*x\r\n", "*-1\r\n", "*2000\r\n", "*1\r\n$0\r\n\r\n", "*1\r\n:1\r\n"]
        {
            assert_eq!(take(&mut bytes.as_bytes().to_vec()), Err(NoCommand), "{bytes:?}");
        }
    }
}
