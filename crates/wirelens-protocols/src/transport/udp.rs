//! User Datagram Protocol, RFC 768.

use wirelens_dissect::prelude::*;

use crate::checksum::{self, Verdict};
use crate::network::ipv4::IP_PROTO;

/// What a UDP datagram carries, by either port.
pub static UDP_PORT: Table = Table::new("udp.port", "UDP port");

protocol! {
    UDP = "udp" "UDP" "User Datagram Protocol", Transport, outline(outline);
    @ IP_PROTO 17;
    SRC_PORT   = uint    "srcport"    "Source Port" {
        SRC_PORT_ANY = uint "port" "Source or Destination Port" alias;
    };
    DST_PORT   = uint    "dstport"    "Destination Port" {
        DST_PORT_ANY = uint "port" "Source or Destination Port" alias;
    };
    LENGTH     = uint    "length"     "Length" brief("len ") carried;
    COVERAGE   = uint    "checksum_coverage" "Checksum Coverage" brief("len ") carried;
    CHECKSUM   = hex     "checksum"   "Checksum";
    PAYLOAD    = bytes   "payload"    "UDP Payload" payload;
    BAD_LENGTH = problem "length.bad" "Length contradicts the packet";
    BAD_ZERO   = problem "length.bad_zero" "Length is 0 in a packet that is no jumbogram";
    NO_CHECKSUM  = problem "checksum.zero" "Checksum is missing where it may not be";
    BAD_CHECKSUM = problem "checksum.bad" "Checksum is wrong";
}

fn dissect(p: &mut Packet<'_>) -> Step {
    let (source, destination) = (p.u16(&SRC_PORT)?, p.u16(&DST_PORT)?);
    p.flow().ports = (source, destination);
    let room = p.declared_left() + 4;
    let length = usize::from(p.u16(&LENGTH)?);
    match length {
        // A jumbogram, RFC 2675 section 4.
        0 if p.flow().version == 6 => {
            if room < 0x1_0000 {
                p.problem_at(&BAD_ZERO, p.at() - 2, 2);
            }
        }
        0..8 => {
            p.skip(2)?;
            return Err(p.malformed(&BAD_LENGTH));
        }
        _ if length > room && !p.is_quoted() && !p.is_fragment() => p.problem_at(&BAD_LENGTH, p.at() - 2, 2),
        _ => p.ends_after(length),
    }
    let checksum = p.u16(&CHECKSUM)?;
    if p.checksums() && length <= room {
        verify(p, checksum);
    }
    if p.left() > 0 {
        p.note(&PAYLOAD, 0, p.left());
    }
    Ok(Next::Ports(&UDP_PORT, source, destination))
}

/// A datagram with a length that fits.
fn outline(p: &mut Peek<'_>) -> Option<Outline> {
    let &[a, b, c, d, high, low, _, _] = p.bytes.first_chunk()?;
    let (source, destination) = (u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d]));
    let length = u32::from(u16::from_be_bytes([high, low]));
    if length < 8 || length > p.declared {
        return None;
    }
    p.flow.ports = (source, destination);
    Outline::new(8, length, Next::Ports(&UDP_PORT, source, destination))
}

/// Stands behind the checksum and holds it against the datagram, if all of that is there.
#[cold]
fn verify(p: &mut Packet<'_>, stored: u16) {
    if p.is_quoted() || p.is_fragment() || p.left() < p.declared_left() {
        return;
    }
    let at = p.at() - 2;
    let datagram = p.layer_bytes();
    let flow = *p.flow();
    match (stored, flow.version) {
        // RFC 768: the sender made none. RFC 8200 section 8.1 wants one.
        (0, 4) | (_, 0) => {}
        (0, _) => p.problem_at(&NO_CHECKSUM, at, 2),
        _ => {
            let pseudo = checksum::pseudo_header(&flow, 17, datagram.len());
            if checksum::verify(datagram, 6, pseudo) == Verdict::Bad {
                p.problem_at(&BAD_CHECKSUM, at, 2);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;
    use wirelens_dissect::{Input, Protocol, Session, Settings};

    const DATAGRAM: &str = "c000 0009 000c 1234 61626364";

    #[test]
    fn a_datagram() {
        insta::assert_snapshot!(tree(&UDP, &hex(DATAGRAM)));
    }

    #[test]
    fn every_prefix_of_it() {
        every_prefix(&UDP, &hex(DATAGRAM));
    }

    #[test]
    fn a_length_below_the_header_is_a_problem() {
        assert!(tree(&UDP, &hex("0001 0009 0007 0000 00")).contains("! Length contradicts"));
    }

    #[test]
    fn a_length_beyond_the_packet_is_a_problem() {
        let tree = tree(&UDP, &hex("0001 0009 0020 0000 6162"));
        assert!(tree.contains("! Length contradicts"), "{tree}");
        assert!(tree.contains("Data: 6162"), "{tree}");
    }

    /// The chain of a frame with this datagram, where nothing but IP is wanted.
    fn chain_for_addresses(ports: &str, payload: &str, wanted: &'static Protocol) -> String {
        let datagram = hex(&format!("{ports} 0000 0000 {payload}"));
        let length = (20 + datagram.len() as u16).to_be_bytes();
        let mut packet = hex("4500 0000 0001 0000 4011 0000 c0000201 c0000202");
        packet[2..4].copy_from_slice(&length);
        packet.extend(datagram);
        let at = 24;
        packet[at..at + 2].copy_from_slice(&(u16::from_be_bytes(length) - 20).to_be_bytes());
        let settings =
            Settings { wanted: vec![wanted], nothing_else: true, ..Settings::default() };
        let mut session = Session::with(crate::shared(), settings);
        let input = Input {
            captured: &packet,
            length: packet.len() as u32,
            link_type: 228,
            ..Input::default()
        };
        format!("{:?}", session.dissect(input))
    }

    #[test]
    fn where_addresses_are_wanted_applications_are_data_and_tunnels_are_not() {
        use crate::application::dns::DNS;
        use crate::network::ipv4::IP;
        let query = "1234 0100 0001 0000 0000 0000 0161 00 0001 0001";
        let dns = "d431 0035";
        assert_eq!(chain_for_addresses(dns, query, &IP), r#"["ip", "udp", "data"]"#);
        assert_eq!(chain_for_addresses(dns, query, &DNS), r#"["ip", "udp", "dns"]"#);
        let inner = "0800000000000100 02005e100002 02005e100001 0800 \
            4500 0014 0001 0000 40fd 0000 c0000203 c0000204";
        let tunnel = r#"["ip", "udp", "vxlan", "eth", "ip"]"#;
        assert_eq!(chain_for_addresses("c000 12b5", inner, &IP), tunnel);
        // Where a tunnel may follow, the lower port counts first as ever.
        assert_eq!(chain_for_addresses("0035 12b5", inner, &IP), r#"["ip", "udp", "dns"]"#);
    }
}
