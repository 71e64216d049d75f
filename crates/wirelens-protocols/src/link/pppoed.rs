//! PPP over Ethernet, the discovery stage, RFC 2516 section 5, with the tags of RFC 4638, RFC 4679,
//! RFC 4937 and RFC 5578.

use wirelens_dissect::prelude::*;

use crate::link::ethernet::ETHERTYPE;
use crate::link::pppoe::{self, PPPOE};

static TAG_NAMES: Names = &[
    (0x0000, "End-Of-List"),
    (0x0101, "Service-Name"),
    (0x0102, "AC-Name"),
    (0x0103, "Host-Uniq"),
    (0x0104, "AC-Cookie"),
    (0x0105, "Vendor-Specific"),
    (0x0106, "Credits"),
    (0x0107, "Metrics"),
    (0x0108, "Sequence Number"),
    (0x0109, "Credit Scale Factor"),
    (0x0110, "Relay-Session-Id"),
    (0x0111, "HURL"),
    (0x0112, "MOTM"),
    (0x0120, "PPP-Max-Payload"),
    (0x0121, "IP Route Add"),
    (0x0201, "Service-Name-Error"),
    (0x0202, "AC-System-Error"),
    (0x0203, "Generic-Error"),
];

/// RFC 4679 section 3.3.
static LINE_TAG_NAMES: Names = &[
    (0x01, "Agent-Circuit-Id"),
    (0x02, "Agent-Remote-Id"),
    (0x81, "Actual-Data-Rate-Upstream"),
    (0x82, "Actual-Data-Rate-Downstream"),
    (0x83, "Minimum-Data-Rate-Upstream"),
    (0x84, "Minimum-Data-Rate-Downstream"),
    (0x85, "Attainable-Data-Rate-Upstream"),
    (0x86, "Attainable-Data-Rate-Downstream"),
    (0x87, "Maximum-Data-Rate-Upstream"),
    (0x88, "Maximum-Data-Rate-Downstream"),
    (0x89, "Minimum-Data-Rate-Upstream-Low-Power"),
    (0x8a, "Minimum-Data-Rate-Downstream-Low-Power"),
    (0x8b, "Maximum-Interleaving-Delay-Upstream"),
    (0x8c, "Actual-Interleaving-Delay-Upstream"),
    (0x8d, "Maximum-Interleaving-Delay-Downstream"),
    (0x8e, "Actual-Interleaving-Delay-Downstream"),
    (0x90, "Access-Loop-Encapsulation"),
];

static RATE_UNITS: Names = &[(0, "kbit/s"), (1, "Mbit/s"), (2, "Gbit/s"), (3, "Tbit/s")];

pub(crate) static DATA_LINKS: Names = &[(0, "ATM AAL5"), (1, "Ethernet")];

pub(crate) static OUTER: Names = &[
    (0, "Not available"),
    (1, "Untagged Ethernet"),
    (2, "Single-tagged Ethernet"),
    (3, "Double-tagged Ethernet"),
];

pub(crate) static INNER: Names = &[
    (0, "Not available"),
    (1, "PPPoA LLC"),
    (2, "PPPoA null"),
    (3, "IPoA LLC"),
    (4, "IPoA null"),
    (5, "Ethernet over AAL5 LLC with FCS"),
    (6, "Ethernet over AAL5 LLC without FCS"),
    (7, "Ethernet over AAL5 null with FCS"),
    (8, "Ethernet over AAL5 null without FCS"),
];

