//! Domain names, RFC 1035 section 4.1.4.

use wirelens_dissect::prelude::*;

use super::{BAD_LABEL, FORWARD_POINTER, Message, NAME_LOOPS, NAME_TOO_LONG, POINTER_OUTSIDE};

/// Octets of a name with its lengths and the root's (RFC 1035 section 2.3.4).
const LONGEST: usize = 255;

/// A name cannot have more labels, so more pointers than that lead in circles.
const MOST_POINTERS: usize = 128;

/// A name that was found but not yet recorded.
#[derive(Clone, Copy)]
pub(super) struct Name {
    /// Where it stands in the buffer.
    at: usize,
    /// Bytes it takes there: labels up to the first pointer.
    pub(super) wire: usize,
    /// Labels that can be read, without the root.
    labels: usize,
    problem: Option<&'static Field>,
}

/// Reads a name, following its pointers.
pub(super) fn read(p: &mut Packet<'_>, message: Message, field: &'static Field) -> Read {
    let name = find(p, message)?;
    name.record(p, message, field);
    p.skip(name.wire)
}

/// Finds the name that stands here and does not move.
///
/// Pointers go backwards, to before the labels they end: that alone cannot loop. One that goes
/// forwards is followed too, a limited number of times, and is a problem.
pub(super) fn find(p: &mut Packet<'_>, message: Message) -> Read<Name> {
    let bytes = p.buffer();
    let mut name = Name { at: p.at(), wire: 0, labels: 0, problem: None };
    let (mut at, mut run, mut end) = (p.at(), p.at(), p.at() + p.left());
    let (mut octets, mut pointers) = (1, 0);
    loop {
        let Some(&length) = bytes[..end].get(at) else { return name.cut(p, at + 1) };
        match length {
            0 => return Ok(name.ended(at + 1)),
            1..0x40 => {
                let next = at + 1 + usize::from(length);
                if next > end {
                    return name.cut(p, next);
                }
                octets += 1 + usize::from(length);
                if octets <= LONGEST {
                    name.labels += 1;
                } else if name.wire == 0 {
                    name = name.with(&NAME_TOO_LONG);
                } else {
                    return Ok(name.with(&NAME_TOO_LONG));
                }
                at = next;
            }
            0xc0.. => {
                let Some(&low) = bytes[..end].get(at + 1) else { return name.cut(p, at + 2) };
                name = name.ended(at + 2);
                if octets > LONGEST {
                    return Ok(name);
                }
                let target = message.start + target(length, low);
                pointers += 1;
                if (run..=at).contains(&target) || pointers > MOST_POINTERS {
                    return Ok(name.with(&NAME_LOOPS));
                }
                if target > at {
                    name = name.with(&FORWARD_POINTER);
                }
                (at, run, end) = (target, target, message.end);
            }
            // Label types 01 and 10: RFC 6891 section 5 has given up the only one there was.
            _ if name.wire == 0 => return Err(p.malformed(&BAD_LABEL)),
            _ => return Ok(name.with(&BAD_LABEL)),
        }
    }
}

impl Name {
    fn with(mut self, problem: &'static Field) -> Name {
        self.problem = Some(problem);
        self
    }

    /// It takes no bytes from `at` on, unless a pointer has led away before.
    fn ended(mut self, at: usize) -> Name {
        if self.wire == 0 {
            self.wire = at - self.at;
        }
        self
    }

    /// The bytes end before `to`: where the name stands, or where a pointer has led.
    fn cut(self, p: &Packet<'_>, to: usize) -> Read<Name> {
        if self.wire == 0 {
            p.need(to - self.at)?;
        }
        Ok(self.with(&POINTER_OUTSIDE))
    }

    /// Records the whole name, or what is wrong with it in its place, as tshark does.
    pub(super) fn record(self, p: &mut Packet<'_>, message: Message, field: &'static Field) {
        let Some(problem) = self.problem else {
            return self.record_labels(p, message, field, 0, usize::MAX);
        };
        let instead: &[u8] = if std::ptr::eq(problem, &NAME_TOO_LONG) {
            b"<Name too long>"
        } else if std::ptr::eq(problem, &NAME_LOOPS) {
            b"<Name contains a pointer that loops>"
        } else {
            b""
        };
        if instead.is_empty() {
            self.record_labels(p, message, field, 0, usize::MAX);
        } else {
            p.make_text(field, self.at, self.wire, |out| out.extend_from_slice(instead));
        }
        p.problem_at(problem, self.at, self.wire);
    }

    /// Records `count` labels from `first` on, nothing if there are none so far out.
    pub(super) fn record_labels(
        self,
        p: &mut Packet<'_>,
        message: Message,
        field: &'static Field,
        first: usize,
        count: usize,
    ) {
        if first > 0 && first >= self.labels {
            return;
        }
        let bytes = p.buffer();
        let last = first.saturating_add(count).min(self.labels);
        p.make_text(field, self.at, self.wire, |out| {
            if self.labels == 0 {
                out.extend_from_slice(b"<Root>");
            }
            let mut at = self.at;
            for label in 0..last {
                // `find` saw that all of this is there.
                while byte(bytes, at) >= 0xc0 {
                    at = message.start + target(byte(bytes, at), byte(bytes, at + 1));
                }
                let next = at + 1 + usize::from(byte(bytes, at));
                if label >= first {
                    if label > first {
                        out.push(b'.');
                    }
                    out.extend_from_slice(bytes.get(at + 1..next).unwrap_or(&[]));
                }
                at = next;
            }
        });
    }
}

/// Where a pointer points, in bytes from the start of the message.
fn target(high: u8, low: u8) -> usize {
    usize::from(high & 0x3f) << 8 | usize::from(low)
}

fn byte(bytes: &[u8], at: usize) -> u8 {
    bytes.get(at).copied().unwrap_or(0)
}
