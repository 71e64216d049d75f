//! pcapng: every kind of block, both byte orders, several interfaces.

use std::io::Cursor;

use wirelens_capture::{
    Capture, Content, Direction, NameRecord, Problem, Record, Resolution, Timestamp, block_kind,
    option_code,
};

use crate::build::*;

#[test]
fn byte_order_may_change_between_sections() {
    let mut file = Vec::new();
    for (number, order) in [LITTLE, BIG, LITTLE].into_iter().enumerate() {
        file.extend(order.section(&order.option(option_code::SHB_APPLICATION, b"maker")));
        file.extend(order.interface(1 + number as u16, 0, &[]));
        file.extend(order.enhanced(0, 1_500_000, 99, b"frame", &[]));
    }
    let mut capture = Capture::from_reader(Cursor::new(file)).expect("opens");
    let frames = drain(&mut capture);
    assert_eq!(frames.len(), 3);
    for (number, frame) in frames.iter().enumerate() {
        assert_eq!(frame.time, Some(Timestamp::new(1, 500_000_000)));
        assert_eq!(frame.captured, b"frame");
        assert_eq!(frame.length, 99);
        assert_eq!((frame.interface, frame.section), (number as u32, number as u32));
        assert_eq!(frame.link_type, 1 + number as u16);
    }
    assert!(capture.sections()[1].big_endian);
    assert_eq!(capture.sections()[2].application(), Some(&b"maker"[..]));
    assert_eq!(capture.take_warnings(), []);
}

#[test]
fn interfaces_have_units_and_offsets_of_their_own() {
    for order in [LITTLE, BIG] {
        let mut file = order.section(&[]);
        let nanoseconds = order.option(option_code::IF_TSRESOL, &[9]);
        file.extend(order.interface(1, 0, &nanoseconds));
        let mut binary = order.option(option_code::IF_TSRESOL, &[0x80 | 10]);
        binary.extend(order.option(option_code::IF_TSOFFSET, &order.u64(1_000)));
        binary.extend(order.option(option_code::IF_FCSLEN, &[4]));
        binary.extend(order.option(option_code::IF_NAME, b"eth7"));
        binary.extend(order.option(0, &[]));
        file.extend(order.interface(113, 0, &binary));
        file.extend(order.enhanced(0, 1_400_000_000_123_456_789, 5, b"first", &[]));
        file.extend(order.enhanced(1, 1024 * 5 + 256, 6, b"second", &[]));
        let mut capture = Capture::from_reader(Cursor::new(file)).expect("opens");
        let frames = drain(&mut capture);
        assert_eq!(frames[0].time, Some(Timestamp::new(1_400_000_000, 123_456_789)));
        assert_eq!(frames[1].time, Some(Timestamp::new(1_005, 250_000_000)));
        assert_eq!((frames[0].link_type, frames[1].link_type), (1, 113));
        let interface = &capture.interfaces()[1];
        assert_eq!(interface.resolution, Resolution::Binary(10));
        assert_eq!(interface.name(), Some(&b"eth7"[..]));
        assert_eq!(interface.fcs_length, Some(4));
    }
}

#[test]
fn frame_options_are_read_when_asked_for() {
    for order in [LITTLE, BIG] {
        let mut options = order.option(option_code::COMMENT, b"one");
        options.extend(order.option(option_code::COMMENT, b"two!"));
        options.extend(order.option(option_code::EPB_FLAGS, &order.u32(0x0001_0082)));
        options.extend(order.option(option_code::EPB_DROPCOUNT, &order.u64(11)));
        options.extend(order.option(option_code::EPB_PACKETID, &order.u64(12)));
        options.extend(order.option(option_code::EPB_QUEUE, &order.u32(13)));
        options.extend(order.option(option_code::EPB_VERDICT, &[2, 9, 9]));
        options.extend(order.option(0, &[]));
        let mut file = order.section(&[]);
        file.extend(order.interface(1, 0, &[]));
        file.extend(order.enhanced(0, 1, 5, b"frame", &options));
        let mut capture = Capture::from_reader(Cursor::new(file)).expect("opens");
        let frame = capture.next_frame().expect("reads").expect("a frame");
        assert_eq!(frame.comments().collect::<Vec<_>>(), [&b"one"[..], b"two!"]);
        let flags = frame.flags().expect("flags");
        assert_eq!(flags.direction(), Direction::Outbound);
        assert_eq!((flags.fcs_length(), flags.errors()), (4, 1));
        assert_eq!(frame.fcs_length(), Some(4));
        assert_eq!(frame.drop_count(), Some(11));
        assert_eq!(frame.packet_id(), Some(12));
        assert_eq!(frame.queue(), Some(13));
        assert_eq!(frame.verdicts().collect::<Vec<_>>(), [(2, &[9, 9][..])]);
        assert!(frame.options.is_whole());
    }
}

