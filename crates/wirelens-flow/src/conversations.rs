//! Who spoke with whom and how much, without what became of it.

use std::hash::BuildHasher;

use foldhash::fast::RandomState;
use wirelens_dissect::{Dissection, Flow, Input};

use crate::glance::glance;
use crate::index::Index;
use crate::key::{Key, Tuple, address_v4};
use crate::sight::Sight;
use crate::{Endpoint, Side, number};

/// Of a table of so many bytes, what is needed is in a processor's last cache, most of the time: there
/// it costs a tenth to have it brought.
const SMALL: usize = 1 << 25;

/// Frames between two ends, whoever began and however often.
#[derive(Clone, Copy, Debug)]
pub struct Conversation {
    key: Key,
    /// By direction: from the key's first end, and from its second.
    frames: [u64; 2],
    bytes: [u64; 2],
    first: i64,
    last: i64,
    /// The key's second end sent the first frame.
    backward: bool,
}

/// Frames and their bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Count {
    /// How many frames.
    pub frames: u64,
    /// Their lengths on the wire, in bytes.
    pub bytes: u64,
}

/// A table of conversations, which are the frames between two addresses and ports, the innermost of
/// a frame: what `tshark -z conv` counts. A [`Tracker`](crate::Tracker) knows when one connection ends
/// and the next begins, and how it fared, at several times the cost.
///
/// ```
/// use wirelens_dissect::{Detail, Input, Session, Settings};
/// use wirelens_flow::{Conversations, Side};
///
/// // No more is looked at than it takes.
/// let settings = Settings { detail: Detail::Headers, nothing_else: true, ..Settings::default() };
/// let mut session = Session::with(wirelens_protocols::shared(), settings);
/// let mut conversations = Conversations::new(1 << 20);
/// for (number, bytes) in [(1, b"a frame"), (2, b"another")] {
///     let input = Input { number, link_type: 1, captured: bytes, length: 7, ..Input::default() };
///     conversations.read(&session.dissect(input));
/// }
/// for conversation in &conversations {
///     let [from, to] = Side::BOTH.map(|side| conversation.end(side));
///     println!("{from} > {to}: {} frames", conversation.sent(Side::Initiator).frames);
/// }
/// assert_eq!(conversations.nowhere().frames, 2);
/// ```
///
/// A fragment that is not put together and is not the first has no ports: it is counted between its
/// addresses, with ports of 0.
pub struct Conversations {
    index: Index,
    /// In the order of their first frames.
    all: Vec<Conversation>,
    most: usize,
    hasher: RandomState,
    nowhere: Count,
    left_out: Count,
}

impl Count {
    #[inline]
    fn add(&mut self, length: u32) {
        self.frames += 1;
        self.bytes += u64::from(length);
    }
}

impl Conversations {
    /// A table of so many conversations at most, of [some 120 bytes](Conversations::bytes)
    /// each: frames of those that come when it is full are [left out](Conversations::left_out).
    pub fn new(most: usize) -> Conversations {
        Conversations {
            index: Index::new(),
            all: Vec::new(),
            // Each has a number of 32 bits.
            most: most.min(u32::MAX as usize),
            // Where a key lands is never seen, and keys come from attackers.
            hasher: RandomState::default(),
            nowhere: Count::default(),
            left_out: Count::default(),
        }
    }

    /// Counts a frame.
    #[inline]
    pub fn read(&mut self, frame: &Dissection<'_>) {
        let (flow, input) = (frame.flow(), frame.input());
        if flow.version == 0 {
            return self.nowhere.add(input.length);
        }
        let (key, backward) = key(flow);
        self.count(key, backward, input.length, input.nanoseconds);
    }

    /// Counts a frame without its dissection, if it is one that [`Sight`] knows; false where it is to
    /// be dissected and [read](Self::read).
    #[inline]
    pub fn see(&mut self, sight: &Sight, input: &Input<'_>) -> bool {
        let Some(seen) = sight.whole(input) else { return false };
        let (key, backward) = Key::of(&seen.tuple(), seen.version);
        self.count(key, backward, input.length, input.nanoseconds);
        true
    }

    #[inline]
    fn count(&mut self, key: Key, backward: bool, length: u32, time: i64) {
        let hash = self.hasher.hash_one(key);
        let all = &self.all;
        let found = self.index.find(hash, |at| all.get(at as usize).is_some_and(|c| c.key == key));
        let at = match found {
            Some(at) => at as usize,
            None if self.all.len() == self.most => return self.left_out.add(length),
            None => {
                let (frames, bytes) = ([0; 2], [0; 2]);
                let (first, last) = (time, time);
                self.begin(Conversation { key, frames, bytes, first, last, backward }, hash)
            }
        };
        if let Some(conversation) = self.all.get_mut(at) {
            let way = usize::from(backward);
            conversation.frames[way] += 1;
            conversation.bytes[way] += u64::from(length);
            // Frames of several devices do not always come in order.
            conversation.first = conversation.first.min(time);
            conversation.last = conversation.last.max(time);
        }
    }

    /// So many frames may be told to [`come_next`](Self::come_next) at once.
    pub const AT_ONCE: usize = 16;

