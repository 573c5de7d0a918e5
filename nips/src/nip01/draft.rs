//! An event before it is signed. Checks what a writer must not send; knows no clock and keeps no
//! key.

use secp256k1::Message;

use super::canonical::{Head, Text, TooLong, Writer};
use super::event::CREATED_AT_MAX;
use super::{Event, EventId, Kind, PublicKey, Signature};

/// An event not yet signed.
///
/// ```
/// use kith_nips::{Kind, nip01::Draft};
/// let draft = Draft {
///     kind: Kind::TEXT_NOTE,
///     created_at: None,
///     tags: vec![vec!["t".into(), "chess".into()]],
///     content: "Who plays tonight?".into(),
/// };
/// let event = draft.sign(&nostr::Keys::generate(), 1_700_000_000)?;
/// assert!(event.verify().is_ok());
/// assert_eq!(event.created_at(), 1_700_000_000);
/// # Ok::<(), kith_nips::nip01::DraftError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// Kind of the event.
    pub kind: Kind,
    /// Unix time in seconds; none means the time of signing.
    pub created_at: Option<u64>,
    /// The tags, complete; each has a name at least.
    pub tags: Vec<Vec<String>>,
    /// The content.
    pub content: String,
}

/// Why a draft cannot become an event.
///
/// ```
/// use kith_nips::{Kind, nip01::{Draft, DraftError}};
/// let draft = Draft {
///     kind: Kind::TEXT_NOTE,
///     created_at: None,
///     tags: vec![vec!["t".into(), "chess".into()], vec![]],
///     content: String::new(),
/// };
/// assert_eq!(draft.sign(&nostr::Keys::generate(), 1), Err(DraftError::EmptyTag(1)));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DraftError {
    /// A tag without a name.
    #[error("tags[{0}] is empty")]
    EmptyTag(usize),
    /// A tag has a control character on which programs do not agree how to hash it (NIP-01).
    #[error("tags[{0}] has a control character")]
    ControlCharacterInTag(usize),
    /// The content has such a control character.
    #[error("the content has a control character")]
    ControlCharacterInContent,
    /// A time above [`CREATED_AT_MAX`].
    #[error("created_at is above 9007199254740991")]
    CreatedAt,
    /// Two gibibytes or more.
    #[error("the event is too long")]
    TooLong,
}

impl Draft {
    /// Signs; `now` is Unix time in seconds, used if the draft has no time of its own.
    pub fn sign(&self, keys: &nostr::Keys, now: u64) -> Result<Event, DraftError> {
        self.sign_with(keys.public_key().into(), now, |id| {
            keys.sign_schnorr(&Message::from_digest(*id.as_bytes()))
                .into()
        })
    }

    /// As [`Draft::sign`], for whoever makes signatures in a way of their own: `signature` is asked
    /// once, for the id. What it answers is not checked.
    pub fn sign_with(
        &self,
        pubkey: PublicKey,
        now: u64,
        signature: impl FnOnce(EventId) -> Signature,
    ) -> Result<Event, DraftError> {
        let created_at = self.check(now)?;
        let unsigned = self.write(Head {
            id: EventId::from_bytes([0; 32]),
            pubkey,
            created_at,
            kind: self.kind,
            sig: Signature::from_bytes([0; 64]),
        })?;
        let id = unsigned.computed_id();
        self.write(Head {
            id,
            pubkey,
            created_at,
            kind: self.kind,
            sig: signature(id),
        })
    }

    /// The id that it has once `pubkey` signed it, if nothing is changed. `now` as in [`Draft::sign`].
    pub fn id(&self, pubkey: PublicKey, now: u64) -> Result<EventId, DraftError> {
        let nothing = Signature::from_bytes([0; 64]);
        let event = self.sign_with(pubkey, now, |_| nothing)?;
        Ok(event.id())
    }

