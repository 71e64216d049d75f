//! What is written reads back as it was.

use std::io::{Cursor, Write};

use wirelens_capture::{
    Capture, Compressor, Content, Error, Frame, InterfaceCounters, OptionList, PcapWriter,
    PcapngWriter, Record, Timestamp, option_code,
};

use crate::build::*;

fn to_pcap(file: &[u8]) -> Result<Vec<u8>, Error> {
    let mut capture = Capture::from_reader(Cursor::new(file.to_vec()))?;
    let mut writer = PcapWriter::new(Vec::new());
    while let Some(frame) = capture.next_frame()? {
        writer.frame(&frame)?;
    }
    writer.finish()
}

fn to_pcapng(file: &[u8], blocks: bool) -> Vec<u8> {
    let mut capture = Capture::from_reader(Cursor::new(file.to_vec())).expect("opens");
    let mut writer = PcapngWriter::new(Vec::new());
    while let Some(record) = capture.next_record().expect("reads") {
        match record {
            Record::Frame(frame) => writer.frame(&frame).expect("writes"),
            Record::Block(block) if blocks => writer.block(&block).expect("writes"),
            Record::Block(_) => {}
        }
    }
    writer.finish().expect("writes")
}

#[test]
fn pcap_comes_back_byte_for_byte() {
    let file = plain_pcap(10);
    assert_eq!(to_pcap(&file).expect("writes"), file);
    let mut nanoseconds = LITTLE.pcap_header(0xa1b2_3c4d, (2, 4), 101);
    nanoseconds.extend(LITTLE.pcap_record((7, 123_456_789), 5, 0, b"frame"));
    assert_eq!(to_pcap(&nanoseconds).expect("writes"), nanoseconds);
}

#[test]
fn pcapng_comes_back_byte_for_byte() {
    let mut file = Vec::new();
    for order in [LITTLE, BIG] {
        let mut name = order.option(option_code::IF_NAME, b"eth0");
        name.extend(order.option(option_code::IF_TSRESOL, &[9]));
        name.extend(order.option(0, &[]));
        let mut options = order.option(option_code::COMMENT, b"seen");
        options.extend(order.option(option_code::EPB_FLAGS, &order.u32(1)));
        options.extend(order.option(0, &[]));
        file.extend(order.section(&order.option(option_code::SHB_OS, b"any")));
        file.extend(order.interface(1, 0, &[]));
        file.extend(order.interface(113, 9, &name));
        file.extend(order.enhanced(1, 1_400_000_000_123_456_789, 70, b"second", &options));
        file.extend(order.block(3, &[&order.u32(3)[..], b"abc"].concat()));
        file.extend(order.enhanced(0, 1_400_000_000_123_456, 70, b"first", &[]));
        file.extend(order.block(0x0bad, &[&order.u32(9)[..], b"custom"].concat()));
        file.extend(order.block(5, &[order.u32(1), order.u32(0), order.u32(7)].concat()));
    }
    assert_eq!(to_pcapng(&file, true), file);

    // Without the blocks it is one section of another shape; the frames are the same.
    let (before, _) = read(&file);
    let (after, warnings) = read(&to_pcapng(&file, false));
    assert_eq!(warnings, []);
    assert_eq!(after.len(), before.len());
    for (before, after) in before.iter().zip(&after) {
        assert_eq!(after.captured, before.captured);
        assert_eq!((after.length, after.link_type), (before.length, before.link_type));
        assert_eq!((&after.comments, after.flags), (&before.comments, before.flags));
        assert_eq!(after.time.unwrap_or_default(), before.time.unwrap_or_default());
    }
}

#[test]
fn formats_turn_into_each_other() {
    let mut nanoseconds = BIG.pcap_header(0xa1b2_3c4d, (2, 4), 2 << 28 | 0x0400_0000 | 1);
    for number in 0..5 {
        nanoseconds.extend(BIG.pcap_record((7 + number, 123_456_789), 90, 0, &payload(number)));
    }
    for file in [plain_pcap(5), plain_snoop(5), nanoseconds] {
        let (before, _) = read(&file);
        let pcapng = to_pcapng(&file, true);
        let pcap = to_pcap(&pcapng).expect("writes");
        for other in [pcapng, pcap] {
            let (after, warnings) = read(&other);
            assert_eq!(warnings, []);
            for (before, after) in before.iter().zip(&after) {
                assert_eq!(*before, Kept { offset: before.offset, ..after.clone() });
            }
        }
    }
}

