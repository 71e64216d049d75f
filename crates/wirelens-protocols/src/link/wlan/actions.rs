//! Action frames, IEEE 802.11-2020 section 9.6: a category, what is done, its parameters; often
//! elements behind them.

use wirelens_dissect::prelude::*;

use super::management::{ACTION_FIXED, CAPABILITIES, REASON, STATUS, TAGS};
use super::names::CATEGORIES;
use super::elements;

static SPECTRUM: Names = &[
    (0, "Measurement Request"),
    (1, "Measurement Report"),
    (2, "TPC Request"),
    (3, "TPC Report"),
    (4, "Channel Switch Announcement"),
];
static BLOCK_ACK: Names = &[(0, "Add Block Ack Request"), (1, "Add Block Ack Response"), (2, "Delete Block Ack")];
static PUBLIC: Names = &[
    (0, "20/40 BSS Coexistence Management"),
    (1, "DSE Enablement"),
    (2, "DSE Deenablement"),
    (3, "DSE Registered Location Announcement"),
    (4, "Extended Channel Switch Announcement"),
    (5, "DSE Measurement Request"),
    (6, "DSE Measurement Report"),
    (7, "Measurement Pilot"),
    (8, "DSE Power Constraint"),
    (9, "Vendor Specific"),
    (10, "GAS Initial Request"),
    (11, "GAS Initial Response"),
    (12, "GAS Comeback Request"),
    (13, "GAS Comeback Response"),
    (14, "TDLS Discovery Response"),
    (15, "Location Track Notification"),
    (16, "QAB Request"),
    (17, "QAB Response"),
    (32, "FTM Request"),
    (33, "FTM"),
    (34, "FILS Discovery"),
];
static RADIO: Names = &[
    (0, "Radio Measurement Request"),
    (1, "Radio Measurement Report"),
    (2, "Link Measurement Request"),
    (3, "Link Measurement Report"),
    (4, "Neighbor Report Request"),
    (5, "Neighbor Report Response"),
];
static FAST_TRANSITION: Names = &[(1, "FT Request"), (2, "FT Response"), (3, "FT Confirm"), (4, "FT Ack")];
static HT: Names = &[
    (0, "Notify Channel Width"),
    (1, "SM Power Save"),
    (2, "PSMP"),
    (3, "Set PCO Phase"),
    (4, "CSI"),
    (5, "Noncompressed Beamforming"),
    (6, "Compressed Beamforming"),
    (7, "ASEL Indices Feedback"),
];
static SA_QUERY: Names = &[(0, "SA Query Request"), (1, "SA Query Response")];
static WNM: Names = &[
    (0, "Event Request"),
    (1, "Event Report"),
    (2, "Diagnostic Request"),
    (3, "Diagnostic Report"),
    (4, "Location Configuration Request"),
    (5, "Location Configuration Response"),
    (6, "BSS Transition Management Query"),
    (7, "BSS Transition Management Request"),
    (8, "BSS Transition Management Response"),
    (9, "FMS Request"),
    (10, "FMS Response"),
    (11, "Collocated Interference Request"),
    (12, "Collocated Interference Report"),
    (13, "TFS Request"),
    (14, "TFS Response"),
    (15, "TFS Notify"),
    (16, "WNM Sleep Mode Request"),
    (17, "WNM Sleep Mode Response"),
    (18, "TIM Broadcast Request"),
    (19, "TIM Broadcast Response"),
    (20, "QoS Traffic Capability Update"),
    (21, "Channel Usage Request"),
    (22, "Channel Usage Response"),
    (23, "DMS Request"),
    (24, "DMS Response"),
    (25, "Timing Measurement Request"),
    (26, "WNM Notification Request"),
    (27, "WNM Notification Response"),
];
static TDLS: Names = &[
    (0, "TDLS Setup Request"),
    (1, "TDLS Setup Response"),
    (2, "TDLS Setup Confirm"),
    (3, "TDLS Teardown"),
    (4, "TDLS Peer Traffic Indication"),
    (5, "TDLS Channel Switch Request"),
    (6, "TDLS Channel Switch Response"),
    (7, "TDLS Peer PSM Request"),
    (8, "TDLS Peer PSM Response"),
    (9, "TDLS Peer Traffic Response"),
    (10, "TDLS Discovery Request"),
];
static MESH: Names = &[
    (0, "Mesh Link Metric Report"),
    (1, "HWMP Mesh Path Selection"),
    (2, "Gate Announcement"),
    (3, "Congestion Control Notification"),
    (4, "MCCA Setup Request"),
    (5, "MCCA Setup Reply"),
    (6, "MCCA Advertisement Request"),
    (7, "MCCA Advertisement"),
    (8, "MCCA Teardown"),
    (9, "TBTT Adjustment Request"),
    (10, "TBTT Adjustment Response"),
];
static SELF_PROTECTED: Names = &[
    (1, "Mesh Peering Open"),
    (2, "Mesh Peering Confirm"),
    (3, "Mesh Peering Close"),
    (4, "Mesh Group Key Inform"),
    (5, "Mesh Group Key Acknowledge"),
];
static VHT: Names = &[
    (0, "VHT Compressed Beamforming"),
    (1, "Group ID Management"),
    (2, "Operating Mode Notification"),
];
static WMM: Names = &[(0, "Setup Request"), (1, "Setup Response"), (2, "Teardown")];
/// IEEE 802.11-2020 table 9-198.
static TRANSITION_REASONS: Names = &[
    (0, "Unspecified"),
    (1, "Excessive frame loss rates or poor conditions"),
    (2, "Excessive delay"),
    (3, "Insufficient QoS capacity"),
    (4, "First association"),
    (5, "Load balancing"),
    (6, "Better AP found"),
    (7, "Deauthenticated"),
    (8, "AP failed 802.1X authentication"),
    (9, "AP failed 4-way handshake"),
    (10, "Too many replay counter failures"),
    (11, "Too many data MIC failures"),
    (16, "Low RSSI"),
    (17, "Interference"),
];

