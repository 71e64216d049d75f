//! Descriptions of sources, their end, and what applications say: RFC 3550 sections 6.5 to 6.7.

use wirelens_dissect::fields;

use super::*;

fields! {
    /// What is said of one source.
    CHUNK_ROWS = "rtcp" CHUNK "sdes.chunk";
    CHUNK_SOURCE = hex "ssrc.identifier" "Identifier" key("source");
    ITEM = group "sdes.item" "Item" own many key("items") {
        ITEM_TYPE     = uint "sdes.type" "Type" names(ITEMS) key("type");
        ITEM_LENGTH   = uint "sdes.length" "Length" key("length") detail;
        PREFIX_LENGTH = uint "sdes.prefix.length" "Prefix Length" key("prefix_length") detail;
        PREFIX        = text "sdes.prefix.string" "Prefix" key("prefix");
        ITEM_TEXT     = text "sdes.text" "Text" key("text") brief("");
        BAD_PREFIX    = problem "sdes.prefix.too_long" "The prefix is longer than the item" own key("bad_prefix");
    };
}

const END: u8 = 0;
const PRIVATE: u8 = 8;

pub(super) fn description(p: &mut Packet<'_>, count: u8) -> Read {
    for _ in 0..count {
        p.group(&CHUNK, |p| {
            let start = p.at();
            p.u32(&CHUNK_SOURCE)?;
            while p.group(&ITEM, item)? {}
            // A chunk ends on a boundary of words.
            let filled = (p.at() - start).wrapping_neg() % 4;
            p.skip(filled.min(p.left()))
        })?;
    }
    Ok(())
}

/// An item; false where it is the end of the chunk.
fn item(p: &mut Packet<'_>) -> Read<bool> {
    let kind = p.u8(&ITEM_TYPE)?;
    if kind == END {
        return Ok(false);
    }
    let mut length = usize::from(p.u8(&ITEM_LENGTH)?);
    if kind == PRIVATE && length > 0 {
        let prefix = usize::from(p.u8(&PREFIX_LENGTH)?);
        length -= 1;
        if prefix > length {
            p.problem(&BAD_PREFIX);
        } else {
            p.text(&PREFIX, prefix)?;
            length -= prefix;
        }
    }
    if length > 0 {
        p.text(&ITEM_TEXT, length)?;
    }
    Ok(true)
}

pub(super) fn bye(p: &mut Packet<'_>, count: u8) -> Read {
    for _ in 0..count {
        p.u32(&IDENTIFIER)?;
    }
    if p.left() > 0 {
        let length = usize::from(p.u8(&BYE_LENGTH)?);
        p.text(&BYE_REASON, length)?;
        // It ends on a boundary of words.
        p.skip(p.left().min(3))?;
    }
    Ok(())
}

pub(super) fn application(p: &mut Packet<'_>) -> Read {
    p.u32(&IDENTIFIER)?;
    p.text(&APP_NAME, 4)?;
    p.remainder(&APP_DATA)
}

/// RFC 3550 section 12.2, <https://www.iana.org/assignments/rtp-parameters>.
static ITEMS: Names = &[
    (0, "END"),
    (1, "CNAME (user and domain)"),
    (2, "NAME (common name)"),
    (3, "EMAIL (e-mail address)"),
    (4, "PHONE (phone number)"),
    (5, "LOC (geographic location)"),
    (6, "TOOL (name/version of source app)"),
    (7, "NOTE (note about source)"),
    (8, "PRIV (private extensions)"),
    (9, "H323-CADDR (H.323 callable address)"),
    (10, "APSI (application specific identifier)"),
    (11, "RGRP (reporting group)"),
    (12, "RtpStreamId"),
    (13, "RepairedRtpStreamId"),
    (14, "CCID"),
    (15, "MID"),
];
