//! IEEE 802.11 wireless LAN, IEEE 802.11-2020 clause 9: frames of every type.

mod actions;
mod control;
pub(in crate::link) mod elements;
mod ht_control;
mod management;
mod names;
mod protection;
mod sounding;
mod version1;

use wirelens_dissect::prelude::*;

pub(crate) use self::elements::TAG_ROWS;
use self::control::{BLOCK_ACK_ROWS, CONTROL_ROWS};
use self::ht_control::HTC_ROWS;
use self::management::BODY_ROWS;
use self::names::TYPES_SUBTYPES;
use self::protection::PROTECTION_ROWS;
use self::sounding::{ANNOUNCEMENT_ROWS, TRIGGER_ROWS};
use self::version1::VERSION1_ROWS;
use crate::link::ethernet::{ETH, ETHERTYPE};
use crate::link::llc::LLC;
use crate::link::ppi::{self, PPI};
use crate::link::radiotap::{self, RADIOTAP};
use crate::link::wlan_aggregate::WLAN_AGGREGATE;
use crate::network::gre::GRE_PROTO;

static TYPES: Names = &[(0, "Management"), (1, "Control"), (2, "Data"), (3, "Extension")];
static DIRECTIONS: Names = &[
    (0, "Within a BSS or ad hoc"),
    (1, "To the distribution system"),
    (2, "From the distribution system"),
    (3, "Between distribution systems or in a mesh"),
];
static PRIORITIES: Names = &[
    (0, "Best Effort"),
    (1, "Background"),
    (2, "Background (spare)"),
    (3, "Best Effort (excellent)"),
    (4, "Video (controlled load)"),
    (5, "Video"),
    (6, "Voice"),
    (7, "Voice (network control)"),
];
static ACK_POLICIES: Names =
    &[(0, "Normal Ack"), (1, "No Ack"), (2, "No explicit acknowledgment"), (3, "Block Ack")];
static ACCESS_CATEGORIES: Names =
    &[(0, "Best Effort"), (1, "Background"), (2, "Video"), (3, "Voice")];

