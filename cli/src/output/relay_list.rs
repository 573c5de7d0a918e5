//! What `kith relays show` and `publish` say.

use serde::Serialize;

use super::views::PublishedView;

/// The relays that somebody says they use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RelayListShown {
    /// `npub1…`.
    pub npub: String,
    /// In the order of the list; none when they say nothing.
    pub relays: Vec<ListedRelay>,
    /// Whether that is new; with `publish`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub changed: Option<bool>,
    /// Which relays took the list; with `publish`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub published: Option<PublishedView>,
}

/// One relay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ListedRelay {
    /// Its address.
    pub relay: String,
    /// Whether notes to them go there.
    pub reads: bool,
    /// Whether their own notes are there.
    pub writes: bool,
}
