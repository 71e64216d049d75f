//! Which protocol is found where, as the user knows better: choices written as tshark writes them.

use std::sync::Arc;

use wirelens_dissect::Registry;

use crate::{Error, find_protocols};

/// More numbers than this in one choice are taken for a slip of the pen.
const MOST_NUMBERS: u32 = 1 << 16;

/// A registry with a choice: `tcp.port==8888,http`, `udp.port==5000-5010,rtp`, or, as tshark
/// counts them, `udp.port==5000:11,rtp`. Numbers may be hexadecimal: `ethertype==0x88b5,ip`.
///
/// # Errors
/// When it is not written so, or table or protocol are not known.
pub fn decode_as(registry: Registry, choice: &str) -> Result<Registry, Error> {
    let wrong = || {
        Error::Usage(format!(
            "'{choice}' is no choice of a protocol; write it as tcp.port==8888,http or \
             udp.port==5000-5010,rtp"
        ))
    };
    let (selector, protocol) = choice.rsplit_once(',').ok_or_else(wrong)?;
    let (table, numbers) = selector.split_once("==").ok_or_else(wrong)?;
    let table = registry.table(table.trim()).ok_or_else(|| {
        Error::unknown("table", table.trim(), registry.tables().iter().map(|table| table.name))
    })?;
    let (first, last) = range(numbers.trim()).ok_or_else(wrong)?;
    let protocol = protocol.trim();
    let Some(&protocol) = find_protocols(&registry, protocol)?.first() else { return Err(wrong()) };
    Ok((first..=last).fold(registry, |registry, at| registry.with_choice(table, at, protocol)))
}

/// A registry with all these choices and without these protocols.
///
/// # Errors
/// As [`decode_as`] and [`disable`].
pub fn chosen(
    registry: &Arc<Registry>,
    choices: &[String],
    disabled: &[String],
) -> Result<Arc<Registry>, Error> {
    if choices.is_empty() && disabled.is_empty() {
        return Ok(Arc::clone(registry));
    }
    let own = Registry::clone(registry);
    let own = choices.iter().try_fold(own, |own, choice| decode_as(own, choice))?;
    let own = disabled.iter().try_fold(own, |own, name| disable(own, name))?;
    Ok(own.shared())
}

/// A registry without a protocol, or those of a family: what they would read is data.
///
/// # Errors
/// When no protocol has the name.
pub fn disable(registry: Registry, name: &str) -> Result<Registry, Error> {
    let found = find_protocols(&registry, name)?;
    Ok(found.into_iter().fold(registry, Registry::without))
}

/// The first and the last of the numbers.
fn range(text: &str) -> Option<(u32, u32)> {
    let (first, last) = match (text.split_once('-'), text.split_once(':')) {
        (Some((first, last)), _) => (number(first)?, number(last)?),
        (_, Some((first, count))) => {
            let first = number(first)?;
            (first, first.checked_add(number(count)?.checked_sub(1)?)?)
        }
        _ => (number(text)?, number(text)?),
    };
    (first <= last && last - first < MOST_NUMBERS).then_some((first, last))
}

fn number(text: &str) -> Option<u32> {
    let text = text.trim();
    match text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")) {
        Some(digits) => u32::from_str_radix(digits, 16).ok(),
        None => text.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choices_are_read_and_refused() {
        let registry = || wirelens_protocols::registry();
        for choice in ["tcp.port==8888,http", "TCP.port == 0x1f90 , HTTP", "udp.port==1-9,dns"] {
            decode_as(registry(), choice).map(|_| ()).expect(choice);
        }
        for (choice, told) in [
            ("tcp.port==8888", "write it as"),
            ("tcp.port=8888,http", "write it as"),
            ("tcp.port==9-1,http", "write it as"),
            ("tcp.port==,http", "write it as"),
            ("tcp.port==5:0,http", "write it as"),
            ("ethertype==0-0xffffffff,ip", "write it as"),
            ("tcp.prot==80,http", "did you mean 'tcp.port'"),
            ("tcp.port==80,htpp", "did you mean 'http'"),
        ] {
            let error = decode_as(registry(), choice).map(|_| ()).expect_err(choice);
            assert!(error.to_string().contains(told), "{choice}: {error}");
        }
    }

    #[test]
    fn a_range_is_written_in_two_ways() {
        assert_eq!(range("5000-5010"), Some((5000, 5010)));
        assert_eq!(range("5000:11"), Some((5000, 5010)));
        assert_eq!(range("0x10"), Some((16, 16)));
    }
}
