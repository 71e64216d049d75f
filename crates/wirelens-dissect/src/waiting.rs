//! Bytes of streams that wait for the rest of their message.

use foldhash::fast::FixedState;
use hashbrown::HashMap;

use crate::Protocol;

/// One direction of one connection: the number of the connection, and one bit.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct StreamId(pub(crate) u64);

/// Where a part of a buffer came from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Source {
    pub(crate) frame: u64,
    /// Where its bytes stand in the buffer.
    pub(crate) offset: u32,
    pub(crate) length: u32,
}

impl Source {
    /// What of it lies behind `from`, counted from there.
    pub(crate) fn behind(self, from: u32) -> Option<Source> {
        let end = (self.offset + self.length).checked_sub(from).filter(|&end| end > 0)?;
        let offset = self.offset.saturating_sub(from);
        Some(Source { offset, length: end - offset, ..self })
    }
}

/// What waits in a stream.
#[derive(Default)]
pub(crate) struct Waiting {
    pub(crate) bytes: Vec<u8>,
    pub(crate) sources: Vec<Source>,
    /// How many bytes there must be before it is tried again.
    need: usize,
    /// Whose message it is, if that is known.
    pub(crate) protocol: Option<&'static Protocol>,
    /// It has had all the room there is: what there is is dissected as far as it goes.
    pub(crate) full: bool,
}

impl Waiting {
    fn cost(&self) -> usize {
        self.bytes.len() + self.sources.len() * size_of::<Source>()
    }
}

/// All that waits, within limits.
pub(crate) struct Waitings {
    // Numbers of connections count up: nobody can choose them, so a fixed seed does.
    all: HashMap<StreamId, Waiting, FixedState>,
    /// What all of them take, in bytes.
    cost: usize,
    most: usize,
    most_of_one: usize,
    /// Messages that were given up because they would have taken too much.
    pub(crate) given_up: u64,
    /// Messages that were given up because the capture lacks a part of them.
    pub(crate) broken: u64,
    /// Buffers to be used again.
    spare: Vec<Waiting>,
}

/// Buffers kept for reuse, and the largest that is.
const SPARES: usize = 8;
const LARGEST_SPARE: usize = 1 << 16;

impl Waitings {
    pub(crate) fn new(most: usize, most_of_one: usize) -> Waitings {
        Waitings {
            all: HashMap::default(),
            cost: 0,
            most,
            most_of_one,
            given_up: 0,
            broken: 0,
            spare: Vec::new(),
        }
    }

    pub(crate) fn has(&self, id: StreamId) -> bool {
        self.all.contains_key(&id)
    }

    /// Is there enough to try again, or will there be no more?
    pub(crate) fn is_due(&self, id: StreamId) -> bool {
        self.all.get(&id).is_some_and(|waiting| waiting.full || waiting.bytes.len() >= waiting.need)
    }

    /// Appends bytes that came in `frame`, if there is room for them.
    pub(crate) fn append(&mut self, id: StreamId, bytes: &[u8], frame: u64) {
        let spare = &mut self.spare;
        let waiting = self.all.entry(id).or_insert_with(|| spare.pop().unwrap_or_default());
        if waiting.full {
            return;
        }
        let cost = bytes.len() + size_of::<Source>();
        if waiting.cost() + cost > self.most_of_one || self.cost + cost > self.most {
            waiting.full = true;
            self.given_up += 1;
            return;
        }
        let (offset, length) = (waiting.bytes.len() as u32, bytes.len() as u32);
        waiting.sources.push(Source { frame, offset, length });
        waiting.bytes.extend_from_slice(bytes);
        self.cost += cost;
    }

    /// Keeps bytes that a walk could not do with yet: it wants `need` of them.
    pub(crate) fn keep(
        &mut self,
        id: StreamId,
        (protocol, need): (&'static Protocol, usize),
        sources: impl Iterator<Item = Source>,
        fill: impl FnOnce(&mut Vec<u8>),
    ) {
        self.forget(id);
        let mut waiting = self.spare.pop().unwrap_or_default();
        fill(&mut waiting.bytes);
        waiting.sources.extend(sources);
        (waiting.need, waiting.protocol) = (need, Some(protocol));
        self.cost += waiting.cost();
        self.all.insert(id, waiting);
    }

    /// Would a message of this length be waited for?
    pub(crate) fn has_room_for(&self, length: usize) -> bool {
        length <= self.most_of_one && self.cost + length <= self.most
    }

    pub(crate) fn take(&mut self, id: StreamId) -> Option<Waiting> {
        let waiting = self.all.remove(&id)?;
        self.cost -= waiting.cost();
        Some(waiting)
    }

    pub(crate) fn forget(&mut self, id: StreamId) {
        if let Some(waiting) = self.take(id) {
            self.reuse(waiting);
        }
    }

    /// What the message lacks will not come.
    pub(crate) fn give_up(&mut self, id: StreamId) {
        if let Some(waiting) = self.take(id) {
            self.broken += 1;
            self.reuse(waiting);
        }
    }

    pub(crate) fn forget_connection(&mut self, connection: u64) {
        self.forget(StreamId(connection << 1));
        self.forget(StreamId(connection << 1 | 1));
    }

    pub(crate) fn reuse(&mut self, mut waiting: Waiting) {
        if self.spare.len() < SPARES && waiting.bytes.capacity() <= LARGEST_SPARE {
            waiting.bytes.clear();
            waiting.sources.clear();
            (waiting.need, waiting.protocol, waiting.full) = (0, None, false);
            self.spare.push(waiting);
        }
    }
}
