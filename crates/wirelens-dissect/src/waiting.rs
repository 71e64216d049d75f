//! Bytes of streams that wait for the rest of their message.

use foldhash::fast::FixedState;
use hashbrown::HashMap;
use wirelens_reassembly::slab::{NONE, Recency, Slab};

use crate::Protocol;

/// One direction of one connection: the number of the connection, and one bit.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct StreamId(pub(crate) u64);

impl StreamId {
    /// Where the broken message before what waits of it now is kept: numbers of connections are never
    /// so large.
    fn broken(self) -> StreamId {
        StreamId(self.0 | 1 << 63)
    }
}

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

/// Looks how far a message has come, without dissecting it: given the bytes of it that are there,
/// and what it gave for fewer of them (0 at first). None where a walk should try.
pub type Look = fn(message: &[u8], seen: u64) -> Option<Lack>;

/// What a message lacks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Lack {
    /// How far it was looked through, in whatever way the protocol counts that.
    pub seen: u64,
    /// How many bytes more there must be at least before it is worth another look.
    pub missing: usize,
}

/// A message that is looked at from where it was looked at last.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Watch {
    pub(crate) look: Look,
    pub(crate) seen: u64,
}

/// What is kept is whose, and waits for what.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wanted {
    pub(crate) protocol: &'static Protocol,
    /// How many bytes there must be before it is tried again.
    pub(crate) need: usize,
    /// Whether it is worth that then.
    pub(crate) watch: Option<Watch>,
}

/// What waits in a stream.
#[derive(Default)]
pub(crate) struct Waiting {
    pub(crate) bytes: Vec<u8>,
    pub(crate) sources: Vec<Source>,
    /// What its walk asked for, if one has tried.
    pub(crate) wanted: Option<Wanted>,
    /// It has had all the room there is: what there is is dissected as far as it goes.
    pub(crate) full: bool,
}

impl Waiting {
    fn cost(&self) -> usize {
        self.bytes.len() + self.sources.len() * size_of::<Source>()
    }

    /// Is there what its walk wants? Bytes that were looked through are not looked at again: a
    /// message of a thousand parts would be read a thousand times.
    fn is_due(&mut self) -> bool {
        let Some(wanted) = self.wanted.as_mut().filter(|_| !self.full) else { return true };
        if self.bytes.len() < wanted.need {
            return false;
        }
        let Some(watch) = &mut wanted.watch else { return true };
        let Some(lack) = (watch.look)(&self.bytes, watch.seen) else { return true };
        watch.seen = lack.seen;
        wanted.need = self.bytes.len().saturating_add(lack.missing.max(1));
        false
    }
}

