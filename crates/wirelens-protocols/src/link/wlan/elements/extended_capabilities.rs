//! Extended Capabilities, IEEE 802.11-2020 section 9.4.2.26, and RSN Extension, 9.4.2.241.

use wirelens_dissect::prelude::*;

use super::{T_EXTENDED_CAPABILITIES, T_RSNX};

fields! {
    /// Extended Capabilities, a row for each octet.
    EXTENDED_CAPABILITY_ROWS = "wlan" T_EXTENDED_CAPABILITIES "tag";
    OCTET_1 = hex "extcap" "Octet 1" key("octet_1") {
        B0 = flag "extcap.b0" "20/40 BSS Coexistence Management Support" & 0x1 key("20_40_bss_coexistence_management_support");
        B1 = hex "extcap.b1" "Reserved" & 0x2 detail;
        B2 = flag "extcap.b2" "Extended Channel Switching" & 0x4 key("extended_channel_switching");
        B3 = hex "extcap.b3" "Reserved" & 0x8 detail;
        B4 = flag "extcap.b4" "PSMP Capability" & 0x10 key("psmp_capability");
        B5 = hex "extcap.b5" "Reserved" & 0x20 detail;
        B6 = flag "extcap.b6" "S-PSMP Support" & 0x40 key("s_psmp_support");
        B7 = flag "extcap.b7" "Event" & 0x80 key("event");
    };
    OCTET_2 = hex "extcap" "Octet 2" key("octet_2") {
        B8 = flag "extcap.b8" "Diagnostics" & 0x1 key("diagnostics");
        B9 = flag "extcap.b9" "Multicast Diagnostics" & 0x2 key("multicast_diagnostics");
        B10 = flag "extcap.b10" "Location Tracking" & 0x4 key("location_tracking");
        B11 = flag "extcap.b11" "FMS" & 0x8 key("fms");
        B12 = flag "extcap.b12" "Proxy ARP Service" & 0x10 key("proxy_arp_service");
        B13 = flag "extcap.b13" "Collocated Interference Reporting" & 0x20 key("collocated_interference_reporting");
        B14 = flag "extcap.b14" "Civic Location" & 0x40 key("civic_location");
        B15 = flag "extcap.b15" "Geospatial Location" & 0x80 key("geospatial_location");
    };
    OCTET_3 = hex "extcap" "Octet 3" key("octet_3") {
        B16 = flag "extcap.b16" "TFS" & 0x1 key("tfs");
        B17 = flag "extcap.b17" "WNM Sleep Mode" & 0x2 key("wnm_sleep_mode");
        B18 = flag "extcap.b18" "TIM Broadcast" & 0x4 key("tim_broadcast");
        B19 = flag "extcap.b19" "BSS Transition" & 0x8 key("bss_transition");
        B20 = flag "extcap.b20" "QoS Traffic Capability" & 0x10 key("qos_traffic_capability");
        B21 = flag "extcap.b21" "AC Station Count" & 0x20 key("ac_station_count");
        B22 = flag "extcap.b22" "Multiple BSSID" & 0x40 key("multiple_bssid");
        B23 = flag "extcap.b23" "Timing Measurement" & 0x80 key("timing_measurement");
    };
    OCTET_4 = hex "extcap" "Octet 4" key("octet_4") {
        B24 = flag "extcap.b24" "Channel Usage" & 0x1 key("channel_usage");
        B25 = flag "extcap.b25" "SSID List" & 0x2 key("ssid_list");
        B26 = flag "extcap.b26" "DMS" & 0x4 key("dms");
        B27 = flag "extcap.b27" "UTC TSF Offset" & 0x8 key("utc_tsf_offset");
        B28 = flag "extcap.b28" "TPU Buffer STA Support" & 0x10 key("tpu_buffer_sta_support");
        B29 = flag "extcap.b29" "TDLS Peer PSM Support" & 0x20 key("tdls_peer_psm_support");
        B30 = flag "extcap.b30" "TDLS channel switching" & 0x40 key("tdls_channel_switching");
        B31 = flag "extcap.b31" "Interworking" & 0x80 key("interworking");
    };
    OCTET_5 = hex "extcap" "Octet 5" key("octet_5") {
        B32 = flag "extcap.b32" "QoS Map" & 0x1 key("qos_map");
        B33 = flag "extcap.b33" "EBR" & 0x2 key("ebr");
        B34 = flag "extcap.b34" "SSPN Interface" & 0x4 key("sspn_interface");
        B35 = hex "extcap.b35" "Reserved" & 0x8 detail;
        B36 = flag "extcap.b36" "MSGCF Capability" & 0x10 key("msgcf_capability");
        B37 = flag "extcap.b37" "TDLS Support" & 0x20 key("tdls_support");
        B38 = flag "extcap.b38" "TDLS Prohibited" & 0x40 key("tdls_prohibited");
        B39 = flag "extcap.b39" "TDLS Channel Switching Prohibited" & 0x80 key("tdls_channel_switching_prohibited");
    };
    OCTET_6 = hex "extcap" "Octet 6" key("octet_6") {
        B40 = flag "extcap.b40" "Reject Unadmitted Frame" & 0x1 key("reject_unadmitted_frame");
        SERV_INT_GRANULARITY = uint "extcap.serv_int_granularity" "Service Interval Granularity" & 0xe key("service_interval_granularity");
        B44 = flag "extcap.b44" "Identifier Location" & 0x10 key("identifier_location");
        B45 = flag "extcap.b45" "U-APSD Coexistence" & 0x20 key("u_apsd_coexistence");
        B46 = flag "extcap.b46" "WNM Notification" & 0x40 key("wnm_notification");
        B47 = hex "extcap.b47" "QAB Capability" & 0x80 key("qab_capability");
    };
    OCTET_7 = hex "extcap" "Octet 7" key("octet_7") {
        B48 = flag "extcap.b48" "UTF-8 SSID" & 0x1 key("utf_8_ssid");
        B49 = flag "extcap.b49" "QMF Activated" & 0x2 key("qmf_activated");
        B50 = flag "extcap.b50" "QMF Reconfiguration Activated" & 0x4 key("qmf_reconfiguration_activated");
        B51 = flag "extcap.b51" "Robust AV Streaming" & 0x8 key("robust_av_streaming");
        B52 = flag "extcap.b52" "Advanced GCR" & 0x10 key("advanced_gcr");
        B53 = flag "extcap.b53" "Mesh GCR" & 0x20 key("mesh_gcr");
        B54 = flag "extcap.b54" "SCS" & 0x40 key("scs");
        B55 = flag "extcap.b55" "QLoad Report" & 0x80 key("qload_report");
    };
    OCTET_8 = hex "extcap" "Octet 8" key("octet_8") {
        B56 = flag "extcap.b56" "Alternate EDCA" & 0x1 key("alternate_edca");
        B57 = flag "extcap.b57" "Unprotected TXOP Negotiation" & 0x2 key("unprotected_txop_negotiation");
        B58 = flag "extcap.b58" "Protected TXOP Negotiation" & 0x4 key("protected_txop_negotiation");
        B59 = hex "extcap.b59" "Reserved" & 0x8 detail;
        B60 = flag "extcap.b60" "Protected QLoad Report" & 0x10 key("protected_qload_report");
        B61 = flag "extcap.b61" "TDLS Wider Bandwidth" & 0x20 key("tdls_wider_bandwidth");
        B62 = flag "extcap.b62" "Operating Mode Notification" & 0x40 key("operating_mode_notification");
        B63 = uint "extcap.b63" "Max Number Of MSDUs In A-MSDU" & 0x80 key("max_number_of_msdus_in_a_msdu");
    };
    OCTETS_8_9 = hex "extcap" "Octets 8 and 9" key("octets_8_9") {
        W_B56 = flag "extcap.b56" "Alternate EDCA" & 0x1 key("alternate_edca");
        W_B57 = flag "extcap.b57" "Unprotected TXOP Negotiation" & 0x2 key("unprotected_txop_negotiation");
        W_B58 = flag "extcap.b58" "Protected TXOP Negotiation" & 0x4 key("protected_txop_negotiation");
        W_B59 = hex "extcap.b59" "Reserved" & 0x8 detail;
        W_B60 = flag "extcap.b60" "Protected QLoad Report" & 0x10 key("protected_qload_report");
        W_B61 = flag "extcap.b61" "TDLS Wider Bandwidth" & 0x20 key("tdls_wider_bandwidth");
        W_B62 = flag "extcap.b62" "Operating Mode Notification" & 0x40 key("operating_mode_notification");
        W_B63 = uint "extcap.b63" "Max Number Of MSDUs In A-MSDU" & 0x0180 key("max_number_of_msdus_in_a_msdu");
        W_B65 = flag "extcap.b65" "Channel Schedule Management" & 0x200 key("channel_schedule_management");
        W_B66 = flag "extcap.b66" "Geodatabase Inband Enabling Signal" & 0x400 key("geodatabase_inband_enabling_signal");
        W_B67 = flag "extcap.b67" "Network Channel Control" & 0x800 key("network_channel_control");
        W_B68 = flag "extcap.b68" "White Space Map" & 0x1000 key("white_space_map");
        W_B69 = flag "extcap.b69" "Channel Availability Query" & 0x2000 key("channel_availability_query");
        W_B70 = flag "extcap.b70" "Fine Timing Measurement Responder" & 0x4000 key("fine_timing_measurement_responder");
        W_B71 = flag "extcap.b71" "Fine Timing Measurement Initiator" & 0x8000 key("fine_timing_measurement_initiator");
    };
    OCTET_10 = hex "extcap" "Octet 10" key("octet_10") {
        B72 = flag "extcap.b72" "FILS Capable" & 0x1 key("fils_capable");
        B73 = flag "extcap.b73" "Extended Spectrum Management Capable" & 0x2 key("extended_spectrum_management_capable");
        B74 = flag "extcap.b74" "Future Channel Capable" & 0x4 key("future_channel_capable");
        B75 = hex "extcap.b75" "Reserved" & 0x8 detail;
        B76 = hex "extcap.b76" "Reserved" & 0x10 detail;
        B77 = flag "extcap.b77" "TWT Requester Support" & 0x20 key("twt_requester_support");
        B78 = flag "extcap.b78" "TWT Responder Support" & 0x40 key("twt_responder_support");
        B79 = flag "extcap.b79" "OBSS Narrow Bandwidth RU in UL OFDMA Tolerance Support" & 0x80 key("obss_narrow_bandwidth_ru_in_ul_ofdma_tolerance_sup");
    };
    OCTET_11 = hex "extcap" "Octet 11" key("octet_11") {
        B80 = flag "extcap.b80" "Complete List of NonTxBSSID Profiles" & 0x1 key("complete_list_of_nontxbssid_profiles");
        B81 = flag "extcap.b81" "SAE Password Identifiers In Use" & 0x2 key("sae_password_identifiers_in_use");
        B82 = flag "extcap.b82" "SAE Passwords Used Exclusively" & 0x4 key("sae_passwords_used_exclusively");
        B83 = flag "extcap.b83" "Enhanced Multi-BSSID Advertisement Support" & 0x8 key("enhanced_multi_bssid_advertisement_support");
        B84 = flag "extcap.b84" "Beacon Protection Enabled" & 0x10 key("beacon_protection_enabled");
        B85 = flag "extcap.b85" "Mirrored SCS" & 0x20 key("mirrored_scs");
        B86 = flag "extcap.b86" "OCT" & 0x40 key("oct");
        B87 = hex "extcap.b87" "Reserved" & 0x80 detail;
    };
    OCTET_12 = hex "extcap" "Octet 12" key("octet_12") {
        B88 = flag "extcap.b88" "SAE-PK Passwords Used Exclusively" & 0x1 key("sae_pk_passwords_used_exclusively");
        B89 = hex "extcap.b89" "TWT Parameters Range Support" & 0x2 key("twt_parameters_range_support");
        B90 = flag "extcap.b90" "non-TB Ranging Responder" & 0x4 key("non_tb_ranging_responder");
        B91 = flag "extcap.b91" "TB Ranging Responder" & 0x8 key("tb_ranging_responder");
        B92 = flag "extcap.b92" "TB Ranging Responder Measurement Support" & 0x10 key("tb_ranging_responder_measurement_support");
        B93 = flag "extcap.b93" "TB Ranging Initiator Measurement Support" & 0x20 key("tb_ranging_initiator_measurement_support");
        B94 = flag "extcap.b94" "AOA Measurement Available" & 0x40 key("aoa_measurement_available");
        B95 = flag "extcap.b95" "Phase Shift Feedback Support" & 0x80 key("phase_shift_feedback_support");
    };
    OCTET_13 = hex "extcap" "Octet 13" key("octet_13") {
        DMG_LOCATION = flag "extcap.dmg_location" "DMG/location supporting APs in the area" & 0x1 key("dmg_location_supporting_aps_in_the_area");
        I2R_LMR_FEEDBACK_POLICY = flag "extcap.i2r_lmr_feedback_policy" "I2R LMR Feedback Policy" & 0x2 key("i2r_lmr_feedback_policy");
        RESERVED2 = hex "extcap.reserved2" "Reserved" & 0xfc detail;
    };
    FURTHER = hex "extcap" "Further Octet" many key("further_octets");
}

