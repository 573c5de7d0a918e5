//! What `kith outbox` says.

use serde::Serialize;

/// The queue of signed notes that are not yet on every relay they are for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Outbox {
    /// What waits, oldest first.
    pub notes: Vec<OutboxNote>,
    /// Ids of those that are on all their relays now; with `send`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sent: Option<Vec<String>>,
    /// Ids of those that are not sent any more; with `drop`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dropped: Option<Vec<String>>,
    /// What to run next.
    #[serde(skip)]
    pub next: Vec<String>,
}

/// One note.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OutboxNote {
    /// 64 hexadecimal digits.
    pub id: String,
    /// Its kind.
    pub kind: u16,
    /// What it is, in words.
    pub what: String,
    /// `npub1…` of whoever signed it; of a private message, a key that is used once.
    pub author: String,
    /// When it was put into the queue; Unix seconds.
    pub queued_at_unix: u64,
    /// How long ago that is.
    pub age_seconds: u64,
    /// The relays it is for.
    pub relays: Vec<OutboxRelay>,
}

/// A relay that a note is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OutboxRelay {
    /// Its address.
    pub relay: String,
    /// `waiting`, `taken` or `refused`.
    pub state: &'static str,
    /// What it said last, or why nothing was heard of it.
    pub reason: Option<String>,
    /// How often it was tried.
    pub attempts: u32,
}
