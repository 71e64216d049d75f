//! How devices are opened.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use super::error::LiveError;
use super::{Live, default_device, sys};
use crate::{Capture, Error};

/// Bytes of the kernel's buffer: 10 MiB.
const BUFFER_SIZE: usize = 10 * 1024 * 1024;
/// Most bytes of a frame that are kept.
const SNAP_LENGTH: u32 = 65_535;
/// libpcap's largest snap length, which 0 stands for.
pub(super) const SNAP_LENGTH_MAX: u32 = 262_144;

/// Which way devices are opened.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Backend {
    /// libpcap if it is there, else the packet socket if this is Linux.
    #[default]
    Auto,
    /// libpcap.
    Libpcap,
    /// Linux's packet socket with a ring shared with the kernel (`TPACKET_V3`). Filters are still
    /// compiled by libpcap.
    Packet,
}

impl Backend {
    /// Which of the two it means here.
    pub(super) fn chosen(self) -> Result<Self, LiveError> {
        match self {
            Self::Auto if cfg!(target_os = "linux") && sys::library().is_err() => Ok(Self::Packet),
            Self::Auto | Self::Libpcap => sys::library().map(|_| Self::Libpcap),
            Self::Packet => Ok(Self::Packet),
        }
    }
}

/// Which frames are taken, seen from this host.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum LiveDirection {
    /// Received and sent.
    #[default]
    Both,
    /// Received.
    In,
    /// Sent.
    Out,
}

/// Which clock gives frames their times; not every device has each (see
/// [`Device::timestamp_sources`](super::Device::timestamp_sources)).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum TimestampSource {
    /// `host`: the host's clock, of a precision that is not said.
    Host,
    /// `host_lowprec`: the host's clock, read cheaply.
    HostLowPrecision,
    /// `host_hiprec`: the host's clock, read precisely.
    HostHighPrecision,
    /// `adapter`: the device's clock, which runs with the host's.
    Adapter,
    /// `adapter_unsynced`: the device's clock as it is.
    AdapterUnsynced,
    /// `host_hiprec_unsynced`: the host's clock, read precisely, not following the system's.
    HostHighPrecisionUnsynced,
}

impl TimestampSource {
    /// All of them, by libpcap's number.
    pub const ALL: [Self; 6] = [
        Self::Host,
        Self::HostLowPrecision,
        Self::HostHighPrecision,
        Self::Adapter,
        Self::AdapterUnsynced,
        Self::HostHighPrecisionUnsynced,
    ];

    /// libpcap's name, such as `adapter_unsynced`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Host => "host",
            Self::HostLowPrecision => "host_lowprec",
            Self::HostHighPrecision => "host_hiprec",
            Self::Adapter => "adapter",
            Self::AdapterUnsynced => "adapter_unsynced",
            Self::HostHighPrecisionUnsynced => "host_hiprec_unsynced",
        }
    }

    /// The source of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|source| source.name() == name)
    }

    /// Whether its times can be compared with the time of day.
    pub(super) const fn is_the_hosts(self) -> bool {
        matches!(self, Self::Host | Self::HostLowPrecision | Self::HostHighPrecision)
    }

    pub(super) fn number(self) -> i32 {
        Self::ALL.iter().position(|source| *source == self).unwrap_or(0) as i32
    }

    pub(super) fn from_number(number: i32) -> Option<Self> {
        Self::ALL.get(usize::try_from(number).ok()?).copied()
    }
}

/// A group of captures that share the frames of a device, so that each of several threads reads a
/// part of them. Linux, with [`Backend::Packet`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Fanout {
    /// The group, which the captures of one device have in common; any number that no other program
    /// uses.
    pub number: u16,
    /// Who gets a frame.
    pub kind: FanoutKind,
}

/// Who of a [`Fanout`] gets a frame.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum FanoutKind {
    /// By a hash of addresses and ports: both directions of a flow go to the same capture, but
    /// fragments, which have no ports, by their addresses alone.
    #[default]
    Flow,
    /// In turn.
    RoundRobin,
    /// By the processor that received it.
    Processor,
    /// The first, until its buffer is full; then the next.
    Rollover,
}

impl FanoutKind {
    /// `PACKET_FANOUT_`, linux/if_packet.h. Without the flag that has the kernel put fragments
    /// together: they would be seen as one.
    #[cfg(target_os = "linux")]
    pub(super) const fn number(self) -> u16 {
        match self {
            Self::Flow => 0,
            Self::RoundRobin => 1,
            Self::Processor => 2,
            Self::Rollover => 3,
        }
    }
}

/// How to capture from devices.
///
/// ```no_run
/// # fn main() -> Result<(), wirelens_capture::Error> {
/// use wirelens_capture::LiveOptions;
/// let mut capture = LiveOptions::new().filter("tcp port 80").count(10).open(&["eth0"])?;
/// while let Some(frame) = capture.next_frame()? {
///     println!("{} {}", frame.number, frame.captured.len());
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct LiveOptions {
    pub(super) filter: Option<String>,
    pub(super) promiscuous: bool,
    pub(super) buffer_size: usize,
    pub(super) buffer_timeout: i64,
    pub(super) monitor: bool,
    pub(super) snap_length: u32,
    pub(super) direction: LiveDirection,
    pub(super) nanoseconds: bool,
    pub(super) timestamp_source: Option<TimestampSource>,
    pub(super) protocol: Option<u16>,
    pub(super) count: Option<u64>,
    pub(super) duration: Option<Duration>,
    pub(super) backend: Backend,
    pub(super) stop: Arc<AtomicBool>,
    pub(super) savefile: Option<PathBuf>,
    pub(super) fanout: Option<Fanout>,
}

