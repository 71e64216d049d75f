//! Elements of 802.11ax, IEEE 802.11ax-2021 sections 9.4.2.248 to 9.4.2.263: HE capabilities and
//! operation, and what goes with them.

use wirelens_dissect::prelude::*;

use super::{T_HE, T_HE_6_GHZ, T_HE_OPERATION, T_MU_EDCA, T_SPATIAL_REUSE, T_UORA};

static MCS_MAPS: Names = &[(0, "HE-MCS 0-7"), (1, "HE-MCS 0-9"), (2, "HE-MCS 0-11"), (3, "Not supported")];
static THRESHOLDS: Names = &[
    (0, "BPSK"),
    (1, "QPSK"),
    (2, "16-QAM"),
    (3, "64-QAM"),
    (4, "256-QAM"),
    (5, "1024-QAM"),
    (7, "None"),
];

fields! {
    /// HE Capabilities.
    HE_ROWS = "wlan" T_HE "ext_tag";
    HE_MAC_CAPS = hex "ext_tag.he_mac_caps" "HE MAC Capabilities Information" key("mac") {
        HTC_HE_SUPPORT = flag "ext_tag.he_mac_cap.htc_he_support" "+HTC HE Support" & 0x1 key("htc_he_support");
        TWT_REQ_SUPPORT = flag "ext_tag.he_mac_cap.twt_req_support" "TWT Requester Support" & 0x2 key("twt_req_support");
        TWT_RSP_SUPPORT = flag "ext_tag.he_mac_cap.twt_rsp_support" "TWT Responder Support" & 0x4 key("twt_rsp_support");
        DYNAMIC_FRAGMENTATION_SUPPORT = uint "ext_tag.he_mac_cap.dynamic_fragmentation_support" "Dynamic Fragmentation Support" & 0x18 key("dynamic_fragmentation_support");
        MAX_FRAG_MSDUS = uint "ext_tag.he_mac_cap.max_frag_msdus" "Maximum Number of Fragmented MSDUs" & 0xe0 key("max_frag_msdus");
        MIN_FRAG_SIZE = uint "ext_tag.he_mac_cap.min_frag_size" "Minimum Fragment Size" & 0x300 key("min_frag_size");
        TRIG_FRM_MAC_PADDING_DUR = uint "ext_tag.he_mac_cap.trig_frm_mac_padding_dur" "Trigger Frame MAC Padding Duration" & 0xc00 key("trig_frm_mac_padding_dur");
        MULTI_TID_AGG_RX_SUPPORT = uint "ext_tag.he_mac_cap.multi_tid_agg_rx_support" "Multi-TID Aggregation Rx Support" & 0x7000 key("multi_tid_agg_rx_support");
        HE_LINK_ADAPTATION_SUPPORT = uint "ext_tag.he_mac_cap.he_link_adaptation_support" "HE Link Adaptation Support" & 0x18000 key("he_link_adaptation_support");
        ALL_ACK_SUPPORT = flag "ext_tag.he_mac_cap.all_ack_support" "All Ack Support" & 0x20000 key("all_ack_support");
        TRS_SUPPORT = flag "ext_tag.he_mac_cap.Trs_support" "TRS Support" & 0x40000 key("Trs_support");
        BSR_SUPPORT = flag "ext_tag.he_mac_cap.bsr_support" "BSR Support" & 0x80000 key("bsr_support");
        BROADCAST_TWT_SUPPORT = flag "ext_tag.he_mac_cap.broadcast_twt_support" "Broadcast TWT Support" & 0x100000 key("broadcast_twt_support");
        B32_BIT_BA_BITMAP_SUPPORT = flag "ext_tag.he_mac_cap.32_bit_ba_bitmap_support" "32-bit BA Bitmap Support" & 0x200000 key("32_bit_ba_bitmap_support");
        MU_CASCADING_SUPPORT = flag "ext_tag.he_mac_cap.mu_cascading_support" "MU Cascading Support" & 0x400000 key("mu_cascading_support");
        ACK_ENABLED_AGG_SUPPORT = flag "ext_tag.he_mac_cap.ack_enabled_agg_support" "Ack-Enabled Aggregation Support" & 0x800000 key("ack_enabled_agg_support");
        RESERVED_B24 = hex "ext_tag.he_mac_cap.reserved_b24" "Reserved" & 0x1000000 detail key("reserved_b24");
        OM_CONTROL_SUPPORT = flag "ext_tag.he_mac_cap.om_control_support" "OM Control Support" & 0x2000000 key("om_control_support");
        OFDMA_RA_SUPPORT = flag "ext_tag.he_mac_cap.ofdma_ra_support" "OFDMA RA Support" & 0x4000000 key("ofdma_ra_support");
        MAX_A_MPDU_LEN_EXP_EXT = uint "ext_tag.he_mac_cap.max_a_mpdu_len_exp_ext" "Maximum A-MPDU Length Exponent Extension" & 0x18000000 key("max_a_mpdu_len_exp_ext");
        A_MSDU_FRAG_SUPPORT = flag "ext_tag.he_mac_cap.a_msdu_frag_support" "A-MSDU Fragmentation Support" & 0x20000000 key("a_msdu_frag_support");
        FLEXIBLE_TWT_SCHED_SUPPORT = flag "ext_tag.he_mac_cap.flexible_twt_sched_support" "Flexible TWT Schedule Support" & 0x40000000 key("flexible_twt_sched_support");
        RX_CTL_FRM_MULTIBSS = flag "ext_tag.he_mac_cap.rx_ctl_frm_multibss" "Rx Control Frame to MultiBSS" & 0x80000000 key("rx_ctl_frm_multibss");
        BSRP_BQRP_A_MPDU_AGG = flag "ext_tag.he_mac_cap.bsrp_bqrp_a_mpdu_agg" "BSRP BQRP A-MPDU Aggregation" & 0x100000000 key("bsrp_bqrp_a_mpdu_agg");
        QTP_SUPPORT = flag "ext_tag.he_mac_cap.qtp_support" "QTP Support" & 0x200000000 key("qtp_support");
        BQR_SUPPORT = flag "ext_tag.he_mac_cap.bqr_support" "BQR Support" & 0x400000000 key("bqr_support");
        PSR_RESPONDER = flag "ext_tag.he_mac_cap.psr_responder" "PSR Responder" & 0x800000000 key("psr_responder");
        NDP_FEEDBACK_REPORT_SUPPORT = flag "ext_tag.he_mac_cap.ndp_feedback_report_support" "NDP Feedback Report Support" & 0x1000000000 key("ndp_feedback_report_support");
        OPS_SUPPORT = flag "ext_tag.he_mac_cap.ops_support" "OPS Support" & 0x2000000000 key("ops_support");
        A_MSDU_IN_A_MPDU_SUPPORT = flag "ext_tag.he_mac_cap.a_msdu_in_a_mpdu_support" "A-MSDU Not Under BA in Ack-Enabled A-MPDU Support" & 0x4000000000 key("a_msdu_in_a_mpdu_support");
        MULTI_TID_AGG_TX_SUPPORT = uint "ext_tag.he_mac_cap.multi_tid_agg_tx_support" "Multi-TID Aggregation Tx Support" & 0x38000000000 key("multi_tid_agg_tx_support");
        SUBCHANNEL_SELECTIVE_XMIT_SUPPORT = flag "ext_tag.he_mac_cap.subchannel_selective_xmit_support" "HE Subchannel Selective Transmission Support" & 0x40000000000 key("subchannel_selective_xmit_support");
        UL_2_996_TONE_RU_SUPPORT = flag "ext_tag.he_mac_cap.ul_2_996_tone_ru_support" "UL 2x996-tone RU Support" & 0x80000000000 key("ul_2_996_tone_ru_support");
        OM_CNTL_UL_MU_DATA_DISABLE_RX_SUPPORT = flag "ext_tag.he_mac_cap.om_cntl_ul_mu_data_disable_rx_support" "OM Control UL MU Data Disable RX Support" & 0x100000000000 key("om_cntl_ul_mu_data_disable_rx_support");
        HE_DYNAMIC_SM_POWER_SAVE = flag "ext_tag.he_dynamic_sm_power_save" "HE Dynamic SM Power Save" & 0x200000000000 key("he_dynamic_sm_power_save");
        HE_PUNCTURED_SOUNDING_SUPPORT = flag "ext_tag.he_punctured_sounding_support" "Punctured Sounding Support" & 0x400000000000 key("he_punctured_sounding_support");
        HE_HT_AND_VHT_TRIGGER_FRAME_RX_SUPPORT = flag "ext_tag.he_ht_and_vht_trigger_frame_rx_support" "HT And VHT Trigger Frame RX Support" & 0x800000000000 key("he_ht_and_vht_trigger_frame_rx_support");
    };
    PHY = group "ext_tag.he_phy_cap" "HE PHY Capabilities" own key("phy") {
        PHY_RESERVED = hex "ext_tag.he_phy_cap.reserved_b0" "Reserved" & 0x01 detail;
        FBYTES = hex "ext_tag.he_phy_cap.fbytes" "Channel Width Set" & 0xfe key("channel_widths") {
            B40MHZ_IN_2_4GHZ = flag "ext_tag.he_phy_cap.chan_width_set.40mhz_in_2_4ghz" "40 MHz in 2.4 GHz band" & 0x2 key("40mhz_in_2_4ghz");
            B40_80_IN_5GHZ = flag "ext_tag.he_phy_cap.chan_width_set.40_80_in_5ghz" "40 & 80 MHz in the 5 GHz and 6 GHz bands" & 0x4 key("40_80_in_5ghz");
            B160_IN_5GHZ = flag "ext_tag.he_phy_cap.chan_width_set.160_in_5ghz" "160 MHz in the 5 GHz and 6 GHz bands" & 0x8 key("160_in_5ghz");
            B160_80_80_IN_5GHZ = flag "ext_tag.he_phy_cap.chan_width_set.160_80_80_in_5ghz" "160/80+80 MHz in the 5 GHz and 6 GHz bands" & 0x10 key("160_80_80_in_5ghz");
            B242_TONE_IN_2_4GHZ = flag "ext_tag.he_phy_cap.chan_width_set.242_tone_in_2_4ghz" "242 tone RUs in the 2.4 GHz band" & 0x20 key("242_tone_in_2_4ghz");
            B242_TONE_IN_5GHZ = flag "ext_tag.he_phy_cap.chan_width_set.242_tone_in_5ghz" "242 tone RUs in the 5 GHz and 6 GHz bands" & 0x40 key("242_tone_in_5ghz");
            RESERVED = hex "ext_tag.he_phy_cap.chan_width_set.reserved" "Reserved" & 0x80 detail key("reserved");
        };
        BITS_8_TO_23 = hex "ext_tag.he_phy_cap.bits_8_to_23" "Bits 8 to 23" key("bits_8_to_23") {
            PUNC_PREAMBLE_RX = hex "ext_tag.he_phy_cap.punc_preamble_rx" "Punctured Preamble Rx" & 0xf key("punc_preamble_rx");
            DEVICE_CLASS = hex "ext_tag.he_phy_cap.device_class" "Device Class" & 0x10 key("device_class");
            LDPC_CODING_IN_PAYLOAD = flag "ext_tag.he_phy_cap.ldpc_coding_in_payload" "LDPC Coding In Payload" & 0x20 key("ldpc_coding_in_payload");
            HE_SU_PPDU_WITH_1X_HE_LTF_08US = flag "ext_tag.he_phy_cap.he_su_ppdu_with_1x_he_ltf_08us" "HE SU PPDU With 1x HE-LTF And 0.8us GI" & 0x40 key("he_su_ppdu_with_1x_he_ltf_08us");
            MIDAMBLE_TX_RX_MAX_NSTS = hex "ext_tag.he_phy_cap.midamble_tx_rx_max_nsts" "Midamble Tx/Rx Max NSTS" & 0x180 key("midamble_tx_rx_max_nsts");
            B2US = flag "ext_tag.he_phy_cap.ndp_with_4x_he_ltf_4x_3.2us" "NDP With 4x HE-LTF and 3.2us GI" & 0x200 key("2us");
            STBC_TX_LT_80MHZ = flag "ext_tag.he_phy_cap.stbc_tx_lt_80mhz" "STBC Tx <= 80 MHz" & 0x400 key("stbc_tx_lt_80mhz");
            STBC_RX_LT_80MHZ = flag "ext_tag.he_phy_cap.stbc_rx_lt_80mhz" "STBC Rx <= 80 MHz" & 0x800 key("stbc_rx_lt_80mhz");
            DOPPLER_TX = flag "ext_tag.he_phy_cap.doppler_tx" "Doppler Tx" & 0x1000 key("doppler_tx");
            DOPPLER_RX = flag "ext_tag.he_phy_cap.doppler_rx" "Doppler Rx" & 0x2000 key("doppler_rx");
            FULL_BW_UL_MU_MIMO = flag "ext_tag.he_phy_cap.full_bw_ul_mu_mimo" "Full Bandwidth UL MU-MIMO" & 0x4000 key("full_bw_ul_mu_mimo");
            PARTIAL_BW_UL_MU_MIMO = flag "ext_tag.he_phy_cap.partial_bw_ul_mu_mimo" "Partial Bandwidth UL MU-MIMO" & 0x8000 key("partial_bw_ul_mu_mimo");
        };
        BITS_24_TO_39 = hex "ext_tag.he_phy_cap.bits_24_to_39" "Bits 24 to 39" key("bits_24_to_39") {
            DCM_MAX_CONST_TX = hex "ext_tag.he_phy_cap.dcm_max_const_tx" "DCM Max Constellation Tx" & 0x3 key("dcm_max_const_tx");
            DCM_MAX_NSS_TX = hex "ext_tag.he_phy_cap.dcm_max_nss_tx" "DCM Max NSS Tx" & 0x4 key("dcm_max_nss_tx");
            DCM_MAX_CONST_RX = hex "ext_tag.he_phy_cap.dcm_max_const_rx" "DCM Max Constellation Rx" & 0x18 key("dcm_max_const_rx");
            HE_PHY_CAP_DCM_MAX_NSS_TX = hex "ext_tag.he_phy_cap.dcm_max_nss_tx" "DCM Max NSS Rx" & 0x20 key("dcm_max_nss_tx_2");
            RX_PARTIAL_BW_SU_20MHZ_HE_MU_PPDU = flag "ext_tag.he_phy_cap.rx_partial_bw_su_20mhz_he_mu_ppdu" "Rx Partial BW SU In 20 MHz HE MU PPDU" & 0x40 key("rx_partial_bw_su_20mhz_he_mu_ppdu");
            SU_BEAMFORMER = flag "ext_tag.he_phy_cap.su_beamformer" "SU Beamformer" & 0x80 key("su_beamformer");
            SU_BEAMFORMEE = flag "ext_tag.he_phy_cap.su_beamformee" "SU Beamformee" & 0x100 key("su_beamformee");
            MU_BEAMFORMER = flag "ext_tag.he_phy_cap.mu_beamformer" "MU Beamformer" & 0x200 key("mu_beamformer");
            BEAMFORMEE_STS_LTE_80MHZ = hex "ext_tag.he_phy_cap.beamformee_sts_lte_80mhz" "Beamformee STS <= 80 MHz" & 0x1c00 key("beamformee_sts_lte_80mhz");
            BEAMFORMEE_STS_GT_80MHZ = hex "ext_tag.he_phy_cap.beamformee_sts_gt_80mhz" "Beamformee STS > 80 MHz" & 0xe000 key("beamformee_sts_gt_80mhz");
        };
        BITS_40_TO_55 = hex "ext_tag.he_phy_cap.bits_40_to_55" "Bits 40 to 55" key("bits_40_to_55") {
            NO_SOUNDING_DIMS_LTE_80 = uint "ext_tag.he_phy_cap.no_sounding_dims_lte_80" "Number Of Sounding Dimensions <= 80 MHz" & 0x7 key("no_sounding_dims_lte_80");
            NO_SOUNDING_DIMS_GT_80 = uint "ext_tag.he_phy_cap.no_sounding_dims_gt_80" "Number Of Sounding Dimensions > 80 MHz" & 0x38 key("no_sounding_dims_gt_80");
            NG_EQ_16_SU_FB = flag "ext_tag.he_phy_cap.ng_eq_16_su_fb" "Ng = 16 SU Feedback" & 0x40 key("ng_eq_16_su_fb");
            NG_EQ_16_MU_FB = flag "ext_tag.he_phy_cap.ng_eq_16_mu_fb" "Ng = 16 MU Feedback" & 0x80 key("ng_eq_16_mu_fb");
            CODEBOOK_SIZE_SU_FB = flag "ext_tag.he_phy_cap.codebook_size_su_fb" "Codebook Size SU Feedback" & 0x100 key("codebook_size_su_fb");
            CODEBOOK_SIZE_MU_FB = flag "ext_tag.he_phy_cap.codebook_size_mu_fb" "Codebook Size MU Feedback" & 0x200 key("codebook_size_mu_fb");
            TRIG_SU_BF_FB = flag "ext_tag.he_phy_cap.trig_su_bf_fb" "Triggered SU Beamforming Feedback" & 0x400 key("trig_su_bf_fb");
            TRIG_MU_BF_FB = flag "ext_tag.he_phy_cap.trig_mu_bf_fb" "Triggered MU Beamforming Feedback" & 0x800 key("trig_mu_bf_fb");
            TRIG_CQI_FB = flag "ext_tag.he_phy_cap.trig_cqi_fb" "Triggered CQI Feedback" & 0x1000 key("trig_cqi_fb");
            PARTIAL_BW_ER = flag "ext_tag.he_phy_cap.partial_bw_er" "Partial Bandwidth Extended Range" & 0x2000 key("partial_bw_er");
            PARTIAL_BW_DL_MU_MIMO = flag "ext_tag.he_phy_cap.partial_bw_dl_mu_mimo" "Partial Bandwidth DL MU-MIMO" & 0x4000 key("partial_bw_dl_mu_mimo");
            PPE_THRES_PRESENT = flag "ext_tag.he_phy_cap.ppe_thres_present" "PPE Thresholds Present" & 0x8000 key("ppe_thres_present");
        };
        BITS_56_TO_71 = hex "ext_tag.he_phy_cap.bits_56_to_71" "Bits 56 to 71" key("bits_56_to_71") {
            PSR_BASED_SR_SUP = flag "ext_tag.he_phy_cap.psr_based_sr_sup" "PSR-based SR Support" & 0x1 key("psr_based_sr_sup");
            PWR_BST_FACTOR_AR_SUP = flag "ext_tag.he_phy_cap.pwr_bst_factor_ar_sup" "Power Boost Factor ar Support" & 0x2 key("pwr_bst_factor_ar_sup");
            HE_SU_PPDU_ETC_GI = flag "ext_tag.he_phy_cap.he_su_ppdu_etc_gi" "HE SU PPDU And HE MU PPDU With 4x HE-LTF And 0.8us GI" & 0x4 key("he_su_ppdu_etc_gi");
            MAX_NC = uint "ext_tag.he_phy_cap.max_nc" "Max Nc" & 0x38 key("max_nc");
            STBC_TX_GT_80_MHZ = flag "ext_tag.he_phy_cap.stbc_tx_gt_80_mhz" "STBC Tx > 80 MHz" & 0x40 key("stbc_tx_gt_80_mhz");
            STBC_RX_GT_80_MHZ = flag "ext_tag.he_phy_cap.stbc_rx_gt_80_mhz" "STBC Rx > 80 MHz" & 0x80 key("stbc_rx_gt_80_mhz");
            HE_ER_SU_PPDU_4X_GI = flag "ext_tag.he_phy_cap.he_er_su_ppdu_4xxx_gi" "HE ER SU PPDU With 4x HE-LTF And 0.8us GI" & 0x100 key("he_er_su_ppdu_4xxx_gi");
            B20_MHZ_IN_40_IN_2_4GHZ = flag "ext_tag.he_phy_cap.20_mhz_in_40_in_2_4ghz" "20 MHz In 40 MHz HE PPDU In 2.4 GHz Band" & 0x200 key("20_mhz_in_40_in_2_4ghz");
            B20_MHZ_IN_160_80P80_PPDU = flag "ext_tag.he_phy_cap.20_mhz_in_160_80p80_ppdu" "20 MHz In 160/80+80 MHz HE PPDU" & 0x400 key("20_mhz_in_160_80p80_ppdu");
            B80_MHZ_IN_160_80P80_PPDU = flag "ext_tag.he_phy_cap.80_mhz_in_160_80p80_ppdu" "80 MHz In 160/80+80 MHz HE PPDU" & 0x800 key("80_mhz_in_160_80p80_ppdu");
            HE_ER_SU_PPDU_1X_GI = flag "ext_tag.he_phy_cap.he_er_su_ppdu_1xxx_gi" "HE ER SU PPDU With 1x HE-LTF And 0.8us GI" & 0x1000 key("he_er_su_ppdu_1xxx_gi");
            MIDAMBLE_TX_RX_2X_1X_HE_LTF = flag "ext_tag.he_phy_cap.midamble_tx_rx_2x_1x_he_ltf" "Midamble Tx/Rx 2x And 1x HE-LTF" & 0x2000 key("midamble_tx_rx_2x_1x_he_ltf");
            DCM_MAX_RU = hex "ext_tag.he_phy_cap.dcm_max_ru" "DCM Max RU" & 0xc000 key("dcm_max_ru");
        };
        BITS_72_TO_87 = hex "ext_tag.he_phy_cap.bits_72_to_87" "Bits 72 to 87" key("bits_72_to_87") rows(LAST_PHY_ROWS);
    };
    RX_HE_MCS_MAP_LTE_80 = hex "ext_tag.he_mcs_map.rx_he_mcs_map_lte_80" "Rx HE-MCS Map <= 80 MHz" key("rx_he_mcs_map_lte_80") {
        MAX_HE_MCS_80_RX_1_SS = hex "ext_tag.he_mcs_map.max_he_mcs_80_rx_1_ss" "Max HE-MCS for 1 SS" & 0x3 names(MCS_MAPS) key("max_he_mcs_80_rx_1_ss");
        MAX_HE_MCS_80_RX_2_SS = hex "ext_tag.he_mcs_map.max_he_mcs_80_rx_2_ss" "Max HE-MCS for 2 SS" & 0xc names(MCS_MAPS) key("max_he_mcs_80_rx_2_ss");
        MAX_HE_MCS_80_RX_3_SS = hex "ext_tag.he_mcs_map.max_he_mcs_80_rx_3_ss" "Max HE-MCS for 3 SS" & 0x30 names(MCS_MAPS) key("max_he_mcs_80_rx_3_ss");
        MAX_HE_MCS_80_RX_4_SS = hex "ext_tag.he_mcs_map.max_he_mcs_80_rx_4_ss" "Max HE-MCS for 4 SS" & 0xc0 names(MCS_MAPS) key("max_he_mcs_80_rx_4_ss");
        MAX_HE_MCS_80_RX_5_SS = hex "ext_tag.he_mcs_map.max_he_mcs_80_rx_5_ss" "Max HE-MCS for 5 SS" & 0x300 names(MCS_MAPS) key("max_he_mcs_80_rx_5_ss");
        MAX_HE_MCS_80_RX_6_SS = hex "ext_tag.he_mcs_map.max_he_mcs_80_rx_6_ss" "Max HE-MCS for 6 SS" & 0xc00 names(MCS_MAPS) key("max_he_mcs_80_rx_6_ss");
        MAX_HE_MCS_80_RX_7_SS = hex "ext_tag.he_mcs_map.max_he_mcs_80_rx_7_ss" "Max HE-MCS for 7 SS" & 0x3000 names(MCS_MAPS) key("max_he_mcs_80_rx_7_ss");
        MAX_HE_MCS_80_RX_8_SS = hex "ext_tag.he_mcs_map.max_he_mcs_80_rx_8_ss" "Max HE-MCS for 8 SS" & 0xc000 names(MCS_MAPS) key("max_he_mcs_80_rx_8_ss");
    };
    TX_HE_MCS_MAP_LTE_80 = hex "ext_tag.he_mcs_map.tx_he_mcs_map_lte_80" "Tx HE-MCS Map <= 80 MHz" key("tx_he_mcs_map_lte_80") {
        MAX_HE_MCS_80_TX_1_SS = hex "ext_tag.he_mcs_map.max_he_mcs_80_tx_1_ss" "Max HE-MCS for 1 SS" & 0x3 names(MCS_MAPS) key("max_he_mcs_80_tx_1_ss");
        MAX_HE_MCS_80_TX_2_SS = hex "ext_tag.he_mcs_map.max_he_mcs_80_tx_2_ss" "Max HE-MCS for 2 SS" & 0xc names(MCS_MAPS) key("max_he_mcs_80_tx_2_ss");
        MAX_HE_MCS_80_TX_3_SS = hex "ext_tag.he_mcs_map.max_he_mcs_80_tx_3_ss" "Max HE-MCS for 3 SS" & 0x30 names(MCS_MAPS) key("max_he_mcs_80_tx_3_ss");
        MAX_HE_MCS_80_TX_4_SS = hex "ext_tag.he_mcs_map.max_he_mcs_80_tx_4_ss" "Max HE-MCS for 4 SS" & 0xc0 names(MCS_MAPS) key("max_he_mcs_80_tx_4_ss");
        MAX_HE_MCS_80_TX_5_SS = hex "ext_tag.he_mcs_map.max_he_mcs_80_tx_5_ss" "Max HE-MCS for 5 SS" & 0x300 names(MCS_MAPS) key("max_he_mcs_80_tx_5_ss");
        MAX_HE_MCS_80_TX_6_SS = hex "ext_tag.he_mcs_map.max_he_mcs_80_tx_6_ss" "Max HE-MCS for 6 SS" & 0xc00 names(MCS_MAPS) key("max_he_mcs_80_tx_6_ss");
        MAX_HE_MCS_80_TX_7_SS = hex "ext_tag.he_mcs_map.max_he_mcs_80_tx_7_ss" "Max HE-MCS for 7 SS" & 0x3000 names(MCS_MAPS) key("max_he_mcs_80_tx_7_ss");
        MAX_HE_MCS_80_TX_8_SS = hex "ext_tag.he_mcs_map.max_he_mcs_80_tx_8_ss" "Max HE-MCS for 8 SS" & 0xc000 names(MCS_MAPS) key("max_he_mcs_80_tx_8_ss");
    };
    RX_HE_MCS_MAP_160 = hex "ext_tag.he_mcs_map.rx_he_mcs_map_160" "Rx HE-MCS Map 160 MHz" key("rx_he_mcs_map_160") {
        MAX_HE_MCS_160_RX_1_SS = hex "ext_tag.he_mcs_map.max_he_mcs_160_rx_1_ss" "Max HE-MCS for 1 SS" & 0x3 names(MCS_MAPS) key("max_he_mcs_160_rx_1_ss");
        MAX_HE_MCS_160_RX_2_SS = hex "ext_tag.he_mcs_map.max_he_mcs_160_rx_2_ss" "Max HE-MCS for 2 SS" & 0xc names(MCS_MAPS) key("max_he_mcs_160_rx_2_ss");
        MAX_HE_MCS_160_RX_3_SS = hex "ext_tag.he_mcs_map.max_he_mcs_160_rx_3_ss" "Max HE-MCS for 3 SS" & 0x30 names(MCS_MAPS) key("max_he_mcs_160_rx_3_ss");
        MAX_HE_MCS_160_RX_4_SS = hex "ext_tag.he_mcs_map.max_he_mcs_160_rx_4_ss" "Max HE-MCS for 4 SS" & 0xc0 names(MCS_MAPS) key("max_he_mcs_160_rx_4_ss");
        MAX_HE_MCS_160_RX_5_SS = hex "ext_tag.he_mcs_map.max_he_mcs_160_rx_5_ss" "Max HE-MCS for 5 SS" & 0x300 names(MCS_MAPS) key("max_he_mcs_160_rx_5_ss");
        MAX_HE_MCS_160_RX_6_SS = hex "ext_tag.he_mcs_map.max_he_mcs_160_rx_6_ss" "Max HE-MCS for 6 SS" & 0xc00 names(MCS_MAPS) key("max_he_mcs_160_rx_6_ss");
        MAX_HE_MCS_160_RX_7_SS = hex "ext_tag.he_mcs_map.max_he_mcs_160_rx_7_ss" "Max HE-MCS for 7 SS" & 0x3000 names(MCS_MAPS) key("max_he_mcs_160_rx_7_ss");
        MAX_HE_MCS_160_RX_8_SS = hex "ext_tag.he_mcs_map.max_he_mcs_160_rx_8_ss" "Max HE-MCS for 8 SS" & 0xc000 names(MCS_MAPS) key("max_he_mcs_160_rx_8_ss");
    };
    TX_HE_MCS_MAP_160 = hex "ext_tag.he_mcs_map.tx_he_mcs_map_160" "Tx HE-MCS Map 160 MHz" key("tx_he_mcs_map_160") {
        MAX_HE_MCS_160_TX_1_SS = hex "ext_tag.he_mcs_map.max_he_mcs_160_tx_1_ss" "Max HE-MCS for 1 SS" & 0x3 names(MCS_MAPS) key("max_he_mcs_160_tx_1_ss");
        MAX_HE_MCS_160_TX_2_SS = hex "ext_tag.he_mcs_map.max_he_mcs_160_tx_2_ss" "Max HE-MCS for 2 SS" & 0xc names(MCS_MAPS) key("max_he_mcs_160_tx_2_ss");
        MAX_HE_MCS_160_TX_3_SS = hex "ext_tag.he_mcs_map.max_he_mcs_160_tx_3_ss" "Max HE-MCS for 3 SS" & 0x30 names(MCS_MAPS) key("max_he_mcs_160_tx_3_ss");
        MAX_HE_MCS_160_TX_4_SS = hex "ext_tag.he_mcs_map.max_he_mcs_160_tx_4_ss" "Max HE-MCS for 4 SS" & 0xc0 names(MCS_MAPS) key("max_he_mcs_160_tx_4_ss");
        MAX_HE_MCS_160_TX_5_SS = hex "ext_tag.he_mcs_map.max_he_mcs_160_tx_5_ss" "Max HE-MCS for 5 SS" & 0x300 names(MCS_MAPS) key("max_he_mcs_160_tx_5_ss");
        MAX_HE_MCS_160_TX_6_SS = hex "ext_tag.he_mcs_map.max_he_mcs_160_tx_6_ss" "Max HE-MCS for 6 SS" & 0xc00 names(MCS_MAPS) key("max_he_mcs_160_tx_6_ss");
        MAX_HE_MCS_160_TX_7_SS = hex "ext_tag.he_mcs_map.max_he_mcs_160_tx_7_ss" "Max HE-MCS for 7 SS" & 0x3000 names(MCS_MAPS) key("max_he_mcs_160_tx_7_ss");
        MAX_HE_MCS_160_TX_8_SS = hex "ext_tag.he_mcs_map.max_he_mcs_160_tx_8_ss" "Max HE-MCS for 8 SS" & 0xc000 names(MCS_MAPS) key("max_he_mcs_160_tx_8_ss");
    };
    RX_80_80 = hex "ext_tag.he_mcs_map.rx_he_mcs_map_80_80" "Rx HE-MCS Map 80+80 MHz" key("rx_he_mcs_map_80_80");
    TX_80_80 = hex "ext_tag.he_mcs_map.tx_he_mcs_map_80_80" "Tx HE-MCS Map 80+80 MHz" key("tx_he_mcs_map_80_80");
    PPE = group "ext_tag.he_ppe_thresholds" "PPE Thresholds" own key("ppe_thresholds") {
        PPE_NSS = uint "ext_tag.he_ppe_thresholds.nss" "Spatial Streams less one" & 0x07;
        PPE_MASK = hex "ext_tag.he_ppe_thresholds.ru_index_bitmask" "RU Index Bitmask" & 0x78;
        PPE_PAIR = group "ext_tag.he_ppe_thresholds.pair" "Thresholds" own many key("pairs") {
            PPET16 = hex "ext_tag.he_ppe_thresholds.ppet16" "PPET16" names(THRESHOLDS) key("ppet16");
            PPET8 = hex "ext_tag.he_ppe_thresholds.ppet8" "PPET8" names(THRESHOLDS) key("ppet8");
        };
    };
}

