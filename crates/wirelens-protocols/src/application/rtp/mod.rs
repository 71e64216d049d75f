//! Real-time Transport Protocol: RFC 3550 section 5, header extensions of RFC 8285.
//!
//! Nothing in a packet tells that it is RTP: a description (SDP) has said where it comes to.

mod extension;
pub(crate) mod payload_type;

use std::hash::{Hash, Hasher};
use std::sync::Arc;

use wirelens_dissect::{Budget, End, Kept};
use wirelens_dissect::prelude::*;

use super::rtcp::{self, RTCP};
use super::rtpevent::RTPEVENT;

protocol! {
    RTP = "rtp" "RTP" "Real-time Transport Protocol", Application;
    SETUP_FRAME  = uint "setup-frame"  "Described in Frame";
    SETUP_METHOD = text "setup-method" "Described by";
    VERSION   = uint "version" "Version" & 0xc0;
    PADDING   = flag "padding" "Padding" & 0x20;
    EXTENSION = flag "ext" "Extension" & 0x10;
    CC        = uint "cc" "Number of Contributing Sources" & 0x0f;
    MARKER    = flag "marker" "Marker" & 0x80 brief("marked");
    TYPE      = uint "p_type" "Payload Type" & 0x7f names(payload_type::STATIC) brief("type ") leads;
    ENCODING  = text "encoding" "Encoding" own brief("") leads;
    CLOCK_RATE = uint "clock_rate" "Clock Rate" own;
    SEQUENCE  = uint "seq" "Sequence Number" brief("seq ");
    TIMESTAMP = uint "timestamp" "Timestamp" brief("time ");
    SSRC      = hex  "ssrc" "Synchronization Source" brief("ssrc ");
    EXTENDED  = uint "extseq" "Extended Sequence Number";
    SOURCES   = group "csrc.items" "Contributing Sources" key("csrc") {
        SOURCE = hex "csrc.item" "Contributing Source" many key("items");
    };
    PROFILE   = hex  "ext.profile" "Defined by Profile" key("ext_profile");
    LENGTH    = uint "ext.len" "Extension Length in units of 4 bytes" key("ext_length");
    EXTENSIONS = group "hdr_exts" "Header Extensions" rows(extension::ROWS);
    PAYLOAD   = bytes "payload" "Payload" payload;
    PADDING_DATA  = bytes "padding.data" "Padding Data" payload key("padding_data");
    PADDING_COUNT = uint "padding.count" "Padding Count" key("padding_count");
    BAD_PADDING = problem "padding.invalid" "The padding is longer than what there is" own;
}

/// What a description said of a conversation, and what is known of it since.
#[derive(Default)]
pub(crate) struct Setup {
    /// The frame of the description.
    pub(crate) frame: u64,
    pub(crate) is_encrypted: bool,
    pub(crate) types: Arc<Types>,
    /// Where it is expected, until it has come: others may send there too.
    pub(crate) end: Option<End>,
    /// Of each direction.
    pub(crate) last: [Option<Last>; 2],
}

impl Clone for Setup {
    /// For another shard, which counts what it keeps by itself: it shares nothing.
    fn clone(&self) -> Setup {
        let types = Types { all: self.types.all.clone(), _kept: Kept::default() };
        Setup { types: Arc::new(types), ..*self }
    }
}

impl Hash for Setup {
    fn hash<H: Hasher>(&self, hasher: &mut H) {
        let Setup { frame, is_encrypted, types, end, last } = self;
        (frame, is_encrypted, &types.all, end, last).hash(hasher);
    }
}

/// The payload types of a session.
#[derive(Default)]
pub(crate) struct Types {
    all: Vec<PayloadType>,
    /// They count among what states keep.
    _kept: Kept,
}

impl Types {
    /// These, unless the states keep too much already: then none.
    pub(crate) fn new(all: Vec<PayloadType>, budget: &Budget) -> Types {
        let size = |one: &PayloadType| size_of::<PayloadType>() + one.encoding.len();
        let mut kept = Kept::default();
        let all = if kept.set(budget, all.iter().map(size).sum()) { all } else { Vec::new() };
        Types { all, _kept: kept }
    }
}

