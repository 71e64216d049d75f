//! Linux cooked capture, version 2: what the kernel says of a frame as a header before its payload.
//! Source: <https://www.tcpdump.org/linktypes/LINKTYPE_LINUX_SLL2.html>.

use super::sys::Instruction;

/// Bytes of the header.
const HEADER: u32 = 20;

/// `struct sockaddr_ll`, as the kernel gives it with a frame.
pub(super) struct Address {
    /// The Ethernet protocol, host order.
    protocol: u16,
    pub(super) index: u32,
    hardware: u16,
    pub(super) kind: u8,
    length: u8,
    address: [u8; 8],
}

impl Address {
    pub(super) fn read(bytes: &[u8; 20]) -> Self {
        let [_, _, p0, p1, i0, i1, i2, i3, h0, h1, kind, length, address @ ..] = *bytes;
        Self {
            protocol: u16::from_be_bytes([p0, p1]),
            index: u32::from_ne_bytes([i0, i1, i2, i3]),
            hardware: u16::from_ne_bytes([h0, h1]),
            kind,
            length,
            address,
        }
    }

    /// Appends the header, and behind it what a VLAN tag (protocol, control) leaves of the Ethernet
    /// header; returns their length.
    pub(super) fn put(&self, tag: Option<(u16, u16)>, bytes: &mut Vec<u8>) -> u32 {
        let protocol = tag.map_or(self.protocol, |(protocol, _)| protocol);
        bytes.extend_from_slice(&protocol.to_be_bytes());
        bytes.extend_from_slice(&[0, 0]);
        bytes.extend_from_slice(&self.index.to_be_bytes());
        bytes.extend_from_slice(&self.hardware.to_be_bytes());
        bytes.extend_from_slice(&[self.kind, self.length]);
        bytes.extend_from_slice(&self.address);
        let Some((_, control)) = tag else { return HEADER };
        bytes.extend_from_slice(&control.to_be_bytes());
        bytes.extend_from_slice(&self.protocol.to_be_bytes());
        HEADER + 4
    }
}

// linux/filter.h: what the kernel knows beside the bytes, by offsets no frame has.
const AUXILIARY: u32 = -0x1000_i32 as u32;
const PROTOCOL: u32 = AUXILIARY;
const KIND: u32 = AUXILIARY + 4;
const INDEX: u32 = AUXILIARY + 8;
const HARDWARE: u32 = AUXILIARY + 28;

// Classic BPF: loads, and how they address.
const CLASS: u16 = 0x07;
const LOAD: u16 = 0x00;
const LOAD_X: u16 = 0x01;
const MODE: u16 = 0xe0;
const ABSOLUTE: u16 = 0x20;
const INDEXED: u16 = 0x40;
const LENGTH: u16 = 0x80;
const HEADER_LENGTH: u16 = 0xa0;

/// The program as the kernel runs it, over frames that have no cooked header yet: offsets into the
/// payload move, the header's fields are asked for. `None` if it looks at something else.
pub(super) fn for_kernel(program: &[Instruction]) -> Option<Vec<Instruction>> {
    program.iter().map(|one| instruction(*one)).collect()
}

fn instruction(mut one: Instruction) -> Option<Instruction> {
    let reads_frame = match (one.code & CLASS, one.code & MODE) {
        (LOAD, ABSOLUTE | INDEXED) | (LOAD_X, HEADER_LENGTH) => true,
        (LOAD | LOAD_X, LENGTH) => return None,
        _ => false,
    };
    if !reads_frame {
        return Some(one);
    }
    let in_header = one.code & MODE == ABSOLUTE;
    one.operand = match one.operand {
        offset @ HEADER.. => offset - HEADER,
        0 if in_header => PROTOCOL,
        4 if in_header => INDEX,
        8 if in_header => HARDWARE,
        10 if in_header => KIND,
        _ => return None,
    };
    Some(one)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::LinkType;
    use crate::live::sys::{Program, library};

    #[test]
    fn usual_filters_run_in_the_kernel() {
        let Ok(library) = library() else { return };
        let converted = |filter| {
            let program =
                Program::for_link_type(library, LinkType::LINUX_SLL2, 65_535, None, filter)
                    .expect("a filter");
            for_kernel(program.instructions())
        };
        for filter in [
            "arp",
            "udp port 53",
            "host 192.0.2.1 or net 2001:db8::/32",
            "ip6 and tcp dst portrange 80-90",
            "inbound and not icmp",
            "ifindex 3",
            "ip proto 47 and ip[8] < 5",
        ] {
            assert!(converted(filter).is_some(), "{filter}");
        }
        // What these look at the kernel does not have.
        for filter in ["len > 100", "link[11] = 6"] {
            assert!(converted(filter).is_none(), "{filter}");
        }
    }

    #[test]
    fn a_header_with_and_without_a_tag() {
        let mut raw = [0; 20];
        raw[2..4].copy_from_slice(&[8, 0]);
        raw[4..8].copy_from_slice(&3_u32.to_ne_bytes());
        raw[8..10].copy_from_slice(&1_u16.to_ne_bytes());
        raw[10..].copy_from_slice(&[4, 6, 2, 0, 0, 0, 0, 10, 0, 0]);
        let address = Address::read(&raw);
        let mut bytes = Vec::new();
        assert_eq!(address.put(None, &mut bytes), 20);
        let header = [8, 0, 0, 0, 0, 0, 0, 3, 0, 1, 4, 6, 2, 0, 0, 0, 0, 10, 0, 0];
        assert_eq!(bytes, header);
        bytes.clear();
        assert_eq!(address.put(Some((0x8100, 0x2007)), &mut bytes), 24);
        assert_eq!((&bytes[..2], &bytes[2..20]), (&[0x81, 0][..], &header[2..]));
        assert_eq!(bytes[20..], [0x20, 7, 8, 0]);
    }
}
