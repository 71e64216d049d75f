//! `reassemble`.

use std::path::Path;

use crate::helper::*;
use crate::segments::*;

/// The records of a report in json.
fn records(bytes: &[u8]) -> Vec<serde_json::Value> {
    json(bytes)["records"].as_array().expect("records").clone()
}

fn read(folder: &Path, name: &str) -> Vec<u8> {
    std::fs::read(folder.join(name)).expect(name)
}

/// Three segments, of which the second is missing and acknowledged.
fn with_a_gap() -> Capture {
    let mut capture = Capture::new();
    let side = |sequence| Side { port: 1000, sequence, acknowledgment: 501 };
    let back = |sequence, acknowledgment, flags| Segment {
        forward: false,
        sequence,
        acknowledgment,
        ..side(0).segment(flags, b"")
    };
    capture.add(Segment { acknowledgment: 0, ..side(99).segment(SYN, b"") });
    capture.add(back(500, 100, SYN | ACK));
    capture.add(side(100).segment(ACK, b"before"));
    capture.add(side(116).segment(ACK, b"behind"));
    capture.add(back(501, 122, ACK));
    capture.add(side(122).segment(FIN | ACK, b""));
    capture.add(back(501, 123, FIN | ACK));
    capture
}

#[test]
fn every_format_has_the_same_records() {
    let all = records(&run("reassemble http.pcap --payload").quietly());
    assert_eq!(all.len(), 10);
    assert!(all.iter().all(|record| record["complete"] == true && record["end"] == "fin"));
    assert_eq!(all[0]["id"]["source"]["address"], "192.0.2.10");
    assert_eq!((&all[0]["frames"], &all[0]["frame_count"]), (&"4,8".into(), &2.into()));
    assert_eq!(all[0]["protocols"], "http:http");
    let bytes = all[0]["payload"][0]["bytes"].as_str().expect("digits");
    assert!(bytes.starts_with("474554202f"), "{bytes}");
    assert_eq!(lines(&run("reassemble http.pcap -f ndjson --payload").quietly()), all);
    let document = plist(&run("reassemble http.pcap -f plist").quietly());
    assert_eq!(document["records"].as_array().expect("an array").len(), 10);
    let tree = run("reassemble http.pcap -f tree").quietly();
    let tree = String::from_utf8(tree).expect("text");
    assert!(tree.ends_with("52 frames, 10 complete, 0 incomplete\n"), "{tree}");
    assert!(all.iter().all(|record| record.get("path").is_none()));
    assert!(records(&run("reassemble http.pcap").quietly())[0].get("payload").is_none());
}

#[test]
fn payloads_are_cut_where_it_is_said() {
    let all = records(&run("reassemble http.pcap --payload-limit 5").quietly());
    assert_eq!(all[0]["payload"][0]["bytes"], "474554202f");
    assert_eq!(all[0]["payload_cut"], true);
    assert_eq!(all[0]["length"], 165);
    let mut limits = "reassemble http.pcap --payload --limit records.memory=200".to_owned();
    let ran = run(&limits);
    assert!(ran.err.contains("records are cut: --limit records.memory=200"), "{}", ran.err);
    assert!(json(&ran.out)["summary"]["cut_for_memory"].as_u64() > Some(0));
    limits.push_str(" --limit tcp.connections=1");
    let ran = run(&limits);
    let summary = json(&ran.out)["summary"].clone();
    // Five connections, one after the other: over ones make no room necessary.
    assert_eq!(summary["streams"]["connections"], 5);
}

#[test]
fn what_is_given_up_is_counted_by_reason() {
    let mut capture = Capture::new();
    for port in 1..=10 {
        let side = Side { port, sequence: 100, acknowledgment: 0 };
        capture.add(side.segment(SYN, b""));
    }
    let ran = run_fed("reassemble - --limit tcp.connections=4", &capture.bytes);
    let told = "6 connections were given up for newer ones: --limit tcp.connections=4 was reached";
    assert!(ran.err.contains(told), "{}", ran.err);
    let document = json(&ran.out);
    assert_eq!(document["summary"]["streams"]["evicted_connections"], 6);
    assert_eq!(document["summary"]["warnings"][0]["warning"], told);
    let ends: Vec<_> = records(&ran.out).iter().map(|record| record["end"].clone()).collect();
    assert_eq!(ends.iter().filter(|end| *end == "too_many").count(), 6);
    assert_eq!(ends.iter().filter(|end| *end == "end_of_capture").count(), 4);
    let numbers: Vec<_> = records(&ran.out).iter().map(|it| it["id"]["number"].as_u64()).collect();
    assert!(numbers.is_sorted());
}

