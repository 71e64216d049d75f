//! Parameters, RFC 7401 section 5.2.

use wirelens_dissect::prelude::*;

use super::parameter_rows::*;
use super::{PARAMETER, host_id};

/// Reads parameters to the end of the header. Version 1 has shorter numbers in some of them.
pub(super) fn read(p: &mut Packet<'_>, version: u8) -> Read {
    while p.declared_left() > 0 {
        let kind = p.peek_u16()?;
        let mut length = 0;
        p.group_with(&PARAMETER, kind.into(), |p| {
            p.skip(2)?;
            length = usize::from(p.u16(&LENGTH)?);
            if length > p.declared_left() {
                p.problem_at(&TOO_SHORT, p.at() - 2, 2);
                return p.remainder(&DATA);
            }
            p.contained(length, &TOO_SHORT, |p| {
                contents(p, kind, version)?;
                p.remainder(&DATA)
            })
        })?;
        let padding = (length + 4).next_multiple_of(8) - length - 4;
        p.skip(padding.min(p.left()))?;
    }
    Ok(())
}

fn contents(p: &mut Packet<'_>, kind: u16, version: u8) -> Read {
    match kind {
        65 => {
            p.u16(&SPI_RESERVED)?;
            p.u16(&KEY_INDEX)?;
            p.u32(&OLD_SPI)?;
            p.u32(&NEW_SPI).map(drop)
        }
        128 | 129 => {
            p.u32(&R1_RESERVED)?;
            p.bytes(&R1_COUNTER, 8).map(drop)
        }
        193 => p.each(locator),
        257 => {
            p.u8(&PUZZLE_K)?;
            p.u8(&PUZZLE_LIFETIME)?;
            p.u16(&PUZZLE_OPAQUE)?;
            p.remainder(&PUZZLE_I)
        }
        321 => {
            p.u8(&SOLUTION_K)?;
            p.u8(&SOLUTION_RESERVED)?;
            p.u16(&SOLUTION_OPAQUE)?;
            let half = p.declared_left() / 2;
            p.bytes(&SOLUTION_I, half)?;
            p.bytes(&SOLUTION_J, half).map(drop)
        }
        385 => p.u32(&SEQUENCE).map(drop),
        449 => p.each(|p| p.u32(&ACKNOWLEDGED).map(drop)),
        511 => p.each(|p| p.u8(&GROUP_OFFERED).map(drop)),
        513 => p.each(|p| p.group(&PUBLIC_VALUE, public_value)),
        577 => p.each(|p| p.u16(&TRANSFORM).map(drop)),
        579 => p.each(|p| p.u16(&CIPHER).map(drop)),
        608 => {
            p.u16(&TRANSFORM_RESERVED)?;
            p.each(|p| p.u16(&TRAVERSAL).map(drop))
        }
        610 => p.u32(&PACING).map(drop),
        641 => {
            p.u32(&ENCRYPTED_RESERVED)?;
            p.remainder(&ENCRYPTED)
        }
        705 => host_id::read(p, version),
        715 => p.each(|p| p.u8(&SUITE).map(drop)),
        768 => {
            p.u8(&CERT_GROUP)?;
            p.u8(&CERT_COUNT)?;
            p.u8(&CERT_ID)?;
            p.u8(&CERT_TYPE)?;
            p.remainder(&CERTIFICATE)
        }
        832 => {
            p.u16(&NOTIFICATION_RESERVED)?;
            p.u16(&NOTIFICATION)?;
            p.remainder(&NOTIFICATION_DATA)
        }
        897 | 961 | 63425 | 63661 => p.remainder(&OPAQUE),
        930 => {
            p.u8(&LEAST_LIFETIME)?;
            p.u8(&MOST_LIFETIME)?;
            registrations(p)
        }
        932 | 934 => {
            p.u8(&LIFETIME)?;
            registrations(p)
        }
        936 => {
            p.u8(&FAILURE)?;
            registrations(p)
        }
        950 => address(p, [&REG_FROM_PORT, &REG_FROM_PROTOCOL, &REG_FROM_RESERVED, &REG_FROM_ADDRESS]),
        2049 => p.each(|p| p.u16(&FORMAT).map(drop)),
        4095 => {
            p.u16(&TRANSFORM_RESERVED)?;
            p.each(|p| p.u16(&TRANSFORM).map(drop))
        }
        4481 => p.u32(&DATA_SEQUENCE).map(drop),
        4545 => p.each(|p| p.u32(&DATA_ACKNOWLEDGED).map(drop)),
        4601 | 64017 => {
            p.u16(&ROUTE_FLAGS)?;
            p.u16(&ROUTE_RESERVED)?;
            p.each(|p| p.bytes(&ROUTE_TAG, 16).map(drop))
        }
        4650 | 4660 => address(p, [&PEER_PORT, &PEER_PROTOCOL, &PEER_RESERVED, &PEER_ADDRESS]),
        4700 => p.u32(&PRIORITY).map(drop),
        7680 => {
            p.u16(&MODE_PORT)?;
            p.each(|p| p.u16(&MODE).map(drop))
        }
        61505 | 61569 | 65500 | 65520 => p.remainder(&HMAC),
        // RFC 7401 section 5.2.14 has an algorithm of two bytes, RFC 5201 section 5.2.11 of one.
        61633 | 61697 => {
            match version {
                1 => p.u8(&SIGNATURE_ALGORITHM).map(drop)?,
                _ => p.u16(&SIGNATURE_ALGORITHM).map(drop)?,
            }
            p.remainder(&SIGNATURE)
        }
        63998 => address(p, [&RELAY_FROM_PORT, &RELAY_FROM_PROTOCOL, &RELAY_FROM_RESERVED, &RELAY_FROM_ADDRESS]),
        64002 => address(p, [&RELAY_TO_PORT, &RELAY_TO_PROTOCOL, &RELAY_TO_RESERVED, &RELAY_TO_ADDRESS]),
        64011 => {
            p.u16(&TTL)?;
            p.u16(&TTL_RESERVED).map(drop)
        }
        65498 => p.ipv6(&FROM).map(drop),
        65502 => p.each(|p| p.ipv6(&RENDEZVOUS).map(drop)),
        _ => Ok(()),
    }
}

