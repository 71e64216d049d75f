//! Elements of management frames, IEEE 802.11-2020 section 9.4.2: a number, a length, a body.

mod extended_capabilities;
mod he;
mod ht;
mod names;
mod rsn;
mod simple;
mod vendor;
mod vht;
pub(in crate::link) mod wps;

use wirelens_dissect::prelude::*;

use self::extended_capabilities::{EXTENDED_CAPABILITY_ROWS, RM_ROWS, RSNX_ROWS};
use self::he::{
    HE_6_GHZ_ROWS, HE_OPERATION_ROWS, HE_ROWS, MU_EDCA_ROWS, SPATIAL_REUSE_ROWS, UORA_ROWS,
};
use self::ht::{HT_OPERATION_ROWS, HT_ROWS};
use self::names::{ELEMENTS, EXTENSIONS};
use self::rsn::RSN_ROWS;
use self::vendor::VENDOR_ROWS;
use self::vht::{TPE_ROWS, VHT_OPERATION_ROWS, VHT_ROWS};
use super::management::TAGS;

fields! {
    /// The elements.
    TAG_ROWS = "wlan" TAGS "tagged.all";
    NUMBER = uint "tag.number" "Number" names(ELEMENTS) key("number") shared detail;
    LENGTH = uint "tag.length" "Length" key("length") shared detail;
    BAD_LENGTH = problem "tag.length.bad" "Element is longer than what is left" key("bad_length") shared;
    BAD_BODY = problem "tag.body.bad" "Element's length does not fit its contents" own key("bad_body") shared;
    REST = bytes "tag.rest" "Further Bytes" own key("rest") shared;
    T_SSID = group "tag" "SSID" many key("ssid") {
        SSID_BYTES = bytes "ssid" "SSID in bytes" detail key("bytes");
        SSID = text "ssid.text" "SSID" own key("name") brief("");
    };
    T_RATES = group "tag" "Supported Rates" many key("supported_rates") {
        RATE = hex "supported_rates" "Rate in 500 kbit/s; bit 7: mandatory" many key("rates");
    };
    T_MORE_RATES = group "tag" "Extended Supported Rates" many key("extended_supported_rates") {
        MORE_RATE = hex "extended_supported_rates" "Rate in 500 kbit/s; bit 7: mandatory" many key("rates");
    };
    T_DS = group "tag" "DSSS Parameter Set" many key("ds") {
        CHANNEL = uint "ds.current_channel" "Current Channel" key("channel") brief("ch ");
    };
    T_TIM = group "tag" "TIM" many key("tim") {
        DTIM_COUNT = uint "tim.dtim_count" "DTIM Count" key("dtim_count");
        DTIM_PERIOD = uint "tim.dtim_period" "DTIM Period" key("dtim_period");
        BITMAP_CONTROL = hex "tim.bmapctl" "Bitmap Control" key("bitmap_control") {
            MULTICAST = flag "tim.bmapctl.multicast" "Group traffic is buffered" & 0x01;
            BITMAP_OFFSET = hex "tim.bmapctl.offset" "Bitmap Offset" & 0xfe;
        };
        BITMAP = bytes "tim.partial_virtual_bitmap" "Partial Virtual Bitmap" key("bitmap");
        TIM_AID = hex "tim.aid" "Association with buffered traffic" many key("aids") detail;
    };
    T_IBSS = group "tag" "IBSS Parameter Set" many key("ibss") {
        ATIM_WINDOW = hex "ibss.atim_windows" "ATIM Window" key("atim_window");
    };
    T_COUNTRY = group "tag" "Country" many key("country") {
        COUNTRY_CODE = text "country_info.code" "Country" key("code") brief("country ");
        ENVIRONMENT = uint "country_info.environment" "Environment" names(simple::ENVIRONMENTS) key("environment");
        TRIPLET = group "country_info.fnm" "Channels" many key("channels") {
            FIRST_CHANNEL = uint "country_info.fnm.fcn" "First Channel" key("first");
            CHANNEL_COUNT = uint "country_info.fnm.nc" "Number of Channels" key("count");
            MAX_POWER = uint "country_info.fnm.mtpl" "Highest Power in dBm" key("max_power");
        };
        OPERATING_TRIPLET = group "country_info.rrc" "Operating Class" many key("operating_classes") {
            OPERATING_EXTENSION = uint "country_info.rrc.oei" "Operating Extension Identifier" key("extension");
            OPERATING_CLASS = uint "country_info.rrc.oc" "Operating Class" key("class");
            COVERAGE = uint "country_info.rrc.cc" "Coverage Class" key("coverage");
        };
        COUNTRY_PADDING = bytes "country_info.padding" "Padding" key("padding") detail;
    };
    T_REQUEST = group "tag" "Request" many key("request") {
        REQUESTED = uint "tag.request" "Requested Element" many names(ELEMENTS) key("elements");
    };
    T_BSS_LOAD = group "tag" "BSS Load" many key("bss_load") {
        QBSS_VERSION = uint "qbss.version" "Version" key("version") detail;
        STATION_COUNT = uint "qbss.scount" "Stations" key("stations");
        UTILIZATION = uint "qbss.cu" "Channel Utilization, of 255" key("utilization");
        ADMISSION = uint "qbss.adc" "Admission Capacity in 32 us/s" key("admission_capacity");
        CISCO_ADMISSION = uint "qbss2.glimit" "G.711 Calls" key("calls");
    };
    T_CHALLENGE = group "tag" "Challenge Text" many key("challenge") {
        CHALLENGE = bytes "tag.challenge_text" "Challenge Text" key("text");
    };
    T_POWER_CONSTRAINT = group "tag" "Power Constraint" many key("power_constraint") {
        LOCAL_CONSTRAINT = uint "powercon.local" "Local Constraint in dB" key("local");
    };
    T_POWER = group "tag" "Power Capability" many key("power_capability") {
        MIN_POWER = int "powercap.min" "Lowest Power in dBm" key("min");
        MAX_TX_POWER = int "powercap.max" "Highest Power in dBm" key("max");
    };
    T_TPC_REQUEST = group "tag" "TPC Request" many key("tpc_request");
    T_TPC_REPORT = group "tag" "TPC Report" many key("tpc_report") {
        TRANSMIT_POWER = int "tcprep.trsmt_pow" "Transmit Power in dBm" key("transmit_power");
        LINK_MARGIN = int "tcprep.link_mrg" "Link Margin in dB" key("link_margin");
    };
    T_CHANNELS = group "tag" "Supported Channels" many key("supported_channels") {
        CHANNELS = group "supchan" "Channels" many key("channels") {
            CHANNELS_FIRST = uint "supchan.first" "First Channel" key("first");
            CHANNELS_RANGE = uint "supchan.range" "Number of Channels" key("count");
        };
    };
    T_CHANNEL_SWITCH = group "tag" "Channel Switch Announcement" many key("channel_switch") {
        SWITCH_MODE = uint "csa.channel_switch_mode" "Mode" key("mode");
        NEW_CHANNEL = uint "csa.new_channel_number" "New Channel" key("new_channel");
        SWITCH_COUNT = uint "csa.channel_switch.count" "Count" key("count");
    };
    T_ERP = group "tag" "ERP" many key("erp") {
        ERP = hex "erp_info" "ERP Information" key("information") {
            ERP_PRESENT = flag "erp_info.erp_present" "Non-ERP present" & 0x01;
            ERP_PROTECTION = flag "erp_info.use_protection" "Use Protection" & 0x02;
            ERP_BARKER = flag "erp_info.barker_preamble_mode" "Barker Preamble Mode" & 0x04;
            ERP_RESERVED = hex "erp_info.reserved" "Reserved" & 0xf8 detail;
        };
    };
    T_HT_CAPABILITIES = group "tag" "HT Capabilities" many key("ht_capabilities") silent rows(HT_ROWS);
    T_QOS = group "tag" "QoS Capability" many key("qos_capability") {
        QOS_OF_AP = hex "fixed.qosinfo.ap" "QoS Information of an AP" key("ap_information") rows(he::AP.children);
        QOS_OF_STATION = hex "fixed.qosinfo.sta" "QoS Information of a Station" key("sta_information") {
            QS_AC_VO = flag "fixed.qosinfo.sta.ac_vo" "AC_VO U-APSD Flag" & 0x1;
            QS_AC_VI = flag "fixed.qosinfo.sta.ac_vi" "AC_VI U-APSD Flag" & 0x2;
            QS_AC_BK = flag "fixed.qosinfo.sta.ac_bk" "AC_BK U-APSD Flag" & 0x4;
            QS_AC_BE = flag "fixed.qosinfo.sta.ac_be" "AC_BE U-APSD Flag" & 0x8;
            QS_QACK = flag "fixed.qosinfo.sta.qack" "Q-Ack" & 0x10;
            QS_MAX_SP_LENGTH = hex "fixed.qosinfo.sta.max_sp_length" "Max SP Length" & 0x60;
            QS_MORE_DATA_ACK = flag "fixed.qosinfo.sta.more_data_ack" "More Data Ack" & 0x80;
        };
    };
    T_RSN = group "tag" "RSN" many key("rsn") rows(RSN_ROWS);
    T_NEIGHBOR = group "tag" "Neighbor Report" many key("neighbors") silent {
        N_BSSID = mac "nreport.bssid" "BSSID" key("bssid");
        N_INFO = hex "nreport.bssid.info" "BSSID Information" key("information") {
            NI_REACHABILITY = hex "nreport.bssid.info.reachability" "AP Reachability" & 0x3;
            NI_SECURITY = flag "nreport.bssid.info.security" "Security" & 0x4;
            NI_KEYSCOPE = flag "nreport.bssid.info.keyscope" "Key Scope" & 0x8;
            NI_MOBILITYDOMAIN = flag "nreport.bssid.info.mobilitydomain" "Mobility Domain" & 0x400;
            NI_HTHROUGHPUT = flag "nreport.bssid.info.hthroughput" "High Throughput Control (+HTC)" & 0x800;
            NI_VHT = flag "nreport.bssid.info.vht" "Very High Throughput (+VHT)" & 0x1000;
            NI_FTM = flag "nreport.bssid.info.ftm" "Fine Timing Measurement (FTM)" & 0x2000;
            NI_HE = flag "nreport.bssid.info.he" "High Efficiency (HE AP)" & 0x4000;
            NI_ER_BSS = flag "nreport.bssid.info.er_bss" "Extended Range BSS" & 0x8000;
            NI_RESERVED = hex "nreport.bssid.info.reserved" "Reserved" & 0xffff0000;
            NI_CAPABILITY = hex "nreport.bssid.info.capability" "Capabilities" & 0x3f0 read {
                NC_SPECMNGT = flag "nreport.bssid.info.capability.specmngt" "Spectrum Management" & 0x10;
                NC_QOS = flag "nreport.bssid.info.capability.qos" "QoS" & 0x20;
                NC_APSD = flag "nreport.bssid.info.capability.apsd" "APSD" & 0x40;
                NC_RADIOMSNT = flag "nreport.bssid.info.capability.radiomsnt" "Radio Measurement" & 0x80;
                NC_DBACK = flag "nreport.bssid.info.capability.dback" "Delayed Block Ack" & 0x100;
                NC_IBACK = flag "nreport.bssid.info.capability.iback" "Immediate Block Ack" & 0x200;
            };
        };
        N_CLASS = uint "nreport.opeclass" "Operating Class" key("operating_class");
        N_CHANNEL = uint "nreport.channumber" "Channel" key("channel");
        N_PHY = hex "nreport.phytype" "PHY Type" key("phy_type");
    };
    T_MEASURE_REQUEST = group "tag" "Measurement Request" many key("measurement_requests") {
        Q_TOKEN = hex "measure.req.token" "Token" key("token");
        Q_MODE = hex "measure.req.mode" "Mode" key("mode") {
            Q_PARALLEL = flag "measure.req.reqmode.parallel" "Parallel" & 0x1;
            Q_ENABLE = flag "measure.req.reqmode.enable" "Measurement Request Mode Field" & 0x2;
            Q_REQUEST = flag "measure.req.reqmode.request" "Measurement Reports" & 0x4;
            Q_REPORT = flag "measure.req.reqmode.report" "Autonomous Measurement Reports" & 0x8;
            Q_DURATION_MANDATORY = flag "measure.req.reqmode.duration_mandatory" "Duration Mandatory" & 0x10;
            Q_RESERVED = hex "measure.req.reqmode.reserved" "Reserved" & 0xe0;
        };
        Q_TYPE = hex "measure.req.reqtype" "Type" names(names::MEASUREMENTS) key("type");
        Q_DATA = bytes "measure.req.data" "Request" own key("data");
    };
    T_MEASURE_REPORT = group "tag" "Measurement Report" many key("measurement_reports") {
        R_TOKEN = hex "measure.req.token" "Token" key("token");
        R_MODE = hex "measure.req.mode" "Mode" key("mode") {
            R_LATE = flag "measure.rep.repmode.late" "Late" & 0x1;
            R_INCAPABLE = flag "measure.rep.repmode.incapable" "Incapable" & 0x2;
            R_REFUSED = flag "measure.rep.repmode.refused" "Refused" & 0x4;
            R_RESERVED = hex "measure.rep.repmode.reserved" "Reserved" & 0xf8;
        };
        R_TYPE = hex "measure.rep.reptype" "Type" names(names::MEASUREMENTS) key("type");
        R_DATA = bytes "measure.rep.data" "Report" own key("data");
    };
    T_MOBILITY = group "tag" "Mobility Domain" many key("mobility_domain") {
        MDID = hex "mobility_domain.mdid" "Identifier" key("mdid");
        FT = hex "mobility_domain.ft_capab" "FT Capability and Policy" key("ft") {
            FT_OVER_DS = hex "mobility_domain.ft_capab.ft_over_ds" "Over the DS" & 0x01 key("over_ds");
            FT_RESOURCE = hex "mobility_domain.ft_capab.resource_req" "Resource Requests" & 0x02 key("resource_request");
            FT_RESERVED = hex "mobility_domain.ft_capab.reserved" "Reserved" & 0xfc detail key("reserved");
        };
    };
    T_FT = group "tag" "Fast BSS Transition" many key("fast_transition") {
        MIC_CONTROL = hex "ft.mic_control" "MIC Control" key("mic_control") {
            MIC_RESERVED = hex "ft.mic_control.reserved" "Reserved" & 0x00ff detail;
            MIC_ELEMENTS = uint "ft.mic_control.element_count" "Elements" & 0xff00;
        };
        MIC = bytes "ft.mic" "MIC" key("mic");
        ANONCE = bytes "ft.anonce" "ANonce" key("anonce");
        SNONCE = bytes "ft.snonce" "SNonce" key("snonce");
    };
    T_OPERATING_CLASSES = group "tag" "Supported Operating Classes" many key("operating_classes") {
        CURRENT_CLASS = uint "supopeclass.current" "Current" key("current");
        OTHER_CLASSES = bytes "supopeclass.alt" "Others" key("others");
    };
    T_HT_OPERATION = group "tag" "HT Operation" many key("ht_operation") silent rows(HT_OPERATION_ROWS);
    T_RM = group "tag" "RM Enabled Capabilities" many key("rm_capabilities") silent rows(RM_ROWS);
    T_COEXISTENCE = group "tag" "20/40 BSS Coexistence" many key("coexistence") {
        COEXISTENCE = hex "20_40_bc" "Information" key("information") {
            C_REQUEST = flag "20_40_bc.information_request" "Information Request" & 0x01;
            C_INTOLERANT = flag "20_40_bc.forty_mhz_intolerant" "40 MHz intolerant" & 0x02;
            C_20_MHZ = flag "20_40_bc.20_mhz_bss_width_request" "20 MHz BSS Width Request" & 0x04;
            C_EXEMPTION = flag "20_40_bc.obss_scanning_exemption_request" "Scanning Exemption Request" & 0x08;
            C_GRANT = flag "20_40_bc.obss_scanning_exemption_grant" "Scanning Exemption Grant" & 0x10;
            C_RESERVED = hex "20_40_bc.reserved" "Reserved" & 0xe0 detail;
        };
    };
    T_OBSS = group "tag" "Overlapping BSS Scan Parameters" many key("obss_scan") {
        OBSS_SPD = uint "obss.spd" "Passive Dwell in TU" key("passive_dwell");
        OBSS_SAD = uint "obss.sad" "Active Dwell in TU" key("active_dwell");
        OBSS_CWTSI = uint "obss.cwtsi" "Width Trigger Scan Interval in s" key("scan_interval");
        OBSS_SPTPC = uint "obss.sptpc" "Passive Total per Channel in TU" key("passive_total");
        OBSS_SATPC = uint "obss.satpc" "Active Total per Channel in TU" key("active_total");
        OBSS_WCTDF = uint "obss.wctdf" "Width Transition Delay Factor" key("delay_factor");
        OBSS_SAT = uint "obss.sat" "Scan Activity Threshold" key("activity_threshold");
    };
    T_SSID_LIST = group "tag" "SSID List" many key("ssid_list") {
        LISTED = group "ssid_list.entry" "SSID" own many key("ssids") {
            LISTED_BYTES = bytes "ssid" "SSID in bytes" detail key("bytes");
            LISTED_NAME = text "ssid.text" "SSID" own key("name");
        };
    };
    T_INTERWORKING = group "tag" "Interworking" many key("interworking") {
        NETWORK_TYPE = uint "interworking.access_network_type" "Access Network Type" & 0x0f names(simple::NETWORK_TYPES) key("network_type");
        INTERNET = flag "interworking.internet" "Internet" & 0x10 key("internet");
        ASRA = flag "interworking.asra" "Additional Step required" & 0x20 key("asra");
        ESR = flag "interworking.esr" "Emergency Services reachable" & 0x40 key("esr");
        UESA = flag "interworking.uesa" "Unauthenticated Emergency Service" & 0x80 key("uesa");
        VENUE_GROUP = uint "fixed.venue_info.group" "Venue Group" names(simple::VENUES) key("venue_group");
        VENUE_TYPE = uint "fixed.venue_info.type" "Venue Type" key("venue_type");
        HESSID = mac "interworking.hessid" "HESSID" key("hessid");
    };
    T_MESH = group "tag" "Mesh Configuration" many key("mesh") {
        M_PROTOCOL = hex "mesh.config.ps_protocol" "Path Selection Protocol" key("ps_protocol");
        M_METRIC = hex "mesh.config.ps_metric" "Path Selection Metric" key("ps_metric");
        M_CONGESTION = hex "mesh.config.cong_ctl" "Congestion Control" key("cong_ctl");
        M_SYNC = hex "mesh.config.sync_method" "Synchronization Method" key("sync_method");
        M_AUTH = hex "mesh.config.auth_protocol" "Authentication Protocol" key("auth_protocol");
        M_FORMATION = hex "mesh.config.formation_info" "Formation Information" key("formation_info") {
            M_GATE = flag "mesh.formation_info.connect_to_mesh_gate" "Connected to a Gate" & 0x01 key("gate");
            M_PEERS = uint "mesh.config.formation_info.num_peers" "Peerings" & 0x7e key("peers");
            M_AS = flag "mesh.formation_info.connect_to_as" "Connected to an AS" & 0x80 key("as");
        };
        M_CAPABILITY = hex "mesh.config.cap" "Capability" key("cap") {
            M_ACCEPT = flag "mesh.config.cap.accept" "Accepts more Peerings" & 0x01;
            M_MCCA = flag "mesh.config.cap.mcca_support" "MCCA supported" & 0x02;
            M_MCCA_ON = flag "mesh.config.cap.mcca_enabled" "MCCA enabled" & 0x04;
            M_FORWARDING = flag "mesh.config.cap.forwarding" "Forwarding" & 0x08;
            M_MBCA = flag "mesh.config.cap.mbca_enabled" "MBCA enabled" & 0x10;
            M_TBTT = flag "mesh.config.cap.tbtt_adjusting" "TBTT Adjustment" & 0x20;
            M_POWER_SAVE = flag "mesh.config.cap.power_save_level" "Power Save" & 0x40;
            M_RESERVED = hex "mesh.config.cap.reserved" "Reserved" & 0x80 detail;
        };
    };
    T_MESH_ID = group "tag" "Mesh ID" many key("mesh_id") {
        MESH_ID = text "mesh.id" "Mesh ID" key("id") brief("mesh ");
    };
    T_EXTENDED_CAPABILITIES = group "tag" "Extended Capabilities" many key("extended_capabilities") silent rows(EXTENDED_CAPABILITY_ROWS);
    T_CCX1 = group "tag" "Cisco CCX1 CKIP and Device Name" many key("ccx1") {
        CCX1_UNKNOWN = bytes "cisco.ccx1.unknown" "Unknown" key("unknown");
        CCX1_NAME = text "cisco.ccx1.name" "Name" key("name");
        CCX1_CLIENTS = uint "cisco.ccx1.clients" "Clients" key("clients");
        CCX1_UNKNOWN2 = bytes "cisco.ccx1.unknown2" "Unknown" key("unknown_2");
    };
    T_VHT_CAPABILITIES = group "tag" "VHT Capabilities" many key("vht_capabilities") silent rows(VHT_ROWS);
    T_VHT_OPERATION = group "tag" "VHT Operation" many key("vht_operation") silent rows(VHT_OPERATION_ROWS);
    T_TPE = group "tag" "Transmit Power Envelope" many key("transmit_power_envelope") silent rows(TPE_ROWS);
    T_OPERATING_MODE = group "tag" "Operating Mode Notification" many key("operating_mode") {
        OPERATING_MODE = hex "operat_notification_mode" "Operating Mode" key("mode") {
            OM_WIDTH = hex "operat_mode_field.channelwidth" "Channel Width" & 0x03 key("channelwidth");
            OM_RESERVED = hex "operat_mode_field.reserved" "Reserved" & 0x0c detail key("reserved");
            OM_NSS = hex "operat_mode_field.rxnss" "Rx NSS" & 0x70 key("rxnss");
            OM_TYPE = hex "operat_mode_field.rxnsstype" "Rx NSS Type" & 0x80 key("rxnsstype");
        };
    };
    T_RSNX = group "tag" "RSN Extension" many key("rsnx") rows(RSNX_ROWS);
    T_VENDOR = group "tag" "Vendor Specific" many key("vendor") rows(VENDOR_ROWS);
    T_WRAPPER = group "tag" "Channel Switch Wrapper" many key("channel_switch_wrapper") {
        WRAPPED = group "tag" "Element" many key("elements") {
            WRAPPED_DATA = bytes "tag.data" "Data" key("data");
        };
    };
    EXT_LENGTH = uint "ext_tag.length" "Length without the Extension" key("length") shared detail;
    EXT_NUMBER = uint "ext_tag.number" "Extension" names(EXTENSIONS) key("extension") shared;
    T_HE = group "ext_tag" "HE Capabilities" many key("he_capabilities") silent rows(HE_ROWS);
    T_HE_OPERATION = group "ext_tag" "HE Operation" many key("he_operation") silent rows(HE_OPERATION_ROWS);
    T_MU_EDCA = group "ext_tag" "MU EDCA Parameter Set" many key("mu_edca") silent rows(MU_EDCA_ROWS);
    T_SPATIAL_REUSE = group "ext_tag" "Spatial Reuse Parameter Set" many key("spatial_reuse") silent rows(SPATIAL_REUSE_ROWS);
    T_UORA = group "ext_tag" "UORA Parameter Set" many key("uora") silent rows(UORA_ROWS);
    T_HE_6_GHZ = group "ext_tag" "HE 6 GHz Band Capabilities" many key("he_6_ghz") silent rows(HE_6_GHZ_ROWS);
    T_EXTENSION = group "ext_tag" "Another Element with Extension" many key("extensions") {
        EXTENSION_DATA = bytes "ext_tag.data" "Data" key("data");
    };
    T_UNKNOWN = group "tag" "Another Element" many key("unknown") {
        UNKNOWN_NUMBER = uint "tag.number" "Number" names(ELEMENTS) key("number");
        UNKNOWN_DATA = bytes "tag.data" "Data" key("data");
    };
}

