//! What each option does, seen from outside.

use std::time::{Duration, Instant};

use wirelens_capture::{
    Advance, Backend, Capture, Error, LinkType, LiveDirection, LiveError, LiveOptions, Resolution,
};

use crate::frames::{BACKENDS, next, number, numbered, rest, sender, take, udp};
use crate::hosts::{Hosts, MAC_A, MAC_B, has_libpcap, must};

fn immediate(backend: Backend) -> LiveOptions {
    LiveOptions::new().backend(backend).buffer_timeout(0)
}

fn open(options: LiveOptions) -> Capture {
    options.open(&["va"]).expect("the device")
}

#[test]
fn frames_come_as_they_were_sent_and_the_kernel_counts_as_many() {
    let Some(hosts) = Hosts::new() else { return };
    let sender = sender(&hosts);
    for backend in BACKENDS {
        let mut capture = open(immediate(backend));
        assert_eq!(capture.interfaces()[0].name(), Some(&b"va"[..]));
        assert_eq!(capture.interfaces()[0].link_type, LinkType::ETHERNET);
        let sent: Vec<_> = (0..200).map(|one| numbered(one, 60 + one as usize * 7)).collect();
        for frame in &sent {
            sender.inject(frame).expect("sent");
        }
        assert_eq!(take(&mut capture, sent.len()), sent, "{backend:?}");
        let counted = capture.live_statistics().expect("live")[0];
        assert_eq!((counted.received, counted.dropped), (200, 0), "{backend:?}");
        assert_eq!(capture.counters().frames, 200);
        assert!(capture.take_warnings().is_empty());
    }
}

#[test]
fn only_what_the_filter_accepts() {
    let Some(hosts) = Hosts::new() else { return };
    let sender = sender(&hosts);
    for backend in BACKENDS {
        let mut capture = open(immediate(backend).filter("udp dst port 5300"));
        for port in [53, 5300, 80, 5300] {
            sender.inject(&udp(port, &port.to_be_bytes())).expect("sent");
        }
        sender.inject(&udp(5300, b"last")).expect("sent");
        let frames = take(&mut capture, 3);
        assert!(frames[2].ends_with(b"last"), "{backend:?}");
        assert_eq!(capture.live_statistics().expect("live")[0].received, 3, "{backend:?}");
        assert_eq!(capture.interfaces()[0].filter(), Some(&b"udp dst port 5300"[..]));
    }
}

#[test]
fn a_filter_for_the_network_of_the_device() {
    let Some(hosts) = Hosts::new() else { return };
    let sender = sender(&hosts);
    for backend in BACKENDS {
        let mut capture = open(immediate(backend).filter("ip broadcast"));
        sender.inject(&udp(9, b"to one")).expect("sent");
        let mut frame = udp(9, b"to all");
        frame[33] = 255;
        sender.inject(&frame).expect("sent");
        assert_eq!(take(&mut capture, 1), [frame], "{backend:?}");
    }
}

#[test]
fn a_wrong_filter_is_refused_before_anything_is_opened() {
    if !has_libpcap() {
        return;
    }
    for backend in BACKENDS {
        let opened = LiveOptions::new().backend(backend).filter("udp prot 53").open(&["no-such"]);
        let Err(Error::Live(LiveError::Filter { filter, message })) = opened else {
            panic!("{opened:?}")
        };
        assert_eq!(filter, "udp prot 53");
        assert!(message.contains("syntax error"), "{message}");
    }
}

#[test]
fn frames_are_cut_at_the_snap_length() {
    let Some(hosts) = Hosts::new() else { return };
    let sender = sender(&hosts);
    for backend in BACKENDS {
        for filter in ["", "greater 1"] {
            let mut capture = open(immediate(backend).snap_length(100).filter(filter));
            assert_eq!(capture.interfaces()[0].snap_length, 100);
            sender.inject(&numbered(1, 1000)).expect("sent");
            sender.inject(&numbered(2, 80)).expect("sent");
            next(&mut capture);
            let frame = capture.current();
            assert_eq!((frame.captured.len(), frame.length), (100, 1000), "{backend:?} {filter}");
            assert_eq!(frame.captured, &numbered(1, 1000)[..100]);
            next(&mut capture);
            let frame = capture.current();
            assert_eq!((frame.captured.len(), frame.length), (80, 80));
        }
    }
}

