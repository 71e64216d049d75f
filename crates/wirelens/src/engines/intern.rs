//! Rows and protocols made at run time. They live as long as the process, one for each that is
//! different, and there is a limit to how many.

use std::collections::HashMap;
use std::sync::{LazyLock, Mutex, PoisonError};

use wirelens_dissect::{Field, Kind, Level, Next, Protocol};

/// The most rows, and the most protocols, that are made: tshark has 2,900 protocols, and a capture
/// has few of its 236,000 fields.
const MOST_ROWS: usize = 1 << 16;
const MOST_PROTOCOLS: usize = 1 << 13;
/// The longest name, in bytes; what is longer is cut.
const LONGEST: usize = 200;
/// The longest key of a report's, which must fit [`wirelens_dissect::Key`] with quotes, comma and
/// colon.
const LONGEST_KEY: usize = wirelens_dissect::Key::ROOM - 4;

/// What makes a row different from others.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct RowKey {
    pub(crate) name: &'static str,
    pub(crate) key: String,
    pub(crate) kind: Kind,
    pub(crate) many: bool,
    pub(crate) object: bool,
    pub(crate) hidden: bool,
}

#[derive(Default)]
struct Interned {
    texts: HashMap<String, &'static str>,
    rows: HashMap<RowKey, &'static Field>,
    protocols: HashMap<(&'static str, Level), &'static Protocol>,
}

static INTERNED: LazyLock<Mutex<Interned>> = LazyLock::new(Mutex::default);

/// Rows beyond the limit.
static MORE: Field = beyond(Kind::Text, "more", "Fields of names beyond the limit").many().own();
/// The same for headings.
static MORE_HEADINGS: Field = {
    let mut row = beyond(Kind::Group, "more_headings", "Headings of names beyond the limit");
    row.object = true;
    row.many().own()
};

const fn beyond(kind: Kind, name: &'static str, label: &'static str) -> Field {
    Field::new(kind, name, name, "", label)
}

fn interned<T>(work: impl FnOnce(&mut Interned) -> T) -> T {
    work(&mut INTERNED.lock().unwrap_or_else(PoisonError::into_inner))
}

impl Interned {
    fn text(&mut self, text: &str) -> &'static str {
        if let Some(known) = self.texts.get(text) {
            return known;
        }
        let end = text.floor_char_boundary(LONGEST);
        let kept: &'static str = text.get(..end).unwrap_or_default().to_owned().leak();
        self.texts.insert(text.to_owned(), kept);
        kept
    }
}

/// The name for good; none if there are too many.
pub(crate) fn name(name: &str) -> Option<&'static str> {
    interned(|interned| {
        let room = interned.texts.len() < 2 * (MOST_ROWS + MOST_PROTOCOLS);
        (room || interned.texts.contains_key(name)).then(|| interned.text(name))
    })
}

/// The row of this key; `finish` sets what else there is of it when it is made.
pub(crate) fn row(key: RowKey, label: &str, finish: impl FnOnce(&mut Field)) -> &'static Field {
    interned(|interned| {
        if let Some(known) = interned.rows.get(&key) {
            return *known;
        }
        if interned.rows.len() >= MOST_ROWS {
            return if key.object { &MORE_HEADINGS } else { &MORE };
        }
        let text = fit_key(&key.key).leak();
        let label = interned.text(label);
        let mut row = Field::new(key.kind, key.name, text, "", label);
        (row.many, row.object) = (key.many, key.object);
        finish(&mut row);
        if key.hidden {
            row.shown = wirelens_dissect::Shown::Hidden;
        }
        let row: &'static Field = Box::leak(Box::new(row));
        interned.rows.insert(key, row);
        row
    })
}

/// The protocol of this name; none if there are too many.
pub(crate) fn protocol(name: &str, title: &str, level: Level) -> Option<&'static Protocol> {
    interned(|interned| {
        let room = interned.protocols.len() < MOST_PROTOCOLS;
        if !room && !interned.texts.contains_key(name) {
            return None;
        }
        let name = interned.text(name);
        if let Some(known) = interned.protocols.get(&(name, level)) {
            return Some(*known);
        }
        let title = interned.text(title);
        let protocol: &'static Protocol = Box::leak(Box::new(new(name, title, level, &[])));
        interned.protocols.insert((name, level), protocol);
        Some(protocol)
    })
}

/// A protocol that has these rows and is found nowhere, so that they are found by their names.
pub(crate) fn holder(rows: Vec<&'static Field>) -> &'static Protocol {
    let title = "Fields of another program";
    Box::leak(Box::new(new("", title, Level::Application, rows.leak())))
}

fn new(
    name: &'static str,
    title: &'static str,
    level: Level,
    fields: &'static [&'static Field],
) -> Protocol {
    Protocol {
        name,
        short: name,
        title,
        level,
        found_at: &[],
        fields,
        walk: |packet| packet.ends(Ok(Next::Nothing)),
        trailer: None,
        scope: None,
        messages: false,
        outline: None,
        beginnings: false,
        rows_of: None,
        stays: false,
    }
}

/// A key that fits: with no quotes in it, and if it is too long with a number for its end.
fn fit_key(key: &str) -> String {
    let safe = |c: char| if c.is_ascii_graphic() && c != '"' && c != '\\' { c } else { '_' };
    let plain: String = key.chars().map(safe).collect();
    if plain.len() <= LONGEST_KEY {
        return plain;
    }
    // FNV-1a, the same wherever it is built.
    let hash = key
        .bytes()
        .fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    format!("{}~{hash:08x}", plain.get(..LONGEST_KEY - 9).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_fit_and_stay_different() {
        let long = "a".repeat(100);
        let (one, other) = (fit_key(&format!("{long}.one")), fit_key(&format!("{long}.other")));
        assert_eq!((one.len(), other.len()), (LONGEST_KEY, LONGEST_KEY));
        assert_ne!(one, other);
        assert_eq!(fit_key("a\"b\\c\u{1}ü"), "a_b_c__");
        let field = Field::new(Kind::Uint, "x", one.leak(), "", "X");
        assert_eq!(field.key.as_str().len(), LONGEST_KEY);
    }

    #[test]
    fn a_row_is_made_once() {
        let key = |many| RowKey {
            name: "test.row",
            key: "row".to_owned(),
            kind: Kind::Uint,
            many,
            object: false,
            hidden: false,
        };
        let one = row(key(false), "Row", |_| {});
        assert!(std::ptr::eq(one, row(key(false), "Row", |_| {})));
        assert!(!std::ptr::eq(one, row(key(true), "Row", |_| {})));
    }
}
