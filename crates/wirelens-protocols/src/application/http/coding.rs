//! Codings of bodies: the content codings of RFC 9110 section 8.4.1 and the transfer codings of
//! RFC 9112 section 7.2, `br` of RFC 7932 and `zstd` of RFC 8878.

use brotli_decompressor::{BrotliDecompressStream, BrotliResult, BrotliState, StandardAlloc};
use flate2::{Decompress, FlushDecompress, Status};
use zstd::stream::raw::{DParameter, Decoder as ZstdDecoder, Operation};

/// How far a body is decoded. Reaching one of these is a problem of the message.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct DecodeLimits {
    /// Bytes that a body becomes at most.
    pub bytes: usize,
    /// How many times as long as it was sent a body becomes at most.
    pub ratio: usize,
    /// Bytes up to which the ratio does not matter: empty pages compress well.
    pub small: usize,
}

impl Default for DecodeLimits {
    fn default() -> DecodeLimits {
        DecodeLimits::DEFAULT
    }
}

impl DecodeLimits {
    /// 16 MiB; 1000 times beyond 1 MiB: one pass of DEFLATE gives 1032 times at most.
    pub const DEFAULT: DecodeLimits = DecodeLimits { bytes: 16 << 20, ratio: 1000, small: 1 << 20 };

    /// What a body that was sent in so many bytes becomes at most.
    fn most(self, sent: usize) -> usize {
        self.bytes.min(self.small.max(sent.saturating_mul(self.ratio)))
    }
}

/// A coding that is decoded.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Coding {
    Gzip,
    Deflate,
    Brotli,
    Zstandard,
}

impl Coding {
    /// Names are case-insensitive, RFC 9110 section 8.4.1.
    fn named(name: &[u8]) -> Option<Coding> {
        let is = |one: &str| name.eq_ignore_ascii_case(one.as_bytes());
        match () {
            () if is("gzip") || is("x-gzip") => Some(Coding::Gzip),
            () if is("deflate") || is("x-deflate") => Some(Coding::Deflate),
            () if is("br") => Some(Coding::Brotli),
            () if is("zstd") => Some(Coding::Zstandard),
            () => None,
        }
    }
}

/// More codings than this, one in the other, are not decoded: nobody sends them but to hide.
const MOST_CODINGS: usize = 8;

/// The codings of a body, in the order in which they were applied.
#[derive(Clone, Copy, Default, Debug)]
pub(super) struct Codings {
    known: [Option<Coding>; MOST_CODINGS],
    count: usize,
    /// One of them is not decoded here, or they are too many.
    unknown: bool,
}

impl Codings {
    /// Adds the one that was applied next.
    pub(super) fn add(&mut self, name: &[u8]) {
        let coding = Coding::named(name);
        match self.known.get_mut(self.count) {
            Some(place) if coding.is_some() => *place = coding,
            _ => self.unknown = true,
        }
        self.count += 1;
    }

    pub(super) fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Can all of them be decoded?
    pub(super) fn are_known(&self) -> bool {
        !self.unknown
    }

    /// In the order in which they are to be undone.
    fn undone(&self) -> impl Iterator<Item = Coding> {
        self.known.iter().rev().flatten().copied()
    }
}

/// How the decoding of a body ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum End {
    /// With the body.
    Whole,
    /// The encoded bytes end before the body does.
    Cut,
    /// The encoded bytes contradict themselves or their checksum.
    Corrupt,
    /// At [`DecodeLimits::bytes`].
    TooLong,
    /// At [`DecodeLimits::ratio`].
    TooDense,
}

/// Decodes `sent`, undoing first the codings that were applied last (`outer`, for the transfer),
/// and appends what it gives to the empty `decoded`, up to where it ends.
///
/// It allocates: a decoder for each coding, and a buffer for each but one.
pub(super) fn decode(
    inner: &Codings,
    outer: &Codings,
    sent: &[u8],
    limits: DecodeLimits,
    decoded: &mut Vec<u8>,
) -> End {
    let most = limits.most(sent.len());
    let mut codings = outer.undone().chain(inner.undone()).peekable();
    let mut end = End::Whole;
    let mut stage: Option<Vec<u8>> = None;
    while let Some(coding) = codings.next() {
        let input = stage.as_deref().unwrap_or(sent);
        let reached = if codings.peek().is_none() {
            decode_one(coding, input, most, decoded)
        } else {
            let mut output = Vec::new();
            let reached = decode_one(coding, input, most, &mut output);
            stage = Some(output);
            reached
        };
        // What ends one stage early ends the next early too: the first is the reason.
        if end == End::Whole {
            end = reached;
        }
    }
    match end {
        End::TooLong if most < limits.bytes => End::TooDense,
        end => end,
    }
}

