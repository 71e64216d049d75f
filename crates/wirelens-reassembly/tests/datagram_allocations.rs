//! No allocation for a fragment once a table is warm.

use wirelens_reassembly::datagram::{Datagrams, Family, Fragment, Key, Limits, Outcome};

fn key(number: u32) -> Key {
    Key::ipv4(0, number.into(), [10, 0, 0, 1].into(), number as u16, 17)
}

/// A datagram of `order.len()` fragments of 1,480 bytes, in this order.
fn datagram(datagrams: &mut Datagrams<Key>, number: u32, order: &[u32]) {
    let bytes = [number as u8; 1_480];
    for (at, &part) in order.iter().enumerate() {
        let fragment = Fragment {
            frame: number.into(),
            time: u64::from(number) * 1_000,
            family: Family::Ipv4,
            offset: part * 1_480,
            more: part as usize + 1 < order.len(),
            bytes: &bytes,
            length: 1_480,
            header: &[0; 20],
        };
        let outcome = datagrams.insert(&key(number), fragment, |_, _, _| ());
        let complete = matches!(outcome, Outcome::Complete(datagram) if datagram.is_complete());
        assert_eq!(complete, at + 1 == order.len());
    }
}

#[test]
fn nothing_is_allocated_for_a_fragment() {
    let mut datagrams = Datagrams::new(Limits { remembered: 64, ..Limits::default() });
    let mut number = 0;
    let mut pass = |times| {
        for _ in 0..times {
            datagram(&mut datagrams, number, &[0, 1]);
            datagram(&mut datagrams, number + 1, &[0, 1, 2, 3, 4, 5]);
            datagram(&mut datagrams, number + 2, &[2, 1, 0]);
            number += 3;
        }
    };
    pass(1_000);
    let counted = allocation_counter::measure(|| pass(1_000));
    assert_eq!(counted.count_total, 0, "{counted:?}");
}

#[test]
fn nothing_is_allocated_in_a_flood() {
    let mut datagrams = Datagrams::new(Limits { bytes: 1 << 20, ..Limits::default() });
    let (mut number, mut ended, bytes) = (0_u32, 0, [0; 1_480]);
    let mut pass = |times| {
        for _ in 0..times {
            number += 1;
            let length = number.wrapping_mul(0x9E37_79B9) % 1_480 / 8 * 8 + 8;
            let fragment = Fragment {
                frame: number.into(),
                time: 0,
                family: Family::Ipv4,
                offset: number % 8_000 * 8 % 60_000,
                more: true,
                bytes: bytes.get(..length as usize).unwrap_or(&bytes),
                length,
                header: &[0; 20],
            };
            datagrams.insert(&key(number), fragment, |_, _, _| ended += 1);
        }
    };
    pass(50_000);
    let counted = allocation_counter::measure(|| pass(10_000));
    // Buffers are in five sizes, and now and then one has run out.
    assert!(counted.count_total < 10, "{counted:?}");
    assert!(ended > 50_000);
}
