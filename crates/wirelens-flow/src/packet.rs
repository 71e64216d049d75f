//! What flows need to know of a frame.

use wirelens_dissect::{Dissection, Layer};
use wirelens_protocols::network::ah::AH;
use wirelens_protocols::network::ipv6_destination::DESTINATION;
use wirelens_protocols::network::ipv6_fragment::FRAGMENT;
use wirelens_protocols::network::ipv6_hop_by_hop::HOP_BY_HOP;
use wirelens_protocols::network::ipv6_routing::ROUTING;
use wirelens_protocols::network::{ipv4, ipv6};
use wirelens_protocols::transport::{tcp, udp, udplite};

use crate::community_id::counterpart;
use crate::key::{Address, KeyOptions, Tuple, address_v4, address_v6};
use crate::number;
use crate::tcp::Segment;

/// A frame as its flow sees it.
#[derive(Clone, Copy, Debug)]
pub struct Packet {
    /// The frame's number in the capture.
    pub frame: u64,
    /// When it was captured, in nanoseconds since 1970.
    pub time: u64,
    /// Its length on the wire, in bytes.
    pub length: u32,
    /// Bytes that its transport carries, as sent.
    pub payload: u32,
    /// Its time to live, or hop limit.
    pub ttl: u8,
    /// The TCP header, if it is a segment and was captured.
    pub segment: Option<Segment>,
    /// Which layer is the transport's, or where there is none that is known, IP's.
    pub layer: usize,
    pub(crate) tuple: Tuple,
    pub(crate) version: u8,
    /// Where it lies in a datagram that came in fragments: identification and offset.
    pub(crate) fragment: Option<(u32, u16)>,
}

/// The layers that a flow's key is made of.
#[derive(Clone, Copy)]
struct Found<'d> {
    internet: &'d Layer,
    at: usize,
    /// What follows it up to its transport, or to where layers end.
    transport: Option<(usize, &'d Layer)>,
    fragmented: Option<&'d Layer>,
}

impl Packet {
    /// None where the frame holds no IP, or too little of it was captured.
    #[inline]
    pub(crate) fn of(frame: &Dissection<'_>, options: KeyOptions) -> Option<Packet> {
        let found = if options.outer { outermost(frame) } else { innermost(frame) }?;
        let header = frame.header(found.internet);
        let (version, source, destination, ttl, protocol);
        let mut fragment = None;
        if found.internet.protocol == &ipv4::IP {
            let fixed: &[u8; 20] = header.first_chunk()?;
            let word = |at: usize| u32::from_be_bytes(std::array::from_fn(|byte| fixed[at + byte]));
            (version, source, destination) = (4, address_v4(word(12)), address_v4(word(16)));
            (ttl, protocol) = (fixed[8], fixed[9]);
            let place = word(4) as u16;
            if place & 0x3fff != 0 {
                fragment = Some((word(4) >> 16, (place & 0x1fff) * 8));
            }
        } else {
            let fixed: &[u8; 40] = header.first_chunk()?;
            let address = |at: usize| address_v6(&std::array::from_fn(|byte| fixed[at + byte]));
            (version, source, destination, ttl) = (6, address(8), address(24), fixed[7]);
            protocol = fixed[6];
            if let Some(layer) = found.fragmented
                && let Some(&[_, _, high, low, a, b, c, d]) = frame.header(layer).first_chunk()
                && (u16::from_be_bytes([high, low]) & 0xfff9) != 0
            {
                let offset = u16::from_be_bytes([high, low]) & 0xfff8;
                fragment = Some((u32::from_be_bytes([a, b, c, d]), offset));
            }
        }
        let input = frame.input();
        let scope = scope(frame, found.at, options);
        let mut packet = Packet {
            frame: input.number,
            time: input.nanoseconds.max(0) as u64,
            length: input.length,
            payload: 0,
            ttl,
            segment: None,
            layer: found.at,
            tuple: Tuple { source, destination, ports: (0, 0), protocol, scope },
            version,
            fragment,
        };
        packet.transport(frame, &found);
        Some(packet)
    }

