//! What programs say.

super::protocols! {
    data: DATA;
    dhcp: DHCP;
    dns: DNS;
    llmnr: LLMNR;
    mdns: MDNS;
    http: HTTP;
    media: MEDIA;
    text_lines: TEXT_LINES;
    urlencoded_form: URLENCODED_FORM;
}
