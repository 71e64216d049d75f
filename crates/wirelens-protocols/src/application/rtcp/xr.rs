//! Extended reports: RFC 3611, RFC 5093, RFC 7272.

use wirelens_dissect::fields;

use super::*;

fields! {
    /// A report block.
    BLOCK_ROWS = "rtcp" BLOCK "xr.block";
    BLOCK_TYPE = uint "xr.bt" "Type" names(BLOCKS) key("type") brief("");
    THINNING = uint "xr.tf" "Thinning" & 0x0f key("thinning");
    HAS_LOST = flag "xr.stats.lrflag" "Losses are reported" & 0x80 key("has_lost");
    HAS_DUPLICATES = flag "xr.stats.dupflag" "Duplicates are reported" & 0x40 key("has_duplicates");
    HAS_JITTER = flag "xr.stats.jitterflag" "Jitter is reported" & 0x20 key("has_jitter");
    HAS_TTL  = uint "xr.stats.ttl" "TTL or Hop Limit is reported" & 0x18 names(TTLS) key("has_ttl");
    SPECIFIC = hex  "xr.bs" "Type-Specific" key("specific") {
        SENDER_TYPE = uint "xr.idms.spst" "Synchronization Packet Sender Type" & 0xf0 read names(SENDERS) key("sender_type");
    };
    BLOCK_LENGTH = uint "xr.bl" "Length in units of 4 bytes" key("length");
    SOURCE   = hex  "ssrc.identifier" "Identifier" key("source");
    BEGIN    = uint "xr.beginseq" "First Sequence Number" key("first");
    END      = uint "xr.endseq" "Sequence Number behind the last" key("end");
    RUN      = uint "xr.chunk.length" "Run" many key("runs");
    BITS     = hex  "xr.chunk.bit_vector" "Bit Vector" many key("bit_vectors");
    NO_CHUNK = group "xr.chunk.null_terminator" "Null Terminator" many key("terminators") detail;
    RECEIPT  = uint "xr.receipt_time_seq" "Receipt Time" many key("receipt_times");
    TIME     = time "xr.timestamp" "Time" key("time");
    DLRR     = group "xr.dlrr_item" "Receiver" own many key("receivers") {
        DLRR_SOURCE = hex  "ssrc.identifier" "Identifier" key("source");
        LAST_RR     = uint "xr.lrr" "Last Receiver Report" key("last_rr");
        DLRR_DELAY  = uint "xr.dlrr" "Delay since Last Receiver Report in 65536ths of a second" key("delay");
    };
    LOST     = uint "xr.stats.lost" "Packets Lost" key("lost");
    DUPLICATES = uint "xr.stats.dups" "Duplicates" key("duplicates");
    MIN_JITTER = uint "xr.stats.minjitter" "Least Jitter" key("min_jitter");
    MAX_JITTER = uint "xr.stats.maxjitter" "Most Jitter" key("max_jitter");
    MEAN_JITTER = uint "xr.stats.meanjitter" "Mean Jitter" key("mean_jitter");
    DEV_JITTER = uint "xr.stats.devjitter" "Standard Deviation of Jitter" key("dev_jitter");
    MIN_TTL  = uint "xr.stats.minttl" "Least TTL or Hop Limit" key("min_ttl");
    MAX_TTL  = uint "xr.stats.maxttl" "Most TTL or Hop Limit" key("max_ttl");
    MEAN_TTL = uint "xr.stats.meanttl" "Mean TTL or Hop Limit" key("mean_ttl");
    DEV_TTL  = uint "xr.stats.devttl" "Standard Deviation of TTL or Hop Limit" key("dev_ttl");
    FRACTION_LOST = uint "ssrc.fraction" "Fraction Lost in 256ths" key("fraction_lost");
    FRACTION_DISCARDED = uint "ssrc.discarded" "Fraction Discarded in 256ths" key("fraction_discarded");
    BURST_DENSITY = uint "xr.voipmetrics.burstdensity" "Burst Density in 256ths" key("burst_density");
    GAP_DENSITY = uint "xr.voipmetrics.gapdensity" "Gap Density in 256ths" key("gap_density");
    BURST_DURATION = uint "xr.voipmetrics.burstduration" "Burst Duration in milliseconds" key("burst_duration");
    GAP_DURATION = uint "xr.voipmetrics.gapduration" "Gap Duration in milliseconds" key("gap_duration");
    ROUND_TRIP = uint "xr.voipmetrics.rtdelay" "Round-Trip Delay in milliseconds" key("round_trip_delay");
    SYSTEM_DELAY = uint "xr.voipmetrics.esdelay" "End System Delay in milliseconds" key("system_delay");
    SIGNAL   = int  "xr.voipmetrics.signallevel" "Signal Level in dBm" key("signal_level");
    NOISE    = int  "xr.voipmetrics.noiselevel" "Noise Level in dBm" key("noise_level");
    ECHO     = uint "xr.voipmetrics.rerl" "Residual Echo Return Loss in dB" key("rerl");
    GMIN     = uint "xr.voipmetrics.gmin" "Gmin" key("gmin");
    R_FACTOR = uint "xr.voipmetrics.rfactor" "R Factor" names(UNAVAILABLE) key("r_factor");
    EXTERNAL_R = uint "xr.voipmetrics.extrfactor" "External R Factor" names(UNAVAILABLE) key("external_r_factor");
    MOS_LQ   = float "xr.voipmetrics.moslq" "Listening Quality" key("mos_lq");
    MOS_CQ   = float "xr.voipmetrics.moscq" "Conversational Quality" key("mos_cq");
    CONCEALMENT = uint "xr.voipmetrics.plc" "Packet Loss Concealment" & 0xc0 names(CONCEALMENTS) key("plc");
    ADAPTIVE = uint "xr.voipmetrics.jba" "Jitter Buffer" & 0x30 names(BUFFERS) key("jitter_buffer");
    RATE     = uint "xr.voipmetrics.jbrate" "Jitter Buffer Rate" & 0x0f key("jitter_buffer_rate");
    NOMINAL  = uint "xr.voipmetrics.jbnominal" "Nominal Jitter Buffer in milliseconds" key("jitter_buffer_nominal");
    MAXIMUM  = uint "xr.voipmetrics.jbmax" "Maximum Jitter Buffer in milliseconds" key("jitter_buffer_maximum");
    ABSOLUTE = uint "xr.voipmetrics.jbabsmax" "Absolute Maximum Jitter Buffer in milliseconds" key("jitter_buffer_absolute");
    BT_BEGIN = uint "xr.btxnq.begseq" "First Sequence Number" key("bt_first");
    BT_END   = uint "xr.btxnq.endseq" "Last Sequence Number" key("bt_last");
    BT_DIFF  = uint "xr.btxnq.vmaxdiff" "Maximum IPDV Difference in 1 Cycle" key("bt_max_diff");
    BT_RANGE = uint "xr.btxnq.vrange" "Maximum IPDV Difference to Date" key("bt_range");
    BT_SUM   = uint "xr.btxnq.vsum" "Sum of Peak IPDV Differences to Date" key("bt_sum");
    BT_CYCLES = uint "xr.btxnq.cycles" "Cycles in Calculation" key("bt_cycles");
    BT_EVENTS = uint "xr.btxnq.jbevents" "Jitter Buffer Adaptations to Date" key("bt_events");
    BT_NETWORK = uint "xr.btxnq.tdegnet" "Time Degraded by the Network" key("bt_degraded_network");
    BT_JITTER = uint "xr.btxnq.tdegjit" "Time Degraded by Jitter Buffer Adaptations" key("bt_degraded_jitter");
    BT_ES    = uint "xr.btxnq.es" "Seconds with Errors" key("bt_es");
    BT_SES   = uint "xr.btxnq.ses" "Seconds with Severe Errors" key("bt_ses");
    IDMS_TYPE = uint "xr.idms.pt" "Payload Type" key("payload_type");
    IDMS_GROUP = uint "xr.idms.msci" "Media Stream Correlation Identifier" key("correlation");
    IDMS_SOURCE = uint "xr.idms.source_ssrc" "Source's SSRC" key("idms_source");
    RECEIVED = time "xr.idms.ntp_rcv_ts" "Packet Received at" key("received");
    IDMS_RTP = uint "xr.idms.rtp_ts" "RTP Timestamp" key("rtp_timestamp");
    PRESENTED = uint "xr.idms.ntp_pres_ts" "Packet Presented at, middle of an NTP timestamp" key("presented");
    CONTENT  = bytes "xr.content" "Content" own key("content");
    BAD_BLOCK = problem "block_length.invalid" "A block is longer than its packet, or shorter than what it holds" key("bad_length");
}

