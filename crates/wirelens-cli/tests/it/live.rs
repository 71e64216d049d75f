//! Pipes that stay open, growing files, and signals.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};

use rustix::process::{Pid, Signal, kill_process};

use crate::helper::*;

/// A named pipe in a folder.
pub(crate) fn fifo(folder: &Path) -> PathBuf {
    use rustix::fs::{CWD, FileType, Mode, mknodat};
    let path = folder.join("fifo");
    let mode = Mode::RUSR | Mode::WUSR;
    mknodat(CWD, &path, FileType::Fifo, mode, 0).expect("a named pipe");
    path
}

fn signal(child: &Child, signal: Signal) {
    let pid = Pid::from_child(child);
    kill_process(pid, signal).expect("it runs");
}

/// Reads until this has come, and what came with it.
fn until(reader: &mut impl BufRead, what: &str) -> Vec<u8> {
    let mut all = Vec::new();
    while !String::from_utf8_lossy(&all).contains(what) {
        let more = reader.fill_buf().expect("a pipe");
        assert!(!more.is_empty(), "no {what}");
        let count = more.len();
        all.extend_from_slice(more);
        reader.consume(count);
    }
    all
}

#[test]
fn a_live_pipe_is_shown_at_once_and_ended_by_a_signal() {
    let bytes = capture("ping.pcap");
    let first = 24 + 16 + 42;
    let both = [Signal::INT, Signal::TERM];
    for (format, sent) in ["json", "plist", "ndjson", "pcapng"].into_iter().zip(both.repeat(2)) {
        let mut command = program(["extract", "-f", format, "-"]);
        command.stdin(Stdio::piped());
        let mut child = piped(command);
        let mut stdin = child.stdin.take().expect("a pipe");
        let mut stdout = BufReader::new(child.stdout.take().expect("a pipe"));
        // A whole frame and a part of the next: the whole one must be seen.
        stdin.write_all(&bytes[..first + 20]).expect("it reads");
        let mut all = match format {
            "json" | "ndjson" => until(&mut stdout, "\"number\":1"),
            "plist" => until(&mut stdout, "<key>layers</key>"),
            _ => {
                let mut head = vec![0; 28 + 20 + 32];
                stdout.read_exact(&mut head).expect("the first frame");
                head
            }
        };
        signal(&child, sent);
        stdout.read_to_end(&mut all).expect("the end");
        let ran = finish(child);
        assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{format}");
        match format {
            "json" | "plist" => assert_eq!(frames_of(format, &all), 1),
            "ndjson" => assert_eq!(lines(&all).len(), 1),
            _ => {
                let folder = folder();
                std::fs::write(folder.path().join("a"), &all).expect("a file");
                assert_eq!(count(folder.path().join("a")), 1);
            }
        }
        if format == "json" {
            assert_eq!(json(&all)["summary"]["interrupted"], true);
        }
        drop(stdin);
    }
}

#[test]
fn a_compressed_live_pipe_is_ended_without_complaint() {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(&capture("ping.pcap")).expect("memory");
    encoder.flush().expect("memory");
    let mut command = program(["extract", "-v", "-"]);
    command.stdin(Stdio::piped());
    let mut child = piped(command);
    let mut stdin = child.stdin.take().expect("a pipe");
    stdin.write_all(encoder.get_ref()).expect("it reads");
    let mut stderr = BufReader::new(child.stderr.take().expect("a pipe"));
    until(&mut stderr, " - Frame   9:");
    signal(&child, Signal::INT);
    let mut rest = String::new();
    stderr.read_to_string(&mut rest).expect("text");
    assert!(!rest.contains("warning"), "{rest}");
    assert!(frames_of("json", &finish(child).quietly()) >= 9);
    drop(stdin);
}

#[test]
fn a_pipe_that_nobody_writes_is_given_up_on_a_signal() {
    let folder = folder();
    let fifo = fifo(folder.path());
    let mut command = program(["extract", "ping.pcap", "-v", "-f", "plist"]);
    command.arg(&fifo);
    let mut child = piped(command);
    let mut stderr = BufReader::new(child.stderr.take().expect("a pipe"));
    // All of the file has been read: the pipe is waited for, or will be.
    let last = count(captures().join("ping.pcap"));
    until(&mut stderr, &format!(" - Frame {last:>3}:"));
    signal(&child, Signal::TERM);
    let ran = finish(child);
    assert_eq!(ran.code, Some(0));
    assert_eq!(frames_of("plist", &ran.out), last);
}

#[test]
fn an_endless_input_into_files() {
    let folder = folder();
    let records = capture("http.pcap").split_off(24);
    for (name, sent) in [
        ("a.json", Signal::INT),
        ("a.plist", Signal::TERM),
        ("a.json.gz", Signal::TERM),
        ("a.pcapng.zst", Signal::INT),
        ("a.csv", Signal::INT),
    ] {
        let path = folder.path().join(name);
        let mut command = program(["extract", "-v", "-", "-o"]);
        command.arg(&path).stdin(Stdio::piped());
        let mut child = piped(command);
        let mut stdin = child.stdin.take().expect("a pipe");
        let mut stderr = BufReader::new(child.stderr.take().expect("a pipe"));
        let (header, records) = (capture("http.pcap")[..24].to_vec(), records.clone());
        let feeding = std::thread::spawn(move || {
            let mut fed = stdin.write_all(&header);
            while fed.is_ok() {
                fed = stdin.write_all(&records);
            }
        });
        until(&mut stderr, " - Frame 5000:");
        signal(&child, sent);
        let mut rest = String::new();
        stderr.read_to_string(&mut rest).expect("text");
        assert!(rest.ends_with(&format!("Report file stored in '{}'\n", path.display())));
        assert_eq!(finish(child).code, Some(0), "{name}");
        feeding.join().expect("fed");
        let bytes = std::fs::read(&path).expect("a report");
        match name {
            "a.json" | "a.plist" => assert!(frames_of(&name[2..], &bytes) >= 5000),
            "a.json.gz" => {
                let mut whole = Vec::new();
                let mut decoder = flate2::read::MultiGzDecoder::new(&bytes[..]);
                decoder.read_to_end(&mut whole).expect("whole");
                assert!(frames_of("json", &whole) >= 5000);
            }
            "a.csv" => assert!(bytes.ends_with(b"\r\n")),
            _ => assert!(count(&path) >= 5000),
        }
    }
}

