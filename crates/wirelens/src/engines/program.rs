//! Another program at work: one thread writes to it, another reads what it says.

use std::io::{BufReader, Write};
use std::process::{ChildStdin, ChildStdout, ExitStatus};
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, TryRecvError, bounded, unbounded};
use wirelens_dissect::Settings;

use super::EngineError;
use super::engine::Which;
use super::orders::Orders;
use super::process::Running;
use super::python::{self, HelperReader};
use super::tshark::{self, PdmlError, PdmlFrame, PdmlReader};

/// Frames that were told and are waited for by nobody.
const AHEAD: usize = 32;
/// How often the stop flag is looked at.
const LOOK: Duration = Duration::from_millis(100);
/// Bytes read at once.
const BUFFER: usize = 1 << 16;

/// The program, and the ways to it.
pub(super) struct Program {
    running: Running,
    give: Option<Sender<Vec<u8>>>,
    tell: Receiver<Result<Option<PdmlFrame>, PdmlError>>,
    /// Frames to be used again.
    used: Sender<PdmlFrame>,
}

/// What came of listening.
pub(super) enum Heard {
    /// A frame.
    Frame(PdmlFrame),
    /// Nothing yet.
    Nothing,
    /// All of it.
    End,
    /// The stop flag is set.
    Stop,
}

/// What the program says.
enum Teller {
    Pdml(PdmlReader<BufReader<ChildStdout>>),
    Helper(HelperReader<BufReader<ChildStdout>>),
}

impl Teller {
    fn read(&mut self, frame: &mut PdmlFrame) -> Result<bool, PdmlError> {
        match self {
            Teller::Pdml(reader) => reader.read(frame),
            Teller::Helper(reader) => reader.read(frame),
        }
    }
}

impl Program {
    /// Starts what the engine is.
    ///
    /// # Errors
    /// When it is not installed or cannot be started.
    pub(super) fn start(orders: &Orders, settings: &Settings) -> Result<Program, EngineError> {
        let which = orders.engine.which();
        let (mut running, teller) = match which {
            Which::Tshark => {
                let (running, output) = tshark::start(orders, settings)?;
                let reader = PdmlReader::new(BufReader::with_capacity(BUFFER, output));
                (running, Teller::Pdml(reader))
            }
            _ => {
                let ready = match orders.engine.take_ready() {
                    Some(ready) => ready,
                    None => python::start(which, orders, settings)?,
                };
                (ready.running, Teller::Helper(ready.reader))
            }
        };
        let (give, given) = unbounded();
        if let Some(input) = running.take_input() {
            std::thread::spawn(move || write(input, &given));
        }
        let (to_tell, tell) = bounded(AHEAD);
        let (used, again) = bounded(AHEAD);
        std::thread::spawn(move || read(teller, &to_tell, &again));
        Ok(Program { running, give: Some(give), tell, used })
    }

    /// Hands bytes on. If nobody listens, the program has ended, and will be found to have.
    pub(super) fn give(&self, bytes: Vec<u8>) {
        if let Some(give) = &self.give {
            let _ = give.send(bytes);
        }
    }

    /// There is nothing more to hand on.
    pub(super) fn give_no_more(&mut self) {
        self.give = None;
    }

    /// A frame whose memory is needed no more.
    pub(super) fn use_again(&self, frame: PdmlFrame) {
        let _ = self.used.try_send(frame);
    }

    /// Is there something to hear?
    pub(super) fn has_told(&self) -> bool {
        !self.tell.is_empty()
    }

    /// Waits for its end: how it ended, and what it said of that.
    pub(super) fn wait(&mut self) -> (Option<ExitStatus>, String) {
        self.running.wait()
    }

    /// The error that it ended too early, behind so many frames.
    pub(super) fn ended(&mut self, told: u64) -> EngineError {
        self.give_no_more();
        self.running.ended(told)
    }

    /// What it says next, behind `told` frames; waited for, or only if it is there.
    ///
    /// # Errors
    /// When it ends too early, says nothing for too long, or says what cannot be read.
    pub(super) fn hear(
        &mut self,
        wait: bool,
        orders: &Orders,
        told: u64,
    ) -> Result<Heard, EngineError> {
        let begun = Instant::now();
        let stop = orders.stop.as_ref();
        let stops = || stop.is_some_and(|stop| stop.load(Ordering::Relaxed));
        let heard = loop {
            let heard = if wait {
                self.tell.recv_timeout(LOOK)
            } else {
                self.tell.try_recv().map_err(|error| match error {
                    TryRecvError::Empty => RecvTimeoutError::Timeout,
                    TryRecvError::Disconnected => RecvTimeoutError::Disconnected,
                })
            };
            match heard {
                Ok(heard) => break heard,
                // A terminal's Ctrl-C ends the program too.
                _ if stops() => return Ok(Heard::Stop),
                Err(RecvTimeoutError::Timeout) if !wait => return Ok(Heard::Nothing),
                Err(RecvTimeoutError::Timeout) if begun.elapsed() < orders.patience => {}
                Err(RecvTimeoutError::Timeout) => {
                    self.running.end();
                    return Err(EngineError::Stalled {
                        program: orders.engine.name(),
                        frame: told,
                        seconds: orders.patience.as_secs(),
                    });
                }
                Err(RecvTimeoutError::Disconnected) => break Err(PdmlError::Cut),
            }
        };
        match heard {
            Ok(Some(frame)) => Ok(Heard::Frame(frame)),
            Ok(None) => Ok(Heard::End),
            Err(_) if stops() => Ok(Heard::Stop),
            Err(PdmlError::Cut) => Err(self.ended(told)),
            Err(PdmlError::Read(source)) => {
                Err(EngineError::System { program: orders.engine.name(), source })
            }
            Err(error) => Err(EngineError::Output {
                program: orders.engine.name(),
                frame: told,
                what: error.to_string(),
            }),
        }
    }
}

/// Writes what is given until there is no more, or nobody reads it.
fn write(mut input: ChildStdin, given: &Receiver<Vec<u8>>) {
    for bytes in given {
        if input.write_all(&bytes).is_err() {
            return;
        }
    }
}

/// Reads what is said until its end, or until nobody hears.
fn read(
    mut teller: Teller,
    to_tell: &Sender<Result<Option<PdmlFrame>, PdmlError>>,
    again: &Receiver<PdmlFrame>,
) {
    loop {
        let mut frame = again.try_recv().unwrap_or_default();
        let read = teller.read(&mut frame).map(|any| any.then_some(frame));
        let more = matches!(read, Ok(Some(_)));
        if to_tell.send(read).is_err() || !more {
            return;
        }
    }
}
