//! Bodies of management frames, IEEE 802.11-2020 section 9.3.3: fixed fields by subtype, section
//! 9.4.1, then elements.

use wirelens_dissect::prelude::*;

use super::actions::{self, ACTION_ROWS};
use super::elements::{self, TAG_ROWS};
use super::names::{ALGORITHMS, REASONS, STATUSES};
use super::{MANAGEMENT_BODY, PROTECTED_FRAME, protection};

fields! {
    /// The body: fixed fields, elements.
    BODY_ROWS = "wlan" MANAGEMENT_BODY "mgt";
    FIXED = group "fixed.all" "Fixed Fields" key("fixed") rows(FIXED_ROWS);
    ACTION_FIXED = group "fixed.action" "Action" own key("action") rows(ACTION_ROWS);
    TAGS = group "tagged.all" "Elements" key("elements") rows(TAG_ROWS);
}

fields! {
    /// The fixed fields.
    FIXED_ROWS = "wlan" FIXED "fixed.all";
    TIMESTAMP = uint "fixed.timestamp" "Timestamp" key("timestamp");
    INTERVAL = uint "fixed.beacon" "Beacon Interval in TU" key("beacon_interval");
    CAPABILITIES = hex "fixed.capabilities" "Capabilities" key("capabilities") {
        ESS = flag "fixed.capabilities.ess" "ESS" & 0x0001;
        IBSS = flag "fixed.capabilities.ibss" "IBSS" & 0x0002;
        RESERVED_1 = flag "fixed.capabilities.reserved1" "Reserved" & 0x0004 detail;
        RESERVED_2 = flag "fixed.capabilities.reserved2" "Reserved" & 0x0008 detail;
        PRIVACY = flag "fixed.capabilities.privacy" "Privacy" & 0x0010;
        SHORT_PREAMBLE = flag "fixed.capabilities.short_preamble" "Short Preamble" & 0x0020;
        RESERVED_3 = flag "fixed.capabilities.reserved3" "Reserved" & 0x0040 detail;
        RESERVED_4 = flag "fixed.capabilities.reserved4" "Reserved" & 0x0080 detail;
        SPECTRUM = flag "fixed.capabilities.spec_man" "Spectrum Management" & 0x0100;
        QOS = flag "fixed.capabilities.qos" "QoS" & 0x0200;
        SHORT_SLOT = flag "fixed.capabilities.short_slot_time" "Short Slot Time" & 0x0400;
        APSD = flag "fixed.capabilities.apsd" "APSD" & 0x0800;
        RADIO = flag "fixed.capabilities.radio_measurement" "Radio Measurement" & 0x1000;
        EPD = flag "fixed.capabilities.epd" "EPD" & 0x2000;
        RESERVED_5 = flag "fixed.capabilities.reserved5" "Reserved" & 0x4000 detail;
        RESERVED_6 = flag "fixed.capabilities.reserved6" "Reserved" & 0x8000 detail;
    };
    LISTEN = hex "fixed.listen_ival" "Listen Interval" key("listen_interval");
    CURRENT_AP = mac "fixed.current_ap" "Current AP" key("current_ap");
    STATUS = hex "fixed.status_code" "Status" names(STATUSES) key("status") brief("");
    ASSOCIATION = uint "fixed.aid" "Association ID" & 0x3fff key("aid");
    ALGORITHM = uint "fixed.auth.alg" "Authentication Algorithm" names(ALGORITHMS) key("algorithm") brief("");
    TRANSACTION = hex "fixed.auth_seq" "Authentication Transaction" key("transaction") brief("step ");
    REASON = hex "fixed.reason_code" "Reason" names(REASONS) key("reason") brief("");
    ACTION_DATA = bytes "fixed.action_data" "Contents" own key("action_data");
}

const AUTHENTICATION: u8 = 11;
const ACTION: u8 = 13;
const ACTION_NO_ACK: u8 = 14;

/// Reads the body of a frame of this subtype.
pub(super) fn body(p: &mut Packet<'_>, subtype: u8, flags: u8) -> Step {
    // Of protected ones only the third of a shared key authentication is not under a pairwise key.
    if flags & PROTECTED_FRAME != 0 {
        return protection::frame(p);
    }
    if p.declared_left() == 0 {
        return Ok(Next::Nothing);
    }
    p.group(&MANAGEMENT_BODY, |p| {
        if matches!(subtype, ACTION | ACTION_NO_ACK) {
            return actions::body(p, subtype);
        }
        if !matches!(subtype, 4 | 9) {
            p.group(&FIXED, |p| fixed(p, subtype))?;
        }
        if p.declared_left() > 0 {
            p.group(&TAGS, |p| elements::walk(p, subtype))?;
        }
        Ok(())
    })?;
    Ok(Next::Nothing)
}

