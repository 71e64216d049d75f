//! RSN, IEEE 802.11-2020 section 9.4.2.24, and what went before it, WPA's element; and the cipher
//! suites and key managements of both.

use wirelens_dissect::prelude::*;

use super::{T_RSN, T_VENDOR};

/// IEEE 802.11-2020 table 9-149.
static CIPHERS: Names = &[
    (0, "Group cipher suite"),
    (1, "WEP-40"),
    (2, "TKIP"),
    (4, "CCMP-128"),
    (5, "WEP-104"),
    (6, "BIP-CMAC-128"),
    (7, "Group traffic not allowed"),
    (8, "GCMP-128"),
    (9, "GCMP-256"),
    (10, "CCMP-256"),
    (11, "BIP-GMAC-128"),
    (12, "BIP-GMAC-256"),
    (13, "BIP-CMAC-256"),
];
/// IEEE 802.11-2020 table 9-151.
static KEY_MANAGEMENTS: Names = &[
    (1, "802.1X"),
    (2, "PSK"),
    (3, "FT over 802.1X"),
    (4, "FT with PSK"),
    (5, "802.1X, SHA-256"),
    (6, "PSK, SHA-256"),
    (7, "TDLS"),
    (8, "SAE"),
    (9, "FT with SAE"),
    (10, "AP peer key"),
    (11, "802.1X, Suite B, SHA-256"),
    (12, "802.1X, CNSA, SHA-384"),
    (13, "FT over 802.1X, SHA-384"),
    (14, "FILS, SHA-256"),
    (15, "FILS, SHA-384"),
    (16, "FT with FILS, SHA-256"),
    (17, "FT with FILS, SHA-384"),
    (18, "OWE"),
    (19, "FT with PSK, SHA-384"),
    (20, "PSK, SHA-384"),
    (24, "SAE, group-dependent hash"),
    (25, "FT with SAE, group-dependent hash"),
];
static REPLAY_COUNTERS: Names = &[(0, "1"), (1, "2"), (2, "4"), (3, "16")];

fields! {
    /// The RSN element.
    RSN_ROWS = "wlan" T_RSN "tag";
    VERSION = uint "rsn.version" "Version" key("version");
    GROUP = hex "rsn.gcs" "Group Cipher" key("group_cipher") {
        GROUP_OUI = hex "rsn.gcs.oui" "OUI" & 0xffffff00 span(0, 3) key("oui");
        GROUP_TYPE = uint "rsn.gcs.type" "Type" & 0xff span(3, 1) names(CIPHERS) key("type");
    };
    PAIRWISE_COUNT = uint "rsn.pcs.count" "Number of Pairwise Ciphers" detail key("pairwise_count");
    PAIRWISE_LIST = group "rsn.pcs.list" "Pairwise Ciphers" key("pairwise") {
        PAIRWISE = hex "rsn.pcs" "Pairwise Cipher" many key("ciphers") {
            PAIRWISE_OUI = hex "rsn.pcs.oui" "OUI" & 0xffffff00 span(0, 3) key("oui");
            PAIRWISE_TYPE = uint "rsn.pcs.type" "Type" & 0xff span(3, 1) names(CIPHERS) key("type");
        };
    };
    AKM_COUNT = uint "rsn.akms.count" "Number of Key Managements" detail key("akm_count");
    AKM_LIST = group "rsn.akms.list" "Key Managements" key("key_managements") {
        AKM = hex "rsn.akms" "Key Management" many key("suites") {
            AKM_OUI = hex "rsn.akms.oui" "OUI" & 0xffffff00 span(0, 3) key("oui");
            AKM_TYPE = uint "rsn.akms.type" "Type" & 0xff span(3, 1) names(KEY_MANAGEMENTS) key("type") brief("");
        };
    };
    CAPABILITIES = hex "rsn.capabilities" "RSN Capabilities" key("capabilities") {
        PREAUTH = flag "rsn.capabilities.preauth" "Preauthentication" & 0x0001;
        NO_PAIRWISE = flag "rsn.capabilities.no_pairwise" "No pairwise key with a WEP default key" & 0x0002;
        PTKSA = hex "rsn.capabilities.ptksa_replay_counter" "PTKSA Replay Counters" & 0x000c names(REPLAY_COUNTERS);
        GTKSA = hex "rsn.capabilities.gtksa_replay_counter" "GTKSA Replay Counters" & 0x0030 names(REPLAY_COUNTERS);
        MFPR = flag "rsn.capabilities.mfpr" "Management Frame Protection required" & 0x0040;
        MFPC = flag "rsn.capabilities.mfpc" "Management Frame Protection capable" & 0x0080;
        JMR = flag "rsn.capabilities.jmr" "Joint Multi-band RSNA" & 0x0100;
        PEERKEY = flag "rsn.capabilities.peerkey" "PeerKey enabled" & 0x0200;
        KEY_ID = flag "rsn.capabilities.extended_key_id_iaf" "Extended Key ID" & 0x2000;
    };
    PMKID_COUNT = uint "rsn.pmkid.count" "Number of PMKIDs" key("pmkid_count");
    PMKID_LIST = group "rsn.pmkid.list" "PMKIDs" key("pmkid_list") {
        PMKID = bytes "rsn.pmkid.bytes" "PMKID" many key("pmkids");
    };
    MANAGEMENT = hex "rsn.gmcs" "Group Management Cipher" key("group_management_cipher") {
        MANAGEMENT_OUI = hex "rsn.gmcs.oui" "OUI" & 0xffffff00 span(0, 3) key("oui");
        MANAGEMENT_TYPE = uint "rsn.gmcs.type" "Type" & 0xff span(3, 1) names(CIPHERS) key("type");
    };
    PAIRWISE_BAD = problem "rsn.pcs.count.invalid" "More pairwise ciphers than there is room for" key("bad_pairwise_count");
    AKM_BAD = problem "rsn.akms.count.invalid" "More key managements than there is room for" key("bad_akm_count");
    PMKID_BAD = problem "rsn.pmkid.count.invalid" "More PMKIDs than there is room for" key("bad_pmkid_count");
}

