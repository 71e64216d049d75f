//! A frame of both sides, compared.

use std::collections::HashMap;

use serde_json::Value;

use super::chain::{self, Known};
use super::fields::{self, Named, Ours, Pair};
use super::number::nanoseconds;
use super::tally::{Difference, Found, ProtocolTally, Verification};
use super::theirs::{Field, Layer, Theirs};

/// The longest value that a difference tells, in characters.
const LONGEST: usize = 80;

/// What frames are compared with, and where it is told.
pub(super) struct Comparison {
    pub(super) known: Known,
    /// How many differences are told.
    pub(super) most: usize,
    pub(super) told: Verification,
}

impl Comparison {
    /// Compares a frame of tshark's with ours, which is a line of the report `detail`.
    pub(super) fn frame(&mut self, theirs: &Theirs<'_>, ours: &Value) {
        self.told.frames += 1;
        self.facts(theirs, ours);
        let same = self.chain(theirs, ours);
        let bad = [theirs.is_malformed(), names(ours).any(|name| name == "_ws.malformed")];
        for (count, bad) in self.told.malformed.iter_mut().zip([bad[0], bad[1], bad[0] && bad[1]]) {
            *count += u64::from(bad);
        }
        let reach = Reach::of(theirs, &self.known);
        let kept: Vec<&Value> = layers(ours).filter(|layer| reach.keeps_layer(layer)).collect();
        self.layers(&theirs.layers[..reach.layers], &kept, same);
        let mut wanted: Vec<Field<'_>> = Vec::with_capacity(theirs.fields.len());
        for field in &theirs.fields {
            if reach.keeps(field) {
                // Parameter sets in SDP are decoded over a buffer whose ranges look like the frame's.
                if !field.name.starts_with("h264.") {
                    wanted.push(*field);
                }
            } else if field.expected && self.known.has(field.protocol) {
                self.told.fields_behind += 1;
            }
        }
        for field in wanted.iter().filter(|field| field.expected) {
            self.protocol(field.protocol).expected += 1;
        }
        let mut named = Named::new();
        for layer in kept {
            fields::collect(layer, chain::canonical(text(&layer["protocol"])), &mut named);
        }
        fields::pair(&wanted, &mut named, |pair| self.field(theirs.number, &pair));
    }

    /// tshark has a frame that is not here.
    pub(super) fn missing(&mut self, theirs: &Theirs<'_>) {
        self.told.frames_missing += 1;
        self.differ(theirs.number, "frame", || (Some(theirs.chain.to_owned()), None));
        self.frame(theirs, &Value::Null);
    }

    /// A frame is here that tshark does not have.
    pub(super) fn extra(&mut self, number: u64, ours: &Value) {
        self.told.frames_extra += 1;
        self.differ(number, "frame", || (None, Some(names(ours).collect::<Vec<_>>().join(":"))));
    }

    /// Time and lengths.
    fn facts(&mut self, theirs: &Theirs<'_>, ours: &Value) {
        if ours.is_null() {
            return;
        }
        let time = ours["ts"].as_str();
        let (mine, wanted) = (time.and_then(nanoseconds), theirs.time.and_then(nanoseconds));
        let same = if theirs.time.is_none() { mine.is_none_or(|t| t == 0) } else { mine == wanted };
        if !same {
            self.told.times_differ += 1;
            let owned = |time: Option<&str>| time.map(str::to_owned);
            self.differ(theirs.number, "time", || (owned(theirs.time), owned(time)));
        }
        for (name, key, wanted) in
            [("length", "len", theirs.length), ("captured length", "caplen", theirs.captured)]
        {
            let mine = ours[key].as_u64();
            if mine != Some(wanted) {
                let count = &mut self.told;
                *match key {
                    "len" => &mut count.lengths_differ,
                    _ => &mut count.captured_differ,
                } += 1;
                let mine = mine.map(|mine| mine.to_string());
                self.differ(theirs.number, name, || (Some(wanted.to_string()), mine));
            }
        }
    }

    /// Are the chains the same?
    fn chain(&mut self, theirs: &Theirs<'_>, ours: &Value) -> bool {
        let (mut one, mut two) = (Vec::new(), Vec::new());
        chain::comparable(theirs.chain.split(':'), &mut one);
        chain::comparable(names(ours), &mut two);
        let told = &mut self.told;
        let same = one == two;
        *if same {
            &mut told.chains_same
        } else if one.starts_with(&two) {
            &mut told.chains_shorter
        } else if two.starts_with(&one) {
            &mut told.chains_deeper
        } else {
            &mut told.chains_diverge
        } += 1;
        if !same {
            self.differ(theirs.number, "chain", || (Some(one.join(":")), Some(two.join(":"))));
        }
        same
    }

