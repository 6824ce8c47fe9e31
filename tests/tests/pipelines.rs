//! Long pipelines, large values and slow readers: every reply comes, in order, and nobody else waits for them.

#![cfg(not(target_arch = "wasm32"))]

use redstart_tests::runner::Trouble;
use redstart_tests::runners::redstart_server;
use redstart_tests::server::Server;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::thread;

type Result<T = ()> = std::result::Result<T, Trouble>;

const MB: usize = 1 << 20;

#[test]
fn ten_thousand_commands_in_one_piece_are_answered_in_order() -> Result {
    for_each_server(ten_thousand_commands)
}

fn ten_thousand_commands(server: &Server) -> Result {
    let mut client = connect(server)?;
    let requests: String = (0..10_000).map(|n| format!("INCR n\r\nECHO {n}\r\n")).collect();
    let mut writer = client.try_clone()?;
    let sent = thread::spawn(move || writer.write_all(requests.as_bytes()));
    let mut reader = BufReader::new(&mut client);
    for n in 0..10_000 {
        assert_eq!(line(&mut reader)?, format!(":{}", n + 1));
        let text = n.to_string();
        assert_eq!(line(&mut reader)?, format!("${}", text.len()));
        assert_eq!(line(&mut reader)?, text);
    }
    sent.join().map_err(|_| Trouble("the writer broke down".into()))??;
    Ok(())
}

#[test]
fn a_value_of_a_hundred_megabytes_goes_there_and_back_while_others_are_served() -> Result {
    for_each_server(a_hundred_megabytes)
}

fn a_hundred_megabytes(server: &Server) -> Result {
    let (mut large, mut other) = (connect(server)?, Asker::new(server)?);
    let size = 100 * MB;
    write!(large, "*3\r\n$3\r\nSET\r\n$5\r\nlarge\r\n${size}\r\n")?;
    let piece = vec![b'x'; MB];
    for _ in 0..100 {
        large.write_all(&piece)?;
        // Between any two pieces another client has its turn.
        other.ask("PING", "+PONG")?;
    }
    large.write_all(b"\r\nGET large\r\n")?;
    let mut reader = BufReader::new(large);
    assert_eq!(line(&mut reader)?, "+OK");
    assert_eq!(line(&mut reader)?, format!("${size}"));
    let mut got = vec![0; MB];
    for _ in 0..100 {
        reader.read_exact(&mut got)?;
        assert!(got == piece, "the value came back changed");
        other.ask("PING", "+PONG")?;
    }
    assert_eq!(line(&mut reader)?, "");
    Ok(())
}

/// The reader takes a byte each time that another client was served: as slow as anything can be without a clock.
#[test]
fn a_client_that_reads_byte_by_byte_keeps_nobody_waiting_and_gets_everything() -> Result {
    for_each_server(a_reader_of_bytes)
}

fn a_reader_of_bytes(server: &Server) -> Result {
    let (mut slow, mut other) = (connect(server)?, Asker::new(server)?);
    other.ask(&format!("SET k {}", "v".repeat(1000)), "+OK")?;
    slow.write_all("GET k\r\n".repeat(5_000).as_bytes())?;
    let mut byte = [0];
    let mut got = Vec::new();
    for _ in 0..500 {
        slow.read_exact(&mut byte)?;
        got.extend(byte);
        other.ask("PING", "+PONG")?;
    }
    let one = format!("$1000\r\n{}\r\n", "v".repeat(1000));
    let mut rest = vec![0; one.len() * 5_000 - got.len()];
    slow.read_exact(&mut rest)?;
    got.extend(rest);
    assert!(got == one.repeat(5_000).into_bytes(), "the replies are not those that were asked for");
    Ok(())
}

/// A client of which one can ask something and be sure of the answer.
struct Asker(BufReader<TcpStream>);

impl Asker {
    fn new(server: &Server) -> Result<Self> {
        Ok(Self(BufReader::new(connect(server)?)))
    }

    fn ask(&mut self, request: &str, wanted: &str) -> Result {
        write!(self.0.get_mut(), "{request}\r\n")?;
        assert_eq!(line(&mut self.0)?, wanted);
        Ok(())
    }
}

/// Tells the same story to one that does all by one thread, and to one whose sockets are looked after by others.
fn for_each_server(story: fn(&Server) -> Result) -> Result {
    ["1", "3"].into_iter().try_for_each(|threads| {
        story(&Server::start(&redstart_server()?, &[("io-threads".into(), threads.into())])?)
    })
}

fn connect(server: &Server) -> Result<TcpStream> {
    let stream = TcpStream::connect(("127.0.0.1", server.port()))?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

fn line(reader: &mut impl BufRead) -> Result<String> {
    let mut line = String::new();
    if reader.read_line(&mut line)? == 0 {
        return Err(Trouble("the server hung up".into()));
    }
    Ok(line.trim_end().to_owned())
}
