//! Rows for an engine's fields. Where we have a field of the same name, it is our row: the same key,
//! kind and shape, so that reports look alike, and its bits are found in it as in ours.
//!
//! Whether a key is an array or an object must not depend on the frame. Of what we know ourselves
//! that is known; all else is an array, and an object where the engine says it is a heading. A
//! field that stands elsewhere than ours does, or again, has its whole name for a key.

use std::collections::HashMap;
use std::sync::Arc;

use wirelens_dissect::{Field, Kind, Level, Protocol, Registry};

use super::intern::{self, RowKey};
use super::words::{Word, Words};

/// What a field stands in.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Inside {
    /// The layer itself.
    Layer,
    /// A field of ours that is an object.
    Known(&'static Field),
    /// A heading of the engine's.
    Heading,
}

/// How a row is made.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Form {
    /// Our row.
    Ours,
    /// An array under the name without its protocol.
    Own,
    /// An array under the whole name.
    Whole,
    /// Text, since the value is not of the kind that the name promises.
    Text,
}

impl Form {
    const ALL: [Form; 4] = [Form::Ours, Form::Own, Form::Whole, Form::Text];
}

/// A name that has occurred.
pub(crate) struct Known {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    word: Word,
    ours: Option<&'static Field>,
    /// The rows that ours of this name are views of.
    viewed: Vec<&'static Field>,
    rows: [[Option<&'static Field>; 2]; 4],
}

/// The rows and protocols of an engine, as they are needed.
pub(crate) struct Rows {
    registry: Arc<Registry>,
    words: Arc<dyn Words>,
    /// Our rows are a model for those of the same name.
    alike: bool,
    known: HashMap<String, Known>,
    protocols: HashMap<String, Option<&'static Protocol>>,
    /// A line of text that is no field, and one with something inside.
    pub(crate) text: &'static Field,
    pub(crate) heading: &'static Field,
    /// Whose a layer is.
    pub(crate) by: &'static Field,
}

impl Rows {
    pub(crate) fn new(registry: Arc<Registry>, words: Arc<dyn Words>, alike: bool) -> Rows {
        let line = |kind, name: &'static str, many, label| {
            let key = RowKey {
                name,
                key: name.to_owned(),
                kind,
                many,
                object: kind == Kind::Group,
                hidden: false,
            };
            intern::row(key, label, |row| row.own = true)
        };
        Rows {
            text: line(Kind::Text, "text", true, "Text"),
            heading: line(Kind::Group, "heading", true, "Heading"),
            by: line(Kind::Text, "by", false, "Dissected by"),
            registry,
            words,
            alike,
            known: HashMap::new(),
            protocols: HashMap::new(),
        }
    }

    /// The protocol of a name.
    pub(crate) fn protocol(&mut self, name: &str) -> Option<&'static Protocol> {
        self.protocol_of(name, Level::Application)
    }

    /// The same, of this part of the stack where it is not known.
    pub(crate) fn protocol_of(&mut self, name: &str, level: Level) -> Option<&'static Protocol> {
        if let Some(known) = self.protocols.get(name) {
            return *known;
        }
        let found = self.registry.protocols().iter().copied().find(|known| known.name == name);
        let title = self.words.protocol(name).unwrap_or(name);
        let protocol = found.or_else(|| intern::protocol(name, title, level));
        self.protocols.insert(name.to_owned(), protocol);
        protocol
    }

    /// What is known of a name, with what is said of it where the engine's words have nothing.
    pub(crate) fn known(&mut self, name: &str, kind: Kind) -> Option<&mut Known> {
        if !self.known.contains_key(name) {
            let word = self.words.field(name).unwrap_or_else(|| Word {
                kind,
                many: true,
                protocol: name.split('.').next().unwrap_or_default().to_owned(),
                label: name.to_owned(),
            });
            let ours = self.ours(name, &word);
            let known = Known {
                name: intern::name(name)?,
                kind: ours.map_or(word.kind, |ours| ours.kind),
                word,
                ours,
                viewed: if self.alike { viewed(self.registry.fields(name)) } else { Vec::new() },
                rows: [[None; 2]; 4],
            };
            self.known.insert(name.to_owned(), known);
        }
        self.known.get_mut(name)
    }

    /// Our row of the name, if what it holds is the same.
    fn ours(&self, name: &str, word: &Word) -> Option<&'static Field> {
        if !self.alike {
            return None;
        }
        let number = |kind| matches!(kind, Kind::Uint | Kind::Hex | Kind::Flag);
        let same = |row: &&&'static Field| {
            row.kind == word.kind
                || number(row.kind) && number(word.kind)
                || row.kind == Kind::Problem && word.kind == Kind::Group
        };
        self.registry.fields(name).iter().find(same).copied()
    }

    /// Every row that a field of this name may get, so that it can be chosen by its name.
    pub(crate) fn all(&mut self, name: &str) -> Vec<&'static Field> {
        let Some(known) = self.known(name, Kind::Text) else { return Vec::new() };
        let mut all = Vec::new();
        for form in Form::ALL {
            for hidden in [false, true] {
                if form != Form::Ours || known.ours.is_some() {
                    all.push(known.row(form, hidden));
                }
            }
        }
        all
    }

    /// Does the engine have a field of this name?
    pub(crate) fn has(&self, name: &str) -> bool {
        self.words.field(name).is_some()
    }
}

