//! The whole program, from outside.

mod analyse;
mod copies;
mod formats;
mod grep;
mod helper;
mod http;
mod inputs;
#[cfg(unix)]
mod live;
mod options;
mod outputs;
mod reassemble;
mod resolve;
mod schema;
mod segments;
mod show;
mod stats;
mod tables;
mod trace;
mod wrong;
