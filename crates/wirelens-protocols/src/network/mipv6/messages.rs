//! Messages, RFC 6275 section 6.1.

use wirelens_dissect::prelude::*;

use super::MESSAGE;
use super::names::*;

fields! {
    /// What stands between the header and the options, by message.
    MESSAGE_ROWS = "mip6" MESSAGE "message";
    REFRESH = bytes "binding_refresh_request" "Reserved" detail;
    HOTI = group "hoti" "Home Test Init" own {
        HOTI_RESERVED = bytes "hoti.reserved" "Reserved" own detail;
        HOTI_COOKIE = hex "hoti.cookie" "Home Init Cookie";
    };
    COTI = group "coti" "Care-of Test Init" own {
        COTI_RESERVED = bytes "coti.reserved" "Reserved" own detail;
        COTI_COOKIE = hex "coti.cookie" "Care-of Init Cookie";
    };
    HOT = group "hot" "Home Test" own {
        HOT_INDEX  = uint "hot.nindex" "Home Nonce Index";
        HOT_COOKIE = hex  "hot.cookie" "Home Init Cookie";
        HOT_TOKEN  = hex  "hot.token" "Home Keygen Token";
    };
    COT = group "cot" "Care-of Test" own {
        COT_INDEX  = uint "cot.nindex" "Care-of Nonce Index";
        COT_COOKIE = hex  "cot.cookie" "Care-of Init Cookie";
        // tshark has no name of its own for this token.
        COT_TOKEN  = hex  "hot.token" "Care-of Keygen Token" key("token");
    };
    BU = group "bu" "Binding Update" own {
        BU_SEQUENCE = uint "bu.seqnr" "Sequence Number" brief("seq ");
        BU_A = flag "bu.a_flag" "Acknowledgement requested" & 0x8000;
        BU_H = flag "bu.h_flag" "Home registration" & 0x4000;
        BU_L = flag "bu.l_flag" "Link-local address compatibility" & 0x2000;
        BU_K = flag "bu.k_flag" "Key management compatibility" & 0x1000;
        BU_M = flag "bu.m_flag" "Registration at a mobility anchor point" & 0x0800;
        BU_R = flag "nemo.bu.r_flag" "Mobile router" & 0x0400 key("r_flag");
        BU_P = flag "bu.p_flag" "Proxy registration" & 0x0200;
        BU_F = flag "bu.f_flag" "UDP encapsulation forced" & 0x0100;
        BU_T = flag "bu.t_flag" "TLV header format" & 0x0080;
        BU_B = flag "bu.b_flag" "Bulk binding update" & 0x0040;
        BU_LIFETIME = uint "bu.lifetime" "Lifetime in units of 4 seconds" brief("lifetime ");
    };
    BA = group "ba" "Binding Acknowledgement" own {
        BA_STATUS = uint "ba.status" "Status" names(BINDING_STATUSES) brief(": ");
        BA_K = flag "ba.k_flag" "Key management compatibility" & 0x80;
        BA_R = flag "nemo.ba.r_flag" "Mobile router" & 0x40 key("r_flag");
        BA_P = flag "ba.p_flag" "Proxy registration" & 0x20;
        BA_T = flag "ba.t_flag" "TLV header format" & 0x10;
        BA_B = flag "ba.b_flag" "Bulk binding update" & 0x08;
        BA_SEQUENCE = uint "ba.seqnr" "Sequence Number" brief("seq ");
        BA_LIFETIME = uint "ba.lifetime" "Lifetime in units of 4 seconds" brief("lifetime ");
    };
    BE = group "be" "Binding Error" own {
        BE_STATUS   = uint "be.status" "Status" names(ERRORS) brief(": ");
        BE_RESERVED = bytes "be.reserved" "Reserved" own detail;
        BE_HOME     = ipv6 "be.haddr" "Home Address" brief("home ");
    };
    FBU = group "fbu" "Fast Binding Update" own {
        FBU_SEQUENCE = uint "fbu.seqnr" "Sequence Number" brief("seq ");
        FBU_A = flag "fbu.a_flag" "Acknowledgement requested" & 0x80;
        FBU_H = flag "fbu.h_flag" "Home registration" & 0x40;
        FBU_L = flag "fbu.l_flag" "Link-local address compatibility" & 0x20;
        FBU_K = flag "fbu.k_flag" "Key management compatibility" & 0x10;
        FBU_RESERVED = bytes "fbu.reserved" "Reserved" own detail;
        FBU_LIFETIME = uint "fbu.lifetime" "Lifetime in units of 4 seconds" brief("lifetime ");
    };
    FBACK = group "fback" "Fast Binding Acknowledgment" own {
        FBACK_STATUS = uint "fback.status" "Status" names(FAST_STATUSES) brief(": ");
        FBACK_K = flag "fback.k_flag" "Key management compatibility" & 0x80;
        FBACK_SEQUENCE = uint "fback.seqnr" "Sequence Number" brief("seq ");
        FBACK_LIFETIME = uint "fback.lifetime" "Lifetime in units of 4 seconds" brief("lifetime ");
    };
    NEIGHBOR = bytes "fast_neighbor_advertisement" "Reserved" detail;
    EXPERIMENT = bytes "em.data" "Data" key("data");
    HAS = group "has" "Home Agent Switch" own {
        HAS_COUNT    = uint "has.num_addrs" "Number of Addresses";
        HAS_RESERVED = hex  "has.reserved" "Reserved" detail;
        HAS_ADDRESS  = ipv6 "has.address" "Home Agent" many key("addresses") brief("to ");
    };
    HB = group "hb" "Heartbeat" own {
        HB_RESERVED = bytes "hb.reserved" "Reserved" own detail;
        HB_U = flag "hb.u_flag" "Unsolicited" & 0x02;
        HB_R = flag "hb.r_flag" "Response" & 0x01 brief("response");
        HB_SEQUENCE = uint "hb.seqnr" "Sequence Number" brief("seq ");
    };
    INITIATE = group "hi.message" "Handover Initiate" own key("hi") {
        HI_SEQUENCE = uint "hi.seqnr" "Sequence Number" key("seqnr") brief("seq ");
        HI_S = flag "hi.s_flag" "Address is to be assigned" & 0x80 key("s_flag");
        HI_U = flag "hi.u_flag" "Packets are to be buffered" & 0x40 key("u_flag");
        HI_P = flag "hi.p_flag" "Proxy" & 0x20 own key("p_flag");
        HI_F = flag "hi.f_flag" "Packets are to be forwarded" & 0x10 own key("f_flag");
        HI_CODE = uint "hi.code" "Code" key("code");
    };
    ACKNOWLEDGE = group "hack" "Handover Acknowledge" own {
        HACK_SEQUENCE = uint "hack.seqnr" "Sequence Number" brief("seq ");
        HACK_U = flag "hack.u_flag" "Packets are buffered" & 0x80 own;
        HACK_P = flag "hack.p_flag" "Proxy" & 0x40 own;
        HACK_F = flag "hack.f_flag" "Packets are forwarded" & 0x20 own;
        HACK_CODE = uint "hack.code" "Code" names(HANDOVER_CODES) brief(": ");
    };
    REVOCATION = group "bri" "Binding Revocation" own {
        BR_TYPE    = uint "bri_br.type" "Kind" key("kind") names(REVOCATIONS) brief("");
        BR_TRIGGER = uint "bri_r.trigger" "Trigger" key("trigger") names(TRIGGERS) brief(": ");
        BR_STATUS  = uint "bri_status" "Status" key("status") names(REVOCATION_STATUSES) brief(": ");
        BR_SEQUENCE = uint "bri_seqnr" "Sequence Number" key("seqnr") brief("seq ");
        BRI_P = flag "bri_ip" "Proxy binding" & 0x8000 key("p_flag");
        BRI_V = flag "bri_iv" "IPv4 home address binding only" & 0x4000 key("v_flag");
        BRI_G = flag "bri_ig" "Global" & 0x2000 key("g_flag");
        BRA_P = flag "bri_ap" "Proxy binding" & 0x8000 key("ack_p_flag");
        BRA_V = flag "bri_av" "IPv4 home address binding only" & 0x4000 key("ack_v_flag");
        BRA_G = flag "bri_ag" "Global" & 0x2000 key("ack_g_flag");
        BR_RESERVED = hex "bri_res" "Reserved" & 0x1fff key("reserved") detail;
        BR_DATA = bytes "bri.data" "Data" own;
    };
    LRI = group "lri" "Localized Routing Initiation" own {
        LRI_SEQUENCE = uint "lri.sequence" "Sequence Number" brief("seq ");
        LRI_RESERVED = hex  "lri.reserved" "Reserved" detail;
        LRI_LIFETIME = uint "lri.lifetime" "Lifetime in seconds" brief("lifetime ");
    };
    LRA = group "lra" "Localized Routing Acknowledgment" own {
        LRA_SEQUENCE = uint "lra.sequence" "Sequence Number" brief("seq ");
        LRA_U = flag "lri.unsolicited" "Unsolicited" & 0x80 key("unsolicited");
        LRA_RESERVED = hex "lra.reserved" "Reserved" & 0x7f detail;
        LRA_STATUS = uint "lra.status" "Status" names(ROUTING_STATUSES) brief(": ");
        LRA_LIFETIME = uint "lra.lifetime" "Lifetime in seconds" brief("lifetime ");
    };
    UNKNOWN = bytes "unknown_type_data" "Message Data" key("unknown");
}

