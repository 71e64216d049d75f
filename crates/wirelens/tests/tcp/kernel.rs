//! The states that the tracker gives both ends, held against those that their kernels had.

use std::collections::HashMap;

use wirelens::flow::Side;
use wirelens::flow::tcp::State;

use crate::told::{Told, path, told};

/// What `record-tcp.py` wrote whenever nothing was under way.
struct Stated {
    capture: String,
    frames: u64,
    ports: [u16; 2],
    states: [String; 2],
}

fn stated() -> Vec<Stated> {
    let text = std::fs::read_to_string(path("states.tsv")).expect("a table");
    let number = |text: &str| text.parse().expect("a number");
    let row = |line: &str| {
        let cells: Vec<&str> = line.split('\t').collect();
        let [capture, frames, a, b, of_a, of_b] = cells[..] else { panic!("{line}") };
        Stated {
            capture: capture.to_owned(),
            frames: u64::from(number(frames)),
            ports: [number(a), number(b)],
            states: [of_a.to_owned(), of_b.to_owned()],
        }
    };
    text.lines().skip(1).map(row).collect()
}

/// What the tracker says of A and B behind so many frames.
fn tracked(flows: &[Told], stated: &Stated) -> Option<[State; 2]> {
    let of_a = |one: &Told| one.port(Side::Initiator) == stated.ports[0];
    let is = |one: &&Told| {
        let ends = [one.port(Side::Initiator), one.port(Side::Responder)];
        ends == stated.ports || ends == [stated.ports[1], stated.ports[0]]
    };
    let before = |one: &Told| {
        let last = one.states.iter().rev().find(|(frame, _)| *frame <= stated.frames)?;
        Some(if of_a(one) { last.1 } else { [last.1[1], last.1[0]] })
    };
    // The last connection between the two that had begun.
    flows.iter().filter(is).filter_map(before).next_back()
}

#[test]
fn the_kernels_were_in_these_states() {
    let mut captures: HashMap<String, Vec<Told>> = HashMap::new();
    let (all, mut compared) = (stated(), 0);
    for stated in &all {
        let name = &stated.capture;
        let flows = captures.entry(name.clone()).or_insert_with(|| told(name));
        let states =
            tracked(flows, stated).map(|states| states.map(|state| state.name().to_owned()));
        let at = format!("{name}, frame {}, port {}", stated.frames, stated.ports[0]);
        assert_eq!(states.as_ref(), Some(&stated.states), "{at}");
        compared += 1;
    }
    assert!(compared > 100 && captures.len() == 12, "{compared} of {}", captures.len());
}
