//! The rows of Neighbor Discovery options, RFC 4861 section 4.6 and the IANA registry of them.

use wirelens_dissect::prelude::*;

use super::OPTION;
use super::names::*;

fields! {
    /// What an option has.
    OPTION_ROWS = "icmpv6" OPTION "opt";
    OPT_TYPE = uint "opt.type" "Type" names(OPTIONS);
    OPT_LENGTH = uint "opt.length" "Length (8 octets)";
    OPT_RESERVED = group "opt.reserved" "Reserved" many detail;
    OPT_PADDING = group "opt.padding" "Padding" detail;
    OPT_LINK_ADDRESS = bytes "opt.linkaddr" "Link-layer Address" brief("link address ") {
        SOURCE_LINK = bytes "opt.src_linkaddr" "Source Link-Layer Address" hidden;
        TARGET_LINK = bytes "opt.target_linkaddr" "Target Link-Layer Address" hidden;
    };
    PREFIX_LENGTH = uint "opt.prefix.length" "Prefix Length";
    PREFIX_FLAGS = hex "opt.prefix.flag" "Flags" key("prefix.flags") {
        PREFIX_ON_LINK = flag "opt.prefix.flag.l" "On-link" & 0x80;
        PREFIX_AUTONOMOUS = flag "opt.prefix.flag.a" "Autonomous Address Configuration" & 0x40;
        PREFIX_ROUTER = flag "opt.prefix.flag.r" "Router Address" & 0x20;
        PREFIX_FLAG_RESERVED = uint "opt.prefix.flag.reserved" "Reserved" & 0x1f detail;
    };
    PREFIX_VALID = uint "opt.prefix.valid_lifetime" "Valid Lifetime (s)";
    PREFIX_PREFERRED = uint "opt.prefix.preferred_lifetime" "Preferred Lifetime (s)";
    PREFIX = ipv6 "opt.prefix" "Prefix" brief("prefix ");
    REDIRECTED = group "opt.redirected_packet" "Redirected Packet";
    OPT_MTU = uint "opt.mtu" "MTU" brief("mtu ");
    SHORTCUT_LIMIT = uint "opt.nbma.shortcut_limit" "Shortcut Limit";
    ADVERTISEMENT_INTERVAL = uint "opt.advertisement_interval" "Advertisement Interval (ms)";
    HOME_AGENT_PREFERENCE = int "opt.home_agent_preference" "Home Agent Preference";
    HOME_AGENT_LIFETIME = uint "opt.home_agent_lifetime" "Home Agent Lifetime (s)";
    OPT_ADDRESS = ipv6 "opt.ipv6_address" "Address" many key("addresses");
    PAD_LENGTH = uint "opt.cga.pad_length" "Pad Length";
    CGA = bytes "opt.cga" "CGA Parameters" {
        CGA_MODIFIER = bytes "opt.cga.modifier" "Modifier";
        CGA_SUBNET = bytes "opt.cga.subnet_prefix" "Subnet Prefix";
        CGA_COUNT = bytes "opt.cga.count" "Collision Count";
        CGA_KEY = group "opt.cga.subject_public_key_info" "Public Key" {
            CGA_KEY_DER = bytes "opt.cga.subject_public_key_info.der" "DER" own;
        };
        CGA_EXTENSION = group "opt.cga.extension" "Extension" own many key("extensions") {
            CGA_EXT_TYPE = uint "opt.cga.ext_type" "Type" key("type");
            CGA_EXT_LENGTH = uint "opt.cga.ext_length" "Length" key("length");
            CGA_EXT_DATA = bytes "opt.cga.ext_data" "Data" key("data");
        };
    };
    RSA_KEY_HASH = bytes "opt.rsa.key_hash" "Key Hash" key("key_hash");
    PROXY_KEY_HASH = bytes "opt.ps.key_hash" "Key Hash" key("key_hash");
    SIGNATURE = group "opt.digital_signature_padding" "Signature and Padding" key("signature") {
        SIGNATURE_BYTES = bytes "opt.digital_signature_padding.bytes" "Bytes" own key("bytes");
    };
    TIMESTAMP = time "opt.timestamp" "Timestamp";
    OPT_NONCE = bytes "opt.nonce" "Nonce";
    NAME_TYPE = uint "opt.name_type" "Name Type" names(NAME_TYPES);
    CERTIFICATE_TYPE = uint "opt.name_type" "Certificate Type" key("certificate_type") names(&[(1, "X.509v3")]);
    NAME_X501 = bytes "opt.name_x501" "X.501 Name";
    NAME_FQDN = text "opt.name_type.fqdn" "Domain Name" key("fqdn");
    NAME_OTHER = bytes "opt.name" "Name" own;
    CERTIFICATE = group "x509_Certificate" "Certificate" key("certificate") {
        CERTIFICATE_DER = bytes "x509_Certificate.der" "DER and Padding" own;
    };
    CERTIFICATE_OTHER = group "opt.certificate_padding" "Certificate and Padding" key("other_certificate") {
        CERTIFICATE_BYTES = bytes "opt.certificate_padding.bytes" "Bytes" own key("bytes");
    };
    IPA_CODE = uint "opt.ipa.option_code" "What it is" names(IPA_CODES);
    IPA_LENGTH = uint "opt.ipa.prefix_len" "Prefix Length";
    IPA_ADDRESS = ipv6 "opt.ipa.ipv6_address" "Address";
    NRPI_CODE = uint "opt.nrpi.option_code" "What it is" ;
    NRPI_LENGTH = uint "opt.nrpi.prefix_len" "Prefix Length";
    NRPI_PREFIX = ipv6 "opt.nrpi.prefix" "Prefix";
    LLA_CODE = uint "opt.lla.option_code" "What it is" names(LLA_CODES);
    LLA_BYTES = bytes "opt.lla.bytes" "Link-layer Address";
    NAACK_CODE = uint "opt.naack.option_code" "What it is";
    NAACK_STATUS = uint "opt.naack.status" "Status" names(NAACK_STATUSES);
    NAACK_SUPPLIED = ipv6 "opt.naack.supplied_ncoa" "Supplied Care-of Address";
    MAP_DISTANCE = uint "opt.map.distance" "Distance" & 0xf0;
    MAP_PREFERENCE = uint "opt.map.preference" "Preference" & 0x0f;
    MAP_FLAGS = hex "opt.map.flag" "Flags" key("map.flags") {
        MAP_RCOA = flag "opt.map.flag.r" "Regional care-of address is formed from the prefix" & 0x80;
        MAP_RESERVED = uint "opt.map.flag.reserved" "Reserved" & 0x7f detail;
    };
    MAP_LIFETIME = uint "opt.map.valid_lifetime" "Valid Lifetime (s)";
    MAP_ADDRESS = ipv6 "opt.map.global_address" "Global Address";
    ROUTE_FLAGS = hex "opt.route_info.flag" "Flags" key("route_info.flags") {
        ROUTE_PREFERENCE = uint "opt.route_info.flag.route_preference" "Route Preference" & 0x18 names(PREFERENCES);
        ROUTE_RESERVED = uint "opt.route_info.flag.reserved" "Reserved" & 0xe7 detail;
    };
    ROUTE_LIFETIME = uint "opt.route_lifetime" "Route Lifetime (s)";
    RDNSS_LIFETIME = uint "opt.rdnss.lifetime" "Lifetime (s)";
    RDNSS = ipv6 "opt.rdnss" "Recursive DNS Server" many brief("dns ");
    DNSSL_LIFETIME = uint "opt.dnssl.lifetime" "Lifetime (s)";
    DNSSL = text "opt.dnssl" "DNS Search Domain" many;
    EFO = hex "opt.efo" "Flags Expansion" {
        EFO_MANAGED = flag "opt.efo.m" "Managed Address Configuration" & 0x8000;
        EFO_OTHER = flag "opt.efo.o" "Other Configuration" & 0x4000;
        EFO_HOME_AGENT = flag "opt.efo.h" "Home Agent" & 0x2000;
        EFO_PREFERENCE = uint "opt.efo.prf" "Router Preference" & 0x1800 names(PREFERENCES);
        EFO_PROXY = flag "opt.efo.p" "Proxy" & 0x0400;
        EFO_RESERVED = uint "opt.efo.rsv" "Reserved" & 0x02ff detail;
    };
    KEY_PAD_LENGTH = uint "opt.hkr.pad_length" "Pad Length";
    KEY_ALGORITHM = uint "opt.hkr.at" "Algorithm" & 0xf0;
    KEY_RESERVED = uint "opt.hkr.reserved" "Reserved" & 0x0f detail;
    KEY_PUBLIC = bytes "opt.hkr.encryption_public_key" "Public Key";
    KEY_LIFETIME = uint "opt.hkr.lifetime" "Lifetime (s)";
    KEY_ENCRYPTED = bytes "opt.hkr.encrypted_handover_key" "Encrypted Handover Key";
    KEY_PADDING = bytes "opt.hkr.padding" "Padding" detail;
    ASSIST_CODE = uint "opt.hai.option_code" "What it is" names(ASSIST_CODES);
    ASSIST_LENGTH = uint "opt.hai.length" "Length of the value";
    ASSIST_VALUE = bytes "opt.hai.value" "Value";
    NODE_CODE = uint "opt.mn.option_code" "What it is" names(NODE_CODES);
    NODE_LENGTH = uint "opt.mn.length" "Length of the value";
    NODE_VALUE = bytes "opt.mn.value" "Value";
    ARO_STATUS = uint "opt.aro.status" "Status" names(ARO_STATUSES);
    ARO_LIFETIME = uint "opt.aro.registration_lifetime" "Registration Lifetime (min)";
    ARO_EUI64 = eui64 "opt.aro.eui64" "EUI-64";
    CONTEXT_LENGTH = uint "opt.6co.context_length" "Context Length";
    CONTEXT_FLAGS = hex "opt.6co.flag" "Flags" key("6co.flags") {
        CONTEXT_COMPRESSION = flag "opt.6co.flag.c" "Valid for Compression" & 0x10;
        CONTEXT_ID = uint "opt.6co.flag.cid" "Context" & 0x0f;
        CONTEXT_RESERVED = uint "opt.6co.flag.reserved" "Reserved" & 0xe0 detail;
    };
    CONTEXT_LIFETIME = uint "opt.6co.valid_lifetime" "Valid Lifetime (min)";
    CONTEXT_PREFIX = ipv6 "opt.6co.context_prefix" "Context Prefix";
    ABRO_LOW = uint "opt.abro.version_low" "Version, low";
    ABRO_HIGH = uint "opt.abro.version_high" "Version, high";
    ABRO_LIFETIME = uint "opt.abro.valid_lifetime" "Valid Lifetime (min)";
    ABRO_ADDRESS = ipv6 "opt.abro.6lbr_address" "Border Router";
    CAPABILITY_BITS = hex "opt.6cio.unassigned1" "Other Capabilities" & 0xfffe;
    CAPABILITY_G = flag "opt.6cio.flag_g" "Supports generic header compression" & 0x0001;
    CAPABILITY_MORE = hex "opt.6cio.unassigned2" "More Capabilities";
    CAPTIVE_PORTAL = text "opt.captive_portal" "Captive Portal";
    PREF64_LIFETIME = uint "opt.pref64.scaled_lifetime" "Scaled Lifetime (8 s)" & 0xfff8;
    PREF64_CODE = hex "opt.pref64.plc" "Prefix Length Code" & 0x0007 names(PREFIX_CODES);
    PREF64_PREFIX = ipv6 "opt.pref64.prefix" "Prefix";
    OPT_DATA = bytes "data" "Data";
    OPT_UNKNOWN = bytes "unknown_data" "Bytes behind what the option has";
    BAD_OPTION_LENGTH = problem "invalid_option_length" "Length does not fit the option" shared;
}
