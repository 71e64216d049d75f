//! How far what a frame agrees on reaches.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::OnceLock;

use aho_corasick::packed::Searcher;

use crate::{Input, glance};

/// May what this frame agrees on hold for flows between other hosts than its own? Such a frame says
/// where those will be in words of its own: the media of SDP, another host in FTP, the mode of a
/// transfer by TFTP, which other addresses may answer. What a frame without such words agrees on
/// (one that completes a message whose words came before) holds for the flows of its own shard.
///
/// What reads ahead of dissection knows by this which frames it must wait for.
#[inline]
pub fn reaches_others(input: &Input<'_>) -> bool {
    let frame = input.captured;
    // What is said is text or, in TFTP, begins with a null.
    match glance::payload(input.link_type, frame) {
        Some([] | [1..=8 | 14..=31 | 127.., ..] | [0, 0 | 3.., ..]) => false,
        _ => says_where(input),
    }
}

#[inline(never)]
fn says_where(input: &Input<'_>) -> bool {
    let frame = input.captured;
    let Some((word, end)) = first_word(frame) else { return false };
    let named = frame.get(end..).unwrap_or_default();
    let named = match WORDS[word] {
        PASSIVE | PORT => address_and_port(named),
        EXTENDED_PORT => extended_address(named),
        _ => return true,
    };
    // Nothing is agreed on where no address is to be read.
    named.is_some_and(|named| {
        let own = glance::addresses(input.link_type, frame);
        own.is_none_or(|(a, b)| named != a && named != b)
    })
}

const PASSIVE: &str = "227 Enter";
const PORT: &str = "PORT ";
const EXTENDED_PORT: &str = "EPRT ";
const WORDS: [&str; 7] = ["\nm=", "\na=", PASSIVE, PORT, EXTENDED_PORT, "octet\0", "ascii\0"];

/// Which word stands first in the frame, and where it ends.
fn first_word(frame: &[u8]) -> Option<(usize, usize)> {
    static SEARCHER: OnceLock<Option<Searcher>> = OnceLock::new();
    match SEARCHER.get_or_init(|| Searcher::new(WORDS)) {
        Some(searcher) => {
            let found = searcher.find(frame)?;
            Some((found.pattern().as_usize(), found.end()))
        }
        // For processors that it is not made for.
        None => (0..frame.len()).find_map(|at| {
            let rest = &frame[at..];
            let word = WORDS.iter().position(|word| rest.starts_with(word.as_bytes()))?;
            Some((word, at + WORDS[word].len()))
        }),
    }
}

/// The address of `192,0,2,1,4,1`, RFC 959 section 4.1.2, the first that is seen.
fn address_and_port(text: &[u8]) -> Option<u64> {
    let start = text.iter().take(64).position(u8::is_ascii_digit)?;
    let mut numbers = text[start..].split(|byte| *byte == b',');
    let mut number = || std::str::from_utf8(numbers.next()?).ok()?.parse::<u8>().ok();
    let address = [number()?, number()?, number()?, number()?];
    Some(glance::folded(IpAddr::V4(Ipv4Addr::from(address))))
}

/// The address of `|2|2001:db8::1|5282|`, RFC 2428 section 2.
fn extended_address(text: &[u8]) -> Option<u64> {
    let (&delimiter, rest) = text.split_first()?;
    let address = rest.split(|byte| *byte == delimiter).nth(1)?;
    let address: IpAddr = std::str::from_utf8(address).ok()?.parse().ok()?;
    Some(glance::folded(address))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// UDP over IPv4 from 192.0.2.1 to 192.0.2.2, and this in it.
    fn reaches(text: &[u8]) -> bool {
        let mut frame = vec![0x45, 0, 0, 20, 0, 0, 0, 0, 64, 17, 0, 0];
        frame.extend([192, 0, 2, 1, 192, 0, 2, 2]);
        frame.extend([0; 8]);
        frame.extend(text);
        reaches_others(&Input { link_type: 101, captured: &frame, ..Input::default() })
    }

    #[test]
    fn media_and_transfers_reach_others() {
        assert!(!reaches(b"\x17..v=0\r\nm=audio 4000 RTP/AVP 0\r\n"), "no text");
        assert!(reaches(b"..v=0\r\nm=audio 4000 RTP/AVP 0\r\n"));
        assert!(reaches(b"\0\x01name\0octet\0"));
        assert!(!reaches(b"220 ready\r\n") && !reaches(b""));
    }

    #[test]
    fn ftp_does_where_it_names_another() {
        assert!(!reaches(b"227 Entering Passive Mode (192,0,2,1,4,1)\r\n"));
        assert!(reaches(b"227 Entering Passive Mode (10,0,2,1,4,1)\r\n"));
        assert!(!reaches(b"PORT 192,0,2,2,4,1\r\n") && reaches(b"PORT 192,0,2,3,4,1\r\n"));
        assert!(!reaches(b"PORT 192,0,2") && !reaches(b"PORT "));
        assert!(!reaches(b"EPRT |1|192.0.2.1|5282|\r\n"));
        assert!(reaches(b"EPRT |2|2001:db8::1|5282|\r\n"));
    }
}
