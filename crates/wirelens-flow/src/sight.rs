//! Frames as they nearly always are: what their flows need to know of them is seen without dissection.

use wirelens_dissect::{Detail, Input, LINK_TYPE, Protocol, Session, Table};
use wirelens_protocols::link::ethernet::{ETH, ETHERTYPE};
use wirelens_protocols::link::vlan::VLAN;
use wirelens_protocols::network::ipv4::{self, IP_PROTO};
use wirelens_protocols::network::ipv6;
use wirelens_protocols::network::ipv6_fragment::FRAGMENT;
use wirelens_protocols::transport::tcp::{TCP, TCP_PORT};
use wirelens_protocols::transport::udp::{UDP, UDP_PORT};

use crate::key::{Tuple, address_v4, address_v6};
use crate::number;
use crate::packet::Packet;
use crate::tcp::Segment;

/// What a session that is asked for nothing but layers up to transports would find in a frame of
/// Ethernet, with or without tags, that holds one whole packet of IP without options, and in it a
/// segment of TCP, or a datagram of UDP that leads to no tunnel; and in one that is a fragment.
/// Other frames it does not know; they are to be dissected.
///
/// A [`Tracker`](crate::Tracker) or [`Conversations`](crate::Conversations) that
/// [sees](crate::Tracker::see) frames counts the same and takes less for it.
#[derive(Clone, Debug)]
pub struct Sight {
    /// By port of UDP, a bit: who is found there may lead on. None where nothing is known of frames.
    leads_on: Option<Box<[u64; PORTS / 64]>>,
}

const PORTS: usize = 1 << 16;

const ETHERNET: u32 = 1;
const TAG: u16 = 0x8100;
const IPV4: u16 = 0x0800;
const IPV6: u16 = 0x86dd;
/// Tags that are looked past.
const MOST_TAGS: usize = 2;

/// Where the layer of the transport stands without tags.
const BEHIND_IP: usize = 2;

/// The number of the fragment header of IPv6.
const FRAGMENTED: u8 = 44;

/// Who must be found where.
const USUAL: [(&Table, u32, &Protocol); 7] = [
    (&LINK_TYPE, ETHERNET, &ETH),
    (&ETHERTYPE, TAG as u32, &VLAN),
    (&ETHERTYPE, IPV4 as u32, &ipv4::IP),
    (&ETHERTYPE, IPV6 as u32, &ipv6::IPV6),
    (&IP_PROTO, number::TCP as u32, &TCP),
    (&IP_PROTO, number::UDP as u32, &UDP),
    (&IP_PROTO, FRAGMENTED as u32, &FRAGMENT),
];

/// A packet of IP as it stands in a frame.
#[derive(Clone, Copy, Debug)]
pub struct Seen<'f> {
    /// 4 or 6.
    pub version: u8,
    /// All of it that was captured.
    pub packet: &'f [u8],
    /// Its header.
    pub header: &'f [u8],
    /// What it carries: the protocol's number.
    pub protocol: u8,
    /// Those bytes, as far as they were captured.
    pub payload: &'f [u8],
    /// How many there are, as the header says.
    pub declared: u32,
    /// How many tags are around it.
    pub tags: usize,
    /// The link address that it came from.
    pub(crate) link: [u8; 6],
}

impl Sight {
    /// What this session would find. Where it is asked for more, no frame is known.
    pub fn new(session: &Session) -> Sight {
        let settings = session.settings();
        let enough = settings.detail == Detail::Headers && settings.nothing_else;
        Sight::knowing(session, enough && settings.wanted.is_empty())
    }

    /// What this session would find up to transports, whatever else it is asked for: for frames of
    /// flows of which nothing else is to be known.
    pub fn of_transports(session: &Session) -> Sight {
        Sight::knowing(session, true)
    }

    fn knowing(session: &Session, enough: bool) -> Sight {
        let registry = session.registry();
        let ports = (enough && Sight::is_as_usual(session))
            .then(|| registry.leading_on(&UDP_PORT))
            .flatten()
            .filter(|_| registry.leading_on(&TCP_PORT).is_some_and(|ports| ports.is_empty()));
        let leads_on = ports.map(|ports| {
            let mut bits = Box::new([0; PORTS / 64]);
            for port in ports.into_iter().map(|port| port as usize).filter(|&port| port != 0) {
                if let Some(word) = bits.get_mut(port / 64) {
                    *word |= 1 << (port % 64);
                }
            }
            bits
        });
        Sight { leads_on }
    }

