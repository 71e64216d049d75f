//! etherparse and pcap-parser at the jobs that they have: `peers-rust iterate|slice|flows|defrag FILE`.
//!
//! Files are pcap with Ethernet frames. etherparse reads no files, so pcap-parser does for both.

use std::collections::HashMap;
use std::error::Error;
use std::fs::File;

use etherparse::defrag::IpDefragPool;
use etherparse::{LaxSlicedPacket, NetSlice, LaxNetSlice, SlicedPacket, TransportSlice};
use pcap_parser::traits::PcapReaderIterator;
use pcap_parser::{LegacyPcapReader, PcapBlockOwned, PcapError};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let usage = "usage: peers-rust iterate|slice|flows|defrag FILE";
    let (job, path) = (arguments.next().ok_or(usage)?, arguments.next().ok_or(usage)?);
    let mut counts = Counts::default();
    match job.as_str() {
        "iterate" => each(&path, |bytes| counts.bytes += bytes.len())?,
        "slice" => each(&path, |bytes| counts.slice(bytes))?,
        "flows" => {
            let mut flows = HashMap::new();
            each(&path, |bytes| counts.flow(&mut flows, bytes))?;
            counts.found = flows.len();
        }
        "defrag" => {
            let mut pool = IpDefragPool::<(), ()>::new();
            each(&path, |bytes| counts.defrag(&mut pool, bytes))?;
        }
        _ => return Err(usage.into()),
    }
    println!("{counts:?}");
    Ok(())
}

#[derive(Default, Debug)]
struct Counts {
    bytes: usize,
    found: usize,
    refused: usize,
}

/// Both addresses and ports, the lower first, and the protocol.
type Key = ([u8; 16], u16, [u8; 16], u16, u8);

impl Counts {
    fn slice(&mut self, bytes: &[u8]) {
        match LaxSlicedPacket::from_ethernet(bytes) {
            Ok(packet) => {
                self.bytes += bytes.len();
                self.found += usize::from(packet.transport.is_some());
            }
            Err(_) => self.refused += 1,
        }
    }

    fn flow(&mut self, flows: &mut HashMap<Key, [u64; 2]>, bytes: &[u8]) {
        let Ok(packet) = LaxSlicedPacket::from_ethernet(bytes) else {
            self.refused += 1;
            return;
        };
        let mut addresses = [[0; 16]; 2];
        let protocol = match &packet.net {
            Some(LaxNetSlice::Ipv4(ip)) => {
                addresses[0][..4].copy_from_slice(&ip.header().source());
                addresses[1][..4].copy_from_slice(&ip.header().destination());
                ip.payload().ip_number.0
            }
            Some(LaxNetSlice::Ipv6(ip)) => {
                addresses = [ip.header().source(), ip.header().destination()];
                ip.payload().ip_number.0
            }
            _ => return,
        };
        let ports = match &packet.transport {
            Some(TransportSlice::Tcp(tcp)) => [tcp.source_port(), tcp.destination_port()],
            Some(TransportSlice::Udp(udp)) => [udp.source_port(), udp.destination_port()],
            _ => [0, 0],
        };
        let forward = (addresses[0], ports[0]) <= (addresses[1], ports[1]);
        let (low, high) = if forward { (0, 1) } else { (1, 0) };
        let key = (addresses[low], ports[low], addresses[high], ports[high], protocol);
        let traffic = flows.entry(key).or_default();
        traffic[0] += 1;
        traffic[1] += bytes.len() as u64;
    }

    fn defrag(&mut self, pool: &mut IpDefragPool, bytes: &[u8]) {
        let Ok(packet) = SlicedPacket::from_ethernet(bytes) else {
            self.refused += 1;
            return;
        };
        if !matches!(packet.net, Some(NetSlice::Ipv4(_) | NetSlice::Ipv6(_))) {
            return;
        }
        match pool.process_sliced_packet(&packet, (), ()) {
            Ok(Some(whole)) => {
                self.found += 1;
                self.bytes += whole.payload.len();
                pool.return_buf(whole);
            }
            Ok(None) => {}
            Err(_) => self.refused += 1,
        }
    }
}

/// Hands on the bytes of each frame.
fn each(path: &str, mut job: impl FnMut(&[u8])) -> Result<(), Box<dyn Error>> {
    let mut reader = LegacyPcapReader::new(1 << 18, File::open(path)?)?;
    loop {
        match reader.next() {
            Ok((consumed, block)) => {
                if let PcapBlockOwned::Legacy(frame) = block {
                    job(frame.data);
                }
                reader.consume(consumed);
            }
            Err(PcapError::Eof) => return Ok(()),
            Err(PcapError::Incomplete(_)) => reader.refill().map_err(|e| format!("{e:?}"))?,
            Err(error) => return Err(format!("{error:?}").into()),
        }
    }
}
