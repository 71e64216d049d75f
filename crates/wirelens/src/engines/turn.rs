//! The next frame of a capture that another program dissects.

use wirelens_capture::{Advance, Record};

use super::run::Next;
use crate::frames::{Dissector, Frames, Turn, head, input};
use crate::{Error, FrameRange};

impl Frames {
    /// As [`Frames::turn`].
    pub(crate) fn turn_foreign(&mut self) -> Result<Turn, Error> {
        loop {
            let Some(foreign) = self.foreign_mut() else { return Ok(Turn::End) };
            match foreign.next()? {
                Next::Frame => {
                    let number = foreign.current().0.number;
                    if self.range.as_ref().is_none_or(|range| range.contains(number)) {
                        return Ok(Turn::Frame);
                    }
                }
                Next::End => return Ok(Turn::End),
                Next::More => {
                    if !self.give()? {
                        return Ok(Turn::Pause);
                    }
                }
            }
        }
    }

    /// Reads a frame, or what stands between two, for the program; false if none is there yet.
    fn give(&mut self) -> Result<bool, Error> {
        let number = self.capture.counters().frames + 1;
        let last = self.range.as_ref().and_then(FrameRange::last);
        let ended = last.is_some_and(|last| number > last);
        if !self.capture.is_ahead()
            && let Some(foreign) = self.foreign_mut()
        {
            foreign.nudge();
        }
        let advanced = if ended {
            Advance::End
        } else if self.is_live() {
            self.advance_capture(number)?
        } else {
            match self.capture.next_record()? {
                None => Advance::End,
                Some(Record::Frame(_)) => Advance::Frame,
                Some(Record::Block(block)) => {
                    if let Dissector::Foreign(foreign) = &mut self.dissector {
                        foreign.block(&block)?;
                    }
                    return Ok(true);
                }
            }
        };
        let Dissector::Foreign(foreign) = &mut self.dissector else { return Ok(true) };
        match advanced {
            Advance::Tick => return Ok(false),
            Advance::End => foreign.complete(),
            Advance::Frame => {
                let raw = self.capture.current();
                if self.filter.as_mut().is_none_or(|filter| filter.passes(&raw)) {
                    let input = input(&raw);
                    self.elapsed.note(raw.time);
                    let head = head(&raw, input.captured, self.elapsed);
                    let ours = foreign.is_fallback().then(|| self.session.dissect(input).keep());
                    foreign.take(&raw, head, &input, ours)?;
                }
            }
        }
        Ok(true)
    }
}
