//! Where bytes come from: compressed, dripping, growing, several files, folders.

use std::io::{Cursor, Read, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use wirelens_capture::{Capture, Compression, Compressor, Error, OpenOptions, Problem};

use crate::build::*;

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut writer = Compressor::gzip(Vec::new());
    writer.write_all(bytes).expect("memory");
    writer.finish().expect("memory")
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    let mut writer = Compressor::zstd(Vec::new()).expect("memory");
    writer.write_all(bytes).expect("memory");
    writer.finish().expect("memory")
}

fn lz4(bytes: &[u8]) -> Vec<u8> {
    let mut writer = lz4_flex::frame::FrameEncoder::new(Vec::new());
    // The first write chooses the size of the blocks.
    bytes.chunks(50_000).for_each(|chunk| writer.write_all(chunk).expect("memory"));
    writer.finish().expect("memory")
}

fn xz(bytes: &[u8]) -> Vec<u8> {
    let mut writer = liblzma::write::XzEncoder::new(Vec::new(), 1);
    writer.write_all(bytes).expect("memory");
    writer.finish().expect("memory")
}

type Compress = fn(&[u8]) -> Vec<u8>;
const ALL: [(Compress, Compression); 4] = [
    (gzip, Compression::Gzip),
    (zstd, Compression::Zstd),
    (lz4, Compression::Lz4),
    (xz, Compression::Xz),
];

#[test]
fn compressed_in_one_piece_and_in_two() {
    let file = plain_pcap(3000);
    let (whole, _) = read(&file);
    for (compress, compression) in ALL {
        let pieces = [compress(&file[..100_001]), compress(&file[100_001..])].concat();
        for bytes in [compress(&file), pieces] {
            let mut capture = Capture::from_reader(Cursor::new(bytes)).expect("opens");
            assert_eq!(drain(&mut capture), whole, "{compression:?}");
            assert_eq!(capture.take_warnings(), [], "{compression:?}");
            assert_eq!(capture.files()[0].compression, compression);
        }
    }
}

#[test]
fn compressed_and_cut_gives_what_is_whole() {
    let file = plain_pcap(3000);
    let (whole, _) = read(&file);
    for (compress, compression) in ALL {
        let bytes = compress(&file);
        let cut = bytes[..bytes.len() - 9].to_vec();
        let mut capture = Capture::from_reader(Cursor::new(cut)).expect("opens");
        let frames = drain(&mut capture);
        assert_eq!(frames, whole[..frames.len()], "{compression:?}");
        let warnings = capture.take_warnings();
        assert_eq!(warnings.len(), 1, "{compression:?} {warnings:?}");
        assert!(matches!(warnings[0].problem, Problem::Compression { .. }), "{compression:?}");
    }
}

#[test]
fn compressed_and_cut_before_the_header_is_an_error() {
    for (compress, compression) in ALL {
        let bytes = compress(&plain_pcap(3))[..12].to_vec();
        let error = Capture::from_reader(Cursor::new(bytes)).expect_err("nothing to read");
        assert!(matches!(error, Error::Compressed { .. }), "{compression:?} {error}");
    }
}

/// Gives one byte at a time, as a slow pipe may.
struct Drip(Cursor<Vec<u8>>);

impl Read for Drip {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let room = buffer.len().min(1);
        self.0.read(&mut buffer[..room])
    }
}

#[test]
fn a_dripping_pipe_gives_the_same() {
    for file in [plain_pcap(20), plain_pcapng(20), plain_snoop(20), gzip(&plain_pcap(20))] {
        let (whole, _) = read(&file);
        let mut capture = Capture::from_reader(Drip(Cursor::new(file))).expect("opens");
        assert_eq!(drain(&mut capture), whole);
    }
}

/// Breaks after its bytes, as a disk or a connection may.
struct Broken(Cursor<Vec<u8>>);

impl Read for Broken {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        match self.0.read(buffer)? {
            0 => Err(std::io::Error::from_raw_os_error(5)),
            count => Ok(count),
        }
    }
}

#[test]
fn an_error_comes_after_everything_that_was_read() {
    let file = plain_pcap(10);
    let cut = file.len() - 7;
    let mut capture =
        Capture::from_reader(Broken(Cursor::new(file[..cut].to_vec()))).expect("opens");
    for _ in 0..9 {
        assert!(capture.next_frame().expect("was read").is_some());
    }
    let error = capture.next_frame().expect_err("breaks");
    assert!(matches!(error, Error::Read { offset, .. } if offset == cut as u64), "{error}");
    assert!(capture.next_frame().expect("then ends").is_none());
    assert_eq!(capture.take_warnings(), []);
}

#[cfg(unix)]
#[test]
fn a_named_pipe_is_read_as_it_comes() {
    let folder = Folder::new("pipe");
    let path = folder.0.join("pipe");
    // std cannot make one; where the command is missing there is nothing to test.
    let made = std::process::Command::new("mkfifo").arg(&path).status();
    if !made.is_ok_and(|status| status.success()) {
        eprintln!("skipped: no mkfifo");
        return;
    }
    let writer = {
        let path = path.clone();
        std::thread::spawn(move || std::fs::write(path, plain_pcapng(50)).expect("writes"))
    };
    let mut capture = Capture::open(&path).expect("opens");
    assert_eq!(capture.size_hint(), None);
    assert_eq!(drain(&mut capture).len(), 50);
    writer.join().expect("writer");
}

/// A folder of its own that is removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("wirelens-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }

    fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.0.join(name);
        std::fs::write(&path, bytes).expect("a file");
        path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn one_frame(second: u32) -> Vec<u8> {
    let mut file = LITTLE.pcap_header(MICROSECONDS, (2, 4), 1);
    file.extend(LITTLE.pcap_record((second, 0), 5, 0, b"frame"));
    file
}

