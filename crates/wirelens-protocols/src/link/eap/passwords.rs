//! Methods with passwords: LEAP, and MS-CHAPv2, RFC 2759, in EAP.

use wirelens_dissect::prelude::*;

use super::{LEAP, MS_CHAP};

fields! {
    /// LEAP, whose format only its implementations tell.
    LEAP_ROWS = "eap" LEAP "leap";
    LEAP_VERSION  = uint "leap.version" "Version" key("version");
    LEAP_RESERVED = hex "leap.reserved" "Reserved" key("reserved") detail;
    LEAP_COUNT    = uint "leap.count" "Count" key("count") detail;
    PEER_CHALLENGE = bytes "leap.peer_challenge" "Peer's Challenge" key("peer_challenge");
    PEER_RESPONSE = bytes "leap.peer_response" "Peer's Response" key("peer_response");
    AP_CHALLENGE  = bytes "leap.ap_challenge" "Access Point's Challenge" key("ap_challenge");
    AP_RESPONSE   = bytes "leap.ap_response" "Access Point's Response" key("ap_response");
    LEAP_NAME     = text "leap.name" "Name" key("name") brief("");
}

fields! {
    /// MS-CHAPv2.
    MS_CHAP_ROWS = "eap" MS_CHAP "ms_chap_v2";
    OPCODE     = uint "ms_chap_v2.opcode" "Operation" names(OPCODES) key("opcode") brief("");
    ID         = uint "ms_chap_v2.id" "Identifier" key("id");
    LENGTH     = uint "ms_chap_v2.length" "Length" key("length") detail;
    VALUE_SIZE = uint "ms_chap_v2.value_size" "Value Size" key("value_size") detail;
    CHALLENGE  = bytes "ms_chap_v2.challenge" "Challenge" key("challenge");
    MS_PEER_CHALLENGE = bytes "ms_chap_v2.peer_challenge" "Peer's Challenge" key("peer_challenge");
    RESERVED   = bytes "ms_chap_v2.reserved" "Reserved" key("reserved") detail;
    NT_RESPONSE = bytes "ms_chap_v2.nt_response" "NT Response" key("nt_response");
    FLAGS      = hex "ms_chap_v2.flags" "Flags" key("flags");
    RESPONSE   = bytes "ms_chap_v2.response" "Response of another length" key("response");
    NAME       = text "ms_chap_v2.name" "Name" key("name") brief("");
    MESSAGE    = text "ms_chap_v2.message" "Message" key("message") brief("");
    FAILURE    = text "ms_chap_v2.failure_request" "Failure" key("failure") brief("");
    MS_DATA    = bytes "ms_chap_v2.data" "Data" key("data");
    BAD_LENGTH = problem "ms_chap_v2.length.invalid" "Length is not that of the packet" key("bad_length");
}

/// RFC 2759 sections 3 to 7.
static OPCODES: Names = &[
    (1, "Challenge"),
    (2, "Response"),
    (3, "Success"),
    (4, "Failure"),
    (7, "Change-Password"),
];

/// Whose turn it is: the access point asks first, then the peer.
#[derive(Default)]
pub(super) struct Leap {
    /// The peer was found right.
    pub(super) succeeded: bool,
}

pub(super) fn leap(p: &mut Packet<'_>, request: bool) -> Read {
    let second = p.conversation::<Leap>().is_some_and(|(leap, _)| leap.succeeded);
    p.group(&LEAP, |p| {
        p.u8(&LEAP_VERSION)?;
        p.u8(&LEAP_RESERVED)?;
        let count = usize::from(p.u8(&LEAP_COUNT)?).min(p.declared_left());
        let row = match (second, request) {
            (false, true) => &PEER_CHALLENGE,
            (false, false) => &PEER_RESPONSE,
            (true, true) => &AP_CHALLENGE,
            (true, false) => &AP_RESPONSE,
        };
        if count > 0 {
            p.bytes(row, count)?;
        }
        p.remainder(&LEAP_NAME)
    })
}

pub(super) fn ms_chap(p: &mut Packet<'_>) -> Read {
    let whole = p.declared_left();
    p.group(&MS_CHAP, |p| {
        let opcode = p.u8(&OPCODE)?;
        // A response to success or failure is the number alone, draft-kamath-pppext-eap-mschapv2.
        if p.declared_left() == 0 {
            return Ok(());
        }
        p.u8(&ID)?;
        if usize::from(p.u16(&LENGTH)?) != whole {
            p.problem_at(&BAD_LENGTH, p.at() - 2, 2);
        }
        match opcode {
            1 => {
                let size = usize::from(p.u8(&VALUE_SIZE)?).min(p.declared_left());
                p.bytes(&CHALLENGE, size)?;
                p.remainder(&NAME)
            }
            2 => {
                let size = usize::from(p.u8(&VALUE_SIZE)?).min(p.declared_left());
                // RFC 2759 section 4.
                if size == 49 {
                    p.bytes(&MS_PEER_CHALLENGE, 16)?;
                    p.bytes(&RESERVED, 8)?;
                    p.bytes(&NT_RESPONSE, 24)?;
                    p.u8(&FLAGS)?;
                } else {
                    p.bytes(&RESPONSE, size)?;
                }
                p.remainder(&NAME)
            }
            3 => p.remainder(&MESSAGE),
            4 => p.remainder(&FAILURE),
            _ => p.remainder(&MS_DATA),
        }
    })
}
