//! Certificates: X.509 in DER, RFC 5280, under the names that the modules of X.500 give their parts.

use wirelens_dissect::joined;
use wirelens_dissect::prelude::*;

use super::der;
use super::handshake::CERTIFICATE;
use super::x509_extension::{self, EXTENSION_ROWS};
use crate::calendar::days_since_1970;

fields! {
    /// The rows of a certificate.
    CERTIFICATE_ROWS = "x509af" CERTIFICATE "certificate";
    TO_BE_SIGNED = group "signedCertificate_element" "Signed Certificate" key("signed_certificate") {
        VERSION = uint "version" "Version" names(VERSIONS) key("version");
        SERIAL  = bytes "serialNumber" "Serial Number" key("serial_number");
        SIGNED_WITH = group "signature_element" "Signature" key("signature") {
            SIGNED_WITH_ID = text "algorithm.id" "Algorithm" key("algorithm");
        };
        ISSUER  = uint "issuer" "Issuer" key("issuer") {
            ISSUER_TEXT = text "issuer.text" "Name" own key("text");
            ISSUER_NAME = group "issuer.name" "Name" own key("name") detail rows(NAME_ROWS);
        };
        VALIDITY = group "validity_element" "Validity" key("validity") {
            NOT_BEFORE = uint "notBefore" "Not Before" key("not_before") rows(TIME_ROWS);
            NOT_AFTER  = uint "notAfter" "Not After" key("not_after") rows(TIME_ROWS);
        };
        SUBJECT = uint "subject" "Subject" key("subject") {
            SUBJECT_TEXT = text "subject.text" "Name" own key("text") brief("");
            SUBJECT_NAME = group "subject.name" "Name" own key("name") detail rows(NAME_ROWS);
            SUBJECT_RDNS = uint "rdnSequence" "Names" key("rdns") detail shared;
        };
        KEY_INFO = group "subjectPublicKeyInfo_element" "Public Key" key("public_key") {
            KEY_ALGORITHM = group "algorithm_element" "Algorithm" key("algorithm") {
                KEY_ALGORITHM_ID = text "algorithm.id" "Algorithm" key("id");
                KEY_CURVE = group "algorithm.curve" "Curve" own key("curve") rows(CURVE_ROWS);
            };
            KEY_BITS = group "subjectPublicKey.bits" "Bits" own key("bits") detail rows(PADDING_ROWS);
            KEY = bytes "subjectPublicKey" "Key" key("key") rows(RSA_ROWS);
        };
        EXTENSIONS = uint "extensions" "Extensions" key("extensions") {
            EXTENSION = group "Extension_element" "Extension" many key("list") rows(EXTENSION_ROWS);
        };
    };
    SIGNATURE_ALGORITHM = group "algorithmIdentifier_element" "Signature Algorithm" key("signature_algorithm") {
        SIGNATURE_ALGORITHM_ID = text "algorithm.id" "Algorithm" key("id");
    };
    SIGNATURE_BITS = group "encrypted.bits" "Bits" own key("signature_bits") detail rows(PADDING_ROWS);
    SIGNATURE = bytes "encrypted" "Signature" key("signature");
    BAD_DER = problem "der" "Not as DER has it" own key("bad_der") many shared;
}

fields! {
    /// A moment, in one of two forms.
    TIME_ROWS = "x509af" NOT_BEFORE "notBefore";
    UTC_TIME = text "utcTime" "UTC Time" key("utc");
    GENERALIZED_TIME = time "generalizedTime" "Generalized Time" key("generalized");
}

fields! {
    /// A distinguished name.
    NAME_ROWS = "x509if" SUBJECT_NAME "subject.name";
    RDNS = uint "rdnSequence" "Names" key("count");
    RDN = uint "RDNSequence_item" "Relative Name" many key("names") {
        ATTRIBUTE = group "RelativeDistinguishedName_item_element" "Attribute" many key("attributes") rows(ATTRIBUTE_ROWS);
    };
}

