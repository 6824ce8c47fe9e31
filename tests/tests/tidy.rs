//! What a reviewer would look for with grep, as tests: the rules of the house that a machine can check.

#![cfg(not(target_arch = "wasm32"))]

use redstart_engine::command::Command;
use redstart_engine::commands;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// No file is longer, in lines; near it, a file has a seam to be split along.
const LINES_MAX: usize = 800;

/// The engine's modules that know nothing of those above them: `(module, what it must not name)`.
const LAYERS: &[(&str, &[&str])] = &[
    ("keyspace", &["crate::commands", "crate::execute", "crate::session", "crate::reply", "crate::engine"]),
    ("types", &["crate::commands", "crate::execute", "crate::session", "crate::reply", "crate::keyspace"]),
    ("resp", &["crate::commands", "crate::execute", "crate::session", "crate::keyspace", "crate::engine"]),
    ("config", &["crate::commands", "crate::execute", "crate::session", "crate::keyspace", "crate::engine"]),
    ("command", &["crate::commands", "crate::keyspace", "crate::session", "crate::engine"]),
];

#[test]
fn every_command_says_what_it_is() {
    for command in every_command() {
        assert!(!command.summary.is_empty(), "{} has no summary", command.name);
        assert!(command.summary.ends_with('.'), "the summary of {} is no sentence", command.name);
        assert!(!command.since.is_empty(), "{} has no version", command.name);
        let own = command.name.rsplit('|').next().unwrap_or_default();
        assert_eq!(own, own.to_ascii_lowercase(), "{} is not in lower case", command.name);
    }
}

#[test]
fn every_command_has_a_transcript() {
    let mut text = String::new();
    for file in files(&root().join("tests/transcripts"), "redis") {
        text += &read(&file).to_uppercase();
    }
    let shown = |command: &Command| {
        let words = command.name.to_uppercase().replace('|', " ");
        text.lines().filter_map(|line| line.split_once("> ")).any(|(_, call)| {
            call == words || call.strip_prefix(&words).is_some_and(|rest| rest.starts_with(' '))
        })
    };
    let missing: Vec<&str> = every_command()
        .into_iter()
        .filter(|command| command.subcommands.is_empty() && !shown(command))
        .map(|command| command.name)
        .collect();
    assert!(missing.is_empty(), "commands without a transcript: {missing:?}");
}

#[test]
fn modules_keep_to_their_layer() {
    for (module, forbidden) in LAYERS {
        for file in files(&root().join("engine/src").join(module), "rs") {
            // What a module needs for its own tests is its own affair.
            let text = read(&file);
            let code = text.split("#[cfg(test)]").next().unwrap_or_default();
            for name in *forbidden {
                let named = code.lines().any(|line| line.starts_with("use ") && line.contains(name));
                assert!(!named || file.ends_with("command/mod.rs"), "{} names {name}", file.display());
            }
        }
    }
}

#[test]
fn no_file_has_grown_into_everything() {
    for file in sources() {
        let lines = read(&file).lines().count();
        assert!(lines <= LINES_MAX, "{} has {lines} lines", file.display());
    }
}

#[test]
fn no_module_is_forgotten() {
    let folders = [
        "engine/src",
        "engine/lua/src",
        "engine/structures/src",
        "native-server/src",
        "playground/src",
        "xtask/src",
    ];
    for source in folders {
        let folder = root().join(source);
        let all: String = files(&folder, "rs").iter().map(|file| read(file)).collect();
        for file in files(&folder, "rs") {
            let stem = file.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
            if matches!(stem.as_str(), "lib" | "main" | "mod") {
                continue;
            }
            let declared = [format!("mod {stem};"), format!("mod {stem} {{")];
            assert!(declared.iter().any(|line| all.contains(line)), "nothing declares {}", file.display());
        }
    }
}

#[test]
fn nothing_is_ignored_and_nothing_sleeps_to_wait() {
    let here = Path::new(file!()).file_name();
    for file in sources().into_iter().filter(|file| file.file_name() != here) {
        let text = read(&file);
        assert!(!text.contains("#[ignore"), "{} ignores a test", file.display());
        assert!(!text.contains("waitForTimeout"), "{} sleeps to wait", file.display());
    }
}

fn every_command() -> Vec<&'static Command> {
    let all = commands::all().copied();
    all.flat_map(|command| std::iter::once(command).chain(command.subcommands.iter().copied())).collect()
}

/// Everything that we wrote.
fn sources() -> Vec<PathBuf> {
    let folders = ["engine", "native-server", "playground", "tests", "wasm", "xtask", "www/src", "www/tests"];
    let all = folders.iter().map(|folder| root().join(folder));
    let all: BTreeSet<PathBuf> = all
        .flat_map(|folder| ["rs", "ts", "tsx", "css"].map(|kind| files(&folder, kind)))
        .flatten()
        .collect();
    all.into_iter().collect()
}

/// The files of a kind below a folder, those that are made and those that are fetched left out.
fn files(folder: &Path, kind: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        let name = entry.file_name();
        let made = ["target", "node_modules", "dist", "generated", "wasm", ".venv", "pkg"];
        if path.is_dir() && !(made.contains(&name.to_string_lossy().as_ref()) && folder != root()) {
            found.extend(files(&path, kind));
        } else if path.extension().is_some_and(|extension| extension == kind) {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn read(file: &Path) -> String {
    fs::read_to_string(file).unwrap_or_default()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map_or_else(PathBuf::new, Path::to_path_buf)
}
