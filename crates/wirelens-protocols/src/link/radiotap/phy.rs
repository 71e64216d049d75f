//! Radiotap fields of 802.11n and 802.11ac: MCS, A-MPDU status, VHT; and the timestamp.

use wirelens_dissect::prelude::*;

use super::{AMPDU, MCS, TIMESTAMP, VHT};

static MCS_BANDWIDTHS: Names = &[(0, "20 MHz"), (1, "40 MHz"), (2, "20 MHz lower"), (3, "20 MHz upper")];
static GUARDS: Names = &[(0, "long"), (1, "short")];
static MCS_FORMATS: Names = &[(0, "mixed"), (1, "greenfield")];
static CODINGS: Names = &[(0, "BCC"), (1, "LDPC")];
static VHT_BANDWIDTHS: Names = &[
    (0, "20 MHz"),
    (1, "40 MHz"),
    (2, "40 MHz, 20 MHz lower"),
    (3, "40 MHz, 20 MHz upper"),
    (4, "80 MHz"),
    (5, "80 MHz, 40 MHz lower"),
    (6, "80 MHz, 40 MHz upper"),
    (7, "80 MHz, channel 1/4"),
    (8, "80 MHz, channel 2/4"),
    (9, "80 MHz, channel 3/4"),
    (10, "80 MHz, channel 4/4"),
    (11, "160 MHz"),
    (12, "160 MHz, 80 MHz lower"),
    (13, "160 MHz, 80 MHz upper"),
    (14, "160 MHz, 40 MHz, channel 1/4"),
    (15, "160 MHz, 40 MHz, channel 2/4"),
    (16, "160 MHz, 40 MHz, channel 3/4"),
    (17, "160 MHz, 40 MHz, channel 4/4"),
    (18, "160 MHz, 20 MHz, channel 1/8"),
    (19, "160 MHz, 20 MHz, channel 2/8"),
    (20, "160 MHz, 20 MHz, channel 3/8"),
    (21, "160 MHz, 20 MHz, channel 4/8"),
    (22, "160 MHz, 20 MHz, channel 5/8"),
    (23, "160 MHz, 20 MHz, channel 6/8"),
    (24, "160 MHz, 20 MHz, channel 7/8"),
    (25, "160 MHz, 20 MHz, channel 8/8"),
];
static TIME_UNITS: Names = &[(0, "milliseconds"), (1, "microseconds"), (3, "nanoseconds")];
static SAMPLED: Names = &[
    (0, "Begin of the first bit of the MPDU"),
    (1, "Signal acquisition"),
    (2, "End of the PPDU"),
    (3, "End of the MPDU"),
    (15, "Unknown"),
];

fields! {
    /// The MCS field.
    MCS_ROWS = "radiotap" MCS "mcs";
    MCS_KNOWN = hex "mcs.known" "Known" {
        MCS_HAVE_BW = flag "mcs.have_bw" "Bandwidth" & 0x1 detail;
        MCS_HAVE_INDEX = flag "mcs.have_index" "MCS index" & 0x2 detail;
        MCS_HAVE_GI = flag "mcs.have_gi" "Guard interval" & 0x4 detail;
        MCS_HAVE_FORMAT = flag "mcs.have_format" "Format" & 0x8 detail;
        MCS_HAVE_FEC = flag "mcs.have_fec" "FEC type" & 0x10 detail;
        MCS_HAVE_STBC = flag "mcs.have_stbc" "STBC streams" & 0x20 detail;
        MCS_HAVE_NESS = flag "mcs.have_ness" "Number of extension spatial streams" & 0x40 detail;
        MCS_NESS_BIT1 = uint "mcs.ness_bit1" "Extension Spatial Streams, high bit" & 0x80 read detail;
    };
    MCS_BW = uint "mcs.bw" "Bandwidth" & 0x3 names(MCS_BANDWIDTHS);
    MCS_GI = uint "mcs.gi" "Guard Interval" & 0x4 names(GUARDS);
    MCS_FORMAT = uint "mcs.format" "Format" & 0x8 names(MCS_FORMATS);
    MCS_FEC = uint "mcs.fec" "FEC Type" & 0x10 names(CODINGS);
    MCS_STBC = uint "mcs.stbc" "STBC Streams" & 0x60;
    MCS_NESS_BIT0 = uint "mcs.ness_bit0" "Extension Spatial Streams, low bit" & 0x80;
    MCS_INDEX = uint "mcs.index" "MCS Index";
    MCS_RATE = float "datarate" "Data Rate in Mbit/s" brief("rate ");
}

