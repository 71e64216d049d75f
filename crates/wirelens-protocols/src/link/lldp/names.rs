//! Names of values: IEEE 802.1AB, IEEE 802.1Q annex D, IEEE 802.3 section 79, TIA-1057, IANA.

use wirelens_dissect::prelude::*;

pub(super) static TYPES: Names = &[
    (0, "End of LLDPDU"),
    (1, "Chassis ID"),
    (2, "Port ID"),
    (3, "Time to Live"),
    (4, "Port Description"),
    (5, "System Name"),
    (6, "System Description"),
    (7, "System Capabilities"),
    (8, "Management Address"),
    (127, "Organizationally Specific"),
];

pub(super) static ORGANIZATIONS: Names = &[
    (0x00_005e, "IANA"),
    (0x00_0142, "Cisco"),
    (0x00_040d, "Avaya"),
    (0x00_0ecf, "PROFIBUS"),
    (0x00_120f, "IEEE 802.3"),
    (0x00_12bb, "TIA TR-41"),
    (0x00_1b21, "Intel, data center bridging"),
    (0x00_1b3f, "IEEE 802.1Qbg draft"),
    (0x00_400d, "LANNET, Avaya"),
    (0x00_80c2, "IEEE 802.1"),
    (0x30_b216, "Hitachi Energy"),
    (0xa4_2305, "Open Networking Laboratory"),
    (0xd8_8466, "Extreme Networks"),
];

pub(super) static CHASSIS_SUBTYPES: Names = &[
    (1, "Chassis component"),
    (2, "Interface alias"),
    (3, "Port component"),
    (4, "MAC address"),
    (5, "Network address"),
    (6, "Interface name"),
    (7, "Locally assigned"),
];

pub(super) static PORT_SUBTYPES: Names = &[
    (1, "Interface alias"),
    (2, "Port component"),
    (3, "MAC address"),
    (4, "Network address"),
    (5, "Interface name"),
    (6, "Agent circuit ID"),
    (7, "Locally assigned"),
];

/// <https://www.iana.org/assignments/address-family-numbers>
pub(super) static FAMILIES: Names = &[
    (1, "IPv4"),
    (2, "IPv6"),
    (3, "NSAP"),
    (4, "HDLC"),
    (5, "BBN 1822"),
    (6, "802"),
    (7, "E.163"),
    (8, "E.164"),
    (9, "F.69"),
    (10, "X.121"),
    (11, "IPX"),
    (12, "AppleTalk"),
    (13, "DECnet IV"),
    (14, "Banyan VINES"),
    (15, "E.164 with NSAP subaddress"),
    (16, "DNS"),
    (17, "Distinguished name"),
    (18, "AS number"),
    (19, "XTP over IPv4"),
    (20, "XTP over IPv6"),
    (21, "XTP native"),
    (22, "Fibre Channel port name"),
    (23, "Fibre Channel node name"),
    (24, "GWID"),
    (25, "L2VPN"),
    (26, "MPLS-TP section"),
    (27, "MPLS-TP LSP"),
    (28, "MPLS-TP pseudowire"),
    (29, "Multi-topology IPv4"),
    (30, "Multi-topology IPv6"),
];

pub(super) static NUMBERINGS: Names = &[(1, "Unknown"), (2, "ifIndex"), (3, "System port number")];

pub(super) static IANA_SUBTYPES: Names = &[(1, "Manufacturer Usage Description URL")];

pub(super) static ONOS_SUBTYPES: Names = &[(1, "Chassis"), (2, "Port"), (3, "Time to Live")];

pub(super) static IEEE_8021_SUBTYPES: Names = &[
    (0x01, "Port VLAN ID"),
    (0x02, "Port and Protocol VLAN ID"),
    (0x03, "VLAN Name"),
    (0x04, "Protocol Identity"),
    (0x05, "VID Usage Digest"),
    (0x06, "Management VID"),
    (0x07, "Link Aggregation"),
    (0x08, "Congestion Notification"),
    (0x09, "ETS Configuration"),
    (0x0a, "ETS Recommendation"),
    (0x0b, "Priority-based Flow Control"),
    (0x0c, "Application Priority"),
    (0x0d, "EVB"),
    (0x0e, "CDCP"),
    (0x0f, "Port Extension"),
    (0x10, "Application VLAN"),
    (0x11, "LRP ECP Discovery"),
    (0x12, "LRP TCP Discovery"),
    (0x13, "Congestion Isolation"),
    (0x14, "Topology Recognition"),
];

