//! Ethernet, IEEE 802.3: type frames, length frames, and what stands behind the payload.

use wirelens_dissect::prelude::*;

use crate::checksum::crc32;
use crate::link::chdlc::CHDLC_PROTOCOL;
use crate::link::ethertype::ETHERTYPES;
use crate::link::isl::{self, ISL};
use crate::link::llc::LLC;
use crate::link::sll::SLL_LTYPE;
use crate::network::gre::GRE_PROTO;
use crate::transport::l2tp::L2TP_PSEUDOWIRE;
use crate::transport::vxlan::VXLAN_NEXT_PROTO;

/// What an Ethernet frame carries, by its EtherType.
pub static ETHERTYPE: Table = Table::new("ethertype", "Ethertype");

/// Numbers up to here are lengths, IEEE 802.3 section 3.2.6.
pub const LONGEST_LENGTH: u16 = 1500;

/// Numbers from here on are types, IEEE 802.3 section 3.2.6.
const FIRST_TYPE: u16 = 0x0600;

const IPX: u32 = 0x8137;
const GROUP_ADDRESS: u64 = 0x0100_0000_0000;

protocol! {
    ETH = "eth" "Ethernet" "Ethernet", Link, trailer(trailer), outline(outline);
    @ LINK_TYPE 1;
    @ ETHERTYPE 0x6558;
    @ GRE_PROTO 0x6558;
    @ CHDLC_PROTOCOL 0x6558;
    @ VXLAN_NEXT_PROTO 3;
    @ SLL_LTYPE 3;
    @ L2TP_PSEUDOWIRE 4 | 5;
    DST  = mac "dst"  "Destination" {
        DST_ADDR = mac "addr" "Address" alias detail;
        DST_OUI = hex "dst.oui" "Destination OUI" & 0xffff_ff00_0000 hidden span(0, 3);
        DST_ADDR_OUI = hex "addr.oui" "Address OUI" & 0xffff_ff00_0000 alias span(0, 3);
        DST_LG = flag "dst.lg" "LG Bit" & 0x0200_0000_0000 detail span(0, 3);
        DST_ANY_LG = flag "lg" "LG Bit" & 0x0200_0000_0000 alias span(0, 3);
        DST_IG = flag "dst.ig" "IG Bit" & 0x0100_0000_0000 detail span(0, 3);
        DST_ANY_IG = flag "ig" "IG Bit" & 0x0100_0000_0000 alias span(0, 3);
    };
    SRC  = mac "src"  "Source" {
        SRC_ADDR = mac "addr" "Address" alias detail;
        SRC_OUI = hex "src.oui" "Source OUI" & 0xffff_ff00_0000 hidden span(0, 3);
        SRC_ADDR_OUI = hex "addr.oui" "Address OUI" & 0xffff_ff00_0000 alias span(0, 3);
        SRC_LG = flag "src.lg" "LG Bit" & 0x0200_0000_0000 detail span(0, 3);
        SRC_ANY_LG = flag "lg" "LG Bit" & 0x0200_0000_0000 alias span(0, 3);
        SRC_IG = flag "src.ig" "IG Bit" & 0x0100_0000_0000 detail span(0, 3);
        SRC_ANY_IG = flag "ig" "IG Bit" & 0x0100_0000_0000 alias span(0, 3);
    };
    TYPE    = hex   "type"    "Type" names(ETHERTYPES) brief("");
    LEN     = uint  "len"     "Length" brief("len ");
    INVALID = hex   "invalid_lentype" "Neither a length nor a type" brief("type/len ");
    PADDING = bytes "padding" "Padding" detail;
    TRAILER = bytes "trailer" "Trailer";
    FCS     = hex   "fcs"     "Frame Check Sequence";
    SRC_IS_GROUP = problem "src_not_group" "Source is a group address";
    INVALID_NUMBER = problem "invalid_lentype.expert" "Neither a length nor a type" key("invalid");
    LEN_PAST_END = problem "len.past_end" "Length goes past the end of the frame";
    PADDING_BAD  = problem "padding_bad" "Padding is not all zeros";
    FCS_BAD      = problem "fcs_bad" "Frame check sequence is wrong";
}

