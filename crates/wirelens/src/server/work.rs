//! What a worker is told to do: values that can be sent to other machines.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use wirelens_capture::Split;

use crate::Error;

/// One piece of work. It says all that its result depends on besides the captures themselves, so it
/// may be done anywhere, and again.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Work {
    /// The first phase, over ranges of bytes: where records begin and end, how many frames there
    /// are, and which hosts agree on flows between others.
    Headers(Vec<Part>),
    /// The second phase, over flows: the reports of those that fall to one worker.
    Flows(Share),
}

/// A [`Split`] as it is sent.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// The capture.
    pub file: PathBuf,
    /// Where its first record begins, in bytes from the start of the file.
    #[serde(default)]
    pub from: u64,
    /// Its records begin before here; none is the end of the file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<u64>,
    /// Where the sections and interfaces are that must be known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub context: Vec<(u64, u64)>,
    /// The number of its first frame in the capture, when that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_frame: Option<u64>,
}

/// The flows that fall to one worker.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Share {
    /// What stood behind `wirelens` on the command line.
    pub arguments: Vec<String>,
    /// Which worker this is, from 0.
    pub worker: usize,
    /// How many there are.
    pub workers: usize,
    /// The hosts that agree on flows between others, as the first phase found them: what they say
    /// is listened to by every worker.
    pub announcing: Vec<u64>,
}

/// What the first phase found in a part.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Found {
    /// The part.
    pub part: Part,
    /// Where its first record was; none if there is none.
    pub begin: Option<u64>,
    /// Where the first record of the next part is; none at the end of the file.
    pub end: Option<u64>,
    /// How many frames there are.
    pub frames: u64,
    /// Sections and interfaces that stand in it.
    pub context: Vec<(u64, u64)>,
    /// The hosts of frames that may agree on flows between others, in order.
    pub announcing: Vec<u64>,
}

impl Work {
    /// Reads it.
    ///
    /// # Errors
    /// When it is none.
    pub fn parse(text: &str) -> Result<Work, Error> {
        let form = "write it as `wirelens split FILE --into 4` does";
        let read = || {
            let value: serde_json::Value = serde_json::from_str(text)?;
            // A part by itself, as `wirelens split` lists them.
            match value.get("file") {
                Some(_) => serde_json::from_value(value).map(|part| Work::Headers(vec![part])),
                None => serde_json::from_value(value),
            }
        };
        read().map_err(|error| match error.is_data() && !text.contains('"') {
            // It names nothing, so what it lacks is no news.
            true => Error::Usage(format!("this is no split; {form}")),
            false => Error::Usage(format!("this is no split: {error}; {form}")),
        })
    }
}

impl Part {
    /// Divides a capture into at most so many.
    ///
    /// # Errors
    /// When it cannot be read or is none.
    pub fn plan(file: &Path, parts: usize) -> Result<Vec<Part>, Error> {
        Ok(Split::plan(file, parts)?.into_iter().map(Part::from).collect())
    }

    pub(super) fn split(&self) -> Split {
        let context = self.context.iter().map(|&(from, to)| from..to).collect();
        Split { path: self.file.clone(), from: self.from, to: self.to, context }
    }
}

impl From<Split> for Part {
    fn from(split: Split) -> Part {
        Part {
            file: split.path,
            from: split.from,
            to: split.to,
            context: split.context.into_iter().map(|range| (range.start, range.end)).collect(),
            first_frame: (split.from == 0).then_some(1),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_split_is_written_and_read() {
        let part = Part {
            file: "in.pcapng".into(),
            from: 4096,
            to: Some(8192),
            context: vec![(0, 108), (108, 128)],
            first_frame: None,
        };
        let text = serde_json::to_string(&part).expect("written");
        assert_eq!(
            text,
            r#"{"file":"in.pcapng","from":4096,"to":8192,"context":[[0,108],[108,128]]}"#
        );
        assert_eq!(Work::parse(&text).expect("a part"), Work::Headers(vec![part.clone()]));
        let work = serde_json::to_string(&Work::Headers(vec![part])).expect("written");
        assert!(work.starts_with(r#"{"headers":[{"#) && Work::parse(&work).is_ok());
        let error = Work::parse("{}").expect_err("nothing");
        assert!(error.to_string().contains("wirelens split"), "{error}");
        let error = Work::parse(r#"{"file":"in.pcap","from":-1}"#).expect_err("no offset");
        assert!(error.to_string().contains("`-1`"), "{error}");
    }
}
