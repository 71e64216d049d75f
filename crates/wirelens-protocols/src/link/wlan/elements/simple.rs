//! Bodies of elements that need no file of their own.

use wirelens_dissect::prelude::*;

use super::*;

/// The third byte of a country, IEEE 802.11-2020 annex C, dot11CountryString.
pub(super) static ENVIRONMENTS: Names = &[(32, "All"), (73, "Indoor"), (79, "Outdoor")];

/// IEEE 802.11-2020 table 9-218.
pub(super) static NETWORK_TYPES: Names = &[
    (0, "Private network"),
    (1, "Private network with guest access"),
    (2, "Chargeable public network"),
    (3, "Free public network"),
    (4, "Personal device network"),
    (5, "Emergency services only"),
    (14, "Test or experimental"),
    (15, "Wildcard"),
];

/// IEEE 802.11-2020 table 9-66.
pub(super) static VENUES: Names = &[
    (0, "Unspecified"),
    (1, "Assembly"),
    (2, "Business"),
    (3, "Educational"),
    (4, "Factory and Industrial"),
    (5, "Institutional"),
    (6, "Mercantile"),
    (7, "Residential"),
    (8, "Storage"),
    (9, "Utility and Miscellaneous"),
    (10, "Vehicular"),
    (11, "Outdoor"),
];

pub(super) fn ssid(p: &mut Packet<'_>, _: u8) -> Read {
    let length = p.declared_left();
    named(p, &SSID_BYTES, &SSID, length)
}

fn named(
    p: &mut Packet<'_>,
    bytes: &'static Field,
    text: &'static Field,
    length: usize,
) -> Read {
    p.need(length)?;
    p.note(bytes, 0, length);
    p.text(text, length).map(drop)
}

pub(super) fn rates(p: &mut Packet<'_>, _: u8) -> Read {
    each(p, &RATE)
}

pub(super) fn more_rates(p: &mut Packet<'_>, _: u8) -> Read {
    each(p, &MORE_RATE)
}

pub(super) fn request(p: &mut Packet<'_>, _: u8) -> Read {
    each(p, &REQUESTED)
}

fn each(p: &mut Packet<'_>, row: &'static Field) -> Read {
    while p.declared_left() > 0 {
        p.u8(row)?;
    }
    Ok(())
}

pub(super) fn channel(p: &mut Packet<'_>, _: u8) -> Read {
    p.u8(&CHANNEL).map(drop)
}

/// Section 9.4.2.5: bits of the bitmap are association identifiers, from 16 times the offset on.
pub(super) fn tim(p: &mut Packet<'_>, _: u8) -> Read {
    p.u8(&DTIM_COUNT)?;
    p.u8(&DTIM_PERIOD)?;
    let control = p.u8(&BITMAP_CONTROL)?;
    let (at, bitmap) = (p.at(), p.rest(&BITMAP)?);
    if !p.records() {
        return Ok(());
    }
    let first = usize::from(control >> 1) * 16;
    for (i, byte) in bitmap.iter().enumerate() {
        for bit in (0..8).filter(|bit| byte >> bit & 1 != 0) {
            let aid = first + 8 * i + bit;
            // Number 0 stands for group traffic, and 2007 is the last, section 9.4.1.8.
            if (1..=2007).contains(&aid) {
                p.mark(&TIM_AID, at + i, 1, aid as u64);
            }
        }
    }
    Ok(())
}

pub(super) fn ibss(p: &mut Packet<'_>, _: u8) -> Read {
    p.u16_le(&ATIM_WINDOW).map(drop)
}

/// Section 9.4.2.8: triplets are channels, or from 201 on an operating class.
pub(super) fn country(p: &mut Packet<'_>, _: u8) -> Read {
    p.text(&COUNTRY_CODE, 2)?;
    p.u8(&ENVIRONMENT)?;
    while p.declared_left() >= 3 {
        if p.peek_u8()? <= 200 {
            p.group(&TRIPLET, |p| {
                p.u8(&FIRST_CHANNEL)?;
                p.u8(&CHANNEL_COUNT)?;
                p.u8(&MAX_POWER)
            })?;
        } else {
            p.group(&OPERATING_TRIPLET, |p| {
                p.u8(&OPERATING_EXTENSION)?;
                p.u8(&OPERATING_CLASS)?;
                p.u8(&COVERAGE)
            })?;
        }
    }
    p.remainder(&COUNTRY_PADDING)
}

