//! pcapng options: read where they lie, when somebody asks. Draft section 3.5.

/// Reads a 16-bit number in the section's byte order.
#[inline]
pub(crate) fn u16_at(bytes: &[u8], at: usize, big_endian: bool) -> Option<u16> {
    let raw = *bytes.get(at..)?.first_chunk::<2>()?;
    Some(if big_endian { u16::from_be_bytes(raw) } else { u16::from_le_bytes(raw) })
}

/// Reads a 32-bit number in the section's byte order.
#[inline]
pub(crate) fn u32_at(bytes: &[u8], at: usize, big_endian: bool) -> Option<u32> {
    let raw = *bytes.get(at..)?.first_chunk::<4>()?;
    Some(if big_endian { u32::from_be_bytes(raw) } else { u32::from_le_bytes(raw) })
}

/// Reads a 64-bit number in the section's byte order.
#[inline]
pub(crate) fn u64_at(bytes: &[u8], at: usize, big_endian: bool) -> Option<u64> {
    let raw = *bytes.get(at..)?.first_chunk::<8>()?;
    Some(if big_endian { u64::from_be_bytes(raw) } else { u64::from_le_bytes(raw) })
}

/// Option codes, draft sections 3.5 and 4. Numbers below 256 mean something per kind of block.
pub mod code {
    /// End of the list.
    pub const END: u16 = 0;
    /// `opt_comment`: UTF-8, in any block.
    pub const COMMENT: u16 = 1;
    /// Custom option with text that may be copied.
    pub const CUSTOM_TEXT: u16 = 2988;
    /// Custom option with bytes that may be copied.
    pub const CUSTOM_BYTES: u16 = 2989;
    /// Custom option with text that is not to be copied.
    pub const CUSTOM_TEXT_LOCAL: u16 = 19372;
    /// Custom option with bytes that are not to be copied.
    pub const CUSTOM_BYTES_LOCAL: u16 = 19373;

    /// Section header: description of the hardware.
    pub const SHB_HARDWARE: u16 = 2;
    /// Section header: operating system.
    pub const SHB_OS: u16 = 3;
    /// Section header: program that wrote the section.
    pub const SHB_APPLICATION: u16 = 4;

    /// Interface: device name.
    pub const IF_NAME: u16 = 2;
    /// Interface: description.
    pub const IF_DESCRIPTION: u16 = 3;
    /// Interface: an IPv4 address and its mask, four bytes each; as often as there are some.
    pub const IF_IPV4ADDR: u16 = 4;
    /// Interface: an IPv6 address and the length of its prefix, 16 bytes and one.
    pub const IF_IPV6ADDR: u16 = 5;
    /// Interface: hardware address, six bytes.
    pub const IF_MACADDR: u16 = 6;
    /// Interface: unit of the times, one byte.
    pub const IF_TSRESOL: u16 = 9;
    /// Interface: capture filter.
    pub const IF_FILTER: u16 = 11;
    /// Interface: operating system.
    pub const IF_OS: u16 = 12;
    /// Interface: bytes of frame check sequence, one byte.
    pub const IF_FCSLEN: u16 = 13;
    /// Interface: seconds to add to every time, signed 64-bit.
    pub const IF_TSOFFSET: u16 = 14;
    /// Interface: hardware.
    pub const IF_HARDWARE: u16 = 15;

    /// Frame: direction, reception and link-layer errors, 32-bit.
    pub const EPB_FLAGS: u16 = 2;
    /// Frame: algorithm and digest.
    pub const EPB_HASH: u16 = 3;
    /// Frame: frames lost since the one before, 64-bit.
    pub const EPB_DROPCOUNT: u16 = 4;
    /// Frame: an identity shared by the same packet seen on several interfaces, 64-bit.
    pub const EPB_PACKETID: u16 = 5;
    /// Frame: receive queue, 32-bit.
    pub const EPB_QUEUE: u16 = 6;
    /// Frame: what eBPF decided, kind and bytes.
    pub const EPB_VERDICT: u16 = 7;

