//! Programs whose output is that of lua5.1, which has judged them: `UPDATE=1 cargo test -p redstart-lua --test judge`
//! writes anew what it prints.

mod common;

use std::path::{Path, PathBuf};
use std::process::Command;

use common::output_of;

#[test]
fn programs_print_what_lua_prints() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/programs");
    let mut programs: Vec<PathBuf> = std::fs::read_dir(folder)
        .expect("the programs")
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "lua"))
        .collect();
    programs.sort();
    assert!(!programs.is_empty(), "there is something to judge");
    let mut wrong = Vec::new();
    for path in programs {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let source = std::fs::read(&path).expect("a program");
        let expected = path.with_extension("txt");
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(&expected, lua(&path, &name)).expect("a place to write");
        }
        let printed = output_of(&source, &format!("@{name}"), 64 << 20);
        let expected = std::fs::read(&expected).expect("what lua5.1 printed");
        if let Some(difference) = first_difference(&expected, &printed) {
            wrong.push(format!("{name}: {difference}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What lua5.1 prints, errors last.
fn lua(path: &Path, name: &str) -> Vec<u8> {
    let folder = path.parent().expect("a folder");
    let run = Command::new("lua5.1").arg(name).current_dir(folder).output().expect("lua5.1 is installed");
    assert!(run.status.success(), "{name}: {}", String::from_utf8_lossy(&run.stderr));
    run.stdout
}

fn first_difference(expected: &[u8], printed: &[u8]) -> Option<String> {
    let (expected, printed) = (String::from_utf8_lossy(expected), String::from_utf8_lossy(printed));
    let (mut left, mut right) = (expected.lines(), printed.lines());
    for number in 1.. {
        match (left.next(), right.next()) {
            (None, None) => break,
            (a, b) if a != b => return Some(format!("line {number}\n  lua:  {a:?}\n  ours: {b:?}")),
            _ => {}
        }
    }
    None
}
