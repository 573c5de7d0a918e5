//! Who may be heard in a chat: the owner's lists, who follows, who hid what. Pure; what is asked for
//! is in `reading`.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use kith_nips::lbc::{ChannelHide, ChannelMessage, ChannelMute, ChatView, Membership, Published};
use kith_nips::nip51::Said;
use kith_nips::{EventId, PublicKey};

use super::ChatMessage;
use crate::fetch::Found;
use crate::mutes::Unheard;
use crate::records::Record;

/// What decides about messages.
#[derive(Debug, Clone)]
pub(super) struct Audience {
    pub(super) record: Record,
    /// What the owner or the viewer hid.
    pub(super) hidden: Hidden,
    /// Those who wrote, as far as they were looked up.
    pub(super) people: BTreeMap<PublicKey, Person>,
}

/// Somebody who wrote.
#[derive(Debug, Clone, Default)]
pub(super) struct Person {
    pub(super) follows: bool,
    pub(super) name: Option<String>,
}

/// What is hidden, by those whose word counts for this viewer: others are not asked (NIP28-05,
/// LBC-52).
#[derive(Debug, Clone, Default)]
pub(super) struct Hidden {
    messages: HashSet<EventId>,
    people: HashSet<PublicKey>,
    /// What the viewer muted everywhere.
    pub(super) unheard: Unheard,
}

impl Hidden {
    /// Reads kinds 43 and 44 by `owner` and `viewer`; those of others have no effect.
    pub(super) fn read(found: &[Found], owner: PublicKey, viewer: Option<PublicKey>) -> Hidden {
        let counts = |author| author == owner || Some(author) == viewer;
        let said = found.iter().filter(|found| counts(found.event.pubkey()));
        let mut hidden = Hidden::default();
        for found in said {
            if let Ok(hide) = ChannelHide::read(&found.event) {
                hidden.messages.insert(hide.message);
            }
            if let Ok(mute) = ChannelMute::read(&found.event) {
                hidden.people.insert(mute.person);
            }
        }
        hidden
    }

    fn covers(&self, message: &Published<ChannelMessage>) -> bool {
        self.messages.contains(&message.id)
            || self.people.contains(&message.author)
            || self.unheard.covers(&said(message))
    }
}

impl Audience {
    /// Those of these people who were not looked up yet.
    pub(super) fn strangers(
        &self,
        people: impl IntoIterator<Item = PublicKey>,
    ) -> BTreeSet<PublicKey> {
        let people = people.into_iter();
        people
            .filter(|person| !self.people.contains_key(person))
            .collect()
    }

    /// Takes in what some relays say while others are silent: nobody is heard again, and nobody
    /// vanishes, because the relay that knows why does not answer.
    pub(super) fn learn_from(&mut self, other: Audience) {
        let (members, muted) = (other.record.members, other.record.muted);
        self.record.members = newer(self.record.members.take(), members);
        self.record.muted = newer(self.record.muted.take(), muted);
        self.hidden.messages.extend(other.hidden.messages);
        self.hidden.people.extend(other.hidden.people);
        self.hidden.unheard.extend(&other.hidden.unheard);
        for (key, found) in other.people {
            let person = self.people.entry(key).or_default();
            person.follows |= found.follows;
            person.name = found.name.or(person.name.take());
        }
    }

    /// The message as it is shown; `None` when this view hides it.
    pub(super) fn show(
        &self,
        message: &Published<ChannelMessage>,
        view: ChatView,
    ) -> Option<ChatMessage> {
        let person = self.people.get(&message.author);
        let follows = person.is_some_and(|person| person.follows);
        let state: Membership = self.record.membership(message.author, follows);
        let is_shown = view.shows(state) && !self.hidden.covers(message);
        is_shown.then(|| ChatMessage {
            message: message.clone(),
            name: person.and_then(|person| person.name.clone()),
            state,
        })
    }
}

/// What was said, for a list of what is muted.
fn said(message: &Published<ChannelMessage>) -> Said<'_> {
    let answered = message.reply.as_ref().map(|reply| reply.message);
    let topics = message.other_tags.iter().filter_map(|tag| match &tag[..] {
        [name, topic, ..] if name == "t" => Some(topic.as_str()),
        _ => None,
    });
    Said {
        threads: [message.id, message.channel]
            .into_iter()
            .chain(answered)
            .collect(),
        topics: topics.collect(),
        text: &message.text,
        ..Said::by(message.author)
    }
}

fn newer<T>(one: Option<Published<T>>, other: Option<Published<T>>) -> Option<Published<T>> {
    match (one, other) {
        (Some(one), Some(other)) if one.replaces(&other) => Some(one),
        (one, other) => other.or(one),
    }
}
