//! How fast flows are followed and how much memory they take: many at a time, their frames in no
//! order.
//!
//! `cargo run --release -p wirelens-flow --example flows -- [FLOWS] [FRAMES] [data] [singly]`
//!
//! Each flow is a connection with a handshake, a request and its answer, again and again. What making
//! the frames takes, and dissecting them where that is done, is measured without a tracker and taken
//! off: what is left is the tracker's own. It is told what frames come next, as `wirelens trace` does,
//! but with `singly`. A table of conversations, which counts and no more, gets the same.

use wirelens_dissect::{Detail, Input, Session, Settings};
use wirelens_flow::{Conversations, Event, Flow, Limits, Observer, Options, Sight, Tracker};
use wirelens_protocols::transport::tcp::TCP;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let mut number = |usual| arguments.next().map_or(usual, |text| text.parse().unwrap_or(usual));
    let (flows, frames) = (number(1_000_000), number(10_000_000));
    let words: Vec<String> = arguments.collect();
    let is_said = |wanted: &str| words.iter().any(|word| word == wanted);
    let (data, ahead) = (is_said("data"), !is_said("singly"));
    let made = time(flows, frames, Reader::Nobody, false);
    let dissected = time(flows, frames, Reader::Nobody, true);
    report(&format!("{flows} flows, {frames} frames, made in {made:.0} ns each"));
    report(&format!("dissected in {:.0} ns", dissected - made));
    let limits = Limits { flows: usize::MAX, ..Limits::default() };
    let registry = wirelens_protocols::shared();
    let (mut bytes, mut process) = (0.0, 0.0);
    for dissects in [true, false] {
        let mut tracker = Tracker::new(Options { limits, data, ..Options::default() }, &registry);
        let before = resident();
        let tracked = time(flows, frames, Reader::Tracker(&mut tracker, ahead), dissects);
        let own = tracked - if dissects { dissected } else { made };
        bytes = tracker.bytes() as f64 / tracker.len() as f64;
        process = (resident() - before) as f64 / tracker.len() as f64;
        let of = if dissects { "of dissections" } else { "at sight" };
        report(&format!(
            "the tracker, {of}: {own:.0} ns, {:.2} million frames a second",
            1e3 / own
        ));
    }
    for dissects in [true, false] {
        let mut conversations = Conversations::new(usize::MAX);
        let reader = Reader::Conversations(&mut conversations, ahead);
        let own = time(flows, frames, reader, dissects) - if dissects { dissected } else { made };
        let of = if dissects { "of dissections" } else { "at sight" };
        report(&format!(
            "conversations, {of}: {own:.0} ns, {:.2} million frames a second",
            1e3 / own
        ));
        if !dissects {
            let each = conversations.bytes() as f64 / conversations.len() as f64;
            report(&format!("{each:.0} bytes a conversation"));
        }
    }
    let floor = floor(flows, frames);
    report(&format!("a hash map of the same keys to two counters {floor:.0} ns"));
    report(&format!("{bytes:.0} bytes a flow in the table, {process:.0} of the process"));
}

#[allow(clippy::print_stdout)]
fn report(line: &str) {
    println!("{line}");
}

