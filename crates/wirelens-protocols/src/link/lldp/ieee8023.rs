//! TLVs of IEEE 802.3: section 79 of it.

use wirelens_dissect::prelude::*;

use super::names;
use super::{CONTENT, IEEE_8023, OUI};

fields! {
    /// What a TLV of IEEE 802.3 may have inside.
    ROWS = "lldp" IEEE_8023 "ieee.802_3";
    SUBTYPE     = hex "ieee.802_3.subtype" "Subtype" names(names::IEEE_8023_SUBTYPES);
    NEGOTIATION = hex "ieee.802_3.mac_phy_auto_neg_status" "Auto-Negotiation" key("auto_negotiation") {
        NEGOTIATES  = flag "ieee.802_3.mac_phy_auto_neg_status.supported" "Supported" & 0x01;
        NEGOTIATED  = flag "ieee.802_3.mac_phy_auto_neg_status.enabled" "Enabled" & 0x02;
    };
    ADVERTISED  = hex "ieee.802_3.pmd_auto_neg_advertised_caps" "Advertised capabilities" key("advertised") {
        ADVERTISED_OTHER     = flag "ieee.802_3.pmd_auto_neg_advertised_caps.other" "Other" & 0x8000;
        ADVERTISED_10T       = flag "ieee.802_3.pmd_auto_neg_advertised_caps.10base_t" "10BASE-T half duplex" & 0x4000;
        ADVERTISED_10T_FD    = flag "ieee.802_3.pmd_auto_neg_advertised_caps.10base_tfd" "10BASE-T full duplex" & 0x2000;
        ADVERTISED_100T4     = flag "ieee.802_3.pmd_auto_neg_advertised_caps.100base_t4" "100BASE-T4" & 0x1000;
        ADVERTISED_100TX     = flag "ieee.802_3.pmd_auto_neg_advertised_caps.100base_tx" "100BASE-TX half duplex" & 0x0800;
        ADVERTISED_100TX_FD  = flag "ieee.802_3.pmd_auto_neg_advertised_caps.100base_txfd" "100BASE-TX full duplex" & 0x0400;
        ADVERTISED_100T2     = flag "ieee.802_3.pmd_auto_neg_advertised_caps.100base_t2" "100BASE-T2 half duplex" & 0x0200;
        ADVERTISED_100T2_FD  = flag "ieee.802_3.pmd_auto_neg_advertised_caps.100base_t2fd" "100BASE-T2 full duplex" & 0x0100;
        ADVERTISED_PAUSE     = flag "ieee.802_3.pmd_auto_neg_advertised_caps.fdx_pause" "PAUSE" & 0x0080;
        ADVERTISED_A_PAUSE   = flag "ieee.802_3.pmd_auto_neg_advertised_caps.fdx_apause" "Asymmetric PAUSE" & 0x0040;
        ADVERTISED_S_PAUSE   = flag "ieee.802_3.pmd_auto_neg_advertised_caps.fdx_spause" "Symmetric PAUSE" & 0x0020;
        ADVERTISED_B_PAUSE   = flag "ieee.802_3.pmd_auto_neg_advertised_caps.fdx_bpause" "Asymmetric and symmetric PAUSE" & 0x0010;
        ADVERTISED_1000X     = flag "ieee.802_3.pmd_auto_neg_advertised_caps.1000base_x" "1000BASE-X half duplex" & 0x0008;
        ADVERTISED_1000X_FD  = flag "ieee.802_3.pmd_auto_neg_advertised_caps.1000base_xfd" "1000BASE-X full duplex" & 0x0004;
        ADVERTISED_1000T     = flag "ieee.802_3.pmd_auto_neg_advertised_caps.1000base_t" "1000BASE-T half duplex" & 0x0002;
        ADVERTISED_1000T_FD  = flag "ieee.802_3.pmd_auto_neg_advertised_caps.1000base_tfd" "1000BASE-T full duplex" & 0x0001;
        // Some count the bits of RFC 4836 from the other end.
        INVERSE_OTHER     = flag "ieee.802_3.pmd_auto_neg_advertised_caps_inv.other" "Inverse: other" & 0x0001 key("inverse_other") detail;
        INVERSE_10T       = flag "ieee.802_3.pmd_auto_neg_advertised_caps_inv.10base_t" "Inverse: 10BASE-T half duplex" & 0x0002 key("inverse_10base_t") detail;
        INVERSE_10T_FD    = flag "ieee.802_3.pmd_auto_neg_advertised_caps_inv.10base_tfd" "Inverse: 10BASE-T full duplex" & 0x0004 key("inverse_10base_tfd") detail;
        INVERSE_100T4     = flag "ieee.802_3.pmd_auto_neg_advertised_caps_inv.100base_t4" "Inverse: 100BASE-T4" & 0x0008 key("inverse_100base_t4") detail;
        INVERSE_100TX     = flag "ieee.802_3.pmd_auto_neg_advertised_caps_inv.100base_tx" "Inverse: 100BASE-TX half duplex" & 0x0010 key("inverse_100base_tx") detail;
        INVERSE_100TX_FD  = flag "ieee.802_3.pmd_auto_neg_advertised_caps_inv.100base_txfd" "Inverse: 100BASE-TX full duplex" & 0x0020 key("inverse_100base_txfd") detail;
        INVERSE_100T2     = flag "ieee.802_3.pmd_auto_neg_advertised_caps_inv.100base_t2" "Inverse: 100BASE-T2 half duplex" & 0x0040 key("inverse_100base_t2") detail;
        INVERSE_100T2_FD  = flag "ieee.802_3.pmd_auto_neg_advertised_caps_inv.100base_t2fd" "Inverse: 100BASE-T2 full duplex" & 0x0080 key("inverse_100base_t2fd") detail;
        INVERSE_PAUSE     = flag "ieee.802_3.pmd_auto_neg_advertised_caps_inv.fdx_pause" "Inverse: PAUSE" & 0x0100 key("inverse_fdx_pause") detail;
        INVERSE_A_PAUSE   = flag "ieee.802_3.pmd_auto_neg_advertised_caps_inv.fdx_apause" "Inverse: asymmetric PAUSE" & 0x0200 key("inverse_fdx_apause") detail;
        INVERSE_S_PAUSE   = flag "ieee.802_3.pmd_auto_neg_advertised_caps_inv.fdx_spause" "Inverse: symmetric PAUSE" & 0x0400 key("inverse_fdx_spause") detail;
        INVERSE_B_PAUSE   = flag "ieee.802_3.pmd_auto_neg_advertised_caps_inv.fdx_bpause" "Inverse: asymmetric and symmetric PAUSE" & 0x0800 key("inverse_fdx_bpause") detail;
        INVERSE_1000X     = flag "ieee.802_3.pmd_auto_neg_advertised_caps_inv.1000base_x" "Inverse: 1000BASE-X half duplex" & 0x1000 key("inverse_1000base_x") detail;
        INVERSE_1000X_FD  = flag "ieee.802_3.pmd_auto_neg_advertised_caps_inv.1000base_xfd" "Inverse: 1000BASE-X full duplex" & 0x2000 key("inverse_1000base_xfd") detail;
        INVERSE_1000T     = flag "ieee.802_3.pmd_auto_neg_advertised_caps_inv.1000base_t" "Inverse: 1000BASE-T half duplex" & 0x4000 key("inverse_1000base_t") detail;
        INVERSE_1000T_FD  = flag "ieee.802_3.pmd_auto_neg_advertised_caps_inv.1000base_tfd" "Inverse: 1000BASE-T full duplex" & 0x8000 key("inverse_1000base_tfd") detail;
    };
    MAU         = hex "ieee.802_3.pmd_mau_type" "Operational MAU Type" names(names::MAU_TYPES) key("mau_type");
    POWER       = hex "ieee.802_3.mdi_power_support" "MDI Power Support" key("power_support") {
        IS_SUPPLY     = flag "ieee.802_3.mdi_power_support.port_class" "Port is a PSE" & 0x01;
        CAN_SUPPLY    = flag "ieee.802_3.mdi_power_support.supported" "Supported" & 0x02;
        SUPPLIES      = flag "ieee.802_3.mdi_power_support.enabled" "Enabled" & 0x04;
        CHOOSES_PAIRS = flag "ieee.802_3.mdi_power_support.pse_pairs" "Pairs can be chosen" & 0x08;
    };
    PAIR        = uint "ieee.802_3.mdi_pse_pair" "PSE Power Pair" names(names::PAIRS) key("power_pair");
    CLASS       = uint "ieee.802_3.mdi_power_class" "Power Class" names(names::POWER_CLASSES) key("power_class");
    POWER_TYPE  = uint "ieee.802_3.mdi_power_type" "Power Type" & 0xc0 names(names::POWER_TYPES) key("power_type");
    SUPPLY_SOURCE = uint "ieee.802_3.mdi_power_source" "Power Source" & 0x30 names(names::SUPPLY_SOURCES) key("power_source");
    DEVICE_SOURCE = uint "ieee.802_3.mdi_power_source" "Power Source" & 0x30 names(names::DEVICE_SOURCES) key("power_source");
    PRIORITY    = uint "ieee.802_3.mdi_power_priority" "Power Priority" & 0x0f names(names::POWER_PRIORITIES) key("power_priority");
    REQUESTED   = uint "ieee.802_3.mdi_pde_requested" "Requested power in tenths of a watt" key("requested_power");
    ALLOCATED   = uint "ieee.802_3.mdi_pse_allocated" "Allocated power in tenths of a watt" key("allocated_power");
    REQUESTED_A = uint "ieee.802_3.bt_ds_pd_requested_power_value_mode_a" "Requested power, mode A" key("requested_power_a");
    REQUESTED_B = uint "ieee.802_3.bt_ds_pd_requested_power_value_mode_b" "Requested power, mode B" key("requested_power_b");
    ALLOCATED_A = uint "ieee.802_3.bt_ds_pse_allocated_power_value_alt_a" "Allocated power, alternative A" key("allocated_power_a");
    ALLOCATED_B = uint "ieee.802_3.bt_ds_pse_allocated_power_value_alt_b" "Allocated power, alternative B" key("allocated_power_b");
    POWER_STATUS = hex "ieee.802_3.bt_power_status" "Power Status" key("power_status") {
        POWERING     = uint "ieee.802_3.bt_pse_powering_status" "PSE Powering Status" & 0xc000 key("pse_powering_status");
        POWERED      = uint "ieee.802_3.bt_pd_powered_status" "PD Powered Status" & 0x3000 key("pd_powered_status");
        PAIRS_EXTENDED = uint "ieee.802_3.bt_pse_power_pairs_ext" "PSE Power Pairs" & 0x0c00 key("pse_power_pairs");
        CLASS_A      = uint "ieee.802_3.bt_ds_pwr_class_ext_a" "Power Class, mode A" & 0x0380 key("power_class_a");
        CLASS_B      = uint "ieee.802_3.bt_ds_pwr_class_ext_b" "Power Class, mode B" & 0x0070 key("power_class_b");
        CLASS_EXTENDED = uint "ieee.802_3.bt_pwr_class_ext_" "Power Class" & 0x000f key("power_class");
    };
    SETUP       = hex "ieee.802_3.bt_system_setup" "System Setup" key("system_setup") {
        TYPE_EXTENDED = uint "ieee.802_3.bt_power_type_ext" "Power Type" & 0x0e key("power_type");
    };
    AVAILABLE   = uint "ieee.802_3.bt_pse_maximum_available_power_value" "Most available power" key("available_power");
    AUTOCLASS   = hex "ieee.802_3.bt_autoclass" "Autoclass" key("autoclass") {
        AUTOCLASS_SUPPORT   = uint "ieee.802_3.bt_pse_autoclass_support" "Supported" & 0x04 key("supported");
        AUTOCLASS_COMPLETED = uint "ieee.802_3.bt_autoclass_completed" "Completed" & 0x02 key("completed");
        AUTOCLASS_REQUEST   = uint "ieee.802_3.bt_autoclass_request" "Requested" & 0x01 key("requested");
        AUTOCLASS_RESERVED  = hex "ieee.802_3.bt_autoclass_reserved" "Reserved" & 0xf8 key("reserved") detail;
    };
    POWER_DOWN  = hex "ieee.802_3.bt_power_down" "Power Down" key("power_down") {
        DOWN_REQUEST = uint "ieee.802_3.bt_power_down_request" "Request" & 0xfc_0000 key("request");
        DOWN_TIME    = uint "ieee.802_3.bt_power_down_time" "Time" & 0x03_ffff key("time");
    };
    AGGREGATION = hex "ieee.802_3.aggregation_status" "Aggregation Status" {
        CAN_AGGREGATE = flag "ieee.802_3.aggregation_status.cap" "Capable" & 0x01;
        AGGREGATED    = flag "ieee.802_3.aggregation_status.enabled" "Enabled" & 0x02;
    };
    AGGREGATED_PORT = uint "ieee.802_3.aggregated_port_id" "Aggregated Port ID";
    DEPRECATED  = problem "tlv_deprecated" "IEEE 802.1 has taken this over";
    FRAME_SIZE  = uint "ieee.802_3.max_frame_size" "Maximum Frame Size" brief("mtu ");
    TRANSMIT    = uint "ieee.802_3.eee.transmit" "Transmit wake time in microseconds" key("transmit");
    RECEIVE     = uint "ieee.802_3.eee.receive" "Receive wake time in microseconds" key("receive");
    FALLBACK    = uint "ieee.802_3.eee.fallback_receive" "Fallback receive wake time" key("fallback_receive");
    ECHO_TRANSMIT = uint "ieee.802_3.eee.echo_transmit" "Echo of the transmit wake time" key("echo_transmit");
    ECHO_RECEIVE  = uint "ieee.802_3.eee.echo_receive" "Echo of the receive wake time" key("echo_receive");
    ADDITIONAL  = hex "ieee.802_3br.eac" "Additional Ethernet Capabilities" key("additional_capabilities") {
        PREEMPTS_SUPPORT = flag "ieee.802_3br.aec.support" "Preemption supported" & 0x0001 key("support");
        PREEMPTS_ENABLED = flag "ieee.802_3br.aec.enable" "Preemption enabled" & 0x0002 key("enable");
        PREEMPTS_ACTIVE  = flag "ieee.802_3br.aec.active" "Preemption active" & 0x0004 key("active");
        FRAGMENT_SIZE    = uint "ieee.802_3br.aec.addfragsize" "Additional Fragment Size" & 0x0018 key("addfragsize");
        ADDITIONAL_RESERVED = hex "ieee.802_3br.aec.reserved" "Reserved" & 0xffe0 key("reserved") detail;
    };
}

