//! Transmission Control Protocol, RFC 9293.

use wirelens_dissect::prelude::*;
use wirelens_dissect::{OriginRows, SegmentHeader, StreamRows};

use super::tcp_options::{self, OPTION_ROWS, Segment};
use crate::checksum::{self, Verdict};
use crate::network::ipv4::IP_PROTO;

/// What a TCP connection carries, by either port.
pub static TCP_PORT: Table = Table::new("tcp.port", "TCP port");

protocol! {
    TCP = "tcp" "TCP" "Transmission Control Protocol", Transport, outline(outline);
    @ IP_PROTO 6;
    SRC_PORT = uint "srcport"     "Source Port" {
        SRC_PORT_ANY = uint "port" "Source or Destination Port" alias;
    };
    DST_PORT = uint "dstport"     "Destination Port" {
        DST_PORT_ANY = uint "port" "Source or Destination Port" alias;
    };
    SEQ      = uint "seq"         "Sequence Number" brief("seq ");
    SEQ_RAW  = uint "seq_raw"     "Sequence Number (raw)";
    ACK_NR   = uint "ack"         "Acknowledgment Number" brief("ack ") unless_zero;
    ACK_RAW  = uint "ack_raw"     "Acknowledgment Number (raw)";
    ACK_NONZERO = problem "ack.nonzero" "Acknowledgment number without the flag";
    HDR_LEN  = uint "hdr_len"     "Header Length";
    FLAGS    = hex  "flags"       "Flags" & 0x0fff brief("") leads {
        RES      = flag "flags.res"   "Reserved"     & 0x0e00 span(0, 1);
        AE       = flag "flags.ae"    "Accurate ECN" & 0x0100 span(0, 1) brief("e");
        CWR      = flag "flags.cwr"   "Congestion Window Reduced" & 0x0080 span(1, 1) brief("W");
        ECE      = flag "flags.ece"   "ECN-Echo"     & 0x0040 span(1, 1) brief("E");
        URG      = flag "flags.urg"   "Urgent"       & 0x0020 span(1, 1) brief("U");
        ACK      = flag "flags.ack"   "Acknowledgment" & 0x0010 span(1, 1) brief(".");
        PUSH     = flag "flags.push"  "Push"         & 0x0008 span(1, 1) brief("P");
        RESET    = flag "flags.reset" "Reset"        & 0x0004 span(1, 1) brief("R");
        SYN      = flag "flags.syn"   "Syn"          & 0x0002 span(1, 1) brief("S");
        FIN      = flag "flags.fin"   "Fin"          & 0x0001 span(1, 1) brief("F");
    };
    WINDOW   = uint "window_size_value" "Window" brief("win ");
    CHECKSUM = hex  "checksum"    "Checksum";
    CHECKSUM_BAD  = problem "checksum_bad.expert" "Checksum is wrong";
    CHECKSUM_FFFF = problem "checksum.ffff" "Checksum is 0xffff where it should be 0";
    URGENT   = uint "urgent_pointer" "Urgent Pointer" brief("urg ") unless_zero;
    URGENT_NONZERO = problem "urgent_pointer.non_zero" "Urgent pointer without the flag";
    OPTIONS  = bytes "options"    "Options" rows(OPTION_ROWS);
    LEN      = uint  "len"        "Segment Length" brief("len ");
    PAYLOAD  = bytes "payload"    "TCP Payload" payload;
    SEGMENT_DATA = bytes "segment_data" "Part of a message" payload behind;
    REASSEMBLED_IN = uint "reassembled_in" "Message is complete in frame" brief("in frame ") behind;
    SEGMENTS = group "segments" "Segments the message came in" behind {
        OF_FRAME = uint "segment" "Frame of a segment" many;
        SEGMENT_COUNT = uint "segment.count" "Number of segments";
        REASSEMBLED_LENGTH = uint "reassembled.length" "Reassembled length";
        REASSEMBLED_DATA = bytes "reassembled.data" "Reassembled data" payload;
    };
    RESET_CAUSE   = text "reset_cause" "Reset Cause" brief("cause ");
    BOGUS_HEADER  = problem "bogus_header_length" "Header length is less than 20";
    SHORT_SEGMENT = problem "short_segment" "Segment is shorter than its header";
}

const FLAG_SYN: u16 = 0x02;
const FLAG_RST: u16 = 0x04;
const FLAG_ACK: u16 = 0x10;
const FLAG_URG: u16 = 0x20;