fn decode_one(coding: Coding, input: &[u8], most: usize, output: &mut Vec<u8>) -> End {
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
    written: usize,
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
    fn step(&mut self, input: &[u8], output: &mut [u8]) -> Progress;
}

/// Zstandard and Brotli lose what they made of the input of the step in which they fail, so this
/// is how much is lost at most, in encoded bytes.
const INPUT_STEP: usize = 1024;

const FIRST_OUTPUT: usize = 4096;

/// Decodes up to `most` bytes of output. Tells how much of the input it took.
fn run(
    decoder: &mut impl Decoder,
    input: &[u8],
    most: usize,
    output: &mut Vec<u8>,
) -> (usize, End) {
    let (mut read, mut written) = (0, output.len());
    let end = loop {
        if written == output.len() {
            // Room for one byte more than there may be: it tells whether there is more.
            let longer = output.len().saturating_mul(2).max(FIRST_OUTPUT);
            output.resize(longer.min(most.saturating_add(1)), 0);
        }
        let ahead = &input[read..];
        let progress = decoder.step(&ahead[..ahead.len().min(INPUT_STEP)], &mut output[written..]);
        read += progress.read;
        written += progress.written;
        match progress.state {
            _ if written > most => break End::TooLong,
            State::Ended => break End::Whole,
            State::Corrupt => break End::Corrupt,
            State::More if progress.read == 0 && progress.written == 0 => break End::Cut,
            State::More => {}
        }
    };
    output.truncate(written.min(most));
    (read, end)
}

impl Decoder for Decompress {
    fn step(&mut self, input: &[u8], output: &mut [u8]) -> Progress {
        let (read, written) = (self.total_in(), self.total_out());
        let state = match self.decompress(input, output, FlushDecompress::None) {
            Ok(Status::StreamEnd) => State::Ended,
            Ok(Status::Ok | Status::BufError) => State::More,
            Err(_) => State::Corrupt,
        };
        Progress {
            read: (self.total_in() - read) as usize,
            written: (self.total_out() - written) as usize,
            state,
        }
    }
}

struct Brotli(BrotliState<StandardAlloc, StandardAlloc, StandardAlloc>);

impl Brotli {
    fn new() -> Brotli {
        let memory = StandardAlloc::default;
        Brotli(BrotliState::new(memory(), memory(), memory()))
    }
}

impl Decoder for Brotli {
    fn step(&mut self, input: &[u8], output: &mut [u8]) -> Progress {
        let (mut left, mut read) = (input.len(), 0);
        let (mut room, mut written, mut total) = (output.len(), 0, 0);
        let result = BrotliDecompressStream(
            &mut left,
            &mut read,
            input,
            &mut room,
            &mut written,
            output,
            &mut total,
            &mut self.0,
        );
        let state = match result {
            BrotliResult::ResultSuccess => State::Ended,
            BrotliResult::NeedsMoreInput | BrotliResult::NeedsMoreOutput => State::More,
            BrotliResult::ResultFailure => State::Corrupt,
        };
        Progress { read, written, state }
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
    /// Several frames may stand one behind the other, RFC 8878 section 3.
    fn step(&mut self, input: &[u8], output: &mut [u8]) -> Progress {
        if input.is_empty() && self.between {
            return Progress { read: 0, written: 0, state: State::Ended };
        }
        match self.decoder.run_on_buffers(input, output) {
            Ok(status) => {
                self.between = status.remaining == 0;
                let (read, written) = (status.bytes_read, status.bytes_written);
                Progress { read, written, state: State::More }
            }
            Err(_) => Progress { read: 0, written: 0, state: State::Corrupt },
        }
    }
}
