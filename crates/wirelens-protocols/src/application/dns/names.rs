//! Names of values, from IANA's registries of DNS parameters.

use wirelens_dissect::prelude::*;

pub(super) static OPCODES: Names = &[
    (0, "Query"),
    (1, "Inverse query"),
    (2, "Status"),
    (4, "Notify"),
    (5, "Update"),
    (6, "Stateful operations"),
];

pub(super) static RCODES: Names = &[
    (0, "NoError"),
    (1, "FormErr"),
    (2, "ServFail"),
    (3, "NXDomain"),
    (4, "NotImp"),
    (5, "Refused"),
    (6, "YXDomain"),
    (7, "YXRRSet"),
    (8, "NXRRSet"),
    (9, "NotAuth"),
    (10, "NotZone"),
    (11, "DSOTYPENI"),
    (16, "BADSIG"),
    (17, "BADKEY"),
    (18, "BADTIME"),
    (19, "BADMODE"),
    (20, "BADNAME"),
    (21, "BADALG"),
    (22, "BADTRUNC"),
    (23, "BADCOOKIE"),
];

pub(super) static CLASSES: Names =
    &[(1, "IN"), (2, "CS"), (3, "CH"), (4, "HS"), (254, "NONE"), (255, "ANY")];

#[rustfmt::skip]
pub(super) static TYPES: Names = &[
    (1, "A"), (2, "NS"), (3, "MD"), (4, "MF"), (5, "CNAME"), (6, "SOA"), (7, "MB"), (8, "MG"),
    (9, "MR"), (10, "NULL"), (11, "WKS"), (12, "PTR"), (13, "HINFO"), (14, "MINFO"), (15, "MX"),
    (16, "TXT"), (17, "RP"), (18, "AFSDB"), (19, "X25"), (20, "ISDN"), (21, "RT"), (22, "NSAP"),
    (23, "NSAP-PTR"), (24, "SIG"), (25, "KEY"), (26, "PX"), (27, "GPOS"), (28, "AAAA"),
    (29, "LOC"), (30, "NXT"), (31, "EID"), (32, "NIMLOC"), (33, "SRV"), (34, "ATMA"),
    (35, "NAPTR"), (36, "KX"), (37, "CERT"), (38, "A6"), (39, "DNAME"), (40, "SINK"), (41, "OPT"),
    (42, "APL"), (43, "DS"), (44, "SSHFP"), (45, "IPSECKEY"), (46, "RRSIG"), (47, "NSEC"),
    (48, "DNSKEY"), (49, "DHCID"), (50, "NSEC3"), (51, "NSEC3PARAM"), (52, "TLSA"),
    (53, "SMIMEA"), (55, "HIP"), (56, "NINFO"), (57, "RKEY"), (58, "TALINK"), (59, "CDS"),
    (60, "CDNSKEY"), (61, "OPENPGPKEY"), (62, "CSYNC"), (63, "ZONEMD"), (64, "SVCB"),
    (65, "HTTPS"), (66, "DSYNC"), (99, "SPF"), (100, "UINFO"), (101, "UID"), (102, "GID"),
    (103, "UNSPEC"), (104, "NID"), (105, "L32"), (106, "L64"), (107, "LP"), (108, "EUI48"),
    (109, "EUI64"), (128, "NXNAME"), (249, "TKEY"), (250, "TSIG"), (251, "IXFR"), (252, "AXFR"),
    (253, "MAILB"), (254, "MAILA"), (255, "ANY"), (256, "URI"), (257, "CAA"), (258, "AVC"),
    (259, "DOA"), (260, "AMTRELAY"), (261, "RESINFO"), (262, "WALLET"), (32768, "TA"),
    (32769, "DLV"), (65281, "WINS"), (65282, "WINS-R"), (65422, "XPF"),
];

pub(super) static ALGORITHMS: Names = &[
    (1, "RSA/MD5"),
    (2, "Diffie-Hellman"),
    (3, "DSA/SHA-1"),
    (4, "Elliptic curve"),
    (5, "RSA/SHA-1"),
    (6, "DSA-NSEC3-SHA1"),
    (7, "RSASHA1-NSEC3-SHA1"),
    (8, "RSA/SHA-256"),
    (10, "RSA/SHA-512"),
    (12, "GOST R 34.10-2001"),
    (13, "ECDSA P-256 with SHA-256"),
    (14, "ECDSA P-384 with SHA-384"),
    (15, "Ed25519"),
    (16, "Ed448"),
    (17, "SM2 with SM3"),
    (23, "GOST R 34.10-2012"),
    (157, "HMAC-MD5"),
    (252, "Indirect"),
    (253, "Private, by name"),
    (254, "Private, by OID"),
];

pub(super) static DIGESTS: Names = &[
    (1, "SHA-1"),
    (2, "SHA-256"),
    (3, "GOST R 34.11-94"),
    (4, "SHA-384"),
    (5, "GOST R 34.11-2012"),
    (6, "SM3"),
];

pub(super) static NSEC3_HASHES: Names = &[(1, "SHA-1")];

