//! `redstart-server` in the place of `redis-server`: its command line, its files, its log, its sockets, its end.

#![cfg(not(target_arch = "wasm32"))]

use redstart_tests::runner::Trouble;
use redstart_tests::runners::redstart_server;
use redstart_tests::server::{Server, free_port};
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

type Result<T = ()> = std::result::Result<T, Trouble>;

#[test]
fn version_and_help_are_printed() -> Result {
    let version = end_of(&["--version"])?;
    assert!(version.status.success());
    assert!(text(&version.stdout).contains("v=7.0.15"), "{}", text(&version.stdout));
    let help = end_of(&["--help"])?;
    assert!(text(&help.stdout).starts_with("Usage: redstart-server"), "{}", text(&help.stdout));
    Ok(())
}

#[test]
fn an_unknown_directive_is_an_error_that_names_file_and_line() -> Result {
    let folder = Folder::new("unknown")?;
    let file = folder.file("redis.conf", "# a comment\nport 0\nno-such-thing 1\n")?;
    let output = end_of(&[&file])?;
    assert!(!output.status.success());
    let error = text(&output.stderr);
    assert!(error.contains("*** FATAL CONFIG FILE ERROR (Redis 7.0.15) ***"), "{error}");
    assert!(error.contains("at line 3 of "), "{error}");
    assert!(error.contains("redis.conf"), "{error}");
    assert!(error.contains(">>> 'no-such-thing 1'\nBad directive or wrong number of arguments"), "{error}");
    Ok(())
}

#[test]
fn options_are_read_over_the_file_and_its_includes() -> Result {
    let folder = Folder::new("includes")?;
    folder.file("more.conf", "maxclients 77\ntimeout 5\n")?;
    let include = format!("timeout 9\ninclude {}\n", folder.path("mor*.conf").display());
    let file = folder.file("redis.conf", &include)?;
    let port = free_port()?.to_string();
    let mut server = Process::start(&[&file, "--port", &port, "--maxclients", "88"], &[])?;
    server.wait_for("Ready to accept connections")?;
    let mut client = TcpStream::connect(format!("127.0.0.1:{port}"))?;
    assert_eq!(ask(&mut client, "CONFIG GET timeout\r\n", 5)?, "*2\r\n$7\r\ntimeout\r\n$1\r\n5\r\n");
    assert_eq!(ask(&mut client, "CONFIG GET maxclients\r\n", 5)?, "*2\r\n$10\r\nmaxclients\r\n$2\r\n88\r\n");
    Ok(())
}

#[test]
fn the_configuration_may_come_from_the_standard_input() -> Result {
    let port = free_port()?.to_string();
    let mut server = Process::start(&["-"], format!("port {port}\n").as_bytes())?;
    server.wait_for("Ready to accept connections")?;
    let mut client = TcpStream::connect(format!("127.0.0.1:{port}"))?;
    assert_eq!(ask(&mut client, "PING\r\n", 1)?, "+PONG\r\n");
    Ok(())
}

#[test]
fn directives_of_features_to_come_warn_once_each() -> Result {
    let port = free_port()?.to_string();
    let options = ["--port", &port, "--replica-priority", "50", "--crash-log-enabled", "no"];
    let mut server = Process::start(&options, &[])?;
    let log = server.wait_for("Ready to accept connections")?;
    for directive in ["'replica-priority'", "'crash-log-enabled'"] {
        assert_eq!(log.matches(directive).count(), 1, "{log}");
    }
    Ok(())
}

#[test]
fn log_lines_have_the_form_that_tools_read() -> Result {
    let port = free_port()?.to_string();
    let mut server = Process::start(&["--port", &port], &[])?;
    let log = server.wait_for("Ready to accept connections")?;
    let line = log.lines().last().unwrap_or_default();
    let words: Vec<&str> = line.splitn(7, ' ').collect();
    assert_eq!(words.first(), Some(&format!("{}:M", server.child.id()).as_str()), "{line}");
    assert_eq!(words.get(4).map(|time| time.len()), Some("03:04:05.678".len()), "{line}");
    assert_eq!(words.get(5), Some(&"*"), "{line}");
    Ok(())
}

#[test]
fn a_port_that_is_taken_is_said_and_ends_the_server() -> Result {
    let server = Server::start(&redstart_server()?, &[])?;
    let output = end_of(&["--port", &server.port().to_string(), "--bind", "127.0.0.1"])?;
    assert!(!output.status.success());
    let log = text(&output.stdout);
    assert!(log.contains("Failed listening on port"), "{log}");
    assert!(!log.lines().next().unwrap_or_default().contains("already in use"), "{log}");
    Ok(())
}

