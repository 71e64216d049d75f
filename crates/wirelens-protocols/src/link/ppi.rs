//! Per-Packet Information, CACE Technologies, "PPI Packet Header", version 1.0.10: what the capturing
//! station told of a frame, in fields with a type and a length.

use wirelens_dissect::prelude::*;

static FIELD_TYPES: Names = &[
    (2, "802.11-Common"),
    (3, "802.11n MAC Extensions"),
    (4, "802.11n MAC+PHY Extensions"),
    (5, "Spectrum-Map"),
    (6, "Process-Info"),
    (7, "Capture-Info"),
    (8, "Aggregation Extension"),
    (9, "802.3 Extension"),
    (30002, "GPS"),
    (30003, "Vector"),
    (30004, "Sensor"),
    (30005, "Antenna"),
    (30006, "FNET"),
];

protocol! {
    PPI = "ppi" "PPI" "Per-Packet Information", Link;
    @ LINK_TYPE 192;
    VERSION = uint "version" "Version" detail;
    FLAGS = hex "flags" "Flags" {
        ALIGNMENT = flag "flags.alignment" "Fields are aligned to 32 bits" & 0x01;
        FLAGS_RESERVED = hex "flags.reserved" "Reserved" & 0xfe detail;
    };
    LENGTH = uint "length" "Length";
    DLT = uint "dlt" "Link Type of the Packet";
    FIELD = group "field" "Field" own many key("fields") {
        FIELD_TYPE = uint "field_type" "Type" names(FIELD_TYPES) key("type");
        FIELD_LENGTH = uint "field_len" "Length" key("length") detail;
        TSFT = uint "80211-common.tsft" "TSF Timer" key("tsft");
        COMMON_FLAGS = hex "80211-common.flags" "Flags" key("common_flags") {
            HAS_FCS = flag "80211-common.flags.fcs" "FCS at the end" & 0x01 key("fcs");
            IN_MILLISECONDS = flag "80211-common.flags.tsft" "TSF Timer in ms" & 0x02 key("tsft");
            BAD_FCS = flag "80211-common.flags.fcs-invalid" "FCS is wrong" & 0x04 key("fcs_invalid");
            PHY_ERROR = flag "80211-common.flags.phy-err" "PHY Error" & 0x08 key("phy_error");
        };
        RATE = uint "80211-common.rate" "Data Rate in kbit/s" key("rate") brief("rate ");
        FREQ = uint "80211-common.chan.freq" "Channel Frequency in MHz" key("frequency") brief("MHz ");
        CHANNEL_FLAGS = hex "80211-common.chan.flags" "Channel Flags" key("channel_flags") {
            CF_TURBO = flag "80211-common.chan.flags.turbo" "Turbo" & 0x10 detail;
            CF_CCK = flag "80211-common.chan.flags.cck" "Complementary Code Keying (CCK)" & 0x20 detail;
            CF_OFDM = flag "80211-common.chan.flags.ofdm" "Orthogonal Frequency-Division Multiplexing (OFDM)" & 0x40 detail;
            CF_2GHZ = flag "80211-common.chan.flags.2ghz" "2 GHz spectrum" & 0x80 detail;
            CF_5GHZ = flag "80211-common.chan.flags.5ghz" "5 GHz spectrum" & 0x100 detail;
            CF_PASSIVE = flag "80211-common.chan.flags.passive" "Passive" & 0x200 detail;
            CF_DYNAMIC = flag "80211-common.chan.flags.dynamic" "Dynamic CCK-OFDM" & 0x400 detail;
            CF_GFSK = flag "80211-common.chan.flags.gfsk" "Gaussian Frequency Shift Keying (GFSK)" & 0x800 detail;
        };
        HOPSET = hex "80211-common.fhss.hopset" "FHSS Hop Set" key("hopset");
        PATTERN = hex "80211-common.fhss.pattern" "FHSS Hop Pattern" key("hop_pattern");
        SIGNAL = int "80211-common.dbm.antsignal" "Antenna Signal in dBm" key("signal") brief("dBm ");
        NOISE = int "80211-common.dbm.antnoise" "Antenna Noise in dBm" key("noise");
        MAC_FLAGS = hex "80211n-mac.flags" "MAC Flags" key("mac_flags") {
            MF_GREENFIELD = flag "80211n-mac.flags.greenfield" "Greenfield flag" & 0x1;
            MF_HT20_40 = flag "80211n-mac.flags.ht20_40" "HT20/HT40 flag" & 0x2;
            MF_SHORT_GUARD_INTERVAL = flag "80211n-mac.flags.rx.short_guard_interval" "RX Short Guard Interval (SGI) flag" & 0x4;
            MF_DUPLICATE = flag "80211n-mac.flags.rx.duplicate" "Duplicate RX flag" & 0x8;
            MF_AGG = flag "80211n-mac.flags.agg" "Aggregate flag" & 0x10;
            MF_MORE_AGG = flag "80211n-mac.flags.more_agg" "More aggregates flag" & 0x20;
            MF_DELIM_CRC_ERROR_AFTER = flag "80211n-mac.flags.delim_crc_error_after" "A-MPDU Delimiter CRC error after this frame flag" & 0x40;
        };
        AMPDU_ID = hex "80211n-mac.ampdu_id" "A-MPDU ID" key("ampdu_id");
        DELIMITERS = uint "80211n-mac.num_delimiters" "Delimiters of Zero Length" key("delimiters");
        MAC_RESERVED = hex "80211n-mac.reserved" "Reserved" key("mac_reserved") detail;
        N_MCS = uint "80211n-mac-phy.mcs" "MCS";
        N_NUM_STREAMS = uint "80211n-mac-phy.num_streams" "Number of spatial streams";
        N_COMBINED = uint "80211n-mac-phy.rssi.combined" "RSSI combined";
        N_ANT0CTL = uint "80211n-mac-phy.rssi.ant0ctl" "Antenna 0 control RSSI";
        N_ANT1CTL = uint "80211n-mac-phy.rssi.ant1ctl" "Antenna 1 control RSSI";
        N_ANT2CTL = uint "80211n-mac-phy.rssi.ant2ctl" "Antenna 2 control RSSI";
        N_ANT3CTL = uint "80211n-mac-phy.rssi.ant3ctl" "Antenna 3 control RSSI";
        N_ANT0EXT = uint "80211n-mac-phy.rssi.ant0ext" "Antenna 0 extension RSSI";
        N_ANT1EXT = uint "80211n-mac-phy.rssi.ant1ext" "Antenna 1 extension RSSI";
        N_ANT2EXT = uint "80211n-mac-phy.rssi.ant2ext" "Antenna 2 extension RSSI";
        N_ANT3EXT = uint "80211n-mac-phy.rssi.ant3ext" "Antenna 3 extension RSSI";
        EXT_FREQ = uint "80211-mac-phy.ext-chan.freq" "Extension Channel's Frequency in MHz" key("extension_frequency");
        EXT_FLAGS = hex "80211-mac-phy.ext-chan.flags" "Extension Channel's Flags" key("extension_flags") {
            EF_TURBO = flag "80211-mac-phy.ext-chan.flags.turbo" "Turbo" & 0x10 detail;
            EF_CCK = flag "80211-mac-phy.ext-chan.flags.cck" "Complementary Code Keying (CCK)" & 0x20 detail;
            EF_OFDM = flag "80211-mac-phy.ext-chan.flags.ofdm" "Orthogonal Frequency-Division Multiplexing (OFDM)" & 0x40 detail;
            EF_2GHZ = flag "80211-mac-phy.ext-chan.flags.2ghz" "2 GHz spectrum" & 0x80 detail;
            EF_5GHZ = flag "80211-mac-phy.ext-chan.flags.5ghz" "5 GHz spectrum" & 0x100 detail;
            EF_PASSIVE = flag "80211-mac-phy.ext-chan.flags.passive" "Passive" & 0x200 detail;
            EF_DYNAMIC = flag "80211-mac-phy.ext-chan.flags.dynamic" "Dynamic CCK-OFDM" & 0x400 detail;
            EF_GFSK = flag "80211-mac-phy.ext-chan.flags.gfsk" "Gaussian Frequency Shift Keying (GFSK)" & 0x800 detail;
        };
        N_SIGNAL = int "80211n-mac-phy.dbmant0.signal" "dBm antenna 0 signal";
        N_NOISE = int "80211n-mac-phy.dbmant0.noise" "dBm antenna 0 noise";
        N_DBMANT1_SIGNAL = int "80211n-mac-phy.dbmant1.signal" "dBm antenna 1 signal";
        N_DBMANT1_NOISE = int "80211n-mac-phy.dbmant1.noise" "dBm antenna 1 noise";
        N_DBMANT2_SIGNAL = int "80211n-mac-phy.dbmant2.signal" "dBm antenna 2 signal";
        N_DBMANT2_NOISE = int "80211n-mac-phy.dbmant2.noise" "dBm antenna 2 noise";
        N_DBMANT3_SIGNAL = int "80211n-mac-phy.dbmant3.signal" "dBm antenna 3 signal";
        N_DBMANT3_NOISE = int "80211n-mac-phy.dbmant3.noise" "dBm antenna 3 noise";
        N_EVM0 = uint "80211n-mac-phy.evm0" "EVM-0";
        N_EVM1 = uint "80211n-mac-phy.evm1" "EVM-1";
        N_EVM2 = uint "80211n-mac-phy.evm2" "EVM-2";
        N_EVM3 = uint "80211n-mac-phy.evm3" "EVM-3";
        SPECTRUM_MAP = bytes "spectrum-map" "Spectrum Map" key("spectrum_map");
        PROCESS = bytes "proc-info" "Process Information" key("process");
        CAPTURE = bytes "cap-info" "Capture Information" key("capture");
        INTERFACE = uint "aggregation_extension.interface_id" "Interface ID" key("interface");
        E_FLAGS = hex "8023_extension.flags" "Flags" key("ethernet_flags") {
            E_FCS = flag "8023_extension.flags.fcs_present" "FCS is present" & 0x01 key("fcs");
        };
        E_ERRORS = hex "8023_extension.errors" "Errors" key("ethernet_errors") {
            EE_FCS = flag "8023_extension.errors.fcs" "FCS Error" & 0x1;
            EE_SEQUENCE = flag "8023_extension.errors.sequence" "Sequence Error" & 0x2;
            EE_SYMBOL = flag "8023_extension.errors.symbol" "Symbol Error" & 0x4;
            EE_DATA = flag "8023_extension.errors.data" "Data Error" & 0x8;
        };
        GPS = bytes "gps" "GPS" key("gps");
        VECTOR = bytes "vector" "Vector" key("vector");
        SENSOR = bytes "sensor" "Sensor" own key("sensor");
        ANTENNA = bytes "antenna" "Antenna" key("antenna");
        RESERVED = bytes "reserved" "Field" key("bytes");
    };
    BAD_LENGTH = problem "invalid_length" "Length is shorter than the header" key("bad_length");
    BAD_FIELD = problem "field.bad" "Field is longer than the header or does not fit its contents" own many;
}

