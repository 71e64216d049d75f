//! `text`: a line a frame.
//!
//! The line says who speaks to whom, in which protocol, and what its rows are marked to say: see
//! `brief` of [`Field`].

use wirelens_dissect::{Dissection, Field, Kind, Layer, Level, Node, Told};

use crate::escape::write_safe;
use crate::hex::write_hex_dump;
use crate::moment::{Clock, write_time_of_day};
use crate::problems::{Missing, each_problem};
use crate::report::{CaptureInfo, Report, Summary};
use crate::select::write_epoch;
use crate::tree::hex_number;
use crate::value::write_plain;
use crate::{Head, Line, Options};

/// How a line of text looks.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct TextOptions {
    /// How it tells the time.
    pub time: TimeStyle,
    /// Protocols and problems are coloured. Not for files.
    pub colour: bool,
}

/// How a line tells the time.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum TimeStyle {
    /// Seconds since the first frame.
    #[default]
    Relative,
    /// Seconds since the frame before.
    Delta,
    /// The time of the day, in UTC.
    OfDay,
    /// Day and time, as RFC 3339 in UTC.
    Absolute,
    /// Seconds since 1970.
    Epoch,
    /// Not at all.
    None,
}

/// The report of lines.
pub struct TextReport {
    options: Options,
    clock: Clock,
    /// What times are relative to.
    since: Option<(i64, u32)>,
    /// What rows say that do not lead, until those that do have said it.
    others: Line,
}

/// A line is ended when the rows of a layer, or the problems of a frame, have written so much.
const MOST: usize = 240;
/// The most bytes of one text that are shown.
const MOST_TEXT: usize = 80;
/// The most bytes of one field that are shown in hexadecimal.
const MOST_BYTES: usize = 16;

const RED: &[u8] = b"\x1b[31m";
const PLAIN: &[u8] = b"\x1b[0m";

impl TextReport {
    /// Lines with these options. With chosen fields a line is their values with tabs between
    /// them.
    pub fn new(options: Options) -> TextReport {
        TextReport { options, clock: Clock::default(), since: None, others: Line::new() }
    }

    fn line(&mut self, line: &mut Line, head: &Head, frame: &Dissection<'_>) {
        line.room(64);
        let digits = head.number.checked_ilog10().unwrap_or(0) as usize + 1;
        for _ in digits..5 {
            line.put(b' ');
        }
        line.number(head.number);
        match head.time {
            _ if self.options.text.time == TimeStyle::None => {}
            Some((seconds, nanoseconds)) => {
                line.put(b' ');
                self.time(line, seconds, nanoseconds);
            }
            None => line.all(b" -"),
        }
        endpoints(line, frame);
        self.what(line, frame);
        if frame.problems() > 0 || frame.stop().is_some() {
            self.problems(line, frame);
        }
        line.add(b"\n");
    }

    fn time(&mut self, line: &mut Line, seconds: i64, nanoseconds: u32) {
        match self.options.text.time {
            TimeStyle::Relative | TimeStyle::Delta => {
                let (from_seconds, from) = *self.since.get_or_insert((seconds, nanoseconds));
                let passed = seconds
                    .saturating_sub(from_seconds)
                    .saturating_mul(1_000_000_000)
                    .saturating_add(i64::from(nanoseconds) - i64::from(from));
                if self.options.text.time == TimeStyle::Delta {
                    self.since = Some((seconds, nanoseconds));
                }
                passed_time(line, passed);
            }
            TimeStyle::OfDay => {
                line.room(32);
                write_time_of_day(line, seconds.rem_euclid(86_400) as u64);
                micros(line, nanoseconds);
            }
            TimeStyle::Absolute => self.clock.write(line, seconds, nanoseconds),
            TimeStyle::Epoch => write_epoch(line, seconds, nanoseconds),
            TimeStyle::None => {}
        }
    }

