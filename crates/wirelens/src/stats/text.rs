//! Statistics on a terminal: tables with bars, lines of blocks.

use std::fmt::Write;

use super::units::shown;
use super::{Cell, Plot, Section, Statistics, Table};

/// How text looks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TextStyle {
    /// Columns of the terminal.
    pub width: usize,
    /// Colours, as terminals take them.
    pub colour: bool,
}

impl Default for TextStyle {
    fn default() -> TextStyle {
        TextStyle { width: 100, colour: false }
    }
}

/// Words longer than this are cut in a table.
const LONGEST: usize = 40;
/// The longest and shortest bars.
const BAR: usize = 24;
const SHORTEST: usize = 6;

impl Statistics {
    /// For reading.
    pub fn to_text(&self, style: TextStyle) -> String {
        let mut page = Page { text: String::new(), style };
        for section in self.sections.iter().filter(|section| !section.is_empty()) {
            page.section(section);
        }
        page.text
    }
}

struct Page {
    text: String,
    style: TextStyle,
}

impl Page {
    fn section(&mut self, section: &Section) {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        let title = section.title.to_uppercase();
        self.coloured("1", &title);
        self.text.push('\n');
        let facts: Vec<_> = section.facts.iter().filter(|fact| fact.value != Cell::None).collect();
        let width = facts.iter().map(|fact| fact.label.chars().count()).max().unwrap_or(0);
        for fact in facts {
            let label = format!("  {:width$}  ", fact.label);
            self.coloured("2", &label);
            self.text.push_str(&shown(&fact.value));
            self.text.push('\n');
        }
        for table in section.tables.iter().filter(|table| !table.rows.is_empty()) {
            self.table(table);
        }
        for note in &section.notes {
            self.text.push('\n');
            self.wrapped(note);
        }
    }

    fn table(&mut self, table: &Table) {
        self.text.push_str("\n  ");
        self.coloured("4", table.title);
        self.text.push('\n');
        match table.plot {
            Plot::Line(_) => return self.lines(table),
            Plot::Columns(value) if table.rows.len() > 20 => return self.sparkline(table, value),
            _ => {}
        }
        let bars = match table.plot {
            Plot::Bars(value) | Plot::Columns(value) => Some(value),
            _ => None,
        };
        // A column that no row has a value in says nothing.
        let some = |at: usize| table.rows.iter().any(|row| row.get(at) != Some(&Cell::None));
        let columns: Vec<_> = table.seen().filter(|(at, _)| some(*at)).collect();
        let mut rows: Vec<Vec<String>> = Vec::new();
        for cells in table.rows.iter().chain(&table.others) {
            let cell =
                |(at, _): &(usize, _)| cells.get(*at).map_or(String::new(), |c| cut(&shown(c)));
            rows.push(columns.iter().map(cell).collect());
        }
        if table.others.is_some()
            && let Some(first) = rows.last_mut().and_then(|row| row.first_mut())
        {
            *first = others(table.other_rows);
        }
        let is_words = |at: usize| {
            let cells = table.rows.iter().filter_map(|row| row.get(at));
            cells.clone().any(Cell::is_words)
                && cells.clone().all(|c| c.is_words() || *c == Cell::None)
        };
        let widths: Vec<usize> = (0..columns.len())
            .map(|at| {
                let cells = rows.iter().filter_map(|row| row.get(at));
                let heading = columns.get(at).map_or(0, |(_, column)| column.label.chars().count());
                cells.map(|cell| cell.chars().count()).max().unwrap_or(0).max(heading)
            })
            .collect();
        let used: usize = widths.iter().map(|width| width + 2).sum::<usize>() + 2;
        let bar = self.style.width.saturating_sub(used).min(BAR);
        let bars = bars.filter(|_| bar >= SHORTEST);
        let mut heading = String::new();
        for ((at, column), width) in columns.iter().zip(&widths) {
            pad(&mut heading, column.label, *width, is_words(*at));
        }
        self.coloured("2", heading.trim_end());
        self.text.push('\n');
        let size = |row: usize, value: usize| {
            table.rows.get(row).and_then(|cells| cells.get(value)).map_or(0.0, Cell::size)
        };
        let most = bars.map_or(0.0, |value| {
            (0..table.rows.len()).map(|row| size(row, value)).fold(0.0, f64::max)
        });
        for (at, row) in rows.iter().enumerate() {
            let mut text = String::new();
            for (((column, _), width), cell) in columns.iter().zip(&widths).zip(row) {
                // What stands for others is words.
                let left = is_words(*column) || at >= table.rows.len() && cell.ends_with("others");
                pad(&mut text, cell, *width, left);
            }
            self.text.push_str(text.trim_end());
            if let Some(value) = bars
                && at < table.rows.len()
                && most > 0.0
            {
                let missing = used.saturating_sub(text.trim_end().chars().count());
                self.text.extend(std::iter::repeat_n(' ', missing));
                self.coloured("36", &bar_of(size(at, value) / most, bar));
            }
            self.text.push('\n');
        }
    }

