//! What can be said on the command line.

mod bench;
mod capture;
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
Exit codes: 0 done, 1 nothing found, 2 wrong use, or an input or output that failed.";

const EXTRACT_EXAMPLES: &str = "\
Examples:
  wirelens extract in.pcap -o out.plist          the extension tells the format
  wirelens extract in.pcapng -o out.json.zst     and the compression
  wirelens extract -j in.pcap | jq '.frames[0]'
  wirelens extract -a in -p -o out               in.pcap into out.plist
  wirelens extract -F -f json in.pcap -o frames  frames/Frame 1.json, frames/Frame 2.json, ...
  wirelens extract in.pcap -o out.csv --fields frame.number,ip.src,tcp.dstport
  wirelens extract -P tcp in.pcap                nothing behind TCP
  wirelens extract monday/ -o monday.pcapng      all captures of a folder, in order of time
  wirelens extract in.pcap --range 10-20 -o part.pcap

Names of protocols and fields: `wirelens protocols`, `wirelens fields PREFIX`.";

const SHOW_EXAMPLES: &str = "\
Examples:
  wirelens show in.pcap
  wirelens show -V --range 7 in.pcap             all fields of the seventh frame
  wirelens show -x -t absolute in.pcap           the bytes too, and the time of the day
  wirelens show --fields ip.src,ip.dst in.pcap   columns instead
  wirelens show --follow growing.pcap            as it is written, until Ctrl-C
  wirelens show -i eth0 --bpf 'udp port 53'      as it comes by
  ssh host tcpdump -U -w - | wirelens show -";

const REASSEMBLE_EXAMPLES: &str = "\
Examples:
  wirelens reassemble in.pcap -f tree            datagrams and streams, and what is in them
  wirelens reassemble in.pcap -f raw -o streams  a file for each datagram and direction, and an index
  wirelens reassemble in.pcap --follow 3         both sides of the fourth TCP connection
  wirelens reassemble in.pcap -P ip -f pcap -o whole.pcap
  wirelens reassemble in.pcap --strict --payload | jq '.records[]'
  wirelens reassemble in.pcap --limit tcp.connections=1000 --limit tcp.policy=linux

Missing bytes are gaps with a reason; they are never filled. Exit code 1: no such connection.";

const TRACE_EXAMPLES: &str = "\
Examples:
  wirelens trace in.pcap -f tree                 who talked to whom, how long, about what
  wirelens trace in.pcap -f csv > flows.csv
  wirelens trace in.pcap -o flows                a pcap for each flow, and flows/index.json
  wirelens trace in.pcap -o flows -f json        the frames of each flow, dissected
  wirelens trace in.pcap --flow :443,192.0.2.1   some flows only: 3, 7-9, tcp, tls, 192.0.2.1:80
  wirelens trace in.pcap --flow-key outer,vlan   the addresses of tunnels, VLANs apart
  wirelens trace in.pcap | jq '.flows[] | select(.initiator.tcp.retransmissions > 0) | .label'
  wirelens trace in.pcap --events                what happens to connections, as it happens
  wirelens trace in.pcap --limit flows.udp=60

The initiator has sent the SYN, or else the first frame; `opening` says which rule told it.";

const HTTP_EXAMPLES: &str = "\
Examples:
  wirelens http in.pcap                          requests and responses, as they happen
  wirelens http in.pcap --host example.org --method-ignore '^(HEAD|OPTIONS)$'
  wirelens http in.pcap --url '\\.json$' --bodies  what was said, JSON on lines of its own
  wirelens http in.pcap --show-header cookie     cookies of both sides
  wirelens http in.pcap --tcp-verbose -t day     what happens to connections between
  wirelens http in.pcap -f har --bodies -o in.har  for the tools of a browser
  wirelens http in.pcap -f ndjson | jq 'select(.latency > 500000000) | .url'
  wirelens http in.pcap -d tcp.port==8888,http   on a port that is not known
  wirelens http -i eth0 -f 'tcp port 80' -b 50   live, with a filter and a buffer of 50 MiB

HTTP/1, HTTP/2 and WebSocket, in clear. Of each kind of expression one must match that is to include,
and none that is to ignore. Exit code 1: none of those that were asked for.";

