//! Capture filters, in the language of `pcap-filter(7)`, compiled and run by libpcap.

use std::net::Ipv4Addr;

use super::LiveError;
use super::sys::{self, Program};
use crate::LinkType;

/// A compiled capture filter for frames of one link type, of a live capture or a file.
///
/// ```
/// # use wirelens_capture::{Filter, LinkType, library_version};
/// # if library_version().is_none() { return }
/// let filter = Filter::compile(LinkType::ETHERNET, 65_535, "arp").unwrap();
/// let mut frame = [0; 60];
/// frame[12..14].copy_from_slice(&[0x08, 0x06]);
/// assert!(filter.matches(&frame, 60));
/// let error = Filter::compile(LinkType::ETHERNET, 65_535, "arp and").unwrap_err();
/// assert!(error.to_string().contains("syntax error"));
/// ```
pub struct Filter {
    program: Program,
    text: String,
}

impl std::fmt::Debug for Filter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Filter").field("text", &self.text).finish_non_exhaustive()
    }
}

impl Filter {
    /// Compiles an expression for frames that begin with this link type. The snapshot length is
    /// that of the frames, bytes.
    ///
    /// # Errors
    /// [`LiveError::Filter`] with libpcap's words when the expression is wrong or means nothing for
    /// the link type; [`LiveError::NoLibpcap`].
    pub fn compile(
        link_type: LinkType,
        snap_length: u32,
        expression: &str,
    ) -> Result<Self, LiveError> {
        Self::for_network(link_type, snap_length, None, expression)
    }

    /// With the mask of the network, which `ip broadcast` needs.
    pub(super) fn for_network(
        link_type: LinkType,
        snap_length: u32,
        netmask: Option<Ipv4Addr>,
        expression: &str,
    ) -> Result<Self, LiveError> {
        let program =
            Program::for_link_type(sys::library()?, link_type, snap_length, netmask, expression)
                .map_err(|message| LiveError::Filter { filter: expression.to_owned(), message })?;
        Ok(Self { program, text: expression.to_owned() })
    }

    /// The expression.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether a frame passes: the bytes that were kept, and its length on the wire.
    #[inline]
    pub fn matches(&self, captured: &[u8], length: u32) -> bool {
        self.program.matches(captured, length)
    }
}