/// Reads a message up to its options. False where it has none.
pub(super) fn read(p: &mut Packet<'_>, kind: u8) -> Read<bool> {
    p.group(&MESSAGE, |p| {
        match kind {
            0 => p.bytes(&REFRESH, 2).map(drop)?,
            1 => p.group(&HOTI, |p| init(p, &HOTI_RESERVED, &HOTI_COOKIE))?,
            2 => p.group(&COTI, |p| init(p, &COTI_RESERVED, &COTI_COOKIE))?,
            3 => p.group(&HOT, |p| test(p, [&HOT_INDEX, &HOT_COOKIE, &HOT_TOKEN]))?,
            4 => p.group(&COT, |p| test(p, [&COT_INDEX, &COT_COOKIE, &COT_TOKEN]))?,
            5 => p.group(&BU, update)?,
            6 => p.group(&BA, |p| {
                p.u8(&BA_STATUS)?;
                p.bits(p.peek_u8()?, 1, &[&BA_K, &BA_R, &BA_P, &BA_T, &BA_B])?;
                p.u16(&BA_SEQUENCE)?;
                p.u16(&BA_LIFETIME).map(drop)
            })?,
            7 => p.group(&BE, |p| {
                p.u8(&BE_STATUS)?;
                p.bytes(&BE_RESERVED, 1)?;
                p.ipv6(&BE_HOME).map(drop)
            })?,
            8 => p.group(&FBU, |p| {
                p.u16(&FBU_SEQUENCE)?;
                p.bits(p.peek_u8()?, 1, &[&FBU_A, &FBU_H, &FBU_L, &FBU_K])?;
                p.bytes(&FBU_RESERVED, 1)?;
                p.u16(&FBU_LIFETIME).map(drop)
            })?,
            9 => p.group(&FBACK, |p| {
                p.u8(&FBACK_STATUS)?;
                p.bits(p.peek_u8()?, 1, &[&FBACK_K])?;
                p.u16(&FBACK_SEQUENCE)?;
                p.u16(&FBACK_LIFETIME).map(drop)
            })?,
            10 => p.bytes(&NEIGHBOR, 2).map(drop)?,
            12 => p.group(&HAS, switch)?,
            13 => p.group(&HB, |p| {
                p.bytes(&HB_RESERVED, 1)?;
                p.bits(p.peek_u8()?, 1, &[&HB_U, &HB_R])?;
                p.u32(&HB_SEQUENCE).map(drop)
            })?,
            14 => p.group(&INITIATE, |p| {
                p.u16(&HI_SEQUENCE)?;
                p.bits(p.peek_u8()?, 1, &[&HI_S, &HI_U, &HI_P, &HI_F])?;
                p.u8(&HI_CODE).map(drop)
            })?,
            15 => p.group(&ACKNOWLEDGE, |p| {
                p.u16(&HACK_SEQUENCE)?;
                p.bits(p.peek_u8()?, 1, &[&HACK_U, &HACK_P, &HACK_F])?;
                p.u8(&HACK_CODE).map(drop)
            })?,
            16 => p.group(&REVOCATION, revocation)?,
            17 => p.group(&LRI, |p| {
                p.u16(&LRI_SEQUENCE)?;
                p.u16(&LRI_RESERVED)?;
                p.u16(&LRI_LIFETIME).map(drop)
            })?,
            18 => p.group(&LRA, |p| {
                p.u16(&LRA_SEQUENCE)?;
                p.bits(p.peek_u8()?, 1, &[&LRA_U, &LRA_RESERVED])?;
                p.u8(&LRA_STATUS)?;
                p.u16(&LRA_LIFETIME).map(drop)
            })?,
            // RFC 5096 leaves what is in it to the experiment.
            11 => return p.remainder(&EXPERIMENT).map(|()| false),
            _ => return p.remainder(&UNKNOWN).map(|()| false),
        }
        Ok(true)
    })
}

