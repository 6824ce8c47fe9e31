//! The playground as somebody at the page uses it.

mod anything;
mod console;
mod debugger;
mod lessons;
mod page;
