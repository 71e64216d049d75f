//! Control frames of sounding and of triggered uplinks: VHT and HE NDP Announcement, Beamforming
//! Report Poll, Trigger, IEEE 802.11-2020 sections 9.3.1.20 and 9.3.1.21, IEEE 802.11ax section
//! 9.3.1.22.

use wirelens_dissect::prelude::*;

use super::{ANNOUNCEMENT, TRIGGER};

static TRIGGER_TYPES: Names = &[
    (0, "Basic"),
    (1, "Beamforming Report Poll"),
    (2, "MU-BAR"),
    (3, "MU-RTS"),
    (4, "Buffer Status Report Poll"),
    (5, "GCR MU-BAR"),
    (6, "Bandwidth Query Report Poll"),
    (7, "NDP Feedback Report Poll"),
];

fields! {
    /// NDP Announcement.
    ANNOUNCEMENT_ROWS = "wlan" ANNOUNCEMENT "ndp_announcement";
    TOKEN = hex "vht_ndp.token" "Sounding Dialog Token" key("token") {
        T_RANGING = hex "vht_ndp.token.ranging" "Ranging" & 0x01;
        T_HE = flag "vht_ndp.token.he" "HE" & 0x02;
        T_NUMBER = uint "vht_ndp.token.number" "Number" & 0xfc;
    };
    HE_TOKEN = hex "he_ndp.token" "Sounding Dialog Token" key("he_token") {
        HT_RESERVED = hex "he_ndp.token.reserved" "Reserved" & 0x01;
        HT_HE = flag "vht_he.token.he" "HE" & 0x02 key("he");
        HT_NUMBER = uint "he_ndp.token.number" "Number" & 0xfc;
    };
    STATION = group "vht_ndp.sta_info" "Station" own many key("stations") {
        AID12 = hex "vht_ndp.sta_info.aid12" "AID12" & 0x0fff;
        FEEDBACK = flag "vht_ndp.sta_info.feedback_type" "MU Feedback" & 0x1000;
        NC_INDEX = uint "vht_ndp.sta_info.nc_index" "Nc Index" & 0xe000;
        S_RESERVED = hex "vht_ndp.sta_info.reserved" "Reserved" & 0xe000 detail;
    };
    HE_STATION = hex "he_ndp.sta_info" "Station" many key("he_stations") {
        H_AID = hex "he_ndp.sta_info.aid11" "AID11" & 0x000007ff;
        H_START = hex "he_ndp.sta_info.ru_start" "RU Start Index" & 0x0003f800;
        H_END = hex "he_ndp.sta_info.ru_end" "RU End Index" & 0x01fc0000;
        H_FEEDBACK = hex "he_ndp.sta_info.feedback_type_and_ng" "Feedback Type and Ng" & 0x06000000;
        H_DISAMBIGUATION = hex "he_ndp.sta_info.disambiguation" "Disambiguation" & 0x08000000;
        H_CODEBOOK = hex "he_ndp.sta_info.codebook_size" "Codebook Size" & 0x10000000;
        H_NC = hex "he_ndp.sta_info.nc" "Nc" & 0xe0000000;
    };
    RANGING = hex "vht_ndp.sta_info.ranging_2008" "Station" many key("ranging_stations") {
        G_AID11 = uint "vht_ndp.sta_info.ranging_2008.aid11" "AID11" & 0x7ff;
        G_LTF_OFFSET = uint "vht_ndp.sta_info.ranging_2008.ltf_offset" "LTF Offset" & 0x1f800;
        G_R2I_N_STS = uint "vht_ndp.sta_info.ranging_2008.r2i_n_sts" "R2I N STS" & 0xe0000;
        G_R2I_REP = uint "vht_ndp.sta_info.ranging_2008.r2i_rep" "R2I Rep" & 0x700000;
        G_I2R_N_STS = uint "vht_ndp.sta_info.ranging_2008.i2r_n_sts" "I2R N STS" & 0x3800000;
        G_RESERVED1 = uint "vht_ndp.sta_info.ranging_2008.reserved1" "Reserved" & 0x4000000;
        G_DISAMBIGUATION = uint "vht_ndp.sta_info.ranging_2008.disambiguation" "Disambiguation" & 0x8000000;
        G_I2R_REP = uint "vht_ndp.sta_info.ranging_2008.i2r_rep" "I2R Rep" & 0x70000000;
        G_RESERVED2 = uint "vht_ndp.sta_info.ranging_2008.reserved2" "Reserved" & 0x80000000;
    };
}

