//! Names of values, <https://www.iana.org/assignments/mobility-parameters>.

use wirelens_dissect::prelude::*;

pub(super) static MESSAGES: Names = &[
    (0, "Binding Refresh Request"),
    (1, "Home Test Init"),
    (2, "Care-of Test Init"),
    (3, "Home Test"),
    (4, "Care-of Test"),
    (5, "Binding Update"),
    (6, "Binding Acknowledgement"),
    (7, "Binding Error"),
    (8, "Fast Binding Update"),
    (9, "Fast Binding Acknowledgment"),
    (10, "Fast Neighbor Advertisement"),
    (11, "Experimental"),
    (12, "Home Agent Switch"),
    (13, "Heartbeat"),
    (14, "Handover Initiate"),
    (15, "Handover Acknowledge"),
    (16, "Binding Revocation"),
    (17, "Localized Routing Initiation"),
    (18, "Localized Routing Acknowledgment"),
    (19, "Update Notification"),
    (20, "Update Notification Acknowledgement"),
    (21, "Flow Binding"),
    (22, "Subscription Query"),
    (23, "Subscription Response"),
];

pub(super) static BINDING_STATUSES: Names = &[
    (0, "accepted"),
    (1, "accepted, prefix discovery necessary"),
    (2, "GRE key option not required"),
    (3, "GRE tunneling, but TLV header not supported"),
    (4, "not all care-of addresses bound"),
    (5, "at home without neighbor discovery proxying"),
    (6, "accepted, transient binding's settings ignored"),
    (128, "reason unspecified"),
    (129, "administratively prohibited"),
    (130, "insufficient resources"),
    (131, "home registration not supported"),
    (132, "not home subnet"),
    (133, "not home agent for this mobile node"),
    (134, "duplicate address detection failed"),
    (135, "sequence number out of window"),
    (136, "expired home nonce index"),
    (137, "expired care-of nonce index"),
    (138, "expired nonces"),
    (139, "registration type change disallowed"),
    (140, "mobile router operation not permitted"),
    (141, "invalid prefix"),
    (142, "not authorized for prefix"),
    (143, "forwarding setup failed"),
    (144, "message identifier does not match"),
    (145, "message identifier required"),
    (146, "authentication failed"),
    (147, "no home address for this NAI"),
    (148, "invalid timestamp option"),
    (149, "permanent home keygen token exists"),
    (150, "non-null home nonce index expected"),
    (151, "service authorization failed"),
    (152, "proxy registration not enabled"),
    (153, "not anchor for this mobile node"),
    (154, "gateway not authorized for proxy registration"),
    (155, "not authorized for home network prefix"),
    (156, "timestamp mismatch"),
    (157, "timestamp lower than that accepted before"),
    (158, "missing home network prefix option"),
    (159, "prefixes do not match the binding's"),
    (160, "missing mobile node identifier option"),
    (161, "missing handoff indicator option"),
    (162, "missing access technology type option"),
    (163, "GRE key option required"),
    (164, "malformed binding identifier"),
    (165, "a binding without identifier exists"),
    (166, "several care-of addresses prohibited"),
    (167, "unknown care-of address"),
    (168, "bulk registration prohibited"),
    (169, "home and foreign binding at once prohibited"),
    (170, "not authorized for IPv4 mobility service"),
    (171, "not authorized for IPv4 home address"),
    (172, "not authorized for IPv6 mobility service"),
    (173, "several IPv4 home addresses not supported"),
    (174, "invalid care-of address"),
    (175, "invalid mobile node group identifier"),
    (176, "security association to be set up again"),
    (177, "not authorized for delegated prefix"),
    (178, "requested delegated prefix in use"),
    (179, "cannot meet quality of service"),
    (180, "cannot provide several paths"),
];

/// RFC 6275 section 6.1.9.
pub(super) static ERRORS: Names =
    &[(1, "unknown binding for home address option"), (2, "unrecognized type")];

/// RFC 5568 section 6.2.3.
pub(super) static FAST_STATUSES: Names = &[
    (0, "accepted"),
    (1, "accepted, use the supplied care-of address"),
    (128, "reason unspecified"),
    (129, "administratively prohibited"),
    (130, "insufficient resources"),
    (131, "incorrect interface identifier length"),
];

