//! Shards: what a session remembers, in parts that need nothing of each other.
//!
//! A frame belongs to a shard by the two addresses of its outermost IP packet, in either direction,
//! so fragments, segments, conversations and what is inside a tunnel stay whole. It is seen at a
//! glance, without dissection; what a glance does not see belongs to the first shard. The shards of
//! a capture are the same for one thread, which works on all of them, and for many, which share
//! them out: so are the frames they give.

use crate::agreement::Agreement;
use crate::memory::Memory;
use crate::reach::reaches_others;
use crate::{Dissection, Input, Limits, Linking, Session, glance};

/// Into how many shards a session is divided, at most.
const MOST: usize = 8;

/// What a session remembers of a part of the flows.
pub struct Shard(pub(crate) Box<Memory>);

impl Limits {
    /// Into how many shards memory is divided: one where a share would be too little to work with.
    pub(crate) fn shards(&self) -> usize {
        let enough = self.conversations >= MOST << 9
            && self.expectations >= MOST << 6
            && self.links >= MOST << 10
            && self.datagrams.bytes >= MOST << 20
            && self.datagrams.datagrams.min(self.datagrams.remembered) >= MOST << 8
            && self.streams.connections.min(self.streams.lingering) >= MOST << 8
            && self.streams.total_bytes / MOST >= self.streams.stream_bytes
            && self.waiting / MOST >= self.message
            && self.states >= MOST << 20;
        if enough { MOST } else { 1 }
    }

    /// What each of so many shards may take.
    pub(crate) fn share(&self, shards: usize) -> Limits {
        let mut share = *self;
        for limit in [
            &mut share.conversations,
            &mut share.expectations,
            &mut share.links,
            &mut share.waiting,
            &mut share.states,
            &mut share.datagrams.bytes,
            &mut share.datagrams.datagrams,
            &mut share.datagrams.remembered,
            &mut share.streams.connections,
            &mut share.streams.lingering,
            &mut share.streams.total_bytes,
        ] {
            *limit /= shards;
        }
        share
    }
}

/// The shard of a frame, of so many.
#[inline]
pub(crate) fn of(link_type: u32, frame: &[u8], shards: usize) -> usize {
    if shards == 1 {
        return 0;
    }
    let Some(hash) = hosts(link_type, frame) else { return 0 };
    ((hash >> 32).wrapping_mul(ODD) >> 32) as usize % shards
}

/// An odd factor carries every bit upwards.
const ODD: u64 = 0x9e37_79b9_7f4a_7c15;

/// A number for the two hosts of a frame's outermost IP packet, the same in both directions.
#[inline]
fn hosts(link_type: u32, frame: &[u8]) -> Option<u64> {
    let (source, destination) = glance::addresses(link_type, frame)?;
    Some(source.wrapping_mul(ODD) ^ destination.wrapping_mul(ODD))
}

impl Session {
    /// Into how many shards its memory is divided.
    pub fn shards(&self) -> usize {
        self.shards.len()
    }

    /// The shard that a frame belongs to.
    #[inline]
    pub fn shard_of(&self, input: &Input<'_>) -> usize {
        of(input.link_type, input.captured, self.shards.len())
    }

    /// A number for the two hosts that a frame goes between, in either direction: frames that have it
    /// in common belong to the same shard. 0 for those of which no glance tells.
    #[inline]
    pub fn hosts_of(input: &Input<'_>) -> u64 {
        hosts(input.link_type, input.captured).unwrap_or(0)
    }

    /// Another session that dissects alike and remembers nothing, for frames of shards that it is
    /// lent.
    pub fn another(&self) -> Session {
        Session::with(self.context.registry.clone(), self.settings().clone())
    }

    /// Everything that is remembered, to be lent to others. It should be given back, for what it
    /// counts.
    pub fn take_shards(&mut self) -> Vec<Shard> {
        let fresh = || Memory::new(&self.share);
        let all = (0..self.shards.len()).map(|at| match at == self.current {
            true => Shard(std::mem::replace(&mut self.memory, fresh())),
            false => Shard(self.shards[at].take().unwrap_or_else(fresh)),
        });
        all.collect()
    }

    /// Gives back what was taken.
    pub fn put_shards(&mut self, shards: Vec<Shard>) {
        for (at, Shard(memory)) in shards.into_iter().enumerate().take(self.shards.len()) {
            if at == self.current {
                self.memory = memory;
            } else {
                self.shards[at] = Some(memory);
            }
        }
    }

    /// Dissects a frame that belongs to this shard. What it gives is lent until the next call.
    #[inline]
    pub fn dissect_in<'s>(&'s mut self, shard: &mut Shard, input: Input<'s>) -> Dissection<'s> {
        std::mem::swap(&mut self.memory, &mut shard.0);
        self.dissect_here(input);
        std::mem::swap(&mut self.memory, &mut shard.0);
        if !shard.0.agreements.is_empty() && !reaches_others(&input) {
            shard.0.agreements.clear();
        }
        self.dissected(input.captured)
    }

    /// Turns to the memory of a shard.
    #[inline]
    pub(crate) fn enter(&mut self, shard: usize) {
        if shard != self.current {
            self.turn_to(shard);
        }
    }

    #[inline(never)]
    fn turn_to(&mut self, shard: usize) {
        let next = self.shards[shard].take().unwrap_or_else(|| Memory::new(&self.share));
        self.shards[self.current] = Some(std::mem::replace(&mut self.memory, next));
        self.current = shard;
    }

    /// Tells the other shards what a frame has agreed on, if it holds for them.
    #[cold]
    pub(crate) fn pass_on(&mut self, input: &Input<'_>) {
        let agreements = std::mem::take(&mut self.memory.agreements);
        if !reaches_others(input) {
            return;
        }
        for at in (0..self.shards.len()).filter(|&at| at != self.current) {
            let fresh = || Memory::new(&self.share);
            self.shards[at].get_or_insert_with(fresh).agree(&agreements);
        }
    }

    /// What all shards remember.
    pub(crate) fn memories(&self) -> impl Iterator<Item = &Memory> {
        let others = self.shards.iter().flatten().map(|memory| &**memory);
        std::iter::once(&*self.memory).chain(others)
    }
}

impl Shard {
    /// What the frame that was dissected last has agreed on, if it reaches others.
    pub fn take_agreements(&mut self) -> Vec<Agreement> {
        std::mem::take(&mut self.0.agreements)
    }

    /// Is told what a frame of another shard has agreed on.
    pub fn agree(&mut self, agreements: &[Agreement]) {
        self.0.agree(agreements);
    }
}

impl Memory {
    fn agree(&mut self, agreements: &[Agreement]) {
        for agreement in agreements {
            self.expectations.add_from(agreement);
        }
    }
}

/// Of links that are collected, each shard's share.
pub(crate) fn share_links(linking: &Linking, shards: usize) -> Linking {
    match linking {
        Linking::Collect(most) => Linking::Collect(most / shards),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_that_are_small_are_not_divided() {
        let limits = Limits::default();
        assert_eq!(limits.shards(), MOST);
        assert_eq!(Limits { conversations: 100, ..limits }.shards(), 1);
        assert_eq!(Limits { waiting: limits.message, ..limits }.shards(), 1);
        let share = limits.share(MOST);
        assert_eq!(share.conversations * MOST, limits.conversations);
        assert!(share.waiting >= share.message && share.message == limits.message);
    }
}
