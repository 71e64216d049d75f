//! Address Resolution Protocol, RFC 826, with RARP (RFC 903), DRARP (RFC 1931), InARP (RFC 2390)
//! and ATMARP (RFC 2225).

use wirelens_dissect::prelude::*;

use crate::link::atmarp;
use crate::link::ethernet::ETHERTYPE;
use crate::link::ethertype::ETHERTYPES;
use crate::network::gre::GRE_PROTO;

/// <https://www.iana.org/assignments/arp-parameters>
pub(crate) static HARDWARE: Names = &[
    (1, "Ethernet"),
    (2, "Experimental Ethernet"),
    (3, "AX.25"),
    (4, "ProNET token ring"),
    (5, "Chaosnet"),
    (6, "IEEE 802"),
    (7, "ARCNET"),
    (8, "Hyperchannel"),
    (9, "Lanstar"),
    (10, "Autonet"),
    (11, "LocalTalk"),
    (12, "LocalNet"),
    (13, "Ultra link"),
    (14, "SMDS"),
    (15, "Frame Relay"),
    (16, "ATM"),
    (17, "HDLC"),
    (18, "Fibre Channel"),
    (19, "ATM, RFC 2225"),
    (20, "Serial line"),
    (21, "ATM"),
    (22, "MIL-STD-188-220"),
    (23, "Metricom STRIP"),
    (24, "IEEE 1394"),
    (25, "MAPOS"),
    (26, "Twinaxial"),
    (27, "EUI-64"),
    (28, "HIPARP"),
    (29, "ISO 7816-3"),
    (30, "ARPSec"),
    (31, "IPsec tunnel"),
    (32, "InfiniBand"),
    (33, "TIA-102 CAI"),
    (34, "Wiegand"),
    (35, "Pure IP"),
    (36, "Experimental 1"),
    (37, "HFI"),
    (38, "Unified Bus"),
    (256, "Experimental 2"),
    (257, "AEthernet"),
];

/// <https://www.iana.org/assignments/arp-parameters>
pub(crate) static OPERATIONS: Names = &[
    (1, "Request"),
    (2, "Reply"),
    (3, "Reverse request"),
    (4, "Reverse reply"),
    (5, "DRARP request"),
    (6, "DRARP reply"),
    (7, "DRARP error"),
    (8, "InARP request"),
    (9, "InARP reply"),
    (10, "ARP NAK"),
    (11, "MARS request"),
    (12, "MARS multi"),
    (13, "MARS mserv"),
    (14, "MARS join"),
    (15, "MARS leave"),
    (16, "MARS NAK"),
    (17, "MARS unserv"),
    (18, "MARS sjoin"),
    (19, "MARS sleave"),
    (20, "MARS grouplist request"),
    (21, "MARS grouplist reply"),
    (22, "MARS redirect map"),
    (23, "MAPOS UNARP"),
    (24, "Experimental 1"),
    (25, "Experimental 2"),
];

/// RFC 1931 section 3.
static DRARP_ERRORS: Names = &[
    (1, "Restricted"),
    (2, "No address"),
    (3, "Server down"),
    (4, "Moved"),
    (5, "Failure"),
];

