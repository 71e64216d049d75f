//! Overlaps: which fragment each byte stands from, once fragments have met.
//!
//! Kept only from a datagram's first overlap on. A piece is what stands of one fragment; where a
//! policy looks at both ends of an earlier fragment (Windows, Solaris) or at its start (BSD,
//! Linux), what stands of it is in one piece, for these never cut a fragment in two.

use std::collections::BTreeMap;
use std::ops::Range;

use super::fragment::{Fragment, Record, Role};
use super::limit::Policy;
use super::pool::Pool;

/// Bytes in which two fragments differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// The first byte that differs, counted from the datagram's payload.
    pub start: u32,
    /// Behind the last byte that differs. Some between may be equal.
    pub end: u32,
    /// The frame of the fragment that came first.
    pub earlier: u64,
    /// The frame of the one that came later.
    pub later: u64,
    /// Whose bytes stand.
    pub kept: Kept,
}

/// Whose bytes stand after a conflict.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kept {
    /// Those of the fragment that came first.
    Earlier,
    /// Those of the one that came later.
    Later,
    /// Neither: the datagram was discarded.
    Neither,
}

/// So many conflicts are kept of a datagram; the others are counted. A frame of 64 KiB can be in
/// conflict with 8,192 fragments at once, and can come again and again.
const CONFLICTS: usize = 1_024;

#[derive(Debug, Default)]
pub(super) struct Contest {
    /// By their start.
    pieces: BTreeMap<u32, Piece>,
    pub(super) conflicts: Vec<Conflict>,
    pub(super) conflicts_left_out: u64,
}

/// What stands of a fragment: from its key in the map to `end`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Piece {
    pub(super) end: u32,
    /// How many bytes of it were captured, from its start.
    pub(super) held: u32,
    /// Where those are stored.
    pub(super) at: u32,
    /// Which fragment, in order of arrival.
    by: u32,
}

impl Piece {
    fn without_first(mut self, start: u32, from: u32) -> Piece {
        let skipped = from - start;
        self.at += skipped.min(self.held);
        self.held = self.held.saturating_sub(skipped);
        self
    }

    fn up_to(mut self, start: u32, end: u32) -> Piece {
        self.end = end;
        self.held = self.held.min(end - start);
        self
    }
}

/// What is to be done with a fragment that meets others.
pub(super) enum Verdict {
    Duplicate { of: u64 },
    Overlap { role: Role, conflicts: usize },
    Discard,
}

/// What a fragment meets.
#[derive(Default)]
struct Met {
    /// How many of its bytes stand already.
    covered: u32,
    /// Whether it wins any of them.
    wins: bool,
    /// The fragment some of them stand from that has the very same place.
    twin: Option<u32>,
    /// Whether that was not captured to its end.
    cut: bool,
}

impl Contest {
    /// The pieces of fragments that have not met so far.
    pub(super) fn of(records: &[Record]) -> Contest {
        let mut contest = Contest::default();
        for (by, record) in records.iter().enumerate() {
            if record.role == Role::Used {
                let (end, held) = (record.end(), record.captured());
                let piece = Piece { end, held, at: record.at, by: by as u32 };
                contest.pieces.insert(record.offset(), piece);
            }
        }
        contest
    }

    pub(super) fn pieces(&self) -> impl Iterator<Item = (u32, &Piece)> {
        self.pieces.iter().map(|(&start, piece)| (start, piece))
    }

    /// Stores what is used of a fragment, the next in `records`, that may overlap others.
    pub(super) fn insert(
        &mut self,
        fragment: &Fragment<'_>,
        policy: Policy,
        records: &[Record],
        bytes: &mut Vec<u8>,
    ) -> Verdict {
        let before = (self.conflicts.len(), self.conflicts_left_out);
        let met = self.compare(fragment, policy, records, bytes);
        let differs = (self.conflicts.len(), self.conflicts_left_out) != before;
        if let Some(twin) = met.twin
            && !differs
        {
            if met.cut {
                self.complement(fragment, twin, bytes);
            }
            let of = records.get(twin as usize).map_or(0, |record| record.frame);
            return Verdict::Duplicate { of };
        }
        if met.covered > 0 && policy == Policy::Discard {
            return Verdict::Discard;
        }
        // A fragment of 64 KiB may meet thousands: of those that gain nothing there is no more to do.
        if met.wins || met.covered < fragment.length {
            self.place(fragment, policy, records.len() as u32, bytes);
        }
        let role = match (met.covered > 0, differs) {
            (false, _) => Role::Used,
            (true, false) => Role::Overlap,
            (true, true) => Role::Conflict,
        };
        Verdict::Overlap { role, conflicts: before.0 }
    }

    /// Notes where the fragment differs from what stands.
    fn compare(
        &mut self,
        fragment: &Fragment<'_>,
        policy: Policy,
        records: &[Record],
        bytes: &[u8],
    ) -> Met {
        let (start, end) = (fragment.offset, fragment.end());
        let mut met = Met::default();
        let before = self.pieces.range(..start).next_back().filter(|(_, piece)| piece.end > start);
        for (&at, &piece) in before.into_iter().chain(self.pieces.range(start..end)) {
            let Some(record) = records.get(piece.by as usize) else { continue };
            let wins = policy.later_wins((start, end), (at, piece.end));
            met.wins |= wins;
            met.covered += piece.end.min(end) - at.max(start);
            if (record.offset(), record.end()) == (start, end) {
                met.twin = Some(piece.by);
                met.cut |= piece.held < piece.end - at;
            }
            if let Some((from, to)) = difference(fragment, at, piece, bytes) {
                let kept = match policy {
                    Policy::Discard => Kept::Neither,
                    _ if wins => Kept::Later,
                    _ => Kept::Earlier,
                };
                let (earlier, later) = (record.frame, fragment.frame);
                if self.conflicts.len() < CONFLICTS {
                    self.conflicts.push(Conflict { start: from, end: to, earlier, later, kept });
                } else {
                    self.conflicts_left_out += 1;
                }
            }
        }
        met
    }

