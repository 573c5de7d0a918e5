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

#[cfg(test)]
mod tests {
    use kith_nips::lbc::{ChannelHide, ChannelMute, Community, MuteList, Note};
    use nostr_sdk::Keys;

    use super::super::audience::{Hidden, Person};
    use super::*;
    use crate::fetch::Found;
    use crate::records::Record;

    fn signed(note: &impl Note, keys: &Keys, at: u64) -> Found {
        let event = note.draft().unwrap().sign(keys, at).unwrap();
        let relays = Vec::new();
        Found { event, relays }
    }

    struct Room {
        owner: Keys,
        guest: Keys,
        audience: Audience,
        conversation: Conversation,
    }

    impl Room {
        fn new() -> Room {
            let (owner, guest) = (Keys::generate(), Keys::generate());
            let community = signed(&Community::new("Chess"), &owner, 1).event;
            let record = Record {
                community: Community::read(&community).unwrap(),
                relays: Vec::new(),
                is_closed: false,
                metadata: None,
                members: None,
                muted: None,
                calendar: None,
                silent: Vec::new(),
            };
            let follower = Person {
                follows: true,
                name: None,
            };
            let people = [(guest.public_key().into(), follower)];
            Room {
                audience: Audience {
                    record,
                    hidden: Hidden::default(),
                    people: people.into_iter().collect(),
                },
                conversation: Conversation::new(ChatView::default()),
                owner,
                guest,
            }
        }

        fn say(&mut self, keys: &Keys, text: &str, at: u64) -> EventId {
            let channel = EventId::from_bytes([1; 32]);
            let found = signed(&ChannelMessage::new(channel, text), keys, at);
            let message = ChannelMessage::read(&found.event).unwrap();
            if self.conversation.hear(place(&message)) {
                self.conversation.add([message]);
            }
            found.event.id()
        }

        fn news(&mut self) -> Vec<String> {
            let news = self.conversation.news(&self.audience).into_iter();
            news.map(|news| match news {
                ChatNews::Said(message) => message.text().to_owned(),
                ChatNews::Gone(_) => "gone".to_owned(),
                ChatNews::Connection { .. } => "connection".to_owned(),
            })
            .collect()
        }

        fn mute(&self, at: u64) -> Option<Published<MuteList>> {
            let mut list = MuteList::new(self.audience.record.community.id);
            list.add(self.guest.public_key().into());
            MuteList::read(&signed(&list, &self.owner, at).event).ok()
        }
    }

    #[test]
    fn lbc_54_what_muted_people_said_goes_and_comes_back() {
        let mut room = Room::new();
        let (owner, guest, visitor) = (room.owner.clone(), room.guest.clone(), Keys::generate());
        room.say(&guest, "second", 20);
        room.say(&owner, "first", 10);
        room.say(&visitor, "not in this view", 15);
        assert_eq!(room.news(), ["first", "second"]);
        room.say(&owner, "first", 10);
        assert_eq!(room.news(), [""; 0], "nothing is told twice");
        room.audience.record.muted = room.mute(30);
        assert_eq!(room.news(), ["gone"]);
        room.audience.record.muted = None;
        assert_eq!(room.news(), ["second"]);
    }

    #[test]
    fn lbc_52_what_the_owner_hides_is_gone_and_others_hide_for_themselves() {
        let mut room = Room::new();
        let (owner, guest) = (room.owner.clone(), room.guest.clone());
        let (key, viewer) = (owner.public_key().into(), guest.public_key().into());
        let id = room.say(&owner, "advertising", 10);
        assert_eq!(room.news(), ["advertising"]);
        let by_guest = [
            signed(&ChannelHide::new(id, ""), &guest, 11),
            signed(&ChannelMute::new(key, ""), &guest, 11),
        ];
        room.audience.hidden = Hidden::read(&by_guest, key, None);
        assert_eq!(room.news(), [""; 0]);
        room.audience.hidden = Hidden::read(&by_guest, key, Some(viewer));
        assert_eq!(room.news(), ["gone"]);
        room.audience.hidden = Hidden::default();
        assert_eq!(room.news(), ["advertising"]);
        let by_owner = [signed(&ChannelHide::new(id, ""), &owner, 12)];
        room.audience.hidden = Hidden::read(&by_owner, key, None);
        assert_eq!(room.news(), ["gone"]);
    }

    #[test]
    fn a_silent_relay_makes_nobody_heard_again_and_nobody_vanish() {
        let mut room = Room::new();
        let guest = room.guest.clone();
        room.say(&guest, "hello", 10);
        assert_eq!(room.news(), ["hello"]);
        let mut partial = room.audience.clone();
        partial
            .people
            .values_mut()
            .for_each(|person| person.follows = false);
        room.audience.learn_from(partial.clone());
        assert_eq!(room.news(), [""; 0]);
        room.audience.record.muted = room.mute(30);
        assert_eq!(room.news(), ["gone"]);
        room.audience.learn_from(partial);
        assert_eq!(room.news(), [""; 0]);
    }

    #[test]
    fn what_is_older_than_the_beginning_is_not_told_and_only_so_much_is_kept() {
        let mut room = Room::new();
        let guest = room.guest.clone();
        for at in 1..=5 {
            room.say(&guest, &at.to_string(), at);
        }
        let shown = room.conversation.shown(&room.audience, 4);
        room.conversation.begin(&shown, 2);
        assert_eq!(room.news(), [""; 0]);
        // Somebody's clock is wrong: it was said now all the same.
        room.say(&guest, "late", 2);
        assert_eq!(room.news(), ["late"]);
        room.conversation.begin(&[], 0);
        assert_eq!(room.news(), [""; 0]);
        for at in 0..MESSAGES_MAX as u64 + 10 {
            let place = (at, EventId::from_bytes([7; 32]));
            let message = Published {
                id: place.1,
                author: guest.public_key().into(),
                created_at: at,
                kind: kith_nips::Kind::CHANNEL_MESSAGE,
                note: ChannelMessage::new(EventId::from_bytes([1; 32]), "x"),
            };
            assert!(room.conversation.hear(place));
            room.conversation.add([message]);
        }
        room.news();
        assert_eq!(room.conversation.messages().count(), MESSAGES_MAX);
    }
}
