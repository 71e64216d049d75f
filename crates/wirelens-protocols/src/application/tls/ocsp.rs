//! Responses of the Online Certificate Status Protocol, RFC 6960, as servers staple them, RFC 6066
//! section 8.

use wirelens_dissect::joined;
use wirelens_dissect::prelude::*;

use super::der;
use super::handshake::RESPONSE;
use super::x509::{self, CERTIFICATE_ROWS, NAME_ROWS};

fields! {
    /// The rows of a response.
    RESPONSE_ROWS = "ocsp" RESPONSE "handshake.ocsp_response";
    STATUS = uint "responseStatus" "Status" names(STATUSES) key("status");
    BYTES  = group "responseBytes_element" "Response Bytes" key("response") {
        TYPE  = text "responseType.id" "Type" key("type");
        BASIC = group "BasicOCSPResponse_element" "Basic Response" key("basic") {
            DATA = group "tbsResponseData_element" "Response Data" key("data") {
                VERSION = uint "version" "Version" names(VERSIONS) key("version");
                RESPONDER = uint "responderID" "Responder" key("responder") {
                    BY_NAME = uint "byName" "Name" key("name") rows(NAME_ROWS);
                    BY_KEY  = bytes "byKey" "Key" key("key");
                };
                PRODUCED = time "producedAt" "Produced At" key("produced_at");
                RESPONSES = uint "responses" "Responses" key("responses") {
                    SINGLE = group "SingleResponse_element" "Response" many key("list") {
                        CERT_ID = group "certID_element" "Certificate" key("certificate") {
                            HASH = group "hashAlgorithm_element" "Hash Algorithm" key("hash_algorithm") rows(ALGORITHM_ROWS);
                            NAME_HASH = bytes "issuerNameHash" "Hash of the Issuer's Name" key("issuer_name_hash");
                            KEY_HASH = bytes "issuerKeyHash" "Hash of the Issuer's Key" key("issuer_key_hash");
                            SERIAL = bytes "serialNumber" "Serial Number" key("serial_number");
                        };
                        CERT_STATUS = uint "certStatus" "Certificate's Status" names(CERT_STATUSES) key("status") {
                            REVOKED = group "revoked_element" "Revoked" key("revoked") {
                                REVOKED_AT = time "revocationTime" "Time" key("time");
                                REASON = uint "revocationReason" "Reason" names(REASONS) key("reason");
                            };
                        };
                        THIS_UPDATE = time "thisUpdate" "This Update" key("this_update");
                        NEXT_UPDATE = time "nextUpdate" "Next Update" key("next_update");
                        SINGLE_EXTENSIONS = uint "singleExtensions" "Extensions" key("extensions") rows(EXTENSIONS_ROWS);
                    };
                };
                EXTENSIONS = uint "responseExtensions" "Extensions" key("extensions") rows(EXTENSIONS_ROWS);
            };
            ALGORITHM = group "signatureAlgorithm_element" "Signature Algorithm" key("signature_algorithm") rows(ALGORITHM_ROWS);
            BITS = group "signature.bits" "Bits" own key("signature_bits") detail rows(x509::PADDING_ROWS);
            SIGNATURE = bytes "signature" "Signature" key("signature");
            CERTIFICATES = uint "certs" "Certificates" key("certificates") {
                CERTIFICATE = group "Certificate_element" "Certificate" many key("list") rows(CERTIFICATE_ROWS);
            };
        };
    };
}

fields! {
    /// An algorithm.
    ALGORITHM_ROWS = "x509af" HASH "hashAlgorithm_element";
    ALGORITHM_ID = text "algorithm.id" "Algorithm" key("id");
}

fields! {
    /// Extensions.
    EXTENSIONS_ROWS = "pkix1explicit" EXTENSIONS "responseExtensions";
    EXTENSION = group "Extension_element" "Extension" many key("list") rows(EXTENSION_ROWS);
}

fields! {
    /// One of them.
    KIND_ROWS = "pkix1explicit" EXTENSION "Extension_element";
    ID       = text "id" "ID" key("id");
    CRITICAL = flag "critical" "Critical" key("critical");
    CONTENT  = bytes "extension.content" "Content" own key("content");
}

fields! {
    /// What stands in those of this protocol, RFC 6960 section 4.4.
    CONTENT_ROWS = "ocsp" EXTENSION "Extension_element";
    NONCE    = bytes "ReOcspNonce" "Nonce" key("nonce");
    ACCEPTED = uint "AcceptableResponses" "Acceptable Responses" key("acceptable_responses") {
        ACCEPTED_TYPE = text "AcceptableResponses_item" "Type" many key("types");
    };
}

