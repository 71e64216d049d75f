//! No allocation per frame once a session is warm: neither for reading nor for dissecting nor
//! for writing a frame.

use std::alloc::System;
use std::path::PathBuf;

use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use wirelens::capture::Capture;
use wirelens::dissect::{Input, Session};
use wirelens::report::{Head, JsonWriter, Line, Options, write_detail, write_tree};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

fn captures() -> Vec<PathBuf> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/captures");
    let entries = std::fs::read_dir(folder).expect("the project's captures");
    let mut all: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    all.retain(|path| path.extension().is_some_and(|e| e == "pcap" || e == "pcapng"));
    all.sort();
    all
}

/// One test, since the counters are those of the whole process.
#[test]
fn nothing_is_allocated_for_a_frame() {
    let mut frames: Vec<(u32, Vec<u8>)> = Vec::new();
    for path in captures() {
        let mut capture = Capture::open(path).expect("a capture");
        while let Some(frame) = capture.next_frame().expect("frames") {
            frames.push((frame.link_type.0.into(), frame.captured.to_vec()));
        }
    }
    assert!(frames.len() > 100);

    let mut session = Session::new(wirelens::protocols::shared());
    let mut line = Line::new();
    let mut json = JsonWriter::new(Options { payload: true, names: true, ..Options::default() });
    let mut pass = || {
        for (at, (link_type, captured)) in frames.iter().enumerate() {
            let length = captured.len() as u32;
            let number = at as u64 + 1;
            let input =
                Input { number, link_type: *link_type, captured, length, ..Input::default() };
            let frame = session.dissect(input);
            let head =
                Head { number, time: Some((1, 2)), length, captured: length, ..Head::default() };
            line.clear();
            json.frame(&mut line, &head, &frame);
            write_detail(&mut line, &head, &frame);
            write_tree(&mut line, &head, &frame);
        }
    };
    pass();
    pass();
    let region = Region::new(ALLOCATOR);
    pass();
    let change = region.change();
    assert_eq!((change.allocations, change.reallocations), (0, 0), "in {} frames", frames.len());

    let few = allocations_of_reading(1);
    let many = allocations_of_reading(200);
    assert_eq!(few, many, "reading more frames of the same kind allocates no more");
}

/// Allocations while reading a file that holds the frames of `http.pcap` so many times.
fn allocations_of_reading(times: usize) -> usize {
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/captures/http.pcap");
    let bytes = std::fs::read(source).expect("a capture");
    let (header, records) = bytes.split_at(24);
    let name = format!("wirelens-allocations-{}-{times}.pcap", std::process::id());
    let path = std::env::temp_dir().join(name);
    std::fs::write(&path, [header, &records.repeat(times)].concat()).expect("a file");
    let region = Region::new(ALLOCATOR);
    let mut capture = Capture::open(&path).expect("a capture");
    let mut count = 0;
    while capture.next_frame().expect("frames").is_some() {
        count += 1;
    }
    let change = region.change();
    assert_eq!(count % times, 0);
    drop(capture);
    std::fs::remove_file(path).expect("the file");
    change.allocations
}
