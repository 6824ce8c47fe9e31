//! The rules that only one directive has, beyond the form of its value.
//!
//! The sentences are part of the interface: clients and test suites of Redis
//! match them, so they are the ones Redis 7.0.15 answers.

use super::value::Value;

/// The bit of `save` in the `shutdown-on-…` directives.
pub(super) const SHUTDOWN_SAVE: u32 = 1;
/// The bit of `nosave` in the `shutdown-on-…` directives.
pub(super) const SHUTDOWN_NOSAVE: u32 = 2;

pub(super) fn activedefrag(value: &Value) -> Result<(), &'static str> {
    match value {
        // What a Redis answers whose allocator cannot defragment, as ours cannot.
        Value::Flag(true) => {
            Err("Active defragmentation cannot be enabled: it requires a Redis server compiled \
                                  with a modified Jemalloc like the one shipped by default with the Redis source \
                                  distribution")
        }
        _ => Ok(()),
    }
}

pub(super) fn dbfilename(value: &Value) -> Result<(), &'static str> {
    if is_path(value) {
        return Err("dbfilename can't be a path, just a filename");
    }
    Ok(())
}

pub(super) fn appendfilename(value: &Value) -> Result<(), &'static str> {
    if text(value).is_empty() {
        return Err("appendfilename can't be empty");
    }
    if is_path(value) {
        return Err("appendfilename can't be a path, just a filename");
    }
    Ok(())
}

pub(super) fn appenddirname(value: &Value) -> Result<(), &'static str> {
    if text(value).is_empty() {
        return Err("appenddirname can't be empty");
    }
    if is_path(value) {
        return Err("appenddirname can't be a path, just a dirname");
    }
    Ok(())
}

pub(super) fn hostname(value: &Value) -> Result<(), &'static str> {
    let name = text(value);
    if name.len() >= 256 {
        return Err("Hostnames must be less than 256 characters");
    }
    if !name.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.')) {
        return Err("Hostnames may only contain alphanumeric characters, hyphens or dots");
    }
    Ok(())
}

pub(super) fn shutdown_options(value: &Value) -> Result<(), &'static str> {
    match value {
        Value::Word(bits) if bits & SHUTDOWN_SAVE != 0 && bits & SHUTDOWN_NOSAVE != 0 => {
            Err("shutdown options SAVE and NOSAVE can't be used simultaneously")
        }
        _ => Ok(()),
    }
}

pub(super) fn proc_title_template(value: &Value) -> Result<(), &'static str> {
    match shows_something(text(value)) {
        Some(true) => Ok(()),
        _ => Err("template format is invalid or contains unknown variables"),
    }
}

/// Whether a template yields more than blanks; `None` when it is malformed.
fn shows_something(mut template: &[u8]) -> Option<bool> {
    let mut something = false;
    while let Some((&byte, rest)) = template.split_first() {
        if byte != b'{' {
            something |= byte != b' ';
            template = rest;
        } else if let Some((b'{', rest)) = rest.split_first() {
            something = true;
            template = rest;
        } else {
            let end = rest.iter().position(|&byte| byte == b'}')?;
            something |= match rest.get(..end)? {
                b"listen-addr" | b"port" | b"tls-port" | b"config-file" => true,
                // These may be empty, and while checking they are.
                b"title" | b"server-mode" | b"unixsocket" => false,
                _ => return None,
            };
            template = rest.get(end + 1..)?;
        }
    }
    Some(something)
}

fn is_path(value: &Value) -> bool {
    text(value).iter().any(|byte| matches!(byte, b'/' | b'\\'))
}

fn text(value: &Value) -> &[u8] {
    match value {
        Value::Text(text) => text,
        _ => &[],
    }
}
