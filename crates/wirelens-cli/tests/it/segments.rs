//! Captures of TCP made for a test: raw IPv4 between 10.0.0.1 and 10.0.0.2, a frame a millisecond.

/// Control bits.
pub(crate) const FIN: u8 = 0x01;
pub(crate) const SYN: u8 = 0x02;
pub(crate) const ACK: u8 = 0x10;

/// A pcap file that grows.
pub(crate) struct Capture {
    pub(crate) bytes: Vec<u8>,
    frames: u32,
}

/// A packet by its ports, numbers and payload.
#[derive(Clone, Copy)]
pub(crate) struct Segment<'a> {
    /// From the first host to the second?
    pub(crate) forward: bool,
    /// The port of the first host; the second's is 80.
    pub(crate) port: u16,
    pub(crate) sequence: u32,
    pub(crate) acknowledgment: u32,
    pub(crate) flags: u8,
    pub(crate) payload: &'a [u8],
}

impl Capture {
    pub(crate) fn new() -> Capture {
        let words = [0xa1b2_c3d4, 4 << 16 | 2, 0, 0, 65_535, 101_u32];
        Capture { bytes: words.iter().flat_map(|word| word.to_le_bytes()).collect(), frames: 0 }
    }

    pub(crate) fn add(&mut self, segment: Segment<'_>) -> &mut Capture {
        let packet = packet(&segment, self.frames as u16 + 1);
        self.add_packet(&packet)
    }

    pub(crate) fn add_packet(&mut self, packet: &[u8]) -> &mut Capture {
        let length = packet.len() as u32;
        let time = [self.frames / 1000, self.frames % 1000 * 1000];
        for word in [time[0], time[1], length, length] {
            self.bytes.extend(word.to_le_bytes());
        }
        self.bytes.extend(packet);
        self.frames += 1;
        self
    }

    /// A whole connection: one side says `said`, the other nothing.
    pub(crate) fn conversation(&mut self, port: u16, start: u32, said: &[u8]) -> &mut Capture {
        let mut to = Side { port, sequence: start, acknowledgment: 501 };
        self.add(Segment { acknowledgment: 0, ..to.segment(SYN, b"") });
        self.add(to.answer(SYN | ACK, 500));
        to.sequence += 1;
        self.add(to.segment(ACK, said));
        to.sequence += said.len() as u32;
        self.add(to.segment(FIN | ACK, b""));
        to.sequence += 1;
        self.add(to.answer(FIN | ACK, 501))
    }
}

/// The first host's numbers.
pub(crate) struct Side {
    pub(crate) port: u16,
    pub(crate) sequence: u32,
    pub(crate) acknowledgment: u32,
}

impl Side {
    pub(crate) fn segment<'a>(&self, flags: u8, payload: &'a [u8]) -> Segment<'a> {
        let Side { port, sequence, acknowledgment } = *self;
        Segment { forward: true, port, sequence, acknowledgment, flags, payload }
    }

    fn answer(&self, flags: u8, sequence: u32) -> Segment<'static> {
        let acknowledgment = self.sequence + u32::from(flags & SYN > 0);
        Segment { forward: false, port: self.port, sequence, acknowledgment, flags, payload: b"" }
    }
}

/// An IPv4 packet. Its checksums are 0.
pub(crate) fn packet(segment: &Segment<'_>, identification: u16) -> Vec<u8> {
    let Segment { forward, port, sequence, acknowledgment, flags, payload } = *segment;
    let (from, to) = if forward { ((1, port), (2, 80)) } else { ((2, 80), (1, port)) };
    let length = (40 + payload.len()) as u16;
    let mut packet = vec![0x45, 0];
    packet.extend(length.to_be_bytes());
    packet.extend(identification.to_be_bytes());
    packet.extend([0, 0, 64, 6, 0, 0, 10, 0, 0, from.0, 10, 0, 0, to.0]);
    packet.extend(from.1.to_be_bytes());
    packet.extend(to.1.to_be_bytes());
    packet.extend(sequence.to_be_bytes());
    packet.extend(acknowledgment.to_be_bytes());
    packet.extend([0x50, flags, 0xff, 0xff, 0, 0, 0, 0]);
    packet.extend(payload);
    packet
}

/// The packet in fragments of so many bytes, a multiple of eight.
pub(crate) fn fragments(packet: &[u8], each: usize) -> Vec<Vec<u8>> {
    let (header, payload) = packet.split_at(20);
    let count = payload.chunks(each).count();
    let cut = payload.chunks(each).enumerate().map(|(at, part)| {
        let mut fragment = header.to_vec();
        let more = if at + 1 < count { 0x2000 } else { 0 };
        let word = (at * each / 8) as u16 | more;
        fragment[2..4].copy_from_slice(&((20 + part.len()) as u16).to_be_bytes());
        fragment[6..8].copy_from_slice(&word.to_be_bytes());
        fragment.extend(part);
        fragment
    });
    cut.collect()
}
