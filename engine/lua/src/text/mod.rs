//! What Lua knows of text: numbers in it, patterns over it, and forms to print with.
//!
//! Nothing here knows of the machine. Text is bytes; letters and blanks are those of C's plain locale.

pub mod digits;
pub mod format;
pub mod number;
pub mod pattern;
