//! The rows of options, RFC 6275 section 6.2 and the RFCs named in their registry.

use wirelens_dissect::prelude::*;

use super::OPTIONS;
use super::access_network::NETWORK_ROWS;
use super::names::{self, *};
use super::vendor::VENDOR_ROWS;

fields! {
    /// The rows of options.
    OPTION_ROWS = "mip6" OPTIONS "options";
    LENGTH  = uint "mobility_opt.len" "Length" shared detail key("length");
    BAD_LENGTH = problem "opt.len.invalid" "Length is not that of the option" shared many key("bad_length");
    EXCESS  = bytes "opt.excess" "Bytes behind what the option has" shared own many key("excess");
    PAD1    = bytes "options.pad1" "Pad1" many detail;
    PADN    = bytes "options.padn" "PadN" many detail {
        PADDING = bytes "padn" "Padding" key("data") detail;
    };
    BRA     = bytes "options.bra" "Binding Refresh Advice" many {
        INTERVAL = uint "bra.interval" "Refresh interval in units of 4 seconds" key("interval");
    };
    ACOA    = bytes "options.acoa" "Alternate Care-of Address" many {
        CARE_OF = ipv6 "acoa.acoa" "Address" key("address") brief("care-of ");
    };
    NI      = bytes "options.ni" "Nonce Indices" many {
        HOME_NONCE = uint "ni.hni" "Home Nonce Index" key("hni");
        CARE_OF_NONCE = uint "ni.cni" "Care-of Nonce Index" key("cni");
    };
    BAD     = bytes "options.bad_auth" "Binding Authorization Data" many key("auth_data") {
        AUTHENTICATOR = bytes "bad.auth" "Authenticator" key("authenticator");
    };
    MNP     = bytes "options.mnp" "Mobile Network Prefix" many {
        MNP_RESERVED = bytes "nemo.mnp.reserved" "Reserved" own detail key("reserved");
        MNP_LENGTH = uint "nemo.mnp.pfl" "Prefix Length" key("prefix_length");
        MNP_PREFIX = ipv6 "nemo.mnp.mnp" "Prefix" key("prefix") brief("prefix ");
    };
    MHLLA   = bytes "options.mhlla" "Mobility Header Link-Layer Address" many {
        LLA_CODE = uint "lla.optcode" "Code" key("code") names(LINK_ADDRESS_CODES);
        LLA     = bytes "lla" "Link-layer Address" key("address");
    };
    MNID    = bytes "options.mnid" "Mobile Node Identifier" many {
        MNID_TYPE = uint "mnid.subtype" "Subtype" key("subtype") names(IDENTIFIERS);
        MNID_ID = text "mnid.identifier" "Identifier" key("identifier") brief("of ");
    };
    AUTH    = bytes "options.auth" "Authentication" many {
        AUTH_TYPE = uint "auth.subtype" "Subtype" key("subtype") names(AUTHENTICATIONS);
        AUTH_SPI = uint "auth.mobility_spi" "Mobility SPI" key("mobility_spi");
        AUTH_DATA = bytes "auth.auth_data" "Authentication Data" key("data");
    };
    MESG_ID = bytes "options.mseg_id" "Message Identifier" many key("message_id") {
        MESG_TIME = time "mseg_id.timestamp" "Timestamp" key("timestamp");
        MESG_RAW = hex "mseg_id.raw" "Timestamp out of range" own key("raw");
    };
    CGAPR   = bytes "options.cgapr" "CGA Parameters Request" many;
    CGAR    = bytes "options.cgar" "CGA Parameters" many {
        CGA     = bytes "cgar.cga_par" "Parameters" key("parameters");
    };
    SIGN    = bytes "options.sign" "Signature" many {
        SIGNATURE = bytes "sign.sign" "Signature" key("signature");
    };
    PHKT    = bytes "options.phkt" "Permanent Home Keygen Token" many {
        TOKEN   = bytes "phkt.phkt" "Token" key("token");
    };
    COTI_OPTION = bytes "options.coti" "Care-of Test Init" many;
    COT_OPTION = bytes "options.cot" "Care-of Test" many {
        COT_KEYGEN = bytes "mocot.co_keygen_tok" "Care-of Keygen Token" key("token");
    };
    DNSU    = bytes "options.dnsu" "DNS Update" many {
        DNSU_STATUS = uint "dnsu.status" "Status" key("status") names(UPDATE_STATUSES);
        DNSU_REMOVE = flag "dnsu.flag.r" "Entry is to be removed" & 0x80 read key("remove");
        DNSU_NAME = bytes "dnsu.mn_id" "Name of the mobile node" key("name");
    };
    EM      = bytes "options.em" "Experimental" many {
        EM_DATA = bytes "em.data" "Data" key("data");
    };
    VSM     = bytes "options.vsm" "Vendor Specific" many rows(VENDOR_ROWS);
    SSM     = bytes "options.ssm" "Service Selection" many {
        SERVICE = text "ss.identifier" "Identifier" key("identifier") brief("service ");
    };
    BADFF   = bytes "options.badff" "Binding Authorization Data for FMIPv6" many {
        BADFF_SPI = uint "badff.spi" "SPI" key("spi");
        BADFF_AUTH = bytes "badff.auth" "Authenticator" key("authenticator");
    };
    HNP     = bytes "options.hnp" "Home Network Prefix" many {
        HNP_RESERVED = bytes "nemo.mnp.reserved" "Reserved" own detail key("reserved");
        HNP_LENGTH = uint "nemo.mnp.pfl" "Prefix Length" key("prefix_length");
        HNP_PREFIX = ipv6 "nemo.mnp.mnp" "Prefix" key("prefix") brief("prefix ");
    };
    HI      = bytes "options.hi" "Handoff Indicator" many {
        HI_OPTION_RESERVED = uint "hi.reserved" "Reserved" key("reserved") detail;
        HANDOFF = uint "hi" "Handoff" key("indicator") names(HANDOFFS);
    };
    ATT     = bytes "options.att" "Access Technology Type" many {
        ATT_RESERVED = uint "att.reserved" "Reserved" key("reserved") detail;
        TECHNOLOGY = uint "att" "Type" key("type") names(ACCESS_TECHNOLOGIES);
    };
    MNLLI   = bytes "options.mnlli" "Mobile Node Link-layer Identifier" many {
        MNLLI_RESERVED = uint "mnlli.reserved" "Reserved" key("reserved") detail;
        MNLLI_ID = bytes "mnlli.lli" "Identifier" key("identifier");
    };
    LLA_OPTION = bytes "options.lla" "Link-local Address" many {
        LINK_LOCAL = ipv6 "lila_lla" "Address" key("address");
    };
    TS      = bytes "options.ts" "Timestamp" many {
        TIMESTAMP = time "timestamp_tmp" "Time" key("time");
        TIMESTAMP_RAW = hex "timestamp.raw" "Time out of range" own key("raw");
    };
    RC      = bytes "options.rc" "Restart Counter" many {
        RESTARTS = uint "rc" "Restarts" key("restarts");
    };
    IPV4HA  = bytes "options.ipv4ha" "IPv4 Home Address" many {
        IPV4HA_LENGTH = uint "ipv4ha.preflen" "Prefix Length" & 0xfc00 read key("prefix_length") span(0, 1);
        IPV4HA_P = flag "ipv4ha.p_flag" "Mobile network prefix requested" & 0x0200 read key("p_flag");
        IPV4HA_ADDRESS = ipv4 "ipv4ha.ha" "Address" key("address") brief("home ");
    };
    IPV4AA  = bytes "options.ipv4aa" "IPv4 Address Acknowledgement" many {
        IPV4AA_STATUS = uint "ipv4aa.sts" "Status" key("status") names(HOME_ADDRESS_STATUSES);
        IPV4AA_LENGTH = uint "ipv4ha.preflen" "Prefix Length" & 0xfc read key("prefix_length");
        IPV4AA_ADDRESS = ipv4 "ipv4ha.ha" "Address" key("address") brief("home ");
    };
    NATD    = bytes "options.natd" "NAT Detection" many {
        NATD_F  = flag "natd.f_flag" "UDP encapsulation is a must" & 0x8000 read key("f_flag");
        NATD_RESERVED = uint "natd.reserved" "Reserved" & 0x7fff read key("reserved") detail;
        NATD_REFRESH = uint "natd.refresh_t" "Refresh time in seconds" key("refresh_time");
    };
    IPV4COA = bytes "options.ipv4coa" "IPv4 Care-of Address" many {
        IPV4COA_RESERVED = uint "ipv4coa.reserved" "Reserved" key("reserved") detail;
        IPV4COA_ADDRESS = ipv4 "ipv4coa.addr" "Address" key("address") brief("care-of ");
    };
    GREK    = bytes "options.grek" "GRE Key" many {
        GREK_RESERVED = uint "ipv4dra.reserved" "Reserved" key("reserved") detail;
        GRE_KEY = uint "gre_key" "Key" key("key");
    };
    MHIPV6AP = bytes "options.mhipv6ap" "Mobility Header IPv6 Address/Prefix" many {
        AP_CODE = uint "mhipv6ap.opt_code" "Code" key("code") names(ADDRESS_CODES);
        AP_LENGTH = uint "mhipv6ap.len" "Prefix Length" key("prefix_length");
        AP_ADDRESS = ipv6 "mhipv6ap.ipv6_address" "Address" key("address");
        AP_TEXT = text "mhipv6ap.ipv6_address_prefix" "Address or Prefix" key("address_prefix") detail;
    };
    BI      = bytes "options.bi" "Binding Identifier" many {
        BID     = uint "bi.bid" "Binding ID" key("bid");
        BI_STATUS = uint "bi.status" "Status" key("status") names(BINDING_STATUSES);
        BI_H    = flag "bi.h_flag" "Home and foreign binding at once" & 0x80 read key("h_flag");
        BI_IPV4 = ipv4 "bi.coa_ipv4" "IPv4 Care-of Address" key("care_of_ipv4");
        BI_IPV6 = ipv6 "bi.coa_ipv6" "IPv6 Care-of Address" key("care_of_ipv6");
    };
    IPV4HAREQ = bytes "options.ipv4hareq" "IPv4 Home Address Request" many {
        REQ_LENGTH = uint "ipv4ha.preflen" "Prefix Length" & 0xfc read key("prefix_length");
        REQ_RESERVED = hex "ipv4ha.reserved" "Reserved" key("reserved") detail;
        REQ_ADDRESS = ipv4 "ipv4ha.ha" "Address" key("address") brief("home ");
    };
    IPV4HAREP = bytes "options.ipv4harep" "IPv4 Home Address Reply" many {
        REP_STATUS = uint "ipv4aa.sts" "Status" key("status") names(HOME_ADDRESS_STATUSES);
        REP_LENGTH = uint "ipv4ha.preflen" "Prefix Length" & 0xfc read key("prefix_length");
        REP_ADDRESS = ipv4 "ipv4ha.ha" "Address" key("address") brief("home ");
    };
    IPV4DRA = bytes "options.ipv4dra" "IPv4 Default-Router Address" many {
        DRA_RESERVED = uint "ipv4dra.reserved" "Reserved" key("reserved") detail;
        DRA     = ipv4 "ipv4dra.dra" "Address" key("address");
    };
    IPV4DSM = bytes "options.ipv4dsm" "IPv4 DHCP Support Mode" many {
        DSM_RESERVED = uint "ipv4dsm.reserved" "Reserved" & 0xfffe read key("reserved") detail;
        DSM_SERVER = flag "ipv4dsm.s_flag" "DHCP server, not relay" & 0x0001 read key("s_flag");
    };
    CR      = bytes "options.cr" "Context Request" many {
        CR_RESERVED = uint "cr.reserved" "Reserved" key("reserved") detail;
        REQUEST = group "cr.request" "Request" own many key("requests") {
            REQUEST_TYPE = uint "cr.req_type" "Type" key("type") names(names::OPTIONS);
            REQUEST_LENGTH = uint "cr.req_length" "Length" key("length");
            REQUEST_VENDOR = uint "vsm.vendorId" "Vendor" key("vendor");
            REQUEST_SUBTYPE = uint "vsm.subtype" "Subtype" key("subtype");
            REQUEST_DATA = bytes "vsm.req_data" "Data" key("data");
        };
    };
    LMAA    = bytes "options.lmaa" "Local Mobility Anchor Address" many {
        LMAA_CODE = uint "lmaa.opt_code" "Code" key("code") names(ANCHOR_CODES);
        LMAA_RESERVED = uint "lmaa.reserved" "Reserved" key("reserved") detail;
        LMAA_IPV4 = ipv4 "lmaa.ipv4" "IPv4 Address" key("ipv4");
        LMAA_IPV6 = ipv6 "lmaa.ipv6" "IPv6 Address" key("ipv6");
    };
    RECAP   = bytes "options.recap" "Redirect-Capability" many {
        RECAP_RESERVED = hex "recap.reserved" "Reserved" key("reserved") detail;
    };
    REDIR   = bytes "options.redir" "Redirect" many {
        REDIR_K = flag "redir.k" "IPv6 address follows" & 0x8000 read key("k");
        REDIR_N = flag "redir.n" "IPv4 address follows" & 0x4000 read key("n");
        REDIR_RESERVED = hex "redir.reserved" "Reserved" & 0x3fff read key("reserved") detail;
        REDIR_IPV6 = ipv6 "redir.addr_r2lma_ipv6" "IPv6 Address of the other anchor" key("ipv6");
        REDIR_IPV4 = ipv4 "redir.addr_r2lma_ipv4" "IPv4 Address of the other anchor" key("ipv4");
    };
    LOAD    = bytes "options.load_inf" "Load Information" many {
        LOAD_PRIORITY = uint "load_inf.priority" "Priority" key("priority");
        LOAD_SESSIONS = uint "load_inf.sessions_in_use" "Sessions in Use" key("sessions_in_use");
        LOAD_MOST_SESSIONS = uint "load_inf.maximum_sessions" "Maximum Sessions" key("maximum_sessions");
        LOAD_USED = uint "load_inf.used_capacity" "Used Capacity in kbit/s" key("used_capacity");
        LOAD_MOST = uint "load_inf.maximum_capacity" "Maximum Capacity in kbit/s" key("maximum_capacity");
    };
    ALT_IP4 = bytes "options.alt_ip4" "Alternate IPv4 Care-of Address" many {
        ALT_IP4_ADDRESS = ipv4 "alt_ip4" "Address" key("address") brief("care-of ");
    };
    MNG     = bytes "options.mng" "Mobile Node Group Identifier" many {
        MNG_TYPE = uint "mng.sub_type" "Subtype" key("subtype") names(GROUPS);
        MNG_RESERVED = uint "mng.reserved" "Reserved" key("reserved") detail;
        MNG_ID  = uint "mng.mng_id" "Group" key("group");
    };
    MAG     = bytes "options.mag_ipv6" "MAG IPv6 Address" many {
        MAG_RESERVED = hex "mag_ipv6.reserved" "Reserved" key("reserved") detail;
        MAG_LENGTH = uint "mag_ipv6.address_length" "Address Length" key("address_length");
        MAG_ADDRESS = ipv6 "mag_ipv6.address" "Address" key("address");
    };
    ANI     = bytes "options.acc_net_id" "Access Network Identifier" many rows(NETWORK_ROWS);
    DMNP    = bytes "options.dmnp" "Delegated Mobile Network Prefix" many {
        DMNP_V  = flag "dmnp.v_flag" "IPv4 prefix" & 0x80 read key("v_flag");
        DMNP_RESERVED = uint "dmnp.reserved" "Reserved" & 0x7f read key("reserved") detail;
        DMNP_LENGTH = uint "dmnp.prefix_len" "Prefix Length" key("prefix_length");
        DMNP_IPV4 = ipv4 "dmnp.dmnp_ipv4" "IPv4 Prefix" key("ipv4");
        DMNP_IPV6 = ipv6 "dmnp.dmnp_ipv6" "IPv6 Prefix" key("ipv6");
    };
    SUMMARY = bytes "options.flow_summary" "Flow Summary" own many {
        SUMMARY_TYPE = uint "mobility_opt" "Type" key("type") names(names::OPTIONS) detail;
        SUMMARY_FLOW = uint "flow_summary.fid" "Flow" own many key("flows");
    };
    FLOW    = bytes "options.flow_id" "Flow Identification" own many {
        FLOW_TYPE = uint "mobility_opt" "Type" key("type") names(names::OPTIONS) detail;
        FLOW_ID = uint "flow_id.fid" "Flow" own key("flow");
        FLOW_PRIORITY = uint "flow_id.priority" "Priority" own key("priority");
        FLOW_RESERVED = uint "flow_id.reserved" "Reserved" own key("reserved") detail;
        FLOW_STATUS = uint "flow_id.status" "Status" own key("status");
        FLOW_OPTIONS = bytes "flow_id.options" "Suboptions" own key("suboptions");
    };
    OTHER   = bytes "options.other" "Another Option" own many {
        OTHER_TYPE = uint "mobility_opt" "Type" key("type") names(names::OPTIONS);
        OTHER_DATA = bytes "options.other.data" "Data" own;
    };
}