protocol! {
    PPPOED = "pppoed" "PPPoE Discovery" "PPP over Ethernet Discovery", Link, rows_of(&PPPOE);
    @ ETHERTYPE 0x8863;
    TAGS = group "tags" "Tags" {
        TAG = hex "tags.tag" "Tag" names(TAG_NAMES) many own {
            SERVICE_NAME = text  "tags.service_name" "Service name" key("service_name") brief("service ");
            AC_NAME      = text  "tags.ac_name" "Access concentrator" key("ac_name") brief("from ");
            HOST_UNIQ    = bytes "tags.host_uniq" "Host's unique value" key("host_uniq");
            AC_COOKIE    = bytes "tags.ac_cookie" "Access concentrator's cookie" key("ac_cookie");
            VENDOR_ID    = uint  "tags.vendor_id" "Vendor" key("vendor_id");
            VENDOR_DATA  = bytes "tags.vendor_unspecified" "Vendor's data" key("vendor_data");
            ACCESS_LINE  = group "tags.vendorspecific.tags" "Access line" key("access_line") {
                LINE_TAG = hex "tags.vendorspecific.entry" "Tag" names(LINE_TAG_NAMES) many own key("tag") {
                    CIRCUIT_ID = text "tags.circuit_id" "Circuit ID" key("circuit_id");
                    REMOTE_ID  = text "tags.remote_id" "Remote ID" key("remote_id");
                    ACTUAL_UP       = uint "tags.act_data_rate_up" "Actual data rate upstream" key("act_data_rate_up");
                    ACTUAL_DOWN     = uint "tags.act_data_rate_down" "Actual data rate downstream" key("act_data_rate_down");
                    LEAST_UP        = uint "tags.min_data_rate_up" "Minimum data rate upstream" key("min_data_rate_up");
                    LEAST_DOWN      = uint "tags.min_data_rate_down" "Minimum data rate downstream" key("min_data_rate_down");
                    ATTAINABLE_UP   = uint "tags.attainable_data_rate_up" "Attainable data rate upstream" key("attainable_data_rate_up");
                    ATTAINABLE_DOWN = uint "tags.attainable_data_rate_down" "Attainable data rate downstream" key("attainable_data_rate_down");
                    MOST_UP         = uint "tags.max_data_rate_up" "Maximum data rate upstream" key("max_data_rate_up");
                    MOST_DOWN       = uint "tags.max_data_rate_down" "Maximum data rate downstream" key("max_data_rate_down");
                    LOW_POWER_UP    = uint "tags.min_data_rate_up_lp" "Minimum data rate upstream in low power state" key("min_data_rate_up_lp");
                    LOW_POWER_DOWN  = uint "tags.min_data_rate_down_lp" "Minimum data rate downstream in low power state" key("min_data_rate_down_lp");
                    MOST_DELAY_UP     = uint "tags.max_int_delay_up" "Maximum interleaving delay upstream" key("max_int_delay_up");
                    ACTUAL_DELAY_UP   = uint "tags.act_int_delay_up" "Actual interleaving delay upstream" key("act_int_delay_up");
                    MOST_DELAY_DOWN   = uint "tags.max_int_delay_down" "Maximum interleaving delay downstream" key("max_int_delay_down");
                    ACTUAL_DELAY_DOWN = uint "tags.act_int_delay_down" "Actual interleaving delay downstream" key("act_int_delay_down");
                    ENCAPSULATION = group "tags.access_loop_encap" "Access loop encapsulation" key("access_loop_encap") {
                        DATA_LINK = hex "tags.access_loop_encap.data_link" "Data link" names(DATA_LINKS);
                        OUTER_ENCAPSULATION = hex "tags.access_loop_encap.encap_1" "Encapsulation 1" names(OUTER);
                        INNER_ENCAPSULATION = hex "tags.access_loop_encap.encap_2" "Encapsulation 2" names(INNER);
                    };
                    LINE_TAG_TYPE   = hex   "tag" "Type" detail;
                    LINE_TAG_LENGTH = uint  "tag_length_8" "Length" detail;
                    LINE_TAG_DATA   = bytes "tag.unknown_data" "Data" key("data");
                };
            };
            CREDITS  = bytes "tags.credits" "Credits" key("credits");
            FORWARD  = uint "tags.credits.fcn" "Forward credit" key("fcn");
            BACKWARD = uint "tags.credits.bcn" "Backward credit" key("bcn");
            METRICS  = bytes "tags.metrics" "Metrics" key("metrics");
            MOST_UNITS    = hex "tags.metrics.mdr_units" "Units of the maximum data rate" & 0x0018 read key("mdr_units") names(RATE_UNITS);
            CURRENT_UNITS = hex "tags.metrics.cdr_units" "Units of the current data rate" & 0x0006 read key("cdr_units") names(RATE_UNITS);
            RECEIVE_ONLY  = flag "tags.metrics.r" "Receive only" & 0x0001 read key("receive_only");
            QUALITY  = uint "tags.metrics.rlq" "Relative link quality" key("rlq");
            RESOURCE = uint "tags.metrics.resource" "Resources" key("resource");
            LATENCY  = uint "tags.metrics.latency" "Latency in milliseconds" key("latency");
            CURRENT_RATE = uint "tags.metrics.curr_drate" "Current data rate" key("curr_drate");
            MOST_RATE    = uint "tags.metrics.max_drate" "Maximum data rate" key("max_drate");
            SEQUENCE = hex  "tags.seq_num" "Sequence number" key("seq_num");
            SCALE    = uint "tags.credit_scale" "Credit scale factor" key("credit_scale");
            RELAY_SESSION = bytes "tags.relay_session_id" "Relay session ID" key("relay_session_id");
            HURL     = bytes "tags.hurl" "URL for the host" key("hurl");
            MOTM     = bytes "tags.motm" "Message of the minute" key("motm");
            MAX_PAYLOAD = bytes "tags.max_payload" "Largest payload" key("max_payload");
            ROUTE_ADD   = bytes "tags.ip_route_add" "Route to add" key("ip_route_add");
            SERVICE_NAME_ERROR = text "tags.service_name_error" "Service name error" key("service_name_error");
            AC_ERROR      = text "tags.ac_system_error" "Access concentrator error" key("ac_system_error");
            GENERIC_ERROR = text "tags.generic_error" "Error" key("generic_error");
            TAG_TYPE   = hex   "tag" "Type" names(TAG_NAMES) detail;
            TAG_LENGTH = uint  "tag_length" "Length" detail;
            TAG_DATA   = bytes "tag.unknown_data" "Data" key("data");
            BAD_TAG    = problem "tag_length.invalid" "Length is not that of the tag" shared many key("problems");
        };
    };
}

