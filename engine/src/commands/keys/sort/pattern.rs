//! What BY and GET look up: a key whose name has the element in the place of the pattern's star, or a field of it.
//!
//! | pattern            | means                                       |
//! |--------------------|---------------------------------------------|
//! | `#`                | the element itself                          |
//! | `weight_*`         | the string at the key                       |
//! | `object_*->weight` | that field of the hash at the key           |
//! | `nosort`           | nothing, as every pattern without a star    |

use alloc::vec::Vec;

use crate::error::until_zero;
use crate::keyspace::Db;
use crate::types::{Held, text};

/// A pattern, taken apart.
pub(super) enum Pattern<'a> {
    /// The element.
    Element,
    /// Nothing.
    Nothing,
    /// A key, or a field of it.
    Key { prefix: &'a [u8], suffix: &'a [u8], field: Option<&'a [u8]> },
}

impl<'a> Pattern<'a> {
    pub(super) fn new(pattern: &'a [u8]) -> Self {
        let visible = until_zero(pattern);
        if visible == b"#" {
            return Self::Element;
        }
        let Some(star) = visible.iter().position(|&byte| byte == b'*') else { return Self::Nothing };
        let (prefix, rest) = pattern.split_at(star);
        let rest = rest.get(1..).unwrap_or_default();
        let arrow = visible.get(star + 1..).and_then(|after| after.windows(2).position(|two| two == b"->"));
        // An arrow that points to nothing belongs to the key's name.
        let field = arrow.filter(|at| star + 1 + at + 2 < visible.len());
        match field.and_then(|at| rest.split_at_checked(at)) {
            Some((suffix, field)) => Self::Key { prefix, suffix, field: field.get(2..) },
            None => Self::Key { prefix, suffix: rest, field: None },
        }
    }

    /// Whether the element is a part of it.
    pub(super) const fn has_star(&self) -> bool {
        matches!(self, Self::Key { .. })
    }
}

/// Looks patterns up, one name after another in the same memory.
#[derive(Default)]
pub(super) struct Lookup {
    name: Vec<u8>,
}

impl Lookup {
    /// Does something with what a pattern means for an element.
    pub(super) fn find<R>(
        &mut self,
        db: &mut Db<'_>,
        pattern: &Pattern<'_>,
        element: &[u8],
        then: impl FnOnce(Option<&[u8]>) -> R,
    ) -> R {
        let (prefix, suffix, field) = match *pattern {
            Pattern::Element => return then(Some(element)),
            Pattern::Nothing => return then(None),
            Pattern::Key { prefix, suffix, field } => (prefix, suffix, field),
        };
        self.name.clear();
        for part in [prefix, element, suffix] {
            self.name.extend_from_slice(part);
        }
        match (db.get(&self.name).map(|entry| entry.value), field) {
            (Some(Held::Str(string)), None) => then(Some(&string.bytes())),
            (Some(Held::Hash(hash)), Some(field)) => then(hash.get(field).map(text).as_deref()),
            _ => then(None),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_taken_apart() {
        let parts = |pattern: &'static str| match Pattern::new(pattern.as_bytes()) {
            Pattern::Key { prefix, suffix, field } => Some((prefix, suffix, field)),
            _ => None,
        };
        let none = None::<&[u8]>;
        for (pattern, prefix, suffix, field) in [
            ("*", "", "", none),
            ("a*b*c", "a", "b*c", none),
            ("a*b->f", "a", "b", Some(&b"f"[..])),
            ("*->a->b", "", "", Some(b"a->b")),
            ("*->", "", "->", none),
            ("->*x", "->", "x", none),
        ] {
            assert_eq!(parts(pattern), Some((prefix.as_bytes(), suffix.as_bytes(), field)), "{pattern}");
        }
        assert!(matches!(Pattern::new(b"#"), Pattern::Element));
        for pattern in ["", "nosort", "##", "\0*"] {
            assert!(matches!(Pattern::new(pattern.as_bytes()), Pattern::Nothing), "{pattern}");
        }
    }
}