protocol! {
    WLAN = "wlan" "802.11" "IEEE 802.11 Wireless LAN", Link;
    @ LINK_TYPE 105;
    // Aruba's tunnels from an access point to its controller.
    @ GRE_PROTO 0x8200 | 0x8210 | 0x8220 | 0x8230 | 0x8240 | 0x8250 | 0x8260 | 0x8270 | 0x8280
        | 0x8290 | 0x82a0 | 0x82b0 | 0x82c0 | 0x82d0 | 0x82e0 | 0x82f0 | 0x8300 | 0x8310 | 0x8320
        | 0x8330 | 0x8340 | 0x8350 | 0x8360 | 0x8370;
    TYPE_SUBTYPE = hex "fc.type_subtype" "Type" names(TYPES_SUBTYPES) key("type_subtype") brief("") leads;
    FC = hex "fc" "Frame Control" {
        VERSION = uint "fc.version" "Version" & 0x0300 span(0, 1) detail;
        TYPE    = uint "fc.type" "Type" & 0x0c00 span(0, 1) names(TYPES);
        SUBTYPE = uint "fc.subtype" "Subtype" & 0xf000 span(0, 1);
        EXTENSION = uint "fc.extension" "Control Frame Extension" & 0x0f read;
        FLAGS = hex "flags" "Flags" & 0xff read {
            DS        = hex "fc.ds" "Direction" & 0x03 names(DIRECTIONS) detail key("ds");
            TO_DS     = flag "fc.tods" "To DS" & 0x01 key("tods");
            FROM_DS   = flag "fc.fromds" "From DS" & 0x02 key("fromds");
            MORE_FRAG = flag "fc.frag" "More Fragments" & 0x04 key("frag");
            RETRY     = flag "fc.retry" "Retry" & 0x08 key("retry") brief("retry");
            PWR_MGT   = flag "fc.pwrmgt" "Power Management" & 0x10 key("pwrmgt");
            MORE_DATA = flag "fc.moredata" "More Data" & 0x20 key("moredata");
            PROTECTED = flag "fc.protected" "Protected" & 0x40 key("protected") brief("protected");
            ORDER     = flag "fc.order" "+HTC/Order" & 0x80 key("order");
        };
        CONTROL_FLAGS = hex "flags" "Flags of a Control Frame" & 0xff read rows(CONTROL_ROWS);
    };
    OTHER_VERSION = uint "fc.version" "Version that is not known" & 0x03 key("unknown_version");
    VERSION1 = hex "fc" "Frame Control, Version 1" key("fc_version_1") rows(VERSION1_ROWS);
    DURATION = uint "duration" "Duration" & 0x7fff;
    AID = uint "aid" "Association ID" & 0x3fff;
    RA = mac "ra" "Receiver" brief("to ") {
        RA_ADDR = mac "addr" "Address" alias;
    };
    TA = mac "ta" "Transmitter" brief("from ") {
        TA_ADDR = mac "addr" "Address" alias;
    };
    DA = mac "da" "Destination";
    SA = mac "sa" "Source";
    BSSID = mac "bssid" "BSS ID";
    STAA = mac "staa" "Station" detail;
    ADDR = mac "addr" "Address" many hidden;
    SID_HEADING = group "sid_header" "Station Identifier" own many key("sids") rows(version1::SID_ROWS);
    SEQUENCE = group "sequence_control" "Sequence Control" own {
        FRAG = uint "frag" "Fragment" & 0x000f;
        SEQ  = uint "seq" "Sequence Number" & 0xfff0 brief("seq ");
    };
    QOS = hex "qos" "QoS Control" {
        TID      = uint "qos.tid" "TID" & 0x000f;
        PRIORITY = uint "qos.priority" "Priority" & 0x0007 names(PRIORITIES);
        EOSP     = flag "qos.eosp" "End of Service Period" & 0x0010 read;
        BIT4     = flag "qos.bit4" "Queue Size follows" & 0x0010 read;
        ACK      = hex "qos.ack" "Ack Policy" & 0x0060 names(ACK_POLICIES);
        AMSDU    = flag "qos.amsdupresent" "A-MSDU" & 0x0080;
        TXOP_LIMIT = uint "qos.txop_limit" "TXOP Limit" & 0xff00 read;
        QUEUE_SIZE = uint "qos.queue_size" "Queue Size in 256 Bytes" & 0xff00 read;
        TXOP_REQ = uint "qos.txop_dur_req" "TXOP Duration requested" & 0xff00 read;
        PS_BUF   = hex "qos.ps_buf_state" "AP's Buffer State" & 0xff00 read;
        BUF_SAID = flag "qos.buf_state_indicated" "Buffer State is said" & 0x0200 read;
        BUF_AC   = uint "qos.highest_pri_buf_ac" "Highest Buffered Access Category" & 0x0c00 read names(ACCESS_CATEGORIES);
        BUF_LOAD = uint "qos.qap_buf_load" "AP's Buffered Load" & 0xf000 read;
        MESH_CONTROL = uint "qos.mesh_ctl_present" "Mesh Control follows" & 0x0100 read;
        MESH_PS = uint "qos.mesh_ps.reserved" "Mesh Power Save Level" & 0x0200 read;
        MESH_RSPI = uint "qos.mesh_rspi" "Receiver Service Period initiated" & 0x0400 read;
    };
    MESH = group "mesh.control_field" "Mesh Control" key("mesh_control") {
        MESH_FLAGS = hex "fixed.mesh_flags" "Flags" key("flags");
        MESH_TTL = uint "fixed.mesh_ttl" "TTL" key("ttl");
        MESH_SEQUENCE = hex "fixed.mesh_sequence" "Sequence Number" key("sequence");
        MESH_ADDR4 = mac "fixed.mesh_addr4" "Address 4" key("address_4");
        MESH_ADDR5 = mac "fixed.mesh_addr5" "Address 5" key("address_5");
        MESH_ADDR6 = mac "fixed.mesh_addr6" "Address 6" key("address_6");
    };
    HTC = hex "htc" "HT Control" rows(HTC_ROWS);
    HEADER_PADDING = bytes "padding" "Padding behind the Header" own detail;
    ANNOUNCEMENT = group "ndp_announcement" "NDP Announcement" own rows(ANNOUNCEMENT_ROWS);
    TRIGGER = group "trigger" "Trigger" own rows(TRIGGER_ROWS);
    FEEDBACK_SEGMENTS = hex "beamform.feedback_seg_retrans_bitmap" "Feedback Segments to be sent again";
    BLOCK_ACK = group "ba" "Block Ack" own rows(BLOCK_ACK_ROWS);
    MANAGEMENT_BODY = group "mgt" "Management" own rows(BODY_ROWS);
    CARRIED_CONTROL = bytes "control.frame_control" "Frame Control of the Frame inside" own;
    CARRIED = bytes "control.data" "Contents of the Control Frame" own;
    PROTECTION = bytes "protection" "Protection" own rows(PROTECTION_ROWS);
    ICV = hex "wep.icv" "WEP Integrity Check Value";
    FCS = hex "fcs" "Frame Check Sequence";
}

