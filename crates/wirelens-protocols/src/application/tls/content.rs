//! What records of TLS and of DTLS have alike, whatever the names of their rows are.

use wirelens_dissect::prelude::*;

/// The rows of a heartbeat.
pub(super) struct HeartbeatRows {
    pub(super) kind: &'static Field,
    pub(super) length: &'static Field,
    pub(super) data: &'static Field,
    pub(super) padding: &'static Field,
    pub(super) lies: &'static Field,
}

/// RFC 6520 section 4. One that claims more than it has is the bug known as Heartbleed.
pub(super) fn heartbeat(p: &mut Packet<'_>, rows: &HeartbeatRows) -> Read {
    p.u8(rows.kind)?;
    let length = usize::from(p.u16(rows.length)?);
    if length > p.declared_left() {
        p.problem_at(rows.lies, p.at() - 2, 2);
    }
    p.bytes(rows.data, length.min(p.left()))?;
    p.remainder(rows.padding)
}
