//! A client as plain as can be: sends text, reads arrays. Knows no relay and measures nothing.

use std::time::Duration;

use anyhow::{Context, bail};
use futures_util::{SinkExt, StreamExt};
use serde_json::Value;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async_with_config};

/// How long a relay may be silent before the run fails.
const SILENCE_MAX: Duration = Duration::from_secs(60);

/// One connection.
pub type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// Connects to ws://host:port. Small messages leave at once.
///
/// # Errors
/// Nobody is there, or it is no relay.
pub async fn connect(relay: &str) -> anyhow::Result<Socket> {
    let (socket, _) = connect_async_with_config(relay, None, true)
        .await
        .with_context(|| relay.to_owned())?;
    Ok(socket)
}

/// The next message.
///
/// # Errors
/// The relay is silent, or ended the connection, or sent what is not JSON.
pub async fn receive(socket: &mut Socket) -> anyhow::Result<Value> {
    loop {
        let message = tokio::time::timeout(SILENCE_MAX, socket.next())
            .await
            .context("the relay is silent")?
            .context("the relay closed the connection")??;
        if let Message::Text(text) = message {
            return Ok(serde_json::from_str(&text)?);
        }
    }
}

/// Asks one question under the name `q` and gives the number of stored events.
///
/// # Errors
/// As [`receive`], and when the relay refuses.
pub async fn ask(socket: &mut Socket, filter: &str) -> anyhow::Result<usize> {
    socket
        .send(Message::text(format!(r#"["REQ","q",{filter}]"#)))
        .await?;
    let mut events = 0;
    loop {
        let answer = receive(socket).await?;
        match answer.get(0).and_then(Value::as_str) {
            Some("EVENT") => events += 1,
            Some("EOSE") => return Ok(events),
            Some("CLOSED") => bail!("{filter}: {answer}"),
            _ => {}
        }
    }
}
