//! TLVs of IEEE 802.1: IEEE 802.1Q annex D, with data center bridging and congestion notification;
//! those of the draft of IEEE 802.1Qbg.

use wirelens_dissect::{joined, prelude::*};

use super::dcbx::{FLOW_CONTROL, GROUPS, flow_control, groups};
use super::names;
use super::{CONTENT, IEEE_8021, OUI, QBG};

fields! {
    OWN_ROWS = "lldp" IEEE_8021 "ieee.802_1";
    SUBTYPE     = hex  "ieee.802_1.subtype" "Subtype" names(names::IEEE_8021_SUBTYPES);
    PORT_VLAN   = uint "ieee.802_1.port_vlan.id" "Port VLAN ID" key("port_vlan_id") brief("vlan ");
    PROTOCOL_FLAGS = hex "ieee.802_1.port_and_vlan_id_flag" "Flags" {
        PROTOCOL_SUPPORTED = flag "ieee.802_1.port_and_vlan_id_flag.supported" "Supported" & 0x02;
        PROTOCOL_ENABLED   = flag "ieee.802_1.port_and_vlan_id_flag.enabled" "Enabled" & 0x04;
    };
    PROTOCOL_VLAN = uint "ieee.802_1.port_proto_vlan.id" "Port and Protocol VLAN ID" key("port_proto_vlan_id");
    VLAN        = uint "ieee.802_1.vlan.id" "VLAN ID" key("vlan_id");
    NAME_LENGTH = uint "ieee.802_1.vlan.name_len" "VLAN Name Length" key("vlan_name_length") detail;
    NAME        = text "ieee.802_1.vlan.name" "VLAN Name" key("vlan_name");
    IDENTITY_LENGTH = uint "ieee.802_1.proto.id_length" "Protocol Identity Length" key("protocol_id_length") detail;
    IDENTITY    = bytes "ieee.802_1.proto.id" "Protocol Identity" key("protocol_id");
    USAGE_DIGEST = hex "ieee.802_1.vid_usage_digest" "VID Usage Digest" own;
    MANAGEMENT_VLAN = uint "ieee.802_1.management_vid" "Management VID" own;
    AGGREGATION = hex "ieee.802_1.aggregation_status" "Aggregation Status" {
        CAN_AGGREGATE = flag "ieee.802_1.aggregation_status.cap" "Capable" & 0x01;
        AGGREGATED    = flag "ieee.802_1.aggregation_status.enabled" "Enabled" & 0x02;
        PORT_KIND     = uint "ieee.802_1.aggregation_status.porttype" "Port Type" & 0x0c names(names::AGGREGATION_PORTS);
    };
    AGGREGATED_PORT = uint "ieee.802_1.aggregated_port_id" "Aggregated Port ID";
    NOTIFIES_0 = flag "ieee.802_1qau.cnpv.prio0" "Congestion notification for priority 0" & 0x01 key("cnpv_prio0");
    NOTIFIES_1 = flag "ieee.802_1qau.cnpv.prio1" "Congestion notification for priority 1" & 0x02 key("cnpv_prio1");
    NOTIFIES_2 = flag "ieee.802_1qau.cnpv.prio2" "Congestion notification for priority 2" & 0x04 key("cnpv_prio2");
    NOTIFIES_3 = flag "ieee.802_1qau.cnpv.prio3" "Congestion notification for priority 3" & 0x08 key("cnpv_prio3");
    NOTIFIES_4 = flag "ieee.802_1qau.cnpv.prio4" "Congestion notification for priority 4" & 0x10 key("cnpv_prio4");
    NOTIFIES_5 = flag "ieee.802_1qau.cnpv.prio5" "Congestion notification for priority 5" & 0x20 key("cnpv_prio5");
    NOTIFIES_6 = flag "ieee.802_1qau.cnpv.prio6" "Congestion notification for priority 6" & 0x40 key("cnpv_prio6");
    NOTIFIES_7 = flag "ieee.802_1qau.cnpv.prio7" "Congestion notification for priority 7" & 0x80 key("cnpv_prio7");
    READY_0 = flag "ieee.802_1qau.ready.prio0" "Priority 0 is ready" & 0x01 key("ready_prio0");
    READY_1 = flag "ieee.802_1qau.ready.prio1" "Priority 1 is ready" & 0x02 key("ready_prio1");
    READY_2 = flag "ieee.802_1qau.ready.prio2" "Priority 2 is ready" & 0x04 key("ready_prio2");
    READY_3 = flag "ieee.802_1qau.ready.prio3" "Priority 3 is ready" & 0x08 key("ready_prio3");
    READY_4 = flag "ieee.802_1qau.ready.prio4" "Priority 4 is ready" & 0x10 key("ready_prio4");
    READY_5 = flag "ieee.802_1qau.ready.prio5" "Priority 5 is ready" & 0x20 key("ready_prio5");
    READY_6 = flag "ieee.802_1qau.ready.prio6" "Priority 6 is ready" & 0x40 key("ready_prio6");
    READY_7 = flag "ieee.802_1qau.ready.prio7" "Priority 7 is ready" & 0x80 key("ready_prio7");
    WILLING = flag "dcbx.ieee.willing" "Willing" & 0x80 key("willing");
    SHAPER  = flag "dcbx.ieee.ets.cbs" "Credit-based shaper" & 0x40 key("cbs");
    CLASSES = uint "dcbx.ieee.ets.maxtcs" "Most Traffic Classes" & 0x07 key("maxtcs");
    RESERVED = hex "dcbx.feature.pg.reserved" "Reserved" & 0xfe key("reserved") detail;
    ALGORITHM_0 = uint "dcbx.ieee.ets.tsa0" "Algorithm of traffic class 0" names(names::ALGORITHMS) key("tsa0");
    ALGORITHM_1 = uint "dcbx.ieee.ets.tsa1" "Algorithm of traffic class 1" names(names::ALGORITHMS) key("tsa1");
    ALGORITHM_2 = uint "dcbx.ieee.ets.tsa2" "Algorithm of traffic class 2" names(names::ALGORITHMS) key("tsa2");
    ALGORITHM_3 = uint "dcbx.ieee.ets.tsa3" "Algorithm of traffic class 3" names(names::ALGORITHMS) key("tsa3");
    ALGORITHM_4 = uint "dcbx.ieee.ets.tsa4" "Algorithm of traffic class 4" names(names::ALGORITHMS) key("tsa4");
    ALGORITHM_5 = uint "dcbx.ieee.ets.tsa5" "Algorithm of traffic class 5" names(names::ALGORITHMS) key("tsa5");
    ALGORITHM_6 = uint "dcbx.ieee.ets.tsa6" "Algorithm of traffic class 6" names(names::ALGORITHMS) key("tsa6");
    ALGORITHM_7 = uint "dcbx.ieee.ets.tsa7" "Algorithm of traffic class 7" names(names::ALGORITHMS) key("tsa7");
    BYPASS       = flag "dcbx.ieee.pfc.mbc" "MACsec bypass" & 0x40 key("mbc");
    FLOW_CLASSES = uint "dcbx.ieee.pfc.numtcs" "Most Traffic Classes" & 0x0f key("numtcs");
    APPLICATION_RESERVED = hex "dcbx.ieee.app.reserved" "Reserved" key("app_reserved") detail;
    APPLICATION  = group "dcbx.ieee.app" "Application" own many key("applications") {
        PRIORITY = uint "dcbx.ieee.app.prio" "Priority" & 0xe0 key("priority");
        // So spelled in tshark.
        SELECTOR = uint "dcbx.iee.app.sf" "Selector" & 0x07 names(names::SELECTORS) key("selector");
        PROTOCOL = hex  "dcbx.feature.app.proto" "Protocol" key("protocol");
    };
}

