//! Names of ICMP types and codes, <https://www.iana.org/assignments/icmp-parameters>.

use wirelens_dissect::prelude::*;

pub(super) static TYPES: Names = &[
    (0, "Echo Reply"),
    (3, "Destination Unreachable"),
    (4, "Source Quench"),
    (5, "Redirect"),
    (6, "Alternate Host Address"),
    (8, "Echo Request"),
    (9, "Router Advertisement"),
    (10, "Router Solicitation"),
    (11, "Time Exceeded"),
    (12, "Parameter Problem"),
    (13, "Timestamp"),
    (14, "Timestamp Reply"),
    (15, "Information Request"),
    (16, "Information Reply"),
    (17, "Address Mask Request"),
    (18, "Address Mask Reply"),
    (19, "Reserved for Security"),
    (30, "Traceroute"),
    (31, "Datagram Conversion Error"),
    (32, "Mobile Host Redirect"),
    (33, "IPv6 Where-Are-You"),
    (34, "IPv6 I-Am-Here"),
    (35, "Mobile Registration Request"),
    (36, "Mobile Registration Reply"),
    (37, "Domain Name Request"),
    (38, "Domain Name Reply"),
    (39, "SKIP"),
    (40, "Photuris"),
    (41, "Experimental mobility protocols"),
    (42, "Extended Echo Request"),
    (43, "Extended Echo Reply"),
    (253, "RFC3692-style Experiment 1"),
    (254, "RFC3692-style Experiment 2"),
];

pub(super) static UNREACHABLE: Names = &[
    (0, "Net Unreachable"),
    (1, "Host Unreachable"),
    (2, "Protocol Unreachable"),
    (3, "Port Unreachable"),
    (4, "Fragmentation Needed"),
    (5, "Source Route Failed"),
    (6, "Destination Network Unknown"),
    (7, "Destination Host Unknown"),
    (8, "Source Host Isolated"),
    (9, "Network Administratively Prohibited"),
    (10, "Host Administratively Prohibited"),
    (11, "Network Unreachable for Type of Service"),
    (12, "Host Unreachable for Type of Service"),
    (13, "Communication Administratively Prohibited"),
    (14, "Host Precedence Violation"),
    (15, "Precedence Cutoff in Effect"),
];

pub(super) static REDIRECT: Names = &[
    (0, "For the Network"),
    (1, "For the Host"),
    (2, "For the Type of Service and Network"),
    (3, "For the Type of Service and Host"),
];

pub(super) static ADVERTISEMENT: Names =
    &[(0, "Normal router advertisement"), (16, "Does not route common traffic")];

pub(super) static EXCEEDED: Names =
    &[(0, "Time to live exceeded in transit"), (1, "Fragment reassembly time exceeded")];

pub(super) static PARAMETER: Names =
    &[(0, "Pointer indicates the error"), (1, "Missing a required option"), (2, "Bad length")];

/// RFC 1393 section 2.2.
pub(super) static TRACEROUTE: Names = &[(0, "Packet was forwarded"), (1, "No route, packet discarded")];

/// RFC 2521 section 2.
pub(super) static PHOTURIS: Names = &[
    (0, "Bad SPI"),
    (1, "Authentication Failed"),
    (2, "Decompression Failed"),
    (3, "Decryption Failed"),
    (4, "Need Authentication"),
    (5, "Need Authorization"),
];

/// RFC 8335 section 3.
pub(super) static PROBE: Names = &[
    (0, "No error"),
    (1, "Malformed query"),
    (2, "No such interface"),
    (3, "No such table entry"),
    (4, "Several interfaces satisfy the query"),
];

pub(super) static STATES: Names = &[
    (0, "Reserved"),
    (1, "Incomplete"),
    (2, "Reachable"),
    (3, "Stale"),
    (4, "Delay"),
    (5, "Probe"),
    (6, "Failed"),
];

/// RFC 5944 section 2.1, RFC 4721 section 2.
pub(super) static MOBILE_TYPES: Names = &[
    (0, "One-byte padding"),
    (16, "Mobility agent advertisement"),
    (19, "Prefix lengths"),
    (24, "Challenge"),
];

pub(super) static CLASSES: Names = &[
    (1, "MPLS Label Stack"),
    (2, "Interface Information"),
    (3, "Interface Identification"),
    (4, "Overlay Information"),
    (5, "Node Identification"),
];

/// RFC 5837 section 4.1.
pub(super) static ROLES: Names =
    &[(0, "Incoming"), (1, "Sub-IP part of the incoming"), (2, "Outgoing"), (3, "Next hop")];

pub(super) static FAMILIES: Names = &[(1, "IPv4"), (2, "IPv6"), (16389, "48-bit MAC"), (16390, "64-bit MAC")];
