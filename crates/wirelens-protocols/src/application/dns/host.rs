//! Where hosts and services are: SRV (RFC 2782), NAPTR (RFC 3403), LOC (RFC 1876), APL (RFC 3123),
//! CAA (RFC 8659), HIP (RFC 8005), ILNP (RFC 6742) and the types of RFC 1183.

use wirelens_dissect::prelude::*;

use super::edns::prefix;
use super::name::{self, Name};
use super::record::{string, strings};
use super::{ANSWER, Message, names};
use crate::network::ip_protocols::PROTOCOLS;

fields! {
    /// The rows of records about hosts and services.
    ROWS = "dns" ANSWER "resp";
    AAAA = ipv6 "aaaa" "Address" brief("");
    RP = group "rp" "Responsible Person" own {
        RP_MAILBOX = text "rp.mailbox" "Mailbox" brief("");
        RP_TEXT    = text "rp.txt_rr"  "Name with more text";
    };
    AFSDB = group "afsdb" "AFS Database" own {
        AFSDB_SUBTYPE = uint "afsdb.subtype"  "Subtype" names(names::AFS_SUBTYPES);
        AFSDB_HOST    = text "afsdb.hostname" "Host" brief("");
    };
    X25 = group "x25" "X.25 Address" own {
        X25_LENGTH  = uint "x25.length"       "Length" detail;
        X25_ADDRESS = text "x25.psdn_address" "Address";
    };
    ISDN = group "idsn" "ISDN Address" own key("isdn") {
        ISDN_LENGTH     = uint "idsn.length"     "Length" detail;
        ISDN_ADDRESS    = text "idsn.address"    "Address";
        ISDN_SUB_LENGTH = uint "idsn.sa.length"  "Length" detail key("subaddress_length");
        ISDN_SUBADDRESS = text "idsn.sa.address" "Subaddress" key("subaddress");
    };
    RT = group "rt" "Route Through" own {
        RT_PREFERENCE = uint "rt.subtype"           "Preference" key("preference");
        RT_HOST       = text "rt.intermediate_host" "Intermediate Host" brief("");
    };
    NSAP     = bytes "nsap.rdata"     "NSAP Address" key("nsap");
    NSAP_PTR = text  "nsap_ptr.owner" "NSAP Owner"   key("nsap_ptr");
    PX = group "px" "X.400 Mapping" own {
        PX_PREFERENCE = uint "px.preference" "Preference";
        PX_MAP822     = text "px.map822"     "RFC 822 Part";
        PX_MAP400     = text "px.map400"     "X.400 Part";
    };
    GPOS = group "gpos" "Geographical Position" own {
        LONGITUDE_LENGTH = uint "gpos.longitude_length" "Length" detail;
        GPOS_LONGITUDE   = text "gpos.longitude"        "Longitude";
        LATITUDE_LENGTH  = uint "gpos.latitude_length"  "Length" detail;
        GPOS_LATITUDE    = text "gpos.latitude"         "Latitude";
        ALTITUDE_LENGTH  = uint "gpos.altitude_length"  "Length" detail;
        GPOS_ALTITUDE    = text "gpos.altitude"         "Altitude";
    };
    LOC = group "loc" "Location" own {
        LOC_VERSION = uint "loc.version"              "Version";
        LOC_SIZE    = uint "loc.size"                 "Size";
        HORIZONTAL  = uint "loc.horizontal_precision" "Horizontal Precision";
        VERTICAL    = uint "loc.vertical_precision"   "Vertical Precision";
        LATITUDE    = uint "loc.latitude"             "Latitude";
        LONGITUDE   = uint "loc.longitude"            "Longitude";
        ALTITUDE    = uint "loc.altitude"             "Altitude";
        LOC_UNKNOWN = bytes "loc.unknown_data"        "Data of an unknown version";
    };
    SRV = group "srv" "Service" own {
        SERVICE  = text "srv.service"  "Service";
        PROTOCOL = text "srv.proto"    "Protocol";
        DOMAIN   = text "srv.name"     "Domain" key("domain");
        PRIORITY = uint "srv.priority" "Priority" brief("");
        WEIGHT   = uint "srv.weight"   "Weight" brief("");
        PORT     = uint "srv.port"     "Port" brief("");
        TARGET   = text "srv.target"   "Target" brief("");
    };
    NAPTR = group "naptr" "Naming Authority Pointer" own {
        ORDER            = uint "naptr.order"              "Order" brief("");
        NAPTR_PREFERENCE = uint "naptr.preference"         "Preference" brief("");
        FLAGS_LENGTH     = uint "naptr.flags_length"       "Length" detail;
        NAPTR_FLAGS      = text "naptr.flags"              "Flags" brief("");
        SERVICE_LENGTH   = uint "naptr.service_length"     "Length" detail;
        NAPTR_SERVICE    = text "naptr.service"            "Service" brief("");
        REGEX_LENGTH     = uint "naptr.regex_length"       "Length" detail;
        REGEX            = text "naptr.regex"              "Regular Expression" brief("");
        REPLACEMENT      = text "naptr.replacement"        "Replacement" brief("");
    };
    KX = group "kx" "Key Exchanger" own {
        KX_PREFERENCE = uint "kx.preference"   "Preference";
        KX_EXCHANGER  = text "kx.key_exchange" "Exchanger" brief("");
    };
    A6 = group "a6" "Address with a prefix elsewhere" own {
        A6_LENGTH = uint "a6.prefix_len"     "Prefix Length";
        A6_SUFFIX = ipv6 "a6.address_suffix" "Address Suffix";
        A6_NAME   = text "a6.prefix_name"    "Name of the prefix";
    };
    DNAME = text "dname" "Delegation Name" brief("");
    APL = group "apl" "Address Prefix" own many {
        APL_FAMILY = uint "apl.address_family" "Address Family" names(names::FAMILIES);
        APL_PREFIX = uint "apl.coded_prefix"   "Prefix Length";
        NEGATION   = flag "apl.negation"       "Negation" & 0x80;
        APL_LENGTH = uint "apl.afdlength"      "Length"   & 0x7f detail;
        APL_IPV4   = ipv4 "apl.afdpart.ipv4"   "Address" key("ipv4");
        APL_IPV6   = ipv6 "apl.afdpart.ipv6"   "Address" key("ipv6");
        APL_OTHER  = bytes "apl.afdpart.data"  "Address" key("address");
    };
    HIP = group "hip" "Host Identity" own {
        HIT_LENGTH = uint  "hip.hit.length"  "Tag Length" detail;
        HIP_ALGORITHM = uint "hip.hit.pk.algo" "Algorithm" key("algorithm") names(names::IPSEC_ALGORITHMS);
        HIP_KEY_LENGTH = uint "hip.pk.length" "Key Length" detail key("pk_length");
        HIT        = bytes "hip.hit"         "Host Identity Tag";
        HIP_KEY    = bytes "hip.pk"          "Public Key";
        RENDEZVOUS = text  "hip.rendezvous_server" "Rendezvous Server" many;
    };
    SPF_LENGTH = uint "spf.length" "Length" many detail;
    SPF        = text "spf"        "Sender Policy" many brief("");
    NODE_ID = group "nid" "Node Identifier" own {
        NID_PREFERENCE = uint  "ilnp.nid.preference" "Preference" key("preference");
        NID            = bytes "ilnp.nid"            "Node Identifier" key("node");
    };
    LOCATOR32 = group "l32" "Locator of 32 bits" own {
        L32_PREFERENCE = uint "ilnp.l32.preference" "Preference" key("preference");
        L32            = ipv4 "ilnp.l32"            "Locator" key("locator");
    };
    LOCATOR64 = group "l64" "Locator of 64 bits" own {
        L64_PREFERENCE = uint  "ilnp.l64.preference" "Preference" key("preference");
        L64            = bytes "ilnp.l64"            "Locator" key("locator");
    };
    LOCATOR_NAME = group "lp" "Locator by Name" own {
        LP_PREFERENCE = uint "ilnp.lp.preference" "Preference" key("preference");
        LP            = text "ilnp.lp"            "Name" key("fqdn");
    };
    EUI48 = mac   "eui48" "Address" brief("");
    EUI64 = eui64 "eui64" "Address" brief("");
    CAA = group "caa" "Certification Authority Authorisation" own {
        CAA_FLAGS = hex "caa.flags" "Flags" {
            CRITICAL = flag "caa.flags.issuer_critical" "Issuer Critical" & 0x80;
        };
        ISSUE       = text "caa.issue"     "Issuer" brief("");
        ISSUE_WILD  = text "caa.issuewild" "Wildcard Issuer";
        REPORT      = text "caa.iodef"     "Report to";
        UNKNOWN_TAG = text "caa.unknown"   "Value of an unknown tag" {
            TAG_LENGTH = uint "caa.tag_length" "Tag Length" shared detail;
            TAG        = text "caa.tag"        "Tag"        shared key("tag");
            VALUE      = text "caa.value"      "Value"      shared detail;
        };
    };
    WINS = group "wins" "WINS" own {
        WINS_LOCAL  = flag "wins.local_flag"      "Local" & 0x00000001;
        WINS_LOOKUP = uint "wins.lookup_timeout"  "Lookup Timeout";
        WINS_CACHE  = uint "wins.cache_timeout"   "Cache Timeout";
        WINS_COUNT  = uint "wins.nb_wins_servers" "Number of Servers" detail;
        WINS_SERVER = ipv4 "wins.wins_server"     "Server" many key("servers");
    };
    WINSR = group "winsr" "WINS Reverse" own {
        WINSR_LOCAL  = flag "winsr.local_flag"     "Local" & 0x00000001;
        WINSR_LOOKUP = uint "winsr.lookup_timeout" "Lookup Timeout";
        WINSR_CACHE  = uint "winsr.cache_timeout"  "Cache Timeout";
        WINSR_DOMAIN = text "winsr.name_result_domain" "Result Domain";
    };
    XPF = group "xpf" "Proxied Addresses" own {
        XPF_VERSION  = uint "xpf.ip_version" "IP Version";
        XPF_PROTOCOL = uint "xpf.protocol"   "Protocol" names(PROTOCOLS);
        XPF_SOURCE4  = ipv4 "xpf.source_ipv4"      "Source";
        XPF_DESTINATION4 = ipv4 "xpf.destination_ipv4" "Destination";
        XPF_SOURCE6  = ipv6 "xpf.source_ipv6"      "Source";
        XPF_DESTINATION6 = ipv6 "xpf.destination_ipv6" "Destination";
        XPF_SOURCE_PORT  = uint "xpf.sport"  "Source Port";
        XPF_DESTINATION_PORT = uint "xpf.dport" "Destination Port";
    };
}

