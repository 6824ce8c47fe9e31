//! The head of a request: what of it matters here.

/// No head may be longer, and none may have more lines.
pub(super) const MOST_BYTES: usize = 8 * 1024;
const MOST_LINES: usize = 64;

/// What is asked for.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) method: String,
    /// Without what stands behind `?`.
    pub(super) path: String,
    /// What the browser has of it: the value of If-None-Match.
    pub(super) has: String,
    /// Whether it can unpack gzip.
    pub(super) unpacks: bool,
    /// Whether the connection is to stay.
    pub(super) stays: bool,
}

/// What the bytes are.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Read {
    /// A head, and how long it is.
    Head(Head, usize),
    /// The beginning of one.
    Part,
    /// None.
    Bad,
    /// More than is read.
    Long,
}

/// Reads a head.
pub(super) fn read(bytes: &[u8]) -> Read {
    let mut lines = [httparse::EMPTY_HEADER; MOST_LINES];
    let mut request = httparse::Request::new(&mut lines);
    match request.parse(bytes) {
        Ok(httparse::Status::Complete(len)) => match head(&request) {
            Some(head) => Read::Head(head, len),
            None => Read::Bad,
        },
        Ok(httparse::Status::Partial) if bytes.len() >= MOST_BYTES => Read::Long,
        Ok(httparse::Status::Partial) => Read::Part,
        Err(httparse::Error::TooManyHeaders) => Read::Long,
        Err(_) => Read::Bad,
    }
}

fn head(request: &httparse::Request<'_, '_>) -> Option<Head> {
    let line = |name: &str| {
        let lines = request.headers.iter().filter(|line| line.name.eq_ignore_ascii_case(name));
        lines.filter_map(|line| std::str::from_utf8(line.value).ok()).collect::<Vec<_>>().join(",")
    };
    let lists = |name: &str, word: &str| line(name).split(',').any(|one| accepts(one, word));
    // What would follow is read by nobody, so that connection must end.
    let is_followed =
        !matches!(line("content-length").trim(), "" | "0") || !line("transfer-encoding").is_empty();
    let stays = match request.version? {
        0 => false,
        _ => !lists("connection", "close") && !is_followed,
    };
    Some(Head {
        method: request.method?.into(),
        path: path(request.path?)?.into(),
        has: line("if-none-match"),
        unpacks: lists("accept-encoding", "gzip"),
        stays,
    })
}

/// Whether one entry of a list is this word, and not with a weight of nothing.
fn accepts(entry: &str, word: &str) -> bool {
    let (name, weight) = entry.split_once(';').unwrap_or((entry, ""));
    let weight = weight.trim().strip_prefix("q=").and_then(|weight| weight.trim().parse::<f32>().ok());
    name.trim().eq_ignore_ascii_case(word) && weight.is_none_or(|weight| weight > 0.0)
}

/// The path of a target, which may name the whole address.
fn path(target: &str) -> Option<&str> {
    let target = match target.strip_prefix("http://") {
        Some(address) => address.find('/').and_then(|at| address.get(at..)).unwrap_or("/"),
        None => target,
    };
    target.split(['?', '#']).next().filter(|path| path.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn head(text: &str) -> Head {
        match read(text.as_bytes()) {
            Read::Head(head, len) if len == text.len() => head,
            other => panic!("{text:?} is {other:?}"),
        }
    }

    #[test]
    fn what_matters_is_read() {
        let lines = "Host: x\r\nAccept-Encoding: br, GZIP;q=0.5\r\nIf-None-Match: \"a\"\r\n\r\n";
        let read = head(&format!("GET /a.js?v=1 HTTP/1.1\r\n{lines}"));
        let expected = Head {
            method: "GET".into(),
            path: "/a.js".into(),
            has: "\"a\"".into(),
            unpacks: true,
            stays: true,
        };
        assert_eq!(read, expected);
        assert_eq!(head("GET http://host/b HTTP/1.1\r\n\r\n").path, "/b");
        assert_eq!(head("GET http://host HTTP/1.1\r\n\r\n").path, "/");
        assert!(!head("GET / HTTP/1.1\r\nAccept-Encoding: gzip;q=0\r\n\r\n").unpacks);
    }

    #[test]
    fn connections_stay_where_both_sides_can() {
        assert!(head("GET / HTTP/1.1\r\n\r\n").stays);
        for text in [
            "GET / HTTP/1.0\r\n\r\n",
            "GET / HTTP/1.1\r\nConnection: Close\r\n\r\n",
            "POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\n",
            "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n",
        ] {
            assert!(!head(text).stays, "{text}");
        }
    }

    #[test]
    fn what_is_no_head_is_told_from_a_part_of_one() {
        assert_eq!(read(b""), Read::Part);
        assert_eq!(read(b"GET / HT"), Read::Part);
        for text in [
            "\x16\x03\x01",
            "GET /\r\n\r\n",
            "GET x HTTP/1.1\r\n\r\n",
            "*1\r\n$4\r\nPING\r\n",
            "GET / HTTP/2.0\r\n\r\n",
        ] {
            assert_eq!(read(text.as_bytes()), Read::Bad, "{text:?}");
        }
        let long = format!("GET /{} HTTP/1.1\r\n", "a".repeat(MOST_BYTES));
        assert_eq!(read(long.as_bytes()), Read::Long);
        let lines = format!("GET / HTTP/1.1\r\n{}\r\n", "a: b\r\n".repeat(MOST_LINES + 1));
        assert_eq!(read(lines.as_bytes()), Read::Long);
    }
}
