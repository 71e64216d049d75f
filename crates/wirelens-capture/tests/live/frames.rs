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
    let total = (28 + payload.len()) as u16;
    let mut header = vec![0x45, 0];
    header.extend(total.to_be_bytes());
    header.extend([0, 1, 0, 0, 64, 17, 0, 0, 192, 0, 2, 20, 192, 0, 2, 10]);
    let sum: u32 =
        header.chunks(2).map(|pair| u32::from(u16::from_be_bytes([pair[0], pair[1]]))).sum();
    let sum = !((sum & 0xffff) + (sum >> 16)) as u16;
    header[10..12].copy_from_slice(&sum.to_be_bytes());
    let mut frame = [&MAC_A[..], &MAC_B, &[8, 0], &header].concat();
    frame.extend(40_000_u16.to_be_bytes());
    frame.extend(port.to_be_bytes());
    frame.extend((total - 20).to_be_bytes());
    frame.extend([0, 0]);
    frame.extend(payload);
    frame
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