fn dissect(p: &mut Packet<'_>) -> Step {
    // RFC 792 has errors quote 8 bytes, so the ports must not wait for the rest.
    let (source, destination) = p.fixed::<4, _>(|p| (p.u16(&SRC_PORT), p.u16(&DST_PORT)))?;
    p.flow().ports = (source, destination);
    let stream = if p.reassembles_for(&TCP_PORT) { p.peek::<16>().ok().map(header_of) } else { None };
    let segment = match p.records() {
        true => numbers(p)?,
        false => {
            p.skip(8)?;
            Segment::default()
        }
    };
    let header = usize::from(p.peek_u8()? >> 4) * 4;
    if header < 20 {
        p.number(&HDR_LEN, header as u64, 1)?;
        return Err(p.malformed(&BOGUS_HEADER));
    }
    let (flags, checksum, urgent) = p.fixed::<8, _>(|p| {
        p.note(&HDR_LEN, header as u64, 1);
        let flags = p.u16(&FLAGS);
        p.u16(&WINDOW);
        (flags, p.u16(&CHECKSUM), p.u16(&URGENT))
    })?;
    if p.checksums() {
        verify(p, checksum);
    }
    if urgent != 0 && flags & FLAG_URG == 0 && p.records() {
        p.problem_at(&URGENT_NONZERO, p.at() - 2, 2);
    }
    let options = (header - 20).min(p.declared_left());
    let shift = (stream.is_some() && flags & FLAG_SYN != 0)
        .then(|| window_scale(p.ahead().get(..options).unwrap_or_default()));
    if options > 0 {
        match p.records() {
            true => {
                p.group(&OPTIONS, |p| p.within(options, |p| tcp_options::walk(p, &segment)))?;
            }
            false => p.skip(options)?,
        }
    }
    if !p.is_fragment() && !p.is_quoted() {
        if options < header - 20 {
            return Err(p.malformed(&SHORT_SEGMENT));
        }
        p.note(&LEN, p.declared_left() as u64, 0);
    }
    if p.left() > 0 {
        // RFC 9293 section 3.5.3 lets a reset carry the reason for it in words.
        p.note(if flags & FLAG_RST != 0 { &RESET_CAUSE } else { &PAYLOAD }, 0, p.left());
    }
    let carries = p.left() > 0 && flags & FLAG_RST == 0;
    let ports = Next::Ports(&TCP_PORT, source, destination);
    match stream {
        Some(header) => {
            in_stream(p, &SegmentHeader { window_scale: shift, ..header }, (ports, carries))
        }
        None if carries => Ok(ports),
        None => Ok(Next::Nothing),
    }
}

/// A segment whose header is all there, of a stream that nobody puts together.
fn outline(p: &mut Peek<'_>) -> Option<Outline> {
    let &[a, b, c, d, _, _, _, _, _, _, _, _, offset, flags] = p.bytes.first_chunk()?;
    let (source, destination) = (u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d]));
    let header = u32::from(offset >> 4) * 4;
    if header < 20 || header as usize > p.bytes.len() || p.reassembles_for(&TCP_PORT) {
        return None;
    }
    p.flow.ports = (source, destination);
    let next = match u16::from(flags) & FLAG_RST {
        0 => Next::Ports(&TCP_PORT, source, destination),
        _ => Next::Nothing,
    };
    Outline::new(header, p.declared, next)
}

/// Hands a segment to its stream, and what it carries, if it does, to who is found at the ports: so
/// are bytes that have waited and that a segment without any sets free. Apart, so that where nothing
/// is put together the result of `dissect` is known without a look at it.
#[inline(never)]
fn in_stream(p: &mut Packet<'_>, header: &SegmentHeader, (next, carries): (Next, bool)) -> Step {
    let next = p.stream(header, next, &STREAM_ROWS);
    Ok(if carries { next } else { Next::Nothing })
}

/// What a stream is made of, from the 16 bytes behind the ports.
fn header_of(header: [u8; 16]) -> SegmentHeader {
    let [s0, s1, s2, s3, a0, a1, a2, a3, _, flags, w0, w1, _, _, u0, u1] = header;
    let acknowledgment = u32::from_be_bytes([a0, a1, a2, a3]);
    SegmentHeader {
        sequence: u32::from_be_bytes([s0, s1, s2, s3]),
        acknowledgment: (u16::from(flags) & FLAG_ACK != 0).then_some(acknowledgment),
        window: u16::from_be_bytes([w0, w1]),
        window_scale: None,
        flags,
        urgent: u16::from_be_bytes([u0, u1]),
    }
}

/// The shift of a SYN's option Window Scale, RFC 7323 section 2.2; 0 where it has none.
fn window_scale(mut options: &[u8]) -> u8 {
    loop {
        options = match options {
            [1, rest @ ..] => rest,
            [3, 3, shift, ..] => return *shift,
            [2..=255, length @ 2..=255, ..] => match options.get(usize::from(*length)..) {
                Some(rest) => rest,
                None => return 0,
            },
            _ => return 0,
        }
    }
}

