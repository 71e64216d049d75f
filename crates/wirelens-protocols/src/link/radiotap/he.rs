//! Radiotap fields of 802.11ax: HE, HE-MU, what a PPDU without data was, and L-SIG.

use wirelens_dissect::prelude::*;

use super::{EMPTY_PSDU, HE, HE_MU, L_SIG};

static PPDU_FORMATS: Names = &[(0, "SU"), (1, "Extended range SU"), (2, "MU"), (3, "TRIG")];
static CODINGS: Names = &[(0, "BCC"), (1, "LDPC")];
static BANDWIDTHS: Names = &[
    (0, "20 MHz"),
    (1, "40 MHz"),
    (2, "80 MHz"),
    (3, "160 or 80+80 MHz"),
    (4, "26-tone RU"),
    (5, "52-tone RU"),
    (6, "106-tone RU"),
    (7, "242-tone RU"),
    (8, "484-tone RU"),
    (9, "996-tone RU"),
    (10, "2x996-tone RU"),
];
static GUARDS: Names = &[(0, "0.8 us"), (1, "1.6 us"), (2, "3.2 us")];
static LTF_SIZES: Names = &[(0, "unknown"), (1, "1x"), (2, "2x"), (3, "4x")];
static LTF_SYMBOLS: Names = &[(0, "1x"), (1, "2x"), (2, "4x"), (3, "6x"), (4, "8x")];
static EMPTY_TYPES: Names = &[(0, "Sounding PPDU"), (1, "Data not captured"), (255, "Vendor specific")];