/// IEEE 802.11-2020 table 9-216.
static ADVERTISED: Names = &[
    (0, "ANQP"),
    (1, "MIH Information Service"),
    (2, "MIH Command and Event Services"),
    (3, "Emergency Alert System"),
    (4, "Registered Location Query"),
    (221, "Vendor Specific"),
];

fields! {
    /// Fields of action frames.
    ACTION_ROWS = "wlan" ACTION_FIXED "fixed.action";
    CATEGORY = uint "fixed.category_code" "Category" names(CATEGORIES) key("category") brief("");
    SPECTRUM_ACTION = hex "fixed.action_code" "Action" names(SPECTRUM) key("spectrum_action") brief("");
    BLOCK_ACK_ACTION = hex "fixed.action_code" "Action" names(BLOCK_ACK) key("block_ack_action") brief("");
    PUBLIC_ACTION = hex "fixed.publicact" "Action" names(PUBLIC) key("public_action") brief("");
    RADIO_ACTION = hex "fixed.action_code" "Action" names(RADIO) key("radio_action") brief("");
    FT_ACTION = hex "fixed.action_code" "Action" names(FAST_TRANSITION) key("ft_action") brief("");
    HT_ACTION = hex "fixed.htact" "Action" names(HT) key("ht_action") brief("");
    SA_ACTION = hex "fixed.action_code" "Action" names(SA_QUERY) key("sa_query_action") brief("");
    WNM_ACTION = hex "fixed.action_code" "Action" names(WNM) key("wnm_action") brief("");
    TDLS_ACTION = hex "fixed.action_code" "Action" names(TDLS) key("tdls_action") brief("");
    MESH_ACTION = hex "fixed.mesh_action" "Action" names(MESH) key("mesh_action") brief("");
    SELF_ACTION = hex "fixed.selfprot_action" "Action" names(SELF_PROTECTED) key("self_protected_action") brief("");
    WMM_ACTION = hex "fixed.action_code" "Action" names(WMM) key("wmm_action") brief("");
    VHT_ACTION = uint "vht.action" "Action" names(VHT) key("vht_action") brief("");
    OTHER_ACTION = hex "fixed.action_code" "Action" key("action_code");
    A_CAPABILITIES = hex "fixed.capabilities" "Capabilities" rows(CAPABILITIES.children) key("capabilities");
    A_STATUS = hex "fixed.status_code" "Status" names(STATUS.names) key("status") brief("");
    A_REASON = hex "fixed.reason_code" "Reason" names(REASON.names) key("reason") brief("");
    A_AID = uint "fixed.aid" "Association ID" & 0x3fff key("aid");
    TOKEN = hex "fixed.dialog_token" "Dialog Token" key("dialog_token");
    RM_TOKEN = uint "rm.dialog_token" "Dialog Token" key("rm_dialog_token");
    REPETITIONS = uint "rm.repetitions" "Repetitions" key("repetitions");
    TRANSACTION = hex "fixed.transaction_id" "Transaction" key("transaction");
    BA_PARAMETERS = hex "fixed.baparams" "Block Ack Parameters" key("block_ack_parameters") {
        BA_AMSDU = flag "fixed.baparams.amsdu" "A-MSDUs are permitted" & 0x0001;
        BA_POLICY = flag "fixed.baparams.policy" "Immediate Block Ack" & 0x0002;
        BA_TID = hex "fixed.baparams.tid" "TID" & 0x003c;
        BA_BUFFERS = uint "fixed.baparams.buffersize" "Buffers" & 0xffc0;
    };
    BA_TIMEOUT = hex "fixed.batimeout" "Block Ack Timeout" key("block_ack_timeout");
    BA_SEQUENCE = hex "fixed.ssc" "Starting Sequence Control" key("starting_sequence") {
        BA_FRAGMENT = uint "fixed.ssc.fragment" "Fragment" & 0x000f key("fragment");
        BA_START = uint "fixed.ssc.sequence" "Starting Sequence Number" & 0xfff0 key("sequence");
    };
    DELBA = hex "fixed.delba.param" "Delete Parameters" key("delete_parameters") {
        DELBA_RESERVED = hex "fixed.delba.param.reserved" "Reserved" & 0x07ff detail;
        DELBA_INITIATOR = flag "fixed.delba.param.initiator" "Initiator" & 0x0800;
        DELBA_TID = hex "fixed.delba.param.tid" "TID" & 0xf000;
    };
    CHANNEL_WIDTH = hex "fixed.chanwidth" "Channel Width; 1: any" key("channel_width");
    POWER_CONTROL = hex "fixed.sm.powercontrol" "SM Power Control" key("power_control") {
        SM_ENABLED = flag "fixed.sm.powercontrol.enabled" "SM Power Save" & 0x01;
        SM_MODE = flag "fixed.sm.powercontrol.mode" "Dynamic" & 0x02;
        SM_RESERVED = hex "fixed.sm.powercontrol.reserved" "Reserved" & 0xfc detail;
    };
    QUERY_REASON = uint "fixed.bss_transition_query_reason" "Query Reason" names(TRANSITION_REASONS) key("query_reason") brief("");
    PREFERRED = uint "fixed.request_mode.pref_cand" "Preferred Candidates follow" & 0x01 key("preferred_candidates");
    ABRIDGED = uint "fixed.request_mode.abridged" "Abridged" & 0x02 key("abridged");
    IMMINENT = uint "fixed.request_mode.disassoc_imminent" "Disassociation imminent" & 0x04 key("disassociation_imminent");
    TERMINATION = uint "fixed.request_mode.bss_term_included" "BSS Termination follows" & 0x08 key("bss_termination");
    ESS_IMMINENT = uint "fixed.request_mode.ess_disassoc_imminent" "ESS Disassociation imminent" & 0x10 key("ess_disassociation");
    DISASSOCIATION_TIMER = uint "fixed.disassoc_timer" "Disassociation Timer" key("disassociation_timer");
    VALIDITY = uint "fixed.validity_interval" "Validity Interval" key("validity_interval");
    TRANSITION_STATUS = uint "fixed.bss_transition_status_code" "BSS Transition Status" key("transition_status");
    TERMINATION_DELAY = uint "fixed.bss_termination_delay" "BSS Termination Delay" key("termination_delay");
    TARGET = mac "fixed.bss_transition_target_bss" "Target BSS" key("target");
    OPERATION_MODE = bytes "vht.operation_mode_notification" "Operating Mode" key("operating_mode");
    GROUP_ID = bytes "vht.group_id_management" "Group ID Management" key("group_id_management") {
        MEMBERSHIP = bytes "vht.membership_status_array" "Membership Status Array" key("membership");
        POSITIONS = bytes "vht.user_position_array" "User Position Array" key("positions");
    };
    VENDOR_OUI = hex "tag.oui" "OUI" key("oui");
    COMEBACK_DELAY = uint "fixed.gas_comeback_delay" "GAS Comeback Delay" key("comeback_delay");
    FRAGMENT_ID = uint "fixed.gas_fragment_id" "GAS Fragment" & 0x7f key("fragment");
    MORE_FRAGMENTS = uint "fixed.more_gas_fragments" "More GAS Fragments" & 0x80 key("more_fragments");
    ADVERTISEMENT = group "adv_proto" "Advertisement Protocol" own key("advertisement_protocol") {
        ADV_NUMBER = uint "tag.number" "Number" detail key("number");
        ADV_LENGTH = uint "tag.length" "Length" detail key("length");
        ADV_LIMIT = uint "adv_proto.resp_len_limit" "Response Length Limit" & 0x7f key("response_limit");
        ADV_PAME_BI = uint "adv_proto.pame_bi" "PAME-BI" & 0x80 key("pame_bi");
        ADV_ID = uint "adv_proto.id" "Protocol" names(ADVERTISED) key("id");
        ADV_REST = bytes "adv_proto.data" "Contents" own key("contents");
    };
    REQUEST_LENGTH = uint "fixed.query_request_length" "Query Request Length" key("request_length") detail;
    QUERY_REQUEST = bytes "fixed.query_request" "Query Request" key("request");
    RESPONSE_LENGTH = uint "fixed.query_response_length" "Query Response Length" key("response_length") detail;
    QUERY_RESPONSE = bytes "fixed.query_response" "Query Response" key("response");
    A_DATA = bytes "fixed.action_data" "Contents" own key("contents");
}

