//! Asks for what a chat is made of: rooms, messages page by page, what is hidden, who wrote.

use std::collections::BTreeSet;

use kith_nips::lbc::{
    Channel, ChannelMessage, ChannelMetadata, ChatView, Published, official_channels,
};
use kith_nips::{Event, Kind, PublicKey};
use nostr_sdk::{Alphabet, Filter, Timestamp};

use super::audience::{Audience, Hidden, Person};
use super::conversation::{Conversation, Place};
use super::{CHAT_MESSAGES_MAX, Chat, ChatMessage, ChatRoom};
use crate::fetch::{Fetched, Found, Page, ReadError};
use crate::filters::{authors, kinds_filter, tag, tag_filters};
use crate::kith::Kith;
use crate::lookup::LookupError;
use crate::records::Record;
use crate::refusal::{Refusal, merge};

/// Messages asked for at once; many may be hidden.
const MESSAGES_PER_PAGE: usize = 200;

/// Pages that are looked through for messages that are shown.
const PAGES_MAX: usize = 50;

/// Messages that are looked through after a lost connection, at most, in pages.
const PAGES_MISSED_MAX: usize = 250;

/// The last messages of a room, and what else was learnt on the way.
#[derive(Debug)]
pub(super) struct History {
    pub(super) shown: Vec<ChatMessage>,
    pub(super) conversation: Conversation,
    pub(super) audience: Audience,
    pub(super) silent: Vec<Refusal>,
}

impl Kith {
    /// The rooms of a community, the main one first (LBC-52).
    pub(crate) async fn rooms_of(&self, record: &Record) -> Result<Vec<ChatRoom>, ReadError> {
        let (owner, id) = (record.community.owner(), record.community.id);
        let by_owner = |filter: Filter| filter.authors(authors([owner]));
        let filters = tag_filters(&[Kind::CHANNEL], tag(Alphabet::E), vec![id.to_string()]);
        let filters = filters.into_iter().map(by_owner).collect();
        let Fetched {
            found, mut silent, ..
        } = self.fetch(filters).await.answered()?;
        let found = self.standing(found, &mut silent).await;
        let channels: Vec<Published<Channel>> = read(&found, Channel::read);
        let rooms = official_channels(owner, id, &channels);
        let ids = rooms.iter().map(|room| room.id.to_string()).collect();
        let filters = tag_filters(&[Kind::CHANNEL_METADATA], tag(Alphabet::E), ids);
        let filters = filters.into_iter().map(by_owner).collect();
        let changes = self.fetch(filters).await;
        let changes = self.standing(changes.found, &mut silent).await;
        let changes: Vec<Published<ChannelMetadata>> = read(&changes, ChannelMetadata::read);
        let named = rooms.into_iter().map(|room| {
            let current = ChannelMetadata::current(room, &changes);
            ChatRoom::new(room, current.map(|metadata| &metadata.note))
        });
        Ok(named.collect())
    }

    /// The newest messages that such a view shows; of those before a place, when there is one.
    pub(super) async fn history(
        &self,
        chat: &Chat,
        view: ChatView,
        before: Option<Place>,
        limit: usize,
    ) -> Result<History, ReadError> {
        let limit = limit.min(CHAT_MESSAGES_MAX);
        let mut silent = chat.record.silent.clone();
        let mut audience = Audience {
            record: chat.record.clone(),
            hidden: self.hidden(chat, &mut silent).await?,
            people: Default::default(),
        };
        let mut conversation = Conversation::new(view);
        let mut until = before.map(|(at, _)| at);
        for _ in 0..PAGES_MAX {
            let page = self.page(chat, None, until).await?;
            let reaches = page.reaches;
            self.take_in(page, chat, &mut conversation, &mut silent)
                .await;
            let authors = conversation.messages().map(|message| message.author);
            self.learn(&mut audience, authors, &mut silent).await;
            conversation.known_since(reaches.unwrap_or(0));
            let complete = reaches.map_or(0, |reaches| reaches.saturating_add(1));
            let is_enough = conversation.shown(&audience, complete, before).len() >= limit;
            until = reaches;
            if is_enough || until.is_none() {
                break;
            }
        }
        let mut shown = conversation.shown(&audience, conversation.since(), before);
        shown.drain(..shown.len().saturating_sub(limit));
        Ok(History {
            shown,
            conversation,
            audience,
            silent,
        })
    }

