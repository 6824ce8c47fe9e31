//! What is stored, as bytes that outlive the process.
//!
//! [`image`] is the keyspace as the commands that rebuild it. [`rdb`] is how other servers write values.

pub mod image;
pub mod rdb;
