//! What frames look like: tags of VLANs, checksums that the device computes, other programs' view.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::process::{Child, Command, Stdio};

use wirelens_capture::{Backend, Capture, Direction, Frame, LinkType, LiveDirection, LiveOptions};

use crate::frames::{BACKENDS, echo, next, numbered, sender, take, udp, until};
use crate::hosts::{Hosts, MAC_A, MAC_B, ip, skip};

/// Frames received, at once: not what the host answers.
fn received(backend: Backend) -> LiveOptions {
    LiveOptions::new().backend(backend).buffer_timeout(0).direction(LiveDirection::In)
}

#[test]
fn tags_of_vlans_are_put_back() {
    let Some(hosts) = Hosts::new() else { return };
    let sender = sender(&hosts);
    let inner = udp(53, b"in a VLAN");
    let tagged = [&inner[..12], &[0x81, 0, 0x60, 7], &inner[12..]].concat();
    let stacked = [&inner[..12], &[0x88, 0xa8, 0, 9], &tagged[12..]].concat();
    for backend in BACKENDS {
        let options = || received(backend);
        let mut all = options().open(&["va"]).expect("the device");
        let mut filtered = options().filter("vlan 7").open(&["va"]).expect("the device");
        for frame in [&inner, &tagged, &stacked, &inner, &tagged] {
            sender.inject(frame).expect("sent");
        }
        let sent = [&inner, &tagged, &stacked, &inner, &tagged];
        assert_eq!(take(&mut all, 5).iter().collect::<Vec<_>>(), sent, "{backend:?}");
        assert_eq!(all.current().length as usize, tagged.len());
        assert_eq!(take(&mut filtered, 2).iter().collect::<Vec<_>>(), [&tagged, &tagged]);
    }
    // The cut is made after the tag was put back.
    for backend in BACKENDS {
        let options = LiveOptions::new().backend(backend).buffer_timeout(0).snap_length(20);
        let mut capture = options.open(&["va"]).expect("the device");
        sender.inject(&tagged).expect("sent");
        assert_eq!(take(&mut capture, 1), [&tagged[..20]], "{backend:?}");
    }
}

#[test]
fn checksums_left_to_the_device_are_recognised() {
    let Some(hosts) = Hosts::new() else { return };
    let receiver = hosts.on_b(|| UdpSocket::bind("192.0.2.20:5300")).expect("a socket");
    let socket = UdpSocket::bind("192.0.2.10:0").expect("a socket");
    let options = LiveOptions::new().backend(Backend::Packet).buffer_timeout(0);
    let mut capture = options.filter("udp").open(&["va"]).expect("the device");
    socket.send_to(b"offloaded", "192.0.2.20:5300").expect("sent");
    receiver.recv(&mut [0; 32]).expect("received");
    next(&mut capture);
    let flags = capture.current().flags().expect("flags");
    assert_eq!(flags.direction(), Direction::Outbound);
    assert!(flags.checksum_not_ready());
    // What came over the cable with a checksum is another matter.
    sender(&hosts).inject(&udp(53, b"as it is")).expect("sent");
    next(&mut capture);
    let flags = capture.current().flags().expect("flags");
    assert_eq!((flags.direction(), flags.reception()), (Direction::Inbound, 1));
    assert!(!flags.checksum_not_ready());
}

#[test]
fn who_a_frame_was_for() {
    let Some(hosts) = Hosts::new() else { return };
    let sender = sender(&hosts);
    let options = LiveOptions::new().backend(Backend::Packet).buffer_timeout(0);
    let mut capture = options.open(&["va"]).expect("the device");
    for (first, reception) in [(2, 1), (1, 2), (0xff, 3), (4, 4)] {
        let mut frame = numbered(1, 60);
        frame[0] = first;
        if first == 0xff {
            frame[..6].fill(0xff);
        }
        sender.inject(&frame).expect("sent");
        next(&mut capture);
        let flags = capture.current().flags().expect("flags");
        assert_eq!(flags.reception(), reception, "{first:#x}");
    }
}

