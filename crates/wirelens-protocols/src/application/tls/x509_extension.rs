//! Extensions of certificates, RFC 5280 section 4.2.

use wirelens_dissect::joined;
use wirelens_dissect::prelude::*;

use super::der;
use super::names::{HASHES, SIGNATURE_ALGORITHMS, SIGNATURES};
use super::sct::{self, SctRows, sct_rows};
use super::x509::{self, EXTENSION};

fields! {
    /// What an extension is.
    KIND_ROWS = "x509af" EXTENSION "Extension_element";
    ID = text "extension.id" "ID" key("id");
    CRITICAL = flag "critical" "Critical" key("critical");
    CONTENT = bytes "extension.content" "Content" own key("content");
}

fields! {
    /// What stands in one.
    CONTENT_ROWS = "x509ce" EXTENSION "Extension_element";
    NAMES = uint "GeneralNames" "General Names" key("names") rows(GENERAL_NAME_ROWS);
    KEY_USAGE = bytes "KeyUsage" "Key Usage" key("key_usage") {
        DIGITAL_SIGNATURE  = flag "KeyUsage.digitalSignature" "Digital Signature" & 0x8000 read key("digital_signature");
        CONTENT_COMMITMENT = flag "KeyUsage.contentCommitment" "Content Commitment" & 0x4000 read key("content_commitment");
        KEY_ENCIPHERMENT   = flag "KeyUsage.keyEncipherment" "Key Encipherment" & 0x2000 read key("key_encipherment");
        DATA_ENCIPHERMENT  = flag "KeyUsage.dataEncipherment" "Data Encipherment" & 0x1000 read key("data_encipherment");
        KEY_AGREEMENT      = flag "KeyUsage.keyAgreement" "Key Agreement" & 0x0800 read key("key_agreement");
        KEY_CERT_SIGN      = flag "KeyUsage.keyCertSign" "Certificate Signing" & 0x0400 read key("key_cert_sign");
        CRL_SIGN           = flag "KeyUsage.cRLSign" "CRL Signing" & 0x0200 read key("crl_sign");
        ENCIPHER_ONLY      = flag "KeyUsage.encipherOnly" "Encipher Only" & 0x0100 read key("encipher_only");
        DECIPHER_ONLY      = flag "KeyUsage.decipherOnly" "Decipher Only" & 0x0080 read key("decipher_only");
    };
    KEY_USAGE_BITS = group "KeyUsage.bits" "Bits" own key("key_usage_bits") detail rows(UNUSED_ROWS);
    PURPOSES = uint "KeyPurposeIDs" "Key Purposes" key("key_purposes") {
        PURPOSE = text "KeyPurposeId" "Purpose" many key("purposes");
    };
    SUBJECT_KEY = bytes "SubjectKeyIdentifier" "Subject Key Identifier" key("subject_key_identifier");
    AUTHORITY_KEY = group "AuthorityKeyIdentifier_element" "Authority Key Identifier" key("authority_key_identifier") {
        AUTHORITY_KEY_ID = bytes "keyIdentifier" "Key Identifier" key("key_identifier");
        AUTHORITY_ISSUER = uint "authorityCertIssuer" "Issuer" key("issuer") rows(GENERAL_NAME_ROWS);
        AUTHORITY_SERIAL = bytes "authorityCertSerialNumber" "Serial Number" key("serial_number");
    };
    CONSTRAINTS = group "BasicConstraintsSyntax_element" "Basic Constraints" key("basic_constraints") {
        IS_AUTHORITY = flag "cA" "Certification Authority" key("ca");
        PATH_LENGTH  = uint "pathLenConstraint" "Path Length" key("path_length");
    };
    POLICIES = uint "CertificatePoliciesSyntax" "Policies" key("policies") {
        POLICY = group "PolicyInformation_element" "Policy" many key("list") {
            POLICY_ID  = text "policyIdentifier" "Policy" key("id");
            QUALIFIERS = uint "policyQualifiers" "Qualifiers" key("qualifiers") {
                QUALIFIER = group "PolicyQualifierInfo_element" "Qualifier" many key("list") rows(QUALIFIER_ROWS);
            };
        };
    };
    POINTS = uint "CRLDistPointsSyntax" "CRL Distribution Points" key("crl_distribution_points") {
        POINT = group "DistributionPoint_element" "Distribution Point" many key("list") {
            POINT_NAME = uint "distributionPoint" "Distribution Point" key("point") {
                FULL_NAME = uint "fullName" "Full Name" key("full_name") rows(GENERAL_NAME_ROWS);
            };
        };
    };
}

