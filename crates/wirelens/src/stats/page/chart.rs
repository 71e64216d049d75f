//! Plots of tables, as SVG.

use std::fmt::Write;

use super::super::units::shown;
use super::super::{Cell, Table};
use super::{axis, escaped};

/// A line over time for each column that is a rate, one above the other.
pub(super) fn lines(table: &Table) -> String {
    let mut figures = String::new();
    let rates = |at: usize| table.rows.iter().filter_map(move |row| row.get(at));
    for (at, column) in table.columns.iter().enumerate().rev() {
        if !rates(at).all(|cell| matches!(cell, Cell::Rate(_) | Cell::BitRate(_))) {
            continue;
        }
        let values: Vec<f64> = rates(at).map(Cell::size).collect();
        let bits = matches!(rates(at).next(), Some(Cell::BitRate(_)));
        let cell = |value: f64| if bits { Cell::BitRate(value) } else { Cell::Rate(value) };
        let class = if bits { "" } else { " two" };
        let _ = writeln!(
            figures,
            "<figure class=\"rate{class}\"><figcaption>{}</figcaption>{}</figure>",
            column.label,
            line(table, &values, &cell)
        );
    }
    figures
}

const WIDTH: f64 = 1060.0;
const LEFT: f64 = 78.0;
const RIGHT: f64 = 12.0;

fn line(table: &Table, values: &[f64], cell: &dyn Fn(f64) -> Cell) -> String {
    let (top, height) = (8.0, 170.0);
    let steps = axis::steps(values.iter().copied().fold(0.0, f64::max), 4.0);
    let most = steps.last().copied().unwrap_or(1.0);
    let y = |value: f64| top + height - height * (value / most);
    let width = WIDTH - LEFT - RIGHT;
    let count = values.len().max(1) as f64;
    let mut svg = begin(WIDTH, top + height + 24.0);
    scale(&mut svg, &steps, &y, WIDTH, cell);
    let moment = |row: Option<&Vec<Cell>>| match row.and_then(|row| row.first()) {
        Some(Cell::Moment(at)) => *at,
        _ => 0,
    };
    let (first, last) = (moment(table.rows.first()), moment(table.rows.last()));
    let interval =
        table.rows.get(1).map_or(1, |row| moment(Some(row)).saturating_sub(first)).max(1);
    let end = last.saturating_add(interval);
    let (moments, step) = axis::moments(first, end);
    for at in moments {
        let x = LEFT + width * ((at - first) as f64 / (end - first).max(1) as f64);
        let text = axis::moment(at, step, first);
        let y = top + height + 16.0;
        let _ = write!(svg, "<text x=\"{x:.1}\" y=\"{y}\" text-anchor=\"middle\">{text}</text>");
    }
    // Each interval is a step: between two of them nothing is known.
    let mut curve = String::new();
    for (at, value) in values.iter().enumerate() {
        let (from, to) = (at as f64 / count, (at + 1) as f64 / count);
        let letter = if at == 0 { 'M' } else { 'L' };
        let (from, to) = (LEFT + width * from, LEFT + width * to);
        let _ = write!(curve, "{letter}{from:.1} {y:.1}H{to:.1}", y = y(*value));
    }
    let base = top + height;
    let right = LEFT + width;
    let _ = write!(svg, "<path class=\"area\" d=\"{curve}L{right:.1} {base}H{LEFT}Z\"/>");
    let _ = write!(svg, "<path class=\"curve\" d=\"{curve}\"/></svg>");
    svg
}

/// A column for each row, side by side.
pub(super) fn columns(table: &Table, value: usize) -> String {
    let rows: Vec<&Vec<Cell>> = table.shown().collect();
    let (full, top, height, left) = (520.0, 8.0, 150.0, 60.0);
    let size = |row: &Vec<Cell>| row.get(value).map_or(0.0, Cell::size);
    let steps = axis::steps(rows.iter().map(|row| size(row)).fold(0.0, f64::max), 4.0);
    let most = steps.last().copied().unwrap_or(1.0);
    let y = |value: f64| top + height - height * (value / most);
    let mut svg = begin(full, top + height + 24.0);
    let (width, count) = (full - left - RIGHT, rows.len().max(1) as f64);
    for step in &steps {
        let (y, label) = (y(*step), shown(&Cell::Count(*step as u64)));
        let right = full - RIGHT;
        let _ = write!(
            svg,
            "<path class=\"grid\" d=\"M{left} {y:.1}H{right}\"/><text x=\"{x}\" y=\"{t:.1}\" \
             text-anchor=\"end\">{label}</text>",
            x = left - 6.0,
            t = y + 4.0
        );
    }
    let each = width / count;
    let wide = (each * 0.78).min(46.0);
    // As many labels as have room.
    let every = (62.0 / each).ceil().max(1.0) as usize;
    for (at, row) in rows.iter().enumerate() {
        let middle = left + each * (at as f64 + 0.5);
        let (tall, label) = (y(size(row)), range(row));
        let _ = write!(
            svg,
            "<rect class=\"a\" x=\"{x:.1}\" y=\"{tall:.1}\" width=\"{wide:.1}\" height=\"{h:.1}\">\
             <title>{label}: {count}</title></rect>",
            x = middle - wide / 2.0,
            h = top + height - tall,
            count = escaped(&shown(row.get(value).unwrap_or(&Cell::None)))
        );
        if at % every == 0 {
            let y = top + height + 16.0;
            let text = row.first().map(shown).unwrap_or_default();
            let text = if every == 1 && table.name == "lengths" { label } else { escaped(&text) };
            let _ = write!(
                svg,
                "<text x=\"{middle:.1}\" y=\"{y}\" text-anchor=\"middle\">{text}</text>"
            );
        }
    }
    svg.push_str("</svg>");
    format!("<figure><figcaption>{}</figcaption>{svg}</figure>\n", table.title)
}

/// From where to where a row goes, by its first two cells.
fn range(row: &[Cell]) -> String {
    let text = |at: usize| row.get(at).map(shown).filter(|text| !text.is_empty());
    match (text(0), text(1)) {
        (Some(from), Some(to)) => escaped(&format!("{from}-{to}")),
        (Some(from), None) => escaped(&format!("{from}+")),
        _ => String::new(),
    }
}

/// Lines across, and what they stand for.
fn scale(
    svg: &mut String,
    steps: &[f64],
    y: &dyn Fn(f64) -> f64,
    full: f64,
    cell: &dyn Fn(f64) -> Cell,
) {
    for step in steps {
        let (y, label) = (y(*step), shown(&cell(*step)));
        let (right, x, text) = (full - RIGHT, LEFT - 6.0, y + 4.0);
        let _ = write!(
            svg,
            "<path class=\"grid\" d=\"M{LEFT} {y:.1}H{right}\"/><text x=\"{x}\" y=\"{text:.1}\" \
             text-anchor=\"end\">{label}</text>"
        );
    }
}

pub(super) fn begin(width: f64, height: f64) -> String {
    format!("<svg viewBox=\"0 0 {width} {height}\" role=\"img\">")
}