const MANAGEMENT: u8 = 0;
const CONTROL: u8 = 1;
const DATA: u8 = 2;

const TO_DISTRIBUTION: u8 = 0x01;
const FROM_DISTRIBUTION: u8 = 0x02;
const MORE_FRAGMENTS: u8 = 0x04;
pub(super) const PROTECTED_FRAME: u8 = 0x40;
const HTC_OR_ORDER: u8 = 0x80;
/// Of the QoS control of a frame in a mesh.
const MESH_CONTROL_PRESENT: u16 = 0x0100;

fn dissect(p: &mut Packet<'_>) -> Step {
    let (fcs, padded) = capture_says(p);
    if fcs > 0 && p.declared_left() > fcs {
        check_sequence(p, fcs);
        p.ends_after(p.declared_left() - fcs);
    }
    let [first, flags] = p.peek()?;
    if first & 3 == 1 {
        return version1::frame(p);
    }
    if first & 3 > 1 {
        p.bits(first, 1, &[&OTHER_VERSION])?;
        return Ok(Next::Data);
    }
    let (kind, subtype) = (first >> 2 & 3, first >> 4);
    let extended = kind == CONTROL && subtype == control::EXTENSION_SUBTYPE;
    let mut number = u64::from(kind) << 4 | u64::from(subtype);
    if extended {
        number = number << 4 | u64::from(flags & 0x0f);
    }
    p.note(&TYPE_SUBTYPE, number, 1);
    let at = p.at();
    p.u16(&FC)?;
    p.under(|p| {
        if extended {
            p.mark(&EXTENSION, at + 1, 1, flags.into());
        }
        p.mark(if extended { &CONTROL_FLAGS } else { &FLAGS }, at + 1, 1, flags.into());
        Ok(())
    })?;
    match kind {
        MANAGEMENT => management_frame(p, subtype, flags),
        CONTROL => control::frame(p, subtype),
        DATA => data_frame(p, subtype, flags, padded),
        // DMG and S1G beacons have headers of their own, which stay bytes; others are reserved.
        _ if subtype < 2 => Ok(Next::Data),
        _ => {
            duration(p)?;
            p.mac(&RA)?;
            Ok(Next::Data)
        }
    }
}

/// Reads elements that stand elsewhere than in a management frame, up to the end.
pub(crate) fn read_elements(p: &mut Packet<'_>) -> Read {
    elements::walk(p, elements::IN_NO_FRAME)
}

/// How long the check sequence is, and whether the header is padded, as the header before this
/// one says.
fn capture_says(p: &Packet<'_>) -> (usize, bool) {
    let Some(outer) = p.outer() else { return (p.fcs_length().map_or(0, usize::from), false) };
    let header = p.buffer().get(outer.start as usize..p.start()).unwrap_or_default();
    if std::ptr::eq(outer.protocol, &RADIOTAP) {
        let flags = radiotap::flags(header).unwrap_or(0);
        let fcs = if flags & radiotap::FLAG_FCS != 0 { 4 } else { 0 };
        return (fcs, flags & radiotap::FLAG_DATAPAD != 0);
    }
    (if std::ptr::eq(outer.protocol, &PPI) && ppi::has_check_sequence(header) { 4 } else { 0 }, false)
}

/// The check sequence stands at the end of the frame and is read first, so that nothing inside
/// takes it for its own.
fn check_sequence(p: &mut Packet<'_>, length: usize) {
    let at = p.at() + p.declared_left() - length;
    if let Some(bytes) = p.buffer().get(at..at + length).and_then(<[u8]>::first_chunk::<4>) {
        p.mark(&FCS, at, 4, u32::from_le_bytes(*bytes).into());
    }
}

/// Bit 15 says that the others are no duration, or stand for all of a contention-free period.
fn duration(p: &mut Packet<'_>) -> Read {
    let word = p.peek_u16_le()?;
    p.bits(word, 2, &[&DURATION])
}

fn sequence(p: &mut Packet<'_>) -> Read<u16> {
    let word = p.peek_u16_le()?;
    p.group(&SEQUENCE, |p| p.bits(word, 2, &[&FRAG, &SEQ]))?;
    Ok(word)
}

/// Section 9.3.3: the addresses are destination, source and BSS.
fn management_frame(p: &mut Packet<'_>, subtype: u8, flags: u8) -> Step {
    duration(p)?;
    let at = p.at();
    let [to, from, bss] = addresses(p, [Some(&RA), Some(&TA), None])?;
    p.mark(&DA, at, 6, to);
    p.mark(&SA, at + 6, 6, from);
    p.mark(&BSSID, at + 12, 6, bss);
    sequence(p)?;
    if flags & HTC_OR_ORDER != 0 {
        ht_control::read(p)?;
    }
    // A last fragment is read all the same: these frames are hardly ever cut, and generators
    // number them at random.
    if flags & MORE_FRAGMENTS != 0 {
        return Ok(Next::Data);
    }
    management::body(p, subtype, flags)
}

