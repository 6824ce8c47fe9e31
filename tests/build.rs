//! Lists the transcripts for where there are no files to read: a browser.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let root = Path::new(&env::var("CARGO_MANIFEST_DIR").expect("cargo says so")).join("transcripts");
    println!("cargo:rerun-if-changed={}", root.display());
    let mut files = Vec::new();
    collect(&root, &mut files)?;
    files.sort();
    let mut list = String::from("[\n");
    for file in files {
        let name = file.strip_prefix(&root).unwrap_or(&file).display().to_string();
        let _ = writeln!(
            list,
            "({:?}, include_str!({:?})),",
            format!("tests/transcripts/{name}"),
            file.display().to_string()
        );
    }
    list.push(']');
    let out = env::var("OUT_DIR").expect("cargo says so");
    fs::write(Path::new(&out).join("transcripts.rs"), list)
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            println!("cargo:rerun-if-changed={}", path.display());
            collect(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "redis") {
            files.push(path);
        }
    }
    Ok(())
}
