//! RTP Control Protocol: RFC 3550 section 6, feedback of RFC 4585, extended reports of RFC 3611.
//!
//! A datagram holds several packets. It is found where a description (SDP) has said, and by its
//! content.

mod feedback;
mod report;
mod source;
mod xr;

use wirelens_dissect::End;
use wirelens_dissect::prelude::*;

use super::ntp::nanoseconds;
use crate::transport::udp::UDP_PORT;

protocol! {
    RTCP = "rtcp" "RTCP" "RTP Control Protocol", Application;
    @ UDP_PORT by looks_like_rtcp;
    SETUP_FRAME  = uint "setup-frame"  "Described in Frame";
    SETUP_METHOD = text "setup-method" "Described by";
    PACKET = group "packet" "Packet" own many key("packets") {
        VERSION  = uint "version" "Version" & 0xc0;
        PADDING  = flag "padding" "Padding" & 0x20;
        RC       = uint "rc" "Reception Report Count" & 0x1f;
        RESERVED = uint "reserved" "Reserved" & 0x1f own detail;
        SC       = uint "sc" "Source Count" & 0x1f;
        SUBTYPE  = uint "app.subtype" "Subtype" & 0x1f key("subtype");
        RTP_FORMAT = uint "rtpfb.fmt" "Feedback Message Type" & 0x1f names(RTP_FORMATS) key("format");
        PAYLOAD_FORMAT = uint "psfb.fmt" "Feedback Message Type" & 0x1f names(PAYLOAD_FORMATS) key("payload_format");
        TYPE     = uint "pt" "Packet Type" names(TYPES) brief("");
        LENGTH   = uint "length" "Length in units of 4 bytes less one";
        SENDER   = hex  "senderssrc" "Sender's SSRC" brief("ssrc ");
        MEDIA    = hex  "mediassrc" "Media Source's SSRC";
        NTP      = time "timestamp.ntp" "Time" key("time") {
            SECONDS  = uint "timestamp.ntp.msw" "Seconds since 1900" detail;
            FRACTION = uint "timestamp.ntp.lsw" "Fraction of a Second" detail;
        };
        RTP_TIME = uint "timestamp.rtp" "RTP Timestamp" key("rtp_time");
        PACKETS  = uint "sender.packetcount" "Packets Sent" key("packet_count");
        OCTETS   = uint "sender.octetcount" "Octets Sent" key("octet_count");
        REPORT   = group "report" "Report" own many key("reports") rows(report::BLOCK);
        EXTENSION = group "profile-specific" "Profile-Specific Extension" own many key("extensions") {
            EXTENSION_TYPE   = uint  "profile-specific-extension.type" "Type" key("type");
            EXTENSION_LENGTH = uint  "profile-specific-extension.length" "Length" key("length");
            EXTENSION_DATA   = bytes "profile-specific-extension" "Data" key("data");
        };
        IDENTIFIER = hex "ssrc.identifier" "Identifier" many key("sources");
        CHUNK    = group "sdes.chunk" "Chunk" own many key("chunks") rows(source::CHUNK_ROWS);
        BYE_LENGTH = uint "sdes.length" "Length of the Reason" key("reason_length") detail;
        BYE_REASON = text "sdes.text" "Reason" key("reason") brief("");
        APP_NAME = text "app.name" "Name" key("name") brief("");
        APP_DATA = bytes "app.data" "Data" key("data");
        NACK_FIRST = uint "nack.fsn" "First Sequence Number";
        NACK_MASK  = uint "nack.blp" "Bitmask of Following Lost Packets";
        FEEDBACK = group "feedback" "Feedback" own many rows(feedback::FEEDBACK_ROWS);
        BLOCK    = group "xr.block" "Block" own many key("blocks") rows(xr::BLOCK_ROWS);
        REST     = bytes "rest" "Rest of the packet" own;
        PADDING_DATA  = bytes "padding.data" "Padding Data" payload key("padding_data");
        PADDING_COUNT = uint "padding.count" "Padding Count" key("padding_count");
        BAD_PADDING   = problem "padding.invalid" "The padding is longer than the packet, or not of whole words" own key("padding_invalid");
        TOO_SHORT = problem "length.too_short" "The packet is shorter than what it says to hold" own key("too_short");
    };
    ENCRYPTED  = bytes "encrypted" "Encrypted";
    BAD_LENGTH = problem "length_check.bad" "Length of packets is not that of the datagram" shared key("bad_length");
}

