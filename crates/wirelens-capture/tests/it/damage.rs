//! Cut, damaged and random files: what is whole is delivered, the rest is named, nothing panics.

use std::io::Cursor;

use wirelens_capture::{Capture, Error, Problem};

use crate::build::*;

/// Cuts a file at every byte. `ends` are the offsets where records end.
fn cut_everywhere(file: &[u8], header: usize) {
    let (whole, warnings) = read(file);
    assert_eq!(warnings, []);
    let ends: Vec<u64> =
        whole.iter().skip(1).map(|frame| frame.offset).chain([file.len() as u64]).collect();
    for cut in 0..file.len() {
        let opened = Capture::from_reader(Cursor::new(file[..cut].to_vec()));
        if cut < header {
            let error = opened.expect_err("no header, no capture");
            let expected = matches!(error, Error::NotACapture { .. } | Error::HeaderCut { .. });
            assert!(expected, "{error}");
            continue;
        }
        let mut capture = opened.expect("opens");
        let frames = drain(&mut capture);
        let count = ends.iter().filter(|end| **end <= cut as u64).count();
        assert_eq!(frames, whole[..count], "cut at {cut}");
        let warnings = capture.take_warnings();
        let between = ends.contains(&(cut as u64)) || whole[0].offset == cut as u64;
        if between {
            assert_eq!(warnings, [], "cut at {cut}");
        } else if cut as u64 > whole[0].offset {
            assert_eq!(warnings.len(), 1, "cut at {cut}");
            let start = frames.len().checked_sub(1).map_or(whole[0].offset, |at| ends[at]);
            assert_eq!(warnings[0].offset, start);
            assert!(matches!(warnings[0].problem, Problem::Truncated { .. }));
            assert_eq!(capture.counters().truncated, 1);
        }
    }
}

#[test]
fn cut_at_every_byte() {
    cut_everywhere(&plain_pcap(4), 24);
    cut_everywhere(&plain_snoop(4), 16);
    cut_everywhere(&plain_pcapng(4), 28);
    let mut modified = BIG.pcap_header(0xa1b2_cd34, (2, 4), 1);
    for number in 0..4 {
        modified.extend(BIG.pcap_record((5, number), 90, 8, &payload(number)));
    }
    cut_everywhere(&modified, 24);
}

#[test]
fn damaged_lengths_cost_one_frame() {
    for (file, field, lost) in
        [(plain_pcap(1000), 8, 1), (plain_snoop(1000), 8, 1), (plain_pcapng(1000), 4, 1)]
    {
        let (whole, _) = read(&file);
        for victim in [0, 1, 500, 998] {
            let mut file = file.clone();
            let at = whole[victim].offset as usize + field;
            file[at..at + 4].copy_from_slice(&[0xff, 0xff, 0xff, 0x7f]);
            let mut capture = Capture::from_reader(Cursor::new(file)).expect("opens");
            let frames = drain(&mut capture);
            assert_eq!(frames.len(), 1000 - lost, "victim {victim}");
            assert_eq!(frames[victim], Kept { ..whole[victim + 1].clone() });
            let warnings = capture.take_warnings();
            assert_eq!(warnings.len(), 1);
            assert_eq!(warnings[0].offset, whole[victim].offset);
            let skipped = whole[victim + 1].offset - whole[victim].offset;
            assert_eq!((warnings[0].skipped, capture.counters().damaged), (skipped, 1));
        }
    }
}

#[test]
fn a_length_that_swallows_others_gives_them_back() {
    // The record claims a few hundred bytes more than it has: the header after it lies in the
    // middle of another frame.
    let file = plain_pcap(1000);
    let (whole, _) = read(&file);
    let mut damaged = file.clone();
    let at = whole[500].offset as usize + 8;
    damaged[at..at + 4].copy_from_slice(&LITTLE.u32(300));
    let (frames, warnings) = read(&damaged);
    assert_eq!(frames.len(), 1000);
    assert_eq!(frames[501..], whole[501..]);
    assert_eq!(warnings.len(), 1);
    assert_eq!(warnings[0].problem, Problem::RecordLength { claimed: 300 });
    assert_eq!(warnings[0].offset, whole[500].offset);
}

