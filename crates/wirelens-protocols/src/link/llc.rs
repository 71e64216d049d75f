//! Logical Link Control, IEEE 802.2 (ISO/IEC 8802-2), with SNAP, IEEE 802 section 9.2.

use wirelens_dissect::prelude::*;

use crate::link::basic_xid::{self, BASIC_XID};
use crate::link::ethernet::{ETH, ETHERTYPE};
use crate::link::ethertype::ETHERTYPES;
use crate::link::sll::SLL_LTYPE;
use crate::transport::l2tp::L2TP_PSEUDOWIRE;

/// What LLC carries, by its destination service access point.
pub static LLC_DSAP: Table = Table::new("llc.dsap", "LLC SAP");
/// What a bridge passed on (OUI 00-80-C2, IEEE 802.1), by protocol identifier.
pub static LLC_BRIDGED: Table = Table::new("llc.pid", "LLC 802.1 PID");
/// What SNAP carries for Cisco, by protocol identifier.
pub static LLC_CISCO: Table = Table::new("llc.cisco_pid", "LLC Cisco PID");
/// What SNAP carries for Extreme, by protocol identifier.
pub static LLC_EXTREME: Table = Table::new("llc.extreme_pid", "LLC Extreme PID");
/// What SNAP carries for Foundry, by protocol identifier.
pub static LLC_FOUNDRY: Table = Table::new("llc.foundry_pid", "LLC Foundry PID");
/// What SNAP carries for Nortel, by protocol identifier.
pub static LLC_NORTEL: Table = Table::new("llc.nortel_pid", "LLC Nortel PID");
/// What SNAP carries for Force10, by protocol identifier.
pub static LLC_FORCE10: Table = Table::new("llc.force10_pid", "LLC Force10 PID");
/// What SNAP carries for Apple's AWDL, by protocol identifier.
pub static LLC_AWDL: Table = Table::new("llc.apple_awdl_pid", "LLC Apple AWDL PID");
/// What SNAP carries for Bluetooth, by protocol identifier.
pub static LLC_BLUETOOTH: Table = Table::new("llc.bluetooth_pid", "LLC Bluetooth SIG PID");
/// What SNAP carries for HP teaming, by protocol identifier.
pub static LLC_HP_TEAM: Table = Table::new("llc.hpteam_pid", "LLC HP Teaming PID");
/// What SNAP carries for IANA, by protocol identifier.
pub static LLC_IANA: Table = Table::new("llc.iana_pid", "LLC IANA PID");
/// What SNAP carries for Cimetrics, by protocol identifier.
pub static LLC_CIMETRICS: Table = Table::new("llc.cimetrics_pid", "LLC Cimetrics PID");
/// What SNAP carries for Cisco's wireless access points, by protocol identifier.
pub static LLC_WLCCP: Table = Table::new("llc.wlccp_pid", "LLC Cisco WLCCP PID");
/// What SNAP carries for other organizations.
static LLC_OTHER: Table = Table::new("llc.other_pid", "LLC PID");

/// Service access points, ISO/IEC TR 11802-1.
static SAPS: Names = &[
    (0x00, "Null LSAP"),
    (0x01, "Null LSAP"),
    (0x02, "LLC sublayer management"),
    (0x04, "SNA path control"),
    (0x06, "IP"),
    (0x08, "SNA"),
    (0x0c, "SNA"),
    (0x0e, "PROWAY management"),
    (0x10, "NetWare"),
    (0x14, "OSLAN 1"),
    (0x18, "Texas Instruments"),
    (0x20, "CLNP ISO OSI"),
    (0x34, "CLNP ISO OSI"),
    (0x42, "Spanning Tree"),
    (0x4e, "EIA RS-511 MMS"),
    (0x54, "OSLAN 2"),
    (0x7e, "X.25 (ISO 8208)"),
    (0x80, "XNS"),
    (0x82, "BACnet"),
    (0x86, "Nestar"),
    (0x8e, "PROWAY station list"),
    (0x98, "ARP"),
    (0xaa, "SNAP"),
    (0xb4, "HP JetDirect"),
    (0xba, "Banyan VINES"),
    (0xbc, "Banyan VINES"),
    (0xe0, "NetWare"),
    (0xf0, "NetBIOS"),
    (0xf4, "IBM network management"),
    (0xf8, "HP extended LLC"),
    (0xfa, "Ungermann-Bass"),
    (0xfc, "Remote program load"),
    (0xfe, "ISO network layer"),
    (0xff, "Global LSAP"),
];

