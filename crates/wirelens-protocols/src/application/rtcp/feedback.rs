//! Feedback: RFC 4585, RFC 5104, and what drafts of congestion control for WebRTC added.

use wirelens_dissect::fields;

use super::*;

fields! {
    /// An entry of the feedback control information.
    FEEDBACK_ROWS = "rtcp" FEEDBACK "feedback";
    NACK     = uint "rtpfb.nack_pid" "Lost Packet" key("lost");
    NACK_BITS = hex "rtpfb.nack_blp" "Bitmask of Following Lost Packets" key("following") {
        ALSO_LOST = uint "rtpfb.nack_pid" "Also Lost" many key("also_lost");
    };
    TMMBR_SSRC = hex "rtpfb.tmmbr.fci.ssrc" "SSRC" key("ssrc");
    TMMBR_EXP  = uint "rtpfb.tmmbr.fci.exp" "Maximum Bit Rate's Exponent" & 0xfc00_0000 key("exponent") span(0, 1);
    TMMBR_MANTISSA = uint "rtpfb.tmmbr.fci.mantissa" "Maximum Bit Rate's Mantissa" & 0x03ff_fe00 key("mantissa") span(0, 3);
    TMMBR_OVERHEAD = uint "rtpfb.tmmbr.fci.measuredoverhead" "Measured Overhead" & 0x1ff key("overhead") span(3, 1);
    BASE     = uint "rtpfb.transportcc.baseseq" "Base Sequence Number" key("base");
    STATUSES = uint "rtpfb.transportcc.statuscount" "Packet Status Count" key("status_count");
    REFERENCE = int "rtpfb.transportcc.reftime" "Reference Time in units of 64 ms" key("reference_time");
    COUNT    = uint "rtpfb.transportcc.pktcount" "Feedback Packet Count" key("packet_count");
    CHUNK_WORD = hex "rtpfb.transportcc.pktchunk" "Packet Chunk" many key("chunks");
    DELTA    = hex "rtpfb.transportcc.recv_delta" "Receive Delta in units of 0.25 ms" many key("deltas");
    DELTA_PADDING = bytes "rtpfb.transportcc.padding" "Padding" own key("padding");
    BAD_CHUNKS = problem "rtpfb.transportcc_bad" "Chunks have more packets than are counted" key("too_many");
    SLI      = uint "psfb.fir.sli" "Lost Slice" own key("slice") {
        SLI_FIRST   = uint "psfb.fir.sli.first" "First Macroblock" & 0xfff8_0000 read;
        SLI_NUMBER  = uint "psfb.fir.sli.number" "Number of Macroblocks" & 0x0007_ffc0 read;
        SLI_PICTURE = uint "psfb.fir.sli.picture_id" "Picture ID" & 0x3f read;
    };
    FIR_SSRC = hex "psfb.fir.fci.ssrc" "SSRC" key("ssrc_to_refresh");
    FIR_NUMBER = uint "psfb.fir.fci.csn" "Command Sequence Number" key("command");
    FIR_RESERVED = uint "psfb.fir.fci.reserved" "Reserved" key("reserved") detail;
    REMB     = text "psfb.remb.identifier" "Unique Identifier" key("identifier");
    REMB_NUMBER = uint "psfb.remb.fci.number_ssrcs" "Number of SSRCs" key("ssrc_count");
    REMB_EXP = uint "psfb.remb.fci.br_exp" "Maximum Bit Rate's Exponent" & 0xfc_0000 key("remb_exponent") span(0, 1);
    REMB_MANTISSA = uint "psfb.remb.fci.br_mantissa" "Maximum Bit Rate's Mantissa" & 0x03_ffff key("remb_mantissa");
    BIT_RATE = uint "bit_rate" "Maximum Bit Rate in bit/s" own brief("at most ");
    REMB_SSRC = hex "psfb.remb.fci.ssrc" "SSRC" many key("ssrcs");
    FCI      = bytes "fci" "Feedback Control Information" key("data");
}

/// Feedback on transport, RFC 4585 section 6.2.
pub(super) fn transport(p: &mut Packet<'_>, format: u8) -> Read {
    p.u32(&SENDER)?;
    p.u32(&MEDIA)?;
    match format {
        1 => entries(p, nack),
        3 | 4 => entries(p, tmmbr),
        15 => entries(p, congestion),
        _ => unknown(p),
    }
}

/// Feedback on payload, RFC 4585 section 6.3.
pub(super) fn payload(p: &mut Packet<'_>, format: u8) -> Read {
    p.u32(&SENDER)?;
    p.u32(&MEDIA)?;
    match format {
        2 => entries(p, slice),
        4 => entries(p, refresh),
        15 if p.ahead().starts_with(b"REMB") => entries(p, remb),
        _ => unknown(p),
    }
}

fn entries(p: &mut Packet<'_>, read: fn(&mut Packet<'_>) -> Read) -> Read {
    p.each(|p| p.group(&FEEDBACK, read))
}

fn unknown(p: &mut Packet<'_>) -> Read {
    if p.left() > 0 { p.group(&FEEDBACK, |p| p.rest(&FCI).map(drop)) } else { Ok(()) }
}

