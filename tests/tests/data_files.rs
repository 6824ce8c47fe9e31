//! Files of data go from the real redis-server to ours and back, and a server finds again what it left.

#![cfg(not(target_arch = "wasm32"))]

mod support;

use redis::{Connection, cmd};
use redstart_tests::runner::Trouble;
use redstart_tests::runners::{oracle, redstart_server};
use redstart_tests::server::{Server, free_port};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use support::{connect, run, trouble, values};

type Result<T = ()> = std::result::Result<T, Trouble>;

#[test]
fn our_files_are_good_for_redis_server() -> Result {
    let ours = Server::start(&redstart_server()?, &[])?;
    let digest = fill_and_save(&ours)?;
    let file = ours.dir().join("dump.rdb");
    let check = Command::new("redis-check-rdb").arg(&file).output()?;
    assert!(check.status.success(), "{}", text(&check));
    let folder = Folder::with(&file)?;
    assert_eq!(digest_of(&Server::start(&oracle(), &folder.options())?)?, digest);
    Ok(())
}

#[test]
fn files_of_redis_server_are_good_for_us() -> Result {
    for compresses in ["yes", "no"] {
        let options = [("rdbcompression".to_owned(), compresses.to_owned())];
        let theirs = Server::start(&oracle(), &options)?;
        let digest = fill_and_save(&theirs)?;
        let file = theirs.dir().join("dump.rdb");
        let check = check(&file)?;
        assert!(check.status.success(), "{}", text(&check));
        assert!(text(&check).contains("Checksum OK"), "{}", text(&check));
        let folder = Folder::with(&file)?;
        let ours = Server::start(&redstart_server()?, &folder.options())?;
        assert_eq!(digest_of(&ours)?, digest, "compressed: {compresses}");
    }
    Ok(())
}

#[test]
fn a_server_that_is_told_to_end_saves_if_there_are_save_points() -> Result {
    let server = redstart_server()?;
    for (number, (save, how, is_saved)) in [
        ("3600 1000", "SHUTDOWN", true),
        ("3600 1000", "SIGTERM", true),
        ("3600 1000", "SIGINT", true),
        ("3600 1000", "SHUTDOWN NOSAVE", false),
        ("", "SHUTDOWN", false),
        ("", "SIGTERM", false),
        ("", "SHUTDOWN SAVE", true),
    ]
    .into_iter()
    .enumerate()
    {
        let folder = Folder::new(&format!("end-{number}"))?;
        let options = [folder.options(), vec![("save".to_owned(), save.to_owned())]].concat();
        let mut first = Server::start(&server, &options)?;
        let mut client = connect(&first)?;
        run(&mut client, cmd("SET").arg("k").arg("v"))?;
        if let Some(signal) = how.strip_prefix("SIG") {
            Command::new("kill").args([&format!("-{signal}"), &first.process_id().to_string()]).status()?;
        } else {
            let words: Vec<&str> = how.split(' ').collect();
            // There is no reply but the end of the connection.
            let _ = cmd(words[0]).arg(&words[1..]).query::<()>(&mut client);
        }
        assert!(first.wait()?, "{how}: {}", first.log());
        assert_eq!(folder.0.join("dump.rdb").exists(), is_saved, "save '{save}', {how}");
        let second = Server::start(&server, &options)?;
        let is_empty = digest_of(&second)? == "0".repeat(40);
        assert_eq!(!is_empty, is_saved, "save '{save}', {how}");
    }
    Ok(())
}

#[test]
fn a_save_that_the_end_cuts_short_leaves_nothing_behind() -> Result {
    let folder = Folder::new("cut-short")?;
    let delay = ("rdb-key-save-delay".to_owned(), "100000".to_owned());
    let mut server = Server::start(&redstart_server()?, &[folder.options(), vec![delay]].concat())?;
    let mut client = connect(&server)?;
    run(&mut client, cmd("DEBUG").arg("POPULATE").arg(1000))?;
    run(&mut client, &cmd("BGSAVE"))?;
    let info: String = cmd("INFO").arg("persistence").query(&mut client).map_err(trouble)?;
    assert!(info.contains("rdb_bgsave_in_progress:1"), "{info}");
    let _ = cmd("SHUTDOWN").arg("NOSAVE").query::<()>(&mut client);
    assert!(server.wait()?, "{}", server.log());
    assert_eq!(fs::read_dir(&folder.0)?.count(), 0);
    Ok(())
}