#[test]
fn all_devices_at_once_with_cooked_headers() {
    let Some(hosts) = Hosts::new() else { return };
    hosts.cable("va2", "vb2");
    let senders = ["vb", "vb2"].map(|device| crate::frames::sender_through(&hosts, device));
    let inner = udp(53, b"cooked");
    let tagged = [&inner[..12], &[0x81, 0, 0, 7], &inner[12..]].concat();
    for backend in BACKENDS {
        for filter in ["", "udp port 53", "inbound and udp"] {
            let options = received(backend).filter(filter);
            let mut capture = options.open(&["any"]).expect("all devices");
            assert_eq!(capture.interfaces()[0].link_type, LinkType::LINUX_SLL2);
            for sender in &senders {
                sender.inject(&inner).expect("sent");
                sender.inject(&numbered(5, 60)).expect("sent");
            }
            let step = if filter.is_empty() { 2 } else { 1 };
            let frames = take(&mut capture, 2 * step);
            for frame in frames.iter().step_by(step) {
                // IPv4, from Ethernet, whose address has six bytes.
                assert_eq!(&frame[..4], [8, 0, 0, 0], "{backend:?} {filter}");
                assert_eq!((&frame[8..10], frame[11]), (&[0, 1][..], 6));
                assert_eq!(&frame[12..18], MAC_B);
                assert_eq!(&frame[20..], &inner[14..]);
            }
            let index = |frame: &[u8]| u32::from_be_bytes(frame[4..8].try_into().expect("four"));
            let other = index(&frames[step]);
            assert!(index(&frames[0]) > 0 && other > 0 && index(&frames[0]) != other);
            assert_eq!(capture.current().length as usize, frames[2 * step - 1].len());
            if !filter.is_empty() {
                // The kernel filters, though it sees no cooked header.
                let counted = capture.live_statistics().expect("live")[0];
                assert_eq!(counted.received, 2, "{backend:?} {filter}");
            }
        }
    }
    let options = received(Backend::Packet);
    let mut capture = options.open(&["any"]).expect("all devices");
    senders[0].inject(&tagged).expect("sent");
    let frame = &take(&mut capture, 1)[0];
    assert_eq!((&frame[..2], &frame[20..24]), (&[0x81, 0][..], &[0, 7, 8, 0][..]));
    assert_eq!(&frame[24..], &inner[14..]);
}

#[test]
fn frames_of_the_loopback_device_are_seen_once() {
    let Some(hosts) = Hosts::new() else { return };
    ip(&["-n", &hosts.a, "link", "set", "lo", "up"]);
    let sockets = [5301, 5302].map(|port| UdpSocket::bind(("127.0.0.1", port)).expect("a socket"));
    for backend in BACKENDS {
        for device in ["lo", "any"] {
            let options = LiveOptions::new().backend(backend).buffer_timeout(0).filter("udp");
            let mut capture = options.open(&[device]).expect("the device");
            for one in 0..3_u8 {
                sockets[0].send_to(&[b'n', one], "127.0.0.1:5302").expect("sent");
                sockets[1].recv(&mut [0; 8]).expect("received");
            }
            let frames = take(&mut capture, 3);
            for (one, frame) in (0..).zip(frames) {
                let ends = if device == "lo" { 14 + 28 } else { 20 + 28 };
                assert_eq!(frame[ends..ends + 2], [b'n', one], "{backend:?} {device}");
            }
            capture.stopper().expect("live").stop();
            assert!(capture.next_frame().expect("no error").is_none(), "{backend:?} {device}");
        }
    }
}

/// Another program that captures on the first host, once it says that it does.
struct Tcpdump {
    child: Child,
    said: BufReader<std::process::ChildStderr>,
}

impl Tcpdump {
    fn start(host: &str, file: &str) -> Self {
        let mut child = Command::new("ip")
            .args(["netns", "exec", host, "tcpdump", "-i", "va", "-s", "65535", "-B", "10240"])
            .args(["--time-stamp-precision=nano", "-U", "-w", file])
            .stderr(Stdio::piped())
            .spawn()
            .expect("tcpdump");
        let mut said = BufReader::new(child.stderr.take().expect("its words"));
        let mut line = String::new();
        while !line.contains("listening on") {
            line.clear();
            assert_ne!(said.read_line(&mut line).expect("its words"), 0, "tcpdump has ended");
        }
        Self { child, said }
    }

