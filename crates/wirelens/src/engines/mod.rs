//! Other programs that dissect, and what they say.
//!
//! An [`Engine`] is one that is installed; [`Extract::engine`](crate::Extract::engine) has it
//! dissect every frame, [`Extract::fallback`](crate::Extract::fallback) those that end in data here.
//! What it says becomes layers and fields like ours, so that every report shows it.

mod engine;
mod error;
mod flow;
mod intern;
mod line;
mod orders;
mod process;
mod program;
mod python;
mod rest;
mod rows;
mod run;
pub mod tshark;
mod turn;
mod value;
mod words;

pub use engine::Engine;
pub use error::EngineError;

pub(crate) use orders::Orders;
pub(crate) use run::Foreign;