fields! {
    /// The A-MPDU status.
    AMPDU_ROWS = "radiotap" AMPDU "ampdu";
    AMPDU_REFERENCE = uint "ampdu.reference" "Reference Number";
    AMPDU_FLAGS = hex "ampdu.flags" "Flags" {
        REPORT_ZEROLEN = flag "ampdu.flags.report_zerolen" "0-Length Subframes are reported" & 0x1 detail;
        IS_ZEROLEN = flag "ampdu.flags.is_zerolen" "0-Length Subframe" & 0x2 detail;
        LAST_KNOWN = flag "ampdu.flags.lastknown" "Last Subframe is known" & 0x4 detail;
        LAST = flag "ampdu.flags.last" "Last Subframe" & 0x8;
        DELIM_CRC_ERROR = flag "ampdu.flags.delim_crc_error" "Delimiter CRC is wrong" & 0x10;
        EOF = flag "ampdu.flags.eof" "EOF" & 0x40 detail;
        EOF_KNOWN = flag "ampdu.flags.eof_known" "EOF is known" & 0x80 detail;
    };
    DELIM_CRC = hex "ampdu.delim_crc" "Delimiter CRC";
}

fields! {
    /// The VHT field.
    VHT_ROWS = "radiotap" VHT "vht";
    VHT_KNOWN = hex "vht.known" "Known" {
        HAVE_STBC = flag "vht.have_stbc" "STBC" & 0x1 detail;
        HAVE_TXOP_PS = flag "vht.have_txop_ps" "TXOP Power Save" & 0x2 detail;
        HAVE_GI = flag "vht.have_gi" "Guard Interval" & 0x4 detail;
        HAVE_NSYM = flag "vht.have_sgi_nsym_da" "Short GI N_SYM Disambiguation" & 0x8 detail;
        HAVE_LDPC_EXTRA = flag "vht.ldpc_extra" "LDPC Extra OFDM Symbol" & 0x10 detail key("have_ldpc_extra");
        HAVE_BEAMFORMED = flag "vht.have_beamformed" "Beamformed" & 0x20 detail;
        HAVE_BW = flag "mcs.have_bw" "Bandwidth" & 0x40 detail key("have_bw");
        HAVE_GID = flag "mcs.have_gid" "Group ID" & 0x80 detail key("have_gid");
        HAVE_PAID = flag "mcs.have_paid" "Partial AID" & 0x100 detail key("have_paid");
    };
    VHT_STBC = flag "vht.stbc" "STBC" & 0x1;
    VHT_TXOP_PS = flag "vht.txop_ps" "TXOP Power Save is not allowed" & 0x2;
    VHT_GI = uint "vht.gi" "Guard Interval" & 0x4 names(GUARDS);
    VHT_NSYM = flag "vht.sgi_nsym_da" "Short GI N_SYM Disambiguation" & 0x8;
    VHT_LDPC_EXTRA = flag "vht.ldpc_extra" "LDPC Extra OFDM Symbol" & 0x10;
    VHT_BEAMFORMED = flag "vht.beamformed" "Beamformed" & 0x20;
    VHT_BW = uint "vht.bw" "Bandwidth" names(VHT_BANDWIDTHS);
    VHT_USER = group "vht.user" "User" many key("users") {
        MCS0 = uint "vht.mcs.0" "MCS Index" & 0xf0 key("mcs");
        MCS1 = uint "vht.mcs.1" "MCS Index" & 0xf0 key("mcs_1");
        MCS2 = uint "vht.mcs.2" "MCS Index" & 0xf0 key("mcs_2");
        MCS3 = uint "vht.mcs.3" "MCS Index" & 0xf0 key("mcs_3");
        NSS0 = uint "vht.nss.0" "Spatial Streams" & 0x0f key("nss");
        NSS1 = uint "vht.nss.1" "Spatial Streams" & 0x0f key("nss_1");
        NSS2 = uint "vht.nss.2" "Spatial Streams" & 0x0f key("nss_2");
        NSS3 = uint "vht.nss.3" "Spatial Streams" & 0x0f key("nss_3");
        NSTS0 = uint "vht.nsts.0" "Space-Time Streams" key("nsts");
        NSTS1 = uint "vht.nsts.1" "Space-Time Streams" key("nsts_1");
        NSTS2 = uint "vht.nsts.2" "Space-Time Streams" key("nsts_2");
        NSTS3 = uint "vht.nsts.3" "Space-Time Streams" key("nsts_3");
        CODING0 = uint "vht.coding.0" "Coding" & 0x1 names(CODINGS) key("coding");
        CODING1 = uint "vht.coding.1" "Coding" & 0x2 names(CODINGS) key("coding_1");
        CODING2 = uint "vht.coding.2" "Coding" & 0x4 names(CODINGS) key("coding_2");
        CODING3 = uint "vht.coding.3" "Coding" & 0x8 names(CODINGS) key("coding_3");
    };
    VHT_GID = uint "vht.gid" "Group ID";
    VHT_PAID = uint "vht.paid" "Partial AID";
}

