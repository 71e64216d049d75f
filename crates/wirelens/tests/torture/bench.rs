//! Reassembly over a capture, told in the lines of the expectations.

use std::collections::BTreeMap;
use std::path::Path;

use sha2::{Digest, Sha256};
use wirelens::capture::Capture;
use wirelens::dissect::reassembly::datagram::{self, Datagram, Datagrams, Fragment, Kept, Outcome};
use wirelens::dissect::reassembly::stream::{
    self, Direction, Event, Kind, Segment, Stream, Streams,
};
use wirelens::dissect::{Input, LINK_TYPE, Next, Session, Settings};
use wirelens::protocols::network::ipv4::IP_PROTO;

use crate::segments::{Around, Connection, Item, Piece, Text, items};

const SECOND: u64 = 1_000_000_000;

/// Everything that reassembly needs and what it said so far.
pub(crate) struct Bench {
    session: Session,
    datagrams: Datagrams<datagram::Key>,
    streams: Streams<Connection>,
    halves: BTreeMap<(u64, Direction), Half>,
    lines: Vec<String>,
    pub(crate) log: Vec<String>,
}

/// What was said of a direction.
#[derive(Default)]
struct Half {
    origin: String,
    bytes: Vec<u8>,
    /// Where the next run or gap must begin.
    next: u64,
    gaps: usize,
    urgent: Option<u64>,
    complete: bool,
}

/// A frame's number and time.
#[derive(Clone, Copy)]
struct Stamp {
    frame: u64,
    time: u64,
}

impl Bench {
    pub(crate) fn new(policy: Option<&str>) -> Bench {
        let (mut datagrams, mut streams) = (datagram::Limits::default(), stream::Limits::default());
        if let Some(name) = policy {
            let named = datagram::Policy::ALL.into_iter().find(|policy| policy.name() == name);
            datagrams.ipv4.policy = named.expect("a policy");
            streams.policy = match name {
                "last" => stream::Policy::Last,
                "bsd" => stream::Policy::Bsd,
                "linux" => stream::Policy::Linux,
                "solaris" => stream::Policy::Solaris,
                "windows" => stream::Policy::Windows,
                _ => stream::Policy::First,
            };
        }
        let settings = Settings { reassemble: false, ..Settings::default() };
        Bench {
            session: Session::with(wirelens::protocols::shared(), settings),
            datagrams: Datagrams::new(datagrams),
            streams: Streams::new(streams),
            halves: BTreeMap::new(),
            lines: Vec::new(),
            log: Vec::new(),
        }
    }

    pub(crate) fn read(&mut self, path: &Path) {
        let mut capture = Capture::open(path).expect("a capture");
        let (mut frames, mut second) = (0, 0);
        while let Some(raw) = capture.next_frame().expect("frames") {
            let stamp = raw.time.expect("a time");
            let time = stamp.seconds() as u64 * SECOND + u64::from(stamp.nanoseconds());
            let stamp = Stamp { frame: raw.number, time };
            let input = Input {
                number: raw.number,
                link_type: raw.link_type.0.into(),
                captured: raw.captured,
                length: raw.length,
                ..Input::default()
            };
            let first = Next::In(&LINK_TYPE, input.link_type);
            self.dissect(first, input, Around::default(), stamp);
            if time / SECOND > second {
                second = time / SECOND;
                let (told, halves) = (&mut self.log, &mut self.halves);
                let lines = &mut self.lines;
                self.streams.expire(time, &mut |stream: &Stream<'_, _>, event: Event<'_>| {
                    tell(stream, event, halves, lines, told);
                });
            }
            frames = raw.number;
        }
        self.lines.push(format!("frames {frames}"));
    }

    fn dissect(&mut self, first: Next, input: Input<'_>, around: Around, stamp: Stamp) {
        let items = items(&self.session.dissect_as(first, input), around);
        for item in items {
            match item {
                Item::Fragment(piece) => self.fragment(&piece, stamp),
                Item::Segment(text) => self.segment(&text, stamp),
            }
        }
    }

