//! Virtual eXtensible Local Area Network, RFC 7348, with the group policy of
//! draft-smith-vxlan-group-policy-05 and the generic extension of draft-ietf-nvo3-vxlan-gpe-13.

use wirelens_dissect::prelude::*;

use crate::link::ethernet::ETH;
use crate::transport::udp::UDP_PORT;

/// What the generic extension carries, by its next protocol.
pub static VXLAN_NEXT_PROTO: Table = Table::new("vxlan.next_proto", "VXLAN next protocol");

const VXLAN_PORT: u16 = 4789;
const GENERIC_PORT: u16 = 4790;

static NEXT_PROTOCOLS: Names =
    &[(1, "IPv4"), (2, "IPv6"), (3, "Ethernet"), (4, "Network Service Header"), (5, "MPLS")];

protocol! {
    VXLAN = "vxlan" "VXLAN" "Virtual eXtensible Local Area Network", Transport, scope(network);
    @ UDP_PORT 4789 | 4790;
    FLAGS = hex "flags" "Flags" {
        FLAG_G   = flag "flag_g" "Group policy" & 0x8000 key("gbp");
        FLAG_I   = flag "flag_i" "VNI is valid" & 0x0800 key("vni");
        FLAG_D   = flag "flag_d" "Don't learn" & 0x0040 key("dont_learn");
        FLAG_A   = flag "flag_a" "Policy applied" & 0x0008 key("applied");
        FLAGS_RESERVED = hex "flags_reserved" "Reserved" & 0x77b7 key("reserved");
    };
    GENERIC_FLAGS = hex "flags" "Flags" {
        VERSION  = uint "ver" "Version" & 0x30;
        INSTANCE = uint "i_bit" "VNI is valid" & 0x08;
        NEXT_BIT = uint "p_bit" "Next protocol is valid" & 0x04;
        OAM_BIT  = uint "o_bit" "Operations, administration and maintenance" & 0x01;
        GENERIC_RESERVED = hex "flags_reserved" "Reserved" & 0xc2 key("reserved");
    };
    GROUP_POLICY = uint "gbp" "Group Policy ID" brief("group ") unless_zero;
    RESERVED_16 = uint "reserved_16" "Reserved" detail;
    NEXT_PROTOCOL = uint "next_proto" "Next Protocol" names(NEXT_PROTOCOLS);
    VNI        = uint "vni"       "VXLAN Network Identifier" brief("vni ");
    RESERVED_8 = uint "reserved8" "Reserved" detail;
}

/// The number of the virtual network, with the octet behind it.
fn network(header: &[u8]) -> u64 {
    header.get(4..).and_then(<[u8]>::first_chunk).map_or(0, |id| u32::from_be_bytes(*id).into())
}

fn dissect(p: &mut Packet<'_>) -> Step {
    if is_generic(p) {
        return generic(p);
    }
    p.u16(&FLAGS)?;
    p.u16(&GROUP_POLICY)?;
    p.u24(&VNI)?;
    p.u8(&RESERVED_8)?;
    Ok(Next::To(&ETH))
}

/// The header of the generic extension differs, and only its port tells.
fn is_generic(p: &mut Packet<'_>) -> bool {
    let ports = <[u16; 2]>::from(p.flow().ports);
    ports.contains(&GENERIC_PORT) && !ports.contains(&VXLAN_PORT)
}

fn generic(p: &mut Packet<'_>) -> Step {
    p.u8(&GENERIC_FLAGS)?;
    p.u16(&RESERVED_16)?;
    let next = p.u8(&NEXT_PROTOCOL)?;
    p.u24(&VNI)?;
    p.u8(&RESERVED_8)?;
    Ok(Next::In(&VXLAN_NEXT_PROTO, next.into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;
    use crate::transport::udp::UDP;

    const FRAME: &str = "02005e100002 02005e100001 0800
        45000020000100004011f6c8c0000201c0000202 00010009000c000061626364";

    #[test]
    fn a_frame_with_a_group_policy() {
        let frame = hex(&format!("8848 0123 00007b 00 {FRAME}"));
        insta::assert_snapshot!(tree(&VXLAN, &frame));
        every_prefix(&VXLAN, &frame);
    }

    #[test]
    fn the_generic_extension() {
        let frame = hex(&format!("c000 12b6 003e 0000 0c 0000 03 00007b 00 {FRAME}"));
        insta::assert_snapshot!(tree(&UDP, &frame));
        every_prefix(&UDP, &frame);
    }

    #[test]
    fn the_generic_extension_carries_packets_too() {
        let packet = "4500001c000100004011f6ccc0000201c0000202 0009000900080000";
        let tree = tree(&UDP, &hex(&format!("c000 12b6 002c 0000 0c 0000 01 00007b 00 {packet}")));
        assert!(tree.contains("Next Protocol: IPv4") && tree.contains("192.0.2.1"), "{tree}");
    }

    #[test]
    fn an_unknown_next_protocol_is_data() {
        let tree = tree(&UDP, &hex("c000 12b6 0014 0000 0c 0000 80 00007b 00 01020304"));
        assert!(tree.contains("Data: 01020304"), "{tree}");
    }
}
