//! Hostile bytes: no panic, no output out of proportion, one input gives one output.
//!
//! Frames of the project's captures are damaged by a generator with a fixed seed; those made to be
//! expensive have a test each, which holds the work for twice as many bytes against that for once:
//! what is counted is fields and bytes written, so that the machine does not matter.

use std::hash::{DefaultHasher, Hasher};
use std::path::PathBuf;

use wirelens::capture::Capture;
use wirelens::dissect::{Dissection, Input, Kind, Node, Session, Settings};
use wirelens::report::{Format, Head, Line, Options, Report, Selection};
use wirelens::stats::Cell;

const ETHERNET: u32 = 1;
const RAW: u32 = 101;

/// Output of any format for a frame of so many bytes, in bytes. Few bytes can stand for much text
/// (a pointer of DNS), which has a limit of its own; an escape has six characters.
fn most_output(frame: usize) -> usize {
    let text = (128 * frame).min((1 << 18) + frame);
    (64 << 10) + 400 * frame + 6 * text
}

/// Fields of a frame of so many bytes.
fn most_nodes(frame: usize) -> usize {
    (512 + 8 * frame).min((1 << 17) + 3)
}

/// Every format as it writes most, and one session.
struct Bench {
    session: Session,
    reports: Vec<(Format, Box<dyn Report>)>,
    line: Line,
    number: u64,
}

/// What a frame cost.
#[derive(Clone, Debug, Default)]
struct Cost {
    nodes: usize,
    layers: usize,
    written: Vec<usize>,
    problems: Vec<String>,
    digest: u64,
}

impl Bench {
    fn new() -> Bench {
        let registry = wirelens::protocols::shared();
        let names =
            ["frame.number", "ip.addr", "tcp.flags.syn", "dns.qry.name", "dns.hip.servername"];
        let names = names
            .into_iter()
            .filter(|name| *name == "frame.number" || !registry.fields(name).is_empty());
        let fields = Selection::new(&registry, names).expect("known names");
        let report = |format: Format| {
            let fields = (format == Format::Csv).then(|| fields.clone());
            let options = Options { payload: true, names: true, fields, ..Options::default() };
            (format, format.report(options))
        };
        Bench {
            reports: Format::ALL.into_iter().map(report).collect(),
            session: Session::with(registry, Settings { reassemble: false, ..Settings::default() }),
            line: Line::new(),
            number: 0,
        }
    }

    /// Dissects and reports a frame and checks all that is promised of any.
    fn look(&mut self, link_type: u32, captured: &[u8], length: u32) -> Cost {
        self.number += 1;
        let (number, length) = (self.number, length.max(captured.len() as u32));
        let nanoseconds = i64::MAX / 3 * (number % 4) as i64;
        let input = Input { number, nanoseconds, link_type, captured, length, ..Input::default() };
        let frame = self.session.dissect(input);
        for layer in frame.layers() {
            for nodes in frame.nodes(layer) {
                check_nodes(&frame, nodes);
            }
        }
        let nodes = frame.node_count();
        assert!(nodes <= most_nodes(captured.len()), "{nodes} fields of {} bytes", captured.len());
        let mut digest = DefaultHasher::new();
        let mut written = Vec::new();
        let captured_length = captured.len() as u32;
        let head = Head {
            number,
            time: Some((1, 2)),
            length,
            captured: captured_length,
            ..Head::default()
        };
        for (format, report) in &mut self.reports {
            self.line.clear();
            report.frame(&mut self.line, &head, &frame);
            let text = self.line.written();
            let most = most_output(captured.len());
            assert!(text.len() <= most, "{format}: {} of {} bytes", text.len(), captured.len());
            if matches!(format, Format::Ndjson | Format::Detail) {
                Json { text, at: 0 }.document();
            } else {
                assert!(std::str::from_utf8(text).is_ok(), "{format} is text");
            }
            written.push(text.len());
            digest.write(text);
        }
        let mut problems = Vec::new();
        wirelens::report::each_problem(&frame, &mut |problem| {
            problems.push(problem.name.to_owned())
        });
        let layers = frame.layers().len();
        Cost { nodes, layers, written, problems, digest: digest.finish() }
    }
}

