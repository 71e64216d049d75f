//! Which columns a table of flows has.

use std::fmt;
use std::str::FromStr;

use wirelens_flow::Side;

use super::cells::{Cell, Column, FLOW, Row, SIDE};
use crate::Error;

/// The columns of a table of flows, in their order.
///
/// ```
/// use wirelens::FlowColumns;
///
/// # fn main() -> Result<(), wirelens::Error> {
/// let columns: FlowColumns = "protocol,initiator_address,initiator_bytes".parse()?;
/// assert_eq!(columns.names().count(), 3);
/// assert!("initiator_byte".parse::<FlowColumns>().is_err());
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct FlowColumns(Vec<Chosen>);

/// A column, and of which side it is, where it is of one.
#[derive(Clone, Copy)]
struct Chosen {
    column: &'static Column,
    side: Option<Side>,
}

/// Columns that there are unless others are chosen.
const USUAL: [&str; 27] = [
    "number",
    "protocol",
    "first",
    "last",
    "duration",
    "ended",
    "opening",
    "handshake",
    "application",
    "host",
    "community_id",
    "initiator_address",
    "initiator_port",
    "initiator_frames",
    "initiator_bytes",
    "initiator_payload",
    "initiator_retransmissions",
    "initiator_out_of_order",
    "initiator_rtt_mean",
    "responder_address",
    "responder_port",
    "responder_frames",
    "responder_bytes",
    "responder_payload",
    "responder_retransmissions",
    "responder_out_of_order",
    "responder_rtt_mean",
];

impl FlowColumns {
    /// All that there are: their names, and what they have.
    pub fn known() -> impl Iterator<Item = (String, &'static str)> {
        let of_sides = Side::BOTH
            .iter()
            .flat_map(|&side| SIDE.iter().map(move |column| Chosen { column, side: Some(side) }));
        let of_flows = FLOW.iter().map(|column| Chosen { column, side: None });
        of_flows.chain(of_sides).map(|chosen| (chosen.name(), chosen.column.title))
    }

    /// Their names.
    pub fn names(&self) -> impl Iterator<Item = String> {
        self.0.iter().map(Chosen::name)
    }

    /// Is one of them empty where what flows are about is not looked at?
    pub(crate) fn need_facts(&self) -> bool {
        self.0.iter().any(|chosen| chosen.column.is_fact)
    }

    /// Writes a row, without the end of its line.
    pub(super) fn write(&self, mut cell: Cell<'_>, row: &Row<'_>) {
        for (place, Chosen { column, side }) in self.0.iter().enumerate() {
            if place > 0 {
                cell.line.add(b",");
            }
            (column.write)(&mut cell, row, side.unwrap_or(Side::Initiator));
        }
    }
}

impl Chosen {
    /// The column of this name.
    fn named(name: &str) -> Option<Chosen> {
        let of_side = Side::BOTH.iter().find_map(|&side| {
            let name = name.strip_prefix(side.name())?.strip_prefix('_')?;
            let column = SIDE.iter().find(|column| column.name == name)?;
            Some(Chosen { column, side: Some(side) })
        });
        let of_flow = || FLOW.iter().find(|column| column.name == name);
        of_side.or_else(|| Some(Chosen { column: of_flow()?, side: None }))
    }

    fn name(&self) -> String {
        match self.side {
            Some(side) => format!("{}_{}", side.name(), self.column.name),
            None => self.column.name.to_owned(),
        }
    }
}

impl Default for FlowColumns {
    fn default() -> FlowColumns {
        FlowColumns(USUAL.iter().filter_map(|name| Chosen::named(name)).collect())
    }
}

impl FromStr for FlowColumns {
    type Err = Error;

    /// Reads names with commas between.
    fn from_str(text: &str) -> Result<FlowColumns, Error> {
        let find = |name: &str| {
            Chosen::named(name.trim()).ok_or_else(|| {
                let known: Vec<String> = FlowColumns::known().map(|(name, _)| name).collect();
                Error::unknown("column of flows", name.trim(), known.iter().map(String::as_str))
            })
        };
        Ok(FlowColumns(text.split(',').map(find).collect::<Result<_, _>>()?))
    }
}

impl fmt::Debug for FlowColumns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.names()).finish()
    }
}

#[cfg(test)]
mod tests {
    use wirelens_flow::tcp::Mark;

    use super::*;

    #[test]
    fn columns_are_found_by_their_names() {
        let all: Vec<String> = FlowColumns::known().map(|(name, _)| name).collect();
        let mut unique = all.clone();
        unique.sort_unstable();
        unique.dedup();
        assert_eq!(unique.len(), FLOW.len() + 2 * SIDE.len());
        let read: FlowColumns = all.join(", ").parse().expect("they are known");
        assert_eq!(read.names().collect::<Vec<_>>(), all);
        assert_eq!(FlowColumns::default().names().collect::<Vec<_>>(), USUAL);
        assert!(FlowColumns::known().all(|(_, title)| !title.is_empty()));
    }

    #[test]
    fn every_mark_has_a_column() {
        for mark in Mark::ALL {
            assert!(SIDE.iter().any(|column| column.name == mark.key()), "{}", mark.key());
        }
    }

    #[test]
    fn unknown_ones_are_refused_with_the_nearest() {
        let said = |text: &str| text.parse::<FlowColumns>().expect_err("not one").to_string();
        assert_eq!(
            said("number,initiator_adress"),
            "unknown column of flows 'initiator_adress'; did you mean 'initiator_address'?"
        );
        assert!(said("address").contains("initiator_address"), "{}", said("address"));
        assert!(said("number,").starts_with("unknown column of flows ''"));
    }

    #[test]
    fn facts_are_looked_at_where_a_column_has_one() {
        let needs = |text: &str| text.parse::<FlowColumns>().expect("known").need_facts();
        assert!(needs("number,host") && needs("responder_name") && needs("application"));
        assert!(!needs("number,initiator_rtt_mean,community_id"));
        assert!(FlowColumns::default().need_facts());
    }
}
