//! JSON Schema (draft 2020-12) of reports, made from the rows of a registry.

use serde_json::{Map, Value, json};
use wirelens_dissect::{Field, Kind, Protocol, Registry, Shown};

/// The schema of a whole `json` document.
pub fn document(registry: &Registry) -> Value {
    let mut schema = frame(registry);
    let layers = schema["$defs"].take();
    schema["$schema"].take();
    let frame = std::mem::replace(&mut schema, json!({}));
    let Value::Object(mut frame) = frame else { return frame };
    frame.retain(|key, _| !key.starts_with('$'));
    let text = json!({"type": "string"});
    let number = json!({"type": "integer", "minimum": 0});
    let interface = object(
        [
            ("name", text.clone()),
            ("link_type", number.clone()),
            ("link_type_name", text.clone()),
            ("snaplen", number.clone()),
            ("ticks_per_second", number.clone()),
        ],
        &["link_type", "link_type_name", "snaplen", "ticks_per_second"],
    );
    let capture = object(
        [
            ("sources", json!({"type": "array", "items": text})),
            ("format", text.clone()),
            ("start", text.clone()),
            ("engine", text.clone()),
            ("interfaces", json!({"type": "array", "items": interface})),
        ],
        &["sources", "format", "interfaces"],
    );
    let problem =
        object([("problem", text.clone()), ("count", number.clone())], &["problem", "count"]);
    let warning = object([("warning", text), ("offset", number.clone())], &["warning"]);
    let summary = object(
        [
            ("frames", number.clone()),
            ("bytes", number),
            ("interrupted", json!({"type": "boolean"})),
            ("problems", json!({"type": "array", "items": problem})),
            ("warnings", json!({"type": "array", "items": warning})),
        ],
        &["frames", "bytes", "interrupted", "problems", "warnings"],
    );
    let mut schema = object(
        [
            ("schema", json!({"const": crate::SCHEMA})),
            ("capture", capture),
            ("frames", json!({"type": "array", "items": frame})),
            ("summary", summary),
        ],
        &["schema", "capture", "frames", "summary"],
    );
    schema["$schema"] = DRAFT.into();
    schema["title"] = "A Wirelens report".into();
    schema["$defs"] = layers;
    schema
}

const DRAFT: &str = "https://json-schema.org/draft/2020-12/schema";

/// The schema of one frame, as `ndjson` has one on each line and `json` in its array. `$defs` has
/// the layer of each protocol under its abbreviation.
pub fn frame(registry: &Registry) -> Value {
    let number = json!({"type": "integer", "minimum": 0});
    let text = json!({"type": "string"});
    let mut layers = Map::new();
    for protocol in registry.protocols() {
        let layer = layer(protocol);
        match layers.get_mut(protocol.name) {
            Some(known) => *known = either(known.take(), layer),
            None => {
                layers.insert(protocol.name.to_owned(), layer);
            }
        }
    }
    let one_of: Vec<_> = layers.keys().map(|name| reference(name)).collect();
    let problem = object(
        [
            ("problem", text.clone()),
            ("protocol", text.clone()),
            ("offset", number.clone()),
            ("need", number.clone()),
            ("have", number.clone()),
        ],
        &["problem", "protocol"],
    );
    let value = json!({"type": ["integer", "number", "boolean", "string", "null"]});
    let values = json!({"type": "array", "items": value, "minItems": 1});
    let mut schema = object(
        [
            ("number", number.clone()),
            ("time", text.clone()),
            ("length", number.clone()),
            ("captured", number.clone()),
            ("interface", number),
            ("protocols", text),
            ("layers", json!({"type": "array", "items": {"oneOf": one_of}})),
            ("problems", json!({"type": "array", "items": problem})),
            ("fields", json!({"type": "object", "additionalProperties": values})),
        ],
        &["number"],
    );
    // A frame has its layers, or the fields that were chosen.
    let whole = ["length", "captured", "interface", "protocols", "layers"];
    schema["oneOf"] = json!([{"required": whole}, {"required": ["fields"]}]);
    schema["$schema"] = DRAFT.into();
    schema["title"] = "A frame".into();
    schema["$defs"] = layers.into();
    schema
}

/// A layer of a protocol.
fn layer(protocol: &Protocol) -> Value {
    let mut properties = Map::new();
    properties.insert("protocol".to_owned(), json!({"const": protocol.name}));
    properties.insert("quoted".to_owned(), json!({"const": true}));
    let shared: Vec<_> = protocol.rows().filter(|row| row.shared).collect();
    for row in protocol.rows() {
        add(&mut properties, row, &shared);
    }
    json!({
        "type": "object",
        "title": protocol.title,
        "properties": properties,
        "required": ["protocol"],
    })
}

