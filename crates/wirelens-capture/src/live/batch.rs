//! Frames taken from the devices and not yet lent: their bytes lie in the window's buffer, one after
//! the other, and each device has a queue of their places.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use crate::Timestamp;
use crate::options::code;
use crate::window::Span;

const EPB_FLAGS: u8 = code::EPB_FLAGS as u8;

/// Frames taken at once.
pub(crate) const FRAMES: u16 = 64;

/// A frame that waits to be lent.
#[derive(Clone, Copy)]
pub(crate) struct Waiting {
    pub(crate) time: Timestamp,
    pub(crate) captured: Span,
    pub(crate) options: Span,
    pub(crate) length: u32,
    /// When frames of other devices can no longer come before it.
    pub(crate) due: Instant,
}

/// Where a device's frames are put.
pub(crate) struct Batch<'a> {
    pub(crate) bytes: &'a mut Vec<u8>,
    pub(crate) queue: &'a mut VecDeque<Waiting>,
    pub(crate) clock: Clock,
}

/// When it is, and how long frames are held back.
#[derive(Clone, Copy)]
pub(crate) struct Clock {
    now: Instant,
    today: Timestamp,
    hold: Duration,
}

impl Clock {
    pub(crate) fn read(hold: Duration) -> Self {
        Self { now: Instant::now(), today: now(), hold }
    }

    pub(crate) fn now(&self) -> Instant {
        self.now
    }

    /// Counted from the frame's time if that is of this moment's clock, else from now.
    fn due(&self, time: Timestamp) -> Instant {
        if self.hold.is_zero() {
            return self.now;
        }
        let age = u64::try_from(self.today.as_nanos() - time.as_nanos()).unwrap_or(0);
        let age = Duration::from_nanos(age);
        self.now + if age <= self.hold { self.hold - age } else { Duration::ZERO }
    }
}

/// The time of day.
pub(crate) fn now() -> Timestamp {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let since = since.unwrap_or_default();
    Timestamp::new(i64::try_from(since.as_secs()).unwrap_or(i64::MAX), since.subsec_nanos())
}

impl Batch<'_> {
    /// Adds a frame; `flags` are those of pcapng, 0 where nothing is known.
    pub(crate) fn push(&mut self, time: Timestamp, captured: &[u8], length: u32, flags: u32) {
        let from = self.bytes.len();
        self.bytes.extend_from_slice(captured);
        self.close(time, from, length, flags);
    }

    /// Adds the frame whose bytes stand in the buffer from `from` on.
    pub(crate) fn close(&mut self, time: Timestamp, from: usize, length: u32, flags: u32) {
        let to = self.bytes.len();
        if flags != 0 {
            let [a, b, c, d] = flags.to_le_bytes();
            // The option's code and length, its value, the end of the list.
            self.bytes.extend_from_slice(&[EPB_FLAGS, 0, 4, 0, a, b, c, d, 0, 0, 0, 0]);
        }
        self.queue.push_back(Waiting {
            time,
            captured: Span::new(from, to),
            options: Span::new(to, self.bytes.len()),
            length,
            due: self.clock.due(time),
        });
    }
}

/// Moves what still waits to the front of the buffer; `spare` is where it is put together.
pub(crate) fn compact<'a>(
    bytes: &mut Vec<u8>,
    spare: &mut Vec<u8>,
    queues: impl Iterator<Item = &'a mut VecDeque<Waiting>>,
) {
    spare.clear();
    for waiting in queues.flatten() {
        let from = spare.len();
        spare.extend_from_slice(waiting.captured.of(bytes));
        let to = spare.len();
        spare.extend_from_slice(waiting.options.of(bytes));
        waiting.captured = Span::new(from, to);
        waiting.options = Span::new(to, spare.len());
    }
    std::mem::swap(bytes, spare);
}
