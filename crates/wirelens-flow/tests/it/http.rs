//! Transactions whose requests and responses are under way at the same time.

use wirelens_dissect::{Input, Session, Settings};
use wirelens_flow::http::{Happening, Limits, Transaction, Transactions};
use wirelens_flow::{Event, Flow, Options, Tracker};

use crate::world::{A, B, MS, Segment, ip, segment, tcp};

/// A connection on which both speak in turn, each segment in a frame of its own.
struct Talk {
    session: Session,
    tracker: Tracker,
    transactions: Transactions,
    next: [u32; 2],
    frame: u64,
    /// Those that are over: method, target, statuses, outcome.
    over: Vec<String>,
    last: Option<Transaction>,
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn summed_up(one: &Transaction) -> String {
    let request = one.request.as_ref();
    let asked = request.map_or("?".to_owned(), |request| {
        format!("{} {}", text(&request.method), text(&request.target))
    });
    let statuses: Vec<String> =
        one.interim.iter().chain(&one.response).map(|one| one.status.to_string()).collect();
    format!("{asked} {} {}", statuses.join(","), one.outcome.name())
}

impl Talk {
    fn new() -> Talk {
        let registry = wirelens_protocols::shared();
        let mut talk = Talk {
            tracker: Tracker::new(Options::default(), &registry),
            session: Session::with(registry, Settings::default()),
            transactions: Transactions::new(Limits::default()),
            next: [101, 501],
            frame: 0,
            over: Vec::new(),
            last: None,
        };
        talk.send(0, segment("S", 100, 0, "")).send(1, segment("S.", 500, 101, ""));
        talk
    }

    fn send(&mut self, from: usize, segment: Segment<'_>) -> &mut Talk {
        let ends = if from == 0 { (A, B) } else { (B, A) };
        let captured = ip(6, ends.0, ends.1, &tcp(ends.0, ends.1, segment));
        self.frame += 1;
        let input = Input {
            number: self.frame,
            nanoseconds: (self.frame * MS) as i64,
            link_type: 101,
            captured: &captured,
            length: captured.len() as u32,
            fcs: None,
        };
        let Talk { session, tracker, transactions, over, last, .. } = self;
        let mut observer =
            |flow: &Flow, event: Event<'_>| observe(transactions, (over, last), flow, event);
        tracker.read(&session.dissect(input), &mut observer);
        self
    }

    fn say(&mut self, from: usize, flags: &'static str, data: &'static str) -> &mut Talk {
        let [sequence, ack] = [self.next[from], self.next[1 - from]];
        self.next[from] += data.len() as u32 + u32::from(flags.contains('F'));
        self.send(from, segment(flags, sequence, ack, data))
    }

    /// What the capture lacks.
    fn loses(&mut self, from: usize, data: &'static str) -> &mut Talk {
        self.next[from] += data.len() as u32;
        self
    }

    fn asks(&mut self, data: &'static str) -> &mut Talk {
        self.say(0, "P.", data)
    }

    fn answers(&mut self, data: &'static str) -> &mut Talk {
        self.say(1, "P.", data)
    }

    fn finish(&mut self) -> &[String] {
        let Talk { tracker, transactions, over, last, .. } = self;
        tracker.finish(&mut |flow: &Flow, event: Event<'_>| {
            observe(transactions, (over, last), flow, event);
        });
        &self.over
    }
}

fn observe(
    transactions: &mut Transactions,
    (over, last): (&mut Vec<String>, &mut Option<Transaction>),
    flow: &Flow,
    event: Event<'_>,
) {
    transactions.event(flow, event, &mut |one, what| {
        if let Happening::Over = what {
            over.push(summed_up(one));
            *last = Some(one.clone());
        }
    });
}

const POST: &str = "POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n12345";
const CONTINUE: &str = "HTTP/1.1 100 Continue\r\n\r\n";
const DONE: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
const REFUSED: &str = "HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno";

#[test]
fn a_server_that_asks_for_the_body() {
    let mut talk = Talk::new();
    talk.asks(POST).answers(CONTINUE).asks("67890").answers(DONE);
    talk.asks("GET /b HTTP/1.1\r\n\r\n").answers(DONE);
    assert_eq!(talk.over, ["POST /a 100,200 answered", "GET /b 200 answered"]);
}

