//! What is not shown in a chat: hidden messages (kind 43), hidden people (kind 44), and whom each
//! view of the chat shows. Nothing is ever deleted by these (LBC-54).

use serde_json::{Value, json};

use super::ChannelMessage;
use super::definition::event_id;
use crate::lbc::tag_list::{not_taken, tag};
use crate::lbc::{BuildError, Membership, Note, Published, ReadError, of_kind};
use crate::nip01::Draft;
use crate::{Event, EventId, Kind, PublicKey};

/// Hides a message (kind 43): for its author, or for everybody if the owner says it (NIP28-05,
/// LBC-52).
///
/// ```
/// use kith_nips::lbc::{ChannelHide, Note};
/// use kith_nips::EventId;
/// let draft = ChannelHide::new(EventId::from_bytes([1; 32]), "advertising").draft()?;
/// assert_eq!(draft.content, r#"{"reason":"advertising"}"#);
/// # Ok::<(), kith_nips::lbc::BuildError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChannelHide {
    /// Id of the kind 42.
    pub message: EventId,
    /// Why, in free words; may be empty.
    pub reason: String,
    /// Tags that NIP-28 does not know, in order.
    pub other_tags: Vec<Vec<String>>,
}

impl ChannelHide {
    /// Hides this message.
    pub fn new(message: EventId, reason: impl Into<String>) -> ChannelHide {
        ChannelHide {
            message,
            reason: reason.into(),
            other_tags: Vec::new(),
        }
    }

    /// Reads a kind 43.
    ///
    /// # Errors
    /// Another kind; no message named.
    pub fn read(event: &Event) -> Result<Published<ChannelHide>, ReadError> {
        of_kind(event, Kind::CHANNEL_HIDE_MESSAGE, "43")?;
        let message = event.tags().named("e").find_map(|tag| event_id(&tag));
        let message = message.ok_or(ReadError::NothingHidden { tag: "e" })?;
        let other_tags = not_taken(event, |tag| event_id(tag) == Some(message));
        let reason = reason(event.content());
        Ok(Published::of(
            event,
            ChannelHide {
                message,
                reason,
                other_tags,
            },
        ))
    }
}

impl Note for ChannelHide {
    fn draft(&self) -> Result<Draft, BuildError> {
        let mut tags = vec![tag(["e", &self.message.to_string()])];
        tags.extend(self.other_tags.iter().cloned());
        Ok(Draft {
            kind: Kind::CHANNEL_HIDE_MESSAGE,
            created_at: None,
            tags,
            content: reason_json(&self.reason),
        })
    }
}

/// Hides a person in chats (kind 44): for its author, or for everybody if the owner says it
/// (NIP28-05, LBC-52). The community's block list is [`MuteList`](crate::lbc::MuteList).
///
/// ```
/// use kith_nips::lbc::{ChannelMute, Note};
/// use kith_nips::PublicKey;
/// let draft = ChannelMute::new(PublicKey::from_bytes([1; 32]), "").draft()?;
/// assert_eq!(draft.content, "");
/// # Ok::<(), kith_nips::lbc::BuildError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChannelMute {
    /// Who is hidden.
    pub person: PublicKey,
    /// Why, in free words; may be empty.
    pub reason: String,
    /// Tags that NIP-28 does not know, in order.
    pub other_tags: Vec<Vec<String>>,
}

impl ChannelMute {
    /// Hides this person.
    pub fn new(person: PublicKey, reason: impl Into<String>) -> ChannelMute {
        ChannelMute {
            person,
            reason: reason.into(),
            other_tags: Vec::new(),
        }
    }

    /// Reads a kind 44.
    ///
    /// # Errors
    /// Another kind; nobody named.
    pub fn read(event: &Event) -> Result<Published<ChannelMute>, ReadError> {
        of_kind(event, Kind::CHANNEL_MUTE_USER, "44")?;
        let person = event
            .tags()
            .named("p")
            .find_map(|tag| tag.value()?.parse().ok());
        let person: PublicKey = person.ok_or(ReadError::NothingHidden { tag: "p" })?;
        let other_tags = not_taken(event, |tag| {
            tag.name() == "p" && tag.value().and_then(|p| p.parse().ok()) == Some(person)
        });
        let reason = reason(event.content());
        Ok(Published::of(
            event,
            ChannelMute {
                person,
                reason,
                other_tags,
            },
        ))
    }
}

