//! Append-only files go from the real redis-server to ours and back, and hold what clients were told wherever the server
//! is killed.

#![cfg(not(target_arch = "wasm32"))]

mod support;

use redis::{Connection, cmd};
use redstart_tests::runner::Trouble;
use redstart_tests::runners::{oracle, redstart_server};
use redstart_tests::server::{Server, free_port};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use support::{connect, run, trouble, values};

type Result<T = ()> = std::result::Result<T, Trouble>;

#[test]
fn our_files_are_good_for_redis_server_and_its_for_us() -> Result {
    let (ours, theirs) = (redstart_server()?, oracle());
    for preamble in ["yes", "no"] {
        let folder = Folder::new(&format!("both-{preamble}"))?;
        let options = folder.options(&[("aof-use-rdb-preamble", preamble)]);
        let mut expected = "0".repeat(40);
        // Each goes on from where the one before it was killed.
        for (round, program) in [&ours, &theirs, &ours, &ours, &theirs, &ours].into_iter().enumerate() {
            let server = Server::start(program, &options)?;
            let mut client = connect(&server)?;
            assert_eq!(digest(&mut client)?, expected, "round {round}: {}", server.log());
            change(&mut client, round)?;
            if round % 2 == 0 {
                run(&mut client, cmd("DEBUG").arg("POPULATE").arg(2000).arg(format!("some{round}")).arg(50))?;
                rewrite(&mut client)?;
            }
            change(&mut client, round + 10)?;
            expected = digest(&mut client)?;
            drop(server);
            let check = Command::new("redis-check-aof").arg(folder.manifest()).output()?;
            assert!(check.status.success(), "{}", String::from_utf8_lossy(&check.stdout));
        }
    }
    Ok(())
}

#[test]
fn whoever_asks_is_told_when_it_is_on_disk() -> Result {
    let folder = Folder::new("asked")?;
    let options = folder.options(&[("appendfsync", "everysec")]);
    let server = Server::start(&redstart_server()?, &options)?;
    let mut client = connect(&server)?;
    let ask = |client: &mut Connection| {
        cmd("WAITAOF").arg(1).arg(0).arg(0).query::<(u64, u64)>(client).map_err(trouble)
    };
    for count in 1..=3_u64 {
        assert_eq!(cmd("INCR").arg("n").query::<u64>(&mut client).map_err(trouble)?, count);
        assert_eq!(ask(&mut client)?, (1, 0));
    }
    drop(server);
    let server = Server::start(&redstart_server()?, &options)?;
    assert_eq!(cmd("GET").arg("n").query::<u64>(&mut connect(&server)?).map_err(trouble)?, 3);
    Ok(())
}

#[test]
fn what_a_client_was_told_outlives_a_server_that_is_killed() -> Result {
    let program = redstart_server()?;
    let folder = Folder::new("killed")?;
    let options = folder.options(&[("appendfsync", "always"), ("auto-aof-rewrite-min-size", "1000")]);
    let told: Vec<AtomicU64> = (0..4).map(|_| AtomicU64::new(0)).collect();
    for round in 0..rounds(12) {
        let server = Server::start(&program, &options)?;
        let mut client = connect(&server)?;
        digest(&mut client)?;
        for (number, told) in told.iter().enumerate() {
            let found: u64 =
                cmd("GET").arg(number).query::<Option<u64>>(&mut client).map_err(trouble)?.unwrap_or(0);
            let told = told.load(Ordering::SeqCst);
            assert!(
                found >= told,
                "round {round}: client {number} was told {told}, and {found} is there: {}",
                server.log()
            );
        }
        let clients: Vec<Connection> = told.iter().map(|_| connect(&server)).collect::<Result<_>>()?;
        thread::scope(|scope| {
            let mut writers = Vec::new();
            for (number, (told, mut client)) in told.iter().zip(clients).enumerate() {
                writers.push(scope.spawn(move || {
                    // Until the server is gone.
                    while let Ok(count) = cmd("INCR").arg(number).query::<u64>(&mut client) {
                        told.store(count, Ordering::SeqCst);
                    }
                }));
            }
            let enough = told[0].load(Ordering::SeqCst) + 40;
            while told[0].load(Ordering::SeqCst) < enough {
                assert!(!writers[0].is_finished(), "round {round}: no answer: {}", server.log());
                thread::yield_now();
            }
            Command::new("kill").args(["-9", &server.process_id().to_string()]).status().map(drop)
        })?;
    }
    Ok(())
}

