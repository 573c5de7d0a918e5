//! Frames that no client should send (RFC 6455 §5), and too many of them.

use serde_json::json;

use super::served;
use crate::events::{Forged, note};
use crate::harness::{Frame, Opcode, RawClient, Reply, TestRelay, assert_prefix};

/// RFC 6455 §7.4.1.
const TOO_BIG: u16 = 1009;

#[tokio::test]
async fn broken_frames_end_their_connection_and_no_other() {
    let relay = TestRelay::start().await;
    let mut witness = relay.connect().await;
    let event = note(1).signed();
    let message = Forged::of(&event).message().into_bytes();
    let reserved = |bits| Frame {
        reserved: bits,
        ..Frame::whole(Opcode::Text, message.clone())
    };
    let first = |byte: u8| {
        let mut bytes = Frame::whole(Opcode::Text, message.clone()).to_bytes();
        bytes[0] = byte;
        bytes
    };
    let unmasked = [
        &[0x81, 126],
        &u16::try_from(message.len()).unwrap().to_be_bytes()[..],
        &message,
    ]
    .concat();
    let broken: [(&str, Vec<u8>); 11] = [
        ("a frame without a mask", unmasked),
        ("an unknown kind of data", first(0x83)),
        ("an unknown kind of control", first(0x8b)),
        ("reserved bit 1", reserved(0b100).to_bytes()),
        ("reserved bit 2", reserved(0b010).to_bytes()),
        ("reserved bit 3", reserved(0b001).to_bytes()),
        (
            "a ping that is too long",
            Frame::whole(Opcode::Ping, vec![0; 126]).to_bytes(),
        ),
        (
            "a part of a ping",
            Frame::part(Opcode::Ping, false, "x").to_bytes(),
        ),
        (
            "an end without a beginning",
            Frame::part(Opcode::Continuation, true, message.clone()).to_bytes(),
        ),
        (
            "a message within a message",
            [
                Frame::part(Opcode::Text, false, "[").to_bytes(),
                Frame::whole(Opcode::Text, message.clone()).to_bytes(),
            ]
            .concat(),
        ),
        (
            "a length of 2^64 - 1 bytes",
            [&[0x81, 0xff][..], &[0xff; 8], &[1, 2, 3, 4]].concat(),
        ),
    ];
    for (what, bytes) in broken {
        let mut client = relay.connect_raw().await;
        client.send_bytes(&bytes).await;
        let (replies, _) = client.farewell().await;
        // Where the length alone is wrong, the relay may say so.
        assert!(
            !replies.iter().any(|reply| matches!(reply, Reply::Ok(_))),
            "{what}: {replies:?}"
        );
    }
    assert_eq!(witness.query(json!({"ids": [event.id()]})).await, []);
    served(&mut witness, 1).await;
}

/// A message in parts of `bytes` bytes, as one run of bytes.
fn in_parts(message: &str, bytes: usize) -> Vec<u8> {
    let parts: Vec<&[u8]> = message.as_bytes().chunks(bytes).collect();
    let frames = parts.iter().enumerate().flat_map(|(index, part)| {
        let opcode = match index {
            0 => Opcode::Text,
            _ => Opcode::Continuation,
        };
        Frame::part(opcode, index + 1 == parts.len(), *part).to_bytes()
    });
    frames.collect()
}

#[tokio::test]
async fn nip01_07_08_09_however_small_its_parts_a_message_is_measured_as_a_whole() {
    let relay = TestRelay::start().await;
    let max = relay.config().limits.max_message_length_bytes;
    let empty = r##"["REQ","x",{"#t":[""]}]"##.len();
    // Parts of three bytes cut every second of these characters in two.
    let filler = |bytes: usize| "é".repeat(bytes / 2) + &"x".repeat(bytes % 2);
    let request = |bytes: usize| format!(r##"["REQ","x",{{"#t":["{}"]}}]"##, filler(bytes - empty));
    let (longest, too_long) = (request(max), request(max + 1));
    assert_eq!((longest.len(), too_long.len()), (max, max + 1));
    for bytes in [3, 125, 65_535] {
        let mut client = relay.connect_raw().await;
        client.send_bytes(&in_parts(&longest, bytes)).await;
        assert_eq!(client.receive_reply().await, Reply::Eose("x".to_owned()));
        client.send_bytes(&in_parts(&too_long, bytes)).await;
        let (replies, code) = client.farewell().await;
        assert_eq!(code, Some(TOO_BIG), "in parts of {bytes}");
        match &replies[..] {
            [Reply::Notice(text)] => assert_prefix(text, "invalid"),
            other => panic!("{other:?}"),
        }
    }
    served(&mut relay.connect().await, 1).await;
}

#[tokio::test]
async fn nip01_05_pings_without_end_hold_up_nothing() {
    const PINGS: usize = 20_000;
    let relay = TestRelay::start().await;
    let mut client = relay.connect_raw().await;
    let ping = Frame::whole(Opcode::Ping, vec![7; 125]).to_bytes();
    // Nobody reads the pongs meanwhile; the relay owes only the last one (RFC 6455 §5.5.3).
    for _ in 0..PINGS / 1_000 {
        client.send_bytes(&ping.repeat(1_000)).await;
    }
    client.send_text(r#"["COUNT","c",{}]"#).await;
    let mut pongs = 0;
    while answer_or_pong(&mut client).await.is_none() {
        pongs += 1;
    }
    assert!((1..=PINGS).contains(&pongs), "{pongs}");
    served(&mut relay.connect().await, 1).await;
}

/// The answer to a COUNT; none for a pong.
async fn answer_or_pong(client: &mut RawClient) -> Option<Reply> {
    let frame = client.receive().await.expect("the connection has ended");
    match frame.opcode {
        Opcode::Pong => None,
        Opcode::Text => match Reply::read(&String::from_utf8(frame.payload).unwrap()) {
            count @ Reply::Count { .. } => Some(count),
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    }
}
