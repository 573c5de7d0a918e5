//! A connection that is quick to read: served events are not parsed but compared as text. Knows
//! the shapes of messages, not what they should say.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::Value;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async_with_config};

use crate::events::{note, now};

/// What is awaited comes within this time or never.
const DEADLINE: Duration = Duration::from_secs(30);

/// One message of the relay.
#[derive(Debug)]
pub(crate) enum Heard {
    Event {
        subscription: String,
        json: String,
    },
    Eose {
        subscription: String,
        /// NIP-67
        hint: Option<String>,
    },
    /// With its prefix.
    Closed {
        subscription: String,
        prefix: String,
    },
    Count {
        query: String,
        count: u64,
    },
    Ok {
        id: String,
        accepted: bool,
        /// What stands in front of the colon.
        prefix: String,
    },
    /// An answer of a comparison (NIP-77), in hex.
    Compared {
        comparison: String,
        message: String,
    },
    /// The end of one, with its prefix.
    NotCompared {
        comparison: String,
        prefix: String,
    },
    Auth(String),
}

/// A connection, from the client's side.
pub(crate) struct Client {
    stream: WebSocketStream<MaybeTlsStream<TcpStream>>,
    url: String,
    challenge: String,
}

impl Client {
    /// Connects to a relay that greets with a challenge (NIP-42).
    pub(crate) async fn connect(url: &str) -> Result<Self, String> {
        let (stream, _) = connect_async_with_config(url, None, true)
            .await
            .map_err(|failure| failure.to_string())?;
        let mut client = Client {
            stream,
            url: url.to_owned(),
            challenge: String::new(),
        };
        match client.hear().await? {
            Heard::Auth(challenge) => client.challenge = challenge,
            other => return Err(format!("greeted with {other:?}")),
        }
        Ok(client)
    }

    /// The AUTH message of this key, and the id of its event.
    pub(crate) fn authentication(&self, key: u32) -> (String, String) {
        let event = note(key)
            .kind(22_242)
            .tag(&["relay", &self.url])
            .tag(&["challenge", &self.challenge])
            .at(now())
            .signed();
        let message = format!(r#"["AUTH",{}]"#, event.json());
        (message, event.id().to_string())
    }

    /// Sends messages in one go.
    pub(crate) async fn say(
        &mut self,
        texts: impl IntoIterator<Item = String>,
    ) -> Result<(), String> {
        let sending = async {
            for text in texts {
                self.stream.feed(Message::text(text)).await?;
            }
            self.stream.flush().await
        };
        match tokio::time::timeout(DEADLINE, sending).await {
            Ok(sent) => sent.map_err(|failure| failure.to_string()),
            Err(_) => Err("the relay does not read".to_owned()),
        }
    }

    /// The next message.
    pub(crate) async fn hear(&mut self) -> Result<Heard, String> {
        loop {
            match tokio::time::timeout(DEADLINE, self.stream.next()).await {
                Ok(Some(Ok(Message::Text(text)))) => return heard(&text),
                Ok(Some(Ok(Message::Ping(_) | Message::Pong(_)))) => {}
                Ok(other) => return Err(format!("the connection ended: {other:?}")),
                Err(_) => return Err("waited for a message in vain".to_owned()),
            }
        }
    }
}

fn heard(text: &str) -> Result<Heard, String> {
    event(text)
        .or_else(|| answer(text))
        .ok_or_else(|| format!("no message of a relay: {text}"))
}

/// Subscriptions are named so that nothing in their name is escaped.
fn event(text: &str) -> Option<Heard> {
    let rest = text.strip_prefix(r#"["EVENT",""#)?;
    let (subscription, rest) = rest.split_once(r#"","#)?;
    Some(Heard::Event {
        subscription: subscription.to_owned(),
        json: rest.strip_suffix(']')?.to_owned(),
    })
}

fn answer(text: &str) -> Option<Heard> {
    let message: Value = serde_json::from_str(text).ok()?;
    let text = |index: usize| message[index].as_str().map(str::to_owned);
    Some(match message[0].as_str()? {
        "EOSE" => Heard::Eose {
            subscription: text(1)?,
            hint: message[2][0].as_str().map(str::to_owned),
        },
        "NEG-MSG" => Heard::Compared {
            comparison: text(1)?,
            message: text(2)?,
        },
        "NEG-ERR" => Heard::NotCompared {
            comparison: text(1)?,
            prefix: prefix(&text(2)?)?,
        },
        "CLOSED" => Heard::Closed {
            subscription: text(1)?,
            prefix: prefix(&text(2)?)?,
        },
        "COUNT" => Heard::Count {
            query: text(1)?,
            count: message[2]["count"].as_u64()?,
        },
        "OK" => Heard::Ok {
            id: text(1)?,
            accepted: message[2].as_bool()?,
            prefix: match text(3)?.as_str() {
                "" => String::new(),
                reason => prefix(reason)?,
            },
        },
        "AUTH" => Heard::Auth(text(1)?),
        _ => return None,
    })
}

/// PFX-01
fn prefix(reason: &str) -> Option<String> {
    let (prefix, rest) = reason.split_once(": ")?;
    (!rest.is_empty()).then(|| prefix.to_owned())
}