fields! {
    /// The HE field.
    HE_ROWS = "radiotap" HE "he";
    DATA_1 = hex "he.data_1" "Data 1" {
        PPDU_FORMAT = hex "he.data_1.ppdu_format" "PPDU Format" & 0x3 names(PPDU_FORMATS);
        K_BSS_COLOR_KNOWN = flag "he.data_1.bss_color_known" "BSS Color known" & 0x4 detail;
        K_BEAM_CHANGE_KNOWN = flag "he.data_1.beam_change_known" "Beam Change known" & 0x8 detail;
        K_UL_DL_KNOWN = flag "he.data_1.ul_dl_known" "UL/DL known" & 0x10 detail;
        K_DATA_MCS_KNOWN = flag "he.data_1.data_mcs_known" "data MCS known" & 0x20 detail;
        K_DATA_DCM_KNOWN = flag "he.data_1.data_dcm_known" "data DCM known" & 0x40 detail;
        K_CODING_KNOWN = flag "he.data_1.coding_known" "Coding known" & 0x80 detail;
        K_LDPC_EXTRA_SYMBOL_SEGMENT_KNOWN = flag "he.data_1.ldpc_extra_symbol_segment_known" "LDPC extra symbol segment known" & 0x100 detail;
        K_STBC_KNOWN = flag "he.data_1.stbc_known" "STBC known" & 0x200 detail;
        K_SPATIAL_REUSE_1_KNOWN = flag "he.data_1.spatial_reuse_1_known" "Spatial Reuse 1 known" & 0x400 detail;
        K_SPATIAL_REUSE_2_KNOWN = flag "he.data_1.spatial_reuse_2_known" "Spatial Reuse 2 known" & 0x800 detail;
        K_SPATIAL_REUSE_3_KNOWN = flag "he.data_1.spatial_reuse_3_known" "Spatial Reuse 3 known" & 0x1000 detail;
        K_SPATIAL_REUSE_4_KNOWN = flag "he.data_1.spatial_reuse_4_known" "Spatial Reuse 4 known" & 0x2000 detail;
        K_DATA_BW_RU_ALLOCATION_KNOWN = flag "he.data_1.data_bw_ru_allocation_known" "data BW/RU allocation known" & 0x4000 detail;
        K_DOPPLER_KNOWN = flag "he.data_1.doppler_known" "Doppler known" & 0x8000 detail;
    };
    DATA_2 = hex "he.data_2" "Data 2" {
        K_PRI_SEC_80_MHZ_KNOWN = flag "he.data_2.pri_sec_80_mhz_known" "pri/sec 80 MHz known" & 0x1 detail;
        K_GI_KNOWN = flag "he.data_2.gi_known" "GI known" & 0x2 detail;
        K_NUM_LTF_SYMBOLS_KNOWN = flag "he.data_2.num_ltf_symbols_known" "LTF symbols known" & 0x4 detail;
        K_PRE_FEC_PADDING_FACTOR_KNOWN = flag "he.data_2.pre_fec_padding_factor_known" "Pre-FEC Padding Factor known" & 0x8 detail;
        K_TXBF_KNOWN = flag "he.data_2.txbf_known" "TxBF known" & 0x10 detail;
        K_PE_DISAMBIGUITY_KNOWN = flag "he.data_2.pe_disambiguity_known" "PE Disambiguity known" & 0x20 detail;
        K_TXOP_KNOWN = flag "he.data_2.txop_known" "TXOP known" & 0x40 detail;
        K_MIDAMBLE_PERIODICITY_KNOWN = flag "he.data_2.midamble_periodicity_known" "midamble periodicity known" & 0x80 detail;
        K_RU_ALLOCATION_OFFSET = hex "he.data_2.ru_allocation_offset" "RU allocation offset" & 0x3f00 detail;
        K_RU_ALLOCATION_OFFSETI_KNOWN = flag "he.data_2.ru_allocation_offseti_known" "RU allocation offset known" & 0x4000 detail;
        K_PRI_SEC_80_MHZ = flag "he.data_2.pri_sec_80_mhz" "pri/sec 80 MHz" & 0x8000 detail;
    };
    DATA_3 = hex "he.data_3" "Data 3" {
        BSS_COLOR = hex "he.data_3.bss_color" "BSS Color" & 0x3f read;
        BSS_COLOR_UNKNOWN = hex "he.data_3.bss_color_unknown" "BSS Color unknown" & 0x3f read;
        BEAM_CHANGE = hex "he.data_3.beam_change" "Beam Change" & 0x40 read;
        BEAM_CHANGE_UNKNOWN = hex "he.data_3.beam_change_unknown" "Beam Change unknown" & 0x40 read;
        UL_DL = hex "he.data_3.ul_dl" "UL/DL" & 0x80 read;
        UL_DL_UNKNOWN = hex "he.data_3.ul_dl_unknown" "UL/DL unknown" & 0x80 read;
        DATA_MCS = hex "he.data_3.data_mcs" "data MCS" & 0xf00 read;
        DATA_MCS_UNKNOWN = hex "he.data_3.data_mcs_unknown" "data MCS unknown" & 0xf00 read;
        DATA_DCM = hex "he.data_3.data_dcm" "data DCM" & 0x1000 read;
        DATA_DCM_UNKNOWN = hex "he.data_3.data_dcm_unknown" "data DCM unknown" & 0x1000 read;
        CODING_UNKNOWN = hex "he.data_3.coding_unknown" "Coding unknown" & 0x2000 read;
        LDPC_EXTRA_SYMBOL_SEGMENT = hex "he.data_3.ldpc_extra_symbol_segment" "LDPC extra symbol segment" & 0x4000 read;
        LDPC_EXTRA_SYMBOL_SEGMENT_UNKNOWN = hex "he.data_3.ldpc_extra_symbol_segment_unknown" "LDPC extra symbol segment unknown" & 0x4000 read;
        STBC = hex "he.data_3.stbc" "STBC" & 0x8000 read;
        STBC_UNKNOWN = hex "he.data_3.stbc_unknown" "STBC unknown" & 0x8000 read;
        CODING = hex "he.data_3.coding" "Coding" & 0x2000 read names(CODINGS);
    };
    DATA_4 = hex "he.data_4" "Data 4" {
        SPATIAL_REUSE = hex "he.data_4.spatial_reuse" "Spatial Reuse" & 0xf read;
        SPATIAL_REUSE_UNKNOWN = hex "he.data_4.spatial_reuse_unknown" "Spatial Reuse unknown" & 0xf read;
        RESERVED_D4_FFF0 = hex "he.data_4.reserved_d4_fff0" "Reserved" & 0xfff0 read;
        SPATIAL_REUSE_1 = hex "he.data_4.spatial_reuse_1" "Spatial Reuse 1" & 0xf read;
        SPATIAL_REUSE_1_UNKNOWN = hex "he.data_4.spatial_reuse_1_unknown" "Spatial Reuse 1 unknown" & 0xf read;
        SPATIAL_REUSE_2 = hex "he.data_4.spatial_reuse_2" "Spatial Reuse 2" & 0xf0 read;
        SPATIAL_REUSE_2_UNKNOWN = hex "he.data_4.spatial_reuse_2_unknown" "Spatial Reuse 2 unknown" & 0xf0 read;
        SPATIAL_REUSE_3 = hex "he.data_4.spatial_reuse_3" "Spatial Reuse 3" & 0xf00 read;
        SPATIAL_REUSE_3_UNKNOWN = hex "he.data_4.spatial_reuse_3_unknown" "Spatial Reuse 3 unknown" & 0xf00 read;
        SPATIAL_REUSE_4 = hex "he.data_4.spatial_reuse_4" "Spatial Reuse 4" & 0xf000 read;
        SPATIAL_REUSE_4_UNKNOWN = hex "he.data_4.spatial_reuse_4_unknown" "Spatial Reuse 4 unknown" & 0xf000 read;
        STA_ID_USER = hex "he.data_4.sta_id_user" "STA-ID of user data captured for" & 0x7ff0 read;
        RESERVED_D4_B15 = hex "he.data_4.reserved_d4_b15" "Reserved" & 0x8000 read;
    };
    DATA_5 = hex "he.data_5" "Data 5" {
        BW_RU = hex "he.data_5.data_bw_ru_allocation" "Bandwidth or RU Allocation" & 0xf read names(BANDWIDTHS);
        BW_RU_UNKNOWN = hex "he.data_5.data_bw_ru_allocation_unknown" "Bandwidth or RU Allocation unknown" & 0xf read;
        GI = hex "he.data_5.gi" "Guard Interval" & 0x30 read names(GUARDS);
        GI_UNKNOWN = hex "he.data_5.gi_unknown" "Guard Interval unknown" & 0x30 read;
        LTF_SIZE = hex "he.data_5.ltf_symbol_size" "LTF Symbol Size" & 0xc0 read names(LTF_SIZES);
        LTF_SIZE_UNKNOWN = hex "he.data_5.ltf_symbol_size_unknown" "LTF Symbol Size unknown" & 0xc0 read;
        LTF = hex "he.num_ltf_symbols" "LTF Symbols" & 0x700 read names(LTF_SYMBOLS) key("num_ltf_symbols");
        LTF_UNKNOWN = hex "he.num_ltf_symbols_unknown" "LTF Symbols unknown" & 0x700 read key("num_ltf_symbols_unknown");
        RESERVED_D5 = hex "he.data_5.reserved_d5_b11" "Reserved" & 0x800 read;
        PRE_FEC = hex "he.pre_fec_padding_factor" "Pre-FEC Padding Factor" & 0x3000 read key("pre_fec_padding_factor");
        PRE_FEC_UNKNOWN = hex "he.pre_fec_padding_factor_unknown" "Pre-FEC Padding Factor unknown" & 0x3000 read key("pre_fec_padding_factor_unknown");
        TXBF = hex "he.txbf" "TxBF" & 0x4000 read key("txbf");
        TXBF_UNKNOWN = hex "he.txbf_unknown" "TxBF unknown" & 0x4000 read key("txbf_unknown");
        PE = hex "he.pe_disambiguity" "PE Disambiguity" & 0x8000 read key("pe_disambiguity");
        PE_UNKNOWN = hex "he.pe_disambiguity_unknown" "PE Disambiguity unknown" & 0x8000 read key("pe_disambiguity_unknown");
    };
    DATA_6 = hex "he.data_6" "Data 6" {
        NSTS = hex "he.data_6.nsts" "NSTS" & 0xf read;
        DOPPLER_VALUE = hex "he.data_6.doppler_value" "Doppler value" & 0x10 read;
        DOPPLER_VALUE_UNKNOWN = hex "he.data_6.doppler_value_unknown" "Doppler value unknown" & 0x10 read;
        RESERVED_D6_00E0 = hex "he.data_6.reserved_d6_00e0" "Reserved" & 0xe0 read;
        TXOP_VALUE = hex "he.data_6.txop_value" "TXOP value" & 0x7f00 read;
        TXOP_VALUE_UNKNOWN = hex "he.data_6.txop_value_unknown" "TXOP value unknown" & 0x7f00 read;
        MIDAMBLE_PERIODICITY = hex "he.data_6.midamble_periodicity" "midamble periodicity" & 0x8000 read;
        MIDAMBLE_PERIODICITY_UNKNOWN = hex "he.data_6.midamble_periodicity_unknown" "midamble periodicity unknown" & 0x8000 read;
    };
}