fn init(p: &mut Packet<'_>, reserved: &'static Field, cookie: &'static Field) -> Read {
    p.bytes(reserved, 2)?;
    p.u64(cookie).map(drop)
}

fn test(p: &mut Packet<'_>, [index, cookie, token]: [&'static Field; 3]) -> Read {
    p.u16(index)?;
    p.u64(cookie)?;
    p.u64(token).map(drop)
}

/// RFC 6275 section 6.1.7; what came later of flags in RFC 3963, 4140, 5213, 5555, 5845, 6602.
fn update(p: &mut Packet<'_>) -> Read {
    p.u16(&BU_SEQUENCE)?;
    let rows = [&BU_A, &BU_H, &BU_L, &BU_K, &BU_M, &BU_R, &BU_P, &BU_F, &BU_T, &BU_B];
    p.bits(p.peek_u16()?, 2, &rows)?;
    p.u16(&BU_LIFETIME).map(drop)
}

/// RFC 5142 section 4.
fn switch(p: &mut Packet<'_>) -> Read {
    let count = p.u8(&HAS_COUNT)?;
    p.u8(&HAS_RESERVED)?;
    for _ in 0..count {
        p.ipv6(&HAS_ADDRESS)?;
    }
    Ok(())
}

/// RFC 5846 section 5.
fn revocation(p: &mut Packet<'_>) -> Read {
    match p.u8(&BR_TYPE)? {
        1 => {
            p.u8(&BR_TRIGGER)?;
            p.u16(&BR_SEQUENCE)?;
            p.bits(p.peek_u16()?, 2, &[&BRI_P, &BRI_V, &BRI_G, &BR_RESERVED])
        }
        2 => {
            p.u8(&BR_STATUS)?;
            p.u16(&BR_SEQUENCE)?;
            p.bits(p.peek_u16()?, 2, &[&BRA_P, &BRA_V, &BRA_G, &BR_RESERVED])
        }
        _ => p.bytes(&BR_DATA, 5).map(drop),
    }
}

