//! A flow: what both ends sent each other, and what came of it.

use std::net::IpAddr;
use std::sync::Arc;

use crate::application::Application;
use crate::key::{Endpoint, Key, Side};
use crate::number;
use crate::outside::Outside;
use crate::packet::Packet;
use crate::spread::{Range, Spread};
use crate::tcp::{self, Counts, Flight, Half, Marks, State};
use crate::{FrameList, community_id};

/// A flow, lent while it is tracked. It is in its last state when [`Event::Over`](crate::Event::Over)
/// is told.
#[derive(Clone, Debug)]
pub struct Flow {
    pub(crate) key: Key,
    number: u64,
    /// Those of the initiator and of the responder.
    pub(crate) traffic: [Traffic; 2],
    /// While the handshake goes on when the last SYN was sent, then how long it took.
    pub(crate) handshake: u64,
    pub(crate) notes: Option<Box<Notes>>,
    sizes: [u16; SIZES],
    /// Which of them the responder sent.
    answers: u8,
    sized: u8,
    /// The initiator is the second end of the key.
    second: bool,
    opening: Opening,
    pub(crate) stage: Stage,
    pub(crate) list: u8,
}

/// How many sizes are remembered.
const SIZES: usize = 8;

/// How far a connection is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Stage {
    /// The handshake was not seen to its end.
    Opening,
    /// Nothing is in the way of data.
    Open,
    /// Both ends have closed.
    Finished,
    /// One end has reset it.
    Reset,
}

/// What few flows have, or only where it was asked for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Notes {
    pub(crate) frames: FrameList,
    pub(crate) application: Option<Application>,
    pub(crate) outside: Vec<Outside>,
    /// Of the initiator and the responder.
    pub(crate) names: [Option<Arc<str>>; 2],
    /// What both have under way, where that is several segments.
    pub(crate) flights: [Flight; 2],
    /// What was noteworthy of their segments.
    pub(crate) counts: Option<Box<[Counts; 2]>>,
}

impl Notes {
    /// Forgets all, and keeps what memory the next flow is likely to need. Gives how many segments
    /// were under way.
    pub(crate) fn clear(&mut self) -> usize {
        let Notes { frames, application, outside, names, flights, counts } = self;
        frames.clear();
        outside.clear();
        (*application, *names, *counts) = (None, [None, None], None);
        flights.iter_mut().map(Flight::clear).sum()
    }

    /// Is there nothing to be said?
    pub(crate) fn is_blank(&self) -> bool {
        let said = self.application.is_some() || self.counts.is_some();
        let seen = self.frames.count() > 0 || !self.outside.is_empty();
        let named = self.names.iter().any(Option::is_some);
        !said && !seen && !named && self.flights.iter().all(Flight::is_empty)
    }
}

/// How it was decided which end is the initiator.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Opening {
    /// It has sent the SYN.
    Syn,
    /// It has sent the first frame that was seen.
    First,
    /// The connection was there before the capture; the other end has the lower port.
    Port,
}

impl Opening {
    /// `syn`, `first` or `port`.
    pub fn name(self) -> &'static str {
        match self {
            Opening::Syn => "syn",
            Opening::First => "first",
            Opening::Port => "port",
        }
    }
}

/// Why no more frames are counted in a flow.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum End {
    /// Both ends have sent FIN, and it was acknowledged.
    Fin,
    /// One end has reset it.
    Reset,
    /// It was silent for longer than its time-out.
    Idle,
    /// It lasted for longer than flows may.
    Active,
    /// The same addresses and ports began another.
    Reused,
    /// There were too many flows.
    Evicted,
    /// The input has ended.
    Input,
}

impl End {
    /// Its name in reports.
    pub fn name(self) -> &'static str {
        match self {
            End::Fin => "fin",
            End::Reset => "reset",
            End::Idle => "idle",
            End::Active => "active",
            End::Reused => "reused",
            End::Evicted => "evicted",
            End::Input => "end_of_input",
        }
    }
}

/// What one end sent.
#[derive(Clone, Copy, Debug, Default)]
pub struct Traffic {
    frames: u64,
    bytes: u64,
    payload: u64,
    first: u64,
    last: u64,
    gaps: Range,
    trips: Range,
    trip_sum: u64,
    trip_count: u32,
    pub(crate) half: Half,
    ttl: (u8, u8),
    link: [u8; 6],
}

