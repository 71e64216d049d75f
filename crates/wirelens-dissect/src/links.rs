//! Links from the frames of a message or datagram to the one that completes it. In one pass over a
//! capture nobody knows that frame yet; a first pass collects what a second one shows.

use std::sync::Arc;

use crate::Field;

/// Which frame completes what others brought parts of.
#[derive(Clone, Debug, Default)]
pub struct Links {
    /// By the row that says so.
    rows: Vec<(&'static Field, Vec<(u64, u64)>)>,
    count: usize,
    /// Links that were not kept because there were too many.
    pub given_up: u64,
}

/// What a session does about links.
#[derive(Clone, Debug, Default)]
pub enum Linking {
    /// Nothing: it is the only pass.
    #[default]
    Off,
    /// It is the first pass: at most so many are kept, of 16 bytes each.
    Collect(usize),
    /// It is the second pass, and these are shown.
    Show(Arc<Links>),
}

impl Links {
    /// A part of what `frame` completes came in `part`.
    pub(crate) fn add(&mut self, row: &'static Field, part: u64, frame: u64, most: usize) {
        if self.count >= most {
            self.given_up += 1;
            return;
        }
        self.count += 1;
        match self.rows.iter_mut().find(|(known, _)| std::ptr::eq(*known, row)) {
            Some((_, links)) => links.push((part, frame)),
            None => self.rows.push((row, vec![(part, frame)])),
        }
    }

    /// Adds what another collected.
    pub(crate) fn merge(&mut self, other: Links) {
        for (row, more) in other.rows {
            match self.rows.iter_mut().find(|(known, _)| std::ptr::eq(*known, row)) {
                Some((_, links)) => links.extend(more),
                None => self.rows.push((row, more)),
            }
        }
        self.count += other.count;
        self.given_up += other.given_up;
    }

    /// Makes them ready to be asked. Of a frame with parts of several the last counts, which is the
    /// one that it does not complete itself.
    pub(crate) fn sort(&mut self) {
        for (_, links) in &mut self.rows {
            links.sort_unstable();
        }
    }

    /// The frame that completes what came in `part`.
    pub(crate) fn of(&self, row: &'static Field, part: u64) -> Option<u64> {
        let (_, links) = self.rows.iter().find(|(known, _)| std::ptr::eq(*known, row))?;
        let behind = links.partition_point(|&(frame, _)| frame <= part);
        let &(frame, completed) = links.get(behind.checked_sub(1)?)?;
        (frame == part).then_some(completed)
    }
}
