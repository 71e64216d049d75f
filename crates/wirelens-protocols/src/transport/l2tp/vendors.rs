//! AVPs of vendors: Cisco, Ericsson, the Broadband Forum (RFC 5515 section 5) and CableLabs
//! (CM-SP-DEPI).

use wirelens_dissect::prelude::*;

use super::AVP;
use super::avps::{Value, bits};
use super::names;
use crate::link::pppoed::{DATA_LINKS, INNER, OUTER};

fields! {
    /// The rows of vendors' AVPs.
    VENDOR_ROWS = "l2tp" AVP "avp";
    CISCO_CONTROL = uint "cisco.assigned_control_connection_id" "Assigned Control Connection ID" key("assigned_control_conn_id") brief("assigns connection ");
    CISCO_CAPABILITY = uint "cisco.pw_type" "Pseudowire Type" names(names::PSEUDOWIRES) many key("pw_type");
    CISCO_LOCAL   = uint "cisco.local_session_id" "Local Session ID" key("local_session_id") brief("local session ");
    CISCO_REMOTE  = uint "cisco.remote_session_id" "Remote Session ID" key("remote_session_id") brief("remote session ") unless_zero;
    CISCO_COOKIE  = bytes "cisco.assigned_cookie" "Assigned Cookie" key("assigned_cookie");
    CISCO_END_ID  = text "cisco.remote_end_id" "Remote End ID" key("remote_end_id");
    CISCO_PSEUDOWIRE = uint "cisco.pseudowire_type" "Pseudowire Type" names(names::PSEUDOWIRES) key("pseudowire_type") brief("for ");
    CISCO_UP      = flag "cisco.circuit_status" "Circuit is up" & 0x0001 key("circuit_status");
    CISCO_NEW     = flag "cisco.circuit_type" "Circuit is new" & 0x0001 key("circuit_type");
    CISCO_TIE     = hex "cisco.tie_breaker" "Tie Breaker" key("tie_breaker");
    CISCO_DRAFT   = uint "cisco.draft_avp_version" "Draft AVP Version" key("draft_avp_version");
    CISCO_DIGEST  = bytes "cisco.message_digest" "Message Digest" key("message_digest");
    CISCO_NONCE   = bytes "cisco.nonce" "Nonce" key("nonce");
    CISCO_MTU     = uint "cisco.interface_mtu" "Interface MTU" key("interface_mtu");
    ERICSSON_MESSAGE = uint "ericsson.msg_type" "Message Type" names(names::ERICSSON_MESSAGES) key("msg_type") brief("");
    OVERLOAD      = uint "ericsson.overload_thresh" "Overload threshold in 0.1%" key("overload_thresh");
    GROUPS        = uint "ericsson.tc_num_groups" "Transport Configuration Groups" key("tc_num_groups");
    TRANSPORT     = group "ericsson.tc" "Transport Configuration Group" own many key("tc_groups") {
        GROUP_ID     = uint "ericsson.tc_group_id" "Group ID" key("group_id");
        SAPIS        = uint "ericsson.tc_num_sapi" "SAPIs" key("num_sapi");
        SAPI         = uint "ericsson.tcg_sapi" "SAPI" many key("sapi");
        GROUP_IP     = ipv4 "ericsson.tcg_ip" "IP Address" key("ip");
        GROUP_DSCP   = hex  "ericsson.tcg_dscp" "DSCP" key("dscp");
        GROUP_CRC32  = flag "ericsson.crc32_en" "CRC32 enabled" key("crc32");
        BUNDLE_TIME  = uint "ericsson.gcg.bundle_tout" "Bundling Timeout in milliseconds" key("bundle_tout");
        BUNDLE_SIZE  = uint "ericsson.tcg.bundle_max_pkt" "Bundling Maximum Packet Size" key("bundle_max_pkt");
    };
    VERSION_PREFERRED = uint "ericsson.ver_pref" "Preferred or chosen version" key("ver_pref");
    VERSION_2     = uint "ericsson.ver_2" "Version 2" key("ver_2");
    VERSION_3     = uint "ericsson.ver_3" "Version 3" key("ver_3");
    CONNECTION    = uint "ericsson.conn_type" "Connection Type" names(names::ERICSSON_CONNECTIONS) key("conn_type");
    STN_NAME      = text "ericsson.stn_name" "STN Name" key("stn_name");
    CRC32         = flag "ericsson.crc32_enable" "CRC32 enabled" key("crc32_enable");
    ABIS_MODE     = uint "ericsson.abis_lower_mode" "Abis Lower Mode" names(names::ABIS_MODES) key("abis_lower_mode");
    MAPS          = uint "ericsson.num_maps" "TEI to SC Maps" key("num_maps");
    MAP           = group "ericsson.map" "Map" own many key("maps") {
        TEI_LOW      = uint "ericsson.map_tei_low" "Lowest TEI" key("tei_low");
        TEI_HIGH     = uint "ericsson.map_tei_high" "Highest TEI" key("tei_high");
        SUPER_CHANNEL = uint "ericsson.map_ssc" "Super Channel" key("ssc");
    };
    CIRCUIT_ID    = text "broadband.agent_circuit_id" "Agent Circuit ID" key("agent_circuit_id");
    REMOTE_ID     = text "broadband.agent_remote_id" "Agent Remote ID" key("agent_remote_id");
    ACTUAL_UP     = uint "broadband.actual_dr_up" "Actual data rate upstream" key("actual_dr_up");
    ACTUAL_DOWN   = uint "broadband.actual_dr_down" "Actual data rate downstream" key("actual_dr_down");
    LEAST_UP      = uint "broadband.minimum_dr_up" "Minimum data rate upstream" key("minimum_dr_up");
    LEAST_DOWN    = uint "broadband.minimum_dr_down" "Minimum data rate downstream" key("minimum_dr_down");
    ATTAINABLE_UP   = uint "broadband.attainable_dr_up" "Attainable data rate upstream" key("attainable_dr_up");
    ATTAINABLE_DOWN = uint "broadband.attainable_dr_down" "Attainable data rate downstream" key("attainable_dr_down");
    MOST_UP       = uint "broadband.maximum_dr_up" "Maximum data rate upstream" key("maximum_dr_up");
    MOST_DOWN     = uint "broadband.maximum_dr_down" "Maximum data rate downstream" key("maximum_dr_down");
    LOW_POWER_UP  = uint "broadband.minimum_dr_up_low_power" "Minimum data rate upstream in low power state" key("minimum_dr_up_low_power");
    LOW_POWER_DOWN = uint "broadband.minimum_dr_down_low_power" "Minimum data rate downstream in low power state" key("minimum_dr_down_low_power");
    MOST_DELAY_UP     = uint "broadband.maximum_interleaving_delay_up" "Maximum interleaving delay upstream" key("maximum_interleaving_delay_up");
    ACTUAL_DELAY_UP   = uint "broadband.actual_interleaving_delay_up" "Actual interleaving delay upstream" key("actual_interleaving_delay_up");
    MOST_DELAY_DOWN   = uint "broadband.maximum_interleaving_delay_down" "Maximum interleaving delay downstream" key("maximum_interleaving_delay_down");
    ACTUAL_DELAY_DOWN = uint "broadband.actual_interleaving_delay_down" "Actual interleaving delay downstream" key("actual_interleaving_delay_down");
    ENCAPSULATION = group "broadband.access_loop_encapsulation" "Access loop encapsulation" key("access_loop_encapsulation") {
        DATA_LINK = hex "broadband.access_loop_encapsulation.data_link" "Data link" names(DATA_LINKS);
        OUTER_ENCAPSULATION = hex "broadband.access_loop_encapsulation.enc1" "Encapsulation 1" names(OUTER);
        INNER_ENCAPSULATION = hex "broadband.access_loop_encapsulation.enc2" "Encapsulation 2" names(INNER);
    };
    LINE_TYPE     = hex "broadband.ancp_access_line_type" "ANCP access line type" names(names::LINES) key("ancp_access_line_type");
    IWF           = hex "broadband.iwf_session" "Interworking" names(names::IWF) key("iwf_session");
    LOCKED        = flag "cablel.l_bit" "Locked" & 0x8000 key("l_bit");
    TSID_GROUP    = uint "cablel.tsid_group_id" "TSID Group ID" & 0x7f00 key("tsid_group_id");
    FREQUENCY     = uint "cablel.frequency" "Frequency" key("frequency");
    MODULATION    = uint "cablel.modulation" "Modulation" & 0x000f names(names::MODULATIONS) key("modulation");
    SYMBOL_M      = uint "cablel.m" "M" key("m");
    SYMBOL_N      = uint "cablel.n" "N" key("n");
}

