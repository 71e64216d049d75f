//! Radiotap, <https://www.radiotap.org>: what the radio told of an 802.11 frame.

mod he;
mod phy;
mod present;

use wirelens_dissect::prelude::*;

use self::he::{EMPTY_PSDU_ROWS, HE_MU_ROWS, HE_ROWS, L_SIG_ROWS};
use self::phy::{AMPDU_ROWS, MCS_ROWS, TIMESTAMP_ROWS, VHT_ROWS};
use self::present::{
    BOTH_NAMESPACES, CHANNEL_ROWS, PRESENT_ROWS, FURTHER_WORD, WORD, XCHANNEL_ROWS,
};
use crate::link::wlan::WLAN;

protocol! {
    RADIOTAP = "radiotap" "Radiotap" "Radiotap Header", Link;
    @ LINK_TYPE 127;
    VERSION = uint "version" "Version" detail;
    PAD     = uint "pad" "Padding" detail;
    LENGTH  = uint "length" "Length";
    PRESENT = group "present" "Present" rows(PRESENT_ROWS);
    TSFT    = uint "mactime" "MAC Timestamp";
    FLAGS   = hex "flags" "Flags" {
        CFP      = flag "flags.cfp" "Contention-Free Period" & 0x01;
        PREAMBLE = flag "flags.preamble" "Short Preamble" & 0x02;
        WEP      = flag "flags.wep" "WEP" & 0x04;
        FRAG     = flag "flags.frag" "Fragmentation" & 0x08;
        FCS      = flag "flags.fcs" "FCS at the end" & 0x10;
        DATAPAD  = flag "flags.datapad" "Padding behind the Header" & 0x20;
        BADFCS   = flag "flags.badfcs" "FCS is wrong" & 0x40;
        SHORTGI  = flag "flags.shortgi" "Short Guard Interval" & 0x80;
    };
    RATE    = float "datarate" "Data Rate in Mbit/s" brief("rate ");
    FREQ    = uint "channel.freq" "Channel Frequency in MHz" brief("MHz ");
    CHANNEL_FLAGS = hex "channel.flags" "Channel Flags" rows(CHANNEL_ROWS);
    HOPSET  = uint "fhss.hopset" "FHSS Hop Set";
    PATTERN = uint "fhss.pattern" "FHSS Hop Pattern";
    SIGNAL  = int "dbm_antsignal" "Antenna Signal in dBm" many brief("dBm ");
    NOISE   = int "dbm_antnoise" "Antenna Noise in dBm" many;
    QUALITY = uint "quality" "Signal Quality" many;
    ATTENUATION = uint "txattenuation" "TX Attenuation" many;
    DB_ATTENUATION = uint "db_txattenuation" "TX Attenuation in dB" many;
    TXPOWER = int "txpower" "TX Power in dBm" many;
    ANTENNA = uint "antenna" "Antenna" many;
    DB_SIGNAL = uint "db_antsignal" "Antenna Signal in dB" many;
    DB_NOISE  = uint "db_antnoise" "Antenna Noise in dB" many;
    RXFLAGS = hex "rxflags" "RX Flags" many {
        BADPLCP = flag "rxflags.badplcp" "PLCP CRC check failed" & 0x0002;
    };
    // For tshark the bits of TX flags have the names of RX flags.
    TXFLAGS = hex "txflags" "TX Flags" many {
        TX_FAIL = flag "rxflags.fail" "Failed" & 0x0001 key("fail");
        TX_CTS = flag "rxflags.cts" "CTS-to-self" & 0x0002 key("cts");
        TX_RTS = flag "rxflags.rts" "RTS/CTS" & 0x0004 key("rts");
        TX_NOACK = flag "rxflags.noack" "No Acknowledgment" & 0x0008 key("noack");
        TX_NOSEQNO = flag "rxflags.noseqno" "Sequence Number is set" & 0x0010 key("noseqno");
        TX_ORDER = flag "rxflags.order" "Not to be reordered" & 0x0020 key("order");
    };
    RTS_RETRIES = uint "rts_retries" "RTS Retries" own many;
    DATA_RETRIES = uint "data_retries" "Data Retries" many;
    XCHANNEL_FLAGS = hex "xchannel.flags" "Extended Channel's Flags" rows(XCHANNEL_ROWS);
    XCHANNEL_FREQ = uint "xchannel.freq" "Extended Channel's Frequency in MHz";
    XCHANNEL = uint "xchannel.channel" "Extended Channel's Number";
    XCHANNEL_POWER = uint "xchannel.max_power" "Extended Channel's Power Limit" own;
    AGAIN = bytes "again" "Field given again" own many;
    MCS   = group "mcs" "MCS Information" many rows(MCS_ROWS);
    AMPDU = group "ampdu" "A-MPDU Status" many rows(AMPDU_ROWS);
    VHT   = group "vht" "VHT Information" many rows(VHT_ROWS);
    TIMESTAMP = group "timestamp" "Timestamp" many rows(TIMESTAMP_ROWS);
    HE    = group "he" "HE Information" own many rows(HE_ROWS);
    HE_MU = group "he_mu" "HE-MU Information" own many rows(HE_MU_ROWS);
    HE_MU_OTHER = bytes "he_mu_other_user" "HE-MU, another User" own many;
    EMPTY_PSDU = group "0_len_psdu" "0-Length PSDU" own many rows(EMPTY_PSDU_ROWS);
    L_SIG = group "l_sig" "L-SIG" own many rows(L_SIG_ROWS);
    VENDOR = bytes "vendor_namespace" "Vendor Namespace" many key("vendors") {
        VENDOR_OUI = hex "vendor_oui" "OUI";
        VENDOR_SUBNS = uint "vendor_subns" "Sub-Namespace";
        VENDOR_LENGTH = uint "vendor_data_len" "Data Length";
        VENDOR_DATA = bytes "vendor_data" "Data";
    };
    TLV = bytes "tlv" "TLV" own many key("tlvs") {
        TLV_TYPE = uint "tlv.type" "Type";
        TLV_LENGTH = uint "tlv.datalen" "Length";
        TLV_DATA = bytes "tlv.unknown_data" "Data";
    };
    BAD_LENGTH = problem "length.invalid" "Length is shorter than the header" key("bad_length");
    UNKNOWN_VERSION = problem "version.unknown" "Version is not known" own;
    PAST_HEADER = problem "data_past_header" "Fields go past the end of the header";
    UNKNOWN_FIELD = problem "unknown_field" "A field that is not known; what comes behind it cannot be found" own;
}

