//! Several processes: the bytes of one.

use std::path::PathBuf;

use serde_json::Value;

use crate::helper::*;
use crate::threads::calls;

/// Its whole output, and what it said.
fn report(arguments: &str, files: &[PathBuf]) -> (Option<i32>, Vec<u8>, String) {
    let Ran { code, out, err } = run_with(&format!("extract {arguments}"), files);
    (code, out, err)
}

fn capture_paths() -> Vec<PathBuf> {
    let sessions = ["sip.pcap", "tftp.pcap", "ftp.pcap"].map(|name| format!("sessions/{name}"));
    all_captures().into_iter().chain(sessions).map(|name| captures().join(name)).collect()
}

#[test]
fn captures_of_all_kinds() {
    for path in capture_paths() {
        let files = std::slice::from_ref(&path);
        let alone = report("-f ndjson", files);
        for workers in [1, 3] {
            let served = report(&format!("-f ndjson -E server --workers {workers}"), files);
            assert!(served == alone, "{}, {workers} workers: {}", path.display(), served.2);
        }
    }
}

#[test]
fn formats_and_options() {
    let files = [captures().join("http.pcap"), captures().join("dns.pcap")];
    for options in [
        "-f json",
        "-f plist",
        "-f tree",
        "-f text",
        "-f csv",
        "-f detail",
        "-j --range 5-10,20-",
        "-j --no-reassembly --checksums",
        "-f csv --fields frame.number,ip.src,tcp.srcport",
        "-f text --bpf tcp",
        "-j --limit conversations=64",
        "-j -P tcp --payload",
    ] {
        let alone = report(options, &files);
        assert_eq!(alone.0, Some(0), "{options}: {}", alone.2);
        let served = report(&format!("{options} -E server --workers 3"), &files);
        assert!(served == alone, "{options}: {}", served.2);
    }
}

#[test]
fn into_a_file_whose_name_tells_the_format() {
    let folder = folder();
    let (alone, served) = (folder.path().join("alone.csv.gz"), folder.path().join("served.csv.gz"));
    for (more, path) in [("", &alone), ("-E server --workers 2", &served)] {
        let ran = run_with(&format!("extract http.pcap {more} -o"), &[path]);
        assert_eq!(ran.quietly(), b"");
    }
    assert!(std::fs::read(alone).expect("written") == std::fs::read(served).expect("written"));
}

/// A folder with a capture of 2,000 calls, whose media go between other hosts.
fn folder_of_calls() -> (tempfile::TempDir, [PathBuf; 1]) {
    let folder = folder();
    let path = folder.path().join("calls.pcap");
    std::fs::write(&path, calls()).expect("room");
    (folder, [path])
}

const RTP: &str = "-f ndjson --fields frame.number,rtp.seq";

#[test]
fn what_is_agreed_on_is_known_to_all_workers() {
    let (_folder, files) = folder_of_calls();
    let alone = report(RTP, &files);
    let of_media = alone.1.split(|byte| *byte == b'\n');
    assert_eq!(of_media.filter(|line| line.windows(7).any(|it| it == b"rtp.seq")).count(), 4000);
    for workers in [2, 3, 8, 20] {
        let served = report(&format!("{RTP} -E server --workers {workers}"), &files);
        assert!(served == alone, "{workers} workers: {}", served.2);
    }
}

#[cfg(unix)]
#[test]
fn workers_that_fail_are_done_without() {
    let (_folder, files) = folder_of_calls();
    let alone = report(RTP, &files);
    let worker = concat!("'", env!("CARGO_BIN_EXE_wirelens"), "' worker --split -");
    for (command, said) in [
        // It does not start; it says nothing; it is cut within a frame, or between two; it ends with
        // another line; it has understood something else.
        ("exec /no/such/program".to_owned(), "it ended before its work was done"),
        ("cat > /dev/null".to_owned(), "it ended before its work was done"),
        (format!("{worker} | head -c 20000"), "it ended within"),
        (format!("{worker} | head -n 2000"), "it ended before its work was done"),
        ("exec sleep 1000".to_owned(), "it said nothing for 1s"),
        (format!("{worker} | sed 's/^end.*/done/'"), "'done', which is no answer"),
        (
            format!("{worker} | sed \"s/^agreed \\(...\\) .*/agreed \\1 $WIRELENS_WORKER/\""),
            "understood different things",
        ),
        (
            format!("{worker} | if [ \"$WIRELENS_WORKER\" = 1 ]; then head -c 9000; else cat; fi"),
            "worker 1: it ended within a",
        ),
    ] {
        // Only the one that sleeps is to be late.
        let patience = if command.contains("sleep") { 1 } else { 120 };
        let how = format!("extract {RTP} -E server --workers 2 --engine-timeout {patience}");
        let mut ran = program(how.split_whitespace());
        ran.arg("--worker-command").arg(&command).args(&files);
        let ran = finish(piped(ran));
        assert_eq!(ran.code, Some(0), "{command}: {}", ran.err);
        assert!(ran.out == alone.1, "{command}: {}", ran.err);
        assert!(ran.err.contains(said), "{command}: {}", ran.err);
        assert!(ran.err.contains("the rest was done by this process"), "{command}: {}", ran.err);
    }
}

#[test]
fn parts_are_work_for_anybody() {
    let folder = folder();
    let path = folder.path().join("long.pcap");
    std::fs::write(&path, repeated("http.pcap", 400)).expect("room");
    let text = run_with("split --into 4", &[&path]).quietly();
    let parts = lines(&text);
    assert_eq!(parts.len(), 4, "{parts:?}");
    let found: Vec<Value> = String::from_utf8(text)
        .expect("text")
        .lines()
        .flat_map(|part| lines(&run_with("worker --split", &[part]).quietly()))
        .collect();
    let frames: u64 = found.iter().filter_map(|found| found["frames"].as_u64()).sum();
    assert_eq!(frames, count(&path) as u64);
    for (this, next) in found.iter().zip(&found[1..]) {
        assert_eq!(this["end"], next["begin"]);
    }
    // By standard input too, and again the same.
    let fed = run_fed("worker --split -", parts[2].to_string().as_bytes()).quietly();
    assert_eq!(lines(&fed)[0], found[2]);
}

#[test]
fn what_it_cannot_do_it_says() {
    for (arguments, said) in [
        ("extract -E server -", "cannot be read twice"),
        ("extract -E server http.pcap -f pcap", "whole frames"),
        ("extract -E server http.pcap -F", "-F"),
        ("extract -E server http.pcap -2", "--two-pass"),
        ("extract --workers 2 http.pcap", "-E server"),
        ("show -E server http.pcap", "is for extract"),
        ("trace -E server http.pcap", "is for extract"),
        ("worker --split {}", "no split"),
    ] {
        let error = run(arguments).refused();
        assert!(error.contains(said), "{arguments}: {error}");
    }
    let share = r#"{"flows":{"arguments":["stats"],"worker":0,"workers":1,"announcing":[]}}"#;
    assert_eq!(run_with("worker --split", &[share]).code, Some(2));
}
