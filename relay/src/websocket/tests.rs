//! Frames as clients send them, good and bad, against an implementation of others.

use std::future::poll_fn;
use std::io::{self, Cursor, Read, Write};

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use tokio_tungstenite::tungstenite::error::CapacityError;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Error, Message, WebSocket as Peer};

use super::*;

const MESSAGE_BYTES_MAX: usize = 200;

/// What a reader says of some bytes: its messages, then why there are no more.
type Readings = (Vec<(&'static str, Vec<u8>)>, &'static str);

/// One frame of a client, right or wrong.
#[derive(Debug, Clone)]
struct Sent {
    first: u8,
    is_masked: bool,
    payload: Vec<u8>,
}

impl Sent {
    fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        push_frame(&mut bytes, Opcode::Text, &[&self.payload]);
        let head = bytes.len() - self.payload.len();
        bytes[0] = self.first;
        if self.is_masked {
            let mask = [0x5a, 0xff, 0x00, 0x13];
            bytes[1] |= 0x80;
            for (byte, mask) in bytes[head..].iter_mut().zip(mask.iter().cycle()) {
                *byte ^= mask;
            }
            bytes.splice(head..head, mask);
        }
        bytes
    }
}

/// Frames that a client may send, and now and then one that it may not.
fn sent() -> impl Strategy<Value = Sent> {
    let first = prop_oneof![
        20 => select(vec![0x81, 0x82, 0x01, 0x02, 0x00, 0x80, 0x89, 0x8a]),
        2 => Just(0x88_u8),
        1 => any::<u8>(),
    ];
    let text = "[\"REQ\",\"é日😀\"]".as_bytes();
    let payload = prop_oneof![
        4 => (0..=text.len(), 0..=text.len()).prop_map(|(from, to)| {
            text[from.min(to)..from.max(to)].to_vec()
        }),
        1 => vec(any::<u8>(), 0..8),
        1 => (0..300_usize).prop_map(|length| vec![b'x'; length]),
        1 => any::<u16>().prop_map(|code| code.to_be_bytes().to_vec()),
        1 => (1000..1016_u16).prop_map(|code| [&code.to_be_bytes(), "why é".as_bytes()].concat()),
    ];
    let is_masked = prop::bool::weighted(0.98);
    (first, is_masked, payload).prop_map(|(first, is_masked, payload)| Sent {
        first,
        is_masked,
        payload,
    })
}

/// Reads `bytes` as they come in parts of `part_bytes`, then nothing more.
fn read(bytes: &[u8], part_bytes: usize) -> Readings {
    let mut input = Input::new(Vec::new(), MESSAGE_BYTES_MAX);
    let mut messages = Vec::new();
    let mut parts = bytes.chunks(part_bytes);
    loop {
        let received = match input.next() {
            Ok(Some(received)) => received,
            Ok(None) => match parts.next() {
                Some(part) => {
                    input.append(part);
                    continue;
                }
                None => return (messages, "ended"),
            },
            Err(Broken::TooLong) => return (messages, "too long"),
            Err(Broken::NotUtf8) => return (messages, "not UTF-8"),
            Err(Broken::Protocol) => return (messages, "protocol"),
            Err(broken) => panic!("{broken:?}"),
        };
        let payload = input.payload().to_vec();
        messages.push(match received {
            Received::Text if str::from_utf8(&payload).is_err() => return (messages, "not UTF-8"),
            Received::Text => ("text", payload),
            Received::Binary => ("binary", payload),
            Received::Ping => ("ping", payload),
            Received::Pong => ("pong", payload),
            Received::Close(Echo::Same) => {
                messages.push(("close", payload));
                return (messages, "closed");
            }
            Received::Close(Echo::NotAllowed) => {
                let echo = [&1002_u16.to_be_bytes(), "Protocol violation".as_bytes()].concat();
                messages.push(("close", echo));
                return (messages, "closed");
            }
        });
    }
}

/// Bytes to be read; what is written is lost.
struct Bytes<'a>(Cursor<&'a [u8]>);

impl Read for Bytes<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

