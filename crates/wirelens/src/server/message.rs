//! What a worker says of its flows, as it goes along: lines, and behind some of them bytes.
//!
//! ```text
//! frame 17 1280 66 tcp.checksum_bad=1     what follows is its report of 1280 bytes; 66 on the wire
//! agreed 18 9f3c51d2a7e0b644              what frame 18 has agreed on for other flows
//! at 262144                               it is alive, and so far
//! end {"read":..}                         the last line
//! ```
//!
//! Numbers rise. A worker that does not come to its last line has failed.

use std::io::{self, BufRead, Write};

use serde::{Deserialize, Serialize};
use wirelens_report::{Summary, Warning};

use crate::given_up::GivenUp;

/// A line of a worker.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Message {
    /// A frame's report, so many bytes, which follow; and what is counted in it.
    Frame { number: u64, length: usize, counted: Summary },
    /// What a frame has agreed on, as a number.
    Agreed { number: u64, fingerprint: u64 },
    /// It has read so far, and has nothing else to say.
    At { number: u64 },
    /// There is no more.
    End(Ending),
}

/// What is known of a capture that was read to its end.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub(super) struct Ending {
    /// What was wrong with it.
    warnings: Vec<Problem>,
    /// What was given up for the limits, among the worker's own flows.
    pub(super) given_up: GivenUp,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
struct Problem {
    text: String,
    offset: Option<u64>,
}

impl Ending {
    pub(super) fn new(warnings: Vec<Warning>, given_up: GivenUp) -> Ending {
        let problem = |Warning { text, offset }| Problem { text, offset };
        Ending { warnings: warnings.into_iter().map(problem).collect(), given_up }
    }

    pub(super) fn take_warnings(&mut self) -> Vec<Warning> {
        let warning = |Problem { text, offset }| Warning { text, offset };
        std::mem::take(&mut self.warnings).into_iter().map(warning).collect()
    }
}

/// Writes the line of a frame whose report has so many bytes.
pub(super) fn write_frame(
    to: &mut Vec<u8>,
    number: u64,
    length: usize,
    counted: &Summary,
) -> io::Result<()> {
    write!(to, "frame {number} {length} {}", counted.bytes)?;
    for (name, count) in &counted.problems {
        write!(to, " {name}={count}")?;
    }
    writeln!(to)
}

pub(super) fn write_agreed(to: &mut Vec<u8>, number: u64, fingerprint: u64) -> io::Result<()> {
    writeln!(to, "agreed {number} {fingerprint:016x}")
}

pub(super) fn write_at(to: &mut Vec<u8>, number: u64) -> io::Result<()> {
    writeln!(to, "at {number}")
}

pub(super) fn write_end(to: &mut Vec<u8>, ending: &Ending) -> io::Result<()> {
    writeln!(to, "end {}", serde_json::to_string(ending)?)
}

/// The longest line: of problems there are few.
const LONGEST: usize = 1 << 20;

/// Reads a line; `line` is its place, to be used again.
///
/// # Errors
/// When it ends, cannot be read, or is none of the lines above.
pub(super) fn read(from: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<Message> {
    line.clear();
    io::Read::take(&mut *from, LONGEST as u64).read_until(b'\n', line)?;
    let Some(text) = line.strip_suffix(b"\n").and_then(|line| std::str::from_utf8(line).ok())
    else {
        let text = match line.is_empty() {
            true => "it ended before its work was done",
            false => "it ended within a line",
        };
        return Err(io::Error::new(io::ErrorKind::UnexpectedEof, text));
    };
    parse(text).ok_or_else(|| {
        let start: String = text.chars().take(40).collect();
        io::Error::new(io::ErrorKind::InvalidData, format!("it said '{start}', which is no answer"))
    })
}

fn parse(text: &str) -> Option<Message> {
    let (kind, rest) = text.split_once(' ')?;
    if kind == "end" {
        return serde_json::from_str(rest).ok().map(Message::End);
    }
    let mut words = rest.split(' ');
    let number = words.next()?.parse().ok()?;
    if kind == "at" {
        return Some(Message::At { number });
    }
    let second = words.next()?;
    match kind {
        "frame" => {
            let length = second.parse().ok()?;
            let bytes = words.next()?.parse().ok()?;
            let mut counted = Summary { frames: 1, bytes, ..Summary::default() };
            for problem in words {
                let (name, count) = problem.split_once('=')?;
                counted.problems.insert(name.to_owned(), count.parse().ok()?);
            }
            Some(Message::Frame { number, length, counted })
        }
        "agreed" => {
            let fingerprint = u64::from_str_radix(second, 16).ok()?;
            Some(Message::Agreed { number, fingerprint })
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let mut counted = Summary { frames: 1, bytes: 66, ..Summary::default() };
        counted.problems.insert("tcp.checksum_bad".to_owned(), 2);
        let mut text = Vec::new();
        write_frame(&mut text, 17, 5, &counted).expect("written");
        text.extend_from_slice(b"\n\n{}\n");
        write_agreed(&mut text, 18, 0x9f).expect("written");
        write_at(&mut text, 30).expect("written");
        let warning = Warning { text: "cut".to_owned(), offset: Some(7) };
        let ending = Ending::new(vec![warning.clone()], GivenUp::default());
        write_end(&mut text, &ending).expect("written");

        let (mut from, mut line) = (&text[..], Vec::new());
        let mut next = |from: &mut &[u8]| read(from, &mut line);
        let frame = Message::Frame { number: 17, length: 5, counted };
        assert_eq!(next(&mut from).expect("a frame"), frame);
        from = &from[5..];
        let agreed = Message::Agreed { number: 18, fingerprint: 0x9f };
        assert_eq!(next(&mut from).expect("agreed"), agreed);
        assert_eq!(next(&mut from).expect("alive"), Message::At { number: 30 });
        let Message::End(mut ending) = next(&mut from).expect("the end") else { panic!("no end") };
        assert_eq!(ending.take_warnings(), [warning]);
        assert_eq!(next(&mut from).expect_err("nothing").kind(), io::ErrorKind::UnexpectedEof);
    }

    #[test]
    fn what_is_no_answer_is_an_error() {
        for text in
            ["frame 1\n", "frame x 1 1\n", "hello\n", "agreed 1 g\n", "end {\n", "frame 1 2 3"]
        {
            read(&mut text.as_bytes(), &mut Vec::new()).expect_err(text);
        }
    }
}
