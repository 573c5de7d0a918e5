//! Private messages, and where they are received.

use serde::Serialize;

use super::views::{Moment, PublishedView, RelayView};

/// One message.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MessageView {
    /// 64 hexadecimal digits, the same for everybody who has it.
    pub id: String,
    /// `npub1…`.
    pub author: String,
    /// 64 hexadecimal digits.
    pub author_public_key: String,
    /// Whether it is your own.
    pub yours: bool,
    /// `npub1…` of everybody else who has it.
    pub to: Vec<String>,
    /// RFC 9557, as its author says.
    pub sent_at: Option<Moment>,
    /// Unix seconds.
    pub sent_unix: u64,
    /// Plain text; of a file, its address.
    pub text: String,
    /// The name that it gives to the conversation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// The id of the message that it answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<String>,
    /// Whether it is an encrypted file.
    pub file: bool,
}

/// The conversations.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Conversations {
    /// The one with the newest message first.
    pub conversations: Vec<ConversationView>,
}

/// One conversation in a list.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ConversationView {
    /// `npub1…` of everybody in it but you.
    pub people: Vec<String>,
    /// 64 hexadecimal digits each.
    pub public_keys: Vec<String>,
    /// What it is called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// How many messages it has.
    pub count: usize,
    /// The newest.
    pub newest: MessageView,
}

/// One conversation.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ConversationShown {
    /// `npub1…` of everybody in it but you.
    pub people: Vec<String>,
    /// What it is called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// Newest first.
    pub messages: Vec<MessageView>,
}

/// A message was sent.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MessageSent {
    /// As everybody sees it.
    pub message: MessageView,
    /// What became of it for each person.
    pub deliveries: Vec<DeliveryView>,
}

/// What became of a message for one person.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DeliveryView {
    /// `npub1…`.
    pub person: String,
    /// 64 hexadecimal digits.
    pub public_key: String,
    /// `reached`, `no_inbox`, `refused`, `failed` or `queued`.
    pub outcome: DeliveryOutcome,
    /// Relays that have it.
    pub relays: Vec<String>,
    /// Relays that do not, and why.
    pub refused: Vec<RelayView>,
}

/// What became of a message, in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryOutcome {
    /// At least one relay of their inbox has it.
    Reached,
    /// They receive no private messages.
    NoInbox,
    /// Every relay of their inbox said no.
    Refused,
    /// Not every relay of their inbox answered; it can be tried again.
    Failed,
    /// Not every relay of their inbox answered; it waits and is sent later.
    Queued,
}

/// A conversation was cleared.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ConversationForgotten {
    /// How many messages are not shown any more on this machine.
    pub messages: usize,
    /// Relays that were asked to delete your copies, and took the request.
    pub asked: Vec<String>,
}

/// Where you receive messages.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct InboxOpened {
    /// The relays.
    pub inbox: Vec<String>,
    /// Whether that is new.
    pub changed: bool,
    /// Which relays took the list.
    pub published: PublishedView,
}
