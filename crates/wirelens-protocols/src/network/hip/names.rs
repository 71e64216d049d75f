//! Names of values, <https://www.iana.org/assignments/hip-parameters>.

use wirelens_dissect::prelude::*;

pub(super) static PACKETS: Names = &[
    (1, "I1"),
    (2, "R1"),
    (3, "I2"),
    (4, "R2"),
    (16, "UPDATE"),
    (17, "NOTIFY"),
    (18, "CLOSE"),
    (19, "CLOSE_ACK"),
    (20, "HDRR"),
    (32, "HIP_DATA"),
];

pub(super) static PARAMETERS: Names = &[
    (65, "ESP_INFO"),
    (128, "R1_COUNTER, version 1"),
    (129, "R1_COUNTER"),
    (193, "LOCATOR_SET"),
    (257, "PUZZLE"),
    (321, "SOLUTION"),
    (385, "SEQ"),
    (449, "ACK"),
    (511, "DH_GROUP_LIST"),
    (513, "DIFFIE_HELLMAN"),
    (577, "HIP_TRANSFORM"),
    (579, "HIP_CIPHER"),
    (608, "NAT_TRAVERSAL_MODE"),
    (610, "TRANSACTION_PACING"),
    (641, "ENCRYPTED"),
    (705, "HOST_ID"),
    (715, "HIT_SUITE_LIST"),
    (768, "CERT"),
    (832, "NOTIFICATION"),
    (897, "ECHO_REQUEST_SIGNED"),
    (930, "REG_INFO"),
    (932, "REG_REQUEST"),
    (934, "REG_RESPONSE"),
    (936, "REG_FAILED"),
    (950, "REG_FROM"),
    (961, "ECHO_RESPONSE_SIGNED"),
    (2049, "TRANSPORT_FORMAT_LIST"),
    (4095, "ESP_TRANSFORM"),
    (4481, "SEQ_DATA"),
    (4545, "ACK_DATA"),
    (4577, "PAYLOAD_MIC"),
    (4580, "TRANSACTION_ID"),
    (4592, "OVERLAY_ID"),
    (4601, "ROUTE_DST"),
    (4650, "RELAYED_ADDRESS"),
    (4660, "MAPPED_ADDRESS"),
    (4680, "PEER_PERMISSION"),
    (4700, "CANDIDATE_PRIORITY"),
    (4710, "NOMINATE"),
    (7680, "HIP_TRANSPORT_MODE"),
    (61505, "HIP_MAC"),
    (61569, "HIP_MAC_2"),
    (61633, "HIP_SIGNATURE_2"),
    (61697, "HIP_SIGNATURE"),
    (63425, "ECHO_RESPONSE_UNSIGNED"),
    (63661, "ECHO_REQUEST_UNSIGNED"),
    (63998, "RELAY_FROM"),
    (64002, "RELAY_TO"),
    (64011, "OVERLAY_TTL"),
    (64017, "ROUTE_VIA"),
    (65498, "FROM"),
    (65500, "RVS_HMAC"),
    (65502, "VIA_RVS"),
    (65520, "RELAY_HMAC"),
];

pub(super) static GROUPS: Names = &[
    (0, "Reserved"),
    (1, "384-bit group"),
    (2, "OAKLEY well-known group 1"),
    (3, "1536-bit MODP group"),
    (4, "3072-bit MODP group"),
    (5, "6144-bit MODP group"),
    (6, "8192-bit MODP group"),
    (7, "NIST P-256"),
    (8, "NIST P-384"),
    (9, "NIST P-521"),
    (10, "SECP160R1"),
    (11, "2048-bit MODP group"),
];

/// RFC 5201 section 5.2.7, RFC 7402 section 5.1.2.
pub(super) static TRANSFORMS: Names = &[
    (0, "Reserved"),
    (1, "AES-128-CBC with HMAC-SHA1"),
    (2, "3DES-CBC with HMAC-SHA1"),
    (3, "3DES-CBC with HMAC-MD5"),
    (4, "BLOWFISH-CBC with HMAC-SHA1"),
    (5, "NULL with HMAC-SHA1"),
    (6, "NULL with HMAC-MD5"),
    (7, "NULL with HMAC-SHA-256"),
    (8, "AES-128-CBC with HMAC-SHA-256"),
    (9, "AES-256-CBC with HMAC-SHA-256"),
    (10, "AES-CCM-8"),
    (11, "AES-CCM-16"),
    (12, "AES-GCM with an ICV of 8 bytes"),
    (13, "AES-GCM with an ICV of 16 bytes"),
    (14, "AES-CMAC-96"),
    (15, "AES-GMAC"),
];

pub(super) static CIPHERS: Names =
    &[(0, "Reserved"), (1, "NULL-ENCRYPT"), (2, "AES-128-CBC"), (3, "3DES-CBC"), (4, "AES-256-CBC")];

pub(super) static SUITES: Names = &[
    (0, "Reserved"),
    (1, "RSA, DSA and SHA-256"),
    (2, "ECDSA and SHA-384"),
    (3, "ECDSA_LOW and SHA-1"),
    (5, "EdDSA and cSHAKE128"),
];

