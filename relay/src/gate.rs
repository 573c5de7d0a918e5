//! The one read gate: which events a connection may see, and which questions it may ask.
//!
//! Stored answers, live delivery and counts all pass here, so that none of them shows what
//! another hides. Knows the keys that authenticated on a connection and the time; knows nothing
//! of sockets, of the store, or of what may be written.

use std::sync::Arc;

use kith_nips::nip01::TagName;
use kith_nips::{Event, Filter, Kind, Prefix, PublicKey};

use crate::clock::unix_now;
use crate::refusal::Refusal;
use crate::store::ScanOptions;

/// What is asked of the relay; counting is stricter, because a number leaks (NIP-45).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Question {
    /// REQ: events.
    Events,
    /// COUNT: a number.
    Number,
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
        completeness: true,
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::fake_store::{ALICE, BOB, CAROL, event, event_at};

    const NOW: u64 = 1_700_000_000;

    fn key(secret_key: &str) -> PublicKey {
        event(secret_key, 1, &[], "").pubkey()
    }

    fn check_readers(event: &Event, expected: &[&str]) {
        let readers: Vec<&str> = [ALICE, BOB, CAROL]
            .into_iter()
            .filter(|reader| may_read(event, &[key(reader)], NOW))
            .collect();
        assert_eq!(readers, expected, "{}", event.json());
        assert!(!may_read(event, &[], NOW), "{}", event.json());
    }

    #[test]
    fn nip59_05_and_09_every_named_recipient_reads() {
        let (bob, carol) = (key(BOB).to_string(), key(CAROL).to_string());
        for kind in [1_059, 21_059] {
            let tags: &[&[&str]] = &[&["p", "x"], &["p", &bob], &["p", &carol]];
            check_readers(&event(ALICE, kind, tags, ""), &[BOB, CAROL]);
        }
        // Old messages are for their author as well.
        check_readers(&event(ALICE, 4, &[&["p", &bob]], ""), &[ALICE, BOB]);
    }

    #[test]
    fn nip42_08_nobody_reads_authentication() {
        let event = event(ALICE, 22_242, &[], "");
        assert!(!may_read(&event, &[key(ALICE)], NOW));
    }

    #[test]
    fn nip40_02_nobody_reads_what_has_expired() {
        let until = |time: u64| {
            let tags: &[&[&str]] = &[&["expiration", &time.to_string()]];
            event_at(ALICE, 1, tags, "", 1)
        };
        assert!(may_read(&until(NOW + 1), &[], NOW));
        assert!(!may_read(&until(NOW), &[], NOW));
        assert!(!may_read(&until(NOW), &[key(ALICE)], NOW));
    }

    fn check_question(question: Question, filters: &[&str], keys: &[PublicKey], word: &str) {
        let parsed: Vec<Filter> = filters
            .iter()
            .map(|filter| Filter::parse(filter).unwrap())
            .collect();
        let answer = may_ask(&parsed, keys, question);
        let answered = answer.err().map(|refusal| refusal.prefix.to_string());
        assert_eq!(
            answered.unwrap_or_default(),
            word,
            "{question:?} {filters:?}"
        );
    }

    #[test]
    fn nip59_06_and_nip45_07_questions_about_private_events_only() {
        let (alice, bob) = (key(ALICE), key(BOB));
        let scoped = |member: &str, person: PublicKey| {
            format!(r##"{{"kinds":[4,1059],"{member}":["{person}"]}}"##)
        };
        let unscoped = r#"{"kinds":[1059]}"#;
        let mixed = r#"{"kinds":[1,1059]}"#;
        let none = r#"{"kinds":[]}"#;
        for question in [Question::Events, Question::Number] {
            for own in [scoped("#p", alice), scoped("authors", alice)] {
                check_question(question, &[&own], &[], "auth-required");
                check_question(question, &[&own], &[bob, alice], "");
                check_question(question, &[&own], &[bob], "restricted");
            }
            let (foreign, own) = (scoped("#p", bob), scoped("#p", alice));
            check_question(question, &[&foreign, &own], &[alice], "");
            check_question(question, &[unscoped], &[], "auth-required");
            for served in [mixed, none] {
                check_question(question, &[served], &[], "");
                check_question(question, &[unscoped, served], &[], "");
            }
        }
        check_question(Question::Events, &[unscoped], &[alice], "");
        check_question(Question::Number, &[unscoped], &[alice], "restricted");
    }
}
