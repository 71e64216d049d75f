//! Limits that a frame has reached: problems of the frame, whatever its protocols are.

use crate::{Field, Kind};

const fn problem(name: &'static str, key: &'static str, label: &'static str) -> Field {
    Field::new(Kind::Problem, name, key, "", label).detail().own()
}

/// It has more layers than [`Limits::layers`](crate::Limits::layers).
pub static TOO_DEEP: Field =
    problem("frame.too_deep", "too_deep", "More layers than are dissected");

/// It has more fields or text than [`Limits::nodes`](crate::Limits::nodes) and
/// [`Limits::text`](crate::Limits::text).
pub static TOO_MANY_FIELDS: Field =
    problem("frame.too_many_fields", "too_many_fields", "More fields than are recorded");

/// More is to be put together from it, or decoded, than there are buffers for.
pub static TOO_MANY_BUFFERS: Field =
    problem("frame.too_many_buffers", "too_many_buffers", "More decoded parts than are kept");

/// All of them, in the order in which they are recorded.
pub static LIMIT_ROWS: [&Field; 3] = [&TOO_DEEP, &TOO_MANY_FIELDS, &TOO_MANY_BUFFERS];

/// Which of them a frame has reached.
#[derive(Clone, Copy, Default)]
pub(crate) struct Reached {
    pub(crate) layers: bool,
    pub(crate) fields: bool,
    pub(crate) buffers: bool,
}

impl Reached {
    /// Has it reached one?
    #[inline(always)]
    pub(crate) fn any(&self) -> bool {
        self.layers | self.fields | self.buffers
    }

    /// Their rows.
    pub(crate) fn rows(self) -> impl Iterator<Item = &'static Field> {
        let reached = [self.layers, self.fields, self.buffers];
        LIMIT_ROWS.into_iter().zip(reached).filter_map(|(row, reached)| reached.then_some(row))
    }
}
