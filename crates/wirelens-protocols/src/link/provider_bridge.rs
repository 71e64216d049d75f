//! Service VLAN tag of a provider bridge, IEEE 802.1ad (IEEE 802.1Q section 9.6).

use wirelens_dissect::prelude::*;

use crate::link::backbone_bridge::{self, IEEE8021AH};
use crate::link::ethernet::{ETHERTYPE, behind_payload};
use crate::link::vlan::PRIORITIES;

const SERVICE_TAG: u16 = 0x88a8;

protocol! {
    IEEE8021AD = "ieee8021ad" "802.1ad" "IEEE 802.1ad Provider Bridge", Link, trailer(trailer), rows_of(&IEEE8021AH);
    @ ETHERTYPE 0x88a8;
    PRIORITY = uint "priority" "Priority" & 0xe000 span(0, 1) names(PRIORITIES);
    DEI      = uint "dei"      "Drop Eligible" & 0x1000 span(0, 1);
    ID       = uint "id"       "VLAN ID" & 0x0fff brief("svlan ") stays;
    S_TAG = group "s_tag" "Service Tag" own {
        S_PRIORITY = uint "priority" "Priority" & 0xe000 span(0, 1) names(PRIORITIES);
        S_DEI      = uint "dei"      "Drop Eligible" & 0x1000 span(0, 1);
        S_ID       = uint "svid"     "Service VLAN ID" & 0x0fff key("id") brief("svlan ") stays;
    };
    C_TAG = group "c_tag" "Customer Tag" own {
        C_PRIORITY = uint "priority" "Priority" & 0xe000 span(0, 1) names(PRIORITIES);
        C_DEI      = uint "dei"      "Drop Eligible" & 0x1000 span(0, 1);
        C_ID       = uint "cvid"     "Customer VLAN ID" & 0x0fff key("id") brief("cvlan ") stays;
    };
}

fn dissect(p: &mut Packet<'_>) -> Step {
    let tag = p.peek_u16()?;
    let next = u16::from_be_bytes([p.peek_at(2)?, p.peek_at(3)?]);
    if next == SERVICE_TAG {
        p.group(&S_TAG, |p| p.bits(tag, 2, &[&S_PRIORITY, &S_DEI, &S_ID]))?;
        p.skip(2)?;
        p.group(&C_TAG, |p| p.bits(p.peek_u16()?, 2, &[&C_PRIORITY, &C_DEI, &C_ID]))?;
    } else {
        p.bits(tag, 2, &[&PRIORITY, &DEI, &ID])?;
    }
    Ok(Next::In(&ETHERTYPE, p.u16(&backbone_bridge::ETYPE)?.into()))
}

fn trailer(p: &mut Packet<'_>) -> Step {
    behind_payload(p, &backbone_bridge::TRAILER, Some(0))?;
    Ok(Next::Nothing)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    const ONE: &str = "6064 88b5 6162";
    const TWO: &str = "6064 88a8 1005 88b5 6162";

    #[test]
    fn a_service_tag() {
        insta::assert_snapshot!(tree(&IEEE8021AD, &hex(ONE)));
    }

    #[test]
    fn a_service_tag_and_a_customer_tag() {
        insta::assert_snapshot!(tree(&IEEE8021AD, &hex(TWO)));
    }

    #[test]
    fn every_prefix_of_them() {
        every_prefix(&IEEE8021AD, &hex(ONE));
        every_prefix(&IEEE8021AD, &hex(TWO));
    }
}