    fn fragment(&mut self, piece: &Piece, stamp: Stamp) {
        let fragment = Fragment {
            frame: stamp.frame,
            time: stamp.time,
            family: piece.key.family(),
            offset: piece.offset,
            more: piece.more,
            bytes: &piece.bytes,
            length: piece.length,
            header: &[piece.protocol],
        };
        let lines = &mut self.lines;
        let mut given_up = Vec::new();
        let outcome = self.datagrams.insert(&piece.key, fragment, |_, datagram, end| {
            given_up.push(ended(datagram, end));
        });
        self.log.push(format!("{} {outcome:?}", stamp.frame));
        let frame = stamp.frame;
        let mut payload = None;
        match outcome {
            Outcome::Waiting => {}
            Outcome::Whole => lines.push(format!("frame {frame} whole")),
            Outcome::Duplicate { of } => lines.push(format!("frame {frame} duplicate {of}")),
            Outcome::Overlap(conflicts) => {
                lines.push(format!("frame {frame} overlap"));
                lines.extend(conflicts.iter().map(clash));
            }
            Outcome::Complete(datagram) => {
                let bytes = datagram.payload().expect("a complete datagram");
                let (length, digest) = (bytes.len(), digest(bytes));
                lines.push(format!(
                    "datagram {frame} complete {length} {digest} {}",
                    frames(datagram)
                ));
                let protocol = datagram.header().first().map_or(piece.protocol, |first| *first);
                payload = Some((protocol, bytes.to_vec()));
            }
            Outcome::Cut(datagram) => {
                let bytes: Vec<u8> =
                    datagram.parts().flat_map(|(_, bytes)| bytes.to_vec()).collect();
                let (length, digest) = (bytes.len(), digest(&bytes));
                lines.push(format!("datagram {frame} cut {length} {digest} {}", frames(datagram)));
            }
            Outcome::Discarded(datagram) => {
                lines.push(format!("discarded {frame} {}", frames(datagram)));
                lines.extend(datagram.conflicts().iter().map(clash));
            }
            Outcome::Dropped => lines.push(format!("frame {frame} dropped")),
            Outcome::Late(_) => lines.push(format!("frame {frame} late")),
            Outcome::Malformed(why) => {
                let why = kebab(format!("{why:?}").split(' ').next().unwrap_or_default());
                lines.push(format!("frame {frame} malformed-{why}"));
            }
            Outcome::Evicted => lines.push(format!("frame {frame} evicted")),
        }
        lines.extend(given_up);
        let Some((protocol, payload)) = payload else { return };
        let length = payload.len() as u32;
        let input = Input { number: frame, captured: &payload, length, ..Input::default() };
        let Piece { scope, both_ways, addresses, .. } = *piece;
        let around = Around { scope, both_ways, addresses: Some(addresses) };
        self.dissect(Next::In(&IP_PROTO, protocol.into()), input, around, stamp);
    }

    fn segment(&mut self, text: &Text, stamp: Stamp) {
        let segment = Segment {
            frame: stamp.frame,
            time: stamp.time,
            sequence: text.sequence,
            acknowledgment: text.acknowledgment,
            window: text.window,
            window_scale: text.window_scale,
            flags: text.flags,
            urgent: text.urgent,
            bytes: &text.bytes,
            length: text.length,
            identity: text.identity,
        };
        let (told, halves, lines) = (&mut self.log, &mut self.halves, &mut self.lines);
        let mut sink = |stream: &Stream<'_, _>, event: Event<'_>| {
            tell(stream, event, halves, lines, told);
        };
        let kind = self.streams.segment(&text.key, text.direction, &segment, &mut sink).kind;
        if !matches!(kind, Kind::Empty | Kind::Syn | Kind::InOrder | Kind::Fin) {
            self.lines.push(format!("frame {} {}", stamp.frame, kebab(&format!("{kind:?}"))));
        }
    }

    /// Ends everything and gives all that was said.
    pub(crate) fn finish(&mut self) -> Vec<String> {
        let (told, halves, lines) = (&mut self.log, &mut self.halves, &mut self.lines);
        self.datagrams.finish(|_, datagram, end| lines.push(ended(datagram, end)));
        self.streams.finish(&mut |stream: &Stream<'_, _>, event: Event<'_>| {
            tell(stream, event, halves, lines, told);
        });
        for ((connection, direction), half) in &self.halves {
            let state = match (half.gaps, half.complete) {
                (0, true) => "complete",
                (0, false) => "open",
                _ => "broken",
            };
            self.lines.push(format!(
                "tcp {connection} {} {} {state} {} {}",
                kebab(&format!("{direction:?}")),
                half.origin,
                half.bytes.len(),
                digest(&half.bytes),
            ));
        }
        std::mem::take(&mut self.lines)
    }

