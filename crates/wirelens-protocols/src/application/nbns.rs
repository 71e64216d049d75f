//! NetBIOS Name Service, RFC 1002 section 4.2.

use wirelens_dissect::prelude::*;

use super::netbios_name as name;
use crate::transport::udp::UDP_PORT;

protocol! {
    NBNS = "nbns" "NBNS" "NetBIOS Name Service", Application;
    @ UDP_PORT 137;
    ID    = hex "id" "Transaction ID";
    FLAGS = hex "flags" "Flags" {
        RESPONSE      = flag "flags.response" "Response" & 0x8000 brief("response");
        OPCODE        = uint "flags.opcode" "Operation" & 0x7800 names(OPERATIONS);
        AUTHORITATIVE = flag "flags.authoritative" "Authoritative" & 0x0400 read;
        TRUNCATED     = flag "flags.truncated" "Truncated" & 0x0200;
        DESIRED       = flag "flags.recdesired" "Recursion Desired" & 0x0100;
        AVAILABLE     = flag "flags.recavail" "Recursion Available" & 0x0080 read;
        BROADCAST     = flag "flags.broadcast" "Broadcast" & 0x0010;
        RCODE         = uint "flags.rcode" "Response Code" & 0x000f names(CODES) read brief(", ") unless_zero;
    };
    QUERIES     = uint "count.queries" "Questions" detail;
    ANSWERS     = uint "count.answers" "Answers" detail;
    AUTHORITIES = uint "count.auth_rr" "Authority Records" detail;
    ADDITIONALS = uint "count.add_rr" "Additional Records" detail;
    QUERY       = group "queries" "Question" own many rows(QUERY_ROWS);
    ANSWER      = group "answers" "Answer" own many rows(RECORD_ROWS);
    AUTHORITY   = group "authorities" "Authority Record" own many rows(RECORD_ROWS) silent;
    ADDITIONAL  = group "additionals" "Additional Record" own many rows(RECORD_ROWS) silent;
}

fields! {
    /// A question, RFC 1002 section 4.2.1.2.
    QUERY_ROWS = "nbns" QUERY "queries";
    QUERY_NAME  = text "name" "Name" brief("");
    QUERY_TYPE  = uint "type" "Type" names(TYPES) brief("");
    QUERY_CLASS = uint "class" "Class";
}

fields! {
    /// A resource record, RFC 1002 section 4.2.1.3, and what the types hold.
    RECORD_ROWS = "nbns" ANSWER "answers";
    NAME   = text "name" "Name" brief("");
    TYPE   = uint "type" "Type" names(TYPES);
    CLASS  = uint "class" "Class";
    TTL    = uint "ttl" "Time to Live";
    LENGTH = uint "data_length" "Data Length" detail;
    ENTRY = group "entry" "Entry" own many key("entries") {
        NB_FLAGS = hex "nb_flags" "Flags" key("flags") {
            NB_GROUP = flag "nb_flags.group" "Group Name" & 0x8000;
            NB_NODE  = uint "nb_flags.ont" "Owner's Node Type" & 0x6000 names(NODES);
        };
        ADDRESS = ipv4 "addr" "Address" key("address") brief("");
    };
    NAME_COUNT = uint "number_of_names" "Number of Names";
    OWNED = group "owned" "Name" own many key("names") {
        OWNED_NAME  = text "netbios_name" "Name" key("name") brief("");
        OWNED_FLAGS = hex "name_flags" "Flags" key("flags") {
            OWNED_GROUP = flag "name_flags.group" "Group Name" & 0x8000;
            OWNED_NODE  = uint "name_flags.ont" "Owner's Node Type" & 0x6000 names(NODES);
            OWNED_DEREGISTER = flag "name_flags.drg" "Is being deregistered" & 0x1000;
            OWNED_CONFLICT   = flag "name_flags.cnf" "In Conflict" & 0x0800;
            OWNED_ACTIVE     = flag "name_flags.act" "Active" & 0x0400;
            OWNED_PERMANENT  = flag "name_flags.prm" "Permanent" & 0x0200;
        };
    };
    UNIT         = mac  "unit_id" "Unit ID";
    JUMPERS      = hex  "jumpers" "Jumpers";
    TEST         = hex  "test_result" "Test Result";
    VERSION      = hex  "version_number" "Version Number";
    PERIOD       = hex  "period_of_statistics" "Period of Statistics";
    CRCS         = uint "num_crcs" "CRC Errors";
    ALIGNMENT    = uint "num_alignment_errors" "Alignment Errors";
    COLLISIONS   = uint "num_collisions" "Collisions";
    ABORTS       = uint "num_send_aborts" "Sends Aborted";
    SENDS        = uint "num_good_sends" "Good Sends";
    RECEIVES     = uint "num_good_receives" "Good Receives";
    RETRANSMITS  = uint "numretransmits" "Retransmissions";
    NO_RESOURCE  = uint "num_no_resource_conditions" "No Resources";
    FREE_BLOCKS  = uint "numcommand_blocks" "Free Command Blocks";
    PENDING      = uint "numpending_sessions" "Pending Sessions";
    MOST_PENDING = uint "max_num_pending_sessions" "Most Pending Sessions";
    MOST         = uint "max_total_sessions_possible" "Most Sessions";
    PACKET_SIZE  = uint "session_data_packet_size" "Session Data Packet Size";
    DATA         = bytes "data" "Data";
    INCOMPLETE   = problem "incomplete_entry" "Entry is incomplete";
}

