//! Cisco HDLC, as described in RFC 1547 section 4.3.1.

use wirelens_dissect::prelude::*;

use crate::transport::l2tp::L2TP_PSEUDOWIRE;

/// What Cisco HDLC carries: an EtherType, or a number of Cisco's.
pub static CHDLC_PROTOCOL: Table = Table::new("chdlc.protocol", "Cisco HDLC protocol");

pub(crate) const UNICAST: u8 = 0x0f;
pub(crate) const MULTICAST: u8 = 0x8f;

const OSI: u16 = 0xfefe;

static ADDRESSES: Names = &[(0x0f, "Unicast"), (0x8f, "Multicast")];

static PROTOCOLS: Names = &[
    (0x0800, "IPv4"),
    (0x2000, "CDP"),
    (0x4242, "Spanning Tree"),
    (0x6558, "Transparent Ethernet Bridging"),
    (0x8035, "SLARP"),
    (0x8038, "DEC LANBridge"),
    (0x809b, "AppleTalk"),
    (0x80f3, "AppleTalk ARP"),
    (0x8137, "IPX"),
    (0x86dd, "IPv6"),
    (0x8847, "MPLS unicast"),
    (0x8848, "MPLS multicast"),
    (0xfefe, "OSI"),
];

protocol! {
    CHDLC = "chdlc" "Cisco HDLC" "Cisco HDLC", Link;
    @ LINK_TYPE 104;
    @ L2TP_PSEUDOWIRE 6;
    ADDRESS  = hex "address"  "Address" names(ADDRESSES);
    CONTROL  = hex "control"  "Control" detail;
    PROTOCOL = hex "protocol" "Protocol" key("proto") names(PROTOCOLS);
    PADDING  = hex "clns_padding" "Padding before the OSI packet" detail;
}

fn dissect(p: &mut Packet<'_>) -> Step {
    p.u8(&ADDRESS)?;
    p.u8(&CONTROL)?;
    let number = p.u16(&PROTOCOL)?;
    // Cisco puts a byte before OSI packets, others do not: no byte but that of a packet's protocol
    // (ISO/IEC TR 9577) can be one.
    if number == OSI && !matches!(p.peek_u8()?, 0x81..=0x83) {
        p.u8(&PADDING)?;
    }
    Ok(Next::In(&CHDLC_PROTOCOL, number.into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    const FRAME: &str = "0f00 0800 4500001c000100004011f6c9c0000201c0000202 0009000900080000";

    #[test]
    fn a_frame() {
        insta::assert_snapshot!(tree_of_link(104, &hex(FRAME)));
    }

    #[test]
    fn every_prefix_of_it() {
        every_prefix(&CHDLC, &hex(FRAME));
        every_prefix(&CHDLC, &hex("8f00 fefe 03 83 01"));
    }

    #[test]
    fn osi_may_be_padded() {
        let padded = tree(&CHDLC, &hex("8f00 fefe 03 8301"));
        assert!(padded.contains("Padding") && padded.contains("Data: 8301"), "{padded}");
        assert!(!tree(&CHDLC, &hex("8f00 fefe 8301")).contains("Padding"));
    }
}