static FRAME_TYPES: Names = &[(0, "Information"), (1, "Supervisory"), (3, "Unnumbered")];

static SUPERVISORY: Names = &[
    (0, "Receive ready"),
    (1, "Receive not ready"),
    (2, "Reject"),
    (3, "Selective reject"),
];

/// ISO/IEC 13239 table 8, the commands.
static COMMANDS: Names = &[
    (0x00, "UI: unnumbered information"),
    (0x01, "SIM: set initialization mode"),
    (0x03, "SARM: set asynchronous response mode"),
    (0x08, "UP: unnumbered poll"),
    (0x0b, "SABM: set asynchronous balanced mode"),
    (0x10, "DISC: disconnect"),
    (0x13, "SARME: set asynchronous response mode extended"),
    (0x18, "UA: unnumbered acknowledgement"),
    (0x1b, "SABME: set asynchronous balanced mode extended"),
    (0x20, "SNRM: set normal response mode"),
    (0x21, "FRMR: frame reject"),
    (0x23, "RSET: reset"),
    (0x2b, "XID: exchange identification"),
    (0x31, "CFGR: configure"),
    (0x33, "SNRME: set normal response mode extended"),
    (0x38, "TEST: test"),
    (0x3b, "BCN: beacon"),
];

/// ISO/IEC 13239 table 8, the responses.
static RESPONSES: Names = &[
    (0x00, "UI: unnumbered information"),
    (0x01, "RIM: request initialization mode"),
    (0x03, "DM: disconnected mode"),
    (0x08, "UP: unnumbered poll"),
    (0x10, "RD: request disconnect"),
    (0x18, "UA: unnumbered acknowledgement"),
    (0x1b, "SABME: set asynchronous balanced mode extended"),
    (0x21, "FRMR: frame reject"),
    (0x23, "RSET: reset"),
    (0x2b, "XID: exchange identification"),
    (0x31, "CFGR: configure"),
    (0x38, "TEST: test"),
    (0x3b, "BCN: beacon"),
];

static BRIDGED_PIDS: Names = &[
    (0x0001, "Ethernet with FCS"),
    (0x0002, "Token bus with FCS"),
    (0x0003, "Token ring with FCS"),
    (0x0004, "FDDI with FCS"),
    (0x0005, "802.6 with FCS"),
    (0x0006, "802.9 with FCS"),
    (0x0007, "Ethernet without FCS"),
    (0x0008, "Token bus without FCS"),
    (0x0009, "Token ring without FCS"),
    (0x000a, "FDDI without FCS"),
    (0x000b, "802.6 without FCS"),
    (0x000c, "802.9 without FCS"),
    (0x000d, "802.6 fragments"),
    (0x000e, "BPDU"),
    (0x000f, "Source routing BPDU"),
];
static CISCO_PIDS: Names = &[
    (0x0102, "DRiP"),
    (0x0104, "PAgP"),
    (0x0105, "MLS hello"),
    (0x0111, "UDLD"),
    (0x2000, "CDP"),
    (0x2001, "CGMP"),
    (0x2003, "VTP"),
    (0x2004, "DTP"),
    (0x200a, "STP UplinkFast"),
];
static EXTREME_PIDS: Names = &[(0x00bb, "EDP")];
static FOUNDRY_PIDS: Names = &[(0x2000, "FDP")];
static NORTEL_PIDS: Names = &[(0x01a1, "NDP flatnet hello"), (0x01a2, "NDP segment hello")];
static FORCE10_PIDS: Names = &[(0x0111, "FEFD")];
static AWDL_PIDS: Names = &[(0x0800, "AWDL")];
static BLUETOOTH_PIDS: Names = &[
    (0x0001, "AMP-U L2CAP data"),
    (0x0002, "AMP-C activity report"),
    (0x0003, "AMP-C security frames"),
    (0x0004, "AMP-C link supervision request"),
    (0x0005, "AMP-C link supervision reply"),
];
static IANA_PIDS: Names = &[
    (0x0001, "MARS data, short form"),
    (0x0002, "NHRP reserved"),
    (0x0003, "MARS and NHRP control"),
    (0x0004, "MARS data, long form"),
];
static CIMETRICS_PIDS: Names = &[(0x0001, "MS/TP")];
static WLCCP_PIDS: Names = &[(0x0000, "WLCCP")];

