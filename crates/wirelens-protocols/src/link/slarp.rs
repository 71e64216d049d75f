//! Serial Line Address Resolution Protocol, as described in RFC 1547 section 4.3.1.

use wirelens_dissect::prelude::*;

use crate::link::chdlc::CHDLC_PROTOCOL;

static TYPES: Names = &[(0, "Request"), (1, "Reply"), (2, "Keepalive")];

protocol! {
    SLARP = "slarp" "SLARP" "Serial Line Address Resolution Protocol", Link;
    @ CHDLC_PROTOCOL 0x8035;
    TYPE        = uint "ptype"        "Type" names(TYPES) brief("");
    ADDRESS     = ipv4 "address"      "Address" brief("");
    NETMASK     = ipv4 "netmask"      "Netmask" brief("mask ");
    SENT        = uint "mysequence"   "Sequence number sent" brief("seq ");
    RETURNED    = uint "yoursequence" "Sequence number last received" brief("ack ");
    RELIABILITY = hex  "reliability"  "Reliability" detail;
    BAD_RELIABILITY = problem "reliability.invalid" "Reliability is not 0xffff";
}

const REQUEST: u32 = 0;
const REPLY: u32 = 1;
const KEEPALIVE: u32 = 2;

fn dissect(p: &mut Packet<'_>) -> Step {
    match p.u32(&TYPE)? {
        REQUEST | REPLY => {
            p.ipv4(&ADDRESS)?;
            p.ipv4(&NETMASK)?;
        }
        KEEPALIVE => {
            p.u32(&SENT)?;
            p.u32(&RETURNED)?;
            if p.u16(&RELIABILITY)? != 0xffff {
                p.problem_at(&BAD_RELIABILITY, p.at() - 2, 2);
            }
        }
        _ => return Ok(Next::Data),
    }
    Ok(Next::Nothing)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::link::chdlc::CHDLC;
    use crate::testing::*;

    const KEEPALIVE_FRAME: &str = "8f00 8035 00000002 00000007 00000006 ffff 0000";

    #[test]
    fn a_keepalive() {
        insta::assert_snapshot!(tree(&CHDLC, &hex(KEEPALIVE_FRAME)));
    }

    #[test]
    fn every_prefix_of_it() {
        every_prefix(&CHDLC, &hex(KEEPALIVE_FRAME));
        every_prefix(&SLARP, &hex("00000001 c0000201 ffffff00 0000"));
    }

    #[test]
    fn a_reply_has_an_address() {
        let tree = tree(&SLARP, &hex("00000001 c0000201 ffffff00 0000"));
        assert!(tree.contains("Address: 192.0.2.1") && tree.contains("255.255.255.0"), "{tree}");
    }

    #[test]
    fn another_reliability_is_a_problem() {
        let tree = tree(&SLARP, &hex("00000002 00000007 00000006 fffe"));
        assert!(tree.contains("! Reliability"), "{tree}");
    }

    #[test]
    fn an_unknown_type_is_data() {
        assert!(tree(&SLARP, &hex("00000003 0102")).contains("Data: 0102"));
    }
}
