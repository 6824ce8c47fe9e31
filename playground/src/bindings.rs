//! The playground for JavaScript: the worker calls these. Asks and tells are plain objects, as in `protocol.ts`.

use js_sys::Array;
use redstart_engine::machine::Now;
use redstart_engine::persistence::store::Ticket;
use redstart_wasm_store::{answer_from_js, ops_to_js};
use serde::Serialize;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::prelude::*;

use crate::labs::{self, Lab};
use crate::playground::{Notes, Playground};
use crate::view::Ask;

/// The playground. Times are milliseconds: since 1970, and on a clock that never goes back. Tells come in pairs with the
/// page that they are for.
#[wasm_bindgen(js_name = Playground)]
#[derive(Debug)]
pub struct Binding {
    playground: Playground,
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = performance, js_name = now)]
    fn performance_now() -> f64;
}

/// Microseconds of the page's monotonic clock.
fn meter() -> u64 {
    (performance_now() * 1000.0) as u64
}

#[wasm_bindgen(js_class = Playground)]
impl Binding {
    /// `seed` is 64 random bits; `kept` tells whether there is a disk.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new(seed: u64, unix_ms: f64, mono_ms: f64, notes: JsValue, kept: bool) -> Self {
        #[cfg(debug_assertions)]
        console_error_panic_hook::set_once();
        // Notes of another version are no reason to fail.
        let notes = serde_wasm_bindgen::from_value(notes).unwrap_or_else(|_| Notes::default());
        Self { playground: Playground::new(seed, at(unix_ms, mono_ms), meter, notes, kept) }
    }

    /// A page comes in.
    pub fn enter(&mut self, unix_ms: f64, mono_ms: f64, page: u32) -> Result<JsValue, JsValue> {
        to_js(&self.playground.enter(at(unix_ms, mono_ms), page))
    }

    /// A page is gone.
    pub fn leave(&mut self, unix_ms: f64, mono_ms: f64, page: u32) {
        self.playground.leave(at(unix_ms, mono_ms), page);
    }

    /// Does what a page asks; gives what pages are to show.
    pub fn ask(&mut self, unix_ms: f64, mono_ms: f64, page: u32, ask: JsValue) -> Result<JsValue, JsValue> {
        let ask: Ask = serde_wasm_bindgen::from_value(ask)?;
        to_js(&self.playground.ask(at(unix_ms, mono_ms), page, ask))
    }

    /// Time passed.
    pub fn tick(&mut self, unix_ms: f64, mono_ms: f64) -> Result<JsValue, JsValue> {
        to_js(&self.playground.tick(at(unix_ms, mono_ms)))
    }

    /// Milliseconds until the next tick at the latest.
    #[must_use]
    pub fn wait_ms(&self, unix_ms: f64, mono_ms: f64) -> f64 {
        self.playground.wait_ms(at(unix_ms, mono_ms))
    }

    /// What the disk is to do.
    #[wasm_bindgen(js_name = takeStoreOps)]
    pub fn take_store_ops(&mut self) -> Array {
        ops_to_js(&self.playground.take_store_ops())
    }

    /// What came of an op; what follows from it is told by `settle`.
    pub fn stored(&mut self, unix_ms: f64, mono_ms: f64, ticket: f64, answer: &JsValue) {
        self.playground.stored(at(unix_ms, mono_ms), Ticket(ticket as u64), answer_from_js(answer));
    }

    /// Sees to what follows from what the disk did.
    pub fn settle(&mut self, unix_ms: f64, mono_ms: f64) -> Result<JsValue, JsValue> {
        to_js(&self.playground.settle(at(unix_ms, mono_ms)))
    }

    /// Why the store ended, if it can't go on.
    pub fn failure(&mut self) -> Option<String> {
        self.playground.failure()
    }

    /// Whether there are notes to be written.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn notes_unsaved(&self) -> bool {
        self.playground.notes_unsaved()
    }

    /// History and progress.
    pub fn notes(&mut self) -> Result<JsValue, JsValue> {
        to_js(&self.playground.notes())
    }

    /// Writing the notes failed: they count as unsaved again.
    pub fn write_failed(&mut self) {
        self.playground.write_failed();
    }
}

/// A lab, opened by its name.
#[wasm_bindgen(js_name = Lab)]
#[expect(missing_debug_implementations, reason = "which lab it is, nobody can tell any more")]
pub struct LabBinding {
    lab: Box<dyn Bench>,
}

#[wasm_bindgen(js_class = Lab)]
impl LabBinding {
    /// `seed` decides every random choice in it. `undefined` if no lab has this name.
    pub fn open(name: &str, seed: u64) -> Option<Self> {
        let lab: Box<dyn Bench> = match name {
            "bitmap" => Box::new(labs::Bitmap::new(seed)),
            "caching" => Box::new(labs::Caching::new(seed)),
            "eviction" => Box::new(labs::Eviction::new(seed)),
            "geo" => Box::new(labs::Geo::new(seed)),
            "hyperloglog" => Box::new(labs::HyperLogLog::new(seed)),
            "persistence" => Box::new(labs::Persistence::new(seed)),
            "pipelining" => Box::new(labs::Pipelining::new(seed)),
            "sorted-set" => Box::new(labs::SortedSet::new(seed)),
            "time" => Box::new(labs::Time::new(seed)),
            _ => return None,
        };
        Some(Self { lab })
    }

    /// Does what a control asks, if anything; gives what there is to see.
    pub fn ask(&mut self, ask: JsValue) -> Result<JsValue, JsValue> {
        self.lab.ask_js(ask)
    }
}

/// A lab whose asks and views are plain objects.
trait Bench {
    fn ask_js(&mut self, ask: JsValue) -> Result<JsValue, JsValue>;
}

impl<L: Lab> Bench for L {
    fn ask_js(&mut self, ask: JsValue) -> Result<JsValue, JsValue> {
        if !ask.is_undefined() {
            self.ask(serde_wasm_bindgen::from_value(ask)?);
        }
        to_js(&self.view())
    }
}

/// The playground's time from JavaScript's.
fn at(unix_ms: f64, mono_ms: f64) -> Now {
    Now { unix_us: (unix_ms * 1000.0) as u64, mono_us: (mono_ms * 1000.0) as u64 }
}

fn to_js<T: Serialize + ?Sized>(value: &T) -> Result<JsValue, JsValue> {
    Ok(value.serialize(&Serializer::new().serialize_missing_as_null(true))?)
}
