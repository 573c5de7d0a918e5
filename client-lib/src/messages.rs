//! Private messages between people (NIP-17): written, received and put together to conversations.
//! How they are wrapped is in `messages/wrap.rs`, where they are sent in `inboxes.rs`.

mod conversations;
mod forget;
mod live;
mod rumor;
mod send;
mod wrap;

pub use conversations::{Conversation, Room};
pub use forget::Forgotten;
pub use live::{LiveMessages, MESSAGES_MAX};
pub use send::{MESSAGE_BYTES_MAX, MESSAGE_PEOPLE_MAX, NewMessage, SentMessage};

pub(crate) use rumor::{Said, draft};
pub(crate) use send::{check_text, curve_point};
pub(crate) use wrap::wrap;

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use kith_nips::{EventId, PublicKey};
use nostr_sdk::{Filter, RelayUrl};

use crate::fetch::{Fetched, Found, Listing, ReadError};
use crate::inboxes::Delivery;
use crate::kith::Kith;
use crate::link::Link;
use crate::local::LocalError;
use crate::publish::PublishError;
use crate::refusal::Refusal;

/// A private message that was opened: who wrote it is certain, when they did is what they say.
///
/// ```
/// use kith_client::{EventId, Message, PublicKey, Room};
///
/// let (alice, bob) = (PublicKey::from_bytes([1; 32]), PublicKey::from_bytes([2; 32]));
/// let message = Message {
///     id: EventId::from_bytes([3; 32]),
///     author: alice,
///     to: vec![bob],
///     sent_at: 1_796_322_600,
///     text: "See you tonight".to_owned(),
///     subject: None,
///     reply_to: None,
///     is_file: false,
///     wraps: vec![],
/// };
/// assert_eq!(message.room(), Room::of([bob, alice]));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The id of what is inside the wraps, the same for everybody who has it.
    pub id: EventId,
    /// Who wrote it.
    pub author: PublicKey,
    /// To whom.
    pub to: Vec<PublicKey>,
    /// Unix seconds, as the author says.
    pub sent_at: u64,
    /// Plain text; of a file, its address.
    pub text: String,
    /// The name that it gives to the conversation.
    pub subject: Option<String>,
    /// The message that it answers.
    pub reply_to: Option<EventId>,
    /// Whether it is an encrypted file (kind 15), which this library does not fetch.
    pub is_file: bool,
    /// The wraps in which the user has it.
    pub wraps: Vec<EventId>,
}

impl Message {
    /// The conversation that it belongs to: everybody who has it (NIP-17).
    pub fn room(&self) -> Room {
        Room::of(self.to.iter().copied().chain([self.author]))
    }
}

