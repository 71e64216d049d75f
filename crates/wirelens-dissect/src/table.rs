//! Tables in which a protocol finds the one inside it, and the registry that fills them.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Arc, OnceLock};

use crate::{Field, LIMIT_ROWS, Protocol};

/// A table of numbers at which protocols are found: EtherTypes, IP protocols, TCP ports.
///
/// The protocol that looks into a table owns it as a `static`; those that are found there name
/// it in their `@` lines.
pub struct Table {
    /// Its filter name, which `--decode-as` and documentation use: `ethertype`, `tcp.port`.
    pub name: &'static str,
    /// What people read.
    pub title: &'static str,
    /// From 1; 0 until it is first asked for.
    slot: AtomicU16,
}

impl Table {
    /// A table with nothing in it.
    pub const fn new(name: &'static str, title: &'static str) -> Table {
        Table { name, title, slot: AtomicU16::new(0) }
    }

    /// Its place among all tables of the process.
    #[inline(always)]
    pub(crate) fn slot(&'static self) -> usize {
        match self.slot.load(Ordering::Relaxed) {
            0 => self.take_slot(),
            slot => slot.into(),
        }
    }

    #[cold]
    #[inline(never)]
    fn take_slot(&'static self) -> usize {
        static TABLES: AtomicU16 = AtomicU16::new(1);
        let slot = TABLES.fetch_add(1, Ordering::Relaxed);
        // Another thread may have been faster; then this number stays unused.
        match self.slot.compare_exchange(0, slot, Ordering::Relaxed, Ordering::Relaxed) {
            Ok(_) => slot.into(),
            Err(earlier) => earlier.into(),
        }
    }
}

