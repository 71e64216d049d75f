//! Signed certificate timestamps, RFC 6962 section 3.3: in extensions of hellos, of certificates and
//! of OCSP responses.

use wirelens_dissect::prelude::*;

/// The rows of a list, which has others in each of its places.
pub(super) struct SctRows {
    pub(super) list_length: &'static Field,
    pub(super) one: &'static Field,
    pub(super) length: &'static Field,
    pub(super) version: &'static Field,
    pub(super) log: &'static Field,
    pub(super) time: &'static Field,
    pub(super) extensions_length: &'static Field,
    pub(super) extensions: &'static Field,
    pub(super) algorithm: &'static Field,
    pub(super) signature_length: &'static Field,
    pub(super) signature: &'static Field,
}

/// Declares the rows of a list and the static `SCTS` that names them.
macro_rules! sct_rows {
    ($LIST:ident = $protocol:literal $parent:ident $tail:literal) => {
        fields! {
            /// Signed certificate timestamps.
            $LIST = $protocol $parent $tail;
            SCTS_LENGTH = uint "sct.scts_length" "Timestamps Length" key("timestamps_length") detail;
            SCT = group "sct" "Signed Certificate Timestamp" own many key("signed_certificate_timestamps") {
                SCT_LENGTH  = uint "sct.sct_length" "Length" key("length") detail;
                SCT_VERSION = uint "sct.sct_version" "Version" key("version");
                SCT_LOG     = bytes "sct.sct_logid" "Log ID" key("log_id");
                SCT_TIME    = time "sct.sct_timestamp" "Timestamp" key("timestamp");
                SCT_EXTENSIONS_LENGTH = uint "sct.sct_extensions_length" "Extensions Length" key("extensions_length") detail;
                SCT_EXTENSIONS = bytes "sct.sct_extensions" "Extensions" key("extensions");
                SCT_ALGORITHM = hex "handshake.sig_hash_alg" "Signature Algorithm" names(SIGNATURES) key("signature_algorithm") {
                    SCT_HASH = uint "handshake.sig_hash_hash" "Hash" & 0xff00 span(0, 1) names(HASHES) key("hash") detail;
                    SCT_KIND = uint "handshake.sig_hash_sig" "Signature" & 0x00ff span(1, 1) names(SIGNATURE_ALGORITHMS) key("signature") detail;
                };
                SCT_SIGNATURE_LENGTH = uint "sct.sct_signature_length" "Signature Length" key("signature_length") detail;
                SCT_SIGNATURE = bytes "sct.sct_signature" "Signature" key("signature");
            };
        }

        static SCTS: SctRows = SctRows {
            list_length: &SCTS_LENGTH,
            one: &SCT,
            length: &SCT_LENGTH,
            version: &SCT_VERSION,
            log: &SCT_LOG,
            time: &SCT_TIME,
            extensions_length: &SCT_EXTENSIONS_LENGTH,
            extensions: &SCT_EXTENSIONS,
            algorithm: &SCT_ALGORITHM,
            signature_length: &SCT_SIGNATURE_LENGTH,
            signature: &SCT_SIGNATURE,
        };
    };
}
pub(super) use sct_rows;

/// Version 1, the only one there is.
const V1: u8 = 0;

pub(super) fn list(p: &mut Packet<'_>, rows: &SctRows) -> Read {
    let length = usize::from(p.u16(rows.list_length)?);
    p.within(length, |p| p.each(|p| p.group(rows.one, |p| one(p, rows))))
}

fn one(p: &mut Packet<'_>, rows: &SctRows) -> Read {
    let length = usize::from(p.u16(rows.length)?);
    p.within(length, |p| {
        if p.u8(rows.version)? != V1 {
            return Ok(());
        }
        p.bytes(rows.log, 32)?;
        let milliseconds = p.peek_u64()?;
        p.number(rows.time, milliseconds.saturating_mul(1_000_000).min(i64::MAX as u64), 8)?;
        let length = usize::from(p.u16(rows.extensions_length)?);
        if length > 0 {
            p.bytes(rows.extensions, length)?;
        }
        p.u16(rows.algorithm)?;
        let length = usize::from(p.u16(rows.signature_length)?);
        p.bytes(rows.signature, length).map(drop)
    })
}

#[cfg(test)]
mod tests {
    use super::super::TLS;
    use crate::testing::*;

    /// A server's hello with a list of one timestamp.
    fn hello() -> Vec<u8> {
        let one = "0039 00 2979bef09e393921f056739f63a577e5be577d9c600af8f94d5d265c255dc784
            0000017c261c9515 0002 aabb 0403 0008 3006020101020102";
        let list = format!("003b {one}");
        hex(&format!(
            "16 0303 006d 02 000069 0303
            a6af06a4121860dc5e6e60249cd34c95930c8ac5cb1434dac155772ed3e26928 00 c02f 00
            0041 0012 003d {list}"
        ))
    }

    #[test]
    fn a_timestamp_in_a_hello() {
        insta::assert_snapshot!(tree(&TLS, &hello()));
    }

    #[test]
    fn every_prefix_of_it() {
        every_prefix(&TLS, &hello());
    }
}