#[test]
fn gaps_are_marked_and_never_filled() {
    let capture = with_a_gap();
    let all = records(&run_fed("reassemble --payload -", &capture.bytes).quietly());
    assert_eq!(all[0]["complete"], false);
    assert_eq!((&all[0]["length"], &all[0]["captured"]), (&22.into(), &12.into()));
    let gap = serde_json::json!([{"offset": 6, "length": 10, "reason": "lost"}]);
    assert_eq!(all[0]["gaps"], gap);
    let pieces = serde_json::json!([
        {"offset": 0, "bytes": "6265666f7265"},
        {"offset": 16, "bytes": "626568696e64"},
    ]);
    assert_eq!(all[0]["payload"], pieces);

    let folder = folder();
    run_fed(&format!("reassemble -f raw - -o {}", folder.path().display()), &capture.bytes)
        .quietly();
    let name = "tcp-0-10.0.0.1_1000-10.0.0.2_80.bin";
    let gaps = format!("{name}.gaps.ndjson");
    assert_eq!(names(folder.path()), ["index.ndjson", name, &gaps]);
    assert_eq!(read(folder.path(), name), b"beforebehind");
    let gap = serde_json::json!({"at": 6, "offset": 6, "length": 10, "reason": "lost"});
    assert_eq!(lines(&read(folder.path(), &gaps)), [gap]);
    assert_eq!(lines(&read(folder.path(), "index.ndjson"))[0]["path"], name);

    let strict = format!("reassemble --strict -f raw - -o {}", folder.path().display());
    run_fed(&strict, &capture.bytes).quietly();
    assert_eq!(names(folder.path()), ["index.ndjson"]);
    let all = records(&run_fed("reassemble --strict -", &capture.bytes).quietly());
    // The other side said nothing, completely.
    assert_eq!(all.len(), 1);
    assert_eq!((&all[0]["complete"], &all[0]["length"]), (&true.into(), &0.into()));
}

#[test]
fn a_folder_has_the_bytes_of_every_direction() {
    let folder = folder();
    let target = folder.path().join("new");
    run_with("reassemble http.pcap -f raw -o", &[&target]).quietly();
    let index = lines(&read(&target, "index.ndjson"));
    let all = records(&run("reassemble http.pcap --payload").quietly());
    assert_eq!(index.len(), all.len());
    for (stored, record) in index.iter().zip(&all) {
        let bytes = read(&target, stored["path"].as_str().expect("a name"));
        let digits: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(record["payload"][0]["bytes"], digits);
    }
    assert_eq!(names(&target).len(), 11);
}

#[test]
fn ports_used_again_make_a_file_of_their_own() {
    let mut capture = Capture::new();
    capture.conversation(1000, 100, b"the first");
    capture.conversation(1000, 3_000_000_000, b"the second, two gigabytes on");
    let folder = folder();
    run_fed(&format!("reassemble -f raw - -o {}", folder.path().display()), &capture.bytes)
        .quietly();
    let files = ["tcp-0-10.0.0.1_1000-10.0.0.2_80.bin", "tcp-1-10.0.0.1_1000-10.0.0.2_80.bin"];
    assert_eq!(names(folder.path()), [&["index.ndjson"], &files[..]].concat());
    assert_eq!(read(folder.path(), files[0]), b"the first");
    assert_eq!(read(folder.path(), files[1]), b"the second, two gigabytes on");
}

/// Two hundred streams at a time, and a system that allows a dozen open files.
#[cfg(unix)]
#[test]
fn few_files_are_open_at_a_time() {
    const STREAMS: u16 = 200;
    let mut capture = Capture::new();
    for round in 0..3 {
        for port in 1..=STREAMS {
            let sequence = 100 + u32::from(round) * 4;
            let payload = [b'a' + round; 4];
            let side = Side { port, sequence, acknowledgment: 501 };
            capture.add(side.segment(ACK, &payload));
        }
    }
    let folder = folder();
    let file = folder.path().join("in.pcap");
    std::fs::write(&file, &capture.bytes).expect("room");
    for limit in ["", "--limit files=3"] {
        let target = folder.path().join("out");
        let command = format!(
            "ulimit -n 12; exec {} reassemble {limit} -f raw -o {} {}",
            env!("CARGO_BIN_EXE_wirelens"),
            target.display(),
            file.display(),
        );
        let mut shell = std::process::Command::new("sh");
        shell.args(["-c", &command]).stdin(std::process::Stdio::null());
        finish(piped(shell)).quietly();
        for port in 1..=STREAMS {
            let name = format!("tcp-{}-10.0.0.1_{port}-10.0.0.2_80.bin", port - 1);
            assert_eq!(read(&target, &name), b"aaaabbbbcccc", "{name}");
        }
        std::fs::remove_dir_all(target).expect("it is there");
    }
}

