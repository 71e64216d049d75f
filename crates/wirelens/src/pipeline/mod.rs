//! Several threads for one capture.
//!
//! One thread reads. It cuts what it reads into rounds, shares each round's frames out by the
//! shards they belong to, and is handed the rounds back in their order. Whoever is free, the
//! reading thread too where it has nothing to read for, takes the next frames of a shard that
//! nobody works on, with all that is remembered of that shard, and dissects them. So frames of a
//! shard are dissected in their order, as by one thread, and what comes of them is the same.
//!
//! Reports of frames are printed by those who dissect ([`Crew`]); where one shard has nearly all
//! frames, dissections are handed on to be printed by others. What is made of many frames (flows,
//! statistics, ..) is made by the thread that reads, to which the dissections are lent one after
//! the other ([`Ahead`]).
//!
//! What one dialogue agrees on for flows of other shards is said by frames that tell so themselves
//! ([`reaches_others`](wirelens_dissect::reaches_others)): such a frame ends its round, nothing is
//! read on before it has been dissected, and what it agreed on stands before the next frames of
//! every shard.

mod ahead;
mod desk;
mod floor;
mod print;
mod task;

use std::thread;

use wirelens_report::Head;

pub(crate) use ahead::Ahead;
pub(crate) use print::Crew;

/// Bytes of a capture below which threads cost more than they save.
const WORTH_IT: u64 = 4 << 20;

/// How many threads there are to be, and when.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Threads {
    /// Besides the one that reads.
    pub(crate) others: usize,
    /// Bytes to be read before they begin.
    pub(crate) after: u64,
}

impl Threads {
    /// So many, as [`Extract::threads`](crate::Extract::threads) has it; none for one alone.
    pub(crate) fn new(threads: usize) -> Option<Threads> {
        let (threads, after) = match threads {
            0 => (thread::available_parallelism().map_or(1, usize::from), WORTH_IT),
            threads => (threads, 0),
        };
        (threads > 1).then(|| Threads { others: threads - 1, after })
    }
}

/// The times of the first frame and of the last, as far as they had any.
#[derive(Clone, Copy, Default)]
pub(crate) struct Times {
    pub(crate) first: Option<(i64, u32)>,
    pub(crate) last: Option<(i64, u32)>,
}

impl Times {
    pub(crate) fn note(&mut self, head: &Head) {
        self.first = self.first.or(head.time);
        self.last = head.time.or(self.last);
    }
}
