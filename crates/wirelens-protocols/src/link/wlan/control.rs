//! Control frames, IEEE 802.11-2020 section 9.3.1.

use wirelens_dissect::prelude::*;

use super::{
    AID, ANNOUNCEMENT, BLOCK_ACK, BSSID, CARRIED, CARRIED_CONTROL, CONTROL_FLAGS, FEEDBACK_SEGMENTS, RA, TA, TRIGGER, duration,
    ht_control, sounding,
};

static BLOCK_ACK_TYPES: Names = &[
    (0, "Basic"),
    (1, "Extended compressed"),
    (2, "Compressed"),
    (3, "Multi-TID"),
    (6, "GCR"),
    (10, "GLK-GCR"),
    (11, "Multi-STA"),
];

fields! {
    /// Bits of the flags of an extended control frame.
    CONTROL_ROWS = "wlan" CONTROL_FLAGS "flags";
    C_PWR_MGT   = flag "fc.pwrmgt" "Power Management" & 0x10 key("pwrmgt");
    C_MORE_DATA = flag "fc.moredata" "More Data" & 0x20 key("moredata");
    C_PROTECTED = flag "fc.protected" "Protected" & 0x40 key("protected");
    C_ORDER     = flag "fc.order" "+HTC/Order" & 0x80 key("order");
}

fields! {
    /// Block acknowledgments and requests for them.
    BLOCK_ACK_ROWS = "wlan" BLOCK_ACK "ba";
    BA_CONTROL = hex "ba.control" "Control" {
        BA_POLICY = flag "ba.control.ackpolicy" "No acknowledgment is asked for" & 0x0001;
        BA_TYPE = hex "ba.control.ba_type" "Type" & 0x001e names(BLOCK_ACK_TYPES) brief("");
        BA_RESERVED = hex "ba.control.reserved" "Reserved" & 0x0fe0 detail;
        BA_TID = hex "ba.basic.tidinfo" "TID" & 0xf000 key("tid");
    };
    SSC = hex "fixed.ssc" "Starting Sequence Control" many key("ssc") {
        SSC_FRAGMENT = uint "fixed.ssc.fragment" "Fragment" & 0x000f;
        SSC_SEQUENCE = uint "fixed.ssc.sequence" "Starting Sequence Number" & 0xfff0 brief("from ");
    };
    BITMAP = bytes "ba.bm" "Bitmap" many {
        MISSING = uint "ba.bm.missing_frame" "Missing Frame" many detail;
    };
    BA_TID_INFO = hex "ba.tid_info" "TID Information" own many;
    BA_OTHER = bytes "ba.data" "Contents" own;
}

const TRIGGER_FRAME: u8 = 2;
const REPORT_POLL: u8 = 4;
const NDP_ANNOUNCEMENT: u8 = 5;
pub(super) const EXTENSION_SUBTYPE: u8 = 6;
const WRAPPER: u8 = 7;
const BLOCK_ACK_REQUEST: u8 = 8;
const BLOCK_ACK_RESPONSE: u8 = 9;
const PS_POLL: u8 = 10;
const RTS: u8 = 11;
const CTS: u8 = 12;
const ACK: u8 = 13;
const CF_END: u8 = 14;
const CF_END_ACK: u8 = 15;

pub(super) fn frame(p: &mut Packet<'_>, subtype: u8) -> Step {
    if subtype == PS_POLL {
        p.u16_le(&AID)?;
        let bss = p.peek_u48()?;
        p.note(&BSSID, bss, 6);
        p.mac(&RA)?;
        p.mac(&TA)?;
        return Ok(Next::Nothing);
    }
    duration(p)?;
    p.mac(&RA)?;
    match subtype {
        CTS | ACK => {}
        CF_END => drop(p.mac(&BSSID)?),
        CF_END_ACK => drop(p.mac(&TA)?),
        WRAPPER => {
            p.bytes(&CARRIED_CONTROL, 2)?;
            ht_control::read(p)?;
            p.remainder(&CARRIED)?;
        }
        RTS => drop(p.mac(&TA)?),
        TRIGGER_FRAME => {
            p.mac(&TA)?;
            p.group(&TRIGGER, sounding::trigger)?;
        }
        REPORT_POLL => {
            p.mac(&TA)?;
            p.u8(&FEEDBACK_SEGMENTS)?;
        }
        NDP_ANNOUNCEMENT => {
            p.mac(&TA)?;
            p.group(&ANNOUNCEMENT, sounding::announcement)?;
        }
        BLOCK_ACK_REQUEST => {
            p.mac(&TA)?;
            p.group(&BLOCK_ACK, request)?;
        }
        BLOCK_ACK_RESPONSE => {
            p.mac(&TA)?;
            p.group(&BLOCK_ACK, response)?;
        }
        _ => {
            p.mac(&TA)?;
            return Ok(Next::Data);
        }
    }
    Ok(Next::Nothing)
}

/// Section 9.3.1.7: what kind it is stands in the control, one starting sequence number follows,
/// of a multi-TID request one for each TID.
fn request(p: &mut Packet<'_>) -> Read {
    let control = p.u16_le(&BA_CONTROL)?;
    if control >> 1 & 0x0f != 3 {
        return p.u16_le(&SSC).map(drop);
    }
    for _ in 0..=control >> 12 {
        p.u16_le(&BA_TID_INFO)?;
        p.u16_le(&SSC)?;
    }
    Ok(())
}

/// Section 9.3.1.8.
fn response(p: &mut Packet<'_>) -> Read {
    let control = p.u16_le(&BA_CONTROL)?;
    match control >> 1 & 0x0f {
        0 => {
            p.u16_le(&SSC)?;
            p.bytes(&BITMAP, 128).map(drop)
        }
        3 => {
            for _ in 0..=control >> 12 {
                p.u16_le(&BA_TID_INFO)?;
                p.u16_le(&SSC)?;
                // These count from 0, as tshark counts them, although each TID has a starting number.
                bitmap(p, 8, 0)?;
            }
            Ok(())
        }
        1 | 2 => {
            let start = p.u16_le(&SSC)?;
            // The fragment number says how long the bitmap is.
            let length = match start >> 1 & 0x03 {
                2 => 32,
                _ => 8,
            };
            bitmap(p, length, start >> 4)
        }
        _ => p.remainder(&BA_OTHER),
    }
}

/// One bit for each frame from a number on; numbers have twelve bits.
fn bitmap(p: &mut Packet<'_>, length: usize, first: u16) -> Read {
    let (at, bytes) = (p.at(), p.bytes(&BITMAP, length)?);
    if !p.records() {
        return Ok(());
    }
    p.under(|p| {
        for (i, byte) in bytes.iter().enumerate() {
            for bit in (0..8).filter(|bit| byte >> bit & 1 == 0) {
                let number = (first + 8 * i as u16 + bit) & 0x0fff;
                p.mark(&MISSING, at + i, 1, number.into());
            }
        }
        Ok(())
    })
}
