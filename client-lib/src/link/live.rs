//! What one relay sends from now on. Knows filters and events; what they are about is for whoever
//! listens.

use std::borrow::Cow;
use std::time::Duration;

use nostr_sdk::{ClientMessage, Event, Filter, Relay, RelayMessage, SubscriptionId};
use tokio::time::Instant;

use super::Link;
use super::switchboard::{Concern, Line};
use crate::refusal::Reason;

/// A subscription that is open; closed when it is dropped.
#[derive(Debug)]
pub(crate) struct Ears<'a> {
    link: &'a Link,
    filters: Vec<Filter>,
    line: Line,
    /// Held until nobody listens any more.
    _subscription: Subscription,
    /// Until when the relay must have said that it listens; `None` once it has.
    deadline: Option<(Instant, Duration)>,
    /// The newest challenge, for a relay that asks who we are.
    pub(crate) challenge: Option<String>,
}

/// What is heard.
#[derive(Debug)]
pub(crate) enum Heard {
    /// From now on nothing is missed.
    Listening,
    /// Something new, or something stored that came before.
    Event(Box<Event>),
}

#[derive(Debug)]
struct Subscription {
    relay: Relay,
    id: SubscriptionId,
}

impl Drop for Subscription {
    fn drop(&mut self) {
        let close = ClientMessage::Close(Cow::Borrowed(&self.id));
        // If CLOSE cannot be sent, the connection is gone, and the subscription with it.
        let _ = self.relay.send_msg(close);
    }
}

impl Link {
    /// Asks for what any of these filters matches, from now on. The relay has `timeout` to say that
    /// it listens.
    pub(crate) async fn listen(
        &self,
        filters: Vec<Filter>,
        timeout: Duration,
    ) -> Result<Ears<'_>, Reason> {
        self.ready(timeout).await?;
        let id = SubscriptionId::generate();
        let concern = Some(Concern::Subscription(id.clone()));
        let line = self.switchboard.listen(&self.relay, concern);
        let request = ClientMessage::Req {
            subscription_id: Cow::Borrowed(&id),
            filters: filters.iter().map(Cow::Borrowed).collect(),
        };
        self.relay
            .send_msg(request)
            .map_err(|error| Reason::Unreachable(error.to_string()))?;
        Ok(Ears {
            link: self,
            filters,
            line,
            _subscription: Subscription {
                relay: self.relay.clone(),
                id,
            },
            deadline: Some((Instant::now() + timeout, timeout)),
            challenge: None,
        })
    }
}

impl Ears<'_> {
    /// The next thing heard, or why nothing more will be.
    pub(crate) async fn next(&mut self) -> Result<Heard, Reason> {
        loop {
            let message = match self.deadline {
                Some((deadline, timeout)) => tokio::time::timeout_at(deadline, self.line.next())
                    .await
                    .map_err(|_| Reason::Timeout(timeout))?,
                None => self.line.next().await,
            };
            if let Some(heard) = self.read(message?)? {
                return Ok(heard);
            }
        }
    }

    fn read(&mut self, message: RelayMessage<'static>) -> Result<Option<Heard>, Reason> {
        match message {
            RelayMessage::Event { event, .. } => {
                let mut filters = self.filters.iter();
                match filters.any(|filter| self.link.is_genuine(filter, &event)) {
                    true => Ok(Some(Heard::Event(Box::new(event.into_owned())))),
                    false => {
                        self.link.drop_unasked();
                        Ok(None)
                    }
                }
            }
            RelayMessage::EndOfStoredEvents(_) => {
                Ok(self.deadline.take().map(|_| Heard::Listening))
            }
            RelayMessage::Closed { message, .. } => Err(Reason::refused(message.into_owned())),
            RelayMessage::Auth { challenge } => {
                self.challenge = Some(challenge.into_owned());
                Ok(None)
            }
            _ => Ok(None),
        }
    }
}
