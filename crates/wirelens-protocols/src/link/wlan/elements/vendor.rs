//! Vendor specific elements, IEEE 802.11-2020 section 9.4.2.25: WPA, WMM, WPS and Hotspot 2.0 of the
//! Wi-Fi Alliance, and those of Atheros, Cisco and Epigram.

use wirelens_dissect::prelude::*;

use super::ht::{VENDOR_HT_ROWS, vendor_capabilities};
use super::rsn::{WPA_ROWS, wpa};
use super::wps::{WPS_ROWS, wps};
use super::T_VENDOR;

static MICROSOFT_TYPES: Names =
    &[(1, "WPA"), (2, "WMM"), (4, "WPS"), (17, "Network cost"), (18, "Tethering")];
/// IEEE 802.11-2020 table 12-9.
static KDE_TYPES: Names = &[
    (1, "GTK"),
    (3, "MAC address"),
    (4, "PMKID"),
    (6, "Nonce"),
    (7, "Lifetime"),
    (8, "Error"),
    (9, "IGTK"),
    (10, "Key ID"),
    (11, "Multi-band GTK"),
    (12, "Multi-band Key ID"),
    (13, "OCI"),
    (14, "BIGTK"),
];
static WMM_SUBTYPES: Names = &[(0, "Information"), (1, "Parameters"), (2, "TSPEC")];
static ACCESS_CATEGORIES: Names =
    &[(0, "Best Effort"), (1, "Background"), (2, "Video"), (3, "Voice")];
static SERVICE_PERIODS: Names = &[(0, "All frames"), (1, "2 frames"), (2, "4 frames"), (3, "6 frames")];
static ATHEROS_TYPES: Names = &[(1, "Advanced capability"), (3, "Extended range")];
static AIRONET_TYPES: Names =
    &[(0, "DTPC"), (3, "CCX version"), (4, "QoS"), (20, "Client MFP")];
static EPIGRAM_TYPES: Names = &[(51, "HT Capabilities"), (52, "HT Information")];
static HOTSPOT_RELEASES: Names = &[(0, "1"), (1, "2"), (2, "3")];

