//! Messages in a channel (kind 42).

use super::definition::{event_id, marked, marked_pointer, pointer, root};
use crate::lbc::tag_list::{element, not_taken, tag};
use crate::lbc::{BuildError, Note, Published, ReadError, created_at_after, of_kind};
use crate::nip01::Draft;
use crate::{Event, EventId, Kind, PublicKey};

/// How far the clock of another writer may be ahead, in seconds, to be followed.
const CLOCK_SKEW_SECONDS: u64 = 60;

/// A message in a channel (kind 42, NIP28-04).
///
/// It is in the chat whose kind 40 is its root, and in no other, whatever else it names (LBC-56).
///
/// ```
/// use kith_nips::lbc::{ChannelMessage, Note};
/// use kith_nips::EventId;
/// # let keys = nostr::Keys::generate();
/// let channel = EventId::from_bytes([1; 32]);
/// let event = ChannelMessage::new(channel, "Who brings boards?").draft()?.sign(&keys, 1_700_000_000)?;
/// let question = ChannelMessage::read(&event)?;
/// let answer = ChannelMessage::reply_to(&question, "Me");
/// assert_eq!(answer.channel, channel);
/// assert_eq!(answer.reply.map(|reply| reply.message), Some(question.id));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChannelMessage {
    /// The channel: id of its kind 40.
    pub channel: EventId,
    /// A relay that has the channel.
    pub relay: Option<String>,
    /// The message that it answers.
    pub reply: Option<MessageReply>,
    /// Plain text: the content.
    pub text: String,
    /// Tags that NIP-28 does not know, in order.
    pub other_tags: Vec<Vec<String>>,
}

/// What a message answers: `["e", message, relay, "reply"]` and `["p", author, relay]`.
///
/// ```
/// use kith_nips::{EventId, lbc::MessageReply};
/// let reply = MessageReply { message: EventId::from_bytes([1; 32]), relay: None, author: None, author_relay: None };
/// assert_eq!(reply.author, None);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct MessageReply {
    /// Id of the kind 42 that is answered.
    pub message: EventId,
    /// A relay that has it.
    pub relay: Option<String>,
    /// Its author.
    pub author: Option<PublicKey>,
    /// A relay that has the author's notes.
    pub author_relay: Option<String>,
}

impl ChannelMessage {
    /// A message to the channel.
    pub fn new(channel: EventId, text: impl Into<String>) -> ChannelMessage {
        ChannelMessage {
            channel,
            relay: None,
            reply: None,
            text: text.into(),
            other_tags: Vec::new(),
        }
    }

    /// An answer to a message, in the same channel.
    pub fn reply_to(
        message: &Published<ChannelMessage>,
        text: impl Into<String>,
    ) -> ChannelMessage {
        let reply = MessageReply {
            message: message.id,
            relay: message.relay.clone(),
            author: Some(message.author),
            author_relay: None,
        };
        ChannelMessage {
            relay: message.relay.clone(),
            reply: Some(reply),
            ..ChannelMessage::new(message.channel, text)
        }
    }

    /// The note that says something in a channel, at a relay that has it.
    ///
    /// # Errors
    /// A blank text.
    pub fn say(
        channel: EventId,
        relay: Option<String>,
        text: impl Into<String>,
    ) -> Result<Draft, BuildError> {
        let message = ChannelMessage {
            relay,
            ..ChannelMessage::new(channel, text)
        };
        message.draft()
    }

    /// The note that answers a message in a channel at `now` (Unix seconds). It is newer than what it
    /// answers, else the two of one second may be shown the wrong way round; whose clock is far ahead is
    /// not followed.
    ///
    /// # Errors
    /// A blank text.
    pub fn say_in_reply(
        message: &Published<ChannelMessage>,
        channel: EventId,
        relay: Option<String>,
        text: impl Into<String>,
        now: u64,
    ) -> Result<Draft, BuildError> {
        let mut answer = ChannelMessage::reply_to(message, text);
        answer.channel = channel;
        answer.relay.clone_from(&relay);
        if let Some(reply) = &mut answer.reply {
            reply.relay.clone_from(&relay);
            reply.author_relay = relay;
        }
        let is_near = message.created_at <= now.saturating_add(CLOCK_SKEW_SECONDS);
        Ok(Draft {
            created_at: is_near.then(|| created_at_after(message.created_at, now)),
            ..answer.draft()?
        })
    }

