//! LLDP-MED, TIA-1057; coordinates by RFC 3825, civic addresses by RFC 4776.

use wirelens_dissect::prelude::*;

use super::names;
use super::{CONTENT, MED, OUI, padded};

fields! {
    /// What a TLV of LLDP-MED may have inside.
    ROWS = "lldp" MED "media";
    SUBTYPE = hex "media.subtype" "Subtype" names(names::MED_SUBTYPES);
    CAPABILITIES = hex "media.subtype.caps" "Capabilities" key("capabilities") {
        KNOWS_ITSELF    = flag "media.subtype.caps.llpd" "LLDP-MED capabilities" & 0x0001 key("capabilities");
        KNOWS_POLICY    = flag "media.subtype.caps.network_policy" "Network policy" & 0x0002 key("network_policy");
        KNOWS_LOCATION  = flag "media.subtype.caps.location_id" "Location identification" & 0x0004 key("location_id");
        KNOWS_SUPPLY    = flag "media.subtype.caps.mdi_pse" "Extended power via MDI, PSE" & 0x0008 key("mdi_pse");
        KNOWS_DEVICE    = flag "media.subtype.caps.mid_pd" "Extended power via MDI, PD" & 0x0010 key("mdi_pd");
        KNOWS_INVENTORY = flag "media.subtype.caps.inventory" "Inventory" & 0x0020 key("inventory");
    };
    CLASS    = uint "media.subtype.class" "Class" names(names::MED_CLASSES) key("class");
    APPLICATION = uint "media.app_type" "Application" names(names::APPLICATIONS);
    UNKNOWN_POLICY = flag "media.policy_flag" "Policy is unknown" & 0x80_0000 key("unknown_policy");
    TAGGED   = flag "media.tag_flag" "Tagged" & 0x40_0000 key("tagged");
    VLAN     = uint "media.vlan_id" "VLAN ID" & 0x1f_fe00 brief("vlan ");
    PRIORITY = uint "media.l2_prio" "Priority" & 0x00_01c0 key("priority");
    DSCP     = uint "media.dscp" "DSCP" & 0x00_003f;
    FORMAT   = uint "media.loc.data_format" "Location Format" names(names::LOCATIONS) key("location_format");
    LATITUDE_RESOLUTION  = uint "media.loc.lat_resolution" "Latitude Resolution" & 0xfc key("latitude_resolution");
    LATITUDE             = uint "media.loc.latitude" "Latitude as it stands there" key("latitude_raw") detail;
    LATITUDE_DEGREES     = float "media.loc.latitude.degrees" "Latitude in degrees" own key("latitude");
    LONGITUDE_RESOLUTION = uint "media.loc.long_resolution" "Longitude Resolution" & 0xfc key("longitude_resolution");
    LONGITUDE            = uint "media.loc.longitude" "Longitude as it stands there" key("longitude_raw") detail;
    LONGITUDE_DEGREES    = float "media.loc.longitude.degrees" "Longitude in degrees" own key("longitude");
    ALTITUDE_TYPE        = uint "media.loc.alt_type" "Altitude Type" & 0xf0 names(names::ALTITUDES) key("altitude_type");
    ALTITUDE_RESOLUTION  = uint "media.loc.alt_resolution" "Altitude Resolution" & 0x0fc0 key("altitude_resolution");
    ALTITUDE             = uint "media.loc.altitude" "Altitude" & 0x3fff_ffff key("altitude");
    DATUM                = uint "media.loc.datum" "Datum" names(names::DATUMS) key("datum");
    CIVIC_LENGTH = uint "media.civic.length" "Length" key("civic_length") detail;
    WHAT     = uint "media.civic.what" "Location of" names(names::WHATS) key("what");
    COUNTRY  = text "media.civic.country" "Country" key("country");
    ELEMENT  = group "media.civic" "Address Element" own many key("address") {
        ELEMENT_TYPE   = uint "media.civic.type" "Type" names(names::CIVIC_TYPES) key("type");
        ELEMENT_LENGTH = uint "media.civic.length" "Length" key("length") detail;
        ELEMENT_VALUE  = text "media.civic.value" "Value" key("value");
    };
    ELIN     = text "media.ecs" "Emergency Number" key("elin");
    POWER_TYPE = uint "media.power.type" "Power Type" & 0xc0 names(names::MED_POWER_TYPES) key("power_type");
    SUPPLY_SOURCE = uint "media.power.source" "Power Source" & 0x30 names(names::SUPPLY_SOURCES) key("power_source");
    DEVICE_SOURCE = uint "media.power.source" "Power Source" & 0x30 names(names::DEVICE_SOURCES) key("power_source");
    POWER_PRIORITY = uint "media.power.prio" "Power Priority" & 0x0f names(names::POWER_PRIORITIES) key("power_priority");
    POWER    = uint "media.power.value" "Power in tenths of a watt" key("power");
    HARDWARE = text "media.hardware" "Hardware Revision";
    FIRMWARE = text "media.firmware" "Firmware Revision";
    SOFTWARE = text "media.software" "Software Revision";
    SERIAL   = text "media.sn" "Serial Number" key("serial_number");
    MANUFACTURER = text "media.manufacturer" "Manufacturer";
    MODEL    = text "media.model" "Model" brief("model ");
    ASSET    = text "media.asset" "Asset ID";
}

