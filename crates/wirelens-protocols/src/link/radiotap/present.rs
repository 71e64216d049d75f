//! What a radiotap header says it holds: the presence words, and its radio channel's flags.

use wirelens_dissect::prelude::*;

use super::{CHANNEL_FLAGS, PRESENT, XCHANNEL_FLAGS};

fields! {
    /// The presence words.
    PRESENT_ROWS = "radiotap" PRESENT "present";
    WORD = hex "present.word" "Presence Word" many key("words") {
        HAS_TSFT = flag "present.tsft" "TSFT" & 0x1 detail;
        HAS_FLAGS = flag "present.flags" "Flags" & 0x2 detail;
        HAS_RATE = flag "present.rate" "Rate" & 0x4 detail;
        HAS_CHANNEL = flag "present.channel" "Channel" & 0x8 detail;
        HAS_FHSS = flag "present.fhss" "FHSS" & 0x10 detail;
        HAS_DBM_ANTSIGNAL = flag "present.dbm_antsignal" "dBm Antenna Signal" & 0x20 detail;
        HAS_DBM_ANTNOISE = flag "present.dbm_antnoise" "dBm Antenna Noise" & 0x40 detail;
        HAS_LOCK_QUALITY = flag "present.lock_quality" "Lock Quality" & 0x80 detail;
        HAS_TX_ATTENUATION = flag "present.tx_attenuation" "TX Attenuation" & 0x100 detail;
        HAS_DB_TX_ATTENUATION = flag "present.db_tx_attenuation" "dB TX Attenuation" & 0x200 detail;
        HAS_DBM_TX_POWER = flag "present.dbm_tx_power" "dBm TX Power" & 0x400 detail;
        HAS_ANTENNA = flag "present.antenna" "Antenna" & 0x800 detail;
        HAS_DB_ANTSIGNAL = flag "present.db_antsignal" "dB Antenna Signal" & 0x1000 detail;
        HAS_DB_ANTNOISE = flag "present.db_antnoise" "dB Antenna Noise" & 0x2000 detail;
        HAS_RXFLAGS = flag "present.rxflags" "RX flags" & 0x4000 detail;
        HAS_TXFLAGS = flag "present.txflags" "TX flags" & 0x8000 detail;
        HAS_DATA_RETRIES = flag "present.data_retries" "data retries" & 0x20000 detail;
        HAS_XCHANNEL = flag "present.xchannel" "Channel+" & 0x40000 detail;
        HAS_MCS = flag "present.mcs" "MCS information" & 0x80000 detail;
        HAS_AMPDU = flag "present.ampdu" "A-MPDU Status" & 0x100000 detail;
        HAS_VHT = flag "present.vht" "VHT information" & 0x200000 detail;
        HAS_TIMESTAMP = flag "present.timestamp" "frame timestamp" & 0x400000 detail;
        HAS_HE = flag "present.he" "HE information" & 0x800000 detail;
        HAS_HE_MU = flag "present.he_mu" "HE-MU information" & 0x1000000 detail;
        HAS_L_SIG = flag "present.l_sig" "L-SIG" & 0x8000000 detail;
        HAS_TLV = flag "present.tlv" "TLVs" & 0x10000000 detail;
        HAS_EMPTY_PSDU = flag "present.0_length.psdu" "0-Length PSDU" & 0x4000000 detail;
        HAS_RTAP_NS = flag "present.rtap_ns" "Radiotap Namespace next" & 0x20000000 detail;
        HAS_VENDOR_NS = flag "present.vendor_ns" "Vendor Namespace next" & 0x40000000 detail;
        HAS_EXT = flag "present.ext" "Another Word follows" & 0x80000000 detail;
    };
    FURTHER_WORD = hex "present.word" "Further Presence Word" many key("further_words") {
        FURTHER_RTAP_NS = flag "present.rtap_ns" "Radiotap Namespace next" & 0x20000000 detail;
        FURTHER_VENDOR_NS = flag "present.vendor_ns" "Vendor Namespace next" & 0x40000000 detail;
        FURTHER_EXT = flag "present.ext" "Another Word follows" & 0x80000000 detail;
    };
    BOTH_NAMESPACES = problem "present.radiotap_and_vendor" "Both namespaces are said to come next" many key("both_namespaces");
}

