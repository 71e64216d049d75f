//! Attributes of media: RFC 8866 section 6, RFC 3605, RFC 4568, RFC 5761, RFC 8839.

use super::*;
use crate::application::http::base64;
use crate::digits::hexadecimal;

pub(super) fn read(p: &mut Packet<'_>, attribute: Part<'_>, media: &mut Media) {
    let (name, value) = attribute.cut(b':');
    let Some(value) = value else {
        media.is_multiplexed |= name.is("rtcp-mux");
        return;
    };
    name.put_any(p, &FIELD);
    let value = value.from(value.text.iter().take_while(|byte| **byte == b' ').count());
    match () {
        () if value.is_empty() => p.problem_at(&MISSING, attribute.at, attribute.text.len()),
        () if name.is("rtpmap") => rtpmap(p, value, media),
        () if name.is("fmtp") => fmtp(p, value, media),
        () if name.is("crypto") => crypto(p, value),
        () if name.is("candidate") => {
            super::words(p, value, &CANDIDATE, 6);
            let mut behind = value.words().skip(6);
            if let (Some(typ), Some(kind)) = (behind.next(), behind.next())
                && typ.is("typ")
            {
                kind.put(p, &CANDIDATE_TYPE);
            }
        }
        () => {
            if name.is("rtcp") {
                rtcp(value, media);
            }
            value.put(p, &VALUE);
        }
    }
}

/// `96 AMR-WB/16000/1`, RFC 8866 section 6.6.
fn rtpmap(p: &mut Packet<'_>, value: Part<'_>, media: &mut Media) {
    let (format, rest) = value.cut(b' ');
    format.put(p, &FORMAT);
    let Some(rest) = rest else {
        p.problem_at(&MISSING, value.at, value.text.len());
        return;
    };
    let (encoding, rate) = rest.trimmed().cut(b'/');
    encoding.put_any(p, &MIME_TYPE);
    let (rate, channels) = rate.map_or((None, None), |rate| (Some(rate.cut(b'/').0), rate.cut(b'/').1));
    if let Some(rate) = rate {
        rate.put_any(p, &SAMPLE_RATE);
    }
    if let Some(channels) = channels {
        channels.put_any(p, &CHANNELS);
    }
    if let Some(number) = format.decimal::<u8>() {
        media.map(number, encoding.text, rate.and_then(Part::decimal).unwrap_or(0));
    }
}

/// `97 mode=1;level=2`, RFC 8866 section 6.15.
fn fmtp(p: &mut Packet<'_>, value: Part<'_>, media: &Media) {
    let (format, Some(rest)) = value.cut(b' ') else {
        p.problem_at(&MISSING, value.at, value.text.len());
        return;
    };
    format.put(p, &FORMAT);
    let encoding = format.decimal::<u8>().and_then(|number| media.encoding(number)).unwrap_or_default();
    let is = |name: &str| encoding.eq_ignore_ascii_case(name.as_bytes());
    for parameter in rest.pieces(b';').map(Part::trimmed).filter(|piece| !piece.is_empty()) {
        parameter.put(p, &PARAMETER);
        let (name, Some(value)) = parameter.cut(b'=') else { continue };
        let number = value.decimal::<u32>();
        let row = match () {
            () if is("H264") && name.is("packetization-mode") => &PACKETIZATION,
            () if is("MP4V-ES") && name.is("profile-level-id") => &MPEG4_LEVEL,
            () if is("H263-1998") || is("H263-2000") => match () {
                () if name.is("profile") => &H263_PROFILE,
                () if name.is("level") => &H263_LEVEL,
                () => continue,
            },
            () if is("H264") && name.is("sprop-parameter-sets") => {
                let (first, second) = value.cut(b',');
                // Nothing is read, so nothing can be missing.
                let _ = p.under(|p| {
                    first.put_any(p, &NAL_UNIT_1);
                    if let Some(second) = second {
                        second.cut(b',').0.put_any(p, &NAL_UNIT_2);
                    }
                    Ok(())
                });
                continue;
            }
            () => continue,
        };
        if let Some(number) = number {
            p.views(value.at, value.text.len(), number, &[row]);
        }
    }
}

/// `1 AES_CM_128_HMAC_SHA1_80 inline:KEY|2^20|1:4`, RFC 4568 section 9.1.
fn crypto(p: &mut Packet<'_>, value: Part<'_>) {
    let mut all = value.words();
    let (Some(tag), Some(suite), Some(keys)) = (all.next(), all.next(), all.next()) else {
        p.problem_at(&BAD_CRYPTO, value.at, value.text.len());
        return;
    };
    if tag.put_number::<u32>(p, &CRYPTO_TAG, &BAD_CRYPTO).is_none() {
        return;
    }
    suite.put(p, &CRYPTO_SUITE);
    for key in keys.pieces(b';') {
        key.put(p, &CRYPTO_KEY);
        // Nothing is read, so nothing can be missing.
        let _ = p.under(|p| {
            one_key(p, key);
            Ok(())
        });
    }
}

fn one_key(p: &mut Packet<'_>, key: Part<'_>) {
    let (method, Some(info)) = key.cut(b':') else { return };
    if !method.is("inline") {
        return;
    }
    let (both, rest) = info.cut(b'|');
    both.put_any(p, &KEY_AND_SALT);
    // Of 16 and 14 bytes with every suite of RFC 4568 section 6.2.
    if both.text.len() == 40 && base64(both.text).all(|byte| byte.is_some()) {
        let part = |from: usize, count: usize| base64(both.text).flatten().skip(from).take(count);
        let mut put = |row, from, count| {
            p.make_text(row, both.at, both.text.len(), |out| {
                part(from, count).for_each(|byte| hexadecimal(out, &[byte]));
            });
        };
        put(&MASTER_KEY, 0, 16);
        put(&MASTER_SALT, 16, 14);
    }
    let (mut lifetime, mut mki) = (false, false);
    for part in rest.into_iter().flat_map(|rest| rest.pieces(b'|')) {
        match part.cut(b':') {
            (value, Some(length)) if !mki => {
                mki = true;
                value.put(p, &MKI);
                length.put(p, &MKI_LENGTH);
            }
            (_, None) if !lifetime => {
                lifetime = true;
                part.put(p, &LIFETIME);
            }
            _ => {}
        }
    }
}

/// `foundation component transport priority address port typ type`, RFC 8839 section 5.1.
static CANDIDATE: [&Field; 6] =
    [&FOUNDATION, &COMPONENT, &TRANSPORT, &PRIORITY, &CANDIDATE_ADDRESS, &CANDIDATE_PORT];

/// `53020 IN IP4 126.16.64.4`, RFC 3605 section 2.1.
fn rtcp(value: Part<'_>, media: &mut Media) {
    let mut all = value.words();
    media.rtcp_port = all.next().and_then(Part::decimal);
    media.rtcp_address =
        all.nth(2).and_then(|address| std::str::from_utf8(address.text).ok()?.parse().ok());
}