fields! {
    /// The timestamp.
    TIMESTAMP_ROWS = "radiotap" TIMESTAMP "timestamp";
    TS = uint "timestamp.ts" "Timestamp";
    ACCURACY = uint "timestamp.accuracy" "Accuracy";
    UNIT = uint "timestamp.unit" "Unit" & 0x0f names(TIME_UNITS);
    SAMPLING = uint "timestamp.samplingpos" "Sampled at" & 0xf0 names(SAMPLED);
    IS_32BIT = flag "timestamp.flags.32bit" "32-Bit Counter" & 0x1 detail;
    HAS_ACCURACY = flag "timestamp.flags.accuracy" "Accuracy is known" & 0x2 detail;
}

/// <https://www.radiotap.org/fields/MCS.html>: known, flags, index.
pub(super) fn mcs(p: &mut Packet<'_>) -> Read {
    let at = p.at();
    let known = p.u8(&MCS_KNOWN)?;
    p.under(|p| {
        if known & 0x40 != 0 {
            p.mark(&MCS_NESS_BIT1, at, 1, known.into());
        }
        Ok(())
    })?;
    let flags = p.peek_u8()?;
    let has = |bit: u8| known & bit != 0;
    for (bit, row) in [
        (0x01, &MCS_BW),
        (0x04, &MCS_GI),
        (0x08, &MCS_FORMAT),
        (0x10, &MCS_FEC),
        (0x20, &MCS_STBC),
        (0x40, &MCS_NESS_BIT0),
    ] {
        if has(bit) {
            p.note(row, flags.into(), 1);
        }
    }
    p.skip(1)?;
    if !has(0x02) {
        return p.skip(1);
    }
    let index = p.u8(&MCS_INDEX)?;
    if p.records()
        && has(0x01)
        && has(0x04)
        && let Some(rate) = mcs_rate(index, flags & 3 == 1, flags & 4 != 0) {
        p.mark(&MCS_RATE, at, 3, rate.to_bits());
    }
    Ok(())
}

