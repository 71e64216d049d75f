//! `analyse`.

use crate::helper::*;

const REQUEST: &[u8] = b"GET /a HTTP/1.1\r\nHost: example.com\r\n\r\n";

#[test]
fn bytes_are_known_by_their_content() {
    let tree = String::from_utf8(run_fed("analyse", REQUEST).quietly()).expect("text");
    assert!(tree.contains("Method: GET") && tree.contains("Host: example.com"), "{tree}");
    let found = json(&run_fed("analyse -f json -", REQUEST).quietly());
    assert_eq!((&found["protocols"], &found["length"]), (&"http".into(), &REQUEST.len().into()));
}

#[test]
fn or_by_name() {
    let folder = folder();
    let file = folder.path().join("datagram.bin");
    std::fs::write(&file, [0x12, 0x34, 0xfe, 0xdc, 0, 10, 0, 0, 1, 2]).expect("room");
    let found = json(&run_with("analyse -P udp -f json", &[&file]).quietly());
    assert_eq!(found["protocols"], "udp:data");
    let tree = String::from_utf8(run_with("analyse -P udp -x", &[&file]).quietly()).expect("text");
    assert!(tree.contains("12 34 fe dc"), "{tree}");
}

#[test]
fn what_nobody_knows_is_said() {
    let ran = run_fed("analyse", b"\0\0\0");
    assert_eq!((ran.code, ran.out.as_slice()), (Some(1), &b""[..]));
    assert!(ran.err.contains("no protocol recognises these 3 bytes"), "{}", ran.err);
    assert_eq!(run_fed("analyse", b"").code, Some(1));
    assert!(run_fed("analyse -P htttp", b"").refused().contains("did you mean 'http'?"));
    assert!(run_fed("analyse -f xml", b"").refused().contains("unknown format 'xml'"));
    assert!(run("analyse nowhere.bin").refused().contains("nowhere.bin: cannot be read"));
}
