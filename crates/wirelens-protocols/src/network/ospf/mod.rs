//! Open Shortest Path First: version 2, RFC 2328, and version 3, RFC 5340; authentication by
//! RFC 2328 appendix D, RFC 5709 and RFC 7166, link-local signaling by RFC 5613.

mod extended;
mod labels;
mod lsa;
mod lsa3;
mod opaque;
mod router_information;
mod signaling;
mod traffic;

use wirelens_dissect::prelude::*;

use crate::network::ipv4::IP_PROTO;
use lsa::LSA_ROWS;
use signaling::{SIGNALING_ROWS, TRAILER_ROWS};

protocol! {
    OSPF = "ospf" "OSPF" "Open Shortest Path First", Network;
    @ IP_PROTO 89;
    HEADER = group "header" "Header" {
        VERSION  = uint "version" "Version" key("version") brief("v");
        MESSAGE  = uint "msg" "Message Type" names(MESSAGES) key("message") brief("");
        LENGTH   = uint "packet_length" "Packet Length" key("length");
        ROUTER   = ipv4 "srcrouter" "Source Router" key("router") brief("router ");
        AREA     = ipv4 "area_id" "Area ID" key("area") brief("area ");
        CHECKSUM = hex  "checksum" "Checksum" key("checksum");
        AUTH_TYPE = uint "auth.type" "Authentication Type" names(AUTHENTICATIONS) key("auth_type");
        AUTH_NONE = bytes "auth.none" "No Authentication" key("auth_none") detail;
        AUTH_SIMPLE = text "auth.simple" "Password" key("password");
        KEY_ID      = uint "auth.crypt.key_id" "Key ID" key("key_id");
        KEY_LENGTH  = uint "auth.crypt.data_length" "Digest Length" key("digest_length");
        KEY_SEQUENCE = uint "auth.crypt.seq_nbr" "Sequence Number" key("sequence");
        DIGEST      = bytes "auth.crypt.data" "Digest" key("digest");
        AUTH_UNKNOWN = bytes "auth.unknown" "Authentication" key("auth_unknown");
        INSTANCE = uint "instance_id" "Instance ID" key("instance");
        RESERVED = bytes "reserved" "Reserved" key("reserved") detail;
    };
    HELLO = group "hello" "Hello" {
        MASK     = ipv4 "hello.network_mask" "Network Mask";
        INTERFACE = uint "hello.interface_id" "Interface ID";
        INTERVAL = uint "hello.hello_interval" "Hello Interval";
        HELLO_OPTIONS = hex "v2.options" "Options" key("options") rows(OPTION_ROWS);
        HELLO_OPTIONS3 = hex "v3.options" "Options" key("options_v3") rows(OPTION3_ROWS);
        PRIORITY = uint "hello.router_priority" "Router Priority";
        DEAD_INTERVAL = uint "hello.router_dead_interval" "Router Dead Interval";
        DESIGNATED = ipv4 "hello.designated_router" "Designated Router" brief("dr ");
        BACKUP   = ipv4 "hello.backup_designated_router" "Backup Designated Router";
        NEIGHBOR = ipv4 "hello.active_neighbor" "Active Neighbor" many;
    };
    DESCRIPTION = group "db" "Database Description" own {
        DESCRIPTION_RESERVED = bytes "reserved" "Reserved" many key("reserved") detail;
        MTU     = uint "db.interface_mtu" "Interface MTU";
        DESCRIPTION_OPTIONS = hex "v2.options" "Options" key("options") rows(OPTION_ROWS);
        DESCRIPTION_OPTIONS3 = hex "v3.options" "Options" key("options_v3") rows(OPTION3_ROWS);
        FLAGS   = hex "dbd" "Flags" key("flags") {
            FLAG_R  = flag "dbd.r" "Out of Band Resynchronization" & 0x08;
            FLAG_I  = flag "dbd.i" "Init" & 0x04;
            FLAG_M  = flag "dbd.m" "More" & 0x02;
            FLAG_MS = flag "dbd.ms" "Master" & 0x01;
        };
        SEQUENCE = uint "db.dd_sequence" "Sequence Number";
    };
    REQUEST = group "request" "Link State Request" own many key("requests") {
        REQUEST_TYPE = uint "lsa" "Type" names(lsa::TYPES) key("type");
        REQUEST_RESERVED = bytes "reserved" "Reserved" key("reserved") detail;
        REQUEST_TYPE3 = hex "v3.lsa" "Type" names(lsa3::TYPES) key("type_v3") rows(TYPE3_ROWS);
        REQUEST_ID = ipv4 "link_state_id" "Link State ID" key("id");
        REQUEST_ROUTER = ipv4 "advrouter" "Advertising Router" key("router");
    };
    LSA_COUNT = uint "ls.number_of_lsas" "Number of Advertisements" brief("lsas ");
    LSA = group "lsas" "Link State Advertisement" own many key("advertisements") rows(LSA_ROWS);
    LLS = group "lls" "Link-Local Signaling" own rows(SIGNALING_ROWS);
    TRAILER = group "at" "Authentication Trailer" key("authentication_trailer") rows(TRAILER_ROWS);
    CONTENT  = bytes "content" "Content" own;
    BAD_LENGTH = problem "packet_length.bad" "Length contradicts the packet" own;
}

