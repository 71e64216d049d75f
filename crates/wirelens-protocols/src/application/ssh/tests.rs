use super::*;
use crate::testing::*;
use wirelens_dissect::Session;

fn hello() -> Vec<u8> {
    b"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n".to_vec()
}

/// A packet of a message, padded to eight bytes.
fn packed(message: &[u8]) -> Vec<u8> {
    let padding = 4 + (8 - (message.len() + 5 + 4) % 8) % 8;
    let mut bytes = ((message.len() + padding + 1) as u32).to_be_bytes().to_vec();
    bytes.push(padding as u8);
    bytes.extend_from_slice(message);
    bytes.extend(std::iter::repeat_n(0, padding));
    bytes
}

fn text(bytes: &mut Vec<u8>, text: &[u8]) {
    bytes.extend((text.len() as u32).to_be_bytes());
    bytes.extend_from_slice(text);
}

fn offer_of(kex: &str) -> Vec<u8> {
    let mut bytes = vec![20];
    bytes.extend([7; 16]);
    let lists = [kex, "ssh-ed25519", "aes128-ctr", "aes256-ctr", "hmac-sha1", "hmac-sha2-256", "none", "zlib", "", ""];
    for list in lists {
        text(&mut bytes, list.as_bytes());
    }
    bytes.extend([0; 5]);
    packed(&bytes)
}

#[test]
fn a_version_and_an_offer() {
    let bytes = [hello(), offer_of("curve25519-sha256,ext-info-c")].concat();
    insta::assert_snapshot!(tree(&SSH, &bytes));
}

#[test]
fn every_prefix_of_them() {
    every_prefix(&SSH, &[hello(), offer_of("curve25519-sha256"), packed(&[21])].concat());
    every_prefix(&SSH, &packed(&hex("1e 00000003 010203")));
    every_prefix(&SSH, &packed(&hex("01 0000000b 00000002 6f6b 00000000")));
    every_prefix(&SSH, &[b"SSH-1.5-x\n".to_vec(), hex("00000006 0000 03 01 00000000")].concat());
}

/// A reply with an RSA key, as one of each host key.
#[test]
fn host_keys_and_signatures() {
    let mut reply = vec![31];
    let mut key = Vec::new();
    text(&mut key, b"ssh-rsa");
    text(&mut key, &[1, 0, 1]);
    text(&mut key, &[0, 0xc5]);
    text(&mut reply, &key);
    text(&mut reply, &[9, 9]);
    let mut signature = Vec::new();
    text(&mut signature, b"rsa-sha2-256");
    text(&mut signature, &[5; 4]);
    text(&mut reply, &signature);
    insta::assert_snapshot!(tree(&SSH, &packed(&reply)));
    every_prefix(&SSH, &packed(&reply));
}

#[test]
fn what_follows_new_keys_is_encrypted() {
    let mut session = Session::new(crate::shared());
    tree_in(&mut session, &SSH, &hello());
    let tree = tree_in(&mut session, &SSH, &[packed(&[21]), hex("01020304 0506")].concat());
    assert!(tree.contains("Encrypted Packet: 0506"), "{tree}");
    assert!(tree.contains("New Keys"), "{tree}");
}

#[test]
fn a_length_beyond_its_message_is_a_problem() {
    let tree = tree(&SSH, &packed(&hex("1e 00000030 010203")));
    assert!(tree.contains("! A length reaches beyond"), "{tree}");
    let tree = tree_in(&mut Session::new(crate::shared()), &SSH, &packed(&hex("05 ffffffff")));
    assert!(tree.contains("! A length reaches beyond"), "{tree}");
}

#[test]
fn the_first_of_the_clients_algorithms_is_agreed_on() {
    use super::exchange::Method;
    let agreed = |client: &[u8], server: &[u8]| Method::agreed(client, server);
    assert_eq!(agreed(b"a,curve25519-sha256", b"curve25519-sha256,b"), Method::Curve);
    assert_eq!(agreed(b"diffie-hellman-group-exchange-sha256", b"diffie-hellman-group-exchange-sha256"), Method::GroupExchange);
    assert_eq!(agreed(b"diffie-hellman-group14-sha1", b"diffie-hellman-group14-sha1"), Method::Group);
    assert_eq!(agreed(b"a", b"b"), Method::Unknown);
}

#[test]
fn names_are_sorted() {
    for names in [CODES, CODES_1, CODES_DH, CODES_ECDH, CODES_GEX, REASONS] {
        assert!(names.is_sorted_by_key(|(code, _)| code));
    }
}
