//! What flows are called.

use wirelens_flow::{Flow, Side};
use wirelens_report::Line;

/// Bytes of the longest name.
const LONGEST: usize = 160;

/// The name of a flow and of its file: `192.0.2.1_4000-198.51.100.7_80-1400000000.123456789`, the
/// initiator first, then when it began. Made of digits, letters, `.`, `_` and `-` only, so it is a
/// name wherever files are.
pub(crate) fn write_label(line: &mut Line, flow: &Flow) {
    line.room(LONGEST);
    for side in Side::BOTH {
        let end = flow.end(side);
        let from = line.len();
        line.address(end.address);
        for at in from..line.len() {
            if line.written()[at] == b':' {
                line.replace(at, b'_');
            }
        }
        if flow.has_ports() {
            line.put(b'_');
            line.number(end.port.into());
        }
        line.put(b'-');
    }
    let first = flow.first();
    line.number(first / 1_000_000_000);
    line.put(b'.');
    line.nanoseconds((first % 1_000_000_000) as u32);
}
