//! User Datagram Protocol, RFC 768.

use wirelens_dissect::prelude::*;

use crate::network::ipv4::IP_PROTO;

/// What a UDP datagram carries, by either port.
pub static UDP_PORT: Table = Table::new("udp.port", "UDP port");

protocol! {
    UDP = "udp" "UDP" "User Datagram Protocol", Transport;
    @ IP_PROTO 17;
    SRC_PORT   = uint    "srcport"    "Source Port" {
        SRC_PORT_ANY = uint "port" "Source or Destination Port" alias;
    };
    DST_PORT   = uint    "dstport"    "Destination Port" {
        DST_PORT_ANY = uint "port" "Source or Destination Port" alias;
    };
    LENGTH     = uint    "length"     "Length";
    CHECKSUM   = hex     "checksum"   "Checksum";
    PAYLOAD    = bytes   "payload"    "UDP payload" payload;
    BAD_LENGTH = problem "length.bad" "Length is shorter than the header";
}

fn dissect(p: &mut Packet<'_>) -> Step {
    let (source, destination) = (p.u16(&SRC_PORT)?, p.u16(&DST_PORT)?);
    p.flow().ports = (source, destination);
    let length = p.u16(&LENGTH)?;
    p.u16(&CHECKSUM)?;
    match length {
        0 => {} // jumbogram, RFC 2675 section 4
        1..8 => return Err(p.malformed(&BAD_LENGTH)),
        _ => p.ends_after(length.into()),
    }
    if p.left() > 0 {
        p.note(&PAYLOAD, 0, p.left());
    }
    Ok(Next::Ports(&UDP_PORT, source, destination))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

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
        assert!(tree(&UDP, &hex("0001 0009 0007 0000 00")).contains("! Length is shorter"));
    }

    #[test]
    fn length_zero_is_a_jumbogram() {
        assert!(tree(&UDP, &hex("0001 0009 0000 0000 6162")).contains("Data: 6162"));
    }
}
