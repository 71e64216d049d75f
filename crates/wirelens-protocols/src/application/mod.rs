//! What programs say.

super::protocols! {
    data: DATA;
    dns: DNS;
    ftp: FTP;
    ftp_data: FTP_DATA;
    llmnr: LLMNR;
    mdns: MDNS;
    http: HTTP;
    http2: HTTP2;
    websocket: WEBSOCKET;
    media: MEDIA;
    text_lines: TEXT_LINES;
    tls: TLS;
    urlencoded_form: URLENCODED_FORM;
}
