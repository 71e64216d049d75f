//! Header fields with parts: RFC 3261 section 20, and those that came later.

use wirelens_dissect::fields;

use super::HEADER;
use crate::application::sip::names::{CAUSES, STATUS};

fields! {
    /// Rows of header fields that are taken apart.
    STRUCTURED = "sip" HEADER "header";
    VIA = text "Via" "Via" many {
        HOP = group "via.hop" "Hop" own many key("hops") {
            VIA_TRANSPORT = text "Via.transport" "Transport" key("transport");
            VIA_ADDRESS  = text "Via.sent-by.address" "Sent-by Address" key("address");
            VIA_PORT     = uint "Via.sent-by.port" "Sent-by Port" key("port");
            VIA_BRANCH   = text "Via.branch" "Branch" key("branch");
            VIA_MADDR    = text "Via.maddr" "Maddr" key("maddr");
            VIA_RPORT    = text "Via.rport" "Response Port" key("rport");
            VIA_RECEIVED = text "Via.received" "Received from" key("received");
            VIA_TTL      = text "Via.ttl" "TTL" key("ttl");
            VIA_COMP     = text "Via.comp" "Compression" key("comp");
            VIA_SIGCOMP  = text "Via.sigcomp-id" "SigComp Identifier" key("sigcomp_id");
            VIA_OC       = text "Via.oc" "Overload Control" key("oc") {
                VIA_OC_VALUE = uint "Via.oc_val" "Value" key("value") detail;
            };
            VIA_OC_VALIDITY = text "Via.oc_validity" "Overload Control Validity" key("oc_validity");
            VIA_OC_SEQ   = text "Via.oc_seq" "Overload Control Sequence" key("oc_seq") {
                VIA_OC_TIME = time "Via.oc_seq.ts" "Time" key("time") detail;
            };
            VIA_OC_ALGO  = text "Via.oc_algo" "Overload Control Algorithm" key("oc_algo");
            VIA_BE_ROUTE = text "Via.be_route" "Be-Route" key("be_route");
            VIA_PARAMETER = text "Via.parameter" "Parameter" own many key("parameters");
            BAD_PORT     = problem "Via.sent-by.port.invalid" "Port is no number below 65536" key("bad_port");
        };
    };
    FROM = text "From" "From" {
        FROM_NAME = text "from.display.info" "Display Name" key("name") {
            FROM_NAME_ANY = text "display.info" "Any Display Name" alias;
        };
        FROM_URI = text "from.addr" "URI" key("uri") {
            FROM_USER  = text "from.user" "User" key("user");
            FROM_HOST  = text "from.host" "Host" key("host");
            FROM_PORT  = text "from.port" "Port" key("port");
            FROM_PARAM = text "from.param" "Parameter" key("parameters") many;
        };
        FROM_TAG = text "from.tag" "Tag" key("tag") {
            FROM_TAG_ANY = text "tag" "Any Tag" alias;
        };
        FROM_PARAMETER = text "from.parameter" "Parameter" own many key("parameters");
    };
    TO = text "To" "To" {
        TO_NAME = text "to.display.info" "Display Name" key("name") {
            TO_NAME_ANY = text "display.info" "Any Display Name" alias;
        };
        TO_URI = text "to.addr" "URI" key("uri") {
            TO_USER  = text "to.user" "User" key("user");
            TO_HOST  = text "to.host" "Host" key("host");
            TO_PORT  = text "to.port" "Port" key("port");
            TO_PARAM = text "to.param" "Parameter" key("parameters") many;
        };
        TO_TAG = text "to.tag" "Tag" key("tag") {
            TO_TAG_ANY = text "tag" "Any Tag" alias;
        };
        TO_PARAMETER = text "to.parameter" "Parameter" own many key("parameters");
    };
    CONTACT = text "Contact" "Contact" many {
        CONTACT_NAME = text "contact.display.info" "Display Name" key("name") many {
            CONTACT_NAME_ANY = text "display.info" "Any Display Name" alias;
        };
        CONTACT_URI = text "contact.uri" "URI" key("uri") many {
            CONTACT_USER  = text "contact.user" "User" key("user");
            CONTACT_HOST  = text "contact.host" "Host" key("host");
            CONTACT_PORT  = text "contact.port" "Port" key("port");
            CONTACT_PARAM = text "contact.param" "Parameter" key("parameters") many;
        };
        CONTACT_PARAMETER = text "contact.parameter" "Parameter" many key("parameters");
    };
    ROUTE = text "Route" "Route" many {
        ROUTE_NAME = text "Route.display.info" "Display Name" key("name") many {
            ROUTE_NAME_ANY = text "display.info" "Any Display Name" alias;
        };
        ROUTE_URI = text "Route.uri" "URI" key("uri") many {
            ROUTE_USER  = text "Route.user" "User" key("user");
            ROUTE_HOST  = text "Route.host" "Host" key("host");
            ROUTE_PORT  = text "Route.port" "Port" key("port");
            ROUTE_PARAM = text "Route.param" "Parameter" key("parameters") many;
        };
    };
    RECORD_ROUTE = text "Record-Route" "Record-Route" many {
        RECORD_ROUTE_NAME = text "Record-Route.display.info" "Display Name" key("name") many {
            RECORD_ROUTE_NAME_ANY = text "display.info" "Any Display Name" alias;
        };
        RECORD_ROUTE_URI = text "Record-Route.uri" "URI" key("uri") many {
            RECORD_ROUTE_USER  = text "Record-Route.user" "User" key("user");
            RECORD_ROUTE_HOST  = text "Record-Route.host" "Host" key("host");
            RECORD_ROUTE_PORT  = text "Record-Route.port" "Port" key("port");
            RECORD_ROUTE_PARAM = text "Record-Route.param" "Parameter" key("parameters") many;
        };
    };
    SERVICE_ROUTE = text "Service-Route" "Service-Route" many {
        SERVICE_ROUTE_NAME = text "Service-Route.display.info" "Display Name" key("name") many {
            SERVICE_ROUTE_NAME_ANY = text "display.info" "Any Display Name" alias;
        };
        SERVICE_ROUTE_URI = text "Service-Route.uri" "URI" key("uri") many {
            SERVICE_ROUTE_USER  = text "Service-Route.user" "User" key("user");
            SERVICE_ROUTE_HOST  = text "Service-Route.host" "Host" key("host");
            SERVICE_ROUTE_PORT  = text "Service-Route.port" "Port" key("port");
            SERVICE_ROUTE_PARAM = text "Service-Route.param" "Parameter" key("parameters") many;
        };
    };
    PATH = text "Path" "Path" many {
        PATH_NAME = text "Path.display.info" "Display Name" key("name") many {
            PATH_NAME_ANY = text "display.info" "Any Display Name" alias;
        };
        PATH_URI = text "Path.uri" "URI" key("uri") many {
            PATH_USER  = text "Path.user" "User" key("user");
            PATH_HOST  = text "Path.host" "Host" key("host");
            PATH_PORT  = text "Path.port" "Port" key("port");
            PATH_PARAM = text "Path.param" "Parameter" key("parameters") many;
        };
    };
    ASSERTED = text "P-Asserted-Identity" "P-Asserted-Identity" many {
        ASSERTED_NAME = text "pai.display.info" "Display Name" key("name") many {
            ASSERTED_NAME_ANY = text "display.info" "Any Display Name" alias;
        };
        ASSERTED_URI = text "pai.addr" "URI" key("uri") many {
            ASSERTED_USER  = text "pai.user" "User" key("user");
            ASSERTED_HOST  = text "pai.host" "Host" key("host");
            ASSERTED_PORT  = text "pai.port" "Port" key("port");
            ASSERTED_PARAM = text "pai.param" "Parameter" key("parameters") many;
        };
    };
    PREFERRED = text "P-Preferred-Identity" "P-Preferred-Identity" many {
        PREFERRED_NAME = text "ppi.display.info" "Display Name" key("name") many {
            PREFERRED_NAME_ANY = text "display.info" "Any Display Name" alias;
        };
        PREFERRED_URI = text "ppi.addr" "URI" key("uri") many {
            PREFERRED_USER  = text "ppi.user" "User" key("user");
            PREFERRED_HOST  = text "ppi.host" "Host" key("host");
            PREFERRED_PORT  = text "ppi.port" "Port" key("port");
            PREFERRED_PARAM = text "ppi.param" "Parameter" key("parameters") many;
        };
    };
    MISSING = text "Permission-Missing" "Permission-Missing" many {
        MISSING_NAME = text "pmiss.display.info" "Display Name" key("name") many {
            MISSING_NAME_ANY = text "display.info" "Any Display Name" alias;
        };
        MISSING_URI = text "pmiss.addr" "URI" key("uri") many {
            MISSING_USER  = text "pmiss.user" "User" key("user");
            MISSING_HOST  = text "pmiss.host" "Host" key("host");
            MISSING_PORT  = text "pmiss.port" "Port" key("port");
            MISSING_PARAM = text "pmiss.param" "Parameter" key("parameters") many;
        };
    };
    CONSENT = text "Trigger-Consent" "Trigger-Consent" many {
        CONSENT_NAME = text "tc.display.info" "Display Name" key("name") many {
            CONSENT_NAME_ANY = text "display.info" "Any Display Name" alias;
        };
        CONSENT_URI = text "tc.addr" "URI" key("uri") many {
            CONSENT_USER  = text "tc.user" "User" key("user");
            CONSENT_HOST  = text "tc.host" "Host" key("host");
            CONSENT_PORT  = text "tc.port" "Port" key("port");
            CONSENT_PARAM = text "tc.param" "Parameter" key("parameters") many;
        };
        CONSENT_TARGET = text "tc.target-uri" "Target URI" key("targets") many;
    };
    CSEQ = text "CSeq" "CSeq" brief("cseq ") {
        CSEQ_NUMBER = uint "CSeq.seq" "Sequence Number" key("number");
        CSEQ_METHOD = text "CSeq.method" "Method" key("method");
        BAD_CSEQ    = problem "CSeq.invalid" "Not a number and a method" own key("invalid");
    };
    RACK = text "RAck" "RAck" {
        RACK_RSEQ   = uint "RAck.RSeq.seq" "RSeq Sequence Number" key("rseq");
        RACK_CSEQ   = uint "RAck.CSeq.seq" "CSeq Sequence Number" key("cseq");
        RACK_METHOD = text "RAck.CSeq.method" "Method" key("method");
        BAD_RACK    = problem "RAck.invalid" "Not two numbers and a method" own key("invalid");
    };
    REASON = text "Reason" "Reason" many brief("reason ") {
      REASON_VALUE = group "reason.value" "Reason" own many key("reasons") {
        REASON_PROTOCOL = text "reason_protocols" "Protocol" key("protocol");
        CAUSE_Q850  = uint "reason_cause_q850" "Cause" names(CAUSES) key("cause_q850");
        CAUSE_SIP   = uint "reason_cause_sip" "Cause" names(STATUS) key("cause_sip");
        CAUSE_OTHER = uint "reason_cause_other" "Cause" key("cause_other");
        REASON_TEXT = text "reason_text" "Text" key("text");
        REASON_PARAMETER = text "reason.parameter" "Parameter" own many key("parameters");
      };
    };
    AUTHORIZATION       = text "Authorization" "Authorization" many rows(AUTH);
    PROXY_AUTHORIZATION = text "Proxy-Authorization" "Proxy-Authorization" many rows(AUTH);
    WWW_AUTHENTICATE    = text "WWW-Authenticate" "WWW-Authenticate" many rows(AUTH);
    PROXY_AUTHENTICATE  = text "Proxy-Authenticate" "Proxy-Authenticate" many rows(AUTH);
    AUTHENTICATION_INFO = text "Authentication-Info" "Authentication-Info" many rows(AUTH);
    SECURITY_CLIENT = text "Security-Client" "Security-Client" many rows(MECHANISMS);
    SECURITY_SERVER = text "Security-Server" "Security-Server" many rows(MECHANISMS);
    SECURITY_VERIFY = text "Security-Verify" "Security-Verify" many rows(MECHANISMS);
    SESSION_ID = text "Session-ID" "Session-ID" many {
        SESSION_LOCAL  = text "Session-ID.local_uuid" "Local UUID" key("local");
        SESSION_REMOTE = text "Session-ID.remote_uuid" "Remote UUID" key("remote");
        SESSION_OTHER  = text "Session-ID.sess_id" "Identifier" key("identifier");
        SESSION_PARAM  = text "Session-ID.param" "Parameters" key("parameters");
        NO_SESSION_ID  = problem "Session-ID.sess_id.invalid" "The identifier is missing" key("missing");
    };
    CHARGING = text "P-Charging-Vector" "P-Charging-Vector" many {
        CHARGING_ICID = text "icid_value" "ICID" key("icid");
        CHARGING_ADDRESS = text "icid_gen_addr" "ICID Generated at" key("generated_at");
        CHARGING_PARAMETER = text "P-Charging-Vector.parameter" "Parameter" own many key("parameters");
    };
    ACCESS_NETWORK = text "P-Access-Network-Info" "P-Access-Network-Info" many {
        ACCESS_TYPE = text "P-Access-Network-Info.access-type" "Access Type" key("type");
        ACCESS_CELL = text "P-Access-Network-Info.utran-cell-id-3gpp" "Cell" key("cell");
        ACCESS_PARAMETER = text "P-Access-Network-Info.parameter" "Parameter" own many key("parameters");
    };
    FEATURE_CAPS = text "Feature-Caps" "Feature-Caps" many {
        FEATURE_CAP = text "feature_cap" "Capability" key("capabilities") many;
    };
    OTHER = group "unrecognized_header" "Other Header Field" many key("others") {
        OTHER_NAME  = text "header.name" "Name" own key("name");
        OTHER_VALUE = text "header.value" "Value" own key("value");
    };
    REPEATED = group "header.repeated" "Header field that must not be repeated" own many key("repeated") {
        REPEATED_NAME  = text "header.name" "Name" own key("name");
        REPEATED_VALUE = text "header.value" "Value" own key("value");
    };
}