#[test]
fn simple_and_obsolete_packets() {
    for order in [LITTLE, BIG] {
        let mut file = order.section(&[]);
        file.extend(order.interface(1, 4, &[]));
        file.extend(order.interface(9, 0, &[]));
        file.extend(order.block(3, &[&order.u32(3)[..], b"abc"].concat()));
        file.extend(order.block(3, &[&order.u32(1000)[..], b"abcd"].concat()));
        let mut obsolete = order.u16(1).to_vec();
        obsolete.extend(order.u16(7));
        for number in [0, 2_000_000, 3, 60] {
            obsolete.extend(order.u32(number));
        }
        obsolete.extend(b"xyz\0");
        obsolete.extend(order.option(option_code::COMMENT, b"old"));
        file.extend(order.block(2, &obsolete));
        let (frames, warnings) = read(&file);
        assert_eq!(warnings, []);
        assert_eq!((frames[0].time, frames[0].captured.as_slice()), (None, &b"abc"[..]));
        assert_eq!((frames[1].captured.as_slice(), frames[1].length), (&b"abcd"[..], 1000));
        assert_eq!(frames[2].time, Some(Timestamp::new(2, 0)));
        assert_eq!((frames[2].captured.as_slice(), frames[2].length), (&b"xyz"[..], 60));
        assert_eq!((frames[2].link_type, frames[2].comments.len()), (9, 1));
    }
}

#[test]
fn every_other_block_is_kept_in_order() {
    for order in [LITTLE, BIG] {
        let mut names = order.option(1, b"\x0a\x00\x00\x01one\0two\0");
        names.extend(order.option(2, &[&[0xfe; 16][..], b"six\0"].concat()));
        names.extend(order.option(3, b"\x01\x02\x03\x04\x05\x06card\0"));
        names.extend(order.option(0, &[]));
        names.extend(order.option(option_code::COMMENT, b"names"));
        let mut statistics = [order.u32(0), order.u32(0), order.u32(9_000_000)].concat();
        statistics.extend(order.option(option_code::ISB_IFRECV, &order.u64(100)));
        statistics.extend(order.option(option_code::ISB_IFDROP, &order.u64(3)));
        let start = [order.u32(0), order.u32(1_000_000)].concat();
        statistics.extend(order.option(option_code::ISB_STARTTIME, &start));
        let mut secrets = [order.u32(0x544c_534b), order.u32(5)].concat();
        secrets.extend(b"keys!\0\0\0");
        secrets.extend(order.option(option_code::COMMENT, b"tls"));
        let custom = [&order.u32(32_473)[..], b"data"].concat();

        let mut file = order.section(&[]);
        file.extend(order.interface(1, 0, &[]));
        file.extend(order.block(block_kind::NAME_RESOLUTION, &names));
        file.extend(order.enhanced(0, 1, 5, b"frame", &[]));
        file.extend(order.block(block_kind::STATISTICS, &statistics));
        file.extend(order.block(block_kind::SECRETS, &secrets));
        file.extend(order.block(block_kind::JOURNAL, b"MESSAGE=hello\n\0\0"));
        file.extend(order.block(block_kind::CUSTOM, &custom));
        file.extend(order.block(block_kind::CUSTOM_LOCAL, &custom));
        file.extend(order.block(0x1234, b"who knows"));

        let mut capture = Capture::from_reader(Cursor::new(file.clone())).expect("opens");
        let (mut kinds, mut joined) = (Vec::new(), Vec::new());
        while let Some(record) = capture.next_record().expect("reads") {
            let Record::Block(block) = record else {
                kinds.push(6);
                let last = joined.len();
                joined.extend_from_slice(&file[last..last + 40]);
                continue;
            };
            kinds.push(block.kind);
            joined.extend_from_slice(block.bytes);
            match block.content() {
                Content::Names(records) => {
                    let records: Vec<_> = records.collect();
                    let NameRecord::Ipv4(address, names) = records[0] else { panic!("not IPv4") };
                    assert_eq!(address, [10, 0, 0, 1]);
                    assert_eq!(names.iter().collect::<Vec<_>>(), [b"one", b"two"]);
                    assert!(matches!(records[1], NameRecord::Ipv6(..)));
                    assert!(matches!(records[2], NameRecord::Eui48(..)));
                    assert_eq!(block.options().comments().count(), 1);
                }
                Content::Statistics(statistics) => {
                    assert_eq!(statistics.time(), Timestamp::new(9, 0));
                    assert_eq!(statistics.start(), Some(Timestamp::new(1, 0)));
                    assert_eq!((statistics.received(), statistics.dropped()), (Some(100), Some(3)));
                    assert_eq!(statistics.delivered(), None);
                }
                Content::Secrets(secrets) => {
                    assert_eq!(
                        (secrets.name(), secrets.data),
                        (Some("TLS key log"), &b"keys!"[..])
                    );
                    assert_eq!(block.options().comments().count(), 1);
                }
                Content::Journal(entry) => assert!(entry.starts_with(b"MESSAGE=hello")),
                Content::Custom { enterprise, data, copyable } => {
                    assert_eq!((enterprise, data), (32_473, &b"data"[..]));
                    assert_eq!(copyable, block.kind == block_kind::CUSTOM);
                }
                Content::Unknown(body) => assert_eq!(body, b"who knows\0\0\0"),
                _ => {}
            }
        }
        let expected =
            [0x0a0d_0d0a, 1, 4, 6, 5, 10, 9, block_kind::CUSTOM, block_kind::CUSTOM_LOCAL, 0x1234];
        assert_eq!(kinds, expected);
        assert_eq!(joined, file, "every byte was seen, in order");
        assert_eq!(capture.counters().blocks, 9);
    }
}