/// Children end before their parents do, and nodes lie in their buffer, or in what was not
/// captured of the frame.
fn check_nodes(frame: &Dissection<'_>, nodes: &[Node]) {
    let mut ends = vec![nodes.len()];
    for (at, node) in nodes.iter().enumerate() {
        while ends.last().is_some_and(|&end| end == at) {
            ends.pop();
        }
        let end = at + 1 + node.inside as usize;
        let outer = ends.last().copied().unwrap_or(0);
        assert!(end <= outer, "{:?} has more inside than its parent", node.field);
        if end > at + 1 {
            ends.push(end);
        }
        let length = match node.buffer {
            0 => frame.input().length as usize,
            n => frame.buffer(n).len(),
        };
        let to = node.offset as usize + node.length as usize;
        assert!(to <= length, "{:?} ends at {to} of {length}", node.field);
        assert!(node.field.kind != Kind::Problem || node.number() != 0);
    }
}

/// JSON by RFC 8259, strictly, with no key twice in an object.
struct Json<'j> {
    text: &'j [u8],
    at: usize,
}

impl<'j> Json<'j> {
    fn document(mut self) {
        self.value();
        assert_eq!(self.text.get(self.at..), Some(&b"\n"[..]), "nothing behind the document");
    }

    fn take(&mut self) -> u8 {
        self.at += 1;
        *self.text.get(self.at - 1).expect("JSON goes on")
    }

    fn peek(&self) -> u8 {
        self.text.get(self.at).copied().unwrap_or(0)
    }

    fn value(&mut self) {
        match self.peek() {
            b'{' => {
                let mut keys: Vec<&[u8]> = Vec::new();
                self.list(b'}', |json| {
                    let key = json.string();
                    let name = String::from_utf8_lossy(key);
                    assert!(!keys.contains(&key), "the key {name} twice");
                    keys.push(key);
                    assert_eq!(json.take(), b':');
                    json.value();
                });
            }
            b'[' => self.list(b']', Json::value),
            b'"' => drop(self.string()),
            _ => {
                let from = self.at;
                while !matches!(self.peek(), b',' | b'}' | b']' | 0) {
                    self.at += 1;
                }
                let scalar = serde_json::from_slice::<serde_json::Value>(&self.text[from..self.at]);
                assert!(scalar.is_ok(), "a number or a word");
            }
        }
    }

    fn list(&mut self, end: u8, mut each: impl FnMut(&mut Self)) {
        self.at += 1;
        if self.peek() == end {
            self.at += 1;
            return;
        }
        loop {
            each(self);
            match self.take() {
                b',' => {}
                byte => return assert_eq!(byte, end),
            }
        }
    }

    fn string(&mut self) -> &'j [u8] {
        assert_eq!(self.take(), b'"');
        let from = self.at;
        loop {
            match self.take() {
                b'"' => break,
                b'\\' => match self.take() {
                    b'u' => {
                        for _ in 0..4 {
                            assert!(self.take().is_ascii_hexdigit());
                        }
                    }
                    byte => assert!(b"\"\\/bfnrt".contains(&byte)),
                },
                byte => assert!(byte >= 0x20, "a control character in a string"),
            }
        }
        let inside = &self.text[from..self.at - 1];
        assert!(std::str::from_utf8(inside).is_ok(), "strings are UTF-8");
        inside
    }
}

/// xorshift64*: the same numbers everywhere.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() >> 33) as usize % end.max(1)
    }
}

/// Link type and bytes of every frame of the project's captures.
fn frames() -> Vec<(u32, Vec<u8>)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/captures");
    let entries = std::fs::read_dir(folder).expect("the project's captures");
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    paths.retain(|path| path.extension().is_some_and(|e| e == "pcap" || e == "pcapng"));
    paths.sort();
    let mut frames = Vec::new();
    for path in paths {
        let mut capture = Capture::open(path).expect("a capture");
        while let Some(frame) = capture.next_frame().expect("frames") {
            frames.push((frame.link_type.0.into(), frame.captured.to_vec()));
        }
    }
    assert!(frames.len() > 100);
    frames
}