fields! {
    /// What kind of attribute it is.
    TYPE_ROWS = "x509if" ATTRIBUTE "RelativeDistinguishedName_item_element";
    TYPE = text "oid" "Type" key("type");
}

fields! {
    /// Values of attributes.
    VALUE_ROWS = "x509sat" ATTRIBUTE "RelativeDistinguishedName_item_element";
    COUNTRY = text "CountryName" "Country" key("country");
    DIRECTORY_STRING = uint "DirectoryString" "Directory String" key("value") {
        TELETEX   = text "teletexString" "Teletex String" key("teletex");
        PRINTABLE = text "printableString" "Printable String" key("printable");
        UNIVERSAL = text "universalString" "Universal String" key("universal");
        UTF8      = text "uTF8String" "UTF-8 String" key("utf8");
        BMP       = text "bmpString" "BMP String" key("bmp");
    };
    IA5 = text "IA5String" "IA5 String" key("ia5");
    OTHER = bytes "other" "Value" own key("other");
}

static ATTRIBUTE_ROWS: &[&Field] = &joined::<5>(TYPE_ROWS, VALUE_ROWS);

fields! {
    /// The curve of a key.
    CURVE_ROWS = "pkcs1" KEY_CURVE "algorithm.curve";
    EC_PARAMETERS = uint "ECParameters" "Parameters" key("parameters") {
        NAMED_CURVE = text "namedCurve" "Named Curve" key("named_curve");
    };
}

fields! {
    /// The numbers of an RSA key.
    RSA_ROWS = "pkcs1" KEY "subjectPublicKey";
    MODULUS  = bytes "modulus" "Modulus" key("modulus");
    EXPONENT = uint "publicExponent" "Exponent" key("exponent");
}

fields! {
    /// Bits that a string of bits does not use.
    PADDING_ROWS = "ber" KEY_BITS "subjectPublicKey.bits";
    PADDING = uint "bitstring.padding" "Unused Bits" key("unused");
}

static VERSIONS: Names = &[(0, "v1"), (1, "v2"), (2, "v3")];

/// A certificate, which has all of the bytes that come now.
pub(super) fn walk(p: &mut Packet<'_>) -> Read {
    der::tagged(p, der::SEQUENCE, |p| {
        der::whole(p, &TO_BE_SIGNED, der::SEQUENCE, to_be_signed)?;
        algorithm(p, &SIGNATURE_ALGORITHM, &SIGNATURE_ALGORITHM_ID)?;
        der::tagged(p, der::BIT_STRING, |p| {
            p.group(&SIGNATURE_BITS, |p| p.u8(&PADDING))?;
            p.rest(&SIGNATURE).map(drop)
        })
    })
}

/// RFC 5280 section 4.1.
fn to_be_signed(p: &mut Packet<'_>) -> Read {
    if p.peek_u8()? == 0xa0 {
        der::element(p, |p, _| der::tagged(p, der::INTEGER, |p| der::number(p, &VERSION)))?;
    }
    der::tagged(p, der::INTEGER, |p| p.rest(&SERIAL).map(drop))?;
    algorithm(p, &SIGNED_WITH, &SIGNED_WITH_ID)?;
    p.group(&ISSUER, |p| name(p, &ISSUER_TEXT, &ISSUER_NAME))?;
    der::whole(p, &VALIDITY, der::SEQUENCE, |p| {
        time(p, &NOT_BEFORE)?;
        time(p, &NOT_AFTER)
    })?;
    p.group(&SUBJECT, |p| {
        text(p, &SUBJECT_TEXT);
        p.group(&SUBJECT_NAME, |p| rdns(p, &SUBJECT_RDNS))
    })?;
    der::whole(p, &KEY_INFO, der::SEQUENCE, public_key)?;
    while p.left() > 0 {
        der::element(p, |p, element| match element.context() {
            Some(3) => der::tagged(p, der::SEQUENCE, |p| {
                let count = der::count(p);
                p.group_with(&EXTENSIONS, count, |p| {
                    while p.left() > 0 {
                        der::whole(p, &EXTENSION, der::SEQUENCE, x509_extension::walk)?;
                    }
                    Ok(())
                })
            }),
            _ => p.skip(p.left()),
        })?;
    }
    Ok(())
}

