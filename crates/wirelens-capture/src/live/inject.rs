//! Sending frames as they are.

use super::LiveError;
use super::libpcap::{self, Shared};
use super::options::Backend;

/// Sends frames through a device, from any thread, while it is captured from or by itself.
#[derive(Clone)]
pub struct Injector {
    interface: String,
    way: Way,
}

#[derive(Clone)]
enum Way {
    Libpcap(Shared),
}

impl std::fmt::Debug for Injector {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Injector").field("interface", &self.interface).finish_non_exhaustive()
    }
}

impl Injector {
    /// Opens a device only to send.
    ///
    /// # Errors
    /// As [`LiveOptions::open`](super::LiveOptions::open).
    pub fn open(interface: &str, backend: Backend) -> Result<Self, LiveError> {
        let way = match backend.chosen()? {
            Backend::Packet => return Err(super::backend::no_packet(interface)),
            _ => Way::Libpcap(libpcap::open_to_send(interface)?),
        };
        Ok(Self { interface: interface.to_owned(), way })
    }

    pub(crate) fn through(interface: String, handle: Shared) -> Self {
        Self { interface, way: Way::Libpcap(handle) }
    }

    /// The device's name.
    pub fn interface(&self) -> &str {
        &self.interface
    }

    /// Sends one frame, from its link-layer header on, without a frame check sequence.
    ///
    /// # Errors
    /// [`LiveError::Failed`] when the system does not take it: it is longer than the device allows,
    /// or the device is down.
    pub fn inject(&self, frame: &[u8]) -> Result<(), LiveError> {
        let Way::Libpcap(handle) = &self.way;
        handle.lock().inject(frame).map_err(|message| LiveError::Failed {
            interface: self.interface.clone(),
            doing: "sending",
            message,
        })
    }
}