static STREAM_ROWS: StreamRows = StreamRows {
    origin: OriginRows {
        all: &SEGMENTS,
        one: &OF_FRAME,
        count: &SEGMENT_COUNT,
        length: &REASSEMBLED_LENGTH,
        data: &REASSEMBLED_DATA,
        completed_in: &REASSEMBLED_IN,
    },
    data: &SEGMENT_DATA,
};

/// Sequence and acknowledgment number, raw and counted from where each direction began.
fn numbers(p: &mut Packet<'_>) -> Read<Segment> {
    // RFC 792 has errors quote 8 bytes: ports and sequence number.
    let Ok([seq @ .., a, b, c, d, offset, flags]) = p.peek::<10>() else {
        p.note(&SEQ, p.peek_u32()?.into(), 4);
        p.u32(&SEQ_RAW)?;
        p.u32(&ACK_RAW)?;
        return Ok(Segment::default());
    };
    let (seq, ack) = (u32::from_be_bytes(seq), u32::from_be_bytes([a, b, c, d]));
    let flags = u16::from(flags);
    let whole = usize::from(offset >> 4) * 4 <= p.declared_left() + 4 && !p.is_fragment();
    let (own, other) = bases(p, seq, ack, flags, whole);
    p.note(&SEQ, seq.wrapping_sub(own).into(), 4);
    p.number(&SEQ_RAW, seq.into(), 4)?;
    let acknowledges = flags & FLAG_ACK != 0;
    p.note(&ACK_NR, if acknowledges { ack.wrapping_sub(other) } else { ack }.into(), 4);
    p.number(&ACK_RAW, ack.into(), 4)?;
    if ack != 0 && !acknowledges {
        p.problem_at(&ACK_NONZERO, p.at() - 4, 4);
    }
    Ok(Segment { ack, other, syn: flags & FLAG_SYN != 0 })
}

/// Where the sequence numbers of a connection's two directions start.
#[derive(Default)]
struct Starts {
    of: [Option<u32>; 2],
}

/// What this direction's numbers and the other's are counted from; 0 where nothing is known, and
/// in segments that are not whole, from which nothing is learned but that a connection is new.
///
/// A SYN stands at its direction's start. A connection joined in progress starts one before the
/// first number seen, so that its first byte is number 1 as if the SYN had been there.
fn bases(p: &mut Packet<'_>, seq: u32, ack: u32, flags: u16, whole: bool) -> (u32, u32) {
    if flags & (FLAG_SYN | FLAG_ACK) == FLAG_SYN
        && let Some((starts, forward)) = p.conversation::<Starts>()
        && starts.of[usize::from(forward)].is_some_and(|start| start != seq)
    {
        p.forget_conversation();
    }
    if !whole {
        return (0, 0);
    }
    let Some((starts, forward)) = p.conversation::<Starts>() else { return (0, 0) };
    let own = &mut starts.of[usize::from(forward)];
    if flags & FLAG_SYN != 0 {
        *own = Some(seq);
    }
    let own = *own.get_or_insert(seq.wrapping_sub(1));
    let other = &mut starts.of[usize::from(!forward)];
    if flags & FLAG_ACK != 0 {
        other.get_or_insert(ack.wrapping_sub(1));
    }
    (own, other.unwrap_or(0))
}

/// Stands behind the checksum and holds it against the segment, if all of that is there.
#[cold]
fn verify(p: &mut Packet<'_>, stored: u16) {
    let segment = p.layer_bytes();
    let complete = p.left() == p.declared_left() && !p.is_fragment();
    if !complete || p.is_quoted() || p.flow().version == 0 {
        return;
    }
    let pseudo = checksum::pseudo_header(p.flow(), 6, segment.len());
    if checksum::verify(segment, 16, pseudo) == Verdict::Bad {
        p.problem_at(&CHECKSUM_BAD, p.at() - 2, 2);
    } else if stored == 0xffff {
        // One's complement has two zeros; RFC 1624 section 3 says which one a sum cannot be.
        p.problem_at(&CHECKSUM_FFFF, p.at() - 2, 2);
    }
}

#[cfg(test)]
mod tests {
    use wirelens_dissect::{Session, Settings};

    use super::*;
    use crate::network::ipv4::IP;
    use crate::testing::*;

    const SYN_SEGMENT: &str = "9c40 0050 000003e8 00000000 a0 02 faf0 0000 0000 \
        020405b4 0402 080a 00000001 00000000 01 030307";

    /// A segment between the ports 40000 and 80, in one direction or the other.
    fn segment(forward: bool, flags: u8, seq: u32, ack: u32, payload: &str) -> Vec<u8> {
        let ports = if forward { "9c40 0050" } else { "0050 9c40" };
        hex(&format!("{ports} {seq:08x} {ack:08x} 50 {flags:02x} faf0 0000 0000 {payload}"))
    }

