//! Frames in, fragments and segments to the two cores, their events out.

use std::collections::VecDeque;
use std::ops::Range;

use wirelens_capture::Timestamp;
use wirelens_dissect::{Dissection, Input, Next, Session};
use wirelens_flow::Sight;
use wirelens_protocols::network::{ipv4, ipv6, ipv6_fragment};
use wirelens_protocols::transport::tcp;
use wirelens_reassembly::datagram::{self, Datagrams, Fragment, Outcome};
use wirelens_reassembly::stream::{self, Direction, Segment, Sink, Streams};

use super::packet::{self, Internet, Place, mix};
use super::{Connection, Ended, Endpoint, Family, FragmentKey, Observer, Wanted};
use crate::frames::{Frames, Turn};
use crate::{Error, Frame};

/// Datagrams within datagrams are followed so far.
const DEEPEST: u8 = 16;
/// Bytes of the fragment header of IPv6.
const FRAGMENT_HEADER: usize = 8;
/// The number of TCP.
const TCP: u8 = 6;
/// How often the cores are told the time, in nanoseconds of the capture.
const SECOND: u64 = 1_000_000_000;

/// A capture being put together; an [`Observer`] is told what comes of it.
pub struct Reassembly {
    frames: Frames,
    /// Dissects datagrams that are complete.
    inner: Session,
    state: State,
    finished: bool,
}

/// What is being put together.
struct State {
    wanted: Wanted,
    /// What needs no dissection.
    sight: Sight,
    datagrams: Datagrams<FragmentKey>,
    streams: Streams<Connection>,
    /// Datagrams that were completed by this frame and hold what may be put together.
    pending: VecDeque<Pending>,
    frame: u64,
    time: u64,
    told: u64,
}

/// A datagram that is complete.
struct Pending {
    next: u8,
    payload: Vec<u8>,
    internet: Internet,
    scope: u64,
    depth: u8,
}

/// The packet that layers are in.
#[derive(Clone, Copy)]
struct Around {
    internet: Option<Internet>,
    scope: u64,
    depth: u8,
}

impl Reassembly {
    pub(super) fn new(
        frames: Frames,
        inner: Session,
        wanted: Wanted,
        limits: (datagram::Limits, stream::Limits),
    ) -> Reassembly {
        let state = State {
            wanted,
            sight: Sight::new(frames.session()),
            datagrams: Datagrams::new(limits.0),
            streams: Streams::new(limits.1),
            pending: VecDeque::new(),
            frame: 0,
            time: 0,
            told: 0,
        };
        Reassembly { frames, inner, state, finished: false }
    }

    /// Reads a frame and tells what comes of it; at the end of the capture, what is left. False
    /// when nothing more can come. Where frames come live it returns though none came for a while.
    ///
    /// # Errors
    /// When reading fails; [`Reassembly::finish`] then gives what is left.
    pub fn advance(&mut self, observer: &mut impl Observer) -> Result<bool, Error> {
        if self.finished {
            return Ok(false);
        }
        let state = &mut self.state;
        let (turn, seen) = self.frames.turn_unless(|raw, input| state.see(raw, input, observer))?;
        match turn {
            Turn::Frame if seen && state.pending.is_empty() => return Ok(true),
            Turn::Frame => {}
            Turn::Pause => {
                if self.frames.is_live() {
                    self.state.pass_to(crate::trace::recently(), observer);
                }
                return Ok(true);
            }
            Turn::End => {
                self.finish(observer);
                return Ok(false);
            }
        }
        let frame = self.frames.current();
        if !seen {
            self.state.begin(frame.number(), frame.time(), observer);
            let around = Around { internet: None, scope: 0, depth: 0 };
            self.state.read(&frame.dissection(), around, observer);
        }
        while let Some(pending) = self.state.pending.pop_front() {
            let Pending { next, payload, internet, scope, depth } = pending;
            let length = payload.len() as u32;
            let input =
                Input { number: frame.number(), captured: &payload, length, ..Input::default() };
            let dissection = self.inner.dissect_as(Next::In(&ipv4::IP_PROTO, next.into()), input);
            let around = Around { internet: Some(internet), scope, depth };
            self.state.read(&dissection, around, observer);
        }
        Ok(true)
    }

    /// Ends everything that is still open, datagrams first.
    pub fn finish(&mut self, observer: &mut impl Observer) {
        if std::mem::replace(&mut self.finished, true) {
            return;
        }
        observer.last();
        self.state.datagrams.finish(|key, datagram, end| {
            observer.datagram(key, datagram, Ended::GivenUp(end));
        });
        self.state.streams.finish(&mut ToObserver(observer));
    }