/// Reads the data of a record of these types; says whether it is one.
pub(super) fn read(p: &mut Packet<'_>, message: Message, kind: u16) -> Read<bool> {
    let names = |p: &mut Packet<'_>, rows: [&'static Field; 2]| {
        name::read(p, message, rows[0])?;
        name::read(p, message, rows[1])
    };
    let preferred = |p: &mut Packet<'_>, preference, host| {
        p.u16(preference)?;
        name::read(p, message, host)
    };
    match kind {
        17 => p.group(&RP, |p| names(p, [&RP_MAILBOX, &RP_TEXT])),
        18 => p.group(&AFSDB, |p| preferred(p, &AFSDB_SUBTYPE, &AFSDB_HOST)),
        19 => p.group(&X25, |p| string(p, &X25_LENGTH, &X25_ADDRESS)),
        20 => p.group(&ISDN, |p| {
            string(p, &ISDN_LENGTH, &ISDN_ADDRESS)?;
            if p.declared_left() == 0 {
                return Ok(());
            }
            string(p, &ISDN_SUB_LENGTH, &ISDN_SUBADDRESS)
        }),
        21 => p.group(&RT, |p| preferred(p, &RT_PREFERENCE, &RT_HOST)),
        22 => p.rest(&NSAP).map(drop),
        23 => name::read(p, message, &NSAP_PTR),
        26 => p.group(&PX, |p| {
            p.u16(&PX_PREFERENCE)?;
            names(p, [&PX_MAP822, &PX_MAP400])
        }),
        27 => p.group(&GPOS, |p| {
            string(p, &LONGITUDE_LENGTH, &GPOS_LONGITUDE)?;
            string(p, &LATITUDE_LENGTH, &GPOS_LATITUDE)?;
            string(p, &ALTITUDE_LENGTH, &GPOS_ALTITUDE)
        }),
        28 => p.ipv6(&AAAA).map(drop),
        29 => p.group(&LOC, location),
        35 => p.group(&NAPTR, |p| {
            p.u16(&ORDER)?;
            p.u16(&NAPTR_PREFERENCE)?;
            string(p, &FLAGS_LENGTH, &NAPTR_FLAGS)?;
            string(p, &SERVICE_LENGTH, &NAPTR_SERVICE)?;
            string(p, &REGEX_LENGTH, &REGEX)?;
            name::read(p, message, &REPLACEMENT)
        }),
        36 => p.group(&KX, |p| preferred(p, &KX_PREFERENCE, &KX_EXCHANGER)),
        38 => p.group(&A6, |p| chained_address(p, message)),
        39 => name::read(p, message, &DNAME),
        42 => {
            while p.declared_left() > 0 {
                p.group(&APL, address_prefix)?;
            }
            Ok(())
        }
        55 => p.group(&HIP, |p| host_identity(p, message)),
        99 => strings(p, &SPF_LENGTH, &SPF),
        104 => p.group(&NODE_ID, |p| {
            p.u16(&NID_PREFERENCE)?;
            p.bytes(&NID, 8).map(drop)
        }),
        105 => p.group(&LOCATOR32, |p| {
            p.u16(&L32_PREFERENCE)?;
            p.ipv4(&L32).map(drop)
        }),
        106 => p.group(&LOCATOR64, |p| {
            p.u16(&L64_PREFERENCE)?;
            p.bytes(&L64, 8).map(drop)
        }),
        107 => p.group(&LOCATOR_NAME, |p| preferred(p, &LP_PREFERENCE, &LP)),
        108 => p.mac(&EUI48).map(drop),
        109 => p.u64(&EUI64).map(drop),
        257 => p.group(&CAA, authorisation),
        65281 => p.group(&WINS, |p| {
            p.u32(&WINS_LOCAL)?;
            p.u32(&WINS_LOOKUP)?;
            p.u32(&WINS_CACHE)?;
            for _ in 0..p.u32(&WINS_COUNT)? {
                p.ipv4(&WINS_SERVER)?;
            }
            Ok(())
        }),
        65282 => p.group(&WINSR, |p| {
            p.u32(&WINSR_LOCAL)?;
            p.u32(&WINSR_LOOKUP)?;
            p.u32(&WINSR_CACHE)?;
            name::read(p, message, &WINSR_DOMAIN)
        }),
        65422 => p.group(&XPF, proxied_addresses),
        _ => return Ok(false),
    }?;
    Ok(true)
}

