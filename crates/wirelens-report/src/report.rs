//! What a report is told, and what it must do.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use wirelens_dissect::{Dissection, Protocol};

use crate::csv::CsvReport;
use crate::detail::DetailReport;
use crate::document::{Document, NdjsonReport};
use crate::json::Json;
use crate::plist::Plist;
use crate::problems::each_problem;
use crate::text::{TextOptions, TextReport};
use crate::tree::TreeReport;
use crate::{Line, Selection};

/// A report being written: the capture, its frames as they come, and the summary.
///
/// Each call appends to a line, which the caller writes out and clears when it likes between
/// calls ([`Line::drain`]). A call appends something whole, so the report is valid if `finish`
/// follows any frame: after an interrupt, a damaged file, or the end.
pub trait Report: Send {
    /// Writes what stands before the frames.
    fn begin(&mut self, line: &mut Line, capture: &CaptureInfo);
    /// Writes a frame.
    fn frame(&mut self, line: &mut Line, head: &Head, frame: &Dissection<'_>);
    /// Writes what stands behind the frames.
    fn finish(&mut self, line: &mut Line, summary: &Summary);

    /// Goes on behind frames that another report of the same kind writes: the first of them that
    /// has a time has this one, and the last. Called before each part, instead of `begin`.
    fn resume(&mut self, _first: Option<(i64, u32)>, _last: Option<(i64, u32)>) {}

    /// Writes the capture as a document of its own, where every frame is one too.
    fn capture_alone(&mut self, line: &mut Line, capture: &CaptureInfo) {
        self.begin(line, capture);
    }

    /// Writes a frame as a document of its own.
    fn frame_alone(&mut self, line: &mut Line, head: &Head, frame: &Dissection<'_>) {
        self.frame(line, head, frame);
    }
}

/// What a report says of a frame besides its dissection.
#[derive(Clone, Copy, Debug, Default)]
pub struct Head {
    /// Its number in the capture, from 1.
    pub number: u64,
    /// Seconds and nanoseconds since 1970; none where the capture has no time for it.
    pub time: Option<(i64, u32)>,
    /// Nanoseconds since the first frame of the capture that has a time.
    pub since_first: i64,
    /// Nanoseconds since the frame before that has one.
    pub since_last: i64,
    /// Its length on the wire, in bytes.
    pub length: u32,
    /// How many bytes of it were captured.
    pub captured: u32,
    /// The interface it came from, as an index into those of the capture.
    pub interface: u32,
}

/// What is known of a capture before its first frame.
#[derive(Clone, Debug, Default)]
pub struct CaptureInfo {
    /// The files, or `-`, in their order; the name of the device for a live capture.
    pub sources: Vec<String>,
    /// `pcap`, `pcapng`, ...
    pub format: String,
    /// Its interfaces as far as they are known; a classic pcap file has one.
    pub interfaces: Vec<Interface>,
    /// When it began: seconds and nanoseconds since 1970.
    pub start: Option<(i64, u32)>,
    /// The engine that dissected it and its version, if that is another program.
    pub engine: Option<String>,
}

/// Where frames came from.
#[derive(Clone, Debug, Default)]
pub struct Interface {
    /// Its name, where the capture has one.
    pub name: Option<String>,
    /// The link type of its frames.
    pub link_type: u32,
    /// The name of that: `EN10MB`.
    pub link_type_name: String,
    /// The most bytes of a frame that were captured; 0 for no limit.
    pub snaplen: u32,
    /// The resolution of its clock, in ticks a second.
    pub ticks_per_second: u64,
}

/// What is known of a capture behind its last frame.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Summary {
    /// Frames in the report.
    pub frames: u64,
    /// Their bytes on the wire.
    pub bytes: u64,
    /// How often each problem was found, by name.
    pub problems: BTreeMap<String, u64>,
    /// What was wrong with the capture itself.
    pub warnings: Vec<Warning>,
    /// It was ended before the end of the capture.
    pub interrupted: bool,
}

/// Something wrong with a capture.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Warning {
    /// What.
    pub text: String,
    /// Where, in bytes from the start of the file.
    pub offset: Option<u64>,
}

