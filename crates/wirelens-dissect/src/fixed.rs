//! Headers of a length that is known beforehand: checked once, then read without a check.

use crate::packet::six;
use crate::{Field, Node, Packet, Read, Stop};

/// `N` bytes that are there, being read from the first to the last. Its reads are those of
/// [`Packet`], and cannot fail.
pub struct Fixed<'f, const N: usize> {
    bytes: &'f [u8; N],
    at: usize,
    start: u32,
    record: bool,
    buffer: u8,
    nodes: &'f mut Vec<Node>,
}

macro_rules! reads { ($($(#[$doc:meta])* $name:ident $peek:ident $t:ty, $width:literal, |$b:ident| $value:expr;)*) => { $(
    $(#[$doc])*
    #[inline(always)]
    pub fn $name(&mut self, field: &'static Field) -> $t {
        let value = self.$peek();
        self.number(field, u64::from(value), $width);
        value
    }

    /// The same number without reading it.
    #[inline(always)]
    pub fn $peek(&self) -> $t {
        let $b: [u8; $width] = self.peek();
        $value
    }
)* } }

impl<const N: usize> Fixed<'_, N> {
    reads! {
        /// Reads one byte.
        u8 peek_u8 u8, 1, |b| b[0];
        /// Reads a big-endian number of two bytes. Returns the word, whatever the row's mask.
        u16 peek_u16 u16, 2, |b| u16::from_be_bytes(b);
        /// Reads a big-endian number of four bytes, or an IPv4 address.
        u32 peek_u32 u32, 4, |b| u32::from_be_bytes(b);
        /// Reads a 48-bit link address, as a number in host order.
        mac peek_mac u64, 6, |b| six(&b);
    }

    /// Reads `width` bytes as a number that the walk worked out.
    #[inline(always)]
    pub fn number(&mut self, field: &'static Field, value: u64, width: usize) {
        self.note(field, value, width);
        self.at += width;
    }

    /// Records a number over the next `width` bytes without reading them.
    #[inline(always)]
    pub fn note(&mut self, field: &'static Field, value: u64, width: usize) {
        if self.record {
            self.nodes.push(Node {
                field,
                value,
                offset: self.start + self.at as u32,
                length: width as u32,
                inside: 0,
                buffer: self.buffer,
                made: false,
            });
        }
    }

    /// More than `N` bytes is a mistake of the walk, which its tests show.
    #[inline(always)]
    fn peek<const W: usize>(&self) -> [u8; W] {
        debug_assert!(self.at + W <= N, "more is read than there is");
        self.bytes.get(self.at..).and_then(<[u8]>::first_chunk).copied().unwrap_or([0; W])
    }
}

impl Packet<'_> {
    /// Reads `N` bytes with `read`, whose reads cannot fail. Of bytes that are cut, the fields that
    /// are there are recorded; what `read` gives is lost then.
    ///
    /// ```text
    /// let (source, destination) = p.fixed::<4, _>(|p| (p.u16(&SRC_PORT), p.u16(&DST_PORT)))?;
    /// ```
    #[inline(always)]
    pub fn fixed<const N: usize, T>(
        &mut self,
        read: impl FnOnce(&mut Fixed<'_, N>) -> T,
    ) -> Read<T> {
        let from = self.at();
        let there = self.bytes.get(from..from + N).and_then(<[u8]>::first_chunk);
        let padded: [u8; N];
        let bytes = match there {
            Some(bytes) => bytes,
            None => {
                padded = self.padded();
                &padded
            }
        };
        let first = self.arena.nodes.len();
        // At most two rows a byte.
        if self.record && self.arena.nodes.capacity() - first < 2 * N {
            self.make_room(2 * N);
        }
        let (start, record, buffer) = (self.at, self.record, self.buffer);
        let nodes = &mut self.arena.nodes;
        let value = read(&mut Fixed { bytes, at: 0, start, record, buffer, nodes });
        if there.is_none() {
            return Err(self.cut_within(first, N));
        }
        self.at += N as u32;
        Ok(value)
    }

    #[cold]
    #[inline(never)]
    fn padded<const N: usize>(&self) -> [u8; N] {
        let mut padded = [0; N];
        for (byte, there) in padded.iter_mut().zip(self.ahead()) {
            *byte = *there;
        }
        padded
    }

    /// Takes back the rows of bytes that were not there; those before them stay.
    #[cold]
    #[inline(never)]
    fn cut_within(&mut self, first: usize, length: usize) -> Stop {
        let end = self.bytes.len() as u32;
        let last = |node: &Node| node.offset + node.length;
        let recorded = self.arena.nodes.get(first..).unwrap_or_default();
        let there = recorded.iter().take_while(|node| last(node) <= end).count();
        let cut = recorded.get(there).map_or(self.at() + length, |node| last(node) as usize);
        if let Some(node) = recorded[..there].last() {
            self.at = last(node);
        }
        self.arena.nodes.truncate(first + there);
        self.truncated(cut - self.at())
    }
}
