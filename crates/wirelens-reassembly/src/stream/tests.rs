//! One test for each named case. A client with initial sequence number 1000 and a server with 5000,
//! unless said otherwise.

use super::*;

mod loss;
mod numbers;
mod reuse;
mod table;

use Direction::{Backward, Forward};

const FIN: Flags = Flags::FIN;
const RST: Flags = Flags::RST;
const SYN: Flags = Flags::SYN;
const NO: Flags = Flags::from_wire(0);

/// Streams with a log of what comes out, one line an event.
struct Bench {
    streams: Streams<&'static str>,
    key: &'static str,
    log: Vec<String>,
    frame: u64,
    time: u64,
    identity: Option<u64>,
}

impl Bench {
    fn new() -> Bench {
        Bench::with(Limits::default())
    }

    fn with(limits: Limits) -> Bench {
        let streams = Streams::new(limits);
        Bench { streams, key: "a", log: vec![], frame: 0, time: 0, identity: None }
    }

    /// After the handshake, whose events are forgotten.
    fn connected() -> Bench {
        let mut bench = Bench::new();
        bench.handshake(1000, 5000);
        bench.log.clear();
        bench
    }

    fn handshake(&mut self, client: u32, server: u32) {
        assert_eq!(self.send(Forward, SYN, client, None, b""), Kind::Syn);
        assert_eq!(self.send(Backward, SYN, server, Some(client.wrapping_add(1)), b""), Kind::Syn);
        let kind =
            self.send(Forward, NO, client.wrapping_add(1), Some(server.wrapping_add(1)), b"");
        assert_eq!(kind, Kind::Empty);
    }

    /// A millisecond after the last one.
    fn send(
        &mut self,
        direction: Direction,
        flags: Flags,
        sequence: u32,
        acknowledgment: Option<u32>,
        bytes: &[u8],
    ) -> Kind {
        let length = bytes.len() as u32;
        let window_scale = Some(0);
        let segment =
            Segment { sequence, acknowledgment, flags, bytes, length, window_scale, ..BLANK };
        self.feed(direction, segment).kind
    }

    fn feed(&mut self, direction: Direction, segment: Segment<'_>) -> Summary {
        self.frame += 1;
        self.time += 1_000_000;
        let identity = self.identity;
        let segment = Segment { frame: self.frame, time: self.time, identity, ..segment };
        let log = &mut self.log;
        self.streams.segment(
            &self.key,
            direction,
            &segment,
            &mut |stream: &Stream<'_, _>, event: Event<'_>| {
                log.push(line(stream, event));
            },
        )
    }

    /// What the client says.
    fn client(&mut self, sequence: u32, bytes: &[u8]) -> Kind {
        self.send(Forward, NO, sequence, Some(5001), bytes)
    }

    /// An acknowledgment of the server.
    fn acknowledge(&mut self, number: u32) -> Kind {
        self.send(Backward, NO, 5001, Some(number), b"")
    }

    fn finish(&mut self) {
        let log = &mut self.log;
        self.streams.finish(&mut |stream: &Stream<'_, _>, event: Event<'_>| {
            log.push(line(stream, event));
        });
    }

    fn expire(&mut self, after: u64) {
        self.time += after;
        let log = &mut self.log;
        self.streams.expire(self.time, &mut |stream: &Stream<'_, _>, event: Event<'_>| {
            log.push(line(stream, event));
        });
    }

    /// The events since this was asked last.
    #[track_caller]
    fn expect(&mut self, lines: &[&str]) {
        assert_eq!(std::mem::take(&mut self.log), lines);
    }
}

const BLANK: Segment<'static> = Segment {
    frame: 0,
    time: 0,
    sequence: 0,
    acknowledgment: None,
    window: 60_000,
    window_scale: None,
    flags: NO,
    urgent: 0,
    bytes: &[],
    length: 0,
    identity: None,
};

/// `0> run 5 "abc" #7`: connection 0, forward, offset 5, frame 7.
fn line(stream: &Stream<'_, &'static str>, event: Event<'_>) -> String {
    let arrow = if stream.direction == Forward { '>' } else { '<' };
    let what = match event {
        Event::Run(run) => {
            let urgent = run.urgent.map(|at| format!(" urgent {at}")).unwrap_or_default();
            format!("run {} {:?} #{}{urgent}", run.offset, text(run.bytes), run.frame)
        }
        Event::Late(run) => format!("late {} {:?} #{}", run.offset, text(run.bytes), run.frame),
        Event::Gap { offset, length, reason } => format!("gap {offset}+{length} {reason:?}"),
        Event::Conflict(one) => {
            let Conflict { offset, length, first, second, kept } = one;
            format!("conflict {offset}+{length} #{first} #{second} kept #{kept}")
        }
        Event::Open(opening) => format!("open {opening:?}"),
        Event::Start { sequence, origin } => format!("start {sequence} {origin:?}"),
        Event::Fin { offset } => format!("fin {offset}"),
        Event::End(reason) => format!("end {reason:?}"),
    };
    format!("{}{arrow} {what}", stream.connection)
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap_or("?")
}