#[test]
fn a_damaged_file_ends_the_start_and_says_where() -> Result {
    let ours = Server::start(&redstart_server()?, &[])?;
    fill_and_save(&ours)?;
    let good = fs::read(ours.dir().join("dump.rdb"))?;
    let mut changed = good.clone();
    changed[good.len() / 2] ^= 0x10;
    for (name, bytes, says) in [
        ("cut", &good[..good.len() / 2], "Unexpected end of the file (at offset "),
        ("changed", &changed, "(at offset "),
        ("strange", b"this is no file of data", "Wrong signature: this is no RDB file (at offset 0)"),
    ] {
        let folder = Folder::new(name)?;
        let file = folder.0.join("dump.rdb");
        fs::write(&file, bytes)?;
        let mut start = Command::new(redstart_server()?);
        let output = start.args(["--port", &free_port()?.to_string(), "--dir"]).arg(&folder.0).output()?;
        let log = text(&output);
        assert_eq!(output.status.code(), Some(1), "{log}");
        assert!(log.contains(says), "{log}");
        assert!(log.contains("run redstart-server --check-rdb dump.rdb"), "{log}");
        let check = check(&file)?;
        assert_eq!(check.status.code(), Some(1));
        assert!(text(&check).contains("--- RDB ERROR DETECTED ---\n[offset "), "{}", text(&check));
    }
    Ok(())
}

/// Has a server make every value there is, some of them in other databases or for a while, and save them; gives the
/// digest of all.
fn fill_and_save(server: &Server) -> Result<String> {
    let mut client = connect(server)?;
    run(&mut client, cmd("DEBUG").arg("POPULATE").arg(3000).arg("some").arg(50))?;
    for (number, (config, command, arguments)) in values().into_iter().enumerate() {
        run(&mut client, cmd("SELECT").arg(number % 3))?;
        if let Some((name, value)) = config.split_once(' ') {
            run(&mut client, cmd("CONFIG").arg("SET").arg(name).arg(value))?;
        }
        let key = format!("{command} {number}");
        run(&mut client, cmd(command).arg(&key).arg(&arguments))?;
        if number % 4 == 0 {
            run(&mut client, cmd("EXPIRE").arg(&key).arg(10_000))?;
        }
    }
    stream(&mut client)?;
    run(&mut client, &cmd("SAVE"))?;
    digest_of(server)
}

/// A stream with gaps, a group, consumers and what they have not acknowledged.
fn stream(client: &mut Connection) -> Result {
    for number in 1..300 {
        let fields = [["f", "v"], ["f", "w"], ["other", "x"]][number % 3];
        run(client, cmd("XADD").arg("stream").arg(format!("{}-{number}", number / 10 + 1)).arg(&fields))?;
    }
    run(client, cmd("XDEL").arg("stream").arg("1-5").arg("20-199"))?;
    run(client, cmd("XGROUP").arg("CREATE").arg("stream").arg("group").arg(0))?;
    run(client, cmd("XGROUP").arg("CREATE").arg("stream").arg("later").arg("$"))?;
    run(client, cmd("XGROUP").arg("CREATECONSUMER").arg("stream").arg("group").arg("idle"))?;
    for consumer in ["one", "other"] {
        let mut read = cmd("XREADGROUP");
        read.arg("GROUP").arg("group").arg(consumer).arg("COUNT").arg(7);
        run(client, read.arg("STREAMS").arg("stream").arg(">"))?;
    }
    run(client, cmd("XACK").arg("stream").arg("group").arg("1-1"))?;
    Ok(())
}

/// The digest of what a server has, once it has loaded it.
fn digest_of(server: &Server) -> Result<String> {
    let mut client = connect(server)?;
    while let Err(error) = cmd("DBSIZE").query::<i64>(&mut client) {
        if error.code() != Some("LOADING") {
            return Err(trouble(error));
        }
    }
    cmd("DEBUG").arg("DIGEST").query(&mut client).map_err(trouble)
}

fn check(file: &Path) -> Result<Output> {
    Ok(Command::new(redstart_server()?).arg("--check-rdb").arg(file).output()?)
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// A folder for the data of a test's servers, one after the other.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Result<Self> {
        let path = std::env::temp_dir().join(format!("redstart-data-{}-{name}", std::process::id()));
        fs::create_dir_all(&path)?;
        Ok(Self(path))
    }

    /// A folder with a copy of this file.
    fn with(file: &Path) -> Result<Self> {
        let owner = file.parent().and_then(Path::file_name).unwrap_or_default().to_string_lossy();
        let folder = Self::new(&owner)?;
        fs::copy(file, folder.0.join("dump.rdb"))?;
        Ok(folder)
    }

    fn options(&self) -> Vec<(String, String)> {
        vec![("dir".to_owned(), self.0.display().to_string())]
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
