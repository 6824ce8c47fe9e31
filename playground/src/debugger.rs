//! The debugger of scripts in the console: what is typed while a script stands still, what comes of it, and the view of
//! it beside the log. And, for scripts that nobody debugs, the line that an error is about.

use redstart_engine::resp::read::Value;
use redstart_engine::scripting::Watched;
use redstart_engine::split_args::split_args;

use crate::view::{AskedView, Assist, Completion, DebugView, Line, LocalView, Tone};

/// What stands before the cursor while a script stands still.
pub const PROMPT: &str = "lua debugger> ";

/// What is said when a session is over.
pub const OVER: &str = "The script is done, and the debugger with it. This is a new connection.";

const COMMANDS: &[(&str, &str)] = &[
    ("step", "Runs this line and stops at the next one."),
    ("next", "Runs this line and stops at the next one."),
    ("continue", "Runs on to the next breakpoint."),
    ("break", "Sets breakpoints: break 3; removes one: break -3; all: break 0."),
    ("print", "Shows the local variables, or the one that is named."),
    ("list", "Shows the lines around this one."),
    ("whole", "Shows the whole script."),
    ("trace", "Shows which function called which."),
    ("eval", "Runs some Lua: eval return #KEYS."),
    ("redis", "Runs a command of the store: redis GET key."),
    ("maxlen", "Cuts what is shown to so many bytes; 0 for not at all."),
    ("abort", "Ends the script here."),
    ("help", "Lists the commands."),
];

/// The words of a line for the debugger: of `eval`, all that follows is one. `None` where quotes don't end.
#[must_use]
pub fn words(line: &str) -> Option<Vec<Vec<u8>>> {
    let line = line.trim();
    if let Some((name, code)) = line.split_once(' ')
        && matches!(name.to_ascii_lowercase().as_str(), "e" | "eval")
    {
        return Some(vec![name.into(), code.trim_start().into()]);
    }
    split_args(line.as_bytes())
}

/// What one may type.
#[must_use]
pub fn assist(before: &str) -> Assist {
    let is_name = !before.contains(' ');
    let begins = |name: &str| is_name && !before.is_empty() && name.starts_with(&before.to_ascii_lowercase());
    let found = COMMANDS.iter().filter(|(name, _)| begins(name));
    let completions: Vec<_> = found
        .map(|(name, summary)| Completion { text: (*name).into(), summary: (*summary).into() })
        .collect();
    let typed = before.split(' ').next().unwrap_or_default().to_ascii_lowercase();
    let meant = COMMANDS.iter().find(|(name, _)| *name == typed || name.get(..1) == Some(typed.as_str()));
    Assist {
        completions,
        summary: meant.map_or_else(String::new, |(_, summary)| (*summary).into()),
        ..Assist::default()
    }
}

/// What the debugger said: a line for each status.
#[must_use]
pub fn lines(value: &Value) -> Option<Vec<Line>> {
    let Value::Array(items) = value else { return None };
    let line = |item: &Value| {
        let Value::Simple(text) = item else { return None };
        let text = String::from_utf8_lossy(text);
        Some(Line::new(text.clone(), tone(&text)))
    };
    items.iter().map(line).collect()
}

fn tone(line: &str) -> Tone {
    match line {
        _ if line.starts_with("->") => Tone::Heading,
        _ if line.starts_with("<error>") => Tone::Error,
        _ if line.starts_with("<reply>") || line.starts_with("<retval>") => Tone::String,
        _ if line.starts_with("<value>") || line.starts_with("<debug>") => Tone::Number,
        _ if line.starts_with("* ") || line.starts_with("<hint>") || line == "<endsession>" => Tone::Dim,
        _ => Tone::Plain,
    }
}

/// The script for the page.
#[must_use]
pub fn view(watched: &Watched) -> DebugView {
    let text = |bytes: &Vec<u8>| String::from_utf8_lossy(bytes).into_owned();
    DebugView {
        source: watched.source.iter().map(text).collect(),
        line: watched.line,
        breakpoints: watched.breakpoints.clone(),
        locals: watched
            .locals
            .iter()
            .map(|(name, value)| LocalView { name: text(name), value: text(value) })
            .collect(),
        calls: watched
            .asked
            .iter()
            .map(|asked| AskedView {
                line: asked.line,
                command: text(&asked.words),
                reply: text(&asked.reply),
            })
            .collect(),
    }
}

/// The line of the script that an error is about, if the command has the script in it: it is shown below the error.
#[must_use]
pub fn place(argv: &[Vec<u8>], error: &[u8]) -> Option<Line> {
    let word = |at: usize| argv.get(at).map(|word| word.to_ascii_lowercase()).unwrap_or_default();
    let script = match word(0).as_slice() {
        b"eval" | b"eval_ro" => argv.get(1),
        b"script" | b"function" if word(1) == b"load" => argv.last(),
        _ => None,
    }?;
    let error = String::from_utf8_lossy(error);
    let names = ["user_script:", "user_function:"];
    let after = names.iter().find_map(|name| error.rsplit_once(name)).map(|(_, after)| after)?;
    let digits: String = after.chars().take_while(char::is_ascii_digit).collect();
    let number: usize = digits.parse().ok()?;
    let script = String::from_utf8_lossy(script);
    let line = script.lines().nth(number.checked_sub(1)?)?;
    Some(Line::new(format!("line {number}:  {}", line.trim()), Tone::Dim))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_of_eval_is_one_word() {
        let words = |line| words(line).map(|words| words.join(&b'|'));
        assert_eq!(words("print x"), Some(b"print|x".to_vec()));
        assert_eq!(words("e return  'a b' .. \"c"), Some(b"e|return  'a b' .. \"c".to_vec()));
        assert_eq!(words("redis set k \"a b\""), Some(b"redis|set|k|a b".to_vec()));
        assert_eq!(words("print \"x"), None);
    }

    #[test]
    fn an_error_shows_its_line() {
        let argv = |words: &[&str]| words.iter().map(|word| word.as_bytes().to_vec()).collect::<Vec<_>>();
        let script = "local a = 1\n  return a.b.c";
        let error =
            b"ERR user_script:2: attempt to index field 'b' (a nil value) script: 0f, on @user_script:2.";
        let shown = |words: &[&str]| place(&argv(words), error).map(|line| line.text);
        assert_eq!(shown(&["EVAL", script, "0"]).as_deref(), Some("line 2:  return a.b.c"));
        assert_eq!(shown(&["EVALSHA", "0f", "0"]), None);
        assert_eq!(shown(&["EVAL", "x", "0"]), None);
    }
}
