//! The chat of a community (NIP-28): its rooms, what was said, saying something, and hiding what
//! should not be read. What is shown is decided by the owner's lists, by who hid what, and by the view
//! that somebody chose (LBC-50 to LBC-56); nothing is ever deleted here.

mod audience;
mod conversation;
mod follower;
mod live;
mod reading;

pub use live::{ChatNews, LiveChat};

use kith_nips::lbc::{
    self, BuildError, Channel, ChannelHide, ChannelMessage, ChannelMute, ChatView, Membership, Note,
};
use kith_nips::nip01::Draft;
use kith_nips::{EventId, PublicKey};

use crate::communities::NamedCommunity;
use crate::fetch::{Listing, ReadError};
use crate::kith::Kith;
use crate::lookup::LookupError;
use crate::publish::{self, PublishError};
use crate::records::Record;
use crate::reference::Reference;

/// Messages that are read at once, at most.
pub const CHAT_MESSAGES_MAX: usize = 1_000;

/// One room of a community's chat, and what its owner decides about it.
///
/// ```no_run
/// use kith_client::{Kith, Reference};
/// use kith_client::lbc::ChatView;
///
/// # async fn example(kith: Kith, community: Reference) -> Result<(), Box<dyn std::error::Error>> {
/// let chat = kith.chat(&community).await?;
/// println!("{}", chat.name());
/// for message in kith.chat_messages(&chat, ChatView::default(), 20).await? {
///     println!("{}: {}", message.display_name(), message.text());
/// }
/// kith.say(&chat, "Who brings boards?").await?;
/// # Ok(()) }
/// ```
#[derive(Debug, Clone)]
pub struct Chat {
    record: Record,
    rooms: Vec<ChatRoom>,
    room: ChatRoom,
}

/// A room: a channel that the owner made for the community (LBC-52).
///
/// ```no_run
/// # fn example(chat: &kith_client::Chat) {
/// for room in chat.rooms() {
///     println!("{} ({})", room.name, room.id);
/// }
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ChatRoom {
    /// The channel: id of its kind 40.
    pub id: EventId,
    /// What the owner calls it now, or its short id.
    pub name: String,
}

/// A message, and who said it.
///
/// ```no_run
/// # fn example(message: &kith_client::ChatMessage) {
/// println!("{} ({:?}): {}", message.display_name(), message.state, message.text());
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ChatMessage {
    /// The note as it was read: id, author, time, text.
    pub message: lbc::Published<ChannelMessage>,
    /// What its author calls themselves (kind 0).
    pub name: Option<String>,
    /// What its author is to the community.
    pub state: Membership,
}

