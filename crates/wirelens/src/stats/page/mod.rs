//! Statistics as one page of HTML that needs nothing else: styles, plots and script are in it.

mod axis;
mod chart;
mod tree;

use super::units::shown;
use super::{Cell, Column, Plot, Section, Statistics, Table};

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("sort.js");
/// A table with more rows is folded.
const FOLDED: usize = 60;

impl Statistics {
    /// A page to be opened in a browser or sent on. Text from the wire is escaped, and the page may
    /// load nothing.
    pub fn to_html(&self, title: &str) -> String {
        let mut page = String::with_capacity(1 << 16);
        let title = escaped(&super::units::safe(title));
        page.push_str("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
        // Should something from the wire get through after all, it can load nothing.
        page.push_str(
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; \
             style-src 'unsafe-inline'; script-src 'unsafe-inline'\">\n",
        );
        page.push_str("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
        page.push_str(&format!("<title>{title} - Wirelens</title>\n<style>\n{STYLE}</style>\n"));
        page.push_str(&format!("</head>\n<body>\n<header>\n<h1>{title}</h1>\n"));
        let (some, none): (Vec<&Section>, Vec<&Section>) =
            self.sections.iter().partition(|section| !section.is_empty());
        page.push_str("<nav>");
        for section in &some {
            page.push_str(&format!("<a href=\"#{}\">{}</a>", section.name, section.title));
        }
        page.push_str("</nav>\n");
        if let Some(failure) = &self.failure {
            let failure = escaped(&super::units::safe(failure));
            page.push_str(&format!("<p class=\"warning\">Reading failed: {failure}</p>\n"));
        } else if self.interrupted {
            page.push_str("<p class=\"warning\">It was not read to its end.</p>\n");
        }
        page.push_str("</header>\n<main>\n");
        for section in some {
            write_section(&mut page, section);
        }
        page.push_str("</main>\n<footer>");
        if !none.is_empty() {
            let names: Vec<&str> = none.iter().map(|section| section.title).collect();
            page.push_str(&format!("There is nothing of {}. ", names.join(", ")));
        }
        page.push_str("Bytes are those on the wire; times are UTC. Made by Wirelens.</footer>\n");
        page.push_str(&format!("<script>\n{SCRIPT}</script>\n</body>\n</html>\n"));
        page
    }
}

fn write_section(page: &mut String, section: &Section) {
    page.push_str(&format!("<section id=\"{}\">\n<h2>{}</h2>\n", section.name, section.title));
    let facts = section.facts.iter().filter(|fact| fact.value != Cell::None);
    let facts: Vec<String> = facts
        .map(|fact| {
            let value = shown(&fact.value);
            let long = if value.chars().count() > 16 { " class=\"long\"" } else { "" };
            let value = escaped(value.trim_end_matches("000Z").trim_end_matches("000000"));
            format!("<div><dt>{}</dt><dd{long}>{value}</dd></div>", fact.label)
        })
        .collect();
    if !facts.is_empty() {
        page.push_str(&format!("<dl class=\"facts\">{}</dl>\n", facts.concat()));
    }
    let charts: Vec<String> = section.tables.iter().filter_map(chart).collect();
    match charts.as_slice() {
        [] => {}
        [one] => page.push_str(one),
        several => {
            page.push_str(&format!("<div class=\"charts\">\n{}</div>\n", several.concat()));
        }
    }
    for table in section.tables.iter().filter(|table| table.shown().next().is_some()) {
        write_table(page, table);
    }
    for note in &section.notes {
        page.push_str(&format!("<p class=\"note\">{}</p>\n", escaped(note)));
    }
    page.push_str("</section>\n");
}

/// The plot of a table that has one of its own.
fn chart(table: &Table) -> Option<String> {
    table.shown().next()?;
    match table.plot {
        Plot::Line(_) => Some(chart::lines(table)),
        Plot::Columns(value) => Some(chart::columns(table, value)),
        Plot::Bars(_) if matches!(table.rows.first()?.first(), Some(Cell::Nested(..))) => {
            Some(tree::tree(table))
        }
        _ => None,
    }
}

fn write_table(page: &mut String, table: &Table) {
    let rows: Vec<&Vec<Cell>> = table.shown().collect();
    let some = |at: usize| rows.iter().any(|row| row.get(at) != Some(&Cell::None));
    let columns: Vec<(usize, &Column)> = table.seen().filter(|(at, _)| some(*at)).collect();
    let words = |at: usize| {
        let mut cells = rows.iter().filter_map(|row| row.get(at));
        cells.any(Cell::is_words)
    };
    let bars = match table.plot {
        Plot::Bars(value) => Some(value),
        _ => None,
    };
    let ways = bars.and_then(|_| two_ways(table));
    let folded = rows.len() > FOLDED && bars.is_none();
    let key = match ways {
        Some((there, back)) => {
            let label = |at: usize| table.columns.get(at).map_or("", |column| column.label);
            format!(
                " <span class=\"soft\"><i class=\"key a\"></i>{}<i class=\"key b\"></i>{}</span>",
                label(there),
                label(back)
            )
        }
        None => String::new(),
    };
    if folded {
        let (title, count) = (table.title, rows.len());
        page.push_str(&format!("<details><summary>{title}: {count} rows</summary>\n"));
    } else {
        page.push_str(&format!("<h3>{}{key}</h3>\n", table.title));
    }
    page.push_str(&format!("<div class=\"wide\"><table id=\"{}\"><thead><tr>", table.name));
    for (at, column) in &columns {
        let class = if words(*at) { "" } else { " class=\"n\"" };
        page.push_str(&format!("<th{class}>{}</th>", column.label));
    }
    if bars.is_some() {
        page.push_str("<td class=\"bar\"></td>");
    }
    page.push_str("</tr></thead><tbody>\n");
    let size = |row: &[Cell], at: usize| row.get(at).map_or(0.0, Cell::size);
    let most = bars.map_or(0.0, |at| rows.iter().map(|row| size(row, at)).fold(0.0, f64::max));
    for row in &rows {
        page.push_str("<tr>");
        for (at, _) in &columns {
            write_cell(page, row.get(*at).unwrap_or(&Cell::None), words(*at));
        }
        if let Some(at) = bars {
            let part = |at: usize| if most > 0.0 { 100.0 * size(row, at) / most } else { 0.0 };
            let (first, second) = match ways {
                Some((there, back)) => (part(there), part(back)),
                None => (part(at), 0.0),
            };
            page.push_str(&format!(
                "<td class=\"bar\"><svg viewBox=\"0 0 100 8\" preserveAspectRatio=\"none\" \
                 aria-hidden=\"true\"><rect class=\"a\" width=\"{first:.2}\" height=\"8\"/>"
            ));
            if second > 0.0 {
                page.push_str(&format!(
                    "<rect class=\"b\" x=\"{first:.2}\" width=\"{second:.2}\" height=\"8\"/>"
                ));
            }
            page.push_str("</svg></td>");
        }
        page.push_str("</tr>\n");
    }
    page.push_str("</tbody>");
    if let Some(others) = &table.others {
        page.push_str("<tfoot><tr>");
        for (place, (at, _)) in columns.iter().enumerate() {
            match place {
                0 => {
                    let count = super::units::grouped(table.other_rows);
                    page.push_str(&format!("<td>and {count} more</td>"));
                }
                _ => write_cell(page, others.get(*at).unwrap_or(&Cell::None), words(*at)),
            }
        }
        page.push_str(if bars.is_some() { "<td></td></tr></tfoot>" } else { "</tr></tfoot>" });
    }
    page.push_str("</table></div>\n");
    if folded {
        page.push_str("</details>\n");
    }
}

/// The columns of what went there and back, where a table has such.
fn two_ways(table: &Table) -> Option<(usize, usize)> {
    let at = |key: &str| table.columns.iter().position(|column| column.key == key);
    at("sent_bytes").zip(at("received_bytes")).or_else(|| at("bytes_ab").zip(at("bytes_ba")))
}

/// A cell, with the value to sort by where that is no text.
fn write_cell(page: &mut String, cell: &Cell, words: bool) {
    let class = match cell {
        Cell::Text(_) => " class=\"t\"",
        _ if words => "",
        _ => " class=\"n\"",
    };
    let value = match cell {
        Cell::None if !words => " data-v=\"-1\"".to_owned(),
        Cell::Count(_)
        | Cell::Number(_)
        | Cell::Bytes(_)
        | Cell::Time(_)
        | Cell::Share(_)
        | Cell::Rate(_)
        | Cell::BitRate(_) => format!(" data-v=\"{}\"", cell.size()),
        _ => String::new(),
    };
    let style = match cell {
        Cell::Nested(depth @ 1.., _) => format!(" style=\"padding-left:{}px\"", 12 + depth * 18),
        _ => String::new(),
    };
    let text = match cell {
        Cell::Nested(_, name) => (*name).to_owned(),
        _ => escaped(&shown(cell)),
    };
    page.push_str(&format!("<td{class}{value}{style}>{text}</td>"));
}

/// Text in which nothing is markup.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            _ => safe.push(c),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_from_the_wire_is_markup() {
        const COLUMNS: &[Column] = &[Column::new("name", "Name"), Column::new("count", "Count")];
        let mut table = Table::new("names", "Names", COLUMNS);
        let hostile = "</td><script>alert(1)</script>\u{202e}'\"&";
        table.rows.push(vec![Cell::text(hostile), Cell::Count(1)]);
        let mut section = Section::new("dns", "DNS");
        section.tables.push(table);
        let statistics = Statistics { sections: vec![section], ..Statistics::default() };
        let page = statistics.to_html("<b>x</b>.pcap");
        assert_eq!(page.matches("<script>").count(), 1);
        assert!(page.contains("&lt;/td&gt;&lt;script&gt;alert(1)"), "{page}");
        assert!(!page.contains('\u{202e}') && !page.contains("<b>"));
    }
}
