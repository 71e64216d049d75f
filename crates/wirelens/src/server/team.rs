//! Workers as processes.

use std::io::{self, BufRead, Read, Write};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};

use super::Server;
use super::work::{Found, Work};

/// What a worker has said is taken from it in blocks of so many bytes, and so many of them wait:
/// one may be ahead of the others by this much.
const BLOCK: usize = 1 << 18;
const BLOCKS: usize = 16;

/// Those who can be put to work.
pub(super) struct Team<'s> {
    server: &'s Server,
    patience: Duration,
}

/// What a worker says, as bytes. It is stopped when this is dropped.
pub(super) struct Answer {
    child: Child,
    blocks: Receiver<io::Result<Vec<u8>>>,
    spare: Sender<Vec<u8>>,
    block: Vec<u8>,
    at: usize,
    patience: Duration,
}

impl<'s> Team<'s> {
    /// Of workers that say something at least so often.
    pub(super) fn new(server: &'s Server, patience: Duration) -> Team<'s> {
        Team { server, patience }
    }

    /// Puts one to work.
    ///
    /// # Errors
    /// When it cannot be started or does not listen.
    pub(super) fn send(&self, work: &Work) -> io::Result<Answer> {
        let (program, arguments) = &self.server.command;
        let mut command = Command::new(program);
        command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped());
        if let Work::Flows(share) = work {
            command.env("WIRELENS_WORKER", share.worker.to_string());
        }
        // Ctrl-C is for the one who has put them to work.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        let mut child = command.spawn().map_err(|error| {
            let text = format!("{} cannot be started: {error}", program.display());
            io::Error::new(error.kind(), text)
        })?;
        let (input, output) = (child.stdin.take(), child.stdout.take());
        let (full, blocks) = bounded(BLOCKS);
        let (spare, empty) = bounded(BLOCKS + 2);
        if let Some(output) = output {
            thread::spawn(move || take(output, &full, &empty));
        }
        let patience = self.patience;
        let answer = Answer { child, blocks, spare, block: Vec::new(), at: 0, patience };
        let work = serde_json::to_string(work)?;
        if let Some(mut input) = input {
            // One that does not listen does not come to its end either, which tells more.
            let _ = input.write_all(work.as_bytes());
        }
        Ok(answer)
    }
}

/// Takes what is said, until nobody wants it.
fn take(mut from: impl Read, to: &Sender<io::Result<Vec<u8>>>, empty: &Receiver<Vec<u8>>) {
    loop {
        let mut block = empty.try_recv().unwrap_or_else(|_| vec![0; BLOCK]);
        block.resize(BLOCK, 0);
        let taken = from.read(&mut block).map(|length| {
            block.truncate(length);
            block
        });
        let last = taken.as_ref().map_or(true, Vec::is_empty);
        if to.send(taken).is_err() || last {
            return;
        }
    }
}

impl Answer {
    /// What the first phase has found.
    ///
    /// # Errors
    /// When it failed, or says something else.
    pub(super) fn found(mut self) -> io::Result<Vec<Found>> {
        let mut text = String::new();
        self.read_to_string(&mut text)?;
        let status = self.child.wait()?;
        if !status.success() {
            return Err(io::Error::other(format!("a worker ended with {status}")));
        }
        text.lines().map(|line| serde_json::from_str(line).map_err(io::Error::from)).collect()
    }
}

impl BufRead for Answer {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.at >= self.block.len() {
            // The thread that takes what is said ends behind its last block, which is empty.
            let next = match self.blocks.recv_timeout(self.patience) {
                Ok(block) => block?,
                Err(RecvTimeoutError::Disconnected) => Vec::new(),
                Err(RecvTimeoutError::Timeout) => {
                    let text = format!("it said nothing for {:?}", self.patience);
                    return Err(io::Error::new(io::ErrorKind::TimedOut, text));
                }
            };
            let before = std::mem::replace(&mut self.block, next);
            // Enough others may be there.
            let _ = self.spare.try_send(before);
            self.at = 0;
        }
        Ok(self.block.get(self.at..).unwrap_or_default())
    }

    fn consume(&mut self, amount: usize) {
        self.at += amount;
    }
}

impl Read for Answer {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.fill_buf()?.read(buffer)?;
        self.consume(length);
        Ok(length)
    }
}

impl Drop for Answer {
    fn drop(&mut self) {
        // It may be gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