/// Why messages could not be sent, read or cleared.
///
/// ```
/// use kith_client::MessageError;
/// assert_eq!(MessageError::Empty.to_string(), "the message is empty");
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MessageError {
    /// Nothing to say.
    #[error("the message is empty")]
    Empty,
    /// More than [`MESSAGE_BYTES_MAX`].
    #[error("the message has {0} bytes, at most {MESSAGE_BYTES_MAX} are possible")]
    TooLong(usize),
    /// To nobody, or to more than [`MESSAGE_PEOPLE_MAX`].
    #[error("a message goes to 1 to {MESSAGE_PEOPLE_MAX} people, not to {0}")]
    People(usize),
    /// Somebody receives no private messages, so nothing was sent to anybody (NIP-17).
    #[error("{} not receive private messages (no kind 10050 on these relays)", people(.0))]
    NoInbox(Vec<PublicKey>),
    /// Nobody knows where these people receive private messages, or whether they do: no relay answered,
    /// and their list was not read before.
    #[error("it is not known where {} private messages: no relay answered, and it was not read before", receive(.0))]
    InboxUnknown(Vec<PublicKey>),
    /// The user receives no private messages: [`Kith::open_inbox`] changes that.
    #[error("you receive no private messages: these relays have no list of inbox relays of yours")]
    NoInboxOfYours,
    /// It reached nobody.
    #[error("it reached nobody: {}", .0.iter().map(|(_, delivery)| delivery.to_string()).collect::<Vec<_>>().join("; "))]
    Undelivered(Vec<(PublicKey, Delivery)>),
    /// The signer does not encrypt, or sealed something else.
    #[error("the message could not be sealed: {0}")]
    Seal(String),
    /// Nothing could be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// There is no key, or no relay took a request.
    #[error(transparent)]
    Publish(#[from] PublishError),
    /// The local file cannot be used.
    #[error(transparent)]
    Local(#[from] LocalError),
}

fn people(people: &[PublicKey]) -> String {
    match people {
        [_] => "they do".to_owned(),
        _ => format!("{} of them do", people.len()),
    }
}

fn receive(people: &[PublicKey]) -> String {
    match people {
        [_] => "this person receives".to_owned(),
        _ => format!("{} of them receive", people.len()),
    }
}

impl Kith {
    /// All private messages that the user sent or received, newest first, from the relays of their
    /// inbox; when none answers, those that were read before, as [`Kith::freshness`] says. What cannot be
    /// opened, is forged or was taken back is left out.
    ///
    /// ```no_run
    /// # async fn example(kith: kith_client::Kith) -> Result<(), kith_client::MessageError> {
    /// for message in kith.messages().await? {
    ///     println!("{}: {}", message.author, message.text);
    /// }
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`MessageError::NoInboxOfYours`], [`MessageError::InboxUnknown`], [`MessageError::Read`], and
    /// without a key [`MessageError::Publish`].
    pub async fn messages(&self) -> Result<Listing<Message>, MessageError> {
        let own = self.own_inbox().await?;
        let filters = vec![wraps_for(self.author()?)];
        let Fetched { found, silent, .. } = self.fetch_at(&own.links, filters).await.answered()?;
        let mut silent = silent;
        crate::refusal::merge(&mut silent, &own.silent);
        let mut opened = Opened::default();
        for found in found {
            if let Some(said) = self.open(&found).await {
                opened.add(said);
            }
        }
        Ok(Listing {
            found: opened.newest_first(self.now()),
            silent,
        })
    }

    /// The relays where the user receives messages.
    pub(crate) async fn own_inbox(&self) -> Result<OwnInbox, MessageError> {
        let me = self.author()?;
        let inboxes = self.inboxes(&BTreeSet::from([me])).await?;
        let unknown = inboxes.unknown([me]);
        if !unknown.is_empty() {
            return Err(MessageError::InboxUnknown(unknown));
        }
        let mut silent = inboxes.silent;
        let relays: Vec<RelayUrl> = inboxes.relays.into_values().flatten().collect();
        if relays.is_empty() {
            return Err(MessageError::NoInboxOfYours);
        }
        let mut links = Vec::new();
        for relay in relays {
            match self.link_to(&relay).await {
                Ok(link) => links.push(link),
                Err(reason) => silent.push(Refusal { relay, reason }),
            }
        }
        Ok(OwnInbox { links, silent })
    }

    /// What is in a wrap; `None` when it is not for us, forged, or nothing that we know.
    pub(crate) async fn open(&self, found: &Found) -> Option<Said> {
        let signer = self.signer()?;
        match wrap::open(signer, &found.event).await {
            Ok(said) => said,
            Err(error) => {
                tracing::debug!(id = %found.event.id(), %error, "dropped a wrap");
                None
            }
        }
    }
}

/// Where the user receives messages.
pub(crate) struct OwnInbox {
    pub(crate) links: Vec<Arc<Link>>,
    pub(crate) silent: Vec<Refusal>,
}

/// Everything that is wrapped for somebody. No `since`: the times of wraps are random.
pub(crate) fn wraps_for(person: PublicKey) -> Filter {
    use crate::filters::{kinds_filter, tag};
    kinds_filter(&[kith_nips::Kind::GIFT_WRAP])
        .custom_tag(tag(nostr_sdk::Alphabet::P), person.to_string())
}

/// What came out of wraps: each message once, and what authors took back.
#[derive(Debug, Default)]
pub(crate) struct Opened {
    messages: BTreeMap<EventId, Message>,
    taken_back: HashSet<(PublicKey, EventId)>,
}

impl Opened {
    /// Takes in what one wrap holds; whether it is a message that was not known.
    pub(crate) fn add(&mut self, said: Said) -> bool {
        match said {
            Said::Message(message) => match self.messages.entry(message.id) {
                Entry::Vacant(entry) => {
                    entry.insert(*message);
                    true
                }
                Entry::Occupied(mut entry) => {
                    let wraps = &mut entry.get_mut().wraps;
                    wraps.extend(message.wraps);
                    wraps.sort();
                    wraps.dedup();
                    false
                }
            },
            Said::TookBack { author, ids } => {
                let taken = ids.into_iter().map(|id| (author, id));
                self.taken_back.extend(taken);
                false
            }
        }
    }

    /// Messages from the future stand where the present is: nobody stays on top by a wrong clock.
    pub(crate) fn newest_first(self, now: u64) -> Vec<Message> {
        let Opened {
            messages,
            taken_back,
        } = self;
        let mut messages: Vec<Message> = messages
            .into_values()
            .filter(|message| !taken_back.contains(&(message.author, message.id)))
            .collect();
        messages.sort_by_key(|message| (std::cmp::Reverse(message.sent_at.min(now)), message.id));
        messages
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(number: u8, author: u8, sent_at: u64) -> Message {
        Message {
            id: EventId::from_bytes([number; 32]),
            author: PublicKey::from_bytes([author; 32]),
            to: vec![PublicKey::from_bytes([9; 32])],
            sent_at,
            text: number.to_string(),
            subject: None,
            reply_to: None,
            is_file: false,
            wraps: vec![EventId::from_bytes([number + 100; 32])],
        }
    }

    #[test]
    fn each_message_is_listed_once_and_the_future_is_not_on_top_for_good() {
        let mut opened = Opened::default();
        for said in [message(1, 1, 50), message(2, 2, 9_999), message(3, 1, 100)] {
            assert!(opened.add(Said::Message(Box::new(said))));
        }
        let again = Message {
            wraps: vec![EventId::from_bytes([200; 32])],
            ..message(1, 1, 50)
        };
        assert!(!opened.add(Said::Message(Box::new(again))));
        let listed = opened.newest_first(100);
        let order: Vec<&str> = listed.iter().map(|message| message.text.as_str()).collect();
        assert_eq!(order, ["2", "3", "1"]);
        assert_eq!(listed[2].wraps.len(), 2);
    }

    #[test]
    fn nip17_08_only_the_author_takes_a_message_back() {
        let taking_back = |author: u8| Said::TookBack {
            author: PublicKey::from_bytes([author; 32]),
            ids: vec![EventId::from_bytes([1; 32])],
        };
        for (author, left) in [(1, 0), (2, 1)] {
            let mut opened = Opened::default();
            opened.add(taking_back(author));
            opened.add(Said::Message(Box::new(message(1, 1, 50))));
            assert_eq!(opened.newest_first(100).len(), left, "{author}");
        }
    }
}
