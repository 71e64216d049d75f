//! Compressed output: one writer over another, finished by name so that no end mark is lost.

use std::io::{self, Write};

use flate2::write::GzEncoder;

/// A writer that compresses, or passes on, what is written to it.
///
/// Call [`finish`](Self::finish) at the end: a compressed stream dropped before has no end mark,
/// and readers will call it truncated.
pub struct Compressor<W: Write>(Inner<W>);

enum Inner<W: Write> {
    None(W),
    Gzip(GzEncoder<W>),
    Zstd(zstd::stream::write::Encoder<'static, W>),
}

impl<W: Write> std::fmt::Debug for Compressor<W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self.0 {
            Inner::None(_) => "Compressor(none)",
            Inner::Gzip(_) => "Compressor(gzip)",
            Inner::Zstd(_) => "Compressor(zstd)",
        })
    }
}

impl<W: Write> Compressor<W> {
    /// Passes bytes on as they are.
    pub fn none(output: W) -> Self {
        Self(Inner::None(output))
    }

    /// Compresses with gzip, at zlib's default level.
    pub fn gzip(output: W) -> Self {
        Self(Inner::Gzip(GzEncoder::new(output, flate2::Compression::default())))
    }

    /// Compresses with Zstandard, at its default level.
    ///
    /// # Errors
    /// When memory for the compressor cannot be had.
    pub fn zstd(output: W) -> io::Result<Self> {
        zstd::stream::write::Encoder::new(output, 0).map(|encoder| Self(Inner::Zstd(encoder)))
    }

    /// Writes the end mark and gives the output back.
    ///
    /// # Errors
    /// When the output cannot be written.
    pub fn finish(self) -> io::Result<W> {
        match self.0 {
            Inner::None(mut output) => output.flush().map(|()| output),
            Inner::Gzip(encoder) => encoder.finish(),
            Inner::Zstd(encoder) => encoder.finish(),
        }
    }
}

impl<W: Write> Write for Compressor<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.0 {
            Inner::None(output) => output.write(bytes),
            Inner::Gzip(encoder) => encoder.write(bytes),
            Inner::Zstd(encoder) => encoder.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.0 {
            Inner::None(output) => output.flush(),
            Inner::Gzip(encoder) => encoder.flush(),
            Inner::Zstd(encoder) => encoder.flush(),
        }
    }
}
