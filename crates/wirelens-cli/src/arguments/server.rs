//! What is said of several processes that make one report.

use std::path::PathBuf;

use clap::{Args, value_parser};

/// How `extract -E server` works.
#[derive(Args, Debug)]
pub(crate) struct Serving {
    /// With -E server, how many processes dissect. 0: as many as there are cores
    #[arg(long, value_name = "N", default_value_t = 0, help_heading = "Dissecting")]
    pub(crate) workers: usize,
    /// With -E server, what the shell is to run for each of them instead of this program here; it
    /// must find the captures by the same names. WIRELENS_WORKER is the worker's number
    #[arg(long, value_name = "COMMAND", help_heading = "Dissecting")]
    pub(crate) worker_command: Option<String>,
}

#[derive(Args, Debug)]
pub(crate) struct Split {
    /// Captures
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// So many parts of each, at most
    #[arg(long, value_name = "N", value_parser = value_parser!(u16).range(1..))]
    pub(crate) into: u16,
}

#[derive(Args, Debug)]
pub(crate) struct Worker {
    /// The work, as JSON; `-` reads it from standard input
    #[arg(long, value_name = "JSON", allow_hyphen_values = true)]
    pub(crate) split: String,
}
