//! A dissected frame, for those who look into it.

use std::fmt;
use std::net::IpAddr;
use std::ops::Range;

use wirelens_capture::Timestamp;
use wirelens_dissect::{Dissection, Field, Layer, Node, OwnedDissection, Protocol, Shown, Value};
use wirelens_report::{Head, JsonWriter, Line, Options, write_tree, write_value};

use crate::chain::Chain;
use crate::family;

/// A frame and what was found in it, lent until the next one is read.
#[derive(Clone, Copy)]
pub struct Frame<'f> {
    pub(crate) head: Head,
    pub(crate) dissection: Dissection<'f>,
}

impl<'f> Frame<'f> {
    /// Its number in the capture, from 1.
    pub fn number(&self) -> u64 {
        self.head.number
    }

    /// When it was captured; a pcapng simple packet block does not say.
    pub fn time(&self) -> Option<Timestamp> {
        self.head.time.map(|(seconds, nanoseconds)| Timestamp::new(seconds, nanoseconds))
    }

    /// Its length on the wire, in bytes.
    pub fn length(&self) -> u32 {
        self.head.length
    }

    /// Its bytes, as many as were captured.
    pub fn bytes(&self) -> &'f [u8] {
        self.dissection.captured()
    }

    /// Its bytes in hexadecimal digits.
    pub fn hex(&self) -> String {
        hex(self.bytes())
    }

    /// The interface it came from, as an index into those of the capture.
    pub fn interface(&self) -> u32 {
        self.head.interface
    }

    /// Its link type, a number of <https://www.tcpdump.org/linktypes.html>.
    pub fn link_type(&self) -> u32 {
        self.dissection.input().link_type
    }

    /// Its chain of protocols.
    pub fn chain(&self) -> Chain<'f> {
        Chain::new(self.dissection.layers())
    }

    /// Does it hold this protocol or a member of this family?
    pub fn has(&self, name: &str) -> bool {
        self.chain().contains(name)
    }

    /// Its layers from the outermost in.
    pub fn layers(&self) -> impl DoubleEndedIterator<Item = LayerView<'f>> + use<'f> {
        let dissection = self.dissection;
        dissection.layers().iter().map(move |layer| LayerView { dissection, layer })
    }

    /// The first layer of this name: an abbreviation (`tcp`), a short name (`IPv6`) or a family
    /// (`ip` is either version, `ipv4` the one).
    pub fn layer(&self, name: &str) -> Option<LayerView<'f>> {
        self.layers().find(|layer| family::is(layer.protocol(), name))
    }

    /// The first field of this filter name: `ip.ttl`, `tcp.flags.syn`.
    pub fn field(&self, name: &str) -> Option<FieldView<'f>> {
        self.fields(name).into_iter().next()
    }

    /// All fields of this filter name, in the order of the frame. `ip.addr` gives both addresses.
    pub fn fields(&self, name: &str) -> Vec<FieldView<'f>> {
        let dissection = self.dissection;
        let mut found = Vec::new();
        let rows = dissection.registry().fields(name);
        dissection
            .find(rows, &mut |_, node| found.push(FieldView { dissection, node, inside: &[] }));
        found
    }

    /// How many problems were found in it.
    pub fn problems(&self) -> u32 {
        self.dissection.problems()
    }

    /// Did dissection end because the bytes contradict themselves?
    pub fn is_malformed(&self) -> bool {
        self.dissection.is_malformed()
    }

    /// The dissection itself: nodes, rows, positions.
    pub fn dissection(&self) -> Dissection<'f> {
        self.dissection
    }

    /// What a report says of it besides its dissection.
    pub fn head(&self) -> &Head {
        &self.head
    }

    /// The same as a report has it.
    pub fn to_value(&self) -> serde_json::Value {
        let mut line = Line::new();
        JsonWriter::new(Options::default()).frame(&mut line, &self.head, &self.dissection);
        serde_json::from_slice(line.written()).unwrap_or_default()
    }

    /// A copy to keep.
    pub fn keep(&self) -> OwnedFrame {
        OwnedFrame { head: self.head, dissection: self.dissection.keep() }
    }
}

/// The tree, as `wirelens show -V` prints it.
impl fmt::Display for Frame<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut line = Line::new();
        write_tree(&mut line, &self.head, &self.dissection);
        f.write_str(&String::from_utf8_lossy(line.written()))
    }
}

impl fmt::Debug for Frame<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Frame {} {}", self.number(), self.chain().names())
    }
}

/// A frame to keep.
#[derive(Clone, Debug)]
pub struct OwnedFrame {
    head: Head,
    dissection: OwnedDissection,
}

impl OwnedFrame {
    /// The frame to look into.
    pub fn lend(&self) -> Frame<'_> {
        Frame { head: self.head, dissection: self.dissection.lend() }
    }
}

/// One protocol's part of a frame.
#[derive(Clone, Copy)]
pub struct LayerView<'f> {
    dissection: Dissection<'f>,
    layer: &'f Layer,
}

