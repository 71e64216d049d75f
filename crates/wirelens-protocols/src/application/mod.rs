//! What programs say.

mod text_line;

super::protocols! {
    data: DATA;
    dns: DNS;
    ftp: FTP;
    ftp_data: FTP_DATA;
    llmnr: LLMNR;
    mdns: MDNS;
    http: HTTP;
    media: MEDIA;
    pop: POP;
    smtp: SMTP;
    ssh: SSH;
    telnet: TELNET;
    text_lines: TEXT_LINES;
    urlencoded_form: URLENCODED_FORM;
}
