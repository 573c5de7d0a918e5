//! To and from the types of the `nostr` crate, value by value, without a detour through JSON.

use super::canonical::{Head, Text, Writer};
use super::event::CREATED_AT_MAX;
use super::{Event, EventError, EventId, Kind, Member, PublicKey, Signature};

/// A public key that is not the x coordinate of a curve point, which [`nostr::PublicKey`] wants.
///
/// ```
/// use kith_nips::PublicKey;
/// let error = nostr::PublicKey::try_from(PublicKey::from_bytes([0; 32])).unwrap_err();
/// assert_eq!(error.to_string(), "the public key is not on the curve");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the public key is not on the curve")]
pub struct NotOnCurve;

impl From<nostr::EventId> for EventId {
    fn from(id: nostr::EventId) -> Self {
        Self::from_bytes(id.to_bytes())
    }
}

impl From<EventId> for nostr::EventId {
    fn from(id: EventId) -> Self {
        Self::from_byte_array(*id.as_bytes())
    }
}

impl From<nostr::PublicKey> for PublicKey {
    fn from(key: nostr::PublicKey) -> Self {
        Self::from_bytes(key.to_bytes())
    }
}

impl TryFrom<PublicKey> for nostr::PublicKey {
    type Error = NotOnCurve;

    fn try_from(key: PublicKey) -> Result<Self, NotOnCurve> {
        let key = Self::from_byte_array(*key.as_bytes());
        key.xonly().map_err(|_| NotOnCurve)?;
        Ok(key)
    }
}

impl From<secp256k1::schnorr::Signature> for Signature {
    fn from(signature: secp256k1::schnorr::Signature) -> Self {
        Self::from_bytes(signature.serialize())
    }
}

impl From<nostr::Kind> for Kind {
    fn from(kind: nostr::Kind) -> Self {
        Self::new(kind.as_u16())
    }
}

impl From<Kind> for nostr::Kind {
    fn from(kind: Kind) -> Self {
        Self::from_u16(kind.as_u16())
    }
}

impl TryFrom<&Event> for nostr::Event {
    type Error = EventError;

    fn try_from(event: &Event) -> Result<Self, EventError> {
        let signature = secp256k1::schnorr::Signature::from_slice(event.sig().as_bytes())
            .map_err(|_| EventError::Malformed(Member::Sig))?;
        let tags: Result<Vec<_>, _> = event
            .tags()
            .iter()
            .enumerate()
            .map(|(index, tag)| nostr::Tag::parse(tag.iter()).map_err(|_| EventError::Tag(index)))
            .collect();
        Ok(Self::new(
            event.id().into(),
            nostr::PublicKey::from_byte_array(*event.pubkey().as_bytes()),
            nostr::Timestamp::from_secs(event.created_at()),
            event.kind().into(),
            tags?,
            event.content(),
            signature,
        ))
    }
}

impl TryFrom<Event> for nostr::Event {
    type Error = EventError;

    fn try_from(event: Event) -> Result<Self, EventError> {
        Self::try_from(&event)
    }
}

impl TryFrom<&nostr::Event> for Event {
    type Error = EventError;

    fn try_from(event: &nostr::Event) -> Result<Self, EventError> {
        let created_at = event.created_at.as_secs();
        if created_at > CREATED_AT_MAX {
            return Err(EventError::Malformed(Member::CreatedAt));
        }
        let head = Head {
            id: event.id.into(),
            pubkey: event.pubkey.into(),
            created_at,
            kind: event.kind.into(),
            sig: event.sig.into(),
        };
        let mut writer = Writer::new(head, 512 + event.content.len());
        for (index, tag) in event.tags.iter().enumerate() {
            if tag.as_slice().is_empty() {
                return Err(EventError::Tag(index));
            }
            writer.tag(tag.as_slice().iter().map(|text| Text::Any(text)));
        }
        Ok(writer.finish(Text::Any(&event.content))?)
    }
}

impl TryFrom<nostr::Event> for Event {
    type Error = EventError;

    fn try_from(event: nostr::Event) -> Result<Self, EventError> {
        Self::try_from(&event)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_survive_both_ways() {
        let keys = nostr::Keys::generate();
        let theirs = nostr::EventBuilder::text_note("\"hello\"\n\u{1} 😀")
            .tag(nostr::Tag::parse(["t", "café\t"]).unwrap())
            .tag(nostr::Tag::parse(["-"]).unwrap())
            .sign_with_keys(&keys)
            .unwrap();
        let ours = Event::try_from(&theirs).unwrap();
        assert_eq!(ours.verify(), Ok(()));
        assert_eq!(ours.content(), theirs.content);
        assert_eq!(Event::parse(ours.json()), Ok(ours.clone()));
        assert_eq!(nostr::Event::try_from(ours), Ok(theirs));
    }

    #[test]
    fn a_time_beyond_the_limit_is_refused() {
        let mut theirs = nostr::EventBuilder::text_note("")
            .sign_with_keys(&nostr::Keys::generate())
            .unwrap();
        theirs.created_at = nostr::Timestamp::from_secs(CREATED_AT_MAX + 1);
        assert_eq!(
            Event::try_from(theirs),
            Err(EventError::Malformed(Member::CreatedAt))
        );
    }

    #[test]
    fn values_survive_both_ways() {
        let key = nostr::Keys::generate().public_key();
        assert_eq!(nostr::PublicKey::try_from(PublicKey::from(key)), Ok(key));
        let id = EventId::from_bytes([9; 32]);
        assert_eq!(EventId::from(nostr::EventId::from(id)), id);
        assert_eq!(nostr::Kind::from(Kind::MEETUP).as_u16(), 31923);
        assert_eq!(Kind::from(nostr::Kind::Custom(40000)), Kind::new(40000));
    }
}