/// What a description said of a conversation.
#[derive(Clone, Default, Hash)]
pub(crate) struct Setup {
    /// The frame of the description.
    pub(crate) frame: u64,
    pub(crate) is_encrypted: bool,
    /// Where it is expected, until it has come: others may send there too.
    pub(crate) end: Option<End>,
}

const SR: u8 = 200;
const RR: u8 = 201;
const SDES: u8 = 202;
const BYE: u8 = 203;
const APP: u8 = 204;
const RTPFB: u8 = 205;
const PSFB: u8 = 206;
const XR: u8 = 207;

/// Is this a datagram of RTCP, though nobody has said so? All packets are of whole words, and the
/// first is a report, or one that may stand alone, RFC 3550 section 6.1 and RFC 5506.
fn looks_like_rtcp(bytes: &[u8]) -> bool {
    let may_be_first = |kind| matches!(kind, SR | RR | SDES | BYE | APP | PSFB);
    bytes.len().is_multiple_of(4) && bytes.get(1).copied().is_some_and(may_be_first) && fits(bytes)
}

/// Does this begin with a packet that is there with all that it says to hold? Of what is encrypted
/// (RFC 3711) the first eight bytes are as they were.
pub(crate) fn fits(bytes: &[u8]) -> bool {
    let &[first, kind, high, low, ..] = bytes else { return false };
    let words = usize::from(u16::from_be_bytes([high, low]));
    let count = usize::from(first & 0x1f);
    let least = match kind {
        SR => 6 + 6 * count,
        RR => 1 + 6 * count,
        BYE => count,
        SDES => 2 * count,
        APP | RTPFB | PSFB => 2,
        XR => 1,
        _ => return false,
    };
    first >> 6 == 2 && words >= least && 4 * (words + 1) <= bytes.len()
}

fn dissect(p: &mut Packet<'_>) -> Step {
    let is_described = p.conversation::<Setup>().is_some_and(|(setup, _)| setup.frame > 0);
    let is_its_own = if is_described { is_packet(p.ahead()) } else { fits(p.ahead()) };
    if !is_its_own {
        return Ok(Next::NotMine);
    }
    let is_encrypted = set_up(p);
    let mut is_first = true;
    while p.declared_left() > 0 {
        if !is_first && (is_encrypted || !is_packet(p.ahead())) {
            // What is not a packet is the end of one that is encrypted, which nothing tells where
            // nobody has described the conversation.
            if is_described && !is_encrypted {
                p.problem(&BAD_LENGTH);
            }
            p.rest(&ENCRYPTED)?;
            break;
        }
        if !p.group(&PACKET, |p| packet(p, is_encrypted))? {
            break;
        }
        is_first = false;
    }
    Ok(Next::Nothing)
}

/// Is a packet of whatever type ahead?
fn is_packet(bytes: &[u8]) -> bool {
    matches!(bytes, [first, kind, ..] if first >> 6 == 2 && (192..=223).contains(kind))
}

/// Records who described the conversation, and tells whether it is encrypted.
fn set_up(p: &mut Packet<'_>) -> bool {
    let Some((setup, _)) = p.conversation::<Setup>() else { return false };
    let (frame, is_encrypted, end) = (setup.frame, setup.is_encrypted, setup.end.take());
    if let Some(at) = end {
        p.expect_with(at, &RTCP, Setup { frame, is_encrypted, end });
    }
    if frame > 0 {
        p.note(&SETUP_FRAME, frame, 0);
        p.make_text(&SETUP_METHOD, p.at(), 0, |text| text.extend_from_slice(b"SDP"));
    }
    is_encrypted
}

/// One packet. False where nothing can come behind it.
fn packet(p: &mut Packet<'_>, is_encrypted: bool) -> Read<bool> {
    let (first, kind) = (p.peek_u8()?, p.peek_at(1)?);
    let count = match kind {
        SDES | BYE => &SC,
        APP => &SUBTYPE,
        RTPFB => &RTP_FORMAT,
        PSFB => &PAYLOAD_FORMAT,
        SR | RR | 192 | 193 => &RC,
        // Reserved: RFC 3611 section 2.
        _ => &RESERVED,
    };
    p.bits(first, 1, &[&VERSION, &PADDING, count])?;
    p.u8(&TYPE)?;
    let length = usize::from(p.u16(&LENGTH)?) * 4;
    if is_encrypted {
        p.u32(&SENDER)?;
        return Ok(true);
    }
    if length > p.declared_left() {
        p.problem(&BAD_LENGTH);
        body(p, kind, first)?;
        return Ok(false);
    }
    p.contained(length, &TOO_SHORT, |p| {
        let padding = match (first & 0x20 != 0, p.declared_left().checked_sub(1)) {
            (true, Some(last)) => usize::from(p.peek_at(last)?),
            _ => 0,
        };
        let left = p.declared_left();
        if padding > left || !padding.is_multiple_of(4) {
            p.problem(&BAD_PADDING);
            return p.remainder(&REST);
        }
        p.within(left - padding, |p| body(p, kind, first))?;
        if padding > 0 {
            p.bytes(&PADDING_DATA, padding - 1)?;
            p.u8(&PADDING_COUNT)?;
        }
        Ok(())
    })?;
    Ok(true)
}

