//! The class `Redstart`.

use js_sys::{Array, Error};
use redstart_engine::machine::Now;
use redstart_engine::persistence::store::Ticket;
use redstart_wasm_store::{answer_from_js, ops_to_js};
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
        Self::of(Driver::new(seed, at(unix_ms, mono_ms)))
    }

    /// A store whose disk is yours: directives are pairs of a name and a value, such as `['appendonly', 'yes']`. Once it is
    /// started, perform what `takeStoreOps` gives, in order, after anything that may have brought some, and say what came
    /// of each with `stored`. A reply to what changes something leaves once that is written.
    #[wasm_bindgen(js_name = withDisk)]
    pub fn with_disk(seed: u64, unix_ms: f64, mono_ms: f64, directives: &Array) -> Result<Self, JsValue> {
        #[cfg(debug_assertions)]
        console_error_panic_hook::set_once();
        let directives: Vec<(String, String)> =
            directives.iter().map(|pair| (text_at(&pair, 0), text_at(&pair, 1))).collect();
        let driver = Driver::with_disk(seed, at(unix_ms, mono_ms), &directives);
        driver.map(Self::of).map_err(|text| Error::new(&text).into())
    }

    /// Loads what is on disk.
    pub fn start(&mut self) {
        self.driver.start();
    }

    /// What the disk is to do: see `wasm/store`.
    #[wasm_bindgen(js_name = takeStoreOps)]
    pub fn take_store_ops(&mut self) -> Array {
        ops_to_js(&self.driver.take_store_ops())
    }

    /// What came of an op.
    pub fn stored(&mut self, ticket: f64, answer: &JsValue) {
        self.driver.stored(Ticket(ticket as u64), answer_from_js(answer));
    }

    /// How much of the data is loaded, in percent; undefined once all is.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn loading(&self) -> Option<f64> {
        self.driver.loading()
    }

    /// Whether the store ended because it can't go on: what it warned of says why.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn failed(&self) -> bool {
        self.driver.has_failed()
    }

    /// What the store warned of since the last time.
    #[wasm_bindgen(js_name = takeWarnings)]
    pub fn take_warnings(&mut self) -> Vec<String> {
        self.driver.take_warnings()
    }

    /// Whether a request does nothing but read, so that it may be made twice.
    #[wasm_bindgen(js_name = onlyReads)]
    pub fn only_reads(&self, argv: &Array) -> Result<bool, JsValue> {
        let argv = argv.iter().map(|word| to_bytes(&word)).collect::<Result<Vec<_>, _>>()?;
        Ok(self.driver.only_reads(&argv.iter().map(Vec::as_slice).collect::<Vec<_>>()))
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
    /// at [`Redstart::output`] until the next call. Below 0, -1 less that many: somebody else has news, too, or the next tick
    /// is due before `alarm_ms`.
    pub fn exchange(&mut self, id: u32, len: usize, unix_ms: f64, mono_ms: f64, alarm_ms: f64) -> f64 {
        let bytes = self.input.get(..len).unwrap_or_default();
        self.driver.exchange(at(unix_ms, mono_ms), id, bytes, &mut self.output);
        let answered = self.output.len() as f64;
        let has_more = self.has_news() || self.deadline_ms() < alarm_ms;
        if has_more { -1.0 - answered } else { answered }
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

    /// Runs a request: strings in, a value out, at once, so before the disk has what it changes. An error reply is thrown.
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

    /// Everything stored, as an RDB file, which redis-server loads, too.
    #[wasm_bindgen(js_name = saveRdb)]
    #[must_use]
    pub fn save_rdb(&self) -> Vec<u8> {
        self.driver.save_rdb()
    }

    /// Replaces everything stored with what an RDB file holds; gives the number of keys. A file that can't be read is
    /// refused and changes nothing.
    #[wasm_bindgen(js_name = loadRdb)]
    pub fn load_rdb(&mut self, file: &[u8]) -> Result<usize, JsValue> {
        self.driver.load_rdb(file).map_err(|text| Error::new(&text).into())
    }

    const fn of(driver: Driver) -> Self {
        Self { driver, input: Vec::new(), output: Vec::new() }
    }

    fn run(&mut self, argv: &Array, bytes: bool) -> Result<JsValue, JsValue> {
        let argv = argv.iter().map(|word| to_bytes(&word)).collect::<Result<Vec<_>, _>>()?;
        let words: Vec<&[u8]> = argv.iter().map(Vec::as_slice).collect();
        self.driver.call(&words).map_or(Ok(JsValue::UNDEFINED), |reply| from_reply(&reply, bytes))
    }
}

/// A word of a pair.
fn text_at(pair: &JsValue, index: u32) -> String {
    js_sys::Reflect::get_u32(pair, index).ok().and_then(|word| word.as_string()).unwrap_or_default()
}

/// The engine's time from JavaScript's.
fn at(unix_ms: f64, mono_ms: f64) -> Now {
    Now { unix_us: (unix_ms * 1000.0) as u64, mono_us: (mono_ms * 1000.0) as u64 }
}
