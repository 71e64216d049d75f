//! Which elements of a frame are layers.
//!
//! tshark's own list is the field `frame.protocols`: dissectors in the order of their calls. The
//! trees are not quite that. Some calls leave no tree, some trees stand inside others (what an ICMP
//! error quotes), and some are no layer: what was put together (`tcp.segments`), remarks
//! (`_ws.malformed`), parts of a protocol (`wlan.mgt`), which belong to the layer before them.

use super::{PdmlElement, PdmlFrame};

/// Protocols of PDML that are no layers: they tell what every report has of a frame.
const NO_LAYERS: [&str; 2] = ["geninfo", "frame"];
/// What wraps a field that stands beside protocols.
const WRAPPER: &str = "fake-field-wrapper";
/// A dissector that is called between two protocols and has nothing of its own.
const NOBODY: &str = "ethertype";
/// What nobody claims; PDML has it as a field.
const DATA: &str = "data";

/// A layer.
pub(super) struct Slot<'f> {
    pub(super) name: &'f str,
    /// Its tree, if there is one.
    pub(super) element: Option<PdmlElement<'f>>,
    /// It is part of a packet that an error message quotes.
    pub(super) quoted: bool,
    /// Trees behind it that are no layers.
    pub(super) extra: Vec<PdmlElement<'f>>,
}

/// A tree that may be one.
struct Candidate<'f> {
    element: PdmlElement<'f>,
    quoted: bool,
    /// It stands in no other.
    top: bool,
    /// The slot that it is the tree of.
    slot: Option<usize>,
}

/// The layers of a frame from the outermost in.
pub(super) fn slots<'f>(frame: &'f PdmlFrame) -> Vec<Slot<'f>> {
    let mut candidates = Vec::new();
    let mut listed = None;
    for element in frame.protocols() {
        match element.name() {
            "frame" => {
                let of = |field: &PdmlElement<'_>| field.name() == "frame.protocols";
                listed = element.children().find(of).and_then(|field| field.show());
            }
            name if NO_LAYERS.contains(&name) => {}
            WRAPPER => element.children().for_each(|child| collect(child, &mut candidates)),
            _ => collect(element, &mut candidates),
        }
    }
    let Some(listed) = listed.filter(|listed| !listed.is_empty()) else {
        let whole = |candidate: Candidate<'f>| Slot {
            name: candidate.element.name(),
            element: Some(candidate.element),
            quoted: candidate.quoted,
            extra: Vec::new(),
        };
        return candidates.into_iter().map(whole).collect();
    };
    let mut slots: Vec<Slot<'_>> = Vec::new();
    for name in listed.split(':').filter(|name| !name.is_empty() && *name != NOBODY) {
        let free = |candidate: &&mut Candidate<'_>| {
            candidate.slot.is_none() && candidate.element.name() == name
        };
        let found = candidates.iter_mut().find(free);
        let at = slots.len();
        let (element, quoted) = match found {
            Some(candidate) => {
                candidate.slot = Some(at);
                (Some(candidate.element), candidate.quoted)
            }
            None => (None, slots.last().is_some_and(|slot| slot.quoted)),
        };
        slots.push(Slot { name, element, quoted, extra: Vec::new() });
    }
    let mut before = 0;
    for candidate in candidates.iter().filter(|candidate| candidate.top) {
        match (candidate.slot, slots.get_mut(before)) {
            (Some(slot), _) => before = slot,
            (None, Some(slot)) => slot.extra.push(candidate.element),
            (None, None) => {}
        }
    }
    slots
}

/// Can it be a layer?
pub(super) fn may_be_layer(element: PdmlElement<'_>) -> bool {
    element.is_protocol() || element.name() == DATA
}

/// An element and those in its tree that may be layers. Those in an error message are of the
/// packet that it quotes.
fn collect<'f>(element: PdmlElement<'f>, all: &mut Vec<Candidate<'f>>) {
    all.push(Candidate { element, quoted: false, top: true, slot: None });
    let quoted = matches!(element.name(), "icmp" | "icmpv6");
    for inner in element.descendants().filter(|inner| may_be_layer(*inner)) {
        let quoted = quoted && inner.name() != DATA;
        all.push(Candidate { element: inner, quoted, top: false, slot: None });
    }
}
