//! Who talked to whom: by addresses as frames come, by flow when flows are over.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use wirelens_dissect::{Dissection, Layer};
use wirelens_flow::{End, Endpoint, Flow, Side};
use wirelens_protocols::link::ethernet::ETH;
use wirelens_protocols::network::{ipv4::IP, ipv6::IPV6};

use super::hierarchy::Count;
use super::top::{Sum, Top};

/// Whose addresses they are.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) enum Family {
    Ethernet,
    Ipv4,
    Ipv6,
}

impl Family {
    pub(crate) const ALL: [Family; 3] = [Family::Ethernet, Family::Ipv4, Family::Ipv6];
}

/// An address of a family; in its low bytes where it is shorter than 16.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(crate) struct Address {
    pub(crate) family: Family,
    bits: u128,
}

impl std::fmt::Display for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.family {
            Family::Ipv4 => Ipv4Addr::from(self.bits as u32).fmt(f),
            Family::Ipv6 => Ipv6Addr::from(self.bits).fmt(f),
            Family::Ethernet => {
                let [.., a, b, c, d, e, g] = self.bits.to_be_bytes();
                write!(f, "{a:02x}:{b:02x}:{c:02x}:{d:02x}:{e:02x}:{g:02x}")
            }
        }
    }
}

/// What went each way between two: from the first to the second, and back.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Ways {
    pub(crate) there: Count,
    pub(crate) back: Count,
}

impl Ways {
    pub(crate) fn frames(&self) -> u64 {
        self.there.frames + self.back.frames
    }

    pub(crate) fn bytes(&self) -> u64 {
        self.there.bytes + self.back.bytes
    }

    pub(crate) fn turned(self) -> Ways {
        Ways { there: self.back, back: self.there }
    }
}

impl Sum for Ways {
    fn weight(&self) -> u64 {
        self.bytes()
    }

    fn add(&mut self, other: &Ways) {
        self.there.frames += other.there.frames;
        self.there.bytes += other.there.bytes;
        self.back.frames += other.back.frames;
        self.back.bytes += other.back.bytes;
    }
}

/// Two addresses, the lower first.
pub(crate) type Pair = (Address, Address);
/// An address, a port, and the IP protocol it is of.
pub(crate) type Port = (u8, IpAddr, u16);

/// A flow that is over.
#[derive(Clone, Debug)]
pub(crate) struct Over {
    pub(crate) number: u64,
    pub(crate) protocol: &'static str,
    pub(crate) ends: [Endpoint; 2],
    pub(crate) ways: Ways,
    pub(crate) first: u64,
    pub(crate) last: u64,
    pub(crate) ended: End,
    pub(crate) application: Option<&'static str>,
    /// A name that its messages say: of a host, a server, what was asked for.
    pub(crate) host: Option<String>,
}

/// A flow by its bytes, of as many the first that began.
type Largest = Reverse<(u64, Reverse<u64>, Box<Kept>)>;

/// Flows and those between whom they are.
pub(crate) struct Talk {
    pub(crate) pairs: [Top<Pair, Ways>; 3],
    pub(crate) addresses: [Top<Address, Ways>; 3],
    pub(crate) ports: Top<Port, Ways>,
    /// The largest flows, the least of them on top.
    largest: BinaryHeap<Largest>,
    most: usize,
    /// All flows by protocol: how many, and what they carried.
    pub(crate) protocols: BTreeMap<&'static str, (u64, Ways)>,
}

/// A flow that is ordered by what stands before it.
#[derive(Debug)]
struct Kept(Over);

impl PartialEq for Kept {
    fn eq(&self, _: &Kept) -> bool {
        true
    }
}

impl Eq for Kept {}

impl PartialOrd for Kept {
    fn partial_cmp(&self, other: &Kept) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Kept {
    fn cmp(&self, _: &Kept) -> std::cmp::Ordering {
        std::cmp::Ordering::Equal
    }
}

impl Talk {
    /// Remembers so many pairs and ports, and the largest flows.
    pub(crate) fn new(capacity: usize, most: usize) -> Talk {
        Talk {
            pairs: std::array::from_fn(|_| Top::new(capacity)),
            addresses: std::array::from_fn(|_| Top::new(capacity)),
            ports: Top::new(capacity),
            largest: BinaryHeap::new(),
            most,
            protocols: BTreeMap::new(),
        }
    }

