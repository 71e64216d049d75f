//! The examples run and say what they should.

use std::path::PathBuf;
use std::process::Command;

fn run(example: &str, capture: &str) -> String {
    // Cargo builds examples beside the tests: target/debug/deps/this -> target/debug/examples/.
    let here = std::env::current_exe().expect("a path");
    let folder = here.parent().and_then(|deps| deps.parent()).expect("a target folder");
    let program = folder.join("examples").join(example);
    let capture =
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/captures").join(capture);
    let output = Command::new(program).arg(capture).output().expect("the example runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}

#[test]
fn count() {
    let shown = run("count", "ping.pcap");
    assert!(shown.lines().any(|line| line.trim_start().ends_with("2 arp")), "{shown}");
}

#[test]
fn fields() {
    let shown = run("fields", "http.pcap");
    assert!(shown.contains("192.0.2.10 > 192.0.2.20 Ethernet:IPv4:TCP"), "{shown}");
}

#[test]
fn own_protocol() {
    let shown = run("own_protocol", "ping.pcap");
    assert!(shown.contains("Ethernet:IPv4:UDP:Greeting says: nobody listens here"), "{shown}");
}
