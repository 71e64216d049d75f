//! Options of vendors, RFC 5094; those of 3GPP, TS 29.282.

use wirelens_dissect::joined;
use wirelens_dissect::prelude::*;

use super::option_rows::VSM;
use crate::application::dhcp::names::ENTERPRISES;

/// The rows of a vendor's option.
pub(super) static VENDOR_ROWS: &[&Field] = &joined::<27>(OWN_ROWS, OTHER_ROWS);
static OTHER_ROWS: &[&Field] = &joined::<5>(GTP_ROWS, NETWORK_ROWS);

fields! {
    /// What the option itself has.
    OWN_ROWS = "mip6" VSM "options.vsm";
    VENDOR  = uint "vsm.vendorId" "Vendor" key("vendor") names(ENTERPRISES);
    SUBTYPE = uint "vsm.subtype" "Subtype" key("subtype");
    SUBTYPE_3GPP = uint "vsm.subtype" "Subtype" key("subtype_3gpp") names(SUBTYPES);
    DATA    = bytes "vsm.data" "Data" key("data");
    RESERVED = uint "3gpp.reserved" "Reserved" & 0xfe read key("reserved") detail;
    MORE    = flag "3gpp.flag.m" "Another option continues this one" & 0x01 read key("m_flag");
    ERROR   = uint "3gpp.spec_pmipv6_err_code" "Error" key("error") names(CAUSES);
    GATEWAY_IPV4 = ipv4 "3gpp.pdn_gw_ipv4_addr" "Gateway's IPv4 Address" key("gateway_ipv4");
    GATEWAY_IPV6 = ipv6 "3gpp.pdn_gw_ipv6_addr" "Gateway's IPv6 Address" key("gateway_ipv6");
    PROCEDURE = uint "3gpp.dhcpv4_addr_all_proc_ind" "DHCPv4 Address Allocation Procedure" key("dhcpv4_procedure");
    PDN_TYPE = uint "3gpp.pdn_type" "PDN Type" key("pdn_type") names(PDN_TYPES);
    CAUSE   = uint "3gpp.pdn_ind_cause" "Cause" key("cause") names(CAUSES);
    CHARGING_ID = uint "3gpp.chg_id" "Charging ID" key("charging_id");
    CHARGING = hex "3gpp.charging_characteristic" "Charging Characteristic" key("charging_characteristic");
    MEI     = text "3gpp.mei" "Mobile Equipment Identity" key("mei");
    MSISDN  = text "3gpp.msisdn" "MSISDN" key("msisdn");
    RESTRICTION = uint "3gpp.apn_rest" "APN Restriction" key("apn_restriction");
    MOST_RESTRICTION = uint "3gpp.max_apn_rest" "Maximum APN Restriction" key("maximum_apn_restriction");
    IMSI    = text "3gpp.imsi" "Unauthenticated IMSI" key("imsi");
    CONNECTION = uint "3gpp.pdn_conn_id" "PDN Connection ID" & 0x0f read key("pdn_connection");
    LAPI    = flag "3gpp.lapi" "Low access priority" & 0x01 read key("lapi");
    DATA_3GPP = bytes "3gpp.data" "Data" own key("data_3gpp");
}

fields! {
    /// What it shares with GTPv2.
    GTP_ROWS = "gtpv2" VSM "options.vsm";
    SELECTION = uint "selec_mode" "Selection Mode" & 0x03 read key("selection_mode") names(SELECTIONS);
    TIMER_UNIT = uint "timer_unit" "Timer Unit" & 0xe0 read key("timer_unit") names(TIMER_UNITS);
    TIMER_VALUE = uint "timer_value" "Timer Value" & 0x1f read key("timer_value");
}

fields! {
    /// A network by the numbers of E.212.
    NETWORK_ROWS = "e212" VSM "options.vsm";
    COUNTRY = uint "mcc" "Mobile Country Code" key("mcc");
    NETWORK = uint "mnc" "Mobile Network Code" key("mnc");
}

const THREE_GPP: u32 = 10415;

/// TS 29.282 table 5.1.1-1.
static SUBTYPES: Names = &[
    (1, "Protocol configuration options"),
    (2, "Specific PMIPv6 error code"),
    (3, "PDN gateway's address"),
    (4, "DHCPv4 address allocation procedure"),
    (5, "Fully qualified PDN connection set identifier"),
    (6, "PDN type"),
    (7, "Charging ID"),
    (8, "Selection mode"),
    (9, "I-WLAN mobility access point name"),
    (10, "Charging characteristics"),
    (11, "Mobile equipment identity"),
    (12, "MSISDN"),
    (13, "Serving network"),
    (14, "APN restriction"),
    (15, "Maximum APN restriction"),
    (16, "Unauthenticated IMSI"),
    (17, "PDN connection ID"),
    (18, "PDN gateway's back-off time"),
    (19, "Signalling priority"),
    (20, "Additional protocol configuration options"),
    (21, "Static IP address allocation"),
    (22, "MME or SGSN identifier"),
    (23, "End marker notification"),
    (24, "Trusted WLAN mode"),
    (25, "UE time zone"),
    (26, "Access network identifier timestamp"),
    (27, "Logical access ID"),
    (28, "Origination time stamp"),
    (29, "Maximum wait time"),
    (30, "TWAN capabilities"),
];