protocol! {
    ARP = "arp" "ARP" "Address Resolution Protocol", Network;
    @ ETHERTYPE 0x0806 | 0x8035;
    @ GRE_PROTO 0x0806;
    HW_TYPE    = uint "hw.type"    "Hardware Type" names(HARDWARE) key("hw_type");
    PROTO_TYPE = hex  "proto.type" "Protocol Type" names(ETHERTYPES) key("proto_type");
    HW_SIZE    = uint "hw.size"    "Hardware Size" key("hw_size");
    PROTO_SIZE = uint "proto.size" "Protocol Size" key("proto_size");
    OPCODE     = uint "opcode"     "Operation" names(OPERATIONS) brief("") leads;
    SENDER = group "sender" "Sender" own {
        SRC_MAC   = mac   "src.hw_mac"     "MAC Address" key("mac") brief("at ");
        SRC_AX25  = bytes "src.hw_ax25"    "AX.25 Address" key("ax25");
        SRC_HW    = bytes "src.hw"         "Hardware Address" key("hardware") brief("at ");
        SRC_IPV4  = ipv4  "src.proto_ipv4" "IP Address" key("ip") brief("") leads;
        SRC_PROTO = bytes "src.proto"      "Protocol Address" key("protocol") brief("") leads;
    };
    TARGET = group "target" "Target" own {
        DST_MAC   = mac   "dst.hw_mac"     "MAC Address" key("mac");
        DST_AX25  = bytes "dst.hw_ax25"    "AX.25 Address" key("ax25");
        DST_HW    = bytes "dst.hw"         "Hardware Address" key("hardware");
        DST_IPV4  = ipv4  "dst.proto_ipv4" "IP Address" key("ip") brief("for ");
        DST_PROTO = bytes "dst.proto"      "Protocol Address" key("protocol") brief("for ");
        DRARP_ERROR = uint "dst.drarp_error_status" "DRARP Error" names(DRARP_ERRORS) key("error") brief("error ");
    };
    IS_GRATUITOUS   = flag "isgratuitous"   "Gratuitous" brief("(gratuitous)");
    IS_PROBE        = flag "isprobe"        "Probe" brief("(probe)");
    IS_ANNOUNCEMENT = flag "isannouncement" "Announcement" brief("(announcement)");
}

const ETHERNET: u16 = 1;
const AX25: u16 = 3;
const IEEE_802: u16 = 6;
const ATM: u16 = 19;

const IPV4: u16 = 0x0800;
/// AX.25 names protocols by one byte; this is its IP.
const AX25_IPV4: u16 = 0x00cc;

const REQUEST: u16 = 1;
const REPLY: u16 = 2;
const DRARP_FAILED: u16 = 7;

/// What the types and sizes say addresses are.
#[derive(Clone, Copy)]
struct Kinds {
    hardware: (u16, usize),
    protocol: (u16, usize),
}

fn dissect(p: &mut Packet<'_>) -> Step {
    if p.peek_u16()? == ATM {
        return atmarp::dissect(p);
    }
    let (hardware, protocol) = (p.u16(&HW_TYPE)?, p.u16(&PROTO_TYPE)?);
    let hardware = (hardware, p.u8(&HW_SIZE)?.into());
    let kinds = Kinds { hardware, protocol: (protocol, p.u8(&PROTO_SIZE)?.into()) };
    let operation = p.u16(&OPCODE)?;
    p.ends_after(p.done() + 2 * (kinds.hardware.1 + kinds.protocol.1));
    let (_, sender) = p.group(&SENDER, |p| {
        let hardware = hardware_address(p, kinds, [&SRC_MAC, &SRC_AX25, &SRC_HW])?;
        Ok((hardware, protocol_address(p, kinds.protocol, &SRC_IPV4, &SRC_PROTO)?))
    })?;
    let (hardware, target) = p.group(&TARGET, |p| {
        let hardware = hardware_address(p, kinds, [&DST_MAC, &DST_AX25, &DST_HW])?;
        if operation == DRARP_FAILED && kinds.protocol.1 > 0 {
            p.within(kinds.protocol.1, |p| p.u8(&DRARP_ERROR))?;
            return Ok((hardware, None));
        }
        Ok((hardware, protocol_address(p, kinds.protocol, &DST_IPV4, &DST_PROTO)?))
    })?;
    if let (Some(sender), Some(target)) = (sender, target) {
        purpose(p, operation, sender, target, hardware.iter().all(|&byte| byte == 0));
    }
    Ok(Next::Nothing)
}

