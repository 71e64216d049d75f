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
        Talk::with(Limits::default())
    }

    fn with(limits: Limits) -> Talk {
        let registry = wirelens_protocols::shared();
        let mut talk = Talk {
            tracker: Tracker::new(Options::default(), &registry),
            session: Session::with(registry, Settings::default()),
            transactions: Transactions::new(limits),
            next: [101, 501],
            frame: 0,
            over: Vec::new(),
            last: None,
        };
        talk.send(0, segment("S", 100, 0, "")).send(1, segment("S.", 500, 101, ""));
        talk
    }

    fn http2(limits: Limits) -> Talk {
        let mut talk = Talk::with(limits);
        talk.asks("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
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

    fn say(&mut self, from: usize, flags: &'static str, data: impl AsRef<[u8]>) -> &mut Talk {
        let data = data.as_ref();
        let [sequence, ack] = [self.next[from], self.next[1 - from]];
        self.next[from] += data.len() as u32 + u32::from(flags.contains('F'));
        self.send(from, Segment { data, ..segment(flags, sequence, ack, "") })
    }

    /// What the capture lacks.
    fn loses(&mut self, from: usize, data: &'static str) -> &mut Talk {
        self.next[from] += data.len() as u32;
        self
    }

    fn asks(&mut self, data: impl AsRef<[u8]>) -> &mut Talk {
        self.say(0, "P.", data)
    }

    fn answers(&mut self, data: impl AsRef<[u8]>) -> &mut Talk {
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

const DATA: u8 = 0;
const HEADERS: u8 = 1;
const CONTINUATION: u8 = 9;
const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;

/// A frame of HTTP/2 on stream 1.
fn h2(kind: u8, flags: u8, payload: impl AsRef<[u8]>) -> Vec<u8> {
    let payload = payload.as_ref();
    let [.., high, middle, low] = payload.len().to_be_bytes();
    [&[high, middle, low, kind, flags, 0, 0, 0, 1], payload].concat()
}

/// A header field that is written out, RFC 7541 section 6.2.2.
fn field(name: &str, value: &str) -> Vec<u8> {
    let string = |text: &str| [&[text.len() as u8], text.as_bytes()].concat();
    [vec![0], string(name), string(value)].concat()
}

/// `GET / HTTP/2` and `:status: 200` out of the static table.
const GET: &[u8] = &[0x82, 0x84, 0x86];
const OK: &[u8] = &[0x88];
/// `hello`.
const GZIP: &[u8] =
    b"\x1f\x8b\x08\0\0\0\0\0\0\x03\x01\x05\0\xfa\xffhello\x86\xa6\x10\x36\x05\0\0\0";
const UPGRADE: &str = "GET / HTTP/1.1\r\nUpgrade: websocket\r\n\r\n";
const UPGRADED: &str = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n";
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
    // That it was lost is told by a frame of either side, whoever sends when it was waited for enough.
    for waits in 0..20 {
        let mut talk = Talk::new();
        talk.asks("GET /a HTTP/1.1\r\n\r\n").answers(head).loses(1, body);
        talk.asks("GET /b HTTP/1.1\r\n");
        (0..waits).for_each(|_| {
            talk.say(0, ".", "");
        });
        talk.asks("\r\n").answers(REFUSED).asks("GET /c HTTP/1.1\r\n\r\n").answers(DONE);
        talk.say(1, "F.", "").say(0, "F.", "");
        assert_eq!(
            talk.finish(),
            ["GET /a 200 answered", "GET /b 413 answered", "GET /c 200 answered"],
            "{waits}"
        );
    }
    // Two losses that are told at once, by the end, and a whole response between them.
    let mut talk = Talk::new();
    for target in ["/a", "/b", "/c"] {
        talk.asks(format!("GET {target} HTTP/1.1\r\n\r\n"));
    }
    talk.answers(head).loses(1, body).answers(REFUSED).loses(1, "\r\n").answers(DONE);
    talk.say(0, ".", "").say(1, "F.", "").say(0, "F.", "");
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

/// A server may say that it goes on working as often as it likes (RFC 9110 section 15.2).
#[test]
fn interim_responses_are_told_but_not_all_kept() {
    let mut talk = Talk::new();
    talk.asks("GET /a HTTP/1.1\r\n\r\n").answers(CONTINUE.repeat(40)).answers(DONE);
    let kept = "100,".repeat(32);
    assert_eq!(talk.over, [format!("GET /a {kept}200 answered")]);
    assert_eq!(talk.transactions.counters().responses, 41);
    let mut talk = Talk::http2(Limits::default());
    talk.asks(h2(HEADERS, END_HEADERS | END_STREAM, GET));
    talk.answers(h2(HEADERS, END_HEADERS, b"\x08\x03100").repeat(40));
    talk.answers(h2(HEADERS, END_HEADERS | END_STREAM, OK));
    assert_eq!(talk.over, [format!("GET / {kept}200 answered")]);
    assert_eq!(talk.transactions.counters().responses, 41);
}

/// There may be any number of blocks of them, each within the limits of one.
#[test]
fn fields_behind_a_body_are_not_all_kept() {
    let mut talk = Talk::http2(Limits::default());
    talk.asks(h2(HEADERS, END_HEADERS | END_STREAM, GET)).answers(h2(HEADERS, END_HEADERS, OK));
    talk.answers(h2(HEADERS, END_HEADERS, field("a", "b").repeat(50)).repeat(2));
    talk.answers(h2(DATA, END_STREAM, ""));
    assert_eq!(talk.over, ["GET / 200 answered"]);
    let response = talk.last.and_then(|one| one.response).expect("there is one");
    assert_eq!(response.message.trailers.len(), 64);
}

/// RFC 9113 section 5.1: what comes on a stream that its sender has closed is none of its message.
#[test]
fn a_stream_that_ends_again_is_told_once() {
    let begins = h2(HEADERS, END_HEADERS, [OK, &field("content-encoding", "gzip")].concat());
    let ends = h2(DATA, END_STREAM, GZIP);
    let whole = [begins, ends.clone()].concat();
    for again in [h2(DATA, END_STREAM, ""), ends, whole.clone()] {
        let mut talk = Talk::http2(Limits { keep_bodies: true, ..Limits::default() });
        talk.asks(h2(HEADERS, END_HEADERS, GET)).answers(&whole).answers(again.repeat(3));
        talk.asks(h2(DATA, END_STREAM, "").repeat(3));
        assert_eq!(talk.over, ["GET / 200 answered"]);
        let told = talk.transactions.counters();
        assert_eq!((told.transactions, told.requests, told.responses), (1, 1, 1));
        // Decoded twice it would be what cannot be decoded.
        let body = talk.last.and_then(|one| one.response).expect("there is one").message.body;
        assert_eq!((body.sent, body.decoded, body.encoded), (GZIP.len() as u64, Some(5), false));
        assert_eq!(text(&body.bytes), "hello");
    }
}

/// RFC 1952: a header, an empty block, a checksum and a length of nothing.
#[test]
fn a_body_that_is_nothing_in_its_coding() {
    let nothing = b"\x1f\x8b\x08\0\0\0\0\0\0\x03\x03\0\0\0\0\0\0\0\0\0";
    let header = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n";
    let plain = format!("{header}Content-Length: 20\r\n\r\n");
    let chunked = format!("{header}Transfer-Encoding: chunked\r\n\r\n14\r\n");
    let chunked = [chunked.as_bytes(), nothing, b"\r\n0\r\n\r\n"].concat();
    for answer in [[plain.as_bytes(), nothing].concat(), chunked] {
        let mut talk = Talk::with(Limits { keep_bodies: true, ..Limits::default() });
        talk.asks("GET /a HTTP/1.1\r\n\r\n").answers(answer);
        assert_eq!(talk.finish(), ["GET /a 200 answered"]);
        let body = talk.last.and_then(|one| one.response).expect("there is one").message.body;
        assert_eq!((body.decoded, body.encoded, body.bytes.len()), (Some(0), false, 0));
        assert!(body.sent >= 20);
    }
}

/// A body counts for the limit on memory by what is kept of it, so the rest may take nothing.
#[test]
fn a_body_that_is_cut_gives_back_what_it_took() {
    let mut talk = Talk::http2(Limits { body: 1 << 10, keep_bodies: true, ..Limits::default() });
    talk.asks(h2(HEADERS, END_HEADERS, GET));
    talk.answers(h2(HEADERS, END_HEADERS, [OK, &field("content-encoding", "zstd")].concat()));
    // RFC 8878: blocks of one byte that is repeated 131,072 times, eight of them.
    let (block, last) = (b"\x02\0\x10a".repeat(7), b"\x03\0\x10a");
    let body = [&b"\x28\xb5\x2f\xfd\0\x68"[..], &block, last].concat();
    let counted = allocation_counter::measure(|| {
        talk.answers(h2(DATA, END_STREAM, body));
    });
    assert!(counted.bytes_current < 1 << 16, "{}", counted.bytes_current);
    assert_eq!(talk.finish(), ["GET / 200 answered"]);
    let body = talk.last.and_then(|one| one.response).expect("there is one").message.body;
    assert_eq!((body.decoded, body.bytes.len(), body.cut), (Some(1 << 20), 1 << 10, true));
}

/// RFC 9113 section 6.10: nothing says how often a block goes on.
#[test]
fn a_block_without_an_end_takes_no_more_than_its_share() {
    let limits = Limits { memory: 1 << 14, ..Limits::default() };
    let part = field("a", &"b".repeat(100)).repeat(10);
    for parts in [10, 50] {
        let mut talk = Talk::http2(limits);
        talk.asks(h2(HEADERS, 0, GET)).asks(h2(CONTINUATION, 0, &part).repeat(parts));
        talk.asks(h2(CONTINUATION, END_HEADERS, ""));
        assert_eq!(talk.finish(), ["GET /  unanswered"]);
        let request = talk.last.and_then(|one| one.request).expect("there is one");
        let fields = request.message.fields;
        let taken = fields.len() * (101 + size_of_val(&fields[0]));
        assert!((2048..=4096).contains(&taken), "{taken}");
    }
    // Whoever begins another has given it up, and gives back what it took.
    let mut talk = Talk::http2(limits);
    talk.asks(h2(HEADERS, 0, GET)).asks(h2(CONTINUATION, 0, &part).repeat(10));
    talk.asks(h2(HEADERS, END_HEADERS, GET));
    assert_eq!(talk.finish(), ["GET /  unanswered"]);
}

/// A report has the messages of a connection in one record.
#[test]
fn messages_of_a_socket_are_kept_up_to_16_mib() {
    let mut talk = Talk::with(Limits { keep_bodies: true, ..Limits::default() });
    talk.asks(UPGRADE).answers(UPGRADED);
    let message = [&[0x82, 126, 0xea, 0x60][..], &[0; 60_000]].concat();
    let counted = allocation_counter::measure(|| {
        for _ in 0..400 {
            talk.answers(&message);
        }
    });
    assert!(counted.bytes_max < 17 << 20, "{}", counted.bytes_max);
    assert_eq!(talk.finish(), ["GET / 101 answered"]);
    let socket = talk.last.and_then(|one| one.socket).expect("there is one");
    let kept: usize = socket.messages.iter().map(|message| message.bytes.len()).sum();
    assert_eq!((socket.count, kept), (400, 16 << 20));
    let cut = socket.messages.iter().position(|message| message.cut);
    assert_eq!(cut, Some((16 << 20) / 60_000));
}

/// One that is waited for, and one that is longer than any that is.
#[test]
fn a_message_of_a_socket_takes_nothing_for_what_it_claims() {
    for claimed in [15_u64 << 20, 8 << 30] {
        let mut talk = Talk::with(Limits { keep_bodies: true, ..Limits::default() });
        talk.asks(UPGRADE).answers(UPGRADED);
        let begun = [&[0x82, 127][..], &claimed.to_be_bytes(), b"some"].concat();
        let counted = allocation_counter::measure(|| {
            talk.answers(begun).say(1, "F.", "");
        });
        assert!(counted.bytes_max < 1 << 16, "{} for {claimed}", counted.bytes_max);
        assert_eq!(talk.finish(), ["GET / 101 answered"]);
        let socket = talk.last.and_then(|one| one.socket).expect("there is one");
        assert_eq!(socket.messages.first().map(|message| message.sent), Some(claimed));
    }
}