    /// Is everybody found where they usually are, and looked at?
    fn is_as_usual(session: &Session) -> bool {
        let (settings, registry) = (session.settings(), session.registry());
        let as_usual = |&(table, number, protocol): &(&'static Table, u32, &'static Protocol)| {
            registry.find(table, number) == registry.id(protocol) && registry.id(protocol).is_some()
        };
        !settings.checksums
            && settings.until.is_none()
            && settings.limits.layers > MOST_TAGS + 4
            && settings.stop_after.iter().all(|&protocol| protocol == &TCP)
            && USUAL.iter().all(as_usual)
    }

    /// The packet that a frame is, if it has no options and is known: a fragment, or whole and a
    /// segment of TCP, or a datagram of UDP in which nothing else is.
    #[inline]
    pub fn see<'f>(&self, input: &Input<'f>) -> Option<Seen<'f>> {
        self.packet(input).filter(|seen| seen.is_fragment() || self.is_known(seen))
    }

    /// The same where it is no fragment.
    #[inline]
    pub(crate) fn whole<'f>(&self, input: &Input<'f>) -> Option<Seen<'f>> {
        self.packet(input).filter(|seen| !seen.is_fragment() && self.is_known(seen))
    }

    /// Is this the payload of a transport with a header as it should be, that leads to no tunnel?
    #[inline]
    fn is_known(&self, seen: &Seen<'_>) -> bool {
        match seen.protocol {
            number::TCP => seen.payload.get(12).is_some_and(|byte| {
                let length = usize::from(byte >> 4) * 4;
                length >= 20 && length <= seen.payload.len()
            }),
            _ => self.ends_in(seen.protocol, seen.payload, seen.declared),
        }
    }

    /// Is this a datagram of UDP in which nothing else is? Of so many bytes as declared.
    #[inline]
    pub fn ends_in(&self, protocol: u8, datagram: &[u8], declared: u32) -> bool {
        let Some(&[a, b, c, d, high, low, _, _]) = datagram.first_chunk() else { return false };
        let length = u32::from(u16::from_be_bytes([high, low]));
        protocol == number::UDP
            && (8..=declared).contains(&length)
            && !self.leads_on(u16::from_be_bytes([a, b]))
            && !self.leads_on(u16::from_be_bytes([c, d]))
    }

    fn leads_on(&self, port: u16) -> bool {
        let port = usize::from(port);
        self.leads_on.as_ref().is_none_or(|bits| bits[port / 64] & 1 << (port % 64) != 0)
    }

    /// The packet that a frame is, if it has no options.
    #[inline]
    fn packet<'f>(&self, input: &Input<'f>) -> Option<Seen<'f>> {
        let frame = input.captured;
        let &[_, _, _, _, _, _, ref link @ .., high, low] = frame.first_chunk::<14>()?;
        let fcs = input.fcs.is_some_and(|fcs| fcs > 0);
        if self.leads_on.is_none() || input.link_type != ETHERNET || link[0] & 1 != 0 || fcs {
            return None;
        }
        let (mut at, mut kind, mut tags) = (14, u16::from_be_bytes([high, low]), 0);
        while kind == TAG && tags < MOST_TAGS {
            let &[_, _, high, low] = frame.get(at..)?.first_chunk()?;
            (at, kind, tags) = (at + 4, u16::from_be_bytes([high, low]), tags + 1);
        }
        let packet = frame.get(at..)?;
        let (version, length, whole, protocol) = match kind {
            IPV4 => {
                let &[0x45, _, high, low, _, _, _, _, _, protocol, ..] =
                    packet.first_chunk::<20>()?
                else {
                    return None;
                };
                (4, 20, usize::from(u16::from_be_bytes([high, low])), protocol)
            }
            IPV6 => {
                let &[first, _, _, _, high, low, protocol, ..] = packet.first_chunk::<40>()?;
                let length = usize::from(u16::from_be_bytes([high, low]));
                if first >> 4 != 6 || length == 0 {
                    return None;
                }
                (6, 40, 40 + length, protocol)
            }
            _ => return None,
        };
        // Bytes that the packet has room for.
        let room = (input.length as usize).max(frame.len()) - at;
        if whole > room {
            return None;
        }
        let packet = &packet[..whole.min(packet.len())];
        let (header, payload) = packet.split_at_checked(length)?;
        let declared = (whole - length) as u32;
        Some(Seen { version, packet, header, protocol, payload, declared, tags, link: *link })
    }
}

