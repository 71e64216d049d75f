//! The engine with toy protocols: what a walk can ask for, and what bounds it.

use wirelens_dissect::prelude::*;
use wirelens_dissect::{Detail, Input, Kind, Level, Limits, Registry, Session, Settings, Value};

mod outer {
    //! A length byte, a kind byte, then the payload; what is behind the length is a trailer.
    use super::*;

    pub(crate) static KIND_TABLE: Table = Table::new("outer.kind", "Kind");

    protocol! {
        OUTER = "outer" "Outer" "The outer protocol", Link, trailer(trailer);
        @ LINK_TYPE 1 | 70000;
        LENGTH = uint "length" "Length";
        KIND = hex "kind" "Kind" {
            HIGH = uint "kind.high" "High" & 0xf0;
            LOW = uint "kind.low" "Low" & 0x0f;
            ANY = hex "any" "Any" alias;
        };
        TRAILER = bytes "trailer" "Trailer";
        BAD = problem "bad" "Length is zero";
    }

    fn dissect(p: &mut Packet<'_>) -> Step {
        let length = p.u8(&LENGTH)?;
        let kind = p.u8(&KIND)?;
        if length == 0 {
            return Err(p.malformed(&BAD));
        }
        p.passes_on(length.into());
        Ok(Next::In(&KIND_TABLE, kind.into()))
    }

    fn trailer(p: &mut Packet<'_>) -> Step {
        p.rest(&TRAILER)?;
        Ok(Next::Nothing)
    }
}

mod items {
    //! Items of a byte each, several of them.
    use super::outer::KIND_TABLE;
    use super::*;

    protocol! {
        ITEMS = "items" "Items" "Items", Application;
        @ KIND_TABLE 0x11;
        ITEM = group "item" "Item" many {
            NUMBER = uint "item.number" "Number";
        };
    }

    fn dissect(p: &mut Packet<'_>) -> Step {
        while p.left() > 0 {
            p.group(&ITEM, |p| p.u8(&NUMBER))?;
        }
        Ok(Next::Nothing)
    }
}

mod decoded {
    //! Bytes that are dissected again with every bit turned.
    use super::outer::KIND_TABLE;
    use super::*;

    protocol! {
        DECODED = "decoded" "Decoded" "Decoded", Network;
        @ KIND_TABLE 0x22;
        RAW = bytes "raw" "Raw";
    }

    fn dissect(p: &mut Packet<'_>) -> Step {
        let bytes = p.rest(&RAW)?;
        p.derive(Next::In(&KIND_TABLE, 0x11), |out| out.extend(bytes.iter().map(|b| !b)));
        Ok(Next::Nothing)
    }
}

mod endless {
    //! A protocol that holds itself.
    use super::outer::KIND_TABLE;
    use super::*;

    protocol! {
        ENDLESS = "endless" "Endless" "Endless", Network;
        @ KIND_TABLE 0x33;
        NUMBER = uint "number" "Number";
    }

    fn dissect(p: &mut Packet<'_>) -> Step {
        p.u8(&NUMBER)?;
        Ok(Next::Again)
    }
}

mod data {
    use super::*;

    protocol! {
        DATA = "data" "Data" "Data", Application;
        BYTES = bytes "data" "Data" payload;
    }

    fn dissect(p: &mut Packet<'_>) -> Step {
        p.rest(&BYTES)?;
        Ok(Next::Nothing)
    }
}

fn session(settings: Settings) -> Session {
    let all = [&outer::OUTER, &items::ITEMS, &decoded::DECODED, &endless::ENDLESS];
    Session::with(Registry::new(&data::DATA, &all).shared(), settings)
}

fn input(captured: &[u8]) -> Input<'_> {
    Input { number: 1, link_type: 1, captured, length: captured.len() as u32, ..Input::default() }
}

fn names(session: &mut Session, bytes: &[u8]) -> Vec<&'static str> {
    session.dissect(input(bytes)).layers().iter().map(|layer| layer.protocol.name).collect()
}

