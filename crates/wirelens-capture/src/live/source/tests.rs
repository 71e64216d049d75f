//! The reader over devices that are none.

use std::sync::atomic::AtomicUsize;

use super::super::statistics::Way;
use super::*;
use crate::log::Problem;
use crate::{Advance, Capture, Interface, Resolution};

/// Gives frames once their moment has come.
struct Scripted {
    frames: VecDeque<(Instant, Timestamp, Vec<u8>)>,
    /// What it says when it has none left, instead of having none yet.
    failure: Option<LiveError>,
    dropped: u64,
    taken: Arc<AtomicUsize>,
}

impl Scripted {
    fn new(frames: impl IntoIterator<Item = (Instant, Timestamp, Vec<u8>)>) -> Self {
        Self {
            frames: frames.into_iter().collect(),
            failure: None,
            dropped: 0,
            taken: Arc::default(),
        }
    }
}

impl Tap for Scripted {
    fn take(&mut self, batch: &mut Batch<'_>) -> Result<bool, LiveError> {
        let now = Instant::now();
        for _ in 0..batch::FRAMES {
            match self.frames.front() {
                Some((moment, ..)) if *moment <= now => {}
                None if self.failure.is_some() => {
                    return self.failure.take().map_or(Ok(false), Err);
                }
                _ => return Ok(false),
            }
            if let Some((_, time, bytes)) = self.frames.pop_front() {
                batch.push(time, &bytes, bytes.len() as u32, 1);
                self.taken.fetch_add(1, Ordering::Relaxed);
            }
        }
        Ok(true)
    }

    #[cfg(unix)]
    fn descriptor(&self) -> Option<std::os::fd::BorrowedFd<'_>> {
        None
    }

    fn longest_wait(&self) -> Option<Duration> {
        Some(Duration::from_millis(1))
    }

    fn meter(&self) -> Meter {
        let counted = LiveStatistics { dropped: self.dropped, ..LiveStatistics::default() };
        Meter::new("scripted".to_owned(), Way::Fixed(counted))
    }

    fn keeps_frames(&mut self) -> bool {
        !self.frames.is_empty()
    }

    fn injector(&self) -> Injector {
        unreachable!("no test sends")
    }
}

fn capture(taps: impl IntoIterator<Item = Scripted>, options: &LiveOptions) -> Capture {
    let opened: Vec<_> = (0..)
        .zip(taps)
        .map(|(number, tap): (u32, _)| {
            let opened = Opened {
                tap: Box::new(tap),
                link_type: LinkType::ETHERNET,
                snap_length: 65_535,
                resolution: Resolution::NANOSECONDS,
                warnings: Vec::new(),
            };
            (format!("device{number}"), opened)
        })
        .collect();
    let interfaces = (0..opened.len() as u32)
        .map(|number| Interface {
            file: 0,
            section: 0,
            number,
            link_type: LinkType::ETHERNET,
            snap_length: 65_535,
            resolution: Resolution::NANOSECONDS,
            time_offset: 0,
            fcs_length: None,
            big_endian: false,
            option_bytes: Vec::new(),
        })
        .collect();
    let live = Live::new(opened, options).expect("opens");
    Capture::live(live, interfaces, Vec::new(), &options.stop)
}

fn after(start: Timestamp, microseconds: u64) -> Timestamp {
    Timestamp::from_nanos(start.as_nanos() + i128::from(microseconds) * 1000)
}

/// Bytes that say which frame they are, of a length that follows from it.
fn bytes(number: u32) -> Vec<u8> {
    let length = 4 + (number.wrapping_mul(2_654_435_761) >> 20) as usize % 3000;
    let mut bytes = vec![number as u8; length];
    bytes[..4].copy_from_slice(&number.to_le_bytes());
    bytes
}

#[test]
fn frames_that_are_shown_late_still_come_in_order() {
    let (now, today) = (Instant::now(), batch::now());
    let options = LiveOptions::new().buffer_timeout(60);
    // Each device shows its frames in blocks, up to 50 ms after their times.
    let frames = |device: u64| {
        (0..200_u64).map(move |one| {
            let time = one * 1000 + device * 300;
            let shown = (time / 25_000 + 1 + device % 2) * 25_000;
            (now + Duration::from_micros(shown), after(today, time), bytes(one as u32))
        })
    };
    let taps = (0..3).map(|device| Scripted::new(frames(device)));
    let mut capture = capture(taps, &options);
    let mut last = Timestamp::EPOCH;
    for one in 0..600 {
        assert!(capture.advance().expect("no error"));
        let frame = capture.current();
        let time = frame.time.expect("a time");
        assert!(time > last, "frame {one}");
        assert_eq!(frame.captured, bytes(one / 3), "frame {one}");
        assert_eq!(frame.interface, one % 3);
        assert!(frame.flags().is_some());
        last = time;
    }
    let waited = capture.advance_within(Duration::from_millis(1)).expect("no error");
    assert_eq!(waited, Advance::Tick);
    assert_eq!(capture.current().captured, b"", "nothing is lent any more");
}