/// A frame with some bits and bytes changed, lengths at their ends, parts cut off or put twice,
/// or the head of one before the tail of another.
fn damaged(random: &mut Random, frames: &[(u32, Vec<u8>)], at: usize) -> Vec<u8> {
    let mut bytes = frames[at].1.clone();
    for _ in 0..=random.below(4) {
        let (length, place) = (bytes.len(), random.below(bytes.len()));
        match random.below(7) {
            _ if length < 4 => bytes.push(random.next() as u8),
            0 => bytes[place] ^= 1 << random.below(8),
            1 => bytes[place] = [0, 1, 4, 0x7f, 0x80, 0xc0, 0xfe, 0xff][random.below(8)],
            2 => {
                let extreme: [u8; 2] =
                    [[0, 0], [0, 1], [0x7f, 0xff], [0xff, 0xff]][random.below(4)];
                let place = place.min(length - 2);
                bytes[place..place + 2].copy_from_slice(&extreme);
            }
            3 => {
                let extreme = [[0; 4], [0xff; 4], [0x7f, 0xff, 0xff, 0xff]][random.below(3)];
                let place = place.min(length - 4);
                bytes[place..place + 4].copy_from_slice(&extreme);
            }
            4 => bytes.truncate(place),
            5 => {
                let (_, other) = &frames[random.below(frames.len())];
                bytes.truncate(place);
                bytes.extend_from_slice(&other[random.below(other.len())..]);
            }
            _ => {
                let again = bytes[place..length.min(place + 24)].to_vec();
                bytes.splice(place..place, again);
            }
        }
    }
    bytes
}

/// Looks at `count` damaged frames, all of one bench; gives what all outputs were.
fn damage(seed: u64, count: usize) -> Vec<u64> {
    let frames = frames();
    let mut random = Random(seed);
    let mut bench = Bench::new();
    let mut look = |at: usize| {
        let at = at % frames.len();
        let bytes = damaged(&mut random, &frames, at);
        let missing = if random.below(8) == 0 { random.below(70_000) as u32 } else { 0 };
        bench.look(frames[at].0, &bytes, bytes.len() as u32 + missing).digest
    };
    (0..count).map(&mut look).collect()
}

#[test]
fn damaged_frames_are_reported_the_same_every_time() {
    let first = damage(0x5eed, 1000);
    assert!(first == damage(0x5eed, 1000));
}

#[test]
fn other_damage() {
    damage(0xbad_5eed, 1000);
}

/// A part of a frame over and over until it is as large as the largest that an interface hands on.
#[test]
fn parts_repeated_to_64_and_256_kib() {
    let frames = frames();
    let mut random = Random(0x4e9e47);
    let mut bench = Bench::new();
    for round in 0..24 {
        let (link_type, bytes) = &frames[random.below(frames.len())];
        let from = random.below(bytes.len());
        let to = (from + 1 + random.below(32)).min(bytes.len());
        let size = if round % 8 == 7 { 256 << 10 } else { 64 << 10 };
        let count = (size - bytes.len().min(size)) / (to - from).max(1);
        let repeated = bytes[from..to].repeat(count);
        let all = [&bytes[..to], &repeated, &bytes[to..]].concat();
        bench.look(*link_type, &all, 0);
    }
}

/// An IPv4 packet. One that is longer than its length can say has 0 there, as what a card is to
/// cut has.
fn ip(protocol: u8, payload: &[u8]) -> Vec<u8> {
    let [high, low] = u16::try_from(20 + payload.len()).unwrap_or(0).to_be_bytes();
    let header = [0x45, 0, high, low, 0, 0, 0, 0, 64, protocol, 0, 0, 192, 0, 2, 1, 192, 0, 2, 2];
    [&header, payload].concat()
}

