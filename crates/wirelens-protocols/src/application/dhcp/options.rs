//! Options, RFC 2132 and those that came later.

use wirelens_dissect::prelude::*;

use super::{Known, OPTION, client, long, names, relay, vendor};
use crate::application::labels;
use crate::link::arp::HARDWARE;

fields! {
    /// What an option consists of.
    ROWS = "dhcp" OPTION "option";
    LENGTH  = uint  "option.length" "Length" detail;
    END     = uint  "option.end" "End" detail;
    PADDING = bytes "option.padding" "Padding" detail;
    VALUE   = bytes "option.value" "Data" key("data");
    SUBNET_MASK = ipv4 "option.subnet_mask" "Subnet Mask";
    TIME_OFFSET = int "option.time_offset" "Time Offset in seconds";
    ROUTER = ipv4 "option.router" "Router" many;
    TIME_SERVER = ipv4 "option.time_server" "Time Server" many;
    NAME_SERVER = ipv4 "option.name_server" "Name Server" many;
    DNS_SERVER = ipv4 "option.domain_name_server" "Domain Name Server" many;
    LOG_SERVER = ipv4 "option.log_server" "Log Server" many;
    QUOTES_SERVER = ipv4 "option.quotes_server" "Quotes Server" many;
    LPR_SERVER = ipv4 "option.lpr_server" "LPR Server" many;
    IMPRESS_SERVER = ipv4 "option.impress_server" "Impress Server" many;
    RESOURCE_SERVER = ipv4 "option.resource_location_server" "Resource Location Server" many;
    HOST_NAME = text "option.hostname" "Host Name" brief("host ");
    BOOT_FILE_SIZE = uint "option.boot_file_size" "Boot File Size in blocks of 512 bytes";
    MERIT_DUMP_FILE = text "option.merit_dump_file" "Merit Dump File";
    DOMAIN_NAME = text "option.domain_name" "Domain Name";
    SWAP_SERVER = ipv4 "option.swap_server" "Swap Server";
    ROOT_PATH = text "option.root_path" "Root Path";
    EXTENSION_PATH = text "option.extension_path" "Extensions Path";
    IP_FORWARDING = flag "option.ip_forwarding" "IP Forwarding";
    SOURCE_ROUTING = flag "option.non_local_source_routing" "Non-Local Source Routing";
    MAX_REASSEMBLY = uint "option.max_datagram_reassembly_size" "Maximum Datagram Reassembly Size";
    DEFAULT_TTL = uint "option.default_ip_ttl" "Default IP Time to Live";
    MTU_AGING = uint "option.path_mtu_aging_timeout" "Path MTU Aging Timeout";
    MTU_PLATEAU = uint "option.path_mtu_plateau_table_item" "Path MTU Plateau" many;
    INTERFACE_MTU = uint "option.interface_mtu" "Interface MTU";
    ALL_LOCAL = flag "option.all_subnets_are_local" "All Subnets are Local";
    BROADCAST_ADDRESS = ipv4 "option.broadcast_address" "Broadcast Address";
    MASK_DISCOVERY = flag "option.perform_mask_discovery" "Perform Mask Discovery";
    MASK_SUPPLIER = flag "option.mask_supplier" "Mask Supplier";
    ROUTER_DISCOVERY = flag "option.perform_router_discover" "Perform Router Discovery";
    SOLICITATION_ADDRESS = ipv4 "option.router_solicitation_address" "Router Solicitation Address";
    TRAILER_ENCAPSULATION = flag "option.trailer_encapsulation" "Trailer Encapsulation";
    ARP_TIMEOUT = uint "option.arp_cache_timeout" "ARP Cache Timeout";
    ETHERNET_ENCAPSULATION = flag "option.ethernet_encapsulation" "IEEE 802.3 Encapsulation";
    TCP_TTL = uint "option.tcp_default_ttl" "TCP Default Time to Live";
    KEEPALIVE_INTERVAL = uint "option.tcp_keepalive_interval" "TCP Keepalive Interval";
    KEEPALIVE_GARBAGE = flag "option.tcp_keepalive_garbage" "TCP Keepalive Garbage";
    NIS_DOMAIN = text "option.nis_domain" "Network Information Service Domain";
    NIS_SERVER = ipv4 "option.nis_server" "Network Information Server" many;
    NTP_SERVER = ipv4 "option.ntp_server" "NTP Server" many;
    NBNS_SERVER = ipv4 "option.netbios_over_tcpip_name_server" "NetBIOS Name Server" many;
    NBDD_SERVER = ipv4 "option.netbios_over_tcpip_dd_name_server" "NetBIOS Datagram Distribution Server" many;
    NODE_TYPE = uint "option.netbios_over_tcpip_node_type" "NetBIOS Node Type" names(names::NODE_TYPES);
    NETBIOS_SCOPE = text "option.netbios_over_tcpip_scope" "NetBIOS Scope";
    FONT_SERVER = ipv4 "option.xwindows_system_font_server" "X Window System Font Server" many;
    DISPLAY_MANAGER = ipv4 "option.xwindows_system_display_manager" "X Window System Display Manager" many;
    REQUESTED_ADDRESS = ipv4 "option.requested_ip_address" "Requested IP Address" brief("asks for ");
    LEASE_TIME = uint "option.ip_address_lease_time" "IP Address Lease Time" brief("lease ");
    OVERLOAD = uint "option.option_overload" "Option Overload" names(names::OVERLOADS);
    MESSAGE_TYPE = uint "option.dhcp" "Message Type" names(names::MESSAGES) key("message_type") brief("") leads;
    SERVER_ID = ipv4 "option.dhcp_server_id" "Server Identifier" brief("from ");
    REQUESTED_OPTION = uint "option.request_list_item" "Requested Option" many names(names::OPTIONS);
    MESSAGE = text "option.message" "Message" brief("");
    MAX_MESSAGE_SIZE = uint "option.dhcp_max_message_size" "Maximum DHCP Message Size";
    RENEWAL_TIME = uint "option.renewal_time_value" "Renewal Time";
    REBINDING_TIME = uint "option.rebinding_time_value" "Rebinding Time";
    NWIP_DOMAIN = text "option.novell_netware_ip_domain" "NetWare/IP Domain";
    NISPLUS_DOMAIN = text "option.nis_plus_domain" "Network Information Service+ Domain";
    NISPLUS_SERVER = ipv4 "option.nis_plus_server" "Network Information Service+ Server" many;
    TFTP_SERVER_NAME = text "option.tftp_server_name" "TFTP Server Name";
    BOOT_FILE_NAME = text "option.bootfile_name" "Boot File Name";
    HOME_AGENT = ipv4 "option.mobile_ip_home_agent" "Mobile IP Home Agent" many;
    SMTP_SERVER = ipv4 "option.smtp_server" "SMTP Server" many;
    POP3_SERVER = ipv4 "option.pop3_server" "POP3 Server" many;
    NNTP_SERVER = ipv4 "option.nntp_server" "NNTP Server" many;
    WWW_SERVER = ipv4 "option.default_www_server" "WWW Server" many;
    FINGER_SERVER = ipv4 "option.default_finger_server" "Finger Server" many;
    IRC_SERVER = ipv4 "option.default_irc_server" "IRC Server" many;
    STREETTALK_SERVER = ipv4 "option.streettalk_server" "StreetTalk Server" many;
    STREETTALK_DIRECTORY = ipv4 "option.streettalk_da_server" "StreetTalk Directory Assistance Server" many;
    NDS_SERVER = ipv4 "option.novell_dss.ip" "NDS Server" many  key("novell_dss_ip");
    NDS_TREE = text "option.novell_ds_tree_name" "NDS Tree Name";
    NDS_CONTEXT = text "option.novell_ds_context" "NDS Context";
    LAST_TRANSACTION = uint "option.client_last_transaction_time" "Seconds since the Client's last Transaction";
    ASSOCIATED_ADDRESS = ipv4 "option.associated_ip_option" "Associated IP Address" many;
    ARCHITECTURE = uint "option.client_system_architecture" "Client System Architecture" many names(names::ARCHITECTURES);
    TIME_ZONE = text "option.tz_pcode" "Time Zone (POSIX)";
    TIME_ZONE_NAME = text "option.tz_tcode" "Time Zone (name)";
    NETINFO_ADDRESS = ipv4 "option.netinfo_parent_server_address" "NetInfo Parent Server Address" many;
    NETINFO_TAG = text "option.netinfo_parent_server_tag" "NetInfo Parent Server Tag";
    CAPTIVE_PORTAL = text "option.captive_portal" "Captive Portal";
    AUTO_CONFIGURATION = uint "option.dhcp_auto_configuration" "Auto-Configuration" names(names::AUTO_CONFIGURATIONS);
    SUBNET_SELECTION = ipv4 "option.subnet_selection_option" "Subnet Selection";
    PANA_AGENT = ipv4 "option.pana_agent" "PANA Authentication Agent" many;
    CAPWAP_CONTROLLER = ipv4 "option.capwap_access_controller" "CAPWAP Access Controller" many;
    ANDSF_SERVER = ipv4 "option.andsf_server" "ANDSF Server" many;
    NONCE_ALGORITHM = uint "option.forcerenew_nonce.algorithm" "FORCERENEW Nonce Algorithm" many names(names::NONCE_ALGORITHMS) key("forcerenew_nonce_algorithm");
    TFTP_SERVER = ipv4 "option.tftp_server_address" "TFTP Server Address" many;
    STATE_START = uint "option.bulk_lease.start_time_of_state" "Seconds in this state"  key("bulk_lease_start_time_of_state");
    LEASE_STATE = uint "option.bulk_lease.dhcp_state" "State of the Address" names(names::LEASE_STATES) key("bulk_lease_dhcp_state");
    DATA_SOURCE = flag "option.bulk_lease.data_source" "Data are remote"  key("bulk_lease_data_source");
    MUD_URL = text "option.mudurl" "Manufacturer Usage Description URL";
    PXE_CONFIG_FILE = text "option.pxe_config_file" "PXELINUX Configuration File";
    PXE_PATH_PREFIX = text "option.pxe_path_prefix" "PXELINUX Path Prefix";
    PROXY_AUTODISCOVERY = text "option.private_proxy_autodiscovery" "Proxy Autodiscovery";
    POLICY_FILTER = group "option.policy_filter" "Policy Filter" own many {
        FILTER_ADDRESS = ipv4 "option.policy_filter.ip" "IP Address";
        FILTER_MASK    = ipv4 "option.policy_filter.subnet_mask" "Subnet Mask";
    };
    STATIC_ROUTE = group "option.static_route" "Static Route" own many {
        ROUTE_ADDRESS = ipv4 "option.static_route.ip" "Destination IP Address";
        ROUTE_ROUTER  = ipv4 "option.static_route.router" "Router";
    };
    CLASS_ID   = text "option.vendor_class_id" "Vendor Class" brief("class ");
    ID_TYPE       = uint  "client_id.type" "Client Identifier Type" key("client_id_type");
    ID_OTHER      = text  "client_id.undef" "Client Identifier" key("client_id");
    ID_HW_TYPE    = hex   "hw.type" "Hardware Type" names(HARDWARE) key("hw_type");
    ID_MAC        = mac   "hw.mac_addr" "Client MAC Address" key("client_mac");
    ID_HW_ADDRESS = bytes "client_hardware_address" "Client Hardware Address" key("client_hw_address");
    IAID          = bytes "client_id.iaid" "Identity Association ID" key("iaid");
    DUID_TYPE     = uint  "client_id.duid_type" "DUID Type" key("duid_type") names(names::DUIDS);
    DUID_LLT_HARDWARE = uint "client_id.duid_llt_hw_type" "Hardware Type" key("duid_llt_hw_type") names(HARDWARE);
    DUID_LL_HARDWARE  = uint "client_id.duid_ll_hw_type" "Hardware Type" key("duid_ll_hw_type") names(HARDWARE);
    DUID_TIME     = uint  "client_id.time" "Seconds since 2000" key("duid_time");
    DUID_ADDRESS  = bytes "client_id.link_layer_address" "Link-Layer Address" key("link_layer_address");
    DUID_ENTERPRISE = uint "client_id.enterprise_num" "Enterprise" key("enterprise") names(names::ENTERPRISES);
    DUID_IDENTIFIER = bytes "client_id" "Identifier" key("identifier");
    DUID_OTHER    = bytes "client_id.duid" "DUID" own key("duid");
    UUID          = text  "client_id.uuid" "UUID" key("uuid");
    NDI_TYPE      = uint  "client_ndi_type" "Interface Type" own;
    NDI_MAJOR     = uint  "client_network_id_major" "Major Version" key("major");
    NDI_MINOR     = uint  "client_network_id_minor" "Minor Version" key("minor");
    USER_CLASS = uint "option.user_class" "User Class" many {
        USER_CLASS_LENGTH = uint  "option.user_class.length" "Length" detail;
        USER_CLASS_DATA   = bytes "option.user_class.data" "Data";
    };
    USER_CLASS_TEXT = text "option.user_class.text" "User Class" key("user_class_text");
    FQDN_FLAGS = hex "fqdn.flags" "Flags" key("fqdn_flags") {
        FQDN_RESERVED = hex  "fqdn.mbz" "Reserved" & 0xf0 key("reserved") detail;
        FQDN_N = flag "fqdn.n" "No update by the server" & 0x08 key("n");
        FQDN_E = flag "fqdn.e" "Encoded as in DNS" & 0x04 key("e");
        FQDN_O = flag "fqdn.o" "Server overrides" & 0x02 key("o");
        FQDN_S = flag "fqdn.s" "Server updates the address record" & 0x01 key("s");
    };
    FQDN_RCODE_A   = uint "fqdn.rcode1" "Response Code of the address record" key("fqdn_rcode1") detail;
    FQDN_RCODE_PTR = uint "fqdn.rcode2" "Response Code of the pointer record" key("fqdn_rcode2") detail;
    FQDN_NAME      = text "fqdn.name" "Client Name" key("fqdn_name") brief("name ");
    AUTH_PROTOCOL  = uint "option.dhcp_authentication.protocol" "Protocol" key("protocol") names(names::AUTHENTICATIONS);
    AUTH_DELAYED_ALGORITHM = uint "option.dhcp_authentication.alg_delay" "Algorithm" key("algorithm_delayed") names(names::AUTHENTICATION_ALGORITHMS);
    AUTH_ALGORITHM = uint "option.dhcp_authentication.algorithm" "Algorithm" key("algorithm");
    AUTH_METHOD    = uint "option.dhcp_authentication.rdm" "Replay Detection Method" key("rdm") names(names::REPLAY_METHODS);
    AUTH_COUNTER   = hex  "option.dhcp_authentication.rdm_replay_detection" "Replay Counter" key("replay_counter");
    AUTH_REPLAY    = text "option.dhcp_authentication.rdm_rdv" "Replay Detection" key("replay_detection");
    AUTH_SECRET    = hex  "option.dhcp_authentication.secret_id" "Secret ID" key("secret_id");
    AUTH_HASH      = bytes "option.dhcp_authentication.hmac_md5_hash" "HMAC-MD5" key("hash");
    AUTH_INFORMATION = text "option.dhcp_authentication.information" "Authentication Information" key("information");
    AGENTS_MANDATORY = uint "option.slp_directory_agent.value" "Directory Agents are" key("slp_directory_agents_mandatory") names(names::SERVICE_LOCATION);
    DIRECTORY_AGENT  = ipv4 "option.slp_directory_agent.slpda_address" "Directory Agent" key("slp_directory_agent") many;
    SCOPE_MANDATORY  = uint "option.slp_service_scope.value" "Service Scope is" key("slp_service_scope_mandatory") names(names::SERVICE_LOCATION);
    SERVICE_SCOPE    = text "option.slp_service_scope.string" "Service Scope" key("slp_service_scope");
    LOCATION    = uint "option.civic_location.what" "Location of" key("what") names(names::LOCATIONS);
    COUNTRY     = text "option.civic_location.country" "Country" key("country");
    CIVIC = group "option.civic_location" "Civic Address Element" own many key("civic_address") {
        CIVIC_TYPE   = uint "option.civic_location.ca_type" "Type";
        CIVIC_LENGTH = uint "option.civic_location.ca_length" "Length" detail;
        CIVIC_VALUE  = text "option.civic_location.ca_value" "Value";
    };
    NAME_SERVICE  = uint "option.dhcp_name_service_search_option" "Name Service (option number)" own key("name_service") many;
    SEARCH_DOMAIN = text "option.dhcp_dns_domain_search_list_fqdn" "Domain" key("domains") many;
    DOMAIN_PART   = text "option.dhcp_dns_domain_search_list_rfc_3396_detected" "Part" key("part");
    ROUTE_PART    = text "option.classless_static_route.part" "Part" own key("route_part");
    SIP_ENCODING  = uint "option.sip_server.encoding" "SIP Server Encoding" key("sip_encoding") names(names::SIP_ENCODINGS);
    SIP_NAME      = text "option.sip_server.name" "SIP Server" key("sip_servers") many;
    SIP_ADDRESS   = ipv4 "option.sip_server.address" "SIP Server Address" key("sip_server_addresses") many;
    CLASSLESS = bytes "option.classless_static_route" "Route" key("classless_static_routes") many {
        CLASSLESS_WIDTH   = uint "option.classless_static_route.width" "Prefix Length" own;
        CLASSLESS_SUBNET  = ipv4 "option.classless_static_route.subnet" "Subnet" own;
        CLASSLESS_ROUTER  = ipv4 "option.classless_static_route.router" "Router" own;
    };
    LOST_SERVER = text "option.lost_server_domain_name" "LoST Server" key("lost_server");
    SIP_DOMAIN  = text "option.sip_ua_domain" "SIP Configuration Domain" own many;
    STATUS_CODE    = uint "option.bulk_lease.status_code" "Status Code" key("status_code") names(names::STATUS_CODES);
    STATUS_MESSAGE = text "option.bulk_lease.status_code_message" "Status Message" key("status_message");
    PCP_LENGTH  = uint "option.pcp.list_length" "List Length" key("pcp_list_length") detail many;
    PCP_SERVER  = ipv4 "option.pcp.server" "PCP Server" key("pcp_servers") many;
    PSID_OFFSET = uint  "option.portparams.offset" "Offset" key("psid_offset");
    PSID_LENGTH = uint  "option.portparams.psid_length" "PSID Length" key("psid_length");
    PSID        = bytes "option.portparams.psid" "Port Set ID" key("psid");
    RDNSS_PREFERENCE = uint "option.rdnss.preference" "Preference" & 0x03 read key("rdnss_preference");
    RDNSS_RESERVED   = hex  "option.rdnss.reserved" "Reserved" & 0xfc read key("rdnss_reserved") detail;
    RDNSS_PRIMARY    = ipv4 "option.rdnss.primary_dns" "Primary DNS Server" key("primary_dns");
    RDNSS_SECONDARY  = ipv4 "option.rdnss.secondary_dns" "Secondary DNS Server" key("secondary_dns");
    RDNSS_DOMAIN     = text "option.rdnss.domain" "Domain" key("rdnss_domains") many;
    RD6_MASK_LENGTH  = uint "option.6RD.ipv4_mask_len" "IPv4 Mask Length" key("ipv4_mask_length");
    RD6_LENGTH       = uint "option.6RD.prefix_len" "6RD Prefix Length" key("prefix_length");
    RD6_PREFIX       = ipv6 "option.6RD.prefix" "6RD Prefix" key("prefix");
    RD6_RELAY        = ipv4 "option.6RD.border_relay_ip" "Border Relay" key("border_relays") many;
    RELAY_OPTION = uint "option.agent_information_option.suboption" "Relay Agent Option" key("suboptions") many names(names::RELAY_OPTIONS) rows(relay::ROWS);
    VENDOR_VALUE = bytes "option.vendor.value" "Vendor's value" key("vendor_value");
    PXE_OPTION   = uint "option.vendor.pxeclient.suboption" "PXE Option" key("pxe_options") many names(names::PXE_OPTIONS) rows(vendor::PXE_ROWS);
    PXE_PADDING  = uint "option.vendor.pxeclient.padding" "Padding" key("pxe_padding") many detail;
    PXE_END      = uint "option.vendor.pxeclient.end" "End" key("pxe_end") detail;
    CABLE_OPTION = uint "option.vendor.cl.suboption" "CableLabs Option" key("cablelabs_options") many names(names::CABLELABS_OPTIONS) rows(vendor::CABLELABS_ROWS);
    CABLE_PADDING = uint "option.vendor.cl.padding" "Padding" key("cablelabs_padding") many detail;
    CABLE_END    = uint "option.vendor.cl.end" "End" key("cablelabs_end") detail;
    CLASS_ENTERPRISE = group "vi_classes" "Vendor Class" own many rows(vendor::CLASS_ROWS);
    ENTERPRISE = uint "option.vi.enterprise" "Enterprise" key("enterprises") many names(names::ENTERPRISES) rows(vendor::ENTERPRISE_ROWS);
    BAD_LENGTH = problem "bad_length" "Length does not fit the option";
    BAD_WIDTH  = problem "option.classless_static.route" "Prefix is longer than 32 bits" key("bad_width") many;
}

