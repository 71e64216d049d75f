//! `trace`.

use std::collections::HashSet;
use std::path::Path;

use serde_json::Value;
use wirelens::capture::Capture;

use crate::helper::*;

fn flows(bytes: &[u8]) -> Vec<Value> {
    json(bytes)["flows"].as_array().expect("flows").clone()
}

/// Times and bytes of the frames of a capture.
fn frames(path: &Path) -> Vec<(String, Vec<u8>)> {
    let (mut capture, mut frames) = (Capture::open(path).expect("a capture"), Vec::new());
    while let Some(frame) = capture.next_frame().expect("a frame") {
        frames.push((format!("{:?}", frame.time), frame.captured.to_vec()));
    }
    frames
}

#[test]
fn every_format_has_the_same_flows() {
    let document = json(&run("trace http.pcap").quietly());
    let all = flows(&run("trace http.pcap").quietly());
    assert_eq!((all.len(), &document["summary"]["flows"]), (5, &5.into()));
    let flow = &all[0];
    assert_eq!((&flow["protocol"], &flow["ended"]), (&"tcp".into(), &"fin".into()));
    assert_eq!(flow["initiator"]["address"], "192.0.2.10");
    assert_eq!((&flow["responder"]["port"], &flow["opening"]), (&80.into(), &"syn".into()));
    assert_eq!(flow["application"]["protocol"], "http");
    assert_eq!(flow["initiator"]["tcp"]["state"], "TIME-WAIT");
    assert_eq!(flow["initiator"]["tcp"]["retransmissions"], 0);
    assert_eq!(lines(&run("trace http.pcap -f ndjson").quietly()), all);
    let document = plist(&run("trace http.pcap -f plist").quietly());
    assert_eq!(document["flows"].as_array().expect("an array").len(), 5);
    let tree = String::from_utf8(run("trace http.pcap -f tree").quietly()).expect("text");
    assert!(tree.ends_with(" 5 flows, 0 frames of none\n"), "{tree}");
    let table = String::from_utf8(run("trace http.pcap -f csv").quietly()).expect("text");
    assert_eq!(table.lines().count(), 6);
    assert!(table.lines().all(|row| row.split(',').count() == 27), "{table}");
}

/// The rows of a table, without its first line.
fn rows(table: &[u8]) -> Vec<Vec<String>> {
    let text = std::str::from_utf8(table).expect("text");
    let cells = |row: &str| {
        let mut cells = vec![String::new()];
        let mut quoted = false;
        for letter in row.chars() {
            match letter {
                '"' => quoted = !quoted,
                ',' if !quoted => cells.push(String::new()),
                letter => cells.last_mut().expect("one").push(letter),
            }
        }
        cells
    };
    text.lines().skip(1).map(cells).collect()
}

