//! One large buffer over a byte stream, reused for every record.
//!
//! Records are looked at where they lie; what is left of the last one moves to the front before
//! the next read. Measured against a memory map this is faster, needs no `unsafe`, and a file that
//! shrinks while it is read cannot kill the process.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Bytes asked for in one read, and the size of the buffer until a larger record comes.
pub(crate) const CHUNK: usize = 256 * 1024;

/// A place in the window. In 32 bits, which the largest record ever is far below: its end cannot
/// overflow, so taking the bytes is one comparison.
#[derive(Clone, Copy, Default)]
pub(crate) struct Span {
    from: u32,
    length: u32,
}

impl Span {
    /// So many bytes from an index of the window.
    #[inline]
    pub(crate) fn at(from: usize, length: u32) -> Span {
        Span { from: from as u32, length }
    }

    /// From one index of the window to another; empty if that is not before it.
    #[inline]
    pub(crate) fn new(from: usize, to: usize) -> Span {
        Span { from: from as u32, length: to.saturating_sub(from) as u32 }
    }

    /// Bytes it takes.
    #[inline]
    pub(crate) fn length(self) -> usize {
        self.length as usize
    }

    /// Its bytes in a buffer; empty if they are not there.
    #[inline]
    pub(crate) fn of(self, buffer: &[u8]) -> &[u8] {
        let from = self.from as usize;
        buffer.get(from..from + self.length as usize).unwrap_or_default()
    }
}

pub(crate) struct Window {
    source: Box<dyn Read + Send>,
    data: Vec<u8>,
    start: usize,
    end: usize,
    /// Bytes before `start` that stay addressable: the record read last.
    kept: usize,
    /// Offset in the (decompressed) file of `data[0]`.
    base: u64,
    ended: bool,
    failure: Option<io::Error>,
    stop: Option<Arc<AtomicBool>>,
    stopped: bool,
}

impl Window {
    pub(crate) fn new(stop: Option<Arc<AtomicBool>>) -> Self {
        Self {
            source: Box::new(io::empty()),
            data: Vec::new(),
            start: 0,
            end: 0,
            kept: 0,
            base: 0,
            ended: true,
            failure: None,
            stop,
            stopped: false,
        }
    }

    /// Begins another stream in the same buffer.
    pub(crate) fn begin(&mut self, source: Box<dyn Read + Send>) {
        self.begin_at(0, source);
    }

    /// The same where what is read first lies at an offset of the file.
    pub(crate) fn begin_at(&mut self, offset: u64, source: Box<dyn Read + Send>) {
        self.source = source;
        (self.start, self.end, self.kept, self.base) = (0, 0, 0, offset);
        self.ended = false;
        self.failure = None;
    }

    /// Whether `wanted` bytes lie ahead, reading until they do or the stream ends.
    #[inline]
    pub(crate) fn has(&mut self, wanted: usize) -> bool {
        self.end - self.start >= wanted || self.fill(wanted)
    }

    /// The next `N` bytes, or `None` when the stream ends before.
    #[inline]
    pub(crate) fn head<const N: usize>(&mut self) -> Option<&[u8; N]> {
        if !self.has(N) {
            return None;
        }
        self.data.get(self.start..)?.first_chunk()
    }

    /// The buffer itself, for a reader that has no byte stream and puts its records here.
    pub(crate) fn buffer(&mut self) -> &mut Vec<u8> {
        &mut self.data
    }

    /// Everything ahead that is in memory.
    #[inline]
    pub(crate) fn ahead(&self) -> &[u8] {
        self.data.get(self.start..self.end).unwrap_or_default()
    }

    /// Index of the next byte, for [`slice`](Self::slice) before anything more is read.
    #[inline]
    pub(crate) fn index(&self) -> usize {
        self.start
    }

    /// The bytes of a span; empty if they are not in memory.
    #[inline]
    pub(crate) fn slice(&self, span: Span) -> &[u8] {
        span.of(&self.data)
    }

    /// Takes `count` bytes as one record: they stay in memory until the next is taken.
    #[inline]
    pub(crate) fn take(&mut self, count: usize) {
        self.kept = count.min(self.end - self.start);
        self.start += self.kept;
    }