fields! {
    /// The HE-MU field.
    HE_MU_ROWS = "radiotap" HE_MU "he_mu";
    FLAGS_1 = hex "he_mu.flags_1" "Flags 1" {
        MU_SIG_B_MCS = hex "he_mu.sig_b_mcs" "SIG-B MCS (from SIG-A)" & 0xf;
        MU_SIG_B_MCS_KNOWN = flag "he_mu.sig_b_mcs_known" "SIG-B MCS known" & 0x10;
        MU_SIG_B_DCM = hex "he_mu.sig_b_dcm" "SIG-B DCM (from SIG-A)" & 0x20;
        MU_SIG_B_DMC_KNOWN = flag "he_mu.sig_b_dmc_known" "SIG-B DCM known" & 0x40;
        MU_CHAN2_CENTER_26_TONE_RU_BIT_KNOWN = flag "he_mu.chan2_center_26_tone_ru_bit_known" "Channel2 center 26-tone RU bit known" & 0x80;
        MU_CHAN1_RUS_KNOWN = flag "he_mu.chan1_rus_known" "Channel 1 RUs known" & 0x100;
        MU_CHAN2_RUS_KNOWN = flag "he_mu.chan2_rus_known" "Channel 2 RUs known" & 0x200;
        MU_RESERVED_F1_B10_B11 = hex "he_mu.reserved_f1_b10_b11" "Reserved" & 0xc00;
        MU_CHAN1_CENTER_26_TONE_RU_BIT_KNOWN = flag "he_mu.chan1_center_26_tone_ru_bit_known" "Channel1 center 26-tone RU bit known" & 0x1000;
        MU_CHAN1_CENTER_26_TONE_RU_VALUE = hex "he_mu.chan1_center_26_tone_ru_value" "Channel1 center 26-tone RU value" & 0x2000;
        MU_SYMBOL_CNT_OR_USER_CNT_KNOWN = flag "he_mu.symbol_cnt_or_user_cnt_known" "# of HE-SIG-B Symbols/MU-MINO users known" & 0x8000;
        MU_COMPRESSION_KNOWN = flag "he_mu.sig_b_compression_known" "SIG-B Compression known" & 0x4000;
    };
    FLAGS_2 = hex "he_mu.flags_2" "Flags 2" {
        MU_BW_FROM_SIG_A = uint "he_mu.bw_from_sig_a" "bandwidth from Bandwidth field in SIG-A" & 0x3;
        MU_BW_FROM_SIG_A_KNOWN = flag "he_mu.bw_from_sig_a_known" "bandwidth from Bandwidth field in SIG-A known" & 0x4;
        MU_SIG_B_COMPRESSION = flag "he_mu.sig_b_compression" "SIG-B compression from SIG-A" & 0x8;
        MU_SIG_B_SYMS_OR_MU_MIMO_USERS = uint "he_mu.sig_b_syms_or_mu_mimo_users" "# of HE-SIG-B Symbols or # of MU-MIMO Users" & 0xf0;
        MU_PREAMBLE_PUNCTURING = hex "he_mu.preamble_puncturing" "preamble puncturing from Bandwidth field in HE-SIG-A" & 0x300;
        MU_PREAMBLE_PUNCTURING_KNOWN = flag "he_mu.preamble_puncturing_known" "preamble puncturing from Bandwidth field in HE-SIG-A known" & 0x400;
        MU_CHAN2_CENTER_26_TONE_RU_VALUE = hex "he_mu.chan2_center_26_tone_ru_value" "Chan2 Center 26 Tone RU Value" & 0x800;
        MU_RESERVED_F2_B12_B15 = hex "he_mu.reserved_f2_b12_b15" "Reserved" & 0xf000;
    };
    CHAN1_RUS_0_INDEX = uint "he_mu.chan1_rus_0_index" "Chan1 RU[0] index";
    CHAN1_RUS_1_INDEX = uint "he_mu.chan1_rus_1_index" "Chan1 RU[1] index";
    CHAN1_RUS_2_INDEX = uint "he_mu.chan1_rus_2_index" "Chan1 RU[2] index";
    CHAN1_RUS_3_INDEX = uint "he_mu.chan1_rus_3_index" "Chan1 RU[3] index";
    CHAN2_RUS_0_INDEX = uint "he_mu.chan2_rus_0_index" "Chan2 RU[0] index";
    CHAN2_RUS_1_INDEX = uint "he_mu.chan2_rus_1_index" "Chan2 RU[1] index";
    CHAN2_RUS_2_INDEX = uint "he_mu.chan2_rus_2_index" "Chan2 RU[2] index";
    CHAN2_RUS_3_INDEX = uint "he_mu.chan2_rus_3_index" "Chan2 RU[3] index";
}

