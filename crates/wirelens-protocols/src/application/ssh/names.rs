//! IANA, "Secure Shell (SSH) Protocol Parameters".

use wirelens_dissect::Names;

/// Message numbers, RFC 4250 section 4.1.
pub(super) static CODES: Names = &[
    (1, "Disconnect"),
    (2, "Ignore"),
    (3, "Unimplemented"),
    (4, "Debug"),
    (5, "Service Request"),
    (6, "Service Accept"),
    (7, "Extension Info"),
    (8, "New Compression"),
    (20, "Key Exchange Init"),
    (21, "New Keys"),
    (50, "User Authentication Request"),
    (51, "User Authentication Failure"),
    (52, "User Authentication Success"),
    (53, "User Authentication Banner"),
    (60, "User Authentication Info Request"),
    (61, "User Authentication Info Response"),
    (80, "Global Request"),
    (81, "Request Success"),
    (82, "Request Failure"),
    (90, "Channel Open"),
    (91, "Channel Open Confirmation"),
    (92, "Channel Open Failure"),
    (93, "Channel Window Adjust"),
    (94, "Channel Data"),
    (95, "Channel Extended Data"),
    (96, "Channel EOF"),
    (97, "Channel Close"),
    (98, "Channel Request"),
    (99, "Channel Success"),
    (100, "Channel Failure"),
    (192, "Ping"),
    (193, "Pong"),
];

/// RFC 4253 section 8.
pub(super) static CODES_DH: Names =
    &[(30, "Diffie-Hellman Key Exchange Init"), (31, "Diffie-Hellman Key Exchange Reply")];

/// RFC 4419 section 5.
pub(super) static CODES_GEX: Names = &[
    (30, "Diffie-Hellman Group Exchange Request (Old)"),
    (31, "Diffie-Hellman Group Exchange Group"),
    (32, "Diffie-Hellman Group Exchange Init"),
    (33, "Diffie-Hellman Group Exchange Reply"),
    (34, "Diffie-Hellman Group Exchange Request"),
];

/// RFC 5656 section 7.1.
pub(super) static CODES_ECDH: Names = &[
    (30, "Elliptic Curve Diffie-Hellman Key Exchange Init"),
    (31, "Elliptic Curve Diffie-Hellman Key Exchange Reply"),
];

/// Messages of version 1 before it is encrypted.
pub(super) static CODES_1: Names =
    &[(0, "No Message"), (1, "Disconnect"), (2, "Public Key"), (3, "Session Key"), (4, "User")];

/// RFC 4253 section 11.1.
pub(super) static REASONS: Names = &[
    (1, "Host not allowed to connect"),
    (2, "Protocol error"),
    (3, "Key exchange failed"),
    (4, "Reserved"),
    (5, "MAC error"),
    (6, "Compression error"),
    (7, "Service not available"),
    (8, "Protocol version not supported"),
    (9, "Host key not verifiable"),
    (10, "Connection lost"),
    (11, "By application"),
    (12, "Too many connections"),
    (13, "Authentication cancelled by user"),
    (14, "No more authentication methods available"),
    (15, "Illegal user name"),
];
