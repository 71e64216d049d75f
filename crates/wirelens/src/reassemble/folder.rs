//! One file for each datagram and each direction of a stream, written as the bytes come.

use std::collections::HashMap;
use std::net::IpAddr;
use std::path::{Path, PathBuf};

use wirelens_reassembly::datagram::Datagram;
use wirelens_reassembly::stream::{Direction, Event, Stream};
use wirelens_report::{Json, Line, Summary, Syntax};

use super::gather::{gap_of, reason_name};
use super::print::{Ndjson, Printer};
use super::{
    Connection, Ended, Endpoint, Family, FragmentKey, Gap, Gather, Id, Observer, Reassemble,
    Record, Tally,
};
use crate::pool::{Pool, safe};
use crate::write::CHUNK;
use crate::{Error, Output};

/// The records of all files.
const INDEX: &str = "index.ndjson";

impl Reassemble {
    /// Writes a folder: a file with the bytes of each datagram and each direction of a connection,
    /// as they come, and `index.ndjson` with a record for each, whose `path` is the file. What has
    /// no bytes has a record but no file.
    ///
    /// Missing bytes are left out, never filled: beside such a file stands one of the same name and
    /// `.gaps.ndjson`, a gap a line: `at` is where in the file bytes are missing, `offset` where in
    /// the stream, `length` how many (not there if nobody knows), and `reason`.
    ///
    /// # Errors
    /// When reading or writing fails; what was written before stays.
    pub fn write_folder(mut self, folder: &Path) -> Result<Tally, Error> {
        let limits = self.options.limits;
        // Whether a file is complete is known when it is written.
        let strict = std::mem::take(&mut self.options.strict);
        let (mut reassembly, gather) = self.gathered()?;
        let pool = Pool::new(folder, limits.files)?;
        let mut index = Index::create(folder)?;
        let mut files = Files {
            gather,
            pool,
            streams: HashMap::new(),
            datagrams: 0,
            failed: None,
            line: Line::new(),
        };
        let ended = loop {
            let advanced = reassembly.advance(&mut files);
            if advanced.is_err() {
                reassembly.finish(&mut files);
            }
            let stored = files.hand_on(strict, &mut index);
            match (stored, advanced) {
                (Err(error), _) | (Ok(()), Err(error)) => break Err(error),
                (Ok(()), Ok(false)) => break Ok(()),
                (Ok(()), Ok(true)) => {}
            }
        };
        index.finish().and(ended)?;
        let mut tally = Tally::of(&reassembly);
        tally.count(&files.gather);
        tally.warn(&mut reassembly, &limits);
        Ok(tally)
    }
}

/// The records on their way to their file.
struct Index {
    output: Output,
    line: Line,
}

impl Index {
    fn create(folder: &Path) -> Result<Index, Error> {
        Ok(Index { output: Output::create(&folder.join(INDEX))?, line: Line::new() })
    }

    fn record(&mut self, record: &Record) -> Result<(), Error> {
        Ndjson.record(&mut self.line, record);
        if self.line.len() < CHUNK {
            return Ok(());
        }
        let written = self.output.write(self.line.written(), &Summary::default());
        self.line.clear();
        written
    }

    fn finish(&mut self) -> Result<(), Error> {
        self.output.finish(self.line.written())
    }
}

/// Writes bytes into files and has records made besides.
struct Files {
    gather: Gather,
    pool: Pool,
    /// The files of connections that are not over.
    streams: HashMap<(u64, Direction), Stored>,
    /// The number of the next datagram, as the records have it.
    datagrams: u64,
    failed: Option<Error>,
    line: Line,
}

/// A file being written.
#[derive(Default)]
struct Stored {
    name: String,
    /// Bytes in it.
    length: u64,
    gaps: bool,
}

impl Files {
    /// Puts the records that are done into the index.
    fn hand_on(&mut self, strict: bool, index: &mut Index) -> Result<(), Error> {
        while let Some(mut record) = self.gather.take() {
            let name = file_name(&record.id);
            if strict && !record.complete {
                self.pool.remove(&name)?;
                self.pool.remove(&gaps_name(&name))?;
                continue;
            }
            if record.captured > 0 {
                record.path = Some(PathBuf::from(name));
            }
            index.record(&record)?;
        }
        self.failed.take().map_or(Ok(()), Err)
    }