impl Note for ChannelMute {
    fn draft(&self) -> Result<Draft, BuildError> {
        let mut tags = vec![tag(["p", &self.person.to_string()])];
        tags.extend(self.other_tags.iter().cloned());
        Ok(Draft {
            kind: Kind::CHANNEL_MUTE_USER,
            created_at: None,
            tags,
            content: reason_json(&self.reason),
        })
    }
}

/// Whether a message in an official channel is hidden from `viewer`: by the viewer's own kinds 43
/// and 44, or by the owner's, which count for everybody; anybody else's count for themselves alone
/// (NIP28-05, LBC-52).
///
/// ```
/// use kith_nips::lbc::{ChannelHide, ChannelMessage, Note, is_hidden};
/// use kith_nips::{EventId, PublicKey};
/// # let keys = nostr::Keys::generate();
/// let owner: PublicKey = keys.public_key().into();
/// let message = ChannelMessage::new(EventId::from_bytes([1; 32]), "Buy this");
/// let message = ChannelMessage::read(&message.draft()?.sign(&nostr::Keys::generate(), 1_700_000_000)?)?;
/// let hide = ChannelHide::new(message.id, "").draft()?.sign(&keys, 1_700_000_001)?;
/// let hides = [ChannelHide::read(&hide)?];
/// assert!(is_hidden(&message, None, owner, &hides, &[]));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn is_hidden(
    message: &Published<ChannelMessage>,
    viewer: Option<PublicKey>,
    owner: PublicKey,
    hides: &[Published<ChannelHide>],
    mutes: &[Published<ChannelMute>],
) -> bool {
    let counts = |author: PublicKey| author == owner || Some(author) == viewer;
    hides
        .iter()
        .any(|hide| hide.message == message.id && counts(hide.author))
        || mutes
            .iter()
            .any(|mute| mute.person == message.author && counts(mute.author))
}

/// Whose messages a view of the chat shows (LBC-55).
///
/// ```
/// use kith_nips::lbc::{ChatView, Membership};
/// assert!(ChatView::default().shows(Membership::Follower));
/// assert!(!ChatView::default().shows(Membership::Visitor));
/// assert!(!ChatView::Everybody.shows(Membership::Muted));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ChatView {
    /// Owner, members and lapsed members (D9).
    Members,
    /// These and followers.
    #[default]
    MembersAndFollowers,
    /// These and visitors.
    Everybody,
}

impl ChatView {
    /// Whether messages of a person in this state are shown. Muted people's never are, also those
    /// they wrote before (LBC-54).
    pub fn shows(self, state: Membership) -> bool {
        match state {
            Membership::Owner | Membership::Member | Membership::Lapsed => true,
            Membership::Follower => self != ChatView::Members,
            Membership::Visitor => self == ChatView::Everybody,
            Membership::Muted => false,
        }
    }
}

fn reason(content: &str) -> String {
    let value: Option<Value> = serde_json::from_str(content).ok();
    value
        .as_ref()
        .and_then(|value| value.get("reason"))
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned()
}

