//! Multiprotocol Label Switching, RFC 3032: the label stack.

use wirelens_dissect::prelude::*;

use crate::link::chdlc::CHDLC_PROTOCOL;
use crate::link::ethernet::ETHERTYPE;
use crate::link::ppp::PPP_PROTOCOL;
use crate::link::pseudowire::PWETHHEURISTIC;
use crate::network::gre::GRE_PROTO;
use crate::network::ipv4::{IP, IP_PROTO};
use crate::network::ipv6::IPV6;
use crate::transport::udp::UDP_PORT;
use crate::transport::vxlan::VXLAN_NEXT_PROTO;

/// Labels with a meaning of their own, RFC 7274 section 3.
static LABELS: Names = &[
    (0, "IPv4 Explicit NULL"),
    (1, "Router Alert"),
    (2, "IPv6 Explicit NULL"),
    (3, "Implicit NULL"),
    (7, "Entropy Label Indicator"),
    (13, "Generic Associated Channel"),
    (14, "OAM Alert"),
    (15, "Extension"),
];

protocol! {
    MPLS = "mpls" "MPLS" "Multiprotocol Label Switching", Link;
    @ ETHERTYPE 0x8847 | 0x8848;
    @ CHDLC_PROTOCOL 0x8847 | 0x8848;
    @ PPP_PROTOCOL 0x0281 | 0x0283;
    @ GRE_PROTO 0x8847 | 0x8848;
    @ IP_PROTO 137;
    @ UDP_PORT 6635;
    @ VXLAN_NEXT_PROTO 5;
    ENTRY = group "entry" "Label stack entry" many own {
        LABEL  = uint "label"  "Label" & 0xffff_f000 names(LABELS) brief("label ");
        EXP    = uint "exp"    "Traffic class" & 0x0000_0e00;
        BOTTOM = uint "bottom" "Bottom of the stack" & 0x0000_0100;
        TTL    = uint "ttl"    "Time to live" & 0x0000_00ff;
    };
    INVALID_LABEL = problem "invalid_label" "Label may not be on the wire here";
}

const ROUTER_ALERT: u64 = 1;
const IMPLICIT_NULL: u64 = 3;
const ASSOCIATED_CHANNEL: u64 = 13;
const OAM_ALERT: u64 = 14;

fn dissect(p: &mut Packet<'_>) -> Step {
    let label = loop {
        let word = p.peek_u32()?;
        p.group(&ENTRY, |p| p.bits(word, 4, &[&LABEL, &EXP, &BOTTOM, &TTL]))?;
        let (label, bottom) = (LABEL.of(word.into()), BOTTOM.of(word.into()) == 1);
        // RFC 3032 section 2.1: one is never sent, the other never last.
        if label == IMPLICIT_NULL || label == ROUTER_ALERT && bottom {
            p.problem_at(&INVALID_LABEL, p.at() - 4, 4);
        }
        if bottom {
            break label;
        }
    };
    if matches!(label, ASSOCIATED_CHANNEL | OAM_ALERT) || p.left() == 0 {
        return Ok(Next::Data);
    }
    // RFC 4928 section 3: what is no packet does not begin with the version of one.
    Ok(match p.peek_u8()? >> 4 {
        0 => Next::To(&PWETHHEURISTIC),
        4 => Next::To(&IP),
        6 => Next::To(&IPV6),
        _ => Next::Data,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    const IP_PACKET: &str = "4500001c000100004011f6c9c0000201c0000202 0009000900080000";

    #[test]
    fn a_stack_of_two() {
        let frame = hex(&format!("00064a40 000c8140 {IP_PACKET}"));
        insta::assert_snapshot!(tree(&MPLS, &frame));
        every_prefix(&MPLS, &frame);
    }

    #[test]
    fn ipv6_is_told_by_its_version() {
        assert!(tree(&MPLS, &hex("00064140 60000000")).contains("Internet Protocol Version 6"));
    }

    #[test]
    fn what_is_no_packet_is_data() {
        for packet in ["00000000 0102", "10000021 4500", "a0010203"] {
            let tree = tree(&MPLS, &hex(&format!("00064140 {packet}")));
            assert!(tree.contains("Data: ") && !tree.contains("Internet"), "{tree}");
        }
        assert!(tree(&MPLS, &hex("0000d140 45000000")).contains("Data: 45000000"));
    }

    #[test]
    fn labels_that_may_not_be_there_are_problems() {
        assert!(tree(&MPLS, &hex("00003140 45000000")).contains("! Label may not be"));
        assert!(tree(&MPLS, &hex("00001140 45000000")).contains("! Label may not be"));
        assert!(!tree(&MPLS, &hex("00001040 00064140 45000000")).contains("! Label may not be"));
    }
}
