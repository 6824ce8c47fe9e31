//! Writes the index of lessons: what the playground knows of them without their files.

use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs, io};

/// Sections that are no steps.
const NO_STEPS: [&str; 3] = ["In production", "Quiz", "Further"];

fn main() -> io::Result<()> {
    let folder = Path::new(&env::var("CARGO_MANIFEST_DIR").expect("cargo says so")).join("lessons");
    println!("cargo:rerun-if-changed={}", folder.display());
    let mut files: Vec<String> = fs::read_dir(&folder)?
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| name.ends_with(".md"))
        .collect();
    files.sort();
    let mut list = String::from("&[\n");
    for (number, file) in (1_u32..).zip(&files) {
        assert!(file.starts_with(&format!("{number:02}-")), "lesson {number} is not {file}");
        list.push_str(&brief(number, file, &fs::read_to_string(folder.join(file))?));
    }
    list.push(']');
    fs::write(Path::new(&env::var("OUT_DIR").expect("cargo says so")).join("lessons.rs"), list)
}

fn brief(number: u32, file: &str, text: &str) -> String {
    let header = |name: &str| {
        let line =
            text.lines().take_while(|line| !line.starts_with("## ")).find_map(|line| line.strip_prefix(name));
        line.unwrap_or_default().trim()
    };
    let (level, is_ready) = (header("level:"), header("state:") != "coming");
    let (first, rest) = level.split_at(level.len().min(1));
    let mut out = String::new();
    let _ = writeln!(
        out,
        "Brief {{ number: {number}, file: {file:?}, title: {:?}, level: Level::{}{rest}, hours: {}, ready: {is_ready}, steps: {} }},",
        header("# "),
        first.to_ascii_uppercase(),
        header("hours:"),
        steps(text),
    );
    out
}

fn steps(text: &str) -> usize {
    let mut is_fenced = false;
    let is_step = |line: &&str| {
        is_fenced ^= line.starts_with("```");
        let title = line.strip_prefix("## ").filter(|_| !is_fenced);
        title.is_some_and(|title| !NO_STEPS.contains(&title.trim()))
    };
    text.lines().filter(is_step).count()
}