    /// The innermost protocol, and what the innermost layers that say something say; behind that
    /// what stays in the line of the layers outside.
    fn what(&mut self, line: &mut Line, frame: &Dissection<'_>) {
        let options = &self.options;
        let all = frame.layers();
        let wanted = |layer: &Layer| !layer.quoted && options.wants(layer.protocol);
        let known = |layer: &Layer| wanted(layer) && !is_nobody(layer);
        let Some(inner) = all.iter().rposition(known).or_else(|| all.iter().rposition(wanted))
        else {
            return;
        };
        line.room(32);
        line.put(b' ');
        self.name(line, &all[inner]);
        let mut speaks = inner + 1;
        while let Some(last) = all[..speaks].iter().rposition(known) {
            // Several messages of one protocol in a row are told in their order.
            let same = |other: &Layer| std::ptr::eq(other.protocol, all[last].protocol);
            speaks = all[..last].iter().rposition(|other| !same(other)).map_or(0, |at| at + 1);
            let before = line.len();
            if last != inner {
                line.add(b" in ");
                self.name(line, &all[last]);
            }
            let named = line.len();
            for layer in &all[speaks..=last] {
                brief_layer([&mut *line, &mut self.others], frame, layer, named + MOST);
            }
            if line.len() > named {
                break;
            }
            line.truncate(before);
        }
        for layer in all[..speaks].iter().rev() {
            if layer.protocol.stays && known(layer) {
                stays([&mut *line, &mut self.others], frame, layer);
            }
        }
        if all.last().is_some_and(|layer| layer.quoted) {
            quoted_flow(line, frame);
        }
    }

    fn name(&self, line: &mut Line, layer: &Layer) {
        if self.options.text.colour {
            line.room(16);
            line.all(colour(layer.protocol.level));
            line.add(layer.protocol.short.as_bytes());
            line.add(PLAIN);
        } else {
            line.add(layer.protocol.short.as_bytes());
        }
    }

    #[cold]
    fn problems(&self, line: &mut Line, frame: &Dissection<'_>) {
        if self.options.text.colour {
            line.add(RED);
        }
        let (start, mut left_out) = (line.len(), 0u64);
        let mut before = ("", "");
        each_problem(frame, &mut |problem| {
            // What is wrong in the same way again is told once.
            let this = (problem.protocol.short, problem.label);
            if std::mem::replace(&mut before, this) == this {
                return;
            }
            if line.len() - start > MOST {
                left_out += 1;
                return;
            }
            line.add(b" [");
            line.add(problem.protocol.short.as_bytes());
            line.add(b": ");
            line.add(problem.label.as_bytes());
            if let Some(Missing { need, have }) = problem.missing {
                line.room(64);
                line.all(b", needs ");
                line.number(need.into());
                line.all(b", has ");
                line.number(have.into());
            }
            line.add(b"]");
        });
        if left_out > 0 {
            line.add(" [\u{2026} ".as_bytes());
            line.room(64);
            line.number(left_out);
            line.add(b" more]");
        }
        if self.options.text.colour {
            line.add(PLAIN);
        }
    }
}

impl Report for TextReport {
    fn begin(&mut self, _: &mut Line, _: &CaptureInfo) {
        self.since = None;
    }

    fn resume(&mut self, first: Option<(i64, u32)>, last: Option<(i64, u32)>) {
        self.since = if self.options.text.time == TimeStyle::Delta { last } else { first };
    }

    fn frame(&mut self, line: &mut Line, head: &Head, frame: &Dissection<'_>) {
        match &self.options.fields {
            Some(fields) => {
                for (i, column) in fields.columns().iter().enumerate() {
                    line.add(if i > 0 { b"\t" } else { b"" });
                    column.write_values(line, head, frame, self.options.names, b',');
                }
                line.add(b"\n");
            }
            None => self.line(line, head, frame),
        }
        if self.options.hex {
            write_hex_dump(line, frame);
        }
    }

    fn finish(&mut self, _: &mut Line, _: &Summary) {}
}

/// Is it what the registry keeps for bytes that nobody claims?
fn is_nobody(layer: &Layer) -> bool {
    layer.id.index() == 0
}

fn colour(level: Level) -> &'static [u8] {
    match level {
        Level::Link => b"\x1b[33m",
        Level::Network => b"\x1b[36m",
        Level::Transport => b"\x1b[32m",
        Level::Application => b"\x1b[35m",
    }
}