#[test]
fn a_conversation_is_followed() {
    let text = String::from_utf8(run("reassemble --follow 1 http.pcap").quietly()).expect("text");
    let rule = "=".repeat(67);
    let head = format!(
        "\n{rule}\nFollow: tcp,ascii\nFilter: tcp.stream eq 1\n\
         Node 0: [2001:db8::10]:54894\nNode 1: [2001:db8::20]:80\n91\nGET "
    );
    assert!(text.starts_with(&head), "{text}");
    assert!(text.contains("\n\t376\nHTTP/1.1 "), "{text}");
    assert!(text.ends_with(&format!("\n{rule}\n")), "{text}");

    let capture = with_a_gap();
    let raw = run_fed("reassemble --follow 0 -f raw -", &capture.bytes).quietly();
    let raw = String::from_utf8(raw).expect("text");
    let body = "6265666f7265\n[10 bytes missing in capture file]\n626568696e64\n";
    assert!(raw.contains(body), "{raw}");
    let hex = run_fed("reassemble --follow 0 --hex -", &capture.bytes).quietly();
    let hex = String::from_utf8(hex).expect("text");
    let row = "00000010  62 65 68 69 6e 64                                 behind\n";
    assert!(hex.contains(row), "{hex}");

    let ran = run("reassemble --follow 99 http.pcap");
    assert_eq!((ran.code, ran.out.as_slice()), (Some(1), &b""[..]));
    assert!(ran.err.contains("there is no TCP connection 99"), "{}", ran.err);
}

#[test]
fn segments_in_fragments_are_part_of_their_stream() {
    let mut capture = Capture::new();
    let mut side = Side { port: 1000, sequence: 99, acknowledgment: 501 };
    capture.add(side.segment(SYN, b""));
    side.sequence = 100;
    let segment = packet(&side.segment(ACK, &[b'x'; 100]), 7);
    for fragment in fragments(&segment, 32).iter().rev() {
        capture.add_packet(fragment);
    }
    let all = records(&run_fed("reassemble --payload -", &capture.bytes).quietly());
    assert_eq!(
        (&all[0]["id"]["protocol"], &all[0]["protocols"]),
        (&"ipv4".into(), &"tcp:data".into())
    );
    assert_eq!((&all[0]["frames"], &all[0]["length"]), (&"2-5".into(), &120.into()));
    assert_eq!((&all[1]["id"]["protocol"], &all[1]["length"]), (&"tcp".into(), &100.into()));
    assert_eq!(all[1]["frames"], "5");
    let fragments = run_fed("reassemble -P tcp -", &capture.bytes).quietly();
    assert_eq!(records(&fragments).len(), 1);
    assert_eq!(records(&fragments)[0]["length"], 0);
}

#[test]
fn datagrams_become_packets() {
    let folder = folder();
    let whole = folder.path().join("whole.pcap");
    let all = records(&run("reassemble -P ip ping.pcap").quietly());
    assert!(!all.is_empty() && all.iter().all(|record| record["complete"] == true));
    run_with("reassemble -P ip ping.pcap -o", &[&whole]).quietly();
    let frames = lines(&run_with("extract --checksums -f ndjson", &[&whole]).quietly());
    assert_eq!(frames.len(), all.len());
    for (frame, record) in frames.iter().zip(&all) {
        assert!(frame.get("problems").is_none(), "{frame}");
        let length = frame["captured"].as_u64().expect("a length");
        let header = if record["id"]["protocol"] == "ipv4" { 20 } else { 40 };
        assert_eq!(Some(length - header), record["length"].as_u64());
    }
    assert!(records(&run_with("reassemble", &[&whole]).quietly()).is_empty());
}

