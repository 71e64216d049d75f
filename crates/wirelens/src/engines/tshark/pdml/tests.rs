use std::io::{BufReader, Read};

use super::*;

const HEAD: &str = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<!-- made -->\n\
    <pdml version=\"0\" creator=\"wireshark/4.0.17\" capture_file=\"-\">\n";

const PACKET: &str = r#"<packet>
  <proto name="geninfo" pos="0" showname="General information" size="54">
    <field name="num" pos="0" show="7" showname="Number" value="7" size="54"/>
  </proto>
  <proto name="ip" showname="Internet Protocol" size="20" pos="14">
    <field name="ip.flags" showname="Flags" size="1" pos="20" show="0x40" value="2" unmaskedvalue="40">
      <field name="ip.flags.df" showname="Don&#x27;t fragment" size="1" pos="20" show="1" value="1" unmaskedvalue="40"/>
    </field>
    <field name="ip.addr" hide="yes" size="4" pos="26" show="127.0.0.1" value="7f000001"/>
    <field name="" show="a &lt; b" size="0" pos="34"/>
  </proto>
</packet>
"#;

fn all(text: &[u8]) -> (Vec<PdmlFrame>, Result<bool, PdmlError>) {
    // A byte at a time, so that every place is one where a read ends.
    let mut reader = PdmlReader::new(BufReader::with_capacity(1, text));
    let (mut frames, mut frame) = (Vec::new(), PdmlFrame::default());
    loop {
        match reader.read(&mut frame) {
            Ok(true) => frames.push(frame.clone()),
            end => return (frames, end),
        }
    }
}

#[test]
fn elements_have_their_names_places_and_values() {
    let text = format!("{HEAD}{PACKET}\n\n</pdml>\n");
    let (frames, end) = all(text.as_bytes());
    assert!(matches!(end, Ok(false)));
    let [frame] = &frames[..] else { panic!("{} frames", frames.len()) };
    assert_eq!(frame.number(), Some(7));
    let names: Vec<&str> = frame.protocols().map(|protocol| protocol.name()).collect();
    assert_eq!(names, ["geninfo", "ip"]);
    let ip = frame.find("ip").expect("a protocol");
    assert!(ip.is_protocol());
    assert_eq!((ip.position(), ip.size(), ip.inside()), (14, 20, 4));
    let [flags, address, text] = ip.children().collect::<Vec<_>>()[..] else { panic!("{ip:?}") };
    assert_eq!((flags.show(), flags.value()), (Some("0x40"), Some("2")));
    assert_eq!(flags.unmasked_value(), Some("40"));
    let inside: Vec<_> = flags.children().map(|field| field.showname()).collect();
    assert_eq!(inside, [Some("Don't fragment")]);
    assert!(address.is_hidden() && !flags.is_hidden());
    assert_eq!((text.name(), text.show(), text.value()), ("", Some("a < b"), None));
}

#[test]
fn the_writer_is_known_with_the_first_frame() {
    let text = format!("{HEAD}{PACKET}</pdml>\n");
    let mut reader = PdmlReader::new(text.as_bytes());
    assert!(reader.read(&mut PdmlFrame::default()).expect("a frame"));
    assert_eq!(reader.creator(), "wireshark/4.0.17");
}

#[test]
fn what_is_no_xml_is_read() {
    let odd = b"<packet>\n<proto name=\"x\">\n<field name=\"x.a\" show=\"\x01\x1b[2J\xff&#x1;&#x110000;&nope;\">\n</proto>\n</packet>\n";
    let text = [HEAD.as_bytes(), odd, PACKET.as_bytes(), b"</pdml>\n"].concat();
    let (frames, end) = all(&text);
    assert!(matches!(end, Ok(false)), "{end:?}");
    assert_eq!(frames.len(), 2);
    let show = frames[0].find("x.a").and_then(|field| field.show()).expect("a text");
    assert!(show.starts_with("\u{1}\u{1b}[2J\u{fffd}"), "{show:?}");
    assert_eq!(frames[1].number(), Some(7));
}

#[test]
fn a_cut_is_told_behind_whole_frames() {
    let text = format!("{HEAD}{PACKET}{PACKET}</pdml>\n");
    let whole = |upto: usize| text[..upto].matches("</packet>").count();
    for cut in 0..text.len() - "</pdml>\n".len() {
        let (frames, end) = all(&text.as_bytes()[..cut]);
        assert!(matches!(end, Err(PdmlError::Cut | PdmlError::Malformed(_))), "{cut}: {end:?}");
        assert_eq!(frames.len(), whole(cut), "{cut}");
    }
}

#[test]
fn something_else_is_refused() {
    let (frames, end) = all(b"{\"json\": 1}\n");
    assert!(frames.is_empty());
    let Err(PdmlError::Malformed(what)) = end else { panic!("{end:?}") };
    assert_eq!(what, r#""{\"json\": 1}" is no PDML"#);
}

#[test]
fn a_frame_without_end_does_not_fill_memory() {
    let endless = HEAD.as_bytes().chain(&b"<packet>\n"[..]).chain(std::io::repeat(b'x'));
    let mut reader = PdmlReader::new(BufReader::with_capacity(1 << 20, endless));
    let end = reader.read(&mut PdmlFrame::default());
    assert!(matches!(end, Err(PdmlError::TooLong)), "{end:?}");
}

#[test]
fn elements_too_deep_are_left_out() {
    let depth = 100_000;
    let open = "<field name=\"x\">\n".repeat(depth);
    let close = "</field>\n".repeat(depth);
    let text = format!("{HEAD}<packet>\n{open}{close}<proto name=\"y\"/>\n</packet>\n</pdml>\n");
    let (frames, end) = all(text.as_bytes());
    assert!(matches!(end, Ok(false)), "{end:?}");
    let frame = &frames[0];
    assert_eq!(frame.elements().count(), DEEPEST + 1);
    assert_eq!(frame.protocols().map(|element| element.name()).collect::<Vec<_>>(), ["x", "y"]);
}
