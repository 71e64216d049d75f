//! Options that are split over several, RFC 3396: the last one shows what all of them say.

use std::io::Write;

use wirelens_dissect::prelude::*;

use super::options::*;
use super::{Each, Known};
use crate::application::labels;

/// Bytes of such an option that are looked at.
const MOST: usize = 2048;

/// Those that are put together.
pub(super) const SPLIT: [u8; 3] = [119, 121, 249];

/// More parts than that are shown each by itself: every part looks through all options.
const MOST_PARTS: u16 = 16;

pub(super) fn is_split(known: Known<'_>, code: u8) -> bool {
    let counts = SPLIT.iter().zip(known.parts);
    counts.into_iter().any(|(&split, count)| split == code && (2..=MOST_PARTS).contains(&count))
}

fn parts<'a>(known: Known<'a>, code: u8) -> impl Iterator<Item = &'a [u8]> {
    Each(known.options)
        .filter(move |&(number, value)| number == code && !value.is_empty())
        .map(|(_, value)| value)
}

/// Says which of the parts this is and passes over it. At the last one, puts all together in
/// `whole` and returns how many bytes they are.
fn put_together(
    p: &mut Packet<'_>,
    known: Known<'_>,
    code: u8,
    row: &'static Field,
    whole: &mut [u8; MOST],
) -> Read<usize> {
    let here = p.ahead().as_ptr();
    let count = parts(known, code).count();
    let number = parts(known, code).position(|part| part.as_ptr() == here).map_or(0, |at| at + 1);
    p.make_text(row, p.at(), p.left(), |out| {
        // Writing to a vector cannot fail.
        let _ = write!(out, "{number}/{count}");
    });
    p.skip(p.left())?;
    let mut length = 0;
    if number == count {
        for part in parts(known, code) {
            let Some(room) = whole.get_mut(length..length + part.len()) else { break };
            room.copy_from_slice(part);
            length += part.len();
        }
    }
    Ok(length)
}

pub(super) fn domains(p: &mut Packet<'_>, known: Known<'_>, code: u8) -> Read {
    let mut whole = [0; MOST];
    let length = put_together(p, known, code, &DOMAIN_PART, &mut whole)?;
    let (bytes, mut at) = (&whole[..length], 0);
    while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
        p.make_text(&SEARCH_DOMAIN, p.at(), 0, |out| labels::write(bytes, at, 0, out));
        at += labels::on_the_wire(rest);
    }
    Ok(())
}

/// RFC 3442.
pub(super) fn routes(p: &mut Packet<'_>, known: Known<'_>, code: u8) -> Read {
    let mut whole = [0; MOST];
    let length = put_together(p, known, code, &ROUTE_PART, &mut whole)?;
    let mut bytes = &whole[..length];
    while let Some((&width, rest)) = bytes.split_first() {
        let subnet_length = usize::from(width).div_ceil(8);
        let parts = rest.split_at_checked(subnet_length).filter(|_| width <= 32);
        let Some((subnet, (router, rest))) =
            parts.and_then(|(subnet, rest)| Some((subnet, rest.split_first_chunk::<4>()?)))
        else {
            p.problem(if width > 32 { &BAD_WIDTH } else { &BAD_LENGTH });
            break;
        };
        let byte = |at: usize| u64::from(subnet.get(at).copied().unwrap_or(0));
        let number = byte(0) << 24 | byte(1) << 16 | byte(2) << 8 | byte(3);
        let at = p.at();
        p.group(&CLASSLESS, |p| {
            p.mark(&CLASSLESS_WIDTH, at, 0, width.into());
            p.mark(&CLASSLESS_SUBNET, at, 0, number);
            p.mark(&CLASSLESS_ROUTER, at, 0, u32::from_be_bytes(*router).into());
            Ok(())
        })?;
        bytes = rest;
    }
    Ok(())
}
