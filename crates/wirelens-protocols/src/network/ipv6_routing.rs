//! Routing headers of IPv6: RFC 8200 section 4.4, RFC 5095, RFC 6275, RFC 6554, RFC 8754, and
//! the compact ones of RFC 9631.

use wirelens_dissect::prelude::*;

use super::ip_protocols::PROTOCOLS;
use crate::network::ipv4::IP_PROTO;

protocol! {
    ROUTING = "ipv6.routing" "Routing" "IPv6 Routing Header", Network;
    @ IP_PROTO 43;
    NXT = uint "nxt" "Next Header" names(PROTOCOLS) brief("next ");
    LEN = uint "len" "Length (8 octets, less one)";
    TYPE = uint "type" "Type" names(TYPE_NAMES) brief("");
    SEGLEFT = uint "segleft" "Segments Left" brief("segments left ") stays;
    UNKNOWN = bytes "unknown_data" "Type-specific Data";
    SOURCE_RESERVED = bytes "src.reserved" "Reserved" detail;
    SOURCE_ADDRESS = ipv6 "src.addr" "Address" many key("addresses");
    MOBILE_RESERVED = bytes "mipv6.reserved" "Reserved" detail;
    MOBILE_HOME = ipv6 "mipv6.home_address" "Home Address" key("home_address");
    RPL_INNER = uint "rpl.cmprI" "Octets left out of all but the last" & 0xf000_0000;
    RPL_LAST = uint "rpl.cmprE" "Octets left out of the last" & 0x0f00_0000;
    RPL_PAD = uint "rpl.pad" "Padding" & 0x00f0_0000;
    RPL_RESERVED = uint "rpl.reserved" "Reserved" & 0x000f_ffff detail;
    RPL_COUNT = int "rpl.addr_count" "Number of Addresses";
    RPL_ADDRESS = bytes "rpl.address" "Address as it stands" many detail;
    RPL_FULL = ipv6 "rpl.full_address" "Address" many key("addresses");
    SRH_LAST = uint "srh.last_entry" "Last Entry";
    SRH_FLAGS = hex "srh.flags" "Flags";
    SRH_TAG = bytes "srh.tag" "Tag";
    SRH_ADDRESS = ipv6 "srh.addr" "Segment" many key("segments");
    SRH_TLV = group "srh.tlv" "TLV" own many key("tlvs") {
        TLV_TYPE = uint "srh.tlv.type" "Type" own names(TLV_NAMES);
        TLV_LENGTH = uint "srh.tlv.length" "Length" own;
        TLV_HMAC_D = flag "srh.tlv.hmac.d" "Destination address verification disabled" & 0x8000 own;
        TLV_HMAC_KEY = hex "srh.tlv.hmac.key_id" "Key" own;
        TLV_HMAC = bytes "srh.tlv.hmac" "HMAC" own key("digest");
        TLV_VALUE = bytes "srh.tlv.value" "Value" own;
    };
    CRH16_CURRENT = uint "crh16.current_sid" "Current Segment";
    CRH16_SEGMENT = uint "crh16.sid" "Segment" many key("segments");
    CRH32_CURRENT = uint "crh32.current_sid" "Current Segment" key("current_sid");
    CRH32_SEGMENT = uint "crh32.sid" "Segment" many key("wide_segments");
    DEPRECATED = problem "deprecated" "Type is deprecated";
    INVALID_LENGTH = problem "invalid_length" "Length does not fit the type";
    INVALID_SEGLEFT = problem "invalid_segleft" "More segments left than there are";
    UNDECODED = problem "undecoded" "Type is unknown";
    BAD_COUNT = problem "rpl.addr_count_ge0" "Number of addresses comes out below 0";
    BAD_PAD = problem "rpl.cmprI_cmprE_pad" "Padding though no address is compressed";
    BAD_RESERVED = problem "rpl.reserved_not0" "Reserved bits are not 0";
}

fn dissect(p: &mut Packet<'_>) -> Step {
    let next = p.u8(&NXT)?;
    p.flow().protocol = next;
    let length = p.u8(&LEN)?;
    let kind = p.u8(&TYPE)?;
    let left = p.u8(&SEGLEFT)?;
    let octets = usize::from(length) * 8 + 4;
    // What is there is shown even if the header claims more than that.
    let whole = if octets > p.declared_left() { p.need(octets) } else { Ok(()) };
    let last = p.within(octets.min(p.declared_left()), |p| match kind {
        0 => source_route(p, length, left),
        2 => mobile(p, length, left),
        3 => rpl(p, length, left),
        4 => segments(p, left),
        5 | 6 => compact(p, kind, left),
        _ => {
            p.rest(&UNKNOWN)?;
            p.problem_at(&UNDECODED, p.start() + 2, 1);
            Ok(None)
        }
    })?;
    whole?;
    // Checksums are over the final destination, RFC 8200 section 8.1, and so are conversations.
    if let Some(last) = last
        && left > 0
    {
        p.flow().destination = last;
    }
    Ok(Next::In(&IP_PROTO, next.into()))
}