fields! {
    /// The last bits of the HE PHY capabilities.
    LAST_PHY_ROWS = "wlan" BITS_72_TO_87 "ext_tag.he_phy_cap";
    LONGER_THAN_16_HE_SIGB_OFDM_SYM_SUPPORT = flag "ext_tag.he_phy_cap.longer_than_16_he_sigb_ofdm_sym_support" "Longer Than 16 HE SIG-B OFDM Symbols Support" & 0x1;
    NON_TRIGGERED_FEEDBACK = flag "ext_tag.he_phy_cap.non_triggered_feedback" "Non-Triggered CQI Feedback" & 0x2;
    TX_1024_QAM_SUPPORT_LT_242_TONE_RU = flag "ext_tag.he_phy_cap.tx_1024_qam_support_lt_242_tone_ru" "Tx 1024-QAM Support < 242-tone RU Support" & 0x4;
    RX_1024_QAM_SUPPORT_LT_242_TONE_RU = flag "ext_tag.he_phy_cap.rx_1024_qam_support_lt_242_tone_ru" "Rx 1024-QAM Support < 242-tone RU Support" & 0x8;
    RX_FULL_BW_SU_USING_HE_MU_PPDU_WITH_COMPRESSED_SIGB = flag "ext_tag.he_phy_cap.rx_full_bw_su_using_he_mu_ppdu_with_compressed_sigb" "Rx Full BW SU Using HE MU PPDU With Compressed HE-SIG-B" & 0x10;
    RX_FULL_BW_SU_USING_HE_MU_PPDU_WITH_NON_COMPRESSED_SIGB = flag "ext_tag.he_phy_cap.rx_full_bw_su_using_he_mu_ppdu_with_non_compressed_sigb" "Rx Full BW SU Using HE MU PPDU With Non-Compressed HE-SIG-B" & 0x20;
    NOMINAL_PACKET_PADDING = uint "ext_tag.he_phy_cap.nominal_packet_padding" "Nominal Packet Padding" & 0xc0;
    HE_MU_PPDU_RU_RX_MAX = uint "ext_tag.he_phy_cap.he_mu_ppdu_ru_rx_max" "HE MU PPDU With More Than One RU Rx Max N_HE-LTF" & 0x100;
    RESERVED_B81_B87 = hex "ext_tag.he_phy_cap.reserved_b81_b87" "Reserved" & 0xfe00 detail;
}

