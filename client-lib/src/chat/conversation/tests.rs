//! What is heard and shown of a chat, and what goes again.

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
fn what_was_taken_back_goes_and_does_not_come_with_a_slow_relay() {
    let mut room = Room::new();
    let (owner, guest) = (room.owner.clone(), room.guest.clone());
    let id = room.say(&guest, "oops", 10);
    assert_eq!(room.news(), ["oops"]);
    let (author, other) = (guest.public_key().into(), owner.public_key().into());
    assert_eq!(room.conversation.take_back(other, [id]), []);
    let gone = room.conversation.take_back(author, [id]);
    assert_eq!(gone, [ChatNews::Gone(id)]);
    assert_eq!(room.news(), [""; 0]);

    // The request may be here first.
    let text = ChannelMessage::new(EventId::from_bytes([1; 32]), "late");
    let id = signed(&text, &guest, 20).event.id();
    assert_eq!(room.conversation.take_back(author, [id]), []);
    room.say(&guest, "late", 20);
    assert_eq!(room.news(), [""; 0]);
    for number in 0..=TAKEN_BACK_MAX {
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&number.to_be_bytes());
        room.conversation
            .take_back(author, [EventId::from_bytes(bytes)]);
    }
    assert_eq!(room.conversation.taken_back.len(), TAKEN_BACK_MAX);
}

#[test]
fn what_was_said_before_is_told_once_and_can_be_hidden() {
    let mut room = Room::new();
    let guest = room.guest.clone();
    for at in 1..=4 {
        room.say(&guest, &at.to_string(), at);
    }
    let all = room.conversation.shown(&room.audience, 0, None);
    room.conversation.begin(&all[2..], 2);
    let before = room.conversation.told_from();
    assert_eq!(before, Some(place(&all[2].message)));
    // Somebody with a wrong clock spoke meanwhile.
    room.say(&guest, "late", 2);
    assert_eq!(room.news(), ["late"]);
    let mut earlier = all[..2].to_vec();
    let late = room.conversation.shown(&room.audience, 0, before);
    earlier.extend(late);
    earlier.sort_by_key(|message| place(&message.message));
    let told = room.conversation.look_back(earlier);
    assert_eq!(told, all[..2]);
    assert_eq!(room.conversation.told_from(), Some(place(&all[0].message)));
    assert_eq!(room.news(), [""; 0]);
    room.audience.record.muted = room.mute(30);
    assert_eq!(room.news(), ["gone"; 5]);
    let none = room.conversation.look_back(Vec::new());
    assert_eq!(
        (none, room.conversation.told_from().is_some()),
        (vec![], true)
    );
}

#[test]
fn what_is_older_than_the_beginning_is_not_told_and_only_so_much_is_kept() {
    let mut room = Room::new();
    let guest = room.guest.clone();
    for at in 1..=5 {
        room.say(&guest, &at.to_string(), at);
    }
    let shown = room.conversation.shown(&room.audience, 4, None);
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
