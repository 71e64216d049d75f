//! Chosen fields: `--fields ip.src,tcp.dstport`.

use std::fmt;

use wirelens_dissect::{Dissection, Field, LIMIT_ROWS, Node, Protocol, Registry};

use crate::moment::write_rfc3339;
use crate::syntax::Syntax;
use crate::text::link_endpoints;
use crate::value::write_plain;
use crate::{Head, Line};

/// The fields that a report consists of, in this order.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    columns: Vec<Column>,
}

/// One of them.
#[derive(Clone, Debug)]
pub(crate) struct Column {
    pub(crate) name: String,
    pub(crate) source: Source,
}

#[derive(Clone, Debug)]
pub(crate) enum Source {
    Frame(FrameField),
    Rows(Vec<Target>),
}

/// A row and how to come to it: by the row that has nodes, through views.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    pub(crate) node: &'static Field,
    views: Vec<&'static Field>,
}

/// What is known of a frame besides its dissection.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum FrameField {
    Number,
    Time,
    TimeEpoch,
    SinceFirst,
    SinceLast,
    Length,
    Captured,
    Protocols,
    Interface,
    Source,
    Destination,
    SourcePort,
    DestinationPort,
}

impl FrameField {
    const ALL: [(&'static str, FrameField); 13] = [
        ("frame.number", FrameField::Number),
        ("frame.time", FrameField::Time),
        ("frame.time_epoch", FrameField::TimeEpoch),
        ("frame.time_relative", FrameField::SinceFirst),
        ("frame.time_delta", FrameField::SinceLast),
        ("frame.len", FrameField::Length),
        ("frame.cap_len", FrameField::Captured),
        ("frame.protocols", FrameField::Protocols),
        ("frame.interface_id", FrameField::Interface),
        ("frame.source", FrameField::Source),
        ("frame.destination", FrameField::Destination),
        ("frame.source_port", FrameField::SourcePort),
        ("frame.destination_port", FrameField::DestinationPort),
    ];

    /// What it is, for people, and of which kind.
    fn described(self) -> (&'static str, &'static str) {
        match self {
            FrameField::Number => ("uint", "Number of the frame, from 1"),
            FrameField::Time => ("time", "When it was captured, UTC"),
            FrameField::TimeEpoch => ("float", "The same as seconds since 1970"),
            FrameField::SinceFirst => ("float", "Seconds since the first frame"),
            FrameField::SinceLast => ("float", "Seconds since the frame before"),
            FrameField::Length => ("uint", "Length on the wire, bytes"),
            FrameField::Captured => ("uint", "How much of it was captured, bytes"),
            FrameField::Protocols => ("text", "Chain of its protocols"),
            FrameField::Interface => ("uint", "Number of its interface, from 0"),
            FrameField::Source => ("text", "Address it comes from, the innermost one"),
            FrameField::Destination => ("text", "Address it goes to, the innermost one"),
            FrameField::SourcePort => ("uint", "Port it comes from"),
            FrameField::DestinationPort => ("uint", "Port it goes to"),
        }
    }

    fn number(self, head: &Head, frame: &Dissection<'_>) -> Option<u64> {
        let port = |port: u16| (port != 0).then_some(port.into());
        match self {
            FrameField::Number => Some(head.number),
            FrameField::Length => Some(head.length.into()),
            FrameField::Captured => Some(head.captured.into()),
            FrameField::Interface => Some(head.interface.into()),
            FrameField::SourcePort => port(frame.flow().ports.0),
            FrameField::DestinationPort => port(frame.flow().ports.1),
            _ => None,
        }
    }

    fn has_value(self, head: &Head, frame: &Dissection<'_>) -> bool {
        match self {
            FrameField::Time
            | FrameField::TimeEpoch
            | FrameField::SinceFirst
            | FrameField::SinceLast => head.time.is_some(),
            FrameField::Source | FrameField::Destination => {
                frame.flow().version != 0 || link_endpoints(frame).is_some()
            }
            FrameField::SourcePort | FrameField::DestinationPort => {
                self.number(head, frame).is_some()
            }
            _ => true,
        }
    }

    /// May its value be text with any character in it?
    pub(crate) fn is_text(self) -> bool {
        self == FrameField::Protocols
    }

    pub(crate) fn write_plain(self, line: &mut Line, head: &Head, frame: &Dissection<'_>) {
        line.room(96);
        match (self, self.number(head, frame), head.time) {
            (_, Some(number), _) => line.number(number),
            (FrameField::Protocols, ..) => write_chain(line, frame),
            (FrameField::Source, ..) => write_endpoint(line, frame, false),
            (FrameField::Destination, ..) => write_endpoint(line, frame, true),
            (FrameField::SourcePort | FrameField::DestinationPort, ..) => {}
            (FrameField::TimeEpoch, _, Some((seconds, nanoseconds))) => {
                write_epoch(line, seconds, nanoseconds);
            }
            (FrameField::SinceFirst, _, Some(_)) => line.seconds(head.since_first),
            (FrameField::SinceLast, _, Some(_)) => line.seconds(head.since_last),
            (_, _, Some((seconds, nanoseconds))) => write_rfc3339(line, seconds, nanoseconds),
            (_, _, None) => {}
        }
    }
}

/// No protocol has a field of this name.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct UnknownField {
    /// The name.
    pub name: String,
    /// Some names like it that there are.
    pub like: Vec<&'static str>,
}

