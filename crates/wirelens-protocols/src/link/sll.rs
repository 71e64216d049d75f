//! Linux cooked capture, `LINKTYPE_LINUX_SLL` of <https://www.tcpdump.org/linktypes.html>: what a
//! packet socket tells where there is no usable link-layer header.

use wirelens_dissect::prelude::*;

use crate::link::ethernet::{ETHERTYPE, behind_payload};
use crate::link::ethertype::ETHERTYPES;

/// What a cooked capture carries whose protocol is no EtherType but a number of Linux's
/// `if_ether.h`.
pub static SLL_LTYPE: Table = Table::new("sll.ltype", "Linux SLL protocol type");
/// What a cooked capture carries that has a header of its own, by Linux's `if_arp.h`.
pub static SLL_HATYPE: Table = Table::new("sll.hatype", "Linux SLL ARPHRD_ type");

static PACKET_TYPES: Names = &[
    (0, "To us"),
    (1, "Broadcast"),
    (2, "Multicast"),
    (3, "To another host"),
    (4, "Sent by us"),
];

static LINUX_TYPES: Names = &[
    (0x01, "802.3 without 802.2"),
    (0x03, "Ethernet"),
    (0x04, "802.2 LLC"),
    (0x07, "PPP HDLC"),
    (0x0c, "CAN"),
    (0x0d, "CAN FD"),
    (0x17, "IrDA LAP"),
    (0xf5, "ISI"),
    (0xf6, "802.15.4"),
];

/// Linux's `ARPHRD_` numbers, which begin as those of ARP.
pub(crate) static DEVICE_TYPES: Names = &[
    (0, "NET/ROM"),
    (1, "Ethernet"),
    (2, "Experimental Ethernet"),
    (3, "AX.25"),
    (4, "ProNET token ring"),
    (5, "Chaosnet"),
    (6, "IEEE 802"),
    (7, "ARCNET"),
    (8, "AppleTalk"),
    (15, "Frame Relay DLCI"),
    (19, "ATM"),
    (23, "Metricom STRIP"),
    (24, "IEEE 1394"),
    (27, "EUI-64"),
    (32, "InfiniBand"),
    (256, "SLIP"),
    (257, "CSLIP"),
    (264, "Adapt"),
    (270, "ROSE"),
    (271, "X.25"),
    (272, "X.25 in hardware"),
    (280, "CAN"),
    (512, "PPP"),
    (513, "Cisco HDLC"),
    (516, "LAPB"),
    (517, "DDCMP"),
    (518, "Raw HDLC"),
    (519, "Raw IP"),
    (768, "IPIP tunnel"),
    (769, "IPv6 in IPv6 tunnel"),
    (770, "Frame Relay access device"),
    (771, "SKIP"),
    (772, "Loopback"),
    (773, "LocalTalk"),
    (774, "FDDI"),
    (775, "AP1000 BIF"),
    (776, "IPv6 in IPv4 tunnel"),
    (777, "IP over DDP"),
    (778, "GRE over IP"),
    (779, "PIM-SM register"),
    (780, "HIPPI"),
    (781, "Nexus Ash"),
    (782, "Econet"),
    (783, "IrDA"),
    (784, "Fibre Channel point-to-point"),
    (785, "Fibre Channel arbitrated loop"),
    (786, "Fibre Channel public loop"),
    (787, "Fibre Channel fabric"),
    (800, "Token ring"),
    (801, "802.11"),
    (802, "802.11 with Prism header"),
    (803, "802.11 with radiotap header"),
    (804, "802.15.4"),
    (805, "802.15.4 monitor"),
    (820, "Phonet"),
    (821, "Phonet pipe"),
    (822, "CAIF"),
    (823, "GRE over IPv6"),
    (824, "Netlink"),
    (825, "6LoWPAN"),
    (826, "vsock monitor"),
    (0xfffe, "No link-layer header"),
    (0xffff, "Nothing is known"),
];

protocol! {
    SLL = "sll" "Linux SLL" "Linux cooked-mode capture", Link, trailer(trailer);
    @ LINK_TYPE 113;
    PACKET_TYPE = uint "pkttype" "Packet Type" names(PACKET_TYPES) brief("");
    HATYPE    = uint  "hatype"    "Link-layer Address Type" names(DEVICE_TYPES);
    HALEN     = uint  "halen"     "Link-layer Address Length";
    IFINDEX   = uint  "ifindex"   "Interface Index";
    SRC_ETH   = mac   "src.eth"   "Source" key("src");
    SRC_IPV4  = ipv4  "src.ipv4"  "Source" key("src_ipv4");
    SRC_OTHER = bytes "src.other" "Source" key("src_other");
    UNUSED    = bytes "unused"    "Unused" detail;
    ETYPE     = hex   "etype"     "Protocol" names(ETHERTYPES) brief("");
    LTYPE     = hex   "ltype"     "Protocol" names(LINUX_TYPES) brief("");
    GRETYPE   = hex   "gretype"   "Protocol" names(ETHERTYPES) brief("");
    TRAILER   = bytes "trailer"   "Trailer";
    BAD_LENGTH = problem "halen.bad" "Address is longer than its field" own;
}

