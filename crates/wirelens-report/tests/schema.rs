//! What the JSON writer writes is what the schema says, for every protocol there is.
//!
//! The schema leaves objects open; here they are closed, so that a key it does not know is an
//! error.

use std::collections::HashMap;

use serde_json::Value;
use wirelens_dissect::{Input, Session};
use wirelens_report::{
    CaptureInfo, Format, Head, Interface, JsonWriter, Line, Options, Selection, Summary, Warning,
    schema,
};

/// Ethernet, IPv4, TCP with options and a payload.
const TCP: &[u8] = &[
    2, 0, 0, 0, 0, 9, 2, 0, 0, 0, 0, 1, 8, 0, // Ethernet
    0x45, 0, 0, 50, 0x12, 0x34, 0x40, 0, 64, 6, 0, 0, 192, 0, 2, 1, 192, 0, 2, 9, // IP
    0xc0, 0, 0x1f, 0x40, 0, 0, 0, 1, 0, 0, 0, 2, 0x70, 0x18, 2, 0, 0, 0, 0, 0, // TCP
    2, 4, 5, 0xb4, 1, 3, 3, 7, b'h', b'i', // options, payload
];

/// Ethernet, IPv4 with an option, UDP, a DNS query.
const UDP: &[u8] = &[
    2, 0, 0, 0, 0, 9, 2, 0, 0, 0, 0, 1, 8, 0, // Ethernet
    0x46, 0, 0, 57, 0x12, 0x34, 0x40, 0, 64, 17, 0, 0, 192, 0, 2, 1, 192, 0, 2, 9, 1, 1, 1,
    0, // IP
    0xc0, 0, 0, 53, 0, 33, 0, 0, // UDP
    0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, // DNS
    7, b'e', b'x', b'a', b'm', b'p', b'l', b'e', 0, 0, 1, 0, 1,
];

/// Ethernet, ARP.
const ARP: &[u8] = &[
    255, 255, 255, 255, 255, 255, 2, 0, 0, 0, 0, 1, 8, 6, // Ethernet
    0, 1, 8, 0, 6, 4, 0, 1, 2, 0, 0, 0, 0, 1, 192, 0, 2, 1, 0, 0, 0, 0, 0, 0, 192, 0, 2,
    9, // ARP
];

/// Ethernet, IPv6, ICMPv6 with a neighbour solicitation.
const ICMP6: &[u8] = &[
    0x33, 0x33, 0xff, 0, 0, 9, 2, 0, 0, 0, 0, 1, 0x86, 0xdd, // Ethernet
    0x60, 0, 0, 0, 0, 32, 58, 255, 0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    1, // IPv6
    0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff, 0, 0, 9, // destination
    135, 0, 0, 0, 0, 0, 0, 0, 0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9, // ICMPv6
    1, 1, 2, 0, 0, 0, 0, 1, // option
];

/// Ethernet, a service tag, a customer tag, and nothing known inside.
const TAGS: &[u8] = &[
    2, 0, 0, 0, 0, 9, 2, 0, 0, 0, 0, 1, 0x88, 0xa8, // Ethernet
    0x60, 0x64, 0x81, 0, 0x20, 0xc8, 0x88, 0xb5, b'h', b'i', // tags
];

#[test]
fn frames_are_as_the_schema_says() {
    let mut schema = schema::frame(&wirelens_protocols::shared());
    close(&mut schema);
    let validator = jsonschema::draft202012::new(&schema).expect("a schema");
    let one = |layer| jsonschema::draft202012::new(layer).expect("a schema");
    let layers = schema["$defs"].as_object().expect("an object").iter();
    let layers: HashMap<_, _> = layers.map(|(name, layer)| (name.as_str(), one(layer))).collect();
    let mut session = Session::new(wirelens_protocols::shared());
    let mut writers = [
        JsonWriter::default(),
        JsonWriter::new(Options { payload: true, names: true, ..Options::default() }),
    ];
    let mut line = Line::new();
    let mut look = |bytes: &[u8], length: usize| {
        let input =
            Input { link_type: 1, captured: bytes, length: length as u32, ..Input::default() };
        let frame = session.dissect(input);
        for writer in &mut writers {
            line.clear();
            writer.frame(&mut line, &Head::default(), &frame);
            let json: Value = serde_json::from_slice(line.written()).expect("JSON");
            // The validator's own message would show every layer that this one is not.
            for layer in json["layers"].as_array().into_iter().flatten() {
                let name = layer["protocol"].as_str().expect("a name");
                let one = layers.get(name).expect("a schema of this protocol");
                if let Err(error) = one.validate(layer) {
                    panic!("{layer}: {error} at {}", error.instance_path());
                }
            }
            if let Err(error) = validator.validate(&json) {
                panic!("{json}: {error} at {}", error.instance_path());
            }
        }
    };
    for bytes in [TCP, UDP, ARP, ICMP6, TAGS] {
        for end in 0..=bytes.len() {
            look(&bytes[..end], end);
            look(&bytes[..end], bytes.len());
        }
        let mut changed = bytes.to_vec();
        for at in 0..bytes.len() {
            for byte in [0, 1, 0xff, bytes[at] ^ 1, bytes[at] ^ 0x80, bytes[at].wrapping_add(1)] {
                changed[at] = byte;
                look(&changed, bytes.len());
            }
            changed[at] = bytes[at];
        }
    }
}

#[test]
fn documents_are_as_the_schema_says() {
    let registry = wirelens_protocols::shared();
    let mut schema = schema::document(&registry);
    close(&mut schema);
    let validator = jsonschema::draft202012::new(&schema).expect("a schema");
    let fields = Selection::parse(&registry, "frame.number,frame.time,ip.src,tcp.flags").ok();
    for options in [Options::default(), Options { fields, ..Options::default() }] {
        let mut session = Session::new(registry.clone());
        let mut report = Format::Json.report(options);
        let mut line = Line::new();
        let capture = CaptureInfo {
            sources: vec!["-".to_owned()],
            interfaces: vec![Interface::default()],
            start: Some((0, 0)),
            engine: Some("another 1.0".to_owned()),
            ..CaptureInfo::default()
        };
        report.begin(&mut line, &capture);
        let mut summary = Summary::default();
        for bytes in [TCP, &UDP[..20]] {
            let head = Head { time: Some((1, 1)), ..Head::default() };
            let input = Input { link_type: 1, captured: bytes, length: 80, ..Input::default() };
            let frame = session.dissect(input);
            report.frame(&mut line, &head, &frame);
            summary.count(&head, &frame);
        }
        summary.warnings.push(Warning { text: "odd".to_owned(), offset: Some(1) });
        report.finish(&mut line, &summary);
        let json: Value = serde_json::from_slice(line.written()).expect("JSON");
        if let Err(error) = validator.validate(&json) {
            panic!("{json}: {error} at {}", error.instance_path());
        }
    }
}

/// No keys but those that are named.
fn close(schema: &mut Value) {
    match schema {
        Value::Object(all) => {
            all.values_mut().for_each(close);
            if all.get("properties").is_some_and(Value::is_object)
                && all.get("type").is_some_and(|kind| kind == "object")
            {
                all.insert("additionalProperties".to_owned(), false.into());
            }
        }
        Value::Array(all) => all.iter_mut().for_each(close),
        _ => {}
    }
}
