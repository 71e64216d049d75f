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
    /// Read a capture on the terminal: one line a frame, a tree, bytes
    Show(Show),
    /// List the protocols that are known
    Protocols(Protocols),
    /// List the fields that are known
    Fields(Fields),
    /// Write the completions of a shell to standard output
    Completions {
        /// Which shell
        shell: clap_complete::Shell,
    },
    /// Write the manual page to standard output
    Man,
}

/// What the commands that read captures share.
#[derive(Args, Debug)]
pub(crate) struct Input {
    /// Captures or folders of them, as one stream; `-` is standard input
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Only these frames: 10-20,50-
    #[arg(long, value_name = "RANGE", allow_hyphen_values = true)]
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
    /// Which engine dissects: native (also called default or jspcap)
    #[arg(short = 'E', long, value_name = "ENGINE")]
    pub(crate) engine: Option<String>,
    /// Only these fields: ip.src,tcp.dstport
    #[arg(long, value_name = "FIELDS")]
    pub(crate) fields: Option<String>,
    /// Only the layers of these protocols: ip,tcp
    #[arg(long, value_name = "PROTOCOLS", value_delimiter = ',')]
    pub(crate) layers: Vec<String>,
    /// Do not put fragments and segments together; that is so in this version anyhow
    #[arg(long)]
    pub(crate) no_reassembly: bool,
    /// Say what is done, and the chain of protocols of every frame
    #[arg(short, long)]
    pub(crate) verbose: bool,
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
    #[arg(short, long, conflicts_with_all = ["format", "plist", "tree"])]
    pub(crate) json: bool,
    /// An XML property list, to standard output if there is no -o
    #[arg(short, long, conflicts_with_all = ["format", "tree"])]
    pub(crate) plist: bool,
    /// A tree for reading, to standard output if there is no -o
    #[arg(short, long, conflicts_with = "format")]
    pub(crate) tree: bool,
    /// Append the missing extension to the names of input and output
    #[arg(short, long)]
    pub(crate) auto_extension: bool,
    /// A folder instead of one file: a file for each frame, and one for the capture
    #[arg(short = 'F', long = "files")]
    pub(crate) split: bool,
    /// The bytes of payloads too
    #[arg(long)]
    pub(crate) payload: bool,
    /// The names of values too: proto_name beside proto
    #[arg(long)]
    pub(crate) names: bool,
}

#[derive(Args, Debug)]
pub(crate) struct Show {
    #[command(flatten)]
    pub(crate) input: Input,
    /// A tree of all fields
    #[arg(short = 'V', long)]
    pub(crate) tree: bool,
    /// The bytes of each frame
    #[arg(short = 'x', long)]
    pub(crate) hex: bool,
    /// When a frame was captured: relative, delta, day, absolute, epoch, none
    #[arg(short = 't', long, value_name = "STYLE", default_value = "relative")]
    pub(crate) time: String,
    /// Colours: auto, always, never
    #[arg(long, value_name = "WHEN", default_value = "auto")]
    pub(crate) color: String,
}

#[derive(Args, Debug)]
pub(crate) struct Protocols {
    /// text or json
    #[arg(short, long, default_value = "text")]
    pub(crate) format: String,
}

#[derive(Args, Debug)]
pub(crate) struct Fields {
    /// What their names begin with: ip, tcp.options
    #[arg(default_value = "")]
    pub(crate) prefix: String,
    /// text or json
    #[arg(short, long, default_value = "text")]
    pub(crate) format: String,
    /// The JSON Schema of a report's frame
    #[arg(long)]
    pub(crate) json_schema: bool,
}