pub(super) static CERTIFICATES: Names = &[
    (1, "PKIX"),
    (2, "SPKI"),
    (3, "PGP"),
    (4, "IPKIX"),
    (5, "ISPKI"),
    (6, "IPGP"),
    (7, "ACPKIX"),
    (8, "IACPKIX"),
    (253, "URI"),
    (254, "OID"),
];

pub(super) static SSH_KEYS: Names =
    &[(1, "RSA"), (2, "DSA"), (3, "ECDSA"), (4, "Ed25519"), (6, "Ed448")];

pub(super) static SSH_DIGESTS: Names = &[(1, "SHA-1"), (2, "SHA-256")];

pub(super) static TLSA_USAGES: Names =
    &[(0, "PKIX-TA"), (1, "PKIX-EE"), (2, "DANE-TA"), (3, "DANE-EE"), (255, "PrivCert")];

pub(super) static TLSA_SELECTORS: Names =
    &[(0, "Full certificate"), (1, "SubjectPublicKeyInfo"), (255, "Private")];

pub(super) static TLSA_MATCHINGS: Names =
    &[(0, "Full"), (1, "SHA-256"), (2, "SHA-512"), (255, "Private")];

pub(super) static GATEWAYS: Names =
    &[(0, "No gateway"), (1, "IPv4 address"), (2, "IPv6 address"), (3, "Domain name")];

pub(super) static IPSEC_ALGORITHMS: Names =
    &[(0, "No key"), (1, "DSA"), (2, "RSA"), (3, "ECDSA"), (4, "EdDSA")];

pub(super) static ZONE_SCHEMES: Names = &[(1, "Simple")];

pub(super) static ZONE_HASHES: Names = &[(1, "SHA-384"), (2, "SHA-512")];

pub(super) static TKEY_MODES: Names = &[
    (1, "Server assignment"),
    (2, "Diffie-Hellman exchange"),
    (3, "GSS-API negotiation"),
    (4, "Resolver assignment"),
    (5, "Key deletion"),
];

pub(super) static FAMILIES: Names = &[(1, "IPv4"), (2, "IPv6")];

pub(super) static OPTIONS: Names = &[
    (1, "LLQ"),
    (2, "Update lease"),
    (3, "NSID"),
    (4, "Owner"),
    (5, "DAU"),
    (6, "DHU"),
    (7, "N3U"),
    (8, "Client subnet"),
    (9, "Expire"),
    (10, "Cookie"),
    (11, "TCP keepalive"),
    (12, "Padding"),
    (13, "Chain"),
    (14, "Key tag"),
    (15, "Extended DNS error"),
    (16, "Client tag"),
    (17, "Server tag"),
    (18, "Report channel"),
    (19, "Zone version"),
    (20292, "Umbrella identifier"),
    (20730, "Client subnet (experimental)"),
    (26946, "Device identifier"),
];

pub(super) static EXTENDED_ERRORS: Names = &[
    (0, "Other"),
    (1, "Unsupported DNSKEY algorithm"),
    (2, "Unsupported DS digest type"),
    (3, "Stale answer"),
    (4, "Forged answer"),
    (5, "DNSSEC indeterminate"),
    (6, "DNSSEC bogus"),
    (7, "Signature expired"),
    (8, "Signature not yet valid"),
    (9, "DNSKEY missing"),
    (10, "RRSIGs missing"),
    (11, "No zone key bit set"),
    (12, "NSEC missing"),
    (13, "Cached error"),
    (14, "Not ready"),
    (15, "Blocked"),
    (16, "Censored"),
    (17, "Filtered"),
    (18, "Prohibited"),
    (19, "Stale NXDOMAIN answer"),
    (20, "Not authoritative"),
    (21, "Not supported"),
    (22, "No reachable authority"),
    (23, "Network error"),
    (24, "Invalid data"),
    (25, "Signature expired before valid"),
    (26, "Too early"),
    (27, "Unsupported NSEC3 iterations value"),
    (28, "Unable to conform to policy"),
    (29, "Synthesized"),
    (30, "Invalid query type"),
];

pub(super) static SERVICE_KEYS: Names = &[
    (0, "mandatory"),
    (1, "alpn"),
    (2, "no-default-alpn"),
    (3, "port"),
    (4, "ipv4hint"),
    (5, "ech"),
    (6, "ipv6hint"),
    (7, "dohpath"),
    (8, "ohttp"),
    (9, "tls-supported-groups"),
    (32769, "odohconfig"),
];

pub(super) static DSO_TYPES: Names = &[
    (0, "Reserved"),
    (1, "Keepalive"),
    (2, "Retry delay"),
    (3, "Encryption padding"),
    (0x40, "Subscribe"),
    (0x41, "Push"),
    (0x42, "Unsubscribe"),
    (0x43, "Reconfirm"),
];

/// RFC 2535 section 3.1.3.
pub(super) static KEY_PROTOCOLS: Names =
    &[(1, "TLS"), (2, "Email"), (3, "DNSSEC"), (4, "IPsec"), (255, "All")];

/// RFC 1183 section 1.
pub(super) static AFS_SUBTYPES: Names = &[(1, "AFS cell database"), (2, "DCE authentication")];