/// How long frames took from being sent to being seen.
fn latencies(hosts: &Hosts, options: LiveOptions, count: u32) -> Vec<Duration> {
    let sender = sender(hosts);
    let mut capture = open(options);
    let one = |one| {
        let sent = Instant::now();
        sender.inject(&numbered(one, 60)).expect("sent");
        next(&mut capture);
        sent.elapsed()
    };
    (0..count).map(one).collect()
}

#[test]
fn immediate_mode_shows_a_frame_at_once_and_a_buffer_later() {
    let Some(hosts) = Hosts::new() else { return };
    for backend in BACKENDS {
        let immediate = latencies(&hosts, immediate(backend), 20);
        let buffered = LiveOptions::new().backend(backend).buffer_timeout(400);
        let buffered = latencies(&hosts, buffered, 3);
        let fastest = immediate.into_iter().min().expect("some");
        let slowest = buffered.into_iter().max().expect("some");
        assert!(fastest < Duration::from_millis(20), "{backend:?} {fastest:?}");
        assert!(slowest > Duration::from_millis(100), "{backend:?} {slowest:?}");
    }
}

#[test]
fn promiscuous_mode_is_set_and_left() {
    // A cable shows all frames to everybody; what the device does with other hosts' is its count.
    let Some(hosts) = Hosts::new() else { return };
    let count = || {
        let said = must(&["ip", "-n", &hosts.a, "-d", "link", "show", "va"]);
        let behind = said.split("promiscuity ").nth(1).expect("a count");
        behind.split(' ').next().map(str::to_owned)
    };
    for backend in BACKENDS {
        assert_eq!(count().as_deref(), Some("0"));
        let capture = open(immediate(backend));
        assert_eq!(count().as_deref(), Some("1"), "{backend:?}");
        drop(capture);
        assert_eq!(count().as_deref(), Some("0"), "{backend:?}");
        let capture = open(immediate(backend).promiscuous(false));
        assert_eq!(count().as_deref(), Some("0"), "{backend:?}");
        drop(capture);
    }
}

#[test]
fn frames_received_frames_sent_or_both() {
    let Some(hosts) = Hosts::new() else { return };
    let sender = sender(&hosts);
    let from_a = numbered(7, 64);
    let from_a = [&MAC_B[..], &MAC_A, &from_a[12..]].concat();
    for backend in BACKENDS {
        let directions = [LiveDirection::In, LiveDirection::Out, LiveDirection::Both];
        let mut captures =
            directions.map(|direction| open(immediate(backend).direction(direction)));
        let injector = captures[2].injector(0).expect("live");
        for round in 0..3 {
            injector.inject(&from_a).expect("sent");
            sender.inject(&numbered(round, 60)).expect("sent");
        }
        assert_eq!(take(&mut captures[0], 3), [0, 1, 2].map(|one| numbered(one, 60)));
        // libpcap does not see what it sends through the handle itself on every system; the other
        // captures do.
        assert_eq!(take(&mut captures[1], 3), [0, 1, 2].map(|_| from_a.clone()), "{backend:?}");
        let both = take(&mut captures[2], 3);
        assert!(both.contains(&numbered(0, 60)), "{backend:?}");
        for capture in &mut captures[..2] {
            capture.stopper().expect("live").stop();
            assert_eq!(rest(capture), Vec::<Vec<u8>>::new(), "{backend:?}");
        }
    }
}

