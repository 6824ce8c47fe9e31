//! The playground as somebody at the page uses it.

mod anything;
mod console;
mod lessons;
mod page;
