//! The server's `http-port`: a page for browsers beside the store. What it serves depends on how it was built; how it
//! answers doesn't. Whole browsers look at the page in `www/tests/served.spec.ts`.

#![cfg(not(target_arch = "wasm32"))]

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use redstart_tests::runner::Trouble;
use redstart_tests::runners::redstart_server;
use redstart_tests::server::{Server, free_port};

type Result<T = ()> = std::result::Result<T, Trouble>;

/// A server and the port of its page.
fn start() -> Result<(Server, u16)> {
    let port = free_port()?;
    let server = Server::start(&redstart_server()?, &[("http-port".into(), port.to_string())])?;
    Ok((server, port))
}

/// Sends bytes; gives all that comes until the server closes.
fn ask(port: u16, bytes: &[u8]) -> Result<String> {
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.set_read_timeout(Some(Duration::from_secs(30)))?;
    stream.write_all(bytes)?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

#[test]
fn without_the_playground_built_in_it_says_so() -> Result {
    let (server, port) = start()?;
    let answer = ask(port, b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")?;
    if server.log().contains("built without the playground") {
        assert!(answer.starts_with("HTTP/1.1 404 ") && answer.contains("cargo xtask release"), "{answer}");
    } else {
        assert!(answer.starts_with("HTTP/1.1 200 ") && answer.contains("<title>Redstart"), "{answer}");
    }
    Ok(())
}

#[test]
fn a_connection_takes_one_request_after_the_other() -> Result {
    let (_server, port) = start()?;
    let requests = b"HEAD /nosuch HTTP/1.1\r\n\r\nPUT / HTTP/1.1\r\n\r\nGET /../Cargo.toml HTTP/1.1\r\nConnection: close\r\n\r\n";
    let answers = ask(port, requests)?;
    let codes: Vec<&str> =
        answers.lines().filter_map(|line| line.strip_prefix("HTTP/1.1 ")?.get(..3)).collect();
    assert_eq!(codes, ["404", "405", "404"], "{answers}");
    Ok(())
}

#[test]
fn what_is_no_request_or_too_long_ends_the_connection() -> Result {
    let (_server, port) = start()?;
    assert!(ask(port, b"*1\r\n$4\r\nPING\r\n")?.starts_with("HTTP/1.1 400 "));
    let long = format!("GET /{} HTTP/1.1", "a".repeat(9000));
    assert!(ask(port, long.as_bytes())?.starts_with("HTTP/1.1 431 "));
    assert!(ask(port, b"POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nGET /")?.starts_with("HTTP/1.1 405 "));
    Ok(())
}

#[test]
fn the_store_is_somewhere_else() -> Result {
    let (server, port) = start()?;
    let mut idle = TcpStream::connect(("127.0.0.1", port))?;
    idle.write_all(b"GET / HT")?;
    let answer = ask(server.port(), b"CONFIG GET http-port\r\nQUIT\r\n")?;
    assert!(answer.contains(&port.to_string()), "{answer}");
    Ok(())
}

#[test]
fn a_port_that_is_taken_is_no_start() -> Result {
    let (_server, port) = start()?;
    let Err(Trouble(what)) = Server::start(&redstart_server()?, &[("http-port".into(), port.to_string())])
    else {
        panic!("two servers have one port");
    };
    assert!(
        what.contains(&format!("Could not create server TCP listening socket 127.0.0.1:{port}")),
        "{what}"
    );
    Ok(())
}