#[test]
fn what_does_not_fit_is_named() {
    let mut file = LITTLE.section(&[]);
    file.extend(LITTLE.interface(1, 0, &[]));
    file.extend(LITTLE.enhanced(5, 1, 5, b"nobody", &[]));
    let mut outgrown = LITTLE.enhanced(0, 1, 5, b"abcd", &[]);
    outgrown[20..24].copy_from_slice(&LITTLE.u32(65_536));
    file.extend(outgrown);
    file.extend(LITTLE.block(6, b"short"));
    let mut trailer = LITTLE.enhanced(0, 1, 5, b"fine", &[]);
    let end = trailer.len() - 4;
    trailer[end..].copy_from_slice(&LITTLE.u32(7));
    file.extend(trailer);
    file.extend(LITTLE.enhanced(0, 1, 5, b"last", &[]));
    let (frames, warnings) = read(&file);
    let captured: Vec<_> = frames.iter().map(|frame| frame.captured.as_slice()).collect();
    assert_eq!(captured, [b"abcd", b"fine", b"last"]);
    let problems: Vec<_> = warnings.into_iter().map(|warning| warning.problem).collect();
    assert_eq!(
        problems,
        [
            Problem::UnknownInterface { number: 5 },
            Problem::FrameOutgrowsBlock { claimed: 65_536, have: 4 },
            Problem::BlockTooShort { kind: 6, length: 20 },
            Problem::TrailerLength { first: 36, second: 7 },
        ]
    );
}

/// Options of interfaces are asked for at any time, so they are kept, but not without end.
#[test]
fn options_beyond_what_is_kept_are_left_out_with_a_warning() {
    let mut file = LITTLE.section(&[]);
    let mut options = LITTLE.option(option_code::IF_TSRESOL, &[9]);
    options.extend(LITTLE.option(option_code::IF_DESCRIPTION, &[b'a'; 60_000]));
    for _ in 0..300 {
        file.extend(LITTLE.interface(1, 0, &options));
    }
    file.extend(LITTLE.enhanced(299, 1_000_000_001, 1, b"a", &[]));
    let mut capture = Capture::from_reader(Cursor::new(file)).expect("opens");
    let frames = drain(&mut capture);
    assert_eq!(frames[0].time, Some(Timestamp::new(1, 1)), "the unit is known all the same");
    let kept: usize = capture
        .interfaces()
        .iter()
        .map(|it| it.options().into_iter().map(|o| o.value.len()).sum::<usize>())
        .sum();
    assert!(kept <= 16 << 20, "{kept}");
    let warnings = capture.take_warnings();
    assert_eq!(warnings[0].problem, Problem::TooMany { what: "options" });
}