#[test]
fn a_change_that_the_system_refuses_is_an_error_and_changes_nothing() -> Result {
    let folder = Folder::new("refused")?;
    let taken = TcpListener::bind("127.0.0.1:0")?;
    let (old, new) = (free_port()?.to_string(), taken.local_addr()?.port().to_string());
    let dir = folder.0.canonicalize()?.display().to_string();
    let options = ["--port", &old, "--bind", "127.0.0.1", "--dir", &dir, "--enable-protected-configs", "yes"];
    let mut server = Process::start(&options, &[])?;
    server.wait_for("Ready to accept connections")?;
    let mut client = TcpStream::connect(format!("127.0.0.1:{old}"))?;
    for (directive, value, blamed, reason) in [
        ("hz 20 port", new.as_str(), "port", "Unable to listen on this port. Check server logs."),
        ("hz 20 dir / port", &new, "port", "Unable to listen on this port. Check server logs."),
        ("hz 20 bind", "203.0.113.1", "bind", "Failed to bind to specified addresses."),
        ("hz 20 dir", "/no/such/folder", "dir", "No such file or directory"),
        ("hz 20 dir", "/dev/null", "dir", "Not a directory"),
    ] {
        let refused =
            format!("-ERR CONFIG SET failed (possibly related to argument '{blamed}') - {reason}\r\n");
        assert_eq!(ask(&mut client, &format!("CONFIG SET {directive} {value}\r\n"), 1)?, refused);
    }
    let refused = ask(&mut client, "CONFIG SET maxclients 4000000000\r\n", 1)?;
    assert!(refused.contains("not able to handle the specified number of clients, try with "), "{refused}");
    // Within a transaction nothing waits: it is taken back all the same.
    assert_eq!(
        ask(&mut client, "MULTI\r\nCONFIG SET hz 20 port 1\r\nDISCARD\r\n", 3)?,
        "+OK\r\n+QUEUED\r\n+OK\r\n"
    );
    let queued = format!("MULTI\r\nCONFIG SET hz 20 port {new}\r\nEXEC\r\n");
    assert_eq!(ask(&mut client, &queued, 4)?, "+OK\r\n+QUEUED\r\n*1\r\n+OK\r\n");
    for (name, value) in
        [("hz", "10"), ("port", &old), ("bind", "127.0.0.1"), ("dir", &dir), ("maxclients", "10000")]
    {
        let shown = ask(&mut client, &format!("CONFIG GET {name}\r\n"), 5)?;
        assert!(shown.ends_with(&format!("\r\n{value}\r\n")), "{shown}");
    }
    let mut other = TcpStream::connect(format!("127.0.0.1:{old}"))?;
    assert_eq!(ask(&mut other, "PING\r\n", 1)?, "+PONG\r\n");
    Ok(())
}

#[test]
fn port_addresses_and_folder_change_while_it_runs() -> Result {
    let folder = Folder::new("moved")?;
    let dir = folder.0.canonicalize()?.display().to_string();
    let (old, new) = (free_port()?.to_string(), free_port()?.to_string());
    let options = ["--port", &old, "--save", "", "--enable-protected-configs", "yes"];
    let mut server = Process::start(&options, &[])?;
    server.wait_for("Ready to accept connections")?;
    let mut client = TcpStream::connect(format!("127.0.0.1:{old}"))?;
    // What is sent with it comes after it: the file is in the new folder.
    let moved = ask(&mut client, &format!("CONFIG SET bind 127.0.0.1 dir {dir}/.\r\nSAVE\r\n"), 2)?;
    assert_eq!(moved, "+OK\r\n+OK\r\n");
    assert!(folder.path("dump.rdb").exists());
    let shown = ask(&mut client, "CONFIG GET dir\r\n", 5)?;
    assert!(shown.ends_with(&format!("\r\n{dir}\r\n")), "{shown}");
    assert_eq!(ask(&mut client, &format!("CONFIG SET port {new}\r\n"), 1)?, "+OK\r\n");
    let mut other = TcpStream::connect(format!("127.0.0.1:{new}"))?;
    let info = ask(&mut other, "INFO server\r\n", 20)?;
    assert!(info.contains(&format!("tcp_port:{new}\r\n")), "{info}");
    assert!(TcpStream::connect(format!("127.0.0.1:{old}")).is_err(), "nobody listens there any more");
    assert_eq!(ask(&mut client, "PING\r\n", 1)?, "+PONG\r\n", "who is in stays in");
    Ok(())
}

