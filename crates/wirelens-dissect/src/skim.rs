//! A skim: the headers that nearly all frames begin with, at once, where nobody looks at their
//! fields. The walks are those of the protocols, compiled for what is usual and sound; at anything
//! else the skim ends, and dissection goes on from there as ever.
//!
//! What it saves is the way between layers: no table is looked into, no walk called through a
//! pointer, and what a walk reads and narrows stays in registers.

use crate::arena::{Arena, Layer};
use crate::table::ProtocolId;
use crate::{Cursor, Field, Fixed, Flow, Next, Onward, Packet, Protocol, Read, Step, Stop, Table};

/// Which layers a skim knows, and how they follow each other.
pub struct Usual {
    /// Where each of them is found: what the tables must say for it to be skimmed over. The first is
    /// what a frame begins with, at a number of [`LINK_TYPE`](crate::LINK_TYPE).
    pub layers: &'static [(&'static Table, u32, &'static Protocol)],
    /// Calls [`Skim::layer`] for one after the other. Gives where dissection goes on.
    pub skim: fn(&mut Skim<'_>) -> Next,
}

/// A frame being skimmed.
pub struct Skim<'a> {
    bytes: &'a [u8],
    at: u32,
    declared: u32,
    start: u32,
    /// Something is not usual.
    odd: bool,
    reassembles: bool,
    fcs: Option<u8>,
    arena: &'a mut Arena,
    known: &'a [Option<ProtocolId>],
    usual: &'static Usual,
}

/// Where a skim has ended.
pub(crate) struct Skimmed {
    pub(crate) next: Onward,
    pub(crate) to: Option<&'static Protocol>,
    pub(crate) at: u32,
    pub(crate) end: u32,
    pub(crate) declared: u32,
}

impl<'a> Skim<'a> {
    /// Skims a frame whose arena is empty and has room for all layers of `usual`.
    #[inline(always)]
    pub(crate) fn over(
        captured: &'a [u8],
        arena: &'a mut Arena,
        (usual, known): (&'static Usual, &'a [Option<ProtocolId>]),
        reassembles: bool,
    ) -> Skimmed {
        let end = captured.len() as u32;
        let (declared, fcs) = (arena.facts.length.max(end), arena.facts.fcs);
        let mut skim = Skim {
            bytes: captured,
            at: 0,
            declared,
            start: 0,
            odd: false,
            reassembles,
            fcs,
            arena,
            known,
            usual,
        };
        let (next, to) = Onward::first((usual.skim)(&mut skim));
        Skimmed { next, to, at: skim.at, end: skim.bytes.len() as u32, declared: skim.declared }
    }