impl Seen<'_> {
    /// Is it a fragment?
    #[inline]
    pub fn is_fragment(&self) -> bool {
        match (self.version, self.header, self.payload) {
            (4, [_, _, _, _, _, _, high, low, ..], _) => {
                u16::from_be_bytes([*high, *low]) & 0x3fff != 0
            }
            // Not one that is all of a datagram, RFC 6946.
            (6, _, [_, _, high, low, _, _, _, _, ..]) if self.protocol == FRAGMENTED => {
                u16::from_be_bytes([*high, *low]) & 0xfff9 != 0
            }
            _ => false,
        }
    }

    /// Between whom, of one that is whole.
    #[inline]
    pub(crate) fn tuple(&self) -> Tuple {
        let (source, destination) = match *self.header {
            [_, _, _, _, _, _, _, _, _, _, _, _, a, b, c, d, e, f, g, h] => {
                let source = address_v4(u32::from_be_bytes([a, b, c, d]));
                (source, address_v4(u32::from_be_bytes([e, f, g, h])))
            }
            _ => {
                let address = |at: usize| {
                    let bytes = self.header.get(at..).and_then(<[u8]>::first_chunk);
                    bytes.map_or([0; 2], address_v6)
                };
                (address(8), address(24))
            }
        };
        let &[a, b, c, d] = self.payload.first_chunk().unwrap_or(&[0; 4]);
        let ports = (u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d]));
        Tuple { source, destination, ports, protocol: self.protocol, scope: 0 }
    }

    /// The frame as its flow sees it, of one that is whole.
    #[inline]
    pub(crate) fn packet(&self, input: &Input<'_>) -> Packet {
        let (payload, segment) = match *self.payload {
            [_, _, _, _, high, low, ..] if self.protocol == number::UDP => {
                (u32::from(u16::from_be_bytes([high, low])) - 8, None)
            }
            _ => {
                let length = u32::from(self.payload.get(12).map_or(5, |byte| byte >> 4)) * 4;
                let header = self.payload.get(..length as usize).unwrap_or_default();
                let payload = self.declared - length;
                (payload, Segment::read(header, payload))
            }
        };
        let ttl = self.header.get(if self.version == 4 { 8 } else { 7 });
        Packet {
            frame: input.number,
            time: input.nanoseconds.max(0) as u64,
            length: input.length,
            payload,
            ttl: ttl.copied().unwrap_or(0),
            segment,
            layer: BEHIND_IP + self.tags,
            tuple: self.tuple(),
            version: self.version,
            fragment: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use wirelens_dissect::{Level, Settings};

    use super::*;
    use crate::KeyOptions;

    fn settings() -> Settings {
        let stop_after = vec![&TCP];
        Settings {
            detail: Detail::Headers,
            nothing_else: true,
            stop_after,
            reassemble: false,
            ..Settings::default()
        }
    }

    fn session() -> Session {
        Session::with(wirelens_protocols::shared(), settings())
    }

    /// Ethernet, with a tag or without, IP of a version, and this in it.
    fn frame(tagged: bool, version: u8, protocol: u8, inside: &[u8]) -> Vec<u8> {
        let mut frame = vec![2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2];
        if tagged {
            frame.extend([0x81, 0, 0, 7]);
        }
        let length = inside.len() as u8;
        if version == 4 {
            frame.extend([8, 0, 0x45, 0, 0, 20 + length, 0, 9, 0x40, 0, 64, protocol, 0, 0]);
            frame.extend([192, 0, 2, 1, 192, 0, 2, 2]);
        } else {
            frame.extend([0x86, 0xdd, 0x60, 0, 0, 0, 0, length, protocol, 63]);
            frame.extend([[0x20; 16], [0x21; 16]].concat());
        }
        frame.extend(inside);
        frame
    }

    const SEGMENT: [u8; 35] = [
        0x9c, 0x40, 0, 80, 0, 0, 0, 1, 0, 0, 0, 2, 0x80, 0x18, 1, 0, 0, 0, 0, 0, 1, 1, 8, 10, 0, 0,
        0, 7, 0, 0, 0, 9, b'G', b'E', b'T',
    ];
    /// To a port that nobody knows, and to those of GENEVE and VXLAN.
    const DATAGRAMS: [[u8; 12]; 3] = [
        [0x9c, 0x40, 0x7b, 0x7b, 0, 12, 0, 0, 1, 2, 3, 4],
        [0x9c, 0x40, 0x17, 0xc1, 0, 12, 0, 0, 1, 2, 3, 4],
        [0x12, 0xb5, 0, 53, 0, 12, 0, 0, 1, 2, 3, 4],
    ];

    fn frames() -> Vec<Vec<u8>> {
        let mut frames = Vec::new();
        for (tagged, version) in [(false, 4), (true, 4), (false, 6), (true, 6)] {
            frames.push(frame(tagged, version, number::TCP, &SEGMENT));
            frames.extend(DATAGRAMS.map(|datagram| frame(tagged, version, number::UDP, &datagram)));
        }
        frames
    }

    /// Is what is seen of a frame, if anything is, what its dissection tells? Gives whether it is.
    fn agrees(sight: &Sight, session: &mut Session, captured: &[u8], length: u32) -> bool {
        let input = Input { number: 7, nanoseconds: 8, link_type: 1, captured, length, fcs: None };
        let Some(seen) = sight.whole(&input) else { return false };
        let seen = seen.packet(&input);
        let dissected = Packet::of(&session.dissect(input), KeyOptions::default());
        assert_eq!(format!("{:?}", Some(seen)), format!("{dissected:?}"), "{captured:02x?}");
        true
    }

    #[test]
    fn what_is_seen_is_what_dissection_finds() {
        let mut session = session();
        let sight = Sight::new(&session);
        let seen = frames().into_iter().map(|frame| {
            let length = frame.len() as u32;
            agrees(&sight, &mut session, &frame, length)
        });
        // Tunnels are gone through.
        let expected = [true, true, false, false].repeat(4);
        assert_eq!(seen.collect::<Vec<_>>(), expected);
    }

    #[test]
    fn cut_frames_and_damaged_ones_are_seen_as_they_are_or_not_at_all() {
        let mut session = session();
        let sight = Sight::new(&session);
        let (mut known, mut unknown) = (0, 0);
        for frame in frames() {
            let whole = frame.len() as u32;
            for end in 0..frame.len() {
                agrees(&sight, &mut session, &frame[..end], whole);
                agrees(&sight, &mut session, &frame[..end], end as u32);
            }
            for at in 0..frame.len() {
                for bit in 0..8 {
                    let mut damaged = frame.clone();
                    damaged[at] ^= 1 << bit;
                    match agrees(&sight, &mut session, &damaged, whole) {
                        true => known += 1,
                        false => unknown += 1,
                    }
                }
            }
        }
        assert!(known > 1000 && unknown > 1000, "{known} and {unknown}");
    }

    #[test]
    fn nothing_is_seen_for_a_session_that_tells_more() {
        let input = |captured| Input { link_type: 1, captured, length: 80, ..Input::default() };
        let frame = frame(false, 4, number::TCP, &SEGMENT);
        let sees = |settings: Settings, registry| {
            let session = Session::with(registry, settings);
            Sight::new(&session).whole(&input(&frame)).is_some()
        };
        let usual = wirelens_protocols::shared;
        assert!(sees(settings(), usual()));
        assert!(!sees(Settings::default(), usual()));
        assert!(!sees(Settings { nothing_else: false, ..settings() }, usual()));
        assert!(!sees(Settings { checksums: true, ..settings() }, usual()));
        assert!(!sees(Settings { until: Some(Level::Network), ..settings() }, usual()));
        assert!(!sees(Settings { stop_after: vec![&ETH], ..settings() }, usual()));
        let without = wirelens_protocols::registry().without(&ipv4::IP).shared();
        assert!(!sees(settings(), without));
    }

    #[test]
    fn transports_are_seen_for_any_session_that_looks_at_them_as_usual() {
        let input = |captured| Input { link_type: 1, captured, length: 80, ..Input::default() };
        let frames = [frame(false, 4, number::TCP, &SEGMENT), frame(false, 4, 17, &DATAGRAMS[1])];
        let sees = |settings: Settings| {
            let sight =
                Sight::of_transports(&Session::with(wirelens_protocols::shared(), settings));
            frames.each_ref().map(|frame| sight.whole(&input(frame)).is_some())
        };
        assert_eq!(sees(Settings::default()), [true, false]);
        assert_eq!(sees(Settings { checksums: true, ..Settings::default() }), [false; 2]);
        let until = Settings { until: Some(Level::Network), ..Settings::default() };
        assert_eq!(sees(until), [false; 2]);
    }
}