fields! {
    /// The field of a PPDU without data.
    EMPTY_PSDU_ROWS = "radiotap" EMPTY_PSDU "0_len_psdu";
    EMPTY_TYPE = hex "0_len_psdu.type" "Type" names(EMPTY_TYPES);
}

fields! {
    /// The L-SIG field.
    L_SIG_ROWS = "radiotap" L_SIG "l_sig";
    L_DATA1 = hex "l_sig.data1" "Known" {
        L_RATE_KNOWN = flag "l_sig.rate_known" "rate known" & 0x1 detail;
        L_LENGTH_KNOWN = flag "l_sig.length_known" "length known" & 0x2 detail;
        L_RESERVED = hex "l_sig.reserved" "reserved" & 0xfffc detail;
    };
    L_DATA2 = hex "l_sig.data2" "Data" {
        L_RATE = uint "l_sig.rate" "Rate" & 0xf key("rate");
        L_LENGTH = uint "l_sig.length" "Length" & 0xfff0 key("length");
    };
}

/// A part of a word, in one of two rows: where it is known, where it is not.
type Part = (bool, &'static Field, &'static Field);

fn word(p: &mut Packet<'_>, row: &'static Field, parts: &[Part]) -> Read {
    let (at, word) = (p.at(), p.u16_le(row)?);
    p.under(|p| {
        for &(is_known, known, unknown) in parts {
            p.mark(if is_known { known } else { unknown }, at, 2, word.into());
        }
        Ok(())
    })
}