/// How many rounds to go: some, or as many as `ROUNDS` says.
fn rounds(some: u64) -> u64 {
    std::env::var("ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(some)
}

#[test]
fn history_is_kept_as_long_as_it_is_to_be() -> Result {
    let folder = Folder::new("history")?;
    let options = folder.options(&[("aof-disable-auto-gc", "yes")]);
    let server = Server::start(&redstart_server()?, &options)?;
    let mut client = connect(&server)?;
    for _ in 0..2 {
        run(&mut client, cmd("INCR").arg("n"))?;
        rewrite(&mut client)?;
    }
    let manifest = || fs::read_to_string(folder.manifest());
    let kept = [
        "file appendonly.aof.3.base.rdb seq 3 type b",
        "file appendonly.aof.2.incr.aof seq 2 type h",
        "file appendonly.aof.2.base.rdb seq 2 type h",
        "file appendonly.aof.1.incr.aof seq 1 type h",
        "file appendonly.aof.1.base.rdb seq 1 type h",
        "file appendonly.aof.3.incr.aof seq 3 type i",
    ];
    assert_eq!(manifest()?.lines().collect::<Vec<_>>(), kept);
    run(&mut client, cmd("CONFIG").arg("SET").arg("aof-disable-auto-gc").arg("no"))?;
    while rewrites(&mut client)? {}
    assert_eq!(manifest()?.lines().collect::<Vec<_>>(), [kept[0], kept[5]]);
    let left = fs::read_dir(folder.0.join("appendonlydir"))?.count();
    assert_eq!(left, 3, "a base, commands and the manifest");
    Ok(())
}

#[test]
fn half_a_command_at_the_end_is_cut_off_and_other_damage_ends_the_start() -> Result {
    let program = redstart_server()?;
    let folder = Folder::new("damaged")?;
    let options = folder.options(&[]);
    let first = Server::start(&program, &options)?;
    let mut client = connect(&first)?;
    run(&mut client, cmd("SET").arg("k").arg("v"))?;
    let expected = digest(&mut client)?;
    drop(first);
    let file = folder.0.join("appendonlydir/appendonly.aof.1.incr.aof");
    let good = fs::read(&file)?;
    for tail in [
        "*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$5\r\nsh",
        "*1\r\n$5\r\nMULTI\r\n*2\r\n$4\r\nINCR\r\n$1\r\nn\r\n",
        "#TS",
    ] {
        fs::write(&file, [&good, tail.as_bytes()].concat())?;
        let server = Server::start(&program, &options)?;
        assert_eq!(digest(&mut connect(&server)?)?, expected, "{tail:?}: {}", server.log());
        drop(server);
        assert_eq!(fs::read(&file)?, good, "{tail:?}");
    }
    for (tail, says) in [
        ("garbage", "Bad file format reading the append only file appendonly.aof.1.incr.aof"),
        ("*1\r\n$6\r\nNOSUCH\r\n", "Unknown command 'NOSUCH' reading the append only file"),
    ] {
        fs::write(&file, [&good, tail.as_bytes()].concat())?;
        let mut start = Command::new(&program);
        let port = free_port()?.to_string();
        start.args(["--port", &port, "--appendonly", "yes", "--dir"]).arg(&folder.0);
        let output = start.output()?;
        let log = String::from_utf8_lossy(&output.stdout).into_owned();
        assert_eq!(output.status.code(), Some(1), "{log}");
        assert!(log.contains(says), "{log}");
    }
    Ok(())
}

/// Values of every type and encoding, other ones in each round.
fn change(client: &mut Connection, round: usize) -> Result {
    for (number, (_, command, arguments)) in values().into_iter().enumerate() {
        run(client, cmd("SELECT").arg(number % 3))?;
        let key = format!("{command} {number} {}", round % 3);
        run(client, cmd("DEL").arg(&key))?;
        run(client, cmd(command).arg(&key).arg(&arguments))?;
        if number % 4 == 0 {
            run(client, cmd("EXPIRE").arg(&key).arg(10_000))?;
        }
    }
    for number in 0..20 {
        run(client, cmd("XADD").arg("stream").arg("*").arg("f").arg(number))?;
    }
    let _ = cmd("XGROUP").arg("CREATE").arg("stream").arg("group").arg(0).query::<()>(client);
    let mut read = cmd("XREADGROUP");
    read.arg("GROUP").arg("group").arg(round).arg("COUNT").arg(3).arg("STREAMS").arg("stream").arg(">");
    run(client, &read)?;
    run(client, cmd("SPOP").arg("SADD 11 0").arg(2))?;
    Ok(())
}

fn rewrite(client: &mut Connection) -> Result {
    run(client, &cmd("BGREWRITEAOF"))?;
    while rewrites(client)? {}
    Ok(())
}

/// Whether a rewrite is under way, or to come.
fn rewrites(client: &mut Connection) -> Result<bool> {
    let info: String = cmd("INFO").arg("persistence").query(client).map_err(trouble)?;
    assert!(info.contains("aof_last_bgrewrite_status:ok"), "{info}");
    Ok(!info.contains("aof_rewrite_in_progress:0") || !info.contains("aof_rewrite_scheduled:0"))
}

fn digest(client: &mut Connection) -> Result<String> {
    while let Err(error) = cmd("DBSIZE").query::<i64>(client) {
        if error.code() != Some("LOADING") {
            return Err(trouble(error));
        }
    }
    cmd("DEBUG").arg("DIGEST").query(client).map_err(trouble)
}

/// A folder for the data of a test's servers, one after the other.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Result<Self> {
        let path = std::env::temp_dir().join(format!("redstart-aof-{}-{name}", std::process::id()));
        fs::create_dir_all(&path)?;
        Ok(Self(path))
    }

    fn manifest(&self) -> impl AsRef<Path> + AsRef<std::ffi::OsStr> {
        self.0.join("appendonlydir/appendonly.aof.manifest")
    }

    fn options(&self, more: &[(&str, &str)]) -> Vec<(String, String)> {
        let dir = self.0.display().to_string();
        let options = [("dir", dir.as_str()), ("appendonly", "yes")];
        options.iter().chain(more).map(|&(name, value)| (name.to_owned(), value.to_owned())).collect()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
