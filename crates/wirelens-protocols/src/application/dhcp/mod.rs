//! Dynamic Host Configuration Protocol, RFC 2131, and BOOTP, RFC 951.

mod client;
mod long;
pub(crate) mod names;
mod options;
mod relay;
mod vendor;

use wirelens_dissect::prelude::*;

use crate::link::arp::HARDWARE;
use crate::transport::udp::UDP_PORT;

protocol! {
    DHCP = "dhcp" "DHCP" "Dynamic Host Configuration Protocol", Application;
    @ UDP_PORT 67 | 68 | 4011;
    BOOTP      = flag "bootp" "BOOTP" hidden;
    OPERATION  = uint "type" "Operation" names(names::OPERATIONS);
    HW_TYPE    = hex  "hw.type" "Hardware Type" names(HARDWARE) key("hw_type");
    HW_LENGTH  = uint "hw.len" "Hardware Address Length" detail key("hw_len");
    HOPS       = uint "hops" "Hops";
    ID         = hex  "id" "Transaction ID" brief("id ");
    SECONDS    = uint "secs" "Seconds Elapsed";
    FLAGS      = hex  "flags" "Flags" {
        BROADCAST = flag "flags.bc" "Broadcast" & 0x8000;
        RESERVED  = hex  "flags.reserved" "Reserved" & 0x7fff detail;
    };
    CLIENT     = ipv4 "ip.client" "Client IP Address" key("client_ip") brief("client ") unless_zero;
    YOUR       = ipv4 "ip.your" "Your IP Address" key("your_ip") brief("your ") unless_zero;
    SERVER     = ipv4 "ip.server" "Next Server IP Address" key("server_ip");
    RELAY      = ipv4 "ip.relay" "Relay Agent IP Address" key("relay_ip");
    MAC        = mac  "hw.mac_addr" "Client MAC Address" key("client_mac") brief("");
    HW_ADDRESS = bytes "hw.addr" "Client Hardware Address" key("client_hw_address");
    HW_PADDING = bytes "hw.addr_padding" "Client Hardware Address Padding" key("hw_padding") detail;
    SERVER_NAME = text "server" "Server Name" key("server_name");
    FILE       = text  "file" "Boot File Name";
    IN_SERVER_NAME = group "sname_options" "Options in the server name" own rows(OVERLOAD_ROWS);
    IN_FILE        = group "file_options" "Options in the boot file name" own rows(OVERLOAD_ROWS);
    COOKIE     = ipv4  "cookie" "Magic Cookie" detail;
    VENDOR     = bytes "vendor_specific_options" "Vendor Information" key("vendor_information");
    OPTION     = uint  "option.type" "Option" names(names::OPTIONS) many key("options") rows(options::ROWS);
    PADDING    = bytes "option.padding" "Padding" key("padding") detail;
    LITTLE_ENDIAN = problem "secs_le" "Seconds seem to be little-endian";
    NO_END     = problem "end_option_missing" "End option is missing" many;
}

/// What stands in a field that holds options.
static OVERLOAD_ROWS: &[&Field] = &[&OPTION];

/// 99.130.83.99, RFC 2131 section 3.
const MAGIC: u32 = 0x6382_5363;
const PAD: u8 = 0;
const OVERLOAD: u8 = 52;
const MESSAGE_TYPE: u8 = 53;
const CLASS: u8 = 60;
const END: u8 = 255;

/// What options say of the others.
#[derive(Clone, Copy, Default)]
struct Known<'a> {
    /// The vendor class, option 60, by which the vendor's options are told.
    class: &'a [u8],
    /// Fields that hold options.
    overload: u8,
    is_dhcp: bool,
    /// Those behind the cookie, for what is split over several: RFC 3396.
    options: &'a [u8],
    /// How many of them there are of each of [`long::SPLIT`] that say something.
    parts: [u16; 3],
}

impl<'a> Known<'a> {
    /// Looks through options without reading them. A later one counts as if it were a part of
    /// the first, so the first is taken.
    fn find(options: &'a [u8]) -> Known<'a> {
        let mut known = Known { options, ..Known::default() };
        for (code, value) in Each(options) {
            match (code, value) {
                (CLASS, _) if known.class.is_empty() => known.class = value,
                (OVERLOAD, &[which]) => known.overload = which,
                (MESSAGE_TYPE, _) => known.is_dhcp = true,
                _ if value.is_empty() => {}
                _ => {
                    if let Some(at) = long::SPLIT.iter().position(|&split| split == code) {
                        known.parts[at] = known.parts[at].saturating_add(1);
                    }
                }
            }
        }
        known
    }
}

/// The options that are there whole.
struct Each<'a>(&'a [u8]);

impl<'a> Iterator for Each<'a> {
    type Item = (u8, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let (&code, after) = self.0.split_first()?;
            match code {
                PAD => self.0 = after,
                END => return None,
                _ => {
                    let (&length, after) = after.split_first()?;
                    let (value, after) = after.split_at_checked(length.into())?;
                    self.0 = after;
                    return Some((code, value));
                }
            }
        }
    }
}

/// The fixed part before the cookie.
const HEADER: usize = 236;