impl fmt::Debug for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// One line of a protocol's `@`: where it is found.
#[derive(Clone, Copy)]
pub enum At {
    /// At a number of a table.
    Number(&'static Table, u32),
    /// By its content, where the table's numbers say nothing.
    Content(&'static Table, Recognise),
}

/// A protocol's place in its registry.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub struct ProtocolId(pub(crate) u16);

/// What nobody claims: the first protocol of every registry.
pub(crate) const DATA: ProtocolId = ProtocolId(0);

impl ProtocolId {
    /// As an index into [`Registry::protocols`].
    #[inline(always)]
    pub fn index(self) -> usize {
        self.0.into()
    }
}

/// Every protocol that is known, and the tables that lead to them.
///
/// It is built once and shared; a protocol of your own joins with [`Registry::with`].
#[derive(Clone)]
pub struct Registry {
    protocols: Vec<&'static Protocol>,
    tables: Vec<Numbers>,
    /// What is found in a table that nobody is found in.
    nobody: Numbers,
    titles: Vec<&'static Table>,
    ids: HashMap<usize, ProtocolId, foldhash::fast::FixedState>,
    /// Places of tables and numbers in them that somebody has chosen a protocol for.
    chosen: HashSet<(usize, u32), foldhash::fast::FixedState>,
    fields: OnceLock<HashMap<&'static str, Vec<&'static Field>>>,
}

/// Does a protocol know these bytes for its own?
pub type Recognise = fn(&[u8]) -> bool;

#[derive(Clone, Default)]
pub(crate) struct Numbers {
    /// Protocol ids by number, 0 for nobody; as long as the largest number below `DENSE`.
    dense: Vec<u16>,
    sparse: HashMap<u32, u16>,
    content: Vec<(Recognise, ProtocolId)>,
}

impl Numbers {
    /// The protocol at a number, or that of what nobody claims.
    #[inline(always)]
    pub(crate) fn at(&self, number: u32) -> ProtocolId {
        match self.dense.get(number as usize) {
            Some(&found) => ProtocolId(found),
            None if number < DENSE => ProtocolId(0),
            None => self.beyond(number),
        }
    }

    /// Who recognises these bytes, asked in the order of registration.
    #[inline]
    pub(crate) fn recognise(&self, bytes: &[u8]) -> Option<ProtocolId> {
        self.content.iter().find(|(recognise, _)| recognise(bytes)).map(|&(_, id)| id)
    }

    /// Each number that somebody is found at, and who.
    pub(crate) fn all(&self) -> impl Iterator<Item = (u32, ProtocolId)> {
        let dense = (0..).zip(&self.dense).filter(|&(_, &id)| ProtocolId(id) != DATA);
        let all = dense.chain(self.sparse.iter().map(|(&number, id)| (number, id)));
        all.map(|(number, &id)| (number, ProtocolId(id)))
    }

    /// Whoever recognises something.
    pub(crate) fn found_by_content(&self) -> impl Iterator<Item = ProtocolId> {
        self.content.iter().map(|&(_, id)| id)
    }

    /// What is found at a number behind the plain array.
    #[cold]
    #[inline(never)]
    fn beyond(&self, number: u32) -> ProtocolId {
        ProtocolId(self.sparse.get(&number).copied().unwrap_or(0))
    }
}

/// Tables are plain arrays up to here: ports, EtherTypes and IP protocols all fit.
const DENSE: u32 = 1 << 16;

impl Registry {
    /// A registry of `protocols`; `fallback`, which takes what nobody claims, is the first of it.
    pub fn new(fallback: &'static Protocol, protocols: &[&'static Protocol]) -> Registry {
        let mut registry = Registry {
            protocols: Vec::new(),
            tables: Vec::new(),
            nobody: Numbers::default(),
            titles: Vec::new(),
            ids: HashMap::default(),
            chosen: HashSet::default(),
            fields: OnceLock::new(),
        };
        registry.add(fallback);
        for protocol in protocols {
            registry.add(protocol);
        }
        registry
    }

    /// The same with one more protocol, which takes its numbers from those that had them before.
    pub fn with(mut self, protocol: &'static Protocol) -> Registry {
        self.add(protocol);
        self
    }

    /// The same with `protocol` at a number of a table, whoever was there before: what the user
    /// knows better. Behind ports such a number counts before the other, also where it is higher.
    pub fn with_choice(
        mut self,
        table: &'static Table,
        number: u32,
        protocol: &'static Protocol,
    ) -> Registry {
        self.add(protocol);
        if let Some(id) = self.id(protocol) {
            self.put(table, number, id);
            self.chosen.insert((table.slot(), number));
        }
        self
    }

    /// The same without a protocol: nothing leads to it, and what it would read is data. It is
    /// still listed, and its rows are.
    pub fn without(mut self, protocol: &'static Protocol) -> Registry {
        let Some(id) = self.ids.remove(&std::ptr::from_ref(protocol).addr()) else { return self };
        for numbers in &mut self.tables {
            numbers.dense.iter_mut().filter(|found| **found == id.0).for_each(|found| *found = 0);
            numbers.sparse.retain(|_, found| *found != id.0);
            numbers.content.retain(|(_, found)| *found != id);
        }
        self
    }

    /// To be shared between sessions.
    pub fn shared(self) -> Arc<Registry> {
        Arc::new(self)
    }

    fn add(&mut self, protocol: &'static Protocol) {
        let key = std::ptr::from_ref(protocol).addr();
        if self.ids.contains_key(&key) {
            return;
        }
        let id = ProtocolId(self.protocols.len() as u16);
        self.protocols.push(protocol);
        self.ids.insert(key, id);
        self.fields = OnceLock::new();
        for &at in protocol.found_at {
            match at {
                At::Number(table, number) => self.put(table, number, id),
                At::Content(table, recognise) => self.numbers(table).content.push((recognise, id)),
            }
        }
    }

    fn put(&mut self, table: &'static Table, number: u32, id: ProtocolId) {
        let numbers = self.numbers(table);
        if number >= DENSE {
            numbers.sparse.insert(number, id.0);
            return;
        }
        let at = number as usize;
        if numbers.dense.len() <= at {
            numbers.dense.resize(at + 1, 0);
        }
        numbers.dense[at] = id.0;
    }

    /// Has somebody chosen what is found at this number?
    pub(crate) fn is_chosen(&self, slot: usize, number: u32) -> bool {
        self.chosen.contains(&(slot, number))
    }

    fn numbers(&mut self, table: &'static Table) -> &mut Numbers {
        let slot = table.slot();
        if self.tables.len() <= slot {
            self.tables.resize_with(slot + 1, Numbers::default);
        }
        if !self.titles.iter().any(|known| std::ptr::eq(*known, table)) {
            self.titles.push(table);
        }
        &mut self.tables[slot]
    }

    /// What is found at a number of a table.
    #[inline(always)]
    pub fn find(&self, table: &'static Table, number: u32) -> Option<ProtocolId> {
        let found = self.find_or_data(table, number);
        if found.0 == 0 { None } else { Some(found) }
    }

    /// The same, or the protocol of what nobody claims, which is found at no number.
    #[inline(always)]
    pub(crate) fn find_or_data(&self, table: &'static Table, number: u32) -> ProtocolId {
        self.at(table.slot(), number)
    }

    /// The same for the place of a table.
    #[inline(always)]
    pub(crate) fn at(&self, slot: usize, number: u32) -> ProtocolId {
        self.numbers_of(slot).at(number)
    }

    /// The numbers of the table at this place.
    #[inline(always)]
    pub(crate) fn numbers_of(&self, slot: usize) -> &Numbers {
        self.tables.get(slot).unwrap_or(&self.nobody)
    }

    /// Who recognises these bytes, asked in the order of registration.
    #[inline]
    pub fn recognise(&self, table: &'static Table, bytes: &[u8]) -> Option<ProtocolId> {
        self.numbers_of(table.slot()).recognise(bytes)
    }

    /// The protocol of an id of this registry.
    #[inline(always)]
    pub fn protocol(&self, id: ProtocolId) -> &'static Protocol {
        self.protocols[id.index()]
    }