pub(super) fn of_cisco(number: u16) -> Value {
    match number {
        1 => Value::Number(&CISCO_CONTROL, 4),
        2 => Value::Walk(|p| p.each(|p| p.u16(&CISCO_CAPABILITY).map(drop))),
        3 => Value::Number(&CISCO_LOCAL, 4),
        4 => Value::Number(&CISCO_REMOTE, 4),
        5 => Value::Rest(&CISCO_COOKIE),
        6 => Value::Rest(&CISCO_END_ID),
        7 => Value::Number(&CISCO_PSEUDOWIRE, 2),
        8 => Value::Walk(|p| bits(p, 2, &[&CISCO_UP, &CISCO_NEW])),
        9 => Value::Number(&CISCO_TIE, 8),
        10 => Value::Number(&CISCO_DRAFT, 2),
        12 => Value::Rest(&CISCO_DIGEST),
        13 => Value::Rest(&CISCO_NONCE),
        14 => Value::Number(&CISCO_MTU, 2),
        _ => Value::Unknown,
    }
}

pub(super) fn of_ericsson(number: u16) -> Value {
    match number {
        0 => Value::Number(&ERICSSON_MESSAGE, 2),
        1 => Value::Walk(transport_configuration),
        3 => Value::Walk(|p| {
            p.u32(&VERSION_PREFERRED)?;
            p.u32(&VERSION_2)?;
            p.u32(&VERSION_3).map(drop)
        }),
        4 => Value::Number(&CONNECTION, 1),
        5 => Value::Number(&CRC32, 1),
        6 => Value::Rest(&STN_NAME),
        7 => Value::Number(&ABIS_MODE, 1),
        8 => Value::Walk(super_channels),
        _ => Value::Unknown,
    }
}