/// Adds the keys that a row may give to the properties of the object it stands in.
fn add(properties: &mut Map<String, Value>, row: &'static Field, shared: &[&'static Field]) {
    if row.shown != Shown::Always {
        return;
    }
    let mut put = |key: String, schema: Value| match properties.get_mut(&key) {
        Some(known) if *known == schema => {}
        Some(known) => *known = either(known.take(), schema),
        None => {
            properties.insert(key, schema);
        }
    };
    let mut value = if row.object { inside(row, shared) } else { scalar(row) };
    let mut name = json!({"type": "string"});
    if row.many {
        value = json!({"type": "array", "items": value, "minItems": 1});
        name = json!({"type": "array", "items": {"type": ["string", "null"]}, "minItems": 1});
    }
    value["title"] = row.label.into();
    if !row.own {
        value["description"] = row.name.into();
    }
    put(row.key.as_str().to_owned(), value);
    if !row.object && !row.names.is_empty() {
        put(format!("{}_name", row.key.as_str()), name);
    }
}

/// A row that is always an object.
fn inside(row: &'static Field, shared: &[&'static Field]) -> Value {
    let mut properties = Map::new();
    if row.kind != Kind::Group {
        properties.insert("value".to_owned(), scalar(row));
        if !row.names.is_empty() {
            properties.insert("value_name".to_owned(), json!({"type": "string"}));
        }
    }
    let mut below = shared.to_vec();
    below.extend(row.children.iter().filter(|child| child.shared));
    for child in row.children {
        add(&mut properties, child, &below);
    }
    // Rows that may stand deeper are properties of every object below theirs. One that is an
    // object itself is followed once: it could stand in itself.
    let plain: Vec<_> = shared.iter().copied().filter(|row| !row.object).collect();
    for row in shared.iter().filter(|shared| !std::ptr::eq(**shared, row)) {
        add(&mut properties, row, &plain);
    }
    json!({"type": "object", "properties": properties})
}

/// The value of a row by its kind.
fn scalar(row: &Field) -> Value {
    match row.kind {
        Kind::Uint | Kind::Hex if row.mask != u64::MAX => {
            json!({"type": "integer", "minimum": 0, "maximum": row.of(row.mask)})
        }
        Kind::Uint | Kind::Hex => json!({"type": "integer", "minimum": 0}),
        Kind::Int => json!({"type": "integer"}),
        Kind::Float => json!({"type": ["number", "null"]}),
        Kind::Duration => json!({"type": "number"}),
        Kind::Flag => json!({"type": "boolean"}),
        Kind::Mac => json!({"type": "string", "pattern": "^([0-9a-f]{2}:){5}[0-9a-f]{2}$"}),
        Kind::Eui64 => json!({"type": "string", "pattern": "^([0-9a-f]{2}:){7}[0-9a-f]{2}$"}),
        Kind::Ipv4 => json!({"type": "string", "format": "ipv4"}),
        Kind::Ipv6 => json!({"type": ["string", "null"], "format": "ipv6"}),
        Kind::Bytes => json!({"type": "string", "pattern": "^([0-9a-f]{2})*$"}),
        Kind::Time => json!({"type": "string", "format": "date-time"}),
        Kind::Text => json!({"type": "string"}),
        Kind::Group | Kind::Problem => json!({"const": true}),
    }
}

/// Rows with one key and different values: one or the other.
fn either(known: Value, other: Value) -> Value {
    let mut all = match known {
        Value::Object(mut known) if known.len() == 1 && known.contains_key("anyOf") => {
            match known.remove("anyOf") {
                Some(Value::Array(all)) => all,
                _ => Vec::new(),
            }
        }
        known => vec![known],
    };
    if !all.contains(&other) {
        all.push(other);
    }
    json!({"anyOf": all})
}

fn object<const N: usize>(properties: [(&str, Value); N], required: &[&str]) -> Value {
    let properties: Map<_, _> =
        properties.into_iter().map(|(key, v)| (key.to_owned(), v)).collect();
    json!({"type": "object", "properties": properties, "required": required})
}

fn reference(name: &str) -> Value {
    // A name may have what a JSON pointer escapes.
    json!({"$ref": format!("#/$defs/{}", name.replace('~', "~0").replace('/', "~1"))})
}
