//! What stands before a protected frame's contents: WEP, TKIP or CCMP, IEEE 802.11-2020 sections
//! 12.3.2, 12.5.2 and 12.5.3.

use wirelens_dissect::prelude::*;

use super::{ICV, PROTECTION};

fields! {
    /// The parameters of a protected frame.
    PROTECTION_ROWS = "wlan" PROTECTION "protection";
    WEP_IV = hex "wep.iv" "WEP Initialization Vector" key("wep_iv");
    TKIP_IV = hex "tkip.extiv" "TKIP Sequence Counter" key("tkip_extiv");
    CCMP_IV = hex "ccmp.extiv" "CCMP Packet Number" key("ccmp_extiv");
    KEY_INDEX = uint "wep.key" "Key Index" & 0xc0 key("key");
}

/// Reads the parameters; what follows cannot be read without the key.
pub(super) fn frame(p: &mut Packet<'_>) -> Step {
    let [a, b, c, key] = p.peek()?;
    if key & 0x20 == 0 {
        p.group(&PROTECTION, |p| {
            p.u24(&WEP_IV)?;
            p.u8(&KEY_INDEX).map(drop)
        })?;
        check_value(p);
        return Ok(Next::Data);
    }
    let bytes: [u8; 8] = p.peek()?;
    let high = u64::from(u32::from_le_bytes([bytes[4], bytes[5], bytes[6], bytes[7]])) << 16;
    p.group(&PROTECTION, |p| {
        // The second byte of TKIP's keeps weak WEP keys out, section 12.5.2.2.
        if b == (a | 0x20) & 0x7f {
            p.note(&TKIP_IV, high | u64::from(a) << 8 | u64::from(c), 8);
        } else {
            p.note(&CCMP_IV, high | u64::from(b) << 8 | u64::from(a), 8);
        }
        p.mark(&KEY_INDEX, p.at() + 3, 1, key.into());
        p.skip(8)
    })?;
    Ok(Next::Data)
}

/// WEP's check value is the last of the encrypted bytes.
fn check_value(p: &mut Packet<'_>) {
    let left = p.declared_left();
    if left < 4 || left != p.left() {
        return;
    }
    let at = p.at() + left - 4;
    if let Some(bytes) = p.buffer().get(at..).and_then(<[u8]>::first_chunk::<4>) {
        p.mark(&ICV, at, 4, u32::from_be_bytes(*bytes).into());
        p.passes_on(left - 4);
    }
}
