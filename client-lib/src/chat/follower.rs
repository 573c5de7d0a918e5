//! What of the things heard in a room is news. Knows the conversation; asks through the handle.

use std::time::Duration;

use kith_nips::{Event, Kind, PublicKey, nip09};
use nostr_sdk::Alphabet;
use tokio::sync::{mpsc, oneshot};

use super::audience::Audience;
use super::conversation::Conversation;
use super::reading::{History, messages};
use super::{Chat, ChatMessage, ChatNews};
use crate::fetch::{Found, Listing, ReadError};
use crate::filters::{FILTER_VALUES_MAX, authors, kinds_filter, tag};
use crate::kith::Kith;
use crate::listener::{LostRelays, Signal};
use crate::lookup::LookupError;
use crate::refusal::Refusal;
use crate::versions::Deletions;

/// Things heard that are judged together.
const SIGNALS_AT_ONCE_MAX: usize = 64;

/// What could not be read is asked for again after this long.
const CATCH_UP_AFTER: Duration = Duration::from_secs(5);

/// Follows one room.
pub(super) struct Follower {
    kith: Kith,
    chat: Chat,
    conversation: Conversation,
    audience: Audience,
    lost: LostRelays,
    tell: mpsc::Sender<ChatNews>,
}

/// What has to be asked for.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Behind {
    /// What was said since this second was perhaps not heard.
    since: Option<u64>,
    /// Lists changed.
    is_audience_old: bool,
}

/// Somebody scrolls back.
pub(super) struct Earlier {
    /// So many messages, at most.
    pub(super) limit: usize,
    /// Who waits for them.
    pub(super) answer: oneshot::Sender<Result<Listing<ChatMessage>, ReadError>>,
}

/// What was heard, sorted.
#[derive(Debug, Default)]
struct Sorted {
    messages: Vec<Found>,
    /// Requests to take something back.
    deletions: Vec<Event>,
}

/// Nobody reads the stream any more, or the community was closed.
struct Over;

impl Follower {
    pub(super) fn new(
        kith: Kith,
        chat: Chat,
        history: History,
        limit: usize,
        lost: LostRelays,
        tell: mpsc::Sender<ChatNews>,
    ) -> Follower {
        let mut conversation = history.conversation;
        conversation.begin(&history.shown, limit);
        Follower {
            kith,
            chat,
            conversation,
            audience: history.audience,
            lost,
            tell,
        }
    }

    pub(super) async fn run(
        mut self,
        mut signals: mpsc::Receiver<Signal>,
        mut asked: mpsc::Receiver<Earlier>,
    ) {
        let mut behind = Behind::default();
        let mut heard = Vec::with_capacity(SIGNALS_AT_ONCE_MAX);
        loop {
            heard.clear();
            let is_behind = behind != Behind::default();
            tokio::select! {
                _ = signals.recv_many(&mut heard, SIGNALS_AT_ONCE_MAX) => {}
                Some(earlier) = asked.recv() => {
                    self.look_back(earlier).await;
                    continue;
                }
                // Reached or not: it is asked for again.
                () = tokio::time::sleep(CATCH_UP_AFTER), if is_behind => {}
            }
            if heard.is_empty() && signals.is_closed() {
                return;
            }
            let sorted = match self.sort(heard.drain(..), &mut behind).await {
                Ok(sorted) => sorted,
                Err(Over) => return,
            };
            behind = match self.follow(sorted, behind).await {
                Ok(behind) => behind,
                Err(Over) => return,
            };
        }
    }

    /// Tells what was said before all that was told.
    async fn look_back(&mut self, Earlier { limit, answer }: Earlier) {
        let (view, before) = (self.conversation.view(), self.conversation.told_from());
        self.chat.record.clone_from(&self.audience.record);
        let history = self.kith.history(&self.chat, view, before, limit).await;
        let earlier = history.map(|history| {
            self.audience.learn_from(history.audience);
            Listing {
                found: self.conversation.look_back(history.shown),
                silent: history.silent,
            }
        });
        // Who asked may have gone.
        let _ = answer.send(earlier);
    }

