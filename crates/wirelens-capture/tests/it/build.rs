//! Builders of small captures, and a reader that keeps what it was lent.

use std::io::Cursor;

use wirelens_capture::{Capture, Timestamp, Warning};

/// A frame as it was lent, owned.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Kept {
    pub(crate) time: Option<Timestamp>,
    pub(crate) captured: Vec<u8>,
    pub(crate) length: u32,
    pub(crate) link_type: u16,
    pub(crate) interface: u32,
    pub(crate) section: u32,
    pub(crate) offset: u64,
    pub(crate) comments: Vec<Vec<u8>>,
    pub(crate) flags: Option<u32>,
}

/// Everything a capture gives.
pub(crate) fn drain(capture: &mut Capture) -> Vec<Kept> {
    let mut frames = Vec::new();
    while let Some(frame) = capture.next_frame().expect("reading memory cannot fail") {
        assert_eq!(frame.number, frames.len() as u64 + 1);
        frames.push(Kept {
            time: frame.time,
            captured: frame.captured.to_vec(),
            length: frame.length,
            link_type: frame.link_type.0,
            interface: frame.interface,
            section: frame.section,
            offset: frame.offset,
            comments: frame.comments().map(<[u8]>::to_vec).collect(),
            flags: frame.flags().map(|flags| flags.0),
        });
    }
    assert!(capture.next_frame().is_ok_and(|frame| frame.is_none()), "the end stays the end");
    frames
}

pub(crate) fn read(bytes: &[u8]) -> (Vec<Kept>, Vec<Warning>) {
    let mut capture = Capture::from_reader(Cursor::new(bytes.to_vec())).expect("a capture");
    let frames = drain(&mut capture);
    (frames, capture.take_warnings())
}

/// Numbers in one byte order.
#[derive(Clone, Copy)]
pub(crate) struct Order(pub(crate) bool);

impl Order {
    pub(crate) fn u16(self, number: u16) -> [u8; 2] {
        if self.0 { number.to_be_bytes() } else { number.to_le_bytes() }
    }

    pub(crate) fn u32(self, number: u32) -> [u8; 4] {
        if self.0 { number.to_be_bytes() } else { number.to_le_bytes() }
    }

    pub(crate) fn u64(self, number: u64) -> [u8; 8] {
        if self.0 { number.to_be_bytes() } else { number.to_le_bytes() }
    }

    pub(crate) fn pcap_header(self, magic: u32, version: (u16, u16), network: u32) -> Vec<u8> {
        let mut out = self.u32(magic).to_vec();
        out.extend(self.u16(version.0));
        out.extend(self.u16(version.1));
        out.extend([0; 8]);
        out.extend(self.u32(262_144));
        out.extend(self.u32(network));
        out
    }

    pub(crate) fn pcap_record(
        self,
        time: (u32, u32),
        length: u32,
        extra: usize,
        data: &[u8],
    ) -> Vec<u8> {
        let mut out = Vec::new();
        for number in [time.0, time.1, data.len() as u32, length] {
            out.extend(self.u32(number));
        }
        out.extend(vec![0; extra]);
        out.extend_from_slice(data);
        out
    }

    pub(crate) fn block(self, kind: u32, body: &[u8]) -> Vec<u8> {
        let length = body.len().next_multiple_of(4) as u32 + 12;
        let mut out = self.u32(kind).to_vec();
        out.extend(self.u32(length));
        out.extend_from_slice(body);
        out.resize(length as usize - 4, 0);
        out.extend(self.u32(length));
        out
    }

    pub(crate) fn option(self, code: u16, value: &[u8]) -> Vec<u8> {
        let mut out = self.u16(code).to_vec();
        out.extend(self.u16(value.len() as u16));
        out.extend_from_slice(value);
        out.resize(out.len().next_multiple_of(4), 0);
        out
    }

    pub(crate) fn section(self, options: &[u8]) -> Vec<u8> {
        let mut body = self.u32(0x1a2b_3c4d).to_vec();
        body.extend(self.u16(1));
        body.extend(self.u16(0));
        body.extend([0xff; 8]);
        body.extend_from_slice(options);
        self.block(0x0a0d_0d0a, &body)
    }

    pub(crate) fn interface(self, link_type: u16, snap_length: u32, options: &[u8]) -> Vec<u8> {
        let mut body = self.u16(link_type).to_vec();
        body.extend([0; 2]);
        body.extend(self.u32(snap_length));
        body.extend_from_slice(options);
        self.block(1, &body)
    }

    pub(crate) fn enhanced(
        self,
        interface: u32,
        units: u64,
        length: u32,
        data: &[u8],
        options: &[u8],
    ) -> Vec<u8> {
        let mut body = Vec::new();
        let high = (units >> 32) as u32;
        for number in [interface, high, units as u32, data.len() as u32, length] {
            body.extend(self.u32(number));
        }
        body.extend_from_slice(data);
        body.resize(body.len().next_multiple_of(4), 0);
        body.extend_from_slice(options);
        self.block(6, &body)
    }
}

pub(crate) const LITTLE: Order = Order(false);
pub(crate) const BIG: Order = Order(true);
pub(crate) const MICROSECONDS: u32 = 0xa1b2_c3d4;

/// A plain pcap file of Ethernet frames whose bytes are never zero runs.
pub(crate) fn plain_pcap(count: u32) -> Vec<u8> {
    let mut out = LITTLE.pcap_header(MICROSECONDS, (2, 4), 1);
    for number in 0..count {
        out.extend(LITTLE.pcap_record((1_400_000_000 + number, 5), 70, 0, &payload(number)));
    }
    out
}

/// Sixty bytes and a few that look like nothing else.
pub(crate) fn payload(number: u32) -> Vec<u8> {
    (0..60 + number % 7).map(|at| 0x80 | (at.wrapping_mul(37) ^ number) as u8).collect()
}

/// A snoop file.
pub(crate) fn plain_snoop(count: u32) -> Vec<u8> {
    let mut out = b"snoop\0\0\0".to_vec();
    out.extend(BIG.u32(2));
    out.extend(BIG.u32(4));
    for number in 0..count {
        let data = payload(number);
        let held = data.len().next_multiple_of(4);
        let fields = [70, data.len() as u32, held as u32 + 24, 0, 1_400_000_000 + number, 5];
        fields.iter().for_each(|field| out.extend(BIG.u32(*field)));
        out.extend_from_slice(&data);
        out.resize(out.len() + held - data.len(), 0);
    }
    out
}

/// A pcapng file of Ethernet frames.
pub(crate) fn plain_pcapng(count: u32) -> Vec<u8> {
    let mut out = LITTLE.section(&[]);
    out.extend(LITTLE.interface(1, 0, &[]));
    for number in 0..count {
        let units = (1_400_000_000 + u64::from(number)) * 1_000_000 + 5;
        out.extend(LITTLE.enhanced(0, units, 70, &payload(number), &[]));
    }
    out
}
