//! Where dissection goes on, in one word.

use crate::{Next, Protocol};

/// A [`Next`](crate::Next) as the loop over layers has it: one word, returned in a register. Passed
/// through memory it would have to be stored and read again before the next protocol can be looked
/// for, and what is guessed wrong there waits for it. The table's place is looked up where the walk
/// ends, long before it is needed.
#[doc(hidden)]
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Onward(u64);

impl Onward {
    pub(crate) const NOTHING: Onward = Onward(0);
    pub(crate) const DATA: Onward = Onward(1);
    pub(crate) const AGAIN: Onward = Onward(2);
    /// To the protocol in `Packet::to`.
    pub(crate) const TO: Onward = Onward(3);
    const IN: u64 = 4;
    const PORTS: u64 = 5;

    /// The same where no walk says it: at the beginning of a buffer. With the protocol that is named.
    pub(crate) fn first(next: Next) -> (Onward, Option<&'static Protocol>) {
        match next {
            Next::Nothing | Next::NotMine => (Onward::NOTHING, None),
            Next::Data => (Onward::DATA, None),
            Next::In(table, number) => (Onward::table(table.slot(), number), None),
            Next::Ports(table, a, b) => (Onward::ports(table.slot(), a, b), None),
            Next::To(protocol) => (Onward::TO, Some(protocol)),
            Next::Again => (Onward::AGAIN, None),
        }
    }

    #[inline(always)]
    pub(crate) fn table(slot: usize, number: u32) -> Onward {
        Onward(Onward::IN | (slot as u64) << 8 | u64::from(number) << 32)
    }

    #[inline(always)]
    pub(crate) fn ports(slot: usize, a: u16, b: u16) -> Onward {
        let both = u64::from(a) << 32 | u64::from(b) << 48;
        Onward(Onward::PORTS | (slot as u64) << 8 | both)
    }

    /// The table's place and the number in it.
    #[inline(always)]
    pub(crate) fn in_table(self) -> Option<(usize, u32)> {
        (self.0 as u8 == Onward::IN as u8).then_some((self.slot(), (self.0 >> 32) as u32))
    }

    /// The table's place and two ports.
    #[inline(always)]
    pub(crate) fn of_ports(self) -> Option<(usize, u16, u16)> {
        let (a, b) = ((self.0 >> 32) as u16, (self.0 >> 48) as u16);
        (self.0 as u8 == Onward::PORTS as u8).then_some((self.slot(), a, b))
    }

    #[inline(always)]
    fn slot(self) -> usize {
        (self.0 as u32 >> 8) as usize
    }
}
