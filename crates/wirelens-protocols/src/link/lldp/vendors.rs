//! TLVs of vendors: Cisco (power over four wires, Application Centric Infrastructure), Avaya,
//! Extreme Networks' fabric, Hytec.

use wirelens_dissect::prelude::*;

use super::names;
use super::{ATTACH, AVAYA, CISCO, CONTENT, FABRIC, HYTEC, OUI};

fields! {
    /// What a TLV of Cisco's may have inside.
    CISCO_ROWS = "lldp" CISCO "cisco";
    CISCO_SUBTYPE = hex "cisco.subtype" "Subtype" names(names::CISCO_SUBTYPES);
    UPOE = hex "cisco.upoe" "Capabilities" {
        UPOE_SUPPORTED = flag "cisco.upoe.supported" "Supported" & 0x01;
        UPOE_DETECTION = flag "cisco.upoe.altb_detection_required" "Detection on the spare pair required" & 0x02;
        UPOE_DESIRED   = flag "cisco.upoe.pd_altb_desired" "PD wants the spare pair" & 0x04;
        UPOE_OPERATES  = flag "cisco.upoe.pse_altb_oper" "PSE uses the spare pair" & 0x08;
    };
    PORT_STATE  = uint "cisco.portstate" "Port State" names(names::PORT_STATES);
    NODE_ROLE   = uint "cisco.noderole" "Node Role" names(names::NODE_ROLES);
    NODE_ID     = uint "cisco.nodeid" "Node ID";
    SPINE_LEVEL = uint "cisco.spinelevel" "Spine Level";
    POD_ID      = uint "cisco.podid" "Pod ID";
    FABRIC_NAME = text "cisco.fabricname" "Fabric Name";
    APPLIANCES  = bytes "cisco.apiclist" "Appliance Vector" {
        APPLIANCE = group "cisco.apic" "Appliance" own many key("appliances") {
            APPLIANCE_ID   = uint "cisco.apicid" "ID" key("id");
            APPLIANCE_IPV4 = ipv4 "cisco.apicipv4" "IPv4 Address" key("ipv4");
            APPLIANCE_UUID = text "cisco.apicuuid" "UUID" key("uuid");
        };
    };
    NODE_IP     = ipv4 "cisco.nodeip" "Node IP";
    PORT_ROLE   = uint "cisco.portrole" "Port Role" names(names::PORT_ROLES);
    VERSION     = text "cisco.version" "Version";
    FABRIC_VLAN = uint "cisco.fabricvlan" "Fabric VLAN";
    SERIAL      = text "cisco.serialno" "Serial Number";
    MODEL       = text "cisco.model" "Model";
    NODE_NAME   = text "cisco.nodename" "Node Name";
    PORT_MODE   = uint "cisco.portmode" "Port Mode" names(names::PORT_MODES);
    COOKIE      = bytes "cisco.authcookie" "Authentication Cookie";
    APIC_MODE   = uint "cisco.apicmode" "APIC Mode" names(names::APIC_MODES);
    FABRIC_ID   = uint "cisco.fabricd" "Fabric ID" key("fabric_id");
}

fields! {
    /// What a TLV of Avaya's may have inside.
    AVAYA_ROWS = "lldp" AVAYA "avaya";
    AVAYA_SUBTYPE = hex "avaya.subtype" "Subtype" names(names::AVAYA_SUBTYPES);
    CONSERVATION = bytes "avaya.poe" "PoE Conservation Level Support";
    CALL_SERVER  = ipv4 "avaya.callserver" "Call Server" many;
    PHONE        = bytes "avaya.ipphone" "IP Phone Addresses" {
        PHONE_IP      = ipv4 "avaya.ipphone.ip" "IP Address";
        PHONE_MASK    = ipv4 "avaya.ipphone.mask" "Subnet Mask";
        PHONE_GATEWAY = ipv4 "avaya.ipphone.gateway" "Gateway";
    };
    CNA_SERVER   = ipv4 "avaya.cnaserver" "CNA Server";
    FILE_SERVER  = ipv4 "avaya.fileserver" "File Server" many;
    FRAMING      = hex  "avaya.dot1q" "802.1Q Framing" names(names::FRAMINGS);
}

fields! {
    /// What a TLV of fabric attach may have inside.
    ATTACH_ROWS = "lldp" ATTACH "extreme_avaya_ap";
    ATTACH_SUBTYPE = uint "extreme_avaya_ap.subtype" "Subtype" names(names::ATTACH_SUBTYPES);
    DIGEST       = bytes "extreme_avaya_ap.hmac_sha_digest" "HMAC-SHA Digest";
    ELEMENT_TYPE = uint "extreme_avaya_ap.element_type" "Element Type" & 0xfc_0000;
    STATE        = uint "extreme_avaya_ap.state" "State" & 0x03_f000;
    MANAGEMENT_VLAN = uint "extreme_avaya_ap.mgnt_vlan" "Management VLAN" & 0x00_0fff;
    RESERVED     = uint "extreme_avaya_ap.rsvd" "Reserved" detail;
    SYSTEM_ID    = bytes "extreme_avaya_ap.system_id" "System ID";
    ASSIGNMENT   = group "extreme_avaya_ap.assignment" "Assignment" own many key("assignments") {
        STATUS = uint "extreme_avaya_ap.status" "Status" & 0xf000 key("status");
        VLAN   = uint "extreme_avaya_ap.vlan" "VLAN" & 0x0fff key("vlan");
        ISID   = uint "extreme_avaya_ap.i_sid" "I-SID" key("i_sid");
    };
}

