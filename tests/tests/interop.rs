//! Real clients against the real redis-server, which proves these tests right, and against ours.
//!
//! `cargo xtask test interop` installs the clients from npm and PyPI and runs this.

#![cfg(not(target_arch = "wasm32"))]

use redis::{Commands, RedisResult};
use redstart_tests::runner::Trouble;
use redstart_tests::runners::{oracle, redstart_server};
use redstart_tests::server::Server;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// How long a client's tests may take. One that waits for ever for a reply is to fail, and to show what it said till then.
const PATIENCE: Duration = Duration::from_secs(300);

/// One test per client and server, so that the summary counts them.
macro_rules! on_both {
    ($client:ident, $on_oracle:ident, $on_server:ident) => {
        #[test]
        fn $on_oracle() -> Result<(), Trouble> {
            $client(&Server::start(&oracle(), &[])?)
        }

        #[test]
        fn $on_server() -> Result<(), Trouble> {
            $client(&Server::start(&redstart_server()?, &[])?)
        }
    };
}

on_both!(node_clients, node_clients_on_oracle, node_clients_on_server);
on_both!(redis_py, redis_py_on_oracle, redis_py_on_server);
on_both!(redis_cli, redis_cli_on_oracle, redis_cli_on_server);
on_both!(redis_rs, redis_rs_on_oracle, redis_rs_on_server);

fn node_clients(server: &Server) -> Result<(), Trouble> {
    let mut node = Command::new("node");
    node.args(["--test", "--test-concurrency=1", "--test-timeout=60000"]).current_dir(folder("js"));
    run(node, server)
}

fn redis_py(server: &Server) -> Result<(), Trouble> {
    run(python("test_redis_py"), server)
}

fn redis_cli(server: &Server) -> Result<(), Trouble> {
    run(python("test_redis_cli"), server)
}

fn redis_rs(server: &Server) -> Result<(), Trouble> {
    for query in ["", "?protocol=resp3"] {
        let url = format!("redis://127.0.0.1:{}/{query}", server.port());
        let mut connection = redis::Client::open(url)?.get_connection()?;
        let values: (String, Option<String>, i64) = redis::pipe()
            .cmd("FLUSHALL")
            .ignore()
            .set("greeting", "hello")
            .ignore()
            .get("greeting")
            .get("nobody")
            .incr("n", 5)
            .query(&mut connection)?;
        assert_eq!(values, ("hello".to_owned(), None, 5));
        let bytes: Vec<u8> = (0..=255).cycle().take(100_000).collect();
        let () = connection.set("bytes", &bytes[..])?;
        assert_eq!(connection.get::<_, Vec<u8>>("bytes")?, bytes);
        assert!(connection.expire::<_, bool>("greeting", 100)?);
        assert!((91..=100).contains(&connection.ttl::<_, i64>("greeting")?));
        let refused: RedisResult<i64> = connection.incr("greeting", 1);
        let detail = refused.expect_err("a text is no number").to_string();
        assert!(detail.contains("value is not an integer or out of range"), "{detail}");
    }
    Ok(())
}

fn python(module: &str) -> Command {
    let mut python = Command::new(folder("python").join(".venv/bin/python"));
    python.args(["-m", "unittest", "-v", module]).current_dir(folder("python"));
    python
}

fn run(mut client: Command, server: &Server) -> Result<(), Trouble> {
    client.env("REDIS_PORT", server.port().to_string()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let running = client.spawn().map_err(|error| {
        Trouble(format!("can't run {client:?}: {error}. `cargo xtask test interop` installs what it needs"))
    })?;
    let (pid, (ended, end)) = (running.id(), mpsc::channel());
    let reader = thread::spawn(move || {
        let output = running.wait_with_output();
        let _ = ended.send(());
        output
    });
    let is_late = end.recv_timeout(PATIENCE).is_err();
    if is_late {
        Command::new("kill").arg(pid.to_string()).status()?;
    }
    let output = reader.join().map_err(|_| Trouble(format!("{client:?} could not be waited for")))??;
    if output.status.success() {
        return Ok(());
    }
    println!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    println!("the server's log:\n{}", server.log());
    let why = if is_late { " (it was not done in time)" } else { "" };
    Err(Trouble(format!("{client:?}: {}{why}", output.status)))
}

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("interop").join(name)
}
