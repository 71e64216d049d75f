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

#[cfg(test)]
mod testing {
    use std::io::Write;

    /// A capture of datagrams between many hosts, in no order, long and short.
    pub(super) fn many_flows(count: u32) -> tempfile::NamedTempFile {
        let mut file = tempfile::NamedTempFile::new().expect("a file");
        let mut bytes = vec![0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0];
        bytes.extend([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 101, 0, 0, 0]);
        for at in 0..count {
            let host = at.wrapping_mul(2_654_435_761) >> 20;
            let payload = vec![at as u8; (host % 700) as usize];
            let length = 28 + payload.len() as u32;
            for word in [at, 0, length, length] {
                bytes.extend(word.to_le_bytes());
            }
            bytes.extend([0x45, 0]);
            bytes.extend((length as u16).to_be_bytes());
            bytes.extend([0, 0, 0, 0, 64, 17, 0, 0, 192, 0, 2, 1, 10]);
            bytes.extend(&host.to_be_bytes()[1..]);
            for number in [at as u16, 9, length as u16 - 20, 0] {
                bytes.extend(number.to_be_bytes());
            }
            bytes.extend(payload);
        }
        file.write_all(&bytes).expect("room");
        file
    }
}