/// <https://www.radiotap.org/fields/HE.html>: what is known, then the data.
pub(super) fn he(p: &mut Packet<'_>) -> Read {
    let (first, second) = (p.u16_le(&DATA_1)?, p.u16_le(&DATA_2)?);
    let known = |bit: u32| first & (1 << bit) != 0;
    let also = |bit: u32| second & (1 << bit) != 0;
    word(p, &DATA_3, &[
        (known(2), &BSS_COLOR, &BSS_COLOR_UNKNOWN),
        (known(3), &BEAM_CHANGE, &BEAM_CHANGE_UNKNOWN),
        (known(4), &UL_DL, &UL_DL_UNKNOWN),
        (known(5), &DATA_MCS, &DATA_MCS_UNKNOWN),
        (known(6), &DATA_DCM, &DATA_DCM_UNKNOWN),
        (known(7), &CODING, &CODING_UNKNOWN),
        (known(8), &LDPC_EXTRA_SYMBOL_SEGMENT, &LDPC_EXTRA_SYMBOL_SEGMENT_UNKNOWN),
        (known(9), &STBC, &STBC_UNKNOWN),
    ])?;
    match first & 3 {
        // A multi-user PPDU names the station, a triggered one has four values.
        2 => word(p, &DATA_4, &[
            (known(10), &SPATIAL_REUSE, &SPATIAL_REUSE_UNKNOWN),
            (true, &STA_ID_USER, &STA_ID_USER),
            (true, &RESERVED_D4_B15, &RESERVED_D4_B15),
        ])?,
        3 => word(p, &DATA_4, &[
            (known(10), &SPATIAL_REUSE_1, &SPATIAL_REUSE_1_UNKNOWN),
            (known(11), &SPATIAL_REUSE_2, &SPATIAL_REUSE_2_UNKNOWN),
            (known(12), &SPATIAL_REUSE_3, &SPATIAL_REUSE_3_UNKNOWN),
            (known(13), &SPATIAL_REUSE_4, &SPATIAL_REUSE_4_UNKNOWN),
        ])?,
        _ => word(p, &DATA_4, &[
            (known(10), &SPATIAL_REUSE, &SPATIAL_REUSE_UNKNOWN),
            (true, &RESERVED_D4_FFF0, &RESERVED_D4_FFF0),
        ])?,
    }
    word(p, &DATA_5, &[
        (known(14), &BW_RU, &BW_RU_UNKNOWN),
        (also(1), &GI, &GI_UNKNOWN),
        (also(1), &LTF_SIZE, &LTF_SIZE_UNKNOWN),
        (also(2), &LTF, &LTF_UNKNOWN),
        (true, &RESERVED_D5, &RESERVED_D5),
        (also(3), &PRE_FEC, &PRE_FEC_UNKNOWN),
        (also(4), &TXBF, &TXBF_UNKNOWN),
        (also(5), &PE, &PE_UNKNOWN),
    ])?;
    word(p, &DATA_6, &[
        (true, &NSTS, &NSTS),
        (known(15), &DOPPLER_VALUE, &DOPPLER_VALUE_UNKNOWN),
        (true, &RESERVED_D6_00E0, &RESERVED_D6_00E0),
        (also(6), &TXOP_VALUE, &TXOP_VALUE_UNKNOWN),
        (also(7), &MIDAMBLE_PERIODICITY, &MIDAMBLE_PERIODICITY_UNKNOWN),
    ])
}

/// <https://www.radiotap.org/fields/HE-MU.html>.
pub(super) fn he_mu(p: &mut Packet<'_>) -> Read {
    p.u16_le(&FLAGS_1)?;
    p.u16_le(&FLAGS_2)?;
    for row in [
        &CHAN1_RUS_0_INDEX,
        &CHAN1_RUS_1_INDEX,
        &CHAN1_RUS_2_INDEX,
        &CHAN1_RUS_3_INDEX,
        &CHAN2_RUS_0_INDEX,
        &CHAN2_RUS_1_INDEX,
        &CHAN2_RUS_2_INDEX,
        &CHAN2_RUS_3_INDEX,
    ] {
        p.u8(row)?;
    }
    Ok(())
}

/// <https://www.radiotap.org/fields/0-length-PSDU.html>.
pub(super) fn empty_psdu(p: &mut Packet<'_>) -> Read {
    p.u8(&EMPTY_TYPE).map(drop)
}

/// <https://www.radiotap.org/fields/L-SIG.html>.
pub(super) fn l_sig(p: &mut Packet<'_>) -> Read {
    p.u16_le(&L_DATA1)?;
    p.u16_le(&L_DATA2).map(drop)
}

