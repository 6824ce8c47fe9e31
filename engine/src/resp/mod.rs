//! The wire: RESP2 and RESP3 (<https://redis.io/docs/latest/develop/reference/protocol-spec/>).
//!
//! [`decode`] turns bytes from clients into calls, [`read`] turns replies back into values (for links that we dial,
//! and for callers in the same process). Replies are written by [`crate::reply`].

pub mod decode;
pub mod read;
