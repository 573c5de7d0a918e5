//! What waits to be written to one socket, and the exchange with that socket: reads one message, and
//! writes what waits when there is nothing to read.

use std::future::poll_fn;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use kith_nips::RelayMessage;
use tokio::io::{AsyncRead, AsyncWrite};

use crate::websocket::{Broken, CloseCode, Opcode, Received, WebSocket, frame_end, push_frame};

/// While this many bytes wait, no further page, no live event and no message of the client is
/// taken on.
const OUTBOX_ROOM_BYTES: usize = 65_536;
/// From so many bytes on, what waits is written before more is read.
const WRITE_TOGETHER_BYTES: usize = 16_384;

/// Frames to write, in order, as they go out. Empty, it holds no memory.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    frames: Vec<u8>,
    /// So many bytes of the frames were written.
    written: usize,
    progressed: bool,
}

/// What came of an [`exchange`].
#[derive(Debug)]
pub(super) enum Exchange {
    /// The client sent this.
    Received(Received),
    /// The outbox was full and now has room.
    Room,
    /// The connection is over, or the client broke the WebSocket protocol.
    Broken(Broken),
}

impl Outbox {
    /// Adds a message.
    pub(super) fn say(&mut self, message: &RelayMessage<'_>) {
        let (before, event, after) = message.to_pieces();
        self.push(
            Opcode::Text,
            &[before.as_bytes(), event.as_bytes(), after.as_bytes()],
        );
    }

    /// Asks whether the client is there.
    pub(super) fn ping(&mut self) {
        self.push(Opcode::Ping, &[]);
    }

    /// Answers a ping.
    pub(super) fn pong(&mut self, payload: &[u8]) {
        self.push(Opcode::Pong, &[payload]);
    }

    /// Closes the connection. Nothing may be added any more.
    pub(super) fn close(&mut self, code: CloseCode, reason: &str) {
        let code = (code as u16).to_be_bytes();
        self.push(Opcode::Close, &[&code, reason.as_bytes()]);
    }

    /// Says the client's goodbye back to it. Nothing may be added any more.
    pub(super) fn echo_close(&mut self, payload: &[u8]) {
        self.push(Opcode::Close, &[payload]);
    }

    /// Whether more work may be begun whose result goes in here.
    pub(super) fn has_room(&self) -> bool {
        self.waiting_bytes() < OUTBOX_ROOM_BYTES
    }

    /// Forgets what was not begun to be written.
    pub(super) fn clear(&mut self) {
        self.keep(0);
    }

    /// Forgets the frames that begin more than `bytes` behind what was written.
    pub(super) fn keep(&mut self, bytes: usize) {
        let end = frame_end(&self.frames, self.written + bytes);
        self.frames.truncate(end);
    }

    /// Whether anything was written since this was last asked.
    pub(super) fn take_progress(&mut self) -> bool {
        std::mem::take(&mut self.progressed)
    }

    fn waiting_bytes(&self) -> usize {
        self.frames.len() - self.written
    }

    fn push(&mut self, opcode: Opcode, pieces: &[&[u8]]) {
        // What a slow reader leaves behind must not pile up under what it has read.
        if self.written > OUTBOX_ROOM_BYTES {
            let begun = self.frame_begun();
            self.frames.drain(..begun);
            self.written -= begun;
        }
        push_frame(&mut self.frames, opcode, pieces);
    }

    /// Where the frame begins that is being written.
    fn frame_begun(&self) -> usize {
        let mut begun = 0;
        loop {
            let end = frame_end(self.frames.get(begun..).unwrap_or_default(), 1);
            if end == 0 || begun + end > self.written {
                return begun;
            }
            begun += end;
        }
    }

