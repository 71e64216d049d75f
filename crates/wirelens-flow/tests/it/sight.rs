//! What flows are about, where frames of those that are known are not dissected.

use wirelens_dissect::{Detail, Input, Session, Settings};
use wirelens_flow::{Event, Flow, Observer, Options, Sight, Tracker, fact_protocols};

use crate::world::{A, B, Host, Segment, ip, segment, tcp, udp};

/// One who is told of flows alone.
#[derive(Default)]
struct Over(Vec<String>);

impl Observer for Over {
    fn event(&mut self, flow: &Flow, event: Event<'_>) {
        if let Event::Over(end) = event {
            self.0.push(format!("{} {flow:?}", end.name()));
        }
    }

    fn wants_frames(&self) -> bool {
        false
    }
}

/// Two trackers: one reads dissections of all frames, one sees those that it can.
struct Both {
    sessions: [Session; 2],
    trackers: [Tracker; 2],
    over: [Over; 2],
    number: u64,
    next: [u32; 2],
}

impl Both {
    fn new() -> Both {
        let registry = wirelens_protocols::shared();
        let wanted = fact_protocols(&registry);
        let settings = Settings { detail: Detail::Fields, wanted, ..Settings::default() };
        let options = Options { facts: true, ..Options::default() };
        Both {
            sessions: [(); 2].map(|()| Session::with(registry.clone(), settings.clone())),
            trackers: [(); 2].map(|()| Tracker::new(options, &registry)),
            over: Default::default(),
            number: 0,
            next: [101, 501],
        }
    }

    /// A frame of Ethernet with this packet; whether it was seen.
    fn frame(&mut self, packet: &[u8]) -> bool {
        self.number += 1;
        let frame = [&[2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0], packet].concat();
        let input = Input {
            number: self.number,
            nanoseconds: 1_000_000_000_000 + self.number as i64 * 1_000_000,
            link_type: 1,
            captured: &frame,
            length: frame.len() as u32,
            fcs: None,
        };
        let [reads, sees] = &mut self.trackers;
        let [all, some] = &mut self.sessions;
        let [read, seen] = &mut self.over;
        reads.read(&all.dissect(input), read);
        let sight = Sight::of_transports(some);
        let known = sees.see(&sight, &input, seen);
        if !known {
            sees.read(&some.dissect(input), seen);
        }
        known
    }

    /// A datagram of A.
    fn says(&mut self, port: u16, data: &[u8]) -> bool {
        let to = Host { port, ..B };
        self.frame(&ip(17, A, to, &udp(A, to, data)))
    }

    /// The next segment of A or B, which sends from this port.
    fn sends(&mut self, from: usize, port: u16, data: &[u8]) -> bool {
        let b = Host { port, ..B };
        let (from_host, to) = if from == 0 { (A, b) } else { (b, A) };
        let segment = Segment { data, ..segment("P.", self.next[from], self.next[1 - from], "") };
        self.next[from] += data.len() as u32;
        self.frame(&ip(6, from_host, to, &tcp(from_host, to, segment)))
    }

    /// What both were told, which is the same, of how many flows.
    fn ends(mut self, flows: usize) -> Vec<String> {
        for (tracker, over) in self.trackers.iter_mut().zip(&mut self.over) {
            tracker.finish(over);
        }
        let [read, seen] = self.over.map(|over| over.0);
        assert_eq!(read, seen);
        assert_eq!(read.len(), flows);
        read
    }
}

#[test]
fn what_nobody_claims_is_looked_at_64_times() {
    let mut both = Both::new();
    let seen = (0..100).filter(|at| both.sends(at % 2, 40_001, b"\xff\xfe, what is this?"));
    assert_eq!(seen.collect::<Vec<_>>(), (64..100).collect::<Vec<_>>());
    assert!(both.sends(0, 40_001, b"GET / HTTP/1.1\r\n\r\n"), "nobody is asked any more");
    let told = both.ends(1);
    assert!(told[0].contains("notes: None"), "{told:?}");
}

#[test]
fn what_is_claimed_in_time_counts() {
    let mut both = Both::new();
    let seen = (0..63).filter(|_| both.sends(0, 40_001, b"\xff\xfe, what is this?")).count();
    assert_eq!(seen, 0);
    for at in 0..100 {
        let seen = both.sends(0, 40_001, b"GET / HTTP/1.1\r\nHost: example.org\r\n\r\n");
        assert_eq!(seen, at >= 16, "message {at}");
    }
    let told = both.ends(1);
    assert!(told[0].contains("value: \"example.org\""), "{told:?}");
}

#[test]
fn those_that_speak_of_others_are_read_to_their_end() {
    let mut both = Both::new();
    let query = b"\0\x07\x01\0\0\x01\0\0\0\0\0\0\x07example\x03org\0\0\x01\0\x01";
    assert!((0..100).all(|_| !both.says(53, query)));
    assert!((0..100).all(|_| !both.sends(0, 21, b"NOOP\r\n")));
    // Behind a hundred commands the port of a transfer.
    both.sends(0, 21, b"PASV\r\n");
    both.sends(1, 21, b"227 Entering Passive Mode (10,0,0,2,78,32)\r\n");
    both.sends(0, 21, b"STOR all\r\n");
    let (from, to) = (Host { port: 40_002, ..A }, Host { port: 20_000, ..B });
    both.frame(&ip(6, from, to, &tcp(from, to, segment("S", 900, 0, ""))));
    both.frame(&ip(6, from, to, &tcp(from, to, segment("P.", 901, 1, "what is this?"))));
    let told = both.ends(3);
    assert!(told.iter().any(|flow| flow.contains("\"ftp-data\"")), "{told:?}");
}

#[test]
fn another_connection_between_the_same_ports_is_another_matter() {
    let mut both = Both::new();
    assert_eq!((0..100).filter(|_| both.sends(0, 40_001, b"\xff\xfe")).count(), 36);
    both.next = [7001, 501];
    let to = Host { port: 40_001, ..B };
    let begins = both.frame(&ip(6, A, to, &tcp(A, to, segment("S", 7000, 0, ""))));
    assert!(!begins);
    assert!(!both.sends(0, 40_001, b"GET / HTTP/1.1\r\nHost: example.org\r\n\r\n"));
    let told = both.ends(2);
    assert!(told[1].contains("example.org") && !told[0].contains("example.org"), "{told:?}");
}
