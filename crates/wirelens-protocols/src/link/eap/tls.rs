//! The framing that EAP-TLS, RFC 5216, shares with TTLS (RFC 5281), PEAP, FAST (RFC 4851) and TEAP
//! (RFC 7170): flags, a length, and messages in several fragments.

use wirelens_dissect::prelude::*;
use wirelens_dissect::{Added, Kept, OriginRows, Parts};

use super::{
    COMPLETED_IN, COUNT, EAP_TYPE, FAST_DATA, FAST_LENGTH, FAST_TYPE, FRAGMENT, FRAGMENTS,
    OUTER_LENGTH, OUTER_TLVS, REASSEMBLED, REASSEMBLED_LENGTH, TLS_DATA, TLS_FLAGS, TLS_LENGTH,
    TLS_OUTER, TLS_VERSION, TOO_LONG,
};

/// The methods, by their numbers.
pub(super) const TLS: u8 = 13;
pub(super) const TTLS: u8 = 21;
pub(super) const PEAP: u8 = 25;
pub(super) const FAST: u8 = 43;
pub(super) const TEAP: u8 = 55;

/// RFC 5216 section 3.1.
const LENGTH_INCLUDED: u8 = 0x80;
const MORE_FRAGMENTS: u8 = 0x40;
const START: u8 = 0x20;
/// RFC 7170 section 4.1.
const OUTER_LENGTH_INCLUDED: u8 = 0x10;

static ORIGIN: OriginRows = OriginRows {
    all: &FRAGMENTS,
    one: &FRAGMENT,
    count: &COUNT,
    length: &REASSEMBLED_LENGTH,
    data: &REASSEMBLED,
    completed_in: &COMPLETED_IN,
};

/// The message that each side is sending in fragments.
#[derive(Default)]
pub(super) struct Sending {
    /// Of requests and of responses.
    sides: [Option<(Parts, u8)>; 2],
    kept: Kept,
}

/// Chains of certificates are some thousand bytes.
const LONGEST: u32 = 1 << 18;

/// What is left of a packet of one of these methods. `identifier` is the packet's.
pub(super) fn tls(p: &mut Packet<'_>, kind: u8, request: bool, identifier: u8) -> Step {
    let (at, flags) = (p.at(), p.u8(&TLS_FLAGS)?);
    p.under(|p| {
        if kind == TEAP {
            p.mark(&TLS_OUTER, at, 1, flags.into());
        }
        if kind != TLS {
            p.mark(&TLS_VERSION, at, 1, flags.into());
        }
        Ok(())
    })?;
    if flags & LENGTH_INCLUDED != 0 {
        p.u32(&TLS_LENGTH)?;
    }
    let mut outer = 0;
    if kind == TEAP && flags & OUTER_LENGTH_INCLUDED != 0 {
        outer = p.u32(&OUTER_LENGTH)? as usize;
    }
    if kind == FAST && flags & START != 0 {
        return authority(p).map(|()| Next::Nothing);
    }
    // RFC 7170 section 4.1: the TLVs that are not encrypted stand behind the data.
    let data = p.declared_left().saturating_sub(outer);
    let more = flags & MORE_FRAGMENTS != 0;
    let begins = flags & LENGTH_INCLUDED != 0;
    let known = p.conversation::<Sending>().is_some_and(|(sending, _)| sending.sides[usize::from(request)].is_some());
    if !known && !more && data > 0 && matches!(p.peek_u8()?, 20..=24) {
        outer_tlvs(p, data, outer);
        p.passes_on(data);
        return Ok(Next::In(&EAP_TYPE, kind.into()));
    }
    if data > 0 {
        p.need(data)?;
        let part = p.ahead().get(..data).unwrap_or_default();
        p.bytes(&TLS_DATA, data)?;
        if known || begins && more {
            fragment(p, part, (kind, request, identifier), more);
        }
    }
    outer_tlvs(p, 0, outer);
    Ok(Next::Nothing)
}

fn outer_tlvs(p: &mut Packet<'_>, ahead: usize, length: usize) {
    let length = length.min(p.left().saturating_sub(ahead));
    if length > 0 {
        p.mark(&OUTER_TLVS, p.at() + ahead, length, 0);
    }
}

/// Fragments come one after the other, each acknowledged: RFC 5216 section 2.1.5. One with the
/// identifier of the last is the same again.
fn fragment(
    p: &mut Packet<'_>,
    part: &[u8],
    (kind, request, identifier): (u8, bool, u8),
    more: bool,
) {
    let (frame, budget) = (p.frame_number(), p.budget());
    let Some((sending, _)) = p.conversation::<Sending>() else { return };
    let open = &mut sending.sides[usize::from(request)];
    let (parts, last) = open.get_or_insert_with(|| (Parts::default(), identifier.wrapping_sub(1)));
    if *last != identifier {
        *last = identifier;
        let offset = parts.end();
        let fits = offset + part.len() as u32 <= LONGEST;
        if !fits || parts.add(offset, part, frame) == Added::TooMany {
            *open = None;
            p.problem(&TOO_LONG);
            return;
        }
    }
    let whole = if more { None } else { open.take() };
    let cost = sending.sides.iter().flatten().map(|(parts, _)| parts.cost()).sum();
    if !sending.kept.set(&budget, cost) {
        sending.sides = [None, None];
        p.problem(&TOO_LONG);
    }
    match whole {
        Some((parts, _)) => p.derive_assembled(&parts, &ORIGIN, Next::In(&EAP_TYPE, kind.into())),
        None => p.completed_in(&ORIGIN),
    }
}

/// RFC 4851 section 4.1.1: the start names the server's authority.
fn authority(p: &mut Packet<'_>) -> Read {
    p.each(|p| {
        p.u16(&FAST_TYPE)?;
        let length = usize::from(p.u16(&FAST_LENGTH)?);
        if length > 0 { p.bytes(&FAST_DATA, length).map(drop) } else { Ok(()) }
    })
}