#[test]
fn a_server_that_does_not_wait_for_the_body() {
    let mut talk = Talk::new();
    talk.asks(POST).answers(REFUSED).asks("67890").asks("GET /b HTTP/1.1\r\n\r\n").answers(DONE);
    assert_eq!(talk.over, ["POST /a 413 answered", "GET /b 200 answered"]);
    // The rest never comes.
    for rest in ["", "678"] {
        let mut talk = Talk::new();
        talk.asks(POST).answers(REFUSED);
        if !rest.is_empty() {
            talk.asks(rest);
        }
        talk.say(0, "F.", "").say(1, "F.", "");
        assert_eq!(talk.finish(), ["POST /a 413 answered"], "{rest}");
    }
    // Behind another.
    let mut talk = Talk::new();
    talk.asks("GET /b HTTP/1.1\r\n\r\n").answers(DONE).asks(POST).answers(REFUSED).asks("67890");
    assert_eq!(talk.finish(), ["GET /b 200 answered", "POST /a 413 answered"]);
}

#[test]
fn what_answers_nothing_that_was_seen() {
    let mut talk = Talk::new();
    talk.answers(DONE).asks("GET /b HTTP/1.1\r\n\r\n").answers(DONE);
    assert_eq!(talk.over, ["? 200 answered", "GET /b 200 answered"]);
}

#[test]
fn requests_that_come_while_others_are_answered() {
    let mut talk = Talk::new();
    talk.asks("GET /1 HTTP/1.1\r\n\r\nHEAD /2 HTTP/1.1\r\n\r\nGET /3 HTTP/1.1\r\n\r\n")
        .answers(DONE);
    talk.asks("GET /4 HTTP/1.1\r\n\r\n");
    talk.answers("HTTP/1.1 200 OK\r\nContent-Length: 2000\r\n\r\n").answers(DONE).answers(DONE);
    let told = [
        "GET /1 200 answered",
        "HEAD /2 200 answered",
        "GET /3 200 answered",
        "GET /4 200 answered",
    ];
    assert_eq!(talk.over, told);
}

/// RFC 9112 section 9.3.2: responses come in the order of requests, also those that were lost.
#[test]
fn what_follows_bytes_that_were_lost() {
    let (head, body) = ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n", "ok");
    let mut talk = Talk::new();
    talk.asks("GET /a HTTP/1.1\r\n\r\n").loses(1, head).say(0, ".", "").answers(body);
    talk.asks("GET /b HTTP/1.1\r\n\r\n").answers(head).answers(body);
    talk.asks("GET /c HTTP/1.1\r\n\r\n").answers(DONE);
    talk.say(1, "F.", "").say(0, "F.", "");
    assert_eq!(talk.finish(), ["GET /a  unanswered", "GET /b 200 answered", "GET /c 200 answered"]);
    // Of the first the header came, and its side has gone on to the next.
    let mut talk = Talk::new();
    talk.asks("GET /a HTTP/1.1\r\n\r\n").answers(head).loses(1, body).say(0, ".", "");
    talk.asks("GET /b HTTP/1.1\r\n\r\n").answers(REFUSED);
    talk.asks("GET /c HTTP/1.1\r\n\r\n").answers(DONE);
    talk.say(1, "F.", "").say(0, "F.", "");
    assert_eq!(
        talk.finish(),
        ["GET /a 200 answered", "GET /b 413 answered", "GET /c 200 answered"]
    );
    // Two that were asked for together, of which the first is lost, and one behind them.
    let mut talk = Talk::new();
    talk.asks("GET /a HTTP/1.1\r\n\r\n").loses(1, DONE).asks("GET /b HTTP/1.1\r\n\r\n");
    talk.answers(DONE).asks("GET /c HTTP/1.1\r\n\r\n").answers(REFUSED);
    talk.say(1, "F.", "").say(0, "F.", "");
    assert_eq!(talk.finish(), ["GET /a  unanswered", "GET /b 200 answered", "GET /c 413 answered"]);
}

#[test]
fn what_the_capture_ends_before() {
    let begun = "HTTP/1.1 401 Unauthorized\r\nContent-Length: 100\r\n\r\nNo.";
    // Without an end, and with one that comes early.
    for ends in [false, true] {
        let mut talk = Talk::new();
        talk.asks("GET /a HTTP/1.1\r\n\r\n").answers(begun).answers(" Not at all.");
        if ends {
            talk.say(1, "F.", "").say(0, "F.", "");
        }
        assert_eq!(talk.finish(), ["GET /a 401 answered"], "{ends}");
        let response =
            talk.last.as_ref().and_then(|one| one.response.clone()).expect("there is one");
        let message = response.message;
        assert_eq!((message.first.frame, message.last.frame, message.complete), (4, 5, false));
        assert_eq!((message.body.sent, message.field("content-length")), (15, Some(&b"100"[..])));
    }
    let mut talk = Talk::new();
    talk.asks(POST).answers(REFUSED);
    assert_eq!(talk.finish(), ["POST /a 413 answered"]);
    let request = talk.last.as_ref().and_then(|one| one.request.clone()).expect("there is one");
    assert_eq!((request.message.complete, request.message.body.sent), (false, 5));
}
