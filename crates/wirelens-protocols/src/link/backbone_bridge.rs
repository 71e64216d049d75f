//! Service instance tag of a backbone bridge, IEEE 802.1ah (IEEE 802.1Q section 9.7).

use wirelens_dissect::prelude::*;

use crate::link::ethernet::{ETHERTYPE, behind_payload};
use crate::link::ethertype::ETHERTYPES;
use crate::link::vlan::PRIORITIES;

protocol! {
    IEEE8021AH = "ieee8021ah" "802.1ah" "IEEE 802.1ah Provider Backbone Bridge", Link, trailer(trailer);
    @ ETHERTYPE 0x88e7;
    I_TAG = group "i_tag" "Service Instance Tag" own {
        PRIORITY = uint "priority" "Priority" & 0xe000_0000 span(0, 1) names(PRIORITIES);
        DROP     = uint "drop"     "Drop Eligible" & 0x1000_0000 span(0, 1);
        NCA      = uint "nca"      "No Customer Addresses" & 0x0800_0000 span(0, 1);
        RES1     = uint "res1"     "Reserved 1" & 0x0400_0000 span(0, 1) detail;
        RES2     = uint "res2"     "Reserved 2" & 0x0300_0000 span(0, 1) detail;
        ISID     = uint "isid"     "Service Instance" & 0x00ff_ffff span(1, 3) brief("isid ") stays;
    };
    CDST    = mac   "cdst"    "Customer Destination" brief("for ");
    CSRC    = mac   "csrc"    "Customer Source" brief("from ");
    ETYPE   = hex   "etype"   "Type" names(ETHERTYPES);
    TRAILER = bytes "trailer" "Trailer";
}

fn dissect(p: &mut Packet<'_>) -> Step {
    let tag = p.peek_u32()?;
    p.group(&I_TAG, |p| p.bits(tag, 4, &[&PRIORITY, &DROP, &NCA, &RES1, &RES2, &ISID]))?;
    p.mac(&CDST)?;
    p.mac(&CSRC)?;
    Ok(Next::In(&ETHERTYPE, p.u16(&ETYPE)?.into()))
}

fn trailer(p: &mut Packet<'_>) -> Step {
    behind_payload(p, &TRAILER, Some(0))?;
    Ok(Next::Nothing)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    const FRAME: &str = "6000abcd ffffffffffff 02005e100001 88b5 6162";

    #[test]
    fn a_customer_frame() {
        insta::assert_snapshot!(tree(&IEEE8021AH, &hex(FRAME)));
    }

    #[test]
    fn every_prefix_of_it() {
        every_prefix(&IEEE8021AH, &hex(FRAME));
    }
}