fn dissect(p: &mut Packet<'_>) -> Step {
    let tail = p.ahead().get(HEADER..).unwrap_or_default();
    let options = tail.strip_prefix(&MAGIC.to_be_bytes());
    let known = Known::find(options.unwrap_or_default());
    p.u8(&OPERATION)?;
    let kind = p.u8(&HW_TYPE)?;
    let length = p.u8(&HW_LENGTH)?;
    p.u8(&HOPS)?;
    p.u32(&ID)?;
    seconds(p)?;
    p.u16(&FLAGS)?;
    for row in [&CLIENT, &YOUR, &SERVER, &RELAY] {
        p.ipv4(row)?;
    }
    hardware_address(p, kind, length)?;
    overloadable(p, 64, known.overload & 2 != 0, &SERVER_NAME, &IN_SERVER_NAME, known)?;
    overloadable(p, 128, known.overload & 1 != 0, &FILE, &IN_FILE, known)?;
    if p.declared_left() == 0 {
        return Ok(Next::Nothing);
    }
    if options.is_none() {
        p.rest(&VENDOR)?;
        return Ok(Next::Nothing);
    }
    p.u32(&COOKIE)?;
    if !known.is_dhcp {
        p.note(&BOOTP, 1, 0);
    }
    read_options(p, known)?;
    p.remainder(&PADDING)?;
    Ok(Next::Nothing)
}

/// Some senders have them the wrong way round: 256 seconds are less likely than one.
fn seconds(p: &mut Packet<'_>) -> Read {
    let seconds = p.peek_u16()?;
    if seconds > 0xff && seconds & 0xff == 0 {
        p.problem_at(&LITTLE_ENDIAN, p.at(), 2);
        return p.number(&SECONDS, seconds.swap_bytes().into(), 2);
    }
    p.u16(&SECONDS).map(drop)
}

fn hardware_address(p: &mut Packet<'_>, kind: u8, length: u8) -> Read {
    let length = usize::from(length).min(16);
    match (kind, length) {
        (_, 0) => {}
        (1 | 6, 6) => p.mac(&MAC).map(drop)?,
        _ => p.bytes(&HW_ADDRESS, length).map(drop)?,
    }
    if length < 16 {
        p.bytes(&HW_PADDING, 16 - length)?;
    }
    Ok(())
}

/// A field that may hold options instead of its name, RFC 2132 section 9.3.
fn overloadable(
    p: &mut Packet<'_>,
    length: usize,
    holds_options: bool,
    text: &'static Field,
    options: &'static Field,
    known: Known<'_>,
) -> Read {
    if !holds_options {
        let name = p.ahead();
        p.need(length)?;
        p.make_text(text, p.at(), length, |out| {
            out.extend(name.iter().take(length).take_while(|&&byte| byte != 0));
        });
        return p.skip(length);
    }
    // What is split is only looked for behind the cookie.
    let known = Known { parts: [0; 3], ..known };
    p.within(length, |p| p.group(options, |p| read_options(p, known)))
}

