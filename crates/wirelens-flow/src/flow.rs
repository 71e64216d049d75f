//! A flow: what both ends sent each other, and what came of it.

use std::net::IpAddr;
use std::sync::Arc;

use wirelens_reassembly::slab::{Holds, Links};

use crate::application::Application;
use crate::key::{Endpoint, Key, Side};
use crate::number;
use crate::outside::Outside;
use crate::packet::Packet;
use crate::tcp::{self, Counts, Flight, Marks, State};
use crate::traffic::{Sent, Traffic};
use crate::{FrameList, community_id};

/// A flow, lent while it is tracked. It is in its last state when [`Event::Over`](crate::Event::Over)
/// is told.
///
/// It is six lines of memory: with a million flows what a frame costs is how many of them it needs.
/// A segment needs four: what finds the flow, what both ends have sent last, and what its own end
/// counts. The last line is of what few frames look at.
#[derive(Clone, Debug)]
#[repr(C, align(64))]
pub struct Flow {
    pub(crate) key: Key,
    pub(crate) notes: Option<Box<Notes>>,
    /// The initiator is the second end of the key.
    second: bool,
    opening: Opening,
    pub(crate) stage: Stage,
    pub(crate) list: u8,
    sized: u8,
    /// Which of the sizes are of the responder's frames.
    answers: u8,
    /// What it is about does not change any more, nor what its frames say of other flows.
    pub(crate) settled: bool,
    /// Payloads that nobody claimed, as long as nobody claimed any.
    pub(crate) unclaimed: u8,
    /// Of both ends of the key.
    sent: [Sent; 2],
    number: u64,
    /// When their first frames were captured.
    firsts: [u64; 2],
    /// While the handshake goes on when the last SYN was sent, then how long it took.
    pub(crate) handshake: u64,
    sizes: [u16; SIZES],
    links: Links,
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

