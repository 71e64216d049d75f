//! What can be said on the command line.

mod bench;
mod capture;
mod examples;
mod live;
mod server;
mod verify;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

pub(crate) use bench::{Bench, Measure};
pub(crate) use capture::{Capture, Devices, Inject};
pub(crate) use live::{How, Live};
pub(crate) use server::{Serving, Split, Worker};
pub(crate) use verify::Verify;

use examples::*;

/// Reads and dissects network captures, with every field, at speed.
#[derive(Parser, Debug)]
#[command(
    name = "wirelens",
    version,
    max_term_width = 100,
    after_help = EXAMPLES
)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXAMPLES: &str = "\
Examples:
  wirelens show in.pcap                          one line a frame
  wirelens extract in.pcap -o out.json           every field of every frame
  wirelens capture -i eth0 -w out.pcapng         what comes by; -i goes with the other commands too
  ssh host tcpdump -U -w - | wirelens show -     frames of another host, as they come

Captures are pcap, pcapng and snoop, also compressed with gzip, zstd, lz4 or xz; no option is needed
to read them. `-` is standard input or output. Ctrl-C ends a report properly.
Exit codes: 0 done, also where a damaged capture was read as far as it goes and warned about;
1 nothing found; 2 wrong use, or an input or output that failed.";

#[derive(Subcommand, Debug)]
pub(crate) enum Command {
    /// Dissect a capture into a report
    #[command(after_help = EXTRACT_EXAMPLES)]
    Extract(Extract),
    /// Read a capture on the terminal: one line a frame, a tree, bytes
    #[command(after_help = SHOW_EXAMPLES)]
    Show(Show),
    /// Put fragments and TCP segments of a capture together
    #[command(after_help = REASSEMBLE_EXAMPLES)]
    Reassemble(Reassemble),
    /// Follow the flows of a capture: an index of them, and a file for each
    #[command(after_help = TRACE_EXAMPLES)]
    Trace(Trace),
    /// Trace HTTP: requests, responses, WebSocket, with sizes and times
    #[command(after_help = HTTP_EXAMPLES)]
    Http(Http),
    /// Search what flows carry, across segments
    #[command(after_help = GREP_EXAMPLES)]
    Grep(Grep),
    /// Count: protocols, endpoints, conversations, rates, TCP, DNS, HTTP, TLS, problems
    #[command(after_help = STATS_EXAMPLES)]
    Stats(Stats),
    /// Capture live: a line a frame, a report, or files
    #[command(after_help = CAPTURE_EXAMPLES)]
    Capture(Box<Capture>),
    /// List the devices that can be captured from
    Devices(Devices),
    /// Send frames through a device
    #[command(after_help = INJECT_EXAMPLES)]
    Inject(Inject),
    /// Dissect bytes that are not in a capture
    #[command(after_help = ANALYSE_EXAMPLES)]
    Analyse(Analyse),
    /// Compare frames, chains and fields with what tshark says of them
    #[command(after_help = VERIFY_EXAMPLES)]
    Verify(Verify),
    /// Compare the speed and memory of engines on a capture: this one, tshark, pyshark, scapy, dpkt
    #[command(after_help = BENCH_EXAMPLES)]
    Bench(Bench),
    /// Run a program and say what it took
    #[command(hide = true)]
    Measure(Measure),
    /// List the parts that a capture can be divided into, for workers
    #[command(after_help = SPLIT_EXAMPLES)]
    Split(Split),
    /// Do a part of what `extract -E server` does
    #[command(after_help = WORKER_EXAMPLES)]
    Worker(Worker),
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
    /// Captures or folders of them, one behind the other in the order of their first frames; `-` is
    /// standard input
    #[arg(required_unless_present_any = ["limit", "interface"], value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Only these frames, by number: 10-20,50-
    #[arg(long, value_name = "RANGE", allow_hyphen_values = true, help_heading = "Reading")]
    pub(crate) range: Option<String>,
    /// Only the first so many frames
    #[arg(
        short,
        long,
        value_name = "NUMBER",
        value_parser = crate::units::some,
        conflicts_with = "range",
        help_heading = "Reading"
    )]
    pub(crate) count: Option<u64>,
    /// Wait at the end of the file for more, until Ctrl-C
    #[arg(long, help_heading = "Reading")]
    pub(crate) follow: bool,
    #[command(flatten)]
    pub(crate) live: Live,
    #[command(flatten)]
    pub(crate) dissecting: Dissecting,
    /// Read the capture twice, so that the frames of a message or datagram point to the one that
    /// completes it
    #[arg(
        short = '2',
        long,
        conflicts_with_all = ["no_reassembly", "follow"],
        help_heading = "Dissecting"
    )]
    pub(crate) two_pass: bool,
    /// Say on standard error what is done, and the chain of protocols of every frame
    #[arg(short, long)]
    pub(crate) verbose: bool,
}

