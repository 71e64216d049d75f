//! Bytes of a direction that wait for bytes before them.

use std::collections::BTreeMap;

use super::buffers::Buffers;
use super::limits::{Limits, Policy};
use super::{Conflict, Direction, Run, Segment};
use crate::slab::{NONE, Recency, Slab};

/// What a direction needs only while something is out of the ordinary.
pub(super) struct Store {
    pub(super) connection: u32,
    pub(super) direction: Direction,
    /// Bytes out of order by offset. They never overlap.
    pieces: BTreeMap<u64, Piece>,
    /// What the pieces and the doubted segments cost, in bytes.
    cost: usize,
    /// Where a FIN was seen that bytes are missing before.
    pub(super) fin: Option<u64>,
    pub(super) wait: Option<Wait>,
    /// Gaps told that may still be filled too late: begin and end.
    pub(super) gaps: Vec<(u64, u64)>,
    pub(super) doubted: Option<Box<Doubted>>,
}

/// Waiting for the bytes at `offset`, since there is proof that the receiver has those up to
/// `proof`.
#[derive(Clone, Copy)]
pub(super) struct Wait {
    pub(super) offset: u64,
    pub(super) proof: u64,
    pub(super) segments: u32,
    pub(super) since: u64,
}

/// Consecutive segments that may be the beginning of something else.
pub(super) struct Doubted {
    /// The sequence number that would follow.
    pub(super) next: u32,
    pub(super) syn: bool,
    pub(super) segments: Vec<(Segment<'static>, Vec<u8>)>,
}

impl Doubted {
    /// The sequence number of the first byte.
    pub(super) fn first_byte(&self) -> u32 {
        self.segments.first().map_or(self.next, |(segment, _)| segment.first_byte())
    }
}

/// Bytes of one frame; `bytes` is empty where they were not captured.
pub(super) struct Piece {
    bytes: Vec<u8>,
    /// Of `bytes`, those before this one were cut off.
    skip: u32,
    length: u32,
    frame: u64,
    time: u64,
    acknowledgment: Option<u32>,
    urgent: Option<u64>,
}

/// What a piece costs beside its bytes: its place in a tree node that is half full, and the
/// node's edges.
const PIECE: usize = 2 * (size_of::<Piece>() + size_of::<u64>()) + 16;

/// Gaps remembered for each direction.
const GAPS: usize = 16;

/// Bytes that are new: part of a segment, at their place in the stream.
#[derive(Clone, Copy)]
pub(super) struct Fresh<'a> {
    /// Where it begins and ends; the bytes may end earlier, cut by the snaplen.
    pub(super) from: u64,
    pub(super) to: u64,
    pub(super) bytes: &'a [u8],
    pub(super) frame: u64,
    pub(super) time: u64,
    pub(super) acknowledgment: Option<u32>,
    pub(super) urgent: Option<u64>,
}

impl<'a> Fresh<'a> {
    /// The part from here on.
    #[inline]
    pub(super) fn after(self, from: u64) -> Fresh<'a> {
        let skip = from.saturating_sub(self.from).min(self.bytes.len() as u64) as usize;
        Fresh { from: from.max(self.from), bytes: self.bytes.get(skip..).unwrap_or(&[]), ..self }
    }

    /// The bytes of a range, as far as they were captured.
    #[inline]
    pub(super) fn run(&self, from: u64, to: u64) -> Run<'a> {
        let end = (to - self.from).min(self.bytes.len() as u64) as usize;
        let start = ((from - self.from) as usize).min(end);
        Run {
            offset: from,
            bytes: self.bytes.get(start..end).unwrap_or(&[]),
            frame: self.frame,
            time: self.time,
            acknowledgment: self.acknowledgment,
            urgent: self.urgent,
            waited: false,
        }
    }

    /// Where its captured bytes end.
    #[inline]
    pub(super) fn captured_to(&self) -> u64 {
        self.from + self.bytes.len() as u64
    }
}

impl Piece {
    pub(super) fn end(&self, start: u64) -> u64 {
        start + u64::from(self.length)
    }

    pub(super) fn is_absent(&self) -> bool {
        self.bytes.is_empty()
    }

