//! DNS, HTTP, TLS.

use super::tcp::{TIME_COLUMNS, error_note, spread, time_row};
use crate::stats::gather::Gathered;
use crate::stats::rows::Numbers;
use crate::stats::top::Top;
use crate::stats::{Cell, Column, Plot, Section, Table};

const NUMBERED: &[Column] = &[
    Column::new("number", "Number"),
    Column::new("name", "Name"),
    Column::new("count", "Count"),
    Column::new("share", "Share"),
];

const NAMED: &[Column] =
    &[Column::new("name", "Name"), Column::new("count", "Count"), Column::new("share", "Share")];

fn numbers(name: &'static str, title: &'static str, numbers: &Numbers, most: usize) -> Table {
    let mut table = Table::new(name, title, NUMBERED);
    table.plot = Plot::Bars(2);
    let (all, sorted) = (numbers.total(), numbers.sorted());
    let (first, others) = sorted.split_at(most.min(sorted.len()));
    for (number, name, count) in first {
        let name = name.map_or(Cell::None, Cell::text);
        let share = Cell::share(*count, all);
        table.rows.push(vec![Cell::Number(*number), name, Cell::Count(*count), share]);
    }
    if !others.is_empty() {
        let count = others.iter().map(|(.., count)| count).sum();
        let cells = vec![Cell::None, Cell::None, Cell::Count(count), Cell::share(count, all)];
        table.others = Some(cells);
        table.other_rows = others.len() as u64;
    }
    table
}

fn names(
    section: &mut Section,
    name: &'static str,
    title: &'static str,
    names: &Top<Vec<u8>, u64>,
    most: usize,
) {
    let mut table = Table::new(name, title, NAMED);
    table.plot = Plot::Bars(1);
    let (all, greatest) = (names.total(), names.greatest(most));
    for (name, count) in greatest.first.iter().copied() {
        let name = Cell::text(String::from_utf8_lossy(name));
        table.rows.push(vec![name, Cell::Count(*count), Cell::share(*count, all)]);
    }
    if greatest.other_keys > 0 {
        let count = greatest.others;
        table.others = Some(vec![Cell::None, Cell::Count(count), Cell::share(count, all)]);
        table.other_rows = greatest.other_keys;
    }
    if greatest.missing > 0 {
        let missing = greatest.missing;
        section.notes.push(format!(
            "{title}: there were too many to remember all. A count lacks {missing} at the most; sums are exact."
        ));
    }
    section.tables.push(table);
}

pub(super) fn dns(gathered: &Gathered) -> Section {
    let mut section = Section::new("dns", "DNS");
    let Some(dns) = &gathered.dns else { return section };
    let top = gathered.top;
    section.fact("queries", "Queries", Cell::Count(dns.queries));
    section.fact("responses", "Responses", Cell::Count(dns.responses));
    section.fact("unanswered", "Queries without an answer", Cell::Count(dns.unanswered()));
    section.fact("repeated", "Queries sent again", Cell::Count(dns.repeated));
    section.fact("unasked", "Answers without a query", Cell::Count(dns.unasked));
    section.tables.push(numbers("dns_types", "What was asked for", &dns.types, top));
    section.tables.push(numbers("dns_codes", "How it was answered", &dns.codes, top));
    names(&mut section, "dns_names", "Names most asked for", &dns.names, top);
    let mut times = Table::new("dns_times", "How long answers took", TIME_COLUMNS);
    times.rows.push(time_row("answer", &dns.latency));
    section.tables.push(times);
    section.tables.push(spread("dns_latency", "Answers by how long they took", &dns.latency));
    if dns.latency.count() > 0 {
        section.notes.push(error_note());
    }
    if dns.forgotten > 0 {
        let forgotten = dns.forgotten;
        section.notes.push(format!(
            "{forgotten} queries were not waited for any longer, for too many had no answer."
        ));
    }
    section
}

pub(super) fn http(gathered: &Gathered) -> Section {
    let mut section = Section::new("http", "HTTP");
    let Some(http) = &gathered.http else { return section };
    let top = gathered.top;
    section.fact("requests", "Requests", Cell::Count(http.requests));
    section.fact("responses", "Responses", Cell::Count(http.responses));
    names(&mut section, "http_methods", "Methods", &http.methods, top);
    section.tables.push(numbers("http_statuses", "Status codes", &http.statuses, top));
    names(&mut section, "http_hosts", "Hosts", &http.hosts, top);
    names(&mut section, "http_types", "Types of content", &http.types, top);
    section
}

pub(super) fn tls(gathered: &Gathered) -> Section {
    let mut section = Section::new("tls", "TLS");
    let Some(tls) = &gathered.tls else { return section };
    let top = gathered.top;
    section.fact("client_hellos", "Hellos of clients", Cell::Count(tls.clients));
    section.fact("server_hellos", "Hellos of servers", Cell::Count(tls.servers));
    section.tables.push(numbers("tls_versions", "Versions agreed on", &tls.versions, top));
    section.tables.push(numbers("tls_suites", "Cipher suites agreed on", &tls.suites, top));
    names(&mut section, "tls_names", "Names of servers", &tls.names, top);
    names(&mut section, "tls_offered", "Protocols offered", &tls.offered, top);
    names(&mut section, "tls_chosen", "Protocols agreed on", &tls.chosen, top);
    section
}
