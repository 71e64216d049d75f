//! Sequenced Packet Exchange, Novell, and its second version, which is told by a bit.

use wirelens_dissect::prelude::*;

use super::ipx::IPX_TYPE;

static CONTROLS: Names = &[
    (0x0, "Data, no acknowledgment required"),
    (0x1, "End of message"),
    (0x2, "Attention"),
    (0x4, "Acknowledgment required"),
    (0x5, "End of message, acknowledgment required"),
    (0x8, "System packet"),
    (0xc, "System packet, acknowledgment required"),
];

static TYPES: Names = &[
    (0xfc, "Orderly release request"),
    (0xfd, "Orderly release acknowledgment"),
    (0xfe, "End of connection"),
    (0xff, "End of connection acknowledgment"),
];

protocol! {
    SPX = "spx" "SPX" "Sequenced Packet Exchange", Transport;
    @ IPX_TYPE 5;
    CONTROL  = hex "ctl" "Connection Control" & 0xf0 names(CONTROLS) brief("") {
        SYSTEM    = flag "ctl.sys" "System packet" & 0x80;
        SEND_ACK  = flag "ctl.send_ack" "Acknowledgment required" & 0x40;
        ATTENTION = flag "ctl.attn" "Attention" & 0x20;
        END       = flag "ctl.eom" "End of message" & 0x10;
        VERSION_2 = flag "ctl.v2" "SPX II" & 0x08 read;
        NEGOTIATES = flag "ctl.neg_size" "Negotiates the size" & 0x04 read;
        RESERVED  = flag "ctl.reserved" "Reserved" & 0x02 read detail;
        EXTENDED  = flag "ctl.ext_header" "Extended header" & 0x01 read;
    };
    TYPE     = hex  "type" "Datastream Type" names(TYPES) brief("type ") unless_zero;
    SRC      = uint "src" "Source Connection ID" key("src_id") brief("from ");
    DST      = uint "dst" "Destination Connection ID" key("dst_id") brief("to ");
    SEQUENCE = uint "seq" "Sequence Number" brief("seq ");
    ACK      = uint "ack" "Acknowledgment Number" brief("ack ");
    ALLOCATION = uint "alloc" "Allocation Number";
    SIZE     = uint "neg_size" "Negotiation Size";
    AGAIN    = uint "rexmt_frame" "Sent before in frame" brief("again, as in frame ");
    AGAIN_DATA = bytes "rexmt_data" "Data sent again";
}

const SYSTEM_PACKET: u8 = 0x80;
const SECOND_VERSION: u8 = 0x08;
/// What is remembered of what a connection sent.
const REMEMBERED: usize = 64;

/// What was sent last in a connection: numbers, direction, and in which frame.
struct Sent {
    all: [(u16, u16, bool, u64); REMEMBERED],
    next: usize,
}

impl Default for Sent {
    fn default() -> Sent {
        Sent { all: [(0, 0, false, 0); REMEMBERED], next: 0 }
    }
}

impl Sent {
    /// The frame in which this was sent before. If it was not, that is remembered.
    fn before(&mut self, sequence: u16, ack: u16, direction: bool, frame: u64) -> Option<u64> {
        let same = |&&(s, a, d, f): &&(u16, u16, bool, u64)| {
            (s, a, d) == (sequence, ack, direction) && f != 0 && f != frame
        };
        if let Some(&(.., before)) = self.all.iter().find(same) {
            return Some(before);
        }
        if let Some(place) = self.all.get_mut(self.next) {
            *place = (sequence, ack, direction, frame);
        }
        self.next = (self.next + 1) % REMEMBERED;
        None
    }
}

fn dissect(p: &mut Packet<'_>) -> Step {
    let at = p.at();
    let control = p.u8(&CONTROL)?;
    let is_second = control & SECOND_VERSION != 0;
    if is_second {
        p.views(at, 1, control, &[&VERSION_2, &NEGOTIATES, &RESERVED, &EXTENDED]);
    }
    p.u8(&TYPE)?;
    p.u16(&SRC)?;
    p.u16(&DST)?;
    let sequence = p.u16(&SEQUENCE)?;
    let ack = p.u16(&ACK)?;
    p.u16(&ALLOCATION)?;
    if is_second {
        p.u16(&SIZE)?;
    }
    let frame = p.frame_number();
    // The second version counts packets that carry nothing as well.
    if control & (SYSTEM_PACKET | SECOND_VERSION) == 0
        && let Some((sent, direction)) = p.conversation::<Sent>()
        && let Some(before) = sent.before(sequence, ack, direction, frame)
    {
        p.mark(&AGAIN, at, 0, before);
        p.remainder(&AGAIN_DATA)?;
        return Ok(Next::Nothing);
    }
    Ok(if p.declared_left() == 0 { Next::Nothing } else { Next::Data })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;
    use wirelens_dissect::{Input, Session};
    use wirelens_report::{Line, write_layers};

    const DATA: &str = "40 00 0101 0202 0001 0002 0003 616263";

    #[test]
    fn data() {
        insta::assert_snapshot!(tree(&SPX, &hex(DATA)));
        every_prefix(&SPX, &hex(DATA));
    }

    #[test]
    fn the_second_version() {
        let packet = hex("4c 00 0101 0202 0001 0002 0003 05dc 616263");
        insta::assert_snapshot!(tree(&SPX, &packet));
        every_prefix(&SPX, &packet);
    }

    #[test]
    fn what_is_sent_again_is_told_with_its_frame() {
        let mut session = Session::new(crate::shared());
        let mut look = |number: u64, text: &str| {
            let bytes = hex(text);
            let length = bytes.len() as u32;
            let input = Input { number, captured: &bytes, length, ..Input::default() };
            let frame = session.dissect_as(Next::To(&SPX), input);
            let mut line = Line::new();
            write_layers(&mut line, &frame);
            String::from_utf8(line.written().to_vec()).expect("a tree is text")
        };
        assert!(!look(1, DATA).contains("again"));
        let again = look(2, DATA);
        assert!(again.contains("Sent before in frame: 1") && again.contains("Data sent again: 616263"), "{again}");
        assert!(!look(3, &DATA.replace("0001", "0002")).contains("again"));
        let system = DATA.replace("40 00", "c0 00").replace("0001", "0009");
        assert!(!look(4, &system).contains("again") && !look(5, &system).contains("again"));
    }
}