static EXTENSION_ROWS: &[&Field] = &joined::<5>(KIND_ROWS, CONTENT_ROWS);

static STATUSES: Names = &[
    (0, "Successful"),
    (1, "Malformed Request"),
    (2, "Internal Error"),
    (3, "Try Later"),
    (5, "Signature Required"),
    (6, "Unauthorized"),
];

static VERSIONS: Names = &[(0, "v1")];

static CERT_STATUSES: Names = &[(0, "Good"), (1, "Revoked"), (2, "Unknown")];

/// RFC 5280 section 5.3.1.
static REASONS: Names = &[
    (0, "Unspecified"),
    (1, "Key Compromise"),
    (2, "CA Compromise"),
    (3, "Affiliation Changed"),
    (4, "Superseded"),
    (5, "Cessation of Operation"),
    (6, "Certificate Hold"),
    (8, "Remove from CRL"),
    (9, "Privilege Withdrawn"),
    (10, "AA Compromise"),
];

/// Bytes of `1.3.6.1.5.5.7.48.1`, which the protocol's own types begin with.
const OCSP: [u8; 8] = [0x2b, 6, 1, 5, 5, 7, 0x30, 1];

/// A response, which has all of the bytes that come now. RFC 6960 section 4.2.1.
pub(super) fn walk(p: &mut Packet<'_>) -> Read {
    der::tagged(p, der::SEQUENCE, |p| {
        der::tagged(p, der::ENUMERATED, |p| der::number(p, &STATUS))?;
        if p.left() == 0 {
            return Ok(());
        }
        der::element(p, |p, _| {
            der::whole(p, &BYTES, der::SEQUENCE, |p| {
                let basic = p.ahead().get(2..).and_then(|oid| oid.strip_prefix(&OCSP));
                let basic = basic.is_some_and(|rest| rest.first() == Some(&1));
                der::tagged(p, der::OID, |p| der::oid(p, &TYPE))?;
                der::tagged(p, der::OCTET_STRING, |p| match basic {
                    true => der::whole(p, &BASIC, der::SEQUENCE, response),
                    false => p.skip(p.left()),
                })
            })
        })
    })
}

fn response(p: &mut Packet<'_>) -> Read {
    der::whole(p, &DATA, der::SEQUENCE, data)?;
    algorithm(p, &ALGORITHM)?;
    der::tagged(p, der::BIT_STRING, |p| {
        p.group(&BITS, |p| p.u8(&x509::PADDING))?;
        p.rest(&SIGNATURE).map(drop)
    })?;
    if p.left() == 0 {
        return Ok(());
    }
    der::element(p, |p, _| {
        listed(p, &CERTIFICATES, |p| p.group(&CERTIFICATE, x509::walk))
    })
}

fn data(p: &mut Packet<'_>) -> Read {
    if p.peek_u8()? == 0xa0 {
        der::element(p, |p, _| der::tagged(p, der::INTEGER, |p| der::number(p, &VERSION)))?;
    }
    der::element(p, |p, element| {
        let choice = element.context().unwrap_or(0);
        p.group_with(&RESPONDER, choice.into(), |p| match choice {
            1 => p.group(&BY_NAME, |p| x509::rdns(p, &x509::RDNS)),
            2 => der::tagged(p, der::OCTET_STRING, |p| p.rest(&BY_KEY).map(drop)),
            _ => p.skip(p.left()),
        })
    })?;
    time(p, &PRODUCED)?;
    listed(p, &RESPONSES, |p| der::whole(p, &SINGLE, der::SEQUENCE, single))?;
    extensions(p, &EXTENSIONS)
}

fn single(p: &mut Packet<'_>) -> Read {
    der::whole(p, &CERT_ID, der::SEQUENCE, |p| {
        algorithm(p, &HASH)?;
        der::tagged(p, der::OCTET_STRING, |p| p.rest(&NAME_HASH).map(drop))?;
        der::tagged(p, der::OCTET_STRING, |p| p.rest(&KEY_HASH).map(drop))?;
        der::tagged(p, der::INTEGER, |p| p.rest(&SERIAL).map(drop))
    })?;
    der::element(p, |p, element| {
        let status = element.context().unwrap_or(0);
        p.group_with(&CERT_STATUS, status.into(), |p| match status {
            1 => p.group(&REVOKED, |p| {
                time(p, &REVOKED_AT)?;
                if p.left() == 0 {
                    return Ok(());
                }
                der::element(p, |p, _| der::tagged(p, der::ENUMERATED, |p| der::number(p, &REASON)))
            }),
            _ => p.skip(p.left()),
        })
    })?;
    time(p, &THIS_UPDATE)?;
    if p.left() > 0 && p.peek_u8()? == 0xa0 {
        der::element(p, |p, _| time(p, &NEXT_UPDATE))?;
    }
    extensions(p, &SINGLE_EXTENSIONS)
}