pub(super) static ALGORITHMS: Names = &[
    (0, "Reserved"),
    (1, "NULL-ENCRYPT"),
    (3, "DSA"),
    (5, "RSA"),
    (7, "ECDSA"),
    (9, "ECDSA_LOW"),
    (13, "EdDSA"),
];

/// RFC 7401 section 5.2.9.
pub(super) static DOMAIN_IDENTIFIERS: Names = &[(0, "None"), (1, "FQDN"), (2, "NAI")];

pub(super) static CURVES: Names =
    &[(0, "Reserved"), (1, "NIST P-256, or SECP160R1 of ECDSA_LOW"), (2, "NIST P-384")];

/// Of a KEY record, RFC 2535 section 3.1.2.
pub(super) static KEY_FLAGS: Names = &[
    (0x0000, "Other"),
    (0x0200, "Key of a user"),
    (0x0201, "Key of a zone"),
    (0x0202, "Key of another entity"),
];

/// Of a KEY record, RFC 2535 section 3.1.3.
pub(super) static KEY_PROTOCOLS: Names =
    &[(1, "TLS"), (2, "Email"), (3, "DNSSEC"), (4, "IPsec"), (255, "Any")];

pub(super) static CERTIFICATES: Names = &[
    (1, "X.509 v3"),
    (2, "SPKI"),
    (3, "Hash and URL of X.509 v3"),
    (4, "Hash and URL of SPKI"),
    (5, "LDAP URL of X.509 v3"),
    (6, "LDAP URL of SPKI"),
    (7, "Distinguished name of X.509 v3"),
    (8, "Distinguished name of SPKI"),
];

pub(super) static NOTIFICATIONS: Names = &[
    (1, "Unsupported critical parameter type"),
    (7, "Invalid syntax"),
    (14, "No DH proposal chosen"),
    (15, "Invalid DH chosen"),
    (16, "No HIP proposal chosen"),
    (17, "Invalid HIP cipher chosen"),
    (18, "No ESP proposal chosen"),
    (19, "Invalid ESP transform chosen"),
    (20, "Unsupported HIT suite"),
    (24, "Authentication failed"),
    (26, "Checksum failed"),
    (28, "HIP_MAC failed"),
    (32, "Encryption failed"),
    (40, "Invalid HIT"),
    (42, "Blocked by policy"),
    (44, "Responder busy, please retry"),
    (46, "Locator type unsupported"),
    (48, "Credentials required"),
    (50, "Invalid certificate"),
    (51, "Registration required"),
    (60, "No valid NAT traversal mode"),
    (61, "Connectivity checks failed"),
    (62, "Message not relayed"),
    (63, "Server reflexive candidate allocation failed"),
    (64, "RVS_HMAC prohibited with relay"),
    (70, "Overlay TTL exceeded"),
    (90, "Unknown next hop"),
    (100, "No valid HIP transport mode"),
    (16384, "I2 acknowledgement"),
    (16385, "NAT keepalive"),
];

pub(super) static REGISTRATIONS: Names = &[
    (1, "RENDEZVOUS"),
    (2, "RELAY_UDP_HIP"),
    (3, "RELAY_UDP_ESP"),
    (4, "CANDIDATE_DISCOVERY"),
];

pub(super) static REGISTRATION_FAILURES: Names = &[
    (0, "Additional credentials required"),
    (1, "Type unavailable"),
    (2, "Insufficient resources"),
    (3, "Invalid certificate"),
    (4, "Bad certificate"),
    (5, "Unsupported certificate"),
    (6, "Certificate expired"),
    (7, "Certificate, other"),
    (8, "Unknown CA"),
    (9, "Rendezvous and control relay at once prohibited"),
];

pub(super) static TRAVERSALS: Names =
    &[(0, "Reserved"), (1, "UDP encapsulation"), (2, "ICE-STUN-UDP"), (3, "ICE-HIP-UDP")];

pub(super) static TRANSPORT_MODES: Names =
    &[(0, "Reserved"), (1, "DEFAULT"), (2, "ESP"), (3, "ESP-TCP")];

/// RFC 8046 section 4.
pub(super) static TRAFFICS: Names = &[(0, "Signaling and user data"), (1, "Signaling"), (2, "User data")];

/// RFC 8046 section 4.2, RFC 5770 section 5.7.
pub(super) static LOCATORS: Names =
    &[(0, "IPv6 address"), (1, "SPI and IPv6 address"), (2, "UDP and IPv6 address")];

/// RFC 5770 section 5.7.
pub(super) static CANDIDATES: Names =
    &[(0, "Host"), (1, "Server reflexive"), (2, "Peer reflexive"), (3, "Relayed")];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_sorted() {
        for names in [PACKETS, PARAMETERS, TRANSFORMS, NOTIFICATIONS, REGISTRATION_FAILURES] {
            assert!(names.is_sorted_by_key(|&(number, _)| number));
        }
    }
}
