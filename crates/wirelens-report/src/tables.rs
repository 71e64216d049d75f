//! What is known, as tables: every protocol and every field, from their rows.

use serde_json::{Value, json};
use wirelens_dissect::{Field, Level, Protocol, Registry, Shown};

use crate::Selection;

/// Every protocol as a table for people, sorted by abbreviation.
pub fn protocols_text(registry: &Registry) -> String {
    let rows = sorted(registry).into_iter().map(|protocol| {
        let [name, short, title] = [protocol.name, protocol.short, protocol.title];
        [name, short, level(protocol.level), title].map(str::to_owned)
    });
    columns(["name", "short", "level", "title"], rows)
}

/// Every protocol as an array of objects, sorted by abbreviation.
pub fn protocols_json(registry: &Registry) -> Value {
    sorted(registry)
        .into_iter()
        .map(|protocol| {
            let mut fields = 0;
            protocol.visit(&mut |_| fields += 1);
            let found_at: Vec<_> = protocol.found_at.iter().map(found).collect();
            json!({
                "name": protocol.name,
                "short": protocol.short,
                "title": protocol.title,
                "level": level(protocol.level),
                "fields": fields,
                "found_at": found_at,
                "rows_of": protocol.rows_of.map(|other| other.name),
            })
        })
        .collect()
}

/// Every field whose name begins with `prefix` as a table for people: first those of the frame
/// itself, then protocols sorted by abbreviation, fields in the order of the wire.
pub fn fields_text(registry: &Registry, prefix: &str) -> String {
    let mut rows: Vec<_> = of_frames(prefix)
        .map(|[name, kind, label]| [name, kind, "", label].map(str::to_owned))
        .collect();
    each_field(registry, prefix, &mut |_, field| {
        let kind = field.kind.name().to_owned();
        let marks = marks(field).map(|(word, is)| if is { word } else { "" });
        let marks: Vec<_> = marks.into_iter().filter(|word| !word.is_empty()).collect();
        rows.push([field.name.to_owned(), kind, marks.join(" "), field.label.to_owned()]);
    });
    columns(["name", "kind", "is", "label"], rows.into_iter())
}

/// Every field whose name begins with `prefix` as an array of objects.
pub fn fields_json(registry: &Registry, prefix: &str) -> Value {
    let mut all: Vec<_> = of_frames(prefix).map(frame_json).collect();
    each_field(registry, prefix, &mut |protocol, field| {
        let names: Vec<_> = field.names.iter().map(|&(value, name)| json!([value, name])).collect();
        let mut row = json!({
            "name": field.name,
            "label": field.label,
            "kind": field.kind.name(),
            "protocol": protocol.name,
            "parent": field.parent.map(|parent| parent.name),
            "key": field.key.as_str(),
            "mask": (field.mask != u64::MAX).then_some(field.mask),
            "names": names,
            "shown": shown(field.shown),
        });
        for (word, is) in marks(field) {
            row[word] = is.into();
        }
        all.push(row);
    });
    all.into()
}

/// The fields of frames themselves.
fn of_frames(prefix: &str) -> impl Iterator<Item = [&'static str; 3]> {
    Selection::frame_rows().filter(move |[name, ..]| name.starts_with(prefix))
}

/// One of them, as others are described.
fn frame_json([name, kind, label]: [&'static str; 3]) -> Value {
    let mut row = json!({
        "name": name,
        "label": label,
        "kind": kind,
        "protocol": "frame",
        "parent": null,
        "key": name.trim_start_matches("frame."),
        "mask": null,
        "names": [],
        "shown": "always",
    });
    for word in ["many", "object", "shared", "payload", "own", "view"] {
        row[word] = false.into();
    }
    row
}

fn marks(field: &Field) -> [(&'static str, bool); 6] {
    [
        ("many", field.many),
        ("object", field.object),
        ("shared", field.shared),
        ("payload", field.payload),
        ("own", field.own),
        ("view", field.view),
    ]
}

fn shown(shown: Shown) -> &'static str {
    match shown {
        Shown::Always => "always",
        Shown::Detail => "detail",
        Shown::Hidden => "hidden",
    }
}

fn level(level: Level) -> &'static str {
    match level {
        Level::Link => "link",
        Level::Network => "network",
        Level::Transport => "transport",
        Level::Application => "application",
    }
}

fn found(at: &wirelens_dissect::At) -> Value {
    match at {
        wirelens_dissect::At::Number(table, number) => {
            json!({"table": table.name, "number": number})
        }
        wirelens_dissect::At::Content(table, _) => json!({"table": table.name, "number": null}),
    }
}

fn sorted(registry: &Registry) -> Vec<&'static Protocol> {
    let mut all = registry.protocols().to_vec();
    all.sort_by_key(|protocol| protocol.name);
    all
}

fn each_field(
    registry: &Registry,
    prefix: &str,
    each: &mut dyn FnMut(&'static Protocol, &'static Field),
) {
    for protocol in sorted(registry) {
        protocol.visit(&mut |field| {
            if field.name.starts_with(prefix) {
                each(protocol, field);
            }
        });
    }
}

/// Rows under a heading, each column as wide as it must be, the last as it is.
fn columns(heads: [&str; 4], rows: impl Iterator<Item = [String; 4]>) -> String {
    let rows: Vec<_> = std::iter::once(heads.map(str::to_owned)).chain(rows).collect();
    let width = |at: usize| rows.iter().map(|row| row[at].chars().count()).max().unwrap_or(0);
    let (a, b, c) = (width(0), width(1), width(2));
    rows.iter().map(|[w, x, y, z]| format!("{w:a$}  {x:b$}  {y:c$}  {z}\n")).collect()
}
