//! What another engine is told besides frames.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use super::engine::Engine;

/// What a foreign engine is told besides frames.
#[derive(Clone, Debug)]
pub(crate) struct Orders {
    pub(crate) engine: Engine,
    /// It dissects only what ends in data here.
    pub(crate) fallback: bool,
    /// How long it may say nothing while it has frames to tell of.
    pub(crate) patience: Duration,
    pub(crate) decode_as: Vec<String>,
    pub(crate) disabled: Vec<String>,
    pub(crate) stop: Option<Arc<AtomicBool>>,
}