pub(super) fn tlv(p: &mut Packet<'_>) -> Read {
    p.u24(&OUI)?;
    match p.u8(&SUBTYPE)? {
        1 => {
            p.u16(&CAPABILITIES)?;
            p.u8(&CLASS).map(drop)
        }
        2 => {
            p.u8(&APPLICATION)?;
            p.bits(p.peek_u24()?, 3, &[&UNKNOWN_POLICY, &TAGGED, &VLAN, &PRIORITY, &DSCP])
        }
        3 => match p.u8(&FORMAT)? {
            1 => coordinates(p),
            2 => civic(p),
            3 => p.remainder(&ELIN),
            _ => p.remainder(&CONTENT),
        },
        4 => {
            let word = p.peek_u8()?;
            let source = if word & 0x40 != 0 { &DEVICE_SOURCE } else { &SUPPLY_SOURCE };
            p.bits(word, 1, &[&POWER_TYPE, source, &POWER_PRIORITY])?;
            p.u16(&POWER).map(drop)
        }
        5 => inventory(p, &HARDWARE),
        6 => inventory(p, &FIRMWARE),
        7 => inventory(p, &SOFTWARE),
        8 => inventory(p, &SERIAL),
        9 => inventory(p, &MANUFACTURER),
        10 => inventory(p, &MODEL),
        11 => inventory(p, &ASSET),
        _ => p.remainder(&CONTENT),
    }
}

fn inventory(p: &mut Packet<'_>, row: &'static Field) -> Read {
    if p.declared_left() == 0 { Ok(()) } else { padded(p, row) }
}

/// RFC 3825 section 2: six bits of resolution, then degrees with 25 bits behind the point.
fn coordinates(p: &mut Packet<'_>) -> Read {
    p.need(16)?;
    for [resolution, raw, degrees] in [
        [&LATITUDE_RESOLUTION, &LATITUDE, &LATITUDE_DEGREES],
        [&LONGITUDE_RESOLUTION, &LONGITUDE, &LONGITUDE_DEGREES],
    ] {
        let bytes: [u8; 5] = p.peek()?;
        let number = bytes.iter().fold(0, |number, &byte| number << 8 | u64::from(byte));
        // The 34 bits of the degrees have a sign.
        let fixed = (number << 30).cast_signed() >> 30;
        p.note(resolution, bytes[0].into(), 1);
        p.note(degrees, (fixed as f64 / f64::from(1 << 25)).to_bits(), 5);
        p.number(raw, number, 5)?;
    }
    let word = p.peek_u16()?;
    p.mark(&ALTITUDE_TYPE, p.at(), 1, (word >> 8).into());
    p.bits(word, 1, &[])?;
    p.mark(&ALTITUDE_RESOLUTION, p.at() - 1, 2, word.into());
    p.u32(&ALTITUDE)?;
    p.u8(&DATUM).map(drop)
}

/// RFC 4776 section 3.1, with a length before it.
fn civic(p: &mut Packet<'_>) -> Read {
    let length = p.u8(&CIVIC_LENGTH)?;
    p.within(usize::from(length).min(p.declared_left()), |p| {
        p.u8(&WHAT)?;
        p.text(&COUNTRY, 2)?;
        while p.declared_left() > 0 {
            p.group(&ELEMENT, |p| {
                p.u8(&ELEMENT_TYPE)?;
                let length = p.u8(&ELEMENT_LENGTH)?;
                p.within(length.into(), |p| p.remainder(&ELEMENT_VALUE))
            })?;
        }
        Ok(())
    })
}