fn dissect(p: &mut Packet<'_>) -> Step {
    p.u8(&VERSION)?;
    let flags = p.u8(&FLAGS)?;
    let length = usize::from(p.u16_le(&LENGTH)?);
    if length < 8 {
        return Err(p.malformed(&BAD_LENGTH));
    }
    let link_type = p.u32_le(&DLT)?;
    p.within(length - 8, |p| {
        while p.declared_left() >= 4 {
            field(p)?;
            if flags & 1 != 0 {
                let padding = (4 - p.done() % 4) % 4;
                p.skip(padding.min(p.left()))?;
            }
        }
        Ok(())
    })?;
    Ok(Next::In(&LINK_TYPE, link_type))
}

fn field(p: &mut Packet<'_>) -> Read {
    p.group(&FIELD, |p| {
        let number = p.u16_le(&FIELD_TYPE)?;
        let mut length = usize::from(p.u16_le(&FIELD_LENGTH)?);
        if length > p.declared_left() {
            p.problem_at(&BAD_FIELD, p.at() - 2, 2);
            length = p.declared_left();
        }
        if length == 0 {
            return Ok(());
        }
        let (start, captured) = (p.at(), p.left() >= length);
        let result = p.within(length, |p| match number {
            2 => common(p),
            3 => mac(p),
            4 => mac_and_phy(p),
            5 => p.rest(&SPECTRUM_MAP).map(drop),
            6 => p.rest(&PROCESS).map(drop),
            7 => p.rest(&CAPTURE).map(drop),
            8 => p.u32_le(&INTERFACE).map(drop),
            9 => {
                p.u32_le(&E_FLAGS)?;
                p.u32_le(&E_ERRORS).map(drop)
            }
            30002 => p.rest(&GPS).map(drop),
            30003 => p.rest(&VECTOR).map(drop),
            30004 => p.rest(&SENSOR).map(drop),
            30005 => p.rest(&ANTENNA).map(drop),
            _ => {
                p.mark(&RESERVED, start - 4, 4 + length, 0);
                p.skip(p.left())
            }
        });
        if result.is_err() && captured {
            p.problem_at(&BAD_FIELD, start, length);
            p.seek(start + length);
            return Ok(());
        }
        result
    })
}