/// RFC 8046 section 4, RFC 5770 section 5.7.
fn locator(p: &mut Packet<'_>) -> Read {
    let (start, kind) = (p.at(), p.peek_at(1)?);
    let length = usize::from(p.peek_at(2)?) * 4;
    // Where the address stands, behind eight bytes that every locator begins with.
    let at = match (kind, length) {
        (0, 16) => 8,
        (1, 20) => 12,
        (2, 28) => 20,
        _ => {
            return p.group(&OTHER_LOCATOR, |p| {
                p.u8(&OTHER_TRAFFIC)?;
                p.u8(&OTHER_TYPE)?;
                p.u8(&OTHER_LENGTH)?;
                p.u8(&OTHER_FLAGS)?;
                p.u32(&OTHER_LIFETIME)?;
                if length > 0 { p.bytes(&OTHER_DATA, length).map(drop) } else { Ok(()) }
            });
        }
    };
    p.need(at + 16)?;
    p.mark(&LOCATOR, start + at, 16, 0);
    p.under(|p| {
        p.u8(&LOCATOR_TRAFFIC)?;
        p.u8(&LOCATOR_TYPE)?;
        p.u8(&LOCATOR_LENGTH)?;
        p.u8(&LOCATOR_FLAGS)?;
        p.u32(&LOCATOR_LIFETIME)?;
        if kind == 2 {
            p.u16(&LOCATOR_PORT)?;
            p.u8(&LOCATOR_TRANSPORT)?;
            p.u8(&LOCATOR_KIND)?;
            p.u32(&LOCATOR_PRIORITY)?;
        }
        if kind != 0 {
            p.u32(&LOCATOR_SPI)?;
        }
        p.ipv6(&LOCATOR_ADDRESS).map(drop)
    })
}

fn public_value(p: &mut Packet<'_>) -> Read {
    p.u8(&GROUP)?;
    let length = p.u16(&VALUE_LENGTH)?;
    if length > 0 { p.bytes(&VALUE, length.into()).map(drop) } else { Ok(()) }
}

fn registrations(p: &mut Packet<'_>) -> Read {
    p.each(|p| p.u8(&REGISTRATION).map(drop))
}

fn address(p: &mut Packet<'_>, [port, protocol, reserved, address]: [&'static Field; 4]) -> Read {
    p.u16(port)?;
    p.u8(protocol)?;
    p.u8(reserved)?;
    p.ipv6(address).map(drop)
}

#[cfg(test)]
mod tests {
    use crate::network::hip::HIP;
    use crate::testing::*;

    const ADDRESS: &str = "20010db8000000000000000000000009";
    const MAPPED: &str = "00000000000000000000ffffc0000209";

