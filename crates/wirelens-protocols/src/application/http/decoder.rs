//! Decoders of single codings, all run in the same way.

use brotli_decompressor::{BrotliDecompressStream, BrotliResult, BrotliState, StandardAlloc};
use flate2::{Decompress, FlushDecompress, Status};
use zstd::stream::raw::{DParameter, Decoder as ZstdDecoder, InBuffer, Operation, OutBuffer};

use super::coding::{Coding, End};

/// Decodes `input`, appends up to `most` bytes to `output` and tells why it ended there.
pub(super) fn decode(coding: Coding, input: &[u8], most: usize, output: &mut Vec<u8>) -> End {
    match coding {
        Coding::Gzip | Coding::Deflate => inflate(input, most, output),
        Coding::Brotli => run(&mut Brotli::new(), input, most, output).1,
        Coding::Zstandard => match Zstandard::new() {
            Some(mut decoder) => run(&mut decoder, input, most, output).1,
            None => End::Corrupt,
        },
    }
}

/// Servers send all three under either name, and DEFLATE without the header of zlib most of all:
/// the bytes decide (RFC 1952 section 2.3.1, RFC 1950 section 2.2).
fn inflate(input: &[u8], most: usize, output: &mut Vec<u8>) -> End {
    match input {
        [0x1f, 0x8b, ..] => return gunzip(input, most, output),
        &[first, second, ..]
            if first & 0x8f == 8 && u16::from_be_bytes([first, second]) % 31 == 0 =>
        {
            let (_, end) = run(&mut Decompress::new(true), input, most, output);
            if end != End::Corrupt || !output.is_empty() {
                return end;
            }
        }
        _ => {}
    }
    run(&mut Decompress::new(false), input, most, output).1
}

/// Members of a gzip file, one behind the other, RFC 1952 section 2.2. What is behind them and
/// does not begin like one is padding.
fn gunzip(mut input: &[u8], most: usize, output: &mut Vec<u8>) -> End {
    for _ in 0..MOST_MEMBERS {
        let (read, end) = run(&mut Decompress::new_gzip(15), input, most, output);
        input = input.get(read..).unwrap_or_default();
        if end != End::Whole || !input.starts_with(&[0x1f, 0x8b]) {
            return end;
        }
    }
    End::TooLong
}

/// Each takes a decoder of 40 KiB: those that are empty cost more than their length.
const MOST_MEMBERS: usize = 1024;

/// What a decoder did in one step.
struct Progress {
    read: usize,
    state: State,
}

#[derive(PartialEq, Eq)]
enum State {
    /// It takes more input, if there is any.
    More,
    /// What it decodes has ended.
    Ended,
    Corrupt,
}

trait Decoder {
    /// Encoded bytes that it is given at once. One that loses what it made of the input of the step
    /// in which it fails is given few.
    const INPUT_STEP: usize;

    /// Appends to `output` as much as it has room for, and no more.
    fn step(&mut self, input: &[u8], output: &mut Vec<u8>) -> Progress;
}

const FIRST_OUTPUT: usize = 4096;

/// Decodes up to `most` bytes of output. Tells how much of the input it took.
fn run<D: Decoder>(
    decoder: &mut D,
    input: &[u8],
    most: usize,
    output: &mut Vec<u8>,
) -> (usize, End) {
    // Room for one byte more than there may be: it tells whether there is more. What is decoded must
    // not depend on what an earlier body left of room.
    let room = most.saturating_add(1);
    output.shrink_to(room);
    let mut read = 0;
    let end = loop {
        let before = output.len();
        if before == output.capacity() {
            let longer = before.saturating_mul(2).max(FIRST_OUTPUT).min(room);
            output.reserve_exact(longer.saturating_sub(before));
        }
        let ahead = &input[read..];
        let progress = decoder.step(&ahead[..ahead.len().min(D::INPUT_STEP)], output);
        read += progress.read;
        match progress.state {
            _ if output.len() > most => break End::TooLong,
            State::Ended => break End::Whole,
            State::Corrupt => break End::Corrupt,
            State::More if progress.read == 0 && output.len() == before => break End::Cut,
            State::More => {}
        }
    };
    output.truncate(most);
    (read, end)
}

impl Decoder for Decompress {
    /// Each step ends with a copy of the last 32 KiB, so there is one for each growth of the output.
    const INPUT_STEP: usize = usize::MAX;

    fn step(&mut self, input: &[u8], output: &mut Vec<u8>) -> Progress {
        let read = self.total_in();
        let state = match self.decompress_vec(input, output, FlushDecompress::None) {
            Ok(Status::StreamEnd) => State::Ended,
            Ok(Status::Ok | Status::BufError) => State::More,
            Err(_) => State::Corrupt,
        };
        Progress { read: (self.total_in() - read) as usize, state }
    }
}

