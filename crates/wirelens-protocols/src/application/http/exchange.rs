//! What is remembered of a connection: requests that wait for a response, and whether what comes
//! next is HTTP at all.

use super::*;
use crate::application::http2::HTTP2;
use crate::application::websocket::{self, WEBSOCKET};

/// What is remembered of a connection.
#[derive(Default)]
pub(super) struct Memory {
    /// A request has been seen, so what does not begin with a message goes on with one.
    pub(super) request: bool,
    waiting: Waiting,
    /// The last request CONNECT was to here.
    connect: Option<(Box<[u8]>, Option<u16>)>,
    /// CONNECT was granted: all that follows is tunnelled, RFC 9110 section 9.3.6.
    pub(super) tunnel: bool,
    /// A response 101 has ended HTTP on this connection, RFC 9110 section 7.8.
    pub(super) upgraded: bool,
    /// The frame and offset at which what the tunnel carries is being dissected.
    pub(super) inside: Option<(u64, usize)>,
}

/// Requests that no response has come for, RFC 9112 section 9.3.2: of the oldest, the lowest bit
/// of each word tells whether it is HEAD and whether it is CONNECT.
#[derive(Clone, Copy, Default)]
struct Waiting {
    count: u32,
    heads: u64,
    connects: u64,
    /// The last message was a response.
    answered: bool,
}

impl Waiting {
    fn add(&mut self, head: bool, connect: bool, in_order: bool) {
        // Without streams, what is repeated or was lost is not known. Most clients send a request
        // when the last was answered, so what is left over then never will be.
        if (self.answered && !in_order) || self.count == u64::BITS {
            *self = Waiting::default();
        }
        self.heads |= u64::from(head) << self.count;
        self.connects |= u64::from(connect) << self.count;
        self.count += 1;
    }

    fn oldest(&self) -> (bool, bool) {
        (self.heads & 1 != 0, self.connects & 1 != 0)
    }

    fn answer_oldest(&mut self) {
        self.count = self.count.saturating_sub(1);
        self.heads >>= 1;
        self.connects >>= 1;
        self.answered = true;
    }
}

/// What a response does to its connection.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Meaning {
    /// It is not the last response to its request, RFC 9110 section 15.2.
    Interim,
    /// It is, and the connection stays what it was.
    Final,
    /// HTTP ends with it.
    Upgrade,
    /// A tunnel begins behind it.
    Tunnel,
}

/// What a response means, and whether it has no body whatever its header says, RFC 9112 section
/// 6.3. Nothing is remembered yet: the response may not be complete.
pub(super) fn meaning(p: &mut Packet<'_>, code: u16) -> (Meaning, bool) {
    let (head, connect) = match p.conversation::<Memory>() {
        Some((memory, _)) => memory.waiting.oldest(),
        None => (false, false),
    };
    match code {
        101 => (Meaning::Upgrade, true),
        100..200 => (Meaning::Interim, true),
        200..300 if connect => (Meaning::Tunnel, true),
        204 | 304 => (Meaning::Final, true),
        _ => (Meaning::Final, head),
    }
}

/// Remembers a response that is complete.
pub(super) fn remember_response(p: &mut Packet<'_>, meaning: Meaning) {
    let Some((memory, _)) = p.conversation::<Memory>() else { return };
    if meaning == Meaning::Interim {
        return;
    }
    memory.waiting.answer_oldest();
    memory.upgraded = meaning == Meaning::Upgrade;
    memory.tunnel = meaning == Meaning::Tunnel;
    if memory.tunnel {
        // What is inside must be seen to be HTTP anew.
        memory.request = false;
    } else if memory.waiting.connects == 0 {
        memory.connect = None;
    }
}

/// The connection goes on as what the server says, RFC 9110 section 7.8.
pub(super) fn upgrade(p: &mut Packet<'_>, fields: &Fields<'_>) -> Next {
    let name = fields.upgrade.unwrap_or_default().trim_ascii();
    let protocol = match () {
        () if name.eq_ignore_ascii_case(b"websocket") => {
            websocket::begins(p, fields.extensions.unwrap_or_default());
            &WEBSOCKET
        }
        // RFC 7540 section 3.2.
        () if name.eq_ignore_ascii_case(b"h2c") => &HTTP2,
        () => return Next::Data,
    };
    p.goes_on_as(protocol);
    Next::To(protocol)
}

/// Remembers a request that is complete.
pub(super) fn remember_request(p: &mut Packet<'_>, line: &start_line::Request<'_>) {
    let in_order = p.may_wait();
    let Some((memory, _)) = p.conversation::<Memory>() else { return };
    let target = line.target.filter(|_| line.method == b"CONNECT");
    let target = target.and_then(|(_, target)| start_line::authority(target));
    memory.request = true;
    memory.waiting.add(line.method == b"HEAD", target.is_some(), in_order);
    if target.is_some() {
        memory.connect = target;
    }
}

/// A segment of a connection that a proxy tunnels: what it carries is found by the port that the
/// proxy was asked to connect to.
pub(super) fn tunnel(p: &mut Packet<'_>) -> Step {
    let at = p.at();
    let here = (p.frame_number(), p.start());
    let mut inside = Next::Data;
    let mut rows = None;
    if let Some((memory, _)) = p.conversation::<Memory>()
        && let Some((host, port)) = &memory.connect
    {
        rows = Some((host.clone(), *port));
        memory.inside = Some(here);
    }
    if let Some((host, port)) = rows {
        p.make_text(&CONNECT_HOST, at, 0, |text| text.extend_from_slice(&host));
        if let Some(port) = port {
            p.note(&CONNECT_PORT, port.into(), 0);
            inside = Next::In(&TCP_PORT, port.into());
        }
    }
    p.later(inside, at, p.declared_left());
    p.skip(p.left())?;
    Ok(Next::Nothing)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn responses_answer_pipelined_requests_in_their_order() {
        let mut waiting = Waiting::default();
        for (head, connect) in [(true, false), (false, false), (true, false), (false, true)] {
            waiting.add(head, connect, true);
        }
        let mut seen = Vec::new();
        for _ in 0..5 {
            seen.push(waiting.oldest());
            waiting.answer_oldest();
        }
        let (other, head, connect) = ((false, false), (true, false), (false, true));
        assert_eq!(seen, [head, other, head, connect, other]);
    }

    #[test]
    fn what_was_left_over_is_forgotten_with_the_next_request_of_segments_alone() {
        for (in_order, expected) in [(false, (1, (false, false))), (true, (2, (true, false)))] {
            let mut waiting = Waiting::default();
            waiting.add(false, false, in_order);
            waiting.add(true, false, in_order);
            waiting.answer_oldest();
            // Requests that are pipelined come while others are answered.
            waiting.add(false, false, in_order);
            assert_eq!((waiting.count, waiting.oldest()), expected);
        }
    }

    #[test]
    fn requests_that_are_never_answered_are_bounded() {
        let mut waiting = Waiting::default();
        for _ in 0..1000 {
            waiting.add(true, true, false);
        }
        assert!(waiting.count <= u64::BITS);
    }
}
