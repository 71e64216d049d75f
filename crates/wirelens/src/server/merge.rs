//! What workers say, put in order.

use std::io::{self, BufRead};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use wirelens_report::{Line, Summary, Warning};

use super::Hearing;
use super::message::{self, Message};
use super::team::Answer;
use crate::given_up::GivenUp;
use crate::write::CHUNK;
use crate::{Error, Output};

/// Workers that are heard.
#[derive(Default)]
pub(super) struct Merge {
    voices: Vec<Voice>,
    /// Why one of them cannot be heard from the beginning.
    silent: Option<String>,
    stop: Option<Arc<AtomicBool>>,
}

struct Voice {
    answer: Answer,
    line: Vec<u8>,
    /// What it said last; none at its end.
    says: Option<Message>,
}

/// What was written.
#[derive(Default)]
pub(super) struct Merged {
    /// What was counted in it.
    pub(super) summary: Summary,
    /// The last frame.
    pub(super) last: Option<u64>,
    pub(super) warnings: Vec<Warning>,
    pub(super) given_up: GivenUp,
    /// The stop flag was set.
    pub(super) interrupted: bool,
    /// Why the workers did not come to the end.
    pub(super) failed: Option<String>,
    /// Why the rest could not be stored, or read.
    pub(super) error: Option<Error>,
}

impl Merge {
    pub(super) fn new(answers: Vec<io::Result<Answer>>, stop: Option<Arc<AtomicBool>>) -> Merge {
        let mut merge = Merge { stop, ..Merge::default() };
        for (at, answer) in answers.into_iter().enumerate() {
            match answer {
                Ok(answer) => merge.voices.push(Voice { answer, line: Vec::new(), says: None }),
                Err(error) => merge.silent = Some(why(at, &error)),
            }
        }
        merge
    }

    /// Writes the frames of all, in their order. What is in `line` comes before them; what is left
    /// in it in the end is to be written yet.
    pub(super) fn write(
        mut self,
        line: &mut Line,
        output: &mut Output,
        count: &mut dyn FnMut(u64),
    ) -> Merged {
        let mut merged = Merged { failed: self.silent.take(), ..Merged::default() };
        let mut told = 0;
        let written = (|| {
            let mut hearing = match &merged.failed {
                None => self.hear_all(&mut merged),
                Some(_) => return Ok(()),
            };
            loop {
                if line.len() >= CHUNK {
                    output.write(line.written(), &merged.summary)?;
                    line.clear();
                    count(merged.summary.frames - told);
                    told = merged.summary.frames;
                    merged.interrupted =
                        self.stop.as_ref().is_some_and(|stop| stop.load(Ordering::Relaxed));
                }
                if merged.interrupted {
                    return Ok(());
                }
                if let Hearing::Break(failed) = hearing {
                    merged.failed = failed;
                    return Ok(());
                }
                hearing = self.step(line, &mut merged);
            }
        })();
        merged.error = written.err();
        count(merged.summary.frames - told);
        merged
    }

    /// Hears the first that each has to say.
    fn hear_all(&mut self, merged: &mut Merged) -> Hearing {
        (0..self.voices.len()).try_for_each(|at| self.hear(at, merged))
    }

    /// Hears what one says next.
    fn hear(&mut self, at: usize, merged: &mut Merged) -> Hearing {
        let Some(voice) = self.voices.get_mut(at) else { return Hearing::Break(None) };
        match message::read(&mut voice.answer, &mut voice.line) {
            Ok(Message::End(mut ending)) => {
                voice.says = None;
                // All of them have read everything.
                merged.warnings = ending.take_warnings();
                merged.given_up.add(&ending.given_up);
            }
            Ok(message) => voice.says = Some(message),
            Err(error) => return Hearing::Break(Some(why(at, &error))),
        }
        Hearing::Continue(())
    }

    /// Takes what comes next in the order of frames.
    fn step(&mut self, line: &mut Line, merged: &mut Merged) -> Hearing {
        // A frame comes before what it has agreed on.
        let order = |voice: &Voice| match voice.says {
            Some(Message::Frame { number, .. }) => (number, 0),
            Some(Message::Agreed { number, .. }) => (number, 1),
            Some(Message::At { number }) => (number, 2),
            Some(Message::End(_)) | None => (u64::MAX, 3),
        };
        let next = self.voices.iter().enumerate().min_by_key(|(_, voice)| order(voice));
        let Some(at) = next.map(|(at, _)| at) else { return Hearing::Break(None) };
        let Some(voice) = self.voices.get_mut(at) else { return Hearing::Break(None) };
        match voice.says.take() {
            Some(Message::Frame { number, length, counted }) => {
                let before = line.len();
                if let Err(error) = copy(&mut voice.answer, length, line) {
                    line.truncate(before);
                    return Hearing::Break(Some(why(at, &error)));
                }
                merged.summary.add(counted);
                merged.last = Some(number);
                self.hear(at, merged)
            }
            Some(agreed @ Message::Agreed { .. }) => {
                voice.says = Some(agreed.clone());
                if self.voices.iter().any(|voice| voice.says.as_ref() != Some(&agreed)) {
                    let Message::Agreed { number, .. } = agreed else {
                        return Hearing::Break(None);
                    };
                    let text = "the workers understood different things of what was agreed on";
                    return Hearing::Break(Some(format!("frame {number}: {text}")));
                }
                self.hear_all(merged)
            }
            Some(Message::At { .. }) => self.hear(at, merged),
            // All have come to their end.
            Some(Message::End(_)) | None => Hearing::Break(None),
        }
    }
}

/// Copies so many bytes.
fn copy(from: &mut impl BufRead, mut length: usize, to: &mut Line) -> io::Result<()> {
    while length > 0 {
        let there = from.fill_buf()?;
        let part = there.get(..length).unwrap_or(there);
        if part.is_empty() {
            let text = "it ended within a frame";
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, text));
        }
        to.add(part);
        let part = part.len();
        from.consume(part);
        length -= part;
    }
    Ok(())
}

fn why(worker: usize, error: &io::Error) -> String {
    format!("worker {worker}: {error}")
}