/// What a TLV of IEEE 802.1 may have inside.
pub(super) static ROWS: &[&Field] =
    &joined::<{ OWN_ROWS.len() + GROUPS.len() + FLOW_CONTROL.len() }>(OWN_ROWS, &joined::<{ GROUPS.len() + FLOW_CONTROL.len() }>(GROUPS, FLOW_CONTROL));

fields! {
    /// What a TLV of IEEE 802.1Qbg may have inside.
    QBG_ROWS = "lldp" QBG "ieee.802_1qbg";
    QBG_SUBTYPE = hex "ieee.802_1qbg.subtype" "Subtype" names(names::QBG_SUBTYPES);
    SUPPORTS    = hex "ieee.802_1qbg.evb_support_caps" "Supported capabilities" {
        SUPPORTS_STD = flag "ieee.802_1qbg.evb_support_caps.std" "Standard bridging" & 0x8000;
        SUPPORTS_RR  = flag "ieee.802_1qbg.evb_support_caps.rr" "Reflective relay" & 0x4000;
        SUPPORTS_RTE = flag "ieee.802_1qbg.evb_support_caps.rte" "Retransmission timer exponent" & 0x0004;
        SUPPORTS_ECP = flag "ieee.802_1qbg.evb_support_caps.ecp" "Edge control protocol" & 0x0002;
        SUPPORTS_VDP = flag "ieee.802_1qbg.evb_support_caps.vdp" "VSI discovery protocol" & 0x0001;
    };
    CONFIGURED  = hex "ieee.802_1qbg.evb_configure_caps" "Configured capabilities" {
        CONFIGURED_STD = flag "ieee.802_1qbg.evb_configure_caps.std" "Standard bridging" & 0x8000;
        CONFIGURED_RR  = flag "ieee.802_1qbg.evb_configure_caps.rr" "Reflective relay" & 0x4000;
        CONFIGURED_RTE = flag "ieee.802_1qbg.evb_configure_caps.rte" "Retransmission timer exponent" & 0x0004;
        CONFIGURED_ECP = flag "ieee.802_1qbg.evb_configure_caps.ecp" "Edge control protocol" & 0x0002;
        CONFIGURED_VDP = flag "ieee.802_1qbg.evb_configure_caps.vdp" "VSI discovery protocol" & 0x0001;
    };
    SUPPORTED_VSIS  = uint "ieee.802_1qbg.evb_supported_vsi" "Supported VSIs";
    CONFIGURED_VSIS = uint "ieee.802_1qbg.evb_configured_vsi" "Configured VSIs";
    RETRANSMISSION  = uint "ieee.802_1qbg.evb_retrans_timer" "Retransmission Timer Exponent";
}