/// Reads options up to their end, RFC 2132 section 2.
fn read_options(p: &mut Packet<'_>, known: Known<'_>) -> Read {
    while p.declared_left() > 0 {
        let code = p.peek_u8()?;
        match code {
            PAD => {
                let length = p.ahead().iter().take_while(|&&byte| byte == PAD).count();
                p.mark(&OPTION, p.at(), 1, PAD.into());
                p.under(|p| p.bytes(&options::PADDING, length))?;
            }
            END => {
                return p.group_with(&OPTION, END.into(), |p| p.u8(&options::END)).map(drop);
            }
            _ => p.group_with(&OPTION, code.into(), |p| {
                p.skip(1)?;
                let length = p.u8(&options::LENGTH)?;
                p.within(length.into(), |p| options::read(p, code, known))
            })?,
        }
    }
    p.problem(&NO_END);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    /// Options with their lengths, and their end.
    fn options(all: &[(u8, &str)]) -> Vec<u8> {
        let mut bytes = Vec::new();
        for &(code, value) in all {
            let value = hex(value);
            bytes.extend([code, value.len() as u8]);
            bytes.extend(value);
        }
        bytes.push(END);
        bytes
    }

    /// A message whose server name and boot file name hold something.
    fn message(options: &[u8], server_name: &[u8], file: &[u8]) -> Vec<u8> {
        let mut bytes = hex(
            "01 01 06 00 3903f326 0003 8000 00000000 00000000 00000000 0a000001 020000000001",
        );
        for (text, end) in [(&[][..], 44), (server_name, 108), (file, HEADER)] {
            bytes.extend(text);
            bytes.resize(end, 0);
        }
        bytes.extend(MAGIC.to_be_bytes());
        bytes.extend(options);
        bytes
    }

    fn check(all: &[(u8, &str)]) -> String {
        let message = message(&options(all), b"", b"boot");
        every_prefix(&DHCP, &message);
        tree(&DHCP, &message)
    }

    #[test]
    fn a_request() {
        let all = options(&[
            (53, "03"), (61, "01020000000001"), (50, "c0a80164"), (54, "c0a80101"), (12, "686f7374"),
            (60, "4d53465420352e30"), (55, "0103060f77"), (57, "0240"), (51, "00015180"), (2, "ffffb9b0"),
            (3, "0a0000010a000002"), (25, "00440128"), (19, "01"), (80, ""),
        ]);
        let message = message(&[&all, &[0; 3][..]].concat(), b"server", b"");
        insta::assert_snapshot!(tree(&DHCP, &message));
        insta::assert_snapshot!(json(&DHCP, &message));
        every_prefix(&DHCP, &message);
    }

    #[test]
    fn options_about_clients() {
        insta::assert_snapshot!(check(&[
            (53, "01"), (61, "0000112233445566778899aabbccddeeff"), (61, "ff00000001000100011fcb37ce0200000000aa"),
            (61, "ff00000001000200000009aabb"), (61, "0061626364"), (61, "07010203"), (77, "0361626303646566"),
            (77, "69505845"), (81, "05ffff04686f7374076578616d706c6500"),
            (90, "0101000000000000000001 00000001 00112233445566778899aabbccddeeff"), (94, "010201"),
            (97, "0044332211665588770011223344556677"), (93, "0007"),
        ]));
    }

    #[test]
    fn lists_and_routes() {
        insta::assert_snapshot!(check(&[
            (53, "05"), (119, "03666f6f076578616d706c6500 03626172c004"), (120, "00 03736970076578616d706c6500"),
            (120, "01 0a000001"), (121, "18c00002 0a000001 00 0a000002 20 c0000201 00000000"), (249, "21 0000000000"),
            (21, "0a000001ffffffff0a000002ffffffff"), (33, "0a0000010a000002"), (99, "02 4445 01 02 4259"),
            (146, "010a0000010a00000203666f6f00"), (158, "04 0a000001"), (159, "06040102"),
            (212, "0c20 20010db8000000000000000000000000 0a000001"), (78, "01 0a000001"), (79, "01 73636f7065"),
            (151, "006f6b"),
        ]));
    }

    #[test]
    fn relay_agents() {
        insta::assert_snapshot!(check(&[
            (53, "02"),
            (82, "0104 61626364 0206 020000000000 0504 0a000001 0603 616263 0904 00000000 0908 0000118b 03 010101 0a0180
                0b04 0a000001 1006 020000000001 9701 ff 0502 0102 c803 010203 1300"),
        ]));
    }

    #[test]
    fn vendors_options() {
        insta::assert_snapshot!(check(&[
            (53, "02"), (60, "505845436c69656e74"),
            (43, "0104 e0000001 0202 0001 06010f 0807 0001 01 0a000001 0906 0001 03 616263 0a02 05 61 ff"),
            (125, "00000de9 0d 0406 303032363832 0503 616263"), (125, "0000118b 0a 0102 0102 0204 0a000001"),
            (125, "00000009 02 0102"), (124, "00000009 02 6162"),
        ]));
        let cable = [(53, "01"), (60, "646f63736973"), (43, "0203 45434d 0803 001122 1f06 020000000001")];
        assert!(check(&cable).contains("MTA MAC Address: 02:00:00:00:00:01"));
    }

    /// RFC 2132 section 9.3.
    #[test]
    fn names_hold_options() {
        let both = options(&[(53, "02"), (52, "03")]);
        let message = message(&both, &options(&[(12, "61")]), &options(&[(67, "62")]));
        let tree = tree(&DHCP, &message);
        assert!(tree.contains("Host Name: a\n") && tree.contains("Boot File Name: b\n"), "{tree}");
        assert!(!tree.contains("Server Name: "), "{tree}");
        every_prefix(&DHCP, &message);
    }

    #[test]
    fn lengths_that_do_not_fit_are_problems() {
        let tree = check(&[(53, "02"), (1, "0102"), (3, "010203"), (51, "0001")]);
        assert_eq!(tree.matches("! Length does not fit").count(), 3, "{tree}");
    }

    /// RFC 3396 section 5: the second name goes on in the second option.
    #[test]
    fn an_option_goes_on_in_another() {
        let tree = check(&[
            (53, "05"),
            (119, "03666f6f00 0362"),
            (12, "61"),
            (119, "617203636f6d00"),
            (121, "18c00002 0a00"),
            (121, "0001 00 0a000002"),
        ]);
        assert!(tree.contains("Part: 1/2\n") && tree.contains("Part: 2/2\n"), "{tree}");
        assert!(tree.contains("Domain: foo\n") && tree.contains("Domain: bar.com\n"), "{tree}");
        assert!(tree.contains("Subnet: 192.0.2.0\n") && tree.contains("Router: 10.0.0.2\n"), "{tree}");
        assert!(!tree.contains('!'), "{tree}");
    }

    #[test]
    fn the_end_may_not_be_missing() {
        let message = message(&hex("350102"), b"", b"");
        assert!(tree(&DHCP, &message).contains("! End option is missing"));
    }

    #[test]
    fn bootp_has_no_options() {
        let mut bytes = message(&[], b"", b"");
        bytes[HEADER] = 0;
        assert!(tree(&DHCP, &bytes).contains("Vendor Information: 00825363"));
    }
}
