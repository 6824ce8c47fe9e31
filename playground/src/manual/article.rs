//! A family's file to articles.

use super::example::{self, Shown};
use crate::lessons::read::closed;
use crate::lessons::sections::{Item, Problem, Section, sections};

/// What a file tells of one command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Article {
    /// The command's full name.
    pub name: String,
    /// What there is to know, in paragraphs.
    pub text: Vec<String>,
    /// Arguments and what they mean.
    pub args: Vec<(String, String)>,
    /// Commands to go on with.
    pub related: Vec<String>,
    /// The example, as the page shows it.
    pub example: Vec<Shown>,
    /// The example, as tests play it.
    pub transcript: String,
    /// The file's line that it begins in.
    pub line: usize,
    /// Whether the page may type it into the console.
    pub runs: bool,
}

/// Reads a family's file.
pub fn read(text: &str) -> Result<Vec<Article>, Problem> {
    let sections = sections(text)?;
    match sections.split_first() {
        Some((head, commands)) if head.depth == 1 => commands.iter().map(article).collect(),
        _ => Err(Problem::new(1, "a family begins with its title, and then come its commands")),
    }
}

fn article(section: &Section<'_>) -> Result<Article, Problem> {
    let mut article = Article {
        name: String::from(section.title),
        text: Vec::new(),
        args: Vec::new(),
        related: Vec::new(),
        example: Vec::new(),
        transcript: String::new(),
        line: 0,
        runs: false,
    };
    if section.depth != 2 {
        return Err(Problem::new(section.line, "a command has two `#`, and no sections"));
    }
    for item in &section.items {
        match item {
            Item::Paragraph(_, text) if text.starts_with("related: ") => {
                let names = text.trim_start_matches("related: ").split(',');
                article.related = names.map(|name| String::from(name.trim())).collect();
            }
            Item::Paragraph(line, text) => article.text.push(closed(*line, text)?),
            Item::Bullet(line, text) => match text.split_once(": ") {
                Some((name, text)) => article.args.push((String::from(name), closed(*line, text)?)),
                None => return Err(Problem::new(*line, "an argument is `- name: what it means`")),
            },
            Item::Fence(line, kind @ ("transcript" | "transcript shown"), lines) if article.line == 0 => {
                article.example = example::read(lines)?;
                article.transcript = lines.iter().map(|(_, text)| format!("{text}\n")).collect();
                (article.line, article.runs) = (line + 1, *kind == "transcript");
            }
            Item::Fence(line, ..) => {
                return Err(Problem::new(*line, "an article has one example, a transcript"));
            }
        }
    }
    match article {
        Article { line: 0, .. } => Err(Problem::new(section.line, "the example is missing")),
        _ if article.text.is_empty() => Err(Problem::new(section.line, "the text is missing")),
        _ => Ok(article),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "# Strings\n\n## GET\n\nGives `it`.\n\n- key: its name.\n\nrelated: SET, CONFIG GET\n\n```transcript\n> GET k\n(nil)\n```\n";

    #[test]
    fn a_file_is_read() {
        let articles = read(FILE).unwrap();
        let [article] = articles.as_slice() else { panic!("one article") };
        assert_eq!(article.name, "GET");
        assert_eq!(article.text, ["Gives `it`."]);
        assert_eq!(article.args, [("key".into(), "its name.".into())]);
        assert_eq!(article.related, ["SET", "CONFIG GET"]);
        assert_eq!((article.transcript.as_str(), article.line, article.runs), ("> GET k\n(nil)\n", 12, true));
    }

    #[test]
    fn problems_have_a_line() {
        let problem = |from, to| read(&FILE.replace(from, to)).unwrap_err().to_string();
        assert_eq!(problem("# Strings\n", "Strings\n"), "line 1: a lesson begins with its title");
        assert_eq!(problem("## GET", "### GET"), "line 3: a command has two `#`, and no sections");
        assert_eq!(problem("`it`", "`it"), "line 5: a backquote is not closed");
        assert_eq!(problem("key: its", "key its"), "line 7: an argument is `- name: what it means`");
        assert_eq!(problem("```transcript", "```redis"), "line 11: an article has one example, a transcript");
        assert_eq!(problem("Gives `it`.", ""), "line 3: the text is missing");
    }
}
