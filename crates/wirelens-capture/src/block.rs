//! Blocks of a pcapng file that are not frames: kept in order, readable, and writable as they were.

use crate::options::{BlockOption, Options, code, u32_at};
use crate::{Interface, Timestamp};

/// Block types, pcapng draft section 11.1 and appendix A.
pub mod kind {
    /// Interface Description Block.
    pub const INTERFACE: u32 = 1;
    /// Packet Block, obsolete.
    pub const PACKET: u32 = 2;
    /// Simple Packet Block.
    pub const SIMPLE_PACKET: u32 = 3;
    /// Name Resolution Block.
    pub const NAME_RESOLUTION: u32 = 4;
    /// Interface Statistics Block.
    pub const STATISTICS: u32 = 5;
    /// Enhanced Packet Block.
    pub const ENHANCED_PACKET: u32 = 6;
    /// systemd Journal Export Block.
    pub const JOURNAL: u32 = 9;
    /// Decryption Secrets Block.
    pub const SECRETS: u32 = 10;
    /// Custom Block that may be copied.
    pub const CUSTOM: u32 = 0x0000_0bad;
    /// Custom Block that is not to be copied.
    pub const CUSTOM_LOCAL: u32 = 0x4000_0bad;
    /// Section Header Block.
    pub const SECTION_HEADER: u32 = 0x0a0d_0d0a;

    /// Types that writers use: standard, sysdig's, custom and local ones.
    pub(crate) const fn is_usual(kind: u32) -> bool {
        matches!(
            kind,
            1..=0x20 | 0x200..=0x240 | CUSTOM | CUSTOM_LOCAL | SECTION_HEADER | 0x8000_0000..
        )
    }
}

/// A block that is not a frame, lent until the reader's next call.
#[derive(Clone, Copy, Debug)]
pub struct Block<'a> {
    /// Its type; see [`kind`].
    pub kind: u32,
    /// The whole block as it stands in the file: type, lengths, body, options.
    pub bytes: &'a [u8],
    /// Whether its numbers are big-endian.
    pub big_endian: bool,
    /// The interface it defines or counts for: an index in
    /// [`Capture::interfaces`](crate::Capture::interfaces).
    pub interface: Option<u32>,
    /// Index of its section in [`Capture::sections`](crate::Capture::sections).
    pub section: u32,
    /// Index of its file in [`Capture::files`](crate::Capture::files).
    pub file: u32,
    /// Offset in the (decompressed) file, bytes.
    pub offset: u64,
    /// All interfaces known so far; `interface` points into it.
    pub interfaces: &'a [Interface],
}

