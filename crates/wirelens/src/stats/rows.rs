//! Which of a few rows a node is of.

use wirelens_dissect::{Node, Registry};

/// Rows by their addresses, and what each means to who asks.
#[derive(Debug)]
pub(crate) struct Rows<T> {
    known: Vec<(usize, T)>,
}

impl<T: Copy> Rows<T> {
    /// The rows of these filter names.
    pub(crate) fn new(registry: &Registry, names: &[(&str, T)]) -> Rows<T> {
        let rows = names.iter().flat_map(|&(name, meaning)| {
            registry.fields(name).iter().map(move |row| (std::ptr::from_ref(*row).addr(), meaning))
        });
        let mut known: Vec<(usize, T)> = rows.collect();
        known.sort_unstable_by_key(|(row, _)| *row);
        Rows { known }
    }

    /// What a node's row means, if it is one of them.
    #[inline]
    pub(crate) fn of(&self, node: &Node) -> Option<T> {
        let address = std::ptr::from_ref(node.field).addr();
        let at = self.known.binary_search_by_key(&address, |(row, _)| *row).ok()?;
        self.known.get(at).map(|(_, meaning)| *meaning)
    }
}

/// Numbers on the wire, how often each was there, and its name.
#[derive(Debug, Default)]
pub(crate) struct Numbers {
    pub(crate) counts: std::collections::BTreeMap<u64, (Option<&'static str>, u64)>,
}

impl Numbers {
    /// Counts the number of a node.
    pub(crate) fn add(&mut self, node: &Node, number: u64) {
        self.add_named(number, || node.field.name_of(number));
    }

    /// Counts a number.
    pub(crate) fn add_named(&mut self, number: u64, name: impl FnOnce() -> Option<&'static str>) {
        self.counts.entry(number).or_insert_with(|| (name(), 0)).1 += 1;
    }

    /// How many there were.
    pub(crate) fn total(&self) -> u64 {
        self.counts.values().map(|(_, count)| count).sum()
    }

    /// The most frequent first.
    pub(crate) fn sorted(&self) -> Vec<(u64, Option<&'static str>, u64)> {
        let mut all: Vec<_> =
            self.counts.iter().map(|(n, (name, count))| (*n, *name, *count)).collect();
        all.sort_by_key(|(number, _, count)| (std::cmp::Reverse(*count), *number));
        all
    }
}

/// Letters do not differ by their case in names of hosts.
pub(crate) fn lower<'b>(text: &[u8], room: &'b mut Vec<u8>) -> &'b [u8] {
    room.clear();
    room.extend(text.iter().map(u8::to_ascii_lowercase));
    room
}
