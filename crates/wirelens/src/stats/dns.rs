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
    /// When what waits for an answer was asked.
    waiting: HashMap<Question, u64, FixedState>,
    room: Vec<u8>,
}

/// A flow, the identifier of a message, and the type it asks for.
type Question = (u64, u16, u64);

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
        let question = (flow, id, asked.unwrap_or(0));
        if response {
            self.responses += 1;
            match self.waiting.remove(&question) {
                Some(since) => self.latency.add(time.saturating_sub(since)),
                None => self.unasked += 1,
            }
        } else {
            self.queries += 1;
            self.wait(question, time);
        }
    }

    fn wait(&mut self, question: Question, time: u64) {
        if self.waiting.contains_key(&question) {
            self.repeated += 1;
            return;
        }
        if self.waiting.len() >= WAITING {
            let mut times: Vec<u64> = self.waiting.values().copied().collect();
            let (_, &mut limit, _) = times.select_nth_unstable(WAITING / 2);
            self.waiting.retain(|_, since| *since > limit);
            self.forgotten += (WAITING - self.waiting.len()) as u64;
        }
        self.waiting.insert(question, time);
    }
}
