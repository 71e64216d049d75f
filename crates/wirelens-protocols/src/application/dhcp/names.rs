//! Names of values, <https://www.iana.org/assignments/bootp-dhcp-parameters>.

use wirelens_dissect::prelude::*;

pub(super) static OPERATIONS: Names = &[(1, "Request"), (2, "Reply")];

pub(super) static MESSAGES: Names = &[
    (1, "Discover"), (2, "Offer"), (3, "Request"), (4, "Decline"), (5, "ACK"), (6, "NAK"), (7, "Release"),
    (8, "Inform"), (9, "Force Renew"), (10, "Lease Query"), (11, "Lease Unassigned"), (12, "Lease Unknown"),
    (13, "Lease Active"), (14, "Bulk Lease Query"), (15, "Lease Query Done"), (16, "Active Lease Query"),
    (17, "Lease Query Status"), (18, "TLS"),
];

pub(super) static OPTIONS: Names = &[
    (0, "Pad"), (1, "Subnet Mask"), (2, "Time Offset"), (3, "Router"), (4, "Time Server"), (5, "Name Server"),
    (6, "Domain Server"), (7, "Log Server"), (8, "Quotes Server"), (9, "LPR Server"), (10, "Impress Server"),
    (11, "RLP Server"), (12, "Host Name"), (13, "Boot File Size"), (14, "Merit Dump File"), (15, "Domain Name"),
    (16, "Swap Server"), (17, "Root Path"), (18, "Extension File"), (19, "Forward On/Off"), (20, "Source Routing On/Off"),
    (21, "Policy Filter"), (22, "Maximum Datagram Reassembly Size"), (23, "Default IP TTL"), (24, "MTU Timeout"),
    (25, "MTU Plateau"), (26, "MTU Interface"), (27, "MTU Subnet"), (28, "Broadcast Address"), (29, "Mask Discovery"),
    (30, "Mask Supplier"), (31, "Router Discovery"), (32, "Router Request"), (33, "Static Route"), (34, "Trailers"),
    (35, "ARP Timeout"), (36, "Ethernet"), (37, "Default TCP TTL"), (38, "Keepalive Time"), (39, "Keepalive Data"),
    (40, "NIS Domain"), (41, "NIS Servers"), (42, "NTP Servers"), (43, "Vendor Specific"), (44, "NETBIOS Name Server"),
    (45, "NETBIOS Distribution Server"), (46, "NETBIOS Node Type"), (47, "NETBIOS Scope"), (48, "X Window Font"),
    (49, "X Window Manager"), (50, "Address Request"), (51, "Address Time"), (52, "Overload"), (53, "DHCP Message Type"),
    (54, "DHCP Server Id"), (55, "Parameter List"), (56, "DHCP Message"), (57, "DHCP Maximum Message Size"),
    (58, "Renewal Time"), (59, "Rebinding Time"), (60, "Class Id"), (61, "Client Id"), (62, "NetWare/IP Domain"),
    (63, "NetWare/IP Option"), (64, "NIS+ Domain"), (65, "NIS+ Servers"), (66, "TFTP Server Name"), (67, "Boot File Name"),
    (68, "Home Agent Addresses"), (69, "SMTP Server"), (70, "POP3 Server"), (71, "NNTP Server"), (72, "WWW Server"),
    (73, "Finger Server"), (74, "IRC Server"), (75, "StreetTalk Server"), (76, "StreetTalk Directory Assistance Server"),
    (77, "User Class"), (78, "Directory Agent"), (79, "Service Scope"), (80, "Rapid Commit"), (81, "Client FQDN"),
    (82, "Relay Agent Information"), (83, "iSNS"), (85, "NDS Servers"), (86, "NDS Tree Name"), (87, "NDS Context"),
    (88, "BCMCS Controller Domain Names"), (89, "BCMCS Controller Addresses"), (90, "Authentication"),
    (91, "Client Last Transaction Time"), (92, "Associated IP"), (93, "Client System"), (94, "Client NDI"), (95, "LDAP"),
    (97, "UUID/GUID"), (98, "User Authentication"), (99, "GEOCONF_CIVIC"), (100, "PCode"), (101, "TCode"),
    (108, "IPv6-Only Preferred"), (109, "DHCPv4-over-DHCPv6 Source Address"), (112, "NetInfo Address"), (113, "NetInfo Tag"),
    (114, "Captive Portal"), (116, "Auto-Config"), (117, "Name Service Search"), (118, "Subnet Selection"),
    (119, "Domain Search"), (120, "SIP Servers"), (121, "Classless Static Route"), (122, "CableLabs Client Configuration"),
    (123, "GeoConf"), (124, "Vendor-Identifying Vendor Class"), (125, "Vendor-Identifying Vendor-Specific Information"),
    (128, "PXE (vendor specific)"), (129, "PXE (vendor specific)"), (130, "PXE (vendor specific)"),
    (131, "PXE (vendor specific)"), (132, "PXE (vendor specific)"), (133, "PXE (vendor specific)"),
    (134, "PXE (vendor specific)"), (135, "PXE (vendor specific)"), (136, "PANA Agent"), (137, "LoST Server"),
    (138, "CAPWAP Access Controller"), (139, "MoS Address"), (140, "MoS FQDN"), (141, "SIP UA Configuration Domains"),
    (142, "ANDSF Address"), (143, "SZTP Redirect"), (144, "GeoLoc"), (145, "FORCERENEW Nonce Capable"),
    (146, "RDNSS Selection"), (147, "DOTS RI"), (148, "DOTS Address"), (150, "TFTP Server Address"), (151, "Status Code"),
    (152, "Base Time"), (153, "Start Time of State"), (154, "Query Start Time"), (155, "Query End Time"),
    (156, "DHCP State"), (157, "Data Source"), (158, "PCP Server"), (159, "Port Parameters"), (161, "MUD URL"),
    (162, "Encrypted DNS"), (175, "Etherboot"), (176, "IP Telephone"), (177, "Etherboot"), (208, "PXELINUX Magic"),
    (209, "Configuration File"), (210, "Path Prefix"), (211, "Reboot Time"), (212, "6RD"), (213, "Access Domain"),
    (220, "Subnet Allocation"), (221, "Virtual Subnet Selection"), (249, "Classless Static Route (Microsoft)"),
    (252, "Proxy Autodiscovery"), (255, "End"),
];

