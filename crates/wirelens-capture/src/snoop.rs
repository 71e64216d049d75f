//! Solaris snoop, RFC 1761: always big-endian, microseconds, records padded as they like.

use crate::link_type::LARGEST_EVER;
use crate::log::Problem;
use crate::options::u32_at;
use crate::record::{Desk, FrameParts, Step};
use crate::resync::{self, Link, REACH};
use crate::window::Span;
use crate::{Format, Interface, LinkType, Resolution, Section, Timestamp};

/// The file's first eight bytes.
pub(crate) const MAGIC: [u8; 8] = *b"snoop\0\0\0";
/// Bytes of the file header.
pub(crate) const FILE_HEADER: usize = 16;
const RECORD_HEADER: usize = 24;

pub(crate) struct Snoop {
    link_type: LinkType,
    section: u32,
    interface: u32,
}

impl Snoop {
    /// Reads the file header; `None` when the file ends inside it.
    pub(crate) fn open(desk: &mut Desk<'_>) -> Option<Self> {
        let header: [u8; FILE_HEADER] = *desk.window.head()?;
        let version = u32_at(&header, 8, true)?;
        let link_type = link_type(u32_at(&header, 12, true)?);
        desk.window.skip(FILE_HEADER);
        // RFC 1761 is version 2; Shomiti's 3 to 5 have the same records for Ethernet.
        if !(2..=5).contains(&version) {
            let version = ((version >> 16) as u16, version as u16);
            desk.log.warn(8, Problem::Version { version }, 0);
        }
        let snoop = Self {
            link_type,
            section: desk.sections.len() as u32,
            interface: desk.interfaces.len() as u32,
        };
        desk.sections.push(Section {
            file: desk.log.file,
            offset: 0,
            format: Format::Snoop,
            big_endian: true,
            version: (version as u16, 0),
            option_bytes: Vec::new(),
        });
        desk.interfaces.push(Interface {
            file: desk.log.file,
            section: snoop.section,
            number: 0,
            link_type,
            snap_length: 0,
            resolution: Resolution::MICROSECONDS,
            time_offset: 0,
            fcs_length: None,
            big_endian: true,
            option_bytes: Vec::new(),
        });
        Some(snoop)
    }

    /// Reads on to the next frame.
    pub(crate) fn step(&mut self, desk: &mut Desk<'_>) -> Option<Step> {
        loop {
            let Some(head) = desk.window.head::<RECORD_HEADER>() else {
                return Some(end(desk, RECORD_HEADER));
            };
            let length = u32_at(head, 0, true)?;
            let captured = u32_at(head, 4, true)?;
            let total = u32_at(head, 8, true)?;
            let (seconds, micros) = (u32_at(head, 16, true)?, u32_at(head, 20, true)?);
            let held = (total as usize).checked_sub(RECORD_HEADER);
            if total > LARGEST_EVER || held.is_none_or(|held| held < captured as usize) {
                recover(desk, total);
                continue;
            }
            if !desk.window.has(total as usize) {
                return Some(end(desk, total as usize));
            }
            let from = desk.window.index() + RECORD_HEADER;
            *desk.frame = FrameParts {
                time: Some(Timestamp::from_micros(seconds.into(), micros)),
                captured: Span::new(from, from + captured as usize),
                length,
                link_type: self.link_type,
                interface: self.interface,
                section: self.section,
                offset: desk.window.offset(),
                options: Span::default(),
                big_endian: true,
            };
            desk.window.take(total as usize);
            return Some(Step::Frame);
        }
    }
}

/// Whether a record lies whole at the front of `ahead`.
pub(crate) fn has_frame(ahead: &[u8]) -> bool {
    ahead.len() >= RECORD_HEADER
        && u32_at(ahead, 8, true).is_some_and(|total| ahead.len() >= total as usize)
}

#[cold]
fn recover(desk: &mut Desk<'_>, claimed: u32) {
    let damaged = desk.window.offset();
    desk.window.skip(1);
    resync::find(desk.window, link);
    let problem = Problem::ImpossibleLength { claimed: claimed.into() };
    desk.log.warn(damaged, problem, desk.window.offset() - damaged);
}

#[cold]
fn end(desk: &mut Desk<'_>, need: usize) -> Step {
    let have = desk.window.ahead().len();
    if have > 0 && !desk.window.was_interrupted() {
        let problem = Problem::Truncated { need: need as u64, have: have as u64 };
        desk.log.warn(desk.window.offset(), problem, 0);
    }
    desk.window.skip(have);
    Step::End
}

fn link(bytes: &[u8]) -> Link {
    let number = |at| u32_at(bytes, at, true);
    let (Some(length), Some(captured), Some(total), Some(micros)) =
        (number(0), number(4), number(8), number(20))
    else {
        return Link::Cut;
    };
    let (captured, total) = (captured as usize, total as usize);
    let plausible = captured > 0
        && captured <= length as usize
        && length <= LARGEST_EVER
        && micros < 1_000_000
        && total <= REACH
        // Writers pad to four bytes; a few more are believed.
        && (captured + RECORD_HEADER..=captured + RECORD_HEADER + 16).contains(&total);
    // Two lengths that agree to the byte are no chance.
    let sure = total == (captured + RECORD_HEADER).next_multiple_of(4);
    if plausible { Link::Record { length: total, sure } } else { Link::No }
}

/// Data link types of RFC 1761 and Solaris' dlpi.h, as link types. Those that have none become a
/// number of their own far above, so that they stay tellable.
fn link_type(data_link: u32) -> LinkType {
    match data_link {
        0 | 4 => LinkType::ETHERNET,
        2 => LinkType::TOKEN_RING,
        8 => LinkType::FDDI,
        9 => LinkType::NULL,
        18 => LinkType::SUNATM,
        26 => LinkType::IPNET,
        162 => LinkType::IPOIB,
        other => LinkType(0xf000 | (other & 0x0fff) as u16),
    }
}