fields! {
    /// Options of version 2, RFC 2328 section A.2 and what came later.
    OPTION_ROWS = "ospf" HELLO_OPTIONS "v2.options";
    OPTION_DN = flag "v2.options.dn" "DN" & 0x80 key("dn");
    OPTION_O  = flag "v2.options.o" "Opaque" & 0x40 key("o");
    OPTION_DC = flag "v2.options.dc" "Demand Circuits" & 0x20 key("dc");
    OPTION_L  = flag "v2.options.l" "Link-Local Signaling" & 0x10 key("l");
    OPTION_N  = flag "v2.options.n" "NSSA" & 0x08 key("n");
    OPTION_MC = flag "v2.options.mc" "Multicast" & 0x04 key("mc");
    OPTION_E  = flag "v2.options.e" "External Routing" & 0x02 key("e");
    OPTION_MT = flag "v2.options.mt" "Multi-Topology" & 0x01 key("mt");
}

fields! {
    /// Options of version 3, RFC 5340 section A.2.
    OPTION3_ROWS = "ospf" HELLO_OPTIONS3 "v3.options";
    OPTION3_AT = flag "v3.options.at" "Authentication Trailer" & 0x000400 key("at");
    OPTION3_L  = flag "v3.options.l" "Link-Local Signaling" & 0x000200 key("l");
    OPTION3_AF = flag "v3.options.af" "Address Families" & 0x000100 key("af");
    OPTION3_DC = flag "v3.options.dc" "Demand Circuits" & 0x000020 key("dc");
    OPTION3_R  = flag "v3.options.r" "Router" & 0x000010 key("r");
    OPTION3_N  = flag "v3.options.n" "NSSA" & 0x000008 key("n");
    OPTION3_MC = flag "v3.options.mc" "Multicast" & 0x000004 key("mc");
    OPTION3_E  = flag "v3.options.e" "External Routing" & 0x000002 key("e");
    OPTION3_V6 = flag "v3.options.v6" "IPv6" & 0x000001 key("v6");
}

fields! {
    /// The parts of a type of version 3, RFC 5340 section A.4.2.1.
    TYPE3_ROWS = "ospf" REQUEST_TYPE3 "v3.lsa";
    TYPE3_U  = flag "v3.lsa.u" "Flood If Unknown" & 0x8000 key("u");
    TYPE3_S12 = hex "v3.lsa.s12" "Flooding Scope" & 0x6000 names(SCOPES) key("scope");
    TYPE3_FC = uint "v3.lsa.fc" "Function Code" & 0x1fff key("function");
}

/// RFC 2328 section A.3.1.
static MESSAGES: Names = &[
    (1, "Hello"),
    (2, "Database Description"),
    (3, "Link State Request"),
    (4, "Link State Update"),
    (5, "Link State Acknowledgment"),
];