pub(super) static AGGREGATION_PORTS: Names = &[
    (0, "Not specified"),
    (1, "From aggregation port"),
    (2, "From aggregator"),
    (3, "From single-port aggregator"),
];

pub(super) static ALGORITHMS: Names = &[
    (0, "Strict priority"),
    (1, "Credit-based shaper"),
    (2, "Enhanced transmission selection"),
    (255, "Vendor specific"),
];

pub(super) static SELECTORS: Names = &[
    (1, "EtherType"),
    (2, "TCP or SCTP port"),
    (3, "UDP or DCCP port"),
    (4, "Port of any transport"),
    (5, "DSCP"),
];

pub(super) static QBG_SUBTYPES: Names = &[(0, "EVB"), (1, "CDCP")];

pub(super) static IEEE_8023_SUBTYPES: Names = &[
    (1, "MAC/PHY Configuration and Status"),
    (2, "Power via MDI"),
    (3, "Link Aggregation"),
    (4, "Maximum Frame Size"),
    (5, "Energy-Efficient Ethernet"),
    (6, "Energy-Efficient Ethernet Fast Wake"),
    (7, "Additional Ethernet Capabilities"),
    (8, "Power via MDI Measurements"),
];

pub(super) static POWER_CLASSES: Names =
    &[(1, "Class 0"), (2, "Class 1"), (3, "Class 2"), (4, "Class 3"), (5, "Class 4 and above")];

pub(super) static PAIRS: Names = &[(1, "Signal"), (2, "Spare")];

pub(super) static POWER_TYPES: Names =
    &[(0, "Type 2 PSE"), (1, "Type 2 PD"), (2, "Type 1 PSE"), (3, "Type 1 PD")];

pub(super) static SUPPLY_SOURCES: Names = &[(0, "Unknown"), (1, "Primary"), (2, "Backup")];

pub(super) static DEVICE_SOURCES: Names =
    &[(0, "Unknown"), (1, "PSE"), (2, "Local"), (3, "PSE and local")];

pub(super) static POWER_PRIORITIES: Names =
    &[(0, "Unknown"), (1, "Critical"), (2, "High"), (3, "Low")];

/// IANA-MAU-MIB.
pub(super) static MAU_TYPES: Names = &[
    (0, "Other or unknown"), (1, "AUI"), (2, "10BASE5"), (3, "FOIRL"), (4, "10BASE2"), (5, "10BASE-T"),
    (6, "10BASE-FP"), (7, "10BASE-FB"), (8, "10BASE-FL"), (9, "10BROAD36"), (10, "10BASE-T half duplex"),
    (11, "10BASE-T full duplex"), (12, "10BASE-FL half duplex"), (13, "10BASE-FL full duplex"), (14, "100BASE-T4"),
    (15, "100BASE-TX half duplex"), (16, "100BASE-TX full duplex"), (17, "100BASE-FX half duplex"),
    (18, "100BASE-FX full duplex"), (19, "100BASE-T2 half duplex"), (20, "100BASE-T2 full duplex"),
    (21, "1000BASE-X half duplex"), (22, "1000BASE-X full duplex"), (23, "1000BASE-LX half duplex"),
    (24, "1000BASE-LX full duplex"), (25, "1000BASE-SX half duplex"), (26, "1000BASE-SX full duplex"),
    (27, "1000BASE-CX half duplex"), (28, "1000BASE-CX full duplex"), (29, "1000BASE-T half duplex"),
    (30, "1000BASE-T full duplex"), (31, "10GBASE-X"), (32, "10GBASE-LX4"), (33, "10GBASE-R"), (34, "10GBASE-ER"),
    (35, "10GBASE-LR"), (36, "10GBASE-SR"), (37, "10GBASE-W"), (38, "10GBASE-EW"), (39, "10GBASE-LW"),
    (40, "10GBASE-SW"), (41, "10GBASE-CX4"), (42, "2BASE-TL"), (43, "10PASS-TS"), (44, "100BASE-BX10-D"),
    (45, "100BASE-BX10-U"), (46, "100BASE-LX10"), (47, "1000BASE-BX10-D"), (48, "1000BASE-BX10-U"),
    (49, "1000BASE-LX10"), (50, "1000BASE-PX10-D"), (51, "1000BASE-PX10-U"), (52, "1000BASE-PX20-D"),
    (53, "1000BASE-PX20-U"), (54, "10GBASE-T"), (55, "10GBASE-LRM"), (56, "1000BASE-KX"), (57, "10GBASE-KX4"),
    (58, "10GBASE-KR"), (59, "10/1GBASE-PRX-D1"), (60, "10/1GBASE-PRX-D2"), (61, "10/1GBASE-PRX-D3"),
    (62, "10/1GBASE-PRX-U1"), (63, "10/1GBASE-PRX-U2"), (64, "10/1GBASE-PRX-U3"), (65, "10GBASE-PR-D1"),
    (66, "10GBASE-PR-D2"), (67, "10GBASE-PR-D3"), (68, "10GBASE-PR-U1"), (69, "10GBASE-PR-U3"), (70, "40GBASE-KR4"),
    (71, "40GBASE-CR4"), (72, "40GBASE-SR4"), (73, "40GBASE-FR"), (74, "40GBASE-LR4"), (75, "100GBASE-CR10"),
    (76, "100GBASE-SR10"), (77, "100GBASE-LR4"), (78, "100GBASE-ER4"),
];

