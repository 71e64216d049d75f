//! Names of values in ICMPv6, by the IANA registries and the RFCs.

use wirelens_dissect::prelude::*;

pub(super) const TYPES: Names = &[
    (1, "Destination Unreachable"),
    (2, "Packet Too Big"),
    (3, "Time Exceeded"),
    (4, "Parameter Problem"),
    (128, "Echo Request"),
    (129, "Echo Reply"),
    (130, "Multicast Listener Query"),
    (131, "Multicast Listener Report"),
    (132, "Multicast Listener Done"),
    (133, "Router Solicitation"),
    (134, "Router Advertisement"),
    (135, "Neighbor Solicitation"),
    (136, "Neighbor Advertisement"),
    (137, "Redirect"),
    (138, "Router Renumbering"),
    (139, "Node Information Query"),
    (140, "Node Information Reply"),
    (141, "Inverse Neighbor Discovery Solicitation"),
    (142, "Inverse Neighbor Discovery Advertisement"),
    (143, "Version 2 Multicast Listener Report"),
    (144, "Home Agent Address Discovery Request"),
    (145, "Home Agent Address Discovery Reply"),
    (146, "Mobile Prefix Solicitation"),
    (147, "Mobile Prefix Advertisement"),
    (148, "Certification Path Solicitation"),
    (149, "Certification Path Advertisement"),
    (150, "Experimental Mobility"),
    (151, "Multicast Router Advertisement"),
    (152, "Multicast Router Solicitation"),
    (153, "Multicast Router Termination"),
    (154, "FMIPv6"),
    (155, "RPL Control"),
    (156, "ILNPv6 Locator Update"),
    (157, "Duplicate Address Request"),
    (158, "Duplicate Address Confirmation"),
    (159, "MPL Control"),
    (160, "Extended Echo Request"),
    (161, "Extended Echo Reply"),
];

pub(super) const UNREACHABLE_CODES: Names = &[
    (0, "No route to destination"),
    (1, "Administratively prohibited"),
    (2, "Beyond scope of source address"),
    (3, "Address unreachable"),
    (4, "Port unreachable"),
    (5, "Source address failed ingress/egress policy"),
    (6, "Reject route to destination"),
    (7, "Error in source routing header"),
    (8, "Headers too long"),
    (9, "Error in P-Route"),
];

pub(super) const EXCEEDED_CODES: Names =
    &[(0, "Hop limit exceeded in transit"), (1, "Fragment reassembly time exceeded")];

pub(super) const PARAMETER_CODES: Names = &[
    (0, "Erroneous header field"),
    (1, "Unrecognized next header type"),
    (2, "Unrecognized IPv6 option"),
    (3, "First fragment has incomplete header chain"),
    (4, "SR upper-layer header error"),
    (5, "Unrecognized next header type by intermediate node"),
    (6, "Extension header too big"),
    (7, "Extension header chain too long"),
    (8, "Too many extension headers"),
    (9, "Too many options in extension header"),
    (10, "Option too big"),
];

pub(super) const RENUMBERING_CODES: Names =
    &[(0, "Command"), (1, "Result"), (255, "Sequence number reset")];

pub(super) const QUERY_CODES: Names =
    &[(0, "Subject is an IPv6 address"), (1, "Subject is a name"), (2, "Subject is an IPv4 address")];

pub(super) const REPLY_CODES: Names = &[(0, "Success"), (1, "Refused"), (2, "Unknown query type")];

pub(super) const RPL_CODES: Names = &[
    (0x00, "DODAG Information Solicitation"),
    (0x01, "DODAG Information Object"),
    (0x02, "Destination Advertisement Object"),
    (0x03, "Destination Advertisement Object Acknowledgment"),
    (0x04, "P2P Discovery Reply Object"),
    (0x05, "P2P Discovery Reply Object Acknowledgement"),
    (0x06, "Measurement Object"),
    (0x07, "DODAG Cleanup Object"),
    (0x08, "DODAG Cleanup Object Acknowledgement"),
    (0x09, "P-DAO Request"),
    (0x80, "Secure DODAG Information Solicitation"),
    (0x81, "Secure DODAG Information Object"),
    (0x82, "Secure Destination Advertisement Object"),
    (0x83, "Secure Destination Advertisement Object Acknowledgment"),
    (0x84, "Secure P2P Discovery Reply Object"),
    (0x85, "Secure P2P Discovery Reply Object Acknowledgement"),
    (0x8a, "Consistency Check"),
];

pub(super) const PROBE_CODES: Names = &[
    (0, "No error"),
    (1, "Malformed query"),
    (2, "No such interface"),
    (3, "No such table entry"),
    (4, "Multiple interfaces satisfy query"),
];

pub(super) const PROBE_STATES: Names = &[
    (0, "Reserved"),
    (1, "Incomplete"),
    (2, "Reachable"),
    (3, "Stale"),
    (4, "Delay"),
    (5, "Probe"),
    (6, "Failed"),
];

/// RFC 4191 section 2.1.
pub(super) const PREFERENCES: Names =
    &[(0, "Medium"), (1, "High"), (2, "Reserved"), (3, "Low")];

