//! Writing classic pcap. Source: draft-ietf-opsawg-pcap.

use std::io::Write;

use crate::{Error, Frame, Interface, LinkType};

/// What a frame without an interface description is given as snapshot length, bytes.
const SNAP_LENGTH: u32 = 262_144;

/// Writes frames as a pcap file, little-endian.
///
/// The header is written with the first frame: its link type becomes the file's, and times are
/// nanoseconds when its interface has a finer unit than microseconds. Give the output a buffer.
#[derive(Debug)]
pub struct PcapWriter<W: Write> {
    output: W,
    header: Option<Header>,
    nanoseconds: Option<bool>,
}

#[derive(Clone, Copy, Debug)]
struct Header {
    link_type: LinkType,
    nanoseconds: bool,
}

impl<W: Write> PcapWriter<W> {
    /// A writer that has written nothing yet.
    pub fn new(output: W) -> Self {
        Self { output, header: None, nanoseconds: None }
    }

    /// Sets whether times are nanoseconds, whatever the first frame's interface has.
    pub fn nanoseconds(mut self, nanoseconds: bool) -> Self {
        self.nanoseconds = Some(nanoseconds);
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

    /// Writes the header now, for frames of this interface; without one, for Ethernet. Where it is
    /// written already it stays as it is.
    ///
    /// # Errors
    /// When the output fails.
    pub fn describe(&mut self, interface: Option<&Interface>) -> Result<(), Error> {
        if self.header.is_some() {
            return Ok(());
        }
        let link_type = interface.map_or(LinkType::ETHERNET, |interface| interface.link_type);
        let finer = interface.is_some_and(|it| it.resolution.is_finer_than_microseconds());
        let nanoseconds = self.nanoseconds.unwrap_or(finer);
        self.write_header(link_type, interface, nanoseconds).map(drop)
    }

    /// Writes one frame. Comments and options have no place in pcap; a frame without a time gets 0.
    ///
    /// # Errors
    /// When the output fails; the frame has another link type than the first; its time is before
    /// 1970, after 2106, or has nanoseconds in a file of microseconds.
    pub fn frame(&mut self, frame: &Frame<'_>) -> Result<(), Error> {
        let header = match self.header {
            Some(header) => header,
            None => self.begin(frame)?,
        };
        if frame.link_type != header.link_type {
            return Err(Error::SecondLinkType {
                frame: frame.number,
                expected: header.link_type,
                found: frame.link_type,
            });
        }
        let time = frame.time.unwrap_or_default();
        let misfit =
            |instead| Error::TimeDoesNotFit { frame: frame.number, time, format: "pcap", instead };
        let seconds = u32::try_from(time.seconds())
            .map_err(|_| misfit("write pcapng, which has 64-bit times"))?;
        let fraction = match (header.nanoseconds, time.nanoseconds()) {
            (true, nanoseconds) => nanoseconds,
            (false, nanoseconds) if nanoseconds.is_multiple_of(1000) => nanoseconds / 1000,
            _ => return Err(misfit("write pcapng, where each interface has its own unit")),
        };
        let captured = u32::try_from(frame.captured.len()).map_err(|_| Error::FrameTooLong {
            frame: frame.number,
            length: frame.captured.len(),
        })?;
        let mut head = [0; 16];
        for (place, number) in
            head.chunks_exact_mut(4).zip([seconds, fraction, captured, frame.length])
        {
            place.copy_from_slice(&number.to_le_bytes());
        }
        self.output.write_all(&head).map_err(Error::Write)?;
        self.output.write_all(frame.captured).map_err(Error::Write)
    }

    /// Flushes the output and gives it back. A file without frames gets a header for Ethernet.
    ///
    /// # Errors
    /// When the output fails.
    pub fn finish(mut self) -> Result<W, Error> {
        self.describe(None)?;
        self.output.flush().map_err(Error::Write)?;
        Ok(self.output)
    }

    /// Flushes the output.
    ///
    /// # Errors
    /// When the output fails.
    pub fn flush(&mut self) -> Result<(), Error> {
        self.output.flush().map_err(Error::Write)
    }

    fn begin(&mut self, frame: &Frame<'_>) -> Result<Header, Error> {
        let interface = frame.interface_details();
        let nanoseconds = self.nanoseconds.unwrap_or_else(|| {
            // A unit such as seconds with an offset still fits; only finer ones do not.
            interface.is_some_and(|interface| interface.resolution.is_finer_than_microseconds())
                || frame.time.is_some_and(|time| !time.nanoseconds().is_multiple_of(1000))
        });
        self.write_header(frame.link_type, interface, nanoseconds)
    }

    fn write_header(
        &mut self,
        link_type: LinkType,
        interface: Option<&Interface>,
        nanoseconds: bool,
    ) -> Result<Header, Error> {
        // pcapng's 0, no limit, would be a limit of nothing to old readers.
        let snap_length = interface
            .map(|interface| interface.snap_length)
            .filter(|length| *length != 0)
            .unwrap_or(SNAP_LENGTH);
        let fcs_length = interface.and_then(|interface| interface.fcs_length);
        let magic: u32 = if nanoseconds { 0xa1b2_3c4d } else { 0xa1b2_c3d4 };
        // Four bits for units of 16 bits, and bit 26 to say that they mean something.
        let fcs = fcs_length.map_or(0, |bytes| u32::from(bytes / 2) << 28 | 0x0400_0000);
        let mut header = [0; 24];
        for (place, number) in header.chunks_exact_mut(4).zip([
            magic,
            // Version 2.4: two 16-bit numbers.
            4 << 16 | 2,
            0,
            0,
            snap_length,
            fcs | u32::from(link_type.0),
        ]) {
            place.copy_from_slice(&number.to_le_bytes());
        }
        self.output.write_all(&header).map_err(Error::Write)?;
        let header = Header { link_type, nanoseconds };
        self.header = Some(header);
        Ok(header)
    }
}