fn ipv6(next: u8, payload: &[u8]) -> Vec<u8> {
    let [high, low] = u16::try_from(payload.len()).unwrap_or(0).to_be_bytes();
    let header = [0x60, 0, 0, 0, high, low, next, 1];
    [&header, &[0xfe; 32][..], payload].concat()
}

fn udp(port: u16, payload: &[u8]) -> Vec<u8> {
    let ([a, b], [c, d]) =
        (port.to_be_bytes(), u16::try_from(8 + payload.len()).unwrap_or(0).to_be_bytes());
    ip(17, &[&[a, b, a, b, c, d, 0, 0], payload].concat())
}

fn tcp(port: u16, payload: &[u8]) -> Vec<u8> {
    let [a, b] = port.to_be_bytes();
    let header = [0xc0, 0, a, b, 0, 0, 0, 1, 0, 0, 0, 1, 0x50, 0x18, 1, 0, 0, 0, 0, 0];
    ip(6, &[&header, payload].concat())
}

/// A DNS message of `questions` and `answers`, which `body` has.
fn dns(questions: usize, answers: usize, body: &[u8]) -> Vec<u8> {
    let count = |count: usize| u16::try_from(count).unwrap_or(u16::MAX).to_be_bytes();
    let ([a, b], [c, d]) = (count(questions), count(answers));
    [&[0x12, 0x34, 0x81, 0x80, a, b, c, d, 0, 0, 0, 0], body].concat()
}

/// A name of 255 bytes that JSON writes with escapes.
fn long_name() -> Vec<u8> {
    let label = |length: usize| [vec![length as u8], vec![1; length]].concat();
    [label(63), label(63), label(63), label(61), vec![0]].concat()
}

/// An answer of this type.
fn record(kind: u8, data: &[u8]) -> Vec<u8> {
    let [high, low] = u16::try_from(data.len()).unwrap_or(u16::MAX).to_be_bytes();
    [&[0, 0, kind, 0, 1, 0, 0, 0, 1, high, low], data].concat()
}

/// Looks at the frame for `n` and twice `n`: the work for the second may be twice that for the
/// first, not more. Gives what the second cost.
fn is_linear(link_type: u32, n: usize, make: impl Fn(usize) -> Vec<u8>) -> Cost {
    let mut bench = Bench::new();
    let mut look = |n| bench.look(link_type, &make(n), 0);
    let (once, twice) = (look(n), look(2 * n));
    let pairs = once.written.iter().zip(&twice.written);
    for (one, two) in pairs.chain([(&once.nodes, &twice.nodes)]) {
        assert!(*two <= 2 * one + one / 8 + 512, "{once:?}\n{twice:?}");
    }
    twice
}

fn reaches(cost: &Cost, limit: &str) -> bool {
    cost.problems.iter().any(|problem| problem == limit)
}

#[test]
fn dns_questions_that_are_pointers_to_a_long_name() {
    let one = [&long_name()[..], &[0, 1, 0, 1]].concat();
    let make = |n: usize| {
        udp(53, &dns(n, 0, &[&one[..], &b"\xc0\x0c\0\x01\0\x01".repeat(n - 1)].concat()))
    };
    let few = is_linear(RAW, 200, make);
    assert!(few.problems.is_empty(), "{:?}", few.problems);
    // The whole of 64 KiB: names are recorded until there is too much of them.
    let cost = Bench::new().look(RAW, &make(10_000), 0);
    assert_eq!(cost.problems, ["frame.too_many_fields"]);
}

#[test]
fn dns_names_of_two_bytes_in_one_record() {
    // HIP, RFC 8005: rendezvous servers up to the end of the record.
    let question = [&long_name()[..], &[0, 1, 0, 1]].concat();
    let cost = is_linear(RAW, 15_000, |n| {
        let data = [&[1, 2, 0, 1, 7, 7][..], &b"\xc0\x0c".repeat(n)].concat();
        udp(53, &dns(1, 1, &[&question[..], &record(55, &data)].concat()))
    });
    assert!(reaches(&cost, "frame.too_many_fields"), "{:?}", cost.problems);
}

