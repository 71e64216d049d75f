//! DNS Stateful Operations, RFC 8490.

use wirelens_dissect::prelude::*;

use super::{DSO, names};

fields! {
    /// What a stateful message has instead of sections.
    ROWS = "dns" DSO "dso";
    TLV = group "dso.tlv" "Element" many key("elements") {
        TYPE       = uint  "dso.tlv.type"   "Type" names(names::DSO_TYPES);
        LENGTH     = uint  "dso.tlv.length" "Length" detail;
        INACTIVITY = uint  "dso.tlv.keepalive.inactivity" "Inactivity timeout (ms)" key("inactivity_timeout");
        INTERVAL   = uint  "dso.tlv.keepalive.interval"   "Keepalive interval (ms)" key("keepalive_interval");
        RETRY      = uint  "dso.tlv.retrydelay.retrydelay" "Retry delay (ms)"       key("retry_delay");
        PADDING    = bytes "dso.tlv.encpad.padding" "Padding" key("padding") detail;
        DATA       = bytes "dso.tlv.data" "Data";
    };
}

/// Reads elements up to the end of the message.
pub(super) fn read(p: &mut Packet<'_>, row: &'static Field) -> Read {
    p.group(row, |p| {
        while p.left() > 0 || p.declared_left() > 0 {
            p.group(&TLV, element)?;
        }
        Ok(())
    })
}

fn element(p: &mut Packet<'_>) -> Read {
    let kind = p.u16(&TYPE)?;
    let length = usize::from(p.u16(&LENGTH)?);
    p.within(length, |p| match kind {
        1 => {
            p.u32(&INACTIVITY)?;
            p.u32(&INTERVAL).map(drop)
        }
        2 => p.u32(&RETRY).map(drop),
        _ if length == 0 => Ok(()),
        3 => p.bytes(&PADDING, length).map(drop),
        _ => p.bytes(&DATA, length).map(drop),
    })
}
