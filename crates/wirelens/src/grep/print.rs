//! Matches, for reading and for programs.

use std::str::FromStr;

use wirelens_flow::{Flow, Side};
use wirelens_report::{Json, Line, Syntax, write_safe};

use super::search::Within;
use super::window::Found;
use crate::Error;
use crate::records::{number, plain, text};
use crate::trace::{moment, write_label};

/// How matches are written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum GrepFormat {
    /// A line for each, for reading.
    #[default]
    Text,
    /// A JSON object a line.
    Ndjson,
}

impl FromStr for GrepFormat {
    type Err = Error;

    fn from_str(name: &str) -> Result<GrepFormat, Error> {
        match name.to_ascii_lowercase().as_str() {
            "text" => Ok(GrepFormat::Text),
            "ndjson" => Ok(GrepFormat::Ndjson),
            _ => Err(Error::unknown("format of matches", name, ["text", "ndjson"])),
        }
    }
}

/// What is shown of matches.
#[derive(Clone, Copy, Debug, Default)]
pub struct GrepShow {
    /// How they are written.
    pub format: GrepFormat,
    /// Only the flows that have matches, each once.
    pub flows: bool,
    /// Only how many matches each flow has.
    pub count: bool,
    /// Bytes are shown as hexadecimal digits.
    pub hex: bool,
    /// Lines are coloured. Not for files.
    pub colour: bool,
}

/// Bytes shown before and behind a match.
const AROUND: usize = 40;
/// Bytes of a match that are shown.
const SHOWN: usize = 200;

/// A match.
pub(super) fn write_match(
    line: &mut Line,
    show: GrepShow,
    (flow, side, within): (&Flow, Side, Within),
    found: &Found<'_>,
) {
    let parts = parts(found);
    if show.format == GrepFormat::Ndjson {
        return write_object(line, (flow, side, within), found, parts);
    }
    write_flow(line, flow, side);
    let place = match within {
        Within::Stream => "",
        other => other.name(),
    };
    let blank = if place.is_empty() { "" } else { " " };
    let (offset, frame) = (found.offset, found.first.frame);
    line.add(format!(" {place}{blank}@{offset} frame {frame}: ").as_bytes());
    let [before, itself, behind] = parts;
    let (open, close) = if show.colour { ("\x1b[1;31m", "\x1b[0m") } else { ("[", "]") };
    write_bytes(line, before, show.hex);
    line.add(open.as_bytes());
    write_bytes(line, itself, show.hex);
    line.add(close.as_bytes());
    write_bytes(line, behind, show.hex);
    line.add(b"\n");
}

/// A flow that has matches, and how many where that is asked for.
pub(super) fn write_matching(line: &mut Line, show: GrepShow, flow: &Flow, count: Option<u64>) {
    if show.format == GrepFormat::Ndjson {
        let opened = Json::open(line);
        number::<Json>(line, "flow", flow.number());
        plain::<Json>(line, "label", |line| write_label(line, flow));
        text::<Json>(line, "protocol", flow.protocol_name());
        if let Some(count) = count {
            number::<Json>(line, "matches", count);
        }
        Json::close(line, opened);
    } else {
        write_flow(line, flow, Side::Initiator);
        if let Some(count) = count {
            line.add(format!(": {count}").as_bytes());
        }
    }
    line.add(b"\n");
}

fn write_flow(line: &mut Line, flow: &Flow, from: Side) {
    let [from, to] = [from, from.other()].map(|side| flow.end(side));
    line.add(format!("#{} {} {from} -> {to}", flow.number(), flow.protocol_name()).as_bytes());
}

fn write_object(
    line: &mut Line,
    (flow, side, within): (&Flow, Side, Within),
    found: &Found<'_>,
    [before, itself, behind]: [&[u8]; 3],
) {
    let opened = Json::open(line);
    number::<Json>(line, "flow", flow.number());
    plain::<Json>(line, "label", |line| write_label(line, flow));
    text::<Json>(line, "protocol", flow.protocol_name());
    text::<Json>(line, "from", side.name());
    text::<Json>(line, "source", &flow.end(side).to_string());
    text::<Json>(line, "destination", &flow.end(side.other()).to_string());
    text::<Json>(line, "in", within.name());
    number::<Json>(line, "offset", found.offset);
    number::<Json>(line, "length", (found.end - found.start) as u64);
    number::<Json>(line, "frame", found.first.frame);
    number::<Json>(line, "last_frame", found.last.frame);
    moment::<Json>(line, "time", found.first.time);
    for (key, bytes) in [("before", before), ("match", itself), ("behind", behind)] {
        Json::key_text(line, key, "");
        Json::text(line, bytes);
    }
    Json::key_text(line, "hex", "");
    Json::quote(line);
    line.hex_all(itself);
    Json::unquote(line);
    Json::close(line, opened);
    line.add(b"\n");
}

/// What is shown before a match, of it, and behind it: not beyond its line.
fn parts<'f>(found: &Found<'f>) -> [&'f [u8]; 3] {
    let bytes = found.around;
    let before = bytes.get(found.start.saturating_sub(AROUND)..found.start).unwrap_or_default();
    let begins = before.iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1);
    let itself = bytes.get(found.start..found.end.min(found.start + SHOWN)).unwrap_or_default();
    let to = (found.end + AROUND).min(bytes.len());
    let behind = bytes.get(found.end..to).unwrap_or_default();
    let ends = behind.iter().position(|byte| matches!(byte, b'\n' | b'\r')).unwrap_or(behind.len());
    [before.get(begins..).unwrap_or_default(), itself, behind.get(..ends).unwrap_or_default()]
}

fn write_bytes(line: &mut Line, bytes: &[u8], hex: bool) {
    if hex { line.hex_all(bytes) } else { write_safe(line, bytes) }
}