pub(super) fn tlv(p: &mut Packet<'_>) -> Read {
    p.u24(&OUI)?;
    match p.u8(&SUBTYPE)? {
        1 => {
            p.u8(&NEGOTIATION)?;
            p.u16(&ADVERTISED)?;
            p.u16(&MAU).map(drop)
        }
        2 => power(p),
        3 => {
            p.problem_at(&DEPRECATED, p.at() - 1, 1);
            p.u8(&AGGREGATION)?;
            p.u32(&AGGREGATED_PORT).map(drop)
        }
        4 => p.u16(&FRAME_SIZE).map(drop),
        5 => {
            for row in [&TRANSMIT, &RECEIVE, &FALLBACK, &ECHO_TRANSMIT, &ECHO_RECEIVE] {
                p.u16(row)?;
            }
            Ok(())
        }
        7 => p.u16(&ADDITIONAL).map(drop),
        _ => p.remainder(&CONTENT),
    }
}

/// IEEE 802.3 section 79.3.2: three lengths, each of which adds to the one before.
fn power(p: &mut Packet<'_>) -> Read {
    p.u8(&POWER)?;
    p.u8(&PAIR)?;
    p.u8(&CLASS)?;
    if p.declared_left() == 0 {
        return Ok(());
    }
    let word = p.peek_u8()?;
    let is_device = word & 0x40 != 0;
    p.bits(word, 1, &[&POWER_TYPE, if is_device { &DEVICE_SOURCE } else { &SUPPLY_SOURCE }, &PRIORITY])?;
    p.u16(&REQUESTED)?;
    p.u16(&ALLOCATED)?;
    if p.declared_left() == 0 {
        return Ok(());
    }
    for row in [&REQUESTED_A, &REQUESTED_B, &ALLOCATED_A, &ALLOCATED_B, &POWER_STATUS] {
        p.u16(row)?;
    }
    p.u8(&SETUP)?;
    p.u16(&AVAILABLE)?;
    p.u8(&AUTOCLASS)?;
    p.u24(&POWER_DOWN).map(drop)
}
