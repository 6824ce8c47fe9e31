use super::*;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;

/// All that a search finds, shown: the match, then its captures.
fn find(subject: &str, pattern: &str) -> Result<String, &'static str> {
    let whole = run(subject.as_bytes(), pattern.as_bytes(), u64::MAX);
    // However often it has to stop, the outcome is the same.
    assert_eq!(whole, run(subject.as_bytes(), pattern.as_bytes(), 1), "{subject} {pattern}");
    whole
}

fn run(subject: &[u8], pattern: &[u8], steps_each: u64) -> Result<String, &'static str> {
    let anchored = pattern.first() == Some(&b'^');
    let mut search = Search::new(0, usize::from(anchored), anchored);
    loop {
        match search.resume(subject, pattern, &mut { steps_each }).map_err(PatternError::text)? {
            Progress::Missing => return Ok("-".to_string()),
            Progress::Paused => {}
            Progress::Found { start, end } => {
                let mut shown = subject[start..end].escape_ascii().to_string();
                for number in 0..search.captures() {
                    shown += &match search.capture(number, start, end).map_err(PatternError::text)? {
                        Capture::Bytes(from, to) => format!("|{}", subject[from..to].escape_ascii()),
                        Capture::Place(place) => format!("|@{place}"),
                    };
                }
                return Ok(shown);
            }
        }
    }
}

#[test]
fn items_take_what_they_fit() {
    for (subject, pattern, found) in [
        ("hello", "l", "l"),
        ("hello", "", ""),
        ("hello", "x", "-"),
        ("hello", "h.l", "hel"),
        ("a1b22", "%d+", "1"),
        ("a1b22", "%d+$", "22"),
        ("  x", "^%s*", "  "),
        ("xx", "^x-$", "xx"),
        ("axb", "ax?b", "axb"),
        ("ab", "ax?b", "ab"),
        ("a.b", "%.", "."),
        ("a$b", "$b", "$b"),
        ("a^b", "a^b", "a^b"),
        ("[]", "[]]", "]"),
        ("a-z", "[a-]+", "a-"),
        ("b-", "[%a-z]+", "b-"),
        ("xyz", "[^x]+", "yz"),
        ("]x", "[^]]", "x"),
        ("A_1", "[%u_]+", "A_"),
        ("g", "%g", "g"),
        ("x\0y", "%z", "\\x00"),
        ("THE (quick) fox", "%((%a+)%)", "(quick)|quick"),
    ] {
        assert_eq!(find(subject, pattern), Ok(found.into()), "{subject} {pattern}");
    }
}

#[test]
fn captures_are_what_was_last_taken() {
    for (subject, pattern, found) in [
        ("key = value", "(%w+)%s*=%s*(%w+)", "key = value|key|value"),
        ("abc", "()b()", "b|@1|@2"),
        ("abc", "((a)(b))", "ab|ab|a|b"),
        ("a -it- +x+", "([-+])(.-)%1", "-it-|-|it"),
        ("aab", "(a*)(a)b", "aab|a|a"),
        ("aaa", "(a-)%1$", "aa|a"),
        ("aaaa", "^(a-)%1$", "aaaa|aa"),
        ("x", "()%1", "-"),
        ("f(a(b)c)d", "%b()", "(a(b)c)"),
        ("((a)", "%b()", "(a)"),
        ("xx", "%bxx", "xx"),
        ("THE (quick) fox", "%f[%a]%a+%f[%A]", "THE"),
        ("ab", "%f[%z]", ""),
    ] {
        assert_eq!(find(subject, pattern), Ok(found.into()), "{subject} {pattern}");
    }
}

#[test]
fn a_byte_zero_ends_a_pattern() {
    assert_eq!(find("abc", "a\0c"), Ok("a".into()));
    assert_eq!(find("abc", "[a\0]"), Err("malformed pattern (missing ']')"));
}

#[test]
fn what_is_wrong_is_told_where_the_match_gets_to() {
    for (pattern, text) in [
        ("%", "malformed pattern (ends with '%')"),
        ("[a", "malformed pattern (missing ']')"),
        ("[]", "malformed pattern (missing ']')"),
        ("[a%", "malformed pattern (missing ']')"),
        ("%f", "missing '[' after '%f' in pattern"),
        ("%b", "unbalanced pattern"),
        ("%bx", "unbalanced pattern"),
        ("a)", "invalid pattern capture"),
        ("()a)", "invalid pattern capture"),
        ("(a", "unfinished capture"),
        ("%1", "invalid capture index"),
        ("(a%1)", "invalid capture index"),
        ("(a)%2", "invalid capture index"),
        ("%0", "invalid capture index"),
    ] {
        assert_eq!(find("aa", pattern), Err(text), "{pattern}");
    }
    assert_eq!(find("b", "a)"), Ok("-".into()));
    assert_eq!(find("a", &"()".repeat(33)), Err("too many captures"));
    assert_eq!(find("a", &"a?".repeat(10)), Ok("a".into()));
    let many = vec![b'a'; CHOICES_MAX + 1];
    assert_eq!(run(&many, &b"a?".repeat(CHOICES_MAX + 1), u64::MAX), Err("pattern too complex"));
}

#[test]
fn no_pattern_takes_more_than_it_is_given() {
    let (subject, pattern) = (b"a".repeat(40), [b"a?".repeat(40), b"a".repeat(40), b"b".to_vec()].concat());
    let mut search = Search::new(0, 0, false);
    for _ in 0..1000 {
        let mut steps = 100;
        assert_eq!(search.resume(&subject, &pattern, &mut steps), Ok(Progress::Paused));
        assert_eq!(steps, 0);
    }
    assert!(search.weight() <= 64 * size_of::<Choice>());
}
