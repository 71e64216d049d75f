//! What can be said on the command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// Reads and dissects network captures, with every field, at speed.
#[derive(Parser, Debug)]
#[command(name = "wirelens", version, propagate_version = true, max_term_width = 100)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand, Debug)]
pub(crate) enum Command {
    /// Dissect a capture into a report
    Extract(Extract),
}

/// What the commands that read captures share.
#[derive(Args, Debug)]
pub(crate) struct Input {
    /// Captures or folders of them, as one stream; `-` is standard input
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Only these frames: 10-20,50-
    #[arg(long, value_name = "RANGE")]
    pub(crate) range: Option<String>,
    /// Wait at the end of the file for more, until Ctrl-C
    #[arg(long)]
    pub(crate) follow: bool,
    /// Verify checksums; a wrong one is a problem of its frame
    #[arg(long)]
    pub(crate) checksums: bool,
    /// Stop behind this protocol; the rest of the frame is raw (several: tcp,udp)
    #[arg(short = 'P', long, value_name = "PROTOCOL", value_delimiter = ',')]
    pub(crate) protocol: Vec<String>,
    /// Stop behind this layer: link, internet, transport, application, none
    #[arg(short = 'L', long, value_name = "LAYER")]
    pub(crate) layer: Option<String>,
    /// Do not put fragments and segments together
    #[arg(long)]
    pub(crate) no_reassembly: bool,
}

#[derive(Args, Debug)]
pub(crate) struct Extract {
    #[command(flatten)]
    pub(crate) input: Input,
    /// Where the report goes; `-` is standard output, the extension tells the format
    #[arg(short, long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// The report's format: json, ndjson, detail, plist, tree, text, csv, pcap, pcapng
    #[arg(short, long, value_name = "FORMAT")]
    pub(crate) format: Option<String>,
    /// JSON, to standard output if there is no -o
    #[arg(short, long)]
    pub(crate) json: bool,
    /// An XML property list, to standard output if there is no -o
    #[arg(short, long)]
    pub(crate) plist: bool,
    /// A tree for reading, to standard output if there is no -o
    #[arg(short, long)]
    pub(crate) tree: bool,
    /// Append the missing extension to the names of input and output
    #[arg(short, long)]
    pub(crate) auto_extension: bool,
    /// Say what is done, and the chain of protocols of every frame
    #[arg(short, long)]
    pub(crate) verbose: bool,
}