fields! {
    /// Trigger.
    TRIGGER_ROWS = "wlan" TRIGGER "trigger.he";
    COMMON = hex "trigger.he.common_info" "Common Information" {
        C_TYPE = uint "trigger.he.trigger_type" "Trigger Type" & 0xf names(TRIGGER_TYPES) key("trigger_type") brief("");
        C_LENGTH = uint "trigger.he.ul_length" "UL Length" & 0xfff0 key("ul_length");
        C_MORE = flag "trigger.he.more_tf" "More Trigger Frames" & 0x10000 key("more_tf");
        C_SENSE = flag "trigger.he.cs_required" "Carrier Sense required" & 0x20000 key("cs_required");
        C_BW = uint "trigger.he.ul_bw" "UL Bandwidth" & 0xc0000 key("ul_bw");
        C_GI = uint "trigger.he.gi_and_ltf_type" "GI and LTF Type" & 0x300000 key("gi_and_ltf_type");
        C_MIMO = flag "trigger.he.mu_mimo_ltf_mode" "MU-MIMO LTF Mode" & 0x400000 key("mu_mimo_ltf_mode");
        C_LTF = hex "trigger.he.num_he_ltf_syms_and_midamble_per" "HE-LTF Symbols and Midamble Periodicity" & 0x3800000 key("ltf_symbols");
        C_STBC = flag "trigger.he.ul_stbc" "UL STBC" & 0x4000000 key("ul_stbc");
        C_LDPC = flag "trigger.he.ldpc_extra_symbol_segment" "LDPC Extra Symbol Segment" & 0x8000000 key("ldpc_extra");
        C_POWER = uint "trigger.he.ap_tx_power" "AP Tx Power" & 0x3f0000000 key("ap_tx_power");
        C_EXTENSION = uint "trigger.he.packet_extension" "Packet Extension" & 0x1c00000000 key("packet_extension");
        C_REUSE = hex "trigger.he.spatial_reuse" "Spatial Reuse" & 0x1fffe000000000 key("spatial_reuse");
        C_DOPPLER = flag "trigger.he.doppler" "Doppler" & 0x20000000000000 key("doppler");
        C_SIG_A2 = hex "trigger.he.ul_he_sig_a2_reserved" "UL HE-SIG-A2 Reserved" & 0x7fc0000000000000 key("sig_a2_reserved") detail;
        C_RESERVED = hex "trigger.he.reserved" "Reserved" & 0x8000000000000000 key("reserved") detail;
    };
    USER = hex "trigger.he.user_info" "User Information" many key("users") {
        U_AID = hex "trigger.he.user_info.aid12" "AID12" & 0xfff;
        U_TARGET_RSSI = uint "trigger.he.target_rssi" "Target RSSI" & 0x7f00000000;
        U_RU_ALLOCATION_REGION = uint "trigger.he.ru_allocation_region" "RU Allocation Region" & 0x1000;
        U_RU_ALLOCATION = uint "trigger.he.ru_allocation" "RU Allocation" & 0xfe000;
        U_CODING_TYPE = flag "trigger.he.coding_type" "Coding Type" & 0x100000;
        U_MCS = hex "trigger.he.mcs" "MCS" & 0x1e00000;
        U_DCM = flag "trigger.he.dcm" "DCM" & 0x2000000;
        U_RU_STARTING_SPATIAL_STREAM = uint "trigger.he.ru_starting_spatial_stream" "Starting Spatial Stream" & 0x1c000000;
        U_RU_NUMBER_OF_SPATIAL_STREAM = uint "trigger.he.ru_number_of_spatial_stream" "Number Of Spatial Streams" & 0xe0000000;
        U_USER_RESERVED = hex "trigger.he.user_reserved" "Reserved" & 0x8000000000;
    };
    BASIC = hex "trigger.he.basic_user_info" "Basic User Information" many key("basic_users") {
        B_SPACING = uint "trigger.he.mpdu_mu_spacing_factor" "MPDU MU Spacing Factor" & 0x03 key("spacing_factor");
        B_TIDS = uint "trigger.he.tid_aggregation_limit" "TID Aggregation Limit" & 0x1c key("tid_limit");
        B_RESERVED = hex "trigger.he.reserved1" "Reserved" & 0x20 key("reserved") detail;
        B_AC = hex "trigger.he.preferred_ac" "Preferred AC" & 0xc0 key("preferred_ac");
    };
    FEEDBACK_BITMAP = hex "trigger.he.feedback_bm" "Feedback Segment Retransmission Bitmap" many key("feedback_bitmaps");
    PADDING = bytes "trigger.he.padding" "Padding or Contents" key("padding");
}

