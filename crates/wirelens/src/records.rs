//! Reports of records: what is made of many frames and written when it is done.

use wirelens_flow::FrameList;
use wirelens_report::{CaptureInfo, Document, Json, Line, Options, Plist, Report, Summary, Syntax};

use crate::write::CHUNK;
use crate::{Error, Output};

/// Records, made while frames are read.
pub(crate) trait Source {
    /// Adds what stands before the records; something was read by then.
    fn begin(&mut self, line: &mut Line);
    /// Reads on or adds a record that is done; false if there will be no more.
    ///
    /// # Errors
    /// When reading fails. It is not tried again: what is open then is told by the calls that follow.
    fn advance(&mut self, line: &mut Line) -> Result<bool, Error>;
    /// Whether the next frame may have to be waited for.
    fn may_wait(&self) -> bool;
    /// Adds what stands behind the records.
    fn finish(&mut self, line: &mut Line, interrupted: bool);
}

/// Writes all records. The report is whole whenever it ends.
///
/// # Errors
/// When reading or writing fails, after the report was ended properly.
pub(crate) fn write(source: &mut dyn Source, output: &mut Output) -> Result<(), Error> {
    let (mut line, mut stored) = (Line::new(), Summary::default());
    let (mut begun, mut failed, mut ended) = (false, None, None);
    while ended.is_none() {
        match source.advance(&mut line) {
            Ok(true) => {}
            Ok(false) => ended = Some(failed.take().map_or(Ok(()), Err)),
            Err(error) => failed = failed.or(Some(error)),
        }
        if !std::mem::replace(&mut begun, true) {
            let first = line.written().to_vec();
            line.clear();
            source.begin(&mut line);
            line.add(&first);
        }
        let full = line.len() >= CHUNK;
        if full || (!line.is_empty() && ended.is_none() && source.may_wait()) {
            stored.frames += 1;
            let written = store(output, &mut line, &stored);
            let written = if full { written } else { written.and_then(|()| output.flush()) };
            ended = written.err().map(Err).or(ended);
        }
    }
    let ended = match ended.unwrap_or(Ok(())) {
        Err(error @ Error::Output { .. }) => Err(error),
        other => {
            stored.frames += 1;
            store(output, &mut line, &stored).and(other)
        }
    };
    line.clear();
    let ended = match ended {
        Err(error @ Error::Output { .. }) => Err(error),
        other => {
            source.finish(&mut line, other.is_err());
            output.finish(line.written()).and(other)
        }
    };
    if let Err(Error::Output { .. }) = ended {
        output.mend(&mut |stored| {
            line.clear();
            if stored.is_none() {
                source.begin(&mut line);
            }
            source.finish(&mut line, true);
            line.written().to_vec()
        });
    }
    ended
}

fn store(output: &mut Output, line: &mut Line, stored: &Summary) -> Result<(), Error> {
    let written = output.write(line.written(), stored);
    line.clear();
    written
}

/// How a document calls its records where documents of frames have `frames`.
pub(crate) trait Notation: Syntax + Send {
    /// From the object of the capture to the first record: the key stands where `{}` is.
    const RECORDS: [&'static str; 2];
}

impl Notation for Json {
    const RECORDS: [&'static str; 2] = [",\"", "\":[\n"];
}

impl Notation for Plist {
    const RECORDS: [&'static str; 2] = ["<key>", "</key><array>\n"];
}

/// One document: `{"schema":1,"capture":{..},"records":[..],"summary":{..}}`.
pub(crate) struct Records<S> {
    key: &'static str,
    empty: bool,
    document: Document<S>,
}

impl<S: Notation> Records<S> {
    /// A document that calls its records so.
    pub(crate) fn new(key: &'static str) -> Records<S> {
        Records { key, empty: true, document: Document::new(Options::default()) }
    }

    pub(crate) fn begin(&mut self, line: &mut Line, capture: &CaptureInfo) {
        self.document.begin(line, capture);
        line.truncate(line.len() - S::FRAMES.len());
        let [before, behind] = S::RECORDS;
        for text in [before, self.key, behind] {
            line.add(text.as_bytes());
        }
        self.empty = true;
    }

    /// Before each record.
    pub(crate) fn next(&mut self, line: &mut Line) {
        if !std::mem::take(&mut self.empty) {
            line.add(S::BETWEEN);
        }
    }

    pub(crate) fn finish(&mut self, line: &mut Line, summary: impl FnOnce(&mut Line)) {
        line.add(S::SUMMARY);
        summary(line);
        line.add(S::END);
    }
}

/// A text under a key.
pub(crate) fn text<S: Syntax>(line: &mut Line, key: &str, value: &str) {
    S::key_text(line, key, "");
    S::text(line, value.as_bytes());
}

/// A text under a key that needs no escapes, of 64 bytes at most unless `write` makes the room.
#[inline]
pub(crate) fn plain<S: Syntax>(line: &mut Line, key: &str, write: impl FnOnce(&mut Line)) {
    S::key_text(line, key, "");
    S::quote(line);
    write(line);
    S::unquote(line);
}

/// A number under a key.
#[inline]
pub(crate) fn number<S: Syntax>(line: &mut Line, key: &str, value: u64) {
    S::key_text(line, key, "");
    S::number(line, value);
}

/// Frames under a key, as ranges: `1-5,9`.
pub(crate) fn frame_list<S: Syntax>(line: &mut Line, key: &str, frames: &FrameList) {
    plain::<S>(line, key, |line| {
        for (at, range) in frames.ranges().enumerate() {
            line.room(2 * 20 + 2);
            if at > 0 {
                line.put(b',');
            }
            line.number(*range.start());
            if range.start() != range.end() {
                line.put(b'-');
                line.number(*range.end());
            }
        }
    });
}

/// True or false under a key.
pub(crate) fn flag<S: Syntax>(line: &mut Line, key: &str, value: bool) {
    S::key_text(line, key, "");
    S::flag(line, value);
}

/// An object under a key.
#[inline]
pub(crate) fn object<S: Syntax>(line: &mut Line, key: &str, inside: impl FnOnce(&mut Line)) {
    S::key_text(line, key, "");
    let opened = S::open(line);
    inside(line);
    S::close(line, opened);
}

/// An array under a key.
pub(crate) fn array<S: Syntax, T>(
    line: &mut Line,
    key: &str,
    items: impl IntoIterator<Item = T>,
    mut each: impl FnMut(&mut Line, T),
) {
    S::key_text(line, key, "");
    let opened = S::open_array(line);
    for item in items {
        S::next(line);
        each(line, item);
    }
    S::close_array(line, opened);
}

/// What was wrong with the capture, and what limits cost.
pub(crate) fn warnings<S: Syntax>(line: &mut Line, warnings: &[wirelens_report::Warning]) {
    array::<S, _>(line, "warnings", warnings, |line, warning| {
        let opened = S::open(line);
        text::<S>(line, "warning", &warning.text);
        if let Some(offset) = warning.offset {
            number::<S>(line, "offset", offset);
        }
        S::close(line, opened);
    });
}