/// Type 0, RFC 2460 section 4.4, deprecated by RFC 5095.
fn source_route(p: &mut Packet<'_>, length: u8, left: u8) -> Read<Option<u128>> {
    p.problem_at(&DEPRECATED, p.start() + 2, 1);
    if !length.is_multiple_of(2) {
        p.problem_at(&INVALID_LENGTH, p.start() + 1, 1);
    }
    check_left(p, left, length / 2);
    p.bytes(&SOURCE_RESERVED, 4)?;
    let mut last = None;
    for _ in 0..length / 2 {
        last = Some(p.ipv6(&SOURCE_ADDRESS)?);
    }
    Ok(last)
}

/// Type 2, RFC 6275 section 6.4: the way to a mobile node at its home address.
fn mobile(p: &mut Packet<'_>, length: u8, left: u8) -> Read<Option<u128>> {
    if length != 2 {
        p.problem_at(&INVALID_LENGTH, p.start() + 1, 1);
    }
    if left != 1 {
        p.problem_at(&INVALID_SEGLEFT, p.start() + 3, 1);
    }
    p.bytes(&MOBILE_RESERVED, 4)?;
    Ok(Some(p.ipv6(&MOBILE_HOME)?))
}

/// Type 3, RFC 6554 section 3: addresses without what they share with the destination.
fn rpl(p: &mut Packet<'_>, length: u8, left: u8) -> Read<Option<u128>> {
    let word = p.peek_u32()?;
    p.bits(word, 4, &[&RPL_INNER, &RPL_LAST, &RPL_PAD, &RPL_RESERVED])?;
    let number = |row: &Field| row.of(word.into()) as i64;
    let (inner, last, pad) = (16 - number(&RPL_INNER), 16 - number(&RPL_LAST), number(&RPL_PAD));
    if inner == 16 && last == 16 && pad != 0 {
        p.problem_at(&BAD_PAD, p.at() - 4, 4);
    }
    if word & 0x000f_ffff != 0 {
        p.problem_at(&BAD_RESERVED, p.at() - 4, 4);
    }
    let count = if length == 0 { 0 } else { (i64::from(length) * 8 - pad - last) / inner + 1 };
    p.mark(&RPL_COUNT, p.at() - 4, 2, count as u64);
    if count < 0 {
        p.problem_at(&BAD_COUNT, p.at() - 4, 2);
    }
    check_left(p, left, count.clamp(0, 255) as u8);
    let destination = p.flow().destination;
    let mut address = None;
    for place in 1..=count {
        let octets = if place == count { last } else { inner } as usize;
        let at = p.at();
        let bytes = p.bytes(&RPL_ADDRESS, octets)?;
        let value = bytes.iter().fold(0, |value, &byte| value << 8 | u128::from(byte));
        let shared = u128::MAX.checked_shl(octets as u32 * 8).unwrap_or(0);
        let full = destination & shared | value;
        p.make_ipv6(&RPL_FULL, at, octets, full);
        address = Some(full);
    }
    Ok(address)
}

/// Type 4, RFC 8754 section 2: the last segment of the way comes first.
fn segments(p: &mut Packet<'_>, left: u8) -> Read<Option<u128>> {
    let last = p.u8(&SRH_LAST)?;
    p.u8(&SRH_FLAGS)?;
    p.bytes(&SRH_TAG, 2)?;
    if left > last.saturating_add(1) {
        p.problem_at(&INVALID_SEGLEFT, p.start() + 3, 1);
    }
    let mut destination = None;
    for _ in 0..=last {
        if p.declared_left() < 16 {
            return Err(p.malformed(&INVALID_LENGTH));
        }
        let segment = p.ipv6(&SRH_ADDRESS)?;
        destination.get_or_insert(segment);
    }
    while p.left() > 0 {
        p.group(&SRH_TLV, tlv)?;
    }
    Ok(destination)
}

fn tlv(p: &mut Packet<'_>) -> Read {
    let kind = p.u8(&TLV_TYPE)?;
    if kind == 0 {
        return Ok(());
    }
    let length = usize::from(p.u8(&TLV_LENGTH)?);
    if length > p.declared_left() {
        p.problem_at(&INVALID_LENGTH, p.at() - 1, 1);
    }
    p.within(length.min(p.declared_left()), |p| {
        // RFC 8754 section 2.1.2.
        if kind == 5 && p.left() >= 6 {
            let word = p.peek_u16()?;
            p.bits(word, 2, &[&TLV_HMAC_D])?;
            p.u32(&TLV_HMAC_KEY)?;
        }
        p.remainder(if kind == 5 { &TLV_HMAC } else { &TLV_VALUE })
    })
}

