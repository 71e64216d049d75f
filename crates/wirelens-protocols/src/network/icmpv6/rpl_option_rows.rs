//! The rows of RPL options, RFC 6550 section 6.7 and RFC 6997; metrics, RFC 6551.

use wirelens_dissect::prelude::*;

use super::RPL_OPTION;
use super::names::*;

fields! {
    /// What an option has.
    RPL_OPTION_ROWS = "icmpv6" RPL_OPTION "opt";
    RPL_TYPE = uint "rpl.opt.type" "Type" key("type") names(RPL_OPTIONS);
    RPL_LENGTH = uint "rpl.opt.length" "Length" key("length");
    RPL_RESERVED = group "rpl.opt.reserved" "Reserved" detail key("reserved");
    RPL_PADN = group "rpl.opt.padn" "Padding" detail key("padn");
    METRIC = uint "rpl.opt.metric.type" "Metric" many key("metrics") names(METRICS) {
        METRIC_FLAGS = hex "rpl.opt.metric.flags" "Flags" key("flags") {
            METRIC_RESERVED = hex "rpl.opt.metric.reserved" "Reserved" & 0xf800 detail key("reserved");
            METRIC_PARTIAL = flag "rpl.opt.metric.flag.p" "Some nodes could not record it" & 0x0400 key("p");
            METRIC_CONSTRAINT = flag "rpl.opt.metric.flag.c" "Constraint" & 0x0200 key("c");
            METRIC_OPTIONAL = flag "rpl.opt.metric.flag.o" "Optional" & 0x0100 key("o");
            METRIC_RECORDED = flag "rpl.opt.metric.flag.r" "Recorded along the path" & 0x0080 key("r");
            METRIC_AGGREGATION = uint "rpl.opt.metric.flag.a" "Aggregation" & 0x0070 key("a") names(AGGREGATIONS);
            METRIC_PRECEDENCE = uint "rpl.opt.metric.prec" "Precedence" & 0x000f key("prec");
        };
        METRIC_LENGTH = uint "rpl.opt.metric.length" "Length" key("length");
        STATE = hex "rpl.opt.metric.nsa.object" "Node State" key("node_state") {
            STATE_RESERVED = hex "rpl.opt.metric.nsa.object.reserved" "Reserved" & 0xff00 detail;
            STATE_FLAGS = hex "rpl.opt.metric.nsa.object.flags" "Unassigned Flags" & 0x00fc detail;
            STATE_AGGREGATOR = flag "rpl.opt.metric.nsa.object.flag.a" "Aggregates Traffic" & 0x0002;
            STATE_OVERLOADED = flag "rpl.opt.metric.nsa.object.flag.o" "Overloaded" & 0x0001;
        };
        STATE_TLV = uint "rpl.opt.metric.nsa.object.opttlv.object" "TLV" many key("tlvs") {
            STATE_TLV_TYPE = uint "rpl.opt.metric.nsa.object.opttlv.object.type" "Type";
            STATE_TLV_LENGTH = uint "rpl.opt.metric.nsa.object.opttlv.object.length" "Length";
            STATE_TLV_DATA = bytes "rpl.opt.metric.nsa.object.opttlv.object.data" "Data";
        };
        ENERGY = hex "rpl.opt.metric.ne.object" "Node Energy" many key("node_energy") {
            ENERGY_FLAGS = hex "rpl.opt.metric.ne.object.flags" "Unassigned Flags" & 0xf000 detail;
            ENERGY_INCLUDED = flag "rpl.opt.metric.ne.object.flag.i" "Included" & 0x0800;
            ENERGY_TYPE = uint "rpl.opt.metric.ne.object.type" "Power" & 0x0600 names(POWERS);
            ENERGY_ESTIMATED = flag "rpl.opt.metric.ne.object.flag.e" "Estimated" & 0x0100;
            ENERGY_LEFT = uint "rpl.opt.metric.ne.object.energy" "Energy Left (%)" & 0x00ff;
        };
        HOPS = hex "rpl.opt.metric.hp.object" "Hop Count" key("hops") {
            HOPS_RESERVED = hex "rpl.opt.metric.hp.object.reserved" "Reserved" & 0xf000 detail;
            HOPS_FLAGS = hex "rpl.opt.metric.hp.object.flags" "Unassigned Flags" & 0x0f00 detail;
            HOPS_COUNT = uint "rpl.opt.metric.hp.object.hp" "Hops" & 0x00ff;
        };
        THROUGHPUT = uint "rpl.opt.metric.lt.object.lt" "Link Throughput (octets/s)" many key("throughput");
        LATENCY = uint "rpl.opt.metric.ll.object.ll" "Link Latency (us)" many key("latency");
        QUALITY_RESERVED = hex "rpl.opt.metric.lql.object.res" "Reserved" detail key("lql_reserved");
        QUALITY = hex "rpl.opt.metric.lql.object" "Link Quality" many key("link_quality") {
            QUALITY_LEVEL = uint "rpl.opt.metric.lql.object.val" "Level" & 0xe0 names(QUALITIES);
            QUALITY_COUNT = uint "rpl.opt.metric.lql.object.counter" "Links" & 0x1f;
        };
        ETX = uint "rpl.opt.metric.etx.object.etx" "Expected Transmissions (1/128)" many key("etx");
        COLOR_RESERVED = hex "rpl.opt.metric.lc.object.res" "Reserved" detail key("lc_reserved");
        COLOR = group "rpl.opt.metric.lc.object" "Link Color" many key("link_color") {
            COLOR_VALUE = hex "rpl.opt.metric.lc.object.lc" "Color" & 0xffc0;
            COLOR_COUNT = uint "rpl.opt.metric.lc.object.counter" "Links" & 0x003f;
            COLOR_OBJECT_RESERVED = uint "rpl.opt.metric.lc.object.reserved" "Reserved" & 0x003e detail;
            COLOR_EXCLUDED = uint "rpl.opt.metric.lc.object.flag.i" "Included" & 0x0001;
        };
        METRIC_DATA = bytes "rpl.opt.metric.data" "Data" own key("data");
    };
    RPL_ROUTE_LENGTH = uint "rpl.opt.route.prefix_length" "Prefix Length" key("prefix_length");
    RPL_ROUTE_FLAGS = hex "rpl.opt.route.flag" "Flags" key("route.flags") {
        RPL_ROUTE_PREFERENCE = uint "rpl.opt.route.pref" "Preference" & 0x18 key("preference") names(PREFERENCES);
        RPL_ROUTE_RESERVED = uint "rpl.opt.route.reserved" "Reserved" & 0xe7 detail key("reserved");
    };
    RPL_ROUTE_LIFETIME = uint "rpl.opt.route.lifetime" "Lifetime (s)" key("route.lifetime");
    RPL_ROUTE_PREFIX = ipv6 "rpl.opt.route.prefix" "Prefix" key("prefix");
    CONFIG_FLAGS = hex "rpl.opt.config.flag" "Flags" key("config.flags") {
        CONFIG_RESERVED = uint "rpl.opt.config.reserved" "Reserved" & 0xf0 detail key("reserved");
        CONFIG_AUTHENTICATED = flag "rpl.opt.config.auth" "Authentication" & 0x08 key("auth");
        CONFIG_PATH_CONTROL = uint "rpl.opt.config.pcs" "Path Control Size" & 0x07 key("pcs");
    };
    CONFIG_DOUBLINGS = uint "rpl.opt.config.interval_double" "DIO Interval Doublings" key("interval_double");
    CONFIG_MINIMUM = uint "rpl.opt.config.interval_min" "Least DIO Interval" key("interval_min");
    CONFIG_REDUNDANCY = uint "rpl.opt.config.redundancy" "Redundancy Constant" key("redundancy");
    CONFIG_MAX_INCREASE = uint "rpl.opt.config.max_rank_inc" "Largest Rank Increase" key("max_rank_inc");
    CONFIG_MIN_INCREASE = uint "rpl.opt.config.min_hop_rank_inc" "Least rank increase of a hop" key("min_hop_rank_inc");
    CONFIG_OBJECTIVE = uint "rpl.opt.config.ocp" "Objective Code Point" key("ocp") names(&[(0, "OF0"), (1, "MRHOF")]);
    CONFIG_RSV = uint "rpl.opt.config.rsv" "Reserved" detail key("config.reserved");
    CONFIG_LIFETIME = uint "rpl.opt.config.def_lifetime" "Default Lifetime (units)" key("def_lifetime");
    CONFIG_UNIT = uint "rpl.opt.config.lifetime_unit" "Lifetime Unit (s)" key("lifetime_unit");
    RPL_TARGET_FLAG = group "rpl.opt.target.flag" "Flags" detail key("target.flags");
    RPL_TARGET_LENGTH = uint "rpl.opt.target.prefix_length" "Prefix Length" key("prefix_length");
    RPL_TARGET = ipv6 "rpl.opt.target.prefix" "Target" key("target") brief("target ");
    TRANSIT_FLAGS = hex "rpl.opt.transit.flag" "Flags" key("transit.flags") {
        TRANSIT_EXTERNAL = flag "rpl.opt.transit.flag.e" "External" & 0x80;
        TRANSIT_RESERVED = uint "rpl.opt.transit.flag.rsv" "Reserved" & 0x7f detail;
    };
    TRANSIT_CONTROL = uint "rpl.opt.transit.pathctl" "Path Control" key("path_control");
    TRANSIT_SEQUENCE = uint "rpl.opt.transit.pathseq" "Path Sequence" key("path_sequence");
    TRANSIT_LIFETIME = uint "rpl.opt.transit.pathlifetime" "Path Lifetime (units)" key("path_lifetime");
    TRANSIT_PARENT = ipv6 "rpl.opt.transit.parent" "Parent" key("parent");
    SOLICITED_INSTANCE = uint "rpl.opt.solicited.instance" "RPL Instance" key("instance");
    SOLICITED_FLAGS = hex "rpl.opt.solicited.flag" "Flags" key("solicited.flags") {
        SOLICITED_BY_VERSION = flag "rpl.opt.solicited.flag.v" "Version Must Match" & 0x80;
        SOLICITED_BY_INSTANCE = flag "rpl.opt.solicited.flag.i" "Instance Must Match" & 0x40;
        SOLICITED_BY_DODAG = flag "rpl.opt.solicited.flag.d" "DODAG Must Match" & 0x20;
        SOLICITED_RESERVED = uint "rpl.opt.solicited.flag.rsv" "Reserved" & 0x1f detail;
    };
    SOLICITED_DODAG = ipv6 "rpl.opt.solicited.dodagid" "DODAG" key("dodagid");
    SOLICITED_VERSION = uint "rpl.opt.solicited.version" "Version" key("version");
    RPL_PREFIX_LENGTH = uint "rpl.opt.prefix.length" "Prefix Length" key("prefix_length");
    RPL_PREFIX_FLAGS = hex "rpl.opt.prefix.flag" "Flags" key("prefix.flags") {
        RPL_PREFIX_ON_LINK = flag "rpl.opt.prefix.flag.l" "On-link" & 0x80 key("l");
        RPL_PREFIX_AUTONOMOUS = flag "rpl.opt.config.flag.a" "Autonomous Address Configuration" & 0x40 key("a");
        RPL_PREFIX_ROUTER = flag "rpl.opt.config.flag.r" "Router Address" & 0x20 key("r");
        RPL_PREFIX_RESERVED = uint "rpl.opt.config.flag.rsv" "Reserved" & 0x1f detail key("rsv");
    };
    RPL_PREFIX_VALID = uint "rpl.opt.prefix.valid_lifetime" "Valid Lifetime (s)" key("valid_lifetime");
    RPL_PREFIX_PREFERRED = uint "rpl.opt.prefix.preferred_lifetime" "Preferred Lifetime (s)" key("preferred_lifetime");
    RPL_PREFIX = ipv6 "rpl.opt.prefix" "Prefix" key("prefix");
    DESCRIPTOR = hex "rpl.opt.targetdesc.descriptor" "Descriptor" key("descriptor");
    DISCOVERY_FLAGS = group "rpl.opt.routediscovery.flag" "Flags" key("discovery.flags") {
        DISCOVERY_REPLY = flag "rpl.opt.routediscovery.flag.reply" "Reply" & 0x80;
        DISCOVERY_HOPS = flag "rpl.opt.routediscovery.flag.hopbyhop" "Hop-by-hop Route" & 0x40;
        DISCOVERY_ROUTES = uint "rpl.opt.routediscovery.flag.numofroutes" "Number of routes, less one" & 0x30;
        DISCOVERY_ELIDED = uint "rpl.opt.routediscovery.flag.compr" "Octets left out of addresses" & 0x0f;
    };
    DISCOVERY_LIFETIME = uint "rpl.opt.routediscovery.lifetime" "Lifetime" & 0xc0 key("discovery.lifetime") names(LIFETIMES);
    DISCOVERY_RANK = uint "rpl.opt.routediscovery.maxrank" "Largest Rank" & 0x3f key("max_rank");
    DISCOVERY_NEXT = uint "rpl.opt.routediscovery.nh" "Next Hop" & 0x3f key("next_hop");
    DISCOVERY_TARGET = ipv6 "rpl.opt.routediscovery.targetaddr" "Target" key("target");
    DISCOVERY_VECTOR = group "rpl.opt.routediscovery.addr_vec" "Address Vector" key("address_vector") {
        DISCOVERY_ADDRESS = ipv6 "rpl.opt.routediscovery.addrvec.addr" "Address" many key("addresses");
    };
    RPL_DATA = bytes "data" "Data";
    RPL_UNKNOWN = bytes "unknown_data" "Bytes behind what the option has";
    BAD_RPL_LENGTH = problem "invalid_option_length" "Length does not fit the option" shared;
}