/// Why a chat cannot be read or written.
///
/// ```
/// use kith_client::{ChatError, PublishError};
///
/// let error = ChatError::from(PublishError::ReadOnly);
/// assert_eq!(error.to_string(), "there is no key to sign with");
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ChatError {
    /// The community is not there.
    #[error(transparent)]
    Lookup(#[from] LookupError),
    /// The owner has opened no chat (LBC-52).
    #[error("the community {0} has no chat")]
    NoChat(NamedCommunity),
    /// The user's words would be shown to nobody.
    #[error("you are muted in {0}")]
    Muted(NamedCommunity),
    /// The note cannot be written.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// No relay took it, or there is no key.
    #[error(transparent)]
    Publish(#[from] PublishError),
}

impl Chat {
    /// What the room is called.
    pub fn name(&self) -> &str {
        &self.room.name
    }

    /// The room: id of its kind 40.
    pub fn room(&self) -> EventId {
        self.room.id
    }

    /// All rooms of the community; the first is the main one.
    pub fn rooms(&self) -> &[ChatRoom] {
        &self.rooms
    }

    /// The same in another room; `None` when it is not one of the community's.
    pub fn in_room(&self, id: EventId) -> Option<Chat> {
        let room = self.rooms.iter().find(|room| room.id == id)?.clone();
        Some(Chat {
            room,
            ..self.clone()
        })
    }

    /// Who decides here.
    pub fn owner(&self) -> PublicKey {
        self.record.community.owner()
    }

    /// The community and what it is called.
    pub fn community(&self) -> NamedCommunity {
        self.record.named()
    }
}

impl ChatMessage {
    /// Plain text of a stranger: make it harmless before a terminal or a page shows it.
    pub fn text(&self) -> &str {
        &self.message.text
    }

    /// What its author calls themselves, or the start of their key. As little to be trusted as the text.
    pub fn display_name(&self) -> String {
        const KEY_CHARACTERS: usize = 8;
        let key = || self.message.author.to_string();
        let short = || key().chars().take(KEY_CHARACTERS).collect();
        self.name.clone().unwrap_or_else(short)
    }

    /// The message that it answers.
    pub fn reply_to(&self) -> Option<EventId> {
        self.message.reply.as_ref().map(|reply| reply.message)
    }
}

impl Kith {
    /// The chat of a community, in its main room.
    ///
    /// ```no_run
    /// use kith_client::{Kith, Reference};
    /// # async fn example(kith: Kith, community: Reference) -> Result<(), kith_client::ChatError> {
    /// println!("{}", kith.chat(&community).await?.name());
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`ChatError::Lookup`], [`ChatError::NoChat`].
    pub async fn chat(&self, community: impl Into<Reference>) -> Result<Chat, ChatError> {
        let record = self.record(&community.into()).await?;
        let rooms = self.rooms_of(&record).await.map_err(LookupError::from)?;
        match rooms.first().cloned() {
            Some(room) => Ok(Chat {
                record,
                rooms,
                room,
            }),
            None => Err(ChatError::NoChat(record.named())),
        }
    }

    /// The newest messages that such a view shows to the user, oldest first; at most `limit`, and never
    /// more than [`CHAT_MESSAGES_MAX`].
    ///
    /// ```no_run
    /// use kith_client::{Chat, Kith, lbc::ChatView};
    /// # async fn example(kith: Kith, chat: Chat) -> Result<(), kith_client::ReadError> {
    /// let last = kith.chat_messages(&chat, ChatView::Everybody, 1).await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`ReadError`] when no relay answers.
    pub async fn chat_messages(
        &self,
        chat: &Chat,
        view: ChatView,
        limit: usize,
    ) -> Result<Listing<ChatMessage>, ReadError> {
        let history = self.history(chat, view, None, limit).await?;
        Ok(Listing {
            found: history.shown,
            silent: history.silent,
        })
    }

    /// Says something in the room.
    ///
    /// ```no_run
    /// use kith_client::{Chat, Kith};
    /// # async fn example(kith: Kith, chat: Chat) -> Result<(), kith_client::ChatError> {
    /// kith.say(&chat, "See you on Thursday").await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`ChatError`]: a blank text, no key, muted, no relay takes it.
    pub async fn say(
        &self,
        chat: &Chat,
        text: impl Into<String>,
    ) -> Result<publish::Published, ChatError> {
        let draft = ChannelMessage::say(chat.room.id, Some(self.relay_hint()), text)?;
        self.say_note(chat, &draft).await
    }

    /// Answers a message.
    ///
    /// ```no_run
    /// use kith_client::{Chat, ChatMessage, Kith};
    /// # async fn example(kith: Kith, chat: Chat, to: ChatMessage) -> Result<(), kith_client::ChatError> {
    /// kith.say_in_reply(&chat, &to, "Me").await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// As [`Kith::say`].
    pub async fn say_in_reply(
        &self,
        chat: &Chat,
        to: &ChatMessage,
        text: impl Into<String>,
    ) -> Result<publish::Published, ChatError> {
        let hint = Some(self.relay_hint());
        let draft =
            ChannelMessage::say_in_reply(&to.message, chat.room.id, hint, text, self.now())?;
        self.say_note(chat, &draft).await
    }

    /// Hides a message: for everybody when the user owns the community, else for the user alone
    /// (NIP28-05, LBC-52).
    ///
    /// ```no_run
    /// use kith_client::{ChatMessage, Kith};
    /// # async fn example(kith: Kith, message: ChatMessage) -> Result<(), kith_client::ChatError> {
    /// kith.hide_message(message.message.id, "advertising").await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`ChatError::Publish`]
    pub async fn hide_message(
        &self,
        message: EventId,
        reason: impl Into<String>,
    ) -> Result<publish::Published, ChatError> {
        let draft = ChannelHide::new(message, reason).draft()?;
        Ok(self.publish(&draft).await?)
    }

    /// Hides all that somebody says in chats: for everybody in the communities that the user owns, else
    /// for the user alone. Muting somebody in a community is [`Kith::mute`].
    ///
    /// ```no_run
    /// use kith_client::{Kith, PublicKey};
    /// # async fn example(kith: Kith, person: PublicKey) -> Result<(), kith_client::ChatError> {
    /// kith.hide_person(person, "").await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// [`ChatError::Publish`]
    pub async fn hide_person(
        &self,
        person: PublicKey,
        reason: impl Into<String>,
    ) -> Result<publish::Published, ChatError> {
        let draft = ChannelMute::new(person, reason).draft()?;
        Ok(self.publish(&draft).await?)
    }

    async fn say_note(&self, chat: &Chat, draft: &Draft) -> Result<publish::Published, ChatError> {
        // Since the chat was opened, the list may have changed; then the relay says no.
        if chat.record.mutes(self.author()?) {
            return Err(ChatError::Muted(chat.community()));
        }
        Ok(self.publish(draft).await?)
    }
}

impl ChatRoom {
    pub(crate) fn new(
        channel: &lbc::Published<Channel>,
        metadata: Option<&lbc::ChannelMetadata>,
    ) -> ChatRoom {
        ChatRoom {
            id: channel.id,
            name: channel.display_name(metadata),
        }
    }
}