    fn layers(&mut self, theirs: &[Layer<'_>], ours: &[&Value], chain_same: bool) {
        let mut found: HashMap<&str, u64> = HashMap::new();
        let mut ranges: HashMap<(&str, u64, u64), u64> = HashMap::new();
        for layer in ours {
            let name = chain::canonical(text(&layer["protocol"]));
            *found.entry(name).or_default() += 1;
            let (offset, length) = (layer["offset"].as_u64(), layer["length"].as_u64());
            *ranges.entry((name, offset.unwrap_or(0), length.unwrap_or(0))).or_default() += 1;
        }
        let take = |count: Option<&mut u64>| match count {
            Some(count @ 1..) => {
                *count -= 1;
                1
            }
            _ => 0,
        };
        let mut counted: Vec<&str> = Vec::new();
        for layer in theirs.iter().filter(|layer| !layer.protocol.starts_with("_ws.")) {
            let name = chain::canonical(layer.protocol);
            let is_first = !counted.contains(&layer.protocol);
            counted.push(layer.protocol);
            let has = take(found.get_mut(name));
            let in_place = take(ranges.get_mut(&(name, layer.position, layer.size)));
            let tally = self.protocol(layer.protocol);
            tally.frames += u64::from(is_first);
            tally.chains_same += u64::from(is_first && chain_same);
            tally.layers += 1;
            tally.layers_found += has;
            tally.layers_range += in_place;
        }
    }

    fn field(&mut self, frame: u64, pair: &Pair<'_>) {
        self.protocol(pair.protocol).count(pair.found);
        // What only we have, and what only tshark knows, is counted and not told.
        if matches!(pair.found, Found::Same | Found::Extra)
            || !self.known.is_compared(pair.protocol)
        {
            return;
        }
        self.differ(frame, pair.name, || {
            let theirs = pair.theirs.as_ref().map(|theirs| {
                let show = theirs.shown.show.filter(|show| !show.is_empty());
                place(theirs.position, theirs.size, show.unwrap_or(theirs.shown.value))
            });
            let ours = pair.ours.as_ref().map(|Ours { position, size, value, .. }| {
                let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                place(*position, *size, &text)
            });
            (theirs, ours)
        });
    }

    fn protocol(&mut self, name: &str) -> &mut ProtocolTally {
        let known = self.known.is_compared(name);
        let new = || (known, ProtocolTally::default());
        &mut self.told.protocols.entry(name.to_owned()).or_insert_with(new).1
    }

    fn differ(
        &mut self,
        frame: u64,
        what: &str,
        both: impl FnOnce() -> (Option<String>, Option<String>),
    ) {
        self.told.differences_found += 1;
        if self.told.differences.len() < self.most {
            let (theirs, ours) = both();
            self.told.differences.push(Difference { frame, what: what.to_owned(), theirs, ours });
        }
    }
}

/// `64 in bytes 22-22`.
fn place(position: u64, size: u64, value: &str) -> String {
    let mut short: String = value.chars().take(LONGEST).collect();
    if short.len() < value.len() {
        short.push_str("..");
    }
    match size {
        0 => format!("{short} at byte {position}"),
        1 => format!("{short} in byte {position}"),
        _ => format!("{short} in bytes {position}-{}", position + size - 1),
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// Our chain.
fn names(ours: &Value) -> impl Iterator<Item = &str> {
    ours["protocols"].as_array().into_iter().flatten().map(text)
}

fn layers(ours: &Value) -> impl Iterator<Item = &Value> {
    ours["layers"].as_array().into_iter().flatten()
}

/// How far a frame can be compared: what lies behind the first layer that is not known here cannot
/// be dissected.
struct Reach<'f> {
    /// So many of tshark's layers are in front of it.
    layers: usize,
    /// Where it begins; none if all are known.
    start: Option<u64>,
    outer: Vec<&'f str>,
    behind: Vec<&'f str>,
}

impl<'f> Reach<'f> {
    fn of(theirs: &Theirs<'f>, known: &Known) -> Reach<'f> {
        let layers = &theirs.layers;
        let is_unknown =
            |layer: &Layer<'_>| !known.has(layer.protocol) && !layer.protocol.starts_with("_ws.");
        let first = layers.iter().position(is_unknown);
        let at = first.unwrap_or(layers.len());
        let of = |part: &[Layer<'f>]| part.iter().map(|layer| layer.protocol).collect();
        let (outer, behind) = layers.split_at(at);
        let start = behind.first().map(|layer| layer.position);
        Reach { layers: at, start, outer: of(outer), behind: of(behind) }
    }

    /// Is this field of tshark's in front of it?
    fn keeps(&self, field: &Field<'_>) -> bool {
        self.start.is_none_or(|start| {
            self.outer.contains(&field.protocol)
                && (!self.behind.contains(&field.protocol) || field.position < start)
        })
    }

    /// Is this layer of ours?
    fn keeps_layer(&self, layer: &Value) -> bool {
        self.start.is_none_or(|start| {
            let name = text(&layer["protocol"]);
            let only_outer = self.outer.contains(&name) && !self.behind.contains(&name);
            layer["offset"].as_u64().unwrap_or(0) < start || only_outer
        })
    }
}