impl Summary {
    /// Counts a frame and its problems.
    pub fn count(&mut self, head: &Head, frame: &Dissection<'_>) {
        self.frames += 1;
        self.bytes += u64::from(head.length);
        if frame.problems() > 0 || frame.stop().is_some() {
            each_problem(frame, &mut |problem| match self.problems.get_mut(problem.name) {
                Some(count) => *count += 1,
                None => {
                    self.problems.insert(problem.name.to_owned(), 1);
                }
            });
        }
    }

    /// Adds what another counted, who worked on a later part.
    pub fn add(&mut self, other: Summary) {
        self.frames += other.frames;
        self.bytes += other.bytes;
        for (name, count) in other.problems {
            *self.problems.entry(name).or_default() += count;
        }
        self.warnings.extend(other.warnings);
        self.interrupted |= other.interrupted;
    }
}

/// What goes into a report.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The bytes of payloads too.
    pub payload: bool,
    /// The names of values too: `"proto":6,"proto_name":"TCP"`. In CSV instead of the values.
    pub names: bool,
    /// Only the layers of these protocols; empty: all.
    pub layers: Vec<&'static Protocol>,
    /// Only these fields, under their filter names; payloads and hidden fields too, for they were
    /// asked for.
    pub fields: Option<Selection>,
    /// The bytes of each frame too, where the report is for reading.
    pub hex: bool,
    /// How a line of text looks.
    pub text: TextOptions,
}

impl Options {
    #[inline(always)]
    pub(crate) fn wants(&self, protocol: &Protocol) -> bool {
        self.layers.is_empty() || self.layers.iter().any(|layer| std::ptr::eq(*layer, protocol))
    }
}

/// The formats of reports that are text. `pcap` and `pcapng` copy frames and are not among them.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Format {
    /// One JSON document.
    Json,
    /// One JSON object a line for each frame.
    Ndjson,
    /// The same with positions.
    Detail,
    /// The document of `json` as an Apple XML property list.
    Plist,
    /// For reading, a line a field.
    Tree,
    /// For reading, a line a frame.
    Text,
    /// Chosen fields as a table.
    Csv,
}

impl Format {
    /// All of them.
    pub const ALL: [Format; 7] = [
        Format::Json,
        Format::Ndjson,
        Format::Detail,
        Format::Plist,
        Format::Tree,
        Format::Text,
        Format::Csv,
    ];

    /// The word for it, which [`Format::from_str`] reads.
    pub const fn name(self) -> &'static str {
        match self {
            Format::Json => "json",
            Format::Ndjson => "ndjson",
            Format::Detail => "detail",
            Format::Plist => "plist",
            Format::Tree => "tree",
            Format::Text => "text",
            Format::Csv => "csv",
        }
    }

    /// How its files end.
    pub const fn extension(self) -> &'static str {
        match self {
            Format::Json => "json",
            Format::Ndjson | Format::Detail => "ndjson",
            Format::Plist => "plist",
            Format::Tree | Format::Text => "txt",
            Format::Csv => "csv",
        }
    }

    /// A report in this format.
    pub fn report(self, options: Options) -> Box<dyn Report> {
        match self {
            Format::Json => Box::new(Document::<Json>::new(options)),
            Format::Ndjson => Box::new(NdjsonReport::new(options)),
            Format::Detail => Box::new(DetailReport::new(options)),
            Format::Plist => Box::new(Document::<Plist>::new(options)),
            Format::Tree => Box::new(TreeReport::new(options)),
            Format::Text => Box::new(TextReport::new(options)),
            Format::Csv => Box::new(CsvReport::new(options)),
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// There is no format of this name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UnknownFormat(pub String);

impl fmt::Display for UnknownFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = Format::ALL.map(Format::name).join(", ");
        write!(f, "there is no format {:?}; there are {known}", self.0)
    }
}

impl std::error::Error for UnknownFormat {}

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(name: &str) -> Result<Format, UnknownFormat> {
        let found = Format::ALL.into_iter().find(|format| format.name() == name);
        found.ok_or_else(|| UnknownFormat(name.to_owned()))
    }
}