struct Brotli(BrotliState<StandardAlloc, StandardAlloc, StandardAlloc>);

impl Brotli {
    fn new() -> Brotli {
        let memory = StandardAlloc::default;
        Brotli(BrotliState::new(memory(), memory(), memory()))
    }
}

/// It writes to memory that has been written before: so much is cleared for a step at most.
const BROTLI_OUTPUT: usize = 16 << 10;

impl Decoder for Brotli {
    const INPUT_STEP: usize = 1024;

    fn step(&mut self, input: &[u8], output: &mut Vec<u8>) -> Progress {
        let start = output.len();
        let (mut left, mut read) = (input.len(), 0);
        let mut room = (output.capacity() - start).min(BROTLI_OUTPUT);
        let (mut written, mut total) = (0, 0);
        output.resize(start + room, 0);
        let result = BrotliDecompressStream(
            &mut left,
            &mut read,
            input,
            &mut room,
            &mut written,
            &mut output[start..],
            &mut total,
            &mut self.0,
        );
        output.truncate(start + written);
        let state = match result {
            BrotliResult::ResultSuccess => State::Ended,
            BrotliResult::NeedsMoreInput | BrotliResult::NeedsMoreOutput => State::More,
            BrotliResult::ResultFailure => State::Corrupt,
        };
        Progress { read, state }
    }
}

struct Zstandard {
    decoder: ZstdDecoder<'static>,
    /// It stands between two frames.
    between: bool,
}

/// A window of 8 MiB is the largest that a content coding may have, RFC 9659 section 3.
const WINDOW_LOG: u32 = 23;

impl Zstandard {
    fn new() -> Option<Zstandard> {
        let mut decoder = ZstdDecoder::new().ok()?;
        decoder.set_parameter(DParameter::WindowLogMax(WINDOW_LOG)).ok()?;
        Some(Zstandard { decoder, between: false })
    }
}

impl Decoder for Zstandard {
    const INPUT_STEP: usize = 1024;