#[test]
fn a_unix_socket_serves_and_goes_with_the_server() -> Result {
    let folder = Folder::new("unix")?;
    let path = folder.path("redis.sock");
    let options = ["--port", "0", "--unixsocket", &path.display().to_string(), "--unixsocketperm", "700"];
    let mut server = Process::start(&options, &[])?;
    server.wait_for("Ready to accept connections")?;
    let mut client = UnixStream::connect(&path)?;
    client.write_all(b"ECHO hello\r\n")?;
    let mut reply = [0; 11];
    client.read_exact(&mut reply)?;
    assert_eq!(&reply, b"$5\r\nhello\r\n");
    server.signal("TERM")?;
    assert!(server.child.wait()?.success());
    assert!(!path.exists());
    Ok(())
}

#[test]
fn signals_and_shutdown_end_it_well() -> Result {
    for signal in ["TERM", "INT"] {
        let port = free_port()?.to_string();
        let mut server = Process::start(&["--port", &port], &[])?;
        server.wait_for("Ready to accept connections")?;
        server.signal(signal)?;
        assert!(server.child.wait()?.success());
        let log = server.rest()?;
        assert!(log.contains(&format!("Received SIG{signal} scheduling shutdown...")), "{log}");
        assert!(log.contains("ready to exit, bye bye..."), "{log}");
    }
    let port = free_port()?.to_string();
    let mut server = Process::start(&["--port", &port], &[])?;
    server.wait_for("Ready to accept connections")?;
    let mut client = TcpStream::connect(format!("127.0.0.1:{port}"))?;
    client.write_all(b"SHUTDOWN NOSAVE\r\n")?;
    assert!(server.child.wait()?.success());
    assert_eq!(client.read(&mut [0; 16])?, 0, "the connection ends without a word");
    Ok(())
}

#[test]
fn one_client_too_many_is_told_so() -> Result {
    let port = free_port()?.to_string();
    let mut server = Process::start(&["--port", &port, "--maxclients", "1"], &[])?;
    server.wait_for("Ready to accept connections")?;
    let mut first = TcpStream::connect(format!("127.0.0.1:{port}"))?;
    assert_eq!(ask(&mut first, "PING\r\n", 1)?, "+PONG\r\n");
    let mut second = String::new();
    TcpStream::connect(format!("127.0.0.1:{port}"))?.read_to_string(&mut second)?;
    assert_eq!(second, "-ERR max number of clients reached\r\n");
    Ok(())
}

#[test]
fn a_client_that_does_not_read_is_cut_off_and_others_are_served() -> Result {
    let limit = ("client-output-buffer-limit".to_owned(), "normal 1mb 0 0".to_owned());
    let server = Server::start(&redstart_server()?, &[limit])?;
    let mut other = TcpStream::connect(("127.0.0.1", server.port()))?;
    let value = "v".repeat(100_000);
    assert_eq!(
        ask(&mut other, &format!("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$100000\r\n{value}\r\n"), 1)?,
        "+OK\r\n"
    );
    let mut slow = TcpStream::connect(("127.0.0.1", server.port()))?;
    slow.set_write_timeout(Some(Duration::from_secs(10)))?;
    // It asks and asks until somebody hangs up; what it is owed would be a hundred times what it asks for.
    while slow.write_all(b"GET k\r\n").is_ok() {}
    assert_eq!(ask(&mut other, "PING\r\n", 1)?, "+PONG\r\n");
    assert!(
        server.log().contains("scheduled to be closed ASAP for overcoming of output buffer limits"),
        "{}",
        server.log()
    );
    Ok(())
}