#[cfg(test)]
mod tests {
    use crate::network::mipv6::MIPV6;
    use crate::testing::*;

    const MESSAGES: [&str; 21] = [
        "3b 00 00 00 0000 0000",
        "3b 01 01 00 0000 0000 0102030405060708",
        "3b 01 02 00 0000 0000 0102030405060708",
        "3b 02 03 00 0000 0001 0102030405060708 1112131415161718",
        "3b 02 04 00 0000 0002 0102030405060708 1112131415161718",
        "3b 01 05 00 0000 03e8 ffc0 0e10 0102 0000",
        "3b 01 06 00 0000 87 f8 002a 0008 0102 0000",
        "3b 02 07 00 0000 02 00 20010db8000000000000000000000001",
        "3b 01 08 00 0000 0001 f000 0010 0102 0000",
        "3b 01 09 00 0000 01 80 0001 0010 0102 0000",
        "3b 00 0a 00 0000 0000",
        "3b 00 0b 00 0000 abcd",
        "3b 02 0c 00 0000 01 00 20010db8000000000000000000000001",
        "3b 01 0d 00 0000 0003 00000007 0102 0000",
        "3b 01 0e 00 0000 0001 f0 03 0104 00000000",
        "3b 01 0f 00 0000 0001 e0 80 0104 00000000",
        "3b 01 10 00 0000 01 05 0001 e000 0102 0000",
        "3b 01 10 00 0000 02 03 0001 e000 0102 0000",
        "3b 01 11 00 0000 0001 0000 003c 0102 0000",
        "3b 01 12 00 0000 0001 80 81 003c 0102 0000",
        "3b 00 63 00 0000 abcd",
    ];

    #[test]
    fn one_of_each() {
        let all: String = MESSAGES.iter().map(|message| tree(&MIPV6, &hex(message))).collect();
        insta::assert_snapshot!(all);
    }

    #[test]
    fn every_prefix_of_each() {
        for message in MESSAGES {
            every_prefix(&MIPV6, &hex(message));
        }
    }
}
