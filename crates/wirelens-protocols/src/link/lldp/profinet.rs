//! PROFINET's TLVs, IEC 61158-6-10.

use wirelens_dissect::prelude::*;

use super::names;
use super::{CONTENT, OUI, PROFINET, uuid};

fields! {
    /// What a TLV of PROFINET may have inside.
    ROWS = "lldp" PROFINET "profinet";
    SUBTYPE = hex "profinet.subtype" "Subtype" names(names::PROFINET_SUBTYPES);
    RX_LOCAL  = uint "profinet.port_rx_delay_local" "Receive delay here in nanoseconds";
    RX_REMOTE = uint "profinet.port_rx_delay_remote" "Receive delay there in nanoseconds";
    TX_LOCAL  = uint "profinet.port_tx_delay_local" "Transmit delay here in nanoseconds";
    TX_REMOTE = uint "profinet.port_tx_delay_remote" "Transmit delay there in nanoseconds";
    CABLE     = uint "profinet.cable_delay_local" "Cable delay in nanoseconds";
    CLASS_2   = hex "profinet.rtc2_port_status" "RT class 2 port status" names(names::CLASS_2_STATES);
    CLASS_3   = hex "profinet.rtc3_port_status" "RT class 3 port status" & 0x0007 names(names::CLASS_3_STATES);
    CLASS_3_RESERVED = hex "profinet.rtc3_port_status.reserved" "Reserved" & 0x0ff8 key("rtc3_reserved") detail;
    FRAGMENTATION    = hex "profinet.rtc3_port_status.fragmentation" "Fragmentation" & 0x1000 names(names::FRAGMENTATIONS) key("rtc3_fragmentation");
    PREAMBLE         = hex "profinet.rtc3_port_status.preambleLength" "Preamble length" & 0x2000 names(names::PREAMBLES) key("rtc3_preamble_length");
    MRP_DOMAIN = text "profinet.mrp_domain_uuid" "MRP domain UUID";
    MRRT      = hex  "profinet.mrrt_port_status" "MRRT port status" names(names::MRRT_STATES);
    CHASSIS_MAC = mac "profinet.cm_mac_add" "Chassis MAC";
    MASTER    = mac  "profinet.master_source_address" "Master source address";
    SUBDOMAIN = text "profinet.subdomain_uuid" "Subdomain UUID";
    IR_DATA   = text "profinet.ir_data_uuid" "IR data UUID";
    PERIOD_VALID = uint "profinet.length_of_period_valid" "Length of period is valid" & 0x8000_0000;
    PERIOD       = uint "profinet.length_of_period_length" "Length of period in nanoseconds" & 0x7fff_ffff;
    RED_VALID    = uint "profinet.red_period_begin_valid" "Begin of red period is valid" & 0x8000_0000;
    RED          = uint "profinet.red_period_begin_offset" "Begin of red period in nanoseconds" & 0x7fff_ffff;
    ORANGE_VALID = uint "profinet.orange_period_begin_valid" "Begin of orange period is valid" & 0x8000_0000;
    ORANGE       = uint "profinet.orange_period_begin_offset" "Begin of orange period in nanoseconds" & 0x7fff_ffff;
    GREEN_VALID  = uint "profinet.green_period_begin_valid" "Begin of green period is valid" & 0x8000_0000;
    GREEN        = uint "profinet.green_period_begin_offset" "Begin of green period in nanoseconds" & 0x7fff_ffff;
    TSN_DOMAIN   = text "profinet.tsn_domain_uuid" "TSN domain UUID";
    ADDRESS_LENGTH  = hex "profinet.tsn_nme_management_addr_str_length" "Management address string length" detail;
    ADDRESS_SUBTYPE = hex "profinet.tsn_nme_management_addr_subtype" "Management address family" names(names::FAMILIES);
    ADDRESS      = bytes "profinet.tsn_nme_management_addr" "Management address";
    NAME_UUID    = text "profinet.tsn_nme_name_uuid" "TSN NME name UUID";
    PARAMETER_UUID = text "profinet.tsn_nme_parameter_uuid" "TSN NME parameter UUID";
    TIME_DOMAIN  = hex  "profinet.time_domain_number" "Time domain" names(names::TIME_DOMAINS);
    TIME_UUID    = text "profinet.time_domain_uuid" "Time domain UUID";
    TIME_MASTER  = bytes "profinet.time_domain_master_identity" "Time domain master";
}

pub(super) fn tlv(p: &mut Packet<'_>) -> Read {
    p.u24(&OUI)?;
    match p.u8(&SUBTYPE)? {
        1 => {
            for row in [&RX_LOCAL, &RX_REMOTE, &TX_LOCAL, &TX_REMOTE, &CABLE] {
                p.u32(row)?;
            }
            Ok(())
        }
        2 => {
            p.u16(&CLASS_2)?;
            p.bits(p.peek_u16()?, 2, &[&CLASS_3, &CLASS_3_RESERVED, &FRAGMENTATION, &PREAMBLE])
        }
        4 => {
            uuid(p, &MRP_DOMAIN)?;
            p.u16(&MRRT).map(drop)
        }
        5 => p.mac(&CHASSIS_MAC).map(drop),
        6 => {
            p.mac(&MASTER)?;
            uuid(p, &SUBDOMAIN)?;
            uuid(p, &IR_DATA)?;
            for (valid, length) in [
                (&PERIOD_VALID, &PERIOD),
                (&RED_VALID, &RED),
                (&ORANGE_VALID, &ORANGE),
                (&GREEN_VALID, &GREEN),
            ] {
                p.bits(p.peek_u32()?, 4, &[valid, length])?;
            }
            Ok(())
        }
        9 => uuid(p, &TSN_DOMAIN),
        10 => {
            let length = p.u8(&ADDRESS_LENGTH)?;
            p.within(length.into(), |p| {
                p.u8(&ADDRESS_SUBTYPE)?;
                p.remainder(&ADDRESS)
            })
        }
        11 => uuid(p, &NAME_UUID),
        12 => uuid(p, &PARAMETER_UUID),
        13 => {
            p.u16(&TIME_DOMAIN)?;
            uuid(p, &TIME_UUID)?;
            p.bytes(&TIME_MASTER, 8).map(drop)
        }
        _ => p.remainder(&CONTENT),
    }
}