pub(super) static MED_SUBTYPES: Names = &[
    (1, "Capabilities"),
    (2, "Network Policy"),
    (3, "Location Identification"),
    (4, "Extended Power via MDI"),
    (5, "Hardware Revision"),
    (6, "Firmware Revision"),
    (7, "Software Revision"),
    (8, "Serial Number"),
    (9, "Manufacturer Name"),
    (10, "Model Name"),
    (11, "Asset ID"),
];

pub(super) static MED_CLASSES: Names = &[
    (0, "Not defined"),
    (1, "Endpoint class I"),
    (2, "Endpoint class II"),
    (3, "Endpoint class III"),
    (4, "Network connectivity"),
];

pub(super) static APPLICATIONS: Names = &[
    (1, "Voice"),
    (2, "Voice Signaling"),
    (3, "Guest Voice"),
    (4, "Guest Voice Signaling"),
    (5, "Softphone Voice"),
    (6, "Video Conferencing"),
    (7, "Streaming Video"),
    (8, "Video Signaling"),
];

pub(super) static LOCATIONS: Names =
    &[(0, "Invalid"), (1, "Coordinates"), (2, "Civic address"), (3, "ELIN")];

/// RFC 3825 section 2.1.
pub(super) static ALTITUDES: Names = &[(1, "Meters"), (2, "Floors")];

pub(super) static DATUMS: Names = &[(1, "WGS 84"), (2, "NAD 83 (NAVD 88)"), (3, "NAD 83 (MLLW)")];

/// RFC 4776 section 3.1.
pub(super) static WHATS: Names = &[(0, "DHCP server"), (1, "Network element"), (2, "Client")];

/// RFC 4776 section 3.4.
pub(super) static CIVIC_TYPES: Names = &[
    (0, "Language"), (1, "State or province"), (2, "County"), (3, "City"), (4, "City division"), (5, "Neighborhood"),
    (6, "Group of streets"), (16, "Leading street direction"), (17, "Trailing street suffix"), (18, "Street suffix"),
    (19, "House number"), (20, "House number suffix"), (21, "Landmark"), (22, "Additional information"), (23, "Name"),
    (24, "Postal code"), (25, "Building"), (26, "Unit"), (27, "Floor"), (28, "Room"), (29, "Type of place"),
    (30, "Postal community name"), (31, "Post office box"), (32, "Additional code"), (33, "Seat"),
    (34, "Primary road"), (35, "Road section"), (36, "Branch road"), (37, "Sub-branch road"), (38, "Street name pre-modifier"),
    (39, "Street name post-modifier"), (128, "Script"), (255, "Reserved"),
];

pub(super) static MED_POWER_TYPES: Names = &[(0, "PSE"), (1, "PD")];