/// The rate of a scheme with equal modulation, IEEE 802.11-2020 section 19.5, in Mbit/s rounded to
/// a tenth as the tables there are.
fn mcs_rate(index: u8, is_40_mhz: bool, short_guard: bool) -> Option<f64> {
    /// Data bits of a symbol on a subcarrier, times two.
    const BITS: [u32; 8] = [1, 2, 3, 4, 6, 8, 9, 10];
    if index > 31 {
        return None;
    }
    let streams = u32::from(index / 8) + 1;
    let subcarriers = if is_40_mhz { 108 } else { 52 };
    let bits = f64::from(BITS[usize::from(index % 8)] * streams * subcarriers) / 2.0;
    let rate = bits / if short_guard { 3.6 } else { 4.0 };
    Some((rate * 10.0).round() / 10.0)
}

/// <https://www.radiotap.org/fields/A-MPDU%20status.html>.
pub(super) fn ampdu(p: &mut Packet<'_>) -> Read {
    p.u32_le(&AMPDU_REFERENCE)?;
    let flags = p.u16_le(&AMPDU_FLAGS)?;
    if flags & 0x20 != 0 {
        p.u8(&DELIM_CRC)?;
    }
    Ok(())
}

/// <https://www.radiotap.org/fields/VHT.html>.
pub(super) fn vht(p: &mut Packet<'_>) -> Read {
    let known = p.u16_le(&VHT_KNOWN)?;
    let flags = p.peek_u8()?;
    for (bit, row) in [
        (0x01, &VHT_STBC),
        (0x02, &VHT_TXOP_PS),
        (0x04, &VHT_GI),
        (0x08, &VHT_NSYM),
        (0x10, &VHT_LDPC_EXTRA),
        (0x20, &VHT_BEAMFORMED),
    ] {
        if known & bit != 0 {
            p.note(row, flags.into(), 1);
        }
    }
    p.skip(1)?;
    if known & 0x40 != 0 { p.u8(&VHT_BW).map(drop)? } else { p.skip(1)? }
    // With space-time block coding.
    let is_sent_twice = known & 1 != 0 && flags & 1 != 0;
    let [users @ .., coding] = p.peek::<5>()?;
    let at = p.at();
    let rows = [
        (&MCS0, &NSS0, &NSTS0, &CODING0),
        (&MCS1, &NSS1, &NSTS1, &CODING1),
        (&MCS2, &NSS2, &NSTS2, &CODING2),
        (&MCS3, &NSS3, &NSTS3, &CODING3),
    ];
    for (i, (user, (mcs, nss, nsts, code))) in users.into_iter().zip(rows).enumerate() {
        let streams = user & 0x0f;
        if streams == 0 {
            continue;
        }
        p.mark(&VHT_USER, at, 5, 0);
        p.under(|p| {
            p.mark(mcs, at + i, 1, user.into());
            p.mark(nss, at + i, 1, user.into());
            p.mark(nsts, at + i, 1, if is_sent_twice { u64::from(streams) * 2 } else { streams.into() });
            p.mark(code, at + 4, 1, coding.into());
            Ok(())
        })?;
    }
    p.skip(5)?;
    if known & 0x80 != 0 { p.u8(&VHT_GID).map(drop)? } else { p.skip(1)? }
    if known & 0x100 != 0 { p.u16_le(&VHT_PAID).map(drop) } else { p.skip(2) }
}

/// <https://www.radiotap.org/fields/timestamp.html>.
pub(super) fn timestamp(p: &mut Packet<'_>) -> Read {
    p.u64_le(&TS)?;
    let flags = p.peek_at(3)?;
    if flags & 0x02 != 0 { p.u16_le(&ACCURACY).map(drop)? } else { p.skip(2)? }
    let word = p.peek_u8()?;
    p.bits(word, 1, &[&UNIT, &SAMPLING])?;
    p.bits(flags, 1, &[&IS_32BIT, &HAS_ACCURACY])
}

