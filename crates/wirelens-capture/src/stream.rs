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
