//! Values of every type in every encoding, and how to have a server make them.

use redis::{Cmd, Connection, Value};
use redstart_tests::runner::Trouble;
use redstart_tests::server::Server;

/// How the values are made: a configuration, a command, and its arguments after the key.
pub(crate) fn values() -> Vec<(&'static str, &'static str, Vec<String>)> {
    let words =
        |len: usize| (0..len).map(|number| format!("{}w{number}", "long ".repeat(number % 20))).collect();
    let numbers = |len: usize, step: i64| (0..len as i64).map(|number| (number * step).to_string()).collect();
    let strings = |strings: &[&str]| strings.iter().map(ToString::to_string).collect();
    let scored = |len: usize| {
        let score = |number: usize| format!("{}", (number as f64 - 7.0) * 1.25e3);
        (0..len).flat_map(|number| [score(number * 37 % 101), format!("member {number}")]).collect()
    };
    vec![
        ("", "SET", strings(&[""])),
        ("", "SET", strings(&["hello"])),
        ("", "SET", strings(&["-70000"])),
        ("", "SET", strings(&["12345678901234567890"])),
        ("", "SET", vec!["the same and ".repeat(3000)]),
        ("rdbcompression no", "SET", vec!["the same and ".repeat(3000)]),
        ("", "RPUSH", strings(&["a", "", "-1", "4096", "-9223372036854775808"])),
        ("", "RPUSH", words(1000)),
        ("", "RPUSH", vec!["x".repeat(20_000), "y".into(), "z".repeat(9000)]),
        ("rdbcompression no", "RPUSH", words(300)),
        ("list-max-listpack-size 3", "RPUSH", numbers(20, 1001)),
        ("", "SADD", numbers(100, 7)),
        ("", "SADD", numbers(100, 1_000_003)),
        ("", "SADD", numbers(100, 92_233_720_368_547_758)),
        ("set-max-intset-entries 10", "SADD", numbers(100, -7)),
        ("", "SADD", words(10)),
        ("", "SADD", words(1000)),
        ("", "HSET", strings(&["f", "v", "12", "-5000", "", ""])),
        ("", "HSET", words(100)),
        ("", "HSET", words(2000)),
        ("hash-max-listpack-entries 0", "HSET", words(10)),
        ("", "ZADD", strings(&["1", "a", "-inf", "b", "2.5", "c", "1e300", "12", "inf", ""])),
        ("", "ZADD", scored(100)),
        ("", "ZADD", scored(1000)),
        ("zset-max-listpack-entries 0", "ZADD", scored(10)),
    ]
}

pub(crate) fn connect(server: &Server) -> Result<Connection, Trouble> {
    let client = redis::Client::open(format!("redis://127.0.0.1:{}/", server.port())).map_err(trouble)?;
    client.get_connection().map_err(trouble)
}

pub(crate) fn run(server: &mut Connection, command: &Cmd) -> Result<Value, Trouble> {
    command.query(server).map_err(trouble)
}

pub(crate) fn trouble(error: redis::RedisError) -> Trouble {
    Trouble(format!("{error}"))
}