/// A lost packet and a bit for each of the 16 behind it, RFC 4585 section 6.2.1.
fn nack(p: &mut Packet<'_>) -> Read {
    let first = p.u16(&NACK)?;
    let at = p.at();
    let bits = p.u16(&NACK_BITS)?;
    p.under(|p| {
        for bit in (0..16).filter(|bit| bits & 1 << bit != 0) {
            p.mark(&ALSO_LOST, at, 2, first.wrapping_add(bit + 1).into());
        }
        Ok(())
    })
}

/// RFC 5104 section 4.2.1.1.
fn tmmbr(p: &mut Packet<'_>) -> Read {
    p.u32(&TMMBR_SSRC)?;
    let (word, at) = (p.peek_u32()?, p.at());
    p.bits(word, 4, &[&TMMBR_EXP, &TMMBR_MANTISSA, &TMMBR_OVERHEAD])?;
    rate(p, at, word >> 26, word >> 9 & 0x1_ffff);
    Ok(())
}

fn rate(p: &mut Packet<'_>, at: usize, exponent: u32, mantissa: u32) {
    if let Some(rate) = 1u64.checked_shl(exponent).and_then(|power| power.checked_mul(mantissa.into())) {
        p.mark(&BIT_RATE, at, 3, rate);
    }
}

/// Which packets came, and when: draft-holmer-rmcat-transport-wide-cc-extensions-01 section 3.1.
fn congestion(p: &mut Packet<'_>) -> Read {
    p.u16(&BASE)?;
    let statuses = u32::from(p.u16(&STATUSES)?);
    let reference = (p.peek_u24()? << 8).cast_signed() >> 8;
    p.number(&REFERENCE, i64::from(reference).cast_unsigned(), 3)?;
    p.u8(&COUNT)?;
    let chunks = p.ahead();
    let (mut covered, mut count) = (0, 0);
    while covered < statuses {
        covered += Chunk(p.u16(&CHUNK_WORD)?).statuses();
        count += 1;
    }
    if covered > statuses && count > 0 {
        let last = chunks.chunks_exact(2).nth(count - 1).map(|two| Chunk(u16::from_be_bytes([two[0], two[1]])));
        if last.is_some_and(|chunk| chunk.0 >> 15 == 0) {
            p.problem(&BAD_CHUNKS);
        }
    }
    let mut left = statuses;
    for two in chunks.chunks_exact(2).take(count) {
        let chunk = Chunk(u16::from_be_bytes([two[0], two[1]]));
        // A run of packets that did not come may be long, and has nothing to read.
        if chunk.has_deltas() {
            for index in 0..chunk.statuses().min(left) {
                match chunk.status(index) {
                    1 => p.u8(&DELTA).map(drop)?,
                    2 => p.u16(&DELTA).map(drop)?,
                    _ => {}
                }
            }
        }
        left = left.saturating_sub(chunk.statuses());
    }
    p.remainder(&DELTA_PADDING)
}

/// The statuses of some packets: one for all, or some of one or two bits.
#[derive(Clone, Copy)]
struct Chunk(u16);

impl Chunk {
    fn statuses(self) -> u32 {
        match self.0 >> 14 {
            0 | 1 => (self.0 & 0x1fff).max(1).into(),
            2 => 14,
            _ => 7,
        }
    }

    fn has_deltas(self) -> bool {
        self.0 >> 15 == 1 || matches!(self.status(0), 1 | 2)
    }

    /// 0 where the packet did not come, else how many bytes its delta has.
    fn status(self, index: u32) -> u16 {
        match self.0 >> 14 {
            0 | 1 => self.0 >> 13 & 3,
            2 => self.0 >> (13 - index.min(13)) & 1,
            _ => self.0 >> (12 - 2 * index.min(6)) & 3,
        }
    }
}

/// RFC 4585 section 6.3.2.2.
fn slice(p: &mut Packet<'_>) -> Read {
    let (word, at) = (p.peek_u32()?, p.at());
    p.u32(&SLI)?;
    p.views(at, 4, word, &[&SLI_FIRST, &SLI_NUMBER, &SLI_PICTURE]);
    Ok(())
}

/// RFC 5104 section 4.3.1.1.
fn refresh(p: &mut Packet<'_>) -> Read {
    p.u32(&FIR_SSRC)?;
    p.u8(&FIR_NUMBER)?;
    p.u24(&FIR_RESERVED).map(drop)
}

/// What a receiver estimates: draft-alvestrand-rmcat-remb-03 section 2.2.
fn remb(p: &mut Packet<'_>) -> Read {
    p.text(&REMB, 4)?;
    let count = p.u8(&REMB_NUMBER)?;
    let (word, at) = (p.peek_u24()?, p.at());
    p.bits(word, 3, &[&REMB_EXP, &REMB_MANTISSA])?;
    rate(p, at, word >> 18, word & 0x3_ffff);
    (0..count).try_for_each(|_| p.u32(&REMB_SSRC).map(drop))
}