impl Flow {
    /// The flow that a packet begins.
    pub(crate) fn new(key: Key, number: u64, packet: &Packet, backward: bool) -> Flow {
        let (a, b) = packet.tuple.ports;
        let syn = |segment: &&tcp::Segment| segment.has(tcp::SYN);
        let (opening, from_initiator) = match packet.segment.as_ref() {
            Some(segment) if segment.has(tcp::SYN) => (Opening::Syn, !segment.has(tcp::ACK)),
            // Of a connection that was there before nobody knows who began it.
            Some(_) if a != b && a.min(b) < 1024 && a.max(b) >= 1024 => (Opening::Port, a > b),
            _ => (Opening::First, true),
        };
        let opens = packet.segment.as_ref().filter(syn).is_some();
        Flow {
            key,
            number,
            traffic: [Traffic::default(); 2],
            handshake: 0,
            notes: None,
            sizes: [0; SIZES],
            answers: 0,
            sized: 0,
            second: backward == from_initiator,
            opening,
            stage: if opens { Stage::Opening } else { Stage::Open },
            list: 0,
        }
    }

    /// Has all of it brought into the cache at once, of a flow that is likely to be wanted: a flow is
    /// seven lines of memory, and with a million of them waiting for each in turn takes most of the
    /// time.
    #[inline]
    pub(crate) fn fetch(&self) {
        std::hint::black_box(self.touch());
    }

    /// Reads a word of every line; gives what nobody can make anything of.
    #[inline]
    pub(crate) fn touch(&self) -> u64 {
        let [a, b] = &self.traffic;
        let bytes = [a.half.state as u8, b.half.state as u8, self.stage as u8];
        // The key is compared first, and may begin in a line of its own.
        let [[first, _], _] = self.key.ends;
        let words =
            [first, self.key.scope, a.frames, a.trip_sum, b.frames, b.trip_sum, self.number];
        let sum = bytes.iter().fold(0_u64, |sum, byte| sum.wrapping_add((*byte).into()));
        words.iter().fold(sum, |sum, word| sum.wrapping_add(*word))
    }

    /// Who sends where the second end of the key does, or the first.
    #[inline]
    pub(crate) fn side(&self, backward: bool) -> Side {
        if backward == self.second { Side::Initiator } else { Side::Responder }
    }

    /// Its number, from 1, as flows begin.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// Its IP protocol number.
    pub fn protocol(&self) -> u8 {
        self.key.protocol
    }

