//! Endpoints and conversations.

use std::collections::BTreeMap;

use crate::stats::gather::Gathered;
use crate::stats::talk::{Family, Talk, Ways};
use crate::stats::top::{Greatest, Sum};
use crate::stats::{Cell, Column, Plot, Section, Table};

const ADDRESSES: &[Column] = &[
    Column::new("address", "Address"),
    Column::new("frames", "Frames"),
    Column::new("bytes", "Bytes"),
    Column::new("sent_frames", "Frames sent"),
    Column::new("sent_bytes", "Bytes sent"),
    Column::new("received_frames", "Frames received"),
    Column::new("received_bytes", "Bytes received"),
];

const PORTS: &[Column] = &[
    Column::new("protocol", "Protocol"),
    Column::new("address", "Address"),
    Column::new("port", "Port"),
    Column::new("frames", "Frames"),
    Column::new("bytes", "Bytes"),
    Column::new("sent_frames", "Frames sent"),
    Column::new("sent_bytes", "Bytes sent"),
    Column::new("received_frames", "Frames received"),
    Column::new("received_bytes", "Bytes received"),
];

/// The sums of an endpoint, or of others.
fn sums(ways: &Ways) -> [Cell; 6] {
    [
        Cell::Count(ways.frames()),
        Cell::Bytes(ways.bytes()),
        Cell::Count(ways.there.frames),
        Cell::Bytes(ways.there.bytes),
        Cell::Count(ways.back.frames),
        Cell::Bytes(ways.back.bytes),
    ]
}

fn row(words: impl IntoIterator<Item = Cell>, ways: &Ways) -> Vec<Cell> {
    words.into_iter().chain(sums(ways)).collect()
}

/// Adds what a [`Top`](crate::stats::top::Top) says of those that have no row.
fn end<K>(section: &mut Section, mut table: Table, greatest: &Greatest<'_, K, Ways>, words: usize) {
    table.plot = Plot::Bars(words + 1);
    if greatest.other_keys > 0 {
        table.others = Some(row(vec![Cell::None; words], &greatest.others));
        table.other_rows = greatest.other_keys;
    }
    if greatest.missing > 0 {
        let (missing, title) = (greatest.missing, table.title);
        section.notes.push(format!(
            "{title}: there were too many to remember all. A row lacks {missing} bytes at the most; sums are exact."
        ));
    }
    section.tables.push(table);
}

pub(super) fn endpoints(gathered: &Gathered) -> Section {
    let mut section = Section::new("endpoints", "Endpoints");
    let Some(talk) = &gathered.talk else { return section };
    for family in Family::ALL {
        let (name, title) = match family {
            Family::Ethernet => ("endpoints_eth", "Ethernet addresses"),
            Family::Ipv4 => ("endpoints_ip", "IPv4 addresses"),
            Family::Ipv6 => ("endpoints_ipv6", "IPv6 addresses"),
        };
        let greatest = talk.addresses[family as usize].greatest(gathered.top);
        let mut table = Table::new(name, title, ADDRESSES);
        let rows = greatest.first.iter();
        table.rows.extend(rows.map(|(key, ways)| row([Cell::text(key.to_string())], ways)));
        end(&mut section, table, &greatest, 1);
    }
    let greatest = talk.ports.greatest(gathered.top);
    let mut table = Table::new("endpoints_ports", "Addresses and ports", PORTS);
    for ((protocol, address, port), ways) in greatest.first.iter().copied() {
        let words = [
            Cell::text(protocol_name(*protocol)),
            Cell::text(address.to_string()),
            Cell::Number((*port).into()),
        ];
        table.rows.push(row(words, ways));
    }
    end(&mut section, table, &greatest, 3);
    section
}

fn protocol_name(number: u8) -> &'static str {
    match number {
        6 => "tcp",
        17 => "udp",
        33 => "dccp",
        132 => "sctp",
        136 => "udplite",
        _ => "ip",
    }
}

const PAIRS: &[Column] = &[
    Column::new("a", "A"),
    Column::new("b", "B"),
    Column::new("frames", "Frames"),
    Column::new("bytes", "Bytes"),
    Column::new("frames_ab", "Frames A to B"),
    Column::new("bytes_ab", "Bytes A to B"),
    Column::new("frames_ba", "Frames B to A"),
    Column::new("bytes_ba", "Bytes B to A"),
];

