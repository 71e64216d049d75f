//! What a description opens.

use std::net::IpAddr;
use std::sync::Arc;

use wirelens_dissect::End;

use super::*;
use crate::application::rtcp::{self, RTCP};
use crate::application::rtp::{self, RTP};

/// A description as far as it is read.
#[derive(Default)]
pub(super) struct Session {
    /// Where its media are unless they say something else.
    pub(super) address: Option<IpAddr>,
    media: Vec<Media>,
}

/// One of its media.
#[derive(Default)]
pub(super) struct Media {
    pub(super) port: u16,
    /// It goes over RTP.
    pub(super) is_rtp: bool,
    pub(super) is_encrypted: bool,
    pub(super) address: Option<IpAddr>,
    pub(super) rtcp_port: Option<u16>,
    pub(super) rtcp_address: Option<IpAddr>,
    /// RTCP comes to the same port, RFC 5761.
    pub(super) is_multiplexed: bool,
    types: Vec<rtp::PayloadType>,
}

/// More media do not open conversations.
const MOST_MEDIA: usize = 16;

/// More payload types are not remembered.
const MOST_TYPES: usize = 32;

/// A longer name of an encoding is not remembered.
const LONGEST_NAME: usize = 32;

impl Media {
    /// What a payload type is.
    pub(super) fn map(&mut self, number: u8, encoding: &[u8], rate: u32) {
        if self.types.len() < MOST_TYPES && encoding.len() <= LONGEST_NAME {
            self.types.push(rtp::PayloadType { number, encoding: encoding.into(), rate });
        }
    }

    pub(super) fn encoding(&self, number: u8) -> Option<&[u8]> {
        self.types.iter().rfind(|known| known.number == number).map(|known| &known.encoding[..])
    }
}

impl Session {
    pub(super) fn opens(&mut self, p: &Packet<'_>, media: Media) {
        if media.is_rtp && media.port != 0 && self.media.len() < MOST_MEDIA && !p.is_quoted() {
            self.media.push(media);
        }
    }

    /// RTP and RTCP are expected where the media are: each side says where it wants to receive.
    pub(super) fn expect(self, p: &mut Packet<'_>) {
        let (frame, budget) = (p.frame_number(), p.budget());
        let end = |address: IpAddr, port| {
            let address = match address {
                IpAddr::V4(address) => u32::from(address).into(),
                IpAddr::V6(address) => address.into(),
            };
            End { transport: 17, address, port }
        };
        for media in self.media {
            // Nothing is sent to 0.0.0.0: that is how media are held, RFC 2543 section B.5.
            let address = media.address.or(self.address).filter(|address| !address.is_unspecified());
            let Some(address) = address else { continue };
            let at = end(address, media.port);
            let setup = rtp::Setup {
                frame,
                is_encrypted: media.is_encrypted,
                types: Arc::new(rtp::Types::new(media.types, &budget)),
                end: Some(at),
                ..rtp::Setup::default()
            };
            p.expect_with(at, &RTP, setup);
            if media.is_multiplexed && media.rtcp_port.is_none_or(|port| port == media.port) {
                continue;
            }
            let Some(port) = media.rtcp_port.or(media.port.checked_add(1)) else { continue };
            let at = end(media.rtcp_address.unwrap_or(address), port);
            let is_encrypted = media.is_encrypted;
            p.expect_with(at, &RTCP, rtcp::Setup { frame, is_encrypted, end: Some(at) });
        }
    }
}
