//! What a relay will refuse by its own account (NIP-11), said before it is sent. Knows events and the
//! limits in the document; asks nobody.

use super::Limitation;
use crate::nip01::Event;
use crate::nip13;

/// What stands around an event in the message that brings it: `["EVENT",` and `]`.
const MESSAGE_BYTES: usize = r#"["EVENT",]"#.len();

/// A limit that an event does not keep, by the name that it has in the document.
///
/// ```
/// use kith_nips::nip11::BrokenLimit;
/// let broken = BrokenLimit::Content { characters: 12, max: 10 };
/// assert_eq!(broken.to_string(), "max_content_length is 10 characters, the content has 12");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BrokenLimit {
    /// The message is too long.
    #[error("max_message_length is {max} bytes, the message has {bytes}")]
    Message {
        /// Of the whole message, brackets included.
        bytes: u64,
        /// What is allowed.
        max: u64,
    },
    /// Too many tags.
    #[error("max_event_tags is {max}, the note has {tags}")]
    Tags {
        /// Of the event.
        tags: u64,
        /// What is allowed.
        max: u64,
    },
    /// The content is too long.
    #[error("max_content_length is {max} characters, the content has {characters}")]
    Content {
        /// Code points of the content.
        characters: u64,
        /// What is allowed.
        max: u64,
    },
    /// Too little work (NIP-13).
    #[error("min_pow_difficulty is {min} bits, the note has {bits}")]
    Work {
        /// What the event commits to and has.
        bits: u32,
        /// What is wanted.
        min: u64,
    },
    /// Its time is too long ago.
    #[error("created_at_lower_limit is {max} seconds, the note is {seconds} old")]
    Old {
        /// How long ago.
        seconds: u64,
        /// What is allowed.
        max: u64,
    },
    /// Its time is too far ahead.
    #[error("created_at_upper_limit is {max} seconds, the note is {seconds} ahead")]
    Ahead {
        /// How far in the future.
        seconds: u64,
        /// What is allowed.
        max: u64,
    },
}

impl Limitation {
    /// The first of these limits that an event does not keep. `now` is Unix time in seconds.
    ///
    /// ```
    /// use kith_nips::nip11::{BrokenLimit, Limitation};
    /// use kith_nips::{Kind, nip01::Draft};
    /// let draft = Draft { kind: Kind::TEXT_NOTE, created_at: None, tags: vec![], content: "Chess?".into() };
    /// let event = draft.sign(&nostr::Keys::generate(), 1_700_000_000)?;
    /// let limits = Limitation { max_content_length: Some(5), ..Limitation::default() };
    /// let broken = BrokenLimit::Content { characters: 6, max: 5 };
    /// assert_eq!(limits.broken_by(&event, 1_700_000_000), Some(broken));
    /// # Ok::<(), kith_nips::nip01::DraftError>(())
    /// ```
    pub fn broken_by(&self, event: &Event, now: u64) -> Option<BrokenLimit> {
        let bytes = count(event.json().len().saturating_add(MESSAGE_BYTES));
        let tags = count(event.tags().iter().count());
        let characters = count(event.content().chars().count());
        let bits = nip13::difficulty(event);
        let seconds_old = now.saturating_sub(event.created_at());
        let seconds_ahead = event.created_at().saturating_sub(now);
        let over = |limit: Option<u64>, value: u64| limit.filter(|max| value > *max);
        if let Some(max) = over(self.max_message_length, bytes) {
            return Some(BrokenLimit::Message { bytes, max });
        }
        if let Some(max) = over(self.max_event_tags, tags) {
            return Some(BrokenLimit::Tags { tags, max });
        }
        if let Some(max) = over(self.max_content_length, characters) {
            return Some(BrokenLimit::Content { characters, max });
        }
        if let Some(min) = self.min_pow_difficulty.filter(|min| u64::from(bits) < *min) {
            return Some(BrokenLimit::Work { bits, min });
        }
        if let Some(max) = over(self.created_at_lower_limit, seconds_old) {
            let seconds = seconds_old;
            return Some(BrokenLimit::Old { seconds, max });
        }
        let max = over(self.created_at_upper_limit, seconds_ahead)?;
        let seconds = seconds_ahead;
        Some(BrokenLimit::Ahead { seconds, max })
    }
}

fn count(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Kind;
    use crate::nip01::Draft;

    const NOW: u64 = 1_700_000_000;

    fn note(tags: usize, content: &str, created_at: u64) -> Event {
        let draft = Draft {
            kind: Kind::TEXT_NOTE,
            created_at: Some(created_at),
            tags: vec![vec!["t".to_owned()]; tags],
            content: content.to_owned(),
        };
        draft.sign(&nostr::Keys::generate(), NOW).unwrap()
    }

    #[test]
    fn nip11_18_each_limit_holds_up_to_its_number() {
        let event = note(3, "ärger", NOW);
        let bytes = u64::try_from(format!(r#"["EVENT",{}]"#, event.json()).len()).unwrap();
        let bits = nip13::difficulty(&event);
        let min = u64::from(bits) + 1;
        let none = Limitation::default();
        let message = |max| Limitation {
            max_message_length: Some(max),
            ..none
        };
        let tags = |max| Limitation {
            max_event_tags: Some(max),
            ..none
        };
        let content = |max| Limitation {
            max_content_length: Some(max),
            ..none
        };
        let work = |min| Limitation {
            min_pow_difficulty: Some(min),
            ..none
        };
        let max = bytes - 1;
        let characters = 5;
        for (kept, broken, expected) in [
            (
                message(bytes),
                message(max),
                BrokenLimit::Message { bytes, max },
            ),
            (tags(3), tags(2), BrokenLimit::Tags { tags: 3, max: 2 }),
            (
                content(5),
                content(4),
                BrokenLimit::Content { characters, max: 4 },
            ),
            (work(min - 1), work(min), BrokenLimit::Work { bits, min }),
        ] {
            assert_eq!(kept.broken_by(&event, NOW), None, "{expected}");
            assert_eq!(broken.broken_by(&event, NOW), Some(expected));
        }
        assert_eq!(
            none.broken_by(&event, u64::MAX),
            None,
            "what is not announced"
        );
    }

    #[test]
    fn nip11_18_times_are_measured_from_now() {
        let limits = Limitation {
            created_at_lower_limit: Some(100),
            created_at_upper_limit: Some(50),
            ..Limitation::default()
        };
        for (created_at, expected) in [
            (
                NOW - 101,
                Some(BrokenLimit::Old {
                    seconds: 101,
                    max: 100,
                }),
            ),
            (NOW - 100, None),
            (NOW + 50, None),
            (
                NOW + 51,
                Some(BrokenLimit::Ahead {
                    seconds: 51,
                    max: 50,
                }),
            ),
        ] {
            let event = note(0, "", created_at);
            assert_eq!(limits.broken_by(&event, NOW), expected);
        }
    }
}