fields! {
    /// The flags of a channel.
    CHANNEL_ROWS = "radiotap" CHANNEL_FLAGS "channel.flags";
    CH_TURBO = flag "channel.flags.turbo" "Turbo" & 0x10 detail;
    CH_700MHZ = flag "channel.flags.700mhz" "700 MHz spectrum" & 0x1 detail;
    CH_800MHZ = flag "channel.flags.800mhz" "800 MHz spectrum" & 0x2 detail;
    CH_900MHZ = flag "channel.flags.900mhz" "900 MHz spectrum" & 0x4 detail;
    CH_CCK = flag "channel.flags.cck" "Complementary Code Keying (CCK)" & 0x20 detail;
    CH_OFDM = flag "channel.flags.ofdm" "Orthogonal Frequency-Division Multiplexing (OFDM)" & 0x40 detail;
    CH_2GHZ = flag "channel.flags.2ghz" "2 GHz spectrum" & 0x80 detail;
    CH_5GHZ = flag "channel.flags.5ghz" "5 GHz spectrum" & 0x100 detail;
    CH_PASSIVE = flag "channel.flags.passive" "Passive" & 0x200 detail;
    CH_DYNAMIC = flag "channel.flags.dynamic" "Dynamic CCK-OFDM" & 0x400 detail;
    CH_GFSK = flag "channel.flags.gfsk" "Gaussian Frequency Shift Keying (GFSK)" & 0x800 detail;
    CH_GSM = flag "channel.flags.gsm" "GSM (900MHz)" & 0x1000 detail;
    CH_STURBO = flag "channel.flags.sturbo" "Static Turbo" & 0x2000 detail;
    CH_HALF = flag "channel.flags.half" "Half Rate Channel (10MHz Channel Width)" & 0x4000 detail;
    CH_QUARTER = flag "channel.flags.quarter" "Quarter Rate Channel (5MHz Channel Width)" & 0x8000 detail;
}

fields! {
    /// The flags of an extended channel.
    XCHANNEL_ROWS = "radiotap" XCHANNEL_FLAGS "xchannel.flags";
    X_TURBO = flag "xchannel.flags.turbo" "Turbo" & 0x10 detail;
    X_CCK = flag "xchannel.flags.cck" "Complementary Code Keying (CCK)" & 0x20 detail;
    X_OFDM = flag "xchannel.flags.ofdm" "Orthogonal Frequency-Division Multiplexing (OFDM)" & 0x40 detail;
    X_2GHZ = flag "xchannel.flags.2ghz" "2 GHz spectrum" & 0x80 detail;
    X_5GHZ = flag "xchannel.flags.5ghz" "5 GHz spectrum" & 0x100 detail;
    X_DYNAMIC = flag "xchannel.flags.dynamic" "Dynamic CCK-OFDM" & 0x400 detail;
    X_GFSK = flag "xchannel.flags.gfsk" "Gaussian Frequency Shift Keying (GFSK)" & 0x800 detail;
    X_GSM = flag "xchannel.flags.gsm" "GSM (900MHz)" & 0x1000 detail;
    X_STURBO = flag "xchannel.flags.sturbo" "Static Turbo" & 0x2000 detail;
    X_HALF = flag "xchannel.flags.half" "Half Rate Channel (10MHz Channel Width)" & 0x4000 detail;
    X_QUARTER = flag "xchannel.flags.quarter" "Quarter Rate Channel (5MHz Channel Width)" & 0x8000 detail;
    X_HT20 = flag "xchannel.flags.ht20" "HT Channel (20MHz Channel Width)" & 0x10000 detail;
    X_HT40U = flag "xchannel.flags.ht40u" "HT Channel (40MHz Channel Width with Extension channel above)" & 0x20000 detail;
    X_HT40D = flag "xchannel.flags.ht40d" "HT Channel (40MHz Channel Width with Extension channel below)" & 0x40000 detail;
    X_PASSIVE = flag "channel.xtype.passive" "Passive" & 0x200 detail key("passive");
}

