//! Vendors' options: PXE 2.1, CableLabs (CL-SP-CANN-DHCP-Reg), and those that say whose they are (RFC 3925).

use wirelens_dissect::prelude::*;

use super::options::*;
use super::{Each, names};

fields! {
    /// PXE 2.1 table 2-1.
    PXE_ROWS = "dhcp" PXE_OPTION "option.vendor.pxeclient";
    PXE_LENGTH     = uint  "option.suboption_length" "Length" detail key("length");
    PXE_VALUE      = bytes "option.vendor.value" "Data" key("data");
    MTFTP_ADDRESS  = ipv4  "option.vendor.pxeclient.mtftp_ip" "Multicast TFTP Address";
    MTFTP_CLIENT   = uint  "option.vendor.pxeclient.mtftp_client_port" "Multicast TFTP Client Port";
    MTFTP_SERVER   = uint  "option.vendor.pxeclient.mtftp_server_port" "Multicast TFTP Server Port";
    MTFTP_TIMEOUT  = uint  "option.vendor.pxeclient.mtftp_timeout" "Multicast TFTP Timeout";
    MTFTP_DELAY    = uint  "option.vendor.pxeclient.mtftp_delay" "Multicast TFTP Delay";
    CONTROL = hex "option.vendor.pxeclient.discovery_control" "Discovery Control" {
        NO_BROADCAST = flag "option.vendor.pxeclient.discovery_control.broadcast" "No Broadcast" & 0x01;
        NO_MULTICAST = flag "option.vendor.pxeclient.discovery_control.multicast" "No Multicast" & 0x02;
        LIST_ONLY    = flag "option.vendor.pxeclient.discovery_control.serverlist" "Listed Servers only" & 0x04;
        BOOTSTRAP    = flag "option.vendor.pxeclient.discovery_control.bstrap" "Use the Boot File" & 0x08;
    };
    MULTICAST      = ipv4  "option.vendor.pxeclient.multicast_address" "Discovery Address";
    BOOT_SERVERS = bytes "option.vendor.pxeclient.boot_servers" "Boot Servers" {
        BOOT_SERVER = group "option.vendor.pxeclient.boot_servers.server" "Boot Server" own many key("servers") {
            SERVER_TYPE  = uint "option.vendor.pxeclient.boot_servers.type" "Type" key("type");
            SERVER_COUNT = uint "option.vendor.pxeclient.boot_servers.count" "Addresses" key("count");
            SERVER_IP    = ipv4 "option.vendor.pxeclient.boot_servers.ip" "Address" key("addresses") many;
        };
    };
    BOOT_MENU = bytes "option.vendor.pxeclient.boot_menu" "Boot Menu" {
        MENU_ITEM = group "option.vendor.pxeclient.boot_menu.item" "Item" own many key("items") {
            MENU_TYPE   = uint "option.vendor.pxeclient.boot_menu.type" "Type" key("type");
            MENU_LENGTH = uint "option.vendor.pxeclient.boot_menu.length" "Length" key("length") detail;
            MENU_TEXT   = text "option.vendor.pxeclient.boot_menu.desc" "Description" key("description");
        };
    };
    MENU_PROMPT = bytes "option.vendor.pxeclient.menu_prompt" "Menu Prompt" {
        PROMPT_TIMEOUT = uint "option.vendor.pxeclient.menu_prompt.timeout" "Timeout";
        PROMPT_TEXT    = text "option.vendor.pxeclient.menu_prompt.prompt" "Prompt";
    };
    ALLOCATION     = bytes "option.vendor.pxeclient.multicast_address_alloc" "Multicast Addresses";
    CREDENTIALS    = bytes "option.vendor.pxeclient.credential_types" "Credential Types";
    BOOT_ITEM = bytes "option.vendor.pxeclient.boot_item" "Boot Item" {
        ITEM_TYPE  = uint  "option.vendor.pxeclient.boot_item.type" "Type";
        ITEM_LAYER = bytes "option.vendor.pxeclient.boot_item.layer" "Layer";
    };
    LCM_SERVER     = text  "option.vendor.pxeclient.lcm_server" "Server Name";
    LCM_DOMAIN     = text  "option.vendor.pxeclient.lcm_domain" "Domain";
    LCM_NIC        = bytes "option.vendor.pxeclient.lcm_nic_option" "Adapter";
    LCM_WORKGROUP  = text  "option.vendor.pxeclient.lcm_workgroup" "Workgroup";
    LCM_DISCOVERY  = flag  "option.vendor.pxeclient.discovery" "Discovery";
    LCM_CONFIGURED = flag  "option.vendor.pxeclient.configured" "Configured";
    LCM_VERSION    = uint  "option.vendor.pxeclient.lcm_version" "Version";
    LCM_SERIAL     = text  "option.vendor.pxeclient.lcm_serial" "Serial Number";
}

