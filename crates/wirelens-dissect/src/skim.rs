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
    /// Walks one after the other, between [`Skim::before`] and [`Skim::behind`], and ends with [`Skim::ends_before`]. A skim comes
    /// as a value, so that what it holds can be kept in registers.
    pub skim: for<'a> fn(Skim<'a>) -> Skimmed,
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
}

/// A skim as it stands before a layer.
pub struct Before<'a> {
    id: ProtocolId,
    bytes: &'a [u8],
    at: u32,
    declared: u32,
}

/// Where a skim has ended.
pub struct Skimmed {
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
        let skim = Skim {
            bytes: captured,
            at: 0,
            declared,
            start: 0,
            odd: false,
            reassembles,
            fcs,
            arena,
            known,
        };
        (usual.skim)(skim)
    }

    /// Nothing more is skimmed: dissection goes on with what follows.
    #[inline(always)]
    pub fn ends_before(self, next: Next) -> Skimmed {
        let (next, to) = Onward::first(next);
        Skimmed { next, to, at: self.at, end: self.bytes.len() as u32, declared: self.declared }
    }

    /// Where the layer at this place of [`Usual::layers`] begins; none if it is not to be skimmed.
    #[inline(always)]
    pub fn before(&mut self, place: usize) -> Option<Before<'a>> {
        let id = (*self.known.get(place)?)?;
        // There is room, and that it need not be made is said here.
        if self.arena.layers.len() == self.arena.layers.capacity() {
            return None;
        }
        self.start = self.at;
        Some(Before { id, bytes: self.bytes, at: self.at, declared: self.declared })
    }

    /// What follows the layer of `protocol`, whose walk has ended so. None, and nothing is changed,
    /// where something was not as usual.
    #[inline(always)]
    pub fn behind(
        &mut self,
        before: Before<'a>,
        protocol: &'static Protocol,
        step: Step,
    ) -> Option<Next> {
        match step {
            Ok(next) if !self.odd => {
                self.arena.layers.push(Layer {
                    protocol,
                    id: before.id,
                    buffer: 0,
                    quoted: false,
                    start: before.at,
                    length: self.at - before.at,
                    end: self.bytes.len() as u32,
                    declared: self.declared,
                    nodes: (0, 0),
                    trailer: (0, 0),
                });
                Some(next)
            }
            _ => {
                let Before { bytes, at, declared, .. } = before;
                (self.bytes, self.at, self.declared, self.odd) = (bytes, at, declared, false);
                None
            }
        }
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
