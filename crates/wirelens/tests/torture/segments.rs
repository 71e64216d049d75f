//! Fragments and segments out of dissected frames.

use std::net::IpAddr;

use wirelens::dissect::reassembly::datagram::Key;
use wirelens::dissect::reassembly::stream::{Direction, Flags};
use wirelens::dissect::{Dissection, Layer};

/// What a frame has for reassembly.
pub(crate) enum Item {
    Fragment(Piece),
    Segment(Text),
}

/// A fragment.
pub(crate) struct Piece {
    pub(crate) key: Key,
    pub(crate) scope: u64,
    pub(crate) both_ways: u64,
    /// Source and destination.
    pub(crate) addresses: [IpAddr; 2],
    pub(crate) offset: u32,
    pub(crate) more: bool,
    pub(crate) protocol: u8,
    pub(crate) bytes: Vec<u8>,
    pub(crate) length: u32,
}

/// Both ends of a connection, the lower first, and what keeps it apart from others.
pub(crate) type Connection = (u64, (IpAddr, u16), (IpAddr, u16));

/// A segment.
pub(crate) struct Text {
    pub(crate) key: Connection,
    pub(crate) direction: Direction,
    pub(crate) sequence: u32,
    pub(crate) acknowledgment: Option<u32>,
    pub(crate) window: u16,
    pub(crate) window_scale: Option<u8>,
    pub(crate) flags: Flags,
    pub(crate) urgent: u16,
    pub(crate) bytes: Vec<u8>,
    pub(crate) length: u32,
    pub(crate) identity: Option<u64>,
}

/// What lies around a payload that is dissected by itself.
#[derive(Clone, Copy, Default)]
pub(crate) struct Around {
    /// Of fragments: a tunnel's two directions are two scopes.
    pub(crate) scope: u64,
    /// Of connections: they are one.
    pub(crate) both_ways: u64,
    pub(crate) addresses: Option<[IpAddr; 2]>,
}

/// The innermost of each chain: what is behind a fragment's header is in its datagram.
pub(crate) fn items(frame: &Dissection<'_>, around: Around) -> Vec<Item> {
    let Around { mut scope, mut both_ways, mut addresses } = around;
    let mut identification = None;
    let mut items = Vec::new();
    for layer in frame.layers().iter().filter(|layer| !layer.quoted) {
        let header = frame.header(layer);
        if let Some(identity) = layer.protocol.scope {
            scope = mixed(scope, identity(header));
            both_ways = match layer.protocol.name {
                "ip" | "ipv6" => {
                    let all =
                        if layer.protocol.name == "ip" { &header[12..20] } else { &header[8..40] };
                    let (source, destination) = all.split_at(all.len() / 2);
                    let pairs = source.iter().zip(destination);
                    pairs.fold(both_ways, |all, (a, b)| mixed(all, u64::from(*a) + u64::from(*b)))
                }
                _ => mixed(both_ways, identity(header)),
            };
        }
        let fragment = match layer.protocol.name {
            "ip" => {
                let source = <[u8; 4]>::try_from(&header[12..16]).expect("four bytes");
                let destination = <[u8; 4]>::try_from(&header[16..20]).expect("four bytes");
                let number = number16(&header[4..]);
                identification = (number != 0).then_some(number.into());
                addresses = Some([source.into(), destination.into()]);
                let word = number16(&header[6..]);
                let protocol = header[9];
                let key = Key::ipv4(scope, source.into(), destination.into(), number, protocol);
                (word & 0x3fff != 0).then_some((key, protocol, word << 3, word & 0x2000 != 0))
            }
            "ipv6" => {
                let source = <[u8; 16]>::try_from(&header[8..24]).expect("16 bytes");
                let destination = <[u8; 16]>::try_from(&header[24..40]).expect("16 bytes");
                identification = None;
                addresses = Some([source.into(), destination.into()]);
                None
            }
            "ipv6.fraghdr" => {
                let Some([IpAddr::V6(source), IpAddr::V6(destination)]) = addresses else {
                    continue;
                };
                let word = number16(&header[2..]);
                let key = Key::ipv6(scope, source, destination, number32(&header[4..]));
                Some((key, header[0], word & 0xfff8, word & 1 != 0))
            }
            "tcp" if header.len() >= 20 => {
                let Some(addresses) = addresses else { continue };
                items.push(Item::Segment(segment(
                    frame,
                    layer,
                    both_ways,
                    addresses,
                    identification,
                )));
                None
            }
            _ => None,
        };
        if let (Some((key, protocol, offset, more)), Some(addresses)) = (fragment, addresses) {
            let (bytes, length) = (frame.payload(layer).to_vec(), length(layer));
            let offset = offset.into();
            let piece =
                Piece { key, scope, both_ways, addresses, offset, more, protocol, bytes, length };
            let whole = piece.offset == 0 && !piece.more;
            items.push(Item::Fragment(piece));
            if !whole {
                break;
            }
        }
    }
    items
}

fn mixed(all: u64, one: u64) -> u64 {
    (all ^ one).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(23)
}

fn segment(
    frame: &Dissection<'_>,
    layer: &Layer,
    scope: u64,
    [source, destination]: [IpAddr; 2],
    identity: Option<u64>,
) -> Text {
    let header = frame.header(layer);
    let (from, to) = ((source, number16(header)), (destination, number16(&header[2..])));
    let forward = from <= to;
    let direction = if forward { Direction::Forward } else { Direction::Backward };
    let key = if forward { (scope, from, to) } else { (scope, to, from) };
    Text {
        key,
        direction,
        sequence: number32(&header[4..]),
        acknowledgment: (header[13] & 0x10 != 0).then(|| number32(&header[8..])),
        window: number16(&header[14..]),
        window_scale: Some(window_scale(&header[20..])),
        flags: Flags::from_wire(header[13]),
        urgent: number16(&header[18..]),
        bytes: frame.payload(layer).to_vec(),
        length: length(layer),
        identity,
    }
}

/// The shift count of RFC 7323 in a header's options, 0 without one.
fn window_scale(mut options: &[u8]) -> u8 {
    loop {
        options = match *options {
            [3, 3, shift, ..] => return shift,
            [1, ref rest @ ..] => rest,
            [_, length, ..] if length >= 2 && options.len() > length.into() => {
                &options[length.into()..]
            }
            _ => return 0,
        }
    }
}

/// How many bytes a layer carries by the headers, captured or not.
fn length(layer: &Layer) -> u32 {
    layer.declared.saturating_sub(layer.start + layer.length)
}

fn number16(bytes: &[u8]) -> u16 {
    u16::from_be_bytes([bytes[0], bytes[1]])
}

fn number32(bytes: &[u8]) -> u32 {
    u32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]])
}