pub(super) const OPTIONS: Names = &[
    (1, "Source Link-layer Address"),
    (2, "Target Link-layer Address"),
    (3, "Prefix Information"),
    (4, "Redirected Header"),
    (5, "MTU"),
    (6, "NBMA Shortcut Limit"),
    (7, "Advertisement Interval"),
    (8, "Home Agent Information"),
    (9, "Source Address List"),
    (10, "Target Address List"),
    (11, "CGA"),
    (12, "RSA Signature"),
    (13, "Timestamp"),
    (14, "Nonce"),
    (15, "Trust Anchor"),
    (16, "Certificate"),
    (17, "IP Address/Prefix"),
    (18, "New Router Prefix Information"),
    (19, "Link-layer Address"),
    (20, "Neighbor Advertisement Acknowledgment"),
    (21, "PvD ID Router Advertisement"),
    (23, "MAP"),
    (24, "Route Information"),
    (25, "Recursive DNS Server"),
    (26, "RA Flags Extension"),
    (27, "Handover Key Request"),
    (28, "Handover Key Reply"),
    (29, "Handover Assist Information"),
    (30, "Mobile Node Identifier"),
    (31, "DNS Search List"),
    (32, "Proxy Signature"),
    (33, "Address Registration"),
    (34, "6LoWPAN Context"),
    (35, "Authoritative Border Router"),
    (36, "6LoWPAN Capability Indication"),
    (37, "DHCP Captive-Portal"),
    (38, "PREF64"),
    (39, "Crypto-ID Parameters"),
    (40, "NDP Signature"),
    (138, "CARD Request"),
    (139, "CARD Reply"),
    (144, "Encrypted DNS"),
    (253, "Experiment 1"),
    (254, "Experiment 2"),
];

pub(super) const NAME_TYPES: Names = &[(1, "DER-encoded X.501 name"), (2, "Domain name")];

pub(super) const IPA_CODES: Names = &[
    (1, "Old care-of address"),
    (2, "New care-of address"),
    (3, "New access router's address"),
    (4, "New access router's prefix"),
];

pub(super) const LLA_CODES: Names = &[
    (0, "Wildcard"),
    (1, "New access point"),
    (2, "Mobile node"),
    (3, "New access router"),
    (4, "Source of the message"),
    (5, "Current router's own access point"),
    (6, "No prefix information for the access point"),
    (7, "No fast handover for the access point"),
];

pub(super) const NAACK_STATUSES: Names = &[
    (1, "Address is invalid"),
    (2, "Address is invalid, use the supplied one"),
    (3, "Address is invalid, use the router's"),
    (4, "Previous address supplied, do not send an update"),
    (128, "Link-layer address unrecognized"),
];

pub(super) const ASSIST_CODES: Names = &[(1, "Access network identifier"), (2, "Sector identifier")];

pub(super) const NODE_CODES: Names = &[(1, "NAI"), (2, "IMSI")];

/// RFC 6775 section 4.1, RFC 8505 section 4.1.
pub(super) const ARO_STATUSES: Names = &[
    (0, "Success"),
    (1, "Duplicate address"),
    (2, "Neighbor cache full"),
    (3, "Moved"),
    (4, "Removed"),
    (5, "Validation requested"),
    (6, "Duplicate source address"),
    (7, "Invalid source address"),
    (8, "Registered address topologically incorrect"),
    (9, "6LBR registry saturated"),
    (10, "Validation failed"),
];

pub(super) const PREFIX_CODES: Names =
    &[(0, "96 bits"), (1, "64 bits"), (2, "56 bits"), (3, "48 bits"), (4, "40 bits"), (5, "32 bits")];

pub(super) const RECORD_TYPES: Names = &[
    (1, "Mode is include"),
    (2, "Mode is exclude"),
    (3, "Change to include"),
    (4, "Change to exclude"),
    (5, "Allow new sources"),
    (6, "Block old sources"),
];

pub(super) const SEED_SIZES: Names =
    &[(0, "Source address"), (1, "16 bits"), (2, "64 bits"), (3, "128 bits")];

pub(super) const RENUMBERING_OPERATIONS: Names = &[(1, "Add"), (2, "Change"), (3, "Set-global")];

pub(super) const QTYPES: Names = &[
    (0, "Nothing"),
    (1, "Unused"),
    (2, "Node name"),
    (3, "Node addresses"),
    (4, "IPv4 addresses"),
];

pub(super) const FMIP_SUBTYPES: Names = &[
    (2, "Router Solicitation for Proxy Advertisement"),
    (3, "Proxy Router Advertisement"),
    (4, "Handover Initiate"),
    (5, "Handover Acknowledge"),
];

pub(super) const MODES: Names = &[
    (0, "No downward routes"),
    (1, "Non-storing"),
    (2, "Storing without multicast"),
    (3, "Storing with multicast"),
    (4, "P2P route discovery"),
];

pub(super) const RPL_OPTIONS: Names = &[
    (0, "Pad1"),
    (1, "PadN"),
    (2, "DAG Metric Container"),
    (3, "Route Information"),
    (4, "DODAG Configuration"),
    (5, "RPL Target"),
    (6, "Transit Information"),
    (7, "Solicited Information"),
    (8, "Prefix Information"),
    (9, "RPL Target Descriptor"),
    (10, "P2P Route Discovery"),
];

pub(super) const METRICS: Names = &[
    (1, "Node State and Attribute"),
    (2, "Node Energy"),
    (3, "Hop Count"),
    (4, "Link Throughput"),
    (5, "Link Latency"),
    (6, "Link Quality Level"),
    (7, "Link ETX"),
    (8, "Link Color"),
];

pub(super) const AGGREGATIONS: Names =
    &[(0, "Additive"), (1, "Maximum"), (2, "Minimum"), (3, "Multiplicative")];

pub(super) const POWERS: Names = &[(0, "Mains"), (1, "Battery"), (2, "Scavenger")];

/// RFC 6997 section 7: how long routers stay in the temporary DAG.
pub(super) const LIFETIMES: Names =
    &[(0, "1 second"), (1, "4 seconds"), (2, "16 seconds"), (3, "64 seconds")];

/// RFC 6551 section 4.3.1: 1 is the best.
pub(super) const QUALITIES: Names = &[(0, "Undetermined"), (1, "Highest"), (7, "Lowest")];
