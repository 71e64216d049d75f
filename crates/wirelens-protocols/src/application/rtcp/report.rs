//! Sender and receiver reports: RFC 3550 sections 6.4.1 and 6.4.2.

use wirelens_dissect::fields;

use super::*;

fields! {
    /// A report on one source.
    BLOCK = "rtcp" REPORT "report";
    SOURCE   = hex  "ssrc.identifier" "Identifier" key("source") brief("of ");
    LOST_FRACTION = uint "ssrc.fraction" "Fraction Lost in 256ths" key("fraction_lost") brief("lost ");
    LOST     = int  "ssrc.cum_nr" "Packets Lost" key("lost");
    HIGHEST  = uint "ssrc.ext_high" "Extended Highest Sequence Number" key("highest") {
        CYCLES = uint "ssrc.high_cycles" "Cycles" & 0xffff_0000 span(0, 2) detail;
        HIGH   = uint "ssrc.high_seq" "Highest Sequence Number" & 0xffff span(2, 2) detail;
    };
    JITTER   = uint "ssrc.jitter" "Interarrival Jitter" key("jitter") brief("jitter ");
    LAST_SR  = uint "ssrc.lsr" "Last Sender Report" key("last_sr");
    DELAY    = uint "ssrc.dlsr" "Delay since Last Sender Report in 65536ths of a second" key("delay");
}

pub(super) fn read(p: &mut Packet<'_>, is_sender: bool, count: u8) -> Read {
    p.u32(&SENDER)?;
    if is_sender {
        ntp(p)?;
        p.u32(&RTP_TIME)?;
        p.u32(&PACKETS)?;
        p.u32(&OCTETS)?;
    }
    for _ in 0..count {
        p.group(&REPORT, block)?;
    }
    // Profiles may add to reports, RFC 3550 section 6.4.3: [MS-RTP] does so with types and lengths.
    while p.left() > 0 {
        p.group(&EXTENSION, extension)?;
    }
    Ok(())
}

fn block(p: &mut Packet<'_>) -> Read {
    p.u32(&SOURCE)?;
    p.u8(&LOST_FRACTION)?;
    let lost = (p.peek_u24()? << 8).cast_signed() >> 8;
    p.number(&LOST, i64::from(lost).cast_unsigned(), 3)?;
    p.u32(&HIGHEST)?;
    p.u32(&JITTER)?;
    p.u32(&LAST_SR)?;
    p.u32(&DELAY)?;
    Ok(())
}

fn extension(p: &mut Packet<'_>) -> Read {
    p.u16(&EXTENSION_TYPE)?;
    let length = usize::from(p.u16(&EXTENSION_LENGTH)?).saturating_sub(4);
    if length > p.declared_left() {
        p.problem(&TOO_SHORT);
        return p.remainder(&EXTENSION_DATA);
    }
    if length > 0 { p.bytes(&EXTENSION_DATA, length).map(drop) } else { Ok(()) }
}
