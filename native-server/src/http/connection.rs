//! One browser's connection: request after request.

use std::io;
use std::time::Duration;

use jiff::Timestamp;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::answer::{Answer, answer, refuse};
use super::files;
use super::head::{self, Head, MOST_BYTES, Read};

/// How long a browser may take to ask, and to go on asking.
const ASK_LIMIT: Duration = Duration::from_secs(15);
/// How long it may take to read an answer.
const READ_LIMIT: Duration = Duration::from_secs(120);

/// Serves until either side has had enough.
pub(super) async fn serve(mut stream: TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut bytes = Vec::new();
    loop {
        let answer = match timeout(ASK_LIMIT, next(&mut stream, &mut bytes)).await {
            Ok(Ok(Some(head))) => answer(&head, files::ALL, &date()),
            Ok(Err(status)) => refuse(status, &date()),
            Ok(Ok(None)) | Err(_) => return Ok(()),
        };
        timeout(READ_LIMIT, send(&mut stream, &answer)).await??;
        if !answer.stays {
            return stream.shutdown().await;
        }
    }
}

/// The next request, nothing if there is none, or why it can't be answered.
async fn next(stream: &mut TcpStream, bytes: &mut Vec<u8>) -> Result<Option<Head>, &'static str> {
    loop {
        match head::read(bytes) {
            Read::Head(head, len) => {
                bytes.drain(..len);
                return Ok(Some(head));
            }
            Read::Bad => return Err("400 Bad Request"),
            Read::Long => return Err("431 Request Header Fields Too Large"),
            Read::Part => {}
        }
        let mut more = [0; MOST_BYTES];
        match stream.read(&mut more).await {
            Ok(0) | Err(_) => return Ok(None),
            Ok(read) => bytes.extend_from_slice(more.get(..read).unwrap_or_default()),
        }
    }
}

async fn send(stream: &mut TcpStream, answer: &Answer) -> io::Result<()> {
    stream.write_all(answer.head.as_bytes()).await?;
    stream.write_all(answer.body).await
}

/// The time, as heads tell it.
fn date() -> String {
    Timestamp::now().strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}
