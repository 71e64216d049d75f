//! HT Capabilities and HT Operation, IEEE 802.11-2020 sections 9.4.2.55 and 9.4.2.56.

use wirelens_dissect::prelude::*;

use super::{T_HT_CAPABILITIES, T_HT_OPERATION, T_VENDOR};

static POWER_SAVE: Names =
    &[(0, "Static SM power save"), (1, "Dynamic SM power save"), (3, "SM power save disabled")];
static RX_STBC: Names =
    &[(0, "None"), (1, "1 spatial stream"), (2, "2 spatial streams"), (3, "3 spatial streams")];
static SECONDARY: Names = &[(0, "No secondary channel"), (1, "Above the primary"), (3, "Below the primary")];
static HT_PROTECTION: Names =
    &[(0, "No protection"), (1, "Nonmember protection"), (2, "20 MHz protection"), (3, "Non-HT mixed mode")];
static LENGTHS: Names = &[(0, "8191 bytes"), (1, "16383 bytes"), (2, "32767 bytes"), (3, "65535 bytes")];
static DENSITIES: Names = &[
    (0, "No restriction"),
    (1, "1/4 us"),
    (2, "1/2 us"),
    (3, "1 us"),
    (4, "2 us"),
    (5, "4 us"),
    (6, "8 us"),
    (7, "16 us"),
];

fields! {
    /// HT Capabilities.
    HT_ROWS = "wlan" T_HT_CAPABILITIES "tag";
    HT_CAP = hex "ht.capabilities" "HT Capability Information" rows(HT_CAP_ROWS);
    AMPDU = hex "ht.ampduparam" "A-MPDU Parameters" rows(AMPDU_ROWS);
    MCS_SET = group "ht.mcsset" "Supported MCS Set" rows(MCS_ROWS);
    EXTENDED = hex "htex.capabilities" "HT Extended Capabilities" rows(EXTENDED_ROWS);
    TXBF = hex "txbf" "Transmit Beamforming Capabilities" rows(TXBF_ROWS);
    ASEL = hex "asel" "Antenna Selection Capabilities" rows(ASEL_ROWS);
}

fields! {
    /// The same as they stood in elements of a vendor before the standard was done.
    VENDOR_HT_ROWS = "wlan" T_VENDOR "tag";
    VS_HT_CAP = hex "vs.ht.capabilities" "HT Capability Information" key("ht.capabilities") rows(HT_CAP_ROWS);
    VS_AMPDU = hex "vs.ht.ampduparam" "A-MPDU Parameters" key("ht.ampduparam") rows(AMPDU_ROWS);
    VS_MCS_SET = group "vs.ht.mcsset" "Supported MCS Set" key("ht.mcsset") rows(MCS_ROWS);
    VS_EXTENDED = hex "vs.htex.capabilities" "HT Extended Capabilities" key("htex.capabilities") rows(EXTENDED_ROWS);
    VS_TXBF = hex "vs.txbf" "Transmit Beamforming Capabilities" key("txbf") rows(TXBF_ROWS);
    VS_ASEL = hex "vs.asel" "Antenna Selection Capabilities" key("asel") rows(ASEL_ROWS);
}

fields! {
    /// HT Capability Information.
    HT_CAP_ROWS = "wlan" HT_CAP "ht.capabilities";
    C_LDPCCODING = flag "ht.capabilities.ldpccoding" "HT LDPC coding capability" & 0x1;
    C_WIDTH = flag "ht.capabilities.width" "HT Support channel width" & 0x2;
    C_GREEN = flag "ht.capabilities.green" "HT Green Field" & 0x10;
    C_SHORT20 = flag "ht.capabilities.short20" "HT Short GI for 20MHz" & 0x20;
    C_SHORT40 = flag "ht.capabilities.short40" "HT Short GI for 40MHz" & 0x40;
    C_TXSTBC = flag "ht.capabilities.txstbc" "HT Tx STBC" & 0x80;
    C_DELAYEDBLOCKACK = flag "ht.capabilities.delayedblockack" "HT Delayed Block ACK" & 0x400;
    C_AMSDU = flag "ht.capabilities.amsdu" "HT Max A-MSDU length" & 0x800;
    C_DSSCCK = flag "ht.capabilities.dsscck" "HT DSSS/CCK mode in 40MHz" & 0x1000;
    C_PSMP = flag "ht.capabilities.psmp" "HT PSMP Support" & 0x2000;
    C_40MHZINTOLERANT = flag "ht.capabilities.40mhzintolerant" "HT Forty MHz Intolerant" & 0x4000;
    C_LSIG = flag "ht.capabilities.lsig" "HT L-SIG TXOP Protection support" & 0x8000;
    C_SM = hex "ht.capabilities.sm" "Power Save" & 0xc names(POWER_SAVE);
    C_RXSTBC = hex "ht.capabilities.rxstbc" "Rx STBC" & 0x300 names(RX_STBC);
}