impl Known {
    /// How the row is made of a field that stands there, in a layer of this protocol; `again` is
    /// asked whether a row was there before.
    pub(crate) fn form(
        &mut self,
        layer: &'static Protocol,
        inside: Inside,
        again: impl Fn(&'static Field) -> bool,
    ) -> Form {
        if let Some(ours) = self.ours {
            let stands = match (ours.parent, inside) {
                (None, Inside::Layer) => layer.name == self.word.protocol,
                (Some(parent), Inside::Known(row)) => std::ptr::eq(parent, row),
                _ => false,
            };
            if stands && (ours.many || !again(ours)) {
                return Form::Ours;
            }
        }
        let own = match inside {
            _ if layer.name != self.word.protocol => false,
            Inside::Heading => true,
            Inside::Layer => self.ours.is_none(),
            Inside::Known(_) => false,
        };
        if own && (self.word.many || !again(self.row(Form::Own, false))) {
            return Form::Own;
        }
        Form::Whole
    }

    /// The row.
    pub(crate) fn row(&mut self, form: Form, hidden: bool) -> &'static Field {
        if let (Form::Ours, false, Some(ours)) = (form, hidden, self.ours) {
            return ours;
        }
        let place = &mut self.rows[form as usize][usize::from(hidden)];
        if let Some(row) = *place {
            return row;
        }
        let whole = self.name;
        let tail = whole.strip_prefix(self.word.protocol.as_str());
        let tail = tail.and_then(|tail| tail.strip_prefix('.')).unwrap_or(whole);
        let (key, kind) = match form {
            Form::Ours | Form::Own => (tail.to_owned(), self.kind),
            Form::Whole => (whole.to_owned(), self.kind),
            Form::Text => (format!("{whole}.text"), Kind::Text),
        };
        let many = self.word.many || form != Form::Own;
        let object = kind == Kind::Group;
        let key = RowKey { name: whole, key, kind, many, object, hidden };
        let ours = self.ours.filter(|_| form != Form::Text);
        let label = ours.map_or(self.word.label.as_str(), |ours| ours.label);
        let row = intern::row(key, label, |row| {
            row.names = ours.map_or(&[], |ours| ours.names);
        });
        *place = Some(row);
        row
    }

    /// Are our rows of this name views of others, one of which was recorded? Then that one says it.
    pub(crate) fn is_view(&self, recorded: &[&'static Field]) -> bool {
        self.viewed.iter().any(|viewed| recorded.iter().any(|row| std::ptr::eq(*viewed, *row)))
    }
}

/// The rows that have nodes, of those of these rows that are views of others.
fn viewed(rows: &[&'static Field]) -> Vec<&'static Field> {
    let top = |row: &&'static Field| {
        let mut row = *row;
        while let Some(parent) = row.parent.filter(|_| row.view) {
            row = parent;
        }
        row
    };
    rows.iter().filter(|row| row.view).map(top).collect()
}