#[test]
fn pcap_refuses_what_it_cannot_hold() {
    let mut two = LITTLE.section(&[]);
    two.extend(LITTLE.interface(1, 0, &[]));
    two.extend(LITTLE.interface(113, 0, &[]));
    two.extend(LITTLE.enhanced(0, 1, 5, b"frame", &[]));
    two.extend(LITTLE.enhanced(1, 1, 5, b"frame", &[]));
    let error = to_pcap(&two).expect_err("two link types");
    assert!(error.to_string().contains("write pcapng"), "{error}");

    let mut late = LITTLE.section(&[]);
    late.extend(LITTLE.interface(1, 0, &LITTLE.option(option_code::IF_TSRESOL, &[0])));
    late.extend(LITTLE.enhanced(0, 1 << 40, 5, b"frame", &[]));
    assert!(matches!(to_pcap(&late), Err(Error::TimeDoesNotFit { .. })));
}

#[test]
fn frames_can_be_made_and_commented() {
    let mut capture = Capture::from_reader(Cursor::new(plain_pcap(2))).expect("opens");
    let mut writer =
        PcapngWriter::new(Compressor::zstd(Vec::new()).expect("memory")).application("test");
    let mut list = OptionList::new();
    while let Some(frame) = capture.next_frame().expect("reads") {
        list.comment(&format!("number {}", frame.number));
        writer.frame(&Frame { options: list.options(), ..frame }).expect("writes");
        let finer = Frame { time: Some(Timestamp::new(5, 1)), ..frame };
        assert!(matches!(writer.frame(&finer), Err(Error::TimeDoesNotFit { .. })));
    }
    let mut output = writer.finish().expect("writes");
    output.flush().expect("memory");
    let bytes = output.finish().expect("memory");
    let (frames, warnings) = read(&bytes);
    assert_eq!(warnings, []);
    assert_eq!(frames[0].comments, [b"number 1"]);
    assert_eq!(frames[1].comments, [b"number 1", b"number 2"]);

    let mut capture = Capture::from_reader(Cursor::new(bytes)).expect("opens");
    assert!(capture.next_frame().is_ok());
    assert_eq!(capture.sections()[0].application(), Some(&b"test"[..]));
}

#[test]
fn empty_outputs_are_captures() {
    let (frames, _) = read(&PcapWriter::new(Vec::new()).finish().expect("writes"));
    assert_eq!(frames, []);
    let (frames, _) = read(&PcapngWriter::new(Vec::new()).finish().expect("writes"));
    assert_eq!(frames, []);
}

#[test]
fn what_was_counted_is_written_and_read() {
    let mut capture = Capture::from_reader(Cursor::new(plain_pcap(1))).expect("opens");
    assert!(capture.advance().expect("reads"));
    let interface = capture.interfaces()[0].clone();
    let counters = InterfaceCounters {
        received: Some(7),
        system_dropped: Some(1 << 40),
        delivered: Some(5),
        ..InterfaceCounters::default()
    };
    let (begun, ended) = (Timestamp::from_micros(10, 1), Timestamp::new(20, 1));
    let mut writer = PcapngWriter::new(Vec::new()).application("test").comment("a comment");
    writer.statistics(&interface, &counters, (begun, ended)).expect("writes");
    writer.frame(&capture.current()).expect("writes");
    let bytes = writer.finish().expect("writes");

    let mut capture = Capture::from_reader(Cursor::new(bytes)).expect("opens");
    let mut seen = 0;
    while let Some(record) = capture.next_record().expect("reads") {
        let Record::Block(block) = record else { continue };
        let Content::Statistics(statistics) = block.content() else { continue };
        seen += 1;
        // The unit is microseconds; what is finer is rounded up.
        assert_eq!(statistics.time(), Timestamp::from_micros(20, 1));
        assert_eq!((statistics.start(), statistics.end()), (Some(begun), Some(statistics.time())));
    }
    assert_eq!(seen, 1);
    assert_eq!(capture.interfaces().len(), 1, "described once");
    assert_eq!(capture.interface_counters(0), Some(&counters));
    assert_eq!(capture.counters().frames, 1);
    let comments: Vec<_> = capture.sections()[0].options().comments().collect();
    assert_eq!(comments, [b"a comment"]);
}