    /// The id of a protocol, if it is registered.
    pub fn id(&self, protocol: &'static Protocol) -> Option<ProtocolId> {
        self.ids.get(&std::ptr::from_ref(protocol).addr()).copied()
    }

    /// Every protocol, in the order of registration.
    pub fn protocols(&self) -> &[&'static Protocol] {
        &self.protocols
    }

    /// Every table that some protocol is found in.
    pub fn tables(&self) -> &[&'static Table] {
        &self.titles
    }

    /// The table of this name: `tcp.port`.
    pub fn table(&self, name: &str) -> Option<&'static Table> {
        self.titles.iter().copied().find(|table| table.name.eq_ignore_ascii_case(name))
    }

    /// The protocol of this name: abbreviation, short name or title, whatever its case.
    pub fn named(&self, name: &str) -> Option<&'static Protocol> {
        let by = |of: fn(&Protocol) -> &'static str| {
            self.protocols.iter().copied().find(|p| of(p).eq_ignore_ascii_case(name))
        };
        by(|p| p.name).or_else(|| by(|p| p.short)).or_else(|| by(|p| p.title))
    }

    /// The rows of a filter name: several where a name stands for several, such as `ip.addr`.
    pub fn fields(&self, name: &str) -> &[&'static Field] {
        self.by_name().get(name).map_or(&[], Vec::as_slice)
    }

    /// Every row by its filter name.
    pub fn by_name(&self) -> &HashMap<&'static str, Vec<&'static Field>> {
        self.fields.get_or_init(|| {
            let mut all: HashMap<&'static str, Vec<&'static Field>> = HashMap::new();
            for row in LIMIT_ROWS {
                all.entry(row.name).or_default().push(row);
            }
            for protocol in &self.protocols {
                protocol.visit(&mut |field| {
                    let rows = all.entry(field.name).or_default();
                    if !rows.iter().any(|row| std::ptr::eq(*row, field)) {
                        rows.push(field);
                    }
                });
            }
            all
        })
    }
}

impl fmt::Debug for Registry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Registry of {} protocols", self.protocols.len())
    }
}