/// An algorithm; its parameters are passed over.
fn algorithm(p: &mut Packet<'_>, row: &'static Field, id: &'static Field) -> Read {
    der::whole(p, row, der::SEQUENCE, |p| {
        der::tagged(p, der::OID, |p| der::oid(p, id))?;
        p.skip(p.left())
    })
}

fn time(p: &mut Packet<'_>, row: &'static Field) -> Read {
    let choice = u64::from(p.peek_u8()? != der::UTC_TIME);
    p.group_with(row, choice, |p| {
        der::element(p, |p, element| {
            let (digits, length) = (p.ahead(), p.left());
            match element.tag {
                der::UTC_TIME => p.make_text(&UTC_TIME, p.at(), length, |text| write_time(digits, text)),
                _ => {
                    if let Some(moment) = moment(digits) {
                        p.mark(&GENERALIZED_TIME, p.at(), length, moment as u64);
                    }
                }
            }
            p.skip(length)
        })
    })
}

/// `261126234956Z` as `2026-11-26 23:49:56 (UTC)`; years from 50 are of the last century, RFC 5280
/// section 4.1.2.5.1.
fn write_time(digits: &[u8], text: &mut Vec<u8>) {
    let Some(([a, b, rest @ ..], b"Z")) = digits.split_first_chunk::<12>() else {
        text.extend_from_slice(digits);
        return;
    };
    text.extend_from_slice(if *a >= b'5' { b"19" } else { b"20" });
    text.extend([*a, *b]);
    for (between, two) in [b'-', b'-', b' ', b':', b':'].into_iter().zip(rest.chunks(2)) {
        text.push(between);
        text.extend_from_slice(two);
    }
    text.extend_from_slice(b" (UTC)");
}

/// `20261126234956Z` in nanoseconds since 1970.
pub(super) fn moment(digits: &[u8]) -> Option<i64> {
    let number = |from: usize, to: usize| -> Option<i64> {
        std::str::from_utf8(digits.get(from..to)?).ok()?.parse().ok()
    };
    let (year, month, day) = (number(0, 4)?, number(4, 6)?, number(6, 8)?);
    let (hour, minute, second) = (number(8, 10)?, number(10, 12)?, number(12, 14)?);
    let seconds = ((days_since_1970(year, month, day) * 24 + hour) * 60 + minute) * 60 + second;
    seconds.checked_mul(1_000_000_000)
}

/// A name: its parts, and all of them in a line as people write it (RFC 4514 in the order sent).
pub(super) fn name(p: &mut Packet<'_>, line: &'static Field, row: &'static Field) -> Read {
    text(p, line);
    p.group(row, |p| rdns(p, &RDNS))
}

fn text(p: &mut Packet<'_>, line: &'static Field) {
    let bytes = p.ahead();
    p.make_text(line, p.at(), 0, |text| write_name(bytes, text));
}

/// The parts of a name; `row` has how many there are.
pub(super) fn rdns(p: &mut Packet<'_>, row: &'static Field) -> Read {
    der::tagged(p, der::SEQUENCE, |p| {
        let (at, length, count) = (p.at(), p.left(), der::count(p));
        p.mark(row, at, length, count);
        while p.left() > 0 {
            der::tagged(p, der::SET, |p| {
                let count = der::count(p);
                p.group_with(&RDN, count, |p| {
                    while p.left() > 0 {
                        der::whole(p, &ATTRIBUTE, der::SEQUENCE, attribute)?;
                    }
                    Ok(())
                })
            })?;
        }
        Ok(())
    })
}