/// RFC 2328 appendix D.
static AUTHENTICATIONS: Names = &[(0, "None"), (1, "Simple password"), (2, "Cryptographic")];

/// RFC 5340 section A.4.2.1.
static SCOPES: Names = &[(0, "Link-local"), (1, "Area"), (2, "AS"), (3, "Reserved")];

/// What advertisements look like.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Edition {
    /// Version 2.
    V2,
    /// Version 3 with IPv6 addresses.
    V3,
    /// Version 3 with IPv4 addresses.
    V3Ipv4,
}

/// What options say stands behind the packet.
#[derive(Clone, Copy, Default)]
struct Behind {
    /// Link-local signaling.
    signals: bool,
    /// The authentication trailer.
    trailer: bool,
}

impl Behind {
    fn of_version_2(options: u8) -> Behind {
        Behind { signals: options & 0x10 != 0, trailer: false }
    }

    fn of_version_3(options: u32) -> Behind {
        Behind { signals: options & 0x200 != 0, trailer: options & 0x400 != 0 }
    }
}

fn dissect(p: &mut Packet<'_>) -> Step {
    let [version, message, high, low] = p.peek()?;
    let length = usize::from(u16::from_be_bytes([high, low]));
    let (mut digest, mut instance) = (0, 0);
    let head = p.group(&HEADER, |p| {
        p.u8(&VERSION)?;
        p.u8(&MESSAGE)?;
        p.u16(&LENGTH)?;
        p.ipv4(&ROUTER)?;
        p.ipv4(&AREA)?;
        p.u16(&CHECKSUM)?;
        match version {
            3 => {
                instance = p.u8(&INSTANCE)?;
                p.bytes(&RESERVED, 1).map(drop)
            }
            _ => {
                digest = authentication(p, length)?;
                Ok(())
            }
        }
    });
    head?;
    if length < p.done() || length > p.declared_left() + p.done() {
        p.problem_at(&BAD_LENGTH, p.start() + 2, 2);
    }
    let content = length.saturating_sub(p.done()).min(p.declared_left());
    let edition = match (version, instance) {
        (2, _) => Edition::V2,
        // RFC 5838 section 2.1: these instances are of IPv4.
        (_, 64..=127) => Edition::V3Ipv4,
        _ => Edition::V3,
    };
    let behind = p.within(content, |p| match (version, message) {
        (2 | 3, 1) => hello(p, version),
        (2 | 3, 2) => description(p, edition),
        (2 | 3, 3) => requests(p, version).map(|()| Behind::default()),
        (2 | 3, 4) => {
            p.u32(&LSA_COUNT)?;
            lsa::advertisements(p, edition, true).map(|()| Behind::default())
        }
        (2 | 3, 5) => lsa::advertisements(p, edition, false).map(|()| Behind::default()),
        _ => p.rest(&CONTENT).map(|_| Behind::default()),
    })?;
    // The digest stands behind the packet, and was recorded with its header.
    p.skip(digest.min(p.left()))?;
    if behind.signals && p.left() >= 4 {
        p.group(&LLS, |p| signaling::link_local(p, version))?;
    }
    // Requests, updates and acknowledgments have no options that announce it.
    let unannounced = version == 3 && matches!(message, 3..=5) && signaling::is_trailer(p);
    if behind.trailer && p.left() > 0 || unannounced {
        p.group(&TRAILER, signaling::authentication)?;
    }
    Ok(Next::Nothing)
}

/// RFC 2328 section D.3: eight bytes by type; a digest stands behind the packet. Gives its length.
fn authentication(p: &mut Packet<'_>, length: usize) -> Read<usize> {
    match p.u16(&AUTH_TYPE)? {
        0 => p.bytes(&AUTH_NONE, 8).map(|_| 0),
        1 => p.text(&AUTH_SIMPLE, 8).map(|_| 0),
        2 => {
            p.skip(2)?;
            p.u8(&KEY_ID)?;
            let digest = usize::from(p.u8(&KEY_LENGTH)?);
            p.u32(&KEY_SEQUENCE)?;
            let at = p.start() + length;
            if length >= 24 && at + digest <= p.at() + p.left() && digest > 0 {
                p.mark(&DIGEST, at, digest, 0);
                return Ok(digest);
            }
            Ok(0)
        }
        _ => p.bytes(&AUTH_UNKNOWN, 8).map(|_| 0),
    }
}