#[test]
fn bytes_stay_whole_when_the_buffer_is_tidied_up() {
    let (now, today) = (Instant::now(), batch::now());
    // One device is always a little behind, so that there are always frames that wait.
    let frames = |device: u32| {
        (0..20_000_u32).map(move |one| {
            (now, after(today, u64::from(one * 2 + device)), bytes(one * 2 + device))
        })
    };
    let options = LiveOptions::new().buffer_timeout(0).count(40_000);
    let mut capture = capture([Scripted::new(frames(0)), Scripted::new(frames(1))], &options);
    for one in 0..40_000_u32 {
        let frame = capture.next_frame().expect("no error").expect("not the end");
        assert_eq!(frame.captured, bytes(one), "frame {one}");
    }
    assert!(capture.next_frame().expect("no error").is_none());
}

#[test]
fn what_is_held_back_is_bounded_and_the_rest_goes_on() {
    const LENGTH: usize = 60_000;
    let (now, today) = (Instant::now(), batch::now());
    // The other device might show an earlier frame for a minute; nobody has room for so long.
    let options = LiveOptions::new().buffer_timeout(60_000);
    let frames = (0..1500).map(|one| (now, after(today, one), vec![one as u8; LENGTH]));
    let busy = Scripted::new(frames);
    let taken = Arc::clone(&busy.taken);
    let mut capture = capture([busy, Scripted::new([])], &options);
    for seen in 0..1400 {
        let advance = capture.advance_within(Duration::from_secs(20)).expect("no error");
        assert_eq!(advance, Advance::Frame, "frame {seen}");
        assert_eq!(capture.current().captured, vec![seen as u8; LENGTH]);
        let waiting = (taken.load(Ordering::Relaxed) - seen) * LENGTH;
        assert!(waiting <= HELD / 2 + usize::from(batch::FRAMES) * LENGTH, "frame {seen}");
    }
}

#[test]
fn a_stop_delivers_what_came_before_it_and_no_more() {
    let (now, today) = (Instant::now(), batch::now());
    let options = LiveOptions::new().buffer_timeout(500);
    let shown = now + Duration::from_millis(50);
    let later = Timestamp::new(today.seconds() + 3600, 0);
    let before = (0..5).map(|one| (shown, after(today, one), bytes(one as u32)));
    let frames: Vec<_> = before.chain([(shown, later, bytes(99))]).collect();
    let mut capture = capture([Scripted::new(frames)], &options);
    capture.stopper().expect("live").stop();
    for one in 0..5 {
        let frame = capture.next_frame().expect("no error").expect("not the end");
        assert_eq!(frame.captured, bytes(one));
    }
    assert!(capture.next_frame().expect("no error").is_none());
}

#[test]
fn a_device_that_fails_delivers_its_last_frames_first() {
    let (now, today) = (Instant::now(), batch::now());
    let failing = || {
        let frames = (0..3).map(|one| (now, after(today, one), bytes(one as u32)));
        let failure = LiveError::Failed {
            interface: "device0".to_owned(),
            doing: "reading",
            message: "unplugged".to_owned(),
        };
        Scripted { failure: Some(failure), ..Scripted::new(frames) }
    };
    let mut alone = capture([failing()], &LiveOptions::new());
    for one in 0..3 {
        let frame = alone.next_frame().expect("no error").expect("not the end");
        assert_eq!(frame.captured, bytes(one));
    }
    assert!(matches!(alone.next_frame(), Err(Error::Live(LiveError::Failed { .. }))));
    assert!(alone.next_frame().expect("the error comes once").is_none());

    let other = (0..3).map(|one| (now, after(today, 10 + one), bytes(10 + one as u32)));
    let both = [failing(), Scripted::new(other)];
    let mut both = capture(both, &LiveOptions::new().buffer_timeout(0));
    for one in [0, 1, 2, 10, 11, 12] {
        let frame = both.next_frame().expect("no error").expect("not the end");
        assert_eq!(frame.captured, bytes(one));
    }
    let warnings = both.take_warnings();
    let [warning] = warnings.as_slice() else { panic!("{warnings:?}") };
    assert_eq!(warning.problem.to_string(), "device0: unplugged");
}

#[test]
fn frames_dropped_are_told_once() {
    let dropping = Scripted { dropped: 7, ..Scripted::new([]) };
    let mut capture = capture([dropping], &LiveOptions::new());
    let mut warnings = Vec::new();
    // Counters are looked at once a second.
    while warnings.is_empty() {
        capture.advance_within(Duration::from_millis(20)).expect("no error");
        warnings = capture.take_warnings();
    }
    let dropped = Problem::Dropped { interface: "device0".to_owned(), frames: 7 };
    assert_eq!(warnings[0].problem, dropped);
}