    /// Goes past `count` bytes and keeps none.
    pub(crate) fn skip(&mut self, count: usize) {
        self.start += count.min(self.end - self.start);
        self.kept = 0;
    }

    /// Goes back into the record taken last; returns how many bytes back that was.
    pub(crate) fn rewind(&mut self, limit: usize) -> usize {
        let back = self.kept.min(limit);
        self.start -= back;
        self.kept = 0;
        back
    }

    /// Offset in the file of the next byte.
    #[inline]
    pub(crate) fn offset(&self) -> u64 {
        self.base + self.start as u64
    }

    /// Whether something else than the file's end ended the stream, the stop flag or an error: then
    /// a cut record says nothing about the file.
    pub(crate) fn was_interrupted(&self) -> bool {
        self.stopped || self.failure.is_some()
    }

    /// The error that ended the stream, once.
    pub(crate) fn take_failure(&mut self) -> Option<io::Error> {
        self.failure.take()
    }

    #[cold]
    #[inline(never)]
    fn fill(&mut self, wanted: usize) -> bool {
        // Only an ordinary record is worth carrying along for a resynchronisation.
        let kept = if self.kept <= CHUNK { self.kept } else { 0 };
        let from = self.start - kept;
        if from > 0 {
            self.data.copy_within(from..self.end, 0);
            self.base += from as u64;
            self.end -= from;
            self.start = kept;
        }
        self.kept = kept;
        while self.end - self.start < wanted {
            if self.ended {
                return false;
            }
            if self.end == self.data.len() {
                // Grows with the bytes that came, not with the length a damaged header claims.
                let grown = (self.data.len() * 2).clamp(CHUNK, (self.start + wanted).max(CHUNK));
                self.data.resize(grown, 0);
            }
            self.read_once();
        }
        true
    }

    fn read_once(&mut self) {
        if self.stop.as_ref().is_some_and(|stop| stop.load(Ordering::Relaxed)) {
            (self.ended, self.stopped) = (true, true);
            return;
        }
        let Some(room) = self.data.get_mut(self.end..) else { return };
        match self.source.read(room) {
            Ok(0) => {
                self.ended = true;
                self.stopped = self.stop.as_ref().is_some_and(|stop| stop.load(Ordering::Relaxed));
            }
            Ok(count) => self.end += count.min(room.len()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => (self.ended, self.failure) = (true, Some(error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Drip(Vec<u8>, usize);

    impl Read for Drip {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let Some(byte) = self.0.get(self.1) else { return Ok(0) };
            buffer[0] = *byte;
            self.1 += 1;
            Ok(1)
        }
    }

    #[test]
    fn bytes_come_in_order_and_offsets_follow() {
        let bytes: Vec<u8> = (0..=255).cycle().take(600_000).collect();
        let mut window = Window::new(None);
        window.begin(Box::new(Drip(bytes.clone(), 0)));
        for chunk in bytes.chunks(70_001) {
            assert_eq!(window.offset() % 70_001, 0);
            assert!(window.has(chunk.len()));
            let from = window.index();
            assert_eq!(window.slice(Span::new(from, from + chunk.len())), chunk);
            window.take(chunk.len());
        }
        assert!(!window.has(1));
        assert_eq!(window.rewind(10), 10);
        assert_eq!(window.ahead(), &bytes[bytes.len() - 10..]);
    }

    #[test]
    fn claimed_length_does_not_allocate() {
        let mut window = Window::new(None);
        window.begin(Box::new(io::Cursor::new(vec![0; 1000])));
        assert!(!window.has(100_000_000));
        assert!(window.data.len() <= CHUNK);
        assert!(window.has(1000));
    }

    #[test]
    fn stop_flag_ends_the_stream() {
        let stop = Arc::new(AtomicBool::new(true));
        let mut window = Window::new(Some(stop));
        window.begin(Box::new(io::repeat(0)));
        assert!(!window.has(1));
        assert!(window.was_interrupted());
    }
}
