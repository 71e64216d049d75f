//! What programs say.

mod text_line;
mod text_part;

super::protocols! {
    data: DATA;
    dhcp: DHCP;
    dhcpv6: DHCPV6;
    dns: DNS;
    ftp: FTP;
    ftp_data: FTP_DATA;
    llmnr: LLMNR;
    mdns: MDNS;
    http: HTTP;
    mbtcp: MBTCP;
    http2: HTTP2;
    labels:;
    websocket: WEBSOCKET;
    media: MEDIA;
    mime_multipart: MIME_MULTIPART;
    modbus: MODBUS;
    rtcp: RTCP;
    rtp: RTP;
    rtpevent: RTPEVENT;
    sdp: SDP;
    mqtt: MQTT;
    nbdgm: NBDGM;
    nbns: NBNS;
    netbios_name:;
    ntp: NTP;
    quic: QUIC;
    sip: SIP;
    sipfrag: SIPFRAG;
    ssdp: SSDP;
    syslog: SYSLOG;
    pop: POP;
    smtp: SMTP;
    ssh: SSH;
    telnet: TELNET;
    text_lines: TEXT_LINES;
    tls: TLS DTLS;
    tftp: TFTP;
    urlencoded_form: URLENCODED_FORM;
    wol: WOL;
}