const RANGING_BIT: u8 = 0x01;
const HE_BIT: u8 = 0x02;

pub(super) fn announcement(p: &mut Packet<'_>) -> Read {
    let token = p.peek_u8()?;
    let is_he = token & (HE_BIT | RANGING_BIT) == HE_BIT;
    p.u8(if is_he { &HE_TOKEN } else { &TOKEN })?;
    if is_he || token & RANGING_BIT != 0 {
        while p.declared_left() >= 4 {
            p.u32_le(if is_he { &HE_STATION } else { &RANGING })?;
        }
        return Ok(());
    }
    while p.declared_left() >= 2 {
        let station = p.peek_u16_le()?;
        // Only where feedback for several users is asked for the index has a meaning.
        let index = if station & 0x1000 != 0 { &NC_INDEX } else { &S_RESERVED };
        p.group(&STATION, |p| p.bits(station, 2, &[&AID12, &FEEDBACK, index]))?;
    }
    Ok(())
}

/// A list of users, which ends with the frame or with the identifier 4095 before padding.
pub(super) fn trigger(p: &mut Packet<'_>) -> Read {
    const BASIC_TRIGGER: u64 = 0;
    const REPORT_POLL: u64 = 1;
    const LAST_KNOWN: u64 = 7;
    let kind = p.u64_le(&COMMON)? & 0x0f;
    // MU-BAR and NDP Feedback Report Poll have other formats.
    if matches!(kind, 2 | 5 | LAST_KNOWN..) {
        return p.remainder(&PADDING);
    }
    while p.declared_left() >= 5 {
        let low = u64::from(p.peek_u32_le()?);
        if low & 0x0fff == 0x0fff {
            break;
        }
        p.number(&USER, u64::from(p.peek_at(4)?) << 32 | low, 5)?;
        match kind {
            BASIC_TRIGGER => drop(p.u8(&BASIC)?),
            REPORT_POLL => drop(p.u8(&FEEDBACK_BITMAP)?),
            _ => {}
        }
    }
    p.remainder(&PADDING)
}

#[cfg(test)]
mod tests {
    use crate::link::wlan::WLAN;
    use crate::testing::*;

    const HE_ANNOUNCEMENT: &str = "54000a00 010101010101 020202020202 26 01480250 0448ffff";
    const VHT_ANNOUNCEMENT: &str = "54000a00 010101010101 020202020202 24 0148 0250";
    const TRIGGER: &str =
        "24000a00 010101010101 020202020202 00c80200ff00ff00 0102030405 06 ffffff";

    #[test]
    fn announcements() {
        insta::assert_snapshot!(tree(&WLAN, &hex(HE_ANNOUNCEMENT)));
        insta::assert_snapshot!(tree(&WLAN, &hex(VHT_ANNOUNCEMENT)));
    }

    #[test]
    fn a_trigger() {
        insta::assert_snapshot!(tree(&WLAN, &hex(TRIGGER)));
    }

    #[test]
    fn every_prefix_of_them() {
        for frame in [HE_ANNOUNCEMENT, VHT_ANNOUNCEMENT, TRIGGER] {
            every_prefix(&WLAN, &hex(frame));
        }
    }
}

