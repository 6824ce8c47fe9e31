//! What is stored, as bytes that outlive the process.
//!
//! [`image`] is the keyspace as the commands that rebuild it.

pub mod image;