    /// Statistics: when the capture began, two 32-bit halves.
    pub const ISB_STARTTIME: u16 = 2;
    /// Statistics: when the capture ended, two 32-bit halves.
    pub const ISB_ENDTIME: u16 = 3;
    /// Statistics: frames received, 64-bit.
    pub const ISB_IFRECV: u16 = 4;
    /// Statistics: frames dropped by the interface, 64-bit.
    pub const ISB_IFDROP: u16 = 5;
    /// Statistics: frames the filter let through, 64-bit.
    pub const ISB_FILTERACCEPT: u16 = 6;
    /// Statistics: frames dropped by the operating system, 64-bit.
    pub const ISB_OSDROP: u16 = 7;
    /// Statistics: frames delivered to the user, 64-bit.
    pub const ISB_USRDELIV: u16 = 8;
}

/// The options of a block: the raw list and its byte order. Empty for formats without options.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Options<'a> {
    /// The list as it stands in the file, padding and end mark included.
    pub bytes: &'a [u8],
    /// Whether its numbers are big-endian.
    pub big_endian: bool,
}

impl<'a> Options<'a> {
    /// Every option in order, up to the end mark or the first whose length does not fit.
    pub fn iter(self) -> OptionIter<'a> {
        OptionIter { rest: self.bytes, big_endian: self.big_endian }
    }

    /// The first option with this code.
    pub fn find(self, code: u16) -> Option<BlockOption<'a>> {
        self.iter().find(|option| option.code == code)
    }

    /// Every comment, in order.
    pub fn comments(self) -> impl Iterator<Item = &'a [u8]> {
        self.iter().filter(|option| option.code == code::COMMENT).map(BlockOption::text)
    }

    /// Whether the list is whole: every length fits.
    pub fn is_whole(self) -> bool {
        let mut options = self.iter();
        options.by_ref().for_each(drop);
        options.rest.is_empty()
    }
}

impl<'a> IntoIterator for Options<'a> {
    type Item = BlockOption<'a>;
    type IntoIter = OptionIter<'a>;

    fn into_iter(self) -> OptionIter<'a> {
        self.iter()
    }
}

/// One option: code and value, without padding.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct BlockOption<'a> {
    /// What it is; see [`code`].
    pub code: u16,
    /// Its value as it stands in the file.
    pub value: &'a [u8],
    /// Whether numbers in the value are big-endian.
    pub big_endian: bool,
}

impl<'a> BlockOption<'a> {
    /// The value as text: without the zeros some writers end it with. Should be UTF-8, and need
    /// not be.
    pub fn text(self) -> &'a [u8] {
        let end = self.value.iter().position(|byte| *byte == 0).unwrap_or(self.value.len());
        self.value.get(..end).unwrap_or_default()
    }

    /// The value's first byte.
    pub fn u8(self) -> Option<u8> {
        self.value.first().copied()
    }

    /// The value as a 32-bit number.
    pub fn u32(self) -> Option<u32> {
        u32_at(self.value, 0, self.big_endian)
    }

    /// The value as a 64-bit number.
    pub fn u64(self) -> Option<u64> {
        u64_at(self.value, 0, self.big_endian)
    }

    /// The value as a signed 64-bit number.
    pub fn i64(self) -> Option<i64> {
        self.u64().map(u64::cast_signed)
    }

    /// The value as a time in units: two 32-bit halves, the high one first in either byte order.
    pub fn time_units(self) -> Option<u64> {
        let high = u32_at(self.value, 0, self.big_endian)?;
        let low = u32_at(self.value, 4, self.big_endian)?;
        Some(u64::from(high) << 32 | u64::from(low))
    }

    /// Of a custom option, the private enterprise number and what follows it.
    pub fn custom(self) -> Option<(u32, &'a [u8])> {
        match self.code {
            code::CUSTOM_TEXT
            | code::CUSTOM_BYTES
            | code::CUSTOM_TEXT_LOCAL
            | code::CUSTOM_BYTES_LOCAL => Some((self.u32()?, self.value.get(4..)?)),
            _ => None,
        }
    }
}

/// Iterator over [`Options`].
#[derive(Clone, Debug)]
pub struct OptionIter<'a> {
    rest: &'a [u8],
    big_endian: bool,
}

impl<'a> Iterator for OptionIter<'a> {
    type Item = BlockOption<'a>;

