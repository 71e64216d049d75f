//! Wi-Fi Simple Configuration (WPS), Wi-Fi Alliance, version 2.0.8, section 12: attributes with a
//! type and a length of two bytes each.

use wirelens_dissect::prelude::*;

use super::vendor::WPS;

static TYPES: Names = &[
    (0x1001, "AP Channel"),
    (0x1002, "Association State"),
    (0x1003, "Authentication Type"),
    (0x1004, "Authentication Type Flags"),
    (0x1005, "Authenticator"),
    (0x1008, "Configuration Methods"),
    (0x1009, "Configuration Error"),
    (0x100a, "Confirmation URL4"),
    (0x100b, "Confirmation URL6"),
    (0x100c, "Connection Type"),
    (0x100d, "Connection Types"),
    (0x100e, "Credential"),
    (0x100f, "Encryption Type"),
    (0x1010, "Encryption Type Flags"),
    (0x1011, "Device Name"),
    (0x1012, "Device Password ID"),
    (0x1014, "Enrollee Hash 1"),
    (0x1015, "Enrollee Hash 2"),
    (0x1016, "Enrollee S-Nonce 1"),
    (0x1017, "Enrollee S-Nonce 2"),
    (0x1018, "Encrypted Settings"),
    (0x101a, "Enrollee Nonce"),
    (0x101b, "Feature ID"),
    (0x101c, "Identity"),
    (0x101e, "Key Wrap Authenticator"),
    (0x101f, "Key Identifier"),
    (0x1020, "MAC"),
    (0x1021, "Manufacturer"),
    (0x1022, "Message Type"),
    (0x1023, "Model Name"),
    (0x1024, "Model Number"),
    (0x1026, "Network Index"),
    (0x1027, "Network Key"),
    (0x1028, "Network Key Index"),
    (0x102c, "OOB Device Password"),
    (0x102d, "OS Version"),
    (0x102f, "Power Level"),
    (0x1032, "Public Key"),
    (0x1039, "Registrar Nonce"),
    (0x103a, "Request Type"),
    (0x103b, "Response Type"),
    (0x103c, "RF Bands"),
    (0x103d, "Registrar Hash 1"),
    (0x103e, "Registrar Hash 2"),
    (0x103f, "Registrar S-Nonce 1"),
    (0x1040, "Registrar S-Nonce 2"),
    (0x1041, "Selected Registrar"),
    (0x1042, "Serial Number"),
    (0x1044, "Wi-Fi Protected Setup State"),
    (0x1045, "SSID"),
    (0x1047, "UUID Enrollee"),
    (0x1048, "UUID Registrar"),
    (0x1049, "Vendor Extension"),
    (0x104a, "Version"),
    (0x1053, "Selected Registrar Config Methods"),
    (0x1054, "Primary Device Type"),
    (0x1055, "Secondary Device Type List"),
    (0x1057, "AP Setup Locked"),
    (0x1058, "Application Extension"),
    (0x106a, "Requested Device Type"),
];
static MESSAGES: Names = &[
    (1, "Beacon"),
    (2, "Probe Request"),
    (3, "Probe Response"),
    (4, "M1"),
    (5, "M2"),
    (6, "M2D"),
    (7, "M3"),
    (8, "M4"),
    (9, "M5"),
    (10, "M6"),
    (11, "M7"),
    (12, "M8"),
    (13, "WSC_ACK"),
    (14, "WSC_NACK"),
    (15, "WSC_Done"),
];
static REQUESTS: Names = &[
    (0, "Enrollee, information only"),
    (1, "Enrollee, open 802.1X"),
    (2, "Registrar"),
    (3, "AP WLAN manager registrar"),
];
static RESPONSES: Names = &[
    (0, "Enrollee, information only"),
    (1, "Enrollee, open 802.1X"),
    (2, "Registrar"),
    (3, "AP"),
];
static BANDS: Names = &[(1, "2.4 GHz"), (2, "5 GHz"), (3, "2.4 and 5 GHz"), (4, "60 GHz")];
static STATES: Names = &[(1, "Not configured"), (2, "Configured")];
static PASSWORDS: Names = &[
    (0, "PIN"),
    (1, "User-specified"),
    (2, "Machine-specified"),
    (3, "Rekey"),
    (4, "Push button"),
    (5, "Registrar-specified"),
    (7, "NFC connection handover"),
];
static ASSOCIATIONS: Names = &[
    (0, "Not associated"),
    (1, "Connection success"),
    (2, "Configuration failure"),
    (3, "Association failure"),
    (4, "IP failure"),
];
static ERRORS: Names = &[
    (0, "No error"),
    (1, "OOB interface read error"),
    (2, "Decryption CRC failure"),
    (3, "2.4 GHz channel not supported"),
    (4, "5 GHz channel not supported"),
    (5, "Signal too weak"),
    (6, "Network authentication failure"),
    (7, "Network association failure"),
    (8, "No DHCP response"),
    (9, "Failed DHCP configuration"),
    (10, "IP address conflict"),
    (11, "Could not connect to registrar"),
    (12, "Multiple PBC sessions detected"),
    (13, "Rogue activity suspected"),
    (14, "Device busy"),
    (15, "Setup locked"),
    (16, "Message timeout"),
    (17, "Registration session timeout"),
    (18, "Device password authentication failure"),
    (19, "60 GHz channel not supported"),
    (20, "Public key hash mismatch"),
];
static SUBELEMENTS: Names = &[
    (0, "Version2"),
    (1, "AuthorizedMACs"),
    (2, "Network Key Shareable"),
    (3, "Request to Enroll"),
    (4, "Settings Delay Time"),
    (5, "Registrar Configuration Methods"),
];

