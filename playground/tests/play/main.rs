//! The playground as somebody at the page uses it.

mod anything;
mod console;
mod debugger;
mod did;
mod kept;
mod keys;
mod lessons;
mod manual;
mod page;
mod panels;
mod session;
mod timeline;