impl Write for Bytes<'_> {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        Ok(buffer.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn read_by_others(bytes: &[u8]) -> Readings {
    let config = WebSocketConfig::default()
        .max_message_size(Some(MESSAGE_BYTES_MAX))
        .max_frame_size(Some(MESSAGE_BYTES_MAX));
    let mut socket = Peer::from_raw_socket(Bytes(Cursor::new(bytes)), Role::Server, Some(config));
    let mut messages = Vec::new();
    loop {
        let message = match socket.read() {
            Ok(message) => message,
            Err(Error::Capacity(CapacityError::MessageTooLong { .. })) => {
                return (messages, "too long");
            }
            Err(Error::Utf8(_)) => return (messages, "not UTF-8"),
            Err(Error::Protocol(error)) if error.to_string().contains("without closing") => {
                return (messages, "ended");
            }
            Err(Error::Protocol(_)) => return (messages, "protocol"),
            Err(error) => panic!("{error}"),
        };
        messages.push(match message {
            Message::Text(text) => ("text", text.as_bytes().to_vec()),
            Message::Binary(bytes) => ("binary", bytes.to_vec()),
            Message::Ping(bytes) => ("ping", bytes.to_vec()),
            Message::Pong(bytes) => ("pong", bytes.to_vec()),
            Message::Close(frame) => {
                let echo = frame.map(|frame| {
                    let code = u16::from(frame.code).to_be_bytes();
                    [&code, frame.reason.as_bytes()].concat()
                });
                messages.push(("close", echo.unwrap_or_default()));
                return (messages, "closed");
            }
            Message::Frame(_) => panic!("a frame was read"),
        });
    }
}

proptest! {
    #[test]
    fn frames_are_read_as_others_read_them(
        frames in vec(sent(), 0..12),
        cut in 0..8_usize,
        part_bytes in 1..64_usize,
    ) {
        let mut bytes: Vec<u8> = frames.iter().flat_map(Sent::bytes).collect();
        bytes.truncate(bytes.len().saturating_sub(cut));
        let expected = read_by_others(&bytes);
        let whole = read(&bytes, usize::MAX);
        // What cannot become right is refused before its payload has come; others wait for it.
        let (before, after) = (&expected.0, &whole.0);
        prop_assert_eq!(before, after);
        if expected.1 != "ended" {
            prop_assert_eq!(whole.1, expected.1);
        }
        prop_assert_eq!(read(&bytes, part_bytes), whole);
    }

    #[test]
    fn any_bytes_are_read_without_a_fault(bytes in vec(any::<u8>(), 0..100)) {
        let (expected, found) = (read_by_others(&bytes), read(&bytes, usize::MAX));
        prop_assert_eq!(expected.0, found.0);
    }

    #[test]
    fn others_read_our_frames(payloads in vec(vec(any::<u8>(), 0..300), 0..6)) {
        let mut bytes = Vec::new();
        for payload in &payloads {
            let (left, right) = payload.split_at(payload.len() / 2);
            push_frame(&mut bytes, Opcode::Binary, &[left, right]);
        }
        let mut socket = Peer::from_raw_socket(Bytes(Cursor::new(&bytes)), Role::Client, None);
        for payload in payloads {
            prop_assert_eq!(socket.read().unwrap().into_data(), payload);
        }
    }
}

#[tokio::test]
async fn a_message_longer_than_one_read_comes_whole_and_leaves_nothing_behind() {
    let payload = vec![b'x'; 5 * READ_BYTES];
    let bytes = Sent {
        first: 0x81,
        is_masked: true,
        payload: payload.clone(),
    }
    .bytes();
    let (read_before, rest) = bytes.split_at(7);
    let mut socket = WebSocket::new(rest, read_before.to_vec(), payload.len());
    let received = poll_fn(|context| socket.poll_next(context)).await;
    assert_eq!(received.unwrap(), Received::Text);
    assert!(socket.payload() == payload);
    let ended = poll_fn(|context| socket.poll_next(context)).await;
    assert!(matches!(ended, Err(Broken::Ended)));
    assert_eq!(socket.input.memory_bytes(), 0);
}
