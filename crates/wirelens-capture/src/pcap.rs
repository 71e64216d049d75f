//! Classic pcap and its relatives: a file header, then a header before each frame.
//!
//! Source: draft-ietf-opsawg-pcap, and for the variants libpcap's and Wireshark's readers.

use crate::link_type::{LARGEST_EVER, LARGEST_USUAL};
use crate::log::Problem;
use crate::record::{Desk, FrameParts, Step};
use crate::resync::{self, Link};
use crate::window::{Span, Window};
use crate::{Format, Interface, LinkType, Resolution, Section, Timestamp};

const MICROSECONDS: u32 = 0xa1b2_c3d4;
const NANOSECONDS: u32 = 0xa1b2_3c4d;
const MODIFIED: u32 = 0xa1b2_cd34;
/// Ixia hardware and software captures: nanoseconds, and a length after the file header.
const IXIA: [u32; 2] = [0x1c00_01ac, 0x1c00_01ab];

/// Bytes of the file header.
pub(crate) const FILE_HEADER: usize = 24;
const RECORD_HEADER: usize = 16;
/// Seconds within which the times of one file are expected: a day.
const NEAR: u32 = 86_400;
/// Records looked at to tell variants apart.
const RECORDS_TO_FIT: usize = 8;

/// How a pcap file's records are to be read.
pub(crate) struct Pcap {
    big_endian: bool,
    nanoseconds: bool,
    /// Fractions in a second: a million, or a thousand million.
    second: u32,
    /// Bytes of a record header.
    header: usize,
    swapped: Swapped,
    link_type: LinkType,
    largest: u32,
    section: u32,
    interface: u32,
    /// Seconds of the first frame, which the times of true records are near to.
    first: Option<u32>,
}

/// Whether captured and wire length stand in the other order: files before version 2.3 do, those
/// of 2.3 may.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Swapped {
    No,
    Maybe,
    Yes,
}

/// The numbers every variant's record header begins with.
#[derive(Clone, Copy)]
struct Record {
    seconds: u32,
    fraction: u32,
    captured: u32,
    length: u32,
}

/// Whether a file that begins so is one of ours, and its byte order.
pub(crate) fn recognise(magic: [u8; 4]) -> Option<(u32, bool)> {
    [(u32::from_le_bytes(magic), false), (u32::from_be_bytes(magic), true)].into_iter().find(
        |(magic, _)| {
            matches!(*magic, MICROSECONDS | NANOSECONDS | MODIFIED) || IXIA.contains(magic)
        },
    )
}

