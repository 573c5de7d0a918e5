//! What `kith profile` says.

use serde::Serialize;

use super::views::PublishedView;

/// What somebody says of themselves; nothing of it is to be trusted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ProfileShown {
    /// `npub1…`.
    pub npub: String,
    /// 64 hexadecimal digits.
    pub public_key: String,
    /// What they call themselves.
    pub name: Option<String>,
    /// What they say about themselves, in lines.
    pub about: Option<String>,
    /// Address of their picture, `https` or `http`.
    pub picture: Option<String>,
    /// Address of their page, `https` or `http`.
    pub website: Option<String>,
    /// Which identifier they say is theirs.
    pub identifier: Option<IdentifierView>,
    /// Whether it is one's own.
    #[serde(skip)]
    pub yours: bool,
    /// Whether that is new; with `set`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub changed: Option<bool>,
    /// Which relays took it; with `set`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub published: Option<PublishedView>,
}

/// An identifier, and whether it is theirs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct IdentifierView {
    /// Such as `bob@example.com`.
    pub identifier: String,
    /// What its domain says now: `valid`, `invalid` or `unknown`.
    pub state: &'static str,
    /// Why it is not `valid`.
    pub reason: Option<String>,
}