fields! {
    /// Vendor specific elements.
    VENDOR_ROWS = "wlan" T_VENDOR "tag";
    OUI = hex "tag.oui" "OUI" key("oui");
    OUI_TYPE = uint "tag.vendor.oui.type" "Type" key("type");
    DATA = bytes "tag.vendor.data" "Data" key("data");
    KDE = group "rsn.ie" "Key Data" own key("kde") {
        KDE_TYPE = uint "rsn.ie.kde.data_type" "Type" names(KDE_TYPES) key("type");
        GTK_INDEX = hex "rsn.ie.gtk_kde.key_id" "Key ID" & 0x03 key("gtk_key_id");
        GTK_TX = flag "rsn.ie.gtk_kde.tx" "Tx" & 0x04 key("gtk_tx");
        GTK_RESERVED = hex "rsn.ie.gtk_kde.res1" "Reserved" & 0xf8 key("gtk_reserved") detail;
        GTK_RESERVED_2 = hex "rsn.ie.gtk_kde.res2" "Reserved" key("gtk_reserved_2") detail;
        GTK = bytes "rsn.ie.gtk_kde.gtk" "GTK" key("gtk");
        KDE_ADDRESS = mac "rsn.ie.mac_address_kde.mac_address" "MAC Address" key("address");
        PMKID = bytes "rsn.ie.pmkid" "PMKID" key("pmkid");
        KDE_NONCE = bytes "rsn.ie.key_nonce_kde.nonce" "Nonce" key("nonce");
        LIFETIME = uint "rsn.ie.key_lifetime_kde.lifetime" "Key Lifetime in s" key("lifetime");
        IGTK_INDEX = uint "rsn.ie.igtk.kde.keyid" "Key ID" key("igtk_key_id");
        IGTK_IPN = uint "rsn.ie.igtk.kde.ipn" "IPN" key("igtk_ipn");
        IGTK = bytes "rsn.ie.igtk.kde.igtk" "IGTK" key("igtk");
        KDE_UNKNOWN = bytes "rsn.ie.unknown" "Contents" key("contents");
    };
    WFA_TYPE = hex "wfa.ie.type" "Wi-Fi Alliance Type" names(MICROSOFT_TYPES) key("wfa_type");
    WPA = group "wfa.ie.wpa" "WPA" own key("wpa") rows(WPA_ROWS);
    WMM = group "wfa.ie.wme" "WMM" own key("wmm") {
        WMM_SUBTYPE = uint "wfa.ie.wme.subtype" "Subtype" names(WMM_SUBTYPES) key("subtype");
        WMM_VERSION = uint "wfa.ie.wme.version" "Version" key("version");
        AP_INFO = hex "wfa.ie.wme.qos_info" "QoS Information of an AP" key("ap_information") {
            AP_U_APSD = flag "wfa.ie.wme.qos_info.ap.u_apsd" "U-APSD" & 0x80 key("u_apsd");
            AP_COUNT = hex "wfa.ie.wme.qos_info.ap.parameter_set_count" "Parameter Set Count" & 0x0f key("parameter_set_count");
            AP_RESERVED = hex "wfa.ie.wme.qos_info.ap.reserved" "Reserved" & 0x70 key("reserved") detail;
        };
        STA_INFO = hex "wfa.ie.wme.qos_info" "QoS Information of a Station" key("sta_information") {
            STA_LENGTH = hex "wfa.ie.wme.qos_info.sta.max_sp_length" "Longest Service Period" & 0x60 names(SERVICE_PERIODS) key("max_sp_length");
            STA_BE = flag "wfa.ie.wme.qos_info.sta.ac_be" "Best Effort" & 0x08 key("ac_be");
            STA_BK = flag "wfa.ie.wme.qos_info.sta.ac_bk" "Background" & 0x04 key("ac_bk");
            STA_VI = flag "wfa.ie.wme.qos_info.sta.ac_vi" "Video" & 0x02 key("ac_vi");
            STA_VO = flag "wfa.ie.wme.qos_info.sta.ac_vo" "Voice" & 0x01 key("ac_vo");
            STA_RESERVED = hex "wfa.ie.wme.qos_info.sta.reserved" "Reserved" & 0x90 key("reserved") detail;
        };
        WMM_RESERVED = bytes "wfa.ie.wme.reserved" "Reserved" detail key("reserved");
        AC = group "wfa.ie.wme.acp" "Access Category" many key("access_categories") {
            ACI_AIFSN = hex "wfa.ie.wme.acp.aci_aifsn" "ACI and AIFSN" {
                AIFSN = uint "wfa.ie.wme.acp.aifsn" "AIFSN" & 0x0f key("aifsn");
                ACM = flag "wfa.ie.wme.acp.acm" "Admission Control is mandatory" & 0x10 key("acm");
                ACI = uint "wfa.ie.wme.acp.aci" "Access Category" & 0x60 names(ACCESS_CATEGORIES) key("aci");
                AC_RESERVED = uint "wfa.ie.wme.acp.reserved" "Reserved" & 0x80 detail key("reserved");
            };
            ECW = hex "wfa.ie.wme.acp.ecw" "Contention Window" {
                ECW_MAX = uint "wfa.ie.wme.acp.ecw.max" "ECWmax" & 0xf0;
                ECW_MIN = uint "wfa.ie.wme.acp.ecw.min" "ECWmin" & 0x0f;
                CW_MAX = uint "wfa.ie.wme.acp.cw.max" "CWmax" key("cw_max");
                CW_MIN = uint "wfa.ie.wme.acp.cw.min" "CWmin" key("cw_min");
            };
            TXOP_LIMIT = uint "wfa.ie.wme.acp.txop_limit" "TXOP Limit in 32 us";
        };
    };
    WPS = group "wps" "WPS" own key("wps") silent rows(WPS_ROWS);
    HOTSPOT = group "hs20.indication" "Hotspot 2.0 Indication" own key("hotspot") {
        H_DGAF_DISABLED = uint "hs20.indication.dgaf_disabled" "DGAF Disabled" & 0x1;
        H_PPS_MO_ID_PRESENT = flag "hs20.indication.pps_mo_id_present" "PPS MO ID Present" & 0x2;
        H_ANQP_DOMAIN_ID_PRESENT = flag "hs20.indication.anqp_domain_id_present" "ANQP Domain ID Present" & 0x4;
        H_RESERVED = flag "hs20.indication.reserved" "Reserved" & 0x8;
        H_VERSION = uint "hs20.indication.version_number" "Release" & 0xf0 names(HOTSPOT_RELEASES);
        H_PPS_MO_ID = uint "hs20.indication.pps_mo_id" "PPS MO ID";
        H_DOMAIN_ID = uint "hs20.indication.domain_id" "ANQP Domain ID";
    };
    ATHEROS = group "atheros.ie" "Atheros" own key("atheros") {
        A_TYPE = hex "atheros.ie.type" "Type" names(ATHEROS_TYPES);
        A_SUBTYPE = hex "atheros.ie.subtype" "Subtype";
        A_VERSION = hex "atheros.ie.version" "Version";
        A_CAPABILITIES = hex "atheros.ie.advcap.cap" "Capabilities" rows(ATHEROS_CAPABILITY_ROWS);
        A_KEY = hex "atheros.ie.advcap.defkey" "Default Key Index";
        XR_INFO = hex "atheros.ie.xr.info" "Information";
        XR_BASE = mac "atheros.ie.xr.base_bssid" "Base BSS ID";
        XR_BSSID = mac "atheros.ie.xr.xr_bssid" "XR BSS ID";
        XR_BEACON = uint "atheros.ie.xr.xr_beacon" "XR Beacon Interval in TU";
        XR_BASE_CAP = hex "atheros.ie.xr.base_cap" "Base Capabilities" rows(ATHEROS_CAPABILITY_ROWS);
        XR_CAP = hex "atheros.ie.xr.xr_cap" "XR Capabilities" rows(ATHEROS_CAPABILITY_ROWS);
        A_DATA = bytes "atheros.data" "Data";
    };
    AIRONET = group "aironet" "Aironet" own key("aironet") {
        AIRONET_TYPE = uint "aironet.type" "Type" names(AIRONET_TYPES);
        DTPC = int "aironet.dtpc" "Transmit Power in dBm";
        DTPC_UNKNOWN = bytes "aironet.dtpc_unknown" "Unknown";
        CCX_VERSION = uint "aironet.version" "CCX Version";
        CLIENT_MFP = flag "aironet.clientmfp" "Client MFP" & 0x01;
        AIRONET_DATA = bytes "aironet.data" "Data";
    };
    EPIGRAM = group "vs.pren" "Before 802.11n" own key("epigram") {
        PREN_TYPE = uint "vs.pren.type" "Type" names(EPIGRAM_TYPES);
        PREN_DATA = bytes "vs.pren.unknown_data" "Data";
        PREN_HT = group "vs.ht" "HT Capabilities" own silent rows(VENDOR_HT_ROWS);
    };
}