    /// The relative numbers of segments that follow each other.
    fn relative(segments: &[(bool, u16, u32, u32)]) -> Vec<(u64, u64)> {
        let mut session = Session::new(crate::shared());
        let number = |tree: &str, label: &str| {
            let line = tree.lines().find(|line| line.contains(label)).expect("the row is there");
            line.rsplit(' ').next().and_then(|n| n.parse().ok()).expect("a number")
        };
        let one = |&(forward, flags, seq, ack): &(bool, u16, u32, u32)| {
            let bytes = segment(forward, flags as u8, seq, ack, "");
            let tree = tree_in(&mut session, &TCP, &bytes);
            (number(&tree, "Sequence Number:"), number(&tree, "Acknowledgment Number:"))
        };
        segments.iter().map(one).collect()
    }

    const S: u16 = FLAG_SYN;
    const A: u16 = FLAG_ACK;

    #[test]
    fn a_syn() {
        insta::assert_snapshot!(tree(&TCP, &hex(SYN_SEGMENT)));
    }

    #[test]
    fn a_syn_as_json() {
        insta::assert_snapshot!(json(&TCP, &hex(SYN_SEGMENT)));
    }

    #[test]
    fn every_prefix_of_it() {
        every_prefix(&TCP, &hex(SYN_SEGMENT));
        every_prefix(&TCP, &segment(true, 0x18, 7, 9, "6869"));
    }

    #[test]
    fn numbers_count_from_the_syn() {
        let seen = relative(&[
            (true, S, 1000, 0),
            (false, S | A, 5000, 1001),
            (true, A, 1001, 5001),
            (false, A, 5001, 1011),
        ]);
        assert_eq!(seen, [(0, 0), (0, 1), (1, 1), (1, 11)]);
    }

    #[test]
    fn joined_in_progress_numbers_count_from_the_first_seen() {
        let seen = relative(&[(true, A, 1000, 5000), (false, A, 5000, 1010), (true, A, 999, 5000)]);
        assert_eq!(seen, [(1, 1), (1, 11), (0, 1)]);
    }

    #[test]
    fn numbers_wrap_around() {
        let seen = relative(&[(true, S, 0xffff_fffe, 0), (true, 0, 3, 0)]);
        assert_eq!(seen, [(0, 0), (5, 0)]);
    }

    #[test]
    fn a_syn_with_another_number_is_a_new_connection() {
        let seen = relative(&[
            (true, S, 1000, 0),
            (false, S | A, 5000, 1001),
            (true, S, 1000, 0),
            (true, S, 9000, 0),
            (false, S | A, 77000, 9001),
        ]);
        assert_eq!(seen, [(0, 0), (0, 1), (0, 0), (0, 0), (0, 1)]);
    }

    #[test]
    fn an_acknowledgment_without_its_flag_is_no_number_of_the_connection() {
        let seen = relative(&[(false, S, 5000, 0), (true, 0, 1000, 5001)]);
        assert_eq!(seen, [(0, 0), (1, 5001)]);
        assert!(tree(&TCP, &segment(true, 0, 7, 9, "")).contains("! Acknowledgment number without"));
    }

    #[test]
    fn header_lengths_that_contradict_are_problems() {
        let mut bytes = hex(SYN_SEGMENT);
        bytes[12] = 0x40;
        assert!(tree(&TCP, &bytes).contains("! Header length is less"));
        bytes[12] = 0xf0;
        let tree = tree(&TCP, &bytes);
        assert!(tree.contains("! Segment is shorter"), "{tree}");
        assert!(tree.contains("Sequence Number: 1000"), "nothing is counted from it: {tree}");
    }

    #[test]
    fn a_reset_says_why() {
        let tree = tree(&TCP, &segment(true, 0x14, 7, 9, "6e6f"));
        assert!(tree.contains("Reset Cause: no"), "{tree}");
        assert!(!tree.contains("Data"), "{tree}");
    }

    #[test]
    fn checksums_are_verified_when_asked_for() {
        let settings = Settings { checksums: true, ..Settings::default() };
        let mut session = Session::with(crate::shared(), settings);
        let mut look = |checksum: &str| {
            let packet = format!(
                "4500002a 00014000 40060000 c0000201 c0000202 \
                 9c400050 000003e8 00001388 5018faf0 {checksum}0000 6869"
            );
            tree_in(&mut session, &IP, &hex(&packet))
        };
        let wrong = "! Checksum is wrong";
        assert!(!look(GOOD).contains(wrong), "{}", look(GOOD));
        assert!(look("1234").contains(wrong));
        assert!(!look(OFFLOADED).contains(wrong), "the card was to finish it");
    }

    const GOOD: &str = "146c";
    const OFFLOADED: &str = "8420";
}
