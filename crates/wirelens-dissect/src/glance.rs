//! A glance at a frame: its outermost IP packet, where it stands behind the usual headers of links,
//! without dissection. What is found this way decides which shard a frame belongs to, and is a hint
//! for those who look ahead.

use std::net::IpAddr;
use std::ops::ControlFlow;

/// Link types, <https://www.tcpdump.org/linktypes.html>.
const NULL: u32 = 0;
const ETHERNET: u32 = 1;
const PPP: u32 = 9;
const RAW_OF_SOME: u32 = 12;
const RAW_OF_OTHERS: u32 = 14;
const RAW: u32 = 101;
const IEEE802_11: u32 = 105;
const LOOP: u32 = 108;
const LINUX_SLL: u32 = 113;
const IEEE802_11_RADIOTAP: u32 = 127;
const PPI: u32 = 192;
const IPV4: u32 = 228;
const IPV6: u32 = 229;
const LINUX_SLL2: u32 = 276;

/// Protocol numbers of IP.
const TCP: u8 = 6;
const UDP: u8 = 17;

/// Tags and labels that are looked past.
const MOST_TAGS: usize = 8;

/// The two addresses of a frame's outermost IP packet, those of IPv6 folded, in their order.
#[inline]
pub(crate) fn addresses(link_type: u32, frame: &[u8]) -> Option<(u64, u64)> {
    let packet = outermost_packet(link_type, frame)?;
    match packet.first()? >> 4 {
        4 => {
            let both = u64::from_be_bytes(*packet.get(12..)?.first_chunk()?);
            Some((both >> 32, both & 0xffff_ffff))
        }
        6 => {
            let addresses: [u8; 32] = *packet.get(8..)?.first_chunk()?;
            let (source, destination) = addresses.split_first_chunk::<16>()?;
            Some((fold(*source), fold(*destination.first_chunk()?)))
        }
        _ => None,
    }
}

/// What a frame's outermost IP packet has behind TCP or UDP; none where that is not seen, as in
/// tunnels and fragments.
#[inline]
pub(crate) fn payload(link_type: u32, frame: &[u8]) -> Option<&[u8]> {
    let packet = outermost_packet(link_type, frame)?;
    let (protocol, segment) = match *packet {
        [first, _, _, _, _, _, high, low, _, protocol, ..] if first >> 4 == 4 => {
            if u16::from_be_bytes([high, low]) & 0x3fff != 0 {
                return None;
            }
            (protocol, packet.get(usize::from(first & 0x0f) * 4..)?)
        }
        [first, _, _, _, _, _, next, ..] if first >> 4 == 6 => (next, packet.get(40..)?),
        _ => return None,
    };
    match protocol {
        TCP => segment.get(usize::from(segment.get(12)? >> 4) * 4..),
        UDP => segment.get(8..),
        _ => None,
    }
}

/// An address as [`addresses`] gives it.
pub(crate) fn folded(address: IpAddr) -> u64 {
    match address {
        IpAddr::V4(address) => u32::from(address).into(),
        IpAddr::V6(address) => fold(address.octets()),
    }
}

fn fold(address: [u8; 16]) -> u64 {
    let address = u128::from_be_bytes(address);
    // Halves that are alike would otherwise leave nothing.
    ((address >> 64) as u64).rotate_left(17) ^ address as u64
}

/// A frame from its outermost IP packet on, where that is seen behind the usual headers of its link:
/// tags, labels of MPLS, PPP, LLC with SNAP, the headers of 802.11.
#[inline]
pub fn outermost_packet(link_type: u32, frame: &[u8]) -> Option<&[u8]> {
    match frame.get(12..) {
        Some([0x08, 0x00, packet @ ..]) if link_type == ETHERNET => Some(packet),
        _ => behind_link(link_type, frame),
    }
}

#[inline(never)]
fn behind_link(link_type: u32, frame: &[u8]) -> Option<&[u8]> {
    match link_type {
        ETHERNET => behind_type(frame.get(12..)?),
        RAW | RAW_OF_SOME | RAW_OF_OTHERS | IPV4 | IPV6 => Some(frame),
        NULL | LOOP => frame.get(4..),
        LINUX_SLL => behind_type(frame.get(14..)?),
        LINUX_SLL2 => matches!(frame.first_chunk()?, [0x08, 0x00] | [0x86, 0xdd])
            .then(|| frame.get(20..))
            .flatten(),
        PPP => behind_ppp(frame),
        IEEE802_11 => behind_wlan(frame),
        IEEE802_11_RADIOTAP | PPI => {
            let &[_, _, low, high] = frame.first_chunk()?;
            behind_wlan(frame.get(usize::from(u16::from_le_bytes([low, high]))..)?)
        }
        _ => None,
    }
}