impl Pcap {
    /// Reads the file header; `None` when the file ends inside it.
    pub(crate) fn open(magic: u32, big_endian: bool, desk: &mut Desk<'_>) -> Option<Self> {
        let header: [u8; FILE_HEADER] = *desk.window.head()?;
        let u16_at = |at| crate::options::u16_at(&header, at, big_endian).unwrap_or(0);
        let u32_at = |at| crate::options::u32_at(&header, at, big_endian).unwrap_or(0);
        let (version, snap_length, network) = ((u16_at(4), u16_at(6)), u32_at(16), u32_at(20));
        let ixia = IXIA.contains(&magic);
        if ixia && !desk.window.has(FILE_HEADER + 4) {
            return None;
        }
        desk.window.skip(FILE_HEADER + if ixia { 4 } else { 0 });

        let link_type = LinkType(network as u16);
        if network & 0x03ff_0000 != 0 {
            desk.log.warn(20, Problem::ReservedLinkTypeBits { field: network }, 0);
        }
        if version.0 != 2 && version != (543, 0) {
            desk.log.warn(4, Problem::Version { version }, 0);
        }
        let mut pcap = Self {
            big_endian,
            nanoseconds: magic == NANOSECONDS || ixia,
            second: 1_000_000,
            header: RECORD_HEADER,
            swapped: match version {
                (2, 0..=2) | (543, _) => Swapped::Yes,
                (2, 3) => Swapped::Maybe,
                _ => Swapped::No,
            },
            link_type,
            largest: link_type.largest_record(),
            section: desk.sections.len() as u32,
            interface: desk.interfaces.len() as u32,
            first: None,
        };
        if pcap.nanoseconds {
            pcap.second = 1_000_000_000;
        }
        let mut format = match magic {
            _ if ixia => Format::PcapIxia,
            NANOSECONDS => Format::PcapNanoseconds,
            MODIFIED => Format::PcapModified,
            _ => Format::Pcap,
        };
        if magic == MICROSECONDS && version == (2, 2) {
            if let Some(link_type) = aix_link_type(network) {
                (pcap.link_type, pcap.nanoseconds, pcap.swapped) = (link_type, true, Swapped::No);
                pcap.second = 1_000_000_000;
                format = Format::PcapAix;
            }
        } else if let Some(header) = pcap.fitting_header(magic, desk.window) {
            pcap.header = header;
            format = match (magic, header) {
                (MICROSECONDS, 20) => Format::PcapNokia,
                (MICROSECONDS, 24) => Format::PcapModified,
                _ => format,
            };
        }
        desk.sections.push(Section {
            file: desk.log.file,
            offset: 0,
            format,
            big_endian,
            version,
            option_bytes: Vec::new(),
        });
        desk.interfaces.push(Interface {
            file: desk.log.file,
            section: pcap.section,
            number: 0,
            link_type: pcap.link_type,
            snap_length,
            resolution: if pcap.nanoseconds {
                Resolution::NANOSECONDS
            } else {
                Resolution::MICROSECONDS
            },
            time_offset: 0,
            // Draft section 4: the length counts units of 16 bits, and bit 26 says it is meant.
            fcs_length: (network & 0x0400_0000 != 0).then_some((network >> 28) as u8 * 2),
            big_endian,
            option_bytes: Vec::new(),
        });
        *desk.frame = FrameParts {
            link_type: pcap.link_type,
            interface: pcap.interface,
            section: pcap.section,
            big_endian,
            ..FrameParts::default()
        };
        Some(pcap)
    }

    /// Whether a sound record lies whole at the front of `ahead`.
    #[inline]
    pub(crate) fn has_frame(&self, ahead: &[u8]) -> bool {
        let Some(head) = ahead.first_chunk::<RECORD_HEADER>() else { return false };
        let mut record = Record::read(head, self.big_endian);
        if self.swapped != Swapped::No {
            record = record.in_order(self.swapped);
        }
        record.captured <= self.largest && ahead.len() >= self.header + record.captured as usize
    }

    /// The record that nearly all are, in one look: wholly in memory, with nothing wrong. Anything else
    /// is left where it is.
    #[inline(always)]
    pub(crate) fn sound_record(&mut self, window: &mut Window, frame: &mut FrameParts) -> bool {
        let Some(record) = self.sound_at(window.ahead()) else { return false };
        self.take(record, window, frame);
        true
    }

    #[inline(always)]
    fn sound_at(&self, ahead: &[u8]) -> Option<Record> {
        let record = Record::read(ahead.first_chunk()?, self.big_endian);
        let sound = record.captured <= self.largest
            && self.header + record.captured as usize <= ahead.len()
            && record.fraction < self.second
            && self.swapped == Swapped::No;
        sound.then_some(record)
    }

