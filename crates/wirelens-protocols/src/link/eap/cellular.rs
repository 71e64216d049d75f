//! EAP-SIM, RFC 4186, EAP-AKA, RFC 4187, and EAP-AKA', RFC 5448: the same attributes under two names,
//! and the identities of their subscribers, 3GPP TS 23.003 section 19.3.

use wirelens_dissect::joined;
use wirelens_dissect::prelude::*;

use super::{AKA, IDENTITY, IDENTITY_FULL, IDENTITY_KIND, IDENTITY_MCC, IDENTITY_MNC, IDENTITY_PREFIX, SIM};

/// The rows of one of the two.
pub(super) struct Rows {
    subtype: &'static Field,
    reserved: &'static Field,
    attribute: &'static Field,
    kind: &'static Field,
    length: &'static Field,
    notification: &'static Field,
    error: &'static Field,
    value: &'static Field,
    identity_length: &'static Field,
    identity: &'static Field,
    padding: &'static Field,
    bad: &'static Field,
}

macro_rules! attributes {
    ($module:ident: $LIST:ident = $ROWS:ident $protocol:literal $PARENT:ident $tail:literal) => {
        pub(super) mod $module {
            use super::*;

            fields! {
                /// Subtype and attributes.
                $LIST = $protocol $PARENT $tail;
                SUBTYPE   = uint "subtype" "Subtype" names(SUBTYPES) key("subtype") brief("");
                RESERVED  = hex "reserved" "Reserved" key("reserved") detail;
                ATTRIBUTE = group "subtype.attribute" "Attribute" many key("attributes") rows(ALL);
                BAD = problem "subtype.len.invalid" "Attribute's length is 0 or reaches beyond the packet" own key("bad_length");
            }

            fields! {
                /// An attribute.
                ATTRIBUTE_ROWS = $protocol ATTRIBUTE "subtype.attribute";
                KIND   = uint "subtype.type" "Type" names(ATTRIBUTES) key("type");
                LENGTH = uint "subtype.len" "Length in Words" key("length") detail;
                NOTIFICATION = uint "notification_type" "Notification" names(NOTIFICATIONS) key("notification");
                ERROR  = uint "error_code" "Error" names(ERRORS) key("error");
                VALUE  = bytes "subtype.value" "Value" key("value");
            }

            fields! {
                /// An identity in one.
                IDENTITY_ROWS = "eap" ATTRIBUTE "subtype.attribute";
                IDENTITY_LENGTH = uint "identity.actual_len" "Identity Length" key("identity_length") detail;
                IDENTITY = text "identity" "Identity" key("identity") brief("");
                PADDING = bytes "identity.padding" "Padding" key("padding") detail;
            }

            static ALL: &[&Field] = &joined::<8>(ATTRIBUTE_ROWS, IDENTITY_ROWS);

            pub(in super::super) static $ROWS: Rows = Rows {
                subtype: &SUBTYPE,
                reserved: &RESERVED,
                attribute: &ATTRIBUTE,
                kind: &KIND,
                length: &LENGTH,
                notification: &NOTIFICATION,
                error: &ERROR,
                value: &VALUE,
                identity_length: &IDENTITY_LENGTH,
                identity: &IDENTITY,
                padding: &PADDING,
                bad: &BAD,
            };
        }
    };
}

attributes! { sim: SIM_LIST = SIM_ROWS "eap.sim" SIM "sim" }
attributes! { aka: AKA_LIST = AKA_ROWS "eap.aka" AKA "aka" }

/// RFC 4186 section 8.2, RFC 4187 section 8.2.
static SUBTYPES: Names = &[
    (1, "AKA-Challenge"),
    (2, "AKA-Authentication-Reject"),
    (4, "AKA-Synchronization-Failure"),
    (5, "AKA-Identity"),
    (10, "SIM-Start"),
    (11, "SIM-Challenge"),
    (12, "Notification"),
    (13, "Reauthentication"),
    (14, "Client-Error"),
];

