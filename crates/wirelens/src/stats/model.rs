//! Statistics as data: sections of facts and tables. Printers know nothing else of them.

/// All that was asked for of a capture.
#[derive(Clone, Debug, Default)]
pub struct Statistics {
    /// Its parts, in their order.
    pub sections: Vec<Section>,
    /// The capture was not read to its end.
    pub interrupted: bool,
    /// Why reading failed before its end.
    pub failure: Option<String>,
}

/// What belongs together.
#[derive(Clone, Debug)]
pub struct Section {
    /// Its name on the command line and its key in JSON: `endpoints`.
    pub name: &'static str,
    /// Its heading.
    pub title: &'static str,
    /// Single values.
    pub facts: Vec<Fact>,
    /// Tables.
    pub tables: Vec<Table>,
    /// What a reader must know of them: what is approximate, what was left out.
    pub notes: Vec<String>,
}

/// A single value.
#[derive(Clone, Debug)]
pub struct Fact {
    /// Its key in JSON and CSV.
    pub key: &'static str,
    /// What people read.
    pub label: &'static str,
    /// The value.
    pub value: Cell,
}

/// A table.
#[derive(Clone, Debug)]
pub struct Table {
    /// Its name on the command line and its key in JSON: `conversations_ip`.
    pub name: &'static str,
    /// Its heading.
    pub title: &'static str,
    /// What its columns are.
    pub columns: &'static [Column],
    /// Its rows; each has a cell for each column.
    pub rows: Vec<Vec<Cell>>,
    /// What those have together that have no row: a cell for each column.
    pub others: Option<Vec<Cell>>,
    /// How many those are.
    pub other_rows: u64,
    /// How it is drawn.
    pub plot: Plot,
}

/// What can be written as a table of its own.
#[derive(Clone, Debug)]
pub struct KnownTable {
    /// The table's name, or that of the section whose single values it has.
    pub name: &'static str,
    /// The section it is in.
    pub part: super::Part,
    /// What it holds.
    pub title: String,
}

/// A column of a table.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// Its key in JSON and CSV.
    pub key: &'static str,
    /// What people read.
    pub label: &'static str,
    /// People do not see it; it is there for programs.
    pub data_only: bool,
}

/// How a table is drawn.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Plot {
    /// Not at all.
    None,
    /// A bar for each row, as long as the value in this column.
    Bars(usize),
    /// A line over time: the values in this column.
    Line(usize),
    /// A column for each row, side by side, as they are of neighbouring sizes.
    Columns(usize),
}

/// A value. Which kind a column has is the same in all rows, but for [`Cell::None`].
#[derive(Clone, PartialEq, Debug)]
pub enum Cell {
    /// There is none.
    None,
    /// Text, which may come from the wire.
    Text(String),
    /// A name so deep in a tree.
    Nested(usize, &'static str),
    /// A number of things.
    Count(u64),
    /// A number that only tells things apart: a port, a frame.
    Number(u64),
    /// A number of bytes.
    Bytes(u64),
    /// A part of all, from 0 to 1.
    Share(f64),
    /// So many in a second.
    Rate(f64),
    /// So many bits in a second.
    BitRate(f64),
    /// A moment in nanoseconds since 1970.
    Moment(u64),
    /// A length of time in nanoseconds.
    Time(u64),
    /// True or false.
    Flag(bool),
}

impl Cell {
    /// A text that is there.
    pub(crate) fn text(text: impl Into<String>) -> Cell {
        Cell::Text(text.into())
    }

    /// A length of time that may be there.
    pub(crate) fn time(nanoseconds: Option<u64>) -> Cell {
        nanoseconds.map_or(Cell::None, Cell::Time)
    }

    /// A part of all; none of nothing.
    pub(crate) fn share(part: u64, all: u64) -> Cell {
        if all == 0 { Cell::None } else { Cell::Share(part as f64 / all as f64) }
    }

    /// How large it is, where it is drawn.
    pub(crate) fn size(&self) -> f64 {
        match *self {
            Cell::Count(n) | Cell::Number(n) | Cell::Bytes(n) | Cell::Time(n) | Cell::Moment(n) => {
                n as f64
            }
            Cell::Share(value) | Cell::Rate(value) | Cell::BitRate(value) => value,
            _ => 0.0,
        }
    }

    /// Is it none, or nothing?
    pub(crate) fn is_nothing(&self) -> bool {
        match self {
            Cell::None | Cell::Count(0) | Cell::Bytes(0) => true,
            Cell::Rate(rate) | Cell::BitRate(rate) | Cell::Share(rate) => *rate == 0.0,
            _ => false,
        }
    }

    /// Does it stand at the left of its column?
    pub(crate) fn is_words(&self) -> bool {
        matches!(self, Cell::Text(_) | Cell::Nested(..) | Cell::Moment(_) | Cell::Flag(_))
    }
}

impl Column {
    /// One that people see.
    pub(crate) const fn new(key: &'static str, label: &'static str) -> Column {
        Column { key, label, data_only: false }
    }

    /// One for programs.
    pub(crate) const fn data(key: &'static str) -> Column {
        Column { key, label: key, data_only: true }
    }
}

impl Table {
    /// One without rows.
    pub(crate) fn new(
        name: &'static str,
        title: &'static str,
        columns: &'static [Column],
    ) -> Table {
        let (rows, plot) = (Vec::new(), Plot::None);
        Table { name, title, columns, rows, others: None, other_rows: 0, plot }
    }

    /// The rows that people see: of things that are counted not those of which there are none, but
    /// between others where the order of rows is that of a quantity.
    pub(crate) fn shown(&self) -> impl Iterator<Item = &Vec<Cell>> {
        let (from, to) = match self.plot {
            Plot::Columns(_) | Plot::Line(_) => {
                let some = |row: &Vec<Cell>| !is_idle(row);
                let from = self.rows.iter().position(some).unwrap_or(self.rows.len());
                (from, self.rows.iter().rposition(some).map_or(from, |last| last + 1))
            }
            _ => (0, self.rows.len()),
        };
        let all = matches!(self.plot, Plot::Columns(_) | Plot::Line(_));
        let rows = self.rows.get(from..to).unwrap_or_default();
        rows.iter().filter(move |row| all || !is_idle(row))
    }

    /// The columns that people see, and where they are.
    pub(crate) fn seen(&self) -> impl Iterator<Item = (usize, &'static Column)> + use<> {
        self.columns.iter().enumerate().filter(|(_, column)| !column.data_only)
    }
}

/// Is nothing in it that was counted?
fn is_idle(row: &[Cell]) -> bool {
    let mut counted = row.iter().filter(|cell| {
        matches!(cell, Cell::Count(_) | Cell::Bytes(_) | Cell::Rate(_) | Cell::BitRate(_))
    });
    counted.clone().next().is_some() && counted.all(Cell::is_nothing)
}

impl Section {
    /// One with nothing in it.
    pub(crate) fn new(name: &'static str, title: &'static str) -> Section {
        Section { name, title, facts: Vec::new(), tables: Vec::new(), notes: Vec::new() }
    }

    /// Adds a fact.
    pub(crate) fn fact(&mut self, key: &'static str, label: &'static str, value: Cell) {
        self.facts.push(Fact { key, label, value });
    }

    /// Is there nothing to be read in it?
    pub(crate) fn is_empty(&self) -> bool {
        self.tables.iter().all(|table| table.shown().next().is_none())
            && self.facts.iter().all(|fact| fact.value.is_nothing())
    }
}