/// The subtype of no management frame.
pub(super) const IN_NO_FRAME: u8 = 0xff;

/// The number of elements that have another behind their length.
const EXTENDED: u8 = 255;

/// What stands in an element behind its length, given the subtype of the frame.
type Body = fn(&mut Packet<'_>, u8) -> Read;

/// Reads elements up to the end.
pub(super) fn walk(p: &mut Packet<'_>, subtype: u8) -> Read {
    while p.declared_left() > 0 {
        element(p, subtype)?;
    }
    Ok(())
}

fn element(p: &mut Packet<'_>, subtype: u8) -> Read {
    let (row, body): (&'static Field, Body) = match p.peek_u8()? {
        0 => (&T_SSID, simple::ssid),
        1 => (&T_RATES, simple::rates),
        3 => (&T_DS, simple::channel),
        5 => (&T_TIM, simple::tim),
        6 => (&T_IBSS, simple::ibss),
        7 => (&T_COUNTRY, simple::country),
        10 => (&T_REQUEST, simple::request),
        11 => (&T_BSS_LOAD, simple::bss_load),
        16 => (&T_CHALLENGE, simple::challenge),
        32 => (&T_POWER_CONSTRAINT, simple::power_constraint),
        33 => (&T_POWER, simple::power_capability),
        34 => (&T_TPC_REQUEST, nothing),
        35 => (&T_TPC_REPORT, simple::tpc_report),
        36 => (&T_CHANNELS, simple::channels),
        37 => (&T_CHANNEL_SWITCH, simple::channel_switch),
        38 => (&T_MEASURE_REQUEST, simple::measurement_request),
        39 => (&T_MEASURE_REPORT, simple::measurement_report),
        42 | 47 => (&T_ERP, simple::erp),
        45 => (&T_HT_CAPABILITIES, ht::capabilities),
        46 => (&T_QOS, simple::qos),
        48 => (&T_RSN, rsn::rsn),
        50 => (&T_MORE_RATES, simple::more_rates),
        52 => (&T_NEIGHBOR, simple::neighbor),
        54 => (&T_MOBILITY, simple::mobility_domain),
        55 => (&T_FT, simple::fast_transition),
        59 => (&T_OPERATING_CLASSES, simple::operating_classes),
        61 => (&T_HT_OPERATION, ht::operation),
        70 => (&T_RM, extended_capabilities::radio_measurement),
        72 => (&T_COEXISTENCE, simple::coexistence),
        74 => (&T_OBSS, simple::obss_scan),
        84 => (&T_SSID_LIST, simple::ssid_list),
        107 => (&T_INTERWORKING, simple::interworking),
        113 => (&T_MESH, simple::mesh),
        114 => (&T_MESH_ID, simple::mesh_id),
        127 => (&T_EXTENDED_CAPABILITIES, extended_capabilities::capabilities),
        133 => (&T_CCX1, simple::ccx1),
        149 | 150 | 221 => (&T_VENDOR, vendor::vendor),
        191 => (&T_VHT_CAPABILITIES, vht::capabilities),
        192 => (&T_VHT_OPERATION, vht::operation),
        195 => (&T_TPE, vht::power_envelope),
        196 => (&T_WRAPPER, simple::wrapper),
        199 => (&T_OPERATING_MODE, simple::operating_mode),
        244 => (&T_RSNX, extended_capabilities::rsn_extension),
        255 if matches!(p.peek_at(1), Ok(0)) => (&T_EXTENSION, simple::extension),
        255 => match p.peek_at(2) {
            Ok(35) => (&T_HE, he::capabilities),
            Ok(36) => (&T_HE_OPERATION, he::operation),
            Ok(37) => (&T_UORA, he::uora),
            Ok(38) => (&T_MU_EDCA, he::mu_edca),
            Ok(39) => (&T_SPATIAL_REUSE, he::spatial_reuse),
            Ok(59) => (&T_HE_6_GHZ, he::six_ghz),
            _ => (&T_EXTENSION, simple::extension),
        },
        _ => (&T_UNKNOWN, simple::unknown),
    };
    let number = if std::ptr::eq(row, &T_UNKNOWN) { &UNKNOWN_NUMBER } else { &NUMBER };
    one(p, row, number, body, subtype)
}

/// Reads one element. A body that does not fit is a problem of that element alone.
fn one(
    p: &mut Packet<'_>,
    row: &'static Field,
    number: &'static Field,
    body: Body,
    subtype: u8,
) -> Read {
    p.group(row, |p| {
        let is_extended = p.u8(number)? == EXTENDED;
        let mut length = usize::from(p.peek_u8()?);
        if is_extended {
            p.number(&EXT_LENGTH, length.saturating_sub(1) as u64, 1)?;
        } else {
            p.u8(&LENGTH)?;
        }
        if length > p.declared_left() {
            p.problem_at(&BAD_LENGTH, p.at() - 1, 1);
            length = p.declared_left();
        }
        let (start, captured) = (p.at(), p.left() >= length);
        let result = p.within(length, |p| {
            if is_extended && length > 0 {
                p.u8(&EXT_NUMBER)?;
            }
            if p.declared_left() > 0 {
                body(p, subtype)?;
            }
            p.remainder(&REST)
        });
        if result.is_err() && captured {
            p.problem_at(&BAD_BODY, start, length);
            p.seek(start + length);
            return Ok(());
        }
        result
    })
}

fn nothing(_: &mut Packet<'_>, _: u8) -> Read {
    Ok(())
}