#[test]
fn a_folder_is_one_stream_in_order_of_time() {
    let folder = Folder::new("folder");
    folder.file("a.pcap", &one_frame(30));
    folder.file("b.pcap.gz", &gzip(&one_frame(10)));
    folder.file("c.pcapng", &plain_pcapng(1));
    folder.file("d.txt", b"not a capture");
    folder.file("e.pcap", &one_frame(20));
    let mut capture = Capture::open(&folder.0).expect("opens");
    let names: Vec<_> = capture.files().iter().filter_map(|file| file.path.file_name()).collect();
    assert_eq!(names, ["b.pcap.gz", "e.pcap", "a.pcap", "c.pcapng"]);
    assert_eq!(capture.files()[1].first.map(|time| time.seconds()), Some(20));
    let size: u64 = capture.files().iter().filter_map(|file| file.size).sum();
    assert_eq!(capture.size_hint(), Some(size));
    let seconds: Vec<_> =
        drain(&mut capture).iter().filter_map(|frame| Some(frame.time?.seconds())).collect();
    assert_eq!(seconds, [10, 20, 30, 1_400_000_000]);
    assert_eq!(capture.position(), size);
    let warnings = capture.take_warnings();
    assert_eq!(warnings.len(), 1);
    assert!(warnings[0].to_string().contains("d.txt was left out"), "{}", warnings[0]);
    // Interfaces of all files have indices of one list.
    assert_eq!(capture.interfaces().len(), 4);
}

#[test]
fn named_files_must_be_captures() {
    let folder = Folder::new("named");
    let good = folder.file("good.pcap", &one_frame(1));
    let bad = folder.file("bad.pcap", b"no");
    let error = OpenOptions::new().open_all([&good, &bad]).expect_err("one is bad");
    assert!(matches!(error, Error::NotACapture { .. }));
    let error = Capture::open(folder.0.join("absent")).expect_err("absent");
    assert!(matches!(error, Error::Open { .. }));
    let empty = Folder::new("empty");
    assert!(matches!(Capture::open(&empty.0), Err(Error::NoCaptures { .. })));
}

#[test]
fn the_flag_may_come_before_the_header() {
    let folder = Folder::new("unborn");
    let path = folder.file("unborn.pcap", b"");
    let stop = Arc::new(AtomicBool::new(false));
    let stopper = {
        let stop = Arc::clone(&stop);
        std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(20));
            stop.store(true, Ordering::Relaxed);
        })
    };
    let mut capture = OpenOptions::new().follow(true).stop(stop).open(&path).expect("waits");
    assert!(capture.next_frame().expect("ends").is_none());
    stopper.join().expect("stopper");
}

#[test]
fn a_growing_file_is_followed_until_the_flag() {
    let folder = Folder::new("follow");
    let whole = plain_pcap(40);
    let path = folder.file("growing.pcap", &whole[..10]);
    let stop = Arc::new(AtomicBool::new(false));
    let writer = {
        let (path, whole) = (path.clone(), whole.clone());
        std::thread::spawn(move || {
            let mut file = std::fs::OpenOptions::new().append(true).open(path).expect("opens");
            // Pieces that end inside headers and frames.
            for piece in whole[10..whole.len() - 5].chunks(333) {
                std::thread::sleep(Duration::from_millis(3));
                file.write_all(piece).expect("writes");
            }
        })
    };
    let mut capture =
        OpenOptions::new().follow(true).stop(Arc::clone(&stop)).open(&path).expect("opens");
    for number in 1..=39 {
        let frame = capture.next_frame().expect("reads").expect("a frame");
        assert_eq!(frame.number, number);
    }
    writer.join().expect("writer");
    let started = Instant::now();
    let stopper = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(30));
        stop.store(true, Ordering::Relaxed);
    });
    assert!(capture.next_frame().expect("reads").is_none());
    assert!(started.elapsed() < Duration::from_secs(5));
    stopper.join().expect("stopper");
    assert_eq!(capture.take_warnings(), [], "a record still being written is not damage");
}

/// A dictionary of 4 GiB would be filled by a file of a few hundred KiB.
#[test]
fn xz_that_wants_much_memory_is_an_error() {
    let mut bytes = xz(&plain_pcap(3));
    // The block header behind the stream header of 12: size, flags, LZMA2, one byte of properties.
    assert_eq!(bytes[12 + 2..12 + 4], [0x21, 1]);
    bytes[12 + 4] = 40;
    let mut crc = flate2::Crc::new();
    crc.update(&bytes[12..20]);
    bytes[20..24].copy_from_slice(&crc.sum().to_le_bytes());
    let error = Capture::from_reader(Cursor::new(bytes)).expect_err("too much memory");
    assert!(matches!(error, Error::Compressed { compression: "xz", .. }), "{error}");
}

#[test]
fn what_lies_ahead_is_what_comes() {
    for file in [plain_pcap(5), plain_pcapng(5)] {
        let mut capture = Capture::from_reader(Cursor::new(file)).expect("a capture");
        capture.next_frame().expect("it can be read");
        let seen: Vec<_> = capture.ahead().map(|(link, frame)| (link, frame.to_vec())).collect();
        assert_eq!(seen.len(), 4);
        for (link_type, bytes) in seen {
            let frame = capture.next_frame().expect("it can be read").expect("there is one");
            assert_eq!((frame.link_type, frame.captured), (link_type, &bytes[..]));
        }
        assert_eq!(capture.ahead().count(), 0);
    }
}
