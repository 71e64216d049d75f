//! Options, RFC 8415 section 21 and those that came later.

use wirelens_dissect::prelude::*;

use super::{DHCPV6, OPTION, names};
use crate::application::labels;
use crate::application::dhcp::names::{ARCHITECTURES, DUIDS, ENTERPRISES, LOCATIONS};
use crate::link::arp::HARDWARE;

fields! {
    /// What an option consists of.
    ROWS = "dhcpv6" OPTION "option";
    TYPE    = uint  "option.type" "Type" names(names::OPTIONS);
    LENGTH  = uint  "option.length" "Length" detail;
    DATA    = bytes "option.data" "Data" own;
    DUID = bytes "duid.bytes" "DUID" key("duid") brief("duid ") {
        DUID_TYPE       = uint  "duid.type" "Type" names(DUIDS) key("type");
        LLT_HARDWARE    = uint  "duidllt.hwtype" "Hardware Type" names(HARDWARE) key("llt_hw_type");
        LLT_TIME        = time  "duidllt.time" "Time" key("time");
        LLT_ADDRESS     = bytes "duidllt.link_layer_addr" "Link-Layer Address" key("llt_link_layer_address");
        ENTERPRISE      = uint  "duiden.enterprise" "Enterprise" names(ENTERPRISES) key("enterprise");
        IDENTIFIER      = bytes "duiden.identifier" "Identifier" key("identifier");
        LL_HARDWARE     = uint  "duidll.hwtype" "Hardware Type" names(HARDWARE) key("ll_hw_type");
        LL_ADDRESS      = bytes "duidll.link_layer_addr" "Link-Layer Address" key("ll_link_layer_address");
        UUID            = bytes "duiduuid.bytes" "UUID" key("uuid");
    };
    IAID            = bytes "iaid" "Identity Association ID";
    T1              = uint  "iaid.t1" "T1" key("t1");
    T2              = uint  "iaid.t2" "T2" key("t2");
    IAID_TEMPORARY  = bytes "iata" "Identity Association ID" key("iaid_temporary");
    ADDRESS         = ipv6  "iaaddr.ip" "IPv6 Address" key("address") brief("");
    PREFERRED       = uint  "iaaddr.pref_lifetime" "Preferred Lifetime" key("preferred_lifetime");
    VALID           = uint  "iaaddr.valid_lifetime" "Valid Lifetime" key("valid_lifetime");
    REQUESTED       = uint  "requested_option_code" "Requested Option" many names(names::OPTIONS);
    PREFERENCE      = uint  "option_preference" "Preference" key("preference");
    ELAPSED         = uint  "elapsed_time" "Elapsed Time in ms";
    RELAY_MESSAGE   = bytes "relay_message" "Relay Message" own payload detail;
    AUTH_PROTOCOL   = uint  "auth.protocol" "Protocol" key("auth_protocol");
    AUTH_ALGORITHM  = uint  "auth.algorithm" "Algorithm" key("auth_algorithm");
    AUTH_METHOD     = uint  "auth.rdm" "Replay Detection Method" key("auth_rdm");
    AUTH_REPLAY     = bytes "auth.replay_detection" "Replay Detection" key("auth_replay_detection");
    AUTH_DATA       = bytes "auth.info" "Authentication Information" key("auth_info");
    UNICAST         = ipv6  "unicast" "IPv6 Address";
    STATUS          = uint  "status_code" "Status Code" names(names::STATUS_CODES) brief("");
    STATUS_MESSAGE  = text  "status_msg" "Status Message" key("status_message");
    USER_CLASS = group "userclass" "User Class" own many {
        USER_CLASS_LENGTH = uint  "userclass.length" "Length" detail;
        USER_CLASS_DATA   = bytes "userclass.opaque_data" "Data" key("data");
    };
    CLASS_ENTERPRISE = uint "vendorclass.enterprise" "Enterprise" names(ENTERPRISES) key("class_enterprise");
    VENDOR_CLASS    = text  "vendorclass.data" "Vendor Class" many key("vendor_classes");
    VENDOR          = uint  "vendoropts.enterprise" "Enterprise" names(ENTERPRISES) key("vendor");
    VENDOR_OPTION = group "vendoropts.option" "Vendor's Option" own many key("vendor_options") {
        VENDOR_CODE   = uint  "vendoropts.enterprise.option_code" "Code" key("code");
        VENDOR_LENGTH = uint  "vendoropts.enterprise.option_length" "Length" key("length") detail;
        VENDOR_DATA   = bytes "vendoropts.enterprise.option_data" "Data" key("data");
    };
    INTERFACE       = bytes "interface_id" "Interface ID";
    RECONFIGURE     = uint  "reconf_msg" "Message to be sent" names(names::MESSAGES);
    SIP_DOMAIN      = text  "sip_server_domain_search_fqdn" "SIP Server Domain" many key("sip_domains");
    SIP_SERVER      = ipv6  "sip_server_a" "SIP Server" many key("sip_servers");
    DNS_SERVER      = ipv6  "dns_server" "DNS Server" many key("dns_servers");
    SEARCH_DOMAIN   = text  "search_list_entry" "Domain" many key("domains");
    PREFIX_PREFERRED = uint "iaprefix.pref_lifetime" "Preferred Lifetime" key("prefix_preferred_lifetime");
    PREFIX_VALID    = uint  "iaprefix.valid_lifetime" "Valid Lifetime" key("prefix_valid_lifetime");
    PREFIX_LENGTH   = uint  "iaprefix.pref_len" "Prefix Length" key("prefix_length");
    PREFIX          = ipv6  "iaprefix.pref_addr" "Prefix" key("prefix") brief("");
    NIS_SERVER      = ipv6  "nis_server" "NIS Server" many key("nis_servers");
    NISP_SERVER     = ipv6  "nisp_server" "NIS+ Server" many key("nisp_servers");
    NIS_DOMAIN      = text  "nis_fqdn" "NIS Domain" key("nis_domain") many;
    NISP_DOMAIN     = text  "nisp_fqdn" "NIS+ Domain" key("nisp_domain") many;
    SNTP_SERVER     = ipv6  "sntp_server" "SNTP Server" many key("sntp_servers");
    LIFETIME        = uint  "lifetime" "Information Refresh Time";
    BCMCS_DOMAIN    = text  "bcmcs_server_fqdn" "BCMCS Server Domain" many key("bcmcs_domains");
    BCMCS_SERVER    = ipv6  "bcmcs_server_a" "BCMCS Server" many key("bcmcs_servers");
    LOCATION        = uint  "civic_location.what" "Location of" own names(LOCATIONS) key("what");
    COUNTRY         = text  "civic_location.country" "Country" own key("country");
    CIVIC           = bytes "civic_location" "Civic Address" own;
    REMOTE_ENTERPRISE = uint "remoteid.enterprise" "Enterprise" names(ENTERPRISES) key("remote_enterprise");
    REMOTE          = bytes "remoteid_enterprise_id" "Remote ID" key("remote_id");
    SUBSCRIBER      = text  "subscriber_id" "Subscriber ID";
    CLIENT_FLAGS = hex "client_fqdn_flags" "Flags" key("client_flags") {
        CLIENT_N = flag "clientfqdn.client.n" "No update by the server" & 0x04 key("n");
        CLIENT_S = flag "clientfqdn.client.s" "Server updates the address record" & 0x01 key("s");
    };
    SERVER_FLAGS = hex "client_fqdn_flags" "Flags" key("server_flags") {
        SERVER_N = flag "clientfqdn.server.n" "No update by the server" & 0x04 key("n");
        SERVER_O = flag "clientfqdn.server.o" "Server overrides" & 0x02 key("o");
        SERVER_S = flag "clientfqdn.server.s" "Server updates the address record" & 0x01 key("s");
    };
    CLIENT_NAME     = text  "client_domain" "Client Name" key("client_name") brief("name ");
    PANA_AGENT      = ipv6  "pana_agent" "PANA Agent" many key("pana_agents");
    TIME_ZONE       = text  "timezone" "Time Zone";
    TIME_ZONE_NAME  = text  "tzdb" "Time Zone";
    QUERY_TYPE      = uint  "lq_query" "Query Type" names(names::QUERY_TYPES);
    QUERY_LINK      = ipv6  "lq_query_link_address" "Link Address";
    CLIENT_TIME     = uint  "clt_time" "Seconds since the last transaction";
    RELAY_PEER      = ipv6  "lq_relay_data_peer_addr" "Peer Address" key("relay_data_peer");
    RELAY_DATA      = bytes "lq_relay_data" "Relay Message" own;
    CLIENT_LINK     = ipv6  "lq_client_link" "Client's Link" many key("client_links");
    CAPWAP          = ipv6  "capwap_ac_v6" "CAPWAP Access Controller" many key("capwap_controllers");
    NTP_OPTION = group "ntpserver" "NTP Server" own many key("ntp_servers") {
        NTP_TYPE      = uint "ntpserver.option.type" "Type" key("type") names(names::NTP_SUBOPTIONS);
        NTP_LENGTH    = uint "ntpserver.option.length" "Length" key("length") detail;
        NTP_ADDRESS   = ipv6 "ntpserver.addr" "Server Address" key("address");
        NTP_MULTICAST = ipv6 "ntpserver.mc_addr" "Multicast Address" key("multicast_address");
        NTP_NAME      = text "ntpserver.fqdn" "Server Name" key("name");
        NTP_DATA      = bytes "ntpserver.data" "Data" own key("data");
    };
    BOOT_URL        = text  "boot_file_url" "Boot File URL" own;
    BOOT_PARAMETER  = text  "boot_file_parameter" "Boot File Parameter" own many;
    ARCHITECTURE    = uint  "client_architecture" "Client Architecture" own many names(ARCHITECTURES);
    AFTR            = text  "aftr_name" "AFTR Name";
    EXCLUDE_LENGTH  = uint  "pd_exclude.pref_len" "Prefix Length" key("exclude_length");
    EXCLUDE_SUBNET  = bytes "pd_exclude.subnet_id" "Subnet ID" key("exclude_subnet");
    LINK_HARDWARE   = uint  "client_link_layer_type" "Hardware Type" own names(HARDWARE);
    LINK_ADDRESS    = bytes "client_link_layer_address" "Link-Layer Address" own;
    SECONDS         = uint  "max_retransmission_time" "Seconds" own;
    HOME_AGENT      = ipv6  "mip6_home_agent" "Home Agent" many key("home_agents");
    PORTAL          = text  "captive_portal" "Captive Portal";
    MUD             = text  "mudurl" "MUD URL";
    RULE_FLAGS = hex "s46_rule.flags" "Flags" key("rule_flags") {
        RULE_RESERVED = flag "s46_rule.flags.reserved" "Reserved" & 0xfe detail;
        RULE_FORWARD  = flag "s46_rule.flags.fmr" "Forwarding Mapping Rule" & 0x01;
    };
    RULE_EA         = uint  "s46_rule.ea_len" "Bits of the embedded address" key("rule_ea_length");
    RULE_LENGTH_4   = uint  "s46_rule.ipv4_pref_len" "IPv4 Prefix Length" key("rule_ipv4_length");
    RULE_PREFIX_4   = ipv4  "s46_rule.ipv4_prefix" "IPv4 Prefix" key("rule_ipv4_prefix");
    RULE_LENGTH_6   = uint  "s46_rule.ipv6_prefix_len" "IPv6 Prefix Length" key("rule_ipv6_length");
    RULE_PREFIX_6   = ipv6  "s46_rule.ipv6_prefix" "IPv6 Prefix" key("rule_ipv6_prefix");
    BORDER          = ipv6  "s46_br.address" "Border Relay" key("border_relay");
    DEFAULT_LENGTH  = uint  "s46_dmr.dmr_pref_len" "IPv6 Prefix Length" key("default_length");
    DEFAULT_PREFIX  = ipv6  "s46_dmr.dmr_prefix" "IPv6 Prefix" key("default_prefix");
    BIND_ADDRESS    = ipv4  "s46_v4v6bind.ipv4_address" "IPv4 Address" key("bind_ipv4");
    BIND_LENGTH     = uint  "s46_v4v6bind.ipv6_pref_len" "IPv6 Prefix Length" key("bind_length");
    BIND_PREFIX     = ipv6  "s46_v4v6bind.ipv6_prefix" "IPv6 Prefix" key("bind_prefix");
    PORT_OFFSET     = uint  "s46_portparam.offset" "Offset" key("port_offset");
    PORT_LENGTH     = uint  "s46_portparam.psid_len" "PSID Length" key("psid_length");
    PORT_SET        = uint  "s46_portparam.psid" "Port Set ID" key("psid");
    RELAY_PORT      = uint  "relay_port" "Downstream Source Port";
    BAD_OPTION = problem "malformed_option" "Length does not fit the option";
    TOO_DEEP   = problem "option.too_deep" "Options are nested too deep" own;
}