    /// Fills in what was not captured of the fragment this one repeats.
    fn complement(&mut self, fragment: &Fragment<'_>, twin: u32, bytes: &mut Vec<u8>) {
        let (start, end) = (fragment.offset, fragment.end());
        let mut next = self.first_touched(start, end);
        while let Some((at, piece)) = next {
            if piece.by == twin {
                // What stands of a fragment lies within its place.
                let there = fragment.held().get((at - start) as usize..).unwrap_or_default();
                let there = there.get(..(piece.end - at) as usize).unwrap_or(there);
                let held = there.len() as u32;
                if held > piece.held {
                    let piece = Piece { held, at: bytes.len() as u32, ..piece };
                    bytes.extend_from_slice(there);
                    self.pieces.insert(at, piece);
                }
            }
            next = self.next_touched(at, end);
        }
    }

    /// Gives the fragment the places it wins and those that are free.
    fn place(&mut self, fragment: &Fragment<'_>, policy: Policy, by: u32, bytes: &mut Vec<u8>) {
        let (start, end) = (fragment.offset, fragment.end());
        let mut free = start;
        let mut next = self.first_touched(start, end);
        while let Some((at, piece)) = next {
            if policy.later_wins((start, end), (at, piece.end)) {
                self.pieces.remove(&at);
                if at < start {
                    self.pieces.insert(at, piece.up_to(at, start));
                }
                if piece.end > end {
                    self.pieces.insert(end, piece.without_first(at, end));
                }
            } else {
                self.store(fragment, free, at, by, bytes);
                free = piece.end;
            }
            next = self.next_touched(at, end);
        }
        self.store(fragment, free, end, by, bytes);
    }

    fn store(&mut self, fragment: &Fragment<'_>, from: u32, to: u32, by: u32, bytes: &mut Vec<u8>) {
        if from >= to {
            return;
        }
        let at = bytes.len() as u32;
        let there = fragment.held().get((from - fragment.offset) as usize..).unwrap_or_default();
        let there = there.get(..(to - from) as usize).unwrap_or(there);
        bytes.extend_from_slice(there);
        self.pieces.insert(from, Piece { end: to, held: there.len() as u32, at, by });
    }

    fn first_touched(&self, start: u32, end: u32) -> Option<(u32, Piece)> {
        let before = self.pieces.range(..=start).next_back().filter(|(_, piece)| piece.end > start);
        let found = before.or_else(|| self.pieces.range(start..end).next());
        found.map(|(&at, &piece)| (at, piece))
    }

    /// The next piece behind one that starts at `at`. What a fragment stores on its way lies before
    /// `at` or at its own end, so it does not meet itself.
    fn next_touched(&self, at: u32, end: u32) -> Option<(u32, Piece)> {
        let from = at + 1;
        (from < end).then(|| self.pieces.range(from..end).next())?.map(|(&at, &piece)| (at, piece))
    }

    /// Drops the bytes that no longer stand anywhere; the header goes to the front.
    pub(super) fn compact(&mut self, bytes: &mut Vec<u8>, header: Range<usize>, pool: &mut Pool) {
        let header = bytes.get(header).unwrap_or_default();
        let held: u32 = self.pieces.values().map(|piece| piece.held).sum();
        let mut kept = Vec::new();
        pool.reserve(&mut kept, header.len() + held as usize);
        kept.extend_from_slice(header);
        for piece in self.pieces.values_mut() {
            let (from, at) = (piece.at as usize, kept.len() as u32);
            kept.extend_from_slice(bytes.get(from..from + piece.held as usize).unwrap_or_default());
            piece.at = at;
        }
        pool.give(std::mem::replace(bytes, kept));
    }

    /// Bytes of memory, itself included.
    pub(super) fn heap(&self) -> usize {
        // A node of the tree has room for eleven and holds at least five, but the first.
        const NODE: usize = 11 * (size_of::<u32>() + size_of::<Piece>()) + 16;
        size_of::<Contest>()
            + NODE
            + self.pieces.len() * NODE / 5
            + self.conflicts.capacity() * size_of::<Conflict>()
    }
}

/// Where the fragment differs from a piece, from the first byte to behind the last, in what was
/// captured of both.
fn difference(fragment: &Fragment<'_>, at: u32, piece: Piece, bytes: &[u8]) -> Option<(u32, u32)> {
    let held = fragment.held();
    let from = fragment.offset.max(at);
    let to = (fragment.offset + held.len() as u32).min(at + piece.held);
    if from >= to {
        return None;
    }
    let length = (to - from) as usize;
    let new = held.get((from - fragment.offset) as usize..)?.get(..length)?;
    let old = bytes.get((piece.at + (from - at)) as usize..)?.get(..length)?;
    if new == old {
        return None;
    }
    let mut differing = new.iter().zip(old).map(|(a, b)| a != b);
    let first = differing.position(|differs| differs)? as u32;
    let last = new.iter().zip(old).rposition(|(a, b)| a != b)? as u32;
    Some((from + first, from + last + 1))
}
