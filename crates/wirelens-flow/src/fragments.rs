//! Whose fragments are: only the first of a datagram has ports.

use std::hash::BuildHasher;

use foldhash::fast::FixedState;

use crate::key::Address;
use crate::packet::Packet;

/// Datagrams whose first fragment was seen lately. What is remembered has one place each, so that it
/// is bounded and the same input gives the same output; a datagram that comes to a place where
/// another stands has it.
pub(crate) struct Fragments {
    places: Vec<Option<(Datagram, (u16, u16))>>,
    hasher: FixedState,
}

/// What the fragments of a datagram have in common.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Datagram {
    source: Address,
    destination: Address,
    identification: u32,
    /// IPv6 tells it for certain only in the first fragment.
    protocol: u8,
}

const PLACES: usize = 4096;

impl Fragments {
    pub(crate) fn new() -> Fragments {
        Fragments { places: Vec::new(), hasher: FixedState::default() }
    }

    /// Gives a fragment the ports of its datagram. False where they are not known.
    #[cold]
    pub(crate) fn place(&mut self, packet: &mut Packet) -> bool {
        let Some((identification, offset)) = packet.fragment else { return true };
        let datagram = Datagram {
            source: packet.tuple.source,
            destination: packet.tuple.destination,
            identification,
            protocol: if packet.version == 4 { packet.tuple.protocol } else { 0 },
        };
        if self.places.is_empty() {
            self.places.resize(PLACES, None);
        }
        let at = self.hasher.hash_one(datagram) as usize % PLACES;
        let place = &mut self.places[at];
        if offset == 0 {
            *place = Some((datagram, packet.tuple.ports));
            return true;
        }
        let Some((_, ports)) = place.filter(|(other, _)| *other == datagram) else { return false };
        packet.tuple.ports = ports;
        true
    }
}