/// Section 4.1.2.
fn common(p: &mut Packet<'_>) -> Read {
    let timer = p.peek_u64_le()?;
    let in_milliseconds = p.peek_at(8)? & 2 != 0;
    p.number(&TSFT, if in_milliseconds { timer.wrapping_mul(1000) } else { timer }, 8)?;
    p.u16_le(&COMMON_FLAGS)?;
    let half_megabits = p.peek_u16_le()?;
    p.number(&RATE, u64::from(half_megabits) * 500, 2)?;
    p.u16_le(&FREQ)?;
    p.u16_le(&CHANNEL_FLAGS)?;
    p.u8(&HOPSET)?;
    p.u8(&PATTERN)?;
    p.i8(&SIGNAL)?;
    p.i8(&NOISE).map(drop)
}

/// Section 4.1.3.
fn mac(p: &mut Packet<'_>) -> Read {
    p.u32_le(&MAC_FLAGS)?;
    p.u32_le(&AMPDU_ID)?;
    p.u8(&DELIMITERS)?;
    p.u24_le(&MAC_RESERVED).map(drop)
}

/// Section 4.1.4.
fn mac_and_phy(p: &mut Packet<'_>) -> Read {
    p.u32_le(&MAC_FLAGS)?;
    p.u32_le(&AMPDU_ID)?;
    p.u8(&DELIMITERS)?;
    for row in [
        &N_MCS,
        &N_NUM_STREAMS,
        &N_COMBINED,
        &N_ANT0CTL,
        &N_ANT1CTL,
        &N_ANT2CTL,
        &N_ANT3CTL,
        &N_ANT0EXT,
        &N_ANT1EXT,
        &N_ANT2EXT,
        &N_ANT3EXT,
    ] {
        p.u8(row)?;
    }
    p.u16_le(&EXT_FREQ)?;
    p.u16_le(&EXT_FLAGS)?;
    for row in [
        &N_SIGNAL,
        &N_NOISE,
        &N_DBMANT1_SIGNAL,
        &N_DBMANT1_NOISE,
        &N_DBMANT2_SIGNAL,
        &N_DBMANT2_NOISE,
        &N_DBMANT3_SIGNAL,
        &N_DBMANT3_NOISE,
    ] {
        p.i8(row)?;
    }
    for row in [&N_EVM0, &N_EVM1, &N_EVM2, &N_EVM3] {
        p.u32_le(row)?;
    }
    Ok(())
}