#[test]
fn times_are_nanoseconds_when_asked_for() {
    let Some(hosts) = Hosts::new() else { return };
    let sender = sender(&hosts);
    for backend in BACKENDS {
        for nanoseconds in [false, true] {
            let mut capture = open(immediate(backend).nanoseconds(nanoseconds));
            let resolution = capture.interfaces()[0].resolution;
            assert_eq!(resolution == Resolution::NANOSECONDS, nanoseconds, "{backend:?}");
            let mut finer = false;
            for one in 0..20 {
                sender.inject(&numbered(one, 60)).expect("sent");
                next(&mut capture);
                let time = capture.current().time.expect("a time");
                let age = Instant::now();
                let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
                let now = now.expect("after 1970").as_secs() as i64;
                assert!((now - time.seconds()).abs() < 60, "{age:?}");
                finer |= !time.nanoseconds().is_multiple_of(1000);
            }
            assert_eq!(finer, nanoseconds, "{backend:?}");
        }
    }
}

#[test]
fn one_protocol_only() {
    let Some(hosts) = Hosts::new() else { return };
    let sender = sender(&hosts);
    for backend in BACKENDS {
        let mut capture = open(immediate(backend).protocol(0x88b5));
        sender.inject(&udp(53, b"no")).expect("sent");
        sender.inject(&numbered(3, 60)).expect("sent");
        assert_eq!(take(&mut capture, 1), [numbered(3, 60)], "{backend:?}");
        assert_eq!(capture.live_statistics().expect("live")[0].received, 1, "{backend:?}");
    }
}

#[test]
fn ends_after_a_count() {
    let Some(hosts) = Hosts::new() else { return };
    let sender = sender(&hosts);
    for backend in BACKENDS {
        let mut capture = open(immediate(backend).count(5));
        for one in 0..20 {
            sender.inject(&numbered(one, 60)).expect("sent");
        }
        let numbers: Vec<_> = rest(&mut capture).iter().map(|frame| number(frame)).collect();
        assert_eq!(numbers, [0, 1, 2, 3, 4], "{backend:?}");
        assert!(!capture.is_ahead());
        assert!(capture.next_frame().expect("no error").is_none());
    }
}

#[test]
fn ends_after_a_time_with_all_that_came_before() {
    let Some(hosts) = Hosts::new() else { return };
    let sender = sender(&hosts);
    for backend in BACKENDS {
        // The kernel would show the frames long after the end.
        let options = LiveOptions::new().backend(backend).buffer_timeout(700);
        let mut capture = open(options.duration(Duration::from_millis(100)));
        for one in 0..5 {
            sender.inject(&numbered(one, 60)).expect("sent");
        }
        assert_eq!(rest(&mut capture).len(), 5, "{backend:?}");
    }
}

#[test]
fn a_reader_gets_its_turn_when_nothing_comes() {
    let Some(hosts) = Hosts::new() else { return };
    let sender = sender(&hosts);
    for backend in BACKENDS {
        let mut capture = open(immediate(backend));
        assert!(!capture.is_ahead());
        let advance = capture.advance_within(Duration::from_millis(1)).expect("no error");
        assert_eq!(advance, Advance::Tick, "{backend:?}");
        sender.inject(&numbered(1, 60)).expect("sent");
        assert_eq!(take(&mut capture, 1).len(), 1);
    }
}

#[test]
fn what_cannot_be_done_is_said() {
    let Some(_hosts) = Hosts::new() else { return };
    for backend in BACKENDS {
        let opened = immediate(backend).monitor(true).open(&["va"]);
        let Err(Error::Live(error @ LiveError::Unsupported { .. })) = opened else {
            panic!("{opened:?}")
        };
        assert!(error.to_string().contains("monitor mode"), "{error}");
        let source = wirelens_capture::TimestampSource::AdapterUnsynced;
        let mut capture = open(immediate(backend).timestamp_source(source));
        let warnings = capture.take_warnings();
        assert_eq!(warnings.len(), 1, "{backend:?}");
        assert!(warnings[0].to_string().starts_with("va: "), "{}", warnings[0]);
    }
}
