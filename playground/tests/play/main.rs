//! The playground as somebody at the page uses it.

mod anything;
mod console;
mod debugger;
mod kept;
mod lessons;
mod manual;
mod page;