pub(super) fn tlv(p: &mut Packet<'_>) -> Read {
    p.u24(&OUI)?;
    match p.u8(&SUBTYPE)? {
        1 => p.u16(&PORT_VLAN).map(drop),
        2 => {
            p.u8(&PROTOCOL_FLAGS)?;
            p.u16(&PROTOCOL_VLAN).map(drop)
        }
        3 => {
            p.u16(&VLAN)?;
            let length = p.u8(&NAME_LENGTH)?;
            p.within(length.into(), |p| p.remainder(&NAME))
        }
        4 => {
            let length = p.u8(&IDENTITY_LENGTH)?;
            p.within(length.into(), |p| p.remainder(&IDENTITY))
        }
        5 if p.declared_left() == 4 => p.u32(&USAGE_DIGEST).map(drop),
        6 => p.u16(&MANAGEMENT_VLAN).map(drop),
        7 => {
            p.u8(&AGGREGATION)?;
            p.u32(&AGGREGATED_PORT).map(drop)
        }
        8 => {
            let notifies = p.peek_u8()?;
            p.bits(notifies, 1, &[&NOTIFIES_0, &NOTIFIES_1, &NOTIFIES_2, &NOTIFIES_3, &NOTIFIES_4, &NOTIFIES_5, &NOTIFIES_6, &NOTIFIES_7])?;
            let ready = p.peek_u8()?;
            p.bits(ready, 1, &[&READY_0, &READY_1, &READY_2, &READY_3, &READY_4, &READY_5, &READY_6, &READY_7])
        }
        9 => {
            p.bits(p.peek_u8()?, 1, &[&WILLING, &SHAPER, &CLASSES])?;
            transmission_selection(p)
        }
        10 => {
            p.bits(p.peek_u8()?, 1, &[&RESERVED])?;
            transmission_selection(p)
        }
        11 => {
            p.bits(p.peek_u8()?, 1, &[&WILLING, &BYPASS, &FLOW_CLASSES])?;
            flow_control(p)
        }
        12 => applications(p),
        _ => p.remainder(&CONTENT),
    }
}

/// IEEE 802.1Q section D.2.8.
fn transmission_selection(p: &mut Packet<'_>) -> Read {
    groups(p)?;
    for row in [&ALGORITHM_0, &ALGORITHM_1, &ALGORITHM_2, &ALGORITHM_3, &ALGORITHM_4, &ALGORITHM_5, &ALGORITHM_6, &ALGORITHM_7] {
        p.u8(row)?;
    }
    Ok(())
}

/// IEEE 802.1Q section D.2.11.
fn applications(p: &mut Packet<'_>) -> Read {
    p.u8(&APPLICATION_RESERVED)?;
    while p.declared_left() >= 3 {
        p.group(&APPLICATION, |p| {
            p.bits(p.peek_u8()?, 1, &[&PRIORITY, &SELECTOR])?;
            p.u16(&PROTOCOL)
        })?;
    }
    Ok(())
}

pub(super) fn virtual_bridging(p: &mut Packet<'_>) -> Read {
    p.u24(&OUI)?;
    match p.u8(&QBG_SUBTYPE)? {
        0 => {
            p.u16(&SUPPORTS)?;
            p.u16(&CONFIGURED)?;
            p.u16(&SUPPORTED_VSIS)?;
            p.u16(&CONFIGURED_VSIS)?;
            p.u8(&RETRANSMISSION).map(drop)
        }
        _ => p.remainder(&CONTENT),
    }
}
