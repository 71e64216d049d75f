//! VHT Capabilities, VHT Operation and Transmit Power Envelope, IEEE 802.11-2020 sections 9.4.2.157,
//! 9.4.2.158 and 9.4.2.161.

use wirelens_dissect::prelude::*;

use super::{T_TPE, T_VHT_CAPABILITIES, T_VHT_OPERATION};

static LENGTHS: Names = &[(0, "3895 bytes"), (1, "7991 bytes"), (2, "11454 bytes")];
static MCS_MAPS: Names = &[(0, "MCS 0-7"), (1, "MCS 0-8"), (2, "MCS 0-9"), (3, "Not supported")];
static WIDTHS: Names =
    &[(0, "20 or 40 MHz"), (1, "80, 160 or 80+80 MHz"), (2, "160 MHz"), (3, "80+80 MHz")];

fields! {
    /// VHT Capabilities.
    VHT_ROWS = "wlan" T_VHT_CAPABILITIES "tag";
    VHT_CAP = hex "vht.capabilities" "VHT Capability Information" {
        C_LENGTH = hex "vht.capabilities.maxmpdulength" "Longest MPDU" & 0x3 names(LENGTHS);
        C_SUPPORTEDCHANWIDTHSET = hex "vht.capabilities.supportedchanwidthset" "Supported Channel Width Set" & 0xc;
        C_RXLDPC = flag "vht.capabilities.rxldpc" "Rx LDPC" & 0x10;
        C_SHORT80 = flag "vht.capabilities.short80" "Short GI for 80MHz/TVHT_MODE_4C" & 0x20;
        C_SHORT160 = flag "vht.capabilities.short160" "Short GI for 160MHz and 80+80MHz" & 0x40;
        C_TXSTBC = flag "vht.capabilities.txstbc" "Tx STBC" & 0x80;
        C_RXSTBC = hex "vht.capabilities.rxstbc" "Rx STBC" & 0x700;
        C_SUBEAMFORMER = flag "vht.capabilities.subeamformer" "SU Beamformer Capable" & 0x800;
        C_SUBEAMFORMEE = flag "vht.capabilities.subeamformee" "SU Beamformee Capable" & 0x1000;
        C_BEAMFORMEE_STS_CAP = hex "vht.capabilities.beamformee_sts_cap" "Beamformee STS Capability" & 0xe000;
        C_SOUNDINGDIMENSIONS = hex "vht.capabilities.soundingdimensions" "Number of Sounding Dimensions" & 0x70000;
        C_MUBEAMFORMER = flag "vht.capabilities.mubeamformer" "MU Beamformer Capable" & 0x80000;
        C_MUBEAMFORMEE = flag "vht.capabilities.mubeamformee" "MU Beamformee Capable" & 0x100000;
        C_VHTTXOPPS = flag "vht.capabilities.vhttxopps" "TXOP PS" & 0x200000;
        C_VHTHTC = flag "vht.capabilities.vhthtc" "+HTC-VHT Capable" & 0x400000;
        C_MAXAMPDU = hex "vht.capabilities.maxampdu" "Max A-MPDU Length Exponent" & 0x3800000;
        C_LINKADAPT = hex "vht.capabilities.linkadapt" "VHT Link Adaptation" & 0xc000000;
        C_RXPATCONSIST = flag "vht.capabilities.rxpatconsist" "Rx Antenna Pattern Consistency" & 0x10000000;
        C_TXPATCONSIST = flag "vht.capabilities.txpatconsist" "Tx Antenna Pattern Consistency" & 0x20000000;
        C_EXT_NSS_BW_SUPPORT = hex "vht.capabilities.ext_nss_bw_support" "Extended NSS BW Support" & 0xc0000000;
    };
    VHT_MCS = group "vht.mcsset" "Supported MCS Set" {
        RX_MAP = hex "vht.mcsset.rxmcsmap" "Rx MCS Map" {
            R_SS1 = hex "vht.mcsset.rxmcsmap.ss1" "Rx 1 SS" & 0x3 names(MCS_MAPS);
            R_SS2 = hex "vht.mcsset.rxmcsmap.ss2" "Rx 2 SS" & 0xc names(MCS_MAPS);
            R_SS3 = hex "vht.mcsset.rxmcsmap.ss3" "Rx 3 SS" & 0x30 names(MCS_MAPS);
            R_SS4 = hex "vht.mcsset.rxmcsmap.ss4" "Rx 4 SS" & 0xc0 names(MCS_MAPS);
            R_SS5 = hex "vht.mcsset.rxmcsmap.ss5" "Rx 5 SS" & 0x300 names(MCS_MAPS);
            R_SS6 = hex "vht.mcsset.rxmcsmap.ss6" "Rx 6 SS" & 0xc00 names(MCS_MAPS);
            R_SS7 = hex "vht.mcsset.rxmcsmap.ss7" "Rx 7 SS" & 0x3000 names(MCS_MAPS);
            R_SS8 = hex "vht.mcsset.rxmcsmap.ss8" "Rx 8 SS" & 0xc000 names(MCS_MAPS);
        };
        M_MAX_NSTS_TOTAL = uint "vht.mcsset.max_nsts_total" "MaX NSTS Total" & 0xe000;
        M_RXHIGHESTLONGGIRATE = hex "vht.mcsset.rxhighestlonggirate" "Rx Highest Long GI Data Rate (in Mb/s, 0 = subfield not in use)" & 0x1fff;
        TX_MAP = hex "vht.mcsset.txmcsmap" "Tx MCS Map" {
            T_SS1 = hex "vht.mcsset.txmcsmap.ss1" "Tx 1 SS" & 0x3 names(MCS_MAPS);
            T_SS2 = hex "vht.mcsset.txmcsmap.ss2" "Tx 2 SS" & 0xc names(MCS_MAPS);
            T_SS3 = hex "vht.mcsset.txmcsmap.ss3" "Tx 3 SS" & 0x30 names(MCS_MAPS);
            T_SS4 = hex "vht.mcsset.txmcsmap.ss4" "Tx 4 SS" & 0xc0 names(MCS_MAPS);
            T_SS5 = hex "vht.mcsset.txmcsmap.ss5" "Tx 5 SS" & 0x300 names(MCS_MAPS);
            T_SS6 = hex "vht.mcsset.txmcsmap.ss6" "Tx 6 SS" & 0xc00 names(MCS_MAPS);
            T_SS7 = hex "vht.mcsset.txmcsmap.ss7" "Tx 7 SS" & 0x3000 names(MCS_MAPS);
            T_SS8 = hex "vht.mcsset.txmcsmap.ss8" "Tx 8 SS" & 0xc000 names(MCS_MAPS);
        };
        M_TXHIGHESTLONGGIRATE = hex "vht.mcsset.txhighestlonggirate" "Tx Highest Long GI Data Rate  (in Mb/s, 0 = subfield not in use)" & 0x1fff;
        M_EXT_NSS_BW_CAP = flag "vht.ncsset.ext_nss_bw_cap" "Extended NSS BW Capable" & 0x2000;
        M_RESERVED = hex "vht.ncsset.reserved" "Reserved" & 0xc000;
    };
}

