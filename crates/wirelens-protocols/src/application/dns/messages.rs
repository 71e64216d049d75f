//! Messages for the tests of these files, written as words.

use super::DNS;
use crate::testing::{every_prefix, hex, tree};

/// Bytes from words: `mail.example.` is a name, `"text` a character string, all else is
/// hexadecimal.
pub(super) fn data(words: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    for word in words.split_whitespace() {
        if let Some(name) = word.strip_suffix('.') {
            for label in name.split('.').filter(|label| !label.is_empty()) {
                bytes.push(label.len() as u8);
                bytes.extend(label.bytes());
            }
            bytes.push(0);
        } else if let Some(text) = word.strip_prefix('"') {
            bytes.push(text.len() as u8);
            bytes.extend(text.bytes());
        } else {
            bytes.extend(hex(word));
        }
    }
    bytes
}

/// A response of `owner`'s records, each a type and data in words.
pub(super) fn response(owner: &str, records: &[(u16, &str)]) -> Vec<u8> {
    let mut bytes = hex("1234 8180 0000");
    bytes.extend((records.len() as u16).to_be_bytes());
    bytes.extend([0; 4]);
    for (kind, words) in records {
        let data_of_record = data(words);
        bytes.extend(data(owner));
        bytes.extend(kind.to_be_bytes());
        bytes.extend(hex("0001 0000012c"));
        bytes.extend((data_of_record.len() as u16).to_be_bytes());
        bytes.extend(data_of_record);
    }
    bytes
}

/// The answers of such a response as a tree, after trying each of them for every prefix.
pub(super) fn answers(records: &[(u16, &str)]) -> String {
    for record in records {
        every_prefix(&DNS, &response("a.example.", &[*record]));
    }
    let tree = tree(&DNS, &response("_s._udp.a.example.", records));
    let from = tree.find("    Answer\n").unwrap_or(0);
    tree[from..].to_owned()
}