    /// The frame of such a record at the front of `ahead`, and what is behind it.
    pub(crate) fn glance<'a>(&self, ahead: &'a [u8]) -> Option<(LinkType, &'a [u8], &'a [u8])> {
        let captured = self.sound_at(ahead)?.captured as usize;
        let (frame, behind) = ahead.get(self.header..)?.split_at_checked(captured)?;
        Some((self.link_type, frame, behind))
    }

    /// Takes a record that lies whole in memory. What it does not say is the same for all frames of
    /// the file.
    #[inline(always)]
    fn take(&mut self, record: Record, window: &mut Window, frame: &mut FrameParts) {
        let seconds = i64::from(record.seconds);
        frame.time = Some(if self.nanoseconds {
            Timestamp::new(seconds, record.fraction)
        } else {
            Timestamp::from_micros(seconds, record.fraction)
        });
        frame.captured = Span::at(window.index() + self.header, record.captured);
        frame.length = record.length;
        frame.offset = window.offset();
        window.take(self.header + record.captured as usize);
        self.first.get_or_insert(record.seconds);
    }

    /// Reads on to the next frame.
    pub(crate) fn step(&mut self, desk: &mut Desk<'_>) -> Step {
        loop {
            let big_endian = self.big_endian;
            let Some(head) = desk.window.head::<RECORD_HEADER>() else {
                return self.end(desk, self.header);
            };
            let mut record = Record::read(head, big_endian);
            if self.swapped != Swapped::No {
                record = record.in_order(self.swapped);
            }
            let total = self.header + record.captured as usize;
            if record.captured > self.largest && !self.accept_large(desk.window, &record) {
                self.recover(desk, record.captured);
                continue;
            }
            if !desk.window.has(total) {
                if self.hides_records(desk, total) {
                    continue;
                }
                return self.end(desk, total);
            }
            if record.fraction >= self.second {
                let (seconds, fraction) = (record.seconds, record.fraction);
                let problem = Problem::TimeFraction { seconds, fraction };
                desk.log.warn(desk.window.offset() + 4, problem, 0);
            }
            self.take(record, desk.window, desk.frame);
            return Step::Frame;
        }
    }

    /// A record larger than libpcap's limit is believed when another follows it.
    #[cold]
    fn accept_large(&self, window: &mut Window, record: &Record) -> bool {
        let total = self.header + record.captured as usize;
        if record.captured > LARGEST_EVER || !window.has(total) {
            return false;
        }
        let more = window.has(total + self.header);
        let next = window.ahead().get(total..).unwrap_or_default();
        match self.link(next) {
            Link::Record { .. } => true,
            // A cut header after it proves nothing either way; only an exact end does.
            Link::Cut => !more && next.is_empty(),
            Link::No => false,
        }
    }

    /// Goes on with the next whole record after a damaged header.
    #[cold]
    fn recover(&self, desk: &mut Desk<'_>, claimed: u32) {
        let damaged = desk.window.offset();
        // The record before may have claimed too much and swallowed whole ones: look inside it.
        let back = desk.window.rewind(usize::MAX);
        if back > 0 {
            desk.window.skip(back.min(self.header));
        }
        resync::find(desk.window, |bytes| self.link(bytes));
        let found = desk.window.offset();
        if found < damaged {
            let problem =
                Problem::RecordLength { claimed: back.saturating_sub(self.header) as u64 };
            desk.log.warn(damaged - back as u64, problem, 0);
        } else {
            let problem = Problem::ImpossibleLength { claimed: claimed.into() };
            desk.log.warn(damaged, problem, found - damaged);
        }
    }

    /// When a record wants more than the file has: whether it is its length that is wrong, because
    /// whole records to the very end of the file stand behind it. Then the window is on the first.
    #[cold]
    fn hides_records(&self, desk: &mut Desk<'_>, total: usize) -> bool {
        if desk.window.was_interrupted() {
            return false;
        }
        let found = resync::find_to_the_end(desk.window.ahead(), |bytes| self.link(bytes));
        let Some(found) = found else { return false };
        let claimed = (total - self.header) as u64;
        desk.log.warn(desk.window.offset(), Problem::RecordLength { claimed }, found as u64);
        desk.window.skip(found);
        true
    }

    /// The end of the file: clean, or inside a record that needs `need` bytes.
    #[cold]
    fn end(&self, desk: &mut Desk<'_>, need: usize) -> Step {
        let have = desk.window.ahead().len();
        if have > 0 && !desk.window.was_interrupted() {
            let problem = Problem::Truncated { need: need as u64, have: have as u64 };
            desk.log.warn(desk.window.offset(), problem, 0);
        }
        desk.window.skip(have);
        Step::End
    }

    /// Whether a record may begin here. Stricter than reading on: only what a writer would write.
    pub(crate) fn link(&self, bytes: &[u8]) -> Link {
        let Some(head) = bytes.first_chunk::<RECORD_HEADER>() else { return Link::Cut };
        let record = Record::read(head, self.big_endian).in_order(self.swapped);
        let plausible = record.fraction < self.second
            && record.captured > 0
            && record.captured <= record.length
            && record.captured <= LARGEST_USUAL
            && record.length <= LARGEST_EVER;
        if !plausible {
            return Link::No;
        }
        let sure = self.first.is_some_and(|first| record.seconds.abs_diff(first) <= NEAR);
        Link::Record { length: self.header + record.captured as usize, sure }
    }

    /// Which length of record header the records have, for the magic numbers that several variants
    /// share. Only looks at what is in memory, so a live stream is not held up.
    fn fitting_header(&self, magic: u32, window: &mut Window) -> Option<usize> {
        let candidates: &[usize] = match magic {
            MICROSECONDS => &[16, 24, 20],
            MODIFIED => &[24, 28],
            _ => return None,
        };
        window.has(RECORD_HEADER);
        let ahead = window.ahead();
        let (usual, others) = candidates.split_first()?;
        // A file that merely ends early is the usual variant; the others must prove themselves.
        let fits = |(header, strict): (usize, bool)| self.fits(ahead, header, strict);
        let found = others.iter().copied().find(|header| fits((*header, true)));
        if fits((*usual, false)) { Some(*usual) } else { found.or(Some(*usual)) }
    }

    /// Whether the first records are sound if their headers have `header` bytes. Where bytes end
    /// inside a record, `strict` wants a few sound ones before: damage must not look like a variant.
    fn fits(&self, ahead: &[u8], header: usize, strict: bool) -> bool {
        let mut at = 0_usize;
        for record in 0..RECORDS_TO_FIT {
            let Some(head) = ahead.get(at..).and_then(<[u8]>::first_chunk) else {
                return !strict || at == ahead.len() || record > 2;
            };
            let head = Record::read(head, self.big_endian).in_order(self.swapped);
            let sound = head.fraction < self.second
                && head.captured <= self.largest
                && head.length <= LARGEST_EVER
                && head.captured <= head.length;
            if !sound {
                return false;
            }
            at = at.saturating_add(header + head.captured as usize);
        }
        true
    }
}