fields! {
    /// A-MPDU Parameters.
    AMPDU_ROWS = "wlan" AMPDU "ht.ampduparam";
    A_MAX = hex "ht.ampduparam.maxlength" "Longest A-MPDU" & 0x03 names(LENGTHS);
    A_DENSITY = hex "ht.ampduparam.mpdudensity" "Time between MPDUs" & 0x1c names(DENSITIES);
    A_RESERVED = hex "ht.ampduparam.reserved" "Reserved" & 0xe0 detail;
}

fields! {
    /// Supported MCS Set.
    MCS_ROWS = "wlan" MCS_SET "ht.mcsset";
    RX_MASK = group "ht.mcsset.rxbitmask" "Rx MCS Bitmask" {
        M_0TO7 = hex "ht.mcsset.rxbitmask.0to7" "Rx Bitmask Bits 0-7" & 0xff;
        M_8TO15 = hex "ht.mcsset.rxbitmask.8to15" "Rx Bitmask Bits 8-15" & 0xff00;
        M_16TO23 = hex "ht.mcsset.rxbitmask.16to23" "Rx Bitmask Bits 16-23" & 0xff0000;
        M_24TO31 = hex "ht.mcsset.rxbitmask.24to31" "Rx Bitmask Bits 24-31" & 0xff000000;
        M_32 = hex "ht.mcsset.rxbitmask.32" "Rx Bitmask Bit 32" & 0x1;
        M_33TO38 = hex "ht.mcsset.rxbitmask.33to38" "Rx Bitmask Bits 33-38" & 0x7e;
        M_39TO52 = hex "ht.mcsset.rxbitmask.39to52" "Rx Bitmask Bits 39-52" & 0x1fff80;
        M_53TO76 = hex "ht.mcsset.rxbitmask.53to76" "Rx Bitmask Bits 53-76" & 0x1fffffe0;
    };
    HIGHEST_RATE = hex "ht.mcsset.highestdatarate" "Highest Rx Data Rate in Mbit/s" & 0x03ff;
    M_TXSETDEFINED = flag "ht.mcsset.txsetdefined" "Tx Supported MCS Set" & 0x1;
    M_TXRXMCSNOTEQUAL = flag "ht.mcsset.txrxmcsnotequal" "Tx and Rx MCS Set" & 0x2;
    M_TXMAXSS = hex "ht.mcsset.txmaxss" "Tx Spatial Streams" & 0xc;
    M_TXUNEQUALMOD = flag "ht.mcsset.txunequalmod" "Unequal Modulation" & 0x10;
}

fields! {
    /// HT Extended Capabilities.
    EXTENDED_ROWS = "wlan" EXTENDED "htex.capabilities";
    E_PCO = flag "htex.capabilities.pco" "PCO" & 0x1;
    E_TRANSTIME = hex "htex.capabilities.transtime" "PCO Transition Time" & 0x6;
    E_MCS = hex "htex.capabilities.mcs" "MCS Feedback capability" & 0x300;
    E_HTC = flag "htex.capabilities.htc" "High Throughput" & 0x400;
    E_RDRESPONDER = flag "htex.capabilities.rdresponder" "Reverse Direction Responder" & 0x800;
}

