//! From a head to an answer.

use std::fmt::Write as _;

use super::files::File;
use super::head::Head;

/// What goes out: a head, and what follows it.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) head: String,
    pub(super) body: &'static [u8],
    /// Whether the connection stays.
    pub(super) stays: bool,
}

/// What every answer says: a page that is isolated from others gets a finer clock, and nothing is taken for what it isn't.
const ALWAYS: &str = "Cross-Origin-Opener-Policy: same-origin\r\n\
    Cross-Origin-Embedder-Policy: require-corp\r\n\
    Cross-Origin-Resource-Policy: same-origin\r\n\
    X-Content-Type-Options: nosniff\r\n\
    Referrer-Policy: no-referrer\r\n";

const NO_PAGE: &[u8] =
    b"This redstart-server was built without the playground: `cargo xtask release` builds one with it.\n";

/// Answers a request with one of these files.
pub(super) fn answer(head: &Head, files: &[File], date: &str) -> Answer {
    let is_head = head.method == "HEAD";
    if !is_head && head.method != "GET" {
        let mut answer =
            text("405 Method Not Allowed", b"Only GET and HEAD are answered.\n", date, head.stays);
        answer.head.insert_str(answer.head.len() - 2, "Allow: GET, HEAD\r\n");
        return answer;
    }
    let name = match head.path.as_str() {
        "/" => "index.html",
        path => path.strip_prefix('/').unwrap_or_default(),
    };
    let mut answer = match files.iter().find(|file| file.name == name) {
        Some(file) => found(head, file, date),
        None if files.is_empty() => text("404 Not Found", NO_PAGE, date, head.stays),
        None => text("404 Not Found", b"There is nothing here.\n", date, head.stays),
    };
    if is_head {
        answer.body = &[];
    }
    answer
}

/// The answer to what is no request, or one that is too long. What comes after it can't be told apart.
pub(super) fn refuse(status: &str, date: &str) -> Answer {
    text(status, b"", date, false)
}

fn found(head: &Head, file: &File, date: &str) -> Answer {
    let packed = file.packed.filter(|_| head.unpacks);
    let tag = format!("\"{}{}\"", file.tag, if packed.is_some() { "-gz" } else { "" });
    let mut lines = format!("ETag: {tag}\r\nCache-Control: {}\r\n", file.cache_control());
    if file.packed.is_some() {
        lines.push_str("Vary: Accept-Encoding\r\n");
    }
    let knows =
        |one: &str| matches!(one.trim().trim_start_matches("W/"), known if known == tag || known == "*");
    if head.has.split(',').any(knows) {
        return whole("304 Not Modified", &lines, &[], date, head.stays);
    }
    let body = packed.unwrap_or(file.bytes);
    if packed.is_some() {
        lines.push_str("Content-Encoding: gzip\r\n");
    }
    let _ = write!(lines, "Content-Type: {}\r\nContent-Length: {}\r\n", file.content_type(), body.len());
    whole("200 OK", &lines, body, date, head.stays)
}

fn text(status: &str, body: &'static [u8], date: &str, stays: bool) -> Answer {
    let lines = format!(
        "Content-Type: text/plain; charset=utf-8\r\nContent-Length: {}\r\nCache-Control: no-store\r\n",
        body.len()
    );
    whole(status, &lines, body, date, stays)
}