/// RFC 2782: the owner's first labels name the service and its protocol.
pub(super) fn service(p: &mut Packet<'_>, message: Message, owner: Name) -> Read {
    p.group(&SRV, |p| {
        owner.record_labels(p, message, &SERVICE, 0, 1);
        owner.record_labels(p, message, &PROTOCOL, 1, 1);
        owner.record_labels(p, message, &DOMAIN, 2, usize::MAX);
        p.u16(&PRIORITY)?;
        p.u16(&WEIGHT)?;
        p.u16(&PORT)?;
        name::read(p, message, &TARGET)
    })
}

fn location(p: &mut Packet<'_>) -> Read {
    if p.u8(&LOC_VERSION)? != 0 {
        return p.rest(&LOC_UNKNOWN).map(drop);
    }
    for row in [&LOC_SIZE, &HORIZONTAL, &VERTICAL] {
        p.u8(row)?;
    }
    for row in [&LATITUDE, &LONGITUDE, &ALTITUDE] {
        p.u32(row)?;
    }
    Ok(())
}

/// RFC 2874 section 3.1: the suffix has as many bytes as the bits behind the prefix take.
fn chained_address(p: &mut Packet<'_>, message: Message) -> Read {
    let bits = usize::from(p.u8(&A6_LENGTH)?);
    let length = 128usize.saturating_sub(bits).div_ceil(8);
    if length > 0 {
        p.need(length)?;
        let address = prefix::<16>(&p.ahead()[..length]) >> (8 * (16 - length));
        p.make_ipv6(&A6_SUFFIX, p.at(), length, address);
        p.skip(length)?;
    }
    if bits > 0 { name::read(p, message, &A6_NAME) } else { Ok(()) }
}