/// Cisco's first version has four bytes, the standard's has five.
pub(super) fn bss_load(p: &mut Packet<'_>, _: u8) -> Read {
    let length = p.declared_left();
    p.note(&QBSS_VERSION, if length == 4 { 1 } else { 2 }, length);
    p.u16_le(&STATION_COUNT)?;
    p.u8(&UTILIZATION)?;
    if length == 4 {
        return p.u8(&CISCO_ADMISSION).map(drop);
    }
    p.u16_le(&ADMISSION).map(drop)
}

pub(super) fn challenge(p: &mut Packet<'_>, _: u8) -> Read {
    p.rest(&CHALLENGE).map(drop)
}

pub(super) fn power_constraint(p: &mut Packet<'_>, _: u8) -> Read {
    p.u8(&LOCAL_CONSTRAINT).map(drop)
}

pub(super) fn power_capability(p: &mut Packet<'_>, _: u8) -> Read {
    p.i8(&MIN_POWER)?;
    p.i8(&MAX_TX_POWER).map(drop)
}

pub(super) fn tpc_report(p: &mut Packet<'_>, _: u8) -> Read {
    p.i8(&TRANSMIT_POWER)?;
    p.i8(&LINK_MARGIN).map(drop)
}

pub(super) fn channels(p: &mut Packet<'_>, _: u8) -> Read {
    while p.declared_left() > 0 {
        p.group(&CHANNELS, |p| {
            p.u8(&CHANNELS_FIRST)?;
            p.u8(&CHANNELS_RANGE)
        })?;
    }
    Ok(())
}

pub(super) fn channel_switch(p: &mut Packet<'_>, _: u8) -> Read {
    p.u8(&SWITCH_MODE)?;
    p.u8(&NEW_CHANNEL)?;
    p.u8(&SWITCH_COUNT).map(drop)
}

pub(super) fn erp(p: &mut Packet<'_>, _: u8) -> Read {
    p.u8(&ERP).map(drop)
}

pub(super) fn qos(p: &mut Packet<'_>, subtype: u8) -> Read {
    let is_from_access_point = vendor::is_access_point(subtype);
    p.u8(if is_from_access_point { &QOS_OF_AP } else { &QOS_OF_STATION }).map(drop)
}

pub(super) fn mobility_domain(p: &mut Packet<'_>, _: u8) -> Read {
    p.u16_le(&MDID)?;
    p.u8(&FT).map(drop)
}

/// Section 9.4.2.47; subelements stay bytes.
pub(super) fn fast_transition(p: &mut Packet<'_>, _: u8) -> Read {
    p.u16_le(&MIC_CONTROL)?;
    p.bytes(&MIC, 16)?;
    p.bytes(&ANONCE, 32)?;
    p.bytes(&SNONCE, 32).map(drop)
}

pub(super) fn operating_classes(p: &mut Packet<'_>, _: u8) -> Read {
    p.u8(&CURRENT_CLASS)?;
    p.remainder(&OTHER_CLASSES)
}

pub(super) fn coexistence(p: &mut Packet<'_>, _: u8) -> Read {
    p.u8(&COEXISTENCE).map(drop)
}

pub(super) fn obss_scan(p: &mut Packet<'_>, _: u8) -> Read {
    for row in
        [&OBSS_SPD, &OBSS_SAD, &OBSS_CWTSI, &OBSS_SPTPC, &OBSS_SATPC, &OBSS_WCTDF, &OBSS_SAT]
    {
        p.u16_le(row)?;
    }
    Ok(())
}

