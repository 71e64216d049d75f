//! Service binding records, RFC 9460, with the keys of RFC 9461 and RFC 9848.

use wirelens_dissect::prelude::*;

use super::{ANSWER, Message, name, names};

fields! {
    /// The rows of SVCB and HTTPS.
    ROWS = "dns" ANSWER "resp";
    SVCB = group "svcb" "Service Binding" own {
        PRIORITY = uint "svcb.svcpriority" "Priority" brief("");
        TARGET   = text "svcb.targetname"  "Target Name" brief("");
        PARAMETER = group "svcb.svcparam" "Parameter" many key("svcparams") {
            KEY          = uint  "svcb.svcparam.key"          "Key" names(names::SERVICE_KEYS);
            LENGTH       = uint  "svcb.svcparam.value.length" "Length" detail key("length");
            MANDATORY    = uint  "svcb.svcparam.mandatory.key" "Mandatory Key" many key("mandatory") names(names::SERVICE_KEYS);
            ALPN_LENGTH  = uint  "svcb.svcparam.alpn.length"  "Length" many detail key("alpn_length");
            ALPN         = text  "svcb.svcparam.alpn"         "Application Protocol" many brief("");
            PORT         = uint  "svcb.svcparam.port"         "Port";
            IPV4_HINT    = ipv4  "svcb.svcparam.ipv4hint.ip"  "IPv4 Hint" many key("ipv4hint") brief("");
            ECH          = bytes "svcb.svcparam.echconfig"    "Encrypted ClientHello Configuration";
            IPV6_HINT    = ipv6  "svcb.svcparam.ipv6hint.ip"  "IPv6 Hint" many key("ipv6hint") brief("");
            ODOH         = bytes "svcb.svcparam.odohconfig"   "Oblivious DoH Keys";
            VALUE        = bytes "svcb.svcparam.value"        "Value";
        };
    };
}

pub(super) fn read(p: &mut Packet<'_>, message: Message) -> Read {
    p.group(&SVCB, |p| {
        p.u16(&PRIORITY)?;
        name::read(p, message, &TARGET)?;
        while p.declared_left() > 0 {
            p.group(&PARAMETER, parameter)?;
        }
        Ok(())
    })
}

fn parameter(p: &mut Packet<'_>) -> Read {
    let key = p.u16(&KEY)?;
    let length = usize::from(p.u16(&LENGTH)?);
    p.within(length, |p| {
        while p.declared_left() > 0 {
            match key {
                0 => drop(p.u16(&MANDATORY)?),
                1 => {
                    let length = p.u8(&ALPN_LENGTH)?;
                    p.text(&ALPN, length.into())?;
                }
                3 => return p.u16(&PORT).map(drop),
                4 => drop(p.ipv4(&IPV4_HINT)?),
                5 => drop(p.bytes(&ECH, length)?),
                6 => drop(p.ipv6(&IPV6_HINT)?),
                32769 => drop(p.bytes(&ODOH, length)?),
                _ => drop(p.bytes(&VALUE, length)?),
            }
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::super::messages::*;

    #[test]
    fn service_bindings() {
        insta::assert_snapshot!(answers(&[
            (64, r#"0001 svc.example. 0000 0004 0001 0004 0001 0006 "h2 "h3 0002 0000 0003 0002 01bb"#),
            (65, "0001 . 0004 0008 c0000207 c0000208 0005 0003 454348 0006 0010 20010db8000000000000000000000007 0007 0004 2f642f78 8001 0002 4f44"),
            (65, "0000 svc.example."),
            (65, "0001 . 0003 0001 01"),
            (65, "0001 . 0004 0003 c00002"),
        ]));
    }
}
