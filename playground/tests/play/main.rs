//! The playground as somebody at the page uses it.

mod console;
mod lessons;
mod page;
