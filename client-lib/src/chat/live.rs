//! A room as it goes on: what was said, then what is said and hidden from now on, across lost
//! connections.

use std::pin::Pin;
use std::task::{Context, Poll};

use futures_util::Stream;
use kith_nips::lbc::{ChatView, address};
use kith_nips::{EventId, Kind};
use nostr_sdk::{Alphabet, Filter};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;

use super::follower::{Earlier, Follower};
use super::reading::{hiding_filter, messages_filter};
use super::{Chat, ChatMessage};
use crate::fetch::{Listing, ReadError};
use crate::filters::{FILTER_VALUES_MAX, addresses_filters, authors, kinds_filter, tag};
use crate::kith::Kith;
use crate::listener::{Listening, LostRelays};
use crate::question::Question;
use crate::refusal::Refusal;

/// News that may wait for whoever reads the stream.
const NEWS_MAX: usize = 256;

/// Requests for earlier messages that may wait.
const EARLIER_MAX: usize = 4;

/// Something that happened in a room.
///
/// ```no_run
/// # fn example(news: kith_client::ChatNews) {
/// use kith_client::ChatNews;
/// match news {
///     ChatNews::Said(message) => println!("{}: {}", message.display_name(), message.text()),
///     ChatNews::Gone(message) => println!("{message} is not shown any more"),
///     ChatNews::Connection { listening, relays } => println!("{listening} of {relays} relays"),
///     _ => {}
/// }
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ChatNews {
    /// Somebody said something, or it is shown again.
    Said(Box<ChatMessage>),
    /// A message was hidden or taken back, or its author was muted.
    Gone(EventId),
    /// So many of these relays listen now.
    Connection {
        /// Relays that tell what is said.
        listening: usize,
        /// Relays of the set.
        relays: usize,
    },
}

/// A room that goes on. Made by [`Kith::live_chat`]; dropping it ends it.
///
/// Each message is told once, however many relays have it and however often they are lost; what was
/// said meanwhile is told when a relay is back. It ends with [`Kith::disconnect`].
///
/// A message that is taken back goes at once when its author owns the community, is a member, or says
/// in the request that it is about a message (`k`, NIP-09); else after the next lost connection.
#[derive(Debug)]
pub struct LiveChat {
    beginning: Vec<ChatMessage>,
    news: mpsc::Receiver<ChatNews>,
    earlier: mpsc::Sender<Earlier>,
    listening: usize,
    silent: Vec<Refusal>,
    _tasks: JoinSet<()>,
}

impl LiveChat {
    /// What was said before, oldest first.
    pub fn beginning(&self) -> &[ChatMessage] {
        &self.beginning
    }

    /// Relays that listened at the beginning.
    pub fn listening(&self) -> usize {
        self.listening
    }

    /// Relays that did not answer at the beginning. They are tried again.
    pub fn silent(&self) -> &[Refusal] {
        &self.silent
    }

    /// What happens next; `None` after [`Kith::disconnect`]. Nothing is lost when this is cancelled.
    pub async fn next(&mut self) -> Option<ChatNews> {
        self.news.recv().await
    }

    /// The messages before all that were shown so far, oldest first: at most `limit`, and none when the
    /// beginning was reached. What becomes of them is news like that of all others. The future holds
    /// nothing of the chat: news can be taken meanwhile, and has to be when many wait, since they come
    /// first.
    ///
    /// ```no_run
    /// use kith_client::LiveChat;
    /// # async fn example(mut live: LiveChat) -> Result<(), kith_client::ReadError> {
    /// let earlier = live.earlier(50);
    /// let news = live.next().await;
    /// for message in earlier.await? {
    ///     println!("{}: {}", message.display_name(), message.text());
    /// }
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`ReadError`] when no relay answers.
    pub fn earlier(
        &self,
        limit: usize,
    ) -> impl Future<Output = Result<Listing<ChatMessage>, ReadError>> + Send + 'static {
        let asking = self.earlier.clone();
        async move {
            let (answer, answered) = oneshot::channel();
            // Of a chat that has ended nothing more is told.
            let _ = asking.send(Earlier { limit, answer }).await;
            answered.await.unwrap_or_else(|_| {
                Ok(Listing {
                    found: Vec::new(),
                    silent: Vec::new(),
                })
            })
        }
    }
}

impl Stream for LiveChat {
    type Item = ChatNews;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<ChatNews>> {
        self.news.poll_recv(context)
    }
}

impl Kith {
    /// The last messages of a room as [`Kith::chat_messages`] gives them, and everything from now on.
    ///
    /// ```no_run
    /// use kith_client::{Chat, ChatNews, Kith, lbc::ChatView};
    /// # async fn example(kith: Kith, chat: Chat) -> Result<(), kith_client::ReadError> {
    /// let mut live = kith.live_chat(&chat, ChatView::default(), 20).await?;
    /// while let Some(news) = live.next().await {
    ///     if let ChatNews::Said(message) = news {
    ///         println!("{}: {}", message.display_name(), message.text());
    ///     }
    /// }
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`ReadError`] when no relay answers.
    pub async fn live_chat(
        &self,
        chat: &Chat,
        view: ChatView,
        limit: usize,
    ) -> Result<LiveChat, ReadError> {
        let question = Question::new(self.live_filters(chat), Default::default());
        let Listening {
            signals,
            silent,
            mut tasks,
        } = self.listen(question).await?;
        // What came since a relay listens is in the history: nothing falls between the two.
        let history = self.history(chat, view, None, limit).await?;
        let (tell, news) = mpsc::channel(NEWS_MAX);
        let lost = LostRelays::new(self.links().len(), silent.keys().copied());
        let listening = lost.listening();
        let beginning = history.shown.clone();
        let mut refusals: Vec<Refusal> = silent.values().cloned().collect();
        crate::refusal::merge(&mut refusals, &history.silent);
        let follower = Follower::new(self.clone(), chat.clone(), history, limit, lost, tell);
        let (earlier, asked) = mpsc::channel(EARLIER_MAX);
        tasks.spawn(follower.run(signals, asked));
        Ok(LiveChat {
            beginning,
            news,
            earlier,
            listening,
            silent: refusals,
            _tasks: tasks,
        })
    }

    /// What is said, and what changes who is heard.
    fn live_filters(&self, chat: &Chat) -> Vec<Filter> {
        let (owner, id) = (chat.owner(), chat.record.community.id);
        let lists = [
            address::member_list(owner, id),
            address::mute_list(owner, id),
        ];
        let followers =
            kinds_filter(&[Kind::COMMUNITY_FOLLOWS]).custom_tag(tag(Alphabet::E), id.to_string());
        let own = [
            messages_filter(chat),
            hiding_filter(chat, self.public_key()),
            followers,
        ];
        let taking_back = self.taking_back_filters(chat);
        own.into_iter()
            .chain(taking_back)
            .chain(addresses_filters(&lists))
            .collect()
    }

    /// What is taken back: by those who are known, whatever it is; by others, as far as they say that
    /// it is a message (NIP-09 asks them to).
    fn taking_back_filters(&self, chat: &Chat) -> [Filter; 2] {
        let members = chat.record.members.iter();
        let members = members.flat_map(|list| list.people());
        let known = [Some(chat.owner()), self.public_key()];
        let known = known.into_iter().flatten().chain(members);
        let kind = Kind::CHANNEL_MESSAGE.as_u16().to_string();
        let deletions = kinds_filter(&[Kind::DELETION]);
        [
            deletions
                .clone()
                .authors(authors(known.take(FILTER_VALUES_MAX))),
            deletions.custom_tag(tag(Alphabet::K), kind),
        ]
    }
}
