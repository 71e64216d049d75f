//! Host keys and signatures of SSH: RFC 4253 section 6.6, RFC 5656 section 3.1, RFC 8709.

use wirelens_dissect::prelude::*;

use super::{HOST_KEY, SIGNATURE, string};

fields! {
    /// The rows of a host key.
    KEY_ROWS = "ssh" HOST_KEY "host_key";
    KEY_LENGTH  = uint "host_key.length" "Length" detail;
    TYPE_LENGTH = uint "host_key.type_length" "Length of the Type" detail;
    TYPE        = text "host_key.type" "Type" brief("");
    KEY_MPINT   = uint "mpint_length" "Length of an Integer" many key("mpint_lengths") detail;
    RSA_E       = bytes "host_key.rsa.e" "Public Exponent";
    RSA_N       = bytes "host_key.rsa.n" "Modulus";
    DSA_P       = bytes "host_key.dsa.p" "Prime Modulus";
    DSA_Q       = bytes "host_key.dsa.q" "Prime Divisor";
    DSA_G       = bytes "host_key.dsa.g" "Generator";
    DSA_Y       = bytes "host_key.dsa.y" "Public Key";
    CURVE_LENGTH = uint "host_key.ecdsa.id_length" "Length of the Curve's Name" detail;
    CURVE       = text "host_key.ecdsa.id" "Curve";
    Q_LENGTH    = uint "host_key.ecdsa.q_length" "Length of the Public Key" detail;
    Q           = bytes "host_key.ecdsa.q" "Public Key" key("ecdsa.q");
    ED_LENGTH   = uint "host_key.eddsa.key_length" "Length of the Public Key" detail;
    ED_KEY      = bytes "host_key.eddsa.key" "Public Key" key("eddsa.key");
    KEY_DATA    = bytes "host_key.data" "Data";
}

fields! {
    /// The rows of a signature.
    SIGNATURE_ROWS = "ssh" SIGNATURE "host_sig";
    SIG_LENGTH  = uint "host_sig.length" "Length" detail;
    SIG_TYPE_LENGTH = uint "host_sig.type_length" "Length of the Type" detail;
    SIG_TYPE    = text "host_sig.type" "Type";
    SIG_MPINT   = uint "mpint_length" "Length of an Integer" many key("mpint_lengths") detail;
    SIG_RSA     = bytes "host_sig.rsa" "RSA Signature";
    SIG_DSA     = bytes "host_sig.dsa" "DSA Signature";
    SIG_DATA    = bytes "host_sig.data" "Data";
}

pub(super) fn key(p: &mut Packet<'_>) -> Read {
    p.group(&HOST_KEY, |p| {
        let length = p.u32(&KEY_LENGTH)? as usize;
        p.within(length, |p| {
            let kind = string(p, &TYPE_LENGTH, &TYPE)?;
            let integers: &[&'static Field] = match kind {
                b"ssh-rsa" => &[&RSA_E, &RSA_N],
                b"ssh-dss" => &[&DSA_P, &DSA_Q, &DSA_G, &DSA_Y],
                b"ssh-ed25519" | b"ssh-ed448" => {
                    return string(p, &ED_LENGTH, &ED_KEY).map(drop);
                }
                _ if kind.starts_with(b"ecdsa-sha2-") && !kind.ends_with(b"@openssh.com") => {
                    string(p, &CURVE_LENGTH, &CURVE)?;
                    return string(p, &Q_LENGTH, &Q).map(drop);
                }
                _ => return p.rest(&KEY_DATA).map(drop),
            };
            integers.iter().try_for_each(|row| string(p, &KEY_MPINT, row).map(drop))
        })
    })
}

pub(super) fn signature(p: &mut Packet<'_>) -> Read {
    p.group(&SIGNATURE, |p| {
        let length = p.u32(&SIG_LENGTH)? as usize;
        p.within(length, |p| match string(p, &SIG_TYPE_LENGTH, &SIG_TYPE)? {
            b"ssh-rsa" => string(p, &SIG_MPINT, &SIG_RSA).map(drop),
            b"ssh-dss" => string(p, &SIG_MPINT, &SIG_DSA).map(drop),
            _ => p.rest(&SIG_DATA).map(drop),
        })
    })
}