/// What most options hold.
enum Shape {
    Address,
    Addresses,
    Text,
    Byte,
    Bytes,
    Word,
    Words,
    Long,
    Signed,
}

fn shape(code: u8) -> Option<(Shape, &'static Field)> {
    use Shape::*;
    Some(match code {
        1 => (Address, &SUBNET_MASK),
        2 => (Signed, &TIME_OFFSET),
        3 => (Addresses, &ROUTER),
        4 => (Addresses, &TIME_SERVER),
        5 => (Addresses, &NAME_SERVER),
        6 => (Addresses, &DNS_SERVER),
        7 => (Addresses, &LOG_SERVER),
        8 => (Addresses, &QUOTES_SERVER),
        9 => (Addresses, &LPR_SERVER),
        10 => (Addresses, &IMPRESS_SERVER),
        11 => (Addresses, &RESOURCE_SERVER),
        12 => (Text, &HOST_NAME),
        13 => (Word, &BOOT_FILE_SIZE),
        14 => (Text, &MERIT_DUMP_FILE),
        15 => (Text, &DOMAIN_NAME),
        16 => (Address, &SWAP_SERVER),
        17 => (Text, &ROOT_PATH),
        18 => (Text, &EXTENSION_PATH),
        19 => (Byte, &IP_FORWARDING),
        20 => (Byte, &SOURCE_ROUTING),
        22 => (Word, &MAX_REASSEMBLY),
        23 => (Byte, &DEFAULT_TTL),
        24 => (Long, &MTU_AGING),
        25 => (Words, &MTU_PLATEAU),
        26 => (Word, &INTERFACE_MTU),
        27 => (Byte, &ALL_LOCAL),
        28 => (Address, &BROADCAST_ADDRESS),
        29 => (Byte, &MASK_DISCOVERY),
        30 => (Byte, &MASK_SUPPLIER),
        31 => (Byte, &ROUTER_DISCOVERY),
        32 => (Address, &SOLICITATION_ADDRESS),
        34 => (Byte, &TRAILER_ENCAPSULATION),
        35 => (Long, &ARP_TIMEOUT),
        36 => (Byte, &ETHERNET_ENCAPSULATION),
        37 => (Byte, &TCP_TTL),
        38 => (Long, &KEEPALIVE_INTERVAL),
        39 => (Byte, &KEEPALIVE_GARBAGE),
        40 => (Text, &NIS_DOMAIN),
        41 => (Addresses, &NIS_SERVER),
        42 => (Addresses, &NTP_SERVER),
        44 => (Addresses, &NBNS_SERVER),
        45 => (Addresses, &NBDD_SERVER),
        46 => (Byte, &NODE_TYPE),
        47 => (Text, &NETBIOS_SCOPE),
        48 => (Addresses, &FONT_SERVER),
        49 => (Addresses, &DISPLAY_MANAGER),
        50 => (Address, &REQUESTED_ADDRESS),
        51 => (Long, &LEASE_TIME),
        52 => (Byte, &OVERLOAD),
        53 => (Byte, &MESSAGE_TYPE),
        54 => (Address, &SERVER_ID),
        55 => (Bytes, &REQUESTED_OPTION),
        56 => (Text, &MESSAGE),
        57 => (Word, &MAX_MESSAGE_SIZE),
        58 => (Long, &RENEWAL_TIME),
        59 => (Long, &REBINDING_TIME),
        60 => (Text, &CLASS_ID),
        62 => (Text, &NWIP_DOMAIN),
        64 => (Text, &NISPLUS_DOMAIN),
        65 => (Addresses, &NISPLUS_SERVER),
        66 => (Text, &TFTP_SERVER_NAME),
        67 => (Text, &BOOT_FILE_NAME),
        68 => (Addresses, &HOME_AGENT),
        69 => (Addresses, &SMTP_SERVER),
        70 => (Addresses, &POP3_SERVER),
        71 => (Addresses, &NNTP_SERVER),
        72 => (Addresses, &WWW_SERVER),
        73 => (Addresses, &FINGER_SERVER),
        74 => (Addresses, &IRC_SERVER),
        75 => (Addresses, &STREETTALK_SERVER),
        76 => (Addresses, &STREETTALK_DIRECTORY),
        85 => (Addresses, &NDS_SERVER),
        86 => (Text, &NDS_TREE),
        87 => (Text, &NDS_CONTEXT),
        91 => (Long, &LAST_TRANSACTION),
        92 => (Addresses, &ASSOCIATED_ADDRESS),
        93 => (Words, &ARCHITECTURE),
        100 => (Text, &TIME_ZONE),
        101 => (Text, &TIME_ZONE_NAME),
        112 => (Addresses, &NETINFO_ADDRESS),
        113 => (Text, &NETINFO_TAG),
        114 => (Text, &CAPTIVE_PORTAL),
        116 => (Byte, &AUTO_CONFIGURATION),
        118 => (Address, &SUBNET_SELECTION),
        136 => (Addresses, &PANA_AGENT),
        138 => (Addresses, &CAPWAP_CONTROLLER),
        142 => (Addresses, &ANDSF_SERVER),
        145 => (Bytes, &NONCE_ALGORITHM),
        150 => (Addresses, &TFTP_SERVER),
        153 => (Long, &STATE_START),
        156 => (Byte, &LEASE_STATE),
        157 => (Byte, &DATA_SOURCE),
        161 => (Text, &MUD_URL),
        209 => (Text, &PXE_CONFIG_FILE),
        210 => (Text, &PXE_PATH_PREFIX),
        252 => (Text, &PROXY_AUTODISCOVERY),
        160 => (Text, &CAPTIVE_PORTAL),
        _ => return None,
    })
}

