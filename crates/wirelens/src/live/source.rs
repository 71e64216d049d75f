//! What is read: files, or devices.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use super::Live;

/// What is read: files and folders as one stream, or [devices](crate::live). A path is one.
///
/// ```
/// let of_two = wirelens::Source::from("a.pcap").and("b.pcap").bpf("arp");
/// let _ = wirelens::extract(of_two);
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Source {
    pub(crate) kind: Kind,
    pub(crate) filter: Option<String>,
}

#[derive(Clone, Debug)]
pub(crate) enum Kind {
    Files(Vec<PathBuf>),
    Live(Box<Live>),
    /// Devices and files.
    Both,
}

impl Source {
    /// One more file or folder; all are one stream, ordered by the time of their first frames. With
    /// devices there can be none, which is told when they are opened.
    pub fn and(mut self, path: impl AsRef<Path>) -> Source {
        match &mut self.kind {
            Kind::Files(paths) => paths.push(path.as_ref().to_owned()),
            kind => *kind = Kind::Both,
        }
        self
    }

    /// Only frames that a capture filter accepts, in the language of `pcap-filter(7)`; those of
    /// files too. It takes libpcap.
    pub fn bpf(mut self, filter: impl Into<String>) -> Source {
        self.filter = Some(filter.into()).filter(|filter| !filter.trim().is_empty());
        self
    }

    /// The files; none are devices.
    pub(crate) fn paths(&self) -> &[PathBuf] {
        match &self.kind {
            Kind::Files(paths) => paths,
            Kind::Live(_) | Kind::Both => &[],
        }
    }
}

impl From<Live> for Source {
    fn from(live: Live) -> Source {
        Source { kind: Kind::Live(Box::new(live)), filter: None }
    }
}

impl From<PathBuf> for Source {
    fn from(path: PathBuf) -> Source {
        Source { kind: Kind::Files(vec![path]), filter: None }
    }
}

macro_rules! from_paths {
    ($($path:ty),*) => {
        $(impl From<$path> for Source {
            fn from(path: $path) -> Source {
                PathBuf::from(path).into()
            }
        })*
    };
}

from_paths!(&Path, &str, &String, String, &OsStr, OsString);

impl From<&PathBuf> for Source {
    fn from(path: &PathBuf) -> Source {
        path.clone().into()
    }
}