/// What a column has of a flow, as its record in JSON tells it; none where that has no such part.
fn told(flow: &serde_json::Value, column: &str) -> Option<String> {
    let side = ["initiator", "responder"].into_iter().find(|side| column.starts_with(side));
    let of = column.trim_start_matches("initiator_").trim_start_matches("responder_");
    let text = |value: &serde_json::Value| match value {
        serde_json::Value::Array(all) => {
            all.iter().map(|one| one.as_str().expect("a word")).collect::<Vec<_>>().join(" ")
        }
        serde_json::Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let sum = |parts: &[&str]| -> Option<String> {
        let parts = parts.iter().map(|part| flow.pointer(part).and_then(|value| value.as_u64()));
        parts.sum::<Option<u64>>().map(|sum| sum.to_string())
    };
    let Some(side) = side else {
        return match of {
            "icmp_type" => flow.get("type").map(text),
            "icmp_code" => flow.get("code").map(text),
            "application" => flow.pointer("/application/protocol").map(text),
            "host" => {
                let mut facts = ["server_name", "host", "query"].into_iter();
                facts.find_map(|fact| flow.pointer(&format!("/application/{fact}/0"))).map(text)
            }
            "frames" | "bytes" | "payload" | "overhead" => {
                sum(&[&format!("/initiator/{of}"), &format!("/responder/{of}")])
            }
            _ => flow.get(of).map(text),
        };
    };
    let place = match of.split_once('_') {
        Some((group @ ("ttl" | "arrivals"), part)) => format!("/{side}/{group}/{part}"),
        Some(("rtt", part)) => format!("/{side}/tcp/round_trips/{part}"),
        Some(("window", part @ ("least" | "greatest"))) => format!("/{side}/tcp/window/{part}"),
        _ if flow[side].get(of).is_some() => format!("/{side}/{of}"),
        _ => format!("/{side}/tcp/{of}"),
    };
    if of == "retransmissions" {
        let all = ["", "fast_", "spurious_"].map(|kind| format!("/{side}/tcp/{kind}{of}"));
        return sum(&all.each_ref().map(String::as_str));
    }
    flow.pointer(&place).map(text)
}

#[test]
fn columns_have_what_records_have() {
    let help = String::from_utf8(run("trace --fields help").quietly()).expect("text");
    let known: Vec<&str> = help.lines().map(|line| line.split_once(' ').expect("two").0).collect();
    assert!(known.len() > 100);
    let facts = ["application", "host", "initiator_name", "responder_name"];
    let others: Vec<&str> = known.iter().copied().filter(|name| !facts.contains(name)).collect();
    let mut filled = std::collections::BTreeSet::new();
    for name in all_captures() {
        let records = lines(&run(&format!("trace {name} -f ndjson")).out);
        let table = |columns: &[&str]| {
            rows(&run(&format!("trace {name} --fields {}", columns.join(","))).out)
        };
        let all = table(&known);
        assert_eq!(all.len(), records.len(), "{name}");
        for (row, record) in all.iter().zip(&records) {
            assert_eq!(row.len(), known.len(), "{name}");
            for (column, cell) in known.iter().zip(row) {
                let told = told(record, column).unwrap_or_default();
                // A flow without marks has none of them.
                let none = told.is_empty() && cell == "0";
                assert!(none || *cell == told, "{name} {column}: {cell:?}, {told:?} in {record}");
                if !told.is_empty() {
                    filled.insert(*column);
                }
            }
        }
        // Where no column is a fact, none is looked for, and the rest is the same.
        let mut without: Vec<Vec<String>> = all;
        for row in &mut without {
            let mut column = known.iter();
            row.retain(|_| !facts.contains(column.next().expect("a column")));
        }
        assert_eq!(table(&others), without, "{name}");
    }
    // No answer of DNS in them tells who an initiator is.
    filled.insert("initiator_name");
    let empty: Vec<_> = known.iter().filter(|column| !filled.contains(*column)).collect();
    assert!(empty.is_empty(), "{empty:?} are never filled");
}

#[test]
fn columns_are_of_a_table() {
    let folder = folder();
    let out = folder.path().join("flows");
    let said = run("trace http.pcap --fields numbr").refused();
    assert!(said.contains("unknown column of flows 'numbr'; did you mean 'number'?"), "{said}");
    let said = run("trace http.pcap --fields number -f json").refused();
    assert!(said.contains("--fields are the columns of csv; the index is json"), "{said}");
    run_with("trace http.pcap --fields number,responder_port -o", &[&out]).quietly();
    let index = std::fs::read(out.join("index.csv")).expect("an index");
    assert_eq!(rows(&index)[0], ["1", "80"]);
}

#[test]
fn every_frame_of_a_flow_is_in_one_flow() {
    for name in all_captures() {
        let ran = run(&format!("trace {name}"));
        assert_eq!(ran.code, Some(0), "{name}");
        let document = json(&ran.out);
        let sum = |key: &str| -> u64 {
            let flows = document["flows"].as_array().expect("flows").iter();
            let sides = flows.flat_map(|flow| [&flow["initiator"], &flow["responder"]]);
            sides.map(|side| side[key].as_u64().expect("a number")).sum()
        };
        let summary = &document["summary"];
        let number = |key: &str| summary[key].as_u64().expect("a number");
        assert_eq!(sum("frames"), number("frames_of_flows"), "{name}");
        assert_eq!(sum("frames") + number("other_frames"), count(captures().join(&name)) as u64);
        assert_eq!(sum("bytes"), sum("payload") + sum("overhead"), "{name}");
    }
}

#[test]
fn a_folder_has_the_frames_of_each_flow_as_they_were() {
    for (name, format) in [("http.pcap", "pcap"), ("mixed.pcapng", "pcapng"), ("dns.pcap", "")] {
        let folder = folder();
        let out = folder.path().join("flows");
        let format = if format.is_empty() { vec![] } else { vec!["-f", format] };
        let mut more = vec![out.to_str().expect("UTF-8")];
        more.extend(format);
        run_with(&format!("trace {name} -o"), &more).quietly();
        let index = flows(&std::fs::read(out.join("index.json")).expect("an index"));
        let all = frames(&captures().join(name));
        let extension = if name == "mixed.pcapng" { "pcapng" } else { "pcap" };
        let mut names = HashSet::new();
        for flow in &index {
            let file = format!("{}.{extension}", flow["label"].as_str().expect("a label"));
            assert!(
                file.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
            );
            let numbers = flow["frames"].as_str().expect("frames").split(',').flat_map(|part| {
                let mut ends = part.split('-').map(|end| end.parse::<usize>().expect("a number"));
                let first = ends.next().expect("one");
                first..=ends.next().unwrap_or(first)
            });
            let expected: Vec<_> = numbers.map(|number| all[number - 1].clone()).collect();
            assert_eq!(frames(&out.join(&file)), expected, "{name} {file}");
            assert!(names.insert(file));
        }
        assert_eq!(std::fs::read_dir(&out).expect("a folder").count(), index.len() + 1);
    }
}

#[test]
fn files_in_other_formats_are_whole_documents() {
    let folder = folder();
    let out = folder.path().join("flows");
    run_with(
        "trace dns.pcap -f json --index",
        &[&folder.path().join("all.csv"), Path::new("-o"), &out],
    )
    .quietly();
    let mut documents = 0;
    for entry in std::fs::read_dir(&out).expect("a folder") {
        let bytes = std::fs::read(entry.expect("an entry").path()).expect("a file");
        let document = json(&bytes);
        let frames = document["frames"].as_array().expect("frames");
        assert_eq!(document["summary"]["frames"], frames.len() as u64);
        assert!(frames[0]["layers"].as_array().expect("layers").len() > 2);
        documents += 1;
    }
    let index = std::fs::read_to_string(folder.path().join("all.csv")).expect("an index");
    assert_eq!(index.lines().count(), documents + 1);
}

#[test]
fn more_flows_than_files_may_be_open() {
    let mut capture = crate::segments::Capture::new();
    for port in 1000..1200 {
        capture.conversation(port, 99, b"said");
    }
    let folder = folder();
    let input = folder.path().join("many.pcap");
    std::fs::write(&input, &capture.bytes).expect("room");
    let out = folder.path().join("flows");
    let paths = [input.as_path(), Path::new("-o"), &out];
    run_with("trace --limit files=3", &paths).quietly();
    assert_eq!(std::fs::read_dir(&out).expect("a folder").count(), 201);
    let index = flows(&std::fs::read(out.join("index.json")).expect("an index"));
    assert!(index.iter().all(|flow| flow["initiator"]["frames"] == 3), "{index:?}");
}

#[test]
fn flows_are_chosen() {
    let labels = |select: &str| -> Vec<u64> {
        let all = flows(&run(&format!("trace http.pcap --flow {select}")).quietly());
        all.iter().map(|flow| flow["number"].as_u64().expect("a number")).collect()
    };
    assert_eq!(labels("2,4-"), [2, 4, 5]);
    assert_eq!(labels("http").len(), 5);
    assert_eq!(labels("udp"), [0; 0]);
    assert_eq!(labels(":80").len(), 4);
    assert_eq!(labels("192.0.2.10:1"), [0; 0]);
    let message = run("trace http.pcap --flow nobody:80").refused();
    assert!(message.contains("nobody:80") && message.contains("192.0.2.1:443"), "{message}");
    let folder = folder();
    let out = folder.path().join("flows");
    run_with("trace sessions/tls.pcap --flow tls -o", &[&out]).quietly();
    assert!(std::fs::read_dir(&out).expect("a folder").count() > 2);
    let bytes = capture("sessions/tls.pcap");
    let ran = run_fed(
        &format!("trace - --flow tls -o {}", folder.path().join("again").display()),
        &bytes,
    );
    assert!(ran.err.contains("cannot be read twice"), "{}", ran.err);
}

#[test]
fn what_happens_is_told_as_it_happens() {
    let told = lines(&run("trace http.pcap --events --flow 1").quietly());
    let names: Vec<&str> =
        told.iter().map(|event| event["event"].as_str().expect("a name")).collect();
    assert_eq!(names[..3], ["session", "start", "data send"]);
    assert_eq!(names[names.len() - 2..], ["end", "over"]);
    assert_eq!((&told[2]["offset"], &told[2]["from"]), (&0.into(), &"initiator".into()));
    assert!(told[2]["length"].as_u64() > Some(10) && told[2]["frame"].as_u64() == Some(4));
}

#[test]
fn wrong_use_is_refused() {
    let message = run("trace http.pcap --flow-key inside").refused();
    assert!(message.contains("one of inner, outer, vlan, tunnel"), "{message}");
    run("trace http.pcap -f detail").refused();
    run("trace http.pcap -o out -f xml").refused();
    run("trace http.pcap --limit flows=many").refused();
    run("trace nothing.pcap").refused();
    let help = String::from_utf8(run("trace --limit help").quietly()).expect("text");
    assert!(help.contains("flows.udp"), "{help}");
}

#[test]
fn what_a_limit_costs_is_said() {
    let ran = run("trace http.pcap --limit flows=2");
    assert_eq!(ran.code, Some(0));
    assert!(ran.err.contains("--limit flows=2 was reached"), "{}", ran.err);
    assert!(flows(&ran.out).len() >= 5);
}

/// A file for each of many flows that are open at once takes no printer for each: there may be as many
/// flows as somebody likes to send SYNs.
#[cfg(target_os = "linux")]
#[test]
fn many_flows_with_files_of_their_own_take_little() {
    const FLOWS: u32 = 8000;
    let mut bytes = vec![0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0];
    bytes.extend([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 101, 0, 0, 0]);
    for at in 0..FLOWS {
        let words = [1, at, 28, 28].map(u32::to_le_bytes);
        bytes.extend(words.concat());
        bytes.extend([0x45, 0, 0, 28, 0, 0, 0, 0, 64, 17, 0, 0, 192, 0, 2, 1, 10]);
        bytes.extend(&at.to_be_bytes()[1..]);
        bytes.extend([0x9c, 0x40, 0x9c, 0x41, 0, 8, 0, 0]);
    }
    let folder = tempfile::tempdir().expect("a folder");
    let (file, target) = (folder.path().join("in.pcap"), folder.path().join("out"));
    std::fs::write(&file, bytes).expect("room");
    // With a printer for each it was 41 KiB a flow.
    let command = format!(
        "ulimit -v 300000; exec {} trace -f ndjson -o {} --index {} {}",
        env!("CARGO_BIN_EXE_wirelens"),
        target.display(),
        folder.path().join("index.csv").display(),
        file.display(),
    );
    let mut shell = std::process::Command::new("sh");
    shell.args(["-c", &command]).stdin(std::process::Stdio::null());
    finish(piped(shell)).quietly();
    let files = std::fs::read_dir(target).expect("it was created").count();
    assert_eq!(files, FLOWS as usize);
}