fields! {
    /// What a TLV of fabric connect may have inside.
    FABRIC_ROWS = "lldp" FABRIC "extreme_avaya.fabric";
    FABRIC_SUBTYPE = uint "extreme_avaya.fabric.subtype" "Subtype" names(names::FABRIC_SUBTYPES);
    CONNECTS     = flag "extreme_avaya.fabric.fabric_connect" "Enabled" key("enabled");
    BVLANS       = uint "extreme_avaya.fabric.numbvlans" "Backbone VLANs";
    BVLAN        = uint "extreme_avaya.fabric.bvlanid" "Backbone VLAN" many;
    SYSID_LENGTH = uint "extreme_avaya.fabric.sysidlength" "System ID Length" detail;
    SYSID        = text "extreme_avaya.fabric.sysid" "System ID";
}

fields! {
    /// What a TLV of Hytec's may have inside.
    HYTEC_ROWS = "lldp" HYTEC "hytec";
    HYTEC_SUBTYPE = uint "hytec.tlv_subtype" "Subtype" names(names::HYTEC_SUBTYPES) key("subtype");
    HYTEC_GROUP   = uint "hytec.group" "Group" & 0xe0;
    HYTEC_ID      = uint "hytec.identifier" "Identifier" & 0x1f;
    TRANSCEIVER   = text "hytec.transceiver_vendor_product_revision" "Vendor, product and revision" key("transceiver");
    SINGLE_MODE   = uint "hytec.single_mode" "Reach in meters, single mode";
    MULTI_MODE_50 = uint "hytec.multi_mode_50" "Reach in meters, 50 µm";
    MULTI_MODE_62 = uint "hytec.multi_mode_62_5" "Reach in meters, 62.5 µm";
    TRACE         = group "hytec.mac_trace_request" "MAC Trace Request" {
        TRACED    = mac  "hytec.trace_mac_address" "Traced address" key("address");
        REQUESTER = mac  "hytec.requesters_mac_address" "Requester" key("requester");
        DEPTH     = uint "hytec.maximum_depth" "Most Depth" key("depth");
    };
    REPLY         = group "hytec.mac_trace_reply" "MAC Trace Reply" {
        REPLY_TRACED = mac  "hytec.trace_mac_address" "Traced address" key("address");
        ANSWERING    = mac  "hytec.answering_mac_address" "Answering address" key("answering");
        REPLY_DEPTH  = uint "hytec.actual_depth" "Actual Depth" key("depth");
    };
    DEVICE_NAME   = text "hytec.name_of_replying_device" "Replying device";
    OUTGOING_PORT = text "hytec.outgoing_port_name" "Outgoing port";
    DEVICE_IPV4   = ipv4 "hytec.ipv4_address_of_replying_device" "Replying device's IPv4 address";
    END_OF_TRACE  = hex  "hytec.end_of_trace" "End of the trace";
    DEVICE_IPV6   = ipv6 "hytec.ipv6_address_of_replying_device" "Replying device's IPv6 address";
    INCOMING_PORT = text "hytec.incoming_port_name" "Incoming port";
    TRACE_ID      = hex  "hytec.trace_identifier" "Trace ID";
    HYTEC_INVALID = bytes "hytec.invalid_object_data" "Data that is no such object" key("invalid");
    HYTEC_CONTENT = bytes "hytec.unknown_identifier_content" "Content" key("content");
}

pub(super) fn cisco(p: &mut Packet<'_>) -> Read {
    p.u24(&OUI)?;
    match p.u8(&CISCO_SUBTYPE)? {
        0x01 => p.u8(&UPOE).map(drop),
        0xc9 => p.u8(&PORT_STATE).map(drop),
        0xca => p.u8(&NODE_ROLE).map(drop),
        0xcb => p.u32(&NODE_ID).map(drop),
        0xcc => p.u8(&SPINE_LEVEL).map(drop),
        0xcd => p.u16(&POD_ID).map(drop),
        0xce => p.remainder(&FABRIC_NAME),
        0xcf => p.group(&APPLIANCES, |p| {
            p.group(&APPLIANCE, |p| {
                p.u8(&APPLIANCE_ID)?;
                p.ipv4(&APPLIANCE_IPV4)?;
                p.remainder(&APPLIANCE_UUID)
            })
        }),
        0xd0 => p.ipv4(&NODE_IP).map(drop),
        0xd1 => p.u8(&PORT_ROLE).map(drop),
        0xd2 => p.remainder(&VERSION),
        0xd3 => p.u16(&FABRIC_VLAN).map(drop),
        0xd4 => p.remainder(&SERIAL),
        0xd6 => p.remainder(&MODEL),
        0xd7 => p.remainder(&NODE_NAME),
        0xd8 => p.u16(&PORT_MODE).map(drop),
        0xd9 => p.remainder(&COOKIE),
        0xda => p.u8(&APIC_MODE).map(drop),
        0xdb => p.u16(&FABRIC_ID).map(drop),
        _ => p.remainder(&CONTENT),
    }
}