/// Says what RFC 5227 section 1.1 calls a probe and an announcement, and RFC 5944 section 4.6
/// gratuitous.
fn purpose(p: &mut Packet<'_>, operation: u16, sender: u32, target: u32, to_nobody: bool) {
    let start = p.start();
    if matches!(operation, REQUEST | REPLY) && sender == target {
        p.mark(&IS_GRATUITOUS, start, 0, 1);
    }
    if operation == REQUEST && to_nobody {
        if sender == target {
            p.mark(&IS_ANNOUNCEMENT, start, 0, 1);
        } else if sender == 0 {
            p.mark(&IS_PROBE, start, 0, 1);
        }
    }
}

fn hardware_address<'a>(
    p: &mut Packet<'a>,
    kinds: Kinds,
    [mac, ax25, other]: [&'static Field; 3],
) -> Read<&'a [u8]> {
    match kinds.hardware {
        (_, 0) => Ok(&[]),
        (ETHERNET | IEEE_802, 6) => {
            let bytes = p.ahead();
            p.mac(mac)?;
            Ok(&bytes[..6])
        }
        (AX25, 7) => p.bytes(ax25, 7),
        (_, size) => p.bytes(other, size),
    }
}

/// Reads a protocol address of a type and size; gives it if it is an IPv4 address.
pub(crate) fn protocol_address(
    p: &mut Packet<'_>,
    kind: (u16, usize),
    ipv4: &'static Field,
    other: &'static Field,
) -> Read<Option<u32>> {
    match kind {
        (_, 0) => Ok(None),
        (IPV4 | AX25_IPV4, 4) => p.ipv4(ipv4).map(Some),
        (_, size) => p.bytes(other, size).map(|_| None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    const REQUEST: &str =
        "0001 0800 06 04 0001 02005e100001 c0000201 000000000000 c0000202 0000 0000";

    #[test]
    fn a_request() {
        insta::assert_snapshot!(tree(&ARP, &hex(REQUEST)));
    }

    #[test]
    fn every_prefix_of_it() {
        every_prefix(&ARP, &hex(REQUEST));
    }

    #[test]
    fn other_addresses_are_bytes() {
        let ipv6 = "0020 86dd 08 10 0002 0102030405060708 20010db8000000000000000000000001
                    1112131415161718 20010db8000000000000000000000002";
        let tree = tree(&ARP, &hex(ipv6));
        assert!(tree.contains("    Hardware Address: 0102030405060708"), "{tree}");
        assert!(tree.contains("    Protocol Address: 20010db8"), "{tree}");
    }

    #[test]
    fn addresses_may_be_missing() {
        let tree = tree(&ARP, &hex("0001 0800 00 04 0001 c0000201 c0000202"));
        assert!(tree.contains("IP Address: 192.0.2.2"), "{tree}");
    }

    #[test]
    fn a_drarp_error_stands_where_the_target_would() {
        let error = "0001 0800 06 04 0007 02005e100001 c0000201 02005e100002 02000000";
        assert!(tree(&ARP, &hex(error)).contains("DRARP Error: No address (2)"));
    }

    #[test]
    fn probes_and_announcements() {
        let kinds = |addresses: &str| {
            let tree = tree(&ARP, &hex(&format!("0001 0800 06 04 {addresses}")));
            ["Gratuitous", "Probe", "Announcement"].map(|label| tree.contains(label))
        };
        let probe = "0001 02005e100001 00000000 000000000000 c0000201";
        let announcement = "0001 02005e100001 c0000201 000000000000 c0000201";
        let reply = "0002 02005e100001 c0000201 ffffffffffff c0000201";
        let question = "0001 02005e100001 c0000201 000000000000 c0000202";
        assert_eq!(kinds(probe), [false, true, false]);
        assert_eq!(kinds(announcement), [true, false, true]);
        assert_eq!(kinds(reply), [true, false, false]);
        assert_eq!(kinds(question), [false, false, false]);
    }
}
