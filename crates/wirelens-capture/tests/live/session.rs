//! A capture from its opening to its end: stop, send, save, overload.

use std::ops::ControlFlow;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use wirelens_capture::{
    Advance, Backend, Capture, Error, Format, Injector, LiveError, LiveOptions, Problem,
};

use crate::frames::{BACKENDS, next, number, numbered, rest, sender, take, until};
use crate::hosts::Hosts;

fn immediate(backend: Backend) -> LiveOptions {
    LiveOptions::new().backend(backend).buffer_timeout(0)
}

/// How long after the stop a reader that waits is told the end.
fn stopped_after(backend: Backend) -> Duration {
    let options = LiveOptions::new().backend(backend).buffer_timeout(60_000);
    let mut capture = options.open(&["va"]).expect("the device");
    let stopper = capture.stopper().expect("live");
    let (begun, waits) = mpsc::channel();
    let reader = std::thread::spawn(move || {
        begun.send(()).expect("somebody listens");
        let ended = capture.next_frame().expect("no error").is_none();
        let now = Instant::now();
        assert!(ended && capture.next_frame().expect("no error").is_none());
        now
    });
    waits.recv().expect("the reader");
    let stop = Instant::now();
    stopper.clone().stop();
    assert!(stopper.is_stopped());
    reader.join().expect("no panic").duration_since(stop)
}

#[test]
fn stops_at_once_from_another_thread() {
    let Some(_hosts) = Hosts::new() else { return };
    for backend in BACKENDS {
        // A reader that only looked at the flag would take 200 ms each time.
        let fastest = (0..5).map(|_| stopped_after(backend)).min().expect("some");
        assert!(fastest < Duration::from_millis(100), "{backend:?} {fastest:?}");
    }
}

#[test]
fn what_came_before_the_stop_is_delivered() {
    let Some(hosts) = Hosts::new() else { return };
    let sender = sender(&hosts);
    for backend in BACKENDS {
        let options = LiveOptions::new().backend(backend).buffer_timeout(500);
        let mut capture = options.open(&["va"]).expect("the device");
        for one in 0..10 {
            sender.inject(&numbered(one, 60)).expect("sent");
        }
        capture.stopper().expect("live").stop();
        assert_eq!(rest(&mut capture).len(), 10, "{backend:?}");
    }
}

#[test]
fn what_is_injected_the_other_host_sees() {
    let Some(hosts) = Hosts::new() else { return };
    for backend in BACKENDS {
        let mut there = hosts.on_b(|| immediate(backend).open(&["vb"])).expect("the other device");
        let mut here = immediate(backend).open(&["va"]).expect("the device");
        here.injector(0).expect("live").inject(&numbered(1, 200)).expect("sent");
        let alone = Injector::open("va", backend).expect("the device");
        assert_eq!(alone.interface(), "va");
        alone.inject(&numbered(2, 300)).expect("sent");
        assert_eq!(take(&mut there, 2), [numbered(1, 200), numbered(2, 300)], "{backend:?}");
        // While another thread waits in the capture it goes through.
        let (injector, stopper) = (here.injector(0).expect("live"), here.stopper().expect("live"));
        assert!(here.injector(1).is_none());
        std::thread::scope(|scope| {
            scope.spawn(|| rest(&mut here));
            injector.inject(&numbered(3, 60)).expect("sent");
            assert_eq!(take(&mut there, 1), [numbered(3, 60)], "{backend:?}");
            stopper.stop();
        });
        let error = alone.inject(&[0; 70_000]).expect_err("longer than the device allows");
        assert!(matches!(error, LiveError::Failed { doing: "sending", .. }), "{error}");
    }
}

#[test]
fn a_closure_gets_each_frame_until_it_breaks() {
    let Some(hosts) = Hosts::new() else { return };
    let sender = sender(&hosts);
    let mut capture = immediate(Backend::Auto).open(&["va"]).expect("the device");
    for one in 0..5 {
        sender.inject(&numbered(one, 60)).expect("sent");
    }
    let broke = capture.for_each(|frame| match number(frame.captured) {
        3 => ControlFlow::Break("at three"),
        _ => ControlFlow::Continue(()),
    });
    assert_eq!(broke.expect("no error"), Some("at three"));
    assert_eq!(capture.counters().frames, 4);
    capture.stopper().expect("live").stop();
    let broke = capture.for_each(|_| ControlFlow::<()>::Continue(()));
    assert_eq!((broke.expect("no error"), capture.counters().frames), (None, 5));
}