pub(super) fn avaya(p: &mut Packet<'_>) -> Read {
    p.u24(&OUI)?;
    match p.u8(&AVAYA_SUBTYPE)? {
        1 => p.bytes(&CONSERVATION, 7).map(drop),
        3 => p.ipv4(&CALL_SERVER).map(drop),
        4 => p.group(&PHONE, |p| {
            p.ipv4(&PHONE_IP)?;
            p.ipv4(&PHONE_MASK)?;
            p.ipv4(&PHONE_GATEWAY).map(drop)
        }),
        5 => p.ipv4(&CNA_SERVER).map(drop),
        6 => p.ipv4(&FILE_SERVER).map(drop),
        7 => p.u8(&FRAMING).map(drop),
        _ => p.remainder(&CONTENT),
    }
}

pub(super) fn fabric_attach(p: &mut Packet<'_>) -> Read {
    p.u24(&OUI)?;
    match p.u8(&ATTACH_SUBTYPE)? {
        11 => {
            p.bytes(&DIGEST, 32)?;
            p.bits(p.peek_u24()?, 3, &[&ELEMENT_TYPE, &STATE, &MANAGEMENT_VLAN])?;
            p.u8(&RESERVED)?;
            p.bytes(&SYSTEM_ID, 10).map(drop)
        }
        12 => {
            p.bytes(&DIGEST, 32)?;
            while p.declared_left() >= 5 {
                p.group(&ASSIGNMENT, |p| {
                    p.bits(p.peek_u16()?, 2, &[&STATUS, &VLAN])?;
                    p.u24(&ISID)
                })?;
            }
            Ok(())
        }
        _ => p.remainder(&CONTENT),
    }
}

pub(super) fn fabric_connect(p: &mut Packet<'_>) -> Read {
    p.u24(&OUI)?;
    if p.u8(&FABRIC_SUBTYPE)? != 4 {
        return p.remainder(&CONTENT);
    }
    p.u8(&CONNECTS)?;
    for _ in 0..p.u8(&BVLANS)? {
        p.u16(&BVLAN)?;
    }
    let length = usize::from(p.u8(&SYSID_LENGTH)?);
    p.need(length)?;
    let bytes = p.ahead().get(..length).unwrap_or_default();
    // As IS-IS writes a system's number: 0102.0304.0506.
    p.make_text(&SYSID, p.at(), length, |out| {
        for (at, part) in bytes.chunks(2).enumerate() {
            if at > 0 {
                out.push(b'.');
            }
            crate::digits::hexadecimal(out, part);
        }
    });
    p.skip(length)
}

pub(super) fn hytec(p: &mut Packet<'_>) -> Read {
    p.u24(&OUI)?;
    let subtype = p.u8(&HYTEC_SUBTYPE)?;
    let word = p.peek_u8()?;
    p.bits(word, 1, &[&HYTEC_GROUP, &HYTEC_ID])?;
    match (subtype, word >> 5, word & 0x1f, p.declared_left()) {
        (1, 1, 1, _) => p.remainder(&TRANSCEIVER),
        (1, 2, 1, 4) => p.u32(&SINGLE_MODE).map(drop),
        (1, 2, 2, 4) => p.u32(&MULTI_MODE_50).map(drop),
        (1, 2, 3, 4) => p.u32(&MULTI_MODE_62).map(drop),
        (2, 1, 1, 13) => p.group(&TRACE, |p| {
            p.mac(&TRACED)?;
            p.mac(&REQUESTER)?;
            p.u8(&DEPTH).map(drop)
        }),
        (2, 1, 2, 13) => p.group(&REPLY, |p| {
            p.mac(&REPLY_TRACED)?;
            p.mac(&ANSWERING)?;
            p.u8(&REPLY_DEPTH).map(drop)
        }),
        (2, 1, 3, _) => p.remainder(&DEVICE_NAME),
        (2, 1, 4, _) => p.remainder(&OUTGOING_PORT),
        (2, 1, 5, 4) => p.ipv4(&DEVICE_IPV4).map(drop),
        (2, 1, 6, 1) => p.u8(&END_OF_TRACE).map(drop),
        (2, 1, 7, 16) => p.ipv6(&DEVICE_IPV6).map(drop),
        (2, 1, 8, _) => p.remainder(&INCOMING_PORT),
        (2, 1, 9, 4) => p.u32(&TRACE_ID).map(drop),
        (2, 1, 1..=9, _) => p.remainder(&HYTEC_INVALID),
        (1 | 2, ..) => p.remainder(&HYTEC_CONTENT),
        _ => p.remainder(&CONTENT),
    }
}
