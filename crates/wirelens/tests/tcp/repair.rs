//! What is lost, doubled and overtaken, and windows that close.

use wirelens::flow::Side::{self, Initiator, Responder};
use wirelens::flow::tcp::Mark;

use crate::told::{Told, told};

fn only(name: &str) -> Told {
    let mut flows = told(name);
    assert_eq!(flows.len(), 1);
    flows.remove(0)
}

/// The marks of a side that it has at all, in the order of [`Mark::ALL`].
fn marks(one: &Told, side: Side) -> Vec<(Mark, u32)> {
    let all = Mark::ALL.into_iter().map(|mark| (mark, one.count(side, mark)));
    all.filter(|(_, count)| *count > 0).collect()
}

/// The bytes that a side sent are told once, one behind the other.
#[track_caller]
fn whole(one: &Told, arrow: &str, length: u64) {
    let mut at = 0;
    for event in &one.events {
        let Some(place) = event.strip_prefix(arrow) else { continue };
        let Some((offset, bytes)) = place.trim().split_once('+') else { continue };
        assert_eq!(offset.parse(), Ok(at), "{event}");
        at += bytes.parse::<u64>().expect("a length");
    }
    assert_eq!(at, length);
}

const SENT: u64 = 2 * 5120 + 1000 + 1500 + 300 + 200 + 18;

#[test]
fn what_the_line_does_to_segments_at_the_end_that_sends_them() {
    let one = only("loss.pcap");
    whole(&one, ">", SENT);
    // One in the middle, one that was overtaken, the last of some, the only one, one twice, one of
    // which the acknowledgment was lost, the FIN.
    let sent = [(Mark::Retransmission, 7), (Mark::FastRetransmission, 1), (Mark::DuplicateAck, 1)];
    assert_eq!(marks(&one, Initiator), sent);
    let answered = [(Mark::Retransmission, 1), (Mark::DuplicateAck, 10)];
    assert_eq!(marks(&one, Responder), answered);
    assert_eq!((one.end, one.last()), ("fin", ["TIME-WAIT", "CLOSED"]));
    let twice = one.flow.traffic(Initiator).payload() - SENT;
    assert!(twice > 1500, "{twice}");
}

#[test]
fn what_the_line_does_to_segments_at_the_end_that_they_come_to() {
    let one = only("loss-far.pcap");
    whole(&one, ">", SENT);
    let marks = marks(&one, Initiator);
    let count =
        |mark| marks.iter().find(|(known, _)| *known == mark).map_or(0, |(_, count)| *count);
    assert_eq!((count(Mark::LostSegment), count(Mark::OutOfOrder)), (2, 1));
    // Doubled, and sent again though it had come.
    assert_eq!(count(Mark::SpuriousRetransmission), 2);
    // What was lost before is never seen twice here.
    assert!(count(Mark::Retransmission) < one_at_the_sender(), "{marks:?}");
    assert_eq!((one.end, one.last()), ("fin", ["TIME-WAIT", "CLOSED"]));
}

fn one_at_the_sender() -> u32 {
    only("loss.pcap").count(Initiator, Mark::Retransmission)
}

#[test]
fn a_reader_that_does_not_read() {
    let one = only("zero-window.pcap");
    whole(&one, ">", 4200);
    let at = |text: &str| one.events.iter().position(|event| event == text);
    let (full, closed, opened) = (at("> window full"), at("< zero window"), at("< window update"));
    assert!(full < closed && closed < opened && full.is_some(), "{:?}", one.events);
    assert_eq!(one.flow.traffic(Responder).windows().map(|(least, _)| least), Some(0));
    // Linux asks with a byte that was acknowledged, which is a keep-alive to Wireshark.
    let asked = one.events[closed.unwrap_or(0)..].iter().filter(|event| *event == "> keep alive");
    assert_eq!(asked.count(), 3);
    assert_eq!(one.count(Responder, Mark::ZeroWindow), 6);
    assert_eq!(one.end, "fin");
}
