//! From a frame of PDML to layers and nodes.

use wirelens_dissect::{Composer, Field, Kind, Made, Place, Protocol};

use super::chain::{self, Slot};
use super::{PdmlElement, PdmlFrame};
use crate::engines::flow;
use crate::engines::rest::Wanted;
use crate::engines::rows::{Form, Inside, Rows};
use crate::engines::value::{self, Read};

/// Of so many fields at a layer's beginning the bytes are looked for in the frame.
const LOOKED_AT: usize = 16;

/// Turns frames of PDML into layers; kept from frame to frame for its memory.
pub(crate) struct Layers {
    rows: Rows,
    wanted: Wanted,
    /// The engine's name, to be told with each layer.
    by: Option<&'static str>,
    /// Bytes of a field.
    bytes: Vec<u8>,
    /// Rows that are not arrays, as far as they have occurred in the objects that are open.
    seen: Vec<&'static Field>,
    /// Rows of ours that the open layer has.
    recorded: Vec<&'static Field>,
}

/// A frame being turned.
struct Turning<'t, 'c> {
    layers: &'t mut Layers,
    composer: &'t mut Composer<'c>,
    captured: &'t [u8],
    /// The protocol of the open layer.
    protocol: &'static Protocol,
    slots: &'t [Slot<'t>],
    /// The open layer does not lie in the frame.
    derived: bool,
    quoted: bool,
    /// Where its kept bytes lie.
    kept: Option<Place>,
}

/// What a field stands in.
#[derive(Clone, Copy)]
struct Around {
    inside: Inside,
    /// Where its rows begin among those that have occurred.
    seen: usize,
    /// Bytes that are kept, and their position by tshark's count.
    bytes: Option<(u32, Place)>,
}

impl Layers {
    pub(crate) fn new(rows: Rows, wanted: Wanted, by: Option<&'static str>) -> Layers {
        Layers { rows, wanted, by, bytes: Vec::new(), seen: Vec::new(), recorded: Vec::new() }
    }

    /// The layers of a frame, without the first `skip`, and the flow.
    pub(crate) fn turn(
        &mut self,
        frame: &PdmlFrame,
        captured: &[u8],
        skip: usize,
        composer: &mut Composer<'_>,
    ) {
        let mut end = 0;
        let mut last = false;
        let slots = chain::slots(frame);
        for slot in slots.get(skip..).unwrap_or_default() {
            let Some(protocol) = self.rows.protocol(slot.name) else { continue };
            if last || self.wanted.is_behind(protocol) {
                let from = match slot.element {
                    Some(element) if !self.is_derived(element, captured) => element.position(),
                    _ => end,
                };
                let end = captured.len() as u32;
                return self.wanted.rest(composer, from.min(end), end);
            }
            last = self.wanted.is_last(protocol);
            if !composer.layer(protocol, slot.quoted) {
                return;
            }
            if let Some(by) = self.by.filter(|_| self.wanted.has_fields(protocol)) {
                composer.node(self.rows.by, Made::Text(by.as_bytes()), Place::default());
            }
            match self.layer(slot, &slots, protocol, captured, composer) {
                Some(layer) => end = layer,
                None if slot.element.is_none() => {
                    composer.lies(Place { buffer: 0, offset: end, length: 0 });
                }
                None => {}
            }
        }
        if last && (end as usize) < captured.len() {
            self.wanted.rest(composer, end, captured.len() as u32);
        }
    }

    /// How many layers of a frame are those of these names, which we know ourselves, if some stand
    /// behind them that say more than that they are data.
    pub(crate) fn behind(&self, frame: &PdmlFrame, names: &[&str]) -> Option<usize> {
        let slots = chain::slots(frame);
        let mut known = names.iter().copied().peekable();
        let behind = slots.iter().position(|slot| {
            if known.peek() == Some(&slot.name) {
                known.next();
                return false;
            }
            known.peek().is_none()
        })?;
        let rest = slots.get(behind..).unwrap_or_default();
        rest.iter().any(|slot| slot.name != "data").then_some(behind)
    }