fields! {
    /// HE Operation.
    HE_OPERATION_ROWS = "wlan" T_HE_OPERATION "ext_tag";
    PARAMS = hex "ext_tag.he_operation.params" "HE Operation Parameters" key("parameters") {
        DEFAULT_PE_DURATION = uint "ext_tag.he_operation.default_pe_duration" "Default PE Duration" & 0x7 key("default_pe_duration");
        TWT_REQUIRED = flag "ext_tag.he_operation.twt_required" "TWT Required" & 0x8 key("twt_required");
        TXOP_DURATION_RTS_THRESH = uint "ext_tag.he_operation.txop_duration_rts_thresh" "TXOP Duration RTS Threshold" & 0x3ff0 key("txop_duration_rts_thresh");
        VHT_OP_INFO_PRESENT = flag "ext_tag.he_operation.vht_op_info_present" "VHT Operation Information Present" & 0x4000 key("vht_op_info_present");
        CO_HOSTED_BSS = flag "ext_tag.he_operation.co_hosted_bss" "Co-Hosted BSS" & 0x8000 key("co_hosted_bss");
        ER_SU_DISABLE = flag "ext_tag.he_operation.er_su_disable" "ER SU Disable" & 0x10000 key("er_su_disable");
        B6GHZ_OPERATION_INFORMATION_PRESENT = flag "ext_tag.he_operation.6ghz_operation_information_present" "6 GHz Operation Information Present" & 0x20000 key("6ghz_operation_information_present");
        RESERVED_B16_B32 = hex "ext_tag.he_operation.reserved_b16_b32" "Reserved" & 0xfc0000 detail key("reserved_b16_b32");
    };
    BSS_COLOR_INFORMATION = hex "ext_tag.bss_color_information" "BSS Color Information" key("bss_color") {
        BSS_COLOR = hex "ext_tag.bss_color_information.bss_color" "BSS Color" & 0x3f key("bss_color");
        PARTIAL_BSS_COLOR = flag "ext_tag.bss_color_information.partial_bss_color" "Partial BSS Color" & 0x40 key("partial_bss_color");
        BSS_COLOR_DISABLED = flag "ext_tag.bss_color_information.bss_color_disabled" "BSS Color Disabled" & 0x80 key("bss_color_disabled");
    };
    BASIC_HE_MCS_AND_NSS = hex "ext_tag.he_operation.basic_he_mcs_and_nss" "Basic HE-MCS and NSS Set" key("basic_mcs") {
        MAX_HE_MCS_FOR_1_SS = uint "ext_tag.he_operation.max_he_mcs_for_1_ss" "Max HE-MCS for 1 SS" & 0x3 names(MCS_MAPS) key("max_he_mcs_for_1_ss");
        MAX_HE_MCS_FOR_2_SS = uint "ext_tag.he_operation.max_he_mcs_for_2_ss" "Max HE-MCS for 2 SS" & 0xc names(MCS_MAPS) key("max_he_mcs_for_2_ss");
        MAX_HE_MCS_FOR_3_SS = uint "ext_tag.he_operation.max_he_mcs_for_3_ss" "Max HE-MCS for 3 SS" & 0x30 names(MCS_MAPS) key("max_he_mcs_for_3_ss");
        MAX_HE_MCS_FOR_4_SS = uint "ext_tag.he_operation.max_he_mcs_for_4_ss" "Max HE-MCS for 4 SS" & 0xc0 names(MCS_MAPS) key("max_he_mcs_for_4_ss");
        MAX_HE_MCS_FOR_5_SS = uint "ext_tag.he_operation.max_he_mcs_for_5_ss" "Max HE-MCS for 5 SS" & 0x300 names(MCS_MAPS) key("max_he_mcs_for_5_ss");
        MAX_HE_MCS_FOR_6_SS = uint "ext_tag.he_operation.max_he_mcs_for_6_ss" "Max HE-MCS for 6 SS" & 0xc00 names(MCS_MAPS) key("max_he_mcs_for_6_ss");
        MAX_HE_MCS_FOR_7_SS = uint "ext_tag.he_operation.max_he_mcs_for_7_ss" "Max HE-MCS for 7 SS" & 0x3000 names(MCS_MAPS) key("max_he_mcs_for_7_ss");
        MAX_HE_MCS_FOR_8_SS = uint "ext_tag.he_operation.max_he_mcs_for_8_ss" "Max HE-MCS for 8 SS" & 0xc000 names(MCS_MAPS) key("max_he_mcs_for_8_ss");
    };
    VHT_OPERATION = group "ext_tag.he_operation.vht_op_info" "VHT Operation Information" own key("vht_operation") {
        O_WIDTH = uint "ext_tag.he_operation.vht_op_info.channel_width" "Channel Width";
        O_CENTER_0 = uint "ext_tag.he_operation.vht_op_info.chan_center_freq_seg_0" "Channel Center Frequency Segment 0";
        O_CENTER_1 = uint "ext_tag.he_operation.vht_op_info.chan_center_freq_seg_1" "Channel Center Frequency Segment 1";
    };
    CO_HOSTED = uint "ext_tag.he_operation.max_co_hosted_bssid_indicator" "Max Co-Hosted BSSID Indicator" key("max_co_hosted_bssid_indicator");
    SIX_GHZ = group "ext_tag.he_operation.6ghz" "6 GHz Operation Information" own key("six_ghz") {
        S_PRIMARY = uint "ext_tag.he_operation.6ghz.primary_channel" "Primary Channel";
        S_CONTROL = hex "ext_tag.he_operation.6ghz.control" "Control" {
            S_WIDTH = uint "ext_tag.he_operation.6ghz.control.channel_width" "Channel Width" & 0x03;
            S_BEACON = flag "ext_tag.he_operation.6ghz.control.duplicate_beacon" "Duplicate Beacon" & 0x04;
            S_REGULATORY = uint "ext_tag.he_operation.6ghz.control.regulatory_info" "Regulatory Information" & 0x38;
            S_RESERVED = uint "ext_tag.he_operation.6ghz.control.reserved" "Reserved" & 0xc0 detail;
        };
        S_CENTER_0 = uint "ext_tag.he_operation.6ghz.chan_center_freq_seg_0" "Channel Center Frequency Segment 0";
        S_CENTER_1 = uint "ext_tag.he_operation.6ghz.chan_center_freq_seg_1" "Channel Center Frequency Segment 1";
        S_RATE = uint "ext_tag.he_operation.6ghz.minimum_rate" "Minimum Rate";
    };
}

