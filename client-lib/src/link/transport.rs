//! The way to a relay: the sockets of the client pool, on which nothing small is held back, and answers
//! to counts are looked at as they go by.
//!
//! TCP sends a small piece only when the piece before it was acknowledged, unless told otherwise, and
//! a relay acknowledges a CLOSE, to which it has no answer, only after 40 ms: the question behind it
//! would wait for so long.

use std::fmt;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use async_wsocket::{Message, WebSocket};
use futures_util::stream::SplitSink;
use futures_util::{Sink, SinkExt, StreamExt};
use nostr_sdk::Url;
use nostr_sdk::pool::ConnectionMode;
use nostr_sdk::pool::transport::error::TransportError;
use nostr_sdk::pool::transport::websocket::{
    DefaultWebsocketTransport, WebSocketSink, WebSocketStream, WebSocketTransport,
};
use nostr_sdk::util::BoxedFuture;
use pool_tungstenite::MaybeTlsStream;

use super::counting::Sketches;

/// How connections are made.
pub(super) struct Transport(Sketches);

impl Transport {
    /// Answers to counts are shown to these.
    pub(super) fn new(sketches: Sketches) -> Transport {
        Transport(sketches)
    }
}

impl fmt::Debug for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Transport").finish_non_exhaustive()
    }
}

impl WebSocketTransport for Transport {
    fn support_ping(&self) -> bool {
        DefaultWebsocketTransport.support_ping()
    }

    fn connect<'a>(
        &'a self,
        url: &'a Url,
        mode: &'a ConnectionMode,
        timeout: Duration,
    ) -> BoxedFuture<'a, Result<(WebSocketSink, WebSocketStream), TransportError>> {
        Box::pin(async move {
            let connecting = WebSocket::connect(url, mode, timeout);
            let socket = connecting.await.map_err(TransportError::backend)?;
            if let Err(error) = send_at_once(&socket) {
                tracing::debug!(relay = %url, %error, "small messages are held back");
            }
            let (sink, stream) = socket.split();
            let sketches = self.0.clone();
            let stream = stream.map(move |message| {
                let message = message.map_err(TransportError::backend)?;
                if let Some(text) = message.as_text() {
                    sketches.look_at(text);
                }
                Ok(message)
            });
            let sink: WebSocketSink = Box::new(Outgoing(sink));
            Ok((sink, Box::pin(stream) as WebSocketStream))
        })
    }
}

fn send_at_once(socket: &WebSocket) -> io::Result<()> {
    let WebSocket::Tokio(stream) = socket;
    match stream.get_ref() {
        MaybeTlsStream::Plain(tcp) => tcp.set_nodelay(true),
        MaybeTlsStream::Rustls(tls) => tls.get_ref().0.set_nodelay(true),
        _ => Ok(()),
    }
}

/// Errors as the client pool has them. `sink_map_err` panics when it is used after an error.
struct Outgoing(SplitSink<WebSocket, Message>);

impl Sink<Message> for Outgoing {
    type Error = TransportError;

    fn poll_ready(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        let ready = self.0.poll_ready_unpin(cx);
        ready.map_err(TransportError::backend)
    }

    fn start_send(mut self: Pin<&mut Self>, message: Message) -> Result<(), Self::Error> {
        let sent = self.0.start_send_unpin(message);
        sent.map_err(TransportError::backend)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        let flushed = self.0.poll_flush_unpin(cx);
        flushed.map_err(TransportError::backend)
    }

    fn poll_close(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        let closed = self.0.poll_close_unpin(cx);
        closed.map_err(TransportError::backend)
    }
}

#[cfg(test)]
mod tests {
    use futures_util::future::join;
    use tokio::net::TcpListener;

    use super::*;

    #[tokio::test]
    async fn nothing_small_is_held_back() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("ws://{}", listener.local_addr().unwrap());
        let accepting = async {
            let (stream, _) = listener.accept().await.unwrap();
            tokio_tungstenite::accept_async(stream).await.unwrap()
        };
        let url = Url::parse(&url).unwrap();
        let mode = ConnectionMode::direct();
        let connecting = WebSocket::connect(&url, &mode, Duration::from_secs(10));
        let (_accepted, socket) = join(accepting, connecting).await;
        let socket = socket.unwrap();
        let is_at_once = || {
            let WebSocket::Tokio(stream) = &socket;
            let MaybeTlsStream::Plain(tcp) = stream.get_ref() else {
                panic!("no encryption was asked for");
            };
            tcp.nodelay().unwrap()
        };
        assert!(!is_at_once());
        send_at_once(&socket).unwrap();
        assert!(is_at_once());
    }
}