fn time(p: &mut Packet<'_>, row: &'static Field) -> Read {
    der::element(p, |p, _| {
        if let Some(moment) = x509::moment(p.ahead()) {
            p.mark(row, p.at(), p.left(), moment as u64);
        }
        p.skip(p.left())
    })
}

fn algorithm(p: &mut Packet<'_>, row: &'static Field) -> Read {
    der::whole(p, row, der::SEQUENCE, |p| {
        der::tagged(p, der::OID, |p| der::oid(p, &ALGORITHM_ID))?;
        p.skip(p.left())
    })
}

/// A sequence; the row's number is how many there are.
fn listed(
    p: &mut Packet<'_>,
    row: &'static Field,
    each: impl FnMut(&mut Packet<'_>) -> Read,
) -> Read {
    der::tagged(p, der::SEQUENCE, |p| {
        let count = der::count(p);
        p.group_with(row, count, |p| p.each(each))
    })
}

/// Those at the end, in a tag of their own.
fn extensions(p: &mut Packet<'_>, row: &'static Field) -> Read {
    if p.left() == 0 {
        return Ok(());
    }
    der::element(p, |p, _| listed(p, row, |p| der::whole(p, &EXTENSION, der::SEQUENCE, extension)))
}

fn extension(p: &mut Packet<'_>) -> Read {
    let length = usize::from(p.peek_at(1)?);
    let kind = p.ahead().get(2..2 + length).and_then(|id| id.strip_prefix(&OCSP));
    let kind = kind.and_then(|rest| rest.first().copied());
    der::tagged(p, der::OID, |p| der::oid(p, &ID))?;
    if p.peek_u8()? == der::BOOLEAN {
        der::element(p, |p, _| {
            let critical = p.peek_u8()? != 0;
            p.number(&CRITICAL, critical.into(), 1)
        })?;
    }
    der::tagged(p, der::OCTET_STRING, |p| match kind {
        Some(2) if p.peek_u8()? == der::OCTET_STRING => {
            der::element(p, |p, _| p.rest(&NONCE).map(drop))
        }
        Some(4) => listed(p, &ACCEPTED, |p| der::tagged(p, der::OID, |p| der::oid(p, &ACCEPTED_TYPE))),
        _ => p.rest(&CONTENT).map(drop),
    })
}

#[cfg(test)]
mod tests {
    use super::super::TLS;
    use crate::testing::*;

    /// Of two certificates: one is good, one was revoked.
    const STAPLED: &str = "
        1603030177160001730100016f3082016b0a0100a08201643082016006092b060105050730010104820151
        3082014d30820135a111300f310d300b06035504030c044f435350180f3230323631313236323334393536
        5a3081da30603038300706052b0e03021a0414111111111111111111111111111111111111111104142222
        2222222222222222222222222222222222220201058000180f32303236313132363233343935365aa01118
        0f32303236313230333233343935365a30763038300706052b0e03021a0414111111111111111111111111
        111111111111111104142222222222222222222222222222222222222222020106a116180f323032363131
        30313030303030305aa0030a0101180f32303236313132363233343935365aa011180f3230323631323033
        3233343935365aa1323030301206092b060105050730010204050403010203301a06092b06010505073001
        04040d300b06092b0601050507300101300d06092a864886f70d01010b0500030300aabb";

    #[test]
    fn a_stapled_response() {
        insta::assert_snapshot!(tree(&TLS, &hex(STAPLED)));
    }

    #[test]
    fn every_prefix_of_it() {
        every_prefix(&TLS, &hex(STAPLED));
    }

    /// RFC 6960 section 4.2.1: an error has no more than its status.
    #[test]
    fn an_error() {
        let tree = tree(&TLS, &hex("16 0303 000d 16 000009 01 000005 3003 0a01 03"));
        assert!(tree.contains("Status: Try Later (3)") && !tree.contains('!'), "{tree}");
    }
}