fields! {
    /// MU EDCA Parameter Set.
    MU_EDCA_ROWS = "wlan" T_MU_EDCA "ext_tag";
    AP = hex "fixed.qosinfo.ap" "QoS Information (AP)" key("qos_information") {
        EDCAUPDATE = hex "fixed.qosinfo.ap.edcaupdate" "EDCA Parameter Set Update Count" & 0xf key("edcaupdate");
        QACK = flag "fixed.qosinfo.ap.qack" "Q-Ack" & 0x10 key("qack");
        QUEUE_REQ = flag "fixed.qosinfo.ap.queue_req" "Queue Request" & 0x20 key("queue_req");
        TXOPREQ = flag "fixed.qosinfo.ap.txopreq" "TXOP Request" & 0x40 key("txopreq");
        MORE_DATA_ACK = flag "fixed.qosinfo.ap.more_data_ack" "More Data Ack" & 0x80 key("more_data_ack");
    };
    MU_RECORD = group "ext_tag.mu_edca_parameter_set" "Parameter Record" own many key("records") {
        AIC_AIFSN = hex "ext_tag.mu_edca_parameter_set.aic_aifsn" "ACI/AIFSN" key("aci_aifsn") {
            AIFSN = uint "ext_tag.mu_edca_parameter_set.aifsn" "AIFSN" & 0xf key("aifsn");
            ACM = flag "ext_tag.mu_edca_parameter_set.acm" "Admission Control Mandatory" & 0x10 key("acm");
            ACI = uint "ext_tag.mu_edca_parameter_set.aci" "ACI" & 0x60 key("aci");
            MU_EDCA_PARAMETER_SET_RESERVED = uint "ext_tag.mu_edca_parameter_set.reserved" "Reserved" & 0x80 detail key("reserved");
        };
        MU_ECW = hex "ext_tag.mu_edca_parameter_set.ecwmin_ecwmax" "ECWmin and ECWmax";
        MU_TIMER = hex "ext_tag.mu_edca_parameter_set.mu_edca_timer" "MU EDCA Timer";
    };
}

