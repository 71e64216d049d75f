//! Live capture: frames from network devices, through libpcap or Linux's packet socket.
//!
//! libpcap is loaded when it is first needed and linked by nothing. [`LiveOptions`] opens devices
//! as a [`Capture`](crate::Capture), so that whoever reads a file reads them.

mod backend;
mod batch;
#[cfg(target_os = "linux")]
mod cooked;
mod describe;
mod device;
mod error;
mod filter;
mod inject;
mod libpcap;
mod options;
#[cfg(target_os = "linux")]
mod packet;
mod permission;
mod savefile;
mod source;
mod statistics;
mod stop;
mod sys;

pub(crate) use source::Live;

pub use device::{Device, DeviceAddress, DeviceFlags, default_device, devices};
pub use error::LiveError;
pub use filter::Filter;
pub use inject::Injector;
pub use options::{Backend, Fanout, FanoutKind, LiveDirection, LiveOptions, TimestampSource};
pub use statistics::{LiveStatistics, Meter};
pub use stop::Stopper;

/// What libpcap calls itself, such as `libpcap version 1.10.3 (with TPACKET_V3)`; `None` without it.
pub fn library_version() -> Option<String> {
    sys::library().ok().map(|library| library.version().to_owned())
}