impl<'f> LayerView<'f> {
    /// Whose part it is.
    pub fn protocol(&self) -> &'static Protocol {
        self.layer.protocol
    }

    /// The protocol's abbreviation: `tcp`.
    pub fn name(&self) -> &'static str {
        self.layer.protocol.name
    }

    /// Is it part of a packet that an error message quotes?
    pub fn is_quoted(&self) -> bool {
        self.layer.quoted
    }

    /// Its own bytes.
    pub fn header(&self) -> &'f [u8] {
        self.dissection.header(self.layer)
    }

    /// What it carries.
    pub fn payload(&self) -> &'f [u8] {
        self.dissection.payload(self.layer)
    }

    /// Its own bytes in hexadecimal digits.
    pub fn hex(&self) -> String {
        hex(self.header())
    }

    /// The field of this name within the protocol: `ttl`, `flags.df`; the whole name does too.
    pub fn get(&self, name: &str) -> Option<FieldView<'f>> {
        let dissection = self.dissection;
        for nodes in dissection.nodes(self.layer) {
            for (at, node) in nodes.iter().enumerate() {
                if self.is_named(node.field, name) {
                    let inside = inside(nodes, at);
                    return Some(FieldView { dissection, node: *node, inside });
                }
                if let Some(node) = self.view_named(*node, name) {
                    return Some(FieldView { dissection, node, inside: &[] });
                }
            }
        }
        None
    }

    fn view_named(&self, node: Node, name: &str) -> Option<Node> {
        node.views(Shown::Hidden).find_map(|view| {
            if self.is_named(view.field, name) { Some(view) } else { self.view_named(view, name) }
        })
    }

    fn is_named(&self, field: &Field, name: &str) -> bool {
        let within = |protocol: &Protocol| {
            field.name.strip_prefix(protocol.name)?.strip_prefix('.').filter(|rest| *rest == name)
        };
        field.name == name
            || within(self.layer.protocol).is_some()
            || self.layer.protocol.rows_of.and_then(within).is_some()
    }

    /// Its fields, outermost only.
    pub fn fields(&self) -> impl Iterator<Item = FieldView<'f>> + use<'f> {
        let dissection = self.dissection;
        let [header, trailer] = dissection.nodes(self.layer);
        siblings(dissection, header).chain(siblings(dissection, trailer))
    }

    /// Where it lies in its buffer: the bytes of its own, without what it carries.
    pub fn range(&self) -> Range<usize> {
        let start = self.layer.start as usize;
        start..start + self.layer.length as usize
    }
}

impl fmt::Debug for LayerView<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

fn inside(nodes: &[Node], at: usize) -> &[Node] {
    let from = at + 1;
    let to = nodes.get(at).map_or(from, |node| from + node.inside as usize);
    nodes.get(from..to).unwrap_or(&[])
}

fn siblings<'f>(
    dissection: Dissection<'f>,
    nodes: &'f [Node],
) -> impl Iterator<Item = FieldView<'f>> + use<'f> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let node = *nodes.get(at)?;
        let inside = inside(nodes, at);
        at += 1 + inside.len();
        Some(FieldView { dissection, node, inside })
    })
}

/// One field of a frame.
#[derive(Clone, Copy)]
pub struct FieldView<'f> {
    dissection: Dissection<'f>,
    node: Node,
    inside: &'f [Node],
}

impl<'f> FieldView<'f> {
    /// What it is.
    pub fn row(&self) -> &'static Field {
        self.node.field
    }

    /// Its filter name: `ip.ttl`.
    pub fn name(&self) -> &'static str {
        self.node.field.name
    }

    /// What people read: `Time to Live`.
    pub fn label(&self) -> &'static str {
        self.node.field.label
    }

    /// Its value.
    pub fn value(&self) -> Value<'f> {
        self.dissection.value(&self.node)
    }

    /// The name of its value: `TCP` for 6.
    pub fn value_name(&self) -> Option<&'static str> {
        self.node.field.name_of(self.node.number())
    }

    /// Its value as a number; true is 1.
    pub fn number(&self) -> Option<u64> {
        match self.value() {
            Value::Uint(number) => Some(number),
            Value::Flag(flag) => Some(flag.into()),
            _ => None,
        }
    }

    /// Its value if it is true or false.
    pub fn flag(&self) -> Option<bool> {
        match self.value() {
            Value::Flag(flag) => Some(flag),
            _ => None,
        }
    }

    /// Its value if it is an IP address.
    pub fn address(&self) -> Option<IpAddr> {
        match self.value() {
            Value::Ipv4(address) => Some(address.into()),
            Value::Ipv6(address) => Some(address.into()),
            _ => None,
        }
    }

    /// Its value if it is text and valid UTF-8.
    pub fn text(&self) -> Option<&'f str> {
        match self.value() {
            Value::Text(text) => std::str::from_utf8(text).ok(),
            _ => None,
        }
    }

    /// The bytes it covers.
    pub fn bytes(&self) -> &'f [u8] {
        self.dissection.bytes(&self.node)
    }

    /// Where it lies in its buffer, in bytes.
    pub fn range(&self) -> Range<usize> {
        let start = self.node.offset as usize;
        start..start + self.node.length as usize
    }

    /// The buffer it lies in: 0 is the frame, others were derived from it.
    pub fn buffer(&self) -> u8 {
        self.node.buffer
    }

    /// The fields inside it, outermost only, those that are part of its value first.
    pub fn fields(&self) -> impl Iterator<Item = FieldView<'f>> + use<'f> {
        let (dissection, node) = (self.dissection, self.node);
        let views =
            node.views(Shown::Detail).map(move |node| FieldView { dissection, node, inside: &[] });
        views.chain(siblings(dissection, self.inside))
    }
}

/// The value for reading: `TCP (6)`.
impl fmt::Display for FieldView<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut line = Line::new();
        write_value(&mut line, &self.dissection, &self.node);
        f.write_str(&String::from_utf8_lossy(line.written()))
    }
}

impl fmt::Debug for FieldView<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} = {self}", self.name())
    }
}

fn hex(bytes: &[u8]) -> String {
    let mut line = Line::new();
    line.hex_all(bytes);
    String::from_utf8_lossy(line.written()).into_owned()
}