/// RFC 5568 section 6.2.1.2, RFC 5949 section 6.1.2.
pub(super) static HANDOVER_CODES: Names = &[
    (0, "accepted"),
    (1, "accepted, address not valid"),
    (2, "accepted, address assigned"),
    (3, "accepted, use the previous address"),
    (4, "unsolicited"),
    (5, "context transfer accepted"),
    (6, "all available context transferred"),
    (128, "not accepted, reason unspecified"),
    (129, "administratively prohibited"),
    (130, "insufficient resources"),
    (131, "requested context not available"),
    (132, "forwarding not available"),
];

/// RFC 5846 section 5.
pub(super) static REVOCATIONS: Names = &[(1, "Indication"), (2, "Acknowledgement")];

pub(super) static TRIGGERS: Names = &[
    (0, "unspecified"),
    (1, "administrative reason"),
    (2, "handover between gateways, same access type"),
    (3, "handover between gateways, different access type"),
    (4, "handover between gateways, unknown"),
    (5, "user ended sessions"),
    (6, "access network ended sessions"),
    (7, "bindings possibly out of step"),
    (128, "policy for the peer"),
    (129, "policy of the revoking node"),
];

pub(super) static REVOCATION_STATUSES: Names = &[
    (0, "success"),
    (1, "partial success"),
    (128, "binding does not exist"),
    (129, "IPv4 home address binding does not exist"),
    (130, "global revocation not authorized"),
    (131, "identity of the mobile node required"),
    (132, "mobile node is attached"),
    (133, "revocation function not supported"),
];

/// RFC 6705 section 9.2.
pub(super) static ROUTING_STATUSES: Names =
    &[(0, "success"), (128, "not allowed"), (129, "mobile node not attached")];

pub(super) static OPTIONS: Names = &[
    (0, "Pad1"),
    (1, "PadN"),
    (2, "Binding Refresh Advice"),
    (3, "Alternate Care-of Address"),
    (4, "Nonce Indices"),
    (5, "Binding Authorization Data"),
    (6, "Mobile Network Prefix"),
    (7, "Mobility Header Link-Layer Address"),
    (8, "Mobile Node Identifier"),
    (9, "Authentication"),
    (10, "Message Identifier"),
    (11, "CGA Parameters Request"),
    (12, "CGA Parameters"),
    (13, "Signature"),
    (14, "Permanent Home Keygen Token"),
    (15, "Care-of Test Init"),
    (16, "Care-of Test"),
    (17, "DNS Update"),
    (18, "Experimental"),
    (19, "Vendor Specific"),
    (20, "Service Selection"),
    (21, "Binding Authorization Data for FMIPv6"),
    (22, "Home Network Prefix"),
    (23, "Handoff Indicator"),
    (24, "Access Technology Type"),
    (25, "Mobile Node Link-layer Identifier"),
    (26, "Link-local Address"),
    (27, "Timestamp"),
    (28, "Restart Counter"),
    (29, "IPv4 Home Address"),
    (30, "IPv4 Address Acknowledgement"),
    (31, "NAT Detection"),
    (32, "IPv4 Care-of Address"),
    (33, "GRE Key"),
    (34, "Mobility Header IPv6 Address/Prefix"),
    (35, "Binding Identifier"),
    (36, "IPv4 Home Address Request"),
    (37, "IPv4 Home Address Reply"),
    (38, "IPv4 Default-Router Address"),
    (39, "IPv4 DHCP Support Mode"),
    (40, "Context Request"),
    (41, "Local Mobility Anchor Address"),
    (42, "Mobile Node Link-local Address Interface Identifier"),
    (43, "Transient Binding"),
    (44, "Flow Summary"),
    (45, "Flow Identification"),
    (46, "Redirect-Capability"),
    (47, "Redirect"),
    (48, "Load Information"),
    (49, "Alternate IPv4 Care-of Address"),
    (50, "Mobile Node Group Identifier"),
    (51, "MAG IPv6 Address"),
    (52, "Access Network Identifier"),
    (53, "IPv4 Traffic Offload Selector"),
    (54, "Dynamic IP Multicast Selector"),
    (55, "Delegated Mobile Network Prefix"),
    (56, "Active Multicast Subscription IPv4"),
    (57, "Active Multicast Subscription IPv6"),
    (58, "Quality of Service"),
    (59, "LMA User-Plane Address"),
    (60, "Multicast Mobility"),
    (61, "Multicast Acknowledgement"),
    (62, "LMA-Controlled MAG Parameters"),
    (63, "MAG Multipath-Binding"),
    (64, "MAG Identifier"),
    (65, "Anchored Prefix"),
    (66, "Local Prefix"),
    (67, "Previous MAAR"),
    (68, "Serving MAAR"),
    (69, "DLIF Link-Local Address"),
    (70, "DLIF Link-Layer Address"),
];

