//! `--check-aof` says of good and bad files what `redis-check-aof` says of them, and mends them as it does.

#![cfg(not(target_arch = "wasm32"))]

use redstart_tests::runner::Trouble;
use redstart_tests::runners::{oracle, redstart_server};
use redstart_tests::server::Server;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

type Result<T = ()> = std::result::Result<T, Trouble>;

const INCR: &str = "appendonly.aof.1.incr.aof";
const BASE: &str = "appendonly.aof.1.base.rdb";
const MANIFEST: &str = "appendonly.aof.manifest";
const GOOD: &str = "*2\r\n$6\r\nSELECT\r\n$1\r\n0\r\n*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$1\r\nv\r\n\
                    *1\r\n$5\r\nMULTI\r\n*2\r\n$3\r\nDEL\r\n$1\r\nk\r\n*1\r\n$4\r\nEXEC\r\n";

#[test]
fn good_files_are_good() -> Result {
    let folder = Folder::new("good", &[])?;
    for commands in [GOOD.to_owned(), String::new(), format!("#TS:17\r\n{GOOD}#TS:18\r\n{GOOD}")] {
        fs::write(folder.path(INCR), commands)?;
        let (said, is_good) = folder.agree(&[], "")?;
        assert!(is_good && said.ends_with("All AOF files and manifest are valid\n"), "{said}");
    }
    fs::remove_file(folder.path(INCR))?;
    assert!(!folder.agree(&[], "")?.1);
    Ok(())
}

#[test]
fn the_first_bad_byte_is_found_and_the_end_can_be_cut_off() -> Result {
    let folder = Folder::new("bad", &[])?;
    for tail in [
        "garbage",
        "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$5\r\nsh",
        "*1\r\n$5\r\nMULTI\r\n*2\r\n$4\r\nINCR\r\n$1\r\nn\r\n",
        "*1\r\n$5\r\nMULTI\r\n*1\r\n$5\r\nMULTI\r\n",
        "*1\r\n$4\r\nEXEC\r\n",
        "*1\r\n$x\r\nEXEC\r\n",
        "*1\r\n$4\r\nEXECxx",
        "*2\r\n$99999999999\r\nEXECxx",
    ] {
        fs::write(folder.path(INCR), format!("{GOOD}{tail}"))?;
        assert!(!folder.agree(&[], "")?.1, "{tail:?}");
        assert!(!folder.agree(&["--fix"], "no\n")?.1, "{tail:?}");
        assert_eq!(fs::read_to_string(folder.path(INCR))?, format!("{GOOD}{tail}"));
        let (said, is_good) = folder.ours(&["--fix"], "y\n")?;
        assert!(is_good && said.contains("Successfully truncated AOF"), "{said}");
        assert_eq!(fs::read_to_string(folder.path(INCR))?, GOOD, "{tail:?}");
        assert!(folder.agree(&[], "")?.1, "{tail:?}");
    }
    Ok(())
}

#[test]
fn only_the_last_file_is_mended() -> Result {
    let folder = Folder::new("last", &["file second seq 2 type i"])?;
    fs::write(folder.path("second"), GOOD)?;
    fs::write(folder.path(INCR), format!("{GOOD}*1\r\n$4\r\nPI"))?;
    let (said, is_good) = folder.agree(&["--fix"], "y\n")?;
    assert!(!is_good && said.contains("because it is not the last file"), "{said}");
    fs::write(folder.path(INCR), GOOD)?;
    let base = fs::read(folder.path(BASE))?;
    for bad in [&base[..base.len() - 4], &[&base[..], b"x"].concat()] {
        fs::write(folder.path(BASE), bad)?;
        assert!(!folder.agree(&["--fix"], "y\n")?.1);
    }
    Ok(())
}

#[test]
fn files_of_the_days_before_there_were_manifests_are_checked() -> Result {
    let mut folder = Folder::new("old", &[])?;
    let base = fs::read(folder.path(BASE))?;
    folder.file = "appendonly.aof";
    for (bytes, is_good) in [
        (GOOD.as_bytes().to_vec(), true),
        (Vec::new(), true),
        (base.clone(), true),
        ([&base, GOOD.as_bytes()].concat(), true),
        ([&base, GOOD.as_bytes(), b"*1\r\n$4\r\nPI"].concat(), false),
        (base[..base.len() / 2].to_vec(), false),
    ] {
        fs::write(folder.path(folder.file), bytes)?;
        assert_eq!(folder.agree(&[], "")?.1, is_good);
    }
    Ok(())
}