/// Who gets the frames.
enum Reader<'r> {
    Nobody,
    /// Here and below: and whether it is told which frames come next.
    Conversations(&'r mut Conversations, bool),
    Tracker(&'r mut Tracker, bool),
}

/// Counts flows that are over; frames are not told.
struct Over(u64);

impl Observer for Over {
    fn event(&mut self, _: &Flow, event: Event<'_>) {
        self.0 += u64::from(matches!(event, Event::Over(_)));
    }

    fn wants_frames(&self) -> bool {
        false
    }
}

/// Nanoseconds a frame, each of them dissected or only those of which a look does not tell enough.
fn time(flows: u64, frames: u64, mut reader: Reader<'_>, dissects: bool) -> f64 {
    let registry = wirelens_protocols::shared();
    let settings = Settings {
        detail: Detail::Headers,
        nothing_else: true,
        stop_after: vec![&TCP],
        stateful: false,
        reassemble: false,
        ..Settings::default()
    };
    let mut session = Session::with(registry, settings);
    let sight = Sight::new(&session);
    let mut observer = Over(0);
    let mut connections = vec![0_u8; flows as usize];
    let mut batch = vec![template(); Tracker::AT_ONCE];
    let mut order = [0_u64; Tracker::AT_ONCE];
    let (mut random, mut number) = (1_u64, 0);
    let begun = processor();
    while number < frames {
        for (next, at) in (number..).zip(&mut order) {
            // First each flow begins; then any of them goes on.
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            *at = if next < flows { next } else { (random >> 33) % flows };
        }
        // Whose turn it is, all together: waiting for it is none of the tracker's.
        let turns = order.map(|at| connections[at as usize]);
        for ((frame, at), seen) in batch.iter_mut().zip(order).zip(turns) {
            let turn = &mut connections[at as usize];
            std::hint::black_box(seen);
            fill(frame, at, *turn);
            *turn = if *turn == 200 { 3 } else { *turn + 1 };
        }
        let coming = batch.iter().map(|frame| (LINK_TYPE, frame.as_slice()));
        match &mut reader {
            Reader::Conversations(conversations, true) => conversations.come_next(coming),
            Reader::Tracker(tracker, true) => tracker.come_next(coming),
            _ => {}
        }
        for frame in &batch {
            number += 1;
            let input = Input {
                number,
                nanoseconds: 1_000_000_000_000 + number as i64 * 1000,
                link_type: LINK_TYPE,
                captured: frame,
                length: frame.len() as u32,
                fcs: None,
            };
            let seen = !dissects
                && match &mut reader {
                    Reader::Nobody => true,
                    Reader::Conversations(conversations, _) => conversations.see(&sight, &input),
                    Reader::Tracker(tracker, _) => tracker.see(&sight, &input, &mut observer),
                };
            if seen {
                continue;
            }
            let dissection = session.dissect(input);
            match &mut reader {
                Reader::Nobody => {}
                Reader::Conversations(conversations, _) => conversations.read(&dissection),
                Reader::Tracker(tracker, _) => tracker.read(&dissection, &mut observer),
            }
        }
    }
    let took = (processor() - begun) / frames as f64;
    assert_eq!(observer.0, 0);
    took
}

/// What memory costs on this machine: nanoseconds to count a frame and its bytes in a hash map of the
/// same keys, in the same order.
fn floor(flows: u64, frames: u64) -> f64 {
    let mut map = std::collections::HashMap::<[u64; 5], [u64; 2], _>::with_hasher(
        foldhash::fast::RandomState::default(),
    );
    let (mut random, begun) = (1_u64, processor());
    for number in 0..frames {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        let at = if number < flows { number } else { (random >> 33) % flows };
        let counters = map.entry([0, 0x0a00_0000 + at, 0, 7, 9]).or_default();
        counters[0] += 1;
        counters[1] += 104;
    }
    (processor() - begun) / frames as f64
}

/// Ethernet.
const LINK_TYPE: u32 = 1;
/// Bytes of its header.
const LINK: usize = 14;

fn template() -> Vec<u8> {
    let mut frame = vec![0; LINK + 40 + 64];
    frame[12] = 8;
    let packet = &mut frame[LINK..];
    packet[0] = 0x45;
    packet[3] = 104;
    (packet[8], packet[9]) = (64, 6);
    packet[32] = 0x50;
    packet[34] = 0xff;
    frame
}

/// The frame of a flow that it is the turn of.
fn fill(frame: &mut Vec<u8>, flow: u64, turn: u8) {
    let client = (0x0a00_0000 + (flow & 0xff_ffff) as u32).to_be_bytes();
    let server = [192, 0, 2, 1];
    let forward = turn != 1 && (turn < 3 || turn % 2 == 1);
    let (from, to) = if forward { (client, server) } else { (server, client) };
    let length: u8 = if turn < 3 { 0 } else { 64 };
    frame.truncate(LINK + 40);
    frame.resize(LINK + 40 + usize::from(length), b'x');
    let frame = &mut frame[LINK..];
    frame[3] = 40 + length;
    frame[12..16].copy_from_slice(&from);
    frame[16..20].copy_from_slice(&to);
    let ports = if forward { [0x9c, 0x40, 0x10, 0x92] } else { [0x10, 0x92, 0x9c, 0x40] };
    frame[20..24].copy_from_slice(&ports);
    // The requests and answers that were sent before this one, of 64 bytes each.
    let (asked, answered) = (turn.saturating_sub(2) / 2, turn.saturating_sub(3) / 2);
    let (asked, answered) = (1 + u32::from(asked) * 64, 1 + u32::from(answered) * 64);
    let (sequence, ack, flags) = match turn {
        0 => (0, 0, 2),
        1 => (0, 1, 0x12),
        2 => (1, 1, 0x10),
        _ if forward => (asked, answered, 0x18),
        _ => (answered, asked, 0x18),
    };
    frame[24..28].copy_from_slice(&u32::to_be_bytes(sequence));
    frame[28..32].copy_from_slice(&u32::to_be_bytes(ack));
    frame[33] = flags;
}

/// Nanoseconds that this process has computed for: what else the machine does is left out.
fn processor() -> f64 {
    let status = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = status.rsplit(')').next().unwrap_or("").split_whitespace();
    let ticks: f64 = fields.skip(11).take(2).filter_map(|text| text.parse::<f64>().ok()).sum();
    ticks * 1e7
}

/// Bytes of memory of this process.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    status.split(' ').nth(1).and_then(|pages| pages.parse::<u64>().ok()).unwrap_or(0) * 4096
}
