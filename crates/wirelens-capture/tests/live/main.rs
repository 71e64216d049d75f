//! Live capture between hosts made of network namespaces. Skipped, with a line that says so, where
//! those are not permitted.
#![cfg(target_os = "linux")]

mod errors;
mod frames;
mod hosts;
mod options;
mod seen;
mod session;
mod several;
mod stream;
