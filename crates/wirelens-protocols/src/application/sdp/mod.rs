//! Session Description Protocol: RFC 8866.
//!
//! What it offers opens conversations: each media line with an address and a port, RTP there and
//! RTCP at the port behind it or where `a=rtcp` says.

mod attributes;
mod rows;
mod session;

use wirelens_dissect::prelude::*;

use super::rtp::payload_type;
use super::text_part::{Part, line};
use rows::*;
use session::{Media, Session};

protocol! {
    SDP = "sdp" "SDP" "Session Description Protocol", Application;
    VERSION = text "version" "Version (v)" many;
    OWNER   = text "owner" "Origin (o)" many {
        OWNER_USER    = text "owner.username" "User Name";
        OWNER_SESSION = text "owner.sessionid" "Session ID";
        OWNER_VERSION = text "owner.version" "Session Version";
        OWNER_NETWORK = text "owner.network_type" "Network Type";
        OWNER_TYPE    = text "owner.address_type" "Address Type";
        OWNER_ADDRESS = text "owner.address" "Address";
    };
    NAME     = text "session_name" "Session Name (s)" many;
    INFO     = text "session_info" "Session Information (i)" many;
    URI      = text "uri" "URI of Description (u)" many;
    EMAIL    = text "email" "E-mail Address (e)" many;
    PHONE    = text "phone" "Phone Number (p)" many;
    SESSION_CONNECTION = text "connection_info" "Connection (c)" many key("connection") rows(CONNECTION_PARTS);
    SESSION_BANDWIDTH  = text "bandwidth" "Bandwidth (b)" many rows(BANDWIDTH_PARTS);
    TIME     = text "time" "Active Time (t)" many {
        START = text "time.start" "Start";
        STOP  = text "time.stop" "Stop";
    };
    REPEAT   = text "repeat_time" "Repeat Times (r)" many {
        INTERVAL = text "repeat_time.interval" "Interval";
        DURATION = text "repeat_time.duration" "Duration";
        OFFSET   = text "repeat_time.offset" "Offset" many;
    };
    ZONES    = text "timezone" "Time Zone Adjustments (z)" many {
        ZONE_TIME   = text "timezone.time" "Time" many;
        ZONE_OFFSET = text "timezone.offset" "Offset" many;
    };
    SESSION_KEY = text "encryption_key" "Encryption Key (k)" many rows(KEY_PARTS);
    SESSION_ATTRIBUTE = text "session_attr" "Attribute (a)" many key("attributes") {
        SESSION_FIELD = text "session_attr.field" "Name" key("name");
        SESSION_VALUE = text "session_attr.value" "Value" key("text");
    };
    SECTION = group "section" "Media" own many key("media") {
        MEDIA = text "media" "Media Description (m)" key("description") {
            MEDIA_TYPE   = text "media.media" "Type" key("type") brief("");
            MEDIA_PORT_TEXT = text "media.port_string" "Port as Written" key("port_text") detail;
            MEDIA_PORT   = uint "media.port" "Port" key("port") brief("");
            MEDIA_COUNT  = text "media.portcount" "Number of Ports" key("port_count");
            MEDIA_PROTOCOL = text "media.proto" "Protocol" key("protocol") brief("");
            MEDIA_FORMAT = text "media.format" "Format" key("formats") many {
                MEDIA_NUMBER = uint "media.payload_type" "Payload Type" own key("payload_type");
            };
            BAD_MEDIA_PORT = problem "invalid_media_port" "Port is no number below 65536" key("invalid_port");
        };
        TITLE      = text "media_title" "Title (i)" many key("title");
        MEDIA_CONNECTION = text "connection_info" "Connection (c)" many key("connection") rows(CONNECTION_PARTS);
        MEDIA_BANDWIDTH  = text "bandwidth" "Bandwidth (b)" many rows(BANDWIDTH_PARTS);
        MEDIA_KEY  = text "encryption_key" "Encryption Key (k)" many rows(KEY_PARTS);
        ATTRIBUTE  = text "media_attr" "Attribute (a)" many key("attributes") rows(ATTRIBUTE_PARTS);
    };
    UNKNOWN = text "unknown" "Unknown Line" many shared;
    INVALID = text "invalid" "Not a Line" many shared;
    DATA    = bytes "data" "Data behind the description" shared;
    NO_EQUAL = problem "invalid_line.no_equal" "A line has no equals sign" many shared;
    MISSING  = problem "invalid_line.missing_fields" "A line lacks required fields" many shared;
}