/// What stands behind the fields of an action.
enum Behind {
    Elements,
    Bytes,
}

pub(super) fn body(p: &mut Packet<'_>, subtype: u8) -> Read {
    p.group(&ACTION_FIXED, |p| {
        if let Behind::Bytes = fields(p)?
            && p.left() > 0
        {
            p.rest(&A_DATA)?;
        }
        Ok(())
    })?;
    if p.declared_left() > 0 {
        p.group(&TAGS, |p| elements::walk(p, subtype))?;
    }
    Ok(())
}

fn fields(p: &mut Packet<'_>) -> Read<Behind> {
    let category = p.u8(&CATEGORY)?;
    match category {
        0 => {
            if p.u8(&SPECTRUM_ACTION)? < 4 {
                p.u8(&TOKEN)?;
            }
            Ok(Behind::Elements)
        }
        3 => block_ack(p),
        4 => public(p),
        5 => radio(p),
        6 => {
            p.u8(&FT_ACTION)?;
            Ok(Behind::Bytes)
        }
        7 => high_throughput(p),
        8 => {
            p.u8(&SA_ACTION)?;
            p.u16_le(&TRANSACTION)?;
            Ok(Behind::Elements)
        }
        10 => network_management(p),
        12 => direct_link(p),
        13 => {
            p.u8(&MESH_ACTION)?;
            Ok(Behind::Elements)
        }
        15 => self_protected(p),
        17 => {
            p.u8(&WMM_ACTION)?;
            p.u8(&TOKEN)?;
            p.u8(&A_STATUS)?;
            Ok(Behind::Elements)
        }
        21 => very_high_throughput(p),
        127 => {
            p.u24(&VENDOR_OUI)?;
            Ok(Behind::Bytes)
        }
        _ => {
            if p.declared_left() > 0 {
                p.u8(&OTHER_ACTION)?;
            }
            Ok(Behind::Bytes)
        }
    }
}

