//! `show`.

use crate::helper::*;

fn shown(arguments: &str) -> String {
    String::from_utf8(run(&format!("show {arguments}")).quietly()).expect("UTF-8")
}

#[test]
fn a_line_a_frame() {
    let text = shown("http.pcap");
    assert_eq!(text.lines().count(), count(captures().join("http.pcap")));
    assert!(text.contains("192.0.2.10."), "{text}");
    assert!(!text.contains('\x1b'));
    assert_eq!(shown("--color always http.pcap").lines().count(), text.lines().count());
    assert!(shown("--color always http.pcap").contains("\x1b[32mTCP"));
    assert_eq!(text, shown("--color never http.pcap"));
}

#[test]
fn trees_and_bytes() {
    let tree = shown("-V --range 3 http.pcap");
    assert!(tree.contains("Time to Live"), "{tree}");
    let hex = shown("-x --range 3 http.pcap");
    assert!(hex.contains("0000") && hex.lines().count() > 3, "{hex}");
    assert!(shown("-V -x --range 3 http.pcap").len() > tree.len() + 100);
}

#[test]
fn times() {
    for style in ["relative", "delta", "day", "absolute", "epoch", "none"] {
        assert_eq!(shown(&format!("-t {style} --range 1-2 ping.pcap")).lines().count(), 2);
    }
    assert!(shown("-t epoch --range 1 ping.pcap").contains("1795352368.542522"));
    assert!(shown("-t relative --range 1 ping.pcap").contains("   0.000000"));
}

#[test]
fn columns() {
    let text = shown("--fields frame.number,ip.src --range 1-3 http.pcap");
    assert!(text.lines().all(|line| line.split('\t').count() == 2), "{text}");
}