/// What a payload type is in a session, RFC 8866 section 6.6.
#[derive(Clone, Hash)]
pub(crate) struct PayloadType {
    pub(crate) number: u8,
    pub(crate) encoding: Box<[u8]>,
    /// In Hz; 0 where it was not said.
    pub(crate) rate: u32,
}

/// The last packet.
#[derive(Clone, Copy, Hash)]
pub(crate) struct Last {
    ssrc: u32,
    extended: u32,
}

/// The version.
const TWO: u8 = 2;

fn dissect(p: &mut Packet<'_>) -> Step {
    let (first, second) = match *p.ahead() {
        [first, second, ..] if first >> 6 == TWO => (first, second),
        _ => return Ok(Next::NotMine),
    };
    // RTCP at the same port, RFC 5761 section 4.
    if rtcp::fits(p.ahead()) {
        return Ok(Next::To(&RTCP));
    }
    let number = second & 0x7f;
    let mapping = set_up(p, number);
    p.bits(first, 1, &[&VERSION, &PADDING, &EXTENSION, &CC])?;
    p.bits(second, 1, &[&MARKER, &TYPE])?;
    mapping.put(p);
    let sequence = p.u16(&SEQUENCE)?;
    let at = p.at();
    p.u32(&TIMESTAMP)?;
    let ssrc = p.u32(&SSRC)?;
    extend(p, at - 2, sequence, ssrc);
    let sources = first & 0x0f;
    if sources > 0 {
        p.group(&SOURCES, |p| (0..sources).try_for_each(|_| p.u32(&SOURCE).map(drop)))?;
    }
    if first & 0x10 != 0 {
        extension::read(p)?;
    }
    payload(p, first & 0x20 != 0, &mapping)
}

/// Puts the extended number beside that of the packet, RFC 3550 section 6.4.1. The first is taken
/// for the one nearest to 65536, so that one that is late stays above 0.
fn extend(p: &mut Packet<'_>, at: usize, sequence: u16, ssrc: u32) {
    let Some((setup, forward)) = p.conversation::<Setup>() else { return };
    let last = &mut setup.last[usize::from(forward)];
    let before = last.filter(|last| last.ssrc == ssrc).map_or(0x1_0000, |last| last.extended);
    let step = sequence.wrapping_sub(before as u16).cast_signed();
    let extended = before.wrapping_add_signed(step.into());
    *last = Some(Last { ssrc, extended });
    p.mark(&EXTENDED, at, 2, extended.into());
}

/// What is known of a payload type.
struct Mapping {
    /// Which of the session's types it is.
    types: Option<(Arc<Types>, usize)>,
    is_event: bool,
    is_encrypted: bool,
}

/// Records who described the conversation, and finds what the payload type is in it.
fn set_up(p: &mut Packet<'_>, number: u8) -> Mapping {
    let mut mapping = Mapping { types: None, is_event: matches!(number, 100 | 101), is_encrypted: false };
    let Some((setup, _)) = p.conversation::<Setup>() else { return mapping };
    let (frame, end) = (setup.frame, setup.end.take());
    mapping.is_encrypted = setup.is_encrypted;
    if let Some(at) = setup.types.all.iter().rposition(|known| known.number == number) {
        mapping.is_event = setup.types.all[at].encoding.eq_ignore_ascii_case(b"telephone-event");
        mapping.types = Some((Arc::clone(&setup.types), at));
    }
    if let Some(end) = end {
        let (types, is_encrypted) = (Arc::clone(&setup.types), setup.is_encrypted);
        let again = Setup { frame, is_encrypted, types, end: Some(end), last: [None; 2] };
        p.expect_with(end, &RTP, again);
    }
    if frame > 0 {
        p.note(&SETUP_FRAME, frame, 0);
        p.make_text(&SETUP_METHOD, p.at(), 0, |text| text.extend_from_slice(b"SDP"));
    }
    mapping
}

impl Mapping {
    fn put(&self, p: &mut Packet<'_>) {
        let Some(known) = self.types.as_ref().and_then(|(types, at)| types.all.get(*at)) else { return };
        let at = p.at() - 1;
        // The others are called what everybody calls them.
        if !payload_type::has_name(known.number) {
            p.make_text(&ENCODING, at, 1, |text| text.extend_from_slice(&known.encoding));
        }
        if known.rate > 0 {
            p.mark(&CLOCK_RATE, at, 1, known.rate.into());
        }
    }
}