const END_OF_LIST: u16 = 0x0000;
/// The enterprise number of the Broadband Forum, RFC 4679.
const BROADBAND_FORUM: u32 = 3561;

fn dissect(p: &mut Packet<'_>) -> Step {
    pppoe::header(p)?;
    if p.declared_left() > 0 {
        p.group(&TAGS, |p| {
            let mut more = true;
            while more && p.declared_left() > 0 {
                let number = p.peek_u16()?;
                p.group_with(&TAG, number.into(), tag)?;
                more = number != END_OF_LIST;
            }
            p.skip(p.left())
        })?;
    }
    Ok(Next::Nothing)
}

fn tag(p: &mut Packet<'_>) -> Read {
    let at = p.at();
    let number = p.peek_u16()?;
    let length = u16::from_be_bytes([p.peek_at(2)?, p.peek_at(3)?]);
    p.skip(4)?;
    p.within(length.into(), |p| value(p, at, number, length))
}

fn value(p: &mut Packet<'_>, at: usize, number: u16, length: u16) -> Read {
    let row = match (number, length) {
        (END_OF_LIST, _) => return Ok(()),
        (0x0105, 4..) => return vendor(p),
        (0x0106, 4) => {
            p.u16(&FORWARD)?;
            return p.u16(&BACKWARD).map(|_| ());
        }
        (0x0107, 10) => return metrics(p),
        (0x0108, 2) => return p.u16(&SEQUENCE).map(|_| ()),
        (0x0109, 2) => return p.u16(&SCALE).map(|_| ()),
        (0x0105 | 0x0108 | 0x0109, _) => {
            p.problem_at(&BAD_TAG, at + 2, 2);
            return Ok(());
        }
        (0x0101, _) => &SERVICE_NAME,
        (0x0102, _) => &AC_NAME,
        (0x0103, _) => &HOST_UNIQ,
        (0x0104, _) => &AC_COOKIE,
        (0x0106, _) => &CREDITS,
        (0x0107, _) => &METRICS,
        (0x0110, _) => &RELAY_SESSION,
        (0x0111, _) => &HURL,
        (0x0112, _) => &MOTM,
        (0x0120, _) => &MAX_PAYLOAD,
        (0x0121, _) => &ROUTE_ADD,
        (0x0201, _) => &SERVICE_NAME_ERROR,
        (0x0202, _) => &AC_ERROR,
        (0x0203, _) => &GENERIC_ERROR,
        _ => {
            p.mark(&TAG_TYPE, at, 2, number.into());
            p.mark(&TAG_LENGTH, at + 2, 2, length.into());
            &TAG_DATA
        }
    };
    if length > 0 {
        p.rest(row)?;
    }
    Ok(())
}

