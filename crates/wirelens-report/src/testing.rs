//! What tests of printers are made of: small protocols of their own, so that the snapshots show
//! the printer and do not change with the protocols that there are.

use std::sync::Arc;

use wirelens_dissect::prelude::*;
use wirelens_dissect::{Dissection, Input, Protocol, Registry, Session};

use crate::report::{CaptureInfo, Interface, Summary, Warning};
use crate::{Format, Head, Line, Options};

mod nobody {
    use super::*;
    protocol! {
        NOBODY = "data" "Data" "Data", Application;
        BYTES = bytes "data" "Data" payload;
    }

    fn dissect(p: &mut Packet<'_>) -> Step {
        p.rest(&BYTES)?;
        Ok(Next::Nothing)
    }
}

/// A link with addresses.
mod wire {
    use super::*;
    pub(super) static TYPE_TABLE: Table = Table::new("wire.type", "Wire type");
    protocol! {
        WIRE = "wire" "Wire" "The Wire", Link;
        @ LINK_TYPE 1;
        DST = mac "dst" "Destination" {
            DST_IG = flag "dst.ig" "IG bit" & 0x0100_0000_0000 detail span(0, 1);
        };
        SRC = mac "src" "Source";
        TYPE = hex "type" "Type" names(TYPES);
    }

    static TYPES: Names = &[(1, "Talk"), (2, "Greeting")];

    fn dissect(p: &mut Packet<'_>) -> Step {
        p.mac(&DST)?;
        p.mac(&SRC)?;
        Ok(Next::In(&TYPE_TABLE, p.u16(&TYPE)?.into()))
    }
}

/// A protocol with flags, options and problems.
pub(crate) mod talk {
    use super::*;
    protocol! {
        TALK = "talk" "Talk" "Talk Protocol", Transport;
        @ TYPE_TABLE 1;
        SRC = ipv4 "src" "Source Address" { SRC_ADDR = ipv4 "addr" "Address" alias; };
        DST = ipv4 "dst" "Destination Address" { DST_ADDR = ipv4 "addr" "Address" alias; };
        SRC_PORT = uint "srcport" "Source Port" names(PORTS);
        DST_PORT = uint "dstport" "Destination Port";
        FLAGS = hex "flags" "Flags" brief("") leads {
            KIND = uint "flags.kind" "Kind" & 0x30 names(KINDS) brief("kind ");
            ACK = flag "flags.ack" "Acknowledgement" & 0x02 brief(".");
            SYN = flag "flags.syn" "Synchronise" & 0x01 brief("S");
        };
        SEQ = uint "seq" "Sequence" brief("seq ");
        URGENT = uint "urgent" "Urgent" brief("urg ") unless_zero;
        OPTION = group "option" "Option" many {
            OPTION_KIND = uint "option.kind" "Kind" names(KINDS);
            OPTION_DATA = bytes "option.data" "Data";
        };
        NUMBER = uint "number" "Number" many names(KINDS);
        TEXT = text "text" "Text" brief("");
        BAD = problem "bad" "Number is too large";
    }

    static PORTS: Names = &[(443, "secure, \"really\"")];
    static KINDS: Names = &[(0, "none"), (1, "one")];

    fn dissect(p: &mut Packet<'_>) -> Step {
        let (from, to) = (p.ipv4(&SRC)?, p.ipv4(&DST)?);
        let ports = (p.u16(&SRC_PORT)?, p.u16(&DST_PORT)?);
        let flow = p.flow();
        (flow.source, flow.destination) = (from.into(), to.into());
        (flow.ports, flow.version) = (ports, 4);
        p.u8(&FLAGS)?;
        p.u32(&SEQ)?;
        p.u16(&URGENT)?;
        for _ in 0..p.peek_at(0)? & 3 {
            p.skip(1)?;
            p.group(&OPTION, |p| {
                p.u8(&OPTION_KIND)?;
                p.bytes(&OPTION_DATA, 2)?;
                Ok(())
            })?;
        }
        while p.peek_u8()? != 0 {
            if p.u8(&NUMBER)? > 0xf0 {
                p.problem_at(&BAD, p.at() - 1, 1);
            }
        }
        p.skip(1)?;
        let length = p.peek_u8()?.into();
        p.skip(1)?;
        p.text(&TEXT, length)?;
        Ok(Next::Data)
    }

    use super::wire::TYPE_TABLE;
}

/// A protocol without IP addresses, with values of every kind.
mod greeting {
    use super::*;
    protocol! {
        GREETING = "greeting" "Greeting" "Greeting Protocol", Application;
        @ TYPE_TABLE 2;
        INT = int "int" "Integer" brief("int ");
        FLOAT = float "float" "Fraction";
        NOT_A_NUMBER = float "nan" "No fraction";
        EUI = eui64 "eui" "Long address";
        ADDRESS = ipv6 "address" "Address" brief("from ");
        TIME = time "time" "Time";
        DURATION = duration "duration" "Duration";
        ANSWER = flag "answer" "Answer" brief("is an answer");
        INNER = group "inner" "Inner" own {
            NAME = text "inner.name" "Name" brief("by ");
        };
    }