/// IANA, "EAP-AKA and EAP-SIM Parameters", attribute types.
static ATTRIBUTES: Names = &[
    (1, "AT_RAND"),
    (2, "AT_AUTN"),
    (3, "AT_RES"),
    (4, "AT_AUTS"),
    (6, "AT_PADDING"),
    (7, "AT_NONCE_MT"),
    (10, "AT_PERMANENT_ID_REQ"),
    (11, "AT_MAC"),
    (12, "AT_NOTIFICATION"),
    (13, "AT_ANY_ID_REQ"),
    (14, "AT_IDENTITY"),
    (15, "AT_VERSION_LIST"),
    (16, "AT_SELECTED_VERSION"),
    (17, "AT_FULLAUTH_ID_REQ"),
    (19, "AT_COUNTER"),
    (20, "AT_COUNTER_TOO_SMALL"),
    (21, "AT_NONCE_S"),
    (22, "AT_CLIENT_ERROR_CODE"),
    (23, "AT_KDF_INPUT"),
    (24, "AT_KDF"),
    (129, "AT_IV"),
    (130, "AT_ENCR_DATA"),
    (132, "AT_NEXT_PSEUDONYM"),
    (133, "AT_NEXT_REAUTH_ID"),
    (134, "AT_CHECKCODE"),
    (135, "AT_RESULT_IND"),
    (136, "AT_BIDDING"),
    (137, "AT_IPMS_IND"),
    (138, "AT_IPMS_RES"),
    (139, "AT_TRUST_IND"),
    (140, "AT_SHORT_NAME_FOR_NETWORK"),
    (141, "AT_FULL_NAME_FOR_NETWORK"),
    (142, "AT_RQSI_IND"),
    (143, "AT_RQSI_RES"),
    (144, "AT_TWAN_CONN_MODE"),
    (145, "AT_VIRTUAL_NETWORK_ID"),
    (146, "AT_VIRTUAL_NETWORK_REQ"),
    (147, "AT_CONNECTIVITY_TYPE"),
    (148, "AT_HANDOVER_INDICATION"),
    (149, "AT_HANDOVER_SESSION_ID"),
    (150, "AT_MN_SERIAL_ID"),
    (151, "AT_DEVICE_IDENTITY"),
    (152, "AT_PUB_ECDHE"),
    (153, "AT_PUB_HYBRID"),
];

/// RFC 4186 section 10.18.
static NOTIFICATIONS: Names = &[
    (0, "General failure after authentication"),
    (1026, "User has been temporarily denied access"),
    (1031, "User has not subscribed to the requested service"),
    (16384, "General failure"),
    (32768, "Success"),
];

/// RFC 4186 section 10.19.
static ERRORS: Names = &[
    (0, "Unable to process packet"),
    (1, "Unsupported version"),
    (2, "Insufficient number of challenges"),
    (3, "RANDs are not fresh"),
];

/// What is left of a packet. Attributes are counted in words of four bytes.
pub(super) fn walk(p: &mut Packet<'_>, rows: &Rows) -> Read {
    p.u8(rows.subtype)?;
    p.u16(rows.reserved)?;
    p.each(|p| {
        let length = usize::from(p.peek_at(1)?) * 4;
        if length == 0 || length > p.declared_left() {
            return Err(p.malformed(rows.bad));
        }
        p.within(length, |p| p.group(rows.attribute, |p| attribute(p, rows)))
    })
}

fn attribute(p: &mut Packet<'_>, rows: &Rows) -> Read {
    let kind = p.u8(rows.kind)?;
    p.u8(rows.length)?;
    match kind {
        12 => p.u16(rows.notification).map(drop),
        14 => {
            let length = usize::from(p.u16(rows.identity_length)?).min(p.declared_left());
            p.text(rows.identity, length)?;
            p.remainder(rows.padding)
        }
        22 => p.u16(rows.error).map(drop),
        _ => p.remainder(rows.value),
    }
}

/// What the first character of a subscriber's identity says.
static KINDS: [&str; 9] = [
    "EAP-AKA Permanent",
    "EAP-SIM Permanent",
    "EAP-AKA Pseudonym",
    "EAP-SIM Pseudonym",
    "EAP-AKA Reauthentication",
    "EAP-SIM Reauthentication",
    "EAP-AKA' Permanent",
    "EAP-AKA' Pseudonym",
    "EAP-AKA' Reauthentication",
];

/// The identity that is left: of a subscriber, if its realm is a network's:
/// `0234150999999999@wlan.mnc015.mcc234.3gppnetwork.org`.
pub(super) fn identity(p: &mut Packet<'_>) -> Read {
    let bytes = p.ahead();
    let Some((first, codes)) = bytes.first().zip(codes_of(bytes)) else {
        return p.rest(&IDENTITY).map(drop);
    };
    let at = p.at();
    let kind = KINDS.get(usize::from(first.wrapping_sub(b'0')));
    if let Some(kind) = kind {
        p.text(&IDENTITY_PREFIX, 1)?;
        p.make_text(&IDENTITY_KIND, at, 1, |text| text.extend_from_slice(kind.as_bytes()));
    }
    p.rest(&IDENTITY_FULL)?;
    for (row, (offset, value)) in [(&IDENTITY_MNC, codes.0), (&IDENTITY_MCC, codes.1)] {
        p.mark(row, at + offset, 3, value);
    }
    Ok(())
}

/// Where the codes of network and country stand, and their values.
fn codes_of(identity: &[u8]) -> Option<((usize, u64), (usize, u64))> {
    let at = memchr::memmem::find(identity, b".mnc")? + 4;
    let number = |at: usize| {
        let digits = identity.get(at..at + 3)?;
        digits.iter().try_fold(0, |number, digit| {
            digit.is_ascii_digit().then(|| number * 10 + u64::from(digit - b'0'))
        })
    };
    let between = identity.get(at + 3..at + 7)? == b".mcc";
    let realm = identity.get(at + 10..)? == b".3gppnetwork.org";
    (between && realm).then_some(((at, number(at)?), (at + 7, number(at + 7)?)))
}