impl fmt::Display for UnknownField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "there is no field {:?}", self.name)?;
        if !self.like.is_empty() {
            write!(f, "; there are {}", self.like.join(", "))?;
        }
        Ok(())
    }
}

impl std::error::Error for UnknownField {}

impl Selection {
    /// The names of fields of the frame itself that can be chosen besides those of protocols.
    pub const FRAME_FIELDS: [&'static str; FrameField::ALL.len()] = {
        let mut names = [""; FrameField::ALL.len()];
        let mut at = 0;
        while at < names.len() {
            names[at] = FrameField::ALL[at].0;
            at += 1;
        }
        names
    };

    /// The same with their kinds and labels.
    pub(crate) fn frame_rows() -> impl Iterator<Item = [&'static str; 3]> {
        FrameField::ALL.into_iter().map(|(name, field)| {
            let (kind, label) = field.described();
            [name, kind, label]
        })
    }

    /// Fields by their filter names. A name chosen twice is there once: an object has no key
    /// twice.
    pub fn new<'n>(
        registry: &Registry,
        names: impl IntoIterator<Item = &'n str>,
    ) -> Result<Selection, UnknownField> {
        let mut selection = Selection::default();
        for name in names {
            if selection.columns.iter().all(|column| column.name != name) {
                let source = source(registry, name)?;
                selection.columns.push(Column { name: name.to_owned(), source });
            }
        }
        Ok(selection)
    }

    /// The fields of the frame itself, one of each kind.
    pub fn of_frame() -> Selection {
        let chosen = |(_, field): &&(&str, FrameField)| {
            use FrameField::{Interface, SinceFirst, SinceLast, TimeEpoch};
            !matches!(field, TimeEpoch | SinceFirst | SinceLast | Interface)
        };
        let column = |&(name, field): &(&str, FrameField)| Column {
            name: name.to_owned(),
            source: Source::Frame(field),
        };
        Selection { columns: FrameField::ALL.iter().filter(chosen).map(column).collect() }
    }

    /// The same of names with commas or spaces between them.
    pub fn parse(registry: &Registry, names: &str) -> Result<Selection, UnknownField> {
        let names = names.split(|c: char| c == ',' || c.is_whitespace());
        Selection::new(registry, names.filter(|name| !name.is_empty()))
    }

    /// Their names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().map(|column| column.name.as_str())
    }

    /// The protocols whose layers can have one of these fields: a session that is told so records
    /// nothing else. None where any may have one, as the addresses of a frame.
    pub fn protocols(&self, registry: &Registry) -> Vec<&'static Protocol> {
        let of_any = [FrameField::Source, FrameField::Destination];
        let is_of_any = |column: &Column| matches!(&column.source, Source::Frame(field) if of_any.contains(field));
        if self.columns.iter().any(is_of_any) {
            return Vec::new();
        }
        let targets = || {
            self.columns.iter().flat_map(|column| match &column.source {
                Source::Frame(_) => &[][..],
                Source::Rows(targets) => targets,
            })
        };
        let has_one = |protocol: &Protocol| {
            let mut found = false;
            for row in protocol.rows() {
                row.visit(&mut |field| {
                    found |= targets().any(|target| std::ptr::eq(target.node, field));
                });
            }
            found
        };
        registry.protocols().iter().copied().filter(|protocol| has_one(protocol)).collect()
    }

    /// Is a frame to be looked at beyond these protocols? So it is where a field depends on which other
    /// layers there are, on problems of any of them, or on
    /// [what stands behind](Field::needs_behind) its own.
    pub fn needs_all_layers(&self) -> bool {
        self.columns.iter().any(|column| match &column.source {
            Source::Frame(field) => *field == FrameField::Protocols,
            Source::Rows(targets) => targets.iter().any(|target| {
                let limit = LIMIT_ROWS.iter().any(|row| std::ptr::eq(*row, target.node));
                limit || target.node.needs_behind()
            }),
        })
    }

    pub(crate) fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// `{"ip.src":["192.0.2.1"]}`: the values of each field as an array, in the order of the
    /// frame; fields without a value are left out.
    pub(crate) fn write_object<S: Syntax>(
        &self,
        line: &mut Line,
        head: &Head,
        frame: &Dissection<'_>,
    ) {
        let opened = S::open(line);
        for column in &self.columns {
            column.write_array::<S>(line, head, frame);
        }
        S::close(line, opened);
    }
}