/// RFC 5578 section 2.4.
fn metrics(p: &mut Packet<'_>) -> Read {
    p.bits(p.peek_u16()?, 2, &[&MOST_UNITS, &CURRENT_UNITS, &RECEIVE_ONLY])?;
    p.u8(&QUALITY)?;
    p.u8(&RESOURCE)?;
    p.u16(&LATENCY)?;
    p.u16(&CURRENT_RATE)?;
    p.u16(&MOST_RATE).map(|_| ())
}

fn vendor(p: &mut Packet<'_>) -> Read {
    let vendor = p.u32(&VENDOR_ID)?;
    if p.declared_left() == 0 {
        return Ok(());
    }
    if vendor != BROADBAND_FORUM {
        return p.rest(&VENDOR_DATA).map(|_| ());
    }
    p.group(&ACCESS_LINE, |p| {
        while p.declared_left() > 0 {
            let number = p.peek_u8()?;
            p.group_with(&LINE_TAG, number.into(), line_tag)?;
        }
        Ok(())
    })
}

/// RFC 4679 section 3.3.
fn line_tag(p: &mut Packet<'_>) -> Read {
    static NUMBERS: [&Field; 14] = [
        &ACTUAL_UP,
        &ACTUAL_DOWN,
        &LEAST_UP,
        &LEAST_DOWN,
        &ATTAINABLE_UP,
        &ATTAINABLE_DOWN,
        &MOST_UP,
        &MOST_DOWN,
        &LOW_POWER_UP,
        &LOW_POWER_DOWN,
        &MOST_DELAY_UP,
        &ACTUAL_DELAY_UP,
        &MOST_DELAY_DOWN,
        &ACTUAL_DELAY_DOWN,
    ];
    let at = p.at();
    let (number, length) = (p.peek_u8()?, p.peek_at(1)?);
    p.skip(2)?;
    p.within(length.into(), |p| match (number, length) {
        (0x01 | 0x02, 0) => Ok(()),
        (0x01, _) => p.rest(&CIRCUIT_ID).map(|_| ()),
        (0x02, _) => p.rest(&REMOTE_ID).map(|_| ()),
        (0x81..=0x8e, 4) => p.u32(NUMBERS[usize::from(number - 0x81)]).map(|_| ()),
        (0x90, 3) => p.group(&ENCAPSULATION, |p| {
            p.u8(&DATA_LINK)?;
            p.u8(&OUTER_ENCAPSULATION)?;
            p.u8(&INNER_ENCAPSULATION).map(|_| ())
        }),
        (0x81..=0x8e | 0x90, _) => {
            p.problem_at(&BAD_TAG, at + 1, 1);
            Ok(())
        }
        _ => {
            p.mark(&LINE_TAG_TYPE, at, 1, number.into());
            p.mark(&LINE_TAG_LENGTH, at + 1, 1, length.into());
            p.rest(&LINE_TAG_DATA).map(|_| ())
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    #[test]
    fn an_offer() {
        let frame = hex("11 07 0000 0030 0101 0000 0102 0002 6163 0103 0004 01020304
            0104 0002 abcd 0105 0006 000009bf 0102 0300 0002 eeff 0000 00000000");
        insta::assert_snapshot!(tree(&PPPOED, &frame));
        every_prefix(&PPPOED, &frame);
    }

    #[test]
    fn an_access_line() {
        let frame = hex("11 09 0000 0024 0105 0020 00000de9 0104 63697263 0202 7265 81 04 00000400
            90 03 01 02 03 77 02 abcd 82 01 ff");
        insta::assert_snapshot!(tree(&PPPOED, &frame));
        every_prefix(&PPPOED, &frame);
    }

    #[test]
    fn a_grant_with_metrics() {
        let frame = hex("11 0a 0003 002c 0106 0004 0001 0002 0107 000a 000d 11 22 0033 0044 0055
            0108 0002 0099 0109 0002 0064 0120 0002 05d4 0109 0000");
        insta::assert_snapshot!(tree(&PPPOED, &frame));
        every_prefix(&PPPOED, &frame);
    }

    #[test]
    fn nothing_counts_behind_the_end_of_the_list() {
        let tree = tree(&PPPOED, &hex("11 09 0000 000a 0000 0000 0101 0002 6162"));
        assert!(!tree.contains("Service name"), "{tree}");
    }

    #[test]
    fn names_are_sorted() {
        assert!(TAG_NAMES.is_sorted_by_key(|&(number, _)| number));
    }
}
