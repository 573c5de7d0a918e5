//! The server's side of a WebSocket after its handshake (RFC 6455): frames to messages and back, with
//! memory only while there is something in it.
//!
//! A relay holds many connections that are silent for hours. A buffer that waits with each of them
//! would cost more than everything else about it, so bytes are read into the stack of whoever
//! polls, and what is kept of them is given back when it was used. Knows no verb of the protocol
//! and no session.

use std::io;
use std::mem::MaybeUninit;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, ReadBuf};

mod close;
mod frame;
mod input;

pub(crate) use close::{CloseCode, Echo};
pub(crate) use frame::{Opcode, frame_end, push_frame};
use input::Input;

/// Bytes read at once. They are on the stack while the socket is read, and nowhere else.
const READ_BYTES: usize = 32_768;

/// A socket that was upgraded, and what came from it.
#[derive(Debug)]
pub(crate) struct WebSocket<S> {
    stream: S,
    input: Input,
}

/// A message or control frame of the client. Its bytes are [`WebSocket::payload`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Received {
    /// Text. A message in one frame was not looked at yet: it may be anything but UTF-8.
    Text,
    /// Bytes.
    Binary,
    /// To be answered with the same bytes.
    Ping,
    /// An answer to a ping, or nothing.
    Pong,
    /// The client says goodbye and hears nothing more but the echo.
    Close(Echo),
}

/// Why nothing more can be read.
#[derive(Debug)]
pub(crate) enum Broken {
    /// The socket has ended without a goodbye.
    Ended,
    /// The socket failed.
    Failed,
    /// A message is longer than it may be.
    TooLong,
    /// Text that is not UTF-8.
    NotUtf8,
    /// Anything else that RFC 6455 forbids.
    Protocol,
}

impl<S: AsyncRead + Unpin> WebSocket<S> {
    /// A socket whose handshake is done, with the bytes that were read behind it. A message may
    /// have `message_bytes_max` bytes.
    pub(crate) fn new(stream: S, read: Vec<u8>, message_bytes_max: usize) -> Self {
        WebSocket {
            stream,
            input: Input::new(read, message_bytes_max),
        }
    }

    /// The next message; the one before is gone. Safe to drop at any time.
    pub(crate) fn poll_next(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<Result<Received, Broken>> {
        loop {
            if let Some(received) = self.input.next()? {
                return Poll::Ready(Ok(received));
            }
            if ready!(self.poll_read(context)).map_err(|_| Broken::Failed)? == 0 {
                return Poll::Ready(Err(Broken::Ended));
            }
        }
    }

    /// The next message, if it was read from the socket already.
    pub(crate) fn next_read(&mut self) -> Result<Option<Received>, Broken> {
        self.input.next()
    }

    /// The bytes of the message that was received last.
    pub(crate) fn payload(&self) -> &[u8] {
        self.input.payload()
    }

    /// The socket.
    pub(crate) fn stream(&mut self) -> &mut S {
        &mut self.stream
    }

    fn poll_read(&mut self, context: &mut Context<'_>) -> Poll<io::Result<usize>> {
        let mut bytes = [const { MaybeUninit::uninit() }; READ_BYTES];
        let mut buffer = ReadBuf::uninit(&mut bytes);
        ready!(Pin::new(&mut self.stream).poll_read(context, &mut buffer))?;
        self.input.append(buffer.filled());
        Poll::Ready(Ok(buffer.filled().len()))
    }
}

#[cfg(test)]
mod tests;
