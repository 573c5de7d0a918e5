//! Messages as they arrive at the relays of the inbox. What came while a relay was away comes
//! afterwards, because the question looks back further than the times of wraps are moved.

use std::pin::Pin;
use std::task::{Context, Poll};

use futures_util::Stream;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::{Message, MessageError, Opened, Said, wraps_for};
use crate::kith::Kith;
use crate::listener::{Listening, Signal};
use crate::question::Question;

/// Messages that may wait to be taken; then the relays wait.
pub const MESSAGES_MAX: usize = 256;

/// Times of wraps lie up to two days in the past (NIP-59); clocks may be wrong by an hour.
const LOOK_BACK_SECONDS: u64 = 2 * 86_400 + 3_600;

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
        let question = Question::new(vec![wraps_for(self.author()?)], Default::default());
        let question = question.looking_back(LOOK_BACK_SECONDS);
        let Listening {
            signals, mut tasks, ..
        } = self.listen_at(&own.links, question).await?;
        // What came since a relay listens is in the list: nothing falls between the two.
        let before = self.messages().await?.found;
        let (sender, messages) = mpsc::channel(MESSAGES_MAX);
        let mut known = Opened::default();
        for message in &before {
            known.add(Said::Message(Box::new(message.clone())));
        }
        tasks.spawn(self.clone().open_all(signals, known, sender));
        Ok(LiveMessages {
            messages,
            before,
            _tasks: tasks,
        })
    }

    async fn open_all(
        self,
        mut signals: mpsc::Receiver<Signal>,
        mut known: Opened,
        sender: mpsc::Sender<Message>,
    ) {
        while let Some(signal) = signals.recv().await {
            let Signal::Found(found) = signal else {
                continue;
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