protocol! {
    LLC = "llc" "LLC" "Logical-Link Control", Link;
    @ LINK_TYPE 100;
    @ SLL_LTYPE 4;
    @ L2TP_PSEUDOWIRE 2;
    DSAP    = hex  "dsap"    "DSAP" names(SAPS) brief("to ") unless(0xaa) {
        DSAP_SAP = hex "dsap.sap" "SAP" & 0xfe detail;
        DSAP_IG = flag "dsap.ig" "Group Address" & 0x01 detail;
    };
    SSAP    = hex  "ssap"    "SSAP" names(SAPS) brief("from ") unless(0xaa) {
        SSAP_SAP = hex "ssap.sap" "SAP" & 0xfe detail;
        SSAP_CR = flag "ssap.cr" "Response" & 0x01 detail;
    };
    CONTROL = hex  "control" "Control" {
        N_R    = uint "control.n_r" "N(R)" & 0xfe00 read brief("nr ");
        N_S    = uint "control.n_s" "N(S)" & 0x00fe read brief("ns ");
        POLL   = flag "control.p" "Poll" & 0x0100 read brief("poll");
        FINAL  = flag "control.f" "Final" & 0x0100 read brief("final");
        U_POLL = flag "control.p" "Poll" & 0x10 read brief("poll");
        U_FINAL = flag "control.f" "Final" & 0x10 read brief("final");
        SUPERVISORY_TYPE = hex "control.s_ftype" "Supervisory Frame Type" & 0x000c read names(SUPERVISORY) brief("") leads;
        COMMAND = hex "control.u_modifier_cmd" "Command" & 0xec read names(COMMANDS) key("command") brief("") leads unless_zero;
        RESPONSE = hex "control.u_modifier_resp" "Response" & 0xec read names(RESPONSES) key("response") brief("") leads unless_zero;
        I_TYPE = hex "control.ftype" "Frame Type" & 0x0001 read names(FRAME_TYPES);
        SU_TYPE = hex "control.ftype" "Frame Type" & 0x0003 read names(FRAME_TYPES);
    };
    OUI     = hex  "oui"     "Organization" brief("oui ") unless_zero;
    TYPE    = hex  "type"    "Type" names(ETHERTYPES) brief("");
    PID     = hex  "pid"     "Protocol ID" brief("pid ");
    BRIDGED_PID = hex "pid"  "Protocol ID" names(BRIDGED_PIDS) brief("pid ");
    CISCO_PID = hex "cisco_pid" "Cisco Protocol ID" names(CISCO_PIDS) brief("");
    EXTREME_PID = hex "extreme_pid" "Extreme Protocol ID" names(EXTREME_PIDS) brief("");
    FOUNDRY_PID = hex "foundry_pid" "Foundry Protocol ID" names(FOUNDRY_PIDS) brief("");
    NORTEL_PID = hex "nortel_pid" "Nortel Protocol ID" names(NORTEL_PIDS) brief("");
    FORCE10_PID = hex "force10_pid" "Force10 Protocol ID" names(FORCE10_PIDS) brief("");
    APPLETALK_PID = hex "apple_atalk_pid" "Apple Protocol ID" names(ETHERTYPES) brief("");
    AWDL_PID = hex "apple_awdl_pid" "Apple AWDL protocol ID" names(AWDL_PIDS) brief("");
    BLUETOOTH_PID = hex "bluetooth_pid" "Bluetooth Protocol ID" names(BLUETOOTH_PIDS) brief("");
    HP_TEAM_PID = hex "hpteam_pid" "HP teaming protocol ID" brief("pid ");
    IANA_PID = hex "iana_pid" "IANA Protocol ID" names(IANA_PIDS) brief("");
    CIMETRICS_PID = hex "cimetrics_pid" "Cimetrics Protocol ID" names(CIMETRICS_PIDS) brief("");
    WLCCP_PID = hex "wlccp_pid" "WLCCP Protocol ID" names(WLCCP_PIDS) brief("");
}

