//! A frame as tshark tells it, sorted into what is compared.

use super::value::Shown;
use crate::engines::tshark::{PdmlElement, PdmlFrame};

/// What tshark says of a frame.
#[derive(Debug, Default)]
pub(super) struct Theirs<'f> {
    pub(super) number: u64,
    /// Seconds since 1970, with a fraction.
    pub(super) time: Option<&'f str>,
    pub(super) length: u64,
    pub(super) captured: u64,
    /// `eth:ethertype:ip:tcp`.
    pub(super) chain: &'f str,
    pub(super) layers: Vec<Layer<'f>>,
    pub(super) fields: Vec<Field<'f>>,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Layer<'f> {
    pub(super) protocol: &'f str,
    pub(super) position: u64,
    pub(super) size: u64,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Field<'f> {
    /// The protocol that encloses it.
    pub(super) protocol: &'f str,
    pub(super) name: &'f str,
    pub(super) position: u64,
    pub(super) size: u64,
    pub(super) shown: Shown<'f>,
    /// Is it one that we should have too? Not what tshark hides, worked out, keeps for itself, or
    /// has outside of the frame's bytes.
    pub(super) expected: bool,
}

impl<'f> Theirs<'f> {
    /// Sorts a frame; none if it has no number.
    pub(super) fn of(frame: &'f PdmlFrame) -> Option<Theirs<'f>> {
        let mut theirs = Theirs { number: frame.number()?, ..Theirs::default() };
        for protocol in frame.protocols() {
            match protocol.name() {
                "geninfo" => {
                    theirs.length = fact(protocol, "len").parse().ok()?;
                    theirs.captured = fact(protocol, "caplen").parse().ok()?;
                }
                "frame" => {
                    let time = fact(protocol, "frame.time_epoch");
                    theirs.time = Some(time).filter(|time| !time.is_empty());
                    theirs.chain = fact(protocol, "frame.protocols");
                }
                _ => theirs.walk(protocol, None),
            }
        }
        Some(theirs)
    }

    fn walk(&mut self, element: PdmlElement<'f>, owner: Option<&'f str>) {
        let name = element.name();
        let mut owner = owner;
        if element.is_protocol() {
            if name != "fake-field-wrapper" {
                let (position, size) = (element.position().into(), element.size().into());
                self.layers.push(Layer { protocol: name, position, size });
                owner = Some(name);
            }
        } else if !name.is_empty() {
            self.field(element, owner.unwrap_or_else(|| first_word(name)));
        }
        // As deep as the reader of PDML lets them be.
        for child in element.children() {
            self.walk(child, owner);
        }
    }

    fn field(&mut self, element: PdmlElement<'f>, protocol: &'f str) {
        let name = element.name();
        let (show, value) = (element.show().unwrap_or(""), element.value().unwrap_or(""));
        let label = element.showname().filter(|label| !label.is_empty()).unwrap_or(show);
        let (position, size) = (u64::from(element.position()), u64::from(element.size()));
        let expected = !element.is_hidden()
            && size > 0
            && !label.starts_with('[')
            && position + size <= self.captured
            && !name.starts_with("_ws.")
            && !is_generated(name);
        let is_bytes = !value.is_empty() && show.contains(':') && is_spelled(show, value);
        let shown = Shown { show: (!is_bytes).then_some(show), value };
        self.fields.push(Field { protocol, name, position, size, shown, expected });
    }

    /// Does tshark say that the frame is malformed?
    pub(super) fn is_malformed(&self) -> bool {
        self.layers.iter().any(|layer| layer.protocol == "_ws.malformed")
    }
}

/// A field of `geninfo` or `frame`.
fn fact<'f>(protocol: PdmlElement<'f>, name: &str) -> &'f str {
    let mut fields = protocol.children();
    fields.find(|field| field.name() == name).and_then(|field| field.show()).unwrap_or("")
}

fn first_word(name: &str) -> &str {
    name.split('.').next().unwrap_or(name)
}

/// Is `show` just the digits of `value` with colons between?
fn is_spelled(show: &str, value: &str) -> bool {
    show.bytes().filter(|&byte| byte != b':').eq(value.bytes())
}

/// Fields that tshark works out, though they have a byte range: PDML does not mark them.
static GENERATED: &str = include_str!("generated.txt");

fn is_generated(name: &str) -> bool {
    use std::collections::HashSet;
    use std::sync::LazyLock;
    static NAMES: LazyLock<HashSet<&str>> = LazyLock::new(|| GENERATED.lines().collect());
    NAMES.contains(name)
}
