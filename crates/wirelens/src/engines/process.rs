//! Another program at work: its pipes, its last words, its end.

use std::io::{self, Read};
use std::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::thread::JoinHandle;

use crate::engines::EngineError;

/// As much as is kept of what it says on standard error, in bytes: the end of it.
const KEPT: usize = 4096;

/// Which program, and how one gets it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Program {
    pub(crate) name: &'static str,
    pub(crate) install: &'static str,
}

impl Program {
    pub(crate) fn system(self, source: io::Error) -> EngineError {
        match source.kind() {
            io::ErrorKind::NotFound => {
                EngineError::Missing { program: self.name, install: self.install }
            }
            _ => EngineError::System { program: self.name, source },
        }
    }
}

/// A program at work. It is ended when this is dropped.
#[derive(Debug)]
pub(crate) struct Running {
    program: Program,
    child: Child,
    /// Reads what it says on standard error.
    listener: Option<JoinHandle<Vec<u8>>>,
}

impl Running {
    /// Starts it; gives what it says. It is told nothing unless `input` is asked for.
    pub(crate) fn start(
        program: Program,
        command: &mut Command,
        input: bool,
    ) -> Result<(Running, ChildStdout), EngineError> {
        let mut child = command
            .stdin(if input { Stdio::piped() } else { Stdio::null() })
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|source| program.system(source))?;
        let listener =
            child.stderr.take().map(|errors| std::thread::spawn(move || last_of(errors)));
        let output = child.stdout.take();
        let running = Running { program, child, listener };
        let none = || program.system(io::ErrorKind::BrokenPipe.into());
        Ok((running, output.ok_or_else(none)?))
    }

    /// Where it listens.
    pub(crate) fn take_input(&mut self) -> Option<ChildStdin> {
        self.child.stdin.take()
    }

    /// Waits for its end, which must be near: it has closed its output. How it ended, and its
    /// last words.
    pub(crate) fn wait(&mut self) -> (Option<ExitStatus>, String) {
        drop(self.child.stdin.take());
        let status = self.child.wait().ok();
        let said = self.listener.take().and_then(|listener| listener.join().ok());
        (status, words(&said.unwrap_or_default()))
    }

    /// Ends it.
    pub(crate) fn end(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// The error that it ended behind a frame.
    pub(crate) fn ended(&mut self, frame: u64) -> EngineError {
        let (status, said) = self.wait();
        EngineError::Ended { program: self.program.name, frame, status, said }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.end();
    }
}

/// The end of what a program says.
fn last_of(mut errors: ChildStderr) -> Vec<u8> {
    let mut kept = Vec::new();
    let mut some = [0; 1024];
    loop {
        match errors.read(&mut some) {
            Ok(0) => return kept,
            Ok(read) => {
                kept.extend_from_slice(some.get(..read).unwrap_or_default());
                let excess = kept.len().saturating_sub(KEPT);
                kept.drain(..excess);
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => return kept,
        }
    }
}

/// Its words on one line, fit for a terminal, without what it always says to root.
fn words(said: &[u8]) -> String {
    let said = String::from_utf8_lossy(said);
    let lines = said.lines().map(str::trim);
    let wanted = lines.filter(|line| !line.is_empty() && !line.starts_with("Running as user"));
    let text: Vec<&str> = wanted.collect();
    text.join("; ").chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}