/// Does the header that these bytes begin with say that a check sequence stands at the end?
pub(crate) fn has_check_sequence(header: &[u8]) -> bool {
    let half = |at: usize| Some(u16::from_le_bytes(*header.get(at..)?.first_chunk()?));
    let aligned = header.get(1).is_some_and(|flags| flags & 1 != 0);
    let mut at = 8;
    while let (Some(number), Some(length)) = (half(at), half(at + 2)) {
        if number == 2 {
            return half(at + 12).is_some_and(|flags| flags & 1 != 0);
        }
        at += 4 + usize::from(length);
        if aligned {
            at = at.next_multiple_of(4);
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    const COMMON: &str = "0000 2000 69000000 0200 1400 9d6bff5f6d020000 0100 0200 6c09 a000 00 00 \
         be b5 d4000000 f8db7f491342 d2f5be07";

    #[test]
    fn a_frame_with_its_check_sequence() {
        insta::assert_snapshot!(tree(&PPI, &hex(COMMON)));
    }

    #[test]
    fn every_prefix_of_it() {
        every_prefix(&PPI, &hex(COMMON));
        every_prefix(&PPI, &hex("0001 1400 93000000 0500 0300 010203 00 0800 0400 07000000 00"));
    }

    #[test]
    fn fields_are_aligned_where_the_flag_says_so() {
        let tree = tree(&PPI, &hex("0001 1800 93000000 0500 0300 010203 00 0800 0400 07000000"));
        assert!(tree.contains("Interface ID: 7"), "{tree}");
    }

    #[test]
    fn a_field_that_is_too_long() {
        let tree = tree(&PPI, &hex("0000 0e00 93000000 ff00 0900 0102 03"));
        assert!(tree.contains("Field is longer") && tree.contains("Field: ff0009000102"), "{tree}");
    }
}

