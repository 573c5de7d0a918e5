//! The one read gate: which events a connection may see, and which questions it may ask.
//!
//! Stored answers, live delivery and counts all pass here, so that none of them shows what
//! another hides. Knows the keys that authenticated on a connection and the time; knows nothing
//! of sockets, of the store, or of what may be written.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use kith_nips::nip01::TagName;
use kith_nips::{Event, Filter, Kind, Prefix, PublicKey};

use crate::admit::Refusal;
use crate::store::ScanOptions;

/// What is asked of the relay; counting is stricter, because a number leaks (NIP-45).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Question {
    /// REQ: events.
    Events,
    /// COUNT: a number.
    Number,
}

/// The relay's clock, in Unix seconds.
pub fn unix_now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |elapsed| elapsed.as_secs())
}

/// Whether a connection on which `keys` authenticated may see `event` at `now` (Unix seconds):
/// private messages only as a party to them (NIP-17, NIP-59), authentication events never
/// (NIP-42), expired events never (NIP-40).
pub fn may_read(event: &Event, keys: &[PublicKey], now: u64) -> bool {
    let may_know = match event.kind() {
        Kind::AUTHENTICATION => false,
        Kind::ENCRYPTED_MESSAGE => keys.contains(&event.pubkey()) || names_any(event, keys),
        Kind::GIFT_WRAP | Kind::EPHEMERAL_GIFT_WRAP => names_any(event, keys),
        _ => true,
    };
    may_know && event.expiration().is_none_or(|at| at > now)
}

/// Refuses questions that can bring nothing but private events to a connection that may see none
/// of them (NIP-42, NIP-45, NIP-59). Everything else is answered, without what
/// [`may_read`] hides.
///
/// # Errors
/// `auth-required:` before authentication, `restricted:` after it.
pub fn may_ask(filters: &[Filter], keys: &[PublicKey], question: Question) -> Result<(), Refusal> {
    if filters.is_empty() || !filters.iter().all(only_private) {
        return Ok(());
    }
    if keys.is_empty() {
        return Err(Refusal::new(
            Prefix::AuthRequired,
            "private messages are shown only to the people they are for",
        ));
    }
    if filters.iter().any(|filter| is_own(filter, keys, question)) {
        return Ok(());
    }
    Err(Refusal::new(
        Prefix::Restricted,
        "these private messages are for other people",
    ))
}

/// How the store reads for a connection on which `keys` authenticated.
pub fn scan_options(
    keys: &Arc<[PublicKey]>,
    limit_default: usize,
    limit_max: usize,
) -> ScanOptions {
    let keys = Arc::clone(keys);
    ScanOptions {
        limit_default,
        limit_max,
        now: unix_now(),
        // The clock is read for each event: a long answer to a slow reader outlives its start.
        visible: Arc::new(move |event| may_read(event, &keys, unix_now())),
    }
}

fn names_any(event: &Event, keys: &[PublicKey]) -> bool {
    !keys.is_empty()
        && event
            .tags()
            .named("p")
            .filter_map(|tag| tag.value())
            .filter_map(|value| PublicKey::from_hex(value).ok())
            .any(|key| keys.contains(&key))
}

fn only_private(filter: &Filter) -> bool {
    filter
        .kinds
        .as_ref()
        .is_some_and(|kinds| !kinds.is_empty() && kinds.iter().all(|kind| is_private(*kind)))
}

fn is_private(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::ENCRYPTED_MESSAGE | Kind::GIFT_WRAP | Kind::EPHEMERAL_GIFT_WRAP
    )
}

/// Whether the filter asks for messages to or from one of `keys`. A REQ that names nobody asks
/// for its own messages; a COUNT must say so.
fn is_own(filter: &Filter, keys: &[PublicKey], question: Question) -> bool {
    let recipients = TagName::new('p').and_then(|name| filter.tags.get(&name));
    if filter.authors.is_none() && recipients.is_none() {
        return question == Question::Events;
    }
    let from_own = filter
        .authors
        .iter()
        .flatten()
        .any(|author| keys.contains(author));
    let to_own = recipients
        .into_iter()
        .flatten()
        .filter_map(|value| PublicKey::from_hex(value).ok())
        .any(|key| keys.contains(&key));
    from_own || to_own
}