/// How frames are dissected, and what of them is reported.
#[derive(Args, Debug)]
pub(crate) struct Dissecting {
    /// Stop behind this protocol; the rest of the frame is raw (several: tcp,udp)
    #[arg(
        short = 'P',
        long,
        value_name = "PROTOCOL",
        value_delimiter = ',',
        help_heading = "Dissecting"
    )]
    pub(crate) protocol: Vec<String>,
    /// Stop behind this layer: link, internet, transport, application, none
    #[arg(short = 'L', long, value_name = "LAYER", help_heading = "Dissecting")]
    pub(crate) layer: Option<String>,
    /// Which engine dissects: native (also default, jspcap, pipeline); server, by several processes
    /// (extract only); or another program that is installed: tshark, pyshark, scapy, dpkt
    #[arg(short = 'E', long, value_name = "ENGINE", help_heading = "Dissecting")]
    pub(crate) engine: Option<String>,
    /// Have this program dissect the frames whose chain ends in data here: tshark
    #[arg(long, value_name = "ENGINE", help_heading = "Dissecting")]
    pub(crate) fallback: Option<String>,
    /// How many seconds such a program, or a worker, may say nothing while it has frames to dissect
    #[arg(long, value_name = "SECONDS", default_value_t = 120, help_heading = "Dissecting")]
    pub(crate) engine_timeout: u64,
    /// How many threads dissect and print; the report is the same. 0: as many as there are cores,
    /// once a few megabytes were read
    #[arg(long, value_name = "N", default_value_t = 0, help_heading = "Dissecting")]
    pub(crate) threads: usize,
    /// Verify checksums; a wrong one is a problem of its frame. Those that were left to a network
    /// card (offloaded) are recognised, and are none
    #[arg(long, help_heading = "Dissecting")]
    pub(crate) checksums: bool,
    /// Do not put fragments and segments together: every frame stands for itself
    #[arg(long, help_heading = "Dissecting")]
    pub(crate) no_reassembly: bool,
    #[command(flatten)]
    pub(crate) choices: Choices,
    /// Set a limit, a time-out or a policy; `--limit help` lists them
    #[arg(long, value_name = "NAME=VALUE", help_heading = "Dissecting")]
    pub(crate) limit: Vec<String>,
    /// Only these fields: frame.number,ip.src,tcp.dstport
    #[arg(long, value_name = "FIELDS", help_heading = "Contents")]
    pub(crate) fields: Option<String>,
    /// Only the layers of these protocols: ip,tcp
    #[arg(long, value_name = "PROTOCOLS", value_delimiter = ',', help_heading = "Contents")]
    pub(crate) layers: Vec<String>,
}

/// How frames are shown.
#[derive(Args, Debug)]
pub(crate) struct Display {
    /// A tree of all fields
    #[arg(short = 'V', long, help_heading = "Contents")]
    pub(crate) tree: bool,
    /// The bytes of each frame
    #[arg(short = 'x', long, help_heading = "Contents")]
    pub(crate) hex: bool,
    /// When a frame was captured: relative (to the first that is shown), delta, day, absolute, epoch,
    /// none
    #[arg(
        short = 't',
        long,
        value_name = "STYLE",
        default_value = "relative",
        help_heading = "Contents"
    )]
    pub(crate) time: String,
    /// Colours: auto, always, never
    #[arg(long, value_name = "WHEN", default_value = "auto", help_heading = "Contents")]
    pub(crate) color: String,
}