fields! {
    /// CableLabs' options for cable modems and what is built into them.
    CABLELABS_ROWS = "dhcp" CABLE_OPTION "option.vendor.cl";
    CABLE_LENGTH     = uint  "option.suboption_length" "Length" detail key("length");
    CABLE_VALUE      = bytes "option.vendor.value" "Data" key("data");
    CABLE_REQUEST    = text  "option.vendor.cl.suboption_request_list" "Suboption Request List";
    CABLE_DEVICE     = text  "option.vendor.cl.device_type" "Device Type";
    CABLE_ESAFE      = text  "option.vendor.cl.esafe_type" "eSAFE Types";
    CABLE_SERIAL     = text  "option.vendor.cl.serial_number" "Serial Number";
    CABLE_HARDWARE   = text  "option.vendor.cl.hardware_version" "Hardware Version";
    CABLE_SOFTWARE   = text  "option.vendor.cl.software_version" "Software Version";
    CABLE_BOOT_ROM   = text  "option.vendor.cl.boot_rom_version" "Boot ROM Version";
    CABLE_OUI_TEXT   = text  "option.vendor.cl.oui_string" "Vendor OUI";
    CABLE_OUI        = bytes "option.vendor.cl.oui_bytes" "Vendor OUI";
    CABLE_MODEL      = text  "option.vendor.cl.model_number" "Model Number";
    CABLE_VENDOR     = text  "option.vendor.cl.vendor_name10" "Vendor Name";
    CABLE_REALM      = uint  "option.vendor.cl.address_realm" "Address Realm";
    CABLE_SYSTEM     = text  "option.vendor.cl.cm_ps_system_desc" "System Description";
    CABLE_FIRMWARE   = text  "option.vendor.cl.cm_ps_firmware_revision" "Firmware Revision";
    CABLE_FIREWALL   = text  "option.vendor.cl.firewall_policy_file_version" "Firewall Policy Version";
    CABLE_CONFIG     = text  "option.vendor.cl.esafe_config_file_devices" "eSAFE Configuration File";
    CABLE_SECURITY   = text  "option.vendor.cl.video_security_tape" "Video Security Type";
    CABLE_MTA        = mac   "option.vendor.cl.mta_mac_address" "MTA MAC Address";
    CABLE_CORRELATION = uint "option.vendor.cl.correlation_ID" "Correlation ID";
    CABLE_VENDOR_51  = text  "option.vendor.cl.vendor_name51" "Vendor Name";
    CABLE_CARD       = bytes "option.vendor.cl.cablecard_capability" "CableCARD Capability";
    CABLE_DEVICE_CA  = bytes "option.vendor.cl.device_id_ca" "Device Identification (CA)";
    CABLE_DEVICE_X509 = text "option.vendor.cl.device_id_x509" "Device Identification (X.509)";
}

fields! {
    /// RFC 3925 section 3.
    CLASS_ROWS = "dhcp" CLASS_ENTERPRISE "vi_classes";
    CLASS_NUMBER = uint  "option.vi_class.enterprise" "Enterprise" key("enterprise") names(names::ENTERPRISES);
    CLASS_LENGTH = uint  "option.vi_class.length" "Length" key("length") detail;
    CLASS_TEXT   = text  "option.vi_class.data" "Data" key("data");
}

fields! {
    /// RFC 3925 section 4.
    ENTERPRISE_ROWS = "dhcp" ENTERPRISE "option.vi";
    VI_LENGTH = uint  "option.vi.length" "Length" detail;
    VI_DATA   = bytes "vendor.data" "Data" key("data");
    TR_111 = uint "option.vi.tr111.suboption" "Option" key("broadband_forum") many names(names::TR_111_OPTIONS) {
        TR_111_LENGTH = uint "option.suboption_length" "Length" detail key("length");
        TR_111_VALUE  = bytes "option.vi.value" "Data" key("data");
        DEVICE_OUI    = text "option.vi.tr111.device_manufacturer_oui" "Device Manufacturer" own key("device_oui");
        DEVICE_SERIAL = text "option.vi.tr111.device_serial_number" "Device Serial Number" key("device_serial");
        DEVICE_CLASS  = text "option.vi.tr111.device_product_class" "Device Product Class" key("device_class");
        GATEWAY_OUI   = text "option.vi.tr111.gateway_manufacturer_oui" "Gateway Manufacturer" key("gateway_oui");
        GATEWAY_SERIAL = text "option.vi.tr111.gateway_serial_number" "Gateway Serial Number" key("gateway_serial");
        GATEWAY_CLASS = text "option.vi.tr111.gateway_product_class" "Gateway Product Class" key("gateway_class");
    };
    VI_CABLE = uint "option.vi.cl.suboption" "Option" key("cablelabs") many names(names::CABLELABS_VI_OPTIONS) {
        VI_CABLE_LENGTH  = uint  "option.suboption_length" "Length" detail key("length");
        VI_CABLE_VALUE   = bytes "option.vi.value" "Data" key("data");
        VI_CABLE_REQUEST = bytes "option.vi.cl.option_request" "Option Request" key("option_request");
        VI_CABLE_TFTP    = ipv4  "option.vi.cl.tftp_server_addresses" "TFTP Server" key("tftp_servers") many;
        VI_CABLE_ROUTER  = bytes "option.vi.cl.erouter_container_option" "eRouter Container" key("erouter_container");
        VI_CABLE_MODEM   = bytes "option.vi.cl.modem_capabilities" "Modem Capabilities" key("modem_capabilities");
    };
}

