//! The class `Redstart`.

use js_sys::{Array, Error};
use redstart_engine::machine::Now;
use wasm_bindgen::prelude::*;

use crate::convert::{from_reply, to_bytes};
use crate::driver::Driver;

/// A store. Times are in milliseconds: `unix` since 1970, `mono` on a clock that never goes back.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Redstart {
    driver: Driver,
    /// What [`Redstart::exchange`] reads and writes, in memory that JavaScript sees: nothing is allocated for a call.
    input: Vec<u8>,
    output: Vec<u8>,
}

#[wasm_bindgen]
impl Redstart {
    /// An empty store. `seed` is 64 random bits, or any number for a store that can be replayed.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new(seed: u64, unix_ms: f64, mono_ms: f64) -> Self {
        #[cfg(debug_assertions)]
        console_error_panic_hook::set_once();
        Self { driver: Driver::new(seed, at(unix_ms, mono_ms)), input: Vec::new(), output: Vec::new() }
    }

    /// Connects a client; gives its number.
    pub fn connect(&mut self) -> u32 {
        self.driver.connect()
    }

    /// Disconnects it.
    pub fn disconnect(&mut self, id: u32) {
        self.driver.disconnect(id);
    }

    /// Takes bytes from a client: any part of any number of requests.
    pub fn receive(&mut self, id: u32, bytes: &[u8]) {
        self.driver.receive(id, bytes);
    }

    /// Gives the bytes that wait for a client, once.
    pub fn outgoing(&mut self, id: u32) -> Vec<u8> {
        self.driver.outgoing(id)
    }

    /// Where to put bytes for [`Redstart::exchange`]: there is room for `len` of them. It moves when there has to be
    /// room for more.
    pub fn input(&mut self, len: usize) -> *const u8 {
        if self.input.len() < len {
            self.input.resize(len.next_power_of_two(), 0);
        }
        self.input.as_ptr()
    }

    /// Sets the time and takes `len` bytes from a client, which are at `input`. How many it is answered at once; they are
    /// at [`Redstart::output`] until the next call.
    pub fn exchange(&mut self, id: u32, len: usize, unix_ms: f64, mono_ms: f64) -> usize {
        let bytes = self.input.get(..len).unwrap_or_default();
        self.driver.exchange(at(unix_ms, mono_ms), id, bytes, &mut self.output);
        self.output.len()
    }

    /// Ends a client's waiting as if its time were up. How many bytes it is answered.
    #[wasm_bindgen(js_name = giveUp)]
    pub fn give_up(&mut self, id: u32) -> usize {
        self.driver.give_up(id, &mut self.output);
        self.output.len()
    }

    /// Where the answer to the last exchange is.
    #[must_use]
    pub fn output(&self) -> *const u8 {
        self.output.as_ptr()
    }

    /// Whether other clients were given bytes, or any was ended: see `takeWaiting` and `takeEnded`.
    #[wasm_bindgen(js_name = hasNews)]
    #[must_use]
    pub fn has_news(&self) -> bool {
        self.driver.has_news()
    }

    /// The clients for whom bytes wait.
    #[wasm_bindgen(js_name = takeWaiting)]
    pub fn take_waiting(&mut self) -> Vec<u32> {
        self.driver.take_waiting()
    }

    /// The clients that the store ended since the last time: take what is outgoing, then disconnect them.
    #[wasm_bindgen(js_name = takeEnded)]
    pub fn take_ended(&mut self) -> Vec<u32> {
        self.driver.take_ended()
    }

    /// Runs a request: strings in, a value out. An error reply is thrown.
    pub fn call(&mut self, argv: &Array) -> Result<JsValue, JsValue> {
        self.run(argv, false)
    }

    /// The same, with strings as `Uint8Array`s.
    #[wasm_bindgen(js_name = callBytes)]
    pub fn call_bytes(&mut self, argv: &Array) -> Result<JsValue, JsValue> {
        self.run(argv, true)
    }

    /// Sets the time of what follows.
    #[wasm_bindgen(js_name = setTime)]
    pub fn set_time(&mut self, unix_ms: f64, mono_ms: f64) {
        self.driver.set_time(at(unix_ms, mono_ms));
    }

    /// Sets the time and gives the store a turn; to be called at the deadline, at the latest.
    pub fn tick(&mut self, unix_ms: f64, mono_ms: f64) {
        self.driver.tick(at(unix_ms, mono_ms));
    }

    /// When the next tick is due, in `mono` milliseconds.
    #[wasm_bindgen(js_name = deadlineMs)]
    #[must_use]
    pub fn deadline_ms(&self) -> f64 {
        self.driver.deadline_us() as f64 / 1000.0
    }

    /// The data as bytes.
    #[wasm_bindgen(js_name = exportData)]
    #[must_use]
    pub fn export_data(&self) -> Vec<u8> {
        self.driver.export_data()
    }

    /// Replaces the data; gives the number of keys. Bytes that can't be read are refused and change nothing.
    #[wasm_bindgen(js_name = importData)]
    pub fn import_data(&mut self, bytes: &[u8]) -> Result<usize, JsValue> {
        self.driver.import_data(bytes).map_err(|error| Error::new(&error.to_string()).into())
    }

    fn run(&mut self, argv: &Array, bytes: bool) -> Result<JsValue, JsValue> {
        let argv = argv.iter().map(|word| to_bytes(&word)).collect::<Result<Vec<_>, _>>()?;
        let words: Vec<&[u8]> = argv.iter().map(Vec::as_slice).collect();
        self.driver.call(&words).map_or(Ok(JsValue::UNDEFINED), |reply| from_reply(&reply, bytes))
    }
}

/// The engine's time from JavaScript's.
fn at(unix_ms: f64, mono_ms: f64) -> Now {
    Now { unix_us: (unix_ms * 1000.0) as u64, mono_us: (mono_ms * 1000.0) as u64 }
}
