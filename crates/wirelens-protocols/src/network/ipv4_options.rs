//! The options of an IPv4 header, RFC 791 section 3.1.

use wirelens_dissect::prelude::*;

use super::ipv4::*;

/// Reads the options of a packet with this TTL; nothing else is left of the layer.
pub(super) fn read(p: &mut Packet<'_>, ttl: u8) -> Read {
    let mut no_operations = 0;
    while p.left() > 0 {
        match p.peek_u8()? {
            0 => return p.group(&END, |p| p.u8(&OPTION_TYPE).map(drop)),
            1 => {
                no_operations += 1;
                if no_operations == 4 {
                    p.problem(&FOUR_NOPS);
                }
                p.group(&NO_OPERATION, |p| p.u8(&OPTION_TYPE).map(drop))?;
            }
            kind => {
                no_operations = 0;
                option(p, kind, ttl)?;
            }
        }
    }
    Ok(())
}

/// Where a source route that is not used up leads in the end, in the options behind the two
/// addresses ahead: RFC 791 section 3.1.
pub(super) fn final_destination(p: &Packet<'_>, length: usize) -> Option<u32> {
    let mut options = p.ahead().get(8..8 + length)?;
    loop {
        match *options {
            [1, ref rest @ ..] => options = rest,
            [131 | 137, length, pointer, ..] => {
                let addresses = options.get(3..length.into())?;
                let usable = pointer >= 4
                    && pointer % 4 == 0
                    && addresses.len() % 4 == 0
                    && usize::from(pointer) <= addresses.len();
                let last = addresses.last_chunk().filter(|_| usable)?;
                return Some(u32::from_be_bytes(*last));
            }
            [kind, length, ..] if kind > 1 && length > 1 => options = options.get(usize::from(length)..)?,
            _ => return None,
        }
    }
}

/// One option that has a length.
fn option(p: &mut Packet<'_>, kind: u8, ttl: u8) -> Read {
    let length = p.ahead().get(1).map_or(0, |&length| usize::from(length));
    if length < 2 || length > p.declared_left() {
        p.problem(&BAD_OPTION_LENGTH);
        p.rest(&OTHER_OPTION)?;
        return Ok(());
    }
    let (row, exactly): (&'static Field, usize) = match kind {
        7 => (&RECORD_ROUTE, 0),
        11 => (&MTU_PROBE, 4),
        12 => (&MTU_REPLY, 4),
        25 => (&QUICK_START, 8),
        68 => (&TIMESTAMP, 0),
        82 => (&TRACEROUTE, 12),
        130 => (&SECURITY, 0),
        131 => (&LOOSE_ROUTE, 0),
        133 => (&EXTENDED_SECURITY, 0),
        134 => (&CIPSO, 0),
        136 => (&STREAM_ID, 4),
        137 => (&STRICT_ROUTE, 0),
        148 => (&ROUTER_ALERT, 4),
        149 => (&DIRECTED_BROADCAST, 0),
        _ => return p.bytes(&OTHER_OPTION, length).map(drop),
    };
    p.group(row, |p| {
        p.within(length, |p| {
            p.u8(&OPTION_TYPE)?;
            p.u8(&OPTION_LEN)?;
            if exactly != 0 && length != exactly {
                p.problem(&BAD_OPTION_LENGTH);
            }
            body(p, kind, ttl)
        })
    })
}

fn body(p: &mut Packet<'_>, kind: u8, ttl: u8) -> Read {
    match kind {
        7 => route(p, &RECORD_POINTER, false),
        11 => p.u16(&PROBE_MTU).map(drop),
        12 => p.u16(&REPLY_MTU).map(drop),
        25 => quick_start(p, ttl),
        68 => timestamps(p),
        82 => {
            p.u16(&TRACE_ID)?;
            p.u16(&OUTBOUND_HOPS)?;
            p.u16(&RETURN_HOPS)?;
            p.ipv4(&ORIGINATOR).map(drop)
        }
        130 => security(p),
        131 => route(p, &LOOSE_POINTER, true),
        133 => {
            p.u8(&FORMAT_CODE)?;
            p.remainder(&ADDITIONAL)
        }
        134 => {
            p.u32(&DOI)?;
            while p.left() > 0 && p.group(&TAG, tag)? {}
            Ok(())
        }
        136 => p.u16(&STREAM).map(drop),
        137 => route(p, &STRICT_POINTER, true),
        148 => p.u16(&ALERT).map(drop),
        _ => {
            while p.left() >= 4 {
                p.ipv4(&BROADCAST_ADDRESS)?;
            }
            p.remainder(&BROADCAST_PADDING)
        }
    }
}

