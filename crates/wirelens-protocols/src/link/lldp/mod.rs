//! Link Layer Discovery Protocol, IEEE 802.1AB, with what IEEE 802.1, IEEE 802.3, TIA-1057
//! (LLDP-MED), data center bridging, PROFINET and vendors put into it.

mod dcbx;
mod ieee8021;
mod ieee8023;
mod med;
mod names;
mod profinet;
mod vendors;

use wirelens_dissect::prelude::*;

use crate::application::tls::der::write_oid;
use crate::digits::hexadecimal;
use crate::link::ethernet::ETHERTYPE;

protocol! {
    LLDP = "lldp" "LLDP" "Link Layer Discovery Protocol", Link;
    @ ETHERTYPE 0x88cc;
    TLV_TYPE   = uint "tlv.type" "TLV Type" & 0xfe00 names(names::TYPES) key("tlv_type") shared detail;
    TLV_LENGTH = uint "tlv.len" "TLV Length" & 0x01ff key("tlv_length") shared detail;
    OUI        = hex "orgtlv.oui" "Organization" names(names::ORGANIZATIONS) key("oui") shared;
    TOO_SHORT  = problem "incorrect_length" "Too short for what is in it" key("too_short") shared many;
    REST       = bytes "subtype.content_remaining" "Bytes behind" key("remaining") shared;
    CONTENT    = bytes "unknown_subtype.content" "Content" key("content") shared;
    CHASSIS    = group "chassis" "Chassis" own {
        CHASSIS_SUBTYPE = uint "chassis.subtype" "Subtype" names(names::CHASSIS_SUBTYPES);
        CHASSIS_FAMILY  = uint "network_address.subtype" "Address Family" names(names::FAMILIES) key("address_family");
        CHASSIS_MAC     = mac  "chassis.id.mac" "Chassis ID" brief("chassis ") key("mac");
        CHASSIS_IPV4    = ipv4 "chassis.id.ip4" "Chassis ID" brief("chassis ") key("ipv4");
        CHASSIS_IPV6    = ipv6 "chassis.id.ip6" "Chassis ID" brief("chassis ") key("ipv6");
        CHASSIS_ID      = bytes "chassis.id" "Chassis ID" {
            CHASSIS_TEXT = text "chassis.id.text" "As text" own brief("chassis ");
        };
    };
    PORT       = group "port" "Port" own {
        PORT_SUBTYPE = uint "port.subtype" "Subtype" names(names::PORT_SUBTYPES);
        PORT_FAMILY  = uint "network_address.subtype" "Address Family" names(names::FAMILIES) key("address_family");
        PORT_MAC     = mac  "port.id.mac" "Port ID" brief("port ") key("mac");
        PORT_IPV4    = ipv4 "port.id.ip4" "Port ID" brief("port ") key("ipv4");
        PORT_IPV6    = ipv6 "port.id.ip6" "Port ID" brief("port ") key("ipv6");
        PORT_ID      = text "port.id" "Port ID" brief("port ");
    };
    LIFETIME   = group "ttl" "Time to Live" own {
        SECONDS    = uint "time_to_live" "Seconds" key("seconds") brief("ttl ");
    };
    PORT_DESCRIPTION = group "port_description" "Port Description" own {
        PORT_DESCRIPTION_TEXT = text "port.desc" "Port Description" key("text");
    };
    SYSTEM_NAME = group "system_name" "System Name" own {
        SYSTEM_NAME_TEXT = text "tlv.system.name" "System Name" key("text") brief("system ");
    };
    SYSTEM_DESCRIPTION = group "system_description" "System Description" own {
        SYSTEM_DESCRIPTION_TEXT = text "tlv.system.desc" "System Description" key("text");
    };
    CAPABILITIES = group "capabilities" "System Capabilities" own {
        SUPPORTED = hex "tlv.system_cap" "Supported" key("supported") {
            CAN_OTHER     = flag "tlv.system_cap.other" "Other" & 0x0001;
            CAN_REPEATER  = flag "tlv.system_cap.repeater" "Repeater" & 0x0002;
            CAN_BRIDGE    = flag "tlv.system_cap.bridge" "Bridge" & 0x0004;
            CAN_WLAN      = flag "tlv.system_cap.wlan_access_pt" "WLAN access point" & 0x0008;
            CAN_ROUTER    = flag "tlv.system_cap.router" "Router" & 0x0010;
            CAN_TELEPHONE = flag "tlv.system_cap.telephone" "Telephone" & 0x0020;
            CAN_DOCSIS    = flag "tlv.system_cap.docsis_cable_device" "DOCSIS cable device" & 0x0040;
            CAN_STATION   = flag "tlv.system_cap.station_only" "Station only" & 0x0080;
        };
        ENABLED = hex "tlv.enable_system_cap" "Enabled" key("enabled") {
            IS_OTHER     = flag "tlv.enable_system_cap.other" "Other" & 0x0001;
            IS_REPEATER  = flag "tlv.enable_system_cap.repeater" "Repeater" & 0x0002;
            IS_BRIDGE    = flag "tlv.enable_system_cap.bridge" "Bridge" & 0x0004;
            IS_WLAN      = flag "tlv.enable_system_cap.wlan_access_pt" "WLAN access point" & 0x0008;
            IS_ROUTER    = flag "tlv.enable_system_cap.router" "Router" & 0x0010;
            IS_TELEPHONE = flag "tlv.enable_system_cap.telephone" "Telephone" & 0x0020;
            IS_DOCSIS    = flag "tlv.enable_system_cap.docsis_cable_device" "DOCSIS cable device" & 0x0040;
            IS_STATION   = flag "tlv.enable_system_cap.station_only" "Station only" & 0x0080;
        };
    };
    MANAGEMENT = group "mgn" "Management Address" own many key("management") {
        ADDRESS_LENGTH = uint "mgn.address.len" "Address String Length" key("address_length") detail;
        ADDRESS_FAMILY = uint "mgn.address.subtype" "Address Family" names(names::FAMILIES) key("address_family");
        ADDRESS_IPV4   = ipv4 "mgn.addr.ip4" "Address" key("ipv4") brief("at ");
        ADDRESS_IPV6   = ipv6 "mgn.addr.ip6" "Address" key("ipv6") brief("at ");
        ADDRESS_BYTES  = bytes "mgn.addr.hex" "Address" key("address");
        INTERFACE_SUBTYPE = uint "mgn.interface.subtype" "Interface Numbering" names(names::NUMBERINGS) key("numbering");
        INTERFACE      = uint "mgn.interface.number" "Interface Number" key("interface");
        OBJECT_LENGTH  = uint "mgn.obj.len" "Object Identifier Length" key("object_length") detail;
        OBJECT         = text "mgn.obj.id" "Object Identifier" key("object");
    };
    IEEE_8021  = group "ieee.802_1" "IEEE 802.1" own many key("ieee_802_1") rows(ieee8021::ROWS);
    IEEE_8023  = group "ieee.802_3" "IEEE 802.3" own many key("ieee_802_3") rows(ieee8023::ROWS);
    QBG        = group "ieee.802_1qbg" "IEEE 802.1Qbg" own many key("ieee_802_1qbg") rows(ieee8021::QBG_ROWS);
    MED        = group "media" "LLDP-MED" own many key("med") rows(med::ROWS);
    DCBX       = group "dcbx" "Data Center Bridging" own many rows(dcbx::ROWS);
    PROFINET   = group "profinet" "PROFINET" own many rows(profinet::ROWS);
    CISCO      = group "cisco" "Cisco" own many rows(vendors::CISCO_ROWS);
    AVAYA      = group "avaya" "Avaya" own many rows(vendors::AVAYA_ROWS);
    ATTACH     = group "extreme_avaya_ap" "Fabric Attach" own many key("fabric_attach") rows(vendors::ATTACH_ROWS);
    FABRIC     = group "extreme_avaya.fabric" "Fabric Connect" own many key("fabric_connect") rows(vendors::FABRIC_ROWS);
    HYTEC      = group "hytec" "Hytec" own many rows(vendors::HYTEC_ROWS);
    IANA       = group "iana" "IANA" own many {
        IANA_SUBTYPE = hex  "iana.subtype" "Subtype" names(names::IANA_SUBTYPES);
        MUD_URL      = text "iana.mudurl" "Manufacturer Usage Description URL" brief("mud ");
    };
    ONOS       = group "onos" "ONOS" own many {
        ONOS_SUBTYPE = hex  "onos.subtype" "Subtype" names(names::ONOS_SUBTYPES);
        ONOS_CHASSIS = text "onos.chassis" "Chassis";
        ONOS_PORT    = text "onos.port" "Port";
        ONOS_TTL     = uint "onos.ttl" "Time to Live";
    };
    ORGANIZATION = group "orgtlv" "Organizationally Specific" own many key("organizations") {
        SUBTYPE    = uint "unknown_subtype" "Subtype" key("subtype");
    };
    UNKNOWN    = group "tlv" "Another TLV" own many key("unknown") {
        UNKNOWN_DATA = bytes "tlv.data" "Data" own;
    };
    END        = group "end" "End" own detail;
    BAD_TYPE   = problem "bad_type" "The first three are not Chassis, Port and Time to Live";
    TWICE      = problem "tlv.twice" "A TLV that may stand here once came again" own many;
}

