//! Writing pcapng: sections, interfaces as they are needed, frames with their options, other blocks
//! as they were. Source: draft-ietf-opsawg-pcapng.

use std::collections::HashMap;
use std::io::Write;

use crate::block::kind;
use crate::options::{self, Context, code};
use crate::{Block, Error, Frame, Interface, InterfaceCounters, Options, Resolution, Timestamp};

const ORDER: u32 = 0x1a2b_3c4d;

/// Writes frames and blocks as a pcapng file.
///
/// What is copied from another capture keeps its section's byte order, its interfaces (described
/// again when first needed, or when their block is copied), its options and its times. Frames from
/// files without interfaces get one that says what the file said. One writer is for one capture:
/// interfaces are known by their index. Give the output a buffer.
///
/// A frame without a time becomes a simple packet block when its interface is the section's first,
/// which is the only one such a block can have; otherwise its time is 0.
#[derive(Debug)]
pub struct PcapngWriter<W: Write> {
    output: W,
    application: Option<String>,
    comment: Option<String>,
    /// Byte order of the section being written; `None` before the first.
    section: Option<bool>,
    /// Interfaces described in this section: their index in the capture, their number here.
    interfaces: HashMap<u32, u32>,
    scratch: Vec<u8>,
}

impl<W: Write> PcapngWriter<W> {
    /// A writer that has written nothing yet.
    pub fn new(output: W) -> Self {
        Self {
            output,
            application: None,
            comment: None,
            section: None,
            interfaces: HashMap::new(),
            scratch: Vec::new(),
        }
    }

    /// Names the program in the headers of sections that are not copied.
    pub fn application(mut self, name: impl Into<String>) -> Self {
        self.application = Some(name.into());
        self
    }

    /// Puts a comment into the headers of sections that are not copied.
    pub fn comment(mut self, text: impl Into<String>) -> Self {
        self.comment = Some(text.into());
        self
    }

    /// The output.
    pub fn get_ref(&self) -> &W {
        &self.output
    }

    /// The output, for those who have more to do with it than write.
    pub fn get_mut(&mut self) -> &mut W {
        &mut self.output
    }

    /// Describes an interface now, though no frame needs it yet; `index` is its index in the
    /// capture. One that is described already stays as it is.
    ///
    /// # Errors
    /// When the output fails.
    pub fn describe(&mut self, index: u32, interface: &Interface) -> Result<(), Error> {
        if self.section.is_none() {
            self.begin_section(false)?;
        }
        self.interface(index, interface).map(drop)
    }

    /// Writes what was counted at an interface from `begun` to `ended`, after the interface if that
    /// is not described yet (draft section 4.6). Times that its unit cannot hold are left out.
    ///
    /// # Errors
    /// When the output fails.
    pub fn statistics(
        &mut self,
        interface: &Interface,
        counters: &InterfaceCounters,
        (begun, ended): (Timestamp, Timestamp),
    ) -> Result<(), Error> {
        self.describe(counters.interface, interface)?;
        let big_endian = self.section.unwrap_or(false);
        let number = self.interface(counters.interface, interface)?;
        let halves = |time| {
            let units = interface.resolution.units(time, interface.time_offset);
            units.map(|units| [(units >> 32) as u32, units as u32])
        };
        let mut block = self.scratch();
        for field in [number].into_iter().chain(halves(ended).unwrap_or_default()) {
            put(&mut block, field, big_endian);
        }
        for (code, time) in [(code::ISB_STARTTIME, begun), (code::ISB_ENDTIME, ended)] {
            let Some(halves) = halves(time) else { continue };
            let mut value = Vec::with_capacity(8);
            halves.into_iter().for_each(|half| put(&mut value, half, big_endian));
            options::push(&mut block, code, &value, big_endian);
        }
        for (code, count) in [
            (code::ISB_IFRECV, counters.received),
            (code::ISB_IFDROP, counters.dropped),
            (code::ISB_FILTERACCEPT, counters.filter_accepted),
            (code::ISB_OSDROP, counters.system_dropped),
            (code::ISB_USRDELIV, counters.delivered),
        ] {
            let Some(count) = count else { continue };
            let value = if big_endian { count.to_be_bytes() } else { count.to_le_bytes() };
            options::push(&mut block, code, &value, big_endian);
        }
        options::push(&mut block, code::END, &[], big_endian);
        self.block_of(kind::STATISTICS, block, big_endian)
    }