#[inline(always)]
fn word(head: &[u8; RECORD_HEADER], at: usize) -> u32 {
    head.get(at..).and_then(<[u8]>::first_chunk).map_or(0, |bytes| u32::from_le_bytes(*bytes))
}

impl Record {
    #[inline]
    fn read(head: &[u8; RECORD_HEADER], big_endian: bool) -> Self {
        let record = Self {
            seconds: word(head, 0),
            fraction: word(head, 4),
            captured: word(head, 8),
            length: word(head, 12),
        };
        if big_endian { record.swapped() } else { record }
    }

    #[cold]
    fn swapped(self) -> Self {
        Self {
            seconds: self.seconds.swap_bytes(),
            fraction: self.fraction.swap_bytes(),
            captured: self.captured.swap_bytes(),
            length: self.length.swap_bytes(),
        }
    }

    fn in_order(mut self, swapped: Swapped) -> Self {
        let swap = match swapped {
            Swapped::No => false,
            Swapped::Maybe => self.captured > self.length,
            Swapped::Yes => true,
        };
        if swap {
            std::mem::swap(&mut self.captured, &mut self.length);
        }
        self
    }
}

/// AIX wrote version 2.2, nanoseconds and RFC 1573 interface types under the ordinary magic number.
fn aix_link_type(network: u32) -> Option<LinkType> {
    match network {
        6 => Some(LinkType::ETHERNET),
        9 => Some(LinkType::TOKEN_RING),
        15 => Some(LinkType::FDDI),
        24 => Some(LinkType::NULL),
        _ => None,
    }
}