/// Who came through which door, and what waited when the server ended: threads make no difference.
#[test]
fn threads_look_after_every_socket_and_info_counts_their_work() -> Result {
    let folder = Folder::new("threads")?;
    let (port, path) = (free_port()?.to_string(), folder.path("socket"));
    let options = ["--port", &port, "--unixsocket", &path.display().to_string(), "--io-threads", "4"];
    let mut server = Process::start(&options, &[])?;
    server.wait_for("Ready to accept connections")?;
    let mut first = TcpStream::connect(format!("127.0.0.1:{port}"))?;
    let mut second = UnixStream::connect(&path)?;
    assert_eq!(ask(&mut first, "SET k v\r\n", 1)?, "+OK\r\n");
    second.write_all(b"GET k\r\n")?;
    let mut value = [0; 7];
    second.read_exact(&mut value)?;
    assert_eq!(&value, b"$1\r\nv\r\n");
    first.write_all(b"INFO\r\nQUIT\r\n")?;
    let mut info = String::new();
    first.read_to_string(&mut info)?;
    for field in ["io_threads_active:1\r\n", "io_threaded_reads_processed:3\r\n"] {
        assert!(info.contains(field), "{field}: {info}");
    }
    assert!(info.ends_with("+OK\r\n"), "QUIT is answered before the end");
    // Whatever waits for a client is written before the server ends.
    second.write_all("PING\r\n".repeat(1000).as_bytes())?;
    second.write_all(b"SHUTDOWN NOSAVE\r\n")?;
    let mut last = String::new();
    second.read_to_string(&mut last)?;
    assert_eq!(last, "+PONG\r\n".repeat(1000));
    Ok(())
}

#[test]
fn a_big_value_and_a_long_pipeline_come_through() -> Result {
    let server = Server::start(&redstart_server()?, &[])?;
    let mut client = TcpStream::connect(("127.0.0.1", server.port()))?;
    let value = "v".repeat(20 << 20);
    client.write_all(format!("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n${}\r\n{value}\r\n", value.len()).as_bytes())?;
    assert_eq!(ask(&mut client, "STRLEN k\r\n", 2)?, "+OK\r\n:20971520\r\n");
    client.write_all("INCR n\r\n".repeat(10_000).as_bytes())?;
    let mut lines = BufReader::new(client).lines();
    for number in 1..=10_000 {
        assert_eq!(lines.next().transpose()?, Some(format!(":{number}")));
    }
    Ok(())
}

/// Runs the server with arguments that make it end by itself.
fn end_of(arguments: &[&str]) -> Result<Output> {
    Ok(Command::new(redstart_server()?).args(arguments).stdin(Stdio::null()).output()?)
}

/// Sends, and reads a reply of so many lines.
fn ask(client: &mut TcpStream, request: &str, lines: usize) -> Result<String> {
    client.set_read_timeout(Some(Duration::from_secs(10)))?;
    client.write_all(request.as_bytes())?;
    let mut reply = String::new();
    let mut piece = [0; 4096];
    while reply.matches("\r\n").count() < lines {
        match client.read(&mut piece)? {
            0 => break,
            count => reply += &text(piece.get(..count).unwrap_or_default()),
        }
    }
    Ok(reply)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A server whose log we read line by line.
struct Process {
    child: std::process::Child,
    log: BufReader<std::process::ChildStdout>,
}

impl Process {
    fn start(arguments: &[&str], input: &[u8]) -> Result<Self> {
        let mut command = Command::new(redstart_server()?);
        command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::inherit());
        let mut child = command.spawn()?;
        if let Some(mut stdin) = child.stdin.take() {
            stdin.write_all(input)?;
        }
        let log = child.stdout.take().ok_or_else(|| Trouble("no standard output".into()))?;
        Ok(Self { child, log: BufReader::new(log) })
    }

    /// Reads the log up to a line that contains this; gives all of it.
    fn wait_for(&mut self, wanted: &str) -> Result<String> {
        let deadline = Instant::now() + Duration::from_secs(20);
        let mut log = String::new();
        while !log.contains(wanted) {
            if self.log.read_line(&mut log)? == 0 || Instant::now() > deadline {
                return Err(Trouble(format!("no '{wanted}' in the log:\n{log}")));
            }
        }
        Ok(log.trim_end().to_owned())
    }

    fn rest(&mut self) -> Result<String> {
        let mut log = String::new();
        self.log.read_to_string(&mut log)?;
        Ok(log)
    }

    fn signal(&self, name: &str) -> Result {
        Command::new("kill").args([&format!("-{name}"), &self.child.id().to_string()]).status()?;
        Ok(())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A folder of a test's own.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Result<Self> {
        let path = std::env::temp_dir().join(format!("redstart-drop-in-{}-{name}", std::process::id()));
        fs::create_dir_all(&path)?;
        Ok(Self(path))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    fn file(&self, name: &str, text: &str) -> Result<String> {
        fs::write(self.path(name), text)?;
        Ok(self.path(name).display().to_string())
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