    /// Writes one frame with its options, after its interface if that is not described yet.
    ///
    /// # Errors
    /// When the output fails, the frame's interface is not among its interfaces, or its time does
    /// not fit 64 bits of the interface's unit.
    pub fn frame(&mut self, frame: &Frame<'_>) -> Result<(), Error> {
        let unknown = Error::UnknownInterface { frame: frame.number, interface: frame.interface };
        let interface = frame.interface_details().ok_or(unknown)?;
        let big_endian = match self.section {
            Some(big_endian) => big_endian,
            None => {
                self.begin_section(frame.options.big_endian && !frame.options.bytes.is_empty())?
            }
        };
        let number = self.interface(frame.interface, interface)?;
        let captured = u32::try_from(frame.captured.len()).map_err(|_| Error::FrameTooLong {
            frame: frame.number,
            length: frame.captured.len(),
        })?;
        let mut block = self.scratch();
        let kept = |limit| if limit == 0 { frame.length } else { frame.length.min(limit) };
        match frame.time {
            None if number == 0 && captured == kept(interface.snap_length) => {
                put(&mut block, frame.length, big_endian);
                pad(&mut block, frame.captured);
                return self.block_of(kind::SIMPLE_PACKET, block, big_endian);
            }
            time => {
                let time = time.unwrap_or_default();
                let misfit = || Error::TimeDoesNotFit {
                    frame: frame.number,
                    time,
                    format: "a 64-bit time in its interface's unit",
                    instead: "correct the interface's unit or offset",
                };
                let units = units(interface, time).ok_or_else(misfit)?;
                for field in [number, (units >> 32) as u32, units as u32, captured, frame.length] {
                    put(&mut block, field, big_endian);
                }
            }
        }
        pad(&mut block, frame.captured);
        options::reorder(frame.options, Context::Frame, big_endian, &mut block);
        self.block_of(kind::ENHANCED_PACKET, block, big_endian)
    }

    /// Copies a block that is not a frame. A section header begins a section; an interface is
    /// described once, here or when a frame first needs it; every other block is byte for byte what
    /// it was, but for the interface's number in statistics. A block in the other byte order than
    /// the section being written opens a section of its own.
    ///
    /// # Errors
    /// When the output fails, or statistics name an interface that is not described.
    pub fn block(&mut self, block: &Block<'_>) -> Result<(), Error> {
        if block.kind == kind::SECTION_HEADER {
            self.begin_copy(block)?;
            return Ok(());
        }
        if self.section != Some(block.big_endian) {
            self.begin_section(block.big_endian)?;
        }
        let interface = |index: u32| {
            let unknown = Error::UnknownInterface { frame: 0, interface: index };
            block.interfaces.get(index as usize).ok_or(unknown)
        };
        match (block.kind, block.interface) {
            (kind::INTERFACE, Some(index)) => self.interface(index, interface(index)?).map(drop),
            (kind::STATISTICS, Some(index)) => {
                let number = self.interface(index, interface(index)?)?;
                let mut bytes = self.scratch();
                put(&mut bytes, number, block.big_endian);
                bytes.extend_from_slice(block.body().get(4..).unwrap_or_default());
                self.block_of(block.kind, bytes, block.big_endian)
            }
            _ => self.output.write_all(block.bytes).map_err(Error::Write),
        }
    }

    /// Flushes the output.
    ///
    /// # Errors
    /// When the output fails.
    pub fn flush(&mut self) -> Result<(), Error> {
        self.output.flush().map_err(Error::Write)
    }

    /// Flushes the output and gives it back. A file without anything gets a section header.
    ///
    /// # Errors
    /// When the output fails.
    pub fn finish(mut self) -> Result<W, Error> {
        if self.section.is_none() {
            self.begin_section(false)?;
        }
        self.output.flush().map_err(Error::Write)?;
        Ok(self.output)
    }

    /// The number of an interface in this section, described now if it is not yet.
    fn interface(&mut self, index: u32, interface: &Interface) -> Result<u32, Error> {
        if let Some(number) = self.interfaces.get(&index) {
            return Ok(*number);
        }
        let big_endian = self.section.unwrap_or(false);
        let mut block = self.scratch();
        // Link type, and 16 reserved bits.
        let link_type = u32::from(interface.link_type.0);
        put(&mut block, if big_endian { link_type << 16 } else { link_type }, big_endian);
        put(&mut block, interface.snap_length, big_endian);
        if interface.option_bytes.is_empty() {
            let mut any = false;
            if interface.resolution != Resolution::MICROSECONDS {
                let byte = [interface.resolution.to_byte()];
                options::push(&mut block, code::IF_TSRESOL, &byte, big_endian);
                any = true;
            }
            if let Some(length) = interface.fcs_length {
                options::push(&mut block, code::IF_FCSLEN, &[length], big_endian);
                any = true;
            }
            if any {
                options::push(&mut block, code::END, &[], big_endian);
            }
        } else {
            options::reorder(interface.options(), Context::Interface, big_endian, &mut block);
        }
        self.block_of(kind::INTERFACE, block, big_endian)?;
        let number = self.interfaces.len() as u32;
        self.interfaces.insert(index, number);
        Ok(number)
    }

