//! What is left of a frame behind the layers that are wanted: data.

use wirelens_dissect::{Composer, Field, Kind, Made, Place, Protocol, Registry, Settings};

/// Which layers are wanted, and what the rest becomes.
pub(crate) struct Wanted {
    settings: Settings,
    data: Option<&'static Protocol>,
    bytes: Option<&'static Field>,
    length: Option<&'static Field>,
}

impl Wanted {
    pub(crate) fn new(registry: &Registry, settings: Settings) -> Wanted {
        let row = |name: &str, kinds: &[Kind]| {
            registry.fields(name).iter().copied().find(|row| kinds.contains(&row.kind))
        };
        Wanted {
            settings,
            data: registry.protocols().first().copied(),
            bytes: row("data.data", &[Kind::Bytes]),
            length: row("data.len", &[Kind::Uint]),
        }
    }

    /// Is a layer of this protocol too deep in the stack?
    pub(crate) fn is_behind(&self, protocol: &Protocol) -> bool {
        self.settings.until.is_some_and(|until| protocol.level > until)
    }

    /// Is this the last one that is wanted?
    pub(crate) fn is_last(&self, protocol: &'static Protocol) -> bool {
        self.settings.stop_after.contains(&protocol)
    }

    /// Are its fields wanted?
    pub(crate) fn has_fields(&self, protocol: &'static Protocol) -> bool {
        let wanted = &self.settings.wanted;
        self.settings.detail == wirelens_dissect::Detail::Fields
            && (wanted.is_empty() || wanted.contains(&protocol))
    }

    /// Takes the bytes from `from` on for data.
    pub(crate) fn rest(&self, composer: &mut Composer<'_>, from: u32, captured: u32) {
        let (Some(data), Some(length)) = (self.data, captured.checked_sub(from)) else { return };
        if length == 0 || !composer.layer(data, false) {
            return;
        }
        let place = Place { buffer: 0, offset: from, length };
        composer.lies(place);
        if !self.has_fields(data) {
            return;
        }
        if let Some(row) = self.length {
            composer.node(row, Made::Number(length.into()), Place { length: 0, ..place });
        }
        if let Some(row) = self.bytes {
            composer.node(row, Made::Bytes, place);
        }
    }
}
