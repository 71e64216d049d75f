//! The Internet checksum, RFC 1071, over packets as they were captured.

use wirelens_dissect::Flow;

/// What a checksum says of the bytes it covers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Verdict {
    /// It is right.
    Good,
    /// It is the sum of the pseudo-header alone: the network card was to finish it, so the frame
    /// was captured on its way out.
    Offloaded,
    /// It is wrong.
    Bad,
}

/// The one's complement sum of 16-bit words, folded; an odd last byte is the high half of a word.
pub fn sum(bytes: &[u8]) -> u16 {
    let mut total = 0u64;
    let mut words = bytes.chunks_exact(2);
    for word in &mut words {
        total += u64::from(u16::from_be_bytes([word[0], word[1]]));
    }
    if let [last] = words.remainder() {
        total += u64::from(*last) << 8;
    }
    fold(total)
}

/// The sum of the pseudo-header of RFC 9293 section 3.1 and RFC 8200 section 8.1.
pub fn pseudo_header(flow: &Flow, protocol: u8, length: usize) -> u16 {
    let words = |address: u128| (0..8).map(move |i| (address >> (16 * i)) as u64 & 0xffff);
    let addresses: u64 = words(flow.source).chain(words(flow.destination)).sum();
    let length = length as u64;
    fold(addresses + u64::from(protocol) + (length & 0xffff) + (length >> 16))
}

/// The verdict over `bytes`, which hold the checksum at `at`, with the pseudo-header's sum `pseudo`
/// (0 where there is none).
pub fn verify(bytes: &[u8], at: usize, pseudo: u16) -> Verdict {
    let total = fold(u64::from(sum(bytes)) + u64::from(pseudo));
    if total == 0xffff {
        return Verdict::Good;
    }
    let stored = bytes.get(at..at + 2).map_or(0, |b| u16::from_be_bytes([b[0], b[1]]));
    if pseudo != 0 && stored == pseudo { Verdict::Offloaded } else { Verdict::Bad }
}

fn fold(mut total: u64) -> u16 {
    while total > 0xffff {
        total = (total & 0xffff) + (total >> 16);
    }
    total as u16
}

/// The cyclic redundancy check of IEEE 802.3 section 3.2.9, as the number whose least significant
/// byte is sent first.
pub fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, &byte| CRC32[usize::from(crc as u8 ^ byte)] ^ crc >> 8)
}

static CRC32: [u32; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let (mut crc, mut bit) = (byte as u32, 0);
        while bit < 8 {
            crc = crc >> 1 ^ if crc & 1 == 1 { 0xedb8_8320 } else { 0 };
            bit += 1;
        }
        table[byte] = crc;
        byte += 1;
    }
    table
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_rfc_1071() {
        assert_eq!(sum(&[0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7]), 0xddf2);
    }

    #[test]
    fn a_header_with_its_checksum_sums_to_ones() {
        let header = [
            0x45, 0, 0, 0x73, 0, 0, 0x40, 0, 0x40, 0x11, 0xb8, 0x61, 0xc0, 0xa8, 0, 1, 0xc0, 0xa8,
            0, 0xc7,
        ];
        assert_eq!(verify(&header, 10, 0), Verdict::Good);
        let mut wrong = header;
        wrong[19] = 0;
        assert_eq!(verify(&wrong, 10, 0), Verdict::Bad);
    }

    #[test]
    fn a_pseudo_header_alone_is_offloaded() {
        let flow =
            Flow { source: 0xc000_0201, destination: 0xc000_0202, version: 4, ..Flow::default() };
        let pseudo = pseudo_header(&flow, 17, 10);
        let mut datagram = [0, 9, 0, 9, 0, 10, 0, 0, 1, 2];
        datagram[6..8].copy_from_slice(&pseudo.to_be_bytes());
        assert_eq!(verify(&datagram, 6, pseudo), Verdict::Offloaded);
    }

    #[test]
    fn the_check_of_the_digits() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
    }
}
