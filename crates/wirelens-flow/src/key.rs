//! What frames of a flow have in common.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// One end of a flow.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Endpoint {
    /// Its address.
    pub address: IpAddr,
    /// Its port; 0 where its protocol has none.
    pub port: u16,
}

impl fmt::Display for Endpoint {
    /// `192.0.2.1:80`, `[2001:db8::1]:80`; without a port the address alone.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.port, self.address) {
            (0, address) => address.fmt(f),
            (port, IpAddr::V4(address)) => write!(f, "{address}:{port}"),
            (port, IpAddr::V6(address)) => write!(f, "[{address}]:{port}"),
        }
    }
}

/// Who sent something: the side that began the flow, or the other.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Side {
    /// The side that began.
    Initiator,
    /// The other.
    Responder,
}

impl Side {
    /// The initiator, then the responder.
    pub const BOTH: [Side; 2] = [Side::Initiator, Side::Responder];

    /// The other side.
    #[must_use]
    pub fn other(self) -> Side {
        match self {
            Side::Initiator => Side::Responder,
            Side::Responder => Side::Initiator,
        }
    }

    /// `initiator` or `responder`.
    pub fn name(self) -> &'static str {
        match self {
            Side::Initiator => "initiator",
            Side::Responder => "responder",
        }
    }
}

/// Which addresses and ports a flow has where packets are in packets, and what else keeps flows
/// apart.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct KeyOptions {
    /// The outermost addresses instead of the innermost.
    pub outer: bool,
    /// Numbers of VLANs keep flows apart.
    pub vlan: bool,
    /// Tunnels keep flows apart: their addresses and identifiers.
    pub tunnel: bool,
}

impl KeyOptions {
    /// The words that [`KeyOptions::read`] knows.
    pub const WORDS: [&'static str; 4] = ["inner", "outer", "vlan", "tunnel"];

    /// Reads `inner`, `outer`, `vlan`, `tunnel`, several with commas between them.
    ///
    /// # Errors
    /// The first word that is none of these.
    pub fn read(text: &str) -> Result<KeyOptions, &str> {
        let mut options = KeyOptions::default();
        for word in text.split(',') {
            match word.trim() {
                "inner" => options.outer = false,
                "outer" => options.outer = true,
                "vlan" => options.vlan = true,
                "tunnel" => options.tunnel = true,
                _ => return Err(word),
            }
        }
        Ok(options)
    }
}

/// Addresses and ports of a packet as it was sent.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Tuple {
    pub(crate) source: Address,
    pub(crate) destination: Address,
    pub(crate) ports: (u16, u16),
    pub(crate) protocol: u8,
    /// What else keeps flows apart; 0 where nothing does.
    pub(crate) scope: u64,
}

/// An address of either version, in the words it is compared in. The first word of one of version 4
/// stands where no address of version 6 has its like: in the mapped ones, ::ffff:0:0/96.
pub(crate) type Address = [u64; 2];

const MAPPED: u64 = 0xffff << 32;

pub(crate) fn address_v4(bits: u32) -> Address {
    [0, MAPPED | u64::from(bits)]
}

pub(crate) fn address_v6(bytes: &[u8; 16]) -> Address {
    let bits = u128::from_be_bytes(*bytes);
    [(bits >> 64) as u64, bits as u64]
}

pub(crate) fn ip(address: Address, version: u8) -> IpAddr {
    match version {
        4 => IpAddr::V4(Ipv4Addr::from(address[1] as u32)),
        _ => IpAddr::V6(Ipv6Addr::from(u128::from(address[0]) << 64 | u128::from(address[1]))),
    }
}

/// The same for both directions: the lower end first.
#[derive(Clone, Copy, Eq, Debug)]
pub(crate) struct Key {
    pub(crate) ends: [Address; 2],
    pub(crate) scope: u64,
    pub(crate) ports: [u16; 2],
    pub(crate) protocol: u8,
    /// 4 or 6.
    pub(crate) version: u8,
}

impl Hash for Key {
    /// What would be derived hashes arrays with their lengths, and small numbers one by one.
    #[inline]
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.words().into_iter().for_each(|word| state.write_u64(word));
    }
}

impl PartialEq for Key {
    /// Without a jump for each part.
    #[inline]
    fn eq(&self, other: &Key) -> bool {
        let pairs = self.words().into_iter().zip(other.words());
        pairs.fold(0, |differ, (a, b)| differ | (a ^ b)) == 0
    }
}

impl Key {
    /// Of no flow.
    pub(crate) const NONE: Key =
        Key { ends: [[0; 2]; 2], scope: 0, ports: [0; 2], protocol: 0, version: 0 };

    /// All of it.
    #[inline]
    fn words(&self) -> [u64; 6] {
        let ([[a, b], [c, d]], [e, f]) = (self.ends, self.ports);
        let ports = u64::from(e) | u64::from(f) << 16;
        let kind = u64::from(self.protocol) << 32 | u64::from(self.version) << 40;
        [a, b, c, d, self.scope, ports | kind]
    }

    /// The key, and whether the packet was sent by its second end.
    pub(crate) fn of(tuple: &Tuple, version: u8) -> (Key, bool) {
        let Tuple { source, destination, ports: (a, b), protocol, scope } = *tuple;
        let order = source.cmp(&destination).then(a.cmp(&b));
        let (ends, ports, backward) = match order {
            Ordering::Greater => ([destination, source], [b, a], true),
            _ => ([source, destination], [a, b], false),
        };
        (Key { ends, scope, ports, protocol, version }, backward)
    }

    pub(crate) fn end(&self, second: bool) -> Endpoint {
        let at = usize::from(second);
        Endpoint { address: ip(self.ends[at], self.version), port: self.ports[at] }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_directions_have_one_key() {
        let there = Tuple {
            source: address_v4(0x0a00_0002),
            destination: address_v4(0x0a00_0001),
            ports: (80, 4000),
            protocol: 6,
            scope: 0,
        };
        let back = Tuple {
            source: there.destination,
            destination: there.source,
            ports: (4000, 80),
            ..there
        };
        let (key, backward) = Key::of(&there, 4);
        assert_eq!(Key::of(&back, 4), (key, !backward));
        assert_eq!(key.end(backward).to_string(), "10.0.0.2:80");
        // One address on both ends: the ports tell the directions apart.
        let alone = Tuple { destination: there.source, ..there };
        let (key, backward) = Key::of(&alone, 4);
        assert_eq!((key.ports, backward), ([80, 4000], false));
    }

    #[test]
    fn words_of_keys() {
        let options = KeyOptions::read("outer,vlan").expect("both are known");
        assert_eq!(options, KeyOptions { outer: true, vlan: true, tunnel: false });
        assert_eq!(KeyOptions::read("inner,lan"), Err("lan"));
    }
}
