//! `wirelens verify`.

use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::fake;
use crate::helper::{Ran, finish, folder, json, piped, program, run, skipped};

/// Ethernet, IPv4 with a TTL of 63, UDP from port 7000 to 7001, four bytes.
const FRAME: &str = "020000000002 020000000001 0800
    45000020 00010000 3f110000 c0000201 c0000202
    1b581b59 000c0000 64617461";

fn capture(path: &Path, times: usize) {
    let digits: Vec<u8> = FRAME.bytes().filter(u8::is_ascii_hexdigit).collect();
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).expect("digits"), 16);
    let frame: Vec<u8> = digits.chunks(2).map(|pair| byte(pair).expect("a byte")).collect();
    let mut file = Vec::new();
    for word in [0xa1b2_c3d4_u32, 0x0004_0002, 0, 0, 65_535, 1] {
        file.extend(word.to_le_bytes());
    }
    for number in 0..times as u32 {
        for word in [1_700_000_000 + number, 500_000, frame.len() as u32, frame.len() as u32] {
            file.extend(word.to_le_bytes());
        }
        file.extend(&frame);
    }
    std::fs::write(path, file).expect("written");
}

/// What tshark would say of a frame, in which it has read this TTL.
fn packet(number: u32, ttl: u32) -> String {
    let time = 1_699_999_999 + number;
    format!(
        r#"<packet>
  <proto name="geninfo" pos="0" showname="General information" size="46">
    <field name="num" pos="0" show="{number}" showname="Number" value="1" size="46"/>
    <field name="len" pos="0" show="46" showname="Frame Length" value="2e" size="46"/>
    <field name="caplen" pos="0" show="46" showname="Captured Length" value="2e" size="46"/>
  </proto>
  <proto name="frame" showname="Frame" size="46" pos="0">
    <field name="frame.time_epoch" showname="Epoch" size="0" pos="0" show="{time}.500000000"/>
    <field name="frame.protocols" showname="Protocols" size="0" pos="0" show="eth:ethertype:ip:udp:data"/>
  </proto>
  <proto name="eth" showname="Ethernet II" size="14" pos="0">
    <field name="eth.type" showname="Type: IPv4" size="2" pos="12" show="0x0800" value="0800"/>
  </proto>
  <proto name="ip" showname="Internet Protocol" size="20" pos="14">
    <field name="ip.ttl" showname="Time to Live" size="1" pos="22" show="{ttl}" value="3f"/>
    <field name="ip.novelty" showname="Novelty" size="1" pos="23" show="1" value="01"/>
    <field name="ip.secret" showname="Secret" hide="yes" size="1" pos="23" show="1" value="01"/>
    <field name="ip.guess" showname="[Guess: 1]" size="1" pos="23" show="1" value="01"/>
    <field name="ip.nowhere" showname="Nowhere" size="1" pos="46" show="1" value="01"/>
  </proto>
  <proto name="udp" showname="User Datagram Protocol" size="8" pos="34">
    <field name="udp.srcport" showname="Source Port" size="2" pos="34" show="7000" value="1b58"/>
    <field name="udp.dstport" showname="Destination Port" size="2" pos="38" show="7001" value="1b59"/>
  </proto>
</packet>
"#
    )
}

/// A program that says this, as tshark would.
fn saying(packets: &[String], rest: &str) -> String {
    let packets = packets.concat();
    let head = r#"<?xml version="1.0"?><pdml version="0" creator="wireshark/9.8.7">"#;
    let head = head.replace("?><pdml", "?>\n<pdml");
    format!("cat <<'END'\n{head}\n{packets}END\n{rest}")
}

fn verify(script: &str, frames: usize, more: &str) -> Ran {
    let folder = folder();
    let path = folder.path().join("in.pcap");
    capture(&path, frames);
    fake::run_with("tshark", script, &format!("verify {} {more}", path.display()))
}

