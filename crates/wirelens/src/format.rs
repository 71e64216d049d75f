//! Formats of reports, and how they are told from a file's name.

use std::path::Path;
use std::str::FromStr;

use crate::Error;

/// A format that frames are written in.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Format {
    /// One JSON document.
    Json,
    /// A JSON object a line, one for each frame.
    Ndjson,
    /// The same with the position of every field, for programs that check or highlight.
    Detail,
    /// One Apple XML property list.
    Plist,
    /// For reading: a line a field.
    Tree,
    /// For reading: a line a frame.
    Text,
    /// Chosen fields, a line a frame.
    Csv,
    /// The frames again, as pcap.
    Pcap,
    /// The frames again, as pcapng.
    Pcapng,
}

impl Format {
    /// Every format.
    pub const ALL: [Format; 9] = [
        Format::Json,
        Format::Ndjson,
        Format::Detail,
        Format::Plist,
        Format::Tree,
        Format::Text,
        Format::Csv,
        Format::Pcap,
        Format::Pcapng,
    ];

    /// Its name on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Format::Json => "json",
            Format::Ndjson => "ndjson",
            Format::Detail => "detail",
            Format::Plist => "plist",
            Format::Tree => "tree",
            Format::Text => "text",
            Format::Csv => "csv",
            Format::Pcap => "pcap",
            Format::Pcapng => "pcapng",
        }
    }

    /// The extension of its files, without the dot.
    pub const fn extension(self) -> &'static str {
        match self {
            Format::Tree | Format::Text => "txt",
            Format::Detail => "ndjson",
            _ => self.name(),
        }
    }

    /// The format that a file's name tells, and how it is to be compressed.
    pub fn of_path(path: &Path) -> (Option<Format>, Packing) {
        let packing = Packing::of_path(path);
        let name = match packing {
            Packing::None => path.file_name(),
            _ => path.file_stem(),
        };
        let extension = name.map(Path::new).and_then(Path::extension).unwrap_or_default();
        let format = match extension.to_ascii_lowercase().to_str() {
            Some("json") => Some(Format::Json),
            Some("ndjson" | "jsonl") => Some(Format::Ndjson),
            Some("plist" | "xml") => Some(Format::Plist),
            Some("txt" | "tree") => Some(Format::Tree),
            Some("csv") => Some(Format::Csv),
            Some("pcap" | "cap") => Some(Format::Pcap),
            Some("pcapng") => Some(Format::Pcapng),
            _ => None,
        };
        (format, packing)
    }
}

impl FromStr for Format {
    type Err = Error;

    fn from_str(name: &str) -> Result<Format, Error> {
        let found = Format::ALL.into_iter().find(|format| format.name().eq_ignore_ascii_case(name));
        found.ok_or_else(|| Error::unknown("format", name, Format::ALL.map(Format::name)))
    }
}

/// How an output is compressed.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Packing {
    /// Not at all.
    None,
    /// gzip, by the extension `.gz`.
    Gzip,
    /// Zstandard, by the extension `.zst`.
    Zstd,
}

impl Packing {
    /// Refuses a file's name that asks for a compression that is read and not written.
    ///
    /// # Errors
    /// When it does.
    pub fn check(path: &Path) -> Result<(), Error> {
        let extension = path.extension().unwrap_or_default().to_ascii_lowercase();
        let Some(name @ ("xz" | "lz4")) = extension.to_str() else { return Ok(()) };
        let path = path.display();
        Err(Error::Usage(format!(
            "{path}: {name} is read, not written; write .gz or .zst, or compress the file later"
        )))
    }

    fn of_path(path: &Path) -> Packing {
        match path.extension().unwrap_or_default().to_ascii_lowercase().to_str() {
            Some("gz") => Packing::Gzip,
            Some("zst") => Packing::Zstd,
            _ => Packing::None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_tells_the_format() {
        for (path, format, packing) in [
            ("a.json", Some(Format::Json), Packing::None),
            ("a.b/c.PLIST.gz", Some(Format::Plist), Packing::Gzip),
            ("x.pcapng.zst", Some(Format::Pcapng), Packing::Zstd),
            ("x.txt", Some(Format::Tree), Packing::None),
            ("json", None, Packing::None),
            ("x.gz", None, Packing::Gzip),
        ] {
            assert_eq!(Format::of_path(Path::new(path)), (format, packing), "{path}");
        }
    }
}
