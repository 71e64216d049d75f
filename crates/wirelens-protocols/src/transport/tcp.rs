//! Transmission Control Protocol, RFC 9293.

use wirelens_dissect::prelude::*;

use crate::network::ipv4::IP_PROTO;

/// What a TCP connection carries, by either port.
pub static TCP_PORT: Table = Table::new("tcp.port", "TCP port");

protocol! {
    TCP = "tcp" "TCP" "Transmission Control Protocol", Transport;
    @ IP_PROTO 6;
    SRC_PORT = uint "srcport"     "Source Port" {
        SRC_PORT_ANY = uint "port" "Source or Destination Port" alias;
    };
    DST_PORT = uint "dstport"     "Destination Port" {
        DST_PORT_ANY = uint "port" "Source or Destination Port" alias;
    };
    SEQ_RAW  = uint "seq_raw"     "Sequence Number (raw)";
    ACK_RAW  = uint "ack_raw"     "Acknowledgment number (raw)";
    HDR_LEN  = uint "hdr_len"     "Header Length";
    FLAGS    = hex  "flags"       "Flags" & 0x0fff {
        RES      = flag "flags.res"   "Reserved"     & 0x0e00 span(0, 1);
        AE       = flag "flags.ae"    "Accurate ECN" & 0x0100 span(0, 1);
        CWR      = flag "flags.cwr"   "Congestion Window Reduced" & 0x0080 span(1, 1);
        ECE      = flag "flags.ece"   "ECN-Echo"     & 0x0040 span(1, 1);
        URG      = flag "flags.urg"   "Urgent"       & 0x0020 span(1, 1);
        ACK      = flag "flags.ack"   "Acknowledgment" & 0x0010 span(1, 1);
        PUSH     = flag "flags.push"  "Push"         & 0x0008 span(1, 1);
        RESET    = flag "flags.reset" "Reset"        & 0x0004 span(1, 1);
        SYN      = flag "flags.syn"   "Syn"          & 0x0002 span(1, 1);
        FIN      = flag "flags.fin"   "Fin"          & 0x0001 span(1, 1);
    };
    WINDOW   = uint "window_size_value" "Window";
    CHECKSUM = hex  "checksum"    "Checksum";
    URGENT   = uint "urgent_pointer" "Urgent Pointer";
    OPTIONS  = bytes "options"    "Options" {
        KIND = uint "option_kind" "Kind" names(KINDS) shared;
        OPTION_LEN = uint "option_len"  "Length" shared;
        NOP = bytes "options.nop" "No-Operation" many { };
        MSS = bytes "options.mss" "Maximum segment size" many {
            MSS_VAL = uint "options.mss_val" "MSS Value";
        };
    };
    PAYLOAD  = bytes "payload"    "TCP payload" payload;
    BAD_HEADER = problem "bogus_header_length" "Header length is less than 20";
}

static KINDS: Names = &[(0, "End of Option List"), (1, "No-Operation"), (2, "Maximum Segment Size")];

fn dissect(p: &mut Packet<'_>) -> Step {
    let (source, destination) = (p.u16(&SRC_PORT)?, p.u16(&DST_PORT)?);
    p.flow().ports = (source, destination);
    p.u32(&SEQ_RAW)?;
    p.u32(&ACK_RAW)?;
    let header = usize::from(p.peek_u8()? >> 4) * 4;
    p.note(&HDR_LEN, header as u64, 1);
    p.u16(&FLAGS)?;
    p.u16(&WINDOW)?;
    p.u16(&CHECKSUM)?;
    p.u16(&URGENT)?;
    if header < 20 {
        return Err(p.malformed(&BAD_HEADER));
    }
    if header > 20 {
        p.bytes(&OPTIONS, header - 20)?;
    }
    if p.left() > 0 {
        p.note(&PAYLOAD, 0, p.left());
    }
    Ok(Next::Ports(&TCP_PORT, source, destination))
}