fields! {
    /// What a chip can do.
    ATHEROS_CAPABILITY_ROWS = "wlan" A_CAPABILITIES "atheros.ie.advcap.cap";
    A_TURBOP = flag "ie.atheros.capabilities.turbop" "Turbo Prime" & 0x1;
    A_COMP = flag "ie.atheros.capabilities.comp" "Compression" & 0x2;
    A_FF = flag "ie.atheros.capabilities.ff" "Fast Frames" & 0x4;
    A_XR = flag "ie.atheros.capabilities.xr" "eXtended Range" & 0x8;
    A_AR = flag "ie.atheros.capabilities.ar" "Advanced Radar" & 0x10;
    A_BURST = flag "ie.atheros.capabilities.burst" "Burst" & 0x20;
    A_WME = flag "ie.atheros.capabilities.wme" "CWMin tuning" & 0x40;
    A_BOOST = flag "ie.atheros.capabilities.boost" "Boost" & 0x80;
}

/// In beacons, responses and such the sender is an access point.
pub(super) fn is_access_point(subtype: u8) -> bool {
    matches!(subtype, 1 | 3 | 5 | 8)
}

pub(super) fn vendor(p: &mut Packet<'_>, subtype: u8) -> Read {
    let oui = p.u24(&OUI)?;
    if p.declared_left() == 0 {
        return Ok(());
    }
    let kind = p.peek_u8()?;
    p.note(&OUI_TYPE, kind.into(), 1);
    match (oui, kind) {
        (0x00_0fac, _) => p.group(&KDE, key_data),
        (0x00_50f2, _) => microsoft(p, kind, subtype),
        (0x50_6f9a, 16) => {
            p.skip(1)?;
            p.group(&HOTSPOT, hotspot)
        }
        (0x00_037f, _) => p.group(&ATHEROS, atheros),
        (0x00_4096, _) => p.group(&AIRONET, aironet),
        (0x00_904c, _) => p.group(&EPIGRAM, epigram),
        _ => p.rest(&DATA).map(drop),
    }
}