    /// One layer; where it ends, if it lies in the frame.
    fn layer(
        &mut self,
        slot: &Slot<'_>,
        slots: &[Slot<'_>],
        protocol: &'static Protocol,
        captured: &[u8],
        composer: &mut Composer<'_>,
    ) -> Option<u32> {
        let (element, quoted) = (slot.element?, slot.quoted);
        let derived = self.is_derived(element, captured);
        let place = Place { buffer: 0, offset: element.position(), length: element.size() };
        if !derived {
            composer.lies(place);
        }
        self.seen.clear();
        self.recorded.clear();
        let fields = self.wanted.has_fields(protocol);
        let mut turning = Turning {
            layers: self,
            composer,
            captured,
            protocol,
            slots,
            derived,
            quoted,
            kept: None,
        };
        if fields {
            let around = Around { inside: Inside::Layer, seen: 0, bytes: None };
            for child in element.children().chain(slot.extra.iter().copied()) {
                turning.field(child, around);
            }
        }
        if derived {
            let kept = turning.kept.unwrap_or_default();
            turning.composer.lies(kept);
            return None;
        }
        Some(place.offset.saturating_add(place.length))
    }

    /// Does a layer lie elsewhere than in the frame? The bytes of its first fields say so.
    fn is_derived(&mut self, element: PdmlElement<'_>, captured: &[u8]) -> bool {
        let fields = element.descendants().take(LOOKED_AT);
        for field in fields.filter(|field| field.size() > 0) {
            if let Some(bytes) = bytes(field, &mut self.bytes)
                && bytes.len() == field.size() as usize
            {
                return !lies_in(captured, field.position(), bytes);
            }
        }
        let end = u64::from(element.position()) + u64::from(element.size());
        end > captured.len() as u64
    }
}

/// The bytes that a field has, if PDML says.
fn bytes<'b>(field: PdmlElement<'_>, room: &'b mut Vec<u8>) -> Option<&'b [u8]> {
    room.clear();
    value::hex(field.unmasked_value().or(field.value())?, room)?;
    (!room.is_empty()).then_some(room)
}

fn lies_in(captured: &[u8], position: u32, bytes: &[u8]) -> bool {
    let from = position as usize;
    captured.get(from..from.saturating_add(bytes.len())) == Some(bytes)
}

impl Turning<'_, '_> {
    fn field(&mut self, element: PdmlElement<'_>, around: Around) {
        let is_layer = |slot: &Slot<'_>| slot.element.is_some_and(|layer| layer.is(element));
        if chain::may_be_layer(element) && self.slots.iter().any(is_layer) {
            return;
        }
        let (place, bytes) = self.place(element, around.bytes);
        let around = Around { bytes, ..around };
        if element.name().is_empty() {
            return self.line(element, place, around);
        }
        match self.named(element, place, around) {
            Some((at, inside)) => {
                let seen = self.layers.seen.len();
                let around = Around { inside, seen, ..around };
                element.children().for_each(|child| self.field(child, around));
                self.layers.seen.truncate(seen);
                self.composer.close(at);
            }
            // What is inside a value stands beside it.
            None => element.children().for_each(|child| self.field(child, around)),
        }
    }

