//! Payloads of DUMP go from the real redis-server to ours and back, for every type in every encoding.

#![cfg(not(target_arch = "wasm32"))]

use redis::{Cmd, Connection, Value, cmd};
use redstart_tests::runner::Trouble;
use redstart_tests::runners::{oracle, redstart_server};
use redstart_tests::server::Server;
use std::fmt::Write;

/// How the values are made: a configuration, a command, and its arguments after the key.
fn values() -> Vec<(&'static str, &'static str, Vec<String>)> {
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

#[test]
fn every_value_goes_there_and_back() -> Result<(), Trouble> {
    let theirs = Server::start(&oracle(), &[])?;
    let ours = Server::start(&redstart_server()?, &[])?;
    let (mut theirs, mut ours) = (connect(&theirs)?, connect(&ours)?);
    for (number, (config, command, arguments)) in values().into_iter().enumerate() {
        let key = format!("{command} {number}");
        for server in [&mut theirs, &mut ours] {
            if let Some((name, value)) = config.split_once(' ') {
                run(server, cmd("CONFIG").arg("SET").arg(name).arg(value))?;
            }
            run(server, cmd(command).arg(&key).arg(&arguments))?;
        }
        let expected = contents(&mut theirs, command, &key)?;
        assert_eq!(contents(&mut ours, command, &key)?, expected, "{key}");
        let payloads = [dump(&mut theirs, &key)?, dump(&mut ours, &key)?];
        for payload in payloads {
            for server in [&mut theirs, &mut ours] {
                run(server, cmd("RESTORE").arg(&key).arg(0).arg(&payload).arg("REPLACE"))?;
                assert_eq!(contents(server, command, &key)?, expected, "{key}");
            }
        }
        for server in [&mut theirs, &mut ours] {
            if let Some((name, _)) = config.split_once(' ') {
                let default = if name == "rdbcompression" { "yes" } else { "128" };
                run(server, cmd("CONFIG").arg("SET").arg(name).arg(default))?;
            }
        }
    }
    Ok(())
}

fn connect(server: &Server) -> Result<Connection, Trouble> {
    let client = redis::Client::open(format!("redis://127.0.0.1:{}/", server.port())).map_err(trouble)?;
    client.get_connection().map_err(trouble)
}

fn run(server: &mut Connection, command: &Cmd) -> Result<Value, Trouble> {
    command.query(server).map_err(trouble)
}

fn dump(server: &mut Connection, key: &str) -> Result<Vec<u8>, Trouble> {
    cmd("DUMP").arg(key).query(server).map_err(trouble)
}

/// What a key of the type that a command makes holds, and how.
fn contents(server: &mut Connection, command: &str, key: &str) -> Result<String, Trouble> {
    let read = match command {
        "SET" => cmd("GET").arg(key).clone(),
        "RPUSH" => cmd("LRANGE").arg(key).arg(0).arg(-1).clone(),
        "SADD" => cmd("SORT").arg(key).arg("ALPHA").clone(),
        "HSET" => cmd("HGETALL").arg(key).clone(),
        _ => cmd("ZRANGE").arg(key).arg(0).arg(-1).arg("WITHSCORES").clone(),
    };
    let mut text = format!("{:?}", run(server, cmd("OBJECT").arg("ENCODING").arg(key))?);
    match run(server, &read)? {
        // The fields of a table come in any order.
        Value::Array(items) if command == "HSET" => {
            let mut pairs: Vec<String> = items.chunks(2).map(|pair| format!("{pair:?}")).collect();
            pairs.sort();
            let _ = write!(text, "{pairs:?}");
        }
        value => {
            let _ = write!(text, "{value:?}");
        }
    }
    Ok(text)
}

fn trouble(error: redis::RedisError) -> Trouble {
    Trouble(format!("{error}"))
}