    fn transport(&mut self, frame: &Dissection<'_>, found: &Found<'_>) {
        let Some((at, layer)) = found.transport else {
            self.without_layer(frame, found);
            return;
        };
        self.layer = at;
        // A datagram that was put together is whole.
        if layer.buffer != found.internet.buffer {
            self.fragment = None;
        }
        let bytes = frame.buffer(layer.buffer).get(layer.start as usize..layer.end as usize);
        let bytes = bytes.unwrap_or_default();
        if let Some(&[a, b, c, d]) = bytes.first_chunk() {
            self.tuple.ports = (u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d]));
        }
        let declared = layer.declared.saturating_sub(layer.start);
        if layer.protocol == &tcp::TCP {
            self.tuple.protocol = number::TCP;
            let length = bytes.get(12).map_or(20, |byte| u32::from(byte >> 4) * 4);
            self.payload = declared.saturating_sub(length);
            if length >= 20 && length <= declared {
                let header = bytes.get(..length as usize).unwrap_or(bytes);
                self.segment = Segment::read(header, self.payload);
            }
        } else {
            let lite = layer.protocol == &udplite::UDPLITE;
            self.tuple.protocol = if lite { number::UDPLITE } else { number::UDP };
            self.payload = declared.saturating_sub(8);
        }
    }

    /// Of a transport that has no layer of its own.
    fn without_layer(&mut self, frame: &Dissection<'_>, found: &Found<'_>) {
        let internet = found.internet;
        let last = frame.layers()[found.at..].iter().take_while(|layer| is_header(layer)).last();
        let start = last.map_or(0, |layer| layer.start + layer.length);
        // The extension headers of IPv6, and AH, begin with what comes behind them.
        if let Some(last) = last.filter(|last| !is_internet(last))
            && let Some(&next) = frame.header(last).first()
        {
            self.tuple.protocol = next;
        }
        let bytes = frame.buffer(internet.buffer).get(start as usize..internet.end as usize);
        let bytes = bytes.unwrap_or_default();
        self.payload = internet.declared.saturating_sub(start);
        if self.fragment.is_some_and(|(_, offset)| offset > 0) {
            return;
        }
        let Some(&[a, b, c, d]) = bytes.first_chunk() else { return };
        match self.tuple.protocol {
            number::ICMP | number::ICMPV6 => {
                let answer = counterpart(self.tuple.protocol, a).unwrap_or(b);
                self.tuple.ports = (a.into(), answer.into());
                self.payload = self.payload.saturating_sub(8);
                // The identifier of an exchange (RFC 792, RFC 4443 section 4.1).
                if matches!((self.tuple.protocol, a), (number::ICMP, 0 | 8 | 13..=18))
                    || matches!((self.tuple.protocol, a), (number::ICMPV6, 128 | 129))
                {
                    let identifier =
                        bytes.get(4..6).map_or(0, |two| u64::from(two[0]) << 8 | u64::from(two[1]));
                    self.tuple.scope ^= identifier << 48;
                }
            }
            number::TCP | number::UDP | number::SCTP | number::DCCP | number::UDPLITE => {
                self.tuple.ports = (u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d]));
            }
            _ => {}
        }
    }
}

fn is_internet(layer: &Layer) -> bool {
    !layer.quoted && (layer.protocol == &ipv4::IP || layer.protocol == &ipv6::IPV6)
}

fn is_transport(layer: &Layer) -> bool {
    let protocol = layer.protocol;
    protocol == &tcp::TCP || protocol == &udp::UDP || protocol == &udplite::UDPLITE
}

/// Is it IP, or a header that says what comes behind it?
fn is_header(layer: &Layer) -> bool {
    let extensions =
        [&HOP_BY_HOP, &ROUTING, &FRAGMENT, &DESTINATION, &AH].contains(&layer.protocol);
    is_internet(layer) || extensions
}

#[inline]
fn innermost<'d>(frame: &Dissection<'d>) -> Option<Found<'d>> {
    let (mut transport, mut fragmented) = (None, None);
    for (at, layer) in frame.layers().iter().enumerate().rev() {
        if layer.quoted {
            continue;
        }
        if is_internet(layer) {
            return Some(Found { internet: layer, at, transport, fragmented });
        }
        if is_transport(layer) {
            transport = Some((at, layer));
        } else if layer.protocol == &FRAGMENT {
            fragmented = Some(layer);
        }
    }
    None
}

fn outermost<'d>(frame: &Dissection<'d>) -> Option<Found<'d>> {
    let layers = frame.layers();
    let at = layers.iter().position(is_internet)?;
    let behind = || layers.iter().enumerate().skip(at + 1).take_while(|(_, l)| !is_internet(l));
    Some(Found {
        internet: &layers[at],
        at,
        transport: behind().find(|(_, layer)| is_transport(layer)),
        fragmented: behind().map(|(_, l)| l).find(|l| l.protocol == &FRAGMENT),
    })
}

/// What the layers outside keep apart, where that is asked for.
#[inline]
fn scope(frame: &Dissection<'_>, internet: usize, options: KeyOptions) -> u64 {
    if !options.vlan && !options.tunnel {
        return 0;
    }
    let outside = frame.layers()[..internet].iter().filter(|layer| !layer.quoted);
    let counts = |layer: &&Layer| match layer.protocol.name {
        "vlan" | "ieee8021ad" | "ieee8021ah" | "isl" => options.vlan,
        _ => options.tunnel,
    };
    outside.filter(counts).fold(0, |scope, layer| {
        let Some(identity) = layer.protocol.scope else { return scope };
        // Fibonacci hashing; that two scopes meet needs the same addresses and ports as well.
        (scope ^ identity(frame.header(layer))).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(23)
    })
}

/// Layers outside the flow's own that tell where it was seen.
pub(crate) fn outside<'d>(
    frame: &Dissection<'d>,
    packet: &Packet,
) -> impl Iterator<Item = &'d Layer> {
    let internet = frame.layers()[..packet.layer].iter().rposition(is_internet);
    let end = match frame.layers().get(packet.layer) {
        Some(layer) if is_internet(layer) => packet.layer,
        _ => internet.unwrap_or(0),
    };
    frame.layers()[..end].iter().filter(|layer| !layer.quoted && layer.protocol.scope.is_some())
}

/// The addresses of an IP header.
pub(crate) fn addresses(frame: &Dissection<'_>, layer: &Layer) -> Option<(u8, Address, Address)> {
    let header = frame.header(layer);
    if layer.protocol == &ipv4::IP {
        let word = |at: usize| Some(u32::from_be_bytes(*header.get(at..)?.first_chunk()?));
        return Some((4, address_v4(word(12)?), address_v4(word(16)?)));
    }
    if layer.protocol != &ipv6::IPV6 {
        return None;
    }
    let address = |at: usize| Some(address_v6(header.get(at..)?.first_chunk()?));
    Some((6, address(8)?, address(24)?))
}
