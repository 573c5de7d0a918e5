//! What is said: chats and comments.

use serde::Serialize;

use super::views::{CommunityName, Moment, PublishedView};

/// The last messages of a room.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ChatShown {
    /// The community.
    pub community: CommunityName,
    /// The room.
    pub room: RoomView,
    /// Oldest first.
    pub messages: Vec<MessageView>,
}

/// A room of a chat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RoomView {
    /// Id of its channel (kind 40), 64 hexadecimal digits.
    pub id: String,
    /// What it is called.
    pub name: String,
}

/// A message or a comment.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MessageView {
    /// 64 hexadecimal digits.
    pub id: String,
    /// Id of the message or comment that it answers.
    pub reply_to: Option<String>,
    /// `npub1…` of whoever said it.
    pub npub: String,
    /// 64 hexadecimal digits.
    pub public_key: String,
    /// What they call themselves; not to be trusted.
    pub name: Option<String>,
    /// `owner`, `member`, `lapsed`, `follower` or `visitor`.
    pub state: String,
    /// When, on the clock of this machine (RFC 9557).
    pub at: Moment,
    /// Unix seconds.
    pub created_at: u64,
    /// Plain text.
    pub text: String,
}

/// What was written below a meetup.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Comments {
    /// `31923:<public key>:<identifier>` of the meetup.
    pub address: String,
    /// Its title.
    pub title: String,
    /// Answers after what they answer.
    pub comments: Vec<CommentView>,
}

/// A comment with one member more: its place in the tree.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CommentView {
    /// 0 below the meetup itself, 1 for an answer, and so on.
    pub depth: usize,
    /// The comment.
    #[serde(flatten)]
    pub message: MessageView,
}

/// A message was said, or something hidden.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Said {
    /// `said`, `commented`, `replied`, `hidden_message` or `hidden_person`.
    pub action: SaidAction,
    /// Id of the new note, 64 hexadecimal digits.
    pub id: String,
    /// Which relays took it.
    pub published: PublishedView,
}

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SaidAction {
    /// A message in a chat.
    Said,
    /// A comment below a meetup.
    Commented,
    /// An answer to a text note.
    Replied,
    /// A message is hidden.
    HiddenMessage,
    /// All messages of somebody are hidden.
    HiddenPerson,
}

/// `chat --follow`, first.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ChatBegun {
    /// The community.
    pub community: CommunityName,
    /// The room.
    pub room: RoomView,
}

/// `chat --follow`: one line.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum ChatLine {
    /// Somebody said something.
    Said {
        /// What.
        message: MessageView,
    },
    /// A message is not shown any more.
    Gone {
        /// Its id, 64 hexadecimal digits.
        gone: String,
    },
    /// A relay was lost, or is back.
    Connection {
        /// Relays that tell what is said.
        listening: usize,
        /// Relays that are used.
        relays: usize,
    },
}