fields! {
    /// Transmit Beamforming Capabilities.
    TXBF_ROWS = "wlan" TXBF "txbf";
    B_TXBF = flag "txbf.txbf" "Transmit Beamforming" & 0x1;
    B_RXSS = flag "txbf.rxss" "Receive Staggered Sounding" & 0x2;
    B_TXSS = flag "txbf.txss" "Transmit Staggered Sounding" & 0x4;
    B_RXNDP = flag "txbf.rxndp" "Receive Null Data packet (NDP)" & 0x8;
    B_TXNDP = flag "txbf.txndp" "Transmit Null Data packet (NDP)" & 0x10;
    B_IMPLTXBF = flag "txbf.impltxbf" "Implicit TxBF capable" & 0x20;
    B_CALIBRATION = hex "txbf.calibration" "Calibration" & 0xc0;
    B_CSI = flag "txbf.csi" "TxBF with CSI Feedback" & 0x100;
    B_TBF = flag "txbf.fm.uncompressed.tbf" "TxBF with Noncompressed Feedback" & 0x200;
    B_COMPRESSED_TBF = flag "txbf.fm.compressed.tbf" "TxBF with Compressed Feedback" & 0x400;
    B_RCSI = hex "txbf.rcsi" "CSI Feedback" & 0x1800;
    B_RBF = hex "txbf.fm.uncompressed.rbf" "Noncompressed Feedback" & 0x6000;
    B_BF = hex "txbf.fm.compressed.bf" "Compressed Feedback" & 0x18000;
    B_MINGROUP = hex "txbf.mingroup" "Minimal Grouping" & 0x60000;
    B_CSINUMANT = hex "txbf.csinumant" "Antennas with CSI Feedback" & 0x180000;
    B_MAXANT = hex "txbf.fm.uncompressed.maxant" "Antennas with Noncompressed Feedback" & 0x600000;
    B_COMPRESSED_MAXANT = hex "txbf.fm.compressed.maxant" "Antennas with Compressed Feedback" & 0x1800000;
    B_MAXROWS = hex "txbf.csi.maxrows" "Rows of CSI Feedback" & 0x6000000;
    B_CHANNELEST = hex "txbf.channelest" "Space-Time Streams for Channel Estimation" & 0x18000000;
    B_RESERVED = hex "txbf.reserved" "Reserved" & 0xe0000000;
}

fields! {
    /// Antenna Selection Capabilities.
    ASEL_ROWS = "wlan" ASEL "asel";
    S_CAPABLE = flag "asel.capable" "Antenna Selection Capable" & 0x1;
    S_TXCSI = flag "asel.txcsi" "Explicit CSI Feedback Based Tx ASEL" & 0x2;
    S_TXIF = flag "asel.txif" "Antenna Indices Feedback Based Tx ASEL" & 0x4;
    S_CSI = flag "asel.csi" "Explicit CSI Feedback" & 0x8;
    S_IF = flag "asel.if" "Antenna Indices Feedback" & 0x10;
    S_RX = flag "asel.rx" "Rx ASEL" & 0x20;
    S_SPPDU = flag "asel.sppdu" "Tx Sounding PPDUs" & 0x40;
    S_RESERVED = hex "asel.reserved" "Reserved" & 0x80;
}

