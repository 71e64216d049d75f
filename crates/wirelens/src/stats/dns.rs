//! What was asked of DNS, and how it was answered.

use std::collections::HashMap;

use foldhash::fast::FixedState;
use wirelens_dissect::{Dissection, Field, Layer, Registry};

use super::Histogram;
use super::rows::{Numbers, Rows, lower};
use super::top::Top;

/// Messages of DNS by what they ask and answer.
#[derive(Debug)]
pub(crate) struct Dns {
    rows: Rows<Row>,
    /// The row that has the names of response codes.
    code: Option<&'static Field>,
    pub(crate) queries: u64,
    pub(crate) responses: u64,
    pub(crate) types: Numbers,
    pub(crate) codes: Numbers,
    pub(crate) names: Top<Vec<u8>, u64>,
    pub(crate) latency: Histogram,
    /// Asked once more before an answer came.
    pub(crate) repeated: u64,
    /// Answers to what was not seen asked.
    pub(crate) unasked: u64,
    /// Questions that were forgotten before an answer came, for there were too many.
    pub(crate) forgotten: u64,
    /// What waits for an answer.
    waiting: HashMap<Question, Asked, FixedState>,
    room: Vec<u8>,
}

/// A flow, and the identifier of a message.
type Question = (u64, u16);

/// When something was asked, and for which type.
#[derive(Clone, Copy, Debug)]
struct Asked {
    time: u64,
    kind: u64,
}

#[derive(Clone, Copy, Debug)]
enum Row {
    Id,
    Flags,
    Name,
    Type,
}

/// Questions that wait for their answers.
const WAITING: usize = 1 << 16;
/// Names that are kept at least.
const NAMES: usize = 1 << 13;

impl Dns {
    /// The protocols whose fields must be recorded.
    pub(crate) const PROTOCOLS: [&'static str; 1] = ["dns"];

    pub(crate) fn new(registry: &Registry) -> Dns {
        let names = [
            ("dns.id", Row::Id),
            ("dns.flags", Row::Flags),
            ("dns.qry.name", Row::Name),
            ("dns.qry.type", Row::Type),
        ];
        Dns {
            rows: Rows::new(registry, &names),
            code: registry.fields("dns.flags.rcode").first().copied(),
            queries: 0,
            responses: 0,
            types: Numbers::default(),
            codes: Numbers::default(),
            names: Top::new(NAMES),
            latency: Histogram::default(),
            repeated: 0,
            unasked: 0,
            forgotten: 0,
            waiting: HashMap::default(),
            room: Vec::new(),
        }
    }

    /// Queries that no answer came to.
    pub(crate) fn unanswered(&self) -> u64 {
        self.waiting.len() as u64 + self.forgotten
    }

    /// Counts a message of a flow.
    pub(crate) fn message(&mut self, flow: u64, time: u64, frame: &Dissection<'_>, layer: &Layer) {
        let (mut id, mut asked, mut response) = (None, None, None);
        for node in frame.nodes(layer).into_iter().flatten() {
            match self.rows.of(node) {
                Some(Row::Id) => id = id.or(Some(node.number() as u16)),
                Some(Row::Flags) if response.is_none() => {
                    let flags = node.number();
                    response = Some(flags & 0x8000 != 0);
                    if flags & 0x8000 != 0 {
                        let code = flags & 0xf;
                        let row = self.code;
                        self.codes.add_named(code, || row.and_then(|row| row.name_of(code)));
                    }
                }
                Some(Row::Name) if response == Some(false) => {
                    let name = lower(frame.text(node), &mut self.room);
                    self.names.add(name, &1);
                }
                Some(Row::Type) => {
                    asked = asked.or(Some(node.number()));
                    if response == Some(false) {
                        self.types.add(node, node.number());
                    }
                }
                _ => {}
            }
        }
        let (Some(id), Some(response)) = (id, response) else { return };
        let question = (flow, id);
        if response {
            self.responses += 1;
            match self.answered(question, asked) {
                Some(since) => self.latency.add(time.saturating_sub(since)),
                None => self.unasked += 1,
            }
        } else {
            self.queries += 1;
            self.wait(question, Asked { time, kind: asked.unwrap_or(0) });
        }
    }

    /// When this was asked. An answer repeats the question (RFC 5452 section 9.1), unless the server
    /// could not read it (RFC 1035 section 4.1.1, FormErr).
    fn answered(&mut self, question: Question, kind: Option<u64>) -> Option<u64> {
        let asked = *self.waiting.get(&question)?;
        if kind.is_some_and(|kind| kind != asked.kind) {
            return None;
        }
        self.waiting.remove(&question);
        Some(asked.time)
    }

    fn wait(&mut self, question: Question, asked: Asked) {
        match self.waiting.get(&question) {
            Some(before) if before.kind == asked.kind => {
                self.repeated += 1;
                return;
            }
            // The identifier is used again: who asked expects no answer to what it asked before.
            Some(_) => self.forgotten += 1,
            None => self.make_room(),
        }
        self.waiting.insert(question, asked);
    }

    fn make_room(&mut self) {
        if self.waiting.len() < WAITING {
            return;
        }
        let mut times: Vec<u64> = self.waiting.values().map(|asked| asked.time).collect();
        let (_, &mut limit, _) = times.select_nth_unstable(WAITING / 2);
        self.waiting.retain(|_, asked| asked.time > limit);
        self.forgotten += (WAITING - self.waiting.len()) as u64;
    }
}

#[cfg(test)]
mod tests {
    use wirelens_dissect::{Input, Session};