fields! {
    /// RSN Extension.
    RSNX_ROWS = "wlan" T_RSNX "tag";
    RSNX = hex "rsnx" "RSN Extension" key("octet_1") {
        X_LENGTH = uint "rsnx.length" "Length" & 0x0f;
        X_TWT = flag "rsnx.protected_twt_operations_support" "Protected TWT Operations" & 0x10;
        X_H2E = flag "rsnx.sae_hash_to_element" "SAE Hash to Element" & 0x20;
        X_RESERVED = hex "rsnx.reserved" "Reserved" & 0xc0 detail;
    };
    RSNX_2 = hex "rsnx" "RSN Extension, second octet" key("octet_2") {
        X_LTF = flag "rsnx.secure_ltf_support" "Secure LTF" & 0x01;
        X_RTT = flag "rsnx.secure_rtt_supported" "Secure RTT" & 0x02;
        X_RNM = flag "rsnx.rnmmfp" "Range Protection required" & 0x04;
        X_RESERVED_2 = hex "rsnx.reserved.b11thru15" "Reserved" & 0xf8 detail;
    };
}

/// Octets eight and nine are one word, for a number lies across them.
pub(super) fn capabilities(p: &mut Packet<'_>, _: u8) -> Read {
    let length = p.declared_left();
    for row in [&OCTET_1, &OCTET_2, &OCTET_3, &OCTET_4, &OCTET_5, &OCTET_6, &OCTET_7] {
        if p.declared_left() == 0 {
            return Ok(());
        }
        p.u8(row)?;
    }
    match length {
        7 => return Ok(()),
        8 => return p.u8(&OCTET_8).map(drop),
        _ => drop(p.u16_le(&OCTETS_8_9)?),
    }
    for row in [&OCTET_10, &OCTET_11, &OCTET_12, &OCTET_13] {
        if p.declared_left() == 0 {
            return Ok(());
        }
        p.u8(row)?;
    }
    while p.declared_left() > 0 {
        p.u8(&FURTHER)?;
    }
    Ok(())
}

pub(super) fn rsn_extension(p: &mut Packet<'_>, _: u8) -> Read {
    p.u8(&RSNX)?;
    if p.declared_left() > 0 {
        p.u8(&RSNX_2)?;
    }
    Ok(())
}
