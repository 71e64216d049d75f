//! Point-to-Point Protocol, RFC 1661, in frames like those of HDLC, RFC 1662.

use wirelens_dissect::prelude::*;

use crate::link::chdlc::{self, CHDLC};
use crate::link::pppoes::PPPOES;
use crate::link::sll::SLL_LTYPE;
use crate::network::gre::GRE_PROTO;
use crate::transport::l2tp::L2TP_PSEUDOWIRE;

/// What PPP carries, by its protocol number.
pub static PPP_PROTOCOL: Table = Table::new("ppp.protocol", "PPP protocol");

const ALL_STATIONS: u8 = 0xff;

/// <https://www.iana.org/assignments/ppp-numbers>
static PROTOCOLS: Names = &[
    (0x0001, "Padding"),
    (0x0003, "ROHC small CID"),
    (0x0005, "ROHC large CID"),
    (0x0021, "IPv4"),
    (0x0023, "OSI network layer"),
    (0x0025, "XNS IDP"),
    (0x0027, "DECnet Phase IV"),
    (0x0029, "AppleTalk"),
    (0x002b, "IPX"),
    (0x002d, "Van Jacobson compressed TCP/IP"),
    (0x002f, "Van Jacobson uncompressed TCP/IP"),
    (0x0031, "Bridging PDU"),
    (0x0033, "ST-II"),
    (0x0035, "Banyan VINES"),
    (0x0039, "AppleTalk EDDP"),
    (0x003b, "AppleTalk SmartBuffered"),
    (0x003d, "Multilink"),
    (0x003f, "NetBIOS framing"),
    (0x0041, "Cisco Systems"),
    (0x0049, "SDTP"),
    (0x004b, "SNA over 802.2"),
    (0x004d, "SNA"),
    (0x004f, "IPv6 header compression"),
    (0x0053, "Encryption"),
    (0x0055, "Individual link encryption"),
    (0x0057, "IPv6"),
    (0x0059, "PPP muxing"),
    (0x005b, "VSNP"),
    (0x005d, "TRILL"),
    (0x0061, "IPHC full header"),
    (0x0063, "IPHC compressed TCP"),
    (0x0065, "IPHC compressed non-TCP"),
    (0x0067, "IPHC compressed UDP 8"),
    (0x0069, "IPHC compressed RTP 8"),
    (0x00fb, "Single link compression in multilink"),
    (0x00fd, "Compressed datagram"),
    (0x0201, "802.1D hello"),
    (0x0203, "IBM source routing BPDU"),
    (0x0205, "DEC LANBridge100 spanning tree"),
    (0x0207, "CDP"),
    (0x0281, "MPLS unicast"),
    (0x0283, "MPLS multicast"),
    (0x2063, "IPHC compressed TCP without delta"),
    (0x2065, "IPHC context state"),
    (0x2067, "IPHC compressed UDP 16"),
    (0x2069, "IPHC compressed RTP 16"),
    (0x4021, "Stacker LZS"),
    (0x8021, "IPCP"),
    (0x8023, "OSINLCP"),
    (0x8025, "XNS IDP control"),
    (0x8027, "DECnet Phase IV control"),
    (0x8029, "AppleTalk control"),
    (0x802b, "IPXCP"),
    (0x8031, "Bridging control"),
    (0x8033, "ST-II control"),
    (0x8035, "Banyan VINES control"),
    (0x803d, "Multilink control"),
    (0x803f, "NetBIOS framing control"),
    (0x8041, "Cisco Systems control"),
    (0x8049, "SDTP control"),
    (0x804b, "SNA over 802.2 control"),
    (0x804d, "SNA control"),
    (0x804f, "IPv6 header compression control"),
    (0x8053, "Encryption control"),
    (0x8055, "Individual link encryption control"),
    (0x8057, "IPV6CP"),
    (0x8059, "PPP muxing control"),
    (0x805b, "VSNCP"),
    (0x805d, "TRILL control"),
    (0x80fb, "Single link compression in multilink control"),
    (0x80fd, "CCP"),
    (0x8207, "CDP control"),
    (0x8281, "MPLSCP"),
    (0xc021, "LCP"),
    (0xc023, "PAP"),
    (0xc025, "Link quality report"),
    (0xc027, "SPAP"),
    (0xc029, "CBCP"),
    (0xc02b, "BACP"),
    (0xc02d, "BAP"),
    (0xc05b, "VSAP"),
    (0xc081, "Container control"),
    (0xc223, "CHAP"),
    (0xc225, "RSA authentication"),
    (0xc227, "EAP"),
];

protocol! {
    PPP = "ppp" "PPP" "Point-to-Point Protocol", Link;
    @ LINK_TYPE 9 | 50;
    @ SLL_LTYPE 7;
    @ GRE_PROTO 0x880b;
    @ L2TP_PSEUDOWIRE 7;
    ADDRESS  = hex "address"  "Address" detail;
    CONTROL  = hex "control"  "Control" detail;
    PROTOCOL = hex "protocol" "Protocol" names(PROTOCOLS) key("proto");
}

fn dissect(p: &mut Packet<'_>) -> Step {
    // RFC 2516 section 7: a session carries the protocol without address and control; elsewhere
    // RFC 1661 section 6.6 lets both be left out.
    let in_session = p.outer().is_some_and(|outer| outer.protocol == &PPPOES);
    // Captures of serial lines mix Cisco's frames with those of RFC 1662.
    if !in_session && matches!(p.peek_u8()?, chdlc::UNICAST | chdlc::MULTICAST) {
        return Ok(Next::To(&CHDLC));
    }
    if !in_session && p.peek_u8()? == ALL_STATIONS {
        p.u8(&ADDRESS)?;
        p.u8(&CONTROL)?;
    }
    // RFC 1661 sections 2 and 6.5: only the last byte of a number is odd, and the first may be
    // left out where it is 0.
    let number = if p.peek_u8()? & 1 == 1 {
        p.u8(&PROTOCOL)?.into()
    } else {
        p.u16(&PROTOCOL)?
    };
    Ok(Next::In(&PPP_PROTOCOL, number.into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    const IP: &str = "4500001c000100004011f6c9c0000201c0000202 0009000900080000";

    #[test]
    fn a_frame() {
        insta::assert_snapshot!(tree_of_link(9, &hex(&format!("ff03 0021 {IP}"))));
    }

    #[test]
    fn every_prefix_of_it() {
        every_prefix(&PPP, &hex(&format!("ff03 0021 {IP}")));
    }

    #[test]
    fn the_header_may_be_compressed() {
        for head in ["0021", "21", "ff0321"] {
            let tree = tree(&PPP, &hex(&format!("{head} {IP}")));
            assert!(tree.contains("Protocol: IPv4"), "{tree}");
            assert!(tree.contains("Source Address: 192.0.2.1"), "{tree}");
        }
    }

    #[test]
    fn frames_of_cisco_are_told_by_their_address() {
        let tree = tree(&PPP, &hex(&format!("0f00 0800 {IP}")));
        assert!(tree.contains("Cisco HDLC") && tree.contains("192.0.2.1"), "{tree}");
    }

    #[test]
    fn what_has_no_walk_is_data() {
        let tree = tree(&PPP, &hex("ff03 c021 01010004"));
        assert!(tree.contains("Protocol: LCP (0xc021)") && tree.contains("Data: 01010004"), "{tree}");
    }

    #[test]
    fn names_are_sorted() {
        assert!(PROTOCOLS.is_sorted_by_key(|&(number, _)| number));
    }
}