#[test]
fn dns_pointers_to_pointers() {
    // A name at 23, a pointer to it at 26, one to that at 28, ..., in the data of the first record;
    // the owners of the others are the end of a chain as long as is followed.
    let pointer = |to: u16| (0xc000 | to).to_be_bytes();
    let chain: Vec<u8> =
        (0..120).flat_map(|at| pointer(if at == 0 { 23 } else { 24 + 2 * at })).collect();
    let first = record(10, &[&b"\x01a\0"[..], &chain].concat());
    let other = [&pointer(26 + 2 * 119)[..], &record(10, &[])[1..]].concat();
    let cost =
        is_linear(RAW, 2000, |n| udp(53, &dns(0, n, &[&first[..], &other.repeat(n - 1)].concat())));
    assert!(cost.problems.is_empty(), "{:?}", cost.problems);
}

#[test]
fn dns_options_and_parameters() {
    is_linear(RAW, 7000, |n| {
        let option = [0, 5, 0, 0].repeat(n);
        udp(53, &dns(0, 1, &record(41, &option)))
    });
    is_linear(RAW, 15_000, |n| {
        let [high, low] = (n as u16).to_be_bytes();
        let option = [&[0, 5, high, low][..], &vec![8; n]].concat();
        udp(53, &dns(0, 1, &record(41, &option)))
    });
    is_linear(RAW, 7000, |n| {
        let parameters = [0, 4, 0, 0].repeat(n);
        udp(53, &dns(0, 1, &record(65, &[&[0, 1, 0][..], &parameters].concat())))
    });
}

#[test]
fn mdns_with_thousands_of_records() {
    let address = record(1, &[192, 0, 2, 1]);
    is_linear(RAW, 2000, |n| udp(5353, &dns(0, n, &address.repeat(n))));
}

#[test]
fn dns_messages_over_tcp_up_to_the_layers_there_are() {
    let cost =
        is_linear(RAW, 300, |n| tcp(53, &[&b"\0\x0c"[..], &dns(0, 0, &[])].concat().repeat(n)));
    assert_eq!(cost.layers, 255);
    assert_eq!(cost.problems, ["frame.too_deep"]);
    let cost = is_linear(RAW, 15_000, |n| tcp(53, &[0, 0].repeat(n)));
    assert!(reaches(&cost, "frame.too_deep"), "{:?}", cost.problems);
}

#[test]
fn options_of_ip_and_tcp() {
    // The longest headers of IPv4 in each other, all of them full of options of one byte.
    let header = |payload: &[u8]| {
        let mut packet = ip(4, payload);
        packet[0] = 0x4f;
        let length = (packet.len() + 40).min(0xffff) as u16;
        packet[2..4].copy_from_slice(&length.to_be_bytes());
        packet.splice(20..20, [1; 40]);
        packet
    };
    is_linear(RAW, 100, |n| (0..n).fold(vec![], |inside, _| header(&inside)));
    // TCP's options take 40 bytes at most; each of these is the shortest there is.
    let mut segment = tcp(9, &[1; 40]);
    segment[32] = 0xf0;
    Bench::new().look(RAW, &segment, 0);
    // Options of a byte in the longest hop-by-hop header, one after another.
    is_linear(RAW, 15, |n| {
        let header = [&[60, 255][..], &[0; 2046]].concat();
        ipv6(60, &header.repeat(n))
    });
}

#[test]
fn layers_in_layers() {
    let tags = |n: usize| [&[2; 12][..], &[0x81, 0, 0, 7].repeat(n), &[8, 0]].concat();
    assert!(reaches(&is_linear(ETHERNET, 200, tags), "frame.too_deep"));
    let tunnels = |n: usize| (0..n).fold(vec![], |inside, _| ip(4, &inside));
    assert!(reaches(&is_linear(RAW, 200, tunnels), "frame.too_deep"));
    let extensions = |n: usize| ipv6(60, &[60, 0, 1, 4, 0, 0, 0, 0].repeat(n));
    assert!(reaches(&is_linear(RAW, 2000, extensions), "frame.too_deep"));
}