    fn dissect(p: &mut Packet<'_>) -> Step {
        p.note(&INT, -5i64 as u64, 1);
        p.note(&FLOAT, 0.25f64.to_bits(), 1);
        p.note(&NOT_A_NUMBER, f64::NAN.to_bits(), 1);
        p.u64(&EUI)?;
        p.ipv6(&ADDRESS)?;
        p.note(&TIME, 1_511_106_545_471_719_000, 1);
        p.note(&DURATION, -1_500_000_000i64 as u64, 1);
        p.u8(&ANSWER)?;
        p.group(&INNER, |p| p.make_name())?;
        p.derive(Next::Data, |buffer| buffer.extend(b"derived"));
        Ok(Next::Nothing)
    }

    trait MakeName {
        fn make_name(&mut self) -> Read;
    }

    impl MakeName for Packet<'_> {
        fn make_name(&mut self) -> Read {
            let at = self.at();
            self.make_text(&NAME, at, 0, |text| text.extend(b"me.example"));
            Ok(())
        }
    }

    use super::wire::TYPE_TABLE;
}

pub(crate) fn registry() -> Arc<Registry> {
    let all: [&'static Protocol; 3] = [&wire::WIRE, &talk::TALK, &greeting::GREETING];
    Registry::new(&nobody::NOBODY, &all).shared()
}

/// A few frames: everything in order, hostile text and a problem, cut short, no IP, nobody's.
pub(crate) fn frames() -> Vec<(Vec<u8>, u32)> {
    let wire = |kind: u8| [&[2, 0, 0, 0, 0, 9, 2, 0, 0, 0, 0, 1, 0][..], &[kind]].concat();
    let talk =
        |rest: &[u8]| [&wire(1), &[192, 0, 2, 1, 192, 0, 2, 9, 1, 187, 195, 80][..], rest].concat();
    let good = talk(b"\x11\0\0\0\x07\0\0\x01\x01ab\x02\x01\0\x05helloYZ");
    let hostile =
        talk(b"\x02\xff\xff\xff\xff\0\x03\xf4\x01\0\x18<a,\"b\">&\x1b[31m\r\n\t\0\xff\xc2\x9b\xe2\x80\xae;");
    let cut = talk(b"\x01\0\0");
    let greeting =
        [&wire(2)[..], &[2, 0, 0, 0, 0, 0, 0, 1, 0x20, 1, 0xd, 0xb8], &[0; 11], &[1, 1]].concat();
    let nobody = [&wire(9)[..], b"?"].concat();
    [(good, 0), (hostile, 0), (cut, 40), (greeting, 0), (nobody, 0)]
        .into_iter()
        .map(|(bytes, cut)| (bytes.len() as u32 + cut, bytes))
        .map(|(length, bytes)| (bytes, length))
        .collect()
}

/// Calls `each` with every one of [`frames`].
pub(crate) fn each_frame(mut each: impl FnMut(&Head, &Dissection<'_>)) {
    let mut session = Session::new(registry());
    for (i, (bytes, length)) in frames().iter().enumerate() {
        let number = i as u64 + 1;
        let frame = session.dissect(Input {
            number,
            link_type: 1,
            captured: bytes,
            length: *length,
            ..Input::default()
        });
        let head = Head {
            number,
            time: (number != 5).then_some((1_511_106_545 + i as i64, 471_719_000 + i as u32)),
            length: *length,
            captured: bytes.len() as u32,
            since_first: i as i64 * 1_000_000_001,
            since_last: if i == 0 { 0 } else { 1_000_000_001 },
            interface: 0,
        };
        each(&head, &frame);
    }
}

pub(crate) fn capture() -> CaptureInfo {
    CaptureInfo {
        sources: vec!["a \"file\".pcap".to_owned()],
        format: "pcap".to_owned(),
        interfaces: vec![Interface {
            name: Some("eth0".to_owned()),
            link_type: 1,
            link_type_name: "EN10MB".to_owned(),
            snaplen: 65_535,
            ticks_per_second: 1_000_000,
        }],
        start: Some((1_511_106_545, 0)),
        engine: None,
    }
}

/// The whole report of [`frames`].
pub(crate) fn report(format: Format, options: Options) -> String {
    let mut report = format.report(options);
    let mut summary = Summary::default();
    let mut line = Line::new();
    let mut written = Vec::new();
    report.begin(&mut line, &capture());
    each_frame(|head, frame| {
        // What is drained is gone for good: nothing may look back at it.
        line.drain(&mut written).expect("memory takes everything");
        report.frame(&mut line, head, frame);
        summary.count(head, frame);
    });
    let text = "the record's length is impossible".to_owned();
    summary.warnings.push(Warning { text, offset: Some(4096) });
    report.finish(&mut line, &summary);
    line.drain(&mut written).expect("memory takes everything");
    String::from_utf8(written).expect("a report is text")
}