#[test]
fn manifests_that_make_no_sense_are_refused() -> Result {
    let folder = Folder::new("manifest", &[])?;
    for manifest in [
        "file a seq 0 type b\n",
        "file a seq 1 type x\n",
        "file a seq 1 type b\n\n",
        "file a/b seq 1 type b\n",
        "file a seq 1 type i\nfile a seq 1 type i\n",
    ] {
        fs::write(folder.path(MANIFEST), manifest)?;
        let (said, is_good) = folder.agree(&[], "")?;
        assert!(!is_good && said.contains("FATAL AOF MANIFEST FILE ERROR"), "{said}");
    }
    fs::write(folder.path(MANIFEST), "file a seq 1 type h\n")?;
    assert!(folder.agree(&[], "")?.1);
    Ok(())
}

#[test]
fn a_file_can_be_taken_back_to_a_moment() -> Result {
    let folder = Folder::new("moment", &[])?;
    let (early, whole) = (format!("#TS:100\r\n{GOOD}"), format!("#TS:100\r\n{GOOD}#TS:200\r\n{GOOD}"));
    for (secs, is_good, left) in [("10", false, &whole), ("250", true, &whole), ("150", true, &early)] {
        fs::write(folder.path(INCR), &whole)?;
        let theirs = folder.theirs(&["--truncate-to-timestamp", secs], "")?;
        fs::write(folder.path(INCR), &whole)?;
        assert_eq!(folder.ours(&["--truncate-to-timestamp", secs], "")?, theirs, "{secs}");
        assert_eq!(theirs.1, is_good, "{secs}");
        assert_eq!(&fs::read_to_string(folder.path(INCR))?, left, "{secs}");
    }
    Ok(())
}

/// A folder with an append-only file: a base that redis-server made, and commands.
struct Folder {
    dir: PathBuf,
    /// What is checked.
    file: &'static str,
}

impl Folder {
    fn new(name: &str, more: &[&str]) -> Result<Self> {
        let dir = std::env::temp_dir().join(format!("redstart-check-{}-{name}", std::process::id()));
        fs::create_dir_all(&dir)?;
        let folder = Self { dir, file: MANIFEST };
        let server = Server::start(&oracle(), &[("appendonly".to_owned(), "yes".to_owned())])?;
        let made = server.dir().join("appendonlydir");
        fs::copy(made.join(BASE), folder.path(BASE))?;
        let own = [format!("file {BASE} seq 1 type b"), format!("file {INCR} seq 1 type i")];
        let lines: Vec<&str> = own.iter().map(String::as_str).chain(more.iter().copied()).collect();
        fs::write(folder.path(MANIFEST), lines.join("\n") + "\n")?;
        fs::write(folder.path(INCR), GOOD)?;
        Ok(folder)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.join(name)
    }

    /// What both say, and whether they find it good.
    fn agree(&self, options: &[&str], answer: &str) -> Result<(String, bool)> {
        let (ours, theirs) = (self.ours(options, answer)?, self.theirs(options, answer)?);
        assert_eq!(ours, theirs);
        Ok(ours)
    }

    fn ours(&self, options: &[&str], answer: &str) -> Result<(String, bool)> {
        self.run(Command::new(redstart_server()?).arg("--check-aof").args(options), answer)
    }

    fn theirs(&self, options: &[&str], answer: &str) -> Result<(String, bool)> {
        self.run(Command::new("redis-check-aof").args(options), answer)
    }

    fn run(&self, command: &mut Command, answer: &str) -> Result<(String, bool)> {
        let command = command.arg(self.path(self.file)).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.stderr(Stdio::null()).spawn()?;
        // Who asks nothing may have ended before.
        let _ = child.stdin.take().map(|mut input| input.write_all(answer.as_bytes()));
        let output = child.wait_with_output()?;
        let said = plain(&String::from_utf8_lossy(&output.stdout), &self.dir);
        Ok((said, output.status.success()))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.dir);
    }
}

/// What was said, without the details of how RDB files are damaged, which differ, and without stamps of the log.
fn plain(said: &str, dir: &Path) -> String {
    let is_detail = |line: &str| line.starts_with("[offset") || line.starts_with("[additional info]");
    let lines = said.lines().filter(|line| !is_detail(line) && !line.is_empty());
    let stamped = |line: &str| line.split_once(" # ").map_or(line, |(_, text)| text).to_owned();
    let lines: Vec<String> = lines.map(stamped).filter(|line| !line.is_empty()).collect();
    let text = lines.join("\n") + "\n";
    // They name the file of a transaction that is none with its folder.
    text.lines()
        .map(|line| match line.split_once(" in AOF ") {
            Some((flaw, path)) if Path::new(path).starts_with(dir) => format!("{flaw} in AOF\n"),
            _ => format!("{line}\n"),
        })
        .collect()
}
