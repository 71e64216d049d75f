//! One table as CSV, as RFC 4180 has it.

use super::units::{moment, safe};
use super::{Cell, KnownTable, Statistics, Table};
use crate::Error;

impl Statistics {
    /// A table by its name, or the facts of a section by the section's: a line of keys, then the rows.
    /// Numbers are as in JSON; what has no row has none here either.
    ///
    /// # Errors
    /// When there is no such table and no such section.
    pub fn to_csv(&self, name: &str) -> Result<String, Error> {
        if let Some(table) = self.table(name) {
            return Ok(of_table(table));
        }
        let with_facts = || self.sections.iter().filter(|section| !section.facts.is_empty());
        let Some(section) = with_facts().find(|section| section.name == name) else {
            let known = with_facts().map(|section| section.name).chain(self.table_names());
            return Err(Error::unknown("table of statistics", name, known));
        };
        let mut text = String::from("key,value\r\n");
        for fact in &section.facts {
            text.push_str(&format!("{},{}\r\n", fact.key, value(&fact.value)));
        }
        Ok(text)
    }

    /// What [`to_csv`](Self::to_csv) can write where all sections were asked for.
    pub fn known_tables() -> Vec<KnownTable> {
        super::sections::known()
    }

    /// A table by its name.
    pub fn table(&self, name: &str) -> Option<&Table> {
        let mut tables = self.sections.iter().flat_map(|section| &section.tables);
        tables.find(|table| table.name == name)
    }

    /// The names of all tables.
    pub fn table_names(&self) -> impl Iterator<Item = &'static str> {
        self.sections.iter().flat_map(|section| &section.tables).map(|table| table.name)
    }
}

fn of_table(table: &Table) -> String {
    let mut text = String::new();
    line(&mut text, table.columns.iter().map(|column| column.key.to_owned()));
    for row in &table.rows {
        line(&mut text, row.iter().map(value));
    }
    text
}

fn line(text: &mut String, cells: impl Iterator<Item = String>) {
    for (at, cell) in cells.enumerate() {
        if at > 0 {
            text.push(',');
        }
        text.push_str(&cell);
    }
    text.push_str("\r\n");
}

fn value(cell: &Cell) -> String {
    match cell {
        Cell::None => String::new(),
        Cell::Text(text) => quoted(&safe(text)),
        Cell::Nested(_, name) => (*name).to_owned(),
        Cell::Count(n) | Cell::Number(n) | Cell::Bytes(n) | Cell::Time(n) => n.to_string(),
        Cell::Share(value) | Cell::Rate(value) | Cell::BitRate(value) => format!("{value:?}"),
        Cell::Moment(nanoseconds) => moment(*nanoseconds),
        Cell::Flag(value) => value.to_string(),
    }
}

/// Text in quotes where it needs them.
fn quoted(text: &str) -> String {
    if !text.contains(['"', ',', '\r', '\n']) {
        return text.to_owned();
    }
    format!("\"{}\"", text.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_that_are_known_are_those_that_there_are() {
        let capture = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/captures/http.pcap");
        let statistics = crate::stats(capture).gather().expect("a capture");
        let known = Statistics::known_tables();
        let is_section = |name: &str| statistics.table(name).is_none();
        let tables = known.iter().map(|known| known.name).filter(|name| !is_section(name));
        assert!(tables.eq(statistics.table_names()), "{known:?}");
        for section in statistics.sections.iter().filter(|section| !section.facts.is_empty()) {
            assert!(known.iter().any(|known| known.name == section.name), "{}", section.name);
        }
    }
}