/// IEEE 802.11-2020 section 12.7.2: what the key data of EAPOL is made of.
fn key_data(p: &mut Packet<'_>) -> Read {
    let kind = p.u8(&KDE_TYPE)?;
    let length = p.declared_left();
    match kind {
        1 if length >= 2 => {
            let word = p.peek_u8()?;
            p.bits(word, 1, &[&GTK_INDEX, &GTK_TX, &GTK_RESERVED])?;
            p.u8(&GTK_RESERVED_2)?;
            p.rest(&GTK).map(drop)
        }
        3 if length == 6 => p.mac(&KDE_ADDRESS).map(drop),
        4 if length == 16 => p.rest(&PMKID).map(drop),
        6 if length == 32 => p.rest(&KDE_NONCE).map(drop),
        7 if length == 4 => p.u32(&LIFETIME).map(drop),
        9 if length >= 8 => {
            p.u16_le(&IGTK_INDEX)?;
            p.u48_le(&IGTK_IPN)?;
            p.rest(&IGTK).map(drop)
        }
        _ if length > 0 => p.rest(&KDE_UNKNOWN).map(drop),
        _ => Ok(()),
    }
}

fn microsoft(p: &mut Packet<'_>, kind: u8, subtype: u8) -> Read {
    p.u8(&WFA_TYPE)?;
    match kind {
        1 => p.group(&WPA, wpa),
        2 => p.group(&WMM, |p| wmm(p, subtype)),
        4 => p.group(&WPS, wps),
        _ => p.remainder(&DATA),
    }
}

/// Wi-Fi Alliance, "WMM", section 2.2: information, or the parameters of four categories.
fn wmm(p: &mut Packet<'_>, subtype: u8) -> Read {
    let kind = p.u8(&WMM_SUBTYPE)?;
    p.u8(&WMM_VERSION)?;
    if kind > 1 {
        return Ok(());
    }
    p.u8(if is_access_point(subtype) { &AP_INFO } else { &STA_INFO })?;
    if kind == 1 {
        p.bytes(&WMM_RESERVED, 1)?;
        for _ in 0..4 {
            p.group(&AC, access_category)?;
        }
    }
    Ok(())
}

fn access_category(p: &mut Packet<'_>) -> Read {
    p.u8(&ACI_AIFSN)?;
    let (at, ecw) = (p.at(), p.u8(&ECW)?);
    p.under(|p| {
        p.mark(&CW_MAX, at, 1, (1 << (ecw >> 4)) - 1);
        p.mark(&CW_MIN, at, 1, (1 << (ecw & 0x0f)) - 1);
        Ok(())
    })?;
    p.u16_le(&TXOP_LIMIT).map(drop)
}

/// Wi-Fi Alliance, "Hotspot 2.0", section 3.1.1.
fn hotspot(p: &mut Packet<'_>) -> Read {
    let word = p.peek_u8()?;
    p.bits(word, 1, &[
        &H_DGAF_DISABLED,
        &H_PPS_MO_ID_PRESENT,
        &H_ANQP_DOMAIN_ID_PRESENT,
        &H_RESERVED,
        &H_VERSION,
    ])?;
    if word & 0x02 != 0 {
        p.u16_le(&H_PPS_MO_ID)?;
    }
    if word & 0x04 != 0 {
        p.u16_le(&H_DOMAIN_ID)?;
    }
    Ok(())
}

fn atheros(p: &mut Packet<'_>) -> Read {
    let kind = p.peek_u8()?;
    if p.declared_left() < 3 {
        return p.rest(&A_DATA).map(drop);
    }
    p.u8(&A_TYPE)?;
    p.u8(&A_SUBTYPE)?;
    p.u8(&A_VERSION)?;
    match kind {
        1 => {
            p.u8(&A_CAPABILITIES)?;
            p.u16_le(&A_KEY)?;
        }
        3 => {
            p.u8(&XR_INFO)?;
            p.mac(&XR_BASE)?;
            p.mac(&XR_BSSID)?;
            p.u16_le(&XR_BEACON)?;
            p.u8(&XR_BASE_CAP)?;
            p.u8(&XR_CAP)?;
        }
        _ => {}
    }
    p.remainder(&A_DATA)
}

fn aironet(p: &mut Packet<'_>) -> Read {
    match p.u8(&AIRONET_TYPE)? {
        0 => {
            p.i8(&DTPC)?;
            p.bytes(&DTPC_UNKNOWN, 1)?;
        }
        3 => drop(p.u8(&CCX_VERSION)?),
        20 => {
            let word = p.peek_u8()?;
            p.bits(word, 1, &[&CLIENT_MFP])?;
        }
        _ => {}
    }
    p.remainder(&AIRONET_DATA)
}

fn epigram(p: &mut Packet<'_>) -> Read {
    match p.u8(&PREN_TYPE)? {
        51 => p.group(&PREN_HT, vendor_capabilities),
        _ => p.remainder(&PREN_DATA),
    }
}

