//! A frame as tshark tells it.

/// One `<packet>` of PDML: protocols and their fields. It is reused from frame to frame for its
/// memory.
#[derive(Clone, Debug, Default)]
pub struct PdmlFrame {
    /// Parents before what is inside them.
    pub(super) elements: Vec<Element>,
    pub(super) text: String,
}

/// A part of a frame's text; where it begins is `ABSENT` for an attribute that is not there.
#[derive(Clone, Copy, Debug)]
pub(super) struct Span {
    from: u32,
    to: u32,
}

impl Span {
    pub(super) const ABSENT: Span = Span { from: u32::MAX, to: 0 };
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Element {
    pub(super) protocol: bool,
    pub(super) hidden: bool,
    /// How many of the elements that follow are inside it.
    pub(super) inside: u32,
    pub(super) position: u32,
    pub(super) size: u32,
    pub(super) name: Span,
    pub(super) show: Span,
    pub(super) showname: Span,
    pub(super) value: Span,
    pub(super) unmasked: Span,
}

impl Element {
    pub(super) const EMPTY: Element = Element {
        protocol: false,
        hidden: false,
        inside: 0,
        position: 0,
        size: 0,
        name: Span::ABSENT,
        show: Span::ABSENT,
        showname: Span::ABSENT,
        value: Span::ABSENT,
        unmasked: Span::ABSENT,
    };
}

impl PdmlFrame {
    /// What stands in the frame itself: its protocols from the outermost in, among them
    /// `geninfo` and `frame`, which are no layers. A field that stands alone is wrapped in
    /// `fake-field-wrapper`, and so are undissected bytes, as the field `data`.
    pub fn protocols(&self) -> PdmlElements<'_> {
        PdmlElements { frame: self, at: 0, end: self.elements.len() }
    }

    /// Every element, parents before what is inside them.
    pub fn elements(&self) -> impl Iterator<Item = PdmlElement<'_>> {
        (0..self.elements.len()).map(|at| PdmlElement { frame: self, at })
    }

    /// The first element of this name.
    pub fn find(&self, name: &str) -> Option<PdmlElement<'_>> {
        self.elements().find(|element| element.name() == name)
    }

    /// The frame's number by tshark's count, from 1.
    pub fn number(&self) -> Option<u64> {
        self.find("num").or_else(|| self.find("frame.number"))?.show()?.parse().ok()
    }

    pub(crate) fn clear(&mut self) {
        self.elements.clear();
        self.text.clear();
    }

    /// Adds an element, and says where it is; what is added until it is closed is inside it.
    pub(crate) fn open(
        &mut self,
        protocol: bool,
        name: &str,
        show: Option<&str>,
        value: Option<&str>,
        (position, size): (u32, u32),
        hidden: bool,
    ) -> usize {
        let mut keep = |text: Option<&str>| text.map_or(Span::ABSENT, |text| self.keep(text));
        let (name, show, value) = (keep(Some(name)), keep(show), keep(value));
        let place = Element { position, size, ..Element::EMPTY };
        self.elements.push(Element { protocol, hidden, name, show, value, ..place });
        self.elements.len() - 1
    }

    /// What was added behind an element is inside it.
    pub(crate) fn close(&mut self, at: usize) {
        let inside = self.elements.len().saturating_sub(at + 1);
        if let Some(element) = self.elements.get_mut(at) {
            element.inside = inside as u32;
        }
    }

    /// Keeps a text.
    pub(super) fn keep(&mut self, text: &str) -> Span {
        let from = self.text.len() as u32;
        self.text.push_str(text);
        Span { from, to: self.text.len() as u32 }
    }
}

/// A protocol or field, and what is inside it.
#[derive(Clone, Copy, Debug)]
pub struct PdmlElement<'f> {
    frame: &'f PdmlFrame,
    at: usize,
}

impl<'f> PdmlElement<'f> {
    fn raw(&self) -> &'f Element {
        self.frame.elements.get(self.at).unwrap_or(&Element::EMPTY)
    }

    fn text(&self, span: Span) -> Option<&'f str> {
        self.frame.text.get(span.from as usize..span.to as usize)
    }

    /// Are they one and the same?
    pub(super) fn is(&self, other: PdmlElement<'_>) -> bool {
        std::ptr::eq(self.raw(), other.raw())
    }

    /// Is it a protocol, and not a field?
    pub fn is_protocol(&self) -> bool {
        self.raw().protocol
    }

    /// Its filter name: `ip.ttl`; empty for a line of text that is no field.
    pub fn name(&self) -> &'f str {
        self.text(self.raw().name).unwrap_or_default()
    }

    /// Where it starts, in bytes: in the frame, or in what was put together or decoded, which
    /// PDML does not tell apart.
    pub fn position(&self) -> u32 {
        self.raw().position
    }

    /// How many bytes it covers; 0 for what was found otherwise.
    pub fn size(&self) -> u32 {
        self.raw().size
    }

    /// Its value as display filters write it: `64`, `0x0800`, `127.0.0.1`.
    pub fn show(&self) -> Option<&'f str> {
        self.text(self.raw().show)
    }

    /// The line that people read: `Time to Live: 64`.
    pub fn showname(&self) -> Option<&'f str> {
        self.text(self.raw().showname)
    }

    /// Its bytes in hexadecimal digits; of a field of some bits, its number.
    pub fn value(&self) -> Option<&'f str> {
        self.text(self.raw().value)
    }

    /// Of a field of some bits, the bytes they are in, in hexadecimal digits.
    pub fn unmasked_value(&self) -> Option<&'f str> {
        self.text(self.raw().unmasked)
    }

    /// Is it found by filters only, and not shown?
    pub fn is_hidden(&self) -> bool {
        self.raw().hidden
    }

    /// How many elements are inside it, at any depth.
    pub fn inside(&self) -> usize {
        self.raw().inside as usize
    }

    /// The elements inside it at any depth, in their order.
    pub fn descendants(&self) -> impl Iterator<Item = PdmlElement<'f>> + use<'f> {
        let (frame, from) = (self.frame, self.at + 1);
        (from..from + self.inside()).map(move |at| PdmlElement { frame, at })
    }

    /// The elements directly inside it.
    pub fn children(&self) -> PdmlElements<'f> {
        let at = self.at + 1;
        PdmlElements { frame: self.frame, at, end: at + self.inside() }
    }
}

/// Elements beside each other.
#[derive(Clone, Debug)]
pub struct PdmlElements<'f> {
    frame: &'f PdmlFrame,
    at: usize,
    end: usize,
}

impl<'f> Iterator for PdmlElements<'f> {
    type Item = PdmlElement<'f>;

    fn next(&mut self) -> Option<PdmlElement<'f>> {
        if self.at >= self.end {
            return None;
        }
        let element = PdmlElement { frame: self.frame, at: self.at };
        self.at += 1 + element.inside();
        Some(element)
    }
}