#[test]
fn each_kind_of_difference_is_counted() {
    let script = saying(&[packet(1, 64), packet(2, 63)], "echo '</pdml>'");
    let ran = verify(&script, 2, "-f json");
    assert_eq!((ran.code, ran.err.as_str()), (Some(1), ""));
    let report = json(&ran.out);
    assert_eq!(report["against"], "tshark 9.8.7");
    assert_eq!((&report["frames"]["compared"], &report["chains"]["same"]), (&2.into(), &2.into()));
    let ip = &report["protocols"]["ip"];
    let counts = ["frames", "expected", "matched", "missing", "wrong_value", "wrong_range"];
    assert_eq!(counts.map(|count| ip[count].as_u64()), [2, 4, 1, 2, 1, 0].map(Some));
    let udp = &report["protocols"]["udp"];
    assert_eq!(counts.map(|count| udp[count].as_u64()), [2, 4, 2, 0, 0, 2].map(Some));
    assert_eq!(report["protocols"]["eth"]["matched"], 2);
    assert_eq!(report["differences_found"], 5);
}

#[test]
fn differences_are_told_in_words() {
    let script = saying(&[packet(1, 64)], "echo '</pdml>'");
    let ran = verify(&script, 1, "--differences 2");
    let text = String::from_utf8(ran.out).expect("text");
    assert!(text.contains("frame 1, ip.ttl: tshark 64 in byte 22 | here 63 in byte 22"), "{text}");
    assert!(text.contains("frame 1, ip.novelty: tshark 1 in byte 23 | here -"), "{text}");
    assert!(text.contains("differences, 2 of 3") && !text.contains("udp.dstport:"), "{text}");
}

#[test]
fn frames_of_one_side_alone_are_counted() {
    let script = saying(&[packet(1, 63), packet(3, 63), packet(4, 63)], "echo '</pdml>'");
    let ran = verify(&script, 3, "-f json");
    assert_eq!(ran.code, Some(1));
    let frames = json(&ran.out)["frames"].clone();
    assert_eq!((&frames["missing"], &frames["extra"]), (&1.into(), &1.into()));
}

#[test]
fn what_came_before_a_failure_is_compared() {
    let script = saying(&[packet(1, 63)], "echo 'tshark: enough of this' >&2; exit 2");
    let ran = verify(&script, 3, "-f json");
    assert_eq!(ran.code, Some(2));
    assert!(
        ran.err.contains("ended behind frame 1") && ran.err.contains("enough of this"),
        "{}",
        ran.err
    );
    let report = json(&ran.out);
    assert_eq!((&report["equal"], &report["frames"]["compared"]), (&false.into(), &1.into()));
    assert_eq!(report["frames"]["extra"], 0);
}

#[test]
fn wrong_use_is_refused() {
    assert!(run("verify no-such.pcap").refused().contains("no-such.pcap"));
    assert!(run("verify - ").refused().contains("needs a file"));
    assert!(run("verify http.pcap --against tsark").refused().contains("did you mean 'tshark'?"));
    let mut command = program(["verify", "http.pcap"]);
    command.env("PATH", "/nonexistent");
    let message = finish(piped(command)).refused();
    assert!(message.contains("apt-get install tshark"), "{message}");
}

#[test]
fn real_captures_are_equal() {
    if !Command::new("tshark").arg("--version").output().is_ok_and(|out| out.status.success()) {
        return skipped("verify needs tshark");
    }
    for name in ["http.pcap", "dns.pcap"] {
        for more in ["", "--no-reassembly"] {
            let ran = run(&format!("verify {name} -f json {more}"));
            assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{name} {more}");
            let report = json(&ran.out);
            assert_eq!(report["equal"], true);
            let fields = |key: &str| report["fields"][key].as_u64().unwrap_or(0);
            assert!(fields("expected") > 1000 && fields("expected") == fields("matched"));
            assert_eq!(report["differences"], Value::Array(Vec::new()));
        }
    }
    let ran = run("verify http.pcap --frames 5 -f json");
    assert_eq!(json(&ran.out)["frames"]["compared"], 5);
}
