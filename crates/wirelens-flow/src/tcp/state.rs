//! The states of the two ends of a connection, as far as a third party can see them
//! ([RFC 9293 section 3.3.2](https://www.rfc-editor.org/rfc/rfc9293#section-3.3.2)).

/// The state of one end: what it has sent, and what of the other's it must have received.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
#[repr(u8)]
pub enum State {
    /// No segment of it was seen, and none was sent to it.
    #[default]
    Unknown,
    /// A SYN was sent to it.
    Listen,
    /// It has sent a SYN.
    SynSent,
    /// It has sent a SYN and was sent one.
    SynReceived,
    /// Its SYN was acknowledged, or the connection was there before the capture.
    Established,
    /// It has sent its FIN.
    FinWait1,
    /// That was acknowledged.
    FinWait2,
    /// It was sent a FIN.
    CloseWait,
    /// Both have sent their FINs, and its own was not acknowledged yet.
    Closing,
    /// It was sent a FIN and has sent its own.
    LastAck,
    /// Both are done, and it was the first to close.
    TimeWait,
    /// It is done.
    Closed,
}

impl State {
    /// Its name as RFC 9293 spells it.
    pub fn name(self) -> &'static str {
        match self {
            State::Unknown => "UNKNOWN",
            State::Listen => "LISTEN",
            State::SynSent => "SYN-SENT",
            State::SynReceived => "SYN-RECEIVED",
            State::Established => "ESTABLISHED",
            State::FinWait1 => "FIN-WAIT-1",
            State::FinWait2 => "FIN-WAIT-2",
            State::CloseWait => "CLOSE-WAIT",
            State::Closing => "CLOSING",
            State::LastAck => "LAST-ACK",
            State::TimeWait => "TIME-WAIT",
            State::Closed => "CLOSED",
        }
    }

    /// Has it sent its FIN?
    pub fn has_finished(self) -> bool {
        use State::{Closed, Closing, FinWait1, FinWait2, LastAck, TimeWait};
        matches!(self, FinWait1 | FinWait2 | Closing | LastAck | TimeWait | Closed)
    }

    /// Is it done: was its FIN acknowledged, and has it the other's?
    pub fn is_over(self) -> bool {
        matches!(self, State::TimeWait | State::Closed)
    }

    /// After it has sent a segment with these bits, which acknowledges what `acked` says of the
    /// other end's.
    pub(crate) fn sends(self, segment: Bits, acked: Acked) -> State {
        use State::{
            CloseWait, Closed, Closing, Established, FinWait1, LastAck, Listen, SynReceived,
            SynSent, Unknown,
        };
        let before = match (self, segment) {
            (_, Bits { reset: true, .. }) => return Closed,
            (Unknown, Bits { syn: true, acks: false, .. }) => SynSent,
            // Both began at once.
            (Listen, Bits { syn: true, acks: false, .. }) => SynReceived,
            (Unknown | Listen | SynSent, Bits { syn: true, acks: true, .. }) => SynReceived,
            // It answers the other's SYN, or the capture began too late for its own.
            (Unknown | SynSent, Bits { syn: false, .. }) => Established,
            (state, _) => state,
        };
        match before {
            SynReceived | Established if segment.fin => FinWait1,
            // Both closed at once: it had not received the other's FIN yet.
            CloseWait if segment.fin && !acked.fin => Closing,
            CloseWait if segment.fin => LastAck,
            state => state,
        }
    }

    /// After it was sent a segment with these bits, which acknowledges what `acked` says.
    pub(crate) fn receives(self, segment: Bits, acked: Acked) -> State {
        use State::{
            CloseWait, Closed, Closing, Established, FinWait1, FinWait2, LastAck, Listen,
            SynReceived, SynSent, TimeWait, Unknown,
        };
        let state = match (self, segment) {
            (_, Bits { reset: true, .. }) => return Closed,
            (Unknown, Bits { syn: true, acks: false, .. }) => Listen,
            (SynSent, Bits { syn: true, .. }) if acked.syn => Established,
            (SynSent, Bits { syn: true, .. }) => SynReceived,
            (SynReceived, _) if acked.syn => Established,
            (state, _) => state,
        };
        let state = match state {
            FinWait1 if acked.fin => FinWait2,
            Closing if acked.fin => TimeWait,
            LastAck if acked.fin => Closed,
            state => state,
        };
        match state {
            _ if !segment.fin => state,
            Established | SynReceived | SynSent | Unknown => CloseWait,
            FinWait1 => Closing,
            FinWait2 => TimeWait,
            state => state,
        }
    }
}