pub(super) fn read(p: &mut Packet<'_>) -> Read {
    p.u32(&SENDER)?;
    p.each(|p| p.group(&super::BLOCK, block))
}

fn block(p: &mut Packet<'_>) -> Read {
    let kind = p.u8(&BLOCK_TYPE)?;
    let specific = p.peek_u8()?;
    match kind {
        1..=3 => p.bits(specific, 1, &[&THINNING])?,
        6 => p.bits(specific, 1, &[&HAS_LOST, &HAS_DUPLICATES, &HAS_JITTER, &HAS_TTL])?,
        12 => {
            let at = p.at();
            p.u8(&SPECIFIC)?;
            p.views(at, 1, specific, &[&SENDER_TYPE]);
        }
        _ => p.u8(&SPECIFIC).map(drop)?,
    }
    let length = usize::from(p.u16(&BLOCK_LENGTH)?) * 4;
    if length > p.declared_left() {
        p.problem(&BAD_BLOCK);
        return p.remainder(&CONTENT);
    }
    p.contained(length, &BAD_BLOCK, |p| {
        match kind {
            1 | 2 => runs(p)?,
            3 => receipts(p)?,
            4 => time(p, &TIME)?,
            5 => p.each(|p| p.group(&DLRR, dlrr))?,
            6 => statistics(p)?,
            7 => voip(p)?,
            8 => bt(p)?,
            12 => idms(p)?,
            _ => {}
        }
        p.remainder(&CONTENT)
    })
}