    /// The frame that was read last. Of one that needed no dissection there are no layers.
    pub fn frame(&self) -> Frame<'_> {
        self.frames.current()
    }

    /// The frames it reads.
    pub fn frames(&self) -> &Frames {
        &self.frames
    }

    pub(super) fn frames_mut(&mut self) -> &mut Frames {
        &mut self.frames
    }

    /// What happened to fragments and to segments so far.
    pub fn counters(&self) -> (datagram::Counters, stream::Counters) {
        (self.state.datagrams.counters(), self.state.streams.counters())
    }
}

impl State {
    fn begin(&mut self, number: u64, time: Option<Timestamp>, observer: &mut impl Observer) {
        self.frame = number;
        // A frame without a time came with the one before.
        let mut now = self.time;
        if let Some(time) = time
            && let Ok(seconds) = u64::try_from(time.seconds())
        {
            now = seconds.saturating_mul(SECOND).saturating_add(time.nanoseconds().into());
        }
        self.pass_to(now, observer);
    }

    /// It is so late.
    fn pass_to(&mut self, now: u64, observer: &mut impl Observer) {
        self.time = now;
        if self.time.abs_diff(self.told) < SECOND {
            return;
        }
        self.told = self.time;
        self.datagrams.expire(self.time, |key, datagram, end| {
            observer.datagram(key, datagram, Ended::GivenUp(end));
        });
        self.streams.expire(self.time, &mut ToObserver(observer));
    }

    /// Reads a frame of which a look tells what is put together of it; false if it does not.
    #[inline]
    fn see(
        &mut self,
        raw: &wirelens_capture::Frame<'_>,
        input: &Input<'_>,
        observer: &mut impl Observer,
    ) -> bool {
        let Some(seen) = self.sight.see(input) else { return false };
        let internet = match seen.version {
            4 => Internet::ipv4(seen.header, 0),
            _ => Internet::ipv6(seen.header, 0),
        };
        // What tags keep apart is read from their layers.
        let Some(internet) = internet.filter(|_| seen.tags == 0) else { return false };
        self.begin(raw.number, raw.time, observer);
        if !seen.is_fragment() {
            if seen.protocol == TCP && self.wanted.tcp {
                self.segment(seen.payload, seen.declared, &internet, observer);
            }
            return true;
        }
        let (wanted, place, behind) = match seen.version {
            4 => (self.wanted.ipv4, Place::ipv4(seen.header, &internet), 0),
            _ => (self.wanted.ipv6, Place::ipv6(seen.payload, &internet), FRAGMENT_HEADER),
        };
        if let Some(place) = place.filter(|_| wanted) {
            let scope = mix(0, internet.digest());
            let inside = Around { internet: Some(internet), scope, depth: 0 };
            let (header, payload) = seen.packet.split_at(seen.header.len() + behind);
            let length = seen.declared - behind as u32;
            self.fragment((payload, length), (&place, header), inside, observer);
        }
        true
    }

    /// Looks for fragments and segments among the layers.
    fn read(&mut self, dissection: &Dissection<'_>, around: Around, observer: &mut impl Observer) {
        let Around { mut internet, mut scope, depth } = around;
        let mut header_start = (0, 0);
        // What a fragment carries is only a part of something.
        let mut hidden: Option<(u8, Range<u32>)> = None;
        for layer in dissection.layers() {
            let within = |(buffer, range): &(u8, Range<u32>)| {
                *buffer == layer.buffer && range.contains(&layer.start)
            };
            if layer.quoted || hidden.as_ref().is_some_and(within) {
                continue;
            }
            let header = dissection.header(layer);
            let mut place = None;
            if layer.protocol == &ipv4::IP {
                let Some(found) = Internet::ipv4(header, scope) else { continue };
                place = Place::ipv4(header, &found).filter(|_| self.wanted.ipv4);
                (internet, header_start) = (Some(found), (layer.buffer, layer.start));
                scope = mix(scope, found.digest());
                if place.is_none() && Place::ipv4(header, &found).is_some() {
                    hidden = Some((layer.buffer, layer.start + layer.length..layer.end));
                }
            } else if layer.protocol == &ipv6::IPV6 {
                let Some(found) = Internet::ipv6(header, scope) else { continue };
                (internet, header_start) = (Some(found), (layer.buffer, layer.start));
                scope = mix(scope, found.digest());
            } else if layer.protocol == &ipv6_fragment::FRAGMENT {
                // Whatever carries the number 44, only IPv6 has such a header.
                let ipv6 = internet.filter(|internet| internet.source.is_ipv6());
                let found = ipv6.and_then(|internet| Place::ipv6(header, &internet));
                place = found.filter(|_| self.wanted.ipv6);
                if found.is_some() {
                    hidden = Some((layer.buffer, layer.start + layer.length..layer.end));
                }
            } else if layer.protocol == &tcp::TCP {
                if let Some(internet) = internet.filter(|_| self.wanted.tcp) {
                    let bytes = dissection.buffer(layer.buffer);
                    let bytes = bytes.get(layer.start as usize..layer.end as usize);
                    let declared = layer.declared.saturating_sub(layer.start);
                    self.segment(bytes.unwrap_or_default(), declared, &internet, observer);
                }
            } else if let Some(identity) = layer.protocol.scope {
                scope = mix(scope, identity(header));
            }
            if let (Some(place), Some(internet)) = (place, internet) {
                hidden = Some((layer.buffer, layer.start + layer.length..layer.end));
                let from =
                    if header_start.0 == layer.buffer { header_start.1 } else { layer.start };
                let to = layer.start + layer.length;
                let header = dissection.buffer(layer.buffer).get(from as usize..to as usize);
                let inside = Around { internet: Some(internet), scope, depth };
                let length = layer.declared.saturating_sub(to);
                self.fragment(
                    (dissection.payload(layer), length),
                    (&place, header.unwrap_or_default()),
                    inside,
                    observer,
                );
            }
        }
    }