/// What addresses are called.
#[derive(Args, Debug)]
pub(crate) struct Naming {
    /// Ask name servers for the names of addresses that the capture does not tell: those of the
    /// system, or these (`192.0.2.53,[2001:db8::53]:5353`). Nothing waits for them until the capture
    /// ends, so names that come late stand only at the end of the report
    #[arg(
        long,
        value_name = "SERVERS",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "system",
        help_heading = "Report"
    )]
    pub(crate) resolve: Option<String>,
}

/// For commands that look into frames themselves, so that who names another engine is told.
#[derive(Debug, Args)]
pub(crate) struct OwnEngine {
    #[arg(short = 'E', long, value_name = "ENGINE", hide = true)]
    pub(crate) engine: Option<String>,
}

/// How many dissect for what is made of many frames.
#[derive(Args, Debug)]
pub(crate) struct Together {
    /// How many threads dissect, the one that follows what is dissected among them; what is written
    /// is the same. 0: as many as there are cores, once a few megabytes were read
    #[arg(long, value_name = "N", default_value_t = 1, help_heading = "Dissecting")]
    pub(crate) threads: usize,
}

/// Which protocols are found, and where.
#[derive(Args, Debug)]
pub(crate) struct Choices {
    /// Take what is found at a number for this protocol: tcp.port==8888,http or
    /// udp.port==5000-5010,rtp; the tables are those of `wirelens protocols`
    #[arg(short = 'd', long, value_name = "TABLE==NUMBER,PROTOCOL", help_heading = "Dissecting")]
    pub(crate) decode_as: Vec<String>,
    /// Do without these protocols: what they would read is data
    #[arg(long, value_name = "PROTOCOL", value_delimiter = ',', help_heading = "Dissecting")]
    pub(crate) disable: Vec<String>,
}

#[derive(Args, Debug)]
pub(crate) struct Extract {
    #[command(flatten)]
    pub(crate) input: Input,
    /// The bytes of payloads too
    #[arg(long, help_heading = "Contents")]
    pub(crate) payload: bool,
    /// The names of values too: proto_name beside proto
    #[arg(long, help_heading = "Contents")]
    pub(crate) names: bool,
    /// Where the report goes; its folders are created, the extension tells format and compression
    /// (out.json, out.csv.gz, out.csv.zst; xz and lz4 are read, not written); `-`, and no -o, is
    /// standard output
    #[arg(short, long, value_name = "FILE", help_heading = "Report")]
    pub(crate) output: Option<PathBuf>,
    /// The report's format: json, ndjson, detail, plist, tree, text, csv, pcap, pcapng
    #[arg(short, long, value_name = "FORMAT", help_heading = "Report")]
    pub(crate) format: Option<String>,
    /// JSON, as -f json
    #[arg(short, long, conflicts_with_all = ["format", "plist", "tree"], help_heading = "Report")]
    pub(crate) json: bool,
    /// An XML property list, as -f plist
    #[arg(short, long, conflicts_with_all = ["format", "tree"], help_heading = "Report")]
    pub(crate) plist: bool,
    /// A tree for reading, as -f tree
    #[arg(short, long, conflicts_with = "format", help_heading = "Report")]
    pub(crate) tree: bool,
    /// Append the missing extension to the names of input and output
    #[arg(short, long, help_heading = "Report")]
    pub(crate) auto_extension: bool,
    /// A folder (-o, or `out`) instead of one file: a file for each frame, one for the capture
    #[arg(short = 'F', long = "files", help_heading = "Report")]
    pub(crate) split: bool,
    #[command(flatten)]
    pub(crate) serving: Serving,
}

#[derive(Args, Debug)]
pub(crate) struct Show {
    #[command(flatten)]
    pub(crate) input: Input,
    #[command(flatten)]
    pub(crate) display: Display,
}