/// RFC 3123 section 4.
fn address_prefix(p: &mut Packet<'_>) -> Read {
    let family = p.u16(&APL_FAMILY)?;
    p.u8(&APL_PREFIX)?;
    let word = p.peek_u8()?;
    p.bits(word, 1, &[&NEGATION, &APL_LENGTH])?;
    let length = usize::from(word & 0x7f);
    if length == 0 {
        return Ok(());
    }
    p.need(length)?;
    let part = &p.ahead()[..length];
    match (family, length) {
        (1, ..=4) => p.note(&APL_IPV4, prefix::<4>(part) as u64, length),
        (2, ..=16) => p.make_ipv6(&APL_IPV6, p.at(), length, prefix::<16>(part)),
        _ => p.note(&APL_OTHER, 0, length),
    }
    p.skip(length)
}

/// RFC 8005 section 5.
fn host_identity(p: &mut Packet<'_>, message: Message) -> Read {
    let tag = p.u8(&HIT_LENGTH)?;
    p.u8(&HIP_ALGORITHM)?;
    let key = p.u16(&HIP_KEY_LENGTH)?;
    p.bytes(&HIT, tag.into())?;
    p.bytes(&HIP_KEY, key.into())?;
    while p.declared_left() > 0 {
        name::read(p, message, &RENDEZVOUS)?;
    }
    Ok(())
}

