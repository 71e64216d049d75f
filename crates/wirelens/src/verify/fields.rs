//! Fields of a frame, paired by name.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use super::tally::Found;
use super::theirs::Field;

/// A field of ours.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ours<'o> {
    pub(super) protocol: &'o str,
    pub(super) position: u64,
    pub(super) size: u64,
    pub(super) value: &'o Value,
}

/// By name.
pub(super) type Named<'o> = HashMap<&'o str, Vec<Ours<'o>>>;

/// A pair, or what has no partner.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pair<'p> {
    pub(super) found: Found,
    /// Whose it is: tshark's protocol, or ours where only we have it.
    pub(super) protocol: &'p str,
    pub(super) name: &'p str,
    pub(super) theirs: Option<Field<'p>>,
    pub(super) ours: Option<Ours<'p>>,
}

/// Fields that tshark shows in bytes it made (decompressed, unmasked), where they have no place in
/// the frame: their ranges there may look like ranges of the frame. Values alone are compared.
const MADE: [&str; 5] = [
    "http2.header.name",
    "http2.header.value",
    "http2.header.unescaped",
    "http2.headers.",
    "websocket.payload",
];

/// The fields of a layer's JSON under their names.
pub(super) fn collect<'o>(layer: &'o Value, protocol: &'o str, named: &mut Named<'o>) {
    let mut waiting: Vec<&'o Value> = of_list(&layer["fields"]).collect();
    waiting.reverse();
    while let Some(field) = waiting.pop() {
        // One that tshark has no name for has none.
        if let Some(name) = field["name"].as_str().filter(|name| !name.is_empty()) {
            named.entry(name).or_default().push(Ours {
                protocol,
                position: field["offset"].as_u64().unwrap_or(0),
                size: field["length"].as_u64().unwrap_or(0),
                value: &field["value"],
            });
        }
        let before = waiting.len();
        waiting.extend(of_list(&field["children"]));
        waiting[before..].reverse();
    }
}

fn of_list(list: &Value) -> impl Iterator<Item = &Value> {
    list.as_array().into_iter().flatten()
}

/// Pairs the fields of a frame: those that agree first, then those that agree least. What tshark
/// has but does not expect of us is neither right nor wrong.
pub(super) fn pair<'p>(
    theirs: &[Field<'p>],
    named: &mut Named<'p>,
    mut each: impl FnMut(Pair<'p>),
) {
    let mut names: Vec<&str> = Vec::new();
    let mut wanted: HashMap<&str, Vec<Field<'p>>> = HashMap::new();
    let mut unexpected: HashSet<&str> = HashSet::new();
    for field in theirs {
        let fields = wanted.entry(field.name).or_insert_with(|| {
            names.push(field.name);
            Vec::new()
        });
        if field.expected {
            fields.push(*field);
        } else {
            unexpected.insert(field.name);
        }
    }
    for name in names {
        let Some(mut left) = wanted.remove(name) else { continue };
        let mut mine = named.remove(name).unwrap_or_default();
        for found in [Found::Same, Found::OtherValue, Found::OtherRange, Found::Other] {
            left.retain(|want| {
                let Some(at) = mine.iter().position(|have| fits(found, want, have)) else {
                    return true;
                };
                let is_made = MADE.iter().any(|made| name.starts_with(made));
                let found = if found == Found::OtherRange && is_made { Found::Same } else { found };
                let (theirs, ours) = (Some(*want), Some(mine.remove(at)));
                each(Pair { found, protocol: want.protocol, name, theirs, ours });
                false
            });
        }
        for want in left {
            let theirs = Some(want);
            each(Pair { found: Found::Missing, protocol: want.protocol, name, theirs, ours: None });
        }
        if !unexpected.contains(name) {
            mine.into_iter().for_each(|have| each(extra(name, have)));
        }
    }
    // In an order that does not change from run to run.
    let mut rest: Vec<&str> = named.keys().copied().collect();
    rest.sort_unstable();
    for name in rest {
        named.remove(name).into_iter().flatten().for_each(|have| each(extra(name, have)));
    }
}

fn extra<'p>(name: &'p str, have: Ours<'p>) -> Pair<'p> {
    Pair { found: Found::Extra, protocol: have.protocol, name, theirs: None, ours: Some(have) }
}

fn fits(found: Found, want: &Field<'_>, have: &Ours<'_>) -> bool {
    let same_range = (want.position, want.size) == (have.position, have.size);
    match found {
        Found::Same => same_range && want.shown.is(have.value),
        Found::OtherValue => same_range,
        Found::OtherRange => want.shown.is(have.value),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::value::Shown;
    use super::*;

    fn field(
        name: &'static str,
        position: u64,
        show: &'static str,
        expected: bool,
    ) -> Field<'static> {
        let shown = Shown { show: Some(show), value: "" };
        Field { protocol: "x", name, position, size: 1, shown, expected }
    }

    /// Name and how it was found, of each.
    fn pairs(theirs: &[Field<'static>], layer: &Value) -> Vec<(String, Found)> {
        let mut named = Named::new();
        collect(layer, "x", &mut named);
        let mut pairs = Vec::new();
        pair(theirs, &mut named, |pair| pairs.push((pair.name.to_owned(), pair.found)));
        pairs
    }

    #[test]
    fn each_is_paired_with_what_fits_best() {
        let of = |name: &str, offset: u64, value: u64| json!({ "name": name, "offset": offset, "length": 1, "value": value, "children": [] });
        let layer = json!({ "fields": [
            { "name": "x.a", "offset": 0, "length": 1, "value": 2,
              "children": [of("x.a", 1, 1), { "name": null, "value": 9 }] },
            of("x.b", 3, 7), of("x.c", 4, 7), of("x.d", 5, 7), of("x.hidden", 6, 1),
        ] });
        let theirs = [
            field("x.a", 1, "1", true),
            field("x.a", 0, "2", true),
            field("x.b", 3, "8", true),
            field("x.c", 5, "7", true),
            field("x.hidden", 6, "5", false),
            field("x.gone", 6, "5", true),
        ];
        let expected = [
            ("x.a", Found::Same),
            ("x.a", Found::Same),
            ("x.b", Found::OtherValue),
            ("x.c", Found::OtherRange),
            ("x.gone", Found::Missing),
            ("x.d", Found::Extra),
        ];
        assert_eq!(pairs(&theirs, &layer), expected.map(|(name, found)| (name.to_owned(), found)));
    }

    #[test]
    fn of_decompressed_bytes_values_alone_count() {
        let name = "http2.header.name";
        let layer = json!({ "fields": [
            { "name": name, "offset": 9, "length": 4, "value": "path", "children": [] }
        ] });
        assert_eq!(
            pairs(&[field(name, 1, "path", true)], &layer),
            [(name.to_owned(), Found::Same)]
        );
        assert_eq!(
            pairs(&[field(name, 1, "host", true)], &layer),
            [(name.to_owned(), Found::Other)]
        );
    }
}