#[derive(Args, Debug)]
pub(crate) struct Reassemble {
    /// Captures or folders of them, one behind the other in the order of their first frames; `-` is
    /// standard input
    #[arg(required_unless_present_any = ["limit", "interface"], value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Only these frames, by number: 10-20,50-
    #[arg(long, value_name = "RANGE", allow_hyphen_values = true, help_heading = "Reading")]
    pub(crate) range: Option<String>,
    /// What to put together: ipv4, ipv6, ip, tcp [default: all]
    #[arg(
        short = 'P',
        long,
        value_name = "PROTOCOL",
        value_delimiter = ',',
        help_heading = "Reassembly"
    )]
    pub(crate) protocol: Vec<String>,
    #[command(flatten)]
    pub(crate) live: Live,
    #[command(flatten)]
    pub(crate) choices: Choices,
    #[command(flatten)]
    pub(crate) engine: OwnEngine,
    /// How many threads dissect, the one that puts together among them; what is written is the same.
    /// Dissecting is the smallest part here, so more than one hardly pay
    #[arg(long, value_name = "N", default_value_t = 1, help_heading = "Dissecting")]
    pub(crate) threads: usize,
    /// Only what is complete
    #[arg(long, help_heading = "Reassembly")]
    pub(crate) strict: bool,
    /// Set a limit, a time-out or a policy; `--limit help` lists them
    #[arg(long, value_name = "NAME=VALUE", help_heading = "Reassembly")]
    pub(crate) limit: Vec<String>,
    /// The bytes too, as hexadecimal digits
    #[arg(long, help_heading = "Contents")]
    pub(crate) payload: bool,
    /// How many bytes of each; implies --payload [default: 16 MiB]
    #[arg(long, value_name = "BYTES", help_heading = "Contents")]
    pub(crate) payload_limit: Option<u64>,
    /// The bytes too, in rows of sixteen: in a tree, or of a conversation
    #[arg(long, help_heading = "Contents")]
    pub(crate) hex: bool,
    /// Only this TCP connection, counted from 0: both sides in order of arrival, as tshark's follow;
    /// text, or bytes with -f raw
    #[arg(long, value_name = "NUMBER", help_heading = "Contents")]
    pub(crate) follow: Option<u64>,
    /// Where it goes, a folder for raw; the extension tells format and compression; `-`, and no -o,
    /// is standard output
    #[arg(short, long, value_name = "FILE", help_heading = "Report")]
    pub(crate) output: Option<PathBuf>,
    /// The format: json, ndjson, plist, tree; raw for the bytes; pcap for whole datagrams
    #[arg(short, long, value_name = "FORMAT", help_heading = "Report")]
    pub(crate) format: Option<String>,
}

#[derive(Args, Debug)]
pub(crate) struct Analyse {
    /// The bytes; `-` is standard input
    #[arg(default_value = "-", value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// What they begin with; without it they are asked
    #[arg(short = 'P', long, value_name = "PROTOCOL")]
    pub(crate) protocol: Option<String>,
    #[command(flatten)]
    pub(crate) choices: Choices,
    #[command(flatten)]
    pub(crate) engine: OwnEngine,
    /// tree or json
    #[arg(short, long, default_value = "tree", value_name = "FORMAT")]
    pub(crate) format: String,
    /// The bytes of payloads too, in json
    #[arg(long)]
    pub(crate) payload: bool,
    /// The bytes in rows of sixteen too, behind a tree
    #[arg(short = 'x', long)]
    pub(crate) hex: bool,
    /// Verify checksums; a wrong one is a problem, unless it was left to a network card
    #[arg(long)]
    pub(crate) checksums: bool,
}