#[test]
fn frames_are_saved_as_they_are_delivered() {
    let Some(hosts) = Hosts::new() else { return };
    let sender = sender(&hosts);
    let folder = std::env::temp_dir().join(format!("wirelens-save-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    for (name, format) in [("a.pcap", Format::PcapNanoseconds), ("a.pcapng", Format::Pcapng)] {
        let path = folder.join(name);
        let options = immediate(Backend::Auto).nanoseconds(true).filter("greater 20");
        let mut capture = options.savefile(&path).open(&["va"]).expect("the device");
        let mut live = Vec::new();
        for one in 0..5 {
            sender.inject(&numbered(one, 60 + one as usize)).expect("sent");
            next(&mut capture);
            live.push((capture.current().time, capture.current().captured.to_vec()));
        }
        let saved = || {
            let mut file = Capture::open(&path).expect("the file");
            let mut frames = Vec::new();
            while let Some(frame) = file.next_frame().expect("no error") {
                frames.push((frame.time, frame.captured.to_vec()));
            }
            (frames, file.sections()[0].format, file.interfaces()[0].clone())
        };
        // Before the reader waits, all that it has seen is in the file.
        let waited = capture.advance_within(Duration::from_millis(1)).expect("no error");
        assert_eq!(waited, Advance::Tick);
        let (frames, found, interface) = saved();
        assert_eq!((&frames, found), (&live, format));
        if format == Format::Pcapng {
            assert_eq!(interface.name(), Some(&b"va"[..]));
            assert_eq!(interface.filter(), Some(&b"greater 20"[..]));
        }
        capture.close().expect("written");
        assert_eq!(saved().0, live);
    }
    // A disk without room ends the capture with an error, once.
    let mut capture = immediate(Backend::Auto).savefile("/dev/full").open(&["va"]).expect("opens");
    sender.inject(&numbered(1, 60)).expect("sent");
    let written = capture.advance_within(Duration::from_secs(20));
    assert!(matches!(written, Err(Error::Write(_))), "{written:?}");
    assert!(capture.next_frame().expect("the error comes once").is_none());
    let nowhere = folder.join("no/such/folder.pcap");
    let refused = immediate(Backend::Auto).savefile(nowhere).open(&["va"]);
    assert!(matches!(refused, Err(Error::Open { .. })));
    std::fs::remove_dir_all(&folder).expect("removed");
}

#[test]
fn frames_dropped_are_counted_and_told() {
    let Some(hosts) = Hosts::new() else { return };
    let sender = sender(&hosts);
    for backend in BACKENDS {
        let mut capture =
            immediate(backend).buffer_size(128 * 1024).open(&["va"]).expect("the device");
        // Nobody reads meanwhile.
        for one in 0..3000 {
            sender.inject(&numbered(one, 1000)).expect("sent");
        }
        let counted = capture.live_statistics().expect("live")[0];
        assert_eq!(counted.received, 3000, "{backend:?}");
        assert!(counted.dropped > 1000, "{backend:?} {counted:?}");
        let mut told = 0;
        let mut frames = 0;
        until("the warning", || {
            let advance = capture.advance_within(Duration::from_millis(50)).expect("no error");
            frames += u64::from(advance == Advance::Frame);
            for warning in capture.take_warnings() {
                let Problem::Dropped { frames, .. } = warning.problem else { panic!("{warning}") };
                told += frames;
            }
            told > 0 && advance == Advance::Tick
        });
        assert_eq!(told, counted.dropped);
        assert_eq!(frames, counted.received - counted.dropped, "{backend:?}");
    }
}

#[test]
fn nothing_is_allocated_for_a_frame() {
    let Some(hosts) = Hosts::new() else { return };
    let sender = sender(&hosts);
    for backend in BACKENDS {
        let mut capture = immediate(backend).open(&["va"]).expect("the device");
        let mut read = |count: u32, length| {
            for one in 0..count {
                sender.inject(&numbered(one, length)).expect("sent");
            }
            let counted = allocation_counter::measure(|| {
                for _ in 0..count {
                    next(&mut capture);
                }
            });
            counted.count_total
        };
        // The buffers grow to what comes at once; after that they are enough.
        read(2000, 1000);
        assert_eq!(read(1000, 100), 0, "{backend:?}");
    }
}
