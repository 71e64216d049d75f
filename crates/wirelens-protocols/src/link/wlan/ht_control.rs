//! HT Control, IEEE 802.11-2020 section 9.2.4.6, in its HT, VHT and HE variants.

use wirelens_dissect::prelude::*;

use super::HTC;

static CALIBRATION: Names = &[
    (0, "Not a calibration frame"),
    (1, "Calibration start"),
    (2, "Sounding response"),
    (3, "Sounding complete"),
];
static FEEDBACK: Names = &[
    (0, "No feedback required"),
    (1, "CSI"),
    (2, "Noncompressed beamforming"),
    (3, "Compressed beamforming"),
];
static BANDWIDTHS: Names = &[(0, "20 MHz"), (1, "40 MHz"), (2, "80 MHz"), (3, "160 or 80+80 MHz")];
/// IEEE 802.11ax table 9-22a.
static CONTROL_IDS: Names = &[
    (0, "Triggered response scheduling"),
    (1, "Operating mode"),
    (2, "HE link adaptation"),
    (3, "Buffer status report"),
    (4, "UL power headroom"),
    (5, "Bandwidth query report"),
    (6, "Command and status"),
    (7, "EHT operating mode"),
    (8, "Single response scheduling"),
    (9, "AP assistance request"),
    (15, "Ones need expansion"),
];

