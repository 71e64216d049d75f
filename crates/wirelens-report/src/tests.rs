//! Every format over the same few frames.

use crate::testing::{each_frame, frames, registry, report};
use crate::{Format, Line, Options, Selection, TextOptions, TimeStyle, write_hex};

fn selection(names: &str) -> Option<Selection> {
    Some(Selection::parse(&registry(), names).expect("known fields"))
}

fn all() -> Options {
    Options { payload: true, names: true, ..Options::default() }
}

#[test]
fn json() {
    let json = report(Format::Json, Options::default());
    serde_json::from_str::<serde_json::Value>(&json).expect("JSON");
    insta::assert_snapshot!(json);
}

#[test]
fn ndjson_with_payload_and_names() {
    let ndjson = report(Format::Ndjson, all());
    for line in ndjson.lines() {
        serde_json::from_str::<serde_json::Value>(line).expect("JSON");
    }
    insta::assert_snapshot!(ndjson);
}

#[test]
fn chosen_fields_in_json() {
    let names = "frame.number,frame.time,frame.time_epoch,frame.protocols,talk.addr,talk.flags,\
                 talk.flags.syn,talk.option,talk.option.data,talk.bad,data.data,wire.dst.ig";
    let options = Options { fields: selection(names), ..Options::default() };
    insta::assert_snapshot!(report(Format::Ndjson, options));
}

#[test]
fn chosen_layers() {
    let layers = vec![registry().named("wire").expect("known")];
    let options = Options { layers, ..Options::default() };
    insta::assert_snapshot!(report(Format::Ndjson, options));
}

#[test]
fn detail() {
    insta::assert_snapshot!(report(Format::Detail, Options::default()));
}

#[test]
fn tree_with_bytes() {
    let options = Options { hex: true, ..Options::default() };
    insta::assert_snapshot!(report(Format::Tree, options));
}

#[test]
fn text() {
    insta::assert_snapshot!(report(Format::Text, Options::default()));
}

#[test]
fn text_in_other_styles() {
    let mut all = String::new();
    for time in [TimeStyle::Delta, TimeStyle::OfDay, TimeStyle::Absolute, TimeStyle::Epoch] {
        let text = TextOptions { time, colour: time == TimeStyle::Delta };
        let report = report(Format::Text, Options { text, ..Options::default() });
        all += &report.replace('\x1b', "ESC");
    }
    insta::assert_snapshot!(all);
}

#[test]
fn csv() {
    let names = "frame.number,talk.addr,talk.srcport,talk.flags.syn,talk.text,talk.number";
    let options = Options { fields: selection(names), ..Options::default() };
    let numbers = report(Format::Csv, options.clone());
    let names = report(Format::Csv, Options { names: true, ..options });
    insta::assert_snapshot!(format!("{numbers}{names}").replace('\r', "␍"));
}

#[test]
fn plist() {
    let plist = report(Format::Plist, all());
    insta::assert_snapshot!(plist);
}

#[test]
fn plist_reads_back_as_what_json_says() {
    let plist = report(Format::Plist, all());
    let plist = plist::Value::from_reader_xml(plist.as_bytes()).expect("a property list");
    let json = report(Format::Json, all());
    let json: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    same(&plist, &json, "");
}

/// The same document but for what XML cannot say.
fn same(plist: &plist::Value, json: &serde_json::Value, at: &str) {
    use serde_json::Value as J;
    match (plist, json) {
        (plist::Value::Dictionary(plist), J::Object(json)) => {
            let keys: std::collections::BTreeSet<_> = plist.keys().collect();
            assert_eq!(keys, json.keys().collect(), "{at}");
            for (key, value) in plist {
                same(value, &json[key], &format!("{at}.{key}"));
            }
        }
        (plist::Value::Array(plist), J::Array(json)) => {
            assert_eq!(plist.len(), json.len(), "{at}");
            for (plist, json) in plist.iter().zip(json) {
                same(plist, json, at);
            }
        }
        (plist::Value::Boolean(plist), J::Bool(json)) => assert_eq!(plist, json, "{at}"),
        (plist::Value::Integer(plist), J::Number(json)) => {
            assert_eq!(plist.to_string(), json.to_string(), "{at}");
        }
        (plist::Value::Real(plist), J::Number(json)) => {
            assert_eq!(Some(*plist), json.as_f64(), "{at}");
        }
        (plist::Value::Real(plist), J::Null) => assert!(plist.is_nan(), "{at}"),
        (plist::Value::String(plist), J::Null) => assert_eq!(plist, "", "{at}"),
        (plist::Value::String(plist), J::String(json)) => {
            let picture = |c: char| match c {
                '\t' | '\n' | '\r' => c,
                '\0'..' ' => char::from_u32(0x2400 + c as u32).expect("a picture"),
                c => c,
            };
            assert_eq!(plist, &json.chars().map(picture).collect::<String>(), "{at}");
        }
        (plist, json) => panic!("{at}: {plist:?} is not {json}"),
    }
}