    /// The form that other signers take, such as a remote one (NIP-46). `now` as in
    /// [`Draft::sign`].
    pub fn to_unsigned(
        &self,
        pubkey: PublicKey,
        now: u64,
    ) -> Result<nostr::UnsignedEvent, DraftError> {
        let created_at = self.check(now)?;
        let tags: Result<Vec<_>, _> = self
            .tags
            .iter()
            .enumerate()
            .map(|(index, tag)| {
                nostr::Tag::parse(tag.iter().cloned()).map_err(|_| DraftError::EmptyTag(index))
            })
            .collect();
        Ok(nostr::UnsignedEvent::new(
            nostr::PublicKey::from_byte_array(*pubkey.as_bytes()),
            nostr::Timestamp::from_secs(created_at),
            nostr::Kind::from_u16(self.kind.as_u16()),
            tags?,
            self.content.clone(),
        ))
    }

    /// Refuses what must not be sent; gives the time.
    fn check(&self, now: u64) -> Result<u64, DraftError> {
        for (index, tag) in self.tags.iter().enumerate() {
            if tag.is_empty() {
                return Err(DraftError::EmptyTag(index));
            }
            if tag.iter().any(|text| has_unsafe_control(text)) {
                return Err(DraftError::ControlCharacterInTag(index));
            }
        }
        if has_unsafe_control(&self.content) {
            return Err(DraftError::ControlCharacterInContent);
        }
        let created_at = self.created_at.unwrap_or(now);
        if created_at > CREATED_AT_MAX {
            return Err(DraftError::CreatedAt);
        }
        Ok(created_at)
    }

    fn write(&self, head: Head) -> Result<Event, DraftError> {
        let mut writer = Writer::new(head, 512 + self.content.len());
        for tag in &self.tags {
            writer.tag(tag.iter().map(|text| Text::Any(text)));
        }
        writer
            .finish(Text::Any(&self.content))
            .map_err(|TooLong| DraftError::TooLong)
    }
}

/// Control characters without one of the seven escapes of NIP-01.
fn has_unsafe_control(text: &str) -> bool {
    text.bytes()
        .any(|byte| byte < 0x20 && !matches!(byte, b'\n' | b'\r' | b'\t' | 0x08 | 0x0c))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lbc::testing;

    fn draft(tags: &[&[&str]], content: &str) -> Draft {
        Draft {
            kind: Kind::TEXT_NOTE,
            created_at: None,
            tags: testing::tags(tags),
            content: content.to_owned(),
        }
    }

    fn errors(draft: &Draft) -> (Option<DraftError>, Option<DraftError>) {
        let keys = nostr::Keys::generate();
        let signed = draft.sign(&keys, 5).map(|event| event.verify().unwrap());
        (
            signed.err(),
            draft.to_unsigned(keys.public_key().into(), 5).err(),
        )
    }

    #[test]
    fn nip01_39_writers_refuse_control_characters() {
        for control in (0_u8..0x20).filter(|byte| !b"\n\r\t\x08\x0c".contains(byte)) {
            let text = format!("a{}b", char::from(control));
            let content = Some(DraftError::ControlCharacterInContent);
            assert_eq!(errors(&draft(&[], &text)), (content, content));
            let tag = Some(DraftError::ControlCharacterInTag(1));
            assert_eq!(errors(&draft(&[&["t"], &["t", &text]], "")), (tag, tag));
        }
        assert_eq!(
            errors(&draft(&[&["\n\t"]], "\r\u{8}\u{c}\"\\\u{7f}")),
            (None, None)
        );
    }

    #[test]
    fn nip01_26_and_27_what_cannot_be_an_event_is_refused() {
        let tag = Some(DraftError::EmptyTag(0));
        assert_eq!(errors(&draft(&[&[]], "")), (tag, tag));
        let late = Draft {
            created_at: Some(CREATED_AT_MAX + 1),
            ..draft(&[], "")
        };
        let time = Some(DraftError::CreatedAt);
        assert_eq!(errors(&late), (time, time));
        let latest = Draft {
            created_at: Some(CREATED_AT_MAX),
            ..draft(&[], "")
        };
        assert_eq!(errors(&latest), (None, None));
    }

    #[test]
    fn an_unsigned_event_gets_the_same_id() {
        let keys = nostr::Keys::generate();
        let draft = draft(&[&["t", "café\n"], &["-"]], "\"quoted\" \\ 😀");
        let signed = draft.sign(&keys, 7).unwrap();
        let mut unsigned = draft.to_unsigned(keys.public_key().into(), 7).unwrap();
        assert_eq!(EventId::from(unsigned.id()), signed.id());
    }
}
