//! Frames for asynchronous programs: a thread reads, a bounded queue hands on. Any executor will do.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use futures_core::Stream;

use crate::{Capture, Error, Injector, Interface, LiveStatistics, Meter, OwnedFrame, Stopper};

/// Frames and bytes that wait to be polled; the reader stops at either.
const FRAMES: usize = 1024;
const BYTES: usize = 4 * 1024 * 1024;
/// Frames handed on at once while more lie in memory.
const BATCH: usize = 64;

/// The frames of a capture as a stream, made by [`Capture::into_stream`].
///
/// Dropping it ends the capture; one of a pipe that nothing comes from, with its next bytes.
pub struct FrameStream {
    queue: Arc<Queue>,
    stopper: Option<Stopper>,
    meters: Vec<Meter>,
    injectors: Vec<Injector>,
    interfaces: Vec<Interface>,
}

#[derive(Default)]
struct Queue {
    state: Mutex<State>,
    room: Condvar,
}

#[derive(Default)]
struct State {
    frames: VecDeque<Result<OwnedFrame, Error>>,
    bytes: usize,
    waker: Option<Waker>,
    ended: bool,
    /// Nobody polls any more.
    dropped: bool,
}

impl Queue {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Hands frames on when there is room; false when nobody wants them.
    fn push(&self, batch: &mut Vec<Result<OwnedFrame, Error>>, ended: bool) -> bool {
        let mut state = self.lock();
        while !state.dropped && (state.frames.len() >= FRAMES || state.bytes >= BYTES) {
            state = self.room.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.bytes += batch.iter().map(size).sum::<usize>();
        state.frames.extend(batch.drain(..));
        state.ended |= ended;
        let waker = state.waker.take();
        let wanted = !state.dropped;
        drop(state);
        if let Some(waker) = waker {
            waker.wake();
        }
        wanted
    }
}

/// Bytes of what waits.
fn size(frame: &Result<OwnedFrame, Error>) -> usize {
    frame.as_ref().map_or(0, |frame| frame.captured.len() + frame.option_bytes.len())
}

/// Whatever happens to the reading thread, the stream ends.
struct EndsWith<'a>(&'a Queue);

impl Drop for EndsWith<'_> {
    fn drop(&mut self) {
        self.0.push(&mut Vec::new(), true);
    }
}

impl FrameStream {
    pub(crate) fn new(capture: Capture) -> Self {
        let queue = Arc::new(Queue::default());
        let interfaces = capture.interfaces().to_vec();
        let numbers = 0..interfaces.len() as u32;
        let stream = Self {
            queue: Arc::clone(&queue),
            stopper: capture.stopper(),
            meters: numbers.clone().filter_map(|number| capture.meter(number)).collect(),
            injectors: numbers.filter_map(|number| capture.injector(number)).collect(),
            interfaces,
        };
        let name = capture.files().first().map(|file| file.path.clone()).unwrap_or_default();
        let reader = std::thread::Builder::new().name("frames".to_owned());
        if let Err(source) = reader.spawn(move || read(capture, &queue)) {
            let mut state = stream.queue.lock();
            state.frames.push_back(Err(Error::Open { path: name, source }));
            state.ended = true;
        }
        stream
    }

    /// Interfaces known when the stream was made: all of a live capture.
    pub fn interfaces(&self) -> &[Interface] {
        &self.interfaces
    }

    /// Ends the capture: frames that were taken still come. `None` as for
    /// [`Capture::stopper`].
    pub fn stopper(&self) -> Option<Stopper> {
        self.stopper.clone()
    }

    /// Sends through a live interface, by its index.
    pub fn injector(&self, interface: u32) -> Option<Injector> {
        self.injectors.get(interface as usize).cloned()
    }

    /// What the system counted so far at each live interface; `None` for files.
    pub fn live_statistics(&self) -> Option<Vec<LiveStatistics>> {
        if self.meters.is_empty() {
            return None;
        }
        Some(self.meters.iter().map(|meter| meter.read().unwrap_or_default()).collect())
    }
}