fn reason_json(reason: &str) -> String {
    if reason.is_empty() {
        String::new()
    } else {
        json!({ "reason": reason }).to_string()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::lbc::testing::{self, event, id, key, publish, tags};

    fn message_by(author: u8) -> Published<ChannelMessage> {
        ChannelMessage::read(&publish(
            &ChannelMessage::new(id(1), "x").draft().unwrap(),
            author,
            5,
        ))
        .unwrap()
    }

    fn hide_by(author: u8, message: EventId) -> Published<ChannelHide> {
        ChannelHide::read(&publish(
            &ChannelHide::new(message, "r").draft().unwrap(),
            author,
            6,
        ))
        .unwrap()
    }

    fn mute_by(author: u8, person: u8) -> Published<ChannelMute> {
        ChannelMute::read(&publish(
            &ChannelMute::new(key(person), "r").draft().unwrap(),
            author,
            6,
        ))
        .unwrap()
    }

    #[test]
    fn nip28_05_the_viewers_own_hides_and_mutes_count_for_the_viewer() {
        let (owner, viewer, message) = (key(1), key(2), message_by(9));
        for (hides, mutes) in [
            (vec![hide_by(2, message.id)], vec![]),
            (vec![], vec![mute_by(2, 9)]),
        ] {
            assert!(is_hidden(&message, Some(viewer), owner, &hides, &mutes));
            assert!(!is_hidden(&message, Some(key(3)), owner, &hides, &mutes));
            assert!(!is_hidden(&message, None, owner, &hides, &mutes));
        }
    }

    #[test]
    fn lbc_52_the_owners_hides_and_mutes_count_for_everybody() {
        let (owner, message) = (key(1), message_by(9));
        for viewer in [None, Some(key(2)), Some(key(9))] {
            assert!(is_hidden(
                &message,
                viewer,
                owner,
                &[hide_by(1, message.id)],
                &[]
            ));
            assert!(is_hidden(&message, viewer, owner, &[], &[mute_by(1, 9)]));
            assert!(!is_hidden(
                &message,
                viewer,
                owner,
                &[hide_by(1, id(50))],
                &[mute_by(1, 8)]
            ));
        }
    }

    #[test]
    fn lbc_55_three_views_of_the_chat() {
        use Membership::{Follower, Lapsed, Member, Muted, Owner, Visitor};
        for (view, shown) in [
            (ChatView::Members, vec![Owner, Member, Lapsed]),
            (
                ChatView::MembersAndFollowers,
                vec![Owner, Member, Lapsed, Follower],
            ),
            (
                ChatView::Everybody,
                vec![Owner, Member, Lapsed, Follower, Visitor],
            ),
        ] {
            for state in [Owner, Muted, Member, Lapsed, Follower, Visitor] {
                assert_eq!(
                    view.shows(state),
                    shown.contains(&state),
                    "{view:?} {state:?}"
                );
            }
        }
        assert_eq!(ChatView::default(), ChatView::MembersAndFollowers);
    }

    #[test]
    fn lbc_54_muting_hides_old_messages_and_unmuting_shows_them() {
        assert!(!ChatView::Everybody.shows(crate::lbc::membership(false, true, true, true)));
        assert!(ChatView::Members.shows(crate::lbc::membership(false, false, true, true)));
    }

    #[test]
    fn nip28_05_nothing_named_is_an_error() {
        let hide = event(Kind::CHANNEL_HIDE_MESSAGE, tags(&[&["e", "x"]]), "");
        assert_eq!(
            ChannelHide::read(&hide),
            Err(ReadError::NothingHidden { tag: "e" })
        );
        let mute = event(Kind::CHANNEL_MUTE_USER, Vec::new(), "");
        assert_eq!(
            ChannelMute::read(&mute),
            Err(ReadError::NothingHidden { tag: "p" })
        );
    }

    proptest! {
        #[test]
        fn build_read_build(
            message in testing::ids(), person in testing::keys(), reason in testing::text(), other_tags in testing::unknown_tags(),
        ) {
            let hide = ChannelHide { message, reason: reason.clone(), other_tags: other_tags.clone() };
            let draft = hide.draft().unwrap();
            let read = ChannelHide::read(&publish(&draft, 1, 5)).unwrap();
            prop_assert_eq!(&read.note, &hide);
            prop_assert_eq!(read.draft().unwrap(), draft);

            let mute = ChannelMute { person, reason, other_tags };
            let draft = mute.draft().unwrap();
            let read = ChannelMute::read(&publish(&draft, 1, 5)).unwrap();
            prop_assert_eq!(&read.note, &mute);
            prop_assert_eq!(read.draft().unwrap(), draft);
        }
    }
}
