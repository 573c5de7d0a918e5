//! What people pass on to others.

use std::path::PathBuf;

use serde::Serialize;

/// An invitation to a community or a meetup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Invitation {
    /// `community` or `meetup`.
    pub to: InvitedTo,
    /// Its title.
    pub title: String,
    /// `nostr:nevent1…` or `nostr:naddr1…`, with relays that have it.
    pub link: String,
    /// The link for browsers, when a page was named.
    pub web: Option<String>,
    /// The relays in the link.
    pub relays: Vec<String>,
    /// The file with the QR code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub qr_file: Option<PathBuf>,
    /// The QR code in half blocks, light on dark.
    #[serde(skip)]
    pub qr: Option<String>,
}

/// What somebody is invited to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum InvitedTo {
    /// A community.
    Community,
    /// A meetup.
    Meetup,
}