/// The address takes eight bytes whatever its length; a longer one was cut.
const ADDRESS_ROOM: usize = 8;

const HATYPE_GRE: u16 = 778;
const HATYPE_NETLINK: u16 = 824;

/// Numbers up to here are Linux's own, not EtherTypes.
const LAST_LINUX_TYPE: u16 = 0x0600;

fn dissect(p: &mut Packet<'_>) -> Step {
    let hatype = u16::from_be_bytes([p.peek_at(2)?, p.peek_at(3)?]);
    if hatype == HATYPE_NETLINK {
        return Ok(Next::In(&SLL_HATYPE, hatype.into()));
    }
    p.u16(&PACKET_TYPE)?;
    p.u16(&HATYPE)?;
    let length = p.u16(&HALEN)?.into();
    address(p, length)?;
    protocol(p, hatype)
}

/// Reads the address of `length` bytes and what its field has besides.
pub(crate) fn address(p: &mut Packet<'_>, length: usize) -> Read {
    if length > ADDRESS_ROOM {
        p.problem(&BAD_LENGTH);
    }
    let length = length.min(ADDRESS_ROOM);
    match length {
        0 => {}
        4 => {
            p.ipv4(&SRC_IPV4)?;
        }
        6 => {
            p.mac(&SRC_ETH)?;
        }
        _ => {
            p.bytes(&SRC_OTHER, length)?;
        }
    }
    if length < ADDRESS_ROOM {
        p.bytes(&UNUSED, ADDRESS_ROOM - length)?;
    }
    Ok(())
}

/// Reads the protocol, whose meaning depends on the kind of device.
pub(crate) fn protocol(p: &mut Packet<'_>, hatype: u16) -> Step {
    let number = p.peek_u16()?;
    if hatype == HATYPE_GRE {
        p.u16(&GRETYPE)?;
        return Ok(Next::In(&ETHERTYPE, number.into()));
    }
    if number > LAST_LINUX_TYPE {
        p.u16(&ETYPE)?;
        return Ok(Next::In(&ETHERTYPE, number.into()));
    }
    p.u16(&LTYPE)?;
    Ok(match number {
        1 => Next::In(&ETHERTYPE, 0x8137),
        _ => Next::In(&SLL_LTYPE, number.into()),
    })
}

fn trailer(p: &mut Packet<'_>) -> Step {
    trailer_of(p, 2, 14)
}

/// What is found by EtherType leaves over what it does not need, the others take all. The type of
/// device and the protocol stand at these offsets of the header.
pub(crate) fn trailer_of(p: &mut Packet<'_>, hatype: usize, protocol: usize) -> Step {
    let header = p.layer_bytes();
    let word = |at: usize| header.get(at..at + 2).map_or(0, |b| u16::from_be_bytes([b[0], b[1]]));
    if word(hatype) != HATYPE_GRE && word(protocol) > LAST_LINUX_TYPE {
        behind_payload(p, &TRAILER, Some(0))?;
    }
    Ok(Next::Nothing)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    const IP: &str = "4500001c000100004011f6c9c0000201c0000202 0009000900080000";

    fn from_ethernet() -> Vec<u8> {
        hex(&format!("0000 0001 0006 02005e100001 0000 0800 {IP}"))
    }

    #[test]
    fn a_packet_from_ethernet() {
        insta::assert_snapshot!(tree(&SLL, &from_ethernet()));
    }

    #[test]
    fn every_prefix_of_it() {
        every_prefix(&SLL, &from_ethernet());
    }

    #[test]
    fn a_device_without_addresses() {
        let tree = tree(&SLL, &hex(&format!("0004 fffe 0000 0000000000000000 0800 {IP}")));
        assert!(tree.contains("No link-layer header") && !tree.contains("Source: 00"), "{tree}");
    }

    #[test]
    fn a_linux_type_is_not_an_ethertype() {
        let tree = tree(&SLL, &hex("0001 0001 0006 02005e100001 0000 0004 4242 03 0000"));
        assert!(tree.contains("802.2 LLC") && tree.contains("Spanning Tree"), "{tree}");
    }

    #[test]
    fn an_address_longer_than_its_field_is_a_problem() {
        let tree = tree(&SLL, &hex(&format!("0000 0020 0014 0102030405060708 0800 {IP}")));
        assert!(tree.contains("! Address is longer"), "{tree}");
    }
}
