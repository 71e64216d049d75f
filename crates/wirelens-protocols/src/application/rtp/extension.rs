//! Header extensions: RFC 3550 section 5.3.1, RFC 8285.

use wirelens_dissect::fields;
use wirelens_dissect::prelude::*;

use super::{EXTENSIONS, LENGTH, PROFILE};

fields! {
    /// What header extensions hold.
    ROWS = "rtp" EXTENSIONS "hdr_exts";
    WORD    = hex "hdr_ext" "Word" many key("words");
    ELEMENT = group "ext.element" "Element" own many key("elements") {
        APPBITS = uint  "ext.rfc5285.appbits" "Application Bits" key("appbits");
        ID      = uint  "ext.rfc5285.id" "Identifier" key("id");
        SIZE    = uint  "ext.rfc5285.len" "Length" key("length");
        DATA    = bytes "ext.rfc5285.data" "Data" key("data");
    };
    FILLED  = bytes "padding.data" "Padding" many detail key("padding");
    TOO_LONG = problem "ext.rfc5285.too_long" "An element is longer than the extension" own key("too_long");
}

/// Elements with a header of one byte, RFC 8285 section 4.2.
const ONE_BYTE: u16 = 0xbede;

/// Elements with a header of two bytes, RFC 8285 section 4.3; the lowest bits are the
/// application's.
const TWO_BYTES: u16 = 0x100;

pub(super) fn read(p: &mut Packet<'_>) -> Read {
    let profile = p.u16(&PROFILE)?;
    let length = usize::from(p.u16(&LENGTH)?) * 4;
    if length == 0 {
        return Ok(());
    }
    p.group(&EXTENSIONS, |p| {
        p.within(length, |p| match profile {
            ONE_BYTE => elements(p, None),
            _ if profile >> 4 == TWO_BYTES => elements(p, Some(profile & 0x0f)),
            _ => p.each(|p| p.u32(&WORD).map(drop)),
        })
    })
}

/// Elements with padding between them. `appbits` are there where their headers have two bytes.
fn elements(p: &mut Packet<'_>, appbits: Option<u16>) -> Read {
    while p.left() > 0 {
        let zeros = p.ahead().iter().take_while(|byte| **byte == 0).count();
        if zeros > 0 {
            p.bytes(&FILLED, zeros)?;
            continue;
        }
        let first = p.peek_u8()?;
        let (header, size) = match appbits {
            None => (1, usize::from(first & 0x0f) + 1),
            Some(_) => (2, usize::from(p.peek_at(1)?)),
        };
        // 15 ends the elements, RFC 8285 section 4.2.
        if appbits.is_none() && first >> 4 == 15 {
            return Ok(());
        }
        if header + size > p.declared_left() {
            p.problem(&TOO_LONG);
            return Ok(());
        }
        p.group(&ELEMENT, |p| element(p, first, size, appbits))?;
    }
    if p.declared_left() > 0 { p.need(1) } else { Ok(()) }
}

fn element(p: &mut Packet<'_>, first: u8, size: usize, appbits: Option<u16>) -> Read {
    match appbits {
        None => {
            p.note(&ID, (first >> 4).into(), 1);
            p.number(&SIZE, size as u64, 1)?;
        }
        Some(bits) => {
            p.note(&APPBITS, bits.into(), 0);
            p.u8(&ID)?;
            p.u8(&SIZE)?;
        }
    }
    if size > 0 {
        p.bytes(&DATA, size)?;
    }
    Ok(())
}