    /// Several frames may stand one behind the other, RFC 8878 section 3.
    fn step(&mut self, input: &[u8], output: &mut Vec<u8>) -> Progress {
        if input.is_empty() && self.between {
            return Progress { read: 0, state: State::Ended };
        }
        let (mut input, start) = (InBuffer::around(input), output.len());
        let mut output = OutBuffer::around_pos(output, start);
        match self.decoder.run(&mut input, &mut output) {
            Ok(remaining) => {
                self.between = remaining == 0;
                Progress { read: input.pos(), state: State::More }
            }
            Err(_) => Progress { read: 0, state: State::Corrupt },
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};

    use super::*;

    pub(in super::super) fn text() -> Vec<u8> {
        [&b"Wikipedia, the free encyclopedia: ".repeat(8)[..], b"the end"].concat()
    }

    pub(in super::super) fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes).expect("memory");
        encoder.finish().expect("memory")
    }

    fn zlib(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes).expect("memory");
        encoder.finish().expect("memory")
    }

    fn deflate(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes).expect("memory");
        encoder.finish().expect("memory")
    }

    pub(in super::super) fn zstd(bytes: &[u8]) -> Vec<u8> {
        ::zstd::stream::encode_all(bytes, 3).expect("memory")
    }

    /// The text as the reference encoder at quality 11 writes it.
    pub(in super::super) fn brotli() -> Vec<u8> {
        crate::testing::hex(
            "1b16018815a1d2138445072672e0d8966276717e60758bcdcf144a8d400eefa841ed61",
        )
    }

    fn all() -> [(Coding, Vec<u8>); 5] {
        [
            (Coding::Gzip, gzip(&text())),
            (Coding::Deflate, zlib(&text())),
            (Coding::Deflate, deflate(&text())),
            (Coding::Brotli, brotli()),
            (Coding::Zstandard, zstd(&text())),
        ]
    }

    fn decoded(coding: Coding, sent: &[u8]) -> (Vec<u8>, End) {
        let mut output = Vec::new();
        let end = decode(coding, sent, 1 << 20, &mut output);
        (output, end)
    }

    #[test]
    fn each_gives_the_text() {
        for (coding, sent) in all() {
            assert_eq!(decoded(coding, &sent), (text(), End::Whole), "{coding:?}");
        }
    }

    #[test]
    fn what_is_cut_gives_the_text_so_far() {
        for (coding, sent) in all() {
            let mut longest = 0;
            for length in 0..sent.len() {
                let (output, end) = decoded(coding, &sent[..length]);
                assert!(text().starts_with(&output), "{coding:?} {length}");
                assert_ne!(end, End::Whole, "{coding:?} {length}");
                longest = longest.max(output.len());
            }
            // The last bits of Brotli tell several bytes; Zstandard gives whole blocks.
            assert!(longest + 8 > text().len() || coding == Coding::Zstandard, "{coding:?}");
        }
    }

    #[test]
    fn a_wrong_checksum_is_told() {
        let mut sent = gzip(&text());
        let at = sent.len() - 8;
        sent[at] ^= 1;
        assert_eq!(decoded(Coding::Gzip, &sent), (text(), End::Corrupt));
    }

    #[test]
    fn members_and_frames_stand_behind_each_other() {
        for (coding, one) in [(Coding::Gzip, gzip(b"one")), (Coding::Zstandard, zstd(b"one"))] {
            let three = one.repeat(3);
            assert_eq!(decoded(coding, &three), (b"oneoneone".to_vec(), End::Whole));
            let cut = decoded(coding, &three[..three.len() - 1]);
            assert!(cut.1 == End::Cut && cut.0.starts_with(b"oneone"), "{cut:?}");
        }
        let padded = [&gzip(b"one")[..], &[0; 20]].concat();
        assert_eq!(decoded(Coding::Gzip, &padded), (b"one".to_vec(), End::Whole));
        assert_eq!(decoded(Coding::Gzip, &gzip(b"").repeat(MOST_MEMBERS)).1, End::Whole);
        assert_eq!(decoded(Coding::Gzip, &gzip(b"").repeat(MOST_MEMBERS + 1)).1, End::TooLong);
    }

    /// Buffers are kept from frame to frame: how large they are must not show.
    #[test]
    fn room_from_before_changes_nothing() {
        let mut broken = zstd(&vec![b' '; 400_000]);
        let end = broken.len() - 4;
        broken[end..].fill(0xff);
        for (coding, sent) in all().into_iter().chain([(Coding::Zstandard, broken)]) {
            for most in [0, 1, 100, text().len() - 1, text().len(), 200_000] {
                let decoded = |mut output: Vec<u8>| {
                    let end = decode(coding, &sent, most, &mut output);
                    (output, end)
                };
                let (fresh, kept) = (decoded(Vec::new()), decoded(Vec::with_capacity(1 << 20)));
                assert!(fresh == kept, "{coding:?} {most}: {:?}, {:?}", fresh.1, kept.1);
            }
        }
    }

    #[test]
    fn the_bytes_decide_and_not_the_name() {
        for sent in [gzip(&text()), zlib(&text()), deflate(&text())] {
            for coding in [Coding::Gzip, Coding::Deflate] {
                assert_eq!(decoded(coding, &sent), (text(), End::Whole));
            }
        }
        // This one begins like zlib: a stored block of 0x1de2 bytes with stray bits before it.
        let stored = [&[0x78, 0xe2, 0x1d, 0x1d, 0xe2][..], &[b'a'; 0x1de2]].concat();
        assert_eq!(decoded(Coding::Deflate, &stored).0.len(), 0x1de2);
    }

    /// RFC 9659 section 3: a frame that asks for a window of 16 MiB.
    #[test]
    fn a_window_that_is_too_large_is_refused() {
        let frame = [0x28, 0xb5, 0x2f, 0xfd, 0x00, 14 << 3, 0x01, 0x00, 0x00];
        assert_eq!(decoded(Coding::Zstandard, &frame).1, End::Corrupt);
        let smaller = [0x28, 0xb5, 0x2f, 0xfd, 0x00, 13 << 3, 0x01, 0x00, 0x00];
        assert_eq!(decoded(Coding::Zstandard, &smaller).1, End::Whole);
    }

    /// Whatever comes in, decoding ends within its limit.
    #[test]
    fn changed_bytes_do_no_harm() {
        let mut random = 0x2545_f491_4f6c_dd1d_u64;
        let mut next = move |below: usize| {
            random ^= random << 13;
            random ^= random >> 7;
            random ^= random << 17;
            (random % below as u64) as usize
        };
        for (coding, sent) in all() {
            for _ in 0..2000 {
                let mut changed = sent.clone();
                for _ in 0..=next(4) {
                    let at = next(changed.len());
                    match next(3) {
                        0 => changed[at] = next(256) as u8,
                        1 => changed[at] ^= 1 << next(8),
                        _ => changed.truncate(at.max(1)),
                    }
                }
                let mut output = Vec::new();
                decode(coding, &changed, 1000, &mut output);
                assert!(output.len() <= 1000, "{coding:?} {changed:x?}");
            }
            for _ in 0..500 {
                let noise: Vec<u8> = (0..next(80)).map(|_| next(256) as u8).collect();
                let mut output = Vec::new();
                decode(coding, &noise, 1000, &mut output);
                assert!(output.len() <= 1000, "{coding:?} {noise:x?}");
            }
        }
    }
}
