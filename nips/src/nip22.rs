//! NIP-22: comments (kind 1111) on notes and addresses.
//!
//! Owns: the tags that say what is commented on. Must not know who may comment, or how a thread is
//! shown.

use crate::lbc::{BuildError, Meetup, Note, Published};
use crate::nip01::Draft;
use crate::{Address, Event, EventId, Kind, PublicKey};

/// A comment on something, or an answer to a comment on it.
///
/// ```
/// use kith_nips::lbc::Note;
/// use kith_nips::nip22::{Comment, Root};
/// # let keys = nostr::Keys::generate();
/// let meetup = format!("31923:{}:chess", keys.public_key()).parse()?;
/// let question = Comment::new(Root::address(meetup, None), "Is there a lift?");
/// let question = Comment::read(&question.draft()?.sign(&keys, 1_700_000_000)?)?;
/// let answer = Comment::reply_to(&question, "Yes");
/// assert_eq!(answer.root, question.root);
/// assert_eq!(answer.reply.map(|reply| reply.comment), Some(question.id));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comment {
    /// What the thread is about: the tags in capitals.
    pub root: Root,
    /// The comment that this answers; `None` when it is about the root itself.
    pub reply: Option<CommentReply>,
    /// Plain text (NIP22-06).
    pub text: String,
}

/// What a thread is about.
///
/// ```
/// use kith_nips::nip22::{Item, Root};
/// use kith_nips::{EventId, Kind, PublicKey};
/// let author = PublicKey::from_bytes([2; 32]);
/// let root = Root::event(EventId::from_bytes([1; 32]), Kind::COMMUNITY, author);
/// assert_eq!(root.item, Item::Event(EventId::from_bytes([1; 32])));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Root {
    /// The address or event.
    pub item: Item,
    /// Its kind.
    pub kind: Kind,
    /// Its author.
    pub author: Option<PublicKey>,
    /// A relay that has it.
    pub relay: Option<String>,
}

/// An address, whatever its version, or one event.
///
/// ```
/// use kith_nips::{EventId, nip22::Item};
/// assert_ne!(Item::Event(EventId::from_bytes([1; 32])), Item::Event(EventId::from_bytes([2; 32])));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item {
    /// What is at an address; the id of the version that was commented on is a hint (NIP22-08).
    Address {
        /// The address.
        address: Address,
        /// The version.
        version: Option<EventId>,
    },
    /// One event.
    Event(EventId),
}

/// The comment that is answered.
///
/// ```
/// use kith_nips::{EventId, nip22::CommentReply};
/// let reply = CommentReply { comment: EventId::from_bytes([1; 32]), author: None, relay: None };
/// assert_eq!(reply.author, None);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommentReply {
    /// Its id.
    pub comment: EventId,
    /// Its author.
    pub author: Option<PublicKey>,
    /// A relay that has it.
    pub relay: Option<String>,
}

/// Why an event is no comment that can be shown.
///
/// ```
/// use kith_nips::nip22::CommentError;
/// assert_eq!(CommentError::NoKind("K").to_string(), "no `K` tag says a kind");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CommentError {
    /// Another kind.
    #[error("kind {0} instead of 1111")]
    NotAComment(Kind),
    /// `K` or `k` is missing (NIP22-05).
    #[error("no `{0}` tag says a kind")]
    NoKind(&'static str),
    /// It is about no address and no event.
    #[error("neither an `A` tag nor an `E` tag says what it is about")]
    NoRoot,
}

impl Root {
    /// What is at an address.
    pub fn address(address: Address, version: Option<EventId>) -> Root {
        Root {
            kind: address.kind,
            author: Some(address.pubkey),
            relay: None,
            item: Item::Address { address, version },
        }
    }

    /// A meetup in the version that was read, at a relay that has it.
    pub fn meetup(meetup: &Published<Meetup>, relay: Option<String>) -> Root {
        Root {
            relay,
            ..Root::address(meetup.address(), Some(meetup.id))
        }
    }

    /// One event.
    pub fn event(id: EventId, kind: Kind, author: PublicKey) -> Root {
        Root {
            item: Item::Event(id),
            kind,
            author: Some(author),
            relay: None,
        }
    }

    /// The tags in capitals, or for a comment about the root itself in small letters.
    fn tags(&self, capital: bool) -> Vec<Vec<String>> {
        let relay = self.relay.as_deref().unwrap_or_default();
        let author = self.author.map(|author| author.to_string());
        let author = author.as_deref().unwrap_or_default();
        let name = |small: &'static str, large: &'static str| if capital { large } else { small };
        let mut tags = Vec::new();
        match &self.item {
            Item::Address { address, version } => {
                tags.push(tag([name("a", "A"), &address.to_string(), relay]));
                if let (Some(version), false) = (version, capital) {
                    tags.push(tag(["e", &version.to_string(), relay]));
                }
            }
            Item::Event(id) => tags.push(tag([name("e", "E"), &id.to_string(), relay, author])),
        }
        tags.push(tag([name("k", "K"), &self.kind.to_string()]));
        if !author.is_empty() {
            tags.push(tag([name("p", "P"), author, relay]));
        }
        tags
    }

