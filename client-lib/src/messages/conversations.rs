//! Messages by the people who have them. What the user cleared is left out.

use std::collections::BTreeSet;
use std::collections::btree_map::BTreeMap;

use kith_nips::PublicKey;

use super::{Message, MessageError};
use crate::fetch::Listing;
use crate::kith::Kith;
use crate::local::Local;

/// The people of a conversation, its author included: who has the same people has the same
/// conversation, whoever writes (NIP-17).
///
/// ```
/// use kith_client::{PublicKey, Room};
///
/// let (me, you) = (PublicKey::from_bytes([1; 32]), PublicKey::from_bytes([2; 32]));
/// let room = Room::of([me, you, me]);
/// assert_eq!(room.others(me).collect::<Vec<_>>(), [you]);
/// assert_eq!(room, Room::of([you, me]));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Room(BTreeSet<PublicKey>);

impl Room {
    /// The room of these people.
    pub fn of(people: impl IntoIterator<Item = PublicKey>) -> Room {
        Room(people.into_iter().collect())
    }

    /// Everybody but `me`, in the order of their keys.
    pub fn others(&self, me: PublicKey) -> impl Iterator<Item = PublicKey> {
        self.0.iter().copied().filter(move |person| *person != me)
    }
}

/// The messages of one room.
///
/// ```no_run
/// # async fn example(kith: kith_client::Kith, local: kith_client::Local) -> Result<(), kith_client::MessageError> {
/// for conversation in kith.conversations(&local).await? {
///     println!("{:?}: {} messages", conversation.subject, conversation.messages.len());
/// }
/// # Ok(()) }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Conversation {
    /// Who is in it.
    pub room: Room,
    /// What the newest message that names it calls it.
    pub subject: Option<String>,
    /// Newest first.
    pub messages: Vec<Message>,
}

impl Kith {
    /// The conversations of the user, the one with the newest message first. Messages that were
    /// cleared ([`Kith::forget_conversation`]) are left out.
    ///
    /// ```no_run
    /// # async fn example(kith: kith_client::Kith, local: kith_client::Local) -> Result<(), kith_client::MessageError> {
    /// println!("{} conversations", kith.conversations(&local).await?.found.len());
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`MessageError`]
    pub async fn conversations(
        &self,
        local: &Local,
    ) -> Result<Listing<Conversation>, MessageError> {
        let Listing { found, silent } = self.messages().await?;
        let found = by_room(self.without_forgotten(local, found).await?.into_iter());
        Ok(Listing { found, silent })
    }

    /// Leaves out of messages what the user cleared on this machine.
    ///
    /// ```no_run
    /// # async fn example(kith: kith_client::Kith, local: kith_client::Local) -> Result<(), kith_client::MessageError> {
    /// let messages = kith.messages().await?.found;
    /// let shown = kith.without_forgotten(&local, messages).await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`MessageError::Local`], and without a key [`MessageError::Publish`].
    pub async fn without_forgotten(
        &self,
        local: &Local,
        mut messages: Vec<Message>,
    ) -> Result<Vec<Message>, MessageError> {
        let forgotten = local.forgotten_messages(self.author()?).await?;
        messages.retain(|message| !forgotten.contains(&message.id));
        Ok(messages)
    }
}

/// The order of the messages is kept, and that of the rooms is that of their first messages.
fn by_room(messages: impl Iterator<Item = Message>) -> Vec<Conversation> {
    let mut positions: BTreeMap<Room, usize> = BTreeMap::new();
    let mut conversations: Vec<Conversation> = Vec::new();
    for message in messages {
        let room = message.room();
        let next = conversations.len();
        let position = *positions.entry(room.clone()).or_insert(next);
        if position == next {
            conversations.push(Conversation {
                room,
                subject: None,
                messages: Vec::new(),
            });
        }
        if let Some(conversation) = conversations.get_mut(position) {
            if conversation.subject.is_none() {
                conversation.subject.clone_from(&message.subject);
            }
            conversation.messages.push(message);
        }
    }
    conversations
}

#[cfg(test)]
mod tests {
    use kith_nips::EventId;

    use super::*;

    fn message(author: u8, to: &[u8], subject: Option<&str>) -> Message {
        let key = |number: u8| PublicKey::from_bytes([number; 32]);
        Message {
            id: EventId::from_bytes([author; 32]),
            author: key(author),
            to: to.iter().map(|number| key(*number)).collect(),
            sent_at: 1,
            text: String::new(),
            subject: subject.map(str::to_owned),
            reply_to: None,
            is_file: false,
            wraps: vec![],
        }
    }

    #[test]
    fn nip17_03_a_room_is_its_people_and_the_newest_subject_names_it() {
        let newest_first = [
            message(1, &[2], None),
            message(3, &[1, 2], None),
            message(2, &[1], Some("new")),
            message(1, &[2], Some("old")),
            message(1, &[3, 2], Some("three")),
        ];
        let conversations = by_room(newest_first.into_iter());
        let told: Vec<(usize, Option<&str>)> = conversations
            .iter()
            .map(|found| (found.messages.len(), found.subject.as_deref()))
            .collect();
        assert_eq!(told, [(3, Some("new")), (2, Some("three"))]);
    }
}
