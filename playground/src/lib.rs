//! The learning console without a page: terminals, hints, the key browser, the lessons and the manual, as plain data.
//!
//! ```text
//! page ─ Ask ─► Playground ─ bytes ─► engine
//! page ◄ Tell ─            ◄ bytes ─
//! ```
//!
//! Everything here runs natively, too, so every lesson is played in `cargo test`. The bindings for JavaScript are
//! in one module and hold no rule. The modules below are in reading order.
#![forbid(unsafe_code)]

pub mod page;
pub mod playground;
pub mod view;

pub mod store;
pub mod terminal;

pub mod clock;
pub mod did;
pub mod session;
pub mod timeline;
pub mod travel;

pub mod console;
pub mod debugger;
pub mod help;
pub mod hint;
pub mod history;
pub mod print;
pub mod table;

pub mod complete;
pub mod find;
pub mod keys;
pub mod memory;
pub mod value;
pub mod watch;

pub mod course;
pub mod lessons;
pub mod manual;
pub mod settings;

pub mod labs;

#[cfg(target_arch = "wasm32")]
pub mod bindings;

pub use self::playground::Playground;
