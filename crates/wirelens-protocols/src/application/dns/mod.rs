//! Domain Name System, RFC 1035, and its many additions.
//!
//! The message stands here: header, sections, questions. `record` has the resource records and
//! leads to those of the other files; mDNS and LLMNR are messages of the same form.

mod dso;
mod edns;
mod host;
#[cfg(test)]
mod messages;
mod name;
mod names;
mod record;
mod security;
mod svcb;

use wirelens_dissect::prelude::*;

use crate::application::http::HTTP;
use crate::application::http2::HTTP2;
use crate::transport::tcp::TCP_PORT;
use crate::transport::udp::UDP_PORT;

protocol! {
    DNS = "dns" "DNS" "Domain Name System", Application, messages();
    @ UDP_PORT by looks_like_dns 53;
    @ TCP_PORT 53 | 5353;
    LENGTH = uint "length" "Length" detail;
    ID     = hex  "id"     "Transaction ID" brief("") unless_zero;
    QUERY_FLAGS = hex "flags" "Flags" {
        QUERY_RESPONSE   = flag "flags.response"     "Response"             & 0x8000;
        QUERY_OPCODE     = uint "flags.opcode"       "Opcode"               & 0x7800 names(names::OPCODES) brief("") leads;
        QUERY_TRUNCATED  = flag "flags.truncated"    "Truncated"            & 0x0200 brief("truncated");
        QUERY_DESIRED    = flag "flags.recdesired"   "Recursion desired"    & 0x0100;
        QUERY_Z          = flag "flags.z"            "Reserved"             & 0x0040;
        QUERY_AUTHENTIC  = flag "flags.authenticated" "Authentic data wanted" & 0x0020 read;
        QUERY_CHECKING   = flag "flags.checkdisable" "Checking disabled"    & 0x0010;
    };
    RESPONSE_FLAGS = hex "flags" "Flags" {
        RESPONSE         = flag "flags.response"     "Response"             & 0x8000 brief("Response") leads;
        OPCODE           = uint "flags.opcode"       "Opcode"               & 0x7800 names(names::OPCODES) brief("") unless_zero leads;
        AUTHORITATIVE    = flag "flags.authoritative" "Authoritative answer" & 0x0400;
        TRUNCATED        = flag "flags.truncated"    "Truncated"            & 0x0200 brief("truncated");
        DESIRED          = flag "flags.recdesired"   "Recursion desired"    & 0x0100;
        AVAILABLE        = flag "flags.recavail"     "Recursion available"  & 0x0080;
        Z                = flag "flags.z"            "Reserved"             & 0x0040;
        AUTHENTIC        = flag "flags.authenticated" "Authentic data"      & 0x0020;
        CHECKING         = flag "flags.checkdisable" "Checking disabled"    & 0x0010;
        RCODE            = uint "flags.rcode"        "Response code"        & 0x000f names(names::RCODES) brief("") unless_zero;
    };
    LLMNR_QUERY_FLAGS = hex "flags" "Flags" {
        LLMNR_QUERY_RESPONSE  = flag "flags.response"  "Response"  & 0x8000;
        LLMNR_QUERY_OPCODE    = uint "flags.opcode"    "Opcode"    & 0x7800 names(names::OPCODES) brief("") leads;
        LLMNR_QUERY_CONFLICT  = flag "flags.conflict"  "Conflict"  & 0x0400;
        LLMNR_QUERY_TRUNCATED = flag "flags.truncated" "Truncated" & 0x0200;
        LLMNR_QUERY_TENTATIVE = flag "flags.tentative" "Tentative" & 0x0100;
    };
    LLMNR_RESPONSE_FLAGS = hex "flags" "Flags" {
        LLMNR_RESPONSE  = flag "flags.response"  "Response"      & 0x8000 brief("Response") leads;
        LLMNR_OPCODE    = uint "flags.opcode"    "Opcode"        & 0x7800 names(names::OPCODES) brief("") unless_zero leads;
        LLMNR_CONFLICT  = flag "flags.conflict"  "Conflict"      & 0x0400 brief("conflict");
        LLMNR_TRUNCATED = flag "flags.truncated" "Truncated"     & 0x0200;
        LLMNR_TENTATIVE = flag "flags.tentative" "Tentative"     & 0x0100;
        LLMNR_RCODE     = uint "flags.rcode"     "Response code" & 0x000f names(names::RCODES) brief("") unless_zero;
    };
    QUERY_COUNT        = uint "count.queries"       "Questions"          key("query_count");
    ZONE_COUNT         = uint "count.zones"         "Zones"              key("zone_count");
    ANSWER_COUNT       = uint "count.answers"       "Answers"            key("answer_count");
    PREREQUISITE_COUNT = uint "count.prerequisites" "Prerequisites"      key("prerequisite_count");
    AUTHORITY_COUNT    = uint "count.auth_rr"       "Authority records"  key("authority_count");
    UPDATE_COUNT       = uint "count.updates"       "Updates"            key("update_count");
    ADDITIONAL_COUNT   = uint "count.add_rr"        "Additional records" key("additional_count");
    QUERY        = group "queries"       "Question"          own many rows(QUERY_ROWS);
    ZONE         = group "zones"         "Zone"              own many rows(QUERY_ROWS);
    ANSWER       = group "answers"       "Answer"            own many rows(&RECORD_ROWS);
    PREREQUISITE = group "prerequisites" "Prerequisite"      own many rows(&RECORD_ROWS) silent;
    AUTHORITY    = group "authorities"   "Authority"         own many rows(&RECORD_ROWS) silent;
    UPDATE       = group "updates"       "Update"            own many rows(&RECORD_ROWS);
    ADDITIONAL   = group "additionals"   "Additional record" own many rows(&RECORD_ROWS) silent;
    DSO          = group "dso"           "DNS Stateful Operations" rows(dso::ROWS);
    EXTRANEOUS_DATA = bytes "extraneous.data" "Bytes behind the message" key("extraneous_data");
    EXTRANEOUS      = problem "extraneous"    "There are bytes behind the message";
    BAD_LENGTH      = problem "length.bad"    "Length is shorter than a header" own;
    BAD_LABEL       = problem "name.label"    "Label of an unknown type"        own many shared;
    NAME_LOOPS      = problem "name.loop"     "Name points at itself"           own many shared;
    NAME_TOO_LONG   = problem "name.long"     "Name is longer than 255 bytes"   own many shared;
    FORWARD_POINTER = problem "name.forward"  "Name points forwards"            own many shared;
    POINTER_OUTSIDE = problem "name.outside"  "Name points outside the message" own many shared;
}

