//! What was measured, as a table and as JSON.

use serde_json::{Value, json};

use super::engine::cores;
use super::{File, Row};

/// A table for reading.
pub(super) fn text(file: &File, rows: &[Row], runs: u32) -> String {
    let frames = file.frames;
    let megabytes = file.bytes as f64 / 1e6;
    let turns = if runs == 1 { String::new() } else { format!(", median of {runs} runs") };
    let mut text = format!("{}: {frames} frames, {megabytes:.1} MB", printable(&file.name));
    text.push_str(&format!("; {} cores{turns}\n\n", cores()));
    let mut cells = vec![
        ["engine", "version", "a packet", "frames/s", "CPU", "peak memory", "native is"]
            .map(str::to_owned),
    ];
    let native = rows.iter().find(|row| row.engine.name == "native").and_then(Row::each);
    for row in rows {
        cells.push(cells_of(row, native));
    }
    let width = |at: usize| cells.iter().map(|row| row[at].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..7).map(width).collect();
    for (number, line) in cells.iter().enumerate() {
        let row = number.checked_sub(1).and_then(|number| rows.get(number));
        let does = row.map_or("what it does", |row| row.engine.does);
        let name = format!("{:1$}  {2:3$}", line[0], widths[0], line[1], widths[1]);
        match row {
            Some(row) if row.runs.is_empty() => {
                text.push_str(&format!("{name}  {}\n", absent(row)));
                continue;
            }
            _ => text.push_str(&name),
        }
        for at in 2..7 {
            text.push_str(&format!("  {:>1$}", line[at], widths[at]));
        }
        text.push_str(&format!("  {does}"));
        if let Some(row) = row {
            if let Some(error) = &row.error {
                text.push_str(&format!("; then {}", printable(error)));
            }
            if row.frames != frames {
                text.push_str(&format!("; {} frames", row.frames));
            }
        }
        text.push('\n');
    }
    text
}

fn cells_of(row: &Row, native: Option<f64>) -> [String; 7] {
    let each = row.each();
    let known = |text: Option<String>| text.unwrap_or_else(|| "unknown".to_owned());
    let ratio = each.zip(native).filter(|(_, native)| *native > 0.0);
    [
        row.engine.name.to_owned(),
        row.version.clone().unwrap_or_default(),
        known(each.map(time)),
        known(each.filter(|each| *each > 0.0).map(|each| format!("{:.0}", 1.0 / each))),
        known(row.cpu().map(|cpu| format!("{cpu:.2} s"))),
        known(row.peak().map(|peak| format!("{:.0} MiB", peak as f64 / 1_048_576.0))),
        ratio.map_or(String::new(), |(each, native)| times(each / native)),
    ]
}

/// Why there are no figures.
fn absent(row: &Row) -> String {
    match &row.error {
        Some(error) => format!("failed: {}", printable(error)),
        None if row.version.is_none() => format!("not installed: {}", row.engine.install),
        None => "not run".to_owned(),
    }
}

/// How many times as fast.
fn times(ratio: f64) -> String {
    let digits = if ratio < 10.0 { 2 } else { 0 };
    format!("{ratio:.digits$} x")
}

/// Seconds, in the unit that suits them.
fn time(seconds: f64) -> String {
    let (number, unit) = match seconds {
        s if s < 1e-6 => (s * 1e9, "ns"),
        s if s < 1e-3 => (s * 1e6, "us"),
        s if s < 1.0 => (s * 1e3, "ms"),
        s => (s, "s"),
    };
    format!("{number:.*} {unit}", if number < 100.0 { 2 } else { 0 })
}

/// Names and messages come from outside: nothing that a terminal would obey.
fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

/// The same for programs.
pub(super) fn json(file: &File, rows: &[Row]) -> Value {
    let engines: Vec<Value> = rows.iter().map(engine).collect();
    json!({
        "file": file.name,
        "frames": file.frames,
        "bytes": file.bytes,
        "cores": cores().parse::<u64>().ok(),
        "engines": engines,
    })
}

fn engine(row: &Row) -> Value {
    let name = row.engine.name;
    if row.version.is_none() {
        return json!({ "engine": name, "installed": false, "install": row.engine.install });
    }
    json!({
        "engine": name,
        "installed": true,
        "version": row.version,
        "does": row.engine.does,
        "frames": row.frames,
        "runs": row.runs.len(),
        "seconds": row.seconds(),
        "cpu_seconds": row.cpu(),
        "seconds_per_packet": row.each(),
        "frames_per_second": row.each().filter(|each| *each > 0.0).map(|each| 1.0 / each),
        "peak_memory": row.peak(),
        "error": row.error,
    })
}