fields! {
    /// What qualifies a policy.
    QUALIFIER_OWN_ROWS = "x509ce" QUALIFIER "PolicyQualifierInfo_element";
    QUALIFIER_ID = text "id" "ID" key("id");
    QUALIFIER_CONTENT = bytes "qualifier" "Qualifier" own key("content");
}

fields! {
    /// Where the issuer says how it certifies, RFC 5280 section 4.2.1.4.
    STATEMENT_ROWS = "pkix1explicit" QUALIFIER "PolicyQualifierInfo_element";
    STATEMENT = text "DirectoryString" "Certification Practice Statement" key("statement");
}

fields! {
    /// What a user is to be told, RFC 5280 section 4.2.1.4.
    NOTICE_ROWS = "pkix1implicit" QUALIFIER "PolicyQualifierInfo_element";
    NOTICE = group "UserNotice_element" "User Notice" key("user_notice") {
        REFERENCE = group "noticeRef_element" "Reference" key("reference") {
            ORGANIZATION = uint "organization" "Organization" key("organization") rows(DISPLAY_ROWS);
            NUMBERS = uint "noticeNumbers" "Notice Numbers" key("numbers") {
                NUMBER = uint "noticeNumbers_item" "Number" many key("list");
            };
        };
        EXPLICIT = uint "explicitText" "Text" key("text") rows(DISPLAY_ROWS);
    };
}

fields! {
    /// Text of one of four kinds.
    DISPLAY_ROWS = "pkix1implicit" EXPLICIT "explicitText";
    IA5 = text "ia5String" "IA5 String" key("ia5");
    VISIBLE = text "visibleString" "Visible String" key("visible");
    BMP = text "bmpString" "BMP String" key("bmp");
    UTF8 = text "utf8String" "UTF-8 String" key("utf8");
}

static QUALIFIER_ROWS: &[&Field] =
    &joined::<4>(QUALIFIER_OWN_ROWS, &joined::<2>(STATEMENT_ROWS, NOTICE_ROWS));

fields! {
    /// Netscape's extensions, which certificates had before those of X.509.
    NETSCAPE_ROWS = "ns_cert_exts" EXTENSION "Extension_element";
    NETSCAPE_TYPE = bytes "CertType" "Netscape Certificate Type" key("netscape_type") rows(NETSCAPE_TYPES);
    NETSCAPE_COMMENT = text "Comment" "Netscape Comment" key("netscape_comment");
    NETSCAPE_BASE = text "BaseUrl" "Netscape Base URL" key("netscape_base_url");
    NETSCAPE_REVOCATION = text "RevocationUrl" "Netscape Revocation URL" key("netscape_revocation_url");
    NETSCAPE_CA_REVOCATION = text "CaRevocationUrl" "Netscape CA Revocation URL" key("netscape_ca_revocation_url");
    NETSCAPE_RENEWAL = text "CertRenewalUrl" "Netscape Renewal URL" key("netscape_renewal_url");
    NETSCAPE_POLICY = text "CaPolicyUrl" "Netscape CA Policy URL" key("netscape_ca_policy_url");
    NETSCAPE_SERVER = text "SslServerName" "Netscape SSL Server Name" key("netscape_server_name");
}

fields! {
    /// What a certificate is for.
    NETSCAPE_TYPES = "ns.cert.exts" NETSCAPE_TYPE "CertType";
    SSL_CLIENT = flag "CertType.ssl.client" "SSL Client" & 0x80 read key("ssl_client");
    SSL_SERVER = flag "CertType.ssl.server" "SSL Server" & 0x40 read key("ssl_server");
    SMIME      = flag "CertType.smime" "S/MIME" & 0x20 read key("smime");
    OBJECT_SIGNING = flag "CertType.object.signing" "Object Signing" & 0x10 read key("object_signing");
    RESERVED   = flag "CertType.reserved.for.future.use" "Reserved" & 0x08 read key("reserved");
    SSL_CA     = flag "CertType.ssl.ca" "SSL CA" & 0x04 read key("ssl_ca");
    SMIME_CA   = flag "CertType.smime.ca" "S/MIME CA" & 0x02 read key("smime_ca");
    OBJECT_SIGNING_CA = flag "CertType.object.signing.ca" "Object Signing CA" & 0x01 read key("object_signing_ca");
}

fields! {
    /// Where the issuer gives information.
    ACCESS_ROWS = "pkix1implicit" EXTENSION "Extension_element";
    ACCESSES = uint "AuthorityInfoAccessSyntax" "Authority Information Access" key("authority_information_access") {
        ACCESS = group "AccessDescription_element" "Access" many key("list") {
            ACCESS_METHOD = text "accessMethod" "Method" key("method");
            ACCESS_LOCATION = uint "accessLocation" "Location" key("location") rows(NAME_CHOICE_ROWS);
        };
    };
}

