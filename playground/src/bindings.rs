//! The playground for JavaScript: the worker calls these. Asks and tells are plain objects, as in `protocol.ts`.

use redstart_engine::machine::Now;
use serde::Serialize;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::prelude::*;

use crate::playground::{Notes, Playground};
use crate::view::Ask;

/// The playground and whether the image it began with is to be set aside.
#[wasm_bindgen(js_name = Playground)]
#[derive(Debug)]
pub struct Binding {
    playground: Playground,
    damaged: bool,
}

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = performance, js_name = now)]
    fn performance_now() -> f64;
}

/// Microseconds of the page's monotonic clock.
fn meter() -> f64 {
    performance_now() * 1000.0
}

#[wasm_bindgen(js_class = Playground)]
impl Binding {
    /// `seed` is 64 random bits; times are milliseconds: since 1970, and on a clock that never goes back.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new(seed: u64, unix_ms: f64, mono_ms: f64) -> Self {
        #[cfg(debug_assertions)]
        console_error_panic_hook::set_once();
        Self { playground: Playground::new(seed, at(unix_ms, mono_ms), meter), damaged: false }
    }

    /// Brings back what was kept; gives the first tells.
    pub fn restore(
        &mut self,
        unix_ms: f64,
        mono_ms: f64,
        image: Option<Vec<u8>>,
        notes: JsValue,
    ) -> Result<JsValue, JsValue> {
        // Notes of another version are no reason to fail.
        let notes = serde_wasm_bindgen::from_value(notes).unwrap_or_else(|_| Notes::default());
        let (tells, loaded) = self.playground.restore(at(unix_ms, mono_ms), image.as_deref(), notes);
        self.damaged = loaded.is_err();
        to_js(&tells)
    }

    /// Whether the image given to `restore` could not be read.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn damaged(&self) -> bool {
        self.damaged
    }

    /// Does what the page asks; gives what it is to show.
    pub fn ask(&mut self, unix_ms: f64, mono_ms: f64, ask: JsValue) -> Result<JsValue, JsValue> {
        let ask: Ask = serde_wasm_bindgen::from_value(ask)?;
        to_js(&self.playground.ask(at(unix_ms, mono_ms), ask))
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

    /// Whether there is data to be written.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn data_unsaved(&self) -> bool {
        self.playground.data_unsaved()
    }

    /// Whether there are notes to be written.
    #[wasm_bindgen(getter)]
    #[must_use]
    pub fn notes_unsaved(&self) -> bool {
        self.playground.notes_unsaved()
    }

    /// The data as bytes.
    pub fn image(&mut self, unix_ms: f64, mono_ms: f64) -> Vec<u8> {
        self.playground.image(at(unix_ms, mono_ms))
    }

    /// History and progress.
    pub fn notes(&mut self) -> Result<JsValue, JsValue> {
        to_js(&self.playground.notes())
    }

    /// Writing failed: everything counts as unsaved again.
    pub fn write_failed(&mut self) {
        self.playground.write_failed();
    }
}

/// The playground's time from JavaScript's.
fn at(unix_ms: f64, mono_ms: f64) -> Now {
    Now { unix_us: (unix_ms * 1000.0) as u64, mono_us: (mono_ms * 1000.0) as u64 }
}

fn to_js<T: Serialize + ?Sized>(value: &T) -> Result<JsValue, JsValue> {
    Ok(value.serialize(&Serializer::new().serialize_missing_as_null(true))?)
}
