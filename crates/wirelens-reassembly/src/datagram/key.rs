//! What the fragments of one datagram have in common.

use std::net::{Ipv4Addr, Ipv6Addr};

/// Which version of IP a fragment came in: the two have different rules and time-outs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Family {
    /// RFC 791.
    Ipv4,
    /// RFC 8200, section 4.5.
    Ipv6,
}

/// The key of a datagram of IPv4 (RFC 791, section 2.3) or IPv6 (RFC 8200, section 4.5).
///
/// The flow label is no part of it: it may differ from fragment to fragment. Nor is IPv6's next
/// header, which only the first fragment tells for certain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Key {
    source: u128,
    destination: u128,
    scope: u64,
    identification: u32,
    protocol: u8,
    family: Family,
}

impl Key {
    /// The key of an IPv4 fragment. `scope` keeps apart what a tunnel or a VLAN keeps apart, and
    /// is 0 where there is none.
    pub fn ipv4(
        scope: u64,
        source: Ipv4Addr,
        destination: Ipv4Addr,
        identification: u16,
        protocol: u8,
    ) -> Key {
        Key {
            source: source.to_bits().into(),
            destination: destination.to_bits().into(),
            scope,
            identification: identification.into(),
            protocol,
            family: Family::Ipv4,
        }
    }

    /// The key of an IPv6 fragment. `scope` as for [`Key::ipv4`].
    pub fn ipv6(scope: u64, source: Ipv6Addr, destination: Ipv6Addr, identification: u32) -> Key {
        Key {
            source: source.to_bits(),
            destination: destination.to_bits(),
            scope,
            identification,
            protocol: 0,
            family: Family::Ipv6,
        }
    }

    /// The version of IP it is a key of.
    pub fn family(&self) -> Family {
        self.family
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_compact_and_tells_scopes_and_versions_apart() {
        assert_eq!(size_of::<Key>(), 48);
        let (a, b) = (Ipv4Addr::new(10, 0, 0, 1), Ipv4Addr::new(10, 0, 0, 2));
        assert_eq!(Key::ipv4(0, a, b, 1, 17), Key::ipv4(0, a, b, 1, 17));
        assert_ne!(Key::ipv4(0, a, b, 1, 17), Key::ipv4(1, a, b, 1, 17));
        assert_ne!(Key::ipv4(0, a, b, 1, 17), Key::ipv4(0, a, b, 1, 6));
        assert_ne!(Key::ipv4(0, a, b, 1, 17), Key::ipv4(0, b, a, 1, 17));
        let (c, d) =
            (Ipv6Addr::from(u128::from(a.to_bits())), Ipv6Addr::from(u128::from(b.to_bits())));
        assert_ne!(Key::ipv4(0, a, b, 1, 0), Key::ipv6(0, c, d, 1));
        assert_eq!(Key::ipv6(0, c, d, 1).family(), Family::Ipv6);
    }
}
