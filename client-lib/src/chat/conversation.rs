//! What was said in a room and what of it was told: the difference is news. Pure; asks nobody.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use kith_nips::lbc::{ChannelMessage, ChatView, Published};
use kith_nips::{EventId, PublicKey};

use super::audience::Audience;
use super::{ChatMessage, ChatNews};

/// Messages that can still be hidden or shown again; of older ones only the id is remembered.
const MESSAGES_MAX: usize = 2_000;

/// Ids that are remembered, so that nothing is told twice.
const IDS_MAX: usize = 100_000;

/// Messages that were taken back and are remembered, so that a slow relay does not bring them again.
const TAKEN_BACK_MAX: usize = 1_000;

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
    /// From this place on everything was told; `None` when nothing was told in the beginning.
    told_from: Option<Place>,
    /// What was taken back last: another relay may bring it only now.
    taken_back: VecDeque<(PublicKey, EventId)>,
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
            told_from: None,
            taken_back: VecDeque::new(),
        }
    }

    /// Who is heard in it.
    pub(super) fn view(&self) -> ChatView {
        self.view
    }

    /// From which place on everything was told.
    pub(super) fn told_from(&self) -> Option<Place> {
        self.told_from
    }

    /// Whether this is heard for the first time.
    pub(super) fn hear(&mut self, place: Place) -> bool {
        self.known.insert(place)
    }

    /// Takes in what was heard for the first time.
    pub(super) fn add(&mut self, messages: impl IntoIterator<Item = Published<ChannelMessage>>) {
        for message in messages {
            if !self.taken_back.contains(&(message.author, message.id)) {
                self.messages.insert(place(&message), message);
            }
        }
    }

    /// How far back everything is known, in Unix seconds.
    pub(super) fn since(&self) -> u64 {
        self.since
    }

    pub(super) fn known_since(&mut self, since: u64) {
        self.since = since;
    }

    /// What this audience sees from this second on and before this place, oldest first.
    pub(super) fn shown(
        &self,
        audience: &Audience,
        since: u64,
        before: Option<Place>,
    ) -> Vec<ChatMessage> {
        let messages = self.messages.range((since, EventId::from_bytes([0; 32]))..);
        messages
            .take_while(|(place, _)| before.is_none_or(|before| **place < before))
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
        self.told_from = self.told.first().copied();
        match self.told_from {
            Some(first) => self.messages = self.messages.split_off(&first),
            None if limit == 0 => self.messages.clear(),
            None => {}
        }
    }

    /// These were said before everything that was told: what of them is to be told now.
    pub(super) fn look_back(&mut self, mut earlier: Vec<ChatMessage>) -> Vec<ChatMessage> {
        let first = earlier.first().map(|first| place(&first.message));
        self.told_from = first.or(self.told_from);
        earlier.retain(|earlier| self.told.insert(place(&earlier.message)));
        for earlier in &earlier {
            self.hear(place(&earlier.message));
        }
        self.add(earlier.iter().map(|earlier| earlier.message.clone()));
        earlier
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

    /// This author takes these back; news if they were told.
    pub(super) fn take_back(
        &mut self,
        author: PublicKey,
        ids: impl IntoIterator<Item = EventId>,
    ) -> Vec<ChatNews> {
        let ids: BTreeSet<EventId> = ids.into_iter().collect();
        self.taken_back.extend(ids.iter().map(|id| (author, *id)));
        let surplus = self.taken_back.len().saturating_sub(TAKEN_BACK_MAX);
        self.taken_back.drain(..surplus);
        self.remove(|by, id| by == author && ids.contains(&id))
    }

    /// These were taken back by those who said them.
    pub(super) fn remove(&mut self, is_gone: impl Fn(PublicKey, EventId) -> bool) -> Vec<ChatNews> {
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

#[cfg(test)]
mod tests;
