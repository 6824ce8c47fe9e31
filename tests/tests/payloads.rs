//! Payloads of DUMP go from the real redis-server to ours and back, for every type in every encoding.

#![cfg(not(target_arch = "wasm32"))]

mod support;

use redis::{Connection, Value, cmd};
use redstart_tests::runner::Trouble;
use redstart_tests::runners::{oracle, redstart_server};
use redstart_tests::server::Server;
use std::fmt::Write;
use support::{connect, run, trouble, values};

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