    /// These frames come next: their link types and bytes, at most [`AT_ONCE`](Self::AT_ONCE) of them.
    /// With very many conversations, waiting for memory is most of what a frame costs; so they are
    /// waited for together, in half of the time. What is counted is the same without it, and if
    /// other frames come.
    pub fn come_next<'f>(&self, frames: impl IntoIterator<Item = (u32, &'f [u8])>) {
        if self.bytes() >= SMALL {
            self.fetch(frames);
        }
    }

    /// Reads what will be needed for these frames; gives how many of their conversations there are.
    fn fetch<'f>(&self, frames: impl IntoIterator<Item = (u32, &'f [u8])>) -> usize {
        let seen = frames.into_iter().filter_map(|(link_type, bytes)| glance(link_type, bytes));
        let mut hashes = [0; Self::AT_ONCE];
        let mut coming = 0;
        for (hash, (tuple, version)) in hashes.iter_mut().zip(seen) {
            *hash = self.hasher.hash_one(Key::of(&tuple, version).0);
            coming += 1;
        }
        let hashes = &hashes[..coming];
        // A processor goes on behind a read that waits, but not far: each round asks for all of them
        // before anything waits for one.
        let places = hashes.iter().fold(0, |sum, hash| self.index.touch(*hash).wrapping_add(sum));
        let mut found = [None; Self::AT_ONCE];
        for (found, hash) in found.iter_mut().zip(hashes) {
            *found = self.index.find(*hash, |_| true);
        }
        let found = found.iter().flatten().filter_map(|at| self.all.get(*at as usize));
        let (counts, known) =
            found.fold((0, 0), |(sum, known), one| (one.touch().wrapping_add(sum), known + 1));
        // Nobody wants the sums, but they are not to be left out.
        std::hint::black_box((places, counts));
        known
    }

    #[cold]
    fn begin(&mut self, conversation: Conversation, hash: u64) -> usize {
        let at = self.all.len();
        self.index.insert(hash, at as u32);
        self.all.push(conversation);
        at
    }

    /// All of them, in the order of their first frames.
    pub fn iter(&self) -> std::slice::Iter<'_, Conversation> {
        self.all.iter()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// Is there none?
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// Frames without addresses of IP, or of which too little was captured.
    pub fn nowhere(&self) -> Count {
        self.nowhere
    }

    /// Frames of conversations for which there was no room.
    pub fn left_out(&self) -> Count {
        self.left_out
    }

    /// Bytes allocated.
    pub fn bytes(&self) -> usize {
        self.index.bytes() + self.all.capacity() * size_of::<Conversation>()
    }
}

impl<'c> IntoIterator for &'c Conversations {
    type Item = &'c Conversation;
    type IntoIter = std::slice::Iter<'c, Conversation>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl Conversation {
    /// An end: the initiator is who sent the first frame that was read.
    pub fn end(&self, side: Side) -> Endpoint {
        self.key.end(self.is_second(side))
    }

    /// What an end has sent.
    pub fn sent(&self, side: Side) -> Count {
        let way = usize::from(self.is_second(side));
        Count { frames: self.frames[way], bytes: self.bytes[way] }
    }

    /// Its frames, both ways.
    pub fn frames(&self) -> u64 {
        self.frames.iter().sum()
    }

    /// When its first frame was captured, in nanoseconds since 1970; 0 where that is unknown.
    pub fn first(&self) -> i64 {
        self.first
    }

    /// When its last frame was.
    pub fn last(&self) -> i64 {
        self.last
    }

    /// The IP protocol number of its transport.
    pub fn protocol(&self) -> u8 {
        self.key.protocol
    }

    /// The name of its protocol, as of a [`Flow`](crate::Flow::protocol_name).
    pub fn protocol_name(&self) -> &'static str {
        number::name(self.key.protocol)
    }

    /// Reads a word of each of its lines.
    #[inline]
    fn touch(&self) -> u64 {
        self.key.scope.wrapping_add(self.bytes[1]).wrapping_add(self.last as u64)
    }

    fn is_second(&self, side: Side) -> bool {
        (side == Side::Responder) != self.backward
    }
}

/// The key of what dissection calls a flow, and whether the frame was sent by its second end.
#[inline]
fn key(flow: &Flow) -> (Key, bool) {
    let address = |bits: u128| match flow.version {
        4 => address_v4(bits as u32),
        _ => [(bits >> 64) as u64, bits as u64],
    };
    let tuple = Tuple {
        source: address(flow.source),
        destination: address(flow.destination),
        ports: flow.ports,
        protocol: flow.protocol,
        scope: 0,
    };
    Key::of(&tuple, flow.version)
}

#[cfg(test)]
mod tests {
    use wirelens_dissect::Session;

    use super::*;

    /// A datagram of UDP between two hosts of version 4 or 6.
    fn datagram(version: u8, (from, to): (u8, u8), ports: (u16, u16)) -> Vec<u8> {
        let mut bytes = match version {
            4 => vec![0x45, 0, 0, 30, 0, 0, 0, 0, 64, 17, 0, 0, 192, 0, 2, from, 192, 0, 2, to],
            _ => {
                let mut bytes = vec![0x60, 0, 0, 0, 0, 10, 17, 64];
                for host in [from, to] {
                    bytes.extend([0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, host]);
                }
                bytes
            }
        };
        for word in [ports.0, ports.1, 10, 0, 0xabcd] {
            bytes.extend(word.to_be_bytes());
        }
        bytes
    }