/// Seconds with six digits behind the point, in a column.
fn passed_time(line: &mut Line, nanoseconds: i64) {
    line.room(64);
    let seconds = nanoseconds.unsigned_abs() / 1_000_000_000;
    let sign = usize::from(nanoseconds < 0);
    let digits = seconds.checked_ilog10().unwrap_or(0) as usize + 1;
    for _ in digits + sign..4 {
        line.put(b' ');
    }
    if nanoseconds < 0 {
        line.put(b'-');
    }
    line.number(seconds);
    micros(line, (nanoseconds.unsigned_abs() % 1_000_000_000) as u32);
}

/// `.471719`: the nanoseconds of a second, cut to millionths.
fn micros(line: &mut Line, nanoseconds: u32) {
    line.put(b'.');
    line.nanoseconds(nanoseconds);
    line.truncate(line.len() - 3);
}

/// ` 192.0.2.1.443 > 192.0.2.9.50000`: the innermost addresses and ports. Where there is no IP,
/// the rows `src` and `dst` of the innermost layer that has both.
fn endpoints(line: &mut Line, frame: &Dissection<'_>) {
    let flow = frame.flow();
    let ports = flow.ports != (0, 0);
    let sides = [(flow.source, flow.ports.0), (flow.destination, flow.ports.1)];
    if flow.version == 0 {
        if let Some([from, to]) = link_endpoints(frame) {
            line.add(b" ");
            write_plain(line, frame, from);
            line.add(b" > ");
            write_plain(line, frame, to);
        }
        return;
    }
    for (i, (address, port)) in sides.into_iter().enumerate() {
        line.room(64);
        line.all(if i > 0 { b" > " } else { b" " });
        if flow.version == 4 {
            line.ipv4(address as u32);
        } else {
            line.ipv6(&address.to_be_bytes());
        }
        if ports {
            line.put(b'.');
            line.number(port.into());
        }
    }
}

/// The rows `src` and `dst` of the innermost layer that has both.
pub(crate) fn link_endpoints<'f>(frame: &Dissection<'f>) -> Option<[&'f Node; 2]> {
    frame.layers().iter().rev().filter(|layer| !layer.quoted).find_map(|layer| {
        let [nodes, _] = frame.nodes(layer);
        let row = |key: &[u8]| nodes.iter().find(|node| node.field.key.padded().0.starts_with(key));
        Some([row(b",\"src\":")?, row(b",\"dst\":")?])
    })
}

/// ` (192.0.2.1.4000 > 192.0.2.9.53 UDP)`: whom the packet was to reach that an error quotes. Its
/// rows are known by their keys.
#[cold]
fn quoted_flow(line: &mut Line, frame: &Dissection<'_>) {
    let layers = || frame.layers().iter().filter(|layer| layer.quoted);
    let row = |key: &str| {
        let mut nodes = layers().flat_map(|layer| frame.nodes(layer)[0]);
        nodes.find(|node| node.field.key.as_str() == key && node.field.parent.is_none())
    };
    let (Some(from), Some(to)) = (row("src"), row("dst")) else { return };
    let side = |line: &mut Line, address: &Node, port: Option<&Node>| {
        write_plain(line, frame, address);
        if let Some(port) = port {
            line.room(32);
            line.put(b'.');
            line.number(port.number());
        }
    };
    line.add(b" (");
    side(line, from, row("srcport"));
    line.add(b" > ");
    side(line, to, row("dstport"));
    if let Some(inner) = layers().rfind(|layer| !is_nobody(layer)) {
        line.add(b" ");
        line.add(inner.protocol.short.as_bytes());
    }
    line.add(b")");
}

/// What the rows of a layer say that stay in the line though a layer inside has said its part.
#[cold]
fn stays(to: [&mut Line; 2], frame: &Dissection<'_>, layer: &Layer) {
    let [line, others] = to;
    others.clear();
    for node in frame.nodes(layer).into_iter().flatten().filter(|node| node.field.stays) {
        brief([&mut *line, &mut *others], frame, layer, node);
    }
    line.add(others.written());
}

