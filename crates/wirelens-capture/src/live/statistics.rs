//! What the system counts while it captures.

use super::LiveError;
use super::libpcap::Shared;
#[cfg(target_os = "linux")]
use super::packet::Counted;

/// Counters of one interface since it was opened, under the names libpcap made known.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct LiveStatistics {
    /// `ps_recv`: frames that passed the filter; on Linux with those that were dropped.
    pub received: u64,
    /// `ps_drop`: frames dropped because there was no room for them: they came faster than they
    /// were taken.
    pub dropped: u64,
    /// `ps_ifdrop`: frames that the interface or its driver dropped, where the system says.
    pub interface_dropped: u64,
}

/// Reads what the system counts at one interface, from any thread, while it is captured from.
#[derive(Clone)]
pub struct Meter {
    interface: String,
    way: Way,
}

#[derive(Clone)]
pub(super) enum Way {
    Libpcap(Shared),
    #[cfg(target_os = "linux")]
    Packet(Counted),
}

impl std::fmt::Debug for Meter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Meter").field("interface", &self.interface).finish_non_exhaustive()
    }
}

impl Meter {
    pub(super) fn new(interface: String, way: Way) -> Self {
        Self { interface, way }
    }

    /// The interface's name.
    pub fn interface(&self) -> &str {
        &self.interface
    }

    /// What was counted so far.
    ///
    /// # Errors
    /// [`LiveError::Failed`] when the system no longer says: the device is gone.
    pub fn read(&self) -> Result<LiveStatistics, LiveError> {
        let read = match &self.way {
            Way::Libpcap(handle) => handle.lock().statistics(),
            #[cfg(target_os = "linux")]
            Way::Packet(counted) => counted.read().map_err(|error| error.to_string()),
        };
        read.map_err(|message| LiveError::Failed {
            interface: self.interface.clone(),
            doing: "reading the counters",
            message,
        })
    }
}
