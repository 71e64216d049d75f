//! DNS Stateful Operations, RFC 8490.

use wirelens_dissect::prelude::*;

use super::{DSO, names};

fields! {
    /// What a stateful message has instead of sections.
    ROWS = "dns" DSO "dso";
    TLV = group "dso.tlv" "Element" many key("elements") {
        TYPE       = uint  "dso.tlv.type"   "Type" names(names::DSO_TYPES) brief("");
        LENGTH     = uint  "dso.tlv.length" "Length" detail;
        INACTIVITY = uint  "dso.tlv.keepalive.inactivity" "Inactivity Timeout (ms)" key("inactivity_timeout");
        INTERVAL   = uint  "dso.tlv.keepalive.interval"   "Keepalive Interval (ms)" key("keepalive_interval");
        RETRY      = uint  "dso.tlv.retrydelay.retrydelay" "Retry Delay (ms)"       key("retry_delay");
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

#[cfg(test)]
mod tests {
    use super::super::DNS;
    use super::super::messages::*;
    use crate::testing::*;

    #[test]
    fn stateful_operations() {
        let message = data(
            "0077 b000 0000 0000 0000 0000 0001 0008 00003a98 0000ea60 0002 0004 00000005 \
             0003 0002 0000 0003 0000 0040 0007 a. 0001 0001",
        );
        insta::assert_snapshot!(tree(&DNS, &message));
        every_prefix(&DNS, &message);
    }

    #[test]
    fn with_a_question_it_is_an_ordinary_message() {
        let message = data("0077 3000 0001 0000 0000 0000 a.example. 0001 0001");
        assert!(tree(&DNS, &message).contains("Name: a.example"));
    }
}
