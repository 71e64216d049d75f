//! A first glance at frames that come next: addresses and ports, where they stand where they nearly
//! always do. Only a guess, for what is to be at hand when the frame is dissected.

use wirelens_dissect::outermost_packet;

use crate::key::{Tuple, address_v4, address_v6};
use crate::number::{TCP, UDP, UDPLITE};

/// Addresses and ports of a frame, and the version of IP.
#[inline]
pub(crate) fn glance(link_type: u32, frame: &[u8]) -> Option<(Tuple, u8)> {
    let packet = outermost_packet(link_type, frame)?;
    let tuple = |source, destination, protocol, ports: [u8; 4]| {
        let [a, b, c, d] = ports;
        let ports = (u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d]));
        let known = matches!(protocol, TCP | UDP | UDPLITE);
        known.then_some(Tuple { source, destination, ports, protocol, scope: 0 })
    };
    match packet.first()? >> 4 {
        4 => {
            let header: &[u8; 20] = packet.first_chunk()?;
            let [first, .., high, low, _, protocol, _, _, a, b, c, d, e, f, g, h] = *header;
            if u16::from_be_bytes([high, low]) & 0x3fff != 0 {
                return None;
            }
            let ports = packet.get(usize::from(first & 0x0f) * 4..)?.first_chunk()?;
            let source = address_v4(u32::from_be_bytes([a, b, c, d]));
            let destination = address_v4(u32::from_be_bytes([e, f, g, h]));
            Some((tuple(source, destination, protocol, *ports)?, 4))
        }
        6 => {
            let source = address_v6(packet.get(8..)?.first_chunk()?);
            let destination = address_v6(packet.get(24..)?.first_chunk()?);
            let ports = packet.get(40..)?.first_chunk()?;
            Some((tuple(source, destination, packet[6], *ports)?, 6))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ETHERNET: u32 = 1;
    const RAW: u32 = 101;
    const IPV6: u32 = 229;

    const ADDRESSES: [u8; 12] = [0; 12];

    fn ipv4(fragment: u8) -> Vec<u8> {
        let mut packet = vec![0x46, 0, 0, 28, 0, 0, fragment, 0, 64, 17, 0, 0];
        packet.extend([192, 0, 2, 1, 192, 0, 2, 2, 1, 1, 1, 0]);
        packet.extend([0, 53, 0x12, 0x34, 0, 8, 0, 0]);
        packet
    }

    #[test]
    fn addresses_and_ports_are_seen_behind_tags_and_options() {
        let bare = glance(RAW, &ipv4(0)).expect("it is UDP");
        assert_eq!((bare.0.ports, bare.0.protocol, bare.1), ((53, 0x1234), 17, 4));
        assert_eq!(bare.0.source, address_v4(0xc000_0201));
        let tagged = [&ADDRESSES[..], &[0x81, 0, 0, 7, 8, 0], &ipv4(0)].concat();
        assert_eq!(glance(ETHERNET, &tagged), Some(bare));
        let mut ipv6 = vec![0x60, 0, 0, 0, 0, 8, 6, 64];
        ipv6.extend([1; 16].into_iter().chain([2; 16]).chain([0, 80, 0, 81]));
        let (tuple, version) = glance(IPV6, &ipv6).expect("it is TCP");
        assert_eq!((tuple.destination, tuple.ports, version), (address_v6(&[2; 16]), (80, 81), 6));
    }

    #[test]
    fn what_is_not_as_usual_is_passed_over() {
        assert_eq!(glance(RAW, &ipv4(0x20)), None, "a fragment");
        assert_eq!(glance(105, &ipv4(0)), None, "another link type");
        assert_eq!(glance(ETHERNET, &[&ADDRESSES[..], &[8, 6]].concat()), None, "ARP");
        for length in 0..ipv4(0).len() - 4 {
            assert_eq!(glance(RAW, &ipv4(0)[..length]), None);
        }
    }
}