const GREP_EXAMPLES: &str = "\
Examples:
  wirelens grep password in.pcap
  wirelens grep -y 'set-cookie: \\w+' in.pcap      with the match marked, and what is around it
  wirelens grep -l 'BEGIN CERTIFICATE' in.pcap   only the flows
  wirelens grep -c . in.pcap                     how often in each flow
  wirelens grep --hex 'ff d8 ff e?' in.pcap      bytes; ? stands for any digit
  wirelens grep '(?-u)\\x00\\xff+' in.pcap         the same as an expression
  wirelens grep token in.pcap -w token.pcap      the flows it is in, frame by frame

It looks through what each side of a TCP connection sends, wherever segments end; through UDP
payloads; and through bodies of HTTP that were encoded. A match that goes on over segments is found if
it is no longer than --limit grep.match. Exit code 1: nothing matches.";

const STATS_EXAMPLES: &str = "\
Examples:
  wirelens stats in.pcap                         all of it, for reading
  wirelens stats in.pcap --section tcp,problems  some of it; what it does not need is not looked at
  wirelens stats in.pcap --html out.html         one page with plots, to be opened or sent on
  wirelens stats in.pcap -f json | jq .conversations.flows
  wirelens stats in.pcap -f csv --table rates    one table; --table help lists them
  wirelens stats monday/ --top 50 -o monday.txt
  wirelens stats in.pcap --range 1-1000 --flow-key outer,vlan

Sections: capture, protocols, endpoints, conversations, lengths, rates, tcp, dns, http, tls, problems.
Memory is bounded; where there is too much to remember, a note says how far a row may be off.";

const CAPTURE_EXAMPLES: &str = "\
Examples:
  wirelens capture                               a line a frame, from the first device that will do
  wirelens capture -i eth0 -i wlan0 'tcp port 443' -w out.pcapng
  wirelens capture -i any -f json | jq           a report; any format that extract has
  wirelens capture -i eth0 -w out.pcapng -C 100 -W 10     the last ten files of 100 MB
  wirelens capture -i eth0 -w '%F_%H.pcap' -G 1h -Z nobody   a file an hour, root no longer
  wirelens capture -i eth0 -c 1000 --duration 1m -s 96 -w - | ssh host 'cat > out.pcapng'

Files that follow each other are out_00001_20261231235959.pcapng and so on, unless the name has
directives of strftime. They are changed between frames, and hold whole records whenever the program
ends. SIGINT and SIGTERM end it properly, SIGUSR1 has it say what was counted, SIGUSR2 has it write
what is in memory, as tcpdump.

Capturing takes CAP_NET_RAW: sudo setcap cap_net_raw,cap_net_admin=eip $(command -v wirelens)";

const INJECT_EXAMPLES: &str = "\
Examples:
  wirelens inject -i eth0 in.pcap --as-recorded  with the pauses it was captured with
  wirelens inject -i eth0 in.pcap --rate 1000    a thousand frames a second
  wirelens inject -i eth0 in.pcap --bpf arp --range 1-10
  echo ffffffffffff02000000000a0806.. | wirelens inject -i eth0 --hex -";

const ANALYSE_EXAMPLES: &str = "\
Examples:
  wirelens analyse response.bin                  told by its content
  wirelens analyse -P dns query.bin
  xxd -r -p | wirelens analyse -P ip -           a packet in hexadecimal digits

Exit code 1: no protocol recognises the bytes.";

const BENCH_EXAMPLES: &str = "\
Examples:
  wirelens bench in.pcap                         all that are installed
  wirelens bench in.pcap --frames 2000           the slow ones take milliseconds a frame
  wirelens bench in.pcap -E native,tshark --runs 5
  wirelens bench in.pcap --python venv/bin/python -f json

Each engine dissects in a process of its own, and what it writes is thrown away: native and threads
write every field as JSON, with one thread and with one for each core, tshark does the same with
-T json; headers counts layers; the Python packages hand over packets. A packet's time is the time of
the whole run, its start included, so that few frames make slow starters look slow; memory is that
of the largest process.";

const VERIFY_EXAMPLES: &str = "\
Examples:
  wirelens verify in.pcap                        a table by protocol, and the first differences
  wirelens verify in.pcap --differences 1000 | less
  wirelens verify in.pcap --no-reassembly -f json | jq .fields
  wirelens verify in.pcap -d tcp.port==8888,http     both are told

