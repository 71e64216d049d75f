//! Questions for pointer records and the answers to them, RFC 1035 section 4.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use wirelens_dissect::{Dissection, Field, Input, Next, Node, Session};
use wirelens_protocols::application::dns::DNS;

use super::cache::Answer;

/// Reads answers: with the rows of our own dissection, which holds against whatever comes.
pub(super) struct Reader {
    session: Session,
    question: Vec<&'static Field>,
    pointer: Vec<&'static Field>,
    ttl: Vec<&'static Field>,
    minimum: Vec<&'static Field>,
}

/// What becomes of something that a server has sent.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Outcome {
    /// It answers the question.
    Answered(Answer),
    /// It answers it, and says that it cannot: another server may.
    Refused,
    /// It answers something else.
    Other,
}

/// The name under which an address has its pointer: `1.2.0.192.in-addr.arpa`.
pub(super) fn reverse(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(address) => {
            let [a, b, c, d] = address.octets();
            format!("{d}.{c}.{b}.{a}.in-addr.arpa")
        }
        IpAddr::V6(address) => {
            let nibble = |byte: &u8| [byte & 15, byte >> 4];
            let digits = address.octets();
            let digits = digits.iter().rev().flat_map(nibble).map(|digit| format!("{digit:x}."));
            digits.collect::<String>() + "ip6.arpa"
        }
    }
}