const SNAP: u8 = 0xaa;
/// Unnumbered information.
const UI: u8 = 0x03;
/// Exchange identification.
const XID: u8 = 0xaf;
/// Poll in a command, final in a response.
const POLL_BIT: u8 = 0x10;
const ETHERNET_WITH_FCS: u16 = 1;
const ETHERNET_WITHOUT_FCS: u16 = 7;

fn dissect(p: &mut Packet<'_>) -> Step {
    let (to, from) = (p.u8(&DSAP)?, p.u8(&SSAP)?);
    let carries = control(p, from & 1 != 0)?;
    let is_snap = to == SNAP && from == SNAP;
    match carries {
        Carries::Information if is_snap => snap(p),
        Carries::Information => Ok(by_sap(to)),
        Carries::Identification if matches!(p.peek_u8(), Ok(basic_xid::BASIC)) => {
            Ok(Next::To(&BASIC_XID))
        }
        _ => {
            if is_snap {
                snap(p)?;
            }
            Ok(Next::Data)
        }
    }
}

/// What stands behind the control field.
enum Carries {
    /// A packet for the service access point.
    Information,
    /// What the stations say of themselves.
    Identification,
    /// Whatever belongs to the command.
    Other,
}

/// Reads the control field, IEEE 802.2 section 5.4: two bytes but for unnumbered frames.
fn control(p: &mut Packet<'_>, is_response: bool) -> Read<Carries> {
    let at = p.at();
    let first = p.peek_u8()?;
    if first & 3 == 3 {
        let word = p.u8(&CONTROL)?;
        p.under(|p| {
            if word & POLL_BIT != 0 {
                p.mark(if is_response { &U_FINAL } else { &U_POLL }, at, 1, word.into());
            }
            p.mark(if is_response { &RESPONSE } else { &COMMAND }, at, 1, word.into());
            p.mark(&SU_TYPE, at, 1, word.into());
            Ok(())
        })?;
        return Ok(match word {
            UI => Carries::Information,
            _ if word & !POLL_BIT == XID => Carries::Identification,
            _ => Carries::Other,
        });
    }
    let word = p.u16_le(&CONTROL)?;
    let numbered = first & 1 == 0;
    p.under(|p| {
        p.mark(&N_R, at, 2, word.into());
        if numbered {
            p.mark(&N_S, at, 2, word.into());
        }
        if word & 0x0100 != 0 {
            p.mark(if is_response && !numbered { &FINAL } else { &POLL }, at, 2, word.into());
        }
        if !numbered {
            p.mark(&SUPERVISORY_TYPE, at, 2, word.into());
        }
        p.mark(if numbered { &I_TYPE } else { &SU_TYPE }, at, 2, word.into());
        Ok(())
    })?;
    Ok(if numbered { Carries::Information } else { Carries::Other })
}

