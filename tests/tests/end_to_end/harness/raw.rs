//! A client that writes and reads single WebSocket frames (RFC 6455 §5.2), right or wrong ones.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::{Reply, within_deadline};

/// Any mask will do: it protects proxies, and there is none.
const MASK: [u8; 4] = [0x37, 0xfa, 0x21, 0x3d];

/// What a frame is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Opcode {
    Continuation = 0x0,
    Text = 0x1,
    Binary = 0x2,
    Close = 0x8,
    Ping = 0x9,
    Pong = 0xa,
}

/// One frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Frame {
    /// Whether it is the last of its message.
    pub(crate) last: bool,
    /// The three reserved bits; the first marks a compressed message (RFC 7692).
    pub(crate) reserved: u8,
    pub(crate) opcode: Opcode,
    pub(crate) payload: Vec<u8>,
}

impl Frame {
    /// A message in one frame.
    pub(crate) fn whole(opcode: Opcode, payload: impl Into<Vec<u8>>) -> Self {
        Frame {
            last: true,
            reserved: 0,
            opcode,
            payload: payload.into(),
        }
    }

    /// A part of a message.
    pub(crate) fn part(opcode: Opcode, last: bool, payload: impl Into<Vec<u8>>) -> Self {
        Frame {
            last,
            ..Frame::whole(opcode, payload)
        }
    }

    /// As it goes over the wire, masked as a client's must be.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let first = (u8::from(self.last) << 7) | (self.reserved << 4) | self.opcode as u8;
        let mut bytes = vec![first];
        match self.payload.len() {
            length @ 0..126 => bytes.push(0x80 | u8::try_from(length).unwrap()),
            length @ 126..65_536 => {
                bytes.push(0x80 | 126);
                bytes.extend(u16::try_from(length).unwrap().to_be_bytes());
            }
            length => {
                bytes.push(0x80 | 127);
                bytes.extend(u64::try_from(length).unwrap().to_be_bytes());
            }
        }
        bytes.extend(MASK);
        let masked = self.payload.iter().zip(MASK.iter().cycle());
        bytes.extend(masked.map(|(byte, mask)| byte ^ mask));
        bytes
    }
}

/// A TCP connection after an upgrade.
#[derive(Debug)]
pub(crate) struct RawClient {
    stream: TcpStream,
}

impl RawClient {
    /// Asks for an upgrade on `path` with further header lines (each ending in CR LF); gives the
    /// head of the answer, whatever it says.
    pub(crate) async fn upgrade(address: SocketAddr, path: &str, headers: &str) -> (String, Self) {
        let stream = TcpStream::connect(address).await.unwrap();
        Self::upgrade_on(stream, path, headers).await
    }

    /// As [`RawClient::upgrade`], on a stream that the test has set up.
    pub(crate) async fn upgrade_on(stream: TcpStream, path: &str, headers: &str) -> (String, Self) {
        let upgrading = Self::try_upgrade_on(stream, path, headers).await;
        upgrading.expect("the connection ended before it was answered")
    }

    /// As [`RawClient::upgrade_on`]; none when the connection ends without an answer.
    pub(crate) async fn try_upgrade_on(
        mut stream: TcpStream,
        path: &str,
        headers: &str,
    ) -> Option<(String, Self)> {
        stream.set_nodelay(true).ok()?;
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: kith.test\r\nConnection: Upgrade\r\n\
             Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
             Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n{headers}\r\n"
        );
        stream.write_all(request.as_bytes()).await.ok()?;
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let byte = within_deadline("the answer to an upgrade", stream.read_u8()).await;
            head.push(byte.ok()?);
        }
        Some((String::from_utf8(head).unwrap(), RawClient { stream }))
    }

    /// Writes a frame.
    pub(crate) async fn send(&mut self, frame: Frame) {
        self.send_bytes(&frame.to_bytes()).await;
    }

    /// Writes a message in one frame.
    pub(crate) async fn send_text(&mut self, text: &str) {
        self.send(Frame::whole(Opcode::Text, text)).await;
    }

    /// Writes anything.
    pub(crate) async fn send_bytes(&mut self, bytes: &[u8]) {
        let writing = within_deadline("the relay to read", self.stream.write_all(bytes));
        writing.await.unwrap();
    }

    /// The next frame; none when the connection has ended.
    pub(crate) async fn receive(&mut self) -> Option<Frame> {
        within_deadline("a frame", self.read_frame()).await
    }

    /// The next message of the relay; anything but an uncompressed text frame is a failure.
    pub(crate) async fn receive_reply(&mut self) -> Reply {
        let frame = self.receive().await.expect("the connection has ended");
        assert_eq!(
            (frame.last, frame.reserved, frame.opcode),
            (true, 0, Opcode::Text),
            "{frame:?}"
        );
        Reply::read(&String::from_utf8(frame.payload).unwrap())
    }

    /// Reads the challenge with which the relay greets.
    pub(crate) async fn expect_greeting(&mut self) {
        match self.receive_reply().await {
            Reply::Auth(_) => {}
            other => panic!("greeted with {other:?}"),
        }
    }

    /// Reads to the end: what was said, and the code of the close frame.
    pub(crate) async fn farewell(&mut self) -> (Vec<Reply>, Option<u16>) {
        let mut replies = Vec::new();
        let mut code = None;
        while let Some(frame) = self.receive().await {
            match frame.opcode {
                Opcode::Text => {
                    replies.push(Reply::read(&String::from_utf8(frame.payload).unwrap()))
                }
                Opcode::Close => {
                    code = frame
                        .payload
                        .first_chunk()
                        .map(|bytes| u16::from_be_bytes(*bytes));
                }
                _ => {}
            }
        }
        (replies, code)
    }

    async fn read_frame(&mut self) -> Option<Frame> {
        let first = self.stream.read_u8().await.ok()?;
        let second = self.stream.read_u8().await.ok()?;
        assert_eq!(second & 0x80, 0, "a relay does not mask");
        let length = match second {
            126 => usize::from(self.stream.read_u16().await.ok()?),
            127 => usize::try_from(self.stream.read_u64().await.ok()?).unwrap(),
            length => usize::from(length),
        };
        let mut payload = vec![0; length];
        self.stream.read_exact(&mut payload).await.ok()?;
        let opcode = match first & 0x0f {
            0x0 => Opcode::Continuation,
            0x1 => Opcode::Text,
            0x2 => Opcode::Binary,
            0x8 => Opcode::Close,
            0x9 => Opcode::Ping,
            0xa => Opcode::Pong,
            other => panic!("opcode {other}"),
        };
        Some(Frame {
            last: first & 0x80 != 0,
            reserved: (first >> 4) & 0x07,
            opcode,
            payload,
        })
    }
}
