//! Our printer against the real redis-cli: transcripts are only readable if both show the same text.

#![cfg(not(target_arch = "wasm32"))]

use redstart_tests::runner::Trouble;
use redstart_tests::runners::oracle;
use redstart_tests::server::Server;
use redstart_tests::{print, quote, resp};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Command;

/// `DEBUG PROTOCOL` answers with one reply of each type, so the list covers what RESP can say.
const COMMANDS: [&str; 18] = [
    "DEBUG PROTOCOL string",
    "DEBUG PROTOCOL integer",
    "DEBUG PROTOCOL double",
    "DEBUG PROTOCOL null",
    "DEBUG PROTOCOL array",
    "DEBUG PROTOCOL set",
    "DEBUG PROTOCOL map",
    "DEBUG PROTOCOL verbatim",
    "DEBUG PROTOCOL true",
    "DEBUG PROTOCOL false",
    r#"ECHO "\x00\x1f\x7f\xff\"\\\r\n\t\a\b""#,
    "COMMAND INFO get set nosuch",
    "COMMAND DOCS get",
    "EVAL 'return {1,{2,{}},{3,{4,{5,6,7,8,9,10,11,{12,13}}}}}' 0",
    "EVAL 'redis.setresp(3); return {map={a={1},b={},c={map={x=1}},d={1,{map={y={1,2}}}},e={set={z=true}}}}' 0",
    "CONFIG GET *listpack*",
    "CLIENT INFO extra",
    "SLOWLOG GET nonsense",
];

#[test]
fn replies_are_shown_as_redis_cli_shows_them() -> Result<(), Trouble> {
    let server = Server::start(&oracle(), &[])?;
    for protocol in ["2", "3"] {
        for line in COMMANDS {
            let argv = quote::split(line).map_err(Trouble)?;
            let ours = ours(server.port(), protocol, &argv)?;
            let theirs = theirs(server.port(), protocol, line)?;
            assert_eq!(ours, theirs, "{line} in RESP{protocol}");
        }
    }
    Ok(())
}

fn ours(port: u16, protocol: &str, argv: &[Vec<u8>]) -> Result<Vec<String>, Trouble> {
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    let hello = [b"HELLO".to_vec(), protocol.as_bytes().to_vec()];
    stream.write_all(&resp::request(&hello))?;
    stream.write_all(&resp::request(argv))?;
    let (mut bytes, mut chunk, mut replies) = (Vec::new(), [0; 4096], 0);
    loop {
        let count = stream.read(&mut chunk)?;
        assert!(count > 0, "the server closed the connection");
        bytes.extend_from_slice(&chunk[..count]);
        while let Some((reply, length)) = resp::read(&bytes).map_err(|malformed| Trouble(malformed.0))? {
            bytes.drain(..length);
            replies += 1;
            if replies == 2 {
                return Ok(print::lines(&reply, argv));
            }
        }
    }
}

/// Through standard input, so that redis-cli does the quoting too.
fn theirs(port: u16, protocol: &str, line: &str) -> Result<Vec<String>, Trouble> {
    let script = std::env::temp_dir().join(format!("redstart-printing-{port}"));
    std::fs::write(&script, format!("{line}\n"))?;
    let mut command = Command::new("redis-cli");
    command.args(["-p", &port.to_string(), "--no-raw"]).args((protocol == "3").then_some("-3"));
    let output = command.stdin(std::fs::File::open(&script)?).output()?;
    std::fs::remove_file(&script)?;
    Ok(String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect())
}
