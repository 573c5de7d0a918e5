//! NIP-62: requests to vanish. What is deleted, and that it stays out, is the relay's business; who is asked,
//! that of whoever sends it.

use crate::Kind;
use crate::nip01::{Draft, Event};
use crate::nip42::same_relay;

/// The value of a `relay` tag that means every relay; exactly so.
pub const ALL_RELAYS: &str = "ALL_RELAYS";

/// Where the author wants to vanish from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// From every relay: such a request should spread.
    Everywhere,
    /// From this relay, perhaps among others.
    Here,
}

/// Why a request to vanish has no effect on a relay. The text is what follows `invalid: ` in the
/// answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum VanishError {
    /// No `relay` tag.
    #[error("a request to vanish names a relay, or ALL_RELAYS")]
    NoRelay,
    /// Other relays only.
    #[error("this request to vanish is for other relays")]
    OtherRelays,
}

/// The request to vanish from these relays, or from [`ALL_RELAYS`]. The reason is for those who run them.
///
/// ```
/// use kith_nips::nip62::{Scope, request, scope};
/// let draft = request(["wss://relay.example.com"], "I move");
/// let signed = draft.sign(&nostr::Keys::generate(), 1)?;
/// assert_eq!(scope(&signed, &["wss://relay.example.com"]), Ok(Scope::Here));
/// # Ok::<(), kith_nips::nip01::DraftError>(())
/// ```
pub fn request<'a>(relays: impl IntoIterator<Item = &'a str>, reason: &str) -> Draft {
    let relays = relays.into_iter();
    let tags = relays.map(|relay| vec!["relay".to_owned(), relay.to_owned()]);
    Draft {
        kind: Kind::VANISH,
        created_at: None,
        tags: tags.collect(),
        content: reason.to_owned(),
    }
}

/// Where a request of kind 62 wants its author to vanish from, for a relay that is known as
/// `relay_urls`, compared by [`same_relay`].
///
/// ```
/// use kith_nips::nip62::{Scope, VanishError, scope};
/// # use kith_nips::{Kind, nip01::Draft};
/// # let request = |relay: &str| Draft {
/// #     kind: Kind::VANISH, created_at: None, content: String::new(),
/// #     tags: vec![vec!["relay".into(), relay.into()]],
/// # }.sign(&nostr::Keys::generate(), 1);
/// let us = ["wss://relay.example.com"];
/// assert_eq!(scope(&request("ALL_RELAYS")?, &us), Ok(Scope::Everywhere));
/// assert_eq!(scope(&request("wss://Relay.example.com/")?, &us), Ok(Scope::Here));
/// assert_eq!(scope(&request("all_relays")?, &us), Err(VanishError::OtherRelays));
/// # Ok::<(), kith_nips::nip01::DraftError>(())
/// ```
///
/// # Errors
/// [`VanishError`]
pub fn scope<U: AsRef<str>>(request: &Event, relay_urls: &[U]) -> Result<Scope, VanishError> {
    if is_for_all(request) {
        return Ok(Scope::Everywhere);
    }
    let mut relays = relays(request).peekable();
    if relays.peek().is_none() {
        return Err(VanishError::NoRelay);
    }
    let is_us = |relay: &str| relay_urls.iter().any(|url| same_relay(url.as_ref(), relay));
    match relays.any(is_us) {
        true => Ok(Scope::Here),
        false => Err(VanishError::OtherRelays),
    }
}

/// Whether a request names every relay.
pub fn is_for_all(request: &Event) -> bool {
    relays(request).any(|relay| relay == ALL_RELAYS)
}

fn relays(request: &Event) -> impl Iterator<Item = &str> {
    request.tags().named("relay").filter_map(|tag| tag.value())
}
