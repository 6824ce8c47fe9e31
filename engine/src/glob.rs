//! Glob patterns: KEYS, SCAN MATCH, PSUBSCRIBE, CONFIG GET, ACL rules.
//!
//! `*` is any run of bytes, `?` one byte, `[abc]`, `[a-z]`, `[^a-z]` one byte
//! of a class, and `\` takes the next byte as it is. Every element but the
//! star takes exactly one byte, so only the *last* star ever has to be
//! retried: an earlier one could only leave less text for the same rest.
//! That bounds the work by pattern length times text length, whatever the
//! pattern (`a*a*a*a*b` included).
//!
//! The corner cases are Redis's own, since users and tests see them: a star
//! alone does not match the empty text, an unclosed class is closed by the
//! end of the pattern, and a range may be written backwards.

/// Whether the whole `text` matches `pattern`; `nocase` ignores ASCII case.
pub fn matches(pattern: &[u8], text: &[u8], nocase: bool) -> bool {
    if text.is_empty() {
        return pattern.is_empty();
    }
    let (mut rest, mut left) = (pattern, text);
    let mut last_star: Option<(&[u8], &[u8])> = None;
    while let Some((&byte, tail)) = left.split_first() {
        if rest.first() == Some(&b'*') {
            rest = skip_stars(rest);
            if rest.is_empty() {
                return true;
            }
            last_star = Some((rest, left));
        } else if let Some(next) = match_one(rest, byte, nocase) {
            (rest, left) = (next, tail);
        } else {
            // The star takes one byte more, and the rest starts again.
            let Some((after_star, [_, shorter @ ..])) = last_star else {
                return false;
            };
            last_star = Some((after_star, shorter));
            (rest, left) = (after_star, shorter);
        }
    }
    skip_stars(rest).is_empty()
}

fn skip_stars(pattern: &[u8]) -> &[u8] {
    let stars = pattern.iter().take_while(|&&byte| byte == b'*').count();
    pattern.get(stars..).unwrap_or_default()
}

/// Matches one element that is no star; answers what follows it.
fn match_one(pattern: &[u8], byte: u8, nocase: bool) -> Option<&[u8]> {
    match pattern {
        [] => None,
        [b'?', rest @ ..] => Some(rest),
        [b'[', rest @ ..] => match_class(rest, byte, nocase),
        [b'\\', literal, rest @ ..] | [literal, rest @ ..] => same(*literal, byte, nocase).then_some(rest),
    }
}

/// Matches what follows a `[`; answers what follows the `]`.
fn match_class(mut class: &[u8], byte: u8, nocase: bool) -> Option<&[u8]> {
    let mut negated = false;
    if let [b'^', rest @ ..] = class {
        (negated, class) = (true, rest);
    }
    let mut found = false;
    loop {
        class = match class {
            // An escaped member keeps its case even under `nocase`.
            [b'\\', literal, rest @ ..] => {
                found |= *literal == byte;
                rest
            }
            [b']', rest @ ..] => return (found != negated).then_some(rest),
            [] => return (found != negated).then_some(class),
            // The end of a range may be any byte, a `]` included.
            [from, b'-', to, rest @ ..] => {
                found |= in_range(*from, *to, byte, nocase);
                rest
            }
            [literal, rest @ ..] => {
                found |= same(*literal, byte, nocase);
                rest
            }
        };
    }
}

fn in_range(from: u8, to: u8, byte: u8, nocase: bool) -> bool {
    // Bytes compare as signed and are put in order before their case is
    // folded: both are visible in what Redis matches on x86-64.
    let fold = |byte: u8| if nocase { byte.to_ascii_lowercase() } else { byte }.cast_signed();
    let (low, high) = if from.cast_signed() > to.cast_signed() { (to, from) } else { (from, to) };
    (fold(low)..=fold(high)).contains(&fold(byte))
}

fn same(a: u8, b: u8, nocase: bool) -> bool {
    if nocase { a.eq_ignore_ascii_case(&b) } else { a == b }
}

#[cfg(test)]
mod tests {
    use super::matches;

    fn case(pattern: &str, text: &str) -> bool {
        matches(pattern.as_bytes(), text.as_bytes(), false)
    }

    #[test]
    fn stars_and_question_marks() {
        for (pattern, text) in [
            ("*", "a"),
            ("a*", "a"),
            ("a***", "a"),
            ("*b*", "abc"),
            ("h?llo", "hallo"),
            ("*a*b", "aabab"),
            ("", ""),
        ] {
            assert!(case(pattern, text), "{pattern} {text}");
        }
        for (pattern, text) in [("*", ""), ("a?", "a"), ("a", "ab"), ("*ab", "abc"), ("ab", "a"), ("", "a")] {
            assert!(!case(pattern, text), "{pattern} {text}");
        }
    }

    #[test]
    fn classes() {
        for (pattern, text) in [
            ("h[ae]llo", "hello"),
            ("h[^e]llo", "hallo"),
            ("[a-c]", "b"),
            ("[c-a]", "b"),
            ("[a-]", "_"), // a range whose end is the bracket
            ("[ab", "b"),
            ("[^", "x"),
            ("[\\]]", "]"),
            ("[a\\-z]", "-"),
            ("*[0-9]", "key:7"),
        ] {
            assert!(case(pattern, text), "{pattern} {text}");
        }
        for (pattern, text) in
            [("h[^e]llo", "hello"), ("[a\\-z]", "b"), ("[]", "]"), ("[", "["), ("[a-c]", "d")]
        {
            assert!(!case(pattern, text), "{pattern} {text}");
        }
    }

    #[test]
    fn escapes() {
        assert!(case("a\\*b", "a*b"));
        assert!(!case("a\\*b", "axb"));
        assert!(case("a\\", "a\\"));
        assert!(case("\\a", "a"));
    }

    #[test]
    fn case_is_ignored_on_request() {
        assert!(matches(b"MAX[M-N]em*", b"maxmemory", true));
        assert!(!matches(b"MAX*", b"maxmemory", false));
        assert!(!matches(b"[\\A]", b"a", true));
    }

    #[test]
    fn a_pattern_of_many_stars_is_quick() {
        let pattern = "a*".repeat(200) + "b";
        let text = "a".repeat(5000);
        assert!(!case(&pattern, &text));
    }
}