fn transport_configuration(p: &mut Packet<'_>) -> Read {
    p.u16(&OVERLOAD)?;
    for _ in 0..p.u8(&GROUPS)? {
        p.group(&TRANSPORT, |p| {
            p.u8(&GROUP_ID)?;
            for _ in 0..p.u8(&SAPIS)? {
                p.u8(&SAPI)?;
            }
            p.ipv4(&GROUP_IP)?;
            p.u8(&GROUP_DSCP)?;
            p.u8(&GROUP_CRC32)?;
            p.u8(&BUNDLE_TIME)?;
            p.u16(&BUNDLE_SIZE)
        })?;
    }
    Ok(())
}

fn super_channels(p: &mut Packet<'_>) -> Read {
    for _ in 0..p.u8(&MAPS)? {
        p.group(&MAP, |p| {
            p.u8(&TEI_LOW)?;
            p.u8(&TEI_HIGH)?;
            p.u8(&SUPER_CHANNEL)
        })?;
    }
    Ok(())
}

pub(super) fn of_broadband_forum(number: u16) -> Value {
    match number {
        1 => Value::Rest(&CIRCUIT_ID),
        2 => Value::Rest(&REMOTE_ID),
        129 => Value::Number(&ACTUAL_UP, 8),
        130 => Value::Number(&ACTUAL_DOWN, 8),
        131 => Value::Number(&LEAST_UP, 8),
        132 => Value::Number(&LEAST_DOWN, 8),
        133 => Value::Number(&ATTAINABLE_UP, 8),
        134 => Value::Number(&ATTAINABLE_DOWN, 8),
        135 => Value::Number(&MOST_UP, 8),
        136 => Value::Number(&MOST_DOWN, 8),
        137 => Value::Number(&LOW_POWER_UP, 8),
        138 => Value::Number(&LOW_POWER_DOWN, 8),
        139 => Value::Number(&MOST_DELAY_UP, 4),
        140 => Value::Number(&ACTUAL_DELAY_UP, 4),
        141 => Value::Number(&MOST_DELAY_DOWN, 4),
        142 => Value::Number(&ACTUAL_DELAY_DOWN, 4),
        144 => Value::Walk(|p| {
            p.group(&ENCAPSULATION, |p| {
                p.u8(&DATA_LINK)?;
                p.u8(&OUTER_ENCAPSULATION)?;
                p.u8(&INNER_ENCAPSULATION).map(drop)
            })
        }),
        145 => Value::Number(&LINE_TYPE, 4),
        254 => Value::Number(&IWF, 4),
        _ => Value::Unknown,
    }
}

pub(super) fn of_cablelabs(number: u16) -> Value {
    match number {
        101 => Value::Walk(|p| {
            bits(p, 2, &[&LOCKED, &TSID_GROUP])?;
            p.u32(&FREQUENCY).map(drop)
        }),
        103 => Value::Walk(|p| bits(p, 2, &[&LOCKED, &TSID_GROUP, &MODULATION])),
        105 => Value::Walk(|p| {
            bits(p, 2, &[&LOCKED, &TSID_GROUP])?;
            p.u16(&SYMBOL_M)?;
            p.u16(&SYMBOL_N).map(drop)
        }),
        _ => Value::Unknown,
    }
}
