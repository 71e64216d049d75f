//! What a walk can be written over: a [`Packet`], or a [`Skim`](crate::Skim) where nobody looks.

use crate::{Field, Fixed, Flow, Packet, Read, Stop, Table};

/// The reads of a [`Packet`], for walks that are also made at a skim: those of the headers that
/// nearly all frames begin with. Such a walk is compiled twice, once for all there is to say and once
/// for what is usual and sound; so it says what is otherwise through [`in_full`](Self::in_full) or a
/// problem, and at a skim that is left to the other.
///
/// What the functions do stands at those of [`Packet`].
#[allow(missing_docs)]
pub trait Cursor<'a>: Sized {
    /// The packet, for what is said in full; an error at a skim, which ends there.
    fn in_full(&mut self) -> Read<&mut Packet<'a>>;
    /// The packet, if anybody looks at this layer's fields.
    fn recording(&mut self) -> Option<&mut Packet<'a>>;
    fn fixed<const N: usize, T>(&mut self, read: impl FnOnce(&mut Fixed<'_, N>) -> T) -> Read<T>;
    fn u8(&mut self, field: &'static Field) -> Read<u8>;
    fn u16(&mut self, field: &'static Field) -> Read<u16>;
    fn ipv6(&mut self, field: &'static Field) -> Read<u128>;
    fn bits(&mut self, word: u32, width: usize, rows: &[&'static Field]) -> Read;
    fn note(&mut self, field: &'static Field, value: u64, width: usize);
    fn number(&mut self, field: &'static Field, value: u64, width: usize) -> Read;
    fn peek<const N: usize>(&self) -> Read<[u8; N]>;
    fn skip(&mut self, length: usize) -> Read;
    fn ahead(&self) -> &'a [u8];
    fn at(&self) -> usize;
    fn start(&self) -> usize;
    fn left(&self) -> usize;
    fn declared_left(&self) -> usize;
    fn ends_after(&mut self, length: usize);
    fn passes_on(&mut self, length: usize);
    fn flow(&mut self) -> &mut Flow;
    fn is_quoted(&self) -> bool;
    fn is_fragment(&self) -> bool;
    fn checksums(&self) -> bool;
    fn reassembles_for(&self, table: &'static Table) -> bool;
    fn fcs_length(&self) -> Option<u8>;
    fn problem_at(&mut self, field: &'static Field, offset: usize, length: usize);
    fn malformed(&mut self, field: &'static Field) -> Stop;

    /// The next byte without reading it.
    #[inline(always)]
    fn peek_u8(&self) -> Read<u8> {
        self.peek::<1>().map(|[byte]| byte)
    }

    /// The next four bytes as a number without reading them.
    #[inline(always)]
    fn peek_u32(&self) -> Read<u32> {
        self.peek().map(u32::from_be_bytes)
    }
}

/// Hands calls on to the functions of the same name.
macro_rules! as_packet_does {
    ($($name:ident($($argument:ident: $type:ty),*) $(-> $gives:ty)?;)*) => { $(
        #[inline(always)]
        fn $name(&mut self, $($argument: $type),*) $(-> $gives)? {
            Packet::$name(self, $($argument),*)
        }
    )* };
    (ref $($name:ident($($argument:ident: $type:ty),*) -> $gives:ty;)*) => { $(
        #[inline(always)]
        fn $name(&self, $($argument: $type),*) -> $gives {
            Packet::$name(self, $($argument),*)
        }
    )* };
}

impl<'a> Cursor<'a> for Packet<'a> {
    #[inline(always)]
    fn in_full(&mut self) -> Read<&mut Packet<'a>> {
        Ok(self)
    }

    #[inline(always)]
    fn recording(&mut self) -> Option<&mut Packet<'a>> {
        if self.record { Some(self) } else { None }
    }

    #[inline(always)]
    fn fixed<const N: usize, T>(&mut self, read: impl FnOnce(&mut Fixed<'_, N>) -> T) -> Read<T> {
        Packet::fixed(self, read)
    }

    #[inline(always)]
    fn peek<const N: usize>(&self) -> Read<[u8; N]> {
        Packet::peek(self)
    }

    as_packet_does! {
        u8(field: &'static Field) -> Read<u8>;
        u16(field: &'static Field) -> Read<u16>;
        ipv6(field: &'static Field) -> Read<u128>;
        bits(word: u32, width: usize, rows: &[&'static Field]) -> Read;
        note(field: &'static Field, value: u64, width: usize);
        number(field: &'static Field, value: u64, width: usize) -> Read;
        skip(length: usize) -> Read;
        ends_after(length: usize);
        passes_on(length: usize);
        flow() -> &mut Flow;
        problem_at(field: &'static Field, offset: usize, length: usize);
        malformed(field: &'static Field) -> Stop;
    }

    as_packet_does! { ref
        ahead() -> &'a [u8];
        at() -> usize;
        start() -> usize;
        left() -> usize;
        declared_left() -> usize;
        is_quoted() -> bool;
        is_fragment() -> bool;
        checksums() -> bool;
        reassembles_for(table: &'static Table) -> bool;
        fcs_length() -> Option<u8>;
    }
}
