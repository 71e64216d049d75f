//! What a comparison has found.

use std::collections::BTreeMap;

/// Counts of a protocol's frames, layers and fields.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
#[non_exhaustive]
pub struct ProtocolTally {
    /// Frames in which tshark has it.
    pub frames: u64,
    /// Of these, frames whose chain of protocols is the same.
    pub chains_same: u64,
    /// Its layers in tshark's frames.
    pub layers: u64,
    /// Of these, layers that we have too.
    pub layers_found: u64,
    /// Of these, layers with the same byte range.
    pub layers_range: u64,
    /// Fields that tshark has and we should have.
    pub expected: u64,
    /// Of these, with the same byte range and value.
    pub matched: u64,
    /// Not here at all.
    pub missing: u64,
    /// In the same bytes, with another value.
    pub wrong_value: u64,
    /// With the same value in other bytes.
    pub wrong_range: u64,
    /// With another value in other bytes.
    pub wrong_both: u64,
    /// Fields that only we have.
    pub extra: u64,
}

impl ProtocolTally {
    /// The sum of both.
    pub fn add(&mut self, other: &ProtocolTally) {
        let ProtocolTally { frames, chains_same, layers, layers_found, layers_range, .. } = other;
        self.frames += frames;
        self.chains_same += chains_same;
        self.layers += layers;
        self.layers_found += layers_found;
        self.layers_range += layers_range;
        self.expected += other.expected;
        self.matched += other.matched;
        self.missing += other.missing;
        self.wrong_value += other.wrong_value;
        self.wrong_range += other.wrong_range;
        self.wrong_both += other.wrong_both;
        self.extra += other.extra;
    }

    pub(super) fn count(&mut self, found: Found) {
        *match found {
            Found::Same => &mut self.matched,
            Found::OtherValue => &mut self.wrong_value,
            Found::OtherRange => &mut self.wrong_range,
            Found::Other => &mut self.wrong_both,
            Found::Missing => &mut self.missing,
            Found::Extra => &mut self.extra,
        } += 1;
    }
}

/// How a field was found.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Found {
    Same,
    OtherValue,
    OtherRange,
    Other,
    Missing,
    Extra,
}

/// What a comparison has found; made by [`Verify::run`](super::Verify::run).
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Verification {
    /// Who was compared with: `tshark 4.0.17`.
    pub against: String,
    /// tshark's frames.
    pub frames: u64,
    /// Of these, not here.
    pub frames_missing: u64,
    /// Frames that only we have.
    pub frames_extra: u64,
    /// Frames with another time.
    pub times_differ: u64,
    /// Frames with another length on the wire.
    pub lengths_differ: u64,
    /// Frames of which another number of bytes was captured.
    pub captured_differ: u64,
    /// Frames with the same chain of protocols.
    pub chains_same: u64,
    /// Frames in which our chain ends earlier.
    pub chains_shorter: u64,
    /// Frames in which it goes on further.
    pub chains_deeper: u64,
    /// Frames in which it differs otherwise.
    pub chains_diverge: u64,
    /// Frames that are malformed for tshark, for us, for both.
    pub malformed: [u64; 3],
    /// Fields of known protocols behind layers that are not known here, which cannot be compared.
    pub fields_behind: u64,
    /// By protocol; those that are not known here too.
    pub protocols: BTreeMap<String, (bool, ProtocolTally)>,
    /// The first differences, in words.
    pub differences: Vec<Difference>,
    /// How many there are.
    pub differences_found: u64,
    /// It was ended before its end.
    pub interrupted: bool,
    /// Why tshark ended before the capture did.
    pub failure: Option<String>,
}

/// A difference.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct Difference {
    /// The frame's number.
    pub frame: u64,
    /// `chain`, `time`, `length`, or a field's name.
    pub what: String,
    /// What tshark says; none if it has no such thing.
    pub theirs: Option<String>,
    /// What we say.
    pub ours: Option<String>,
}

impl Verification {
    /// Do frames, chains and the fields that tshark has agree? Fields that only we have do not
    /// count.
    pub fn is_equal(&self) -> bool {
        let fields = self.fields();
        let frames = self.frames_missing + self.frames_extra;
        let facts = self.times_differ + self.lengths_differ + self.captured_differ;
        let whole = self.failure.is_none() && frames + facts == 0;
        whole && self.chains_same == self.frames && fields.matched == fields.expected
    }

    /// The sum of all protocols that are known here.
    pub fn fields(&self) -> ProtocolTally {
        let mut sum = ProtocolTally::default();
        let known = self.protocols.values().filter(|(known, _)| *known);
        known.for_each(|(_, tally)| sum.add(tally));
        sum
    }
}