    /// The name of its protocol: `tcp`, `udp`, `icmp`; `ip.47` for one that has none here.
    pub fn protocol_name(&self) -> &'static str {
        match self.key.protocol {
            number::ICMP => "icmp",
            2 => "igmp",
            number::TCP => "tcp",
            number::UDP => "udp",
            number::DCCP => "dccp",
            47 => "gre",
            50 => "esp",
            51 => "ah",
            number::ICMPV6 => "icmpv6",
            88 => "eigrp",
            89 => "ospf",
            103 => "pim",
            112 => "vrrp",
            115 => "l2tp",
            number::SCTP => "sctp",
            number::UDPLITE => "udplite",
            _ => "ip",
        }
    }

    /// The version of IP: 4 or 6.
    pub fn version(&self) -> u8 {
        self.key.version
    }

    /// One of its ends. Where the protocol has no ports, the port is 0.
    pub fn end(&self, side: Side) -> Endpoint {
        let end = self.key.end(self.second == (side == Side::Initiator));
        if self.has_ports() { end } else { Endpoint { port: 0, ..end } }
    }

    /// The name of one end, if a DNS answer before the flow's end had its address: what was asked for
    /// then.
    pub fn name(&self, side: Side) -> Option<&str> {
        self.notes.as_ref()?.names[side as usize].as_deref()
    }

    /// Has its protocol ports?
    pub fn has_ports(&self) -> bool {
        use number::{DCCP, SCTP, TCP, UDP, UDPLITE};
        matches!(self.key.protocol, TCP | UDP | SCTP | DCCP | UDPLITE)
    }

    /// Type and code of the initiator's messages, where it is an exchange of ICMP.
    pub fn icmp(&self) -> Option<(u8, u8)> {
        if !matches!(self.key.protocol, number::ICMP | number::ICMPV6) {
            return None;
        }
        let [kind, other] = [Side::Initiator, Side::Responder]
            .map(|side| self.key.end(self.second == (side == Side::Initiator)).port as u8);
        let one_way = community_id::counterpart(self.key.protocol, kind).is_none();
        Some((kind, if one_way { other } else { 0 }))
    }

    /// How it was decided which end is the initiator.
    pub fn opening(&self) -> Opening {
        self.opening
    }

    /// What one end sent.
    pub fn traffic(&self, side: Side) -> &Traffic {
        &self.traffic[side as usize]
    }

    /// When its first frame was captured, in nanoseconds since 1970.
    pub fn first(&self) -> u64 {
        let sent = self.traffic.iter().filter(|traffic| traffic.frames > 0);
        sent.map(|traffic| traffic.first).min().unwrap_or(0)
    }

    /// When its last frame was captured, in nanoseconds since 1970.
    pub fn last(&self) -> u64 {
        self.traffic[0].last.max(self.traffic[1].last)
    }

    /// How long the handshake took, in nanoseconds: from the last SYN to the acknowledgment of the
    /// answer.
    pub fn handshake(&self) -> Option<u64> {
        let done = self.stage >= Stage::Open && self.opening == Opening::Syn;
        Some(self.handshake).filter(|&time| done && time > 0 && time < HANDSHAKE)
    }

    /// The state of one end, where it is TCP.
    pub fn state(&self, side: Side) -> State {
        self.traffic(side).half.state
    }

    /// How often a segment of one end was noteworthy, by why.
    pub fn counts(&self, side: Side) -> Counts {
        let counts = self.notes.as_ref().and_then(|notes| notes.counts.as_ref());
        counts.map_or(Counts::default(), |counts| counts[side as usize])
    }

    /// Payload bytes of its first frames that had any, and who sent them.
    pub fn sizes(&self) -> impl Iterator<Item = (Side, u16)> {
        (0..usize::from(self.sized)).map(|at| {
            let side = if self.answers & 1 << at == 0 { Side::Initiator } else { Side::Responder };
            (side, self.sizes[at])
        })
    }

    /// What it is about, if a protocol was recognised in it.
    pub fn application(&self) -> Option<&Application> {
        self.notes.as_ref()?.application.as_ref()
    }

    /// The frames that were counted in it, where that is asked for.
    pub fn frames(&self) -> Option<&FrameList> {
        self.notes.as_ref().map(|notes| &notes.frames).filter(|frames| frames.count() > 0)
    }

    /// What was outside the addresses of its first frame: VLANs and tunnels.
    pub fn outside(&self) -> &[Outside] {
        self.notes.as_ref().map_or(&[], |notes| &notes.outside)
    }

    /// Its [Community ID](https://github.com/corelight/community-id-spec), version 1.
    pub fn community_id(&self, seed: u16) -> String {
        let ends = [Side::Initiator, Side::Responder].map(|side| {
            let end = self.key.end(self.second == (side == Side::Initiator));
            (end.address, end.port)
        });
        community_id::of(seed, self.key.protocol, ends)
    }

    /// How its windows are shifted in a direction, where that is known.
    pub fn window_scale(&self, side: Side) -> Option<u8> {
        let half = |side: Side| &self.traffic(side).half;
        half(side).scale(half(side.other()))
    }

    pub(crate) fn notes(&mut self) -> &mut Notes {
        self.notes.get_or_insert_default()
    }

    /// Counts a packet of one side.
    #[inline]
    pub(crate) fn count(&mut self, side: Side, packet: &Packet) {
        let traffic = &mut self.traffic[side as usize];
        let Packet { time, length, payload, ttl, .. } = *packet;
        if traffic.frames == 0 {
            (traffic.first, traffic.ttl) = (time, (ttl, ttl));
            traffic.last = time;
        } else {
            let gap = time.saturating_sub(traffic.last);
            traffic.gaps.add(gap, traffic.frames == 1);
            traffic.ttl = (traffic.ttl.0.min(ttl), traffic.ttl.1.max(ttl));
            // Captures are not always in order.
            traffic.last = traffic.last.max(time);
        }
        traffic.frames += 1;
        traffic.bytes += u64::from(length);
        traffic.payload += u64::from(payload);
        if payload > 0 && usize::from(self.sized) < SIZES {
            let at = usize::from(self.sized);
            self.sizes[at] = u16::try_from(payload).unwrap_or(u16::MAX);
            self.answers |= u8::from(side == Side::Responder) << at;
            self.sized += 1;
        }
    }

    /// Notes where a packet's link layer says that it comes from.
    pub(crate) fn note_link(&mut self, side: Side, address: [u8; 6]) {
        self.traffic[side as usize].link = address;
    }

    /// Does a segment begin another connection between the same ports?
    pub(crate) fn is_reused_by(&self, side: Side, segment: &tcp::Segment) -> bool {
        let half = &self.traffic(side).half;
        let syn = segment.has(tcp::SYN) && !segment.has(tcp::ACK | tcp::RST);
        syn && half.is_seen() && segment.sequence != half.first
    }

    /// Is a segment of a connection before this one, which one end has forgotten? Of that nothing but
    /// its control bits is remembered.
    #[inline]
    pub(crate) fn is_older(&mut self, side: Side, segment: &tcp::Segment) -> bool {
        if self.stage != Stage::Opening {
            return false;
        }
        let [a, b] = &mut self.traffic;
        let (own, other) = if side == Side::Initiator { (a, b) } else { (b, a) };
        let older = own.half.is_older(segment, &other.half);
        own.half.flags |= if older { segment.flags } else { 0 };
        older
    }

    /// The marks of a segment, which is remembered, and what both sides had under way before it: its
    /// sender first.
    pub(crate) fn analyse(
        &mut self,
        side: Side,
        segment: &tcp::Segment,
        now: u64,
    ) -> (Marks, [Option<tcp::Alone>; 2]) {
        let [a, b] = &mut self.traffic;
        let (own, other) = if side == Side::Initiator { (a, b) } else { (b, a) };
        let handshake = (self.stage >= Stage::Open && self.handshake > 0).then_some(self.handshake);
        let around = tcp::Around {
            handshake: handshake.filter(|&time| time < HANDSHAKE),
            other_last: other.last,
            now,
        };
        let marks = own.half.analyse(segment, &other.half, &around);
        if marks.has(tcp::Mark::AckedUnseen) {
            other.half.acknowledged_unseen();
        }
        let under_way = [own.half.alone(&other.half), other.half.alone(&own.half)];
        own.half.note(segment, marks, now);
        (marks, under_way)
    }

    /// Has a round-trip time of what one end sent counted.
    pub(crate) fn round_trip(&mut self, side: Side, time: u64) {
        let traffic = &mut self.traffic[side as usize];
        traffic.trips.add(time, traffic.trip_count == 0);
        traffic.trip_count = traffic.trip_count.saturating_add(1);
        traffic.trip_sum = traffic.trip_sum.saturating_add(time);
    }
}

