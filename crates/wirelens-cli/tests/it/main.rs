//! The whole program, from outside.

mod copies;
mod formats;
mod helper;
mod inputs;
#[cfg(unix)]
mod live;
mod options;
mod outputs;
mod schema;
mod show;
mod tables;
mod wrong;
