//! Lines, RFC 9112 section 2.2.

/// A line and how it ends. CR LF ends it, LF alone, and, since some write nothing else, CR alone.
pub(super) struct Line<'a> {
    /// The line without its end.
    pub(super) text: &'a [u8],
    /// How many bytes its end has; none where the segment ends before the line does.
    pub(super) end: usize,
}

impl Line<'_> {
    /// The first line of these bytes.
    pub(super) fn of(bytes: &[u8]) -> Line<'_> {
        let length = memchr::memchr2(b'\r', b'\n', bytes);
        let (text, end) = bytes.split_at(length.unwrap_or(bytes.len()));
        let end = match end {
            [] => 0,
            [b'\r', b'\n', ..] => 2,
            _ => 1,
        };
        Line { text, end }
    }

    /// Does the segment end before the line?
    pub(super) fn is_cut(&self) -> bool {
        self.end == 0
    }

    /// Its length with its end, in bytes.
    pub(super) fn length(&self) -> usize {
        self.text.len() + self.end
    }
}