/// TS 29.274 section 8.34.
static PDN_TYPES: Names =
    &[(1, "IPv4"), (2, "IPv6"), (3, "IPv4v6"), (4, "Non-IP"), (5, "Ethernet")];

/// TS 29.274 section 8.58.
static SELECTIONS: Names = &[
    (0, "APN of the mobile or the network, verified"),
    (1, "APN of the mobile, not verified"),
    (2, "APN of the network, not verified"),
    (3, "Reserved"),
];

/// TS 29.274 section 8.87.
static TIMER_UNITS: Names =
    &[(0, "2 seconds"), (1, "1 minute"), (2, "10 minutes"), (3, "1 hour"), (4, "10 hours"), (7, "Infinite")];

/// TS 29.274 table 8.4-1.
static CAUSES: Names = &[
    (2, "Local detach"),
    (3, "Complete detach"),
    (4, "RAT changed from 3GPP to Non-3GPP"),
    (5, "ISR deactivation"),
    (6, "Error indication received from RNC/eNodeB/S4-SGSN"),
    (7, "IMSI detach only"),
    (8, "Reactivation requested"),
    (9, "PDN reconnection to this APN disallowed"),
    (10, "Access changed from Non-3GPP to 3GPP"),
    (11, "PDN connection inactivity timer expires"),
    (12, "PGW not responding"),
    (13, "Network failure"),
    (14, "QoS parameter mismatch"),
    (15, "EPS to 5GS mobility"),
    (16, "Request accepted"),
    (17, "Request accepted partially"),
    (18, "New PDN type due to network preference"),
    (19, "New PDN type due to single address bearer only"),
    (64, "Context not found"),
    (65, "Invalid message format"),
    (66, "Version not supported by next peer"),
    (67, "Invalid length"),
    (68, "Service not supported"),
    (69, "Mandatory IE incorrect"),
    (70, "Mandatory IE missing"),
    (72, "System failure"),
    (73, "No resources available"),
    (74, "Semantic error in the TFT operation"),
    (75, "Syntactic error in the TFT operation"),
    (76, "Semantic errors in packet filter(s)"),
    (77, "Syntactic errors in packet filter(s)"),
    (78, "Missing or unknown APN"),
    (80, "GRE key not found"),
    (81, "Relocation failure"),
    (82, "Denied in RAT"),
    (83, "Preferred PDN type not supported"),
    (84, "All dynamic addresses are occupied"),
    (85, "UE context without TFT already activated"),
    (86, "Protocol type not supported"),
    (87, "UE not responding"),
    (88, "UE refuses"),
    (89, "Service denied"),
    (90, "Unable to page UE"),
    (91, "No memory available"),
    (92, "User authentication failed"),
    (93, "APN access denied - no subscription"),
    (94, "Request rejected, reason not specified"),
    (95, "P-TMSI signature mismatch"),
    (96, "IMSI/IMEI not known"),
    (97, "Semantic error in the TAD operation"),
    (98, "Syntactic error in the TAD operation"),
    (100, "Remote peer not responding"),
    (101, "Collision with network initiated request"),
    (102, "Unable to page UE due to suspension"),
    (103, "Conditional IE missing"),
    (104, "APN restriction type incompatible with currently active PDN connection"),
    (105, "Invalid overall length of the triggered response message and a piggybacked initial message"),
    (106, "Data forwarding not supported"),
    (107, "Invalid reply from remote peer"),
    (108, "Fallback to GTPv1"),
    (109, "Invalid peer"),
    (110, "Temporarily rejected due to handover/TAU/RAU procedure in progress"),
    (111, "Modifications not limited to S1-U bearers"),
    (112, "Request rejected for a PMIPv6 reason"),
    (113, "APN congestion"),
    (114, "Bearer handling not supported"),
    (115, "UE already re-attached"),
    (116, "Multiple PDN connections for a given APN not allowed"),
    (117, "Target access restricted for the subscriber"),
    (119, "MME/SGSN refuses due to VPLMN policy"),
    (120, "GTP-C entity congestion"),
    (121, "Late overlapping request"),
    (122, "Timed out request"),
    (123, "UE is temporarily not reachable due to power saving"),
    (124, "Relocation failure due to NAS message redirection"),
    (125, "UE not authorised by OCS or external AAA server"),
    (126, "Multiple accesses to a PDN connection not allowed"),
    (127, "Request rejected due to UE capability"),
    (128, "S1-U path failure"),
    (129, "5GC not allowed"),
    (130, "PGW mismatch with network slice subscribed by the UE"),
    (131, "Rejection due to paging restriction"),
];