#[test]
fn errors_that_quote_errors() {
    let error = |inside: Vec<u8>| ip(1, &[&[3, 1, 0, 0, 0, 0, 0, 0][..], &inside].concat());
    is_linear(RAW, 200, |n| (0..n).fold(vec![], |inside, _| error(inside)));
    // With the length of what is quoted and extensions behind it, RFC 4884.
    let extended = |inside: Vec<u8>| {
        ip(1, &[&[11, 0, 0, 0, 0, 255, 0, 0][..], &inside, &[0x20, 0, 0, 0].repeat(20)].concat())
    };
    is_linear(RAW, 100, |n| (0..n).fold(vec![], |inside, _| extended(inside)));
}

#[test]
fn reports_of_as_many_groups_as_can_be_said() {
    let record = [&[4, 0, 0, 0][..], &[0xff; 16]].concat();
    is_linear(RAW, 1600, |n| {
        ipv6(58, &[&[143, 0, 0, 0, 0, 0, 0xff, 0xff][..], &record.repeat(n)].concat())
    });
    is_linear(RAW, 4000, |n| {
        ip(
            2,
            &[&[0x22, 0, 0, 0, 0, 0, 0xff, 0xff][..], &[4, 0, 0, 0, 224, 0, 0, 9].repeat(n)]
                .concat(),
        )
    });
}

#[test]
fn neighbour_options_of_no_length() {
    let solicitation = [&[135, 0, 0, 0, 0, 0, 0, 0][..], &[0xfe; 16]].concat();
    is_linear(RAW, 15_000, |n| ipv6(58, &[&solicitation[..], &[1, 0].repeat(n)].concat()));
    is_linear(RAW, 4000, |n| {
        ipv6(58, &[&solicitation[..], &[14, 1, 0, 0, 0, 0, 0, 0].repeat(n)].concat())
    });
}

#[test]
fn header_lines_by_the_thousand() {
    for line in
        ["A:\r\n", "Host: a\r\n", "Cookie: a;b\r\n", "Accept: \x01\r\n", "Content-Length: 1\r\n"]
    {
        is_linear(RAW, 10_000, |n| {
            tcp(80, format!("GET / HTTP/1.1\r\n{}\r\n", line.repeat(n)).as_bytes())
        });
    }
    // One field of many lines, pairs, codings and parameters.
    for (start, part) in [
        ("GET / HTTP/1.1\r\nA: b", "\r\n a"),
        ("GET / HTTP/1.1\r\nCookie: ", "a;"),
        ("GET / HTTP/1.1\r\nTransfer-Encoding: ", "a,"),
        ("GET /?", "a&"),
    ] {
        is_linear(RAW, 10_000, |n| {
            tcp(80, format!("{start}{}\r\n\r\n", part.repeat(n)).as_bytes())
        });
    }
}

#[test]
fn requests_in_a_row() {
    let cost = is_linear(RAW, 2000, |n| tcp(80, &b"GET / HTTP/1.1\r\n\r\n".repeat(n)));
    assert!(reaches(&cost, "frame.too_deep"), "{:?}", cost.problems);
}

#[test]
fn chunks_of_one_byte() {
    let make = |n: usize| {
        let chunks = "1\r\nA\r\n".repeat(n);
        let start = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
        tcp(80, format!("{start}{chunks}0\r\n\r\n").as_bytes())
    };
    is_linear(RAW, 5000, make);
    let cost = Bench::new().look(RAW, &make(1_000_000), 0);
    assert_eq!(cost.problems, ["frame.too_many_fields"]);
    // More bodies than there are buffers for.
    let cost = is_linear(RAW, 100, |n| {
        let one = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nA\r\n0\r\n\r\n";
        tcp(80, one.repeat(n).as_bytes())
    });
    assert!(reaches(&cost, "frame.too_many_buffers"), "{:?}", cost.problems);
}

