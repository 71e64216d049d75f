//! The header of a segment ([RFC 9293 section 3.1](https://www.rfc-editor.org/rfc/rfc9293#section-3.1)).

/// What a TCP header says, read from its bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Segment {
    /// SEG.SEQ.
    pub sequence: u32,
    /// SEG.ACK, if the ACK bit is set.
    pub acknowledgment: Option<u32>,
    /// The control bits: FIN is 1, AE 0x100.
    pub flags: u16,
    /// SEG.WND, not scaled.
    pub window: u16,
    /// SEG.UP.
    pub urgent: u16,
    /// Bytes of data, as sent.
    pub length: u32,
    /// The option Window Scale.
    pub scale: Option<u8>,
    /// The option Maximum Segment Size.
    pub mss: Option<u16>,
    /// The options Timestamps: TSval and TSecr.
    pub timestamps: Option<(u32, u32)>,
}

/// FIN.
pub const FIN: u16 = 0x01;
/// SYN.
pub const SYN: u16 = 0x02;
/// RST.
pub const RST: u16 = 0x04;
/// ACK.
pub const ACK: u16 = 0x10;

/// The control bits by their names, the lowest first.
pub const FLAGS: [&str; 9] = ["FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR", "AE"];

impl Segment {
    /// Reads a header as far as it was captured; none where the fixed part is not there.
    #[inline]
    pub(crate) fn read(header: &[u8], length: u32) -> Option<Segment> {
        let fixed: &[u8; 20] = header.first_chunk()?;
        let [_, _, _, _, s0, s1, s2, s3, k0, k1, k2, k3, high, low, w0, w1, _, _, u0, u1] = *fixed;
        let flags = u16::from_be_bytes([high & 1, low]);
        let mut segment = Segment {
            sequence: u32::from_be_bytes([s0, s1, s2, s3]),
            acknowledgment: (flags & ACK != 0).then(|| u32::from_be_bytes([k0, k1, k2, k3])),
            flags,
            window: u16::from_be_bytes([w0, w1]),
            urgent: u16::from_be_bytes([u0, u1]),
            length,
            ..Segment::default()
        };
        let options = header.get(20..).unwrap_or_default();
        // What nearly every segment has: two of padding, then timestamps.
        if let [1, 1, 8, 10, rest @ ..] = options
            && let Some(&[a, b, c, d, e, f, g, h]) = rest.first_chunk()
        {
            let value = u32::from_be_bytes([a, b, c, d]);
            segment.timestamps = Some((value, u32::from_be_bytes([e, f, g, h])));
        } else if !options.is_empty() {
            segment.options(options);
        }
        Some(segment)
    }

    fn options(&mut self, mut bytes: &[u8]) {
        loop {
            let length = match *bytes {
                [] | [0, ..] => return,
                [1, ..] => 1,
                [2, 4, high, low, ..] => {
                    self.mss = Some(u16::from_be_bytes([high, low]));
                    4
                }
                [3, 3, shift, ..] => {
                    self.scale = Some(shift);
                    3
                }
                [8, 10, a, b, c, d, e, f, g, h, ..] => {
                    let value = u32::from_be_bytes([a, b, c, d]);
                    self.timestamps = Some((value, u32::from_be_bytes([e, f, g, h])));
                    10
                }
                [_, length, ..] if length >= 2 => usize::from(length),
                _ => return,
            };
            bytes = bytes.get(length..).unwrap_or_default();
        }
    }

    /// Are any of these control bits set?
    #[inline]
    pub fn has(&self, flags: u16) -> bool {
        self.flags & flags != 0
    }

    /// The sequence numbers it takes: its data, and one each for SYN and FIN.
    #[inline]
    pub fn numbers(&self) -> u32 {
        self.length + u32::from(self.has(SYN)) + u32::from(self.has(FIN))
    }
}

/// Is `a` before `b`, as sequence numbers are (RFC 9293 section 3.4)?
#[inline]
pub(crate) fn before(a: u32, b: u32) -> bool {
    (a.wrapping_sub(b) as i32) < 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_syn_with_its_options() {
        let header = [
            0x0f, 0xa0, 0, 80, 0, 0, 0, 7, 0, 0, 0, 0, 0xa0, 2, 0xff, 0xff, 0, 0, 0, 0, 2, 4, 5,
            0xb4, 4, 2, 8, 10, 0, 0, 0, 1, 0, 0, 0, 0, 1, 3, 3, 7,
        ];
        let segment = Segment::read(&header, 0).expect("it is whole");
        assert_eq!((segment.sequence, segment.acknowledgment, segment.flags), (7, None, SYN));
        assert_eq!((segment.mss, segment.scale), (Some(1460), Some(7)));
        assert_eq!((segment.timestamps, segment.numbers()), (Some((1, 0)), 1));
        for length in 0..20 {
            assert_eq!(Segment::read(&header[..length], 0), None);
        }
        for length in 20..header.len() {
            assert!(Segment::read(&header[..length], 0).is_some());
        }
    }

    #[test]
    fn sequence_numbers_wrap() {
        assert!(before(u32::MAX, 3) && !before(3, u32::MAX) && !before(5, 5));
    }
}
