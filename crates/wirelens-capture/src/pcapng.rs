//! pcapng: blocks in sections, each in its own byte order. Source: draft-ietf-opsawg-pcapng.

use crate::block::kind;
use crate::link_type::LARGEST_EVER;
use crate::log::{Log, Problem};
use crate::options::{BlockOption, Options, code, u16_at, u32_at};
use crate::record::{BlockParts, Desk, FrameParts, Step};
use crate::resync::{self, Link, REACH};
use crate::window::{Span, Window};
use crate::{Format, Interface, LinkType, Resolution, Section};

/// The section header's byte-order mark.
const ORDER: u32 = 0x1a2b_3c4d;
/// Type, first and second length.
const SMALLEST_BLOCK: u32 = 12;
/// Bytes of a section header without options.
pub(crate) const SECTION_HEADER: usize = 28;
/// Options may come on top of the largest frame.
const LARGEST_BLOCK: u32 = LARGEST_EVER + 1024 * 1024;
/// More sections or interfaces would be an attack on memory, not a capture.
const MOST_ENTRIES: usize = 1 << 18;

/// Bytes of options that sections and interfaces of a file keep together: they are asked for at any
/// time, and a compressed file of no size can have a great many.
const MOST_OPTION_BYTES: usize = 1 << 24;

/// The state of the section being read.
pub(crate) struct Pcapng {
    /// Bytes of options kept so far.
    kept: usize,
    big_endian: bool,
    section: u32,
    interfaces: Vec<Local>,
}

/// What a frame needs of its interface.
#[derive(Clone, Copy)]
struct Local {
    index: u32,
    link_type: LinkType,
    snap_length: u32,
    resolution: Resolution,
    offset: i64,
}

/// One block in the window: its place, and its length without padding after it.
#[derive(Clone, Copy)]
struct Place {
    kind: u32,
    at: usize,
    length: usize,
    offset: u64,
}

/// The byte order of the section header at the front of `bytes`.
pub(crate) fn section_order(bytes: &[u8]) -> Option<bool> {
    [false, true].into_iter().find(|big_endian| u32_at(bytes, 8, *big_endian) == Some(ORDER))
}

/// A copy of the options while there is room for it.
fn keep(kept: &mut usize, options: &[u8], place: Place, log: &mut Log) -> Vec<u8> {
    if *kept + options.len() > MOST_OPTION_BYTES {
        log.warn(place.offset, Problem::TooMany { what: "options" }, 0);
        return Vec::new();
    }
    *kept += options.len();
    options.to_vec()
}

impl Pcapng {
    /// A reader whose first block is a section header.
    pub(crate) fn new() -> Self {
        Self { kept: 0, big_endian: false, section: 0, interfaces: Vec::new() }
    }

    /// Whether an enhanced packet lies whole at the front of `ahead`. Other blocks do not count:
    /// what comes behind them may have to be waited for.
    #[inline]
    pub(crate) fn has_frame(&self, ahead: &[u8]) -> bool {
        let field = |at| u32_at(ahead, at, self.big_endian);
        let (Some(kind), Some(length)) = (field(0), field(4)) else { return false };
        kind == kind::ENHANCED_PACKET
            && length <= LARGEST_BLOCK
            && ahead.len() >= (length as usize).next_multiple_of(4)
    }

