//! The end of a session: what was accepted is finished, the client is told why, and the socket is
//! closed so that it can still read that.

use std::future::poll_fn;
use std::io;
use std::mem::MaybeUninit;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures_util::stream::StreamExt;
use kith_nips::{Prefix, RelayMessage};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::timeout;

use super::outbox::{Exchange, exchange, flush};
use super::state::Session;
use crate::websocket::{Broken, CloseCode, Echo, WebSocket};

/// Bytes read at once from a client that is still sending while the connection closes.
const DISCARD_BYTES: usize = 4_096;
/// Of the answers to a client that closes, those within so many bytes still go out.
const LAST_ANSWERS_BYTES_MAX: usize = 4_096;

/// Why a session ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// The client closed the connection, properly or not.
    ClosedByClient,
    /// The client did not answer a ping.
    Lost,
    /// The client did not read what it had asked for.
    TooSlow,
    /// The client sent a message longer than announced.
    MessageTooLong,
    /// The client sent text that is not UTF-8.
    NotUtf8,
    /// The client broke the WebSocket protocol (RFC 6455).
    ProtocolBroken,
    /// An administrator blocked the client's address (NIP-86).
    Blocked,
    /// The relay stops.
    ShutDown,
}

impl Ending {
    pub(super) fn of(broken: &Broken) -> Self {
        match broken {
            Broken::Ended | Broken::Failed => Ending::ClosedByClient,
            Broken::TooLong => Ending::MessageTooLong,
            Broken::NotUtf8 => Ending::NotUtf8,
            Broken::Protocol => Ending::ProtocolBroken,
        }
    }

    /// What the close frame says (RFC 6455 §7.4); none where nobody reads it.
    fn close_frame(self) -> Option<(CloseCode, &'static str)> {
        Some(match self {
            Ending::ClosedByClient | Ending::Lost => return None,
            Ending::TooSlow => (CloseCode::Policy, "reading too slowly"),
            Ending::MessageTooLong => (CloseCode::Size, "message too long"),
            Ending::NotUtf8 => (CloseCode::NotUtf8, "text that is not UTF-8"),
            Ending::ProtocolBroken => (CloseCode::Protocol, "not the WebSocket protocol"),
            Ending::Blocked => (CloseCode::Policy, "your address is blocked"),
            Ending::ShutDown => (CloseCode::Away, "shutting down"),
        })
    }
}

impl Session {
    /// Ends the session within the time that the limits allow.
    pub(super) async fn leave<S>(&mut self, socket: &mut WebSocket<S>, ending: Ending)
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let time = Duration::from_millis(self.limits.leave_timeout_ms);
        // Beyond that time whoever is there has had its chance; dropping the socket is the end.
        let _ = timeout(time, self.take_leave(socket, ending)).await;
    }

    async fn take_leave<S>(&mut self, socket: &mut WebSocket<S>, ending: Ending)
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let open = self.subscriptions.close_all();
        let compared = self.comparisons.close_all();
        self.scans.clear();
        self.released.clear();
        let Some((code, reason)) = ending.close_frame() else {
            if ending == Ending::ClosedByClient {
                let _ = flush(socket.stream(), &mut self.outbox).await;
            }
            // Many clients send an event and leave: it counts all the same.
            return self.finish_events().await;
        };
        if matches!(ending, Ending::TooSlow | Ending::Blocked) {
            // What waits would only delay the end.
            self.outbox.clear();
            self.finish_events().await;
        } else {
            self.answer_events(socket).await;
        }
        let farewell = match ending {
            Ending::ShutDown => Some((Prefix::Error, "shutting down")),
            Ending::TooSlow => Some((Prefix::Error, "events came faster than they were read")),
            Ending::Blocked => Some((Prefix::Blocked, "your address is blocked")),
            _ => None,
        };
        if let Some((prefix, reason)) = farewell {
            for id in open {
                self.outbox.say(&RelayMessage::Closed {
                    subscription: id.as_str(),
                    message: &format!("{prefix}: {reason}"),
                });
            }
            for id in compared {
                self.outbox.say(&RelayMessage::NegErr {
                    subscription: id.as_str(),
                    message: &format!("{}: {reason}", Prefix::Closed),
                    records_max: None,
                });
            }
        }
        if ending == Ending::MessageTooLong {
            let max = self.limits.message_bytes_max;
            self.notice(&format!("the message is longer than {max} bytes"));
        }
        self.outbox.close(code, reason);
        if flush(socket.stream(), &mut self.outbox).await.is_ok() {
            discard_until_end(socket.stream()).await;
        }
    }

    /// The client has closed. It reads what was on its way, and the echo of its close frame.
    pub(super) fn closed_by_client(&mut self, payload: &[u8], echo: Echo) -> Ending {
        self.outbox.keep(LAST_ANSWERS_BYTES_MAX);
        match echo {
            Echo::Same => self.outbox.echo_close(payload),
            Echo::NotAllowed => self.outbox.close(CloseCode::Protocol, "Protocol violation"),
        }
        Ending::ClosedByClient
    }

    /// Finishes the events in the works and writes their answers.
    async fn answer_events<S>(&mut self, socket: &mut WebSocket<S>)
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        while self.in_flight.events > 0 {
            tokio::select! {
                biased;
                done = self.work.next() => match done {
                    Some(done) => self.finished(done),
                    None => return,
                },
                exchanged = exchange(socket, &mut self.outbox, false) => match exchanged {
                    Exchange::Room | Exchange::Received(_) => {}
                    Exchange::Broken(_) => return self.finish_events().await,
                },
            }
        }
    }

    /// Finishes the events in the works; there is nobody to answer to.
    async fn finish_events(&mut self) {
        while self.in_flight.events > 0 {
            match self.work.next().await {
                Some(done) => self.finished(done),
                None => return,
            }
            self.outbox.clear();
        }
    }
}

/// Closes our direction, then reads on without looking. A socket that is dropped while unread
/// input waits is reset, and the client would lose the words it was told.
async fn discard_until_end<S>(stream: &mut S)
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let mut stream = Pin::new(stream);
    if poll_fn(|context| stream.as_mut().poll_shutdown(context))
        .await
        .is_err()
    {
        return;
    }
    let mut discard = |context: &mut Context<'_>| {
        // Only on the stack: in the future it would be memory of every connection.
        let mut bytes = [MaybeUninit::uninit(); DISCARD_BYTES];
        let mut buffer = ReadBuf::uninit(&mut bytes);
        ready!(stream.as_mut().poll_read(context, &mut buffer))?;
        Poll::Ready(Ok::<_, io::Error>(buffer.filled().len()))
    };
    while let Ok(1..) = poll_fn(&mut discard).await {}
}
