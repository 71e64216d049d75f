//! Captures written again.

use std::path::Path;

use wirelens::capture::{Capture, Record};

use crate::helper::*;

/// What a capture's frame is, to compare.
#[derive(PartialEq, Debug)]
struct Seen {
    time: Option<(i64, u32)>,
    captured: Vec<u8>,
    length: u32,
    link_type: u16,
    options: Vec<(u16, Vec<u8>)>,
}

/// Its comments and other options.
fn options(frame: &wirelens::capture::Frame<'_>) -> Vec<(u16, Vec<u8>)> {
    frame.options.iter().map(|option| (option.code, option.value.to_vec())).collect()
}

fn frames(path: &Path) -> Vec<Seen> {
    let mut capture = Capture::open(path).expect("a capture");
    let mut all = Vec::new();
    while let Some(frame) = capture.next_frame().expect("a frame") {
        all.push(Seen {
            time: frame.time.map(|time| (time.seconds(), time.nanoseconds())),
            captured: frame.captured.to_vec(),
            length: frame.length,
            link_type: frame.link_type.0,
            options: options(&frame),
        });
    }
    all
}

/// Every block of a pcapng file as it stands there, frames included.
fn blocks(path: &Path) -> Vec<(u32, Vec<u8>)> {
    let mut capture = Capture::open(path).expect("a capture");
    let mut all = Vec::new();
    while let Some(record) = capture.next_record().expect("a record") {
        match record {
            Record::Block(block) => all.push((block.kind, block.bytes.to_vec())),
            Record::Frame(frame) => {
                let head = format!(
                    "{:?} {} {:?} {}",
                    frame.time,
                    frame.length,
                    options(&frame),
                    frame.interface
                );
                all.push((0, [head.as_bytes(), frame.captured].concat()));
            }
        }
    }
    all
}

#[test]
fn pcapng_keeps_everything() {
    let folder = folder();
    let path = folder.path().join("copy.pcapng");
    run_with("extract mixed.pcapng -o", &[&path]).quietly();
    let original = captures().join("mixed.pcapng");
    assert!(blocks(&original).len() > count(&original) + 4, "it has other blocks");
    assert_eq!(blocks(&path), blocks(&original));
    let part = folder.path().join("part.pcapng");
    run_with("extract --range 2- mixed.pcapng -o", &[&part]).quietly();
    let all = frames(&original);
    assert_eq!(frames(&part), all[1..]);
}

#[test]
fn there_and_back_again() {
    let folder = folder();
    let (there, back) = (folder.path().join("there.pcapng"), folder.path().join("back.pcap"));
    for name in all_captures() {
        if name.ends_with("pcapng") || name == "damaged.pcap" {
            continue;
        }
        let original = captures().join(&name);
        run_with("extract", &[original.as_path(), "-o".as_ref(), &there]).quietly();
        run_with("extract", &[there.as_path(), "-o".as_ref(), &back]).quietly();
        assert_eq!(frames(&there), frames(&original), "{name}");
        assert_eq!(frames(&back), frames(&original), "{name}");
        if name != "big-endian-ns.pcap" {
            let (old, new) = (capture(&name), std::fs::read(&back).expect("a copy"));
            assert_eq!(old[24..], new[24..], "{name}");
        }
    }
}

#[test]
fn nanoseconds_are_kept() {
    let folder = folder();
    let mut bytes = capture("big-endian-ns.pcap");
    let mut at = 24;
    while let Some(head) = bytes.get_mut(at..at + 16) {
        // The lowest byte of the nanoseconds.
        head[7] ^= 1;
        let captured = head[8..12].try_into().expect("four bytes");
        at += 16 + u32::from_be_bytes(captured) as usize;
    }
    let input = folder.path().join("in.pcap");
    std::fs::write(&input, bytes).expect("a file");
    let original = frames(&input);
    let finer = |seen: &Seen| seen.time.is_some_and(|(_, nanos)| nanos % 1000 != 0);
    assert!(original.iter().any(finer));
    for name in ["a.pcap", "a.pcapng"] {
        let path = folder.path().join(name);
        run_with("extract", &[input.as_path(), "-o".as_ref(), &path]).quietly();
        assert_eq!(frames(&path), original, "{name}");
    }
}

#[test]
fn files_of_several_forms_into_one() {
    let folder = folder();
    let path = folder.path().join("all.pcapng");
    let names = ["http.pcap", "raw.pcap", "mixed.pcapng", "big-endian-ns.pcap", "cooked.pcap"];
    let files = names.map(|name| captures().join(name));
    let mut arguments: Vec<_> = files.iter().map(|path| path.as_path()).collect();
    arguments.extend([Path::new("-o"), &path]);
    run_with("extract", &arguments).quietly();
    let total: usize = files.iter().map(count).sum();
    let written = frames(&path);
    assert_eq!(written.len(), total);
    for file in &files {
        for seen in frames(file) {
            assert!(written.contains(&seen), "{}: {seen:?}", file.display());
        }
    }
}
