//! IP Authentication Header, RFC 4302.

use wirelens_dissect::prelude::*;

use super::ip_protocols::PROTOCOLS;
use super::ipv4::IP_PROTO;

protocol! {
    AH = "ah" "AH" "Authentication Header", Network;
    @ IP_PROTO 51;
    NEXT_HEADER = uint  "next_header" "Next Header" names(PROTOCOLS) brief("next ");
    LENGTH      = uint  "length"      "Length in units of 4 bytes less 2";
    RESERVED    = bytes "reserved"    "Reserved" detail;
    SPI         = hex   "spi"         "Security Parameters Index" brief("spi ");
    SEQUENCE    = uint  "sequence"    "Sequence Number" brief("seq ");
    ICV         = bytes "icv"         "Integrity Check Value";
    BAD_LENGTH  = problem "length.bad" "Length is shorter than the fixed part" own;
}

/// The fixed part, in bytes.
const FIXED: usize = 12;

fn dissect(p: &mut Packet<'_>) -> Step {
    let next = p.u8(&NEXT_HEADER)?;
    // RFC 4302 section 2.2: in 4-byte units, not counting the first two.
    let length = (usize::from(p.u8(&LENGTH)?) + 2) * 4;
    p.bytes(&RESERVED, 2)?;
    p.u32(&SPI)?;
    p.u32(&SEQUENCE)?;
    if length < FIXED {
        return Err(p.malformed(&BAD_LENGTH));
    }
    if length > FIXED {
        p.bytes(&ICV, length - FIXED)?;
    }
    Ok(Next::In(&IP_PROTO, next.into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    const PACKET: &str =
        "11 04 0000 00001234 00000007 000102030405060708090a0b c000 0fa0 000c 0000 61626364";

    #[test]
    fn a_packet() {
        insta::assert_snapshot!(tree(&AH, &hex(PACKET)));
    }

    #[test]
    fn every_prefix_of_it() {
        every_prefix(&AH, &hex(PACKET));
    }

    #[test]
    fn it_may_have_no_check_value() {
        let json = json(&AH, &hex("11 01 0000 00001234 00000007 c000 0fa0 0008 0000"));
        assert!(json.contains("ah:udp") && !json.contains("icv"), "{json}");
    }

    #[test]
    fn a_length_below_the_fixed_part_is_a_problem() {
        assert!(tree(&AH, &hex("11 00 0000 00001234 00000007")).contains("! Length is shorter"));
    }
}
