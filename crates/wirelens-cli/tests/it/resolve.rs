//! `--resolve`: names out of a name server, which the test itself is.

use std::collections::HashMap;
use std::net::UdpSocket;
use std::sync::mpsc::{Receiver, channel};

use serde_json::Value;

use crate::helper::*;
use crate::segments::Capture;

/// A name server on this host. It answers for pointers only, until the test ends.
struct Server {
    port: u16,
    /// What was asked for, in its order.
    asked: Receiver<String>,
}

/// The reason why there is no answer, RFC 1035 section 4.1.1.
const NO_SUCH_NAME: u8 = 3;

impl Server {
    /// It knows these: the name of a pointer, and where it points to.
    fn new(known: &[(&str, &str)]) -> Server {
        let socket = UdpSocket::bind("127.0.0.1:0").expect("a port");
        let port = socket.local_addr().expect("it is bound").port();
        let known: HashMap<String, String> =
            known.iter().map(|&(name, host)| (name.to_owned(), host.to_owned())).collect();
        let (sender, asked) = channel();
        std::thread::spawn(move || {
            let mut message = [0; 512];
            while let Ok((length, from)) = socket.recv_from(&mut message) {
                let question = &message[..length];
                let name = labels(&question[12..]).join(".");
                if sender.send(name.clone()).is_err() {
                    return;
                }
                let answer = answer(question, known.get(&name).map(String::as_str));
                // Another answer first, as somebody may send who guesses.
                let mut forged = self::answer(question, Some("forged.example"));
                forged[1] ^= 1;
                let _ = socket.send_to(&forged, from);
                let _ = socket.send_to(&answer, from);
            }
        });
        Server { port, asked }
    }

    /// What was asked for so far, sorted.
    fn asked(&self) -> Vec<String> {
        let mut asked: Vec<String> = self.asked.try_iter().collect();
        asked.sort();
        asked
    }
}

fn labels(mut bytes: &[u8]) -> Vec<String> {
    let mut labels = Vec::new();
    while let [length, rest @ ..] = bytes
        && *length > 0
    {
        let (label, behind) = rest.split_at(usize::from(*length));
        labels.push(String::from_utf8_lossy(label).into_owned());
        bytes = behind;
    }
    labels
}

fn answer(question: &[u8], host: Option<&str>) -> Vec<u8> {
    let mut message = question.to_vec();
    message[2] |= 0x80;
    let Some(host) = host else {
        message[3] |= NO_SUCH_NAME;
        return message;
    };
    message[7] = 1;
    let mut data = Vec::new();
    for label in host.split('.') {
        data.push(label.len() as u8);
        data.extend(label.bytes());
    }
    data.push(0);
    message.extend([0xc0, 12, 0, 12, 0, 1, 0, 0, 1, 0, 0, data.len() as u8]);
    message.extend(data);
    message
}

const CLIENT: &str = "10.2.0.192.in-addr.arpa";
const SERVER: &str = "20.2.0.192.in-addr.arpa";

fn of_six(last: &str) -> String {
    format!("0.{last}.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa")
}

#[test]
fn flows_have_the_names_of_their_ends() {
    let six = of_six("2");
    let known = [(CLIENT, "client.example"), (SERVER, "server.example"), (&six, "six.example")];
    let server = Server::new(&known);
    let document =
        json(&run(&format!("trace http.pcap --resolve=127.0.0.1:{}", server.port)).quietly());
    let flows = document["flows"].as_array().expect("flows");
    let names =
        |side: &str| flows.iter().map(|flow| flow[side]["name"].clone()).collect::<Vec<_>>();
    let client = Value::from("client.example");
    assert_eq!(names("initiator")[..3], [client.clone(), Value::Null, client]);
    assert_eq!(names("responder")[..2], [Value::from("server.example"), "six.example".into()]);
    let all = document["summary"]["names"].as_array().expect("names");
    assert_eq!(all.len(), 3);
    assert_eq!(all[0], serde_json::json!({ "address": "192.0.2.10", "name": "client.example" }));
    // Each address once, whatever the answer was.
    let mut expected = [of_six("1"), of_six("2"), CLIENT.to_owned(), SERVER.to_owned()];
    expected.sort();
    assert_eq!(server.asked(), expected);
    let text =
        run(&format!("trace http.pcap -f tree --resolve=127.0.0.1:{}", server.port)).quietly();
    let text = String::from_utf8(text).expect("text");
    assert!(text.contains("Initiator client.example: "), "{text}");
    assert!(text.contains("\n2001:db8::20 is six.example\n"), "{text}");
}