pub(super) static DCBX_PROTOCOLS: Names = &[(1, "1.0 CIN"), (2, "1.01 CEE")];

pub(super) static DCBX_TYPES: Names = &[
    (1, "Control"),
    (2, "Priority Groups"),
    (3, "Priority-based Flow Control"),
    (4, "Application Protocol"),
    (6, "Logical Link Down"),
];

pub(super) static DCBX_SELECTORS: Names = &[(0, "EtherType"), (1, "TCP or UDP port")];

pub(super) static LINK_DOWN_TYPES: Names = &[(0, "FCoE status")];

pub(super) static PROFINET_SUBTYPES: Names = &[
    (1, "Measured Delay Values"),
    (2, "Port Status"),
    (3, "Alias"),
    (4, "MRP Port Status"),
    (5, "Chassis MAC"),
    (6, "PTCP Status"),
    (7, "MAU Type Extension"),
    (8, "MRP Interconnection Port Status"),
    (9, "TSN Domain"),
    (10, "TSN NME Management Address"),
    (11, "TSN NME Name UUID"),
    (12, "TSN NME Parameter UUID"),
    (13, "TSN Time Domain"),
];

pub(super) static CLASS_2_STATES: Names =
    &[(0, "Off"), (1, "Synchronization data loaded"), (2, "RT class 2 up")];

pub(super) static CLASS_3_STATES: Names =
    &[(0, "Off"), (2, "RT class 3 up"), (3, "RT class 3 down"), (4, "RT class 3 running")];

pub(super) static FRAGMENTATIONS: Names = &[(0, "Off"), (1, "On")];

pub(super) static PREAMBLES: Names = &[(0, "Seven octets"), (1, "One octet")];

pub(super) static MRRT_STATES: Names = &[(0, "Off"), (1, "Configured"), (2, "Up")];

pub(super) static TIME_DOMAINS: Names = &[
    (0x00, "Global time"),
    (0x01, "Global time, redundant"),
    (0x20, "Working clock"),
    (0x21, "Working clock, redundant"),
];

pub(super) static CISCO_SUBTYPES: Names = &[
    (0x01, "Four-Wire Power via MDI"),
    (0xc9, "ACI Port State"),
    (0xca, "ACI Node Role"),
    (0xcb, "ACI Node ID"),
    (0xcc, "ACI Spine Level"),
    (0xcd, "ACI Pod ID"),
    (0xce, "ACI Fabric Name"),
    (0xcf, "ACI Appliance Vector"),
    (0xd0, "ACI Node IP"),
    (0xd1, "ACI Port Role"),
    (0xd2, "ACI Firmware Version"),
    (0xd3, "ACI Infrastructure VLAN"),
    (0xd4, "ACI Serial Number"),
    (0xd6, "ACI Model"),
    (0xd7, "ACI Node Name"),
    (0xd8, "ACI Port Mode"),
    (0xd9, "ACI Authentication Cookie"),
    (0xda, "ACI APIC Mode"),
    (0xdb, "ACI Fabric ID"),
];

pub(super) static PORT_STATES: Names = &[(1, "In service"), (2, "Out of service")];

pub(super) static NODE_ROLES: Names = &[(0, "APIC"), (1, "Leaf"), (2, "Spine"), (3, "Virtual leaf")];

pub(super) static PORT_ROLES: Names = &[(1, "Active"), (2, "Backup")];

pub(super) static PORT_MODES: Names = &[(0, "Normal"), (1, "Recovery")];

pub(super) static APIC_MODES: Names = &[(0, "Active"), (1, "Standby")];

pub(super) static AVAYA_SUBTYPES: Names = &[
    (1, "PoE Conservation Level Support"),
    (3, "Call Server IP Address"),
    (4, "IP Phone Addresses"),
    (5, "CNA Server IP Address"),
    (6, "File Server"),
    (7, "802.1Q Framing"),
];

pub(super) static FRAMINGS: Names = &[(1, "Tagging"), (2, "No tagging")];

pub(super) static ATTACH_SUBTYPES: Names = &[(11, "Element"), (12, "Assignment")];

pub(super) static FABRIC_SUBTYPES: Names = &[(4, "Fabric Connect")];

pub(super) static HYTEC_SUBTYPES: Names = &[(1, "Transceiver"), (2, "Trace")];
