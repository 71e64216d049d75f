//! What flows are called.

use std::fmt::Write;

use wirelens_flow::{Flow, Side};

use crate::pool::safe;

/// The name of a flow and of its file: `192.0.2.1_4000-198.51.100.7_80-1400000000.123456789`, the
/// initiator first, then when it began. Made of digits, letters, `.`, `_` and `-` only, so it is a
/// name wherever files are.
pub(crate) fn label(flow: &Flow) -> String {
    let mut label = String::with_capacity(96);
    for side in [Side::Initiator, Side::Responder] {
        let end = flow.end(side);
        label.push_str(&safe(end.address));
        if flow.has_ports() {
            let _ = write!(label, "_{}", end.port);
        }
        label.push('-');
    }
    let first = flow.first();
    let _ = write!(label, "{}.{:09}", first / 1_000_000_000, first % 1_000_000_000);
    label
}