fields! {
    /// Bits that a string of bits does not use.
    UNUSED_ROWS = "ber" KEY_USAGE_BITS "KeyUsage.bits";
    UNUSED = uint "bitstring.padding" "Unused Bits" key("unused");
}

fields! {
    /// Names of several kinds.
    GENERAL_NAME_ROWS = "x509ce" NAMES "GeneralNames";
    GENERAL_NAME = uint "GeneralName" "General Name" many key("names") rows(NAME_CHOICE_ROWS);
}

fields! {
    /// A name of one of several kinds, RFC 5280 section 4.2.1.6.
    NAME_CHOICE_ROWS = "x509ce" GENERAL_NAME "GeneralName";
    EMAIL = text "rfc822Name" "E-Mail Address" key("email");
    DNS_NAME = text "dNSName" "DNS Name" key("dns_name") brief("");
    DIRECTORY = uint "directoryName" "Directory Name" key("directory_name") {
        DIRECTORY_TEXT = text "directoryName.text" "Name" own key("text");
        DIRECTORY_NAME = group "directoryName.name" "Name" own key("name") detail rows(x509::NAME_ROWS);
    };
    URI = text "uniformResourceIdentifier" "URI" key("uri");
    IPV4 = ipv4 "IPAddress.ipv4" "IPv4 Address" key("ipv4");
    IPV6 = ipv6 "IPAddress.ipv6" "IPv6 Address" key("ipv6");
    REGISTERED = text "registeredID" "Registered ID" key("registered_id");
    OTHER_NAME = bytes "otherName" "Other Name" own key("other");
}

sct_rows! { SCT_ROWS = "tls" EXTENSION "Extension_element" }

/// All of an extension's rows.
pub(super) static EXTENSION_ROWS: &[&Field] =
    &joined::<23>(KIND_ROWS, &joined::<20>(NETSCAPE_ROWS, &joined::<12>(CONTENT_ROWS, &joined::<3>(ACCESS_ROWS, SCT_ROWS))));

/// Bytes of `1.3.6.1.5.5.7.1.1`, authority information access.
const INFORMATION_ACCESS: [u8; 8] = [0x2b, 6, 1, 5, 5, 7, 1, 1];

/// Bytes of `1.3.6.1.4.1.11129.2.4.2`, RFC 6962 section 3.3.
const TIMESTAMPS: [u8; 10] = [0x2b, 6, 1, 4, 1, 0xd6, 0x79, 2, 4, 2];

pub(super) fn walk(p: &mut Packet<'_>) -> Read {
    let ahead = p.ahead();
    let length = usize::from(p.peek_at(1)?);
    let id = ahead.get(2..2 + length).unwrap_or_default();
    der::tagged(p, der::OID, |p| der::oid(p, &ID))?;
    if p.peek_u8()? == der::BOOLEAN {
        der::element(p, |p, _| boolean(p, &CRITICAL))?;
    }
    der::tagged(p, der::OCTET_STRING, |p| content(p, id))
}

fn boolean(p: &mut Packet<'_>, row: &'static Field) -> Read {
    let value = p.peek_u8()?;
    p.number(row, (value != 0).into(), 1)
}

fn content(p: &mut Packet<'_>, id: &[u8]) -> Read {
    match id {
        [0x55, 0x1d, 14] => der::tagged(p, der::OCTET_STRING, |p| p.rest(&SUBJECT_KEY).map(drop)),
        [0x55, 0x1d, 15] => der::tagged(p, der::BIT_STRING, key_usage),
        [0x55, 0x1d, 17 | 18] => der::tagged(p, der::SEQUENCE, |p| general_names(p, &NAMES)),
        [0x55, 0x1d, 19] => der::whole(p, &CONSTRAINTS, der::SEQUENCE, constraints),
        [0x55, 0x1d, 31] => listed(p, &POINTS, &POINT, distribution_point),
        [0x55, 0x1d, 32] => listed(p, &POLICIES, &POLICY, policy),
        [0x55, 0x1d, 35] => der::whole(p, &AUTHORITY_KEY, der::SEQUENCE, authority_key),
        [0x55, 0x1d, 37] => der::tagged(p, der::SEQUENCE, |p| {
            let count = der::count(p);
            p.group_with(&PURPOSES, count, |p| {
                while p.left() > 0 {
                    der::tagged(p, der::OID, |p| der::oid(p, &PURPOSE))?;
                }
                Ok(())
            })
        }),
        id if id == INFORMATION_ACCESS => listed(p, &ACCESSES, &ACCESS, |p| {
            der::tagged(p, der::OID, |p| der::oid(p, &ACCESS_METHOD))?;
            general_name(p, &ACCESS_LOCATION)
        }),
        id if id == TIMESTAMPS => der::tagged(p, der::OCTET_STRING, |p| sct::list(p, &SCTS)),
        id if id.starts_with(&NETSCAPE) => netscape(p, id[NETSCAPE.len()..].first()),
        _ => p.rest(&CONTENT).map(drop),
    }
}