fields! {
    /// Parts of credentials and challenges: RFC 8760, RFC 7616.
    AUTH = "sip" AUTHORIZATION "Authorization";
    AUTH_ANY      = text "auth" "Any Credentials or Challenge" alias;
    AUTH_SCHEME = text "auth.scheme" "Scheme" key("scheme");
    AUTH_USERNAME = text "auth.username" "User Name" key("username");
    AUTH_REALM    = text "auth.realm" "Realm" key("realm");
    AUTH_NONCE    = text "auth.nonce" "Nonce" key("nonce");
    AUTH_URI      = text "auth.uri" "URI" key("uri");
    AUTH_RESPONSE = text "auth.digest.response" "Response" key("response");
    AUTH_ALGORITHM = text "auth.algorithm" "Algorithm" key("algorithm");
    AUTH_CNONCE   = text "auth.cnonce" "Client's Nonce" key("cnonce");
    AUTH_OPAQUE   = text "auth.opaque" "Opaque" key("opaque");
    AUTH_QOP      = text "auth.qop" "Quality of Protection" key("qop");
    AUTH_NC       = text "auth.nc" "Nonce Count" key("nc");
    AUTH_DOMAIN   = text "auth.domain" "Domain" key("domain");
    AUTH_STALE    = text "auth.stale" "Stale" key("stale");
    AUTH_AUTS     = text "auth.auts" "Authentication Token" key("auts");
    AUTH_RSPAUTH  = text "auth.rspauth" "Server's Response" key("rspauth");
    AUTH_NEXTNONCE = text "auth.nextnonce" "Next Nonce" key("nextnonce");
    AUTH_IK       = text "auth.ik" "Integrity Key" key("ik");
    AUTH_CK       = text "auth.ck" "Cipher Key" key("ck");
    AUTH_PARAMETER = text "auth.parameter" "Parameter" own many key("parameters");
}

