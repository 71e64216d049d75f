//! One datagram on its way to be complete.

use super::contest::{Conflict, Contest, Verdict};
use super::fragment::{Fragment, LONGEST, Malformed, Record, Role};
use super::hole::Holes;
use super::limit::Policy;
use super::pool::Pool;

/// What came of a datagram. Its parts are cleared and used again, not dropped.
#[derive(Debug, Default)]
pub(super) struct Body {
    /// The header and the fragments' bytes, in order of arrival.
    pub(super) bytes: Vec<u8>,
    /// The fragments, in order of arrival.
    pub(super) records: Vec<Record>,
    pub(super) holes: Holes,
    /// From the first overlap on.
    pub(super) contest: Option<Box<Contest>>,
    /// Where in `bytes` the header is; its length is `None` until the first fragment came.
    header_at: u32,
    header_length: Option<u16>,
    /// Whether some fragment was not at or behind the farthest end, as the bytes are then not in
    /// order.
    pub(super) shuffled: bool,
    /// Whether some fragment was not captured to its end.
    cut: bool,
}

/// So much of a header is kept.
const HEADER: usize = LONGEST as usize;

/// What came of a fragment.
pub(super) enum Taken {
    Stored,
    Duplicate {
        of: u64,
    },
    /// The conflicts from this one on are its own.
    Overlap {
        role: Role,
        conflicts: usize,
    },
    Discard,
    Refused(Malformed),
}

impl Body {
    pub(super) fn clear(&mut self) {
        self.bytes.clear();
        self.records.clear();
        self.holes.clear();
        self.contest = None;
        (self.header_at, self.header_length) = (0, None);
        (self.shuffled, self.cut) = (false, false);
    }

    /// Makes the digests of the fragments, which so far could be made from the bytes at any time.
    fn digest(&mut self, pool: &Pool) {
        for record in self.records.iter_mut().filter(|record| record.role == Role::Used) {
            let at = record.at as usize;
            let bytes = self.bytes.get(at..at + record.captured() as usize);
            record.digest = pool.digest(bytes.unwrap_or_default());
        }
    }

    /// Keeps the fragments, but nothing of the bytes.
    pub(super) fn forget_payload(&mut self, pool: &Pool) {
        if self.contest.is_none() {
            self.digest(pool);
        }
        self.holes.forget_places();
        self.contest = None;
        (self.header_at, self.header_length) = (0, None);
    }

    /// Takes a fragment that is well-formed by itself.
    pub(super) fn take(
        &mut self,
        fragment: &Fragment<'_>,
        policy: Policy,
        most: usize,
        pool: &mut Pool,
    ) -> Taken {
        if self.records.len() >= most {
            return Taken::Refused(Malformed::TooMany);
        }
        if let Err(refused) = self.agrees(fragment) {
            let digest = pool.digest(fragment.held());
            self.records.push(Record::new(fragment, digest, 0, Role::BeyondEnd));
            return Taken::Refused(refused);
        }
        if !fragment.more {
            self.holes.set_length(fragment.end());
        }
        let behind = fragment.offset >= self.holes.reach();
        // What overlaps where that is not allowed fills nothing: the datagram stays incomplete.
        let free = match policy {
            Policy::Discard if !self.holes.is_free(fragment.offset, fragment.end()) => false,
            _ => self.holes.fill(fragment.offset, fragment.end()),
        };
        self.cut |= fragment.held().len() < fragment.length as usize;
        let header = if fragment.offset == 0 { fragment.header.len().min(HEADER) } else { 0 };
        pool.reserve(&mut self.bytes, header + fragment.held().len());
        if free && self.contest.is_none() {
            self.append(fragment);
            self.shuffled |= !behind;
            return Taken::Stored;
        }
        self.contested(fragment, policy, pool)
    }

    /// Whether the fragment agrees with where the datagram ends so far.
    fn agrees(&self, fragment: &Fragment<'_>) -> Result<(), Malformed> {
        let end = fragment.end();
        match self.holes.length() {
            Some(length) if !fragment.more && end != length => {
                Err(Malformed::MultipleTails { length })
            }
            Some(length) if end > length => Err(Malformed::BeyondEnd { end: length }),
            None if !fragment.more && end < self.holes.reach() => {
                Err(Malformed::BeyondEnd { end: self.holes.reach() })
            }
            _ => Ok(()),
        }
    }

    fn append(&mut self, fragment: &Fragment<'_>) {
        let held = fragment.held();
        self.keep_header(fragment);
        let at = self.bytes.len() as u32;
        self.records.push(Record::new(fragment, 0, at, Role::Used));
        self.bytes.extend_from_slice(held);
    }

    fn keep_header(&mut self, fragment: &Fragment<'_>) {
        if fragment.offset == 0 && self.header_length.is_none() {
            let header = fragment.header.get(..HEADER).unwrap_or(fragment.header);
            self.header_at = self.bytes.len() as u32;
            self.header_length = Some(header.len() as u16);
            self.bytes.extend_from_slice(header);
        }
    }

    #[cold]
    fn contested(&mut self, fragment: &Fragment<'_>, policy: Policy, pool: &mut Pool) -> Taken {
        if self.contest.is_none() {
            self.digest(pool);
        }
        let digest = pool.digest(fragment.held());
        self.keep_header(fragment);
        let records = &self.records;
        let contest = self.contest.get_or_insert_with(|| Box::new(Contest::of(records)));
        let verdict = contest.insert(fragment, policy, records, &mut self.bytes);
        let (role, taken) = match verdict {
            Verdict::Duplicate { of } => (Role::Duplicate, Taken::Duplicate { of }),
            Verdict::Overlap { role: Role::Used, .. } => (Role::Used, Taken::Stored),
            Verdict::Overlap { role, conflicts } => (role, Taken::Overlap { role, conflicts }),
            Verdict::Discard => (Role::Conflict, Taken::Discard),
        };
        self.records.push(Record::new(fragment, digest, 0, role));
        let (at, length) = (self.header_at as usize, self.header_length.unwrap_or(0));
        let header = at..at + usize::from(length);
        if self.bytes.len() > header.len() + 2 * LONGEST as usize {
            contest.compact(&mut self.bytes, header, pool);
            self.header_at = 0;
        }
        taken
    }

    pub(super) fn header(&self) -> &[u8] {
        let (at, length) = (self.header_at as usize, self.header_length.unwrap_or(0));
        self.bytes.get(at..at + usize::from(length)).unwrap_or_default()
    }

    pub(super) fn conflicts(&self) -> &[Conflict] {
        self.contest.as_ref().map_or(&[], |contest| &contest.conflicts)
    }

    /// Whether every fragment was seen, be it captured to its end or not.
    pub(super) fn is_seen(&self) -> bool {
        self.holes.is_empty()
    }

    /// Whether every byte is there.
    pub(super) fn is_complete(&self) -> bool {
        self.is_seen() && (!self.cut || self.nothing_cut())
    }

    /// The same where some fragment was cut: another may have had what was missing of it.
    #[cold]
    fn nothing_cut(&self) -> bool {
        match &self.contest {
            Some(contest) => contest.pieces().all(|(start, piece)| piece.end - start == piece.held),
            None => false,
        }
    }

    /// Bytes of memory besides the struct itself.
    pub(super) fn heap(&self) -> usize {
        // Each block costs the allocator some bytes too.
        const BLOCK: usize = 16;
        self.bytes.capacity()
            + self.records.capacity() * size_of::<Record>()
            + self.holes.heap()
            + self.contest.as_ref().map_or(0, |contest| contest.heap())
            + 3 * BLOCK
    }
}
