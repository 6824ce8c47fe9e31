//! What crosses crates: transcripts and the stores they run on.
//!
//! A transcript (`tests/transcripts/<family>/<topic>.redis`, see its README) is text that a person could type into
//! redis-cli. The same text runs on the real redis-server, which proves the text right, on `redstart-server` over TCP,
//! on the engine in process and on its wasm build in a browser.
//!
//! In reading order: [`transcript`] is the grammar, [`run`] plays a case, [`runner`] is the border to a store,
//! [`runners`] are those stores, and [`suite`] runs whole folders and prints what came out. [`diff`] and
//! [`lua_diff`] need no text: they make calls and programs of Lua up, and the real redis-server's answers are what they
//! expect. [`crowd`] makes up what several clients do at once, and a model says what each of them must see.

pub mod transcript;

pub mod run;

pub mod runner;
pub mod runners;
#[cfg(not(target_arch = "wasm32"))]
pub mod server;

pub mod suite;
pub mod update;

pub mod crowd;
mod dice;
#[cfg(not(target_arch = "wasm32"))]
pub mod diff;
#[cfg(not(target_arch = "wasm32"))]
pub mod lua_diff;

pub mod print;
pub mod quote;
pub mod resp;