/// What a block holds, read.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Content<'a> {
    /// A section begins.
    SectionHeader,
    /// An interface is defined.
    Interface,
    /// Names of addresses.
    Names(NameRecords<'a>),
    /// Counters of an interface.
    Statistics(Statistics<'a>),
    /// Keys to decrypt with.
    Secrets(Secrets<'a>),
    /// A journal entry in systemd's export format.
    Journal(&'a [u8]),
    /// A block defined by an enterprise.
    Custom {
        /// IANA private enterprise number.
        enterprise: u32,
        /// What that enterprise defines, options included.
        data: &'a [u8],
        /// Whether it may be copied to another file.
        copyable: bool,
    },
    /// A type this reader does not know: its body.
    Unknown(&'a [u8]),
}

impl<'a> Block<'a> {
    /// What is between the lengths.
    pub fn body(&self) -> &'a [u8] {
        self.bytes.get(8..self.bytes.len().saturating_sub(4)).unwrap_or_default()
    }

    /// What it holds. A block too short for its kind is [`Content::Unknown`].
    pub fn content(&self) -> Content<'a> {
        let body = self.body();
        let content = match self.kind {
            kind::SECTION_HEADER => Some(Content::SectionHeader),
            kind::INTERFACE => Some(Content::Interface),
            kind::NAME_RESOLUTION => {
                Some(Content::Names(NameRecords { rest: body, big_endian: self.big_endian }))
            }
            kind::STATISTICS => self.statistics().map(Content::Statistics),
            kind::SECRETS => self.secrets().map(Content::Secrets),
            kind::JOURNAL => Some(Content::Journal(body)),
            kind::CUSTOM | kind::CUSTOM_LOCAL => self.custom(),
            _ => None,
        };
        content.unwrap_or(Content::Unknown(body))
    }

    /// Its options; none for kinds whose options have no known place.
    pub fn options(&self) -> Options<'a> {
        let body = self.body();
        let from = match self.kind {
            kind::SECTION_HEADER => Some(16),
            kind::INTERFACE => Some(8),
            kind::STATISTICS => Some(12),
            kind::SECRETS => u32_at(body, 4, self.big_endian)
                .and_then(|length| 8_usize.checked_add((length as usize).next_multiple_of(4))),
            kind::NAME_RESOLUTION => {
                let mut names = NameRecords { rest: body, big_endian: self.big_endian };
                names.by_ref().for_each(drop);
                Some(body.len() - names.rest.len())
            }
            _ => None,
        };
        let bytes = from.and_then(|from| body.get(from..)).unwrap_or_default();
        Options { bytes, big_endian: self.big_endian }
    }

    fn statistics(&self) -> Option<Statistics<'a>> {
        let body = self.body();
        let high = u32_at(body, 4, self.big_endian)?;
        let low = u32_at(body, 8, self.big_endian)?;
        let interface = self.interface.and_then(|index| self.interfaces.get(index as usize));
        Some(Statistics {
            units: u64::from(high) << 32 | u64::from(low),
            interface,
            options: self.options(),
        })
    }

    fn secrets(&self) -> Option<Secrets<'a>> {
        let body = self.body();
        let length = u32_at(body, 4, self.big_endian)? as usize;
        Some(Secrets {
            kind: u32_at(body, 0, self.big_endian)?,
            data: body.get(8..)?.get(..length)?,
        })
    }

    fn custom(&self) -> Option<Content<'a>> {
        let body = self.body();
        Some(Content::Custom {
            enterprise: u32_at(body, 0, self.big_endian)?,
            data: body.get(4..)?,
            copyable: self.kind == kind::CUSTOM,
        })
    }
}

/// Interface statistics, draft section 4.6. Counters a writer left out are `None`.
#[derive(Clone, Copy, Debug)]
pub struct Statistics<'a> {
    units: u64,
    interface: Option<&'a Interface>,
    /// The options; counters among them.
    pub options: Options<'a>,
}

impl Statistics<'_> {
    /// When the counters were read.
    pub fn time(&self) -> Timestamp {
        self.to_time(self.units)
    }

    /// When the capture began.
    pub fn start(&self) -> Option<Timestamp> {
        let units = self.options.find(code::ISB_STARTTIME)?.time_units()?;
        Some(self.to_time(units))
    }

    /// When the capture ended.
    pub fn end(&self) -> Option<Timestamp> {
        let units = self.options.find(code::ISB_ENDTIME)?.time_units()?;
        Some(self.to_time(units))
    }

    /// Frames the interface received.
    pub fn received(&self) -> Option<u64> {
        self.counter(code::ISB_IFRECV)
    }

    /// Frames the interface dropped.
    pub fn dropped(&self) -> Option<u64> {
        self.counter(code::ISB_IFDROP)
    }

    /// Frames the filter let through.
    pub fn filter_accepted(&self) -> Option<u64> {
        self.counter(code::ISB_FILTERACCEPT)
    }

    /// Frames the operating system dropped.
    pub fn system_dropped(&self) -> Option<u64> {
        self.counter(code::ISB_OSDROP)
    }

    /// Frames delivered to the capturing program.
    pub fn delivered(&self) -> Option<u64> {
        self.counter(code::ISB_USRDELIV)
    }

    fn counter(&self, code: u16) -> Option<u64> {
        self.options.find(code).and_then(BlockOption::u64)
    }

    fn to_time(self, units: u64) -> Timestamp {
        match self.interface {
            Some(interface) => interface.resolution.time(units, interface.time_offset),
            None => crate::Resolution::MICROSECONDS.time(units, 0),
        }
    }
}

