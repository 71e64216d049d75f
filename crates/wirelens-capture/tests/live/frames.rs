//! Frames for the cable, and what is read of them.

use std::time::{Duration, Instant};

use wirelens_capture::{Advance, Backend, Capture, Injector};

use crate::hosts::{Hosts, MAC_A, MAC_B};

/// Both ways to a device; every test of what a user sees runs on both.
pub(crate) const BACKENDS: [Backend; 2] = [Backend::Libpcap, Backend::Packet];

/// For private use: no protocol of any host answers.
const EXPERIMENTAL: [u8; 2] = [0x88, 0xb5];

/// A frame from B to A that carries a number, `length` bytes long.
pub(crate) fn numbered(number: u32, length: usize) -> Vec<u8> {
    let mut frame = [&MAC_A[..], &MAC_B, &EXPERIMENTAL, &number.to_be_bytes()].concat();
    frame.resize(length, 0x5a);
    frame
}

/// The number of such a frame.
pub(crate) fn number(frame: &[u8]) -> u32 {
    u32::from_be_bytes(frame[14..18].try_into().expect("four bytes"))
}

/// A UDP datagram from B to A, without a checksum.
pub(crate) fn udp(port: u16, payload: &[u8]) -> Vec<u8> {
    let mut datagram = Vec::new();
    for word in [40_000, port, 8 + payload.len() as u16, 0] {
        datagram.extend(word.to_be_bytes());
    }
    datagram.extend(payload);
    packet(17, &datagram)
}

/// An echo request from B to A, which A answers.
pub(crate) fn echo(sequence: u8) -> Vec<u8> {
    let mut message = [8, 0, 0, 0, 0, 1, 0, sequence].to_vec();
    message.extend([0x61; 56]);
    let sum = checksum(&message);
    message[2..4].copy_from_slice(&sum);
    packet(1, &message)
}

/// A packet of IPv4 from B to A.
fn packet(protocol: u8, payload: &[u8]) -> Vec<u8> {
    let mut header = vec![0x45, 0];
    header.extend((20 + payload.len() as u16).to_be_bytes());
    header.extend([0, 1, 0, 0, 64, protocol, 0, 0, 192, 0, 2, 20, 192, 0, 2, 10]);
    let sum = checksum(&header);
    header[10..12].copy_from_slice(&sum);
    [&MAC_A[..], &MAC_B, &[8, 0], &header, payload].concat()
}

/// The checksum of the Internet (RFC 1071) over an even number of bytes.
fn checksum(bytes: &[u8]) -> [u8; 2] {
    let add = |sum: u16, pair: &[u8]| {
        let (sum, carry) = sum.overflowing_add(u16::from_be_bytes([pair[0], pair[1]]));
        sum + u16::from(carry)
    };
    (!bytes.chunks_exact(2).fold(0, add)).to_be_bytes()
}

/// Sends from the other host.
pub(crate) fn sender(hosts: &Hosts) -> Injector {
    sender_through(hosts, "vb")
}

pub(crate) fn sender_through(hosts: &Hosts, device: &str) -> Injector {
    hosts.on_b(|| Injector::open(device, Backend::Packet)).expect("a sender")
}

/// The bytes of the next `count` frames, which must come.
pub(crate) fn take(capture: &mut Capture, count: usize) -> Vec<Vec<u8>> {
    let mut frames = Vec::new();
    while frames.len() < count {
        next(capture);
        frames.push(capture.current().captured.to_vec());
    }
    frames
}

/// Waits for the next frame.
pub(crate) fn next(capture: &mut Capture) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while Instant::now() < deadline {
        match capture.advance_within(Duration::from_millis(200)).expect("no error") {
            Advance::Frame => return,
            Advance::Tick => {}
            Advance::End => panic!("the capture has ended"),
        }
    }
    panic!("no frame came: {:?} {:?}", capture.counters(), capture.live_statistics());
}

/// What is left until the end, which must come.
pub(crate) fn rest(capture: &mut Capture) -> Vec<Vec<u8>> {
    let mut frames = Vec::new();
    while let Some(frame) = capture.next_frame().expect("no error") {
        frames.push(frame.captured.to_vec());
    }
    frames
}

/// Waits until something is true.
pub(crate) fn until(what: &str, mut is: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while !is() {
        assert!(Instant::now() < deadline, "{what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}
