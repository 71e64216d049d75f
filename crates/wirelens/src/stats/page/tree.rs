//! The tree of protocols, each as wide as its share of all bytes.

use std::fmt::Write;

use super::super::units::shown;
use super::super::{Cell, Table};
use super::chart::begin;
use super::escaped;

const WIDTH: f64 = 1060.0;
const HIGH: f64 = 27.0;
/// Narrower ones are not drawn.
const NARROWEST: f64 = 0.6;
const DEEPEST: usize = 16;
/// About what a letter takes.
const LETTER: f64 = 6.3;

/// A table whose rows are a tree, parents first, as nested bars.
pub(super) fn tree(table: &Table) -> String {
    let at = |key: &str| table.columns.iter().position(|column| column.key == key).unwrap_or(0);
    let (bytes, share) = (at("bytes"), at("bytes_share"));
    let size = |row: &Vec<Cell>| row.get(bytes).map_or(0.0, Cell::size);
    let depth = |row: &Vec<Cell>| match row.first() {
        Some(Cell::Nested(depth, _)) => *depth,
        _ => 0,
    };
    let all: f64 = table.rows.iter().filter(|row| depth(row) == 0).map(size).sum();
    if all <= 0.0 {
        return String::new();
    }
    let deepest = table.rows.iter().map(depth).max().unwrap_or(0).min(DEEPEST);
    let mut svg = begin(WIDTH, HIGH * (deepest + 1) as f64);
    // Where the next of each depth begins.
    let mut next = vec![0.0; deepest + 2];
    for row in table.rows.iter().filter(|row| depth(row) <= deepest) {
        let (depth, width) = (depth(row), WIDTH * size(row) / all);
        let Some(x) = next.get(depth).copied() else { continue };
        if let Some(place) = next.get_mut(depth) {
            *place += width;
        }
        if let Some(inside) = next.get_mut(depth + 1) {
            *inside = x;
        }
        if width < NARROWEST {
            continue;
        }
        let Some(Cell::Nested(_, name)) = row.first() else { continue };
        let (y, class) = (HIGH * depth as f64, ["a", "c", "b", "d", "e"][depth % 5]);
        let share = row.get(share).map(shown).unwrap_or_default();
        let chain = row.get(1).map(shown).unwrap_or_default();
        let title = format!("{chain}: {} ({share})", row.get(bytes).map(shown).unwrap_or_default());
        let _ = write!(
            svg,
            "<g><title>{}</title><rect class=\"{class}\" x=\"{x:.2}\" y=\"{y}\" width=\"{width:.2}\" \
             height=\"{HIGH}\"/>",
            escaped(&title)
        );
        let long = format!("{name} {share}");
        let room = (width - 12.0) / LETTER;
        let label = [long.as_str(), name].into_iter().find(|text| text.len() as f64 <= room);
        if let Some(label) = label {
            let (x, y) = (x + 6.0, y + 17.5);
            let _ = write!(svg, "<text class=\"on\" x=\"{x:.1}\" y=\"{y}\">{label}</text>");
        }
        svg.push_str("</g>");
    }
    svg.push_str("</svg>");
    format!(
        "<figure class=\"tree\"><figcaption>Each protocol by its share of all bytes <i>- what is \
         below another is inside it</i></figcaption>{svg}</figure>\n"
    )
}