/// Those that have an EtherType too are found by it.
fn by_sap(sap: u8) -> Next {
    match sap {
        0x06 => Next::In(&ETHERTYPE, 0x0800),
        0x10 | 0xe0 => Next::In(&ETHERTYPE, 0x8137),
        0xba | 0xbc => Next::In(&ETHERTYPE, 0x0bad),
        _ => Next::In(&LLC_DSAP, sap.into()),
    }
}

fn snap(p: &mut Packet<'_>) -> Step {
    let organization = p.u24(&OUI)?;
    let (row, table) = match organization {
        // RFC 1042, and IEEE 802.1H's for what RFC 1042 cannot carry.
        0x00_0000 | 0x00_00f8 => (&TYPE, &ETHERTYPE),
        0x00_0081 => (&NORTEL_PID, &LLC_NORTEL),
        0x00_000c => (&CISCO_PID, &LLC_CISCO),
        0x00_005e => (&IANA_PID, &LLC_IANA),
        0x00_01e8 => (&FORCE10_PID, &LLC_FORCE10),
        0x00_1090 => (&CIMETRICS_PID, &LLC_CIMETRICS),
        0x00_17f2 => (&AWDL_PID, &LLC_AWDL),
        0x00_1958 => (&BLUETOOTH_PID, &LLC_BLUETOOTH),
        0x00_4096 => (&WLCCP_PID, &LLC_WLCCP),
        0x00_805f => (&HP_TEAM_PID, &LLC_HP_TEAM),
        0x00_80c2 => (&BRIDGED_PID, &LLC_BRIDGED),
        0x00_e02b => (&EXTREME_PID, &LLC_EXTREME),
        0x00_e052 => (&FOUNDRY_PID, &LLC_FOUNDRY),
        0x08_0007 => (&APPLETALK_PID, &ETHERTYPE),
        _ => (&PID, &LLC_OTHER),
    };
    let number = p.u16(row)?;
    if std::ptr::eq(table, &LLC_BRIDGED) {
        match number {
            ETHERNET_WITH_FCS => {
                p.passes_on(p.declared_left().saturating_sub(4));
                return Ok(Next::To(&ETH));
            }
            ETHERNET_WITHOUT_FCS => return Ok(Next::To(&ETH)),
            _ => {}
        }
    }
    Ok(Next::In(table, number.into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    const IN_SNAP: &str =
        "aaaa03 000000 0806 0001080006040001 02005e100001 c0000201 000000000000 c0000202";

    #[test]
    fn arp_in_snap() {
        insta::assert_snapshot!(tree(&LLC, &hex(IN_SNAP)));
    }

    #[test]
    fn a_supervisory_response() {
        insta::assert_snapshot!(tree(&LLC, &hex("f0f1 0515")));
    }

    #[test]
    fn every_prefix_of_them() {
        every_prefix(&LLC, &hex(IN_SNAP));
        every_prefix(&LLC, &hex("f0f1 0515 00"));
        every_prefix(&LLC, &hex("0001 bf 818000"));
    }

    #[test]
    fn commands_and_responses_share_codes() {
        assert!(tree(&LLC, &hex("f0f0 53")).contains("DISC"));
        assert!(tree(&LLC, &hex("f0f1 53")).contains("RD"));
    }

    #[test]
    fn only_information_goes_on() {
        assert!(tree(&LLC, &hex("0606 03 45")).contains("Internet Protocol"));
        assert!(tree(&LLC, &hex("0606 e3 45")).contains("Data: 45"));
    }

    #[test]
    fn a_bridged_frame() {
        let tree = tree(&LLC, &hex("aaaa03 0080c2 0007 ffffffffffff 02005e100001 88b5 6162"));
        assert!(tree.contains("Ethernet without FCS") && tree.contains("Data: 6162"), "{tree}");
    }
}
