//! The playground as somebody at the page uses it.

mod anything;
mod console;
mod debugger;
mod did;
mod kept;
mod lessons;
mod manual;
mod page;
mod session;
mod timeline;
