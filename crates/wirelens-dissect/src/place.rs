//! Where a walk stands: in which session, frame, layer, and how far.

use crate::{Budget, DecodeLimits, Layer, Packet};

impl<'a> Packet<'a> {
    /// Does anybody look at this layer's fields?
    #[inline(always)]
    pub fn records(&self) -> bool {
        self.record
    }

    /// Is the session to verify checksums?
    #[inline(always)]
    pub fn checksums(&self) -> bool {
        self.context.checksums
    }

    /// What the states of all conversations of a shard may keep together.
    pub fn budget(&self) -> Budget {
        self.memory.budget.clone()
    }

    /// How far compressed bodies are decoded.
    pub fn decode_limits(&self) -> DecodeLimits {
        self.context.decoded
    }

    /// The frame's number, from 1.
    pub fn frame_number(&self) -> u64 {
        self.arena.facts.number
    }

    /// When the frame was captured, in nanoseconds since 1970; 0 where that is unknown.
    pub fn nanoseconds(&self) -> i64 {
        self.arena.facts.nanoseconds
    }

    /// How long the frame's check sequence is, in bytes, if the capture says so.
    #[inline]
    pub fn fcs_length(&self) -> Option<u8> {
        self.arena.facts.fcs
    }

    /// Bytes that are left of the layer and were captured.
    #[inline(always)]
    pub fn left(&self) -> usize {
        self.bytes.len().saturating_sub(self.at())
    }

    /// Bytes that are left of the layer by its own account.
    #[inline(always)]
    pub fn declared_left(&self) -> usize {
        self.declared.saturating_sub(self.at) as usize
    }

    /// Where the walk stands in the buffer.
    #[inline(always)]
    pub fn at(&self) -> usize {
        self.at as usize
    }

    /// Where the layer starts in the buffer.
    #[inline(always)]
    pub fn start(&self) -> usize {
        self.start as usize
    }

    /// The layer before this one: the header that said this one follows, or that left it for later.
    #[inline]
    pub fn outer(&self) -> Option<&Layer> {
        let (first, left_by) = self.left_by;
        let layers = &self.arena.layers;
        if layers.len() == first { layers.get(usize::from(left_by)) } else { layers.last() }
    }

    /// The layers before this one, the outermost first.
    pub fn layers(&self) -> &[Layer] {
        &self.arena.layers
    }

    /// Bytes of the layer that the walk has read.
    #[inline(always)]
    pub fn done(&self) -> usize {
        self.at.saturating_sub(self.start) as usize
    }

    /// The whole buffer, for what points back into it (DNS names).
    #[inline(always)]
    pub fn buffer(&self) -> &'a [u8] {
        self.buffer_bytes
    }
}