/// An IA has addresses, which have status codes: three levels that RFC 8415 knows.
const DEEPEST: u32 = 8;

/// Reads options up to the end of the message, or of the option they are in.
pub(super) fn read_all(p: &mut Packet<'_>, message: u8, depth: u32) -> Read {
    while p.declared_left() > 0 {
        let code = p.peek_u16()?;
        let length = usize::from(u16::from_be_bytes([p.peek_at(2)?, p.peek_at(3)?]));
        p.make_text(&OPTION, p.at(), 4 + length, |out| {
            out.extend_from_slice(TYPE.name_of(code.into()).unwrap_or("Unknown").as_bytes());
        });
        p.under(|p| {
            p.u16(&TYPE)?;
            p.u16(&LENGTH)?;
            p.within(length, |p| {
                if length == 0 {
                    return Ok(());
                }
                p.need(length)?;
                match content(p, message, code, depth) {
                    // The option is there whole, so it is its length that is wrong.
                    Err(Stop::Truncated { .. }) => p.problem(&BAD_OPTION),
                    other => other?,
                }
                Ok(())
            })
        })?;
    }
    Ok(())
}

fn content(p: &mut Packet<'_>, message: u8, code: u16, depth: u32) -> Read {
    match code {
        1 | 2 | 53 => duid(p),
        3 | 25 => {
            p.bytes(&IAID, 4)?;
            p.u32(&T1)?;
            p.u32(&T2)?;
            inside(p, message, depth)
        }
        4 => {
            p.bytes(&IAID_TEMPORARY, 4)?;
            inside(p, message, depth)
        }
        5 => {
            p.ipv6(&ADDRESS)?;
            p.u32(&PREFERRED)?;
            p.u32(&VALID)?;
            inside(p, message, depth)
        }
        6 | 43 => p.each(|p| p.u16(&REQUESTED).map(drop)),
        7 => one(p, 1, |p| p.u8(&PREFERENCE).map(drop)),
        // In hundredths of a second.
        8 => one(p, 2, |p| p.number(&ELAPSED, u64::from(p.peek_u16()?) * 10, 2)),
        9 => {
            p.later(Next::To(&DHCPV6), p.at(), p.left());
            p.rest(&RELAY_MESSAGE).map(drop)
        }
        11 => {
            p.u8(&AUTH_PROTOCOL)?;
            p.u8(&AUTH_ALGORITHM)?;
            p.u8(&AUTH_METHOD)?;
            p.bytes(&AUTH_REPLAY, 8)?;
            p.remainder(&AUTH_DATA)
        }
        12 => one(p, 16, |p| p.ipv6(&UNICAST).map(drop)),
        13 => {
            p.u16(&STATUS)?;
            p.remainder(&STATUS_MESSAGE)
        }
        15 => p.each(|p| {
            p.group(&USER_CLASS, |p| {
                let length = p.u16(&USER_CLASS_LENGTH)?;
                p.bytes(&USER_CLASS_DATA, length.into()).map(drop)
            })
        }),
        16 => {
            p.u32(&CLASS_ENTERPRISE)?;
            p.each(|p| {
                let length = p.peek_u16()?;
                p.skip(2)?;
                p.text(&VENDOR_CLASS, length.into()).map(drop)
            })
        }
        17 => {
            p.u32(&VENDOR)?;
            p.each(|p| {
                p.group(&VENDOR_OPTION, |p| {
                    p.u16(&VENDOR_CODE)?;
                    let length = p.u16(&VENDOR_LENGTH)?;
                    if length > 0 { p.bytes(&VENDOR_DATA, length.into()).map(drop) } else { Ok(()) }
                })
            })
        }
        18 => p.rest(&INTERFACE).map(drop),
        19 => one(p, 1, |p| p.u8(&RECONFIGURE).map(drop)),
        21 => names(p, &SIP_DOMAIN),
        22 => addresses(p, &SIP_SERVER),
        23 => addresses(p, &DNS_SERVER),
        24 => names(p, &SEARCH_DOMAIN),
        26 => {
            p.u32(&PREFIX_PREFERRED)?;
            p.u32(&PREFIX_VALID)?;
            p.u8(&PREFIX_LENGTH)?;
            p.ipv6(&PREFIX)?;
            inside(p, message, depth)
        }
        27 => addresses(p, &NIS_SERVER),
        28 => addresses(p, &NISP_SERVER),
        29 => names(p, &NIS_DOMAIN),
        30 => names(p, &NISP_DOMAIN),
        31 => addresses(p, &SNTP_SERVER),
        32 => one(p, 4, |p| p.u32(&LIFETIME).map(drop)),
        33 => names(p, &BCMCS_DOMAIN),
        34 => addresses(p, &BCMCS_SERVER),
        36 => {
            p.u8(&LOCATION)?;
            p.text(&COUNTRY, 2)?;
            p.remainder(&CIVIC)
        }
        37 => {
            p.u32(&REMOTE_ENTERPRISE)?;
            p.remainder(&REMOTE)
        }
        38 => p.rest(&SUBSCRIBER).map(drop),
        // RFC 4704 section 4.1: the answers of servers have one flag more.
        39 => {
            p.u8(if matches!(message, 2 | 7) { &SERVER_FLAGS } else { &CLIENT_FLAGS })?;
            if p.left() > 0 { labels::read_rooted(p, &CLIENT_NAME) } else { Ok(()) }
        }
        40 => addresses(p, &PANA_AGENT),
        41 => p.rest(&TIME_ZONE).map(drop),
        42 => p.rest(&TIME_ZONE_NAME).map(drop),
        44 => {
            p.u8(&QUERY_TYPE)?;
            p.ipv6(&QUERY_LINK)?;
            inside(p, message, depth)
        }
        45 | 66 | 94..=96 => inside(p, message, depth),
        46 => one(p, 4, |p| p.u32(&CLIENT_TIME).map(drop)),
        47 => {
            p.ipv6(&RELAY_PEER)?;
            p.remainder(&RELAY_DATA)
        }
        48 => addresses(p, &CLIENT_LINK),
        52 => addresses(p, &CAPWAP),
        56 => p.each(|p| p.group(&NTP_OPTION, ntp)),
        59 => p.rest(&BOOT_URL).map(drop),
        60 => p.each(|p| {
            let length = p.peek_u16()?;
            p.skip(2)?;
            p.text(&BOOT_PARAMETER, length.into()).map(drop)
        }),
        61 => p.each(|p| p.u16(&ARCHITECTURE).map(drop)),
        64 => labels::read_rooted(p, &AFTR),
        67 => {
            p.u8(&EXCLUDE_LENGTH)?;
            p.remainder(&EXCLUDE_SUBNET)
        }
        72 => addresses(p, &HOME_AGENT),
        79 => {
            p.u16(&LINK_HARDWARE)?;
            p.remainder(&LINK_ADDRESS)
        }
        82 | 83 => one(p, 4, |p| p.u32(&SECONDS).map(drop)),
        89 => {
            p.u8(&RULE_FLAGS)?;
            p.u8(&RULE_EA)?;
            p.u8(&RULE_LENGTH_4)?;
            p.ipv4(&RULE_PREFIX_4)?;
            prefix(p, &RULE_LENGTH_6, &RULE_PREFIX_6)?;
            inside(p, message, depth)
        }
        90 => one(p, 16, |p| p.ipv6(&BORDER).map(drop)),
        91 => prefix(p, &DEFAULT_LENGTH, &DEFAULT_PREFIX),
        92 => {
            p.ipv4(&BIND_ADDRESS)?;
            prefix(p, &BIND_LENGTH, &BIND_PREFIX)?;
            inside(p, message, depth)
        }
        93 => one(p, 4, |p| {
            p.u8(&PORT_OFFSET)?;
            p.u8(&PORT_LENGTH)?;
            p.u16(&PORT_SET).map(drop)
        }),
        103 => p.rest(&PORTAL).map(drop),
        112 => p.rest(&MUD).map(drop),
        135 => one(p, 2, |p| p.u16(&RELAY_PORT).map(drop)),
        _ => p.rest(&DATA).map(drop),
    }
}

