//! What `wirelens capture`, `devices` and `inject` take.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::live::Live;
use super::{Display, Dissecting};
use crate::units;

#[derive(Args, Debug)]
pub(crate) struct Capture {
    /// Only frames that this accepts, as pcap-filter(7) has it: tcp port 80 and host 192.0.2.1
    #[arg(value_name = "FILTER")]
    pub(crate) filter: Vec<String>,
    #[command(flatten)]
    pub(crate) live: Live,
    /// Stop after so many frames
    #[arg(short, long, value_name = "NUMBER", help_heading = "Capturing")]
    pub(crate) count: Option<u64>,
    /// Once the devices are open, be this user instead of root
    #[arg(short = 'Z', long, value_name = "NAME", help_heading = "Capturing")]
    pub(crate) user: Option<String>,
    /// Record into this file: pcap by the extension .pcap or .cap, pcapng by any other that is not a
    /// report's; `-` is standard output
    #[arg(short, long, value_name = "FILE", help_heading = "Recording")]
    pub(crate) write: Option<PathBuf>,
    /// Begin another file before one is larger: millions of bytes, or with a unit: 100, 64M, 1G
    #[arg(
        short = 'C',
        long,
        value_name = "SIZE",
        value_parser = units::megabytes,
        requires = "write",
        help_heading = "Recording"
    )]
    pub(crate) rotate_size: Option<u64>,
    /// Begin another file after so long: 60, 15m, 1h
    #[arg(
        short = 'G',
        long,
        value_name = "TIME",
        value_parser = units::time,
        requires = "write",
        help_heading = "Recording"
    )]
    pub(crate) rotate_time: Option<Duration>,
    /// Begin another file behind so many frames
    #[arg(long, value_name = "NUMBER", requires = "write", help_heading = "Recording")]
    pub(crate) rotate_count: Option<u64>,
    /// Keep only the last so many files
    #[arg(
        short = 'W',
        long,
        value_name = "NUMBER",
        requires = "write",
        help_heading = "Recording"
    )]
    pub(crate) keep: Option<usize>,
    /// Run this program on each file once it is complete, with the file's name as its only argument:
    /// xz, ./upload
    #[arg(
        short = 'z',
        long,
        value_name = "PROGRAM",
        requires = "write",
        help_heading = "Recording"
    )]
    pub(crate) postrotate: Option<String>,
    /// Stop when the files have so many bytes together, as for --rotate-size
    #[arg(
        long,
        value_name = "SIZE",
        value_parser = units::megabytes,
        requires = "write",
        help_heading = "Recording"
    )]
    pub(crate) stop_size: Option<u64>,
    /// How long a frame may wait before it is in the file; 0 for no longer than until nothing more
    /// comes [default: 1]
    #[arg(
        long,
        value_name = "TIME",
        value_parser = units::time,
        requires = "write",
        help_heading = "Recording"
    )]
    pub(crate) flush: Option<Duration>,
    /// A comment in each file, pcapng only
    #[arg(long, value_name = "TEXT", requires = "write", help_heading = "Recording")]
    pub(crate) comment: Option<String>,
    /// Write a report instead of lines; the extension tells format and compression; `-` is standard
    /// output
    #[arg(short, long, value_name = "FILE", conflicts_with = "write", help_heading = "Report")]
    pub(crate) output: Option<PathBuf>,
    /// The format of the report, as `extract` has them; with -w pcap or pcapng
    #[arg(short, long, value_name = "FORMAT", help_heading = "Report")]
    pub(crate) format: Option<String>,
    #[command(flatten)]
    pub(crate) dissecting: Dissecting,
    #[command(flatten)]
    pub(crate) display: Display,
    /// Say on standard error when a file is complete
    #[arg(short, long)]
    pub(crate) verbose: bool,
}

#[derive(Args, Debug)]
pub(crate) struct Devices {
    /// text, or json with all that is known of each
    #[arg(short, long, default_value = "text", value_name = "FORMAT")]
    pub(crate) format: String,
}

#[derive(Args, Debug)]
pub(crate) struct Inject {
    /// A capture whose frames are sent; `-` is standard input
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// Send through this device
    #[arg(short, long, value_name = "IF")]
    pub(crate) interface: String,
    /// FILE has hexadecimal digits instead, a frame a line
    #[arg(long, conflicts_with_all = ["range", "bpf", "as_recorded"])]
    pub(crate) hex: bool,
    /// Only these frames, by number: 10-20,50-
    #[arg(long, value_name = "RANGE", allow_hyphen_values = true)]
    pub(crate) range: Option<String>,
    /// Only frames that this accepts, as pcap-filter(7) has it
    #[arg(long, value_name = "FILTER")]
    pub(crate) bpf: Option<String>,
    /// So many frames a second [default: as fast as it goes]
    #[arg(long, value_name = "NUMBER", conflicts_with = "as_recorded")]
    pub(crate) rate: Option<f64>,
    /// With the pauses that the capture has
    #[arg(long)]
    pub(crate) as_recorded: bool,
    /// So many times as fast as recorded
    #[arg(long, value_name = "FACTOR", default_value_t = 1.0, requires = "as_recorded")]
    pub(crate) speed: f64,
    /// What sends: auto, libpcap, packet (Linux's packet socket)
    #[arg(long, value_name = "BACKEND", default_value = "auto")]
    pub(crate) backend: String,
}