#[test]
fn a_growing_file_is_followed() {
    let folder = folder();
    let path = folder.path().join("growing.pcap");
    let bytes = capture("ping.pcap");
    let first = 24 + 16 + 42;
    for (format, sent) in [("json", Signal::INT), ("plist", Signal::TERM)] {
        std::fs::write(&path, &bytes[..first]).expect("a file");
        let mut command = program(["extract", "-v", "--follow", "-f", format]);
        command.arg(&path);
        let mut child = piped(command);
        let mut stderr = BufReader::new(child.stderr.take().expect("a pipe"));
        until(&mut stderr, " - Frame   1:");
        let mut file = std::fs::File::options().append(true).open(&path).expect("the file");
        let rest = &bytes[first..];
        // In two parts, the first of which ends inside a record.
        file.write_all(&rest[..30]).expect("room");
        file.write_all(&rest[30..]).expect("room");
        until(&mut stderr, &format!(" - Frame {:>3}:", count(captures().join("ping.pcap"))));
        signal(&child, sent);
        let ran = finish(child);
        assert_eq!(ran.code, Some(0));
        assert_eq!(frames_of(format, &ran.out), count(captures().join("ping.pcap")));
    }
}

#[test]
fn following_does_not_busy_the_processor() {
    let mut command = program(["show", "-v", "--follow", "ping.pcap"]);
    command.stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("it starts");
    let mut stderr = BufReader::new(child.stderr.take().expect("a pipe"));
    let last = count(captures().join("ping.pcap"));
    until(&mut stderr, &format!(" - Frame {last:>3}:"));
    let ticks = || {
        // Fields 14 and 15 of proc(5)'s stat: time in user and kernel mode, in hundredths.
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", child.id())).ok()?;
        let behind = stat.rsplit_once(')')?.1;
        let mut fields = behind.split_whitespace().skip(11).map(|field| field.parse::<u64>());
        Some(fields.next()?.ok()? + fields.next()?.ok()?)
    };
    match ticks() {
        Some(before) => {
            // The time that is measured, not a wait for something.
            std::thread::sleep(std::time::Duration::from_secs(1));
            let spent = ticks().map_or(0, |after| after - before);
            assert!(spent < 20, "{spent} hundredths of a second");
        }
        None => skipped("processor time needs /proc"),
    }
    signal(&child, Signal::INT);
    assert_eq!(finish(child).code, Some(0));
}

#[test]
fn each_frame_of_a_pipe_is_seen_before_the_next_is_written() {
    // As `ssh host tcpdump -U -w - | wirelens show -` has them.
    let folder = folder();
    let ng = folder.path().join("a.pcapng");
    run_with("extract ping.pcap --range 1-8 -o", &[&ng]).quietly();
    for (bytes, header, record) in [
        (capture("ping.pcap"), 24, &pcap_record as &dyn Fn(&[u8]) -> usize),
        (std::fs::read(&ng).expect("a file"), 0, &pcapng_record),
    ] {
        for arguments in ["show - -t none", "show - -t none --bpf arp"] {
            if arguments.contains("bpf") && !has_libpcap() {
                continue;
            }
            let mut command = program(arguments.split_whitespace());
            command.stdin(Stdio::piped());
            let mut child = piped(command);
            let mut stdin = child.stdin.take().expect("a pipe");
            let mut stdout = BufReader::new(child.stdout.take().expect("a pipe"));
            let (head, mut rest) = bytes.split_at(header);
            stdin.write_all(head).expect("it reads");
            let mut seen = 0;
            while !rest.is_empty() && seen < 8 {
                let (one, others) = rest.split_at(record(rest));
                stdin.write_all(one).expect("it reads");
                rest = others;
                let is_frame = header > 0 || one[0] == 6;
                let at = if header > 0 { 16 } else { 28 };
                let kind = one.get(at + 12..at + 14);
                let passes = !arguments.contains("bpf") || kind == Some(&[8, 6][..]);
                if is_frame && passes {
                    let mut line = String::new();
                    stdout.read_line(&mut line).expect("its line");
                    assert!(!line.is_empty());
                }
                seen += usize::from(is_frame);
            }
            drop(stdin);
            assert_eq!(finish(child).code, Some(0));
        }
    }
}

fn pcap_record(bytes: &[u8]) -> usize {
    16 + u32::from_le_bytes(bytes[8..12].try_into().expect("four bytes")) as usize
}

fn pcapng_record(bytes: &[u8]) -> usize {
    u32::from_le_bytes(bytes[4..8].try_into().expect("four bytes")) as usize
}