fn inside(p: &mut Packet<'_>, message: u8, depth: u32) -> Read {
    if depth < DEEPEST {
        return read_all(p, message, depth + 1);
    }
    p.problem(&TOO_DEEP);
    Ok(())
}

/// What has this length and no other.
fn one(p: &mut Packet<'_>, length: usize, read: impl FnOnce(&mut Packet<'_>) -> Read) -> Read {
    if p.declared_left() != length {
        p.problem(&BAD_OPTION);
        return p.rest(&DATA).map(drop);
    }
    read(p)
}

fn addresses(p: &mut Packet<'_>, row: &'static Field) -> Read {
    p.each(|p| p.ipv6(row).map(drop))
}

fn names(p: &mut Packet<'_>, row: &'static Field) -> Read {
    p.each(|p| labels::read_rooted(p, row))
}

/// Seconds between 1970 and 2000, which DUIDs count from (RFC 8415 section 11.2).
const YEAR_2000: u64 = 946_684_800;

fn duid(p: &mut Packet<'_>) -> Read {
    p.group(&DUID, |p| match p.u16(&DUID_TYPE)? {
        1 => {
            p.u16(&LLT_HARDWARE)?;
            p.number(&LLT_TIME, (u64::from(p.peek_u32()?) + YEAR_2000) * 1_000_000_000, 4)?;
            p.remainder(&LLT_ADDRESS)
        }
        2 => {
            p.u32(&ENTERPRISE)?;
            p.remainder(&IDENTIFIER)
        }
        3 => {
            p.u16(&LL_HARDWARE)?;
            p.remainder(&LL_ADDRESS)
        }
        4 => p.remainder(&UUID),
        _ => p.skip(p.left()),
    })
}

/// RFC 5908 section 4.
fn ntp(p: &mut Packet<'_>) -> Read {
    let kind = p.u16(&NTP_TYPE)?;
    let length = usize::from(p.u16(&NTP_LENGTH)?);
    p.within(length, |p| match (kind, length) {
        (_, 0) => Ok(()),
        (1, 16) => p.ipv6(&NTP_ADDRESS).map(drop),
        (2, 16) => p.ipv6(&NTP_MULTICAST).map(drop),
        (3, _) => labels::read_rooted(p, &NTP_NAME),
        _ => p.rest(&NTP_DATA).map(drop),
    })
}

/// RFC 7598 section 4: only the bytes that the length covers are there.
fn prefix(p: &mut Packet<'_>, length: &'static Field, row: &'static Field) -> Read {
    let bytes = usize::from(p.u8(length)?).div_ceil(8);
    p.need(bytes)?;
    let ahead = p.ahead();
    let byte = |at: usize| ahead.get(at).filter(|_| at < bytes).copied().unwrap_or(0);
    let address = (0..16).fold(0, |address: u128, at| address << 8 | u128::from(byte(at)));
    p.make_ipv6(row, p.at(), bytes, address);
    p.skip(bytes)
}
