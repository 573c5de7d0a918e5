//! Who hears what of a relay. Its messages are read in one place, and each is given to whoever waits for
//! it: to read them once for every question that is under way would copy every event as often.

use std::sync::{Arc, Mutex, OnceLock};

use nostr_sdk::pool::RelayNotification;
use nostr_sdk::{ClientMessage, EventId, Relay, RelayMessage, RelayStatus, SubscriptionId};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{mpsc, watch};

use super::{is_lost, lock};
use crate::refusal::Reason;

/// Messages that may wait for one who listens: several pages of [`crate::EVENTS_PER_PAGE`] events.
const WAITING_MAX: usize = 4096;

/// What somebody waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Concern {
    /// All that a relay says of one subscription.
    Subscription(SubscriptionId),
    /// Whether a relay took this note.
    Note(EventId),
}

impl Concern {
    /// What is waited for after this message; nothing, when it has no answer.
    pub(super) fn asked(message: &ClientMessage<'_>) -> Option<Concern> {
        match message {
            ClientMessage::Req {
                subscription_id: id,
                ..
            }
            | ClientMessage::Count {
                subscription_id: id,
                ..
            } => Some(Concern::Subscription(id.clone().into_owned())),
            ClientMessage::Event(event) | ClientMessage::Auth(event) => {
                Some(Concern::Note(event.id))
            }
            _ => None,
        }
    }

    /// What a message is about; `None` for what concerns everybody or nobody.
    fn of(message: &RelayMessage<'_>) -> Option<Concern> {
        match message {
            RelayMessage::Event {
                subscription_id: id,
                ..
            }
            | RelayMessage::EndOfStoredEvents(id)
            | RelayMessage::Closed {
                subscription_id: id,
                ..
            }
            | RelayMessage::Count {
                subscription_id: id,
                ..
            } => Some(Concern::Subscription(id.clone().into_owned())),
            RelayMessage::Ok { event_id, .. } => Some(Concern::Note(*event_id)),
            _ => None,
        }
    }
}

/// The lines of one relay that are open.
#[derive(Debug, Clone, Default)]
pub(super) struct Switchboard(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    open: Vec<Listener>,
    next_number: u64,
    is_closed: bool,
}

#[derive(Debug)]
struct Listener {
    number: u64,
    concern: Option<Concern>,
    /// How many connections there had been.
    connection: usize,
    messages: mpsc::Sender<RelayMessage<'static>>,
    ended: Arc<OnceLock<Reason>>,
}

/// What one listener hears; it hangs up when it is dropped.
#[derive(Debug)]
pub(super) struct Line {
    number: u64,
    switchboard: Switchboard,
    messages: mpsc::Receiver<RelayMessage<'static>>,
    ended: Arc<OnceLock<Reason>>,
}

impl Line {
    /// The next message about the concern, or a challenge (NIP-42). An error says why there will be no
    /// more.
    pub(super) async fn next(&mut self) -> Result<RelayMessage<'static>, Reason> {
        let message = self.messages.recv().await;
        let ended = || self.ended.get().cloned();
        message.ok_or_else(|| ended().unwrap_or(Reason::ConnectionLost))
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        let mut state = lock(&self.switchboard.0);
        state.open.retain(|listener| listener.number != self.number);
    }
}

impl Switchboard {
    /// Hears all that concerns this from now on. Open the line before you ask.
    pub(super) fn listen(&self, relay: &Relay, concern: Option<Concern>) -> Line {
        self.open(concern, relay.stats().success())
    }

    fn open(&self, concern: Option<Concern>, connection: usize) -> Line {
        let (messages, receiver) = mpsc::channel(WAITING_MAX);
        let ended = Arc::default();
        let mut state = lock(&self.0);
        let number = state.next_number;
        state.next_number += 1;
        if !state.is_closed {
            state.open.push(Listener {
                number,
                concern,
                connection,
                messages,
                ended: Arc::clone(&ended),
            });
        }
        Line {
            number,
            switchboard: self.clone(),
            messages: receiver,
            ended,
        }
    }

    /// Gives everybody what is theirs for as long as there is the relay. The newest challenge of a
    /// connection is kept, and forgotten with the connection. Nothing is signed here: a challenge
    /// that no refusal follows needs no answer (NIP-42).
    pub(super) fn serve(
        self,
        relay: &Relay,
        challenge: watch::Sender<Option<String>>,
    ) -> impl Future<Output = ()> + Send + use<> {
        self.serve_from(relay.notifications(), relay.stats().success(), challenge)
    }

    /// So many connections there were before.
    async fn serve_from(
        self,
        mut notifications: Receiver<RelayNotification>,
        mut connections: usize,
        challenge: watch::Sender<Option<String>>,
    ) {
        loop {
            match notifications.recv().await {
                Ok(RelayNotification::Message { message }) => {
                    if let RelayMessage::Auth { challenge: text } = &message {
                        challenge.send_replace(Some(text.clone().into_owned()));
                    }
                    self.give(message);
                }
                Ok(RelayNotification::RelayStatus {
                    status: RelayStatus::Connected,
                }) => {
                    connections = connections.saturating_add(1);
                }
                Ok(RelayNotification::RelayStatus { status }) if is_lost(status) => {
                    challenge.send_replace(None);
                    self.end(&Reason::ConnectionLost, |listener| {
                        listener.connection <= connections
                    });
                }
                Ok(RelayNotification::Shutdown) => self.end(&Reason::ConnectionLost, |_| true),
                Ok(_) => {}
                Err(RecvError::Lagged(_)) => {
                    // Nobody knows the count any more: from now on a loss concerns everybody.
                    connections = usize::MAX;
                    self.end(&Reason::Overrun, |_| true);
                }
                Err(RecvError::Closed) => {
                    lock(&self.0).is_closed = true;
                    self.end(&Reason::ConnectionLost, |_| true);
                    return;
                }
            }
        }
    }