    /// Keeps account of the relays; what is left was said or taken back.
    async fn sort(
        &mut self,
        heard: impl Iterator<Item = Signal>,
        behind: &mut Behind,
    ) -> Result<Sorted, Over> {
        let before = self.lost.listening();
        let mut sorted = Sorted::default();
        for signal in heard {
            match signal {
                Signal::Listening(index) => {
                    let since = self.lost.remove(index);
                    behind.since = [behind.since, since].into_iter().flatten().min();
                    behind.is_audience_old |= since.is_some();
                }
                Signal::Silent(index, _) => self.lost.add(index, self.kith.now()),
                Signal::Found(heard) if heard.event.kind() == Kind::CHANNEL_MESSAGE => {
                    sorted.messages.push(*heard);
                }
                Signal::Found(heard) => {
                    behind.is_audience_old |= self.changes_audience(&heard.event);
                    if heard.event.kind() == Kind::DELETION {
                        sorted.deletions.push(heard.event);
                    }
                }
            }
        }
        let listening = self.lost.listening();
        if listening != before {
            let relays = self.kith.links().len();
            self.say(ChatNews::Connection { listening, relays }).await?;
        }
        Ok(sorted)
    }

    /// Whether everything about the audience is to be asked for again. Of who follows, only one person
    /// is, when they say something.
    fn changes_audience(&mut self, event: &Event) -> bool {
        match event.kind() {
            Kind::COMMUNITY_FOLLOWS => self.audience.people.remove(&event.pubkey()).is_some(),
            // The community may be closed; something hidden may be shown again.
            Kind::DELETION => {
                let author = Some(event.pubkey());
                author == Some(self.chat.owner()) || author == self.kith.public_key()
            }
            _ => true,
        }
    }

    /// Tells the news; what is still to be asked for afterwards.
    async fn follow(&mut self, sorted: Sorted, behind: Behind) -> Result<Behind, Over> {
        let found: Vec<Found> = sorted
            .messages
            .into_iter()
            .filter(|found| {
                let place = (found.event.created_at(), found.event.id());
                self.conversation.hear(place)
            })
            .collect();
        self.conversation.add(messages(&found, &self.chat));
        for deletion in sorted.deletions {
            let ids = nip09::deletion_targets(&deletion).ids;
            for gone in self.conversation.take_back(deletion.pubkey(), ids) {
                self.say(gone).await?;
            }
        }
        let mut silent = Vec::new();
        let outcome = self.catch_up(behind, &mut silent).await;
        let left = match outcome {
            Ok(gone) => {
                for news in gone {
                    self.say(news).await?;
                }
                let links = self.kith.links();
                match self.lost.note_silent(links, &silent, behind.since) {
                    true => behind,
                    false => Behind::default(),
                }
            }
            Err(LookupError::Closed(_)) => return Err(Over),
            Err(error) => {
                tracing::debug!(%error, "cannot say what was said");
                behind
            }
        };
        for news in self.conversation.news(&self.audience) {
            self.say(news).await?;
        }
        Ok(left)
    }

    /// After a break, or when lists changed: what was said, and who is heard.
    async fn catch_up(
        &mut self,
        behind: Behind,
        silent: &mut Vec<Refusal>,
    ) -> Result<Vec<ChatNews>, LookupError> {
        let mut gone = Vec::new();
        if let Some(since) = behind.since {
            let since = since.max(self.conversation.since());
            self.kith
                .said_since(&self.chat, since, &mut self.conversation, silent)
                .await?;
            gone = self.taken_back(silent).await;
        }
        let people: Vec<PublicKey> = self.authors();
        if behind.is_audience_old {
            let mut audience = self.kith.audience(&self.chat, silent).await?;
            self.kith.learn(&mut audience, people, silent).await;
            match silent.is_empty() {
                true => self.audience = audience,
                false => self.audience.learn_from(audience),
            }
        } else {
            self.kith.learn(&mut self.audience, people, silent).await;
        }
        Ok(gone)
    }

    /// What its authors took back meanwhile.
    async fn taken_back(&mut self, silent: &mut Vec<Refusal>) -> Vec<ChatNews> {
        let messages: Vec<_> = self.conversation.messages().collect();
        let filters = messages.chunks(FILTER_VALUES_MAX).map(|chunk| {
            kinds_filter(&[Kind::DELETION])
                .authors(authors(chunk.iter().map(|message| message.author)))
                .custom_tags(
                    tag(Alphabet::E),
                    chunk.iter().map(|message| message.id.to_string()),
                )
        });
        let fetched = self.kith.fetch(filters.collect()).await;
        crate::refusal::merge(silent, &fetched.silent);
        let deletions = Deletions::read(fetched.found.iter().map(|found| &found.event));
        self.conversation
            .remove(|author, id| deletions.cover_id(author, id))
    }

    fn authors(&self) -> Vec<PublicKey> {
        let messages = self.conversation.messages();
        messages.map(|message| message.author).collect()
    }

    async fn say(&self, news: ChatNews) -> Result<(), Over> {
        self.tell.send(news).await.map_err(|_| Over)
    }
}