    fn stop(mut self) {
        let pid = self.child.id().to_string();
        crate::hosts::must(&["kill", "-INT", &pid]);
        let mut rest = String::new();
        self.said.read_to_string(&mut rest).expect("its words");
        self.child.wait().expect("an end");
    }
}

/// Seconds, length, bytes. Each socket reads the clock for itself, so the rest of the time differs.
fn facts(frame: &Frame<'_>) -> (i64, u32, Vec<u8>) {
    let time = frame.time.expect("a time");
    (time.seconds(), frame.length, frame.captured.to_vec())
}

#[test]
fn the_same_frames_as_tcpdump_has() {
    let Some(hosts) = Hosts::new() else { return };
    if Command::new("tcpdump").arg("--version").output().is_err() {
        return skip("no tcpdump here");
    }
    let folder = std::env::temp_dir().join(format!("wirelens-live-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    for backend in BACKENDS {
        let file = folder.join(format!("{backend:?}.pcap"));
        let tcpdump = Tcpdump::start(&hosts.a, file.to_str().expect("a name"));
        let options = LiveOptions::new().backend(backend).nanoseconds(true);
        let mut capture = options.open(&["va"]).expect("the device");

        // TCP in both directions, with segments that the device would cut; datagrams; echoes.
        let listener = hosts.on_b(|| TcpListener::bind("192.0.2.20:8000")).expect("a listener");
        let mut stream = TcpStream::connect("192.0.2.20:8000").expect("a connection");
        let (mut other, _) = listener.accept().expect("the connection");
        let written = std::thread::spawn(move || {
            stream.write_all(&[7; 300_000]).expect("written");
            stream.shutdown(std::net::Shutdown::Write).expect("closed");
            stream.read_to_end(&mut Vec::new()).expect("read");
        });
        let mut received = Vec::new();
        other.read_to_end(&mut received).expect("read");
        other.write_all(b"thank you").expect("written");
        drop(other);
        written.join().expect("the other side");
        let sender = sender(&hosts);
        sender.inject(&udp(9, &[1; 700])).expect("sent");
        for sequence in 1..=3 {
            sender.inject(&echo(sequence)).expect("sent");
        }

        // The last frame is sent when the last echo is answered: it may be by another processor.
        let (mut ours, mut answers) = (Vec::new(), 0);
        loop {
            next(&mut capture);
            let frame = facts(&capture.current());
            if frame.2[12..14] == [8, 0] && frame.2[23] == 1 && frame.2[34] == 0 {
                answers += 1;
                if answers == 3 {
                    sender.inject(&numbered(99, 60)).expect("sent");
                }
            }
            let last = frame.2 == numbered(99, 60);
            ours.push(frame);
            if last {
                break;
            }
        }
        let read = || {
            let mut theirs = Vec::new();
            let mut capture = Capture::open(&file).expect("the file");
            while let Some(frame) = capture.next_frame().expect("no error") {
                theirs.push(facts(&frame));
            }
            theirs
        };
        until("tcpdump has the last frame", || {
            read().last().is_some_and(|(_, _, bytes)| *bytes == numbered(99, 60))
        });
        tcpdump.stop();
        let mut theirs = read();
        assert!(ours.len() > 20 && ours.iter().any(|(_, length, _)| *length > 9000));
        assert!(ours.iter().any(|(_, _, bytes)| bytes[..6] == MAC_A));
        assert_eq!(ours.len(), theirs.len(), "{backend:?}");
        // Two processors may hand frames to the sockets in another order.
        for facts in [&mut ours, &mut theirs] {
            facts.sort_by(|one, other| (&one.2, one.1, one.0).cmp(&(&other.2, other.1, other.0)));
        }
        for (index, (ours, theirs)) in ours.iter().zip(&theirs).enumerate() {
            assert!(ours.1 == theirs.1 && ours.2 == theirs.2, "{backend:?} frame {index}");
            assert!((ours.0 - theirs.0).abs() <= 1, "{backend:?} frame {index}");
        }
    }
    std::fs::remove_dir_all(&folder).expect("removed");
}
