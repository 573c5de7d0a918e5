//! Messages as they arrive: one listener for each relay of the inbox, again and again. What came
//! while a relay was away comes afterwards, because the question looks back further than the times
//! of wraps are moved.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::Stream;
use kith_nips::{Event, nip40};
use nostr_sdk::{Filter, Timestamp};
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::{Message, MessageError, Opened, Said, wraps_for};
use crate::fetch::Found;
use crate::kith::Kith;
use crate::link::{Heard, Link, asks_for_authentication};
use crate::refusal::Reason;

/// Messages that may wait to be taken; then the relays wait.
pub const MESSAGES_MAX: usize = 256;

/// Times of wraps lie up to two days in the past (NIP-59); clocks may be wrong by an hour.
const LOOK_BACK_SECONDS: u64 = 2 * 86_400 + 3_600;

/// A relay that does not listen is asked again after this long; each time twice as long.
const AGAIN_AFTER: Duration = Duration::from_secs(1);

/// And at least this often.
const AGAIN_AFTER_MAX: Duration = Duration::from_secs(60);

/// Private messages as they arrive; ends with [`Kith::disconnect`]. Dropping it stops listening.
///
/// ```no_run
/// # async fn example(kith: kith_client::Kith) -> Result<(), kith_client::MessageError> {
/// let mut messages = kith.live_messages().await?;
/// while let Some(message) = messages.next().await {
///     println!("{}: {}", message.author, message.text);
/// }
/// # Ok(()) }
/// ```
#[derive(Debug)]
pub struct LiveMessages {
    messages: mpsc::Receiver<Message>,
    /// Every message that was there when listening began, newest first.
    before: Vec<Message>,
    _tasks: JoinSet<()>,
}

impl LiveMessages {
    /// Every message that was there when listening began, newest first; a second time none.
    pub fn take_before(&mut self) -> Vec<Message> {
        std::mem::take(&mut self.before)
    }

    /// The next message. Nothing is lost when this is cancelled.
    pub async fn next(&mut self) -> Option<Message> {
        self.messages.recv().await
    }
}

impl Stream for LiveMessages {
    type Item = Message;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Message>> {
        self.messages.poll_recv(context)
    }
}

impl Kith {
    /// Listens for private messages from now on: each once, in the order of arrival. Returns when
    /// the relays of the user's inbox listen, or have said why they do not.
    ///
    /// ```no_run
    /// # async fn example(kith: kith_client::Kith) -> Result<(), kith_client::MessageError> {
    /// let mut messages = kith.live_messages().await?;
    /// println!("{} so far", messages.take_before().len());
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`MessageError::NoInboxOfYours`], [`MessageError::Read`], and without a key
    /// [`MessageError::Publish`].
    pub async fn live_messages(&self) -> Result<LiveMessages, MessageError> {
        let own = self.own_inbox().await?;
        let (sender, mut wraps) = mpsc::channel(MESSAGES_MAX);
        let mut tasks = JoinSet::new();
        let waiting = own.links.len();
        for link in own.links {
            let listener = Listener {
                kith: self.clone(),
                link,
                filter: wraps_for(self.author()?),
                signals: sender.clone(),
            };
            tasks.spawn(listener.run());
        }
        drop(sender);
        let early = all_ready(&mut wraps, waiting).await;
        // What came since a relay listens is in the list: nothing falls between the two.
        let before = self.messages().await?.found;
        let (sender, messages) = mpsc::channel(MESSAGES_MAX);
        let mut known = Opened::default();
        for message in &before {
            known.add(Said::Message(Box::new(message.clone())));
        }
        tasks.spawn(self.clone().open_all(early, wraps, known, sender));
        Ok(LiveMessages {
            messages,
            before,
            _tasks: tasks,
        })
    }

    async fn open_all(
        self,
        early: Vec<Found>,
        mut wraps: mpsc::Receiver<Signal>,
        mut known: Opened,
        sender: mpsc::Sender<Message>,
    ) {
        let mut early = early.into_iter();
        loop {
            let found = match early.next() {
                Some(found) => found,
                None => match wraps.recv().await {
                    Some(Signal::Found(found)) => *found,
                    Some(Signal::Ready) => continue,
                    None => return,
                },
            };
            let Some(said) = self.open(&found).await else {
                continue;
            };
            let message = match &said {
                Said::Message(message) => Some(message.as_ref().clone()),
                Said::TookBack { .. } => None,
            };
            let is_news = known.add(said);
            if let Some(message) = message.filter(|_| is_news)
                && sender.send(message).await.is_err()
            {
                return;
            }
        }
    }
}

