//! Parts of a text and where they stand: for protocols whose fields are words of lines (SIP, SDP).

use wirelens_dissect::prelude::*;

/// A part of a text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Part<'a> {
    pub(super) text: &'a [u8],
    /// Where it stands in the buffer.
    pub(super) at: usize,
}

impl<'a> Part<'a> {
    /// The bytes from `from` to `to`, as far as there are any.
    pub(super) fn slice(self, from: usize, to: usize) -> Part<'a> {
        let to = to.min(self.text.len());
        let from = from.min(to);
        Part { text: &self.text[from..to], at: self.at + from }
    }

    pub(super) fn from(self, from: usize) -> Part<'a> {
        self.slice(from, self.text.len())
    }

    pub(super) fn is_empty(self) -> bool {
        self.text.is_empty()
    }

    /// Without the white space around it.
    pub(super) fn trimmed(self) -> Part<'a> {
        let start = self.text.len() - self.text.trim_ascii_start().len();
        self.slice(start, start + self.text.trim_ascii().len())
    }

    /// Is it this word, in whatever case?
    pub(super) fn is(self, word: &str) -> bool {
        self.text.eq_ignore_ascii_case(word.as_bytes())
    }

    /// What is before the first of these bytes, and what is behind it if it is there.
    pub(super) fn cut(self, byte: u8) -> (Part<'a>, Option<Part<'a>>) {
        match memchr::memchr(byte, self.text) {
            Some(at) => (self.slice(0, at), Some(self.from(at + 1))),
            None => (self, None),
        }
    }

    /// The same where what stands in quotes does not count.
    pub(super) fn cut_unquoted(self, byte: u8) -> (Part<'a>, Option<Part<'a>>) {
        match self.unquoted(byte) {
            Some(at) => (self.slice(0, at), Some(self.from(at + 1))),
            None => (self, None),
        }
    }

    /// Without the quotes around it, if it has any.
    pub(super) fn unquoted_text(self) -> Part<'a> {
        match self.text {
            [b'"', .., b'"'] => self.slice(1, self.text.len() - 1),
            _ => self,
        }
    }

    /// Where the first of these bytes is that does not stand in quotes.
    pub(super) fn unquoted(self, wanted: u8) -> Option<usize> {
        let (mut quoted, mut escaped) = (false, false);
        self.text.iter().position(|&byte| {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => {
                    quoted = !quoted;
                    return byte == wanted;
                }
                _ if !quoted => return byte == wanted,
                _ => {}
            }
            false
        })
    }

    /// The parts between these bytes, those in quotes apart.
    pub(super) fn pieces(self, byte: u8) -> impl Iterator<Item = Part<'a>> {
        let mut left = Some(self);
        std::iter::from_fn(move || {
            let (piece, rest) = left?.cut_unquoted(byte);
            left = rest;
            Some(piece)
        })
    }

    /// The words between spaces.
    pub(super) fn words(self) -> impl Iterator<Item = Part<'a>> {
        let mut left = self;
        std::iter::from_fn(move || {
            left = left.from(left.text.iter().take_while(|byte| **byte == b' ').count());
            let (word, rest) = left.cut(b' ');
            left = rest.unwrap_or(Part { text: &[], at: left.at + left.text.len() });
            (!word.is_empty()).then_some(word)
        })
    }

    /// A number in decimal digits and nothing else.
    pub(super) fn decimal<T: std::str::FromStr>(self) -> Option<T> {
        self.text.first()?.is_ascii_digit().then_some(())?;
        std::str::from_utf8(self.text).ok()?.parse().ok()
    }

    /// Records it as it stands.
    pub(super) fn put(self, p: &mut Packet<'_>, row: &'static Field) {
        p.mark(row, self.at, self.text.len(), 0);
    }

    /// Records it unless it is empty.
    pub(super) fn put_any(self, p: &mut Packet<'_>, row: &'static Field) {
        if !self.is_empty() {
            self.put(p, row);
        }
    }

    /// Records the number that it is, or the problem that it is none.
    pub(super) fn put_number<T: std::str::FromStr + Into<u64> + Copy>(
        self,
        p: &mut Packet<'_>,
        row: &'static Field,
        problem: &'static Field,
    ) -> Option<T> {
        let number = self.decimal::<T>();
        match number {
            Some(number) => p.mark(row, self.at, self.text.len(), number.into()),
            None => p.problem_at(problem, self.at, self.text.len()),
        }
        number
    }
}

/// The length of the first line of these bytes with its end, and without it. A carriage return
/// alone ends it too: some write nothing else.
pub(super) fn line(bytes: &[u8]) -> (usize, usize) {
    let Some(at) = memchr::memchr2(b'\r', b'\n', bytes) else { return (bytes.len(), bytes.len()) };
    let end = if bytes[at..].starts_with(b"\r\n") { 2 } else { 1 };
    (at + end, at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(text: &str) -> Part<'_> {
        Part { text: text.as_bytes(), at: 10 }
    }

    #[test]
    fn what_is_in_quotes_does_not_end_a_piece() {
        let pieces: Vec<_> =
            part(r#"a="1;\"2";b;;c"#).pieces(b';').map(|p| (p.text, p.at)).collect();
        let wanted: [(&[u8], usize); 4] =
            [(br#"a="1;\"2""#, 10), (b"b", 20), (b"", 22), (b"c", 23)];
        assert_eq!(pieces, wanted);
    }

    #[test]
    fn a_quote_behind_a_backslash_begins_nothing() {
        assert_eq!(part(r#"\"a\" <b>"#).unquoted(b'<'), Some(6));
        assert_eq!(part(r#""a<" <b>"#).unquoted(b'<'), Some(5));
    }

    #[test]
    fn words_are_between_any_number_of_spaces() {
        let words: Vec<_> = part(" a  bc ").words().map(|word| (word.text, word.at)).collect();
        assert_eq!(words, [(&b"a"[..], 11), (b"bc", 14)]);
    }

    #[test]
    fn a_number_has_digits_only() {
        assert_eq!(part("70").decimal::<u8>(), Some(70));
        for no in ["", "+7", "7x", "300", " 7"] {
            assert_eq!(part(no).decimal::<u8>(), None, "{no}");
        }
    }

    #[test]
    fn lines() {
        assert_eq!(line(b"ab\r\nc"), (4, 2));
        assert_eq!(line(b"ab\nc"), (3, 2));
        assert_eq!(line(b"\n"), (1, 0));
        assert_eq!(line(b"ab\rc"), (3, 2));
        assert_eq!(line(b"ab"), (2, 2));
    }
}