#[test]
fn a_length_that_reaches_past_the_end_gives_the_rest_back() {
    for (file, field) in [(plain_pcap(50), 8), (plain_pcapng(50), 4)] {
        let (whole, _) = read(&file);
        let mut damaged = file.clone();
        let at = whole[10].offset as usize + field;
        damaged[at..at + 4].copy_from_slice(&LITTLE.u32(100_000));
        let (frames, warnings) = read(&damaged);
        assert_eq!(frames.len(), 49);
        assert_eq!(frames[10..], whole[11..]);
        assert!(matches!(warnings[0].problem, Problem::RecordLength { .. }));
    }
}

#[test]
fn a_hole_far_into_a_large_file_is_jumped() {
    let file = plain_pcap(20_000);
    let (whole, _) = read(&file);
    let (from, to) = (whole[9_000].offset as usize, whole[11_000].offset as usize + 14);
    let mut damaged = file.clone();
    // Bytes that read as a record of four thousand million bytes.
    damaged[from..to].fill(0xee);
    let mut capture = Capture::from_reader(Cursor::new(damaged)).expect("opens");
    let frames = drain(&mut capture);
    assert_eq!(frames.len(), 20_000 - 2_001);
    assert_eq!(frames[9_000..], whole[11_001..]);
    let skipped = whole[11_001].offset - whole[9_000].offset;
    assert_eq!(capture.counters().skipped_bytes, skipped);
}

/// A small generator with a fixed seed: the same garbage every time.
struct Garbage(u64);

impl Garbage {
    fn bytes(&mut self, count: usize) -> Vec<u8> {
        (0..count)
            .map(|_| {
                self.0 ^= self.0 << 13;
                self.0 ^= self.0 >> 7;
                self.0 ^= self.0 << 17;
                (self.0 >> 32) as u8
            })
            .collect()
    }
}

#[test]
fn garbage_after_a_header_ends_quietly() {
    let mut garbage = Garbage(0x9e37_79b9_7f4a_7c15);
    for file in [plain_pcap(2), plain_snoop(2), plain_pcapng(2)] {
        for _ in 0..20 {
            let mut file = file.clone();
            file.extend(garbage.bytes(10_000));
            let (frames, warnings) = read(&file);
            assert!(frames.len() >= 2);
            assert!(!warnings.is_empty());
        }
    }
}

#[test]
fn any_byte_may_be_wrong() {
    let mut garbage = Garbage(42);
    for file in [plain_pcap(5), plain_snoop(5), plain_pcapng(5)] {
        for at in 0..file.len() {
            let mut file = file.clone();
            file[at] ^= garbage.bytes(1)[0] | 1;
            if let Ok(mut capture) = Capture::from_reader(Cursor::new(file)) {
                drain(&mut capture);
            }
        }
    }
}

#[test]
fn hostile_repetition_is_no_capture() {
    // Chains that break just before they would be believed, tried from each of their records.
    let mut file = plain_pcap(1);
    file.extend([0xff; 16]);
    for _ in 0..15_000 {
        file.extend(LITTLE.pcap_record((1, 1), 1, 0, &[1]));
    }
    file.extend([0xfe; 300_000]);
    let (frames, warnings) = read(&file);
    assert_eq!((frames.len(), warnings.len()), (1, 1));
}

#[test]
fn other_files_are_named() {
    let name = |bytes: &[u8]| {
        Capture::from_reader(Cursor::new(bytes.to_vec())).expect_err("not a capture").to_string()
    };
    assert!(name(b"").contains("an empty file"));
    assert!(name(b"GMBU\x00\x02\x00\x00").contains("Network Monitor"));
    assert!(name(b"\x7fELF\x02\x01").contains("ELF"));
    assert!(name(b"dear diary\n").contains("text"));
    assert!(name(&[0x0a, 0x0d, 0x0d, 0x0a].repeat(8)).contains("not a capture"));
    assert!(name(&plain_pcap(1)[..20]).contains("needs 24 bytes, 20 are there"));
}