fields! {
    /// The HT Control field.
    HTC_ROWS = "wlan" HTC "htc";
    IS_VHT = flag "htc.vht" "VHT" & 0x1;
    IS_HE = flag "htc.he" "HE" & 0x2 read;
    LAC = hex "htc.lac" "Link Adaptation Control" & 0xfffe read {
        TRQ = flag "htc.lac.trq" "Training Request (TRQ)" & 0x2 read;
        ASELI = hex "htc.lac.mai.aseli" "Antenna Selection Indication (ASELI)" & 0x3c read;
        MRQ = flag "htc.lac.mai.mrq" "MCS Request (MRQ)" & 0x4 read;
        MSI = hex "htc.lac.mai.msi" "MCS Request Sequence Identifier (MSI)" & 0x38 read;
        MAI_RESERVED = hex "htc.lac.mai.reserved" "Reserved" & 0x38 read;
        MFSI = uint "htc.lac.mfsi" "MCS Feedback Sequence Identifier (MFSI)" & 0x1c0 read;
        COMMAND = hex "htc.lac.asel.command" "Antenna Selection (ASEL) Command" & 0xe00 read;
        DATA = hex "htc.lac.asel.data" "Antenna Selection (ASEL) Data" & 0xf000 read;
        MFB = hex "htc.lac.mfb" "MCS Feedback (MFB)" & 0xfe00 read;
    };
    CAL_POS = uint "htc.cal.pos" "Calibration Position" & 0x30000 read names(CALIBRATION);
    CAL_SEQ = uint "htc.cal.seq" "Calibration Sequence" & 0xc0000 read;
    RESERVED1 = hex "htc.reserved1" "Reserved" & 0x300000 read detail;
    CSI_STEERING = uint "htc.csi_steering" "CSI or Steering" & 0xc00000 read names(FEEDBACK);
    NDP = flag "htc.ndp_announcement" "NDP Announcement" & 0x1000000 read;
    RESERVED2 = hex "htc.reserved2" "Reserved" & 0x3e000000 read detail;
    V_MRQ = flag "htc.mrq" "MCS Feedback Request" & 0x4 read;
    V_MSI = uint "htc.msi" "MRQ Sequence Identifier" & 0x38 read;
    V_RESERVED = hex "htc.msi_stbc_reserved" "Reserved" & 0x38 read;
    V_COMPRESSED_MSI = uint "htc.compressed_msi" "Compressed MSI" & 0x18 read;
    V_STBC = flag "htc.ppdu_stbc_encoded" "PPDU was STBC encoded" & 0x20 read;
    V_MFSI = uint "htc.mfsi" "MFB Sequence Identifier" & 0x1c0 read;
    V_GID_L = uint "htc.gid_l" "Group ID, low bits" & 0x1c0 read;
    V_MFB = hex "htc.mfb" "MCS Feedback" & 0xfffe00 read {
        V_STS = uint "htc.num_sts" "Space-Time Streams" & 0xe00 key("num_sts");
        V_MCS = uint "htc.vht_mcs" "VHT-MCS" & 0xf000 key("vht_mcs");
        V_BW = uint "htc.bw" "Bandwidth" & 0x30000 names(BANDWIDTHS) key("bw");
        V_SNR = uint "htc.snr" "SNR" & 0xfc0000 key("snr");
    };
    V_RESERVED3 = hex "htc.reserved3" "Reserved" & 0x1f000000 read detail;
    V_GID_H = uint "htc.gid_h" "Group ID, high bits" & 0x7000000 read;
    V_CODING = uint "htc.coding_type" "Coding Type" & 0x8000000 read;
    V_FB_TX = uint "htc.fb_tx_type" "FB Tx Type" & 0x10000000 read;
    V_UNSOLICITED = flag "htc.unsolicited_mfb" "Unsolicited MFB" & 0x20000000 read;
    AC_CONSTRAINT = flag "htc.ac_constraint" "AC Constraint" & 0x40000000 read;
    RDG = flag "htc.rdg_more_ppdu" "RDG or more PPDU" & 0x80000000 read;
    A_CONTROL = group "htc.he.a_control" "Aggregate Control" own many {
        CTRL_ID = uint "htc.he.a_control.ctrl_id" "Control ID" names(CONTROL_IDS);
        HE_TB_PPDU_LEN = uint "htc.he.a_control.umrs.he_tb_ppdu_len" "HE TB PPDU Length" & 0x1f read;
        RU_ALLOCATION = uint "htc.he.a_control.umrs.ru_allocation" "RU Allocation" & 0x1fe0 read;
        DL_TX_POWER = hex "htc.he.a_control.umrs.dl_tx_power" "DL Tx Power" & 0x3e000 read;
        UL_TARGET_RSSI = uint "htc.he.a_control.umrs.ul_target_rssi" "UL Target RSSI" & 0x7c0000 read;
        UL_MCS = hex "htc.he.a_control.umrs.ul_mcs" "UL MCS" & 0x1800000 read;
        RX_NSS = uint "htc.he.a_control.om.rx_nss" "Rx NSS" & 0x7 read;
        CHANNEL_WIDTH = uint "htc.he.a_control.om.channel_width" "Channel Width" & 0x18 read;
        UL_MU_DISABLE = flag "htc.he.a_control.om.ul_mu_disable" "UL MU Disable" & 0x20 read;
        TX_NSTS = uint "htc.he.a_control.om.tx_nsts" "Tx NSTS" & 0x1c0 read;
        UNSOLICITED_MFB = flag "htc.he.a_control.hla.unsolicited_mfb" "Unsolicited MFB" & 0x1 read;
        HLA_MRQ = flag "htc.he.a_control.hla.mrq" "MRQ" & 0x2 read;
        NSS = uint "htc.he.a_control.hla.NSS" "NSS" & 0x1c read;
        HE_MCS = uint "htc.he.a_control.hla.he_mcs" "HE-MCS" & 0x1e0 read;
        DCM = flag "htc.he.a_control.hla.dcm" "DCM" & 0x200 read;
        RU = uint "htc.he.a_control.hla.ru" "RU" & 0x3fc00 read;
        BW = uint "htc.he.a_control.hla.bw" "BW" & 0xc0000 read;
        MSI_PPDU_TYPE = uint "htc.he.a_control.hla.msi_ppdu_type" "MSI/PPDU Type" & 0x700000 read;
        TX_BF = flag "htc.he.a_control.hla.tx_bf" "Tx BF" & 0x800000 read;
        ACI_BITMAP = hex "htc.he.a_control.bsr.aci_bitmap" "ACI Bitmap" & 0xf read;
        DELTA_TID = hex "htc.he.a_control.bsr.delta_tid" "Delta TID" & 0x30 read;
        ACI_HIGH = hex "htc.he.a_control.bsr.aci_high" "ACI High" & 0xc0 read;
        SCALING_FACTOR = hex "htc.he.a_control.bsr.scaling_factor" "Scaling Factor" & 0x300 read;
        QUEUE_SIZE_HIGH = hex "htc.he.a_control.bsr.queue_size_high" "Queue Size High" & 0x3fc00 read;
        QUEUE_SIZE_ALL = hex "htc.he.a_control.bsr.queue_size_all" "Queue Size All" & 0x3fc0000 read;
        UL_POWER_HEADROOM = uint "htc.he.a_control.uph.ul_power_headroom" "UL Power Headroom" & 0x1f read;
        MIN_TRANSMIT_POWER_FLAG = flag "htc.he.a_control.uph.min_transmit_power_flag" "Minimum Transmit Power Flag" & 0x20 read;
        CCI_AC_CONSTRAINT = flag "htc.he.a_control.cci.ac_constraint" "AC Constraint" & 0x1 read;
        RDG_MORE_PPDU = flag "htc.he.a_control.cci.rdg_more_ppdu" "RDG/More PPDU" & 0x2 read;
        SR_PPDU_INDIC = flag "htc.he.a_control.cci.sr_ppdu_indic" "PSRT PPDU" & 0x4 read;
        RX_NSS_EXT = flag "htc.he.a_control.eht_om.rx_nss_ext" "Rx NSS Extension" & 0x1 read;
        CHAN_W_EXT = flag "htc.he.a_control.eht_om.chan_w_ext" "Channel Width Extension" & 0x2 read;
        TX_NSTS_EXT = flag "htc.he.a_control.eht_om.tx_nsts_ext" "Tx NSTS Extension" & 0x4 read;
        PPDU_RESP_DUR = uint "htc.he.a_control.srs.ppdu_resp_dur" "PPDU Response Duration" & 0xff read;
        ASSISTED_AP_LINK_ID_BITMAP = hex "htc.he.a_control.aar.assisted_ap_link_id_bitmap" "Assisted AP Link ID Bitmap" & 0xffff read;
        BQR_BITMAP = hex "htc.he.a_control.bqr.avail_chan_bitmap" "Available Channels" & 0xff read;
    };
}