fields! {
    /// Spatial Reuse Parameter Set.
    SPATIAL_REUSE_ROWS = "wlan" T_SPATIAL_REUSE "ext_tag";
    SR_CONTROL = hex "ext_tag.spatial_reuse.sr_control" "SR Control" key("control") {
        SRP_DIS = flag "ext_tag.spatial_reuse.sr_control.srp_dis" "SRP Disallowed" & 0x1 key("srp_dis");
        NON_SRG_OBSS_PD_SR_DIS = flag "ext_tag.spatial_reuse.sr_control.non_srg_obss_pd_sr_dis" "NON-SRG OBSS PD SR Disallowed" & 0x2 key("non_srg_obss_pd_sr_dis");
        NON_SRG_OFS_PRESENT = flag "ext_tag.spatial_reuse.sr_control.non_srg_ofs_present" "Non-SRG Offset Present" & 0x4 key("non_srg_ofs_present");
        SRG_INFO_PRESENT = flag "ext_tag.spatial_reuse.sr_control.srg_info_present" "SRG Information Present" & 0x8 key("srg_info_present");
        HESIGA_VAL_15_ALLOWED = flag "ext_tag.spatial_reuse.sr_control.hesiga_val_15_allowed" "HESIGA Spatial Reuse value 15 allowed" & 0x10 key("hesiga_val_15_allowed");
        SR_CONTROL_RESERVED = hex "ext_tag.spatial_reuse.sr_control.reserved" "Reserved" & 0xe0 detail key("reserved");
    };
    NON_SRG_OFFSET = uint "ext_tag.spatial_reuse.non_srg_obss_pd_max_offset" "Non-SRG OBSS PD Max Offset" key("non_srg_max_offset");
    SRG_MIN_OFFSET = uint "ext_tag.spatial_reuse.srg_obss_pd_min_offset" "SRG OBSS PD Min Offset" key("srg_min_offset");
    SRG_MAX_OFFSET = uint "ext_tag.spatial_reuse.srg_obss_pd_max_offset" "SRG OBSS PD Max Offset" key("srg_max_offset");
    SRG_COLORS = bytes "ext_tag.spatial_reuse.srg_bss_color_bitmap" "SRG BSS Color Bitmap" key("srg_bss_color_bitmap");
    SRG_BSSIDS = bytes "ext_tag.spatial_reuse.srg_partial_bssid_bitmap" "SRG Partial BSSID Bitmap" key("srg_partial_bssid_bitmap");
}