#[test]
fn what_is_behind_the_length_is_a_trailer_of_the_layer_outside() {
    let mut session = session(Settings::default());
    let frame = session.dissect(input(&[2, 0x11, 7, 8, 0xaa, 0xbb]));
    let [outer, items] = frame.layers() else { panic!("two layers: {frame:?}") };
    let [_, trailer] = frame.nodes(outer);
    assert_eq!(frame.bytes(&trailer[0]), [0xaa, 0xbb]);
    assert_eq!(frame.payload(items), []);
    assert_eq!(frame.header(items), [7, 8]);
    assert_eq!(frame.nodes(items)[0].len(), 4);
}

#[test]
fn views_are_found_without_nodes() {
    let mut session = session(Settings::default());
    let registry = session.registry().clone();
    let frame = session.dissect(input(&[1, 0x5a, 9]));
    let mut found = Vec::new();
    for name in ["outer.kind.high", "outer.kind.low", "outer.any", "outer.kind"] {
        frame.find(registry.fields(name), &mut |_, node| found.push(frame.value(&node)));
    }
    assert_eq!(found, [5, 0xa, 0x5a, 0x5a].map(Value::Uint));
}

#[test]
fn a_derived_buffer_is_a_layer_like_others() {
    let mut session = session(Settings::default());
    let frame = session.dissect(input(&[2, 0x22, 0xfe, 0xfd]));
    let items = frame.layers().last().expect("items");
    assert_eq!((items.protocol.name, items.buffer), ("items", 1));
    assert_eq!(frame.buffer(1), [1, 2]);
    assert_eq!(frame.nodes(items)[0][1].value, 1);
}

#[test]
fn a_link_type_beyond_the_dense_table_is_found() {
    let mut session = session(Settings::default());
    let frame = session.dissect(Input { link_type: 70000, ..input(&[1, 0x11, 7]) });
    assert_eq!(frame.layers()[0].protocol.name, "outer");
    let frame = session.dissect(Input { link_type: 70001, ..input(&[1, 0x11, 7]) });
    assert_eq!(frame.layers()[0].protocol.name, "data");
}

#[test]
fn what_nobody_claims_is_data() {
    let mut session = session(Settings::default());
    assert_eq!(names(&mut session, &[1, 0x99, 7]), ["outer", "data"]);
}

#[test]
fn dissection_stops_behind_a_level_or_a_protocol() {
    let until = |until| Settings { until, ..Settings::default() };
    assert_eq!(names(&mut session(until(Some(Level::Link))), &[1, 0x11, 7]), ["outer", "data"]);
    assert_eq!(names(&mut session(until(None)), &[1, 0x11, 7]), ["outer", "items"]);
    let stop = Settings { stop_after: vec![&outer::OUTER], ..Settings::default() };
    assert_eq!(names(&mut session(stop), &[1, 0x11, 7]), ["outer", "data"]);
}

#[test]
fn only_wanted_protocols_leave_nodes() {
    let wanted = Settings { wanted: vec![&items::ITEMS], ..Settings::default() };
    let mut session = session(wanted);
    let frame = session.dissect(input(&[1, 0x11, 7]));
    assert_eq!(frame.layers().len(), 2);
    assert_eq!(frame.node_count(), 2);
}

#[test]
fn headers_mode_leaves_layers_and_problems_only() {
    let headers = Settings { detail: Detail::Headers, ..Settings::default() };
    let mut session = session(headers);
    let frame = session.dissect(input(&[1, 0x11, 7]));
    assert_eq!((frame.layers().len(), frame.node_count()), (2, 0));
    let frame = session.dissect(input(&[0, 0x11, 7]));
    assert_eq!((frame.layers().len(), frame.node_count(), frame.problems()), (1, 1, 1));
    assert!(frame.is_malformed());
}

#[test]
fn a_cut_frame_is_short_and_a_contradictory_one_malformed() {
    let mut session = session(Settings::default());
    let cut = Input { length: 9, ..input(&[1]) };
    let frame = session.dissect(cut);
    assert!(frame.stop().is_some() && !frame.is_malformed());
    let frame = session.dissect(input(&[1]));
    assert!(frame.is_malformed());
    assert_eq!(frame.node_count(), 1, "what was read stays");
}