/// RFC 8659 section 4.1.
fn authorisation(p: &mut Packet<'_>) -> Read {
    p.u8(&CAA_FLAGS)?;
    let length = usize::from(p.peek_u8()?);
    p.need(1 + length)?;
    let (at, whole, bytes) = (p.at(), p.left(), p.ahead());
    let (tag, value) = bytes[1..].split_at(length);
    let row = match tag {
        b"issue" => &ISSUE,
        b"issuewild" => &ISSUE_WILD,
        b"iodef" => &REPORT,
        _ => &UNKNOWN_TAG,
    };
    p.make_text(row, at, whole, |out| out.extend_from_slice(value));
    p.under(|p| {
        p.u8(&TAG_LENGTH)?;
        p.text(&TAG, length)?;
        p.rest(&VALUE).map(drop)
    })
}

/// draft-bellis-dnsop-xpf.
fn proxied_addresses(p: &mut Packet<'_>) -> Read {
    let version = p.u8(&XPF_VERSION)? & 0xf;
    if version != 4 && version != 6 {
        return Ok(());
    }
    p.u8(&XPF_PROTOCOL)?;
    if version == 4 {
        p.ipv4(&XPF_SOURCE4)?;
        p.ipv4(&XPF_DESTINATION4)?;
    } else {
        p.ipv6(&XPF_SOURCE6)?;
        p.ipv6(&XPF_DESTINATION6)?;
    }
    p.u16(&XPF_SOURCE_PORT)?;
    p.u16(&XPF_DESTINATION_PORT).map(drop)
}

#[cfg(test)]
mod tests {
    use super::super::messages::*;

    #[test]
    fn hosts_and_services() {
        insta::assert_snapshot!(answers(&[
            (17, "m.example. t.example."),
            (18, "0001 afs.example."),
            (19, r#""311061700956"#),
            (20, r#""150862028003217 "004"#),
            (20, r#""150862028003217"#),
            (21, "000a rt.example."),
            (22, "47000580"),
            (23, "nsap.example."),
            (26, "000a a.example. b.example."),
            (27, r#""-32.6882 "116.8652 "10.0"#),
            (28, "20010db8000000000000000000000007"),
            (29, "00 12 16 13 800003e8 7ffff830 009896fb"),
            (29, "01 12"),
            (33, "0001 0002 13c4 sip.example."),
            (35, r#"0001 0002 "U "E2U+sip "!^.*$!sip:i@e! ."#),
            (36, "000a kx.example."),
            (38, "40 0000000000000007 p.example."),
            (38, "00 20010db8000000000000000000000007"),
            (38, "80 p.example."),
            (39, "dn.example."),
            (42, "0001 18 03 c00002 0002 40 88 20010db800000000 0009 08 01 01 0001 00 00"),
            (55, "02 02 0003 4142 434445 r1.example. r2.example."),
            (99, r#""v=spf1"#),
            (104, "000a 0014fffffe000001"),
            (105, "000a c0000207"),
            (106, "000a 20010db800000000"),
            (107, "000a lp.example."),
            (108, "020000000001"),
            (109, "0200000000010203"),
            (257, r#"00 "issue 63612e6578616d706c65"#),
            (257, r#"80 "issuewild 3b"#),
            (257, r#"00 "iodef 6d61696c"#),
            (257, r#"00 "tbs 78"#),
            (65281, "00010000 00000002 00000003 00000002 c0000207 c0000208"),
            (65282, "00000000 00000002 00000003 wins.example."),
            (65422, "04 11 c0000207 c0000208 0001 0002"),
            (65422, "06 06 20010db8000000000000000000000007 20010db8000000000000000000000008 0001 0002"),
            (65422, "05 06"),
        ]));
    }
}