#[derive(Args, Debug)]
pub(crate) struct Trace {
    /// Captures or folders of them, one behind the other in the order of their first frames; `-` is
    /// standard input
    #[arg(required_unless_present_any = ["limit", "interface", "fields"], value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Only these frames, by number: 10-20,50-
    #[arg(long, value_name = "RANGE", allow_hyphen_values = true, help_heading = "Reading")]
    pub(crate) range: Option<String>,
    /// Wait at the end of the file for more, until Ctrl-C
    #[arg(long, help_heading = "Reading")]
    pub(crate) follow: bool,
    #[command(flatten)]
    pub(crate) live: Live,
    #[command(flatten)]
    pub(crate) choices: Choices,
    #[command(flatten)]
    pub(crate) engine: OwnEngine,
    #[command(flatten)]
    pub(crate) together: Together,
    /// What tells flows apart: inner (the innermost addresses), outer, vlan, tunnel
    #[arg(long, value_name = "KEY", default_value = "inner", help_heading = "Flows")]
    pub(crate) flow_key: String,
    /// These flows only, by number from 1, protocol, address or port: 3,7-9,tls,192.0.2.1,:443
    #[arg(long, value_name = "FLOWS", allow_hyphen_values = true, help_heading = "Flows")]
    pub(crate) flow: Option<String>,
    /// What happens to flows instead, an event a line: session, start, data send, data recv, gap,
    /// retransmit, duplicate ack, half close, reset, end, expire, ..
    #[arg(long, conflicts_with_all = ["output", "format", "resolve"], help_heading = "Report")]
    pub(crate) events: bool,
    #[command(flatten)]
    pub(crate) naming: Naming,
    /// Do not look at what flows are about, which is faster
    #[arg(long, help_heading = "Flows")]
    pub(crate) no_facts: bool,
    /// Set a limit or a time-out; `--limit help` lists them
    #[arg(long, value_name = "NAME=VALUE", help_heading = "Flows")]
    pub(crate) limit: Vec<String>,
    /// A folder for a file of each flow, named by its ends and its time
    #[arg(short, long, value_name = "FOLDER", help_heading = "Report")]
    pub(crate) output: Option<PathBuf>,
    /// With -o what the files are: pcap (unless said otherwise), pcapng, json, ndjson, detail, plist,
    /// tree, text, csv; without -o what the index is: json, ndjson, plist, tree, csv
    #[arg(short, long, value_name = "FORMAT", help_heading = "Report")]
    pub(crate) format: Option<String>,
    /// The columns of the index, which is a table then: protocol,initiator_address,responder_rtt_mean;
    /// `--fields help` lists them
    #[arg(long, value_name = "COLUMNS", conflicts_with = "events", help_heading = "Report")]
    pub(crate) fields: Option<String>,
    /// Where the index goes, with the format that its extension tells: standard output without -o,
    /// else index.json, or index.csv, in the folder
    #[arg(long, value_name = "FILE", help_heading = "Report")]
    pub(crate) index: Option<PathBuf>,
}

#[derive(Args, Debug)]
pub(crate) struct Http {
    /// Captures or folders of them, one behind the other in the order of their first frames; `-` is
    /// standard input
    #[arg(required_unless_present_any = ["limit", "interface"], value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Only these frames, by number: 10-20,50-
    #[arg(long, value_name = "RANGE", allow_hyphen_values = true, help_heading = "Reading")]
    pub(crate) range: Option<String>,
    /// Wait at the end of the file for more, until Ctrl-C
    #[arg(long, help_heading = "Reading")]
    pub(crate) follow: bool,
    #[command(flatten)]
    pub(crate) live: Live,
    #[command(flatten)]
    pub(crate) choices: Choices,
    #[command(flatten)]
    pub(crate) engine: OwnEngine,
    #[command(flatten)]
    pub(crate) together: Together,
    #[command(flatten)]
    pub(crate) naming: Naming,
    /// Set a limit or a time-out; `--limit help` lists them
    #[arg(long, value_name = "NAME=VALUE", help_heading = "Dissecting")]
    pub(crate) limit: Vec<String>,
    /// Only requests whose method matches
    #[arg(long, value_name = "RE", help_heading = "Which transactions")]
    pub(crate) method: Vec<String>,
    /// Not those whose method matches
    #[arg(long, value_name = "RE", help_heading = "Which transactions")]
    pub(crate) method_ignore: Vec<String>,
    /// Only requests whose host matches
    #[arg(long, value_name = "RE", help_heading = "Which transactions")]
    pub(crate) host: Vec<String>,
    /// Not those whose host matches
    #[arg(long, value_name = "RE", help_heading = "Which transactions")]
    pub(crate) host_ignore: Vec<String>,
    /// Only requests whose URL matches: http://host/path
    #[arg(long, value_name = "RE", help_heading = "Which transactions")]
    pub(crate) url: Vec<String>,
    /// Not those whose URL matches
    #[arg(long, value_name = "RE", help_heading = "Which transactions")]
    pub(crate) url_ignore: Vec<String>,
    /// Only requests whose User-Agent matches
    #[arg(long, value_name = "RE", help_heading = "Which transactions")]
    pub(crate) user_agent: Vec<String>,
    /// Not those whose User-Agent matches
    #[arg(long, value_name = "RE", help_heading = "Which transactions")]
    pub(crate) user_agent_ignore: Vec<String>,
    /// Those of these flows only, by number from 1, protocol, address or port: 3,7-9,192.0.2.1,:8080
    #[arg(
        long,
        value_name = "FLOWS",
        allow_hyphen_values = true,
        help_heading = "Which transactions"
    )]
    pub(crate) flow: Option<String>,
    /// All header fields
    #[arg(long, help_heading = "Contents")]
    pub(crate) headers: bool,
    /// Header fields whose names match, whatever their case
    #[arg(long, value_name = "RE", help_heading = "Contents")]
    pub(crate) show_header: Vec<String>,
    /// Bodies, decoded; of images and other bytes the type only
    #[arg(long, help_heading = "Contents")]
    pub(crate) bodies: bool,
    /// Put each body into a file of its own in this folder, decoded: 12-logo.png,
    /// 13-request-login.form; those that are not whole end with .part
    #[arg(long, value_name = "FOLDER", help_heading = "Report")]
    pub(crate) save: Option<PathBuf>,
    /// What happens to connections too: start, retransmissions, reset, end
    #[arg(long, help_heading = "Contents")]
    pub(crate) tcp_verbose: bool,
    /// When a frame was captured: relative (to the first that is shown), delta, day, absolute, epoch,
    /// none
    #[arg(
        short = 't',
        long,
        value_name = "STYLE",
        default_value = "relative",
        help_heading = "Contents"
    )]
    pub(crate) time: String,
    /// Colours: auto, always, never
    #[arg(long, value_name = "WHEN", default_value = "auto", help_heading = "Contents")]
    pub(crate) color: String,
    /// No colours, as --color never
    #[arg(long, conflicts_with = "color", help_heading = "Contents")]
    pub(crate) no_color: bool,
    /// Where it goes; the extension tells format and compression (out.har, out.json.gz); `-`, and no
    /// -o, is standard output
    #[arg(short, long, value_name = "FILE", help_heading = "Report")]
    pub(crate) output: Option<PathBuf>,
    /// The format: text, json, ndjson, har; what is none of these is a capture filter, as --bpf
    #[arg(short, long, value_name = "FORMAT", help_heading = "Report")]
    pub(crate) format: Vec<String>,
    /// The kernel's buffer in MiB, as --buffer-size has it in KiB
    #[arg(
        short = 'b',
        long,
        value_name = "MB",
        conflicts_with = "buffer_size",
        help_heading = "Capturing"
    )]
    pub(crate) buffer: Option<u64>,
}

