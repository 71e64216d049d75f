//! Statistics as one JSON object.

use wirelens_report::{Json, Line, SCHEMA, Syntax};

use super::units::moment;
use super::{Cell, Column, Statistics, Table};
use crate::records::{array, flag, number, object, text};

impl Statistics {
    /// One JSON object: `{"schema":1,"capture":{..},"protocols":{"hierarchy":[..]},..}`.
    ///
    /// A section is an object of its facts and its tables; a table is an array of objects, and beside
    /// it stands what has no row: `"conversations_ip_others":{"rows":12,"frames":..}`, or null. A
    /// value that is not there is null. Numbers are numbers: lengths of time nanoseconds, shares
    /// parts of 1, rates a second. Moments are RFC 3339 in UTC.
    pub fn to_json(&self) -> Vec<u8> {
        let mut line = Line::new();
        let opened = Json::open(&mut line);
        number::<Json>(&mut line, "schema", SCHEMA.into());
        flag::<Json>(&mut line, "interrupted", self.interrupted);
        if let Some(failure) = &self.failure {
            text::<Json>(&mut line, "failure", failure);
        }
        for section in &self.sections {
            object::<Json>(&mut line, section.name, |line| {
                for fact in &section.facts {
                    Json::key_text(line, fact.key, "");
                    value(line, &fact.value);
                }
                for table in &section.tables {
                    write_table(line, table);
                }
                array::<Json, _>(line, "notes", &section.notes, |line, note| {
                    Json::text(line, note.as_bytes());
                });
            });
        }
        Json::close(&mut line, opened);
        line.add(b"\n");
        line.written().to_vec()
    }
}

fn write_table(line: &mut Line, table: &Table) {
    array::<Json, _>(line, table.name, &table.rows, |line, row| {
        let opened = Json::open(line);
        cells(line, table.columns, row);
        Json::close(line, opened);
    });
    Json::key_text(line, table.name, "_others");
    match &table.others {
        None => Json::none(line),
        Some(others) => {
            let opened = Json::open(line);
            number::<Json>(line, "rows", table.other_rows);
            let there =
                || table.columns.iter().zip(others).filter(|(_, cell)| **cell != Cell::None);
            for (column, cell) in there() {
                Json::key_text(line, column.key, "");
                value(line, cell);
            }
            Json::close(line, opened);
        }
    }
}

fn cells(line: &mut Line, columns: &[Column], row: &[Cell]) {
    for (column, cell) in columns.iter().zip(row) {
        Json::key_text(line, column.key, "");
        value(line, cell);
    }
}

fn value(line: &mut Line, cell: &Cell) {
    match cell {
        Cell::None => Json::none(line),
        Cell::Text(text) => Json::text(line, text.as_bytes()),
        Cell::Nested(_, name) => Json::text(line, name.as_bytes()),
        Cell::Count(n) | Cell::Number(n) | Cell::Bytes(n) | Cell::Time(n) => Json::number(line, *n),
        Cell::Share(value) | Cell::Rate(value) | Cell::BitRate(value) => {
            line.room(400);
            line.float(*value);
        }
        Cell::Moment(nanoseconds) => Json::text(line, moment(*nanoseconds).as_bytes()),
        Cell::Flag(value) => Json::flag(line, *value),
    }
}
