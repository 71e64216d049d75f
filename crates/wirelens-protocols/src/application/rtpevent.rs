//! Telephone events in RTP: RFC 4733.

use wirelens_dissect::prelude::*;

protocol! {
    RTPEVENT = "rtpevent" "RTP Event" "RTP Telephone Event", Application;
    EVENT = group "event" "Event" own many key("events") {
        ID       = uint "event_id" "Event" names(EVENTS) key("id") brief("");
        END      = flag "end_of_event" "End" & 0x80 key("end") brief("ends");
        RESERVED = flag "reserved" "Reserved" & 0x40 key("reserved");
        VOLUME   = uint "volume" "Volume in -dBm0" & 0x3f key("volume");
        DURATION = uint "duration" "Duration in units of the timestamp" key("duration") brief("for ");
    };
}

fn dissect(p: &mut Packet<'_>) -> Step {
    p.each(|p| {
        p.group(&EVENT, |p| {
            p.u8(&ID)?;
            let word = p.peek_u8()?;
            p.bits(word, 1, &[&END, &RESERVED, &VOLUME])?;
            p.u16(&DURATION).map(drop)
        })
    })?;
    Ok(Next::Nothing)
}

/// <https://www.iana.org/assignments/audio-telephone-event-registry>, and Cisco's of tones in
/// calls of modems and faxes.
static EVENTS: Names = &[
    (0, "DTMF Zero 0"),
    (1, "DTMF One 1"),
    (2, "DTMF Two 2"),
    (3, "DTMF Three 3"),
    (4, "DTMF Four 4"),
    (5, "DTMF Five 5"),
    (6, "DTMF Six 6"),
    (7, "DTMF Seven 7"),
    (8, "DTMF Eight 8"),
    (9, "DTMF Nine 9"),
    (10, "DTMF Star *"),
    (11, "DTMF Pound #"),
    (12, "DTMF A"),
    (13, "DTMF B"),
    (14, "DTMF C"),
    (15, "DTMF D"),
    (16, "Flash"),
    (23, "CRdSeg: second V.8bis CRd"),
    (24, "CReSeg: second V.8bis CRe"),
    (25, "MReSeg: second V.8bis MRe"),
    (26, "V32AC: V.32 AC"),
    (27, "V8bISeg: initiating V.8bis segment"),
    (28, "V8bRSeg: responding V.8bis segment"),
    (29, "V21L300: V.21 low channel"),
    (30, "V21H300: V.21 high channel"),
    (31, "B103L300: Bell 103 low channel"),
    (32, "ANS: V.25 answer tone"),
    (33, "/ANS: with phase reversals"),
    (34, "ANSam: V.8 modified answer tone"),
    (35, "/ANSam: with phase reversals"),
    (36, "CNG: T.30 calling tone"),
    (37, "V.21 channel 1, 0"),
    (38, "V.21 channel 1, 1"),
    (39, "V.21 channel 2, 0"),
    (40, "V.21 channel 2, 1"),
    (41, "V.23 main channel, 0"),
    (42, "V.23 main channel, 1"),
    (43, "V.23 back channel, 0"),
    (44, "V.23 back channel, 1"),
    (45, "Baudot space"),
    (46, "Baudot mark"),
    (47, "Baudot shift"),
    (49, "CT: V.25 calling tone"),
    (52, "ANS2225: 2225 Hz answer tone"),
    (53, "CI: V.8 call indicator"),
    (54, "V.21 preamble flag"),
    (55, "V21L110: V.21 at 110 bit/s, low channel"),
    (56, "B103L300: Bell 103 low channel"),
    (57, "V23Main: V.23 main channel"),
    (58, "V23Back: V.23 back channel"),
    (59, "Baud4545: Baudot at 45.45 bit/s"),
    (60, "Baud50: Baudot at 50 bit/s"),
    (62, "XCIMark: XCI mark"),
    (63, "V32AA: V.32 AA"),
    (64, "Off hook"),
    (65, "On hook"),
    (66, "Dial tone"),
    (67, "Internal dial tone"),
    (68, "Special dial tone"),
    (69, "Second dial tone"),
    (70, "Ringing tone"),
    (71, "Special ringing tone"),
    (72, "Busy tone"),
    (73, "Congestion tone"),
    (74, "Special information tone"),
    (75, "Comfort tone"),
    (76, "Hold tone"),
    (77, "Record tone"),
    (78, "Caller waiting tone"),
    (79, "Call waiting tone"),
    (80, "Pay tone"),
    (81, "Positive indication tone"),
    (82, "Negative indication tone"),
    (83, "Warning tone"),
    (84, "Intrusion tone"),
    (85, "Calling card service tone"),
    (86, "Payphone recognition tone"),
    (87, "CPE alerting signal"),
    (88, "Off-hook warning tone"),
    (89, "Ring"),
    (192, "Cisco: 2100 Hz answer tone"),
    (193, "Cisco: up-speed to G.711"),
    (194, "Cisco: shift to voice mode"),
    (195, "Cisco: modem relay mode"),
    (200, "Cisco: T.38 request"),
    (201, "Cisco: T.38 acknowledged"),
    (202, "Cisco: T.38 refused"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    #[test]
    fn two_events() {
        insta::assert_snapshot!(tree(&RTPEVENT, &hex("018a 00a0 0b4a 0140")));
    }

    #[test]
    fn every_prefix_of_them() {
        every_prefix(&RTPEVENT, &hex("018a 00a0 0b4a 0140"));
    }

    #[test]
    fn names_are_sorted() {
        assert!(EVENTS.is_sorted_by_key(|(event, _)| event));
    }
}
