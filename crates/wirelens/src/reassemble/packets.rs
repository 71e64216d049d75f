//! Datagrams that were put together, as packets of a capture.

use std::cell::Cell;

use wirelens_capture::{Frame, LinkType, Options, PcapWriter, Timestamp};
use wirelens_protocols::checksum;
use wirelens_reassembly::datagram::Datagram;
use wirelens_report::Warning;

use super::{Ended, Family, FragmentKey, Observer, Reassemble, Tally};
use crate::write::Chunks;
use crate::{Error, Output};

impl Reassemble {
    /// Writes the datagrams that are complete as a pcap file of raw IP packets: with the headers of
    /// their first fragments, but whole, with the length and the checksum that go with it, at the
    /// time of the frame that completed them. What is longer than a packet can be together with its
    /// header is left out and warned of.
    ///
    /// # Errors
    /// When only TCP is put together; when reading or writing fails.
    pub(super) fn write_packets(mut self, output: &mut Output) -> Result<Tally, Error> {
        if !self.wanted.ipv4 && !self.wanted.ipv6 {
            let text = "pcap holds datagrams, and none are put together; ask for ipv4 or ipv6";
            return Err(Error::Usage(text.to_owned()));
        }
        self.wanted.tcp = false;
        let limits = self.options.limits;
        let mut reassembly = self.events()?;
        let waits = Cell::new(false);
        let writer = PcapWriter::new(Chunks::new(output, &waits)).nanoseconds(true);
        let mut packets =
            Packets { writer, packet: Vec::new(), written: 0, left_out: 0, failed: None };
        let mut ended = loop {
            match reassembly.advance(&mut packets) {
                Ok(true) => {}
                Ok(false) => break Ok(()),
                Err(error) => break Err(error),
            }
            if let Some(error) = packets.failed.take() {
                break Err(error.into());
            }
            waits.set(reassembly.frames().may_wait());
            packets.writer.flush()?;
        };
        let Packets { writer, written, left_out, .. } = packets;
        waits.set(true);
        let finished = writer.finish().map(|_| ()).map_err(Error::from);
        ended = match ended.and(finished) {
            Err(Error::Capture(wirelens_capture::Error::Write(source))) => {
                Err(output.failed(source))
            }
            other => output.finish(&[]).and(other),
        };
        let mut tally = Tally::of(&reassembly);
        tally.complete = written;
        tally.incomplete = tally.datagrams.ended() - tally.datagrams.completed;
        tally.warn(&mut reassembly, &limits);
        if left_out > 0 {
            let text = format!("{left_out} datagrams are too long for a packet and left out");
            tally.warnings.push(Warning { text, offset: None });
        }
        ended.map(|()| tally)
    }
}

struct Packets<'o> {
    writer: PcapWriter<Chunks<'o>>,
    packet: Vec<u8>,
    written: u64,
    left_out: u64,
    failed: Option<wirelens_capture::Error>,
}

impl Observer for Packets<'_> {
    fn datagram(&mut self, key: &FragmentKey, datagram: Datagram<'_>, ended: Ended) {
        let (Ended::Complete, Some(payload)) = (ended, datagram.payload()) else { return };
        let header = datagram.header();
        let whole = match key.family {
            Family::Ipv4 => ipv4(&mut self.packet, header, payload),
            Family::Ipv6 => ipv6(&mut self.packet, header, payload),
        };
        if whole.is_none() {
            self.left_out += 1;
            return;
        }
        let Some(last) = datagram.frames().next_back() else { return };
        let seconds = (last.time / 1_000_000_000) as i64;
        let frame = Frame {
            number: last.frame,
            time: Some(Timestamp::new(seconds, (last.time % 1_000_000_000) as u32)),
            captured: &self.packet,
            length: self.packet.len() as u32,
            link_type: LinkType::RAW,
            interface: 0,
            section: 0,
            file: 0,
            offset: 0,
            options: Options { bytes: &[], big_endian: false },
            interfaces: &[],
            sections: &[],
        };
        match self.writer.frame(&frame) {
            Ok(()) => self.written += 1,
            Err(error) => _ = self.failed.get_or_insert(error),
        }
    }
}

/// An IPv4 packet (RFC 791 section 3.1); none if it would be too long, or the header is none.
fn ipv4(packet: &mut Vec<u8>, header: &[u8], payload: &[u8]) -> Option<()> {
    let length = u16::try_from(header.len() + payload.len()).ok()?;
    packet.clear();
    packet.extend_from_slice(header);
    packet.get_mut(2..4)?.copy_from_slice(&length.to_be_bytes());
    // More Fragments and the offset; the identification stays, as a trace of where it came from.
    let flags = *packet.get(6)? & 0xc0;
    packet.get_mut(6..8)?.copy_from_slice(&[flags, 0]);
    packet.get_mut(10..12)?.fill(0);
    let sum = !checksum::sum(packet);
    packet.get_mut(10..12)?.copy_from_slice(&sum.to_be_bytes());
    packet.extend_from_slice(payload);
    Some(())
}

/// An IPv6 packet without its fragment header (RFC 8200 section 4.5).
fn ipv6(packet: &mut Vec<u8>, header: &[u8], payload: &[u8]) -> Option<()> {
    let (before, fragment) = header.split_at_checked(header.len().checked_sub(8)?)?;
    let length = u16::try_from(before.len().checked_sub(40)? + payload.len()).ok()?;
    packet.clear();
    packet.extend_from_slice(before);
    packet.get_mut(4..6)?.copy_from_slice(&length.to_be_bytes());
    // The field that says 44 stands in the last of the headers before it.
    let (mut at, mut end) = (6, 40);
    while end < before.len() {
        at = end;
        end += (usize::from(*before.get(at + 1)?) + 1) * 8;
    }
    *packet.get_mut(at)? = *fragment.first()?;
    packet.extend_from_slice(payload);
    Some(())
}