    pub(super) fn run(&self, offset: u64) -> Run<'_> {
        let skip = self.skip as usize;
        Run {
            offset,
            bytes: self.bytes.get(skip..skip + self.length as usize).unwrap_or(&[]),
            frame: self.frame,
            time: self.time,
            acknowledgment: self.acknowledgment,
            urgent: self.urgent,
            waited: true,
        }
    }

    /// Cuts off what lies before `from`.
    fn cut_before(&mut self, start: u64, from: u64) {
        let cut = (from - start) as u32;
        self.skip += if self.is_absent() { 0 } else { cut };
        self.length -= cut;
    }

    fn cost(&self) -> usize {
        PIECE + self.bytes.capacity()
    }
}

/// What an insertion came to.
pub(super) enum Inserted {
    /// All of it waits, or was there; how many bytes are new.
    Done(u64),
    /// No room from this offset on.
    Full(u64),
}

impl Store {
    fn new(connection: u32, direction: Direction) -> Store {
        Store {
            connection,
            direction,
            pieces: BTreeMap::new(),
            cost: 0,
            fin: None,
            wait: None,
            gaps: Vec::new(),
            doubted: None,
        }
    }

    fn renew(&mut self, connection: u32, direction: Direction) {
        (self.connection, self.direction) = (connection, direction);
        (self.fin, self.wait, self.cost) = (None, None, 0);
        self.gaps.clear();
    }

    /// Whether nothing is out of the ordinary any more.
    pub(super) fn is_idle(&self) -> bool {
        self.pieces.is_empty()
            && self.fin.is_none()
            && self.wait.is_none()
            && self.gaps.is_empty()
            && self.doubted.is_none()
    }

    pub(super) fn first(&self) -> Option<u64> {
        self.pieces.first_key_value().map(|(&start, _)| start)
    }

    /// Where the next hole ends, if anything is known behind it.
    pub(super) fn hole(&self) -> Option<u64> {
        self.first().into_iter().chain(self.fin).min()
    }

    /// Where the last piece ends.
    pub(super) fn end(&self) -> Option<u64> {
        self.pieces.last_key_value().map(|(&start, piece)| piece.end(start))
    }

    /// Remembers a gap that was told.
    pub(super) fn remember(&mut self, from: u64, to: u64) {
        if self.gaps.len() == GAPS {
            self.gaps.remove(0);
        }
        self.gaps.push((from, to));
    }

    /// The piece that holds `from`, else the first that begins before `to`.
    fn overlap(&self, from: u64, to: u64) -> Option<(u64, u64)> {
        if from >= to {
            return None;
        }
        let ends = |(&start, piece): (&u64, &Piece)| (start, piece.end(start));
        let before = self.pieces.range(..=from).next_back().map(ends);
        before
            .filter(|&(_, end)| end > from)
            .or_else(|| self.pieces.range(from..to).next().map(ends))
    }
}

/// The stores of all directions.
pub(super) struct Stores {
    slab: Slab<Store>,
    pub(super) recency: Recency,
    pub(super) buffers: Buffers,
    cost: usize,
}

impl Stores {
    pub(super) fn new(limits: &Limits) -> Stores {
        Stores {
            slab: Slab::new(),
            recency: Recency::new(),
            buffers: Buffers::new((limits.total_bytes / 16).min(1 << 20)),
            cost: 0,
        }
    }

    pub(super) fn bytes(&self) -> usize {
        self.slab.bytes() + self.buffers.bytes() + self.cost
    }

    #[inline]
    pub(super) fn get(&self, at: u32) -> &Store {
        &self.slab[at]
    }

    #[inline]
    pub(super) fn get_mut(&mut self, at: u32) -> &mut Store {
        &mut self.slab[at]
    }

    pub(super) fn newer(&self, at: u32) -> u32 {
        self.slab.newer(at)
    }

    /// The store at `slot`, made if there is none.
    pub(super) fn ensure(&mut self, slot: &mut u32, connection: u32, direction: Direction) -> u32 {
        if *slot == NONE {
            *slot = self.slab.insert(
                || Store::new(connection, direction),
                |old| old.renew(connection, direction),
            );
            self.recency.link(&mut self.slab, *slot);
        }
        *slot
    }