fn whole(status: &str, lines: &str, body: &'static [u8], date: &str, stays: bool) -> Answer {
    let connection = if stays { "" } else { "Connection: close\r\n" };
    let head = format!("HTTP/1.1 {status}\r\nDate: {date}\r\n{ALWAYS}{lines}{connection}\r\n");
    Answer { head, body, stays }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILES: &[File] = &[
        File { name: "assets/a.js", tag: "01", bytes: b"let a = 1;", packed: Some(b"packed") },
        File { name: "favicon.svg", tag: "02", bytes: b"<svg/>", packed: None },
        File { name: "index.html", tag: "03", bytes: b"<!doctype html>", packed: Some(b"small") },
    ];

    fn ask(method: &str, path: &str, has: &str, unpacks: bool) -> Answer {
        let head = Head { method: method.into(), path: path.into(), has: has.into(), unpacks, stays: true };
        answer(&head, FILES, "now")
    }

    fn status(answer: &Answer) -> &str {
        answer.head.get(9..12).unwrap_or_default()
    }

    #[test]
    fn files_are_served_as_what_they_are() {
        let page = ask("GET", "/", "", false);
        assert_eq!((status(&page), page.body), ("200", &b"<!doctype html>"[..]));
        for line in [
            "Content-Type: text/html; charset=utf-8\r\n",
            "Content-Length: 15\r\n",
            "Cross-Origin-Opener-Policy: same-origin\r\n",
            "Cross-Origin-Embedder-Policy: require-corp\r\n",
            "X-Content-Type-Options: nosniff\r\n",
            "Cache-Control: no-cache\r\n",
            "Date: now\r\n",
        ] {
            assert!(page.head.contains(line), "{line} in {}", page.head);
        }
        assert!(page.head.ends_with("\r\n\r\n") && !page.head.contains("gzip"));
        assert!(ask("GET", "/assets/a.js", "", false).head.contains("max-age=31536000, immutable"));
        assert!(ask("GET", "/favicon.svg", "", true).head.contains("image/svg+xml"));
    }

    #[test]
    fn who_can_unpack_gets_less() {
        let packed = ask("GET", "/assets/a.js", "", true);
        assert_eq!(packed.body, b"packed");
        assert!(
            packed.head.contains("Content-Encoding: gzip\r\n")
                && packed.head.contains("Vary: Accept-Encoding\r\n")
        );
        assert!(packed.head.contains("Content-Length: 6\r\n"));
        let plain = ask("GET", "/favicon.svg", "", true);
        assert!(plain.body == b"<svg/>" && !plain.head.contains("Content-Encoding"));
    }

    #[test]
    fn what_the_browser_has_is_not_sent_again() {
        for (has, unpacks, code) in [
            ("\"01\"", false, "304"),
            ("\"01-gz\"", true, "304"),
            ("\"x\", W/\"01\"", false, "304"),
            ("*", false, "304"),
            ("\"01\"", true, "200"),
            ("\"02\"", false, "200"),
        ] {
            let answer = ask("GET", "/assets/a.js", has, unpacks);
            assert_eq!(status(&answer), code, "{has}");
            assert!(answer.head.contains("ETag: \"01"));
            assert_eq!(answer.body.is_empty(), code == "304");
        }
    }

    #[test]
    fn heads_alone_are_those_of_the_whole() {
        let (whole, alone) = (ask("GET", "/", "", true), ask("HEAD", "/", "", true));
        assert_eq!(whole.head, alone.head);
        assert!(alone.body.is_empty());
    }

    #[test]
    fn nothing_else_is_there() {
        for path in [
            "/nosuch",
            "/index.html/",
            "//",
            "/../Cargo.toml",
            "/assets/../index.html",
            "/%2e%2e/x",
            "/assets",
            "/assets/",
        ] {
            assert_eq!(status(&ask("GET", path, "", true)), "404", "{path}");
        }
        let posted = ask("POST", "/", "", false);
        assert_eq!(status(&posted), "405");
        assert!(posted.head.ends_with("Allow: GET, HEAD\r\n\r\n"));
    }

    #[test]
    fn a_server_without_the_page_says_so() {
        let head = Head { method: "GET".into(), path: "/".into(), ..Head::default() };
        let answer = answer(&head, &[], "now");
        assert_eq!(status(&answer), "404");
        assert!(String::from_utf8_lossy(answer.body).contains("built without the playground"));
        assert!(answer.head.contains("Connection: close\r\n"));
    }
}