#[derive(Args, Debug)]
pub(crate) struct Grep {
    /// What to look for: an expression of the crate regex, over bytes
    #[arg(required_unless_present = "limit", value_name = "RE", allow_hyphen_values = true)]
    pub(crate) pattern: Option<String>,
    /// Captures or folders of them, one behind the other in the order of their first frames; `-` is
    /// standard input
    #[arg(required_unless_present_any = ["limit", "interface"], value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Only these frames, by number: 10-20,50-
    #[arg(long, value_name = "RANGE", allow_hyphen_values = true, help_heading = "Reading")]
    pub(crate) range: Option<String>,
    #[command(flatten)]
    pub(crate) live: Live,
    #[command(flatten)]
    pub(crate) choices: Choices,
    #[command(flatten)]
    pub(crate) engine: OwnEngine,
    #[command(flatten)]
    pub(crate) together: Together,
    /// Set a limit or a time-out; `--limit help` lists them
    #[arg(long, value_name = "NAME=VALUE", help_heading = "Dissecting")]
    pub(crate) limit: Vec<String>,
    /// These flows only, by number from 1, protocol, address or port: 3,7-9,udp,192.0.2.1,:80
    #[arg(long, value_name = "FLOWS", allow_hyphen_values = true, help_heading = "Searching")]
    pub(crate) flow: Option<String>,
    /// Whatever the case of letters
    #[arg(short = 'y', long, help_heading = "Searching")]
    pub(crate) ignore_case: bool,
    /// RE is hexadecimal digits, of which ? is any; what is found is shown so too
    #[arg(long, help_heading = "Searching")]
    pub(crate) hex: bool,
    /// Stop behind so many matches
    #[arg(short, long, value_name = "NUMBER", help_heading = "Searching")]
    pub(crate) max_count: Option<u64>,
    /// Only the flows that have matches
    #[arg(short = 'l', long, conflicts_with = "count", help_heading = "Report")]
    pub(crate) flows_with_matches: bool,
    /// Only how many matches each flow has
    #[arg(short, long, help_heading = "Report")]
    pub(crate) count: bool,
    /// Write the frames of flows with matches to a pcap, in their order
    #[arg(short, long, value_name = "FILE", help_heading = "Report")]
    pub(crate) write: Option<PathBuf>,
    /// Colours: auto, always, never
    #[arg(long, value_name = "WHEN", default_value = "auto", help_heading = "Report")]
    pub(crate) color: String,
    /// The format: text, ndjson
    #[arg(short, long, value_name = "FORMAT", default_value = "text", help_heading = "Report")]
    pub(crate) format: String,
    /// Where it goes; `-`, and no -o, is standard output
    #[arg(short, long, value_name = "FILE", help_heading = "Report")]
    pub(crate) output: Option<PathBuf>,
}

