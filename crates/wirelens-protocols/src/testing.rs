//! What the tests at the end of every protocol's file are made of.

use wirelens_dissect::{At, Detail, Dissection, Input, Next, Protocol, Session, Settings};
use wirelens_report::{Head, JsonWriter, Line, write_detail, write_layers};

/// Bytes from hexadecimal digits; anything else between them is passed over.
pub(crate) fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.bytes().filter(u8::is_ascii_hexdigit).collect();
    assert!(digits.len().is_multiple_of(2), "half a byte in {text}");
    let digit = |byte: u8| (byte as char).to_digit(16).unwrap_or(0) as u8;
    digits.chunks(2).map(|pair| digit(pair[0]) << 4 | digit(pair[1])).collect()
}

/// The tree of these bytes, dissected from `first` on.
pub(crate) fn tree(first: &'static Protocol, bytes: &[u8]) -> String {
    let mut session = Session::new(crate::shared());
    tree_in(&mut session, first, bytes)
}

/// The same in a session that has seen others, as the next frame.
pub(crate) fn tree_in(session: &mut Session, first: &'static Protocol, bytes: &[u8]) -> String {
    let frame = session.dissect_as(Next::To(first), input(bytes));
    let mut line = Line::new();
    write_layers(&mut line, &frame);
    String::from_utf8(line.written().to_vec()).expect("a tree is text")
}

/// The tree of a frame of a link type.
pub(crate) fn tree_of_link(link_type: u32, bytes: &[u8]) -> String {
    let mut session = Session::new(crate::shared());
    let frame = session.dissect(Input { link_type, ..input(bytes) });
    let mut line = Line::new();
    write_layers(&mut line, &frame);
    String::from_utf8(line.written().to_vec()).expect("a tree is text")
}

/// A session in which every frame stands for itself.
pub(crate) fn without_reassembly() -> Session {
    Session::with(crate::shared(), Settings { reassemble: false, ..Settings::default() })
}

/// The frame as JSON, for tests of single values.
pub(crate) fn json(first: &'static Protocol, bytes: &[u8]) -> String {
    let mut session = Session::new(crate::shared());
    let frame = session.dissect_as(Next::To(first), input(bytes));
    let mut line = Line::new();
    JsonWriter::default().frame(&mut line, &Head::default(), &frame);
    String::from_utf8(line.written().to_vec()).expect("JSON is text")
}

/// Dissects every prefix of the bytes, once as if that were all and once as if the rest had not
/// been captured, and every version with one byte changed. None may panic; none may have a key
/// twice in JSON; headers that are gone past in outline must be what the walk says.
pub(crate) fn every_prefix(first: &'static Protocol, bytes: &[u8]) {
    let mut session = Session::new(crate::shared());
    let mut line = Line::new();
    let mut writer = JsonWriter::default();
    let mut outlines = Outlines::new(first);
    let mut look = |bytes: &[u8], length: usize| {
        outlines.compare(Input { length: length as u32, ..input(bytes) });
        let frame =
            session.dissect_as(Next::To(first), Input { length: length as u32, ..input(bytes) });
        line.clear();
        write_layers(&mut line, &frame);
        line.clear();
        writer.frame(&mut line, &Head::default(), &frame);
        serde_json::from_slice::<NoKeyTwice>(line.written())
            .expect("valid JSON without a key twice");
        line.clear();
        write_detail(&mut line, &Head::default(), &frame);
        serde_json::from_slice::<serde::de::IgnoredAny>(line.written()).expect("valid JSON");
    };
    for end in 0..=bytes.len() {
        look(&bytes[..end], end);
        look(&bytes[..end], bytes.len());
    }
    let mut changed = bytes.to_vec();
    for at in 0..bytes.len() {
        for byte in [0, 1, 0x7f, 0x80, 0xff, bytes[at] ^ 1, bytes[at].wrapping_add(1)] {
            changed[at] = byte;
            look(&changed, bytes.len());
        }
        changed[at] = bytes[at];
    }
}

/// Two sessions that want no more than headers up to transports, one of which asks outlines first.
struct Outlines {
    first: Next,
    outlined: Session,
    walked: Session,
}