/// Reads three addresses; one without a row is only found by name.
fn addresses(p: &mut Packet<'_>, rows: [Option<&'static Field>; 3]) -> Read<[u64; 3]> {
    let mut values = [0; 3];
    for (value, row) in values.iter_mut().zip(rows) {
        *value = p.mac(row.unwrap_or(&ADDR))?;
    }
    Ok(values)
}

/// Section 9.3.2.
fn data_frame(p: &mut Packet<'_>, subtype: u8, flags: u8, padded: bool) -> Step {
    let header = p.at() - 2;
    duration(p)?;
    let at = p.at();
    let to_ds = flags & TO_DISTRIBUTION != 0;
    let from_ds = flags & FROM_DISTRIBUTION != 0;
    let has_qos = subtype & 8 != 0;
    let [first, second, third] = addresses(p, [Some(&RA), Some(&TA), None])?;
    // With an A-MSDU each of its subframes has addresses of its own, section 9.3.2.1.2.
    let qos_at = if to_ds && from_ds { 8 } else { 2 };
    let is_aggregate = has_qos && p.peek_at(qos_at).is_ok_and(|byte| byte & 0x80 != 0);
    let role = |p: &mut Packet<'_>, row: &'static Field, i: usize, value: u64| {
        p.mark(row, at + 6 * i, 6, value);
    };
    match (to_ds, from_ds) {
        (false, false) => {
            role(p, &DA, 0, first);
            role(p, &SA, 1, second);
            role(p, &BSSID, 2, third);
            role(p, &STAA, 1, second);
        }
        (false, true) => {
            role(p, &DA, 0, first);
            if !is_aggregate {
                role(p, &SA, 2, third);
            }
            role(p, &BSSID, 1, second);
            role(p, &STAA, 0, first);
        }
        (true, false) => {
            if !is_aggregate {
                role(p, &DA, 2, third);
            }
            role(p, &SA, 1, second);
            role(p, &BSSID, 0, first);
            role(p, &STAA, 1, second);
        }
        (true, true) if !is_aggregate => role(p, &DA, 2, third),
        (true, true) => {}
    }
    let sequence = sequence(p)?;
    if to_ds && from_ds {
        p.mac(if is_aggregate { &ADDR } else { &SA })?;
    }
    let qos = if has_qos { quality(p, subtype, to_ds, from_ds)? } else { 0 };
    if has_qos && flags & HTC_OR_ORDER != 0 {
        ht_control::read(p)?;
    }
    let length = p.at() - header;
    if padded && length % 4 != 0 {
        p.bytes(&HEADER_PADDING, 4 - length % 4)?;
    }
    // Null frames carry nothing.
    if subtype & 4 != 0 {
        return Ok(Next::Nothing);
    }
    if flags & PROTECTED_FRAME != 0 {
        return protection::frame(p);
    }
    if sequence & 0x0f != 0 || flags & MORE_FRAGMENTS != 0 {
        return Ok(Next::Data);
    }
    if qos & 0x0080 != 0 {
        return Ok(Next::To(&WLAN_AGGREGATE));
    }
    if to_ds && from_ds && qos & MESH_CONTROL_PRESENT != 0 {
        mesh_control(p)?;
    }
    Ok(carried(p, first, second, third))
}

/// Section 9.2.4.7.3: with up to three addresses more.
fn mesh_control(p: &mut Packet<'_>) -> Read {
    p.group(&MESH, |p| {
        let extension = p.u8(&MESH_FLAGS)? & 3;
        p.u8(&MESH_TTL)?;
        p.u32_le(&MESH_SEQUENCE)?;
        match extension {
            1 => drop(p.mac(&MESH_ADDR4)?),
            2 => {
                p.mac(&MESH_ADDR5)?;
                p.mac(&MESH_ADDR6)?;
            }
            _ => {}
        }
        Ok(())
    })
}

/// LLC, or what some put there without it: a whole Ethernet frame, or IPX.
fn carried(p: &Packet<'_>, first: u64, second: u64, third: u64) -> Next {
    const IPX: u32 = 0x8137;
    if let (Ok(to), Ok([_, _, _, _, from @ ..])) = (p.peek_u48(), p.peek::<12>()) {
        let from = u64::from_be_bytes(from) & 0xffff_ffff_ffff;
        let ours = [first, second, third];
        if ours.contains(&to) && ours.contains(&from) {
            return Next::To(&ETH);
        }
    }
    if matches!(p.peek_u16(), Ok(0xffff)) { Next::In(&ETHERTYPE, IPX) } else { Next::To(&LLC) }
}

