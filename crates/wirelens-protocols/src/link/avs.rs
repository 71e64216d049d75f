//! The AVS capture header of 802.11 frames, which came after Prism's:
//! `LINKTYPE_IEEE802_11_AVS` of <https://www.tcpdump.org/linktypes.html>.

use wirelens_dissect::prelude::*;

use crate::link::wlan::WLAN;

static PHY_TYPES: Names = &[
    (1, "FHSS of 802.11-1997"),
    (2, "DSSS of 802.11-1997"),
    (3, "Infrared"),
    (4, "DSSS of 802.11b"),
    (5, "PBCC of 802.11b"),
    (6, "OFDM of 802.11g"),
    (7, "PBCC of 802.11g"),
    (8, "OFDM of 802.11a"),
];
static SSI_TYPES: Names = &[(0, "None"), (1, "Normalized RSSI"), (2, "dBm"), (3, "Raw RSSI")];
static PREAMBLES: Names = &[(0, "Undefined"), (1, "Short"), (2, "Long")];
static ENCODINGS: Names = &[(0, "Unknown"), (1, "CCK"), (2, "PBCC"), (3, "OFDM")];

protocol! {
    WLANCAP = "wlancap" "AVS" "AVS capture header", Link;
    @ LINK_TYPE 163;
    HEADER_MAGIC = hex "magic" "Magic" & 0xfffffff0;
    VERSION = uint "version" "Version" & 0xf;
    LENGTH = uint "length" "Length";
    MAC_TIME = uint "mactime" "MAC Time";
    HOST_TIME = uint "hosttime" "Host Time";
    PHY_TYPE = uint "phytype" "PHY Type" names(PHY_TYPES);
    CHANNEL = uint "channel" "Channel";
    FREQUENCY = uint "channel_frequency" "Channel Frequency in MHz";
    RATE = uint "data_rate" "Data Rate in kbit/s" brief("rate ");
    ANTENNA = uint "antenna" "Antenna";
    PRIORITY = uint "priority" "Priority";
    SSI_TYPE = uint "ssi_type" "SSI Type" names(SSI_TYPES);
    SIGNAL = int "dbm_antsignal" "Signal in dBm";
    NORMALIZED_SIGNAL = uint "normrssi_antsignal" "Normalized RSSI of the Signal";
    RAW_SIGNAL = uint "rawrssi_antsignal" "Raw RSSI of the Signal";
    NOISE = int "dbm_antnoise" "Noise in dBm";
    NORMALIZED_NOISE = uint "normrssi_antnoise" "Normalized RSSI of the Noise";
    RAW_NOISE = uint "rawrssi_antnoise" "Raw RSSI of the Noise";
    PREAMBLE = uint "preamble" "Preamble" names(PREAMBLES);
    ENCODING = uint "encoding" "Encoding" names(ENCODINGS);
    SEQUENCE = uint "sequence" "Sequence";
    DROPS = uint "drops" "Frames dropped";
    RECEIVER = mac "receiver_addr" "Receiver";
    PADDING = bytes "padding" "Padding" detail;
    BAD_LENGTH = problem "length.bad" "Length is shorter than the header" own;
}

/// The highest 28 bits of the first word.
pub(crate) const MAGIC: u32 = 0x8021_1000;

fn dissect(p: &mut Packet<'_>) -> Step {
    let first = p.peek_u32()?;
    p.bits(first, 4, &[&HEADER_MAGIC, &VERSION])?;
    let version = first & 0xf;
    let length = p.u32(&LENGTH)? as usize;
    if length < 64 {
        return Err(p.malformed(&BAD_LENGTH));
    }
    p.within(length - 8, |p| {
        p.u64(&MAC_TIME)?;
        p.u64(&HOST_TIME)?;
        p.u32(&PHY_TYPE)?;
        let channel = p.peek_u32()?;
        p.u32(if channel < 256 { &CHANNEL } else { &FREQUENCY })?;
        // In units of 100 kbit/s.
        let rate = p.peek_u32()?;
        p.number(&RATE, u64::from(rate) * 100, 4)?;
        p.u32(&ANTENNA)?;
        p.u32(&PRIORITY)?;
        let kind = p.u32(&SSI_TYPE)?;
        strength(p, kind, [&NORMALIZED_SIGNAL, &SIGNAL, &RAW_SIGNAL])?;
        strength(p, kind, [&NORMALIZED_NOISE, &NOISE, &RAW_NOISE])?;
        p.u32(&PREAMBLE)?;
        p.u32(&ENCODING)?;
        if version >= 2 {
            p.u32(&SEQUENCE)?;
            p.u32(&DROPS)?;
            p.mac(&RECEIVER)?;
            p.bytes(&PADDING, 2)?;
        }
        Ok(())
    })?;
    Ok(Next::To(&WLAN))
}

fn strength(p: &mut Packet<'_>, kind: u32, rows: [&'static Field; 3]) -> Read {
    let value = p.peek_u32()?;
    let row = kind.checked_sub(1).and_then(|i| rows.get(i as usize));
    match row {
        Some(row) if kind == 2 => p.number(row, i64::from(value as i32) as u64, 4),
        Some(row) => p.number(row, value.into(), 4),
        None => p.skip(4),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::link::prism::PRISM;
    use crate::testing::*;

    const AVS: &str = "80211001 00000040 0000000000000001 0000000000000002 00000004 00000006 \
         0000006e 00000000 00000000 00000002 ffffffc4 ffffffa0 00000002 00000001 d4000000 f8db7f491342";

    #[test]
    fn by_its_own_number_and_by_that_of_prism() {
        insta::assert_snapshot!(tree(&WLANCAP, &hex(AVS)));
        assert!(tree(&PRISM, &hex(AVS)).contains("AVS capture header"));
    }

    #[test]
    fn every_prefix_of_it() {
        every_prefix(&WLANCAP, &hex(AVS));
        every_prefix(&WLANCAP, &hex(&AVS.replacen("80211001 00000040", "80211002 00000050", 1)));
    }
}
