//! What need not be looked at where nothing but some protocols is wanted: what leads to none of them.

use crate::table::ProtocolId;
use crate::{Detail, Level, Registry, Settings, Table};

/// Which tables lead to nothing that is wanted.
///
/// Applications carry applications, packets and frames carry anything: where no application is
/// wanted, those behind ports need not be known. A port at which somebody else is found (VXLAN,
/// L2TP, MPLS) is gone through as ever.
#[derive(Debug, Default)]
pub(crate) struct Reach {
    /// By the place of a table; empty where everything is looked at.
    tables: Vec<Ends>,
}

#[derive(Clone, Copy, Default, Debug)]
struct Ends {
    /// By their content only applications are found there.
    by_content: bool,
    /// Nobody else is found there at all.
    at_all: bool,
}

impl Reach {
    pub(crate) fn new(registry: &Registry, settings: &Settings) -> Reach {
        let wanted = &settings.wanted;
        let below = wanted.iter().all(|protocol| protocol.level < Level::Application);
        let all = wanted.is_empty() && settings.detail == Detail::Fields;
        if !settings.nothing_else || all || !below {
            return Reach::default();
        }
        let mut tables = Vec::new();
        for slot in registry.tables().iter().map(|table| table.slot()) {
            if tables.len() <= slot {
                tables.resize(slot + 1, Ends::default());
            }
            let numbers = registry.numbers_of(slot);
            let by_content = numbers.found_by_content().all(|id| is_application(registry, id));
            let at_all = by_content && numbers.all().all(|(_, id)| is_application(registry, id));
            tables[slot] = Ends { by_content, at_all };
        }
        Reach { tables }
    }

    /// Does nobody who is found in the table at this place lead on?
    #[inline]
    pub(crate) fn ends_at(&self, slot: usize) -> bool {
        self.tables.get(slot).is_some_and(|table| table.at_all)
    }

    /// Is nothing that is wanted behind ports where these are found?
    #[inline(always)]
    pub(crate) fn ends_behind(
        &self,
        registry: &Registry,
        slot: usize,
        found: [ProtocolId; 2],
    ) -> bool {
        self.tables.get(slot).is_some_and(|table| {
            table.at_all || table.by_content && found.iter().all(|&id| is_application(registry, id))
        })
    }
}

impl Registry {
    /// The numbers of this table at which one is found that is no application, and may lead to packets.
    /// None where that cannot be told by numbers: one may be recognised by content.
    pub fn leading_on(&self, table: &'static Table) -> Option<Vec<u32>> {
        let numbers = self.numbers_of(table.slot());
        let by_content = numbers.found_by_content().all(|id| is_application(self, id));
        let leads = |&(_, id): &(u32, ProtocolId)| !is_application(self, id);
        by_content.then(|| numbers.all().filter(leads).map(|(at, _)| at).collect())
    }
}

fn is_application(registry: &Registry, id: ProtocolId) -> bool {
    registry.protocol(id).level == Level::Application
}