    /// Counts a frame for each pair of addresses in it, those of tunnels too.
    #[inline]
    pub(crate) fn frame(&mut self, frame: &Dissection<'_>, length: u32) {
        for layer in frame.layers().iter().filter(|layer| !layer.quoted) {
            let Some((source, destination)) = addresses(frame, layer) else { continue };
            let there = Count { frames: 1, bytes: u64::from(length) };
            let ways = Ways { there, back: Count::default() };
            let addresses = &mut self.addresses[source.family as usize];
            let mut given_up = |pair: &Pair, ways: &Ways| add_ends(addresses, pair, ways);
            let pairs = &mut self.pairs[source.family as usize];
            if source <= destination {
                pairs.add_or_tell(&(source, destination), &ways, &mut given_up);
            } else {
                pairs.add_or_tell(&(destination, source), &ways.turned(), &mut given_up);
            }
        }
    }

    /// Counts a flow that is over.
    pub(crate) fn over(&mut self, flow: &Flow, ended: End) {
        let count = |side| {
            let traffic = flow.traffic(side);
            Count { frames: traffic.frames(), bytes: traffic.bytes() }
        };
        let ways = Ways { there: count(Side::Initiator), back: count(Side::Responder) };
        let ends = Side::BOTH.map(|side| flow.end(side));
        let (number, sums) = self.protocols.entry(flow.protocol_name()).or_default();
        *number += 1;
        sums.add(&ways);
        if flow.has_ports() {
            let port = |end: Endpoint| (flow.protocol(), end.address, end.port);
            self.ports.add(&port(ends[0]), &ways);
            self.ports.add(&port(ends[1]), &ways.turned());
        }
        let (bytes, number) = (ways.bytes(), flow.number());
        if self.largest.len() >= self.most
            && self.largest.peek().is_none_or(|Reverse((least, ..))| *least >= bytes)
        {
            return;
        }
        let application = flow.application();
        let host = application.and_then(|application| {
            ["server_name", "host", "query"].iter().find_map(|name| application.fact(name))
        });
        let over = Over {
            number,
            protocol: flow.protocol_name(),
            ends,
            ways,
            first: flow.first(),
            last: flow.last(),
            ended,
            application: application.map(|application| application.protocol),
            host: host.map(str::to_owned),
        };
        self.largest.push(Reverse((bytes, Reverse(number), Box::new(Kept(over)))));
        if self.largest.len() > self.most {
            self.largest.pop();
        }
    }

    /// The largest flows, the greatest first.
    pub(crate) fn largest(&self) -> Vec<&Over> {
        let mut flows: Vec<&Over> =
            self.largest.iter().map(|Reverse((.., kept))| &kept.0).collect();
        flows.sort_by_key(|flow| (Reverse(flow.ways.bytes()), flow.number));
        flows
    }

    /// There are no more frames: each address has what the pairs have that it is in.
    pub(crate) fn finish(&mut self) {
        for (addresses, pairs) in self.addresses.iter_mut().zip(&self.pairs) {
            for (pair, ways) in pairs.kept() {
                add_ends(addresses, pair, ways);
            }
        }
    }
}

fn add_ends(addresses: &mut Top<Address, Ways>, (a, b): &Pair, ways: &Ways) {
    addresses.add(a, ways);
    addresses.add(b, &ways.turned());
}

/// Source and destination of a layer that has such.
#[inline]
fn addresses(frame: &Dissection<'_>, layer: &Layer) -> Option<(Address, Address)> {
    let (family, at, length) = match layer.protocol {
        protocol if protocol == &IP => (Family::Ipv4, 12, 4),
        protocol if protocol == &IPV6 => (Family::Ipv6, 8, 16),
        protocol if protocol == &ETH => (Family::Ethernet, 0, 6),
        _ => return None,
    };
    let bytes = frame.header(layer).get(at..at + 2 * length)?;
    let bits = |bytes: &[u8]| bytes.iter().fold(0, |bits, &byte| bits << 8 | u128::from(byte));
    let (first, second) = bytes.split_at(length);
    let [source, destination] = match family {
        // An Ethernet header begins with the destination.
        Family::Ethernet => [second, first],
        _ => [first, second],
    };
    let address = |bytes| Address { family, bits: bits(bytes) };
    Some((address(source), address(destination)))
}
