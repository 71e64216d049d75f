//! Makes frames, has them dissected and tracked, and keeps what was told.

use std::net::Ipv4Addr;

use wirelens_dissect::{Detail, Input, Session, Settings};
use wirelens_flow::{Event, Flow, Options, Side, Tracker};

/// Nanoseconds of a millisecond.
pub(crate) const MS: u64 = 1_000_000;

/// One end of a connection that is made up: what it has sent.
#[derive(Clone, Copy)]
pub(crate) struct Host {
    pub(crate) address: Ipv4Addr,
    pub(crate) port: u16,
}

pub(crate) const A: Host = Host { address: Ipv4Addr::new(10, 0, 0, 1), port: 40_000 };
pub(crate) const B: Host = Host { address: Ipv4Addr::new(10, 0, 0, 2), port: 80 };

/// A segment: flags as `S`, `S.`, `F.`, `R`, `P.`; numbers as they stand on the wire.
#[derive(Clone, Copy)]
pub(crate) struct Segment<'a> {
    pub(crate) flags: &'a str,
    pub(crate) sequence: u32,
    pub(crate) ack: u32,
    pub(crate) window: u16,
    pub(crate) data: &'a [u8],
    pub(crate) options: &'a [u8],
}

pub(crate) fn segment(
    flags: &'static str,
    sequence: u32,
    ack: u32,
    data: &'static str,
) -> Segment<'static> {
    Segment { flags, sequence, ack, window: 1000, data: data.as_bytes(), options: &[] }
}

pub(crate) struct World {
    session: Session,
    pub(crate) tracker: Tracker,
    pub(crate) told: Vec<String>,
    pub(crate) over: Vec<(Flow, &'static str)>,
    pub(crate) number: u64,
    pub(crate) time: u64,
}

impl World {
    pub(crate) fn new(options: Options) -> World {
        let registry = wirelens_protocols::shared();
        let settings = Settings { detail: Detail::Headers, ..Settings::default() };
        World {
            tracker: Tracker::new(options, &registry),
            session: Session::with(registry, settings),
            told: Vec::new(),
            over: Vec::new(),
            number: 0,
            time: 1_000_000_000_000,
        }
    }

    /// Later by so much.
    pub(crate) fn wait(&mut self, time: u64) -> &mut World {
        self.time += time;
        self
    }

    /// A frame that begins with an IP packet; a millisecond after the one before.
    pub(crate) fn packet(&mut self, packet: &[u8]) -> &mut World {
        self.frame(101, packet)
    }

    pub(crate) fn frame(&mut self, link_type: u32, bytes: &[u8]) -> &mut World {
        self.number += 1;
        self.time += MS;
        let input = Input {
            number: self.number,
            nanoseconds: self.time as i64,
            link_type,
            captured: bytes,
            length: bytes.len() as u32,
            fcs: None,
        };
        let dissection = self.session.dissect(input);
        self.tracker.read(&dissection, &mut observer(&mut self.told, &mut self.over));
        self
    }

    pub(crate) fn tcp(&mut self, from: Host, to: Host, segment: Segment<'_>) -> &mut World {
        self.packet(&ip(6, from, to, &tcp(from, to, segment)))
    }

    pub(crate) fn udp(&mut self, from: Host, to: Host, data: &[u8]) -> &mut World {
        self.packet(&ip(17, from, to, &udp(from, to, data)))
    }

    /// A connection that is open: A has sent up to 101, B up to 501.
    pub(crate) fn open(&mut self) -> &mut World {
        self.tcp(A, B, segment("S", 100, 0, "")).tcp(B, A, segment("S.", 500, 101, "")).tcp(
            A,
            B,
            segment(".", 101, 501, ""),
        )
    }

    pub(crate) fn finish(&mut self) -> &mut World {
        self.tracker.finish(&mut observer(&mut self.told, &mut self.over));
        self
    }

    /// What was told since the last time it was asked.
    pub(crate) fn take(&mut self) -> Vec<String> {
        std::mem::take(&mut self.told)
    }

    /// The only flow that is over.
    pub(crate) fn only(&mut self) -> (&Flow, &'static str) {
        self.finish();
        assert_eq!(self.over.len(), 1, "{:?}", self.told);
        let (flow, end) = &self.over[0];
        (flow, end)
    }
}

fn observer(
    told: &mut Vec<String>,
    over: &mut Vec<(Flow, &'static str)>,
) -> impl FnMut(&Flow, Event<'_>) {
    move |flow: &Flow, event: Event<'_>| {
        let side = |side: Side| if side == Side::Initiator { ">" } else { "<" };
        match event {
            Event::Frame { .. } => {}
            Event::Data(data) => {
                let text = String::from_utf8_lossy(data.bytes).into_owned();
                told.push(format!("{}{} {}", side(data.side), data.offset, text));
            }
            Event::Gap { side: by, offset, length, .. } => {
                told.push(format!("{}{offset} gap {length}", side(by)));
            }
            Event::Mark { side: by, .. }
            | Event::HalfClosed { side: by }
            | Event::Reset { side: by } => {
                told.push(format!("{} {}", side(by), event.name()));
            }
            Event::Over(end) => {
                over.push((flow.clone(), end.name()));
                told.push(format!("over {}", end.name()));
            }
            _ => told.push(event.name().to_owned()),
        }
    }
}

pub(crate) fn ip(protocol: u8, from: Host, to: Host, payload: &[u8]) -> Vec<u8> {
    fragment(protocol, from, to, (0, 0, false), payload)
}

/// An IPv4 packet with an identification, an offset in bytes, and whether more fragments follow.
pub(crate) fn fragment(
    protocol: u8,
    from: Host,
    to: Host,
    (identification, offset, more): (u16, u16, bool),
    payload: &[u8],
) -> Vec<u8> {
    let length = (20 + payload.len()) as u16;
    let place = (offset / 8) | (u16::from(more) << 13);
    let mut packet = vec![0x45, 0];
    packet.extend(length.to_be_bytes());
    packet.extend(identification.to_be_bytes());
    packet.extend(place.to_be_bytes());
    packet.extend([64, protocol, 0, 0]);
    packet.extend(from.address.octets());
    packet.extend(to.address.octets());
    packet.extend(payload);
    packet
}

pub(crate) fn tcp(from: Host, to: Host, segment: Segment<'_>) -> Vec<u8> {
    let bit = |(letter, bit): (char, u8)| if segment.flags.contains(letter) { bit } else { 0 };
    let flags: u8 = [('F', 1), ('S', 2), ('R', 4), ('P', 8), ('.', 16)].into_iter().map(bit).sum();
    let mut bytes = Vec::new();
    bytes.extend(from.port.to_be_bytes());
    bytes.extend(to.port.to_be_bytes());
    bytes.extend(segment.sequence.to_be_bytes());
    bytes.extend(segment.ack.to_be_bytes());
    bytes.extend([(((20 + segment.options.len()) / 4) << 4) as u8, flags]);
    bytes.extend(segment.window.to_be_bytes());
    bytes.extend([0; 4]);
    bytes.extend(segment.options);
    bytes.extend(segment.data);
    bytes
}

pub(crate) fn udp(from: Host, to: Host, data: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    bytes.extend(from.port.to_be_bytes());
    bytes.extend(to.port.to_be_bytes());
    bytes.extend((8 + data.len() as u16).to_be_bytes());
    bytes.extend([0; 2]);
    bytes.extend(data);
    bytes
}