/// RFC 2132 section 8.4: the vendor class says what they are.
pub(super) fn specific(p: &mut Packet<'_>, class: &[u8]) -> Read {
    let whole = |bytes: &[u8]| {
        let mut all = Each(bytes);
        all.by_ref().count() > 0 && all.0.iter().all(|&byte| matches!(byte, 0 | 255))
    };
    if class.starts_with(b"PXEClient") && whole(p.ahead()) {
        return p.each(pxe);
    }
    if (class.starts_with(b"docsis") || class.starts_with(b"pktc") || class.starts_with(b"CableHome"))
        && whole(p.ahead())
    {
        return p.each(cablelabs);
    }
    p.rest(&VENDOR_VALUE).map(drop)
}

fn pxe(p: &mut Packet<'_>) -> Read {
    let code = p.peek_u8()?;
    match code {
        0 => return p.u8(&PXE_PADDING).map(drop),
        255 => {
            p.u8(&PXE_END)?;
            return p.skip(p.left());
        }
        _ => {}
    }
    p.group_with(&PXE_OPTION, code.into(), |p| {
        p.skip(1)?;
        let length = p.u8(&PXE_LENGTH)?;
        p.within(length.into(), |p| pxe_content(p, code, length))
    })
}

fn pxe_content(p: &mut Packet<'_>, code: u8, length: u8) -> Read {
    let row = match (code, length) {
        (_, 0) => return Ok(()),
        (1, 4) => return p.ipv4(&MTFTP_ADDRESS).map(drop),
        (7, 4) => return p.ipv4(&MULTICAST).map(drop),
        // Ports are little-endian there.
        (2, 2) => return p.u16_le(&MTFTP_CLIENT).map(drop),
        (3, 2) => return p.u16_le(&MTFTP_SERVER).map(drop),
        (4, 1) => return p.u8(&MTFTP_TIMEOUT).map(drop),
        (5, 1) => return p.u8(&MTFTP_DELAY).map(drop),
        (6, 1) => return p.u8(&CONTROL).map(drop),
        (191, 1) => return p.u8(&LCM_DISCOVERY).map(drop),
        (192, 1) => return p.u8(&LCM_CONFIGURED).map(drop),
        (193, 4) => return p.u32(&LCM_VERSION).map(drop),
        (8, 3..) => {
            return p.group(&BOOT_SERVERS, |p| {
                p.each(|p| {
                    p.group(&BOOT_SERVER, |p| {
                        p.u16(&SERVER_TYPE)?;
                        for _ in 0..p.u8(&SERVER_COUNT)? {
                            p.ipv4(&SERVER_IP)?;
                        }
                        Ok(())
                    })
                })
            });
        }
        (9, 3..) => {
            return p.group(&BOOT_MENU, |p| {
                p.each(|p| {
                    p.group(&MENU_ITEM, |p| {
                        p.u16(&MENU_TYPE)?;
                        let length = p.u8(&MENU_LENGTH)?;
                        p.text(&MENU_TEXT, length.into()).map(drop)
                    })
                })
            });
        }
        (10, _) => {
            return p.group(&MENU_PROMPT, |p| {
                p.u8(&PROMPT_TIMEOUT)?;
                p.remainder(&PROMPT_TEXT)
            });
        }
        (71, 4) => {
            return p.group(&BOOT_ITEM, |p| {
                p.u16(&ITEM_TYPE)?;
                p.bytes(&ITEM_LAYER, 2).map(drop)
            });
        }
        (11, _) => &ALLOCATION,
        (12, _) => &CREDENTIALS,
        (179, _) => &LCM_SERVER,
        (180, _) => &LCM_DOMAIN,
        (181, _) => &LCM_NIC,
        (190, _) => &LCM_WORKGROUP,
        (194, _) => &LCM_SERIAL,
        _ => &PXE_VALUE,
    };
    p.rest(row).map(drop)
}