#[test]
fn fragments_that_are_missing_are_told() {
    let mut capture = Capture::new();
    let side = Side { port: 1000, sequence: 100, acknowledgment: 501 };
    let all = fragments(&packet(&side.segment(ACK, &[b'x'; 100]), 7), 32);
    capture.add_packet(&all[0]).add_packet(&all[2]);
    let record = &records(&run_fed("reassemble -", &capture.bytes).quietly())[0];
    assert_eq!((&record["complete"], &record["end"]), (&false.into(), &"unfinished".into()));
    let gaps = serde_json::json!([
        {"offset": 32, "length": 32, "reason": "missing"},
        {"offset": 96, "reason": "missing"},
    ]);
    assert_eq!(record["gaps"], gaps);
    assert!(record.get("length").is_none());
    assert!(records(&run_fed("reassemble --strict -", &capture.bytes).quietly()).is_empty());
    let folder = folder();
    run_fed(&format!("reassemble -f raw - -o {}", folder.path().display()), &capture.bytes)
        .quietly();
    let name = "ipv4-0-10.0.0.1-10.0.0.2.bin";
    assert_eq!(read(folder.path(), name).len(), 64);
    let gaps = lines(&read(folder.path(), &format!("{name}.gaps.ndjson")));
    assert_eq!(gaps[1], serde_json::json!({"at": 64, "offset": 96, "reason": "missing"}));
}

#[test]
fn damage_does_not_lose_the_report() {
    for name in all_captures() {
        let ran = run(&format!("reassemble {name}"));
        assert_eq!(ran.code, Some(0), "{name}: {}", ran.err);
        let document = json(&ran.out);
        let counted = document["summary"]["complete"].as_u64().expect("a count")
            + document["summary"]["incomplete"].as_u64().expect("a count");
        assert_eq!(records(&ran.out).len() as u64, counted, "{name}");
    }
}

/// A pipe that stays open, and a signal.
#[cfg(unix)]
#[test]
fn a_signal_ends_the_report_properly() {
    use std::io::{BufRead, BufReader, Read, Write};
    let mut capture = Capture::new();
    capture.conversation(1000, 100, b"whole");
    capture.add(Side { port: 1001, sequence: 100, acknowledgment: 0 }.segment(ACK, b"open"));
    for format in ["json", "plist"] {
        let mut command = program(["reassemble", "-f", format, "-"]);
        command.stdin(std::process::Stdio::piped());
        let mut child = piped(command);
        let mut stdin = child.stdin.take().expect("a pipe");
        let mut stdout = BufReader::new(child.stdout.take().expect("a pipe"));
        stdin.write_all(&capture.bytes).expect("it reads");
        let mut all = Vec::new();
        // What is complete is shown while the pipe is open.
        while !String::from_utf8_lossy(&all).contains("1000") {
            let more = stdout.fill_buf().expect("a pipe").to_vec();
            assert!(!more.is_empty());
            stdout.consume(more.len());
            all.extend(more);
        }
        let id = rustix::process::Pid::from_child(&child);
        rustix::process::kill_process(id, rustix::process::Signal::INT).expect("it runs");
        stdout.read_to_end(&mut all).expect("a pipe");
        assert!(child.wait().expect("it ends").success());
        let count = if format == "json" {
            assert_eq!(json(&all)["summary"]["interrupted"], true);
            records(&all).len()
        } else {
            plist(&all)["records"].as_array().expect("an array").len()
        };
        assert_eq!(count, 3);
    }
}

#[test]
fn wrong_use_is_refused() {
    for (arguments, message) in [
        ("http.pcap -f raw", "name it with -o"),
        ("http.pcap -f csv", "unknown format 'csv'"),
        ("http.pcap -f jsn", "did you mean 'json'?"),
        ("http.pcap -P udp", "unknown protocol to put together 'udp'"),
        ("http.pcap -P tcp -f pcap -o /dev/null", "pcap holds datagrams"),
        ("http.pcap --limit tcp.conections=3", "did you mean 'tcp.connections'?"),
        ("http.pcap --limit tcp.connections=x", "'x' is no value for tcp.connections"),
        ("http.pcap --limit tcp.connections", "write NAME=VALUE"),
        ("http.pcap --limit tcp.policy=lst", "unknown policy 'lst'; did you mean"),
        ("http.pcap --hex -f json", "--hex goes with -f tree"),
        ("http.pcap --range 5-3", "is no range"),
        ("nowhere.pcap", "nowhere.pcap"),
    ] {
        let said = run(&format!("reassemble {arguments}")).refused();
        assert!(said.contains(message), "{arguments}: {said}");
    }
    let listed = String::from_utf8(run("reassemble --limit help").quietly()).expect("text");
    assert!(listed.contains("tcp.connections") && listed.contains("262144"), "{listed}");
}
