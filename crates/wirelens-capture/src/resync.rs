//! Finding the next whole record after a damaged one.
//!
//! A place is believed to be a record when the chain of records from it runs farther than the
//! largest possible record, or exactly to the end of the file: a frame's own bytes cannot do that.

use crate::window::Window;

/// How far a chain must run, bytes: farther than one record of libpcap's largest size.
pub(crate) const REACH: usize = 262_144 + 64;
/// A file that is cut as well as damaged ends inside a record: so many must come before, the cut one
/// not counted.
const RECORDS_BEFORE_A_CUT: usize = 3;
/// So many when all of them are sure.
const SURE_RECORDS_BEFORE_A_CUT: usize = 1;
/// So many must run exactly to the end of the file when not all are sure: one such length can be
/// had by chance, as in the first bytes of a frame that is cut.
const RECORDS_TO_THE_END: usize = 2;
/// Links looked at for each byte scanned, at most: bounds what a hostile file can cost.
const LINKS_A_BYTE: usize = 64;

/// What the bytes at one place are to a format.
pub(crate) enum Link {
    /// A possible record of so many bytes, header included; `sure` when more speaks for it, such as
    /// a time near the last frame's, than that its numbers are possible.
    Record { length: usize, sure: bool },
    /// Too few bytes to tell.
    Cut,
    /// Not a record.
    No,
}

/// Scans ahead for a record and leaves the window on it, or at the end of the stream. Returns
/// whether one was found.
pub(crate) fn find(window: &mut Window, mut link: impl FnMut(&[u8]) -> Link) -> bool {
    let mut budget = LINKS_A_BYTE * REACH;
    loop {
        let complete = !window.has(3 * REACH);
        let ahead = window.ahead();
        let limit = if complete { ahead.len() } else { ahead.len().saturating_sub(2 * REACH) };
        budget = budget.saturating_add(limit.saturating_mul(LINKS_A_BYTE));
        for at in 0..limit {
            if runs(ahead.get(at..).unwrap_or_default(), complete, &mut budget, &mut link) {
                window.skip(at);
                return true;
            }
        }
        window.skip(limit);
        if complete || budget == 0 {
            while window.has(1) {
                let rest = window.ahead().len();
                window.skip(rest);
            }
            return false;
        }
    }
}

/// Where in the last bytes of a stream, behind the first, records begin that run to its end.
pub(crate) fn find_to_the_end(bytes: &[u8], mut link: impl FnMut(&[u8]) -> Link) -> Option<usize> {
    let mut budget = LINKS_A_BYTE * REACH;
    (1..bytes.len()).find(|at| {
        budget = budget.saturating_add(LINKS_A_BYTE);
        runs(bytes.get(*at..).unwrap_or_default(), true, &mut budget, &mut link)
    })
}

/// Whether the chain of records at the front of `bytes` is one. `complete` says that the stream
/// ends with `bytes`.
pub(crate) fn runs(
    bytes: &[u8],
    complete: bool,
    budget: &mut usize,
    mut link: impl FnMut(&[u8]) -> Link,
) -> bool {
    let (mut at, mut records) = (0_usize, 0);
    let (mut enough, mut all_sure) = (SURE_RECORDS_BEFORE_A_CUT, true);
    loop {
        if at > REACH {
            return true;
        }
        if at == bytes.len() {
            return complete && records >= if all_sure { 1 } else { RECORDS_TO_THE_END };
        }
        if *budget == 0 {
            return false;
        }
        *budget -= 1;
        let Some(rest) = bytes.get(at..) else {
            return complete && records > enough;
        };
        match link(rest) {
            Link::Record { length, sure } => {
                if !sure {
                    (enough, all_sure) = (RECORDS_BEFORE_A_CUT, false);
                }
                at = at.saturating_add(length.max(1));
                records += 1;
            }
            Link::Cut => return complete && records >= enough.max(2),
            Link::No => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    /// Chains that break just before they would be believed, tried from each of their records.
    #[test]
    fn hostile_repetition_costs_little() {
        let mut file = vec![1; REACH - 100];
        file.extend(vec![0; 2 * REACH]);
        let length = file.len();
        let mut window = Window::new(None);
        window.begin(Box::new(Cursor::new(file)));
        let mut links = 0;
        let found = find(&mut window, |bytes| {
            links += 1;
            match bytes {
                [1, ..] => Link::Record { length: 1, sure: true },
                _ => Link::No,
            }
        });
        assert!(!found);
        assert!(links <= LINKS_A_BYTE * (length + REACH), "{links}");
    }
}
