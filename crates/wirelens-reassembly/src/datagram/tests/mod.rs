//! Helpers of the tests: fragments of known bytes, and a list of what ended.

use super::*;

mod cases;
mod limits;
mod model;
mod overlaps;

pub(crate) const SECOND: u64 = 1_000_000_000;

/// Fragments in frames numbered from 1, all at time 0 unless changed.
pub(crate) fn fragment(frame: u64, offset: u32, bytes: &[u8], more: bool) -> Fragment<'_> {
    let (family, length) = (Family::Ipv4, bytes.len() as u32);
    Fragment { frame, time: 0, family, offset, more, bytes, length, header: b"" }
}

pub(crate) fn ipv6(fragment: Fragment<'_>) -> Fragment<'_> {
    Fragment { family: Family::Ipv6, ..fragment }
}

/// `length` bytes that differ from place to place.
pub(crate) fn payload(length: usize) -> Vec<u8> {
    (0..length).map(|at| (at * 7 + at / 251) as u8).collect()
}

pub(crate) fn datagrams() -> Datagrams<u32> {
    Datagrams::new(Limits::default())
}

pub(crate) fn with_policy(policy: Policy) -> Datagrams<u32> {
    let rules = Rules { policy, timeout: 30 * SECOND };
    Datagrams::new(Limits { ipv4: rules, ipv6: rules, ..Limits::default() })
}

/// For where nothing may end.
pub(crate) fn nothing(_: &u32, datagram: Datagram<'_>, why: End) {
    panic!("{datagram:?} ended: {why:?}");
}

/// What ended, with its key, its holes, and why.
pub(crate) type Endings = Vec<(u32, Vec<Hole>, End)>;

pub(crate) fn note(endings: &mut Endings) -> impl FnMut(&u32, Datagram<'_>, End) {
    |key, datagram, why| endings.push((*key, datagram.holes().to_vec(), why))
}

pub(crate) fn missing(start: u32, end: u32) -> Hole {
    Hole { start, end: Some(end), why: Why::Missing }
}

pub(crate) fn missing_from(start: u32) -> Hole {
    Hole { start, end: None, why: Why::Missing }
}

/// The payload of an outcome that must be complete.
#[track_caller]
pub(crate) fn complete(outcome: Outcome<'_>) -> Vec<u8> {
    let Outcome::Complete(datagram) = outcome else { panic!("{outcome:?}") };
    assert!(datagram.is_complete() && datagram.is_seen() && datagram.holes().is_empty());
    let payload = datagram.payload().expect("a complete datagram has its payload");
    assert_eq!(datagram.payload(), Some(payload), "a second look sees the same");
    assert_eq!(datagram.payload_with(0xEE), payload);
    payload.to_vec()
}
