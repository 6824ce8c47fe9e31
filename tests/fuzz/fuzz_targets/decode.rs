//! Any bytes, cut anywhere: the decoder sees the same requests as if they had come at once, and an engine that gets
//! them never panics.
//!
//! The first byte chooses how to cut. Run it with `cargo xtask fuzz decode`.
#![no_main]

use libfuzzer_sys::fuzz_target;
use redstart_engine::Engine;
use redstart_engine::argv::{Args, Argv};
use redstart_engine::config::Config;
use redstart_engine::machine::{ConnId, Input, Now, Peer};
use redstart_engine::observe::Host;
use redstart_engine::resp::decode::{Decoded, Decoder, Limits, ProtocolError};

const CONN: ConnId = ConnId(0);

fuzz_target!(|data: &[u8]| {
    let Some((&first, bytes)) = data.split_first() else { return };
    let piece = usize::from(first).max(1);
    for authenticated in [true, false] {
        let limits = Limits { word_max: 512 << 20, authenticated };
        assert_eq!(requests(bytes, bytes.len().max(1), limits), requests(bytes, piece, limits));
    }
    let now = Now { unix_us: 1_700_000_000_000_000, mono_us: 1_000_000 };
    let mut engine = Engine::new(Config::new(), Host::default(), 7, now);
    let mut out = Vec::new();
    engine.handle(now, Input::Accepted { conn: CONN, peer: Peer::in_process(1) }, &mut out);
    for bytes in bytes.chunks(piece) {
        engine.handle(now, Input::Received { conn: CONN, bytes }, &mut out);
    }
});

/// The requests in `bytes` that come in pieces, and the error that they end with.
fn requests(bytes: &[u8], piece: usize, limits: Limits) -> (Vec<Argv>, Option<ProtocolError>) {
    let mut found = Vec::new();
    let (mut decoder, mut spans) = (Decoder::default(), Vec::new());
    let mut start = 0;
    let mut here = 0;
    while here < bytes.len() {
        here = (here + piece).min(bytes.len());
        loop {
            let rest = &bytes[start..here];
            match decoder.decode(rest, &mut spans, limits) {
                Ok(Decoded::Words(len)) => {
                    found.push(Args::new(rest, &spans).to_owned());
                    spans.clear();
                    start += len;
                }
                Ok(Decoded::Inline(len, argv)) => {
                    found.push(argv);
                    start += len;
                }
                Ok(Decoded::Nothing(len)) => start += len,
                Ok(Decoded::Incomplete) => break,
                Err(error) => return (found, Some(error)),
            }
        }
    }
    (found, None)
}