static OPERATIONS: Names = &[
    (0, "Query"),
    (5, "Registration"),
    (6, "Release"),
    (7, "Wait for acknowledgement"),
    (8, "Refresh"),
    (9, "Refresh"),
    (15, "Multi-homed registration"),
];

static CODES: Names = &[
    (0, "No error"),
    (1, "Format error"),
    (2, "Server failure"),
    (3, "Name does not exist"),
    (4, "Not implemented"),
    (5, "Refused"),
    (6, "Name is owned by another node"),
    (7, "Name is in conflict"),
];

static TYPES: Names = &[(1, "A"), (2, "NS"), (10, "NULL"), (32, "NB"), (33, "NBSTAT")];

/// The fourth is Microsoft's.
static NODES: Names = &[(0, "B-node"), (1, "P-node"), (2, "M-node"), (3, "H-node")];

const NB: u16 = 32;
const NBSTAT: u16 = 33;
const WAIT: u16 = 7;

fn dissect(p: &mut Packet<'_>) -> Step {
    let start = p.at();
    p.u16(&ID)?;
    let (at, flags) = (p.at(), p.u16(&FLAGS)?);
    if flags & 0x8000 != 0 {
        p.views(at, 2, flags, &[&AUTHORITATIVE, &AVAILABLE, &RCODE]);
    }
    let operation = flags >> 11 & 15;
    let queries = p.u16(&QUERIES)?;
    let mut counts = [0; 3];
    for (count, row) in counts.iter_mut().zip([&ANSWERS, &AUTHORITIES, &ADDITIONALS]) {
        *count = p.u16(row)?;
    }
    for _ in 0..queries {
        p.group(&QUERY, |p| {
            name::read(p, &QUERY_NAME, start)?;
            p.u16(&QUERY_TYPE)?;
            p.u16(&QUERY_CLASS).map(drop)
        })?;
    }
    for (count, section) in counts.into_iter().zip([&ANSWER, &AUTHORITY, &ADDITIONAL]) {
        for _ in 0..count {
            p.group(section, |p| record(p, start, operation))?;
        }
    }
    Ok(Next::Nothing)
}

fn record(p: &mut Packet<'_>, start: usize, operation: u16) -> Read {
    name::read(p, &NAME, start)?;
    let kind = p.u16(&TYPE)?;
    p.u16(&CLASS)?;
    p.u32(&TTL)?;
    let length = usize::from(p.u16(&LENGTH)?);
    p.within(length, |p| match kind {
        _ if length == 0 => Ok(()),
        NB if operation != WAIT => {
            while p.declared_left() > 0 {
                if p.declared_left() < 6 {
                    p.problem(&INCOMPLETE);
                    return p.rest(&DATA).map(drop);
                }
                p.group(&ENTRY, |p| {
                    p.u16(&NB_FLAGS)?;
                    p.ipv4(&ADDRESS).map(drop)
                })?;
            }
            Ok(())
        }
        NBSTAT => match status(p) {
            // What the adapter counts is cut in many answers.
            Err(Stop::Truncated { .. }) if p.left() == p.declared_left() => {
                p.problem(&INCOMPLETE);
                Ok(())
            }
            other => other,
        },
        _ => p.rest(&DATA).map(drop),
    })
}

/// RFC 1002 section 4.2.18.
fn status(p: &mut Packet<'_>) -> Read {
    for _ in 0..p.u8(&NAME_COUNT)? {
        p.group(&OWNED, |p| {
            p.text(&OWNED_NAME, 16)?;
            p.u16(&OWNED_FLAGS).map(drop)
        })?;
    }
    p.mac(&UNIT)?;
    p.u8(&JUMPERS)?;
    p.u8(&TEST)?;
    for row in [&VERSION, &PERIOD, &CRCS, &ALIGNMENT, &COLLISIONS, &ABORTS] {
        p.u16(row)?;
    }
    p.u32(&SENDS)?;
    p.u32(&RECEIVES)?;
    for row in
        [&RETRANSMITS, &NO_RESOURCE, &FREE_BLOCKS, &PENDING, &MOST_PENDING, &MOST, &PACKET_SIZE]
    {
        p.u16(row)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    const HOST: &str = "20 4648464145424545434143414341434143414341434143414341434143414141 00";

    #[test]
    fn a_registration() {
        let message = hex(&format!(
            "8096 2910 0001 0000 0000 0001 {HOST} 0020 0001 c00c 0020 0001 000493e0 0006 8000 c0000201"
        ));
        insta::assert_snapshot!(tree(&NBNS, &message));
        every_prefix(&NBNS, &message);
    }

    #[test]
    fn an_adapters_state() {
        let name = "57494e2d4938324238314e534c4c4a00 0400";
        let message = hex(&format!(
            "8096 8400 0000 0001 0000 0000 {HOST} 0021 0001 00000000 003d 01 {name} 020000000001 00 00
             0000 0000 0001 0000 0000 0000 00000002 00000003 0000 0000 0000 0000 0000 0000 0000"
        ));
        insta::assert_snapshot!(tree(&NBNS, &message));
        every_prefix(&NBNS, &message);
    }

    #[test]
    fn a_refusal() {
        let message = hex(&format!("8096 ad86 0000 0001 0000 0000 {HOST} 0020 0001 00000000 0002 0000"));
        let tree = tree(&NBNS, &message);
        assert!(tree.contains("Name is owned by another node") && tree.contains("! Entry"), "{tree}");
    }
}
