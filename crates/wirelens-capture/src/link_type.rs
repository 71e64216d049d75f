//! Link types: which header a frame begins with.

use std::fmt;

/// A link type by its LINKTYPE_ number, as <https://www.tcpdump.org/linktypes.html> lists them.
///
/// Any number is a link type; those without a name are kept as they stand in the file.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct LinkType(pub u16);

impl LinkType {
    /// BSD loopback: a four-byte address family in the capturing host's byte order.
    pub const NULL: Self = Self(0);
    /// Ethernet.
    pub const ETHERNET: Self = Self(1);
    /// Token Ring.
    pub const TOKEN_RING: Self = Self(6);
    /// Point-to-Point Protocol.
    pub const PPP: Self = Self(9);
    /// FDDI.
    pub const FDDI: Self = Self(10);
    /// IPv4 or IPv6, told apart by the version.
    pub const RAW: Self = Self(101);
    /// IEEE 802.11 without a radio header.
    pub const IEEE802_11: Self = Self(105);
    /// OpenBSD loopback: as [`NULL`](Self::NULL) in network byte order.
    pub const LOOP: Self = Self(108);
    /// Linux cooked capture, version 1.
    pub const LINUX_SLL: Self = Self(113);
    /// SunATM: a four-byte header before the ATM payload.
    pub const SUNATM: Self = Self(123);
    /// IEEE 802.11 after a radiotap header.
    pub const IEEE802_11_RADIOTAP: Self = Self(127);
    /// Solaris IPNET.
    pub const IPNET: Self = Self(226);
    /// IPv4.
    pub const IPV4: Self = Self(228);
    /// IPv6.
    pub const IPV6: Self = Self(229);
    /// D-Bus messages, which may be as large as 128 MiB.
    pub const DBUS: Self = Self(231);
    /// IP over InfiniBand.
    pub const IPOIB: Self = Self(242);
    /// USB with a USBPcap header; transfers may be as large as 128 MiB.
    pub const USBPCAP: Self = Self(249);
    /// Linux cooked capture, version 2.
    pub const LINUX_SLL2: Self = Self(276);
    /// Elektrobit high speed capture; records may be as large as 8 MiB.
    pub const EBHSCR: Self = Self(279);

    /// The name of the LINKTYPE_ constant without that prefix: `ETHERNET`, `LINUX_SLL2`.
    pub fn name(self) -> Option<&'static str> {
        self.row().map(|row| row.1)
    }

    /// A title for people: `Linux cooked capture v2`.
    pub fn title(self) -> Option<&'static str> {
        self.row().map(|row| row.2)
    }

    /// The same link type by the number files should use: some systems wrote their own DLT_ number
    /// for raw IP (12 and 14) and for ATM (11).
    pub const fn canonical(self) -> Self {
        match self.0 {
            11 => Self(100),
            12 | 14 => Self::RAW,
            _ => self,
        }
    }

    /// The largest record that is believed without asking what comes after it, in bytes: libpcap's
    /// maximum snapshot length, and more where one message is known to be larger.
    pub(crate) const fn largest_record(self) -> u32 {
        match self {
            Self::DBUS | Self::USBPCAP => LARGEST_EVER,
            Self::EBHSCR => 8 * 1024 * 1024,
            _ => LARGEST_USUAL,
        }
    }

    fn row(self) -> Option<&'static (u16, &'static str, &'static str)> {
        let at = TABLE.binary_search_by_key(&self.0, |row| row.0).ok()?;
        TABLE.get(at)
    }
}

/// libpcap's MAXIMUM_SNAPLEN, bytes.
pub(crate) const LARGEST_USUAL: u32 = 262_144;
/// No record is larger, whatever its length field says, bytes.
pub(crate) const LARGEST_EVER: u32 = 128 * 1024 * 1024;

impl fmt::Display for LinkType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.pad(name),
            None => write!(f, "LINKTYPE {}", self.0),
        }
    }
}