fn read(mut capture: Capture, queue: &Queue) {
    let ends = EndsWith(queue);
    let mut batch = Vec::new();
    loop {
        match capture.next_frame() {
            Ok(Some(frame)) => batch.push(Ok(OwnedFrame::from(frame))),
            Ok(None) => break,
            Err(error) => batch.push(Err(error)),
        }
        let waits = batch.len() < BATCH && capture.is_ahead();
        if !waits && !queue.push(&mut batch, false) {
            break;
        }
    }
    if let Err(error) = capture.close() {
        batch.push(Err(error));
    }
    queue.push(&mut batch, false);
    drop(ends);
}

impl Stream for FrameStream {
    type Item = Result<OwnedFrame, Error>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let mut state = self.queue.lock();
        if let Some(frame) = state.frames.pop_front() {
            state.bytes -= size(&frame);
            drop(state);
            self.queue.room.notify_one();
            return Poll::Ready(Some(frame));
        }
        if state.ended {
            return Poll::Ready(None);
        }
        match &mut state.waker {
            Some(waker) => waker.clone_from(context.waker()),
            none => *none = Some(context.waker().clone()),
        }
        Poll::Pending
    }
}

impl Drop for FrameStream {
    fn drop(&mut self) {
        let mut state = self.queue.lock();
        state.dropped = true;
        state.frames.clear();
        state.bytes = 0;
        drop(state);
        self.queue.room.notify_one();
        if let Some(stopper) = &self.stopper {
            stopper.stop();
        }
    }
}

impl std::fmt::Debug for FrameStream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FrameStream").field("interfaces", &self.interfaces).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;
    use std::task::Wake;

    use super::*;

    struct Unpark(std::thread::Thread);

    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }

    fn next(stream: &mut FrameStream) -> Option<Result<OwnedFrame, Error>> {
        let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
        loop {
            match Pin::new(&mut *stream).poll_next(&mut Context::from_waker(&waker)) {
                Poll::Ready(frame) => return frame,
                Poll::Pending => std::thread::park(),
            }
        }
    }

    /// A file of so many frames, which carry their number, and cut at its end.
    fn capture(frames: u32) -> Capture {
        let number = |number: u32| number.to_le_bytes();
        let mut file = [0xa1b2_c3d4, 0x0004_0002, 0, 0, 262_144, 1].map(number).concat();
        for frame in 0..frames {
            file.extend([1, frame, 4, 60, frame].map(number).concat());
        }
        file.extend([1, 2, 3].map(number).concat());
        Capture::from_reader(Cursor::new(file)).expect("opens")
    }

    #[test]
    fn every_frame_of_a_file_then_the_end() {
        let mut stream = capture(3000).into_stream();
        assert_eq!(stream.interfaces().len(), 1);
        assert!(stream.live_statistics().is_none() && stream.stopper().is_none());
        for one in 0..3000_u32 {
            let frame = next(&mut stream).expect("not the end").expect("no error");
            assert_eq!((frame.number, frame.length), (u64::from(one) + 1, 60));
            assert_eq!(frame.captured, one.to_le_bytes());
        }
        assert!(next(&mut stream).is_none());
        assert!(next(&mut stream).is_none());
    }

    #[test]
    fn the_queue_is_bounded_and_the_reader_ends_with_the_stream() {
        let stream = capture(100_000).into_stream();
        let queue = Arc::clone(&stream.queue);
        let full = || queue.lock().frames.len() >= FRAMES;
        while !full() {
            std::thread::yield_now();
        }
        assert!(queue.lock().frames.len() < FRAMES + BATCH);
        drop(stream);
        // The reader and this test hold the queue.
        while Arc::strong_count(&queue) > 1 {
            std::thread::yield_now();
        }
    }

    #[test]
    fn frames_of_their_own_outlive_the_next() {
        let mut capture = capture(3);
        let frames: Vec<_> = capture.frames().collect::<Result<_, _>>().expect("no error");
        let numbers: Vec<_> = frames.iter().map(|frame| frame.captured[0]).collect();
        assert_eq!(numbers, [0, 1, 2]);
        assert!(frames[0].flags().is_none());
    }
}
