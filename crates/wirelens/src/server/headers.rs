//! The first phase: what can be told of a part by itself.

use std::collections::BTreeSet;

use wirelens_capture::{OpenOptions, Record, Split};
use wirelens_dissect::{Session, reaches_others};

use super::work::{Found, Part};
use crate::Error;
use crate::frames::input;

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
pub(super) fn join(found: Vec<Found>) -> Result<Vec<Found>, Error> {
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
