//! What reassembly needs to know of IP and TCP headers, read from their bytes.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use wirelens_reassembly::stream::{Flags, Segment};

use super::{Family, FragmentKey};

/// An IP header around something.
#[derive(Clone, Copy, Debug)]
pub(super) struct Internet {
    pub(super) source: IpAddr,
    pub(super) destination: IpAddr,
    /// What the layers outside it keep apart.
    pub(super) scope: u64,
    /// The identification of an IPv4 packet, where it has one.
    identification: Option<u16>,
}

impl Internet {
    /// A header of IPv4.
    pub(super) fn ipv4(header: &[u8], scope: u64) -> Option<Internet> {
        let [first, .., a, b, c, d, e, f, g, h] = *header.first_chunk::<20>()?;
        let identification = u16::from_be_bytes([*header.get(4)?, *header.get(5)?]);
        (first >> 4 == 4).then(|| Internet {
            source: Ipv4Addr::new(a, b, c, d).into(),
            destination: Ipv4Addr::new(e, f, g, h).into(),
            scope,
            // RFC 6864: senders leave it at 0 where nothing is to be put together.
            identification: Some(identification).filter(|id| *id != 0),
        })
    }

    /// A header of IPv6.
    pub(super) fn ipv6(header: &[u8], scope: u64) -> Option<Internet> {
        let source: &[u8; 16] = header.get(8..)?.first_chunk()?;
        let destination: &[u8; 16] = header.get(24..)?.first_chunk()?;
        (header.first()? >> 4 == 6).then(|| Internet {
            source: Ipv6Addr::from(*source).into(),
            destination: Ipv6Addr::from(*destination).into(),
            scope,
            identification: None,
        })
    }

    /// What a tunnel between these addresses keeps apart, the same in both directions.
    pub(super) fn digest(&self) -> u64 {
        let fold = |address: IpAddr| match address {
            IpAddr::V4(address) => mix(4, address.to_bits().into()),
            IpAddr::V6(address) => {
                let bits = address.to_bits();
                mix(bits as u64, (bits >> 64) as u64)
            }
        };
        fold(self.source).wrapping_add(fold(self.destination))
    }
}

/// Fibonacci hashing; that two scopes meet needs the same addresses and ports as well.
pub(super) fn mix(scope: u64, identity: u64) -> u64 {
    (scope ^ identity).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(23)
}

/// A fragment's place in its datagram.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub(super) key: FragmentKey,
    /// In bytes.
    pub(super) offset: u32,
    pub(super) more: bool,
}

impl Place {
    /// Of an IPv4 packet (RFC 791 section 3.1); none where it is whole.
    pub(super) fn ipv4(header: &[u8], internet: &Internet) -> Option<Place> {
        let [_, _, _, _, high, low, word @ ..] = *header.first_chunk::<8>()?;
        let word = u16::from_be_bytes(word);
        let next = *header.get(9)?;
        let key = FragmentKey {
            family: Family::Ipv4,
            source: internet.source,
            destination: internet.destination,
            identification: u16::from_be_bytes([high, low]).into(),
            next,
            scope: internet.scope,
        };
        let (offset, more) = (u32::from(word & 0x1fff) * 8, word & 0x2000 != 0);
        (more || offset > 0).then_some(Place { key, offset, more })
    }

    /// Of a fragment header (RFC 8200 section 4.5); none where it is all of a datagram (RFC 6946).
    pub(super) fn ipv6(header: &[u8], internet: &Internet) -> Option<Place> {
        let [_, _, high, low, identification @ ..] = *header.first_chunk::<8>()?;
        let word = u16::from_be_bytes([high, low]);
        let key = FragmentKey {
            family: Family::Ipv6,
            source: internet.source,
            destination: internet.destination,
            identification: u32::from_be_bytes(identification),
            // Only the first fragment tells it for certain.
            next: 0,
            scope: internet.scope,
        };
        let (offset, more) = (u32::from(word & 0xfff8), word & 1 != 0);
        (more || offset > 0).then_some(Place { key, offset, more })
    }
}

/// The numbers of a TCP header and what it carries.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tcp<'a> {
    /// Source and destination.
    pub(super) ports: (u16, u16),
    pub(super) segment: Segment<'a>,
}

/// Reads a TCP segment of which `bytes` were captured and `declared` were sent. None where too
/// little was captured, or the header contradicts itself.
pub(super) fn tcp<'a>(bytes: &'a [u8], declared: u32, internet: &Internet) -> Option<Tcp<'a>> {
    let head: &[u8; 16] = bytes.first_chunk()?;
    let [a, b, c, d, s0, s1, s2, s3, k0, k1, k2, k3, offset, flags, w0, w1] = *head;
    let header = u32::from(offset >> 4) * 4;
    if header < 20 || header > declared {
        return None;
    }
    let options = bytes.get(20..header as usize);
    let known = options.map(Options::read);
    let flags_set = Flags::from_wire(flags);
    let word = |at: usize| {
        let two = bytes.get(at..).and_then(<[u8]>::first_chunk);
        two.map(|two: &[u8; 2]| u16::from_be_bytes(*two))
    };
    let checksum = word(16).unwrap_or(0);
    let unique = match internet.identification {
        Some(identification) => Some(u64::from(identification)),
        None => known.and_then(|options| options.timestamp).map(|time| 1 << 32 | u64::from(time)),
    };
    Some(Tcp {
        ports: (u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d])),
        segment: Segment {
            sequence: u32::from_be_bytes([s0, s1, s2, s3]),
            acknowledgment: (flags & 0x10 != 0).then(|| u32::from_be_bytes([k0, k1, k2, k3])),
            window: u16::from_be_bytes([w0, w1]),
            window_scale: known.map(|options| options.window_scale),
            flags: flags_set,
            urgent: word(18).unwrap_or(0),
            bytes: bytes.get(header as usize..).unwrap_or_default(),
            length: declared - header,
            identity: unique.map(|unique| mix(unique, checksum.into())),
            ..Segment::default()
        },
    })
}

#[derive(Clone, Copy, Default)]
struct Options {
    window_scale: u8,
    timestamp: Option<u32>,
}

impl Options {
    /// Window Scale and Timestamps (RFC 7323 sections 2.2 and 3.2).
    fn read(mut bytes: &[u8]) -> Options {
        let mut options = Options::default();
        loop {
            match *bytes {
                [] | [0, ..] => return options,
                [1, ref rest @ ..] => bytes = rest,
                [3, 3, shift, ref rest @ ..] => {
                    options.window_scale = shift;
                    bytes = rest;
                }
                [8, 10, a, b, c, d, ref rest @ ..] => {
                    options.timestamp = Some(u32::from_be_bytes([a, b, c, d]));
                    bytes = rest.get(4..).unwrap_or_default();
                }
                [_, length, ..] if length >= 2 => {
                    bytes = bytes.get(usize::from(length)..).unwrap_or_default();
                }
                _ => return options,
            }
        }
    }
}
