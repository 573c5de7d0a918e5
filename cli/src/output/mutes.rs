//! What the user muted for themselves.

use serde::Serialize;

use super::views::PublishedView;

/// `mute`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MutesShown {
    /// What everybody can read, then what is private, each in the order of the list.
    pub muted: Vec<MutedView>,
}

/// One thing that is muted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MutedView {
    /// `person`, `topic`, `word` or `thread`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// `npub1…`, the topic, the word, or an id of 64 hexadecimal digits.
    pub value: String,
    /// Whether nobody else can read it.
    pub private: bool,
}

/// `mute` with something, `unmute`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MutesChanged {
    /// In the order given: people and notes, words, topics.
    pub muted: Vec<MuteChange>,
    /// Which relays took the newest list.
    pub published: PublishedView,
}

/// What happened to one thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MuteChange {
    /// `person`, `topic`, `word` or `thread`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// `npub1…`, the topic, the word, or an id of 64 hexadecimal digits.
    pub value: String,
    /// `muted` or `unmuted`.
    pub action: &'static str,
    /// Whether that is new.
    pub changed: bool,
}