fn dissect(p: &mut Packet<'_>) -> Step {
    if is_length(p) && isl::is_destination(p.peek_u48()?) {
        return Ok(Next::To(&ISL));
    }
    let (source, number) = p.fixed::<14, _>(|p| {
        p.mac(&DST);
        let (source, number) = (p.mac(&SRC), p.peek_u16());
        p.u16(match number {
            0 | FIRST_TYPE.. => &TYPE,
            ..=LONGEST_LENGTH => &LEN,
            _ => &INVALID,
        });
        (source, number)
    })?;
    if source & GROUP_ADDRESS != 0 {
        p.problem_at(&SRC_IS_GROUP, p.at() - 8, 6);
    }
    match number {
        0 | FIRST_TYPE.. => {
            if let Some(fcs @ 1..) = check_sequence(p) {
                p.passes_on(p.declared_left().saturating_sub(fcs.into()));
            }
            Ok(Next::In(&ETHERTYPE, number.into()))
        }
        ..=LONGEST_LENGTH => {
            let fcs = check_sequence(p).map_or(0, usize::from);
            length_frame(p, number, &LEN_PAST_END, fcs)
        }
        _ => {
            p.problem_at(&INVALID_NUMBER, p.at() - 2, 2);
            Ok(Next::Data)
        }
    }
}

/// A type frame of one station, with nothing known of a check sequence.
fn outline(p: &mut Peek<'_>) -> Option<Outline> {
    let &[_, _, _, _, _, _, source, _, _, _, _, _, high, low] = p.bytes.first_chunk()?;
    let number = u16::from_be_bytes([high, low]);
    if number < FIRST_TYPE || source & 1 != 0 || p.may_have_fcs() {
        return None;
    }
    Outline::new(14, p.declared, Next::In(&ETHERTYPE, number.into()))
}

fn is_length(p: &Packet<'_>) -> bool {
    matches!(p.ahead(), [_, _, _, _, _, _, _, _, _, _, _, _, high, low, ..]
        if (1..=LONGEST_LENGTH).contains(&u16::from_be_bytes([*high, *low])))
}

/// Goes on behind a length instead of a type: to LLC, or to IPX that Novell put there without
/// LLC; its checksum is always 0xffff, which no LLC header begins with.
pub(crate) fn length_frame(
    p: &mut Packet<'_>,
    length: u16,
    past_end: &'static Field,
    fcs: usize,
) -> Step {
    let length = usize::from(length);
    let room = p.declared_left().saturating_sub(fcs);
    if length > room {
        p.problem_at(past_end, p.at() - 2, 2);
    }
    p.passes_on(length.min(room));
    Ok(if matches!(p.peek_u16(), Ok(0xffff)) { Next::In(&ETHERTYPE, IPX) } else { Next::To(&LLC) })
}

fn trailer(p: &mut Packet<'_>) -> Step {
    let fcs = check_sequence(p);
    behind_payload(p, &TRAILER, fcs)?;
    Ok(Next::Nothing)
}

/// How long this frame's check sequence is, if that is known. A frame inside another protocol has
/// none: the outer frame has its own.
fn check_sequence(p: &Packet<'_>) -> Option<u8> {
    if p.start() == 0 { p.fcs_length() } else { Some(0) }
}

/// What the layer inside left over: padding up to the shortest frame, then what somebody put
/// behind it, then the check sequence.
pub(crate) fn behind_payload(
    p: &mut Packet<'_>,
    trailer: &'static Field,
    fcs: Option<u8>,
) -> Read {
    let (bad_padding, has_fcs) = (!padding(p)?, has_check_sequence(p, fcs));
    let length = p.declared_left().saturating_sub(if has_fcs { 4 } else { 0 });
    if length > 0 {
        if bad_padding {
            p.problem(&PADDING_BAD);
        }
        p.bytes(trailer, length.min(p.left()))?;
    }
    if has_fcs {
        let covered = &p.buffer()[p.start()..p.at()];
        let sequence = p.u32(&FCS)?;
        // A guessed one that does not fit may as well be no check sequence.
        if p.checksums() && fcs.is_some() && crc32(covered).swap_bytes() != sequence {
            p.problem_at(&FCS_BAD, p.at() - 4, 4);
        }
    }
    Ok(())
}

/// Reads zeros up to the shortest frame, 60 bytes and the check sequence. False if there should
/// be some but are not.
fn padding(p: &mut Packet<'_>) -> Read<bool> {
    const SHORTEST: usize = 60;
    let left = p.declared_left();
    let frame = p.buffer().len().max(p.at() + left);
    let length = SHORTEST.saturating_sub(frame - left);
    if frame < SHORTEST || length == 0 {
        return Ok(true);
    }
    p.need(length)?;
    let zeros = p.ahead()[..length].iter().all(|&byte| byte == 0);
    if zeros {
        p.bytes(&PADDING, length)?;
    }
    Ok(zeros)
}