/// Decryption secrets, draft section 4.7.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Secrets<'a> {
    /// The kind's number: four letters such as `TLSK`.
    pub kind: u32,
    /// The secrets in that kind's own format.
    pub data: &'a [u8],
}

impl Secrets<'_> {
    /// TLS key log.
    pub const TLS: u32 = 0x544c_534b;
    /// SSH key log.
    pub const SSH: u32 = 0x5353_484b;
    /// WireGuard key log.
    pub const WIREGUARD: u32 = 0x5747_4b4c;
    /// ZigBee network key and PAN identity.
    pub const ZIGBEE_NETWORK: u32 = 0x5a4e_574b;
    /// ZigBee application support key.
    pub const ZIGBEE_SUPPORT: u32 = 0x5a41_5053;
    /// OPC UA key log.
    pub const OPC_UA: u32 = 0x5541_4b4c;

    /// What the kind is called.
    pub const fn name(&self) -> Option<&'static str> {
        Some(match self.kind {
            Self::TLS => "TLS key log",
            Self::SSH => "SSH key log",
            Self::WIREGUARD => "WireGuard key log",
            Self::ZIGBEE_NETWORK => "ZigBee network key",
            Self::ZIGBEE_SUPPORT => "ZigBee application support key",
            Self::OPC_UA => "OPC UA key log",
            _ => return None,
        })
    }
}

/// One record of a name resolution block, draft section 4.5.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum NameRecord<'a> {
    /// An IPv4 address and its names.
    Ipv4([u8; 4], Names<'a>),
    /// An IPv6 address and its names.
    Ipv6([u8; 16], Names<'a>),
    /// A 48-bit hardware address and its names.
    Eui48([u8; 6], Names<'a>),
    /// A 64-bit hardware address and its names.
    Eui64([u8; 8], Names<'a>),
    /// A kind this reader does not know, or one too short for its address: number and value.
    Unknown(u16, &'a [u8]),
}

/// Names in a record, each ended by a zero byte.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Names<'a>(pub &'a [u8]);

impl<'a> Names<'a> {
    /// Each name. Should be UTF-8.
    pub fn iter(self) -> impl Iterator<Item = &'a [u8]> {
        self.0.split(|byte| *byte == 0).filter(|name| !name.is_empty())
    }
}

/// Iterator over the records of a name resolution block.
#[derive(Clone, Debug)]
pub struct NameRecords<'a> {
    rest: &'a [u8],
    big_endian: bool,
}

impl<'a> Iterator for NameRecords<'a> {
    type Item = NameRecord<'a>;

    fn next(&mut self) -> Option<NameRecord<'a>> {
        let kind = crate::options::u16_at(self.rest, 0, self.big_endian)?;
        let length = usize::from(crate::options::u16_at(self.rest, 2, self.big_endian)?);
        let value = self.rest.get(4..4 + length)?;
        self.rest = self.rest.get(4 + length.next_multiple_of(4)..).unwrap_or_default();
        fn split<const N: usize>(value: &[u8]) -> Option<([u8; N], Names<'_>)> {
            value.split_first_chunk().map(|(address, names)| (*address, Names(names)))
        }
        let record = match kind {
            0 => return None,
            1 => split(value).map(|(address, names)| NameRecord::Ipv4(address, names)),
            2 => split(value).map(|(address, names)| NameRecord::Ipv6(address, names)),
            3 => split(value).map(|(address, names)| NameRecord::Eui48(address, names)),
            4 => split(value).map(|(address, names)| NameRecord::Eui64(address, names)),
            _ => None,
        };
        Some(record.unwrap_or(NameRecord::Unknown(kind, value)))
    }
}
