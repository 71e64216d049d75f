//! What programs say.

super::protocols! {
    data: DATA;
    dns: DNS;
    ftp: FTP;
    ftp_data: FTP_DATA;
    llmnr: LLMNR;
    mdns: MDNS;
    http: HTTP;
    media: MEDIA;
    text_lines: TEXT_LINES;
    tls: TLS DTLS;
    urlencoded_form: URLENCODED_FORM;
}
