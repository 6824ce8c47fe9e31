//! The engine for JavaScript: a store in a page, in a worker, in a test.
//!
//! ```js
//! const store = new Redstart(seed, Date.now(), performance.now());
//! store.call(['SET', 'k', 'v']);          // 'OK': a request from inside, values instead of bytes
//! const id = store.connect();             // or a client that speaks the protocol
//! store.receive(id, bytes);
//! send(store.outgoing(id));
//! ```
//!
//! Nothing here reads a clock: every time is the caller's, who may as well invent it. [`driver`] is plain Rust; the
//! bindings are in their own module and hold no rule.
#![forbid(unsafe_code)]

pub mod driver;

#[cfg(target_arch = "wasm32")]
pub mod bindings;
#[cfg(target_arch = "wasm32")]
mod convert;
