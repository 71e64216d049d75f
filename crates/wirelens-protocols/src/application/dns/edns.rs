//! Extension mechanisms, RFC 6891: what the record OPT has instead of class, lifetime and data.

use wirelens_dissect::prelude::*;

use super::record::CACHE_FLUSH;
use super::{ANSWER, Flavour, Message, name, names};

fields! {
    /// The rows of OPT.
    ROWS = "dns" ANSWER "resp";
    PAYLOAD_SIZE    = uint "rr.udp_payload_size" "UDP Payload Size" key("udp_payload_size");
    PAYLOAD_SIZE_15 = uint "rr.udp_payload_size" "UDP Payload Size" & 0x7fff key("udp_payload_size");
    EXTENDED_RCODE  = hex  "resp.ext_rcode"      "Upper bits of the response code";
    VERSION         = uint "resp.edns0_version"  "EDNS Version" key("edns_version");
    Z = hex "resp.z" "Flags" key("edns_flags") {
        DNSSEC_OK = flag "resp.z.do"       "DNSSEC Answer OK" & 0x8000;
        RESERVED  = hex  "resp.z.reserved" "Reserved"         & 0x7fff;
    };
    OPTION = group "opt" "Option" many key("options") {
        CODE   = uint  "opt.code" "Code" names(names::OPTIONS);
        LENGTH = uint  "opt.len"  "Length" detail;
        DATA   = bytes "opt.data" "Data";
        DATA_READ = bytes "opt.data" "Data" detail;
        SIGNING_ALGORITHM = uint "opt.dau" "Signing Algorithm Understood" many names(names::ALGORITHMS);
        DIGEST_ALGORITHM  = uint "opt.dhu" "DS Digest Understood"         many names(names::DIGESTS);
        NSEC3_ALGORITHM   = uint "opt.n3u" "NSEC3 Hash Understood"        many names(names::NSEC3_HASHES);
        FAMILY        = uint  "opt.client.family"  "Address Family" key("client_family") names(names::FAMILIES);
        SOURCE_PREFIX = uint  "opt.client.netmask" "Source Prefix Length" key("client_netmask");
        SCOPE_PREFIX  = uint  "opt.client.scope"   "Scope Prefix Length"  key("client_scope");
        CLIENT_IPV4   = ipv4  "opt.client.addr4"   "Client Subnet" key("client_ipv4");
        CLIENT_IPV6   = ipv6  "opt.client.addr6"   "Client Subnet" key("client_ipv6");
        CLIENT_OTHER  = bytes "opt.client.addr"    "Client Subnet" key("client_address");
        CLIENT_COOKIE = bytes "opt.cookie.client"  "Client Cookie" key("client_cookie");
        SERVER_COOKIE = bytes "opt.cookie.server"  "Server Cookie" key("server_cookie");
        TIMEOUT       = uint  "opt.edns_tcp_keepalive.timeout" "Idle Timeout (100 ms)" key("timeout");
        PADDING       = bytes "opt.padding"        "Padding" detail;
        TRUST_POINT   = text  "opt.chain.fqdn"     "Closest Trust Point" key("trust_point");
        INFO_CODE     = uint  "opt.ext_error.info_code"  "Error" key("error") names(names::EXTENDED_ERRORS);
        EXTRA_TEXT    = text  "opt.ext_error.extra_text" "Text"  key("error_text");
        OLD_SUBNET    = problem "depr.opc"           "Client subnet has the code 8";
        BAD_SUBNET    = problem "rr.opt.bad_length"  "Address is longer than those of its family";
        BAD_OPTION    = problem "opt.len.bad"        "Length does not fit the option" own;
    };
}

/// Reads what stands where other records have class and lifetime.
pub(super) fn header(p: &mut Packet<'_>, message: Message) -> Read {
    if message.flavour == Flavour::Multicast {
        p.bits(p.peek_u16()?, 2, &[&PAYLOAD_SIZE_15, &CACHE_FLUSH])?;
    } else {
        p.u16(&PAYLOAD_SIZE)?;
    }
    p.u8(&EXTENDED_RCODE)?;
    p.u8(&VERSION)?;
    p.u16(&Z).map(drop)
}

