//! What the files of a recording are called.

use std::path::{Path, PathBuf};

use jiff::tz::TimeZone;
use wirelens_capture::Timestamp;

use crate::Error;

/// Names, one after the other.
pub(super) struct Names {
    path: PathBuf,
    rotates: bool,
    /// The path has the directives of strftime in it.
    dated: bool,
    zone: TimeZone,
    number: u64,
    last: PathBuf,
    /// Files in a row that the time alone would have called the same.
    same: u64,
}

impl Names {
    /// Names made from a path. Without rotation it is the only one.
    ///
    /// # Errors
    /// When it has directives that strftime does not know.
    pub(super) fn new(path: &Path, rotates: bool) -> Result<Names, Error> {
        let dated = rotates && path.to_str().is_some_and(|path| path.contains('%'));
        let names = Names {
            path: path.to_owned(),
            rotates,
            dated,
            zone: TimeZone::system(),
            number: 0,
            last: PathBuf::new(),
            same: 0,
        };
        if dated {
            names.at(&names.path, Timestamp::EPOCH)?;
        }
        Ok(names)
    }

    /// The next name, of a file that begins at this time.
    ///
    /// # Errors
    /// When strftime cannot write it.
    pub(super) fn next(&mut self, begins: Timestamp) -> Result<PathBuf, Error> {
        self.number += 1;
        if !self.rotates {
            return Ok(self.path.clone());
        }
        if !self.dated {
            let date = self.at(Path::new("%Y%m%d%H%M%S"), begins)?;
            return Ok(within(&self.path, &format!("{:05}_{}", self.number, date.display())));
        }
        let name = self.at(&self.path, begins)?;
        if name != self.last {
            (self.last, self.same) = (name.clone(), 0);
            return Ok(name);
        }
        self.same += 1;
        Ok(within(&name, &format!("{:05}", self.same + 1)))
    }

    /// The path with its directives replaced, in local time.
    fn at(&self, path: &Path, time: Timestamp) -> Result<PathBuf, Error> {
        let wrong = |reason: String| {
            let path = path.display();
            Error::Usage(format!(
                "{path}: no name for files: {reason}; %% stands for a percent sign"
            ))
        };
        let format = path.to_str().ok_or_else(|| wrong("it is not UTF-8".to_owned()))?;
        // Later than any clock is right: in the year 6325 and in 2386 before our era.
        let seconds = time.seconds().clamp(-1 << 37, 1 << 37);
        let time = jiff::Timestamp::new(seconds, 0).map_err(|error| wrong(error.to_string()))?;
        let local = time.to_zoned_datetime(self.zone.clone());
        let name = jiff::fmt::strtime::format(format, &local);
        name.map(PathBuf::from).map_err(|error| wrong(error.to_string()))
    }
}

/// `out.pcapng` and `00001` are `out_00001.pcapng`.
fn within(path: &Path, part: &str) -> PathBuf {
    let mut name = path.file_stem().unwrap_or_default().to_owned();
    name.push("_");
    name.push(part);
    if let Some(extension) = path.extension() {
        name.push(".");
        name.push(extension);
    }
    path.with_file_name(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(path: &str, rotates: bool) -> Names {
        let names = Names::new(Path::new(path), rotates).expect(path);
        Names { zone: TimeZone::UTC, ..names }
    }

    fn next(names: &mut Names, seconds: i64) -> String {
        let name = names.next(Timestamp::new(seconds, 5)).expect("a name");
        name.display().to_string()
    }

    #[test]
    fn one_file_is_called_as_it_was_said() {
        assert_eq!(next(&mut names("a/100%.pcap", false), 0), "a/100%.pcap");
    }

    #[test]
    fn several_have_number_and_time() {
        let mut names = names("a.b/out.pcapng", true);
        assert_eq!(next(&mut names, 0), "a.b/out_00001_19700101000000.pcapng");
        assert_eq!(next(&mut names, 86_399), "a.b/out_00002_19700101235959.pcapng");
        let mut bare = super::tests::names("out", true);
        assert_eq!(next(&mut bare, 1), "out_00001_19700101000001");
    }

    #[test]
    fn the_user_says_where_the_time_stands() {
        let mut names = names("%Y/%H%M-100%%.pcap", true);
        assert_eq!(next(&mut names, 0), "1970/0000-100%.pcap");
        assert_eq!(next(&mut names, 59), "1970/0000-100%_00002.pcap");
        assert_eq!(next(&mut names, 59), "1970/0000-100%_00003.pcap");
        assert_eq!(next(&mut names, 60), "1970/0001-100%.pcap");
        assert_eq!(next(&mut names, 60), "1970/0001-100%_00002.pcap");
    }

    #[test]
    fn what_strftime_does_not_know_is_told_at_once() {
        let error = Names::new(Path::new("%!.pcap"), true).map(drop).expect_err("no directive");
        assert!(error.to_string().contains("no name for files"), "{error}");
        next(&mut names("%s.pcap", true), i64::MAX);
        next(&mut names("%s.pcap", true), i64::MIN);
    }
}