    /// A field with a name; its node and what it is to what stands in it, if it is an object.
    fn named(
        &mut self,
        element: PdmlElement<'_>,
        place: Place,
        around: Around,
    ) -> Option<(usize, Inside)> {
        let Layers { rows, seen, recorded, .. } = &mut *self.layers;
        // Without a word for it, a value is text and what has none a heading.
        let kind = if element.show().is_some_and(|show| !show.is_empty()) {
            Kind::Text
        } else {
            Kind::Group
        };
        let known = rows.known(element.name(), kind)?;
        if known.is_view(recorded) {
            return None;
        }
        let show = element.show().unwrap_or_default();
        let read = value::read(known.kind, show);
        let missing = || element.value().and_then(|text| u64::from_str_radix(text, 16).ok());
        let read = match (known.kind, read) {
            (Kind::Uint | Kind::Hex | Kind::Flag, None) => missing().map(Read::Number),
            (_, read) => read,
        };
        let fits = matches!(known.kind, Kind::Bytes | Kind::Text) || read.is_some();
        let (protocol, from) = (self.protocol, around.seen);
        let again = |row: &'static Field| {
            let inside = seen.get(from..).unwrap_or_default();
            inside.iter().any(|known| std::ptr::eq(*known, row))
        };
        let form = if fits { known.form(protocol, around.inside, again) } else { Form::Text };
        let row = known.row(form, element.is_hidden());
        if !row.many {
            seen.push(row);
        }
        let name = known.name;
        if form == Form::Ours && !recorded.iter().any(|known| std::ptr::eq(*known, row)) {
            recorded.push(row);
        }
        let shift = if form == Form::Ours { row.mask.trailing_zeros() } else { 0 };
        let address = if let Some(Read::Ipv6(address)) = read { address } else { [0; 16] };
        let made = match (row.kind, read) {
            // Our row takes its bits out of a word.
            (_, Some(Read::Number(number))) => Made::Number(number << (shift & 63)),
            (_, Some(Read::Ipv6(_))) => Made::Text(&address),
            (Kind::Bytes, None) => Made::Bytes,
            (_, None) => Made::Text(show.as_bytes()),
        };
        if !self.quoted {
            let number = match read {
                Some(Read::Number(number)) => number.into(),
                Some(Read::Ipv6(address)) => u128::from_be_bytes(address),
                None => 0,
            };
            flow::tell(self.composer.flow(), name, number);
        }
        let at = self.composer.node(row, made, place)?;
        let inside = match form {
            Form::Ours => Inside::Known(row),
            _ => Inside::Heading,
        };
        row.object.then_some((at, inside))
    }

    /// A line of text, which is no field.
    fn line(&mut self, element: PdmlElement<'_>, place: Place, around: Around) {
        let text = element.show().unwrap_or_default();
        let (row, heading) = (self.layers.rows.text, self.layers.rows.heading);
        if element.inside() == 0 {
            self.composer.node(row, Made::Text(text.as_bytes()), place);
            return;
        }
        let Some(at) = self.composer.node(heading, Made::Number(1), place) else { return };
        self.composer.node(row, Made::Text(text.as_bytes()), Place { length: 0, ..place });
        let seen = self.layers.seen.len();
        let around = Around { inside: Inside::Heading, seen, ..around };
        element.children().for_each(|child| self.field(child, around));
        self.layers.seen.truncate(seen);
        self.composer.close(at);
    }

    /// Where a field lies; and of bytes that are kept, what those inside it are looked for in.
    fn place(
        &mut self,
        field: PdmlElement<'_>,
        around: Option<(u32, Place)>,
    ) -> (Place, Option<(u32, Place)>) {
        let nowhere = Place::default();
        let position = field.position();
        let Some(bytes) = bytes(field, &mut self.layers.bytes) else {
            // Its place is told and its bytes are not: a heading.
            let here = !self.derived && position as usize <= self.captured.len();
            let place = Place { buffer: 0, offset: position, length: field.size() };
            return (if here && field.size() > 0 { place } else { nowhere }, around);
        };
        if !self.derived && lies_in(self.captured, position, bytes) {
            let length = bytes.len() as u32;
            return (Place { buffer: 0, offset: position, length }, None);
        }
        let length = bytes.len() as u32;
        if let Some((from, outer)) = around
            && let Some(delta) = position.checked_sub(from)
            && delta.saturating_add(length) <= outer.length
        {
            return (Place { offset: outer.offset + delta, length, ..outer }, around);
        }
        let Some(place) = self.composer.keep(bytes) else { return (nowhere, around) };
        let kept = self.kept.get_or_insert(Place { length: 0, ..place });
        kept.length = place.offset + place.length - kept.offset;
        (place, Some((position, place)))
    }
}