Fields are paired by name, byte range and value, however a value is spelled. Of tshark's those count
that it shows in the frame's bytes, not what it hides or works out; of protocols that are not known
here, and of what lies behind them, none. Known differences and their reasons: docs/protocols.md.
Exit codes: 0 equal, 1 they differ, 2 tshark is missing or cannot read the capture. Fields that only
Wirelens has (extra) are no difference.";

const SPLIT_EXAMPLES: &str = "\
Examples:
  wirelens split in.pcap --into 8
  wirelens split in.pcap --into 8 | xargs -d '\\n' -n 1 -P 8 wirelens worker --split

A line of JSON for each part: the file, where its first record begins, where the next part's does,
and the sections and interfaces that must be known. Borders are found by following records; whether
one is right is known when the part before has been read to its end. What is compressed is one part.";

const WORKER_EXAMPLES: &str = "\
Examples:
  wirelens worker --split '{\"file\":\"in.pcap\",\"from\":24,\"to\":81920}'
  wirelens extract in.pcap -o out.json -E server --workers 4 \\
    --worker-command 'ssh node$WIRELENS_WORKER wirelens worker --split -'

What it prints depends on the split and the captures alone. For parts it is a line of JSON each:
their frames, where they begin and end, and which hosts agree on flows between others. For a share of
the flows it is the reports of their frames, with their numbers, for `extract` to put in order.";

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
    /// Captures or folders of them, as one stream in order of time; `-` is standard input
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
    /// Verify checksums; a wrong one is a problem of its frame
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
    /// When a frame was captured: relative, delta, day, absolute, epoch, none
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
    /// (out.json, out.csv.gz); `-`, and no -o, is standard output
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
    /// Captures or folders of them, as one stream in order of time; `-` is standard input
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
    /// Only this TCP connection, counted from 0: both sides in order of arrival, as tshark's follow
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
    /// Verify checksums; a wrong one is a problem
    #[arg(long)]
    pub(crate) checksums: bool,
}

#[derive(Args, Debug)]
pub(crate) struct Trace {
    /// Captures or folders of them, as one stream in order of time; `-` is standard input
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
    /// What tells flows apart: inner (the innermost addresses), outer, vlan, tunnel
    #[arg(long, value_name = "KEY", default_value = "inner", help_heading = "Flows")]
    pub(crate) flow_key: String,
    /// These flows only, by number, protocol, address or port: 3,7-9,tls,192.0.2.1,:443
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
    /// Where the index goes, with the format that its extension tells: standard output without -o,
    /// else index.json in the folder
    #[arg(long, value_name = "FILE", help_heading = "Report")]
    pub(crate) index: Option<PathBuf>,
}

#[derive(Args, Debug)]
pub(crate) struct Http {
    /// Captures or folders of them, as one stream in order of time; `-` is standard input
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
    /// Those of these flows only, by number, protocol, address or port: 3,7-9,192.0.2.1,:8080
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
    /// What happens to connections too: start, retransmissions, reset, end
    #[arg(long, help_heading = "Contents")]
    pub(crate) tcp_verbose: bool,
    /// When a frame was captured: relative, delta, day, absolute, epoch, none
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
    /// Captures or folders of them, as one stream in order of time; `-` is standard input
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
    /// These flows only, by number, protocol, address or port: 3,7-9,udp,192.0.2.1,:80
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
    /// Write the frames of flows with matches to a capture, in their order
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
    /// Captures or folders of them, as one stream in order of time; `-` is standard input
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
    #[arg(long, value_name = "N", default_value_t = 10, help_heading = "Report")]
    pub(crate) top: usize,
    /// The report's format: text, json, csv [default: as the extension of -o says, or text]
    #[arg(short, long, value_name = "FORMAT", help_heading = "Report")]
    pub(crate) format: Option<String>,
    /// Which table, or which section's single values, is written as csv
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
    /// What their names begin with: ip, tcp.options
    #[arg(default_value = "")]
    pub(crate) prefix: String,
    /// text, or json with all that is known of each
    #[arg(short, long, default_value = "text", value_name = "FORMAT")]
    pub(crate) format: String,
    /// Write the JSON Schema of a frame, as ndjson has one on each line
    #[arg(long)]
    pub(crate) json_schema: bool,
}
