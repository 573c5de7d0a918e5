//! NIP-40: events that expire. The clock is the caller's.

use crate::nip01::{Event, EventError};

/// The reason to refuse an event whose first `expiration` tag is not a decimal integer.
///
/// ```
/// use kith_nips::{Kind, nip01::{Draft, EventError}, nip40};
/// let mut draft = Draft {
///     kind: Kind::TEXT_NOTE,
///     created_at: None,
///     tags: vec![vec!["expiration".into(), "tomorrow".into()]],
///     content: String::new(),
/// };
/// let keys = nostr::Keys::generate();
/// assert_eq!(nip40::expiration_error(&draft.sign(&keys, 1)?), Some(EventError::Expiration));
/// draft.tags[0][1] = "1800000000".into();
/// assert_eq!(nip40::expiration_error(&draft.sign(&keys, 1)?), None);
/// # Ok::<(), kith_nips::nip01::DraftError>(())
/// ```
pub fn expiration_error(event: &Event) -> Option<EventError> {
    let has_tag = event.tags().named("expiration").next().is_some();
    (has_tag && event.expiration().is_none()).then_some(EventError::Expiration)
}

/// Whether the event has expired at `now` (Unix time in seconds); at the very second it has.
///
/// ```
/// use kith_nips::{Kind, nip01::Draft, nip40};
/// let draft = Draft {
///     kind: Kind::TEXT_NOTE,
///     created_at: None,
///     tags: vec![vec!["expiration".into(), "1800000000".into()]],
///     content: String::new(),
/// };
/// let event = draft.sign(&nostr::Keys::generate(), 1_700_000_000)?;
/// assert!(!nip40::is_expired(&event, 1_799_999_999));
/// assert!(nip40::is_expired(&event, 1_800_000_000));
/// # Ok::<(), kith_nips::nip01::DraftError>(())
/// ```
pub fn is_expired(event: &Event, now: u64) -> bool {
    event
        .expiration()
        .is_some_and(|expiration| expiration <= now)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lbc::testing;
    use crate::nip01::{Draft, Kind};

    fn event(tags: &[&[&str]]) -> Event {
        let draft = Draft {
            kind: Kind::TEXT_NOTE,
            created_at: None,
            tags: testing::tags(tags),
            content: String::new(),
        };
        draft.sign(&nostr::Keys::generate(), 1_700_000_000).unwrap()
    }

    #[test]
    fn nip40_05_only_decimal_integers_and_only_the_first_tag() {
        for bad in ["", "-5", "+5", "1.0", "1e9", " 5", "soon", "０"] {
            let event = event(&[&["expiration", bad], &["expiration", "5"]]);
            assert_eq!(
                expiration_error(&event),
                Some(EventError::Expiration),
                "{bad:?}"
            );
            assert!(!is_expired(&event, u64::MAX));
        }
        assert!(expiration_error(&event(&[&["expiration"]])).is_some());
        let first_counts = event(&[&["expiration", "7"], &["expiration", "x"]]);
        assert_eq!(expiration_error(&first_counts), None);
        assert_eq!(first_counts.expiration(), Some(7));
    }

    #[test]
    fn nip40_01_without_a_tag_nothing_expires() {
        let event = event(&[&["t", "expiration"]]);
        assert_eq!(expiration_error(&event), None);
        assert!(!is_expired(&event, u64::MAX));
    }

    #[test]
    fn nip40_05_a_number_beyond_all_clocks_is_the_largest() {
        let event = event(&[&["expiration", "99999999999999999999999"]]);
        assert_eq!(event.expiration(), Some(u64::MAX));
    }
}
