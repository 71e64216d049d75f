//! What a comparison has found, as a table and as JSON.

use serde_json::{Value, json};
use wirelens_report::Line;

use super::tally::{Difference, ProtocolTally, Verification};

/// The columns behind a protocol's name.
const COLUMNS: [&str; 9] = [
    "frames",
    "chains same",
    "fields",
    "matched",
    "missing",
    "other value",
    "other range",
    "extra",
    "agree",
];

impl Verification {
    /// A table by protocol, and the first differences, for reading.
    pub fn to_text(&self) -> String {
        let mut rows = vec![("protocol", COLUMNS.map(str::to_owned))];
        let known = self.sorted(true);
        rows.extend(known.iter().map(|(name, tally)| (*name, cells(tally))));
        let mut sum = self.fields();
        (sum.frames, sum.chains_same) = (self.frames, self.chains_same);
        rows.push(("all", cells(&sum)));
        let mut text = format!("{} frames, against {}\n\n", self.frames, self.against);
        table(&rows, &mut text);
        self.sums(&mut text);
        self.differences_text(&mut text);
        text
    }

    fn sums(&self, text: &mut String) {
        let Verification { frames_missing: missing, frames_extra: extra, frames, .. } = self;
        let [times, lengths, captured] =
            [self.times_differ, self.lengths_differ, self.captured_differ];
        text.push_str(&format!(
            "\nframes: {missing} missing, {extra} extra; times differ in {times}, lengths in \
             {lengths}, captured lengths in {captured}\n\
             chains: {} of {frames} the same; ours is shorter in {}, longer in {}, another in {}\n",
            self.chains_same, self.chains_shorter, self.chains_deeper, self.chains_diverge,
        ));
        let alone = self.sorted(false);
        if !alone.is_empty() {
            let names: Vec<String> = alone.iter().map(|(name, _)| printable(name)).collect();
            text.push_str(&format!("not known here: {}\n", names.join(", ")));
        }
        if self.fields_behind > 0 {
            let behind = self.fields_behind;
            text.push_str(&format!("behind these, so not compared: {behind} fields\n"));
        }
        if self.interrupted {
            text.push_str("interrupted: what comes later was not compared\n");
        }
    }

    fn differences_text(&self, text: &mut String) {
        if self.differences.is_empty() {
            return;
        }
        let (told, all) = (self.differences.len(), self.differences_found);
        let of = if told as u64 == all { String::new() } else { format!(", {told} of {all}") };
        text.push_str(&format!("\ndifferences{of}:\n"));
        for Difference { frame, what, theirs, ours } in &self.differences {
            let side = |side: &Option<String>| side.as_deref().map_or("-".to_owned(), printable);
            let (theirs, ours) = (side(theirs), side(ours));
            let what = printable(what);
            text.push_str(&format!("  frame {frame}, {what}: tshark {theirs} | here {ours}\n"));
        }
    }

    /// Protocols, those with the most fields first.
    fn sorted(&self, known: bool) -> Vec<(&str, &ProtocolTally)> {
        let of_kind = self.protocols.iter().filter(|(_, (is_known, _))| *is_known == known);
        let mut rows: Vec<_> = of_kind.map(|(name, (_, tally))| (name.as_str(), tally)).collect();
        rows.sort_by_key(|(_, tally)| std::cmp::Reverse(tally.expected));
        rows
    }

    /// All counts, for programs.
    pub fn to_json(&self) -> Value {
        let of = |known| -> serde_json::Map<String, Value> {
            let rows = self.sorted(known).into_iter();
            rows.map(|(name, tally)| (name.to_owned(), counts(tally))).collect()
        };
        let differences: Vec<Value> = self.differences.iter().map(difference).collect();
        json!({
            "against": self.against,
            "equal": self.is_equal(),
            "interrupted": self.interrupted,
            "failure": self.failure,
            "frames": {
                "compared": self.frames,
                "missing": self.frames_missing,
                "extra": self.frames_extra,
                "times_differ": self.times_differ,
                "lengths_differ": self.lengths_differ,
                "captured_differ": self.captured_differ,
            },
            "chains": {
                "same": self.chains_same,
                "shorter": self.chains_shorter,
                "deeper": self.chains_deeper,
                "diverge": self.chains_diverge,
            },
            "malformed": {
                "theirs": self.malformed[0],
                "ours": self.malformed[1],
                "both": self.malformed[2],
            },
            "fields": counts(&self.fields()),
            "fields_behind": self.fields_behind,
            "protocols": of(true),
            "unknown_protocols": of(false),
            "differences": differences,
            "differences_found": self.differences_found,
        })
    }
}

fn cells(tally: &ProtocolTally) -> [String; 9] {
    let other_range = tally.wrong_range + tally.wrong_both;
    let agree = match tally.expected {
        0 => "-".to_owned(),
        // Not rounded up: 100 % is all of them.
        all => format!("{:.2} %", (tally.matched * 10_000 / all) as f64 / 100.0),
    };
    let counts = [
        tally.frames,
        tally.chains_same,
        tally.expected,
        tally.matched,
        tally.missing,
        tally.wrong_value,
        other_range,
        tally.extra,
    ];
    let mut cells = std::array::from_fn(|at| counts.get(at).map_or(String::new(), u64::to_string));
    cells[8] = agree;
    cells
}

fn table(rows: &[(&str, [String; 9])], text: &mut String) {
    let longest = rows.iter().map(|(name, _)| name.chars().count()).max().unwrap_or(0);
    let width = |at: usize| rows.iter().map(|(_, cells)| cells[at].chars().count()).max();
    let widths: [usize; 9] = std::array::from_fn(|at| width(at).unwrap_or(0));
    for (name, cells) in rows {
        text.push_str(&format!("{:longest$}", printable(name)));
        for (cell, width) in cells.iter().zip(widths) {
            text.push_str(&format!("  {cell:>width$}"));
        }
        text.push('\n');
    }
}

fn counts(tally: &ProtocolTally) -> Value {
    json!({
        "frames": tally.frames,
        "chains_same": tally.chains_same,
        "layers": tally.layers,
        "layers_found": tally.layers_found,
        "layers_range": tally.layers_range,
        "expected": tally.expected,
        "matched": tally.matched,
        "missing": tally.missing,
        "wrong_value": tally.wrong_value,
        "wrong_range": tally.wrong_range,
        "wrong_both": tally.wrong_both,
        "extra": tally.extra,
    })
}

fn difference(difference: &Difference) -> Value {
    let Difference { frame, what, theirs, ours } = difference;
    json!({ "frame": frame, "what": what, "theirs": theirs, "ours": ours })
}

/// Values come from the wire: nothing that a terminal would obey.
fn printable(text: &str) -> String {
    let mut safe = Line::new();
    wirelens_report::write_safe(&mut safe, text.as_bytes());
    String::from_utf8_lossy(safe.written()).into_owned()
}
