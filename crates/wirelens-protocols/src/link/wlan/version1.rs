//! Frames of version 1, IEEE 802.11ah (IEEE 802.11-2020 section 9.8): with short headers.

use wirelens_dissect::prelude::*;

use super::{DA, RA, SA, SEQUENCE, SID_HEADING, TA, VERSION1, sequence};

static TYPES: Names = &[
    (0, "QoS Data with one SID"),
    (1, "Management"),
    (2, "Control"),
    (3, "QoS Data with two SIDs"),
    (7, "Extension"),
];

fields! {
    /// The frame control of version 1.
    VERSION1_ROWS = "wlan" VERSION1 "fc";
    V1_VERSION = hex "fc.version" "Version" & 0x0003;
    V1_TYPE = hex "fc.type" "Type" & 0x001c names(TYPES) brief("version 1 ");
    PTID = hex "fc.ptid" "Priority or TID" & 0x00e0 read;
    V1_SUBTYPE = hex "fc.unknown_subtype" "Subtype" & 0x00e0 read;
    V1_FROM_DS = flag "fc.from_ds" "From DS" & 0x100;
    V1_MORE_FRAGMENTS = flag "fc.more_fragments" "More Fragments" & 0x200;
    V1_MORE_DATA = flag "fc.more_data" "More Data" & 0x800;
    V1_POWER_MANAGEMENT = flag "fc.power_management" "Power Management" & 0x400;
    V1_PROTECTED_FRAME = flag "fc.protected_frame" "Protected Frame" & 0x1000;
    V1_END_OF_SERVICE_PERIOD = flag "fc.end_of_service_period" "End of Service Period" & 0x2000;
    V1_RELAYED_FRAME = flag "fc.relayed_frame" "Relayed Frame" & 0x4000;
    V1_ACK_POLICY = flag "fc.ack_policy" "Ack Policy" & 0x8000;
}

fields! {
    /// A station's identifier.
    SID_ROWS = "wlan" SID_HEADING "sid_header";
    SID = hex "fc.sid" "Station Identifier" {
        SID_AID = hex "fc.sid.association_id" "Association ID" & 0x1fff;
        SID_A3 = flag "fc.sid.a3_present" "Third Address follows" & 0x2000;
        SID_A4 = flag "fc.sid.a4_present" "Fourth Address follows" & 0x4000;
        SID_A_MSDU = flag "fc.sid.a_msdu" "A-MSDU" & 0x8000;
    };
}

const ONE_SID: u16 = 0;
const TWO_SIDS: u16 = 3;
const FROM_AP: u16 = 0x0100;
const PROTECTED: u16 = 0x1000;

pub(super) fn frame(p: &mut Packet<'_>) -> Step {
    let at = p.at();
    let word = p.u16_le(&VERSION1)?;
    let kind = word >> 2 & 7;
    let is_data = kind == ONE_SID || kind == TWO_SIDS;
    p.under(|p| {
        p.mark(if is_data { &PTID } else { &V1_SUBTYPE }, at, 2, word.into());
        Ok(())
    })?;
    let _ = (&SEQUENCE, &TA, PROTECTED);
    // One of the two addresses is the identifier that the access point gave.
    let sid = match kind {
        TWO_SIDS => {
            station(p)?;
            station(p)?
        }
        _ if word & FROM_AP != 0 && is_data => {
            let sid = station(p)?;
            p.mac(&TA)?;
            sid
        }
        _ => {
            p.mac(&RA)?;
            station(p)?
        }
    };
    if is_data {
        sequence(p)?;
    }
    if sid & 0x2000 != 0 {
        p.mac(&DA)?;
    }
    if sid & 0x4000 != 0 {
        p.mac(&SA)?;
    }
    Ok(Next::Data)
}

fn station(p: &mut Packet<'_>) -> Read<u16> {
    p.group(&SID_HEADING, |p| p.u16_le(&SID))
}