fn body(p: &mut Packet<'_>, kind: u8, first: u8) -> Read {
    let count = first & 0x1f;
    match kind {
        SR | RR => report::read(p, kind == SR, count)?,
        SDES => source::description(p, count)?,
        BYE => source::bye(p, count)?,
        APP => source::application(p)?,
        RTPFB => feedback::transport(p, count)?,
        PSFB => feedback::payload(p, count)?,
        XR => xr::read(p)?,
        // Those of RFC 2032 sections 5.2.1 and 5.2.2.
        192 | 193 => {
            p.u32(&IDENTIFIER)?;
            if kind == 193 {
                p.u16(&NACK_FIRST)?;
                p.u16(&NACK_MASK)?;
            }
        }
        _ => {}
    }
    p.remainder(&REST)
}

/// An NTP timestamp and its halves.
fn ntp(p: &mut Packet<'_>) -> Read {
    let word = p.peek_u64()?;
    let at = p.at();
    p.number(&NTP, nanoseconds(word).cast_unsigned(), 8)?;
    p.under(|p| {
        p.mark(&SECONDS, at, 4, word >> 32);
        p.mark(&FRACTION, at + 4, 4, word & 0xffff_ffff);
        Ok(())
    })
}

/// <https://www.iana.org/assignments/rtp-parameters>.
static TYPES: Names = &[
    (192, "Full Intra-frame Request (historic)"),
    (193, "Negative Acknowledgement (historic)"),
    (194, "SMPTE time-code mapping"),
    (195, "Extended inter-arrival jitter report"),
    (200, "Sender Report"),
    (201, "Receiver Report"),
    (202, "Source description"),
    (203, "Goodbye"),
    (204, "Application specific"),
    (205, "Generic RTP Feedback"),
    (206, "Payload-specific Feedback"),
    (207, "Extended report"),
    (208, "AVB RTCP packet"),
    (209, "Receiver Summary Information"),
    (210, "Port Mapping"),
    (211, "IDMS Settings"),
    (212, "Reporting Group Reporting Sources"),
    (213, "Splicing Notification Message"),
];

static RTP_FORMATS: Names = &[
    (1, "Generic negative acknowledgement (NACK)"),
    (3, "Temporary Maximum Media Stream Bit Rate Request (TMMBR)"),
    (4, "Temporary Maximum Media Stream Bit Rate Notification (TMMBN)"),
    (5, "Rapid resynchronisation request (RTCP-SR-REQ)"),
    (6, "Rapid acquisition of multicast sessions (RAMS)"),
    (7, "Transport-layer third-party loss early indication (TLLEI)"),
    (8, "Explicit congestion notification feedback (RTCP-ECN-FB)"),
    (9, "Media pause and resume (PAUSE-RESUME)"),
    (10, "Delay budget information (DBI)"),
    (11, "Congestion control feedback (CCFB)"),
    (15, "Transport-wide congestion control"),
    (31, "Extension"),
];

