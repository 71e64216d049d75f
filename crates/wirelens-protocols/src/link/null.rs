//! BSD loopback, `LINKTYPE_NULL` of <https://www.tcpdump.org/linktypes.html>: an address family
//! in the byte order of the machine that captured.

use wirelens_dissect::prelude::*;

use crate::link::ethernet::{ETHERTYPE, LONGEST_LENGTH};
use crate::link::ethertype::ETHERTYPES;
use crate::link::llc::LLC_DSAP;

/// Address families as the BSDs number them; IPv6 is 24 for NetBSD, OpenBSD and BSD/OS, 28 for
/// FreeBSD and DragonFly, 30 for macOS.
pub(crate) static FAMILIES: Names = &[
    (2, "IPv4"),
    (7, "OSI"),
    (16, "AppleTalk"),
    (23, "IPX"),
    (24, "IPv6"),
    (28, "IPv6"),
    (30, "IPv6"),
];

protocol! {
    NULL = "null" "Null" "Null/Loopback", Link;
    @ LINK_TYPE 0;
    FAMILY = uint "family" "Address Family" names(FAMILIES) brief("");
    TYPE   = hex  "type"   "Type" names(ETHERTYPES) brief("");
}

const PPP_IN_HDLC: u16 = 0xff03;
const PPP: u32 = 9;

fn dissect(p: &mut Packet<'_>) -> Step {
    // FreeBSD's isdn4bsd put PPP here, with the address and control bytes of RFC 1662.
    if p.peek_u16()? == PPP_IN_HDLC {
        return Ok(Next::In(&LINK_TYPE, PPP));
    }
    let number = in_either_order(p.peek_u32_le()?);
    if number <= LONGEST_LENGTH.into() {
        p.number(&FAMILY, number.into(), 4)?;
        return Ok(by_family(number));
    }
    let ethertype = number & 0xffff;
    p.number(&TYPE, ethertype.into(), 4)?;
    Ok(Next::In(&ETHERTYPE, ethertype))
}

/// Families are small numbers: one with high bits set was written in the other order, or in the
/// first two bytes only, as IRIX does.
fn in_either_order(number: u32) -> u32 {
    match number {
        0..=0xffff => number,
        0x1_0000..=0x5_ffff => number >> 16,
        _ => number.swap_bytes(),
    }
}

/// What a packet of an address family is.
pub(crate) fn by_family(family: u32) -> Next {
    match family {
        2 => Next::In(&ETHERTYPE, 0x0800),
        24 | 28 | 30 => Next::In(&ETHERTYPE, 0x86dd),
        7 => Next::In(&LLC_DSAP, 0xfe),
        16 => Next::In(&ETHERTYPE, 0x809b),
        23 => Next::In(&ETHERTYPE, 0x8137),
        _ => Next::Data,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    const IP: &str = "4500001c000100004011f6c9c0000201c0000202 0009000900080000";

    #[test]
    fn an_ipv4_packet() {
        insta::assert_snapshot!(tree(&NULL, &hex(&format!("02000000 {IP}"))));
    }

    #[test]
    fn every_prefix_of_it() {
        every_prefix(&NULL, &hex(&format!("02000000 {IP}")));
    }

    #[test]
    fn the_family_in_any_order_and_place() {
        for head in ["02000000", "00000002", "00000200"] {
            let tree = tree(&NULL, &hex(&format!("{head} {IP}")));
            assert!(tree.contains("Address Family: IPv4 (2)"), "{tree}");
        }
    }

    #[test]
    fn a_number_above_the_families_is_an_ethertype() {
        let tree = tree(&NULL, &hex(&format!("00000800 {IP}")));
        assert!(tree.contains("Type: IPv4"), "{tree}");
    }

    #[test]
    fn ipv6_has_three_families() {
        for family in [24, 28, 30] {
            let frame = format!("{family:02x}000000 60000000");
            assert!(tree(&NULL, &hex(&frame)).contains("Address Family: IPv6"));
        }
    }

    #[test]
    fn ppp_keeps_its_address_and_control() {
        assert!(tree(&NULL, &hex("ff030021 45")).contains("Address: 0xff"));
    }
}