pub(super) fn read(p: &mut Packet<'_>) -> Read {
    let vendor = p.u32(&VENDOR)?;
    if vendor != THREE_GPP {
        p.u8(&SUBTYPE)?;
        return p.remainder(&DATA);
    }
    let subtype = p.u8(&SUBTYPE_3GPP)?;
    p.bits(p.peek_u8()?, 1, &[&RESERVED, &MORE])?;
    match (subtype, p.declared_left()) {
        (2, _) => p.u8(&ERROR).map(drop)?,
        (3, 4) => p.ipv4(&GATEWAY_IPV4).map(drop)?,
        (3, 16) => p.ipv6(&GATEWAY_IPV6).map(drop)?,
        (4, _) => p.u8(&PROCEDURE).map(drop)?,
        (6, _) => {
            p.u8(&PDN_TYPE)?;
            p.u8(&CAUSE)?;
        }
        (7, _) => p.u32(&CHARGING_ID).map(drop)?,
        (8, _) => p.u8(&SELECTION).map(drop)?,
        (10, _) => p.u16(&CHARGING).map(drop)?,
        (11, _) => digits(p, &MEI)?,
        (12, _) => digits(p, &MSISDN)?,
        (13, 3) => network(p)?,
        (14, _) => p.u8(&RESTRICTION).map(drop)?,
        (15, _) => p.u8(&MOST_RESTRICTION).map(drop)?,
        (16, _) => digits(p, &IMSI)?,
        (17, _) => p.u8(&CONNECTION).map(drop)?,
        (18, _) => p.bits(p.peek_u8()?, 1, &[&TIMER_UNIT, &TIMER_VALUE])?,
        (19, _) => p.u8(&LAPI).map(drop)?,
        _ => {}
    }
    p.remainder(&DATA_3GPP)
}

/// Two digits a byte, the low half first, up to the end or a half that is filled up.
fn digits(p: &mut Packet<'_>, row: &'static Field) -> Read {
    let (bytes, at) = (p.ahead(), p.at());
    p.make_text(row, at, bytes.len(), |out| {
        let halves = bytes.iter().flat_map(|byte| [byte & 0x0f, byte >> 4]);
        out.extend(halves.take_while(|half| *half != 0x0f).map(|half| match half {
            0..=9 => b'0' + half,
            _ => b'a' + half - 10,
        }));
    });
    p.skip(bytes.len())
}

/// TS 29.274 section 8.18: digits 2 and 1 of the country, 3 of the network and the country, 2 and 1 of
/// the network.
fn network(p: &mut Packet<'_>) -> Read {
    let bytes: [u8; 3] = p.peek()?;
    let [second, first, last, third, two, one] =
        [bytes[0] >> 4, bytes[0] & 15, bytes[1] >> 4, bytes[1] & 15, bytes[2] >> 4, bytes[2] & 15]
            .map(u64::from);
    p.note(&COUNTRY, first * 100 + second * 10 + third, 2);
    let network = if last == 15 { one * 10 + two } else { one * 100 + two * 10 + last };
    p.mark(&NETWORK, p.at() + 1, 2, network);
    p.skip(3)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::mipv6::MIPV6;
    use crate::testing::*;

    const UPDATE: &str = "3b 1c 05 00 0000 0001 8200 0010
        1307 00000009 01 abcd  1307 000028af 02 00 31  130a 000028af 03 01 c0000201
        1316 000028af 03 00 20010db8000000000000000000000001  1307 000028af 04 00 01
        1308 000028af 06 00 0313  130a 000028af 07 00 00000009  1307 000028af 08 00 01
        1308 000028af 0a 00 0800  130e 000028af 0b 00 2143658709214365  130b 000028af 0c 00 94710021f3
        1309 000028af 0d 00 62f210  1307 000028af 0e 00 01  1307 000028af 0f 00 02
        130b 000028af 10 00 6212345078  1307 000028af 11 00 05  1307 000028af 12 00 31
        1307 000028af 13 00 01  1308 000028af 09 00 abcd 0106 000000000000";

    #[test]
    fn one_of_each() {
        insta::assert_snapshot!(tree(&MIPV6, &hex(UPDATE)));
        every_prefix(&MIPV6, &hex(UPDATE));
    }

    #[test]
    fn names_are_sorted() {
        assert!(CAUSES.is_sorted_by_key(|&(number, _)| number));
    }
}