/// RFC 2132 section 8.7.
pub(super) static NODE_TYPES: Names = &[(1, "B-node"), (2, "P-node"), (4, "M-node"), (8, "H-node")];

/// RFC 2132 section 9.3.
pub(super) static OVERLOADS: Names =
    &[(1, "File holds options"), (2, "Server name holds options"), (3, "Both hold options")];

/// <https://www.iana.org/assignments/dhcpv6-parameters>, Processor Architecture Types.
pub(crate) static ARCHITECTURES: Names = &[
    (0, "x86 BIOS"), (1, "NEC/PC98"), (2, "Itanium"), (3, "DEC Alpha"), (4, "Arc x86"), (5, "Intel Lean Client"),
    (6, "x86 UEFI"), (7, "x64 UEFI"), (8, "EFI Xscale"), (9, "EBC"), (10, "ARM 32-bit UEFI"), (11, "ARM 64-bit UEFI"),
    (12, "PowerPC Open Firmware"), (13, "PowerPC ePAPR"), (14, "POWER OPAL v3"), (15, "x86 UEFI HTTP"),
    (16, "x64 UEFI HTTP"), (17, "EBC HTTP"), (18, "ARM 32-bit UEFI HTTP"), (19, "ARM 64-bit UEFI HTTP"),
    (20, "PC/AT BIOS HTTP"), (21, "ARM 32-bit U-Boot"), (22, "ARM 64-bit U-Boot"), (23, "ARM 32-bit U-Boot HTTP"),
    (24, "ARM 64-bit U-Boot HTTP"), (25, "RISC-V 32-bit UEFI"), (26, "RISC-V 32-bit UEFI HTTP"),
    (27, "RISC-V 64-bit UEFI"), (28, "RISC-V 64-bit UEFI HTTP"), (29, "RISC-V 128-bit UEFI"),
    (30, "RISC-V 128-bit UEFI HTTP"), (31, "s390 Basic"), (32, "s390 Extended"), (33, "MIPS 32-bit UEFI"),
    (34, "MIPS 64-bit UEFI"), (35, "Sunway 32-bit UEFI"), (36, "Sunway 64-bit UEFI"), (37, "LoongArch 32-bit UEFI"),
    (38, "LoongArch 32-bit UEFI HTTP"), (39, "LoongArch 64-bit UEFI"), (40, "LoongArch 64-bit UEFI HTTP"),
    (41, "ARM rpiboot"),
];

/// RFC 6704 section 3.1.1.
pub(super) static NONCE_ALGORITHMS: Names = &[(1, "HMAC-MD5")];

/// RFC 6926 section 6.2.7.
pub(super) static LEASE_STATES: Names = &[
    (1, "Available"), (2, "Active"), (3, "Expired"), (4, "Released"), (5, "Abandoned"), (6, "Reset"), (7, "Remote"),
    (8, "Transitioning"),
];

/// RFC 6926 section 6.2.1, RFC 7724 section 6.1.
pub(super) static STATUS_CODES: Names = &[
    (0, "Success"), (1, "Unspecified failure"), (2, "Query terminated"), (3, "Malformed query"), (4, "Not allowed"),
    (5, "Data missing"), (6, "Connection active"), (7, "Catch-up complete"), (8, "TLS connection refused"),
];

/// RFC 2563 section 2.
pub(super) static AUTO_CONFIGURATIONS: Names = &[(0, "Do not auto-configure"), (1, "Auto-configure")];

/// RFC 3118 section 2, RFC 6704.
pub(super) static AUTHENTICATIONS: Names = &[(0, "Configuration token"), (1, "Delayed authentication"), (3, "Reconfigure key")];

pub(super) static AUTHENTICATION_ALGORITHMS: Names = &[(1, "HMAC-MD5")];

pub(super) static REPLAY_METHODS: Names = &[(0, "Monotonically increasing counter")];

