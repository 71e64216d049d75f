//! The values of chosen fields, found in one pass over a frame's nodes.

use wirelens_dissect::{Dissection, Field, Node};

use crate::Selection;
use crate::select::{Source, Target};

/// What is looked for, and what was found in a frame.
pub(crate) struct Found {
    /// A row and the column it belongs to.
    targets: Vec<(u32, Target)>,
    /// A bit for the address of each row: of most nodes this tells that nobody looks for them.
    rows: u64,
    nodes: Vec<Value>,
}

/// A value of a column.
pub(crate) struct Value {
    pub(crate) column: u32,
    /// Which of all that were found.
    number: u32,
    pub(crate) node: Node,
}

impl Found {
    /// Looks for these fields.
    pub(crate) fn new(fields: &Selection) -> Found {
        let mut targets = Vec::new();
        for (column, at) in fields.columns().iter().zip(0..) {
            if let Source::Rows(rows) = &column.source {
                targets.extend(rows.iter().map(|row| (at, row.clone())));
            }
        }
        let rows = targets.iter().fold(0, |rows, (_, target)| rows | bit(target.node));
        Found { targets, rows, nodes: Vec::new() }
    }

    /// Looks through a frame. What is found is in the order of the columns, and of the frame in each.
    pub(crate) fn search(&mut self, frame: &Dissection<'_>) -> &[Value] {
        self.nodes.clear();
        let (mut last, mut sorted) = (0, true);
        for node in frame.all_nodes() {
            if self.rows & bit(node.field) == 0 {
                continue;
            }
            for (column, target) in &self.targets {
                if let Some(node) = target.of(node) {
                    sorted &= last <= *column;
                    last = *column;
                    let number = self.nodes.len() as u32;
                    self.nodes.push(Value { column: *column, number, node });
                }
            }
        }
        if !sorted {
            self.nodes.sort_unstable_by_key(|value| (value.column, value.number));
        }
        &self.nodes
    }
}

/// A bit for a row, by an odd factor that carries its address upwards.
#[inline(always)]
fn bit(row: &'static Field) -> u64 {
    const ODD: u64 = 0x9e37_79b9_7f4a_7c15;
    1 << ((std::ptr::from_ref(row).addr() as u64).wrapping_mul(ODD) >> 58)
}
