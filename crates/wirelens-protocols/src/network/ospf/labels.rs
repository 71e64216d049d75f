//! Labels that a lambda-switched link has: WSON, RFC 7688 with label sets of RFC 7579; flexible grid, RFC 8363.

use wirelens_dissect::prelude::*;

use super::opaque::value;
use super::traffic::LABELS;

fields! {
    /// Rows of a set of labels.
    LABEL_ROWS = "ospf" LABELS "te.labels";
    SET_TYPE = uint "mpls.bandwidth.type" "Type" key("type") names(TYPES);
    FLEXIBLE_TYPE = uint "mpls.type" "Type" key("flexible_type") names(TYPES);
    SET_LENGTH = uint "mpls.length" "Length" key("length") detail;
    PRIORITIES = uint "mpls.priority" "Priorities" key("priorities");
    SLOT_WIDTH = uint "mpls.slot_width" "Greatest Slot Width" own key("slot_width");
    ACTION  = uint "mpls.action" "Action" & 0xf000 key("action") span(0, 1) names(ACTIONS);
    COUNT   = uint "mpls.num.labels" "Number of Labels" & 0x0fff key("count");
    LABELS_LENGTH = uint "mpls.length" "Length of the labels" key("labels_length") detail;
    BASE    = group "mpls.base" "Base Label" own key("base") {
        GRID    = uint "mpls.grid" "Grid" & 0xe0 key("grid") names(GRIDS);
        SPACING = uint "mpls.cs" "Channel Spacing" & 0x1e key("channel_spacing") names(SPACINGS);
        FIRST   = uint "mpls.n" "Channel" key("n");
    };
    FLEXIBLE_SPACING = uint "mpls.cs" "Channel Spacing" & 0xf000_0000 key("flexible_channel_spacing") span(0, 1) names(SPACINGS);
    STARTING  = uint "mpls.starting" "First Channel" & 0x0fff_f000 key("starting");
    EFFECTIVE = uint "mpls.effective" "Number of bits that count" & 0x0000_0fff key("effective") span(2, 2);
    BITMAP  = hex "mpls.bitmap" "Bitmap" many key("bitmap");
    SET_VALUE = bytes "mpls.labels.value" "Value" own key("value");
}

/// RFC 7688 section 4.
static TYPES: Names = &[(1, "Available labels"), (2, "Shared backup labels")];

/// RFC 7579 section 2.6.
static ACTIONS: Names = &[
    (0, "Inclusive list"),
    (1, "Exclusive list"),
    (2, "Inclusive range"),
    (3, "Exclusive range"),
    (4, "Bitmap"),
];

/// RFC 6205 section 3.2, RFC 7699.
static GRIDS: Names =
    &[(0, "Reserved"), (1, "ITU-T DWDM"), (2, "ITU-T CWDM"), (3, "ITU-T flexible")];

static SPACINGS: Names =
    &[(0, "Reserved"), (1, "100 GHz"), (2, "50 GHz"), (3, "25 GHz"), (4, "12.5 GHz"), (5, "6.25 GHz")];

/// What stands behind the bandwidths of a switching capability.
pub(super) fn read(p: &mut Packet<'_>, flexible: bool) -> Read {
    p.each(|p| p.group(&LABELS, |p| if flexible { flexible_grid(p) } else { fixed_grid(p) }))
}

fn fixed_grid(p: &mut Packet<'_>) -> Read {
    p.u16(&SET_TYPE)?;
    value(p, &SET_LENGTH, |p| {
        p.u8(&PRIORITIES)?;
        p.skip(3)?;
        let word = p.peek_u16()?;
        p.bits(word, 2, &[&ACTION, &COUNT])?;
        p.u16(&LABELS_LENGTH)?;
        if ACTION.of(word.into()) == 4 {
            p.group(&BASE, |p| {
                p.bits(p.peek_u8()?, 1, &[&GRID, &SPACING])?;
                p.skip(1)?;
                p.u16(&FIRST).map(drop)
            })?;
            p.each(|p| p.u32(&BITMAP).map(drop))?;
        }
        p.remainder(&SET_VALUE)
    })
}

fn flexible_grid(p: &mut Packet<'_>) -> Read {
    p.u16(&FLEXIBLE_TYPE)?;
    value(p, &SET_LENGTH, |p| {
        p.u8(&PRIORITIES)?;
        p.skip(3)?;
        p.u16(&SLOT_WIDTH)?;
        p.skip(2)?;
        let word = p.peek_u32()?;
        p.bits(word, 4, &[&FLEXIBLE_SPACING, &STARTING, &EFFECTIVE])?;
        for _ in 0..EFFECTIVE.of(word.into()).div_ceil(32) {
            p.u32(&BITMAP)?;
        }
        p.remainder(&SET_VALUE)
    })
}

#[cfg(test)]
mod tests {
    use crate::network::ospf::OSPF;
    use crate::network::ospf::opaque::update;
    use crate::testing::*;

    /// A link whose lambdas are switched, with these labels.
    fn link(kind: u8, labels: &str) -> Vec<u8> {
        let length = 36 + hex(labels).len();
        let bandwidths = "00".repeat(32);
        let body = format!("0002 {:04x} 000f {length:04x} {kind:02x} 08 0000 {bandwidths} {labels}", length + 4);
        update(10, "01 000002", &body)
    }

    const FIXED: &str = "0001 0014 80 000000 4028 0010 2805 000a f0000000 0f010203
        0002 0010 80 000000 0001 000c 2805 000a 28050014";
    const FLEXIBLE: &str = "0001 0014 80 000000 0008 0000 5000a 028 f0000000 0f010203";

    #[test]
    fn of_both_grids() {
        let trees = [(150, FIXED), (152, FLEXIBLE)].map(|(kind, labels)| tree(&OSPF, &link(kind, labels)));
        insta::assert_snapshot!(trees.concat());
    }

    #[test]
    fn every_prefix_of_both() {
        every_prefix(&OSPF, &link(151, FIXED));
        every_prefix(&OSPF, &link(152, FLEXIBLE));
    }
}