/// A question for the pointer of `name`, whose labels are short.
pub(super) fn question(id: u16, name: &str) -> Vec<u8> {
    let mut message = id.to_be_bytes().to_vec();
    // A standard query, recursion desired; one question.
    message.extend([1, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
    for label in name.split('.') {
        message.push(label.len() as u8);
        message.extend(label.as_bytes());
    }
    message.extend([0, 0, POINTER, 0, INTERNET]);
    message
}

const POINTER: u8 = 12;
const INTERNET: u8 = 1;
/// Response codes: there is an answer, or it is certain that there is none.
const NO_ERROR: u8 = 0;
const NO_SUCH_NAME: u8 = 3;
/// How long it holds that there is no name, where the answer does not say.
const NONE: Duration = Duration::from_secs(60);

impl Reader {
    /// With all protocols there are: DNS may be disabled for the capture.
    pub(super) fn new() -> Reader {
        let registry = wirelens_protocols::shared();
        let rows = |name: &str| registry.fields(name).to_vec();
        Reader {
            question: rows("dns.qry.name"),
            pointer: rows("dns.ptr.domain_name"),
            ttl: rows("dns.resp.ttl"),
            minimum: rows("dns.soa.minimum_ttl"),
            session: Session::new(registry),
        }
    }

    /// What `message` says to the question `id` for `name`.
    pub(super) fn read(&mut self, id: u16, name: &str, message: &[u8]) -> Outcome {
        let Some(&[a, b, flags, code, ..]) = message.first_chunk::<12>() else {
            return Outcome::Other;
        };
        if u16::from_be_bytes([a, b]) != id || flags & 0x80 == 0 {
            return Outcome::Other;
        }
        let length = message.len() as u32;
        let input = Input { number: 1, captured: message, length, ..Input::default() };
        let frame = self.session.dissect_as(Next::To(&DNS), input);
        let nodes = || frame.layers().iter().flat_map(|layer| frame.nodes(layer)).flatten();
        let is =
            |node: &Node, rows: &[&Field]| rows.iter().any(|row| std::ptr::eq(*row, node.field));
        let asked = nodes().find(|node| is(node, &self.question));
        if !asked.is_some_and(|node| frame.text(node).eq_ignore_ascii_case(name.as_bytes())) {
            return Outcome::Other;
        }
        let code = code & 15;
        if code != NO_ERROR && code != NO_SUCH_NAME {
            return Outcome::Refused;
        }
        // The pointer may stand behind aliases (RFC 2317), each of which has a time.
        let mut ttl = Duration::MAX;
        for node in nodes() {
            if is(node, &self.ttl) {
                ttl = ttl.min(seconds(node));
            } else if is(node, &self.pointer) {
                let name = plain(&frame, node);
                return Outcome::Answered(Answer { name, ttl });
            } else if is(node, &self.minimum) {
                ttl = ttl.min(seconds(node));
            }
        }
        Outcome::Answered(Answer { name: None, ttl: if ttl == Duration::MAX { NONE } else { ttl } })
    }
}

fn seconds(node: &Node) -> Duration {
    Duration::from_secs(node.number())
}

/// A name without what nobody would show.
fn plain(frame: &Dissection<'_>, node: &Node) -> Option<Arc<str>> {
    let name = String::from_utf8_lossy(frame.text(node));
    let name = name.trim_end_matches('.');
    let shown = !name.is_empty() && !name.starts_with('<') && !name.chars().any(char::is_control);
    shown.then(|| name.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An answer to a question: its response code, and records with a name, a type, a TTL and data.
    pub(super) fn answer(question: &[u8], code: u8, records: &[(u8, u32, &[u8])]) -> Vec<u8> {
        let mut message = question.to_vec();
        message[2..4].copy_from_slice(&[0x81, 0x80 | code]);
        message[7] = records.len() as u8;
        for (kind, ttl, data) in records {
            message.extend([0xc0, 12, 0, *kind, 0, INTERNET]);
            message.extend(ttl.to_be_bytes());
            message.extend((data.len() as u16).to_be_bytes());
            message.extend(*data);
        }
        message
    }

    const NAME: &str = "1.2.0.192.in-addr.arpa";
    const HOST: &[u8] = b"\x04host\x07example\0";

    fn read(message: &[u8]) -> Outcome {
        Reader::new().read(7, NAME, message)
    }

    fn answered(name: Option<&str>, seconds: u64) -> Outcome {
        let name = name.map(Into::into);
        Outcome::Answered(Answer { name, ttl: Duration::from_secs(seconds) })
    }

    #[test]
    fn addresses_backwards() {
        assert_eq!(reverse([192, 0, 2, 1].into()), NAME);
        let address: IpAddr = "2001:db8::1".parse().expect("an address");
        let expected = "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa";
        assert_eq!(reverse(address), expected);
        let mapped: IpAddr = "::ffff:192.0.2.1".parse().expect("an address");
        assert_eq!(reverse(mapped), NAME);
    }

    #[test]
    fn names_and_their_times() {
        let asked = question(7, NAME);
        assert_eq!(
            read(&answer(&asked, 0, &[(POINTER, 300, HOST)])),
            answered(Some("host.example"), 300)
        );
        // Through an alias that holds for less long.
        let alias = b"\x01a\x07example\0";
        let both: [(u8, u32, &[u8]); 2] = [(5, 20, alias), (POINTER, 300, HOST)];
        assert_eq!(read(&answer(&asked, 0, &both)), answered(Some("host.example"), 20));
    }

    #[test]
    fn that_there_is_no_name_holds_as_long_as_the_zone_says() {
        let asked = question(7, NAME);
        let mut zone = b"\x02ns\0\x01m\0".to_vec();
        zone.extend([1_u32, 2, 3, 4, 40].map(u32::to_be_bytes).concat());
        assert_eq!(read(&answer(&asked, 3, &[(6, 900, &zone)])), answered(None, 40));
        assert_eq!(read(&answer(&asked, 3, &[])), answered(None, 60));
        assert_eq!(read(&answer(&asked, 2, &[])), Outcome::Refused);
    }

    #[test]
    fn what_answers_something_else_is_passed_over() {
        let asked = question(7, NAME);
        assert_eq!(read(&asked), Outcome::Other);
        let other = |id, name| read(&answer(&question(id, name), 0, &[(POINTER, 300, HOST)]));
        assert_eq!(other(8, NAME), Outcome::Other);
        assert_eq!(other(7, "2.2.0.192.in-addr.arpa"), Outcome::Other);
        let whole = answer(&asked, 0, &[(POINTER, 300, b"\x05ho\x1bst\x07example\0")]);
        for length in 0..whole.len() {
            read(&whole[..length]);
        }
        // Nothing that a terminal would obey.
        match read(&whole) {
            Outcome::Answered(Answer { name, .. }) => {
                assert!(name.is_none_or(|name| !name.contains('\x1b')));
            }
            other => panic!("{other:?}"),
        }
    }
}