/// Waits until every relay listens or does not; what it sends meanwhile is kept.
async fn all_ready(signals: &mut mpsc::Receiver<Signal>, mut waiting: usize) -> Vec<Found> {
    let mut early = Vec::new();
    while waiting > 0 {
        match signals.recv().await {
            Some(Signal::Ready) => waiting -= 1,
            // What overflows here is in the list that is read next.
            Some(Signal::Found(found)) if early.len() < MESSAGES_MAX => early.push(*found),
            Some(Signal::Found(_)) => {}
            None => break,
        }
    }
    early
}

#[derive(Debug)]
enum Signal {
    /// The relay listens, or has failed for the first time.
    Ready,
    Found(Box<Found>),
}

struct Listener {
    kith: Kith,
    link: Arc<Link>,
    filter: Filter,
    signals: mpsc::Sender<Signal>,
}

impl Listener {
    async fn run(self) {
        let mut again_after = AGAIN_AFTER;
        let mut is_ready = false;
        loop {
            let reason = tokio::select! {
                reason = self.listen(&mut is_ready, &mut again_after) => reason,
                () = self.kith.closed() => return,
            };
            tracing::debug!(relay = %self.link.url(), %reason, "does not listen");
            if !is_ready && self.signals.send(Signal::Ready).await.is_err() {
                return;
            }
            is_ready = true;
            tokio::select! {
                () = tokio::time::sleep(again_after) => {}
                () = self.kith.closed() => return,
            }
            again_after = (again_after * 2).min(AGAIN_AFTER_MAX);
        }
    }

    /// Once, or twice when the relay asks who we are.
    async fn listen(&self, is_ready: &mut bool, again_after: &mut Duration) -> Reason {
        let mut challenge = None;
        let reason = self
            .listen_once(is_ready, again_after, &mut challenge)
            .await;
        if !asks_for_authentication(&reason) {
            return reason;
        }
        let (signer, timeout) = (self.kith.signer(), self.kith.timeout());
        match self.link.authenticate(signer, challenge, timeout).await {
            Ok(()) => self.listen_once(is_ready, again_after, &mut None).await,
            Err(reason) => reason,
        }
    }

    async fn listen_once(
        &self,
        is_ready: &mut bool,
        again_after: &mut Duration,
        challenge: &mut Option<String>,
    ) -> Reason {
        let since = self.kith.now().saturating_sub(LOOK_BACK_SECONDS);
        let filter = self.filter.clone().since(Timestamp::from_secs(since));
        let mut ears = match self.link.listen(vec![filter], self.kith.timeout()).await {
            Ok(ears) => ears,
            Err(reason) => return reason,
        };
        let reason = loop {
            let signal = match ears.next().await {
                Ok(Heard::Listening) => {
                    *again_after = AGAIN_AFTER;
                    let is_first = !std::mem::replace(is_ready, true);
                    is_first.then_some(Signal::Ready)
                }
                Ok(Heard::Event(event)) => self.found(&event),
                Err(reason) => break reason,
            };
            if let Some(signal) = signal
                && self.signals.send(signal).await.is_err()
            {
                break Reason::ConnectionLost;
            }
        };
        *challenge = ears.challenge.take();
        reason
    }

    fn found(&self, event: &nostr_sdk::Event) -> Option<Signal> {
        let event = Event::try_from(event).ok()?;
        let is_expired = nip40::is_expired(&event, self.kith.now());
        let relays = vec![self.link.url().clone()];
        (!is_expired).then(|| Signal::Found(Box::new(Found { event, relays })))
    }
}
