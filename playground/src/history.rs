//! The lines that were typed, for the arrow keys and for the next visit.

/// Lines that are kept.
const MAX: usize = 500;

/// Lines typed, the oldest first.
#[derive(Clone, Debug, Default)]
pub struct History {
    lines: Vec<String>,
}

impl History {
    /// The lines of the last visit.
    #[must_use]
    pub fn of(lines: Vec<String>) -> Self {
        let mut history = Self::default();
        for line in lines {
            history.add(&line);
        }
        history
    }

    /// Adds a line, unless it is blank, the same as the last, or has a password in it. Tells whether it did.
    pub fn add(&mut self, line: &str) -> bool {
        let line = line.trim();
        if line.is_empty() || is_sensitive(line) || self.lines.last().is_some_and(|last| last == line) {
            return false;
        }
        if self.lines.len() >= MAX {
            self.lines.remove(0);
        }
        self.lines.push(String::from(line));
        true
    }

    /// All of them.
    #[must_use]
    pub fn lines(&self) -> &[String] {
        &self.lines
    }
}

/// Whether redis-cli would keep this line out of its history: it may hold a password.
#[must_use]
pub fn is_sensitive(line: &str) -> bool {
    let words: Vec<String> = line.split_whitespace().map(str::to_ascii_lowercase).collect();
    let word = |index: usize| words.get(index).map_or("", String::as_str);
    let has = |wanted: &str| words.iter().any(|word| word == wanted);
    match word(0) {
        "auth" => true,
        "acl" => matches!(word(1), "setuser" | "deluser"),
        "config" => {
            word(1) == "set" && words.iter().any(|word| word.contains("auth") || word.contains("pass"))
        }
        "hello" | "migrate" => has("auth") || has("auth2"),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_lines_are_kept_once_in_a_row() {
        let mut history = History::default();
        assert!(history.add(" GET a "));
        assert!(!history.add("GET a"));
        assert!(!history.add("  "));
        assert_eq!(history.lines(), ["GET a"]);
        for number in 0..MAX + 5 {
            history.add(&format!("GET {number}"));
        }
        assert_eq!(history.lines().len(), MAX);
        assert_eq!(history.lines()[0], "GET 5");
    }

    #[test]
    fn passwords_are_not_kept() {
        let mut history = History::default();
        for line in ["AUTH secret", "acl setuser x >p", "CONFIG SET requirepass p", "HELLO 3 AUTH default p"]
        {
            assert!(!history.add(line), "{line}");
        }
        assert!(history.add("CONFIG SET maxmemory 1mb"));
        assert!(history.add("HELLO 3"));
    }
}
