//! The Prism capture header, which stood before 802.11 frames ahead of radiotap:
//! `LINKTYPE_IEEE802_11_PRISM` of <https://www.tcpdump.org/linktypes.html>.

use wirelens_dissect::Kind;
use wirelens_dissect::prelude::*;

use crate::link::avs::{self, WLANCAP};
use crate::link::wlan::WLAN;

static VALUES: Names = &[
    (0x1041, "Host time, AbsoluteValue"),
    (0x2041, "MAC time, AbsoluteValue"),
    (0x3041, "Channel, AbsoluteValue"),
    (0x4041, "RSSI, AbsoluteValue"),
    (0x5041, "Signal quality, AbsoluteValue"),
    (0x6041, "Signal, AbsoluteValue"),
    (0x7041, "Noise, AbsoluteValue"),
    (0x8041, "Rate, AbsoluteValue"),
    (0x9041, "Is sent, AbsoluteValue"),
    (0xa041, "Frame length, AbsoluteValue"),
    (0x10044, "Host time"),
    (0x20044, "MAC time"),
    (0x30044, "Channel"),
    (0x40044, "RSSI"),
    (0x50044, "Signal quality"),
    (0x60044, "Signal"),
    (0x70044, "Noise"),
    (0x80044, "Rate"),
    (0x90044, "Is sent"),
    (0xa0044, "Frame length"),
];

protocol! {
    PRISM = "prism" "Prism" "Prism capture header", Link;
    @ LINK_TYPE 119;
    MESSAGE = hex "msgcode" "Message Code";
    LENGTH = uint "msglen" "Message Length";
    DEVICE = text "devname" "Device Name";
    VALUE = group "did" "Value" many key("values") {
        DID = hex "did.type" "Identifier" names(VALUES) key("id");
        STATUS = uint "did.status" "Status; 0: given" key("status");
        SIZE = uint "did.length" "Length" key("length");
        HOST_TIME = uint "did.hosttime" "Host Time";
        MAC_TIME = uint "did.mactime" "MAC Time";
        CHANNEL = uint "did.channel" "Channel";
        RSSI = int "did.rssi" "RSSI";
        QUALITY = uint "did.sq" "Signal Quality";
        SIGNAL = int "did.signal" "Signal";
        NOISE = int "did.noise" "Noise";
        RATE = uint "did.rate" "Data Rate in 500 kbit/s";
        IS_SENT = hex "did.istx" "Is sent";
        FRAME_LENGTH = uint "did.frmlen" "Frame Length";
        UNKNOWN = hex "did.unknown" "Unknown";
    };
    BAD_LENGTH = problem "msglen.bad" "Message is shorter than its header" own;
}

/// The codes that drivers wrote.
const CODES: [u32; 2] = [0x41, 0x44];
const HEADER: usize = 24;

/// Numbers are in the order of the host that captured; the code tells which.
fn dissect(p: &mut Packet<'_>) -> Step {
    let is_little = CODES.contains(&p.peek_u32_le()?);
    if !is_little && !CODES.contains(&p.peek_u32()?) {
        // Captures of this type may have AVS headers, or none.
        let is_avs = avs::MAGIC == p.peek_u32()? & 0xffff_fff0;
        return Ok(Next::To(if is_avs { &WLANCAP } else { &WLAN }));
    }
    word(p, &MESSAGE, is_little)?;
    let length = word(p, &LENGTH, is_little)? as usize;
    p.text(&DEVICE, 16)?;
    if length < HEADER {
        return Err(p.malformed(&BAD_LENGTH));
    }
    p.within(length - HEADER, |p| {
        while p.declared_left() >= 12 {
            p.group(&VALUE, |p| value(p, is_little))?;
        }
        Ok(())
    })?;
    Ok(Next::To(&WLAN))
}

fn word(p: &mut Packet<'_>, row: &'static Field, is_little: bool) -> Read<u32> {
    if is_little { p.u32_le(row) } else { p.u32(row) }
}

fn half(p: &mut Packet<'_>, row: &'static Field, is_little: bool) -> Read<u16> {
    if is_little { p.u16_le(row) } else { p.u16(row) }
}

/// One set of identifiers counts in steps of 2^12, the other in steps of 2^16.
fn value(p: &mut Packet<'_>, is_little: bool) -> Read {
    let number = word(p, &DID, is_little)?;
    let status = half(p, &STATUS, is_little)?;
    half(p, &SIZE, is_little)?;
    if status != 0 {
        return p.skip(4);
    }
    let row = match if number & 0xfff == 0x44 { number >> 16 } else { number >> 12 } {
        1 => &HOST_TIME,
        2 => &MAC_TIME,
        3 => &CHANNEL,
        4 => &RSSI,
        5 => &QUALITY,
        6 => &SIGNAL,
        7 => &NOISE,
        8 => &RATE,
        9 => &IS_SENT,
        10 => &FRAME_LENGTH,
        _ => &UNKNOWN,
    };
    let data = if is_little { p.peek_u32_le()? } else { p.peek_u32()? };
    let signed = i64::from(data.cast_signed()).cast_unsigned();
    p.number(row, if row.kind == Kind::Int { signed } else { data.into() }, 4)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    const ONE_VALUE: &str = "44000000 24000000 776c616e300000000000000000000000 \
         44000300 0000 0400 06000000 d4000000 f8db7f491342";

    #[test]
    fn prism() {
        insta::assert_snapshot!(tree(&PRISM, &hex(ONE_VALUE)));
    }

    #[test]
    fn every_prefix_of_them() {
        every_prefix(&PRISM, &hex(ONE_VALUE));
    }

    /// The noise of both sets of identifiers, once of a driver that has none.
    #[test]
    fn each_set_of_identifiers() {
        let value = |id: &str, status: &str| {
            let head = "44000000 24000000 776c616e300000000000000000000000";
            tree(&PRISM, &hex(&format!("{head} {id} {status} 0400 a0ffffff d4000000 f8db7f491342")))
        };
        assert!(value("44000700", "0000").contains("Noise: -96\n"));
        assert!(value("41700000", "0000").contains("Noise: -96\n"));
        assert!(!value("44000700", "0100").contains("Noise: "));
    }

    #[test]
    fn no_header_at_all() {
        assert!(tree(&PRISM, &hex("d4000000 f8db7f491342")).contains("Type: Ack"));
    }
}
