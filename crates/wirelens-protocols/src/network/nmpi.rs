//! Name Management Protocol over IPX, as Microsoft's NWLink sends it.

use wirelens_dissect::prelude::*;

use super::ipx::IPX_SOCKET;
use crate::application::netbios_name;

static OPCODES: Names = &[
    (0xf1, "Claim name"),
    (0xf2, "Delete name"),
    (0xf3, "Query name"),
    (0xf4, "Name found"),
    (0xf5, "Messenger hangup"),
    (0xfc, "Mailslot write"),
    (0xfd, "Find mailslot name"),
    (0xfe, "Mailslot name found"),
];

static NAME_TYPES: Names = &[(1, "Machine"), (2, "Workgroup"), (3, "Browser")];

/// What the last byte of a NetBIOS name says, as Microsoft's programs use it.
static SERVICES: Names = &[
    (0x00, "Workstation"),
    (0x01, "Browser"),
    (0x02, "Workstation"),
    (0x03, "Messenger"),
    (0x06, "RAS server"),
    (0x1b, "Domain master browser"),
    (0x1c, "Domain controllers"),
    (0x1d, "Local master browser"),
    (0x1e, "Browser election"),
    (0x1f, "NetDDE"),
    (0x20, "Server"),
    (0x21, "RAS client"),
    (0x22, "Exchange interchange"),
    (0x23, "Exchange store"),
    (0x24, "Exchange directory"),
    (0x30, "Modem sharing server"),
    (0x31, "Modem sharing client"),
    (0x43, "SMS client remote control"),
    (0x44, "SMS remote control tool"),
    (0x45, "SMS client remote chat"),
    (0x46, "SMS client remote transfer"),
    (0xbe, "Network monitor agent"),
    (0xbf, "Network monitor application"),
];

protocol! {
    NMPI = "nmpi" "NMPI" "Name Management Protocol over IPX", Application;
    @ IPX_SOCKET 0x0551 | 0x0553;
    NETWORK   = hex  "ipx_network" "IPX Network" many key("networks");
    OPCODE    = hex  "opcode" "Opcode" names(OPCODES) brief("");
    NAME_TYPE = hex  "name_type" "Name Type" names(NAME_TYPES);
    MESSAGE   = hex  "messageid" "Message ID" key("message_id");
    REQUESTED = group "requested" "Requested Name" own rows(NAME_ROWS);
    SOURCE    = group "source" "Source Name" own rows(NAME_ROWS);
}

fields! {
    /// The rows of a NetBIOS name that is not encoded.
    NAME_ROWS = "netbios" REQUESTED "nb";
    NAME    = text "nb_name" "Name" key("name") brief("");
    SERVICE = hex  "nb_name_type" "Service" names(SERVICES) key("type");
}

const MAILSLOT_WRITE: u8 = 0xfc;
/// Networks that a packet passed, with room for eight.
const NETWORKS: usize = 32;

fn dissect(p: &mut Packet<'_>) -> Step {
    networks(p)?;
    let opcode = p.u8(&OPCODE)?;
    p.u8(&NAME_TYPE)?;
    p.u16_le(&MESSAGE)?;
    p.group(&REQUESTED, name)?;
    p.group(&SOURCE, name)?;
    Ok(if opcode == MAILSLOT_WRITE && p.declared_left() > 0 { Next::Data } else { Next::Nothing })
}

/// Reads the networks that a broadcast passed; places that are not used are zero.
pub(super) fn networks(p: &mut Packet<'_>) -> Read {
    p.within(NETWORKS, |p| {
        while p.declared_left() > 0 {
            if p.peek_u32()? == 0 {
                p.skip(4)?;
            } else {
                p.u32(&NETWORK)?;
            }
        }
        Ok(())
    })
}

/// Reads fifteen bytes of name, filled with spaces, and one that says whose it is.
pub(super) fn name(p: &mut Packet<'_>) -> Read {
    let bytes: [u8; 15] = p.peek()?;
    p.make_text(&NAME, p.at(), 15, |out| netbios_name::write(&bytes, out));
    p.skip(15)?;
    p.u8(&SERVICE).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;

    fn claim(opcode: &str, behind: &str) -> Vec<u8> {
        let networks = format!("0000000a 0000000b {}", "00".repeat(24));
        let name = "414243 202020202020202020202020 20";
        hex(&format!("{networks} {opcode} 01 0007 {name} {name} {behind}"))
    }

    #[test]
    fn a_claim() {
        insta::assert_snapshot!(tree(&NMPI, &claim("f1", "")));
        every_prefix(&NMPI, &claim("f1", ""));
    }

    #[test]
    fn a_mailslot_is_written_to() {
        assert!(tree(&NMPI, &claim("fc", "6162")).contains("Data: 6162"));
        assert!(!tree(&NMPI, &claim("f1", "6162")).contains("Data"));
    }

    #[test]
    fn names_are_sorted() {
        assert!(SERVICES.is_sorted_by_key(|&(number, _)| number));
    }
}
