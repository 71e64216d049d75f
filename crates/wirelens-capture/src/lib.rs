//! Frames in and out: pcap, pcapng, snoop, compressed, streamed, written.
//!
//! [`Capture`] reads any of them as one stream of [`Frame`]s and keeps what else the file says:
//! sections, interfaces, comments, names, statistics, secrets. Damage is reported with its offset
//! and read past.

mod block;
mod capture;
mod compression;
mod error;
mod frame;
mod interface;
mod link_type;
mod log;
mod options;
mod pcap;
mod pcapng;
mod pseudo_header;
mod recognise;
mod record;
mod resync;
mod snoop;
mod source;
mod timestamp;
mod window;

pub use block::{
    Block, Content, NameRecord, NameRecords, Names, Secrets, Statistics, kind as block_kind,
};
pub use capture::{Capture, OpenOptions, Record};
pub use compression::Compression;
pub use error::{Error, Fault};
pub use frame::{Direction, Frame, FrameFlags};
pub use interface::{Format, Interface, Section};
pub use link_type::LinkType;
pub use log::{Counters, Problem, Warning};
pub use options::{BlockOption, OptionIter, Options, code as option_code};
pub use source::SourceFile;
pub use timestamp::{Resolution, Timestamp};