    fn begin_copy(&mut self, header: &Block<'_>) -> Result<(), Error> {
        self.section = Some(header.big_endian);
        self.interfaces.clear();
        let mut block = self.scratch();
        section_fields(&mut block, header.big_endian);
        options::reorder(header.options(), Context::Section, header.big_endian, &mut block);
        self.block_of(kind::SECTION_HEADER, block, header.big_endian)
    }

    fn begin_section(&mut self, big_endian: bool) -> Result<bool, Error> {
        self.section = Some(big_endian);
        self.interfaces.clear();
        let mut block = self.scratch();
        section_fields(&mut block, big_endian);
        let said = [(code::COMMENT, &self.comment), (code::SHB_APPLICATION, &self.application)];
        for (code, text) in said {
            if let Some(text) = text {
                options::push(&mut block, code, text.as_bytes(), big_endian);
            }
        }
        if self.comment.is_some() || self.application.is_some() {
            options::push(&mut block, code::END, &[], big_endian);
        }
        self.block_of(kind::SECTION_HEADER, block, big_endian)?;
        Ok(big_endian)
    }

    /// The reused buffer, with room for type and length at its front.
    fn scratch(&mut self) -> Vec<u8> {
        let mut block = std::mem::take(&mut self.scratch);
        block.clear();
        block.resize(8, 0);
        block
    }

    /// Writes a block whose body begins at byte 8, and keeps its buffer.
    fn block_of(&mut self, kind: u32, mut block: Vec<u8>, big_endian: bool) -> Result<(), Error> {
        let too_long = Error::FrameTooLong { frame: 0, length: block.len() };
        let length = u32::try_from(block.len() + 4).map_err(|_| too_long)?;
        put(&mut block, length, big_endian);
        let number = |number: u32| {
            if big_endian { number.to_be_bytes() } else { number.to_le_bytes() }
        };
        for (place, value) in block.chunks_exact_mut(4).zip([kind, length]) {
            place.copy_from_slice(&number(value));
        }
        let written = self.output.write_all(&block).map_err(Error::Write);
        self.scratch = block;
        written
    }
}

/// Byte-order mark, version 1.0, section length not said.
fn section_fields(block: &mut Vec<u8>, big_endian: bool) {
    put(block, ORDER, big_endian);
    put(block, if big_endian { 1 << 16 } else { 1 }, big_endian);
    put(block, u32::MAX, big_endian);
    put(block, u32::MAX, big_endian);
}

/// The units of a time, if the interface's own unit and offset turn them back into it.
fn units(interface: &Interface, time: Timestamp) -> Option<u64> {
    let (resolution, offset) = (interface.resolution, interface.time_offset);
    resolution.units(time, offset).filter(|units| resolution.time(*units, offset) == time)
}

fn put(block: &mut Vec<u8>, number: u32, big_endian: bool) {
    block.extend(if big_endian { number.to_be_bytes() } else { number.to_le_bytes() });
}

fn pad(block: &mut Vec<u8>, bytes: &[u8]) {
    block.extend_from_slice(bytes);
    block.resize(block.len().next_multiple_of(4), 0);
}

/// Options for a frame a program makes itself: comments and flags, in the order given.
///
/// ```
/// let mut list = wirelens_capture::OptionList::new();
/// list.comment("retransmission of frame 7");
/// assert_eq!(list.options().comments().count(), 1);
/// ```
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct OptionList {
    bytes: Vec<u8>,
}

impl OptionList {
    /// An empty list.
    pub fn new() -> Self {
        Self::default()
    }

    /// A list that begins with another's options, so that more can be added to a copied frame.
    pub fn from_options(options: Options<'_>) -> Self {
        let mut list = Self::new();
        for option in options {
            // One option at a time, so that no end mark comes into the middle.
            let mut one = Vec::new();
            options::push(&mut one, option.code, option.value, option.big_endian);
            let one = Options { bytes: &one, big_endian: option.big_endian };
            let before = list.bytes.len();
            options::reorder(one, Context::Frame, false, &mut list.bytes);
            let added = 4 + option.value.len().next_multiple_of(4);
            list.bytes.truncate(before + added);
        }
        list
    }

    /// Adds a comment.
    pub fn comment(&mut self, text: &str) -> &mut Self {
        self.push(code::COMMENT, text.as_bytes())
    }

    /// Adds an option; numbers in its value are little-endian.
    pub fn push(&mut self, code: u16, value: &[u8]) -> &mut Self {
        options::push(&mut self.bytes, code, value, false);
        self
    }

    /// The list, for [`Frame::options`](crate::Frame::options).
    pub fn options(&self) -> Options<'_> {
        Options { bytes: &self.bytes, big_endian: false }
    }
}