/// Do the last four bytes look like a check sequence, where the capture does not say so? A frame
/// of 64 bytes and more needs no padding, so there was a reason to keep what stands behind it.
fn has_check_sequence(p: &Packet<'_>, fcs: Option<u8>) -> bool {
    let left = p.declared_left();
    match fcs {
        Some(0) => false,
        Some(4) => left >= 4,
        _ => p.done() + left >= 64 && left >= 4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;
    use wirelens_dissect::{Input, Session, Settings};
    use wirelens_report::{Line, write_layers};

    const ADDRESSES: &str = "ffffffffffff 02005e100001";
    const ARP: &str = "0806 0001080006040001 02005e100001 c0000201 000000000000 c0000202";
    const ZEROS: &str = "000000000000000000000000000000000000";

    fn arp(behind: &str) -> Vec<u8> {
        hex(&format!("{ADDRESSES} {ARP} {behind}"))
    }

    fn with_fcs(fcs: Option<u8>, checksums: bool, bytes: &[u8]) -> String {
        let settings = Settings { checksums, ..Settings::default() };
        let mut session = Session::with(crate::shared(), settings);
        let length = bytes.len() as u32;
        let frame =
            session.dissect(Input { captured: bytes, length, fcs, link_type: 1, ..Input::default() });
        let mut line = Line::new();
        write_layers(&mut line, &frame);
        String::from_utf8(line.written().to_vec()).expect("a tree is text")
    }

    #[test]
    fn a_type_frame_with_padding() {
        insta::assert_snapshot!(tree(&ETH, &arp(ZEROS)));
    }

    #[test]
    fn a_length_frame_with_padding() {
        let frame = hex(&format!("{ADDRESSES} 0003 424203 {ZEROS}{ZEROS} 00000000000000"));
        insta::assert_snapshot!(tree(&ETH, &frame));
    }

    #[test]
    fn every_prefix_of_them() {
        every_prefix(&ETH, &arp(&format!("{ZEROS} 01020304")));
        every_prefix(&ETH, &hex(&format!("{ADDRESSES} 0003 424203 {ZEROS}{ZEROS} 0102030405")));
    }

    #[test]
    fn a_number_between_lengths_and_types_is_a_problem() {
        let tree = tree(&ETH, &hex(&format!("{ADDRESSES} 05dd 0102")));
        assert!(tree.contains("! Neither a length nor a type"), "{tree}");
    }

    #[test]
    fn a_length_past_the_end_is_a_problem() {
        let tree = tree(&ETH, &hex(&format!("{ADDRESSES} 0040 424203 00")));
        assert!(tree.contains("! Length goes past the end"), "{tree}");
    }

    #[test]
    fn ipx_without_llc_begins_with_ones() {
        let tree = tree(&ETH, &hex(&format!("{ADDRESSES} 0004 ffff 0004")));
        assert!(!tree.contains("Logical-Link"), "{tree}");
    }

    #[test]
    fn a_short_frame_has_a_trailer_and_no_padding() {
        let tree = tree(&ETH, &arp("0102"));
        assert!(tree.contains("Trailer: 0102") && !tree.contains("Padding"), "{tree}");
    }

    #[test]
    fn padding_that_is_not_zeros_is_a_trailer() {
        let tree = tree(&ETH, &arp(&ZEROS.replace("00", "11")));
        assert!(tree.contains("Trailer: 1111") && tree.contains("! Padding"), "{tree}");
    }

    #[test]
    fn four_bytes_behind_a_whole_frame_are_taken_for_a_check_sequence() {
        let tree = tree(&ETH, &arp(&format!("{ZEROS} 01020304")));
        assert!(tree.contains("Frame Check Sequence: 0x01020304"), "{tree}");
    }

    #[test]
    fn a_capture_may_say_that_there_is_a_check_sequence() {
        assert!(with_fcs(Some(4), false, &arp("01020304")).contains("Sequence: 0x01020304"));
        assert!(with_fcs(Some(0), false, &arp("01020304")).contains("Trailer: 01020304"));
        let data = hex(&format!("{ADDRESSES} 88b5 6162 01020304"));
        assert!(with_fcs(Some(4), false, &data).contains("Data: 6162"));
    }

    #[test]
    fn the_check_sequence_is_verified_when_asked() {
        let mut frame = arp(ZEROS);
        let right = crc32(&frame);
        frame.extend(right.to_le_bytes());
        assert!(!with_fcs(Some(4), true, &frame).contains('!'));
        frame[63] ^= 1;
        assert!(with_fcs(Some(4), true, &frame).contains("! Frame check sequence is wrong"));
        assert!(!with_fcs(Some(4), false, &frame).contains('!'));
        assert!(!with_fcs(None, true, &frame).contains('!'));
    }
}
