//! The headers that nearly all frames begin with: Ethernet, IP, TCP or UDP.

use wirelens_dissect::{Cursor, LINK_TYPE, Next, Skim, Table, Usual};

use crate::link::ethernet::{self, ETH, ETHERTYPE};
use crate::network::ipv4::{self, IP, IP_PROTO};
use crate::network::ipv6::{self, IPV6};
use crate::transport::tcp::{self, TCP, TCP_PORT};
use crate::transport::udp::{self, UDP};

const IPV4_TYPE: u32 = 0x0800;
const IPV6_TYPE: u32 = 0x86dd;
const TCP_NUMBER: u32 = 6;
const UDP_NUMBER: u32 = 17;

/// What is skimmed where nobody looks at fields.
pub(crate) static USUAL: Usual = Usual {
    layers: &[
        (&LINK_TYPE, 1, &ETH),
        (&ETHERTYPE, IPV4_TYPE, &IP),
        (&ETHERTYPE, IPV6_TYPE, &IPV6),
        (&IP_PROTO, TCP_NUMBER, &TCP),
        (&IP_PROTO, UDP_NUMBER, &UDP),
    ],
    skim,
};

fn skim(frame: &mut Skim<'_>) -> Next {
    let Some(behind) = frame.layer(0, ethernet::dissect) else { return Next::Nothing };
    let packet = match number(behind, &ETHERTYPE) {
        Some(IPV4_TYPE) => frame.layer(1, ipv4::dissect),
        Some(IPV6_TYPE) => frame.layer(2, ipv6::dissect),
        _ => None,
    };
    let Some(packet) = packet else { return behind };
    let segment = match number(packet, &IP_PROTO) {
        // Streams are put together by the packet.
        Some(TCP_NUMBER) if !frame.reassembles_for(&TCP_PORT) => frame.layer(3, tcp::dissect),
        Some(UDP_NUMBER) => frame.layer(4, udp::dissect),
        _ => None,
    };
    segment.unwrap_or(packet)
}

/// The number at which what follows is found in this table, if it is.
#[inline(always)]
fn number(next: Next, table: &'static Table) -> Option<u32> {
    match next {
        Next::In(other, number) if std::ptr::eq(table, other) => Some(number),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::*;
    use wirelens_dissect::{Detail, Dissection, Input, Registry, Session, Settings};

    const ETHERNET: &str = "02005e100002 02005e100001";
    const IPV4_HEADER: &str = "0800 45000000 1234 4000 40 11 0000 c0000201 c0000202";
    const IPV6_HEADER: &str = "86dd 60000000 0000 11 40 \
        20010db8000000000000000000000001 20010db8000000000000000000000002";
    const DATAGRAM: &str = "c000 0035 0000 0000 1234 0100 0001 0000 0000 0000 0161 00 0001 0001";
    const SEGMENT: &str = "9c40 0050 000003e8 00000001 50 18 faf0 0000 0000 474554 20 2f 0d0a0d0a";
    const OPTIONS: &str = "9c40 1f90 000003e8 00000000 a0 02 faf0 0000 0000 \
        020405b4 0402 080a 00000001 00000000 01 030307";

    /// A frame whose lengths are right, with some bytes behind the packet.
    fn frame(network: &str, transport: &str, padding: usize) -> Vec<u8> {
        let (mut frame, segment) = (hex(&format!("{ETHERNET} {network}")), hex(transport));
        let length = |bytes: usize| (bytes as u16).to_be_bytes();
        let v4 = frame[12] == 8;
        let number = if transport == DATAGRAM { 17 } else { 6 };
        if v4 {
            frame[23] = number;
            frame[16..18].copy_from_slice(&length(20 + segment.len()));
        } else {
            frame[20] = number;
            frame[18..20].copy_from_slice(&length(segment.len()));
        }
        let at = frame.len();
        frame.extend_from_slice(&segment);
        if number == 17 {
            frame[at + 4..at + 6].copy_from_slice(&length(segment.len()));
        }
        frame.extend(std::iter::repeat_n(0, padding));
        frame
    }

    /// All that headers mode tells of a frame.
    fn told(frame: &Dissection<'_>) -> String {
        let layers: Vec<_> =
            frame.layers().iter().map(|layer| (layer, frame.nodes(layer))).collect();
        format!("{layers:?} {:?} {} {:?}", frame.flow(), frame.problems(), frame.stop())
    }

    /// Two sessions that differ in whether they skim.
    fn both(reassemble: bool) -> [Session; 2] {
        let all: Vec<_> = crate::all().collect();
        let plain = Registry::new(&crate::application::data::DATA, &all);
        [plain.clone(), plain.usual(&USUAL)].map(|registry| {
            let settings = Settings { detail: Detail::Headers, reassemble, ..Settings::default() };
            Session::with(registry.shared(), settings)
        })
    }

    fn same(sessions: &mut [Session; 2], bytes: &[u8], length: usize) {
        let input =
            |captured| Input { captured, length: length as u32, link_type: 1, ..Input::default() };
        let [plain, skimmed] = sessions;
        let (plain, skimmed) =
            (told(&plain.dissect(input(bytes))), told(&skimmed.dissect(input(bytes))));
        assert_eq!(plain, skimmed, "{bytes:02x?}");
    }

    #[test]
    fn a_skim_tells_what_the_walks_tell() {
        for reassemble in [false, true] {
            let mut sessions = both(reassemble);
            for network in [IPV4_HEADER, IPV6_HEADER] {
                for transport in [DATAGRAM, SEGMENT, OPTIONS] {
                    for padding in [0, 7] {
                        let whole = frame(network, transport, padding);
                        for cut in 0..=whole.len() {
                            same(&mut sessions, &whole[..cut], whole.len());
                            same(&mut sessions, &whole[..cut], cut);
                        }
                        for at in 0..whole.len() {
                            for other in
                                [0, 1, 0x0f, 0x45, 0x60, 0xff, whole[at] ^ 0x80, whole[at] ^ 1]
                            {
                                let mut changed = whole.clone();
                                changed[at] = other;
                                same(&mut sessions, &changed, changed.len());
                            }
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn what_is_found_elsewhere_or_stopped_at_is_not_skimmed() {
        let chosen = crate::registry().with_choice(&IP_PROTO, UDP_NUMBER, &TCP).shared();
        let settings = Settings { detail: Detail::Headers, ..Settings::default() };
        let bytes = frame(IPV4_HEADER, DATAGRAM, 0);
        let chain = |registry, settings| {
            let mut session = Session::with(registry, settings);
            let input = Input {
                captured: &bytes,
                length: bytes.len() as u32,
                link_type: 1,
                ..Input::default()
            };
            session.dissect(input);
            format!("{:?}", session.dissect(input))
        };
        assert_eq!(chain(chosen, settings.clone()), "[\"eth\", \"ip\", \"tcp\"]");
        let stops = Settings { stop_after: vec![&IP], ..settings };
        assert_eq!(chain(crate::shared(), stops), "[\"eth\", \"ip\", \"data\"]");
    }
}