/// Reads what an option holds.
pub(super) fn read(p: &mut Packet<'_>, code: u8, known: Known<'_>) -> Read {
    let length = p.declared_left();
    if length == 0 {
        return Ok(());
    }
    p.need(length)?;
    match content(p, code, length, known) {
        // The option is there whole, so it is its length that is wrong.
        Err(Stop::Truncated { .. }) => {
            p.problem(&BAD_LENGTH);
            p.remainder(&VALUE)
        }
        other => other,
    }
}

fn content(p: &mut Packet<'_>, code: u8, length: usize, known: Known<'_>) -> Read {
    use Shape::*;
    if let Some((shape, row)) = shape(code) {
        let fits = match shape {
            Address | Long | Signed => length == 4,
            Addresses => length >= 4,
            Word => length == 2,
            Words => length >= 2,
            Byte => length == 1,
            Text | Bytes => true,
        };
        if !fits {
            return Err(Stop::Truncated { need: 0, have: 0 });
        }
        return match shape {
            Address | Long => p.u32(row).map(drop),
            Signed => p.i32(row).map(drop),
            Word => p.u16(row).map(drop),
            Byte => p.u8(row).map(drop),
            Text => p.rest(row).map(drop),
            Addresses => p.each(|p| p.ipv4(row).map(drop)),
            Words => p.each(|p| p.u16(row).map(drop)),
            Bytes => p.each(|p| p.u8(row).map(drop)),
        };
    }
    match code {
        21 => p.each(|p| {
            p.group(&POLICY_FILTER, |p| {
                p.ipv4(&FILTER_ADDRESS)?;
                p.ipv4(&FILTER_MASK).map(drop)
            })
        }),
        33 => p.each(|p| {
            p.group(&STATIC_ROUTE, |p| {
                p.ipv4(&ROUTE_ADDRESS)?;
                p.ipv4(&ROUTE_ROUTER).map(drop)
            })
        }),
        43 => vendor::specific(p, known.class),
        61 => client::identifier(p),
        77 => client::user_class(p),
        78 => {
            p.u8(&AGENTS_MANDATORY)?;
            p.each(|p| p.ipv4(&DIRECTORY_AGENT).map(drop))
        }
        79 => {
            p.u8(&SCOPE_MANDATORY)?;
            p.rest(&SERVICE_SCOPE).map(drop)
        }
        81 => client::full_name(p),
        82 => p.each(relay::option),
        90 => client::authentication(p),
        94 => client::network_interface(p),
        97 => {
            p.skip(1)?;
            client::uuid(p)
        }
        99 => civic_address(p),
        117 => p.each(|p| p.u16(&NAME_SERVICE).map(drop)),
        119 if long::is_split(known, code) => long::domains(p, known, code),
        119 => labels::read_all(p, &SEARCH_DOMAIN),
        120 => match p.u8(&SIP_ENCODING)? {
            0 => labels::read_all(p, &SIP_NAME),
            1 => p.each(|p| p.ipv4(&SIP_ADDRESS).map(drop)),
            _ => p.rest(&VALUE).map(drop),
        },
        121 | 249 if long::is_split(known, code) => long::routes(p, known, code),
        121 | 249 => p.each(classless_route),
        124 => p.each(vendor::identifying_class),
        125 => p.each(vendor::identifying),
        137 => labels::read(p, &LOST_SERVER, p.at()),
        141 => labels::read_all(p, &SIP_DOMAIN),
        // RFC 6731 section 4.3.
        146 => {
            p.bits(p.peek_u8()?, 1, &[&RDNSS_RESERVED, &RDNSS_PREFERENCE])?;
            p.ipv4(&RDNSS_PRIMARY)?;
            p.ipv4(&RDNSS_SECONDARY)?;
            labels::read_all(p, &RDNSS_DOMAIN)
        }
        151 => {
            p.u8(&STATUS_CODE)?;
            p.remainder(&STATUS_MESSAGE)
        }
        // RFC 7291 section 4.
        158 => p.each(|p| {
            let length = p.u8(&PCP_LENGTH)?;
            p.within(length.into(), |p| p.each(|p| p.ipv4(&PCP_SERVER).map(drop)))
        }),
        // RFC 7618 section 9.
        159 => {
            p.u8(&PSID_OFFSET)?;
            p.u8(&PSID_LENGTH)?;
            p.bytes(&PSID, 2).map(drop)
        }
        // RFC 5969 section 7.1.1.
        212 => {
            p.u8(&RD6_MASK_LENGTH)?;
            p.u8(&RD6_LENGTH)?;
            p.ipv6(&RD6_PREFIX)?;
            p.each(|p| p.ipv4(&RD6_RELAY).map(drop))
        }
        _ => p.rest(&VALUE).map(drop),
    }
}