    fn read(event: &Event) -> Result<Root, CommentError> {
        let kind = kind(event, "K").ok_or(CommentError::NoKind("K"))?;
        let author = value(event, "P").and_then(|author| author.parse().ok());
        let address = value(event, "A").and_then(|address| address.parse::<Address>().ok());
        let (item, name) = match (address, value(event, "E")) {
            (Some(address), _) => {
                let version = value(event, "e").and_then(|id| id.parse().ok());
                (Item::Address { address, version }, "A")
            }
            (None, Some(id)) => (
                Item::Event(id.parse().map_err(|_| CommentError::NoRoot)?),
                "E",
            ),
            (None, None) => return Err(CommentError::NoRoot),
        };
        Ok(Root {
            item,
            kind,
            author,
            relay: relay(event, name),
        })
    }
}

impl Comment {
    /// A comment on the root itself.
    pub fn new(root: Root, text: impl Into<String>) -> Comment {
        Comment {
            root,
            reply: None,
            text: text.into(),
        }
    }

    /// An answer to a comment, about the same root (NIP22-04).
    pub fn reply_to(comment: &Published<Comment>, text: impl Into<String>) -> Comment {
        let reply = CommentReply {
            comment: comment.id,
            author: Some(comment.author),
            relay: comment.root.relay.clone(),
        };
        Comment {
            reply: Some(reply),
            ..Comment::new(comment.root.clone(), text)
        }
    }

    /// Reads a kind 1111 about an address or an event.
    ///
    /// # Errors
    /// [`CommentError`]
    pub fn read(event: &Event) -> Result<Published<Comment>, CommentError> {
        if event.kind() != Kind::COMMENT {
            return Err(CommentError::NotAComment(event.kind()));
        }
        let mut root = Root::read(event)?;
        let parent = kind(event, "k").ok_or(CommentError::NoKind("k"))?;
        let answered = value(event, "e").and_then(|id| id.parse().ok());
        let reply = answered.filter(|_| parent == Kind::COMMENT);
        let reply = reply.map(|comment| CommentReply {
            comment,
            author: value(event, "p").and_then(|author| author.parse().ok()),
            relay: relay(event, "e"),
        });
        if let (Item::Address { version, .. }, Some(_)) = (&mut root.item, &reply) {
            // The `e` is that of the comment.
            *version = None;
        }
        let text = event.content().to_owned();
        Ok(Published::of(event, Comment { root, reply, text }))
    }
}

impl Note for Comment {
    /// # Errors
    /// A blank text, or a root of kind 1 (NIP22-01).
    fn draft(&self) -> Result<Draft, BuildError> {
        if self.root.kind == Kind::TEXT_NOTE {
            return Err(BuildError::CommentOnNote);
        }
        if self.text.trim().is_empty() {
            return Err(BuildError::Blank("comment"));
        }
        let mut tags = self.root.tags(true);
        match &self.reply {
            None => tags.extend(self.root.tags(false)),
            Some(reply) => {
                let relay = reply.relay.as_deref().unwrap_or_default();
                let author = reply.author.map(|author| author.to_string());
                let author = author.as_deref().unwrap_or_default();
                tags.push(tag(["e", &reply.comment.to_string(), relay, author]));
                tags.push(tag(["k", &Kind::COMMENT.to_string()]));
                if !author.is_empty() {
                    tags.push(tag(["p", author, relay]));
                }
            }
        }
        Ok(Draft {
            kind: Kind::COMMENT,
            created_at: None,
            tags,
            content: self.text.clone(),
        })
    }
}

fn value(event: &Event, name: &str) -> Option<String> {
    let mut tags = event.tags().named(name);
    tags.find_map(|tag| tag.value().map(str::to_owned))
}

fn relay(event: &Event, name: &str) -> Option<String> {
    let mut tags = event.tags().named(name);
    let relay = tags.find_map(|tag| tag.get(2).map(str::to_owned));
    relay.filter(|relay| !relay.is_empty())
}

fn kind(event: &Event, name: &str) -> Option<Kind> {
    value(event, name)?.parse().ok().map(Kind::new)
}

/// Without the empty elements at its end.
fn tag<const N: usize>(elements: [&str; N]) -> Vec<String> {
    let used = elements.iter().rposition(|element| !element.is_empty());
    let used = elements.iter().take(used.map_or(0, |last| last + 1));
    used.map(|element| (*element).to_owned()).collect()
}

#[cfg(test)]
mod tests;