const RADIOTAP_NAMESPACE: u32 = 1 << 29;
const VENDOR_NAMESPACE: u32 = 1 << 30;
const ANOTHER_WORD: u32 = 1 << 31;
/// Fixed fields end here; from this bit on each says its own type and length.
const TLVS: u32 = 28;

fn dissect(p: &mut Packet<'_>) -> Step {
    let version = p.u8(&VERSION)?;
    p.u8(&PAD)?;
    let length = usize::from(p.u16_le(&LENGTH)?);
    if length < 8 {
        return Err(p.malformed(&BAD_LENGTH));
    }
    if version != 0 {
        // Only the length stands where it did.
        p.problem_at(&UNKNOWN_VERSION, p.start(), 1);
        p.skip(length - 4)?;
        return Ok(Next::To(&WLAN));
    }
    p.within(length - 4, |p| {
        let words = p.at();
        let count = presence(p)?;
        let is_whole = p.left() == p.declared_left();
        match fields_of(p, words, count) {
            Err(_) if is_whole => {
                p.problem(&PAST_HEADER);
                Ok(())
            }
            result => result,
        }
    })?;
    Ok(Next::To(&WLAN))
}

/// Reads the presence words and returns their number: each says whether another one follows. Only
/// the first of the radiotap namespace has bits with names.
fn presence(p: &mut Packet<'_>) -> Read<usize> {
    let mut count = 0;
    let mut has_names = true;
    p.group(&PRESENT, |p| {
        loop {
            let word = p.u32_le(if has_names { &WORD } else { &FURTHER_WORD })?;
            count += 1;
            has_names = word & RADIOTAP_NAMESPACE != 0;
            if has_names && word & VENDOR_NAMESPACE != 0 {
                p.problem_at(&BOTH_NAMESPACES, p.at() - 4, 4);
            }
            if word & ANOTHER_WORD == 0 {
                return Ok(count);
            }
        }
    })
}

/// Reads the fields of `count` presence words that begin at `words`. Bits count on from word to
/// word within a namespace, and from 0 again where one begins.
fn fields_of(p: &mut Packet<'_>, words: usize, count: usize) -> Read {
    let (mut first, mut is_vendor, mut seen) = (0, false, 0u32);
    for i in 0..count {
        let from = words + 4 * i;
        let Some(bytes) = p.buffer().get(from..).and_then(<[u8]>::first_chunk) else { break };
        let word = u32::from_le_bytes(*bytes);
        if !is_vendor {
            for bit in (0..29).filter(|bit| word & (1 << bit) != 0) {
                if first == 0 && bit == TLVS {
                    return tlvs(p);
                }
                let again = first == 0 && seen & 1 << bit != 0;
                if let Some((alignment, length)) = once(bit).filter(|_| again) {
                    align(p, alignment)?;
                    p.bytes(&AGAIN, length)?;
                } else if !field(p, first + bit)? {
                    p.problem(&UNKNOWN_FIELD);
                    return Ok(());
                }
                seen |= u32::from(first == 0) << bit;
            }
        }
        first += 32;
        if word & RADIOTAP_NAMESPACE != 0 {
            (first, is_vendor) = (0, false);
        } else if word & VENDOR_NAMESPACE != 0 {
            (first, is_vendor) = (0, true);
            vendor(p)?;
        }
    }
    Ok(())
}