static PAYLOAD_FORMATS: Names = &[
    (1, "Picture Loss Indication"),
    (2, "Slice Loss Indication"),
    (3, "Reference Picture Selection Indication"),
    (4, "Full Intra Request (FIR) Command"),
    (5, "Temporal-Spatial Trade-off Request (TSTR)"),
    (6, "Temporal-Spatial Trade-off Notification (TSTN)"),
    (7, "Video Back Channel Message (VBCM)"),
    (8, "Payload-specific third-party loss early indication (PSLEI)"),
    (9, "Region of interest feedback (ROI)"),
    (10, "Layer refresh request command (LRR)"),
    (15, "Application Layer Feedback"),
    (31, "Extension"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::ipv4::IP;
    use crate::testing::*;

    const REPORTS: &str = "81c8 000e 00000003 dd3ac1704d614df8 00007d00 000000c8 00007d00 \
        00000002 0afffffe 00010002 00000003 12345678 00010000 0001 0008 deadbeef \
        82ca 0007 00000003 0103616263 00 0000 00000004 0805026162636400 00000000 \
        a2cb 0006 00000001 00000002 05 6279652121 0000 00000000 00000008 \
        85cc 0003 00000001 41424344 deadbeef";

    const FEEDBACK: &str = "81cd 0004 00000001 00000002 0005 8001 0007 0000 \
        83cd 0004 00000001 00000000 00000002 1a34567f \
        8fcd 0007 00000001 00000002 0001 0005 000001 07 2003 c001 04 04 fffe 00 000000 \
        82ce 0003 00000001 00000002 00080041 \
        84ce 0004 00000001 00000000 00000002 07000000 \
        8fce 0005 00000001 00000000 52454d42 010a1234 00000009 \
        88cd 0003 00000001 00000002 01020304";

    const EXTENDED: &str = "80cf 0005 00000001 0112 0003 00000005 0001 0010 4003 c001 \
        80cf 0005 00000001 0300 0003 00000005 0001 0002 00000099 \
        80cf 0004 00000001 0400 0002 dd3ac1704d614df8 \
        80cf 0005 00000001 0500 0003 00000005 12345678 00010000 \
        80cf 000b 00000001 06e8 0009 00000005 0001 0010 00000001 00000002 00000003 00000004 00000005 00000006 01020304 \
        80cf 000a 00000001 0700 0008 00000005 01020304 0005 0006 0007 0008 f0ec1010 5d7f297f b500 0050 0051 0052 \
        80cf 000a 00000001 0800 0008 00010010 00010002 00000003 00040005 00000006 00000007 00000008 00000009 \
        80cf 0009 00000001 0c10 0007 08000000 00000001 00000005 dd3ac1704d614df8 00000007 c1704d61 \
        80cf 0003 00000001 6300 0001 01020304 80cf 0002 00000001 0500 0009";

    #[test]
    fn reports_and_descriptions() {
        insta::assert_snapshot!(tree(&RTCP, &hex(REPORTS)));
        insta::assert_snapshot!(json(&RTCP, &hex(REPORTS)));
    }

    #[test]
    fn feedback() {
        insta::assert_snapshot!(tree(&RTCP, &hex(FEEDBACK)));
    }

    #[test]
    fn extended_reports() {
        insta::assert_snapshot!(tree(&RTCP, &hex(EXTENDED)));
    }

    #[test]
    fn every_prefix_of_them() {
        for text in [REPORTS, FEEDBACK, EXTENDED] {
            every_prefix(&RTCP, &hex(text));
        }
    }

    #[test]
    fn it_is_recognised_by_a_first_packet_that_fits() {
        for yes in ["80c9 0001 00000001", "81c9 0007 00000001 00000002 00000003 00000004 00000005 00000006 00000007"] {
            assert!(looks_like_rtcp(&hex(yes)), "{yes}");
        }
        // Not of whole words, too long, too short for its reports, another version, another type.
        for no in [
            "80c9 0001 00000001 0203","87c9 3102 00000001", "81c9 0001 00000001", "40c9 0001 00000001", "8000 0001 00000001", "80c9 00", ""] {
            assert!(!looks_like_rtcp(&hex(no)), "{no}");
        }
    }

    /// RFC 3550 section 6.4.1: padding is counted in its last byte.
    #[test]
    fn padding_that_cannot_be_is_a_problem() {
        for last in ["09", "03", "10"] {
            let tree = tree(&RTCP, &hex(&format!("a0c9 0002 00000001 000000{last}")));
            assert!(tree.contains("! The padding is longer"), "{last} {tree}");
        }
    }

    #[test]
    fn what_is_behind_the_packets_is_told() {
        let behind = tree(&RTCP, &hex("80c9 0001 00000001 010203"));
        assert!(behind.contains("Encrypted: 010203"), "{behind}");
        let udp = "4500 0024 0001 0000 4011 0000 c0000201 c0000202 1389 138b 0010 0000 80c9 0001 00000001";
        assert!(tree(&IP, &hex(udp)).contains("RTP Control Protocol"));
    }

    #[test]
    fn names_are_sorted() {
        for names in [TYPES, RTP_FORMATS, PAYLOAD_FORMATS] {
            assert!(names.is_sorted_by_key(|(value, _)| value));
        }
    }
}