/// A proxy's tunnels: what is remembered of a connection does not grow with what it was told.
#[test]
fn a_tunnel_to_a_host_of_no_reasonable_length() {
    let mut bench = Bench::new();
    let host = "a".repeat(60_000);
    let request = tcp(80, format!("CONNECT {host}:80 HTTP/1.1\r\n\r\n").as_bytes());
    let mut answer = tcp(80, b"HTTP/1.1 200 OK\r\n\r\n");
    answer[20..24].copy_from_slice(&[0, 80, 0xc0, 0]);
    answer[12..20].copy_from_slice(&[192, 0, 2, 2, 192, 0, 2, 1]);
    bench.look(RAW, &request, 0);
    bench.look(RAW, &answer, 0);
    let cost = bench.look(RAW, &tcp(80, b"GET / HTTP/1.1\r\n\r\n"), 0);
    assert!(cost.written.iter().all(|&length| length < 8192), "{cost:?}");
}

/// The same packet from where another ends.
fn behind(mut packet: Vec<u8>, before: usize) -> Vec<u8> {
    let sequence = 1 + before as u32;
    packet[24..28].copy_from_slice(&sequence.to_be_bytes());
    packet
}

/// A segment may end one message and begin another, or end one because the capture has only a part
/// of it: its bytes are told once. That no key stands twice is looked at for each frame.
#[test]
fn a_segment_of_two_messages_that_are_put_together() {
    let first = b"GET /a HTTP/1.1\r\n";
    for (second, missing) in [("\r\nGET /b HTTP/1.1\r\n", 0), ("Host: a.example\r\n", 9)] {
        let session = Session::new(wirelens::protocols::shared());
        let mut bench = Bench { session, ..Bench::new() };
        bench.look(RAW, &tcp(80, first), 0);
        let segment = behind(tcp(80, second.as_bytes()), first.len());
        let captured = &segment[..segment.len() - missing];
        bench.look(RAW, captured, segment.len() as u32);
        let frame = bench.session.dissected(captured);
        let nodes = frame.layers().iter().flat_map(|layer| frame.nodes(layer)).flatten();
        let told = nodes.filter(|node| node.field.name == "tcp.segment_data").count();
        assert_eq!(told, 1, "{second}");
    }
}

/// A block of pcapng, of a body that needs no padding.
fn block(kind: u32, body: &[u8]) -> Vec<u8> {
    let words = [kind, body.len() as u32 + 12].map(u32::to_le_bytes);
    [words.as_flattened(), body, &words[1]].concat()
}

/// Two interfaces that have dropped as many frames as can be said, and frames that say so too.
#[test]
fn drop_counts_whose_sum_cannot_be_said() {
    let most = [0xff; 8];
    let (no_time, no_bytes, end) = ([0; 8], [0; 8], [0; 4]);
    let header = [0x4d, 0x3c, 0x2b, 0x1a, 1, 0, 0, 0];
    let mut bytes = block(0x0a0d_0d0a, &[header, most].concat());
    bytes.extend(block(1, &[1, 0, 0, 0, 0, 0, 0, 0]).repeat(2));
    for interface in [0, 1] {
        let interface = u32::to_le_bytes(interface);
        // A frame without bytes, and how many were lost before it.
        let lost = [&interface[..], &no_time, &no_bytes, &[4, 0, 8, 0], &most, &end].concat();
        bytes.extend(block(6, &lost));
        // Received, dropped by the interface, dropped by the system.
        let counts = [4, 5, 7].map(|code| [&[code, 0, 8, 0], &most[..]].concat()).concat();
        bytes.extend(block(5, &[&interface[..], &no_time, &counts, &end].concat()));
    }
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("drops.pcapng");
    std::fs::write(&path, bytes).expect("a file");
    let statistics = wirelens::stats(path).gather().expect("statistics");
    let facts = statistics.sections.iter().flat_map(|section| &section.facts);
    let dropped: Vec<_> = facts.filter(|fact| fact.key == "dropped").map(|f| &f.value).collect();
    assert_eq!(dropped, [&Cell::Count(u64::MAX)]);
}