/// Section 9.6.7; of its many actions those of GAS are read.
fn public(p: &mut Packet<'_>) -> Read<Behind> {
    let action = p.u8(&PUBLIC_ACTION)?;
    if !matches!(action, 10..=13) {
        return Ok(Behind::Bytes);
    }
    p.u8(&TOKEN)?;
    if action == 12 {
        return Ok(Behind::Bytes);
    }
    if action == 10 {
        p.group(&ADVERTISEMENT, advertisement)?;
        query(p, &REQUEST_LENGTH, &QUERY_REQUEST)?;
        return Ok(Behind::Bytes);
    }
    p.u16_le(&A_STATUS)?;
    if action == 13 {
        let fragment = p.peek_u8()?;
        p.bits(fragment, 1, &[&FRAGMENT_ID, &MORE_FRAGMENTS])?;
    }
    p.u16_le(&COMEBACK_DELAY)?;
    p.group(&ADVERTISEMENT, advertisement)?;
    query(p, &RESPONSE_LENGTH, &QUERY_RESPONSE)?;
    Ok(Behind::Bytes)
}

/// Section 9.4.2.92: an element with one protocol.
fn advertisement(p: &mut Packet<'_>) -> Read {
    p.u8(&ADV_NUMBER)?;
    let length = usize::from(p.u8(&ADV_LENGTH)?);
    p.within(length, |p| {
        let word = p.peek_u8()?;
        p.bits(word, 1, &[&ADV_LIMIT, &ADV_PAME_BI])?;
        p.u8(&ADV_ID)?;
        p.remainder(&ADV_REST)
    })
}

