//! Embeds the playground's files, packed and as they are, if the feature `playground` asks for it. Without it the list is empty.

use std::path::Path;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    println!("cargo:rerun-if-changed=build.rs");
    let out = env::var("OUT_DIR").expect("cargo says so");
    fs::write(Path::new(&out).join("page.rs"), page(Path::new(&out))?)
}

#[cfg(not(feature = "playground"))]
fn page(_: &Path) -> io::Result<String> {
    Ok(String::from("&[]"))
}

#[cfg(feature = "playground")]
fn page(out: &Path) -> io::Result<String> {
    let root = Path::new(&env::var("CARGO_MANIFEST_DIR").expect("cargo says so")).join("../www/dist");
    println!("cargo:rerun-if-changed={}", root.display());
    let mut files = Vec::new();
    embed::collect(&root, &mut files).unwrap_or_else(|error| {
        panic!("{} can't be read ({error}): `cargo xtask release` makes it", root.display())
    });
    files.sort();
    let mut list = String::from("&[\n");
    for (number, file) in files.iter().enumerate() {
        list.push_str(&embed::entry(&root, file, &out.join(format!("{number}.gz")))?);
    }
    list.push(']');
    Ok(list)
}

#[cfg(feature = "playground")]
mod embed {
    use std::hash::{DefaultHasher, Hasher};
    use std::io::Write;
    use std::path::{Path, PathBuf};
    use std::{fs, io};

    use flate2::Compression;
    use flate2::write::GzEncoder;

    pub(super) fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                collect(&path, files)?;
            } else {
                files.push(path);
            }
        }
        Ok(())
    }

    /// A file as the server's table has it; what it is packed to goes into `packed`.
    pub(super) fn entry(root: &Path, file: &Path, packed: &Path) -> io::Result<String> {
        let bytes = fs::read(file)?;
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(&bytes)?;
        let small = encoder.finish()?;
        let gains = small.len() < bytes.len();
        fs::write(packed, small)?;
        let mut hasher = DefaultHasher::new();
        hasher.write(&bytes);
        let name = file.strip_prefix(root).unwrap_or(file).display().to_string();
        let packed = if gains { format!("Some(include_bytes!({packed:?}))") } else { String::from("None") };
        Ok(format!(
            "File {{ name: {name:?}, tag: \"{:016x}\", bytes: include_bytes!({file:?}), packed: {packed} }},\n",
            hasher.finish()
        ))
    }
}
