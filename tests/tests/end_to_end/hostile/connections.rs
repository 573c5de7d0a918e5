//! Connections that are many, or never become what they should.

use std::net::SocketAddr;

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

use super::served;
use crate::events::note;
use crate::harness::{Frame, Opcode, RawClient, TestRelay, within_deadline};

/// What an address may have open beside its WebSockets.
const HTTP_SOCKETS_PER_ADDRESS_SPARE: usize = 64;

/// From one of the addresses of this machine to another: 127.0.0.0/8 is all its own (on Linux).
async fn connect_from(local: [u8; 4], relay: SocketAddr) -> TcpStream {
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(SocketAddr::from((local, 0))).unwrap();
    socket.connect(relay).await.unwrap()
}

/// The status of an upgrade from this address, and the connection.
async fn upgrade_from(local: [u8; 4], relay: SocketAddr) -> (String, RawClient) {
    let stream = connect_from(local, relay).await;
    let (head, client) = RawClient::upgrade_on(stream, "/", "").await;
    (head.split(' ').nth(1).unwrap().to_owned(), client)
}

/// Reads until the other side ends the connection, in whatever way.
async fn until_ended(stream: &mut TcpStream) -> usize {
    let mut answer = Vec::new();
    let _ = within_deadline("the relay to hang up", stream.read_to_end(&mut answer)).await;
    answer.len()
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn nip01_12_a_flood_of_connections_stops_at_the_ceilings() {
    const OF_ADDRESS: usize = 20;
    const IN_ALL: usize = 31;
    let relay = TestRelay::start_with(|config| {
        config.limits.connections_per_address_max = OF_ADDRESS;
        config.limits.connections_max = IN_ALL;
    })
    .await;
    let mut witness = relay.connect().await;
    let mut open = Vec::new();
    let mut flood = async |last: u8| {
        let (mut taken, mut refused) = (0, Vec::new());
        for _ in 0..3 * OF_ADDRESS {
            match upgrade_from([127, 0, 0, last], relay.address()).await {
                (status, client) if status == "101" => {
                    taken += 1;
                    open.push(client);
                }
                (status, _) => refused.push(status),
            }
        }
        refused.dedup();
        (taken, refused)
    };
    // An address has its share, and the relay has what is left for another: the witness has one.
    assert_eq!(flood(2).await, (OF_ADDRESS, vec!["429".to_owned()]));
    assert_eq!(
        flood(3).await,
        (IN_ALL - OF_ADDRESS - 1, vec!["503".to_owned()])
    );
    served(&mut witness, 1).await;
    drop(open);
    within_deadline("the places to be free again", async {
        while upgrade_from([127, 0, 0, 2], relay.address()).await.0 != "101" {}
    })
    .await;
    served(&mut relay.connect().await, 2).await;
}

/// Beginnings of requests that are never finished.
const BEGINNINGS: [&str; 3] = [
    "",
    "G",
    "GET / HTTP/1.1\r\nHost: kith.test\r\nUpgrade: webso",
];

/// Opens this many connections from 127.0.0.2 that begin to ask for something.
async fn silent(relay: &TestRelay, count: usize) -> Vec<TcpStream> {
    let mut silent = Vec::new();
    for beginning in BEGINNINGS.iter().cycle().take(count) {
        let mut stream = connect_from([127, 0, 0, 2], relay.address()).await;
        stream.write_all(beginning.as_bytes()).await.unwrap();
        silent.push(stream);
    }
    silent
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn an_address_may_keep_only_so_many_handshakes_waiting() {
    const WEBSOCKETS: usize = 4;
    const MORE: usize = 20;
    let relay = TestRelay::start_with(|config| {
        config.limits.connections_per_address_max = WEBSOCKETS;
        // Nothing ends because time passes.
        config.server.request_head_timeout_seconds = 3_600;
    })
    .await;
    let mut witness = relay.connect().await;
    let waiting = silent(&relay, WEBSOCKETS + HTTP_SOCKETS_PER_ADDRESS_SPARE).await;
    // The same address gets no more, not even an answer; others do not notice.
    for _ in 0..MORE {
        let mut stream = connect_from([127, 0, 0, 2], relay.address()).await;
        assert_eq!(until_ended(&mut stream).await, 0);
    }
    served(&mut witness, 1).await;
    served(&mut relay.connect().await, 2).await;
    drop(waiting);
    within_deadline("the places to be free again", async {
        loop {
            let stream = connect_from([127, 0, 0, 2], relay.address()).await;
            if let Some((head, _client)) = RawClient::try_upgrade_on(stream, "/", "").await {
                assert!(head.starts_with("HTTP/1.1 101 "), "{head}");
                return;
            }
        }
    })
    .await;
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn handshakes_that_never_end_are_given_up() {
    const CLIENTS: usize = 30;
    let relay =
        TestRelay::start_with(|config| config.server.request_head_timeout_seconds = 1).await;
    let mut witness = relay.connect().await;
    let waiting = silent(&relay, CLIENTS).await;
    served(&mut witness, 1).await;
    for mut stream in waiting {
        until_ended(&mut stream).await;
    }
    let (status, _client) = upgrade_from([127, 0, 0, 2], relay.address()).await;
    assert_eq!(status, "101");
}

#[tokio::test]
async fn nip01_06_frames_that_never_end_are_given_up() {
    const CLIENTS: usize = 20;
    let relay = TestRelay::start_with(|config| {
        config.limits.ping_interval_seconds = 1;
        config.limits.ping_timeout_seconds = 1;
    })
    .await;
    let event = note(1).signed();
    let frame = Frame::whole(Opcode::Text, format!(r#"["EVENT",{}]"#, event.json())).to_bytes();
    let mut clients = Vec::new();
    for index in 0..CLIENTS {
        let mut client = relay.connect_raw().await;
        // Cut in the head, in the mask, and in what follows.
        let cut = [1, 3, 6, 40, frame.len() - 1][index % 5];
        client.send_bytes(&frame[..cut]).await;
        clients.push(client);
    }
    served(&mut relay.connect().await, 1).await;
    for mut client in clients {
        let (replies, _) = client.farewell().await;
        assert_eq!(replies, []);
    }
    let mut witness = relay.connect().await;
    assert_eq!(witness.query(json!({"ids": [event.id()]})).await, []);
    served(&mut witness, 2).await;
}
