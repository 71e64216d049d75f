//! The whole program, from outside.

mod analyse;
mod bench;
#[cfg(target_os = "linux")]
mod capture;
mod copies;
#[cfg(target_os = "linux")]
mod devices;
mod engines;
#[cfg(unix)]
mod fake;
mod formats;
mod grep;
mod helper;
mod hints;
#[cfg(target_os = "linux")]
mod hosts;
mod http;
mod ignored;
mod inputs;
#[cfg(unix)]
mod live;
mod options;
mod outputs;
mod reassemble;
mod resolve;
mod schema;
mod segments;
mod server;
mod show;
mod stats;
mod tables;
mod threads;
mod trace;
#[cfg(unix)]
mod verify;
mod wrong;
