//! The chain of protocols of a frame.

use std::fmt;
use std::ops::Range;

use wirelens_dissect::{Layer, Protocol};

use crate::family;

/// The protocols of a frame from the outermost in: `Ethernet:IPv6:ICMPv6` for people,
/// `eth:ipv6:icmpv6` in data.
#[derive(Clone, Copy)]
pub struct Chain<'f> {
    layers: &'f [Layer],
}

impl<'f> Chain<'f> {
    pub(crate) fn new(layers: &'f [Layer]) -> Chain<'f> {
        Chain { layers }
    }

    /// How many protocols there are.
    pub fn len(&self) -> usize {
        self.layers.len()
    }

    /// Are there none?
    pub fn is_empty(&self) -> bool {
        self.layers.is_empty()
    }

    /// The protocol at a place, 0 being the outermost.
    pub fn get(&self, at: usize) -> Option<&'static Protocol> {
        self.layers.get(at).map(|layer| layer.protocol)
    }

    /// Where the first protocol of this name is: an abbreviation (`tcp`), a short name (`IPv6`,
    /// whatever its case) or a family (`ip`: either version).
    pub fn index(&self, name: &str) -> Option<usize> {
        self.layers.iter().position(|layer| family::is(layer.protocol, name))
    }

    /// Is a protocol of this name in it?
    pub fn contains(&self, name: &str) -> bool {
        self.index(name).is_some()
    }

    /// A part of it; what lies beyond its end is left out.
    pub fn slice(&self, range: Range<usize>) -> Chain<'f> {
        let end = range.end.min(self.layers.len());
        Chain { layers: &self.layers[range.start.min(end)..end] }
    }

    /// The protocols in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &'static Protocol> + use<'f> {
        self.layers.iter().map(|layer| layer.protocol)
    }

    /// The abbreviations: `eth:ipv6:icmpv6`.
    pub fn names(&self) -> String {
        let names: Vec<&str> = self.iter().map(|protocol| protocol.name).collect();
        names.join(":")
    }
}

/// As people read it: `Ethernet:IPv6:ICMPv6`.
impl fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, protocol) in self.iter().enumerate() {
            if at > 0 {
                f.write_str(":")?;
            }
            f.write_str(protocol.short)?;
        }
        Ok(())
    }
}

impl fmt::Debug for Chain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.names())
    }
}
