//! Reading PDML, a frame at a time.
//!
//! Source: <https://gitlab.com/wireshark/wireshark/-/blob/master/doc/README.xml-output>. What is
//! read is more than XML allows: texts may hold control characters and bytes that are no UTF-8, and
//! references to characters that there are not stand as they are.

use std::io::{self, BufRead};

use quick_xml::Reader;
use quick_xml::escape::unescape;
use quick_xml::events::{BytesStart, Event};

use super::frame::{Element, PdmlFrame, Span};
use crate::engines::line::append_line;

/// The longest frame that is read, in bytes of PDML.
const LONGEST: usize = 256 << 20;
/// Memory kept for the text of a frame, in bytes.
const KEPT: usize = 1 << 20;
/// How deep elements may stand in each other; what is deeper is left out. tshark's own limit is
/// of this order.
const DEEPEST: usize = 1000;

/// Why PDML could not be read on. What was read before stays good.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PdmlError {
    /// Reading failed.
    #[error(transparent)]
    Read(#[from] io::Error),
    /// It ends before its end.
    #[error("it ends in the middle")]
    Cut,
    /// A frame is too long.
    #[error("a frame of more than {LONGEST} bytes of PDML")]
    TooLong,
    /// It is no PDML.
    #[error("{0}")]
    Malformed(String),
}

/// Reads PDML as it comes, and holds no more than a frame of it.
pub struct PdmlReader<R> {
    input: R,
    /// The frame being read, as it was written.
    held: Vec<u8>,
    creator: String,
    /// Elements that are open.
    open: Vec<usize>,
    begun: bool,
    ended: bool,
}

impl<R: BufRead> PdmlReader<R> {
    /// A reader that has read nothing yet.
    pub fn new(input: R) -> PdmlReader<R> {
        PdmlReader {
            input,
            held: Vec::new(),
            creator: String::new(),
            open: Vec::new(),
            begun: false,
            ended: false,
        }
    }

    /// Who wrote it: `wireshark/4.0.17`; empty before the first frame was read.
    pub fn creator(&self) -> &str {
        &self.creator
    }

    /// Reads the next frame into `frame`; false at the end.
    ///
    /// # Errors
    /// When reading fails, it is no PDML, or it ends before its end.
    pub fn read(&mut self, frame: &mut PdmlFrame) -> Result<bool, PdmlError> {
        frame.clear();
        while !self.ended {
            self.held.clear();
            self.held.shrink_to(KEPT);
            if !append_line(&mut self.input, &mut self.held, LONGEST)? {
                return Err(PdmlError::Cut);
            }
            let line = self.held.trim_ascii_start();
            if line.starts_with(b"<packet>") {
                if !self.begun {
                    return Err(PdmlError::Malformed("a packet before <pdml>".to_owned()));
                }
                self.rest()?;
                self.parse(frame)?;
                return Ok(true);
            }
            if line.starts_with(b"<pdml") {
                self.begun = true;
                self.creator = creator(&String::from_utf8_lossy(line));
            } else if line.starts_with(b"</pdml>") {
                self.ended = true;
            } else if !self.begun && !line.is_empty() && !line.starts_with(b"<") {
                let line = String::from_utf8_lossy(line);
                let line: String = line.trim_end().chars().take(80).collect();
                return Err(PdmlError::Malformed(format!("{line:?} is no PDML")));
            }
        }
        Ok(false)
    }

    /// Reads the lines of a packet behind its first.
    fn rest(&mut self) -> Result<(), PdmlError> {
        loop {
            let from = self.held.len();
            if !append_line(&mut self.input, &mut self.held, LONGEST)? {
                return Err(PdmlError::Cut);
            }
            let line = self.held.get(from..).unwrap_or_default();
            // In a text a less-than sign is written otherwise.
            if line.trim_ascii_start().starts_with(b"</packet>") {
                return Ok(());
            }
        }
    }

    fn parse(&mut self, frame: &mut PdmlFrame) -> Result<(), PdmlError> {
        let text = String::from_utf8_lossy(&self.held);
        let mut reader = Reader::from_str(&text);
        let config = reader.config_mut();
        (config.check_end_names, config.allow_unmatched_ends) = (false, true);
        config.check_comments = false;
        self.open.clear();
        let mut too_deep = 0;
        loop {
            let event = reader.read_event();
            match event.map_err(|error| PdmlError::Malformed(error.to_string()))? {
                Event::Start(start) => match kind(&start) {
                    Some(_) if self.open.len() >= DEEPEST => too_deep += 1,
                    Some(protocol) => {
                        self.open.push(frame.elements.len());
                        element(frame, &start, protocol);
                    }
                    None => {}
                },
                Event::Empty(start) => {
                    if let Some(protocol) = kind(&start)
                        && too_deep == 0
                    {
                        element(frame, &start, protocol);
                    }
                }
                Event::End(end) if matches!(end.name().as_ref(), "proto" | "field") => {
                    if too_deep > 0 {
                        too_deep -= 1;
                    } else if let Some(at) = self.open.pop() {
                        frame.close(at);
                    }
                }
                Event::Eof => break,
                _ => {}
            }
        }
        while let Some(at) = self.open.pop() {
            frame.close(at);
        }
        Ok(())
    }
}

/// Is it a protocol, a field, or neither?
fn kind(start: &BytesStart<'_>) -> Option<bool> {
    match start.name().as_ref() {
        "proto" => Some(true),
        "field" => Some(false),
        _ => None,
    }
}

fn element(frame: &mut PdmlFrame, start: &BytesStart<'_>, protocol: bool) {
    let mut new = Element { protocol, ..Element::EMPTY };
    // An attribute that cannot be read is as one that is not there.
    for attribute in start.attributes().with_checks(false).flatten() {
        let value = &*attribute.value;
        let number = || value.parse().unwrap_or(0);
        let mut keep = || -> Span {
            match unescape(value) {
                Ok(text) => frame.keep(&text),
                Err(_) => frame.keep(value),
            }
        };
        match attribute.key.as_ref() {
            "name" => new.name = keep(),
            "show" => new.show = keep(),
            "showname" => new.showname = keep(),
            "value" => new.value = keep(),
            "unmaskedvalue" => new.unmasked = keep(),
            "pos" => new.position = number(),
            "size" => new.size = number(),
            "hide" => new.hidden = value == "yes",
            _ => {}
        }
    }
    frame.elements.push(new);
}

/// `creator="wireshark/4.0.17"` in the first line.
fn creator(line: &str) -> String {
    let rest = line.split_once("creator=\"").map_or("", |(_, rest)| rest);
    let name = rest.split('"').next().unwrap_or_default();
    name.chars().filter(|c| !c.is_control()).take(64).collect()
}

#[cfg(test)]
mod tests;