/// Runs and bits of packets that were lost or came twice, RFC 3611 section 4.1.
fn runs(p: &mut Packet<'_>) -> Read {
    p.u32(&SOURCE)?;
    p.u16(&BEGIN)?;
    p.u16(&END)?;
    p.each(|p| match p.peek_u16()? {
        0 => p.group(&NO_CHUNK, |p| p.skip(2)),
        run @ 1..0x8000 => p.number(&RUN, u64::from(run & 0x3fff), 2),
        _ => p.u16(&BITS).map(drop),
    })
}

/// RFC 3611 section 4.3.
fn receipts(p: &mut Packet<'_>) -> Read {
    p.u32(&SOURCE)?;
    p.u16(&BEGIN)?;
    p.u16(&END)?;
    p.each(|p| p.u32(&RECEIPT).map(drop))
}

fn time(p: &mut Packet<'_>, row: &'static Field) -> Read {
    p.number(row, nanoseconds(p.peek_u64()?).cast_unsigned(), 8)
}

/// RFC 3611 section 4.5.
fn dlrr(p: &mut Packet<'_>) -> Read {
    p.u32(&DLRR_SOURCE)?;
    p.u32(&LAST_RR)?;
    p.u32(&DLRR_DELAY).map(drop)
}

/// RFC 3611 section 4.6.
fn statistics(p: &mut Packet<'_>) -> Read {
    p.u32(&SOURCE)?;
    p.u16(&BEGIN)?;
    p.u16(&END)?;
    for row in [&LOST, &DUPLICATES, &MIN_JITTER, &MAX_JITTER, &MEAN_JITTER, &DEV_JITTER] {
        p.u32(row)?;
    }
    for row in [&MIN_TTL, &MAX_TTL, &MEAN_TTL, &DEV_TTL] {
        p.u8(row)?;
    }
    Ok(())
}

/// RFC 3611 section 4.7.
fn voip(p: &mut Packet<'_>) -> Read {
    p.u32(&SOURCE)?;
    for row in [&FRACTION_LOST, &FRACTION_DISCARDED, &BURST_DENSITY, &GAP_DENSITY] {
        p.u8(row)?;
    }
    for row in [&BURST_DURATION, &GAP_DURATION, &ROUND_TRIP, &SYSTEM_DELAY] {
        p.u16(row)?;
    }
    p.i8(&SIGNAL)?;
    p.i8(&NOISE)?;
    for row in [&ECHO, &GMIN, &R_FACTOR, &EXTERNAL_R] {
        p.u8(row)?;
    }
    quality(p, &MOS_LQ)?;
    quality(p, &MOS_CQ)?;
    let configuration = p.peek_u8()?;
    p.bits(configuration, 1, &[&CONCEALMENT, &ADAPTIVE, &RATE])?;
    p.skip(1)?;
    for row in [&NOMINAL, &MAXIMUM, &ABSOLUTE] {
        p.u16(row)?;
    }
    Ok(())
}

