//! IP Authentication Header, RFC 4302.

use wirelens_dissect::prelude::*;

use super::ip_protocols::PROTOCOLS;
use super::ipv4::IP_PROTO;

protocol! {
    AH = "ah" "AH" "Authentication Header", Network;
    @ IP_PROTO 51;
    NEXT_HEADER = uint  "next_header" "Next Header" names(PROTOCOLS);
    LENGTH      = uint  "length"      "Length in units of 4 bytes less 2";
    RESERVED    = bytes "reserved"    "Reserved" detail;
    SPI         = hex   "spi"         "Security Parameters Index";
    SEQUENCE    = uint  "sequence"    "Sequence Number";
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
