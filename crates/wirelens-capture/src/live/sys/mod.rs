//! The only unsafe code of the project: calls of libpcap, and of the system for Linux's packet
//! socket. What leaves this module is safe to use in any way.
#![allow(unsafe_code, reason = "foreign functions and memory shared with the kernel")]

mod address;
mod handle;
mod library;
mod program;

pub(crate) use handle::{Handle, Refusal, Settings};
pub(crate) use library::library;
pub(crate) use program::Program;
