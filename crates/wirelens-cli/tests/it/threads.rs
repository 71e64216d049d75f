//! Several threads write what one does.

use std::io::{BufRead, BufReader, Write};
use std::process::Stdio;

use crate::helper::*;

/// The captures one behind the other, often enough that there are more batches than threads.
fn long_stream() -> Vec<u8> {
    let mut names = all_captures();
    names.retain(|name| !name.contains('/') && name != "damaged.pcap");
    let all: Vec<_> = names.iter().flat_map(|name| [name.as_str(); 8]).collect();
    run_with("extract -f pcapng -o -", &all).quietly()
}

#[test]
fn the_same_bytes_in_every_format() {
    let stream = long_stream();
    let formats =
        ["json", "ndjson", "plist", "tree", "detail", "text", "csv --fields ip.src,tcp.len"];
    for format in formats {
        let alone = run_fed(&format!("extract -f {format} --threads 1 -"), &stream).quietly();
        assert!(!alone.is_empty());
        for threads in [2, 3, 8] {
            let arguments = format!("extract -f {format} --threads {threads} -");
            let together = run_fed(&arguments, &stream).quietly();
            assert!(together == alone, "{format} with {threads} threads");
        }
    }
}

#[test]
fn times_go_on_where_another_thread_left_off() {
    let stream = long_stream();
    for time in ["relative", "delta", "absolute"] {
        let alone = run_fed(&format!("show --time {time} --threads 1 -"), &stream).quietly();
        let together = run_fed(&format!("show --time {time} --threads 3 -"), &stream).quietly();
        assert!(together == alone, "{time}");
    }
}

#[test]
fn one_file_of_every_kind() {
    for name in all_captures() {
        let alone = run(&format!("extract -f json --threads 1 {name}"));
        let together = run(&format!("extract -f json --threads 4 {name}"));
        assert_eq!((together.code, &together.err), (alone.code, &alone.err), "{name}");
        assert!(together.out == alone.out, "{name}");
    }
}

#[test]
fn what_could_be_read_is_stored() {
    let mut stream = long_stream();
    stream.truncate(stream.len() / 2 + 3);
    let alone = run_fed("extract -f json --threads 1 -", &stream);
    let together = run_fed("extract -f json --threads 3 -", &stream);
    assert!(alone.err.contains("warning"), "{}", alone.err);
    assert_eq!((together.code, together.err), (alone.code, alone.err));
    assert!(together.out == alone.out);
}

/// A datagram: from one host to another, ports, payload.
type Datagram = ([u8; 4], [u8; 4], (u16, u16), Vec<u8>);

/// A capture of datagrams in UDP over IPv4.
fn capture_of(frames: &[Datagram]) -> Vec<u8> {
    let mut file = vec![0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0];
    file.extend([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0, 101, 0, 0, 0]);
    for (at, (from, to, ports, payload)) in frames.iter().enumerate() {
        let length = (28 + payload.len()) as u32;
        for word in [at as u32, 0, length, length] {
            file.extend(word.to_le_bytes());
        }
        file.extend([0x45, 0]);
        file.extend((length as u16).to_be_bytes());
        file.extend([0, 0, 0, 0, 64, 17, 0, 0]);
        file.extend(from.iter().chain(to));
        for number in [ports.0, ports.1, length as u16 - 20, 0] {
            file.extend(number.to_be_bytes());
        }
        file.extend(payload);
    }
    file
}