    /// Writes until nothing waits or the socket takes no more.
    fn poll_write<S>(&mut self, stream: &mut S, context: &mut Context<'_>) -> Poll<io::Result<()>>
    where
        S: AsyncWrite + Unpin,
    {
        while let Some(rest) = self
            .frames
            .get(self.written..)
            .filter(|rest| !rest.is_empty())
        {
            match ready!(Pin::new(&mut *stream).poll_write(context, rest))? {
                0 => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                written => self.written += written,
            }
            self.progressed = true;
        }
        self.frames = Vec::new();
        self.written = 0;
        Poll::Ready(Ok(()))
    }
}

/// Reads and writes until something happened that the session must look at. Safe to drop at any
/// time: nothing read or to be written is lost.
///
/// Writing comes last, when there is nothing to read: answers to messages that arrived together
/// leave together.
pub(super) async fn exchange<S>(
    socket: &mut WebSocket<S>,
    outbox: &mut Outbox,
    may_read: bool,
) -> Exchange
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    poll_fn(|context| {
        let was_full = !outbox.has_room();
        if outbox.waiting_bytes() >= WRITE_TOGETHER_BYTES {
            if let Poll::Ready(Err(_)) = outbox.poll_write(socket.stream(), context) {
                return Poll::Ready(Exchange::Broken(Broken::Failed));
            }
            if was_full && outbox.has_room() {
                return Poll::Ready(Exchange::Room);
            }
        }
        if may_read && let Poll::Ready(received) = socket.poll_next(context) {
            return Poll::Ready(received.map_or_else(Exchange::Broken, Exchange::Received));
        }
        match outbox.poll_write(socket.stream(), context) {
            Poll::Ready(Err(_)) => Poll::Ready(Exchange::Broken(Broken::Failed)),
            Poll::Ready(Ok(())) | Poll::Pending => Poll::Pending,
        }
    })
    .await
}

/// Writes everything that waits.
pub(super) async fn flush<S>(stream: &mut S, outbox: &mut Outbox) -> io::Result<()>
where
    S: AsyncWrite + Unpin,
{
    poll_fn(|context| outbox.poll_write(stream, context)).await
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Frames of one byte behind a head of two.
    fn outbox(frames: u8, written: usize) -> Outbox {
        let mut outbox = Outbox::default();
        for number in 0..frames {
            outbox.pong(&[number]);
        }
        outbox.written = written;
        outbox
    }

    #[test]
    fn what_was_begun_is_kept_whole() {
        for (written, bytes, kept) in [(0, 0, 0), (1, 0, 3), (3, 0, 3), (4, 0, 6), (4, 3, 9)] {
            let mut outbox = outbox(4, written);
            outbox.keep(bytes);
            assert_eq!(outbox.frames.len(), kept, "{written} {bytes}");
        }
    }

    #[test]
    fn the_frame_that_is_being_written_is_found() {
        for (written, begun) in [(0, 0), (2, 0), (3, 3), (8, 6), (12, 12)] {
            assert_eq!(outbox(4, written).frame_begun(), begun, "{written}");
        }
    }

    #[tokio::test]
    async fn what_was_read_does_not_pile_up_and_nothing_is_lost() {
        let (mut near, far) = tokio::io::duplex(1_000);
        let mut outbox = Outbox::default();
        let long = vec![7; 100_000];
        let reading = tokio::spawn(async move {
            let mut far = far;
            let mut bytes = Vec::new();
            tokio::io::AsyncReadExt::read_to_end(&mut far, &mut bytes)
                .await
                .unwrap();
            bytes
        });
        let mut expected = Vec::new();
        for _ in 0..20 {
            push_frame(&mut expected, Opcode::Pong, &[&long]);
            outbox.pong(&long);
            while !outbox.has_room() {
                poll_fn(|context| {
                    let _ = outbox.poll_write(&mut near, context);
                    match outbox.has_room() {
                        true => Poll::Ready(()),
                        false => Poll::Pending,
                    }
                })
                .await;
            }
            assert!(outbox.frames.len() < 3 * long.len());
        }
        flush(&mut near, &mut outbox).await.unwrap();
        assert_eq!(outbox.frames.capacity(), 0);
        drop(near);
        assert!(reading.await.unwrap() == expected);
    }
}
