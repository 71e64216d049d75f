//! Messages in several fragments, RFC 6347 section 4.2.3 and RFC 9147 section 5.5: they may come in
//! any order, more than once, and overlap.

use wirelens_dissect::prelude::*;
use wirelens_dissect::{Added, Budget, Kept, OriginRows, Parts};

use super::handshake::{self, LONGEST_MESSAGE};
use super::Connection;

/// The head of a fragment.
#[derive(Clone, Copy)]
pub(super) struct Head {
    pub(super) kind: u8,
    /// Of the whole message.
    pub(super) whole: u32,
    pub(super) sequence: u16,
    pub(super) offset: u32,
}

/// Messages of one direction of which fragments are missing.
#[derive(Default)]
pub(super) struct Incomplete {
    messages: Vec<(Head, Parts)>,
    kept: Kept,
}

/// More than a flight has in fragments at once.
const MOST: usize = 8;

static ORIGIN: OriginRows = OriginRows {
    all: &handshake::FRAGMENTS,
    one: &handshake::FRAGMENT,
    count: &handshake::FRAGMENT_COUNT,
    length: &handshake::REASSEMBLED_LENGTH,
    data: &handshake::REASSEMBLED_DATA,
    completed_in: &handshake::REASSEMBLED_IN,
};

/// A fragment, all that is left. The one that completes its message has it read.
pub(super) fn fragment(p: &mut Packet<'_>, head: Head) -> Read {
    let (bytes, cut) = (p.ahead(), p.left() < p.declared_left());
    p.remainder(&handshake::PARTIAL)?;
    if cut {
        return Ok(());
    }
    let (frame, budget) = (p.frame_number(), p.budget());
    let Some((known, forward)) = p.conversation::<Connection>() else { return Ok(()) };
    let (added, whole) = known.incomplete[usize::from(forward)].take(head, bytes, frame, &budget);
    match added {
        Added::Conflict => p.problem(&handshake::FRAGMENT_CONFLICT),
        Added::TooMany => p.problem(&handshake::FRAGMENT_ERROR),
        Added::New | Added::Again => {}
    }
    match whole {
        Some(parts) => p.assembled(&parts, &ORIGIN, |p| super::whole(p, head.kind)),
        None => {
            p.completed_in(&ORIGIN);
            Ok(())
        }
    }
}

impl Incomplete {
    /// Keeps a fragment; gives the message that it completes.
    fn take(
        &mut self,
        head: Head,
        bytes: &[u8],
        frame: u64,
        budget: &Budget,
    ) -> (Added, Option<Parts>) {
        if head.whole as usize > LONGEST_MESSAGE {
            return (Added::TooMany, None);
        }
        let known = self.messages.iter().position(|(known, _)| known.sequence == head.sequence);
        let at = known.unwrap_or_else(|| {
            if self.messages.len() >= MOST {
                self.messages.remove(0);
            }
            self.messages.push((head, Parts::default()));
            self.messages.len() - 1
        });
        let Some((known, parts)) = self.messages.get_mut(at) else { return (Added::TooMany, None) };
        if (known.kind, known.whole) != (head.kind, head.whole) {
            // Another message has that number: a new handshake.
            (*known, *parts) = (head, Parts::default());
        }
        let added = parts.add(head.offset, bytes, frame);
        let whole = parts.is_whole(head.whole) || added == Added::TooMany;
        let done = whole.then(|| self.messages.remove(at).1).filter(|_| added != Added::TooMany);
        let cost = self.messages.iter().map(|(_, parts)| parts.cost()).sum();
        if !self.kept.set(budget, cost) {
            self.messages.clear();
            return (Added::TooMany, done);
        }
        (added, done)
    }
}

#[cfg(test)]
mod tests {
    use super::super::DTLS;

    use crate::testing::*;
    use wirelens_dissect::Session;

    /// Fragments of a Certificate Request, each in a datagram of its own.
    fn datagram(sequence: u8, offset: u8, content: &str) -> Vec<u8> {
        let content = hex(content);
        let length = content.len() as u8;
        let head = [0x0d, 0, 0, 12, 0, sequence, 0, 0, offset, 0, 0, length];
        let record = [0x16, 0xfe, 0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0, length + 12];
        [&record[..], &head, &content].concat()
    }

    const PARTS: [(u8, &str); 3] = [(0, "02 0140"), (3, "0007 0005"), (7, "3003310130")];

    fn last(datagrams: &[Vec<u8>]) -> String {
        let mut session = Session::new(crate::shared());
        datagrams.iter().fold(String::new(), |_, bytes| tree_in(&mut session, &DTLS, bytes))
    }

    #[test]
    fn fragments_are_put_together_in_any_order() {
        let parts = PARTS.map(|(at, content)| datagram(2, at, content));
        insta::assert_snapshot!(last(&parts));
        let [a, b, c] = &parts;
        for order in [[a, c, b], [c, b, a], [b, a, c]] {
            let tree = last(&order.map(Vec::clone));
            assert!(tree.contains("Certificate Type: ECDSA Sign"), "{tree}");
        }
        assert!(!last(&[a.clone(), c.clone()]).contains("ECDSA"));
        assert!(!last(&[a.clone(), b.clone(), a.clone()]).contains("ECDSA"));
    }

    #[test]
    fn every_prefix_of_them() {
        let parts = PARTS.map(|(at, content)| datagram(2, at, content));
        every_prefix(&DTLS, &parts.concat());
    }

    #[test]
    fn fragments_may_overlap() {
        let (first, second) = (datagram(2, 0, "02 0140 0007"), datagram(2, 3, "0007 0005 3003310130"));
        let tree = last(&[first.clone(), second]);
        assert!(tree.contains("ECDSA") && !tree.contains('!'), "{tree}");
        let tree = last(&[first, datagram(2, 3, "0008 0005 3003310130")]);
        assert!(tree.contains("! Fragment has other bytes"), "{tree}");
    }

    #[test]
    fn messages_are_told_apart_by_their_number() {
        let mixed = [datagram(2, 0, "02 0140"), datagram(3, 3, "0007 0005 3003310130")];
        assert!(!last(&mixed).contains("ECDSA"));
        let mut all: Vec<Vec<u8>> = (2..12).map(|number| datagram(number, 0, "02 0140")).collect();
        all.push(datagram(2, 3, "0007 0005 3003310130"));
        assert!(!last(&all).contains("ECDSA"), "the oldest is given up");
        all.push(datagram(11, 3, "0007 0005 3003310130"));
        assert!(last(&all).contains("ECDSA"));
    }
}