/// The control bits that states depend on.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Bits {
    pub(crate) syn: bool,
    pub(crate) fin: bool,
    pub(crate) reset: bool,
    pub(crate) acks: bool,
}

/// What of an end's own a segment acknowledges.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Acked {
    pub(crate) syn: bool,
    pub(crate) fin: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two ends, and whether the SYN and FIN of each were sent.
    struct Pair([State; 2]);

    impl Pair {
        fn send(&mut self, from: usize, bits: &str, acked: &str) -> [&'static str; 2] {
            let bits = Bits {
                syn: bits.contains('S'),
                fin: bits.contains('F'),
                reset: bits.contains('R'),
                acks: bits.contains('.'),
            };
            let acked = Acked { syn: acked.contains('S'), fin: acked.contains('F') };
            self.0[from] = self.0[from].sends(bits, acked);
            self.0[1 - from] = self.0[1 - from].receives(bits, acked);
            self.0.map(State::name)
        }
    }

    fn open() -> Pair {
        let mut pair = Pair([State::Unknown; 2]);
        assert_eq!(pair.send(0, "S", ""), ["SYN-SENT", "LISTEN"]);
        assert_eq!(pair.send(1, "S.", "S"), ["ESTABLISHED", "SYN-RECEIVED"]);
        assert_eq!(pair.send(0, ".", "S"), ["ESTABLISHED", "ESTABLISHED"]);
        pair
    }

    #[test]
    fn a_normal_close() {
        let mut pair = open();
        assert_eq!(pair.send(0, "F.", ""), ["FIN-WAIT-1", "CLOSE-WAIT"]);
        assert_eq!(pair.send(1, ".", "F"), ["FIN-WAIT-2", "CLOSE-WAIT"]);
        assert_eq!(pair.send(1, ".", ""), ["FIN-WAIT-2", "CLOSE-WAIT"]);
        assert_eq!(pair.send(1, "F.", "F"), ["TIME-WAIT", "LAST-ACK"]);
        assert_eq!(pair.send(0, ".", "F"), ["TIME-WAIT", "CLOSED"]);
    }

    #[test]
    fn a_simultaneous_close() {
        let mut pair = open();
        assert_eq!(pair.send(0, "F.", ""), ["FIN-WAIT-1", "CLOSE-WAIT"]);
        assert_eq!(pair.send(1, "F.", ""), ["CLOSING", "CLOSING"]);
        assert_eq!(pair.send(0, ".", "F"), ["CLOSING", "TIME-WAIT"]);
        assert_eq!(pair.send(1, ".", "F"), ["TIME-WAIT", "TIME-WAIT"]);
    }

    #[test]
    fn a_simultaneous_opening() {
        let mut pair = Pair([State::Unknown; 2]);
        pair.send(0, "S", "");
        assert_eq!(pair.send(1, "S", ""), ["SYN-RECEIVED", "SYN-RECEIVED"]);
        assert_eq!(pair.send(0, "S.", "S"), ["SYN-RECEIVED", "ESTABLISHED"]);
        assert_eq!(pair.send(1, "S.", "S"), ["ESTABLISHED", "ESTABLISHED"]);
    }

    #[test]
    fn a_reset_and_a_capture_that_begins_late() {
        let mut pair = open();
        assert_eq!(pair.send(1, "R", ""), ["CLOSED", "CLOSED"]);
        let mut pair = Pair([State::Unknown; 2]);
        assert_eq!(pair.send(1, ".", ""), ["UNKNOWN", "ESTABLISHED"]);
        assert_eq!(pair.send(1, "F.", ""), ["CLOSE-WAIT", "FIN-WAIT-1"]);
        assert_eq!(pair.send(0, ".", "F"), ["CLOSE-WAIT", "FIN-WAIT-2"]);
        assert_eq!(pair.send(0, "F.", "F"), ["LAST-ACK", "TIME-WAIT"]);
    }
}