/// What the marked rows of a layer say: those that lead into the line, the others behind them.
fn brief_layer(to: [&mut Line; 2], frame: &Dissection<'_>, layer: &Layer, most: usize) {
    let [line, others] = to;
    others.clear();
    for nodes in frame.nodes(layer) {
        let mut rest = nodes.iter();
        while let Some(node) = rest.next() {
            let field = node.field;
            if field.brief.is_none() && field.children.is_empty() {
                continue;
            }
            brief([&mut *line, &mut *others], frame, layer, node);
            if line.len() + others.len() > most {
                others.add(" \u{2026}".as_bytes());
                return line.add(others.written());
            }
            if field.silent && node.inside > 0 {
                rest.nth(node.inside as usize - 1);
            }
        }
    }
    line.add(others.written());
}

fn brief(to: [&mut Line; 2], frame: &Dissection<'_>, layer: &Layer, node: &Node) {
    let field = node.field;
    let [line, others] = to;
    let mut is_list = false;
    let mut more = !field.children.is_empty();
    if let Some(words) = field.brief {
        let to = if field.leads { &mut *line } else { &mut *others };
        is_list = field.children.iter().any(|child| is_listed(child));
        if is_list {
            more = brief_list(to, node, words);
        } else {
            brief_value(to, frame, layer, node, words);
        }
    }
    if more {
        for child in field.children.iter().filter(|child| child.view) {
            if (child.brief.is_some() || !child.children.is_empty())
                && !(is_list && is_listed(child))
            {
                brief([&mut *line, &mut *others], frame, layer, &node.view(child));
            }
        }
    }
}

/// Is it one of the flags whose words stand in brackets?
#[inline(always)]
fn is_listed(child: &Field) -> bool {
    child.brief.is_some() && child.kind == Kind::Flag && child.view
}

/// `[S.]`: the words of the flags that are set. Says whether there are other rows among them.
fn brief_list(line: &mut Line, node: &Node, words: &str) -> bool {
    line.room(words.len() + 32);
    line.put(b' ');
    line.all(words.as_bytes());
    line.put(b'[');
    let before = line.len();
    let mut others = false;
    for child in node.field.children.iter().rev() {
        match child.brief {
            Some(words) if is_listed(child) => {
                if child.of(node.value) != 0 {
                    line.add(words.as_bytes());
                }
            }
            Some(_) => others = true,
            None => others |= !child.children.is_empty(),
        }
    }
    line.add(if line.len() == before { b"none]" } else { b"]" });
    others
}

fn brief_value(line: &mut Line, frame: &Dissection<'_>, layer: &Layer, node: &Node, words: &str) {
    let field = node.field;
    let number = node.number();
    let is_flag = field.kind == Kind::Flag;
    if field.unless == Some(number) || number == 0 && is_flag && field.names.is_empty() {
        return;
    }
    line.room(words.len() + 160);
    if !matches!(words.as_bytes(), [b',' | b':' | b';', ..]) {
        line.put(b' ');
    }
    line.all(words.as_bytes());
    match field.told {
        Told::Value if !field.names.is_empty() => {
            if let Some(name) = field.name_of(number) {
                return line.add(name.as_bytes());
            }
        }
        Told::Value | Told::Number => {}
        Told::Nothing => return,
        Told::Carried => {
            return line.number(layer.declared.saturating_sub(layer.start + layer.length).into());
        }
    }
    match field.kind {
        Kind::Uint => line.number(number),
        Kind::Hex => hex_number(line, node),
        Kind::Flag | Kind::Group | Kind::Problem => {}
        Kind::Text => {
            let text = frame.text(node);
            write_safe(line, &text[..shown(text)]);
            if text.len() > MOST_TEXT {
                line.add("\u{2026}".as_bytes());
            }
        }
        Kind::Bytes => {
            let bytes = frame.bytes(node);
            line.hex_all(&bytes[..bytes.len().min(MOST_BYTES)]);
            if bytes.len() > MOST_BYTES {
                line.add("\u{2026}".as_bytes());
            }
        }
        _ => write_plain(line, frame, node),
    }
}

/// How much of a text is shown: not a part of a character.
fn shown(text: &[u8]) -> usize {
    if text.len() <= MOST_TEXT {
        return text.len();
    }
    let is_start = |at: &usize| text[*at] & 0xc0 != 0x80;
    (MOST_TEXT - 3..=MOST_TEXT).rev().find(is_start).unwrap_or(MOST_TEXT)
}
