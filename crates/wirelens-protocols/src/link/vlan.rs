//! VLAN tag, IEEE 802.1Q section 9.6.

use wirelens_dissect::prelude::*;

use crate::link::ethernet::{ETHERTYPE, LONGEST_LENGTH, behind_payload, length_frame};
use crate::link::ethertype::ETHERTYPES;

/// Traffic types, IEEE 802.1Q annex I.
pub(super) static PRIORITIES: Names = &[
    (0, "Best effort"),
    (1, "Background"),
    (2, "Excellent effort"),
    (3, "Critical applications"),
    (4, "Video"),
    (5, "Voice"),
    (6, "Internetwork control"),
    (7, "Network control"),
];

protocol! {
    VLAN = "vlan" "VLAN" "802.1Q Virtual LAN", Link, trailer(trailer), scope(identifier), outline(outline);
    @ ETHERTYPE 0x8100 | 0x9100;
    PRIORITY = uint "priority" "Priority" & 0xe000 names(PRIORITIES);
    DEI      = flag "dei"      "Drop Eligible" & 0x1000;
    ID       = uint "id"       "VLAN ID" & 0x0fff brief("vlan ") stays;
    ETYPE    = hex  "etype"    "Type" names(ETHERTYPES) brief("");
    LEN      = uint "len"      "Length" brief("len ");
    TRAILER  = bytes "trailer" "Trailer";
    LEN_PAST_END = problem "len.past_end" "Length goes past the end of the frame";
}

fn identifier(tag: &[u8]) -> u64 {
    tag.first_chunk().map_or(0, |tag| u64::from(u16::from_be_bytes(*tag) & 0x0fff))
}

fn dissect(p: &mut Packet<'_>) -> Step {
    p.bits(p.peek_u16()?, 2, &[&PRIORITY, &DEI, &ID])?;
    if p.peek_u16()? <= LONGEST_LENGTH {
        let length = p.u16(&LEN)?;
        return length_frame(p, length, &LEN_PAST_END, 0);
    }
    Ok(Next::In(&ETHERTYPE, p.u16(&ETYPE)?.into()))
}

/// A tag in front of a type.
fn outline(p: &mut Peek<'_>) -> Option<Outline> {
    let &[_, _, high, low] = p.bytes.first_chunk()?;
    let number = u16::from_be_bytes([high, low]);
    if number <= LONGEST_LENGTH {
        return None;
    }
    Outline::new(4, p.declared, Next::In(&ETHERTYPE, number.into()))
}

fn trailer(p: &mut Packet<'_>) -> Step {
    behind_payload(p, &TRAILER, Some(0))?;
    Ok(Next::Nothing)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    const TAGGED: &str = "2064 8100 0005 0806
        0001080006040001 02005e100001 c0000201 000000000000 c0000202 0000";

    #[test]
    fn a_tag_in_a_tag() {
        insta::assert_snapshot!(tree(&VLAN, &hex(TAGGED)));
    }

    #[test]
    fn every_prefix_of_it() {
        every_prefix(&VLAN, &hex(TAGGED));
        every_prefix(&VLAN, &hex("f064 0004 424203 00 0000"));
    }

    #[test]
    fn a_length_in_a_tag() {
        let tree = tree(&VLAN, &hex("f064 0004 424203 00 0102"));
        assert!(tree.contains("Spanning Tree") && tree.contains("Trailer: 0102"), "{tree}");
    }

    #[test]
    fn a_length_past_the_end_is_a_problem() {
        assert!(tree(&VLAN, &hex("f064 0040 424203")).contains("! Length goes past"));
    }
}
