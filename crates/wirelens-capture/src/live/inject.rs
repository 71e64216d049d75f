//! Sending frames as they are.

#[cfg(target_os = "linux")]
use std::sync::Arc;

use super::LiveError;
use super::libpcap::{self, Shared};
use super::options::Backend;
#[cfg(target_os = "linux")]
use super::{packet, sys::Socket};

/// Sends frames through a device, from any thread, while it is captured from or by itself.
#[derive(Clone)]
pub struct Injector {
    interface: String,
    way: Way,
}

#[derive(Clone)]
enum Way {
    Libpcap(Shared),
    #[cfg(target_os = "linux")]
    Packet(Arc<Socket>),
    /// The device takes no whole frames, or is all devices.
    #[cfg(target_os = "linux")]
    Nowhere,
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
            #[cfg(target_os = "linux")]
            Backend::Packet => Way::Packet(packet::open_to_send(interface)?),
            #[cfg(not(target_os = "linux"))]
            Backend::Packet => return Err(super::backend::no_packet(interface)),
            _ => Way::Libpcap(libpcap::open_to_send(interface)?),
        };
        Ok(Self { interface: interface.to_owned(), way })
    }

    pub(crate) fn through(interface: String, handle: Shared) -> Self {
        Self { interface, way: Way::Libpcap(handle) }
    }

    /// Over the socket of a capture, unless it is not for whole frames of one device.
    #[cfg(target_os = "linux")]
    pub(crate) fn over_socket(interface: String, whole: bool, socket: Arc<Socket>) -> Self {
        Self { interface, way: if whole { Way::Packet(socket) } else { Way::Nowhere } }
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
        let sent = match &self.way {
            Way::Libpcap(handle) => handle.lock().inject(frame),
            #[cfg(target_os = "linux")]
            Way::Packet(socket) => socket.send(frame).map_err(|error| error.to_string()),
            #[cfg(target_os = "linux")]
            Way::Nowhere => return Err(packet::cannot_send(&self.interface)),
        };
        sent.map_err(|message| LiveError::Failed {
            interface: self.interface.clone(),
            doing: "sending",
            message,
        })
    }
}
