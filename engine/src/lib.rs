//! The store: commands in, replies out; no IO, no clock, no chance.
#![no_std]
extern crate alloc;

pub mod config;
pub mod glob;
pub mod split_args;
