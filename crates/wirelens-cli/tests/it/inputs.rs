//! Where captures come from, and what is wrong with them.

use std::io::Write;
use std::path::Path;

use crate::helper::*;

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).expect("memory");
    encoder.finish().expect("memory")
}

#[test]
fn the_same_bytes_by_every_way() {
    let folder = folder();
    for name in ["http.pcap", "mixed.pcapng", "big-endian-ns.pcap"] {
        let bytes = capture(name);
        let packed = [gzip(&bytes), zstd::encode_all(&bytes[..], 0).expect("memory")];
        for format in ["ndjson", "detail", "csv", "tree", "text", "pcapng"] {
            let extract = format!("extract -f {format}");
            let expected = run_with(&extract, &[captures().join(name)]).quietly();
            assert_eq!(run_fed(&format!("{extract} -"), &bytes).quietly(), expected);
            // The extension says nothing about an input.
            for (packed, name) in packed.iter().zip(["a.gz", "a"]) {
                assert_eq!(run_fed(&format!("{extract} -"), packed).quietly(), expected);
                let path = folder.path().join(name);
                std::fs::write(&path, packed).expect("a file");
                assert_eq!(run_with(&extract, &[&path]).quietly(), expected);
            }
            #[cfg(unix)]
            {
                let fifo = crate::live::fifo(folder.path());
                let child = piped(program(["extract", "-f", format, &fifo.to_string_lossy()]));
                std::fs::write(&fifo, &bytes).expect("a reader");
                assert_eq!(finish(child).quietly(), expected);
                std::fs::remove_file(fifo).expect("it was there");
            }
        }
    }
}

#[test]
fn what_the_program_compressed_it_reads() {
    let folder = folder();
    let expected = run("extract -f ndjson mixed.pcapng").quietly();
    for extension in ["pcapng.gz", "pcapng.zst"] {
        let path = folder.path().join(format!("a.{extension}"));
        run_with("extract mixed.pcapng -o", &[&path]).quietly();
        assert_eq!(run_with("extract -f ndjson", &[&path]).quietly(), expected);
    }
}

/// Files of a folder whose names are in another order than their frames.
fn unordered(folder: &Path) {
    let bytes = capture("http.pcap");
    for (name, seconds) in [("a.pcap", 3_000_u32), ("b.pcap", 1_000), ("c.pcap", 2_000)] {
        let mut bytes = bytes.clone();
        let mut at = 24;
        while at < bytes.len() {
            bytes[at..at + 4].copy_from_slice(&seconds.to_le_bytes());
            let captured = bytes[at + 8..at + 12].try_into().expect("four bytes");
            at += 16 + u32::from_le_bytes(captured) as usize;
        }
        std::fs::write(folder.join(name), bytes).expect("a file");
    }
    std::fs::write(folder.join("notes.txt"), "not a capture\n").expect("a file");
}

#[test]
fn a_folder_is_one_stream_in_order_of_time() {
    let folder = folder();
    unordered(folder.path());
    let ran = run_with("extract -v -f ndjson", &[folder.path()]);
    assert_eq!(ran.code, Some(0));
    let loaded: Vec<&str> = ran.err.lines().filter(|line| line.starts_with("Loading")).collect();
    let expected = ["b.pcap", "c.pcap", "a.pcap"]
        .map(|name| format!("Loading file '{}'", folder.path().join(name).display()));
    assert_eq!(loaded, expected);
    assert!(ran.err.contains("notes.txt was left out: "), "{}", ran.err);
    let frames = lines(&ran.out);
    assert_eq!(frames.len(), 3 * count(captures().join("http.pcap")));
    let times: Vec<_> = frames.iter().map(|frame| frame["time"].as_str()).collect();
    assert!(times.is_sorted());
    let numbers = frames.iter().map(|frame| frame["number"].as_u64());
    assert!(numbers.eq((1..=frames.len() as u64).map(Some)));
    let files = ["a.pcap", "c.pcap", "b.pcap"].map(|name| folder.path().join(name));
    assert_eq!(run_with("extract -f ndjson", &files).quietly(), ran.out);
}

#[test]
fn a_capture_cut_at_any_byte() {
    let bytes = capture("ping.pcap");
    let mut ends = vec![24];
    while let Some(record) = bytes.get(ends[ends.len() - 1]..).filter(|rest| !rest.is_empty()) {
        let captured = record[8..12].try_into().expect("four bytes");
        ends.push(ends[ends.len() - 1] + 16 + u32::from_le_bytes(captured) as usize);
    }
    for cut in 24..ends[3] {
        let ran = run_fed("extract -f json -", &bytes[..cut]);
        assert_eq!(ran.code, Some(0), "{cut}: {}", ran.err);
        let whole = ends.iter().filter(|&&end| end <= cut).count() - 1;
        assert_eq!(frames_of("json", &ran.out), whole, "{cut}");
        if ends.contains(&cut) {
            assert_eq!(ran.err, "", "{cut}");
        } else {
            assert_eq!(ran.err.lines().count(), 1, "{cut}: {}", ran.err);
            let offset = format!("warning: at offset {}: the file ends inside", ends[whole]);
            assert!(ran.err.contains(&offset), "{cut}: {}", ran.err);
            let warnings = &json(&ran.out)["summary"]["warnings"];
            assert_eq!(warnings[0]["offset"], ends[whole]);
        }
    }
}

#[test]
fn compressed_input_cut_short() {
    let packed = gzip(&capture("http.pcap"));
    let ran = run_fed("extract -f plist -", &packed[..packed.len() / 2]);
    assert_eq!(ran.code, Some(0));
    assert!(frames_of("plist", &ran.out) > 0);
    assert!(ran.err.contains("compressed data is damaged or cut short"), "{}", ran.err);
}

#[test]
fn damaged_records_are_reported() {
    for format in ["json", "plist"] {
        let ran = run(&format!("extract -f {format} damaged.pcap"));
        assert_eq!(ran.code, Some(0));
        assert_eq!(ran.err.lines().count(), 2, "{}", ran.err);
        assert!(ran.err.lines().all(|line| line.starts_with("wirelens: warning: at offset ")));
        assert!(frames_of(format, &ran.out) > 1);
    }
    let shown = run("show damaged.pcap");
    assert_eq!(shown.err.lines().count(), 2);
}
