//! What waits to be written to one socket, and the exchange with that socket: writes what waits,
//! then reads one message, then flushes.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::task::{Context, Poll, ready};

use futures_util::{SinkExt, StreamExt};
use kith_nips::RelayMessage;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::{Error, Message};

/// While this many bytes wait, no further page, no live event and no message of the client is
/// taken on.
const OUTBOX_ROOM_BYTES: usize = 65_536;

/// Messages to write, in order.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    messages: VecDeque<Message>,
    bytes: usize,
    unflushed: bool,
    progressed: bool,
}

/// What came of an [`exchange`].
#[derive(Debug)]
pub(super) enum Exchange {
    /// The client sent this.
    Received(Message),
    /// The outbox was full and now has room.
    Room,
    /// The connection is over.
    Ended,
    /// The connection failed, or the client broke the WebSocket protocol.
    Failed(Error),
}

impl Outbox {
    /// Adds a message.
    pub(super) fn say(&mut self, message: &RelayMessage<'_>) {
        self.push(Message::text(message.to_json()));
    }

    /// Adds a frame.
    pub(super) fn push(&mut self, message: Message) {
        self.bytes += message.len();
        self.messages.push_back(message);
    }

    /// Whether more work may be begun whose result goes in here.
    pub(super) fn has_room(&self) -> bool {
        self.bytes < OUTBOX_ROOM_BYTES
    }

    /// Forgets what was not begun to be written.
    pub(super) fn clear(&mut self) {
        self.messages.clear();
        self.bytes = 0;
    }

    /// Whether anything was written since this was last asked.
    pub(super) fn take_progress(&mut self) -> bool {
        std::mem::take(&mut self.progressed)
    }

    /// The socket has an answer of its own to write: a pong, or the echo of a close frame.
    pub(super) fn flush_later(&mut self) {
        self.unflushed = true;
    }

    fn pop(&mut self) -> Option<Message> {
        let message = self.messages.pop_front()?;
        self.bytes = self.bytes.saturating_sub(message.len());
        Some(message)
    }

    /// Moves messages into the socket until it takes no more.
    fn poll_write<S>(
        &mut self,
        socket: &mut WebSocketStream<S>,
        context: &mut Context<'_>,
    ) -> Poll<Result<(), Error>>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        while !self.messages.is_empty() {
            ready!(socket.poll_ready_unpin(context))?;
            if let Some(message) = self.pop() {
                socket.start_send_unpin(message)?;
                self.unflushed = true;
                self.progressed = true;
            }
        }
        Poll::Ready(Ok(()))
    }

    fn poll_flush<S>(
        &mut self,
        socket: &mut WebSocketStream<S>,
        context: &mut Context<'_>,
    ) -> Poll<Result<(), Error>>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        ready!(self.poll_write(socket, context))?;
        if self.unflushed {
            ready!(socket.poll_flush_unpin(context))?;
            self.unflushed = false;
        }
        Poll::Ready(Ok(()))
    }
}

/// Writes and reads until something happened that the session must look at. Safe to drop at any
/// time: nothing read or to be written is lost.
///
/// Flushing comes last, when there is nothing to read: answers to messages that arrived together
/// leave together.
pub(super) async fn exchange<S>(
    socket: &mut WebSocketStream<S>,
    outbox: &mut Outbox,
    may_read: bool,
) -> Exchange
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    poll_fn(|context| {
        let was_full = !outbox.has_room();
        if let Poll::Ready(Err(error)) = outbox.poll_write(socket, context) {
            return Poll::Ready(Exchange::Failed(error));
        }
        if was_full && outbox.has_room() {
            return Poll::Ready(Exchange::Room);
        }
        if may_read {
            match socket.poll_next_unpin(context) {
                Poll::Ready(Some(Ok(message))) => return Poll::Ready(Exchange::Received(message)),
                Poll::Ready(Some(Err(error))) => return Poll::Ready(Exchange::Failed(error)),
                Poll::Ready(None) => return Poll::Ready(Exchange::Ended),
                Poll::Pending => {}
            }
        }
        match outbox.poll_flush(socket, context) {
            Poll::Ready(Err(error)) => Poll::Ready(Exchange::Failed(error)),
            Poll::Ready(Ok(())) | Poll::Pending => Poll::Pending,
        }
    })
    .await
}

/// Writes everything that waits.
pub(super) async fn flush<S>(
    socket: &mut WebSocketStream<S>,
    outbox: &mut Outbox,
) -> Result<(), Error>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    poll_fn(|context| outbox.poll_flush(socket, context)).await
}