/// Calls whose media go between other hosts than those that agree on them, each followed at once
/// by a packet of its media.
pub(crate) fn calls() -> Vec<u8> {
    let mut frames = Vec::new();
    for call in 0..2000_u16 {
        let [high, low] = call.to_be_bytes();
        let (caller, media) = ([10, 1, high, low], [10, 2, low, high]);
        let body = format!("v=0\r\nc=IN IP4 10.2.{low}.{high}\r\nm=audio 4000 RTP/AVP 0\r\n");
        let invite = format!(
            "INVITE sip:b@example.com SIP/2.0\r\nCall-ID: {call}\r\nCSeq: 1 INVITE\r\n\
             Content-Type: application/sdp\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        frames.push((caller, [10, 0, 0, 1], (5060, 5060), invite.into_bytes()));
        for packet in 0..2 {
            let mut rtp = vec![0x80, 0, 0, packet];
            rtp.extend([0; 168]);
            frames.push(([10, 3, low, call as u8 ^ 7], media, (9000, 4000), rtp));
        }
    }
    capture_of(&frames)
}

#[test]
fn what_one_dialogue_agrees_on_others_know_at_once() {
    let path = std::env::temp_dir().join(format!("wirelens-calls-{}.pcap", std::process::id()));
    std::fs::write(&path, calls()).expect("room");
    let report = |threads: usize| {
        let arguments = format!("extract -f ndjson --fields rtp.seq --threads {threads}");
        run_with(&arguments, &[path.to_str().expect("a name")]).quietly()
    };
    let alone = report(1);
    let of_media = alone
        .split(|byte| *byte == b'\n')
        .filter(|line| line.windows(7).any(|it| it == b"rtp.seq"));
    assert_eq!(of_media.count(), 4000);
    for threads in [2, 3, 8] {
        assert!(report(threads) == alone, "{threads} threads");
    }
    std::fs::remove_file(path).expect("it was there");
}

#[test]
fn a_file_that_need_not_be_waited_for() {
    let path = std::env::temp_dir().join(format!("wirelens-long-{}.pcapng", std::process::id()));
    std::fs::write(&path, long_stream()).expect("room");
    let name = path.to_str().expect("a name");
    for more in
        ["", "--range 5-100,300-", "--no-reassembly", "--two-pass", "--limit conversations=64"]
    {
        let report = |threads: usize| {
            let ran = run_with(&format!("extract -f json {more} --threads {threads}"), &[name]);
            (ran.code, ran.err, ran.out)
        };
        let alone = report(1);
        assert_eq!(alone.0, Some(0), "{more}: {}", alone.1);
        for threads in [2, 3, 8] {
            assert!(report(threads) == alone, "{more} with {threads} threads");
        }
    }
    std::fs::remove_file(path).expect("it was there");
}

/// What is made of many frames.
const OF_MANY: [&str; 8] = [
    "trace -f json",
    "trace --events",
    "stats -f json",
    "stats -f text",
    "http -f text --tcp-verbose --headers --bodies",
    "http -f json",
    "grep -f ndjson [a-z]{4}",
    "reassemble -f json",
];

#[test]
fn what_is_made_of_many_frames_is_the_same() {
    let mut stream = long_stream();
    for cut in [false, true] {
        for what in OF_MANY {
            let report = |threads: usize| {
                let ran = run_fed(&format!("{what} --threads {threads} -"), &stream);
                (ran.code, ran.err, ran.out)
            };
            let alone = report(1);
            let found = alone.0 == Some(0) && alone.2.len() > 500;
            assert!(found, "{what}: {:?}, {} bytes, {}", alone.0, alone.2.len(), alone.1);
            assert!(cut || alone.1.is_empty(), "{what}: {}", alone.1);
            for threads in [2, 3, 8] {
                assert!(report(threads) == alone, "{what} with {threads} threads");
            }
        }
        stream.truncate(stream.len() / 2 + 3);
    }
}

#[test]
fn what_is_made_of_some_frames_of_a_file_is_the_same() {
    let path = std::env::temp_dir().join(format!("wirelens-some-{}.pcapng", std::process::id()));
    std::fs::write(&path, long_stream()).expect("room");
    let name = path.to_str().expect("a name");
    for what in OF_MANY {
        let report = |threads: usize| {
            let arguments = format!("{what} --range 5-100,300- --threads {threads}");
            let ran = run_with(&arguments, &[name]);
            (ran.code, ran.err, ran.out)
        };
        let alone = report(1);
        for threads in [2, 8] {
            assert!(report(threads) == alone, "{what} with {threads} threads");
        }
    }
    std::fs::remove_file(path).expect("it was there");
}

#[test]
fn a_pipe_is_shown_before_it_is_waited_for() {
    let datagram = |at: u8| ([10, 0, 0, at], [10, 0, 1, at], (5000, 6000), b"needle".to_vec());
    let bytes = capture_of(&(0..40).map(datagram).collect::<Vec<_>>());
    let mut command = program("grep needle - --threads 3".split_whitespace());
    command.stdin(Stdio::piped());
    let mut child = piped(command);
    let mut stdin = child.stdin.take().expect("a pipe");
    let mut stdout = BufReader::new(child.stdout.take().expect("a pipe"));
    let (head, records) = bytes.split_at(24);
    stdin.write_all(head).expect("it reads");
    for record in records.chunks(16 + 28 + 6) {
        stdin.write_all(record).expect("it reads");
        let mut line = String::new();
        stdout.read_line(&mut line).expect("its line");
        assert!(line.contains("needle"), "{line}");
    }
    drop(stdin);
    assert_eq!(finish(child).code, Some(0));
}

#[cfg(target_os = "linux")]
#[test]
fn a_device_that_is_full_ends_all_threads() {
    let ran = run_fed("extract -f ndjson --threads 4 -o /dev/full -", &long_stream());
    assert_eq!(ran.code, Some(2));
    assert!(ran.err.contains("/dev/full"), "{}", ran.err);
    for what in ["trace -f json --index", "http -f json -o"] {
        let arguments = format!("{what} /dev/full --threads 4 -");
        assert_eq!(run_fed(&arguments, &long_stream()).code, Some(2));
    }
}
