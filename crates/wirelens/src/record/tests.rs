//! What was recorded reads back as it came.

use std::path::{Path, PathBuf};

use wirelens_capture::{Capture, Content, Frame, InterfaceCounters, Record, Timestamp};

use super::*;

/// A folder of the test's own, which goes with it.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let name = format!("wirelens-record-{name}-{}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&folder).expect("a folder");
        Folder(folder)
    }

    /// Its files, in the order of their names.
    fn files(&self) -> Vec<PathBuf> {
        files(&self.0)
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a folder");
    let mut files: Vec<_> = entries.map(|entry| entry.expect("an entry").path()).collect();
    files.sort();
    files
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn source(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/captures").join(name)
}

type Seen = (Option<Timestamp>, Vec<u8>, u32);

/// All frames of these files, one after the other.
fn frames(files: &[PathBuf]) -> Vec<Seen> {
    let mut all = Vec::new();
    for file in files {
        let mut capture = Capture::open(file).expect("a capture");
        while let Some(frame) = capture.next_frame().expect("whole") {
            all.push((frame.time, frame.captured.to_vec(), frame.length));
        }
        assert_eq!(capture.take_warnings(), [], "{}", file.display());
    }
    all
}

fn run(recording: Recording, name: &str) -> Recorded {
    let mut capture = Capture::open(source(name)).expect("a capture");
    recording.run(&mut capture, &mut |_| {}).expect("room")
}

#[test]
fn files_of_a_size_are_the_source_together() {
    for format in ["pcap", "pcapng"] {
        let folder = Folder::new(&format!("size-{format}"));
        let out = folder.0.join(format!("deep/out.{format}"));
        let recorded = run(record(&out).rotate_size(2000), "http.pcap");
        let files = files(&folder.0.join("deep"));
        assert!(files.len() > 3, "{files:?}");
        assert_eq!(recorded.files, files.len() as u64);
        let all = frames(&files);
        assert_eq!(all, frames(&[source("http.pcap")]));
        assert_eq!(recorded.frames, all.len() as u64);
        let mut sum = 0;
        for file in &files {
            let length = std::fs::metadata(file).expect("a file").len();
            // A frame that alone is larger has a file for itself.
            assert!(length <= 2000 || frames(std::slice::from_ref(file)).len() == 1, "{length}");
            sum += length;
        }
        assert_eq!(recorded.bytes, sum);
    }
}

#[test]
fn a_ring_keeps_the_last_files() {
    let folder = Folder::new("ring");
    let ring = record(folder.0.join("ring.pcap")).rotate_frames(5).keep(3);
    let mut told = Vec::new();
    let mut capture = Capture::open(source("ping.pcap")).expect("a capture");
    let recorded = ring
        .run(&mut capture, &mut |what| {
            if let Told::Ended(path) = what {
                told.push(path.to_owned());
            }
        })
        .expect("room");
    let all = frames(&[source("ping.pcap")]);
    assert_eq!(told.len(), all.len().div_ceil(5));
    assert_eq!(recorded.removed, told.len() as u64 - 3);
    let files = folder.files();
    assert_eq!(files, told[told.len() - 3..]);
    assert_eq!(frames(&files), all[(told.len() - 3) * 5..]);
}

#[test]
fn times_begin_files_and_ticks_end_them() {
    let folder = Folder::new("time");
    let mut capture = Capture::open(source("ping.pcap")).expect("a capture");
    assert!(capture.advance().expect("a frame"));
    let at = |seconds: i64| Some(Timestamp::new(1000 + seconds, 0));
    let recording = record(folder.0.join("t.pcapng")).rotate_time(Duration::from_secs(10));
    let mut recorder = recording.open(capture.interfaces(), at(0)).expect("room");
    let put = |recorder: &mut Recorder, seconds| {
        let frame = Frame { time: at(seconds), ..capture.current() };
        recorder.frame(&frame).expect("room");
    };
    // The first frame's time is where counting begins.
    for seconds in [2, 5, 11, 12, 45, 41, 52] {
        put(&mut recorder, seconds);
    }
    assert_eq!(recorder.recorded().files, 4);
    recorder.tick(Timestamp::new(1061, 0)).expect("room");
    assert_eq!(folder.files().len(), 4, "not yet");
    assert!(recorder.open.is_some());
    recorder.tick(Timestamp::new(1062, 0)).expect("room");
    assert!(recorder.open.is_none(), "its time is over");
    recorder.finish().expect("room");
    let counts: Vec<usize> =
        folder.files().iter().map(|file| frames(std::slice::from_ref(file)).len()).collect();
    assert_eq!(counts, [3, 1, 2, 1]);
}

#[test]
fn what_is_flushed_can_be_read_while_it_is_recorded() {
    for format in ["pcap", "pcapng"] {
        let folder = Folder::new(&format!("flush-{format}"));
        let path = folder.0.join(format!("a.{format}"));
        let mut capture = Capture::open(source("ping.pcap")).expect("a capture");
        let open = record(&path).open(capture.interfaces(), Some(Timestamp::EPOCH));
        let mut recorder = open.expect("room");
        let now = || frames(std::slice::from_ref(&path)).len();
        assert_eq!(now(), 0, "{format}: there from the start");
        for _ in 0..3 {
            assert!(capture.advance().expect("a frame"));
            recorder.frame(&capture.current()).expect("room");
        }
        assert_eq!(now(), 0);
        recorder.flush().expect("room");
        assert_eq!(now(), 3);
        recorder.frame(&capture.current()).expect("room");
        drop(recorder);
        assert_eq!(now(), 3, "it was not ended");
    }
}

#[test]
fn what_was_counted_is_in_every_file() {
    let folder = Folder::new("counted");
    let mut capture = Capture::open(source("ping.pcap")).expect("a capture");
    let recording = record(folder.0.join("a.pcapng")).rotate_frames(2).comment("of a test");
    let mut recorder =
        recording.open(capture.interfaces(), Some(Timestamp::new(5, 0))).expect("room");
    let counted = |dropped| InterfaceCounters {
        interface: 0,
        received: Some(90),
        dropped: Some(1),
        system_dropped: Some(dropped),
        delivered: Some(50),
        ..InterfaceCounters::default()
    };
    for dropped in [None, Some(6), None, Some(9)] {
        if let Some(dropped) = dropped {
            recorder.count(&[counted(dropped)]);
        }
        assert!(capture.advance().expect("a frame"));
        recorder.frame(&capture.current()).expect("room");
    }
    recorder.finish().expect("room");
    let (mut lost, mut dropped) = (Vec::new(), Vec::new());
    for file in folder.files() {
        let mut capture = Capture::open(&file).expect("a capture");
        while let Some(record) = capture.next_record().expect("whole") {
            match record {
                Record::Frame(frame) => lost.push(frame.drop_count()),
                Record::Block(block) => {
                    if let Content::Statistics(statistics) = block.content() {
                        assert_eq!(statistics.start(), Some(Timestamp::new(5, 0)));
                        dropped.push(statistics.system_dropped());
                    }
                }
            }
        }
        let comments: Vec<_> = capture.sections()[0].options().comments().collect();
        assert_eq!(comments, [b"of a test"]);
    }
    assert_eq!(lost, [None, Some(7), None, Some(3)]);
    assert_eq!(dropped, [Some(6), Some(9)]);
}

#[test]
fn recordings_without_frames_are_captures() {
    let folder = Folder::new("empty");
    let mut nothing = Capture::open(source("dns.pcap")).expect("a capture");
    while nothing.advance().expect("a frame") {}
    for name in ["a.pcap", "a.pcapng", "a"] {
        let path = folder.0.join(name);
        let recorded = record(&path).run(&mut nothing, &mut |_| {}).expect("room");
        assert_eq!((recorded.files, recorded.frames), (1, 0));
        assert_eq!(frames(&[path]), []);
    }
}

#[test]
fn what_does_not_go_together_is_refused() {
    let refused = |recording: Recording| {
        let open = recording.open(&[], None);
        open.map(drop).expect_err("it does not go").to_string()
    };
    for (recording, told) in [
        (record("a.json"), "pcap or pcapng, not json"),
        (record("a.pcap.gz"), "not compressed"),
        (record("a.pcap").comment("x"), "write pcapng"),
        (record("a").format(Format::Text), "not text"),
        (record("-").rotate_frames(1), "one file"),
        (record("a").keep(3), "say when another begins"),
        (record("a").rotate_frames(1).keep(0), "0 cannot be"),
        (record("a").rotate_size(0), "0 cannot be"),
        (record("a").rotate_time(Duration::ZERO), "no time"),
        (record("%!").rotate_frames(1), "no name for files"),
    ] {
        let error = refused(recording);
        assert!(error.contains(told), "{told}: {error}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn no_room_is_told() {
    let mut capture = Capture::open(source("ping.pcap")).expect("a capture");
    let error = record("/dev/full").run(&mut capture, &mut |_| {}).expect_err("no room");
    assert!(error.to_string().starts_with("/dev/full: cannot be written: No space"), "{error}");
}