    fn give(&self, message: RelayMessage<'static>) {
        let mut state = lock(&self.0);
        let heard = Concern::of(&message);
        let is_for_all = matches!(message, RelayMessage::Auth { .. });
        let is_for =
            |listener: &Listener| is_for_all || (heard.is_some() && heard == listener.concern);
        let Some(last) = state.open.iter().rposition(is_for) else {
            return;
        };
        let mut message = Some(message);
        let mut place = 0;
        state.open.retain(|listener| {
            let own = match place == last {
                true => message.take(),
                false if is_for(listener) => message.clone(),
                false => None,
            };
            place += 1;
            let is_heard = own.is_none_or(|own| listener.messages.try_send(own).is_ok());
            if !is_heard {
                // Whoever does not keep up is told, and hears no more.
                let _ = listener.ended.set(Reason::Overrun);
            }
            is_heard
        });
    }

    fn end(&self, reason: &Reason, concerns: impl Fn(&Listener) -> bool) {
        lock(&self.0).open.retain(|listener| {
            let has_ended = concerns(listener);
            if has_ended {
                // It has no other reason yet: it would not be open.
                let _ = listener.ended.set(reason.clone());
            }
            !has_ended
        });
    }
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use nostr_sdk::{EventBuilder, Keys};
    use tokio::sync::broadcast;

    use super::*;

    /// A switchboard that is served from a channel, after so many connections.
    fn served(connections: usize) -> (Switchboard, broadcast::Sender<RelayNotification>) {
        let (sender, receiver) = broadcast::channel(2 * WAITING_MAX);
        let switchboard = Switchboard::default();
        let (challenge, _) = watch::channel(None);
        tokio::spawn(
            switchboard
                .clone()
                .serve_from(receiver, connections, challenge),
        );
        (switchboard, sender)
    }

    fn subscription(name: &str) -> Option<Concern> {
        Some(Concern::Subscription(SubscriptionId::new(name)))
    }

    fn end_of(name: &str) -> RelayMessage<'static> {
        RelayMessage::EndOfStoredEvents(Cow::Owned(SubscriptionId::new(name)))
    }

    fn event_of(name: &str) -> RelayMessage<'static> {
        let event = EventBuilder::text_note("").sign_with_keys(&Keys::generate());
        RelayMessage::Event {
            subscription_id: Cow::Owned(SubscriptionId::new(name)),
            event: Cow::Owned(event.unwrap()),
        }
    }

    fn said(message: RelayMessage<'static>) -> RelayNotification {
        RelayNotification::Message { message }
    }

    fn status(status: RelayStatus) -> RelayNotification {
        RelayNotification::RelayStatus { status }
    }

    #[tokio::test]
    async fn nip01_102_everybody_hears_their_own_and_what_concerns_nobody_is_ignored() {
        let (switchboard, relay) = served(1);
        let (mut one, mut other) = (
            switchboard.open(subscription("one"), 1),
            switchboard.open(subscription("other"), 1),
        );
        let mut same = switchboard.open(subscription("one"), 1);
        let challenge = RelayMessage::Auth {
            challenge: "who are you".into(),
        };
        let event = event_of("one");
        for message in [event.clone(), end_of("nobody"), end_of("other"), challenge] {
            relay.send(said(message)).unwrap();
        }
        assert_eq!(one.next().await.unwrap(), event);
        assert_eq!(same.next().await.unwrap(), event);
        assert_eq!(other.next().await.unwrap(), end_of("other"));
        for line in [&mut one, &mut same, &mut other] {
            assert!(matches!(line.next().await, Ok(RelayMessage::Auth { .. })));
        }
        drop(one);
        assert_eq!(lock(&switchboard.0).open.len(), 2);
    }

    #[tokio::test]
    async fn a_lost_connection_ends_the_lines_that_it_had_and_no_later_ones() {
        let (switchboard, relay) = served(0);
        relay.send(status(RelayStatus::Connected)).unwrap();
        let mut before = switchboard.open(subscription("a"), 1);
        relay.send(said(end_of("a"))).unwrap();
        relay.send(status(RelayStatus::Disconnected)).unwrap();
        relay.send(status(RelayStatus::Connected)).unwrap();
        // Opened on the second connection, before the loss of the first was looked at.
        let mut after = switchboard.open(subscription("b"), 2);
        relay.send(said(end_of("b"))).unwrap();
        // What came before the loss is heard.
        assert_eq!(before.next().await.unwrap(), end_of("a"));
        assert_eq!(before.next().await, Err(Reason::ConnectionLost));
        assert_eq!(after.next().await.unwrap(), end_of("b"));
        drop(relay);
        assert_eq!(after.next().await, Err(Reason::ConnectionLost));
        let mut late = switchboard.open(subscription("c"), 2);
        assert_eq!(late.next().await, Err(Reason::ConnectionLost));
    }

    #[tokio::test]
    async fn who_does_not_keep_up_is_told_and_holds_up_nobody() {
        let (switchboard, relay) = served(1);
        let mut slow = switchboard.open(subscription("slow"), 1);
        let mut quick = switchboard.open(subscription("quick"), 1);
        for _ in 0..=WAITING_MAX {
            relay.send(said(end_of("slow"))).unwrap();
        }
        relay.send(said(end_of("quick"))).unwrap();
        assert_eq!(quick.next().await.unwrap(), end_of("quick"));
        for _ in 0..WAITING_MAX {
            assert_eq!(slow.next().await.unwrap(), end_of("slow"));
        }
        assert_eq!(slow.next().await, Err(Reason::Overrun));
    }
}
