//! Requests to count instructions of: `cargo xtask bench --instructions` runs this program under callgrind.
//!
//! Without an argument it prints the names of what it can do. With a name it fills an engine, then lets `measured`
//! hand it requests of that kind, in batches as they come from a socket. Time stands still and chance has a seed, so every
//! run takes the same instructions.

fn main() -> std::process::ExitCode {
    program::main()
}

#[cfg(target_arch = "wasm32")]
mod program {
    pub(crate) fn main() -> std::process::ExitCode {
        std::process::ExitCode::SUCCESS
    }
}

#[cfg(not(target_arch = "wasm32"))]
mod program {
    use redstart_engine::Engine;
    use redstart_engine::config::Config;
    use redstart_engine::machine::{ConnId, Input, Now, Output, Peer};
    use redstart_engine::observe::Host;
    use std::io::Write;
    use std::process::ExitCode;

    /// One kind of request.
    struct Kind {
        name: &'static str,
        requests: u64,
        /// Requests that fill the engine beforehand, each for so many numbers.
        before: (u64, &'static str),
        /// What is counted. `{r}` is some number below [`KEYS`], `{n}` counts.
        request: &'static str,
        /// Requests in one batch.
        depth: usize,
    }

    impl Kind {
        const fn new(name: &'static str, before: (u64, &'static str), request: &'static str) -> Self {
            Self { name, requests: REQUESTS, before, request, depth: DEPTH }
        }

        /// By a client that waits for each reply.
        const fn one_by_one(self) -> Self {
            Self { depth: 1, ..self }
        }

        const fn times(self, requests: u64) -> Self {
            Self { requests, ..self }
        }
    }

    const REQUESTS: u64 = 8192;
    const KEYS: u64 = 10_000;

    /// Requests in one batch of a client that has several on their way.
    const DEPTH: usize = 16;

    const NOTHING: (u64, &str) = (0, "");
    const STRINGS: (u64, &str) =
        (KEYS, "SET key:{n} xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx");
    const LIST: (u64, &str) = (2 * REQUESTS, "RPUSH list value:{n}");
    const SET: &str = "SET key:{r} yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy";
    const MSET: &str = "MSET key:{r} v0 key:{r} v1 key:{r} v2 key:{r} v3 key:{r} v4 key:{r} v5 key:{r} v6 key:{r} v7 \
                        key:{r} v8 key:{r} v9";

    /// What redis-benchmark sends if it isn't told what to.
    const KINDS: [Kind; 24] = [
        Kind::new("ping", NOTHING, "PING"),
        Kind::new("set", STRINGS, SET),
        Kind::new("set_new", NOTHING, "SET key:{n} value:{r}"),
        Kind::new("get", STRINGS, "GET key:{r}"),
        Kind::new("del", STRINGS, "DEL key:{n}"),
        Kind::new("incr", (KEYS, "SET key:{n} 100"), "INCR key:{r}"),
        Kind::new("lpush", NOTHING, "LPUSH list value:{r}"),
        Kind::new("rpush", NOTHING, "RPUSH list value:{r}"),
        Kind::new("lpop", LIST, "LPOP list"),
        Kind::new("rpop", LIST, "RPOP list"),
        Kind::new("sadd", NOTHING, "SADD set element:{r}"),
        Kind::new("hset", NOTHING, "HSET hash element:{r} value:{n}"),
        Kind::new("spop", (2 * REQUESTS, "SADD set element:{n}"), "SPOP set"),
        Kind::new("zadd", NOTHING, "ZADD sorted {r} element:{r}"),
        Kind::new("zpopmin", (2 * REQUESTS, "ZADD sorted {n} element:{n}"), "ZPOPMIN sorted"),
        Kind::new("lrange_100", LIST, "LRANGE list 0 99").times(512),
        Kind::new("lrange_300", LIST, "LRANGE list 0 299").times(512),
        Kind::new("lrange_500", LIST, "LRANGE list 0 499").times(512),
        Kind::new("lrange_600", LIST, "LRANGE list 0 599").times(512),
        Kind::new("mset", STRINGS, MSET).times(1024),
        Kind::new("xadd", NOTHING, "XADD stream * myfield data:{r}"),
        Kind::new("one_ping", NOTHING, "PING").one_by_one(),
        Kind::new("one_get", STRINGS, "GET key:{r}").one_by_one(),
        Kind::new("one_set", STRINGS, SET).one_by_one(),
    ];

    const NOW: Now = Now { unix_us: 1_700_000_000_000_000, mono_us: 1_000_000 };
    const CLIENT: ConnId = ConnId(0);
    const SEED: u64 = 7;

    pub(crate) fn main() -> ExitCode {
        let Some(name) = std::env::args().nth(1) else {
            KINDS.iter().for_each(|kind| println!("{} {}", kind.name, kind.requests));
            return ExitCode::SUCCESS;
        };
        let Some(kind) = KINDS.iter().find(|kind| kind.name == name) else {
            eprintln!("error: there are no requests `{name}`");
            return ExitCode::FAILURE;
        };
        let mut engine = Engine::new(Config::new(), Host::default(), SEED, NOW);
        let mut out = Vec::with_capacity(1024);
        engine.handle(NOW, Input::Accepted { conn: CLIENT, peer: Peer::in_process(8) }, &mut out);
        let (count, before) = kind.before;
        let filled = measured_not(&mut engine, &batches(count, before, DEPTH), &mut out);
        let replied = measured(&mut engine, &batches(kind.requests, kind.request, kind.depth), &mut out);
        println!("{filled} and {replied} bytes of replies");
        ExitCode::SUCCESS
    }

    /// The requests, some to a batch.
    fn batches(count: u64, request: &str, depth: usize) -> Vec<Vec<u8>> {
        let mut state = 1_u64;
        let mut random = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % KEYS
        };
        let numbers: Vec<u64> = (0..count).collect();
        let of_some = |some: &[u64]| {
            let mut batch = Vec::new();
            for number in some {
                let words: Vec<String> = request
                    .split_whitespace()
                    .map(|word| match word {
                        _ if word.contains("{r}") => word.replace("{r}", &format!("{:012}", random())),
                        _ => word.replace("{n}", &format!("{number:012}")),
                    })
                    .collect();
                let _ = write!(batch, "*{}\r\n", words.len());
                for word in words {
                    let _ = write!(batch, "${}\r\n{word}\r\n", word.len());
                }
            }
            batch
        };
        numbers.chunks(depth).map(of_some).collect()
    }

    /// What callgrind counts: it knows this function by its name.
    #[inline(never)]
    fn measured(engine: &mut Engine, batches: &[Vec<u8>], out: &mut Vec<Output>) -> usize {
        hand_over(engine, batches, out)
    }

    /// The same, which it leaves alone.
    #[inline(never)]
    fn measured_not(engine: &mut Engine, batches: &[Vec<u8>], out: &mut Vec<Output>) -> usize {
        hand_over(engine, batches, out) + 1
    }

    #[inline(always)]
    fn hand_over(engine: &mut Engine, batches: &[Vec<u8>], out: &mut Vec<Output>) -> usize {
        let mut replied = 0;
        for bytes in batches {
            engine.handle(NOW, Input::Received { conn: CLIENT, bytes }, out);
            out.clear();
            let bytes = engine.outgoing(CLIENT).len();
            engine.handle(NOW, Input::Sent { conn: CLIENT, bytes }, out);
            out.clear();
            replied += bytes;
        }
        replied
    }
}