    fn next(&mut self) -> Option<BlockOption<'a>> {
        let code = u16_at(self.rest, 0, self.big_endian)?;
        if code == code::END {
            self.rest = &[];
            return None;
        }
        let length = usize::from(u16_at(self.rest, 2, self.big_endian)?);
        let value = self.rest.get(4..4 + length)?;
        // The last option's padding may be missing; that loses nothing.
        self.rest = self.rest.get(4 + length.next_multiple_of(4)..).unwrap_or_default();
        Some(BlockOption { code, value, big_endian: self.big_endian })
    }
}

/// Which kind of block a list of options belongs to: codes below 256 depend on it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Context {
    Section,
    Interface,
    Frame,
}

/// Appends a list of options to `out` in another byte order. Values whose layout is not known are
/// bytes to us and stay as they are.
pub(crate) fn reorder(options: Options<'_>, context: Context, big_endian: bool, out: &mut Vec<u8>) {
    if options.big_endian == big_endian {
        out.extend_from_slice(options.bytes);
        out.resize(out.len().next_multiple_of(4), 0);
        return;
    }
    let mut some = false;
    for option in options {
        let mut value = option.value.to_vec();
        for (at, width) in numbers(option.code, context) {
            if let Some(number) = value.get_mut(*at..at + width) {
                number.reverse();
            }
        }
        push(out, option.code, &value, big_endian);
        some = true;
    }
    if some {
        push(out, code::END, &[], big_endian);
    }
}

/// Appends one option with its padding; a value longer than 65,535 bytes is cut there.
pub(crate) fn push(out: &mut Vec<u8>, code: u16, value: &[u8], big_endian: bool) {
    let length = u16::try_from(value.len()).unwrap_or(u16::MAX);
    for number in [code, length] {
        out.extend(if big_endian { number.to_be_bytes() } else { number.to_le_bytes() });
    }
    out.extend_from_slice(value.get(..length.into()).unwrap_or_default());
    out.resize(out.len() + usize::from(length).next_multiple_of(4) - usize::from(length), 0);
}

/// Where a value holds numbers that follow the byte order: offset and width.
fn numbers(option: u16, context: Context) -> &'static [(usize, usize)] {
    match (option, context) {
        (
            code::CUSTOM_TEXT
            | code::CUSTOM_BYTES
            | code::CUSTOM_TEXT_LOCAL
            | code::CUSTOM_BYTES_LOCAL,
            _,
        ) => &[(0, 4)],
        (code::EPB_FLAGS | code::EPB_QUEUE, Context::Frame) => &[(0, 4)],
        (code::EPB_DROPCOUNT | code::EPB_PACKETID, Context::Frame) => &[(0, 8)],
        // if_speed, if_tsoffset, if_txspeed, if_rxspeed
        (8 | code::IF_TSOFFSET | 16 | 17, Context::Interface) => &[(0, 8)],
        (10, Context::Interface) => &[(0, 4)],
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(big_endian: bool) -> Vec<u8> {
        let mut out = Vec::new();
        push(&mut out, code::COMMENT, b"hello\0", big_endian);
        push(&mut out, code::COMMENT, b"again", big_endian);
        let flags = 0x0102_0304_u32;
        let flags = if big_endian { flags.to_be_bytes() } else { flags.to_le_bytes() };
        push(&mut out, code::EPB_FLAGS, &flags, big_endian);
        push(&mut out, code::END, &[], big_endian);
        out
    }

    #[test]
    fn read_in_both_orders() {
        for big_endian in [false, true] {
            let bytes = list(big_endian);
            let options = Options { bytes: &bytes, big_endian };
            let comments: Vec<_> = options.comments().collect();
            assert_eq!(comments, [&b"hello"[..], b"again"]);
            assert_eq!(options.find(code::EPB_FLAGS).and_then(BlockOption::u32), Some(0x0102_0304));
            assert!(options.is_whole());
        }
    }

    #[test]
    fn reorder_is_the_other_order() {
        let (little, big) = (list(false), list(true));
        let mut out = Vec::new();
        let options = Options { bytes: &little, big_endian: false };
        reorder(options, Context::Frame, true, &mut out);
        assert_eq!(out, big);
    }

    #[test]
    fn every_cut_ends_quietly() {
        let bytes = list(false);
        for cut in 0..bytes.len() {
            let options = Options { bytes: &bytes[..cut], big_endian: false };
            assert!(options.iter().count() <= 3);
        }
    }
}
