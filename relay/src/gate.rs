//! The one read gate: who may be connected, which events a connection may see, and which questions
//! it may ask.
//!
//! Stored answers, live delivery, counts and comparisons all go through the [`Reader`] of their
//! connection, so that none of them shows what another hides. Knows the keys that authenticated
//! on a connection, what administrators banned, and the time; knows nothing of sockets, of the
//! store, or of what may be written.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use kith_nips::nip01::TagName;
use kith_nips::{Event, Filter, Kind, Prefix, PublicKey, nip62};
use tokio::sync::watch;

use crate::clock::unix_now;
use crate::management::Standing;
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

/// Lets people in, and shows them what they may see.
#[derive(Debug, Clone)]
pub struct Gate {
    standing: watch::Receiver<Arc<Standing>>,
}

/// What one connection may see. Clones are cheap; all of them follow the standing of the relay,
/// so that a ban has effect in the middle of an answer.
#[derive(Clone)]
pub struct Reader {
    keys: Arc<[PublicKey]>,
    standing: watch::Receiver<Arc<Standing>>,
}

impl Gate {
    /// A gate that follows `standing`.
    pub fn new(standing: watch::Receiver<Arc<Standing>>) -> Self {
        Gate { standing }
    }

    /// Whether nobody at `address` may be connected (NIP-86).
    pub fn blocks(&self, address: IpAddr) -> bool {
        self.standing.borrow().blocks(address)
    }

    /// Resolves when nobody at `address` may be connected.
    pub async fn blocked(mut self, address: IpAddr) {
        let blocked = self.standing.wait_for(|standing| standing.blocks(address));
        if blocked.await.is_err() {
            // Nobody is left who could block it.
            std::future::pending().await
        }
    }

    /// A connection on which `keys` authenticated.
    pub fn reader(&self, keys: impl Into<Arc<[PublicKey]>>) -> Reader {
        Reader {
            keys: keys.into(),
            standing: self.standing.clone(),
        }
    }
}

impl Reader {
    /// The keys that authenticated.
    pub fn keys(&self) -> &[PublicKey] {
        &self.keys
    }

    /// The same connection after `key` authenticated too.
    #[must_use]
    pub fn with_key(&self, key: PublicKey) -> Self {
        let mut reader = self.clone();
        if !reader.keys.contains(&key) {
            reader.keys = self.keys.iter().copied().chain([key]).collect();
        }
        reader
    }

    /// Whether `event` may be seen at `now` (Unix seconds): private messages only by a party to
    /// them (NIP-17, NIP-59), authentication events never (NIP-42), expired events never
    /// (NIP-40), banned people and events never (NIP-86), and requests to vanish that are for one
    /// relay only by their author (NIP-62).
    pub fn may_read(&self, event: &Event, now: u64) -> bool {
        let keys = &self.keys;
        let may_know = match event.kind() {
            Kind::AUTHENTICATION => false,
            Kind::ENCRYPTED_MESSAGE => keys.contains(&event.pubkey()) || names_any(event, keys),
            Kind::GIFT_WRAP | Kind::EPHEMERAL_GIFT_WRAP => names_any(event, keys),
            Kind::VANISH => nip62::is_for_all(event) || keys.contains(&event.pubkey()),
            _ => true,
        };
        may_know && event.expiration().is_none_or(|at| at > now) && !self.is_banned(event)
    }

    fn is_banned(&self, event: &Event) -> bool {
        let standing = self.standing.borrow();
        standing.banned_keys.contains(&event.pubkey())
            || standing.banned_events.contains(&event.id())
    }

    /// Refuses questions that can bring nothing but private events to a connection that may see
    /// none of them (NIP-42, NIP-45, NIP-59). Everything else is answered, without what
    /// [`Reader::may_read`] hides.
    ///
    /// # Errors
    /// `auth-required:` before authentication, `restricted:` after it.
    pub fn may_ask(&self, filters: &[Filter], question: Question) -> Result<(), Refusal> {
        if filters.is_empty() || !filters.iter().all(only_private) {
            return Ok(());
        }
        let keys = &self.keys;
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

    /// How the store reads for this connection.
    pub fn scan_options(&self, limit_default: usize, limit_max: usize) -> ScanOptions {
        let reader = self.clone();
        ScanOptions {
            limit_default,
            limit_max,
            completeness: false,
            now: unix_now(),
            // The clock is read for each event: a long answer to a slow reader outlives its start.
            visible: Arc::new(move |event| reader.may_read(event, unix_now())),
            after: None,
            spread: None,
        }
    }
}

impl fmt::Debug for Reader {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Reader")
            .field("keys", &self.keys.len())
            .finish_non_exhaustive()
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

    fn reader(keys: &[PublicKey]) -> Reader {
        Gate::new(watch::channel(Arc::default()).1).reader(keys)
    }

    fn may_read(event: &Event, keys: &[PublicKey], now: u64) -> bool {
        reader(keys).may_read(event, now)
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
        let answer = reader(keys).may_ask(&parsed, question);
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

    #[test]
    fn nip62_08_a_request_to_one_relay_is_shown_to_its_author_only() {
        let one = event(ALICE, 62, &[&["relay", "wss://relay.example.com"]], "");
        check_readers(&one, &[ALICE]);
        let all = event(ALICE, 62, &[&["relay", "ALL_RELAYS"]], "");
        assert!(may_read(&all, &[], NOW));
    }

    #[test]
    fn nip86_08_and_11_bans_hide_at_once_and_only_while_they_last() {
        let note = event(ALICE, 1, &[], "hello");
        let standing = watch::Sender::new(Arc::new(Standing::default()));
        let reader = Gate::new(standing.subscribe()).reader([]);
        let banned = |collection: &str, key: String| {
            let mut standing = Standing::default();
            standing.read(collection, &key, "").unwrap();
            Arc::new(standing)
        };
        for ban in [
            banned("banned-keys", note.pubkey().to_string()),
            banned("banned-events", note.id().to_string()),
        ] {
            assert!(reader.may_read(&note, NOW));
            standing.send_replace(ban);
            assert!(!reader.may_read(&note, NOW));
            standing.send_replace(Arc::default());
        }
        assert!(reader.may_read(&note, NOW));
    }
}