    /// The frame of an enhanced packet at the front of `ahead`, and what is behind it.
    pub(crate) fn glance<'a>(&self, ahead: &'a [u8]) -> Option<(LinkType, &'a [u8], &'a [u8])> {
        let field = |at| u32_at(ahead, at, self.big_endian);
        if field(0)? != kind::ENHANCED_PACKET {
            return None;
        }
        let interface = self.interfaces.get(field(8)? as usize)?;
        let (block, behind) = ahead.split_at_checked(field(4)? as usize)?;
        Some((interface.link_type, block.get(28..)?.get(..field(20)? as usize)?, behind))
    }

    /// The block that nearly all are, in one look: an enhanced packet, wholly in memory, with
    /// nothing wrong. Anything else is left where it is.
    #[inline]
    pub(crate) fn sound_packet(&self, window: &mut Window) -> Option<FrameParts> {
        let big_endian = self.big_endian;
        let ahead = window.ahead();
        let head: &[u8; 32] = ahead.first_chunk()?;
        let field = |at: usize| {
            let number = u32::from_le_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]]);
            if big_endian { number.swap_bytes() } else { number }
        };
        let length = field(4) as usize;
        let trailer = ahead.get(length.checked_sub(4)?..length)?;
        let captured = field(20) as usize;
        let sound = field(0) == kind::ENHANCED_PACKET
            && length.is_multiple_of(4)
            && trailer == &head[4..8]
            && captured <= length.checked_sub(32)?;
        let interface = self.interfaces.get(field(8) as usize).filter(|_| sound)?;
        let units = u64::from(field(12)) << 32 | u64::from(field(16));
        let at = window.index();
        let from = at + 28;
        let frame = FrameParts {
            time: Some(interface.resolution.time(units, interface.offset)),
            captured: Span::new(from, from + captured),
            length: field(24),
            link_type: interface.link_type,
            interface: interface.index,
            section: self.section,
            offset: window.offset(),
            options: Span::new(from + captured.next_multiple_of(4), at + length - 4),
            big_endian,
        };
        window.take(length);
        Some(frame)
    }

    #[inline(never)]
    pub(crate) fn any_block(&mut self, desk: &mut Desk<'_>) -> Step {
        loop {
            let Some(place) = self.next_block(desk) else { return Step::End };
            let step = match place.kind {
                kind::SIMPLE_PACKET => self.simple_packet(place, desk),
                kind::ENHANCED_PACKET | kind::PACKET => self.packet(place, desk),
                kind::SECTION_HEADER => self.section_header(place, desk),
                kind::INTERFACE => self.interface(place, desk),
                kind::STATISTICS => self.statistics(place, desk),
                _ => Some(Step::Block(self.block(place, None))),
            };
            if let Some(step) = step {
                return step;
            }
        }
    }

    /// Finds the next block whose lengths agree, and takes it from the window.
    fn next_block(&mut self, desk: &mut Desk<'_>) -> Option<Place> {
        loop {
            let Some(head) = desk.window.head::<12>() else {
                return self.end(desk, SMALLEST_BLOCK as usize);
            };
            // The type of a section header reads the same in both orders.
            let kind = u32_at(head, 0, self.big_endian)?;
            if kind == kind::SECTION_HEADER {
                match section_order(head) {
                    Some(big_endian) => self.big_endian = big_endian,
                    None => {
                        self.recover(desk, Problem::ByteOrderMark);
                        continue;
                    }
                }
            }
            let first = u32_at(desk.window.ahead(), 4, self.big_endian)?;
            if !(SMALLEST_BLOCK..=LARGEST_BLOCK).contains(&first) {
                self.recover(desk, Problem::ImpossibleLength { claimed: first.into() });
                continue;
            }
            // Some writers forget to pad; the length then still says where the padding begins.
            let padded = (first as usize).next_multiple_of(4);
            if !desk.window.has(padded) {
                if self.hides_blocks(desk, first) {
                    continue;
                }
                return self.end(desk, padded);
            }
            let at = desk.window.index();
            let offset = desk.window.offset();
            let second = u32_at(desk.window.ahead(), padded - 4, self.big_endian)?;
            if second != first && !self.accept_mismatch(desk, padded, first, second) {
                self.recover(desk, Problem::RecordLength { claimed: first.into() });
                continue;
            }
            desk.window.take(padded);
            return Some(Place { kind, at, length: padded, offset });
        }
    }

    /// An enhanced packet, or the obsolete packet of draft appendix A: that has a 16-bit interface
    /// and a count of drops where the other has 32 bits of interface.
    fn packet(&self, place: Place, desk: &mut Desk<'_>) -> Option<Step> {
        let big_endian = self.big_endian;
        let bytes = desk.window.slice(Span::new(place.at, place.at + place.length));
        let Some(head) = bytes.first_chunk::<32>() else {
            return too_short(place, desk);
        };
        let number = match place.kind {
            kind::PACKET => u16_at(head, 8, big_endian)?.into(),
            _ => u32_at(head, 8, big_endian)?,
        };
        let high = u32_at(head, 12, big_endian)?;
        let low = u32_at(head, 16, big_endian)?;
        let captured = u32_at(head, 20, big_endian)?;
        let length = u32_at(head, 24, big_endian)?;
        let units = u64::from(high) << 32 | u64::from(low);
        self.frame(place, desk, number, Some(units), captured, length, 28)
    }

    /// A frame of interface 0 without a time; what was kept follows from the snapshot length.
    fn simple_packet(&self, place: Place, desk: &mut Desk<'_>) -> Option<Step> {
        let bytes = desk.window.slice(Span::new(place.at, place.at + place.length));
        if bytes.len() < 16 {
            return too_short(place, desk);
        }
        let length = u32_at(bytes, 8, self.big_endian)?;
        let limit = match self.interfaces.first() {
            Some(interface) if interface.snap_length != 0 => interface.snap_length,
            _ => u32::MAX,
        };
        self.frame(place, desk, 0, None, length.min(limit), length, 12)
    }

    #[inline]
    #[expect(
        clippy::too_many_arguments,
        reason = "the fields of three kinds of block, as they are"
    )]
    fn frame(
        &self,
        place: Place,
        desk: &mut Desk<'_>,
        number: u32,
        units: Option<u64>,
        mut captured: u32,
        length: u32,
        header: usize,
    ) -> Option<Step> {
        let Some(interface) = self.interfaces.get(number as usize) else {
            desk.log.warn(place.offset, Problem::UnknownInterface { number }, place.length as u64);
            return None;
        };
        let room = place.length - header - 4;
        if captured as usize > room {
            let problem = Problem::FrameOutgrowsBlock { claimed: captured, have: room as u32 };
            desk.log.warn(place.offset, problem, 0);
            captured = room as u32;
        }
        let from = place.at + header;
        let to = from + captured as usize;
        let options =
            Span::new(from + (captured as usize).next_multiple_of(4), place.at + place.length - 4);
        *desk.frame = FrameParts {
            time: units.map(|units| interface.resolution.time(units, interface.offset)),
            captured: Span::new(from, to),
            length,
            link_type: interface.link_type,
            interface: interface.index,
            section: self.section,
            offset: place.offset,
            options: if header == 28 { options } else { Span::default() },
            big_endian: self.big_endian,
        };
        Some(Step::Frame)
    }

    fn section_header(&mut self, place: Place, desk: &mut Desk<'_>) -> Option<Step> {
        let bytes = desk.window.slice(Span::new(place.at, place.at + place.length));
        if bytes.len() < SECTION_HEADER {
            return too_short(place, desk);
        }
        self.interfaces.clear();
        if desk.sections.len() >= MOST_ENTRIES {
            desk.log.warn(place.offset, Problem::TooMany { what: "sections" }, 0);
            return None;
        }
        let big_endian = self.big_endian;
        let version = (u16_at(bytes, 12, big_endian)?, u16_at(bytes, 14, big_endian)?);
        let options = bytes.get(24..bytes.len() - 4).unwrap_or_default();
        let option_bytes = keep(&mut self.kept, options, place, desk.log);
        self.section = desk.sections.len() as u32;
        desk.sections.push(Section {
            file: desk.log.file,
            offset: place.offset,
            format: Format::Pcapng,
            big_endian,
            version,
            option_bytes,
        });
        // Some writers say 1.2 and mean 1.0; draft section 4.1 lets readers treat them alike.
        if !matches!(version, (1, 0 | 2)) {
            desk.log.warn(place.offset, Problem::Version { version }, 0);
        }
        Some(Step::Block(self.block(place, None)))
    }

    fn interface(&mut self, place: Place, desk: &mut Desk<'_>) -> Option<Step> {
        let bytes = desk.window.slice(Span::new(place.at, place.at + place.length));
        if bytes.len() < 20 {
            return too_short(place, desk);
        }
        if desk.interfaces.len() >= MOST_ENTRIES {
            desk.log.warn(place.offset, Problem::TooMany { what: "interfaces" }, 0);
            return None;
        }
        let big_endian = self.big_endian;
        let options = bytes.get(16..bytes.len() - 4).unwrap_or_default();
        let option_bytes = keep(&mut self.kept, options, place, desk.log);
        let options = Options { bytes: options, big_endian };
        let local = Local {
            index: desk.interfaces.len() as u32,
            link_type: LinkType(u16_at(bytes, 8, big_endian)?),
            snap_length: u32_at(bytes, 12, big_endian)?,
            resolution: options
                .find(code::IF_TSRESOL)
                .and_then(BlockOption::u8)
                .map_or_else(Resolution::default, Resolution::from_byte),
            offset: options.find(code::IF_TSOFFSET).and_then(BlockOption::i64).unwrap_or(0),
        };
        let fcs_length = options.find(code::IF_FCSLEN).and_then(BlockOption::u8);
        desk.interfaces.push(Interface {
            file: desk.log.file,
            section: self.section,
            number: self.interfaces.len() as u32,
            link_type: local.link_type,
            snap_length: local.snap_length,
            resolution: local.resolution,
            time_offset: local.offset,
            fcs_length,
            big_endian,
            option_bytes,
        });
        self.interfaces.push(local);
        Some(Step::Block(self.block(place, Some(local.index))))
    }

    fn statistics(&self, place: Place, desk: &mut Desk<'_>) -> Option<Step> {
        let bytes = desk.window.slice(Span::new(place.at, place.at + place.length));
        if bytes.len() < 24 {
            return too_short(place, desk);
        }
        let number = u32_at(bytes, 8, self.big_endian)?;
        let interface = self.interfaces.get(number as usize).map(|interface| interface.index);
        if interface.is_none() {
            desk.log.warn(place.offset, Problem::UnknownInterface { number }, 0);
        }
        Some(Step::Block(self.block(place, interface)))
    }

    fn block(&self, place: Place, interface: Option<u32>) -> BlockParts {
        BlockParts {
            kind: place.kind,
            bytes: Span::new(place.at, place.at + place.length),
            interface,
            section: self.section,
            offset: place.offset,
            big_endian: self.big_endian,
        }
    }

    /// Two lengths that differ: the first is believed when a block, or the end, follows it.
    #[cold]
    fn accept_mismatch(&self, desk: &mut Desk<'_>, padded: usize, first: u32, second: u32) -> bool {
        let more = desk.window.has(padded + SMALLEST_BLOCK as usize);
        desk.window.has(padded + REACH);
        let next = desk.window.ahead().get(padded..).unwrap_or_default();
        let accepted = match self.link(next) {
            Link::Record { .. } => true,
            Link::Cut => !more && next.is_empty(),
            Link::No => false,
        };
        if accepted {
            let problem = Problem::TrailerLength { first, second };
            desk.log.warn(desk.window.offset(), problem, 0);
        }
        accepted
    }

    #[cold]
    fn recover(&mut self, desk: &mut Desk<'_>, problem: Problem) {
        let damaged = desk.window.offset();
        desk.window.skip(1);
        let found = resync::find(desk.window, |bytes| self.link(bytes));
        desk.log.warn(damaged, problem, desk.window.offset() - damaged);
        // When the damage took a section header with it, the order may be the other one.
        if found && self.link_in(desk.window.ahead(), self.big_endian).is_none() {
            self.big_endian = !self.big_endian;
        }
    }

    /// When a block wants more than the file has: whether its length is wrong, because whole blocks
    /// to the very end of the file stand behind it. Then the window is on the first of them.
    #[cold]
    fn hides_blocks(&self, desk: &mut Desk<'_>, first: u32) -> bool {
        if desk.window.was_interrupted() {
            return false;
        }
        let found = resync::find_to_the_end(desk.window.ahead(), |bytes| self.link(bytes));
        let Some(found) = found else { return false };
        let problem = Problem::RecordLength { claimed: first.into() };
        desk.log.warn(desk.window.offset(), problem, found as u64);
        desk.window.skip(found);
        true
    }

    #[cold]
    fn end(&self, desk: &mut Desk<'_>, need: usize) -> Option<Place> {
        let have = desk.window.ahead().len();
        if have > 0 && !desk.window.was_interrupted() {
            let problem = Problem::Truncated { need: need as u64, have: have as u64 };
            desk.log.warn(desk.window.offset(), problem, 0);
        }
        desk.window.skip(have);
        None
    }

    /// Whether a block may begin here, in either byte order: the next section may have the other.
    pub(crate) fn link(&self, bytes: &[u8]) -> Link {
        if bytes.len() < SMALLEST_BLOCK as usize {
            return Link::Cut;
        }
        match self.link_in(bytes, self.big_endian).or_else(|| self.link_in(bytes, !self.big_endian))
        {
            Some(length) if length <= bytes.len() => Link::Record { length, sure: true },
            Some(_) => Link::Cut,
            None => Link::No,
        }
    }

    fn link_in(&self, bytes: &[u8], big_endian: bool) -> Option<usize> {
        let (kind, length) = (u32_at(bytes, 0, big_endian)?, u32_at(bytes, 4, big_endian)?);
        let usual = kind::is_usual(kind)
            && length >= SMALLEST_BLOCK
            && length.is_multiple_of(4)
            && length as usize <= REACH
            && (kind != kind::SECTION_HEADER || u32_at(bytes, 8, big_endian) == Some(ORDER));
        let length = length as usize;
        // Both lengths agree, as far as the second one can be seen.
        let agrees = u32_at(bytes, length.saturating_sub(4), big_endian);
        (usual && agrees.is_none_or(|second| second as usize == length)).then_some(length)
    }
}

#[cold]
fn too_short(place: Place, desk: &mut Desk<'_>) -> Option<Step> {
    let problem = Problem::BlockTooShort { kind: place.kind, length: place.length as u32 };
    desk.log.warn(place.offset, problem, place.length as u64);
    None
}
