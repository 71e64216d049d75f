//! What is wrong with a frame, by name.

use wirelens_dissect::{Dissection, Kind, Protocol, Stop};

/// One problem of a frame.
#[derive(Clone, Copy, Debug)]
pub struct Problem {
    /// The filter name of its row; `malformed` or `short` where bytes are missing, because the
    /// frame contradicts itself or because it was not captured whole.
    pub name: &'static str,
    /// What people read.
    pub label: &'static str,
    /// In whose layer it is.
    pub protocol: &'static Protocol,
    /// Where, in bytes from the start of its buffer.
    pub offset: Option<u32>,
    /// The bytes that are missing.
    pub missing: Option<Missing>,
}

/// Bytes that a field takes, and those that are there.
#[derive(Clone, Copy, Debug)]
pub struct Missing {
    /// How many it takes.
    pub need: u32,
    /// How many there are.
    pub have: u32,
}

/// Calls `each` with the problem fields of all layers, then with why dissection stopped.
pub fn each_problem(frame: &Dissection<'_>, each: &mut dyn FnMut(Problem)) {
    if frame.problems() > 0 {
        for layer in frame.layers() {
            let nodes = frame.nodes(layer).into_iter().flatten();
            for node in nodes.filter(|node| node.field.kind == Kind::Problem) {
                each(Problem {
                    name: node.field.name,
                    label: node.field.label,
                    protocol: layer.protocol,
                    offset: Some(node.offset),
                    missing: None,
                });
            }
        }
    }
    if let Some((layer, Stop::Truncated { need, have })) = frame.stop() {
        let (name, label) = match frame.is_malformed() {
            true => ("malformed", "Bytes are missing"),
            false => ("short", "Cut short by the capture"),
        };
        let missing = Some(Missing { need, have });
        each(Problem { name, label, protocol: layer.protocol, offset: None, missing });
    }
}