/// Reads what stands in a TLV behind its type and length.
type Body = fn(&mut Packet<'_>) -> Read;

const END_OF_ALL: u16 = 0;
const MANAGEMENT_ADDRESS: u16 = 8;
const ORGANIZATIONALLY_SPECIFIC: u16 = 127;

fn dissect(p: &mut Packet<'_>) -> Step {
    let (mut place, mut seen) = (1, 0_u16);
    while p.declared_left() > 0 {
        let kind = p.peek_u16()? >> 9;
        // IEEE 802.1AB section 9.2.7.2: these three, in this order.
        if place <= 3 && kind != place {
            return Err(p.malformed(&BAD_TYPE));
        }
        place += 1;
        let (row, body): (_, Body) = match kind {
            END_OF_ALL => return end(p),
            1 => (&CHASSIS, chassis),
            2 => (&PORT, port),
            3 => (&LIFETIME, |p| p.u16(&SECONDS).map(drop)),
            4 => (&PORT_DESCRIPTION, |p| p.rest(&PORT_DESCRIPTION_TEXT).map(drop)),
            5 => (&SYSTEM_NAME, |p| p.rest(&SYSTEM_NAME_TEXT).map(drop)),
            6 => (&SYSTEM_DESCRIPTION, |p| p.rest(&SYSTEM_DESCRIPTION_TEXT).map(drop)),
            7 => (&CAPABILITIES, capabilities),
            MANAGEMENT_ADDRESS => (&MANAGEMENT, management),
            ORGANIZATIONALLY_SPECIFIC => organization(p),
            _ => (&UNKNOWN, unknown),
        };
        // IEEE 802.1AB section 8.5: none of the first seven may come twice.
        let bit = if kind < MANAGEMENT_ADDRESS { 1 << kind } else { 0 };
        if seen & bit != 0 {
            p.problem(&TWICE);
            tlv(p, &UNKNOWN, unknown)?;
            continue;
        }
        seen |= bit;
        tlv(p, row, body)?;
    }
    Ok(Next::Nothing)
}

/// What is behind the end is the frame's, whatever length the end says.
fn end(p: &mut Packet<'_>) -> Step {
    p.group(&END, |p| p.bits(p.peek_u16()?, 2, &[&TLV_TYPE, &TLV_LENGTH]))?;
    p.ends_after(p.done());
    Ok(Next::Nothing)
}

/// IEEE 802.1AB section 8.4: seven bits of type, nine of length.
fn tlv(p: &mut Packet<'_>, row: &'static Field, body: Body) -> Read {
    p.group(row, |p| {
        let word = p.peek_u16()?;
        p.bits(word, 2, &[&TLV_TYPE, &TLV_LENGTH])?;
        p.contained((word & 0x01ff).into(), &TOO_SHORT, |p| {
            body(p)?;
            p.remainder(&REST)
        })
    })
}

fn unknown(p: &mut Packet<'_>) -> Read {
    p.remainder(&UNKNOWN_DATA)
}

/// Whose TLV it is that comes now, IEEE 802.1AB section 8.6.
fn organization(p: &Packet<'_>) -> (&'static Field, Body) {
    let oui = match p.ahead() {
        [_, _, oui @ ..] => oui.first_chunk(),
        _ => None,
    };
    match oui.map_or(0, |oui: &[u8; 3]| u32::from_be_bytes([0, oui[0], oui[1], oui[2]])) {
        0x00_80c2 => (&IEEE_8021, ieee8021::tlv),
        0x00_120f => (&IEEE_8023, ieee8023::tlv),
        0x00_1b3f => (&QBG, ieee8021::virtual_bridging),
        0x00_12bb => (&MED, med::tlv),
        0x00_1b21 => (&DCBX, dcbx::tlv),
        0x00_0ecf => (&PROFINET, profinet::tlv),
        0x00_0142 => (&CISCO, vendors::cisco),
        0x00_400d => (&AVAYA, vendors::avaya),
        0x00_040d => (&ATTACH, vendors::fabric_attach),
        0xd8_8466 => (&FABRIC, vendors::fabric_connect),
        0x30_b216 => (&HYTEC, vendors::hytec),
        0x00_005e => (&IANA, iana),
        0xa4_2305 => (&ONOS, onos),
        _ => (&ORGANIZATION, |p| {
            p.u24(&OUI)?;
            p.u8(&SUBTYPE)?;
            p.remainder(&CONTENT)
        }),
    }
}

/// IEEE 802.1AB section 8.5.2.
fn chassis(p: &mut Packet<'_>) -> Read {
    let subtype = p.u8(&CHASSIS_SUBTYPE)?;
    match (subtype, p.declared_left()) {
        (4, 6) => p.mac(&CHASSIS_MAC).map(drop),
        (5, 1..) => match (p.u8(&CHASSIS_FAMILY)?, p.declared_left()) {
            (1, 4) => p.ipv4(&CHASSIS_IPV4).map(drop),
            (2, 16) => p.ipv6(&CHASSIS_IPV6).map(drop),
            _ => p.remainder(&CHASSIS_ID),
        },
        (1 | 2 | 6 | 7, 1..) => {
            let at = p.at();
            let id = p.rest(&CHASSIS_ID)?;
            if id.iter().all(|byte| matches!(byte, b' '..=b'~')) {
                p.views(at, id.len(), 0_u64, &[&CHASSIS_TEXT]);
            }
            Ok(())
        }
        (4, _) | (_, 0) => Err(too_short(p)),
        _ => p.rest(&CHASSIS_ID).map(drop),
    }
}

/// IEEE 802.1AB section 8.5.3.
fn port(p: &mut Packet<'_>) -> Read {
    let subtype = p.u8(&PORT_SUBTYPE)?;
    match (subtype, p.declared_left()) {
        (3, 6) => p.mac(&PORT_MAC).map(drop),
        (4, 1..) => match (p.u8(&PORT_FAMILY)?, p.declared_left()) {
            (1, 4) => p.ipv4(&PORT_IPV4).map(drop),
            (2, 16) => p.ipv6(&PORT_IPV6).map(drop),
            _ => p.remainder(&PORT_ID),
        },
        (3, _) | (_, 0) => Err(too_short(p)),
        _ => p.rest(&PORT_ID).map(drop),
    }
}

/// What a part says that has fewer bytes than it needs.
fn too_short(p: &Packet<'_>) -> Stop {
    Stop::Truncated { need: 1, have: p.left() as u32 }
}

fn capabilities(p: &mut Packet<'_>) -> Read {
    p.u16(&SUPPORTED)?;
    p.u16(&ENABLED).map(drop)
}

/// IEEE 802.1AB section 8.5.9.
fn management(p: &mut Packet<'_>) -> Read {
    let length = p.u8(&ADDRESS_LENGTH)?;
    p.within(length.into(), |p| match (p.u8(&ADDRESS_FAMILY)?, p.declared_left()) {
        (1, 4) => p.ipv4(&ADDRESS_IPV4).map(drop),
        (2, 16) => p.ipv6(&ADDRESS_IPV6).map(drop),
        _ => p.remainder(&ADDRESS_BYTES),
    })?;
    p.u8(&INTERFACE_SUBTYPE)?;
    p.u32(&INTERFACE)?;
    let length = p.u8(&OBJECT_LENGTH)?.into();
    if length > 0 {
        p.need(length)?;
        let bytes = p.ahead().get(..length).unwrap_or_default();
        p.make_text(&OBJECT, p.at(), length, |text| write_oid(bytes, text));
        p.skip(length)?;
    }
    Ok(())
}

/// RFC 8520 section 11.
fn iana(p: &mut Packet<'_>) -> Read {
    p.u24(&OUI)?;
    match p.u8(&IANA_SUBTYPE)? {
        1 => p.rest(&MUD_URL).map(drop),
        _ => p.remainder(&CONTENT),
    }
}

fn onos(p: &mut Packet<'_>) -> Read {
    p.u24(&OUI)?;
    match p.u8(&ONOS_SUBTYPE)? {
        1 => p.rest(&ONOS_CHASSIS).map(drop),
        2 => p.rest(&ONOS_PORT).map(drop),
        3 => p.u32(&ONOS_TTL).map(drop),
        _ => p.remainder(&CONTENT),
    }
}

/// Reads a UUID of big-endian parts.
fn uuid(p: &mut Packet<'_>, row: &'static Field) -> Read {
    let bytes: [u8; 16] = p.peek()?;
    p.make_text(row, p.at(), 16, |out| {
        for (part, dash) in [(&bytes[..4], "-"), (&bytes[4..6], "-"), (&bytes[6..8], "-"), (&bytes[8..10], "-"), (&bytes[10..], "")] {
            hexadecimal(out, part);
            out.extend_from_slice(dash.as_bytes());
        }
    });
    p.skip(16)
}

/// Reads the rest as text that may be filled with zeros.
fn padded(p: &mut Packet<'_>, row: &'static Field) -> Read {
    let bytes = p.ahead();
    p.make_text(row, p.at(), bytes.len(), |out| out.extend(bytes.iter().take_while(|&&byte| byte != 0)));
    p.skip(bytes.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::link::ethernet::ETH;
    use crate::testing::*;

    const HEAD: &str = "0207 04 02005e100001 0405 05 65746830 0602 0078";

    /// One TLV of an organization behind those that must be there.
    fn with(organization: &str, body: &str) -> Vec<u8> {
        let value = hex(&format!("{organization}{body}"));
        let mut bytes = hex(HEAD);
        bytes.extend((127 << 9 | value.len() as u16).to_be_bytes());
        bytes.extend(value);
        bytes.extend([0, 0]);
        bytes
    }

    #[test]
    fn what_every_station_says() {
        let frame = hex(&format!(
            "{HEAD} 0804 70657430 0a03 737973 0c02 6465 0e04 00140004
            100c 0501c0000201 02 00000007 00
            1022 11 02 20010db8000000000000000000000001 03 00000007 0a 2b060104018237 010203
            1203 616263 0000"
        ));
        insta::assert_snapshot!(tree(&LLDP, &frame));
        every_prefix(&LLDP, &frame);
    }

    #[test]
    fn identifiers_of_other_kinds() {
        let tree_of = |chassis: &str, port: &str| {
            let (chassis, port) = (hex(chassis), hex(port));
            let mut bytes = vec![2, chassis.len() as u8];
            bytes.extend(chassis);
            bytes.extend([4, port.len() as u8]);
            bytes.extend(port);
            bytes.extend(hex("0602 0078 0000"));
            every_prefix(&LLDP, &bytes);
            tree(&LLDP, &bytes)
        };
        let addresses = tree_of("05 01 c0000201", "04 02 20010db8000000000000000000000001");
        assert!(addresses.contains("192.0.2.1") && addresses.contains("2001:db8::1"), "{addresses}");
        let names = tree_of("07 6c6f63616c", "03 02005e100001");
        assert!(names.contains("As text: local") && names.contains("02:00:5e:10:00:01"), "{names}");
        assert!(tree_of("04 0200", "07 31").contains("! Too short"));
    }

    #[test]
    fn tlvs_of_ieee_802_1() {
        let bodies = [
            "01 0064", "02 06 0064", "03 0064 04 64617461", "04 03 888e01", "05 01020304", "06 0007", "07 0f 00000009",
            "08 81 42", "09 bf 01234567 0a141e2800000000 00010202020202ff", "0a 00 01234567 0a141e2800000000 0001020202020202",
            "0b c8 0f", "0c 00 618906 648914", "0d 010203",
        ];
        let all: String = bodies.iter().map(|body| tree(&LLDP, &with("0080c2", body))).collect();
        insta::assert_snapshot!(all);
        bodies.iter().for_each(|body| every_prefix(&LLDP, &with("0080c2", body)));
        every_prefix(&LLDP, &with("001b3f", "00 c007 4007 0064 0032 0f"));
    }

    #[test]
    fn tlvs_of_ieee_802_3() {
        let bodies = [
            "01 03 6c03 001e", "02 0f 01 04", "02 0f 01 04 51 00c8 012c",
            "02 0f0104 1a 00c8012c 0082 0091 00aa 00bb abcd 05 02bc 07 fc0003", "03 03 00000009", "04 05dc",
            "05 0001 0002 0003 0004 0005", "07 001f", "08 0102",
        ];
        let all: String = bodies.iter().map(|body| tree(&LLDP, &with("00120f", body))).collect();
        insta::assert_snapshot!(all);
        bodies.iter().for_each(|body| every_prefix(&LLDP, &with("00120f", body)));
    }

    #[test]
    fn tlvs_of_media_endpoints() {
        let bodies = [
            "01 003f 03", "02 01 c0c96e", "03 01 4a01020304 4a02030405 11c0010203 01",
            "03 02 0c 02 4445 01 02 4245 03 03 424552", "03 03 31323334", "04 51 007d", "05 687731", "06 66770000", "07 7377",
            "08 736e", "09 6d61", "0a 6d6f", "0b 6173", "0c 01",
        ];
        let all: String = bodies.iter().map(|body| tree(&LLDP, &with("0012bb", body))).collect();
        insta::assert_snapshot!(all);
        bodies.iter().for_each(|body| every_prefix(&LLDP, &with("0012bb", body)));
    }

    #[test]
    fn data_center_bridging_before_the_standard() {
        let frame = with(
            "001b21",
            "02 020a 00 00 00000001 00000002 0411 00 00 e0 00 01234567 0a141e2800000000 08 0606 00 01 c0 00 88 04
            0810 00 00 80 00 8906 001b21 08 0cbc 011b21 10 0c05 00 00 80 00 80",
        );
        insta::assert_snapshot!(tree(&LLDP, &frame));
        every_prefix(&LLDP, &frame);
    }

    #[test]
    fn tlvs_of_profinet() {
        let uuid = "00112233445566778899aabbccddeeff";
        let bodies = [
            "01 00000001 00000002 00000003 00000004 00000005".into(),
            "02 0001 3005".into(),
            format!("04 {uuid} 0001"),
            "05 02005e100001".into(),
            format!("06 02005e100001 {uuid}{uuid} 80000001 80000002 00000003 80000004"),
            format!("09 {uuid}"),
            "0a 05 01 c0000201".into(),
            format!("0b {uuid}"),
            format!("0c {uuid}"),
            format!("0d 0020 {uuid} 0102030405060708"),
            "03 0102".into(),
        ];
        let all: String = bodies.iter().map(|body| tree(&LLDP, &with("000ecf", body))).collect();
        insta::assert_snapshot!(all);
        bodies.iter().for_each(|body| every_prefix(&LLDP, &with("000ecf", body)));
    }

    #[test]
    fn tlvs_of_vendors() {
        let bodies = [
            ("000142", "01 0f"), ("000142", "c9 01"), ("000142", "cb 00000065"), ("000142", "cf 01 c0000201 75756964"), ("000142", "d0 c0000201"),
            ("000142", "d8 0001"), ("000142", "02 01"), ("00400d", "01 01020304050607"), ("00400d", "04 c0000201 ffffff00 c00002fe"), ("00400d", "07 01"),
            ("d88466", "04 01 02 0064 0065 06 010203040506"), ("30b216", "01 21 61"), ("30b216", "01 41 00002710"), ("30b216", "02 21 02005e10000102005e10000205"),
            ("30b216", "02 22 02005e10000102005e10000205"), ("30b216", "02 25 01"), ("00005e", "01 687474703a2f2f61"), ("a42305", "03 00000078"), ("00aabb", "05 0102"),
        ];
        let mut all: String = bodies.iter().map(|(oui, body)| tree(&LLDP, &with(oui, body))).collect();
        let digest = "00".repeat(32);
        for body in [format!("0b {digest} 0ff064 01 01020304050607080910"), format!("0c {digest} 1064 000102 2065 000103")] {
            all += &tree(&LLDP, &with("00040d", &body));
            every_prefix(&LLDP, &with("00040d", &body));
        }
        insta::assert_snapshot!(all);
        bodies.iter().for_each(|(oui, body)| every_prefix(&LLDP, &with(oui, body)));
    }

    #[test]
    fn what_lacks_bytes_does_not_hide_what_comes_behind() {
        let mut frame = with("00120f", "04 05");
        frame.splice(frame.len() - 2.., hex("0a03 737973 0000"));
        let tree = tree(&LLDP, &frame);
        assert!(tree.contains("! Too short") && tree.contains("System Name: sys"), "{tree}");
    }

    #[test]
    fn the_first_three_have_their_order() {
        let tree = tree(&LLDP, &hex("0405 05 65746830 0207 04 02005e100001 0602 0078 0000"));
        assert!(tree.contains("! The first three"), "{tree}");
    }

    #[test]
    fn a_name_said_twice_is_a_problem() {
        let tree = tree(&LLDP, &hex(&format!("{HEAD} 0a01 61 0a01 62 0000")));
        assert!(tree.contains("! A TLV that may stand here once") && tree.contains("Data: 62"), "{tree}");
    }

    #[test]
    fn what_is_behind_the_end_is_the_frames() {
        let frame = hex(&format!("0180c200000e 02005e100001 88cc {HEAD} 0000 00000000"));
        assert!(tree(&ETH, &frame).contains("Trailer: 00000000"));
    }

    #[test]
    fn names_are_sorted() {
        for names in [
            names::TYPES, names::ORGANIZATIONS, names::FAMILIES, names::IEEE_8021_SUBTYPES, names::MAU_TYPES,
            names::CIVIC_TYPES, names::PROFINET_SUBTYPES, names::CISCO_SUBTYPES,
        ] {
            assert!(names.is_sorted_by_key(|&(number, _)| number));
        }
    }
}