/// What stands behind an EtherType, or behind tags, labels, a session of PPPoE.
fn behind_type(mut at: &[u8]) -> Option<&[u8]> {
    for _ in 0..MOST_TAGS {
        match at {
            [0x08, 0x00, packet @ ..] | [0x86, 0xdd, packet @ ..] => return Some(packet),
            [0x81, 0x00, _, _, rest @ ..]
            | [0x88, 0xa8, _, _, rest @ ..]
            | [0x91, 0x00, _, _, rest @ ..] => at = rest,
            [0x88, 0x47 | 0x48, labels @ ..] => return behind_labels(labels),
            [0x88, 0x64, _, _, _, _, _, _, rest @ ..] => return behind_ppp(rest),
            // A length, then LLC and SNAP.
            [0..=5, _, 0xaa, 0xaa, 0x03, 0, 0, 0, rest @ ..] => at = rest,
            _ => return None,
        }
    }
    None
}

fn behind_labels(labels: &[u8]) -> Option<&[u8]> {
    let last =
        labels.chunks_exact(4).take(MOST_TAGS).try_fold(4, |end, label| match label[2] & 1 {
            0 => ControlFlow::Continue(end + 4),
            _ => ControlFlow::Break(end),
        });
    labels.get(last.break_value()?..)
}

fn behind_ppp(frame: &[u8]) -> Option<&[u8]> {
    match frame.strip_prefix(&[0xff, 0x03]).unwrap_or(frame) {
        [0x00, 0x21 | 0x57, packet @ ..] | [0x21 | 0x57, packet @ ..] => Some(packet),
        _ => None,
    }
}

/// Behind the header of a data frame that is not protected, and LLC with SNAP.
fn behind_wlan(frame: &[u8]) -> Option<&[u8]> {
    let &[kind, flags] = frame.first_chunk()?;
    const DATA: u8 = 0x08;
    if kind & 0x0c != DATA || kind & 0x40 != 0 || flags & 0x40 != 0 {
        return None;
    }
    let four_addresses = if flags & 3 == 3 { 6 } else { 0 };
    let quality = kind & 0x80 != 0;
    let control = if quality { 2 } else { 0 } + if quality && flags & 0x80 != 0 { 4 } else { 0 };
    match frame.get(24 + four_addresses + control..)? {
        [0xaa, 0xaa, 0x03, 0, 0, 0 | 0xf8, rest @ ..] => behind_type(rest),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAC: [u8; 12] = [0; 12];

    fn ipv4_packet() -> Vec<u8> {
        let mut packet = vec![0x46, 0, 0, 24, 0, 0, 0x20, 0, 64, 17, 0, 0];
        packet.extend([192, 0, 2, 1, 192, 0, 2, 2, 1, 1, 1, 0]);
        packet
    }

    const FOUND: Option<(u64, u64)> = Some((0xc000_0201, 0xc000_0202));

    #[test]
    fn addresses_are_seen_behind_the_usual_links() {
        let behind = |header: &[u8]| [header, &ipv4_packet()].concat();
        let ethernet = |types: &[u8]| behind(&[&MAC[..], types].concat());
        assert_eq!(addresses(RAW, &ipv4_packet()), FOUND, "a fragment, with options");
        assert_eq!(addresses(ETHERNET, &ethernet(&[8, 0])), FOUND);
        assert_eq!(addresses(ETHERNET, &ethernet(&[0x88, 0xa8, 0, 1, 0x81, 0, 0, 7, 8, 0])), FOUND);
        let labels = [0x88, 0x47, 0, 1, 0, 64, 0, 2, 1, 64];
        assert_eq!(addresses(ETHERNET, &ethernet(&labels)), FOUND);
        let pppoe = [0x88, 0x64, 0x11, 0, 0, 1, 0, 26, 0, 0x21];
        assert_eq!(addresses(ETHERNET, &ethernet(&pppoe)), FOUND);
        assert_eq!(addresses(ETHERNET, &ethernet(&[0, 32, 0xaa, 0xaa, 3, 0, 0, 0, 8, 0])), FOUND);
        assert_eq!(addresses(NULL, &behind(&[2, 0, 0, 0])), FOUND);
        assert_eq!(addresses(PPP, &behind(&[0xff, 3, 0, 0x21])), FOUND);
        let mut wlan = vec![0x88, 1];
        wlan.extend([0; 24]);
        wlan.extend([0xaa, 0xaa, 3, 0, 0, 0, 8, 0]);
        assert_eq!(addresses(IEEE802_11, &behind(&wlan)), FOUND);
        let radiotap = [&[0, 0, 8, 0, 0, 0, 0, 0][..], &wlan].concat();
        assert_eq!(addresses(IEEE802_11_RADIOTAP, &behind(&radiotap)), FOUND);
    }

    #[test]
    fn nothing_is_seen_where_it_is_cut() {
        let whole = [&MAC[..], &[8, 0], &ipv4_packet()].concat();
        for length in 0..34 {
            assert_eq!(addresses(ETHERNET, &whole[..length]), None, "{length}");
        }
        assert_eq!(addresses(ETHERNET, &[&MAC[..], &[8, 6, 0, 1]].concat()), None, "ARP");
    }
}