fields! {
    /// HT Operation.
    HT_OPERATION_ROWS = "wlan" T_HT_OPERATION "tag";
    PRIMARY = uint "ht.info.primarychannel" "Primary Channel" key("primarychannel");
    FIRST = hex "ht.info.delim1" "HT Operation Information, first part" key("information_1") {
        SEC_CHANNEL = hex "ht.info.secchanoffset" "Secondary Channel" & 0x03 names(SECONDARY) key("secchanoffset");
        CHAN_WIDTH = flag "ht.info.chanwidth" "Any Channel Width" & 0x04 key("chanwidth");
        RIFS = flag "ht.info.rifs" "RIFS is permitted" & 0x08 key("rifs");
        RESERVED_B4 = hex "ht.info.reserved_b4_b7" "Reserved" & 0xf0 detail key("reserved");
    };
    SECOND = hex "ht.info.delim2" "HT Operation Information, second part" key("information_2") {
        PROTECTION = hex "ht.info.ht_protection" "HT Protection" & 0x0003 names(HT_PROTECTION) key("ht_protection");
        GREENFIELD = flag "ht.info.greenfield" "Stations without Greenfield" & 0x0004 key("greenfield");
        RESERVED_B11 = hex "ht.info.reserved_b11" "Reserved" & 0x0008 detail key("reserved_b11");
        OBSS = flag "ht.info.obssnonht" "Overlapping Stations without HT" & 0x0010 key("obssnonht");
        SEGMENT = hex "ht.info.chan_center_freq_seg_2" "Channel Center Frequency Segment 2" & 0x1fe0 key("chan_center_freq_seg_2");
        RESERVED_B21 = hex "ht.info.reserved_b21_b23" "Reserved" & 0xe000 detail key("reserved_b21");
    };
    THIRD = hex "ht.info.delim3" "HT Operation Information, third part" key("information_3") {
        RESERVED_B24 = hex "ht.info.reserved_b24_b29" "Reserved" & 0x003f detail key("reserved_b24");
        DUAL_BEACON = flag "ht.info.dualbeacon" "Dual Beacon" & 0x0040 key("dualbeacon");
        DUAL_CTS = flag "ht.info.dualcts" "Dual CTS Protection" & 0x0080 key("dualcts");
        SECOND_BEACON = flag "ht.info.secondarybeacon" "Secondary Beacon" & 0x0100 key("secondarybeacon");
        LSIG = flag "ht.info.lsigprotsupport" "L-SIG TXOP Protection" & 0x0200 key("lsigprotsupport");
        PCO_ACTIVE = flag "ht.info.pco.active" "PCO is active" & 0x0400 key("pco_active");
        PCO_PHASE = flag "ht.info.pco.phase" "PCO Phase: 40 MHz" & 0x0800 key("pco_phase");
        RESERVED_B36 = hex "ht.info.reserved_b36_b39" "Reserved" & 0xf000 detail key("reserved_b36");
    };
    BASIC_MCS = group "ht.mcsset" "Basic MCS Set" key("basic_mcs_set") rows(MCS_ROWS);
}

/// The rows of one of the two places in which HT capabilities stand.
struct Rows([&'static Field; 6]);

pub(super) fn capabilities(p: &mut Packet<'_>, _: u8) -> Read {
    all(p, &Rows([&HT_CAP, &AMPDU, &MCS_SET, &EXTENDED, &TXBF, &ASEL]))
}

pub(super) fn vendor_capabilities(p: &mut Packet<'_>) -> Read {
    all(p, &Rows([&VS_HT_CAP, &VS_AMPDU, &VS_MCS_SET, &VS_EXTENDED, &VS_TXBF, &VS_ASEL]))
}

fn all(p: &mut Packet<'_>, Rows([capability, ampdu, mcs, extended, txbf, asel]): &Rows) -> Read {
    p.u16_le(capability)?;
    p.u8(ampdu)?;
    p.group(mcs, mcs_set)?;
    p.u16_le(extended)?;
    p.u32_le(txbf)?;
    p.u8(asel).map(drop)
}

/// Bits of 77 modulation and coding schemes, the highest rate, then what is sent.
fn mcs_set(p: &mut Packet<'_>) -> Read {
    p.group(&RX_MASK, |p| {
        let first = p.peek_u32_le()?;
        p.bits(first, 4, &[&M_0TO7, &M_8TO15, &M_16TO23, &M_24TO31])?;
        let second = p.peek_u32_le()?;
        p.bits(second, 4, &[&M_32, &M_33TO38, &M_39TO52])?;
        // The last bits stand in the four bytes that begin two before.
        let word = second >> 16 | u32::from(p.peek_u16_le()?) << 16;
        p.mark(&M_53TO76, p.at() - 2, 4, word.into());
        p.skip(2)
    })?;
    p.u16_le(&HIGHEST_RATE)?;
    let sent = p.peek_u8()?;
    p.bits(sent, 1, &[&M_TXSETDEFINED, &M_TXRXMCSNOTEQUAL, &M_TXMAXSS, &M_TXUNEQUALMOD])?;
    p.skip(3)
}

pub(super) fn operation(p: &mut Packet<'_>, _: u8) -> Read {
    p.u8(&PRIMARY)?;
    p.u8(&FIRST)?;
    p.u16_le(&SECOND)?;
    p.u16_le(&THIRD)?;
    p.group(&BASIC_MCS, mcs_set)
}

