//! What tshark's names mean, as it tells itself: `tshark -G fields`.
//!
//! A line is `P`, title, abbreviation, or `F`, label, name, type, protocol, base, mask, description,
//! with tabs between them.

use wirelens_dissect::Kind;

use crate::engines::words::{Word, Words};

/// The longest table that is kept, in bytes; tshark 4.0 writes 19 MiB.
pub(super) const LONGEST: u64 = 256 << 20;

/// tshark's table of fields.
pub(super) struct TsharkWords {
    text: String,
    /// Where the lines of fields begin, sorted by their names.
    fields: Vec<u32>,
    /// The same of protocols.
    protocols: Vec<u32>,
}

impl TsharkWords {
    pub(super) fn new(text: String) -> TsharkWords {
        let (mut fields, mut protocols) = (Vec::new(), Vec::new());
        let mut at = 0_u32;
        for line in text.split_inclusive('\n') {
            match line.as_bytes() {
                [b'F', b'\t', ..] => fields.push(at),
                [b'P', b'\t', ..] => protocols.push(at),
                _ => {}
            }
            at = at.saturating_add(line.len() as u32);
        }
        // Of several fields of one name the first counts: a stable sort.
        fields.sort_by_cached_key(|line| column(&text, *line, 2));
        protocols.sort_by_cached_key(|line| column(&text, *line, 2));
        TsharkWords { text, fields, protocols }
    }

    /// How many fields there are.
    pub(super) fn len(&self) -> usize {
        self.fields.len()
    }

    fn find(&self, lines: &[u32], name: &str) -> Option<u32> {
        let at = lines.partition_point(|line| column(&self.text, *line, 2) < name);
        let line = *lines.get(at)?;
        (column(&self.text, line, 2) == name).then_some(line)
    }
}

/// A column of the line at a place, counted from 0.
fn column(text: &str, line: u32, number: usize) -> &str {
    let rest = text.get(line as usize..).unwrap_or_default();
    let line = rest.split('\n').next().unwrap_or_default();
    line.split('\t').nth(number).unwrap_or_default()
}

impl Words for TsharkWords {
    fn field(&self, name: &str) -> Option<Word> {
        let Some(line) = self.find(&self.fields, name) else {
            // Protocols stand in trees as well: expert information.
            let title = self.protocol(name)?.to_owned();
            let protocol = name.to_owned();
            return Some(Word { kind: Kind::Group, many: true, protocol, label: title });
        };
        let column = |number| column(&self.text, line, number);
        Some(Word {
            kind: kind(column(3), column(5)),
            many: true,
            protocol: column(4).to_owned(),
            label: column(1).to_owned(),
        })
    }

    fn protocol(&self, name: &str) -> Option<&str> {
        Some(column(&self.text, self.find(&self.protocols, name)?, 1))
    }

    fn protocols(&self) -> Vec<&str> {
        self.protocols.iter().map(|line| column(&self.text, *line, 2)).collect()
    }

    fn like(&self, name: &str) -> Vec<&str> {
        let prefix = name.split('.').next().unwrap_or_default();
        let from = self.fields.partition_point(|line| column(&self.text, *line, 2) < prefix);
        let names = self.fields.iter().skip(from).map(|line| column(&self.text, *line, 2));
        names.take_while(|known| known.starts_with(prefix)).collect()
    }
}

/// The kind for a type of field and its base.
fn kind(kind: &str, base: &str) -> Kind {
    match kind {
        "FT_CHAR" | "FT_UINT8" | "FT_UINT16" | "FT_UINT24" | "FT_UINT32" | "FT_UINT40"
        | "FT_UINT48" | "FT_UINT56" | "FT_UINT64" | "FT_FRAMENUM" => {
            if base.starts_with("BASE_HEX") { Kind::Hex } else { Kind::Uint }
        }
        "FT_INT8" | "FT_INT16" | "FT_INT24" | "FT_INT32" | "FT_INT40" | "FT_INT48" | "FT_INT56"
        | "FT_INT64" => Kind::Int,
        "FT_FLOAT" | "FT_DOUBLE" => Kind::Float,
        "FT_BOOLEAN" => Kind::Flag,
        "FT_ETHER" => Kind::Mac,
        "FT_EUI64" => Kind::Eui64,
        "FT_IPv4" => Kind::Ipv4,
        "FT_IPv6" => Kind::Ipv6,
        "FT_BYTES" | "FT_UINT_BYTES" => Kind::Bytes,
        "FT_ABSOLUTE_TIME" => Kind::Time,
        "FT_RELATIVE_TIME" => Kind::Duration,
        "FT_NONE" | "FT_PROTOCOL" => Kind::Group,
        // Names, identifiers, and addresses of networks we have no kind for.
        _ => Kind::Text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "P\tInternet Protocol Version 4\tip\tip\n\
        F\tTime to Live\tip.ttl\tFT_UINT8\tip\tBASE_DEC\t0x0\t\n\
        F\tChecksum\tip.checksum\tFT_UINT16\tip\tBASE_HEX\t0x0\t\n\
        F\tAgain\tip.ttl\tFT_STRING\tip\t\t0x0\t\n\
        P\tAddress Resolution Protocol\tarp\n\
        broken\n\
        F\tNo type\tip.short";

    #[test]
    fn names_are_found() {
        let words = TsharkWords::new(TABLE.to_owned());
        assert_eq!(words.len(), 4);
        let ttl = words.field("ip.ttl").expect("a field");
        assert_eq!(
            (ttl.kind, ttl.label.as_str(), ttl.protocol.as_str()),
            (Kind::Uint, "Time to Live", "ip")
        );
        assert_eq!(words.field("ip.checksum").map(|word| word.kind), Some(Kind::Hex));
        assert_eq!(words.field("ip.short").map(|word| word.kind), Some(Kind::Text));
        assert_eq!(words.field("arp").map(|word| word.kind), Some(Kind::Group));
        assert!(words.field("ip.tt").is_none() && words.field("ip.ttll").is_none());
        assert_eq!(words.protocol("ip"), Some("Internet Protocol Version 4"));
        assert_eq!(words.protocols(), ["arp", "ip"]);
        assert_eq!(words.like("ip.tll"), ["ip.checksum", "ip.short", "ip.ttl", "ip.ttl"]);
    }
}