fields! {
    /// The attributes.
    WPS_ROWS = "wps" WPS "";
    ATTRIBUTE = group "attribute" "Attribute" own many key("attributes") {
        TYPE = hex "type" "Type" names(TYPES) key("type");
        LENGTH = uint "length" "Length" detail key("length");
        AP_CHANNEL = hex "ap_channel" "AP Channel";
        ASSOCIATION_STATE = hex "association_state" "Association State" names(ASSOCIATIONS);
        AUTHENTICATION_TYPE = hex "authentication_type" "Authentication Type";
        AUTHENTICATION_TYPE_FLAGS = hex "authentication_type_flags" "Authentication Type Flags";
        AUTHENTICATOR = bytes "authenticator" "Authenticator";
        CONFIG_METHODS = hex "config_methods" "Configuration Methods" {
            CM_USBA = hex "config_methods.usba" "USB" & 0x1;
            CM_ETHERNET = hex "config_methods.ethernet" "Ethernet" & 0x2;
            CM_LABEL = hex "config_methods.label" "Label" & 0x4;
            CM_DISPLAY = hex "config_methods.display" "Display" & 0x8;
            CM_VIRT_DISPLAY = hex "config_methods.virt_display" "Virtual Display" & 0x2000;
            CM_PHY_DISPLAY = hex "config_methods.phy_display" "Physical Display" & 0x4000;
            CM_NFCEXT = hex "config_methods.nfcext" "External NFC" & 0x10;
            CM_NFCINT = hex "config_methods.nfcint" "Internal NFC" & 0x20;
            CM_NFCINF = hex "config_methods.nfcinf" "NFC Interface" & 0x40;
            CM_PUSHBUTTON = hex "config_methods.pushbutton" "Push Button" & 0x80;
            CM_VIRT_PUSHBUTTON = hex "config_methods.virt_pushbutton" "Virtual Push Button" & 0x200;
            CM_PHY_PUSHBUTTON = hex "config_methods.phy_pushbutton" "Physical Push Button" & 0x400;
            CM_KEYPAD = hex "config_methods.keypad" "Keypad" & 0x100;
        };
        CONFIGURATION_ERROR = hex "configuration_error" "Configuration Error" names(ERRORS);
        CONFIRMATION_URL4 = text "confirmation_url4" "Confirmation URL4";
        CONFIRMATION_URL6 = text "confirmation_url6" "Confirmation URL6";
        CONNECTION_TYPE = hex "connection_type" "Connection Type";
        CONNECTION_TYPE_FLAGS = hex "connection_type_flags" "Connection Types";
        CREDENTIAL = bytes "credential" "Credential";
        ENCRYPTION_TYPE = hex "encryption_type" "Encryption Type";
        ENCRYPTION_TYPE_FLAGS = hex "encryption_type_flags" "Encryption Type Flags";
        DEVICE_NAME = text "device_name" "Device Name";
        DEVICE_PASSWORD_ID = hex "device_password_id" "Device Password ID" names(PASSWORDS);
        E_HASH1 = bytes "e_hash1" "Enrollee Hash 1";
        E_HASH2 = bytes "e_hash2" "Enrollee Hash 2";
        E_SNONCE1 = bytes "e_snonce1" "Enrollee S-Nonce 1";
        E_SNONCE2 = bytes "e_snonce2" "Enrollee S-Nonce 2";
        ENCRYPTED_SETTINGS = bytes "encrypted_settings" "Encrypted Settings";
        ENROLLEE_NONCE = bytes "enrollee_nonce" "Enrollee Nonce";
        FEATURE_ID = hex "feature_id" "Feature ID";
        IDENTITY = text "identity" "Identity";
        KEY_WRAP_AUTHENTICATOR = bytes "key_wrap_authenticator" "Key Wrap Authenticator";
        KEY_IDENTIFIER = bytes "key_identifier" "Key Identifier";
        MAC_ADDRESS = mac "mac_address" "MAC";
        MANUFACTURER = text "manufacturer" "Manufacturer";
        MESSAGE_TYPE = hex "message_type" "Message Type" names(MESSAGES);
        MODEL_NAME = text "model_name" "Model Name";
        MODEL_NUMBER = text "model_number" "Model Number";
        NETWORK_INDEX = hex "network_index" "Network Index";
        NETWORK_KEY = bytes "network_key" "Network Key";
        NETWORK_KEY_INDEX = hex "network_key_index" "Network Key Index";
        OOB_DEVICE_PASSWORD = bytes "oob_device_password" "OOB Device Password";
        OS_VERSION = hex "os_version" "OS Version";
        POWER_LEVEL = hex "power_level" "Power Level";
        PUBLIC_KEY = bytes "public_key" "Public Key";
        REGISTRAR_NONCE = bytes "registrar_nonce" "Registrar Nonce";
        REQUEST_TYPE = hex "request_type" "Request Type" names(REQUESTS);
        RESPONSE_TYPE = hex "response_type" "Response Type" names(RESPONSES);
        RF_BANDS = hex "rf_bands" "RF Bands" names(BANDS);
        R_HASH1 = bytes "r_hash1" "Registrar Hash 1";
        R_HASH2 = bytes "r_hash2" "Registrar Hash 2";
        R_SNONCE1 = bytes "r_snonce1" "Registrar S-Nonce 1";
        R_SNONCE2 = bytes "r_snonce2" "Registrar S-Nonce 2";
        SELECTED_REGISTRAR = hex "selected_registrar" "Selected Registrar";
        SERIAL_NUMBER = text "serial_number" "Serial Number";
        WIFI_PROTECTED_SETUP_STATE = hex "wifi_protected_setup_state" "Wi-Fi Protected Setup State" names(STATES);
        SSID = text "ssid" "SSID";
        UUID_E = bytes "uuid_e" "UUID Enrollee";
        UUID_R = bytes "uuid_r" "UUID Registrar";
        VERSION = hex "version" "Version";
        SELECTED_REGISTRAR_CONFIG_METHODS = hex "selected_registrar_config_methods" "Selected Registrar Config Methods";
        PRIMARY_DEVICE_TYPE = bytes "primary_device_type" "Primary Device Type";
        SECONDARY_DEVICE_TYPE_LIST = bytes "secondary_device_type_list" "Secondary Device Type List";
        AP_SETUP_LOCKED = hex "ap_setup_locked" "AP Setup Locked";
        APPLICATION_EXTENSION = bytes "application_extension" "Application Extension";
        REQUESTED_DEV_TYPE = bytes "requested_dev_type" "Requested Device Type";
        VENDOR_EXTENSION = bytes "vendor_extension" "Vendor Extension" detail key("vendor_extension");
        VENDOR_ID = uint "vendor_id" "Vendor ID" key("vendor_id");
        SUBELEMENT = group "ext" "Subelement" own many key("subelements") {
            SUB_ID = uint "ext.id" "Type" names(SUBELEMENTS);
            SUB_LENGTH = uint "ext.len" "Length" detail;
            VERSION2 = hex "ext.version2" "Version2";
            AUTHORIZED = bytes "ext.authorizedmacs" "AuthorizedMACs";
            SHAREABLE = hex "ext.network_key_shareable" "Network Key Shareable";
            ENROLL = hex "ext.request_to_enroll" "Request to Enroll";
            SUB_DATA = bytes "ext.data" "Data" own;
        };
        UNKNOWN = bytes "attribute.data" "Data" own key("data");
    };
    BAD_LENGTH = problem "length.bad" "Attribute is longer than what is left" own;
}