fields! {
    /// Security mechanisms: RFC 3329, 3GPP TS 33.203 annex H.
    MECHANISMS = "sip" SECURITY_CLIENT "Security-Client";
    MECHANISM = text "sec_mechanism" "Mechanism" many key("mechanisms") {
        MECHANISM_ALG  = text "sec_mechanism.alg" "Integrity Algorithm";
        MECHANISM_EALG = text "sec_mechanism.ealg" "Encryption Algorithm";
        MECHANISM_PROT = text "sec_mechanism.prot" "Protocol";
        MECHANISM_SPI_C = uint "sec_mechanism.spi_c" "Client's SPI";
        MECHANISM_SPI_S = uint "sec_mechanism.spi_s" "Server's SPI";
        MECHANISM_PORT1 = uint "sec_mechanism.port1" "Port 1";
        MECHANISM_PORT_C = uint "sec_mechanism.port_c" "Client's Port";
        MECHANISM_PORT2 = uint "sec_mechanism.port2" "Port 2";
        MECHANISM_PORT_S = uint "sec_mechanism.port_s" "Server's Port";
        MECHANISM_PARAMETER = text "sec_mechanism.parameter" "Parameter" own many key("parameters");
        BAD_MECHANISM = problem "sec_mechanism.malformed" "Not a number in range" many key("malformed");
    };
}