/// Number, name, title; ascending.
#[rustfmt::skip]
const TABLE: &[(u16, &str, &str)] = &[
    (0, "NULL", "BSD loopback"),
    (1, "ETHERNET", "Ethernet"),
    (3, "AX25", "AX.25"),
    (6, "IEEE802_5", "Token Ring"),
    (7, "ARCNET_BSD", "ARCNET, BSD encapsulation"),
    (8, "SLIP", "Serial Line IP"),
    (9, "PPP", "Point-to-Point Protocol"),
    (10, "FDDI", "FDDI"),
    (11, "ATM_RFC1483_DLT", "LLC/SNAP-encapsulated ATM, BSD value"),
    (12, "RAW_DLT", "Raw IP, BSD value"),
    (14, "RAW_OPENBSD", "Raw IP, OpenBSD value"),
    (50, "PPP_HDLC", "PPP in HDLC-like framing"),
    (51, "PPP_ETHER", "PPP over Ethernet"),
    (99, "SYMANTEC_FIREWALL", "Symantec Enterprise Firewall"),
    (100, "ATM_RFC1483", "LLC/SNAP-encapsulated ATM"),
    (101, "RAW", "Raw IP"),
    (104, "C_HDLC", "Cisco HDLC"),
    (105, "IEEE802_11", "IEEE 802.11"),
    (106, "ATM_CLIP", "Linux Classical IP over ATM"),
    (107, "FRELAY", "Frame Relay"),
    (108, "LOOP", "OpenBSD loopback"),
    (109, "ENC", "OpenBSD encapsulated IP"),
    (113, "LINUX_SLL", "Linux cooked capture v1"),
    (114, "LTALK", "LocalTalk"),
    (115, "ECONET", "Acorn Econet"),
    (116, "IPFILTER", "OpenBSD ipfilter log"),
    (117, "PFLOG", "OpenBSD pf log"),
    (118, "CISCO_IOS", "Cisco IOS internal"),
    (119, "IEEE802_11_PRISM", "802.11 with Prism header"),
    (120, "IEEE802_11_AIRONET", "802.11 with Aironet header"),
    (122, "IP_OVER_FC", "IP over Fibre Channel"),
    (123, "SUNATM", "SunATM"),
    (127, "IEEE802_11_RADIOTAP", "802.11 with radiotap header"),
    (128, "TZSP", "Tazmen Sniffer Protocol"),
    (129, "ARCNET_LINUX", "ARCNET, Linux encapsulation"),
    (130, "JUNIPER_MLPPP", "Juniper MLPPP"),
    (131, "JUNIPER_MLFR", "Juniper MLFR"),
    (132, "JUNIPER_ES", "Juniper encryption services"),
    (133, "JUNIPER_GGSN", "Juniper GGSN"),
    (134, "JUNIPER_MFR", "Juniper FRF.16 Frame Relay"),
    (135, "JUNIPER_ATM2", "Juniper ATM2 PIC"),
    (136, "JUNIPER_SERVICES", "Juniper services PIC"),
    (137, "JUNIPER_ATM1", "Juniper ATM1 PIC"),
    (138, "APPLE_IP_OVER_IEEE1394", "Apple IP over IEEE 1394"),
    (139, "MTP2_WITH_PHDR", "SS7 MTP2 with pseudo-header"),
    (140, "MTP2", "SS7 MTP2"),
    (141, "MTP3", "SS7 MTP3"),
    (142, "SCCP", "SS7 SCCP"),
    (143, "DOCSIS", "DOCSIS"),
    (144, "LINUX_IRDA", "Linux IrDA"),
    (145, "IBM_SP", "IBM SP switch"),
    (146, "IBM_SN", "IBM Next Federation switch"),
    (147, "USER0", "Private use 0"),
    (148, "USER1", "Private use 1"),
    (149, "USER2", "Private use 2"),
    (150, "USER3", "Private use 3"),
    (151, "USER4", "Private use 4"),
    (152, "USER5", "Private use 5"),
    (153, "USER6", "Private use 6"),
    (154, "USER7", "Private use 7"),
    (155, "USER8", "Private use 8"),
    (156, "USER9", "Private use 9"),
    (157, "USER10", "Private use 10"),
    (158, "USER11", "Private use 11"),
    (159, "USER12", "Private use 12"),
    (160, "USER13", "Private use 13"),
    (161, "USER14", "Private use 14"),
    (162, "USER15", "Private use 15"),
    (163, "IEEE802_11_AVS", "802.11 with AVS header"),
    (164, "JUNIPER_MONITOR", "Juniper passive monitor"),
    (165, "BACNET_MS_TP", "BACnet MS/TP"),
    (166, "PPP_PPPD", "PPP from pppd, with direction"),
    (167, "JUNIPER_PPPOE", "Juniper PPPoE"),
    (168, "JUNIPER_PPPOE_ATM", "Juniper PPPoE over ATM"),
    (169, "GPRS_LLC", "GPRS LLC"),
    (170, "GPF_T", "Transparent Generic Framing Procedure"),
    (171, "GPF_F", "Frame-mapped Generic Framing Procedure"),
    (172, "GCOM_T1E1", "Gcom T1/E1"),
    (173, "GCOM_SERIAL", "Gcom serial"),
    (174, "JUNIPER_PIC_PEER", "Juniper PIC peer"),
    (175, "ERF_ETH", "Endace ERF, Ethernet"),
    (176, "ERF_POS", "Endace ERF, packet over SONET"),
    (177, "LINUX_LAPD", "Linux LAPD"),
    (178, "JUNIPER_ETHER", "Juniper Ethernet"),
    (179, "JUNIPER_PPP", "Juniper PPP"),
    (180, "JUNIPER_FRELAY", "Juniper Frame Relay"),
    (181, "JUNIPER_CHDLC", "Juniper Cisco HDLC"),
    (182, "MFR", "FRF.16.1 multi-link Frame Relay"),
    (183, "JUNIPER_VP", "Juniper voice PIC"),
    (184, "A429", "ARINC 429"),
    (185, "A653_ICM", "ARINC 653 interpartition"),
    (186, "USB_FREEBSD", "USB, FreeBSD header"),
    (187, "BLUETOOTH_HCI_H4", "Bluetooth HCI UART"),
    (188, "IEEE802_16_MAC_CPS", "IEEE 802.16 MAC CPS"),
    (189, "USB_LINUX", "USB, Linux 48-byte header"),
    (190, "CAN20B", "CAN 2.0b"),
    (191, "IEEE802_15_4_LINUX", "IEEE 802.15.4, Linux addresses"),
    (192, "PPI", "Per-Packet Information"),
    (193, "IEEE802_16_MAC_CPS_RADIO", "IEEE 802.16 MAC CPS with radio header"),
    (194, "JUNIPER_ISM", "Juniper integrated service module"),
    (195, "IEEE802_15_4_WITHFCS", "IEEE 802.15.4 with FCS"),
    (196, "SITA", "SITA"),
    (197, "ERF", "Endace ERF"),
    (198, "RAIF1", "Ethernet with RAIF1 header"),
    (199, "IPMB_KONTRON", "IPMB, Kontron"),
    (200, "JUNIPER_ST", "Juniper secure tunnel"),
    (201, "BLUETOOTH_HCI_H4_WITH_PHDR", "Bluetooth HCI UART with direction"),
    (202, "AX25_KISS", "AX.25 with KISS header"),
    (203, "LAPD", "LAPD"),
    (204, "PPP_WITH_DIR", "PPP with direction"),
    (205, "C_HDLC_WITH_DIR", "Cisco HDLC with direction"),
    (206, "FRELAY_WITH_DIR", "Frame Relay with direction"),
    (207, "LAPB_WITH_DIR", "LAPB with direction"),
    (209, "IPMB_LINUX", "IPMB, Linux"),
    (210, "FLEXRAY", "FlexRay"),
    (211, "MOST", "MOST"),
    (212, "LIN", "LIN"),
    (213, "X2E_SERIAL", "X2E serial"),
    (214, "X2E_XORAYA", "X2E Xoraya"),
    (215, "IEEE802_15_4_NONASK_PHY", "IEEE 802.15.4 with PHY data"),
    (216, "LINUX_EVDEV", "Linux evdev"),
    (217, "GSMTAP_UM", "GSMTAP Um"),
    (218, "GSMTAP_ABIS", "GSMTAP Abis"),
    (219, "MPLS", "MPLS"),
    (220, "USB_LINUX_MMAPPED", "USB, Linux 64-byte header"),
    (221, "DECT", "DECT"),
    (222, "AOS", "AOS space data link"),
    (223, "WIHART", "WirelessHART"),
    (224, "FC_2", "Fibre Channel FC-2"),
    (225, "FC_2_WITH_FRAME_DELIMS", "Fibre Channel FC-2 with delimiters"),
    (226, "IPNET", "Solaris IPNET"),
    (227, "CAN_SOCKETCAN", "CAN, SocketCAN"),
    (228, "IPV4", "IPv4"),
    (229, "IPV6", "IPv6"),
    (230, "IEEE802_15_4_NOFCS", "IEEE 802.15.4 without FCS"),
    (231, "DBUS", "D-Bus"),
    (232, "JUNIPER_VS", "Juniper virtual server"),
    (233, "JUNIPER_SRX_E2E", "Juniper SRX end to end"),
    (234, "JUNIPER_FIBRECHANNEL", "Juniper Fibre Channel"),
    (235, "DVB_CI", "DVB Common Interface"),
    (236, "MUX27010", "3GPP TS 27.010 multiplexing"),
    (237, "STANAG_5066_D_PDU", "STANAG 5066 D_PDU"),
    (238, "JUNIPER_ATM_CEMIC", "Juniper ATM CEMIC"),
    (239, "NFLOG", "Linux netlink NFLOG"),
    (240, "NETANALYZER", "Hilscher netANALYZER"),
    (241, "NETANALYZER_TRANSPARENT", "Hilscher netANALYZER, transparent"),
    (242, "IPOIB", "IP over InfiniBand"),
    (243, "MPEG_2_TS", "MPEG-2 transport stream"),
    (244, "NG40", "ng40"),
    (245, "NFC_LLCP", "NFC LLCP"),
    (246, "PFSYNC", "OpenBSD pfsync"),
    (247, "INFINIBAND", "InfiniBand"),
    (248, "SCTP", "SCTP"),
    (249, "USBPCAP", "USB, USBPcap header"),
    (250, "RTAC_SERIAL", "Schweitzer RTAC serial"),
    (251, "BLUETOOTH_LE_LL", "Bluetooth Low Energy"),
    (252, "WIRESHARK_UPPER_PDU", "Wireshark upper PDU"),
    (253, "NETLINK", "Linux netlink"),
    (254, "BLUETOOTH_LINUX_MONITOR", "Bluetooth Linux monitor"),
    (255, "BLUETOOTH_BREDR_BB", "Bluetooth baseband"),
    (256, "BLUETOOTH_LE_LL_WITH_PHDR", "Bluetooth Low Energy with radio header"),
    (257, "PROFIBUS_DL", "PROFIBUS data link"),
    (258, "PKTAP", "Apple PKTAP"),
    (259, "EPON", "Ethernet with EPON preamble"),
    (260, "IPMI_HPM_2", "IPMI HPM.2 trace"),
    (261, "ZWAVE_R1_R2", "Z-Wave R1 and R2"),
    (262, "ZWAVE_R3", "Z-Wave R3"),
    (263, "WATTSTOPPER_DLM", "WattStopper DLM"),
    (264, "ISO_14443", "ISO 14443"),
    (265, "RDS", "Radio Data System"),
    (266, "USB_DARWIN", "USB, Darwin header"),
    (267, "OPENFLOW", "OpenFlow"),
    (268, "SDLC", "SDLC"),
    (269, "TI_LLN_SNIFFER", "TI LLN sniffer"),
    (270, "LORATAP", "LoRaTap"),
    (271, "VSOCK", "Linux vsock"),
    (272, "NORDIC_BLE", "Nordic Bluetooth LE"),
    (273, "DOCSIS31_XRA31", "DOCSIS 3.1 XRA-31"),
    (274, "ETHERNET_MPACKET", "Ethernet mPackets"),
    (275, "DISPLAYPORT_AUX", "DisplayPort AUX"),
    (276, "LINUX_SLL2", "Linux cooked capture v2"),
    (277, "SERCOS_MONITOR", "SERCOS monitor"),
    (278, "OPENVIZSLA", "OpenVizsla USB"),
    (279, "EBHSCR", "Elektrobit high speed capture"),
    (280, "VPP_DISPATCH", "VPP graph dispatch"),
    (281, "DSA_TAG_BRCM", "Broadcom DSA tag"),
    (282, "DSA_TAG_BRCM_PREPEND", "Broadcom DSA tag, prepended"),
    (283, "IEEE802_15_4_TAP", "IEEE 802.15.4 with TAP header"),
    (284, "DSA_TAG_DSA", "Marvell DSA tag"),
    (285, "DSA_TAG_EDSA", "Marvell EDSA tag"),
    (286, "ELEE", "ELEE lawful interception"),
    (287, "Z_WAVE_SERIAL", "Z-Wave serial"),
    (288, "USB_2_0", "USB 2.0 bus"),
    (289, "ATSC_ALP", "ATSC link-layer protocol"),
    (290, "ETW", "Event Tracing for Windows"),
    (291, "NETANALYZER_NG", "Hilscher netANALYZER NG"),
    (292, "ZBOSS_NCP", "ZBOSS NCP"),
    (293, "USB_2_0_LOW_SPEED", "USB 2.0 low speed"),
    (294, "USB_2_0_FULL_SPEED", "USB 2.0 full speed"),
    (295, "USB_2_0_HIGH_SPEED", "USB 2.0 high speed"),
    (296, "AUERSWALD_LOG", "Auerswald log"),
    (297, "ZWAVE_TAP", "Z-Wave with TAP header"),
    (298, "SILABS_DEBUG_CHANNEL", "Silicon Labs debug channel"),
    (299, "FIRA_UCI", "FiRa ultra-wideband UCI"),
    (300, "MDB", "MDB multi-drop bus"),
    (301, "DECT_NR", "DECT-2020 New Radio"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table_is_ascending() {
        assert!(TABLE.is_sorted_by(|a, b| a.0 < b.0));
    }

    #[test]
    fn known_and_unknown() {
        assert_eq!(LinkType::ETHERNET.to_string(), "ETHERNET");
        assert_eq!(LinkType::LINUX_SLL2.title(), Some("Linux cooked capture v2"));
        assert_eq!(LinkType(60_000).to_string(), "LINKTYPE 60000");
        assert_eq!(LinkType(12).canonical(), LinkType::RAW);
    }
}
