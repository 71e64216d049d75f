//! Other programs that dissect, and what they say.

mod error;
mod process;
pub mod tshark;

pub use error::EngineError;
