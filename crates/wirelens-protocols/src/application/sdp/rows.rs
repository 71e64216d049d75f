//! Rows of parts that stand under several lines.

use wirelens_dissect::fields;

use super::{ATTRIBUTE, MEDIA_BANDWIDTH, MEDIA_CONNECTION, MEDIA_KEY};

fields! {
    /// Parts of `c=`.
    CONNECTION_PARTS = "sdp" MEDIA_CONNECTION "connection_info";
    NETWORK       = text "connection_info.network_type" "Network Type";
    ADDRESS_TYPE  = text "connection_info.address_type" "Address Type";
    ADDRESS       = text "connection_info.address" "Address" brief("at ");
    TTL           = text "connection_info.ttl" "TTL";
    ADDRESS_COUNT = text "connection_info.num_addr" "Number of Addresses";
}

fields! {
    /// Parts of `b=`.
    BANDWIDTH_PARTS = "sdp" MEDIA_BANDWIDTH "bandwidth";
    MODIFIER  = text "bandwidth.modifier" "Modifier";
    BANDWIDTH = text "bandwidth.value" "Value" key("bandwidth");
}

fields! {
    /// Parts of `k=`.
    KEY_PARTS = "sdp" MEDIA_KEY "encryption_key";
    KEY_TYPE = text "encryption_key.type" "Method";
    KEY_DATA = text "encryption_key.data" "Key";
}

fields! {
    /// Parts of `a=` that belongs to media.
    ATTRIBUTE_PARTS = "sdp" ATTRIBUTE "media_attr";
    FIELD       = text "media_attribute.field" "Name" key("name");
    VALUE       = text "media_attribute.value" "Value" key("text");
    FORMAT      = text "media.format" "Format" key("format");
    MIME_TYPE   = text "mime.type" "Encoding" key("encoding");
    SAMPLE_RATE = text "sample_rate" "Clock Rate" key("clock_rate");
    CHANNELS    = text "rtpmap.parameters" "Channels" own key("channels");
    PARAMETER   = text "fmtp.parameter" "Parameter" many key("parameters") {
        H263_PROFILE = uint "fmtp.h263profile" "Profile" names(H263_PROFILES) key("h263_profile");
        H263_LEVEL   = uint "fmtp.h263level" "Level" key("h263_level");
        MPEG4_LEVEL  = uint "fmtp.profile_level_id" "Level Code" key("level_code");
        PACKETIZATION = uint "fmtp.h264_packetization_mode" "Packetization Mode" names(PACKETIZATION_MODES) key("packetization_mode");
        NAL_UNIT_1   = text "nal_unit_1_string" "Parameter Set" key("parameter_set_1");
        NAL_UNIT_2   = text "nal_unit_2_string" "Parameter Set" key("parameter_set_2");
    };
    CRYPTO_TAG   = uint "crypto.tag" "Tag" key("tag");
    CRYPTO_SUITE = text "crypto.crypto_suite" "Suite" key("suite");
    CRYPTO_KEY   = group "crypto.key" "Key" own many key("keys") {
        KEY_AND_SALT = bytes "key_and_salt" "Key and Salt as Written" detail;
        MASTER_KEY   = text "crypto.master_key" "Master Key" key("master_key");
        MASTER_SALT  = text "crypto.master_salt" "Master Salt" key("master_salt");
        LIFETIME     = text "crypto.lifetime" "Lifetime" key("lifetime");
        MKI          = text "crypto.mki-valu" "Master Key Identifier" key("mki");
        MKI_LENGTH   = text "crypto.mki_length" "Length of the Identifier" key("mki_length");
    };
    BAD_CRYPTO   = problem "invalid_crypto_tag" "Not a tag, a suite and keys" key("invalid_crypto");
    FOUNDATION   = text "ice_candidate.foundation" "Foundation" key("foundation");
    COMPONENT    = text "ice_candidate.componentid" "Component ID" key("component");
    TRANSPORT    = text "ice_candidate.transport" "Transport" key("transport");
    PRIORITY     = text "ice_candidate.priority" "Priority" key("priority");
    CANDIDATE_ADDRESS = text "ice_candidate.address" "Address" key("address");
    CANDIDATE_PORT = text "ice_candidate.port" "Port" key("port");
    CANDIDATE_TYPE = text "ice_candidate.type" "Type" key("type");
}

/// RFC 4629 section 8.1.1, ITU-T H.263 annex X.
static H263_PROFILES: wirelens_dissect::Names = &[
    (0, "Baseline"),
    (1, "H.320 Coding Efficiency Version 2 Backward-Compatibility"),
    (2, "Version 1 Backward-Compatibility"),
    (3, "Version 2 Interactive and Streaming Wireless"),
    (4, "Version 3 Interactive and Streaming Wireless"),
    (5, "Conversational High Compression"),
    (6, "Conversational Internet"),
    (7, "Conversational Interlace"),
    (8, "High Latency"),
];

/// RFC 6184 section 8.1.
static PACKETIZATION_MODES: wirelens_dissect::Names =
    &[(0, "Single NAL unit"), (1, "Non-interleaved"), (2, "Interleaved")];