    /// Everything that was said from this second on.
    pub(super) async fn said_since(
        &self,
        chat: &Chat,
        since: u64,
        conversation: &mut Conversation,
        silent: &mut Vec<Refusal>,
    ) -> Result<(), ReadError> {
        let mut until = None;
        for _ in 0..PAGES_MISSED_MAX {
            let page = self.page(chat, Some(since), until).await?;
            until = page.reaches;
            self.take_in(page, chat, conversation, silent).await;
            if until.is_none() {
                break;
            }
        }
        Ok(())
    }

    /// What decides about messages, as it is now; people are looked up again.
    pub(super) async fn audience(
        &self,
        chat: &Chat,
        silent: &mut Vec<Refusal>,
    ) -> Result<Audience, LookupError> {
        let reference = chat.record.community.id.into();
        let (record, hidden) = tokio::join!(self.record(&reference), async {
            let mut silent = Vec::new();
            let hidden = self.hidden(chat, &mut silent).await;
            (hidden, silent)
        });
        let (record, (hidden, more)) = (record?, hidden);
        merge(silent, &more);
        merge(silent, &record.silent);
        Ok(Audience {
            record,
            hidden: hidden?,
            people: Default::default(),
        })
    }

    /// Looks up those who are not known yet.
    pub(super) async fn learn(
        &self,
        audience: &mut Audience,
        people: impl IntoIterator<Item = PublicKey>,
        silent: &mut Vec<Refusal>,
    ) {
        let strangers: BTreeSet<PublicKey> = audience.strangers(people);
        if strangers.is_empty() {
            return;
        }
        let id = audience.record.community.id;
        let (lists, mut names) =
            tokio::join!(self.follow_lists(&strangers), self.names(&strangers));
        merge(silent, &lists.silent);
        merge(silent, &names.silent);
        let lists = lists.found.iter().filter(|list| list.follows(id));
        let followers: BTreeSet<PublicKey> = lists.map(|list| list.author).collect();
        for person in strangers {
            let found = Person {
                follows: followers.contains(&person),
                name: names.names.remove(&person),
            };
            audience.people.insert(person, found);
        }
    }

    async fn page(
        &self,
        chat: &Chat,
        since: Option<u64>,
        until: Option<u64>,
    ) -> Result<Page, ReadError> {
        let mut filter = messages_filter(chat).limit(MESSAGES_PER_PAGE);
        filter.since = since.map(Timestamp::from_secs);
        filter.until = until.map(Timestamp::from_secs);
        self.fetch_page(&filter).await.answered()
    }

    async fn take_in(
        &self,
        page: Page,
        chat: &Chat,
        conversation: &mut Conversation,
        silent: &mut Vec<Refusal>,
    ) {
        merge(silent, &page.silent);
        let mut found = page.found;
        found.retain(|found| conversation.hear((found.event.created_at(), found.event.id())));
        let found = self.standing(found, silent).await;
        conversation.add(messages(&found, chat));
    }

    /// What the owner and the user hid, and did not take back, and what the user muted.
    async fn hidden(&self, chat: &Chat, silent: &mut Vec<Refusal>) -> Result<Hidden, ReadError> {
        let (owner, viewer) = (chat.owner(), self.public_key());
        let fetched = self
            .fetch(vec![hiding_filter(chat, viewer)])
            .await
            .answered()?;
        merge(silent, &fetched.silent);
        let found = self.standing(fetched.found, silent).await;
        let mut hidden = Hidden::read(&found, owner, viewer);
        hidden.unheard = self.unheard(silent).await;
        Ok(hidden)
    }
}

/// Messages that may be in the room; whether they are, their markers say (LBC-56).
pub(super) fn messages_filter(chat: &Chat) -> Filter {
    kinds_filter(&[Kind::CHANNEL_MESSAGE]).custom_tag(tag(Alphabet::E), chat.room.id.to_string())
}

/// What may hide something from this viewer.
pub(super) fn hiding_filter(chat: &Chat, viewer: Option<PublicKey>) -> Filter {
    let people = [Some(chat.owner()), viewer].into_iter().flatten();
    kinds_filter(&[Kind::CHANNEL_HIDE_MESSAGE, Kind::CHANNEL_MUTE_USER]).authors(authors(people))
}

/// Those that are in the room (LBC-56).
pub(super) fn messages(found: &[Found], chat: &Chat) -> Vec<Published<ChannelMessage>> {
    let mut messages = read(found, ChannelMessage::read);
    messages.retain(|message| message.channel == chat.room.id);
    messages
}

fn read<T, E>(found: &[Found], read: impl Fn(&Event) -> Result<T, E>) -> Vec<T> {
    let found = found.iter();
    found.filter_map(|found| read(&found.event).ok()).collect()
}