#[derive(Args, Debug)]
pub(crate) struct Stats {
    /// Captures or folders of them, one behind the other in the order of their first frames; `-` is
    /// standard input
    #[arg(required_unless_present_any = ["limit", "interface", "table"], value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Only these frames, by number: 10-20,50-
    #[arg(long, value_name = "RANGE", allow_hyphen_values = true, help_heading = "Reading")]
    pub(crate) range: Option<String>,
    /// Wait at the end of the file for more, until Ctrl-C
    #[arg(long, help_heading = "Reading")]
    pub(crate) follow: bool,
    #[command(flatten)]
    pub(crate) live: Live,
    #[command(flatten)]
    pub(crate) choices: Choices,
    #[command(flatten)]
    pub(crate) engine: OwnEngine,
    #[command(flatten)]
    pub(crate) together: Together,
    /// What tells flows apart: inner (the innermost addresses), outer, vlan, tunnel
    #[arg(long, value_name = "KEY", default_value = "inner", help_heading = "Counting")]
    pub(crate) flow_key: String,
    /// Set a limit or a time-out; `--limit help` lists them
    #[arg(long, value_name = "NAME=VALUE", help_heading = "Counting")]
    pub(crate) limit: Vec<String>,
    /// These sections only: capture,protocols,endpoints,conversations,lengths,rates,tcp,dns,http,tls,problems
    #[arg(long, value_name = "NAME", value_delimiter = ',', help_heading = "Report")]
    pub(crate) section: Vec<String>,
    /// So many rows at the most where there may be any number; the rest is summed up
    #[arg(
        long,
        value_name = "N",
        default_value_t = 10,
        value_parser = crate::units::some,
        help_heading = "Report"
    )]
    pub(crate) top: u64,
    /// The report's format: text, json, csv [default: as the extension of -o says, or text]
    #[arg(short, long, value_name = "FORMAT", help_heading = "Report")]
    pub(crate) format: Option<String>,
    /// Which table, or which section's single values, is written as csv; `--table help` lists them
    #[arg(long, value_name = "NAME", help_heading = "Report")]
    pub(crate) table: Option<String>,
    /// Where the report goes; `-`, and no -o, is standard output
    #[arg(short, long, value_name = "FILE", help_heading = "Report")]
    pub(crate) output: Option<PathBuf>,
    /// Writes one page with plots, which needs nothing else; without -o and -f nothing besides
    #[arg(long, value_name = "FILE", help_heading = "Report")]
    pub(crate) html: Option<PathBuf>,
    /// Colours: auto, always, never
    #[arg(long, value_name = "WHEN", default_value = "auto", help_heading = "Report")]
    pub(crate) color: String,
}

#[derive(Args, Debug)]
pub(crate) struct Protocols {
    /// text, or json with all that is known of each
    #[arg(short, long, default_value = "text", value_name = "FORMAT")]
    pub(crate) format: String,
}

#[derive(Args, Debug)]
pub(crate) struct Fields {
    /// What their names begin with: ip, tcp.options, frame
    #[arg(default_value = "")]
    pub(crate) prefix: String,
    /// text, or json with all that is known of each
    #[arg(short, long, default_value = "text", value_name = "FORMAT")]
    pub(crate) format: String,
    /// Write the JSON Schema of a frame, as ndjson has one on each line
    #[arg(long)]
    pub(crate) json_schema: bool,
}