fn dissect(p: &mut Packet<'_>) -> Step {
    let mut session = Session::default();
    while p.left() > 0 {
        match p.ahead() {
            [b'm', b'=', ..] => {
                let mut media = Media::default();
                p.group(&SECTION, |p| section(p, &mut media))?;
                session.opens(p, media);
            }
            _ if !one(p, &mut Of::Session(&mut session))? => break,
            _ => {}
        }
    }
    session.expect(p);
    p.remainder(&DATA)?;
    Ok(Next::Nothing)
}

/// A media line and those that belong to it.
fn section(p: &mut Packet<'_>, media: &mut Media) -> Read {
    let ahead = p.ahead();
    let (length, text) = line(ahead);
    let value = Part { text: &ahead[2..text], at: p.at() + 2 };
    put(p, &MEDIA, text, value);
    p.under(|p| {
        media_line(p, value, media);
        Ok(())
    })?;
    p.skip(length)?;
    let mut of = Of::Media(media);
    while p.left() > 0 && !p.ahead().starts_with(b"m=") && one(p, &mut of)? {}
    Ok(())
}

/// What a line belongs to.
enum Of<'a> {
    Session(&'a mut Session),
    Media(&'a mut Media),
}

/// Another line. False where the description ends.
fn one(p: &mut Packet<'_>, of: &mut Of<'_>) -> Read<bool> {
    let ahead = p.ahead();
    let (length, text) = line(ahead);
    let (kind, equals) = match ahead[..text] {
        [kind, equals, ..] => (kind, equals),
        _ => return Ok(false),
    };
    if equals != b'=' {
        p.text(&INVALID, text)?;
        p.problem_at(&NO_EQUAL, p.at() - text, text);
        p.skip(length - text)?;
        return Ok(true);
    }
    let value = Part { text: &ahead[2..text], at: p.at() + 2 };
    let inside = matches!(of, Of::Media(_));
    let row = match kind {
        b'v' => &VERSION,
        b'o' => &OWNER,
        b's' => &NAME,
        b'i' if inside => &TITLE,
        b'i' => &INFO,
        b'u' => &URI,
        b'e' => &EMAIL,
        b'p' => &PHONE,
        b'c' if inside => &MEDIA_CONNECTION,
        b'c' => &SESSION_CONNECTION,
        b'b' if inside => &MEDIA_BANDWIDTH,
        b'b' => &SESSION_BANDWIDTH,
        b't' => &TIME,
        b'r' => &REPEAT,
        b'z' => &ZONES,
        b'k' if inside => &MEDIA_KEY,
        b'k' => &SESSION_KEY,
        b'a' if inside => &ATTRIBUTE,
        b'a' => &SESSION_ATTRIBUTE,
        _ => {
            p.text(&UNKNOWN, text)?;
            p.skip(length - text)?;
            return Ok(true);
        }
    };
    put(p, row, text, value);
    p.under(|p| {
        match kind {
            b'o' => words(p, value, &OWNER_WORDS, 6),
            b'c' => {
                let address = connection(p, value);
                match of {
                    Of::Media(media) => media.address = address,
                    Of::Session(session) => session.address = address,
                }
            }
            b'b' => {
                if let (modifier, Some(number)) = value.cut(b':') {
                    modifier.put_any(p, &MODIFIER);
                    number.put_any(p, &BANDWIDTH);
                }
            }
            b't' => words(p, value, &[&START, &STOP], 2),
            b'r' => repeat(p, value),
            b'z' => {
                for (index, word) in value.words().enumerate() {
                    word.put(p, if index % 2 == 0 { &ZONE_TIME } else { &ZONE_OFFSET });
                }
            }
            b'k' => {
                let (method, key) = value.cut(b':');
                method.put_any(p, &KEY_TYPE);
                if let Some(key) = key {
                    key.put_any(p, &KEY_DATA);
                }
            }
            b'a' => match of {
                Of::Media(media) => attributes::read(p, value, media),
                Of::Session(_) => {
                    if let (name, Some(value)) = value.cut(b':') {
                        name.put_any(p, &SESSION_FIELD);
                        value.put_any(p, &SESSION_VALUE);
                    }
                }
            },
            _ => {}
        }
        Ok(())
    })?;
    p.skip(length)?;
    Ok(true)
}

/// Records the value of a line over the whole of it.
fn put(p: &mut Packet<'_>, row: &'static Field, length: usize, value: Part<'_>) {
    p.make_text(row, p.at(), length, |text| text.extend_from_slice(value.text));
}

static OWNER_WORDS: [&Field; 6] =
    [&OWNER_USER, &OWNER_SESSION, &OWNER_VERSION, &OWNER_NETWORK, &OWNER_TYPE, &OWNER_ADDRESS];

/// Words that have a row each. Fewer than `least` are a problem.
fn words(p: &mut Packet<'_>, value: Part<'_>, rows: &[&'static Field], least: usize) {
    let mut count = 0;
    for (word, row) in value.words().zip(rows) {
        word.put(p, row);
        count += 1;
    }
    if count < least {
        p.problem_at(&MISSING, value.at, value.text.len());
    }
}

fn repeat(p: &mut Packet<'_>, value: Part<'_>) {
    for (index, word) in value.words().enumerate() {
        word.put(p, [&INTERVAL, &DURATION][..].get(index).copied().unwrap_or(&OFFSET));
    }
}

/// `IN IP4 224.2.1.1/127/3`, RFC 8866 section 5.7.
fn connection(p: &mut Packet<'_>, value: Part<'_>) -> Option<std::net::IpAddr> {
    let mut all = value.words();
    let (Some(network), Some(kind), Some(address)) = (all.next(), all.next(), all.next()) else {
        p.problem_at(&MISSING, value.at, value.text.len());
        return None;
    };
    network.put(p, &NETWORK);
    kind.put(p, &ADDRESS_TYPE);
    let (address, rest) = address.cut(b'/');
    address.put_any(p, &ADDRESS);
    if let Some(rest) = rest {
        let (ttl, count) = rest.cut(b'/');
        ttl.put_any(p, &TTL);
        if let Some(count) = count {
            count.put_any(p, &ADDRESS_COUNT);
        }
    }
    std::str::from_utf8(address.text).ok()?.parse().ok()
}

/// `audio 49170/2 RTP/AVP 0 96`, RFC 8866 section 5.14.
fn media_line(p: &mut Packet<'_>, value: Part<'_>, media: &mut Media) {
    let mut all = value.words();
    let (Some(kind), Some(port), Some(protocol)) = (all.next(), all.next(), all.next()) else {
        p.problem_at(&MISSING, value.at, value.text.len());
        return;
    };
    kind.put(p, &MEDIA_TYPE);
    let (port, count) = port.cut(b'/');
    port.put_any(p, &MEDIA_PORT_TEXT);
    media.port = port.put_number::<u16>(p, &MEDIA_PORT, &BAD_MEDIA_PORT).unwrap_or(0);
    if let Some(count) = count {
        count.put_any(p, &MEDIA_COUNT);
    }
    protocol.put(p, &MEDIA_PROTOCOL);
    // Numbers of formats are payload types only with RTP's profiles, RFC 8866 section 5.14.
    let is_one_of = |profiles: &[&str]| profiles.iter().any(|profile| protocol.is(profile));
    media.is_encrypted =
        is_one_of(&["RTP/SAVP", "RTP/SAVPF", "UDP/TLS/RTP/SAVP", "UDP/TLS/RTP/SAVPF"]);
    media.is_rtp = media.is_encrypted || is_one_of(&["RTP/AVP", "RTP/AVPF"]);
    let named = protocol.text.starts_with(b"RTP/") || protocol.text.starts_with(b"UDP/TLS/RTP/");
    for format in all {
        let number = format.decimal::<u8>().filter(|number| *number < 128 && named);
        match number {
            Some(number) => {
                p.make_text(&MEDIA_FORMAT, format.at, format.text.len(), |text| {
                    payload_type::write_name(number, text);
                });
                p.views(format.at, format.text.len(), number, &[&MEDIA_NUMBER]);
            }
            None => format.put(p, &MEDIA_FORMAT),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::application::sip::SIP;
    use crate::network::ipv4::IP;
    use crate::testing::*;
    use wirelens_dissect::{Session, Settings};

    /// RFC 8866 section 5, with attributes of other RFCs.
    const DESCRIPTION: &[u8] = b"v=0\r\n\
        o=jdoe 3724394400 3724394405 IN IP4 198.51.100.1\r\n\
        s=Call to John Smith\r\ni=SDP Offer #1\r\nu=http://www.jdoe.example.com/home.html\r\n\
        e=Jane Doe <jane@jdoe.example.com>\r\np=+1 617 555-6011\r\n\
        c=IN IP4 233.252.0.1/127/3\r\nb=CT:128\r\nt=3724394400 3724398000\r\nr=7d 1h 0 25h\r\n\
        z=3724394400 -1h 3724484400 0\r\nk=clear:password\r\na=recvonly\r\na=tool:x y\r\n\
        m=audio 49170/2 RTP/AVP 0 96 abc\r\ni=title\r\nc=IN IP6 2001:db8::2\r\nb=AS:64\r\n\
        a=rtpmap:96 opus/48000/2\r\na=fmtp:96 useinbandfec=1; stereo=1\r\na=rtcp:53020\r\na=ptime:20\r\n\
        m=video 51372 RTP/SAVP 99 97\r\na=rtpmap:97 H264/90000\r\n\
        a=fmtp:97 packetization-mode=1;sprop-parameter-sets=Z0IACpZTBYmI,aMljiA==\r\n\
        a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:MTIzNDU2Nzg5QUJDREUwMTIzNDU2Nzg5QUJjZGVm|2^20|1:4\r\n\
        a=candidate:1 1 UDP 2130706431 10.0.1.1 8998 typ host\r\na=rtcp-mux\r\n\
        m=image x udptl t38\r\nx=unknown\r\nno equals\r\nc=IN IP4\r\n\r\nbehind";

    #[test]
    fn a_description() {
        insta::assert_snapshot!(tree(&SDP, DESCRIPTION));
        insta::assert_snapshot!(json(&SDP, DESCRIPTION));
    }

    #[test]
    fn every_prefix_of_it() {
        every_prefix(&SDP, DESCRIPTION);
    }

    /// A datagram between two hosts, 192.0.2.10 and 192.0.2.20.
    fn datagram(from: (u8, u16), to: (u8, u16), payload: &[u8]) -> Vec<u8> {
        let mut bytes = vec![0x45, 0];
        bytes.extend((28 + payload.len() as u16).to_be_bytes());
        bytes.extend([0, 1, 0, 0, 64, 17, 0, 0, 192, 0, 2, from.0, 192, 0, 2, to.0]);
        bytes.extend(from.1.to_be_bytes());
        bytes.extend(to.1.to_be_bytes());
        bytes.extend((8 + payload.len() as u16).to_be_bytes());
        bytes.extend([0, 0]);
        bytes.extend(payload);
        bytes
    }

    fn offer(description: &str) -> Vec<u8> {
        let text = format!("INVITE sip:a SIP/2.0\r\nc: application/sdp\r\n\r\n{description}");
        datagram((10, 5060), (20, 5060), text.as_bytes())
    }

    const RTP_PACKET: &str = "8000 0001 00000002 00000003 aabbccdd";
    const RTCP_PACKET: &str = "80c9 0001 00000003";

    #[test]
    fn it_opens_conversations() {
        let mut session = Session::new(crate::shared());
        let description = "v=0\r\nc=IN IP4 192.0.2.10\r\nm=audio 4000 RTP/AVP 0\r\n\
            m=audio 5000 RTP/AVP 96\r\na=rtpmap:96 telephone-event/8000\r\na=rtcp:7000\r\n\
            m=audio 6000 RTP/AVP 0\r\na=rtcp-mux\r\nm=audio 0 RTP/AVP 0\r\nm=text 9000 TCP/X 0\r\n";
        let tree = tree_in(&mut session, &IP, &offer(description));
        assert!(tree.contains("Session Description"), "{tree}");
        let mut see = |port, other, packet| {
            let tree = tree_in(&mut session, &IP, &datagram((20, other), (10, port), &hex(packet)));
            ["RTP Telephone Event", "Real-time Transport", "RTP Control"].map(|name| tree.contains(name))
        };
        let (event, rtp) = ([true, true, false], [false, true, false]);
        let (rtcp, data) = ([false, false, true], [false; 3]);
        assert_eq!(see(4000, 8000, RTP_PACKET), rtp);
        assert_eq!(see(4000, 8002, RTP_PACKET), rtp, "of another sender");
        assert_eq!(see(4001, 8001, "80d2 0001 00000003"), rtcp, "of any type");
        assert_eq!(see(4001, 8001, RTP_PACKET), data);
        assert_eq!(see(5000, 8000, "8060 0001 00000002 00000003 018a00a0"), event);
        assert_eq!(see(5001, 8001, "80d2 0001 00000003"), data);
        assert_eq!(see(7000, 8001, "80d2 0001 00000003"), rtcp);
        assert_eq!(see(6000, 8001, RTCP_PACKET), [false, true, true], "at the port of RTP");
        assert_eq!(see(6000, 8001, RTP_PACKET), rtp);
        assert_eq!(see(9000, 8001, RTP_PACKET), data);
    }

    /// RFC 3264 section 8.4: media on hold.
    #[test]
    fn nothing_is_expected_without_an_address() {
        let mut session = Session::new(crate::shared());
        for address in ["0.0.0.0", "host.example"] {
            tree_in(&mut session, &IP, &offer(&format!("v=0\r\nc=IN IP4 {address}\r\nm=audio 4000 RTP/AVP 0\r\n")));
        }
        let media = datagram((20, 8000), (10, 4000), &hex(RTP_PACKET));
        assert!(!tree_in(&mut session, &IP, &media).contains("Real-time Transport"));
    }

    #[test]
    fn what_is_expected_is_bounded() {
        let mut session = Session::with(crate::shared(), Settings::default());
        let mut description = String::from("v=0\r\nc=IN IP4 192.0.2.10\r\n");
        for port in 1..=100 {
            description += &format!("m=audio {} RTP/AVP 0\r\n", 2 * port + 4000);
        }
        tree_in(&mut session, &IP, &offer(&description));
        let media = datagram((20, 8000), (10, 4100), &hex(RTP_PACKET));
        assert!(!tree_in(&mut session, &IP, &media).contains("Real-time Transport"));
    }

    #[test]
    fn lines_may_end_with_lf_alone() {
        let tree = tree(&SDP, b"v=0\ns=a\nm=audio 5006 RTP/AVP 0\na=x:y\n");
        assert!(tree.contains("Session Name (s): a\n") && tree.contains("Value: y\n"), "{tree}");
    }

    #[test]
    fn it_is_a_body_of_sip() {
        let message = b"OPTIONS sip:a SIP/2.0\r\nc: application/sdp;x=y\r\n\r\nv=0\r\n";
        assert!(tree(&SIP, message).contains("Version (v): 0"));
    }
}
