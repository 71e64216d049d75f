//! Extensions of ICMP messages, RFC 4884.

use wirelens_dissect::prelude::*;

use super::icmp::*;
use crate::checksum::{self, Verdict};

/// How many bytes behind the header of an error the quoted packet takes, if extensions follow it.
/// `length` is what the header says, 0 where it says nothing.
pub(super) fn start(p: &Packet<'_>, length: usize) -> Option<usize> {
    let left = p.declared_left();
    if length != 0 {
        return (length + HEADER <= left).then_some(length);
    }
    // RFC 4884 section 5.5: without a length they stand behind 128 bytes, if they are any.
    let extensions = p.ahead().get(LEGACY..)?;
    let first = *extensions.first()?;
    let total = p.ahead().get(2..4).map_or(0, |b| usize::from(b[0]) << 8 | usize::from(b[1]));
    let whole = LEGACY + extensions.len() == left;
    let has_checksum = extensions.get(2..4).is_some_and(|checksum| checksum != [0, 0]);
    let good = whole && has_checksum && checksum::verify(extensions, 2, 0) == Verdict::Good;
    let proven = good || total <= LEGACY && !(whole && has_checksum);
    (first >> 4 == 2 && left >= LEGACY + HEADER && proven).then_some(LEGACY)
}

const HEADER: usize = 4;
const LEGACY: usize = 128;

/// Reads the header and the objects, to the end.
pub(super) fn read(p: &mut Packet<'_>) -> Read {
    let all = p.ahead();
    let whole = p.left() == p.declared_left();
    let version = p.peek_u8()?;
    p.note(&EXT_VERSION, version.into(), 1);
    p.u16(&EXT_RESERVED)?;
    let stored = p.u16(&EXT_CHECKSUM)?;
    let checked = p.checksums() && stored != 0 && whole && !p.is_fragment() && !p.is_quoted();
    if checked && checksum::verify(all, 2, 0) == Verdict::Bad {
        p.problem_at(&BAD_EXT_CHECKSUM, p.at() - 2, 2);
    }
    if version >> 4 != 2 {
        return Ok(());
    }
    while p.left() >= HEADER && p.group(&OBJECT, object)? {}
    Ok(())
}

/// One object; false where its length tells nothing of the next.
fn object(p: &mut Packet<'_>) -> Read<bool> {
    let length = usize::from(p.u16(&OBJECT_LENGTH)?);
    let class = p.u8(&CLASS)?;
    if length < HEADER {
        p.problem(&BAD_OBJECT);
        return Ok(false);
    }
    let kind = p.u8(&C_TYPE)?;
    if class == 2 {
        let at = p.at() - 1;
        let rows = [&ROLE, &INFO_RESERVED, &HAS_INDEX, &HAS_ADDRESS, &HAS_NAME, &HAS_MTU];
        p.views(at, 1, kind, &rows);
    }
    let there = p.declared_left();
    if length - HEADER > there {
        p.problem(&BAD_OBJECT);
    }
    p.within(there.min(length - HEADER), |p| match (class, kind) {
        (1, 1) => label_stack(p),
        (2, _) => interface_information(p, kind),
        (3, 1) => {
            p.rest(&PROBED_NAME)?;
            Ok(())
        }
        (3, 2) => p.u32(&PROBED_INDEX).map(drop),
        (3, 3) => probed_address(p),
        _ => p.remainder(&OBJECT_DATA),
    })?;
    Ok(true)
}

/// RFC 4950 section 3.
fn label_stack(p: &mut Packet<'_>) -> Read {
    while p.left() >= 4 {
        p.group(&STACK_ENTRY, |p| {
            let (word, at) = (u64::from(p.peek_u24()?), p.at());
            p.mark(&LABEL, at, 3, word);
            p.mark(&EXP, at + 2, 1, word);
            p.mark(&BOTTOM, at + 2, 1, word);
            p.skip(3)?;
            p.u8(&LABEL_TTL)
        })?;
    }
    p.remainder(&STACK_DATA)
}

/// RFC 5837 section 4: the C-Type says which parts there are.
fn interface_information(p: &mut Packet<'_>, parts: u8) -> Read {
    if parts & 0x08 != 0 {
        p.u32(&INFO_INDEX)?;
    }
    if parts & 0x04 != 0 {
        p.group(&INFO_ADDRESS, |p| {
            let family = p.u16(&INFO_AFI)?;
            p.bytes(&INFO_UNUSED, 2)?;
            match family {
                1 => p.ipv4(&INFO_IPV4).map(drop),
                2 => p.ipv6(&INFO_IPV6).map(drop),
                // Where it ends is not known, and so not what follows.
                _ => p.rest(&INFO_OTHER).map(drop),
            }
        })?;
    }
    if parts & 0x02 != 0 {
        p.group(&INFO_NAME_OBJECT, |p| {
            let length = usize::from(p.u8(&INFO_NAME_LENGTH)?);
            if length > 1 {
                name(p, &INFO_NAME, length - 1)?;
            }
            Ok(())
        })?;
    }
    if parts & 0x01 != 0 {
        p.u32(&INFO_MTU)?;
    }
    Ok(())
}

/// RFC 8335 section 2.1.
fn probed_address(p: &mut Packet<'_>) -> Read {
    let family = p.u16(&PROBED_AFI)?;
    p.u8(&PROBED_LENGTH)?;
    p.bytes(&PROBED_RESERVED, 1)?;
    match family {
        1 => p.ipv4(&PROBED_IPV4).map(drop),
        2 => p.ipv6(&PROBED_IPV6).map(drop),
        _ => p.rest(&PROBED_ADDRESS).map(drop),
    }
}

/// Text that is filled up with zeros to whole words.
fn name(p: &mut Packet<'_>, row: &'static Field, length: usize) -> Read {
    let at = p.at();
    let bytes = p.ahead().get(..length).unwrap_or_default();
    p.skip(length)?;
    let text = bytes.split(|&byte| byte == 0).next().unwrap_or_default();
    p.make_text(row, at, length, |out| out.extend_from_slice(text));
    Ok(())
}
