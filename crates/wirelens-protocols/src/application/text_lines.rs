//! Text that is shown line by line: bodies of the media types `text/plain`, `text/html` and their
//! like.

use wirelens_dissect::prelude::*;

protocol! {
    TEXT_LINES = "data-text-lines" "Text" "Line-based text data", Application;
    LINE = text "line" "Line" own many payload key("lines");
}

/// A line ends behind LF, CR LF or a CR that no LF follows.
fn dissect(p: &mut Packet<'_>) -> Step {
    if !p.records() {
        p.skip(p.left())?;
    }
    while p.left() > 0 {
        let ahead = p.ahead();
        let text = memchr::memchr2(b'\r', b'\n', ahead);
        let length = match text {
            None => ahead.len(),
            Some(end) if ahead[end..].starts_with(b"\r\n") => end + 2,
            Some(end) => end + 1,
        };
        p.text(&LINE, length)?;
    }
    Ok(Next::Nothing)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    const TEXT: &[u8] = b"one\r\ntwo\nthree\rfour\r\n\r\nlast";

    #[test]
    fn lines_end_in_four_ways() {
        insta::assert_snapshot!(tree(&TEXT_LINES, TEXT));
    }

    #[test]
    fn every_prefix_of_it() {
        every_prefix(&TEXT_LINES, TEXT);
    }
}