const FLOWS: &[Column] = &[
    Column::new("number", "Flow"),
    Column::new("protocol", "Protocol"),
    Column::new("initiator", "Initiator"),
    Column::data("initiator_port"),
    Column::new("responder", "Responder"),
    Column::data("responder_port"),
    Column::new("application", "Application"),
    Column::new("host", "About"),
    Column::data("first"),
    Column::new("duration", "Duration"),
    Column::new("ended", "Ended"),
    Column::new("frames", "Frames"),
    Column::new("bytes", "Bytes"),
    Column::data("sent_frames"),
    Column::new("sent_bytes", "Bytes there"),
    Column::data("received_frames"),
    Column::new("received_bytes", "Bytes back"),
];

const PROTOCOLS: &[Column] = &[
    Column::new("protocol", "Protocol"),
    Column::new("flows", "Flows"),
    Column::new("frames", "Frames"),
    Column::new("bytes", "Bytes"),
    Column::new("sent_frames", "Frames there"),
    Column::new("sent_bytes", "Bytes there"),
    Column::new("received_frames", "Frames back"),
    Column::new("received_bytes", "Bytes back"),
];

pub(super) fn conversations(gathered: &Gathered) -> Section {
    let mut section = Section::new("conversations", "Conversations");
    let Some(talk) = &gathered.talk else { return section };
    for family in Family::ALL {
        let (name, title) = match family {
            Family::Ethernet => ("conversations_eth", "Between Ethernet addresses"),
            Family::Ipv4 => ("conversations_ip", "Between IPv4 addresses"),
            Family::Ipv6 => ("conversations_ipv6", "Between IPv6 addresses"),
        };
        let greatest = talk.pairs[family as usize].greatest(gathered.top);
        let mut table = Table::new(name, title, PAIRS);
        for ((a, b), ways) in greatest.first.iter().copied() {
            table.rows.push(row([Cell::text(a.to_string()), Cell::text(b.to_string())], ways));
        }
        end(&mut section, table, &greatest, 2);
    }
    section.tables.push(protocols(&talk.protocols));
    section.tables.push(flows(talk));
    section
}

fn protocols(protocols: &BTreeMap<&'static str, (u64, Ways)>) -> Table {
    let mut table = Table::new("flow_protocols", "Flows by protocol", PROTOCOLS);
    table.plot = Plot::Bars(3);
    let mut sorted: Vec<_> = protocols.iter().collect();
    sorted.sort_by_key(|(name, (_, ways))| (std::cmp::Reverse(ways.bytes()), **name));
    for (name, (count, ways)) in sorted {
        table.rows.push(row([Cell::text(*name), Cell::Count(*count)], ways));
    }
    table
}

fn flows(talk: &Talk) -> Table {
    let mut table = Table::new("flows", "Largest flows", FLOWS);
    table.plot = Plot::Bars(12);
    let (mut listed, mut others, mut all) = (Ways::default(), Ways::default(), 0);
    for (count, ways) in talk.protocols.values() {
        all += count;
        others.add(ways);
    }
    let largest = talk.largest();
    for over in &largest {
        listed.add(&over.ways);
        let text = |text: Option<&str>| text.map_or(Cell::None, Cell::text);
        let port = |at: usize| match over.ends[at].port {
            0 => Cell::None,
            port => Cell::Number(port.into()),
        };
        let words = [
            Cell::Number(over.number),
            Cell::text(over.protocol),
            Cell::text(over.ends[0].to_string()),
            port(0),
            Cell::text(over.ends[1].to_string()),
            port(1),
            text(over.application),
            text(over.host.as_deref()),
            Cell::Moment(over.first),
            Cell::Time(over.last.saturating_sub(over.first)),
            Cell::text(over.ended.name()),
        ];
        table.rows.push(row(words, &over.ways));
    }
    let more = all - largest.len() as u64;
    if more > 0 {
        let Ways { there, back } = &mut others;
        there.frames -= listed.there.frames;
        there.bytes -= listed.there.bytes;
        back.frames -= listed.back.frames;
        back.bytes -= listed.back.bytes;
        table.others = Some(row(vec![Cell::None; 11], &others));
        table.other_rows = more;
    }
    table
}
