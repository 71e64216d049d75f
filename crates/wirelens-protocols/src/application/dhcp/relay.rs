//! Relay agent information, RFC 3046 and the sub-options that came later.

use wirelens_dissect::prelude::*;

use super::names;
use super::options::RELAY_OPTION;

fields! {
    /// What a sub-option consists of.
    ROWS = "dhcp" RELAY_OPTION "option.agent_information_option";
    LENGTH       = uint  "option.suboption_length" "Length" detail key("length");
    VALUE        = bytes "option.agent_information_option.value" "Data" key("data");
    CIRCUIT_ID   = bytes "option.agent_information_option.agent_circuit_id" "Agent Circuit ID";
    REMOTE_ID    = bytes "option.agent_information_option.agent_remote_id" "Agent Remote ID";
    RESERVED     = bytes "option.agent_information_option.reserved" "Reserved";
    DEVICE_CLASS = hex   "option.agent_information_option.docsis_device_class" "DOCSIS Device Class";
    LINK         = ipv4  "option.agent_information_option.link_selection" "Link Selection";
    SUBSCRIBER   = text  "option.agent_information_option.subscriber_id" "Subscriber ID";
    RADIUS       = bytes "option.agent_information_option.radius_attributes" "RADIUS Attributes";
    AUTHENTICATION = bytes "option.agent_information_option.authentication" "Authentication";
    FLAGS        = hex   "option.agent_information_option.flags" "Flags";
    OVERRIDE     = ipv4  "option.agent_information_option.server_id_override" "Server Identifier Override";
    AGENT        = bytes "option.agent_information_option.relay_agent_id" "Relay Agent Identifier";
    ACCESS       = uint  "option.agent_information_option.ani_att" "Access Technology Type";
    NETWORK      = text  "option.agent_information_option.ani_network_name" "Access Network Name";
    POINT        = text  "option.agent_information_option.ani_ap_name" "Access Point Name";
    BSSID        = mac   "option.agent_information_option.ani_ap_bssid" "Access Point BSSID";
    OPERATOR     = bytes "option.agent_information_option.ani_operator_id" "Operator Identifier";
    REALM        = text  "option.agent_information_option.ani_operator_realm" "Operator Realm";
    LINK_CISCO   = ipv4  "option.agent_information_option.link_selection_cisco" "Link Selection";
    VPN_GLOBAL   = uint  "option.agent_information_option.vrf_name.global" "Default VPN" key("vpn_default");
    VPN_NAME     = text  "option.agent_information_option.vrf_name" "VPN Name";
    OVERRIDE_CISCO = ipv4 "option.agent_information_option.server_id_override_cisco" "Server Identifier Override";
    ENTERPRISE   = uint  "option.agent_information_option.vi.enterprise" "Enterprise" key("enterprises") many names(names::ENTERPRISES) {
        VENDOR_LENGTH = uint  "option.agent_information_option.vi.data_length" "Length" key("length") detail;
        VENDOR_DATA   = bytes "option.agent_information_option.vi.data" "Data" own key("data");
    };
    BAD_LENGTH   = problem "bad_length" "Length does not fit the sub-option";
}

/// Reads one sub-option.
pub(super) fn option(p: &mut Packet<'_>) -> Read {
    let code = p.peek_u8()?;
    p.group_with(&RELAY_OPTION, code.into(), |p| {
        p.skip(1)?;
        let length = p.u8(&LENGTH)?;
        p.within(length.into(), |p| content(p, code, length))
    })
}

fn content(p: &mut Packet<'_>, code: u8, length: u8) -> Read {
    let row = match (code, length) {
        (_, 0) => return Ok(()),
        (4, 4) => return p.u32(&DEVICE_CLASS).map(drop),
        (5, 4) => return p.ipv4(&LINK).map(drop),
        (10, 1) => return p.u8(&FLAGS).map(drop),
        (11, 4) => return p.ipv4(&OVERRIDE).map(drop),
        (13, 2) => return p.u16(&ACCESS).map(drop),
        (16, 6) => return p.mac(&BSSID).map(drop),
        (150, 4) => return p.ipv4(&LINK_CISCO).map(drop),
        (151, 1) => return p.u8(&VPN_GLOBAL).map(drop),
        (152, 4) => return p.ipv4(&OVERRIDE_CISCO).map(drop),
        (9, 5..) => return vendors(p),
        (4 | 5 | 9..=11 | 13 | 16 | 150 | 152, _) => {
            p.problem(&BAD_LENGTH);
            &VALUE
        }
        (1, _) => &CIRCUIT_ID,
        (2, _) => &REMOTE_ID,
        (3, _) => &RESERVED,
        (6, _) => &SUBSCRIBER,
        (7, _) => &RADIUS,
        (8, _) => &AUTHENTICATION,
        (12, _) => &AGENT,
        (14, _) => &NETWORK,
        (15, _) => &POINT,
        (17, _) => &OPERATOR,
        (18, _) => &REALM,
        (151, _) => &VPN_NAME,
        _ => &VALUE,
    };
    p.rest(row).map(drop)
}

/// RFC 4243 section 3.
fn vendors(p: &mut Packet<'_>) -> Read {
    while p.declared_left() > 0 {
        p.u32(&ENTERPRISE)?;
        p.under(|p| {
            let length = p.u8(&VENDOR_LENGTH)?;
            p.bytes(&VENDOR_DATA, length.into()).map(drop)
        })?;
    }
    Ok(())
}