    pub(super) fn touch(&mut self, at: u32) {
        self.recency.touch(&mut self.slab, at);
    }

    /// Gives a store back, with whatever is left in it.
    pub(super) fn release(&mut self, slot: &mut u32) {
        let at = std::mem::replace(slot, NONE);
        if at == NONE {
            return;
        }
        while self.pop(at).is_some_and(|(_, piece)| self.recycle(piece)) {}
        drop(self.take_doubted(at));
        self.recency.unlink(&mut self.slab, at);
        self.slab.release(at);
    }

    /// Takes the first piece out.
    pub(super) fn pop(&mut self, at: u32) -> Option<(u64, Piece)> {
        let (start, piece) = self.slab[at].pieces.pop_first()?;
        self.charge(at, piece.cost(), false);
        Some((start, piece))
    }

    /// Takes the memory of a piece back; always true.
    pub(super) fn recycle(&mut self, piece: Piece) -> bool {
        self.buffers.give(piece.bytes);
        true
    }

    fn charge(&mut self, at: u32, cost: usize, more: bool) {
        for sum in [&mut self.slab[at].cost, &mut self.cost] {
            *sum = if more { *sum + cost } else { sum.saturating_sub(cost) };
        }
    }

    fn put(&mut self, at: u32, start: u64, piece: Piece) {
        self.charge(at, piece.cost(), true);
        self.slab[at].pieces.insert(start, piece);
    }

    /// Puts back what a piece has from `from` on.
    pub(super) fn put_back(&mut self, at: u32, start: u64, mut piece: Piece, from: u64) {
        piece.cut_before(start, from);
        self.put(at, from, piece);
    }

    /// Whether one more piece with so many bytes fits.
    fn fits(&self, at: u32, bytes: usize, limits: &Limits, room: usize) -> bool {
        let cost = PIECE + if bytes == 0 { 0 } else { Buffers::capacity(bytes) };
        let store = &self.slab[at];
        store.cost + cost <= limits.stream_bytes
            && store.pieces.len() < limits.stream_segments
            && self.bytes() + cost <= room
    }

    /// Copies what of `fresh` is not there, and by `policy` also what is. `room` is what all stores
    /// together may take.
    pub(super) fn insert(
        &mut self,
        at: u32,
        fresh: Fresh<'_>,
        limits: &Limits,
        room: usize,
        conflicts: &mut impl FnMut(Conflict),
    ) -> Inserted {
        let bytes_to = fresh.captured_to().min(fresh.to);
        let (mut new, mut replaced) = (0, 0);
        for (from, to, absent) in [(fresh.from, bytes_to, false), (bytes_to, fresh.to, true)] {
            let (mut from, mut cursor) = (from, from);
            while let Some((start, end)) = self.slab[at].overlap(cursor, to) {
                let (low, high) = (start.max(cursor), end.min(to));
                let there = self.slab[at].pieces.get(&start).is_some_and(|old| !old.is_absent());
                if self.yields(at, start, (low, high), &fresh, absent, limits.policy, conflicts) {
                    if !self.cut_out(at, start, (low, high), limits, room) {
                        return Inserted::Full(from);
                    }
                    replaced += if there { high - low } else { 0 };
                } else {
                    match self.fill(at, &fresh, (from, low), limits, room) {
                        true => new += low - from,
                        false => return Inserted::Full(from),
                    }
                    from = high;
                }
                cursor = high;
            }
            match self.fill(at, &fresh, (from, to), limits, room) {
                true => new += to - from,
                false => return Inserted::Full(from),
            }
        }
        Inserted::Done(new - replaced)
    }

    /// Whether the piece at `start` gives way to new bytes in a range.
    #[expect(clippy::too_many_arguments, reason = "one decision, asked in one place")]
    fn yields(
        &self,
        at: u32,
        start: u64,
        (low, high): (u64, u64),
        fresh: &Fresh<'_>,
        absent: bool,
        policy: Policy,
        conflicts: &mut impl FnMut(Conflict),
    ) -> bool {
        let Some(piece) = self.slab[at].pieces.get(&start) else { return false };
        if absent || piece.is_absent() {
            return !absent;
        }
        let replaces = policy.replaces((fresh.from, fresh.to), (start, piece.end(start)));
        if let Some(conflict) = compare(piece, start, fresh, (low, high), replaces) {
            conflicts(conflict);
        }
        replaces
    }