    fn read(table: &mut Conversations, frames: &[(i64, Vec<u8>)]) {
        let mut session = Session::new(wirelens_protocols::shared());
        for (number, (nanoseconds, bytes)) in (1..).zip(frames) {
            table.read(&session.dissect(Input {
                number,
                nanoseconds: *nanoseconds,
                link_type: 101,
                captured: bytes,
                length: bytes.len() as u32,
                ..Input::default()
            }));
        }
    }

    #[test]
    fn both_ways_are_one_conversation() {
        let mut table = Conversations::new(10);
        read(
            &mut table,
            &[
                (5, datagram(4, (2, 1), (4000, 53))),
                (7, datagram(4, (1, 2), (53, 4000))),
                (6, datagram(4, (1, 2), (53, 4000))),
                (8, datagram(6, (2, 1), (4000, 53))),
                (9, datagram(4, (2, 1), (4001, 53))),
            ],
        );
        let said: Vec<_> = table
            .iter()
            .map(|c| {
                let [from, to] = Side::BOTH.map(|side| c.end(side));
                let [there, back] = Side::BOTH.map(|side| c.sent(side));
                let counts = [there.frames, there.bytes, back.frames, back.bytes];
                format!(
                    "{} {from} > {to} {counts:?} {}..{}",
                    c.protocol_name(),
                    c.first(),
                    c.last()
                )
            })
            .collect();
        assert_eq!(
            said,
            [
                "udp 192.0.2.2:4000 > 192.0.2.1:53 [1, 30, 2, 60] 5..7",
                "udp [2001:db8::2]:4000 > [2001:db8::1]:53 [1, 50, 0, 0] 8..8",
                "udp 192.0.2.2:4001 > 192.0.2.1:53 [1, 30, 0, 0] 9..9",
            ]
        );
    }

    #[test]
    fn one_end_alone_has_two_ports_of_one_address() {
        let mut table = Conversations::new(10);
        read(
            &mut table,
            &[
                (1, datagram(4, (1, 1), (9, 8))),
                (2, datagram(4, (1, 1), (8, 9))),
                (3, datagram(4, (1, 1), (9, 8))),
            ],
        );
        let [one] = &table.all[..] else { panic!("one conversation") };
        assert_eq!((one.sent(Side::Initiator).frames, one.sent(Side::Responder).frames), (2, 1));
        assert_eq!(one.end(Side::Initiator).port, 9);
    }

    #[test]
    fn what_has_no_place_is_told() {
        let mut table = Conversations::new(2);
        let many: Vec<_> = (0..5).map(|port| (0, datagram(4, (1, 2), (port, 9)))).collect();
        read(&mut table, &many);
        read(&mut table, &many);
        read(&mut table, &[(0, vec![0x45, 0, 0])]);
        assert_eq!(table.len(), 2);
        assert_eq!(table.left_out(), Count { frames: 6, bytes: 180 });
        assert_eq!(table.nowhere(), Count { frames: 1, bytes: 3 });
        assert!(table.iter().all(|c| c.sent(Side::Initiator) == Count { frames: 2, bytes: 60 }));
    }

    #[test]
    fn what_comes_next_is_found_at_a_glance() {
        let mut table = Conversations::new(1000);
        let known: Vec<_> =
            [4, 6].map(|version| (0, datagram(version, (1, 2), (7, 9)))).into_iter().collect();
        read(&mut table, &known);
        let other = [(0, datagram(4, (1, 2), (8, 9))), (0, vec![0x45]), (0, Vec::new())];
        let coming = |times: usize| {
            let all = known.iter().chain(&other).map(|(_, bytes)| (101, bytes.as_slice()));
            all.cycle().take(5 * times)
        };
        assert_eq!(table.fetch(coming(1)), 2);
        // Those beyond the first sixteen of UDP are passed over.
        assert_eq!(table.fetch(coming(100)), 11);
        assert_eq!(allocation_counter::measure(|| table.come_next(coming(1))).count_total, 0);
        assert_eq!(table.iter().map(Conversation::frames).sum::<u64>(), 2);
    }

    #[test]
    fn frames_of_known_conversations_allocate_nothing() {
        let mut table = Conversations::new(1000);
        let many: Vec<_> = (0..1000).map(|port| (0, datagram(4, (1, 2), (port, 9)))).collect();
        read(&mut table, &many);
        assert_eq!(table.len(), 1000);
        assert!(table.bytes() < 200 * 1000, "{}", table.bytes());
        let mut session = Session::new(wirelens_protocols::shared());
        let captured = &many[7].1;
        let frame =
            session.dissect(Input { link_type: 101, captured, length: 30, ..Input::default() });
        let counted = allocation_counter::measure(|| table.read(&frame));
        assert_eq!(counted.count_total, 0);
    }
}