/// Section 9.2.4.5: what bits 4 and 8 to 15 are depends on who sends.
fn quality(p: &mut Packet<'_>, subtype: u8, to_ds: bool, from_ds: bool) -> Read<u16> {
    let (at, word) = (p.at(), p.u16_le(&QOS)?);
    p.under(|p| {
        let mut bits = |row| p.mark(row, at, 2, word.into());
        if from_ds && !to_ds {
            bits(&EOSP);
            // With a CF-Poll it is how long the station may send.
            if subtype & 2 != 0 {
                bits(&TXOP_LIMIT);
            } else {
                bits(&PS_BUF);
                bits(&BUF_SAID);
                if word & 0x0200 != 0 {
                    bits(&BUF_AC);
                    bits(&BUF_LOAD);
                }
            }
        } else if from_ds && word & MESH_CONTROL_PRESENT != 0 {
            bits(&EOSP);
            bits(&MESH_CONTROL);
            bits(&MESH_PS);
            bits(&MESH_RSPI);
        } else {
            bits(&BIT4);
            bits(if word & 0x0010 != 0 { &QUEUE_SIZE } else { &TXOP_REQ });
        }
        Ok(())
    })?;
    Ok(word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    /// Behind a radiotap header that says that a check sequence is there.
    const WITH_FCS: &str = "0000 0900 02000000 10 ";
    const QOS_DATA: &str = "88422c007cc5376d16e70024b2f8d7060024b2f8d706200000000100002000000000c4b9c8fa30c8 \
         bc4857f812cef4538b5644fa6de74a2fbec6ac9490f98cb4a467c50ff0ce3525dd42f145b2fe87311a87";
    /// A control wrapper with HT control, and QoS data of version 1 whose stations both have numbers.
    const WRAPPED_CTS: &str = "74000000 0024b2f8d706 c400 00000000 0102";
    const TWO_STATIONS: &str = "0d00 0120 0220 3000 0400 aaaa03 000000 88b5 61";
    const BLOCK_ACKNOWLEDGMENT: &str = "940000000024b2f8d7067cc5376d16e7040000000000000000000000";

    #[test]
    fn protected_quality_of_service_data() {
        insta::assert_snapshot!(tree(&RADIOTAP, &hex(&format!("{WITH_FCS}{QOS_DATA}"))));
    }

    #[test]
    fn a_block_acknowledgment() {
        insta::assert_snapshot!(tree(&WLAN, &hex(BLOCK_ACKNOWLEDGMENT)));
    }

    #[test]
    fn every_prefix_of_them() {
        every_prefix(&RADIOTAP, &hex(&format!("{WITH_FCS}{QOS_DATA}")));
        every_prefix(&WLAN, &hex(BLOCK_ACKNOWLEDGMENT));
        every_prefix(&WLAN, &hex(WRAPPED_CTS));
        every_prefix(&WLAN, &hex(TWO_STATIONS));
    }

    #[test]
    fn each_direction_has_its_addresses() {
        let of = |flags: &str| {
            let frame = format!("08{flags}2c00 010101010101 020202020202 030303030303 1000");
            json(&WLAN, &hex(&(frame + "040404040404 aaaa03 000000 0806")))
        };
        let has = |json: &str, key: &str, digit: u8| {
            let digits = format!("0{digit}");
            assert!(json.contains(&format!("\"{key}\":\"{}\"", [&digits[..]; 6].join(":"))), "{key} {json}");
        };
        for (flags, da, sa, bssid) in [("00", 1, 2, 3), ("02", 1, 3, 2), ("01", 3, 2, 1)] {
            let json = of(flags);
            has(&json, "da", da);
            has(&json, "sa", sa);
            has(&json, "bssid", bssid);
        }
        let between = of("03");
        has(&between, "da", 3);
        has(&between, "sa", 4);
    }

    #[test]
    fn keys_of_three_generations() {
        let of = |iv: &str| tree(&WLAN, &hex(&format!(
            "08422c00 010101010101 020202020202 030303030303 1000 {iv} 0102030405060708")));
        assert!(of("010203c0").contains("WEP Initialization Vector: 0x010203"));
        assert!(of("01212360 00000000").contains("TKIP Sequence Counter: 0x000000000123"), "{}", of("01212360 00000000"));
        assert!(of("01022320 05000000").contains("CCMP Packet Number: 0x000000050201"), "{}", of("01022320 05000000"));
    }
}