    /// A packet with these parameters, whose lengths are worked out.
    fn packet(version: u8, parameters: &[String]) -> Vec<u8> {
        let mut bytes = hex("3b 00 02 01 0000 0000
            20010020000000000000000000000001 20010020000000000000000000000002");
        bytes[3] |= version << 4;
        for parameter in parameters {
            let mut contents = hex(parameter);
            let length = contents.len() - 2;
            contents.splice(2..2, (length as u16).to_be_bytes());
            contents.resize(contents.len().next_multiple_of(8), 0);
            bytes.extend(contents);
        }
        bytes[1] = (bytes.len() / 8 - 1) as u8;
        bytes
    }

    fn all() -> Vec<String> {
        [
            "0041 0000 0048 00001111 00002222", "0081 00000000 0000000000000003",
            "00c1 00000401 0000012c A 01010500 00000258 00001234 A 01020700 000002bc 2904 11 02 00000064 00000099 M 00ff0100 00000001 abcdef01",
            "0101 0a 25 1234 3132333435363738", "0141 0a 00 1234 3132333435363738 4142434445464748",
            "0181 00000007", "01c1 00000005 00000006", "01ff 03 04 07 08", "0201 07 0004 31323334",
            "0241 0001 0002", "0243 0002 0004", "0260 0000 0001 0002", "0262 000001f4",
            "0281 00000000 3132333435363738", "02cb 10 20 30", "0300 01 02 01 01 30820000",
            "0340 0000 0018 abcd", "0381 01020304", "03a2 0a c8 01 02", "03a4 64 01", "03a6 64 01",
            "03a8 01 02", "03b6 04d2 11 00 M", "03c1 01020304", "0801 0fff", "0fff 0000 0008 0009",
            "1181 00000001", "11c1 00000001", "11e1 3b000000 01020304", "11f9 0001 0000 A",
            "122a 04d2 11 00 M", "125c 00000064", "1e00 0000 0001 0002", "f041 01020304",
            "f0c1 0005 01020304", "f8ad 01020304", "f9fe 04d2 11 00 M", "fa02 04d2 11 00 M",
            "fa0b 0010 0000", "fa11 0001 0000 A A", "ffda A", "ffdc 01020304", "ffde A A", "fff0 01020304",
            "03e8 0102030405",
        ]
        .iter()
        .map(|parameter| parameter.replace('A', ADDRESS).replace('M', MAPPED))
        .collect()
    }

    fn identities() -> [(u8, String); 7] {
        let dsa = format!("02c1 00d9 0000 0202ff03 00 {} {}", "11".repeat(20), "22".repeat(192));
        [
            (1, "02c1 000c 1009 0202ff05 03 010001 31323334 686f73742e74657374".into()),
            (1, dsa),
            (1, "f0c1 05 01020304".into()),
            (2, "02c1 0008 2005 0005 03 010001 31323334 6140622e63".into()),
            (2, "02c1 0009 0000 0005 00 0003 010001 313233".into()),
            (2, "02c1 0006 0000 0007 0001 31323334".into()),
            (2, "02c1 0004 3002 0063 31323334 abcd".into()),
        ]
    }

    #[test]
    fn one_of_each() {
        insta::assert_snapshot!(tree(&HIP, &packet(2, &all())));
    }

    #[test]
    fn identities_of_both_versions() {
        let trees: String = identities()
            .into_iter()
            .map(|(version, parameter)| tree(&HIP, &packet(version, &[parameter])))
            .collect();
        insta::assert_snapshot!(trees);
    }

    #[test]
    fn every_prefix_of_each() {
        let each = all().into_iter().map(|parameter| (2, parameter));
        for (version, parameter) in each.chain(identities()) {
            every_prefix(&HIP, &packet(version, &[parameter]));
        }
    }

    #[test]
    fn a_parameter_that_is_too_short_does_not_end_the_walk() {
        let parameters = ["0041 abcd".to_owned(), "0181 00000007".to_owned()];
        let tree = tree(&HIP, &packet(2, &parameters));
        assert!(tree.contains("! Length does not fit") && tree.contains("Update ID: 0x00000007"), "{tree}");
    }

    #[test]
    fn a_parameter_longer_than_the_header_is_a_problem() {
        let mut bytes = packet(2, &["0181 00000007".to_owned()]);
        bytes[43] = 9;
        assert!(tree(&HIP, &bytes).contains("! Length does not fit"));
    }
}