fn fixed(p: &mut Packet<'_>, subtype: u8) -> Read {
    match subtype {
        0 => {
            p.u16_le(&CAPABILITIES)?;
            p.u16_le(&LISTEN)?;
        }
        1 | 3 => {
            p.u16_le(&CAPABILITIES)?;
            p.u16_le(&STATUS)?;
            p.u16_le(&ASSOCIATION)?;
        }
        2 => {
            p.u16_le(&CAPABILITIES)?;
            p.u16_le(&LISTEN)?;
            p.mac(&CURRENT_AP)?;
        }
        5 | 8 => {
            p.u64_le(&TIMESTAMP)?;
            p.u16_le(&INTERVAL)?;
            p.u16_le(&CAPABILITIES)?;
        }
        6 => {
            p.u64_le(&TIMESTAMP)?;
            p.u16_le(&CAPABILITIES)?;
        }
        10 | 12 => drop(p.u16_le(&REASON)?),
        AUTHENTICATION => {
            p.u16_le(&ALGORITHM)?;
            p.u16_le(&TRANSACTION)?;
            p.u16_le(&STATUS)?;
        }
        _ => drop(p.rest(&ACTION_DATA)?),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::link::wlan::WLAN;
    use crate::testing::*;

    /// With RSN, WMM and Cisco's elements.
    const BEACON: &str = "80000000ffffffffffff6c504d7ddedb6c504d7ddedb1057d9a0be54621d0000660031040003494244010796 \
         18243048606c0301010504000100000706555320010b1e0b0503003500002a010230140100000fac04010000 \
         0fac040100000fac012800851e08008f000f00ff035900495342442d42616e6e6f636b000000000300003696 \
         06004096001400dd180050f2020101800003000000270000004200000062000000dd06004096010104dd0500 \
         40960305dd050040960b09dd050040961400";
    /// With HT Control and the elements of 802.11v and 802.11u.
    const PROBE_REQUEST: &str = "4089d204aabbccddeeffffaaffaaffaa112233445566caabd6f69f720008686f6765686f6765010590ffa07f \
         300a036c447032027fef0301993b06ee05040302012d1aa659b621841042082184104288e893982449929492 \
         646c6b8c244801e47f0924499224494c921234541b000561626364650012666f6f6f6f6f6f6f6f6f6f6f6f6f \
         6f6f6f6f6107000110022003306b09a002040a0b0c0d0e0f7206504030201000dd050101010101dd06020202 \
         020202";
    const ADD_RESPONSE: &str = "d0003a010024b2f8d7067cc5376d16e70024b2f8d70620ef0301f6000002020000";
    /// With VHT capabilities and WPS.
    const WITH_WPS: &str = "40000000ffffffffffffb0fc362f0744ffffffffffff4007000001080c1218243048606c2d1a6e181fff0000 \
         00010000000000960001000000000000000000007f0b0000000001000040000020bf0ca219c033feffb201fe \
         ffb201dd690050f204104a000110103a0001001008000231081047001048e0fe73930d58329516bb737da108 \
         a7105400080000000000000000103c0001031002000200001009000200001012000200001021000120102300 \
         0120102400012010110001201049000600372a000120dd11506f9a090202002100060500585804510672002e \
         89c377";

    /// With PMKIDs, fast transition, radio measurement and other elements that are less common.
    const LESS_COMMON: &str = "80000000ffffffffffff0202020202020202020202021000000000000000000064001104302a0100000fac04 \
         0100000fac040100000fac08c000010000112233445566778899aabbccddeeff000fac06f401203603010203 \
         3752000100000000000000000000000000000000000000000000000000000000000000000000000000000000 \
         000000000000000000000000000000000000000000000000000000000000000000000000000000004a0e0000 \
         00000000000000000000000046050102030405c701152e0105100361626306020100070a555320c90102010b \
         1e00";

    #[test]
    fn less_common_elements() {
        insta::assert_snapshot!(tree(&WLAN, &hex(LESS_COMMON)));
    }

    #[test]
    fn a_beacon() {
        insta::assert_snapshot!(tree(&WLAN, &hex(BEACON)));
    }

    #[test]
    fn a_probe_request() {
        insta::assert_snapshot!(tree(&WLAN, &hex(PROBE_REQUEST)));
    }

    #[test]
    fn protected_setup() {
        insta::assert_snapshot!(tree(&WLAN, &hex(WITH_WPS)));
    }

    #[test]
    fn a_block_ack_is_agreed() {
        insta::assert_snapshot!(tree(&WLAN, &hex(ADD_RESPONSE)));
    }

    #[test]
    fn every_prefix_of_them() {
        for frame in [BEACON, PROBE_REQUEST, ADD_RESPONSE, WITH_WPS, LESS_COMMON] {
            every_prefix(&WLAN, &hex(frame));
        }
    }

    const DEAUTHENTICATION: &str = "c0000000 010101010101 020202020202 020202020202 1000";

    #[test]
    fn an_element_that_is_too_long() {
        let tree = tree(&WLAN, &hex(&format!("{DEAUTHENTICATION} 0700 0004 6162")));
        assert!(tree.contains("Class 3 frame") && tree.contains("Element is longer"), "{tree}");
        assert!(tree.contains("SSID: ab"), "{tree}");
    }

    #[test]
    fn an_element_that_is_too_short_for_its_contents() {
        let tree = tree(&WLAN, &hex(&format!("{DEAUTHENTICATION} 0700 2d020000 030106")));
        assert!(tree.contains("length does not fit") && tree.contains("Current Channel: 6"), "{tree}");
    }

    #[test]
    fn more_suites_than_there_is_room_for() {
        let tree = tree(&WLAN, &hex(&format!(
            "{DEAUTHENTICATION} 0700 300e 0100 000fac04 0900 000fac04 000f")));
        assert!(tree.contains("More pairwise ciphers") && tree.contains("CCMP-128"), "{tree}");
    }
}