    fn note(&mut self, result: Result<(), Error>) {
        if let Err(error) = result {
            self.failed.get_or_insert(error);
        }
    }

    fn bytes(&mut self, key: (u64, Direction), name: impl FnOnce() -> String, bytes: &[u8]) {
        let stored = self.streams.entry(key).or_default();
        if stored.name.is_empty() {
            stored.name = name();
        }
        let begins = stored.length == 0;
        stored.length += bytes.len() as u64;
        let result = self.pool.append(&stored.name, begins, bytes);
        self.note(result);
    }

    fn gap(&mut self, key: (u64, Direction), name: impl FnOnce() -> String, gap: Gap) {
        let stored = self.streams.entry(key).or_default();
        if stored.name.is_empty() {
            stored.name = name();
        }
        let begins = !std::mem::replace(&mut stored.gaps, true);
        write_gap(&mut self.line, stored.length, gap);
        let result = self.pool.append(&gaps_name(&stored.name), begins, self.line.written());
        self.line.clear();
        self.note(result);
    }

    fn close(&mut self, key: (u64, Direction)) {
        let Some(stored) = self.streams.remove(&key) else { return };
        let result = self.pool.close(&stored.name);
        self.note(result);
        if stored.gaps {
            let result = self.pool.close(&gaps_name(&stored.name));
            self.note(result);
        }
    }
}

impl Observer for Files {
    fn datagram(&mut self, key: &FragmentKey, datagram: Datagram<'_>, ended: Ended) {
        // No connection has this number.
        let place = (u64::MAX, Direction::Forward);
        let number = self.datagrams;
        self.datagrams += 1;
        let name = || datagram_name(number, key.family, key.source, key.destination);
        let mut holes = datagram.holes().iter().map(gap_of).peekable();
        for (range, bytes) in datagram.parts() {
            while let Some(hole) = holes.next_if(|hole| hole.offset < range.start.into()) {
                self.gap(place, name, hole);
            }
            self.bytes(place, name, bytes);
        }
        for hole in holes {
            self.gap(place, name, hole);
        }
        self.close(place);
        self.gather.datagram(key, datagram, ended);
    }

    fn stream(&mut self, stream: &Stream<'_, Connection>, event: Event<'_>) {
        let key = (stream.connection, stream.direction);
        let name = || {
            let [source, destination] = stream.key.towards(stream.direction);
            stream_name(stream.connection, source, destination)
        };
        match event {
            Event::Run(run) => self.bytes(key, name, run.bytes),
            Event::Gap { offset, length, reason } => {
                let reason = reason_name(reason);
                self.gap(key, name, Gap { offset, length: Some(length), reason });
            }
            Event::End(_) => {
                self.close((stream.connection, Direction::Forward));
                self.close((stream.connection, Direction::Backward));
            }
            _ => {}
        }
        self.gather.stream(stream, event);
    }

    fn last(&mut self) {
        self.gather.last();
    }
}

fn write_gap(line: &mut Line, at: u64, gap: Gap) {
    let opened = Json::open(line);
    for (key, value) in [("at", Some(at)), ("offset", Some(gap.offset)), ("length", gap.length)] {
        if let Some(value) = value {
            Json::key_text(line, key, "");
            Json::number(line, value);
        }
    }
    Json::key_text(line, "reason", "");
    Json::text(line, gap.reason.as_bytes());
    Json::close(line, opened);
    line.add(b"\n");
}

fn file_name(id: &Id) -> String {
    match *id {
        Id::Stream { number, source, destination, .. } => stream_name(number, source, destination),
        Id::Datagram { number, family, source, destination, .. } => {
            datagram_name(number, family, source, destination)
        }
    }
}

/// Made of numbers and addresses only, so it is a name wherever files are.
fn stream_name(number: u64, source: Endpoint, destination: Endpoint) -> String {
    let [from, to] = [source, destination].map(|end| format!("{}_{}", safe(end.address), end.port));
    format!("tcp-{number}-{from}-{to}.bin")
}

fn datagram_name(number: u64, family: Family, source: IpAddr, destination: IpAddr) -> String {
    let family = match family {
        Family::Ipv4 => "ipv4",
        Family::Ipv6 => "ipv6",
    };
    format!("{family}-{number}-{}-{}.bin", safe(source), safe(destination))
}

fn gaps_name(name: &str) -> String {
    format!("{name}.gaps.ndjson")
}