/// RFC 4776 section 3.1.
fn civic_address(p: &mut Packet<'_>) -> Read {
    p.u8(&LOCATION)?;
    p.text(&COUNTRY, 2)?;
    p.each(|p| {
        p.group(&CIVIC, |p| {
            p.u8(&CIVIC_TYPE)?;
            let length = p.u8(&CIVIC_LENGTH)?;
            p.text(&CIVIC_VALUE, length.into()).map(drop)
        })
    })
}

/// RFC 3442: only the bytes of a subnet's number that its mask covers are there.
fn classless_route(p: &mut Packet<'_>) -> Read {
    let width = p.peek_u8()?;
    if width > 32 {
        p.problem_at(&BAD_WIDTH, p.at(), 1);
        return p.rest(&VALUE).map(drop);
    }
    let length = usize::from(width).div_ceil(8);
    p.need(length + 5)?;
    p.group(&CLASSLESS, |p| {
        p.u8(&CLASSLESS_WIDTH)?;
        let byte = |at: usize| p.ahead().get(at).filter(|_| at < length).copied().unwrap_or(0);
        let subnet = u32::from_be_bytes([byte(0), byte(1), byte(2), byte(3)]);
        p.number(&CLASSLESS_SUBNET, subnet.into(), length)?;
        p.ipv4(&CLASSLESS_ROUTER).map(drop)
    })
}
