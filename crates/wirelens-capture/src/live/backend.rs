//! What the two ways to a device have in common.

use std::time::Duration;

use super::batch::Batch;
use super::error::LiveError;
use super::statistics::Meter;
use super::{Injector, LiveOptions, options::Backend};
use crate::{LinkType, Resolution};

/// One open device.
pub(crate) trait Tap: Send {
    /// Takes frames that have come, at most [`FRAMES`](super::batch::FRAMES), without waiting. True
    /// when there may be more.
    fn take(&mut self, batch: &mut Batch<'_>) -> Result<bool, LiveError>;

    /// What can be waited for: readable when frames have come.
    #[cfg(unix)]
    fn descriptor(&self) -> Option<std::os::fd::BorrowedFd<'_>>;

    /// How long at most to wait for it, where it does not tell everything.
    fn longest_wait(&self) -> Option<Duration>;

    /// Reads what the system counts.
    fn meter(&self) -> Meter;

    /// Whether the system still keeps frames that it has not shown, where that can be known.
    fn keeps_frames(&mut self) -> bool;

    /// Sends through the device.
    fn injector(&self) -> Injector;
}

/// A device as it was opened.
pub(crate) struct Opened {
    pub(crate) tap: Box<dyn Tap>,
    pub(crate) link_type: LinkType,
    pub(crate) snap_length: u32,
    pub(crate) resolution: Resolution,
    /// What could not be done as asked.
    pub(crate) warnings: Vec<String>,
}

/// Opens a device by the backend asked for.
pub(crate) fn open(name: &str, options: &LiveOptions) -> Result<Opened, LiveError> {
    match options.backend.chosen()? {
        #[cfg(target_os = "linux")]
        Backend::Packet => super::packet::open(name, options),
        #[cfg(not(target_os = "linux"))]
        Backend::Packet => Err(no_packet(name)),
        _ => super::libpcap::open(name, options),
    }
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn no_packet(name: &str) -> LiveError {
    LiveError::Unsupported {
        interface: name.to_owned(),
        what: "there is no packet socket here".to_owned(),
        instead: "capture with libpcap",
    }
}