fields! {
    /// UORA Parameter Set.
    UORA_ROWS = "wlan" T_UORA "ext_tag";
    FIELD = hex "ext_tag.uora_parameter_set.field" "Parameters" key("parameters") {
        EOCWMIN = uint "ext_tag.uora_parameter_set.eocwmin" "EOCWmin" & 0x7 key("eocwmin");
        EOCWMAX = uint "ext_tag.uora_parameter_set.eocwmax" "EOCWmax" & 0x38 key("eocwmax");
        UORA_PARAMETER_SET_RESERVED = uint "ext_tag.uora_parameter_set.reserved" "Reserved" & 0xc0 detail key("reserved");
    };
}

fields! {
    /// HE 6 GHz Band Capabilities.
    HE_6_GHZ_ROWS = "wlan" T_HE_6_GHZ "ext_tag";
    CAP_INF = hex "tag.he_6ghz.cap_inf" "Capabilities Information" key("information") {
        B0_B2 = hex "tag.he_6ghz.cap_inf.b0_b2" "Minimum MPDU Start Spacing" & 0x7 key("b0_b2");
        B3_B5 = hex "tag.he_6ghz.cap_inf.b3_b5" "Maximum A-MPDU Length Exponent" & 0x38 key("b3_b5");
        B6_B7 = hex "tag.he_6ghz.cap_inf.b6_b7" "Maximum MPDU Length" & 0xc0 key("b6_b7");
        B8 = hex "tag.he_6ghz.cap_inf.b8" "Reserved" & 0x100 detail key("b8");
        B9B_B10 = hex "tag.he_6ghz.cap_inf.b9b_b10" "SM Power Save" & 0x600 key("b9b_b10");
        B11 = flag "tag.he_6ghz.cap_inf.b11" "RD Responder" & 0x800 key("b11");
        B12 = flag "tag.he_6ghz.cap_inf.b12" "Rx Antenna Pattern Consistency" & 0x1000 key("b12");
        B13 = flag "tag.he_6ghz.cap_inf.b13" "Tx Antenna Pattern Consistency" & 0x2000 key("b13");
        B14_B15 = hex "tag.he_6ghz.cap_inf.b14_b15" "Reserved" & 0xc000 detail key("b14_b15");
    };
}

