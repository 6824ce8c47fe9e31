//! Every transcript on the engine's wasm build, in a browser.

#![cfg(target_arch = "wasm32")]

use redstart_tests::runners::InProcess;
use redstart_tests::suite::Tally;
use redstart_tests::transcript::{self, Version};
use wasm_bindgen_test::{console_log, wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

/// `@since` asks for the oracle's version, and here is no oracle.
const NO_ORACLE: Version = Version { major: 0, minor: 0 };

const TRANSCRIPTS: &[(&str, &str)] = &include!(concat!(env!("OUT_DIR"), "/transcripts.rs"));

#[wasm_bindgen_test]
fn wasm_agrees() {
    let mut tally = Tally::default();
    for (path, text) in TRANSCRIPTS {
        let transcript = transcript::parse(path, text).expect("native tests parse it too");
        tally.add(&transcript, "wasm", NO_ORACLE, &|transcript| Ok(Box::new(InProcess::start(transcript)?)));
    }
    console_log!("{}", tally.text("wasm"));
    assert!(tally.failed == 0, "{}", tally.line("wasm"));
}
