//! Fragment header of IPv6, RFC 8200 section 4.5.

use wirelens_dissect::prelude::*;

use super::ipv6::NEXT_HEADERS;
use crate::network::ipv4::IP_PROTO;

protocol! {
    FRAGMENT = "ipv6.fraghdr" "Fragment" "IPv6 Fragment Header", Network;
    @ IP_PROTO 44;
    NXT = uint "nxt" "Next Header" names(NEXT_HEADERS);
    RESERVED_OCTET = hex "reserved_octet" "Reserved octet" detail;
    OFFSET = uint "offset" "Offset (8 octets)" & 0xfff8;
    RESERVED_BITS = uint "reserved_bits" "Reserved bits" & 0x0006 detail;
    MORE = flag "more" "More fragments" & 0x0001;
    IDENT = hex "ident" "Identification";
}

fn dissect(p: &mut Packet<'_>) -> Step {
    let next = p.u8(&NXT)?;
    p.flow().protocol = next;
    p.u8(&RESERVED_OCTET)?;
    let word = p.peek_u16()?;
    p.bits(word, 2, &[&OFFSET, &RESERVED_BITS, &MORE])?;
    p.u32(&IDENT)?;
    // Only the first fragment has the headers behind this one.
    Ok(if OFFSET.of(word.into()) == 0 { Next::In(&IP_PROTO, next.into()) } else { Next::Data })
}