/// <https://www.iana.org/assignments/dhcpv6-parameters>, DUID types.
pub(crate) static DUIDS: Names =
    &[(1, "Link-layer address plus time"), (2, "Vendor-assigned"), (3, "Link-layer address"), (4, "UUID")];

/// RFC 4776 section 3.1.
pub(crate) static LOCATIONS: Names =
    &[(0, "Location of the server"), (1, "Location of the network element"), (2, "Location of the client")];

/// RFC 2610 sections 3 and 4: is what follows mandatory?
pub(super) static SERVICE_LOCATION: Names = &[(0, "May be added to"), (1, "Mandatory")];

/// RFC 3361 section 3.
pub(super) static SIP_ENCODINGS: Names = &[(0, "Domain names"), (1, "IPv4 addresses")];

pub(super) static RELAY_OPTIONS: Names = &[
    (0, "Pad"), (1, "Agent Circuit ID"), (2, "Agent Remote ID"), (4, "DOCSIS Device Class"), (5, "Link Selection"),
    (6, "Subscriber ID"), (7, "RADIUS Attributes"), (8, "Authentication"), (9, "Vendor-Specific Information"),
    (10, "Relay Agent Flags"), (11, "Server Identifier Override"), (12, "Relay Agent Identifier"),
    (13, "Access Technology Type"), (14, "Access Network Name"), (15, "Access Point Name"), (16, "Access Point BSSID"),
    (17, "Operator Identifier"), (18, "Operator Realm"), (19, "Relay Source Port"), (150, "Link Selection (Cisco)"),
    (151, "Virtual Subnet Selection"), (152, "Virtual Subnet Selection Control"),
];

/// Preboot Execution Environment 2.1, table 2-1, and what LANDesk added.
pub(super) static PXE_OPTIONS: Names = &[
    (0, "Pad"), (1, "Multicast TFTP Address"), (2, "Multicast TFTP Client Port"), (3, "Multicast TFTP Server Port"),
    (4, "Multicast TFTP Timeout"), (5, "Multicast TFTP Delay"), (6, "Discovery Control"), (7, "Discovery Address"),
    (8, "Boot Servers"), (9, "Boot Menu"), (10, "Menu Prompt"), (11, "Multicast Addresses"), (12, "Credential Types"),
    (71, "Boot Item"), (179, "Server"), (180, "Domain"), (181, "Adapter"), (190, "Workgroup"), (191, "Discovery"),
    (192, "Configured"), (193, "Version"), (194, "Serial Number"), (255, "End"),
];

/// CableLabs' DHCP options registry, CL-SP-CANN-DHCP-Reg.
pub(super) static CABLELABS_OPTIONS: Names = &[
    (0, "Pad"), (1, "Suboption Request List"), (2, "Device Type"), (3, "eSAFE Types"), (4, "Serial Number"),
    (5, "Hardware Version"), (6, "Software Version"), (7, "Boot ROM Version"), (8, "Vendor OUI"), (9, "Model Number"),
    (10, "Vendor Name"), (11, "Address Realm"), (12, "System Description"), (13, "Firmware Revision"),
    (14, "Firewall Policy Version"), (15, "eSAFE Configuration File"), (18, "Video Security Type"), (31, "MTA MAC Address"),
    (32, "Correlation ID"), (51, "Vendor Name"), (52, "CableCARD Capability"), (53, "Device Identification (CA)"),
    (54, "Device Identification (X.509)"), (255, "End"),
];

pub(super) static CABLELABS_VI_OPTIONS: Names = &[
    (1, "Option Request"), (2, "TFTP Servers"), (3, "eRouter Container"), (4, "MIB Environment"), (5, "Modem Capabilities"),
];

/// TR-069 amendment 6, annex F.
pub(super) static TR_111_OPTIONS: Names = &[
    (1, "Device Manufacturer OUI"), (2, "Device Serial Number"), (3, "Device Product Class"),
    (4, "Gateway Manufacturer OUI"), (5, "Gateway Serial Number"), (6, "Gateway Product Class"),
];

/// <https://www.iana.org/assignments/enterprise-numbers>: those that hand out options of their own.
pub(crate) static ENTERPRISES: Names = &[
    (9, "Cisco Systems"), (11, "Hewlett-Packard"), (43, "3Com"), (311, "Microsoft"), (343, "Intel"), (674, "Dell"),
    (1271, "Ericsson"), (1991, "Foundry Networks"), (2011, "Huawei"), (2544, "ADVA"), (2636, "Juniper Networks"),
    (3561, "Broadband Forum"), (4413, "Broadcom"), (4491, "CableLabs"), (6527, "Nokia"), (10415, "3GPP"),
    (14823, "Aruba"), (14988, "MikroTik"), (30065, "Arista Networks"), (40712, "DHCPCD Project"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_sorted() {
        for names in [MESSAGES, OPTIONS, ARCHITECTURES, RELAY_OPTIONS, PXE_OPTIONS, CABLELABS_OPTIONS, ENTERPRISES] {
            assert!(names.is_sorted_by_key(|&(number, _)| number));
        }
    }
}
