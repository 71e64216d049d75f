//! What a flow is, of all that may be in frames.

use wirelens_flow::{Endpoint, KeyOptions, Options, Side};

use crate::world::{A, B, Host, World, fragment, ip, segment, tcp, udp};

fn keyed(key: &str) -> World {
    let key = KeyOptions::read(key).expect("its words are known");
    World::new(Options { key, frames: true, ..Options::default() })
}

const OUTER: [Host; 2] = [
    Host { address: std::net::Ipv4Addr::new(192, 0, 2, 1), port: 0 },
    Host { address: std::net::Ipv4Addr::new(192, 0, 2, 2), port: 0 },
];

#[test]
fn both_directions_are_one_flow() {
    let mut world = keyed("inner");
    world.udp(A, B, b"question").udp(B, A, b"answer!");
    let (flow, _) = world.only();
    assert_eq!((flow.protocol_name(), flow.opening().name()), ("udp", "first"));
    assert_eq!(flow.end(Side::Initiator).to_string(), "10.0.0.1:40000");
    let sizes: Vec<_> = flow.sizes().collect();
    assert_eq!(sizes, [(Side::Initiator, 8), (Side::Responder, 7)]);
    assert_eq!(flow.traffic(Side::Responder).overhead(), 28);
    assert_eq!(flow.community_id(0).len(), 30);
}

#[test]
fn an_exchange_of_echoes() {
    let mut world = keyed("inner");
    let echo = |kind: u8, identifier: u8| [kind, 0, 0, 0, 0, identifier, 0, 1, 9, 9];
    world.packet(&ip(1, A, B, &echo(8, 7))).packet(&ip(1, B, A, &echo(0, 7)));
    world.packet(&ip(1, A, B, &echo(8, 8)));
    world.finish();
    let seen: Vec<_> = world
        .over
        .iter()
        .map(|(flow, _)| (flow.icmp(), flow.traffic(Side::Responder).frames()))
        .collect();
    assert_eq!(seen, [(Some((8, 0)), 1), (Some((8, 0)), 0)]);
    let end = world.over[0].0.end(Side::Initiator);
    assert_eq!(end, Endpoint { address: A.address.into(), port: 0 });
}

#[test]
fn an_error_is_no_part_of_the_flow_it_quotes() {
    let mut world = keyed("inner");
    world.udp(A, B, b"x");
    let mut error = vec![3, 3, 0, 0, 0, 0, 0, 0];
    error.extend(ip(17, A, B, &udp(A, B, b"x")));
    world.packet(&ip(1, B, A, &error));
    world.finish();
    let protocols: Vec<_> = world.over.iter().map(|(flow, _)| flow.protocol_name()).collect();
    assert_eq!(protocols, ["udp", "icmp"]);
    assert_eq!(world.over[1].0.icmp(), Some((3, 3)));
}

#[test]
fn fragments_belong_to_their_datagram() {
    let mut world = keyed("inner");
    let datagram = udp(A, B, &[b'x'; 64]);
    world.packet(&fragment(17, A, B, (5, 0, true), &datagram[..32]));
    world.packet(&fragment(17, A, B, (5, 32, true), &datagram[32..64]));
    world.packet(&fragment(17, A, B, (5, 64, false), &datagram[64..]));
    let (flow, _) = world.only();
    assert_eq!(flow.frames().map(ToString::to_string).as_deref(), Some("1-3"));
    assert_eq!(flow.end(Side::Responder).port, 80);
    let mut world = keyed("inner");
    world.packet(&fragment(17, A, B, (5, 32, false), &datagram[32..]));
    assert_eq!(world.tracker.counters().lone_fragments, 1);
}

#[test]
fn tunnels_have_flows_inside_and_outside() {
    let mut inner = vec![0, 0, 8, 0];
    inner.extend(ip(6, A, B, &tcp(A, B, segment("S", 1, 0, ""))));
    let gre = ip(47, OUTER[0], OUTER[1], &inner);
    let (mut world, mut outside) = (keyed("inner"), keyed("outer"));
    let (flow, _) = world.packet(&gre).only();
    assert_eq!((flow.protocol_name(), flow.end(Side::Responder).port), ("tcp", 80));
    let names: Vec<_> = flow.outside().iter().map(|layer| layer.protocol).collect();
    assert_eq!(names, ["ip"]);
    let (flow, _) = outside.packet(&gre).only();
    assert_eq!(flow.end(Side::Initiator).to_string(), "192.0.2.1");
}

#[test]
fn vlans_are_apart_only_where_that_is_asked_for() {
    let tagged = |identifier: u8| {
        let mut frame = vec![2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x81, 0, 0, identifier, 8, 0];
        frame.extend(ip(17, A, B, &udp(A, B, b"x")));
        frame
    };
    for (key, flows) in [("inner", 1), ("inner,vlan", 2), ("tunnel", 1)] {
        let mut world = keyed(key);
        world.frame(1, &tagged(7)).frame(1, &tagged(8)).finish();
        assert_eq!(world.over.len(), flows, "{key}");
        let flow = &world.over[0].0;
        assert_eq!(flow.outside()[0].identifier, Some(7));
        assert_eq!(flow.traffic(Side::Initiator).link(), Some([2, 0, 0, 0, 0, 2]));
    }
}

#[test]
fn transports_that_are_not_dissected_have_ports_too() {
    let mut world = keyed("inner");
    world.packet(&ip(132, A, B, &[0x9c, 0x40, 0, 80, 0, 0, 0, 0, 0, 0, 0, 0]));
    let (flow, _) = world.only();
    assert_eq!((flow.protocol_name(), flow.end(Side::Responder).port), ("sctp", 80));
}

#[test]
fn frames_without_flows_are_counted() {
    let mut world = keyed("inner");
    world.packet(&[]).packet(&[0x45]).packet(&[0xff; 40]);
    let whole = ip(6, A, B, &tcp(A, B, segment("S", 1, 0, "data")));
    for length in 0..whole.len() {
        world.packet(&whole[..length]);
    }
    let counters = world.tracker.counters();
    assert_eq!(counters.frames + counters.other_frames, 3 + whole.len() as u64);
    assert!(counters.other_frames >= 3);
}
