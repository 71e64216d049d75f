//! Fiber Distributed Data Interface, ISO 9314-2.

use wirelens_dissect::prelude::*;

use crate::link::llc::LLC;

/// Class, length and format of a frame, ISO 9314-2 section 7.3.3.
static CLASSES: Names = &[
    (0x0, "Void"),
    (0x4, "Station management"),
    (0x5, "Asynchronous LLC"),
    (0x6, "Asynchronous, implementer's"),
    (0x8, "Nonrestricted token"),
    (0xc, "MAC"),
    (0xd, "Synchronous LLC"),
    (0xe, "Synchronous, implementer's"),
];

static MANAGEMENT_TYPES: Names = &[(0x1, "Information"), (0xf, "Next station addressing")];

static MAC_TYPES: Names = &[(0x2, "Beacon"), (0x3, "Claim")];

protocol! {
    FDDI = "fddi" "FDDI" "Fiber Distributed Data Interface", Link;
    @ LINK_TYPE 10;
    FC  = hex "fc"  "Frame Control" {
        CLASS      = hex  "fc.clf" "Class, length and format" & 0xf0 names(CLASSES) key("class");
        PRIORITY   = uint "fc.prio" "Priority" & 0x07 read key("priority");
        MANAGEMENT = uint "fc.smt_subtype" "Station management type" & 0x0f read names(MANAGEMENT_TYPES);
        MAC_TYPE   = uint "fc.mac_subtype" "MAC type" & 0x0f read names(MAC_TYPES);
    };
    DST = mac "dst" "Destination" {
        DST_ADDR = mac "addr" "Source or Destination Address" alias;
    };
    SRC = mac "src" "Source" {
        SRC_ADDR = mac "addr" "Source or Destination Address" alias;
    };
}

const MANAGEMENT_CLASS: u8 = 0x4;
const ASYNCHRONOUS_LLC: u8 = 0x5;
const MAC_CLASS: u8 = 0xc;
const SYNCHRONOUS_LLC: u8 = 0xd;

const RESTRICTED_TOKEN: u8 = 0xc0;
/// Asynchronous frames with this bit leave the priority to the implementer.
const NO_PRIORITY: u8 = 0x08;

fn dissect(p: &mut Packet<'_>) -> Step {
    let control = p.u8(&FC)?;
    let class = control >> 4;
    let detail = match class {
        ASYNCHRONOUS_LLC if control & NO_PRIORITY == 0 => Some(&PRIORITY),
        MANAGEMENT_CLASS => Some(&MANAGEMENT),
        MAC_CLASS if control != RESTRICTED_TOKEN => Some(&MAC_TYPE),
        _ => None,
    };
    if let Some(row) = detail {
        p.under(|p| {
            p.mark(row, p.at() - 1, 1, control.into());
            Ok(())
        })?;
    }
    address(p, &DST)?;
    address(p, &SRC)?;
    Ok(match class {
        ASYNCHRONOUS_LLC | SYNCHRONOUS_LLC => Next::To(&LLC),
        _ => Next::Data,
    })
}

/// FDDI sends the most significant bit of a byte first, Ethernet and the addresses people write
/// the least; captures hold the bytes as FDDI has them.
fn address(p: &mut Packet<'_>, row: &'static Field) -> Read {
    let canonical = p.peek_u48()?.swap_bytes().reverse_bits();
    p.number(row, canonical, 6)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    const FRAME: &str = "54 4000 7a08 8040 4000 7a08 80c0 aaaa03 000000 0800
        4500001c000100004011f6c9c0000201c0000202 0009000900080000";

    #[test]
    fn an_llc_frame() {
        insta::assert_snapshot!(tree_of_link(10, &hex(FRAME)));
    }

    #[test]
    fn every_prefix_of_it() {
        every_prefix(&FDDI, &hex(FRAME));
        every_prefix(&FDDI, &hex("41 4000 7a08 8040 4000 7a08 80c0 0102"));
    }

    #[test]
    fn only_some_classes_have_more_than_a_class() {
        for (control, label) in [
            ("41", "Station management type: Information"),
            ("c2", "MAC type: Beacon"),
            ("57", "Priority: 7"),
        ] {
            let tree = tree(&FDDI, &hex(&format!("{control} 400000000000 400000000001 00")));
            assert!(tree.contains(label), "{tree}");
        }
        for control in ["58", "c0", "80", "00"] {
            let tree = tree(&FDDI, &hex(&format!("{control} 400000000000 400000000001 00")));
            assert!(!tree.contains("Priority") && !tree.contains("type:"), "{tree}");
        }
    }

    #[test]
    fn what_is_not_llc_is_data() {
        let tree = tree(&FDDI, &hex("c3 400000000000 400000000001 01020304"));
        assert!(tree.contains("Data: 01020304"), "{tree}");
    }
}
