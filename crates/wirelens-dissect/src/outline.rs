//! Headers that stand as they nearly always do, gone past without a walk where nothing of them is
//! recorded.

use std::num::NonZeroU32;

use crate::arena::Layer;
use crate::packet::Context;
use crate::session::Start;
use crate::table::{DATA, ProtocolId};
use crate::{Flow, Next, Onward, Session, Table};

/// What a protocol is shown of a layer before its walk is asked: an
/// [outline](crate::Protocol::outline) gives what the walk would come to, or nothing where that
/// takes more than a look.
pub struct Peek<'a> {
    /// The layer's bytes as far as they were captured.
    pub bytes: &'a [u8],
    /// Bytes that the layer has as the lengths outside it declare.
    pub declared: u32,
    /// Where addresses and ports go.
    pub flow: &'a mut Flow,
    context: &'a Context,
    /// How long the frame's check sequence is, if the capture says so, and this layer begins it.
    fcs: Option<u8>,
}

impl Peek<'_> {
    /// May a check sequence that is known stand behind the layer?
    #[inline(always)]
    pub fn may_have_fcs(&self) -> bool {
        matches!(self.fcs, Some(1..))
    }

    /// As [`Packet::reassembles_for`](crate::Packet::reassembles_for) has it.
    #[inline(always)]
    pub fn reassembles_for(&self, table: &'static Table) -> bool {
        self.context.reassemble && !self.context.reach.ends_at(table.slot())
    }
}

/// A header, and what stands behind it.
#[derive(Clone, Copy)]
pub struct Outline {
    // One that is nothing does not exist, so that an outline or none fits two registers.
    header: NonZeroU32,
    whole: u32,
    next: Onward,
}

impl Outline {
    /// A header of so many bytes, all of them captured, of a layer of `whole` bytes as declared:
    /// not more than the layer was shown to have.
    #[inline(always)]
    pub fn new(header: u32, whole: u32, next: Next) -> Option<Outline> {
        let (next, to) = Onward::first(next);
        let header = NonZeroU32::new(header).filter(|_| to.is_none())?;
        Some(Outline { header, whole, next })
    }
}

impl Session {
    /// Goes past the headers that stand as they nearly always do. True if that was the whole frame;
    /// where it was not, `start` is where walks go on.
    #[inline]
    pub(crate) fn outline(&mut self, frame: &[u8], start: &mut Start) -> bool {
        loop {
            let found = match start.next.in_table() {
                Some((slot, number)) => self.context.registry.at(slot, number),
                None => match start.next.of_ports() {
                    Some((slot, a, b)) if self.ends_behind(slot, a, b) => DATA,
                    _ => return start.next == Onward::NOTHING,
                },
            };
            let nothing_left = start.at >= start.end;
            if nothing_left && !self.arena.layers.is_empty() {
                return true;
            }
            let rule = &self.rules[found.index()];
            if rule.record || nothing_left {
                return false;
            }
            let (length, whole, next) = match rule.protocol.outline {
                _ if rule.id == DATA => (start.end - start.at, start.declared, Onward::NOTHING),
                Some(outline) => {
                    let declared = start.declared - start.at;
                    let mut peek = Peek {
                        bytes: frame.get(start.at as usize..start.end as usize).unwrap_or_default(),
                        declared,
                        flow: &mut self.arena.flow,
                        context: &self.context,
                        fcs: self.arena.facts.fcs.filter(|_| start.at == 0),
                    };
                    let Some(Outline { header, whole, next }) = outline(&mut peek) else {
                        return false;
                    };
                    (header.get(), start.at + whole.min(declared), next)
                }
                None => return false,
            };
            let most = self.settings().limits.layers;
            if !self.arena.has_room_for_layer(most) {
                return false;
            }
            start.end = start.end.min(whole);
            start.declared = whole;
            self.arena.layers.push(Layer {
                protocol: rule.protocol,
                id: rule.id,
                buffer: 0,
                quoted: false,
                start: start.at,
                length,
                end: start.end,
                declared: whole,
                nodes: (0, 0),
                trailer: (0, 0),
            });
            start.at += length;
            start.next = match next {
                next if !rule.stop || next == Onward::NOTHING => next,
                _ => Onward::DATA,
            };
        }
    }

    /// Is nothing that is wanted behind these ports?
    #[inline(always)]
    fn ends_behind(&self, slot: usize, a: u16, b: u16) -> bool {
        let numbers = self.context.registry.numbers_of(slot);
        let (low, high) = (a.min(b), a.max(b));
        let of_low = if low == 0 { DATA } else { numbers.at(low.into()) };
        let found: [ProtocolId; 2] = [of_low, numbers.at(high.into())];
        self.context.reach.ends_behind(&self.context.registry, slot, found)
    }
}
