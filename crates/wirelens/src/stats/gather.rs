//! What is counted while frames go by.

use wirelens_dissect::{Level, Registry};
use wirelens_flow::{Event, Flow, Observer};

use super::builder::Part;
use super::connections::Connections;
use super::dns::Dns;
use super::hierarchy::Hierarchy;
use super::http::Http;
use super::lengths::Lengths;
use super::problems::Problems;
use super::rates::Rates;
use super::talk::Talk;
use super::tls::Tls;
use crate::Frames;

/// All counts. Those of parts that are not asked for are none.
pub(crate) struct Gathered {
    pub(crate) top: usize,
    pub(crate) frames: u64,
    pub(crate) bytes: u64,
    pub(crate) captured: u64,
    /// The earliest and latest time of a frame.
    pub(crate) times: Option<(u64, u64)>,
    pub(crate) without_time: u64,
    /// Frames that came before one that was captured earlier.
    pub(crate) unordered: u64,
    last: u64,
    /// Frames lost before others, as their records say.
    pub(crate) lost: u64,
    /// By interface: frames and bytes.
    pub(crate) interfaces: Vec<(u64, u64)>,
    pub(crate) hierarchy: Option<Hierarchy>,
    pub(crate) talk: Option<Talk>,
    pub(crate) lengths: Lengths,
    pub(crate) rates: Rates,
    pub(crate) connections: Option<Connections>,
    pub(crate) dns: Option<Dns>,
    pub(crate) http: Option<Http>,
    pub(crate) tls: Option<Tls>,
    pub(crate) problems: Option<Problems>,
}

/// Pairs of addresses, addresses and ports that are remembered at least, of each kind.
const REMEMBERED: usize = 1 << 16;
/// Interfaces that are told apart.
const INTERFACES: usize = 1 << 12;

impl Gathered {
    pub(crate) fn new(registry: &Registry, parts: &[Part], top: usize) -> Gathered {
        let has = |part| parts.contains(&part);
        let talks = has(Part::Endpoints) || has(Part::Conversations);
        Gathered {
            top,
            frames: 0,
            bytes: 0,
            captured: 0,
            times: None,
            without_time: 0,
            unordered: 0,
            last: 0,
            lost: 0,
            interfaces: Vec::new(),
            hierarchy: has(Part::Protocols).then(Hierarchy::new),
            talk: talks.then(|| Talk::new(REMEMBERED.max(top), top)),
            lengths: Lengths::default(),
            rates: Rates::default(),
            connections: has(Part::Tcp).then(Connections::default),
            dns: has(Part::Dns).then(|| Dns::new(registry)),
            http: has(Part::Http).then(|| Http::new(registry)),
            tls: has(Part::Tls).then(|| Tls::new(registry)),
            problems: has(Part::Problems).then(Problems::default),
        }
    }

    /// Counts the frame that was read last.
    #[inline]
    pub(crate) fn frame(&mut self, frames: &Frames) {
        let frame = frames.current();
        let (head, dissection) = (frame.head(), frame.dissection());
        let length = head.length;
        self.frames += 1;
        self.bytes += u64::from(length);
        self.captured += u64::from(head.captured);
        self.lengths.add(length);
        match head.time {
            Some(_) => self.time(dissection.input().nanoseconds.max(0) as u64, length),
            None => self.without_time += 1,
        }
        self.interface(head.interface, length);
        self.lost = self.lost.saturating_add(frames.lost());
        if let Some(hierarchy) = &mut self.hierarchy {
            hierarchy.add(dissection.layers(), length);
        }
        if let Some(talk) = &mut self.talk {
            talk.frame(&dissection, length);
        }
        if let Some(problems) = &mut self.problems {
            problems.add(&dissection);
        }
    }

    #[inline]
    fn time(&mut self, time: u64, length: u32) {
        let (first, last) = self.times.get_or_insert((time, time));
        *first = time.min(*first);
        *last = time.max(*last);
        self.unordered += u64::from(time < self.last);
        self.last = time;
        self.rates.add(time, length);
    }

    #[inline]
    fn interface(&mut self, interface: u32, length: u32) {
        let at = (interface as usize).min(INTERFACES);
        if at >= self.interfaces.len() {
            self.interfaces.resize(at + 1, (0, 0));
        }
        if let Some((frames, bytes)) = self.interfaces.get_mut(at) {
            *frames += 1;
            *bytes += u64::from(length);
        }
    }

    /// There are no more frames.
    pub(crate) fn finish(&mut self) {
        if let Some(talk) = &mut self.talk {
            talk.finish();
        }
    }

    /// How long the capture took, in nanoseconds.
    pub(crate) fn duration(&self) -> u64 {
        self.times.map_or(0, |(first, last)| last - first)
    }
}

impl Observer for Gathered {
    #[inline]
    fn event(&mut self, flow: &Flow, event: Event<'_>) {
        if let Some(connections) = &mut self.connections {
            connections.event(flow, &event);
        }
        match event {
            Event::Over(ended) => {
                if let Some(talk) = &mut self.talk {
                    talk.over(flow, ended);
                }
            }
            Event::Frame { packet, dissection, .. } => {
                let inside = dissection.layers().get(packet.layer + 1..).unwrap_or_default();
                for layer in inside {
                    if layer.quoted || layer.protocol.level != Level::Application {
                        continue;
                    }
                    match layer.protocol.name {
                        "dns" => {
                            if let Some(dns) = &mut self.dns {
                                dns.message(flow.number(), packet.time, dissection, layer);
                            }
                        }
                        "http" | "http2" => {
                            if let Some(http) = &mut self.http {
                                http.message(dissection, layer);
                            }
                        }
                        "tls" | "dtls" => {
                            if let Some(tls) = &mut self.tls {
                                tls.message(dissection, layer);
                            }
                        }
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }
}