fields! {
    /// VHT Operation.
    VHT_OPERATION_ROWS = "wlan" T_VHT_OPERATION "tag";
    OPERATION = group "vht.op" "Operation Information" {
        WIDTH = uint "vht.op.channelwidth" "Channel Width" names(WIDTHS);
        CENTER_0 = uint "vht.op.channelcenter0" "Channel Center Segment 0";
        CENTER_1 = uint "vht.op.channelcenter1" "Channel Center Segment 1";
    };
    BASIC_MAP = hex "vht.op.basicmcsmap" "Basic MCS Map" {
        O_SS1 = hex "vht.op.basicmcsmap.ss1" "Basic 1 SS" & 0x3 names(MCS_MAPS);
        O_SS2 = hex "vht.op.basicmcsmap.ss2" "Basic 2 SS" & 0xc names(MCS_MAPS);
        O_SS3 = hex "vht.op.basicmcsmap.ss3" "Basic 3 SS" & 0x30 names(MCS_MAPS);
        O_SS4 = hex "vht.op.basicmcsmap.ss4" "Basic 4 SS" & 0xc0 names(MCS_MAPS);
        O_SS5 = hex "vht.op.basicmcsmap.ss5" "Basic 5 SS" & 0x300 names(MCS_MAPS);
        O_SS6 = hex "vht.op.basicmcsmap.ss6" "Basic 6 SS" & 0xc00 names(MCS_MAPS);
        O_SS7 = hex "vht.op.basicmcsmap.ss7" "Basic 7 SS" & 0x3000 names(MCS_MAPS);
        O_SS8 = hex "vht.op.basicmcsmap.ss8" "Basic 8 SS" & 0xc000 names(MCS_MAPS);
    };
}

fields! {
    /// Transmit Power Envelope.
    TPE_ROWS = "wlan" T_TPE "tag";
    POWER_INFO = hex "vht.tpe.pwr_info" "Transmit Power Information" key("pwr_info") {
        P_COUNT = uint "vht.tpe.pwr_info.count" "Max Tx Pwr Count" & 0x7;
        P_UNIT = uint "vht.tpe.pwr_info.unit" "Max Tx Pwr Unit Interpretation" & 0x38;
        P_RESERVED = uint "vht.tpe.pwr_info.reserved" "Reserved" & 0xc0;
    };
    POWER_20 = int "vht.tpe.pwr_constr_20" "Limit in half dBm for 20 MHz" key("limit_20_mhz");
    POWER_40 = int "vht.tpe.pwr_constr_40" "Limit in half dBm for 40 MHz" key("limit_40_mhz");
    POWER_80 = int "vht.tpe.pwr_constr_80" "Limit in half dBm for 80 MHz" key("limit_80_mhz");
    POWER_160 = int "vht.tpe.pwr_constr_160" "Limit in half dBm for 160 or 80+80 MHz" key("limit_160_mhz");
}

pub(super) fn capabilities(p: &mut Packet<'_>, _: u8) -> Read {
    p.u32_le(&VHT_CAP)?;
    p.group(&VHT_MCS, |p| {
        p.u16_le(&RX_MAP)?;
        let word = p.peek_u16_le()?;
        p.bits(word, 2, &[&M_RXHIGHESTLONGGIRATE, &M_MAX_NSTS_TOTAL])?;
        p.u16_le(&TX_MAP)?;
        let word = p.peek_u16_le()?;
        p.bits(word, 2, &[&M_TXHIGHESTLONGGIRATE, &M_EXT_NSS_BW_CAP, &M_RESERVED])
    })
}

pub(super) fn operation(p: &mut Packet<'_>, _: u8) -> Read {
    p.group(&OPERATION, |p| {
        p.u8(&WIDTH)?;
        p.u8(&CENTER_0)?;
        p.u8(&CENTER_1)
    })?;
    p.u16_le(&BASIC_MAP).map(drop)
}

/// Limits are in half decibels.
pub(super) fn power_envelope(p: &mut Packet<'_>, _: u8) -> Read {
    let count = p.u8(&POWER_INFO)? & 7;
    for row in [&POWER_20, &POWER_40, &POWER_80, &POWER_160].into_iter().take(1 + usize::from(count)) {
        p.i8(row)?;
    }
    Ok(())
}

