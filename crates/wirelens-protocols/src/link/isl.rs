//! Inter-Switch Link, Cisco's frame around a frame before 802.1Q
//! (<https://www.cisco.com/c/en/us/support/docs/lan-switching/8021q/17056-741-4.html>).

use wirelens_dissect::prelude::*;

use crate::link::ethernet::{self, ETH};

static TYPES: Names = &[(0, "Ethernet"), (1, "Token ring"), (2, "FDDI"), (3, "ATM")];

static PRIORITIES: Names =
    &[(0, "Normal"), (1, "Priority 1"), (2, "Priority 2"), (3, "Highest")];

protocol! {
    ISL = "isl" "ISL" "Cisco Inter-Switch Link", Link, trailer(trailer);
    DST = mac "dst" "Destination" {
        DST_ADDR = mac "addr" "Source or Destination Address" alias;
        TYPE     = uint "type" "Type" & 0xf0 read names(TYPES);
        USER_ETH = uint "user_eth" "User" & 0x03 read names(PRIORITIES);
        USER     = hex "user" "User" & 0x0f read;
    };
    SRC = mac "src" "Source" {
        SRC_ADDR = mac "addr" "Source or Destination Address" alias;
    };
    LEN      = uint "len"      "Length";
    DSAP     = hex  "dsap"     "DSAP" detail;
    SSAP     = hex  "ssap"     "SSAP" detail;
    CONTROL  = hex  "control"  "Control" detail;
    HSA      = hex  "hsa"      "High bits of the source" detail;
    VLAN_ID  = uint "vlan_id"  "VLAN ID" & 0xfffe brief("vlan ") stays;
    BPDU     = flag "bpdu"     "BPDU, CDP or VTP" & 0x0001 brief("bpdu");
    INDEX    = uint "index"    "Index of the source port";
    RESERVED = hex  "reserved" "Reserved" detail {
        SRC_VLAN_ID = uint "src_vlan_id" "Source VLAN ID" & 0xfffe read;
        EXPLORER    = flag "explorer" "Explorer" & 0x0001 read;
    };
    DST_ROUTE = hex "dst_route_desc" "Destination Route Descriptor";
    SRC_ROUTE = hex "src_route_desc" "Source Route Descriptor";
    NO_FCS    = flag "fcs_not_incl" "Check sequence not included" & 0x40;
    ESIZE     = uint "esize" "Size below 64 bytes" & 0x3f;
    TRAILER   = bytes "trailer" "Trailer";
}

const ETHERNET: u8 = 0;
const TOKEN_RING: u8 = 1;

/// Is this the destination of frames between switches? Its last byte holds type and user.
pub(crate) fn is_destination(address: u64) -> bool {
    matches!(address >> 8, 0x01_000c_0000 | 0x0c_000c_0000)
}

fn dissect(p: &mut Packet<'_>) -> Step {
    let kind = p.peek_at(5)?;
    p.mac(&DST)?;
    p.under(|p| {
        let user = if kind >> 4 == ETHERNET { &USER_ETH } else { &USER };
        p.mark(&TYPE, p.at() - 1, 1, kind.into());
        p.mark(user, p.at() - 1, 1, kind.into());
        Ok(())
    })?;
    p.mac(&SRC)?;
    let length = usize::from(p.u16(&LEN)?);
    let end = p.at() + length;
    p.u8(&DSAP)?;
    p.u8(&SSAP)?;
    p.u8(&CONTROL)?;
    p.u24(&HSA)?;
    p.bits(p.peek_u16()?, 2, &[&VLAN_ID, &BPDU])?;
    p.u16(&INDEX)?;
    let reserved = p.u16(&RESERVED)?;
    match kind >> 4 {
        ETHERNET => {
            // The frame inside has its own check sequence.
            p.passes_on(end.saturating_sub(p.at() + 4));
            Ok(Next::To(&ETH))
        }
        TOKEN_RING => {
            let at = p.at() - 2;
            p.under(|p| {
                p.mark(&SRC_VLAN_ID, at, 2, reserved.into());
                p.mark(&EXPLORER, at, 2, reserved.into());
                Ok(())
            })?;
            p.u16(&DST_ROUTE)?;
            p.u16(&SRC_ROUTE)?;
            p.bits(p.peek_u8()?, 1, &[&NO_FCS, &ESIZE])?;
            Ok(Next::Data)
        }
        _ => Ok(Next::Data),
    }
}

fn trailer(p: &mut Packet<'_>) -> Step {
    p.u32(&ethernet::FCS)?;
    p.remainder(&TRAILER)?;
    Ok(Next::Nothing)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    const FRAME: &str = "01000c000001 02005e100001 003a aaaa03 00000c 000b 0002 0000
        ffffffffffff 02005e100001 0806
        0001080006040001 02005e100001 c0000201 000000000000 c0000202 01020304 0a0b0c0d";

    #[test]
    fn a_frame_in_a_frame() {
        insta::assert_snapshot!(tree(&ETH, &hex(FRAME)));
    }

    #[test]
    fn every_prefix_of_it() {
        every_prefix(&ETH, &hex(FRAME));
        every_prefix(&ISL, &hex(FRAME));
    }

    #[test]
    fn token_ring_has_more() {
        let frame = "0c000c000015 02005e100001 0020 aaaa03 00000c 000b 0002 0007 0001 0002 7f 00";
        let tree = tree(&ISL, &hex(frame));
        assert!(tree.contains("Source VLAN ID: 3") && tree.contains("Size below"), "{tree}");
    }
}