/// Types 5 and 6, RFC 9631 section 4: identifiers of 16 or 32 bits.
fn compact(p: &mut Packet<'_>, kind: u8, left: u8) -> Read<Option<u128>> {
    let (width, current, segment): (usize, &'static Field, &'static Field) = match kind {
        5 => (2, &CRH16_CURRENT, &CRH16_SEGMENT),
        _ => (4, &CRH32_CURRENT, &CRH32_SEGMENT),
    };
    let first = p.at();
    let count = p.left() / width;
    if usize::from(left) >= count {
        return Err(p.malformed(&INVALID_SEGLEFT));
    }
    for place in 0..count {
        let value = if width == 2 { p.peek_u16()?.into() } else { u64::from(p.peek_u32()?) };
        if place == usize::from(left) {
            p.mark(current, first + place * width, width, value);
        }
        p.number(segment, value, width)?;
    }
    Ok(None)
}

fn check_left(p: &mut Packet<'_>, left: u8, addresses: u8) {
    if left > addresses {
        p.problem_at(&INVALID_SEGLEFT, p.start() + 3, 1);
    }
}

const TYPE_NAMES: Names = &[
    (0, "Source Route"),
    (1, "Nimrod"),
    (2, "Mobile IPv6"),
    (3, "RPL Source Route"),
    (4, "Segment Routing"),
    (5, "Compact, 16 bits"),
    (6, "Compact, 32 bits"),
    (253, "Experiment 1"),
    (254, "Experiment 2"),
];

const TLV_NAMES: Names = &[(0, "Pad1"), (4, "PadN"), (5, "HMAC")];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    use crate::network::ipv6::IPV6;

    const ADDRESSES: &str = "20010db8000000000000000000000001 20010db8000000000000000000000002";

    fn packet(header: &str) -> Vec<u8> {
        let length = hex(header).len() + 8;
        hex(&format!("60000000 {length:04x} 2b 40 {ADDRESSES} {header} 1388 0009 0008 0000"))
    }

    const SOURCE_ROUTE: &str = "11020001 00000000 20010db8000000000000000000000099";
    const SEGMENTS: &str = "
        110a0401 01001234 20010db8000000000000000000000098 20010db8000000000000000000000097
        0526 8000 00000001 000102030405060708090a0b0c0d0e0f 101112131415161718191a1b1c1d1e1f
        00 0405 0000000000";
    const COMPRESSED: &str = "11020302 cd400000 00000011 00000022 000033 00000000 00";

    #[test]
    fn segments_and_tlvs() {
        insta::assert_snapshot!(tree(&IPV6, &packet(SEGMENTS)));
    }

    #[test]
    fn addresses_without_what_they_share() {
        insta::assert_snapshot!(tree(&IPV6, &packet(COMPRESSED)));
    }

    #[test]
    fn every_prefix_of_all_types() {
        for header in [
            SOURCE_ROUTE,
            SEGMENTS,
            COMPRESSED,
            "11020201 00000000 20010db8000000000000000000000099",
            "11010501 000a 000b 000c 000d 000e 0000",
            "11010600 0000000a 0000000b 0000000c",
            "11007f00 01020304",
        ] {
            every_prefix(&IPV6, &packet(header));
        }
    }

    #[test]
    fn the_final_destination_is_that_of_the_flow() {
        let mut session = wirelens_dissect::Session::new(crate::shared());
        let packet = packet(SOURCE_ROUTE);
        let input = wirelens_dissect::Input {
            captured: &packet,
            length: packet.len() as u32,
            ..Default::default()
        };
        let frame = session.dissect_as(Next::To(&IPV6), input);
        assert_eq!(frame.flow().destination & 0xffff, 0x99);
    }

    #[test]
    fn lengths_and_counts_that_contradict() {
        let odd = packet("11030001 00000000 20010db8000000000000000000000099 0000000000000000");
        assert!(tree(&IPV6, &odd).contains("! Length does not fit the type"));
        let left = packet("11020002 00000000 20010db8000000000000000000000099");
        assert!(tree(&IPV6, &left).contains("! More segments left than there are"));
        let last = packet("11020400 05000000 20010db8000000000000000000000099");
        assert!(tree(&IPV6, &last).contains("! Length does not fit the type"));
        let below = packet("11010305 d8a00000 0000000000000000");
        assert!(tree(&IPV6, &below).contains("! Number of addresses comes out below 0"));
        let pad = packet("11020301 00300000 20010db8000000000000000000000099");
        assert!(tree(&IPV6, &pad).contains("! Padding though no address is compressed"));
    }
}
