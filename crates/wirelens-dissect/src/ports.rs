//! Who comes behind the ports of a transport: the conversation tells, one of the ports, or the content.

use crate::Flow;
use crate::memory::Memory;
use crate::packet::{Context, Packet};
use crate::table::{DATA, Numbers, ProtocolId};

/// What there is to go by, without a look at conversations or content.
struct Hints<'c> {
    numbers: &'c Numbers,
    low: (u16, ProtocolId),
    high: (u16, ProtocolId),
    /// The conversation, or what was agreed on for it, may tell.
    remembered: bool,
    /// Nothing that is wanted can follow.
    ends: bool,
}

impl<'c> Hints<'c> {
    #[inline(always)]
    fn of(
        (slot, a, b): (usize, u16, u16),
        context: &'c Context,
        memory: &Memory,
        flow: &Flow,
        quoted: bool,
    ) -> Hints<'c> {
        let registry = &*context.registry;
        let numbers = registry.numbers_of(slot);
        let (low, high) = (a.min(b), a.max(b));
        let of_low = if low == 0 { DATA } else { numbers.at(low.into()) };
        let of_high = numbers.at(high.into());
        let remembered = context.stateful
            && !quoted
            && (memory.conversations.may_know(flow) || memory.expectations.may_be_at(flow.ports));
        let ends = context.reach.ends_behind(registry, slot, [of_low, of_high]);
        Hints { numbers, low: (low, of_low), high: (high, of_high), remembered, ends }
    }

    /// Does anything but the content tell? Asked at once, that is one branch to be guessed, not three.
    #[inline(always)]
    fn any(&self) -> bool {
        let ((_, of_low), (_, of_high)) = (self.low, self.high);
        u16::from(self.remembered) | of_low.0 | of_high.0 != 0
    }
}

/// The conversation first and what was agreed on for it, then the lower port, the higher, and last
/// the content; a protocol that has refused these bytes is passed over.
#[inline]
pub(crate) fn by_ports(packet: &mut Packet<'_>, ports: (usize, u16, u16)) -> Option<ProtocolId> {
    if packet.left() == 0 {
        return None;
    }
    let registry = &*packet.context.registry;
    let refused = packet.refused();
    let accepted = |id: &ProtocolId| refused != Some(*id);
    let memory = &mut *packet.memory;
    let flow = &packet.arena.flow;
    let hints = Hints::of(ports, packet.context, memory, flow, packet.quoted);
    if hints.ends {
        return None;
    }
    if hints.any() {
        if hints.remembered
            && let Some(id) = memory.application(flow)
            && accepted(&id)
        {
            return Some(id);
        }
        let known = |id: &ProtocolId| *id != DATA && accepted(id);
        // What the user has chosen for a port counts before what is usual at the other.
        let ((low, of_low), (high, of_high), (slot, ..)) = (hints.low, hints.high, ports);
        let chosen = registry.is_chosen(slot, high.into()) && !registry.is_chosen(slot, low.into());
        let in_turn = if chosen { [of_high, of_low] } else { [of_low, of_high] };
        if let Some(id) = in_turn.into_iter().find(known) {
            return Some(id);
        }
    }
    let id = hints.numbers.recognise(packet.ahead()).filter(accepted)?;
    if packet.context.stateful && !packet.quoted {
        packet.memory.conversations.set_application(&packet.arena.flow, id);
    }
    Some(id)
}