#[test]
fn nobody_is_asked_unless_that_is_wanted() {
    let document = json(&run("trace http.pcap").quietly());
    assert_eq!(document["summary"].get("names"), None);
    assert_eq!(document["flows"][0]["initiator"].get("name"), None);
}

/// A capture in which 10.0.0.2 is the answer for www.example.org, and is asked then.
fn named() -> Capture {
    let mut dns = vec![0, 7, 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0];
    dns.extend(b"\x03www\x07example\x03org\0\0\x01\0\x01");
    dns.extend([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 10, 0, 0, 2]);
    let mut packet = vec![0x45, 0, 0, (28 + dns.len()) as u8, 0, 1, 0, 0, 64, 17, 0, 0];
    packet.extend([10, 0, 0, 9, 10, 0, 0, 1, 0, 53, 0x9c, 0x40]);
    packet.extend([0, (8 + dns.len()) as u8, 0, 0]);
    packet.extend(dns);
    let mut capture = Capture::new();
    capture.add_packet(&packet).conversation(40_000, 99, b"GET / HTTP/1.1\r\n\r\n");
    capture
}

#[test]
fn names_of_the_capture_come_first() {
    let server = Server::new(&[
        ("2.0.0.10.in-addr.arpa", "other.example"),
        ("1.0.0.10.in-addr.arpa", "one.example"),
    ]);
    let folder = folder();
    let path = folder.path().join("named.pcap");
    std::fs::write(&path, named().bytes).expect("room");
    let servers = format!("trace -f ndjson --resolve=127.0.0.1:{}", server.port);
    let flows = lines(&run_with(&servers, &[&path]).quietly());
    assert_eq!(flows[1]["responder"]["name"], "www.example.org");
    assert_eq!(flows[1]["initiator"]["name"], "one.example");
    assert_eq!(server.asked(), ["1.0.0.10.in-addr.arpa", "9.0.0.10.in-addr.arpa"]);
    // Lines show it instead of the address: what the capture tells is known at once.
    let servers = format!("http --color never --resolve=127.0.0.1:{}", server.port);
    let text = String::from_utf8(run_with(&servers, &[&path]).quietly()).expect("text");
    assert!(text.contains(" -> www.example.org:80 #1 HTTP/1.1 GET "), "{text}");
    assert!(text.ends_with("10.0.0.1 is one.example\n"), "{text}");
    let document = run_with(&format!("{servers} -f json"), &[&path]).quietly();
    let document = json(&document);
    assert_eq!(document["transactions"][0]["server"]["name"], "www.example.org");
    assert_eq!(document["summary"]["names"][0]["name"], "one.example");
}

#[test]
fn servers_that_do_not_answer_cost_names_and_nothing_else() {
    // Nobody is at that port any more; the next one answers.
    let closed =
        UdpSocket::bind("127.0.0.1:0").expect("a port").local_addr().expect("bound").port();
    let plain = flows(&run("trace http.pcap").quietly());
    let ran = run(&format!("trace http.pcap --resolve=127.0.0.1:{closed}"));
    assert_eq!(flows(&ran.quietly()), plain);
    let server = Server::new(&[(CLIENT, "client.example")]);
    let both = format!("trace http.pcap --resolve=127.0.0.1:{closed},127.0.0.1:{}", server.port);
    assert_eq!(flows(&run(&both).quietly())[0]["initiator"]["name"], "client.example");
}

fn flows(bytes: &[u8]) -> Vec<Value> {
    json(bytes)["flows"].as_array().expect("flows").clone()
}

#[test]
fn wrong_servers_are_refused() {
    let message = run("trace http.pcap --resolve=somewhere").refused();
    assert!(message.contains("'somewhere' is no name server"), "{message}");
    run("http http.pcap --resolve=1.2.3").refused();
    run("trace http.pcap --events --resolve").refused();
}
