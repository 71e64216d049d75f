//! Headers that capturing systems put before a frame, which Wireshark does not count as the frame.
//!
//! The list was found by giving Wireshark 4.0 one frame of every link type.

use crate::LinkType;

/// Bytes of an Endace record header, and of each extension header after it.
const ERF_HEADER: usize = 16;
const ERF_EXTENSION: usize = 8;

/// Bytes of pseudo-header at the front of a frame, at most as many as were kept.
#[inline]
pub(crate) fn length(link_type: LinkType, captured: &[u8]) -> usize {
    // The usual link types have small numbers.
    if link_type.0 < 123 { 0 } else { listed(link_type, captured) }
}

fn listed(link_type: LinkType, captured: &[u8]) -> usize {
    let length = match link_type.0 {
        // PPP with direction
        204 => 1,
        // NFC LLCP
        245 => 2,
        // SunATM, MTP2, Bluetooth H4 and Bluetooth monitor with direction
        123 | 139 | 201 | 254 => 4,
        // SITA, Linux IPMB
        196 | 209 => 5,
        // Linux IrDA and LAPD, both in Linux cooked form
        144 | 177 => 16,
        197 => erf(captured),
        _ => 0,
    };
    captured.len().min(length)
}

/// ERF: the header, extensions for as long as bit 7 says that another follows, and a few bytes that
/// depend on the record type.
fn erf(captured: &[u8]) -> usize {
    let kind = captured.get(8).copied().unwrap_or(0);
    let mut length = ERF_HEADER;
    let mut more = kind & 0x80 != 0;
    while more && length < captured.len() {
        more = captured.get(length).is_some_and(|byte| byte & 0x80 != 0);
        length += ERF_EXTENSION;
    }
    length
        + match kind & 0x7f {
            // Ethernet: offset and padding
            2 | 11 | 16 => 2,
            // multi-channel and AAL2
            5..=9 | 12 | 17 | 18 => 4,
            _ => 0,
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths() {
        assert_eq!(length(LinkType::ETHERNET, &[0; 60]), 0);
        assert_eq!(length(LinkType::SUNATM, &[0; 60]), 4);
        assert_eq!(length(LinkType::SUNATM, &[0; 3]), 3);
        let mut erf = [0; 60];
        (erf[8], erf[16], erf[24]) = (0x82, 0x80, 0);
        assert_eq!(length(LinkType(197), &erf), 16 + 8 + 8 + 2);
        assert_eq!(length(LinkType(197), &[0xff; 9]), 9);
    }
}
