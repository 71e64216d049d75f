//! What `wirelens bench` takes.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use crate::units;

#[derive(Args, Debug)]
pub(crate) struct Bench {
    /// A capture; it is read again and again, so standard input will not do
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// Only these engines: native, headers, threads, tshark, pyshark, scapy, dpkt
    #[arg(short = 'E', long, value_name = "ENGINE", value_delimiter = ',')]
    pub(crate) engine: Vec<String>,
    /// Only the first so many frames
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) frames: Option<u64>,
    /// So many runs of each engine, in turn; the median counts
    #[arg(long, value_name = "NUMBER", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) runs: u32,
    /// Stop an engine that takes longer
    #[arg(long, value_name = "TIME", value_parser = units::time, default_value = "10m")]
    pub(crate) patience: Duration,
    /// The Python that has the packages
    #[arg(long, value_name = "PROGRAM", default_value = "python3")]
    pub(crate) python: OsString,
    /// text or json
    #[arg(short, long, value_name = "FORMAT", default_value = "text")]
    pub(crate) format: String,
}

/// What the process between takes, that has one program run and measures it.
#[derive(Args, Debug)]
pub(crate) struct Measure {
    /// Stop the program after so long
    #[arg(long, value_parser = units::time)]
    pub(crate) patience: Duration,
    /// It says on standard output how many frames it read
    #[arg(long)]
    pub(crate) counts: bool,
    /// The program and its arguments
    #[arg(required = true, last = true)]
    pub(crate) command: Vec<OsString>,
}