    /// Lines of blocks, one for each column that is a rate, and where they begin and end.
    fn lines(&mut self, table: &Table) {
        let width = self.style.width.saturating_sub(32).clamp(20, 400);
        for (at, column) in table.columns.iter().enumerate() {
            let rates = table.rows.iter().filter_map(|row| row.get(at));
            if !rates.clone().all(|cell| matches!(cell, Cell::Rate(_) | Cell::BitRate(_))) {
                continue;
            }
            let most = rates.clone().max_by(|a, b| a.size().total_cmp(&b.size()));
            let values: Vec<f64> = rates.map(Cell::size).collect();
            let most = most.map(shown).unwrap_or_default();
            self.coloured("2", &format!("  {:<15} ", column.label));
            self.coloured("36", &blocks(&values, width));
            let _ = writeln!(self.text, " {most}");
        }
        let moment = |row: Option<&Vec<Cell>>| {
            let cell = row.and_then(|row| row.first());
            cell.map(shown).unwrap_or_default()
        };
        let (first, last) = (moment(table.rows.first()), moment(table.rows.last()));
        let (short, room) = (first.get(..19).unwrap_or(&first), values_width(table, width));
        let end = last.get(..19).unwrap_or(&last);
        let gap = room.saturating_sub(short.len() + end.len()).max(2);
        self.coloured("2", &format!("{:18}{short}{:gap$}{end}", "", ""));
        self.text.push('\n');
    }

    fn sparkline(&mut self, table: &Table, value: usize) {
        let values = table.rows.iter().filter_map(|row| row.get(value)).map(Cell::size);
        let (values, width) = (values.collect::<Vec<f64>>(), self.style.width.saturating_sub(40));
        let end = |row: Option<&Vec<Cell>>| {
            row.and_then(|row| row.first()).map(shown).unwrap_or_default()
        };
        let (first, last) = (end(table.rows.first()), end(table.rows.last()));
        self.coloured("2", &format!("  {first:>9} "));
        self.coloured("36", &blocks(&values, width.max(20)));
        self.coloured("2", &format!(" {last}"));
        self.text.push('\n');
    }

    /// Text in lines, by words.
    fn wrapped(&mut self, note: &str) {
        let mut length = 0;
        let mut line = String::new();
        for word in note.split(' ') {
            if length > 0 && length + 1 + word.chars().count() > self.style.width.saturating_sub(2)
            {
                self.coloured("2", &format!("  {line}"));
                self.text.push('\n');
                (line, length) = (String::new(), 0);
            }
            if length > 0 {
                line.push(' ');
                length += 1;
            }
            line.push_str(word);
            length += word.chars().count();
        }
        self.coloured("2", &format!("  {line}"));
        self.text.push('\n');
    }

    fn coloured(&mut self, colour: &str, text: &str) {
        if self.style.colour {
            let _ = write!(self.text, "\x1b[{colour}m{text}\x1b[0m");
        } else {
            self.text.push_str(text);
        }
    }
}

/// How wide a line of blocks of this table is.
fn values_width(table: &Table, width: usize) -> usize {
    table.rows.len().min(width)
}

fn others(number: u64) -> String {
    match number {
        1 => "1 other".to_owned(),
        _ => format!("{} others", super::units::grouped(number)),
    }
}

fn cut(text: &str) -> String {
    if text.chars().count() <= LONGEST {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(LONGEST - 2).collect();
    short.push_str("..");
    short
}

fn pad(text: &mut String, cell: &str, width: usize, left: bool) {
    let space = width.saturating_sub(cell.chars().count());
    text.push_str("  ");
    if !left {
        text.extend(std::iter::repeat_n(' ', space));
    }
    text.push_str(cell);
    if left {
        text.extend(std::iter::repeat_n(' ', space));
    }
}

/// A bar that is so part of `width` long, to the eighth.
fn bar_of(part: f64, width: usize) -> String {
    const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    let eighths = (part.clamp(0.0, 1.0) * width as f64 * 8.0).round() as usize;
    // What is there at all is seen.
    let eighths = if part > 0.0 { eighths.max(1) } else { 0 };
    let mut bar = "█".repeat(eighths / 8);
    bar.push_str(EIGHTHS.get(eighths % 8).copied().unwrap_or_default());
    bar
}

/// A block for each value, or for the greatest of several where they are too many.
fn blocks(values: &[f64], width: usize) -> String {
    const HEIGHTS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let most = values.iter().copied().fold(0.0, f64::max);
    let count = values.len().min(width).max(1);
    let block = |at: usize| {
        let (from, to) = (at * values.len() / count, (at + 1) * values.len() / count);
        let value = values.get(from..to).unwrap_or_default().iter().copied().fold(0.0, f64::max);
        if value <= 0.0 || most <= 0.0 {
            return ' ';
        }
        let height = (value / most * 8.0).ceil() as usize;
        HEIGHTS[height.clamp(1, HEIGHTS.len()) - 1]
    };
    (0..count).map(block).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_and_blocks() {
        assert_eq!(bar_of(1.0, 3), "███");
        assert_eq!(bar_of(0.5, 3), "█▌");
        assert_eq!(bar_of(0.0001, 3), "▏");
        assert_eq!(bar_of(0.0, 3), "");
        assert_eq!(blocks(&[0.0, 1.0, 8.0], 10), " ▁█");
        assert_eq!(blocks(&[1.0, 8.0, 0.0, 4.0], 2), "█▄");
        assert_eq!(blocks(&[], 5), " ");
    }
}
