//! `wirelens bench`.

use serde_json::Value;

use crate::helper::run;

/// The engines of a report.
fn engines(out: &[u8]) -> Vec<Value> {
    let report: Value = serde_json::from_slice(out).expect("JSON");
    report["engines"].as_array().expect("a list").clone()
}

#[test]
fn own_engines_are_measured() {
    let ran = run("bench http.pcap -E native,headers,threads --runs 3 -f json");
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let names = ["native", "threads", "headers"];
    for (engine, name) in engines(&ran.out).iter().zip(names) {
        assert_eq!((&engine["engine"], &engine["runs"]), (&name.into(), &3.into()));
        assert_eq!(engine["error"], Value::Null, "{engine}");
        let (seconds, frames) = (&engine["seconds"], &engine["frames"]);
        let (seconds, frames) =
            (seconds.as_f64().expect("a time"), frames.as_u64().expect("frames"));
        assert!(seconds > 0.0 && frames > 10);
        let each = engine["seconds_per_packet"].as_f64().expect("a time");
        assert!((each * frames as f64 / seconds - 1.0).abs() < 1e-9);
        #[cfg(unix)]
        assert!(engine["peak_memory"].as_u64().is_some_and(|bytes| bytes > 1 << 20), "{engine}");
    }
}

#[test]
fn only_the_first_frames() {
    let ran = run("bench http.pcap -E native --frames 5 -f json");
    assert_eq!(engines(&ran.out)[0]["frames"], 5);
}

#[test]
fn what_is_not_installed_is_said() {
    let ran = run("bench http.pcap -E scapy,native --python no-such-python");
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let text = String::from_utf8(ran.out).expect("text");
    assert!(text.contains("not installed: pip install scapy"), "{text}");
    assert!(text.lines().any(|line| line.starts_with("native") && line.contains("MiB")), "{text}");
    let ran = run("bench http.pcap -E scapy --python no-such-python -f json");
    assert_eq!(ran.code, Some(1), "{}", ran.err);
    assert_eq!(engines(&ran.out)[0]["installed"], false);
}

#[test]
fn wrong_use_is_refused() {
    assert!(run("bench http.pcap -E natve").refused().contains("did you mean 'native'?"));
    assert!(run("bench -").refused().contains("name a file"));
    assert!(run("bench no-such.pcap").refused().contains("no-such.pcap"));
}

/// With a program of one's own that is called tshark.
#[cfg(unix)]
fn with_tshark(script: &str, arguments: &str) -> crate::helper::Ran {
    let script = format!("[ $1 = --version ] && echo 'TShark 9.8.7.' && exit\n{script}");
    crate::fake::run_with("tshark", &script, arguments)
}

#[cfg(unix)]
#[test]
fn an_engine_that_fails_is_said() {
    let script = "echo '{}'; echo 'tshark: the disk is on fire' >&2; exit 4";
    let ran = with_tshark(script, "bench http.pcap -E tshark,native -f json --runs 2");
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    let engines = engines(&ran.out);
    assert_eq!(engines[0]["error"], Value::Null);
    assert_eq!(engines[1]["version"], "9.8.7");
    assert_eq!(engines[1]["error"], "tshark: the disk is on fire");
    assert_eq!(engines[1]["runs"], 0);
}

#[cfg(unix)]
#[test]
fn an_engine_that_hangs_is_stopped_with_what_it_started() {
    let ran = with_tshark("sleep 1000 & wait", "bench http.pcap -E tshark --patience 200ms");
    assert_eq!(ran.code, Some(1), "{}", ran.err);
    let text = String::from_utf8(ran.out).expect("text");
    assert!(text.contains("failed: takes too long"), "{text}");
}

#[test]
fn tshark_is_measured_where_it_is_there() {
    let ran = run("bench http.pcap -E tshark -f json");
    let engine = &engines(&ran.out)[0];
    if engine["installed"] == false {
        eprintln!("SKIPPED: tshark is not installed");
        return;
    }
    assert_eq!((ran.code, &engine["error"]), (Some(0), &Value::Null));
    assert!(engine["seconds"].as_f64().is_some_and(|seconds| seconds > 0.0));
}