/// Reads the field: its lowest bits say which variant it is.
pub(super) fn read(p: &mut Packet<'_>) -> Read {
    let (at, word) = (p.at(), p.u32_le(&HTC)?);
    p.under(|p| {
        match word & 3 {
            1 => vht(p, at, word),
            3 => he(p, at, word)?,
            _ => ht(p, at, word),
        }
        Ok(())
    })
}

fn ht(p: &mut Packet<'_>, at: usize, word: u32) {
    p.mark(&LAC, at, 4, word.into());
    let _ = p.under(|p| {
        let low = u64::from(word & 0xffff);
        p.mark(&TRQ, at, 2, low);
        // 14 in the MAI says that antennas are selected, section 9.2.4.6.2.
        let selects = word >> 2 & 0xf == 14;
        if selects {
            p.mark(&ASELI, at, 2, low);
            p.mark(&COMMAND, at, 2, low);
            p.mark(&DATA, at, 2, low);
        } else {
            p.mark(&MRQ, at, 2, low);
            p.mark(if word & 4 != 0 { &MSI } else { &MAI_RESERVED }, at, 2, low);
            p.mark(&MFSI, at, 2, low);
            p.mark(&MFB, at, 2, low);
        }
        Ok(())
    });
    for row in
        [&CAL_POS, &CAL_SEQ, &RESERVED1, &CSI_STEERING, &NDP, &RESERVED2, &AC_CONSTRAINT, &RDG]
    {
        p.mark(row, at, 4, word.into());
    }
}

fn vht(p: &mut Packet<'_>, at: usize, word: u32) {
    let unsolicited = word & 0x2000_0000 != 0;
    let mut bits = |row| p.mark(row, at, 4, word.into());
    bits(&IS_HE);
    bits(&V_MRQ);
    if unsolicited {
        bits(&V_COMPRESSED_MSI);
        bits(&V_STBC);
        bits(&V_GID_L);
    } else {
        bits(if word & 4 != 0 { &V_MSI } else { &V_RESERVED });
        bits(&V_MFSI);
    }
    bits(&V_MFB);
    if unsolicited {
        bits(&V_GID_H);
        bits(&V_CODING);
        bits(&V_FB_TX);
    } else {
        bits(&V_RESERVED3);
    }
    bits(&V_UNSOLICITED);
    bits(&AC_CONSTRAINT);
    bits(&RDG);
}

/// Controls of different lengths, one behind the other from bit 2 on, each with its identifier in
/// four bits, IEEE 802.11ax section 9.2.4.6a.
fn he(p: &mut Packet<'_>, at: usize, word: u32) -> Read {
    p.mark(&IS_HE, at, 4, word.into());
    let mut bit = 2;
    while bit + 4 <= 32 {
        let id = word >> bit & 0xf;
        let value = u64::from(word.checked_shr(bit + 4).unwrap_or(0));
        let (length, rows): (u32, &[&'static Field]) = match id {
            0 => (26, &[&HE_TB_PPDU_LEN, &RU_ALLOCATION, &DL_TX_POWER, &UL_TARGET_RSSI, &UL_MCS]),
            1 => (12, &[&RX_NSS, &CHANNEL_WIDTH, &UL_MU_DISABLE, &TX_NSTS]),
            2 => (26, &[
                &UNSOLICITED_MFB,
                &HLA_MRQ,
                &NSS,
                &HE_MCS,
                &DCM,
                &RU,
                &BW,
                &MSI_PPDU_TYPE,
                &TX_BF,
            ]),
            3 => (26, &[
                &ACI_BITMAP,
                &DELTA_TID,
                &ACI_HIGH,
                &SCALING_FACTOR,
                &QUEUE_SIZE_HIGH,
                &QUEUE_SIZE_ALL,
            ]),
            4 => (8, &[&UL_POWER_HEADROOM, &MIN_TRANSMIT_POWER_FLAG]),
            5 => (10, &[&BQR_BITMAP]),
            6 => (8, &[&CCI_AC_CONSTRAINT, &RDG_MORE_PPDU, &SR_PPDU_INDIC]),
            7 => (6, &[&RX_NSS_EXT, &CHAN_W_EXT, &TX_NSTS_EXT]),
            8 => (10, &[&PPDU_RESP_DUR]),
            9 => (20, &[&ASSISTED_AP_LINK_ID_BITMAP]),
            _ => (28, &[]),
        };
        // What is left may be padding with zeros.
        if bit > 2 && word.checked_shr(bit).unwrap_or(0) == 0 {
            break;
        }
        p.mark(&A_CONTROL, at, 4, 0);
        p.under(|p| {
            p.mark(&CTRL_ID, at, 4, id.into());
            for row in rows {
                p.mark(row, at, 4, value);
            }
            Ok(())
        })?;
        bit += 4 + length;
    }
    Ok(())
}