fields! {
    /// What a question has.
    QUERY_ROWS = "dns" QUERY "qry";
    QUERY_NAME     = text "qry.name"  "Name" brief("");
    QUERY_TYPE     = uint "qry.type"  "Type"  names(names::TYPES) brief("");
    QUERY_CLASS    = hex  "qry.class" "Class" names(names::CLASSES) brief("") unless(1);
    QUERY_CLASS_15 = hex  "qry.class" "Class" & 0x7fff names(names::CLASSES) brief("") unless(1);
    QUERY_UNICAST  = flag "qry.qu"    "Unicast response wanted" & 0x8000 brief("unicast");
}

/// What a resource record has, from all files.
static RECORD_ROWS: [&Field; ROW_COUNT] =
    joined(&[record::ROWS, host::ROWS, security::ROWS, svcb::ROWS, edns::ROWS]);

const ROW_COUNT: usize = record::ROWS.len()
    + host::ROWS.len()
    + security::ROWS.len()
    + svcb::ROWS.len()
    + edns::ROWS.len();

const fn joined<const N: usize>(lists: &[&[&'static Field]]) -> [&'static Field; N] {
    let mut all = [lists[0][0]; N];
    let (mut list, mut at) = (0, 0);
    while list < lists.len() {
        let mut row = 0;
        while row < lists[list].len() {
            all[at] = lists[list][row];
            (at, row) = (at + 1, row + 1);
        }
        list += 1;
    }
    all
}

/// Which of the protocols with this message format it is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Flavour {
    /// DNS itself.
    Unicast,
    /// Multicast DNS, RFC 6762.
    Multicast,
    /// Link-Local Multicast Name Resolution, RFC 4795.
    LinkLocal,
}

/// Where a message stands in the buffer, for the pointers in its names.
#[derive(Clone, Copy)]
struct Message {
    start: usize,
    end: usize,
    flavour: Flavour,
}

const HEADER: usize = 12;

fn dissect(p: &mut Packet<'_>) -> Step {
    const TCP: u8 = 6;
    // Over HTTP a message has no length before it, RFC 8484 section 6.
    let over_http = p.outer().is_some_and(|layer| [&HTTP, &HTTP2].contains(&layer.protocol));
    if p.flow().protocol == TCP && !over_http { over_tcp(p) } else { datagram(p, Flavour::Unicast) }
}

/// A message that ends with its datagram.
pub(super) fn datagram(p: &mut Packet<'_>, flavour: Flavour) -> Step {
    let result = message(p, flavour);
    p.seek(p.at() + p.left());
    result?;
    Ok(Next::Nothing)
}

/// A message behind its length, RFC 1035 section 4.2.2.
fn over_tcp(p: &mut Packet<'_>) -> Step {
    let length = usize::from(p.u16(&LENGTH)?);
    if length < HEADER {
        p.problem_at(&BAD_LENGTH, p.at() - 2, 2);
        p.skip(length)?;
        return Ok(Next::Again);
    }
    if length > p.declared_left() {
        if p.may_wait() {
            p.need(length)?;
        }
        return datagram(p, Flavour::Unicast);
    }
    p.within(length, |p| message(p, Flavour::Unicast))?;
    Ok(Next::Again)
}

fn message(p: &mut Packet<'_>, flavour: Flavour) -> Read {
    const RESPONSE_BIT: u16 = 0x8000;
    const AUTHENTIC_BIT: u16 = 0x0020;
    const DYNAMIC_UPDATE: u16 = 5;
    const STATEFUL: u16 = 6;
    if !p.records() {
        // Nothing follows a message, so that it is one is all that its layers have to say.
        p.need(12)?;
        return p.skip(p.left());
    }
    let message = Message { start: p.at(), end: p.at() + p.left(), flavour };
    p.u16(&ID)?;
    let flags = p.peek_u16()?;
    let response = flags & RESPONSE_BIT != 0;
    p.u16(match (flavour, response) {
        (Flavour::LinkLocal, false) => &LLMNR_QUERY_FLAGS,
        (Flavour::LinkLocal, true) => &LLMNR_RESPONSE_FLAGS,
        (_, false) => &QUERY_FLAGS,
        (_, true) => &RESPONSE_FLAGS,
    })?;
    // RFC 6840 section 5.7 gave the bit a meaning in queries, where it is shown if it is set.
    if !response && flavour != Flavour::LinkLocal && flags & AUTHENTIC_BIT != 0 {
        p.under(|p| {
            p.mark(&QUERY_AUTHENTIC, p.at() - 2, 2, flags.into());
            Ok(())
        })?;
    }
    let opcode = flags >> 11 & 0xf;
    let update = opcode == DYNAMIC_UPDATE;
    // RFC 2136 section 2: the sections of an update have names of their own.
    let [questions, answers, authorities] = if update {
        [&ZONE_COUNT, &PREREQUISITE_COUNT, &UPDATE_COUNT]
    } else {
        [&QUERY_COUNT, &ANSWER_COUNT, &AUTHORITY_COUNT]
    };
    let (questions, answers) = (p.u16(questions)?, p.u16(answers)?);
    let (authorities, additionals) = (p.u16(authorities)?, p.u16(&ADDITIONAL_COUNT)?);
    if opcode == STATEFUL && (questions | answers | authorities | additionals) == 0 {
        return dso::read(p, &DSO);
    }
    for _ in 0..questions {
        p.group(if update { &ZONE } else { &QUERY }, |p| question(p, message))?;
    }
    records(p, message, if update { &PREREQUISITE } else { &ANSWER }, answers)?;
    records(p, message, if update { &UPDATE } else { &AUTHORITY }, authorities)?;
    records(p, message, &ADDITIONAL, additionals)?;
    if p.left() > 0 {
        p.problem_at(&EXTRANEOUS, p.at(), p.left());
        p.rest(&EXTRANEOUS_DATA)?;
    }
    Ok(())
}

fn question(p: &mut Packet<'_>, message: Message) -> Read {
    name::read(p, message, &QUERY_NAME)?;
    p.u16(&QUERY_TYPE)?;
    if message.flavour == Flavour::Multicast {
        // RFC 6762 section 5.4.
        return p.bits(p.peek_u16()?, 2, &[&QUERY_CLASS_15, &QUERY_UNICAST]);
    }
    p.u16(&QUERY_CLASS).map(drop)
}

fn records(p: &mut Packet<'_>, message: Message, row: &'static Field, count: u16) -> Read {
    for _ in 0..count {
        p.group(row, |p| record::read(p, message))?;
    }
    Ok(())
}

/// On a port that says nothing: a standard query with one question, or the response to one.
fn looks_like_dns(bytes: &[u8]) -> bool {
    const MOST_RECORDS: u16 = 10;
    let Some(header) = bytes.first_chunk::<HEADER>() else { return false };
    let word = |at: usize| u16::from_be_bytes([header[at], header[at + 1]]);
    let (flags, questions, answers) = (word(2), word(4), word(6));
    let (authorities, additionals) = (word(8), word(10));
    let counts = if flags & 0x8000 == 0 {
        questions == 1 && answers == 0 && authorities == 0
    } else {
        questions == 1 || questions == 0 && answers > 0
    };
    // NetBIOS names, RFC 1001 section 14.1, stand in messages of the same form.
    let netbios = bytes[HEADER..].first_chunk::<33>().is_some_and(|[length, letters @ ..]| {
        *length == 32 && letters.iter().all(|letter| (b'A'..=b'P').contains(letter))
    });
    bytes.len() > HEADER
        && !netbios
        && flags & 0x7800 == 0
        && counts
        && authorities <= MOST_RECORDS
        && additionals <= MOST_RECORDS
}

#[cfg(test)]
mod tests {
    use super::messages::*;
    use super::*;
    use crate::network::ipv4::IP;
    use wirelens_dissect::Session;

    use crate::testing::*;

    const HEADER_OF_QUERY: &str = "1234 0100 0001 0000 0000 0000";

    #[test]
    fn a_response() {
        let message = data(
            "1234 8580 0001 0002 0000 0001 www.example. 0001 0001 \
             c00c 0005 0001 00000e10 0005 02 7732 c010 \
             c029 0001 0001 0000012c 0004 c0000207 \
             . 0029 04d0 00 00 8000 0000",
        );
        insta::assert_snapshot!(tree(&DNS, &message));
        insta::assert_snapshot!(json(&DNS, &message));
        every_prefix(&DNS, &message);
    }

    #[test]
    fn an_update() {
        let message = data(
            "1234 2820 0001 0001 0001 0000 example. 0006 0001 \
             a.example. 00ff 00fe 00000000 0000 a.example. 0001 0001 00000e10 0004 c0000207",
        );
        insta::assert_snapshot!(tree(&DNS, &message));
        every_prefix(&DNS, &message);
    }

    #[test]
    fn messages_over_tcp() {
        let question = data(&format!("{HEADER_OF_QUERY} a.example. 0001 0001"));
        let mut both = over_tcp(&question);
        both.extend(over_tcp(&question));
        insta::assert_snapshot!(tree(&IP, &segment(&both)));
        every_prefix(&IP, &segment(&both));
        let first = segment(&both[..both.len() - 3]);
        let cut = tree_in(&mut without_reassembly(), &IP, &first);
        assert_eq!(cut.matches("Name: a.example").count(), 2, "{cut}");
        let waiting = tree(&IP, &first);
        assert_eq!(waiting.matches("Name: a.example").count(), 1, "{waiting}");
        assert!(waiting.contains("Part of a message"), "{waiting}");
    }

    /// The segment that carries `bytes[from..to]` of a stream whose first byte has number 1.
    fn part(bytes: &[u8], from: usize, to: usize) -> Vec<u8> {
        let mut packet = segment(&bytes[from..to]);
        packet[24..28].copy_from_slice(&(1 + from as u32).to_be_bytes());
        packet
    }

    #[test]
    fn a_message_is_dissected_once_in_the_segment_that_completes_it() {
        let question = data(&format!("{HEADER_OF_QUERY} a.example. 0001 0001"));
        let stream = [over_tcp(&question), over_tcp(&question), over_tcp(&question)].concat();
        for cuts in [vec![1], vec![2], vec![15, 16, 17], vec![20, 40, 60], vec![10, 50]] {
            let mut session = Session::new(crate::shared());
            let ends = cuts.iter().copied().chain([stream.len()]);
            let mut from = 0;
            let mut found = 0;
            for to in ends {
                let tree = tree_in(&mut session, &IP, &part(&stream, from, to));
                found += tree.matches("Name: a.example").count();
                let complete = to / over_tcp(&question).len();
                assert_eq!(found, complete, "{cuts:?} up to {to}: {tree}");
                from = to;
            }
        }
    }

    #[test]
    fn segments_out_of_order_wait_and_repeated_ones_say_nothing() {
        let question = data(&format!("{HEADER_OF_QUERY} a.example. 0001 0001"));
        let stream = [over_tcp(&question), over_tcp(&question)].concat();
        let mut session = Session::new(crate::shared());
        let mut names = |from, to| {
            let tree = tree_in(&mut session, &IP, &part(&stream, from, to));
            tree.matches("Name: a.example").count()
        };
        assert_eq!(names(0, 10), 0);
        assert_eq!(names(40, stream.len()), 0);
        assert_eq!(names(0, 10), 0, "a retransmission");
        assert_eq!(names(10, 40), 2);
        assert_eq!(names(10, 40), 0, "a retransmission");
    }

    #[test]
    fn what_a_message_came_in_is_listed() {
        let question = data(&format!("{HEADER_OF_QUERY} a.example. 0001 0001"));
        let stream = over_tcp(&question);
        let mut session = Session::new(crate::shared());
        tree_in(&mut session, &IP, &part(&stream, 0, 9));
        insta::assert_snapshot!(tree_in(&mut session, &IP, &part(&stream, 9, stream.len())));
    }

    #[test]
    fn a_length_below_the_header_is_passed_over() {
        let question = data(&format!("{HEADER_OF_QUERY} a.example. 0001 0001"));
        let mut bytes = hex("0003 414243");
        bytes.extend(over_tcp(&question));
        let tree = tree(&IP, &segment(&bytes));
        assert!(tree.contains("! Length is shorter"), "{tree}");
        assert!(tree.contains("Name: a.example"), "{tree}");
    }

    #[test]
    fn names() {
        let name_of = |name: &str| {
            let tree = tree(&DNS, &data(&format!("{HEADER_OF_QUERY} {name} 0001 0001")));
            let at = tree.find("Name: ").map_or(0, |at| at + 6);
            let name = tree[at..].lines().next().unwrap_or_default().to_owned();
            (name, tree.contains('!'))
        };
        let long = "3f".to_owned() + &"61".repeat(63);
        for (bytes, expected, problem) in [
            (".", "<Root>", false),
            ("01 61 00", "a", false),
            ("c00c", "<Name contains a pointer that loops>", true),
            ("01 61 c00c", "<Name contains a pointer that loops>", true),
            ("01 61 c014 0001 0001 01 62 00", "a.b", true),
            ("c0ff", "<Root>", true),
            (&format!("{} 00", long.repeat(4)), "<Name too long>", true),
        ] {
            assert_eq!(name_of(bytes), (expected.to_owned(), problem), "{bytes}");
        }
        let longest = format!("{}3d{}00", long.repeat(3), "62".repeat(61));
        assert_eq!(name_of(&longest).0.len(), 253);
        assert!(!name_of(&longest).1);
    }

    #[test]
    fn a_label_of_a_type_that_does_not_exist_ends_the_message() {
        let message = data(&format!("{HEADER_OF_QUERY} 40 01 0001 0001"));
        assert!(tree(&DNS, &message).contains("Label of an unknown type"));
    }

    #[test]
    fn bytes_behind_the_message_are_a_problem() {
        let message = data(&format!("{HEADER_OF_QUERY} a.example. 0001 0001 7878"));
        insta::assert_snapshot!(json(&DNS, &message));
    }

    #[test]
    fn it_is_recognised_on_any_port() {
        let message = data(&format!("{HEADER_OF_QUERY} a.example. 0001 0001"));
        assert!(looks_like_dns(&message));
        assert!(!looks_like_dns(&message[..HEADER]));
        let netbios = format!("{HEADER_OF_QUERY} 20 {} 00 0020 0001", "41".repeat(32));
        assert!(!looks_like_dns(&data(&netbios)));
        let notify = data("1234 2000 0001 0000 0000 0000 a.example. 0006 0001");
        assert!(!looks_like_dns(&notify));
    }

    fn over_tcp(message: &[u8]) -> Vec<u8> {
        [&(message.len() as u16).to_be_bytes()[..], message].concat()
    }

    /// A TCP segment in an IPv4 packet.
    fn segment(payload: &[u8]) -> Vec<u8> {
        let length = 40 + payload.len() as u16;
        let mut packet = hex("4500 0000 0001 0000 4006 0000 c0000201 c0000235 \
                              c000 0035 00000001 00000001 5018 2000 0000 0000");
        packet[2..4].copy_from_slice(&length.to_be_bytes());
        packet.extend(payload);
        packet
    }
}