pub(super) fn capabilities(p: &mut Packet<'_>, _: u8) -> Read {
    p.u48_le(&HE_MAC_CAPS)?;
    let (widths, has_thresholds) = p.group(&PHY, |p| {
        let widths = p.peek_u8()?;
        p.note(&PHY_RESERVED, widths.into(), 1);
        p.u8(&FBYTES)?;
        p.u16_le(&BITS_8_TO_23)?;
        p.u16_le(&BITS_24_TO_39)?;
        let feedback = p.u16_le(&BITS_40_TO_55)?;
        p.u16_le(&BITS_56_TO_71)?;
        p.u16_le(&BITS_72_TO_87)?;
        Ok((widths, feedback & 0x8000 != 0))
    })?;
    p.u16_le(&RX_HE_MCS_MAP_LTE_80)?;
    p.u16_le(&TX_HE_MCS_MAP_LTE_80)?;
    if widths & 0x08 != 0 {
        p.u16_le(&RX_HE_MCS_MAP_160)?;
        p.u16_le(&TX_HE_MCS_MAP_160)?;
    }
    if widths & 0x10 != 0 {
        p.u16_le(&RX_80_80)?;
        p.u16_le(&TX_80_80)?;
    }
    if has_thresholds { p.group(&PPE, thresholds) } else { Ok(()) }
}

