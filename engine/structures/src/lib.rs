//! Containers that know bytes and nothing of Redis.
#![no_std]
extern crate alloc;