fn hello(p: &mut Packet<'_>, version: u8) -> Read<Behind> {
    let mut behind = Behind::default();
    p.group(&HELLO, |p| {
        if version == 2 {
            p.ipv4(&MASK)?;
            p.u16(&INTERVAL)?;
            behind = Behind::of_version_2(p.u8(&HELLO_OPTIONS)?);
            p.u8(&PRIORITY)?;
            p.u32(&DEAD_INTERVAL)?;
        } else {
            p.u32(&INTERFACE)?;
            p.u8(&PRIORITY)?;
            behind = Behind::of_version_3(p.u24(&HELLO_OPTIONS3)?);
            p.u16(&INTERVAL)?;
            p.u16(&DEAD_INTERVAL)?;
        }
        p.ipv4(&DESIGNATED)?;
        p.ipv4(&BACKUP)?;
        while p.left() > 0 {
            p.ipv4(&NEIGHBOR)?;
        }
        Ok(())
    })?;
    Ok(behind)
}

fn description(p: &mut Packet<'_>, edition: Edition) -> Read<Behind> {
    let mut behind = Behind::default();
    p.group(&DESCRIPTION, |p| {
        if edition == Edition::V2 {
            p.u16(&MTU)?;
            behind = Behind::of_version_2(p.u8(&DESCRIPTION_OPTIONS)?);
        } else {
            p.bytes(&DESCRIPTION_RESERVED, 1)?;
            behind = Behind::of_version_3(p.u24(&DESCRIPTION_OPTIONS3)?);
            p.u16(&MTU)?;
            p.bytes(&DESCRIPTION_RESERVED, 1)?;
        }
        p.u8(&FLAGS)?;
        p.u32(&SEQUENCE).map(drop)
    })?;
    lsa::advertisements(p, edition, false)?;
    Ok(behind)
}

fn requests(p: &mut Packet<'_>, version: u8) -> Read {
    while p.left() > 0 {
        p.group(&REQUEST, |p| {
            if version == 2 {
                p.u32(&REQUEST_TYPE)?;
            } else {
                p.bytes(&REQUEST_RESERVED, 2)?;
                p.u16(&REQUEST_TYPE3)?;
            }
            p.ipv4(&REQUEST_ID)?;
            p.ipv4(&REQUEST_ROUTER).map(drop)
        })?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    const HELLO_V2: &str = "02 01 002c c0000214 00000000 0000 0002 0000 01 10 3c2b1a00
        ffffff00 000a 12 01 00000028 c0000214 00000000
        91b01c6bd6c7093c11861e76334ba858
        0000 0003 0001 0004 00000001";

    #[test]
    fn a_hello_with_a_digest_and_signaling_behind_it() {
        insta::assert_snapshot!(tree(&OSPF, &hex(HELLO_V2)));
    }

    #[test]
    fn every_prefix_of_them() {
        for packet in [
            HELLO_V2,
            "03 01 0028 c0000214 00000000 f568 00 00 00000002 01 000113 0001 0004 c0000214 c000020a c000020a",
            "02 02 0020 c0000214 00000000 0000 0000 0000000000000000 05dc 42 07 990d7f80",
            "03 02 001c c0000214 00000000 3700 00 00 00 000113 05dc 00 00 306c9b2f",
            "02 03 0024 c0000214 00000000 0000 0001 7365637265740000 00000005 c63364ff c0000214",
            "03 03 001c c0000214 00000000 b694 00 00 0000 4005 00000001 c0000214",
        ] {
            every_prefix(&OSPF, &hex(packet));
        }
    }

    #[test]
    fn a_length_that_contradicts_the_packet_is_a_problem() {
        let packet = HELLO_V2.replace("002c", "0010");
        assert!(tree(&OSPF, &hex(&packet)).contains("! Length contradicts"));
    }
}