/// Six bits for each number of streams and each RU in the mask, one behind the other.
fn thresholds(p: &mut Packet<'_>) -> Read {
    let (at, first) = (p.at(), p.peek_u8()?);
    p.note(&PPE_NSS, first.into(), 1);
    p.note(&PPE_MASK, first.into(), 1);
    let pairs = (usize::from(first & 7) + 1) * (first >> 3 & 0x0f).count_ones() as usize;
    let bytes = (7 + 6 * pairs).div_ceil(8);
    p.need(bytes)?;
    let ahead = p.ahead();
    for bit in (0..pairs).map(|pair| 7 + 6 * pair) {
        let (from, to) = (bit / 8, (bit + 5) / 8);
        let byte = |i: usize| u16::from(ahead.get(i).copied().unwrap_or(0));
        let pair = u64::from((byte(from) | byte(from + 1) << 8) >> (bit % 8));
        p.mark(&PPE_PAIR, at + from, to - from + 1, 0);
        p.under(|p| {
            p.mark(&PPET16, at + from, to - from + 1, pair & 7);
            p.mark(&PPET8, at + from, to - from + 1, pair >> 3 & 7);
            Ok(())
        })?;
    }
    p.skip(bytes)
}

pub(super) fn operation(p: &mut Packet<'_>, _: u8) -> Read {
    let parameters = p.u24_le(&PARAMS)?;
    p.u8(&BSS_COLOR_INFORMATION)?;
    p.u16_le(&BASIC_HE_MCS_AND_NSS)?;
    if parameters & 0x4000 != 0 {
        p.group(&VHT_OPERATION, |p| {
            p.u8(&O_WIDTH)?;
            p.u8(&O_CENTER_0)?;
            p.u8(&O_CENTER_1)
        })?;
    }
    if parameters & 0x8000 != 0 {
        p.u8(&CO_HOSTED)?;
    }
    if parameters & 0x2_0000 == 0 {
        return Ok(());
    }
    p.group(&SIX_GHZ, |p| {
        for row in [&S_PRIMARY, &S_CONTROL, &S_CENTER_0, &S_CENTER_1, &S_RATE] {
            p.u8(row)?;
        }
        Ok(())
    })
}

pub(super) fn mu_edca(p: &mut Packet<'_>, _: u8) -> Read {
    p.u8(&AP)?;
    for _ in 0..4 {
        p.group(&MU_RECORD, |p| {
            p.u8(&AIC_AIFSN)?;
            p.u8(&MU_ECW)?;
            p.u8(&MU_TIMER)
        })?;
    }
    Ok(())
}

pub(super) fn spatial_reuse(p: &mut Packet<'_>, _: u8) -> Read {
    let control = p.u8(&SR_CONTROL)?;
    if control & 0x04 != 0 {
        p.u8(&NON_SRG_OFFSET)?;
    }
    if control & 0x08 != 0 {
        p.u8(&SRG_MIN_OFFSET)?;
        p.u8(&SRG_MAX_OFFSET)?;
        p.bytes(&SRG_COLORS, 8)?;
        p.bytes(&SRG_BSSIDS, 8)?;
    }
    Ok(())
}

pub(super) fn uora(p: &mut Packet<'_>, _: u8) -> Read {
    p.u8(&FIELD).map(drop)
}

pub(super) fn six_ghz(p: &mut Packet<'_>, _: u8) -> Read {
    p.u16_le(&CAP_INF).map(drop)
}

#[cfg(test)]
mod tests {
    use crate::link::wlan::WLAN;
    use crate::testing::*;

    const CAPABILITIES: &str = "80000000ffffffffffff0202020202020202020202021000000000000000000064001104ff2523ffffffffff \
         ff0effffffffffffffffffffaaaa5555aaff55ffaabbccddff1cc7711c0788";
    const OPERATION: &str = "80000000ffffffffffff0202020202020202020202021000000000000000000064001104ff1024ffffffa5aa \
         552a9b00070506070809";
    const OTHERS: &str = "80000000ffffffffffff0202020202020202020202021000000000000000000064001104ff0e260503a4ff03 \
         a4ff03a4ff03a4ffff15271f050607000102030405060708090a0b0c0d0e0fff02252bff033badde";

    #[test]
    fn capabilities_with_thresholds() {
        insta::assert_snapshot!(tree(&WLAN, &hex(CAPABILITIES)));
    }

    #[test]
    fn operation_with_everything() {
        insta::assert_snapshot!(tree(&WLAN, &hex(OPERATION)));
    }

    #[test]
    fn what_goes_with_them() {
        insta::assert_snapshot!(tree(&WLAN, &hex(OTHERS)));
    }

    #[test]
    fn every_prefix_of_them() {
        for frame in [CAPABILITIES, OPERATION, OTHERS] {
            every_prefix(&WLAN, &hex(frame));
        }
    }
}
