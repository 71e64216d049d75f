//! Ending a capture from elsewhere: another thread, a signal handler.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Ends a capture, from any thread: its reader gets the frames that were already taken, then the
/// end. A wait for frames ends at once.
#[derive(Clone, Debug)]
pub struct Stopper {
    flag: Arc<AtomicBool>,
    waker: Option<Arc<Waker>>,
}

impl Stopper {
    pub(crate) fn new(flag: Arc<AtomicBool>, waker: Option<Arc<Waker>>) -> Self {
        Self { flag, waker }
    }

    pub(crate) fn of_flag(flag: Arc<AtomicBool>) -> Self {
        Self::new(flag, None)
    }

    /// Ends the capture.
    pub fn stop(&self) {
        self.flag.store(true, Ordering::Relaxed);
        if let Some(waker) = &self.waker {
            waker.wake();
        }
    }

    /// Whether it was told to end.
    pub fn is_stopped(&self) -> bool {
        self.flag.load(Ordering::Relaxed)
    }
}

/// A pipe: one end is waited for together with the devices, the other ends the wait.
#[derive(Debug)]
pub(crate) struct Waker {
    woken: AtomicBool,
    #[cfg(unix)]
    reader: std::io::PipeReader,
    #[cfg(unix)]
    writer: std::io::PipeWriter,
}

impl Waker {
    pub(crate) fn new() -> std::io::Result<Self> {
        #[cfg(unix)]
        let (reader, writer) = std::io::pipe()?;
        Ok(Self {
            woken: AtomicBool::new(false),
            #[cfg(unix)]
            reader,
            #[cfg(unix)]
            writer,
        })
    }

    /// Ends the wait and all further ones. Only the first call writes, so none can block.
    fn wake(&self) {
        if self.woken.swap(true, Ordering::Relaxed) {
            return;
        }
        #[cfg(unix)]
        let _ = std::io::Write::write(&mut &self.writer, &[1]);
    }

    #[cfg(unix)]
    pub(crate) fn descriptor(&self) -> std::os::fd::BorrowedFd<'_> {
        std::os::fd::AsFd::as_fd(&self.reader)
    }
}
