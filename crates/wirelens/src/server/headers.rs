//! The first phase: what can be told of a part by itself.

use std::collections::BTreeSet;

use wirelens_capture::{OpenOptions, Record, Split};
use wirelens_dissect::{Session, reaches_others};

use super::team::{Answer, Team};
use super::work::{Found, Part, Work};
use crate::Error;
use crate::frames::{Frames, input};

/// The largest part: so much is read before something is said.
const LARGEST: u64 = 64 << 20;

/// Reads a part.
///
/// # Errors
/// When it cannot be read.
pub(super) fn find(part: &Part) -> Result<Found, Error> {
    let split = part.split();
    let mut capture = OpenOptions::new().open_split(&split)?;
    let (mut begin, mut end, mut frames) = (None, None, 0);
    let mut context = Vec::new();
    let mut announcing = BTreeSet::new();
    while let Some(record) = capture.next_record()? {
        let offset = match &record {
            Record::Frame(frame) => frame.offset,
            Record::Block(block) => block.offset,
        };
        if !split.holds(offset) {
            end = Some(offset);
            break;
        }
        begin = begin.or(Some(offset));
        match record {
            Record::Frame(frame) => {
                frames += 1;
                let input = input(&frame);
                if reaches_others(&input) {
                    announcing.insert(Session::hosts_of(&input));
                }
            }
            Record::Block(block) if Split::is_context(&block) => {
                context.push((offset, offset + block.bytes.len() as u64));
            }
            Record::Block(_) => {}
        }
    }
    let announcing = announcing.into_iter().collect();
    Ok(Found { part: part.clone(), begin, end, frames, context, announcing })
}

/// Holds the parts of a file against each other: each must begin where the one before ended, and
/// know the sections and interfaces that came before it. One that does not is read again.
///
/// # Errors
/// When it cannot be read.
fn join(found: Vec<Found>) -> Result<Vec<Found>, Error> {
    let mut joined: Vec<Found> = Vec::with_capacity(found.len());
    let mut context = Vec::new();
    for mut next in found {
        let before = joined.last().filter(|before| before.part.file == next.part.file);
        let mut frames = 1;
        if let Some(before) = before {
            frames = before.part.first_frame.unwrap_or(1) + before.frames;
            let Some(from) = before.end else { continue };
            let to = next.part.to;
            if to.is_some_and(|to| to <= from) {
                continue;
            }
            if next.begin != Some(from) || next.part.context != context {
                next = find(&Part { from, context: context.clone(), ..next.part })?;
            }
        } else {
            context.clear();
        }
        next.part.first_frame = Some(frames);
        context.extend(&next.context);
        joined.push(next);
    }
    Ok(joined)
}

/// The first phase, by workers; what one does not do is done here, and the reason told.
///
/// # Errors
/// When a capture cannot be read.
pub(super) fn find_all(
    frames: &Frames,
    team: &Team<'_>,
    workers: usize,
) -> Result<(Vec<Found>, Option<String>), Error> {
    let groups = plan(frames, workers)?;
    let (mut found, mut mended) = (Vec::new(), None);
    for batch in groups.chunks(workers) {
        let answers: Vec<_> =
            batch.iter().map(|parts| team.send(&Work::Headers(parts.clone()))).collect();
        for (parts, answer) in batch.iter().zip(answers) {
            match answer.and_then(Answer::found) {
                Ok(theirs) if theirs.iter().map(|found| &found.part).eq(parts) => {
                    found.extend(theirs);
                }
                failed => {
                    let what = "it found something else than it was asked for".to_owned();
                    mended = Some(failed.err().map_or(what, |error| error.to_string()));
                    for part in parts {
                        found.push(find(part)?);
                    }
                }
            }
        }
    }
    Ok((join(found)?, mended))
}

/// Parts for each worker, of about the same number of bytes, in order.
fn plan(frames: &Frames, workers: usize) -> Result<Vec<Vec<Part>>, Error> {
    let files = frames.capture.files();
    let all: u64 = files.iter().filter_map(|file| file.size).sum();
    let share = all.div_ceil(workers as u64).max(1);
    let mut groups: Vec<Vec<Part>> = Vec::new();
    let mut room = 0;
    for file in files {
        let size = file.size.unwrap_or(0);
        for part in Part::plan(&file.path, size.div_ceil(share.min(LARGEST)).max(1) as usize)? {
            let length = part.to.unwrap_or(size).saturating_sub(part.from);
            match groups.last_mut().filter(|_| length / 2 <= room) {
                Some(group) => group.push(part),
                None => {
                    groups.push(vec![part]);
                    room = share;
                }
            }
            room = room.saturating_sub(length);
        }
    }
    Ok(groups)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(from: u64, to: Option<u64>, begin: u64, end: Option<u64>, frames: u64) -> Found {
        let part =
            Part { file: "no such file".into(), from, to, context: vec![], first_frame: None };
        let (context, announcing) = (vec![], vec![]);
        Found { part, begin: Some(begin), end, frames, context, announcing }
    }

    #[test]
    fn parts_that_fit_are_numbered() {
        let parts = vec![
            found(0, Some(100), 24, Some(100), 3),
            found(100, Some(200), 100, Some(200), 4),
            found(200, None, 200, None, 5),
        ];
        let joined = join(parts).expect("nothing is read");
        let firsts: Vec<_> = joined.iter().map(|found| found.part.first_frame).collect();
        assert_eq!(firsts, [Some(1), Some(4), Some(8)]);
    }

    #[test]
    fn a_part_within_a_record_is_left_out_and_others_are_read_again() {
        let inside = vec![
            found(0, Some(100), 24, Some(300), 3),
            found(100, Some(200), 100, Some(200), 4),
            found(200, None, 200, None, 5),
        ];
        // The second is gone; the third would be read from 300 on.
        let error = join(inside).expect_err("the file is missing").to_string();
        assert!(error.contains("no such file"), "{error}");
        let over = vec![found(0, Some(100), 24, None, 3), found(100, None, 100, None, 4)];
        assert_eq!(join(over).expect("nothing is read").len(), 1);
    }
}
