//! Parts of a file: together they are the whole.

use std::path::{Path, PathBuf};

use wirelens_capture::{Capture, Error, OpenOptions, Record, Split};

use crate::build::*;

/// A file of its own for each test.
struct File(PathBuf);

impl File {
    fn new(name: &str, bytes: &[u8]) -> File {
        let name = format!("wirelens-split-{}-{name}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::write(&path, bytes).expect("room");
        File(path)
    }
}

impl Drop for File {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// Offset, bytes, interface and link type.
type Seen = (u64, Vec<u8>, u32, u16);

/// The frames that belong to a split, and where the next one begins.
fn of(split: &Split) -> (Vec<Seen>, Option<u64>) {
    let mut capture = OpenOptions::new().open_split(split).expect("opens");
    let mut frames = Vec::new();
    while let Some(record) = capture.next_record().expect("is read") {
        let offset = match &record {
            Record::Frame(frame) => frame.offset,
            Record::Block(block) => block.offset,
        };
        if !split.holds(offset) {
            return (frames, Some(offset));
        }
        if let Record::Frame(frame) = record {
            assert_eq!(frame.number, frames.len() as u64 + 1);
            frames.push((offset, frame.captured.to_vec(), frame.interface, frame.link_type.0));
        }
    }
    assert!(capture.take_warnings().is_empty());
    (frames, None)
}

fn together(path: &Path, parts: usize) -> usize {
    let whole = of(&Split::whole(path));
    let splits = Split::plan(path, parts).expect("planned");
    let mut frames = Vec::new();
    for (at, split) in splits.iter().enumerate() {
        let (more, end) = of(split);
        assert_eq!(end, splits.get(at + 1).map(|next| next.from), "{split:?}");
        frames.extend(more);
    }
    assert!(frames == whole.0, "{parts} parts");
    splits.len()
}

fn pcap(order: Order, records: u32) -> Vec<u8> {
    let mut file = order.pcap_header(0xa1b2_c3d4, (2, 4), 1);
    for number in 0..records {
        let data = vec![number as u8; 60 + (number * 37 % 1400) as usize];
        file.extend(order.pcap_record((1_700_000_000 + number, 7), data.len() as u32, 0, &data));
    }
    file
}

#[test]
fn pcap_in_any_number_of_parts() {
    for big_endian in [false, true] {
        let file = File::new(&format!("{big_endian}.pcap"), &pcap(Order(big_endian), 3000));
        for parts in [1, 2, 3, 8] {
            assert_eq!(together(&file.0, parts), parts);
        }
    }
}

#[test]
fn small_files_are_few_parts() {
    // Guesses that lead to the same border are one.
    let file = File::new("few.pcap", &pcap(Order(false), 50));
    assert!((2..=50).contains(&together(&file.0, 1000)));
    let file = File::new("small.pcap", &pcap(Order(false), 2));
    assert!(together(&file.0, 16) <= 2);
    let file = File::new("none.pcap", &pcap(Order(false), 0));
    assert_eq!(together(&file.0, 16), 1);
}

fn pcapng(order: Order, frames: u32) -> Vec<u8> {
    let mut file = order.section(&[]);
    file.extend(order.interface(1, 0, &[]));
    file.extend(order.interface(101, 0, &[]));
    for number in 0..frames {
        let data = vec![number as u8; 60 + (number * 37 % 1400) as usize];
        file.extend(order.enhanced(number % 2, 1 << 40, data.len() as u32, &data, &[]));
    }
    file
}

#[test]
fn pcapng_takes_its_section_along() {
    for big_endian in [false, true] {
        let file = File::new(&format!("{big_endian}.pcapng"), &pcapng(Order(big_endian), 3000));
        for parts in [1, 2, 3, 8] {
            assert_eq!(together(&file.0, parts), parts);
        }
    }
    let file = File::new("context.pcapng", &pcapng(Order(true), 3000));
    let splits = Split::plan(&file.0, 2).expect("planned");
    assert_eq!(splits[1].context, [0..28, 28..48, 48..68]);
    let wrong = Split { context: vec![0..28, 68..88], ..splits[1].clone() };
    let error = OpenOptions::new().open_split(&wrong).expect_err("a frame stands there");
    assert!(matches!(error, Error::NotItsSplit { offset: 68, .. }), "{error}");
}

/// Interfaces that come later are told by who reads the part they stand in.
#[test]
fn sections_that_come_later() {
    let file = [pcapng(Order(false), 2000), pcapng(Order(true), 2000)].concat();
    let file = File::new("two.pcapng", &file);
    let splits = Split::plan(&file.0, 4).expect("planned");
    let last = splits.last().expect("some");
    let mut context = Vec::new();
    let mut capture = Capture::open(&file.0).expect("opens");
    while let Some(record) = capture.next_record().expect("is read") {
        if let Record::Block(block) = record
            && Split::is_context(&block)
        {
            context.push(block.offset..block.offset + block.bytes.len() as u64);
        }
    }
    assert_eq!(context.len(), 6);
    let told = Split { context, ..last.clone() };
    let whole = of(&Split::whole(&file.0)).0;
    let from = whole.iter().position(|(offset, ..)| *offset == last.from).expect("a frame");
    assert!(of(&told).0 == whole[from..]);
}

/// A frame that carries a capture file larger than any record deceives the rule: the part before
/// does not end where the next begins.
#[test]
fn a_capture_in_a_frame_shows_at_the_border() {
    let order = Order(false);
    let mut file = pcap(order, 10);
    let inner = pcap(order, 700);
    file.extend(order.pcap_record((1_700_000_010, 0), inner.len() as u32, 0, &inner));
    let inside = file.len() as u64 - inner.len() as u64;
    file.extend(&pcap(order, 10)[24..]);
    let file = File::new("in-a-frame.pcap", &file);
    let splits = Split::plan(&file.0, 2).expect("planned");
    assert!(splits.len() == 2 && splits[1].from > inside, "{splits:?}");
    let (frames, end) = of(&splits[0]);
    assert_eq!(frames.len(), 11);
    assert!(end.is_some_and(|end| end > splits[1].from), "{end:?}, {splits:?}");
}

#[test]
fn what_is_compressed_is_one_part() {
    let packed = zstd::encode_all(&pcap(Order(false), 3000)[..], 1).expect("packed");
    let file = File::new("packed.pcap.zst", &packed);
    assert_eq!(together(&file.0, 8), 1);
}