fn source(registry: &Registry, name: &str) -> Result<Source, UnknownField> {
    if let Some((_, field)) = FrameField::ALL.iter().find(|(known, _)| *known == name) {
        return Ok(Source::Frame(*field));
    }
    match registry.fields(name) {
        [] => Err(UnknownField { name: name.to_owned(), like: like(registry, name) }),
        rows => Ok(Source::Rows(rows.iter().map(|row| Target::new(row)).collect())),
    }
}

/// The most names that an error offers.
const OFFERED: usize = 5;

/// Names that end as this one does, or begin with it.
fn like(registry: &Registry, name: &str) -> Vec<&'static str> {
    let tail = name.rsplit('.').next().unwrap_or(name);
    let alike = |known: &str| known.starts_with(name) || known.rsplit('.').next() == Some(tail);
    let mut like: Vec<_> =
        registry.by_name().keys().copied().filter(|known| alike(known)).collect();
    let shared = |known: &str| known.bytes().zip(name.bytes()).take_while(|(a, b)| a == b).count();
    like.sort_by_key(|known| (std::cmp::Reverse(shared(known)), *known));
    like.truncate(OFFERED);
    like
}

impl Target {
    fn new(row: &'static Field) -> Target {
        let (mut node, mut views) = (row, Vec::new());
        while let Some(parent) = node.parent.filter(|_| node.view) {
            views.push(node);
            node = parent;
        }
        views.reverse();
        Target { node, views }
    }

    #[inline(always)]
    pub(crate) fn of(&self, node: &Node) -> Option<Node> {
        std::ptr::eq(node.field, self.node)
            .then(|| self.views.iter().fold(*node, |node, view| node.view(view)))
    }
}

impl Column {
    /// Calls `each` with every node of its rows.
    #[inline(always)]
    fn each_node(targets: &[Target], frame: &Dissection<'_>, mut each: impl FnMut(&Node)) {
        for node in frame.all_nodes() {
            for target in targets {
                if let Some(node) = target.of(node) {
                    each(&node);
                }
            }
        }
    }

    fn write_array<S: Syntax>(&self, line: &mut Line, head: &Head, frame: &Dissection<'_>) {
        let start = line.len();
        S::key_text(line, &self.name, "");
        let opened = S::open_array(line);
        let mut any = false;
        match &self.source {
            Source::Frame(field) if field.has_value(head, frame) => {
                any = true;
                S::next(line);
                if let Some(number) = field.number(head, frame) {
                    S::number(line, number);
                } else {
                    S::quote(line);
                    field.write_plain(line, head, frame);
                    S::unquote(line);
                }
            }
            Source::Frame(_) => {}
            Source::Rows(targets) => Column::each_node(targets, frame, |node| {
                any = true;
                S::next(line);
                line.room(96);
                S::scalar(line, frame, node);
            }),
        }
        if any {
            S::close_array(line, opened);
        } else {
            line.truncate(start);
        }
    }

    /// Its values as plain text, with `between` between them; the name of a value where there is
    /// one and it is asked for.
    pub(crate) fn write_values(
        &self,
        line: &mut Line,
        head: &Head,
        frame: &Dissection<'_>,
        names: bool,
        between: u8,
    ) {
        let targets = match &self.source {
            Source::Frame(field) => return field.write_plain(line, head, frame),
            Source::Rows(targets) => targets,
        };
        let mut first = true;
        Column::each_node(targets, frame, |node| {
            if !std::mem::take(&mut first) {
                line.add(&[between]);
            }
            match node.field.name_of(node.number()).filter(|_| names) {
                Some(name) => line.add(name.as_bytes()),
                None => write_plain(line, frame, node),
            }
        });
    }
}

/// The innermost addresses, as a line of text has them.
fn write_endpoint(line: &mut Line, frame: &Dissection<'_>, destination: bool) {
    let flow = frame.flow();
    let address = if destination { flow.destination } else { flow.source };
    line.room(64);
    match flow.version {
        4 => line.ipv4(address as u32),
        6 => line.ipv6(&address.to_be_bytes()),
        _ => {
            if let Some(nodes) = link_endpoints(frame) {
                write_plain(line, frame, nodes[usize::from(destination)]);
            }
        }
    }
}

/// `eth:ip:tcp`
fn write_chain(line: &mut Line, frame: &Dissection<'_>) {
    for (i, layer) in frame.layers().iter().enumerate() {
        if i > 0 {
            line.add(b":");
        }
        line.add(layer.protocol.name.as_bytes());
    }
}

/// `1400000000.123456789`; before 1970 the fraction counts backwards like the seconds.
pub(crate) fn write_epoch(line: &mut Line, seconds: i64, nanoseconds: u32) {
    line.room(64);
    let (whole, rest) = match (seconds < 0, nanoseconds) {
        (true, 0) => (seconds.unsigned_abs(), 0),
        (true, n) => (seconds.unsigned_abs() - 1, 1_000_000_000 - n),
        (false, n) => (seconds as u64, n),
    };
    if seconds < 0 {
        line.put(b'-');
    }
    line.number(whole);
    line.put(b'.');
    line.nanoseconds(rest);
}