/// How an attribute's value is read.
enum Form {
    Byte,
    Half,
    Word,
    Mac,
    Rest,
    Extension,
}

fn form(number: u16) -> (&'static Field, Form) {
    match number {
        0x1001 => (&AP_CHANNEL, Form::Half),
        0x1002 => (&ASSOCIATION_STATE, Form::Half),
        0x1003 => (&AUTHENTICATION_TYPE, Form::Half),
        0x1004 => (&AUTHENTICATION_TYPE_FLAGS, Form::Half),
        0x1005 => (&AUTHENTICATOR, Form::Rest),
        0x1008 => (&CONFIG_METHODS, Form::Half),
        0x1009 => (&CONFIGURATION_ERROR, Form::Half),
        0x100a => (&CONFIRMATION_URL4, Form::Rest),
        0x100b => (&CONFIRMATION_URL6, Form::Rest),
        0x100c => (&CONNECTION_TYPE, Form::Byte),
        0x100d => (&CONNECTION_TYPE_FLAGS, Form::Byte),
        0x100e => (&CREDENTIAL, Form::Rest),
        0x100f => (&ENCRYPTION_TYPE, Form::Half),
        0x1010 => (&ENCRYPTION_TYPE_FLAGS, Form::Half),
        0x1011 => (&DEVICE_NAME, Form::Rest),
        0x1012 => (&DEVICE_PASSWORD_ID, Form::Half),
        0x1014 => (&E_HASH1, Form::Rest),
        0x1015 => (&E_HASH2, Form::Rest),
        0x1016 => (&E_SNONCE1, Form::Rest),
        0x1017 => (&E_SNONCE2, Form::Rest),
        0x1018 => (&ENCRYPTED_SETTINGS, Form::Rest),
        0x101a => (&ENROLLEE_NONCE, Form::Rest),
        0x101b => (&FEATURE_ID, Form::Word),
        0x101c => (&IDENTITY, Form::Rest),
        0x101e => (&KEY_WRAP_AUTHENTICATOR, Form::Rest),
        0x101f => (&KEY_IDENTIFIER, Form::Rest),
        0x1020 => (&MAC_ADDRESS, Form::Mac),
        0x1021 => (&MANUFACTURER, Form::Rest),
        0x1022 => (&MESSAGE_TYPE, Form::Byte),
        0x1023 => (&MODEL_NAME, Form::Rest),
        0x1024 => (&MODEL_NUMBER, Form::Rest),
        0x1026 => (&NETWORK_INDEX, Form::Byte),
        0x1027 => (&NETWORK_KEY, Form::Rest),
        0x1028 => (&NETWORK_KEY_INDEX, Form::Byte),
        0x102c => (&OOB_DEVICE_PASSWORD, Form::Rest),
        0x102d => (&OS_VERSION, Form::Word),
        0x102f => (&POWER_LEVEL, Form::Byte),
        0x1032 => (&PUBLIC_KEY, Form::Rest),
        0x1039 => (&REGISTRAR_NONCE, Form::Rest),
        0x103a => (&REQUEST_TYPE, Form::Byte),
        0x103b => (&RESPONSE_TYPE, Form::Byte),
        0x103c => (&RF_BANDS, Form::Byte),
        0x103d => (&R_HASH1, Form::Rest),
        0x103e => (&R_HASH2, Form::Rest),
        0x103f => (&R_SNONCE1, Form::Rest),
        0x1040 => (&R_SNONCE2, Form::Rest),
        0x1041 => (&SELECTED_REGISTRAR, Form::Byte),
        0x1042 => (&SERIAL_NUMBER, Form::Rest),
        0x1044 => (&WIFI_PROTECTED_SETUP_STATE, Form::Byte),
        0x1045 => (&SSID, Form::Rest),
        0x1047 => (&UUID_E, Form::Rest),
        0x1048 => (&UUID_R, Form::Rest),
        0x104a => (&VERSION, Form::Byte),
        0x1053 => (&SELECTED_REGISTRAR_CONFIG_METHODS, Form::Half),
        0x1054 => (&PRIMARY_DEVICE_TYPE, Form::Rest),
        0x1055 => (&SECONDARY_DEVICE_TYPE_LIST, Form::Rest),
        0x1057 => (&AP_SETUP_LOCKED, Form::Byte),
        0x1058 => (&APPLICATION_EXTENSION, Form::Rest),
        0x106a => (&REQUESTED_DEV_TYPE, Form::Rest),
        0x1049 => (&VENDOR_EXTENSION, Form::Extension),
        _ => (&UNKNOWN, Form::Rest),
    }
}