impl Outlines {
    fn new(first: &'static Protocol) -> Outlines {
        let number = first.found_at.iter().find_map(|at| match *at {
            At::Number(table, number) => Some(Next::In(table, number)),
            At::Content(..) => None,
        });
        let outlined = Settings {
            detail: Detail::Headers,
            nothing_else: true,
            reassemble: false,
            ..Settings::default()
        };
        // Who verifies checksums walks.
        let walked = Settings { checksums: true, ..outlined.clone() };
        Outlines {
            first: number.unwrap_or(Next::To(first)),
            outlined: Session::with(crate::shared(), outlined),
            walked: Session::with(crate::shared(), walked),
        }
    }

    fn compare(&mut self, input: Input<'_>) {
        let outlined = outline(&self.outlined.dissect_as(self.first, input));
        let walked = outline(&self.walked.dissect_as(self.first, input));
        assert_eq!(outlined, walked, "of {:?}", self.first);
    }
}

/// Layers, where they begin and end, and the flow.
fn outline(frame: &Dissection<'_>) -> String {
    let mut all = format!("{:?}", frame.flow());
    for layer in frame.layers() {
        let (start, end, declared) = (layer.start, layer.end, layer.declared);
        let header = layer.length;
        all += &format!(" {}@{start}+{header}..{end}/{declared}", layer.protocol.name);
    }
    all
}

/// What one side of a TCP connection says at a sequence number, in an IPv4 packet: the server is
/// the side with the lower port.
pub(crate) fn segment(ports: (u16, u16), at: u32, text: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0x45, 0];
    bytes.extend((40 + text.len() as u16).to_be_bytes());
    bytes.extend([0, 1, 0, 0, 64, 6, 0, 0]);
    let (client, server) = ([192, 0, 2, 10], [192, 0, 2, 20]);
    bytes.extend([client, server].as_flattened());
    if ports.0 < ports.1 {
        bytes[12..20].rotate_left(4);
    }
    bytes.extend(ports.0.to_be_bytes());
    bytes.extend(ports.1.to_be_bytes());
    bytes.extend(at.to_be_bytes());
    bytes.extend([0, 0, 0, 1, 0x50, 0x18, 0xff, 0xff, 0, 0, 0, 0]);
    bytes.extend(text);
    bytes
}

/// Is what a server says behind these turns taken for TLS? It is a record that nobody would recognise.
/// Of each turn: whether it is the server's, and the text.
pub(crate) fn tls_follows(port: u16, turns: &[(bool, &[u8])]) -> bool {
    let mut session = Session::new(crate::shared());
    let (mut client, mut server) = (1, 1);
    let mut say = |of_server: bool, text: &[u8]| {
        let (ports, at) = match of_server {
            true => ((port, 50000), &mut server),
            false => ((50000, port), &mut client),
        };
        let bytes = segment(ports, *at, text);
        *at += text.len() as u32;
        tree_in(&mut session, &crate::network::ipv4::IP, &bytes)
    };
    for (of_server, text) in turns {
        say(*of_server, text);
    }
    say(true, &hex("16 0303 0004 a1b2c3d4")).contains("Transport Layer Security")
}

/// JSON of any shape in which no object has a key twice.
struct NoKeyTwice;

impl<'de> serde::Deserialize<'de> for NoKeyTwice {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NoKeyTwice)
    }
}

impl<'de> serde::de::Visitor<'de> for NoKeyTwice {
    type Value = NoKeyTwice;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("JSON")
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_str<E>(self, _: &str) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_unit<E>(self) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut all: A) -> Result<Self, A::Error> {
        while all.next_element::<NoKeyTwice>()?.is_some() {}
        Ok(self)
    }

    fn visit_map<A: serde::de::MapAccess<'de>>(self, mut all: A) -> Result<Self, A::Error> {
        let mut seen = std::collections::HashSet::new();
        while let Some((key, _)) = all.next_entry::<String, NoKeyTwice>()? {
            if seen.contains(&key) {
                return Err(serde::de::Error::custom(format!("the key {key} twice")));
            }
            seen.insert(key);
        }
        Ok(self)
    }
}

fn input(bytes: &[u8]) -> Input<'_> {
    Input { number: 1, captured: bytes, length: bytes.len() as u32, ..Input::default() }
}