/// Fields stand at multiples of their alignment, counted from the start of the header.
fn align(p: &mut Packet<'_>, to: usize) -> Read {
    p.skip((to - p.done() % to) % to)
}

/// Alignment and length of the fields that a frame has once. Others come once for each antenna, each
/// time in a namespace that begins anew.
fn once(bit: u32) -> Option<(usize, usize)> {
    match bit {
        0 => Some((8, 8)),
        1 | 2 => Some((1, 1)),
        3 => Some((2, 4)),
        4 => Some((1, 2)),
        18 => Some((4, 8)),
        _ => None,
    }
}

/// Reads the field of a bit of the radiotap namespace. False where nobody knows how long it is.
fn field(p: &mut Packet<'_>, bit: u32) -> Read<bool> {
    match bit {
        0 => {
            align(p, 8)?;
            p.u64_le(&TSFT)?;
        }
        1 => drop(p.u8(&FLAGS)?),
        2 => {
            let half_megabits = p.peek_u8()?;
            p.number(&RATE, (f64::from(half_megabits) / 2.0).to_bits(), 1)?;
        }
        3 => {
            align(p, 2)?;
            p.u16_le(&FREQ)?;
            p.u16_le(&CHANNEL_FLAGS)?;
        }
        4 => {
            p.u8(&HOPSET)?;
            p.u8(&PATTERN)?;
        }
        5 => drop(p.i8(&SIGNAL)?),
        6 => drop(p.i8(&NOISE)?),
        7 => half(p, &QUALITY)?,
        8 => half(p, &ATTENUATION)?,
        9 => half(p, &DB_ATTENUATION)?,
        10 => drop(p.i8(&TXPOWER)?),
        11 => drop(p.u8(&ANTENNA)?),
        12 => drop(p.u8(&DB_SIGNAL)?),
        13 => drop(p.u8(&DB_NOISE)?),
        14 => half(p, &RXFLAGS)?,
        15 => half(p, &TXFLAGS)?,
        16 => drop(p.u8(&RTS_RETRIES)?),
        17 => drop(p.u8(&DATA_RETRIES)?),
        18 => {
            align(p, 4)?;
            p.u32_le(&XCHANNEL_FLAGS)?;
            p.u16_le(&XCHANNEL_FREQ)?;
            p.u8(&XCHANNEL)?;
            p.u8(&XCHANNEL_POWER)?;
        }
        19 => structure(p, &MCS, (1, 3), phy::mcs)?,
        20 => structure(p, &AMPDU, (4, 8), phy::ampdu)?,
        21 => structure(p, &VHT, (2, 12), phy::vht)?,
        22 => structure(p, &TIMESTAMP, (8, 12), phy::timestamp)?,
        23 => structure(p, &HE, (2, 12), he::he)?,
        24 => structure(p, &HE_MU, (2, 12), he::he_mu)?,
        25 => {
            align(p, 2)?;
            p.bytes(&HE_MU_OTHER, 6)?;
        }
        26 => structure(p, &EMPTY_PSDU, (1, 1), he::empty_psdu)?,
        27 => structure(p, &L_SIG, (2, 4), he::l_sig)?,
        _ => return Ok(false),
    }
    Ok(true)
}

fn half(p: &mut Packet<'_>, row: &'static Field) -> Read {
    align(p, 2)?;
    p.u16_le(row).map(drop)
}

