//! The store: commands in, replies out; no IO, no clock, no chance.
#![no_std]
extern crate alloc;