    /// Reads a kind 42. Without markers the first `e` is the channel and the last, if there are
    /// several, the message that is answered.
    ///
    /// # Errors
    /// Another kind; no channel named.
    pub fn read(event: &Event) -> Result<Published<ChannelMessage>, ReadError> {
        of_kind(event, Kind::CHANNEL_MESSAGE, "42")?;
        let channel = root(event).ok_or(ReadError::NoChannel)?;
        let unmarked = || {
            let is_marked = marked_pointer(event, "root").is_some();
            let last = event
                .tags()
                .named("e")
                .filter_map(|tag| pointer(&tag))
                .last();
            last.filter(|last| !is_marked && last.id != channel.id)
        };
        let mut reply = marked_pointer(event, "reply")
            .or_else(unmarked)
            .map(|answered| MessageReply {
                message: answered.id,
                relay: answered.relay,
                author: None,
                author_relay: None,
            });
        let other_tags = not_taken(event, |tag| match (tag.name(), &mut reply) {
            ("e", reply) => {
                let id = event_id(tag);
                id.is_some()
                    && (id == Some(channel.id) || id == reply.as_ref().map(|reply| reply.message))
            }
            ("p", Some(reply)) if reply.author.is_none() => {
                reply.author = tag.value().and_then(|author| author.parse().ok());
                reply.author_relay = reply.author.and_then(|_| element(tag, 2));
                reply.author.is_some()
            }
            _ => false,
        });
        let text = event.content().to_owned();
        let message = ChannelMessage {
            channel: channel.id,
            relay: channel.relay,
            reply,
            text,
            other_tags,
        };
        Ok(Published::of(event, message))
    }
}

impl Note for ChannelMessage {
    /// # Errors
    /// A blank text.
    fn draft(&self) -> Result<Draft, BuildError> {
        if self.text.trim().is_empty() {
            return Err(BuildError::Blank("message"));
        }
        let mut tags = vec![marked(self.channel, self.relay.as_deref(), "root")];
        if let Some(reply) = &self.reply {
            tags.push(marked(reply.message, reply.relay.as_deref(), "reply"));
            let relay = reply.author_relay.as_deref().unwrap_or_default();
            tags.extend(
                reply
                    .author
                    .map(|author| tag(["p", &author.to_string(), relay])),
            );
        }
        tags.extend(self.other_tags.iter().cloned());
        Ok(Draft {
            kind: Kind::CHANNEL_MESSAGE,
            created_at: None,
            tags,
            content: self.text.clone(),
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::lbc::testing::{self, event, id, key, publish, tags};

    fn read(list: &[&[&str]]) -> Result<Published<ChannelMessage>, ReadError> {
        ChannelMessage::read(&event(Kind::CHANNEL_MESSAGE, tags(list), "hi"))
    }

    #[test]
    fn nip28_04_root_and_reply_are_marked() {
        let mut question = ChannelMessage::new(id(1), "?");
        question.relay = Some("wss://r.example".into());
        let draft = question.draft().unwrap();
        assert_eq!(
            draft.tags,
            tags(&[&["e", &id(1).to_string(), "wss://r.example", "root"]])
        );
        let question = ChannelMessage::read(&publish(&draft, 7, 5)).unwrap();
        let answer = ChannelMessage::reply_to(&question, "!").draft().unwrap();
        assert_eq!(
            answer.tags,
            tags(&[
                &["e", &id(1).to_string(), "wss://r.example", "root"],
                &["e", &question.id.to_string(), "wss://r.example", "reply"],
                &["p", &key(7).to_string()],
            ])
        );
    }

    #[test]
    fn nip28_04_blank_messages_are_not_written() {
        assert_eq!(
            ChannelMessage::new(id(1), " \n").draft(),
            Err(BuildError::Blank("message"))
        );
    }

    #[test]
    fn lbc_56_the_root_decides_not_another_e() {
        let (one, two) = (id(1).to_string(), id(2).to_string());
        let message = read(&[&["e", &two, "", "mention"], &["e", &one, "", "root"]]).unwrap();
        assert_eq!(message.channel, id(1));
        assert_eq!(message.reply, None);
        let swapped = read(&[&["e", &one], &["e", &two, "", "root"]]).unwrap();
        assert_eq!(swapped.channel, id(2));
    }

    #[test]
    fn unmarked_tags_are_read_by_position() {
        let (one, two, three) = (id(1).to_string(), id(2).to_string(), id(3).to_string());
        let message = read(&[
            &["e", &one],
            &["e", &two],
            &["e", &three],
            &["p", &key(5).to_string()],
        ])
        .unwrap();
        assert_eq!(message.channel, id(1));
        let reply = message.reply.clone().unwrap();
        assert_eq!((reply.message, reply.author), (id(3), Some(key(5))));
        assert_eq!(message.other_tags, tags(&[&["e", &two]]));
        assert_eq!(
            read(&[&["e", &one, "", "reply"]]),
            Err(ReadError::NoChannel)
        );
        assert_eq!(read(&[&["e", "x"]]), Err(ReadError::NoChannel));
    }

    proptest! {
        #[test]
        fn build_read_build(
            channel in testing::ids(), relay in testing::relay(), text in testing::title(), other_tags in testing::unknown_tags(),
            reply in proptest::option::of((testing::ids(), testing::relay(), testing::keys(), testing::relay())),
        ) {
            let reply = reply.map(|(message, relay, author, author_relay)| {
                MessageReply { message, relay, author: Some(author), author_relay }
            });
            let message = ChannelMessage { relay, reply, other_tags, ..ChannelMessage::new(channel, text) };
            let draft = message.draft().unwrap();
            let read = ChannelMessage::read(&publish(&draft, 1, 5)).unwrap();
            prop_assert_eq!(&read.note, &message);
            prop_assert_eq!(read.draft().unwrap(), draft);
        }
    }
}