fn query(p: &mut Packet<'_>, length: &'static Field, bytes: &'static Field) -> Read {
    let length = usize::from(p.u16_le(length)?);
    if length > 0 { p.bytes(bytes, length).map(drop) } else { Ok(()) }
}

/// Section 9.6.4.
fn block_ack(p: &mut Packet<'_>) -> Read<Behind> {
    match p.u8(&BLOCK_ACK_ACTION)? {
        0 => {
            p.u8(&TOKEN)?;
            p.u16_le(&BA_PARAMETERS)?;
            p.u16_le(&BA_TIMEOUT)?;
            p.u16_le(&BA_SEQUENCE)?;
        }
        1 => {
            p.u8(&TOKEN)?;
            p.u16_le(&A_STATUS)?;
            p.u16_le(&BA_PARAMETERS)?;
            p.u16_le(&BA_TIMEOUT)?;
        }
        2 => {
            p.u16_le(&DELBA)?;
            p.u16_le(&A_REASON)?;
        }
        _ => return Ok(Behind::Bytes),
    }
    Ok(Behind::Elements)
}

/// Section 9.6.6.
fn radio(p: &mut Packet<'_>) -> Read<Behind> {
    let action = p.u8(&RADIO_ACTION)?;
    if action > 5 {
        return Ok(Behind::Bytes);
    }
    p.u8(&RM_TOKEN)?;
    match action {
        0 => drop(p.u16_le(&REPETITIONS)?),
        2 | 3 => return Ok(Behind::Bytes),
        _ => {}
    }
    Ok(Behind::Elements)
}

/// Section 9.6.11.
fn high_throughput(p: &mut Packet<'_>) -> Read<Behind> {
    match p.u8(&HT_ACTION)? {
        0 => drop(p.u8(&CHANNEL_WIDTH)?),
        1 => drop(p.u8(&POWER_CONTROL)?),
        _ => return Ok(Behind::Bytes),
    }
    Ok(Behind::Elements)
}

/// Section 9.6.13; of its many actions those of BSS transitions are read.
fn network_management(p: &mut Packet<'_>) -> Read<Behind> {
    let action = p.u8(&WNM_ACTION)?;
    if !matches!(action, 6..=8) {
        return Ok(Behind::Bytes);
    }
    p.u8(&TOKEN)?;
    match action {
        6 => drop(p.u8(&QUERY_REASON)?),
        7 => {
            let mode = p.peek_u8()?;
            p.bits(mode, 1, &[&PREFERRED, &ABRIDGED, &IMMINENT, &TERMINATION, &ESS_IMMINENT])?;
            p.u16_le(&DISASSOCIATION_TIMER)?;
            p.u8(&VALIDITY)?;
            // A duration or an address for sessions may stand before the candidates.
            if mode & 0x18 != 0 {
                return Ok(Behind::Bytes);
            }
        }
        _ => {
            let status = p.u8(&TRANSITION_STATUS)?;
            p.u8(&TERMINATION_DELAY)?;
            if status == 0 {
                p.mac(&TARGET)?;
            }
        }
    }
    Ok(Behind::Elements)
}