/// Bytes of `2.16.840.1.113730.1`, which those of Netscape begin with.
const NETSCAPE: [u8; 8] = [0x60, 0x86, 0x48, 1, 0x86, 0xf8, 0x42, 1];

fn netscape(p: &mut Packet<'_>, number: Option<&u8>) -> Read {
    let text = match number {
        Some(1) => return der::tagged(p, der::BIT_STRING, netscape_type),
        Some(2) => &NETSCAPE_BASE,
        Some(3) => &NETSCAPE_REVOCATION,
        Some(4) => &NETSCAPE_CA_REVOCATION,
        Some(7) => &NETSCAPE_RENEWAL,
        Some(8) => &NETSCAPE_POLICY,
        Some(12) => &NETSCAPE_SERVER,
        Some(13) => &NETSCAPE_COMMENT,
        _ => return p.rest(&CONTENT).map(drop),
    };
    der::tagged(p, der::IA5_STRING, |p| p.rest(text).map(drop))
}

fn netscape_type(p: &mut Packet<'_>) -> Read {
    p.group(&KEY_USAGE_BITS, |p| p.u8(&UNUSED))?;
    let (at, word) = (p.at(), p.peek_u8()?);
    p.rest(&NETSCAPE_TYPE)?;
    p.under(|p| {
        for row in NETSCAPE_TYPE.children {
            p.mark(row, at, 1, word.into());
        }
        Ok(())
    })
}

