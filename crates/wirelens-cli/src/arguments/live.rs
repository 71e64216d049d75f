//! What commands that read frames take of devices.

use clap::Args;

use crate::units;

/// Which devices frames come from, and how.
#[derive(Args, Debug)]
pub(crate) struct Live {
    /// Capture from this device instead of reading a file; several times for several, `any` for all
    /// [default without a name: the first that is up and has an address]
    #[arg(
        short,
        long,
        value_name = "IF",
        num_args = 0..=1,
        default_missing_value = "",
        help_heading = "Capturing"
    )]
    pub(crate) interface: Vec<String>,
    /// Only frames that this accepts, as pcap-filter(7) has it: 'tcp port 80'; of files too
    #[arg(long, value_name = "FILTER", help_heading = "Capturing")]
    pub(crate) bpf: Option<String>,
    #[command(flatten)]
    pub(crate) how: How,
}

/// How devices are captured from.
#[derive(Args, Debug)]
pub(crate) struct How {
    /// Keep so many bytes of each frame; 0 for all there can be [default: 65535]
    #[arg(
        short = 's',
        long,
        value_name = "BYTES",
        value_parser = units::bytes,
        help_heading = "Capturing"
    )]
    pub(crate) snap_length: Option<u32>,
    /// The kernel's buffer, in KiB or with a unit: 20480, 20M [default: 10M]
    #[arg(
        short = 'B',
        long,
        value_name = "SIZE",
        value_parser = units::kibibytes,
        help_heading = "Capturing"
    )]
    pub(crate) buffer_size: Option<u64>,
    /// How long the kernel may collect frames before it shows them, in milliseconds [default: 1000
    /// into files, else 100]
    #[arg(long, value_name = "MS", help_heading = "Capturing")]
    pub(crate) buffer_timeout: Option<u32>,
    /// Show each frame as soon as it comes, which costs more
    #[arg(long, conflicts_with = "buffer_timeout", help_heading = "Capturing")]
    pub(crate) immediate: bool,
    /// Stop after so long: 90, 90s, 15m, 2h
    #[arg(long, value_name = "TIME", value_parser = units::time, help_heading = "Capturing")]
    pub(crate) duration: Option<std::time::Duration>,
    /// Leave frames alone that are for other hosts
    #[arg(long, help_heading = "Capturing")]
    pub(crate) no_promisc: bool,
    /// Put a wireless device into monitor mode
    #[arg(long, help_heading = "Capturing")]
    pub(crate) monitor: bool,
    /// Only frames that come in, or go out: in, out, inout [default: inout]
    #[arg(long, value_name = "WAY", help_heading = "Capturing")]
    pub(crate) direction: Option<String>,
    /// Only frames of this Ethernet type, chosen before any filter: 0x0806
    #[arg(long, value_name = "NUMBER", value_parser = units::number16, help_heading = "Capturing")]
    pub(crate) ether_type: Option<u16>,
    /// Times in nanoseconds, where the device has them
    #[arg(long, help_heading = "Capturing")]
    pub(crate) nanoseconds: bool,
    /// Which clock gives the times, of those that `wirelens devices -f json` lists
    #[arg(long, value_name = "CLOCK", help_heading = "Capturing")]
    pub(crate) timestamp_source: Option<String>,
    /// What captures: auto, libpcap, packet (Linux's packet socket) [default: auto]
    #[arg(long, value_name = "BACKEND", help_heading = "Capturing")]
    pub(crate) backend: Option<String>,
}

impl How {
    /// One of these options that was given.
    pub(crate) fn given(&self) -> Option<&'static str> {
        let options = [
            (self.snap_length.is_some(), "--snap-length (-s)"),
            (self.buffer_size.is_some(), "--buffer-size (-B)"),
            (self.buffer_timeout.is_some(), "--buffer-timeout"),
            (self.immediate, "--immediate"),
            (self.duration.is_some(), "--duration"),
            (self.no_promisc, "--no-promisc"),
            (self.monitor, "--monitor"),
            (self.direction.is_some(), "--direction"),
            (self.ether_type.is_some(), "--ether-type"),
            (self.nanoseconds, "--nanoseconds"),
            (self.timestamp_source.is_some(), "--timestamp-source"),
            (self.backend.is_some(), "--backend"),
        ];
        options.into_iter().find(|(given, _)| *given).map(|(_, name)| name)
    }
}
