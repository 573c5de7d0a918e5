//! What was said in a room and what of it was told: the difference is news. Pure; asks nobody.

use std::collections::{BTreeMap, BTreeSet};

use kith_nips::lbc::{ChannelMessage, ChatView, Published};
use kith_nips::{EventId, PublicKey};

use super::audience::Audience;
use super::{ChatMessage, ChatNews};

/// Messages that can still be hidden or shown again; of older ones only the id is remembered.
const MESSAGES_MAX: usize = 2_000;

/// Ids that are remembered, so that nothing is told twice.
const IDS_MAX: usize = 100_000;

/// The place of a message: time, and for equal times the id.
pub(super) type Place = (u64, EventId);

/// The messages of a room.
#[derive(Debug)]
pub(super) struct Conversation {
    view: ChatView,
    /// Everything that was ever heard.
    known: BTreeSet<Place>,
    /// What can change its being shown.
    messages: BTreeMap<Place, Published<ChannelMessage>>,
    /// What was told.
    told: BTreeSet<Place>,
    /// Nothing older than this second was asked for.
    since: u64,
}

pub(super) fn place(message: &Published<ChannelMessage>) -> Place {
    (message.created_at, message.id)
}

impl Conversation {
    pub(super) fn new(view: ChatView) -> Conversation {
        Conversation {
            view,
            known: BTreeSet::new(),
            messages: BTreeMap::new(),
            told: BTreeSet::new(),
            since: 0,
        }
    }

    /// Whether this is heard for the first time.
    pub(super) fn hear(&mut self, place: Place) -> bool {
        self.known.insert(place)
    }

    /// Takes in what was heard for the first time.
    pub(super) fn add(&mut self, messages: impl IntoIterator<Item = Published<ChannelMessage>>) {
        let messages = messages.into_iter();
        self.messages
            .extend(messages.map(|message| (place(&message), message)));
    }

    /// How far back everything is known, in Unix seconds.
    pub(super) fn since(&self) -> u64 {
        self.since
    }

    pub(super) fn known_since(&mut self, since: u64) {
        self.since = since;
    }

    /// What this audience sees from this second on, oldest first.
    pub(super) fn shown(&self, audience: &Audience, since: u64) -> Vec<ChatMessage> {
        let messages = self.messages.range((since, EventId::from_bytes([0; 32]))..);
        messages
            .filter_map(|(_, message)| audience.show(message, self.view))
            .collect()
    }

    /// What may be shown, or not.
    pub(super) fn messages(&self) -> impl Iterator<Item = &Published<ChannelMessage>> {
        self.messages.values()
    }

    /// These were shown; what is older is not told any more.
    pub(super) fn begin(&mut self, shown: &[ChatMessage], limit: usize) {
        self.told = shown.iter().map(|shown| place(&shown.message)).collect();
        match self.told.first().copied() {
            Some(first) => self.messages = self.messages.split_off(&first),
            None if limit == 0 => self.messages.clear(),
            None => {}
        }
    }

    /// What changed since the last time, oldest first.
    pub(super) fn news(&mut self, audience: &Audience) -> Vec<ChatNews> {
        let mut news = Vec::new();
        for (place, message) in &self.messages {
            match audience.show(message, self.view) {
                Some(shown) if self.told.insert(*place) => {
                    news.push(ChatNews::Said(Box::new(shown)));
                }
                None if self.told.remove(place) => news.push(ChatNews::Gone(message.id)),
                _ => {}
            }
        }
        self.forget();
        news
    }

    /// These were taken back by those who said them.
    pub(super) fn take_back(
        &mut self,
        is_gone: impl Fn(PublicKey, EventId) -> bool,
    ) -> Vec<ChatNews> {
        let messages = self.messages.iter();
        let gone = messages.filter(|(_, message)| is_gone(message.author, message.id));
        let gone: Vec<Place> = gone.map(|(place, _)| *place).collect();
        let mut news = Vec::new();
        for place in gone {
            self.messages.remove(&place);
            if self.told.remove(&place) {
                news.push(ChatNews::Gone(place.1));
            }
        }
        news
    }

    fn forget(&mut self) {
        while self.messages.len() > MESSAGES_MAX {
            if let Some((place, _)) = self.messages.pop_first() {
                self.told.remove(&place);
            }
        }
        while self.known.len() > IDS_MAX {
            if let Some(forgotten) = self.known.pop_first() {
                // It must not be asked for again: it would be taken for new.
                self.since = self.since.max(forgotten.0.saturating_add(1));
            }
        }
    }
}