/// The names of the problems, which must be as many as were counted and lie in layers.
fn problems(frame: &wirelens_dissect::Dissection<'_>) -> Vec<&'static str> {
    let nodes = frame.layers().iter().flat_map(|layer| frame.nodes(layer)).flatten();
    let rows = nodes.map(|node| node.field).filter(|row| row.kind == Kind::Problem);
    let names: Vec<_> = rows.map(|row| row.name).collect();
    assert_eq!(names.len(), frame.problems() as usize);
    names
}

#[test]
fn layers_and_nodes_are_bounded() {
    let limits = Limits { layers: 10, nodes: 300, ..Limits::default() };
    let mut session = session(Settings { limits, ..Settings::default() });
    let frame = [&[255, 0x33][..], &[0; 255]].concat();
    let frame = session.dissect(input(&frame));
    assert_eq!(frame.layers().len(), 10);
    assert_eq!(problems(&frame), ["frame.too_deep"]);
    let frame = [&[255, 0x11][..], &[0; 255]].concat();
    let frame = session.dissect(input(&frame));
    assert_eq!(frame.node_count(), 300 + 1, "that it was reached comes on top");
    assert_eq!(problems(&frame), ["frame.too_many_fields"]);
    assert_eq!(frame.layers().len(), 2, "the walk goes on without recording");
    let frame = [&[255, 0x11][..], &[0; 255]].concat();
    assert_eq!(session.dissect(input(&frame)).node_count(), 301, "however often");
    // The next frame is recorded again.
    assert_eq!(session.dissect(input(&[1, 0x11, 7])).node_count(), 4);
}

#[test]
fn a_kept_dissection_is_the_same() {
    let mut session = session(Settings::default());
    let kept = session.dissect(input(&[2, 0x22, 0xfe, 0xfd])).keep();
    session.dissect(input(&[]));
    let frame = kept.lend();
    assert_eq!(frame.layers().len(), 3);
    assert_eq!(frame.buffer(1), [1, 2]);
}

#[test]
fn a_protocol_registered_later_takes_its_numbers() {
    mod other {
        use super::*;

        protocol! {
            OTHER = "other" "Other" "Another one", Link;
            @ LINK_TYPE 1;
            ALL = bytes "all" "All";
        }

        fn dissect(p: &mut Packet<'_>) -> Step {
            p.rest(&ALL)?;
            Ok(Next::Nothing)
        }
    }
    let registry = Registry::new(&data::DATA, &[&outer::OUTER]).with(&other::OTHER);
    assert_eq!(registry.named("Another one").map(|p| p.name), Some("other"));
    let mut session = Session::new(registry.shared());
    assert_eq!(names(&mut session, &[1, 2, 3]), ["other"]);
}

#[test]
fn an_empty_frame_has_its_first_layer() {
    let mut session = session(Settings::default());
    let frame = session.dissect(input(&[]));
    assert_eq!(frame.layers().len(), 1);
    assert!(frame.stop().is_some());
}

mod dialogue {
    //! Two ports, a word, and what it means for other conversations.
    use super::*;
    use wirelens_dissect::End;

    pub(crate) static PORT_TABLE: Table = Table::new("dialogue.port", "Port");

    protocol! {
        CARRIER = "carrier" "Carrier" "Ports", Transport;
        @ LINK_TYPE 2;
        FROM = uint "from" "From";
        TO = uint "to" "To";
    }

    fn dissect(p: &mut Packet<'_>) -> Step {
        let (from, to) = (p.u16(&FROM)?, p.u16(&TO)?);
        let flow = p.flow();
        (flow.ports, flow.protocol, flow.version) = ((from, to), 17, 4);
        (flow.source, flow.destination) = (from.into(), to.into());
        Ok(Next::Ports(&PORT_TABLE, from, to))
    }

    pub(crate) mod talk {
        //! `opens` and a port: 9 comes there. `becomes`: 9 comes from now on.
        use super::*;

        protocol! {
            TALK = "talk" "Talk" "Talk", Application;
            @ PORT_TABLE 21;
            WORD = uint "word" "Word";
            PORT = uint "port" "Port";
        }

        fn dissect(p: &mut Packet<'_>) -> Step {
            match p.u8(&WORD)? {
                1 => {
                    let port = p.u16(&PORT)?;
                    let end = End { transport: 17, address: port.into(), port };
                    p.expect_with(end, &super::nine::NINE, 40_u32);
                }
                2 => p.goes_on_as(&super::nine::NINE),
                _ => {}
            }
            Ok(Next::Nothing)
        }
    }

    pub(crate) mod nine {
        //! Counts its frames from what it was told.
        use super::*;

        protocol! {
            NINE = "nine" "Nine" "Nine", Application;
            @ PORT_TABLE 22;
            COUNT = uint "count" "Count";
        }

        fn dissect(p: &mut Packet<'_>) -> Step {
            let count = match p.conversation::<u32>() {
                Some((count, _)) => {
                    *count += 1;
                    u64::from(*count)
                }
                None => 0,
            };
            let left = p.left();
            p.number(&COUNT, count, left)?;
            Ok(Next::Nothing)
        }
    }

    pub(crate) fn registry() -> Registry {
        Registry::new(&data::DATA, &[&CARRIER, &talk::TALK, &nine::NINE])
    }
}

/// The last layer between two ports, and its number.
fn between(session: &mut Session, from: u16, to: u16, bytes: &[u8]) -> (&'static str, Option<u64>) {
    let captured = [&from.to_be_bytes(), &to.to_be_bytes(), bytes].concat();
    let frame = session.dissect(Input { link_type: 2, ..input(&captured) });
    let Some(last) = frame.layers().last() else { return ("", None) };
    let mut nodes = frame.nodes(last).into_iter().flatten();
    let count = nodes.find(|node| node.field.name == "nine.count");
    (last.protocol.name, count.map(|node| node.value))
}

#[test]
fn a_port_agreed_on_in_one_dialogue_opens_another() {
    let mut session = Session::new(dialogue::registry().shared());
    assert_eq!(between(&mut session, 5, 5000, b"x"), ("data", None));
    assert_eq!(between(&mut session, 5, 21, &[1, 0x13, 0x88]), ("talk", None));
    assert_eq!(between(&mut session, 5, 5000, b"x"), ("nine", Some(41)), "it knows from the start");
    assert_eq!(between(&mut session, 5000, 5, b"x"), ("nine", Some(42)), "the way back");
    assert_eq!(between(&mut session, 6, 5000, b"x"), ("data", None), "it was met");
    assert_eq!(between(&mut session, 5, 21, b"\0"), ("talk", None));
}

#[test]
fn a_conversation_goes_on_as_another_protocol() {
    let mut session = Session::new(dialogue::registry().shared());
    assert_eq!(between(&mut session, 5, 21, &[2]), ("talk", None));
    assert_eq!(between(&mut session, 21, 5, b"\0").0, "nine");
    assert_eq!(between(&mut session, 6, 21, b"\0").0, "talk", "another conversation");
    let settings = Settings { stateful: false, ..Settings::default() };
    let mut session = Session::with(dialogue::registry().shared(), settings);
    between(&mut session, 5, 21, &[2]);
    between(&mut session, 5, 21, &[1, 0x13, 0x88]);
    assert_eq!(between(&mut session, 21, 5, b"\0").0, "talk", "without state");
    assert_eq!(between(&mut session, 5, 5000, b"x").0, "data", "without state");
}

#[test]
fn what_the_user_chooses_counts_before_what_is_usual() {
    let nine = &dialogue::nine::NINE;
    let table = dialogue::registry().table("Dialogue.Port").expect("the table of the ports");
    let registry = dialogue::registry().with_choice(table, 8888, nine);
    let mut session = Session::new(registry.shared());
    assert_eq!(between(&mut session, 8888, 5, b"\0").0, "nine");
    assert_eq!(between(&mut session, 21, 8888, b"\0").0, "nine", "although 21 is lower");
    let mut session = Session::new(dialogue::registry().without(nine).shared());
    assert_eq!(between(&mut session, 5, 22, b"\0").0, "data");
    between(&mut session, 5, 21, &[2]);
    assert_eq!(between(&mut session, 5, 21, b"\0").0, "talk", "it cannot become what is off");
}