pub(super) fn options(p: &mut Packet<'_>, message: Message) -> Read {
    while p.declared_left() > 0 {
        p.group(&OPTION, |p| option(p, message))?;
    }
    Ok(())
}

fn option(p: &mut Packet<'_>, message: Message) -> Read {
    let code = p.u16(&CODE)?;
    if code == EXPERIMENTAL_SUBNET {
        p.problem(&OLD_SUBNET);
    }
    let length = usize::from(p.u16(&LENGTH)?);
    p.within(length, |p| {
        if length == 0 {
            return Ok(());
        }
        p.need(length)?;
        let known = matches!(code, 5..=8 | 10..=13 | 15 | EXPERIMENTAL_SUBNET);
        p.note(if known { &DATA_READ } else { &DATA }, 0, length);
        if content(p, message, code, length).is_err() {
            p.problem(&BAD_OPTION);
        }
        Ok(())
    })
}

/// The code that Client Subnet had before RFC 7871.
const EXPERIMENTAL_SUBNET: u16 = 20730;

fn content(p: &mut Packet<'_>, message: Message, code: u16, length: usize) -> Read {
    match code {
        5..=7 => {
            let row = match code {
                5 => &SIGNING_ALGORITHM,
                6 => &DIGEST_ALGORITHM,
                _ => &NSEC3_ALGORITHM,
            };
            while p.left() > 0 {
                p.u8(row)?;
            }
            Ok(())
        }
        8 | EXPERIMENTAL_SUBNET => client_subnet(p),
        // RFC 7873 section 4.
        10 => {
            p.bytes(&CLIENT_COOKIE, 8)?;
            p.remainder(&SERVER_COOKIE)
        }
        11 if length == 2 => p.u16(&TIMEOUT).map(drop),
        11 => {
            p.problem(&BAD_OPTION);
            Ok(())
        }
        12 => p.rest(&PADDING).map(drop),
        13 => name::read(p, message, &TRUST_POINT),
        // RFC 8914 section 2.
        15 => {
            p.u16(&INFO_CODE)?;
            p.remainder(&EXTRA_TEXT)
        }
        _ => Ok(()),
    }
}

/// RFC 7871 section 6: the address without the bytes behind its prefix.
fn client_subnet(p: &mut Packet<'_>) -> Read {
    let family = p.u16(&FAMILY)?;
    p.u8(&SOURCE_PREFIX)?;
    p.u8(&SCOPE_PREFIX)?;
    let (at, part) = (p.at(), p.ahead());
    match family {
        1 => {
            let length = part.len();
            if length > 4 {
                p.problem(&BAD_SUBNET);
            }
            p.mark(&CLIENT_IPV4, at, length, prefix::<4>(part) as u64);
        }
        2 => {
            let length = part.len().min(16);
            if part.len() > 16 {
                p.problem(&BAD_SUBNET);
            }
            p.make_ipv6(&CLIENT_IPV6, at, length, prefix::<16>(part));
        }
        _ if part.is_empty() => {}
        _ => p.note(&CLIENT_OTHER, 0, part.len()),
    }
    Ok(())
}

/// The address of `N` bytes of which only the first were sent.
pub(super) fn prefix<const N: usize>(part: &[u8]) -> u128 {
    let byte = |at: usize| part.get(at).copied().unwrap_or(0);
    (0..N).fold(0, |address, at| address << 8 | u128::from(byte(at)))
}

#[cfg(test)]
mod tests {
    use super::super::messages::*;

    #[test]
    fn options_of_edns() {
        insta::assert_snapshot!(answers(&[
            (41, "0001 0002 0001 0003 0003 6e7331 0005 0002 080d 0006 0002 0102 0007 0001 01"),
            (41, "0008 0007 0001 18 00 c00002 0008 000b 0002 38 00 20010db8000000 0008 0005 0009 08 00 78"),
            (41, "0008 0009 0001 20 00 c000020778 0008 0002 0001 50fa 0004 0001 00 00"),
            (41, "000a 0008 4343434343434343 000a 0010 43434343434343435353535353535353 000a 0002 4343"),
            (41, "000b 0002 0064 000b 0000 000b 0001 00 000c 0003 000000 000d 000c ch.example."),
            (41, "000f 0007 0006 626f677573 000f 0002 0000 000f 0001 00 000e 0004 00010002"),
        ]));
    }
}