    /// The bytes of a direction, those in gaps left out.
    pub(crate) fn stream(&self, connection: usize, direction: &str) -> &[u8] {
        let directions = [Direction::Forward, Direction::Backward];
        let named = directions.into_iter().find(|known| kebab(&format!("{known:?}")) == direction);
        let id = (connection as u64, named.expect("a direction"));
        self.halves.get(&id).map_or(&[], |half| &half.bytes)
    }
}

fn tell(
    stream: &Stream<'_, Connection>,
    event: Event<'_>,
    halves: &mut BTreeMap<(u64, Direction), Half>,
    lines: &mut Vec<String>,
    log: &mut Vec<String>,
) {
    log.push(format!("{} {:?} {event:?}", stream.connection, stream.direction));
    let (connection, side) = (stream.connection, kebab(&format!("{:?}", stream.direction)));
    let half = (connection, stream.direction);
    match event {
        Event::Open(opening) => {
            lines.push(format!("opened {connection} {}", kebab(&format!("{opening:?}"))));
        }
        Event::Start { origin, .. } => {
            let origin = kebab(&format!("{origin:?}"));
            assert!(halves.insert(half, Half { origin, ..Half::default() }).is_none(), "one start");
        }
        Event::Run(run) => {
            let half = halves.get_mut(&half).expect("a run of what has begun");
            assert_eq!(run.offset, half.next, "runs and gaps follow each other");
            assert!(!run.bytes.is_empty() && !half.complete);
            half.next += run.bytes.len() as u64;
            half.bytes.extend_from_slice(run.bytes);
            if let Some(urgent) = run.urgent.filter(|_| run.urgent != half.urgent) {
                lines.push(format!("urgent {connection} {side} {urgent}"));
                half.urgent = run.urgent;
            }
        }
        Event::Gap { offset, length, reason } => {
            let half = halves.get_mut(&half).expect("a gap in what has begun");
            assert_eq!(offset, half.next, "runs and gaps follow each other");
            assert!(length > 0 && !half.complete);
            half.next += length;
            half.gaps += 1;
            let reason = kebab(&format!("{reason:?}"));
            lines.push(format!("gap {connection} {side} {offset} {length} {reason}"));
        }
        Event::Late(run) => {
            let (offset, length, frame) = (run.offset, run.bytes.len(), run.frame);
            lines.push(format!("late {connection} {side} {offset} {length} {frame}"));
        }
        Event::Conflict(conflict) => {
            let stream::Conflict { offset, length, first, second, kept } = conflict;
            lines.push(format!(
                "conflict {connection} {side} {offset} {length} {first} {second} {kept}"
            ));
        }
        Event::Fin { offset } => {
            let half = halves.get_mut(&half).expect("the end of what has begun");
            assert_eq!(offset, half.next);
            half.complete = true;
        }
        Event::End(reason) => {
            lines.push(format!("ended {connection} {}", kebab(&format!("{reason:?}"))));
        }
    }
}

fn ended(datagram: Datagram<'_>, end: datagram::End) -> String {
    let or_unknown = |number: Option<u32>| number.map_or("?".into(), |number| number.to_string());
    let holes = datagram.holes().iter();
    let holes = holes.map(|hole| format!(" {}..{}", hole.start, or_unknown(hole.end)));
    let (end, length) = (kebab(&format!("{end:?}")), or_unknown(datagram.length()));
    format!("given-up {end} {length} {}{}", frames(datagram), holes.collect::<String>())
}

fn frames(datagram: Datagram<'_>) -> String {
    let frames: Vec<String> = datagram.frames().map(|seen| seen.frame.to_string()).collect();
    frames.join(",")
}

fn clash(conflict: &datagram::Conflict) -> String {
    let datagram::Conflict { start, end, earlier, later, kept } = conflict;
    let kept = match kept {
        Kept::Earlier => "earlier",
        Kept::Later => "later",
        Kept::Neither => "neither",
    };
    format!("overlap {earlier} {later} {start} {end} {kept}")
}

/// `NotCaptured` as `not-captured`.
fn kebab(name: &str) -> String {
    let mut words = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !words.is_empty() {
            words.push('-');
        }
        words.extend(letter.to_lowercase());
    }
    words
}

pub(crate) fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