fields! {
    /// WPA's element.
    WPA_ROWS = "wlan" T_VENDOR "tag";
    WPA_VERSION = uint "wfa.ie.wpa.version" "WPA Version" key("version");
    WPA_GROUP = hex "wfa.ie.wpa.mcs" "Group Cipher" key("group_cipher") {
        WPA_GROUP_OUI = hex "wfa.ie.wpa.mcs.oui" "OUI" & 0xffffff00 span(0, 3) key("oui");
        WPA_GROUP_TYPE = uint "wfa.ie.wpa.mcs.type" "Type" & 0xff span(3, 1) names(CIPHERS) key("type");
    };
    WPA_COUNT = uint "wfa.ie.wpa.ucs.count" "Number of Pairwise Ciphers" detail key("pairwise_count");
    WPA_LIST = group "wfa.ie.wpa.ucs.list" "Pairwise Ciphers" key("pairwise") {
        WPA_PAIRWISE = hex "wfa.ie.wpa.ucs" "Pairwise Cipher" many key("ciphers") {
            WPA_PAIRWISE_OUI = hex "wfa.ie.wpa.ucs.oui" "OUI" & 0xffffff00 span(0, 3) key("oui");
            WPA_PAIRWISE_TYPE = uint "wfa.ie.wpa.ucs.type" "Type" & 0xff span(3, 1) names(CIPHERS) key("type");
        };
    };
    WPA_AKM_COUNT = uint "wfa.ie.wpa.akms.count" "Number of Key Managements" detail key("akm_count");
    WPA_AKM_LIST = group "wfa.ie.wpa.akms.list" "Key Managements" key("key_managements") {
        WPA_AKM = hex "wfa.ie.wpa.akms" "Key Management" many key("suites") {
            WPA_AKM_OUI = hex "wfa.ie.wpa.akms.oui" "OUI" & 0xffffff00 span(0, 3) key("oui");
            WPA_AKM_TYPE = uint "wfa.ie.wpa.type" "Type" & 0xff span(3, 1) names(KEY_MANAGEMENTS) key("type") brief("WPA ");
        };
    };
}

/// A count and as many suites of four bytes. False where there are fewer.
fn suites(
    p: &mut Packet<'_>,
    count: &'static Field,
    list: &'static Field,
    suite: &'static Field,
    bad: Option<&'static Field>,
) -> Read<bool> {
    let said = usize::from(p.u16_le(count)?);
    let number = said.min(p.declared_left() / 4);
    if number < said
        && let Some(bad) = bad
    {
        p.problem_at(bad, p.at() - 2, 2);
    }
    if number == 0 {
        return Ok(said == 0);
    }
    p.group(list, |p| {
        for _ in 0..number {
            p.u32(suite)?;
        }
        Ok(number == said)
    })
}

/// Everything behind the version may be left out.
pub(super) fn rsn(p: &mut Packet<'_>, _: u8) -> Read {
    p.u16_le(&VERSION)?;
    if p.declared_left() == 0 {
        return Ok(());
    }
    p.u32(&GROUP)?;
    if p.declared_left() == 0
        || !suites(p, &PAIRWISE_COUNT, &PAIRWISE_LIST, &PAIRWISE, Some(&PAIRWISE_BAD))?
        || p.declared_left() == 0
        || !suites(p, &AKM_COUNT, &AKM_LIST, &AKM, Some(&AKM_BAD))?
        || p.declared_left() == 0
    {
        return Ok(());
    }
    p.u16_le(&CAPABILITIES)?;
    if p.declared_left() < 2 {
        return Ok(());
    }
    let count = usize::from(p.u16_le(&PMKID_COUNT)?);
    if 16 * count > p.declared_left() {
        p.problem_at(&PMKID_BAD, p.at() - 2, 2);
        return Ok(());
    }
    if count > 0 {
        p.group(&PMKID_LIST, |p| {
            for _ in 0..count {
                p.bytes(&PMKID, 16)?;
            }
            Ok(())
        })?;
    }
    if p.declared_left() >= 4 {
        p.u32(&MANAGEMENT)?;
    }
    Ok(())
}

/// Wi-Fi Alliance, "Wi-Fi Protected Access", version 1.
pub(super) fn wpa(p: &mut Packet<'_>) -> Read {
    p.u16_le(&WPA_VERSION)?;
    if p.declared_left() == 0 {
        return Ok(());
    }
    p.u32(&WPA_GROUP)?;
    if p.declared_left() == 0 || !suites(p, &WPA_COUNT, &WPA_LIST, &WPA_PAIRWISE, None)? {
        return Ok(());
    }
    if p.declared_left() > 0 {
        suites(p, &WPA_AKM_COUNT, &WPA_AKM_LIST, &WPA_AKM, None)?;
    }
    Ok(())
}