/// All that waits, within limits: where there is no more room, what has waited longest for another
/// segment is given up, so that messages of which the rest never comes do not keep others out.
pub(crate) struct Waitings {
    // Numbers of connections count up: nobody can choose them, so a fixed seed does.
    index: HashMap<StreamId, u32, FixedState>,
    all: Slab<(StreamId, Waiting)>,
    recency: Recency,
    /// What all of them take, in bytes.
    cost: usize,
    most: usize,
    most_of_one: usize,
    /// Messages that were given up because they would have taken too much.
    pub(crate) given_up: u64,
    /// Messages that the capture lacks a part of and that were not dissected.
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
            index: HashMap::default(),
            all: Slab::new(),
            recency: Recency::new(),
            cost: 0,
            most,
            most_of_one,
            given_up: 0,
            broken: 0,
            spare: Vec::new(),
        }
    }

    pub(crate) fn has(&self, id: StreamId) -> bool {
        self.index.contains_key(&id)
    }

    /// Is there enough to try again, or will there be no more?
    pub(crate) fn is_due(&mut self, id: StreamId) -> bool {
        self.index.get(&id).is_some_and(|&at| self.all[at].1.is_due())
    }

    /// Appends bytes that came in `frame`, if there is room for them.
    pub(crate) fn append(&mut self, id: StreamId, bytes: &[u8], frame: u64) {
        let at = match self.index.get(&id) {
            Some(&at) => at,
            None => {
                let waiting = self.spare.pop().unwrap_or_default();
                self.insert(id, waiting)
            }
        };
        self.recency.touch(&mut self.all, at);
        let waiting = &self.all[at].1;
        if waiting.full {
            return;
        }
        let cost = bytes.len() + size_of::<Source>();
        let fits = waiting.cost() + cost <= self.most_of_one && self.make_room(at, cost);
        let waiting = &mut self.all[at].1;
        if !fits {
            waiting.full = true;
            self.given_up += 1;
            return;
        }
        let (offset, length) = (waiting.bytes.len() as u32, bytes.len() as u32);
        waiting.sources.push(Source { frame, offset, length });
        waiting.bytes.extend_from_slice(bytes);
        self.cost += cost;
    }

    /// Keeps bytes that a walk could not do with yet.
    pub(crate) fn keep(
        &mut self,
        id: StreamId,
        wanted: Wanted,
        sources: impl Iterator<Item = Source>,
        fill: impl FnOnce(&mut Vec<u8>),
    ) {
        self.forget(id);
        let mut waiting = self.spare.pop().unwrap_or_default();
        fill(&mut waiting.bytes);
        waiting.sources.extend(sources);
        waiting.wanted = Some(wanted);
        self.cost += waiting.cost();
        let at = self.insert(id, waiting);
        self.make_room(at, 0);
    }

    fn insert(&mut self, id: StreamId, waiting: Waiting) -> u32 {
        let at = self.all.store((id, waiting));
        self.recency.link(&mut self.all, at);
        self.index.insert(id, at);
        at
    }

    /// Gives up what has waited longest until so much more may be taken, but not the one at this
    /// place, which came last. Whether it may be.
    fn make_room(&mut self, at: u32, more: usize) -> bool {
        while self.cost.saturating_add(more) > self.most {
            let oldest = self.recency.oldest();
            if oldest == at || oldest == NONE {
                return false;
            }
            self.given_up += 1;
            let id = self.all[oldest].0;
            self.forget(id);
        }
        true
    }

    /// Would a message of this length be waited for, be it that others are given up?
    pub(crate) fn has_room_for(&self, length: usize) -> bool {
        length <= self.most_of_one.min(self.most)
    }

    pub(crate) fn take(&mut self, id: StreamId) -> Option<Waiting> {
        let at = self.index.remove(&id)?;
        self.recency.unlink(&mut self.all, at);
        let waiting = std::mem::take(&mut self.all[at].1);
        self.all.release(at);
        self.cost -= waiting.cost();
        Some(waiting)
    }

    pub(crate) fn forget(&mut self, id: StreamId) {
        if let Some(waiting) = self.take(id) {
            self.reuse(waiting);
        }
    }

    /// What the message lacks will not come, as a frame of the other side shows: what there is of it is
    /// kept apart until its own side sends one.
    pub(crate) fn break_off(&mut self, id: StreamId) {
        let Some(waiting) = self.take(id) else { return };
        self.forget(id.broken());
        self.cost += waiting.cost();
        self.broken += 1;
        let at = self.insert(id.broken(), waiting);
        self.make_room(at, 0);
    }

    /// Is there one that was broken off, and waits for its side?
    #[inline]
    pub(crate) fn has_broken(&self, id: StreamId) -> bool {
        self.broken > 0 && self.has(id.broken())
    }

    /// What was broken off.
    pub(crate) fn take_broken(&mut self, id: StreamId) -> Option<Waiting> {
        let waiting = self.take(id.broken())?;
        // It is dissected after all.
        self.broken -= 1;
        Some(waiting)
    }

    pub(crate) fn forget_connection(&mut self, connection: u64) {
        for id in [StreamId(connection << 1), StreamId(connection << 1 | 1)] {
            self.forget(id);
            if self.broken > 0 {
                self.forget(id.broken());
            }
        }
    }

    pub(crate) fn reuse(&mut self, mut waiting: Waiting) {
        if self.spare.len() < SPARES && waiting.bytes.capacity() <= LARGEST_SPARE {
            waiting.bytes.clear();
            waiting.sources.clear();
            (waiting.wanted, waiting.full) = (None, false);
            self.spare.push(waiting);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Next, Packet, Step, protocol};

    protocol! {
        #[expect(unreachable_pub, reason = "protocols are public elsewhere")]
        SLOW = "slow" "Slow" "Slow", Application, messages();
    }

    fn dissect(_: &mut Packet<'_>) -> Step {
        Ok(Next::Nothing)
    }

    /// Complete with its hundredth byte; what was looked at is not looked at again.
    fn a_hundred(message: &[u8], seen: u64) -> Option<Lack> {
        let length = message.len() as u64;
        assert_eq!(length - seen, 1, "of {length} bytes {seen} were seen");
        (length < 100).then_some(Lack { seen: length, missing: 1 })
    }

    #[test]
    fn what_was_looked_through_is_not_looked_at_again() {
        let id = StreamId(7);
        let mut waitings = Waitings::new(1 << 20, 1 << 20);
        let watch = Some(Watch { look: a_hundred, seen: 1 });
        let wanted = Wanted { protocol: &SLOW, need: 2, watch };
        waitings.keep(id, wanted, std::iter::empty(), |bytes| bytes.push(0));
        for frame in 2..=100 {
            assert!(!waitings.is_due(id), "before frame {frame}");
            waitings.append(id, &[0], frame);
        }
        assert!(waitings.is_due(id));
    }

    #[test]
    fn what_waits_longest_makes_room_for_others() {
        let one = 100 + size_of::<Source>();
        let mut waitings = Waitings::new(3 * one, 2 * one);
        let [a, b, c, d] = [1, 2, 3, 4].map(StreamId);
        for (frame, id) in (1..).zip([a, b, c, a]) {
            waitings.append(id, &[0; 100], frame);
        }
        // The first went on, and so the second is the one that was silent longest.
        let waits = |waitings: &Waitings| [a, b, c, d].map(|id| waitings.has(id));
        assert_eq!((waits(&waitings), waitings.given_up), ([true, false, true, false], 1));
        waitings.append(d, &[0; 100], 5);
        assert_eq!((waits(&waitings), waitings.given_up), ([true, false, false, true], 2));
        assert_eq!(waitings.cost, 3 * one);
        // One may not have more than its own, whatever there is.
        waitings.append(a, &[0; 1], 6);
        assert!(waitings.is_due(a) && waitings.has(d));
        assert_eq!((waitings.given_up, waitings.cost), (3, 3 * one));
        [a, d].into_iter().for_each(|id| waitings.forget(id));
        assert_eq!((waitings.cost, waitings.recency.len(), waitings.index.len()), (0, 0, 0));
        assert!(waitings.has_room_for(2 * one) && !waitings.has_room_for(2 * one + 1));
    }
}