impl Default for LiveOptions {
    fn default() -> Self {
        Self {
            filter: None,
            promiscuous: true,
            buffer_size: BUFFER_SIZE,
            buffer_timeout: 1000,
            monitor: false,
            snap_length: SNAP_LENGTH,
            direction: LiveDirection::Both,
            nanoseconds: false,
            timestamp_source: None,
            protocol: None,
            count: None,
            duration: None,
            backend: Backend::Auto,
            stop: Arc::default(),
            savefile: None,
            fanout: None,
        }
    }
}

impl LiveOptions {
    /// Everything as it is by default: all frames, promiscuous, in a buffer of 10 MiB, delivered
    /// within a second.
    pub fn new() -> Self {
        Self::default()
    }

    /// Only frames that the expression accepts, in the language of `pcap-filter(7)`. An empty one
    /// accepts all.
    pub fn filter(mut self, filter: impl Into<String>) -> Self {
        self.filter = Some(filter.into()).filter(|filter| !filter.trim().is_empty());
        self
    }

    /// Whether frames for other hosts are taken too: true by default.
    pub fn promiscuous(mut self, promiscuous: bool) -> Self {
        self.promiscuous = promiscuous;
        self
    }

    /// Bytes of the buffer in which the kernel keeps frames until they are taken: 10 MiB by default.
    /// Each interface has its own.
    pub fn buffer_size(mut self, bytes: usize) -> Self {
        self.buffer_size = bytes;
        self
    }

    /// How long the kernel may collect frames before it shows them, in milliseconds: 1000 by
    /// default. Zero or less is immediate mode: each frame as soon as it comes.
    pub fn buffer_timeout(mut self, milliseconds: i64) -> Self {
        self.buffer_timeout = milliseconds;
        self
    }

    /// Whether a wireless device is put into monitor mode: false by default.
    pub fn monitor(mut self, monitor: bool) -> Self {
        self.monitor = monitor;
        self
    }

    /// Most bytes of a frame that are kept: 65,535 by default; 0 is libpcap's maximum, 262,144.
    pub fn snap_length(mut self, bytes: u32) -> Self {
        self.snap_length = bytes;
        self
    }

    /// Whether frames received, sent, or both are taken.
    pub fn direction(mut self, direction: LiveDirection) -> Self {
        self.direction = direction;
        self
    }

    /// Whether times are nanoseconds where the device has them; microseconds by default.
    pub fn nanoseconds(mut self, nanoseconds: bool) -> Self {
        self.nanoseconds = nanoseconds;
        self
    }

    /// The clock that gives frames their times. A device without it says so in a warning and uses
    /// its default one.
    pub fn timestamp_source(mut self, source: TimestampSource) -> Self {
        self.timestamp_source = Some(source);
        self
    }

    /// Only frames of an Ethernet protocol (`ETH_P_`, such as 0x0806), chosen by the kernel before
    /// any filter. Linux.
    pub fn protocol(mut self, ether_type: u16) -> Self {
        self.protocol = Some(ether_type);
        self
    }

    /// Ends after so many frames.
    pub fn count(mut self, frames: u64) -> Self {
        self.count = Some(frames);
        self
    }

    /// Ends after this time, counted from the opening.
    pub fn duration(mut self, duration: Duration) -> Self {
        self.duration = Some(duration);
        self
    }

    /// Which way devices are opened.
    pub fn backend(mut self, backend: Backend) -> Self {
        self.backend = backend;
        self
    }

    /// A flag that ends the capture, as the opened capture's [`Stopper`](super::Stopper) does. Set
    /// by a signal it ends the wait at once; by another thread, within 200 ms.
    pub fn stop(mut self, stop: Arc<AtomicBool>) -> Self {
        self.stop = stop;
        self
    }

    /// A file that every delivered frame is written to as well: pcap if its name ends with `.pcap`,
    /// else pcapng. It is flushed before each wait for frames.
    pub fn savefile(mut self, path: impl Into<PathBuf>) -> Self {
        self.savefile = Some(path.into());
        self
    }

    /// Shares the frames of the device with other captures of the same group.
    pub fn fanout(mut self, fanout: Fanout) -> Self {
        self.fanout = Some(fanout);
        self
    }

    /// Opens devices as one stream, ordered by time; without a name, the
    /// [`default_device`](super::default_device). `any` is all devices of the system (Linux), with a
    /// cooked header before each frame.
    ///
    /// Options that a device does not have are told in
    /// [`Capture::take_warnings`](crate::Capture::take_warnings).
    ///
    /// # Errors
    /// [`Error::Live`] when a device is not there or may not be opened, the filter is wrong, or the
    /// backend is missing; [`Error::Open`] when the savefile cannot be made.
    pub fn open<S: AsRef<str>>(self, interfaces: &[S]) -> Result<Capture, Error> {
        let mut names: Vec<String> =
            interfaces.iter().map(|name| name.as_ref().to_owned()).collect();
        if names.is_empty() {
            names.push(default_device()?.name);
        }
        Ok(Capture::live(Live::open(&names, &self)?, &self.stop))
    }

    /// How long frames may wait in the kernel; `None` in immediate mode.
    pub(super) fn timeout(&self) -> Option<Duration> {
        u64::try_from(self.buffer_timeout).ok().filter(|time| *time > 0).map(Duration::from_millis)
    }
}