    /// Takes a range out of the piece at `start`. `false` if what is left behind it has no room.
    fn cut_out(
        &mut self,
        at: u32,
        start: u64,
        (low, high): (u64, u64),
        limits: &Limits,
        room: usize,
    ) -> bool {
        let Some(mut piece) = self.slab[at].pieces.remove(&start) else { return true };
        self.charge(at, piece.cost(), false);
        let end = piece.end(start);
        if start < low && high < end {
            if !self.fits(at, piece.bytes.capacity() + (end - high) as usize, limits, room) {
                self.put(at, start, piece);
                return false;
            }
            let tail = piece.run(start).bytes.get((high - start) as usize..).unwrap_or(&[]);
            let bytes = match piece.is_absent() {
                true => Vec::new(),
                false => self.buffers.copy(tail),
            };
            let tail = Piece { bytes, skip: 0, length: (end - high) as u32, ..piece };
            self.put(at, high, tail);
        } else if high < end {
            self.put_back(at, start, piece, high);
            return true;
        }
        if start < low {
            piece.length = (low - start) as u32;
            self.put(at, start, piece);
        } else {
            self.recycle(piece);
        }
        true
    }

    /// Copies a range that is not there. `false` if there is no room.
    fn fill(
        &mut self,
        at: u32,
        fresh: &Fresh<'_>,
        (from, to): (u64, u64),
        limits: &Limits,
        room: usize,
    ) -> bool {
        if from >= to {
            return true;
        }
        let run = fresh.run(from, to);
        if !self.fits(at, run.bytes.len(), limits, room) {
            return false;
        }
        let bytes = match run.bytes {
            [] => Vec::new(),
            bytes => self.buffers.copy(bytes),
        };
        let piece = Piece {
            bytes,
            skip: 0,
            length: (to - from) as u32,
            frame: run.frame,
            time: run.time,
            acknowledgment: run.acknowledgment,
            urgent: run.urgent,
        };
        self.put(at, from, piece);
        true
    }

    /// Keeps a copy of a segment that may be the beginning of something else.
    pub(super) fn doubt(&mut self, at: u32, segment: &Segment<'_>) {
        let bytes = self.buffers.copy(segment.captured());
        self.charge(at, bytes.capacity() + size_of::<(Segment<'static>, Vec<u8>)>(), true);
        let header = Segment { bytes: &[], ..*segment };
        if let Some(doubted) = &mut self.slab[at].doubted {
            doubted.segments.push((header, bytes));
        }
    }

    /// Takes the doubted segments out.
    pub(super) fn take_doubted(&mut self, at: u32) -> Option<Box<Doubted>> {
        let doubted = self.slab[at].doubted.take()?;
        for (_, bytes) in &doubted.segments {
            self.charge(at, bytes.capacity() + size_of::<(Segment<'static>, Vec<u8>)>(), false);
        }
        Some(doubted)
    }
}

/// Where a piece and new bytes differ in a range, if they do.
pub(super) fn compare(
    piece: &Piece,
    start: u64,
    fresh: &Fresh<'_>,
    (low, high): (u64, u64),
    replaces: bool,
) -> Option<Conflict> {
    let run = piece.run(start);
    let old = run.bytes.get((low - start) as usize..(high - start) as usize)?;
    let new = fresh.run(low, high).bytes;
    if old == new {
        return None;
    }
    let differs = |(old, new): (&u8, &u8)| old != new;
    let first = old.iter().zip(new).position(differs)?;
    let last = old.iter().zip(new).rposition(differs)?;
    Some(Conflict {
        offset: low + first as u64,
        length: (last - first + 1) as u64,
        first: piece.frame,
        second: fresh.frame,
        kept: if replaces { fresh.frame } else { piece.frame },
    })
}
