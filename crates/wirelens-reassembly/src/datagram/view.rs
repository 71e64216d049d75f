//! A datagram to look at: complete, or what there is of it.

use std::ops::Range;

use super::body::Body;
use super::contest::Conflict;
use super::fragment::{Record, Role, Seen};

/// A datagram, or what there is of it. Looking changes nothing: it can be read again and again,
/// until the next call of the table that lent it.
#[derive(Clone, Copy)]
pub struct Datagram<'a> {
    body: &'a Body,
    layout: &'a Layout,
}

/// A part of a datagram that is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hole {
    /// Its first byte, counted from the datagram's payload.
    pub start: u32,
    /// Behind its last byte; `None` where the last fragment is missing, so that nobody knows.
    pub end: Option<u32>,
    /// Why it is not there.
    pub why: Why,
}

/// Why a part is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Why {
    /// No fragment had it.
    Missing,
    /// A fragment had it, but the capture was cut before.
    NotCaptured,
}

impl<'a> Datagram<'a> {
    /// The payload, if all of it is there.
    pub fn payload(&self) -> Option<&'a [u8]> {
        let run = self.layout.runs.first()?;
        self.is_complete().then(|| self.stored(*run))
    }

    /// The parts that are there, in order, each with its place in bytes. Parts that touch are one.
    pub fn parts(&self) -> impl ExactSizeIterator<Item = (Range<u32>, &'a [u8])> + use<'a> {
        let datagram = *self;
        self.layout.runs.iter().map(move |run| (run.start..run.end, datagram.stored(*run)))
    }

    /// The payload with `fill` where something is missing: up to the end if it is known, else up
    /// to the farthest byte a fragment had. Which bytes those are [`Datagram::holes`] tells.
    pub fn payload_with(&self, fill: u8) -> Vec<u8> {
        let length = self.length().unwrap_or(self.body.holes.reach());
        let mut payload = vec![fill; length as usize];
        for (place, bytes) in self.parts() {
            if let Some(there) = payload.get_mut(place.start as usize..place.end as usize) {
                there.copy_from_slice(bytes);
            }
        }
        payload
    }

    /// What stood before the payload in the first fragment; empty while that is missing.
    pub fn header(&self) -> &'a [u8] {
        self.body.header()
    }

    /// What is not there, in order.
    pub fn holes(&self) -> &'a [Hole] {
        &self.layout.holes
    }

    /// The payload's length in bytes, if the last fragment was seen.
    pub fn length(&self) -> Option<u32> {
        self.body.holes.length()
    }

    /// How many bytes of the payload are there.
    pub fn captured(&self) -> u32 {
        self.layout.runs.iter().map(|run| run.end - run.start).sum()
    }

    /// Whether every byte is there.
    pub fn is_complete(&self) -> bool {
        self.layout.holes.is_empty()
    }

    /// Whether every fragment was seen, be it captured to its end or not.
    pub fn is_seen(&self) -> bool {
        self.body.is_seen()
    }

    /// The fragments, in order of arrival.
    pub fn frames(&self) -> impl ExactSizeIterator<Item = Seen> + DoubleEndedIterator + use<'a> {
        self.body.records.iter().map(Record::seen)
    }

    /// Where fragments overlapped with different bytes, in order of arrival; at most 1,024.
    pub fn conflicts(&self) -> &'a [Conflict] {
        self.body.conflicts()
    }

    /// How many conflicts there were besides.
    pub fn conflicts_left_out(&self) -> u64 {
        self.body.contest.as_ref().map_or(0, |contest| contest.conflicts_left_out)
    }

    fn stored(&self, run: Run) -> &'a [u8] {
        let base = if self.layout.moved { &self.layout.bytes } else { &self.body.bytes };
        let (at, length) = (run.at as usize, (run.end - run.start) as usize);
        base.get(at..at + length).unwrap_or_default()
    }

    /// The view of a body, laid out in `layout`.
    pub(super) fn of(body: &'a Body, layout: &'a mut Layout) -> Datagram<'a> {
        layout.lay_out(body);
        Datagram { body, layout }
    }
}

impl std::fmt::Debug for Datagram<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Datagram")
            .field("length", &self.length())
            .field("captured", &self.captured())
            .field("fragments", &self.frames().len())
            .field("holes", &self.holes())
            .field("conflicts", &self.conflicts())
            .finish()
    }
}

/// A datagram's parts in order. Made when a datagram is shown, and used again for the next.
#[derive(Debug, Default)]
pub(super) struct Layout {
    runs: Vec<Run>,
    holes: Vec<Hole>,
    /// The bytes in order, where the body does not have them so.
    bytes: Vec<u8>,
    moved: bool,
    order: Vec<u32>,
}

/// Bytes that are there and belong together.
#[derive(Clone, Copy, Debug)]
struct Run {
    start: u32,
    end: u32,
    at: u32,
}

impl Layout {
    fn lay_out(&mut self, body: &Body) {
        self.runs.clear();
        self.holes.clear();
        self.bytes.clear();
        self.moved = body.shuffled || body.contest.is_some();
        if let Some(contest) = &body.contest {
            for (start, piece) in contest.pieces() {
                self.add(body, start, piece.end, piece.held, piece.at);
            }
        } else if self.moved {
            let used = body.records.iter().zip(0..).filter(|(record, _)| record.role == Role::Used);
            self.order.clear();
            self.order.extend(used.map(|(_, at)| at));
            self.order.sort_unstable_by_key(|&at| body.records[at as usize].offset());
            for at in 0..self.order.len() {
                self.add_record(body, &body.records[self.order[at] as usize]);
            }
        } else {
            for record in body.records.iter().filter(|record| record.role == Role::Used) {
                self.add_record(body, record);
            }
        }
        self.add_missing(body);
    }

    fn add_record(&mut self, body: &Body, record: &Record) {
        self.add(body, record.offset(), record.end(), record.captured(), record.at);
    }

    fn add(&mut self, body: &Body, start: u32, end: u32, held: u32, at: u32) {
        if held > 0 {
            let mut at = at;
            if self.moved {
                let from = at as usize;
                at = self.bytes.len() as u32;
                let bytes = body.bytes.get(from..from + held as usize).unwrap_or_default();
                self.bytes.extend_from_slice(bytes);
            }
            let there = start + held;
            match self.runs.last_mut() {
                Some(run) if run.end == start => run.end = there,
                _ => self.runs.push(Run { start, end: there, at }),
            }
        }
        if start + held < end {
            let hole = Hole { start: start + held, end: Some(end), why: Why::NotCaptured };
            self.holes.push(hole);
        }
    }

    fn add_missing(&mut self, body: &Body) {
        let missing = body.holes.iter();
        let cut = self.holes.len();
        self.holes.extend(missing.map(|(start, end)| Hole { start, end, why: Why::Missing }));
        if cut > 0 && cut < self.holes.len() {
            self.holes.sort_unstable_by_key(|hole| hole.start);
        }
    }

    /// Bytes of memory besides the struct itself.
    pub(super) fn heap(&self) -> usize {
        self.runs.capacity() * size_of::<Run>()
            + self.holes.capacity() * size_of::<Hole>()
            + self.bytes.capacity()
            + self.order.capacity() * size_of::<u32>()
    }
}
