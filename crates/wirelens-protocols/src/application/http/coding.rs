//! Codings of bodies: the content codings of RFC 9110 section 8.4.1 and the transfer codings of
//! RFC 9112 section 7.2, `br` of RFC 7932 and `zstd` of RFC 8878.

use wirelens_dissect::DecodeLimits;

use super::decoder;

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
            decoder::decode(coding, input, most, decoded)
        } else {
            let mut output = Vec::new();
            let reached = decoder::decode(coding, input, most, &mut output);
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

/// Undoes the codings that the value of a field Content-Encoding lists, of a body that is whole, and
/// appends what it gives to the empty `decoded`. False where one is not known, or the body ends early
/// or contradicts itself or the limits; `decoded` then has what was made before.
pub fn decode_content(
    codings: &[u8],
    sent: &[u8],
    limits: DecodeLimits,
    decoded: &mut Vec<u8>,
) -> bool {
    let mut known = Codings::default();
    for name in codings.split(|&byte| byte == b',') {
        let name = name.split(|&byte| byte == b';').next().unwrap_or(name).trim_ascii();
        if !name.is_empty() && !name.eq_ignore_ascii_case(b"identity") {
            known.add(name);
        }
    }
    if known.is_empty() {
        decoded.extend_from_slice(sent);
        return true;
    }
    known.are_known() && decode(&known, &Codings::default(), sent, limits, decoded) == End::Whole
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::application::http::decoder::tests::*;

    use crate::application::http::decoder::tests::{gzip as gz, zstd as zs};

    fn codings(names: &[&str]) -> Codings {
        let mut codings = Codings::default();
        names.iter().for_each(|name| codings.add(name.as_bytes()));
        codings
    }

    fn decoded(names: &[&str], sent: &[u8], limits: DecodeLimits) -> (usize, End) {
        let mut decoded = Vec::new();
        let end = decode(&codings(names), &Codings::default(), sent, limits, &mut decoded);
        assert!(decoded.iter().zip(text()).all(|(one, other)| *one == other || *one == 0));
        (decoded.len(), end)
    }

    #[test]
    fn names_of_codings_in_any_case() {
        let names = ["gzip", "X-GZip", "Deflate", "x-deflate", "BR", "zstd"];
        assert!(names.iter().all(|name| Coding::named(name.as_bytes()).is_some()));
        let others = ["", "compress", "x-compress", "lzma", "gzip x", "dcb", "aes128gcm"];
        assert!(others.iter().all(|name| Coding::named(name.as_bytes()).is_none()));
        assert!(codings(&names).are_known() && !codings(&["gzip", "lzma"]).are_known());
    }

    /// RFC 9110 section 8.4: in the order in which they were applied.
    #[test]
    fn the_last_coding_is_undone_first() {
        let (gzip, zstd) = (gzip(&text()), zstd(&text()));
        let limits = DecodeLimits::default();
        let all = text().len();
        assert_eq!(decoded(&["zstd", "gzip"], &gz(&zstd), limits), (all, End::Whole));
        assert_eq!(decoded(&["gzip", "zstd"], &zs(&gzip), limits), (all, End::Whole));
        let (inner, outer) = (codings(&["zstd"]), codings(&["gzip"]));
        let mut output = Vec::new();
        let end = decode(&inner, &outer, &gz(&zstd), limits, &mut output);
        assert_eq!((output, end), (text(), End::Whole));
    }

    #[test]
    fn more_codings_than_anybody_needs_are_not_decoded() {
        assert!(codings(&["gzip"; MOST_CODINGS]).are_known());
        assert!(!codings(&["gzip"; MOST_CODINGS + 1]).are_known());
    }

    #[test]
    fn a_stage_that_ends_early_is_the_reason() {
        let inside = gzip(&text());
        let sent = zstd(&inside[..inside.len() / 2]);
        let (length, end) = decoded(&["gzip", "zstd"], &sent, DecodeLimits::default());
        assert!(length > 0 && end == End::Cut, "{length} {end:?}");
    }

    #[test]
    fn limits_end_it() {
        let limits = DecodeLimits { bytes: 100, ratio: 1000, small: 1 << 20 };
        assert_eq!(decoded(&["gzip"], &gzip(&text()), limits), (100, End::TooLong));
        let exactly = DecodeLimits { bytes: text().len(), ..limits };
        assert_eq!(decoded(&["gzip"], &gzip(&text()), exactly), (text().len(), End::Whole));
        let dense = DecodeLimits { bytes: 1 << 30, ratio: 2, small: 10 };
        let sent = gzip(&text());
        assert_eq!(decoded(&["gzip"], &sent, dense), (2 * sent.len(), End::TooDense));
    }

    /// 64 MiB of zeros: gzip makes 64 KiB of them, gzip once more and Zstandard much less.
    #[test]
    fn bombs_are_not_dangerous() {
        let limits = DecodeLimits::default();
        let zeros = vec![0; 64 << 20];
        let (once, all) = (gzip(&zeros), limits.bytes);
        assert_eq!(decoded(&["gzip"], &once, limits), (all, End::TooLong));
        let twice = gzip(&once);
        assert_eq!(decoded(&["gzip", "gzip"], &twice, limits), (limits.small, End::TooDense));
        let dense = zstd(&zeros);
        assert_eq!(decoded(&["zstd"], &dense, limits).1, End::TooDense);
    }
}
