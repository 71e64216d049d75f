//! Requests and their responses: RFC 3261 section 17, by Call-ID, CSeq and direction.

use std::collections::VecDeque;

use wirelens_dissect::Kept;

use super::*;

/// What is remembered of a conversation.
#[derive(Default)]
pub(super) struct Memory {
    /// A message was seen: what does not begin with one goes on with one.
    pub(super) seen: bool,
    transactions: VecDeque<Transaction>,
    /// They count among what states keep.
    kept: Kept,
}

/// More are not remembered; the oldest goes.
const MOST: usize = 64;

#[derive(Clone, Copy)]
struct Transaction {
    /// Of Call-ID, number and method; whether the request went in the direction of the
    /// conversation's key.
    id: (u64, bool),
    /// The frame of the request, and when it came.
    request: Option<(u64, i64)>,
    /// The last response and its frame.
    response: Option<(u16, u64)>,
}

/// Relates a message that is complete to those before it.
pub(super) fn relate(p: &mut Packet<'_>, fields: &Fields<'_>, code: Option<u16>) {
    let (frame, now, at) = (p.frame_number(), p.nanoseconds(), p.at());
    let budget = p.budget();
    let Some((memory, forward)) = p.conversation::<Memory>() else { return };
    memory.seen = true;
    let Some(number) = fields.number.filter(|_| !fields.call_id.is_empty()) else { return };
    let key = hash(&[fields.call_id, &number.to_be_bytes(), fields.method]);
    let id = (key, forward == code.is_none());
    let all = &mut memory.transactions;
    let place = all.iter().rposition(|known| known.id == id);
    if place.is_none() {
        let size = (all.len() + 1) * size_of::<Transaction>();
        if all.len() >= MOST || !memory.kept.set(&budget, size) {
            all.pop_front();
        }
        all.push_back(Transaction { id, request: None, response: None });
    }
    let place = place.unwrap_or(all.len() - 1);
    let known = &mut all[place];
    let before = *known;
    let original = match code {
        None => {
            known.request.get_or_insert((frame, now));
            before.request.map(|(frame, _)| frame)
        }
        Some(code) => {
            let same = before.response.filter(|(last, _)| *last == code);
            known.response = Some((code, same.map_or(frame, |(_, first)| first)));
            same.map(|(_, frame)| frame)
        }
    };
    if let Some(original) = original {
        p.mark(&RESEND, at, 0, 1);
        p.mark(&RESEND_ORIGINAL, at, 0, original);
    }
    if let (Some((request, then)), Some(_)) = (before.request, code) {
        p.mark(&RESPONSE_REQUEST, at, 0, request);
        if now >= then {
            p.mark(&RESPONSE_TIME, at, 0, (now - then).unsigned_abs() / 1_000_000);
        }
    }
}

/// FNV-1a: of two transactions with the same number one is taken for the other.
fn hash(parts: &[&[u8]]) -> u64 {
    parts.iter().copied().flatten().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}
