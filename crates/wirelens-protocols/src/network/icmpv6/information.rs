//! Node Information queries and replies, RFC 4620.

use wirelens_dissect::prelude::*;

use super::*;

pub(super) fn query(p: &mut Packet<'_>, code: u8) -> Read {
    p.u16(&NI_QTYPE)?;
    p.u16(&NI_FLAGS)?;
    p.u64(&NI_NONCE)?;
    if p.left() == 0 {
        return Ok(());
    }
    match code {
        0 => {
            p.ipv6(&NI_SUBJECT_IPV6)?;
        }
        1 => name(p, &NI_SUBJECT_NAME)?,
        2 => {
            p.ipv4(&NI_SUBJECT_IPV4)?;
        }
        _ => {}
    }
    p.remainder(&UNKNOWN_DATA)
}

pub(super) fn reply(p: &mut Packet<'_>, code: u8) -> Read {
    let kind = p.u16(&NI_QTYPE)?;
    p.u16(&NI_FLAGS)?;
    p.u64(&NI_NONCE)?;
    match (code, kind) {
        (0, 2) => {
            p.u32(&NI_TTL)?;
            // Section 6.3: a name may be followed by another zero octet.
            while p.left() > 0 && p.peek_u8()? != 0 {
                name(p, &NI_NAME)?;
            }
        }
        (0, 3) => {
            while p.left() > 0 {
                p.u32(&NI_TTL)?;
                p.ipv6(&NI_ADDRESS)?;
            }
        }
        (0, 4) => {
            while p.left() > 0 {
                p.u32(&NI_TTL)?;
                p.ipv4(&NI_IPV4)?;
            }
        }
        _ => {}
    }
    p.remainder(&UNKNOWN_DATA)
}

/// Reads a domain name as DNS writes it, without compression, and ends at its last label or
/// where the bytes end.
pub(super) fn name(p: &mut Packet<'_>, row: &'static Field) -> Read {
    let bytes = p.ahead();
    let mut length = 0;
    while let Some(&label) = bytes.get(length) {
        length += 1 + usize::from(label);
        if label == 0 || label >= 0xc0 {
            break;
        }
    }
    p.need(length)?;
    let labels = &bytes[..length];
    p.make_text(row, p.at(), length, |out| {
        let mut at = 0;
        while let Some(&label) = labels.get(at).filter(|&&label| label != 0) {
            if at > 0 {
                out.push(b'.');
            }
            let end = at + 1 + usize::from(label);
            out.extend_from_slice(labels.get(at + 1..end).unwrap_or_default());
            at = end;
        }
    });
    p.skip(length)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    const BY_NAME: &str = "8b01 0000 0002 0000 0102030405060708 04686f7374 00";
    const NAMES: &str = "8c00 0000 0002 0000 0102030405060708 00000064 04686f7374076578616d706c6500";
    const ADDRESSES: &str = "8c00 0000 0003 0022 0102030405060708 00000064 20010db8000000000000000000000001 00000064 20010db8000000000000000000000002";

    #[test]
    fn addresses_of_a_node() {
        insta::assert_snapshot!(tree(&ICMPV6, &hex(ADDRESSES)));
    }

    #[test]
    fn names() {
        assert!(tree(&ICMPV6, &hex(BY_NAME)).contains("Subject Name: host"));
        assert!(tree(&ICMPV6, &hex(NAMES)).contains("Node Name: host.example"));
    }

    #[test]
    fn every_prefix_of_them() {
        for message in [
            BY_NAME,
            NAMES,
            ADDRESSES,
            "8b00 0000 0003 0000 0102030405060708 20010db8000000000000000000000002",
            "8b02 0000 0004 0000 0102030405060708 c0000201",
            "8c00 0000 0004 0000 0102030405060708 00000064 c0000201",
        ] {
            every_prefix(&ICMPV6, &hex(message));
        }
    }
}