fn attribute(p: &mut Packet<'_>) -> Read {
    let country = p.ahead().starts_with(&[der::OID, 3, 0x55, 4, 6]);
    der::tagged(p, der::OID, |p| der::oid(p, &TYPE))?;
    if country {
        return der::element(p, |p, _| p.rest(&COUNTRY).map(drop));
    }
    let (choice, row): (u64, &'static Field) = match p.peek_u8()? {
        0x14 => (0, &TELETEX),
        0x13 => (1, &PRINTABLE),
        0x1c => (2, &UNIVERSAL),
        0x1e => (3, &BMP),
        0x0c => (4, &UTF8),
        0x16 => return der::element(p, |p, _| p.rest(&IA5).map(drop)),
        _ => return der::element(p, |p, _| p.rest(&OTHER).map(drop)),
    };
    p.group_with(&DIRECTORY_STRING, choice, |p| {
        der::element(p, |p, _| match choice {
            3 => utf16(p, row),
            _ => p.rest(row).map(drop),
        })
    })
}

/// Two bytes a character, X.690 section 8.23.8.
pub(super) fn utf16(p: &mut Packet<'_>, row: &'static Field) -> Read {
    let bytes = p.ahead();
    p.make_text(row, p.at(), bytes.len(), |text| {
        let units = bytes.chunks_exact(2).map(|unit| u16::from_be_bytes([unit[0], unit[1]]));
        for character in char::decode_utf16(units) {
            let mut buffer = [0; 4];
            let character = character.unwrap_or(char::REPLACEMENT_CHARACTER);
            text.extend_from_slice(character.encode_utf8(&mut buffer).as_bytes());
        }
    });
    p.skip(bytes.len())
}

/// Short names of attributes, RFC 4519.
static SHORT_NAMES: [(&[u8], &[u8]); 9] = [
    (&[0x55, 4, 3], b"CN"),
    (&[0x55, 4, 5], b"serialNumber"),
    (&[0x55, 4, 6], b"C"),
    (&[0x55, 4, 7], b"L"),
    (&[0x55, 4, 8], b"ST"),
    (&[0x55, 4, 9], b"street"),
    (&[0x55, 4, 10], b"O"),
    (&[0x55, 4, 11], b"OU"),
    (&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 1], b"emailAddress"),
];

/// `C=DE, O=Wirelens, CN=www.example.org` out of the elements of a name.
fn write_name(bytes: &[u8], text: &mut Vec<u8>) {
    let Some((_, names, _)) = der::split(bytes) else { return };
    let attributes = der::elements(names).flat_map(|(_, set)| der::elements(set));
    for (index, (_, attribute)) in attributes.enumerate() {
        let mut parts = der::elements(attribute);
        let (Some((_, kind)), Some((_, value))) = (parts.next(), parts.next()) else { return };
        if index > 0 {
            text.extend_from_slice(b", ");
        }
        match SHORT_NAMES.iter().find(|(known, _)| *known == kind) {
            Some((_, name)) => text.extend_from_slice(name),
            None => der::write_oid(kind, text),
        }
        text.push(b'=');
        text.extend_from_slice(value);
    }
}

