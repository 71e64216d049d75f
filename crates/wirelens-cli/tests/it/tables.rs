//! What is known, help, and what shells and manuals want.

use crate::helper::*;

#[test]
fn protocols() {
    let text = String::from_utf8(run("protocols").quietly()).expect("UTF-8");
    assert!(text.lines().any(|line| line.contains("ipv6") && line.contains("IPv6")), "{text}");
    let all = json(&run("protocols -f json").quietly());
    let all = all.as_array().expect("an array");
    assert!(all.iter().any(|protocol| protocol["name"] == "tcp"), "{all:?}");
    assert!(run("protocols -f xml").refused().contains("it is one of json, text"));
}

#[test]
fn fields() {
    let text = String::from_utf8(run("fields ip.").quietly()).expect("UTF-8");
    assert!(text.contains("ip.ttl") && text.contains("Time to Live"), "{text}");
    assert!(!text.contains("tcp.port"));
    let all = json(&run("fields tcp.flags -f json").quietly());
    let all = all.as_array().expect("an array");
    let syn = all.iter().find(|row| row["name"] == "tcp.flags.syn").expect("a row");
    for column in ["label", "kind", "mask"] {
        assert!(syn.get(column).is_some(), "{column} of {syn}");
    }
    assert!(run("fields").quietly().len() > text.len());
    let frame = String::from_utf8(run("fields frame").quietly()).expect("UTF-8");
    for name in wirelens::report::Selection::FRAME_FIELDS {
        assert!(frame.contains(name), "{name}: {frame}");
        run(&format!("show --fields {name} ping.pcap")).quietly();
    }
    let len = json(&run("fields frame.len -f json").quietly());
    assert_eq!((&len[0]["name"], &len[0]["kind"]), (&"frame.len".into(), &"uint".into()));
    assert!(run("fields ip.tttl").refused().contains("did you mean 'ip.ttl'?"));
}

#[test]
fn help() {
    for command in [
        "",
        "extract",
        "show",
        "reassemble",
        "analyse",
        "protocols",
        "fields",
        "completions",
        "man",
    ] {
        let help = String::from_utf8(run(&format!("{command} --help")).quietly()).expect("UTF-8");
        assert!(help.contains("Usage: wirelens"), "{help}");
        assert!(help.lines().all(|line| line.chars().count() <= 100), "{help}");
    }
    let help = String::from_utf8(run("extract --help").quietly()).expect("UTF-8");
    for heading in ["Reading:", "Dissecting:", "Contents:", "Report:", "Examples:"] {
        assert!(help.contains(heading), "{heading}");
    }
    let version = String::from_utf8(run("--version").quietly()).expect("UTF-8");
    assert_eq!(version, concat!("wirelens ", env!("CARGO_PKG_VERSION"), "\n"));
}

#[test]
fn shells_and_manuals() {
    for shell in ["bash", "zsh", "fish"] {
        let text = run(&format!("completions {shell}")).quietly();
        assert!(String::from_utf8_lossy(&text).contains("wirelens"));
    }
    assert!(String::from_utf8_lossy(&run("man").quietly()).contains(".TH wirelens"));
}
