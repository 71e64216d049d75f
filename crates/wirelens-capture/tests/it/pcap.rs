//! Classic pcap, its variants, and snoop.

use wirelens_capture::{Capture, Format, Problem, Timestamp};

use crate::build::*;

const DATA: &[u8] = b"\x81\x92\xa3\xb4\xc5";

fn one(order: Order, magic: u32, extra: usize) -> Vec<u8> {
    let mut file = order.pcap_header(magic, (2, 4), 1);
    for second in [7, 8, 9] {
        file.extend(order.pcap_record((second, 999_999), 1500, extra, DATA));
    }
    file
}

#[test]
fn both_orders_and_both_units() {
    for (magic, nanoseconds) in [(MICROSECONDS, 999_999_000), (0xa1b2_3c4d, 999_999)] {
        for order in [LITTLE, BIG] {
            let (frames, warnings) = read(&one(order, magic, 0));
            assert_eq!(warnings, []);
            assert_eq!(frames.len(), 3);
            assert_eq!(frames[0].time, Some(Timestamp::new(7, nanoseconds)));
            assert_eq!(frames[0].captured, DATA);
            assert_eq!((frames[0].length, frames[0].link_type, frames[0].offset), (1500, 1, 24));
        }
    }
}

#[test]
fn variants_are_told_apart() {
    let cases = [
        (0xa1b2_cd34, 8, Format::PcapModified),
        (0xa1b2_cd34, 12, Format::PcapModified),
        (MICROSECONDS, 8, Format::PcapModified),
        (MICROSECONDS, 4, Format::PcapNokia),
    ];
    for (magic, extra, format) in cases {
        for order in [LITTLE, BIG] {
            let bytes = one(order, magic, extra);
            let mut capture = Capture::from_reader(std::io::Cursor::new(bytes)).expect("opens");
            let frames = drain(&mut capture);
            assert_eq!(frames.len(), 3, "{format:?}");
            assert!(frames.iter().all(|frame| frame.captured == DATA), "{format:?}");
            assert_eq!(capture.sections()[0].format, format);
        }
    }
}

#[test]
fn ixia_has_a_length_after_its_header() {
    let mut file = LITTLE.pcap_header(0x1c00_01ac, (2, 4), 1);
    file.extend([0; 4]);
    file.extend(LITTLE.pcap_record((7, 999_999_999), 5, 0, DATA));
    let (frames, _) = read(&file);
    assert_eq!(frames[0].time, Some(Timestamp::new(7, 999_999_999)));
}

#[test]
fn old_versions_swap_the_lengths() {
    for minor in [2, 3] {
        let mut file = LITTLE.pcap_header(MICROSECONDS, (2, minor), 1);
        file.extend([7, 8, 1500, 5].map(|number| LITTLE.u32(number)).concat());
        file.extend(DATA);
        let (frames, warnings) = read(&file);
        assert_eq!(warnings, []);
        assert_eq!((frames[0].captured.as_slice(), frames[0].length), (DATA, 1500));
    }
}

#[test]
fn fcs_bits_are_not_the_link_type() {
    let mut file = LITTLE.pcap_header(MICROSECONDS, (2, 4), 2 << 28 | 0x0400_0000 | 1);
    file.extend(LITTLE.pcap_record((7, 8), 5, 0, DATA));
    let mut capture = Capture::from_reader(std::io::Cursor::new(file)).expect("opens");
    let frame = capture.next_frame().expect("reads").expect("a frame");
    assert_eq!((frame.link_type.0, frame.fcs_length()), (1, Some(4)));
}

#[test]
fn lengths_and_times_that_lie_survive() {
    let mut file = LITTLE.pcap_header(MICROSECONDS, (2, 4), 1);
    file[16..20].copy_from_slice(&LITTLE.u32(2));
    file.extend(LITTLE.pcap_record((7, 0), 5, 0, DATA));
    file.extend(LITTLE.pcap_record((8, 0), 3, 0, DATA));
    file.extend(LITTLE.pcap_record((9, 0), 0, 0, &[]));
    file.extend(LITTLE.pcap_record((10, 1_500_000), 5, 0, DATA));
    file.extend(LITTLE.pcap_record((u32::MAX, 0), 5, 0, DATA));
    let (frames, warnings) = read(&file);
    assert_eq!(frames.len(), 5);
    assert_eq!((frames[1].captured.len(), frames[1].length), (5, 3));
    assert_eq!(frames[2].captured, []);
    assert_eq!(frames[3].time, Some(Timestamp::new(11, 500_000_000)));
    assert_eq!(frames[4].time, Some(Timestamp::new(u32::MAX.into(), 0)));
    assert_eq!(warnings.len(), 1);
    assert_eq!(warnings[0].problem, Problem::TimeFraction { seconds: 10, fraction: 1_500_000 });
}

#[test]
fn large_records_are_believed_when_another_follows() {
    let large = vec![0x55; 700_000];
    let mut file = LITTLE.pcap_header(MICROSECONDS, (2, 4), 1);
    file.extend(LITTLE.pcap_record((7, 0), 700_000, 0, &large));
    file.extend(LITTLE.pcap_record((8, 0), 5, 0, DATA));
    file.extend(LITTLE.pcap_record((9, 0), 700_000, 0, &large));
    let (frames, warnings) = read(&file);
    assert_eq!(warnings, []);
    let lengths: Vec<_> = frames.iter().map(|frame| frame.captured.len()).collect();
    assert_eq!(lengths, [700_000, 5, 700_000]);
}

#[test]
fn snoop_is_read() {
    let (frames, warnings) = read(&plain_snoop(4));
    assert_eq!(warnings, []);
    assert_eq!(frames.len(), 4);
    assert_eq!(frames[3].time, Some(Timestamp::from_micros(1_400_000_003, 5)));
    assert_eq!((frames[3].captured.clone(), frames[3].length), (payload(3), 70));
    assert_eq!(frames[0].link_type, 1);
}
