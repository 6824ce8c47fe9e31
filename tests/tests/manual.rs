//! Every example of the manual, on the real redis-server and on the engine. `MANUAL=GETEX` chooses commands, `UPDATE=1`
//! takes what the oracle shows into the files, and of what is newer than the oracle what the engine does.

#![cfg(not(target_arch = "wasm32"))]

use std::path::{Path, PathBuf};
use std::{env, fs};

use redstart_playground::manual::{self, Article};
use redstart_tests::runner::{Runner, Start, Trouble};
use redstart_tests::runners::{InProcess, Tcp, oracle, oracle_version};
use redstart_tests::server::Server;
use redstart_tests::transcript::{self, Transcript, Version};
use redstart_tests::{suite, update};

type Result<T = ()> = std::result::Result<T, Trouble>;

#[test]
fn the_oracle_answers_as_examples_say() -> Result {
    if env::var_os("UPDATE").is_some() {
        files()?.iter().try_for_each(|file| update_file(file))?;
    }
    check("oracle", &on_oracle)
}

#[test]
fn the_engine_answers_as_examples_say() -> Result {
    check("engine", &on_engine)
}

fn on_oracle(transcript: &Transcript) -> Result<Box<dyn Runner>> {
    Ok(Box::new(Tcp::new(Server::start(&oracle(), &transcript.setup)?)))
}

fn on_engine(transcript: &Transcript) -> Result<Box<dyn Runner>> {
    Ok(Box::new(InProcess::start(transcript)?))
}

fn check(name: &str, start: &Start<'_>) -> Result {
    let mut examples = Vec::new();
    for file in files()? {
        for article in articles(&file)? {
            examples.push(example(&file, &article)?);
        }
    }
    assert!(!examples.is_empty(), "no command of the manual is so called");
    let tally = suite::run_all(&examples, name, oracle_version()?, start);
    println!("{}", tally.text(name));
    if tally.failed == 0 { Ok(()) } else { Err(Trouble(tally.line(name))) }
}

/// The chosen articles of a file.
fn articles(file: &Path) -> Result<Vec<Article>> {
    let chosen = env::var("MANUAL").unwrap_or_default();
    let problem = |problem| Trouble(format!("{}: {problem}", file.display()));
    let articles = manual::read(&fs::read_to_string(file)?).map_err(problem)?;
    Ok(articles.into_iter().filter(|article| article.name.contains(&chosen)).collect())
}

/// An article's example as a transcript of its own.
fn example(file: &Path, article: &Article) -> Result<Transcript> {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let path = format!("{name}, {} at {}", article.name, article.line);
    let flaw = |flaw| Trouble(format!("{path}: {flaw}"));
    let transcript = transcript::parse(&path, &article.transcript).map_err(flaw)?;
    assert_eq!(transcript.cases.len(), 1, "{path}: an example is one case");
    Ok(transcript)
}

fn update_file(file: &Path) -> Result {
    const NEWEST: Version = Version { major: u32::MAX, minor: 0 };
    let mut lines: Vec<String> = fs::read_to_string(file)?.lines().map(str::to_owned).collect();
    for article in articles(file)?.iter().rev() {
        let example = example(file, article)?;
        let is_newer = example
            .cases
            .iter()
            .any(|case| case.markers.skip("oracle", oracle_version().unwrap_or(NEWEST)).is_some());
        let mut store = if is_newer { on_engine(&example)? } else { on_oracle(&example)? };
        let text = update::updated(&example, &article.transcript, store.as_mut(), NEWEST)?;
        let at = article.line - 1;
        lines.splice(at..at + article.transcript.lines().count(), text.lines().map(str::to_owned));
    }
    Ok(fs::write(file, lines.join("\n") + "\n")?)
}

fn files() -> Result<Vec<PathBuf>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../playground/manual");
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        files.push(entry?.path());
    }
    files.sort();
    Ok(files)
}