/// No handshake takes longer, in nanoseconds; before it is done a moment stands there, which is
/// later than 1970 by more than this.
pub(crate) const HANDSHAKE: u64 = 600_000_000_000;

impl Traffic {
    /// Frames.
    pub fn frames(&self) -> u64 {
        self.frames
    }

    /// Bytes on the wire.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Bytes that the transport carried, those that were sent again too.
    pub fn payload(&self) -> u64 {
        self.payload
    }

    /// Bytes of headers, padding and trailers.
    pub fn overhead(&self) -> u64 {
        self.bytes.saturating_sub(self.payload)
    }

    /// When its first and last frame were captured, in nanoseconds since 1970.
    pub fn times(&self) -> Option<(u64, u64)> {
        (self.frames > 0).then_some((self.first, self.last))
    }

    /// The least and greatest time to live.
    pub fn ttl(&self) -> Option<(u8, u8)> {
        (self.frames > 0).then_some(self.ttl)
    }

    /// The link address it was sent from, as its first frame has it.
    pub fn link(&self) -> Option<[u8; 6]> {
        Some(self.link).filter(|address| *address != [0; 6])
    }

    /// The lengths of time between its frames.
    pub fn arrivals(&self) -> Option<Spread> {
        let count = self.frames.saturating_sub(1);
        self.gaps.spread(count, self.last.saturating_sub(self.first))
    }

    /// How long its segments took until they were acknowledged.
    pub fn round_trips(&self) -> Option<Spread> {
        self.trips.spread(self.trip_count.into(), self.trip_sum)
    }

    /// The TCP control bits of all its segments, as [`FLAGS`](crate::tcp::FLAGS) has them.
    pub fn flags(&self) -> u16 {
        self.half.flags
    }

    /// The least and greatest window it offered, not scaled.
    pub fn windows(&self) -> Option<(u16, u16)> {
        self.half.is_seen().then_some((self.half.least_window, self.half.greatest_window))
    }

    /// The maximum segment size it offered.
    pub fn mss(&self) -> Option<u16> {
        Some(self.half.mss).filter(|&mss| mss > 0)
    }

    /// The shift of its windows that it offered.
    pub fn offered_scale(&self) -> Option<u8> {
        self.half.offered_scale()
    }

    /// The sequence number of its SYN, if that was seen.
    pub fn initial_sequence(&self) -> Option<u32> {
        self.half.is_opened().then_some(self.half.first)
    }
}

impl Flow {
    /// The address of an end.
    pub fn address(&self, side: Side) -> IpAddr {
        self.end(side).address
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flow_is_small() {
        assert!(size_of::<Flow>() <= 368, "{}", size_of::<Flow>());
    }
}
