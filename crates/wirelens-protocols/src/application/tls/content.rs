//! What records of TLS and of DTLS have alike, whatever the names of their rows are.

use wirelens_dissect::prelude::*;

/// Reads the content of a record of this length, as far as it is there. What a record lacks that is
/// all there no other segment brings: that is the problem `too_short`, and the next record is read
/// all the same.
pub(super) fn of_record(
    p: &mut Packet<'_>,
    length: usize,
    too_short: &'static Field,
    read: impl FnOnce(&mut Packet<'_>) -> Read,
) -> Read {
    let declared = p.declared_left();
    let end = p.at().saturating_add(length);
    match p.within(length.min(declared), read) {
        Err(Stop::Truncated { .. }) if end <= p.at() + p.left() => {
            p.problem(too_short);
            p.seek(end);
            Ok(())
        }
        Ok(()) if length > declared => {
            Err(Stop::Truncated { need: length as u32, have: declared as u32 })
        }
        result => result,
    }
}

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
    if p.left() > 0 {
        p.rest(rows.padding)?;
    }
    Ok(())
}
