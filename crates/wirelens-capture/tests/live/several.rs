//! Several devices in one stream, several captures in one process.

use std::time::Duration;

use wirelens_capture::{Advance, Backend, Error, Fanout, FanoutKind, LiveError, LiveOptions};

use crate::frames::{BACKENDS, next, number, numbered, rest, sender, sender_through, take, until};
use crate::hosts::{Hosts, ip};

#[test]
fn two_devices_are_one_stream_in_order() {
    let Some(hosts) = Hosts::new() else { return };
    hosts.cable("va2", "vb2");
    let senders = ["vb", "vb2"].map(|device| sender_through(&hosts, device));
    for backend in BACKENDS {
        // The kernel shows frames of the two in blocks, each at its own time.
        for timeout in [0, 1000] {
            let options = LiveOptions::new().backend(backend).buffer_timeout(timeout);
            let mut capture = options.open(&["va", "va2"]).expect("the devices");
            let names: Vec<_> =
                capture.interfaces().iter().map(|one| one.name().expect("a name")).collect();
            assert_eq!(names, [b"va", &b"va2"[..]]);
            for one in 0..60 {
                // Runs of different lengths, so that one device is often silent.
                let device = usize::from(one % 7 > 3);
                senders[device].inject(&numbered(one, 60)).expect("sent");
            }
            for one in 0..60 {
                next(&mut capture);
                let frame = capture.current();
                assert_eq!(number(frame.captured), one, "{backend:?} {timeout}");
                assert_eq!(frame.interface, u32::from(one % 7 > 3));
                assert_eq!(frame.number, u64::from(one) + 1);
            }
            let counted = capture.live_statistics().expect("live");
            assert_eq!(counted.iter().map(|one| one.received).sum::<u64>(), 60);
            capture.stopper().expect("live").stop();
            assert!(rest(&mut capture).is_empty());
        }
    }
}

#[test]
fn frames_held_back_are_not_lost_at_the_end() {
    let Some(hosts) = Hosts::new() else { return };
    hosts.cable("va2", "vb2");
    let sender = sender(&hosts);
    for backend in BACKENDS {
        let options = LiveOptions::new().backend(backend).buffer_timeout(1000);
        let mut capture = options.open(&["va", "va2"]).expect("the devices");
        for one in 0..10 {
            sender.inject(&numbered(one, 60)).expect("sent");
        }
        capture.stopper().expect("live").stop();
        assert_eq!(rest(&mut capture).len(), 10, "{backend:?}");
    }
}

#[test]
fn captures_of_one_device_do_not_disturb_each_other() {
    let Some(hosts) = Hosts::new() else { return };
    let sender = sender(&hosts);
    let open = |backend, filter: &str| {
        let options = LiveOptions::new().backend(backend).buffer_timeout(0).filter(filter);
        options.open(&["va"]).expect("the device")
    };
    let mut all = open(Backend::Libpcap, "");
    let mut large = open(Backend::Packet, "greater 500");
    let mut small = open(Backend::Libpcap, "less 500");
    for one in 0..10 {
        let length = if one % 2 == 0 { 60 } else { 600 };
        sender.inject(&numbered(one, length)).expect("sent");
    }
    let numbers = |frames: Vec<Vec<u8>>| frames.iter().map(|one| number(one)).collect::<Vec<_>>();
    assert_eq!(numbers(take(&mut all, 10)), (0..10).collect::<Vec<_>>());
    assert_eq!(numbers(take(&mut large, 5)), [1, 3, 5, 7, 9]);
    drop(large);
    assert_eq!(numbers(take(&mut small, 5)), [0, 2, 4, 6, 8]);
}

#[test]
fn a_device_that_goes_ends_its_part_only() {
    let Some(hosts) = Hosts::new() else { return };
    for backend in BACKENDS {
        hosts.cable("va2", "vb2");
        let sender = sender(&hosts);
        let options = || LiveOptions::new().backend(backend).buffer_timeout(0);
        let mut both = options().open(&["va", "va2"]).expect("the devices");
        let mut one = options().open(&["va2"]).expect("the device");
        ip(&["-n", &hosts.a, "link", "del", "va2"]);
        let mut ended = Ok(Advance::Tick);
        until("the end", || {
            ended = one.advance_within(Duration::from_millis(50));
            !matches!(ended, Ok(Advance::Tick))
        });
        let Err(Error::Live(LiveError::Failed { interface, doing, .. })) = ended else {
            panic!("{backend:?} {ended:?}")
        };
        assert_eq!((interface.as_str(), doing), ("va2", "reading"));
        assert!(one.next_frame().expect("the error comes once").is_none());

        sender.inject(&numbered(1, 60)).expect("sent");
        assert_eq!(take(&mut both, 1), [numbered(1, 60)], "{backend:?}");
        let mut warnings = both.take_warnings();
        until("the warning", || {
            both.advance_within(Duration::from_millis(50)).expect("no error");
            warnings.extend(both.take_warnings());
            !warnings.is_empty()
        });
        assert!(warnings[0].to_string().starts_with("va2: "), "{}", warnings[0]);
    }
}

#[test]
fn a_group_of_captures_shares_the_frames() {
    let Some(hosts) = Hosts::new() else { return };
    let sender = sender(&hosts);
    let open = || {
        let fanout = Fanout { number: 4711, kind: FanoutKind::RoundRobin };
        let options = LiveOptions::new().backend(Backend::Packet).buffer_timeout(0);
        options.fanout(fanout).open(&["va"]).expect("the device")
    };
    let mut captures = [open(), open()];
    for one in 0..40 {
        sender.inject(&numbered(one, 60)).expect("sent");
    }
    let shares = [take(&mut captures[0], 20), take(&mut captures[1], 20)];
    let mut numbers: Vec<_> = shares.iter().flatten().map(|frame| number(frame)).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, (0..40).collect::<Vec<_>>());

    let fanout = Fanout { number: 4711, kind: FanoutKind::Flow };
    let refused = LiveOptions::new().backend(Backend::Libpcap).fanout(fanout).open(&["va"]);
    assert!(matches!(refused, Err(Error::Live(LiveError::Unsupported { .. }))));
}

#[test]
fn a_device_that_goes_down_may_come_up_again() {
    let Some(hosts) = Hosts::new() else { return };
    let sender = sender(&hosts);
    for backend in BACKENDS {
        let options = LiveOptions::new().backend(backend).buffer_timeout(0);
        let mut capture = options.open(&["va"]).expect("the device");
        ip(&["-n", &hosts.a, "link", "set", "va", "down"]);
        let waited = capture.advance_within(Duration::from_millis(1)).expect("no error");
        assert_eq!(waited, Advance::Tick, "{backend:?}");
        ip(&["-n", &hosts.a, "link", "set", "va", "up"]);
        // The cable needs a moment.
        until("a frame", || {
            let _ = sender.inject(&numbered(1, 60));
            capture.advance_within(Duration::from_millis(50)).expect("no error") == Advance::Frame
        });
        assert_eq!(capture.current().captured, numbered(1, 60), "{backend:?}");
    }
}