/// Ten times a score from 1 to 5; 127 where there is none.
fn quality(p: &mut Packet<'_>, row: &'static Field) -> Read {
    let score = f64::from(p.peek_u8()?);
    let score = if score == 127.0 { score } else { score / 10.0 };
    p.number(row, score.to_bits(), 1)
}

/// RFC 5093 section 2.
fn bt(p: &mut Packet<'_>) -> Read {
    for row in [&BT_BEGIN, &BT_END, &BT_DIFF, &BT_RANGE] {
        p.u16(row)?;
    }
    p.u32(&BT_SUM)?;
    p.u16(&BT_CYCLES)?;
    p.u16(&BT_EVENTS)?;
    for row in [&BT_NETWORK, &BT_JITTER, &BT_ES, &BT_SES] {
        p.skip(1)?;
        p.u24(row)?;
    }
    Ok(())
}

/// RFC 7272 section 7.1.
fn idms(p: &mut Packet<'_>) -> Read {
    p.u8(&IDMS_TYPE)?;
    p.skip(3)?;
    p.u32(&IDMS_GROUP)?;
    p.u32(&IDMS_SOURCE)?;
    time(p, &RECEIVED)?;
    p.u32(&IDMS_RTP)?;
    p.u32(&PRESENTED).map(drop)
}

/// <https://www.iana.org/assignments/rtcp-xr-block-types>.
static BLOCKS: Names = &[
    (1, "Loss Run Length Encoding Report Block"),
    (2, "Duplicate Run Length Encoding Report Block"),
    (3, "Packet Receipt Times Report Block"),
    (4, "Receiver Reference Time Report Block"),
    (5, "DLRR Report Block"),
    (6, "Statistics Summary Report Block"),
    (7, "VoIP Metrics Report Block"),
    (8, "BT XNQ Report Block"),
    (9, "TI Extended VoIP Metrics Report Block"),
    (10, "Post-repair Loss RLE Report Block"),
    (11, "Multicast Acquisition Report Block"),
    (12, "Inter-destination Media Synchronization Block"),
    (13, "ECN Summary Report Block"),
    (14, "Measurement Information Block"),
    (15, "Packet Delay Variation Metrics Block"),
    (16, "Delay Metrics Block"),
    (17, "Burst/Gap Loss Summary Statistics Block"),
    (18, "Burst/Gap Discard Summary Statistics Block"),
    (19, "Frame Impairment Statistics Summary"),
    (20, "Burst/Gap Loss Metrics Block"),
    (21, "Burst/Gap Discard Metrics Block"),
    (22, "MPEG2 Transport Stream PSI-Independent Decodability Statistics Metrics Block"),
    (23, "De-Jitter Buffer Metrics Block"),
    (24, "Discard Count Metrics Block"),
    (25, "Discard RLE (DRLE) Report Block"),
    (26, "Bytes Discarded Report Block (BDR)"),
    (27, "RTP Flows Synchronization Offset Metrics Block"),
    (28, "Initial Synchronization Delay Metrics Block"),
    (29, "Mean Opinion Score (MOS) Metrics Block"),
    (30, "Loss Concealment Metrics Block"),
    (31, "Concealed Seconds Metrics Block"),
    (32, "MPEG2 Transport Stream PSI Decodability Statistics Metrics Block"),
    (33, "Post-Repair Loss Count Metrics Report Block"),
    (34, "Video Loss Concealment Metric Report Block"),
    (35, "Independent Burst/Gap Discard Metrics Block"),
];

static TTLS: Names = &[(0, "none"), (1, "IPv4"), (2, "IPv6"), (3, "undefined")];

static UNAVAILABLE: Names = &[(127, "unavailable")];

static CONCEALMENTS: Names =
    &[(0, "Unspecified"), (1, "Disabled"), (2, "Enhanced"), (3, "Standard")];

static BUFFERS: Names =
    &[(0, "Unknown"), (1, "Reserved"), (2, "Non-Adaptive"), (3, "Adaptive")];

static SENDERS: Names = &[
    (1, "Synchronization Client"),
    (2, "Media Synchronization Application Server"),
    (3, "Transcoder"),
    (4, "Transport-independent Synchronization Client"),
];