pub(super) fn ssid_list(p: &mut Packet<'_>, _: u8) -> Read {
    while p.declared_left() > 0 {
        p.group(&LISTED, |p| {
            p.u8(&NUMBER)?;
            let length = usize::from(p.u8(&LENGTH)?);
            if length > 0 { named(p, &LISTED_BYTES, &LISTED_NAME, length) } else { Ok(()) }
        })?;
    }
    Ok(())
}

/// Section 9.4.2.91: venue and HESSID may each be left out; the length tells which.
pub(super) fn interworking(p: &mut Packet<'_>, _: u8) -> Read {
    let length = p.declared_left();
    let word = p.peek_u8()?;
    p.bits(word, 1, &[&NETWORK_TYPE, &INTERNET, &ASRA, &ESR, &UESA])?;
    if matches!(length, 3 | 9) {
        p.u8(&VENUE_GROUP)?;
        p.u8(&VENUE_TYPE)?;
    }
    if matches!(length, 7 | 9) {
        p.mac(&HESSID)?;
    }
    Ok(())
}

pub(super) fn mesh(p: &mut Packet<'_>, _: u8) -> Read {
    for row in [
        &M_PROTOCOL,
        &M_METRIC,
        &M_CONGESTION,
        &M_SYNC,
        &M_AUTH,
        &M_FORMATION,
        &M_CAPABILITY,
    ] {
        p.u8(row)?;
    }
    Ok(())
}

pub(super) fn mesh_id(p: &mut Packet<'_>, _: u8) -> Read {
    p.rest(&MESH_ID).map(drop)
}

/// Cisco does not document it; the name is padded with zeros.
pub(super) fn ccx1(p: &mut Packet<'_>, _: u8) -> Read {
    p.bytes(&CCX1_UNKNOWN, 10)?;
    let name = p.peek::<16>()?;
    let length = name.iter().position(|&byte| byte == 0).unwrap_or(16);
    p.make_text(&CCX1_NAME, p.at(), 16, |out| out.extend_from_slice(&name[..length]));
    p.skip(16)?;
    p.u8(&CCX1_CLIENTS)?;
    p.bytes(&CCX1_UNKNOWN2, 3).map(drop)
}

pub(super) fn operating_mode(p: &mut Packet<'_>, _: u8) -> Read {
    p.u8(&OPERATING_MODE).map(drop)
}

/// Elements inside an element, one level deep.
pub(super) fn wrapper(p: &mut Packet<'_>, subtype: u8) -> Read {
    fn plain(p: &mut Packet<'_>, _: u8) -> Read {
        p.rest(&WRAPPED_DATA).map(drop)
    }
    while p.declared_left() > 0 {
        one(p, &WRAPPED, &NUMBER, plain, subtype)?;
    }
    Ok(())
}

pub(super) fn extension(p: &mut Packet<'_>, _: u8) -> Read {
    p.rest(&EXTENSION_DATA).map(drop)
}

pub(super) fn unknown(p: &mut Packet<'_>, _: u8) -> Read {
    p.rest(&UNKNOWN_DATA).map(drop)
}

/// Section 9.4.2.36; subelements stay bytes.
pub(super) fn neighbor(p: &mut Packet<'_>, _: u8) -> Read {
    p.mac(&N_BSSID)?;
    let (at, word) = (p.at(), p.u32_le(&N_INFO)?);
    p.views(at, 4, word, &[&NI_CAPABILITY]);
    p.u8(&N_CLASS)?;
    p.u8(&N_CHANNEL)?;
    p.u8(&N_PHY).map(drop)
}

pub(super) fn measurement_request(p: &mut Packet<'_>, _: u8) -> Read {
    measurement(p, [&Q_TOKEN, &Q_MODE, &Q_TYPE, &Q_DATA])
}

pub(super) fn measurement_report(p: &mut Packet<'_>, _: u8) -> Read {
    measurement(p, [&R_TOKEN, &R_MODE, &R_TYPE, &R_DATA])
}

fn measurement(p: &mut Packet<'_>, [token, mode, kind, data]: [&'static Field; 4]) -> Read {
    p.u8(token)?;
    p.u8(mode)?;
    p.u8(kind)?;
    p.remainder(data)
}
