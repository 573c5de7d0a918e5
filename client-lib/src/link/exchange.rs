//! One message to a relay and what answers it. Knows how long an answer is waited for, not what is
//! asked.

use std::borrow::Cow;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use nostr_sdk::{ClientMessage, RelayMessage, SubscriptionId};
use tokio::time::Instant;

use super::authentication::Challenge;
use super::switchboard::Concern;
use super::{Link, lock};
use crate::refusal::Reason;

/// A subscription that has its answer is closed together with the next message, or after this long.
const CLOSE_AFTER: Duration = Duration::from_millis(20);

/// How much longer than silence may last an answer may come in parts: one that never ends must not
/// be waited for as long as it likes.
const ANSWER_TIME_FACTOR: u32 = 12;

/// What a message meant to the exchange that listens.
pub(super) enum Part<T> {
    /// It is no part of the answer.
    Nothing,
    /// A part of the answer: the clock starts anew.
    More,
    /// The end of the answer.
    Answer(Result<T, Reason>),
}

impl Link {
    /// Sends one message and hands everything heard about it to `listen` until it has its
    /// answer. A challenge that is heard meanwhile is kept for whoever is refused; CLOSED is a refusal.
    pub(super) async fn exchange<T>(
        &self,
        message: ClientMessage<'_>,
        timeout: Duration,
        challenge: &Challenge,
        mut listen: impl FnMut(RelayMessage<'static>) -> Part<T>,
    ) -> Result<T, Reason> {
        let mut line = self
            .switchboard
            .listen(&self.relay, Concern::asked(&message));
        let mut messages = take_answered(&self.answered);
        messages.push(message);
        self.relay
            .batch_msg(messages)
            .map_err(|error| Reason::Unreachable(error.to_string()))?;
        let mut deadline = Instant::now() + timeout;
        let last = Instant::now() + timeout * ANSWER_TIME_FACTOR;
        loop {
            let message = tokio::time::timeout_at(deadline, line.next()).await;
            match message.map_err(|_| Reason::Timeout(timeout))?? {
                RelayMessage::Auth { challenge: text } => {
                    *lock(challenge) = Some(text.into_owned());
                }
                RelayMessage::Closed { message, .. } => {
                    return Err(Reason::refused(message.into_owned()));
                }
                message => match listen(message) {
                    Part::Nothing => {}
                    Part::More => deadline = last.min(Instant::now() + timeout),
                    Part::Answer(answer) => return answer,
                },
            }
        }
    }

    /// Closes a subscription that has its answer.
    pub(super) fn close_soon(&self, id: SubscriptionId) {
        lock(&self.answered).push(id);
        let (relay, answered) = (self.relay.clone(), Arc::clone(&self.answered));
        tokio::spawn(async move {
            tokio::time::sleep(CLOSE_AFTER).await;
            let messages = take_answered(&answered);
            if !messages.is_empty() {
                // If CLOSE cannot be sent, the connection is gone, and the subscription with it.
                let _ = relay.batch_msg(messages);
            }
        });
    }
}

fn take_answered(answered: &Mutex<Vec<SubscriptionId>>) -> Vec<ClientMessage<'static>> {
    let ids = std::mem::take(&mut *lock(answered));
    ids.into_iter()
        .map(|id| ClientMessage::Close(Cow::Owned(id)))
        .collect()
}
