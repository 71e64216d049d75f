//! What `wirelens verify` takes.

use std::path::PathBuf;

use clap::Args;

use super::Choices;

#[derive(Args, Debug)]
pub(crate) struct Verify {
    /// A capture; both read it, so standard input will not do
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// The program to compare with: tshark
    #[arg(long, value_name = "ENGINE", default_value = "tshark")]
    pub(crate) against: String,
    /// Only the first so many frames
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) frames: Option<u64>,
    /// Neither puts fragments and segments together: every frame stands for itself
    #[arg(long)]
    pub(crate) no_reassembly: bool,
    #[command(flatten)]
    pub(crate) choices: Choices,
    /// Tell so many differences; all are counted
    #[arg(long, value_name = "NUMBER", default_value_t = 10)]
    pub(crate) differences: usize,
    /// text or json
    #[arg(short, long, value_name = "FORMAT", default_value = "text")]
    pub(crate) format: String,
}