/// A sequence of sequences: the list's range is its content, its number how many there are.
fn listed(
    p: &mut Packet<'_>,
    list: &'static Field,
    one: &'static Field,
    mut each: impl FnMut(&mut Packet<'_>) -> Read,
) -> Read {
    der::tagged(p, der::SEQUENCE, |p| {
        let count = der::count(p);
        p.group_with(list, count, |p| {
            while p.left() > 0 {
                der::whole(p, one, der::SEQUENCE, &mut each)?;
            }
            Ok(())
        })
    })
}

fn key_usage(p: &mut Packet<'_>) -> Read {
    p.group(&KEY_USAGE_BITS, |p| p.u8(&UNUSED))?;
    let (at, bytes) = (p.at(), p.ahead());
    let word = u64::from(bytes.first().copied().unwrap_or(0)) << 8
        | u64::from(bytes.get(1).copied().unwrap_or(0));
    let length = bytes.len();
    p.rest(&KEY_USAGE)?;
    p.under(|p| {
        for row in KEY_USAGE.children {
            p.mark(row, at, length.min(1), word);
        }
        Ok(())
    })
}

fn constraints(p: &mut Packet<'_>) -> Read {
    if p.left() > 0 && p.peek_u8()? == der::BOOLEAN {
        der::element(p, |p, _| boolean(p, &IS_AUTHORITY))?;
    }
    if p.left() > 0 {
        der::tagged(p, der::INTEGER, |p| der::number(p, &PATH_LENGTH))?;
    }
    Ok(())
}

fn authority_key(p: &mut Packet<'_>) -> Read {
    while p.left() > 0 {
        der::element(p, |p, element| match element.context() {
            Some(0) => p.rest(&AUTHORITY_KEY_ID).map(drop),
            Some(1) => general_names(p, &AUTHORITY_ISSUER),
            Some(2) => p.rest(&AUTHORITY_SERIAL).map(drop),
            _ => p.skip(p.left()),
        })?;
    }
    Ok(())
}

fn policy(p: &mut Packet<'_>) -> Read {
    der::tagged(p, der::OID, |p| der::oid(p, &POLICY_ID))?;
    if p.left() == 0 {
        return Ok(());
    }
    listed(p, &QUALIFIERS, &QUALIFIER, |p| {
        // id-qt-cps, 1.3.6.1.5.5.7.2.1.
        let statement = p.ahead().starts_with(&[der::OID, 8, 0x2b, 6, 1, 5, 5, 7, 2, 1]);
        // id-qt-unotice, 1.3.6.1.5.5.7.2.2.
        let notice = p.ahead().starts_with(&[der::OID, 8, 0x2b, 6, 1, 5, 5, 7, 2, 2]);
        der::tagged(p, der::OID, |p| der::oid(p, &QUALIFIER_ID))?;
        if notice && p.peek_u8()? == der::SEQUENCE {
            return der::whole(p, &NOTICE, der::SEQUENCE, user_notice);
        }
        if statement && p.peek_u8()? == der::IA5_STRING {
            return der::element(p, |p, _| p.rest(&STATEMENT).map(drop));
        }
        p.rest(&QUALIFIER_CONTENT).map(drop)
    })
}

fn user_notice(p: &mut Packet<'_>) -> Read {
    if p.left() > 0 && p.peek_u8()? == der::SEQUENCE {
        der::whole(p, &REFERENCE, der::SEQUENCE, |p| {
            display_text(p, &ORGANIZATION)?;
            der::tagged(p, der::SEQUENCE, |p| {
                let count = der::count(p);
                p.group_with(&NUMBERS, count, |p| {
                    p.each(|p| der::tagged(p, der::INTEGER, |p| der::number(p, &NUMBER)))
                })
            })
        })?;
    }
    if p.left() > 0 { display_text(p, &EXPLICIT) } else { Ok(()) }
}

fn display_text(p: &mut Packet<'_>, row: &'static Field) -> Read {
    let (choice, text): (u64, &'static Field) = match p.peek_u8()? {
        der::IA5_STRING => (0, &IA5),
        0x1a => (1, &VISIBLE),
        0x1e => (2, &BMP),
        _ => (3, &UTF8),
    };
    p.group_with(row, choice, |p| {
        der::element(p, |p, _| match choice {
            2 => x509::utf16(p, text),
            _ => p.rest(text).map(drop),
        })
    })
}

fn distribution_point(p: &mut Packet<'_>) -> Read {
    while p.left() > 0 {
        der::element(p, |p, element| match element.context() {
            Some(0) => der::element(p, |p, choice| {
                let number = u64::from(choice.context().unwrap_or(0));
                p.group_with(&POINT_NAME, number, |p| match number {
                    0 => general_names(p, &FULL_NAME),
                    _ => p.skip(p.left()),
                })
            }),
            _ => p.skip(p.left()),
        })?;
    }
    Ok(())
}

fn general_names(p: &mut Packet<'_>, row: &'static Field) -> Read {
    let count = der::count(p);
    p.group_with(row, count, |p| {
        while p.left() > 0 {
            general_name(p, &GENERAL_NAME)?;
        }
        Ok(())
    })
}

fn general_name(p: &mut Packet<'_>, row: &'static Field) -> Read {
    der::element(p, |p, element| {
        let choice = element.context().unwrap_or(0);
        p.group_with(row, choice.into(), |p| match (choice, p.left()) {
            (1, _) => p.rest(&EMAIL).map(drop),
            (2, _) => p.rest(&DNS_NAME).map(drop),
            (4, _) => p.group(&DIRECTORY, |p| x509::name(p, &DIRECTORY_TEXT, &DIRECTORY_NAME)),
            (6, _) => p.rest(&URI).map(drop),
            (7, 4) => p.ipv4(&IPV4).map(drop),
            (7, 16) => p.ipv6(&IPV6).map(drop),
            (8, _) => der::oid(p, &REGISTERED),
            _ => p.rest(&OTHER_NAME).map(drop),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::super::TLS;
    use crate::testing::*;

    /// A certificate with Netscape's type and comment, and a policy with both of its qualifiers.
    const OLD: &str = "
        16030301210b00011d00011a000117308201133081fda003020102020101300d06092a864886f70d01010b
        0500300c310a300806035504030c0161301e170d3236313132363233343935365a170d3336313132363233
        343935365a300c310a300806035504030c0161301a301306072a8648ce3d020106082a8648ce3d03010703
        03000401a3818b308188301106096086480186f84201010404030206c0301806096086480186f842010d04
        0b1609666f7220746573747330590603551d2004523050304e06022a033048301c06082b06010505070201
        1610687474703a2f2f612e6578616d706c65302806082b06010505070202301c30121608576972656c656e
        7330060201010201021e06006600fc0072300d06092a864886f70d01010b0500030200aa";

    #[test]
    fn of_netscape_and_what_qualifies_policies() {
        let tree = tree(&TLS, &hex(OLD));
        insta::assert_snapshot!(&tree[tree.find("Extensions: ").unwrap_or(0)..]);
    }

    #[test]
    fn every_prefix_of_them() {
        every_prefix(&TLS, &hex(OLD));
    }
}
