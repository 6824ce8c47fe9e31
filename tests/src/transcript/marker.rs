//! The `@` lines above a case: where it runs, in which protocol, and whether it is known to fail.

use super::parse::Flaw;

/// What the `@` lines above a case say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Markers {
    /// Whether its clients speak RESP3.
    pub resp3: bool,
    /// `@only`: run nowhere else.
    pub only: Option<Rule>,
    /// `@not`: don't run there.
    pub not: Vec<Rule>,
    /// `@since`: an oracle older than this can't tell.
    pub since: Option<Version>,
    /// `@known-failure`: our runners get this wrong so far.
    pub known_failure: Option<Rule>,
}

/// Runners and the reason why something holds for them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Names of runners; empty means all that are ours.
    pub runners: Vec<String>,
    /// What stands after `because`.
    pub reason: String,
}

impl Rule {
    fn names(&self, runner: &str) -> bool {
        self.runners.iter().any(|name| name == runner)
    }
}

/// A version of the oracle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    /// The first number.
    pub major: u32,
    /// The second number.
    pub minor: u32,
}

impl Version {
    /// `7.0` or `7.0.15`; what follows the second number doesn't matter.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut numbers = text.split('.').map(str::parse);
        Some(Self { major: numbers.next()?.ok()?, minor: numbers.next().and_then(Result::ok).unwrap_or(0) })
    }
}

/// The name of the runner that decides whether a transcript is right.
pub(crate) const ORACLE: &str = "oracle";
const RUNNERS: [&str; 4] = [ORACLE, "server", "engine", "wasm"];

impl Markers {
    /// Why the case doesn't run on `runner`, or `None` when it does.
    #[must_use]
    pub fn skip(&self, runner: &str, oracle: Version) -> Option<String> {
        if let Some(only) = self.only.as_ref().filter(|rule| !rule.names(runner)) {
            return Some(format!("only on {}: {}", only.runners.join(", "), only.reason));
        }
        if let Some(not) = self.not.iter().find(|rule| rule.names(runner)) {
            return Some(not.reason.clone());
        }
        let since = self.since.filter(|since| runner == ORACLE && oracle < *since)?;
        Some(format!(
            "the oracle is {}.{}, older than {}.{}",
            oracle.major, oracle.minor, since.major, since.minor
        ))
    }

    /// Why the case is known to fail on `runner`. The oracle defines what is right, so there it never is.
    #[must_use]
    pub fn known_failure(&self, runner: &str) -> Option<&str> {
        let rule = self.known_failure.as_ref().filter(|_| runner != ORACLE)?;
        (rule.runners.is_empty() || rule.names(runner)).then_some(&rule.reason)
    }

    /// Takes in the line `@word rest`; `None` when `word` is no marker.
    pub(super) fn add(&mut self, word: &str, rest: &str, line: usize) -> Option<Result<(), Flaw>> {
        let flaw = |what: String| Err(Flaw { line, what });
        match word {
            "resp2" => self.resp3 = false,
            "resp3" => self.resp3 = true,
            "since" => match Version::parse(rest) {
                Some(version) => self.since = Some(version),
                None => return Some(flaw(format!("`{rest}` is no version: write `@since 7.4`"))),
            },
            "only" | "not" | "known-failure" => match rule(rest) {
                Ok(rule) if rule.runners.is_empty() && word != "known-failure" => {
                    return Some(flaw(format!("name runners: `@{word} engine because …`")));
                }
                Ok(rule) if word == "only" => self.only = Some(rule),
                Ok(rule) if word == "not" => self.not.push(rule),
                Ok(rule) => self.known_failure = Some(rule),
                Err(what) => return Some(flaw(what)),
            },
            _ => return None,
        }
        Some(Ok(()))
    }
}

/// `engine wasm because it needs a socket`.
fn rule(text: &str) -> Result<Rule, String> {
    let text = format!(" {text}");
    let (names, reason) =
        text.split_once(" because ").ok_or("the reason is missing: write `… because <reason>`")?;
    let runners: Vec<String> = names.split_whitespace().map(str::to_owned).collect();
    if let Some(unknown) = runners.iter().find(|name| !RUNNERS.contains(&name.as_str())) {
        return Err(format!("no runner is named `{unknown}`: there are {}", RUNNERS.join(", ")));
    }
    Ok(Rule { runners, reason: reason.trim().to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SEVEN: Version = Version { major: 7, minor: 0 };

    fn markers(lines: &[(&str, &str)]) -> Markers {
        let mut markers = Markers::default();
        for (word, rest) in lines {
            markers.add(word, rest, 1).expect("a marker").expect("a good one");
        }
        markers
    }

    #[test]
    fn a_case_runs_where_its_markers_let_it() {
        let only = markers(&[("only", "engine wasm because time is virtual")]);
        assert_eq!(only.skip("wasm", SEVEN), None);
        assert_eq!(only.skip("oracle", SEVEN).as_deref(), Some("only on engine, wasm: time is virtual"));
        let since = markers(&[("since", "7.4")]);
        assert!(since.skip("oracle", SEVEN).is_some());
        assert_eq!(since.skip("server", SEVEN), None);
    }

    #[test]
    fn the_oracle_has_no_known_failures() {
        let known = markers(&[("known-failure", "because rounding differs")]);
        assert_eq!(known.known_failure("engine"), Some("rounding differs"));
        assert_eq!(known.known_failure("oracle"), None);
    }

    #[test]
    fn a_reason_is_required() {
        assert!(Markers::default().add("not", "oracle", 3).is_some_and(|added| added.is_err()));
        assert!(Markers::default().add("not", "orakel because x", 3).is_some_and(|added| added.is_err()));
    }
}
