//! What a package's names mean: the helper's first line.

use std::collections::BTreeMap;

use serde_json::Value;
use wirelens_dissect::Kind;

use crate::engines::EngineError;
use crate::engines::words::{Word, Words};

/// The names of layers and fields, by their class and attribute: `IP`, `IP.ttl`.
pub(super) struct HelperWords {
    version: String,
    protocols: BTreeMap<String, String>,
    fields: BTreeMap<String, (Kind, bool)>,
}

impl HelperWords {
    pub(super) fn new(line: &str) -> Result<HelperWords, EngineError> {
        let wrong = || EngineError::Output {
            program: "python3",
            frame: 0,
            what: format!("{:?}", line.chars().take(80).collect::<String>()),
        };
        let said: Value = serde_json::from_str(line).map_err(|_| wrong())?;
        let all = |key: &str| said.get(key).and_then(Value::as_object).ok_or_else(wrong);
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let protocols = all("protocols")?.iter().map(|(name, title)| (name.clone(), text(title)));
        let fields = all("fields")?.iter().map(|(name, of)| (name.clone(), kind(&text(of))));
        Ok(HelperWords {
            version: said.get("version").map(text).unwrap_or_default(),
            protocols: protocols.collect(),
            fields: fields.collect(),
        })
    }

    pub(super) fn version(&self) -> &str {
        &self.version
    }
}

/// The kind of a letter, and whether there may be several.
fn kind(text: &str) -> (Kind, bool) {
    let kind = match text.as_bytes().first() {
        Some(b'u') => Kind::Uint,
        Some(b'i') => Kind::Int,
        Some(b'f') => Kind::Float,
        Some(b'b') => Kind::Flag,
        Some(b'm') => Kind::Mac,
        Some(b'4') => Kind::Ipv4,
        Some(b'6') => Kind::Ipv6,
        Some(b'x') => Kind::Bytes,
        Some(b'g') => Kind::Group,
        _ => Kind::Text,
    };
    (kind, text.ends_with('*') || kind == Kind::Group)
}

impl Words for HelperWords {
    fn field(&self, name: &str) -> Option<Word> {
        let (kind, many) = *self.fields.get(name)?;
        let (protocol, label) = name.split_once('.').unwrap_or((name, name));
        Some(Word { kind, many, protocol: protocol.to_owned(), label: label.to_owned() })
    }

    fn protocol(&self, name: &str) -> Option<&str> {
        self.protocols.get(name).map(String::as_str)
    }

    fn protocols(&self) -> Vec<&str> {
        self.protocols.keys().map(String::as_str).collect()
    }

    fn like(&self, name: &str) -> Vec<&str> {
        let prefix = name.split('.').next().unwrap_or_default().to_ascii_lowercase();
        let alike = |known: &&String| known.to_ascii_lowercase().starts_with(&prefix);
        self.fields.keys().filter(alike).map(String::as_str).collect()
    }
}