    use super::*;

    /// A message with an identifier, flags, and a question of this type, if there is one.
    fn message(id: u16, flags: u16, kind: Option<u16>) -> Vec<u8> {
        let mut bytes = Vec::new();
        for word in [id, flags, kind.map_or(0, |_| 1), 0, 0, 0] {
            bytes.extend(word.to_be_bytes());
        }
        if let Some(kind) = kind {
            bytes.extend(b"\x01a\x00");
            bytes.extend([kind, 1].map(u16::to_be_bytes).concat());
        }
        let mut packet = vec![0x45, 0, 0, 28 + bytes.len() as u8, 0, 0, 0, 0, 64, 17, 0, 0];
        packet.extend([192, 0, 2, 1, 192, 0, 2, 2]);
        for word in [53, 4000, 8 + bytes.len() as u16, 0] {
            packet.extend(word.to_be_bytes());
        }
        [packet, bytes].concat()
    }

    fn read(messages: &[(u64, Vec<u8>)]) -> Dns {
        let registry = wirelens_protocols::shared();
        let mut dns = Dns::new(&registry);
        let mut session = Session::new(registry);
        for (time, bytes) in messages {
            let length = bytes.len() as u32;
            let input = Input { link_type: 101, captured: bytes, length, ..Input::default() };
            let frame = session.dissect(input);
            let layer = frame.layers().last().expect("a layer");
            dns.message(7, *time, &frame, layer);
        }
        dns
    }

    const ANSWER: u16 = 0x8180;
    const A: Option<u16> = Some(1);
    const AAAA: Option<u16> = Some(28);

    #[test]
    fn answers_repeat_the_question() {
        let dns = read(&[
            (0, message(1, 0x0100, A)),
            (2, message(1, ANSWER, AAAA)),
            (3, message(1, ANSWER, A)),
            (9, message(1, ANSWER, A)),
        ]);
        assert_eq!((dns.queries, dns.responses), (1, 3));
        assert_eq!((dns.latency.count(), dns.unasked, dns.unanswered()), (1, 2, 0));
    }

    #[test]
    fn a_server_that_cannot_read_a_question_does_not_repeat_it() {
        let dns = read(&[(0, message(1, 0x0100, A)), (4, message(1, ANSWER | 1, None))]);
        assert_eq!((dns.latency.count(), dns.unasked, dns.unanswered()), (1, 0, 0));
    }

    #[test]
    fn an_identifier_that_is_used_again_asks_anew() {
        let dns = read(&[
            (0, message(1, 0x0100, A)),
            (1, message(1, 0x0100, A)),
            (2, message(1, 0x0100, AAAA)),
            (3, message(1, ANSWER, AAAA)),
        ]);
        assert_eq!((dns.repeated, dns.unanswered()), (1, 1));
        assert_eq!((dns.latency.count(), dns.unasked), (1, 0));
    }
}