/// The payload, and padding whose last byte says how much it is.
fn payload(p: &mut Packet<'_>, is_padded: bool, mapping: &Mapping) -> Step {
    let left = p.declared_left();
    let padding = match (is_padded, left.checked_sub(1)) {
        (true, Some(last)) => usize::from(p.peek_at(last)?),
        _ => 0,
    };
    let length = left.saturating_sub(padding);
    let is_event = mapping.is_event && !mapping.is_encrypted && length > 0 && length.is_multiple_of(4);
    if length > 0 {
        if is_event {
            p.later(Next::To(&RTPEVENT), p.at(), length);
        }
        p.bytes(&PAYLOAD, length)?;
    }
    if padding > left || is_padded && padding == 0 {
        p.problem(&BAD_PADDING);
    }
    if padding > 0 {
        let data = padding.min(left).saturating_sub(1);
        if data > 0 {
            p.bytes(&PADDING_DATA, data)?;
        }
        p.u8(&PADDING_COUNT)?;
    }
    Ok(Next::Nothing)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;
    use wirelens_dissect::Session;

    /// Two contributing sources, an extension of RFC 8285 section 4.2, padding.
    const PACKET: &str = "b2e0 0001 00000002 00000003 00000004 00000005 \
        bede 0002 10aa 21bbcc 00 00 00 d5d5d5 0002";

    #[test]
    fn a_packet() {
        insta::assert_snapshot!(tree(&RTP, &hex(PACKET)));
        insta::assert_snapshot!(json(&RTP, &hex(PACKET)));
    }

    #[test]
    fn every_prefix_of_it() {
        every_prefix(&RTP, &hex(PACKET));
        every_prefix(&RTP, &hex("9000 0001 00000002 00000003 1005 0002 0100 0201bb 000000 ff"));
    }

    #[test]
    fn elements_with_two_bytes_of_header_and_words() {
        let two = tree(&RTP, &hex("9000 0001 00000002 00000003 1005 0002 0100 0201bb 000000 ff"));
        assert!(two.contains("Application Bits: 5") && two.contains("Data: bb"), "{two}");
        let words = tree(&RTP, &hex("9000 0001 00000002 00000003 1234 0001 01020304"));
        assert!(words.contains("Word: 0x01020304"), "{words}");
    }

    /// RFC 8285 section 4.2.
    #[test]
    fn identifier_15_ends_the_elements() {
        let tree = tree(&RTP, &hex("9000 0001 00000002 00000003 bede 0001 f0102030 ffee"));
        assert!(!tree.contains("Element") && tree.contains("Payload: ffee"), "{tree}");
    }

    #[test]
    fn lengths_that_contradict_are_problems() {
        for packet in ["a000 0001 00000002 00000003 aabbcc09", "a000 0001 00000002 00000003 aabbcc00"] {
            assert!(tree(&RTP, &hex(packet)).contains("! The padding is longer"), "{packet}");
        }
        let element = tree(&RTP, &hex("9000 0001 00000002 00000003 bede 0001 17010203 ffee"));
        assert!(element.contains("! An element is longer"), "{element}");
    }

    #[test]
    fn other_versions_are_not_its_own() {
        for first in ["00", "40", "c0"] {
            let tree = tree(&RTP, &hex(&format!("{first}00 0001 00000002 00000003 aa")));
            assert!(!tree.contains("Real-time"), "{tree}");
        }
    }

    #[test]
    fn sequence_numbers_go_on_behind_65535() {
        let mut session = Session::new(crate::shared());
        let mut extended = |sequence: u16| {
            let packet = hex(&format!("8000 {sequence:04x} 00000002 00000003 aa"));
            let tree = tree_in(&mut session, &RTP, &packet);
            let line = tree.lines().find(|line| line.contains("Extended")).map(str::trim);
            line.and_then(|line| line.rsplit(' ').next()?.parse::<u32>().ok())
        };
        let seen = [0xffff, 0, 0xfffe, 1].map(&mut extended);
        assert_eq!(seen, [Some(0xffff), Some(0x1_0000), Some(0xfffe), Some(0x1_0001)]);
    }
}