#[test]
fn one_document_for_each_frame() {
    let mut all = String::new();
    for format in [Format::Json, Format::Plist, Format::Csv, Format::Text] {
        let mut report = format.report(Options::default());
        let mut line = Line::new();
        report.capture_alone(&mut line, &crate::testing::capture());
        line.add(b"--\n");
        each_frame(|head, frame| {
            if head.number == 5 {
                report.frame_alone(&mut line, head, frame);
            }
        });
        all += std::str::from_utf8(line.written()).expect("text");
    }
    insta::assert_snapshot!(all.replace('\r', "␍"));
}

#[test]
fn a_document_is_valid_without_a_frame() {
    for format in Format::ALL {
        let mut report = format.report(Options::default());
        let mut line = Line::new();
        report.begin(&mut line, &Default::default());
        report.finish(&mut line, &Default::default());
        match format {
            Format::Json => {
                serde_json::from_slice::<serde_json::Value>(line.written()).expect("JSON");
            }
            Format::Plist => {
                plist::Value::from_reader_xml(line.written()).expect("a property list");
            }
            _ => {}
        }
    }
}

#[test]
fn nothing_reaches_a_terminal_unescaped() {
    for format in Format::ALL {
        let all = Options { hex: true, ..all() };
        for fields in [None, selection("talk.text,greeting.inner.name")] {
            let written = report(format, Options { fields, ..all.clone() });
            let bad = |c: &char| crate::escape::is_unseen(*c) && !matches!(c, '\n' | '\r' | '\t');
            assert_eq!(written.chars().find(bad), None, "{format}");
        }
    }
}

#[test]
fn an_unknown_field_is_answered_with_others() {
    let error = Selection::parse(&registry(), "frame.number, talk.portt").expect_err("unknown");
    assert_eq!(error.to_string(), "there is no field \"talk.portt\"");
    let error = Selection::parse(&registry(), "tolk.srcport").expect_err("unknown");
    assert_eq!(error.to_string(), "there is no field \"tolk.srcport\"; there are talk.srcport");
}

#[test]
fn chosen_fields_know_their_protocols() {
    let registry = registry();
    let fields = selection("talk.flags.syn,frame.number").expect("there");
    let names: Vec<_> = fields.protocols(&registry).iter().map(|p| p.name).collect();
    assert_eq!(names, ["talk"]);
}

#[test]
fn some_fields_need_all_layers() {
    for (fields, needed) in [
        ("talk.flags.syn,frame.number,frame.source", false),
        ("talk.srcport,frame.protocols", true),
        ("talk.srcport,frame.too_deep", true),
    ] {
        assert_eq!(selection(fields).expect("there").needs_all_layers(), needed, "{fields}");
    }
}

#[test]
fn formats_have_names() {
    for format in Format::ALL {
        assert_eq!(format.name().parse(), Ok(format));
    }
    assert!("xml".parse::<Format>().is_err());
}

#[test]
fn tables() {
    let registry = registry();
    let fields: Vec<_> = crate::tables::fields_json(&registry, "talk.flags")
        .as_array()
        .expect("an array")
        .iter()
        .map(ToString::to_string)
        .collect();
    insta::assert_snapshot!(format!(
        "{}\n{:#}\n\n{}\n{}\n",
        crate::tables::protocols_text(&registry),
        crate::tables::protocols_json(&registry),
        crate::tables::fields_text(&registry, "talk."),
        fields.join("\n"),
    ));
}

#[test]
fn bytes_in_rows() {
    let mut line = Line::new();
    let bytes: Vec<u8> = frames().into_iter().flat_map(|(bytes, _)| bytes).collect();
    write_hex(&mut line, &bytes[..40]);
    write_hex(&mut line, &[]);
    insta::assert_snapshot!(std::str::from_utf8(line.written()).expect("text"));
}