/// A list of addresses, of which those before the pointer have been visited. Of a source route
/// the last is the destination.
fn route(p: &mut Packet<'_>, pointer_row: &'static Field, source_route: bool) -> Read {
    let start = p.at() - 2;
    let pointer = usize::from(p.u8(pointer_row)?);
    if pointer < 4 {
        p.problem(&POINTER_BEFORE);
        return Ok(());
    }
    if !pointer.is_multiple_of(4) {
        p.problem(&POINTER_INSIDE);
        return Ok(());
    }
    let used_up = pointer > p.left();
    while p.left() >= 4 {
        let visited = p.at() - start + 1 < pointer;
        p.ipv4(match (source_route, visited) {
            (true, _) if p.left() == 4 && !used_up => &FINAL,
            (_, true) => &RECORDED,
            (true, false) => &AHEAD,
            (false, false) => &EMPTY,
        })?;
    }
    if p.left() > 0 {
        p.problem(&CUT_ADDRESS);
    }
    Ok(())
}

fn timestamps(p: &mut Packet<'_>) -> Read {
    let pointer = p.u8(&STAMP_POINTER)?;
    if pointer < 5 {
        p.problem(&POINTER_BEFORE);
    } else if pointer % 4 != 1 {
        p.problem(&POINTER_INSIDE);
    }
    let word = p.peek_u8()?;
    p.bits(word, 1, &[&OVERFLOW, &STAMP_FLAG])?;
    let addresses = matches!(word & 0x0f, 1 | 3);
    let size = if addresses { 8 } else { 4 };
    while p.left() >= size {
        p.group(&STAMP, |p| {
            if addresses {
                p.ipv4(&STAMP_ADDRESS)?;
            }
            p.u32(&STAMP_TIME)
        })?;
    }
    if p.left() > 0 {
        p.problem(&CUT_ADDRESS);
    }
    Ok(())
}

/// The option of RFC 791 if it has that length and one of that RFC's levels, else RFC 1108's.
fn security(p: &mut Packet<'_>) -> Read {
    if p.left() == 9 && LEVEL_791.name_of(p.peek_u16()?.into()).is_some() {
        p.u16(&LEVEL_791)?;
        p.u16(&COMPARTMENTS)?;
        p.text(&HANDLING, 2)?;
        return p.text(&CONTROL_CODE, 3).map(drop);
    }
    p.u8(&LEVEL)?;
    while p.left() > 0 {
        let another = p.u8(&AUTHORITY)? & 1 != 0;
        if another != (p.left() > 0) {
            p.problem(&BAD_OPTION_LENGTH);
        }
        if !another {
            break;
        }
    }
    Ok(())
}

/// One tag; false where nothing behind it can be read. FIPS 188 section 4.
fn tag(p: &mut Packet<'_>) -> Read<bool> {
    let kind = p.u8(&TAG_TYPE)?;
    let length = usize::from(p.peek_u8()?);
    let least = if matches!(kind, 1 | 2 | 5) { 4 } else { 2 };
    if length < least || length - 1 > p.declared_left() {
        p.problem(&BAD_TAG);
        return Ok(false);
    }
    p.skip(1)?;
    if least == 2 {
        if length > 2 {
            p.bytes(&TAG_DATA, length - 2)?;
        }
        return Ok(true);
    }
    p.skip(1)?;
    p.u8(&SENSITIVITY)?;
    if length > 4 {
        let at = p.at();
        let bytes = p.ahead().get(..length - 4).unwrap_or_default();
        p.skip(length - 4)?;
        p.make_text(&CATEGORIES, at, length - 4, |out| categories(out, kind, bytes));
    }
    Ok(true)
}

/// `0,3,24`, and for ranges `9-3,2-0`.
fn categories(out: &mut Vec<u8>, kind: u8, bytes: &[u8]) {
    let from = out.len();
    let mut add = |number: u16, separator: u8| {
        if out.len() > from {
            out.push(separator);
        }
        out.extend_from_slice(number.to_string().as_bytes());
    };
    if kind == 1 {
        for (at, byte) in (0u16..).zip(bytes) {
            for bit in (0..8).filter(|bit| byte & (0x80 >> bit) != 0) {
                add(8 * at + bit, b',');
            }
        }
        return;
    }
    let ranged = kind == 5;
    let mut numbers = 0;
    for pair in bytes.chunks_exact(2) {
        let low = ranged && numbers % 2 == 1;
        add(u16::from_be_bytes([pair[0], pair[1]]), if low { b'-' } else { b',' });
        numbers += 1;
    }
    // The lowest of the last range is left out where it is 0.
    if ranged && numbers % 2 == 1 {
        add(0, b'-');
    }
}

/// RFC 4782 section 3.1.
fn quick_start(p: &mut Packet<'_>, ttl: u8) -> Read {
    let word = p.peek_u8()?;
    p.bits(word, 1, &[&QS_FUNCTION, &QS_RATE])?;
    match word >> 4 {
        0 => {
            let difference = ttl.wrapping_sub(p.u8(&QS_TTL)?);
            p.mark(&QS_TTL_DIFF, p.at() - 1, 1, difference.into());
        }
        8 => {
            p.u8(&QS_UNUSED)?;
        }
        _ => return Ok(()),
    }
    p.bits(p.peek_u32()?, 4, &[&QS_NONCE, &QS_RESERVED])
}
