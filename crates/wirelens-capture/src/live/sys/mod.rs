//! The only unsafe code of the project: calls of libpcap, and of the system for Linux's packet
//! socket. What leaves this module is safe to use in any way.
#![allow(unsafe_code, reason = "foreign functions and memory shared with the kernel")]

mod address;
mod handle;
mod library;
#[cfg(target_os = "linux")]
mod packet;
mod program;
#[cfg(target_os = "linux")]
mod ring;

pub(crate) use handle::{Handle, Refusal, Settings};
pub(crate) use library::library;
#[cfg(target_os = "linux")]
pub(crate) use packet::{ALL_PROTOCOLS, Interface, Socket, interfaces};
#[cfg(target_os = "linux")]
pub(crate) use program::Instruction;
pub(crate) use program::Program;
#[cfg(target_os = "linux")]
pub(crate) use ring::{Layout, Ring, RingFrame};
