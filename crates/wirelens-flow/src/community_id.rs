//! Community ID, version 1: one name for a flow in all programs.
//!
//! <https://github.com/corelight/community-id-spec>

use std::net::IpAddr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha1::{Digest, Sha1};

use crate::number::{ICMP, ICMPV6, SCTP, TCP, UDP};

/// The ID of a flow between two ends. ICMP has its type for a port, and for the other the type of
/// its answer, or where there is none its code.
pub fn of(seed: u16, protocol: u8, ends: [(IpAddr, u16); 2]) -> String {
    let one_way = match protocol {
        ICMP | ICMPV6 => counterpart(protocol, ends[0].1 as u8).is_none(),
        _ => false,
    };
    let [a, b] = if one_way || ends[0] <= ends[1] { ends } else { [ends[1], ends[0]] };
    // Seed, addresses, protocol and padding, ports.
    let (mut bytes, mut length) = ([0; 2 + 2 * 16 + 2 + 2 * 2], 0);
    let mut add = |part: &[u8]| {
        bytes[length..length + part.len()].copy_from_slice(part);
        length += part.len();
    };
    add(&seed.to_be_bytes());
    for (address, _) in [a, b] {
        match address {
            IpAddr::V4(address) => add(&address.octets()),
            IpAddr::V6(address) => add(&address.octets()),
        }
    }
    add(&[protocol, 0]);
    if matches!(protocol, ICMP | ICMPV6 | TCP | UDP | SCTP) {
        add(&a.1.to_be_bytes());
        add(&b.1.to_be_bytes());
    }
    let mut id = String::with_capacity("1:".len() + 28);
    id.push_str("1:");
    STANDARD.encode_string(Sha1::digest(&bytes[..length]), &mut id);
    id
}

/// The type of ICMP or ICMPv6 that answers this one, or is answered by it.
pub(crate) fn counterpart(protocol: u8, kind: u8) -> Option<u8> {
    let pairs: &[(u8, u8)] = match protocol {
        ICMP => &[(0, 8), (9, 10), (13, 14), (15, 16), (17, 18)],
        _ => &[(128, 129), (133, 134), (135, 136), (139, 140), (144, 145), (130, 131)],
    };
    pairs.iter().find_map(|&(a, b)| match kind {
        kind if kind == a => Some(b),
        kind if kind == b => Some(a),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(protocol: u8, a: (&str, u16), b: (&str, u16)) -> String {
        let end = |(address, port): (&str, u16)| (address.parse().expect("an address"), port);
        of(0, protocol, [end(a), end(b)])
    }

    /// The baseline that the specification publishes.
    #[test]
    fn published_examples() {
        let tcp = "1:LQU9qZlK+B5F3KDmev6m5PMibrg=";
        assert_eq!(id(TCP, ("128.232.110.120", 34855), ("66.35.250.204", 80)), tcp);
        assert_eq!(id(TCP, ("66.35.250.204", 80), ("128.232.110.120", 34855)), tcp);
        let udp = "1:d/FP5EW3wiY1vCndhwleRRKHowQ=";
        assert_eq!(id(UDP, ("192.168.1.52", 54585), ("8.8.8.8", 53)), udp);
        let echo = "1:X0snYXpgwiv9TZtqg64sgzUn6Dk=";
        assert_eq!(id(ICMP, ("192.168.0.89", 8), ("192.168.0.1", 0)), echo);
        assert_eq!(id(ICMP, ("192.168.0.1", 0), ("192.168.0.89", 8)), echo);
    }
}
