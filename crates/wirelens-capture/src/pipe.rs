//! Pipes, sockets and terminals: a wait for them ends when the stop flag is set.
//!
//! A read that waits is not woken by a signal whose handler restarts it, as most do; `poll` always
//! is.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
#[cfg(unix)]
use std::sync::atomic::Ordering;

/// Standard input as a file, if that is what the path means and the system has it so.
#[cfg(unix)]
pub(crate) fn standard_input(path: &Path) -> Option<io::Result<File>> {
    use std::os::fd::AsFd;
    // Not `io::stdin()` itself: what its buffer holds would not be seen by `poll`.
    let own = || io::stdin().as_fd().try_clone_to_owned().map(File::from);
    (path.as_os_str() == "-").then(own)
}

#[cfg(not(unix))]
pub(crate) fn standard_input(_: &Path) -> Option<io::Result<File>> {
    None
}

/// Opens a file. If it can be stopped, a named pipe is opened at once, and its writer is waited for
/// where the stop flag is looked at.
#[cfg(target_os = "linux")]
pub(crate) fn open(path: &Path, can_be_stopped: bool) -> io::Result<File> {
    use std::os::unix::fs::{FileTypeExt, OpenOptionsExt};
    let is_pipe = can_be_stopped && std::fs::metadata(path)?.file_type().is_fifo();
    let flags = if is_pipe { rustix::fs::OFlags::NONBLOCK.bits().cast_signed() } else { 0 };
    File::options().read(true).custom_flags(flags).open(path)
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn open(path: &Path, _: bool) -> io::Result<File> {
    File::open(path)
}

/// What a pipe gives, until the stop flag is set.
#[cfg(unix)]
pub(crate) fn stoppable(file: File, stop: Arc<AtomicBool>) -> Box<dyn Read + Send> {
    Box::new(Stoppable { file, stop })
}

#[cfg(not(unix))]
pub(crate) fn stoppable(file: File, _: Arc<AtomicBool>) -> Box<dyn Read + Send> {
    Box::new(file)
}

#[cfg(unix)]
struct Stoppable {
    file: File,
    stop: Arc<AtomicBool>,
}

/// The flag is looked at so often although no signal came: one may have come just before the wait,
/// and other threads set the flag without one.
#[cfg(unix)]
const LOOK: rustix::event::Timespec = rustix::event::Timespec { tv_sec: 0, tv_nsec: 200_000_000 };

#[cfg(unix)]
impl Read for Stoppable {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        use rustix::event::{PollFd, PollFlags, poll};
        use rustix::io::Errno;
        while !self.stop.load(Ordering::Relaxed) {
            match poll(&mut [PollFd::new(&self.file, PollFlags::IN)], Some(&LOOK)) {
                Ok(0) | Err(Errno::INTR) => continue,
                Ok(_) => {}
                Err(error) => return Err(error.into()),
            }
            match self.file.read(buffer) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                read => return read,
            }
        }
        Ok(0)
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn the_stop_flag_ends_the_wait() {
        let (reader, writer) = io::pipe().expect("a pipe");
        let file = File::from(std::os::fd::OwnedFd::from(reader));
        let stop = Arc::new(AtomicBool::new(false));
        let mut source = stoppable(file, Arc::clone(&stop));
        io::Write::write_all(&mut &writer, b"abc").expect("room");
        let mut buffer = [0; 8];
        assert_eq!(source.read(&mut buffer).expect("bytes"), 3);
        let waiting = std::thread::spawn(move || source.read(&mut buffer).expect("an end"));
        stop.store(true, Ordering::Relaxed);
        assert_eq!(waiting.join().expect("no panic"), 0);
        drop(writer);
    }
}
