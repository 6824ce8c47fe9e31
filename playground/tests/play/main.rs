//! The playground as somebody at the page uses it.

mod anything;
mod console;
mod kept;
mod lessons;
mod page;