/// Section 9.6.12.
fn direct_link(p: &mut Packet<'_>) -> Read<Behind> {
    match p.u8(&TDLS_ACTION)? {
        0 => {
            p.u8(&TOKEN)?;
            p.u16_le(&A_CAPABILITIES)?;
        }
        1 => {
            if p.u16_le(&A_STATUS)? != 0 {
                p.u8(&TOKEN)?;
                return Ok(Behind::Elements);
            }
            p.u8(&TOKEN)?;
            p.u16_le(&A_CAPABILITIES)?;
        }
        2 => {
            p.u16_le(&A_STATUS)?;
            p.u8(&TOKEN)?;
        }
        3 => drop(p.u16_le(&A_REASON)?),
        _ => return Ok(Behind::Bytes),
    }
    Ok(Behind::Elements)
}

/// Section 9.6.15.
fn self_protected(p: &mut Packet<'_>) -> Read<Behind> {
    match p.u8(&SELF_ACTION)? {
        1 => drop(p.u16_le(&A_CAPABILITIES)?),
        2 => {
            p.u16_le(&A_CAPABILITIES)?;
            p.u16_le(&A_AID)?;
        }
        _ => {}
    }
    Ok(Behind::Elements)
}

/// Section 9.6.22.
fn very_high_throughput(p: &mut Packet<'_>) -> Read<Behind> {
    match p.u8(&VHT_ACTION)? {
        1 => {
            p.group(&GROUP_ID, |p| {
                p.bytes(&MEMBERSHIP, 8)?;
                p.bytes(&POSITIONS, 16)
            })?;
            Ok(Behind::Elements)
        }
        2 => {
            p.bytes(&OPERATION_MODE, 1)?;
            Ok(Behind::Elements)
        }
        _ => Ok(Behind::Bytes),
    }
}

#[cfg(test)]
mod tests {
    use crate::link::wlan::WLAN;
    use crate::testing::*;

    fn action(body: &str) -> Vec<u8> {
        hex(&format!("d0000000 010101010101 020202020202 020202020202 1000 {body}"))
    }

    const NEIGHBORS: &str = "0a07 05 01 0000 ff 340d 020202020202 01000000 51 06 07";

    #[test]
    fn a_transition_request_with_a_neighbor() {
        insta::assert_snapshot!(tree(&WLAN, &action(NEIGHBORS)));
    }

    #[test]
    fn every_prefix_of_each_category() {
        for body in [
            NEIGHBORS,
            "0800 0102",
            "0004 250300060a",
            "0000 07 2605010000 0006",
            "0302 0018 2500",
            "040a 05 6c02007f 0400 00010000",
            "040d 05 0000 81 0a00 6c02007f 0400 00010000",
            "0500 05 0000 2605 0100050000",
            "0501 05 2705 0100000001",
            "0701 03",
            "0a08 05 00 01 040404040404",
            "0c01 0000 05 650a 0101 02",
            "0f02 0000 0100",
            "1501 0102030405060708 00112233445566778899aabbccddeeff",
            "7f 0050f2 0102",
        ] {
            every_prefix(&WLAN, &action(body));
        }
    }

    #[test]
    fn a_mesh_frame_has_a_control_before_its_packet() {
        let tree = tree(&WLAN, &hex(
            "88030a00 010101010101 020202020202 030303030303 1000 040404040404 0001 \
             01 1f 0a000000 050505050505 aaaa03 000000 0806",
        ));
        assert!(tree.contains("Address 4: 05:05:05:05:05:05") && tree.contains("Type: ARP"), "{tree}");
    }
}
