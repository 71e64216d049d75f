//! Compressed captures, recognised by their first bytes and decompressed as a stream.

use std::io::{self, BufRead, BufReader, Cursor, Read};

use flate2::bufread::MultiGzDecoder;
use liblzma::bufread::XzDecoder;
use liblzma::stream::{CONCATENATED, Stream};
use lz4_flex::frame::FrameDecoder;

use crate::window::CHUNK;

/// How a file is compressed.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[non_exhaustive]
pub enum Compression {
    /// Not at all.
    None,
    /// gzip, one member or several.
    Gzip,
    /// Zstandard, one frame or several.
    Zstd,
    /// LZ4 frames.
    Lz4,
    /// xz, one stream or several.
    Xz,
}

impl Compression {
    /// The name of the program that undoes it, or `none`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
            Self::Lz4 => "lz4",
            Self::Xz => "xz",
        }
    }

    fn recognise(start: &[u8]) -> Self {
        match start {
            [0x1f, 0x8b, ..] => Self::Gzip,
            // A skippable frame may come before the first data frame.
            [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Self::Zstd,
            [0x04, 0x22, 0x4d, 0x18, ..] => Self::Lz4,
            [0xfd, b'7', b'z', b'X', b'Z', 0x00, ..] => Self::Xz,
            _ => Self::None,
        }
    }
}

/// A dictionary of xz may have 4 GiB, which a file of a few KiB can have filled. `xz -9` takes 65
/// MiB to decompress; zstd's own limit is 128 MiB.
const MOST_XZ_MEMORY: u64 = 128 << 20;

type Compressed = BufReader<io::Chain<Cursor<Vec<u8>>, Box<dyn Read + Send>>>;

/// Looks at the first bytes of a stream and puts the fitting decompressor over it.
///
/// # Errors
/// When the first bytes cannot be read.
pub(crate) fn open(
    mut source: Box<dyn Read + Send>,
) -> io::Result<(Compression, Box<dyn Read + Send>)> {
    let mut start = vec![0; 6];
    let mut filled = 0;
    while let Some(room) = start.get_mut(filled..)
        && !room.is_empty()
    {
        match source.read(room) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    start.truncate(filled);
    let compression = Compression::recognise(&start);
    let whole = Cursor::new(start).chain(source);
    if compression == Compression::None {
        return Ok((compression, Box::new(whole)));
    }
    let input = BufReader::with_capacity(CHUNK, whole);
    let output: Box<dyn Read + Send> = match compression {
        Compression::None => return Ok((compression, Box::new(input))),
        Compression::Gzip => Box::new(MultiGzDecoder::new(input)),
        Compression::Zstd => Box::new(zstd::stream::read::Decoder::with_buffer(input)?),
        Compression::Lz4 => Box::new(Lz4Frames(FrameDecoder::new(input))),
        Compression::Xz => {
            let stream = Stream::new_stream_decoder(MOST_XZ_MEMORY, CONCATENATED)?;
            Box::new(XzDecoder::new_stream(input, stream))
        }
    };
    Ok((compression, output))
}

/// LZ4 frames one after another: the decoder itself ends with each.
struct Lz4Frames(FrameDecoder<Compressed>);

impl Read for Lz4Frames {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let count = self.0.read(buffer)?;
            if count > 0 || self.0.get_mut().fill_buf()?.is_empty() {
                return Ok(count);
            }
        }
    }
}
