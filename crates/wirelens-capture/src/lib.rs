//! Frames in and out: pcap, pcapng, snoop, compressed, streamed, written; live.
//!
//! [`Capture`] reads any of them as one stream of [`Frame`]s and keeps what else the file says:
//! sections, interfaces, comments, names, statistics, secrets. Damage is reported with its offset
//! and read past. [`LiveOptions`] opens devices as a [`Capture`] too, through libpcap or Linux's
//! packet socket.

mod block;
mod capture;
mod compress;
mod compression;
mod error;
mod frame;
mod interface;
mod link_type;
mod live;
mod log;
mod options;
mod owned;
mod pcap;
mod pcapng;
mod pipe;
mod pseudo_header;
mod recognise;
mod record;
mod resync;
mod snoop;
mod source;
mod split;
#[cfg(feature = "stream")]
mod stream;
mod timestamp;
mod window;
mod write_pcap;
mod write_pcapng;

pub use block::{
    Block, Content, NameRecord, NameRecords, Names, Secrets, Statistics, kind as block_kind,
};
pub use capture::{Advance, Capture, InterfaceCounters, OpenOptions, Record};
pub use compress::Compressor;
pub use compression::Compression;
pub use error::{Error, Fault};
pub use frame::{Direction, Frame, FrameFlags};
pub use interface::{Format, Interface, Section};
pub use link_type::LinkType;
pub use live::{
    Backend, Device, DeviceAddress, DeviceFlags, Fanout, FanoutKind, Filter, Injector,
    LiveDirection, LiveError, LiveOptions, LiveStatistics, Meter, Stopper, TimestampSource,
    default_device, devices, library_version,
};
pub use log::{Counters, Problem, Warning};
pub use options::{BlockOption, OptionIter, Options, code as option_code};
pub use owned::OwnedFrame;
pub use source::SourceFile;
pub use split::Split;
#[cfg(feature = "stream")]
pub use stream::FrameStream;
pub use timestamp::{Resolution, Timestamp};
pub use write_pcap::PcapWriter;
pub use write_pcapng::{OptionList, PcapngWriter};