fn cablelabs(p: &mut Packet<'_>) -> Read {
    let code = p.peek_u8()?;
    match code {
        0 => return p.u8(&CABLE_PADDING).map(drop),
        255 => {
            p.u8(&CABLE_END)?;
            return p.skip(p.left());
        }
        _ => {}
    }
    p.group_with(&CABLE_OPTION, code.into(), |p| {
        p.skip(1)?;
        let length = p.u8(&CABLE_LENGTH)?;
        let row = match (code, length) {
            (_, 0) => return Ok(()),
            (11, 1) => return p.u8(&CABLE_REALM).map(drop),
            (31, 6) => return p.mac(&CABLE_MTA).map(drop),
            (32, 4) => return p.u32(&CABLE_CORRELATION).map(drop),
            (8, 3) => &CABLE_OUI,
            (1, _) => &CABLE_REQUEST,
            (2, _) => &CABLE_DEVICE,
            (3, _) => &CABLE_ESAFE,
            (4, _) => &CABLE_SERIAL,
            (5, _) => &CABLE_HARDWARE,
            (6, _) => &CABLE_SOFTWARE,
            (7, _) => &CABLE_BOOT_ROM,
            (8, _) => &CABLE_OUI_TEXT,
            (9, _) => &CABLE_MODEL,
            (10, _) => &CABLE_VENDOR,
            (12, _) => &CABLE_SYSTEM,
            (13, _) => &CABLE_FIRMWARE,
            (14, _) => &CABLE_FIREWALL,
            (15, _) => &CABLE_CONFIG,
            (18, _) => &CABLE_SECURITY,
            (51, _) => &CABLE_VENDOR_51,
            (52, _) => &CABLE_CARD,
            (53, _) => &CABLE_DEVICE_CA,
            (54, _) => &CABLE_DEVICE_X509,
            _ => &CABLE_VALUE,
        };
        p.bytes(row, length.into()).map(drop)
    })
}

pub(super) fn identifying_class(p: &mut Packet<'_>) -> Read {
    p.group(&CLASS_ENTERPRISE, |p| {
        p.u32(&CLASS_NUMBER)?;
        let length = p.u8(&CLASS_LENGTH)?;
        p.bytes(&CLASS_TEXT, length.into()).map(drop)
    })
}

const BROADBAND_FORUM: u32 = 3561;
const CABLELABS: u32 = 4491;

pub(super) fn identifying(p: &mut Packet<'_>) -> Read {
    let enterprise = p.u32(&ENTERPRISE)?;
    p.under(|p| {
        let length = p.u8(&VI_LENGTH)?;
        p.within(length.into(), |p| match enterprise {
            _ if length == 0 => Ok(()),
            BROADBAND_FORUM => p.each(tr_111),
            CABLELABS => p.each(vi_cablelabs),
            _ => p.rest(&VI_DATA).map(drop),
        })
    })
}

fn tr_111(p: &mut Packet<'_>) -> Read {
    let code = p.peek_u8()?;
    p.group_with(&TR_111, code.into(), |p| {
        p.skip(1)?;
        let length = p.u8(&TR_111_LENGTH)?;
        let row = match code {
            _ if length == 0 => return Ok(()),
            1 => &DEVICE_OUI,
            2 => &DEVICE_SERIAL,
            3 => &DEVICE_CLASS,
            4 => &GATEWAY_OUI,
            5 => &GATEWAY_SERIAL,
            6 => &GATEWAY_CLASS,
            _ => &TR_111_VALUE,
        };
        p.bytes(row, length.into()).map(drop)
    })
}

fn vi_cablelabs(p: &mut Packet<'_>) -> Read {
    let code = p.peek_u8()?;
    p.group_with(&VI_CABLE, code.into(), |p| {
        p.skip(1)?;
        let length = p.u8(&VI_CABLE_LENGTH)?;
        p.within(length.into(), |p| match code {
            _ if length == 0 => Ok(()),
            1 => p.rest(&VI_CABLE_REQUEST).map(drop),
            2 if length % 4 == 0 => p.each(|p| p.ipv4(&VI_CABLE_TFTP).map(drop)),
            3 => p.rest(&VI_CABLE_ROUTER).map(drop),
            5 => p.rest(&VI_CABLE_MODEM).map(drop),
            _ => p.rest(&VI_CABLE_VALUE).map(drop),
        })
    })
}