fn structure(
    p: &mut Packet<'_>,
    row: &'static Field,
    (alignment, length): (usize, usize),
    body: fn(&mut Packet<'_>) -> Read,
) -> Read {
    align(p, alignment)?;
    p.group(row, |p| p.within(length, body))
}

/// <https://www.radiotap.org/fields/Vendor%20Namespace.html>.
fn vendor(p: &mut Packet<'_>) -> Read {
    align(p, 2)?;
    p.group(&VENDOR, |p| {
        p.u24(&VENDOR_OUI)?;
        p.u8(&VENDOR_SUBNS)?;
        let length = usize::from(p.u16_le(&VENDOR_LENGTH)?);
        p.bytes(&VENDOR_DATA, length).map(drop)
    })
}

/// <https://www.radiotap.org/fields/TLV.html>: each is padded to a multiple of four.
fn tlvs(p: &mut Packet<'_>) -> Read {
    align(p, 4)?;
    while p.declared_left() >= 4 {
        p.group(&TLV, |p| {
            p.u16_le(&TLV_TYPE)?;
            let length = usize::from(p.u16_le(&TLV_LENGTH)?);
            p.bytes(&TLV_DATA, length).map(drop)
        })?;
        align(p, 4)?;
    }
    Ok(())
}

/// The flags of a radiotap header that begins at the start of these bytes.
pub(crate) fn flags(header: &[u8]) -> Option<u8> {
    let length = usize::from(u16::from_le_bytes(*header.get(2..)?.first_chunk()?));
    if header.first() != Some(&0) {
        return None;
    }
    let word = |i: usize| Some(u32::from_le_bytes(*header.get(4 + 4 * i..)?.first_chunk()?));
    let first = word(0)?;
    if first & 2 == 0 {
        return None;
    }
    let mut words = 1;
    while word(words - 1)? & ANOTHER_WORD != 0 {
        words += 1;
    }
    let mut at = 4 + 4 * words;
    if first & 1 != 0 {
        at = at.next_multiple_of(8) + 8;
    }
    if at < length { header.get(at).copied() } else { None }
}

/// [`flags`]: a check sequence stands at the end.
pub(crate) const FLAG_FCS: u8 = 0x10;
/// [`flags`]: the 802.11 header is padded to a multiple of four.
pub(crate) const FLAG_DATAPAD: u8 = 0x20;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    /// MCS, A-MPDU status and VHT, with a CTS behind.
    const MANY: &str = "00164000ff7f38003e2465818fa954ab336f3930c771aabbccddcdabbadcffaaaffa6f64cdf1ff367b010203 \
         b168de3a2ccb3763ff6dac1614233241a66f2130 \
         c400 0000 aabbccddeeff 07dea2f5";
    /// HE, and Atheros' namespace, with the start of a QoS data frame.
    const HE_AND_VENDOR: &str = "00003c006b08804086b2ae390000000004003c144001d3950000fcc3fe00e5690f008021027f00037f001000 \
         cb050204feff000000000000e06e8e2788813000368094c0228bb0be835b4b40ffffffffffff7005161b";

    #[test]
    fn many_fields() {
        insta::assert_snapshot!(tree(&RADIOTAP, &hex(MANY)));
    }

    #[test]
    fn high_efficiency_and_a_vendor() {
        insta::assert_snapshot!(tree(&RADIOTAP, &hex(HE_AND_VENDOR)));
    }

    #[test]
    fn every_prefix_of_them() {
        every_prefix(&RADIOTAP, &hex(MANY));
        every_prefix(&RADIOTAP, &hex(HE_AND_VENDOR));
    }

    #[test]
    fn flags_are_found_behind_the_words_and_the_timestamp() {
        assert_eq!(flags(&hex("0000 0900 02000000 10")), Some(0x10));
        assert_eq!(flags(&hex("0000 1500 030000a0 00000000 00000000 0807060504030201 12")), None);
        assert_eq!(flags(&hex("0000 1900 03000080 00000000 00000000 0807060504030201 12")), Some(0x12));
        assert_eq!(flags(&hex("0000 0800 00000000 10")), None);
    }

    #[test]
    fn only_the_first_word_of_several_words_has_names() {
        let bytes = hex("0000 1000 00000080 00000080 02000000 d400 0000 f8db7f491342");
        let tree = tree(&RADIOTAP, &bytes);
        assert_eq!(tree.matches("TSFT: ").count(), 1, "{tree}");
        every_prefix(&RADIOTAP, &hex("0000 1000 00000080 000000e0 02000060 d400 0000 f8db7f491342"));
    }

    /// Bit 29 begins the namespace anew.
    #[test]
    fn flags_given_twice_stand_once() {
        let bytes = hex("0000 0e00 020000a0 02000000 1010 d400 0000 f8db7f491342");
        let tree = tree(&RADIOTAP, &bytes);
        assert!(tree.contains("Field given again: 10\n"), "{tree}");
        every_prefix(&RADIOTAP, &bytes);
    }

    #[test]
    fn a_length_that_cannot_be() {
        assert!(tree(&RADIOTAP, &hex("0000 0700 00000000")).contains("Length is shorter"));
    }

    #[test]
    fn fields_that_go_past_the_header() {
        let tree = tree(&RADIOTAP, &hex("0000 0900 01000000 00 d400 0000 f8db7f491342"));
        assert!(tree.contains("Fields go past the end") && tree.contains("Ack"), "{tree}");
    }
}