/// RFC 5568 section 6.4.4.
pub(super) static LINK_ADDRESS_CODES: Names = &[(2, "Of the mobile node")];

/// RFC 4283 section 3, RFC 8371.
pub(super) static IDENTIFIERS: Names = &[
    (1, "Network Access Identifier"),
    (2, "IPv6 address"),
    (3, "IMSI"),
    (4, "P-TMSI"),
    (5, "EUI-48"),
    (6, "EUI-64"),
    (7, "GUTI"),
    (8, "DUID"),
];

/// RFC 4285 section 5.
pub(super) static AUTHENTICATIONS: Names = &[(1, "MN-HA"), (2, "MN-AAA")];

/// RFC 5026 section 8.2.
pub(super) static UPDATE_STATUSES: Names = &[
    (0, "Performed"),
    (128, "Reason unspecified"),
    (129, "Administratively prohibited"),
    (130, "Failed"),
];

/// RFC 5213 section 8.4.
pub(super) static HANDOFFS: Names = &[
    (0, "Reserved"),
    (1, "Attachment over a new interface"),
    (2, "Handoff between two interfaces of the mobile node"),
    (3, "Handoff between gateways for the same interface"),
    (4, "Handoff state unknown"),
    (5, "Handoff state not changed"),
];

pub(super) static ACCESS_TECHNOLOGIES: Names = &[
    (0, "Reserved"),
    (1, "Virtual"),
    (2, "PPP"),
    (3, "IEEE 802.3"),
    (4, "IEEE 802.11a/b/g"),
    (5, "IEEE 802.16e"),
    (6, "3GPP GERAN"),
    (7, "3GPP UTRAN"),
    (8, "3GPP E-UTRAN"),
    (9, "3GPP2 eHRPD"),
    (10, "3GPP2 HRPD"),
    (11, "3GPP2 1xRTT"),
    (12, "3GPP2 UMB"),
    (13, "3GPP NB-IoT"),
];

/// RFC 5555 section 3.2.1.
pub(super) static HOME_ADDRESS_STATUSES: Names = &[
    (0, "Success"),
    (128, "Failure, reason unspecified"),
    (129, "Administratively prohibited"),
    (130, "Incorrect IPv4 home address"),
    (131, "Invalid IPv4 address"),
    (132, "Dynamic assignment not available"),
    (133, "Prefix allocation unauthorized"),
];

/// RFC 5568 section 6.4.2, RFC 5949 section 6.2.2.
pub(super) static ADDRESS_CODES: Names = &[
    (1, "Old care-of address"),
    (2, "New care-of address"),
    (3, "New access router's address"),
    (4, "New access router's prefix"),
];

/// RFC 5949 section 6.2.2.
pub(super) static ANCHOR_CODES: Names = &[(1, "IPv6 address"), (2, "IPv4 address")];

/// RFC 6602 section 4.3.
pub(super) static GROUPS: Names = &[(0, "Reserved"), (1, "Bulk binding update group")];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_sorted() {
        for names in [MESSAGES, BINDING_STATUSES, OPTIONS, HANDOVER_CODES, REVOCATION_STATUSES, HOME_ADDRESS_STATUSES] {
            assert!(names.is_sorted_by_key(|&(number, _)| number));
        }
    }
}