    /// Skims over the layer at this place of [`Usual::layers`], whose walk this is; gives what follows.
    /// None, and nothing is changed, where something is not as usual.
    #[inline(always)]
    pub fn layer(
        &mut self,
        place: usize,
        walk: impl FnOnce(&mut Skim<'a>) -> Step,
    ) -> Option<Next> {
        let id = (*self.known.get(place)?)?;
        let (_, _, protocol) = self.usual.layers.get(place)?;
        let (bytes, at, declared) = (self.bytes, self.at, self.declared);
        self.start = at;
        match walk(self) {
            Ok(next) if !self.odd => {
                self.arena.layers.push(Layer {
                    protocol,
                    id,
                    buffer: 0,
                    quoted: false,
                    start: at,
                    length: self.at - at,
                    end: self.bytes.len() as u32,
                    declared: self.declared,
                    nodes: (0, 0),
                    trailer: (0, 0),
                });
                Some(next)
            }
            _ => {
                (self.bytes, self.at, self.declared, self.odd) = (bytes, at, declared, false);
                None
            }
        }
    }

    /// Is anything left for the layer inside?
    #[inline(always)]
    pub fn is_at_end(&self) -> bool {
        self.left() == 0
    }

    #[inline(always)]
    fn take<const N: usize>(&mut self) -> Read<[u8; N]> {
        let bytes = self.peek()?;
        self.at += N as u32;
        Ok(bytes)
    }

    /// Nobody is told why.
    #[inline(always)]
    fn ends(&mut self) -> Stop {
        self.odd = true;
        Stop::Malformed
    }
}

impl<'a> Cursor<'a> for Skim<'a> {
    #[inline(always)]
    fn in_full(&mut self) -> Read<&mut Packet<'a>> {
        Err(self.ends())
    }

    #[inline(always)]
    fn recording(&mut self) -> Option<&mut Packet<'a>> {
        None
    }

    #[inline(always)]
    fn fixed<const N: usize, T>(&mut self, read: impl FnOnce(&mut Fixed<'_, N>) -> T) -> Read<T> {
        let bytes = self.take()?;
        Ok(read(&mut Fixed::unrecorded(&bytes, &mut Vec::new())))
    }

    #[inline(always)]
    fn u8(&mut self, _: &'static Field) -> Read<u8> {
        self.take().map(u8::from_be_bytes)
    }

    #[inline(always)]
    fn u16(&mut self, _: &'static Field) -> Read<u16> {
        self.take().map(u16::from_be_bytes)
    }

    #[inline(always)]
    fn ipv6(&mut self, _: &'static Field) -> Read<u128> {
        self.take().map(u128::from_be_bytes)
    }

    #[inline(always)]
    fn bits(&mut self, _: u32, width: usize, _: &[&'static Field]) -> Read {
        self.skip(width)
    }

    #[inline(always)]
    fn note(&mut self, _: &'static Field, _: u64, _: usize) {}

    #[inline(always)]
    fn number(&mut self, _: &'static Field, _: u64, width: usize) -> Read {
        self.skip(width)
    }

    #[inline(always)]
    fn peek<const N: usize>(&self) -> Read<[u8; N]> {
        let from = self.at();
        let bytes = self.bytes.get(from..from + N).and_then(<[u8]>::first_chunk);
        bytes.copied().ok_or(Stop::Malformed)
    }

    #[inline(always)]
    fn skip(&mut self, length: usize) -> Read {
        if length > self.left() {
            return Err(self.ends());
        }
        self.at += length as u32;
        Ok(())
    }

    #[inline(always)]
    fn ahead(&self) -> &'a [u8] {
        self.bytes.get(self.at()..).unwrap_or_default()
    }

    #[inline(always)]
    fn at(&self) -> usize {
        self.at as usize
    }

    #[inline(always)]
    fn start(&self) -> usize {
        self.start as usize
    }

    #[inline(always)]
    fn left(&self) -> usize {
        self.bytes.len().saturating_sub(self.at())
    }

    #[inline(always)]
    fn declared_left(&self) -> usize {
        self.declared.saturating_sub(self.at) as usize
    }

    #[inline(always)]
    fn ends_after(&mut self, length: usize) {
        let end = self.start().saturating_add(length);
        if end < self.declared as usize {
            let end = end.max(self.at());
            self.declared = end as u32;
            if let Some(bytes) = self.bytes.get(..end) {
                self.bytes = bytes;
            }
        }
    }

    /// What has a trailer of a length that is known is not usual.
    #[inline(always)]
    fn passes_on(&mut self, _: usize) {
        self.odd = true;
    }

    #[inline(always)]
    fn flow(&mut self) -> &mut Flow {
        &mut self.arena.flow
    }

    #[inline(always)]
    fn is_quoted(&self) -> bool {
        false
    }

    #[inline(always)]
    fn is_fragment(&self) -> bool {
        false
    }

    /// Where they are to be verified nothing is skimmed.
    #[inline(always)]
    fn checksums(&self) -> bool {
        false
    }

    #[inline(always)]
    fn reassembles_for(&self, _: &'static Table) -> bool {
        self.reassembles
    }

    #[inline(always)]
    fn fcs_length(&self) -> Option<u8> {
        self.fcs
    }

    #[inline(always)]
    fn problem_at(&mut self, _: &'static Field, _: usize, _: usize) {
        self.odd = true;
    }

    #[inline(always)]
    fn malformed(&mut self, _: &'static Field) -> Stop {
        self.ends()
    }
}