    /// Has the lines that a segment changes brought into the cache.
    #[inline]
    fn touch(&self) -> u64 {
        let under_way = self.flights.iter().filter(|flight| !flight.is_empty()).count() as u64;
        self.frames.touch().wrapping_add(under_way)
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
            notes: None,
            second: backward == from_initiator,
            opening,
            stage: if opens { Stage::Opening } else { Stage::Open },
            list: 0,
            sized: 0,
            answers: 0,
            settled: false,
            unclaimed: 0,
            sent: [Sent::default(); 2],
            number,
            firsts: [0; 2],
            handshake: 0,
            sizes: [0; SIZES],
            links: Links::NONE,
        }
    }

    /// Has all of it brought into the cache at once, of a flow that is likely to be wanted.
    #[inline]
    pub(crate) fn fetch(&self) {
        let [a, b] = [false, true].map(|backward| self.touch(backward));
        std::hint::black_box(a.wrapping_add(b));
    }

    /// Reads a word of every line that a segment of one end needs; gives what nobody can make anything
    /// of. The last is needed by the first few that carry something: most flows have no more.
    #[inline]
    pub(crate) fn touch(&self, backward: bool) -> u64 {
        let [a, b] = &self.sent;
        let own = &self.sent[usize::from(backward)];
        let words = [self.key.scope, a.last, b.last, own.bytes, self.number];
        words.iter().fold(0, |sum, word| sum.wrapping_add(*word))
    }

    /// The same of what is kept apart from it, once its first line is there.
    #[inline]
    pub(crate) fn touch_notes(&self) -> u64 {
        self.notes.as_ref().map_or(0, |notes| notes.touch())
    }

    /// Where what one side sent stands: as the ends of the key do.
    #[inline]
    fn place(&self, side: Side) -> usize {
        usize::from(self.second == (side == Side::Initiator))
    }

    /// What one side sent, and the other.
    #[inline]
    pub(crate) fn both(&mut self, side: Side) -> (&mut Sent, &mut Sent) {
        let second = self.place(side) == 1;
        let [a, b] = &mut self.sent;
        if second { (b, a) } else { (a, b) }
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
        number::name(self.key.protocol)
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
        let [kind, other] = Side::BOTH
            .map(|side| self.key.end(self.second == (side == Side::Initiator)).port as u8);
        let one_way = community_id::counterpart(self.key.protocol, kind).is_none();
        Some((kind, if one_way { other } else { 0 }))
    }

    /// How it was decided which end is the initiator.
    pub fn opening(&self) -> Opening {
        self.opening
    }

    /// What one end sent.
    #[inline]
    pub fn traffic(&self, side: Side) -> Traffic<'_> {
        let place = self.place(side);
        let (sent, other) = (&self.sent[place], &self.sent[1 - place]);
        Traffic { sent, first: self.firsts[place], trips: &other.trips_of_other }
    }

    /// The TCP state of one end.
    #[inline]
    fn half(&self, side: Side) -> &tcp::Half {
        &self.sent[self.place(side)].half
    }

    /// When its first frame was captured, in nanoseconds since 1970.
    pub fn first(&self) -> u64 {
        let sent = self.sent.iter().zip(self.firsts).filter(|(sent, _)| sent.frames > 0);
        sent.map(|(_, first)| first).min().unwrap_or(0)
    }

    /// When its last frame was captured, in nanoseconds since 1970.
    #[inline]
    pub fn last(&self) -> u64 {
        self.sent[0].last.max(self.sent[1].last)
    }

    /// How long the handshake took, in nanoseconds: from the last SYN to the acknowledgment of the
    /// answer.
    pub fn handshake(&self) -> Option<u64> {
        let done = self.stage >= Stage::Open && self.opening == Opening::Syn;
        Some(self.handshake).filter(|&time| done && time > 0 && time < HANDSHAKE)
    }

    /// The state of one end, where it is TCP.
    pub fn state(&self, side: Side) -> State {
        self.half(side).state
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
        let ends = Side::BOTH.map(|side| {
            let end = self.key.end(self.second == (side == Side::Initiator));
            (end.address, end.port)
        });
        community_id::of(seed, self.key.protocol, ends)
    }

    /// How its windows are shifted in a direction, where that is known.
    pub fn window_scale(&self, side: Side) -> Option<u8> {
        self.half(side).scale(self.half(side.other()))
    }

    pub(crate) fn notes(&mut self) -> &mut Notes {
        self.notes.get_or_insert_default()
    }

    /// Counts a packet of one side.
    #[inline]
    pub(crate) fn count(&mut self, side: Side, packet: &Packet) {
        let place = self.place(side);
        let sent = &mut self.sent[place];
        let Packet { time, length, payload, ttl, .. } = *packet;
        if sent.frames == 0 {
            (sent.last, sent.ttl, self.firsts[place]) = (time, (ttl, ttl), time);
        } else {
            let gap = time.saturating_sub(sent.last);
            sent.gaps.add(gap, sent.frames == 1);
            sent.ttl = (sent.ttl.0.min(ttl), sent.ttl.1.max(ttl));
            // Captures are not always in order.
            sent.last = sent.last.max(time);
        }
        sent.frames += 1;
        sent.bytes += u64::from(length);
        sent.payload += u64::from(payload);
        if payload > 0 && usize::from(self.sized) < SIZES {
            let at = usize::from(self.sized);
            self.sizes[at] = u16::try_from(payload).unwrap_or(u16::MAX);
            self.answers |= u8::from(side == Side::Responder) << at;
            self.sized += 1;
        }
    }

    /// Notes where a packet's link layer says that it comes from.
    pub(crate) fn note_link(&mut self, side: Side, address: [u8; 6]) {
        self.both(side).0.link = address;
    }

    /// Does a segment begin another connection between the same ports?
    pub(crate) fn is_reused_by(&self, side: Side, segment: &tcp::Segment) -> bool {
        let half = self.half(side);
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
        let (own, other) = self.both(side);
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
        let second = self.place(side) == 1;
        let [a, b] = &mut self.sent;
        let (own, other) = if second { (b, a) } else { (a, b) };
        let around = tcp::Around {
            is_open: self.stage >= Stage::Open,
            handshake: &self.handshake,
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
        self.both(side).1.trips_of_other.add(time);
    }
}

/// No handshake takes longer, in nanoseconds; before it is done a moment stands there, which is
/// later than 1970 by more than this.
pub(crate) const HANDSHAKE: u64 = 600_000_000_000;

impl Holds<Flow> for Flow {
    fn new(flow: Flow) -> Flow {
        flow
    }

    #[inline]
    fn links(&self) -> &Links {
        &self.links
    }

    #[inline]
    fn links_mut(&mut self) -> &mut Links {
        &mut self.links
    }

    #[inline]
    fn value(&self) -> &Flow {
        self
    }

    #[inline]
    fn value_mut(&mut self) -> &mut Flow {
        self
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
    use std::mem::offset_of;

    use super::*;

    #[test]
    fn a_flow_is_six_lines_and_a_segment_needs_four_of_them() {
        assert_eq!((size_of::<Flow>(), align_of::<Flow>()), (384, 64));
        assert!(offset_of!(Flow, unclaimed) < 64);
        assert_eq!((offset_of!(Flow, sent), offset_of!(Flow, number)), (64, 320));
    }
}