fn public_key(p: &mut Packet<'_>) -> Read {
    let mut rsa = false;
    der::whole(p, &KEY_ALGORITHM, der::SEQUENCE, |p| {
        der::tagged(p, der::OID, |p| {
            // rsaEncryption, RFC 8017 appendix A.1.
            rsa = p.ahead() == [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1];
            der::oid(p, &KEY_ALGORITHM_ID)
        })?;
        if p.left() > 0 && p.peek_u8()? == der::OID {
            p.group(&KEY_CURVE, |p| {
                p.group_with(&EC_PARAMETERS, 1, |p| der::tagged(p, der::OID, |p| der::oid(p, &NAMED_CURVE)))
            })?;
        }
        p.skip(p.left())
    })?;
    der::tagged(p, der::BIT_STRING, |p| {
        p.group(&KEY_BITS, |p| p.u8(&PADDING))?;
        p.note(&KEY, 0, p.left());
        if rsa {
            p.under(|p| {
                der::tagged(p, der::SEQUENCE, |p| {
                    der::tagged(p, der::INTEGER, |p| p.rest(&MODULUS).map(drop))?;
                    der::tagged(p, der::INTEGER, |p| der::number(p, &EXPONENT))
                })
            })?;
        }
        p.skip(p.left())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::application::tls::TLS;
    use crate::testing::*;

    /// Of the server in tests/captures/sessions/tls.pcap.
    const SERVER: &str = "
        308203253082020da003020102021438884b18db6d40101acbaa43b0e8f9c4c09f0910300d06092a864886f7
        0d01010b05003039310b30090603550406130244453111300f060355040a0c08576972656c656e7331173015
        06035504030c0e5465737420417574686f72697479301e170d3236313132363233343935365a170d33363131
        32333233343935365a302d3111300f060355040a0c08576972656c656e733118301606035504030c0f777777
        2e6578616d706c652e6f72673059301306072a8648ce3d020106082a8648ce3d03010703420004b7f0db421c
        f16e0f6f036a33da943e065f5c44653dc6f9a6bb3e1f7e9ca79e5d7bb26d07de44442422fc351b9688f5f7c5
        61016b7ae0144b0196b65bc38813f6a381fb3081f8302f0603551d1104283026820f7777772e6578616d706c
        652e6f7267820d2a2e6578616d706c652e6f72678704c0000214300b0603551d0f0404030207803013060355
        1d25040c300a06082b06010505070301303406082b0601050507010104283026302406082b06010505073001
        8618687474703a2f2f6f6373702e6578616d706c652e6f72672f302d0603551d1f042630243022a020a01e86
        1c687474703a2f2f63726c2e6578616d706c652e6f72672f612e63726c301d0603551d0e041604144742b913
        b3b8b707b4d092aeac18f3cb1809f1f3301f0603551d23041830168014c4785a367aa779e721e0afecf74469
        493bbc88b7300d06092a864886f70d01010b0500038201010027281779677249aa820cf6f1b689334b4a3257
        428071cbfb9cd7c42dee0079b76fc1561f71f9b8cb2b4d9a8f582baa181e14c1bc80c4ed2f8770736e9be565
        e9f8b32309f05cf613d3540cbdd2f6c2097c61aa14d0c49b1848141b742051f5814d7b6c0419e8cb96ec245a
        1f191bf9fd0d03d72553cd710af8f143037eaecdc59153491ce8742d4789e39175efadd747ecde9699490596
        2518f93d44edd5e6c19cfaae2dbc36a8c13fd4fecb77876a0beb6576cda9c7e3313bd4e52cbbfefad34b233b
        11e80c7ac9dd554f55adf448246c66b57a310613d8112af927edd271bde5953eb33719a42225975e85543391
        645126f7d42845283beb334837227ef2c3";

    /// A message Certificate with one, in a record.
    fn record(certificate: &[u8]) -> Vec<u8> {
        let length = certificate.len() as u16;
        let mut bytes = vec![22, 3, 3];
        bytes.extend((length + 10).to_be_bytes());
        bytes.extend([11, 0]);
        bytes.extend((length + 6).to_be_bytes());
        bytes.push(0);
        bytes.extend((length + 3).to_be_bytes());
        bytes.push(0);
        bytes.extend(length.to_be_bytes());
        bytes.extend(certificate);
        bytes
    }

    #[test]
    fn a_servers_certificate() {
        insta::assert_snapshot!(tree(&TLS, &record(&hex(SERVER))));
    }

    #[test]
    fn every_prefix_of_it() {
        every_prefix(&TLS, &record(&hex(SERVER)));
    }

    #[test]
    fn one_that_is_none_does_not_hide_what_follows() {
        let bytes = [record(&hex("30 80 02 01")), hex("15 0303 0002 01 00")].concat();
        let tree = tree(&TLS, &bytes);
        assert!(tree.contains("! Not as DER has it") && tree.contains("Close Notify"), "{tree}");
    }

    #[test]
    fn moments() {
        assert_eq!(moment(b"19700101000000Z"), Some(0));
        assert_eq!(moment(b"20000229120000Z"), Some(951_825_600_000_000_000));
        assert_eq!(moment(b"2000"), None);
        let mut text = Vec::new();
        write_time(b"500101000000Z", &mut text);
        assert_eq!(text, b"1950-01-01 00:00:00 (UTC)");
    }
}