    fn fragment(
        &mut self,
        (bytes, length): (&[u8], u32),
        (place, header): (&Place, &[u8]),
        inside: Around,
        observer: &mut impl Observer,
    ) {
        let fragment = Fragment {
            frame: self.frame,
            time: self.time,
            family: match place.key.family {
                Family::Ipv4 => datagram::Family::Ipv4,
                Family::Ipv6 => datagram::Family::Ipv6,
            },
            offset: place.offset,
            more: place.more,
            bytes,
            length,
            header,
        };
        let outcome = self.datagrams.insert(&place.key, fragment, |key, datagram, end| {
            observer.datagram(key, datagram, Ended::GivenUp(end));
        });
        match outcome {
            Outcome::Complete(datagram) => {
                observer.datagram(&place.key, datagram, Ended::Complete);
                let next = next_of(place.key, datagram.header());
                let payload = datagram.payload().unwrap_or_default();
                let leads_on = !self.sight.ends_in(next, payload, payload.len() as u32);
                if let Some(internet) = inside.internet
                    && inside.depth < DEEPEST
                    && leads_on
                {
                    self.pending.push_back(Pending {
                        next,
                        payload: payload.to_vec(),
                        internet,
                        scope: inside.scope,
                        depth: inside.depth + 1,
                    });
                }
            }
            Outcome::Cut(datagram) => observer.datagram(&place.key, datagram, Ended::Cut),
            Outcome::Discarded(datagram) => {
                observer.datagram(&place.key, datagram, Ended::Discarded);
            }
            _ => {}
        }
    }

    fn segment(
        &mut self,
        bytes: &[u8],
        declared: u32,
        internet: &Internet,
        observer: &mut impl Observer,
    ) {
        let read = packet::tcp(bytes, declared, internet);
        let Some(packet::Tcp { ports, segment }) = read else { return };
        let source = Endpoint { address: internet.source, port: ports.0 };
        let destination = Endpoint { address: internet.destination, port: ports.1 };
        let (ends, direction) = match source <= destination {
            true => ([source, destination], Direction::Forward),
            false => ([destination, source], Direction::Backward),
        };
        let segment = Segment { frame: self.frame, time: self.time, ..segment };
        let key = Connection { ends, scope: internet.scope };
        self.streams.segment(&key, direction, &segment, &mut ToObserver(observer));
    }
}

/// What a complete datagram carries: IPv6 says it in the first fragment's header only.
pub(super) fn next_of(key: FragmentKey, header: &[u8]) -> u8 {
    match key.family {
        Family::Ipv4 => key.next,
        Family::Ipv6 => {
            let at = header.len().checked_sub(8);
            at.and_then(|at| header.get(at)).copied().unwrap_or(0)
        }
    }
}

/// The events of streams, for an observer.
struct ToObserver<'o, O>(&'o mut O);

impl<O: Observer> Sink<Connection> for ToObserver<'_, O> {
    #[inline]
    fn event(&mut self, stream: &stream::Stream<'_, Connection>, event: stream::Event<'_>) {
        self.0.stream(stream, event);
    }
}