/// Reads attributes up to the end.
pub(in crate::link) fn wps(p: &mut Packet<'_>) -> Read {
    while p.declared_left() > 0 {
        p.group(&ATTRIBUTE, |p| {
            let (row, form) = form(p.u16(&TYPE)?);
            let mut length = usize::from(p.u16(&LENGTH)?);
            if length > p.declared_left() {
                p.problem_at(&BAD_LENGTH, p.at() - 2, 2);
                length = p.declared_left();
            }
            if length == 0 {
                return Ok(());
            }
            p.within(length, |p| match (form, length) {
                (Form::Byte, 1) => p.u8(row).map(drop),
                (Form::Half, 2) => p.u16(row).map(drop),
                (Form::Word, 4) => p.u32(row).map(drop),
                (Form::Mac, 6) => p.mac(row).map(drop),
                (Form::Rest, _) => p.rest(row).map(drop),
                (Form::Extension, 3..) => extension(p),
                _ => p.rest(&UNKNOWN).map(drop),
            })
        })?;
    }
    Ok(())
}

const WIFI_ALLIANCE: u32 = 0x00_372a;

fn extension(p: &mut Packet<'_>) -> Read {
    p.note(&VENDOR_EXTENSION, 0, p.declared_left());
    if p.u24(&VENDOR_ID)? != WIFI_ALLIANCE {
        return Ok(());
    }
    while p.declared_left() >= 2 {
        p.group(&SUBELEMENT, |p| {
            let number = p.u8(&SUB_ID)?;
            let length = usize::from(p.u8(&SUB_LENGTH)?).min(p.declared_left());
            if length == 0 {
                return Ok(());
            }
            p.within(length, |p| match (number, length) {
                (0, 1) => p.u8(&VERSION2).map(drop),
                (1, _) => p.rest(&AUTHORIZED).map(drop),
                (2, 1) => p.u8(&SHAREABLE).map(drop),
                (3, 1) => p.u8(&ENROLL).map(drop),
                _ => p.rest(&SUB_DATA).map(drop),
            })
        })?;
    }
    Ok(())
}
