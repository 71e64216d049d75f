//! Internet Protocol version 4, RFC 791.

use wirelens_dissect::prelude::*;

use crate::link::ethernet::ETHERTYPE;

/// What an IP packet carries, by its protocol number; IPv6 calls it the next header.
pub static IP_PROTO: Table = Table::new("ip.proto", "IP protocol");

protocol! {
    IP = "ip" "IPv4" "Internet Protocol Version 4", Network;
    @ ETHERTYPE 0x0800;
    @ LINK_TYPE 228;
    @ IP_PROTO 4;
    VERSION     = uint "version" "Version" & 0xf0;
    HDR_LEN     = uint "hdr_len" "Header Length";
    DSFIELD     = hex  "dsfield" "Differentiated Services Field" {
        DSCP    = uint "dsfield.dscp" "Differentiated Services Codepoint" & 0xfc;
        ECN     = uint "dsfield.ecn" "Explicit Congestion Notification" & 0x03;
    };
    LEN         = uint "len" "Total Length";
    ID          = hex  "id" "Identification";
    FLAGS       = hex  "flags" "Flags" & 0xe0 {
        RB      = flag "flags.rb" "Reserved bit" & 0x80;
        DF      = flag "flags.df" "Don't fragment" & 0x40;
        MF      = flag "flags.mf" "More fragments" & 0x20;
    };
    FRAG_OFFSET = uint "frag_offset" "Fragment Offset";
    TTL         = uint "ttl" "Time to Live";
    PROTO       = uint "proto" "Protocol";
    CHECKSUM    = hex  "checksum" "Header Checksum";
    SRC         = ipv4 "src" "Source Address" {
        SRC_ADDR = ipv4 "addr" "Source or Destination Address" alias;
    };
    DST         = ipv4 "dst" "Destination Address" {
        DST_ADDR = ipv4 "addr" "Source or Destination Address" alias;
    };
    OPTIONS     = bytes "options" "Options";
    BOGUS_HEADER = problem "bogus_header_length" "Header length is less than 20";
}

fn dissect(p: &mut Packet<'_>) -> Step {
    let first = p.peek_u8()?;
    let header = usize::from(first & 0x0f) * 4;
    p.note(&VERSION, first.into(), 1);
    p.number(&HDR_LEN, header as u64, 1)?;
    p.u8(&DSFIELD)?;
    let total = usize::from(p.u16(&LEN)?);
    p.u16(&ID)?;
    let word = p.peek_u16()?;
    let fragment = u64::from(word & 0x1fff) * 8;
    p.note(&FLAGS, (word >> 8).into(), 1);
    p.number(&FRAG_OFFSET, fragment, 2)?;
    p.u8(&TTL)?;
    let protocol = p.u8(&PROTO)?;
    p.u16(&CHECKSUM)?;
    let (source, destination) = (p.ipv4(&SRC)?, p.ipv4(&DST)?);
    let flow = p.flow();
    (flow.source, flow.destination) = (source.into(), destination.into());
    (flow.protocol, flow.version) = (protocol, 4);
    if header < 20 {
        return Err(p.malformed(&BOGUS_HEADER));
    }
    if header > 20 {
        p.bytes(&OPTIONS, header - 20)?;
    }
    if total >= header {
        p.ends_after(total);
    }
    Ok(if fragment == 0 { Next::In(&IP_PROTO, protocol.into()) } else { Next::Data })
}
